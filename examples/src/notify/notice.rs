//! Notices: what changed about an event.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reconcile::drift::{ActionKind, Event, EventKey, EventKind, EventStatus};
use reconcile::identity::{EntityRef, Fingerprint, Instance};
use reconcile::state::{AbsorbError, Body, Entry, EntryId, State};
use serde::{Deserialize, Serialize};

/// What changed about an event, for another system. Holds no secret: what was compared is kept as a fingerprint, which
/// is not shown either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Notice {
    /// The same whenever this notice is made or sent: derived from the event, its occurrence and the change. A receiver
    /// drops what it has.
    pub id: String,
    /// The same for all notices of one occurrence of an event, so that a receiver finds its ticket.
    pub event: String,
    /// What changed.
    pub change: Change,
    /// The sort of discrepancy.
    pub kind: EventKind,
    /// The same in a person's words.
    pub title: String,
    /// Which occurrence, from 1.
    pub occurrence: u32,
    /// The source organisations, usually one.
    pub sources: Vec<Party>,
    /// The destination organisation, or the tenant.
    pub destination: Option<Party>,
    /// What was seen, for a person.
    pub detail: String,
    /// When this occurrence was raised.
    pub raised_at: Timestamp,
    /// When the change was logged.
    pub changed_at: Timestamp,
    /// The entry of the log that made the change.
    pub entry: EntryId,
    /// The actions that may be chosen now, primary ones first.
    pub actions: Vec<ActionKind>,
}

/// What changed about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// It is there, for the first time or again.
    Raised,
    /// It is still there and something else is to be said of it.
    Updated,
    /// It was answered with ignore.
    Ignored,
    /// It was answered, and what the answer asks for is planned or under way.
    Resolving,
    /// What the answer asked for is done.
    Resolved,
    /// The condition went away by itself, or all records were wiped.
    Cleared,
    /// It waits for an answer again.
    Reopened,
}

/// An organisation or tenant that an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Party {
    /// The vendor and its tenant.
    pub tenant: String,
    /// What sort of thing it is, for example `site`.
    pub kind: String,
    /// The vendor's id.
    pub id: String,
    /// Its name as it was recorded when it was linked or, before that, when a decision or an event was last about it.
    pub name: Option<String>,
}

/// Follows a log and tells what each entry changes about events.
#[derive(Debug, Clone)]
pub struct Notices {
    state: State,
    events: BTreeMap<EventKey, Event>,
}

impl Notices {
    /// Begins after what the state has absorbed; [`State::new`] begins with the log.
    pub fn new(state: State) -> Self {
        let events = events(&state);
        Self { state, events }
    }

    /// What was absorbed so far.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Takes in the next entry and gives its notices, usually none or one. An entry that was absorbed before has none,
    /// and neither has a snapshot, which tells nothing new.
    ///
    /// ```
    /// use examples::notify::{Change, Notices};
    /// use reconcile::drift::{EventKey, EventKind};
    /// use reconcile::identity::{Instance, Kind, Vendor};
    /// use reconcile::state::{Body, State};
    ///
    /// let rmm = Instance::new(Vendor::new("datto-rmm"), "merlot/abc123");
    /// let gravityzone = Instance::new(Vendor::new("gravityzone"), "cloud/0001");
    /// let now = "2026-11-21T08:00:00Z".parse().unwrap();
    /// let key = EventKey { kind: EventKind::SourceDeleted, entities: vec![rmm.entity(Kind::SITE, "17")] };
    /// let bound = Body::Bound { source: rmm, destination: gravityzone };
    ///
    /// let mut notices = Notices::new(State::new());
    /// notices.absorb(&notices.state().entry(bound, "setup", now))?;
    /// let entry = notices.state().entry(Body::Raised { key, detail: "gone".into() }, "drift", now);
    /// let made = notices.absorb(&entry)?;
    /// assert_eq!(made[0].change, Change::Raised);
    /// assert_eq!(made[0].sources[0].id, "17");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An [`AbsorbError`] if the entry does not fit; nothing is changed then.
    pub fn absorb(&mut self, entry: &Entry) -> Result<Vec<Notice>, AbsorbError> {
        if !can_change_events(&entry.body) {
            self.state.absorb(entry)?;
            return Ok(Vec::new());
        }
        // A reset takes it away.
        let bound = self.state.binding().cloned();
        if !self.state.absorb(entry)? {
            return Ok(Vec::new());
        }
        let before = std::mem::replace(&mut self.events, events(&self.state));
        if matches!(entry.body, Body::Snapshot(_)) {
            return Ok(Vec::new());
        }
        let known = Known {
            state: &self.state,
            source: bound.map(|bound| bound.source),
            entry,
        };
        let changed = self.events.values().filter_map(|event| {
            let change = change(before.get(&event.id.key), event)?;
            Some(known.notice(event, change))
        });
        let wiped = before
            .values()
            .filter(|event| event.is_listed() && !self.events.contains_key(&event.id.key))
            .map(|event| known.notice(event, Change::Cleared));
        Ok(changed.chain(wiped).collect())
    }
}

