//! What every RMM account comes with, and what happens to its devices by themselves.

use serde_json::{Value, json};

use super::DAY_MS;
use crate::world::{
    AGENT_COMPONENT, ComponentVariable, DeviceClass, DevicePatch, FilterRule, FilterScope,
    InstallStatus, JobOutcome, JobScript, Patch, Resolution, SecurityLevel, SiteKind, World,
};

impl World {
    /// One administrator, who has the first key pair; built-in filters; components; patches.
    pub(super) fn stock_library(&mut self) {
        self.add_user("robin.keeper", SecurityLevel::Administrator);
        if let Some(user) = self.account.users.last_mut() {
            "Robin".clone_into(&mut user.first_name);
            "Keeper".clone_into(&mut user.last_name);
            "robin@lighthouse.example".clone_into(&mut user.email);
            user.created_ms -= 400 * DAY_MS;
            user.key = Some(0);
        }
        for (name, rule) in [
            ("All Devices", FilterRule::All),
            ("All Offline Devices", FilterRule::Online(false)),
            ("All Desktops", FilterRule::Category("Desktop".into())),
            ("All Servers", FilterRule::Category("Server".into())),
        ] {
            // Only a filter of a site could be refused.
            let _ = self.add_filter(name, FilterScope::Default, rule);
        }
        let done = JobScript::new(JobOutcome::Success);
        self.add_component(
            AGENT_COMPONENT,
            Vec::new(),
            done.clone().stdout("The agent is installed.\r\n"),
        );
        self.add_component(
            "Collect event logs",
            vec![
                ComponentVariable::input("days", "number", "7"),
                ComponentVariable::input("verbose", "boolean", "false"),
                ComponentVariable {
                    input: false,
                    ..ComponentVariable::input("count", "number", "")
                },
            ],
            done.clone().stdout("412 events\r\n"),
        );
        let uid = self.add_component("Wipe free space", Vec::new(), done);
        if let Ok(component) = self.component_mut(&uid) {
            component.level = 5;
        }
        for (title, kind, severity, kb) in [
            (
                "2026-11 Cumulative Update for Windows 11",
                "SOFTWARE",
                "CRITICAL",
                Some("5070001"),
            ),
            (
                "2026-11 .NET Framework Update",
                "SOFTWARE",
                "IMPORTANT",
                Some("5070002"),
            ),
            ("Acme - Display - 31.0.101", "DRIVER", "UNSPECIFIED", None),
        ] {
            let id = self.rmm_ids.guid();
            self.account.patches.push(Patch {
                id,
                title: title.into(),
                description: format!("Resolves issues: {title}"),
                categories: vec![
                    if kind == "DRIVER" {
                        "Drivers"
                    } else {
                        "Security Updates"
                    }
                    .into(),
                ],
                kind: kind.into(),
                severity: severity.into(),
                release_date: "2026-11-10".into(),
                max_size: 734_003_200,
                reboot_required: kb.is_some(),
                kb_article: kb.map(str::to_owned),
            });
        }
    }

    /// Gives a Managed site's computers the account's patches, most of them installed.
    pub(in crate::world) fn patch_devices(&mut self, site: &str) {
        let ids: Vec<String> = self
            .account
            .patches
            .iter()
            .map(|patch| patch.id.clone())
            .collect();
        let random = self.rmm_ids.random();
        let mut sites = self.sites.iter_mut();
        let Some(site) = sites.find(|known| known.uid == site && known.kind == SiteKind::Managed)
        else {
            return;
        };
        for device in &mut site.devices {
            if device.class != DeviceClass::Computer {
                continue;
            }
            device.patches = ids
                .iter()
                .map(|id| {
                    let status = match random.u8(..10) {
                        0 => InstallStatus::NotApproved,
                        1 | 2 => InstallStatus::ApprovedPending,
                        _ => InstallStatus::Installed,
                    };
                    DevicePatch::new(id, status)
                })
                .collect();
        }
    }

    /// Raises alerts on this share of the devices of Managed sites, which alone are monitored; every
    /// third is resolved.
    pub(in crate::world) fn alert_devices(&mut self, percent: u8) {
        let devices: Vec<String> = self
            .sites
            .iter()
            .filter(|site| site.kind == SiteKind::Managed)
            .flat_map(|site| &site.devices)
            .map(|device| device.uid.clone())
            .collect();
        let mut number: usize = 0;
        for uid in devices {
            if self.rmm_ids.random().u8(..100) >= percent {
                continue;
            }
            let context = CONTEXTS[number % CONTEXTS.len()]();
            let priority = ["Critical", "High", "Moderate", "Low", "Information"][number % 5];
            number += 1;
            let age = self.rmm_ids.random().i64(1..20 * DAY_MS);
            let on_ms = self.now_ms;
            let alert = self.push_alert(&uid, priority, context);
            alert.raised_ms -= age;
            if number.is_multiple_of(3) {
                alert.resolution = Some(Resolution {
                    by: "Robin Keeper".into(),
                    on_ms,
                });
                alert.diagnostics = Some("Checked twice\r\nGone by itself".into());
                alert.response_actions = Some(vec![json!({
                    "actionTime": on_ms - age,
                    "actionType": "EMAIL_SENT",
                    "description": "support@lighthouse.example",
                    "actionReference": null,
                    "actionReferenceInt": "17",
                })]);
            }
        }
    }
}

/// Contexts as the wire has them, one of no class that is documented and one that is absent.
const CONTEXTS: [fn() -> Option<Value>; 7] = [
    || Some(json!({"@class": "online_offline_status_ctx", "status": "OFFLINE"})),
    || {
        Some(json!({
            "@class": "perf_disk_usage_ctx", "diskName": "C:", "totalVolume": 249_421_820.0,
            "freeSpace": 9_437_184.5, "unitOfMeasure": "PERCENT", "diskNameDesignation": "ANY_VOLUME",
        }))
    },
    || Some(json!({"@class": "comp_script_ctx", "samples": {"Status": "Backup is 3 days old"}})),
    || {
        Some(json!({
            "@class": "eventlog_ctx", "logName": "System", "code": "6008", "type": "ERROR",
            "source": "EventLog", "description": "The previous shutdown was unexpected.",
            "triggerCount": 1, "lastTriggered": 1_795_000_000_000_i64, "causedSuspension": false,
        }))
    },
    || {
        Some(json!({
            "@class": "snmp_probe_ctx", "ipAddress": "10.0.0.2", "OID": "1.3.6.1.2.1.1.3.0",
            "ruleName": "Uptime", "responseValue": "17", "oid": "1.3.6.1.2.1.1.3",
        }))
    },
    || Some(json!({"@class": "srvc_status_ctx", "serviceName": "Spooler", "status": "STOPPED"})),
    || None,
];
