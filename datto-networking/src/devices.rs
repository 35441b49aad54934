//! All kinds of devices alike: what a list of devices shows, whatever they are.
//!
//! ```
//! use datto_networking::devices::{DeviceKind, NetworkDevice};
//! use datto_networking::power_strips::PowerStrip;
//!
//! # let json = r#"{"powerstrip_id":77,"name":"Rack strip","cloud_status":"up","firmware_version":"6.4.9"}"#;
//! let strip: PowerStrip = serde_json::from_str(json)?;
//! let device = NetworkDevice::from(&strip);
//! assert_eq!((device.kind, device.name.as_deref()), (DeviceKind::ManagedPower, Some("Rack strip")));
//! # Ok::<_, serde_json::Error>(())
//! ```
//!
//! No public source tells a serial number of switches and power strips, a connection type of power strips, or anything of
//! routers. The fields are there for the day when the vendor sends them; until then they are `None`.

mod uptime;

use std::collections::BTreeMap;

use client_core::Timestamp;

use crate::networks::NetworkId;
use crate::nodes::{ConnectionStatus, Node};
use crate::power_strips::PowerStrip;
use crate::routers::Router;
use crate::switches::{CloudStatus, Switch};

client_core::open_enum!(
    /// A kind of device.
    DeviceKind {
        /// A [`Node`].
        AccessPoint = "access point",
        /// A [`Switch`].
        Switch = "switch",
        /// A [`PowerStrip`].
        ManagedPower = "managed power",
        /// A [`Router`], such as the D200.
        Router = "router",
        /// A DNA router. It belongs to another API and is not supported.
        DnaRouter = "DNA router",
    }
);

client_core::open_enum!(
    /// How a device is, in one word for what each kind tells in its own way.
    DeviceStatus {
        Up = "up",
        Down = "down",
        /// It never checked in.
        NeverSeen = "never seen",
        /// It is up, and the vendor's connection keeper has lost it.
        Disconnected = "disconnected",
        /// It is kept in reserve.
        Spare = "spare",
        Pairing = "pairing",
    }
);

/// A device of any kind.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NetworkDevice {
    /// Its kind.
    pub kind: DeviceKind,
    /// Its id; unique among the devices of its kind only.
    pub id: String,
    /// The network, as far as it was told.
    pub network_id: Option<NetworkId>,
    /// Its name.
    pub name: Option<String>,
    /// Its MAC address, as it is spelled.
    pub mac: Option<String>,
    /// Its addresses, the one to show first; never the one under which it reaches the internet.
    pub ips: Vec<String>,
    /// How it is.
    pub status: Option<DeviceStatus>,
    /// Its model.
    pub model: Option<String>,
    /// Its serial number; documented for access points only, and told of a single one only.
    pub serial: Option<String>,
    /// Its firmware.
    pub firmware: Option<String>,
    /// When it checked in last.
    pub last_checkin: Option<Timestamp>,
    /// How long it has been up.
    pub uptime_seconds: Option<i64>,
    /// Its description; of power strips told of a single one only.
    pub description: Option<String>,
    /// What only its kind has.
    pub details: Details,
}

/// What one kind of device has beside the others.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Details {
    /// Of an access point.
    AccessPoint(AccessPointDetails),
    /// Of a switch.
    Switch(SwitchDetails),
    /// Of managed power.
    ManagedPower(ManagedPowerDetails),
    /// Of a router.
    Router(RouterDetails),
}

/// What an access point has beside other devices.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct AccessPointDetails {
    /// Gateway, repeater or orphan.
    pub role: Option<String>,
    /// Devices connected to it.
    pub clients: Option<i64>,
    /// Degrees.
    pub latitude: Option<f64>,
    /// Degrees.
    pub longitude: Option<f64>,
}

/// What a switch has beside other devices.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct SwitchDetails {
    /// Ports in use.
    pub active_ports: Option<i64>,
    /// All ports, trunks not counted.
    pub total_ports: Option<i64>,
    /// Watts, under the vendor's own name: whether it is what is left or what is used is not clear.
    pub available_power_w: Option<f64>,
    /// Watts.
    pub total_power_w: Option<f64>,
    /// Watts that the ports draw together; told of a single switch only.
    pub power_draw_w: Option<f64>,
    /// The address of its gateway.
    pub gateway_ip: Option<String>,
}

