//! Devices, account-wide and by site, and their network cards.

use client_core::{Call, Items, Operation};
use serde::Serialize;

use crate::Client;
use crate::paging::{Page, Row, page};
use crate::sites::SiteUid;

mod interfaces;
mod record;
mod udf;

pub use interfaces::{DeviceInterfaces, NetworkInterface};
pub use record::{
    Antivirus, AntivirusStatus, Device, DeviceClass, DeviceType, PatchManagement, PatchStatus,
};
pub use udf::Udfs;

pub(crate) const LIST_ACCOUNT: Operation =
    Operation::get("account_devices.list", "/v2/account/devices").charges(&["read"]);
pub(crate) const LIST_SITE: Operation =
    Operation::get("site_devices.list", "/v2/site/{siteUid}/devices").charges(&["read"]);
pub(crate) const LIST_INTERFACES: Operation = Operation::get(
    "site_devices.network_interfaces",
    "/v2/site/{siteUid}/devices/network-interface",
)
.charges(&["read"]);

client_core::id!(
    /// Identifies a device.
    DeviceUid
);

client_core::id!(
    /// The number of a device filter.
    number FilterId
);

impl Row for Device {
    fn key(&self) -> String {
        self.uid.to_string()
    }
}

impl Row for DeviceInterfaces {
    fn key(&self) -> String {
        self.uid.to_string()
    }
}

page!(DevicesPage, "devices", Device);
page!(InterfacesPage, "devices", DeviceInterfaces);

/// Filters for [`AccountDevices::list`]; the default keeps every device.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListDevices {
    filter_id: Option<FilterId>,
    hostname: Option<String>,
    device_type: Option<String>,
    operating_system: Option<String>,
    site_name: Option<String>,
}

impl ListDevices {
    /// Keeps the devices of a filter. The vendor ignores every other condition beside it, so together they are refused.
    #[must_use]
    pub fn filter(mut self, id: FilterId) -> Self {
        self.filter_id = Some(id);
        self
    }

    /// Keeps devices whose host name contains this text.
    #[must_use]
    pub fn hostname(mut self, part: impl Into<String>) -> Self {
        self.hostname = Some(part.into());
        self
    }

    /// Keeps devices whose type contains this text.
    #[must_use]
    pub fn device_type(mut self, part: impl Into<String>) -> Self {
        self.device_type = Some(part.into());
        self
    }

    /// Keeps devices whose operating system contains this text.
    #[must_use]
    pub fn operating_system(mut self, part: impl Into<String>) -> Self {
        self.operating_system = Some(part.into());
        self
    }

    /// Keeps devices whose site's name contains this text.
    #[must_use]
    pub fn site_name(mut self, part: impl Into<String>) -> Self {
        self.site_name = Some(part.into());
        self
    }

    fn call(&self) -> Call<Page<Device>> {
        let texts = [
            &self.hostname,
            &self.device_type,
            &self.operating_system,
            &self.site_name,
        ];
        let contradicts = self.filter_id.is_some() && texts.into_iter().any(Option::is_some);
        Call::<DevicesPage>::new(&LIST_ACCOUNT, [])
            .query(self)
            .refuse_if(contradicts, "beside a filter id, the vendor ignores all other conditions; use one or the others")
            .map(Page::from)
    }
}

/// Filters for [`SiteDevices::list`]; the default keeps every device.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListSiteDevices {
    filter_id: Option<FilterId>,
}

impl ListSiteDevices {
    /// Keeps the devices of a filter; the site's own filters work too.
    #[must_use]
    pub fn filter(mut self, id: FilterId) -> Self {
        self.filter_id = Some(id);
        self
    }

    fn call(&self, site: &SiteUid) -> Call<Page<Device>> {
        Call::<DevicesPage>::new(&LIST_SITE, [site.as_str()])
            .query(self)
            .map(Page::from)
    }
}

fn interfaces_call(site: &SiteUid) -> Call<Page<DeviceInterfaces>> {
    Call::<InterfacesPage>::new(&LIST_INTERFACES, [site.as_str()]).map(Page::from)
}

/// The account's devices; made by [`AccountScope::devices`](crate::account::AccountScope::devices).
#[derive(Debug, Clone, Copy)]
pub struct AccountDevices<'c>(pub(crate) &'c Client);

impl AccountDevices<'_> {
    /// Lists the devices that the key can see, asking for each page as the stream reaches it.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends. `InvalidInput` for a filter id beside other conditions;
    /// `NotFound` for an unknown filter.
    ///
    /// ```no_run
    /// use datto_rmm::devices::ListDevices;
    ///
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let servers = client.account().devices().list(&ListDevices::default().device_type("Server"));
    /// println!("{}", servers.collect_all().await?.as_slice().len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(self, filter: &ListDevices) -> Items<Device> {
        self.0.listing(filter.call())
    }
}

/// A site's devices; made by [`SiteScope::devices`](crate::sites::SiteScope::devices).
#[derive(Debug, Clone, Copy)]
pub struct SiteDevices<'c> {
    pub(crate) client: &'c Client,
    pub(crate) site: &'c SiteUid,
}

impl SiteDevices<'_> {
    /// Lists the site's devices, asking for each page as the stream reaches it.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends. `NotFound` for an unknown site or filter.
    ///
    /// ```no_run
    /// use datto_rmm::devices::ListSiteDevices;
    ///
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// let devices = client.site(&site).devices().list(&ListSiteDevices::default()).collect_all().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(self, filter: &ListSiteDevices) -> Items<Device> {
        self.client.listing(filter.call(self.site))
    }

    /// Lists the site's devices in short, with all their network cards: MAC addresses of 250 devices for one call, where
    /// the audit costs one call for each device.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends. `NotFound` for an unknown site.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// for device in client.site(&site).devices().network_interfaces().collect_all().await? {
    ///     println!("{:?}: {} cards", device.hostname, device.nics.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn network_interfaces(self) -> Items<DeviceInterfaces> {
        self.client.listing(interfaces_call(self.site))
    }
}

#[cfg(test)]
mod tests {
    use client_core::ErrorKind;

    use super::{FilterId, ListDevices, ListSiteDevices, interfaces_call};
    use crate::sites::SiteUid;

    #[test]
    fn filters_are_sent_and_contradictions_refused() {
        let texts = ListDevices::default()
            .hostname("srv")
            .device_type("Server")
            .operating_system("11")
            .site_name("A B");
        assert_eq!(
            texts.call().target(),
            "/v2/account/devices?hostname=srv&deviceType=Server&operatingSystem=11&siteName=A%20B"
        );
        let filter = ListDevices::default().filter(FilterId::new(7));
        assert_eq!(filter.call().target(), "/v2/account/devices?filterId=7");
        assert!(filter.call().check().is_ok() && texts.call().check().is_ok());
        let error = filter.hostname("srv").call().check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let site = SiteUid::new("a/b");
        let of_site = ListSiteDevices::default()
            .filter(FilterId::new(7))
            .call(&site);
        assert_eq!(of_site.target(), "/v2/site/a%2Fb/devices?filterId=7");
        assert_eq!(
            interfaces_call(&site).target(),
            "/v2/site/a%2Fb/devices/network-interface"
        );
    }
}
