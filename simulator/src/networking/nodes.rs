//! Access points.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::access::differences;
use super::answers::time_or_zeros;
use super::bodies::{NewDevice, flag, mac};
use super::channels::{HT_MODES, is_channel};
use super::devices::{added, check_name, lifecycle, set, subscription};
use super::{Call, Done, Problem};
use crate::calendar;
use crate::world::{Network, NetworkDeviceKind, Node};

const KIND: NetworkDeviceKind = NetworkDeviceKind::AccessPoint;

/// `GET /node/network/{network}/list`: a map by node id, which is not repeated in the node.
pub(super) fn list(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let mut nodes: Vec<_> = network.nodes.iter().collect();
    call.tweaks.cut(&mut nodes);
    let is_rich = call.state.settings.networking.rich_node_lists;
    let nodes: Map<String, Value> = nodes
        .iter()
        .map(|node| {
            let mut wire = listed(network, node);
            if is_rich {
                enrich(&mut wire, node);
            }
            (node.id.to_string(), wire)
        })
        .collect();
    let mut body = json!({});
    call.put_map(&mut body, "nodes", nodes);
    call.json(body)
}

/// `POST /node/network/{network}`
pub(super) fn create(call: &mut Call<'_>) -> Done {
    let body: NewDevice = call.body()?;
    let (id, is_new) = call.add_device(KIND, &body, |world, network, name, mac| {
        world.add_node(network, name, mac, "")
    })?;
    let (_, name) = body.identity()?;
    let network = call.network_mut()?;
    let place = (network.latitude, network.longitude);
    let Some(node) = network.node_mut(id) else {
        return Err(Problem::new(404, 1017, ""));
    };
    if is_new {
        (node.gateway, node.last_checkin_ms) = (None, None);
        (node.latitude, node.longitude) = (Some(place.0), Some(place.1));
    }
    node.name = name;
    set(&mut node.description, body.description);
    node.latitude = body.latitude.or(node.latitude);
    node.longitude = body.longitude.or(node.longitude);
    added(call, "node_id", id)
}

/// `GET /node/does_mac_exist`
pub(super) fn does_mac_exist(call: &mut Call<'_>) -> Done {
    let mac = mac(&call.parameter("mac")?)?;
    let world = &call.state.world;
    let mut nodes = world.networks.iter().flat_map(|network| &network.nodes);
    let exists = nodes.any(|node| node.mac == mac) || world.networking.foreign_macs.contains(&mac);
    call.json(json!({"node_exists": exists}))
}

/// `GET /node/{node}`: neither the node's id nor the network's is in it.
pub(super) fn get(call: &mut Call<'_>) -> Done {
    let (network, id) = call.holder(KIND)?;
    let node = network
        .node(id)
        .ok_or_else(|| Problem::new(404, 1017, ""))?;
    call.json(detail(network, node))
}

/// What may be changed; latitude and longitude are numbers, as text they are refused.
#[derive(Deserialize)]
struct NodeRequest {
    name: Option<String>,
    description: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    #[serde(default, deserialize_with = "flag")]
    spare: Option<bool>,
    /// Each takes the place of what was there.
    channel_overrides: Option<BTreeMap<String, i64>>,
    ht_mode_overrides: Option<BTreeMap<String, String>>,
}

impl NodeRequest {
    /// Whether the network's country allows the channels, and the modes are known.
    fn check_radio(&self, network: &Network) -> Result<(), Problem> {
        let country = network.settings.0.pointer("/network/radio/country_code");
        let country = country.and_then(Value::as_str).unwrap_or_default();
        let mut channels = self.channel_overrides.iter().flatten();
        if let Some((band, _)) =
            channels.find(|(band, channel)| !is_channel(country, band, **channel))
        {
            return Err(Problem::new(403, 12_007, band));
        }
        let mut modes = self.ht_mode_overrides.iter().flatten();
        if let Some((band, _)) = modes.find(|(_, mode)| !HT_MODES.contains(&mode.as_str())) {
            return Err(Problem::new(403, 12_006, band));
        }
        Ok(())
    }
}

