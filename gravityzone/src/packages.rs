//! Installation packages and their links.
//!
//! A package belongs to a company and is known by its name there. Its kits are built after it was made: look at
//! [`InstallationLinks::kit_status`] before handing out a link.

mod input;
mod model;

use client_core::{Error, Items, Operation, Repeat, Rows};
use serde::Deserialize;
use serde_json::Value;

use crate::companies::{CompanyId, check_id, checked};
use crate::paging::{self, PageSize};
use crate::wire::{self, Params};
use crate::{Client, rpc};

pub use input::{Competitors, Deployment, NewPackage};
pub use model::{
    DeploymentOptions, Engine, Engines, InstallationLinks, KitStatus, Module, Package, PackageId,
    PackageRow, PackageSettings, PackageType, Roles, ScanMode,
};

const SERVICE: &str = "/v1.0/jsonrpc/packages";

const LIST: Operation = Operation::rpc("packages.list", SERVICE, "getPackagesList")
    .charges(&["packages.getPackagesList"])
    .repeat(Repeat::Read);
const GET: Operation = Operation::rpc("packages.get", SERVICE, "getPackageDetails")
    .charges(&["packages.getPackageDetails"])
    .repeat(Repeat::Read);
const CREATE: Operation = Operation::rpc("packages.create", SERVICE, "createPackage")
    .charges(&["packages.createPackage"]);
const DELETE: Operation = Operation::rpc("packages.delete", SERVICE, "deletePackage")
    .charges(&["packages.deletePackage"]);
const LINKS: Operation = Operation::rpc("packages.links", SERVICE, "getInstallationLinks")
    .charges(&["packages.getInstallationLinks"])
    .repeat(Repeat::Read);

pub(crate) const OPERATIONS: [Operation; 5] = [LIST, GET, CREATE, DELETE, LINKS];

/// The largest page.
const PAGE: u32 = 100;

/// Packages; made by [`Client::packages`].
#[derive(Debug, Clone, Copy)]
pub struct Packages<'c>(pub(crate) &'c Client);

/// One package; made by [`Client::package`].
#[derive(Debug, Clone, Copy)]
pub struct PackageHandle<'c> {
    pub(crate) client: &'c Client,
    pub(crate) id: &'c PackageId,
}

/// How to list packages.
#[derive(Debug, Clone)]
pub struct ListPackages {
    size: PageSize,
}

impl Default for ListPackages {
    fn default() -> Self {
        Self {
            size: PageSize::largest(PAGE),
        }
    }
}

impl ListPackages {
    /// Sets the size of a page: 1 to 100, by default 100. Old consoles take 30 at most.
    #[must_use]
    pub fn per_page(mut self, rows: u32) -> Self {
        self.size.per_page = rows.clamp(1, PAGE);
        self
    }

    /// Takes a listing that ends before its own total for whole. Only where a console is known to count wrongly.
    #[must_use]
    pub fn ignoring_total(mut self) -> Self {
        self.size.trusts_total = false;
        self
    }
}

/// Which links to get; made by [`LinkQuery::of`] or [`LinkQuery::all`].
#[derive(Debug, Clone)]
pub struct LinkQuery {
    company: Option<CompanyId>,
    package: Option<String>,
    ring: Option<i64>,
}

impl LinkQuery {
    /// Links of one company's packages.
    pub fn of(company: CompanyId) -> Self {
        Self {
            company: Some(company),
            package: None,
            ring: None,
        }
    }

    /// Links of the packages of every company that the key manages.
    pub fn all() -> Self {
        Self {
            company: None,
            package: None,
            ring: None,
        }
    }

    /// Only packages of this name. Without a company, other companies' packages of the same name come too.
    #[must_use]
    pub fn package(mut self, name: impl Into<String>) -> Self {
        self.package = Some(name.into());
        self
    }

    /// Takes the kits of an update ring: 0 slow, 3 production, 4 and 5 test.
    #[must_use]
    pub fn ring(mut self, ring: i64) -> Self {
        self.ring = Some(ring);
        self
    }

    fn fits(&self, links: &InstallationLinks) -> bool {
        // Where a console names no company, it has but one.
        let is_company = match (&self.company, &links.company_id) {
            (Some(wanted), Some(company)) => wanted == company,
            _ => true,
        };
        let is_package = match (&self.package, &links.package_name) {
            (Some(wanted), Some(name)) => wanted == name,
            _ => true,
        };
        is_company && is_package
    }
}

