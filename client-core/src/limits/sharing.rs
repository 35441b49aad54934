//! Sharing a budget with other processes.
//!
//! Whoever needs a place packs what this process has to tell and what it waits for, takes it to the file under its lock,
//! and brings back places and news. One goes at a time, for all waiters of the process; the others wait to be woken.
//! Between two visits nothing is asked: the ledger tells when there can be room again.
//!
//! Requests under way are told as a number, so that nothing is left over if a visit fails or a waiter gives up.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tracing::warn;

use super::file::BudgetFile;
use super::ledger::Learned;
use super::{Limits, Shared, State};
use crate::window::LONGEST;

mod parcel;

use parcel::{News, Parcel, Piece};

/// Waiters for the same buckets that ask for places in one visit.
const MOST_WISHES: usize = 256;
/// After a visit failed, none is tried for this long.
const RETRY: Duration = Duration::from_secs(1);
/// The last visit, when the budget is dropped, does not wait longer for the lock.
const FAREWELL: Duration = Duration::from_millis(200);
/// Longest time without a look at the file while somebody waits: limits may have been raised.
const LOOK: i64 = 5_000;
/// A place that was brought for a waiter that is gone goes back after this long.
const GIVE_BACK: Duration = Duration::from_millis(5);
/// Answers are told together within this time, or an eighth of the window.
const GATHER: Duration = Duration::from_millis(200);

/// How the sharing with other processes goes; see [`Limits::sharing`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sharing {
    /// The file.
    pub file: PathBuf,
    /// Why the file cannot be used at present. Until it can, this process counts alone.
    pub trouble: Option<String>,
    /// How often the file was found damaged, emptied or foreign, and was started anew. Then every bucket counts as full
    /// for one window.
    pub restarts: u32,
}

/// This process among the others.
pub(super) struct Link {
    file: BudgetFile,
    owner: u64,
    /// The file's time at some time of ours.
    anchor: Option<(Instant, i64)>,
    trouble: Option<String>,
    restarts: u32,
    retry_at: Option<Instant>,
    /// Until then a visit is expected to be under way.
    flushing_until: Option<Instant>,
    /// Counts what a visit under way does not know of.
    changes: u64,
}

/// What one bucket has to tell, and what was told of it.
#[derive(Default)]
pub(super) struct Mail {
    answered: Vec<Instant>,
    observed: Option<(u32, Instant)>,
    has_learned: bool,
    /// In the file's time.
    learned_at: i64,
    room_at: Option<Instant>,
    used: Option<(u32, Instant)>,
}

impl Link {
    pub(super) fn new(file: BudgetFile) -> Self {
        Self {
            file,
            owner: fastrand::u64(..),
            anchor: None,
            trouble: None,
            restarts: 0,
            retry_at: None,
            flushing_until: None,
            changes: 0,
        }
    }

    pub(super) fn note_change(&mut self) {
        self.changes = self.changes.wrapping_add(1);
    }
}

impl Mail {
    pub(super) fn learned(&mut self) {
        self.has_learned = true;
    }

    pub(super) fn observed(&mut self, used: u32, now: Instant) {
        self.observed = Some((used, now));
    }

    pub(super) fn answered(&mut self, now: Instant) {
        self.answered.push(now);
    }

    pub(super) fn room_at(&self) -> Option<Instant> {
        self.room_at
    }

    pub(super) fn used(&self, now: Instant) -> u32 {
        let fresh = |(_, at): &(u32, Instant)| now.saturating_duration_since(*at) < RETRY;
        self.used.filter(fresh).map_or(0, |(used, _)| used)
    }

    pub(super) fn absorb(&mut self, other: Self) {
        self.answered.extend(other.answered);
    }
}

impl Limits {
    /// Shares the budget with the other processes that name this file, from now on. What this process counted until now
    /// is told to them. A budget that is shared already stays with its file.
    pub fn share(&self, file: impl Into<BudgetFile>) {
        let now = self.shared.clock.now();
        let mut state = self.shared.lock();
        if state.link.is_none() {
            state.link = Some(Link::new(file.into()));
            for bucket in &mut state.buckets {
                bucket.mail.answered = bucket.window.answered().collect();
            }
            state.serve(now);
        }
    }

    /// How the sharing with other processes goes; `None` for a budget that is not shared.
    pub fn sharing(&self) -> Option<Sharing> {
        let state = self.shared.lock();
        state.link.as_ref().map(|link| Sharing {
            file: link.file.path().to_owned(),
            trouble: link.trouble.clone(),
            restarts: link.restarts,
        })
    }

    /// Visits the file, if there is one and if that can bring anything, but not past `deadline`.
    pub(super) async fn ask_others(&self, deadline: Option<Instant>) {
        let clock = &self.shared.clock;
        if !self.shared.is_due(clock.now()) {
            return;
        }
        let visit = self.shared.visit();
        match deadline {
            None => visit.await,
            Some(deadline) => {
                let left = deadline.saturating_duration_since(clock.now());
                // A visit that is given up is carried on without us.
                let _ = tokio::time::timeout(left, visit).await;
            }
        }
    }
}

