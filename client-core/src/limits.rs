//! The budget of requests: rolling windows, shared by all clones of a client, and through a file by processes.
//!
//! Each process counts its own requests in its [`Window`]s. One that shares its budget also needs a place in the file's
//! ledger for each request; see the module `sharing`.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex as AsyncMutex, Notify};

use crate::clock::{Clock, SystemClock};
use crate::window::{LONGEST, Window};

mod file;
mod ledger;
mod merging;
mod permit;
mod sharing;

use sharing::Link;

pub use file::BudgetFile;
pub(crate) use permit::Permit;
pub use sharing::Sharing;

/// How much of a limit we use by default: vendors slow down at 90 %, and other tools share the account.
const FRACTION: f64 = 0.85;

/// The budget of requests: names of charges resolved to rolling windows.
///
/// A request waits until each of its windows has room, then takes a place in all of them at once. Waiters are served
/// first come, first served; one that needs an exhausted window does not hold up those that do not. A waiter that is
/// dropped before it sent gives its place back; a request that was sent counts until one window after its answer.
///
/// Clones share one budget. Everything can be learned and changed at run time. Processes share one through a
/// [`BudgetFile`]: then the windows hold for all of them together, and what one learns of limits, pauses and blocks holds
/// for the others. Room is divided evenly among the processes that wait for it.
#[derive(Clone)]
pub struct Limits {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// Held by who talks to the other processes.
    turn: Arc<AsyncMutex<()>>,
}

struct State {
    fraction: f64,
    buckets: Vec<Bucket>,
    charges: HashMap<String, Vec<usize>>,
    fallback: Vec<usize>,
    blocked_until: Option<Instant>,
    /// By number, which is the order of arrival.
    queue: BTreeMap<u64, Waiter>,
    next_waiter: u64,
    /// Before this, another look at the queue finds nothing new; `None` if something changed since the last one.
    settled_until: Option<Instant>,
    /// To the other processes, if there are any.
    link: Option<Link>,
}

struct Bucket {
    name: String,
    window: Window,
    /// Set once this bucket was found to be part of another one.
    merged_into: Option<usize>,
    /// Its requests under way that were moved when it was merged.
    lent: u32,
    /// For and from the other processes.
    mail: sharing::Mail,
}

struct Waiter {
    /// What it asked for.
    named: Vec<usize>,
    /// Where that is counted; once granted, where its places are.
    buckets: Vec<usize>,
    granted: bool,
    /// Was told to look again since the last change.
    alarmed: bool,
    wake: Arc<Notify>,
}

/// Builds [`Limits`]; made by [`Limits::builder`].
#[derive(Debug)]
pub struct LimitsBuilder {
    clock: Arc<dyn Clock>,
    fraction: f64,
    slow_down: f64,
    file: Option<BudgetFile>,
    buckets: Vec<(String, u32, Duration)>,
    charges: Vec<(String, Vec<String>)>,
    fallback: Option<String>,
}

/// How full a bucket is; see [`Limits::usage`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// The bucket's name.
    pub bucket: String,
    /// Requests that count now, those under way included. Those of other processes are as of the last look at the file.
    pub used: u32,
    /// The vendor's limit.
    pub limit: u32,
    /// What we allow ourselves of it.
    pub ceiling: u32,
    /// Length of the rolling window.
    pub window: Duration,
    /// How long the bucket is paused or blocked from now on.
    pub paused_for: Option<Duration>,
}

impl LimitsBuilder {
    /// Adds a bucket: at most `limit` requests within any `window`. A charge of the same name uses it.
    #[must_use]
    pub fn bucket(mut self, name: impl Into<String>, limit: u32, window: Duration) -> Self {
        self.buckets.push((name.into(), limit, window));
        self
    }

    /// Lets a charge use these buckets, all of them at once.
    #[must_use]
    pub fn charge(mut self, name: impl Into<String>, buckets: &[&str]) -> Self {
        self.charges.push((
            name.into(),
            buckets.iter().map(|&name| name.to_owned()).collect(),
        ));
        self
    }

