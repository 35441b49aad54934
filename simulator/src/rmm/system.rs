//! Status, page size and the vendor's own count of what was used.

use serde_json::{Map, Value, json};

use super::{Call, limits};
use crate::server::Answer;
use crate::state::State;

/// `GET /api/v2/system/status`, the one call without a token.
pub(super) fn status(state: &State) -> Answer {
    let started = state.clock.now_ms() - 86_400_000;
    Answer::json(
        200,
        &json!({"version": format!("2.0.0 Build {}", state.settings.rmm.build), "status": "OK", "started": started}),
    )
}

/// `GET /api/v2/system/pagination`
#[expect(clippy::unnecessary_wraps, reason = "handlers share one signature")]
pub(super) fn pagination(call: &mut Call<'_>) -> Result<Answer, Answer> {
    Ok(Answer::json(
        200,
        &json!({"max": call.state.settings.rmm.page_size}),
    ))
}

/// `GET /api/v2/system/request_rate`; an account with a single bucket has no figures for writes.
#[expect(clippy::unnecessary_wraps, reason = "handlers share one signature")]
pub(super) fn request_rate(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let (reads, writes, kinds) = limits::figures(call.state);
    let limits = &call.state.settings.rmm.limits;
    // Written as text first: 0.9 as a 32-bit number is not 0.9 as a 64-bit one.
    let ratio: f64 = limits.cut_off_ratio.to_string().parse().unwrap_or(0.9);
    let mut body = json!({
        "slidingTimeWindowSizeSeconds": limits.window.as_secs().max(1),
        "accountUid": call.state.world.account.uid,
        "accountCount": reads,
        "accountRateLimit": limits.reads,
        "accountCutOffRatio": ratio,
    });
    if !limits.single_bucket {
        let kinds: Map<String, Value> = kinds
            .into_iter()
            .map(|(kind, (limit, count))| {
                (kind.to_owned(), json!({"limit": limit, "count": count}))
            })
            .collect();
        body["accountWriteRateLimit"] = json!(limits.writes);
        body["accountWriteCount"] = json!(writes);
        body["operationWriteStatus"] = Value::Object(kinds);
    }
    Ok(Answer::json(200, &body))
}
