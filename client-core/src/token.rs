//! One token for many callers: fetched on demand, by one of them, and renewed early.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use crate::clock::{Clock, SystemClock};
use crate::credential::{Credential, Token};
use crate::error::{Delivery, Error, ErrorKind};
use crate::redact::Redactor;

/// Holds the current token of one credential. Clones share it.
///
/// - Callers that need a token at the same time wait for one fetch. If its caller is dropped, the next waiter fetches;
///   if it fails, all that waited get its error.
/// - A token is renewed early: 5 minutes before its end or a tenth of its life, whichever is longer, but not in the
///   first half of its life. If an early renewal fails for a passing reason, the old token is used to its end.
/// - A refusal clears only the token that was refused, so 50 parallel refusals lead to one fetch. Tokens that are
///   refused again and again without ever being accepted are fetched at growing intervals.
/// - A refused log-in latches: nothing is fetched until [`set_credential`](Self::set_credential).
///
/// No task is spawned and nothing happens between calls.
#[derive(Clone)]
pub struct TokenCache(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    redactor: Redactor,
    state: Mutex<State>,
    /// Held by the one who fetches.
    fetching: tokio::sync::Mutex<()>,
}

struct State {
    credential: Arc<dyn Credential>,
    /// Counts replacements of the credential.
    epoch: u64,
    current: Option<Current>,
    /// Counts tokens.
    generation: u64,
    /// Counts fetches that ended.
    fetches: u64,
    last_failure: Option<(u64, Error)>,
    /// No early renewal before this, after one failed.
    not_before: Option<Instant>,
    latched: Option<Error>,
    refused_in_a_row: u32,
    fetched_at: Option<Instant>,
}

struct Current {
    lease: Lease,
    renew_at: Option<Instant>,
    ends_at: Option<Instant>,
}

/// A token as it was handed out: used for one attempt.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    pub(crate) secret: SecretString,
    generation: u64,
}

enum Look {
    Use(Lease),
    /// The current token works for now, but should be replaced.
    Renew(Lease),
    Fetch,
    Fail(Error),
}

const EARLY: Duration = Duration::from_mins(5);
/// After a failed early renewal, the next one waits this long.
const RENEW_PAUSE: Duration = Duration::from_secs(30);
/// So many refusals of brand-new tokens are taken for chance.
const PATIENCE: u32 = 2;

impl TokenCache {
    /// A cache with nothing in it. Tokens it fetches are taught to `redactor`.
    pub fn new(credential: Arc<dyn Credential>, redactor: Redactor) -> Self {
        Self::with_clock(credential, redactor, Arc::new(SystemClock))
    }

    /// The same with a clock of its own.
    pub fn with_clock(
        credential: Arc<dyn Credential>,
        redactor: Redactor,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self(Arc::new(Inner {
            clock,
            redactor,
            state: Mutex::new(State {
                credential,
                epoch: 0,
                current: None,
                generation: 0,
                fetches: 0,
                last_failure: None,
                not_before: None,
                latched: None,
                refused_in_a_row: 0,
                fetched_at: None,
            }),
            fetching: tokio::sync::Mutex::new(()),
        }))
    }

    /// Takes another credential: the token is dropped and a refused log-in forgotten.
    pub fn set_credential(&self, credential: Arc<dyn Credential>) {
        let mut state = self.0.lock();
        state.credential = credential;
        state.epoch += 1;
        state.current = None;
        state.latched = None;
        state.last_failure = None;
        state.refused_in_a_row = 0;
    }

    /// The error of a refused log-in, if there was one.
    pub fn latched(&self) -> Option<Error> {
        self.0.lock().latched.clone()
    }

    /// A current token, fetched if need be.
    ///
    /// # Errors
    ///
    /// Those of [`Credential::fetch`]; the kept one after a refused log-in.
    pub async fn token(&self) -> Result<SecretString, Error> {
        self.lease().await.map(|lease| lease.secret)
    }

    pub(crate) async fn lease(&self) -> Result<Lease, Error> {
        let seen = match self.0.look() {
            (_, Look::Use(lease)) => return Ok(lease),
            (_, Look::Fail(error)) => return Err(error),
            (_, Look::Renew(lease)) => {
                // One caller renews; the others go on with the old token.
                let Ok(guard) = self.0.fetching.try_lock() else {
                    return Ok(lease);
                };
                return match self.0.look().1 {
                    Look::Renew(old) => self.0.renew(old, guard).await,
                    Look::Use(lease) => Ok(lease),
                    Look::Fetch => self.0.fetch(guard).await,
                    Look::Fail(error) => Err(error),
                };
            }
            (seen, Look::Fetch) => seen,
        };
        let guard = self.0.fetching.lock().await;
        match self.0.look().1 {
            Look::Use(lease) | Look::Renew(lease) => Ok(lease),
            Look::Fail(error) => Err(error),
            Look::Fetch => match self.0.failure_after(seen) {
                Some(error) => Err(error),
                None => self.0.fetch(guard).await,
            },
        }
    }

