//! Managed power.

mod settings;
mod update;
mod usage;

use serde_json::{Map, Value, json};

pub(super) use self::settings::{
    expedite_upgrade, firmware_versions, get_settings, update_settings,
};
pub(super) use self::update::update;
pub(super) use self::usage::usage;
use super::access::differences;
use super::bodies::NewDevice;
use super::devices::{added, lifecycle, set, subscription};
use super::{Call, Done, Problem};
use crate::calendar;
use crate::world::{NetworkDeviceKind, PowerStrip};

const KIND: NetworkDeviceKind = NetworkDeviceKind::PowerStrip;
/// What an outlet has between its poles.
const VOLTS: f64 = 231.0;

impl Call<'_> {
    /// The strip that the path names, with its network's id.
    fn strip(&self) -> Result<(i64, &PowerStrip), Problem> {
        let (network, id) = self.holder(KIND)?;
        let strip = network.power_strip(id);
        strip
            .map(|strip| (network.id, strip))
            .ok_or_else(|| Problem::new(404, 1017, ""))
    }

    /// The same, to change it.
    fn strip_mut(&mut self) -> Result<&mut PowerStrip, Problem> {
        let (network, id) = self.holder_mut(KIND)?;
        let strip = network.power_strip_mut(id);
        strip.ok_or_else(|| Problem::new(404, 1017, ""))
    }

    /// Notes a change of the strip that the path names.
    fn audit_strip(&mut self, before: &Value) -> Result<(), Problem> {
        let (network, strip) = self.strip()?;
        let (id, fields) = (strip.id, differences(before, &detail(network, strip)));
        self.audit(
            "update",
            "powerstrip",
            &id.to_string(),
            Some(network),
            fields,
        );
        Ok(())
    }
}

/// `GET /powerstrip/network/{network}/list`
pub(super) fn list(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let mut rows: Vec<_> = network
        .power_strips
        .iter()
        .map(|strip| {
            let mut wire = shared(strip);
            let enabled = strip.outlets.iter().filter(|outlet| outlet.enable);
            wire["enabled_ports"] = json!(enabled.count());
            wire["port_count"] = json!(strip.outlets.len());
            wire
        })
        .collect();
    call.tweaks.cut(&mut rows);
    call.json(json!({"powerstrips": rows}))
}

/// `POST /powerstrip/network/{network}`
pub(super) fn create(call: &mut Call<'_>) -> Done {
    let body: NewDevice = call.body()?;
    let (id, is_new) = call.add_device(KIND, &body, |world, network, name, mac| {
        world.add_power_strip(network, name, mac, None)
    })?;
    let (_, name) = body.identity()?;
    let now = call.now_ms();
    if let Some(strip) = call.network_mut()?.power_strip_mut(id) {
        if is_new {
            (strip.last_checkin_ms, strip.need_pairing) = (None, true);
            strip.created_ms = now;
        }
        strip.modified_ms = now;
        strip.name = name;
        set(&mut strip.description, body.description);
        set(&mut strip.model, body.model);
    }
    added(call, "powerstrip_id", id)
}

/// `GET /powerstrip/{powerstrip}`
pub(super) fn get(call: &mut Call<'_>) -> Done {
    let (network, strip) = call.strip()?;
    let mut wire = detail(network, strip);
    if call.state.settings.networking.serial_everywhere {
        wire["serial_no"] = json!(format!("MP{}", strip.mac.spelled("").to_uppercase()));
    }
    call.json(wire)
}

/// `DELETE /powerstrip/{powerstrip}`
pub(super) fn delete(call: &mut Call<'_>) -> Done {
    call.delete_device(KIND)?;
    call.nothing()
}

fn is_up(strip: &PowerStrip) -> bool {
    !strip.down && strip.last_checkin_ms.is_some()
}

/// `GET /powerstrip/{powerstrip}/reboot` and the other actions. One that never checked in can be paired.
pub(super) fn act(call: &mut Call<'_>) -> Done {
    let (network, strip) = call.strip()?;
    let id = strip.id;
    call.reach(is_up(strip) || call.last == "enable_pairing")?;
    let (what, now) = (call.last, call.now_ms());
    let strip = call.strip_mut()?;
    match what {
        "reboot" => strip.uptime_seconds = 0,
        "enable_pairing" => {
            strip.switches.insert("enable_pairing".into(), true);
        }
        _ => strip.last_checkin_ms = Some(now),
    }
    call.act(network, Some((KIND, id)), None);
    call.nothing()
}

