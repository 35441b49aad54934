//! Decisions: what people said, remembered, listed and undoable.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::association::AssociationId;
use super::entry::EntryId;
use super::pairs;
use crate::drift::{Action, EventId};
use crate::identity::EntityRef;
use crate::mapping::Ground;

/// What a person decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a state must absorb every one")]
pub enum Decision {
    /// A source organisation belongs to a destination organisation, existing or to be created.
    Associate {
        /// The source organisation.
        source: EntityRef,
        /// The destination organisation.
        target: Target,
    },
    /// An association is wanted no longer.
    Dissociate {
        /// The association.
        association: AssociationId,
    },
    /// An association points to another destination from now on.
    Change {
        /// The association.
        association: AssociationId,
        /// The other destination.
        target: Target,
    },
    /// A source organisation is not to be mapped and no longer counts as unmapped.
    Ignore {
        /// The source organisation.
        source: EntityRef,
    },
    /// Two organisations are different ones, however alike they look.
    KeepSeparate {
        /// The source organisation.
        source: EntityRef,
        /// The destination organisation.
        destination: EntityRef,
    },
    /// Something about one device, inside mapped organisations.
    Device(DeviceDecision),
    /// An event is answered.
    Answer {
        /// The event.
        event: EventId,
        /// The answer.
        action: Action,
    },
    /// An earlier decision is taken back.
    Undo {
        /// The entry that holds it.
        decision: EntryId,
    },
}

/// What a person decided about a device. The latest word about a device counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a state must absorb every one")]
pub enum DeviceDecision {
    /// A source device is a device of the destination, whatever evidence says.
    Match {
        /// The source device.
        source: EntityRef,
        /// The device of the destination.
        destination: EntityRef,
    },
    /// A source device has no counterpart, and one is to be created.
    Create {
        /// The source device.
        source: EntityRef,
    },
    /// A source device is not to be matched, and no longer counts as unmatched.
    Ignore {
        /// The source device.
        source: EntityRef,
    },
    /// Two devices are different ones, however alike they look.
    KeepSeparate {
        /// The source device.
        source: EntityRef,
        /// The device of the destination.
        destination: EntityRef,
    },
}

/// The destination of an association.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "existing or new")]
pub enum Target {
    /// It exists.
    Existing(EntityRef),
    /// It is to be created.
    New {
        /// Under this name.
        name: String,
        /// Under this partner.
        parent: EntityRef,
    },
}

/// A decision with what was known when it was made, as the log keeps it.
///
/// [`Mapping::check`](crate::mapping::Mapping::check) gives one with its evidence; a bare [`Decision`] becomes one that
/// was made by hand.
///
/// ```
/// use reconcile::identity::{Instance, Kind, Vendor};
/// use reconcile::state::{Decided, Decision};
///
/// let site = Instance::new(Vendor::new("datto-rmm"), "merlot/abc123").entity(Kind::SITE, "s1");
/// let decided = Decided::from(Decision::Ignore { source: site });
/// assert_eq!(decided.evidence, Some(vec![]), "by hand");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Decided {
    /// What was decided.
    #[serde(flatten)]
    pub decision: Decision,
    /// What the organisations were called that it is about, as far as that was known.
    #[serde(default, with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<EntityRef, String>,
    /// What it was made on, strongest first. Empty if it was made by hand; `None` in a log from before evidence was
    /// kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Vec<Ground>>,
}

impl From<Decision> for Decided {
    /// A decision that was made by hand.
    fn from(decision: Decision) -> Self {
        Self {
            decision,
            names: BTreeMap::new(),
            evidence: Some(Vec::new()),
        }
    }
}

impl Decided {
    /// The same, with what the entities were called.
    #[must_use]
    pub(crate) fn named(mut self, names: BTreeMap<EntityRef, String>) -> Self {
        self.names = names;
        self
    }

    /// The same, made on this evidence and no other.
    #[must_use]
    pub fn on(mut self, evidence: Vec<Ground>) -> Self {
        self.evidence = Some(evidence);
        self
    }
}

/// A decision as the state keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DecisionRecord {
    /// The entry that holds it.
    pub id: EntryId,
    /// When it was made.
    pub at: Timestamp,
    /// Who made it.
    pub by: String,
    /// What was decided.
    pub decision: Decision,
    /// What the organisations were called then that it is about, as far as that was known.
    #[serde(default, with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<EntityRef, String>,
    /// What it was made on, strongest first. Empty if it was made by hand; `None` if it was logged before evidence was
    /// kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Vec<Ground>>,
    /// The entry that took it back.
    pub undone_by: Option<EntryId>,
}
