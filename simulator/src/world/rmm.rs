//! What the RMM knows: one account, its sites, their devices and variables.
#![expect(missing_docs, reason = "most field names say it all")]

mod activity;
mod alerts;
mod fields;
mod filters;
mod jobs;
mod patches;
mod users;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

pub use self::activity::{
    Activity, ActivityDay, ActivityEntity, ActivitySite, ActivitySpec, ActivityUser,
};
pub use self::alerts::{Alert, Resolution};
pub use self::fields::{UdfDefinition, UdfKind};
pub use self::filters::{Filter, FilterRule, FilterScope};
pub use self::jobs::{
    AGENT_COMPONENT, Component, ComponentVariable, Job, JobEnd, JobOutcome, JobScript, JobVariable,
};
pub use self::patches::{DevicePatch, InstallStatus, Patch, Software};
pub use self::users::{SecurityLevel, User};
use super::MacAddress;

/// The tenant on its platform.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Account {
    pub id: i64,
    /// Short and alphanumeric, no GUID.
    pub uid: String,
    pub name: String,
    /// The host's first label, such as `merlot`; only portal links show it.
    pub platform: String,
    pub currency: Option<String>,
    pub billing_email: String,
    pub device_limit: i32,
    pub time_zone: String,
    pub variables: Vec<Variable>,
    /// Portal users; those with a key pair can use the API.
    pub users: Vec<User>,
    /// The component library.
    pub components: Vec<Component>,
    /// Device filters of all scopes.
    pub filters: Vec<Filter>,
    /// Type and label of user-defined fields by number; the others are text without a label.
    pub udfs: BTreeMap<u16, UdfDefinition>,
    /// What the patches of devices are about.
    pub patches: Vec<Patch>,
    pub alerts: Vec<Alert>,
    pub jobs: Vec<Job>,
    /// The activity log, in no order.
    pub activity: Vec<Activity>,
}

/// What a site is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum SiteKind {
    Managed,
    OnDemand,
    /// The pseudo-site that holds records of deleted devices; its uid is no GUID.
    DeletedDevices,
}

/// A site of the RMM.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Site {
    pub id: i64,
    pub uid: String,
    pub name: String,
    pub kind: SiteKind,
    pub description: Option<String>,
    pub notes: Option<String>,
    pub splashtop_auto_install: Option<bool>,
    pub proxy: Option<Proxy>,
    /// The company that the PSA mapping names, where there is one.
    pub psa_company: Option<PsaCompany>,
    /// Ids of Datto Networking networks that belong to the site.
    pub network_ids: Vec<i64>,
    pub devices: Vec<Device>,
    pub variables: Vec<Variable>,
    pub mail_recipients: Vec<MailRecipient>,
}

/// Somebody who gets mail about a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MailRecipient {
    pub name: String,
    pub email: String,
    pub kind: String,
    pub new_devices: bool,
    pub alerts: bool,
    pub reports: bool,
}

impl MailRecipient {
    /// Somebody who gets alerts only.
    pub fn new(name: &str, email: &str) -> Self {
        Self {
            name: name.into(),
            email: email.into(),
            kind: "account".into(),
            new_devices: false,
            alerts: true,
            reports: false,
        }
    }
}

impl Site {
    /// The site's own variable of that name.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }
}

/// A company of the PSA, as an RMM site names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PsaCompany {
    pub id: i64,
    pub name: String,
}

/// A site's proxy.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct Proxy {
    pub host: Option<String>,
    pub port: Option<i64>,
    pub kind: Option<String>,
    pub username: Option<String>,
    #[serde(skip)]
    pub password: Option<String>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// A variable of an account or a site.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Variable {
    pub id: i64,
    pub name: String,
    /// The true value, which the wire hides when `masked`.
    pub value: String,
    pub masked: bool,
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.masked { "(masked)" } else { &self.value };
        f.debug_struct("Variable")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("value", &value)
            .field("masked", &self.masked)
            .finish()
    }
}

/// What a device is; the RMM calls it the device's class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum DeviceClass {
    Computer,
    Printer,
    EsxiHost,
    NetworkDevice,
}

/// A device under a site.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct Device {
    pub id: i64,
    pub uid: String,
    pub hostname: String,
    pub class: DeviceClass,
    /// Such as `Desktop`, `Laptop`, `Server` or `Network Device`.
    pub category: String,
    pub operating_system: Option<String>,
    pub description: Option<String>,
    pub domain: Option<String>,
    pub last_user: Option<String>,
    pub internal_ip: Option<String>,
    pub external_ip: Option<String>,
    pub online: bool,
    pub deleted: bool,
    pub created_ms: i64,
    /// See [`Device::seen_ms`] for devices that are online.
    pub last_seen_ms: Option<i64>,
    /// Absent: the wire shows the sentinel of the year 1.
    pub last_reboot_ms: Option<i64>,
    pub last_audit_ms: Option<i64>,
    /// `yyyy-MM-dd`
    pub warranty_date: Option<String>,
    pub manufacturer: String,
    pub model: String,
    pub serial: Option<String>,
    pub interfaces: Vec<Interface>,
    /// Values of user-defined fields by their number from 1.
    pub udfs: BTreeMap<u16, String>,
    /// What the software audit lists.
    pub software: Vec<Software>,
    pub patches: Vec<DevicePatch>,
}

/// Agents report once a minute.
const REPORT_MS: i64 = 60_000;

impl Device {
    /// When it was last seen at that time: while it is online, within the last minute.
    pub fn seen_ms(&self, now_ms: i64) -> Option<i64> {
        let seen = self.last_seen_ms?;
        let reports = now_ms.saturating_sub(seen).max(0) / REPORT_MS;
        Some(if self.online {
            seen + reports * REPORT_MS
        } else {
            seen
        })
    }
}

impl fmt::Debug for Device {
    /// Leaves the values of user-defined fields out, which can hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("uid", &self.uid)
            .field("hostname", &self.hostname)
            .field("class", &self.class)
            .field("online", &self.online)
            .field("interfaces", &self.interfaces)
            .field("udfs", &self.udfs.keys())
            .finish_non_exhaustive()
    }
}

/// A network card of a device.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Interface {
    pub name: String,
    pub mac: Option<MacAddress>,
    pub ipv4: Option<String>,
    pub ipv6: Option<String>,
    pub kind: Option<String>,
}

impl Interface {
    /// A card with a MAC and an IPv4 address.
    pub fn new(name: impl Into<String>, mac: MacAddress, ipv4: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            mac: Some(mac),
            ipv4: Some(ipv4.into()),
            ipv6: None,
            kind: Some("Ethernet".into()),
        }
    }

    /// The same card with an IPv6 address too.
    #[must_use]
    pub fn ipv6(mut self, ipv6: impl Into<String>) -> Self {
        self.ipv6 = Some(ipv6.into());
        self
    }
}
