//! The methods and the paths that exist.

use serde_json::Value;

use super::envelope::Failure;
use super::{Call, companies, endpoints, general, inventory, licensing, links, network, packages};

type Handler = fn(&mut Call<'_>) -> Result<Value, Failure>;

/// A method; a new one is one more row.
pub(super) struct Procedure {
    pub(super) service: &'static str,
    pub(super) name: &'static str,
    /// A method exists only under these versions of the path.
    pub(super) versions: &'static [&'static str],
    pub(super) is_write: bool,
    pub(super) parameters: &'static [&'static str],
    pub(super) handler: Handler,
}

const V10: &[&str] = &["v1.0"];
const BOTH: &[&str] = &["v1.0", "v1.1"];

const fn read(
    service: &'static str,
    name: &'static str,
    parameters: &'static [&'static str],
    handler: Handler,
) -> Procedure {
    Procedure {
        service,
        name,
        versions: V10,
        is_write: false,
        parameters,
        handler,
    }
}

const fn write(
    service: &'static str,
    name: &'static str,
    parameters: &'static [&'static str],
    handler: Handler,
) -> Procedure {
    Procedure {
        service,
        name,
        versions: V10,
        is_write: true,
        parameters,
        handler,
    }
}

const fn paged(
    name: &'static str,
    parameters: &'static [&'static str],
    handler: Handler,
) -> Procedure {
    Procedure {
        service: "network",
        name,
        versions: BOTH,
        is_write: false,
        parameters,
        handler,
    }
}

pub(super) static PROCEDURES: &[Procedure] = &[
    read("general", "getApiKeyDetails", &[], general::api_key_details),
    write(
        "companies",
        "createCompany",
        companies::CREATE,
        companies::create,
    ),
    read(
        "companies",
        "getCompanyDetails",
        &["companyId"],
        companies::details,
    ),
    write(
        "companies",
        "updateCompanyDetails",
        companies::UPDATE,
        companies::update,
    ),
    write(
        "companies",
        "deleteCompany",
        &["companyId"],
        companies::delete,
    ),
    read(
        "companies",
        "findCompaniesByName",
        &["nameFilter"],
        companies::find,
    ),
    write(
        "companies",
        "suspendCompany",
        &["companyId", "recursive"],
        companies::suspend,
    ),
    write(
        "companies",
        "activateCompany",
        &["companyId", "recursive"],
        companies::activate,
    ),
    read(
        "network",
        "getCompaniesList",
        &["parentId", "filters"],
        network::companies,
    ),
    read(
        "network",
        "getCompanyFoldersList",
        &["parentId"],
        network::folders,
    ),
    write(
        "network",
        "moveCompanyOrCompanyFolder",
        &["id", "newParentId"],
        network::move_company,
    ),
    paged(
        "getNetworkInventoryItems",
        inventory::PARAMETERS,
        inventory::list,
    ),
    paged("getEndpointsList", endpoints::PARAMETERS, endpoints::list),
    write(
        "packages",
        "createPackage",
        packages::CREATE,
        packages::create,
    ),
    read(
        "packages",
        "getPackagesList",
        &["companyId", "page", "perPage"],
        packages::list,
    ),
    read(
        "packages",
        "getPackageDetails",
        &["packageId"],
        packages::details,
    ),
    write(
        "packages",
        "deletePackage",
        &["packageId"],
        packages::delete,
    ),
    read(
        "packages",
        "getInstallationLinks",
        &["companyId", "packageName", "ringId"],
        links::list,
    ),
    read(
        "licensing",
        "getLicenseInfo",
        &["companyId", "returnAllProducts", "page", "perPage"],
        licensing::info,
    ),
];

/// Paths that exist. `quarantine` has sub-services only; bare, it is a page not found.
pub(super) const SERVICES: [&str; 18] = [
    "accounts",
    "companies",
    "general",
    "incidents",
    "integrations",
    "investigation",
    "licensing",
    "maintenanceWindows",
    "network",
    "packages",
    "patchManagement",
    "phasr",
    "policies",
    "push",
    "quarantine/computers",
    "quarantine/exchange",
    "reports",
    "internal",
];
pub(super) const VERSIONS: [&str; 3] = ["v1.0", "v1.1", "v1.2"];
