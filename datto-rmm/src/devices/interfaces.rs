//! Devices in short, with their network cards.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::serde::{empty_as_none, null_as_default, number_or_text};
use serde::Deserialize;

use super::{DeviceId, DeviceType, DeviceUid};
use crate::sites::SiteUid;

/// A device in short, with its network cards. It has no class, no state and no times.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeviceInterfaces {
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
    /// The address under which it reaches the internet; many devices share it.
    #[serde(default)]
    pub ext_ip_address: Option<String>,
    #[serde(default, with = "null_as_default")]
    pub nics: Vec<NetworkInterface>,
}

/// A network card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NetworkInterface {
    /// The adapter's name.
    #[serde(default)]
    pub instance: Option<String>,
    /// One address.
    #[serde(default)]
    pub ipv4: Option<String>,
    #[serde(default)]
    pub ipv6: Option<String>,
    /// As the vendor writes it; separators and case are not documented.
    #[serde(default)]
    pub mac_address: Option<String>,
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::DeviceInterfaces;

    #[test]
    fn nulls_everywhere() {
        let device: DeviceInterfaces = serde_json::from_value(json!({
            "id": null, "uid": "d1", "siteId": null, "siteUid": null, "siteName": null, "deviceType": null, "hostname": null,
            "intIpAddress": null, "extIpAddress": null, "nics": null,
        }))
        .unwrap();
        assert!(device.nics.is_empty());
        let device: DeviceInterfaces = serde_json::from_value(json!({"uid": "d1", "nics": [
            {"instance": null, "ipv4": null, "ipv6": null, "macAddress": null, "type": null},
            {"instance": "Ethernet", "ipv4": "10.0.0.5", "ipv6": "fe80::1", "macAddress": "00-11-22-AA-BB-CC", "type": "6", "x": 1},
        ]}))
        .unwrap();
        assert_eq!(
            device.nics[1].mac_address.as_deref(),
            Some("00-11-22-AA-BB-CC")
        );
        assert!(serde_json::from_value::<DeviceInterfaces>(json!({"uid": null})).is_err());
    }
}
