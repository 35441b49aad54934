//! What a new company subscribes to.

use std::collections::BTreeMap;
use std::fmt;

use client_core::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::licensing::{ProductType, ProtectionModel, SubscriptionType};
use crate::wire::Params;

/// What a new company subscribes to. Stated for every company, because leaving it out makes a trial.
///
/// Flags of add-ons are named as on the wire ([`flags`](crate::licensing::flags) has the known ones); those that are
/// not set are off.
#[derive(Clone)]
pub struct LicenseSubscription {
    kind: SubscriptionType,
    license_key: Option<SecretString>,
    reserved_slots: Option<u32>,
    end_subscription: Option<String>,
    auto_renew_period: Option<u32>,
    product: Option<ProductType>,
    additional_products: Vec<ProductType>,
    protection_model: Option<ProtectionModel>,
    flags: BTreeMap<String, bool>,
    own_use: Option<BTreeMap<String, bool>>,
    resell: Option<BTreeMap<String, bool>>,
}

impl LicenseSubscription {
    /// A subscription of any type.
    pub fn new(kind: SubscriptionType) -> Self {
        Self {
            kind,
            license_key: None,
            reserved_slots: None,
            end_subscription: None,
            auto_renew_period: None,
            product: None,
            additional_products: Vec::new(),
            protection_model: None,
            flags: BTreeMap::new(),
            own_use: None,
            resell: None,
        }
    }

    /// A trial.
    pub fn trial() -> Self {
        Self::new(SubscriptionType::Trial)
    }

    /// A licence by its key.
    pub fn key(key: impl Into<SecretString>) -> Self {
        Self {
            license_key: Some(key.into()),
            ..Self::new(SubscriptionType::Licensed)
        }
    }

    /// A monthly subscription, with seats from the partner's shared pool.
    ///
    /// Without a [`protection_model`](Self::protection_model) the console takes the partner's default: say which.
    pub fn monthly() -> Self {
        Self::new(SubscriptionType::Monthly)
    }

    /// Takes so many seats out of the partner's pool; the shared pool by default.
    #[must_use]
    pub fn reserved_slots(mut self, slots: u32) -> Self {
        self.reserved_slots = Some(slots);
        self
    }

    /// Sets the end, a UTC date as text.
    #[must_use]
    pub fn end_subscription(mut self, date: impl Into<String>) -> Self {
        self.end_subscription = Some(date.into());
        self
    }

    /// Renews for so many months; 0 does not renew. 12 by default if there is an end.
    #[must_use]
    pub fn auto_renew_period(mut self, months: u32) -> Self {
        self.auto_renew_period = Some(months);
        self
    }

    /// Sets the product; Endpoint Security by default.
    #[must_use]
    pub fn product(mut self, product: ProductType) -> Self {
        self.product = Some(product);
        self
    }

    /// Sets the products that the company may resell; must contain its own.
    #[must_use]
    pub fn additional_products(mut self, products: impl IntoIterator<Item = ProductType>) -> Self {
        self.additional_products = products.into_iter().collect();
        self
    }

    /// Sets the protection model.
    #[must_use]
    pub fn protection_model(mut self, model: ProtectionModel) -> Self {
        self.protection_model = Some(model);
        self
    }

    /// Sets the flag of an add-on, such as `managePatchManagement`.
    #[must_use]
    pub fn flag(mut self, name: impl Into<String>, on: bool) -> Self {
        self.flags.insert(name.into(), on);
        self
    }

    /// Sets what the company itself uses, in the newer form; excludes [`flag`](Self::flag).
    #[must_use]
    pub fn own_use<N: Into<String>>(mut self, flags: impl IntoIterator<Item = (N, bool)>) -> Self {
        self.own_use = Some(
            flags
                .into_iter()
                .map(|(name, on)| (name.into(), on))
                .collect(),
        );
        self
    }

    /// Sets what the company may resell, in the newer form; names end in `Resell`. Excludes [`flag`](Self::flag).
    #[must_use]
    pub fn resell<N: Into<String>>(mut self, flags: impl IntoIterator<Item = (N, bool)>) -> Self {
        self.resell = Some(
            flags
                .into_iter()
                .map(|(name, on)| (name.into(), on))
                .collect(),
        );
        self
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        let fault = |text: &str| Err(format!("licenseSubscription: {text}"));
        let is_monthly = matches!(
            self.kind,
            SubscriptionType::Monthly
                | SubscriptionType::MonthlySubscriptionTrial
                | SubscriptionType::Unknown(_)
        );
        if self.kind == SubscriptionType::Licensed && self.license_key.is_none() {
            return fault("licenseKey is needed for a licence");
        }
        if self.product.is_some() && !is_monthly {
            return fault("assignedProductType is for monthly subscriptions only");
        }
        if !self.flags.is_empty() && (self.own_use.is_some() || self.resell.is_some()) {
            return fault("ownUse and resell cannot be mixed with flat flags");
        }
        if !self.additional_products.is_empty() {
            let product = self.product.unwrap_or(ProductType::EndpointSecurity);
            if !self.additional_products.contains(&product) {
                return fault("additionalProductTypes must contain assignedProductType");
            }
        }
        let remote = [Some(&self.flags), self.own_use.as_ref()]
            .into_iter()
            .flatten()
            .any(|flags| flags.get("manageRemoteEnginesScanning") == Some(&true));
        if remote
            && self
                .protection_model
                .as_ref()
                .is_some_and(|model| *model != ProtectionModel::ALaCarte)
        {
            return fault(
                "manageRemoteEnginesScanning goes with the protection model aLaCarte only",
            );
        }
        Ok(())
    }

