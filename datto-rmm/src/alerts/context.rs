//! What an alert is about: a JSON object whose shape its `@class` tells.
//!
//! The classes on the wire are not the names of the vendor's description, and some are in none; so an object that is of no
//! known class, or does not fit its class, is kept as it came, and never spoils its alert.

use std::fmt;

use client_core::decode_json;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::class::{
    AntivirusContext, BackupManagementContext, ComponentContext, CustomSnmpContext,
    DiskUsageContext, EndpointThreatContext, EventLogContext, FileSystemContext, HardwareContext,
    NetworkMonitorContext, OnlineOfflineContext, PatchContext, PerformanceContext, PingContext,
    PrinterContext, ProcessStatusContext, ProcessUsageContext, RansomwareContext,
    ResourceUsageContext, SecurityCenterContext, SecurityManagementContext, ServiceStatusContext,
    ServiceUsageContext, SnmpProbeContext, SoftwareContext, TemperatureContext, WmiContext,
};

/// What an alert is about. Keeps the vendor's whole object beside what was made of it.
#[derive(Clone, PartialEq)]
pub struct AlertContext {
    raw: Value,
    detail: ContextDetail,
}

impl AlertContext {
    /// The vendor's name of the class (`@class`), if there is one.
    pub fn class(&self) -> Option<&str> {
        class_of(&self.raw)
    }

    /// The object by its class.
    pub fn detail(&self) -> &ContextDetail {
        &self.detail
    }

    /// The object as it came, with fields that this version does not know.
    pub fn raw(&self) -> &Value {
        &self.raw
    }
}

fn class_of(raw: &Value) -> Option<&str> {
    raw.get("@class").and_then(Value::as_str)
}

/// The object itself can hold what scripts print, so only its class and what is known of it are printed.
impl fmt::Debug for AlertContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlertContext")
            .field("class", &self.class())
            .field("detail", &self.detail)
            .finish_non_exhaustive()
    }
}

impl<'de> Deserialize<'de> for AlertContext {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Value::deserialize(deserializer)?;
        let detail = class_of(&raw).map_or(ContextDetail::UnknownClass, |class| {
            ContextDetail::read(class, &raw)
        });
        Ok(Self { raw, detail })
    }
}

