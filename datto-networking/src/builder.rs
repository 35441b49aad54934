//! Settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use client_core::{
    Client as Core, ClientBuilder as CoreBuilder, Clock, Error, Limits, Redactor, SystemClock,
    reqwest,
};
use secrecy::SecretString;
use url::Url;

use crate::access::Access;
use crate::client::{Client, Inner};
use crate::dialect::{Manners, Signing};
use crate::host::{Family, Host, header_name};
use crate::signing::{Nonces, Signer};
use crate::skew::Skew;

/// Fields with secrets whose names do not tell: passwords of SNMP, of payments, of guests.
const SECRET_KEYS: &[&str] = &["community", "pdtkey", "vouchercode"];

type Settings = Box<dyn Fn(CoreBuilder) -> CoreBuilder + Send + Sync>;

/// Builds a [`Client`]; made by [`Client::builder`].
///
/// Without further settings: the documented hosts, reads only, at most 2 requests under way per host, and at most 2
/// requests in any second over all hosts. The vendor publishes no limit and asks for moderation; its data changes every
/// five minutes.
///
/// ```no_run
/// use std::time::Duration;
///
/// use datto_networking::{Client, Family, Host};
///
/// # fn run() -> Result<(), client_core::Error> {
/// let client = Client::builder("the public key", "the secret key")
///     .host(Family::Networks, Host::new("https://api-v2.cloudtrax.com").api_version(Some(2)))
///     .requests_per_second(1)
///     .settings(|core| core.deadline(Duration::from_secs(60)))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct ClientBuilder {
    key: SecretString,
    secret: SecretString,
    hosts: [Host; 3],
    http: Option<reqwest::Client>,
    settings: Option<Settings>,
    limits: Option<Limits>,
    per_second: u32,
    in_flight: usize,
    clock: Arc<dyn Clock>,
    redactor: Redactor,
    nonces: Nonces,
    access: Access,
    extra: Vec<(String, SecretString)>,
}

impl ClientBuilder {
    pub(crate) fn new(key: SecretString, secret: SecretString) -> Self {
        Self {
            key,
            secret,
            hosts: Family::ALL.map(Host::documented),
            http: None,
            settings: None,
            limits: None,
            per_second: 2,
            in_flight: 2,
            clock: Arc::new(SystemClock::default()),
            redactor: Redactor::new(),
            nonces: Nonces::new(),
            access: Access::default(),
            extra: Vec::new(),
        }
    }

    /// Sets the host of one family.
    pub fn host(mut self, family: Family, host: Host) -> Self {
        self.hosts[family.index()] = host;
        self
    }

    /// Sets the address of all families; their other settings stay.
    pub fn base_url(mut self, base_url: impl AsRef<str>) -> Self {
        for host in &mut self.hosts {
            host.set_base_url(base_url.as_ref());
        }
        self
    }

    /// Uses a ready HTTP client instead of our own. It must neither follow redirects nor repeat requests.
    pub fn http(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Changes the settings that all vendors' clients share: time-outs, retry, proxy, certificates, user agent. Called
    /// once per host; clock and redactor are set by the methods here.
    pub fn settings(
        mut self,
        settings: impl Fn(CoreBuilder) -> CoreBuilder + Send + Sync + 'static,
    ) -> Self {
        self.settings = Some(Box::new(settings));
        self
    }

    /// Caps the requests in any second, over all hosts; 2 by default.
    pub fn requests_per_second(mut self, requests: u32) -> Self {
        self.per_second = requests.max(1);
        self
    }

    /// Shares a budget of requests with other clients, instead of one of its own. Give it the same
    /// [`clock`](Self::clock).
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Caps the requests under way to one host; 2 by default.
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.in_flight = requests;
        self
    }

    /// Sets the clock.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Shares a redactor.
    pub fn redactor(mut self, redactor: Redactor) -> Self {
        self.redactor = redactor;
        self
    }

