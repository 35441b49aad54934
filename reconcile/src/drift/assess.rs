//! Assessment: conditions become entries for the log, as far as the log does not know them yet.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::{Conditions, Facts, Truth};
use super::looks::Looks;
use super::view::{View, Visibility, is_current};
use super::{Assessment, DriftInput, Event, EventKey, EventKind, EventStatus, Side, Undecided};
use crate::execution::{Finding, Probe};
use crate::identity::EntityRef;
use crate::inventory::Reading;
use crate::mapping::TenantError;
use crate::state::{Body, State};

/// Gives the entries to log for what was read and what the probes of [`nominate`](super::nominate) found.
///
/// `findings` pairs each probe with its finding, in any order; a probe that was not run is simply missing, which never
/// counts as an absence. Over unchanged facts and findings, an assessment after its entries were absorbed gives none,
/// until the grace period has passed.
///
/// # Errors
///
/// [`TenantError`] if the state is bound to no tenants, or to others than were read.
pub fn assess<'a>(
    input: &DriftInput<'a>,
    findings: &'a [(Probe, Finding)],
) -> Result<Assessment, TenantError> {
    let source = View::new(input, Side::Source)?;
    let destination = View::new(input, Side::Destination)?;
    let (source_looks, destination_looks) = (
        Looks::new(&source, findings),
        Looks::new(&destination, findings),
    );
    let facts = Facts {
        input,
        source: &source,
        destination: &destination,
        source_looks: &source_looks,
        destination_looks: &destination_looks,
        links: &crate::mapping::packages_by_link(input.destination),
    };
    let mut conditions = Conditions::new();
    facts.associations(&mut conditions);
    facts.shared_destinations(&mut conditions);
    facts.missing_associations(&mut conditions);
    for view in [&source, &destination] {
        conditions.insert(view.key(), visibility(view));
    }
    abandoned(input.state, &mut conditions);

    let mut assessment = Assessment::default();
    let sides = [(&source, &source_looks), (&destination, &destination_looks)];
    assessment
        .holds
        .extend(sides.iter().filter_map(|(view, _)| view.hold()));
    assessment.bodies.extend(
        sides
            .iter()
            .filter_map(|(view, looks)| seen(input.state, view, looks)),
    );
    for (view, looks) in sides {
        let confirming = confirming(input.state, view, &conditions);
        assessment
            .bodies
            .extend(looks.bodies(input, view, &confirming));
    }
    let (mut cleared, mut raised) = (Vec::new(), Vec::new());
    for (key, truth) in conditions {
        let event = input.state.event(&key);
        match truth {
            Truth::True(detail) if is_news(event, &detail) => {
                raised.push(Body::Raised { key, detail });
            }
            Truth::False if is_clearable(event, input.state) => cleared.push(Body::Cleared { key }),
            Truth::Unknown(Some(why)) => assessment.undecided.push(Undecided { key, why }),
            Truth::True(_) | Truth::False | Truth::Unknown(None) => {}
        }
    }
    assessment.bodies.extend(named(input, &raised));
    assessment.bodies.extend(cleared);
    assessment.bodies.extend(raised);
    Ok(assessment)
}

/// The names of organisations that events tell of, as far as neither an association nor the log has them so.
fn named(input: &DriftInput<'_>, raised: &[Body]) -> Option<Body> {
    let is_linked = |entity: &EntityRef| {
        let mut associations = input.state.associations();
        associations.any(|association| association.name_of(entity).is_some())
    };
    let raised = raised.iter().filter_map(|body| match body {
        Body::Raised { key, .. } => Some(key),
        _ => None,
    });
    let listed = input.state.events().filter(|event| event.is_listed());
    let entities: BTreeSet<&EntityRef> = listed
        .map(|event| &event.id.key)
        .chain(raised)
        .flat_map(|key| &key.entities)
        .collect();
    let mut names = BTreeMap::new();
    for entity in entities {
        let organization = input
            .source
            .organization(entity)
            .or_else(|| input.destination.organization(entity));
        if let Some(organization) = organization
            && input.state.name_of(entity) != Some(&organization.name)
            && !is_linked(entity)
        {
            names.insert(entity.clone(), organization.name.clone());
        }
    }
    (!names.is_empty()).then_some(Body::Named { names })
}

