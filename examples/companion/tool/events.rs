//! The commands `events` and `resolve`.

use jiff::Timestamp;
use reconcile::drift::{Action, ActionKind, EventRow, effect, ignored_rows, listed_rows};
use reconcile::identity::EntityRef;
use reconcile::state::{Decision, State};
use schemars::JsonSchema;
use serde::Serialize;

use super::cli::{Answer, Events, Resolve};
use super::decide::Decided;
use super::exit::{Exit, Failure};
use super::lookup::{self, event_id};
use super::present::{clean, confirmed, json, line, table};
use super::session::{Mode, Opened, Session};
use super::store;

/// The document of `events --json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "events")]
pub(crate) struct Document {
    events: Vec<Line>,
}

/// One event (F055). Also part of the document of `sync --json`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Line {
    /// As `resolve` takes it; the same in every run.
    event: String,
    kind: &'static str,
    /// Which occurrence, from 1.
    occurrence: u32,
    site_ids: Vec<String>,
    site_name: Option<String>,
    company_id: Option<String>,
    company_name: Option<String>,
    #[schemars(with = "String", extend("format" = "date-time"))]
    raised_at: Timestamp,
    /// What was seen, for a person.
    detail: String,
    /// The actions that may be chosen now, primary ones first; empty while an answer is carried out.
    actions: Vec<Offer>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Offer {
    /// As `resolve` takes it.
    #[schemars(with = "String")]
    action: ActionKind,
    /// What it does.
    effect: &'static str,
}

impl Line {
    fn of(row: &EventRow<'_>) -> Self {
        let offer = |action: &ActionKind| Offer {
            action: *action,
            effect: effect(row.kind, *action).unwrap_or_default(),
        };
        let id = |entity: &EntityRef| entity.id.clone();
        Self {
            event: event_id(&row.event.id),
            kind: row.kind.label(),
            occurrence: row.event.id.occurrence,
            site_ids: row.sources.iter().map(|source| id(source)).collect(),
            site_name: row.source_name.map(str::to_owned),
            company_id: row.destination.map(id),
            company_name: row.destination_name.map(str::to_owned),
            raised_at: row.generated,
            detail: row.event.detail.clone(),
            actions: row.actions.iter().map(offer).collect(),
        }
    }

    /// The events that wait for an answer or are being resolved, oldest first.
    pub(crate) fn listed(state: &State) -> Vec<Self> {
        listed_rows(state).iter().map(Self::of).collect()
    }

    /// Prints a table.
    pub(crate) fn table(lines: &[Self]) -> Result<(), Failure> {
        let rows = lines.iter().map(|line| {
            let first_site = line.site_ids.first().cloned();
            let actions: Vec<_> = line
                .actions
                .iter()
                .map(|offer| word(offer.action))
                .collect();
            [
                line.event.clone(),
                line.kind.to_owned(),
                line.site_name.clone().or(first_site).unwrap_or_default(),
                line.company_name
                    .clone()
                    .or_else(|| line.company_id.clone())
                    .unwrap_or_default(),
                line.raised_at.strftime("%F %R").to_string(),
                line.detail.clone(),
                actions.join(", "),
            ]
        });
        let header = [
            "Id",
            "Event",
            "Site",
            "Company",
            "Since (UTC)",
            "What was seen",
            "Answers",
        ];
        table(header, rows)
    }
}

/// An action as the command line takes it.
fn word(action: ActionKind) -> String {
    format!("{action:?}").to_lowercase()
}

/// Runs `events`. It reads the store only; `sync` looks at the vendors.
pub(crate) fn list(arguments: &Events) -> Result<Exit, Failure> {
    store::must_exist(&arguments.at.store)?;
    let Opened { state, .. } = Opened::at(&arguments.at.store, Mode::Read)?;
    let lines = if arguments.ignored {
        ignored_rows(&state).iter().map(Line::of).collect()
    } else {
        Line::listed(&state)
    };
    let exit = if lines.is_empty() || arguments.ignored {
        Exit::Clean
    } else {
        Exit::EventsOpen
    };
    if arguments.format.json {
        json(&Document { events: lines })?;
    } else if lines.is_empty() {
        line("No events")?;
    } else {
        Line::table(&lines)?;
        line(format!(
            "{} events; answer one with: companion resolve ID ANSWER",
            lines.len()
        ))?;
    }
    Ok(exit)
}

/// Runs `resolve`.
pub(crate) async fn resolve(arguments: &Resolve) -> Result<Exit, Failure> {
    let action = action(arguments.action, arguments.name.as_deref())?;
    let mut session = Session::deciding(&arguments.reach, &arguments.who).await?;
    let event = lookup::event(&session.state, &arguments.event)?.id.clone();
    let kind = event.key.kind;
    let estate = session.gather().await?;
    let decision = Decision::Answer {
        event: event.clone(),
        action: action.clone(),
    };
    // Whether it can be taken at all is found out before anyone is asked.
    session.with_mapping(&estate, |mapping| mapping.check(&decision))??;
    let effect = effect(kind, action.kind()).unwrap_or_default();
    if !arguments.yes && !arguments.who.dry_run {
        eprintln!("{}", clean(&event.key.to_string()));
        eprintln!("{} {effect}.", word(action.kind()));
        if !confirmed("Answer so?", "pass --yes to answer without being asked")? {
            return Err(Failure::new(
                Exit::Failed,
                "not confirmed: the event is as it was",
            ));
        }
    }
    let number = session.decide(&estate, &decision).await?;
    let what = format!("{} ({}): {effect}", event.key, word(action.kind()));
    Decided::new(number.0, what, &session.by, arguments.who.dry_run).show(arguments.format.json)?;
    if effect.starts_with("plans") && !arguments.format.json {
        line("`companion apply` carries it out")?;
    }
    Ok(Exit::Clean)
}

fn action(answer: Answer, name: Option<&str>) -> Result<Action, Failure> {
    let name = name.map(str::to_owned);
    if name.is_some() && !matches!(answer, Answer::Create | Answer::Recreate) {
        let answer = word(answer.kind());
        return Err(Failure::usage(format!("{answer} takes no --name")));
    }
    Ok(match answer {
        Answer::Create => Action::Create {
            name: name
                .ok_or_else(|| Failure::usage("create needs --name: the old one is taken"))?,
        },
        Answer::Recreate => Action::Recreate { name },
        Answer::Move => Action::Move,
        Answer::Associate => Action::Associate,
        Answer::Delete => Action::Delete,
        Answer::Keep => Action::Keep,
        Answer::Restore => Action::Restore,
        Answer::Accept => Action::Accept,
        Answer::Ignore => Action::Ignore,
    })
}