impl Shared {
    fn is_due(&self, now: Instant) -> bool {
        let state = self.lock();
        state.link.is_some() && state.settled_until.is_none_or(|until| until <= now)
    }

    async fn visit(self: &Arc<Self>) {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        // Somebody may have been there for us.
        if !self.is_due(self.clock.now()) {
            return;
        }
        self.carry(turn).await;
    }

    async fn carry(self: &Arc<Self>, turn: tokio::sync::OwnedMutexGuard<()>) {
        let shared = Arc::clone(self);
        let errand = move || {
            shared.exchange();
            drop(turn);
        };
        match Handle::try_current() {
            // Carried out to its end even if nobody waits for it any more.
            Ok(runtime) => drop(runtime.spawn_blocking(errand).await),
            Err(_) => errand(),
        }
    }

    /// Tells the others soon, together with what else there is by then.
    pub(super) fn flush_soon(self: &Arc<Self>) {
        let shortest = {
            let state = self.lock();
            let own = state.buckets.iter().filter(|it| it.merged_into.is_none());
            own.map(|bucket| bucket.window.span()).min()
        };
        self.flush_after(shortest.map_or(GATHER, |span| (span / 8).min(GATHER)));
    }

    pub(super) fn flush_after(self: &Arc<Self>, delay: Duration) {
        let now = self.clock.now();
        {
            let mut state = self.lock();
            let Some(link) = &mut state.link else { return };
            if !delay.is_zero() && link.flushing_until.is_some_and(|until| until > now) {
                return;
            }
            link.flushing_until = Some(now + delay + RETRY);
        }
        let Ok(runtime) = Handle::try_current() else {
            if let Ok(_turn) = Arc::clone(&self.turn).try_lock_owned() {
                self.exchange();
            }
            return;
        };
        let weak = Arc::downgrade(self);
        drop(runtime.spawn(async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            if let Some(shared) = weak.upgrade() {
                let turn = Arc::clone(&shared.turn).lock_owned().await;
                shared.carry(turn).await;
            }
        }));
    }

    /// One visit.
    fn exchange(&self) {
        let Some(mut parcel) = self.lock().pack(self.clock.now()) else {
            return;
        };
        let news = parcel.deliver(self.clock.as_ref());
        let now = self.clock.now();
        let mut state = self.lock();
        match news {
            Ok(news) => state.unpack(&parcel, news, now),
            Err(error) => state.stand_alone(parcel, &error, now),
        }
    }
}

/// What is still to be told is told, so that the others need not wait for it.
impl Drop for Shared {
    fn drop(&mut self) {
        let parcel = self.lock().pack(self.clock.now());
        if let Some(mut parcel) = parcel.filter(|parcel| parcel.anchor.is_some()) {
            parcel.leaves = true;
            parcel.wishes.clear();
            parcel.patience = Some(FAREWELL);
            // Without it the others wait until the lease ends.
            let _ = parcel.deliver(self.clock.as_ref());
        }
    }
}

impl State {
    /// When the first waiter looks again; the others are woken.
    pub(super) fn next_look(&self, id: u64, now: Instant) -> Option<Instant> {
        let first = self.queue.iter().find(|(_, waiter)| !waiter.granted);
        first
            .is_some_and(|(first, _)| *first == id)
            .then(|| self.settled_until.unwrap_or(now))
    }

    fn pack(&mut self, now: Instant) -> Option<Parcel> {
        let link = self.link.as_mut()?;
        link.flushing_until = None;
        if link.retry_at.is_some_and(|at| now < at) {
            let retry_at = link.retry_at;
            self.count_alone(now, retry_at);
            return None;
        }
        let mut asked: HashMap<Vec<usize>, usize> = HashMap::new();
        let mut wishes = Vec::new();
        let mut more = false;
        for (id, waiter) in self.queue.iter().filter(|(_, waiter)| !waiter.granted) {
            let mut buckets = waiter.buckets.clone();
            self.tidy(&mut buckets);
            let so_far = asked.entry(buckets.clone()).or_default();
            if *so_far < MOST_WISHES {
                *so_far += 1;
                wishes.push((*id, buckets));
            } else {
                more = true;
            }
        }
        let names: Vec<String> = self.buckets.iter().map(|it| it.name.clone()).collect();
        let pieces = self.buckets.iter_mut().map(|bucket| Piece {
            name: bucket.name.clone(),
            target: bucket
                .merged_into
                .and_then(|target| names.get(target).cloned()),
            limit: bucket.window.limit(),
            span: bucket.window.span(),
            slow_down: bucket.window.slow_down(),
            pending: bucket.window.pending(),
            answered: std::mem::take(&mut bucket.mail.answered),
            observed: bucket.mail.observed.take(),
            has_learned: std::mem::take(&mut bucket.mail.has_learned),
            learned_at: bucket.mail.learned_at,
            paused_until: bucket.window.paused_until().filter(|until| *until > now),
        });
        let pieces = pieces.collect();
        let link = self.link.as_ref()?;
        Some(Parcel {
            file: link.file.clone(),
            owner: link.owner,
            anchor: link.anchor,
            fraction: self.fraction,
            changes: link.changes,
            blocked_until: self.blocked_until.filter(|until| *until > now),
            pieces,
            wishes,
            more,
            patience: None,
            leaves: false,
        })
    }

