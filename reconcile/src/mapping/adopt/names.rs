//! What names say of a link: whether it leads to the organisation that it should lead to.

use std::collections::BTreeMap;

use super::{Adoption, Standing};
use crate::identity::{EntityRef, NameLevel, OrganizationName};
use crate::inventory::{Index, Organization};
use crate::mapping::{Named, left_out};

/// At which level two names are equal, the strictest, if they are.
pub(super) fn level(one: &str, other: &str) -> Option<NameLevel> {
    let (one, other) = (OrganizationName::new(one)?, OrganizationName::new(other)?);
    [NameLevel::Exact, NameLevel::Folded, NameLevel::Normalized]
        .into_iter()
        .find(|level| one.at(*level) == other.at(*level))
}

type ByName<'a> = BTreeMap<String, Vec<&'a Organization>>;

/// Who has which name on either side, up to legal forms, punctuation and accents.
#[derive(Debug)]
pub(super) struct Namesakes<'a> {
    sources: ByName<'a>,
    destinations: ByName<'a>,
}

impl<'a> Namesakes<'a> {
    pub(super) fn new(source: &Index<'a>, destination: &Index<'a>) -> Self {
        let by_name = |index: &Index<'a>| {
            let mut names = ByName::new();
            let organizations = index.organizations();
            for organization in organizations.filter(|known| left_out(known.role).is_none()) {
                if let Some(name) = OrganizationName::new(&organization.name) {
                    let holders = names.entry(name.normalized().to_owned()).or_default();
                    holders.push(organization);
                }
            }
            names
        };
        Self {
            sources: by_name(source),
            destinations: by_name(destination),
        }
    }

    /// What speaks against a pair that nobody else claims: somebody else has the name of one of the two.
    pub(super) fn against(&self, adoption: &Adoption) -> Standing {
        if level(&adoption.source_name, &adoption.destination_name).is_some() {
            return Standing::Open;
        }
        let company = other(
            &self.destinations,
            &adoption.source_name,
            &adoption.destination,
        );
        if let Some(company) = company {
            return Standing::Elsewhere(company);
        }
        let site = other(&self.sources, &adoption.destination_name, &adoption.source);
        site.map_or(Standing::Open, Standing::NameOfAnother)
    }
}

/// The first by identity that has a name, beside the one that it is about.
fn other(names: &ByName<'_>, name: &str, own: &EntityRef) -> Option<Named> {
    let holders = names.get(OrganizationName::new(name)?.normalized())?;
    let other = holders.iter().find(|holder| holder.entity != *own)?;
    Some(Named::new(other.entity.clone(), Some(other.name.clone())))
}
