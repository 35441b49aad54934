//! What processes that share a budget tell each other: pure, with the file's own time as an argument.
//!
//! The file's time is in milliseconds and never runs backwards. It is not the wall clock, which can be set; see
//! [`Ledger::tell_time`].

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

mod merging;

pub(super) use merging::Arranged;

/// A window is divided into so many ticks at most; requests of one tick are one entry.
const TICKS: i64 = 512;
/// Names beyond this many are not shared.
const MOST_BUCKETS: usize = 256;
/// Clocks that differ by less are the same.
const TOLERANCE: i64 = 500;

/// The content of the file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Ledger {
    /// The wall clock minus the file's time.
    skew: i64,
    /// The latest time at which somebody wrote.
    latest: i64,
    /// What was counted before is not known: the file was damaged or lost then.
    unknown_before: Option<i64>,
    blocked_until: i64,
    buckets: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Entry {
    /// The longest window that anybody counts with.
    span: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    learned: Option<Learned>,
    #[serde(skip_serializing_if = "is_zero")]
    paused_until: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<String>,
    /// When it was last merged or split.
    #[serde(skip_serializing_if = "is_zero")]
    arranged_at: i64,
    /// When requests were answered, and how many: oldest first.
    #[serde(skip_serializing_if = "VecDeque::is_empty")]
    log: VecDeque<(i64, u32)>,
    /// By owner: places of requests under way.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    held: BTreeMap<u64, Held>,
    /// By owner: places waited for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    claims: BTreeMap<u64, Claim>,
}

/// A limit that the vendor told.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Learned {
    pub(super) at: i64,
    pub(super) limit: u32,
    /// In milliseconds.
    pub(super) span: i64,
    pub(super) slow_down: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Held {
    places: u32,
    /// An owner that does not come back by then is dead.
    until: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Claim {
    /// Since when it was passed over.
    since: i64,
    wants: u32,
    /// When the owner looks again.
    look: i64,
}

/// How one process counts one bucket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure {
    pub(super) ceiling: u32,
    /// In milliseconds.
    pub(super) span: i64,
}

/// What one process may take of a bucket now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) places: u32,
    /// There is room, but others have waited longer for it.
    pub(super) yields: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// How long a process makes way for one that waited longer, before it looks again.
pub(super) fn turn(span: i64) -> i64 {
    (span / 400).clamp(2, 100)
}

/// How late a process may be for the look that it announced.
fn grace(span: i64) -> i64 {
    turn(span) * 4
}

impl Ledger {
    /// A ledger in the place of one that was lost. The times are those of [`tell_time`](Self::tell_time).
    pub(super) fn after_loss(wall: i64, expected: Option<i64>) -> Self {
        let mut ledger = Self::default();
        ledger.unknown_before = Some(ledger.tell_time(wall, expected));
        ledger
    }

    /// The file's time for this wall clock. `expected` is the file's time by the process's own monotonic clock: where
    /// they differ, the wall clock was set, and the file's time goes on as if it had not been.
    pub(super) fn tell_time(&mut self, wall: i64, expected: Option<i64>) -> i64 {
        let told = wall.saturating_sub(self.skew);
        let time = expected
            .filter(|expected| expected.abs_diff(told) > TOLERANCE.unsigned_abs())
            .unwrap_or(told)
            .max(self.latest);
        if time.abs_diff(told) > TOLERANCE.unsigned_abs() {
            self.skew = wall.saturating_sub(time);
        }
        self.latest = time;
        time
    }

    /// Forgets what no longer counts. Places of the dead count as answered when their time ran out.
    pub(super) fn tidy(&mut self, now: i64) {
        for entry in self.buckets.values_mut() {
            let dead: Vec<_> = entry
                .held
                .extract_if(.., |_, held| held.until <= now)
                .collect();
            for (_, held) in dead {
                entry.count(held.until, held.places);
            }
            let span = entry.span;
            while entry
                .log
                .front()
                .is_some_and(|(at, _)| at.saturating_add(span) <= now)
            {
                entry.log.pop_front();
            }
            entry
                .claims
                .retain(|_, claim| claim.look.saturating_add(span) > now);
        }
        if self.blocked_until <= now {
            self.blocked_until = 0;
        }
    }

