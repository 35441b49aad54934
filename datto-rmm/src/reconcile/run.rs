//! Changing the account on behalf of an execution.

use ::reconcile::execution::{
    self, Finding, Outcome, Output, ReadyStep, Refusal, RefusalKind, SourceAction, SourceProbe,
};
use ::reconcile::identity::{EntityRef, Fingerprint, SecretText};
use ::reconcile::inventory::VariableValue as Known;
use async_trait::async_trait;
use client_core::{Delivery, Error, ErrorKind};

use super::{Source, convert};
use crate::sites::SiteUid;
use crate::variables::{NewVariable, Variable, VariableId, VariableUpdate, VariableValue};

#[cfg(test)]
mod tests;

#[async_trait]
impl execution::Source for Source {
    async fn probe(&self, probe: &SourceProbe) -> Finding {
        self.look(probe).await
    }

    async fn run(&self, step: &ReadyStep<SourceAction>) -> Outcome {
        self.act(step.action()).await
    }
}

/// A variable that is the one meant, with the value it was read with.
struct Held {
    id: VariableId,
    value: Fingerprint,
}

impl Source {
    async fn act(&self, action: &SourceAction) -> Outcome {
        let (SourceAction::CreateVariable { site, .. }
        | SourceAction::UpdateVariable { site, .. }
        | SourceAction::DeleteVariable { site, .. }) = action;
        let Some(uid) = self.site_uid(site) else {
            let detail = format!("{site} is no site of {}", self.instance());
            return refused(RefusalKind::WrongTenant, detail);
        };
        match action {
            SourceAction::CreateVariable { name, value, .. } => {
                self.create(&uid, name, value).await
            }
            SourceAction::UpdateVariable {
                id,
                name,
                value,
                replaces,
                ..
            } => self.update(site, &uid, (id, name), value, *replaces).await,
            SourceAction::DeleteVariable {
                id, name, value, ..
            } => self.delete(site, &uid, (id, name), *value).await,
        }
    }

    async fn create(&self, uid: &SiteUid, name: &str, value: &SecretText) -> Outcome {
        let variable = NewVariable::new(name, VariableValue::new(value.expose()));
        match self.client().site(uid).variables().create(&variable).await {
            Ok(()) => Outcome::Done(Output::Variable(value.fingerprint())),
            Err(error) if is_perhaps_taken(&error) => {
                self.taken(uid, name, value.fingerprint(), &error).await
            }
            Err(error) => outcome(&error),
        }
    }

    /// The vendor refused a creation, and does not say whether for the name or for something else: a look tells.
    async fn taken(
        &self,
        uid: &SiteUid,
        name: &str,
        wanted: Fingerprint,
        refusal: &Error,
    ) -> Outcome {
        let found = match self.client().site(uid).variables().find(name).await {
            Ok(Some(found)) => convert::variable(&found).value,
            Ok(None) | Err(_) => return outcome(refusal),
        };
        match found {
            Known::Is(value) if value == wanted => Outcome::Done(Output::Variable(wanted)),
            Known::Is(_) => refused(
                RefusalKind::Foreign,
                format!("variable {name} of site {uid} exists already"),
            ),
            Known::Masked => refused(
                RefusalKind::Masked,
                format!("variable {name} of site {uid} exists already"),
            ),
        }
    }

    async fn update(
        &self,
        site: &EntityRef,
        uid: &SiteUid,
        (id, name): (&str, &str),
        value: &SecretText,
        replaces: Fingerprint,
    ) -> Outcome {
        let held = match self.held(site, id, name).await {
            Ok(Some(held)) => held,
            Ok(None) => {
                return refused(
                    RefusalKind::Gone,
                    format!("variable {name} of site {uid} is gone"),
                );
            }
            Err(outcome) => return outcome,
        };
        let wanted = value.fingerprint();
        if held.value == wanted {
            return Outcome::Done(Output::Variable(wanted));
        }
        if held.value != replaces {
            return foreign(uid, name);
        }
        let update = VariableUpdate::new(name, VariableValue::new(value.expose()));
        match self
            .client()
            .site(uid)
            .variables()
            .update(held.id, &update)
            .await
        {
            Ok(()) => Outcome::Done(Output::Variable(wanted)),
            Err(error) => outcome(&error),
        }
    }

    async fn delete(
        &self,
        site: &EntityRef,
        uid: &SiteUid,
        (id, name): (&str, &str),
        value: Fingerprint,
    ) -> Outcome {
        let held = match self.held(site, id, name).await {
            Ok(Some(held)) => held,
            Ok(None) => return Outcome::Done(Output::Nothing),
            Err(outcome) => return outcome,
        };
        if held.value != value {
            return foreign(uid, name);
        }
        match self.client().site(uid).variables().delete(held.id).await {
            Ok(()) => Outcome::Done(Output::Nothing),
            Err(error) => outcome(&error),
        }
    }

    /// Reads the variable anew, directly before it is changed. `None` if it is gone.
    async fn held(&self, site: &EntityRef, id: &str, name: &str) -> Result<Option<Held>, Outcome> {
        let variable: Variable = match self.find_variable(site, name).await {
            Some(Ok(Some(variable))) => variable,
            Some(Ok(None)) => return Ok(None),
            Some(Err(error)) => return Err(before(&error)),
            None => {
                return Err(refused(
                    RefusalKind::WrongTenant,
                    format!("{site} is no site of {}", self.instance()),
                ));
            }
        };
        if variable.id.to_string() != id {
            let detail = format!(
                "variable {name} of site {} is not the one that was looked at",
                site.id
            );
            return Err(refused(RefusalKind::Foreign, detail));
        }
        match convert::variable(&variable).value {
            Known::Is(value) => Ok(Some(Held {
                id: variable.id,
                value,
            })),
            Known::Masked => Err(refused(
                RefusalKind::Masked,
                format!("variable {name} of site {} is masked", site.id),
            )),
        }
    }
}

fn refused(kind: RefusalKind, detail: impl Into<String>) -> Outcome {
    Outcome::Refused(Refusal::new(kind, detail))
}

fn foreign(uid: &SiteUid, name: &str) -> Outcome {
    refused(
        RefusalKind::Foreign,
        format!("variable {name} of site {uid} has a value that we did not write"),
    )
}

/// A duplicate name is refused with one of these; which one is not documented.
fn is_perhaps_taken(error: &Error) -> bool {
    error.delivery() == Delivery::Refused
        && matches!(error.kind(), ErrorKind::Conflict | ErrorKind::InvalidInput)
}

/// What a failed write came to.
fn outcome(error: &Error) -> Outcome {
    match error.delivery() {
        Delivery::Unknown => Outcome::Unknown(error.to_string()),
        Delivery::NotSent | Delivery::Refused => unchanged(error),
    }
}

/// What a failed look before a write came to: the write itself was not sent.
fn before(error: &Error) -> Outcome {
    unchanged(error)
}

/// Nothing changed: either it can be tried again, or it is refused.
fn unchanged(error: &Error) -> Outcome {
    let kind = match error.kind() {
        ErrorKind::Denied | ErrorKind::Scope => RefusalKind::Denied,
        ErrorKind::NotFound => RefusalKind::Gone,
        ErrorKind::InvalidInput | ErrorKind::Config => RefusalKind::Invalid,
        ErrorKind::Conflict | ErrorKind::Vendor => RefusalKind::Other,
        // Limits, blocks, lost connections, refused log-ins: nothing about the step itself.
        _ => return Outcome::NotSent(error.to_string()),
    };
    refused(kind, error.to_string())
}
