//! Device filters: the vendor's own, the user's, and those of a site. They are made in the portal only.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::{Call, Items, Operation};
use serde::Deserialize;

use crate::Client;
use crate::paging::{Page, Row, page};
use crate::sites::{SiteScope, SiteUid};
use crate::time::{WireTime, lenient};

pub(crate) const DEFAULTS: Operation =
    Operation::get("filters.defaults", "/v2/filter/default-filters").charges(&["read"]);
pub(crate) const CUSTOM: Operation =
    Operation::get("filters.custom", "/v2/filter/custom-filters").charges(&["read"]);
pub(crate) const LIST_SITE: Operation =
    Operation::get("site_filters.list", "/v2/site/{siteUid}/filters").charges(&["read"]);

client_core::id!(
    /// The number of a device filter, for [`ListDevices::filter`](crate::devices::ListDevices::filter).
    number FilterId
);

client_core::open_enum!(
    /// Where a filter comes from.
    FilterType {
        /// Built in.
        RmmDefault = "rmm_default",
        /// Made by a user.
        Custom = "custom",
        /// Made for one site.
        Site = "site",
    }
);

/// A device filter; what it filters by is not told.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Filter {
    pub id: FilterId,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default, rename = "type")]
    pub kind: Option<FilterType>,
    // The vendor's spelling; the usual one is taken too, for the day it is mended.
    #[serde(
        default,
        rename = "dateCreate",
        alias = "dateCreated",
        deserialize_with = "lenient"
    )]
    pub date_created: Option<WireTime>,
    #[serde(default, deserialize_with = "lenient")]
    pub last_updated: Option<WireTime>,
}

impl Row for Filter {
    const ID: &'static str = "id";

    fn key(&self) -> Option<String> {
        Some(self.id.to_string())
    }
}

page!(FiltersPage, "filters", Filter);

fn list<const N: usize>(operation: &Operation, path: [&str; N]) -> Call<Page<Filter>> {
    Call::<FiltersPage>::new(operation, path).map(Page::from)
}

fn list_site(site: &SiteUid) -> Call<Page<Filter>> {
    list(&LIST_SITE, [site.as_str()])
}

/// The filter endpoints; made by [`Client::filters`].
#[derive(Debug, Clone, Copy)]
pub struct Filters<'c>(pub(crate) &'c Client);

impl Filters<'_> {
    /// Lists the built-in filters.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends.
    ///
    /// ```no_run
    /// use datto_rmm::devices::ListDevices;
    ///
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let filters = client.filters().defaults().collect_all().await?;
    /// if let Some(filter) = filters.into_iter().find(|filter| filter.name.as_deref() == Some("All Servers")) {
    ///     let servers = client.account().devices().list(&ListDevices::default().filter(filter.id));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn defaults(self) -> Items<Filter> {
        self.0.listing(list(&DEFAULTS, []))
    }

    /// Lists the user's own filters, as an administrator sees them.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// for filter in client.filters().custom().collect_all().await? {
    ///     println!("{} {:?}", filter.id, filter.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn custom(self) -> Items<Filter> {
        self.0.listing(list(&CUSTOM, []))
    }
}

impl SiteScope<'_> {
    /// Lists the site's device filters, as an administrator sees them.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends. `NotFound` for an unknown site.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// for filter in client.site(&site).filters().collect_all().await? {
    ///     println!("{} {:?}", filter.id, filter.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn filters(self) -> Items<Filter> {
        self.client.listing(list_site(self.uid))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CUSTOM, DEFAULTS, Filter, FilterId, FilterType, list, list_site};
    use crate::sites::SiteUid;
    use crate::time::WireTime;

    #[test]
    fn targets() {
        assert_eq!(list(&DEFAULTS, []).target(), "/v2/filter/default-filters");
        assert_eq!(list(&CUSTOM, []).target(), "/v2/filter/custom-filters");
        assert_eq!(
            list_site(&SiteUid::new("a/b")).target(),
            "/v2/site/a%2Fb/filters"
        );
    }

    #[test]
    fn nulls_unknown_values_and_both_spellings() {
        let nulls: Filter = serde_json::from_value(json!({
            "id": 7, "name": null, "description": null, "type": null, "dateCreate": null, "lastUpdated": null,
        }))
        .unwrap();
        assert_eq!(nulls, serde_json::from_value(json!({"id": "7"})).unwrap());
        assert_eq!(nulls.id, FilterId::new(7));
        for (key, kind) in [("dateCreate", "site"), ("dateCreated", "shared")] {
            let filter: Filter =
                serde_json::from_value(json!({"id": 7, "type": kind, key: 1_767_225_600_000_i64}))
                    .unwrap();
            assert_eq!(filter.kind.as_ref().map(FilterType::as_str), Some(kind));
            let made = filter.date_created.as_ref().and_then(WireTime::timestamp);
            assert_eq!(made.unwrap().as_second(), 1_767_225_600);
        }
    }
}
