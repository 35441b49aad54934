//! The key itself: what it may use.

use std::collections::BTreeMap;
use std::fmt;

use client_core::{Error, ErrorKind, Operation, Repeat};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::companies::CompanyId;
use crate::network::ListCompanies;
use crate::packages::ListPackages;
use crate::rpc::RpcCode;
use crate::wire::{self, Params};
use crate::{Client, rpc};

const KEY_DETAILS: Operation = Operation::rpc(
    "general.api_key_details",
    "/v1.0/jsonrpc/general",
    "getApiKeyDetails",
)
.charges(&["general.getApiKeyDetails"])
.repeat(Repeat::Read);

pub(crate) const OPERATIONS: [Operation; 1] = [KEY_DETAILS];

/// What the console tells of the key.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are named as the vendor names them")]
pub struct ApiKeyDetails {
    /// Names of the APIs that were ticked when the key was made, such as `companies`. Compare them with
    /// [`Service`], which knows about case.
    #[serde(default, rename = "enabledApis", deserialize_with = "wire::texts")]
    pub enabled_apis: Vec<String>,
    #[serde(default, deserialize_with = "wire::time")]
    pub created_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "wire::text")]
    pub user_id: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    pub email: Option<String>,
    #[serde(default, deserialize_with = "wire::number")]
    pub role: Option<i64>,
    #[serde(default, deserialize_with = "wire::id")]
    pub company_id: Option<CompanyId>,
    #[serde(default, deserialize_with = "wire::text")]
    pub enterprise_id: Option<String>,
    #[serde(default)]
    pub rights: Option<Value>,
}

/// An API that a key can be made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "named as in the console")]
pub enum Service {
    Companies,
    Licensing,
    Network,
    Packages,
    General,
    Accounts,
    Incidents,
    Integrations,
    MaintenanceWindows,
    PatchManagement,
    Phasr,
    Policies,
    Push,
    Quarantine,
    Reports,
}

impl Service {
    /// Every API that this version knows.
    pub const ALL: &'static [Self] = &[
        Self::Companies,
        Self::Licensing,
        Self::Network,
        Self::Packages,
        Self::General,
        Self::Accounts,
        Self::Incidents,
        Self::Integrations,
        Self::MaintenanceWindows,
        Self::PatchManagement,
        Self::Phasr,
        Self::Policies,
        Self::Push,
        Self::Quarantine,
        Self::Reports,
    ];

    /// What mapping companies needs: the vendors' own companion app asks for the same four.
    pub const NEEDED: &'static [Self] = &[
        Self::Companies,
        Self::Licensing,
        Self::Network,
        Self::Packages,
    ];

    /// The name in paths, which is also what the console calls it, but for case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Companies => "companies",
            Self::Licensing => "licensing",
            Self::Network => "network",
            Self::Packages => "packages",
            Self::General => "general",
            Self::Accounts => "accounts",
            Self::Incidents => "incidents",
            Self::Integrations => "integrations",
            Self::MaintenanceWindows => "maintenanceWindows",
            Self::PatchManagement => "patchManagement",
            Self::Phasr => "phasr",
            Self::Policies => "policies",
            Self::Push => "push",
            Self::Quarantine => "quarantine",
            Self::Reports => "reports",
        }
    }

    /// Whether a name of [`ApiKeyDetails::enabled_apis`] is this API, whatever its case and separators.
    pub fn is_named(self, name: &str) -> bool {
        let plain = |text: &str| -> String {
            text.chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|c| c.to_ascii_lowercase())
                .collect()
        };
        plain(name) == plain(self.as_str())
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whether a key may use an API.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Access {
    /// It may.
    Enabled,
    /// It may not.
    NotEnabled,
    /// Neither was told; holds the error of the look, if there was one.
    Unknown(Option<Error>),
}

/// What a key may use; made by [`General::scopes`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Scopes {
    /// What the console told of the key; `None` if the key may not ask that and each API was tried instead.
    pub details: Option<ApiKeyDetails>,
    access: BTreeMap<Service, Access>,
}

impl Scopes {
    /// Whether the key may use an API.
    pub fn access(&self, service: Service) -> &Access {
        self.access.get(&service).unwrap_or(&Access::Unknown(None))
    }

    /// The APIs of `wanted` that the key surely may not use.
    pub fn missing(&self, wanted: &[Service]) -> Vec<Service> {
        let is_missing = |service: &&Service| matches!(self.access(**service), Access::NotEnabled);
        wanted.iter().filter(is_missing).copied().collect()
    }

    /// The APIs of `wanted` of which nothing is known.
    pub fn unknown(&self, wanted: &[Service]) -> Vec<Service> {
        let is_unknown = |service: &&Service| matches!(self.access(**service), Access::Unknown(_));
        wanted.iter().filter(is_unknown).copied().collect()
    }
}

/// The key itself; made by [`Client::general`].
#[derive(Debug, Clone, Copy)]
pub struct General<'c>(pub(crate) &'c Client);

