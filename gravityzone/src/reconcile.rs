//! The destination side of the crate `reconcile`: observations, probes and steps.
//!
//! ```no_run
//! use gravityzone::reconcile::{Destination, ObserveOptions, PackagesOf};
//!
//! # async fn run(client: gravityzone::Client) -> Result<(), gravityzone::Error> {
//! let destination = Destination::connect(client).await?;
//! let options = ObserveOptions::default().packages(PackagesOf::All);
//! let observation = destination.observe(&options, |progress| eprintln!("{progress}")).await;
//! println!("{} parts of {}", observation.segments.len(), destination.instance());
//! # Ok(())
//! # }
//! ```

mod endpoints;
mod labels;
mod observe;
mod organizations;
mod probe;
mod run;

use std::sync::{Arc, Mutex, PoisonError};

use ::reconcile::identity::{EntityRef, Fingerprint, Instance, Kind, Vendor};
use ::reconcile::inventory::Scope;
use client_core::Error;

use crate::Client;
use crate::companies::{Company, CompanyId};
use crate::general::ApiKeyDetails;
use crate::network::{EndpointId, FolderId, NodeId};
use crate::packages::PackageId;

pub use labels::{
    ADD_ON_MODULES, CHOOSABLE_MODULES, license_subscription, module_labels, module_rules,
    name_rules, pace, subscription,
};
pub use observe::{ObserveOptions, ObserveProgress, PackagesOf, Stage};

/// The vendor of every instance.
pub fn vendor() -> Vendor {
    Vendor::new("gravityzone")
}

/// GravityZone as a destination: one console and one root company, seen with one key.
#[derive(Debug, Clone)]
pub struct Destination {
    client: Client,
    instance: Instance,
    root: CompanyId,
    rights: Arc<Mutex<Option<Fingerprint>>>,
}

impl Destination {
    /// Finds out which company the key belongs to, and what it may use if it may ask that.
    ///
    /// # Errors
    ///
    /// As [`own`](crate::companies::Companies::own).
    pub async fn connect(client: Client) -> Result<Self, Error> {
        let own = client.companies().own().await?;
        let destination = Self {
            instance: instance(&client, &own),
            root: own.id,
            client,
            rights: Arc::new(Mutex::new(None)),
        };
        // A key that may not ask is a sound key, and it will not be allowed to ask later either.
        drop(destination.read_rights().await);
        Ok(destination)
    }

    /// The client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The tenant: the console's host, and the root company's id.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// The key's own company, as a partner to create companies under.
    pub fn root(&self) -> EntityRef {
        self.company(&self.root)
    }

    /// A company as an entity.
    pub fn company(&self, id: &CompanyId) -> EntityRef {
        self.instance.entity(Kind::COMPANY, id.as_str())
    }

    /// A folder as an entity.
    pub fn folder(&self, id: &FolderId) -> EntityRef {
        self.instance.entity(Kind::FOLDER, id.as_str())
    }

    /// A company or folder as an entity.
    pub fn node(&self, id: &NodeId) -> EntityRef {
        match id {
            NodeId::Company(id) => self.company(id),
            NodeId::Folder(id) => self.folder(id),
        }
    }

    /// A package as an entity.
    pub fn package(&self, id: &PackageId) -> EntityRef {
        self.instance.entity(Kind::PACKAGE, id.as_str())
    }

    /// An endpoint as an entity.
    pub fn device(&self, id: &EndpointId) -> EntityRef {
        self.instance.entity(Kind::DEVICE, id.as_str())
    }

    /// The id of a company of this tenant.
    fn company_id(&self, entity: &EntityRef) -> Result<CompanyId, String> {
        self.id_of(entity, &Kind::COMPANY).map(CompanyId::new)
    }

    fn package_id(&self, entity: &EntityRef) -> Result<PackageId, String> {
        self.id_of(entity, &Kind::PACKAGE).map(PackageId::new)
    }

    fn id_of<'e>(&self, entity: &'e EntityRef, kind: &Kind) -> Result<&'e str, String> {
        if entity.instance != self.instance {
            return Err(format!(
                "{entity} is of another tenant than {}",
                self.instance
            ));
        }
        if entity.kind != *kind || entity.id.trim().is_empty() {
            return Err(format!("{entity} is no {kind}"));
        }
        Ok(&entity.id)
    }

    fn is_root(&self, id: &CompanyId) -> bool {
        *id == self.root
    }

    /// Reads what the key may use. A key that may not ask keeps having no rights told.
    async fn read_rights(&self) -> Result<(), Error> {
        let details = self.client.general().api_key_details().await?;
        *self.rights.lock().unwrap_or_else(PoisonError::into_inner) = Some(rights(&details));
        Ok(())
    }

    fn scope(&self) -> Scope {
        Scope {
            instance: self.instance.clone(),
            root: self.instance.root(),
            rights: *self.rights.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }
}

fn instance(client: &Client, own: &Company) -> Instance {
    Instance::new(
        vendor(),
        format!("{}/{}", client.access_url().authority(), own.id),
    )
}

/// A digest of the APIs that a key may use, whatever their order and case.
fn rights(details: &ApiKeyDetails) -> Fingerprint {
    let mut apis: Vec<String> = details
        .enabled_apis
        .iter()
        .map(|api| api.to_lowercase())
        .collect();
    apis.sort_unstable();
    apis.dedup();
    Fingerprint::of(apis.join("\n"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::rights;
    use crate::general::ApiKeyDetails;

    fn details(apis: &[&str]) -> ApiKeyDetails {
        serde_json::from_value(json!({"enabledApis": apis})).unwrap()
    }

    #[test]
    fn rights_do_not_depend_on_order_and_case() {
        let one = rights(&details(&["network", "Companies"]));
        assert_eq!(one, rights(&details(&["companies", "network", "network"])));
        assert_ne!(one, rights(&details(&["companies"])));
    }
}
