//! This client as the source of the `reconcile` crate: observations, probes and steps.
//!
//! ```no_run
//! use datto_rmm::reconcile::{ObserveOptions, Source};
//!
//! # async fn run(client: datto_rmm::Client) -> Result<(), datto_rmm::Error> {
//! let source = Source::connect(client).await?;
//! let options = ObserveOptions::default().variable("GravityZonePackageLink").networks();
//! let observation = source.observe(&options, |progress| println!("{progress}")).await;
//! println!("{} segments of {}", observation.segments.len(), source.instance());
//! # Ok(())
//! # }
//! ```

mod convert;
mod observe;
mod probe;
mod run;

use std::fmt;

use ::reconcile::execution::Pace;
use ::reconcile::identity::{EntityRef, Instance, Kind, Vendor};
use client_core::Error;

pub use observe::{ObserveOptions, Progress};

use crate::Client;
use crate::devices::DeviceUid;
use crate::sites::SiteUid;

/// The vendor's name in every [`Instance`].
pub const VENDOR: &str = "datto-rmm";
/// The scheme of Autotask company ids among the shared ids of a site.
pub const AUTOTASK_COMPANY: &str = "autotask-company";
/// The scheme of Datto Networking network ids among the shared ids of a site.
pub const DATTO_NETWORK: &str = "datto-network";

/// One account as a source: a client, and the name of the tenant that it was connected to.
///
/// A cheap clone, like its client. The tenant stays what it was when connecting: should the client get credentials of
/// another account, observations are partial and steps are refused.
#[derive(Clone)]
pub struct Source {
    client: Client,
    instance: Instance,
}

impl Source {
    /// Reads the account to learn which tenant this is.
    ///
    /// # Errors
    ///
    /// Those of [`AccountScope::get`](crate::account::AccountScope::get); `Decode` for an account that tells no uid.
    pub async fn connect(client: Client) -> Result<Self, Error> {
        let instance = tenant(&client).await?;
        Ok(Self { client, instance })
    }

    /// The tenant: platform (or host) and account uid, since uids are unique on one platform only.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// The client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The account as a whole, which variables can belong to.
    pub fn root(&self) -> EntityRef {
        self.instance.root()
    }

    /// A site of this account.
    pub fn site(&self, uid: &SiteUid) -> EntityRef {
        self.instance.entity(Kind::SITE, uid.as_str())
    }

    /// A device of this account.
    pub fn device(&self, uid: &DeviceUid) -> EntityRef {
        self.instance.entity(Kind::DEVICE, uid.as_str())
    }

    /// The uid of a site of this account; `None` for any other entity.
    pub fn site_uid(&self, entity: &EntityRef) -> Option<SiteUid> {
        let is_ours = entity.instance == self.instance && entity.kind == Kind::SITE;
        is_ours.then(|| SiteUid::from(entity.id.as_str()))
    }

    /// How an execution best waits for this vendor. What was written shows at once as far as is known; the window for
    /// variables allows for a minute all the same.
    pub fn pace() -> Pace {
        Pace::default()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("instance", &self.instance)
            .finish_non_exhaustive()
    }
}

/// The tenant that the client's credentials lead to at present.
async fn tenant(client: &Client) -> Result<Instance, Error> {
    let (_, uid) = client.account().identified().await?;
    Ok(Instance::new(
        Vendor::new(VENDOR),
        format!("{}/{uid}", client.address().label()),
    ))
}
