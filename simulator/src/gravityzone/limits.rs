//! Limits for each key and method.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::envelope::{Failure, Request};
use crate::limits::Window;
use crate::server::{Answer, Incoming};
use crate::settings::ThrottleBody;
use crate::state::State;

/// What GravityZone remembers besides the world: calls by key and method.
#[derive(Debug, Default)]
pub(crate) struct Memory(BTreeMap<(usize, String), Window>);

/// Counts a call, or refuses it with 429. What is refused does not count.
pub(super) fn take(
    state: &mut State,
    request: &Incoming,
    key: usize,
    method: &str,
) -> Result<(), Answer> {
    let now = state.clock.now_ms();
    let limits = &state.settings.gravityzone.limits;
    if !limits.enabled {
        return Ok(());
    }
    let rates = limits.methods.get(method).unwrap_or(&limits.default);
    let longest = rates
        .iter()
        .map(|(_, window)| *window)
        .max()
        .unwrap_or(Duration::ZERO);
    let window = state
        .gravityzone
        .0
        .entry((key, method.to_owned()))
        .or_default();
    if rates
        .iter()
        .any(|(count, span)| window.count_kept(now, *span, longest) >= *count)
    {
        return Err(refusal(
            state,
            request,
            state.settings.gravityzone.limits.retry_after.as_ref(),
        ));
    }
    window.add(now);
    Ok(())
}

/// The gateway's page, or a JSON-RPC error.
pub(super) fn refusal(state: &State, request: &Incoming, retry_after: Option<&String>) -> Answer {
    let answer = match state.settings.gravityzone.limits.body {
        ThrottleBody::Html => Answer::html(429, "429 Too Many Requests"),
        ThrottleBody::Json => {
            let id = Request::parse(&request.body).map_or(Value::Null, |request| request.id);
            Failure::new(-32_003, "Too many requests.").answer(429, &id)
        }
    };
    answer.retry_after(retry_after)
}
