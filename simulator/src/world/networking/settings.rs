//! A network's settings: a document of the vendor's, kept as such.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

/// `network` and `ssids` as the settings endpoint tells them. `Debug` shows none of it, since it holds
/// passwords.
#[derive(Clone, PartialEq, Serialize)]
#[serde(transparent)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a document is all there is to it"
)]
pub struct NetworkSettings(pub Value);

impl fmt::Debug for NetworkSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetworkSettings").finish_non_exhaustive()
    }
}

impl NetworkSettings {
    /// The vendor's defaults, with one SSID that has a WPA password.
    pub fn new(name: &str) -> Self {
        Self(json!({
            "network": {
                "general": {
                    "network_name": name, "display_name": name, "location": "", "timezone": "Europe/Amsterdam",
                    "notes": "", "notification_email_addresses": "noc@lighthouse.example",
                    "disable_public_access": false, "enable_12h_display": false,
                    "disable_internet_check": false, "enable_alerts": true,
                },
                "maintenance": {
                    "start": "02:00:00", "duration": "02:00:00",
                    "days": ["su", "mo", "tu", "we", "th", "fr", "sa"],
                },
                "radio": {
                    "country_code": "NL", "tx_power": 26, "enable_autorf": true, "autorf_scan_hour": 3,
                    "channel": {"2_4GHz": 5, "5GHz": 44}, "ht_mode": {"2_4GHz": "HT20", "5GHz": "HT40+"},
                },
                "firmware_upgrade": {"disable": false, "firmware_release": "stable"},
                "advanced": {
                    "enable_share_voucher": false, "enable_mesh_encryption": true,
                    "disable_accounting": false, "disable_matching": false,
                    "node_root_password": "example-root-password", "dns_server_addresses": [],
                    "dns_domain_name": "", "cloud_ap_host": "", "custom_script_url": "",
                    "wireless_bridge_ssid": 0, "wired_bridge_ssid": 0,
                },
                "presence": {"enable": false, "secret": "", "uploads_per_checkin": 0, "url": ""},
                "paypal": {"max_user_count": 0, "upload_limit": 0, "download_limit": 0, "pdt_key": ""},
            },
            "ssids": {"1": Self::ssid(1, name)},
        }))
    }

    /// An SSID as it is made.
    pub(crate) fn ssid(number: i64, name: &str) -> Value {
        json!({
            "general": {
                "ssid_num": number, "ssid_name": name, "wifi_name": name, "gateway_name": "",
                "enable": true, "enable_use_node_name": false, "enable_hidden_network": false,
                "wifi_auth_type": "wpa-2only-psk", "wpa_password": "example-wpa-password",
            },
            "captive_portal": {
                "splashpage": "none", "login_method": "none", "enable_traffic_shaping": false,
                "disable_dhcp_fingerprinting": false, "enable_block_pre_auth_clients": false,
                "enable_require_valid_login": false, "enable_redirect_client_track": false,
                "enable_include_userdata_on_redirect": false, "per_client_download_speed": 0,
                "per_client_upload_speed": 0, "client_force_timeout": 1440,
                "after_splashpage_redirect_url": "", "block_message": "", "whitelist": [],
                "blocklist": [], "walled_garden": [],
                "remote_splashpage": {
                    "server_address": "", "enable_server_ssl": false, "server_path": "",
                    "server_secret": "", "nas_id": "",
                },
                "cloudtrax_splashpage": {"base_url": "", "files": {}},
                "radius_auth": {
                    "server_addresses": [], "server_secret": "", "nas_id": "", "enable_swapoctets": false,
                },
                "http_auth": {"url": "", "secret": ""},
                "ldap_auth": {
                    "attribute": "", "base_dn": "", "bind_password": "", "bind_shortdomain": "",
                    "bind_username": "", "ports": "", "servers": "", "user_filter": "",
                },
                "active_directory_auth": {
                    "bind_password": "", "bind_shortdomain": "", "bind_username": "", "ports": "",
                    "servers": "",
                },
            },
            "advanced": {
                "wpa_e_server_address": "", "wpa_e_server_port": 1812, "wpa_e_server_secret": "",
                "enable_ap_isolation": false, "enable_lan_block": false, "enable_band_steering": false,
                "smtp_redirect_server_address": "", "wifi_whitelist": [], "dns_server_addresses": [],
                "login_attempts": 0, "login_attempt_timeout": 0, "vlan_tag": -1,
            },
            "scheduling": {
                "enable": false, "status": 0,
                "days": {"mo": {"available": true, "start": "00:00:00", "end": "24:00:00"}},
            },
        })
    }

    pub(crate) fn network_name(&self) -> Option<&str> {
        self.0.pointer("/network/general/network_name")?.as_str()
    }

    pub(crate) fn rename(&mut self, name: &str) {
        if let Some(place) = self.0.pointer_mut("/network/general/network_name") {
            *place = name.into();
        }
    }
}
