//! Switches.

pub(super) mod acls;
mod ports;
pub(super) mod settings;
pub(super) mod traps;

use serde::Deserialize;
use serde_json::{Value, json};

use super::access::differences;
use super::answers::time_or_empty;
use super::bodies::{NewDevice, limits};
use super::devices::{added, check_name, lifecycle, set, subscription};
use super::{Call, Done, Problem};
use crate::calendar;
use crate::world::{Network, NetworkDeviceKind, Switch};

const KIND: NetworkDeviceKind = NetworkDeviceKind::Switch;

impl Call<'_> {
    /// The switch that the path names, with its network's id.
    fn switch(&self) -> Result<(i64, &Switch), Problem> {
        let (network, id) = self.holder(KIND)?;
        let switch = network.switch(id);
        switch
            .map(|switch| (network.id, switch))
            .ok_or_else(|| Problem::new(404, 1017, ""))
    }

    /// The same, to change it.
    fn switch_mut(&mut self) -> Result<&mut Switch, Problem> {
        let (network, id) = self.holder_mut(KIND)?;
        network
            .switch_mut(id)
            .ok_or_else(|| Problem::new(404, 1017, ""))
    }

    /// Notes a change of the switch that the path names.
    fn audit_switch(&mut self, before: &Value) -> Result<(), Problem> {
        let is_rich = self.state.settings.networking.serial_everywhere;
        let (network, switch) = self.switch()?;
        let (id, fields) = (switch.id, differences(before, &detail(switch, is_rich)));
        self.audit("update", "switch", &id.to_string(), Some(network), fields);
        Ok(())
    }
}

/// `GET /switch/network/{network}/list`
pub(super) fn list(call: &mut Call<'_>) -> Done {
    let network = call.network(0)?;
    let mut rows: Vec<_> = network.switches.iter().map(listed).collect();
    call.tweaks.cut(&mut rows);
    call.json(json!({"switches": rows}))
}

/// `POST /switch/network/{network}`
pub(super) fn create(call: &mut Call<'_>) -> Done {
    let body: NewDevice = call.body()?;
    let (id, is_new) = call.add_device(KIND, &body, |world, network, name, mac| {
        world.add_switch(network, name, mac, "")
    })?;
    let (_, name) = body.identity()?;
    if let Some(switch) = call.network_mut()?.switch_mut(id) {
        if is_new {
            switch.last_checkin_ms = None;
        }
        switch.name = name;
        set(&mut switch.description, body.description);
        set(&mut switch.model, body.model);
    }
    added(call, "switch_id", id)
}

/// `GET /switch/{switch}`
pub(super) fn get(call: &mut Call<'_>) -> Done {
    let is_rich = call.state.settings.networking.serial_everywhere;
    call.json(detail(call.switch()?.1, is_rich))
}

#[derive(Deserialize)]
struct SwitchRequest {
    firmware: Option<FirmwareRequest>,
    ports: Option<Vec<ports::PortRequest>>,
    summary_info: Option<SummaryRequest>,
}

#[derive(Deserialize)]
struct FirmwareRequest {
    active_partition: Option<i64>,
}

#[derive(Deserialize)]
struct SummaryRequest {
    name: Option<String>,
    description: Option<String>,
}

/// `PUT /switch/{switch}`: all of it or nothing; what is not writable is ignored.
pub(super) fn update(call: &mut Call<'_>) -> Done {
    let switch = call.switch()?.1;
    let (mut changed, before) = (switch.clone(), detail(switch, false));
    let body: SwitchRequest = call.body()?;
    if let Some(partition) = body.firmware.and_then(|firmware| firmware.active_partition) {
        if !(1..=2).contains(&partition) {
            return Err(limits(12_004, "active_partition", 1, 2));
        }
        changed.active_partition = partition;
    }
    if let Some(summary) = body.summary_info {
        check_name(summary.name.as_deref())?;
        set(&mut changed.name, summary.name);
        set(&mut changed.description, summary.description);
    }
    for port in body.ports.into_iter().flatten() {
        port.apply(&mut changed)?;
    }
    *call.switch_mut()? = changed;
    call.audit_switch(&before)?;
    call.nothing()
}

/// `DELETE /switch/{switch}`
pub(super) fn delete(call: &mut Call<'_>) -> Done {
    call.delete_device(KIND)?;
    call.nothing()
}

fn is_up(switch: &Switch) -> bool {
    !switch.down && switch.last_checkin_ms.is_some()
}

/// `GET /switch/{switch}/reboot` and the other actions. One that never checked in can be paired.
pub(super) fn act(call: &mut Call<'_>) -> Done {
    let (network, switch) = call.switch()?;
    let id = switch.id;
    call.reach(is_up(switch) || call.last == "enable_pairing")?;
    let what = call.last;
    let switch = call.switch_mut()?;
    match what {
        "reboot" => switch.uptime_seconds = 0,
        "enable_pairing" => switch.pairing = true,
        _ => switch.expedite_upgrade = true,
    }
    call.act(network, Some((KIND, id)), None);
    call.nothing()
}

