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
use super::{Bucket, Limits, Shared, State};
use crate::window::LONGEST;

mod mail;
mod parcel;

pub(super) use mail::Mail;
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
/// Of two waiters, the later one looks at the file so much later than the earlier one.
const STEP: Duration = Duration::from_millis(5);
/// Waiters beyond this many look at the same time.
const MOST_STEPS: usize = 40;
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
        let shared = Arc::clone(self);
        let go = async move |turn| {
            // Somebody may have been there for us.
            if shared.is_due(shared.clock.now()) {
                shared.carry(turn).await;
            }
        };
        if let Ok(turn) = Arc::clone(&self.turn).try_lock_owned() {
            return go(turn).await;
        }
        let turn = Arc::clone(&self.turn);
        let errand = async move { go(turn.lock_owned().await).await };
        match Handle::try_current() {
            // The turn comes to who waits for it, and a waiter that is not polled would keep it from all others.
            Ok(runtime) => drop(runtime.spawn(errand).await),
            Err(_) => errand.await,
        }
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
    /// When a waiter looks again: the first in time, on behalf of all. The others are woken; each comes a little later
    /// than the one before it all the same, as that one may have stopped listening without giving up.
    pub(super) fn next_look(&self, id: u64, now: Instant) -> Instant {
        let waiting = self.queue.iter().filter(|(_, waiter)| !waiter.granted);
        let before = waiting
            .take(MOST_STEPS)
            .take_while(|(other, _)| **other != id)
            .count();
        let late = STEP * u32::try_from(before).unwrap_or(u32::MAX);
        self.settled_until.unwrap_or(now) + late
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
            let so_far = asked.entry(waiter.buckets.clone()).or_default();
            if *so_far < MOST_WISHES {
                *so_far += 1;
                wishes.push((*id, waiter.buckets.clone()));
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
            is_counted: bucket.mail.is_counted,
            has_learned: std::mem::take(&mut bucket.mail.has_learned),
            learned_at: bucket.mail.learned_at,
            is_rearranged: std::mem::take(&mut bucket.mail.is_rearranged),
            arranged_at: bucket.mail.arranged_at,
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
        let mut unchanged = true;
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
        // What was split is found by its name before its limit is, and what is merged into may be known by its limit only.
        self.split_like(&news.arranged);
        for (name, learned) in &news.learned {
            self.adopt(name, *learned);
        }
        self.merge_like(&news.arranged);
        let mut look = news.look;
        for id in news.granted {
            if self.grant_one(id, now) {
                // Who was not asked for may have room too.
                unchanged &= !parcel.more;
            } else {
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

    /// False if the waiter is gone, or this process itself has no room or was blocked meanwhile.
    fn grant_one(&mut self, id: u64, now: Instant) -> bool {
        if self.is_blocked(now) {
            return false;
        }
        let Some(waiter) = self.queue.get_mut(&id).filter(|waiter| !waiter.granted) else {
            return false;
        };
        let windows = &mut self.buckets;
        let mut own = waiter.buckets.iter();
        if !own.all(|&at| windows[at].window.has_room(now)) {
            return false;
        }
        for &at in &waiter.buckets {
            windows[at].window.reserve();
        }
        waiter.granted = true;
        waiter.wake.notify_one();
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
        for (at, piece) in parcel.pieces.into_iter().enumerate() {
            self.buckets[at].mail.is_rearranged |= piece.is_rearranged;
            if let Some(at) = self.find(&piece.name) {
                let mail = &mut self.buckets[at].mail;
                mail.answered.extend(piece.answered);
                if mail.observed.is_none() {
                    (mail.observed, mail.is_counted) = (piece.observed, piece.is_counted);
                }
                mail.has_learned |= piece.has_learned;
                mail.room_at = None;
            }
        }
        self.count_alone(now, retry_at);
    }

    fn count_alone(&mut self, now: Instant, retry_at: Option<Instant>) {
        // What would never be told any more is not kept for ever.
        for Bucket { window, mail, .. } in &mut self.buckets {
            let span = window.span();
            let counts = |at: &Instant| now.saturating_duration_since(*at) < span;
            mail.answered.retain(|(at, _)| counts(at));
            mail.observed = mail.observed.filter(|(_, at)| counts(at));
            if let Some((used, at)) = mail.observed
                && !std::mem::replace(&mut mail.is_counted, true)
            {
                window.observe(used, at);
            }
        }
        self.settled_until = None;
        self.grant(now);
        self.settled_until = self.settled_until.into_iter().chain(retry_at).min();
        self.alert_first();
    }
}

#[cfg(test)]
mod tests;
