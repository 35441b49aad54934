//! Everything a plan is made from, indexed once so that deciding stays near-linear.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::PlanInput;
use super::names;
use crate::drift::{Event, EventKind, EventStatus};
use crate::identity::{EntityRef, Fingerprint};
use crate::inventory::{Index, Organization, Package, Reading, Rows, Sort};
use crate::plan::Policy;
use crate::state::{Association, AssociationId, AssociationStatus, State, Target};

pub(super) struct View<'a> {
    pub(super) source: &'a Index<'a>,
    pub(super) destination: &'a Index<'a>,
    pub(super) state: &'a State,
    pub(super) policy: &'a Policy,
    /// Whether all sites were read.
    pub(super) sites: Reading<'a>,
    /// Whether all companies were read.
    pub(super) companies: Reading<'a>,
    /// Says so if what the source's credentials may see has changed and nobody has accepted that yet.
    pub(super) source_shifted: Option<String>,
    /// The same for the destination.
    pub(super) destination_shifted: Option<String>,
    /// The source tenant as a whole: its variables show wherever a site has none of the name.
    account: EntityRef,
    /// Visible companies by folded name.
    names: BTreeMap<String, Vec<&'a Organization>>,
    /// Associations that want a new company, by folded name.
    new_names: BTreeMap<String, Vec<&'a Association>>,
    /// Which association has the first claim on a site.
    site_holders: BTreeMap<&'a EntityRef, &'a Association>,
    /// Which association has the first claim on a company, and how many there are.
    company_holders: BTreeMap<&'a EntityRef, (&'a Association, usize)>,
    /// Which associations use a package.
    package_users: BTreeMap<&'a EntityRef, usize>,
    /// Events by their first entity.
    events: BTreeMap<&'a EntityRef, Vec<&'a Event>>,
    /// Packages by their installation link.
    links: BTreeMap<Fingerprint, &'a Package>,
    /// When something was last made through us: an entity, or a variable of one.
    made: BTreeMap<(&'a EntityRef, Option<&'a str>), Timestamp>,
    /// Organisations below which others are listed.
    parents: BTreeSet<&'a EntityRef>,
}

impl<'a> View<'a> {
    pub(super) fn new(input: &PlanInput<'a>) -> Self {
        let PlanInput {
            source,
            destination,
            state,
            policy,
            now: _,
        } = *input;
        let mut view = Self {
            source,
            destination,
            state,
            policy,
            sites: source.organizations_reading(),
            companies: destination.organizations_reading(),
            source_shifted: shifted(state, source),
            destination_shifted: shifted(state, destination),
            account: source.observation().scope.instance.root(),
            names: BTreeMap::new(),
            new_names: BTreeMap::new(),
            site_holders: BTreeMap::new(),
            company_holders: BTreeMap::new(),
            package_users: BTreeMap::new(),
            events: BTreeMap::new(),
            links: BTreeMap::new(),
            made: BTreeMap::new(),
            parents: BTreeSet::new(),
        };
        for organization in destination.organizations() {
            if names::is_company(organization) {
                view.names
                    .entry(names::fold(&organization.name))
                    .or_default()
                    .push(organization);
            }
            view.parents
                .extend(organization.parent.iter().chain(&organization.partner));
        }
        for association in state.associations() {
            view.claim(association);
        }
        for event in state.events() {
            if let Some(first) = event.id.key.entities.first() {
                view.events.entry(first).or_default().push(event);
            }
        }
        for segment in &destination.observation().segments {
            let Rows::Packages(packages) = &segment.rows else {
                continue;
            };
            for package in packages {
                if let Some(link) = package.link {
                    // The lesser of several, so that the order of rows does not show.
                    let known = view.links.entry(link).or_insert(package);
                    if package.entity < known.entity {
                        *known = package;
                    }
                }
            }
        }
        for made in state.made() {
            let at = view
                .made
                .entry((&made.entity, made.variable.as_deref()))
                .or_insert(made.at);
            *at = (*at).max(made.at);
        }
        view
    }

