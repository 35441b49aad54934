//! Settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use client_core::{
    BudgetFile, Clock, Error, ExposeSecret, Limits, Observer, Redactor, RetryPolicy, SecretString,
    SystemClock, TokenCache, reqwest,
};

use crate::auth::{self, PasswordGrant, TokenDialect};
use crate::budget::{self, CalibrationPolicy, Calibrator};
use crate::classify::RmmDialect;
use crate::client::{Client, Inner};
use crate::paging::LARGEST_PAGE;
use crate::platform::ApiUrl;

/// Long enough to sit out a block by the vendor's gateway.
const DEADLINE: Duration = Duration::from_mins(10);
/// Requests at the same time; the vendor's answers are slow, and its limits low.
const IN_FLIGHT: usize = 8;
const PAGES_AT_ONCE: usize = 8;

/// Builds a [`Client`]; made by [`Client::builder`].
#[must_use]
pub struct ClientBuilder {
    address: ApiUrl,
    key: SecretString,
    secret: SecretString,
    core: client_core::ClientBuilder,
    clock: Arc<dyn Clock>,
    limits: Option<Limits>,
    budget_file: Option<BudgetFile>,
    calibration: CalibrationPolicy,
    observer: Option<Arc<dyn Observer>>,
    page_size: u32,
    page_concurrency: usize,
}

impl ClientBuilder {
    pub(crate) fn new(address: ApiUrl, key: SecretString, secret: SecretString) -> Self {
        let core = client_core::Client::builder(format!("{address}{}", auth::BASE), TokenDialect)
            .user_agent(concat!("datto-rmm-rust/", env!("CARGO_PKG_VERSION")))
            .deadline(DEADLINE)
            .max_in_flight(IN_FLIGHT);
        // Asked for by name: only `ApiUrl::parse_insecure` makes such an address.
        let core = if address.is_plain_http() {
            core.allow_plain_http()
        } else {
            core
        };
        Self {
            address,
            key,
            secret,
            core,
            clock: Arc::new(SystemClock::default()),
            limits: None,
            budget_file: None,
            calibration: CalibrationPolicy::default(),
            observer: None,
            page_size: LARGEST_PAGE,
            page_concurrency: PAGES_AT_ONCE,
        }
    }

    /// Uses a ready HTTP client instead of our own: for hosts with a TLS set-up or proxy of their own.
    ///
    /// It must not follow redirects (`redirect::Policy::none()`) nor repeat requests (`retry::never()`). The settings of
    /// this builder about TLS, proxy, user agent and connecting are then not used.
    pub fn with_http(mut self, http: reqwest::Client) -> Self {
        self.core = self.core.with_http(http);
        self
    }

