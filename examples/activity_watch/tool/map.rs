//! The commands `map`, `suggest`, `assign`, `unassign` and `ignore`: which site belongs to which organisation.
//!
//! The host's organisations stand on the left and RMM sites are the choices (F071); several may belong to one.

use std::collections::{BTreeMap, BTreeSet};

use examples::console::{json, line, table};
use examples::exit::{Exit, Failure};
use jiff::{SignedDuration, Timestamp};
use reconcile::identity::EntityRef;
use reconcile::mapping::{Mapping, SiteState, StrandedReason, Suggestion};
use reconcile::state::{Association, Decision, EntryId, State, Target};
use serde::Serialize;

use super::cli;
use super::directory::{Standing, pending_until};
use super::session::Session;

/// The document of `map --json`.
#[derive(Debug, Serialize)]
pub(crate) struct Document {
    /// The host's organisations, ordered by id.
    pub(crate) organizations: Vec<OrganizationLine>,
    /// Sites that are neither mapped nor ignored: the tab of its own (F070).
    pub(crate) unmapped: Vec<SiteLine>,
    pub(crate) ignored: Vec<SiteLine>,
    /// Sites that take no part, with the reason.
    pub(crate) left_out: Vec<LeftOutLine>,
}

#[derive(Debug, Serialize)]
pub(crate) struct OrganizationLine {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The MSP's own.
    pub(crate) own: bool,
    /// Why it cannot be mapped to although sites belong to it.
    pub(crate) missing: Option<String>,
    pub(crate) sites: Vec<MappedLine>,
}

