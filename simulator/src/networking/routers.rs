//! Routers: a guess by analogy, since nothing documents an endpoint for them.

use serde_json::{Value, json};

use super::answers::time_or_empty;
use super::{Call, Done, Problem};
use crate::world::{NetworkDeviceKind, Router};

/// Without the setting there is no such path.
fn check(call: &Call<'_>) -> Result<(), Problem> {
    if call.state.settings.networking.routers {
        Ok(())
    } else {
        Err(Problem::new(404, 1002, ""))
    }
}

/// `GET /router/network/{network}/list`
pub(super) fn list(call: &mut Call<'_>) -> Done {
    check(call)?;
    let mut rows: Vec<_> = call.network(0)?.routers.iter().map(wire).collect();
    call.tweaks.cut(&mut rows);
    call.json(json!({"routers": rows}))
}

/// `GET /router/{router}`
pub(super) fn get(call: &mut Call<'_>) -> Done {
    check(call)?;
    let (network, id) = call.holder(NetworkDeviceKind::Router)?;
    let router = network.routers.iter().find(|router| router.id == id);
    call.json(wire(router.ok_or_else(|| Problem::new(404, 1017, ""))?))
}

fn wire(router: &Router) -> Value {
    json!({
        "id": router.id,
        "name": router.name,
        "mac": router.mac.spelled(":"),
        "ip": router.ip,
        "cloud_status": if router.down { "down" } else { "up" },
        "model": router.model,
        "serial_no": router.serial,
        "firmware_version": router.firmware,
        "last_checkin": time_or_empty(router.last_checkin_ms),
        "uptime_seconds": router.uptime_seconds,
        "description": router.description,
        "lte_status": router.lte_status,
    })
}
