//! Events as a list shows them.

use jiff::Timestamp;

use super::{Action, ActionKind, Event, EventKind, EventStatus};
use crate::identity::EntityRef;
use crate::state::State;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// A source organisation.
    Source,
    /// A destination organisation.
    Destination,
    /// The link between the two.
    Association,
    /// A whole tenant.
    Tenant,
}

/// One row of the list of events.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EventRow<'s> {
    /// The event itself.
    pub event: &'s Event,
    /// What it is about.
    pub subject: Subject,
    /// The sort of discrepancy.
    pub kind: EventKind,
    /// The source organisations, usually one.
    pub sources: Vec<&'s EntityRef>,
    /// The name of the first of them, as it was recorded when it was linked or, before that, when a decision or an event
    /// was last about it.
    pub source_name: Option<&'s str>,
    /// The destination organisation, or the tenant.
    pub destination: Option<&'s EntityRef>,
    /// Its name, as it was recorded in the same way.
    pub destination_name: Option<&'s str>,
    /// When this occurrence was raised.
    pub generated: Timestamp,
    /// The actions that may be chosen now, primary ones first; none while an answer is carried out.
    pub actions: &'static [ActionKind],
    /// The last answer. An event that was answered with move stays listed.
    pub answer: Option<&'s Action>,
}

/// The events that wait for an answer or are being resolved, oldest first.
///
/// ```
/// use reconcile::drift::{ActionKind, EventKey, EventKind, listed_rows};
/// use reconcile::identity::{Instance, Kind, Vendor};
/// use reconcile::state::{Body, State};
///
/// let rmm = Instance::new(Vendor::new("datto-rmm"), "merlot/abc123");
/// let gravityzone = Instance::new(Vendor::new("gravityzone"), "cloud/0001");
/// let entities = vec![rmm.entity(Kind::SITE, "s1"), gravityzone.entity(Kind::COMPANY, "c1")];
/// let now = "2026-11-21T08:00:00Z".parse().unwrap();
/// let mut state = State::new();
/// state.absorb(&state.entry(Body::Bound { source: rmm, destination: gravityzone }, "setup", now))?;
/// let key = EventKey { kind: EventKind::DestinationMoved, entities };
/// state.absorb(&state.entry(Body::Raised { key, detail: "moved".into() }, "drift", now))?;
///
/// let rows = listed_rows(&state);
/// assert_eq!(rows[0].actions, [ActionKind::Move, ActionKind::Ignore]);
/// assert_eq!(rows[0].sources[0].id, "s1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn listed_rows(state: &State) -> Vec<EventRow<'_>> {
    rows(state, Event::is_listed)
}

/// The events that were answered with ignore and still hold, oldest first. Taking the answer back lists them again.
pub fn ignored_rows(state: &State) -> Vec<EventRow<'_>> {
    rows(state, |event| event.status == EventStatus::Ignored)
}

fn rows(state: &State, wanted: impl Fn(&Event) -> bool) -> Vec<EventRow<'_>> {
    let mut rows: Vec<_> = state
        .events()
        .filter(|event| wanted(event))
        .map(|event| row(state, event))
        .collect();
    rows.sort_by(|a, b| (a.generated, &a.event.id).cmp(&(b.generated, &b.event.id)));
    rows
}

fn row<'s>(state: &'s State, event: &'s Event) -> EventRow<'s> {
    let kind = event.id.key.kind;
    let is_source = |entity: &EntityRef| {
        state
            .binding()
            .is_some_and(|binding| entity.instance == binding.source)
    };
    let (sources, others): (Vec<_>, Vec<_>) = event
        .id
        .key
        .entities
        .iter()
        .partition(|entity| is_source(entity));
    let destination = others.first().copied();
    let association = sources.first().and_then(|source| {
        let mut associations = state.associations_of(source);
        associations.find(|association| {
            destination.is_none()
                || association.destination() == destination
                || association.destination().is_none()
        })
    });
    EventRow {
        event,
        subject: subject(kind),
        kind,
        source_name: association
            .and_then(|association| association.source_name.as_deref())
            .or_else(|| state.name_of(sources.first()?)),
        sources,
        destination,
        destination_name: association
            .and_then(|association| association.destination_name.as_deref())
            .or_else(|| state.name_of(destination?)),
        generated: event.raised_at,
        actions: if event.status == EventStatus::Open {
            kind.actions()
        } else {
            &[]
        },
        answer: event.answer.as_ref(),
    }
}

fn subject(kind: EventKind) -> Subject {
    match kind {
        EventKind::SourceDeleted
        | EventKind::SourceNotVisible
        | EventKind::SiteOnDemand
        | EventKind::SourceRenamed
        | EventKind::VariableMissing
        | EventKind::VariableChanged
        | EventKind::VariableUnverifiable => Subject::Source,
        EventKind::DestinationCreation
        | EventKind::DestinationMoved
        | EventKind::DestinationDeleted
        | EventKind::DestinationNotVisible
        | EventKind::NoLongerManaged
        | EventKind::PackageMissing
        | EventKind::PackageRenamed
        | EventKind::PackageChanged
        | EventKind::CompanySuspended
        | EventKind::DestinationRenamed
        | EventKind::SubscriptionLacksModule => Subject::Destination,
        EventKind::AssociationMissing | EventKind::SharedDestination => Subject::Association,
        EventKind::VisibilityChanged => Subject::Tenant,
    }
}

/// What an action does to an event of a kind, for a person to read before confirming; `None` if the kind does not
/// offer it.
///
/// ```
/// use reconcile::drift::{ActionKind, EventKind, effect};
///
/// let text = effect(EventKind::SourceDeleted, ActionKind::Delete).unwrap();
/// assert!(text.contains("deletes the company"));
/// assert_eq!(effect(EventKind::SourceDeleted, ActionKind::Create), None);
/// ```
pub fn effect(kind: EventKind, action: ActionKind) -> Option<&'static str> {
    use ActionKind::{Accept, Associate, Create, Delete, Ignore, Keep, Move, Recreate, Restore};
    if !kind.actions().contains(&action) {
        return None;
    }
    Some(match (kind, action) {
        (_, Create) => "plans to make the company under the name that you give",
        (_, Recreate) => {
            "plans to make the company again under the same partner, with the subscription of the policy and a new \
             package, and to update the site variable; agents that are installed stay with the old company"
        }
        (_, Move) => "moves nothing; the event stays listed",
        (_, Associate) => "plans to link the two again",
        (EventKind::SiteOnDemand, Delete) => "plans to drop the association; the company stays",
        (_, Delete) => "plans to drop the association and deletes the company for good",
        (EventKind::SiteOnDemand, Keep) => "keeps the association and hides the event",
        (_, Keep) => "plans to drop the association; the company stays",
        (EventKind::PackageMissing, Restore) => {
            "plans to make a new package and to update the site variable"
        }
        (_, Restore) => "plans to set the site variable to the installation link again",
        (EventKind::VisibilityChanged, Accept) => {
            "takes what can be seen now as right; what is missing is then looked at one by one"
        }
        (EventKind::PackageChanged, Accept) => "records the modules as they are now",
        (_, Accept) => "records the name as it is now",
        (EventKind::DestinationCreation, Ignore) => "makes nothing; the site can be mapped anew",
        (EventKind::AssociationMissing, Ignore) => "makes no link and hides the event",
        (_, Ignore) => "hides the event and keeps the association",
    })
}
