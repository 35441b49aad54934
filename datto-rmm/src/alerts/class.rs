//! The classes of alert contexts, field by field. Every field may be absent.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use std::collections::BTreeMap;

use client_core::serde::{null_as_default, number_or_text, text_or_number};
use serde::Deserialize;

use crate::ScriptOutput;
use crate::time::{WireTime, lenient};

use super::values::{
    AntivirusState, DiskUnit, FileCondition, FileObject, OnlineOffline, ProcessStatus, Resource,
    SecurityCenterAlert, SoftwareAction, VolumeDesignation,
};

/// Software that was installed, removed or changed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SoftwareContext {
    #[serde(default, with = "text_or_number")]
    pub package_name: Option<String>,
    #[serde(default)]
    pub action_type: Option<SoftwareAction>,
    #[serde(default, with = "text_or_number")]
    pub prev_version: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub version: Option<String>,
}

/// The state of the virus protection.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AntivirusContext {
    #[serde(default)]
    pub status: Option<AntivirusState>,
    #[serde(default, with = "text_or_number")]
    pub product_name: Option<String>,
}

/// A backup that failed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BackupManagementContext {
    #[serde(default, with = "text_or_number")]
    pub error_message: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub timeout: Option<i64>,
}

/// A value read by SNMP.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CustomSnmpContext {
    #[serde(default, with = "text_or_number")]
    pub display_name: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub current_value: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub monitor_instance: Option<String>,
}

/// A disk, a fan or a power supply.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HardwareContext {
    #[serde(default, with = "text_or_number")]
    pub reason: Option<String>,
    #[serde(default, rename = "type")]
    pub kind: Option<Resource>,
}

/// The space on a disk.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DiskUsageContext {
    #[serde(default, with = "text_or_number")]
    pub disk_name: Option<String>,
    /// Kilobytes, as it seems; the unit is not documented.
    #[serde(default, with = "number_or_text")]
    pub total_volume: Option<f64>,
    /// As `total_volume`.
    #[serde(default, with = "number_or_text")]
    pub free_space: Option<f64>,
    #[serde(default)]
    pub unit_of_measure: Option<DiskUnit>,
    #[serde(default)]
    pub disk_name_designation: Option<VolumeDesignation>,
}

/// A threat that an endpoint protection found.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EndpointThreatContext {
    #[serde(default, with = "text_or_number")]
    pub es_alert_id: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub description: Option<String>,
}

/// Entries of an event log.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EventLogContext {
    #[serde(default, with = "text_or_number")]
    pub log_name: Option<String>,
    /// A number, as text.
    #[serde(default, with = "text_or_number")]
    pub code: Option<String>,
    #[serde(default, rename = "type", with = "text_or_number")]
    pub kind: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub source: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub description: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub trigger_count: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    pub last_triggered: Option<WireTime>,
    #[serde(default)]
    pub caused_suspension: Option<bool>,
}

/// The size or the existence of a file or directory.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FileSystemContext {
    #[serde(default, with = "number_or_text")]
    pub sample: Option<f64>,
    #[serde(default, with = "number_or_text")]
    pub threshold: Option<f64>,
    #[serde(default, with = "text_or_number")]
    pub path: Option<String>,
    #[serde(default)]
    pub object_type: Option<FileObject>,
    #[serde(default)]
    pub condition: Option<FileCondition>,
}

/// What the network monitor reports.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NetworkMonitorContext {
    #[serde(default, with = "text_or_number")]
    pub description: Option<String>,
}

/// Whether a device is online.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OnlineOfflineContext {
    #[serde(default)]
    pub status: Option<OnlineOffline>,
}

impl OnlineOfflineContext {
    /// Whether the device is online; `None` for a status that is neither.
    pub fn is_online(&self) -> Option<bool> {
        let status = self.status.as_ref()?.as_str();
        let is = |word: &str| status.eq_ignore_ascii_case(word);
        match (is("ONLINE"), is("OFFLINE")) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }
}

/// A patch.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PatchContext {
    #[serde(default, with = "text_or_number")]
    pub patch_uid: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub policy_uid: Option<String>,
    /// Free text.
    #[serde(default, with = "text_or_number")]
    pub result: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub info: Option<String>,
}

