//! Which sites belong to which networks of Datto Networking.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::serde::{null_as_default, number_or_text};
use client_core::{Call, Operation};
use serde::Deserialize;

use crate::account::AccountUid;
use crate::paging::{Page, Row, page};
use crate::sites::SiteUid;

pub(crate) const LIST: Operation =
    Operation::get("dnet_site_mappings.list", "/v2/account/dnet-site-mappings").charges(&["read"]);

/// A site, and the networks that it is mapped to. Maintained in the vendor's portals only.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DnetSiteMapping {
    /// The site's number; there are no ids of mappings.
    #[serde(default, with = "number_or_text")]
    pub id: Option<i64>,
    /// The site.
    pub uid: SiteUid,
    #[serde(default)]
    pub account_uid: Option<AccountUid>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    /// Ids of the Datto Networking cloud, several for some sites; empty for a site without a mapping.
    #[serde(
        default,
        rename = "dattoNetworkingNetworkIds",
        with = "null_as_default"
    )]
    pub network_ids: Vec<i64>,
    #[serde(default)]
    pub portal_url: Option<String>,
}

impl Row for DnetSiteMapping {
    const ID: &'static str = "uid";

    fn key(&self) -> Option<String> {
        Some(self.uid.to_string())
    }
}

page!(DnetSiteMappingsPage, "dnetSiteMappings", DnetSiteMapping);

pub(crate) fn list() -> Call<Page<DnetSiteMapping>> {
    Call::<DnetSiteMappingsPage>::new(&LIST, []).map(Page::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::DnetSiteMapping;

    #[test]
    fn every_field_may_be_null_or_absent() {
        let mapping = |json| serde_json::from_value::<DnetSiteMapping>(json).unwrap();
        let nulls = json!({
            "uid": "s", "id": null, "accountUid": null, "name": null, "description": null,
            "dattoNetworkingNetworkIds": null, "portalUrl": null, "new": 1,
        });
        assert_eq!(mapping(nulls), mapping(json!({"uid": "s"})));
    }
}
