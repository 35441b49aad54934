//! The commands that decide, take back and list: `decide`, `undo`, `decisions`.

use std::path::Path;

use examples::console::{clean, json, line, table};
use examples::exit::{Exit, Failure};
use examples::store::Store;
use reconcile::state::{Decision, DecisionRecord, DeviceDecision, EntryId, Target};
use reconcile::view::View;
use serde::Serialize;

use super::cli::{Decide, Stored, Undo};
use super::desk::{Desk, must_exist};
use super::lookup::label;
use super::wish::{self, Wish};

/// One decision, as `decide --json` and `undo --json` list it.
#[derive(Debug, Serialize)]
struct Taken {
    /// The number under which it can be taken back; `null` after a dry run.
    decision: Option<u64>,
    what: String,
    by: String,
}

/// Takes decisions one after the other; each may rest on those before it.
///
/// # Errors
///
/// What stands against the first that cannot be granted.
async fn take(
    desk: &mut Desk,
    wishes: &[(usize, Wish)],
    from: Option<&Path>,
) -> Result<Vec<Taken>, Failure> {
    let mut taken = Vec::new();
    for (row, wish) in wishes {
        let granted = wish.grant(desk).map_err(|why| match from {
            Some(path) => wish::refused(path, *row, wish, &why),
            None => why,
        })?;
        let number = desk.record(granted.decided).await?;
        taken.push(Taken {
            decision: Some(number.0),
            what: granted.what,
            by: desk.by.clone(),
        });
    }
    Ok(taken)
}

/// Checks all decisions of a file by trying them out, then takes them: all of them or none. What holds already is passed
/// over, so that a file can be given again.
pub(crate) async fn take_file(desk: &mut Desk, path: &Path) -> Result<usize, Failure> {
    let mut wishes = wish::read(path)?;
    wishes.retain(|(_, wish)| !wish.holds(desk));
    let mut trial = desk.on_trial();
    take(&mut trial, &wishes, Some(path)).await?;
    Ok(take(desk, &wishes, Some(path)).await?.len())
}

/// Runs `decide`.
pub(crate) async fn run(arguments: &Decide) -> Result<Exit, Failure> {
    let mut desk = Desk::deciding(&arguments.reach, &arguments.who).await?;
    let wishes = match (&arguments.from, arguments.action, &arguments.subject) {
        (Some(path), _, _) => {
            let wishes = wish::read(path)?;
            let mut trial = desk.on_trial();
            take(&mut trial, &wishes, Some(path)).await?;
            wishes
        }
        (None, Some(action), Some(subject)) => {
            let wish = Wish {
                action,
                subject: subject.clone(),
                object: arguments.object.clone(),
            };
            vec![(1, wish)]
        }
        // The arguments ask for one of the two.
        (None, _, _) => return Err(Failure::usage("say what is to be decided")),
    };
    let mut taken = take(&mut desk, &wishes, arguments.from.as_deref()).await?;
    if arguments.who.dry_run {
        for taken in &mut taken {
            taken.decision = None;
        }
    }
    show(&taken, arguments.format.json)
}

fn show(taken: &[Taken], as_json: bool) -> Result<Exit, Failure> {
    if as_json {
        json(&taken)?;
        return Ok(Exit::Clean);
    }
    for taken in taken {
        let what = clean(&taken.what);
        match taken.decision {
            Some(number) => line(format!(
                "{what} (decision {number}, by {})",
                clean(&taken.by)
            ))?,
            None => line(format!("{what} (dry run: nothing was decided)"))?,
        }
    }
    Ok(Exit::Clean)
}

/// Runs `undo`.
pub(crate) async fn undo(arguments: &Undo) -> Result<Exit, Failure> {
    let mut desk = Desk::deciding(&arguments.reach, &arguments.who).await?;
    if desk.view != View::Everything {
        return Err(Failure::usage(
            "a manager sees no one else's decisions: an administrator takes them back",
        ));
    }
    let decision = Decision::Undo {
        decision: EntryId(arguments.decision),
    };
    let decided = desk.check_network(&decision)?;
    let number = desk.record(decided).await?;
    let taken = Taken {
        decision: (!arguments.who.dry_run).then_some(number.0),
        what: format!("decision {} was taken back", arguments.decision),
        by: desk.by,
    };
    show(&[taken], arguments.format.json)
}

/// A decision, as `decisions --json` lists it.
#[derive(Debug, Serialize)]
struct Listed {
    decision: u64,
    at: jiff::Timestamp,
    by: String,
    what: String,
    /// What it was made on; empty if it was made by hand.
    evidence: Vec<String>,
    /// The decision that took it back.
    undone_by: Option<u64>,
}

impl From<&DecisionRecord> for Listed {
    fn from(record: &DecisionRecord) -> Self {
        let evidence = record.evidence.iter().flatten().map(ToString::to_string);
        Self {
            decision: record.id.0,
            at: record.at,
            by: record.by.clone(),
            what: said(record),
            evidence: evidence.collect(),
            undone_by: record.undone_by.map(|entry| entry.0),
        }
    }
}

/// A decision in words.
fn said(record: &DecisionRecord) -> String {
    let name = |entity: &reconcile::identity::EntityRef| match record.names.get(entity) {
        Some(name) => format!("{} {name:?}", label(entity)),
        None => label(entity),
    };
    let target = |target: &Target| match target {
        Target::Existing(entity) => name(entity),
        Target::New { name, .. } => format!("a new organisation {name:?}"),
    };
    match &record.decision {
        Decision::Associate { source, target: to } => {
            format!("{} belongs to {}", name(source), target(to))
        }
        Decision::Change {
            association,
            target: to,
        } => {
            format!("{association} leads to {} from now on", target(to))
        }
        Decision::Dissociate { association } => format!("{association} is dropped"),
        Decision::Ignore { source } | Decision::Device(DeviceDecision::Ignore { source }) => {
            format!("{} is not to be matched", name(source))
        }
        Decision::KeepSeparate {
            source,
            destination,
        }
        | Decision::Device(DeviceDecision::KeepSeparate {
            source,
            destination,
        }) => format!(
            "{} and {} are different ones",
            name(source),
            name(destination)
        ),
        Decision::Device(DeviceDecision::Match {
            source,
            destination,
        }) => format!("{} is {}", name(source), name(destination)),
        Decision::Device(DeviceDecision::Create { source }) => {
            format!("a configuration is to be created for {}", name(source))
        }
        Decision::Answer { event, .. } => format!("{event} is answered"),
        Decision::Undo { decision } => format!("the decision in {decision} is taken back"),
    }
}

/// Runs `decisions`.
pub(crate) fn list(arguments: &Stored) -> Result<Exit, Failure> {
    let state = Store::read(&must_exist(&arguments.at.store)?)?;
    let listed: Vec<Listed> = state.decisions().iter().map(Listed::from).collect();
    if arguments.format.json {
        json(&listed)?;
        return Ok(Exit::Clean);
    }
    table(
        ["Decision", "When", "Who", "What", "Evidence"],
        listed.into_iter().map(|listed| {
            let undone = listed.undone_by.map(|by| format!(" (taken back by {by})"));
            let evidence = if listed.evidence.is_empty() {
                "by hand".to_owned()
            } else {
                listed.evidence.join("; ")
            };
            [
                listed.decision.to_string(),
                listed.at.to_string(),
                listed.by,
                format!("{}{}", listed.what, undone.unwrap_or_default()),
                evidence,
            ]
        }),
    )?;
    Ok(Exit::Clean)
}
