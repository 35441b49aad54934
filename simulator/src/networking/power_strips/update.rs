//! Changing a power strip.

use serde::{Deserialize, Deserializer};

use super::detail;
use crate::networking::bodies::{flag, limits, missing};
use crate::networking::devices::{check_name, set};
use crate::networking::{Call, Done, Problem};
use crate::world::{ConnectionCheck, OutletSchedule, PowerStrip};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const ACTIONS: [&str; 3] = ["port_enable", "port_disable", "port_reset"];

#[derive(Deserialize)]
struct StripRequest {
    name: Option<String>,
    description: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    enable_pairing: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    enable_power_switch: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    enable_connection_check: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    enable_connection_check_during_maintenance: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    enable_mesh: Option<bool>,
    connection_check_max_retries: Option<i64>,
    connection_check_time_between_retries: Option<i64>,
    #[serde(default)]
    ports: Vec<OutletRequest>,
    schedule: Option<Vec<ScheduleRequest>>,
    connection_checks: Option<Vec<CheckRequest>>,
}

#[derive(Deserialize)]
struct OutletRequest {
    port_id: Option<i64>,
    label: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    enable: Option<bool>,
    #[serde(default)]
    connection_check_name: CheckName,
}

/// Null takes the check away; absent leaves it.
#[derive(Default)]
enum CheckName {
    #[default]
    Absent,
    Is(Option<String>),
}

impl<'de> Deserialize<'de> for CheckName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::Is)
    }
}

#[derive(Deserialize)]
struct ScheduleRequest {
    port_ids: Vec<i64>,
    days_of_week: Vec<String>,
    hour: i64,
    minute: i64,
    action: String,
}

#[derive(Deserialize)]
struct CheckRequest {
    connection_check_name: String,
    hostname_1: Option<String>,
    hostname_2: Option<String>,
    hostname_3: Option<String>,
    hostname_4: Option<String>,
}

/// `PUT /powerstrip/{powerstrip}`: all of it or nothing. Schedule and checks take the place of the
/// old ones; outlets are changed by their ids.
pub(in crate::networking) fn update(call: &mut Call<'_>) -> Done {
    let (network, strip) = call.strip()?;
    let (mut changed, before) = (strip.clone(), detail(network, strip));
    let body: StripRequest = call.body()?;
    change(&mut changed, body)?;
    changed.modified_ms = call.now_ms();
    *call.strip_mut()? = changed;
    call.audit_strip(&before)?;
    call.nothing()
}

fn change(strip: &mut PowerStrip, body: StripRequest) -> Result<(), Problem> {
    check_name(body.name.as_deref())?;
    set(&mut strip.name, body.name);
    set(&mut strip.description, body.description);
    for (name, on) in [
        ("enable_pairing", body.enable_pairing),
        ("enable_power_switch", body.enable_power_switch),
        ("enable_connection_check", body.enable_connection_check),
        (
            "enable_connection_check_during_maintenance",
            body.enable_connection_check_during_maintenance,
        ),
        ("enable_mesh", body.enable_mesh),
    ] {
        if let Some(on) = on {
            strip.switches.insert(name.to_owned(), on);
        }
    }
    set(
        &mut strip.check_max_retries,
        body.connection_check_max_retries,
    );
    set(
        &mut strip.check_seconds_between,
        body.connection_check_time_between_retries,
    );
    if let Some(checks) = body.connection_checks {
        strip.checks = checks
            .into_iter()
            .map(|check| ConnectionCheck {
                name: check.connection_check_name,
                hosts: [
                    check.hostname_1,
                    check.hostname_2,
                    check.hostname_3,
                    check.hostname_4,
                ],
            })
            .collect();
    }
    if let Some(schedule) = body.schedule {
        strip.schedule = schedule
            .into_iter()
            .zip(1..)
            .map(|(entry, id)| scheduled(strip, entry, id))
            .collect::<Result<_, _>>()?;
    }
    for request in body.ports {
        let id = request.port_id.ok_or_else(|| missing("port_id"))?;
        if let CheckName::Is(Some(name)) = &request.connection_check_name
            && !strip.checks.iter().any(|check| check.name == *name)
        {
            return Err(Problem::new(403, 1017, "connection_check_name"));
        }
        let outlet = strip.outlets.iter_mut().find(|outlet| outlet.id == id);
        let outlet = outlet.ok_or_else(|| Problem::new(403, 12_012, "port_id"))?;
        set(&mut outlet.label, request.label);
        set(&mut outlet.enable, request.enable);
        if let CheckName::Is(name) = request.connection_check_name {
            outlet.check = name;
        }
    }
    Ok(())
}

fn scheduled(
    strip: &PowerStrip,
    entry: ScheduleRequest,
    id: i64,
) -> Result<OutletSchedule, Problem> {
    let is_outlet = |id: &i64| strip.outlets.iter().any(|outlet| outlet.id == *id);
    if !entry.port_ids.iter().all(is_outlet) {
        return Err(Problem::new(403, 12_012, "port_ids"));
    }
    if !entry
        .days_of_week
        .iter()
        .all(|day| DAYS.contains(&day.as_str()))
    {
        return Err(Problem::new(403, 12_010, "days_of_week"));
    }
    if !(0..24).contains(&entry.hour) {
        return Err(limits(12_004, "hour", 0, 23));
    }
    if !(0..60).contains(&entry.minute) {
        return Err(limits(12_004, "minute", 0, 59));
    }
    if !ACTIONS.contains(&entry.action.as_str()) {
        return Err(Problem::new(403, 12_002, "action"));
    }
    Ok(OutletSchedule {
        id,
        outlets: entry.port_ids,
        days: entry.days_of_week,
        hour: entry.hour,
        minute: entry.minute,
        action: entry.action,
    })
}