    pub(crate) fn to_value(&self) -> Value {
        let nested = |flags: &BTreeMap<String, bool>| -> Map<String, Value> {
            flags
                .iter()
                .map(|(name, on)| (name.clone(), Value::Bool(*on)))
                .collect()
        };
        let products: Vec<i64> = self
            .additional_products
            .iter()
            .map(|product| product.get())
            .collect();
        let mut params = Params::new()
            .set("type", self.kind.get())
            .maybe(
                "licenseKey",
                self.license_key
                    .as_ref()
                    .map(|key| key.expose_secret().to_owned()),
            )
            .maybe("reservedSlots", self.reserved_slots)
            .maybe("endSubscription", self.end_subscription.clone())
            .maybe("autoRenewPeriod", self.auto_renew_period)
            .maybe("assignedProductType", self.product.map(ProductType::get))
            .maybe(
                "additionalProductTypes",
                (!products.is_empty()).then_some(products),
            )
            .maybe(
                "assignedProtectionModel",
                self.protection_model
                    .as_ref()
                    .map(|model| model.as_str().to_owned()),
            )
            .maybe("ownUse", self.own_use.as_ref().map(nested))
            .maybe("resell", self.resell.as_ref().map(nested));
        for (name, on) in &self.flags {
            params = params.set(name, *on);
        }
        params.into_value()
    }
}

impl fmt::Debug for LicenseSubscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LicenseSubscription")
            .field("kind", &self.kind)
            .field("product", &self.product)
            .field("protection_model", &self.protection_model)
            .field("reserved_slots", &self.reserved_slots)
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::LicenseSubscription;
    use crate::licensing::{ProductType, ProtectionModel};

    #[test]
    fn everything_set_is_sent_and_nothing_else() {
        assert_eq!(LicenseSubscription::trial().to_value(), json!({"type": 1}));
        let full = LicenseSubscription::monthly()
            .reserved_slots(25)
            .end_subscription("2027-01-01T00:00:00")
            .auto_renew_period(0)
            .product(ProductType::Edr)
            .additional_products([ProductType::Edr, ProductType::EndpointSecurity])
            .protection_model(ProtectionModel::ALaCarte)
            .flag("managePatchManagement", true)
            .flag("manageRemoteEnginesScanning", true);
        assert_eq!(full.check(), Ok(()));
        assert_eq!(
            full.to_value(),
            json!({
                "type": 3,
                "reservedSlots": 25,
                "endSubscription": "2027-01-01T00:00:00",
                "autoRenewPeriod": 0,
                "assignedProductType": 3,
                "additionalProductTypes": [3, 0],
                "assignedProtectionModel": "aLaCarte",
                "managePatchManagement": true,
                "manageRemoteEnginesScanning": true,
            })
        );
        let split = LicenseSubscription::monthly()
            .own_use([("manageEncryption", true)])
            .resell([("manageEncryptionResell", false)]);
        assert_eq!(split.check(), Ok(()));
        assert_eq!(
            split.to_value(),
            json!({"type": 3, "ownUse": {"manageEncryption": true}, "resell": {"manageEncryptionResell": false}})
        );
    }

    #[test]
    fn contradictions_are_named() {
        let monthly = LicenseSubscription::monthly;
        for (subscription, field) in [
            (
                LicenseSubscription::new(crate::licensing::SubscriptionType::Licensed),
                "licenseKey",
            ),
            (
                LicenseSubscription::trial().product(ProductType::Edr),
                "assignedProductType",
            ),
            (
                monthly()
                    .flag("manageEncryption", true)
                    .own_use([("manageEncryption", true)]),
                "ownUse",
            ),
            (
                monthly().additional_products([ProductType::Edr]),
                "additionalProductTypes",
            ),
            (
                monthly()
                    .protection_model(ProtectionModel::MspSecure)
                    .flag("manageRemoteEnginesScanning", true),
                "manageRemoteEnginesScanning",
            ),
        ] {
            assert!(subscription.check().unwrap_err().contains(field), "{field}");
        }
    }

    #[test]
    fn a_licence_key_is_not_printed() {
        let subscription = LicenseSubscription::key("FAKE-CANARY");
        assert!(!format!("{subscription:?}").contains("CANARY"));
        assert_eq!(
            subscription.to_value(),
            json!({"type": 2, "licenseKey": "FAKE-CANARY"})
        );
    }
}
