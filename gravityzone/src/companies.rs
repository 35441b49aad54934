//! Companies: the key's own, and those below it
//! ([reference](https://www.bitdefender.com/business/support/en/77211-126236-createcompany.html)).
//!
//! A key of a partner reaches the whole tree below its company; a key of a customer reaches its own company only, and
//! all else answers that the method does not exist. The tree itself is read through [`network`].

mod input;
mod model;
mod search;
mod subscription;

use client_core::{Call, Error, ErrorKind, Items, Operation, Repeat};

use crate::licensing::License;
use crate::network::{CompanyRow, Endpoint, ListCompanies, ListEndpoints};
use crate::packages::{InstallationLinks, LinkQuery, PackageRow};
use crate::rpc::{self, RpcCode};
use crate::wire::Params;
use crate::{Client, network};

pub(crate) use input::check_id;
pub use input::{MAX_NAME, NewCompany, UpdateCompany};
pub(crate) use model::same_name;
pub use model::{Company, CompanyId, CompanyType, ContactPerson, Industry};
pub use search::{CompanySearch, NamedCompany};
pub use subscription::LicenseSubscription;

const SERVICE: &str = "/v1.0/jsonrpc/companies";

const CREATE: Operation = Operation::rpc("companies.create", SERVICE, "createCompany")
    .charges(&["companies.createCompany"]);
const GET: Operation = Operation::rpc("companies.get", SERVICE, "getCompanyDetails")
    .charges(&["companies.getCompanyDetails"])
    .repeat(Repeat::Read);
const UPDATE: Operation = Operation::rpc("companies.update", SERVICE, "updateCompanyDetails")
    .charges(&["companies.updateCompanyDetails"])
    .repeat(Repeat::Idempotent);
const DELETE: Operation = Operation::rpc("companies.delete", SERVICE, "deleteCompany")
    .charges(&["companies.deleteCompany"]);
const SEARCH: Operation = Operation::rpc("companies.search", SERVICE, "findCompaniesByName")
    .charges(&["companies.findCompaniesByName"])
    .repeat(Repeat::Read);
const SUSPEND: Operation = Operation::rpc("companies.suspend", SERVICE, "suspendCompany")
    .charges(&["companies.suspendCompany"])
    .repeat(Repeat::Idempotent);
const ACTIVATE: Operation = Operation::rpc("companies.activate", SERVICE, "activateCompany")
    .charges(&["companies.activateCompany"])
    .repeat(Repeat::Idempotent);

pub(crate) const OPERATIONS: [Operation; 7] =
    [CREATE, GET, UPDATE, DELETE, SEARCH, SUSPEND, ACTIVATE];

/// Companies; made by [`Client::companies`].
#[derive(Debug, Clone, Copy)]
pub struct Companies<'c>(pub(crate) &'c Client);

/// One company; made by [`Client::company`].
#[derive(Debug, Clone, Copy)]
pub struct CompanyHandle<'c> {
    pub(crate) client: &'c Client,
    pub(crate) id: &'c CompanyId,
}

impl Companies<'_> {
    /// The company that the key belongs to.
    ///
    /// # Errors
    ///
    /// [`Credentials`](ErrorKind::Credentials) for a key that this console does not know, [`Scope`](ErrorKind::Scope)
    /// for one without the API Companies.
    pub async fn own(self) -> Result<Company, Error> {
        self.0.send(rpc::call(&GET, &Params::new())).await
    }

    /// Changes the company that the key belongs to.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](ErrorKind::InvalidInput) naming the field, [`Conflict`](ErrorKind::Conflict) for a name in use.
    pub async fn update_own(self, update: &UpdateCompany) -> Result<(), Error> {
        let call = rpc::void_call(&UPDATE, &update.params());
        self.0.send(checked(call, update.check(true))).await
    }

    /// Makes a company and gives its id. This costs money.
    ///
    /// Never sent twice: an error with an [unknown outcome](Error::is_outcome_unknown) means to look for the name
    /// ([`named`](Self::named)) before trying again.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](ErrorKind::InvalidInput) naming the field, [`Conflict`](ErrorKind::Conflict) for a name in use
    /// anywhere on the platform, [`Denied`](ErrorKind::Denied) for what licence or rights do not allow.
    pub async fn create(self, company: &NewCompany) -> Result<CompanyId, Error> {
        let call = rpc::call(&CREATE, &company.params());
        self.0.send(checked(call, company.check())).await
    }
}

