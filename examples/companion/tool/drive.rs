//! Applying a confirmed plan to its end, or to where a person stops it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use examples::present::progress;
use indicatif::ProgressBar;
use jiff::Timestamp;
use reconcile::execution::{Execution, Report};
use reconcile::log::{Log, LogError};
use reconcile::plan::StepId;
use reconcile::state::{Body, Entry};
use reconcile::{Pause, Sides, drive};
use schemars::JsonSchema;
use serde::Serialize;

use super::exit::{Exit, Failure};
use super::interrupt::Guard;
use super::session::Session;

/// The part of a JSON document that tells what an apply came to.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Applied {
    /// Every step, in the order of the plan.
    steps: Vec<StepLine>,
    /// Why it stopped before its end, if it did.
    halted: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StepLine {
    /// Its number within the plan.
    step: u32,
    /// What it does, for a person.
    what: String,
    /// Whether it was done.
    done: bool,
    /// Why not, if not.
    reason: Option<String>,
}

impl Applied {
    pub(crate) fn of(report: &Report) -> Self {
        let steps = report.steps.iter().map(|step| StepLine {
            step: step.planned.id.0,
            what: step.planned.step.to_string(),
            done: step.output().is_some(),
            reason: step.reason(),
        });
        Self {
            steps: steps.collect(),
            halted: report.halted.as_ref().map(|refusal| refusal.detail.clone()),
        }
    }

    /// As part of a line.
    pub(crate) fn in_short(&self) -> String {
        let done = self.steps.iter().filter(|step| step.done).count();
        let stopped = if self.halted.is_some() {
            ", stopped before the end"
        } else {
            ""
        };
        format!("{done} of {} steps done{stopped}", self.steps.len())
    }
}

/// Passes entries on until a person stops the run: then no further step is announced, so none is sent, and what is
/// under way is still recorded.
struct UntilStopped<'l> {
    log: &'l mut dyn Log,
    stop: &'l AtomicBool,
    ended: &'l mut BTreeSet<StepId>,
    bar: &'l ProgressBar,
}

#[derive(Debug, thiserror::Error)]
#[error("stopped by Ctrl-C")]
struct Stopped;

#[async_trait]
impl Log for UntilStopped<'_> {
    async fn append(&mut self, entry: &Entry) -> Result<(), LogError> {
        let begins = matches!(entry.body, Body::Intent { .. } | Body::Confirmed { .. });
        if begins && self.stop.load(Ordering::Relaxed) {
            return Err(LogError::new(Stopped));
        }
        self.log.append(entry).await?;
        if let Body::Settled { step, .. } = entry.body {
            self.ended.insert(step);
            self.bar.set_position(self.ended.len() as u64);
        }
        Ok(())
    }
}

impl Session {
    /// Goes on with the plan that an earlier run left unfinished, if there is one.
    pub(crate) async fn resume(&mut self) -> Result<Option<Report>, Failure> {
        match Execution::resume(self.state.clone(), self.by.clone(), self.pace) {
            None => Ok(None),
            Some(execution) => {
                eprintln!("finishing the plan that an earlier run left unfinished");
                self.finish(execution).await.map(Some)
            }
        }
    }

    /// Applies to the end. Ctrl-C stops after the current step, a second one at once; either way nothing is lost.
    pub(crate) async fn finish(&mut self, mut execution: Execution) -> Result<Report, Failure> {
        let bar = progress("applying", execution.progress().1 as u64);
        let (stop, mut ended) = (AtomicBool::new(false), BTreeSet::new());
        let mut guard = Guard::new();
        let end = loop {
            let sides = Sides::new(&self.vendors.source, &self.vendors.destination);
            let mut log = UntilStopped {
                log: &mut self.log,
                stop: &stop,
                ended: &mut ended,
                bar: &bar,
            };
            let driven = {
                let now = Timestamp::now;
                let mut driving = std::pin::pin!(drive(&mut execution, sides, &mut log, &now));
                loop {
                    tokio::select! {
                        driven = &mut driving => break Some(driven),
                        () = guard.pressed() => {
                            stop.store(true, Ordering::Relaxed);
                            if guard.presses() > 1 {
                                break None;
                            }
                            eprintln!("stopping after the current step; press Ctrl-C again to stop at once");
                        }
                    }
                }
            };
            let time = match driven {
                Some(Ok(Pause::Finished(report))) => break Ok(report),
                Some(Ok(Pause::Until(time))) => time,
                Some(Err(_)) if stop.load(Ordering::Relaxed) => break Err(stopped(&execution)),
                Some(Err(error)) => break Err(error.into()),
                None => break Err(stopped(&execution)),
            };
            if stop.load(Ordering::Relaxed) || interrupted_before(time, &mut guard).await {
                break Err(stopped(&execution));
            }
        };
        bar.finish_and_clear();
        self.state = execution.into_state();
        self.clients.remember(false)?;
        end
    }

    /// The exit code after an apply: a refused log-in goes before all else.
    pub(crate) fn exit_after(&self, report: &Report) -> Exit {
        if self.clients.latched().is_some() {
            Exit::Credentials
        } else if report.is_success() {
            Exit::Clean
        } else {
            Exit::Held
        }
    }
}

fn stopped(execution: &Execution) -> Failure {
    let (done, of) = execution.progress();
    Failure::new(
        Exit::Failed,
        format!("stopped by Ctrl-C: {done} of {of} steps have ended"),
    )
    .with_advice("nothing is lost: `companion apply` goes on where this stopped")
}

/// Waits; true if a person would rather not.
async fn interrupted_before(time: Timestamp, guard: &mut Guard) -> bool {
    let wait = time.duration_since(Timestamp::now());
    let wait = wait.try_into().unwrap_or_default();
    tokio::select! {
        () = tokio::time::sleep(wait) => false,
        () = guard.pressed() => true,
    }
}
