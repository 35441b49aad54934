//! The client that vendor clients wrap.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::sync::Semaphore;
use url::Url;

use crate::budget::RetryBudget;
use crate::builder::ClientBuilder;
use crate::call::Call;
use crate::clock::Clock;
use crate::complete::Complete;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::items::Items;
use crate::limits::Limits;
use crate::observe::Observer;
use crate::pager::Pager;
use crate::pipeline;
use crate::redact::Redactor;
use crate::retry::RetryPolicy;

/// Sends calls. A cheap clone of one shared core; give every task its own.
#[derive(Clone)]
pub struct Client {
    pub(crate) core: Arc<Core>,
}

pub(crate) struct Core {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
    pub(crate) dialect: Arc<dyn Dialect>,
    pub(crate) settings: Settings,
    pub(crate) shared: Arc<Shared>,
    pub(crate) slots: Option<Arc<Semaphore>>,
    pub(crate) latch: Mutex<Option<Error>>,
}

/// What clients derived from each other have in common.
pub(crate) struct Shared {
    pub(crate) limits: Limits,
    pub(crate) budget: RetryBudget,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) redactor: Redactor,
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) deadline: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) read_timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) max_body: usize,
    pub(crate) max_in_flight: Option<usize>,
    pub(crate) allow_plain_http: bool,
}

/// An answer as it came, for calls that need more than their decoder gives.
#[derive(Clone)]
#[non_exhaustive]
pub struct Raw {
    /// The HTTP status.
    pub status: u16,
    /// The allow-listed headers; see [`Redactor::show_headers`].
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl Raw {
    pub(crate) fn recorded(body: &[u8]) -> Self {
        Self {
            status: 200,
            headers: HeaderMap::new(),
            body: body.to_vec(),
        }
    }
}

/// Bodies can hold anything, so only the size is printed.
impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raw")
            .field("status", &self.status)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Starts a client for the API at `base` (scheme, host, port and perhaps a path that all calls share), speaking
    /// `dialect`.
    pub fn builder(base: impl AsRef<str>, dialect: impl Dialect) -> ClientBuilder {
        ClientBuilder::new(base.as_ref(), Arc::new(dialect))
    }

    /// Sends a call and decodes its answer.
    ///
    /// # Errors
    ///
    /// Any kind. For calls that write, [`Error::delivery`] tells whether the vendor may have done it. Dropping the
    /// future while a write is under way leaves its outcome unknown too.
    pub async fn send<T>(&self, call: Call<T>) -> Result<T, Error> {
        pipeline::send(&self.core, &call)
            .await
            .map(|answer| answer.value)
    }

    /// Sends a call whose one answer is the whole listing.
    ///
    /// Only for endpoints that document it: what this returns is trusted to be complete, and things that are not in it
    /// may be taken for deleted.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_complete<T>(&self, call: Call<T>) -> Result<Complete<T>, Error> {
        self.send(call).await.map(Complete::new)
    }

    /// Sends a call and gives its answer undecoded, but classified: a refusal is an error here too.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), without the kind `Decode`.
    pub async fn send_raw<T>(&self, call: Call<T>) -> Result<Raw, Error> {
        let call = Call::<Raw>::undecoded(call);
        pipeline::send(&self.core, &call)
            .await
            .map(|answer| answer.value)
    }

    /// Lists with `pager`, asking for each page as the stream reaches it. Nothing is sent before that.
    pub fn items<P: Pager>(&self, pager: P) -> Items<P::Item> {
        Items::new(self.clone(), pager)
    }

    /// A client of another dialect at another path of the same origin. It shares connections, limits, retry budget,
    /// clock, redactor and settings, but not the slots of `max_in_flight`: a log-in must not wait for the call that
    /// needs it.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config) if `path` does not start with a slash.
    pub fn derive(&self, path: &str, dialect: impl Dialect) -> Result<Self, Error> {
        if !path.starts_with('/') {
            return Err(Error::config("the path of a base starts with a slash"));
        }
        let mut base = self.core.base.clone();
        base.set_path(path);
        Ok(Self {
            core: Arc::new(Core {
                http: self.core.http.clone(),
                base,
                dialect: Arc::new(dialect),
                settings: self.core.settings.clone(),
                shared: Arc::clone(&self.core.shared),
                slots: self
                    .core
                    .settings
                    .max_in_flight
                    .map(|slots| Arc::new(Semaphore::new(slots))),
                latch: Mutex::new(None),
            }),
        })
    }

    /// The base address.
    pub fn base(&self) -> &Url {
        &self.core.base
    }

    /// The budget of requests, shared with all clones.
    pub fn limits(&self) -> &Limits {
        &self.core.shared.limits
    }

    /// The redactor, shared with all clones.
    pub fn redactor(&self) -> &Redactor {
        &self.core.shared.redactor
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.core.shared.clock
    }

    /// True if `url` has the scheme, host and port of the base: only then may a link of an answer be followed.
    pub fn is_same_origin(&self, url: &Url) -> bool {
        self.core.base.origin() == url.origin()
    }

    /// The error of a refused key, after which nothing more is sent.
    pub fn latched(&self) -> Option<Error> {
        let own = self
            .core
            .latch
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        own.or_else(|| {
            self.core
                .dialect
                .tokens()
                .and_then(crate::TokenCache::latched)
        })
    }

    /// Forgets a refused key: for when the vendor client got other credentials or the host knows better. A refused
    /// log-in is forgotten by [`TokenCache::set_credential`](crate::TokenCache::set_credential).
    pub fn unlatch(&self) {
        *self
            .core
            .latch
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.core.base.as_str())
            .finish_non_exhaustive()
    }
}

const _: () = {
    const fn shareable<T: Send + Sync + Clone + 'static>() {}
    shareable::<Client>();
    shareable::<Limits>();
    shareable::<Error>();
    shareable::<Call<()>>();
};
