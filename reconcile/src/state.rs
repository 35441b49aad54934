//! The state: everything that was decided, done and seen, folded from one ordered log.
//!
//! [`State::absorb`] is pure and idempotent by entry id, so a log can be read again from any point. Hosts keep the
//! log with [`crate::log`]; they never change a state in another way.

mod absorb;
mod association;
mod decision;
mod devices;
mod entry;
mod pairs;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::drift::{Event, EventKey};
use crate::identity::{EntityRef, Fingerprint, Instance};
use crate::plan::{Digest, Plan, StepId};

pub use absorb::AbsorbError;
pub use association::{
    Association, AssociationId, AssociationStatus, LinkedPackage, LinkedVariable,
};
pub use decision::{Decided, Decision, DecisionRecord, DeviceDecision, Target};
pub use devices::DeviceDecisions;
pub use entry::{Body, Entry, EntryId, Facts, StepResult};

/// The version of the stored form of states and entries. The second added evidence and names to decisions; what was
/// stored in the first is read as it is.
pub const STATE_SCHEMA: u32 = 2;

/// The two tenants that a state is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "a pair by definition")]
pub struct Binding {
    /// The source.
    pub source: Instance,
    /// The destination.
    pub destination: Instance,
}

/// Everything that was decided, done and seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    schema: u32,
    serial: u64,
    binding: Option<Binding>,
    #[serde(with = "pairs")]
    associations: BTreeMap<AssociationId, Association>,
    decisions: Vec<DecisionRecord>,
    #[serde(with = "pairs")]
    events: BTreeMap<EventKey, Event>,
    /// Organisations that were seen under a scope, by its digest.
    #[serde(with = "pairs")]
    seen: BTreeMap<EntityRef, Fingerprint>,
    /// The scope that is taken as right, by tenant.
    #[serde(with = "pairs")]
    scopes: BTreeMap<Instance, Fingerprint>,
    /// When an absence was first looked at.
    #[serde(with = "pairs")]
    absent_since: BTreeMap<EntityRef, Absence>,
    ignored: BTreeSet<EntityRef>,
    separate: BTreeSet<(EntityRef, EntityRef)>,
    /// Pairs whose association was dropped or refused on purpose: their evidence raises nothing.
    parted: BTreeSet<(EntityRef, EntityRef)>,
    #[serde(default)]
    devices: DeviceDecisions,
    made: Vec<Made>,
    /// What organisations were last called, as decisions and events recorded it.
    #[serde(default, with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    names: BTreeMap<EntityRef, String>,
    execution: Option<ExecutionRecord>,
}

/// An absence that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the stored form")]
pub struct Absence {
    /// The first look that found nothing.
    pub first: Timestamp,
    /// The latest look that found nothing.
    pub latest: Timestamp,
}

/// Something that was created through us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the stored form")]
pub struct Made {
    /// What was created: a company or package, or the site whose variable was.
    pub entity: EntityRef,
    /// The variable's name, if a variable was created.
    pub variable: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Who confirmed it.
    pub by: String,
}

/// A confirmed plan that is being applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExecutionRecord {
    /// The entry that confirmed it.
    pub id: EntryId,
    /// Who confirmed it.
    pub by: String,
    /// The plan.
    pub plan: Plan,
    /// The digest that was confirmed.
    pub digest: Digest,
    /// How far each step is; steps not begun are absent.
    #[serde(with = "pairs")]
    pub progress: BTreeMap<StepId, Progress>,
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Progress {
    /// The attempts whose intent was stored.
    pub attempts: Vec<Attempt>,
    /// How the step ended, once it has.
    pub end: Option<StepResult>,
}