#[derive(Debug, Serialize)]
pub(crate) struct SiteLine {
    pub(crate) id: String,
    pub(crate) name: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct LeftOutLine {
    id: String,
    name: String,
    reason: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct MappedLine {
    pub(crate) id: String,
    /// None for a site that is not listed.
    pub(crate) name: Option<String>,
    pub(crate) mapping: Standing,
    pub(crate) pending_until: Option<Timestamp>,
    /// Why it is not listed; none inside of the window, in which absence is no fault (F072).
    pub(crate) missing: Option<String>,
}

impl Document {
    pub(crate) fn of(
        mapping: &Mapping<'_>,
        state: &State,
        window: SignedDuration,
        now: Timestamp,
    ) -> Self {
        let rows = mapping.sites();
        let stranded = mapping.stranded();
        let missing = |site: &EntityRef| {
            let found = stranded
                .iter()
                .find(|one| one.association.source == *site)?;
            Some(match found.reason {
                StrandedReason::LeftOut(reason) => reason.to_string(),
                StrandedReason::NotListed => "it is not listed".to_owned(),
                StrandedReason::NotRead(why) => format!("the sites were not read whole: {why}"),
                _ => "it is not among the sites".to_owned(),
            })
        };
        let name = |site: &EntityRef| {
            let row = rows.iter().find(|row| row.site.entity == *site)?;
            Some(row.site.name.clone())
        };
        let mapped = |association: &Association| {
            let pending_until = pending_until(association.changed_at, window, now);
            MappedLine {
                id: association.source.id.clone(),
                name: name(&association.source),
                mapping: match pending_until {
                    Some(_) => Standing::Pending,
                    None => Standing::Mapped,
                },
                pending_until,
                missing: missing(&association.source).filter(|_| pending_until.is_none()),
            }
        };
        let listed = mapping.destinations().into_iter().map(|row| {
            let line = OrganizationLine {
                id: row.company.entity.id.clone(),
                name: row.company.name.clone(),
                own: row.company.role == reconcile::inventory::Role::Partner,
                missing: None,
                sites: row.serves.iter().copied().map(mapped).collect(),
            };
            (row.company.entity.clone(), line)
        });
        let mut organizations: BTreeMap<EntityRef, OrganizationLine> = listed.collect();
        let listed: BTreeSet<EntityRef> = organizations.keys().cloned().collect();
        // What left the host's file is where its sites belong all the same, until somebody says otherwise.
        for association in state.associations().filter(|one| !one.is_leaving()) {
            let Some(destination) = association.destination() else {
                continue;
            };
            if listed.contains(destination) {
                continue;
            }
            let gone =
                organizations
                    .entry(destination.clone())
                    .or_insert_with(|| OrganizationLine {
                        id: destination.id.clone(),
                        name: state
                            .name_of(destination)
                            .unwrap_or(&destination.id)
                            .to_owned(),
                        own: false,
                        missing: Some("it is not in the host's file".to_owned()),
                        sites: Vec::new(),
                    });
            gone.sites.push(mapped(association));
        }
        let of = |state: SiteState<'_>| -> Vec<SiteLine> {
            let rows = rows.iter().filter(|row| row.state == state);
            rows.map(|row| SiteLine {
                id: row.site.entity.id.clone(),
                name: row.site.name.clone(),
            })
            .collect()
        };
        let left_out = mapping.left_out().into_iter().map(|left| LeftOutLine {
            id: left.site.entity.id.clone(),
            name: left.site.name.clone(),
            reason: left.reason.to_string(),
        });
        Self {
            organizations: organizations.into_values().collect(),
            unmapped: of(SiteState::Unmapped),
            ignored: of(SiteState::Ignored),
            left_out: left_out.collect(),
        }
    }

    fn show(&self, only_unmapped: bool) -> Result<(), Failure> {
        if !only_unmapped {
            let rows = self.organizations.iter().flat_map(|organization| {
                let left = match &organization.missing {
                    Some(why) => format!("{} (missing: {why})", organization.name),
                    None if organization.own => format!("{} (own)", organization.name),
                    None => organization.name.clone(),
                };
                let first = [organization.id.clone(), left, String::new(), String::new()];
                let mut rows: Vec<_> = organization
                    .sites
                    .iter()
                    .map(|site| {
                        let state = match (&site.missing, site.pending_until) {
                            (Some(why), _) => format!("missing: {why}"),
                            (None, Some(until)) => {
                                format!("pending until {}", until.strftime("%R"))
                            }
                            (None, None) => site.mapping.as_str().to_owned(),
                        };
                        let name = site.name.clone().unwrap_or_else(|| site.id.clone());
                        [first[0].clone(), first[1].clone(), name, state]
                    })
                    .collect();
                if rows.is_empty() {
                    rows.push(first);
                }
                rows
            });
            table(["Id", "Organisation", "RMM site", "Mapping"], rows)?;
        }
        let rows = self
            .unmapped
            .iter()
            .map(|site| [site.name.clone(), site.id.clone()]);
        line(format!("{} unmapped sites:", self.unmapped.len()))?;
        table(["Unmapped site", "Uid"], rows)?;
        line(format!(
            "Sites ignored: {}, left out: {} (--json lists them)",
            self.ignored.len(),
            self.left_out.len()
        ))
    }
}

/// Runs `map`.
pub(crate) async fn list(arguments: &cli::Map) -> Result<Exit, Failure> {
    let session = Session::open(&arguments.reach).await?;
    let (window, now) = (arguments.window.visibility, Timestamp::now());
    let mut document = session
        .with_mapping(|mapping| Document::of(mapping, &session.connection.state, window, now))?;
    if arguments.unmapped {
        document.organizations.retain(|one| one.sites.is_empty());
    }
    if arguments.json {
        json(&document)?;
    } else {
        document.show(arguments.unmapped)?;
    }
    Ok(Exit::Clean)
}

/// A line of `suggest`.
#[derive(Debug, Serialize)]
struct SuggestionLine {
    site_id: String,
    site_name: String,
    /// Exactly one if it stands out.
    candidates: Vec<CandidateLine>,
    /// Whether `--accept` takes it.
    accepted: bool,
}

#[derive(Debug, Serialize)]
struct CandidateLine {
    organization_id: String,
    organization_name: String,
    evidence: Vec<String>,
}

/// Runs `suggest`.
pub(crate) async fn suggest(arguments: &cli::Suggest) -> Result<Exit, Failure> {
    let mut session = Session::open(&arguments.reach).await?;
    let (suggestions, automatic) = session.with_mapping(|mapping| {
        let suggestions = mapping.suggestions(&[]);
        let automatic = mapping.automatic(&suggestions);
        (suggestions, automatic)
    })?;
    let is_taken = |site: &EntityRef| {
        automatic.iter().any(
            |taken| matches!(&taken.decision, Decision::Associate { source, .. } if source == site),
        )
    };
    let lines: Vec<_> = suggestions
        .iter()
        .map(|suggestion| {
            let (name, candidates) = match suggestion {
                Suggestion::One(one) => (&one.source_name, std::slice::from_ref(&one.candidate)),
                Suggestion::Tie(tie) => (&tie.source_name, tie.candidates.as_slice()),
            };
            let candidate = |candidate: &reconcile::mapping::Candidate| CandidateLine {
                organization_id: candidate.destination.id.clone(),
                organization_name: candidate.name.clone(),
                evidence: candidate.evidence.iter().map(ToString::to_string).collect(),
            };
            SuggestionLine {
                site_id: suggestion.source().id.clone(),
                site_name: name.clone(),
                candidates: candidates.iter().map(candidate).collect(),
                accepted: is_taken(suggestion.source()),
            }
        })
        .collect();
    if arguments.json {
        json(&lines)?;
    } else {
        let rows = lines.iter().flat_map(|line| {
            line.candidates.iter().map(|candidate| {
                let mut evidence = candidate.evidence.join("; ");
                if line.candidates.len() > 1 {
                    evidence.push_str(" (a tie: choose)");
                }
                let organization = candidate.organization_name.clone();
                let id = candidate.organization_id.clone();
                [organization, id, line.site_name.clone(), evidence]
            })
        });
        table(["Organisation", "Id", "RMM site", "Evidence"], rows)?;
    }
    if arguments.accept {
        let taken = automatic.len();
        let decisions = automatic.into_iter().map(|taken| taken.decision);
        session.decide(decisions, &arguments.who.name()?).await?;
        eprintln!("{taken} sites mapped");
    }
    Ok(Exit::Clean)
}

/// The decision by which a site is mapped.
fn association_of(session: &Session, site: &EntityRef) -> Option<(EntryId, Option<EntityRef>)> {
    let mut of_site = session.connection.state.associations();
    let found = of_site.find(|association| association.source == *site)?;
    Some((EntryId(found.id.0), found.destination().cloned()))
}

/// The decision by which a site is ignored.
fn ignoring(session: &Session, site: &EntityRef) -> Option<EntryId> {
    let state = &session.connection.state;
    if !state.ignored().contains(site) {
        return None;
    }
    let mut decisions = state.decisions().iter().rev();
    let found = decisions.find(|record| {
        record.undone_by.is_none()
            && matches!(&record.decision, Decision::Ignore { source } if source == site)
    })?;
    Some(found.id)
}

/// The sites that are meant, each once, with the words for it.
fn sites<'w>(
    session: &Session,
    wanted: &'w [String],
) -> Result<Vec<(EntityRef, &'w str)>, Failure> {
    let mut met = BTreeSet::new();
    let mut sites = Vec::new();
    for wanted in wanted {
        let site = session.site(wanted)?;
        if met.insert(site.clone()) {
            sites.push((site, wanted.as_str()));
        }
    }
    Ok(sites)
}

