//! What the end of a step changes.

use super::AbsorbError;
use crate::drift::{EventKey, EventKind, EventStatus};
use crate::execution::{Outcome, Output, Refusal, RefusalKind};
use crate::identity::EntityRef;
use crate::plan::{DestinationStep, HostStep, Link, SourceStep, Step, StepId};
use crate::state::association::{AssociationId, AssociationStatus, LinkedPackage, LinkedVariable};
use crate::state::decision::Target;
use crate::state::entry::{Entry, StepResult};
use crate::state::{Made, State};

impl State {
    pub(super) fn settle(
        &mut self,
        entry: &Entry,
        step: StepId,
        result: &StepResult,
    ) -> Result<(), AbsorbError> {
        let progress = self.progress(entry.id, step)?;
        if let StepResult::Answered { attempt, outcome } = result {
            if let Some(known) = progress
                .attempts
                .iter_mut()
                .find(|known| known.number == *attempt)
            {
                known.answer = Some(outcome.clone());
                known.answered_at = Some(entry.at);
            }
            match outcome {
                Outcome::NotSent(_) | Outcome::Unknown(_) | Outcome::Pending => return Ok(()),
                // An earlier attempt may have made what this one was refused for, so a probe has the last word.
                Outcome::Refused(_) if progress.is_unsettled_before(*attempt) => return Ok(()),
                Outcome::Done(_) | Outcome::Refused(_) => {}
            }
        }
        progress.end = Some(result.clone());
        let Some(planned) = self
            .execution
            .as_ref()
            .and_then(|execution| execution.plan.step(step))
            .cloned()
        else {
            return Ok(());
        };
        match result {
            StepResult::Answered {
                outcome: Outcome::Done(output),
                ..
            } => {
                self.made_by(entry, &planned.step, output);
                self.done(entry, planned.association, &planned.step, output);
            }
            StepResult::Found { output, .. } => {
                // Found after an attempt of ours: that attempt made it.
                if self.was_attempted(step) {
                    self.made_by(entry, &planned.step, output);
                }
                self.done(entry, planned.association, &planned.step, output);
            }
            StepResult::Answered {
                outcome: Outcome::Refused(refusal),
                ..
            }
            | StepResult::Stopped(refusal) => {
                self.refused(entry, planned.association, &planned.step, refusal);
            }
            StepResult::Answered { .. } | StepResult::Skipped { .. } => {}
        }
        Ok(())
    }

    fn was_attempted(&self, step: StepId) -> bool {
        self.execution
            .as_ref()
            .and_then(|execution| execution.progress.get(&step))
            .is_some_and(|progress| !progress.attempts.is_empty())
    }

    fn done(&mut self, entry: &Entry, id: AssociationId, step: &Step, output: &Output) {
        if let Step::Host(HostStep::Unlink(unlink)) = step {
            if let Some(association) = self.associations.remove(&id) {
                let destination = unlink
                    .destination
                    .clone()
                    .or_else(|| association.destination().cloned());
                if let Some(destination) = destination {
                    self.parted.insert((unlink.source.clone(), destination));
                }
                self.resolve_events(&unlink.source);
            }
            return;
        }
        let destination = match step {
            Step::Host(HostStep::Link(link)) => self.input_of(&link.destination),
            _ => None,
        };
        let Some(association) = self.associations.get_mut(&id) else {
            return;
        };
        match (step, output) {
            (Step::Destination(DestinationStep::CreateCompany(step)), Output::Company(company)) => {
                association.target = Target::Existing(company.clone());
                association.partner = Some(step.parent.clone());
                association.destination_name = Some(step.name.clone());
                association.company_made_by_us = true;
                association.changed_at = entry.at;
            }
            (
                Step::Destination(DestinationStep::CreatePackage(step)),
                Output::Package { package, modules },
            ) => {
                association.package = Some(LinkedPackage {
                    package: package.clone(),
                    name: step.name.clone(),
                    modules: modules.clone(),
                });
                association.changed_at = entry.at;
            }
            (Step::Source(SourceStep::SetVariable(step)), Output::Variable(value)) => {
                association.variable = Some(LinkedVariable {
                    name: step.name.clone(),
                    value: *value,
                });
                association.changed_at = entry.at;
            }
            (Step::Source(SourceStep::DeleteVariable(_)), _) => association.variable = None,
            (Step::Destination(DestinationStep::DeletePackage(_)), _) => association.package = None,
            (Step::Host(HostStep::Link(link)), _) => {
                if let Some(destination) = destination {
                    association.target = Target::Existing(destination);
                }
                link_association(association, link);
                association.changed_at = entry.at;
                self.resolve_events(&link.source);
            }
            _ => {}
        }
    }

