//! Packages and links as the vendor reports them.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::companies::CompanyId;
use crate::confidential::Confidential;
use crate::licensing::ProductType;
use crate::wire;

client_core::id!(
    /// Identifies a package.
    PackageId
);

client_core::open_enum!(
    /// What a package installs.
    PackageType: i64 {
        /// A Security Server appliance.
        SecurityServer = 3,
        /// The endpoint agent.
        Best = 4,
    }
);

client_core::open_enum!(
    /// A module of the agent.
    Module {
        /// Always installed; not asked for when creating.
        Antimalware = "antimalware",
        AdvancedAntiExploit = "advancedAntiExploit",
        AdvancedThreatControl = "advancedThreatControl",
        DeviceControl = "deviceControl",
        Firewall = "firewall",
        /// Deprecated on the wire: stands for the three parts below, and is sent as them.
        ContentControl = "contentControl",
        /// A part of content control.
        UserControl = "userControl",
        /// A part of content control.
        Antiphishing = "antiphishing",
        /// A part of content control.
        TrafficScan = "trafficScan",
        NetworkAttackDefense = "networkAttackDefense",
        PowerUser = "powerUser",
        /// An add-on.
        EdrSensor = "edrSensor",
        /// An add-on.
        PatchManagement = "patchManagement",
        /// Full Disk Encryption; an add-on.
        Encryption = "encryption",
        ContainerProtection = "containerProtection",
        IntegrityMonitoring = "integrityMonitoring",
        /// On premises only.
        ApplicationControl = "applicationControl",
    }
);

/// The parts that stand for [`Module::ContentControl`].
pub(crate) const CONTENT_CONTROL: [Module; 3] = [
    Module::UserControl,
    Module::Antiphishing,
    Module::TrafficScan,
];

/// A row of the list of packages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PackageRow {
    pub id: PackageId,
    pub name: String,
    #[serde(default, rename = "type", deserialize_with = "wire::number")]
    pub package_type: Option<PackageType>,
}

/// A package. Neither its id nor its company is in the answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Package {
    #[serde(rename = "packageName")]
    pub name: String,
    #[serde(default, deserialize_with = "wire::text")]
    pub description: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    pub language: Option<String>,
    /// Every module that the console tells of, with whether it is on, under its wire name; deprecated names among them.
    #[serde(default, deserialize_with = "wire::flags")]
    pub modules: BTreeMap<String, bool>,
    #[serde(default, deserialize_with = "or_default")]
    pub roles: Roles,
    #[serde(default, deserialize_with = "wire::object")]
    pub scan_mode: Option<ScanMode>,
    #[serde(default, deserialize_with = "or_default")]
    pub settings: PackageSettings,
    #[serde(default, deserialize_with = "wire::object")]
    pub deployment_options: Option<DeploymentOptions>,
    #[serde(default, deserialize_with = "wire::number")]
    pub product_type: Option<ProductType>,
}

fn or_default<'de, D: serde::Deserializer<'de>, T: serde::de::DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    wire::object(deserializer).map(Option::unwrap_or_default)
}

impl Package {
    /// Whether a module is on; `None` if the console does not tell of it. Content control is on if all its parts are.
    pub fn has(&self, module: &Module) -> Option<bool> {
        if *module == Module::ContentControl {
            let parts: Option<Vec<bool>> = CONTENT_CONTROL
                .iter()
                .map(|part| self.told(part.as_str()))
                .collect();
            if let Some(parts) = parts {
                return Some(parts.into_iter().all(|on| on));
            }
        }
        self.told(module.as_str()).or_else(|| match module {
            Module::AdvancedThreatControl => self.told("atc"),
            Module::NetworkAttackDefense => self.told("networkMonitor"),
            _ => None,
        })
    }

    fn told(&self, name: &str) -> Option<bool> {
        self.modules.get(name).copied()
    }

    /// The modules that are on, without deprecated names; content control stands for its parts if all are on.
    pub fn enabled_modules(&self) -> Vec<Module> {
        let whole = self.has(&Module::ContentControl) == Some(true);
        let known = Module::KNOWN
            .iter()
            .filter(|module| self.has(module) == Some(true))
            .cloned();
        let mut modules: Vec<Module> = known
            .filter(|module| !(whole && CONTENT_CONTROL.contains(module)))
            .collect();
        let others = self.modules.iter().filter(|(name, on)| {
            **on && Module::from(name.as_str()).is_unknown()
                && !["atc", "networkMonitor"].contains(&name.as_str())
        });
        modules.extend(others.map(|(name, _)| Module::from(name.as_str())));
        modules
    }
}

/// What an agent does beside protecting its own machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Roles {
    #[serde(deserialize_with = "wire::flag_or_false")]
    pub relay: bool,
    /// Exchange Protection, which is a role and no module.
    #[serde(deserialize_with = "wire::flag_or_false")]
    pub exchange: bool,
}

