//! What an execution asks of the two vendors: probes, which only look, and actions, which change something.

use std::collections::BTreeSet;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::identity::{EntityRef, Fingerprint, Instance, SecretText};
use crate::inventory::{Organization, Package, Subscription, Variable};
use crate::plan::StepId;

/// A look at the source.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "executors must be total")]
pub enum SourceProbe {
    /// A call that must succeed with sound credentials; answers [`Finding::Control`].
    Control,
    /// A site by id; answers [`Finding::Organization`].
    Site(EntityRef),
    /// A variable by name, over all pages, of a site or of the tenant; answers [`Finding::Variable`].
    Variable {
        /// The site, or the tenant's root.
        of: EntityRef,
        /// The variable's name.
        name: String,
    },
}

/// A look at the destination.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "executors must be total")]
pub enum DestinationProbe {
    /// A call that must succeed with sound credentials; answers [`Finding::Control`].
    Control,
    /// A company by id; answers [`Finding::Organization`].
    Company(EntityRef),
    /// What a company still holds; answers [`Finding::Contents`].
    Contents(EntityRef),
    /// Every visible company whose name equals this one but for case; answers [`Finding::Organizations`].
    CompaniesNamed(String),
    /// The packages of a company that have this name, with modules; answers [`Finding::Packages`].
    PackagesNamed {
        /// The company.
        company: EntityRef,
        /// The exact name.
        name: String,
    },
    /// Whether a package can be handed out; answers [`Finding::Kit`].
    Kit {
        /// The company that the package installs for; a link of another company is no answer.
        company: EntityRef,
        /// The package.
        package: EntityRef,
        /// The package's name.
        name: String,
    },
}

/// A look at either side.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "two sides have something to look at"
)]
pub enum Probe {
    /// At the source.
    Source(SourceProbe),
    /// At the destination.
    Destination(DestinationProbe),
}

/// What a probe saw. Whatever is not certain is [`Finding::Unknown`].
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "each probe has its answer")]
pub enum Finding {
    /// The control call succeeded, on this instance.
    Control(Instance),
    /// The organisation, or `None` if the vendor says that there is none by this id that we can see.
    Organization(Option<Box<Organization>>),
    /// All organisations that fit.
    Organizations(Vec<Organization>),
    /// What a company still holds.
    Contents(Contents),
    /// All packages that fit.
    Packages(Vec<Package>),
    /// The kit's state.
    Kit(Kit),
    /// The variable, or `None` if every page was read and it is not there.
    Variable(Option<Variable>),
    /// The look failed or was not conclusive; says why, without secrets.
    Unknown(String),
}

/// What a company still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by vendor crates")]
pub struct Contents {
    /// Companies and folders directly below it.
    pub children: usize,
    /// Endpoints anywhere in it.
    pub endpoints: usize,
}

/// The state of an installation kit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a kit can be handed out or not yet"
)]
pub enum Kit {
    /// The vendor still builds it, or does not show it yet.
    Building,
    /// It can be handed out under this link, verbatim.
    Ready(SecretText),
}

/// A change at the source, with everything it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "executors must be total")]
pub enum SourceAction {
    /// Creates a variable, unmasked; refused if one of this name exists.
    CreateVariable {
        /// The site.
        site: EntityRef,
        /// The variable's name.
        name: String,
        /// The value, verbatim.
        value: SecretText,
    },
    /// Gives an existing variable another value.
    UpdateVariable {
        /// The site.
        site: EntityRef,
        /// The vendor's id of the variable.
        id: String,
        /// The variable's name, unchanged.
        name: String,
        /// The value, verbatim.
        value: SecretText,
        /// The value that it must still have when it is written.
        replaces: Fingerprint,
    },
    /// Deletes a variable.
    DeleteVariable {
        /// The site.
        site: EntityRef,
        /// The vendor's id of the variable.
        id: String,
        /// The variable's name.
        name: String,
        /// The value that it must still have when it is deleted.
        value: Fingerprint,
    },
}

/// A change at the destination, with everything it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "executors must be total")]
pub enum DestinationAction {
    /// Creates a customer company; answers [`Output::Company`].
    CreateCompany {
        /// Its name.
        name: String,
        /// The partner that will manage it.
        parent: EntityRef,
        /// What it subscribes to.
        subscription: Subscription,
    },
    /// Deletes a company; answers [`Output::Nothing`].
    DeleteCompany {
        /// The company.
        company: EntityRef,
    },
    /// Creates a package; answers [`Output::Package`].
    CreatePackage {
        /// The company that it installs for.
        company: EntityRef,
        /// Its name.
        name: String,
        /// The modules that it installs.
        modules: BTreeSet<String>,
        /// Whether the installer removes competing products first.
        remove_competitors: bool,
    },
    /// Deletes a package; answers [`Output::Nothing`].
    DeletePackage {
        /// The package.
        package: EntityRef,
    },
}

