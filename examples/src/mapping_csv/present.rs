//! What is mapped now, as rows and for looking up.

use std::collections::{BTreeMap, BTreeSet};

use reconcile::identity::EntityRef;
use reconcile::inventory::{Index, Organization, Reading, Role};
use reconcile::mapping::{Mapping, SiteState};
use reconcile::state::{Association, Target};

use super::error::{Hint, Problem};
use super::table::Column;

/// Everything that a row can refer to.
pub(super) struct Present<'a> {
    sites: BTreeMap<&'a str, Vec<Site<'a>>>,
    companies: BTreeMap<&'a str, Vec<&'a Organization>>,
    index: &'a Index<'a>,
}

/// A source organisation that is listed or mapped.
pub(super) struct Site<'a> {
    pub(super) entity: &'a EntityRef,
    /// As it was read, or else recorded; `None` if it never was.
    pub(super) name: Option<&'a str>,
    pub(super) mapped: Mapped<'a>,
    is_exported: bool,
}

/// Whether a site is mapped.
#[derive(Clone, Copy)]
pub(super) enum Mapped<'a> {
    No,
    Ignored,
    To(&'a Association),
}

impl<'a> Present<'a> {
    pub(super) fn new<'m: 'a>(mapping: &Mapping<'m>, index: &'a Index<'a>) -> Self {
        let mut present = Self {
            sites: BTreeMap::new(),
            companies: BTreeMap::new(),
            index,
        };
        let stranded = mapping.stranded();
        let mut seen = BTreeSet::new();
        for row in mapping.sites() {
            present.add(Site {
                entity: &row.site.entity,
                name: Some(&row.site.name),
                mapped: match row.state {
                    SiteState::Unmapped => Mapped::No,
                    SiteState::Ignored => Mapped::Ignored,
                    SiteState::Associated(association) => Mapped::To(association),
                },
                is_exported: true,
            });
        }
        let left_out: BTreeMap<_, _> = mapping
            .left_out()
            .into_iter()
            .map(|row| (&row.site.entity, row.site))
            .collect();
        for row in &stranded {
            let association = row.association;
            if seen.insert(&association.source) {
                let listed = left_out.get(&association.source);
                present.add(Site {
                    entity: &association.source,
                    name: listed.map_or(association.source_name.as_deref(), |site| {
                        Some(site.name.as_str())
                    }),
                    mapped: Mapped::To(association),
                    is_exported: true,
                });
            }
        }
        for (entity, site) in left_out {
            if !seen.contains(entity) {
                present.add(Site {
                    entity: &site.entity,
                    name: Some(&site.name),
                    mapped: Mapped::No,
                    is_exported: false,
                });
            }
        }
        for company in index.organizations() {
            present
                .companies
                .entry(&company.entity.id)
                .or_default()
                .push(company);
        }
        present
    }

    fn add(&mut self, site: Site<'a>) {
        self.sites.entry(&site.entity.id).or_default().push(site);
    }

