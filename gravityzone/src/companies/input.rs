//! What companies are created from and changed to.

use std::collections::BTreeMap;

use serde_json::Value;

use super::model::{CompanyId, CompanyType, ContactPerson, Industry};
use super::subscription::LicenseSubscription;
use crate::wire::Params;

/// The longest name of a company, in characters.
pub const MAX_NAME: usize = 64;
const MAX_ADDRESS: usize = 128;
const MAX_PHONE: usize = 32;
/// The periods without a second factor that the console knows, in days.
const SKIP_2FA: [u32; 7] = [0, 1, 3, 7, 14, 30, 90];

/// What creating and updating have in common.
#[derive(Debug, Clone, Default)]
struct Profile {
    address: Option<String>,
    phone: Option<String>,
    country: Option<String>,
    state: Option<String>,
    industry: Option<Industry>,
    contact_person: Option<ContactPerson>,
    enforce_2fa: Option<bool>,
    skip_2fa_period: Option<u32>,
    custom_fields: Option<BTreeMap<String, Value>>,
    mdr_contact_information: Option<Value>,
}

/// A company to be made. What is not set is left to the console.
#[derive(Debug, Clone)]
pub struct NewCompany {
    company_type: CompanyType,
    name: String,
    subscription: LicenseSubscription,
    parent: Option<CompanyId>,
    can_be_managed_by_above: Option<bool>,
    account: Option<FirstAccount>,
    profile: Profile,
}

/// The first user of a company that its partner may not manage.
#[derive(Debug, Clone)]
struct FirstAccount {
    email: String,
    full_name: String,
    timezone: Option<String>,
    language: Option<String>,
}

/// A change of a company. What is not set stays as it is.
#[derive(Debug, Clone, Default)]
pub struct UpdateCompany {
    company_type: Option<CompanyType>,
    name: Option<String>,
    profile: Profile,
}

macro_rules! profile_setters {
    () => {
        /// Sets the address: at most 128 characters, no HTML.
        #[must_use]
        pub fn address(mut self, address: impl Into<String>) -> Self {
            self.profile.address = Some(address.into());
            self
        }

        /// Sets the phone number: at most 32 characters.
        #[must_use]
        pub fn phone(mut self, phone: impl Into<String>) -> Self {
            self.profile.phone = Some(phone.into());
            self
        }

        /// Sets the country by its ISO 3166 code, such as `RO`.
        #[must_use]
        pub fn country(mut self, code: impl Into<String>) -> Self {
            self.profile.country = Some(code.into());
            self
        }

        /// Sets the state by its ISO 3166 code, such as `NY`.
        #[must_use]
        pub fn state(mut self, code: impl Into<String>) -> Self {
            self.profile.state = Some(code.into());
            self
        }

        /// Sets the industry.
        #[must_use]
        pub fn industry(mut self, industry: Industry) -> Self {
            self.profile.industry = Some(industry);
            self
        }

        /// Sets whom to reach.
        #[must_use]
        pub fn contact_person(mut self, person: ContactPerson) -> Self {
            self.profile.contact_person = Some(person);
            self
        }

        /// Sets whether users need a second factor; newer consoles always want it.
        #[must_use]
        pub fn enforce_2fa(mut self, enforce: bool) -> Self {
            self.profile.enforce_2fa = Some(enforce);
            self
        }

        /// Sets for how many days users may skip the second factor: 0, 1, 3, 7, 14, 30 or 90.
        #[must_use]
        pub fn skip_2fa_period(mut self, days: u32) -> Self {
            self.profile.skip_2fa_period = Some(days);
            self
        }

        /// Sets custom fields by their keys; an empty map clears them.
        #[must_use]
        pub fn custom_fields(mut self, fields: BTreeMap<String, Value>) -> Self {
            self.profile.custom_fields = Some(fields);
            self
        }

        /// Sets the emergency contact for managed detection and response.
        #[must_use]
        pub fn mdr_contact_information(mut self, contact: Value) -> Self {
            self.profile.mdr_contact_information = Some(contact);
            self
        }
    };
}

impl NewCompany {
    /// A customer company. The name is unique, has at most 64 characters and no HTML.
    pub fn customer(name: impl Into<String>, subscription: LicenseSubscription) -> Self {
        Self::new(CompanyType::Customer, name, subscription)
    }

    /// A partner company.
    pub fn partner(name: impl Into<String>, subscription: LicenseSubscription) -> Self {
        Self::new(CompanyType::Partner, name, subscription)
    }

    /// A company of any type.
    pub fn new(
        company_type: CompanyType,
        name: impl Into<String>,
        subscription: LicenseSubscription,
    ) -> Self {
        Self {
            company_type,
            name: name.into(),
            subscription,
            parent: None,
            can_be_managed_by_above: None,
            account: None,
            profile: Profile::default(),
        }
    }

    /// Sets the partner that will manage it; the key's own company by default.
    #[must_use]
    pub fn parent(mut self, parent: CompanyId) -> Self {
        self.parent = Some(parent);
        self
    }