fn events(state: &State) -> BTreeMap<EventKey, Event> {
    let keyed = |event: &Event| (event.id.key.clone(), event.clone());
    state.events().map(keyed).collect()
}

/// Most entries of a long log are of the others, and comparing all events for each would be slow.
fn can_change_events(body: &Body) -> bool {
    match body {
        Body::Bound { .. }
        | Body::Seen { .. }
        | Body::Looked { .. }
        | Body::Named { .. }
        | Body::Confirmed { .. }
        | Body::Intent { .. }
        | Body::Finished
        | Body::Abandoned => false,
        Body::Reset
        | Body::Decided(_)
        | Body::Raised { .. }
        | Body::Cleared { .. }
        | Body::Settled { .. }
        | Body::Snapshot(_) => true,
    }
}

fn change(before: Option<&Event>, after: &Event) -> Option<Change> {
    match before.filter(|before| before.id.occurrence == after.id.occurrence) {
        None => Some(Change::Raised),
        Some(before) if before.status != after.status => Some(match after.status {
            EventStatus::Open => Change::Reopened,
            EventStatus::Ignored => Change::Ignored,
            EventStatus::Resolving => Change::Resolving,
            EventStatus::Resolved => Change::Resolved,
            EventStatus::Cleared => Change::Cleared,
        }),
        // An event that was ignored is not talked of.
        Some(before) => {
            (after.is_listed() && before.detail != after.detail).then_some(Change::Updated)
        }
    }
}

/// What a notice is made from, beside its event.
struct Known<'a> {
    state: &'a State,
    /// The tenant that source organisations are of.
    source: Option<Instance>,
    entry: &'a Entry,
}

impl Known<'_> {
    fn notice(&self, event: &Event, change: Change) -> Notice {
        let key = &event.id.key;
        let (sources, others): (Vec<_>, Vec<_>) = key
            .entities
            .iter()
            .partition(|entity| self.source.as_ref() == Some(&entity.instance));
        let destination = others.first().copied();
        let about = occurrence_id(event);
        Notice {
            id: short(&format!("{about} {change:?} {}", self.entry.id.0)),
            event: about,
            change,
            kind: key.kind,
            title: key.kind.label().to_owned(),
            occurrence: event.id.occurrence,
            destination: destination.map(|entity| self.party(entity)),
            sources: sources
                .into_iter()
                .map(|entity| self.party(entity))
                .collect(),
            detail: event.detail.clone(),
            raised_at: event.raised_at,
            changed_at: self.entry.at,
            entry: self.entry.id,
            actions: if event.status == EventStatus::Open && change != Change::Cleared {
                key.kind.actions().to_vec()
            } else {
                Vec::new()
            },
        }
    }

    fn party(&self, entity: &EntityRef) -> Party {
        Party {
            tenant: entity.instance.to_string(),
            kind: entity.kind.to_string(),
            id: entity.id.clone(),
            name: self.state.name_of(entity).map(str::to_owned),
        }
    }
}

/// The time tells an occurrence from one of the same number before a reset, or in an earlier store.
fn occurrence_id(event: &Event) -> String {
    let entities = &event.id.key.entities;
    short(&format!(
        "{} {entities:?} {} {}",
        event.id.key.kind.label(),
        event.id.occurrence,
        event.raised_at
    ))
}

fn short(text: &str) -> String {
    let mut digits = Fingerprint::of(text).to_string();
    digits.truncate(32);
    digits
}
