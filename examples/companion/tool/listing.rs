//! The commands that list both sides: `sites` and `companies`.

use std::collections::{BTreeMap, BTreeSet};

use reconcile::drift::Event;
use reconcile::inventory::{Index, Organization, Role};
use reconcile::mapping::{SiteState, StrandedReason};
use reconcile::state::{Association, AssociationStatus};
use schemars::JsonSchema;
use serde::Serialize;

use super::cli::{Show, Sites};
use super::exit::{Exit, Failure};
use super::lookup::event_id;
use super::present::{json, line, table};
use super::session::Session;

/// The state of a site that has no company and was not ignored.
const UNMAPPED: &str = "unmapped";

/// The document of `sites --json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "sites")]
pub(crate) struct SitesDocument {
    /// The Managed sites, ordered by identity.
    sites: Vec<SiteLine>,
    /// Sites that take no part, with the reason.
    left_out: Vec<LeftOutLine>,
    /// Associations whose site is not among `sites`, with the reason.
    stranded: Vec<StrandedLine>,
    /// What was not read whole, and why. If not empty, absences prove nothing.
    partial: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SiteLine {
    site_id: String,
    site_name: String,
    /// `unmapped`, `ignored`, `wanted`, `established`, `leaving`.
    state: &'static str,
    /// `null` if there is none, or if it is still to be made.
    company_id: Option<String>,
    company_name: Option<String>,
    events: Vec<Mark>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct LeftOutLine {
    site_id: String,
    site_name: String,
    reason: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StrandedLine {
    site_id: String,
    site_name: Option<String>,
    company_id: Option<String>,
    company_name: Option<String>,
    reason: String,
    events: Vec<Mark>,
}

/// The warning mark of a row (F054): an event that is open or being resolved.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Mark {
    /// As `resolve` takes it.
    event: String,
    kind: &'static str,
}

/// The document of `companies --json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "companies")]
pub(crate) struct Companies {
    companies: Vec<CompanyLine>,
    partial: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CompanyLine {
    company_id: String,
    company_name: String,
    /// `partner`, `customer` or `folder`.
    role: &'static str,
    parent_id: Option<String>,
    /// The sites that are associated with it.
    sites: Vec<SiteOf>,
    /// Whether a site may be associated with it now.
    free: bool,
    events: Vec<Mark>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SiteOf {
    site_id: String,
    site_name: Option<String>,
    state: &'static str,
}

impl Mark {
    fn of(event: &Event) -> Self {
        Self {
            event: event_id(&event.id),
            kind: event.id.key.kind.label(),
        }
    }

    fn all(events: &[&Event]) -> Vec<Self> {
        events.iter().map(|event| Self::of(event)).collect()
    }

    fn show(marks: &[Self]) -> String {
        let marks: Vec<_> = marks
            .iter()
            .map(|mark| format!("! {} ({})", mark.kind, mark.event))
            .collect();
        marks.join(", ")
    }
}

/// How far an association is, in one word.
fn progress(association: &Association) -> &'static str {
    match association.status {
        AssociationStatus::Wanted => "wanted",
        AssociationStatus::Established => "established",
        AssociationStatus::Leaving
        | AssociationStatus::LeavingWithCompany
        | AssociationStatus::LeavingRecordOnly => "leaving",
    }
}

/// The name of an association's company: as it was recorded, or as it will be.
fn company_name(association: &Association) -> Option<String> {
    use reconcile::state::Target;

    association
        .destination_name
        .clone()
        .or_else(|| match &association.target {
            Target::New { name, .. } => Some(name.clone()),
            Target::Existing(_) => None,
        })
}

/// Runs `sites`.
pub(crate) async fn sites(arguments: &Sites) -> Result<Exit, Failure> {
    let session = Session::reading(&arguments.show.reach).await?;
    let estate = session.gather().await?;
    let companies = Index::new(&estate.companies);
    let mut document = session.with_mapping(&estate, |mapping| {
        let site = |row: &reconcile::mapping::SiteRow<'_>| {
            let (state, association) = match row.state {
                SiteState::Unmapped => (UNMAPPED, None),
                SiteState::Ignored => ("ignored", None),
                SiteState::Associated(association) => (progress(association), Some(association)),
            };
            let company = association.and_then(Association::destination);
            let listed = company.and_then(|company| companies.organization(company));
            SiteLine {
                site_id: row.site.entity.id.clone(),
                site_name: row.site.name.clone(),
                state,
                company_id: company.map(|company| company.id.clone()),
                company_name: listed
                    .map(|company| company.name.clone())
                    .or_else(|| association.and_then(company_name)),
                events: Mark::all(&row.marks),
            }
        };
        let left_out = mapping.left_out().into_iter().map(|row| LeftOutLine {
            site_id: row.site.entity.id.clone(),
            site_name: row.site.name.clone(),
            reason: row.reason.to_string(),
        });
        let stranded = mapping.stranded().into_iter().map(|row| StrandedLine {
            site_id: row.association.source.id.clone(),
            site_name: row.association.source_name.clone(),
            company_id: row
                .association
                .destination()
                .map(|company| company.id.clone()),
            company_name: company_name(row.association),
            reason: match row.reason {
                StrandedReason::LeftOut(reason) => reason.to_string(),
                StrandedReason::NotRead(why) => format!("the sites were not read whole: {why}"),
                _ => "it is not listed any more".to_owned(),
            },
            events: Mark::all(&row.marks),
        });
        SitesDocument {
            sites: mapping.sites().iter().map(site).collect(),
            left_out: left_out.collect(),
            stranded: stranded.collect(),
            partial: estate.partial(),
        }
    })?;
    if arguments.unmapped {
        document.sites.retain(|site| site.state == UNMAPPED);
    }
    if arguments.show.format.json {
        json(&document)?;
        return Ok(Exit::Clean);
    }
    table(
        ["Site", "Id", "State", "Company", "Events"],
        document.sites.iter().map(|row| {
            [
                row.site_name.clone(),
                row.site_id.clone(),
                row.state.to_owned(),
                row.company_name.clone().unwrap_or_default(),
                Mark::show(&row.events),
            ]
        }),
    )?;
    if !document.left_out.is_empty() {
        let rows = document.left_out.iter();
        table(
            ["Left out", "Why"],
            rows.map(|row| [row.site_name.clone(), row.reason.clone()]),
        )?;
    }
    if !document.stranded.is_empty() {
        let rows = document.stranded.iter().map(|row| {
            [
                row.site_name.clone().unwrap_or_else(|| row.site_id.clone()),
                row.company_name.clone().unwrap_or_default(),
                row.reason.clone(),
                Mark::show(&row.events),
            ]
        });
        table(
            [
                "Associated, but not in the list",
                "Company",
                "Why",
                "Events",
            ],
            rows,
        )?;
    }
    let open = document.sites.iter().filter(|row| row.state == UNMAPPED);
    line(format!(
        "{} sites, {} of them not mapped",
        document.sites.len(),
        open.count()
    ))?;
    Ok(Exit::Clean)
}

/// Runs `companies`.
pub(crate) async fn companies(arguments: &Show) -> Result<Exit, Failure> {
    let session = Session::reading(&arguments.reach).await?;
    let estate = session.gather().await?;
    let (sites, companies) = (Index::new(&estate.sites), Index::new(&estate.companies));
    let free: BTreeSet<_> = session.with_mapping(&estate, |mapping| {
        let rows = mapping.destinations().into_iter();
        rows.map(|row| row.company.entity.clone()).collect()
    })?;
    let mut served: BTreeMap<_, Vec<&Association>> = BTreeMap::new();
    for association in session.state.associations() {
        if let Some(company) = association.destination() {
            served.entry(company).or_default().push(association);
        }
    }
    let company = |company: &Organization| {
        let served = served.get(&company.entity).map_or(&[][..], Vec::as_slice);
        let site = |association: &&Association| {
            let listed = sites.organization(&association.source);
            SiteOf {
                site_id: association.source.id.clone(),
                site_name: listed
                    .map(|site| site.name.clone())
                    .or_else(|| association.source_name.clone()),
                state: progress(association),
            }
        };
        // An event marks the company that it names, and the one whose only site it names.
        let marks = session.state.events().filter(|event| {
            let entities = &event.id.key.entities;
            let names_company = entities.contains(&company.entity);
            let names_site = served
                .iter()
                .any(|association| entities.as_slice() == [association.source.clone()]);
            event.is_listed() && (names_company || names_site)
        });
        CompanyLine {
            company_id: company.entity.id.clone(),
            company_name: company.name.clone(),
            role: match company.role {
                Role::Partner => "partner",
                Role::Folder => "folder",
                _ => "customer",
            },
            parent_id: company.parent.as_ref().map(|parent| parent.id.clone()),
            sites: served.iter().map(site).collect(),
            free: free.contains(&company.entity),
            events: marks.map(Mark::of).collect(),
        }
    };
    let document = Companies {
        companies: companies.organizations().map(company).collect(),
        partial: estate.partial(),
    };
    if arguments.format.json {
        json(&document)?;
        return Ok(Exit::Clean);
    }
    table(
        ["Company", "Id", "Role", "Sites", "Events"],
        document.companies.iter().map(|row| {
            let sites: Vec<_> = row
                .sites
                .iter()
                .map(|site| {
                    let name = site.site_name.as_ref().unwrap_or(&site.site_id);
                    format!("{name} ({})", site.state)
                })
                .collect();
            [
                row.company_name.clone(),
                row.company_id.clone(),
                row.role.to_owned(),
                sites.join(", "),
                Mark::show(&row.events),
            ]
        }),
    )?;
    let free = document.companies.iter().filter(|row| row.free).count();
    line(format!(
        "{} companies and folders, {free} of them free",
        document.companies.len()
    ))?;
    Ok(Exit::Clean)
}
