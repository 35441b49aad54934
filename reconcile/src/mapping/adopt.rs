//! Adoption: what the vendors already hold is read as proposed associations, and nothing is written.

mod links;
mod names;
#[cfg(test)]
mod tests;
mod unreadable;

use std::collections::BTreeMap;
use std::fmt;

use super::ground::Listed;
use super::{Cardinality, Evidence, Ground, Mapping, Named};
use crate::identity::EntityRef;
use crate::inventory::Index;
use crate::state::{AssociationId, Decision, Target};

use links::LinkEvidence;
use names::{Namesakes, level};

pub(crate) use links::{Links, link_evidence, packages_by_link};
pub use unreadable::{Unreadable, UnreadableReason};

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
    /// What speaks for it: the link, then the names if they agree, then what the link ties to it as well.
    pub evidence: Vec<Ground>,
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

/// Whether anything speaks against an adoption. It is shown as the reason for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// Nothing does.
    Open,
    /// Other pairs claim the same organisation, and the names do not tell which one is right: a person has to choose.
    Contested {
        /// The other source organisations that point to the destination.
        sources: Vec<Named>,
        /// The other destinations that the source organisation points to.
        destinations: Vec<Named>,
    },
    /// The link leads elsewhere than to the destination that has the name of the source organisation: this one.
    Elsewhere(Named),
    /// The link leads to a destination that has the name of another source organisation: of this one.
    NameOfAnother(Named),
    /// Another source organisation is mapped to the destination already.
    Mapped(AssociationId),
    /// A person said that the source organisation is not to be mapped.
    Ignored,
    /// A person said that the two are different ones.
    KeptSeparate,
    /// A person dropped or refused this very pair.
    Parted,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("nothing speaks against it"),
            Self::Contested {
                sources,
                destinations,
            } => {
                if !sources.is_empty() {
                    write!(
                        f,
                        "the same company is linked to {} as well",
                        Listed(sources)
                    )?;
                }
                if !sources.is_empty() && !destinations.is_empty() {
                    f.write_str("; ")?;
                }
                if !destinations.is_empty() {
                    let others = Listed(destinations);
                    write!(f, "its variable stands for {others} as well")?;
                }
                Ok(())
            }
            Self::Elsewhere(named) => write!(
                f,
                "the link leads elsewhere than to the company of its name, {named}"
            ),
            Self::NameOfAnother(named) => {
                write!(
                    f,
                    "the link leads to a company that has the name of another site, {named}"
                )
            }
            Self::Mapped(association) => {
                write!(f, "the company is mapped to another site ({association})")
            }
            Self::Ignored => f.write_str("the site is ignored"),
            Self::KeptSeparate => f.write_str("a person said that the two are different ones"),
            Self::Parted => f.write_str("a person dropped this very pair"),
        }
    }
}

