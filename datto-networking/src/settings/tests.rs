use client_core::{ErrorKind, Redactor};
use serde_json::{Value, json};

use super::{
    FirmwareRelease, LoginMethod, NetworkSettings, SplashPage, Ssid, WifiAuth, get, keep_secret,
    update,
};
use crate::files::FileRole;
use crate::written::Write as _;

/// Every field that is known, under the names of the sample and of the tables, and one that is not at every level.
fn whole() -> Value {
    json!({
        "later": [1],
        "network": {
            "later": {"a": null},
            "general": {
                "network_name": "Harbour Clinic", "name": "Harbour Clinic", "display_name": "Clinic",
                "location": "Harbour 7", "timezone": "Europe/Berlin", "notes": "n",
                "notification_email_addresses": "a@example.com b@example.com",
                "notification_email_address": "a@example.com", "disable_public_access": true,
                "enable_12h_display": false, "disable_internet_check": false, "enable_alerts": true, "later": 1
            },
            "maintenance": {"start": "02:00:00", "duration": "24:00:00", "days": ["su", "mo"], "later": 1},
            "radio": {
                "country_code": "DE", "tx_power": 26, "enable_autorf": true, "autorf_scan_hour": 3,
                "channel": {"2_4GHz": 5, "5GHz": 44}, "ht_mode": {"2_4GHz": "HT20", "5GHz": "HT40+"},
                "channel_2_4_ghz": 5, "channel_5_ghz": 44, "ht_mode_2_4ghz": "HT20", "ht_mode_5ghz": "HT40+", "later": 1
            },
            "firmware_upgrade": {"disable": false, "firmware_release": "stable", "later": 1},
            "advanced": {
                "enable_share_voucher": false, "enable_mesh_encryption": true, "disable_accounting": false,
                "disable_matching": false, "node_root_password": "canary-a", "dns_server_addresses": ["192.0.2.1"],
                "dns_domain_name": "example.com", "cloud_ap_host": "api-dev.example.com",
                "custom_script_url": "https://example.com/x", "wireless_bridge_ssid": 0, "wired_bridge_ssid": 2, "later": 1
            },
            "presence": {
                "enable": true, "secret": "canary-b", "uploads_per_checkin": 10, "url": "https://example.com/p", "later": 1
            },
            "paypal": {"max_user_count": 5, "upload_limit": 100, "download_limit": 200, "pdt_key": "canary-c", "later": 1}
        },
        "ssids": {"1": {
            "later": 1,
            "general": {
                "ssid_num": 1, "ssid_name": "Staff", "wifi_name": "Staff", "gateway_name": "g", "enable": true,
                "enable_use_node_name": false, "enable_hidden_network": false, "wifi_auth_type": "wpa-2only-psk",
                "wpa_password": "canary-d", "later": 1
            },
            "captive_portal": {
                "splashpage": "cloudtrax", "login_method": "active_directory", "enable_traffic_shaping": true,
                "disable_dhcp_fingerprinting": false, "enable_block_pre_auth_clients": false,
                "enable_require_valid_login": true, "enable_redirect_client_track": false,
                "enable_include_userdata_on_redirect": false, "per_client_download_speed": 1000,
                "per_client_upload_speed": 500, "client_force_timeout": 1440,
                "after_splashpage_redirect_url": "https://example.com", "block_message": "no",
                "whitelist": ["AA:BB:CC:00:11:22"], "blocklist": [], "walled_garden": ["example.com"],
                "remote_splashpage": {
                    "server_address": "192.0.2.2", "enable_server_ssl": true, "server_path": "/login",
                    "server_secret": "canary-e", "nas_id": "n", "later": 1
                },
                "cloudtrax_splashpage": {
                    "base_url": "https://example.com/s", "files": {"17": {"name": "logo.png", "role": "image", "later": 1}},
                    "later": 1
                },
                "radius_auth": {
                    "server_addresses": ["192.0.2.3"], "server_secret": "canary-f", "nas_id": "n", "radius_nas_id": "n",
                    "enable_swapoctets": false, "enable_swap_octets": false, "later": 1
                },
                "http_auth": {"url": "https://example.com/a", "secret": "canary-g", "later": 1},
                "ldap_auth": {
                    "attribute": "uid", "base_dn": "dc=example", "bind_password": "canary-h", "bind_shortdomain": "EX",
                    "bind_username": "u", "ports": [389], "servers": "192.0.2.4", "user_filter": "f", "later": 1
                },
                "active_directory_auth": {
                    "bind_password": "canary-i", "bind_shortdomain": "EX", "bind_username": "u", "ports": "389",
                    "servers": ["192.0.2.5"], "later": 1
                },
                "later": 1
            },
            "advanced": {
                "wpa_e_server_address": "192.0.2.6", "wpa_e_server_port": 1812, "wpa_e_server_secret": "canary-j",
                "enable_ap_isolation": true, "enable_lan_block": false, "enable_band_steering": true,
                "smtp_redirect_server_address": "192.0.2.7", "wifi_whitelist": ["AA:BB:CC:00:11:22"],
                "dns_server_addresses": ["192.0.2.8"], "login_attempts": 3, "login_attempt_timeout": 60, "vlan_tag": -1,
                "later": 1
            },
            "scheduling": {
                "enable": true, "status": 1,
                "days": {"mo": {"available": true, "start": "08:00", "end": "18:00", "later": 1}}, "later": 1
            }
        }}
    })
}

