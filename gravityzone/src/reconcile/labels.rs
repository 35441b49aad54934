//! Neutral names for modules and subscriptions, and the rules that plans need to know.

use std::collections::{BTreeMap, BTreeSet};

use ::reconcile::execution::Pace;
use ::reconcile::inventory::Subscription;
use ::reconcile::plan::{ModuleRules, NameRules};

use crate::companies::{LicenseSubscription, MAX_NAME};
use crate::licensing::{License, ProductType, ProtectionModel, SubscriptionType, flags};
use crate::packages::{Module, NewPackage, Package};

/// Modules that anybody can choose; antimalware is always installed and no choice.
pub const CHOOSABLE_MODULES: [&str; 7] = [
    "advanced-anti-exploit",
    "advanced-threat-control",
    "content-control",
    "device-control",
    "firewall",
    "network-attack-defense",
    "power-user",
];

/// Modules that need the add-on of the same subject in the subscription.
pub const ADD_ON_MODULES: [&str; 4] = [
    "edr-sensor",
    "exchange-protection",
    "full-disk-encryption",
    "patch-management",
];

const ANTIMALWARE: &str = "antimalware";
/// A role on the wire, a module to people.
const EXCHANGE: &str = "exchange-protection";
const RELAY: &str = "relay";

const MODULES: [(&str, Module); 16] = [
    ("advanced-anti-exploit", Module::AdvancedAntiExploit),
    ("advanced-threat-control", Module::AdvancedThreatControl),
    (ANTIMALWARE, Module::Antimalware),
    ("antiphishing", Module::Antiphishing),
    ("application-control", Module::ApplicationControl),
    ("container-protection", Module::ContainerProtection),
    ("content-control", Module::ContentControl),
    ("device-control", Module::DeviceControl),
    ("edr-sensor", Module::EdrSensor),
    ("firewall", Module::Firewall),
    ("full-disk-encryption", Module::Encryption),
    ("integrity-monitoring", Module::IntegrityMonitoring),
    ("network-attack-defense", Module::NetworkAttackDefense),
    ("patch-management", Module::PatchManagement),
    ("power-user", Module::PowerUser),
    ("traffic-scan", Module::TrafficScan),
];
const USER_CONTROL: (&str, Module) = ("user-control", Module::UserControl);

/// Add-ons by their flag in licences.
const ADD_ONS: [(&str, &str); 10] = [
    ("container-protection", flags::CONTAINER_PROTECTION),
    ("edr", flags::EDR),
    ("email-security", flags::EMAIL_SECURITY),
    ("exchange-protection", flags::EXCHANGE),
    ("full-disk-encryption", flags::ENCRYPTION),
    ("hyper-detect", flags::HYPER_DETECT),
    ("integrity-monitoring", flags::INTEGRITY_MONITORING),
    ("patch-management", flags::PATCH_MANAGEMENT),
    ("remote-engines-scanning", flags::REMOTE_ENGINES),
    ("sandbox-analyzer", flags::SANDBOX),
];

const KINDS: [(&str, SubscriptionType); 6] = [
    ("frat", SubscriptionType::Frat),
    ("license-key", SubscriptionType::Licensed),
    ("monthly", SubscriptionType::Monthly),
    (
        "monthly-license-trial",
        SubscriptionType::MonthlyLicenseTrial,
    ),
    (
        "monthly-subscription-trial",
        SubscriptionType::MonthlySubscriptionTrial,
    ),
    ("trial", SubscriptionType::Trial),
];

const PRODUCTS: [(&str, ProductType); 3] = [
    ("edr", ProductType::Edr),
    ("endpoint-security", ProductType::EndpointSecurity),
    ("phasr", ProductType::Phasr),
];