/// Runs `assign`. A site that belongs elsewhere is taken from there, and one that is ignored no longer is.
pub(crate) async fn assign(arguments: &cli::Assign) -> Result<Exit, Failure> {
    let mut session = Session::open(&arguments.reach).await?;
    let organization = session.organization(&arguments.organization)?;
    let mut decisions = Vec::new();
    for (site, _) in sites(&session, &arguments.sites)? {
        match association_of(&session, &site) {
            Some((_, Some(now))) if now == organization => continue,
            Some((decision, _)) => decisions.push(Decision::Undo { decision }),
            None => {
                let ignoring = ignoring(&session, &site);
                decisions.extend(ignoring.map(|decision| Decision::Undo { decision }));
            }
        }
        decisions.push(Decision::Associate {
            source: site,
            target: Target::Existing(organization.clone()),
        });
    }
    session.decide(decisions, &arguments.who.name()?).await?;
    Ok(Exit::Clean)
}

/// Runs `unassign`, which takes back `ignore` too.
pub(crate) async fn unassign(arguments: &cli::Chosen) -> Result<Exit, Failure> {
    let mut session = Session::open(&arguments.reach).await?;
    let mut decisions = Vec::new();
    for (site, wanted) in sites(&session, &arguments.sites)? {
        let decision = association_of(&session, &site)
            .map(|(decision, _)| decision)
            .or_else(|| ignoring(&session, &site))
            .ok_or_else(|| {
                Failure::usage(format!(
                    "{wanted:?} belongs to no organisation and is not ignored"
                ))
            })?;
        decisions.push(Decision::Undo { decision });
    }
    session.decide(decisions, &arguments.who.name()?).await?;
    Ok(Exit::Clean)
}

/// Runs `ignore`.
pub(crate) async fn ignore(arguments: &cli::Chosen) -> Result<Exit, Failure> {
    let mut session = Session::open(&arguments.reach).await?;
    let sites = sites(&session, &arguments.sites)?.into_iter();
    let is_ignored = |site: &EntityRef| session.connection.state.ignored().contains(site);
    let decisions: Vec<_> = sites
        .filter(|(site, _)| !is_ignored(site))
        .map(|(source, _)| Decision::Ignore { source })
        .collect();
    session.decide(decisions, &arguments.who.name()?).await?;
    Ok(Exit::Clean)
}