impl General<'_> {
    /// What the console tells of the key. A key made without the API General may not ask; [`scopes`](Self::scopes) finds
    /// out in another way.
    ///
    /// # Errors
    ///
    /// [`Scope`](ErrorKind::Scope) if the key may not ask, [`Credentials`](ErrorKind::Credentials) if it is refused.
    pub async fn api_key_details(self) -> Result<ApiKeyDetails, Error> {
        self.0.send(rpc::call(&KEY_DETAILS, &Params::new())).await
    }

    /// What the key may use: as the console tells, or, where the key may not ask, by one read of each API that this
    /// crate knows a harmless one of (companies, licensing, network, packages).
    ///
    /// # Errors
    ///
    /// [`Credentials`](ErrorKind::Credentials) if the key is refused everywhere, and whatever says nothing about it.
    pub async fn scopes(self) -> Result<Scopes, Error> {
        match self.api_key_details().await {
            Ok(details) => Ok(told(details)),
            Err(error) if may_not_ask(&error) && self.0.core().latched().is_none() => {
                self.tried(error).await
            }
            Err(error) => Err(error),
        }
    }

    async fn tried(self, refused: Error) -> Result<Scopes, Error> {
        let client = self.0;
        let mut access = BTreeMap::new();
        if refused.kind() == ErrorKind::Scope {
            access.insert(Service::General, Access::NotEnabled);
        }
        let companies = client.companies().own().await.map(drop);
        access.insert(Service::Companies, judge(companies));
        let network = client
            .network()
            .companies(&ListCompanies::default())
            .decoded()
            .collect_all()
            .await
            .map(drop);
        access.insert(Service::Network, judge(network));
        let first_page = client
            .packages()
            .own(&ListPackages::default().per_page(1))
            .next()
            .await;
        access.insert(Service::Packages, judge(first_page.transpose().map(drop)));
        access.insert(
            Service::Licensing,
            judge(client.licensing().own().await.map(drop)),
        );
        if let Some(error) = client.core().latched() {
            return Err(error);
        }
        let is_open = |access: &Access| matches!(access, Access::Enabled | Access::NotEnabled);
        let is_refused = |access: &Access| matches!(access, Access::Unknown(Some(e)) if e.kind() == ErrorKind::Credentials);
        let asked = || {
            Service::NEEDED
                .iter()
                .filter_map(|service| access.get(service))
        };
        if asked().any(is_refused) && !asked().any(is_open) {
            return Err(refused);
        }
        Ok(Scopes {
            details: None,
            access,
        })
    }
}

fn told(details: ApiKeyDetails) -> Scopes {
    let access = Service::ALL.iter().map(|service| {
        let is_listed = details
            .enabled_apis
            .iter()
            .any(|name| service.is_named(name));
        // The answer itself proves General, listed or not.
        let access = if is_listed || *service == Service::General {
            Access::Enabled
        } else {
            Access::NotEnabled
        };
        (*service, access)
    });
    Scopes {
        access: access.collect(),
        details: Some(details),
    }
}

/// Whether the key is refused this question, or this question is unknown, so that others may still be answered.
fn may_not_ask(error: &Error) -> bool {
    use ErrorKind::{Credentials, Denied, InvalidInput, NotFound, Scope, Vendor};
    matches!(
        error.kind(),
        Scope | Denied | Credentials | Vendor | InvalidInput | NotFound
    )
}

fn judge(result: Result<(), Error>) -> Access {
    match result {
        Ok(()) => Access::Enabled,
        Err(error) => match error.kind() {
            ErrorKind::Scope => Access::NotEnabled,
            // Whoever is told what is wrong with the question got past the check of the key.
            ErrorKind::NotFound => Access::Enabled,
            ErrorKind::InvalidInput if RpcCode::of(&error) == Some(RpcCode::InvalidParams) => {
                Access::Enabled
            }
            _ => Access::Unknown(Some(error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Access, ApiKeyDetails, Service, told};

    #[test]
    fn names_are_compared_without_case_and_separators() {
        for (name, service) in [
            ("companies", Service::Companies),
            ("Licensing", Service::Licensing),
            ("maintenance_windows", Service::MaintenanceWindows),
            ("Patch Management", Service::PatchManagement),
        ] {
            assert!(service.is_named(name), "{name}");
        }
        assert!(!Service::Network.is_named("networks"));
    }

    /// F011: the four APIs that mapping needs.
    #[test]
    fn f011_what_the_key_lacks_is_listed() {
        let details: ApiKeyDetails = serde_json::from_value(json!({
            "enabledApis": ["companies", "NETWORK", "somethingNew"],
            "createdAt": "2019-04-11T12:00:54",
        }))
        .unwrap();
        let scopes = told(details);
        assert_eq!(
            scopes.missing(Service::NEEDED),
            [Service::Licensing, Service::Packages]
        );
        assert!(matches!(scopes.access(Service::General), Access::Enabled));
        assert!(scopes.unknown(Service::ALL).is_empty());
    }
}