/// How the installer behaves. Passwords are not sent back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct PackageSettings {
    #[serde(deserialize_with = "wire::flag")]
    pub scan_before_install: Option<bool>,
    #[serde(deserialize_with = "wire::flag")]
    pub remove_competitors: Option<bool>,
    #[serde(deserialize_with = "wire::text")]
    pub custom_installation_path: Option<String>,
    #[serde(deserialize_with = "wire::text")]
    pub custom_group_id: Option<String>,
    #[serde(deserialize_with = "wire::text")]
    pub vms_custom_group_id: Option<String>,
}

client_core::open_enum!(
    /// Where files are scanned.
    Engine: i64 { Central = 1, Hybrid = 2, Local = 3 }
);

/// Engines for one sort of machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::exhaustive_structs, reason = "also an input")]
pub struct Engines {
    #[serde(
        deserialize_with = "wire::number",
        skip_serializing_if = "Option::is_none"
    )]
    pub main: Option<Engine>,
    /// Only where `main` is central.
    #[serde(
        deserialize_with = "wire::number",
        skip_serializing_if = "Option::is_none"
    )]
    pub fallback: Option<Engine>,
}

/// Engines by sort of machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::exhaustive_structs, reason = "also an input")]
pub struct ScanMode {
    /// 1 automatic, 2 as the other members say.
    #[serde(
        rename = "type",
        deserialize_with = "wire::number",
        skip_serializing_if = "Option::is_none"
    )]
    pub mode: Option<i64>,
    #[serde(
        deserialize_with = "wire::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub computers: Option<Engines>,
    #[serde(
        deserialize_with = "wire::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub vms: Option<Engines>,
    #[serde(
        deserialize_with = "wire::object",
        skip_serializing_if = "Option::is_none"
    )]
    pub ec2: Option<Engines>,
}

/// Where the installer gets its files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct DeploymentOptions {
    /// 1 the vendor's cloud; the other numbers are not established.
    #[serde(rename = "type", deserialize_with = "wire::number")]
    pub deployment_type: Option<i64>,
    #[serde(deserialize_with = "wire::text")]
    pub relay_id: Option<String>,
    #[serde(deserialize_with = "wire::flag")]
    pub use_communication_proxy: Option<bool>,
    #[serde(deserialize_with = "wire::text")]
    pub proxy_server: Option<String>,
    #[serde(deserialize_with = "wire::number")]
    pub proxy_port: Option<i64>,
    #[serde(deserialize_with = "wire::text")]
    pub proxy_username: Option<String>,
    #[serde(deserialize_with = "wire::flag")]
    pub use_custom_communication_server: Option<bool>,
    #[serde(deserialize_with = "wire::text")]
    pub communication_server: Option<String>,
}

/// How far a kit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KitStatus {
    /// It can be downloaded.
    Ready,
    /// It is still built, or in a state that this version does not know.
    Building,
    /// The console does not tell.
    Untold,
}

/// The links of a package. They give access to the company's protection, so `Debug` does not show them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InstallationLinks {
    #[serde(default, deserialize_with = "wire::text")]
    pub package_name: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    pub company_name: Option<String>,
    #[serde(default, deserialize_with = "wire::id")]
    pub company_id: Option<CompanyId>,
    /// The downloader; keep it verbatim, its name carries the package.
    #[serde(default, deserialize_with = "link")]
    pub install_link_windows: Option<Confidential>,
    #[serde(default, deserialize_with = "link")]
    pub install_link_mac: Option<Confidential>,
    #[serde(default, deserialize_with = "link")]
    pub install_link_mac_arm: Option<Confidential>,
    #[serde(default, deserialize_with = "link")]
    pub install_link_mac_downloader: Option<Confidential>,
    #[serde(default, deserialize_with = "link")]
    pub install_link_linux: Option<Confidential>,
    #[serde(default, deserialize_with = "link")]
    pub full_kit_windows_x32: Option<Confidential>,
    #[serde(default, deserialize_with = "link")]
    pub full_kit_windows_x64: Option<Confidential>,
    #[serde(default, deserialize_with = "link")]
    pub full_kit_windows_arm64: Option<Confidential>,
    #[serde(default, deserialize_with = "link")]
    pub full_kit_linux_x32: Option<Confidential>,
    #[serde(default, deserialize_with = "link")]
    pub full_kit_linux_x64: Option<Confidential>,
    #[serde(default, deserialize_with = "link")]
    pub full_kit_linux_arm64: Option<Confidential>,
    /// By platform, as the console writes it; see [`kit_status`](Self::kit_status).
    #[serde(default, deserialize_with = "wire::map")]
    pub status: BTreeMap<String, Value>,
}

fn link<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Confidential>, D::Error> {
    wire::text(deserializer).map(|text| text.map(Confidential::new))
}

impl InstallationLinks {
    /// How far the kit of a platform (`windows`, `linux`, `mac`) is.
    pub fn kit_status(&self, platform: &str) -> KitStatus {
        match self.status.get(platform) {
            None | Some(Value::Null) => KitStatus::Untold,
            Some(value) if wire::as_number(value) == Some(2) => KitStatus::Ready,
            Some(_) => KitStatus::Building,
        }
    }

