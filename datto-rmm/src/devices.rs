//! Devices: account-wide, by site and one by one, their network cards, user-defined fields and warranties.
//!
//! Version 3 of the API describes devices alike, but gives user-defined fields a type; it is reached by `v3()` on each
//! handle of this module, and is not there on platforms with older builds.

use client_core::{Call, Error, Items, Operation};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Client;
use crate::filters::FilterId;
use crate::paging::{Page, Row, page};
use crate::sites::SiteUid;

pub(crate) mod gaps;
mod interfaces;
pub(crate) mod mac;
mod record;
pub(crate) mod scope;
mod udf;
pub(crate) mod v3;

pub use gaps::{CountGap, count_gaps};
pub use interfaces::{DeviceInterfaces, NetworkInterface};
pub use record::{
    Antivirus, AntivirusStatus, Device, DeviceClass, DeviceType, DeviceV3, PatchManagement,
    PatchStatus,
};
pub use scope::DeviceScope;
pub use udf::{UdfUpdate, Udfs};
pub use v3::{
    AccountDevicesV3, DeviceScopeV3, DevicesV3, SiteDevicesV3, UdfItem, UdfText, UdfType,
    UdfUpdateV3,
};

pub(crate) const LIST_ACCOUNT: Operation =
    Operation::get("account_devices.list", "/v2/account/devices").charges(&["read"]);
pub(crate) const LIST_SITE: Operation =
    Operation::get("site_devices.list", "/v2/site/{siteUid}/devices").charges(&["read"]);
pub(crate) const BY_ID: Operation =
    Operation::get("devices.by_id", "/v2/device/id/{deviceId}").charges(&["read"]);
pub(crate) const BY_MAC: Operation =
    Operation::get("devices.by_mac", "/v2/device/macAddress/{macAddress}").charges(&["read"]);
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
    /// The number of a device, which the activity log knows it by.
    number DeviceId
);

impl Row for Device {
    const ID: &'static str = "uid";

    fn key(&self) -> Option<String> {
        Some(self.uid.to_string())
    }
}

impl Row for DeviceInterfaces {
    const ID: &'static str = "uid";

    fn key(&self) -> Option<String> {
        Some(self.uid.to_string())
    }
}

page!(DevicesPage, "devices", Device);
page!(InterfacesPage, "devices", DeviceInterfaces);

/// Filters for [`AccountDevices::list`] and [`AccountDevicesV3::list`]; the default keeps every device.
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

    fn call<P: DeserializeOwned + 'static>(&self, list: &Operation) -> Call<P> {
        let texts = [
            &self.hostname,
            &self.device_type,
            &self.operating_system,
            &self.site_name,
        ];
        let contradicts = self.filter_id.is_some() && texts.into_iter().any(Option::is_some);
        Call::new(list, []).query(self).refuse_if(
            contradicts,
            "beside a filter id, the vendor ignores all other conditions; use one or the others",
        )
    }
}

/// Filters for [`SiteDevices::list`] and [`SiteDevicesV3::list`]; the default keeps every device.
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

    fn call<P: DeserializeOwned + 'static>(&self, list: &Operation, site: &SiteUid) -> Call<P> {
        Call::new(list, [site.as_str()]).query(self)
    }
}

/// The call of an operation whose one path variable is a device's number.
fn by_id<T: DeserializeOwned + 'static>(operation: &Operation, id: DeviceId) -> Call<T> {
    Call::new(operation, [&id.to_string()])
        .refuse_if(id.get() < 1, &format!("{id} is no device's number"))
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
        let call = filter.call::<DevicesPage>(&LIST_ACCOUNT);
        self.0.listing(call.map(Page::from))
    }
}

/// Devices by what they are known by beside their uid; made by [`Client::devices`].
#[derive(Debug, Clone, Copy)]
pub struct Devices<'c>(pub(crate) &'c Client);

impl Devices<'_> {
    /// Reads the device of this number.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a number below 1; `NotFound`; `Denied` if the key's user may not see it; `Credentials`,
    /// `Blocked`, `RateLimited`, and the kinds of transport and server failures.
    ///
    /// ```no_run
    /// use datto_rmm::devices::DeviceId;
    ///
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let device = client.devices().by_id(DeviceId::new(4711)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn by_id(self, id: DeviceId) -> Result<Device, Error> {
        self.0.send(by_id(&BY_ID, id)).await
    }

    /// Reads all devices that have this MAC address, in any spelling. Several can have it.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for what is no MAC address; `NotFound`, if no device has it; the other kinds of
    /// [`by_id`](Self::by_id).
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// for device in client.devices().by_mac("00:11:22:aa:bb:cc").await? {
    ///     println!("{:?}", device.hostname);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn by_mac(self, mac: &str) -> Result<Vec<Device>, Error> {
        self.0.send(mac::by_mac(&BY_MAC, mac)).await
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
        let call = filter.call::<DevicesPage>(&LIST_SITE, self.site);
        self.client.listing(call.map(Page::from))
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

    use super::{
        BY_ID, Device, DeviceId, DevicesPage, LIST_ACCOUNT, LIST_SITE, ListDevices,
        ListSiteDevices, by_id, interfaces_call, v3,
    };
    use crate::filters::FilterId;
    use crate::sites::SiteUid;

    #[test]
    fn filters_are_sent_and_contradictions_refused() {
        let texts = ListDevices::default()
            .hostname("srv")
            .device_type("Server")
            .operating_system("11")
            .site_name("A B");
        let filter = ListDevices::default().filter(FilterId::new(7));
        let both = filter.clone().hostname("srv");
        let site = SiteUid::new("a/b");
        let of_site = ListSiteDevices::default().filter(FilterId::new(7));
        for (version, account, at_site) in [
            ("v2", &LIST_ACCOUNT, &LIST_SITE),
            ("v3", &v3::LIST_ACCOUNT, &v3::LIST_SITE),
        ] {
            let call = |filter: &ListDevices| filter.call::<DevicesPage>(account);
            assert_eq!(
                call(&texts).target(),
                format!(
                    "/{version}/account/devices?hostname=srv&deviceType=Server&operatingSystem=11&siteName=A%20B"
                )
            );
            assert_eq!(
                call(&filter).target(),
                format!("/{version}/account/devices?filterId=7")
            );
            assert!(call(&filter).check().is_ok() && call(&texts).check().is_ok());
            let error = call(&both).check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert_eq!(
                of_site.call::<DevicesPage>(at_site, &site).target(),
                format!("/{version}/site/a%2Fb/devices?filterId=7")
            );
        }
        assert_eq!(
            interfaces_call(&site).target(),
            "/v2/site/a%2Fb/devices/network-interface"
        );
    }

    #[test]
    fn numbers_of_devices_are_positive() {
        let call = |id| by_id::<Device>(&BY_ID, DeviceId::new(id));
        assert_eq!(call(17).target(), "/v2/device/id/17");
        assert!(call(17).check().is_ok());
        for id in [0, -1, i64::MIN] {
            let error = call(id).check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains(&id.to_string()), "{error}");
        }
    }
}