    /// Sets where nonces come from: of another length, or shared with other clients of this key.
    pub fn nonces(mut self, nonces: Nonces) -> Self {
        self.nonces = nonces;
        self
    }

    /// Allows writes and actions. Without it everything but reading is refused before it is sent.
    pub fn allow_writes(mut self) -> Self {
        self.access = Access::Writes;
        self
    }

    /// Adds a header to every request, for a gateway in between. No log shows its value.
    pub fn extra_header(mut self, name: impl Into<String>, value: impl Into<SecretString>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    /// [`Host::sign_base_path`] for all families.
    pub fn sign_base_path(mut self, sign: bool) -> Self {
        for host in &mut self.hosts {
            host.rules_mut().base_path = sign;
        }
        self
    }

    /// [`Host::sign_query`] for all families.
    pub fn sign_query(mut self, sign: bool) -> Self {
        for host in &mut self.hosts {
            host.rules_mut().query = sign;
        }
        self
    }

    /// [`Host::sign_delete_body`] for all families.
    pub fn sign_delete_body(mut self, sign: bool) -> Self {
        for host in &mut self.hosts {
            host.rules_mut().delete_body = sign;
        }
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Config`](client_core::ErrorKind::Config): see [`Signer::new`] about the keys and
    /// [`client_core::ClientBuilder::build`] about addresses and TLS; a header name that cannot be one.
    pub fn build(self) -> Result<Client, Error> {
        let signer = Signer::new(self.key.clone(), self.secret.clone())?;
        for secret in signer.secrets() {
            self.redactor.add_secret(secret);
        }
        self.redactor.add_secret_keys(SECRET_KEYS);
        let mut extra = Vec::with_capacity(self.extra.len());
        for (name, value) in &self.extra {
            self.redactor.add_secret(value);
            extra.push((header_name(name)?, value.clone()));
        }
        let limits = self.limits.clone().unwrap_or_else(|| {
            Limits::builder()
                .bucket("requests", self.per_second, Duration::from_secs(1))
                .fallback("requests")
                // No limit of the vendor's that we should stay below: it is our own.
                .fraction(1.0)
                .clock(Arc::clone(&self.clock))
                .build()
        });
        let skew = Skew::default();
        let core = |host: &Host| self.core(host, &signer, &skew, &limits, &extra);
        let [networks, accounts, power_strips] = &self.hosts;
        let first = core(networks)?;
        let second = if accounts == networks {
            first.clone()
        } else {
            core(accounts)?
        };
        let third = if power_strips == networks {
            first.clone()
        } else if power_strips == accounts {
            second.clone()
        } else {
            core(power_strips)?
        };
        Ok(Client::assemble(Inner {
            cores: [first, second, third],
            skew,
        }))
    }

    fn core(
        &self,
        host: &Host,
        signer: &Signer,
        skew: &Skew,
        limits: &Limits,
        extra: &[(&'static str, SecretString)],
    ) -> Result<Core, Error> {
        let manners = Manners::new(
            Signing {
                signer: signer.clone(),
                nonces: self.nonces.clone(),
                skew: skew.clone(),
                clock: Arc::clone(&self.clock),
                redactor: self.redactor.clone(),
                names: host.header_names()?,
                version: host.version(),
                extra: extra.to_vec(),
                rules: host.rules(),
                // An address that is no URL is refused below.
                base_path: Url::parse(host.base_url().trim())
                    .map_or(String::new(), |url| url.path().to_owned()),
            },
            self.access,
        );
        let mut builder = Core::builder(host.base_url(), manners.clone())
            .max_in_flight(self.in_flight)
            .limits(limits.clone());
        if let Some(http) = &self.http {
            builder = builder.with_http(http.clone());
        }
        if let Some(settings) = &self.settings {
            builder = settings(builder);
        }
        let core = builder
            .clock(Arc::clone(&self.clock))
            .redactor(self.redactor.clone())
            .build()?;
        manners.attach(&core)?;
        Ok(core)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("hosts", &self.hosts)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}
