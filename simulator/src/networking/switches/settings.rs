//! What holds for all switches of a network.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::models;
use crate::networking::bodies::flag;
use crate::networking::devices::set;
use crate::networking::{Call, Done, Problem};

/// Tags of the firmware that every model may have, with their builds.
const FIRMWARE: [(&str, &str); 2] = [("stable", "v01.04.02"), ("testing", "v01.05.00")];

/// `GET /switch/network/{network}/settings`: the firmware is a list of maps with one key each.
pub(in crate::networking) fn get(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let firmware: Vec<_> = models(network)
        .into_iter()
        .map(|model| {
            let tag = network
                .switch_firmware
                .get(model)
                .map_or("stable", String::as_str);
            let build = FIRMWARE.iter().find(|(known, _)| *known == tag);
            let mut one = json!({});
            one[model] = json!({"build": build.map(|(_, build)| build), "tag": tag});
            one
        })
        .collect();
    let body = json!({"disable_upgrade": network.disable_switch_upgrade, "firmware": firmware});
    call.json(body)
}

#[derive(Deserialize)]
struct SettingsRequest {
    #[serde(default, deserialize_with = "flag")]
    disable_upgrade: Option<bool>,
    #[serde(default)]
    firmware: BTreeMap<String, TagRequest>,
}

#[derive(Deserialize)]
struct TagRequest {
    tag: String,
}

/// `PUT /switch/network/{network}/settings`: the firmware is one map.
pub(in crate::networking) fn update(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let id = network.id;
    let body: SettingsRequest = call.body()?;
    for (model, TagRequest { tag }) in &body.firmware {
        if !models(network).contains(model.as_str()) {
            return Err(Problem::new(403, 1017, model));
        }
        if !FIRMWARE.iter().any(|(known, _)| known == tag) {
            return Err(Problem::new(403, 12_008, model));
        }
    }
    let network = call.network_mut()?;
    set(&mut network.disable_switch_upgrade, body.disable_upgrade);
    let tags = body
        .firmware
        .into_iter()
        .map(|(model, request)| (model, request.tag));
    network.switch_firmware.extend(tags);
    call.audit(
        "update",
        "switch_settings",
        &id.to_string(),
        Some(id),
        Vec::new(),
    );
    call.nothing()
}

/// `GET /switch/network/{network}/allowed_firmware`
pub(in crate::networking) fn allowed_firmware(call: &mut Call<'_>) -> Done {
    let tags: Vec<_> = FIRMWARE
        .iter()
        .map(|(tag, build)| json!({"tag": tag, "build": build}))
        .collect();
    let allowed: Map<String, Value> = models(call.network(0)?)
        .into_iter()
        .map(|model| (model.to_owned(), json!(tags)))
        .collect();
    let mut body = json!({});
    call.put_map(&mut body, "allowed_firmware", allowed);
    call.json(body)
}
