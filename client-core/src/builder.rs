//! Settings of a client, and the checks of its address.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Semaphore;
use url::{Host, Url};

use crate::budget::RetryBudget;
use crate::client::{Client, Core, Settings, Shared};
use crate::clock::{Clock, SystemClock};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::limits::Limits;
use crate::observe::Observer;
use crate::redact::Redactor;
use crate::retry::RetryPolicy;

/// Builds a [`Client`]; made by [`Client::builder`].
#[must_use]
pub struct ClientBuilder {
    base: Result<Url, Error>,
    dialect: Arc<dyn Dialect>,
    settings: Settings,
    http: Option<reqwest::Client>,
    user_agent: String,
    proxy: bool,
    roots: Vec<u8>,
    limits: Limits,
    budget: u32,
    clock: Arc<dyn Clock>,
    redactor: Redactor,
    observer: Option<Arc<dyn Observer>>,
}

impl ClientBuilder {
    pub(crate) fn new(base: &str, dialect: Arc<dyn Dialect>) -> Self {
        let parsed = Url::parse(base.trim()).map_err(|_| Error::config("the address is no URL"));
        Self {
            base: parsed,
            dialect,
            settings: Settings {
                deadline: Duration::from_mins(5),
                connect_timeout: Duration::from_secs(10),
                attempt_timeout: Duration::from_mins(2),
                read_timeout: Duration::from_secs(30),
                retry: RetryPolicy::new(),
                max_body: 32 << 20,
                max_in_flight: None,
                allow_plain_http: false,
            },
            http: None,
            user_agent: concat!("msp-clients/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: true,
            roots: Vec::new(),
            limits: Limits::unlimited(),
            budget: 50,
            clock: Arc::new(SystemClock),
            redactor: Redactor::new(),
            observer: None,
        }
    }

    /// Uses a ready HTTP client instead of our own: for hosts with a TLS set-up or proxy of their own.
    ///
    /// It must not follow redirects (`redirect::Policy::none()`) nor repeat requests (`retry::never()`); its own
    /// time-outs come on top of ours, and the settings of this builder about TLS, proxy, user agent and connecting are
    /// not used.
    pub fn with_http(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Sets the `User-Agent`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Caps the time to make a connection; 10 seconds by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// Caps the time between two pieces of an answer, its head included; 30 seconds by default.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.settings.read_timeout = timeout;
        self
    }

    /// Caps one attempt from connecting to the end of the answer; 2 minutes by default.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.settings.attempt_timeout = timeout;
        self
    }