/// `PUT /node/{node}`
pub(super) fn update(call: &mut Call<'_>) -> Done {
    let (network, id) = call.holder(KIND)?;
    let (network_id, before) = (
        network.id,
        network.node(id).map(|node| detail(network, node)),
    );
    let body: NodeRequest = call.body()?;
    check_name(body.name.as_deref())?;
    let (network, _) = call.holder_mut(KIND)?;
    body.check_radio(network)?;
    if let Some(node) = network.node_mut(id) {
        set(&mut node.name, body.name);
        set(&mut node.description, body.description);
        set(&mut node.spare, body.spare);
        set(&mut node.channel_overrides, body.channel_overrides);
        set(&mut node.ht_mode_overrides, body.ht_mode_overrides);
        node.latitude = body.latitude.or(node.latitude);
        node.longitude = body.longitude.or(node.longitude);
    }
    let after = network.node(id).map(|node| detail(network, node));
    let fields = differences(&before.unwrap_or_default(), &after.unwrap_or_default());
    call.audit("update", "node", &id.to_string(), Some(network_id), fields);
    call.done("update_node")
}

/// `DELETE /node/{node}`: its success names another operation, as the reference shows it.
pub(super) fn delete(call: &mut Call<'_>) -> Done {
    call.delete_device(KIND)?;
    call.done("update_node")
}

/// `GET /node/{node}/reboot` and the other actions.
pub(super) fn act(call: &mut Call<'_>) -> Done {
    let (network, id) = call.holder(KIND)?;
    let network_id = network.id;
    let is_up = network
        .node(id)
        .is_some_and(|node| !node.down && node.last_checkin_ms.is_some());
    call.reach(is_up)?;
    let what = call.last;
    if let Some(node) = call.holder_mut(KIND)?.0.node_mut(id) {
        match what {
            "reboot" => node.uptime_seconds = 0,
            "expedite_upgrade" => node.expedite_upgrade = true,
            _ => {}
        }
    }
    call.act(network_id, Some((KIND, id)), None);
    call.done(&format!("{what}_node"))
}

/// An access point of a list. One that never checked in has empty texts and a date of zeros.
fn listed(network: &Network, node: &Node) -> Value {
    let mut wire = shared(node);
    if node.gateway.is_none() && node.last_checkin_ms.is_some() {
        let gateway = network.nodes.iter().find(|node| node.gateway.is_some());
        wire["neighbors"] = gateway.map_or_else(
            || json!([]),
            |gateway| json!([{"nid": gateway.id, "rssi": {"2_4GHz": -58, "5GHz": -64}}]),
        );
        wire["gateway_path"] = gateway.map_or_else(|| json!([]), |gateway| json!([gateway.id]));
        if let Some(gateway) = gateway {
            wire["selected_gateway"] = json!({
                "name": gateway.name,
                "ip": gateway.ip,
                "mac": gateway.mac.spelled(":"),
                "hops": 1,
                "latency": 3.2,
            });
        }
    }
    wire["custom_sh_errors"] = json!([]);
    wire["custom_sh_names"] = json!([]);
    wire
}

/// What lists do not tell, unless they are rich.
fn enrich(wire: &mut Value, node: &Node) {
    let was_seen = node.last_checkin_ms.is_some();
    wire["serial_no"] = json!(node.serial);
    wire["uptime_seconds"] = json!(if was_seen { node.uptime_seconds } else { 0 });
    wire["active_clients"] = json!(if was_seen { node.clients } else { 0 });
    wire["network_first_add"] = json!(calendar::rfc3339(node.first_added_ms));
    wire["alerts"] = json!({"enabled": true});
    wire["outdoor"] = json!(false);
}

