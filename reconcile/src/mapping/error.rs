//! Why a decision cannot be taken.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::LeftOutReason;
use crate::drift::{ActionKind, EventId, EventStatus};
use crate::identity::{EntityRef, Instance};
use crate::state::{AssociationId, EntryId};

/// An entity with its name, where it is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Named(Box<Called>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Called {
    entity: EntityRef,
    name: Option<String>,
}

impl Named {
    /// An entity of this name.
    pub fn new(entity: EntityRef, name: Option<String>) -> Self {
        Self(Box::new(Called { entity, name }))
    }

    /// The entity.
    pub fn entity(&self) -> &EntityRef {
        &self.0.entity
    }

    /// Its name as it was last read.
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, id) = (&self.entity().kind, &self.entity().id);
        match self.name() {
            Some(name) => write!(f, "{kind} {name:?} ({id})"),
            None => write!(f, "{kind} {id}"),
        }
    }
}

/// Why a decision cannot be taken as things are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecisionError {
    /// The entity belongs to a tenant that the state is not about.
    #[error("{entity} belongs to another tenant than {bound}, which this state is about")]
    OtherTenant {
        /// The entity.
        entity: Box<EntityRef>,
        /// The tenant that it should belong to.
        bound: Instance,
    },
    /// The decision is about a device; [`Devices::check`](crate::devices::Devices::check) checks those.
    #[error("a decision about a device is checked with the devices of both sides")]
    AboutADevice,
    /// The source organisation is not listed.
    #[error("{site} is not listed at the source ({listing})")]
    SiteUnknown {
        /// The source organisation.
        site: Named,
        /// Whether the listing was read whole.
        listing: String,
    },
    /// The source organisation takes no part in mapping.
    #[error("{site} cannot be mapped: {reason}")]
    SiteLeftOut {
        /// The source organisation.
        site: Named,
        /// Why.
        reason: LeftOutReason,
    },
    /// The source organisation is mapped already.
    #[error("{site} is mapped to {to} already ({association}): change that association instead")]
    SiteAssociated {
        /// The source organisation.
        site: Named,
        /// What it is mapped to.
        to: String,
        /// The association.
        association: AssociationId,
    },
    /// A person said that the source organisation is not to be mapped.
    #[error("{site} is ignored: take that back first")]
    SiteIgnored {
        /// The source organisation.
        site: Named,
    },
    /// The destination organisation is not visible.
    #[error("{company} is not visible at the destination ({listing})")]
    CompanyUnknown {
        /// The destination organisation.
        company: Named,
        /// Whether the listing was read whole.
        listing: String,
    },
    /// The destination is none that a site can be mapped to.
    #[error("{company} cannot be mapped to: {reason}")]
    CompanyLeftOut {
        /// The destination organisation.
        company: Named,
        /// Why.
        reason: LeftOutReason,
    },
    /// Another source organisation uses the company.
    #[error("{company} is used by {site} already ({association})")]
    CompanyMapped {
        /// The destination organisation.
        company: Named,
        /// The source organisation that uses it.
        site: Named,
        /// That association.
        association: AssociationId,
    },
    /// A person said that the two are different ones.
    #[error("{site} and {company} were kept separate: take that back first")]
    KeptSeparate {
        /// The source organisation.
        site: Named,
        /// The destination organisation.
        company: Named,
    },
    /// The two are associated, so they cannot be kept separate.
    #[error("{site} is mapped to {company} ({association}): drop that association first")]
    Together {
        /// The source organisation.
        site: Named,
        /// The destination organisation.
        company: Named,
        /// The association.
        association: AssociationId,
    },
    /// The parent of a new company is not visible, or no partner.
    #[error("{parent} cannot hold a new company: {why}")]
    Parent {
        /// The parent.
        parent: Named,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The name breaks the destination's rules.
    #[error("{0}")]
    InvalidName(String),
    /// A visible company has the name.
    #[error("the name {name:?} is in use by {company}: map to that, or choose another name")]
    NameInUse {
        /// The name.
        name: String,
        /// The company that has it.
        company: Named,
    },
    /// Another association is about to create a company of the name.
    #[error("a company of the name {name:?} is already to be created for {site} ({association})")]
    NamePrepared {
        /// The name.
        name: String,
        /// The source organisation that it is for.
        site: Named,
        /// The association.
        association: AssociationId,
    },
    /// There is no such association.
    #[error("{0} is not known")]
    AssociationUnknown(AssociationId),
    /// The association is being dropped.
    #[error("{association} of {site} is being dropped already")]
    Leaving {
        /// The association.
        association: AssociationId,
        /// Its source organisation.
        site: Named,
    },
    /// The association points there already.
    #[error("{association} of {site} points to {to} already")]
    Unchanged {
        /// The association.
        association: AssociationId,
        /// Its source organisation.
        site: Named,
        /// Where it points.
        to: String,
    },
    /// There is no such event.
    #[error("there is no event {0}")]
    EventUnknown(EventId),
    /// The event has cleared and come back since.
    #[error("{event} is over, the latest is occurrence {latest}: look at that one")]
    OtherOccurrence {
        /// The event.
        event: EventId,
        /// The latest occurrence.
        latest: u32,
    },
    /// The event waits for no answer.
    #[error("{event} waits for no answer, it is {}", status_label(*status))]
    EventNotOpen {
        /// The event.
        event: EventId,
        /// Where it is in its life.
        status: EventStatus,
    },
    /// The event does not offer the action.
    #[error("{event} does not offer {action:?}, it offers {allowed:?}")]
    ActionNotAllowed {
        /// The event.
        event: EventId,
        /// The action.
        action: ActionKind,
        /// What it offers.
        allowed: &'static [ActionKind],
    },
    /// What the action needs is not known.
    #[error("{event} cannot be answered so: {why}")]
    CannotAct {
        /// The event.
        event: EventId,
        /// What is missing.
        why: &'static str,
    },
    /// There is no such decision.
    #[error("there is no decision in {0}")]
    DecisionUnknown(EntryId),
    /// The decision was taken back already.
    #[error("the decision in {decision} was taken back in {by} already")]
    AlreadyUndone {
        /// The decision.
        decision: EntryId,
        /// What took it back.
        by: EntryId,
    },
    /// The decision cannot be taken back.
    #[error("the decision in {decision} cannot be taken back: {why}")]
    NotUndoable {
        /// The decision.
        decision: EntryId,
        /// Why not, and what to do instead.
        why: &'static str,
    },
    /// The same was decided before and still holds.
    #[error("{0}")]
    AlreadySo(String),
    /// Another decision of the batch is about the same thing.
    #[error("{over} is also decided by number {with} of this batch")]
    Clash {
        /// What both are about.
        over: String,
        /// The other decision, counted from 1.
        with: usize,
    },
}

fn status_label(status: EventStatus) -> &'static str {
    match status {
        EventStatus::Open => "open",
        EventStatus::Ignored => "ignored",
        EventStatus::Resolving => "being resolved",
        EventStatus::Resolved => "resolved",
        EventStatus::Cleared => "cleared",
    }
}

/// Why a batch of decisions cannot be taken: everything that is wrong with any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchError {
    /// What is wrong, with the number of the decision, counted from 1. Never empty.
    pub errors: Vec<(usize, DecisionError)>,
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (number, error)) in self.errors.iter().enumerate() {
            let lead = if at == 0 { "" } else { "; " };
            write!(f, "{lead}number {number}: {error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for BatchError {}
