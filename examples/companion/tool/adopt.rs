//! The command `adopt`: an estate that is linked already is read, and its associations are proposed. Nothing is written
//! at the vendors, and without `--accept` nothing here.

use reconcile::mapping::{Adoption, BatchError, Mapping, Unreadable};
use reconcile::state::Decided;
use schemars::JsonSchema;
use serde::Serialize;

use super::cli::Adopt;
use super::exit::{Exit, Failure};
use super::present::{json, line, table};
use super::session::{Mode, Session, name_of};

/// The document of `adopt --json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "adopt")]
pub(crate) struct Document {
    /// What can be taken over as it is, ordered by site.
    proposals: Vec<Proposal>,
    /// What a person has to look at, with the reason, ordered by site.
    conflicts: Vec<Conflict>,
    /// Whether the proposals were decided by this run.
    accepted: bool,
    partial: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Proposal {
    site_id: String,
    site_name: String,
    company_id: String,
    company_name: String,
    package_id: String,
    package_name: String,
    evidence: Vec<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Conflict {
    site_id: String,
    site_name: String,
    /// Where the variable leads, if that is known.
    company_id: Option<String>,
    company_name: Option<String>,
    reason: String,
}

/// Runs `adopt`.
pub(crate) async fn run(arguments: &Adopt) -> Result<Exit, Failure> {
    let writes = arguments.accept && !arguments.who.dry_run;
    let mode = if writes { Mode::Write } else { Mode::Read };
    let by = if arguments.accept {
        name_of(&arguments.who)?
    } else {
        "reading".to_owned()
    };
    let mut session = Session::open(&arguments.reach, by, mode).await?;
    let estate = session.gather().await?;
    let (adoptions, mut conflicts, decided) = session.with_mapping(&estate, |mapping| {
        let adoptions = mapping.adoption();
        let decided = if arguments.accept {
            decided(mapping, &adoptions)
        } else {
            Ok(Vec::new())
        };
        let unreadable = mapping.unreadable();
        let conflicts: Vec<_> = unreadable.iter().map(Conflict::unreadable).collect();
        (adoptions, conflicts, decided)
    })?;
    for decided in decided? {
        session.record(decided).await?;
    }
    let (open, against): (Vec<_>, Vec<_>) = adoptions
        .iter()
        .partition(|adoption| adoption.decision().is_some());
    conflicts.extend(against.into_iter().map(Conflict::of));
    conflicts.sort_by(|a, b| a.site_id.cmp(&b.site_id));
    let document = Document {
        proposals: open.into_iter().map(Proposal::of).collect(),
        conflicts,
        accepted: writes,
        partial: estate.partial(),
    };
    if arguments.format.json {
        json(&document)?;
        return Ok(Exit::Clean);
    }
    show(&document, arguments)?;
    Ok(Exit::Clean)
}

fn show(document: &Document, arguments: &Adopt) -> Result<(), Failure> {
    table(
        ["Site", "Company", "Evidence"],
        document.proposals.iter().map(|row| {
            [
                row.site_name.clone(),
                row.company_name.clone(),
                row.evidence.join("; "),
            ]
        }),
    )?;
    if !document.conflicts.is_empty() {
        let rows = document.conflicts.iter().map(|row| {
            [
                row.site_name.clone(),
                row.company_name.clone().unwrap_or_default(),
                row.reason.clone(),
            ]
        });
        table(["Not proposed", "Linked to", "Why"], rows)?;
    }
    let end = match (arguments.accept, document.accepted) {
        (true, true) => "decided: `companion plan` shows what is left to do",
        (true, false) => "dry run: nothing was decided",
        (false, _) => "nothing was decided: `companion adopt --accept` decides all proposals",
    };
    let (proposed, left) = (document.proposals.len(), document.conflicts.len());
    line(format!(
        "{proposed} proposed, {left} left to a person; {end}"
    ))
}

/// The decisions that take whatever nothing speaks against, each on the evidence that is shown for it.
fn decided(mapping: &Mapping<'_>, adoptions: &[Adoption]) -> Result<Vec<Decided>, BatchError> {
    let (decisions, evidence): (Vec<_>, Vec<_>) = adoptions
        .iter()
        .filter_map(|adoption| Some((adoption.decision()?, adoption.evidence.clone())))
        .unzip();
    let checked = mapping.check_batch(&decisions)?.into_iter();
    Ok(checked
        .zip(evidence)
        .map(|(decided, evidence)| decided.on(evidence))
        .collect())
}

impl Proposal {
    fn of(adoption: &Adoption) -> Self {
        Self {
            site_id: adoption.source.id.clone(),
            site_name: adoption.source_name.clone(),
            company_id: adoption.destination.id.clone(),
            company_name: adoption.destination_name.clone(),
            package_id: adoption.package.id.clone(),
            package_name: adoption.package_name.clone(),
            evidence: adoption.evidence.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Conflict {
    fn of(adoption: &Adoption) -> Self {
        Self {
            site_id: adoption.source.id.clone(),
            site_name: adoption.source_name.clone(),
            company_id: Some(adoption.destination.id.clone()),
            company_name: Some(adoption.destination_name.clone()),
            reason: adoption.standing.to_string(),
        }
    }

    fn unreadable(unreadable: &Unreadable<'_>) -> Self {
        Self {
            site_id: unreadable.site.entity.id.clone(),
            site_name: unreadable.site.name.clone(),
            company_id: None,
            company_name: None,
            reason: unreadable.reason.to_string(),
        }
    }
}