/// Which modules a subscription allows.
pub fn module_rules() -> ModuleRules {
    let needs = [
        ("container-protection", "container-protection"),
        ("edr-sensor", "edr"),
        (EXCHANGE, "exchange-protection"),
        ("full-disk-encryption", "full-disk-encryption"),
        ("integrity-monitoring", "integrity-monitoring"),
        ("patch-management", "patch-management"),
    ];
    let one = |add_on: &str| BTreeSet::from([add_on.to_owned()]);
    ModuleRules {
        always: one(ANTIMALWARE),
        needs: needs
            .into_iter()
            .map(|(module, add_on)| (module.to_owned(), one(add_on)))
            .collect::<BTreeMap<_, _>>(),
    }
}

/// What names the console accepts for companies.
pub fn name_rules() -> NameRules {
    NameRules {
        max_chars: MAX_NAME,
        forbid_markup: true,
    }
}

/// How to wait for this vendor: kits are built for some minutes, and its lists may lag behind its writes.
pub fn pace() -> Pace {
    Pace::default()
}

/// The modules of a package under their neutral names. Exchange Protection and relay, which are roles on the wire, are
/// among them; content control stands for its three parts if all are on.
pub fn module_labels(package: &Package) -> BTreeSet<String> {
    let mut labels: BTreeSet<String> = package.enabled_modules().iter().map(label_of).collect();
    if package.roles.exchange {
        labels.insert(EXCHANGE.to_owned());
    }
    if package.roles.relay {
        labels.insert(RELAY.to_owned());
    }
    let protects = matches!(
        package.product_type,
        None | Some(ProductType::EndpointSecurity)
    );
    if protects && package.has(&Module::Antimalware).is_none() {
        labels.insert(ANTIMALWARE.to_owned());
    }
    labels
}

fn label_of(module: &Module) -> String {
    let known = MODULES
        .iter()
        .chain([&USER_CONTROL])
        .find(|(_, known)| known == module);
    known.map_or_else(|| kebab(module.as_str()), |(label, _)| (*label).to_owned())
}

/// Switches modules of a new package on by their neutral names.
pub(super) fn with_modules(
    mut package: NewPackage,
    labels: &BTreeSet<String>,
) -> Result<NewPackage, String> {
    for label in labels {
        package = match label.as_str() {
            EXCHANGE => package.exchange(true),
            RELAY => package.relay(true),
            other => {
                let known = MODULES
                    .iter()
                    .chain([&USER_CONTROL])
                    .find(|(known, _)| *known == other);
                let (_, module) = known.ok_or_else(|| format!("there is no module {other:?}"))?;
                package.modules([module.clone()])
            }
        };
    }
    Ok(package)
}

/// A licence as a subscription. What this version has no name for keeps a name of its own, so that it is seen.
pub fn subscription(license: &License) -> Subscription {
    let kind = license.subscription_type;
    let is_monthly = kind == SubscriptionType::Monthly;
    let reserved = license
        .reserved_slots
        .or(license.total_slots.filter(|_| is_monthly));
    let model = license.assigned_protection_model.as_ref();
    Subscription {
        kind: by_value(&KINDS, kind).map_or_else(|| format!("type-{kind}"), str::to_owned),
        product: license.assigned_product_type.map(|product| {
            by_value(&PRODUCTS, product).map_or_else(|| format!("product-{product}"), str::to_owned)
        }),
        protection_model: model.map(|model| model.as_str().to_owned()),
        reserved_seats: reserved
            .filter(|seats| *seats > 0)
            .and_then(|seats| u32::try_from(seats).ok()),
        add_ons: license
            .enabled_flags()
            .filter(|flag| !flag.ends_with("Resell"))
            .map(add_on)
            .collect(),
    }
}

fn add_on(flag: &str) -> String {
    let known = ADD_ONS.iter().find(|(_, known)| *known == flag);
    known.map_or_else(
        || kebab(flag.strip_prefix("manage").unwrap_or(flag)),
        |(label, _)| (*label).to_owned(),
    )
}

