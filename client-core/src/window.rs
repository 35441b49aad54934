//! One rolling window: how many requests were made in the last so-and-so many seconds. Pure; time is an argument.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// A log of requests under a limit.
///
/// A request counts from the moment a place is reserved for it until one window after its answer: the vendor counts it
/// somewhere in between, so its count never exceeds ours.
#[derive(Debug)]
pub(crate) struct Window {
    limit: u32,
    span: Duration,
    ceiling: u32,
    /// Reserved or under way, without an answer yet.
    pending: u32,
    /// When counted requests were answered, oldest first.
    log: VecDeque<Instant>,
    paused_until: Option<Instant>,
}

/// No window and no pause is longer; so no sum of times overflows.
pub(crate) const LONGEST: Duration = Duration::from_hours(31 * 24);

/// Counters that a vendor could only report by mistake are not believed.
const MOST: u32 = 1_000_000;

impl Window {
    pub(crate) fn new(limit: u32, span: Duration, fraction: f64) -> Self {
        let mut window = Self {
            limit,
            span,
            ceiling: 1,
            pending: 0,
            log: VecDeque::new(),
            paused_until: None,
        };
        window.set(limit, span, fraction);
        window
    }

    /// Changes the limit; what was counted stays counted.
    pub(crate) fn set(&mut self, limit: u32, span: Duration, fraction: f64) {
        self.limit = limit.clamp(1, MOST);
        self.span = span.min(LONGEST);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and the limit"
        )]
        let ceiling = (f64::from(self.limit) * fraction).floor() as u32;
        self.ceiling = ceiling.clamp(1, self.limit);
    }

    pub(crate) fn limit(&self) -> u32 {
        self.limit
    }

    pub(crate) fn ceiling(&self) -> u32 {
        self.ceiling
    }

    pub(crate) fn span(&self) -> Duration {
        self.span
    }

    /// Requests that count at `now`.
    pub(crate) fn used(&mut self, now: Instant) -> u32 {
        while self
            .log
            .front()
            .is_some_and(|at| now.saturating_duration_since(*at) >= self.span)
        {
            self.log.pop_front();
        }
        self.pending
            .saturating_add(u32::try_from(self.log.len()).unwrap_or(u32::MAX))
    }

    /// Whether one more request may be made now.
    pub(crate) fn has_room(&mut self, now: Instant) -> bool {
        self.paused_until.is_none_or(|until| until <= now) && self.used(now) < self.ceiling
    }

    pub(crate) fn reserve(&mut self) {
        self.pending += 1;
    }

    /// Gives a reserved place back: nothing was sent.
    pub(crate) fn release(&mut self) {
        self.pending = self.pending.saturating_sub(1);
    }

    /// A request under way was answered, failed or was given up at `now`.
    pub(crate) fn finish(&mut self, now: Instant) {
        self.release();
        self.push(now);
    }

    fn push(&mut self, now: Instant) {
        // Answers come out of order only by what two threads race for.
        let at = self.log.back().map_or(now, |last| now.max(*last));
        self.log.push_back(at);
    }

    pub(crate) fn pause(&mut self, until: Instant) {
        self.paused_until = Some(self.paused_until.map_or(until, |old| old.max(until)));
    }

    pub(crate) fn paused_until(&self) -> Option<Instant> {
        self.paused_until
    }

    /// Believes the vendor's own count, if it is above ours: others share the limit.
    pub(crate) fn observe(&mut self, used: u32, now: Instant) {
        let unseen = used
            .min(self.limit.saturating_mul(2))
            .saturating_sub(self.used(now));
        for _ in 0..unseen {
            self.push(now);
        }
    }

    /// When there can be room again; `None` if that depends on requests still under way. Never too late.
    pub(crate) fn next_room(&mut self, now: Instant) -> Option<Instant> {
        let used = self.used(now);
        let freed = if used < self.ceiling {
            Some(now)
        } else {
            let excess = usize::try_from(used - self.ceiling).unwrap_or(usize::MAX);
            self.log.get(excess).map(|at| *at + self.span)
        };
        let paused = self.paused_until.filter(|until| *until > now);
        match (freed, paused) {
            (Some(freed), Some(paused)) => Some(freed.max(paused)),
            (Some(freed), None) => Some(freed),
            (None, _) => None,
        }
    }

    /// Takes over what `other` counted.
    pub(crate) fn absorb(&mut self, other: &mut Self) {
        self.pending += std::mem::take(&mut other.pending);
        let mut log: Vec<Instant> = self.log.drain(..).chain(other.log.drain(..)).collect();
        log.sort_unstable();
        self.log = log.into();
        if let Some(until) = other.paused_until {
            self.pause(until);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::Window;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_ceiling_is_a_part_of_the_limit_and_never_nothing() {
        for (limit, fraction, ceiling) in [
            (600, 0.85, 510),
            (10, 0.85, 8),
            (3, 0.85, 2),
            (1, 0.85, 1),
            (5, 1.0, 5),
            (0, 0.5, 1),
        ] {
            assert_eq!(
                Window::new(limit, SECOND, fraction).ceiling(),
                ceiling,
                "{limit} {fraction}"
            );
        }
    }

    #[test]
    fn a_request_counts_until_a_window_after_its_answer() {
        let start = Instant::now();
        let mut window = Window::new(1, SECOND, 1.0);
        window.reserve();
        assert!(!window.has_room(start + SECOND * 100), "still under way");
        assert_eq!(window.next_room(start), None);
        window.finish(start + SECOND);
        assert!(!window.has_room(start + SECOND));
        assert_eq!(window.next_room(start + SECOND), Some(start + SECOND * 2));
        assert!(window.has_room(start + SECOND * 2));
    }

    #[test]
    fn the_vendors_count_is_believed_if_it_is_higher() {
        let start = Instant::now();
        let mut window = Window::new(10, SECOND, 0.8);
        window.reserve();
        window.finish(start);
        window.observe(7, start);
        assert_eq!(window.used(start), 7);
        window.observe(3, start);
        assert_eq!(
            window.used(start),
            7,
            "a lower count may be older than ours"
        );
        window.observe(u32::MAX, start);
        assert_eq!(window.used(start), 20, "nonsense is capped");
        assert!(window.has_room(start + SECOND));
    }

    #[test]
    fn a_pause_holds_everybody() {
        let start = Instant::now();
        let mut window = Window::new(10, SECOND, 1.0);
        window.pause(start + SECOND * 5);
        window.pause(start + SECOND * 2);
        assert!(!window.has_room(start + SECOND * 4));
        assert_eq!(window.next_room(start), Some(start + SECOND * 5));
        assert!(window.has_room(start + SECOND * 5));
    }

    proptest! {
        /// Promise 8, for one window: at no instant did the vendor see more than the limit within its window.
        #[test]
        fn never_more_than_the_limit_in_any_window(
            limit in 1_u32..12,
            steps in prop::collection::vec((0_u64..400, 0_u64..900, 0_u64..900), 1..200),
        ) {
            let start = Instant::now();
            let span = SECOND;
            let mut window = Window::new(limit, span, 1.0);
            let mut now = start;
            let mut under_way: Vec<Instant> = Vec::new();
            let mut seen: Vec<Instant> = Vec::new();
            for (pause, lag, rest) in steps {
                now += Duration::from_millis(pause);
                under_way.sort_unstable();
                while under_way.first().is_some_and(|done| *done <= now) {
                    window.finish(under_way.remove(0));
                }
                if window.has_room(now) {
                    window.reserve();
                    seen.push(now + Duration::from_millis(lag));
                    under_way.push(now + Duration::from_millis(lag + rest));
                }
            }
            seen.sort_unstable();
            for (at, first) in seen.iter().enumerate() {
                let within = seen[at..].iter().filter(|later| later.duration_since(*first) < span).count();
                prop_assert!(within <= usize::try_from(limit).unwrap(), "{within} requests in one window");
            }
        }
    }
}
