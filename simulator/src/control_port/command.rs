//! Commands, one for each of the handle's operations.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::{Fault, FaultAction};
use crate::keys::NetworkingKeyKind;
use crate::record::Vendor;
use crate::simulator::Simulator;
use crate::world::{
    ActivityDay, ActivitySpec, JobScript, NetworkDeviceKind, SecurityLevel, Unknown,
};

/// `{"op": "delete-site", "site": "…"}` and the like; sites by uid, companies and packages by id.
#[derive(Debug, Deserialize)]
#[serde(
    tag = "op",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
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
    ClearJobScripts,
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
    ExpireNetworkingKey,
    RevokeKey {
        vendor: VendorName,
    },
    RestoreKeys,
    ExpireTokens,
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
    ClearFaults,
    ResetCounts,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum VendorName {
    Rmm,
    GravityZone,
    Networking,
}

impl From<VendorName> for Vendor {
    fn from(name: VendorName) -> Self {
        match name {
            VendorName::Rmm => Self::Rmm,
            VendorName::GravityZone => Self::GravityZone,
            VendorName::Networking => Self::Networking,
        }
    }
}

/// A fault; without `operation` it hits any, without `nth`, `times` or `always` the next request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Rule {
    operation: Option<String>,
    vendor: Option<VendorName>,
    action: FaultAction,
    #[serde(default)]
    writes_only: bool,
    page: Option<u64>,
    nth: Option<u32>,
    times: Option<u32>,
    #[serde(default)]
    always: bool,
}

impl From<Rule> for Fault {
    fn from(rule: Rule) -> Self {
        let mut fault = match rule.operation {
            Some(operation) => Self::on(operation, rule.action),
            None => Self::any(rule.vendor.map(Vendor::from), rule.action),
        };
        if rule.writes_only {
            fault = fault.writes_only();
        }
        if let Some(page) = rule.page {
            fault = fault.page(page);
        }
        match (rule.always, rule.nth, rule.times) {
            (true, ..) => fault.always(),
            (_, Some(nth), _) => fault.nth(nth),
            (_, _, Some(times)) => fault.times(times),
            _ => fault,
        }
    }
}