    /// Sets whether its partner may manage its security; true by default. If not, it needs an [`account`](Self::account).
    #[must_use]
    pub fn can_be_managed_by_above(mut self, can: bool) -> Self {
        self.can_be_managed_by_above = Some(can);
        self
    }

    /// Makes a first user, who gets an e-mail.
    #[must_use]
    pub fn account(mut self, email: impl Into<String>, full_name: impl Into<String>) -> Self {
        self.account = Some(FirstAccount {
            email: email.into(),
            full_name: full_name.into(),
            timezone: None,
            language: None,
        });
        self
    }

    /// Sets time zone (`GMT` by default) and language (`en_US` by default) of the first user.
    #[must_use]
    pub fn account_locale(
        mut self,
        timezone: impl Into<String>,
        language: impl Into<String>,
    ) -> Self {
        if let Some(account) = &mut self.account {
            account.timezone = Some(timezone.into());
            account.language = Some(language.into());
        }
        self
    }

    profile_setters!();

    pub(super) fn check(&self) -> Result<(), String> {
        check_name("name", &self.name)?;
        if let Some(parent) = &self.parent {
            check_id("parentId", parent.as_str())?;
        }
        if self.can_be_managed_by_above == Some(false) && self.account.is_none() {
            return Err(
                "accountEmail and accountFullName are needed if canBeManagedByAbove is false"
                    .to_owned(),
            );
        }
        if let Some(account) = &self.account {
            for (field, text) in [
                ("accountEmail", &account.email),
                ("accountFullName", &account.full_name),
            ] {
                if text.trim().is_empty() {
                    return Err(format!("{field} is empty"));
                }
            }
        }
        self.profile.check()?;
        self.subscription.check()
    }

    pub(super) fn params(&self) -> Params {
        let account = self.account.as_ref();
        let params = Params::new()
            .set("type", self.company_type.get())
            .set("name", self.name.clone())
            .maybe("parentId", self.parent.as_ref().map(ToString::to_string))
            .maybe("canBeManagedByAbove", self.can_be_managed_by_above)
            .maybe("accountEmail", account.map(|account| account.email.clone()))
            .maybe(
                "accountFullName",
                account.map(|account| account.full_name.clone()),
            )
            .maybe(
                "accountTimezone",
                account.and_then(|account| account.timezone.clone()),
            )
            .maybe(
                "accountLanguage",
                account.and_then(|account| account.language.clone()),
            )
            .set("licenseSubscription", self.subscription.to_value());
        self.profile.onto(params)
    }
}

impl UpdateCompany {
    /// A change of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the type. The own company's cannot be changed, and a partner with companies below stays one.
    #[must_use]
    pub fn company_type(mut self, company_type: CompanyType) -> Self {
        self.company_type = Some(company_type);
        self
    }

    /// Sets the name: unique, at most 64 characters, no HTML.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    profile_setters!();

    pub(super) fn check(&self, is_own: bool) -> Result<(), String> {
        if self.params().is_empty() {
            return Err("the change holds nothing".to_owned());
        }
        if is_own && self.company_type.is_some() {
            return Err("type of the own company cannot be changed".to_owned());
        }
        if let Some(name) = &self.name {
            check_name("name", name)?;
        }
        self.profile.check()
    }

    pub(super) fn params(&self) -> Params {
        let params = Params::new()
            .maybe("type", self.company_type.map(CompanyType::get))
            .maybe("name", self.name.clone());
        self.profile.onto(params)
    }
}

impl Profile {
    fn check(&self) -> Result<(), String> {
        check_text("address", self.address.as_deref(), MAX_ADDRESS)?;
        check_text("phone", self.phone.as_deref(), MAX_PHONE)?;
        if let Some(country) = &self.country
            && !(country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()))
        {
            return Err(format!(
                "country has to be an ISO 3166 code of two capital letters, not {country:?}"
            ));
        }
        if let Some(days) = self.skip_2fa_period.filter(|days| !SKIP_2FA.contains(days)) {
            return Err(format!(
                "skip2FAPeriod has to be one of 0, 1, 3, 7, 14, 30 and 90 days, not {days}"
            ));
        }
        Ok(())
    }

    fn onto(&self, params: Params) -> Params {
        let custom_fields = self.custom_fields.as_ref().map(|fields| {
            // The console clears the fields on an empty list, not on an empty object.
            if fields.is_empty() {
                Value::Array(Vec::new())
            } else {
                fields.clone().into_iter().collect()
            }
        });
        let person = self.contact_person.as_ref().map(|person| {
            Params::new()
                .maybe("fullName", person.full_name.clone())
                .maybe("email", person.email.clone())
                .maybe("phoneNumber", person.phone_number.clone())
                .into_value()
        });
        params
            .maybe("address", self.address.clone())
            .maybe("phone", self.phone.clone())
            .maybe("country", self.country.clone())
            .maybe("state", self.state.clone())
            .maybe("industry", self.industry.map(|industry| industry.0))
            .maybe("contactPerson", person)
            .maybe("enforce2FA", self.enforce_2fa)
            .maybe("skip2FAPeriod", self.skip_2fa_period)
            .maybe("customFields", custom_fields)
            .maybe(
                "mdrContactInformation",
                self.mdr_contact_information.clone(),
            )
    }
}

