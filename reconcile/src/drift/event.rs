//! Events: conditions that a person answers, with the actions that each allows.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::identity::EntityRef;

/// What sort of discrepancy an event tells of. The first five are those of GravityZone's companion app for Datto RMM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// A company could not be created because the vendor says its name is in use where we cannot see it.
    DestinationCreation,
    /// The associated company now stands under another partner.
    DestinationMoved,
    /// The associated company is confirmed absent.
    DestinationDeleted,
    /// The vendors hold evidence of an association that the state does not know.
    AssociationMissing,
    /// The associated site is confirmed absent.
    SourceDeleted,
    /// What the credentials may see has changed; no conclusion is drawn from absences until it is accepted.
    VisibilityChanged,
    /// The associated company is not listed, and whether it is deleted is not known yet.
    DestinationNotVisible,
    /// The associated site is not listed, and whether it is deleted is not known yet.
    SourceNotVisible,
    /// The associated company may no longer be managed by us.
    NoLongerManaged,
    /// The package of an association is gone.
    PackageMissing,
    /// The package of an association has another name, which breaks what refers to it.
    PackageRenamed,
    /// The package of an association installs other modules than when it was linked; that can be intended.
    PackageChanged,
    /// The site variable of an association is gone.
    VariableMissing,
    /// The site variable of an association has a value that we did not write.
    VariableChanged,
    /// The site variable of an association is masked, so nothing can be said of its value.
    VariableUnverifiable,
    /// The associated company is suspended.
    CompanySuspended,
    /// The associated site is served on demand only.
    SiteOnDemand,
    /// Two sites are associated with one company, which the policy does not allow.
    SharedDestination,
    /// The associated site was renamed.
    SourceRenamed,
    /// The associated company was renamed.
    DestinationRenamed,
    /// The company's subscription does not cover a default module.
    SubscriptionLacksModule,
}

impl EventKind {
    /// The actions that answer an event of this kind, primary ones first.
    pub fn actions(self) -> &'static [ActionKind] {
        use ActionKind::{
            Accept, Associate, Create, Delete, Ignore, Keep, Move, Recreate, Restore,
        };
        match self {
            Self::DestinationCreation => &[Create, Ignore],
            Self::DestinationMoved => &[Move, Ignore],
            Self::DestinationDeleted => &[Recreate, Ignore],
            Self::AssociationMissing => &[Associate, Ignore],
            Self::SourceDeleted => &[Delete, Keep, Ignore],
            Self::VisibilityChanged => &[Accept],
            Self::PackageMissing | Self::VariableMissing | Self::VariableChanged => {
                &[Restore, Ignore]
            }
            Self::PackageChanged | Self::SourceRenamed | Self::DestinationRenamed => {
                &[Accept, Ignore]
            }
            Self::SiteOnDemand => &[Keep, Delete, Ignore],
            Self::DestinationNotVisible
            | Self::SourceNotVisible
            | Self::NoLongerManaged
            | Self::PackageRenamed
            | Self::VariableUnverifiable
            | Self::CompanySuspended
            | Self::SharedDestination
            | Self::SubscriptionLacksModule => &[Ignore],
        }
    }

    /// The kind in a person's words.
    pub fn label(self) -> &'static str {
        match self {
            Self::DestinationCreation => "Destination creation",
            Self::DestinationMoved => "Destination moved",
            Self::DestinationDeleted => "Destination deleted",
            Self::AssociationMissing => "Association missing",
            Self::SourceDeleted => "Source deleted",
            Self::VisibilityChanged => "Visibility changed",
            Self::DestinationNotVisible => "Destination not visible",
            Self::SourceNotVisible => "Source not visible",
            Self::NoLongerManaged => "No longer managed by us",
            Self::PackageMissing => "Package missing",
            Self::PackageRenamed => "Package renamed",
            Self::PackageChanged => "Package changed",
            Self::VariableMissing => "Site variable missing",
            Self::VariableChanged => "Site variable changed",
            Self::VariableUnverifiable => "Site variable unverifiable",
            Self::CompanySuspended => "Company suspended",
            Self::SiteOnDemand => "Site became OnDemand",
            Self::SharedDestination => "Two sites on one company",
            Self::SourceRenamed => "Source renamed",
            Self::DestinationRenamed => "Destination renamed",
            Self::SubscriptionLacksModule => "Subscription lacks a default module",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// An action, without what it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ActionKind {
    /// Make the company under a given name.
    Create,
    /// Make the deleted company again, under its old or a given name.
    Recreate,
    /// Acknowledge the move. Moves nothing, says so, and the event stays listed.
    Move,
    /// Link the two.
    Associate,
    /// Source deleted: delete the company and the association. Site became `OnDemand`: delete the association only.
    Delete,
    /// Keep the company. Source deleted: only the association goes. Site became `OnDemand`: the association stays.
    Keep,
    /// Put back what is missing or changed.
    Restore,
    /// Take what is seen now as right.
    Accept,
    /// Creation and missing: make nothing. All others: hide the event and keep the association.
    Ignore,
}