    /// Makes sure that there is a bucket of this name; false if there are too many.
    pub(super) fn open(&mut self, name: &str, measure: Measure, now: i64) -> bool {
        let name = self.follow(name).to_owned();
        if self.buckets.len() >= MOST_BUCKETS && !self.buckets.contains_key(&name) {
            return false;
        }
        let unknown = self.unknown_before;
        let is_new = !self.buckets.contains_key(&name);
        let entry = self.buckets.entry(name).or_default();
        entry.span = match entry.learned {
            Some(learned) => learned.span.max(measure.span),
            None => entry.span.max(measure.span),
        };
        if is_new
            && let Some(before) = unknown
            && before.saturating_add(measure.span) > now
        {
            // The worst that can have happened.
            entry.count(before, measure.ceiling);
        }
        true
    }

    /// Counts requests that were answered at `at`.
    pub(super) fn count(&mut self, name: &str, at: i64, requests: u32) {
        if let Some(entry) = self.entry(name) {
            entry.count(at, requests);
        }
    }

    /// Sets how many places an owner has under way.
    pub(super) fn hold(&mut self, name: &str, owner: u64, places: u32, until: i64) {
        if let Some(entry) = self.entry(name) {
            if places == 0 {
                entry.held.remove(&owner);
            } else {
                entry.held.insert(owner, Held { places, until });
            }
        }
    }

    /// Forgets an owner's claims and places.
    pub(super) fn leave(&mut self, owner: u64) {
        for entry in self.buckets.values_mut() {
            entry.claims.remove(&owner);
            entry.held.remove(&owner);
        }
    }

    /// Believes the vendor's own count, if it is above ours.
    pub(super) fn observe(&mut self, name: &str, used: u32, measure: Measure, at: i64, now: i64) {
        let ours = self.used(name, measure, now);
        let most = measure.ceiling.saturating_mul(2).saturating_add(1000);
        self.count(name, at, used.min(most).saturating_sub(ours));
    }

    /// Requests that count, those under way included.
    pub(super) fn used(&self, name: &str, measure: Measure, now: i64) -> u32 {
        self.buckets
            .get(self.follow(name))
            .map_or(0, |entry| entry.used(measure.span, now))
    }

    /// What `owner`, which wants so many places, may take now: an equal part of the room, and nothing of what those who
    /// wait at this moment and have waited longer are due.
    pub(super) fn share(
        &self,
        name: &str,
        owner: u64,
        wants: u32,
        measure: Measure,
        now: i64,
    ) -> Share {
        let none = Share {
            places: 0,
            yields: false,
        };
        let Some(entry) = self.buckets.get(self.follow(name)) else {
            return none;
        };
        if entry.paused_until > now {
            return none;
        }
        let room = measure
            .ceiling
            .saturating_sub(entry.used(measure.span, now));
        let own = entry.claims.get(&owner).map_or(now, |claim| claim.since);
        let present = || {
            entry.claims.iter().filter(|(other, claim)| {
                **other != owner
                    && claim.look <= now.saturating_add(turn(measure.span))
                    && claim.look.saturating_add(grace(measure.span)) > now
            })
        };
        let others = u32::try_from(present().count()).unwrap_or(u32::MAX);
        if room == 0 || others == 0 {
            return Share {
                places: room.min(wants),
                yields: false,
            };
        }
        let part = room.div_ceil(others.saturating_add(1));
        let due = present()
            .filter(|(other, claim)| (claim.since, **other) < (own, owner))
            .fold(0_u32, |due, (_, claim)| {
                due.saturating_add(claim.wants.min(part))
            });
        let places = room.saturating_sub(due).min(part).min(wants);
        Share {
            places,
            yields: places < wants && places < room,
        }
    }

