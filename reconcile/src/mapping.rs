//! Mapping: which source organisation belongs to which destination organisation.
//!
//! A [`Mapping`] looks at the state and at what was read of both sides. It lists what a companies page shows,
//! suggests pairs with their evidence, and checks decisions before they are logged. It decides nothing itself: a
//! suggestion becomes an association only by a [`Decision`](crate::state::Decision) in the log. Where several
//! candidates are equally likely, it lists them and leaves the choice to a person.
//!
//! Source and destination are whatever the host maps: sites to companies, networks to organisations, or companies to
//! a host's own customers. Several companies of one customer are
//! [`Cardinality::ManyToOne`], with the customers as the destination.

mod adopt;
mod arrivals;
mod candidate;
mod check;
mod error;
mod fuzzy;
mod ground;
mod lending;
mod lookalikes;
mod policy;
mod rows;
mod suggest;
mod tenants;
mod votes;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod world;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::drift::Event;
use crate::identity::{EntityRef, OrganizationName};
use crate::inventory::{Index, Organization, Role};
use crate::state::{Association, Binding, State, Target};

pub use adopt::{Adoption, Standing, Unreadable, UnreadableReason};
pub use arrivals::Arrival;
pub use candidate::{Candidate, Evidence, EvidenceKind, Proposal, Suggestion, Tie};
pub use error::{BatchError, DecisionError, Named};
pub use ground::Ground;
pub use lending::lend_ids;
pub use policy::{Cardinality, MappingPolicy, VoteRules};
pub use rows::{
    DestinationRow, LeftOut, LeftOutReason, SiteRow, SiteState, Stranded, StrandedReason,
};
pub use tenants::{Side, TenantError};
pub use votes::{Vote, device_votes};

pub(crate) use adopt::{Links, link_evidence, packages_by_link};
pub(crate) use rows::left_out;
pub(crate) use tenants::check_tenants;

/// What is mapped, what can be, and what speaks for it.
///
/// ```
/// use reconcile::identity::{Instance, Kind, Vendor};
/// use reconcile::inventory::{Coverage, Index, Observation, Organization, Role, Rows, Scope, Segment};
/// use reconcile::mapping::{Mapping, MappingPolicy, Suggestion};
/// use reconcile::state::{Body, State};
///
/// let rmm = Instance::new(Vendor::new("datto-rmm"), "merlot/abc123");
/// let gravityzone = Instance::new(Vendor::new("gravityzone"), "cloud/0001");
/// let now = "2026-11-21T08:00:00Z".parse().unwrap();
/// let read = |instance: &Instance, rows| Observation {
///     scope: Scope { instance: instance.clone(), root: instance.root(), rights: None },
///     taken_at: now,
///     segments: vec![Segment {
///         of: instance.root(),
///         coverage: Coverage::Complete,
///         rows: Rows::Organizations(rows),
///     }],
/// };
/// let site = rmm.entity(Kind::SITE, "s1");
/// let company = gravityzone.entity(Kind::COMPANY, "c1");
/// let sites = read(&rmm, vec![Organization::new(site.clone(), "Northwind Ltd.", Role::Managed)]);
/// let companies = read(&gravityzone, vec![Organization::new(company.clone(), "NORTHWIND", Role::Customer)]);
///
/// let mut state = State::new();
/// state.absorb(&state.entry(Body::Bound { source: rmm, destination: gravityzone }, "setup", now))?;
///
/// let (source, destination) = (Index::new(&sites), Index::new(&companies));
/// let policy = MappingPolicy::default();
/// let mapping = Mapping::new(&state, &source, &destination, &policy)?;
/// assert_eq!(mapping.sites().len(), 1);
/// let suggestions = mapping.suggestions(&[]);
/// let Some(Suggestion::One(proposal)) = suggestions.first() else { panic!("one candidate") };
/// assert_eq!(proposal.candidate.destination, company);
/// assert_eq!(proposal.candidate.evidence[0].to_string(), "same name but for legal form, punctuation or accents");
///
/// let decision = mapping.check(&proposal.decision())?;
/// state.absorb(&state.entry(Body::Decided(decision), "alex", now))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Mapping<'a> {
    state: &'a State,
    binding: &'a Binding,
    source: &'a Index<'a>,
    destination: &'a Index<'a>,
    policy: &'a MappingPolicy,
    by_source: BTreeMap<&'a EntityRef, Vec<&'a Association>>,
    by_destination: BTreeMap<&'a EntityRef, Vec<&'a Association>>,
    marks: BTreeMap<&'a EntityRef, Vec<&'a Event>>,
    /// Made on first use, for most looks need no names.
    names: OnceLock<Names<'a>>,
    /// Made on first use as well.
    links: OnceLock<Links<'a>>,
}

