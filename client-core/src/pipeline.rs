//! The way of a call: deadline → retry → token → what comes first → rate limit → signature → send → capped read →
//! classify → decode.
//!
//! A token is fetched before a place in the budget is taken, because the log-in needs a place too; it is looked at once
//! more when the place is there.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use tracing::{Instrument, Span, debug, field};

use crate::call::Call;
use crate::client::Core;
use crate::disposition::{Failure, Processed, Throttle};
use crate::error::{Delivery, Error, ErrorKind};
use crate::observe::AttemptReport;
use crate::operation::Repeat;
use crate::request::Request;
use crate::retry::{Attempt, Decision, Failed, RetryPolicy, decide};

mod attempt;

use attempt::{Ended, Sent};

/// A decoded answer, and a fingerprint of the body it came from.
pub(crate) struct Answer<T> {
    pub(crate) value: T,
    pub(crate) fingerprint: u64,
}

/// One operation under way.
struct Run<'c> {
    core: &'c Core,
    request: &'c Request,
    policy: &'c RetryPolicy,
    max_body: usize,
    started: Instant,
    deadline: Instant,
    /// Attempts that count for the policy.
    attempts: u32,
    /// What may have happened at the vendor so far.
    delivery: Delivery,
    /// Set once a refused token or signature was replaced: it is done once per operation.
    renewed: bool,
}

/// Why an attempt failed, and what that means for the next one.
struct Setback {
    error: Error,
    failed: Failed,
    hint: Option<Duration>,
    /// Repeat at once, without counting: credentials were renewed.
    again: bool,
}

pub(crate) async fn send<T>(core: &Core, call: &Call<T>) -> Result<Answer<T>, Error> {
    call.check()?;
    let request = call.request();
    let operation = request.operation();
    let span = tracing::info_span!(
        "operation",
        name = operation.name(),
        method = operation.method().as_str(),
        target = %core.shared.redactor.target(request.path(), request.query()),
        attempts = field::Empty,
        outcome = field::Empty,
    );
    let started = core.shared.clock.now();
    let run = Run {
        core,
        request,
        policy: call.retry.as_ref().unwrap_or(&core.settings.retry),
        max_body: call.max_body.unwrap_or(core.settings.max_body),
        started,
        deadline: started
            + call
                .deadline
                .unwrap_or(core.settings.deadline)
                .min(Duration::from_hours(24 * 365)),
        attempts: 0,
        delivery: Delivery::NotSent,
        renewed: false,
    };
    run.until_done(call).instrument(span).await
}