/// What managed power has beside other devices.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct ManagedPowerDetails {
    /// Whether the surge protection works.
    pub surge_protection: Option<bool>,
    /// Outlets that are enabled.
    pub enabled_ports: Option<i64>,
    /// All outlets.
    pub port_count: Option<i64>,
    /// How it is connected. Not documented; the role says something alike.
    pub connection_type: Option<String>,
    /// Gateway or repeater.
    pub role: Option<String>,
}

/// What a router has beside other devices.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct RouterDetails {
    /// How its mobile connection is. Not documented.
    pub lte_status: Option<String>,
}

impl DeviceKind {
    /// Whether devices of this kind can be read at all.
    pub fn is_supported(&self) -> bool {
        *self != Self::DnaRouter && !self.is_unknown()
    }
}

impl NetworkDevice {
    /// The address to show.
    pub fn ip(&self) -> Option<&str> {
        self.ips.first().map(String::as_str)
    }

    /// What people are shown beside name, addresses and serial number, by name: `mac` (as it is spelled), `kind`, `status`,
    /// `model`, `firmware`, `last_checkin`, `uptime_seconds`, `description`; for access points `role`, `clients`,
    /// `latitude`, `longitude`; for switches `active_ports`, `total_ports`, `available_power_w`, `total_power_w`,
    /// `power_draw_w`, `gateway_ip`; for managed power `surge_protection`, `enabled_ports`, `port_count`,
    /// `connection_type`, `role`; for routers `lte_status`. What is not told is left out.
    pub fn fields(&self) -> BTreeMap<String, String> {
        let mut fields = Shown::default();
        fields.add("mac", self.mac.as_ref());
        fields.add("kind", Some(&self.kind));
        fields.add("status", self.status.as_ref());
        fields.add("model", self.model.as_ref());
        fields.add("firmware", self.firmware.as_ref());
        fields.add("last_checkin", self.last_checkin);
        fields.add("uptime_seconds", self.uptime_seconds);
        fields.add("description", self.description.as_ref());
        match &self.details {
            Details::AccessPoint(details) => {
                fields.add("role", details.role.as_ref());
                fields.add("clients", details.clients);
                fields.add("latitude", details.latitude);
                fields.add("longitude", details.longitude);
            }
            Details::Switch(details) => {
                fields.add("active_ports", details.active_ports);
                fields.add("total_ports", details.total_ports);
                fields.add("available_power_w", details.available_power_w);
                fields.add("total_power_w", details.total_power_w);
                fields.add("power_draw_w", details.power_draw_w);
                fields.add("gateway_ip", details.gateway_ip.as_ref());
            }
            Details::ManagedPower(details) => {
                fields.add("surge_protection", details.surge_protection);
                fields.add("enabled_ports", details.enabled_ports);
                fields.add("port_count", details.port_count);
                fields.add("connection_type", details.connection_type.as_ref());
                fields.add("role", details.role.as_ref());
            }
            Details::Router(details) => fields.add("lte_status", details.lte_status.as_ref()),
        }
        fields.0
    }
}

#[derive(Default)]
struct Shown(BTreeMap<String, String>);

impl Shown {
    fn add(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value.to_string());
        }
    }
}

impl From<&Node> for NetworkDevice {
    fn from(node: &Node) -> Self {
        let lan = node.lan_info.as_ref().and_then(|info| info.lan_ip.as_ref());
        let uptime = || uptime::seconds(node.uptime.as_deref()?);
        Self {
            kind: DeviceKind::AccessPoint,
            id: node.id.to_string(),
            network_id: node.network_id,
            name: node.name.clone(),
            mac: node.mac.clone(),
            ips: ips([node.ip.as_ref(), lan]),
            status: status_of_node(node),
            model: node.hardware.clone(),
            serial: node.serial_no.clone(),
            firmware: node.firmware_version.clone(),
            last_checkin: node.last_checkin,
            uptime_seconds: node.uptime_seconds.or_else(uptime),
            description: node.description.clone(),
            details: Details::AccessPoint(AccessPointDetails {
                role: node.role.as_ref().map(ToString::to_string),
                clients: node.active_clients,
                latitude: node.latitude,
                longitude: node.longitude,
            }),
        }
    }
}

