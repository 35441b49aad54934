//! Time as an input.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

/// Where the client takes the time from, and how it waits: for the rate limit, between attempts, for a token's expiry.
///
/// Time-outs of sockets are real time in any case: a clock of another speed and real sockets do not mix.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Monotonic time.
    fn now(&self) -> Instant;

    /// Wall-clock time.
    fn timestamp(&self) -> Timestamp;

    /// Waits until [`now`](Self::now) has reached `at`.
    async fn sleep_until(&self, at: Instant);
}

/// The system's clock, and tokio's timers.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep_until(&self, at: Instant) {
        tokio::time::sleep_until(at.into()).await;
    }
}

/// A clock for tests that stands still until it is told.
///
/// [`jumping`](Self::jumping) gives one whose sleeps return at once and move the time instead: retries and rate limits
/// then take no real time, and [`slept`](Self::slept) tells how long they would have taken.
#[derive(Debug)]
pub struct ManualClock {
    start: Instant,
    start_timestamp: Timestamp,
    jumps: bool,
    elapsed: watch::Sender<Duration>,
    slept: Mutex<Duration>,
}

impl ManualClock {
    /// A clock that stands still, at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
            start_timestamp: Timestamp::constant(1_767_225_600, 0),
            jumps: false,
            elapsed: watch::Sender::new(Duration::ZERO),
            slept: Mutex::new(Duration::ZERO),
        }
    }

    /// A clock that jumps to the end of each sleep.
    #[must_use]
    pub fn jumping() -> Self {
        Self {
            jumps: true,
            ..Self::new()
        }
    }

    /// Moves the time forward and wakes who waited for it.
    pub fn advance(&self, by: Duration) {
        self.elapsed.send_modify(|elapsed| *elapsed += by);
    }

    /// Time since the clock was made.
    pub fn elapsed(&self) -> Duration {
        *self.elapsed.borrow()
    }

    /// How far sleeps moved the time so far; 0 for a clock that does not jump.
    pub fn slept(&self) -> Duration {
        *self.slept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Instant {
        self.start + self.elapsed()
    }

    fn timestamp(&self) -> Timestamp {
        self.start_timestamp + self.elapsed()
    }

    async fn sleep_until(&self, at: Instant) {
        let wanted = at.saturating_duration_since(self.start);
        if self.jumps {
            // Whoever can go on without waiting goes first.
            yield_now().await;
            let mut moved = Duration::ZERO;
            self.elapsed.send_if_modified(|elapsed| {
                moved = wanted.saturating_sub(*elapsed);
                *elapsed += moved;
                !moved.is_zero()
            });
            *self.slept.lock().unwrap_or_else(PoisonError::into_inner) += moved;
            return;
        }
        let mut elapsed = self.elapsed.subscribe();
        // The sender lives as long as `self`, so this ends only when the time has come.
        let _ = elapsed.wait_for(|elapsed| *elapsed >= wanted).await;
    }
}

async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Clock, ManualClock};

    #[tokio::test]
    async fn a_manual_clock_wakes_when_told() {
        let clock = ManualClock::new();
        let at = clock.now() + Duration::from_secs(5);
        let sleep = clock.sleep_until(at);
        tokio::pin!(sleep);
        assert!(futures_util::poll!(&mut sleep).is_pending());
        clock.advance(Duration::from_secs(4));
        assert!(futures_util::poll!(&mut sleep).is_pending());
        clock.advance(Duration::from_secs(1));
        sleep.await;
        assert_eq!(clock.timestamp().to_string(), "2026-01-01T00:00:05Z");
    }

    #[tokio::test]
    async fn a_jumping_clock_counts_its_sleeps() {
        let clock = ManualClock::jumping();
        let at = clock.now() + Duration::from_secs(5);
        clock.sleep_until(at).await;
        clock.sleep_until(at).await;
        assert_eq!(
            (clock.elapsed(), clock.slept()),
            (Duration::from_secs(5), Duration::from_secs(5))
        );
    }
}
