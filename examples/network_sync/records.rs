//! The host's organisations and configurations, from its files.
//!
//! | File | Column | What it says |
//! |---|---|---|
//! | organisations | `id`, `name` | required |
//! | | `psa_company_id` | the PSA company, which an RMM site may carry too |
//! | | `network_ids` | ids of networks that are known to be its own; several separated by semicolons |
//! | configurations | `id`, `organization_id`, `name` | required |
//! | | `mac_address`, `ip_address` | required columns; cells may be blank, or hold several separated by semicolons |
//! | | `serial_number` | not a key |
//! | | any other | as the field map names it |

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;

use datto_networking::reconcile::NETWORK_ID;
use datto_rmm::reconcile::AUTOTASK_COMPANY;
use examples::exit::Failure;
use examples::sheet::{self, CellError, Row};
use jiff::Timestamp;
use reconcile::identity::{EntityRef, Instance, Kind, MacAddr, OrganizationName, Vendor, read_ip};
use reconcile::inventory::{
    Coverage, Device, Observation, Organization, Role, Rows, Scope, Segment, SharedId,
};

const ORGANIZATIONS: [&str; 2] = ["id", "name"];
const CONFIGURATIONS: [&str; 5] = ["id", "organization_id", "name", "mac_address", "ip_address"];

/// What separates several values in one cell.
const SEPARATOR: char = ';';

/// The host's records as facts.
#[derive(Debug, Clone)]
pub(crate) struct Records {
    pub(crate) observation: Observation,
    /// What a person should know of the files: cells that cannot be read, organisations of one name.
    pub(crate) remarks: Vec<String>,
}

/// The host itself.
pub(crate) fn instance() -> Instance {
    Instance::new(Vendor::new("host"), "records")
}

/// An organisation of the host.
pub(crate) fn organization_ref(id: &str) -> EntityRef {
    instance().entity(Kind::new("organization"), id)
}

/// A configuration of the host.
pub(crate) fn configuration_ref(id: &str) -> EntityRef {
    instance().entity(Kind::new("configuration"), id)
}

/// Reads both files.
///
/// # Errors
///
/// Usage errors: what is wrong with the first file that cannot be used.
pub(crate) fn read(organizations: &Path, configurations: &Path) -> Result<Records, Failure> {
    let (ours, theirs) = (
        sheet::read(organizations, &ORGANIZATIONS)?,
        sheet::read(configurations, &CONFIGURATIONS)?,
    );
    of_rows(&ours, &theirs, Timestamp::now()).map_err(|(is_of_organizations, errors)| {
        let path = if is_of_organizations {
            organizations
        } else {
            configurations
        };
        sheet::refused(path, &errors)
    })
}

/// Makes records of rows.
///
/// A row that cannot be placed is an error. A cell that cannot be read makes what its organisation has partial: the device
/// that it is about may be any that has no configuration.
///
/// # Errors
///
/// Whether they are those of the organisations, and all of them.
pub(crate) fn of_rows(
    organizations: &[Row],
    configurations: &[Row],
    now: Timestamp,
) -> Result<Records, (bool, Vec<CellError>)> {
    let mut remarks = Vec::new();
    let listed =
        self::organizations(organizations, &mut remarks).map_err(|errors| (true, errors))?;
    let known: BTreeSet<&str> = listed.iter().map(|row| row.entity.id.as_str()).collect();
    let mut by_organization: BTreeMap<&str, (Vec<Device>, Vec<String>)> =
        known.iter().map(|id| (*id, Default::default())).collect();
    let mut errors = Vec::new();
    let mut seen = BTreeMap::new();
    for row in configurations {
        errors.extend(unplaced(row, &known, &mut seen));
        if let Some((devices, unread)) = by_organization.get_mut(row.text("organization_id")) {
            devices.push(device(row, unread));
        }
    }
    if !errors.is_empty() {
        return Err((false, errors));
    }
    let instance = instance();
    let mut segments = Vec::new();
    for (id, (devices, unread)) in by_organization {
        let coverage = if unread.is_empty() {
            Coverage::Complete
        } else {
            Coverage::Partial(unread.join("; "))
        };
        remarks.extend(unread.iter().map(|why| format!("configurations: {why}")));
        segments.push(Segment {
            of: organization_ref(id),
            coverage,
            rows: Rows::Devices(devices),
        });
    }
    segments.insert(
        0,
        Segment {
            of: instance.root(),
            coverage: Coverage::Complete,
            rows: Rows::Organizations(listed.clone()),
        },
    );
    let scope = Scope {
        root: instance.root(),
        rights: None,
        instance,
    };
    Ok(Records {
        observation: Observation {
            scope,
            taken_at: now,
            segments,
        },
        remarks,
    })
}

