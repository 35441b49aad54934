//! What packages are created from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use client_core::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::model::{CONTENT_CONTROL, Module, ScanMode};
use crate::companies::CompanyId;
use crate::licensing::ProductType;
use crate::wire::Params;

/// What the installer does with competing products. Always said, as the console's default is not documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a yes or no with a name")]
pub enum Competitors {
    /// It removes them first.
    Remove,
    /// It leaves them, and may refuse to install.
    Keep,
}

/// A package to be made. What is not set is off or left to the console.
#[derive(Clone)]
pub struct NewPackage {
    name: String,
    competitors: Competitors,
    company: Option<CompanyId>,
    description: Option<String>,
    language: Option<String>,
    modules: BTreeSet<Module>,
    relay: bool,
    exchange: bool,
    scan_mode: Option<ScanMode>,
    scan_before_install: bool,
    uninstall_password: Option<SecretString>,
    custom_installation_path: Option<String>,
    custom_group_id: Option<String>,
    vms_custom_group_id: Option<String>,
    deployment: Option<Deployment>,
    product_type: Option<ProductType>,
}

/// Where the installer of a new package gets its files.
#[derive(Clone, Default)]
pub struct Deployment {
    params: BTreeMap<&'static str, Value>,
    proxy_password: Option<SecretString>,
}

impl NewPackage {
    /// A package for the key's own company, with nothing but antimalware. Its name is unique in the company.
    pub fn new(name: impl Into<String>, competitors: Competitors) -> Self {
        Self {
            name: name.into(),
            competitors,
            company: None,
            description: None,
            language: None,
            modules: BTreeSet::new(),
            relay: false,
            exchange: false,
            scan_mode: None,
            scan_before_install: false,
            uninstall_password: None,
            custom_installation_path: None,
            custom_group_id: None,
            vms_custom_group_id: None,
            deployment: None,
            product_type: None,
        }
    }

