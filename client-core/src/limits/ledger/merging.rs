//! Buckets that are counted as one, and as several again.

use super::{Entry, Held, Ledger};

/// A bucket that was merged or split, as the file has it now.
pub(in super::super) struct Arranged {
    pub(in super::super) name: String,
    /// What it is another name of.
    pub(in super::super) target: Option<String>,
    pub(in super::super) at: i64,
}

impl Ledger {
    /// The name under which a bucket is counted.
    pub(in super::super) fn follow<'l>(&'l self, name: &'l str) -> &'l str {
        let next = self
            .buckets
            .get(name)
            .and_then(|entry| entry.merged_into.as_deref());
        // A name is merged only into one that is not merged itself.
        next.unwrap_or(name)
    }

    /// Makes `name` another name of `target`, with all that was counted.
    pub(in super::super) fn merge(&mut self, name: &str, target: &str) {
        let target = self.follow(target).to_owned();
        if self.follow(name) != name || name == target {
            return;
        }
        let Some(from) = self.buckets.get_mut(name) else {
            return;
        };
        let from = std::mem::replace(
            from,
            Entry {
                merged_into: Some(target.clone()),
                ..Entry::default()
            },
        );
        for entry in self.buckets.values_mut() {
            if entry.merged_into.as_deref() == Some(name) {
                entry.merged_into = Some(target.clone());
            }
        }
        let into = self.buckets.entry(target).or_default();
        into.span = into.span.max(from.span);
        into.paused_until = into.paused_until.max(from.paused_until);
        for (at, requests) in from.log {
            into.count(at, requests);
        }
        for (owner, held) in from.held {
            let both = into.held.entry(owner).or_insert(Held {
                places: 0,
                until: held.until,
            });
            both.places = both.places.saturating_add(held.places);
            both.until = both.until.max(held.until);
        }
    }

    /// Lets `name` be counted on its own again, unless it is another name of `target` already and is to be. What was
    /// counted together counts for both: nobody knows which it was.
    pub(in super::super) fn split(&mut self, name: &str, target: Option<&str>) {
        let into = self.follow(name);
        if into == name || target.is_some_and(|target| self.follow(target) == into) {
            return;
        }
        let Some(whole) = self.buckets.get(into) else {
            return;
        };
        let alone = Entry {
            span: whole.span,
            paused_until: whole.paused_until,
            log: whole.log.clone(),
            ..Entry::default()
        };
        self.buckets.insert(name.to_owned(), alone);
    }

    /// Notes that `name` stands for itself or for `target` since `at`.
    pub(in super::super) fn arrange(&mut self, name: &str, target: Option<&str>, at: i64) {
        if let Some(target) = target {
            self.merge(name, target);
        }
        if let Some(entry) = self.buckets.get_mut(name) {
            entry.arranged_at = at;
        }
    }

    /// When somebody last merged or split this name.
    pub(in super::super) fn arranged_at(&self, name: &str) -> i64 {
        self.buckets.get(name).map_or(0, |entry| entry.arranged_at)
    }

    /// Everything that was merged or split.
    pub(in super::super) fn arranged(&self) -> impl Iterator<Item = Arranged> {
        let told = |entry: &Entry| entry.arranged_at > 0 || entry.merged_into.is_some();
        self.buckets
            .iter()
            .filter(move |(_, entry)| told(entry))
            .map(|(name, entry)| Arranged {
                name: name.clone(),
                target: entry.merged_into.clone(),
                at: entry.arranged_at,
            })
    }
}