fn organizations(
    rows: &[Row],
    remarks: &mut Vec<String>,
) -> Result<Vec<Organization>, Vec<CellError>> {
    let mut errors = Vec::new();
    let mut seen = BTreeMap::new();
    let mut named: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut listed = Vec::new();
    for row in rows {
        let (id, name) = (row.text("id"), row.text("name"));
        errors.extend(repeated(row, &mut seen));
        if name.is_empty() {
            errors.push(row.wrong("name", "an organisation needs a name"));
        }
        if let Some(name) = OrganizationName::new(name) {
            named.entry(name.folded().to_owned()).or_default().push(id);
        }
        let mut organization = Organization::new(organization_ref(id), name, Role::Customer);
        let networks = row
            .text("network_ids")
            .split(SEPARATOR)
            .map(|id| (NETWORK_ID, id));
        let psa = std::iter::once((AUTOTASK_COMPANY, row.text("psa_company_id")));
        organization.shared_ids = networks
            .chain(psa)
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(scheme, value)| SharedId {
                scheme: scheme.to_owned(),
                value: value.trim().to_owned(),
            })
            .collect();
        listed.push(organization);
    }
    for (name, ids) in named.iter().filter(|(_, ids)| ids.len() > 1) {
        let ids = ids.join(", ");
        remarks.push(format!("organisations: {ids} have the same name, {name:?}"));
    }
    if errors.is_empty() {
        Ok(listed)
    } else {
        Err(errors)
    }
}

/// What is wrong with the id of a row.
fn repeated<'r>(row: &'r Row, seen: &mut BTreeMap<&'r str, usize>) -> Option<CellError> {
    let id = row.text("id");
    if id.is_empty() {
        return Some(row.wrong("id", "the cell is blank"));
    }
    let before = seen.insert(id, row.number);
    before.map(|first| row.wrong("id", format!("row {first} has this id already")))
}

/// Why a configuration belongs nowhere.
fn unplaced<'r>(
    row: &'r Row,
    known: &BTreeSet<&str>,
    seen: &mut BTreeMap<&'r str, usize>,
) -> Vec<CellError> {
    let mut errors: Vec<_> = repeated(row, seen).into_iter().collect();
    let organization = row.text("organization_id");
    if !known.contains(organization) {
        errors.push(row.wrong("organization_id", "no organisation has this id"));
    }
    errors
}

/// A configuration, and what of it could not be read.
fn device(row: &Row, unread: &mut Vec<String>) -> Device {
    let macs: Vec<MacAddr> = several(row, "mac_address", unread, |text| {
        text.parse()
            .map_err(|error| format!("no MAC address: {error}"))
    });
    let ips: Vec<IpAddr> = several(row, "ip_address", unread, |text| {
        read_ip(text).map_err(|error| format!("no IP address: {error}"))
    });
    let serial = row.text("serial_number");
    Device {
        entity: configuration_ref(row.text("id")),
        name: row.text("name").to_owned(),
        macs,
        ips,
        serial: (!serial.is_empty()).then(|| serial.to_owned()),
        fields: row.cells().clone(),
    }
}

fn several<T>(
    row: &Row,
    column: &str,
    unread: &mut Vec<String>,
    read: impl Fn(&str) -> Result<T, String>,
) -> Vec<T> {
    let texts = row.text(column).split(SEPARATOR).map(str::trim);
    let mut values = Vec::new();
    for text in texts.filter(|text| !text.is_empty()) {
        match read(text) {
            Ok(value) => values.push(value),
            Err(why) => unread.push(row.wrong(column, why).to_string()),
        }
    }
    values
}
