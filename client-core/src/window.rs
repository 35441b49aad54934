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
    /// From this part of the limit on the vendor slows answers down; 1 if it does not.
    slow_down: f64,
    ceiling: u32,
    /// Reserved or under way, without an answer yet.
    pending: u32,
    /// When counted requests were answered, and how many, oldest first: one entry for what is counted at once, so that
    /// no number that a vendor tells takes memory.
    log: VecDeque<(Instant, u32)>,
    /// All that is in the log.
    answered: u32,
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
            slow_down: 1.0,
            ceiling: 1,
            pending: 0,
            log: VecDeque::new(),
            answered: 0,
            paused_until: None,
        };
        window.set(limit, span, fraction);
        window
    }

    /// Changes the limit; what was counted stays counted.
    pub(crate) fn set(&mut self, limit: u32, span: Duration, fraction: f64) {
        self.limit = limit.clamp(1, MOST);
        self.span = span.min(LONGEST);
        self.ceiling = ceiling(self.limit, fraction, self.slow_down);
    }

    /// Changes where the vendor begins to slow answers down; nonsense means that it does not.
    pub(crate) fn set_slow_down(&mut self, ratio: f64, fraction: f64) {
        self.slow_down = if ratio > 0.0 && ratio < 1.0 {
            ratio
        } else {
            1.0
        };
        self.ceiling = ceiling(self.limit, fraction, self.slow_down);
    }

    pub(crate) fn slow_down(&self) -> f64 {
        self.slow_down
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
        while let Some((at, requests)) = self.log.front()
            && now.saturating_duration_since(*at) >= self.span
        {
            self.answered = self.answered.saturating_sub(*requests);
            self.log.pop_front();
        }
        self.pending.saturating_add(self.answered)
    }

    /// Whether one more request may be made now.
    pub(crate) fn has_room(&mut self, now: Instant) -> bool {
        self.paused_until.is_none_or(|until| until <= now) && self.used(now) < self.ceiling
    }

    /// Reserved or under way.
    pub(crate) fn pending(&self) -> u32 {
        self.pending
    }

    /// When the requests that count were answered, and how many.
    pub(crate) fn answered(&self) -> impl Iterator<Item = (Instant, u32)> {
        self.log.iter().copied()
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
        self.push(now, 1);
    }

    fn push(&mut self, now: Instant, requests: u32) {
        // Never beyond what the sum can hold, so that it stays the sum.
        let requests = requests.min(u32::MAX - self.answered);
        if requests == 0 {
            return;
        }
        self.answered += requests;
        match self.log.back_mut() {
            // Answers come out of order only by what two threads race for.
            Some((last, there)) if *last >= now => *there += requests,
            _ => self.log.push_back((now, requests)),
        }
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
        self.push(now, unseen);
    }

    /// When there can be room again; `None` if that depends on requests still under way. Never too late.
    pub(crate) fn next_room(&mut self, now: Instant) -> Option<Instant> {
        let used = self.used(now);
        let freed = if used < self.ceiling {
            Some(now)
        } else {
            let mut excess = used - self.ceiling;
            let freeing = |(_, requests): &&(Instant, u32)| match excess.checked_sub(*requests) {
                Some(left) => {
                    excess = left;
                    false
                }
                None => true,
            };
            self.log.iter().find(freeing).map(|(at, _)| *at + self.span)
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
        let mut log: Vec<_> = self.log.drain(..).chain(other.log.drain(..)).collect();
        log.sort_unstable();
        (self.answered, other.answered) = (0, 0);
        for (at, requests) in log {
            self.push(at, requests);
        }
        if let Some(until) = other.paused_until.take() {
            self.pause(until);
        }
    }

    /// Takes back what is under way here of what was absorbed. What was counted counts for both.
    pub(crate) fn part(&mut self, whole: &mut Self, pending: u32) {
        self.pending += pending;
        whole.pending = whole.pending.saturating_sub(pending);
        self.log.clone_from(&whole.log);
        self.answered = whole.answered;
        self.paused_until = whole.paused_until;
    }
}

