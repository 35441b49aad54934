//! Clients: who is blocked, and what people call them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::answers::time_or_empty;
use super::bodies::{flag, missing};
use super::{Call, Done, Problem};
use crate::world::{Network, WirelessClient};

/// A client. The reference has its channel's width as a number and as a text; wired ones show the text.
pub(super) fn wire(network: &Network, client: &WirelessClient) -> Value {
    let node = client.last_node.and_then(|id| network.node(id));
    let is_wired = client.band.is_empty();
    let mut wire = json!({
        "cid": client.cid,
        "name": client.name,
        "signal": if is_wired { json!({}) } else { json!({"antenna1": -61, "antenna2": -64}) },
        "mcs": {"tx": 7},
        "bitrate": {"rx": 144.4, "tx": 130.0},
        "channel_width": if is_wired { json!("40") } else { json!(40) },
        "band": client.band,
        "last_seen": time_or_empty(client.last_seen_ms),
        "last_name": node.map_or("", |node| &node.name),
        "last_node": node.map_or_else(String::new, |node| node.mac.spelled(":")),
        "link": if is_wired { "wired" } else { "wireless" },
        "wifi_mode": if is_wired { "" } else { "ac" },
        "blocked": client.blocked,
        "os": client.os,
        "os_version": client.os_version,
        "traffic": {"ssid1": {"bup": client.bytes_up, "bdown": client.bytes_down}},
    });
    if let Some(name) = &client.name_override {
        wire["name_override"] = json!(name);
    }
    wire
}

/// `GET /client/network/{network}/block`: by hardware address, here in capitals.
pub(super) fn list_blocked(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let clients = network
        .clients
        .iter()
        .filter(|client| client.blocked)
        .map(|client| {
            (
                client.mac.spelled(":").to_uppercase(),
                wire(network, client),
            )
        })
        .collect();
    let mut body = json!({});
    call.put_map(&mut body, "clients", clients);
    call.json(body)
}

#[derive(Deserialize)]
struct BlockRequest {
    #[serde(default, deserialize_with = "flag")]
    block: Option<bool>,
    #[serde(default)]
    client_ids: Vec<String>,
}

/// Checks an id, which must be one of the network's.
fn check(network: &Network, cid: &str) -> Result<(), Problem> {
    if cid.is_empty() || cid == "0" {
        return Err(Problem::new(403, 11_001, "id"));
    }
    if network.clients.iter().any(|client| client.cid == cid) {
        Ok(())
    } else {
        Err(Problem::new(404, 1017, cid))
    }
}

/// `PUT /client/network/{network}/block`: all of them or none.
pub(super) fn block(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let id = network.id;
    let body: BlockRequest = call.body()?;
    let blocked = body.block.ok_or_else(|| missing("block"))?;
    if body.client_ids.is_empty() {
        return Err(Problem::new(403, 11_000, "client_ids"));
    }
    for cid in &body.client_ids {
        check(network, cid)?;
    }
    for client in &mut call.network_mut()?.clients {
        if body.client_ids.contains(&client.cid) {
            client.blocked = blocked;
        }
    }
    let action = if blocked { "block" } else { "unblock" };
    for cid in &body.client_ids {
        call.audit(action, "client", cid, Some(id), Vec::new());
    }
    call.nothing()
}

#[derive(Deserialize)]
struct EditRequest {
    #[serde(default)]
    clients: Vec<ClientRequest>,
}

#[derive(Deserialize)]
struct ClientRequest {
    id: String,
    name: Option<String>,
}

/// `PUT /client/network/{network}/edit`: all of them or none.
pub(super) fn edit(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let id = network.id;
    let body: EditRequest = call.body()?;
    if body.clients.is_empty() {
        return Err(Problem::new(403, 11_000, "clients"));
    }
    for request in &body.clients {
        check(network, &request.id)?;
        if request.name.as_deref().is_none_or(str::is_empty) {
            return Err(Problem::new(403, 11_002, "name"));
        }
    }
    for request in body.clients {
        call.audit("update", "client", &request.id, Some(id), Vec::new());
        let mut clients = call.network_mut()?.clients.iter_mut();
        if let Some(client) = clients.find(|client| client.cid == request.id) {
            client.name_override = request.name;
        }
    }
    call.nothing()
}