impl Run<'_> {
    async fn until_done<T>(mut self, call: &Call<T>) -> Result<Answer<T>, Error> {
        loop {
            let setback = match self.once(call).await {
                Ok(answer) => {
                    self.core.shared.budget.success();
                    Span::current()
                        .record("attempts", self.attempts)
                        .record("outcome", "ok");
                    return Ok(answer);
                }
                Err(setback) => setback,
            };
            self.delivery = self.delivery.and(self.delivery_of(&setback.error));
            if setback.again {
                continue;
            }
            let remaining = self.remaining();
            let attempt = Attempt {
                number: self.attempts,
                elapsed: self
                    .core
                    .shared
                    .clock
                    .now()
                    .saturating_duration_since(self.started),
                remaining: Some(remaining),
                repeat: self.request.operation.repeat_class(),
                failed: setback.failed,
                hint: setback.hint,
                budget: self.core.shared.budget.has(),
            };
            match decide(self.policy, &attempt, fastrand::f64()) {
                Decision::Retry(wait) => {
                    if setback.hint.is_none() {
                        self.core.shared.budget.take();
                    }
                    debug!(error = %setback.error, wait_ms = wait.as_millis(), "trying again");
                    self.core
                        .shared
                        .clock
                        .sleep_until(self.core.shared.clock.now() + wait)
                        .await;
                }
                Decision::Stop(stop) => {
                    let error = setback
                        .error
                        .with_operation(self.request.operation.name())
                        .with_attempts(self.attempts)
                        .with_delivery(self.delivery);
                    Span::current()
                        .record("attempts", self.attempts)
                        .record("outcome", error.kind().as_str());
                    debug!(error = %error, ?stop, "failed");
                    return Err(error);
                }
            }
        }
    }

    /// A read has no outcome that anybody could be in doubt about.
    fn delivery_of(&self, error: &Error) -> Delivery {
        match (error.delivery(), self.request.operation.repeat_class()) {
            (Delivery::Unknown, Repeat::Read) => Delivery::Refused,
            (delivery, _) => delivery,
        }
    }

    fn remaining(&self) -> Duration {
        self.deadline
            .saturating_duration_since(self.core.shared.clock.now())
    }

    async fn once<T>(&mut self, call: &Call<T>) -> Result<Answer<T>, Setback> {
        self.refuse_latched()?;
        let began = self.core.shared.clock.now();
        let ready = self.ready().await?;
        // The key may have been refused while this call waited.
        self.refuse_latched()?;
        let out = self.outgoing(ready.lease()).map_err(Setback::last)?;
        let waited = self
            .core
            .shared
            .clock
            .now()
            .saturating_duration_since(began);
        self.attempts += 1;
        let number = self.attempts;
        let span = tracing::debug_span!("attempt", number, status = field::Empty);
        let sending = Instant::now();
        let ended = self.attempt(ready, out).instrument(span.clone()).await;
        let (status, result) = match ended {
            Ended::Answered(sent) => {
                span.record("status", sent.raw.status);
                (Some(sent.raw.status), self.decoded(call, sent))
            }
            Ended::Failed { status, setback } => (status, Err(*setback)),
        };
        if let Some(observer) = &self.core.shared.observer {
            observer.attempt(&AttemptReport {
                operation: self.request.operation,
                number,
                status,
                error: result.as_ref().err().map(|setback| setback.error.kind()),
                duration: sending.elapsed(),
                waited,
            });
        }
        if result.as_ref().is_err_and(|setback| setback.again) {
            // The one repetition with fresh credentials is outside the count.
            self.attempts -= 1;
        }
        result
    }

    fn refuse_latched(&self) -> Result<(), Setback> {
        let latched = self
            .core
            .latch
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match latched {
            Some(error) if self.request.credentials => {
                Err(Setback::last(error.with_delivery(Delivery::NotSent)))
            }
            _ => Ok(()),
        }
    }

    fn decoded<T>(&self, call: &Call<T>, sent: Sent) -> Result<Answer<T>, Setback> {
        match (call.decoder)(&sent.raw) {
            Ok(value) => Ok(Answer {
                value,
                fingerprint: fingerprint(&sent.raw.body),
            }),
            Err(error) => {
                let kind = if error.is_malformed() {
                    ErrorKind::Malformed
                } else {
                    ErrorKind::Decode
                };
                let redactor = &self.core.shared.redactor;
                let mut full = Error::new(kind, redactor.scrub(&error.to_string()))
                    .with_status(sent.raw.status)
                    .with_body_excerpt(redactor.excerpt(&sent.raw.body, EXCERPT))
                    .with_delivery(Delivery::Unknown);
                if let Some(path) = error.path() {
                    full = full.with_decode_path(redactor.scrub(path));
                }
                if let Some(id) = sent.request_id {
                    full = full.with_request_id(id);
                }
                let failed = if error.is_malformed() {
                    Failed::Transient
                } else {
                    Failed::Finally
                };
                Err(Setback {
                    error: full,
                    failed,
                    hint: None,
                    again: false,
                })
            }
        }
    }

    /// Tells the budget about a refusal, and gives the wait that it means.
    fn throttle(&self, failure: &Failure) -> Option<Duration> {
        let limits = &self.core.shared.limits;
        let charges = self.request.operation.charge_names();
        let wait = match failure.throttle {
            None => return failure.retry_after,
            Some(Throttle::Window) => {
                let window = || limits.longest_window(charges).unwrap_or(WINDOW);
                failure.retry_after.unwrap_or_else(window)
            }
            Some(Throttle::For(wait)) => {
                limits.pause(charges, wait.min(LONGEST_PAUSE));
                return Some(wait);
            }
            Some(Throttle::Block(wait)) => {
                let wait = failure.retry_after.map_or(wait, |hint| hint.max(wait));
                limits.block(wait.min(LONGEST_PAUSE));
                return Some(wait);
            }
        };
        limits.pause(charges, wait.min(LONGEST_PAUSE));
        Some(wait)
    }

    fn setback(&self, mut failure: Failure, status: u16, body: &[u8], again: bool) -> Setback {
        let redactor = &self.core.shared.redactor;
        let hint = self.throttle(&failure);
        let unprocessed = failure.processed == Processed::No;
        let failed = match (failure.transient, unprocessed) {
            (false, _) => Failed::Finally,
            (true, true) => Failed::Unprocessed,
            (true, false) => Failed::Transient,
        };
        failure.vendor_message = failure.vendor_message.map(|text| redactor.scrub(&text));
        failure.vendor_code = failure.vendor_code.map(|code| redactor.scrub(&code));
        failure.request_id = failure.request_id.map(|id| redactor.scrub(&id));
        failure.message = redactor.scrub(&failure.message);
        failure.retry_after = hint;
        let latch = failure.latch && !again;
        let mut error = failure
            .into_error(&self.request.operation)
            .with_status(status)
            .with_delivery(if unprocessed {
                Delivery::Refused
            } else {
                Delivery::Unknown
            });
        if !body.is_empty() {
            error = error.with_body_excerpt(redactor.excerpt(body, EXCERPT));
        }
        if latch {
            *self
                .core
                .latch
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
        }
        Setback {
            error,
            failed,
            hint,
            again,
        }
    }
}

impl Setback {
    /// Asking again is pointless.
    fn last(error: Error) -> Self {
        Self {
            error,
            failed: Failed::Finally,
            hint: None,
            again: false,
        }
    }
}

/// Characters of a body that an error keeps.
const EXCERPT: usize = 500;
/// One hint stops all callers for no longer: after that one of them asks again.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// How long to wait after a 429 without a hint, for requests without a window.
const WINDOW: Duration = Duration::from_mins(1);

fn fingerprint(body: &[u8]) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}
