//! Executions: a confirmed plan, applied step by step, by a machine that does no input or output of its own.
//!
//! [`Execution::next`] says what to do next and the host tells what came of it. Everything that changes something is
//! first stored as an intent; only then does the machine hand out the [`ReadyStep`]. After a crash
//! [`Execution::resume`] goes on from the state that the log folds to: what may have taken effect is looked for before
//! anything is sent again.

mod judge;
mod pace;
mod pick;
mod report;
mod side;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;

use judge::Action;
use pick::{Memory, Pick, pick};

use crate::identity::Instance;
use crate::plan::{Confirmed, StepId};
use crate::state::{AbsorbError, Body, Entry, State, StepResult};

pub use pace::{Pace, Visibility};
pub use report::{Report, StepReport};
pub use side::*;

/// What an execution wants of its host.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "hosts must handle every one")]
pub enum Command {
    /// Store this entry durably, then call [`Execution::stored`].
    Store(Entry),
    /// Look, then call [`Execution::found`].
    Probe(Probe),
    /// Run this, then call [`Execution::ran`].
    Run(Run),
    /// Nothing can be done before this time; then call [`Execution::next`] again.
    WaitUntil(Timestamp),
    /// It is over.
    Finished(Report),
}

/// Applies a confirmed plan.
#[derive(Debug, Clone)]
pub struct Execution {
    state: State,
    by: String,
    pace: Pace,
    /// What the host was last asked to do and has not answered.
    outstanding: Option<Outstanding>,
    /// What is to be stored next.
    queued: Option<Body>,
    /// Which sides have shown that they are the right tenant.
    checked: Checked,
    memory: BTreeMap<StepId, Memory>,
    over: Option<Report>,
}

#[derive(Debug, Clone)]
enum Outstanding {
    Store { entry: Entry, then: Option<Run> },
    Control(Probe),
    Look(StepId, Probe),
    Run(Run),
}

#[derive(Debug, Clone, Copy, Default)]
struct Checked {
    source: bool,
    destination: bool,
    not_before: Option<Timestamp>,
}

impl Execution {
    /// Begins to apply a plan. `by` names who confirmed it.
    ///
    /// The state is the one against which the plan was confirmed.
    pub fn begin(state: State, confirmed: Confirmed, by: impl Into<String>, pace: Pace) -> Self {
        let (plan, digest) = confirmed.into_parts();
        let mut execution = Self::new(state, by.into(), pace);
        if plan.is_empty() {
            // Nothing to do is nothing to log.
            execution.over = Some(Report::default());
        } else {
            execution.queued = Some(Body::Confirmed {
                plan: Box::new(plan),
                digest,
            });
        }
        execution
    }

    /// Goes on with the plan that the state says is unfinished, if there is one. `by` names who resumes it.
    pub fn resume(state: State, by: impl Into<String>, pace: Pace) -> Option<Self> {
        state.execution()?;
        Some(Self::new(state, by.into(), pace))
    }

    fn new(state: State, by: String, pace: Pace) -> Self {
        Self {
            state,
            by,
            pace,
            outstanding: None,
            queued: None,
            checked: Checked::default(),
            memory: BTreeMap::new(),
            over: None,
        }
    }

    /// The state with everything that was stored so far.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The state, when the execution is no longer needed.
    pub fn into_state(self) -> State {
        self.state
    }

