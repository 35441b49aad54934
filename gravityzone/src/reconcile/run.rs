//! Steps: each is sent once, and its outcome is told as surely as it is known.

use ::reconcile::execution::{
    DestinationAction, DestinationProbe, Finding, Outcome, Output, ReadyStep, Refusal, RefusalKind,
};
use ::reconcile::identity::EntityRef;
use ::reconcile::inventory::Subscription;
use async_trait::async_trait;
use client_core::{Delivery, Error, ErrorKind};

use super::Destination;
use super::labels::{license_subscription, module_labels, with_modules};
use crate::companies::NewCompany;
use crate::packages::{Competitors, NewPackage};

#[async_trait]
impl ::reconcile::execution::Destination for Destination {
    async fn probe(&self, probe: &DestinationProbe) -> Finding {
        self.look(probe).await
    }

    async fn run(&self, step: &ReadyStep<DestinationAction>) -> Outcome {
        self.act(step.action()).await
    }
}

impl Destination {
    /// Does what a step says; private, as only a step whose intent was stored may be run.
    async fn act(&self, action: &DestinationAction) -> Outcome {
        let outcome = match action {
            DestinationAction::CreateCompany {
                name,
                parent,
                subscription,
            } => self.create_company(name, parent, subscription).await,
            DestinationAction::DeleteCompany { company } => self.delete_company(company).await,
            DestinationAction::CreatePackage {
                company,
                name,
                modules,
                remove_competitors,
            } => {
                let competitors = if *remove_competitors {
                    Competitors::Remove
                } else {
                    Competitors::Keep
                };
                match with_modules(NewPackage::new(name.as_str(), competitors), modules) {
                    Ok(package) => self.create_package(company, package).await,
                    Err(fault) => Err(invalid(fault)),
                }
            }
            DestinationAction::DeletePackage { package } => self.delete_package(package).await,
        };
        match outcome {
            Ok(output) => Outcome::Done(output),
            Err(outcome) => outcome,
        }
    }

    async fn create_company(
        &self,
        name: &str,
        parent: &EntityRef,
        subscription: &Subscription,
    ) -> Result<Output, Outcome> {
        let parent = self.company_id(parent).map_err(invalid)?;
        let license = license_subscription(subscription).map_err(invalid)?;
        let company = NewCompany::customer(name, license)
            .parent(parent)
            .can_be_managed_by_above(true);
        match self.client.companies().create(&company).await {
            Ok(id) => Ok(Output::Company(self.company(&id))),
            Err(error) => Err(failed(&error, Act::Create)),
        }
    }

    async fn delete_company(&self, company: &EntityRef) -> Result<Output, Outcome> {
        let id = self.company_id(company).map_err(invalid)?;
        if self.is_root(&id) {
            return Err(invalid("the root company is never deleted".to_owned()));
        }
        match self.client.company(&id).delete().await {
            Ok(()) => Ok(Output::Nothing),
            Err(error) => Err(failed(&error, Act::Delete)),
        }
    }

    async fn create_package(
        &self,
        company: &EntityRef,
        package: NewPackage,
    ) -> Result<Output, Outcome> {
        let company = self.company_id(company).map_err(invalid)?;
        let package = if self.is_root(&company) {
            package
        } else {
            package.company(company)
        };
        match self.client.packages().create(&package).await {
            Ok(id) => {
                // What the licence lacks may have been dropped without a word.
                let read_back = self.client.package(&id).get().await.ok();
                let modules = read_back.as_ref().map(module_labels);
                Ok(Output::Package {
                    package: self.package(&id),
                    modules,
                })
            }
            Err(error) => Err(failed(&error, Act::Create)),
        }
    }

    async fn delete_package(&self, package: &EntityRef) -> Result<Output, Outcome> {
        let id = self.package_id(package).map_err(invalid)?;
        match self.client.package(&id).delete().await {
            Ok(()) => Ok(Output::Nothing),
            Err(error) => Err(failed(&error, Act::Delete)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Create,
    Delete,
}

fn invalid(fault: String) -> Outcome {
    Outcome::Refused(Refusal::new(RefusalKind::Invalid, fault))
}

/// What an error says of the effect.
fn failed(error: &Error, act: Act) -> Outcome {
    let detail = error.to_string();
    match error.delivery() {
        Delivery::Unknown => Outcome::Unknown(detail),
        // Throttled: surely not done, and later it may be.
        Delivery::Refused if error.is_transient() => Outcome::NotSent(detail),
        // Gone before we came, or gone by an attempt of ours whose answer was lost: a look tells.
        Delivery::Refused if act == Act::Delete && error.kind() == ErrorKind::NotFound => {
            Outcome::Unknown(detail)
        }
        Delivery::NotSent if !is_our_refusal(error.kind()) => Outcome::NotSent(detail),
        Delivery::Refused | Delivery::NotSent => {
            Outcome::Refused(Refusal::new(refusal_kind(error, act), detail))
        }
    }
}

/// Errors that the client gives without sending, and will give again.
fn is_our_refusal(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::InvalidInput | ErrorKind::Credentials | ErrorKind::Scope | ErrorKind::Config
    )
}

fn refusal_kind(error: &Error, act: Act) -> RefusalKind {
    let words = error.vendor_message().unwrap_or_default().to_lowercase();
    let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
    match (error.kind(), act) {
        (ErrorKind::Scope | ErrorKind::Denied | ErrorKind::Credentials, _) => RefusalKind::Denied,
        // A seat or key that is in use is no name.
        (ErrorKind::Conflict, Act::Create) if !says(&["licen"]) => RefusalKind::NameTaken,
        (ErrorKind::NotFound, _) => RefusalKind::Gone,
        (_, Act::Delete)
            if says(&[
                "not available for the specified action",
                "not empty",
                "child",
                "has companies",
            ]) =>
        {
            RefusalKind::NotEmpty
        }
        (ErrorKind::InvalidInput, _) => RefusalKind::Invalid,
        _ => RefusalKind::Other,
    }
}

#[cfg(test)]
mod tests;
