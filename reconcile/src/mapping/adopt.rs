//! Adoption: what the vendors already hold is read as proposed associations, and nothing is written.

use std::collections::BTreeMap;

use super::{Cardinality, Mapping, left_out};
use crate::identity::{EntityRef, Fingerprint};
use crate::inventory::{Index, Package, Rows, VariableValue};
use crate::state::{AssociationId, Decision, Target};

/// A pair that the vendors' own data ties together: a variable of the source organisation holds the installation link
/// of a package of the destination organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Adoption {
    /// The source organisation.
    pub source: EntityRef,
    /// Its name.
    pub source_name: String,
    /// The destination organisation.
    pub destination: EntityRef,
    /// Its name.
    pub destination_name: String,
    /// The package whose link the variable holds.
    pub package: EntityRef,
    /// Its name.
    pub package_name: String,
    /// Whether anything speaks against taking it.
    pub standing: Standing,
}

impl Adoption {
    /// The decision that takes it, if nothing speaks against it.
    pub fn decision(&self) -> Option<Decision> {
        (self.standing == Standing::Open).then(|| Decision::Associate {
            source: self.source.clone(),
            target: Target::Existing(self.destination.clone()),
        })
    }
}

/// Whether anything speaks against an adoption.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// Nothing does.
    Open,
    /// Other pairs claim the same organisation: a person has to choose. Lists the other source organisations, or the
    /// other destinations that this source organisation points to.
    Contested(Vec<EntityRef>),
    /// Another source organisation is mapped to the destination already.
    Mapped(AssociationId),
    /// A person said that the source organisation is not to be mapped.
    Ignored,
    /// A person said that the two are different ones.
    KeptSeparate,
    /// A person dropped or refused this very pair.
    Parted,
}

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
        let mut found: BTreeMap<&'a EntityRef, &'a Package> = BTreeMap::new();
        for held in source
            .variables(&site.entity)
            .iter()
            .filter(|held| held.name == variable)
        {
            if let VariableValue::Is(value) = held.value {
                found.extend(links.get(&value).into_iter().flatten());
            }
        }
        let pair = |(company, package)| LinkEvidence {
            site: &site.entity,
            company,
            package,
        };
        evidence.extend(found.into_iter().map(pair));
    }
    evidence
}

/// The packages that a link stands for, by company: one package each, the least by identity.
pub(crate) fn packages_by_link<'a>(
    destination: &Index<'a>,
) -> BTreeMap<Fingerprint, BTreeMap<&'a EntityRef, &'a Package>> {
    let mut links: BTreeMap<Fingerprint, BTreeMap<&'a EntityRef, &'a Package>> = BTreeMap::new();
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

impl Mapping<'_> {
    /// Pairs that the vendors' own data ties together and that no association covers, ordered by identity.
    ///
    /// An estate that was run by hand or by another tool is so read instead of rebuilt. Needs
    /// [`MappingPolicy::variable`](super::MappingPolicy::variable); without it there is nothing to find.
    pub fn adoption(&self) -> Vec<Adoption> {
        let evidence = self.link_evidence();
        let open: Vec<_> = evidence
            .iter()
            .filter(|pair| self.mapped_from(pair.site).is_empty())
            .collect();
        let mut sites: BTreeMap<&EntityRef, Vec<&EntityRef>> = BTreeMap::new();
        let mut companies: BTreeMap<&EntityRef, Vec<&EntityRef>> = BTreeMap::new();
        for pair in &open {
            sites.entry(pair.company).or_default().push(pair.site);
            companies.entry(pair.site).or_default().push(pair.company);
        }
        let others = |all: Option<&Vec<&EntityRef>>, own: &EntityRef| -> Vec<EntityRef> {
            all.into_iter()
                .flatten()
                .filter(|other| **other != own)
                .map(|other| (*other).clone())
                .collect()
        };
        let one_to_one = self.policy.cardinality == Cardinality::OneToOne;
        let adoption = |pair: &LinkEvidence<'_>| {
            let mut rivals = others(companies.get(pair.site), pair.company);
            if one_to_one {
                rivals.extend(others(sites.get(pair.company), pair.site));
            }
            let mapped = self.mapped_to(pair.company).first().filter(|_| one_to_one);
            let standing = if self.state.ignored().contains(pair.site) {
                Standing::Ignored
            } else if self.is_separate(pair.site, pair.company) {
                Standing::KeptSeparate
            } else if self.is_parted(pair.site, pair.company) {
                Standing::Parted
            } else if let Some(association) = mapped {
                Standing::Mapped(association.id)
            } else if rivals.is_empty() {
                Standing::Open
            } else {
                Standing::Contested(rivals)
            };
            Adoption {
                source: pair.site.clone(),
                source_name: self
                    .source
                    .organization(pair.site)
                    .map(|site| site.name.clone())
                    .unwrap_or_default(),
                destination: pair.company.clone(),
                destination_name: self
                    .destination
                    .organization(pair.company)
                    .map(|company| company.name.clone())
                    .unwrap_or_default(),
                package: pair.package.entity.clone(),
                package_name: pair.package.name.clone(),
                standing,
            }
        };
        open.into_iter().map(adoption).collect()
    }
}

impl<'a> Mapping<'a> {
    pub(super) fn link_evidence(&self) -> Vec<LinkEvidence<'a>> {
        let variable = self.policy.variable.as_deref();
        variable
            .map(|variable| link_evidence(self.source, self.destination, variable))
            .unwrap_or_default()
    }
}