    /// Sets the company that it installs for.
    #[must_use]
    pub fn company(mut self, company: CompanyId) -> Self {
        self.company = Some(company);
        self
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Sets the agent's language, such as `de_DE`; `en_US` by default.
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Switches modules on. Content control is sent as its three parts; antimalware is always there and not sent.
    #[must_use]
    pub fn modules(mut self, modules: impl IntoIterator<Item = Module>) -> Self {
        self.modules.extend(modules);
        self
    }

    /// Makes the machines relays.
    #[must_use]
    pub fn relay(mut self, relay: bool) -> Self {
        self.relay = relay;
        self
    }

    /// Installs Exchange Protection.
    #[must_use]
    pub fn exchange(mut self, exchange: bool) -> Self {
        self.exchange = exchange;
        self
    }

    /// Sets the engines; automatic by default.
    #[must_use]
    pub fn scan_mode(mut self, mode: ScanMode) -> Self {
        self.scan_mode = Some(mode);
        self
    }

    /// Scans the machine before installing; off by default.
    #[must_use]
    pub fn scan_before_install(mut self, scan: bool) -> Self {
        self.scan_before_install = scan;
        self
    }

    /// Sets the password that uninstalling needs: at least 6 characters with digit, capital, small and special one.
    #[must_use]
    pub fn uninstall_password(mut self, password: impl Into<SecretString>) -> Self {
        self.uninstall_password = Some(password.into());
        self
    }

    /// Sets the folder on Windows.
    #[must_use]
    pub fn custom_installation_path(mut self, path: impl Into<String>) -> Self {
        self.custom_installation_path = Some(path.into());
        self
    }

    /// Sets the group that machines come into.
    #[must_use]
    pub fn custom_group_id(mut self, id: impl Into<String>) -> Self {
        self.custom_group_id = Some(id.into());
        self
    }

    /// Sets the group that virtual machines come into; on premises only.
    #[must_use]
    pub fn vms_custom_group_id(mut self, id: impl Into<String>) -> Self {
        self.vms_custom_group_id = Some(id.into());
        self
    }

    /// Sets where the installer gets its files; the vendor's cloud by default.
    #[must_use]
    pub fn deployment(mut self, deployment: Deployment) -> Self {
        self.deployment = Some(deployment);
        self
    }

    /// Sets the operation mode; detection and prevention by default. Report-only EDR forces its own set of modules.
    #[must_use]
    pub fn product_type(mut self, product: ProductType) -> Self {
        self.product_type = Some(product);
        self
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if self.name.trim().is_empty() {
            return Err("packageName is empty".to_owned());
        }
        if let Some(company) = &self.company {
            crate::companies::check_id("companyId", company.as_str())?;
        }
        if let Some(password) = &self.uninstall_password
            && !is_strong(password.expose_secret())
        {
            return Err(
                "uninstallPassword needs 6 characters, with a digit, a capital, a small and a special one".to_owned()
            );
        }
        Ok(())
    }

    pub(crate) fn params(&self) -> Params {
        let settings = Params::new()
            .set("scanBeforeInstall", u8::from(self.scan_before_install))
            .set(
                "removeCompetitors",
                u8::from(self.competitors == Competitors::Remove),
            )
            .maybe(
                "uninstallPassword",
                self.uninstall_password
                    .as_ref()
                    .map(|it| it.expose_secret().to_owned()),
            )
            .maybe(
                "customInstallationPath",
                self.custom_installation_path.clone(),
            )
            .maybe("customGroupId", self.custom_group_id.clone())
            .maybe("vmsCustomGroupId", self.vms_custom_group_id.clone());
        let roles = Params::new()
            .set("relay", u8::from(self.relay))
            .set("exchange", u8::from(self.exchange));
        let scan_mode = self
            .scan_mode
            .as_ref()
            .and_then(|mode| serde_json::to_value(mode).ok());
        Params::new()
            .set("packageName", self.name.clone())
            .maybe("companyId", self.company.as_ref().map(ToString::to_string))
            .maybe("description", self.description.clone())
            .maybe("language", self.language.clone())
            .set("modules", self.module_flags())
            .maybe("scanMode", scan_mode)
            .set("settings", settings.into_map())
            .set("roles", roles.into_map())
            .maybe(
                "deploymentOptions",
                self.deployment.as_ref().map(Deployment::to_value),
            )
            .maybe("productType", self.product_type.map(ProductType::get))
    }

    fn module_flags(&self) -> Map<String, Value> {
        let mut flags = Map::new();
        for module in &self.modules {
            match module {
                Module::Antimalware => {}
                Module::ContentControl => {
                    flags.extend(
                        CONTENT_CONTROL
                            .iter()
                            .map(|part| (part.as_str().to_owned(), 1.into())),
                    );
                }
                other => {
                    flags.insert(other.as_str().to_owned(), 1.into());
                }
            }
        }
        flags
    }
}

impl Deployment {
    /// From the vendor's cloud.
    pub fn cloud() -> Self {
        Self {
            params: BTreeMap::from([("type", 1.into())]),
            proxy_password: None,
        }
    }

    /// From a relay. What the number means on the wire is not established for all consoles.
    pub fn relay(id: impl Into<String>) -> Self {
        let params = BTreeMap::from([("type", 2.into()), ("relayId", Value::String(id.into()))]);
        Self {
            params,
            proxy_password: None,
        }
    }

    /// Through a proxy.
    #[must_use]
    pub fn proxy(mut self, server: impl Into<String>, port: u16) -> Self {
        self.params.insert("useCommunicationProxy", true.into());
        self.params.insert("proxyServer", server.into().into());
        self.params.insert("proxyPort", port.into());
        self
    }

    /// Sets what the proxy wants to know.
    #[must_use]
    pub fn proxy_credentials(
        mut self,
        user: impl Into<String>,
        password: impl Into<SecretString>,
    ) -> Self {
        self.params.insert("proxyUsername", user.into().into());
        self.proxy_password = Some(password.into());
        self
    }

    /// Sets the server that agents talk to; on premises only.
    #[must_use]
    pub fn communication_server(mut self, server: impl Into<String>) -> Self {
        self.params
            .insert("useCustomCommunicationServer", true.into());
        self.params
            .insert("communicationServer", server.into().into());
        self
    }