    /// What an input stands for, once the step that makes it is done.
    fn input_of(&self, input: &crate::plan::Input) -> Option<EntityRef> {
        match input {
            crate::plan::Input::Known(entity) => Some(entity.clone()),
            crate::plan::Input::MadeBy(step) => {
                let progress = self.execution.as_ref()?.progress.get(step)?;
                match progress.output()? {
                    Output::Company(entity)
                    | Output::Package {
                        package: entity, ..
                    } => Some(entity.clone()),
                    Output::Variable(_) | Output::Nothing => None,
                }
            }
        }
    }

    fn made_by(&mut self, entry: &Entry, step: &Step, output: &Output) {
        let (entity, variable) = match (step, output) {
            (
                _,
                Output::Company(entity)
                | Output::Package {
                    package: entity, ..
                },
            ) => (entity.clone(), None),
            (Step::Source(SourceStep::SetVariable(step)), Output::Variable(_)) => {
                (step.site.clone(), Some(step.name.clone()))
            }
            _ => return,
        };
        let by = self
            .execution
            .as_ref()
            .map_or_else(|| entry.by.clone(), |execution| execution.by.clone());
        self.made.push(Made {
            entity,
            variable,
            at: entry.at,
            by,
        });
    }

    fn refused(&mut self, entry: &Entry, id: AssociationId, step: &Step, refusal: &Refusal) {
        if let Step::Destination(DestinationStep::CreateCompany(_)) = step
            && refusal.kind == RefusalKind::NameTaken
            && let Some(association) = self.associations.get(&id)
        {
            let key = EventKey {
                kind: EventKind::DestinationCreation,
                entities: vec![association.source.clone()],
            };
            // An answer that ran into the same refusal is a new occurrence.
            if let Some(event) = self.events.get_mut(&key)
                && event.status == EventStatus::Resolving
            {
                event.status = EventStatus::Resolved;
            }
            self.raise(&key, &refusal.detail, entry.at);
        }
    }

    /// Answered events of this source organisation are done: their entities name it first.
    fn resolve_events(&mut self, source: &EntityRef) {
        for event in self.events.values_mut() {
            if event.status == EventStatus::Resolving
                && event.id.key.entities.first() == Some(source)
            {
                event.status = EventStatus::Resolved;
            }
        }
    }
}

fn link_association(association: &mut super::Association, link: &Link) {
    association.status = AssociationStatus::Established;
    association.restore = false;
    association.source_name = Some(link.source_name.clone());
    association.destination_name = Some(link.destination_name.clone());
    if link.partner.is_some() {
        association.partner.clone_from(&link.partner);
    }
    if link.package.is_some() {
        association.package.clone_from(&link.package);
    }
    if link.variable.is_some() {
        association.variable.clone_from(&link.variable);
    }
}

impl crate::state::Progress {
    /// Whether an attempt before this one may have taken effect unseen.
    pub(crate) fn is_unsettled_before(&self, attempt: u32) -> bool {
        self.attempts
            .iter()
            .any(|known| known.number < attempt && known.is_unsettled())
    }

    /// What the step made, once it is done.
    pub fn output(&self) -> Option<&Output> {
        match self.end.as_ref()? {
            StepResult::Answered {
                outcome: Outcome::Done(output),
                ..
            }
            | StepResult::Found { output, .. } => Some(output),
            StepResult::Answered { .. } | StepResult::Stopped(_) | StepResult::Skipped { .. } => {
                None
            }
        }
    }
}

impl crate::state::Attempt {
    /// Whether the attempt may have taken effect unseen.
    pub fn is_unsettled(&self) -> bool {
        match &self.answer {
            None | Some(Outcome::Unknown(_) | Outcome::Pending) => true,
            Some(Outcome::Done(_) | Outcome::Refused(_) | Outcome::NotSent(_)) => false,
        }
    }
}
