//! Access points.

use serde_json::{Map, Value, json};

use super::{Call, error};
use crate::calendar;
use crate::server::Answer;
use crate::world::{Network, Node};

/// The number that the path gives.
fn id(call: &Call<'_>) -> Result<i64, Answer> {
    call.path
        .first()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| error(403, 1003))
}

/// `GET /node/network/{network}/list`: a map by node id, which is not repeated in the node.
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let id = id(call)?;
    let network = call
        .state
        .world
        .networks
        .iter()
        .find(|network| network.id == id);
    let network = network.ok_or_else(|| error(404, 12_000))?;
    let mut nodes: Vec<_> = network.nodes.iter().collect();
    call.tweaks.cut(&mut nodes);
    let nodes: Map<String, Value> = nodes
        .iter()
        .map(|node| (node.id.to_string(), wire(network, node)))
        .collect();
    let is_list = nodes.is_empty() && call.state.settings.networking.empty_map_as_list;
    let nodes = if is_list {
        json!([])
    } else {
        Value::Object(nodes)
    };
    Ok(Answer::json(200, &json!({"nodes": nodes})))
}

/// `GET /node/{node}`: neither the node's id nor the network's is in it.
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let id = id(call)?;
    let networks = &call.state.world.networks;
    let found = networks.iter().find_map(|network| {
        network
            .nodes
            .iter()
            .find(|node| node.id == id)
            .map(|node| (network, node))
    });
    let (network, node) = found.ok_or_else(|| error(404, 1017))?;
    let mut detail = wire(network, node);
    let was_seen = node.last_checkin_ms.is_some();
    detail["serial_no"] = json!(node.serial);
    detail["connection_keeper_status"] = json!(if node.down || !was_seen {
        "disconnected"
    } else {
        "connected"
    });
    detail["uptime_seconds"] = json!(if was_seen { node.uptime_seconds } else { 0 });
    detail["active_clients"] = json!(if was_seen { node.clients } else { 0 });
    detail["hardware_revision"] = json!("");
    detail["upgrade_status"] = json!("none");
    detail["alerts"] = json!({"enabled": true});
    detail["antenna_type"] = Value::Null;
    Ok(Answer::json(200, &detail))
}

/// An access point. One that never checked in has empty texts and a date of zeros.
fn wire(network: &Network, node: &Node) -> Value {
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
    let mut wire = json!({
        "mac": node.mac.spelled(":"),
        "name": node.name,
        "description": node.description,
        "ip": shown(&node.ip),
        "role": if seen.is_none() { "orphan" } else if node.gateway.is_some() { "gateway" } else { "repeater" },
        "spare": node.spare,
        "down": node.down,
        "last_checkin": seen.map_or_else(|| "0000-00-00T00:00:00Z".to_owned(), calendar::rfc3339),
        "uptime": shown(&uptime),
        "hardware": shown(&node.model),
        "firmware_version": shown(&node.firmware),
        "latitude": network.latitude,
        "longitude": network.longitude,
        "channels": if seen.is_some() { json!({"2_4GHz": 6, "5GHz": 44}) } else { json!({}) },
        "ht_modes": {"2_4GHz": "HT20", "5GHz": "?"},
        "mesh_version": "batman-adv",
        "memfree": 81_022,
        "load": 0.12,
        "flags": shown("0x0000"),
        "lifecycle": null,
        "subscription": null,
    });
    if let Some((lan, wan)) = &node.gateway {
        wire["lan_info"] = json!({"lan_ip": lan, "wan_ip": wan});
    }
    wire
}
