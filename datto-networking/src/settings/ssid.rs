//! The settings of one SSID.
#![expect(missing_docs, reason = "most field names say it all")]

use std::collections::BTreeMap;

use serde_json::Value;

use crate::files::FileRole;
use crate::lenient::lenient;
use crate::secret::Secret;
use crate::written::{written, written_text};

client_core::open_enum!(
    /// How devices prove that they may join.
    WifiAuth {
        Open = "open",
        WpaMixedPsk = "wpa-mixed-psk",
        Wpa2OnlyPsk = "wpa-2only-psk",
        WpaMixedEnterprise = "wpa-mixed-e",
        Wpa2OnlyEnterprise = "wpa-2only-e",
    }
);
client_core::open_enum!(
    /// What people see first.
    SplashPage { None = "none", Cloudtrax = "cloudtrax", Facebook = "facebook", Remote = "remote" }
);
client_core::open_enum!(
    /// How people log in on a splash page.
    LoginMethod {
        None = "none",
        Radius = "radius",
        Ldap = "ldap",
        ActiveDirectory = "active_directory",
        Http = "http",
    }
);
lenient!(text WifiAuth, SplashPage, LoginMethod);
written_text!(WifiAuth, SplashPage, LoginMethod, FileRole);

written! {
    /// An SSID.
    pub struct Ssid {
        general: SsidGeneral,
        captive_portal: CaptivePortal,
        advanced: SsidAdvanced,
        scheduling: Scheduling,
    }
}

written! {
    /// Name and key.
    pub struct SsidGeneral {
        /// 1 to 4.
        ssid_num: i64,
        ssid_name: String,
        /// What devices see.
        wifi_name: String,
        gateway_name: String,
        enable: bool,
        enable_use_node_name: bool,
        enable_hidden_network: bool,
        wifi_auth_type: WifiAuth,
        /// At least 8 characters.
        wpa_password: Secret,
    }
}

written! {
    /// What people go through before they reach the internet.
    pub struct CaptivePortal {
        splashpage: SplashPage,
        login_method: LoginMethod,
        enable_traffic_shaping: bool,
        disable_dhcp_fingerprinting: bool,
        enable_block_pre_auth_clients: bool,
        enable_require_valid_login: bool,
        enable_redirect_client_track: bool,
        enable_include_userdata_on_redirect: bool,
        /// kbit/s.
        per_client_download_speed: i64,
        /// kbit/s.
        per_client_upload_speed: i64,
        /// Minutes; 1440 by default.
        client_force_timeout: i64,
        after_splashpage_redirect_url: String,
        block_message: String,
        whitelist: Vec<String>,
        blocklist: Vec<String>,
        walled_garden: Vec<String>,
        remote_splashpage: RemoteSplashpage,
        cloudtrax_splashpage: CloudtraxSplashpage,
        radius_auth: RadiusAuth,
        http_auth: HttpAuth,
        ldap_auth: LdapAuth,
        active_directory_auth: ActiveDirectoryAuth,
    }
}

written! {
    /// A splash page on a server of one's own.
    pub struct RemoteSplashpage {
        server_address: String,
        enable_server_ssl: bool,
        server_path: String,
        server_secret: Secret,
        nas_id: String,
    }
}

written! {
    /// A splash page at the vendor's.
    pub struct CloudtraxSplashpage {
        base_url: String,
        /// By the id of the file.
        files: BTreeMap<String, SplashFile>,
    }
}

written! {
    /// A file of a splash page.
    pub struct SplashFile {
        name: String,
        role: FileRole,
    }
}

written! {
    /// Log-in by RADIUS.
    pub struct RadiusAuth {
        server_addresses: Vec<String>,
        server_secret: Secret,
        nas_id: String,
        /// What one table of the documentation calls [`nas_id`](Self::nas_id).
        radius_nas_id: String,
        enable_swapoctets: bool,
        /// What one table of the documentation calls [`enable_swapoctets`](Self::enable_swapoctets).
        enable_swap_octets: bool,
    }
}

written! {
    /// Log-in by a server of one's own.
    pub struct HttpAuth {
        url: String,
        secret: Secret,
    }
}

written! {
    /// Log-in by LDAP.
    pub struct LdapAuth {
        attribute: String,
        base_dn: String,
        bind_password: Secret,
        bind_shortdomain: String,
        bind_username: String,
        /// Of a type that nobody published.
        ports: Value,
        /// Of a type that nobody published.
        servers: Value,
        user_filter: String,
    }
}

written! {
    /// Log-in by Active Directory.
    pub struct ActiveDirectoryAuth {
        bind_password: Secret,
        bind_shortdomain: String,
        bind_username: String,
        /// Of a type that nobody published.
        ports: Value,
        /// Of a type that nobody published.
        servers: Value,
    }
}

written! {
    /// What few SSIDs need.
    pub struct SsidAdvanced {
        wpa_e_server_address: String,
        /// 1812 by default.
        wpa_e_server_port: i64,
        wpa_e_server_secret: Secret,
        enable_ap_isolation: bool,
        enable_lan_block: bool,
        enable_band_steering: bool,
        smtp_redirect_server_address: String,
        wifi_whitelist: Vec<String>,
        dns_server_addresses: Vec<String>,
        login_attempts: i64,
        login_attempt_timeout: i64,
        /// -1 for none.
        vlan_tag: i64,
    }
}

written! {
    /// When the SSID is there.
    pub struct Scheduling {
        enable: bool,
        status: i64,
        /// By day.
        days: BTreeMap<String, ScheduledDay>,
    }
}

written! {
    /// When the SSID is there on one day.
    pub struct ScheduledDay {
        available: bool,
        start: String,
        end: String,
    }
}

impl Ssid {
    /// The key that all devices share; none for open and for enterprise SSIDs, whatever their `wpa_password` is.
    pub fn personal_key(&self) -> Option<&Secret> {
        let general = self.general.as_ref()?;
        match general.wifi_auth_type.as_ref()? {
            WifiAuth::WpaMixedPsk | WifiAuth::Wpa2OnlyPsk => general.wpa_password.as_ref(),
            _ => None,
        }
    }
}