/// Who has a name at the destination, by its folded form.
#[derive(Debug, Clone, Default)]
struct Names<'a> {
    held: BTreeMap<String, &'a Organization>,
    prepared: BTreeMap<String, Vec<&'a Association>>,
}

impl<'a> Mapping<'a> {
    /// Looks at both sides, as they were read, through the state.
    ///
    /// # Errors
    ///
    /// [`TenantError`] if the state is bound to no tenants, or to others than were read.
    pub fn new(
        state: &'a State,
        source: &'a Index<'a>,
        destination: &'a Index<'a>,
        policy: &'a MappingPolicy,
    ) -> Result<Self, TenantError> {
        let binding = check_tenants(state, source, destination)?;
        let mut mapping = Self {
            state,
            binding,
            source,
            destination,
            policy,
            by_source: BTreeMap::new(),
            by_destination: BTreeMap::new(),
            marks: BTreeMap::new(),
            names: OnceLock::new(),
            links: OnceLock::new(),
        };
        for association in state.associations() {
            mapping
                .by_source
                .entry(&association.source)
                .or_default()
                .push(association);
            if let Some(destination) = association.destination() {
                mapping
                    .by_destination
                    .entry(destination)
                    .or_default()
                    .push(association);
            }
        }
        for event in state.events().filter(|event| event.is_listed()) {
            for entity in &event.id.key.entities {
                mapping.marks.entry(entity).or_default().push(event);
            }
        }
        Ok(mapping)
    }

    /// The associations of a source organisation, those that are being dropped included.
    fn mapped_from(&self, source: &EntityRef) -> &[&'a Association] {
        self.by_source.get(source).map_or(&[], Vec::as_slice)
    }

    /// The associations of a destination organisation, those that are being dropped included.
    fn mapped_to(&self, destination: &EntityRef) -> &[&'a Association] {
        self.by_destination
            .get(destination)
            .map_or(&[], Vec::as_slice)
    }

    /// Source organisations that may be mapped and are neither mapped nor ignored.
    fn open_sites(&self) -> impl Iterator<Item = &'a Organization> + '_ {
        self.source.organizations().filter(|site| {
            left_out(site.role).is_none()
                && self.mapped_from(&site.entity).is_empty()
                && !self.state.ignored().contains(&site.entity)
        })
    }

    /// Destination organisations that a site may be mapped to.
    fn open_destinations(&self) -> impl Iterator<Item = &'a Organization> + '_ {
        self.destination.organizations().filter(|company| {
            left_out(company.role).is_none()
                && (self.policy.cardinality == Cardinality::ManyToOne
                    || self.mapped_to(&company.entity).is_empty())
        })
    }

    fn is_separate(&self, site: &EntityRef, company: &EntityRef) -> bool {
        // The set holds owned pairs, so a look-up needs one.
        !self.state.kept_separate().is_empty()
            && self
                .state
                .kept_separate()
                .contains(&(site.clone(), company.clone()))
    }

    fn is_parted(&self, site: &EntityRef, company: &EntityRef) -> bool {
        !self.state.parted().is_empty()
            && self
                .state
                .parted()
                .contains(&(site.clone(), company.clone()))
    }

    fn names(&self) -> &Names<'a> {
        self.names.get_or_init(|| {
            let mut names = Names::default();
            // Folders hold no name. The first by identity stands for several of one name.
            for company in self
                .destination
                .organizations()
                .filter(|company| company.role != Role::Folder)
            {
                if let Some(name) = OrganizationName::new(&company.name) {
                    names
                        .held
                        .entry(name.folded().to_owned())
                        .or_insert(company);
                }
            }
            for association in self.state.associations() {
                if let Target::New { name, .. } = &association.target
                    && let Some(name) = OrganizationName::new(name)
                {
                    names
                        .prepared
                        .entry(name.folded().to_owned())
                        .or_default()
                        .push(association);
                }
            }
            names
        })
    }
}
