//! A network's settings: read whole, written in part. What has no known name changes nothing.

use serde_json::{Map, Value, json};

use crate::networking::access::differences;
use crate::networking::bodies::limits;
use crate::networking::channels::{HT_MODES, is_channel, is_country};
use crate::networking::{Call, Done, Problem};
use crate::world::{NetworkSettings, same_name};

/// The highest number of SSIDs.
const SSIDS: usize = 4;

/// `GET /network/{network}/settings`
pub(in crate::networking) fn get(call: &mut Call<'_>) -> Done {
    let mut settings = call.network(0)?.settings.0.clone();
    if let Some(Value::Object(ssids)) = settings.get_mut("ssids").map(Value::take) {
        call.put_map(&mut settings, "ssids", ssids);
    }
    call.json(settings)
}

/// `PUT /network/{network}/settings`: all of it or nothing.
pub(in crate::networking) fn update(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let (id, before) = (network.id, network.settings.0.clone());
    let body: Map<String, Value> = call.body()?;
    let mut after = before.clone();
    if let (Some(known), Some(sent)) = (after.get_mut("network"), body.get("network")) {
        merge(known, sent, "network");
    }
    if let Some(sent) = body.get("ssids") {
        merge_ssids(&mut after, sent)?;
    }
    let mut problems = Vec::new();
    check_network(&mut problems, &after);
    check_ssids(&mut problems, &after);
    let settings = NetworkSettings(after);
    let name = settings.network_name().unwrap_or_default().to_owned();
    if call
        .state
        .world
        .networks
        .iter()
        .any(|other| other.id != id && same_name(&other.name, &name))
    {
        problems.push(Problem::new(403, 12_022, "network_name"));
    }
    Problem::all(problems)?;
    let fields = differences(&before, &settings.0);
    call.audit("update", "network", &id.to_string(), Some(id), fields);
    let network = call.network_mut()?;
    network.name = name;
    network.settings = settings;
    call.done("update_network_settings")
}

/// Places whose maps have keys of the user's.
const OPEN_MAPS: [&str; 3] = ["channel", "ht_mode", "days"];

/// Puts into a document what it knows by name.
fn merge(known: &mut Value, sent: &Value, name: &str) {
    match (known, sent) {
        (Value::Object(known), Value::Object(sent)) => {
            for (key, value) in sent {
                match known.get_mut(key) {
                    Some(place) => merge(place, value, key),
                    None if OPEN_MAPS.contains(&name) => {
                        known.insert(key.clone(), value.clone());
                    }
                    None => {}
                }
            }
        }
        (known, sent) => *known = sent.clone(),
    }
}

/// SSIDs by number; 0 makes a new one.
fn merge_ssids(settings: &mut Value, sent: &Value) -> Result<(), Problem> {
    let wrong = |key: &str| Problem::new(403, 12_027, key);
    let sent = sent.as_object().ok_or_else(|| wrong("ssids"))?;
    let known = settings.get_mut("ssids").and_then(Value::as_object_mut);
    let known = known.ok_or_else(|| wrong("ssids"))?;
    for (key, value) in sent {
        let number: i64 = key.parse().map_err(|_| wrong(key))?;
        let key = match number {
            0 => {
                let free = (1..=4).find(|number: &i64| !known.contains_key(&number.to_string()));
                let free = free.ok_or_else(|| Problem::new(403, 12_009, "ssids"))?;
                known.insert(
                    free.to_string(),
                    NetworkSettings::ssid(free, &format!("SSID {free}")),
                );
                free.to_string()
            }
            1..=4 => key.clone(),
            _ => return Err(wrong(key)),
        };
        let place = known
            .get_mut(&key)
            .ok_or_else(|| Problem::new(403, 12_020, &key))?;
        merge(place, value, "ssid");
    }
    if known.len() > SSIDS {
        return Err(Problem::new(403, 12_009, "ssids"));
    }
    Ok(())
}

/// Pushes a problem unless the value at a place is one of these.
fn check_choice(
    problems: &mut Vec<Problem>,
    document: &Value,
    place: &str,
    choices: &[&str],
    code: i64,
) {
    let value = document.pointer(place).and_then(Value::as_str);
    if !value.is_some_and(|value| choices.contains(&value)) {
        let name = place.rsplit('/').next().unwrap_or_default();
        problems.push(Problem::new(403, code, name));
    }
}