impl<'c> CompanyHandle<'c> {
    /// The id.
    pub fn id(self) -> &'c CompanyId {
        self.id
    }

    /// Reads the company.
    ///
    /// # Errors
    ///
    /// [`NotFound`](ErrorKind::NotFound) or, from most consoles, [`InvalidInput`](ErrorKind::InvalidInput) if there is
    /// none that the key can see; [`find`](Self::find) understands both.
    pub async fn get(self) -> Result<Company, Error> {
        let call = rpc::call(&GET, &Params::new().id("companyId", self.id));
        self.client
            .send(checked(call, check_id("companyId", self.id.as_str())))
            .await
    }

    /// Reads the company, or tells that there is none by this id that the key can see: deleted, moved out of the tree,
    /// or never there.
    ///
    /// # Errors
    ///
    /// Any kind that says nothing about the company. For an id of another shape than 24 hexadecimal digits a refusal
    /// of the id stays an error.
    pub async fn find(self) -> Result<Option<Company>, Error> {
        match self.get().await {
            Ok(company) => Ok(Some(company)),
            Err(error) if is_absence(&error) && is_object_id(self.id.as_str()) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Changes the company.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](ErrorKind::InvalidInput) naming the field, [`Conflict`](ErrorKind::Conflict) for a name in use.
    pub async fn update(self, update: &UpdateCompany) -> Result<(), Error> {
        // The parameter is `id`; under any other name the own company would be changed.
        let call = rpc::void_call(&UPDATE, &update.params().id("id", self.id));
        let valid = check_id("id", self.id.as_str()).and_then(|()| update.check(false));
        self.client.send(checked(call, valid)).await
    }

    /// Deletes the company for good. What becomes of its agents is not documented; those installed stay where they are.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), and a refusal while there are companies below it.
    pub async fn delete(self) -> Result<(), Error> {
        let call = rpc::void_call(&DELETE, &Params::new().id("companyId", self.id));
        self.client
            .send(checked(call, check_id("companyId", self.id.as_str())))
            .await
    }

    /// Suspends the company, and with `recursive` all below it: its users cannot log in, and agents installed from its
    /// packages expire.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn suspend(self, recursive: bool) -> Result<(), Error> {
        self.set_active(&SUSPEND, recursive).await
    }

    /// Ends the suspension of the company, and with `recursive` of all below it.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn activate(self, recursive: bool) -> Result<(), Error> {
        self.set_active(&ACTIVATE, recursive).await
    }

    async fn set_active(self, operation: &Operation, recursive: bool) -> Result<(), Error> {
        let call = rpc::void_call(
            operation,
            &Params::new()
                .id("companyId", self.id)
                .set("recursive", recursive),
        );
        self.client
            .send(checked(call, check_id("companyId", self.id.as_str())))
            .await
    }

    /// Puts the company under another partner or into a folder.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn move_to(self, parent: impl Into<network::NodeId>) -> Result<(), Error> {
        self.client
            .network()
            .move_node(&self.id.clone().into(), &parent.into())
            .await
    }

    /// The companies directly below it. A customer has none and answers with an error.
    pub fn children(self) -> Items<CompanyRow> {
        self.client
            .network()
            .companies(&ListCompanies::below(self.id.clone()))
    }

    /// All endpoints of the company and of those below it; filter by `company_id` for its own.
    pub fn endpoints(self) -> Items<Endpoint> {
        self.client
            .network()
            .endpoints(&ListEndpoints::below(self.id.as_str()).recursive())
    }

    /// Its packages. The key's own company is refused here: use [`Packages::own`](crate::packages::Packages::own).
    pub fn packages(self) -> Items<PackageRow> {
        self.client.packages().list(self.id)
    }

    /// The installation links of its packages; links of other companies are left out.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn links(self) -> Result<Vec<InstallationLinks>, Error> {
        self.client
            .packages()
            .links(&LinkQuery::of(self.id.clone()))
            .await
    }

    /// Its licence.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn license(self) -> Result<License, Error> {
        self.client.licensing().of(self.id).await
    }
}

/// Whether an error says that an id leads nowhere, as far as the key can see.
pub(crate) fn is_absence(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::NotFound => true,
        ErrorKind::InvalidInput => RpcCode::of(error) == Some(RpcCode::InvalidParams),
        _ => false,
    }
}

/// Whether an id has the shape that the vendor gives to all of them, so that a refusal can only be about what it names.
pub(crate) fn is_object_id(id: &str) -> bool {
    id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The call, or its refusal before anything is sent.
pub(crate) fn checked<T>(call: Call<T>, valid: Result<(), String>) -> Call<T> {
    match valid {
        Ok(()) => call,
        Err(fault) => call.refuse_if(true, &fault),
    }
}
