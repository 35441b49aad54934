//! What the RMM knows: one account, its sites, their devices and variables.
#![expect(missing_docs, reason = "most field names say it all")]

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

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
#[derive(Debug, Clone, Serialize)]
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
