//! Licences: what a company has subscribed to, and how many seats it uses.
//!
//! The vendor documents a list and sends one object unless all products are asked for; both are read.

use std::collections::BTreeMap;
use std::fmt;

use client_core::{Error, Operation, Repeat};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::companies::{CompanyId, check_id, checked};
use crate::confidential::Confidential;
use crate::wire::{self, Params};
use crate::{Client, rpc};

const GET: Operation = Operation::rpc("licensing.get", "/v1.0/jsonrpc/licensing", "getLicenseInfo")
    .charges(&["licensing.getLicenseInfo"])
    .repeat(Repeat::Read);

pub(crate) const OPERATIONS: [Operation; 1] = [GET];

client_core::open_enum!(
    /// The kind of contract.
    SubscriptionType: i64 {
        Trial = 1,
        /// By licence key.
        Licensed = 2,
        Monthly = 3,
        MonthlyLicenseTrial = 4,
        MonthlySubscriptionTrial = 5,
        Frat = 6,
    }
);

client_core::open_enum!(
    /// The product that a company is assigned.
    ProductType: i64 { EndpointSecurity = 0, Edr = 3, Phasr = 5 }
);

client_core::open_enum!(
    /// The bundle of a monthly subscription.
    ProtectionModel {
        ALaCarte = "aLaCarte",
        MspSecure = "mspSecure",
        MspSecurePlus = "mspSecurePlus",
        MspSecureExtra = "mspSecureExtra",
        MspSecureEssentials = "mspSecureEssentials",
    }
);

/// Names of the flags of add-ons. The vendor keeps adding some.
pub mod flags {
    /// Exchange Protection.
    pub const EXCHANGE: &str = "manageExchange";
    /// Full Disk Encryption.
    pub const ENCRYPTION: &str = "manageEncryption";
    /// Scanning on a Security Server; with the protection model `aLaCarte` only.
    pub const REMOTE_ENGINES: &str = "manageRemoteEnginesScanning";
    /// `HyperDetect`.
    pub const HYPER_DETECT: &str = "manageHyperDetect";
    /// Sandbox Analyzer.
    pub const SANDBOX: &str = "manageSandboxAnalyzer";
    /// Patch Management.
    pub const PATCH_MANAGEMENT: &str = "managePatchManagement";
    /// Endpoint detection and response.
    pub const EDR: &str = "manageEventCorrelator";
    /// Email Security.
    pub const EMAIL_SECURITY: &str = "manageEmailSecurity";
    /// Container Protection.
    pub const CONTAINER_PROTECTION: &str = "manageContainerProtection";
    /// Integrity Monitoring.
    pub const INTEGRITY_MONITORING: &str = "manageIntegrityMonitoring";
}

/// The licence of a company.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are named as the vendor names them")]
pub struct License {
    pub subscription_type: SubscriptionType,
    #[serde(default, deserialize_with = "wire::flag_or_false")]
    pub is_addon: bool,
    #[serde(default, deserialize_with = "wire::time")]
    pub expiry_date: Option<Timestamp>,
    #[serde(default, deserialize_with = "wire::number")]
    pub used_slots: Option<i64>,
    /// Absent for monthly subscriptions that share the partner's pool.
    #[serde(default, deserialize_with = "wire::number")]
    pub total_slots: Option<i64>,
    /// Trials and licences only.
    #[serde(default, deserialize_with = "wire::object")]
    pub license_key: Option<Confidential>,
    /// Monthly subscriptions only.
    #[serde(default, deserialize_with = "wire::time")]
    pub end_subscription: Option<Timestamp>,
    /// In months; monthly subscriptions only.
    #[serde(default, deserialize_with = "wire::number")]
    pub auto_renew_period: Option<i64>,
    #[serde(default, deserialize_with = "wire::number")]
    pub reserved_slots: Option<i64>,
    #[serde(default, deserialize_with = "wire::number")]
    pub assigned_product_type: Option<ProductType>,
    #[serde(default, deserialize_with = "wire::numbers")]
    pub additional_product_types: Vec<ProductType>,
    #[serde(default, deserialize_with = "model")]
    pub assigned_protection_model: Option<ProtectionModel>,
    /// States of services, such as managed detection and response.
    #[serde(default)]
    pub licensed_services: Option<Value>,
    /// Further licences, where all products were asked for.
    #[serde(default)]
    pub additional_licenses: Option<Confidential<Value>>,
    /// Everything else, above all the flags of add-ons: `manage*`.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

fn model<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ProtectionModel>, D::Error> {
    wire::text(deserializer).map(|text| text.map(|text| ProtectionModel::from(text.as_str())))
}

impl License {
    /// The flag of an add-on ([`flags`]); `None` if the console does not tell.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.extra.get(name).and_then(wire::as_flag)
    }

    /// The flags that are set.
    pub fn enabled_flags(&self) -> impl Iterator<Item = &str> {
        self.extra
            .iter()
            .filter(|(name, value)| {
                name.starts_with("manage") && wire::as_flag(value) == Some(true)
            })
            .map(|(name, _)| name.as_str())
    }
}

