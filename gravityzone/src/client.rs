//! The client and its settings.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use client_core::{
    BudgetFile, Call, Clock, Error, ExposeSecret, Items, Limits, Observer, Operation, Pager,
    Redactor, RetryPolicy, SecretString, SystemClock,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::companies::{Companies, Company, CompanyHandle, CompanyId};
use crate::general::General;
use crate::licensing::Licensing;
use crate::network::Network;
use crate::packages::{PackageHandle, PackageId, Packages};
use crate::rpc::{self, Rpc};
use crate::{AccessUrl, limits};

/// A client of one console under one API key. A cheap clone; give every task its own.
///
/// ```no_run
/// use gravityzone::{AccessUrl, Client};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let url: AccessUrl = "https://cloud.gravityzone.bitdefender.com/api".parse()?;
/// let client = Client::builder(url, std::env::var("GRAVITYZONE_KEY")?).build()?;
/// let own = client.companies().own().await?;
/// println!("{} ({})", own.name, own.id);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    core: client_core::Client,
    access_url: Arc<AccessUrl>,
}

/// Settings of a [`Client`]; made by [`Client::builder`].
#[must_use]
pub struct ClientBuilder {
    access_url: AccessUrl,
    key: SecretString,
    core: client_core::ClientBuilder,
    limits: Option<Limits>,
    budget_file: Option<BudgetFile>,
    clock: Arc<dyn Clock>,
}

impl Client {
    /// Starts a client for the console at `access_url`. The key is trimmed and otherwise taken as it is.
    pub fn builder(access_url: AccessUrl, api_key: impl Into<SecretString>) -> ClientBuilder {
        let key: SecretString = api_key.into();
        let key = SecretString::from(key.expose_secret().trim());
        let redactor = Redactor::new();
        redactor.add_secret(&key);
        redactor.add_secret_keys(&["fullkit", "proxyusername"]);
        let core = client_core::Client::builder(access_url.as_str(), Rpc::new(key.clone()))
            .redactor(redactor)
            .user_agent(concat!("gravityzone-rs/", env!("CARGO_PKG_VERSION")))
            // Some methods take minutes, and nothing comes before they are done.
            .read_timeout(Duration::from_secs(90))
            .attempt_timeout(Duration::from_secs(150))
            .deadline(Duration::from_mins(5));
        ClientBuilder {
            access_url,
            key,
            core,
            limits: None,
            budget_file: None,
            clock: Arc::new(SystemClock::default()),
        }
    }

