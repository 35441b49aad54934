//! What GravityZone knows: companies of the whole platform, folders, endpoints, packages.
#![expect(missing_docs, reason = "most field names say it all")]

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::MacAddress;

/// What a company is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum CompanyKind {
    Partner,
    Customer,
}

/// A company, of our tree or of somebody else's.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Company {
    pub id: String,
    pub name: String,
    pub kind: CompanyKind,
    /// The company or folder above; none for the top of a tree that we cannot see into.
    pub parent: Option<String>,
    pub address: String,
    pub phone: String,
    pub country: Option<String>,
    pub state: Option<String>,
    pub industry: i64,
    pub can_be_managed_by_above: bool,
    pub suspended: bool,
    pub skip_2fa_days: i64,
    pub contact: Option<Contact>,
    pub custom_fields: BTreeMap<String, Value>,
    pub created_ms: i64,
    /// Listings, searches and details hide the company until then.
    pub visible_from_ms: i64,
    pub subscription: Subscription,
    /// The container that endpoints lie in unless they lie in one of `groups`.
    pub group_id: String,
    pub groups: Vec<Group>,
    pub endpoints: Vec<Endpoint>,
    pub packages: Vec<Package>,
}

/// The person to call at a partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Contact {
    pub full_name: String,
    pub email: String,
    pub phone: String,
}

/// A folder of companies; it belongs to a partner or lies in another folder.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Folder {
    pub id: String,
    pub name: String,
    pub parent: String,
}

/// A group of endpoints below a company's own container.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Group {
    pub id: String,
    pub name: String,
}

/// How a company is licensed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Subscription {
    /// 1 trial, 2 licence key, 3 monthly, 4 monthly licence trial, 5 monthly trial, 6 FRAT.
    pub kind: i64,
    pub licence_key: Option<String>,
    pub reserved_slots: Option<i64>,
    /// As it was given, UTC.
    pub end: Option<String>,
    pub auto_renew_months: Option<i64>,
    /// 0 Endpoint Security, 3 EDR, 5 PHASR.
    pub product: i64,
    pub resold_products: Vec<i64>,
    pub protection_model: Option<String>,
    /// Add-ons by name without the wire's prefix: `exchange`, `encryption`, `patchManagement`,
    /// `eventCorrelator` (EDR), `hyperDetect` and so on.
    pub addons: BTreeSet<String>,
}

impl Subscription {
    /// What a company gets when nothing was asked for.
    pub fn trial() -> Self {
        Self {
            kind: 1,
            licence_key: Some("TRIAL00".into()),
            reserved_slots: None,
            end: None,
            auto_renew_months: None,
            product: 0,
            resold_products: vec![0],
            protection_model: None,
            addons: BTreeSet::new(),
        }
    }

    /// A monthly one of the given protection model, without add-ons.
    pub fn monthly(protection_model: &str) -> Self {
        Self {
            kind: 3,
            licence_key: None,
            protection_model: Some(protection_model.into()),
            ..Self::trial()
        }
    }

    /// The same with add-ons.
    #[must_use]
    pub fn with_addons<'a>(mut self, addons: impl IntoIterator<Item = &'a str>) -> Self {
        self.addons.extend(addons.into_iter().map(str::to_owned));
        self
    }
}

/// An endpoint as the inventory holds it.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Endpoint {
    pub id: String,
    pub name: String,
    pub label: String,
    pub fqdn: String,
    /// The sub-group that holds it; none means the company's own container.
    pub group: Option<String>,
    pub managed: bool,
    /// Whether the agent runs on it.
    pub protected: bool,
    /// 1 computer, 2 virtual machine, 3 EC2 instance, 0 other.
    pub machine: i64,
    pub operating_system: String,
    pub ip: String,
    pub macs: Vec<MacAddress>,
    pub last_seen_ms: i64,
}

/// An installation package.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Package {
    pub id: String,
    pub name: String,
    pub description: String,
    pub language: String,
    /// The modules that are on, by the vendor's key; antimalware is always on and not listed.
    pub modules: BTreeSet<String>,
    pub relay: bool,
    pub exchange: bool,
    pub scan_before_install: bool,
    pub remove_competitors: bool,
    pub installation_path: Option<String>,
    pub group_id: Option<String>,
    /// Kept as it was given.
    pub scan_mode: Option<Value>,
    /// Kept as it was given, without passwords.
    pub deployment: Option<Value>,
    pub product: i64,
    pub created_ms: i64,
    /// Listings, details and links hide the package until then.
    pub visible_from_ms: i64,
    /// The kit is served from then on; links exist before.
    pub built_at_ms: i64,
}

/// What [`World::add_package`](super::World::add_package) needs to know; the default is an
/// antimalware-only package that removes competitors.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PackageSpec {
    pub modules: BTreeSet<String>,
    pub exchange: bool,
    pub remove_competitors: bool,
}

impl Default for PackageSpec {
    fn default() -> Self {
        Self {
            modules: BTreeSet::new(),
            exchange: false,
            remove_competitors: true,
        }
    }
}

impl PackageSpec {
    /// The same with these modules on, by the vendor's keys.
    #[must_use]
    pub fn modules<'a>(mut self, modules: impl IntoIterator<Item = &'a str>) -> Self {
        self.modules.extend(modules.into_iter().map(str::to_owned));
        self
    }
}
