//! Carrying commands out.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Command, Refusal, VendorName};
use crate::simulator::Simulator;

impl Command {
    /// Carries the command out; ids of what was made are the result.
    pub(in crate::control_port) fn apply(self, simulator: &Simulator) -> Result<Value, Refusal> {
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
            Self::DeleteDevice { device } => simulator.delete_device(&device)?,
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
            Self::ClearJobScripts {} => simulator.clear_job_scripts(),
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
            Self::ExpireNetworkingKey {} => simulator.expire_networking_key(),
            Self::RevokeKey { vendor } => match vendor {
                VendorName::Rmm => simulator.revoke_rmm_key(),
                VendorName::GravityZone => simulator.revoke_gravityzone_key(),
                VendorName::Networking => simulator.revoke_networking_key(),
            },
            Self::RestoreKeys {} => simulator.restore_keys(),
            Self::ExpireTokens {} => simulator.expire_tokens(),
            Self::Advance { seconds } => simulator.advance(Duration::from_secs(seconds)),
            Self::SetLatency { milliseconds } => simulator.update_settings(|settings| {
                settings.latency = Duration::from_millis(milliseconds);
            }),
            Self::Inject(rule) => simulator.inject(rule.fault()?),
            Self::InjectSeeded {
                seed,
                per_mille,
                actions,
            } => simulator.inject_seeded(seed, per_mille, actions),
            Self::UnfiredFaults {} => {
                let faults = simulator.unfired_faults();
                let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
                return Ok(json!({"faults": faults}));
            }
            Self::ClearFaults {} => simulator.clear_faults(),
            Self::ResetCounts {} => simulator.reset_counts(),
        }
        Ok(Value::Null)
    }
}