    /// The Windows link, once its kit can be downloaded. Where the console tells no state, the link itself counts.
    pub fn ready_windows_link(&self) -> Option<&Confidential> {
        self.install_link_windows
            .as_ref()
            .filter(|_| self.kit_status("windows") != KitStatus::Building)
    }

    /// The code of the package, which its signed installer takes as `GZ_PACKAGE_ID`: what stands between the brackets of
    /// the Windows downloader's name.
    pub fn package_code(&self) -> Option<Confidential> {
        let link = self.install_link_windows.as_ref()?.expose();
        let plain = link
            .replace("%5B", "[")
            .replace("%5b", "[")
            .replace("%5D", "]")
            .replace("%5d", "]");
        let (_, tail) = plain.rsplit_once('[')?;
        let (code, _) = tail.split_once(']')?;
        (!code.is_empty()).then(|| Confidential::new(code))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Engine, InstallationLinks, KitStatus, Module, Package};

    #[test]
    fn a_package_with_numbers_for_flags() {
        let package: Package = serde_json::from_value(json!({
            "packageName": "Servers",
            "description": "",
            "language": "en_US",
            "modules": {
                "antimalware": 1, "atc": 1, "advancedThreatControl": 1, "firewall": 0, "contentControl": 1,
                "userControl": 1, "antiphishing": 1, "trafficScan": 1, "thingOfTomorrow": 1
            },
            "roles": {"relay": 0, "exchange": 1},
            "scanMode": {"type": 2, "computers": {"main": 1, "fallback": 2}, "vms": {"main": 3}},
            "settings": {"scanBeforeInstall": false, "removeCompetitors": true, "customInstallationPath": ""},
            "deploymentOptions": {"type": 1, "useCommunicationProxy": false, "proxyPort": "8080"},
            "productType": 0,
        }))
        .unwrap();
        assert_eq!(package.has(&Module::AdvancedThreatControl), Some(true));
        assert_eq!(package.has(&Module::Firewall), Some(false));
        assert_eq!(package.has(&Module::EdrSensor), None);
        assert_eq!(
            package.enabled_modules(),
            [
                Module::Antimalware,
                Module::AdvancedThreatControl,
                Module::ContentControl,
                Module::from("thingOfTomorrow")
            ]
        );
        assert!(package.roles.exchange && !package.roles.relay);
        assert_eq!(package.settings.remove_competitors, Some(true));
        assert_eq!(
            package.scan_mode.unwrap().computers.unwrap().fallback,
            Some(Engine::Hybrid)
        );
        assert_eq!(package.deployment_options.unwrap().proxy_port, Some(8080));
    }

    #[test]
    fn deprecated_and_partial_names() {
        let package: Package = serde_json::from_value(json!({
            "packageName": "Old",
            "modules": {"atc": 1, "userControl": 1, "antiphishing": 0, "trafficScan": 1},
            "roles": [],
        }))
        .unwrap();
        assert_eq!(package.has(&Module::AdvancedThreatControl), Some(true));
        assert_eq!(package.has(&Module::ContentControl), Some(false));
        assert_eq!(
            package.enabled_modules(),
            [
                Module::AdvancedThreatControl,
                Module::UserControl,
                Module::TrafficScan
            ]
        );
    }

    fn links(value: serde_json::Value) -> InstallationLinks {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn links_are_masked_and_say_when_they_are_ready() {
        let windows =
            "https://downloads.invalid/BSTWIN/0/setupdownloader_[aHR0cHM6Ly9jYW5hcnk=].exe";
        let built = links(json!({
            "packageName": "Servers",
            "companyId": "0123456789abcdef01234567",
            "installLinkWindows": windows,
            "fullKitLinuxX64": "https://downloads.invalid/canary",
            "status": {"windows": 2, "linux": 1},
        }));
        assert!(!format!("{built:?}").contains("downloads.invalid"));
        assert_eq!(built.ready_windows_link().unwrap().expose(), windows);
        assert_eq!(built.kit_status("linux"), KitStatus::Building);
        assert_eq!(built.kit_status("mac"), KitStatus::Untold);
        assert_eq!(
            built.package_code().unwrap().expose(),
            "aHR0cHM6Ly9jYW5hcnk="
        );

        for status in [json!({"windows": 1}), json!({"windows": "failed"})] {
            let building = links(json!({"installLinkWindows": windows, "status": status}));
            assert_eq!(building.ready_windows_link(), None);
        }
        for status in [json!([]), json!(null), json!({"linux": 1})] {
            let untold = links(json!({"installLinkWindows": windows, "status": status}));
            assert!(untold.ready_windows_link().is_some());
        }
        assert_eq!(
            links(json!({"installLinkWindows": ""})).ready_windows_link(),
            None
        );
    }

    #[test]
    fn the_code_survives_an_encoded_name() {
        let encoded = links(
            json!({"installLinkWindows": "https://d.invalid/setupdownloader_%5BQUJD%5D.exe"}),
        );
        assert_eq!(encoded.package_code().unwrap().expose(), "QUJD");
        assert_eq!(
            links(json!({"installLinkWindows": "https://d.invalid/setup.exe"})).package_code(),
            None
        );
    }
}
