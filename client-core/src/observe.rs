//! A seam for metrics.

use std::fmt;
use std::time::Duration;

use crate::error::ErrorKind;
use crate::operation::Operation;

/// Is told about every attempt. Must be quick: it runs inside the call.
pub trait Observer: Send + Sync + 'static {
    /// An attempt ended.
    fn attempt(&self, report: &AttemptReport);
}

/// One attempt, for [`Observer`]. Holds no secrets.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct AttemptReport {
    /// The operation.
    pub operation: Operation,
    /// Which attempt it was; starts at 1.
    pub number: u32,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What went wrong, if anything did.
    pub error: Option<ErrorKind>,
    /// From sending to the end of the answer.
    pub duration: Duration,
    /// How long it waited for its place in the budget.
    pub waited: Duration,
}

impl fmt::Debug for AttemptReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttemptReport")
            .field("operation", &self.operation.name())
            .field("number", &self.number)
            .field("status", &self.status)
            .field("error", &self.error)
            .field("duration", &self.duration)
            .field("waited", &self.waited)
            .finish()
    }
}
