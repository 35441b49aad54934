//! The client.

use std::fmt;
use std::sync::Arc;

use client_core::{Call, Error, Items, Limits, SecretString, TokenCache};

use crate::account::AccountScope;
use crate::activity_logs::ActivityLogs;
use crate::alerts::{AlertScope, AlertUid, Alerts};
use crate::audits::Audits;
use crate::auth::PasswordGrant;
use crate::budget::{self, Calibration, Calibrator};
use crate::builder::ClientBuilder;
use crate::components::Components;
use crate::devices::{DeviceScope, DeviceUid, Devices};
use crate::filters::Filters;
use crate::jobs::{JobScope, JobUid};
use crate::paging::{Listing, Page, Row};
use crate::platform::{ApiUrl, Platform};
use crate::preflight::Preflight;
use crate::sites::{SiteScope, SiteUid, Sites};
use crate::system::{self, RateStatus, System};
use crate::users::{CurrentUser, Users};

/// Talks to one account of Datto RMM. A cheap clone of one shared core; give every task its own.
///
/// Clones share connections, the token and the request budget. Give two accounts two clients.
///
/// ```no_run
/// use datto_rmm::sites::ListSites;
/// use datto_rmm::{ApiUrl, Client};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let address: ApiUrl = "merlot".parse()?;
/// let client = Client::builder(address, "EXAMPLE-KEY", "EXAMPLE-SECRET").build()?;
/// let sites = client.sites().list(&ListSites::default()).collect_all().await?;
/// println!("{} sites", sites.as_slice().len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) core: client_core::Client,
    /// Speaks the dialect of log-ins.
    pub(crate) login: client_core::Client,
    pub(crate) tokens: TokenCache,
    pub(crate) address: ApiUrl,
    pub(crate) page_size: u32,
    pub(crate) page_concurrency: usize,
    pub(crate) calibrator: Arc<Calibrator>,
}

impl Client {
    /// Starts a client for the account at `address`, with an API key and its secret. Space around them is not part of them.
    pub fn builder(
        address: ApiUrl,
        key: impl Into<SecretString>,
        secret: impl Into<SecretString>,
    ) -> ClientBuilder {
        ClientBuilder::new(address, key.into(), secret.into())
    }