fn read(body: &Value) -> NetworkSettings {
    get(1.into()).decode(body.to_string().as_bytes()).unwrap()
}

fn ssid(settings: &NetworkSettings, number: &str) -> Ssid {
    settings.ssids.as_ref().unwrap()[number].clone()
}

/// What was read is written again, and each known field is known: none is left for `extra`.
#[test]
fn nothing_is_lost_between_reading_and_writing() {
    let settings = read(&whole());
    assert_eq!(settings.write(), whole());
    assert_eq!(
        update(1.into(), &settings.write()).request().json(),
        Some(whole())
    );
    let mut value = whole();
    let mut records = 0;
    forget(&mut value, &mut records);
    let known = format!("{:?}", read(&value));
    assert!(!known.contains("later") && records == 22, "{records}");
    // Nothing but empty sets in `extra`.
    assert_eq!(
        known.matches("extra: {}").count(),
        known.matches("extra: ").count()
    );
}

/// Takes the fields out that nobody knows.
fn forget(value: &mut Value, records: &mut usize) {
    if let Value::Object(fields) = value {
        *records += usize::from(fields.remove("later").is_some());
        fields.values_mut().for_each(|value| forget(value, records));
    }
}

#[test]
fn fields_have_their_types() {
    let settings = read(&whole());
    let network = settings.network.as_ref().unwrap();
    let upgrade = network.firmware_upgrade.as_ref().unwrap();
    assert_eq!(upgrade.firmware_release, Some(FirmwareRelease::Stable));
    assert_eq!(
        network.radio.as_ref().unwrap().channel.as_ref().unwrap()["5GHz"],
        44
    );
    let ssid = ssid(&settings, "1");
    let portal = ssid.captive_portal.as_ref().unwrap();
    assert_eq!(
        (&portal.splashpage, &portal.login_method),
        (
            &Some(SplashPage::Cloudtrax),
            &Some(LoginMethod::ActiveDirectory)
        )
    );
    let files = portal.cloudtrax_splashpage.as_ref().unwrap().files.as_ref();
    assert_eq!(files.unwrap()["17"].role, Some(FileRole::Image));
    let days = ssid.scheduling.as_ref().unwrap().days.as_ref();
    assert_eq!(days.unwrap()["mo"].end.as_deref(), Some("18:00"));
}

/// Settings are full of secrets.
#[test]
fn no_secret_is_printed() {
    let shown = format!("{:?}", read(&whole()));
    assert!(!shown.contains("canary"), "{shown}");
    assert_eq!(shown.matches("[secret]").count(), 10);
    let unfit = json!({"network": {"presence": {"secret": ["canary"]}}, "ssids": "canary"});
    assert!(!format!("{:?}", read(&unfit)).contains("canary"));
    assert_eq!(read(&unfit).write(), unfit);
}

