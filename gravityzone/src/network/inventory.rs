//! The inventory: companies, folders, groups and endpoints in one listing.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::endpoints::{Filters, LastScan, Management, PAGE, mac_digits};
use crate::companies::CompanyId;
use crate::paging::PageSize;
use crate::wire::{self, Params};

client_core::id!(
    /// Identifies an item of the inventory; for an endpoint, the endpoint's id.
    InventoryItemId
);

client_core::open_enum!(
    /// What an item of the inventory is. The numbers of folders and containers are not established.
    InventoryType: i64 {
        Company = 1,
        CompanyFolder = 2,
        SpecialContainer = 3,
        Group = 4,
        Computer = 5,
        VirtualMachine = 6,
        Ec2Instance = 7,
        VirtualHost = 8,
        VShieldApp = 9,
        Cluster = 10,
        Datacenter = 11,
        ResourcePool = 12,
        VirtualizationPool = 13,
    }
);

/// An item of the inventory.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InventoryItem {
    pub id: InventoryItemId,
    #[serde(default)]
    pub name: String,
    #[serde(default, rename = "type", deserialize_with = "wire::number")]
    pub item_type: Option<InventoryType>,
    #[serde(default, deserialize_with = "wire::text")]
    pub parent_id: Option<String>,
    /// The company that it belongs to: a recursive list of a partner holds other companies' items too.
    #[serde(default, deserialize_with = "wire::id")]
    pub company_id: Option<CompanyId>,
    /// Endpoints have them; companies may.
    #[serde(default, deserialize_with = "wire::object")]
    pub details: Option<Management>,
    #[serde(default, deserialize_with = "wire::object")]
    pub last_successful_scan: Option<LastScan>,
}

impl InventoryItem {
    /// Whether it is a machine. Old consoles use other numbers, so an item of another type with a machine's details
    /// counts as one.
    pub fn is_endpoint(&self) -> bool {
        use InventoryType::{Company, Computer, Ec2Instance, Group, VirtualMachine};
        match self.item_type {
            Some(Computer | VirtualMachine | Ec2Instance) => true,
            Some(Company | Group) => false,
            _ => self.details.as_ref().is_some_and(|details| {
                details.is_managed.is_some()
                    || details.fqdn.is_some()
                    || details.machine_type.is_some()
            }),
        }
    }

    /// When it was last scanned with success, wherever the console says so.
    pub fn last_scan(&self) -> Option<Timestamp> {
        let inner = self
            .details
            .as_ref()
            .and_then(|details| details.last_successful_scan.as_ref());
        self.last_successful_scan.as_ref().or(inner)?.date
    }
}

/// A sort of item that [`ListInventory`] can be limited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ItemSort {
    Companies,
    CompanyFolders,
    Groups,
    Computers,
    VirtualMachines,
    Ec2Instances,
}

impl ItemSort {
    /// The sorts that are machines.
    pub const ENDPOINTS: [Self; 3] = [Self::Computers, Self::VirtualMachines, Self::Ec2Instances];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Companies => "companies",
            Self::CompanyFolders => "companyFolders",
            Self::Groups => "groups",
            Self::Computers => "computers",
            Self::VirtualMachines => "virtualMachines",
            Self::Ec2Instances => "ec2Instances",
        }
    }
}

/// Which part of the inventory to list. Sections hold together; flags of one section by any of them.
#[derive(Debug, Clone, Default)]
pub struct ListInventory {
    parent: Option<String>,
    all_products: bool,
    product_outdated: bool,
    scan_logs: bool,
    filters: Filters,
    per_page: Option<u32>,
    ignores_total: bool,
}

impl ListInventory {
    /// Items below a company, folder or group, by its id; below the key's own company by default.
    pub fn below(parent: impl Into<String>) -> Self {
        Self {
            parent: Some(parent.into()),
            ..Self::default()
        }
    }

    /// Only items of these sorts.
    #[must_use]
    pub fn sorts(mut self, sorts: impl IntoIterator<Item = ItemSort>) -> Self {
        self.filters.types = sorts.into_iter().map(ItemSort::as_str).collect();
        self
    }

    /// Also items further below; direct children only by default.
    #[must_use]
    pub fn recursive(mut self) -> Self {
        self.filters.recursive = true;
        self
    }

    /// Only items whose name begins with this, or contains what follows its leading `*`.
    #[must_use]
    pub fn name(mut self, filter: impl Into<String>) -> Self {
        self.filters.name = Some(filter.into());
        self
    }

