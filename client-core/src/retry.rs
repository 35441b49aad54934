//! Whether to try again: a pure decision.

use std::time::Duration;

use crate::operation::Repeat;

/// How often and how long to try.
#[derive(Debug, Clone, PartialEq)]
pub struct RetryPolicy {
    max_attempts: u32,
    max_elapsed: Duration,
    base: Duration,
    cap: Duration,
}

/// What an attempt failed of, as far as repeating is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a retry rule must cover every case"
)]
pub enum Failed {
    /// Nothing reached the vendor.
    NotSent,
    /// The vendor answered that it did not process the request and that a later one may work.
    Unprocessed,
    /// The vendor failed in a way that may pass, and may have processed the request.
    Transient,
    /// Sent, and no whole answer came back.
    Lost,
    /// Asking again gives the same answer.
    Finally,
}

/// One failed attempt, for [`decide`].
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a plain argument")]
pub struct Attempt {
    /// Attempts made so far, this one included; starts at 1.
    pub number: u32,
    /// Time since the operation began.
    pub elapsed: Duration,
    /// Time left until the operation's deadline.
    pub remaining: Option<Duration>,
    /// Whether the operation may be repeated.
    pub repeat: Repeat,
    /// What it failed of.
    pub failed: Failed,
    /// How long the vendor asked to wait.
    pub hint: Option<Duration>,
    /// Whether the budget that all calls of a client share has a retry left.
    pub budget: bool,
}

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum Decision {
    /// Try again after this long.
    Retry(Duration),
    /// Give the error to the caller.
    Stop(Stop),
}

/// Why an operation is not tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stop {
    /// Asking again gives the same answer.
    Final,
    /// It may have been processed, and must not run twice.
    Unsafe,
    /// The policy allows no more attempts.
    Attempts,
    /// The policy allows no more time.
    Elapsed,
    /// The next attempt would begin after the deadline.
    Deadline,
    /// Too many calls of this client fail; the server is left alone.
    Budget,
}

