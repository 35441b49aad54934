//! The service `companies`.

use serde_json::{Map, Value, json};

use super::Call;
use super::envelope::Failure;
use super::params::Members;
use super::subscriptions;
use crate::calendar;
use crate::world::{Company, CompanyKind, Contact, same_name};

pub(super) const CREATE: &[&str] = &[
    "type",
    "name",
    "parentId",
    "address",
    "phone",
    "country",
    "state",
    "industry",
    "canBeManagedByAbove",
    "enforce2FA",
    "skip2FAPeriod",
    "accountEmail",
    "accountFullName",
    "accountTimezone",
    "accountLanguage",
    "contactPerson",
    "customFields",
    "mdrContactInformation",
    "licenseSubscription",
];
pub(super) const UPDATE: &[&str] = &[
    "id",
    "type",
    "name",
    "address",
    "phone",
    "industry",
    "country",
    "state",
    "contactPerson",
    "skip2FAPeriod",
    "enforce2FA",
    "customFields",
    "mdrContactInformation",
];

/// At most so many companies are found at once.
const FOUND: usize = 25;

fn code(kind: CompanyKind) -> i64 {
    match kind {
        CompanyKind::Partner => 0,
        CompanyKind::Customer => 1,
    }
}

fn kind(members: Members<'_>) -> Result<Option<CompanyKind>, Failure> {
    match members.number("type")? {
        None => Ok(None),
        Some(0) => Ok(Some(CompanyKind::Partner)),
        Some(1) => Ok(Some(CompanyKind::Customer)),
        Some(_) => Err(Failure::invalid("type")),
    }
}

impl Call<'_> {
    fn wire_company(&self, company: &Company) -> Value {
        let mut wire = json!({
            "id": company.id,
            "name": company.name,
            "type": code(company.kind),
            "address": company.address,
            "phone": company.phone,
            "country": company.country.as_deref().unwrap_or("N/A"),
            "state": company.state.as_deref().unwrap_or("N/A"),
            "industry": company.industry,
            "canBeManagedByAbove": company.can_be_managed_by_above,
            "isSuspended": company.suspended,
            "createdAt": calendar::date_time(company.created_ms),
            "enforce2FA": true,
            "skip2FAPeriod": company.skip_2fa_days,
            // An empty map is written as PHP writes it.
            "customFields": if company.custom_fields.is_empty() { json!([]) } else { json!(company.custom_fields) },
        });
        if let (CompanyKind::Partner, Some(contact)) = (company.kind, &company.contact) {
            wire["contactPerson"] = json!({"fullName": contact.full_name, "email": contact.email, "phoneNumber": contact.phone});
        }
        // Nothing above the key's own company shows.
        let is_own = company.id == self.key().company;
        if self.state.settings.gravityzone.send_parent_company
            && !is_own
            && let Some(parent) = self.state.world.parent_company(&company.id)
        {
            wire["parentCompanyId"] = json!(parent.id);
        }
        wire
    }

    /// A name that is short enough, plain, and free on the whole platform, whoever has it.
    fn free_name(&self, holder: Option<&str>) -> Result<Option<String>, Failure> {
        let Some(name) = self.members().plain("name", 64)? else {
            return Ok(None);
        };
        if name.trim().is_empty() {
            return Err(Failure::invalid("name"));
        }
        let companies = self.state.world.companies.values();
        let mut others = companies.filter(|company| Some(company.id.as_str()) != holder);
        if others.any(|company| same_name(&company.name, &name)) {
            return Err(Failure::params(
                &self.state.settings.gravityzone.duplicate_name,
            ));
        }
        Ok(Some(name))
    }
}

/// What both creating and updating can set.
struct Profile {
    address: Option<String>,
    phone: Option<String>,
    country: Option<String>,
    state: Option<String>,
    industry: Option<i64>,
    skip_2fa_days: Option<i64>,
    contact: Option<Contact>,
    custom_fields: Option<Map<String, Value>>,
}

impl Profile {
    fn read(members: Members<'_>) -> Result<Self, Failure> {
        let skip_2fa_days = members.number("skip2FAPeriod")?;
        if skip_2fa_days.is_some_and(|days| ![0, 1, 3, 7, 14, 30, 90].contains(&days)) {
            return Err(Failure::invalid("skip2FAPeriod"));
        }
        let contact = members
            .object("contactPerson")?
            .map(|contact| -> Result<_, Failure> {
                let contact = Members(contact);
                Ok(Contact {
                    full_name: contact.text("fullName")?.unwrap_or_default(),
                    email: contact.text("email")?.unwrap_or_default(),
                    phone: contact.text("phoneNumber")?.unwrap_or_default(),
                })
            });
        let custom_fields = match members.get("customFields") {
            None => None,
            Some(_) => Some(members.object("customFields")?.cloned().unwrap_or_default()),
        };
        Ok(Self {
            address: members.plain("address", 128)?,
            phone: members.plain("phone", 32)?,
            country: members.text("country")?,
            state: members.text("state")?,
            industry: members.number("industry")?,
            skip_2fa_days,
            contact: contact.transpose()?,
            custom_fields,
        })
    }

    /// Sets what is given and leaves the rest.
    fn apply(self, company: &mut Company) {
        company.address = self.address.unwrap_or_else(|| company.address.clone());
        company.phone = self.phone.unwrap_or_else(|| company.phone.clone());
        company.country = self.country.or_else(|| company.country.clone());
        company.state = self.state.or_else(|| company.state.clone());
        company.industry = self.industry.unwrap_or(company.industry);
        company.skip_2fa_days = self.skip_2fa_days.unwrap_or(company.skip_2fa_days);
        company.contact = self.contact.or_else(|| company.contact.clone());
        if let Some(fields) = self.custom_fields {
            company.custom_fields = fields.into_iter().collect();
        }
    }
}

