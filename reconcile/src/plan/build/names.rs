//! Names of new companies: the destination's rules, and who has the name already.

use super::draft::Holds;
use super::view::{View, named, unread};
use crate::inventory::{Organization, Role};
use crate::plan::HeldReason;
use crate::state::Association;

/// How many rivals for a name are listed by name.
const LISTED: usize = 3;

/// The form in which company names are compared: letter case and surrounding space do not tell names apart.
pub(super) fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Whether a name taken by this organisation is taken for companies.
pub(super) fn is_company(organization: &Organization) -> bool {
    match organization.role {
        Role::Partner | Role::Customer => true,
        Role::Managed | Role::OnDemand | Role::Pseudo | Role::Folder => false,
    }
}

/// Holds the association back if a company cannot be created under this name.
pub(super) fn check(view: &View<'_>, association: &Association, name: &str, holds: &mut Holds) {
    let site = view.site(association);
    if let Err(wrong) = view.policy.names.check(name) {
        holds.add(
            HeldReason::InvalidName,
            format!("{site} cannot become a company: {wrong}"),
        );
    }
    if let Some(why) = unread(view.companies) {
        let detail = format!(
            "whether a company is named {name:?} already is not known for {site}: the listing {why}"
        );
        holds.add(HeldReason::NotRead, detail);
    }
    let visible = view.companies_named(name);
    if !visible.is_empty() {
        let companies = enumerate(
            visible
                .iter()
                .map(|company| named(&company.entity, Some(&company.name))),
        );
        holds.add(
            HeldReason::NameInUse,
            format!("{site} cannot become the new company {name:?}: {companies} has the name; associate it instead"),
        );
    }
    let batch = view.new_companies_named(name);
    if batch.len() > 1 {
        let others = batch.iter().filter(|other| other.id != association.id);
        let others = enumerate(others.take(LISTED + 1).map(|other| view.site(other)));
        holds.add(
            HeldReason::NameInUse,
            format!("{site} cannot become the new company {name:?}: the same name is wanted for {others}"),
        );
    }
}

/// A short list for a person; a long one is cut.
fn enumerate(items: impl Iterator<Item = String>) -> String {
    let mut items: Vec<_> = items.take(LISTED + 1).collect();
    if items.len() > LISTED {
        items.truncate(LISTED);
        items.push("more".to_owned());
    }
    items.join(" and ")
}
