//! What an execution came to.

use std::collections::BTreeSet;
use std::fmt;

use super::side::{Outcome, Output, Refusal};
use crate::plan::{CreatePackage, DestinationStep, PlannedStep, Step};
use crate::state::{ExecutionRecord, StepResult};

/// What an execution came to, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Report {
    /// Every step of the plan with its end.
    pub steps: Vec<StepReport>,
    /// Why the execution stopped before its steps had ended, if it did. It can be resumed.
    pub halted: Option<Refusal>,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepReport {
    /// The step.
    pub planned: PlannedStep,
    /// How it ended; `None` if it has not.
    pub end: Option<StepResult>,
}

impl Report {
    pub(super) fn of(record: &ExecutionRecord, halted: Option<Refusal>) -> Self {
        let steps = record
            .plan
            .steps
            .iter()
            .map(|planned| StepReport {
                planned: planned.clone(),
                end: record
                    .progress
                    .get(&planned.id)
                    .and_then(|progress| progress.end.clone()),
            })
            .collect();
        Self { steps, halted }
    }

    /// The steps whose effect is in place.
    pub fn done(&self) -> impl Iterator<Item = &StepReport> {
        self.steps.iter().filter(|step| step.output().is_some())
    }

    /// The steps whose effect is not in place: refused, stopped, skipped or not ended.
    pub fn not_done(&self) -> impl Iterator<Item = &StepReport> {
        self.steps.iter().filter(|step| step.output().is_none())
    }

    /// Whether every step's effect is in place.
    pub fn is_success(&self) -> bool {
        self.halted.is_none() && self.not_done().next().is_none()
    }
}

impl StepReport {
    /// What the step made, if its effect is in place.
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

    /// Why the step's effect is not in place, for a person; `None` if it is.
    pub fn reason(&self) -> Option<String> {
        match self.end.as_ref() {
            None => Some("not ended".to_owned()),
            Some(
                StepResult::Answered {
                    outcome: Outcome::Refused(refusal),
                    ..
                }
                | StepResult::Stopped(refusal),
            ) => Some(refusal.detail.clone()),
            Some(StepResult::Skipped { because }) => {
                Some(format!("skipped, since {because} was not done"))
            }
            Some(StepResult::Answered {
                outcome: Outcome::NotSent(why) | Outcome::Unknown(why),
                ..
            }) => Some(why.clone()),
            Some(StepResult::Answered {
                outcome: Outcome::Pending,
                ..
            }) => Some("pending".to_owned()),
            Some(
                StepResult::Answered {
                    outcome: Outcome::Done(_),
                    ..
                }
                | StepResult::Found { .. },
            ) => None,
        }
    }

    /// Modules that were asked for and that the package, read back, does not have.
    pub fn missing_modules(&self) -> BTreeSet<String> {
        let Step::Destination(DestinationStep::CreatePackage(CreatePackage {
            modules: wanted,
            ..
        })) = &self.planned.step
        else {
            return BTreeSet::new();
        };
        match self.output() {
            Some(Output::Package {
                modules: Some(modules),
                ..
            }) => wanted.difference(modules).cloned().collect(),
            _ => BTreeSet::new(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = self.done().count();
        writeln!(f, "{done} of {} steps are done", self.steps.len())?;
        for step in self.not_done() {
            let reason = step.reason().unwrap_or_default();
            writeln!(f, "{} ({}): {reason}", step.planned.id, step.planned.step)?;
        }
        for step in &self.steps {
            let missing = step.missing_modules();
            if !missing.is_empty() {
                let missing: Vec<_> = missing.iter().map(String::as_str).collect();
                writeln!(
                    f,
                    "{}: the vendor left out {}",
                    step.planned.id,
                    missing.join(" ")
                )?;
            }
        }
        match &self.halted {
            Some(refusal) => writeln!(f, "halted: {}", refusal.detail),
            None => Ok(()),
        }
    }
}
