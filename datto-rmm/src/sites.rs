//! Sites: the places that devices belong to, usually one for each customer.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::serde::{number_or_text, text_or_number};
use client_core::{Call, Error, Items, Operation, Repeat};
use serde::{Deserialize, Serialize};

use crate::Client;
use crate::account::AccountUid;
use crate::alerts::Alerts;
use crate::devices::SiteDevices;
use crate::paging::{Page, Row, page};
use crate::patches::{ListPatches, SitePatch};
use crate::variables::SiteVariables;

mod change;
mod proxy;
pub(crate) mod settings;

pub use change::{NewSite, SiteUpdate};
pub use proxy::{ProxySettings, ProxyType};
pub use settings::{GeneralSettings, MailRecipient, Settings, SiteSettings};

pub(crate) const LIST: Operation =
    Operation::get("sites.list", "/v2/account/sites").charges(&["read"]);
pub(crate) const GET: Operation =
    Operation::get("sites.get", "/v2/site/{siteUid}").charges(&["read"]);
// The vendor creates by PUT and updates by POST.
pub(crate) const CREATE: Operation =
    Operation::put("sites.create", "/v2/site").charges(&["write", "site-create"]);
pub(crate) const UPDATE: Operation = Operation::post("sites.update", "/v2/site/{siteUid}")
    .repeat(Repeat::Idempotent)
    .charges(&["write", "site-update"]);

client_core::id!(
    /// Identifies a site. A GUID, but for the pseudo-site of deleted devices.
    SiteUid
);

/// A site.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Site {
    pub uid: SiteUid,
    /// The number that the activity log knows the site by.
    #[serde(default, with = "number_or_text")]
    pub id: Option<i64>,
    #[serde(default)]
    pub account_uid: Option<AccountUid>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub notes: Option<String>,
    /// True for an `OnDemand` site, false for a Managed one.
    #[serde(default)]
    pub on_demand: Option<bool>,
    #[serde(default)]
    pub splashtop_auto_install: Option<bool>,
    #[serde(default)]
    pub proxy_settings: Option<ProxySettings>,
    #[serde(default)]
    pub devices_status: Option<DevicesStatus>,
    #[serde(default)]
    pub autotask_company_name: Option<String>,
    /// A number, as text.
    #[serde(default, with = "text_or_number")]
    pub autotask_company_id: Option<String>,
    #[serde(default)]
    pub portal_url: Option<String>,
}

/// Counts of a site's devices.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DevicesStatus {
    #[serde(default, with = "number_or_text")]
    pub number_of_devices: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub number_of_online_devices: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub number_of_offline_devices: Option<i64>,
}

impl Site {
    /// True for the place where records of deleted devices are kept, which is no site of anybody.
    ///
    /// It is known by its uid, which is no GUID, and by its name. Sites called "Managed" and `OnDemand` are ordinary ones.
    pub fn is_pseudo(&self) -> bool {
        let is_named = self
            .name
            .as_deref()
            .is_some_and(|name| name.trim().eq_ignore_ascii_case("deleted devices"));
        is_named || !is_guid(self.uid.as_str())
    }
}

fn is_guid(text: &str) -> bool {
    let mut groups = text.split('-');
    let fits = [8, 4, 4, 4, 12].into_iter().all(|length| {
        groups.next().is_some_and(|group| {
            group.len() == length && group.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    });
    fits && groups.next().is_none()
}

impl Row for Site {
    const ID: &'static str = "uid";

    fn key(&self) -> Option<String> {
        Some(self.uid.to_string())
    }
}

page!(SitesPage, "sites", Site);

/// Filters for [`Sites::list`]; the default keeps every site.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListSites {
    site_name: Option<String>,
}

impl ListSites {
    /// Keeps sites whose name contains this text.
    #[must_use]
    pub fn site_name(mut self, part: impl Into<String>) -> Self {
        self.site_name = Some(part.into());
        self
    }

    fn call(&self) -> Call<Page<Site>> {
        Call::<SitesPage>::new(&LIST, [])
            .query(self)
            .map(Page::from)
    }
}

/// The site endpoints; made by [`Client::sites`].
#[derive(Debug, Clone, Copy)]
pub struct Sites<'c>(pub(crate) &'c Client);