impl Command {
    /// Carries the command out; ids of what was made are the result.
    pub(super) fn apply(self, simulator: &Simulator) -> Result<Value, Unknown> {
        match self {
            Self::DeleteSite { site } => simulator.delete_site(&site)?,
            Self::RenameSite { site, name } => simulator.rename_site(&site, &name)?,
            Self::SetOnDemand { site, on } => simulator.set_on_demand(&site, on)?,
            Self::SetVariable { site, name, value } => {
                simulator.set_variable(&site, &name, &value)?;
            }
            Self::SetMasked { site, name, on } => simulator.set_masked(&site, &name, on)?,
            Self::RemoveVariable { site, name } => simulator.remove_variable(&site, &name)?,
            Self::SetAccountVariable { name, value } => {
                simulator.set_account_variable(&name, &value);
            }
            Self::AddAssociationEvidence { site, company } => {
                return Ok(
                    json!({"package": simulator.add_association_evidence(&site, &company)?}),
                );
            }
            Self::RemoveAssociationEvidence { site } => {
                simulator.remove_association_evidence(&site)?;
            }
            Self::SetOnline { device, on } => simulator.set_online(&device, on)?,
            Self::MoveDevice { device, site } => simulator.move_device(&device, &site)?,
            Self::AddAlert {
                device,
                priority,
                context,
            } => {
                return Ok(json!({"alert": simulator.add_alert(&device, &priority, context)?}));
            }
            Self::ResolveAlert { alert, by } => simulator.resolve_alert(&alert, &by)?,
            Self::ScriptJobs {
                component,
                device,
                script,
            } => simulator.script_jobs(component.as_deref(), device.as_deref(), script)?,
            Self::ClearJobScripts => simulator.clear_job_scripts(),
            Self::AddActivity(spec) => {
                return Ok(json!({"activity": simulator.add_activity(&spec)?}));
            }
            Self::SimulateActivity(day) => {
                return Ok(json!({"activities": simulator.simulate_activity(&day)}));
            }
            Self::AddRmmUser { username, level } => {
                let (key, secret) = simulator.add_rmm_user(&username, level);
                return Ok(json!({"key": key, "secret": secret}));
            }
            Self::SetUserLevel { username, level } => {
                simulator.set_user_level(&username, level)?;
            }
            Self::RestrictUser { username, sites } => {
                simulator.restrict_user(&username, sites.as_deref())?;
            }
            Self::DeleteCompany { company } => simulator.delete_company(&company)?,
            Self::MoveCompany { company, parent } => simulator.move_company(&company, &parent)?,
            Self::MoveCompanyOut { company } => simulator.move_company_out(&company)?,
            Self::RenameCompany { company, name } => simulator.rename_company(&company, &name)?,
            Self::TakeCompanyName { name } => {
                return Ok(json!({"company": simulator.take_company_name(&name)}));
            }
            Self::SetSuspended { company, on } => simulator.set_suspended(&company, on)?,
            Self::SetManagedByAbove { company, on } => {
                simulator.set_managed_by_above(&company, on)?;
            }
            Self::RenamePackage { package, name } => simulator.rename_package(&package, &name)?,
            Self::SetModule {
                package,
                module,
                on,
            } => simulator.set_module(&package, &module, on)?,
            Self::DeletePackage { package } => simulator.delete_package(&package)?,
            Self::RemoveGravityzoneApi { api } => simulator.remove_gravityzone_api(&api),
            Self::AddGravityzoneApi { api } => simulator.add_gravityzone_api(&api),
            Self::RestrictGravityzoneKey { target } => {
                simulator.restrict_gravityzone_key(target.as_deref())?;
            }
            Self::RehomeGravityzoneKey { company } => simulator.rehome_gravityzone_key(&company)?,
            Self::AddNetwork { name } => {
                return Ok(json!({"network": simulator.add_network(&name)}));
            }
            Self::RenameNetwork { network, name } => simulator.rename_network(network, &name)?,
            Self::DeleteNetwork { network } => simulator.delete_network(network)?,
            Self::SetNetworkMapping { site, network, on } => {
                simulator.set_network_mapping(&site, network, on)?;
            }
            Self::AddNetworkDevice {
                kind,
                network,
                name,
                ip,
            } => {
                return Ok(json!({"id": simulator.add_network_device(kind, network, &name, &ip)?}));
            }
            Self::RenameNetworkDevice { kind, id, name } => {
                simulator.rename_network_device(kind, id, &name)?;
            }
            Self::MoveNetworkDevice { kind, id, network } => {
                simulator.move_network_device(kind, id, network)?;
            }
            Self::DeleteNetworkDevice { kind, id } => simulator.delete_network_device(kind, id)?,
            Self::SetNetworkDeviceDown { kind, id, on } => {
                simulator.set_network_device_down(kind, id, on)?;
            }
            Self::SetNetworkDeviceIp { kind, id, ip } => {
                simulator.set_network_device_ip(kind, id, &ip)?;
            }
            Self::AddNetworkingKey { kind } => {
                let (key, secret) = simulator.add_networking_key(kind)?;
                return Ok(json!({"key": key, "secret": secret}));
            }
            Self::SetNetworkingKeyKind { kind } => simulator.set_networking_key_kind(kind)?,
            Self::SetNetworkingReadOnly { on } => simulator.set_networking_read_only(on),
            Self::ExpireNetworkingKey => simulator.expire_networking_key(),
            Self::RevokeKey { vendor } => match vendor {
                VendorName::Rmm => simulator.revoke_rmm_key(),
                VendorName::GravityZone => simulator.revoke_gravityzone_key(),
                VendorName::Networking => simulator.revoke_networking_key(),
            },
            Self::RestoreKeys => simulator.restore_keys(),
            Self::ExpireTokens => simulator.expire_tokens(),
            Self::Advance { seconds } => simulator.advance(Duration::from_secs(seconds)),
            Self::SetLatency { milliseconds } => simulator.update_settings(|settings| {
                settings.latency = Duration::from_millis(milliseconds);
            }),
            Self::Inject(rule) => simulator.inject(rule.into()),
            Self::InjectSeeded {
                seed,
                per_mille,
                actions,
            } => simulator.inject_seeded(seed, per_mille, actions),
            Self::ClearFaults => simulator.clear_faults(),
            Self::ResetCounts => simulator.reset_counts(),
        }
        Ok(Value::Null)
    }
}