/// A ping that failed or took long.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PingContext {
    #[serde(default, with = "text_or_number")]
    pub instance_name: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub roundtrip_time: Option<i64>,
    #[serde(default, with = "null_as_default")]
    pub reasons: Vec<String>,
}

/// A printer's supplies.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PrinterContext {
    #[serde(default, with = "text_or_number")]
    pub ip_address: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub mac_address: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub marker_supply_index: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub current_level: Option<i64>,
}

/// The state of a process.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProcessStatusContext {
    #[serde(default, with = "text_or_number")]
    pub process_name: Option<String>,
    #[serde(default)]
    pub status: Option<ProcessStatus>,
}

/// What a process uses.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProcessUsageContext {
    #[serde(default, with = "text_or_number")]
    pub process_name: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub sample: Option<f64>,
    #[serde(default, rename = "type")]
    pub kind: Option<Resource>,
}

/// Signs of ransomware.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RansomwareContext {
    #[serde(default, with = "number_or_text")]
    pub state: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub confidence_factor: Option<i64>,
    #[serde(default, with = "null_as_default")]
    pub affected_directories: Vec<String>,
    #[serde(default, with = "null_as_default")]
    pub watch_paths: Vec<String>,
    #[serde(default, with = "text_or_number")]
    pub rwextension: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub meta_alert_time: Option<WireTime>,
    #[serde(default, deserialize_with = "lenient")]
    pub alert_time: Option<WireTime>,
}

/// What the whole device uses.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResourceUsageContext {
    #[serde(default, rename = "type")]
    pub kind: Option<Resource>,
    #[serde(default, with = "number_or_text")]
    pub percentage: Option<f64>,
}

/// The result of a component that monitors.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ComponentContext {
    /// By the names that the component chose.
    #[serde(default, with = "null_as_default")]
    pub samples: BTreeMap<String, Option<ScriptOutput>>,
}

/// The Windows security center.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SecurityCenterContext {
    #[serde(default, with = "text_or_number")]
    pub product_name: Option<String>,
    #[serde(default)]
    pub alert_type: Option<SecurityCenterAlert>,
}

/// A security product of another vendor.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SecurityManagementContext {
    #[serde(default, with = "number_or_text")]
    pub status: Option<i64>,
    #[serde(default, with = "text_or_number")]
    pub product_name: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub info_time: Option<i64>,
    #[serde(default, with = "text_or_number")]
    pub virus_name: Option<String>,
    #[serde(default, with = "null_as_default")]
    pub infected_files: Vec<String>,
    #[serde(default, with = "number_or_text")]
    pub product_not_updated_for_days: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub system_remains_infected_for_hours: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub expiry_license_for_days: Option<i64>,
}

/// The state of a service.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServiceStatusContext {
    #[serde(default, with = "text_or_number")]
    pub service_name: Option<String>,
    #[serde(default)]
    pub status: Option<ProcessStatus>,
}

/// What a service uses.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServiceUsageContext {
    #[serde(default, rename = "type")]
    pub kind: Option<Resource>,
    #[serde(default, with = "text_or_number")]
    pub service_name: Option<String>,
    #[serde(default, with = "number_or_text")]
    pub sample: Option<f64>,
}

/// A value that an SNMP probe read.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SnmpProbeContext {
    #[serde(default, with = "text_or_number")]
    pub ip_address: Option<String>,
    /// The field `OID`; the vendor has both spellings, as two fields.
    #[serde(default, rename = "OID", with = "text_or_number")]
    pub oid_upper: Option<String>,
    /// The field `oid`.
    #[serde(default, with = "text_or_number")]
    pub oid: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub rule_name: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub response_value: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub device_name: Option<String>,
    #[serde(default, with = "text_or_number")]
    pub monitor_name: Option<String>,
}

/// A temperature.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TemperatureContext {
    #[serde(default, with = "number_or_text")]
    pub degree: Option<f64>,
    #[serde(default, rename = "type")]
    pub kind: Option<Resource>,
}

/// A Windows performance counter.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PerformanceContext {
    #[serde(default, with = "number_or_text")]
    pub value: Option<f64>,
}

/// The answer to a WMI query.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WmiContext {
    #[serde(default, with = "text_or_number")]
    pub value: Option<String>,
}
