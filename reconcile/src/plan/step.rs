//! The steps that a plan is made of, split by the side that runs them.
//!
//! The enums are exhaustive on purpose: an executor that skips a new step is worse than one that no longer compiles.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::identity::{EntityRef, Fingerprint};
use crate::inventory::Subscription;
use crate::state::{AssociationId, LinkedPackage, LinkedVariable};

/// Numbers a step inside its plan, from 1 and in the order of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "a number")]
pub struct StepId(pub u32);

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {}", self.0)
    }
}

/// Something a step needs: known when planning, or made by an earlier step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "known or made")]
pub enum Input {
    /// Known when planning.
    Known(EntityRef),
    /// Made by that step.
    MadeBy(StepId),
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(entity) => write!(f, "{} {}", entity.kind, entity.id),
            Self::MadeBy(step) => write!(f, "what {step} makes"),
        }
    }
}

/// One effect at one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "executors must be total")]
pub enum Step {
    /// Changes the source.
    Source(SourceStep),
    /// Changes the destination.
    Destination(DestinationStep),
    /// Changes the host's own records.
    Host(HostStep),
}

/// Effects at the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "executors must be total")]
pub enum SourceStep {
    /// Sets a site variable to the installation link of a package.
    SetVariable(SetVariable),
    /// Deletes a site variable.
    DeleteVariable(DeleteVariable),
}

/// Sets a site variable to the installation link of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "executors must be total")]
pub struct SetVariable {
    /// The site that gets it.
    pub site: EntityRef,
    /// The variable's name.
    pub name: String,
    /// The company that the package installs for.
    pub company: Input,
    /// The package whose link becomes the value.
    pub package: Input,
    /// The package's name.
    pub package_name: String,
    /// What may be replaced; `None` replaces nothing. Any other value found is left alone and the step refused.
    pub replaces: Option<Fingerprint>,
}

/// Deletes a site variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "executors must be total")]
pub struct DeleteVariable {
    /// The site that loses it.
    pub site: EntityRef,
    /// The variable's name.
    pub name: String,
    /// The only value that may be deleted: the one that we wrote.
    pub value: Fingerprint,
}

/// Effects at the destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "executors must be total")]
pub enum DestinationStep {
    /// Creates a company; this costs money.
    CreateCompany(CreateCompany),
    /// Deletes a company for good.
    DeleteCompany(DeleteCompany),
    /// Creates an installation package.
    CreatePackage(CreatePackage),
    /// Deletes an installation package.
    DeletePackage(DeletePackage),
}

/// Creates a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "executors must be total")]
pub struct CreateCompany {
    /// Its name.
    pub name: String,
    /// The partner that will manage it.
    pub parent: EntityRef,
    /// What it subscribes to; never left to the vendor's default.
    pub subscription: Subscription,
}

/// Deletes a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "executors must be total")]
pub struct DeleteCompany {
    /// The company.
    pub company: EntityRef,
    /// The site that it served; the consent rests on its being gone.
    pub site: EntityRef,
    /// Its name when the deletion was planned.
    pub name: String,
    /// Whether it was created through us.
    pub made_by_us: bool,
}

/// Creates an installation package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "executors must be total")]
pub struct CreatePackage {
    /// The company that it installs for.
    pub company: Input,
    /// Its name, made from the site's id and never changed.
    pub name: String,
    /// The modules that it installs: those asked for that the subscription allows.
    pub modules: BTreeSet<String>,
    /// Whether the installer removes competing products first.
    pub remove_competitors: bool,
}

/// Deletes an installation package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "executors must be total")]
pub struct DeletePackage {
    /// The company that it installs for.
    pub company: EntityRef,
    /// The package.
    pub package: EntityRef,
    /// Its name; a package of another name under this id is left alone.
    pub name: String,
}

/// Effects on the host's own records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "executors must be total")]
pub enum HostStep {
    /// Records an association as established.
    Link(Link),
    /// Drops an association from the records.
    Unlink(Unlink),
}

/// Records an association as established.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "executors must be total")]
pub struct Link {
    /// The source organisation.
    pub source: EntityRef,
    /// Its name as it was read.
    pub source_name: String,
    /// The destination organisation.
    pub destination: Input,
    /// Its name as it was read or will be.
    pub destination_name: String,
    /// The nearest partner above the destination, where it was read.
    pub partner: Option<EntityRef>,
    /// The package that was there already; one made by a step is recorded with that step.
    pub package: Option<LinkedPackage>,
    /// The variable that was there already; one set by a step is recorded with that step.
    pub variable: Option<LinkedVariable>,
}

/// Drops an association from the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "executors must be total")]
pub struct Unlink {
    /// The source organisation.
    pub source: EntityRef,
    /// The destination organisation, if there was one yet.
    pub destination: Option<EntityRef>,
}

/// A step in its place: what it is for and what it waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "part of the plan's stored form")]
pub struct PlannedStep {
    /// Its number.
    pub id: StepId,
    /// The association that it serves; a refused step stops only what depends on it.
    pub association: AssociationId,
    /// What it does.
    pub step: Step,
    /// The steps that must be done before.
    pub after: Vec<StepId>,
    /// Why it is planned, for a person.
    pub because: String,
}

impl Step {
    /// Whether the step destroys something at a vendor.
    pub fn is_deletion(&self) -> bool {
        match self {
            Self::Source(SourceStep::DeleteVariable(_))
            | Self::Destination(
                DestinationStep::DeleteCompany(_) | DestinationStep::DeletePackage(_),
            ) => true,
            Self::Source(SourceStep::SetVariable(_))
            | Self::Destination(
                DestinationStep::CreateCompany(_) | DestinationStep::CreatePackage(_),
            )
            | Self::Host(HostStep::Link(_) | HostStep::Unlink(_)) => false,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(SourceStep::SetVariable(step)) => {
                write!(
                    f,
                    "set variable {} of site {} to the link of {}",
                    step.name, step.site.id, step.package
                )
            }
            Self::Source(SourceStep::DeleteVariable(step)) => {
                write!(f, "delete variable {} of site {}", step.name, step.site.id)
            }
            Self::Destination(DestinationStep::CreateCompany(step)) => {
                write!(
                    f,
                    "create company {:?} under {} ({})",
                    step.name, step.parent.id, step.subscription
                )
            }
            Self::Destination(DestinationStep::DeleteCompany(step)) => {
                let made = if step.made_by_us {
                    "created through us"
                } else {
                    "not created through us"
                };
                write!(
                    f,
                    "delete company {:?} ({}, {made})",
                    step.name, step.company.id
                )
            }
            Self::Destination(DestinationStep::CreatePackage(step)) => {
                let modules: Vec<_> = step.modules.iter().map(String::as_str).collect();
                let competitors = if step.remove_competitors {
                    "removes competitors"
                } else {
                    "keeps competitors"
                };
                let (name, company) = (&step.name, &step.company);
                write!(
                    f,
                    "create package {name:?} for {company} with {} ({competitors})",
                    modules.join(" ")
                )
            }
            Self::Destination(DestinationStep::DeletePackage(step)) => {
                write!(
                    f,
                    "delete package {:?} of company {}",
                    step.name, step.company.id
                )
            }
            Self::Host(HostStep::Link(step)) => {
                write!(
                    f,
                    "record {} as linked to {}",
                    step.source.id, step.destination
                )
            }
            Self::Host(HostStep::Unlink(step)) => match &step.destination {
                Some(destination) => write!(
                    f,
                    "record {} as no longer linked to {}",
                    step.source.id, destination.id
                ),
                None => write!(f, "record {} as no longer wanted", step.source.id),
            },
        }
    }
}
