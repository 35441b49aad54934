//! The command `reset`: forgets everything, after it has listed what stays behind at the vendors. It sends nothing.

use jiff::Timestamp;
use reconcile::record;
use reconcile::state::Body;
use schemars::JsonSchema;
use serde::Serialize;

use super::cli::Reset;
use super::exit::{Exit, Failure};
use super::history::MadeLine;
use super::present::{confirmed, json, line, table};
use super::session::{Mode, Opened, name_of};
use super::store;

/// The document of `reset --json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "reset")]
pub(crate) struct Document {
    /// Whether everything was forgotten; not after a dry run.
    forgotten: bool,
    /// The associations, whose package and variable stay at the vendors.
    associations: Vec<Line>,
    /// What was created through us and stays at the vendors.
    made: Vec<MadeLine>,
}

/// An association whose package and variable stay.
#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    site_id: String,
    site_name: Option<String>,
    company_id: Option<String>,
    company_name: Option<String>,
    package_id: Option<String>,
    variable: Option<String>,
}

/// Runs `reset`.
pub(crate) async fn run(arguments: &Reset) -> Result<Exit, Failure> {
    let by = name_of(&arguments.who)?;
    store::must_exist(&arguments.at.store)?;
    let Opened { mut state, mut log } = Opened::at(&arguments.at.store, Mode::of(&arguments.who))?;
    if state.execution().is_some() {
        return Err(Failure::new(
            Exit::Failed,
            "an apply is unfinished: what it did would be forgotten",
        )
        .with_advice("finish it with `companion apply` first"));
    }
    let associations = state.associations().map(|association| Line {
        site_id: association.source.id.clone(),
        site_name: association.source_name.clone(),
        company_id: association.destination().map(|company| company.id.clone()),
        company_name: association.destination_name.clone(),
        package_id: association
            .package
            .as_ref()
            .map(|package| package.package.id.clone()),
        variable: association
            .variable
            .as_ref()
            .map(|variable| variable.name.clone()),
    });
    let mut document = Document {
        forgotten: false,
        associations: associations.collect(),
        made: MadeLine::all(&state),
    };
    if !arguments.format.json {
        show(&document)?;
    }
    if !arguments.who.dry_run {
        let question = "Forget all decisions, associations and events of this store?";
        if !arguments.yes && !confirmed(question, "pass --yes to forget without being asked")? {
            return Err(Failure::new(
                Exit::Failed,
                "not confirmed: nothing was forgotten",
            ));
        }
        record(&mut state, &mut log, Body::Reset, &by, Timestamp::now()).await?;
        document.forgotten = true;
    }
    if arguments.format.json {
        json(&document)?;
    } else if document.forgotten {
        line(
            "Everything is forgotten; nothing was changed at the vendors. `companion adopt` reads the estate anew",
        )?;
    } else {
        line("Dry run: nothing was forgotten")?;
    }
    Ok(Exit::Clean)
}

fn show(document: &Document) -> Result<(), Failure> {
    line("This stays behind at the vendors:")?;
    let rows = document.associations.iter().map(|row| {
        [
            row.site_name.clone().unwrap_or_else(|| row.site_id.clone()),
            row.company_name
                .clone()
                .or_else(|| row.company_id.clone())
                .unwrap_or_default(),
            row.package_id.clone().unwrap_or_default(),
            row.variable.clone().unwrap_or_default(),
        ]
    });
    table(["Site", "Company", "Package", "Variable"], rows)?;
    MadeLine::table(&document.made)
}
