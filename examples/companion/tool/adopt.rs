//! The command `adopt`: an estate that is linked already is read, and its associations are proposed. Nothing is written
//! at the vendors, and without `--accept` nothing here.

use std::collections::{BTreeMap, BTreeSet};

use reconcile::identity::{EntityRef, NameLevel, OrganizationName};
use reconcile::inventory::{Index, Organization, Reading, Role, Sort, VariableValue};
use reconcile::mapping::{Adoption, Mapping, SiteState, Standing};
use reconcile::state::{Decision, Target};
use serde::Serialize;

use super::cli::Adopt;
use super::exit::{Exit, Failure};
use super::present::{json, line, table};
use super::session::{Estate, Mode, Session, name_of};

/// The document of `adopt --json`.
#[derive(Debug, Serialize)]
struct Document {
    /// What can be taken over as it is, ordered by site.
    proposals: Vec<Proposal>,
    /// What a person has to look at, with the reason.
    conflicts: Vec<Conflict>,
    /// Whether the proposals were decided by this run.
    accepted: bool,
    partial: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Proposal {
    site_id: String,
    site_name: String,
    company_id: String,
    company_name: String,
    package_id: String,
    package_name: String,
    evidence: Vec<String>,
    #[serde(skip)]
    pair: (EntityRef, EntityRef),
}

#[derive(Debug, Clone, Serialize)]
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
    let (proposals, conflicts) = session.with_mapping(&estate, |mapping| {
        sort_out(mapping, &estate, &session.policy.variable)
    })?;
    if arguments.accept {
        let decisions: Vec<_> = proposals.iter().map(Proposal::decision).collect();
        session.with_mapping(&estate, |mapping| mapping.check_batch(&decisions))??;
        for decision in decisions {
            session.record(decision).await?;
        }
    }
    let document = Document {
        proposals,
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

impl Proposal {
    fn of(adoption: &Adoption, evidence: Vec<String>) -> Self {
        Self {
            site_id: adoption.source.id.clone(),
            site_name: adoption.source_name.clone(),
            company_id: adoption.destination.id.clone(),
            company_name: adoption.destination_name.clone(),
            package_id: adoption.package.id.clone(),
            package_name: adoption.package_name.clone(),
            evidence,
            pair: (adoption.source.clone(), adoption.destination.clone()),
        }
    }

    fn decision(&self) -> Decision {
        let (source, company) = self.pair.clone();
        Decision::Associate {
            source,
            target: Target::Existing(company),
        }
    }
}

/// Who has which name, up to legal forms, punctuation and accents.
struct Names<'e> {
    sites: BTreeMap<String, Vec<&'e Organization>>,
    companies: BTreeMap<String, Vec<&'e Organization>>,
}

fn folded(name: &str) -> Option<String> {
    OrganizationName::new(name).map(|name| name.at(NameLevel::Normalized).to_owned())
}

fn agree(one: &str, other: &str) -> bool {
    folded(one).is_some_and(|one| folded(other) == Some(one))
}

impl<'e> Names<'e> {
    fn of(sites: &Index<'e>, companies: &Index<'e>) -> Self {
        let by_name = |index: &Index<'e>| {
            let mut names: BTreeMap<String, Vec<&'e Organization>> = BTreeMap::new();
            let takes_part = |row: &&Organization| {
                matches!(row.role, Role::Managed | Role::Partner | Role::Customer)
            };
            for row in index.organizations().filter(takes_part) {
                if let Some(name) = folded(&row.name) {
                    names.entry(name).or_default().push(row);
                }
            }
            names
        };
        Self {
            sites: by_name(sites),
            companies: by_name(companies),
        }
    }

    /// What speaks against a pair: somebody else has the name of one of the two.
    fn against(&self, adoption: &Adoption) -> Option<String> {
        if agree(&adoption.source_name, &adoption.destination_name) {
            return None;
        }
        let holder = |names: &BTreeMap<String, Vec<&Organization>>, name: &str, own: &EntityRef| {
            let holders = names.get(&folded(name)?)?;
            let other = holders.iter().find(|holder| holder.entity != *own)?;
            Some((other.name.clone(), other.entity.id.clone()))
        };
        let company = holder(
            &self.companies,
            &adoption.source_name,
            &adoption.destination,
        );
        if let Some((name, id)) = company {
            return Some(format!(
                "the link leads elsewhere than to the company of its name, {name:?} ({id})"
            ));
        }
        let site = holder(&self.sites, &adoption.destination_name, &adoption.source);
        site.map(|(name, id)| {
            format!(
                "the link leads to a company that has the name of another site, {name:?} ({id})"
            )
        })
    }
}

