//! Where switches send their traps.

use serde::Deserialize;
use serde_json::json;

use super::detail;
use crate::networking::bodies::missing;
use crate::networking::{Call, Done, Problem};
use crate::world::{Secret, SnmpTrap};

/// More than these are refused.
const MOST: usize = 8;

/// `GET /switch/{switch}/snmp_traps`
pub(in crate::networking) fn get(call: &mut Call<'_>) -> Done {
    let traps: Vec<_> = call
        .switch()?
        .1
        .traps
        .iter()
        .map(|trap| {
            json!({
                "host": trap.host,
                "community_name": trap.community_name.0,
                "notify_type": trap.notify_type,
                "version": trap.version,
                "retry": trap.retry,
                "timeout": trap.timeout,
                "udp": trap.udp,
            })
        })
        .collect();
    call.json(json!({"traps": traps}))
}

#[derive(Deserialize)]
struct TrapsRequest {
    traps: Vec<TrapRequest>,
}

#[derive(Deserialize)]
struct TrapRequest {
    host: Option<String>,
    community_name: Option<String>,
    notify_type: Option<String>,
    version: Option<String>,
    retry: Option<i64>,
    timeout: Option<i64>,
    udp: Option<i64>,
}

/// `PUT /switch/{switch}/snmp_traps`: the list takes the place of the old one.
pub(in crate::networking) fn update(call: &mut Call<'_>) -> Done {
    let before = detail(call.switch()?.1, false);
    let body: TrapsRequest = call.body()?;
    if body.traps.len() > MOST {
        return Err(Problem::new(403, 12_018, "traps"));
    }
    let traps = body.traps.into_iter().map(|trap| {
        Ok(SnmpTrap {
            host: trap.host.ok_or_else(|| missing("host"))?,
            community_name: Secret(
                trap.community_name
                    .ok_or_else(|| missing("community_name"))?,
            ),
            notify_type: trap.notify_type.unwrap_or_else(|| "informs".into()),
            version: trap.version.unwrap_or_else(|| "v2c".into()),
            retry: trap.retry.unwrap_or(3),
            timeout: trap.timeout.unwrap_or(15),
            udp: trap.udp.unwrap_or(162),
        })
    });
    let traps = traps.collect::<Result<Vec<_>, Problem>>()?;
    call.switch_mut()?.traps = traps;
    call.audit_switch(&before)?;
    call.nothing()
}
