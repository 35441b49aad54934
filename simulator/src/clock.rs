//! The vendors' clock: real time plus an offset that a test moves.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Runs on from the moment it was made, and can be moved.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    started: Instant,
    /// What the clock showed when it was started, in epoch milliseconds, plus every later move.
    base_ms: i64,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            started: Instant::now(),
            base_ms: millis(since),
        }
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.base_ms.saturating_add(millis(self.started.elapsed()))
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.base_ms = self.base_ms.saturating_add(millis(by));
    }

    pub(crate) fn set(&mut self, epoch_ms: i64) {
        self.base_ms = epoch_ms;
        self.started = Instant::now();
    }
}

/// Whole milliseconds, as the clock counts them.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
