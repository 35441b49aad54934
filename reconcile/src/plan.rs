//! Plans: what will be done, what is held back and why, and the confirmation that binds to exactly that.
//!
//! [`plan`] is a function of observations, state, policy and time. The same input gives the same plan in whatever
//! order the observations list their rows.

mod build;
mod policy;
mod review;
mod step;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::identity::{EntityRef, Fingerprint, Instance};
use crate::state::{AssociationId, State};

pub use build::{PlanError, PlanInput, plan};
pub use policy::{DeletionLimits, ModuleRules, NameRules, OnDissociate, Policy};
pub use review::Review;
pub use step::*;

/// The version of the plan's stored form.
pub const PLAN_SCHEMA: u32 = 1;

/// What is to be done, in order, with everything that is held back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Plan {
    /// The version of this form.
    pub schema: u32,
    /// The serial of the state that it was made from; a later state refuses it.
    pub state_serial: u64,
    /// The tenant that steps at the source change.
    pub source: Instance,
    /// The tenant that steps at the destination change.
    pub destination: Instance,
    /// The steps, each after those that it depends on.
    pub steps: Vec<PlannedStep>,
    /// The differences that no step answers, each with its reason.
    pub held: Vec<Held>,
    /// What a person should know before confirming, for example modules that a subscription drops.
    pub notices: Vec<Notice>,
    /// When the plan was made. Not part of the digest.
    pub made_at: Timestamp,
    /// When it may no longer be confirmed. Not part of the digest.
    pub expires_at: Timestamp,
}

/// A difference that no step answers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "part of the plan's stored form")]
pub struct Held {
    /// The association that it belongs to, if it belongs to one.
    pub association: Option<AssociationId>,
    /// The entities concerned, source first.
    pub entities: Vec<EntityRef>,
    /// Why it is held back.
    pub reason: HeldReason,
    /// What exactly and where, for a person, without secrets.
    pub detail: String,
}

/// Why a difference is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HeldReason {
    /// A listing that would be needed was read in part or not at all.
    NotRead,
    /// The organisation is not listed where it should be.
    NotVisible,
    /// The site is served on demand only or is not a real site.
    NotManaged,
    /// Another association already uses the company.
    AlreadyMapped,
    /// The name does not follow the destination's rules.
    InvalidName,
    /// A visible company, or another new one in this plan, has the name.
    NameInUse,
    /// The policy says nothing of the subscription, and a company must never be created without.
    NoSubscription,
    /// The site variable has a value that we did not write.
    ForeignValue,
    /// The site variable is masked.
    MaskedValue,
    /// A variable of the whole account has the same name and would show once the site's is gone.
    ShinesThrough,
    /// An event about it waits for an answer.
    EventOpen,
    /// The company must be empty and a customer before it can be deleted.
    NotDeletable,
    /// More deletions than the policy allows at once.
    TooManyDeletions,
    /// What the credentials may see has changed.
    VisibilityChanged,
    /// It was made a moment ago and may not show yet.
    Pending,
}

impl fmt::Display for HeldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotRead => "not read",
            Self::NotVisible => "not visible",
            Self::NotManaged => "not a managed site",
            Self::AlreadyMapped => "already mapped",
            Self::InvalidName => "invalid name",
            Self::NameInUse => "name in use",
            Self::NoSubscription => "no subscription policy",
            Self::ForeignValue => "value not ours",
            Self::MaskedValue => "masked value",
            Self::ShinesThrough => "account variable would show",
            Self::EventOpen => "event open",
            Self::NotDeletable => "not deletable",
            Self::TooManyDeletions => "too many deletions",
            Self::VisibilityChanged => "visibility changed",
            Self::Pending => "pending",
        })
    }
}

/// Something a person should know before confirming.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "part of the plan's stored form")]
pub struct Notice {
    /// The association that it belongs to.
    pub association: AssociationId,
    /// What to know.
    pub text: String,
}

/// Stands for the content of a plan: steps, held differences, notices, tenants and state serial, never times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(Fingerprint);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::str::FromStr for Digest {
    type Err = crate::identity::ParseFingerprintError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Why a plan cannot be confirmed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfirmError {
    /// The digest that was confirmed is not this plan's.
    #[error(
        "the confirmed digest {confirmed} is not that of this plan, {actual}: review the plan again"
    )]
    Digest {
        /// What was confirmed.
        confirmed: Digest,
        /// What the plan has.
        actual: Digest,
    },
    /// The state has changed since the plan was made.
    #[error("the plan was made at state serial {planned}, the state is at {current}: plan again")]
    Stale {
        /// The serial in the plan.
        planned: u64,
        /// The serial of the state.
        current: u64,
    },
    /// The plan is too old.
    #[error("the plan expired at {0}: plan again")]
    Expired(Timestamp),
    /// The plan belongs to other tenants than the state.
    #[error("the plan belongs to other tenants than the state")]
    OtherTenants,
    /// The plan has another schema version than this program.
    #[error("the plan has schema {0}, this program knows {PLAN_SCHEMA}")]
    Schema(u32),
    /// An earlier plan is still being applied.
    #[error("an earlier plan is still being applied: resume it first")]
    Unfinished,
}

/// A plan that a person confirmed; the only form in which it can be executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    plan: Plan,
    digest: Digest,
}

impl Plan {
    /// Stands for everything that a confirmation agrees to.
    pub fn digest(&self) -> Digest {
        let content = (
            self.schema,
            self.state_serial,
            &self.source,
            &self.destination,
            &self.steps,
            &self.held,
            &self.notices,
        );
        // Plain data with text keys only: there is nothing in it that could fail to serialise.
        Digest(Fingerprint::of(
            serde_json::to_vec(&content).unwrap_or_default(),
        ))
    }

    /// Whether there is nothing to do. Something may still be held back.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// A step by its number.
    pub fn step(&self, id: StepId) -> Option<&PlannedStep> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The plan as text for a person to review.
    pub fn review(&self) -> Review<'_> {
        Review(self)
    }

    /// Confirms exactly this plan.
    ///
    /// `digest` is the one that the person saw; `state` the current one.
    ///
    /// # Errors
    ///
    /// Every [`ConfirmError`]: another digest, a state that has moved on, an expired plan, other tenants, an
    /// unknown schema, or an earlier plan that is not finished.
    pub fn confirm(
        self,
        digest: Digest,
        state: &State,
        now: Timestamp,
    ) -> Result<Confirmed, ConfirmError> {
        if self.schema != PLAN_SCHEMA {
            return Err(ConfirmError::Schema(self.schema));
        }
        let actual = self.digest();
        if digest != actual {
            return Err(ConfirmError::Digest {
                confirmed: digest,
                actual,
            });
        }
        if state.execution().is_some() {
            return Err(ConfirmError::Unfinished);
        }
        if !state.is_bound_to(&self.source, &self.destination) {
            return Err(ConfirmError::OtherTenants);
        }
        if state.serial() != self.state_serial {
            return Err(ConfirmError::Stale {
                planned: self.state_serial,
                current: state.serial(),
            });
        }
        if now > self.expires_at {
            return Err(ConfirmError::Expired(self.expires_at));
        }
        Ok(Confirmed { plan: self, digest })
    }
}

impl Confirmed {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The digest that was confirmed.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    pub(crate) fn into_parts(self) -> (Plan, Digest) {
        (self.plan, self.digest)
    }
}
