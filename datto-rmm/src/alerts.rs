//! Alerts of the account, of sites and of devices.

use client_core::{Call, Error, Items, Operation, Repeat};
use serde::Serialize;

use crate::Client;
use crate::devices::DeviceUid;
use crate::paging::{Page, page};
use crate::sites::SiteUid;

mod class;
mod context;
mod record;
mod values;

pub use class::{
    AntivirusContext, BackupManagementContext, ComponentContext, CustomSnmpContext,
    DiskUsageContext, EndpointThreatContext, EventLogContext, FileSystemContext, HardwareContext,
    NetworkMonitorContext, OnlineOfflineContext, PatchContext, PerformanceContext, PingContext,
    PrinterContext, ProcessStatusContext, ProcessUsageContext, RansomwareContext,
    ResourceUsageContext, SecurityCenterContext, SecurityManagementContext, ServiceStatusContext,
    ServiceUsageContext, SnmpProbeContext, SoftwareContext, TemperatureContext, WmiContext,
};
pub use context::{AlertContext, ContextDetail};
pub use record::{
    Alert, AlertMonitorInfo, AlertPriority, AlertSourceInfo, ResponseAction, ResponseActionType,
};
pub use values::{
    AntivirusState, DiskUnit, FileCondition, FileObject, OnlineOffline, ProcessStatus, Resource,
    SecurityCenterAlert, SoftwareAction, VolumeDesignation,
};

pub(crate) const GET: Operation =
    Operation::get("alerts.get", "/v2/alert/{alertUid}").charges(&["read"]);
pub(crate) const RESOLVE: Operation =
    Operation::post("alerts.resolve", "/v2/alert/{alertUid}/resolve")
        .repeat(Repeat::Idempotent)
        .charges(&["write", "alert-resolve"]);
pub(crate) const MUTE: Operation = Operation::post("alerts.mute", "/v2/alert/{alertUid}/mute")
    .repeat(Repeat::Idempotent)
    .charges(&["write"]);
pub(crate) const UNMUTE: Operation =
    Operation::post("alerts.unmute", "/v2/alert/{alertUid}/unmute")
        .repeat(Repeat::Idempotent)
        .charges(&["write"]);
pub(crate) const OPEN_ACCOUNT: Operation =
    Operation::get("account_alerts.open", "/v2/account/alerts/open").charges(&["read"]);
pub(crate) const RESOLVED_ACCOUNT: Operation =
    Operation::get("account_alerts.resolved", "/v2/account/alerts/resolved").charges(&["read"]);
pub(crate) const OPEN_SITE: Operation =
    Operation::get("site_alerts.open", "/v2/site/{siteUid}/alerts/open").charges(&["read"]);
pub(crate) const RESOLVED_SITE: Operation =
    Operation::get("site_alerts.resolved", "/v2/site/{siteUid}/alerts/resolved").charges(&["read"]);
pub(crate) const OPEN_DEVICE: Operation =
    Operation::get("device_alerts.open", "/v2/device/{deviceUid}/alerts/open").charges(&["read"]);
pub(crate) const RESOLVED_DEVICE: Operation = Operation::get(
    "device_alerts.resolved",
    "/v2/device/{deviceUid}/alerts/resolved",
)
.charges(&["read"]);

client_core::id!(
    /// Identifies an alert.
    AlertUid
);

page!(AlertsPage, "alerts", Alert);

/// Filters for [`Alerts::open`] and [`Alerts::resolved`]; the default keeps every alert.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListAlerts {
    muted: Option<bool>,
}

impl ListAlerts {
    /// Keeps alerts that are muted, or those that are not. Muting has no function any more; what the vendor makes of this
    /// filter is not established.
    #[must_use]
    pub fn muted(mut self, muted: bool) -> Self {
        self.muted = Some(muted);
        self
    }
}

/// Whose alerts.
#[derive(Debug, Clone, Copy)]
enum Of<'c> {
    Account,
    Site(&'c SiteUid),
    Device(&'c DeviceUid),
}

/// The alerts of the account, of a site or of a device; made by [`Client::alerts`],
/// [`SiteScope::alerts`](crate::sites::SiteScope::alerts) and
/// [`DeviceScope::alerts`](crate::devices::DeviceScope::alerts).
#[derive(Debug, Clone, Copy)]
pub struct Alerts<'c> {
    client: &'c Client,
    of: Of<'c>,
}

impl<'c> Alerts<'c> {
    pub(crate) fn of_account(client: &'c Client) -> Self {
        let of = Of::Account;
        Self { client, of }
    }

