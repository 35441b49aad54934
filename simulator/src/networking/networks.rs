//! Networks.

pub(super) mod files;
pub(super) mod settings;

use serde::Deserialize;
use serde_json::{Value, json};

use super::bodies::{check_length, missing};
use super::channels::is_country;
use super::{Call, Done, Problem};
use crate::world::{Network, Node, same_name};

/// `GET /network/list`: version 2 names the id differently and tells the group.
pub(super) fn list(call: &mut Call<'_>) -> Done {
    let mut rows: Vec<_> = call.networks().map(|network| wire(call, network)).collect();
    call.tweaks.cut(&mut rows);
    call.json(json!({"networks": rows}))
}

fn wire(call: &Call<'_>, network: &Network) -> Value {
    let count =
        |wanted: fn(&Node) -> bool| network.nodes.iter().filter(|node| wanted(node)).count();
    let mut wire = json!({
        "name": network.name,
        "latitude": network.latitude,
        "longitude": network.longitude,
        "down_repeater": count(|node| node.down && node.gateway.is_none()),
        "down_gateway": count(|node| node.down && node.gateway.is_some()),
        "spare_nodes": count(|node| node.spare),
        "node_count": network.nodes.len(),
    });
    if call.version == 2 {
        let group = call.state.world.networking.group(network.group);
        wire["network_id"] = json!(network.id);
        wire["networkgroup_id"] = json!(network.group);
        wire["networkgroup_name"] = json!(group.map(|group| &group.name));
        wire["role_id"] = json!(call.role_in(network));
    } else {
        wire["id"] = json!(network.id);
    }
    wire
}

/// `GET /network/search`: percent signs and underscores are wildcards, as in SQL.
pub(super) fn search(call: &mut Call<'_>) -> Done {
    let pattern: Vec<char> = call.parameter("by_name")?.to_lowercase().chars().collect();
    let rows: Vec<_> = call
        .networks()
        .filter(|network| {
            let name: Vec<char> = network.name.to_lowercase().chars().collect();
            is_like(&name, &pattern)
        })
        .map(|network| json!({"name": network.name, "id": network.id}))
        .collect();
    call.json(json!({"networks": rows}))
}

fn is_like(text: &[char], pattern: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, rest) => rest.is_none(),
        (Some(('%', pattern)), _) => (0..=text.len()).any(|start| is_like(&text[start..], pattern)),
        (Some(('_', pattern)), Some((_, text))) => is_like(text, pattern),
        (Some((wanted, pattern)), Some((letter, text))) => {
            wanted == letter && is_like(text, pattern)
        }
        (Some(_), None) => false,
    }
}

#[derive(Deserialize)]
struct NewNetwork {
    name: Option<String>,
    password: Option<String>,
    timezone: Option<String>,
    #[serde(alias = "country")]
    country_code: Option<String>,
    email: Option<String>,
    location: Option<String>,
}

/// Whether a text names a time zone, as far as its form tells.
fn is_time_zone(text: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|letter: char| letter.is_ascii_uppercase())
            && word
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "_-+".contains(letter))
    };
    text == "UTC" || text.contains('/') && text.split('/').all(is_word)
}

/// `POST /network`
pub(super) fn create(call: &mut Call<'_>) -> Done {
    call.administrator()?;
    add(call, None)
}

/// `POST /network/networkgroup/{group}`
pub(super) fn create_in_group(call: &mut Call<'_>) -> Done {
    call.administrator()?;
    let group = call.group()?.id;
    add(call, Some(group))
}

fn add(call: &mut Call<'_>, group: Option<i64>) -> Done {
    let body: NewNetwork = call.body()?;
    let mut problems = Vec::new();
    check_length(&mut problems, "name", body.name.as_deref(), 1, 100);
    check_length(&mut problems, "password", body.password.as_deref(), 8, 64);
    match body.timezone.as_deref() {
        None => problems.push(missing("timezone")),
        Some(zone) if !is_time_zone(zone) => problems.push(Problem::new(403, 12_003, "timezone")),
        Some(_) => {}
    }
    match body.country_code.as_deref() {
        None => problems.push(missing("country_code")),
        Some(code) if !is_country(code) => {
            problems.push(Problem::new(403, 12_005, "country_code"));
        }
        Some(_) => {}
    }
    let name = body.name.unwrap_or_default();
    let mut networks = call.state.world.networks.iter();
    if networks.any(|network| same_name(&network.name, &name)) {
        problems.push(Problem::new(403, 12_022, "name"));
    }
    Problem::all(problems)?;
    let id = call.state.world.add_network(&name);
    if let Ok(network) = call.state.world.network_mut(id) {
        network.group = group.unwrap_or(network.group);
        for (place, value) in [
            ("/network/general/timezone", body.timezone),
            ("/network/general/location", body.location),
            ("/network/general/notification_email_addresses", body.email),
            ("/network/radio/country_code", body.country_code),
            ("/ssids/1/general/wpa_password", body.password.clone()),
            ("/network/advanced/node_root_password", body.password),
        ] {
            if let (Some(place), Some(value)) = (network.settings.0.pointer_mut(place), value) {
                *place = json!(value);
            }
        }
    }
    call.audit("create", "network", &id.to_string(), Some(id), Vec::new());
    call.json(json!({"id": id}))
}

/// `DELETE /network/{network}`
pub(super) fn delete(call: &mut Call<'_>) -> Done {
    let id = call.network(0)?.id;
    call.audit("delete", "network", &id.to_string(), Some(id), Vec::new());
    call.state
        .world
        .delete_network(id)
        .map_err(|_| Problem::new(404, 12_000, ""))?;
    call.done("delete_network")
}

#[cfg(test)]
mod tests {
    use super::{is_like, is_time_zone};

    #[test]
    fn wildcards_are_those_of_sql() {
        let like = |text: &str, pattern: &str| {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            is_like(&letters(text), &letters(pattern))
        };
        assert!(like("harbour clinic", "%clin%") && like("abc", "a_c") && like("", "%"));
        assert!(!like("harbour clinic", "clinic") && !like("ac", "a_c"));
    }

    #[test]
    fn time_zones_have_a_form() {
        assert!(is_time_zone("Europe/Amsterdam") && is_time_zone("UTC"));
        assert!(
            !is_time_zone("Amsterdam") && !is_time_zone("Europe/") && !is_time_zone("europe/x")
        );
    }
}