    fn unpack(&mut self, parcel: &Parcel, news: News, now: Instant) {
        let mut unchanged = !parcel.more;
        if let Some(link) = &mut self.link {
            link.anchor = Some(news.anchor);
            link.retry_at = None;
            link.trouble = None;
            if let Some(why) = news.lost {
                link.restarts = link.restarts.saturating_add(1);
                let file = link.file.path().display();
                warn!(%file, why, "the shared request budget is started anew; every limit counts as used up for one window");
            }
            unchanged &= link.changes == parcel.changes;
        }
        for (piece, (used, room_at, paused)) in parcel.pieces.iter().zip(news.buckets) {
            if piece.target.is_none()
                && let Some(at) = self.find(&piece.name)
            {
                let bucket = &mut self.buckets[at];
                bucket.mail.used = Some((used, now));
                bucket.mail.room_at = Some(room_at);
                if let Some(until) = paused {
                    bucket.window.pause(until);
                }
            }
        }
        if let Some(until) = news.blocked_until {
            self.block(until);
        }
        for (name, learned) in &news.learned {
            self.adopt(name, *learned);
        }
        for (name, target) in &news.merged {
            self.merge(name, target);
        }
        let mut look = news.look;
        for id in news.granted {
            if !self.grant_one(id, now) {
                // Its place is not told at the next visit, and so given back.
                look = look.into_iter().chain([now + GIVE_BACK]).min();
            }
        }
        let soonest = now + Duration::from_millis(1);
        self.settled_until =
            unchanged.then(|| look.map_or(now + LONGEST, |look| look.max(soonest)));
        self.alert_first();
    }

    /// Takes over what another process learned.
    fn adopt(&mut self, name: &str, learned: Learned) {
        let is_newer = |mail: &Mail| mail.has_learned || mail.learned_at >= learned.at;
        if self
            .find(name)
            .is_some_and(|at| is_newer(&self.buckets[at].mail))
        {
            return;
        }
        let span = Duration::from_millis(learned.span.try_into().unwrap_or(0));
        if learned.limit == 0 || span.is_zero() {
            return;
        }
        let at = self.set(name, learned.limit, span);
        let fraction = self.fraction;
        let bucket = &mut self.buckets[at];
        bucket.window.set_slow_down(learned.slow_down, fraction);
        bucket.mail.learned_at = learned.at;
    }

    /// False if the waiter is gone or this process itself has no room.
    fn grant_one(&mut self, id: u64, now: Instant) -> bool {
        let Some(waiter) = self.queue.get(&id).filter(|waiter| !waiter.granted) else {
            return false;
        };
        let mut buckets = waiter.buckets.clone();
        self.tidy(&mut buckets);
        let windows = &mut self.buckets;
        if !buckets.iter().all(|&at| windows[at].window.has_room(now)) {
            return false;
        }
        for &at in &buckets {
            windows[at].window.reserve();
        }
        if let Some(waiter) = self.queue.get_mut(&id) {
            waiter.buckets = buckets;
            waiter.granted = true;
            waiter.wake.notify_one();
        }
        true
    }

    /// The file cannot be used: what was packed is kept, and this process counts alone for a while.
    fn stand_alone(&mut self, parcel: Parcel, error: &io::Error, now: Instant) {
        let retry_at = Some(now + RETRY);
        if let Some(link) = &mut self.link {
            let trouble = error.to_string();
            if link.trouble.as_ref() != Some(&trouble) {
                let file = link.file.path().display();
                warn!(%file, error = trouble, "the shared request budget cannot be used; this process counts alone");
            }
            link.trouble = Some(trouble);
            link.retry_at = retry_at;
        }
        for piece in parcel.pieces {
            if let Some(at) = self.find(&piece.name) {
                let mail = &mut self.buckets[at].mail;
                mail.answered.extend(piece.answered);
                mail.observed = mail.observed.or(piece.observed);
                mail.has_learned |= piece.has_learned;
                mail.room_at = None;
            }
        }
        self.count_alone(now, retry_at);
    }

    fn count_alone(&mut self, now: Instant, retry_at: Option<Instant>) {
        // What would never be told any more is not kept for ever.
        for bucket in &mut self.buckets {
            let span = bucket.window.span();
            let counts = |at: &Instant| now.saturating_duration_since(*at) < span;
            bucket.mail.answered.retain(counts);
        }
        self.settled_until = None;
        self.grant(now);
        self.settled_until = self.settled_until.into_iter().chain(retry_at).min();
        self.alert_first();
    }
}

#[cfg(test)]
mod tests;