    /// The account as a whole.
    #[must_use]
    pub fn account(&self) -> AccountScope<'_> {
        AccountScope(self)
    }

    /// The sites.
    #[must_use]
    pub fn sites(&self) -> Sites<'_> {
        Sites(self)
    }

    /// What belongs to one site. Nothing is sent to find out whether it exists.
    #[must_use]
    pub fn site<'c>(&'c self, uid: &'c SiteUid) -> SiteScope<'c> {
        SiteScope { client: self, uid }
    }

    /// Devices by number or MAC address; lists are with the account and the sites.
    #[must_use]
    pub fn devices(&self) -> Devices<'_> {
        Devices(self)
    }

    /// What belongs to one device. Nothing is sent to find out whether it exists.
    #[must_use]
    pub fn device<'c>(&'c self, uid: &'c DeviceUid) -> DeviceScope<'c> {
        DeviceScope { client: self, uid }
    }

    /// The alerts of the whole account.
    #[must_use]
    pub fn alerts(&self) -> Alerts<'_> {
        Alerts::of_account(self)
    }

    /// One alert. Nothing is sent to find out whether it exists.
    #[must_use]
    pub fn alert<'c>(&'c self, uid: &'c AlertUid) -> AlertScope<'c> {
        AlertScope { client: self, uid }
    }

    /// The audits that are found otherwise than by a computer's uid.
    #[must_use]
    pub fn audits(&self) -> Audits<'_> {
        Audits(self)
    }

    /// The components that jobs can run.
    #[must_use]
    pub fn components(&self) -> Components<'_> {
        Components(self)
    }

    /// One job. Nothing is sent to find out whether it exists.
    #[must_use]
    pub fn job<'c>(&'c self, uid: &'c JobUid) -> JobScope<'c> {
        JobScope { client: self, uid }
    }

    /// The activity log.
    #[must_use]
    pub fn activity_logs(&self) -> ActivityLogs<'_> {
        ActivityLogs(self)
    }

    /// Device filters.
    #[must_use]
    pub fn filters(&self) -> Filters<'_> {
        Filters(self)
    }

    /// The users of the portal.
    #[must_use]
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }

    /// The user whose key this client uses.
    #[must_use]
    pub fn user(&self) -> CurrentUser<'_> {
        CurrentUser(self)
    }

    /// The API about itself.
    #[must_use]
    pub fn system(&self) -> System<'_> {
        System(self)
    }

    /// Checks whether the account can be worked with, and says what is wrong if not. Sends a handful of reads.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) {
    /// let preflight = client.preflight().await;
    /// print!("{preflight}");
    /// assert!(preflight.is_ready());
    /// # }
    /// ```
    pub async fn preflight(&self) -> Preflight {
        crate::preflight::run(self).await
    }

    /// Takes the request limits, and what all integrations of the customer have used of them, from the account itself.
    ///
    /// It costs a read, and is done by itself before the first request and from time to time, as the
    /// [`CalibrationPolicy`](crate::CalibrationPolicy) says. Worth a call for its answer, or to see it fail.
    ///
    /// # Errors
    ///
    /// Those of [`System::request_rate`]; the budget is then as it was.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let found = client.calibrate().await?;
    /// println!("one limit for everything: {}", found.single_bucket);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn calibrate(&self) -> Result<Calibration, Error> {
        self.calibrate_by(system::rate()).await
    }

    pub(crate) async fn calibrate_by(&self, call: Call<RateStatus>) -> Result<Calibration, Error> {
        let reported = self.send(call).await;
        self.0.calibrator.tried();
        Ok(budget::apply(reported?, self.limits()))
    }

    /// Takes another key pair, for instance after the first was refused: a refused log-in is forgotten, and so is the
    /// token.
    ///
    /// ```no_run
    /// # fn run(client: datto_rmm::Client) {
    /// client.set_credentials("NEW-KEY", "NEW-SECRET");
    /// # }
    /// ```
    pub fn set_credentials(&self, key: impl Into<SecretString>, secret: impl Into<SecretString>) {
        let grant = PasswordGrant::new(self.0.login.clone(), &key.into(), &secret.into());
        self.0.tokens.set_credential(Arc::new(grant));
        self.0.core.unlatch();
    }

    /// The error of a refused log-in. While there is one, nothing is sent: see
    /// [`set_credentials`](Self::set_credentials).
    pub fn latched(&self) -> Option<Error> {
        self.0.core.latched()
    }

    /// The request budget, shared with all clones.
    pub fn limits(&self) -> &Limits {
        self.0.core.limits()
    }

    /// The address of the API.
    pub fn address(&self) -> &ApiUrl {
        &self.0.address
    }

    /// The platform, if the address is one of the vendor's.
    pub fn platform(&self) -> Option<&Platform> {
        self.0.address.platform()
    }

    /// Sends any call under `<origin>/api`, like those of this crate: the way to endpoints that it does not cover. Make it
    /// from an [`Operation`](client_core::Operation) that names its charges ("read", or "write" and the kind of write); the
    /// answer is a type of yours, JSON of any shape, or bytes.
    ///
    /// # Errors
    ///
    /// Any kind.
    ///
    /// ```no_run
    /// use datto_rmm::client_core::{Call, Method, Operation, Repeat};
    ///
    /// // By a path with variables, which are encoded:
    /// const NOTES: Operation = Operation::get("device_notes.list", "/v2/device/{deviceUid}/notes").charges(&["read"]);
    /// // By any path:
    /// const ANY: Operation = Operation::raw("any.read", Method::Get, Repeat::Read).charges(&["read"]);
    ///
    /// # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
    /// let typed: Vec<String> = client.send(Call::new(&NOTES, ["device-1"])).await?;
    /// let bytes = client.send(Call::bytes(&NOTES, ["device-1"])).await?;
    /// let json: serde_json::Value = client.send(Call::raw(&ANY, "/v2/new/thing?max=10")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send<T>(&self, call: Call<T>) -> Result<T, Error> {
        self.0.core.send(call).await
    }

    #[cfg(feature = "reconcile")]
    pub(crate) fn core(&self) -> &client_core::Client {
        &self.0.core
    }

    pub(crate) fn listing<T: Row>(&self, call: Call<Page<T>>) -> Items<T> {
        self.0
            .core
            .items(Listing::new(call, self.0.page_size, self.0.core.base()))
            .concurrency(self.0.page_concurrency)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("address", &self.0.address)
            .finish_non_exhaustive()
    }
}

const _: () = {
    const fn shareable<T: Send + Sync + Clone + 'static>() {}
    shareable::<Client>();
};