    /// Names the bucket of charges that nobody declared, and of requests without charges.
    #[must_use]
    pub fn fallback(mut self, bucket: impl Into<String>) -> Self {
        self.fallback = Some(bucket.into());
        self
    }

    /// Sets the part of each limit that we use, between 0 and 1; 0.85 by default.
    #[must_use]
    pub fn fraction(mut self, fraction: f64) -> Self {
        self.fraction = sound(fraction);
        self
    }

    /// Says from which part of its limits on the vendor slows answers down: no ceiling reaches it, whatever the
    /// [`fraction`](Self::fraction). 1 by default, which means nowhere.
    #[must_use]
    pub fn slow_down(mut self, ratio: f64) -> Self {
        self.slow_down = ratio;
        self
    }

    /// Shares the budget with the other processes that name this file.
    #[must_use]
    pub fn shared_with(mut self, file: impl Into<BudgetFile>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Sets the clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Makes the budget. Charges and fallback that name no bucket are without limit.
    #[must_use]
    pub fn build(self) -> Limits {
        let mut state = State {
            fraction: self.fraction,
            buckets: Vec::new(),
            charges: HashMap::new(),
            fallback: Vec::new(),
            blocked_until: None,
            queue: BTreeMap::new(),
            next_waiter: 0,
            settled_until: None,
            link: self.file.map(Link::new),
        };
        for (name, limit, window) in &self.buckets {
            let at = state.set(name, *limit, *window);
            state.buckets[at]
                .window
                .set_slow_down(self.slow_down, self.fraction);
        }
        for (name, buckets) in self.charges {
            let buckets = buckets
                .iter()
                .filter_map(|bucket| state.find(bucket))
                .collect();
            state.charges.insert(name, buckets);
        }
        state.fallback = self
            .fallback
            .and_then(|name| state.find(&name))
            .into_iter()
            .collect();
        Limits {
            shared: Arc::new(Shared {
                clock: self.clock,
                state: Mutex::new(state),
                turn: Arc::default(),
            }),
        }
    }
}

impl Limits {
    /// Starts a budget.
    #[must_use]
    pub fn builder() -> LimitsBuilder {
        LimitsBuilder {
            clock: Arc::new(SystemClock),
            fraction: FRACTION,
            slow_down: 1.0,
            file: None,
            buckets: Vec::new(),
            charges: Vec::new(),
            fallback: None,
        }
    }

    /// A budget without any limit. Buckets can be [`set`](Self::set) later.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::builder().build()
    }

    /// Sets or adds a bucket; a limit of zero means "unknown" and changes nothing. A new bucket is used by the charge
    /// of its name.
    pub fn set(&self, bucket: &str, limit: u32, window: Duration) {
        if limit == 0 || window.is_zero() {
            return;
        }
        let now = self.shared.clock.now();
        let mut state = self.shared.lock();
        let at = state.set(bucket, limit, window);
        state.buckets[at].mail.learned();
        state.serve(now);
    }

    /// Sets the part of each limit that we use, between 0.01 and 1, from now on. Other processes keep theirs.
    pub fn set_fraction(&self, fraction: f64) {
        let now = self.shared.clock.now();
        let mut state = self.shared.lock();
        let fraction = sound(fraction);
        state.fraction = fraction;
        for bucket in &mut state.buckets {
            let (limit, span) = (bucket.window.limit(), bucket.window.span());
            bucket.window.set(limit, span, fraction);
        }
        state.serve(now);
    }

    /// Learns from which part of this bucket's limit on the vendor slows answers down: its ceiling stays below. A ratio
    /// that is not between 0 and 1 means nowhere; a bucket that does not exist is ignored.
    pub fn set_slow_down(&self, bucket: &str, ratio: f64) {
        let now = self.shared.clock.now();
        let mut state = self.shared.lock();
        let fraction = state.fraction;
        if let Some(at) = state.find(bucket) {
            let bucket = &mut state.buckets[at];
            bucket.window.set_slow_down(ratio, fraction);
            bucket.mail.learned();
            state.serve(now);
        }
    }