/// `GET /powerstrip/{powerstrip}/port/{port}/reset`
pub(super) fn reset_outlet(call: &mut Call<'_>) -> Done {
    let (network, strip) = call.strip()?;
    let id = strip.id;
    let outlet = call
        .id(1)
        .ok()
        .filter(|port| strip.outlets.iter().any(|outlet| outlet.id == *port));
    let outlet = outlet.ok_or_else(|| Problem::new(404, 1017, "port"))?;
    call.reach(is_up(strip))?;
    call.act(network, Some((KIND, id)), Some(outlet.to_string()));
    call.nothing()
}

/// A check-in with hundredths or thousandths of a second, by turns; empty for never.
fn checkin(strip: &PowerStrip) -> String {
    strip.last_checkin_ms.map_or_else(String::new, |at_ms| {
        let millis = at_ms.rem_euclid(1000);
        let fraction = if strip.id % 2 == 0 {
            format!("{:02}", millis / 10)
        } else {
            format!("{millis:03}")
        };
        format!("{}.{fraction}Z", calendar::date_time(at_ms))
    })
}

/// What lists and details both tell. One that never checked in has empty texts; the address of one
/// on the mesh is empty, and null before the first check-in.
fn shared(strip: &PowerStrip) -> Value {
    let was_seen = strip.last_checkin_ms.is_some();
    let shown = |text: &str| {
        if was_seen {
            text.to_owned()
        } else {
            String::new()
        }
    };
    let is_up = is_up(strip);
    let active = |outlet: &&crate::world::Outlet| outlet.enable && outlet.current_a > 0.0;
    json!({
        "powerstrip_id": strip.id,
        "mac": strip.mac.spelled(":"),
        "name": strip.name,
        "model": strip.model,
        "ip": was_seen.then(|| strip.ip.clone().unwrap_or_default()),
        "mesh_ip": shown(&strip.mesh_ip),
        "role": if strip.ip.is_some() { "gateway" } else { "repeater" },
        "cloud_status": if is_up { "up" } else { "down" },
        "need_pairing": strip.need_pairing,
        "firmware_version": shown(&strip.firmware),
        "created": calendar::rfc3339(strip.created_ms),
        "last_checkin": checkin(strip),
        "uptime_seconds": if was_seen { strip.uptime_seconds } else { 0 },
        "surge_protection_active": strip.surge_protection,
        "voltage_v": if is_up { VOLTS } else { 0.0 },
        "frequency_hz": if is_up { 50 } else { 0 },
        "active_ports": if is_up { strip.outlets.iter().filter(active).count() } else { 0 },
        "lifecycle": lifecycle(strip.lifecycle.as_ref()),
        "subscription": subscription(strip.subscription.as_ref()),
    })
}

/// All of a strip.
fn detail(network: i64, strip: &PowerStrip) -> Value {
    let mut wire = shared(strip);
    let outlets: Vec<_> = strip
        .outlets
        .iter()
        .map(|outlet| {
            let power = if outlet.enable {
                outlet.current_a * VOLTS
            } else {
                0.0
            };
            json!({
                "port_id": outlet.id,
                "label": outlet.label,
                "enable": outlet.enable,
                "connection_check_name": outlet.check,
                "current_a": if outlet.enable { outlet.current_a } else { 0.0 },
                "apparent_power_va": power,
                "active_power_w": power,
                "reactive_power_var": 0,
                "power_factor": i64::from(power > 0.0),
            })
        })
        .collect();
    let schedule: Vec<_> = strip
        .schedule
        .iter()
        .map(|entry| {
            json!({
                "powerstrip_port_schedule_id": entry.id,
                "port_ids": entry.outlets,
                "days_of_week": entry.days,
                "hour": entry.hour,
                "minute": entry.minute,
                "action": entry.action,
            })
        })
        .collect();
    let checks: Vec<_> = strip
        .checks
        .iter()
        .map(|check| {
            let [one, two, three, four] = &check.hosts;
            json!({
                "connection_check_name": check.name,
                "hostname_1": one,
                "hostname_2": two,
                "hostname_3": three,
                "hostname_4": four,
            })
        })
        .collect();
    let mut more: Map<String, Value> = strip
        .switches
        .iter()
        .map(|(name, on)| (name.clone(), json!(on)))
        .collect();
    for (name, value) in [
        ("network_id", json!(network)),
        ("description", json!(strip.description)),
        ("last_modified", json!(calendar::rfc3339(strip.modified_ms))),
        (
            "connection_check_max_retries",
            json!(strip.check_max_retries),
        ),
        (
            "connection_check_time_between_retries",
            json!(strip.check_seconds_between),
        ),
        ("ports", json!(outlets)),
        ("schedule", json!(schedule)),
        ("connection_checks", json!(checks)),
    ] {
        more.insert(name.to_owned(), value);
    }
    if let Value::Object(wire) = &mut wire {
        wire.extend(more);
    }
    wire
}
