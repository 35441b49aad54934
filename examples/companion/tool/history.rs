//! The decision log: the commands `decisions` and `undo`. Both work from the store alone.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reconcile::identity::{EntityRef, Instance};
use reconcile::inventory::{Index, Observation, Scope};
use reconcile::mapping::{Ground, Mapping, MappingPolicy, Named};
use reconcile::record;
use reconcile::state::{
    Body, Decided as Checked, Decision, DecisionRecord, DeviceDecision, EntryId, Made, State,
    Target,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::cli::{Decisions, Undo};
use super::decide::Decided;
use super::exit::{Exit, Failure};
use super::lookup::event_id;
use super::present::{json, line, table};
use super::session::{Mode, Opened, name_of};
use super::store;

/// The document of `decisions --json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "decisions")]
pub(crate) struct Document<'s> {
    /// Oldest first, those taken back included.
    decisions: Vec<Line<'s>>,
    /// What was created through us, oldest first.
    made: Vec<MadeLine>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line<'s> {
    /// As `undo` takes it.
    decision: u64,
    #[schemars(with = "String", extend("format" = "date-time"))]
    at: Timestamp,
    by: &'s str,
    what: String,
    /// What it was made on, strongest first; empty if by hand, `null` if that was not recorded then.
    evidence: Option<Vec<GroundLine<'s>>>,
    /// The decision that took it back.
    undone_by: Option<u64>,
    /// The decision in its stored form.
    #[schemars(with = "serde_json::Value")]
    stored: &'s Decision,
}

#[derive(Debug, Serialize, JsonSchema)]
struct GroundLine<'s> {
    /// What speaks for it, for a person.
    what: String,
    /// In its stored form.
    #[schemars(with = "serde_json::Value")]
    stored: &'s Ground,
}

/// Something that was created through us. Also part of the document of `reset --json`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct MadeLine {
    /// `company`, `package`, or `site` for a site's variable.
    kind: String,
    id: String,
    variable: Option<String>,
    #[schemars(with = "String", extend("format" = "date-time"))]
    at: Timestamp,
    by: String,
}

impl MadeLine {
    fn of(made: &Made) -> Self {
        Self {
            kind: made.entity.kind.to_string(),
            id: made.entity.id.clone(),
            variable: made.variable.clone(),
            at: made.at,
            by: made.by.clone(),
        }
    }

    /// Everything that was created through us, oldest first.
    pub(crate) fn all(state: &State) -> Vec<Self> {
        state.made().iter().map(Self::of).collect()
    }

    /// Prints a table.
    pub(crate) fn table(lines: &[Self]) -> Result<(), Failure> {
        let rows = lines.iter().map(|made| {
            let what = match &made.variable {
                Some(variable) => format!("variable {variable} of {} {}", made.kind, made.id),
                None => format!("{} {}", made.kind, made.id),
            };
            [what, time(made.at), made.by.clone()]
        });
        table(["Made through us", "When (UTC)", "Confirmed by"], rows)
    }
}

fn time(at: Timestamp) -> String {
    at.strftime("%F %T").to_string()
}

/// Runs `decisions`.
pub(crate) fn decisions(arguments: &Decisions) -> Result<Exit, Failure> {
    store::must_exist(&arguments.at.store)?;
    let Opened { state, .. } = Opened::at(&arguments.at.store, Mode::Read)?;
    let document = Document {
        decisions: state.decisions().iter().map(Line::of).collect(),
        made: MadeLine::all(&state),
    };
    if arguments.format.json {
        json(&document)?;
        return Ok(Exit::Clean);
    }
    let rows = document.decisions.iter().map(|line| {
        [
            line.decision.to_string(),
            time(line.at),
            line.by.to_owned(),
            line.what.clone(),
            line.evidence(),
            line.undone_by
                .map_or_else(String::new, |by| format!("taken back in {by}")),
        ]
    });
    table(
        ["Decision", "When (UTC)", "Who", "What", "Evidence", ""],
        rows,
    )?;
    MadeLine::table(&document.made)?;
    Ok(Exit::Clean)
}

impl<'s> Line<'s> {
    fn of(record: &'s DecisionRecord) -> Self {
        Self {
            decision: record.id.0,
            at: record.at,
            by: &record.by,
            what: describe(&record.decision, &record.names),
            evidence: record.evidence.as_deref().map(GroundLine::all),
            undone_by: record.undone_by.map(|by| by.0),
            stored: &record.decision,
        }
    }

