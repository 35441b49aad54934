//! What is still to be delivered.

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Notice;

/// Keeps notices until they are delivered. There is one outbox for each receiver.
pub trait Outbox: Send {
    /// The notices that were not marked, oldest first.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] if they cannot be read.
    fn undelivered(&mut self) -> Result<Vec<Notice>, OutboxError>;

    /// Marks a notice as delivered. The mark must be durable when this returns: without it the notice is sent again.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] if it cannot be written.
    fn mark_delivered(&mut self, notice: &Notice, now: Timestamp) -> Result<(), OutboxError>;

    /// What was last set by [`set_hold`](Self::set_hold).
    ///
    /// # Errors
    ///
    /// [`OutboxError`] if it cannot be read.
    fn hold(&mut self) -> Result<Option<Hold>, OutboxError>;

    /// Keeps or removes the note that the receiver does not take anything at present.
    ///
    /// # Errors
    ///
    /// [`OutboxError`] if it cannot be written.
    fn set_hold(&mut self, hold: Option<&Hold>) -> Result<(), OutboxError>;
}

/// The receiver does not take anything at present: since when, and when it is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the stored form")]
pub struct Hold {
    /// How many attempts failed one after the other.
    pub attempts: u32,
    /// When the first of them failed.
    pub since: Timestamp,
    /// Nothing is sent before.
    pub next_attempt_at: Timestamp,
    /// How the last attempt failed, for a person. Without secrets.
    pub why: String,
}

/// An outbox that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the outbox cannot be used")]
pub struct OutboxError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl OutboxError {
    /// Wraps what the host's store says.
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

/// An outbox that lives as long as its process, for tests and trials.
#[derive(Debug, Clone, Default)]
pub struct MemoryOutbox {
    waiting: VecDeque<Notice>,
    known: BTreeSet<String>,
    hold: Option<Hold>,
}

impl MemoryOutbox {
    /// Takes a notice in. Answers whether it is new.
    pub fn push(&mut self, notice: Notice) -> bool {
        let is_new = self.known.insert(notice.id.clone());
        if is_new {
            self.waiting.push_back(notice);
        }
        is_new
    }
}

impl Outbox for MemoryOutbox {
    fn undelivered(&mut self) -> Result<Vec<Notice>, OutboxError> {
        Ok(self.waiting.iter().cloned().collect())
    }

    fn mark_delivered(&mut self, notice: &Notice, _now: Timestamp) -> Result<(), OutboxError> {
        self.waiting.retain(|waiting| waiting.id != notice.id);
        Ok(())
    }

    fn hold(&mut self) -> Result<Option<Hold>, OutboxError> {
        Ok(self.hold.clone())
    }

    fn set_hold(&mut self, hold: Option<&Hold>) -> Result<(), OutboxError> {
        self.hold = hold.cloned();
        Ok(())
    }
}
