//! The company tree, the inventory and the endpoints.
//!
//! The tree lies here and not with the companies. Its lists are bare and hold direct children only; the lists of
//! endpoints and of the inventory come in pages. A recursive list of a partner holds everything below it, other
//! companies' endpoints included.

mod endpoints;
mod in_order;
mod inventory;
mod node;
mod tree;

use client_core::{Error, Items, OnePage, Operation, Repeat, Rows};
use serde::Deserialize;

use crate::companies::{CompanyId, CompanyType, check_id, checked};
use crate::paging;
use crate::wire::Params;
use crate::{Client, rpc};

pub use endpoints::{
    Endpoint, EndpointId, LastScan, ListEndpoints, MachineType, Management, PolicyState, RiskScore,
    mac_digits,
};
pub(crate) use in_order::in_order;
pub use inventory::{InventoryItem, InventoryItemId, InventoryType, ItemSort, ListInventory};
pub use node::{FolderId, NodeId};
pub use tree::{CompanyTree, Listing, Node, TreeOptions, TreeProgress};

const OLD: &str = "/v1.0/jsonrpc/network";
const NEW: &str = "/v1.1/jsonrpc/network";

const COMPANIES: Operation = Operation::rpc("network.companies", OLD, "getCompaniesList")
    .charges(&["network.getCompaniesList"])
    .repeat(Repeat::Read);
const FOLDERS: Operation = Operation::rpc("network.folders", OLD, "getCompanyFoldersList")
    .charges(&["network.getCompanyFoldersList"])
    .repeat(Repeat::Read);
const MOVE: Operation = Operation::rpc("network.move_node", OLD, "moveCompanyOrCompanyFolder")
    .charges(&["network.moveCompanyOrCompanyFolder"]);
const ENDPOINTS: Operation = Operation::rpc("network.endpoints", NEW, "getEndpointsList")
    .charges(&["network.getEndpointsList"])
    .repeat(Repeat::Read);
const INVENTORY: Operation = Operation::rpc("network.inventory", NEW, "getNetworkInventoryItems")
    .charges(&["network.getNetworkInventoryItems"])
    .repeat(Repeat::Read);

pub(crate) const OPERATIONS: [Operation; 5] = [COMPANIES, FOLDERS, MOVE, ENDPOINTS, INVENTORY];

client_core::open_enum!(
    /// The kind of licence that [`ListCompanies`] filters by.
    LicenseFilter: i64 { Trial = 1, Yearly = 2, Monthly = 3 }
);

/// A company as its parent lists it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are named as the vendor names them")]
pub struct CompanyRow {
    pub id: CompanyId,
    pub name: String,
}

/// A folder as its parent lists it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are named as the vendor names them")]
pub struct FolderRow {
    pub id: FolderId,
    pub name: String,
}

/// Which companies to list; the default gives the direct children of the key's own company.
#[derive(Debug, Clone, Default)]
pub struct ListCompanies {
    parent: Option<NodeId>,
    company_type: Option<CompanyType>,
    license: Option<LicenseFilter>,
}

impl ListCompanies {
    /// Direct children of a company or folder.
    pub fn below(parent: impl Into<NodeId>) -> Self {
        Self {
            parent: Some(parent.into()),
            ..Self::default()
        }
    }

    /// Only companies of this type.
    #[must_use]
    pub fn company_type(mut self, company_type: CompanyType) -> Self {
        self.company_type = Some(company_type);
        self
    }

    /// Only companies with this kind of licence.
    #[must_use]
    pub fn license(mut self, license: LicenseFilter) -> Self {
        self.license = Some(license);
        self
    }

    fn params(&self) -> Params {
        let filters = Params::new()
            .maybe("companyType", self.company_type.map(CompanyType::get))
            .maybe("licenseType", self.license.map(LicenseFilter::get));
        parent_params(self.parent.as_ref())
            .maybe("filters", (!filters.is_empty()).then(|| filters.into_map()))
    }
}

/// Companies, endpoints and inventory; made by [`Client::network`].
#[derive(Debug, Clone, Copy)]
pub struct Network<'c>(pub(crate) &'c Client);

impl Network<'_> {
    /// Companies directly below one, or in a folder, by id and name. The key's own company is in no list.
    ///
    /// A customer has none and answers with an error of kind [`InvalidInput`](client_core::ErrorKind::InvalidInput).
    pub fn companies(self, list: &ListCompanies) -> Items<CompanyRow> {
        let call = rpc::call::<Rows<CompanyRow>>(&COMPANIES, &list.params());
        self.0.items(OnePage::new(checked(
            call,
            check_parent(list.parent.as_ref()),
        )))
    }

    /// Folders directly below a company or folder; below the key's own company for `None`.
    pub fn folders(self, parent: Option<&NodeId>) -> Items<FolderRow> {
        let call = rpc::call::<Rows<FolderRow>>(&FOLDERS, &parent_params(parent));
        self.0
            .items(OnePage::new(checked(call, check_parent(parent))))
    }

    /// Puts a company or folder under another company or into another folder.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput) for an id that leads nowhere or a circle.
    pub async fn move_node(self, node: &NodeId, new_parent: &NodeId) -> Result<(), Error> {
        let call = rpc::void_call(
            &MOVE,
            &Params::new().id("id", node).id("newParentId", new_parent),
        );
        let valid = check_id("id", node.as_str())
            .and_then(|()| check_id("newParentId", new_parent.as_str()));
        self.0.send(checked(call, valid)).await
    }

    /// Endpoints, in pages of up to 1000.
    pub fn endpoints(self, list: &ListEndpoints) -> Items<Endpoint> {
        let pager =
            paging::pages::<Endpoint>(&ENDPOINTS, list.params().into_map(), list.page_size());
        self.0
            .items(pager)
            .dedupe_by(|endpoint| endpoint.id.clone())
    }

    /// The inventory, in pages of up to 1000: companies, folders, groups and endpoints, as the filters say.
    pub fn inventory(self, list: &ListInventory) -> Items<InventoryItem> {
        let pager =
            paging::pages::<InventoryItem>(&INVENTORY, list.params().into_map(), list.page_size());
        self.0.items(pager).dedupe_by(|item| item.id.clone())
    }
}

fn parent_params(parent: Option<&NodeId>) -> Params {
    Params::new().maybe("parentId", parent.map(ToString::to_string))
}

fn check_parent(parent: Option<&NodeId>) -> Result<(), String> {
    parent.map_or(Ok(()), |parent| check_id("parentId", parent.as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{FolderId, LicenseFilter, ListCompanies};
    use crate::companies::{CompanyId, CompanyType};

    /// Paging parameters are refused by this method, so none are ever sent.
    #[test]
    fn company_lists_send_parent_and_filters_only() {
        assert_eq!(ListCompanies::default().params().into_value(), json!({}));
        let list = ListCompanies::below(CompanyId::new("aa"))
            .company_type(CompanyType::Partner)
            .license(LicenseFilter::Monthly);
        let wanted = json!({"parentId": "aa", "filters": {"companyType": 0, "licenseType": 3}});
        assert_eq!(list.params().into_value(), wanted);
        let folder = ListCompanies::below(FolderId::new("bb"));
        assert_eq!(folder.params().into_value(), json!({"parentId": "bb"}));
    }
}