/// Parts what can be proposed from what cannot.
fn sort_out(
    mapping: &Mapping<'_>,
    estate: &Estate,
    variable: &str,
) -> (Vec<Proposal>, Vec<Conflict>) {
    let (sites, companies) = (Index::new(&estate.sites), Index::new(&estate.companies));
    let names = Names::of(&sites, &companies);
    let name_of = |entity: &EntityRef| {
        let listed = sites
            .organization(entity)
            .or_else(|| companies.organization(entity));
        listed.map_or_else(|| entity.id.clone(), |row| row.name.clone())
    };
    let (mut proposals, mut conflicts) = (Vec::new(), Vec::new());
    let adoptions = mapping.adoption();
    for adoption in &adoptions {
        let package = &adoption.package_name;
        let mut evidence = vec![format!(
            "{variable} holds the installation link of package {package:?}"
        )];
        if agree(&adoption.source_name, &adoption.destination_name) {
            evidence.push("the names agree".to_owned());
        }
        let reason = match &adoption.standing {
            Standing::Open => names.against(adoption),
            Standing::Contested(rivals) => {
                let is_named = |rival: &EntityRef| {
                    let rival_name = name_of(rival);
                    if rival.instance == adoption.source.instance {
                        agree(&rival_name, &adoption.destination_name)
                    } else {
                        agree(&rival_name, &adoption.source_name)
                    }
                };
                let rival_names: Vec<_> = rivals
                    .iter()
                    .map(|rival| format!("{:?}", name_of(rival)))
                    .collect();
                let rival_names = rival_names.join(", ");
                if evidence.len() == 2 && !rivals.iter().any(is_named) {
                    evidence.push(format!(
                        "{rival_names} is tied to it as well, under another name"
                    ));
                    None
                } else if rivals
                    .iter()
                    .all(|rival| rival.instance == adoption.source.instance)
                {
                    Some(format!(
                        "the same company is linked to {rival_names} as well"
                    ))
                } else {
                    Some(format!("its variable stands for {rival_names} as well"))
                }
            }
            Standing::Mapped(association) => Some(format!(
                "the company is mapped to another site ({association})"
            )),
            Standing::Ignored => Some("the site is ignored".to_owned()),
            Standing::KeptSeparate => {
                Some("a person said that the two are different ones".to_owned())
            }
            Standing::Parted => Some("a person dropped this very pair".to_owned()),
            _ => Some("something speaks against it".to_owned()),
        };
        match reason {
            None => proposals.push(Proposal::of(adoption, evidence)),
            Some(reason) => conflicts.push(Conflict {
                site_id: adoption.source.id.clone(),
                site_name: adoption.source_name.clone(),
                company_id: Some(adoption.destination.id.clone()),
                company_name: Some(adoption.destination_name.clone()),
                reason,
            }),
        }
    }
    let tied: BTreeSet<_> = adoptions.iter().map(|adoption| &adoption.source).collect();
    for row in mapping.sites() {
        let is_open = matches!(row.state, SiteState::Unmapped);
        if !is_open || tied.contains(&row.site.entity) {
            continue;
        }
        if let Some(reason) = unreadable(&sites, &companies, row.site, variable) {
            conflicts.push(Conflict {
                site_id: row.site.entity.id.clone(),
                site_name: row.site.name.clone(),
                company_id: None,
                company_name: None,
                reason,
            });
        }
    }
    (proposals, conflicts)
}

/// Why a site that has the variable is tied to nothing; `None` if it has none.
fn unreadable(
    sites: &Index<'_>,
    companies: &Index<'_>,
    site: &Organization,
    variable: &str,
) -> Option<String> {
    let held = sites.variables(&site.entity);
    let mut held = held.iter().filter(|held| held.name == variable);
    let Some(held) = held.next() else {
        let Reading::Partial(why) = sites.reading(&site.entity, Sort::Variables) else {
            return None;
        };
        return Some(format!("its variables were not read whole: {why}"));
    };
    Some(match (held.value, companies.organizations_reading()) {
        (VariableValue::Masked, _) => {
            format!("{variable} is masked, so it cannot be told where it leads")
        }
        (VariableValue::Is(_), Reading::Complete) => {
            format!("{variable} holds no installation link of any package that can be seen")
        }
        (VariableValue::Is(_), Reading::Partial(_) | Reading::Missing) => {
            format!("{variable} holds nothing that was read, and the companies were read in part")
        }
    })
}
