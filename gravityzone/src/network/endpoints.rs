//! Endpoints as lists give them.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::companies::CompanyId;
use crate::paging::PageSize;
use crate::wire::{self, Params};

client_core::id!(
    /// Identifies an endpoint: its inventory record, not the machine. A cloned or returned machine gets another one.
    EndpointId
);

client_core::open_enum!(
    /// What a machine is.
    MachineType: i64 { Other = 0, Computer = 1, VirtualMachine = 2, Ec2Instance = 3 }
);

/// A policy as endpoints name it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PolicyState {
    #[serde(default, deserialize_with = "wire::text")]
    pub id: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "wire::flag")]
    pub applied: Option<bool>,
}

/// The last scan that succeeded; only where it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct LastScan {
    #[serde(default, deserialize_with = "wire::text")]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "wire::time")]
    pub date: Option<Timestamp>,
}

/// How much an endpoint is at risk, in the vendor's own terms.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RiskScore {
    #[serde(default)]
    pub value: Option<Value>,
    #[serde(default)]
    pub impact: Option<Value>,
    #[serde(default)]
    pub misconfigurations: Option<Value>,
    #[serde(default)]
    pub app_vulnerabilities: Option<Value>,
    #[serde(default)]
    pub human_risks: Option<Value>,
    #[serde(default)]
    pub industry_modifier: Option<Value>,
}

/// What endpoints carry beside their id and name, in both lists.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Management {
    #[serde(deserialize_with = "wire::text")]
    pub label: Option<String>,
    #[serde(deserialize_with = "wire::text")]
    pub fqdn: Option<String>,
    #[serde(deserialize_with = "wire::text")]
    pub group_id: Option<String>,
    /// True does not prove that an agent protects the machine; see `managed_with_best`.
    #[serde(deserialize_with = "wire::flag")]
    pub is_managed: Option<bool>,
    #[serde(deserialize_with = "wire::number")]
    pub machine_type: Option<MachineType>,
    #[serde(deserialize_with = "wire::text")]
    pub operating_system_version: Option<String>,
    /// Some consoles send this one instead.
    #[serde(deserialize_with = "wire::text")]
    pub operating_system: Option<String>,
    /// One address; it may be old or a loopback address.
    #[serde(deserialize_with = "wire::text")]
    pub ip: Option<String>,
    /// Usually without separators; see [`mac_digits`].
    #[serde(deserialize_with = "wire::texts")]
    pub macs: Vec<String>,
    /// The security identifier in Active Directory.
    #[serde(deserialize_with = "wire::text")]
    pub ssid: Option<String>,
    #[serde(deserialize_with = "wire::flag_or_false")]
    pub managed_with_best: bool,
    #[serde(deserialize_with = "wire::flag_or_false")]
    pub managed_relay: bool,
    #[serde(deserialize_with = "wire::flag_or_false")]
    pub managed_exchange_server: bool,
    #[serde(deserialize_with = "wire::flag_or_false")]
    pub security_server: bool,
    #[serde(deserialize_with = "wire::flag_or_false")]
    pub is_container_host: bool,
    #[serde(deserialize_with = "wire::flag_or_false")]
    pub managed_with_nsx: bool,
    #[serde(
        rename = "managedWithVShield",
        deserialize_with = "wire::flag_or_false"
    )]
    pub managed_with_vshield: bool,
    #[serde(deserialize_with = "wire::flag_or_false")]
    pub managed_with_hvi: bool,
    /// On premises only.
    #[serde(deserialize_with = "wire::number")]
    pub hvi_protection_type: Option<i64>,
    #[serde(deserialize_with = "wire::object")]
    pub policy: Option<PolicyState>,
    /// Only where it was asked for; absent is not false.
    #[serde(deserialize_with = "wire::flag")]
    pub product_outdated: Option<bool>,
    #[serde(deserialize_with = "wire::object")]
    pub last_successful_scan: Option<LastScan>,
    /// In the inventory only.
    #[serde(deserialize_with = "wire::flag")]
    pub is_isolated: Option<bool>,
    /// In the inventory only.
    #[serde(deserialize_with = "wire::flags")]
    pub modules: BTreeMap<String, bool>,
    /// In the inventory only.
    #[serde(deserialize_with = "wire::object")]
    pub risk_score: Option<RiskScore>,
}

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Endpoint {
    pub id: EndpointId,
    /// The host name.
    #[serde(default)]
    pub name: String,
    /// Not sent by every console.
    #[serde(default, deserialize_with = "wire::id")]
    pub company_id: Option<CompanyId>,
    /// Everything else.
    #[serde(flatten)]
    pub management: Management,
}