    /// Sets the `User-Agent`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.core = self.core.user_agent(user_agent);
        self
    }

    /// Caps the time to make a connection; 10 seconds by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.core = self.core.connect_timeout(timeout);
        self
    }

    /// Caps the time between two pieces of an answer; 30 seconds by default.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.core = self.core.read_timeout(timeout);
        self
    }

    /// Caps one attempt; 2 minutes by default.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.core = self.core.attempt_timeout(timeout);
        self
    }

    /// Caps an operation with all its waits and retries; 10 minutes by default, which sits out a block by the vendor's
    /// gateway. With less, a blocked call fails at once.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.core = self.core.deadline(deadline);
        self
    }

    /// Sets the retry policy.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.core = self.core.retry(policy);
        self
    }

    /// Caps the retries that failing calls may make together; 50 by default, refilled by successes.
    pub fn retry_budget(mut self, retries: u32) -> Self {
        self.core = self.core.retry_budget(retries);
        self
    }

    /// Caps the requests under way at the same time; 8 by default.
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.core = self.core.max_in_flight(requests);
        self
    }

    /// Caps an answer's size, in bytes after decompression; 32 MiB by default.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.core = self.core.max_body(bytes);
        self
    }

    /// Shares a request budget, made by another client of the same account. Give it the same [`clock`](Self::clock).
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Shares the request budget with other processes through a file: those that name the same one count together, and
    /// tell each other limits, pauses and blocks. One account, one file; see [`BudgetFile`].
    pub fn budget_file(mut self, file: impl Into<BudgetFile>) -> Self {
        self.budget_file = Some(file.into());
        self
    }

    /// Sets when the request limits are taken from the account; see [`CalibrationPolicy`].
    pub fn calibration(mut self, policy: CalibrationPolicy) -> Self {
        self.calibration = policy;
        self
    }

    /// Sets how many rows a page of a listing has, 1 to 250; 250 by default.
    pub fn page_size(mut self, rows: u32) -> Self {
        self.page_size = rows;
        self
    }

    /// Caps the pages of one listing that are asked for at the same time; 8 by default, 1 for one after the other. They
    /// come in order all the same. [`Items::concurrency`](client_core::Items::concurrency) sets it for one listing.
    pub fn page_concurrency(mut self, pages: usize) -> Self {
        self.page_concurrency = pages.max(1);
        self
    }

    /// Sets the clock.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Arc::clone(&clock);
        self.core = self.core.clock(clock);
        self
    }

    /// Sets who is told about every attempt.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Ignores the proxy settings of the environment.
    pub fn no_proxy(mut self) -> Self {
        self.core = self.core.no_proxy();
        self
    }

    /// Trusts these root certificates (PEM, one or more) and no others.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.core = self.core.root_certificates(pem);
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// `Config`: key or secret is empty; the page size is none; the certificates are unreadable; the system has no trust store; no TLS or no
    /// crypto provider is compiled in or installed.
    ///
    /// ```no_run
    /// use datto_rmm::{Client, Platform};
    ///
    /// # fn run() -> Result<(), datto_rmm::Error> {
    /// let client = Client::builder(Platform::Merlot.try_into()?, "EXAMPLE-KEY", "EXAMPLE-SECRET").build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn build(self) -> Result<Client, Error> {
        for (text, what) in [
            (&self.key, "the API key is empty"),
            (&self.secret, "the API secret is empty"),
        ] {
            if text.expose_secret().trim().is_empty() {
                return Err(Error::config(what));
            }
        }
        if !(1..=LARGEST_PAGE).contains(&self.page_size) {
            return Err(Error::config(format!(
                "a page of {} rows; the vendor gives 1 to {LARGEST_PAGE}",
                self.page_size
            )));
        }
        let redactor = Redactor::new();
        // Variables, user-defined fields and what scripts print hold anything.
        redactor.add_secret_keys(&[
            "value",
            "udf",
            "defaultVal",
            "stdData",
            "diagnostics",
            "samples",
        ]);
        let limits = self
            .limits
            .unwrap_or_else(|| budget::assumed(Arc::clone(&self.clock)));
        if let Some(file) = self.budget_file {
            limits.share(file);
        }
        let calibrator = Calibrator::new(self.calibration, Arc::clone(&self.clock), self.observer);
        let login = self
            .core
            .limits(limits)
            .observer(Arc::clone(&calibrator) as Arc<dyn Observer>)
            .redactor(redactor.clone())
            .build()?;
        let grant = PasswordGrant::new(login.clone(), &self.key, &self.secret);
        let tokens = TokenCache::with_clock(Arc::new(grant), redactor, self.clock);
        let core = login.derive(
            "/api",
            RmmDialect {
                tokens: tokens.clone(),
                calibrator: Arc::clone(&calibrator),
            },
        )?;
        let client = Client(Arc::new(Inner {
            core,
            login,
            tokens,
            address: self.address,
            page_size: self.page_size,
            page_concurrency: self.page_concurrency,
            calibrator,
        }));
        client.0.calibrator.watch(&client);
        Ok(client)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use client_core::ErrorKind;

    use crate::{ApiUrl, Client};

    #[test]
    fn empty_credentials_are_refused_before_anything_is_sent() {
        let address: ApiUrl = "http://127.0.0.1:1".parse().unwrap();
        for (key, secret) in [
            ("", "CANARY"),
            (" \n", "CANARY"),
            ("CANARY", ""),
            ("CANARY", "\r\n"),
        ] {
            let error = Client::builder(address.clone(), key, secret)
                .build()
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(!format!("{error} {error:?}").contains("CANARY"));
        }
    }

    #[test]
    fn page_sizes_that_the_vendor_does_not_give_are_refused() {
        let address: ApiUrl = "http://127.0.0.1:1".parse().unwrap();
        let build = |rows| {
            let builder = Client::builder(address.clone(), "EXAMPLE-KEY", "EXAMPLE-SECRET");
            builder.page_size(rows).build()
        };
        assert!(build(1).is_ok() && build(250).is_ok());
        for rows in [0, 251, u32::MAX] {
            let error = build(rows).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(&rows.to_string()), "{error}");
        }
    }

    #[test]
    fn debug_prints_no_credentials() {
        let address: ApiUrl = "http://127.0.0.1:1".parse().unwrap();
        let builder = Client::builder(address, "CANARY-KEY", "CANARY-SECRET");
        assert!(!format!("{builder:?}").contains("CANARY"));
        assert!(!format!("{:?}", builder.build().unwrap()).contains("CANARY"));
    }
}