    /// Notes what an owner still waits for, after it took some places; `look` is when it comes back.
    pub(super) fn claim(
        &mut self,
        name: &str,
        owner: u64,
        taken: u32,
        wants: u32,
        look: i64,
        now: i64,
    ) {
        let Some(entry) = self.entry(name) else {
            return;
        };
        if wants == 0 {
            entry.claims.remove(&owner);
            return;
        }
        let since = entry
            .claims
            .get(&owner)
            .filter(|_| taken == 0)
            .map_or(now, |claim| claim.since);
        entry.claims.insert(owner, Claim { since, wants, look });
    }

    /// When there can be room again, if nothing is given back unsent.
    pub(super) fn next_room(&self, name: &str, measure: Measure, now: i64) -> i64 {
        let Some(entry) = self.buckets.get(self.follow(name)) else {
            return now;
        };
        let mut excess = entry
            .used(measure.span, now)
            .saturating_add(1)
            .saturating_sub(measure.ceiling);
        let mut room = now;
        for (at, requests) in &entry.log {
            let leaves = at.saturating_add(measure.span);
            if excess == 0 {
                break;
            }
            if leaves > now {
                room = leaves;
                excess = excess.saturating_sub(*requests);
            }
        }
        if excess > 0 {
            // Requests under way count for a whole window yet.
            room = now.saturating_add(measure.span);
        }
        room.max(entry.paused_until)
    }

    pub(super) fn pause(&mut self, name: &str, until: i64) {
        if let Some(entry) = self.entry(name) {
            entry.paused_until = entry.paused_until.max(until);
        }
    }

    pub(super) fn paused_until(&self, name: &str) -> i64 {
        self.buckets
            .get(self.follow(name))
            .map_or(0, |entry| entry.paused_until)
    }

    pub(super) fn block(&mut self, until: i64) {
        self.blocked_until = self.blocked_until.max(until);
    }

    pub(super) fn blocked_until(&self) -> i64 {
        self.blocked_until
    }

    /// Takes over a limit that the vendor told, unless a newer one is known.
    pub(super) fn learn(&mut self, name: &str, learned: Learned) {
        if let Some(entry) = self.entry(name)
            && entry.learned.is_none_or(|known| known.at <= learned.at)
        {
            entry.learned = Some(learned);
            entry.span = learned.span;
        }
    }

    /// What the vendor told of its limits, by name.
    pub(super) fn learned(&self) -> impl Iterator<Item = (&str, Learned)> {
        self.buckets
            .iter()
            .filter(|(_, entry)| entry.merged_into.is_none())
            .filter_map(|(name, entry)| Some((name.as_str(), entry.learned?)))
    }

    fn entry(&mut self, name: &str) -> Option<&mut Entry> {
        let name = self.follow(name).to_owned();
        self.buckets.get_mut(&name)
    }
}

impl Entry {
    fn used(&self, span: i64, now: i64) -> u32 {
        let counted = self
            .log
            .iter()
            .filter(|(at, _)| at.saturating_add(span) > now)
            .map(|(_, requests)| *requests);
        let held = self.held.values().map(|held| held.places);
        counted.chain(held).fold(0, u32::saturating_add)
    }

    /// Counts requests at the end of the tick in which they were answered: never too short.
    fn count(&mut self, at: i64, requests: u32) {
        if requests == 0 {
            return;
        }
        let tick = (self.span / TICKS).max(1);
        let at = at
            .saturating_add(tick - 1)
            .div_euclid(tick)
            .saturating_mul(tick);
        match self.log.binary_search_by_key(&at, |(at, _)| *at) {
            Ok(found) => self.log[found].1 = self.log[found].1.saturating_add(requests),
            Err(place) => self.log.insert(place, (at, requests)),
        }
    }
}

#[cfg(test)]
mod tests;
