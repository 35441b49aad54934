//! Networks and devices as facts for the crate `reconcile`: networks are organisations, access points, switches, managed
//! power and routers are their devices. Nothing is written, so there are no steps.

mod observe;
mod report;

use std::collections::BTreeSet;
use std::net::IpAddr;

use ::reconcile::identity::{EntityRef, Instance, Kind, MacAddr, Vendor, read_ip};
use ::reconcile::inventory::{Device, Organization, Role, SharedId};

use crate::devices::{DeviceKind, NetworkDevice};
use crate::networks::{NetworkId, NetworkSummary};
use crate::nodes::NodeId;
use crate::power_strips::PowerStripId;
use crate::routers::RouterId;
use crate::switches::SwitchId;

pub use observe::Observe;
pub use report::{KindReport, Report, Unsupported};

/// The name under which entities of this vendor go.
pub const VENDOR: &str = "datto-networking";

/// The scheme of [`SharedId`] that carries a network's id, for sites of other products that are mapped to networks.
pub const NETWORK_ID: &str = "datto-network";

/// The kind of entity that an access point is. Each kind of device counts its ids on its own, so none is simply a device.
pub const NODE: &str = "node";

/// The kind of entity that a switch is.
pub const SWITCH: &str = "switch";

/// The kind of entity that a power strip is.
pub const POWER_STRIP: &str = "power-strip";

/// The kind of entity that a router is.
pub const ROUTER: &str = "router";

/// Names an account of this vendor. The API tells most keys no id of their account, so the host chooses a name and
/// keeps to it: another name is another tenant.
///
/// ```
/// let instance = datto_networking::reconcile::instance("example-msp");
/// assert_eq!(instance.to_string(), "datto-networking/example-msp");
/// ```
pub fn instance(account: impl Into<String>) -> Instance {
    Instance::new(Vendor::new(VENDOR), account)
}

/// A reference to a network.
pub fn network_ref(instance: &Instance, id: NetworkId) -> EntityRef {
    instance.entity(Kind::NETWORK, id.to_string())
}

/// A reference to an access point.
pub fn node_ref(instance: &Instance, id: NodeId) -> EntityRef {
    instance.entity(Kind::new(NODE), id.to_string())
}

/// A reference to a switch.
pub fn switch_ref(instance: &Instance, id: SwitchId) -> EntityRef {
    instance.entity(Kind::new(SWITCH), id.to_string())
}

/// A reference to a power strip.
pub fn power_strip_ref(instance: &Instance, id: PowerStripId) -> EntityRef {
    instance.entity(Kind::new(POWER_STRIP), id.to_string())
}

/// A reference to a router.
pub fn router_ref(instance: &Instance, id: &RouterId) -> EntityRef {
    instance.entity(Kind::new(ROUTER), id.as_str())
}

/// A network as an organisation. It carries its own id under the scheme [`NETWORK_ID`], for whoever else knows it.
pub fn organization(instance: &Instance, network: &NetworkSummary) -> Organization {
    let name = network.name.clone().unwrap_or_default();
    let own = SharedId {
        scheme: NETWORK_ID.to_owned(),
        value: network.id.to_string(),
    };
    Organization {
        shared_ids: BTreeSet::from([own]),
        ..Organization::new(network_ref(instance, network.id), name, Role::Managed)
    }
}

/// A device as it was read, or `None` for one of a kind that is not supported.
///
/// The address under which a device reaches the internet is no address of it. `fields` are those of
/// [`NetworkDevice::fields`], as far as they are told.
pub fn device(instance: &Instance, device: &NetworkDevice) -> Option<Device> {
    let kind = match device.kind {
        DeviceKind::AccessPoint => NODE,
        DeviceKind::Switch => SWITCH,
        DeviceKind::ManagedPower => POWER_STRIP,
        DeviceKind::Router => ROUTER,
        DeviceKind::DnaRouter | DeviceKind::Unknown(_) => return None,
    };
    let mut ips: Vec<IpAddr> = Vec::new();
    for ip in device.ips.iter().filter_map(|text| read_ip(text).ok()) {
        if !ips.contains(&ip) {
            ips.push(ip);
        }
    }
    let macs = device.mac.iter();
    Some(Device {
        entity: instance.entity(Kind::new(kind), device.id.clone()),
        name: device.name.clone().unwrap_or_default(),
        macs: macs.filter_map(|mac| mac.parse::<MacAddr>().ok()).collect(),
        ips,
        serial: device.serial.clone(),
        fields: device.fields(),
    })
}
