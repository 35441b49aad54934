//! The command `sync`: one unattended pass, for cron and the Task Scheduler.

use jiff::Timestamp;
use reconcile::drift::Assessment;
use reconcile::execution::Report;
use reconcile::plan::Plan;
use reconcile::{Observed, Sides, inspect};
use schemars::JsonSchema;
use serde::Serialize;

use super::apply::{exit_of_held, worst};
use super::cli::Sync;
use super::drive::Applied;
use super::events::Line;
use super::exit::{Exit, Failure};
use super::present::{clean, json, line, text};
use super::session::{Estate, Mode, Prepared, Session, name_of};

/// The document of `sync --json`: what one unattended pass found and did.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "sync")]
pub(crate) struct Document {
    /// What finishing an earlier apply came to; `null` if none was unfinished.
    resumed: Option<Applied>,
    /// How many events this pass raised or has news of.
    raised: usize,
    /// How many events it cleared.
    cleared: usize,
    /// Sides of which nothing is concluded from absences, with the reason.
    holds: Vec<String>,
    /// What could be said neither way, with the reason.
    undecided: Vec<String>,
    /// Every event that waits for an answer or is being resolved.
    events: Vec<Line>,
    /// What the decisions so far ask for; `null` if the earlier apply had to stop, so that nothing was looked at.
    plan: Option<PlanLine>,
    /// What applying came to; `null` if nothing was applied.
    applied: Option<Applied>,
    /// What was not read whole, and why. If not empty, absences prove nothing.
    partial: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct PlanLine {
    /// What `apply --digest` confirms.
    digest: String,
    /// How many steps it has.
    steps: usize,
    /// What was held back, with the reason.
    held: Vec<String>,
}

/// What one pass came to.
pub(crate) struct Pass {
    pub(crate) document: Document,
    pub(crate) exit: Exit,
    /// What was applied, for a person.
    applied: Option<Report>,
}

/// Runs `sync`.
pub(crate) async fn run(arguments: &Sync) -> Result<Exit, Failure> {
    let prepared = Prepared::of(&arguments.reach)?;
    let is_json = arguments.format.json;
    let tell = |report: &Report| if is_json { Ok(()) } else { text(report) };
    let pass = pass(&prepared, arguments, tell).await?;
    if is_json {
        json(&pass.document)?;
    } else {
        show(&pass.document)?;
        if let Some(report) = &pass.applied {
            text(report)?;
        }
        if arguments.who.dry_run {
            line("Dry run: nothing was written")?;
        }
    }
    Ok(pass.exit)
}

/// One pass. Holds the store for as long as it takes, and `tell`s what finishing an earlier apply came to at once.
pub(crate) async fn pass(
    prepared: &Prepared,
    arguments: &Sync,
    tell: impl Fn(&Report) -> Result<(), Failure>,
) -> Result<Pass, Failure> {
    let by = name_of(&arguments.who)?;
    let mut session = Session::begin(prepared, by, Mode::of(&arguments.who)).await?;
    if arguments.who.dry_run && session.state.execution().is_some() {
        return Err(Failure::new(Exit::Failed, "an earlier plan is unfinished")
            .with_advice("`companion sync` and `companion apply` finish it first"));
    }
    let mut document = Document::default();
    let mut exits = Vec::new();
    // That plan was confirmed, so finishing it needs no further yes.
    if let Some(report) = session.resume().await? {
        tell(&report)?;
        document.resumed = Some(Applied::of(&report));
        let exit = session.exit_after(&report);
        exits.push(exit);
        if report.halted.is_some() || exit == Exit::Credentials {
            document.events = Line::listed(&session.state);
            return Ok(Pass {
                document,
                exit,
                applied: None,
            });
        }
    }
    let estate = session.gather().await?;
    let assessment = session.inspect(&estate).await?;
    let plan = session.plan(&estate)?;
    exits.push(exit_of_held(&plan));
    document.look(&assessment, &plan);
    document.partial = estate.partial();
    let applied = if arguments.yes && !arguments.who.dry_run && !plan.is_empty() {
        let digest = plan.digest();
        let report = session.apply(plan, digest).await?;
        exits.push(session.exit_after(&report));
        Some(report)
    } else {
        None
    };
    document.applied = applied.as_ref().map(Applied::of);
    document.events = Line::listed(&session.state);
    if !document.events.is_empty() {
        exits.push(Exit::EventsOpen);
    }
    Ok(Pass {
        document,
        exit: worst(&exits),
        applied,
    })
}

impl Document {
    fn look(&mut self, assessment: &Assessment, plan: &Plan) {
        self.raised = assessment.raised().count();
        self.cleared = assessment.cleared().count();
        self.holds = assessment.holds.iter().map(ToString::to_string).collect();
        let undecided = assessment.undecided.iter();
        self.undecided = undecided
            .map(|undecided| format!("{}: {}", undecided.key, undecided.why))
            .collect();
        let held = plan.held.iter();
        self.plan = Some(PlanLine {
            digest: plan.digest().to_string(),
            steps: plan.steps.len(),
            held: held
                .map(|held| format!("{}: {}", held.reason, held.detail))
                .collect(),
        });
    }

    /// The pass in one line.
    pub(crate) fn in_short(&self) -> String {
        let mut parts = vec![format!(
            "{} events raised, {} cleared, {} wait for an answer",
            self.raised,
            self.cleared,
            self.events.len()
        )];
        if let Some(resumed) = &self.resumed {
            parts.push(format!("an earlier plan: {}", resumed.in_short()));
        }
        match (&self.plan, &self.applied) {
            (_, Some(applied)) => parts.push(applied.in_short()),
            (Some(plan), None) if plan.steps > 0 => {
                parts.push(format!("{} steps wait", plan.steps));
            }
            _ => {}
        }
        if let Some(plan) = self.plan.as_ref().filter(|plan| !plan.held.is_empty()) {
            parts.push(format!("{} held back", plan.held.len()));
        }
        if !self.holds.is_empty() {
            parts.push(format!("{} sides held", self.holds.len()));
        }
        if !self.partial.is_empty() {
            parts.push(format!("{} listings read in part", self.partial.len()));
        }
        parts.join("; ")
    }
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
    let Some(plan) = &document.plan else {
        return Ok(());
    };
    for held in &plan.held {
        line(format!("held back: {}", clean(held)))?;
    }
    match (plan.steps, &document.applied) {
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
        Ok(inspect(state, observed, policy, sides, &mut self.log, by, &now).await?)
    }
}