impl Sites<'_> {
    /// Lists the sites that the key can see, asking for each page as the stream reaches it.
    ///
    /// The pseudo-site of deleted devices is among them; see [`Site::is_pseudo`].
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends.
    ///
    /// ```no_run
    /// use datto_rmm::sites::ListSites;
    ///
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let sites = client.sites().list(&ListSites::default().site_name("Acme")).collect_all().await?;
    /// for site in sites.into_iter().filter(|site| !site.is_pseudo()) {
    ///     println!("{} {:?}", site.uid, site.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(self, filter: &ListSites) -> Items<Site> {
        self.0.listing(filter.call())
    }

    /// Reads one site.
    ///
    /// # Errors
    ///
    /// `NotFound`; `Denied` if the key's user may not see it; `Credentials`, `Blocked`, `RateLimited`, and the kinds of
    /// transport and server failures.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let site = client.sites().get(&"00000000-0000-4000-8000-000000000001".into()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get(self, uid: &SiteUid) -> Result<Site, Error> {
        self.0.send(Call::new(&GET, [uid.as_str()])).await
    }

    /// Creates a site. Called twice, it may make two sites of one name.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a name that is empty or too long; the kinds of [`get`](Self::get). After an error whose
    /// outcome is unknown, look before creating again.
    ///
    /// ```no_run
    /// use datto_rmm::sites::NewSite;
    ///
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let site = client.sites().create(&NewSite::managed("Acme").description("Main office")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create(self, site: &NewSite) -> Result<Site, Error> {
        self.0.send(site.call()).await
    }

    /// Replaces a site's fields, all of them: what an update left out would be cleared, so it is made from the site as it
    /// was read. Proxy settings are no part of it.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for an update without a name or type; `Conflict` while another write is under way; the kinds of
    /// [`get`](Self::get).
    ///
    /// ```no_run
    /// use datto_rmm::sites::SiteUpdate;
    ///
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// let site = client.sites().get(&uid).await?;
    /// client.sites().update(&SiteUpdate::of(&site).notes("Moved in May")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn update(self, update: &SiteUpdate) -> Result<Site, Error> {
        self.0.send(update.call()).await
    }
}

/// What belongs to one site; made by [`Client::site`].
#[derive(Debug, Clone, Copy)]
pub struct SiteScope<'c> {
    pub(crate) client: &'c Client,
    pub(crate) uid: &'c SiteUid,
}

impl<'c> SiteScope<'c> {
    /// Reads the site; as [`Sites::get`].
    ///
    /// # Errors
    ///
    /// Those of [`Sites::get`].
    pub async fn get(self) -> Result<Site, Error> {
        self.client.sites().get(self.uid).await
    }

    /// The site's devices.
    #[must_use]
    pub fn devices(self) -> SiteDevices<'c> {
        SiteDevices {
            client: self.client,
            site: self.uid,
        }
    }

    /// The site's alerts.
    #[must_use]
    pub fn alerts(self) -> Alerts<'c> {
        Alerts::of_site(self.client, self.uid)
    }

    /// Lists the patches of the site's devices, asking for each page as the stream reaches it. Without a filter, a patch
    /// comes once for each status that it has on some of them.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends. `NotFound` for an unknown site, or, like `Config`, on a
    /// platform whose build is older than this call.
    ///
    /// ```no_run
    /// use datto_rmm::patches::{InstallStatus, ListPatches};
    ///
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// let filter = ListPatches::default().install_status(InstallStatus::NotApproved);
    /// for patch in client.site(&site).patches(&filter).collect_all().await? {
    ///     println!("{:?} on {:?} devices", patch.title, patch.total_devices);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn patches(self, filter: &ListPatches) -> Items<SitePatch> {
        self.client.listing(filter.of_site(self.uid))
    }

    /// The site's own variables.
    #[must_use]
    pub fn variables(self) -> SiteVariables<'c> {
        SiteVariables {
            client: self.client,
            site: self.uid,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ListSites, Site};

    fn site(uid: &str, name: &str) -> Site {
        serde_json::from_value(json!({"uid": uid, "name": name})).unwrap()
    }

    #[test]
    fn list_sends_its_filter() {
        assert_eq!(ListSites::default().call().target(), "/v2/account/sites");
        let call = ListSites::default().site_name("A&B [x]*").call();
        assert_eq!(
            call.target(),
            "/v2/account/sites?siteName=A%26B%20%5Bx%5D%2A"
        );
    }

    #[test]
    fn only_deleted_devices_is_a_pseudo_site() {
        let guid = "0a1b2c3d-0000-4000-8000-00000000000F";
        assert!(!site(guid, "Managed").is_pseudo());
        assert!(!site(guid, "OnDemand").is_pseudo());
        assert!(site("abc123-deleted", "Deleted Devices").is_pseudo());
        assert!(site("abc123-deleted", "Gelöschte Geräte").is_pseudo());
        assert!(site(guid, "Deleted Devices").is_pseudo());
        for odd in [
            "0a1b2c3d-0000-4000-8000-00000000000G",
            "0a1b2c3d00004000800000000000000F",
            "1-2-3-4-5",
            "",
        ] {
            assert!(site(odd, "Acme").is_pseudo(), "{odd}");
        }
    }

    #[test]
    fn every_field_may_be_null_or_absent() {
        let absent: Site = serde_json::from_value(json!({"uid": "s"})).unwrap();
        let nulls = json!({
            "uid": "s", "id": null, "accountUid": null, "name": null, "description": null, "notes": null, "onDemand": null,
            "splashtopAutoInstall": null, "proxySettings": null, "devicesStatus": null, "autotaskCompanyName": null,
            "autotaskCompanyId": null, "portalUrl": null, "new": 1,
        });
        assert_eq!(serde_json::from_value::<Site>(nulls).unwrap(), absent);
        let inner: Site = serde_json::from_value(json!({"uid": "s", "devicesStatus": {
            "numberOfDevices": null, "numberOfOnlineDevices": null, "numberOfOfflineDevices": null,
        }}))
        .unwrap();
        assert_eq!(inner.devices_status.unwrap().number_of_devices, None);
    }
}