/// `GET /switch/{switch}/port/{port}/reset`
pub(super) fn reset_port(call: &mut Call<'_>) -> Done {
    let port = call.part(1).to_owned();
    let (network, switch) = call.switch()?;
    let id = switch.id;
    if !switch.ports.iter().any(|known| known.id == port) {
        return Err(Problem::new(404, 1017, "port"));
    }
    call.reach(is_up(switch))?;
    call.act(network, Some((KIND, id)), Some(port));
    call.nothing()
}

/// Watts, of all ports or of one.
fn draw_w(switch: &Switch) -> f64 {
    switch
        .ports
        .iter()
        .filter_map(|port| port.poe.as_ref())
        .map(|poe| poe.draw_w)
        .sum()
}

/// What the vendor calls available, which here is what is left.
fn poe(switch: &Switch) -> Value {
    let total = f64::from(i32::try_from(switch.power_w).unwrap_or_default());
    json!({"available_power_w": total - draw_w(switch), "total_power_w": switch.power_w})
}

fn listed(switch: &Switch) -> Value {
    json!({"id": switch.id, "poe": poe(switch), "summary_info": summary(switch)})
}

/// What lists and details both tell. One that never checked in has empty texts.
fn summary(switch: &Switch) -> Value {
    let seen = switch.last_checkin_ms;
    let shown = |text: &str| {
        if seen.is_some() {
            text.to_owned()
        } else {
            String::new()
        }
    };
    let status = match seen {
        _ if switch.pairing => "pairing",
        None => "unknown",
        Some(_) if switch.down => "down",
        Some(_) => "up",
    };
    let physical = || switch.ports.iter().filter(|port| port.kind != "trunk");
    json!({
        "mac": switch.mac.spelled(":").to_uppercase(),
        "model": switch.model,
        "name": switch.name,
        "description": switch.description,
        "ip": shown(&switch.ip),
        "gateway_ip": shown(&switch.gateway_ip),
        "firmware_version": shown(&switch.firmware),
        "last_checkin": time_or_empty(seen),
        "cloud_status": status,
        "connection_keeper_status": if is_up(switch) { "connected" } else { "disconnected" },
        "active_ports": if is_up(switch) { physical().filter(|port| port.up).count() } else { 0 },
        "total_ports": physical().count(),
        "uptime_seconds": if seen.is_some() { switch.uptime_seconds } else { 0 },
        "lifecycle": lifecycle(switch.lifecycle.as_ref()),
        "subscription": subscription(switch.subscription.as_ref()),
    })
}

/// All of a switch; what cannot be changed here is the same for all switches.
fn detail(switch: &Switch, with_serial: bool) -> Value {
    let mut summary = summary(switch);
    summary["last_checkin_host"] = json!("cloud-switch.cloudtrax.com");
    summary["management_vlan"] = json!(1);
    summary["expedite_upgrade"] = json!(switch.expedite_upgrade);
    summary["monitor_mode"] = json!(false);
    summary["network_first_add"] = json!(calendar::rfc3339(switch.first_added_ms));
    summary["warranty_first_checkin"] = json!(calendar::rfc3339(switch.first_added_ms));
    if with_serial {
        summary["serial_no"] = json!(format!("SW{}", switch.mac.spelled("").to_uppercase()));
    }
    let numbered = |ids: std::ops::Range<i64>, divisor: i64| -> Vec<Value> {
        ids.map(|id| json!({"id": id, "queue": id / divisor + 1}))
            .collect()
    };
    let older = "IMG-01.04.01";
    let (one, two) = match switch.active_partition {
        1 => (switch.firmware.as_str(), older),
        _ => (older, switch.firmware.as_str()),
    };
    json!({
        "switch_id": switch.id,
        "id": switch.id,
        "summary_info": summary,
        "poe": poe(switch),
        "ports": switch.ports.iter().map(ports::wire).collect::<Vec<_>>(),
        "firmware": {
            "active_partition": switch.active_partition,
            "version_partition_1": one,
            "version_partition_2": two,
            "flags": [],
        },
        "igmp": {"enable": true, "version": "v2", "vlans": [{"id": 1, "enable": true}]},
        "voice_vlan": {
            "enable": false, "mode": -1, "vlan": 0, "enable_priority": false, "priority": 0,
            "aging_time": 1440, "ouis": [{"address": "00:03:6B", "description": "Acme phone"}],
        },
        "qos": {
            "enable": true, "scheduling_method": "strict", "trust_mode": "8021p",
            "cos": numbered(0..8, 1), "dscp": numbered(0..64, 8),
        },
        "lldp": {
            "enable": true, "transmission_interval": 30, "holdtime_multiplier": 4,
            "reinitialization_delay": 2, "transmit_delay": 2,
        },
        "jumbo_frame": {"mtu": 1522},
        "stp": {
            "force_version": "rstp", "enable": true,
            "root_bridge": {
                "root_address": switch.mac.spelled(":").to_uppercase(), "device_name": switch.name,
                "port": "0", "priority": 32_768, "cost": 0, "forward_delay_s": 15,
                "maximum_age_s": 20, "hello_time_s": 2,
            },
        },
        "snmp": {"enable": true, "community": switch.snmp_community.0},
        "acl": {"enable": !(switch.acls.mac.is_empty() && switch.acls.ipv4.is_empty())},
    })
}

/// The models of a network's switches.
fn models(network: &Network) -> std::collections::BTreeSet<&str> {
    network
        .switches
        .iter()
        .map(|switch| switch.model.as_str())
        .collect()
}
