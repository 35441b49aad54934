//! Companies as the vendor reports them.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::confidential::Confidential;
use crate::wire;

client_core::id!(
    /// Identifies a company: 24 hexadecimal digits.
    CompanyId
);

client_core::open_enum!(
    /// What a company is in the tree.
    CompanyType: i64 {
        /// Manages others.
        Partner = 0,
        /// A leaf.
        Customer = 1,
    }
);

/// An industry by the vendor's code: 0 undefined to 34 wholesale, sub-sectors as `code × 100 + n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "a number")]
pub struct Industry(pub i64);

impl From<i64> for Industry {
    fn from(code: i64) -> Self {
        Self(code)
    }
}

/// Whom to reach at a company; answers have it for partners only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::exhaustive_structs, reason = "also an input")]
pub struct ContactPerson {
    #[serde(
        deserialize_with = "wire::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub full_name: Option<String>,
    #[serde(
        deserialize_with = "wire::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub email: Option<String>,
    #[serde(
        deserialize_with = "wire::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub phone_number: Option<String>,
}

/// A company.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Company {
    pub id: CompanyId,
    pub name: String,
    #[serde(rename = "type")]
    pub company_type: CompanyType,
    #[serde(default, deserialize_with = "wire::text")]
    pub address: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    pub phone: Option<String>,
    /// ISO 3166.
    #[serde(default, deserialize_with = "wire::text")]
    pub country: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    pub state: Option<String>,
    /// Whether its partner may manage its security. If not, its network is invisible to the partner: empty lists there
    /// say nothing.
    #[serde(default, deserialize_with = "wire::flag")]
    pub can_be_managed_by_above: Option<bool>,
    #[serde(default, deserialize_with = "wire::flag")]
    pub is_suspended: Option<bool>,
    #[serde(default, deserialize_with = "wire::time")]
    pub created_at: Option<Timestamp>,
    #[serde(default, rename = "enforce2FA", deserialize_with = "wire::flag")]
    pub enforce_2fa: Option<bool>,
    /// In days.
    #[serde(default, rename = "skip2FAPeriod", deserialize_with = "wire::number")]
    pub skip_2fa_period: Option<i64>,
    #[serde(default, deserialize_with = "wire::number")]
    pub industry: Option<Industry>,
    /// Partners only.
    #[serde(default, deserialize_with = "wire::object")]
    pub contact_person: Option<ContactPerson>,
    #[serde(default, deserialize_with = "wire::object")]
    pub mdr_contact_information: Option<Value>,
    #[serde(default, deserialize_with = "wire::map")]
    pub custom_fields: BTreeMap<String, Value>,
    /// The company above it; not sent by every console.
    #[serde(default, deserialize_with = "wire::id")]
    pub parent_company_id: Option<CompanyId>,
    /// The way to it from the top, in whatever form the console writes it.
    #[serde(default)]
    pub company_path: Option<Value>,
    #[serde(default, deserialize_with = "wire::flags")]
    pub subscribed_services: BTreeMap<String, bool>,
    /// Not confirmed in answers; read licences through [`licensing`](crate::licensing).
    #[serde(default)]
    pub license_subscription: Option<Confidential<Value>>,
}

impl Company {
    /// Whether the names are equal but for their case.
    pub fn is_named(&self, name: &str) -> bool {
        same_name(&self.name, name)
    }
}

pub(crate) fn same_name(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Company, CompanyType};

    #[test]
    fn every_documented_field_is_read() {
        let company: Company = serde_json::from_value(json!({
            "id": "54a28b41b1a43d89367b23fd",
            "name": "Example Partner",
            "type": 0,
            "address": "Street 1",
            "phone": "",
            "country": "RO",
            "state": "N/A",
            "canBeManagedByAbove": true,
            "isSuspended": 0,
            "createdAt": "2019-04-11T12:00:54",
            "enforce2FA": "1",
            "skip2FAPeriod": 3,
            "industry": 30,
            "contactPerson": {"fullName": "A. Person", "email": "a@example.com", "phoneNumber": ""},
            "mdrContactInformation": [],
            "customFields": {"referenceID": "17"},
            "parentCompanyId": "54a28b41b1a43d89367b23aa",
            "companyPath": "/a/b",
            "subscribedServices": {"endpoint": true, "sos": 0},
            "fieldOfTomorrow": [1],
        }))
        .unwrap();
        assert_eq!(company.company_type, CompanyType::Partner);
        assert_eq!((company.phone, company.state), (None, None));
        assert_eq!(
            (company.is_suspended, company.enforce_2fa),
            (Some(false), Some(true))
        );
        assert_eq!(
            company.created_at,
            Some("2019-04-11T12:00:54Z".parse().unwrap())
        );
        assert_eq!(company.contact_person.unwrap().phone_number, None);
        assert_eq!(company.custom_fields["referenceID"], "17");
        assert_eq!(
            company.parent_company_id.unwrap().as_str(),
            "54a28b41b1a43d89367b23aa"
        );
        assert!(company.subscribed_services["endpoint"]);
    }

    #[test]
    fn little_is_needed_and_types_stay_open() {
        let company: Company = serde_json::from_value(
            json!({"id": "a", "name": "Ümläut", "type": 7, "customFields": []}),
        )
        .unwrap();
        assert!(company.company_type.is_unknown());
        assert!(company.is_named("üMLÄUT") && !company.is_named("Ümläut 2"));
        assert!(serde_json::from_value::<Company>(json!({"id": "a", "name": "x"})).is_err());
    }
}