    /// The rows of an export: by name, those without a name last.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Site<'a>> {
        let mut rows: Vec<_> = self
            .sites
            .values()
            .flatten()
            .filter(|site| site.is_exported)
            .collect();
        rows.sort_by_key(|site| {
            let name = site.name.map(str::to_lowercase);
            (name.is_none(), name, site.entity)
        });
        rows.into_iter()
    }

    pub(super) fn cells(&self, site: &Site<'a>) -> [String; Column::ALL.len()] {
        Column::ALL.map(|column| match column {
            Column::SiteId => site.entity.id.clone(),
            Column::SiteName => site.name.unwrap_or_default().to_owned(),
            Column::State => site.state(),
            Column::Decision => String::new(),
            Column::CompanyId => site
                .company()
                .map(|company| company.id.clone())
                .unwrap_or_default(),
            Column::CompanyName => self.company_name(site).unwrap_or_default().to_owned(),
            Column::NewName => site.new_name().unwrap_or_default().to_owned(),
        })
    }

    pub(super) fn site(&self, id: &str) -> Result<&Site<'a>, Problem> {
        match self.sites.get(id).map(Vec::as_slice) {
            None | Some([]) => Err(Problem::UnknownSite(Hint::on(id))),
            Some([site]) => Ok(site),
            Some(several) => Err(Problem::Ambiguous(list(
                several.iter().map(|site| site.entity),
            ))),
        }
    }

    pub(super) fn company(&self, id: &str) -> Result<&'a Organization, Problem> {
        let found = self.companies.get(id).map_or(&[][..], Vec::as_slice);
        let real = || found.iter().filter(|company| company.role != Role::Folder);
        match (found, real().count()) {
            ([], _) => Err(Problem::UnknownCompany(Hint {
                partial: match self.index.organizations_reading() {
                    Reading::Complete => None,
                    Reading::Partial(why) => Some(why.to_owned()),
                    Reading::Missing => Some("no listing was read".to_owned()),
                },
                ..Hint::on(id)
            })),
            // A folder is refused by the rules, which say why.
            ([one], _) => Ok(one),
            (_, 1) => Ok(real().next().unwrap_or(&found[0])),
            (several, _) => Err(Problem::Ambiguous(list(
                several.iter().map(|company| &company.entity),
            ))),
        }
    }

    /// The name of the company that a site is mapped to: as it was read, or else recorded.
    pub(super) fn company_name(&self, site: &Site<'a>) -> Option<&'a str> {
        let Mapped::To(association) = site.mapped else {
            return None;
        };
        let listed = self.index.organization(association.destination()?);
        listed
            .map(|company| company.name.as_str())
            .or(association.destination_name.as_deref())
    }

    /// A site's name, with the ids of the sites that have it.
    pub(super) fn say_site(&self, name: &str) -> String {
        let sites = self.sites.values().flatten();
        let having = sites.filter(|site| site.name.is_some_and(|other| same_name(other, name)));
        say(name, "site", having.map(|site| site.entity))
    }

    /// A company's name, with the ids of the companies that have it.
    pub(super) fn say_company(&self, name: &str) -> String {
        let companies = self.index.organizations();
        let having = companies.filter(|company| same_name(&company.name, name));
        say(name, "company", having.map(|company| &company.entity))
    }
}

impl<'a> Site<'a> {
    /// What an export says of it.
    pub(super) fn state(&self) -> String {
        match self.mapped {
            Mapped::No => "unmapped".to_owned(),
            Mapped::Ignored => "ignored".to_owned(),
            Mapped::To(association) => {
                let what = if association.is_leaving() {
                    "being dropped from"
                } else {
                    "associated with"
                };
                match &association.target {
                    Target::Existing(company) => format!("{what} {}", company.id),
                    Target::New { .. } => format!("{what} a new company"),
                }
            }
        }
    }

    /// The company that it is mapped to, if that exists.
    pub(super) fn company(&self) -> Option<&'a EntityRef> {
        match self.mapped {
            Mapped::To(association) => association.destination(),
            Mapped::No | Mapped::Ignored => None,
        }
    }

    /// The name of the company that is to be created for it.
    pub(super) fn new_name(&self) -> Option<&'a str> {
        match self.mapped {
            Mapped::To(Association {
                target: Target::New { name, .. },
                ..
            }) => Some(name),
            _ => None,
        }
    }
}

/// Whether two names are one but for the kind and number of spaces, which programs change.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

fn say<'e>(name: &str, what: &str, having: impl Iterator<Item = &'e EntityRef>) -> String {
    let ids: Vec<_> = having.map(|entity| entity.id.as_str()).collect();
    if ids.is_empty() {
        format!("{name:?}")
    } else {
        format!("{name:?}, which is {what} {}", ids.join(", "))
    }
}

fn list<'e>(entities: impl Iterator<Item = &'e EntityRef>) -> String {
    let names: Vec<_> = entities.map(ToString::to_string).collect();
    names.join(", ")
}
