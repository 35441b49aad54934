//! What is to be done next: the first thing that any step needs, in the order of the plan.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::judge::{Action, Case, Need, judge};
use super::pace::Pace;
use super::side::{Finding, Output, Probe};
use crate::identity::{EntityRef, Instance};
use crate::plan::{Input, PlannedStep, StepId};
use crate::state::{ExecutionRecord, Facts, Progress, StepResult};

/// What this run remembers of a step; nothing of it is needed after a crash.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    first_look: Timestamp,
    not_before: Option<Timestamp>,
    pub(super) seen: Vec<(Probe, Finding)>,
    /// When the first look of `seen` was asked for. An answer tells of no later time, however long it took.
    asked: Option<Timestamp>,
    pub(super) failed_looks: u32,
}

impl Memory {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            first_look: now,
            not_before: None,
            seen: Vec::new(),
            asked: None,
            failed_looks: 0,
        }
    }

    fn forget_looks(&mut self) {
        self.seen.clear();
        self.asked = None;
    }
}

/// The next thing to be done.
pub(super) enum Pick {
    Look(StepId, Probe),
    Settle(StepId, StepResult),
    Send {
        step: StepId,
        attempt: u32,
        facts: Facts,
        action: Action,
    },
    Wait(Timestamp),
    Circle,
    Finish,
}

/// What an execution does next.
pub(super) fn pick(
    record: &ExecutionRecord,
    memory: &mut BTreeMap<StepId, Memory>,
    pace: &Pace,
    now: Timestamp,
) -> Pick {
    let mut wake: Option<Timestamp> = None;
    let mut open = false;
    for planned in &record.plan.steps {
        let step = planned.id;
        if is_ended(record, step) {
            continue;
        }
        let undone = planned
            .after
            .iter()
            .find(|id| is_ended(record, **id) && output(record, **id).is_none());
        if let Some(&because) = undone {
            return Pick::Settle(step, StepResult::Skipped { because });
        }
        open = true;
        if planned.after.iter().any(|id| !is_ended(record, *id)) {
            continue;
        }
        let memory = memory.entry(step).or_insert_with(|| Memory::new(now));
        match need(record, planned, memory, pace, now) {
            Need::Look(probe) => {
                memory.asked.get_or_insert(now);
                return Pick::Look(step, probe);
            }
            Need::Send(facts, action) => {
                let before = record
                    .progress
                    .get(&step)
                    .map_or(0, |progress| progress.attempts.len());
                let attempt = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
                return Pick::Send {
                    step,
                    attempt,
                    facts,
                    action,
                };
            }
            Need::Found(output, note) => {
                return Pick::Settle(step, StepResult::Found { output, note });
            }
            Need::Stop(refusal) => return Pick::Settle(step, StepResult::Stopped(refusal)),
            Need::Wait(until) => wake = Some(wake.map_or(until, |known| known.min(until))),
        }
    }
    match wake {
        Some(until) => Pick::Wait(until),
        None if open => Pick::Circle,
        None => Pick::Finish,
    }
}

fn need(
    record: &ExecutionRecord,
    planned: &PlannedStep,
    memory: &mut Memory,
    pace: &Pace,
    now: Timestamp,
) -> Need {
    if let Some(not_before) = memory.not_before {
        if now < not_before {
            return Need::Wait(not_before);
        }
        memory.not_before = None;
    }
    let mut need = judged(record, planned, memory, pace, now);
    if matches!(need, Need::Wait(until) if until <= now) {
        // The looks took so long that the time has come already: they are outdated, and there is nothing to wait for.
        memory.forget_looks();
        need = judged(record, planned, memory, pace, now);
    }
    if let Need::Wait(until) = need {
        memory.forget_looks();
        memory.not_before = Some(until);
    }
    need
}

fn judged(
    record: &ExecutionRecord,
    planned: &PlannedStep,
    memory: &Memory,
    pace: &Pace,
    now: Timestamp,
) -> Need {
    let none = Progress::default();
    let progress = record.progress.get(&planned.id).unwrap_or(&none);
    judge(
        &planned.step,
        &Case {
            attempts: &progress.attempts,
            seen: &memory.seen,
            failed_looks: memory.failed_looks,
            as_of: memory.asked.unwrap_or(now),
            first_look: memory.first_look,
            made_at: planned
                .after
                .iter()
                .filter_map(|id| made_at(record, *id))
                .max(),
            resolve: &|input| resolve(record, input),
            pace,
            now,
        },
    )
}

impl PlannedStep {
    /// Whether running the step asks this tenant for anything.
    pub(super) fn touches(&self, instance: &Instance) -> bool {
        use crate::plan::{DestinationStep, SourceStep, Step};
        match &self.step {
            Step::Source(SourceStep::DeleteVariable(step)) => step.site.instance == *instance,
            // The link comes from the destination and goes to the source; a company goes only if its site is gone.
            Step::Source(SourceStep::SetVariable(_))
            | Step::Destination(DestinationStep::DeleteCompany(_)) => true,
            Step::Destination(step) => step.instance().is_none_or(|of| of == instance),
            Step::Host(_) => false,
        }
    }
}

impl crate::plan::DestinationStep {
    /// The tenant that the step changes, where it is known before the step's inputs are.
    fn instance(&self) -> Option<&Instance> {
        match self {
            Self::CreateCompany(step) => Some(&step.parent.instance),
            Self::DeleteCompany(step) => Some(&step.company.instance),
            Self::DeletePackage(step) => Some(&step.package.instance),
            Self::CreatePackage(step) => match &step.company {
                Input::Known(company) => Some(&company.instance),
                Input::MadeBy(_) => None,
            },
        }
    }
}

fn is_ended(record: &ExecutionRecord, step: StepId) -> bool {
    record
        .progress
        .get(&step)
        .is_some_and(|progress| progress.end.is_some())
}

fn output(record: &ExecutionRecord, step: StepId) -> Option<&Output> {
    record.progress.get(&step)?.output()
}

fn made_at(record: &ExecutionRecord, step: StepId) -> Option<Timestamp> {
    record
        .progress
        .get(&step)?
        .attempts
        .last()
        .map(|attempt| attempt.answered_at.unwrap_or(attempt.at))
}

fn resolve(record: &ExecutionRecord, input: &Input) -> Option<EntityRef> {
    match input {
        Input::Known(entity) => Some(entity.clone()),
        Input::MadeBy(step) => match output(record, *step)? {
            Output::Company(entity)
            | Output::Package {
                package: entity, ..
            } => Some(entity.clone()),
            Output::Variable(_) | Output::Nothing => None,
        },
    }
}