/// Keys may stand anywhere in what this version does not know, so only what is known is printed.
impl fmt::Debug for License {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("License")
            .field("subscription_type", &self.subscription_type)
            .field("is_addon", &self.is_addon)
            .field("expiry_date", &self.expiry_date)
            .field("used_slots", &self.used_slots)
            .field("total_slots", &self.total_slots)
            .field("reserved_slots", &self.reserved_slots)
            .field("assigned_product_type", &self.assigned_product_type)
            .field("assigned_protection_model", &self.assigned_protection_model)
            .field("enabled_flags", &self.enabled_flags().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Licences; made by [`Client::licensing`].
#[derive(Debug, Clone, Copy)]
pub struct Licensing<'c>(pub(crate) &'c Client);

impl Licensing<'_> {
    /// The licence of the key's own company.
    ///
    /// # Errors
    ///
    /// [`Scope`](client_core::ErrorKind::Scope) for a key without the API Licensing.
    pub async fn own(self) -> Result<License, Error> {
        self.one(None).await
    }

    /// The licence of a company.
    ///
    /// # Errors
    ///
    /// [`Scope`](client_core::ErrorKind::Scope) for a key without the API Licensing.
    pub async fn of(self, company: &CompanyId) -> Result<License, Error> {
        self.one(Some(company)).await
    }

    /// All licences of a company, or of the key's own: the main one first, and those of further products.
    ///
    /// # Errors
    ///
    /// [`Scope`](client_core::ErrorKind::Scope) for a key without the API Licensing.
    pub async fn list(self, company: Option<&CompanyId>) -> Result<Vec<License>, Error> {
        self.read(company, true).await
    }

    async fn one(self, company: Option<&CompanyId>) -> Result<License, Error> {
        let licenses = self.read(company, false).await?;
        // Add-ons are listed beside the licence that they add to.
        let main = licenses
            .iter()
            .position(|license| !license.is_addon)
            .unwrap_or(0);
        licenses.into_iter().nth(main).ok_or_else(|| {
            Error::new(
                client_core::ErrorKind::NotFound,
                "the company has no licence",
            )
            .with_operation(GET.name())
            .with_delivery(client_core::Delivery::Refused)
        })
    }

    async fn read(
        self,
        company: Option<&CompanyId>,
        all_products: bool,
    ) -> Result<Vec<License>, Error> {
        let params = Params::new()
            .maybe("companyId", company.map(ToString::to_string))
            .maybe("returnAllProducts", all_products.then_some(true));
        let valid = company.map_or(Ok(()), |company| check_id("companyId", company.as_str()));
        let call = rpc::call::<Value>(&GET, &params).and_then(|result| {
            // A page, should a console send one.
            let rows = match result {
                Value::Object(mut page) if page.get("items").is_some_and(Value::is_array) => {
                    page.remove("items").unwrap_or_default()
                }
                other => other,
            };
            wire::one_or_many(rows)
        });
        self.0.send(checked(call, valid)).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{License, ProductType, ProtectionModel, SubscriptionType, flags};

    #[test]
    fn a_live_monthly_licence() {
        let license: License = serde_json::from_value(json!({
            "subscriptionType": 3,
            "isAddon": false,
            "expiryDate": "2027-01-31T00:00:00",
            "usedSlots": 12,
            "totalSlots": null,
            "endSubscription": "2027-01-31T00:00:00",
            "autoRenewPeriod": 12,
            "reservedSlots": null,
            "manageExchange": false,
            "manageEncryption": "1",
            "manageEventCorrelator": 1,
            "assignedProductType": 0,
            "additionalProductTypes": [0, 3],
            "assignedProtectionModel": "mspSecurePlus",
            "licensedServices": {"mdr": 1},
            "manageThingOfTomorrow": true,
        }))
        .unwrap();
        assert_eq!(license.subscription_type, SubscriptionType::Monthly);
        assert_eq!((license.used_slots, license.total_slots), (Some(12), None));
        assert_eq!(
            license.additional_product_types,
            [ProductType::EndpointSecurity, ProductType::Edr]
        );
        assert_eq!(
            license.assigned_protection_model,
            Some(ProtectionModel::MspSecurePlus)
        );
        assert_eq!(license.flag(flags::EXCHANGE), Some(false));
        assert_eq!(license.flag(flags::SANDBOX), None);
        let enabled: Vec<_> = license.enabled_flags().collect();
        assert_eq!(
            enabled,
            [
                "manageEncryption",
                "manageEventCorrelator",
                "manageThingOfTomorrow"
            ]
        );
    }

    #[test]
    fn a_licence_key_is_not_printed() {
        let license: License = serde_json::from_value(json!({
            "subscriptionType": 1,
            "licenseKey": "FAKE-CANARY",
            "additionalLicenses": [{"licenseKey": "FAKE-CANARY"}],
            "newKey": "FAKE-CANARY",
        }))
        .unwrap();
        assert_eq!(
            license.license_key.as_ref().unwrap().expose(),
            "FAKE-CANARY"
        );
        assert!(!format!("{license:?}").contains("CANARY"));
    }
}