    /// How many of the plan's steps have ended, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        if let Some(report) = &self.over {
            return (report.steps.len(), report.steps.len());
        }
        self.state.execution().map_or((0, 0), |record| {
            let ended = record
                .progress
                .values()
                .filter(|progress| progress.end.is_some())
                .count();
            (ended, record.plan.steps.len())
        })
    }

    /// Gives the execution up: what is unsettled is not looked for any more.
    ///
    /// Returns the entry to store. Nothing at the vendors is undone; what may have taken effect shows in the next
    /// observations.
    pub fn abandon(self, now: Timestamp) -> Entry {
        self.state.entry(Body::Abandoned, self.by, now)
    }

    /// What to do next. Asked again before an answer, it says the same.
    pub fn next(&mut self, now: Timestamp) -> Command {
        if let Some(outstanding) = &self.outstanding {
            return outstanding.command();
        }
        if let Some(report) = &self.over {
            return Command::Finished(report.clone());
        }
        if let Some(body) = self.queued.take() {
            return self.store(body, None, now);
        }
        if let Some(command) = self.check_tenants(now) {
            return command;
        }
        self.advance(now)
    }

    /// The entry of [`Command::Store`] is durable.
    ///
    /// # Errors
    ///
    /// An [`AbsorbError`] if the entry does not fit the state, which means that another writer used the log.
    pub fn stored(&mut self) -> Result<(), AbsorbError> {
        let Some(Outstanding::Store { entry, then }) = self
            .outstanding
            .take_if(|o| matches!(o, Outstanding::Store { .. }))
        else {
            return Ok(());
        };
        if matches!(entry.body, Body::Finished) {
            self.over = self
                .state
                .execution()
                .map(|record| Report::of(record, None));
        }
        self.state.absorb(&entry)?;
        self.outstanding = then.map(Outstanding::Run);
        Ok(())
    }

    /// What the look of [`Command::Probe`] saw.
    pub fn found(&mut self, finding: Finding, now: Timestamp) {
        match self
            .outstanding
            .take_if(|o| matches!(o, Outstanding::Control(_) | Outstanding::Look(..)))
        {
            Some(Outstanding::Control(probe)) => self.judge_tenant(&probe, &finding, now),
            Some(Outstanding::Look(step, probe)) => {
                let memory = self.memory.entry(step).or_insert_with(|| Memory::new(now));
                if matches!(finding, Finding::Unknown(_)) {
                    memory.failed_looks += 1;
                } else {
                    memory.failed_looks = 0;
                }
                memory.seen.push((probe, finding));
            }
            Some(Outstanding::Store { .. } | Outstanding::Run(_)) | None => {}
        }
    }

    /// What running the step of [`Command::Run`] came to.
    pub fn ran(&mut self, outcome: Outcome) {
        if let Some(Outstanding::Run(run)) = self
            .outstanding
            .take_if(|o| matches!(o, Outstanding::Run(_)))
        {
            let (step, attempt) = run.number();
            // What was seen before is outdated by what was just done.
            self.memory.remove(&step);
            self.queued = Some(Body::Settled {
                step,
                result: StepResult::Answered { attempt, outcome },
            });
        }
    }

    fn store(&mut self, body: Body, then: Option<Run>, now: Timestamp) -> Command {
        let entry = self.state.entry(body, self.by.clone(), now);
        self.ask(Outstanding::Store { entry, then })
    }

    fn ask(&mut self, outstanding: Outstanding) -> Command {
        let command = outstanding.command();
        self.outstanding = Some(outstanding);
        command
    }

    /// Credentials of another tenant must not apply this tenant's plan, so both sides show first who they are.
    fn check_tenants(&mut self, now: Timestamp) -> Option<Command> {
        if let Some(not_before) = self
            .checked
            .not_before
            .filter(|not_before| now < *not_before)
        {
            return Some(Command::WaitUntil(not_before));
        }
        let plan = &self.state.execution()?.plan;
        let touched = |instance: &Instance| plan.steps.iter().any(|step| step.touches(instance));
        let control = if !self.checked.source && touched(&plan.source) {
            Probe::Source(SourceProbe::Control)
        } else if !self.checked.destination && touched(&plan.destination) {
            Probe::Destination(DestinationProbe::Control)
        } else {
            return None;
        };
        Some(self.ask(Outstanding::Control(control)))
    }

    fn judge_tenant(&mut self, probe: &Probe, finding: &Finding, now: Timestamp) {
        let Some(record) = self.state.execution() else {
            return;
        };
        let (expected, checked) = match probe {
            Probe::Source(_) => (&record.plan.source, &mut self.checked.source),
            Probe::Destination(_) => (&record.plan.destination, &mut self.checked.destination),
        };
        match finding {
            Finding::Control(instance) if instance == expected => *checked = true,
            Finding::Control(instance) => {
                let detail =
                    format!("the credentials belong to {instance}, the plan to {expected}");
                self.over = Some(Report::of(
                    record,
                    Some(Refusal::new(RefusalKind::WrongTenant, detail)),
                ));
            }
            _ => self.checked.not_before = now.checked_add(self.pace.retry).ok(),
        }
    }

    /// Does the first thing that any step needs, in the order of the plan.
    fn advance(&mut self, now: Timestamp) -> Command {
        let Self {
            state,
            memory,
            pace,
            ..
        } = self;
        let Some(record) = state.execution() else {
            return Command::Finished(Report::default());
        };
        match pick(record, memory, pace, now) {
            Pick::Look(step, probe) => self.ask(Outstanding::Look(step, probe)),
            Pick::Settle(step, result) => self.store(Body::Settled { step, result }, None, now),
            Pick::Send {
                step,
                attempt,
                facts,
                action,
            } => {
                let run = match action {
                    Action::Source(action) => Run::Source(ReadyStep::new(step, attempt, action)),
                    Action::Destination(action) => {
                        Run::Destination(ReadyStep::new(step, attempt, action))
                    }
                    Action::Host(action) => Run::Host(ReadyStep::new(step, attempt, action)),
                };
                self.store(
                    Body::Intent {
                        step,
                        attempt,
                        facts,
                    },
                    Some(run),
                    now,
                )
            }
            Pick::Wait(until) => Command::WaitUntil(until),
            Pick::Circle => {
                // Only a plan with a circle gets here, and planning makes none.
                let refusal = Refusal::new(
                    RefusalKind::Invalid,
                    "the steps of the plan wait for each other",
                );
                let report = Report::of(record, Some(refusal));
                self.over = Some(report.clone());
                Command::Finished(report)
            }
            Pick::Finish => self.store(Body::Finished, None, now),
        }
    }
}

impl Outstanding {
    fn command(&self) -> Command {
        match self {
            Self::Store { entry, .. } => Command::Store(entry.clone()),
            Self::Control(probe) | Self::Look(_, probe) => Command::Probe(probe.clone()),
            Self::Run(run) => Command::Run(run.clone()),
        }
    }
}

impl Run {
    /// The step and attempt that this runs.
    pub fn number(&self) -> (StepId, u32) {
        match self {
            Self::Source(ready) => (ready.step(), ready.attempt()),
            Self::Destination(ready) => (ready.step(), ready.attempt()),
            Self::Host(ready) => (ready.step(), ready.attempt()),
        }
    }
}
