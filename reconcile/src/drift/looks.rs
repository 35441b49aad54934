//! What looks by id came to, entity by entity.

use std::collections::BTreeMap;

use super::view::{View, Visibility};
use super::{DriftInput, Side};
use crate::execution::{DestinationProbe, Finding, Probe, SourceProbe};
use crate::identity::EntityRef;
use crate::inventory::{Organization, Reading};
use crate::state::Body;

/// What can be said of the presence of one linked entity.
#[derive(Debug, Clone, Copy)]
pub(super) enum Presence<'a> {
    /// It is listed.
    Listed(&'a Organization),
    /// It is not listed, but there: it can be read by its id.
    Hidden(&'a Organization),
    /// It is neither listed nor found by its id.
    Gone {
        /// An earlier look found the same, long enough ago and under the same rights.
        confirmed: bool,
    },
    /// It is not listed, and a look by its id told nothing.
    Unlisted,
    /// Nothing can be said.
    Unknown(&'a str),
}

impl<'a> Presence<'a> {
    /// The entity as it was read, in a listing or by its id.
    pub(super) fn organization(self) -> Option<&'a Organization> {
        match self {
            Self::Listed(organization) | Self::Hidden(organization) => Some(organization),
            Self::Gone { .. } | Self::Unlisted | Self::Unknown(_) => None,
        }
    }
}

/// What one look by id came to.
#[derive(Debug, Clone, Copy)]
enum Look<'a> {
    Absent,
    Unknown,
    Present(&'a Organization),
}

/// The looks at one side.
#[derive(Debug)]
pub(super) struct Looks<'a> {
    /// Whether a control call succeeded at the right tenant, and none went wrong.
    control: bool,
    by_entity: BTreeMap<&'a EntityRef, Look<'a>>,
}

impl<'a> Looks<'a> {
    pub(super) fn new(view: &View<'_>, findings: &'a [(Probe, Finding)]) -> Self {
        let mut controls = findings
            .iter()
            .filter(|(probe, _)| is_control(view.side, probe))
            .peekable();
        let any = controls.peek().is_some();
        let sound = controls
            .all(|(_, finding)| matches!(finding, Finding::Control(at) if at == view.instance));
        let mut by_entity: BTreeMap<&'a EntityRef, Look<'a>> = BTreeMap::new();
        for (probe, finding) in findings {
            let Some(entity) = looked_at(view.side, probe) else {
                continue;
            };
            let look = match finding {
                Finding::Organization(None) => Look::Absent,
                Finding::Organization(Some(found)) if found.entity == *entity => {
                    Look::Present(found)
                }
                // A failed look, or an answer to another question.
                _ => Look::Unknown,
            };
            let known = by_entity.entry(entity).or_insert(look);
            *known = stronger(*known, look);
        }
        Self {
            control: any && sound,
            by_entity,
        }
    }

    /// Whether the baseline may be taken from this reading: nothing is missing, or what is could be looked at.
    pub(super) fn is_sound_for(&self, view: &View<'_>) -> bool {
        view.missing.is_empty() || self.control
    }

    /// What can be said of the presence of a linked entity.
    pub(super) fn presence(
        &self,
        input: &DriftInput<'a>,
        view: &View<'a>,
        entity: &'a EntityRef,
    ) -> Presence<'a> {
        if let Some(organization) = view.index.organization(entity) {
            return Presence::Listed(organization);
        }
        match view.index.organizations_reading() {
            Reading::Partial(why) => return Presence::Unknown(why),
            Reading::Missing => return Presence::Unknown("no listing of organisations was read"),
            Reading::Complete => {}
        }
        if matches!(view.visibility, Visibility::Changed(_)) {
            return Presence::Unknown("what can be seen has changed");
        }
        if !view.missing.contains(entity) {
            return Presence::Unknown("it was changed a moment ago and may not show yet");
        }
        if !self.control {
            return Presence::Unknown("no control call succeeded beside the look");
        }
        match self.by_entity.get(entity) {
            Some(Look::Present(organization)) => Presence::Hidden(organization),
            Some(Look::Absent) => Presence::Gone {
                confirmed: is_confirmed(input, view, entity),
            },
            Some(Look::Unknown) | None => Presence::Unlisted,
        }
    }

    /// The looks that the log needs: the first that finds nothing, the one that confirms it, and one that finds the
    /// entity after all.
    pub(super) fn bodies(
        &self,
        input: &DriftInput<'a>,
        view: &View<'a>,
        confirming: &[&EntityRef],
    ) -> Vec<Body> {
        let looked = |entity: &&'a EntityRef| {
            let known = input.state.absence(entity).is_some();
            let present = match self.presence(input, view, entity) {
                Presence::Gone { .. } if !known || confirming.contains(entity) => false,
                Presence::Hidden(_) if known => true,
                _ => return None,
            };
            Some(Body::Looked {
                entity: (*entity).clone(),
                present,
            })
        };
        view.missing.iter().filter_map(looked).collect()
    }
}

/// Whether an absence that is found now was found before, long enough ago and under the same rights.
fn is_confirmed(input: &DriftInput<'_>, view: &View<'_>, entity: &EntityRef) -> bool {
    let same_rights = input
        .state
        .seen_under(entity)
        .is_none_or(|scope| scope == view.scope);
    let absence = input.state.absence(entity);
    same_rights
        && absence
            .is_some_and(|absence| input.now.duration_since(absence.first) >= input.policy.grace)
}

/// Of two looks at one entity, the one that counts: found once is found, and doubt is no absence.
fn stronger<'a>(a: Look<'a>, b: Look<'a>) -> Look<'a> {
    match (a, b) {
        (Look::Present(a), Look::Present(b)) => {
            let key =
                |row: &Organization| (row.name.clone(), row.partner.clone(), row.parent.clone());
            Look::Present(if key(b) < key(a) { b } else { a })
        }
        (Look::Present(found), _) | (_, Look::Present(found)) => Look::Present(found),
        (Look::Unknown, _) | (_, Look::Unknown) => Look::Unknown,
        (Look::Absent, Look::Absent) => Look::Absent,
    }
}

fn is_control(side: Side, probe: &Probe) -> bool {
    match (side, probe) {
        (Side::Source, Probe::Source(SourceProbe::Control))
        | (Side::Destination, Probe::Destination(DestinationProbe::Control)) => true,
        (Side::Source | Side::Destination, Probe::Source(_) | Probe::Destination(_)) => false,
    }
}

fn looked_at(side: Side, probe: &Probe) -> Option<&EntityRef> {
    match (side, probe) {
        (Side::Source, Probe::Source(SourceProbe::Site(entity)))
        | (Side::Destination, Probe::Destination(DestinationProbe::Company(entity))) => {
            Some(entity)
        }
        (Side::Source | Side::Destination, Probe::Source(_) | Probe::Destination(_)) => None,
    }
}