    fn claim(&mut self, association: &'a Association) {
        let holder = self
            .site_holders
            .entry(&association.source)
            .or_insert(association);
        if claim_rank(association) < claim_rank(holder) {
            *holder = association;
        }
        match &association.target {
            Target::Existing(company) => {
                let (holder, count) = self
                    .company_holders
                    .entry(company)
                    .or_insert((association, 0));
                *count += 1;
                if claim_rank(association) < claim_rank(holder) {
                    *holder = association;
                }
            }
            Target::New { name, .. } => {
                if association.status == AssociationStatus::Wanted {
                    self.new_names
                        .entry(names::fold(name))
                        .or_default()
                        .push(association);
                }
            }
        }
        if let Some(package) = &association.package {
            *self.package_users.entry(&package.package).or_default() += 1;
        }
    }

    /// The association that has a better claim on this one's site.
    pub(super) fn rival_for_site(&self, association: &Association) -> Option<&'a Association> {
        self.site_holders
            .get(&association.source)
            .copied()
            .filter(|holder| holder.id != association.id)
    }

    /// The association that has a better claim on this one's company.
    pub(super) fn rival_for_company(
        &self,
        association: &Association,
        company: &EntityRef,
    ) -> Option<&'a Association> {
        self.company_holders
            .get(company)
            .map(|(holder, _)| *holder)
            .filter(|holder| holder.id != association.id)
    }

    /// How many associations use a company.
    pub(super) fn users_of_company(&self, company: &EntityRef) -> usize {
        self.company_holders
            .get(company)
            .map_or(0, |(_, count)| *count)
    }

    /// How many associations use a package.
    pub(super) fn users_of_package(&self, package: &EntityRef) -> usize {
        self.package_users.get(package).copied().unwrap_or(0)
    }

    /// The visible companies of a name, ordered by identity.
    pub(super) fn companies_named(&self, name: &str) -> &[&'a Organization] {
        self.names
            .get(&names::fold(name))
            .map_or(&[], Vec::as_slice)
    }

    /// The associations that want a new company of a name, in the order in which they were decided.
    pub(super) fn new_companies_named(&self, name: &str) -> &[&'a Association] {
        self.new_names
            .get(&names::fold(name))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether organisations are listed below this one.
    pub(super) fn has_children(&self, company: &EntityRef) -> bool {
        self.parents.contains(company)
    }

    /// Whether an event of this kind about the association was left unanswered, or answered with ignore.
    pub(super) fn is_unanswered(&self, association: &Association, kind: EventKind) -> bool {
        self.events_about(association, kind)
            .any(|event| matches!(event.status, EventStatus::Open | EventStatus::Ignored))
    }

    /// The events of a kind that are about an association.
    pub(super) fn events_about<'v>(
        &'v self,
        association: &'v Association,
        kind: EventKind,
    ) -> impl Iterator<Item = &'a Event> + 'v {
        let package = association.package.as_ref().map(|package| &package.package);
        [
            Some(&association.source),
            association.destination(),
            package,
        ]
        .into_iter()
        .flatten()
        .filter_map(|entity| self.events.get(entity))
        .flatten()
        .copied()
        .filter(move |event| {
            event.id.key.kind == kind && association.concerned_by(&event.id.key.entities)
        })
    }

    /// Whether this was made through us so lately that the reading need not show it.
    pub(super) fn may_not_show(
        &self,
        index: &Index<'_>,
        entity: &EntityRef,
        variable: Option<&str>,
    ) -> bool {
        self.made.get(&(entity, variable)).is_some_and(|made| {
            index.observation().taken_at.duration_since(*made) < self.policy.visibility
        })
    }

    /// Whether this was created through us.
    pub(super) fn was_made(&self, entity: &EntityRef) -> bool {
        self.made.contains_key(&(entity, None))
    }

    /// Whether an entity is not listed and was absent from two looks, the grace period apart.
    pub(super) fn is_confirmed_absent(&self, index: &Index<'_>, entity: &EntityRef) -> bool {
        index.organization(entity).is_none()
            && self.state.absence(entity).is_some_and(|absence| {
                absence.latest.duration_since(absence.first) >= self.policy.grace
            })
    }

    /// Whether the whole account has a variable of this name; `Err` says why that is not known.
    pub(super) fn account_has_variable(&self, name: &str) -> Result<bool, String> {
        if self
            .source
            .variables(&self.account)
            .iter()
            .any(|variable| variable.name == name)
        {
            return Ok(true);
        }
        match unread(self.source.reading(&self.account, Sort::Variables)) {
            None => Ok(false),
            Some(why) => Err(format!("the listing of the account's variables {why}")),
        }
    }

    /// A site for a person: name and id.
    pub(super) fn site(&self, association: &Association) -> String {
        let listed = self
            .source
            .organization(&association.source)
            .map(|site| site.name.as_str());
        named(
            &association.source,
            listed.or(association.source_name.as_deref()),
        )
    }

    /// A company for a person: name and id.
    pub(super) fn company(&self, company: &EntityRef, association: &Association) -> String {
        let recorded = association
            .destination_name
            .as_deref()
            .filter(|_| association.destination() == Some(company));
        named(
            company,
            self.destination
                .organization(company)
                .map(|company| company.name.as_str())
                .or(recorded),
        )
    }

    /// The destination of an association for a person, made or not.
    pub(super) fn target(&self, association: &Association) -> String {
        match &association.target {
            Target::Existing(company) => self.company(company, association),
            Target::New { name, .. } => format!("the new company {name:?}"),
        }
    }

    /// What a variable's value stands for, for a person: the package and company that it points to.
    pub(super) fn points_to(&self, value: Fingerprint) -> String {
        match self.links.get(&value) {
            Some(package) => {
                let company = self
                    .destination
                    .organization(&package.company)
                    .map(|company| company.name.as_str());
                format!(
                    "the link of package {:?} of {}",
                    package.name,
                    named(&package.company, company)
                )
            }
            None => format!("a value ({value:?}) that is no installation link that was read"),
        }
    }
}