/// The largest number of requests within a part of the limit, short of where the vendor begins to slow answers down.
pub(crate) fn ceiling(limit: u32, fraction: f64, slow_down: f64) -> u32 {
    let limit = limit.clamp(1, MOST);
    let mut ceiling = (f64::from(limit) * fraction).floor();
    if slow_down < 1.0 {
        ceiling = ceiling.min((f64::from(limit) * slow_down).ceil() - 1.0);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most the limit, and a negative one becomes 0"
    )]
    let whole = ceiling as u32;
    whole.clamp(1, limit)
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

    /// N07: whatever part of the limit the host asks for, the vendor's slow-down is not reached.
    #[test]
    fn the_ceiling_stays_below_the_slow_down() {
        for (limit, fraction, slow_down, wanted) in [
            (600, 0.85, 0.9, 510),
            (600, 1.0, 0.9, 539),
            (600, 0.85, 0.5, 299),
            (100, 0.85, 0.85, 84),
            (1, 1.0, 0.9, 1),
            (600, 1.0, 1.0, 600),
        ] {
            let mut window = Window::new(limit, SECOND, fraction);
            window.set_slow_down(slow_down, fraction);
            assert_eq!(window.ceiling(), wanted, "{limit} {fraction} {slow_down}");
            window.set(limit, SECOND, fraction);
            assert_eq!(window.ceiling(), wanted, "it is remembered");
        }
        for nonsense in [0.0, -1.0, 7.0, f64::NAN] {
            let mut window = Window::new(600, SECOND, 1.0);
            window.set_slow_down(nonsense, 1.0);
            assert_eq!(window.ceiling(), 600, "{nonsense}");
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

    /// A report of millions, for each of a hundred buckets.
    #[test]
    fn what_a_vendor_tells_takes_no_memory() {
        let start = Instant::now();
        let mut window = Window::new(1_000_000, SECOND, 0.8);
        let mut other = Window::new(1_000_000, SECOND, 0.8);
        for round in 1..100 {
            let now = start + SECOND / 200 * round;
            window.observe(u32::MAX, now);
            other.observe(u32::MAX - 1, now);
        }
        window.absorb(&mut other);
        assert_eq!(window.used(start), 4_000_000);
        assert!(window.log.capacity() < 100, "{}", window.log.capacity());
        assert_eq!((other.used(start), other.log.len()), (0, 0));
    }

    #[test]
    fn room_comes_when_enough_has_left() {
        let start = Instant::now();
        let mut window = Window::new(10, SECOND, 0.5);
        for (at, used) in [(0, 3), (1, 8), (2, 9)] {
            window.observe(used, start + SECOND / 10 * at);
        }
        let now = start + SECOND / 2;
        // Of 3, 5 and 1 requests the first two lots must leave, until there are fewer than 5.
        let shortly_before = start + SECOND / 10 + SECOND / 1000 * 999;
        let room = start + SECOND / 10 + SECOND;
        assert_eq!(window.next_room(now), Some(room));
        assert!(!window.has_room(shortly_before));
        assert!(window.has_room(room));
        assert_eq!(window.used(room), 1);
    }

    #[test]
    fn a_part_takes_back_what_is_under_way_and_counts_what_was_answered() {
        let start = Instant::now();
        let (mut part, mut whole) = (Window::new(10, SECOND, 1.0), Window::new(10, SECOND, 1.0));
        part.reserve();
        whole.reserve();
        whole.finish(start);
        whole.absorb(&mut part);
        part.part(&mut whole, 1);
        assert_eq!((part.used(start), whole.used(start)), (2, 1));
        let later = start + SECOND;
        assert_eq!((part.used(later), whole.used(later)), (1, 0));
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