    /// Lets a charge use these buckets from now on; unknown names are left out.
    pub fn set_charge(&self, charge: &str, buckets: &[&str]) {
        let mut state = self.shared.lock();
        let buckets = buckets
            .iter()
            .filter_map(|bucket| state.find(bucket))
            .collect();
        state.charges.insert(charge.to_owned(), buckets);
    }

    /// Names the bucket of undeclared charges.
    pub fn set_fallback(&self, bucket: &str) {
        let mut state = self.shared.lock();
        state.fallback = state.find(bucket).into_iter().collect();
    }

    /// Learns from the vendor's own counter: `used` of `limit` in the present window. A limit of zero is ignored, and
    /// so is a bucket that does not exist.
    pub fn observe(&self, bucket: &str, used: u32, limit: u32) {
        let now = self.shared.clock.now();
        let mut state = self.shared.lock();
        let (fraction, is_shared) = (state.fraction, state.link.is_some());
        if let Some(at) = state.find(bucket) {
            let Bucket { window, mail, .. } = &mut state.buckets[at];
            if limit > 0 {
                window.set(limit, window.span(), fraction);
                mail.learned();
            }
            if is_shared {
                // The others' requests are in it, which the file knows with their times.
                mail.observed(used, now);
            } else {
                window.observe(used, now);
            }
            state.serve(now);
        }
    }

    /// Pauses the buckets of these charges until `wait` from now, for all callers; a longer pause stays.
    pub fn pause(&self, charges: &[&str], wait: Duration) {
        let now = self.shared.clock.now();
        let mut state = self.shared.lock();
        for at in state.resolve(charges) {
            state.buckets[at].window.pause(now + wait.min(LONGEST));
        }
        state.serve(now);
        drop(state);
        self.shared.flush_after(Duration::ZERO);
    }

    /// Blocks everything until `wait` from now, for all callers: for a vendor that blocks our address.
    pub fn block(&self, wait: Duration) {
        let now = self.shared.clock.now();
        let mut state = self.shared.lock();
        let until = now + wait.min(LONGEST);
        state.block(until);
        state.serve(now);
        drop(state);
        self.shared.flush_after(Duration::ZERO);
    }

    /// How long everything is still blocked.
    pub fn blocked_for(&self) -> Option<Duration> {
        let now = self.shared.clock.now();
        let state = self.shared.lock();
        state
            .blocked_until
            .map(|until| until.saturating_duration_since(now))
            .filter(|wait| !wait.is_zero())
    }

    /// How full each bucket is, by name; merged ones are left out.
    pub fn usage(&self) -> Vec<Usage> {
        let now = self.shared.clock.now();
        let mut state = self.shared.lock();
        let blocked = state.blocked_until;
        let mut usage: Vec<_> = state
            .buckets
            .iter_mut()
            .filter(|bucket| bucket.merged_into.is_none())
            .map(|bucket| Usage {
                bucket: bucket.name.clone(),
                used: bucket
                    .window
                    .used(now)
                    .max(bucket.mail.used(bucket.window.span(), now)),
                limit: bucket.window.limit(),
                ceiling: bucket.window.ceiling(),
                window: bucket.window.span(),
                paused_for: bucket
                    .window
                    .paused_until()
                    .max(blocked)
                    .map(|until| until.saturating_duration_since(now))
                    .filter(|wait| !wait.is_zero()),
            })
            .collect();
        usage.sort_by(|one, two| one.bucket.cmp(&two.bucket));
        usage
    }

