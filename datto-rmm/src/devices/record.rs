//! A device's record.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::serde::{empty_as_none, null_as_default, number_or_text};
use serde::Deserialize;

use super::{DeviceId, DeviceUid, UdfItem, Udfs};
use crate::sites::SiteUid;
use crate::time::{WireTime, lenient};

client_core::open_enum!(
    /// What a device is, which decides where its audit is.
    DeviceClass {
        Device = "device",
        Printer = "printer",
        EsxiHost = "esxihost",
        NetworkDevice = "rmmnetworkdevice",
        /// The vendor's own word for one that it cannot tell.
        Unclassified = "unknown",
    }
);

client_core::open_enum!(
    /// The state of a device's virus protection.
    AntivirusStatus {
        RunningAndUpToDate = "RunningAndUpToDate",
        RunningAndNotUpToDate = "RunningAndNotUpToDate",
        NotRunning = "NotRunning",
        NotDetected = "NotDetected",
    }
);

client_core::open_enum!(
    /// The state of a device's patches.
    PatchStatus {
        NoPolicy = "NoPolicy",
        NoData = "NoData",
        RebootRequired = "RebootRequired",
        InstallError = "InstallError",
        ApprovedPending = "ApprovedPending",
        FullyPatched = "FullyPatched",
    }
);

/// Both versions of the API describe a device alike, but for its user-defined fields.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $(#[$udf_meta:meta])* $udf:ident: $kind:ty }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            pub uid: DeviceUid,
            #[serde(default, with = "empty_as_none")]
            pub id: Option<DeviceId>,
            #[serde(default, with = "number_or_text")]
            pub site_id: Option<i64>,
            #[serde(default)]
            pub site_uid: Option<SiteUid>,
            #[serde(default)]
            pub site_name: Option<String>,
            #[serde(default)]
            pub device_type: Option<DeviceType>,
            #[serde(default)]
            pub hostname: Option<String>,
            #[serde(default)]
            pub int_ip_address: Option<String>,
            /// Absent for network devices and printers.
            #[serde(default)]
            pub operating_system: Option<String>,
            #[serde(default)]
            pub last_logged_in_user: Option<String>,
            #[serde(default)]
            pub domain: Option<String>,
            /// The agent's version.
            #[serde(default)]
            pub cag_version: Option<String>,
            /// The agent's version as the portal shows it.
            #[serde(default)]
            pub display_version: Option<String>,
            /// The address under which it reaches the internet; many devices share it.
            #[serde(default)]
            pub ext_ip_address: Option<String>,
            #[serde(default)]
            pub description: Option<String>,
            #[serde(default, rename = "a64Bit")]
            pub a64_bit: Option<bool>,
            #[serde(default)]
            pub reboot_required: Option<bool>,
            #[serde(default)]
            pub online: Option<bool>,
            #[serde(default)]
            pub suspended: Option<bool>,
            /// True for records in the place of deleted devices.
            #[serde(default)]
            pub deleted: Option<bool>,
            #[serde(default, deserialize_with = "lenient")]
            pub last_seen: Option<WireTime>,
            #[serde(default, deserialize_with = "lenient")]
            pub last_reboot: Option<WireTime>,
            #[serde(default, deserialize_with = "lenient")]
            pub last_audit_date: Option<WireTime>,
            #[serde(default, deserialize_with = "lenient")]
            pub creation_date: Option<WireTime>,
            #[serde(default)]
            pub snmp_enabled: Option<bool>,
            #[serde(default)]
            pub device_class: Option<DeviceClass>,
            #[serde(default)]
            pub portal_url: Option<String>,
            /// A day, `yyyy-MM-dd`, as the vendor writes it.
            #[serde(default)]
            pub warranty_date: Option<String>,
            #[serde(default)]
            pub antivirus: Option<Antivirus>,
            #[serde(default)]
            pub patch_management: Option<PatchManagement>,
            #[serde(default)]
            pub software_status: Option<String>,
            #[serde(default)]
            pub web_remote_url: Option<String>,
            #[serde(default)]
            pub network_probe: Option<bool>,
            #[serde(default)]
            pub onboarded_via_network_monitor: Option<bool>,
            $(#[$udf_meta])*
            #[serde(default, with = "null_as_default")]
            pub $udf: $kind,
        }
    };
}

