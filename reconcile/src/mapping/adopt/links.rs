//! Links: which package of which company the variable of a site stands for.

use std::collections::BTreeMap;

use crate::identity::{EntityRef, Fingerprint};
use crate::inventory::{Index, Package, Rows, VariableValue};
use crate::mapping::{Mapping, left_out};

/// Evidence at the vendors for one pair.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LinkEvidence<'a> {
    pub(crate) site: &'a EntityRef,
    pub(crate) company: &'a EntityRef,
    pub(crate) package: &'a Package,
}

/// Every pair whose variable and package agree, ordered by site and company. Whatever takes no part in mapping, or is
/// not listed, is left out.
pub(crate) fn link_evidence<'a>(
    source: &Index<'a>,
    destination: &Index<'a>,
    variable: &str,
) -> Vec<LinkEvidence<'a>> {
    let links = packages_by_link(destination);
    let mut evidence = Vec::new();
    for site in source
        .organizations()
        .filter(|site| left_out(site.role).is_none())
    {
        let found = linked_from(source, &links, &site.entity, variable);
        let pair = |(company, package)| LinkEvidence {
            site: &site.entity,
            company,
            package,
        };
        evidence.extend(found.into_iter().map(pair));
    }
    evidence
}

/// The companies, with a package of each, that the variable of a site leads to.
fn linked_from<'a>(
    source: &Index<'a>,
    links: &Links<'a>,
    site: &EntityRef,
    variable: &str,
) -> BTreeMap<&'a EntityRef, &'a Package> {
    let mut found = BTreeMap::new();
    let variables = source.variables(site).iter();
    for held in variables.filter(|held| held.name == variable) {
        if let VariableValue::Is(value) = held.value {
            found.extend(links.get(&value).into_iter().flatten());
        }
    }
    found
}

/// The packages that a link stands for, by company: one package each, the least by identity.
pub(crate) type Links<'a> = BTreeMap<Fingerprint, BTreeMap<&'a EntityRef, &'a Package>>;

/// Every link with what it stands for.
pub(crate) fn packages_by_link<'a>(destination: &Index<'a>) -> Links<'a> {
    let mut links = Links::new();
    for segment in &destination.observation().segments {
        let Rows::Packages(packages) = &segment.rows else {
            continue;
        };
        for package in packages {
            let listed = destination.organization(&package.company);
            let takes_part = listed.is_some_and(|company| left_out(company.role).is_none());
            if let (Some(link), true) = (package.link, takes_part) {
                let known = links
                    .entry(link)
                    .or_default()
                    .entry(&package.company)
                    .or_insert(package);
                if package.entity < known.entity {
                    *known = package;
                }
            }
        }
    }
    links
}

impl<'a> Mapping<'a> {
    pub(in crate::mapping) fn link_evidence(&self) -> Vec<LinkEvidence<'a>> {
        let variable = self.policy.variable.as_deref();
        variable
            .map(|variable| link_evidence(self.source, self.destination, variable))
            .unwrap_or_default()
    }

    /// The companies that the variable of a site leads to.
    pub(in crate::mapping) fn linked_from(
        &self,
        site: &EntityRef,
    ) -> BTreeMap<&'a EntityRef, &'a Package> {
        let Some(variable) = &self.policy.variable else {
            return BTreeMap::new();
        };
        let links = self
            .links
            .get_or_init(|| packages_by_link(self.destination));
        linked_from(self.source, links, site, variable)
    }
}
