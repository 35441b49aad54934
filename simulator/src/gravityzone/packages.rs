//! The service `packages`, without its links.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Call;
use super::envelope::Failure;
use super::params::{Members, as_flag};
use super::subscriptions::allows;
use crate::clock::millis;
use crate::settings::UnlicensedModules;
use crate::world::{Package, Subscription};

pub(super) const CREATE: &[&str] = &[
    "packageName",
    "companyId",
    "description",
    "language",
    "modules",
    "scanMode",
    "settings",
    "roles",
    "deploymentOptions",
    "productType",
];

/// Modules that details list, besides antimalware and the derived ones.
const MODULES: [&str; 13] = [
    "advancedAntiExploit",
    "advancedThreatControl",
    "antiphishing",
    "containerProtection",
    "deviceControl",
    "edrSensor",
    "encryption",
    "firewall",
    "integrityMonitoring",
    "networkAttackDefense",
    "patchManagement",
    "powerUser",
    "trafficScan",
];
/// What "content control" stands for.
const CONTENT_CONTROL: [&str; 3] = ["userControl", "antiphishing", "trafficScan"];
/// What a report-only EDR agent has, no more and no less.
const REPORT_ONLY: [&str; 6] = [
    "edrSensor",
    "networkAttackDefense",
    "advancedThreatControl",
    "userControl",
    "antiphishing",
    "trafficScan",
];

/// The modules that are switched on, with deprecated names turned into what they stand for.
fn modules(given: Option<&Map<String, Value>>) -> Result<BTreeSet<String>, Failure> {
    let mut on = BTreeSet::new();
    let Some(given) = given else { return Ok(on) };
    let flag = |name: &str| {
        given
            .get(name)
            .map(|value| as_flag(value).ok_or_else(|| Failure::invalid("modules")))
            .transpose()
    };
    for name in given.keys() {
        if flag(name)? == Some(true)
            && (MODULES.contains(&name.as_str()) || CONTENT_CONTROL.contains(&name.as_str()))
        {
            on.insert(name.clone());
        }
    }
    for (old, new) in [
        ("atc", "advancedThreatControl"),
        ("networkMonitor", "networkAttackDefense"),
    ] {
        if flag(old)? == Some(true) && flag(new)?.is_none() {
            on.insert(new.to_owned());
        }
    }
    if let Some(content_control) = flag("contentControl")? {
        for part in CONTENT_CONTROL {
            if flag(part)?.is_some_and(|value| value != content_control) {
                return Err(Failure::invalid("modules"));
            }
            if content_control {
                on.insert(part.to_owned());
            }
        }
    }
    Ok(on)
}

/// Drops what the subscription lacks, or refuses, as the settings say. Tells whether the Exchange
/// role stays.
fn licensed(
    rule: UnlicensedModules,
    subscription: &Subscription,
    modules: &mut BTreeSet<String>,
    exchange: bool,
) -> Result<bool, Failure> {
    let mut lacking: Vec<_> = modules
        .iter()
        .filter(|module| !allows(subscription, module))
        .cloned()
        .collect();
    if exchange && !allows(subscription, "exchange") {
        lacking.push("exchange".to_owned());
    }
    if rule == UnlicensedModules::Refuse && !lacking.is_empty() {
        return Err(Failure::server(format!(
            "The license of the company does not include: {}",
            lacking.join(", ")
        )));
    }
    modules.retain(|module| !lacking.contains(module));
    Ok(exchange && allows(subscription, "exchange"))
}