fn check_range(problems: &mut Vec<Problem>, document: &Value, place: &str, min: i64, max: i64) {
    let value = document.pointer(place).and_then(Value::as_i64);
    if !value.is_some_and(|value| (min..=max).contains(&value)) {
        let name = place.rsplit('/').next().unwrap_or_default();
        problems.push(limits(12_004, name, min, max));
    }
}

fn check_length(
    problems: &mut Vec<Problem>,
    document: &Value,
    place: &str,
    min: usize,
    max: usize,
) {
    let length = document
        .pointer(place)
        .and_then(Value::as_str)
        .map(|text| text.chars().count());
    if !length.is_some_and(|length| (min..=max).contains(&length)) {
        let name = place.rsplit('/').next().unwrap_or_default();
        problems.push(limits(12_001, name, min, max));
    }
}

fn check_network(problems: &mut Vec<Problem>, settings: &Value) {
    check_length(problems, settings, "/network/general/network_name", 1, 100);
    let zone = settings
        .pointer("/network/general/timezone")
        .and_then(Value::as_str);
    if !zone.is_some_and(super::is_time_zone) {
        problems.push(Problem::new(403, 12_003, "timezone"));
    }
    let country = settings
        .pointer("/network/radio/country_code")
        .and_then(Value::as_str);
    if !country.is_some_and(is_country) {
        problems.push(Problem::new(403, 12_005, "country_code"));
    }
    check_range(problems, settings, "/network/radio/tx_power", 1, 30);
    check_range(
        problems,
        settings,
        "/network/presence/uploads_per_checkin",
        0,
        10,
    );
    check_choice(
        problems,
        settings,
        "/network/firmware_upgrade/firmware_release",
        &["stable", "testing"],
        12_008,
    );
    let days = settings
        .pointer("/network/maintenance/days")
        .and_then(Value::as_array);
    let is_day = |day: &Value| {
        let days = ["su", "mo", "tu", "we", "th", "fr", "sa"];
        day.as_str().is_some_and(|day| days.contains(&day))
    };
    if !days.is_some_and(|days| days.iter().all(is_day)) {
        problems.push(Problem::new(403, 12_010, "days"));
    }
    let of = |place: &str| {
        settings
            .pointer(place)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    };
    let code = country.unwrap_or_default();
    for (band, channel) in of("/network/radio/channel") {
        if !channel
            .as_i64()
            .is_some_and(|channel| is_channel(code, &band, channel))
        {
            let values = json!({"channel": channel.to_string()});
            problems.push(Problem::with(403, 12_007, "channel", &values));
        }
    }
    for (_, mode) in of("/network/radio/ht_mode") {
        if !mode.as_str().is_some_and(|mode| HT_MODES.contains(&mode)) {
            problems.push(Problem::new(403, 12_006, "ht_mode"));
        }
    }
}

fn check_ssids(problems: &mut Vec<Problem>, settings: &Value) {
    let Some(ssids) = settings.get("ssids").and_then(Value::as_object) else {
        return;
    };
    let mut tags = Vec::new();
    for ssid in ssids.values() {
        check_choice(
            problems,
            ssid,
            "/general/wifi_auth_type",
            &[
                "open",
                "wpa-mixed-psk",
                "wpa-2only-psk",
                "wpa-mixed-e",
                "wpa-2only-e",
            ],
            12_016,
        );
        check_length(problems, ssid, "/general/wpa_password", 8, 63);
        check_choice(
            problems,
            ssid,
            "/captive_portal/splashpage",
            &["none", "cloudtrax", "facebook", "remote"],
            12_015,
        );
        check_choice(
            problems,
            ssid,
            "/captive_portal/login_method",
            &["none", "radius", "ldap", "active_directory", "http"],
            12_014,
        );
        check_range(problems, ssid, "/advanced/vlan_tag", -1, 4094);
        let tag = ssid.pointer("/advanced/vlan_tag").and_then(Value::as_i64);
        if let Some(tag) = tag.filter(|tag| *tag >= 0) {
            if tags.contains(&tag) {
                let values = json!({"vlan_tag": tag.to_string()});
                problems.push(Problem::with(403, 12_017, "vlan_tag", &values));
            }
            tags.push(tag);
        }
    }
}
