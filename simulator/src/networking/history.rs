//! What was: traffic of networks, clients and access points, in samples of a period.
//!
//! The figures are made up from ids and times, so that the same question at the same time has the same
//! answer.

use serde_json::{Map, Value, json};

use super::clients::wire as client_wire;
use super::{Call, Done, Problem};
use crate::calendar;
use crate::world::{Network, Node};

/// Five minutes, the shortest time between samples.
const STEP_MS: i64 = 300_000;

/// A number from 0 to 996 that ids and times decide.
pub(super) fn wave(seed: i64, at_ms: i64) -> i32 {
    let mixed = seed.wrapping_mul(7_919) ^ (at_ms / STEP_MS).wrapping_mul(104_729);
    i32::try_from(mixed.rem_euclid(997)).unwrap_or_default()
}

/// A number of samples and the time between two, up to now.
pub(super) struct Period {
    count: i64,
    span_ms: i64,
    end_ms: i64,
}

impl Period {
    /// The period that the query asks for; a day if it does not.
    pub(super) fn of(call: &Call<'_>) -> Result<Self, Problem> {
        let (count, steps) = match call.request.parameter("period").as_deref() {
            Some("2hours") => (24, 1),
            None | Some("day") => (288, 1),
            Some("week") => (288, 7),
            Some("month") => (288, 31),
            Some(_) => return Err(Problem::new(403, 1006, "period")),
        };
        Ok(Self {
            count,
            span_ms: steps * STEP_MS,
            end_ms: call.now_ms().div_euclid(STEP_MS) * STEP_MS,
        })
    }

    /// The samples' times, the oldest first.
    pub(super) fn times(&self) -> impl Iterator<Item = i64> {
        let (count, span, end) = (self.count, self.span_ms, self.end_ms);
        (0..count).map(move |number| end - (count - 1 - number) * span)
    }
}

/// The keys of a network's SSIDs.
fn ssids(network: &Network) -> Vec<String> {
    let ssids = network.settings.0.get("ssids").and_then(Value::as_object);
    ssids
        .into_iter()
        .flat_map(Map::keys)
        .map(|key| format!("ssid{key}"))
        .collect()
}

/// `GET /history/network/{network}`
pub(super) fn of_network(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let period = Period::of(call)?;
    let ssids = ssids(network);
    let mut clients: Map<String, Value> = ssids
        .iter()
        .map(|ssid| (ssid.clone(), json!(network.clients.len())))
        .collect();
    clients.insert("all".into(), json!(network.clients.len()));
    let is_inside = call.state.settings.networking.users_inside_traffic;
    let rows: Vec<_> = period
        .times()
        .map(|at_ms| {
            let ssids: Map<String, Value> = ssids
                .iter()
                .map(|ssid| {
                    let figure = i64::from(wave(network.id, at_ms));
                    let mut traffic = json!({
                        "tcp": {"bup": figure * 1_000, "bdown": figure * 9_000_000, "rup": figure, "rdown": figure * 9},
                        "netbios": {"bup": figure, "bdown": 0, "rup": 1, "rdown": 0},
                    });
                    let mut row = json!({});
                    if is_inside {
                        traffic["users"] = json!(figure % 20);
                    } else {
                        row["users"] = json!(figure % 20);
                    }
                    row["traffic"] = traffic;
                    (ssid.clone(), row)
                })
                .collect();
            json!([calendar::rfc3339(at_ms), ssids])
        })
        .collect();
    let mut body = json!({"rows": rows});
    call.put_map(&mut body, "clients", clients);
    call.json(body)
}

impl Call<'_> {
    /// A body with a map under a name, or a list of objects with one key each, as the settings say.
    fn keyed(&self, name: &str, map: Map<String, Value>) -> Value {
        let mut body = json!({});
        if self.state.settings.networking.history_as_maps || map.is_empty() {
            self.put_map(&mut body, name, map);
        } else {
            let rows = map.into_iter().map(|(key, value)| {
                let mut row = json!({});
                row[key] = value;
                row
            });
            body[name] = rows.collect();
        }
        body
    }
}

/// `GET /history/network/{network}/clients`: by hardware address.
pub(super) fn clients(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    Period::of(call)?;
    let mut rows: Vec<_> = network.clients.iter().collect();
    call.tweaks.cut(&mut rows);
    let clients = rows
        .into_iter()
        .map(|client| (client.mac.spelled(":"), client_wire(network, client)))
        .collect();
    call.json(call.keyed("clients", clients))
}

/// Rates by SSID at each of the period's times.
fn rates(network: &Network, seed: i64, period: &Period) -> Vec<Value> {
    let ssids = ssids(network);
    period
        .times()
        .map(|at_ms| {
            let mut sample = json!({"time": calendar::rfc3339(at_ms)});
            for ssid in &ssids {
                let figure = wave(seed, at_ms);
                sample[ssid] = json!({"rup": figure, "rdown": figure * 9});
            }
            sample
        })
        .collect()
}

/// `GET /history/network/{network}/client/{client}`
pub(super) fn client(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let cid = call.part(1);
    let place = network.clients.iter().position(|client| client.cid == cid);
    let place = place.ok_or_else(|| Problem::new(404, 1017, "cid"))?;
    let seed = i64::try_from(place).unwrap_or_default() + network.id;
    let traffic = rates(network, seed, &Period::of(call)?);
    call.json(json!({"cid": cid, "traffic": traffic}))
}

/// An access point's day. Gateways have no speed to a gateway; an outage has no status.
fn node_history(network: &Network, node: &Node, period: &Period) -> Value {
    let figure = i64::from(wave(node.id, period.end_ms));
    let traffic: Map<String, Value> = ssids(network)
        .into_iter()
        .map(|ssid| {
            let row = json!({"bup": figure * 10_000, "bdown": figure * 90_000_000, "users": node.clients});
            (ssid, row)
        })
        .collect();
    let role = if node.gateway.is_some() {
        "gateway"
    } else {
        "repeater"
    };
    let last = node.last_checkin_ms;
    let checkins: Vec<_> = period
        .times()
        .map(|at_ms| {
            let mut checkin = json!({"time": calendar::rfc3339(at_ms)});
            let is_outage = last.is_none() || node.down && last.is_some_and(|last| at_ms > last);
            if !is_outage {
                checkin["status"] = json!(role);
            }
            checkin
        })
        .collect();
    let mut wire = json!({"traffic": traffic, "checkins": checkins});
    if node.gateway.is_none() {
        let metrics: Vec<_> = period
            .times()
            .map(|at_ms| json!({"time": calendar::rfc3339(at_ms), "speed": wave(node.id, at_ms) * 1_000}))
            .collect();
        wire["metrics"] = json!(metrics);
    }
    wire
}

/// `GET /history/network/{network}/nodes`: by node id.
pub(super) fn nodes(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let period = Period::of(call)?;
    let mut rows: Vec<_> = network.nodes.iter().collect();
    call.tweaks.cut(&mut rows);
    let nodes = rows
        .into_iter()
        .map(|node| (node.id.to_string(), node_history(network, node, &period)))
        .collect();
    call.json(call.keyed("nodes", nodes))
}

/// `GET /history/network/{network}/node/{node}`: the id is a text here.
pub(super) fn node(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let id = call.id(1)?;
    let node = network
        .node(id)
        .ok_or_else(|| Problem::new(404, 1007, "nid"))?;
    let traffic = rates(network, node.id, &Period::of(call)?);
    call.json(json!({"nid": id.to_string(), "traffic": traffic}))
}