/// Defines the classes: their content, and the names that they have on the wire.
macro_rules! classes {
    ($($(#[$doc:meta])* $variant:ident($content:ident) = $($class:literal)|+;)+) => {
        /// What an alert is about, by class.
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum ContextDetail {
            $($(#[$doc])* $variant($content),)+
            /// No class, or one that this version does not know; see [`AlertContext::raw`].
            UnknownClass,
            /// The object does not fit its class, for this reason; see [`AlertContext::raw`].
            Misfit(String),
        }

        impl ContextDetail {
            fn read(class: &str, raw: &Value) -> Self {
                match class {
                    $($($class)|+ => fit(raw, Self::$variant),)+
                    _ => Self::UnknownClass,
                }
            }
        }
    };
}

// Names that were seen on the wire, then names that only clients' lists give. Of some classes nobody has published a name;
// theirs is what the others make likely.
classes! {
    /// Software was installed, removed or changed.
    Software(SoftwareContext) = "sw_action_ctx" | "action_ctx";
    /// The state of the virus protection.
    Antivirus(AntivirusContext) = "antivirus_ctx";
    /// A backup failed.
    BackupManagement(BackupManagementContext) = "backup_management_ctx";
    /// A value read by SNMP.
    CustomSnmp(CustomSnmpContext) = "custom_snmp_ctx";
    /// The health of a disk.
    DiskHealth(HardwareContext) = "disk_health_ctx";
    /// The space on a disk.
    DiskUsage(DiskUsageContext) = "perf_disk_usage_ctx" | "disk_usage_ctx";
    /// A threat that the vendor's endpoint security found.
    EndpointSecurityThreat(EndpointThreatContext) = "endpoint_security_threat_ctx";
    /// A threat that Windows Defender found.
    EndpointSecurityWindowsDefender(EndpointThreatContext) = "endpoint_security_windows_defender_ctx";
    /// Entries of an event log.
    EventLog(EventLogContext) = "eventlog_ctx";
    /// A fan.
    Fan(HardwareContext) = "fan_ctx";
    /// The size or the existence of a file or directory.
    FileSystem(FileSystemContext) = "fs_object_ctx" | "filesystem_ctx";
    /// What the network monitor reports.
    NetworkMonitor(NetworkMonitorContext) = "network_monitor_ctx";
    /// A device went online or offline.
    OnlineOffline(OnlineOfflineContext) = "online_offline_status_ctx";
    /// A patch.
    Patch(PatchContext) = "patch_ctx";
    /// A ping that failed or took long.
    Ping(PingContext) = "ping_ctx";
    /// A printer's supplies.
    Printer(PrinterContext) = "printer_ctx";
    /// The state of a process.
    ProcessStatus(ProcessStatusContext) = "process_status_ctx" | "status_ctx";
    /// What a process uses.
    ProcessUsage(ProcessUsageContext) = "process_resource_usage_ctx" | "resource_usage_ctx";
    /// A power supply.
    PowerSupply(HardwareContext) = "psu_ctx";
    /// Signs of ransomware.
    Ransomware(RansomwareContext) = "ransomware_ctx";
    /// What the whole device uses.
    ResourceUsage(ResourceUsageContext) = "perf_resource_usage_ctx";
    /// The result of a component that monitors.
    Component(ComponentContext) = "comp_script_ctx";
    /// The Windows security center.
    SecurityCenter(SecurityCenterContext) = "seccenter_ctx";
    /// A security product of another vendor.
    SecurityManagement(SecurityManagementContext) = "sec_management_ctx" | "security_management_ctx";
    /// The state of a service.
    ServiceStatus(ServiceStatusContext) = "srvc_status_ctx";
    /// What a service uses.
    ServiceUsage(ServiceUsageContext) = "srvc_resource_usage_ctx";
    /// A value that an SNMP probe read.
    SnmpProbe(SnmpProbeContext) = "snmp_probe_ctx";
    /// A temperature.
    Temperature(TemperatureContext) = "temperature_ctx";
    /// A Windows performance counter.
    Performance(PerformanceContext) = "perf_mon_ctx" | "windows_performance_ctx";
    /// The answer to a WMI query.
    Wmi(WmiContext) = "wmi_ctx";
}

fn fit<T: DeserializeOwned>(
    raw: &Value,
    variant: impl FnOnce(T) -> ContextDetail,
) -> ContextDetail {
    // By way of text only if it fails: `decode_json` says why without quoting the value.
    match T::deserialize(raw) {
        Ok(content) => variant(content),
        Err(_) => match decode_json(raw.to_string().as_bytes()) {
            Ok(content) => variant(content),
            Err(error) => ContextDetail::Misfit(
                error
                    .path()
                    .map_or_else(|| error.to_string(), |path| format!("{error} at {path}")),
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{AlertContext, ContextDetail};
    use crate::alerts::{
        DiskUnit, EventLogContext, FileCondition, Resource, SoftwareAction, VolumeDesignation,
    };

    fn context(wire: Value) -> AlertContext {
        serde_json::from_value(wire).unwrap()
    }

    /// Literal objects with the fields of the vendor's description and of other clients, by the name on the wire.
    #[test]
    fn classes_are_read_by_their_name_on_the_wire() {
        let software = context(
            json!({"@class": "sw_action_ctx", "packageName": "7-Zip", "actionType": "VERSION_CHANGED",
            "prevVersion": "22", "version": 23}),
        );
        let ContextDetail::Software(software) = software.detail() else {
            panic!("{software:?}")
        };
        assert_eq!(software.action_type, Some(SoftwareAction::VersionChanged));
        assert_eq!(software.version.as_deref(), Some("23"));

        let disk = context(
            json!({"@class": "perf_disk_usage_ctx", "diskName": "C:", "totalVolume": 104_857_600.0,
            "freeSpace": 1024, "unitOfMeasure": "PERCENT", "diskNameDesignation": "SINGLE_VOLUME"}),
        );
        let ContextDetail::DiskUsage(disk) = disk.detail() else {
            panic!("{disk:?}")
        };
        assert_eq!(
            (disk.total_volume, disk.free_space),
            (Some(104_857_600.0), Some(1024.0))
        );
        assert_eq!(disk.unit_of_measure, Some(DiskUnit::Percent));
        assert_eq!(
            disk.disk_name_designation,
            Some(VolumeDesignation::SingleVolume)
        );

        let usage = context(
            json!({"@class": "process_resource_usage_ctx", "processName": "x.exe", "sample": 97.5, "type": "CPU"}),
        );
        let ContextDetail::ProcessUsage(usage) = usage.detail() else {
            panic!("{usage:?}")
        };
        assert_eq!(
            (usage.sample, usage.kind.as_ref()),
            (Some(97.5), Some(&Resource::Cpu))
        );

        let file = context(
            json!({"@class": "fs_object_ctx", "sample": null, "threshold": 5, "path": "C:\\x", "objectType": null,
            "condition": "ABOVE_THRESHOLD"}),
        );
        let ContextDetail::FileSystem(file) = file.detail() else {
            panic!("{file:?}")
        };
        assert_eq!(file.condition, Some(FileCondition::AboveThreshold));

        let offline = context(json!({"@class": "online_offline_status_ctx", "status": "Offline"}));
        let ContextDetail::OnlineOffline(offline) = offline.detail() else {
            panic!("{offline:?}")
        };
        assert_eq!(offline.is_online(), Some(false), "the case does not matter");

        let script = context(
            json!({"@class": "comp_script_ctx", "samples": {"Result": "CANARY", "Count": 7, "Nothing": null}}),
        );
        let ContextDetail::Component(component) = script.detail() else {
            panic!("{script:?}")
        };
        assert_eq!(component.samples["Result"], Some("CANARY".into()));
        assert_eq!(component.samples["Count"], Some("7".into()));
        assert_eq!(component.samples["Nothing"], None);
        assert!(!format!("{script:?}").contains("CANARY"), "{script:?}");
    }

    #[test]
    fn an_snmp_probe_has_two_spellings_of_oid() {
        let probe = context(
            json!({"@class": "snmp_probe_ctx", "OID": "1.3.6.1", "oid": "1.3.6.2", "ipAddress": "10.0.0.9"}),
        );
        let ContextDetail::SnmpProbe(probe) = probe.detail() else {
            panic!("{probe:?}")
        };
        assert_eq!(
            (probe.oid_upper.as_deref(), probe.oid.as_deref()),
            (Some("1.3.6.1"), Some("1.3.6.2"))
        );
    }

    #[test]
    fn times_in_contexts_follow_the_rule_for_times() {
        let log = context(
            json!({"@class": "eventlog_ctx", "code": 7036, "lastTriggered": 1_767_225_600_000_i64, "triggerCount": "3"}),
        );
        let ContextDetail::EventLog(EventLogContext {
            code,
            last_triggered,
            trigger_count,
            ..
        }) = log.detail()
        else {
            panic!("{log:?}")
        };
        assert_eq!((code.as_deref(), trigger_count), (Some("7036"), &Some(3)));
        let at = last_triggered.as_ref().and_then(crate::WireTime::timestamp);
        assert_eq!(at.unwrap().to_string(), "2026-01-01T00:00:00Z");
    }

    /// N20: what cannot be read is kept, with the reason and without its value in it.
    #[test]
    fn nothing_is_lost() {
        for (wire, class) in [
            (
                json!({"@class": "tomorrow_ctx", "a": 1}),
                Some("tomorrow_ctx"),
            ),
            (json!({"a": 1}), None),
            (json!({"@class": null}), None),
            (json!({"@class": 7}), None),
            (json!("text"), None),
            (json!([1]), None),
        ] {
            let context = context(wire.clone());
            assert_eq!(context.class(), class, "{wire}");
            assert_eq!(context.detail(), &ContextDetail::UnknownClass, "{wire}");
            assert_eq!(context.raw(), &wire);
        }
        let misfit =
            context(json!({"@class": "ping_ctx", "roundtripTime": "CANARY", "more": true}));
        assert!(
            matches!(misfit.detail(), ContextDetail::Misfit(why) if why.contains("roundtripTime")),
            "{misfit:?}"
        );
        assert_eq!(misfit.class(), Some("ping_ctx"));
        assert_eq!(misfit.raw()["more"], true);
        assert!(!format!("{misfit:?}").contains("CANARY"));
        let extra = context(json!({"@class": "wmi_ctx", "value": "x", "addedLater": 5}));
        assert_eq!(extra.raw()["addedLater"], 5);
    }
}
