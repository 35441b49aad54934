//! Whole contexts of alerts. The names of the classes are those on the wire, the fields those of the vendor's description
//! or, for the last three, of other clients.

use std::collections::BTreeSet;

use datto_rmm::alerts::{AlertContext, ContextDetail};
use serde_json::{Map, Value};

use super::every_key_counts;

/// Class, what is made of it, and its fields.
const CLASSES: [(&str, &str, &str); 37] = [
    (
        "sw_action_ctx",
        "Software",
        r#"{"packageName":"packageName 351","actionType":"INSTALLED","prevVersion":"prevVersion 352",
    "version":"version 353"}"#,
    ),
    (
        "action_ctx",
        "Software",
        r#"{"packageName":"packageName 351","actionType":"INSTALLED","prevVersion":"prevVersion 352",
    "version":"version 353"}"#,
    ),
    (
        "antivirus_ctx",
        "Antivirus",
        r#"{"status":"NOTDETECTED","productName":"productName 354"}"#,
    ),
    (
        "backup_management_ctx",
        "BackupManagement",
        r#"{"errorMessage":"errorMessage 355","timeout":356}"#,
    ),
    (
        "custom_snmp_ctx",
        "CustomSnmp",
        r#"{"displayName":"displayName 357","currentValue":"currentValue 358","monitorInstance":"monitorInstance 359"}"#,
    ),
    (
        "disk_health_ctx",
        "DiskHealth",
        r#"{"reason":"reason 360","type":"CPU"}"#,
    ),
    (
        "perf_disk_usage_ctx",
        "DiskUsage",
        r#"{"diskName":"diskName 361","totalVolume":362.5,"freeSpace":363.5,"unitOfMeasure":"PERCENT",
    "diskNameDesignation":"ANY_VOLUME"}"#,
    ),
    (
        "disk_usage_ctx",
        "DiskUsage",
        r#"{"diskName":"diskName 361","totalVolume":362.5,"freeSpace":363.5,"unitOfMeasure":"PERCENT",
    "diskNameDesignation":"ANY_VOLUME"}"#,
    ),
    (
        "endpoint_security_threat_ctx",
        "EndpointSecurityThreat",
        r#"{"esAlertId":"esAlertId 364","description":"description 365"}"#,
    ),
    (
        "endpoint_security_windows_defender_ctx",
        "EndpointSecurityWindowsDefender",
        r#"{"esAlertId":"esAlertId 366","description":"description 367"}"#,
    ),
    (
        "eventlog_ctx",
        "EventLog",
        r#"{"logName":"logName 368","code":"code 369","type":"type 370","source":"source 371",
    "description":"description 372","triggerCount":373,"lastTriggered":"2026-01-01T00:00:14Z",
    "causedSuspension":true}"#,
    ),
    ("fan_ctx", "Fan", r#"{"reason":"reason 375","type":"CPU"}"#),
    (
        "fs_object_ctx",
        "FileSystem",
        r#"{"sample":376.5,"threshold":377.5,"path":"path 378","objectType":"FILE","condition":"ABOVE_THRESHOLD"}"#,
    ),
    (
        "filesystem_ctx",
        "FileSystem",
        r#"{"sample":376.5,"threshold":377.5,"path":"path 378","objectType":"FILE","condition":"ABOVE_THRESHOLD"}"#,
    ),
    (
        "network_monitor_ctx",
        "NetworkMonitor",
        r#"{"description":"description 379"}"#,
    ),
    (
        "online_offline_status_ctx",
        "OnlineOffline",
        r#"{"status":"ONLINE"}"#,
    ),
    (
        "patch_ctx",
        "Patch",
        r#"{"patchUid":"patchUid 380","policyUid":"policyUid 381","result":"result 382","info":"info 383"}"#,
    ),
    (
        "ping_ctx",
        "Ping",
        r#"{"instanceName":"instanceName 384","roundtripTime":385,"reasons":["reasons 386"]}"#,
    ),
    (
        "printer_ctx",
        "Printer",
        r#"{"ipAddress":"ipAddress 387","macAddress":"macAddress 388","markerSupplyIndex":389,"currentLevel":390}"#,
    ),
    (
        "psu_ctx",
        "PowerSupply",
        r#"{"reason":"reason 391","type":"CPU"}"#,
    ),
    (
        "ransomware_ctx",
        "Ransomware",
        r#"{"state":392,"confidenceFactor":393,"affectedDirectories":["affectedDirectories 394"],
    "watchPaths":["watchPaths 395"],"rwextension":"rwextension 396","metaAlertTime":"2026-01-01T00:00:37Z",
    "alertTime":"2026-01-01T00:00:38Z"}"#,
    ),
    (
        "process_resource_usage_ctx",
        "ProcessUsage",
        r#"{"processName":"processName 399","sample":400.5,"type":"CPU"}"#,
    ),
    (
        "resource_usage_ctx",
        "ProcessUsage",
        r#"{"processName":"processName 399","sample":400.5,"type":"CPU"}"#,
    ),
    (
        "snmp_probe_ctx",
        "SnmpProbe",
        r#"{"ipAddress":"ipAddress 401","OID":"OID 402","ruleName":"ruleName 403","responseValue":"responseValue 404",
    "deviceName":"deviceName 405","monitorName":"monitorName 406","oid":"oid 407"}"#,
    ),
    (
        "comp_script_ctx",
        "Component",
        r#"{"samples":{"Result":"a sample"}}"#,
    ),
    (
        "seccenter_ctx",
        "SecurityCenter",
        r#"{"productName":"productName 408","alertType":"DISABLED"}"#,
    ),
    (
        "sec_management_ctx",
        "SecurityManagement",
        r#"{"status":409,"productName":"productName 410","infoTime":411,"virusName":"virusName 412",
    "infectedFiles":["infectedFiles 413"],"productNotUpdatedForDays":414,"systemRemainsInfectedForHours":415,
    "expiryLicenseForDays":416}"#,
    ),
    (
        "security_management_ctx",
        "SecurityManagement",
        r#"{"status":409,"productName":"productName 410","infoTime":411,"virusName":"virusName 412",
    "infectedFiles":["infectedFiles 413"],"productNotUpdatedForDays":414,"systemRemainsInfectedForHours":415,
    "expiryLicenseForDays":416}"#,
    ),
    (
        "process_status_ctx",
        "ProcessStatus",
        r#"{"processName":"processName 417","status":"STOPPED"}"#,
    ),
    (
        "status_ctx",
        "ProcessStatus",
        r#"{"processName":"processName 417","status":"STOPPED"}"#,
    ),
    (
        "temperature_ctx",
        "Temperature",
        r#"{"degree":418.5,"type":"CPU"}"#,
    ),
    ("perf_mon_ctx", "Performance", r#"{"value":419.5}"#),
    (
        "windows_performance_ctx",
        "Performance",
        r#"{"value":419.5}"#,
    ),
    ("wmi_ctx", "Wmi", r#"{"value":"value 420"}"#),
    (
        "perf_resource_usage_ctx",
        "ResourceUsage",
        r#"{"type":"CPU","percentage":97.5}"#,
    ),
    (
        "srvc_status_ctx",
        "ServiceStatus",
        r#"{"serviceName":"Spooler","status":"STOPPED"}"#,
    ),
    (
        "srvc_resource_usage_ctx",
        "ServiceUsage",
        r#"{"type":"MEMORY","serviceName":"Spooler","sample":12.5}"#,
    ),
];

/// The detail of an object of this class.
fn detail(class: &str, fields: &Value) -> ContextDetail {
    let mut object = fields.clone();
    object["@class"] = class.into();
    let context: AlertContext = serde_json::from_value(object).unwrap();
    context.detail().clone()
}

fn is_of(detail: &ContextDetail, variant: &str) -> bool {
    format!("{detail:?}").starts_with(&format!("{variant}("))
}

#[test]
fn every_field_of_every_class_is_read() {
    let names: BTreeSet<_> = CLASSES.iter().map(|(class, ..)| class).collect();
    assert_eq!(names.len(), CLASSES.len());
    for (class, variant, fields) in CLASSES {
        let fields: Value = serde_json::from_str(fields).unwrap();
        let whole = detail(class, &fields);
        assert!(is_of(&whole, variant), "{class}: {whole:?}");
        let printed = format!("{whole:?}");
        assert!(
            !printed.contains("Unreadable") && !printed.contains("UnknownText"),
            "{class}: {printed}"
        );
        every_key_counts(&fields, |fields| Some(detail(class, fields)));
    }
}

#[test]
fn every_class_takes_nulls_and_nothing() {
    for (class, variant, fields) in CLASSES {
        let fields: Map<String, Value> = serde_json::from_str(fields).unwrap();
        let nulls: Map<_, _> = fields
            .into_iter()
            .map(|(key, _)| (key, Value::Null))
            .collect();
        let nulls = detail(class, &nulls.into());
        assert!(is_of(&nulls, variant), "{class}: {nulls:?}");
        assert_eq!(detail(class, &Map::new().into()), nulls, "{class}");
    }
}