/// The hexadecimal digits of a MAC address in lower case, however it is written.
pub fn mac_digits(mac: &str) -> String {
    mac.chars()
        .filter(char::is_ascii_hexdigit)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Which endpoints to list. Sections hold together; flags of one section by any of them.
#[derive(Debug, Clone, Default)]
pub struct ListEndpoints {
    parent: Option<String>,
    is_managed: Option<bool>,
    options: BTreeMap<&'static str, bool>,
    pub(super) filters: Filters,
    per_page: Option<u32>,
    ignores_total: bool,
}

/// What both lists filter by.
#[derive(Debug, Clone, Default)]
pub(super) struct Filters {
    pub(super) types: Vec<&'static str>,
    pub(super) recursive: bool,
    pub(super) security: Vec<&'static str>,
    pub(super) name: Option<String>,
    pub(super) ssid: Option<String>,
    pub(super) macs: Vec<String>,
}

/// The largest page.
pub(super) const PAGE: u32 = 1000;

impl ListEndpoints {
    /// Endpoints below a company or group, by its id; those of the key's targets by default.
    ///
    /// The parameter is `parentId`: the console ignores a `companyId` and lists everything.
    pub fn below(parent: impl Into<String>) -> Self {
        Self {
            parent: Some(parent.into()),
            ..Self::default()
        }
    }

    /// Managed endpoints only, or unmanaged ones only; both by default.
    #[must_use]
    pub fn managed(mut self, managed: bool) -> Self {
        self.is_managed = Some(managed);
        self
    }

    /// Also those in groups and companies further below. Without it, endpoints in groups are silently missing.
    #[must_use]
    pub fn recursive(mut self) -> Self {
        self.filters.recursive = true;
        self
    }

    /// Only endpoints whose name begins with this, or contains what follows its leading `*`.
    #[must_use]
    pub fn name(mut self, filter: impl Into<String>) -> Self {
        self.filters.name = Some(filter.into());
        self
    }

    /// Only the endpoint with this security identifier in Active Directory.
    #[must_use]
    pub fn ssid(mut self, ssid: impl Into<String>) -> Self {
        self.filters.ssid = Some(ssid.into());
        self
    }

    /// Only endpoints with one of these MAC addresses, sent without separators.
    #[must_use]
    pub fn macs<'m>(mut self, macs: impl IntoIterator<Item = &'m str>) -> Self {
        self.filters.macs = macs.into_iter().map(mac_digits).collect();
        self
    }

    /// Only endpoints with a protecting agent. One live report says that the console then lists none at all: filtering
    /// on [`Management::managed_with_best`] is the safer way.
    #[must_use]
    pub fn protected(mut self) -> Self {
        self.filters.security.push("managedWithBest");
        self
    }

    /// Asks whether products are outdated.
    #[must_use]
    pub fn with_product_outdated(mut self) -> Self {
        self.options.insert("returnProductOutdated", true);
        self
    }

    /// Asks for the last scans.
    #[must_use]
    pub fn with_scan_logs(mut self) -> Self {
        self.options.insert("includeScanLogs", true);
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
        let options: Map<String, Value> = self
            .options
            .iter()
            .map(|(name, on)| ((*name).to_owned(), Value::Bool(*on)))
            .collect();
        Params::new()
            .maybe("parentId", self.parent.clone())
            .maybe("isManaged", self.is_managed)
            .maybe("filters", self.filters.to_map())
            .maybe("options", (!options.is_empty()).then_some(options))
    }
}

