//! Networks.

use serde_json::{Value, json};

use super::Call;
use crate::server::Answer;
use crate::world::Network;

/// `GET /network/list`: version 2 names the id differently and tells the group.
#[expect(clippy::unnecessary_wraps, reason = "handlers share one signature")]
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let mut rows: Vec<_> = call
        .state
        .world
        .networks
        .iter()
        .map(|network| wire(network, call.version))
        .collect();
    call.tweaks.cut(&mut rows);
    Ok(Answer::json(200, &json!({"networks": rows})))
}

fn wire(network: &Network, version: u8) -> Value {
    let count = |wanted: fn(&crate::world::Node) -> bool| {
        network.nodes.iter().filter(|node| wanted(node)).count()
    };
    let mut wire = json!({
        "name": network.name,
        "latitude": network.latitude,
        "longitude": network.longitude,
        "down_repeater": count(|node| node.down && node.gateway.is_none()),
        "down_gateway": count(|node| node.down && node.gateway.is_some()),
        "spare_nodes": count(|node| node.spare),
        "node_count": network.nodes.len(),
    });
    if version == 2 {
        wire["network_id"] = network.id.into();
        wire["networkgroup_id"] = network.group.0.into();
        wire["networkgroup_name"] = network.group.1.as_str().into();
        wire["role_id"] = 3.into();
    } else {
        wire["id"] = network.id.into();
    }
    wire
}
