//! The host's organisations, as a file that the host exports and people edit.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use examples::exit::Failure;
use jiff::Timestamp;
use reconcile::identity::{EntityRef, Instance, Kind, Vendor};
use reconcile::inventory::{
    Coverage, Observation, Organization, Role, Rows, Scope, Segment, SharedId,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// The scheme of Entra tenant ids among the shared ids of an organisation.
const ENTRA_TENANT: &str = "entra-tenant";

/// An organisation of the host.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct HostOrganization {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Whether it is the MSP's own, on which the connection hangs (F066).
    #[serde(default)]
    pub(crate) own: bool,
    #[serde(default)]
    pub(crate) entra_tenant_id: Option<String>,
}

/// All of them.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    path: PathBuf,
    pub(crate) organizations: Vec<HostOrganization>,
}

impl Host {
    /// Reads a file; one that does not exist has none.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let organizations = match path.try_exists() {
            Ok(false) => Vec::new(),
            Ok(true) if is_csv(path)? => of_csv(path)?,
            Ok(true) => of_json(path)?,
            Err(error) => return Err(unusable(path, error)),
        };
        let host = Self {
            path: path.to_owned(),
            organizations,
        };
        host.check()?;
        Ok(host)
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

    /// The MSP's own organisation, added to the file if it is not there (F066); says whether it was.
    pub(crate) fn require_own(
        &mut self,
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
                    entra_tenant_id: None,
                };
                let mut with = self.clone();
                with.organizations.push(own.clone());
                with.check()?;
                let text = if is_csv(&self.path)? {
                    csv_with(&self.path, &own)?
                } else {
                    json_with(&self.path, &own)?
                };
                replace(&self.path, &text).map_err(|error| unusable(&self.path, error))?;
                *self = with;
                Ok((own, true))
            }
        }
    }

    /// The organisations as they were read, as the side to which sites are mapped.
    pub(crate) fn observation(&self, instance: &Instance, taken_at: Timestamp) -> Observation {
        let organization = |one: &HostOrganization| {
            let role = if one.own {
                Role::Partner
            } else {
                Role::Customer
            };
            let mut row = Organization::new(entity(instance, &one.id), &one.name, role);
            row.shared_ids = one
                .entra_tenant_id
                .iter()
                .map(|value| SharedId {
                    scheme: ENTRA_TENANT.to_owned(),
                    value: value.clone(),
                })
                .collect();
            row
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
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => Ok(true),
        Some("json") => Ok(false),
        _ => Err(unusable(path, "its name ends neither in .csv nor in .json")),
    }
}

/// The text of a file, without the mark that spreadsheets put before it.
fn text_of(path: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(path).map_err(|error| unusable(path, error))?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

fn of_json(path: &Path) -> Result<Vec<HostOrganization>, Failure> {
    serde_json::from_str(&text_of(path)?).map_err(|error| unusable(path, error))
}

fn of_csv(path: &Path) -> Result<Vec<HostOrganization>, Failure> {
    let text = text_of(path)?;
    csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
        .deserialize::<CsvRow>()
        .map(|row| {
            row.map_err(|error| unusable(path, error))
                .map(HostOrganization::from)
        })
        .collect()
}

#[derive(Deserialize)]
struct CsvRow {
    id: String,
    name: String,
    #[serde(default)]
    own: Own,
    #[serde(default)]
    entra_tenant_id: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
enum Own {
    #[serde(rename = "true", alias = "TRUE", alias = "yes", alias = "1")]
    Yes,
    #[default]
    #[serde(
        rename = "false",
        alias = "FALSE",
        alias = "no",
        alias = "0",
        alias = ""
    )]
    No,
}

impl From<CsvRow> for HostOrganization {
    fn from(row: CsvRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            own: matches!(row.own, Own::Yes),
            entra_tenant_id: row.entra_tenant_id.filter(|id| !id.is_empty()),
        }
    }
}

/// The file with one more; what is not ours in it stays.
fn json_with(path: &Path, own: &HostOrganization) -> Result<String, Failure> {
    let mut all: Vec<Value> = if path.exists() {
        serde_json::from_str(&text_of(path)?).map_err(|error| unusable(path, error))?
    } else {
        Vec::new()
    };
    all.push(json!({"id": own.id, "name": own.name, "own": true}));
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}

fn csv_with(path: &Path, own: &HostOrganization) -> Result<String, Failure> {
    let mut columns: Vec<String> = Vec::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    if path.exists() {
        let text = text_of(path)?;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|error| unusable(path, error))?;
        columns = headers.iter().map(|name| name.trim().to_owned()).collect();
        for row in reader.records() {
            let row = row.map_err(|error| unusable(path, error))?;
            rows.push(row.iter().map(str::to_owned).collect());
        }
    }
    for needed in ["id", "name", "own"] {
        if !columns.iter().any(|column| column == needed) {
            columns.push(needed.to_owned());
        }
    }
    let added = columns.iter().map(|column| match column.as_str() {
        "id" => own.id.clone(),
        "name" => own.name.clone(),
        "own" => "true".to_owned(),
        _ => String::new(),
    });
    rows.push(added.collect());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&columns)?;
    for mut row in rows {
        row.resize(columns.len(), String::new());
        writer.write_record(&row)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8(bytes)?)
}

/// Puts a whole file in the place of another, or leaves that as it was.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let path = std::path::absolute(path)?;
    let folder = path.parent().unwrap_or(&path);
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}