    fn to_value(&self) -> Value {
        let params = self
            .params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        let password = self.proxy_password.iter().map(|password| {
            (
                "proxyPassword".to_owned(),
                Value::String(password.expose_secret().to_owned()),
            )
        });
        params.chain(password).collect::<Map<_, _>>().into()
    }
}

fn is_strong(password: &str) -> bool {
    let has = |test: fn(char) -> bool| password.chars().any(test);
    password.chars().count() >= 6
        && has(|c| c.is_ascii_digit())
        && has(char::is_uppercase)
        && has(char::is_lowercase)
        && has(|c| !c.is_alphanumeric())
}

impl fmt::Debug for NewPackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewPackage")
            .field("name", &self.name)
            .field("competitors", &self.competitors)
            .field("company", &self.company)
            .field("modules", &self.modules)
            .field("relay", &self.relay)
            .field("exchange", &self.exchange)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deployment")
            .field("options", &self.params.keys())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Competitors, Deployment, NewPackage};
    use crate::licensing::ProductType;
    use crate::packages::{Engine, Engines, Module, ScanMode};

    #[test]
    fn the_least_still_says_what_happens_to_competitors() {
        assert_eq!(
            NewPackage::new("site-1", Competitors::Keep)
                .params()
                .into_value(),
            json!({
                "packageName": "site-1",
                "modules": {},
                "settings": {"scanBeforeInstall": 0, "removeCompetitors": 0},
                "roles": {"relay": 0, "exchange": 0},
            })
        );
    }

    #[test]
    fn everything_set_is_sent_under_the_vendors_names() {
        let scan_mode = ScanMode {
            mode: Some(2),
            computers: Some(Engines {
                main: Some(Engine::Central),
                fallback: Some(Engine::Hybrid),
            }),
            ..ScanMode::default()
        };
        let package = NewPackage::new("site-1", Competitors::Remove)
            .company("0123456789abcdef01234567".into())
            .description("by hand")
            .language("de_DE")
            .modules([
                Module::Antimalware,
                Module::ContentControl,
                Module::EdrSensor,
            ])
            .relay(true)
            .exchange(true)
            .scan_mode(scan_mode)
            .scan_before_install(true)
            .uninstall_password("Fake-1")
            .custom_installation_path("C:\\Agent")
            .custom_group_id("aa")
            .vms_custom_group_id("bb")
            .deployment(
                Deployment::relay("cc")
                    .proxy("proxy.example", 8080)
                    .proxy_credentials("user", "Fake-2"),
            )
            .product_type(ProductType::EndpointSecurity);
        assert_eq!(package.check(), Ok(()));
        assert_eq!(
            package.params().into_value(),
            json!({
                "packageName": "site-1",
                "companyId": "0123456789abcdef01234567",
                "description": "by hand",
                "language": "de_DE",
                "modules": {"userControl": 1, "antiphishing": 1, "trafficScan": 1, "edrSensor": 1},
                "scanMode": {"type": 2, "computers": {"main": 1, "fallback": 2}},
                "settings": {
                    "scanBeforeInstall": 1,
                    "removeCompetitors": 1,
                    "uninstallPassword": "Fake-1",
                    "customInstallationPath": "C:\\Agent",
                    "customGroupId": "aa",
                    "vmsCustomGroupId": "bb",
                },
                "roles": {"relay": 1, "exchange": 1},
                "deploymentOptions": {
                    "type": 2,
                    "relayId": "cc",
                    "useCommunicationProxy": true,
                    "proxyServer": "proxy.example",
                    "proxyPort": 8080,
                    "proxyUsername": "user",
                    "proxyPassword": "Fake-2",
                },
                "productType": 0,
            })
        );
        assert!(!format!("{package:?}").contains("Fake-"));
    }

    #[test]
    fn bad_input_names_its_field() {
        let weak = NewPackage::new("x", Competitors::Keep).uninstall_password("simple");
        assert!(weak.check().unwrap_err().contains("uninstallPassword"));
        assert!(
            NewPackage::new(" ", Competitors::Keep)
                .check()
                .unwrap_err()
                .contains("packageName")
        );
        assert!(
            NewPackage::new("x", Competitors::Keep)
                .company("".into())
                .check()
                .unwrap_err()
                .contains("companyId")
        );
    }
}