impl<'a> Mapping<'a> {
    /// Pairs that the vendors' own data ties together and that no association covers, ordered by identity.
    ///
    /// An estate that was run by hand or by another tool is so read instead of rebuilt. Needs
    /// [`MappingPolicy::variable`](super::MappingPolicy::variable); without it there is nothing to find. Where a link was
    /// copied to several source organisations, the one that has the name of the destination takes it; whatever the names
    /// speak against is left to a person. Source organisations whose variable leads nowhere are in
    /// [`unreadable`](Self::unreadable).
    ///
    /// ```
    /// use reconcile::identity::{Fingerprint, Instance, Kind, Vendor};
    /// use reconcile::inventory::{
    ///     Coverage, Index, Observation, Organization, Package, Role, Rows, Scope, Segment, Variable, VariableValue,
    /// };
    /// use reconcile::mapping::{Mapping, MappingPolicy};
    /// use reconcile::state::{Body, State};
    ///
    /// let rmm = Instance::new(Vendor::new("datto-rmm"), "merlot/abc123");
    /// let gravityzone = Instance::new(Vendor::new("gravityzone"), "cloud/0001");
    /// let now = "2026-11-21T08:00:00Z".parse().unwrap();
    /// let whole = |of, rows| Segment { of, coverage: Coverage::Complete, rows };
    /// let read = |instance: &Instance, segments| Observation {
    ///     scope: Scope { instance: instance.clone(), root: instance.root(), rights: None },
    ///     taken_at: now,
    ///     segments,
    /// };
    /// let link = Fingerprint::of("https://example.com/link");
    /// let (s1, s2) = (rmm.entity(Kind::SITE, "s1"), rmm.entity(Kind::SITE, "s2"));
    /// let company = gravityzone.entity(Kind::COMPANY, "c1");
    /// let holds = |site| {
    ///     let (id, name) = ("7".into(), "GravityZonePackageLink".into());
    ///     whole(site, Rows::Variables(vec![Variable { id, name, value: VariableValue::Is(link) }]))
    /// };
    /// let sites = read(&rmm, vec![
    ///     whole(rmm.root(), Rows::Organizations(vec![
    ///         Organization::new(s1.clone(), "Northwind", Role::Managed),
    ///         Organization::new(s2.clone(), "Fabrikam", Role::Managed),
    ///     ])),
    ///     holds(s1.clone()),
    ///     holds(s2), // copied by mistake
    /// ]);
    /// let package = Package {
    ///     entity: gravityzone.entity(Kind::PACKAGE, "p1"),
    ///     name: "site-s1".into(),
    ///     company: company.clone(),
    ///     modules: None,
    ///     link: Some(link),
    /// };
    /// let companies = read(&gravityzone, vec![
    ///     whole(gravityzone.root(), Rows::Organizations(vec![
    ///         Organization::new(company.clone(), "Northwind Ltd.", Role::Customer),
    ///     ])),
    ///     whole(company, Rows::Packages(vec![package])),
    /// ]);
    /// let mut state = State::new();
    /// state.absorb(&state.entry(Body::Bound { source: rmm, destination: gravityzone }, "setup", now))?;
    ///
    /// let (source, destination) = (Index::new(&sites), Index::new(&companies));
    /// let policy = MappingPolicy { variable: Some("GravityZonePackageLink".into()), ..MappingPolicy::default() };
    /// let mapping = Mapping::new(&state, &source, &destination, &policy)?;
    /// let [right, copy] = &mapping.adoption()[..] else { panic!("two pairs") };
    /// let said: Vec<_> = right.evidence.iter().map(ToString::to_string).collect();
    /// assert_eq!(said, [
    ///     r#"the variable holds the installation link of package "site-s1""#,
    ///     "same name but for legal form, punctuation or accents",
    ///     r#"tied to it as well, under another name: site "Fabrikam" (s2)"#,
    /// ]);
    /// assert_eq!(copy.standing.to_string(), r#"the same company is linked to site "Northwind" (s1) as well"#);
    ///
    /// let taken = mapping.check(&right.decision().unwrap())?.on(right.evidence.clone());
    /// assert_eq!(copy.decision(), None);
    /// state.absorb(&state.entry(Body::Decided(taken), "alex", now))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn adoption(&self) -> Vec<Adoption> {
        let evidence = self.link_evidence();
        let open: Vec<_> = evidence
            .iter()
            .filter(|pair| self.mapped_from(pair.site).is_empty())
            .collect();
        let mut rivals = Rivals::default();
        for pair in &open {
            rivals
                .sites
                .entry(pair.company)
                .or_default()
                .push(pair.site);
            rivals
                .companies
                .entry(pair.site)
                .or_default()
                .push(pair.company);
        }
        let namesakes = Namesakes::new(self.source, self.destination);
        open.into_iter()
            .map(|pair| self.adopt(pair, &rivals, &namesakes))
            .collect()
    }

    fn adopt(
        &self,
        pair: &LinkEvidence<'_>,
        rivals: &Rivals<'_>,
        namesakes: &Namesakes<'a>,
    ) -> Adoption {
        let name = |index: &Index<'a>, entity: &EntityRef| {
            let listed = index.organization(entity);
            listed.map(|listed| listed.name.clone()).unwrap_or_default()
        };
        let mut adoption = Adoption {
            source: pair.site.clone(),
            source_name: name(self.source, pair.site),
            destination: pair.company.clone(),
            destination_name: name(self.destination, pair.company),
            package: pair.package.entity.clone(),
            package_name: pair.package.name.clone(),
            evidence: vec![Ground::Pair(Evidence::InstallationLink {
                package: pair.package.entity.clone(),
                name: pair.package.name.clone(),
            })],
            standing: Standing::Open,
        };
        let agreed = level(&adoption.source_name, &adoption.destination_name);
        adoption
            .evidence
            .extend(agreed.map(|level| Ground::Pair(Evidence::Name(level))));
        let one_to_one = self.policy.cardinality == Cardinality::OneToOne;
        let mapped = self.mapped_to(pair.company).first().filter(|_| one_to_one);
        adoption.standing = if self.state.ignored().contains(pair.site) {
            Standing::Ignored
        } else if self.is_separate(pair.site, pair.company) {
            Standing::KeptSeparate
        } else if self.is_parted(pair.site, pair.company) {
            Standing::Parted
        } else if let Some(association) = mapped {
            Standing::Mapped(association.id)
        } else {
            let (sources, destinations) = self.rivals_of(pair, rivals);
            if sources.is_empty() && destinations.is_empty() {
                namesakes.against(&adoption)
            } else if agreed.is_some()
                && !is_named(&sources, &adoption.destination_name)
                && !is_named(&destinations, &adoption.source_name)
            {
                let others = sources.into_iter().chain(destinations).collect();
                adoption.evidence.push(Ground::AlsoLinked(others));
                Standing::Open
            } else {
                Standing::Contested {
                    sources,
                    destinations,
                }
            }
        };
        adoption
    }

    /// Who else claims one of the two; several sources of one destination are rivals only under one to one.
    fn rivals_of(&self, pair: &LinkEvidence<'_>, rivals: &Rivals<'_>) -> (Vec<Named>, Vec<Named>) {
        let destinations = others(rivals.companies.get(pair.site), pair.company)
            .map(|other| self.named_destination(other))
            .collect();
        let sources = if self.policy.cardinality == Cardinality::OneToOne {
            others(rivals.sites.get(pair.company), pair.site)
                .map(|other| self.named_source(other))
                .collect()
        } else {
            Vec::new()
        };
        (sources, destinations)
    }
}

/// Who is tied to whom, in both directions.
#[derive(Debug, Default)]
struct Rivals<'e> {
    sites: BTreeMap<&'e EntityRef, Vec<&'e EntityRef>>,
    companies: BTreeMap<&'e EntityRef, Vec<&'e EntityRef>>,
}

fn others<'e>(
    all: Option<&Vec<&'e EntityRef>>,
    own: &EntityRef,
) -> impl Iterator<Item = &'e EntityRef> {
    let all = all.map_or(&[][..], Vec::as_slice);
    all.iter().copied().filter(move |other| *other != own)
}

/// Whether one of these has the name.
fn is_named(rivals: &[Named], name: &str) -> bool {
    let mut names = rivals.iter().filter_map(Named::name);
    names.any(|rival| level(rival, name).is_some())
}
