//! The service `licensing`.

use serde_json::{Value, json};

use super::Call;
use super::envelope::Failure;
use super::subscriptions::{FLAGS, flag};
use crate::calendar;

/// `getLicenseInfo`: one object, although the documentation says a list.
pub(super) fn info(call: &mut Call<'_>) -> Result<Value, Failure> {
    let id = call.id_or_own("companyId")?;
    let company = call.company(&id, "companyId")?;
    let subscription = &company.subscription;
    let used = company
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.protected)
        .count();
    // Trials and keys are for so many seats; a monthly one only if seats were reserved.
    let is_monthly = matches!(subscription.kind, 3 | 5);
    let total = subscription
        .reserved_slots
        .or_else(|| (!is_monthly).then_some(25));
    let mut wire = json!({
        "subscriptionType": subscription.kind,
        "isAddon": false,
        "expiryDate": calendar::date_time(company.created_ms + 30 * 86_400_000),
        "usedSlots": used,
        "totalSlots": total,
        "assignedProductType": subscription.product,
        "additionalProductTypes": subscription.resold_products,
        "assignedProtectionModel": subscription.protection_model,
        "licensedServices": [],
    });
    if is_monthly {
        wire["endSubscription"] = json!(subscription.end);
        wire["autoRenewPeriod"] = json!(subscription.auto_renew_months);
        wire["reservedSlots"] = json!(subscription.reserved_slots);
    } else {
        wire["licenseKey"] = json!(subscription.licence_key);
    }
    for flag in FLAGS {
        wire[flag] = false.into();
    }
    for addon in &subscription.addons {
        wire[flag(addon)] = true.into();
    }
    Ok(if call.state.settings.gravityzone.licence_as_list {
        json!([wire])
    } else {
        wire
    })
}