/// An answer to an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "each answer must be acted on")]
pub enum Action {
    /// [`ActionKind::Create`] under this name.
    Create {
        /// The name to try instead.
        name: String,
    },
    /// [`ActionKind::Recreate`].
    Recreate {
        /// Another name; `None` keeps the old one.
        name: Option<String>,
    },
    /// [`ActionKind::Move`].
    Move,
    /// [`ActionKind::Associate`].
    Associate,
    /// [`ActionKind::Delete`].
    Delete,
    /// [`ActionKind::Keep`].
    Keep,
    /// [`ActionKind::Restore`].
    Restore,
    /// [`ActionKind::Accept`].
    Accept,
    /// [`ActionKind::Ignore`].
    Ignore,
}

impl Action {
    /// The action without what it needs.
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::Create { .. } => ActionKind::Create,
            Self::Recreate { .. } => ActionKind::Recreate,
            Self::Move => ActionKind::Move,
            Self::Associate => ActionKind::Associate,
            Self::Delete => ActionKind::Delete,
            Self::Keep => ActionKind::Keep,
            Self::Restore => ActionKind::Restore,
            Self::Accept => ActionKind::Accept,
            Self::Ignore => ActionKind::Ignore,
        }
    }
}

/// What an event is about: seen again it is the same event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "an identity")]
pub struct EventKey {
    /// The sort of discrepancy.
    pub kind: EventKind,
    /// The entities concerned: source first, then destination, where there are two.
    pub entities: Vec<EntityRef>,
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self
            .entities
            .iter()
            .map(|entity| format!("{} {}", entity.kind, entity.id))
            .collect();
        write!(f, "{}: {}", self.kind, ids.join(", "))
    }
}

/// One occurrence of an event. Cleared and back, it is the next occurrence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "an identity")]
pub struct EventId {
    /// What the event is about.
    pub key: EventKey,
    /// Which occurrence, from 1.
    pub occurrence: u32,
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (occurrence {})", self.key, self.occurrence)
    }
}

/// Where an event is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the five states of an event")]
pub enum EventStatus {
    /// Waits for an answer.
    Open,
    /// Answered with ignore: no longer listed, until it clears and comes back.
    Ignored,
    /// Answered; what the answer asks for is planned or under way.
    Resolving,
    /// Answered and done.
    Resolved,
    /// The condition went away by itself.
    Cleared,
}

/// An event as the state keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// Which event and occurrence.
    pub id: EventId,
    /// Where it is in its life.
    pub status: EventStatus,
    /// When this occurrence was raised.
    pub raised_at: Timestamp,
    /// What was seen, for a person.
    pub detail: String,
    /// The action that answered it.
    pub answer: Option<Action>,
}

impl Event {
    /// Whether a list of events shows it.
    pub fn is_listed(&self) -> bool {
        matches!(self.status, EventStatus::Open | EventStatus::Resolving)
    }
}