    /// The longest window that these charges fall into: how long to wait after a refusal without a hint.
    pub fn longest_window(&self, charges: &[&str]) -> Option<Duration> {
        let state = self.shared.lock();
        state
            .resolve(charges)
            .into_iter()
            .map(|at| state.buckets[at].window.span())
            .max()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn set(&mut self, name: &str, limit: u32, span: Duration) -> usize {
        let fraction = self.fraction;
        if let Some(at) = self.find(name) {
            self.buckets[at].window.set(limit, span, fraction);
            return at;
        }
        self.buckets.push(Bucket {
            name: name.to_owned(),
            window: Window::new(limit, span, fraction),
            merged_into: None,
            lent: 0,
            mail: sharing::Mail::default(),
        });
        let at = self.buckets.len() - 1;
        self.charges
            .entry(name.to_owned())
            .or_insert_with(|| vec![at]);
        at
    }

    fn block(&mut self, until: Instant) {
        self.blocked_until = Some(self.blocked_until.map_or(until, |old| old.max(until)));
    }

    fn resolve(&self, charges: &[&str]) -> Vec<usize> {
        let mut buckets = self.named(charges);
        self.tidy(&mut buckets);
        buckets
    }

    /// As they are called, whatever they are merged into.
    fn named(&self, charges: &[&str]) -> Vec<usize> {
        if charges.is_empty() {
            return self.fallback.clone();
        }
        let known = |charge: &&str| self.charges.get(*charge).unwrap_or(&self.fallback).clone();
        charges.iter().flat_map(known).collect()
    }

    fn is_blocked(&self, now: Instant) -> bool {
        self.blocked_until.is_some_and(|until| until > now)
    }

    /// Something changed other than the time: serves the queue, and lets its first waiters look again.
    fn serve(&mut self, now: Instant) {
        for waiter in self.queue.values_mut() {
            waiter.alarmed = false;
        }
        self.settled_until = None;
        if let Some(link) = &mut self.link {
            link.note_change();
            // Any of them may have stopped listening; who comes first asks for all.
            for waiter in self.queue.values().filter(|waiter| !waiter.granted) {
                waiter.wake.notify_one();
            }
        } else {
            self.grant(now);
        }
    }

    /// Wakes the first waiter, which asks the other processes on behalf of all.
    fn alert_first(&self) {
        if let Some(first) = self.queue.values().find(|waiter| !waiter.granted) {
            first.wake.notify_one();
        }
    }

    /// Grants places in order of arrival, and wakes those who got one and those who became first at a bucket.
    fn grant(&mut self, now: Instant) {
        if self.settled_until.is_some_and(|until| now < until) {
            return;
        }
        let blocked = self.blocked_until.filter(|until| *until > now);
        let mut next_change = blocked;
        let mut queue = std::mem::take(&mut self.queue);
        let mut watched = vec![false; self.buckets.len()];
        for waiter in queue.values_mut().filter(|waiter| !waiter.granted) {
            let windows = &mut self.buckets;
            if blocked.is_none()
                && waiter
                    .buckets
                    .iter()
                    .all(|&at| windows[at].window.has_room(now))
            {
                for &at in &waiter.buckets {
                    windows[at].window.reserve();
                }
                waiter.granted = true;
                waiter.wake.notify_one();
                continue;
            }
            let mut first = waiter.buckets.is_empty();
            for &at in &waiter.buckets {
                if !std::mem::replace(&mut watched[at], true) {
                    first = true;
                    let room = windows[at].window.next_room(now).filter(|room| *room > now);
                    next_change = [next_change, room].into_iter().flatten().min();
                }
            }
            if first && !std::mem::replace(&mut waiter.alarmed, true) {
                waiter.wake.notify_one();
            }
        }
        self.queue = queue;
        self.settled_until = Some(next_change.unwrap_or(now + LONGEST));
    }

    /// The earliest time at which a waiter can have its places (a lower bound), and when it should look again: at the
    /// next change in any of its buckets. `None` if that depends on requests under way.
    fn prospects(&mut self, id: u64, now: Instant) -> (Instant, Option<Instant>) {
        let blocked = self.blocked_until.filter(|until| *until > now);
        let mut earliest = blocked.unwrap_or(now);
        let mut look = blocked;
        let waiter = self.queue.get(&id);
        for &at in waiter.map_or(&[][..], |waiter| &waiter.buckets) {
            let room = self.buckets[at]
                .window
                .next_room(now)
                .filter(|room| *room > now);
            earliest = earliest
                .max(room.unwrap_or(now))
                .max(self.buckets[at].mail.room_at().unwrap_or(now));
            look = [look, room].into_iter().flatten().min();
        }
        (earliest, look)
    }
}

fn sound(fraction: f64) -> f64 {
    if fraction.is_finite() {
        fraction.clamp(0.01, 1.0)
    } else {
        FRACTION
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits")
            .field("usage", &self.usage())
            .finish()
    }
}

#[cfg(test)]
mod tests;
