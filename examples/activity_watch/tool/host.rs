//! The host's organisations, as a file that the host exports and people edit.

mod adding;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use examples::exit::Failure;
use jiff::Timestamp;
use reconcile::identity::{EntityRef, Instance, Kind, Vendor};
use reconcile::inventory::{Coverage, Observation, Organization, Role, Rows, Scope, Segment};
use serde::Deserialize;

/// An organisation of the host.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct HostOrganization {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Whether it is the MSP's own, on which the connection hangs (F066).
    #[serde(default)]
    pub(crate) own: bool,
}

/// All of them.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    path: PathBuf,
    pub(crate) organizations: Vec<HostOrganization>,
}

impl Host {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let organizations = if is_csv(path)? {
            of_csv(path)?
        } else {
            of_json(path)?
        };
        let host = Self {
            path: path.to_owned(),
            organizations,
        };
        host.check()?;
        Ok(host)
    }

    /// Reads a file that may still have to be made: one that is absent has none.
    pub(crate) fn read_or_none(path: &Path) -> Result<Self, Failure> {
        match path.try_exists() {
            Ok(false) => {
                is_csv(path)?;
                Ok(Self {
                    path: path.to_owned(),
                    organizations: Vec::new(),
                })
            }
            Ok(true) => Self::read(path),
            Err(error) => Err(unusable(path, error)),
        }
    }

    fn check(&self) -> Result<(), Failure> {
        let mut ids = BTreeSet::new();
        for organization in &self.organizations {
            let HostOrganization { id, name, .. } = organization;
            if id.trim().is_empty() || name.trim().is_empty() {
                return Err(self.wrong(format!(
                    "an organisation lacks its id or name: {id:?}, {name:?}"
                )));
            }
            if !ids.insert(id) {
                return Err(self.wrong(format!("the id {id:?} is there twice")));
            }
        }
        if self.organizations.iter().filter(|one| one.own).count() > 1 {
            return Err(self.wrong("more than one organisation is the MSP's own"));
        }
        Ok(())
    }

    fn wrong(&self, why: impl std::fmt::Display) -> Failure {
        Failure::usage(format!("{}: {why}", self.path.display()))
    }

    /// The MSP's own organisation.
    pub(crate) fn own(&self) -> Option<&HostOrganization> {
        self.organizations.iter().find(|one| one.own)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&HostOrganization> {
        self.organizations.iter().find(|one| one.id == id)
    }

    /// The MSP's own organisation; says whether it is still to be added (F066).
    pub(crate) fn require_own(
        &self,
        given: Option<(&str, &str)>,
    ) -> Result<(HostOrganization, bool), Failure> {
        match (self.own(), given) {
            (Some(own), Some((id, _))) if own.id != id => Err(self.wrong(format!(
                "the MSP's own organisation is {} there and not {id}",
                own.id
            ))),
            (Some(own), _) => Ok((own.clone(), false)),
            (None, None) => Err(self.wrong("no organisation is the MSP's own").with_advice(
                "mark it with own=true, or have it added with --own-id and --own-name",
            )),
            (None, Some((id, name))) => {
                if self.get(id).is_some() {
                    return Err(self
                        .wrong(format!("{id:?} is there and not marked as the MSP's own"))
                        .with_advice("mark it with own=true"));
                }
                let own = HostOrganization {
                    id: id.to_owned(),
                    name: name.to_owned(),
                    own: true,
                };
                let mut with = self.clone();
                with.organizations.push(own.clone());
                with.check()?;
                Ok((own, true))
            }
        }
    }

    /// Adds the MSP's own organisation to the file.
    pub(crate) fn add_own(&mut self, own: &HostOrganization) -> Result<(), Failure> {
        adding::add_own(&self.path, own)?;
        self.organizations.push(own.clone());
        Ok(())
    }

    /// The organisations as they were read, as the side to which sites are mapped.
    pub(crate) fn observation(&self, instance: &Instance, taken_at: Timestamp) -> Observation {
        let organization = |one: &HostOrganization| {
            let role = if one.own {
                Role::Partner
            } else {
                Role::Customer
            };
            Organization::new(entity(instance, &one.id), &one.name, role)
        };
        Observation {
            scope: Scope {
                instance: instance.clone(),
                root: instance.root(),
                rights: None,
            },
            taken_at,
            segments: vec![Segment {
                of: instance.root(),
                coverage: Coverage::Complete,
                rows: Rows::Organizations(self.organizations.iter().map(organization).collect()),
            }],
        }
    }
}

/// The host, as it is told by its own organisation.
pub(crate) fn instance(own: &str) -> Instance {
    Instance::new(Vendor::new("host"), own)
}

pub(crate) fn entity(instance: &Instance, id: &str) -> EntityRef {
    instance.entity(Kind::COMPANY, id)
}

fn unusable(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::usage(format!("{} cannot be used: {error}", path.display()))
}

fn is_csv(path: &Path) -> Result<bool, Failure> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    match ending.map(str::to_lowercase).as_deref() {
        Some("csv") => Ok(true),
        Some("json") => Ok(false),
        _ => Err(unusable(path, "its name ends neither in .csv nor in .json")),
    }
}

/// The text of a file, without the mark that spreadsheets put before it.
fn text_of(path: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(path).map_err(|error| unusable(path, error))?;
    Ok(match text.strip_prefix(adding::MARK) {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

fn of_json(path: &Path) -> Result<Vec<HostOrganization>, Failure> {
    serde_json::from_str(&text_of(path)?).map_err(|error| unusable(path, error))
}

fn of_csv(path: &Path) -> Result<Vec<HostOrganization>, Failure> {
    let text = text_of(path)?;
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headers = reader
        .headers()
        .map_err(|error| unusable(path, error))?
        .clone();
    // Before any row: another file, which may have none, is no file without organisations.
    for needed in ["id", "name"] {
        if !headers.iter().any(|column| column == needed) {
            return Err(unusable(
                path,
                format!("its first line names no column {needed:?}"),
            ));
        }
    }
    let mut organizations = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| unusable(path, error))?;
        // Spreadsheets leave these behind.
        if row.iter().all(str::is_empty) {
            continue;
        }
        let row: CsvRow = row
            .deserialize(Some(&headers))
            .map_err(|error| unusable(path, error))?;
        let own = is_own(&row.own).ok_or_else(|| {
            let why = format!("own is {:?}, and neither true nor false", row.own);
            unusable(path, why)
        })?;
        organizations.push(HostOrganization {
            id: row.id,
            name: row.name,
            own,
        });
    }
    Ok(organizations)
}

#[derive(Deserialize)]
struct CsvRow {
    id: String,
    name: String,
    #[serde(default)]
    own: String,
}

/// As programs and spreadsheets write it.
fn is_own(cell: &str) -> Option<bool> {
    match cell.to_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" | "" => Some(false),
        _ => None,
    }
}
