//! Switches, their ports and access lists.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{DeviceLifecycle, DeviceSubscription, Secret};
use crate::world::MacAddress;

/// A switch.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Switch {
    pub id: i64,
    pub name: String,
    pub mac: MacAddress,
    pub description: String,
    pub model: String,
    pub ip: String,
    pub gateway_ip: String,
    pub firmware: String,
    /// 1 or 2; the other partition holds an older firmware.
    pub active_partition: i64,
    pub down: bool,
    /// Whether it waits to be paired.
    pub pairing: bool,
    /// None for one that never checked in; its date, addresses and firmware are empty then.
    pub last_checkin_ms: Option<i64>,
    pub uptime_seconds: i64,
    pub first_added_ms: i64,
    pub expedite_upgrade: bool,
    /// What it can give to others, in watts; 0 for one that gives no power.
    pub power_w: i64,
    /// Physical ports and trunks, sorted by their ids as text.
    pub ports: Vec<SwitchPort>,
    pub acls: SwitchAcls,
    pub traps: Vec<SnmpTrap>,
    pub snmp_community: Secret,
    pub lifecycle: Option<DeviceLifecycle>,
    pub subscription: Option<DeviceSubscription>,
}

/// A port, or a trunk of ports.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SwitchPort {
    /// Such as `1`, `F1` or `trunk1`.
    pub id: String,
    /// `poe`, `eth`, `sfp` or `trunk`
    pub kind: String,
    pub enable: bool,
    pub up: bool,
    pub uplink: bool,
    pub description: String,
    pub vlan_id: i64,
    /// Ranges such as `1-4,12`.
    pub tagged_vlans: String,
    pub untagged_vlans: String,
    pub enable_isolation: bool,
    pub enable_flow_control: bool,
    pub enable_voice_vlan: bool,
    /// Names of access lists, or empty.
    pub acl_mac: String,
    pub acl_ipv4: String,
    /// Only of ports that give power.
    pub poe: Option<PortPoe>,
    /// Ids of a trunk's ports.
    pub members: Vec<String>,
    pub connected: Vec<MacAddress>,
    pub rx_bytes: i64,
    pub tx_bytes: i64,
}

/// Power over a port.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PortPoe {
    pub enable: bool,
    pub priority: String,
    /// `auto` or `manual`
    pub limit_type: String,
    pub limit_w: f64,
    pub draw_w: f64,
}

impl PortPoe {
    /// What the port is doing, in the vendor's words.
    pub fn status(&self) -> &'static str {
        match (self.enable, self.draw_w > 0.0) {
            (false, _) => "disabled",
            (true, true) => "delivering power",
            (true, false) => "searching",
        }
    }
}

/// A switch's access lists.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct SwitchAcls {
    /// Names of lists of hardware addresses.
    pub mac: Vec<String>,
    /// Names of lists of IPv4 addresses.
    pub ipv4: Vec<String>,
    pub mac_entries: Vec<AclEntry>,
    pub ipv4_entries: Vec<AclEntry>,
}

/// An entry of an access list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AclEntry {
    pub id: i64,
    /// The list's name.
    pub acl: String,
    /// All other fields as they were sent.
    pub fields: Map<String, Value>,
}

/// Where a switch sends its traps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SnmpTrap {
    pub host: String,
    pub community_name: Secret,
    pub notify_type: String,
    pub version: String,
    pub retry: i64,
    pub timeout: i64,
    pub udp: i64,
}
