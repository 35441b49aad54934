//! Devices: what all kinds have in common, access points and routers.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Network;
use crate::world::MacAddress;

/// The kind of a device; ids are counted for each kind by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NetworkDeviceKind {
    AccessPoint,
    Switch,
    PowerStrip,
    Router,
}

impl NetworkDeviceKind {
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::AccessPoint => "access point",
            Self::Switch => "switch",
            Self::PowerStrip => "power strip",
            Self::Router => "router",
        }
    }
}

impl fmt::Display for NetworkDeviceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun())
    }
}

/// A device of any kind, as far as the kinds agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NetworkDevice {
    pub kind: NetworkDeviceKind,
    pub id: i64,
    /// The id of its network.
    pub network: i64,
    pub name: String,
    pub mac: MacAddress,
    /// All addresses that the wire tells of it and that are its own.
    pub ips: Vec<String>,
    pub model: String,
    pub serial: Option<String>,
    /// None for one that never checked in.
    pub last_checkin_ms: Option<i64>,
}

impl Network {
    /// Everything that stands in the network, by kind and then in the order in which it was added.
    pub fn devices(&self) -> Vec<NetworkDevice> {
        let nodes = self.nodes.iter().map(|node| NetworkDevice {
            kind: NetworkDeviceKind::AccessPoint,
            id: node.id,
            network: self.id,
            name: node.name.clone(),
            mac: node.mac,
            ips: match (node.last_checkin_ms, &node.gateway) {
                (None, _) => Vec::new(),
                (Some(_), None) => vec![node.ip.clone()],
                (Some(_), Some((lan, _))) => vec![node.ip.clone(), lan.clone()],
            },
            model: node.model.clone(),
            serial: Some(node.serial.clone()),
            last_checkin_ms: node.last_checkin_ms,
        });
        let switches = self.switches.iter().map(|switch| NetworkDevice {
            kind: NetworkDeviceKind::Switch,
            id: switch.id,
            network: self.id,
            name: switch.name.clone(),
            mac: switch.mac,
            ips: switch
                .last_checkin_ms
                .map(|_| switch.ip.clone())
                .into_iter()
                .collect(),
            model: switch.model.clone(),
            serial: None,
            last_checkin_ms: switch.last_checkin_ms,
        });
        let strips = self.power_strips.iter().map(|strip| NetworkDevice {
            kind: NetworkDeviceKind::PowerStrip,
            id: strip.id,
            network: self.id,
            name: strip.name.clone(),
            mac: strip.mac,
            ips: strip
                .last_checkin_ms
                .map(|_| strip.ip.clone().unwrap_or_else(|| strip.mesh_ip.clone()))
                .into_iter()
                .collect(),
            model: strip.model.clone(),
            serial: None,
            last_checkin_ms: strip.last_checkin_ms,
        });
        let routers = self.routers.iter().map(|router| NetworkDevice {
            kind: NetworkDeviceKind::Router,
            id: router.id,
            network: self.id,
            name: router.name.clone(),
            mac: router.mac,
            ips: vec![router.ip.clone()],
            model: router.model.clone(),
            serial: Some(router.serial.clone()),
            last_checkin_ms: router.last_checkin_ms,
        });
        nodes.chain(switches).chain(strips).chain(routers).collect()
    }
}

/// When a model is sold and served no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DeviceLifecycle {
    pub end_of_sale_ms: Option<i64>,
    pub end_of_life_ms: Option<i64>,
}

/// What was subscribed to for a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DeviceSubscription {
    pub active: bool,
    pub start_ms: i64,
    pub end_ms: Option<i64>,
    /// `monthly` or `yearly`
    pub term: String,
    pub term_months: i64,
    pub evergreen: bool,
}

/// An access point.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Node {
    pub id: i64,
    pub name: String,
    pub mac: MacAddress,
    pub description: String,
    /// The address on the mesh's side.
    pub ip: String,
    /// LAN and WAN address; only gateways have them.
    pub gateway: Option<(String, String)>,
    pub spare: bool,
    pub down: bool,
    /// None for one that never checked in; the wire then leaves most texts empty.
    pub last_checkin_ms: Option<i64>,
    pub uptime_seconds: i64,
    pub model: String,
    pub serial: String,
    pub firmware: String,
    pub clients: i64,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub first_added_ms: i64,
    pub expedite_upgrade: bool,
    /// Channels by band, instead of the network's.
    pub channel_overrides: BTreeMap<String, i64>,
    /// Modes by band, instead of the network's.
    pub ht_mode_overrides: BTreeMap<String, String>,
    pub lifecycle: Option<DeviceLifecycle>,
    pub subscription: Option<DeviceSubscription>,
}

/// A router, such as a D200.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Router {
    pub id: i64,
    pub name: String,
    pub mac: MacAddress,
    pub description: String,
    pub ip: String,
    pub model: String,
    pub serial: String,
    pub firmware: String,
    pub down: bool,
    pub last_checkin_ms: Option<i64>,
    pub uptime_seconds: i64,
    /// None where there is no modem.
    pub lte_status: Option<String>,
}
