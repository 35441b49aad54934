//! The command `suggest`: what could belong together, and what speaks for it. It decides nothing.

use reconcile::mapping::{Candidate, Suggestion};
use schemars::JsonSchema;
use serde::Serialize;

use super::cli::Show;
use super::exit::{Exit, Failure};
use super::present::{json, line, table};
use super::session::Session;

/// The document of `suggest --json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "suggest")]
pub(crate) struct Document {
    /// One for each open site that anything speaks for, ordered by identity.
    suggestions: Vec<Line>,
    partial: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    site_id: String,
    site_name: String,
    /// `one` if one candidate stands out, `tie` if a person has to choose.
    verdict: &'static str,
    /// Equally likely ones; exactly one if it stands out.
    candidates: Vec<CandidateLine>,
    /// Others for which there is weaker evidence.
    weaker: Vec<CandidateLine>,
    /// Ids of sites with as good a claim to a candidate.
    rivals: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CandidateLine {
    company_id: String,
    company_name: String,
    /// Strongest first.
    evidence: Vec<String>,
    /// Whether a person once dropped or refused this very pair.
    parted: bool,
}

impl CandidateLine {
    fn of(candidate: &Candidate) -> Self {
        Self {
            company_id: candidate.destination.id.clone(),
            company_name: candidate.name.clone(),
            evidence: candidate.evidence.iter().map(ToString::to_string).collect(),
            parted: candidate.parted,
        }
    }

    fn all(candidates: &[Candidate]) -> Vec<Self> {
        candidates.iter().map(Self::of).collect()
    }
}

impl Line {
    fn of(suggestion: &Suggestion) -> Self {
        match suggestion {
            Suggestion::One(proposal) => Self {
                site_id: proposal.source.id.clone(),
                site_name: proposal.source_name.clone(),
                verdict: "one",
                candidates: vec![CandidateLine::of(&proposal.candidate)],
                weaker: CandidateLine::all(&proposal.weaker),
                rivals: Vec::new(),
            },
            Suggestion::Tie(tie) => Self {
                site_id: tie.source.id.clone(),
                site_name: tie.source_name.clone(),
                verdict: "tie",
                candidates: CandidateLine::all(&tie.candidates),
                weaker: CandidateLine::all(&tie.weaker),
                rivals: tie.rivals.iter().map(|rival| rival.id.clone()).collect(),
            },
        }
    }
}

/// Runs `suggest`.
pub(crate) async fn run(arguments: &Show) -> Result<Exit, Failure> {
    let session = Session::reading(&arguments.reach).await?;
    let estate = session.gather().await?;
    let suggestions = session.with_mapping(&estate, |mapping| mapping.suggestions(&[]))?;
    let document = Document {
        suggestions: suggestions.iter().map(Line::of).collect(),
        partial: estate.partial(),
    };
    if arguments.format.json {
        json(&document)?;
        return Ok(Exit::Clean);
    }
    let rows = document.suggestions.iter().flat_map(|suggestion| {
        suggestion.candidates.iter().map(|candidate| {
            let mut evidence = candidate.evidence.join("; ");
            if suggestion.verdict == "tie" {
                evidence.push_str(" (a tie: choose)");
            }
            if candidate.parted {
                evidence.push_str(" (dropped before)");
            }
            let site = suggestion.site_name.clone();
            [
                site,
                candidate.company_name.clone(),
                candidate.company_id.clone(),
                evidence,
            ]
        })
    });
    table(["Site", "Company", "Company id", "Evidence"], rows)?;
    line(format!(
        "{} suggestions; take one with: companion associate SITE --company ID",
        document.suggestions.len()
    ))?;
    Ok(Exit::Clean)
}