/// An entity for a person.
pub(super) fn named(entity: &EntityRef, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{} {name:?} ({})", entity.kind, entity.id),
        None => format!("{} {}", entity.kind, entity.id),
    }
}

/// Why a reading allows no conclusion from absence, as the end of a sentence about the listing.
pub(super) fn unread(reading: Reading<'_>) -> Option<String> {
    match reading {
        Reading::Complete => None,
        Reading::Partial(reason) => Some(format!("was read in part: {reason}")),
        Reading::Missing => Some("was not read".to_owned()),
    }
}

/// Who keeps a site or company that several associations claim: what is in use before what is only wanted, then the
/// earlier decision.
fn claim_rank(association: &Association) -> (u8, AssociationId) {
    let rank = match association.status {
        AssociationStatus::Established
        | AssociationStatus::Leaving
        | AssociationStatus::LeavingWithCompany
        | AssociationStatus::LeavingRecordOnly => 0,
        AssociationStatus::Wanted if association.package.is_some() => 1,
        AssociationStatus::Wanted => 2,
    };
    (rank, association.id)
}

/// An event that waits, or a reading under another scope than the accepted one: both forbid conclusions.
fn shifted(state: &State, index: &Index<'_>) -> Option<String> {
    let scope = &index.observation().scope;
    let event = state.events().any(|event| {
        event.id.key.kind == EventKind::VisibilityChanged
            && event.is_listed()
            && event
                .id
                .key
                .entities
                .iter()
                .any(|entity| entity.instance == scope.instance)
    });
    let differs = state
        .accepted_scope(&scope.instance)
        .is_some_and(|accepted| accepted != scope.digest());
    (event || differs).then(|| {
        format!(
            "what the credentials may see at {} has changed and was not accepted yet",
            scope.instance
        )
    })
}