    /// Companies: the key's own, and those below it.
    ///
    /// ```no_run
    /// use gravityzone::companies::{LicenseSubscription, NewCompany};
    /// use gravityzone::licensing::ProtectionModel;
    ///
    /// # async fn run(client: gravityzone::Client) -> Result<(), gravityzone::Error> {
    /// let subscription = LicenseSubscription::monthly().protection_model(ProtectionModel::MspSecure);
    /// let id = client.companies().create(&NewCompany::customer("Example Ltd", subscription)).await?;
    /// println!("created {id}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn companies(&self) -> Companies<'_> {
        Companies(self)
    }

    /// One company by its id.
    ///
    /// ```no_run
    /// # async fn run(client: gravityzone::Client) -> Result<(), gravityzone::Error> {
    /// let id = "0123456789abcdef01234567".into();
    /// match client.company(&id).find().await? {
    ///     Some(company) => println!("{} is there", company.name),
    ///     None => println!("no such company that this key can see"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn company<'c>(&'c self, id: &'c CompanyId) -> CompanyHandle<'c> {
        CompanyHandle { client: self, id }
    }

    /// The company tree, the inventory and the endpoints.
    ///
    /// ```no_run
    /// use gravityzone::network::TreeOptions;
    ///
    /// # async fn run(client: gravityzone::Client) -> Result<(), gravityzone::Error> {
    /// let tree = client.network().tree(&TreeOptions::default()).await?;
    /// println!("{} companies and folders, all read: {}", tree.nodes().count(), tree.is_complete());
    /// # Ok(())
    /// # }
    /// ```
    pub fn network(&self) -> Network<'_> {
        Network(self)
    }

    /// Installation packages and their links.
    ///
    /// ```no_run
    /// use gravityzone::packages::{Competitors, Module, NewPackage};
    ///
    /// # async fn run(client: gravityzone::Client) -> Result<(), gravityzone::Error> {
    /// let package = NewPackage::new("servers", Competitors::Remove)
    ///     .company("0123456789abcdef01234567".into())
    ///     .modules([Module::Firewall, Module::ContentControl]);
    /// let id = client.packages().create(&package).await?;
    /// println!("created {id}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn packages(&self) -> Packages<'_> {
        Packages(self)
    }

    /// One package by its id.
    ///
    /// ```no_run
    /// # async fn run(client: gravityzone::Client) -> Result<(), gravityzone::Error> {
    /// let id = "0123456789abcdef01234567".into();
    /// let package = client.package(&id).get().await?;
    /// println!("{}: {:?}", package.name, package.enabled_modules());
    /// # Ok(())
    /// # }
    /// ```
    pub fn package<'c>(&'c self, id: &'c PackageId) -> PackageHandle<'c> {
        PackageHandle { client: self, id }
    }

    /// Licences.
    ///
    /// ```no_run
    /// # async fn run(client: gravityzone::Client) -> Result<(), gravityzone::Error> {
    /// let license = client.licensing().own().await?;
    /// println!("{:?} of {:?} seats used", license.used_slots, license.total_slots);
    /// # Ok(())
    /// # }
    /// ```
    pub fn licensing(&self) -> Licensing<'_> {
        Licensing(self)
    }

    /// The key itself.
    ///
    /// ```no_run
    /// use gravityzone::Service;
    ///
    /// # async fn run(client: gravityzone::Client) -> Result<(), gravityzone::Error> {
    /// let scopes = client.general().scopes().await?;
    /// for service in scopes.missing(Service::NEEDED) {
    ///     println!("the key lacks the API {service}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn general(&self) -> General<'_> {
        General(self)
    }

    /// Calls a method that this crate does not cover, with an operation of your own; see [`call`](crate::call()).
    ///
    /// # Errors
    ///
    /// Any kind.
    ///
    /// ```no_run
    /// use client_core::{Operation, Repeat};
    ///
    /// const LIST: Operation = Operation::rpc("policies.list", "/v1.0/jsonrpc/policies", "getPoliciesList")
    ///     .repeat(Repeat::Read);
    ///
    /// # async fn run(client: gravityzone::Client) -> Result<(), gravityzone::Error> {
    /// let policies: serde_json::Value = client.request(&LIST, &serde_json::json!({"page": 1})).await?;
    /// println!("{}", policies["total"]);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn request<T: DeserializeOwned + 'static>(
        &self,
        operation: &Operation,
        params: &impl Serialize,
    ) -> Result<T, Error> {
        self.send(rpc::call(operation, params)).await
    }

    /// Sends a call that was built before.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn send<T>(&self, call: Call<T>) -> Result<T, Error> {
        self.core.send(call).await
    }

    pub(crate) fn items<P: Pager>(&self, pager: P) -> Items<P::Item> {
        self.core.items(pager)
    }

    /// The console's address.
    pub fn access_url(&self) -> &AccessUrl {
        &self.access_url
    }

    /// The client underneath: budget, clock, redactor, and the state of a refused key.
    pub fn core(&self) -> &client_core::Client {
        &self.core
    }

    /// The key's own company: shorthand for `companies().own()`, and the call to make when a key is first used.
    ///
    /// # Errors
    ///
    /// [`Credentials`](client_core::ErrorKind::Credentials) for a key that this console does not know,
    /// [`Scope`](client_core::ErrorKind::Scope) for one without the API Companies, and the kinds of connecting.
    pub async fn own_company(&self) -> Result<Company, Error> {
        self.companies().own().await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("access_url", &self.access_url)
            .finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// Uses a ready HTTP client; it must not follow redirects nor repeat requests.
    pub fn with_http(self, http: client_core::reqwest::Client) -> Self {
        self.configure(|core| core.with_http(http))
    }

    /// Trusts these root certificates (PEM) and no others: for on-premises appliances, which often sign their own.
    pub fn root_certificates(self, pem: impl Into<Vec<u8>>) -> Self {
        self.configure(|core| core.root_certificates(pem))
    }

    /// Replaces the [published limits](crate::limits). Give them the same [`clock`](Self::clock). Clones of one budget
    /// can be shared by all clients of one key.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Shares the request budget with other processes through a file: those that name the same one count together, and
    /// tell each other limits, pauses and blocks. One key, one file; see [`BudgetFile`].
    pub fn budget_file(mut self, file: impl Into<BudgetFile>) -> Self {
        self.budget_file = Some(file.into());
        self
    }

    /// Sets the retry policy.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.configure(|core| core.retry(policy))
    }

    /// Caps an operation with its waits and retries; 5 minutes by default.
    pub fn deadline(self, deadline: Duration) -> Self {
        self.configure(|core| core.deadline(deadline))
    }

    /// Caps the wait for the head of an answer and between its pieces; 90 seconds by default, as some methods are slow.
    pub fn read_timeout(self, timeout: Duration) -> Self {
        self.configure(|core| core.read_timeout(timeout))
    }

    /// Caps the requests under way at the same time; no cap by default.
    pub fn max_in_flight(self, requests: usize) -> Self {
        self.configure(|core| core.max_in_flight(requests))
    }

    /// Sets the clock of limits and retries.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Sets who is told about every attempt.
    pub fn observer(self, observer: Arc<dyn Observer>) -> Self {
        self.configure(|core| core.observer(observer))
    }

    /// Changes any other setting of the client underneath. Its dialect, redactor, limits and clock are set by this
    /// builder.
    pub fn configure(
        mut self,
        change: impl FnOnce(client_core::ClientBuilder) -> client_core::ClientBuilder,
    ) -> Self {
        self.core = change(self.core);
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Config`](client_core::ErrorKind::Config): the key is empty, certificates are unreadable, or no TLS is compiled
    /// in.
    pub fn build(self) -> Result<Client, Error> {
        if self.key.expose_secret().is_empty() {
            return Err(Error::config("the API key is empty"));
        }
        let clock = self.clock;
        let limits = self
            .limits
            .unwrap_or_else(|| limits::published().clock(Arc::clone(&clock)).build());
        if let Some(file) = self.budget_file {
            limits.share(file);
        }
        let core = self.core.limits(limits).clock(clock).build()?;
        Ok(Client {
            core,
            access_url: Arc::new(self.access_url),
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("access_url", &self.access_url)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use client_core::ErrorKind;

    use super::Client;

    #[test]
    fn the_key_is_never_printed() {
        let url = "http://127.0.0.1:9".parse().unwrap();
        let builder = Client::builder(url, "  fake-key-canary \n");
        let printed = format!("{builder:?}");
        let client = builder.build().unwrap();
        assert!(!format!("{printed} {client:?} {:?}", client.core()).contains("canary"));
        assert_eq!(
            client.core().redactor().scrub("key fake-key-canary"),
            "key ***"
        );
    }

    #[test]
    fn an_empty_key_is_refused() {
        let error = Client::builder("http://127.0.0.1:9".parse().unwrap(), " ")
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}