/// An attempt whose intent was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attempt {
    /// Which, from 1.
    pub number: u32,
    /// When its intent was stored.
    pub at: Timestamp,
    /// What was known before.
    pub facts: Facts,
    /// The vendor's answer; `None` if none was stored, so that the effect is unknown.
    pub answer: Option<crate::execution::Outcome>,
    /// When the answer was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    /// A state before anything happened.
    pub fn new() -> Self {
        Self {
            schema: STATE_SCHEMA,
            serial: 0,
            binding: None,
            associations: BTreeMap::new(),
            decisions: Vec::new(),
            events: BTreeMap::new(),
            seen: BTreeMap::new(),
            scopes: BTreeMap::new(),
            absent_since: BTreeMap::new(),
            ignored: BTreeSet::new(),
            separate: BTreeSet::new(),
            parted: BTreeSet::new(),
            devices: DeviceDecisions::default(),
            made: Vec::new(),
            names: BTreeMap::new(),
            execution: None,
        }
    }

    /// The number of the last entry that was absorbed.
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// The next entry, to be stored and then absorbed.
    ///
    /// `by` names who or what makes it, as the host names people and jobs.
    pub fn entry(&self, body: Body, by: impl Into<String>, at: Timestamp) -> Entry {
        Entry {
            id: EntryId(self.serial + 1),
            at,
            by: by.into(),
            body,
        }
    }

    /// The tenants that the state is about, once they are bound.
    pub fn binding(&self) -> Option<&Binding> {
        self.binding.as_ref()
    }

    /// Whether the state is about exactly these tenants.
    pub fn is_bound_to(&self, source: &Instance, destination: &Instance) -> bool {
        self.binding
            .as_ref()
            .is_some_and(|binding| binding.source == *source && binding.destination == *destination)
    }

    /// All associations, in the order in which they were decided.
    pub fn associations(&self) -> impl Iterator<Item = &Association> {
        self.associations.values()
    }

    /// An association by its number.
    pub fn association(&self, id: AssociationId) -> Option<&Association> {
        self.associations.get(&id)
    }

    /// The associations of a source organisation.
    pub fn associations_of<'s>(
        &'s self,
        source: &'s EntityRef,
    ) -> impl Iterator<Item = &'s Association> {
        self.associations
            .values()
            .filter(move |association| association.source == *source)
    }

    /// All decisions, oldest first, those taken back included.
    pub fn decisions(&self) -> &[DecisionRecord] {
        &self.decisions
    }

    /// The latest occurrence of every event, ordered by key.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.events.values()
    }

    /// The latest occurrence of an event.
    pub fn event(&self, key: &EventKey) -> Option<&Event> {
        self.events.get(key)
    }

    /// Source organisations that are not to be mapped.
    pub fn ignored(&self) -> &BTreeSet<EntityRef> {
        &self.ignored
    }

    /// Pairs of organisations that are different ones.
    pub fn kept_separate(&self) -> &BTreeSet<(EntityRef, EntityRef)> {
        &self.separate
    }

    /// Pairs whose association was dropped or refused on purpose.
    pub fn parted(&self) -> &BTreeSet<(EntityRef, EntityRef)> {
        &self.parted
    }

    /// What people said about devices, as far as it counts now.
    pub fn devices(&self) -> &DeviceDecisions {
        &self.devices
    }

    /// The digest of the scope under which an entity was last seen.
    pub fn seen_under(&self, entity: &EntityRef) -> Option<Fingerprint> {
        self.seen.get(entity).copied()
    }

    /// The digest of the scope that is taken as right for a tenant, once it was read.
    pub fn accepted_scope(&self, instance: &Instance) -> Option<Fingerprint> {
        self.scopes.get(instance).copied()
    }

    /// The looks that found an entity absent, if the latest look did.
    pub fn absence(&self, entity: &EntityRef) -> Option<Absence> {
        self.absent_since.get(entity).copied()
    }

    /// What was created through us, oldest first.
    pub fn made(&self) -> &[Made] {
        &self.made
    }

    /// What an organisation is called: as its association records it, or else as it was called when a decision or an
    /// event was last about it.
    pub fn name_of(&self, entity: &EntityRef) -> Option<&str> {
        let mut associations = self.associations.values();
        let linked = associations.find_map(|association| association.name_of(entity));
        linked.or_else(|| self.names.get(entity).map(String::as_str))
    }

    /// The plan that is being applied, if one is unfinished.
    pub fn execution(&self) -> Option<&ExecutionRecord> {
        self.execution.as_ref()
    }
}