    /// True if this is still the token to use.
    pub(crate) fn is_current(&self, lease: &Lease) -> bool {
        self.0
            .lock()
            .current
            .as_ref()
            .is_some_and(|current| current.lease.generation == lease.generation)
    }

    /// The vendor took this token.
    pub(crate) fn accepted(&self, lease: &Lease) {
        let mut state = self.0.lock();
        if state.generation == lease.generation {
            state.refused_in_a_row = 0;
        }
    }

    /// The vendor refused this token. True if another one can be had.
    pub(crate) fn refused(&self, lease: &Lease) -> bool {
        let now = self.0.clock.now();
        let mut state = self.0.lock();
        if state.latched.is_some() {
            return false;
        }
        match &state.current {
            // Another caller was refused before and the token is already gone or replaced.
            None => return true,
            Some(current) if current.lease.generation != lease.generation => return true,
            Some(_) => {}
        }
        let pause = Duration::from_secs(1 << state.refused_in_a_row.min(8));
        let young = state
            .fetched_at
            .is_some_and(|at| now.saturating_duration_since(at) < pause);
        if state.refused_in_a_row >= PATIENCE && young {
            return false;
        }
        state.refused_in_a_row += 1;
        state.current = None;
        true
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) -> (u64, Look) {
        let now = self.clock.now();
        let state = self.lock();
        let look = match (&state.latched, &state.current) {
            (Some(error), _) => Look::Fail(error.clone().with_delivery(Delivery::NotSent)),
            (None, Some(current)) if current.ends_at.is_none_or(|end| now < end) => {
                let due = current.renew_at.is_some_and(|at| now >= at);
                let paused = state.not_before.is_some_and(|at| now < at);
                if due && !paused {
                    Look::Renew(current.lease.clone())
                } else {
                    Look::Use(current.lease.clone())
                }
            }
            (None, _) => Look::Fetch,
        };
        (state.fetches, look)
    }

    /// The error of a fetch that ended after `seen` fetches had: the one that this caller was waiting for.
    fn failure_after(&self, seen: u64) -> Option<Error> {
        self.lock()
            .last_failure
            .as_ref()
            .filter(|(at, _)| *at > seen)
            .map(|(_, error)| error.clone())
    }

    async fn renew(
        &self,
        old: Lease,
        guard: tokio::sync::MutexGuard<'_, ()>,
    ) -> Result<Lease, Error> {
        match self.fetch(guard).await {
            Ok(lease) => Ok(lease),
            Err(error) if is_final(&error) => Err(error),
            Err(error) => {
                tracing::debug!(error = %error, "token renewal failed; the old token is still valid");
                self.lock().not_before = Some(self.clock.now() + RENEW_PAUSE);
                Ok(old)
            }
        }
    }

    /// Fetches; `_guard` makes it the only one.
    async fn fetch(&self, _guard: tokio::sync::MutexGuard<'_, ()>) -> Result<Lease, Error> {
        loop {
            let (credential, epoch) = {
                let state = self.lock();
                (Arc::clone(&state.credential), state.epoch)
            };
            let result = credential.fetch().await;
            // What a credential got that was replaced meanwhile is no longer wanted.
            if let Some(outcome) = self.store(epoch, result) {
                return outcome;
            }
        }
    }

    fn store(&self, epoch: u64, result: Result<Token, Error>) -> Option<Result<Lease, Error>> {
        let (now, wall) = (self.clock.now(), self.clock.timestamp());
        let mut state = self.lock();
        if state.epoch != epoch {
            return None;
        }
        state.fetches += 1;
        match result {
            Ok(token) => {
                self.redactor.learn_secret(&token.secret);
                state.generation += 1;
                state.fetched_at = Some(now);
                state.not_before = None;
                state.last_failure = None;
                let lease = Lease {
                    secret: token.secret.clone(),
                    generation: state.generation,
                };
                state.current = Some(Current::new(lease.clone(), &token, now, wall));
                Some(Ok(lease))
            }
            Err(error) => {
                if is_final(&error) {
                    state.latched = Some(error.clone());
                    state.current = None;
                }
                state.last_failure = Some((state.fetches, error.clone()));
                Some(Err(error))
            }
        }
    }
}

impl Current {
    fn new(lease: Lease, token: &Token, now: Instant, wall: jiff::Timestamp) -> Self {
        let life = token
            .expires_at
            .map(|end| Duration::try_from(end.duration_since(wall)).unwrap_or_default());
        let good = life.map(|life| life.saturating_sub(EARLY.max(life / 10).min(life / 2)));
        Self {
            lease,
            renew_at: good.map(|good| now + good),
            ends_at: life.map(|life| now + life),
        }
    }
}

fn is_final(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Credentials | ErrorKind::Scope)
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.0.lock();
        f.debug_struct("TokenCache")
            .field("generation", &state.generation)
            .field("has_token", &state.current.is_some())
            .field("latched", &state.latched.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
