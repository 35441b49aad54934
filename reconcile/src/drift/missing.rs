//! Associations that the vendors, or the log, give evidence of and the state does not know.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::{Conditions, Facts, Truth};
use super::view::{Visibility, is_current};
use super::{EventKey, EventKind};
use crate::identity::EntityRef;
use crate::inventory::{Organization, Reading, Sort, VariableValue};
use crate::mapping::{left_out, link_evidence};
use crate::state::{Association, AssociationStatus, Decision, State, Target};

/// The associations by who they link; the first of several.
struct Users<'s> {
    by_source: BTreeMap<&'s EntityRef, &'s Association>,
    by_destination: BTreeMap<&'s EntityRef, &'s Association>,
}

impl<'s> Users<'s> {
    fn new(state: &'s State) -> Self {
        let mut users = Self {
            by_source: BTreeMap::new(),
            by_destination: BTreeMap::new(),
        };
        for association in state.associations() {
            users
                .by_source
                .entry(&association.source)
                .or_insert(association);
            if let Some(destination) = association.destination() {
                users
                    .by_destination
                    .entry(destination)
                    .or_insert(association);
            }
        }
        users
    }
}

impl<'a> Facts<'_, 'a> {
    /// Adds a condition for every pair with evidence, and for every pair of which an event is current.
    pub(super) fn missing_associations(&self, conditions: &mut Conditions) {
        let users = Users::new(self.input.state);
        let mut evidence: BTreeMap<(&'a EntityRef, &'a EntityRef), String> = BTreeMap::new();
        for pair in self.half_made(&users) {
            let detail = "the company was made through us for this site, but nothing links the two";
            evidence.insert(pair, detail.to_owned());
        }
        let (source, destination) = (self.input.source, self.input.destination);
        for pair in link_evidence(source, destination, &self.input.policy.variable) {
            let detail = format!(
                "the variable {:?} of the site holds the installation link of package {:?} of the company",
                self.input.policy.variable, pair.package.name
            );
            evidence.insert((pair.site, pair.company), detail);
        }
        let current: Vec<_> = self
            .input
            .state
            .events()
            .filter(|event| event.id.key.kind == EventKind::AssociationMissing && is_current(event))
            .filter_map(|event| match event.id.key.entities.as_slice() {
                [site, company] => Some((site, company)),
                _ => None,
            })
            .collect();
        let pairs: BTreeSet<(&EntityRef, &EntityRef)> =
            evidence.keys().copied().chain(current).collect();
        for (site, company) in pairs {
            let found = evidence.get(&(site, company)).map(String::as_str);
            let truth = self.is_missing(&users, site, company, found);
            let entities = vec![site.clone(), company.clone()];
            conditions.insert(
                EventKey {
                    kind: EventKind::AssociationMissing,
                    entities,
                },
                truth,
            );
        }
    }

    fn is_missing(
        &self,
        users: &Users<'_>,
        site: &EntityRef,
        company: &EntityRef,
        evidence: Option<&str>,
    ) -> Truth {
        let state = self.input.state;
        if let Some(association) = users.by_source.get(site) {
            // While the answer is carried out, the association is not yet what the event missed.
            let is_the_pair = association.destination() == Some(company);
            return if is_the_pair && association.status != AssociationStatus::Established {
                Truth::Unknown(None)
            } else {
                Truth::False
            };
        }
        let Some(evidence) = evidence else {
            return self.no_evidence(site, company);
        };
        let pair = (site.clone(), company.clone());
        let refused = state.ignored().contains(site)
            || state.parted().contains(&pair)
            || state.kept_separate().contains(&pair);
        if refused {
            // The evidence is there, and a person said what to make of it.
            return Truth::Unknown(None);
        }
        match users
            .by_destination
            .get(company)
            .filter(|_| !self.input.policy.many_sites_to_one_company)
        {
            Some(association) => Truth::True(format!(
                "{evidence}; but the company is mapped to another site, {} ({})",
                association.source.id, association.id
            )),
            None => Truth::True(evidence.to_owned()),
        }
    }

    /// Whether it is certain that there is no evidence, or only that none was seen.
    fn no_evidence(&self, site: &EntityRef, company: &EntityRef) -> Truth {
        let (source, destination) = (self.input.source, self.input.destination);
        let held = source
            .variables(site)
            .iter()
            .find(|held| held.name == self.input.policy.variable);
        let site_is_read = source.reading(site, Sort::Variables) == Reading::Complete
            && held.is_none_or(|held| held.value != VariableValue::Masked);
        let packages = destination.packages(company);
        let company_is_read = destination.reading(company, Sort::Packages) == Reading::Complete
            && packages.iter().all(|package| package.link.is_some());
        let holds = |side: Visibility| matches!(side, Visibility::Changed(_));
        if site_is_read
            && (held.is_none() || company_is_read)
            && destination.organizations_reading() == Reading::Complete
            && !holds(self.source.visibility)
            && !holds(self.destination.visibility)
        {
            Truth::False
        } else {
            Truth::Unknown(Some(
                "not everything that would be evidence was read".to_owned(),
            ))
        }
    }

    /// Companies that were made through us and that nothing uses, with the sites that they were made for.
    fn half_made(&self, users: &Users<'_>) -> Vec<(&'a EntityRef, &'a EntityRef)> {
        let state = self.input.state;
        let made: BTreeMap<&'a EntityRef, &'a Organization> = state
            .made()
            .iter()
            .filter(|made| {
                made.variable.is_none() && !users.by_destination.contains_key(&made.entity)
            })
            .filter_map(|made| self.input.destination.organization(&made.entity))
            .filter(|company| left_out(company.role).is_none())
            .map(|company| (&company.entity, company))
            .collect();
        if made.is_empty() {
            return Vec::new();
        }
        let sites: Vec<&'a Organization> = self
            .input
            .source
            .organizations()
            .filter(|site| {
                left_out(site.role).is_none() && !users.by_source.contains_key(&site.entity)
            })
            .collect();
        let by_package: BTreeMap<String, &'a EntityRef> = sites
            .iter()
            .map(|site| (self.input.policy.package_name(&site.entity), &site.entity))
            .collect();
        let open: BTreeMap<&EntityRef, &'a EntityRef> = sites
            .iter()
            .map(|site| (&site.entity, &site.entity))
            .collect();
        let mut pairs = BTreeSet::new();
        for (entity, company) in made {
            for package in self.input.destination.packages(entity) {
                pairs.extend(by_package.get(&package.name).map(|site| (*site, entity)));
            }
            for record in state.decisions() {
                if let Decision::Associate {
                    source,
                    target: Target::New { name, .. },
                } = &record.decision
                    && *name == company.name
                {
                    pairs.extend(open.get(source).map(|site| (*site, entity)));
                }
            }
        }
        pairs.into_iter().collect()
    }
}