/// Whether what can be seen has changed.
fn visibility(view: &View<'_>) -> Truth {
    match view.visibility {
        Visibility::Changed(_) => {
            Truth::True(view.hold().map(|hold| hold.to_string()).unwrap_or_default())
        }
        Visibility::Same => Truth::False,
        Visibility::Unknown => Truth::Unknown(Some(
            "not all was read, so it cannot be said how much vanished".to_owned(),
        )),
    }
}

/// Events of associations that are no more are false: there is nothing left that could be missing.
fn abandoned(state: &State, conditions: &mut Conditions) {
    for event in state.events() {
        let key = &event.id.key;
        if !is_current(event) || conditions.contains_key(key) {
            continue;
        }
        let is_over = match key.kind {
            // Waits for its answer as long as anything waits for the company.
            EventKind::DestinationCreation => {
                let site = key.entities.first();
                let waits = |source: &EntityRef| {
                    state
                        .associations_of(source)
                        .any(|association| association.destination().is_none())
                };
                !site.is_some_and(waits)
            }
            EventKind::SharedDestination => true,
            // The answer is carried out under another company, or not at all.
            _ if event.status == EventStatus::Resolving => key
                .entities
                .first()
                .is_none_or(|source| state.associations_of(source).next().is_none()),
            _ => !state
                .associations()
                .any(|association| association.concerned_by(&key.entities)),
        };
        if is_over {
            conditions.insert(key.clone(), Truth::False);
        }
    }
}

/// Whether the log does not know yet that the condition holds, or knows it with another detail.
fn is_news(event: Option<&Event>, detail: &str) -> bool {
    match event {
        None => true,
        Some(event) => match event.status {
            EventStatus::Resolved | EventStatus::Cleared => true,
            EventStatus::Open => event.detail != detail,
            EventStatus::Ignored | EventStatus::Resolving => false,
        },
    }
}

fn is_clearable(event: Option<&Event>, state: &State) -> bool {
    event.is_some_and(|event| match event.status {
        EventStatus::Open | EventStatus::Ignored => true,
        // While an apply runs, its own outcome decides.
        EventStatus::Resolving => state.execution().is_none(),
        EventStatus::Resolved | EventStatus::Cleared => false,
    })
}

/// The linked entities that were seen under a scope that the state does not know yet, and the baseline.
fn seen(state: &State, view: &View<'_>, looks: &Looks<'_>) -> Option<Body> {
    let is_new = state.accepted_scope(view.instance).is_none();
    if is_new {
        // A baseline is taken only where nothing stands against it, else what is missing would count as never there.
        let is_sound = view.index.organizations_reading() == Reading::Complete
            && view.visibility == Visibility::Same
            && looks.is_sound_for(view);
        if !is_sound || view.linked.is_empty() {
            return None;
        }
    }
    let entities: Vec<EntityRef> = view
        .linked
        .keys()
        .filter(|entity| view.index.organization(entity).is_some())
        .filter(|entity| {
            state.seen_under(entity) != Some(view.scope) || state.absence(entity).is_some()
        })
        .map(|entity| (*entity).clone())
        .collect();
    let scope = view.index.observation().scope.clone();
    (is_new || !entities.is_empty()).then_some(Body::Seen { scope, entities })
}

/// The entities whose absence is being raised as a deletion now.
fn confirming<'a>(
    state: &State,
    view: &View<'a>,
    conditions: &BTreeMap<EventKey, Truth>,
) -> Vec<&'a EntityRef> {
    let kind = match view.side {
        Side::Source => EventKind::SourceDeleted,
        Side::Destination => EventKind::DestinationDeleted,
    };
    let mut entities: BTreeSet<&EntityRef> = BTreeSet::new();
    for (key, truth) in conditions.iter().filter(|(key, _)| key.kind == kind) {
        if let Truth::True(detail) = truth
            && is_news(state.event(key), detail)
        {
            entities.extend(&key.entities);
        }
    }
    view.missing
        .iter()
        .copied()
        .filter(|entity| entities.contains(entity))
        .collect()
}