impl Packages<'_> {
    /// The packages of a company below the key's own.
    pub fn list(self, company: &CompanyId) -> Items<PackageRow> {
        self.list_with(company, &ListPackages::default())
    }

    /// The same, with settings.
    pub fn list_with(self, company: &CompanyId, list: &ListPackages) -> Items<PackageRow> {
        self.pages(Params::new().id("companyId", company), list)
    }

    /// The packages of the key's own company, which may not be asked for by its id.
    pub fn own(self, list: &ListPackages) -> Items<PackageRow> {
        self.pages(Params::new(), list)
    }

    fn pages(self, params: Params, list: &ListPackages) -> Items<PackageRow> {
        let pager = paging::pages::<PackageRow>(&LIST, params.into_map(), list.size);
        self.0.items(pager).dedupe_by(|row| row.id.clone())
    }

    /// Makes a package and gives its id.
    ///
    /// Never sent twice: an error with an [unknown outcome](Error::is_outcome_unknown) means to list the company's
    /// packages before trying again. What the licence does not include may be dropped without a word; read the package
    /// back.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput) naming the field,
    /// [`Conflict`](client_core::ErrorKind::Conflict) for a name in use,
    /// [`Denied`](client_core::ErrorKind::Denied) for what the licence does not allow.
    pub async fn create(self, package: &NewPackage) -> Result<PackageId, Error> {
        let call = rpc::call::<Value>(&CREATE, &package.params()).and_then(created);
        self.0.send(checked(call, package.check())).await
    }

    /// Installation links. Rows of other companies or packages than those asked for are left out.
    ///
    /// # Errors
    ///
    /// Any kind; one row that cannot be read fails them all, as it may be the one that is wanted.
    pub async fn links(self, query: &LinkQuery) -> Result<Vec<InstallationLinks>, Error> {
        let params = Params::new()
            .maybe("companyId", query.company.as_ref().map(ToString::to_string))
            .maybe("packageName", query.package.clone())
            .maybe("ringId", query.ring);
        let valid = query
            .company
            .as_ref()
            .map_or(Ok(()), |company| check_id("companyId", company.as_str()));
        let call =
            rpc::call::<Rows<InstallationLinks>>(&LINKS, &params).and_then(Rows::into_strict);
        let mut links = self.0.send(checked(call, valid)).await?;
        links.retain(|links| query.fits(links));
        Ok(links)
    }
}

impl<'c> PackageHandle<'c> {
    /// The id.
    pub fn id(self) -> &'c PackageId {
        self.id
    }

    /// Reads the package.
    ///
    /// # Errors
    ///
    /// [`NotFound`](client_core::ErrorKind::NotFound) or
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput) if there is none that the key can see.
    pub async fn get(self) -> Result<Package, Error> {
        let call = rpc::call(&GET, &Params::new().id("packageId", self.id));
        self.client
            .send(checked(call, check_id("packageId", self.id.as_str())))
            .await
    }

    /// Deletes the package. Agents installed from it stay.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn delete(self) -> Result<(), Error> {
        let call = rpc::void_call(&DELETE, &Params::new().id("packageId", self.id));
        self.client
            .send(checked(call, check_id("packageId", self.id.as_str())))
            .await
    }
}

/// The answer of a creation: one object with one id, in a list or not.
#[derive(Deserialize)]
struct Created {
    #[serde(default)]
    records: Vec<PackageId>,
    #[serde(default, deserialize_with = "wire::flag")]
    success: Option<bool>,
}

fn created(result: Value) -> Result<PackageId, client_core::DecodeError> {
    let fault = |text: &str| client_core::DecodeError::new(text).at("result");
    if let Value::String(id) = result {
        return Ok(PackageId::new(id));
    }
    let all: Vec<Created> = wire::one_or_many(result)?;
    if all.iter().any(|created| created.success == Some(false)) {
        return Err(fault("the package was not created"));
    }
    all.into_iter()
        .flat_map(|created| created.records)
        .next()
        .ok_or_else(|| fault("no id of the new package"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::created;

    #[test]
    fn the_new_id_is_found_in_every_shape() {
        for result in [
            json!([{"records": ["5a37b660b1a43d99117b23c6"], "success": true}]),
            json!({"records": ["5a37b660b1a43d99117b23c6"], "success": 1}),
            json!("5a37b660b1a43d99117b23c6"),
        ] {
            assert_eq!(
                created(result).unwrap().as_str(),
                "5a37b660b1a43d99117b23c6"
            );
        }
        for result in [
            json!([]),
            json!(null),
            json!([{"records": [], "success": true}]),
            json!({"records": ["x"], "success": false}),
        ] {
            assert!(created(result).is_err());
        }
    }
}
