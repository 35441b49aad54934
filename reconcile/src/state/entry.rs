//! Entries of the log: the only way in which a state changes.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::decision::Decided;
use super::{State, pairs};
use crate::drift::EventKey;
use crate::execution::Outcome;
use crate::identity::{EntityRef, Fingerprint, Instance};
use crate::inventory::Scope;
use crate::plan::{Digest, Plan, StepId};

/// Numbers an entry in its log, from 1 and without gaps.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "a number")]
pub struct EntryId(pub u64);

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {}", self.0)
    }
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the stored form")]
pub struct Entry {
    /// Its number.
    pub id: EntryId,
    /// When it was made, by the host's clock.
    pub at: Timestamp,
    /// Who or what made it, as the host names people and jobs.
    pub by: String,
    /// What happened.
    pub body: Body,
}

/// What an entry tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a state must absorb every one")]
pub enum Body {
    /// The state is about these two tenants from now on.
    Bound {
        /// The source.
        source: Instance,
        /// The destination.
        destination: Instance,
    },
    /// Everything was wiped; the next binding may be another.
    Reset,
    /// A person decided something.
    Decided(Decided),
    /// These organisations, of which events tell, were called so; what associations record is not written.
    Named {
        /// The names.
        #[serde(with = "pairs")]
        names: BTreeMap<EntityRef, String>,
    },
    /// Linked entities were seen under a scope; only what differs from what the state knows is written.
    Seen {
        /// The scope of the reading.
        scope: Scope,
        /// The entities.
        entities: Vec<EntityRef>,
    },
    /// A linked entity was looked for by id, with a control call that succeeded beside it.
    Looked {
        /// The entity.
        entity: EntityRef,
        /// Whether it was there.
        present: bool,
    },
    /// A condition became true.
    Raised {
        /// The event.
        key: EventKey,
        /// What was seen, for a person.
        detail: String,
    },
    /// A condition became false.
    Cleared {
        /// The event.
        key: EventKey,
    },
    /// A plan was confirmed; its execution begins.
    Confirmed {
        /// The plan.
        plan: Box<Plan>,
        /// The digest that was confirmed.
        digest: Digest,
    },
    /// A step is about to be run.
    Intent {
        /// The step.
        step: StepId,
        /// Which attempt, from 1.
        attempt: u32,
        /// What must be known to find out later whether it took effect.
        facts: Facts,
    },
    /// A step was run, found done, or will not be run.
    Settled {
        /// The step.
        step: StepId,
        /// How.
        result: StepResult,
    },
    /// The execution has no step left.
    Finished,
    /// The execution was given up by a person; what was unsettled stays listed.
    Abandoned,
    /// Everything before, folded.
    Snapshot(Box<State>),
}

/// What must be known to find out later whether a step took effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "executors must be total")]
pub enum Facts {
    /// Before a company was created: the visible companies that held its name.
    Holders(Vec<EntityRef>),
    /// Before a variable was written or deleted: the value to be written, if any.
    Value(Option<Fingerprint>),
    /// Nothing beyond the step itself.
    None,
}

/// How one attempt at a step, or the step itself, ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a state must absorb every one")]
pub enum StepResult {
    /// The vendor's answer to an attempt.
    Answered {
        /// Which attempt.
        attempt: u32,
        /// The answer.
        outcome: Outcome,
    },
    /// A probe found the effect in place, so nothing was sent, or nothing more.
    Found {
        /// What is in place.
        output: crate::execution::Output,
        /// How it was recognised, for a person.
        note: String,
    },
    /// A precondition does not hold, so nothing was sent.
    Stopped(crate::execution::Refusal),
    /// A step that it depends on did not get done.
    Skipped {
        /// That step.
        because: StepId,
    },
}