/// A change to the host's own records.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "executors must be total")]
pub enum HostAction {
    /// Two organisations now belong together.
    Link {
        /// The source organisation.
        source: EntityRef,
        /// The destination organisation.
        destination: EntityRef,
    },
    /// Two organisations no longer belong together.
    Unlink {
        /// The source organisation.
        source: EntityRef,
        /// The destination organisation, if there was one yet.
        destination: Option<EntityRef>,
    },
}

/// An action whose intent the log has stored: the only form in which an action can be run.
///
/// Nothing outside this crate can make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyStep<A> {
    step: StepId,
    attempt: u32,
    action: A,
}

impl<A> ReadyStep<A> {
    pub(crate) fn new(step: StepId, attempt: u32, action: A) -> Self {
        Self {
            step,
            attempt,
            action,
        }
    }

    /// The step of the plan.
    pub fn step(&self) -> StepId {
        self.step
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// What is to be done.
    pub fn action(&self) -> &A {
        &self.action
    }
}

/// A ready step, by the side that runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "executors must be total")]
pub enum Run {
    /// At the source.
    Source(ReadyStep<SourceAction>),
    /// At the destination.
    Destination(ReadyStep<DestinationAction>),
    /// At the host.
    Host(ReadyStep<HostAction>),
}

/// What running a step came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "every way a call can end")]
pub enum Outcome {
    /// It took effect.
    Done(Output),
    /// The vendor answered that it will not; nothing changed.
    Refused(Refusal),
    /// It surely was not sent, or surely not processed; says why.
    NotSent(String),
    /// It may or may not have taken effect; says why.
    Unknown(String),
    /// The vendor took it and works on it; a probe will tell.
    Pending,
}

/// What a step made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "executors must be total")]
pub enum Output {
    /// A company.
    Company(EntityRef),
    /// A package.
    Package {
        /// Its identity.
        package: EntityRef,
        /// The modules that it has, where they could be read back.
        modules: Option<BTreeSet<String>>,
    },
    /// A variable with this value.
    Variable(Fingerprint),
    /// Nothing that a later step needs.
    Nothing,
}

/// Why something was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "built by vendor crates")]
pub struct Refusal {
    /// What sort of refusal it is.
    pub kind: RefusalKind,
    /// What was wrong and where, for a person, without secrets.
    pub detail: String,
}

impl Refusal {
    /// A refusal of this kind.
    pub fn new(kind: RefusalKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
        }
    }
}

/// Sorts of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RefusalKind {
    /// The vendor says that the name is in use.
    NameTaken,
    /// A visible entity that is not ours holds the name.
    NameInUse,
    /// A value or entity that we did not write is in the way.
    Foreign,
    /// The value is masked, so nothing can be said of it.
    Masked,
    /// Something that the step needs is gone.
    Gone,
    /// Something must be empty first and is not.
    NotEmpty,
    /// The credentials' rights do not reach.
    Denied,
    /// The credentials belong to another tenant.
    WrongTenant,
    /// The vendor or the adapter calls the request invalid.
    Invalid,
    /// It was sent as often as is allowed and never seen.
    NeverSeen,
    /// Any other refusal.
    Other,
}

/// The source as an execution uses it; implemented by vendor crates.
#[async_trait]
pub trait Source: Send + Sync {
    /// Looks, and changes nothing. Never fails: what is not certain is [`Finding::Unknown`].
    async fn probe(&self, probe: &SourceProbe) -> Finding;

    /// Does what was confirmed and logged, at most once per call.
    async fn run(&self, step: &ReadyStep<SourceAction>) -> Outcome;
}

/// The destination as an execution uses it; implemented by vendor crates.
#[async_trait]
pub trait Destination: Send + Sync {
    /// Looks, and changes nothing. Never fails: what is not certain is [`Finding::Unknown`].
    async fn probe(&self, probe: &DestinationProbe) -> Finding;

    /// Does what was confirmed and logged, at most once per call.
    async fn run(&self, step: &ReadyStep<DestinationAction>) -> Outcome;
}

/// The host's own records as an execution uses them.
#[async_trait]
pub trait Host: Send + Sync {
    /// Does what was confirmed and logged. It may be asked again after a crash, so it must be repeatable.
    async fn run(&self, step: &ReadyStep<HostAction>) -> Outcome;
}

/// A host that keeps no records beside the log: every step of its own is done at once.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::exhaustive_structs, reason = "has no content")]
pub struct LogOnly;

#[async_trait]
impl Host for LogOnly {
    async fn run(&self, _step: &ReadyStep<HostAction>) -> Outcome {
        Outcome::Done(Output::Nothing)
    }
}
