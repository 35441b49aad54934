//! Licences as `createCompany` takes them, and what they allow in a package.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::envelope::Failure;
use super::params::{Members, as_flag};
use crate::world::Subscription;

/// Flags that answers always carry; others are added when set.
pub(super) const FLAGS: [&str; 8] = [
    "manageExchange",
    "manageEncryption",
    "manageRemoteEnginesScanning",
    "manageHyperDetect",
    "manageSandboxAnalyzer",
    "managePatchManagement",
    "manageEventCorrelator",
    "manageEmailSecurity",
];

/// `managePatchManagement` to `patchManagement`.
fn addon(flag: &str) -> Option<String> {
    let name = flag.strip_prefix("manage")?.trim_end_matches("Resell");
    let first = name.chars().next()?;
    Some(first.to_lowercase().chain(name.chars().skip(1)).collect())
}

/// `patchManagement` to `managePatchManagement`.
pub(super) fn flag(addon: &str) -> String {
    let first = addon
        .chars()
        .next()
        .into_iter()
        .flat_map(char::to_uppercase);
    "manage"
        .chars()
        .chain(first)
        .chain(addon.chars().skip(1))
        .collect()
}

/// The add-ons whose flag is set. Members that are no flags are left alone.
fn addons(members: &Map<String, Value>) -> Result<BTreeSet<String>, Failure> {
    let mut set = BTreeSet::new();
    for (name, value) in members {
        if let Some(addon) = addon(name)
            && as_flag(value).ok_or_else(|| Failure::invalid(name))?
        {
            set.insert(addon);
        }
    }
    Ok(set)
}

/// Reads `licenseSubscription`; absent, it means a trial. The parent's protection model is the
/// default.
pub(super) fn read(
    given: Option<&Map<String, Value>>,
    parent: &Subscription,
) -> Result<Subscription, Failure> {
    let Some(given) = given else {
        return Ok(Subscription::trial());
    };
    let members = Members(given);
    let refuse = || Failure::invalid("licenseSubscription");
    let kind = members
        .number("type")?
        .filter(|kind| (1..=6).contains(kind))
        .ok_or_else(refuse)?;
    let licence_key = members.text("licenseKey")?;
    if kind == 2 && licence_key.is_none() {
        return Err(refuse());
    }
    let mut chosen = addons(given)?;
    for nested in ["ownUse", "resell"] {
        if let Some(nested) = members.object(nested)? {
            if given.keys().any(|name| name.starts_with("manage")) {
                return Err(refuse());
            }
            chosen.extend(addons(nested)?);
        }
    }
    let has_model = matches!(kind, 3 | 5);
    let asked_model = members.text("assignedProtectionModel")?;
    let product = members.number("assignedProductType")?;
    if (asked_model.is_some() || product.is_some()) && !has_model {
        return Err(refuse());
    }
    let model = asked_model.or_else(|| parent.protection_model.clone().filter(|_| has_model));
    if chosen.contains("remoteEnginesScanning") && model.as_deref() != Some("aLaCarte") {
        return Err(refuse());
    }
    let product = product.unwrap_or(0);
    let resold: Vec<i64> = match members.get("additionalProductTypes") {
        Some(list) => serde_json::from_value(list.clone()).map_err(|_| refuse())?,
        None => vec![product],
    };
    if ![0, 3, 5].contains(&product) || !resold.contains(&product) {
        return Err(refuse());
    }
    let end = members
        .text("endSubscription")?
        .filter(|end| !end.is_empty());
    let auto_renew_months = members
        .number("autoRenewPeriod")?
        .or_else(|| end.as_ref().map(|_| 12));
    Ok(Subscription {
        kind,
        licence_key: licence_key
            .or_else(|| Subscription::trial().licence_key.filter(|_| kind == 1)),
        reserved_slots: members.number("reservedSlots")?,
        end,
        auto_renew_months,
        product,
        resold_products: resold,
        protection_model: model,
        addons: chosen,
    })
}

/// Whether a subscription includes a module or role of a package.
pub(super) fn allows(subscription: &Subscription, module: &str) -> bool {
    let needed = match module {
        "edrSensor" => "eventCorrelator",
        "patchManagement"
        | "encryption"
        | "exchange"
        | "containerProtection"
        | "integrityMonitoring" => module,
        _ => return true,
    };
    subscription.addons.contains(needed)
}

#[cfg(test)]
mod tests {
    use super::{FLAGS, addon, flag};

    #[test]
    fn flags_and_addons_name_each_other() {
        for name in FLAGS {
            assert_eq!(flag(&addon(name).unwrap()), name);
        }
        assert_eq!(addon("manageExchangeResell").as_deref(), Some("exchange"));
        assert_eq!(addon("type"), None);
    }
}