impl RetryPolicy {
    /// Four attempts within two minutes, with full jitter under 0.5 s, 1 s, 2 s, at most 20 s.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            max_attempts: 4,
            max_elapsed: Duration::from_mins(2),
            base: Duration::from_millis(500),
            cap: Duration::from_secs(20),
        }
    }

    /// One attempt only. A refused token is still renewed and the call repeated once.
    #[must_use]
    pub const fn never() -> Self {
        Self::new().max_attempts(1)
    }

    /// Caps the attempts, the first one included; 0 counts as 1.
    #[must_use]
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Caps the time from the start of the operation to the start of its last attempt. A wait that the vendor asks for
    /// is bounded by the deadline only.
    #[must_use]
    pub const fn max_elapsed(mut self, elapsed: Duration) -> Self {
        self.max_elapsed = elapsed;
        self
    }

    /// Sets the bound of the first wait, doubled for each later one up to `cap`.
    #[must_use]
    pub const fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.base = base;
        self.cap = cap;
        self
    }

    fn wait(&self, number: u32, jitter: f64) -> Duration {
        let doublings = number.saturating_sub(1).min(20);
        let bound = self.base.saturating_mul(1 << doublings).min(self.cap);
        bound.mul_f64(if jitter.is_finite() {
            jitter.clamp(0.0, 1.0)
        } else {
            1.0
        })
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// Decides what follows a failed attempt. `jitter` is between 0 and 1.
#[must_use]
pub fn decide(policy: &RetryPolicy, attempt: &Attempt, jitter: f64) -> Decision {
    let harmless = match attempt.failed {
        Failed::Finally => return Decision::Stop(Stop::Final),
        Failed::NotSent | Failed::Unprocessed => true,
        Failed::Transient | Failed::Lost => !attempt.repeat.needs_certainty(),
    };
    if !harmless {
        return Decision::Stop(Stop::Unsafe);
    }
    if attempt.number >= policy.max_attempts.max(1) {
        return Decision::Stop(Stop::Attempts);
    }
    // A vendor that says when to come back paces the retries itself.
    if attempt.hint.is_none() && !attempt.budget {
        return Decision::Stop(Stop::Budget);
    }
    let wait = policy.wait(attempt.number, jitter);
    let wait = attempt.hint.map_or(wait, |hint| hint.max(wait));
    if attempt.remaining.is_some_and(|remaining| wait >= remaining) {
        return Decision::Stop(Stop::Deadline);
    }
    if attempt.hint.is_none() && attempt.elapsed.saturating_add(wait) > policy.max_elapsed {
        return Decision::Stop(Stop::Elapsed);
    }
    Decision::Retry(wait)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Attempt, Decision, Failed, RetryPolicy, Stop, decide};
    use crate::operation::Repeat;

    fn first(repeat: Repeat, failed: Failed) -> Attempt {
        Attempt {
            number: 1,
            elapsed: Duration::ZERO,
            remaining: None,
            repeat,
            failed,
            hint: None,
            budget: true,
        }
    }

    #[test]
    fn classes_and_failures() {
        use Failed::{Finally, Lost, NotSent, Transient, Unprocessed};
        use Repeat::{Action, Idempotent, OnlyIfUnprocessed, Read};
        let again = Decision::Retry(Duration::from_millis(250));
        let table = [
            (NotSent, [again; 4]),
            (Unprocessed, [again; 4]),
            (
                Transient,
                [
                    again,
                    again,
                    Decision::Stop(Stop::Unsafe),
                    Decision::Stop(Stop::Unsafe),
                ],
            ),
            (
                Lost,
                [
                    again,
                    again,
                    Decision::Stop(Stop::Unsafe),
                    Decision::Stop(Stop::Unsafe),
                ],
            ),
            (Finally, [Decision::Stop(Stop::Final); 4]),
        ];
        for (failed, wanted) in table {
            for (repeat, wanted) in [Read, Idempotent, OnlyIfUnprocessed, Action]
                .into_iter()
                .zip(wanted)
            {
                let got = decide(&RetryPolicy::new(), &first(repeat, failed), 0.5);
                assert_eq!(got, wanted, "{failed:?} of {repeat:?}");
            }
        }
    }

    #[test]
    fn waits_double_under_a_cap_with_full_jitter() {
        let policy = RetryPolicy::new()
            .max_attempts(99)
            .backoff(Duration::from_secs(1), Duration::from_secs(6));
        for (number, jitter, seconds) in [
            (1, 0.0, 0.0),
            (1, 1.0, 1.0),
            (2, 1.0, 2.0),
            (3, 0.5, 2.0),
            (4, 1.0, 6.0),
            (60, 1.0, 6.0),
            (1, f64::NAN, 1.0),
            (1, 7.0, 1.0),
        ] {
            let attempt = Attempt {
                number,
                ..first(Repeat::Read, Failed::Transient)
            };
            let wanted = Decision::Retry(Duration::from_secs_f64(seconds));
            assert_eq!(
                decide(&policy, &attempt, jitter),
                wanted,
                "{number} {jitter}"
            );
        }
    }

    #[test]
    fn caps() {
        let policy = RetryPolicy::new();
        let base = first(Repeat::Read, Failed::Transient);
        let cases = [
            (
                Attempt {
                    number: 3,
                    ..base.clone()
                },
                Decision::Retry(Duration::from_secs(2)),
            ),
            (
                Attempt {
                    number: 4,
                    ..base.clone()
                },
                Decision::Stop(Stop::Attempts),
            ),
            (
                Attempt {
                    elapsed: Duration::from_mins(2),
                    ..base.clone()
                },
                Decision::Stop(Stop::Elapsed),
            ),
            (
                Attempt {
                    remaining: Some(Duration::from_millis(500)),
                    ..base.clone()
                },
                Decision::Stop(Stop::Deadline),
            ),
            (
                Attempt {
                    budget: false,
                    ..base.clone()
                },
                Decision::Stop(Stop::Budget),
            ),
        ];
        for (attempt, wanted) in cases {
            assert_eq!(decide(&policy, &attempt, 1.0), wanted, "{attempt:?}");
        }
        assert_eq!(
            decide(&RetryPolicy::never(), &base, 1.0),
            Decision::Stop(Stop::Attempts)
        );
        assert_eq!(
            decide(&policy.max_attempts(0), &base, 1.0),
            Decision::Stop(Stop::Attempts)
        );
    }

    #[test]
    fn the_vendors_hint_counts_up_to_the_deadline() {
        let policy = RetryPolicy::new();
        let hint = Some(Duration::from_mins(5));
        let attempt = Attempt {
            hint,
            budget: false,
            ..first(Repeat::Action, Failed::Unprocessed)
        };
        assert_eq!(
            decide(&policy, &attempt, 1.0),
            Decision::Retry(Duration::from_mins(5))
        );
        let late = Attempt {
            remaining: Some(Duration::from_mins(4)),
            ..attempt
        };
        assert_eq!(decide(&policy, &late, 1.0), Decision::Stop(Stop::Deadline));
    }

    #[test]
    fn a_short_hint_does_not_shorten_the_backoff() {
        let attempt = Attempt {
            hint: Some(Duration::ZERO),
            ..first(Repeat::Read, Failed::Transient)
        };
        assert_eq!(
            decide(&RetryPolicy::new(), &attempt, 1.0),
            Decision::Retry(Duration::from_millis(500))
        );
    }
}
