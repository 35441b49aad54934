//! Waiting for a place in the budget, and holding it.

use std::collections::btree_map::Entry;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::select;
use tokio::sync::Notify;

use super::{Limits, Waiter};

/// A place in every bucket of a request. Dropped unsent it is given back; sent, it counts for one window more.
#[derive(Debug)]
pub(crate) struct Permit {
    limits: Limits,
    buckets: Vec<usize>,
    sent: bool,
}

/// There will be no place before the deadline; the wait is a lower bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoPlace {
    pub(crate) wait: Duration,
    pub(crate) blocked: bool,
}

/// A place in the queue, left when dropped.
struct Queued<'l> {
    limits: &'l Limits,
    id: u64,
    wake: Arc<Notify>,
    taken: bool,
}

impl Limits {
    /// Waits for a place in every bucket of `charges`, in order of arrival, but not past `deadline`.
    pub(crate) async fn acquire(
        &self,
        charges: &[&str],
        deadline: Option<Instant>,
    ) -> Result<Permit, NoPlace> {
        let mut queued = self.enqueue(charges);
        loop {
            self.ask_others(deadline).await;
            let now = self.shared.clock.now();
            let look = {
                let mut state = self.shared.lock();
                if state.link.is_none() {
                    state.grant(now);
                }
                if let Entry::Occupied(mut waiter) = state.queue.entry(queued.id) {
                    if waiter.get().granted {
                        queued.taken = true;
                        let buckets = waiter.remove().buckets;
                        return Ok(Permit {
                            limits: self.clone(),
                            buckets,
                            sent: false,
                        });
                    }
                    waiter.get_mut().alarmed = true;
                }
                let (earliest, mut look) = state.prospects(queued.id, now);
                if state.link.is_some() {
                    look = Some(state.next_look(queued.id, now));
                }
                if deadline.is_some_and(|deadline| earliest >= deadline || now >= deadline) {
                    let wait = earliest.saturating_duration_since(now);
                    return Err(NoPlace {
                        wait,
                        blocked: state.is_blocked(now),
                    });
                }
                look
            };
            let alarm = [look, deadline].into_iter().flatten().min();
            select(pin!(queued.wake.notified()), pin!(self.sleep(alarm))).await;
        }
    }

    fn enqueue(&self, charges: &[&str]) -> Queued<'_> {
        let mut state = self.shared.lock();
        let id = state.next_waiter;
        state.next_waiter += 1;
        let named = state.named(charges);
        let mut buckets = named.clone();
        state.tidy(&mut buckets);
        let wake = Arc::new(Notify::new());
        let waiter = Waiter {
            named,
            buckets,
            granted: false,
            alarmed: false,
            wake: Arc::clone(&wake),
        };
        state.queue.insert(id, waiter);
        state.settled_until = None;
        if let Some(link) = &mut state.link {
            link.note_change();
        }
        Queued {
            limits: self,
            id,
            wake,
            taken: false,
        }
    }

    async fn sleep(&self, until: Option<Instant>) {
        match until {
            Some(until) => self.shared.clock.sleep_until(until).await,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        if self.taken {
            return;
        }
        let now = self.limits.shared.clock.now();
        let mut state = self.limits.shared.lock();
        if let Some(waiter) = state.queue.remove(&self.id) {
            if waiter.granted {
                for at in waiter.buckets {
                    let at = state.give_back(at);
                    state.buckets[at].window.release();
                }
            }
            state.serve(now);
            let must_tell = state.link.is_some();
            drop(state);
            if must_tell {
                self.limits.shared.flush_soon();
            }
        }
    }
}

impl Permit {
    /// From here on the request may have reached the vendor.
    pub(crate) fn mark_sent(&mut self) {
        self.sent = true;
    }

    /// Nothing reached the vendor after all: the connection could not be made.
    pub(crate) fn mark_unsent(&mut self) {
        self.sent = false;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let now = self.limits.shared.clock.now();
        let mut state = self.limits.shared.lock();
        for &at in &self.buckets {
            let at = state.give_back(at);
            let is_shared = state.link.is_some();
            let bucket = &mut state.buckets[at];
            if self.sent {
                bucket.window.finish(now);
                if is_shared {
                    bucket.mail.answered(now);
                }
            } else {
                bucket.window.release();
            }
        }
        if state.link.is_none() {
            state.serve(now);
            return;
        }
        if !self.sent {
            // An answered request makes no room before its window has passed, one that was not sent at once.
            state.serve(now);
        }
        drop(state);
        self.limits.shared.flush_soon();
    }
}
