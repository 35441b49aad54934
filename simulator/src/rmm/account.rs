//! The account record.

use serde_json::json;

use super::Call;
use crate::server::Answer;
use crate::world::{Site, SiteKind};

/// `GET /api/v2/account`
#[expect(clippy::unnecessary_wraps, reason = "handlers share one signature")]
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let world = &call.state.world;
    let account = &world.account;
    let live = || call.sites().filter(|site| super::is_ordinary(site));
    let devices = |kinds: fn(&Site) -> bool| {
        live()
            .filter(move |site| kinds(site))
            .flat_map(|site| &site.devices)
    };
    let online = devices(|_| true)
        .filter(|device| device.online && !device.deleted)
        .count();
    let total = devices(|_| true).count();
    let on_demand = devices(|site| site.kind == SiteKind::OnDemand).count();
    Ok(Answer::json(
        200,
        &json!({
            "id": account.id,
            "uid": account.uid,
            "name": account.name,
            "currency": account.currency,
            "descriptor": {
                "bilingEmail": account.billing_email,
                "deviceLimit": account.device_limit,
                "timeZone": account.time_zone,
            },
            "devicesStatus": {
                "numberOfDevices": total,
                "numberOfOnlineDevices": online,
                "numberOfOfflineDevices": total - online,
                "numberOfOnDemandDevices": on_demand,
                "numberOfManagedDevices": total - on_demand,
            },
        }),
    ))
}