impl Filters {
    pub(super) fn to_map(&self) -> Option<Map<String, Value>> {
        let flags = |names: &[&str]| -> Option<Map<String, Value>> {
            let flags: Map<_, _> = names
                .iter()
                .map(|name| ((*name).to_owned(), Value::Bool(true)))
                .collect();
            (!flags.is_empty()).then_some(flags)
        };
        let details = Params::new()
            .maybe("name", self.name.clone())
            .maybe("ssid", self.ssid.clone())
            .maybe("macs", (!self.macs.is_empty()).then(|| self.macs.clone()));
        let depth = self
            .recursive
            .then(|| Params::new().set("allItemsRecursively", true).into_map());
        let security = flags(&self.security)
            .map(|management| Params::new().set("management", management).into_map());
        let filters = Params::new()
            .maybe("type", flags(&self.types))
            .maybe("depth", depth)
            .maybe("security", security)
            .maybe("details", (!details.is_empty()).then(|| details.into_map()));
        (!filters.is_empty()).then(|| filters.into_map())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Endpoint, ListEndpoints, MachineType, mac_digits};

    #[test]
    fn a_row_of_the_list() {
        let endpoint: Endpoint = serde_json::from_value(json!({
            "id": "5a37b660b1a43d99117b23c6",
            "name": "RECEPTION",
            "label": "",
            "fqdn": "reception.example.local",
            "groupId": "5a37b660b1a43d99117b23aa",
            "isManaged": true,
            "machineType": 2,
            "operatingSystemVersion": "Windows 11 Pro",
            "ip": "10.0.0.7",
            "macs": ["324935237335"],
            "ssid": "",
            "managedWithBest": 1,
            "policy": {"id": "p", "name": "Default", "applied": true},
            "lastSuccessfulScan": {"name": "Quick", "date": "2024-02-03T04:05:06+00:00"},
        }))
        .unwrap();
        let management = &endpoint.management;
        assert_eq!(management.machine_type, Some(MachineType::VirtualMachine));
        assert_eq!(
            (management.label.as_deref(), management.ssid.as_deref()),
            (None, None)
        );
        assert!(management.managed_with_best && !management.managed_relay);
        assert_eq!(management.product_outdated, None);
        assert_eq!(management.macs, ["324935237335"]);
        assert!(
            management
                .last_successful_scan
                .as_ref()
                .unwrap()
                .date
                .is_some()
        );
        assert_eq!(endpoint.company_id, None);
    }

    #[test]
    fn macs_are_compared_by_their_digits() {
        for mac in [
            "324935237335",
            "32:49:35:23:73:35",
            "32-49-35-23-73-35",
            "3249.3523.7335",
        ] {
            assert_eq!(mac_digits(mac), "324935237335");
        }
        assert_eq!(mac_digits("AB-CD"), "abcd");
    }

    #[test]
    fn filters_are_nested_as_documented() {
        assert_eq!(ListEndpoints::default().params().into_value(), json!({}));
        let list = ListEndpoints::below("aa")
            .managed(true)
            .recursive()
            .protected()
            .name("*srv")
            .ssid("S-1-5")
            .macs(["AB:CD:EF:00:11:22"])
            .with_product_outdated()
            .with_scan_logs();
        assert_eq!(
            list.params().into_value(),
            json!({
                "parentId": "aa",
                "isManaged": true,
                "filters": {
                    "depth": {"allItemsRecursively": true},
                    "security": {"management": {"managedWithBest": true}},
                    "details": {"name": "*srv", "ssid": "S-1-5", "macs": ["abcdef001122"]},
                },
                "options": {"includeScanLogs": true, "returnProductOutdated": true},
            })
        );
    }
}