/// The documentation contradicts itself: lists where maps are expected and the reverse, numbers as text.
#[test]
fn other_forms_are_read_too() {
    let one = || json!({"general": {"ssid_num": "2", "wifi_name": "Guests", "enable": 1}, "advanced": {"vlan_tag": "7"}});
    for ssids in [
        json!({"2": one()}),
        json!([one()]),
        json!([null, one()]),
        json!([{"2": one()}]),
    ] {
        let settings = read(&json!({"ssids": ssids}));
        let ssid = ssid(&settings, "2");
        let general = ssid.general.unwrap();
        assert_eq!(
            (general.ssid_num, general.enable),
            (Some(2), Some(true)),
            "{ssids}"
        );
        assert_eq!(ssid.advanced.unwrap().vlan_tag, Some(7));
    }
    // Without a number of its own an SSID is known by its place.
    let settings = read(&json!({"ssids": [{"general": {}}, {"general": {"wifi_name": "b"}}]}));
    let name = ssid(&settings, "2").general.unwrap().wifi_name;
    assert_eq!(name.as_deref(), Some("b"));
    // Two of one number are kept as they came.
    let twice = json!({"ssids": [{"general": {"ssid_num": 1}, "a": 1}, {"general": {"ssid_num": 1}, "a": 1}]});
    let settings = read(&twice);
    assert_eq!((&settings.ssids, settings.write()), (&None, twice));
    let settings = read(&json!({"network": {
        "maintenance": {"days": {"0": "su", "1": "mo"}},
        "radio": {"channel": [{"2_4GHz": "5"}, {"5GHz": 44}], "ht_mode": []},
        "advanced": [],
        "general": {"notes": "", "enable_alerts": "0"}
    }}));
    let network = settings.network.unwrap();
    assert_eq!(
        network.maintenance.unwrap().days,
        Some(vec!["su".to_owned(), "mo".to_owned()])
    );
    let radio = network.radio.unwrap();
    assert_eq!(radio.channel.unwrap()["2_4GHz"], 5);
    assert!(radio.ht_mode.unwrap().is_empty() && network.advanced.is_none());
    let general = network.general.unwrap();
    assert_eq!((general.notes, general.enable_alerts), (None, Some(false)));
}

#[test]
fn another_answer_is_no_settings() {
    for body in [r#"{"code":1009,"message":"Success."}"#, "{}", "[]", "7"] {
        assert!(get(1.into()).decode(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn a_shared_key_is_one_of_the_personal_kinds() {
    for (kind, shared) in [
        ("wpa-mixed-psk", true),
        ("wpa-2only-psk", true),
        ("open", false),
        ("wpa-mixed-e", false),
        ("wpa-2only-e", false),
        ("wpa-3only-psk", false),
    ] {
        let general = json!({"wifi_auth_type": kind, "wpa_password": "canary"});
        let settings = read(&json!({"ssids": {"1": {"general": general}}}));
        let ssid = ssid(&settings, "1");
        assert_eq!(ssid.personal_key().is_some(), shared, "{kind}");
        let known = WifiAuth::from(kind);
        assert_eq!(
            (known.is_unknown(), known.as_str()),
            (kind == "wpa-3only-psk", kind)
        );
    }
}

#[test]
fn nothing_is_not_written() {
    for changes in [json!({}), NetworkSettings::default().write(), json!([])] {
        let error = update(1.into(), &changes).check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{changes}");
    }
}

#[test]
fn secrets_that_are_written_are_kept_from_texts() {
    let redactor = Redactor::new();
    keep_secret(&redactor, &whole());
    for letter in "abcdefghij".chars() {
        let text = format!("refused: canary-{letter}.");
        assert_eq!(redactor.scrub(&text), "refused: ***.", "{text}");
    }
}
