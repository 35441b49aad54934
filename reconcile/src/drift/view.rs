//! One side as a whole: what is linked there, what of it is missing, and whether that allows conclusions.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::{DriftInput, Event, EventKey, EventKind, EventStatus, Hold, HoldReason, Side};
use crate::identity::{EntityRef, Fingerprint, Instance};
use crate::inventory::{Index, Reading};
use crate::mapping::{TenantError, check_tenants};
use crate::state::{Association, AssociationStatus, State};

/// One side.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) side: Side,
    pub(super) index: &'a Index<'a>,
    pub(super) instance: &'a Instance,
    /// The digest of the scope of this reading.
    pub(super) scope: Fingerprint,
    /// The linked entities, with the associations that link them.
    pub(super) linked: BTreeMap<&'a EntityRef, Vec<&'a Association>>,
    /// Linked entities that no listing has though all were read whole, and that are not still pending.
    pub(super) missing: BTreeSet<&'a EntityRef>,
    pub(super) visibility: Visibility,
}

/// Whether what can be seen has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visibility {
    Changed(HoldReason),
    Same,
    /// Not all was read, so it cannot be said how much vanished.
    Unknown,
}

impl<'a> View<'a> {
    pub(super) fn new(input: &DriftInput<'a>, side: Side) -> Result<Self, TenantError> {
        let binding = check_tenants(input.state, input.source, input.destination)?;
        let (index, instance) = match side {
            Side::Source => (input.source, &binding.source),
            Side::Destination => (input.destination, &binding.destination),
        };
        let mut view = Self {
            side,
            index,
            instance,
            scope: index.observation().scope.digest(),
            linked: BTreeMap::new(),
            missing: BTreeSet::new(),
            visibility: Visibility::Same,
        };
        for association in input
            .state
            .associations()
            .filter(|association| is_watched(association, side))
        {
            let entity = match side {
                Side::Source => Some(&association.source),
                Side::Destination => association.destination(),
            };
            if let Some(entity) = entity {
                view.linked.entry(entity).or_default().push(association);
            }
        }
        let unlisted: BTreeSet<&'a EntityRef> = view
            .linked
            .iter()
            .filter(|(entity, _)| index.organization(entity).is_none())
            .filter(|(_, associations)| {
                associations
                    .iter()
                    .any(|link| settling(input, index, link).is_none())
            })
            .map(|(entity, _)| *entity)
            .collect();
        view.visibility = view.judge(input, &unlisted);
        if index.organizations_reading() == Reading::Complete {
            view.missing = unlisted;
        }
        Ok(view)
    }

    fn judge(&self, input: &DriftInput<'_>, unlisted: &BTreeSet<&EntityRef>) -> Visibility {
        let accepted = input.state.accepted_scope(self.instance);
        if accepted.is_some_and(|accepted| accepted != self.scope) {
            return Visibility::Changed(HoldReason::Scope);
        }
        // A person accepted whatever this reading shows, and no reading was taken as the baseline since.
        if accepted.is_none() && self.was_accepted(input.state) {
            return Visibility::Same;
        }
        let gone = unlisted
            .iter()
            .filter(|entity| !self.is_known_missing(input.state, entity))
            .count();
        if !input.policy.vanishing.exceeded(gone, self.linked.len()) {
            return Visibility::Same;
        }
        match self.index.organizations_reading() {
            Reading::Complete => Visibility::Changed(HoldReason::Vanished {
                gone,
                of: self.linked.len(),
            }),
            Reading::Partial(_) | Reading::Missing => Visibility::Unknown,
        }
    }

    pub(super) fn key(&self) -> EventKey {
        EventKey {
            kind: EventKind::VisibilityChanged,
            entities: vec![self.instance.root()],
        }
    }

    pub(super) fn hold(&self) -> Option<Hold> {
        match self.visibility {
            Visibility::Changed(reason) => Some(Hold {
                side: self.side,
                instance: self.instance.clone(),
                reason,
            }),
            Visibility::Same | Visibility::Unknown => None,
        }
    }

    fn was_accepted(&self, state: &State) -> bool {
        state.event(&self.key()).is_some_and(|event| {
            event.status == EventStatus::Resolved && event.answer == Some(super::Action::Accept)
        })
    }

    /// Whether the absence was told before, so that it does not count as vanishing at once with others.
    fn is_known_missing(&self, state: &State, entity: &EntityRef) -> bool {
        let told = |association: &&Association| {
            let kinds = match self.side {
                Side::Source => [EventKind::SourceNotVisible, EventKind::SourceDeleted],
                Side::Destination => [
                    EventKind::DestinationNotVisible,
                    EventKind::DestinationDeleted,
                ],
            };
            kinds.into_iter().any(|kind| {
                pair_key(kind, association)
                    .and_then(|key| state.event(&key))
                    .is_some_and(is_current)
            })
        };
        state.absence(entity).is_some() || self.linked.get(entity).into_iter().flatten().any(told)
    }
}

/// Whether an event's condition held when it was last looked at.
pub(super) fn is_current(event: &Event) -> bool {
    match event.status {
        EventStatus::Open | EventStatus::Ignored | EventStatus::Resolving => true,
        EventStatus::Resolved | EventStatus::Cleared => false,
    }
}

/// The event of a kind about an association that has a destination.
pub(super) fn pair_key(kind: EventKind, association: &Association) -> Option<EventKey> {
    let destination = association.destination()?;
    Some(EventKey {
        kind,
        entities: vec![association.source.clone(), destination.clone()],
    })
}

/// Whether drift looks at this side of an association.
fn is_watched(association: &Association, side: Side) -> bool {
    match association.status {
        AssociationStatus::Wanted | AssociationStatus::Established => {
            association.destination().is_some()
        }
        // Answered as gone for good, which a site that is back would contradict.
        AssociationStatus::LeavingWithCompany | AssociationStatus::LeavingRecordOnly => {
            side == Side::Source
        }
        AssociationStatus::Leaving => false,
    }
}

/// Why nothing can be said yet of what is missing from an association, if so.
pub(super) fn settling(
    input: &DriftInput<'_>,
    index: &Index<'_>,
    association: &Association,
) -> Option<&'static str> {
    let since: SignedDuration = input.now.duration_since(association.changed_at);
    if is_stale(index, association) {
        Some("it was read before the association last changed")
    } else if since < input.policy.visibility {
        Some("it was changed a moment ago and may not show yet")
    } else {
        None
    }
}

/// Whether a reading is older than what it is compared with.
pub(super) fn is_stale(index: &Index<'_>, association: &Association) -> bool {
    index.observation().taken_at < association.changed_at
}
