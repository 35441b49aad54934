//! What Datto Networking knows: an account, its networks and what stands in them.
#![expect(missing_docs, reason = "most field names say it all")]

mod account;
mod devices;
mod estate;
mod power;
mod settings;
mod switches;
mod wireless;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

pub use self::account::{
    AuditEvent, AuditField, NetworkAction, NetworkGroup, NetworkUser, NetworkingAccount, role,
};
pub use self::devices::{
    DeviceLifecycle, DeviceSubscription, NetworkDevice, NetworkDeviceKind, Node, Router,
};
pub use self::power::{ConnectionCheck, Outlet, OutletSchedule, PowerSettings, PowerStrip};
pub use self::settings::NetworkSettings;
pub use self::switches::{AclEntry, PortPoe, SnmpTrap, Switch, SwitchAcls, SwitchPort};
pub use self::wireless::{SiteSurvey, SurveyedAccessPoint, Voucher, WirelessClient};

/// A text that `Debug` hides and the wire tells.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "a text is all there is to it")]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// A network.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Network {
    pub id: i64,
    pub name: String,
    /// The customer that it truly belongs to, whatever the network is called; nothing on the wire tells.
    pub owner: String,
    /// Id of a [`NetworkGroup`].
    pub group: i64,
    pub latitude: f64,
    pub longitude: f64,
    pub nodes: Vec<Node>,
    pub switches: Vec<Switch>,
    pub power_strips: Vec<PowerStrip>,
    /// Routers, for which no endpoint is documented.
    pub routers: Vec<Router>,
    pub clients: Vec<WirelessClient>,
    pub vouchers: Vec<Voucher>,
    pub survey: SiteSurvey,
    pub settings: NetworkSettings,
    pub disable_switch_upgrade: bool,
    /// Tags of the switches' firmware by model.
    pub switch_firmware: BTreeMap<String, String>,
    pub power_settings: PowerSettings,
}
