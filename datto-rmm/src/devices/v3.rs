//! Version 3 of the device endpoints.

use client_core::{Call, Error, Items, Operation, Repeat};

use super::{
    AccountDevices, DeviceId, DeviceScope, DeviceV3, Devices, ListDevices, ListSiteDevices,
    SiteDevices, by_id, mac,
};
use crate::paging::{Page, Row, page};

mod udf;

pub use udf::{UdfItem, UdfText, UdfType, UdfUpdateV3};

pub(crate) const LIST_ACCOUNT: Operation =
    Operation::get("account_devices_v3.list", "/v3/account/devices").charges(&["read"]);
pub(crate) const LIST_SITE: Operation =
    Operation::get("site_devices_v3.list", "/v3/site/{siteUid}/devices").charges(&["read"]);
pub(crate) const GET: Operation =
    Operation::get("devices_v3.get", "/v3/device/{deviceUid}").charges(&["read"]);
pub(crate) const BY_ID: Operation =
    Operation::get("devices_v3.by_id", "/v3/device/id/{deviceId}").charges(&["read"]);
pub(crate) const BY_MAC: Operation =
    Operation::get("devices_v3.by_mac", "/v3/device/macAddress/{macAddress}").charges(&["read"]);
// The vendor lists no kind of write for version 3; it is the same effect.
pub(crate) const SET_UDF: Operation =
    Operation::post("devices_v3.set_udf", "/v3/device/{deviceUid}/udf")
        .repeat(Repeat::Idempotent)
        .charges(&["write", "device-udf-set"]);

impl Row for DeviceV3 {
    const ID: &'static str = "uid";

    fn key(&self) -> Option<String> {
        Some(self.uid.to_string())
    }
}

page!(DevicesPageV3, "devices", DeviceV3);

/// The account's devices by version 3; made by [`AccountDevices::v3`].
#[derive(Debug, Clone, Copy)]
pub struct AccountDevicesV3<'c>(AccountDevices<'c>);

/// A site's devices by version 3; made by [`SiteDevices::v3`].
#[derive(Debug, Clone, Copy)]
pub struct SiteDevicesV3<'c>(SiteDevices<'c>);

/// Devices by what they are known by beside their uid, by version 3; made by [`Devices::v3`].
#[derive(Debug, Clone, Copy)]
pub struct DevicesV3<'c>(Devices<'c>);

/// One device by version 3; made by [`DeviceScope::v3`].
#[derive(Debug, Clone, Copy)]
pub struct DeviceScopeV3<'c>(DeviceScope<'c>);

impl<'c> AccountDevices<'c> {
    /// The devices by version 3 of the API.
    #[must_use]
    pub fn v3(self) -> AccountDevicesV3<'c> {
        AccountDevicesV3(self)
    }
}

impl<'c> SiteDevices<'c> {
    /// The devices by version 3 of the API.
    #[must_use]
    pub fn v3(self) -> SiteDevicesV3<'c> {
        SiteDevicesV3(self)
    }
}

impl<'c> Devices<'c> {
    /// The devices by version 3 of the API.
    #[must_use]
    pub fn v3(self) -> DevicesV3<'c> {
        DevicesV3(self)
    }
}

impl<'c> DeviceScope<'c> {
    /// The device by version 3 of the API.
    #[must_use]
    pub fn v3(self) -> DeviceScopeV3<'c> {
        DeviceScopeV3(self)
    }
}

impl AccountDevicesV3<'_> {
    /// Lists the devices that the key can see, asking for each page as the stream reaches it.
    ///
    /// # Errors
    ///
    /// Those of [`AccountDevices::list`]; `NotFound` or `Config` on a platform whose build has no version 3.
    ///
    /// ```no_run
    /// use datto_rmm::devices::ListDevices;
    ///
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let devices = client.account().devices().v3().list(&ListDevices::default()).collect_all().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(self, filter: &ListDevices) -> Items<DeviceV3> {
        let call = filter.call::<DevicesPageV3>(&LIST_ACCOUNT);
        self.0.0.listing(call.map(Page::from))
    }
}

impl SiteDevicesV3<'_> {
    /// Lists the site's devices, asking for each page as the stream reaches it.
    ///
    /// # Errors
    ///
    /// Those of [`SiteDevices::list`]; `NotFound` or `Config` on a platform whose build has no version 3.
    ///
    /// ```no_run
    /// use datto_rmm::devices::ListSiteDevices;
    ///
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// let devices = client.site(&site).devices().v3().list(&ListSiteDevices::default()).collect_all().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(self, filter: &ListSiteDevices) -> Items<DeviceV3> {
        let call = filter.call::<DevicesPageV3>(&LIST_SITE, self.0.site);
        self.0.client.listing(call.map(Page::from))
    }
}

impl DevicesV3<'_> {
    /// Reads the device of this number.
    ///
    /// # Errors
    ///
    /// Those of [`Devices::by_id`]; `NotFound` or `Config` on a platform whose build has no version 3.
    ///
    /// ```no_run
    /// use datto_rmm::devices::DeviceId;
    ///
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let device = client.devices().v3().by_id(DeviceId::new(4711)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn by_id(self, id: DeviceId) -> Result<DeviceV3, Error> {
        self.0.0.send(by_id(&BY_ID, id)).await
    }

    /// Reads all devices that have this MAC address, in any spelling. Several can have it.
    ///
    /// # Errors
    ///
    /// Those of [`Devices::by_mac`]; `NotFound` or `Config` on a platform whose build has no version 3.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let devices = client.devices().v3().by_mac("00-11-22-AA-BB-CC").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn by_mac(self, mac: &str) -> Result<Vec<DeviceV3>, Error> {
        self.0.0.send(mac::by_mac(&BY_MAC, mac)).await
    }
}

impl DeviceScopeV3<'_> {
    /// Reads the device's record.
    ///
    /// # Errors
    ///
    /// Those of [`DeviceScope::get`]; `NotFound` or `Config` on a platform whose build has no version 3.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::devices::DeviceUid) -> Result<(), datto_rmm::Error> {
    /// for field in client.device(&uid).v3().get().await?.udfs {
    ///     println!("{:?} {:?}: {:?}", field.ordinal, field.label, field.kind);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get(self) -> Result<DeviceV3, Error> {
        let call = Call::new(&GET, [self.0.uid.as_str()]);
        self.0.client.send(call).await
    }

    /// Sets typed user-defined fields; those that `update` does not name stay as they are.
    ///
    /// The vendor flags this endpoint as deprecated, although nothing newer is there: [`DeviceScope::set_udf`] does the
    /// same with text.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for an update that names no field, one outside of 1 to 300 or a value that cannot be written, and if
    /// the vendor refuses a value of another type than the account gives the field; the kinds of [`get`](Self::get).
    ///
    /// ```no_run
    /// use datto_rmm::devices::UdfUpdateV3;
    ///
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::devices::DeviceUid) -> Result<(), datto_rmm::Error> {
    /// let update = UdfUpdateV3::new().text(7, "gold").boolean(8, true).number(9, 4.5).clear(10);
    /// client.device(&uid).v3().set_udf(&update).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn set_udf(self, update: &UdfUpdateV3) -> Result<(), Error> {
        self.0.client.send(update.call(self.0.uid)).await
    }
}
