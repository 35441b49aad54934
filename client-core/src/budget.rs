//! A retry budget that all calls of a client share, so that a broken server is not hammered.

use std::sync::{Mutex, PoisonError};

/// Tokens: a retry takes one, a success gives a part of one back.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    tokens: Mutex<f64>,
    capacity: f64,
}

const REFILL: f64 = 0.2;

impl RetryBudget {
    pub(crate) fn new(capacity: u32) -> Self {
        let capacity = f64::from(capacity);
        Self {
            tokens: Mutex::new(capacity),
            capacity,
        }
    }

    pub(crate) fn has(&self) -> bool {
        *self.tokens.lock().unwrap_or_else(PoisonError::into_inner) >= 1.0
    }

    pub(crate) fn take(&self) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        *tokens = (*tokens - 1.0).max(0.0);
    }

    pub(crate) fn success(&self) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        *tokens = (*tokens + REFILL).min(self.capacity);
    }
}

#[cfg(test)]
mod tests {
    use super::RetryBudget;

    #[test]
    fn failures_drain_it_and_successes_refill_it_slowly() {
        let budget = RetryBudget::new(2);
        budget.take();
        budget.take();
        assert!(!budget.has());
        for _ in 0..4 {
            budget.success();
        }
        assert!(!budget.has());
        budget.success();
        budget.success();
        assert!(budget.has());
    }
}
