//! The commands `plan` and `apply`.

use jiff::Timestamp;
use reconcile::execution::{Execution, Report};
use reconcile::plan::{Digest, HeldReason, Plan};
use schemars::JsonSchema;
use serde::Serialize;

use super::cli::{Apply, Show};
use super::drive::Applied;
use super::exit::{Exit, Failure};
use super::present::{confirmed, json, line, text};
use super::session::Session;

/// The document of `plan --json` and `apply --json`: what would be, or was, carried out.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "plan")]
pub(crate) struct Document<'p> {
    /// What `apply --digest` confirms.
    /// `null` if the earlier apply had to stop, so that nothing was planned.
    #[schemars(with = "Option<String>")]
    digest: Option<Digest>,
    /// The plan in its stored form, whose inside is no part of the promise; `null` as `digest` is.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    plan: Option<&'p Plan>,
    /// What finishing an earlier apply came to, if one was unfinished.
    resumed: Option<Applied>,
    /// What applying came to; `null` if nothing was applied.
    applied: Option<Applied>,
}

/// How a command ends that leaves a plan with held differences.
pub(crate) fn exit_of_held(plan: &Plan) -> Exit {
    if plan.held.is_empty() {
        Exit::Clean
    } else if plan
        .held
        .iter()
        .all(|held| held.reason == HeldReason::EventOpen)
    {
        Exit::EventsOpen
    } else {
        Exit::Held
    }
}

/// Runs `plan`.
pub(crate) async fn plan(arguments: &Show) -> Result<Exit, Failure> {
    let session = Session::reading(&arguments.reach).await?;
    refuse_unfinished(&session)?;
    let estate = session.gather().await?;
    let plan = session.plan(&estate)?;
    if arguments.format.json {
        json(&Document {
            digest: Some(plan.digest()),
            plan: Some(&plan),
            resumed: None,
            applied: None,
        })?;
    } else {
        text(plan.review())?;
    }
    Ok(exit_of_held(&plan))
}

fn refuse_unfinished(session: &Session) -> Result<(), Failure> {
    let Some(record) = session.state.execution() else {
        return Ok(());
    };
    let (by, digest) = (&record.by, record.digest);
    Err(Failure::new(
        Exit::Failed,
        format!("an earlier plan is unfinished: {digest}, confirmed by {by}"),
    )
    .with_advice("`companion apply` finishes it first"))
}

/// Runs `apply`.
pub(crate) async fn run(arguments: &Apply) -> Result<Exit, Failure> {
    let mut session = Session::deciding(&arguments.reach, &arguments.who).await?;
    let is_json = arguments.format.json;
    if arguments.who.dry_run {
        refuse_unfinished(&session)?;
    }
    let resumed = session.resume().await?;
    let mut exits = Vec::new();
    if let Some(report) = &resumed {
        if !is_json {
            text(report)?;
        }
        exits.push(session.exit_after(report));
        if report.halted.is_some() || exits.contains(&Exit::Credentials) {
            if is_json {
                json(&Document {
                    digest: None,
                    plan: None,
                    resumed: Some(Applied::of(report)),
                    applied: None,
                })?;
            }
            return Ok(exits[0]);
        }
    }
    let estate = session.gather().await?;
    let plan = session.plan(&estate)?;
    exits.push(exit_of_held(&plan));
    // Where the document goes to standard output, a person still has to see what they agree to.
    if is_json {
        eprint!("{}", plan.review());
    } else {
        text(plan.review())?;
    }
    let applied = if plan.is_empty() || arguments.who.dry_run {
        None
    } else {
        let report = confirm_and_apply(&mut session, plan.clone(), arguments).await?;
        exits.push(session.exit_after(&report));
        Some(report)
    };
    if is_json {
        json(&Document {
            digest: Some(plan.digest()),
            plan: Some(&plan),
            resumed: resumed.as_ref().map(Applied::of),
            applied: applied.as_ref().map(Applied::of),
        })?;
    } else if let Some(report) = &applied {
        text(report)?;
    } else if arguments.who.dry_run {
        line("Dry run: nothing was applied")?;
    }
    Ok(worst(&exits))
}

/// Of several ways to end, the one that most needs a person.
pub(crate) fn worst(exits: &[Exit]) -> Exit {
    exits
        .iter()
        .copied()
        .max_by_key(|exit| *exit as u8)
        .unwrap_or(Exit::Clean)
}

async fn confirm_and_apply(
    session: &mut Session,
    plan: Plan,
    arguments: &Apply,
) -> Result<Report, Failure> {
    let actual = plan.digest();
    let digest = match arguments.digest {
        Some(digest) => digest,
        None if arguments.yes => actual,
        None => {
            let instead = format!("pass --digest {actual} to apply exactly this plan, or --yes");
            if !confirmed("Apply this plan?", &instead)? {
                return Err(Failure::new(
                    Exit::Failed,
                    "not confirmed: nothing was applied",
                ));
            }
            actual
        }
    };
    session.apply(plan, digest).await
}

impl Session {
    /// Applies a plan that was confirmed under this digest.
    pub(crate) async fn apply(&mut self, plan: Plan, digest: Digest) -> Result<Report, Failure> {
        let confirmed = plan.confirm(digest, &self.state, Timestamp::now())?;
        let execution = Execution::begin(self.state.clone(), confirmed, self.by.clone(), self.pace);
        self.finish(execution).await
    }
}
