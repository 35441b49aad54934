//! Commands: what a test changes behind a client's back, as JSON.

mod apply;
mod rule;

use serde::Deserialize;
use serde_json::Value;

use self::rule::{Rule, VendorName};
use crate::faults::FaultAction;
use crate::keys::NetworkingKeyKind;
use crate::world::{
    ActivityDay, ActivitySpec, JobScript, NetworkDeviceKind, SecurityLevel, Unknown,
};

/// Why a command was not carried out.
#[derive(Debug)]
pub(super) enum Refusal {
    Unknown(Unknown),
    /// It says what cannot be.
    Bad(String),
}

impl From<Unknown> for Refusal {
    fn from(unknown: Unknown) -> Self {
        Self::Unknown(unknown)
    }
}

/// Those that take nothing have braces: only so are fields that they do not have refused.
///
/// `{"op": "delete-site", "site": "…"}` and the like; sites by uid, companies and packages by id.
#[derive(Debug, Deserialize)]
#[serde(
    tag = "op",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub(super) enum Command {
    DeleteSite {
        site: String,
    },
    RenameSite {
        site: String,
        name: String,
    },
    SetOnDemand {
        site: String,
        on: bool,
    },
    SetVariable {
        site: String,
        name: String,
        value: String,
    },
    SetMasked {
        site: String,
        name: String,
        on: bool,
    },
    RemoveVariable {
        site: String,
        name: String,
    },
    SetAccountVariable {
        name: String,
        value: String,
    },
    AddAssociationEvidence {
        site: String,
        company: String,
    },
    RemoveAssociationEvidence {
        site: String,
    },
    SetOnline {
        device: String,
        on: bool,
    },
    MoveDevice {
        device: String,
        site: String,
    },
    DeleteDevice {
        device: String,
    },
    AddAlert {
        device: String,
        priority: String,
        context: Option<Value>,
    },
    ResolveAlert {
        alert: String,
        by: String,
    },
    ScriptJobs {
        component: Option<String>,
        device: Option<String>,
        script: JobScript,
    },
    ClearJobScripts {},
    AddActivity(ActivitySpec),
    SimulateActivity(ActivityDay),
    AddRmmUser {
        username: String,
        level: SecurityLevel,
    },
    SetUserLevel {
        username: String,
        level: SecurityLevel,
    },
    RestrictUser {
        username: String,
        sites: Option<Vec<String>>,
    },
    DeleteCompany {
        company: String,
    },
    MoveCompany {
        company: String,
        parent: String,
    },
    MoveCompanyOut {
        company: String,
    },
    RenameCompany {
        company: String,
        name: String,
    },
    TakeCompanyName {
        name: String,
    },
    SetSuspended {
        company: String,
        on: bool,
    },
    SetManagedByAbove {
        company: String,
        on: bool,
    },
    RenamePackage {
        package: String,
        name: String,
    },
    SetModule {
        package: String,
        module: String,
        on: bool,
    },
    DeletePackage {
        package: String,
    },
    RemoveGravityzoneApi {
        api: String,
    },
    AddGravityzoneApi {
        api: String,
    },
    RestrictGravityzoneKey {
        target: Option<String>,
    },
    RehomeGravityzoneKey {
        company: String,
    },
    AddNetwork {
        name: String,
    },
    RenameNetwork {
        network: i64,
        name: String,
    },
    DeleteNetwork {
        network: i64,
    },
    SetNetworkMapping {
        site: String,
        network: i64,
        on: bool,
    },
    AddNetworkDevice {
        kind: NetworkDeviceKind,
        network: i64,
        name: String,
        ip: String,
    },
    RenameNetworkDevice {
        kind: NetworkDeviceKind,
        id: i64,
        name: String,
    },
    MoveNetworkDevice {
        kind: NetworkDeviceKind,
        id: i64,
        network: i64,
    },
    DeleteNetworkDevice {
        kind: NetworkDeviceKind,
        id: i64,
    },
    SetNetworkDeviceDown {
        kind: NetworkDeviceKind,
        id: i64,
        on: bool,
    },
    SetNetworkDeviceIp {
        kind: NetworkDeviceKind,
        id: i64,
        ip: String,
    },
    AddNetworkingKey {
        kind: NetworkingKeyKind,
    },
    SetNetworkingKeyKind {
        kind: NetworkingKeyKind,
    },
    SetNetworkingReadOnly {
        on: bool,
    },
    ExpireNetworkingKey {},
    RevokeKey {
        vendor: VendorName,
    },
    RestoreKeys {},
    ExpireTokens {},
    Advance {
        seconds: u64,
    },
    SetLatency {
        milliseconds: u64,
    },
    Inject(Rule),
    InjectSeeded {
        seed: u64,
        per_mille: u32,
        actions: Vec<FaultAction>,
    },
    UnfiredFaults {},
    ClearFaults {},
    ResetCounts {},
}

#[cfg(test)]
mod tests {
    use super::Command;

    /// The names that the front page of the crate lists, and all that there are.
    #[test]
    fn every_command_is_on_the_front_page() {
        let page = include_str!("../lib.rs");
        // Serde names them all when it knows none.
        let error = serde_json::from_str::<Command>(r#"{"op":"nothing"}"#).unwrap_err();
        let error = error.to_string();
        let names: Vec<_> = error.split('`').skip(3).step_by(2).collect();
        assert!(names.len() > 50, "{error}");
        for name in names {
            assert!(page.contains(&format!("`{name}`")), "{name}");
        }
    }
}
