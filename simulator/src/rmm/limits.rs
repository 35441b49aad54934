//! The account's rolling windows, the slow-down before them and the block behind them.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::millis;
use crate::limits::Window;
use crate::server::{Answer, Incoming};
use crate::state::State;

/// What a request counts as.
#[derive(Debug, Clone, Copy)]
pub(super) enum Charge {
    Read,
    /// In the bucket of all writes and in that of its kind.
    Write(&'static str),
    /// A log-in, which counts on both sides.
    LogIn,
}

impl Charge {
    /// Whether it pays for a change that only administrators may make. Everybody may replace the own
    /// keys, and muting changes nothing.
    pub(super) fn is_change(self) -> bool {
        matches!(self, Self::Write(kind) if kind != RESET_KEYS && kind != MUTE)
    }
}

pub(super) const RESET_KEYS: &str = "user-reset-keys";
/// Counts among all writes only.
pub(super) const MUTE: &str = "alert-mute";

/// Kinds of writes that the vendor's counter is known to list.
const KINDS: [&str; 16] = [
    "account-variable-create",
    "account-variable-delete",
    "account-variable-update",
    "alert-resolve",
    "device-job-create",
    "device-move",
    "device-udf-set",
    "device-warranty-create",
    "site-create",
    "site-proxy-create",
    "site-proxy-delete",
    "site-update",
    "site-variable-create",
    "site-variable-delete",
    "site-variable-update",
    RESET_KEYS,
];

#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// Everything, on an account with a single bucket.
    reads: Window,
    writes: Window,
    kinds: BTreeMap<&'static str, Window>,
    refusals: Window,
    blocked_until_ms: i64,
}

/// Refuses everything while the address is blocked, with the page of what stands before the servers.
pub(super) fn check_block(state: &State) -> Result<(), Answer> {
    if state.settings.rmm.limits.enabled && state.clock.now_ms() < state.rmm.limits.blocked_until_ms
    {
        return Err(Answer::html(403, "403 Forbidden"));
    }
    Ok(())
}

/// Counts a request and gives the time that its answer is held back, or refuses it with 429, which
/// counts as well.
pub(super) fn take(
    state: &mut State,
    request: &Incoming,
    charge: Charge,
) -> Result<Duration, Answer> {
    let now = state.clock.now_ms();
    let limits = &state.settings.rmm.limits;
    let usage = &mut state.rmm.limits;
    let mut buckets: Vec<(&mut Window, usize)> = Vec::new();
    match charge {
        Charge::Write(kind) if !limits.single_bucket => {
            let limit = limits
                .operations
                .get(kind)
                .copied()
                .unwrap_or(limits.per_operation);
            buckets.push((&mut usage.writes, limits.writes));
            buckets.push((usage.kinds.entry(kind).or_default(), limit));
        }
        Charge::LogIn if !limits.single_bucket => {
            buckets.push((&mut usage.reads, limits.reads));
            buckets.push((&mut usage.writes, limits.writes));
        }
        _ => buckets.push((&mut usage.reads, limits.reads)),
    }
    let mut is_slow = false;
    let mut is_over = false;
    for (window, limit) in buckets {
        let count = window.count(now, limits.window);
        is_over |= count >= limit;
        is_slow |= reaches(count + 1, limit, limits.cut_off_ratio);
        window.add(now);
    }
    if limits.enabled && is_over {
        usage.refusals.add(now);
        if usage.refusals.count(now, limits.window) > limits.block_after {
            usage.blocked_until_ms = now.saturating_add(millis(limits.block_for));
        }
        return Err(super::throttled(
            state,
            request,
            state.settings.rmm.limits.retry_after.as_ref(),
        ));
    }
    Ok(if limits.enabled && is_slow {
        limits.slow_down
    } else {
        Duration::ZERO
    })
}

#[expect(clippy::cast_precision_loss, reason = "limits are small numbers")]
fn reaches(count: usize, limit: usize, ratio: f32) -> bool {
    count as f32 >= limit as f32 * ratio
}

/// Counts for `request_rate`: reads, writes, and each kind of write with its limit.
pub(super) fn figures(state: &mut State) -> (usize, usize, BTreeMap<&'static str, (usize, usize)>) {
    let now = state.clock.now_ms();
    let limits = &state.settings.rmm.limits;
    let usage = &mut state.rmm.limits;
    let mut kinds = BTreeMap::new();
    for kind in KINDS {
        let limit = limits
            .operations
            .get(kind)
            .copied()
            .unwrap_or(limits.per_operation);
        let count = usage
            .kinds
            .get_mut(kind)
            .map_or(0, |window| window.count(now, limits.window));
        kinds.insert(kind, (limit, count));
    }
    (
        usage.reads.count(now, limits.window),
        usage.writes.count(now, limits.window),
        kinds,
    )
}
