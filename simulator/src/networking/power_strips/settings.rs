//! What holds for all power strips of a network.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::networking::access::differences;
use crate::networking::bodies::flag;
use crate::networking::devices::set;
use crate::networking::{Call, Done, Problem};
use crate::world::PowerSettings;

/// Ids, tags and builds of the firmware.
const FIRMWARE: [(&str, &str, &str); 2] = [
    ("11", "stable", "6.4.9-77ad01"),
    ("12", "testing", "6.5.0-02be4f"),
];

fn wire(settings: &PowerSettings) -> Value {
    json!({
        "enable_power_switch": settings.enable_power_switch,
        "enable_mesh": settings.enable_mesh,
        "enable_upgrade": settings.enable_upgrade,
        "firmware_tag": settings.firmware_tag,
    })
}

/// `GET /powerstrip/network/{network}/settings`
pub(in crate::networking) fn get_settings(call: &mut Call<'_>) -> Done {
    call.json(wire(&call.network(0)?.power_settings))
}

#[derive(Deserialize)]
struct SettingsRequest {
    #[serde(default, deserialize_with = "flag")]
    enable_power_switch: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    enable_mesh: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    enable_upgrade: Option<bool>,
    firmware_tag: Option<String>,
}

/// `PUT /powerstrip/network/{network}/settings`
pub(in crate::networking) fn update_settings(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let (id, before) = (network.id, wire(&network.power_settings));
    let body: SettingsRequest = call.body()?;
    if let Some(tag) = &body.firmware_tag
        && !FIRMWARE.iter().any(|(_, known, _)| known == tag)
    {
        return Err(Problem::new(403, 12_008, "firmware_tag"));
    }
    let settings = &mut call.network_mut()?.power_settings;
    set(&mut settings.enable_power_switch, body.enable_power_switch);
    set(&mut settings.enable_mesh, body.enable_mesh);
    set(&mut settings.enable_upgrade, body.enable_upgrade);
    set(&mut settings.firmware_tag, body.firmware_tag);
    let fields = differences(&before, &wire(settings));
    call.audit(
        "update",
        "powerstrip_settings",
        &id.to_string(),
        Some(id),
        fields,
    );
    call.nothing()
}

/// `GET /powerstrip/network/{network}/expedite_upgrade`, of the whole network.
pub(in crate::networking) fn expedite_upgrade(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?.id;
    call.act(network, None, None);
    call.nothing()
}

/// `GET /powerstrip/network/{network}/firmware_versions`
pub(in crate::networking) fn firmware_versions(call: &mut Call<'_>) -> Done {
    call.network(0)?;
    let versions: Vec<_> = FIRMWARE
        .iter()
        .map(|(id, tag, build)| json!({"tag_id": id, "tag": tag, "build": build}))
        .collect();
    call.json(json!({"firmware_versions": versions}))
}