fn detail(network: &Network, node: &Node) -> Value {
    let mut wire = shared(node);
    enrich(&mut wire, node);
    let was_seen = node.last_checkin_ms.is_some();
    let country = network.settings.0.pointer("/network/radio/country_code");
    let more = json!({
        "connection_keeper_status": if node.down || !was_seen { "disconnected" } else { "connected" },
        "hardware_revision": "",
        "firmware_version_semantic": {"major": 7, "minor": 0, "patch": 19, "build": "3fa9c1"},
        "firmware_flags": [],
        "upgrade_status": "none",
        "expedite_upgrade": node.expedite_upgrade,
        "channel_overrides": node.channel_overrides,
        "ht_mode_overrides": node.ht_mode_overrides,
        "ht_mode_overrides_autorf": {},
        "channel_utilization": {"2_4GHz": [], "5GHz": []},
        "custom_sh_approved": true,
        "anonymous_ip": false,
        "antenna_type": null,
        "autotx_tx_powers": null,
        "config_seqno": 41,
        "current_seqno": 41,
        "current_seqno_used_since": calendar::rfc3339(node.first_added_ms),
        "country_code": country,
        "allow_dfs": false,
        "enable_dfs": false,
        "supports_dfs": true,
        "supported_country": true,
        "has_scanning_support": true,
        "is_triband": false,
        "underpowered": false,
        "disable_led": false,
        "enable_dhcp": true,
        "lldp_negotiation_delay": false,
        "locate_mode": false,
        "enable_troubleshooting_until": null,
        "warranty_first_checkin": calendar::rfc3339(node.first_added_ms),
    });
    if let (Value::Object(wire), Value::Object(more)) = (&mut wire, more) {
        wire.extend(more);
    }
    wire
}

/// What lists and details both tell.
fn shared(node: &Node) -> Value {
    let seen = node.last_checkin_ms;
    let shown = |text: &str| {
        if seen.is_some() {
            text.to_owned()
        } else {
            String::new()
        }
    };
    let days = node.uptime_seconds / 86_400;
    let uptime = format!(
        "{days}d {}h {}m",
        node.uptime_seconds / 3600 % 24,
        node.uptime_seconds / 60 % 60
    );
    let is_on_air = seen.is_some() && !node.down;
    let role = match (seen, &node.gateway) {
        (None, _) => "orphan",
        (Some(_), Some(_)) => "gateway",
        (Some(_), None) => "repeater",
    };
    let mut wire = json!({
        "mac": node.mac.spelled(":"),
        "name": node.name,
        "description": node.description,
        "ip": shown(&node.ip),
        "role": role,
        "spare": node.spare,
        "down": node.down,
        "last_checkin": time_or_zeros(seen),
        "uptime": shown(&uptime),
        "hardware": shown(&node.model),
        "firmware_version": shown(&node.firmware),
        "firmware_version_full": if seen.is_some() { 70_000_019 } else { 0 },
        "firmware_version_id": shown("3fa9c1"),
        "firmware_version_release": "",
        "latitude": node.latitude,
        "longitude": node.longitude,
        "channels": if is_on_air { json!({"2_4GHz": 6, "5GHz": 44}) } else { json!({}) },
        "ht_modes": if is_on_air { json!({"2_4GHz": "HT20", "5GHz": "?"}) } else { json!({}) },
        "mesh_version": "batman-adv",
        "memfree": if seen.is_some() { 81_022 } else { 0 },
        "load": if seen.is_some() { 0.12 } else { 0.0 },
        "flags": shown("0x0000"),
        "lifecycle": lifecycle(node.lifecycle.as_ref()),
        "subscription": subscription(node.subscription.as_ref()),
    });
    if let Some((lan, wan)) = node.gateway.as_ref().filter(|_| seen.is_some()) {
        wire["lan_info"] = json!({"lan_ip": lan, "wan_ip": wan});
    }
    wire
}
