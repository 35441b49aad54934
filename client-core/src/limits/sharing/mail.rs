//! What a bucket and the file have to tell each other.

use std::time::{Duration, Instant};

use super::RETRY;

/// What one bucket has to tell, and what was told of it.
#[derive(Default)]
pub(in super::super) struct Mail {
    pub(super) answered: Vec<(Instant, u32)>,
    pub(super) observed: Option<(u32, Instant)>,
    /// What was observed is in our own window already.
    pub(super) is_counted: bool,
    pub(super) has_learned: bool,
    /// In the file's time.
    pub(super) learned_at: i64,
    /// Was merged or split, and the others do not know.
    pub(super) is_rearranged: bool,
    /// In the file's time.
    pub(super) arranged_at: i64,
    pub(super) room_at: Option<Instant>,
    pub(super) used: Option<(u32, Instant)>,
}

impl Mail {
    pub(in super::super) fn learned(&mut self) {
        self.has_learned = true;
    }

    pub(in super::super) fn observed(&mut self, used: u32, now: Instant) {
        self.observed = Some((used, now));
        self.is_counted = false;
    }

    pub(in super::super) fn answered(&mut self, now: Instant) {
        self.answered.push((now, 1));
    }

    pub(in super::super) fn room_at(&self) -> Option<Instant> {
        self.room_at
    }

    /// What the others and the vendor told of late.
    pub(in super::super) fn used(&self, span: Duration, now: Instant) -> u32 {
        let within = |told: Option<(u32, Instant)>, time| {
            told.filter(|(_, at)| now.saturating_duration_since(*at) < time)
                .map_or(0, |(used, _)| used)
        };
        within(self.used, RETRY).max(within(self.observed, span))
    }

    pub(in super::super) fn rearranged(&mut self) {
        self.is_rearranged = true;
    }

    pub(in super::super) fn is_rearranged(&self) -> bool {
        self.is_rearranged
    }

    pub(in super::super) fn arranged(&mut self, at: i64) {
        self.arranged_at = at;
    }

    pub(in super::super) fn absorb(&mut self, other: &mut Self) {
        self.answered.append(&mut other.answered);
        if self.observed.is_none() {
            (self.observed, self.is_counted) = (other.observed, other.is_counted);
        }
        *other = Self {
            is_rearranged: other.is_rearranged,
            arranged_at: other.arranged_at,
            ..Self::default()
        };
    }

    /// What the other has to tell of requests concerns this one too.
    pub(in super::super) fn copy(&mut self, other: &Self) {
        self.answered.clone_from(&other.answered);
        (self.observed, self.is_counted) = (other.observed, other.is_counted);
    }
}
