//! An access point as the vendor tells it.
#![expect(missing_docs, reason = "most field names say it all")]

use std::collections::BTreeMap;

use client_core::Timestamp;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value};

use super::NodeId;
use crate::lenient::{Fields, lenient, nested, record, take_id};
use crate::lifecycle::{Lifecycle, Subscription};
use crate::networks::NetworkId;

client_core::open_enum!(
    /// The part an access point plays in the mesh.
    NodeRole { Gateway = "gateway", Repeater = "repeater", Orphan = "orphan" }
);
client_core::open_enum!(
    /// Whether the vendor's connection keeper has the device.
    ConnectionStatus { Connected = "connected", Disconnected = "disconnected" }
);
lenient!(number NodeId);
lenient!(text NodeRole, ConnectionStatus);

/// Values by radio band. The keys are `2_4GHz` and `5GHz` so far; there are devices with three bands.
pub type Bands<T> = BTreeMap<String, T>;

record! {
    /// An access point.
    ///
    /// An access point that was never seen has neither [`last_checkin`](Self::last_checkin) nor most texts, and may be
    /// told as not [`down`](Self::down).
    pub struct Node [
        /// Its id.
        id: NodeId,
        /// The network, if the access point was read by its network's listing.
        network_id: Option<NetworkId>
    ] {
        /// Lower case with colons so far.
        mac: String,
        name: String,
        description: String,
        /// The address on the mesh's side.
        ip: String,
        /// Gateways only.
        lan_info: LanInfo,
        role: NodeRole,
        /// Whether it is kept in reserve.
        spare: bool,
        /// Whether it is down; see above for one that was never seen.
        down: bool,
        connection_keeper_status: ConnectionStatus,
        /// None if it never did.
        last_checkin: Timestamp,
        /// For people, such as `3d 4h 5m`; prefer [`uptime_seconds`](Self::uptime_seconds).
        uptime: String,
        uptime_seconds: i64,
        /// The model.
        hardware: String,
        hardware_revision: String,
        /// Told for a single access point only.
        serial_no: String,
        /// Such as `7.0.19-3fa9…`: a number and a hash, or a name. No semantic version.
        firmware_version: String,
        firmware_version_full: i64,
        firmware_version_id: String,
        firmware_version_release: String,
        firmware_version_semantic: FirmwareVersion,
        firmware_flags: Vec<String>,
        upgrade_status: String,
        expedite_upgrade: bool,
        /// Devices connected to it.
        active_clients: i64,
        /// Degrees.
        latitude: f64,
        /// Degrees.
        longitude: f64,
        /// Empty while it is down.
        channels: Bands<i64>,
        /// `?` for one that is not known.
        ht_modes: Bands<String>,
        channel_overrides: Bands<i64>,
        ht_mode_overrides: Bands<String>,
        ht_mode_overrides_autorf: Bands<String>,
        /// The type of the elements is not known.
        channel_utilization: Bands<Vec<Value>>,
        /// Other access points that it hears; repeaters only.
        neighbors: Vec<Neighbor>,
        /// The way to the gateway; repeaters only.
        gateway_path: Vec<NodeId>,
        /// Repeaters only.
        selected_gateway: SelectedGateway,
        mesh_version: String,
        memfree: i64,
        load: f64,
        /// Hexadecimal, such as `0x0000`.
        flags: String,
        custom_sh_errors: Vec<String>,
        custom_sh_names: Vec<String>,
        custom_sh_approved: bool,
        alerts: NodeAlerts,
        anonymous_ip: bool,
        /// Only null was seen so far.
        antenna_type: Value,
        /// Only null was seen so far.
        autotx_tx_powers: Value,
        config_seqno: i64,
        current_seqno: i64,
        current_seqno_used_since: Timestamp,
        /// Two letters.
        country_code: String,
        allow_dfs: bool,
        enable_dfs: bool,
        supports_dfs: bool,
        supported_country: bool,
        has_scanning_support: bool,
        is_triband: bool,
        outdoor: bool,
        underpowered: bool,
        disable_led: bool,
        enable_dhcp: bool,
        lldp_negotiation_delay: bool,
        locate_mode: bool,
        enable_troubleshooting_until: Timestamp,
        network_first_add: Timestamp,
        warranty_first_checkin: Timestamp,
        lifecycle: Lifecycle,
        subscription: Subscription,
    }
}

record! {
    /// The addresses of a gateway.
    pub struct LanInfo {
        lan_ip: String,
        /// The address under which it reaches the internet.
        wan_ip: String,
    }
}

record! {
    /// The parts of a firmware's version.
    pub struct FirmwareVersion {
        major: i64,
        minor: i64,
        patch: i64,
        build: String,
    }
}

record! {
    /// Another access point that one hears.
    pub struct Neighbor {
        nid: NodeId,
        /// Signal strength.
        rssi: Bands<i64>,
    }
}

record! {
    /// The gateway that a repeater uses.
    pub struct SelectedGateway {
        name: String,
        ip: String,
        mac: String,
        hops: i64,
        latency: f64,
    }
}

record! {
    /// Alerts of an access point.
    pub struct NodeAlerts {
        enabled: bool,
    }
}
nested!(
    LanInfo,
    FirmwareVersion,
    Neighbor,
    SelectedGateway,
    NodeAlerts
);

impl Node {
    /// True if it ever checked in, as far as that shows: an access point that never did has neither a time of it nor
    /// what it tells about itself.
    pub fn was_seen(&self) -> bool {
        self.last_checkin.is_some()
            || self.extra.get("last_checkin").is_some()
            || self.firmware_version.is_some()
            || self.hardware.is_some()
    }
}

/// An object with an id and at least one field of an access point.
impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let id = take_id(&mut fields, &["id", "node_id", "nid"])
            .ok_or_else(|| D::Error::custom("an access point without an id"))?;
        let network = take_id(&mut fields, &["network_id"]);
        let (node, seen) = Self::from_fields(id, network, Fields::new(fields));
        if seen == 0 {
            return Err(D::Error::custom("no known field of an access point"));
        }
        Ok(node)
    }
}