/// `createCompany`: gives the new id. Without `licenseSubscription` it makes a trial.
pub(super) fn create(call: &mut Call<'_>) -> Result<Value, Failure> {
    let members = call.members();
    let kind = kind(members)?.ok_or_else(|| Failure::invalid("type"))?;
    let name = call
        .free_name(None)?
        .ok_or_else(|| Failure::invalid("name"))?;
    let parent = call.id_or_own("parentId")?;
    let above = call
        .company(&parent, "parentId")
        .map_err(|_| Failure::invalid("parentId"))?;
    if above.kind != CompanyKind::Partner {
        return Err(Failure::invalid("parentId"));
    }
    let subscription =
        subscriptions::read(members.object("licenseSubscription")?, &above.subscription)?;
    let can_be_managed_by_above = members.flag("canBeManagedByAbove")?.unwrap_or(true);
    if !can_be_managed_by_above {
        members.required("accountEmail")?;
        members.required("accountFullName")?;
    }
    let profile = Profile::read(members)?;
    let (now, visible_from_ms) = (call.now_ms(), call.visible_from_ms());
    let world = &mut call.state.world;
    let id = world.ids.object_id(now);
    let mut company = world.new_company(id.clone(), &name, kind, Some(parent), subscription);
    company.can_be_managed_by_above = can_be_managed_by_above;
    company.created_ms = now;
    company.visible_from_ms = visible_from_ms;
    profile.apply(&mut company);
    world.companies.insert(id.clone(), company);
    Ok(id.into())
}

/// `getCompanyDetails`
pub(super) fn details(call: &mut Call<'_>) -> Result<Value, Failure> {
    let id = call.id_or_own("companyId")?;
    Ok(call.wire_company(call.company(&id, "companyId")?))
}

/// `updateCompanyDetails`: the parameter is `id`, and without it the key's own company is meant.
pub(super) fn update(call: &mut Call<'_>) -> Result<Value, Failure> {
    let id = call.id_or_own("id")?;
    let company = call.actionable(&id, "id")?;
    let old_kind = company.kind;
    let new_kind = kind(call.members())?.unwrap_or(old_kind);
    let has_children = call.state.world.child_companies(&id).next().is_some()
        || call.state.world.child_folders(&id).next().is_some();
    let is_bound = id == call.key().company || (old_kind == CompanyKind::Partner && has_children);
    if new_kind != old_kind && is_bound {
        return Err(Failure::invalid("type"));
    }
    let name = call.free_name(Some(&id))?;
    let profile = Profile::read(call.members())?;
    let missing = call.missing("id");
    let company = call.state.world.company_mut(&id).map_err(|_| missing)?;
    company.kind = new_kind;
    company.name = name.unwrap_or_else(|| company.name.clone());
    profile.apply(company);
    Ok(Value::Null)
}

/// `deleteCompany`: for good, with endpoints and packages. A company with others below it stays.
pub(super) fn delete(call: &mut Call<'_>) -> Result<Value, Failure> {
    let id = call.managed("companyId")?.id.clone();
    let world = &mut call.state.world;
    if world.child_companies(&id).next().is_some() || world.child_folders(&id).next().is_some() {
        return Err(Failure::params(
            "One or more items are not available for the specified action.",
        ));
    }
    world.companies.remove(&id);
    Ok(Value::Null)
}

/// `findCompaniesByName`: names that begin with the filter, or contain it after a leading `*`.
pub(super) fn find(call: &mut Call<'_>) -> Result<Value, Failure> {
    let filter = call.members().required("nameFilter")?;
    let visible = call
        .state
        .world
        .companies
        .values()
        .filter(|company| call.sees(company));
    let mut found: Vec<_> = visible
        .filter(|company| fits(&company.name, &filter))
        .take(FOUND)
        .map(|company| call.wire_company(company))
        .collect();
    call.tweaks.cut(&mut found);
    Ok(found.into())
}

/// Whether a name begins with a filter, or contains what follows its leading `*`, in any case.
pub(super) fn fits(name: &str, filter: &str) -> bool {
    let (name, filter) = (name.to_lowercase(), filter.to_lowercase());
    match filter.strip_prefix('*') {
        Some(part) => name.contains(part),
        None => name.starts_with(&filter),
    }
}

fn set_suspended(call: &mut Call<'_>, suspended: bool) -> Result<Value, Failure> {
    let id = call.managed("companyId")?.id.clone();
    let is_recursive = call.members().flag("recursive")?.unwrap_or(false);
    let world = &mut call.state.world;
    let mut ids = vec![id.clone()];
    if is_recursive {
        ids.extend(
            world
                .companies
                .keys()
                .filter(|below| world.is_under(below, &id))
                .cloned(),
        );
    }
    for id in ids {
        if let Some(company) = world.companies.get_mut(&id) {
            company.suspended = suspended;
        }
    }
    Ok(Value::Null)
}

/// `suspendCompany`
pub(super) fn suspend(call: &mut Call<'_>) -> Result<Value, Failure> {
    set_suspended(call, true)
}

/// `activateCompany`
pub(super) fn activate(call: &mut Call<'_>) -> Result<Value, Failure> {
    set_suspended(call, false)
}