    pub(crate) fn of_site(client: &'c Client, site: &'c SiteUid) -> Self {
        let of = Of::Site(site);
        Self { client, of }
    }

    pub(crate) fn of_device(client: &'c Client, device: &'c DeviceUid) -> Self {
        let of = Of::Device(device);
        Self { client, of }
    }

    /// Lists the open alerts, asking for each page as the stream reaches it. The vendor does not always say how many there
    /// are, so pages may have to be read one after the other, and an alert that is resolved meanwhile can move another one
    /// out of sight.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends. `NotFound` for an unknown site or device.
    ///
    /// ```no_run
    /// use datto_rmm::alerts::{AlertPriority, ListAlerts};
    ///
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// for alert in client.alerts().open(&ListAlerts::default()).collect_all().await? {
    ///     if alert.priority == Some(AlertPriority::Critical) {
    ///         println!("{} {:?}", alert.alert_uid, alert.alert_context);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn open(self, filter: &ListAlerts) -> Items<Alert> {
        self.client.listing(match self.of {
            Of::Account => list(&OPEN_ACCOUNT, [], filter),
            Of::Site(site) => list(&OPEN_SITE, [site.as_str()], filter),
            Of::Device(device) => list(&OPEN_DEVICE, [device.as_str()], filter),
        })
    }

    /// Lists the resolved alerts, asking for each page as the stream reaches it. There can be very many.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    ///
    /// ```no_run
    /// use datto_rmm::alerts::ListAlerts;
    ///
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// let mut resolved = client.site(&site).alerts().resolved(&ListAlerts::default());
    /// while let Some(alert) = resolved.next().await {
    ///     println!("{:?}", alert?.resolved_by);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn resolved(self, filter: &ListAlerts) -> Items<Alert> {
        self.client.listing(match self.of {
            Of::Account => list(&RESOLVED_ACCOUNT, [], filter),
            Of::Site(site) => list(&RESOLVED_SITE, [site.as_str()], filter),
            Of::Device(device) => list(&RESOLVED_DEVICE, [device.as_str()], filter),
        })
    }
}

fn list<const N: usize>(
    operation: &Operation,
    path: [&str; N],
    filter: &ListAlerts,
) -> Call<Page<Alert>> {
    Call::<AlertsPage>::new(operation, path)
        .query(filter)
        .map(Page::from)
}

/// One alert; made by [`Client::alert`].
#[derive(Debug, Clone, Copy)]
pub struct AlertScope<'c> {
    pub(crate) client: &'c Client,
    pub(crate) uid: &'c AlertUid,
}

impl AlertScope<'_> {
    /// Reads the alert.
    ///
    /// # Errors
    ///
    /// `NotFound`, `InvalidInput` or `Denied` for an alert that does not exist or that the key's user may not see (which of
    /// them is not documented); `Credentials`, `Blocked`, `RateLimited`, and the kinds of transport and server failures.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::alerts::AlertUid) -> Result<(), datto_rmm::Error> {
    /// let alert = client.alert(&uid).get().await?;
    /// println!("{:?} {:?}", alert.priority, alert.diagnostics);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get(self) -> Result<Alert, Error> {
        self.client.send(Call::new(&GET, [self.uid.as_str()])).await
    }

    /// Resolves the alert. What the vendor answers for one that is resolved already is not documented.
    ///
    /// # Errors
    ///
    /// `Conflict` while another write is under way; the kinds of [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::alerts::AlertUid) -> Result<(), datto_rmm::Error> {
    /// client.alert(&uid).resolve().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn resolve(self) -> Result<(), Error> {
        self.act(&RESOLVE).await
    }

    /// Mutes the alert, which does nothing: the vendor took the function away with release 8.9.0 and left the endpoint.
    ///
    /// # Errors
    ///
    /// As [`resolve`](Self::resolve).
    #[deprecated(note = "the vendor took muting away with release 8.9.0; the call does nothing")]
    pub async fn mute(self) -> Result<(), Error> {
        self.act(&MUTE).await
    }

    /// Unmutes the alert, which does nothing, as [`mute`](Self::mute).
    ///
    /// # Errors
    ///
    /// As [`resolve`](Self::resolve).
    #[deprecated(note = "the vendor took muting away with release 8.9.0; the call does nothing")]
    pub async fn unmute(self) -> Result<(), Error> {
        self.act(&UNMUTE).await
    }

    async fn act(self, operation: &Operation) -> Result<(), Error> {
        self.client
            .send(Call::unit(operation, [self.uid.as_str()]))
            .await
    }
}
