//! When the limits are taken from the account, without being asked to.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use client_core::{AttemptReport, Clock, Observer};
use tokio::runtime::Handle;
use tokio::sync::OnceCell;

use crate::client::{Client, Inner};
use crate::system::{self, REQUEST_RATE};

/// When the request limits, and what others used of them, are taken from the account.
///
/// By default before the first request, which waits for it, and then every 15 minutes, after every 2,000 requests and
/// after a 429, beside the other requests; but never more than once a minute, and one at a time for all clones. Each
/// costs one read. A failure is not told: the budget stays as it was until the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CalibrationPolicy {
    /// Before the first request, unless [`Client::calibrate`] came before it. That is one try of ten seconds at most; the
    /// first requests of all clones wait for it, within their deadlines, and then go on whatever came of it.
    pub at_start: bool,
    /// After this long, counted from the last one; 15 minutes by default.
    pub every: Option<Duration>,
    /// After this many requests; 2,000 by default.
    pub after_requests: Option<u32>,
    /// After a 429: our windows had room, so others draw on the account, or its limits changed.
    pub after_refusal: bool,
    /// The shortest time between two; a minute by default.
    pub at_most_every: Duration,
}

impl Default for CalibrationPolicy {
    fn default() -> Self {
        Self {
            at_start: true,
            every: Some(Duration::from_mins(15)),
            after_requests: Some(2_000),
            after_refusal: true,
            at_most_every: Duration::from_mins(1),
        }
    }
}

impl CalibrationPolicy {
    /// Never by itself: only [`Client::calibrate`] takes the limits over.
    #[must_use]
    pub fn off() -> Self {
        Self {
            at_start: false,
            every: None,
            after_requests: None,
            after_refusal: false,
            at_most_every: Duration::ZERO,
        }
    }

    /// Sets whether before the first request. Without it, the first [`Client::calibrate`] starts all the others.
    #[must_use]
    pub fn at_start(mut self, at_start: bool) -> Self {
        self.at_start = at_start;
        self
    }

    /// Sets after how long, if at all.
    #[must_use]
    pub fn every(mut self, every: impl Into<Option<Duration>>) -> Self {
        self.every = every.into();
        self
    }

    /// Sets after how many requests, if at all.
    #[must_use]
    pub fn after_requests(mut self, requests: impl Into<Option<u32>>) -> Self {
        self.after_requests = requests.into();
        self
    }

    /// Sets whether after a 429.
    #[must_use]
    pub fn after_refusal(mut self, after_refusal: bool) -> Self {
        self.after_refusal = after_refusal;
        self
    }

    /// Sets the shortest time between two.
    #[must_use]
    pub fn at_most_every(mut self, pause: Duration) -> Self {
        self.at_most_every = pause;
        self
    }
}

/// Watches the attempts of all clones, and calibrates when it is due.
pub(crate) struct Calibrator {
    policy: CalibrationPolicy,
    clock: Arc<dyn Clock>,
    host: Option<Arc<dyn Observer>>,
    client: OnceLock<Weak<Inner>>,
    /// The one before the first request; whoever is there when it is given up tries it again.
    opening: OnceCell<()>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The last try, successful or not; `None` before the first.
    last: Option<Instant>,
    requests: u32,
    was_refused: bool,
    is_running: bool,
}

/// Ends a run, also one that is dropped half way.
struct Run(Arc<Inner>);

impl Calibrator {
    pub(crate) fn new(
        policy: CalibrationPolicy,
        clock: Arc<dyn Clock>,
        host: Option<Arc<dyn Observer>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            policy,
            clock,
            host,
            client: OnceLock::new(),
            opening: OnceCell::new(),
            state: Mutex::default(),
        })
    }

    /// The client whose limits they are.
    pub(crate) fn watch(&self, client: &Client) {
        // A second client would be another account's.
        let _ = self.client.set(Arc::downgrade(&client.0));
    }

    /// It was tried, by the host or by itself, with whatever success.
    pub(crate) fn tried(&self) {
        let mut state = self.lock();
        state.last = Some(self.clock.now());
        (state.requests, state.was_refused) = (0, false);
    }

    /// Calibrates if nobody did yet. All who come meanwhile wait for the one.
    pub(crate) async fn open(&self) {
        if !self.policy.at_start {
            return;
        }
        let open = || async {
            if self.lock().last.is_none()
                && let Some(inner) = self.client.get().and_then(Weak::upgrade)
            {
                // What goes wrong here goes wrong with the request itself too, which tells it.
                let _ = Client(inner).calibrate_by(system::rate_at_once()).await;
            }
        };
        self.opening.get_or_init(open).await;
    }

    /// Counts a request; true if this one makes a calibration due, which is then begun.
    fn begins(&self, refused: bool) -> bool {
        let now = self.clock.now();
        let policy = &self.policy;
        let mut state = self.lock();
        state.requests = state.requests.saturating_add(1);
        state.was_refused |= refused;
        let is_due = state.last.is_some_and(|last| {
            let since = now.saturating_duration_since(last);
            since >= policy.at_most_every
                && (policy.every.is_some_and(|every| since >= every)
                    || policy
                        .after_requests
                        .is_some_and(|requests| state.requests >= requests)
                    || (policy.after_refusal && state.was_refused))
        });
        if !is_due || state.is_running {
            return false;
        }
        state.is_running = true;
        state.last = Some(now);
        (state.requests, state.was_refused) = (0, false);
        true
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Calibrator {
    fn attempt(&self, report: &AttemptReport) {
        if let Some(host) = &self.host {
            host.attempt(report);
        }
        // Its own requests call for no further ones.
        if report.operation.name() == REQUEST_RATE.name()
            || !self.begins(report.status == Some(429))
        {
            return;
        }
        let inner = self.client.get().and_then(Weak::upgrade);
        let Some((inner, runtime)) = inner.zip(Handle::try_current().ok()) else {
            self.lock().is_running = false;
            return;
        };
        let run = Run(inner);
        drop(runtime.spawn(async move {
            // Told nobody: what was known holds until the next time.
            let _ = Client(Arc::clone(&run.0)).calibrate().await;
            drop(run);
        }));
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.0.calibrator.lock().is_running = false;
    }
}