    /// Caps an operation with all its waits and retries; 5 minutes by default. A call can override it.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = deadline;
        self
    }

    /// Sets the retry policy. A call can override it.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.retry = policy;
        self
    }

    /// Caps the retries that failing calls of this client may make together; 50 by default, refilled by successes.
    pub fn retry_budget(mut self, retries: u32) -> Self {
        self.budget = retries;
        self
    }

    /// Caps an answer's size, in bytes after decompression; 32 MiB by default.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.settings.max_body = bytes;
        self
    }

    /// Caps the requests under way at the same time; no cap by default.
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.settings.max_in_flight = Some(requests.max(1));
        self
    }

    /// Shares a budget of requests. Give it the same [`clock`](Self::clock).
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the clock.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Shares a redactor: the one that the token cache teaches.
    pub fn redactor(mut self, redactor: Redactor) -> Self {
        self.redactor = redactor;
        self
    }

    /// Sets who is told about every attempt.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Ignores the proxy settings of the environment: for tests.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = false;
        self
    }

    /// Trusts these root certificates (PEM, one or more) and no others: for appliances, and for systems without a
    /// trust store.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots = pem.into();
        self
    }

    /// Allows `http://` to hosts other than this machine. Everything, credentials included, is then readable on the way.
    pub fn allow_plain_http(mut self) -> Self {
        self.settings.allow_plain_http = true;
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): the address is no `https://` URL (`http://` needs a loopback host or
    /// [`allow_plain_http`](Self::allow_plain_http)) or holds credentials, a query or a fragment; the certificates are
    /// unreadable; the system has no trust store; no TLS or no crypto provider is compiled in or installed.
    pub fn build(self) -> Result<Client, Error> {
        let base = self.base?;
        check_base(&base, self.settings.allow_plain_http)?;
        let http = match self.http {
            Some(http) => http,
            None => http_client(
                &base,
                &self.user_agent,
                self.settings.connect_timeout,
                self.proxy,
                &self.roots,
            )?,
        };
        Ok(Client {
            core: Arc::new(Core {
                http,
                base,
                dialect: self.dialect,
                slots: self
                    .settings
                    .max_in_flight
                    .map(|slots| Arc::new(Semaphore::new(slots))),
                settings: self.settings,
                shared: Arc::new(Shared {
                    limits: self.limits,
                    budget: RetryBudget::new(self.budget),
                    clock: self.clock,
                    redactor: self.redactor,
                    observer: self.observer,
                }),
                latch: Mutex::new(None),
            }),
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

fn check_base(base: &Url, allow_plain_http: bool) -> Result<(), Error> {
    match base.scheme() {
        "https" => {}
        "http" if allow_plain_http || is_loopback(base) => {}
        "http" => {
            return Err(Error::config(
                "http:// is allowed to this machine only; use https://",
            ));
        }
        _ => return Err(Error::config("the address has to start with https://")),
    }
    if !base.username().is_empty() || base.password().is_some() {
        return Err(Error::config("the address must not hold credentials"));
    }
    if base.query().is_some() || base.fragment().is_some() {
        return Err(Error::config(
            "the address must not hold a query or a fragment",
        ));
    }
    Ok(())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).to_canonical().is_loopback(),
        None => false,
    }
}

const HAS_TLS: bool = cfg!(any(
    feature = "rustls",
    feature = "native-tls",
    feature = "rustls-no-provider"
));

fn http_client(
    base: &Url,
    user_agent: &str,
    connect_timeout: Duration,
    proxy: bool,
    roots: &[u8],
) -> Result<reqwest::Client, Error> {
    let https = base.scheme() == "https";
    if https && !HAS_TLS {
        return Err(Error::config(
            "https:// needs one of the TLS features of this library",
        ));
    }
    let mut builder = reqwest::Client::builder()
        .user_agent(user_agent)
        .connect_timeout(connect_timeout)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false);
    if !proxy {
        builder = builder.no_proxy();
    }
    #[cfg(any(
        feature = "rustls",
        feature = "native-tls",
        feature = "rustls-no-provider"
    ))]
    {
        if !roots.is_empty() {
            let certificates = reqwest::Certificate::from_pem_bundle(roots)
                .ok()
                .filter(|certificates| !certificates.is_empty())
                .ok_or_else(|| Error::config("the root certificates are no PEM file"))?;
            builder = builder.tls_certs_only(certificates);
        } else if !https {
            // No trust store is needed then, and looking for one fails where there is none.
            builder = builder.tls_certs_only([]);
        }
    }
    #[cfg(not(any(
        feature = "rustls",
        feature = "native-tls",
        feature = "rustls-no-provider"
    )))]
    if !roots.is_empty() {
        return Err(Error::config(
            "root certificates need one of the TLS features of this library",
        ));
    }
    build_http(builder)
}

/// Without a crypto provider, building panics instead of failing; a library must not.
fn build_http(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, Error> {
    let built = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| builder.build()));
    match built {
        Ok(Ok(http)) => Ok(http),
        Ok(Err(error)) => {
            Err(Error::config("the HTTP client cannot be set up").with_source(error.without_url()))
        }
        Err(_) => Err(Error::config(
            "no crypto provider is installed; install one before building a client",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::HAS_TLS;
    use crate::{Client, ErrorKind, Plain};

    /// False where the host has to install a crypto provider first, which these tests do not.
    const CAN_BUILD: bool = cfg!(any(
        feature = "rustls",
        feature = "native-tls",
        not(feature = "rustls-no-provider")
    ));

    fn build(base: &str) -> Result<Client, crate::Error> {
        Client::builder(base, Plain)
            .root_certificates(*include_bytes!("../tests/it/root.pem"))
            .build()
    }

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for base in [
            "http://127.0.0.1:1",
            "http://localhost:1/api",
            "http://[::1]:1",
        ] {
            let client = Client::builder(base, Plain).build();
            assert_eq!(client.is_ok(), CAN_BUILD, "{base}");
        }
        assert_eq!(
            build("https://api.example.com").is_ok(),
            HAS_TLS && CAN_BUILD
        );
        for base in [
            "http://api.example.com",
            "http://10.0.0.1",
            "http://localhost.example.com",
            "ftp://127.0.0.1",
            "api.example.com",
            "https://user:pw@api.example.com",
            "https://api.example.com/?a=1",
            "https://api.example.com/#a",
            "",
        ] {
            let error = build(base).map(drop).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{base}");
            assert!(!error.to_string().contains("pw@"), "{error}");
        }
        let allowed = Client::builder("http://api.example.com", Plain)
            .allow_plain_http()
            .build();
        assert_eq!(allowed.is_ok(), CAN_BUILD);
    }

    #[test]
    fn unreadable_certificates_are_an_error() {
        let error = Client::builder("https://api.example.com", Plain)
            .root_certificates(*b"nonsense")
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}