/// `createPackage`: gives a list of one object with a list of one id.
pub(super) fn create(call: &mut Call<'_>) -> Result<Value, Failure> {
    let members = call.members();
    let name = members.required("packageName")?;
    let company = call.id_or_own("companyId")?;
    let owner = call.actionable(&company, "companyId")?;
    if !call.manages(owner) {
        return Err(call.missing("companyId"));
    }
    if owner.packages.iter().any(|package| package.name == name) {
        return Err(Failure::params("A package with this name already exists."));
    }
    let product = members.number("productType")?.unwrap_or(0);
    if ![0, 3, 5].contains(&product) {
        return Err(Failure::invalid("productType"));
    }
    let mut modules = modules(members.object("modules")?)?;
    if product == 3 {
        modules = REPORT_ONLY.map(str::to_owned).into();
    }
    let empty = Map::new();
    let roles = Members(members.object("roles")?.unwrap_or(&empty));
    let settings = Members(members.object("settings")?.unwrap_or(&empty));
    let gravityzone = &call.state.settings.gravityzone;
    let exchange = roles.flag("exchange")?.unwrap_or(false);
    let exchange = licensed(
        gravityzone.unlicensed_modules,
        &owner.subscription,
        &mut modules,
        exchange,
    )?;
    let mut deployment = members.object("deploymentOptions")?.cloned();
    if let Some(deployment) = &mut deployment {
        deployment.remove("proxyPassword");
    }
    let now = call.now_ms();
    let mut package = Package {
        id: String::new(),
        name,
        description: members.text("description")?.unwrap_or_default(),
        language: members.text("language")?.unwrap_or_else(|| "en_US".into()),
        modules,
        relay: roles.flag("relay")?.unwrap_or(false),
        exchange,
        scan_before_install: settings.flag("scanBeforeInstall")?.unwrap_or(false),
        remove_competitors: settings
            .flag("removeCompetitors")?
            .unwrap_or(gravityzone.remove_competitors_by_default),
        installation_path: settings.text("customInstallationPath")?,
        group_id: settings.text("customGroupId")?,
        scan_mode: members.object("scanMode")?.cloned().map(Value::Object),
        deployment: deployment.map(Value::Object),
        product,
        created_ms: now,
        visible_from_ms: call.visible_from_ms(),
        built_at_ms: now.saturating_add(millis(gravityzone.kit_build)),
    };
    let id = call.state.world.ids.object_id(now);
    package.id.clone_from(&id);
    let missing = call.missing("companyId");
    call.state
        .world
        .company_mut(&company)
        .map_err(|_| missing)?
        .packages
        .push(package);
    Ok(json!([{"records": [id], "success": true}]))
}

/// `getPackagesList`. The key's own company is refused by id: a managed company is expected.
pub(super) fn list(call: &mut Call<'_>) -> Result<Value, Failure> {
    let asked = call.members().text("companyId")?;
    let own = call.key().company.clone();
    if asked.as_ref() == Some(&own) {
        return Err(Failure::params(
            "The ID of a managed company is expected for the 'companyId' parameter.",
        ));
    }
    let company = call.company(asked.as_ref().unwrap_or(&own), "companyId")?;
    if !call.manages(company) {
        return Err(call.missing("companyId"));
    }
    let now = call.now_ms();
    let rows: Vec<_> = company
        .packages
        .iter()
        .filter(|package| package.visible_from_ms <= now)
        .collect();
    call.page(
        &rows,
        100,
        |package| json!({"id": package.id, "name": package.name, "type": 4}),
    )
}

/// `getPackageDetails`: neither the id nor the company is in it.
pub(super) fn details(call: &mut Call<'_>) -> Result<Value, Failure> {
    let id = call.members().required("packageId")?;
    let (_, package) = call.package(&id)?;
    let is_on = |module: &str| i64::from(package.modules.contains(module));
    let mut modules = Map::new();
    for module in MODULES.into_iter().chain(["userControl"]) {
        modules.insert(module.to_owned(), is_on(module).into());
    }
    modules.insert("antimalware".into(), 1.into());
    modules.insert("atc".into(), is_on("advancedThreatControl").into());
    let content_control = CONTENT_CONTROL
        .into_iter()
        .all(|part| package.modules.contains(part));
    modules.insert("contentControl".into(), i64::from(content_control).into());
    let mut settings = json!({
        "scanBeforeInstall": package.scan_before_install,
        "removeCompetitors": package.remove_competitors,
    });
    for (name, value) in [
        ("customInstallationPath", &package.installation_path),
        ("customGroupId", &package.group_id),
    ] {
        if let Some(value) = value {
            settings[name] = json!(value);
        }
    }
    let mut deployment = package
        .deployment
        .clone()
        .unwrap_or_else(|| json!({"type": 1, "useCommunicationProxy": false}));
    if let Some(flag) = deployment.get("useCommunicationProxy").and_then(as_flag) {
        deployment["useCommunicationProxy"] = flag.into();
    }
    Ok(json!({
        "packageName": package.name,
        "description": package.description,
        "language": package.language,
        "modules": modules,
        "roles": {"relay": i64::from(package.relay), "exchange": i64::from(package.exchange)},
        "scanMode": package.scan_mode.clone().unwrap_or_else(|| json!({"type": 1})),
        "settings": settings,
        "deploymentOptions": deployment,
        "productType": package.product,
    }))
}

/// `deletePackage`
pub(super) fn delete(call: &mut Call<'_>) -> Result<Value, Failure> {
    let id = call.members().required("packageId")?;
    let company = call.package(&id)?.0.id.clone();
    let missing = call.missing("packageId");
    let company = call
        .state
        .world
        .company_mut(&company)
        .map_err(|_| missing)?;
    company.packages.retain(|package| package.id != id);
    Ok(Value::Null)
}
