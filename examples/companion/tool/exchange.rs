//! The commands `export` and `import`: mappings as CSV, edited in a spreadsheet and decided from.

use std::fs;
use std::io;

use examples::mapping_csv::{self, RowError, Separator};
use reconcile::inventory::Index;
use schemars::JsonSchema;
use serde::Serialize;

use super::cli::{Export, Import};
use super::exit::{Exit, Failure};
use super::history::describe;
use super::present::{clean, json, line, text};
use super::session::Session;

/// The document of `import --json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "import")]
pub(crate) struct Document {
    /// What was edited, in the order of the rows; empty if nothing was.
    decisions: Vec<Line>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    /// The number under which it can be taken back; `null` after a dry run.
    decision: Option<u64>,
    what: String,
    /// What speaks for it, strongest first; empty if it is made by hand.
    evidence: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be used")]
struct Unusable {
    path: String,
    #[source]
    source: io::Error,
}

/// Runs `export`.
pub(crate) async fn export(arguments: &Export) -> Result<Exit, Failure> {
    let session = Session::reading(&arguments.reach).await?;
    let estate = session.gather().await?;
    let companies = Index::new(&estate.companies);
    let separator = if arguments.semicolon {
        Separator::Semicolon
    } else {
        Separator::Comma
    };
    let file = session.with_mapping(&estate, |mapping| {
        mapping_csv::export(mapping, &companies, separator)
    })?;
    match &arguments.to {
        None => text(file)?,
        Some(path) => {
            // An earlier export may hold somebody's edits.
            let written = fs::File::create_new(path)
                .and_then(|mut to| io::Write::write_all(&mut to, file.as_bytes()));
            written.map_err(|source| {
                let path = path.display().to_string();
                Failure::usage(Unusable { path, source })
            })?;
        }
    }
    Ok(Exit::Clean)
}

/// Runs `import`.
pub(crate) async fn import(arguments: &Import) -> Result<Exit, Failure> {
    let path = arguments.file.display().to_string();
    let bytes = fs::read(&arguments.file).map_err(|source| {
        let path = path.clone();
        Failure::usage(Unusable { path, source })
    })?;
    let wrong = |errors: &[RowError]| {
        for error in errors {
            eprintln!("{}: {}", clean(&path), clean(&error.to_string()));
        }
        let count = errors.len();
        Failure::usage(format!("{path} has {count} errors: nothing was imported"))
    };
    let file = mapping_csv::text_of(&bytes).map_err(|error| wrong(&[error]))?;
    let mut session = Session::deciding(&arguments.reach, &arguments.who).await?;
    let estate = session.gather().await?;
    let companies = Index::new(&estate.companies);
    let parent = session.policy.default_parent.clone();
    let decisions = session
        .with_mapping(&estate, |mapping| {
            mapping_csv::import(file, mapping, &companies, &parent)
        })?
        .map_err(|errors| wrong(&errors))?;
    let mut lines = Vec::new();
    for decided in decisions {
        let what = describe(&decided.decision, &decided.names);
        let evidence = decided.evidence.iter().flatten();
        let evidence = evidence.map(ToString::to_string).collect();
        let number = session.record(decided).await?;
        let decision = (!arguments.who.dry_run).then_some(number.0);
        lines.push(Line {
            decision,
            what,
            evidence,
        });
    }
    let document = Document { decisions: lines };
    if arguments.format.json {
        json(&document)?;
        return Ok(Exit::Clean);
    }
    for decided in &document.decisions {
        match decided.decision {
            Some(number) => line(format!("{} (decision {number})", clean(&decided.what)))?,
            None => line(clean(&decided.what))?,
        }
    }
    let end = if arguments.who.dry_run {
        "dry run: nothing was decided"
    } else {
        "`companion plan` shows what follows"
    };
    line(format!("{} decisions; {end}", document.decisions.len()))?;
    Ok(Exit::Clean)
}
