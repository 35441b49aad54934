//! Buckets that are counted as one, and as several again.

use super::ledger::Arranged;
use super::{Limits, State};

impl Limits {
    /// Makes `bucket` another name of `target`, for accounts that count everything together. What was counted moves.
    pub fn merge(&self, bucket: &str, target: &str) {
        let now = self.shared.clock.now();
        let mut state = self.shared.lock();
        if let (Some(from), Some(into)) = (state.find(bucket), state.find(target))
            && from != into
        {
            state.merge(from, into);
            state.buckets[from].mail.rearranged();
            state.serve(now);
        }
    }

    /// Undoes [`merge`](Self::merge): `bucket` has its own limit again, the one it had before. What was counted together
    /// counts for both until its window has passed, as nobody knows which of them it was.
    pub fn split(&self, bucket: &str) {
        let now = self.shared.clock.now();
        let mut state = self.shared.lock();
        if let Some(at) = state.named_exactly(bucket)
            && state.split(at)
        {
            state.buckets[at].mail.rearranged();
            state.serve(now);
        }
    }
}

impl State {
    fn named_exactly(&self, name: &str) -> Option<usize> {
        self.buckets.iter().position(|bucket| bucket.name == name)
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.named_exactly(name).map(|at| self.follow(at))
    }

    fn follow(&self, mut at: usize) -> usize {
        // Only buckets that are not merged are merged, into others that are not, so this ends.
        while let Some(next) = self.buckets[at].merged_into {
            at = next;
        }
        at
    }

    pub(super) fn tidy(&self, buckets: &mut Vec<usize>) {
        for at in buckets.iter_mut() {
            *at = self.follow(*at);
        }
        buckets.sort_unstable();
        buckets.dedup();
    }

    /// Where a place is counted that was taken in this bucket, now that it is given back.
    pub(super) fn give_back(&mut self, mut at: usize) -> usize {
        while let Some(next) = self.buckets[at].merged_into {
            self.buckets[at].lent = self.buckets[at].lent.saturating_sub(1);
            at = next;
        }
        at
    }

    /// Both are different, and not merged.
    fn merge(&mut self, from: usize, into: usize) {
        if let Ok([from_bucket, into_bucket]) = self.buckets.get_disjoint_mut([from, into]) {
            from_bucket.lent = from_bucket.window.pending();
            from_bucket.merged_into = Some(into);
            into_bucket.window.absorb(&mut from_bucket.window);
            into_bucket.mail.absorb(&mut from_bucket.mail);
            self.requeue();
        }
    }

    /// False if the bucket is not merged.
    fn split(&mut self, at: usize) -> bool {
        let Some(mut whole) = self.buckets[at].merged_into.take() else {
            return false;
        };
        let lent = std::mem::take(&mut self.buckets[at].lent);
        while let Some(next) = self.buckets[whole].merged_into {
            self.buckets[whole].lent = self.buckets[whole].lent.saturating_sub(lent);
            whole = next;
        }
        if let Ok([part, whole]) = self.buckets.get_disjoint_mut([at, whole]) {
            part.window.part(&mut whole.window, lent);
            part.mail.copy(&whole.mail);
        }
        self.requeue();
        true
    }

    /// Those who wait do so for what their buckets are now.
    fn requeue(&mut self) {
        let mut queue = std::mem::take(&mut self.queue);
        for waiter in queue.values_mut().filter(|waiter| !waiter.granted) {
            waiter.buckets.clone_from(&waiter.named);
            self.tidy(&mut waiter.buckets);
        }
        self.queue = queue;
    }

    /// Splits what others split, unless it was merged here since.
    pub(super) fn split_like(&mut self, arranged: &[Arranged]) {
        for one in arranged {
            let target = one.target.as_deref().and_then(|target| self.find(target));
            if let Some(at) = self.not_rearranged(one)
                && target != Some(self.follow(at))
            {
                self.split(at);
            }
        }
    }

    /// Merges what others merged, unless it was split here since.
    pub(super) fn merge_like(&mut self, arranged: &[Arranged]) {
        for one in arranged {
            let Some(from) = self.not_rearranged(one) else {
                continue;
            };
            self.buckets[from].mail.arranged(one.at);
            if let Some(into) = one.target.as_deref().and_then(|target| self.find(target))
                && self.buckets[from].merged_into.is_none()
                && from != into
            {
                self.merge(from, into);
            }
        }
    }

    fn not_rearranged(&self, one: &Arranged) -> Option<usize> {
        self.named_exactly(&one.name)
            .filter(|&at| !self.buckets[at].mail.is_rearranged())
    }
}
