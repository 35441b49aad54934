//! The client.

use std::fmt;
use std::sync::Arc;

use client_core::{Call, Client as Core, Error, Items, Limits, OnePage, Raw, Redactor, Rows};
use jiff::SignedDuration;
use secrecy::SecretString;

use crate::builder::ClientBuilder;
use crate::host::Family;
use crate::networks::{NetworkId, NetworkScope, Networks};
use crate::nodes::{NodeId, NodeScope, Nodes};
use crate::power_strips::{PowerStripId, PowerStripScope};
use crate::secret::Secret;
use crate::skew::Skew;
use crate::switches::{SwitchId, SwitchScope};
use crate::time::Time;

/// A client of the Datto Networking API. A cheap clone of one shared core; give every task its own.
///
/// ```no_run
/// use datto_networking::Client;
///
/// # async fn run() -> Result<(), client_core::Error> {
/// let client = Client::new("the public key", "the secret key")?;
/// for network in client.networks().list().collect_all().await? {
///     let nodes = client.network(network.id).nodes().list().collect_all().await?;
///     println!("{}: {} access points", network.name.unwrap_or_default(), nodes.as_slice().len());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    /// By [`Family::index`]; families of one host share a core.
    pub(crate) cores: [Core; 3],
    pub(crate) skew: Skew,
}

impl Client {
    /// A client with the documented hosts that only reads.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn new(
        key: impl Into<SecretString>,
        secret: impl Into<SecretString>,
    ) -> Result<Self, Error> {
        Self::builder(key, secret).build()
    }

    /// Starts a client with settings of its own. `key` is the public key, `secret` the secret one.
    pub fn builder(key: impl Into<SecretString>, secret: impl Into<SecretString>) -> ClientBuilder {
        ClientBuilder::new(key.into(), secret.into())
    }

    pub(crate) fn assemble(inner: Inner) -> Self {
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The vendor's clock.
    pub fn time(&self) -> Time<'_> {
        Time(self)
    }

    /// The networks.
    pub fn networks(&self) -> Networks<'_> {
        Networks(self)
    }

    /// One network.
    pub fn network(&self, id: NetworkId) -> NetworkScope<'_> {
        NetworkScope::new(self, id)
    }

    /// The access points of all networks.
    pub fn nodes(&self) -> Nodes<'_> {
        Nodes(self)
    }

    /// One access point.
    pub fn node(&self, id: NodeId) -> NodeScope<'_> {
        NodeScope::new(self, id)
    }

    /// One switch.
    pub fn switch(&self, id: SwitchId) -> SwitchScope<'_> {
        SwitchScope::new(self, id)
    }

    /// One power strip.
    pub fn power_strip(&self, id: PowerStripId) -> PowerStripScope<'_> {
        PowerStripScope::new(self, id)
    }

    /// Sends a call to the host of `family`: for endpoints that this version does not know.
    ///
    /// Signature, budgets, retry and the rules about errors are those of the other calls. A client that only reads
    /// refuses everything but a `GET` that is declared as [`Repeat::Read`](client_core::Repeat::Read), and the paths
    /// by which a `GET` starts something.
    ///
    /// ```no_run
    /// use client_core::{Call, Method, Operation, Repeat};
    /// use datto_networking::Family;
    ///
    /// const RAW: Operation = Operation::raw("routers.list", Method::Get, Repeat::Read);
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let call: Call<serde_json::Value> = Call::raw(&RAW, "/router/network/12345/list");
    /// let routers = client.send(Family::Networks, call).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Denied`](client_core::ErrorKind::Denied) with nothing sent for what a reading client may not send.
    pub async fn send<T>(&self, family: Family, call: Call<T>) -> Result<T, Error> {
        self.core(family).send(call).await
    }

    /// As [`send`](Self::send), with the answer as it came. Errors are errors here too.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), without the kind `Decode`.
    pub async fn send_raw<T>(&self, family: Family, call: Call<T>) -> Result<Raw, Error> {
        self.core(family).send_raw(call).await
    }

    /// Keeps a secret that is about to be sent out of errors and logs: a refusal may quote it.
    pub(crate) fn keep(&self, secret: &Secret) {
        self.redactor().learn_secret(&secret.clone().into());
    }

    /// Sends a call to the host of its family.
    pub(crate) async fn call<T>(&self, call: Call<T>) -> Result<T, Error> {
        let family = Family::of(call.operation().path());
        self.core(family).send(call).await
    }

    /// The records of a listing whose one answer holds them all.
    pub(crate) fn rows<T: Send + 'static>(&self, call: Call<Rows<T>>) -> Items<T> {
        let family = Family::of(call.operation().path());
        self.core(family).items(OnePage::new(call))
    }

    /// The vendor's clock less ours, as far as it was needed to learn it; zero before.
    pub fn clock_offset(&self) -> SignedDuration {
        self.inner.skew.offset()
    }

    /// The error of refused credentials, after which nothing more is sent to the host of `family`.
    pub fn latched(&self, family: Family) -> Option<Error> {
        self.core(family).latched()
    }

    /// Forgets refused credentials, for all hosts: for when the key was given its rights back. Other credentials need
    /// another client.
    pub fn unlatch(&self) {
        for core in &self.inner.cores {
            core.unlatch();
        }
    }

    /// The budget of requests, shared by all hosts and clones.
    pub fn limits(&self) -> &Limits {
        self.core(Family::Networks).limits()
    }

    /// The redactor, shared by all hosts and clones: to scrub texts that a host logs itself.
    pub fn redactor(&self) -> &Redactor {
        self.core(Family::Networks).redactor()
    }

    pub(crate) fn core(&self, family: Family) -> &Core {
        &self.inner.cores[family.index()]
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<_> = Family::ALL
            .iter()
            .map(|family| self.core(*family).base().as_str())
            .collect();
        f.debug_struct("Client")
            .field("hosts", &hosts)
            .finish_non_exhaustive()
    }
}

const _: () = {
    const fn shareable<T: Send + Sync + Clone + 'static>() {}
    shareable::<Client>();
};