    fn evidence(&self) -> String {
        match self.evidence.as_deref() {
            None => "not recorded".to_owned(),
            Some([]) => "by hand".to_owned(),
            Some(grounds) => {
                let grounds: Vec<_> = grounds.iter().map(|ground| ground.what.as_str()).collect();
                grounds.join("; ")
            }
        }
    }
}

impl<'s> GroundLine<'s> {
    fn all(grounds: &'s [Ground]) -> Vec<Self> {
        let line = |ground: &'s Ground| Self {
            what: ground.to_string(),
            stored: ground,
        };
        grounds.iter().map(line).collect()
    }
}

/// A decision in words, with the names of then as far as they were recorded.
pub(crate) fn describe(decision: &Decision, names: &BTreeMap<EntityRef, String>) -> String {
    let entity =
        |entity: &EntityRef| Named::new(entity.clone(), names.get(entity).cloned()).to_string();
    let target = |target: &Target| match target {
        Target::Existing(company) => entity(company),
        Target::New { name, parent } => format!("a new company {name:?} under {}", entity(parent)),
    };
    match decision {
        Decision::Associate { source, target: to } => {
            format!("{} belongs to {}", entity(source), target(to))
        }
        Decision::Dissociate { association } => format!("{association} is wanted no longer"),
        Decision::Change {
            association,
            target: to,
        } => {
            format!("{association} points to {}", target(to))
        }
        Decision::Ignore { source } => format!("{} is not to be mapped", entity(source)),
        Decision::KeepSeparate {
            source,
            destination,
        } => {
            format!(
                "{} and {} are different ones",
                entity(source),
                entity(destination)
            )
        }
        Decision::Device(decision) => describe_device(decision),
        Decision::Answer { event, action } => {
            let answer = format!("{:?}", action.kind()).to_lowercase();
            format!(
                "event {} ({}) is answered with {answer}",
                event_id(event),
                event.key
            )
        }
        Decision::Undo { decision } => format!("the decision in {decision} is taken back"),
    }
}

fn describe_device(decision: &DeviceDecision) -> String {
    match decision {
        DeviceDecision::Match {
            source,
            destination,
        } => format!("device {} is {}", source.id, destination.id),
        DeviceDecision::Create { source } => {
            format!("a record is to be created for device {}", source.id)
        }
        DeviceDecision::Ignore { source } => format!("device {} is not to be matched", source.id),
        DeviceDecision::KeepSeparate {
            source,
            destination,
        } => format!(
            "devices {} and {} are different ones",
            source.id, destination.id
        ),
    }
}

/// Runs `undo`.
pub(crate) async fn undo(arguments: &Undo) -> Result<Exit, Failure> {
    let by = name_of(&arguments.who)?;
    store::must_exist(&arguments.at.store)?;
    let Opened { mut state, mut log } = Opened::at(&arguments.at.store, Mode::of(&arguments.who))?;
    let id = EntryId(arguments.decision);
    let taken_back = state.decisions().iter().find(|record| record.id == id);
    let what = match taken_back {
        Some(record) => format!("taken back: {}", describe(&record.decision, &record.names)),
        None => {
            return Err(Failure::usage(format!("there is no decision {}", id.0))
                .with_advice("`companion decisions` lists them with their numbers"));
        }
    };
    let decision = check(&state, &Decision::Undo { decision: id })?;
    record(
        &mut state,
        &mut log,
        Body::Decided(decision),
        &by,
        Timestamp::now(),
    )
    .await?;
    let decided = Decided::new(state.serial(), what, &by, arguments.who.dry_run);
    decided.show(arguments.format.json)?;
    if !arguments.format.json {
        line("`companion plan` shows what follows from it")?;
    }
    Ok(Exit::Clean)
}

/// Whether a decision can be taken back is up to the state alone, so nothing needs to be read.
fn check(state: &State, decision: &Decision) -> Result<Checked, Failure> {
    let binding = state
        .binding()
        .ok_or_else(|| Failure::usage("nothing was decided in this store yet"))?;
    let nothing = |instance: &Instance| Observation {
        scope: Scope {
            instance: instance.clone(),
            root: instance.root(),
            rights: None,
        },
        taken_at: Timestamp::now(),
        segments: Vec::new(),
    };
    let (sites, companies) = (nothing(&binding.source), nothing(&binding.destination));
    let (source, destination) = (Index::new(&sites), Index::new(&companies));
    let policy = MappingPolicy::default();
    Ok(Mapping::new(state, &source, &destination, &policy)?.check(decision)?)
}