impl From<&Switch> for NetworkDevice {
    fn from(switch: &Switch) -> Self {
        let info = switch.summary_info.clone().unwrap_or_default();
        let power = switch.poe.clone().unwrap_or_default();
        let disconnected = info.connection_keeper_status == Some(ConnectionStatus::Disconnected);
        let seen = info.last_checkin.is_some() || info.firmware_version.is_some();
        Self {
            kind: DeviceKind::Switch,
            id: switch.id.to_string(),
            network_id: switch.network_id,
            ips: ips([info.ip.as_ref()]),
            status: match cloud_status(info.cloud_status.as_ref(), seen) {
                Some(DeviceStatus::Up) if disconnected => Some(DeviceStatus::Disconnected),
                status => status,
            },
            name: info.name,
            mac: info.mac,
            model: info.model,
            serial: switch.serial_no().map(str::to_owned),
            firmware: info.firmware_version,
            last_checkin: info.last_checkin,
            uptime_seconds: info.uptime_seconds,
            description: info.description,
            details: Details::Switch(SwitchDetails {
                active_ports: info.active_ports,
                total_ports: info.total_ports,
                available_power_w: power.available_power_w,
                total_power_w: power.total_power_w,
                power_draw_w: switch.power_draw_w(),
                gateway_ip: info.gateway_ip,
            }),
        }
    }
}

impl From<&PowerStrip> for NetworkDevice {
    fn from(strip: &PowerStrip) -> Self {
        let seen = strip.last_checkin.is_some() || strip.firmware_version.is_some();
        Self {
            kind: DeviceKind::ManagedPower,
            id: strip.id.to_string(),
            network_id: strip.network_id,
            name: strip.name.clone(),
            mac: strip.mac.clone(),
            ips: ips([strip.ip.as_ref(), strip.mesh_ip.as_ref()]),
            status: cloud_status(strip.cloud_status.as_ref(), seen),
            model: strip.model.clone(),
            serial: strip.serial_no.clone(),
            firmware: strip.firmware_version.clone(),
            last_checkin: strip.last_checkin,
            uptime_seconds: strip.uptime_seconds,
            description: strip.description.clone(),
            details: Details::ManagedPower(ManagedPowerDetails {
                surge_protection: strip.surge_protection_active,
                enabled_ports: strip.enabled_outlets(),
                port_count: strip.outlet_count(),
                connection_type: strip.connection_type.clone(),
                role: strip.role.as_ref().map(ToString::to_string),
            }),
        }
    }
}

impl From<&Router> for NetworkDevice {
    fn from(router: &Router) -> Self {
        let model = router.model.as_ref().or(router.hardware.as_ref());
        let dna = model.is_some_and(|model| model.trim().to_ascii_uppercase().starts_with("DNA"));
        let seen = router.last_checkin.is_some() || router.firmware_version.is_some();
        Self {
            kind: if dna {
                DeviceKind::DnaRouter
            } else {
                DeviceKind::Router
            },
            id: router.id.to_string(),
            network_id: router.network_id,
            name: router.name.clone(),
            mac: router.mac.clone(),
            ips: ips([router.ip.as_ref()]),
            status: cloud_status(router.cloud_status.as_ref(), seen),
            model: model.cloned(),
            serial: router.serial_no.clone(),
            firmware: router.firmware_version.clone(),
            last_checkin: router.last_checkin,
            uptime_seconds: router.uptime_seconds,
            description: router.description.clone(),
            details: Details::Router(RouterDetails {
                lte_status: router.lte_status.clone(),
            }),
        }
    }
}

/// Each once, in this order.
fn ips<'t>(told: impl IntoIterator<Item = Option<&'t String>>) -> Vec<String> {
    let mut ips: Vec<String> = Vec::new();
    for ip in told.into_iter().flatten() {
        if !ips.contains(ip) {
            ips.push(ip.clone());
        }
    }
    ips
}

/// One word for several flags; one that was never seen may be told as not down.
fn status_of_node(node: &Node) -> Option<DeviceStatus> {
    let disconnected = node.connection_keeper_status == Some(ConnectionStatus::Disconnected);
    Some(match node.down {
        _ if !node.was_seen() => DeviceStatus::NeverSeen,
        Some(true) => DeviceStatus::Down,
        Some(false) if disconnected => DeviceStatus::Disconnected,
        Some(false) if node.spare == Some(true) => DeviceStatus::Spare,
        Some(false) => DeviceStatus::Up,
        None => return None,
    })
}

/// A device that never checked in is told as unknown or as down.
fn cloud_status(status: Option<&CloudStatus>, seen: bool) -> Option<DeviceStatus> {
    Some(match status? {
        CloudStatus::NeverSeen | CloudStatus::Down if !seen => DeviceStatus::NeverSeen,
        told => DeviceStatus::from(told.as_str()),
    })
}

#[cfg(test)]
mod tests;
