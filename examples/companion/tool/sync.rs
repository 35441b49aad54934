//! The command `sync`: one unattended pass, for cron and the Task Scheduler.

use jiff::Timestamp;
use reconcile::drift::Assessment;
use reconcile::plan::Digest;
use reconcile::{Observed, Sides, inspect};
use serde::Serialize;

use super::apply::{exit_of_held, worst};
use super::cli::Sync;
use super::drive::Applied;
use super::events::Line;
use super::exit::{Exit, Failure};
use super::present::{clean, json, line, text};
use super::session::{Estate, Session};

/// The document of `sync --json`.
#[derive(Debug, Serialize)]
struct Document {
    /// What finishing an earlier apply came to, if one was unfinished.
    resumed: Option<Applied>,
    /// Events that this pass raised or has news of, and those that it cleared.
    raised: usize,
    cleared: usize,
    /// Sides of which nothing is concluded from absences, with the reason.
    holds: Vec<String>,
    /// What could be said neither way, with the reason.
    undecided: Vec<String>,
    /// Every event that waits for an answer or is being resolved.
    events: Vec<Line>,
    /// What the decisions so far ask for.
    plan: PlanLine,
    /// What applying came to; `null` if nothing was applied.
    applied: Option<Applied>,
    partial: Vec<String>,
}

#[derive(Debug, Serialize)]
struct PlanLine {
    digest: Digest,
    steps: usize,
    held: Vec<String>,
}

/// Runs `sync`.
pub(crate) async fn run(arguments: &Sync) -> Result<Exit, Failure> {
    let mut session = Session::deciding(&arguments.reach, &arguments.who).await?;
    let mut exits = Vec::new();
    if arguments.who.dry_run && session.state.execution().is_some() {
        return Err(Failure::new(Exit::Failed, "an earlier plan is unfinished")
            .with_advice("`companion sync` and `companion apply` finish it first"));
    }
    // That plan was confirmed, so finishing it needs no further yes.
    let resumed = session.resume().await?;
    if let Some(report) = &resumed {
        if !arguments.format.json {
            text(report)?;
        }
        exits.push(session.exit_after(report));
        if report.halted.is_some() || exits.contains(&Exit::Credentials) {
            return Ok(exits[0]);
        }
    }
    let estate = session.gather().await?;
    let assessment = session.inspect(&estate).await?;
    let plan = session.plan(&estate)?;
    exits.push(exit_of_held(&plan));
    let applied = if arguments.yes && !arguments.who.dry_run && !plan.is_empty() {
        let digest = plan.digest();
        let report = session.apply(plan.clone(), digest).await?;
        exits.push(session.exit_after(&report));
        Some(report)
    } else {
        None
    };
    let held = plan.held.iter();
    let document = Document {
        resumed: resumed.as_ref().map(Applied::of),
        raised: assessment.raised().count(),
        cleared: assessment.cleared().count(),
        holds: assessment.holds.iter().map(ToString::to_string).collect(),
        undecided: assessment
            .undecided
            .iter()
            .map(|undecided| format!("{}: {}", undecided.key, undecided.why))
            .collect(),
        events: Line::listed(&session.state),
        plan: PlanLine {
            digest: plan.digest(),
            steps: plan.steps.len(),
            held: held
                .map(|held| format!("{}: {}", held.reason, held.detail))
                .collect(),
        },
        applied: applied.as_ref().map(Applied::of),
        partial: estate.partial(),
    };
    if !document.events.is_empty() {
        exits.push(Exit::EventsOpen);
    }
    if arguments.format.json {
        json(&document)?;
    } else {
        show(&document)?;
        if let Some(report) = &applied {
            text(report)?;
        }
        if arguments.who.dry_run {
            line("Dry run: nothing was written")?;
        }
    }
    Ok(worst(&exits))
}

fn show(document: &Document) -> Result<(), Failure> {
    for hold in &document.holds {
        line(format!("held: {}", clean(hold)))?;
    }
    line(format!(
        "{} events raised, {} cleared, {} wait for an answer",
        document.raised,
        document.cleared,
        document.events.len()
    ))?;
    if !document.events.is_empty() {
        Line::table(&document.events)?;
    }
    for held in &document.plan.held {
        line(format!("held back: {}", clean(held)))?;
    }
    match (document.plan.steps, &document.applied) {
        (0, _) => line("nothing to do"),
        (_, Some(_)) => Ok(()),
        (steps, None) => line(format!(
            "{steps} steps wait: `companion apply` shows and applies them"
        )),
    }
}

impl Session {
    /// Compares what was read with what is linked, and logs the events that follow.
    async fn inspect(&mut self, estate: &Estate) -> Result<Assessment, Failure> {
        let observed = Observed {
            source: &estate.sites,
            destination: &estate.companies,
        };
        let sides = Sides::new(&self.vendors.source, &self.vendors.destination);
        let now = Timestamp::now;
        let (state, policy, by) = (&mut self.state, &self.policy, &self.by);
        Ok(inspect(state, observed, policy, sides, &mut *self.log, by, &now).await?)
    }
}