fn check_name(field: &str, name: &str) -> Result<(), String> {
    if name.trim().is_empty() {
        return Err(format!("{field} is empty"));
    }
    check_text(field, Some(name), MAX_NAME)
}

fn check_text(field: &str, text: Option<&str>, most: usize) -> Result<(), String> {
    let Some(text) = text else { return Ok(()) };
    let chars = text.chars().count();
    if chars > most {
        return Err(format!(
            "{field} has {chars} characters, at most {most} are allowed"
        ));
    }
    if text.contains(['<', '>']) {
        return Err(format!("{field} looks like HTML, which is not allowed"));
    }
    Ok(())
}

/// An id that is empty would mean the key's own company.
pub(crate) fn check_id(field: &str, id: &str) -> Result<(), String> {
    if id.trim().is_empty() {
        Err(format!("{field} is empty"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::{NewCompany, UpdateCompany};
    use crate::companies::{CompanyType, ContactPerson, Industry, LicenseSubscription};

    fn new(name: &str) -> NewCompany {
        NewCompany::customer(name, LicenseSubscription::trial())
    }

    #[test]
    fn everything_set_is_sent_under_the_vendors_names() {
        let company = new("Example Ltd")
            .parent("0123456789abcdef01234567".into())
            .can_be_managed_by_above(false)
            .account("a@example.com", "A. Person")
            .account_locale("Europe/Bucharest", "ro_RO")
            .address("Street 1")
            .phone("+40 1")
            .country("RO")
            .state("B")
            .industry(Industry(30))
            .contact_person(ContactPerson {
                full_name: Some("A".into()),
                email: None,
                phone_number: Some("1".into()),
            })
            .enforce_2fa(true)
            .skip_2fa_period(14)
            .custom_fields(BTreeMap::from([("referenceID".to_owned(), json!("17"))]))
            .mdr_contact_information(json!({"email": "soc@example.com"}));
        assert_eq!(company.check(), Ok(()));
        assert_eq!(
            company.params().into_value(),
            json!({
                "type": 1,
                "name": "Example Ltd",
                "parentId": "0123456789abcdef01234567",
                "canBeManagedByAbove": false,
                "accountEmail": "a@example.com",
                "accountFullName": "A. Person",
                "accountTimezone": "Europe/Bucharest",
                "accountLanguage": "ro_RO",
                "address": "Street 1",
                "phone": "+40 1",
                "country": "RO",
                "state": "B",
                "industry": 30,
                "contactPerson": {"fullName": "A", "phoneNumber": "1"},
                "enforce2FA": true,
                "skip2FAPeriod": 14,
                "customFields": {"referenceID": "17"},
                "mdrContactInformation": {"email": "soc@example.com"},
                "licenseSubscription": {"type": 1},
            })
        );
    }

    #[test]
    fn bad_input_names_its_field() {
        for (company, field) in [
            (new(" "), "name"),
            (new(&"ü".repeat(65)), "name has 65 characters"),
            (new("<b>x</b>"), "name looks like HTML"),
            (new("x").address("a".repeat(129)), "address"),
            (new("x").address("a <br>"), "address"),
            (new("x").phone("1".repeat(33)), "phone"),
            (new("x").country("Romania"), "country"),
            (new("x").skip_2fa_period(2), "skip2FAPeriod"),
            (new("x").can_be_managed_by_above(false), "accountEmail"),
            (new("x").account("", "y"), "accountEmail"),
            (new("x").parent("".into()), "parentId"),
            (
                NewCompany::partner(
                    "x",
                    LicenseSubscription::monthly()
                        .flag("a", true)
                        .own_use([("a", true)]),
                ),
                "ownUse",
            ),
        ] {
            let error = company.check().unwrap_err();
            assert!(error.contains(field), "{error}");
        }
        assert_eq!(new(&"ü".repeat(64)).check(), Ok(()));
    }

    #[test]
    fn an_update_sends_what_is_set_only() {
        let update = UpdateCompany::new()
            .name("New")
            .custom_fields(BTreeMap::new());
        assert_eq!(
            update.params().into_value(),
            json!({"name": "New", "customFields": []})
        );
        assert_eq!(update.check(true), Ok(()));
        assert!(
            UpdateCompany::new()
                .check(false)
                .unwrap_err()
                .contains("nothing")
        );
        let retyped = UpdateCompany::new().company_type(CompanyType::Partner);
        assert_eq!(retyped.check(false), Ok(()));
        assert!(retyped.check(true).unwrap_err().contains("type"));
    }
}