/// A subscription as the console takes it.
///
/// # Errors
///
/// Says which part has no meaning here: a subscription is money, so nothing is guessed.
pub fn license_subscription(subscription: &Subscription) -> Result<LicenseSubscription, String> {
    let kind = by_label(&KINDS, &subscription.kind).ok_or_else(|| {
        format!(
            "there is no subscription of kind {:?}; there are {}",
            subscription.kind,
            labels(&KINDS)
        )
    })?;
    if kind == SubscriptionType::Licensed {
        return Err(
            "a subscription by licence key needs a key, which plans do not carry".to_owned(),
        );
    }
    let mut license = LicenseSubscription::new(kind);
    if let Some(product) = &subscription.product {
        let product = by_label(&PRODUCTS, product).ok_or_else(|| {
            format!(
                "there is no product {product:?}; there are {}",
                labels(&PRODUCTS)
            )
        })?;
        license = license.product(product);
    }
    if let Some(model) = &subscription.protection_model {
        let known = ProtectionModel::from(model.as_str());
        if known.is_unknown() {
            return Err(format!("there is no protection model {model:?}"));
        }
        license = license.protection_model(known);
    }
    if let Some(seats) = subscription.reserved_seats {
        license = license.reserved_slots(seats);
    }
    for label in &subscription.add_ons {
        let flag = by_label(&ADD_ONS, label).ok_or_else(|| {
            format!(
                "there is no add-on {label:?}; there are {}",
                labels(&ADD_ONS)
            )
        })?;
        license = license.flag(flag, true);
    }
    license.check()?;
    Ok(license)
}

fn by_label<T: Copy>(table: &[(&str, T)], label: &str) -> Option<T> {
    table
        .iter()
        .find(|(known, _)| *known == label)
        .map(|(_, value)| *value)
}