record!(
    /// A device.
    Device {
        /// Not in the vendor's newest description, but still on the wire.
        udf: Udfs
    }
);

record!(
    /// A device, as version 3 of the API has it: its user-defined fields have types.
    DeviceV3 {
        /// Whether the vendor lists fields without a value is not documented.
        udfs: Vec<UdfItem>
    }
);

/// What kind of machine a device is, in free text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct DeviceType {
    /// Such as "Desktop", "Laptop", "Server", "Network Device", "Printer" or `ESXi` Host.
    #[serde(default)]
    pub category: Option<String>,
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
}

/// A device's virus protection.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Antivirus {
    #[serde(default)]
    pub antivirus_product: Option<String>,
    #[serde(default)]
    pub antivirus_status: Option<AntivirusStatus>,
}

/// A device's patches.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PatchManagement {
    #[serde(default)]
    pub patch_status: Option<PatchStatus>,
    #[serde(default, with = "number_or_text")]
    pub patches_approved_pending: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub patches_not_approved: Option<i64>,
    #[serde(default, with = "number_or_text")]
    pub patches_installed: Option<i64>,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Device, DeviceClass, DeviceV3};
    use crate::devices::DeviceId;
    use crate::time::WireTime;

    const FIELDS: &[&str] = &[
        "id",
        "siteId",
        "siteUid",
        "siteName",
        "deviceType",
        "hostname",
        "intIpAddress",
        "operatingSystem",
        "lastLoggedInUser",
        "domain",
        "cagVersion",
        "displayVersion",
        "extIpAddress",
        "description",
        "a64Bit",
        "rebootRequired",
        "online",
        "suspended",
        "deleted",
        "lastSeen",
        "lastReboot",
        "lastAuditDate",
        "creationDate",
        "udf",
        "snmpEnabled",
        "deviceClass",
        "portalUrl",
        "warrantyDate",
        "antivirus",
        "patchManagement",
        "softwareStatus",
        "webRemoteUrl",
        "networkProbe",
        "onboardedViaNetworkMonitor",
    ];

    #[test]
    fn every_field_may_be_null_or_absent() {
        let absent: Device = serde_json::from_value(json!({"uid": "d"})).unwrap();
        let mut nulls = json!({"uid": "d"});
        for field in FIELDS {
            nulls[field] = Value::Null;
        }
        assert_eq!(serde_json::from_value::<Device>(nulls).unwrap(), absent);
    }

    #[test]
    fn version_3_has_the_same_fields_and_typed_ones() {
        let absent: DeviceV3 = serde_json::from_value(json!({"uid": "d"})).unwrap();
        let mut nulls = json!({"uid": "d", "udfs": null});
        for field in FIELDS {
            nulls[field] = Value::Null;
        }
        assert_eq!(serde_json::from_value::<DeviceV3>(nulls).unwrap(), absent);
        let device: DeviceV3 = serde_json::from_value(json!({
            "uid": "d", "id": "17", "udf": {"udf1": "CANARY"}, "udfs": [{"ordinal": 1, "type": "STRING", "valueString": "CANARY"}],
        }))
        .unwrap();
        assert_eq!((device.id, device.udfs.len()), (Some(DeviceId::new(17)), 1));
        assert!(!format!("{device:?}").contains("CANARY"));
    }

    /// U16: values of tomorrow do not lose a record.
    #[test]
    fn unknown_values_are_kept() {
        let device: Device = serde_json::from_value(json!({
            "uid": "d", "deviceClass": "toaster", "lastSeen": "yesterday", "lastReboot": 1_767_225_600_000_i64,
            "antivirus": {"antivirusProduct": "X", "antivirusStatus": "Sleeping"}, "patchManagement": {"patchStatus": "New"},
            "udf": {"udf1": "CANARY"}, "unheardOf": {"a": [1]},
        }))
        .unwrap();
        assert_eq!(
            device.device_class.as_ref().map(DeviceClass::as_str),
            Some("toaster")
        );
        assert_eq!(
            device.last_seen,
            Some(WireTime::Unreadable("\"yesterday\"".to_owned()))
        );
        let reboot = device
            .last_reboot
            .as_ref()
            .and_then(WireTime::timestamp)
            .unwrap();
        assert_eq!(reboot.to_string(), "2026-01-01T00:00:00Z");
        assert!(!format!("{device:?}").contains("CANARY"));
    }
}
