//! Site surveys.

use serde_json::json;

use super::{Call, Done};
use crate::calendar;
use crate::clock::millis;
use crate::settings::SuccessShape;
use crate::world::Network;

/// `GET /sitesurvey/network/{network}/scan`: starts one, unless one is under way.
pub(super) fn scan(call: &mut Call<'_>) -> Done {
    let now = call.now_ms();
    finish(call)?;
    let network = call.network_mut()?;
    let id = network.id;
    network.survey.asked_ms.get_or_insert(now);
    call.act(id, None, None);
    call.success(SuccessShape::Status, "")
}

/// Ends the scan that is under way, once its time has passed.
fn finish(call: &mut Call<'_>) -> Result<(), super::Problem> {
    let (now, time) = (
        call.now_ms(),
        millis(call.state.settings.networking.survey_time),
    );
    let survey = &mut call.network_mut()?.survey;
    if let Some(end) = survey
        .asked_ms
        .map(|asked| asked + time)
        .filter(|end| *end <= now)
    {
        (survey.asked_ms, survey.ended_ms) = (None, Some(end));
    }
    Ok(())
}

/// `GET /sitesurvey/network/{network}`: what the last scan found; nothing before the first.
pub(super) fn get(call: &mut Call<'_>) -> Done {
    finish(call)?;
    let network = call.network(0)?;
    let found = network
        .survey
        .ended_ms
        .map_or_else(Vec::new, |ended| heard(network, ended));
    call.json(json!({"access_points": found}))
}

fn heard(network: &Network, ended_ms: i64) -> Vec<serde_json::Value> {
    network
        .survey
        .heard
        .iter()
        .map(|other| {
            let seen: Vec<_> = network
                .nodes
                .iter()
                .filter(|node| !node.down && node.last_checkin_ms.is_some())
                .map(|node| {
                    json!({
                        "mac": node.mac.spelled(":"),
                        "name": node.name,
                        "time": calendar::rfc3339(ended_ms),
                        "signal": other.signal,
                    })
                })
                .collect();
            json!({
                "ssid": other.ssid,
                "bssid": other.bssid.spelled(":"),
                "mode": "11b/g",
                "encryption": other.encryption,
                "vendor": other.vendor,
                "channel_width": other.channel_width,
                "channel": [other.channel],
                "seen_by_node": seen,
            })
        })
        .collect()
}