fn by_value<T: Copy + PartialEq>(table: &[(&'static str, T)], value: T) -> Option<&'static str> {
    table
        .iter()
        .find(|(_, known)| *known == value)
        .map(|(label, _)| *label)
}

fn labels<T>(table: &[(&str, T)]) -> String {
    table
        .iter()
        .map(|(label, _)| *label)
        .collect::<Vec<_>>()
        .join(", ")
}

/// `PatchManagement` and `patchManagement` as `patch-management`.
fn kebab(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.extend(c.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ::reconcile::inventory::Subscription;
    use serde_json::json;

    use super::{
        ADD_ON_MODULES, ADD_ONS, CHOOSABLE_MODULES, MODULES, license_subscription, module_labels,
        module_rules, subscription, with_modules,
    };
    use crate::licensing::License;
    use crate::packages::{Competitors, NewPackage, Package};

    fn set(labels: &[&str]) -> BTreeSet<String> {
        labels.iter().map(|label| (*label).to_owned()).collect()
    }

    /// F019 to F021: every module that people can choose has a key or a role.
    #[test]
    fn f020_f021_every_choice_is_sent_and_read_back() {
        let choice = set(&[
            &CHOOSABLE_MODULES[..],
            &ADD_ON_MODULES[..],
            &["antimalware"],
        ]
        .concat());
        let package = with_modules(NewPackage::new("x", Competitors::Remove), &choice).unwrap();
        let sent = package.params().into_value();
        assert_eq!(sent["roles"], json!({"relay": 0, "exchange": 1}));
        for absent in ["antimalware", "contentControl", "exchange"] {
            assert!(sent["modules"].get(absent).is_none(), "{absent}");
        }
        let read: Package = serde_json::from_value(json!({
            "packageName": "x", "modules": sent["modules"], "roles": sent["roles"]
        }))
        .unwrap();
        assert_eq!(module_labels(&read), choice);
    }

    #[test]
    fn an_unknown_module_is_refused() {
        let error = with_modules(
            NewPackage::new("x", Competitors::Keep),
            &set(&["warp-drive"]),
        )
        .unwrap_err();
        assert!(error.contains("warp-drive"));
    }

    #[test]
    fn modules_of_tomorrow_are_shown() {
        let package: Package = serde_json::from_value(json!({
            "packageName": "x",
            "productType": 3,
            "modules": {"antimalware": 0, "quantumShield": 1, "userControl": 1, "antiphishing": 0, "trafficScan": 0},
        }))
        .unwrap();
        assert_eq!(
            module_labels(&package),
            set(&["quantum-shield", "user-control"])
        );
    }

    #[test]
    fn rules_name_known_labels_only() {
        let rules = module_rules();
        for (module, add_ons) in &rules.needs {
            assert!(
                MODULES.iter().any(|(label, _)| label == module) || module == "exchange-protection",
                "{module}"
            );
            assert!(
                add_ons
                    .iter()
                    .all(|add_on| ADD_ONS.iter().any(|(label, _)| label == add_on)),
                "{module}"
            );
        }
        assert!(
            ADD_ON_MODULES
                .iter()
                .all(|module| rules.needs.contains_key(*module))
        );
        assert!(
            CHOOSABLE_MODULES
                .iter()
                .all(|module| !rules.needs.contains_key(*module))
        );
    }

    fn monthly() -> Subscription {
        Subscription {
            kind: "monthly".into(),
            product: Some("endpoint-security".into()),
            protection_model: Some("aLaCarte".into()),
            reserved_seats: Some(5),
            add_ons: set(&["edr", "patch-management"]),
        }
    }

    #[test]
    fn a_subscription_is_sent_as_the_vendor_names_it() {
        let sent = license_subscription(&monthly()).unwrap().to_value();
        assert_eq!(
            sent,
            json!({
                "type": 3,
                "reservedSlots": 5,
                "assignedProductType": 0,
                "assignedProtectionModel": "aLaCarte",
                "manageEventCorrelator": true,
                "managePatchManagement": true,
            })
        );
    }

    /// A subscription costs money: nothing that this version does not know is sent.
    #[test]
    fn unknown_terms_are_refused() {
        for (bad, word) in [
            (
                Subscription {
                    kind: "yearly".into(),
                    ..monthly()
                },
                "yearly",
            ),
            (
                Subscription {
                    kind: "license-key".into(),
                    ..monthly()
                },
                "key",
            ),
            (
                Subscription {
                    product: Some("anvil".into()),
                    ..monthly()
                },
                "anvil",
            ),
            (
                Subscription {
                    protection_model: Some("mspsecure".into()),
                    ..monthly()
                },
                "mspsecure",
            ),
            (
                Subscription {
                    add_ons: set(&["teleport"]),
                    ..monthly()
                },
                "teleport",
            ),
            (
                Subscription {
                    protection_model: Some("mspSecure".into()),
                    add_ons: set(&["remote-engines-scanning"]),
                    ..monthly()
                },
                "manageRemoteEnginesScanning",
            ),
        ] {
            let error = license_subscription(&bad).unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn a_licence_is_read_as_a_subscription() {
        let license: License = serde_json::from_value(json!({
            "subscriptionType": 3,
            "totalSlots": 5,
            "assignedProductType": 0,
            "assignedProtectionModel": "aLaCarte",
            "manageEventCorrelator": true,
            "managePatchManagement": 1,
            "manageExchange": false,
            "manageEncryptionResell": true,
        }))
        .unwrap();
        assert_eq!(subscription(&license), monthly());
        let odd: License = serde_json::from_value(json!({
            "subscriptionType": 9, "totalSlots": 25, "assignedProductType": 8, "manageTimeTravel": true
        }))
        .unwrap();
        let read = subscription(&odd);
        assert_eq!(
            (read.kind.as_str(), read.product.as_deref()),
            ("type-9", Some("product-8"))
        );
        assert_eq!(
            (read.reserved_seats, read.add_ons),
            (None, set(&["time-travel"]))
        );
    }
}
