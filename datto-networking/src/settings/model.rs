//! The settings of a network as the vendor tells and takes them.
#![expect(missing_docs, reason = "most field names say it all")]

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::ssid::Ssid;
use crate::answer;
use crate::lenient::{Lenient as _, lenient};
use crate::nodes::Bands;
use crate::secret::Secret;
use crate::written::{written, written_text};

client_core::open_enum!(
    /// Which firmware access points get.
    FirmwareRelease { Stable = "stable", Testing = "testing" }
);
lenient!(text FirmwareRelease);
written_text!(FirmwareRelease);

written! {
    /// All settings of a network. What has no value is not told, and stays as it is when the rest is written.
    pub struct NetworkSettings {
        /// Those of the network itself.
        network: Network,
        /// Its SSIDs by number, `1` to `4`. Under `0` a new one is written.
        ssids: BTreeMap<String, Ssid>,
    }
}

written! {
    /// The settings of the network itself.
    pub struct Network {
        general: General,
        maintenance: Maintenance,
        radio: Radio,
        firmware_upgrade: FirmwareUpgrade,
        advanced: Advanced,
        presence: Presence,
        paypal: Paypal,
    }
}

written! {
    /// Names, place and alerts.
    pub struct General {
        network_name: String,
        /// What one table of the documentation calls [`network_name`](Self::network_name).
        name: String,
        display_name: String,
        location: String,
        /// Of the time zone database.
        timezone: String,
        notes: String,
        /// With white space between them.
        notification_email_addresses: String,
        /// What one table of the documentation calls
        /// [`notification_email_addresses`](Self::notification_email_addresses).
        notification_email_address: String,
        disable_public_access: bool,
        enable_12h_display: bool,
        disable_internet_check: bool,
        enable_alerts: bool,
    }
}

written! {
    /// When access points may restart for an upgrade.
    pub struct Maintenance {
        /// Such as `02:00:00`, which is the default.
        start: String,
        /// Such as `02:00:00`, which is the default, up to `24:00:00`.
        duration: String,
        /// Of `su`, `mo`, `tu`, `we`, `th`, `fr`, `sa`; all by default.
        days: Vec<String>,
    }
}

written! {
    /// Radio.
    pub struct Radio {
        /// Two letters.
        country_code: String,
        /// dBm; 26 by default.
        tx_power: i64,
        enable_autorf: bool,
        autorf_scan_hour: i64,
        /// 5 and 44 by default.
        channel: Bands<i64>,
        ht_mode: Bands<String>,
        /// What one table of the documentation has in place of [`channel`](Self::channel).
        channel_2_4_ghz: i64,
        /// As [`channel_2_4_ghz`](Self::channel_2_4_ghz).
        channel_5_ghz: i64,
        /// What one table of the documentation has in place of [`ht_mode`](Self::ht_mode).
        ht_mode_2_4ghz: String,
        /// As [`ht_mode_2_4ghz`](Self::ht_mode_2_4ghz).
        ht_mode_5ghz: String,
    }
}

written! {
    /// Upgrades.
    pub struct FirmwareUpgrade {
        disable: bool,
        firmware_release: FirmwareRelease,
    }
}

written! {
    /// What few networks need.
    pub struct Advanced {
        enable_share_voucher: bool,
        enable_mesh_encryption: bool,
        disable_accounting: bool,
        disable_matching: bool,
        node_root_password: Secret,
        dns_server_addresses: Vec<String>,
        dns_domain_name: String,
        cloud_ap_host: String,
        custom_script_url: String,
        /// The number of an SSID; 0 for none.
        wireless_bridge_ssid: i64,
        /// The number of an SSID; 0 for none.
        wired_bridge_ssid: i64,
    }
}

written! {
    /// Reports of the devices that pass by.
    pub struct Presence {
        enable: bool,
        /// Has no `|`.
        secret: Secret,
        /// 0 to 10.
        uploads_per_checkin: i64,
        url: String,
    }
}

written! {
    /// Sale of vouchers.
    pub struct Paypal {
        max_user_count: i64,
        /// kbit/s.
        upload_limit: i64,
        /// kbit/s.
        download_limit: i64,
        pdt_key: Secret,
    }
}

impl NetworkSettings {
    /// Reads an answer. SSIDs that come as a list are put under their numbers.
    pub(super) fn from_answer(body: &[u8]) -> Result<Self, client_core::DecodeError> {
        const WHAT: &str = "settings";
        match client_core::decode_json(body)? {
            Value::Object(mut fields) => {
                if let Some(Value::Array(items)) = fields.get("ssids")
                    && let Some(numbered) = numbered(items)
                {
                    fields.insert("ssids".to_owned(), Value::Object(numbered));
                }
                answer::record_of(fields, WHAT)
            }
            _ => Err(answer::not(WHAT)),
        }
    }
}

/// The SSIDs of a list under the numbers that they tell, or under their places. `None` if one of them is no SSID.
fn numbered(items: &[Value]) -> Option<Map<String, Value>> {
    let mut ssids = Map::new();
    for (at, item) in items.iter().enumerate() {
        let fields = match item {
            Value::Null => continue,
            other => other.as_object()?,
        };
        let mut entries = fields.iter();
        // A list of one-key maps stands for a map.
        if let (Some((key, ssid)), None) = (entries.next(), entries.next())
            && key.parse::<u8>().is_ok()
        {
            ssids.insert(key.clone(), ssid.clone());
            continue;
        }
        let told = item.pointer("/general/ssid_num").cloned();
        let told = told.and_then(|number| i64::read(number).ok().flatten());
        let number = told.map_or_else(|| (at + 1).to_string(), |number| number.to_string());
        if ssids.insert(number, item.clone()).is_some() {
            return None;
        }
    }
    Some(ssids)
}