    /// Only endpoints with one of these MAC addresses, sent without separators.
    #[must_use]
    pub fn macs<'m>(mut self, macs: impl IntoIterator<Item = &'m str>) -> Self {
        self.filters.macs = macs.into_iter().map(mac_digits).collect();
        self
    }

    /// Only endpoints with a protecting agent; see [`ListEndpoints::protected`](super::ListEndpoints::protected).
    #[must_use]
    pub fn protected(mut self) -> Self {
        self.filters.security.push("managedWithBest");
        self
    }

    /// Asks for all products of companies.
    #[must_use]
    pub fn with_all_products(mut self) -> Self {
        self.all_products = true;
        self
    }

    /// Asks whether products of endpoints are outdated.
    #[must_use]
    pub fn with_product_outdated(mut self) -> Self {
        self.product_outdated = true;
        self
    }

    /// Asks for the last scans of endpoints.
    #[must_use]
    pub fn with_scan_logs(mut self) -> Self {
        self.scan_logs = true;
        self
    }

    /// Sets the size of a page: 1 to 1000, by default 1000.
    #[must_use]
    pub fn per_page(mut self, rows: u32) -> Self {
        self.per_page = Some(rows.clamp(1, PAGE));
        self
    }

    /// Takes a listing that ends before its own total for whole. Only where a console is known to count wrongly.
    #[must_use]
    pub fn ignoring_total(mut self) -> Self {
        self.ignores_total = true;
        self
    }

    pub(super) fn page_size(&self) -> PageSize {
        PageSize {
            per_page: self.per_page.unwrap_or(PAGE),
            trusts_total: !self.ignores_total,
        }
    }

    pub(super) fn params(&self) -> Params {
        let on = |flag: bool| flag.then_some(Value::Bool(true));
        let companies = Params::new().maybe("returnAllProducts", on(self.all_products));
        let endpoints = Params::new()
            .maybe("returnProductOutdated", on(self.product_outdated))
            .maybe("includeScanLogs", on(self.scan_logs));
        let options = Params::new()
            .maybe(
                "companies",
                (!companies.is_empty()).then(|| companies.into_map()),
            )
            .maybe(
                "endpoints",
                (!endpoints.is_empty()).then(|| endpoints.into_map()),
            );
        Params::new()
            .maybe("parentId", self.parent.clone())
            .maybe("filters", self.filters.to_map())
            .maybe("options", (!options.is_empty()).then(|| options.into_map()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{InventoryItem, InventoryType, ItemSort, ListInventory};

    fn item(value: serde_json::Value) -> InventoryItem {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_machine_with_its_details() {
        let item = item(json!({
            "id": "5a37b660b1a43d99117b23c6",
            "name": "SRV",
            "type": 6,
            "parentId": "5a37b660b1a43d99117b23aa",
            "companyId": "0123456789abcdef01234567",
            "details": {
                "isManaged": true, "macs": ["324935237335"], "isIsolated": false, "productOutdated": false,
                "modules": {"antimalware": true, "firewall": 0},
                "riskScore": {"value": "12%", "impact": 3},
                "lastSuccessfulScan": {"name": "Full", "date": "2024-02-03T04:05:06+00:00"},
            },
        }));
        assert!(item.is_endpoint() && item.last_scan().is_some());
        let details = item.details.unwrap();
        assert_eq!(
            (details.is_isolated, details.product_outdated),
            (Some(false), Some(false))
        );
        assert_eq!(details.modules.get("firewall"), Some(&false));
        assert!(details.risk_score.is_some());
    }

    #[test]
    fn machines_are_told_from_the_rest() {
        for (value, is_endpoint) in [
            (json!({"id": "a", "type": 5}), true),
            (json!({"id": "a", "type": 7, "details": []}), true),
            (
                json!({"id": "a", "type": 1, "details": {"isManaged": true}}),
                false,
            ),
            (json!({"id": "a", "type": 4}), false),
            (json!({"id": "a", "type": 2}), false),
            // An old console numbers computers like this.
            (
                json!({"id": "a", "type": 2, "details": {"isManaged": false, "fqdn": "x"}}),
                true,
            ),
            (json!({"id": "a", "type": 99}), false),
        ] {
            assert_eq!(item(value.clone()).is_endpoint(), is_endpoint, "{value}");
        }
        assert_eq!(
            item(json!({"id": "a", "type": 99}))
                .item_type
                .map(InventoryType::get),
            Some(99)
        );
    }

    #[test]
    fn filters_and_options_are_nested_as_documented() {
        assert_eq!(ListInventory::default().params().into_value(), json!({}));
        let list = ListInventory::below("aa")
            .sorts(ItemSort::ENDPOINTS)
            .recursive()
            .with_all_products()
            .with_product_outdated()
            .with_scan_logs();
        assert_eq!(
            list.params().into_value(),
            json!({
                "parentId": "aa",
                "filters": {
                    "type": {"computers": true, "virtualMachines": true, "ec2Instances": true},
                    "depth": {"allItemsRecursively": true},
                },
                "options": {
                    "companies": {"returnAllProducts": true},
                    "endpoints": {"returnProductOutdated": true, "includeScanLogs": true},
                },
            })
        );
    }
}
