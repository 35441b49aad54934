//! The command `correlate`: which devices of the RMM and of the host are the same (F064). It is set up apart from the
//! connection, and following needs none of it (F065).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use datto_rmm::devices::ListDevices;
use examples::console::{json, table};
use examples::exit::{Exit, Failure};
use reconcile::identity::{EntityRef, MacAddr};
use reconcile::matching::{DeviceRow, Evidence, MatchPolicy, Matcher, Rule, Verdict};
use serde::{Deserialize, Serialize};

use super::cli;
use super::host;
use super::session::{Access, Connection};

/// The own field that holds Entra device ids.
const ENTRA: u8 = 0;

/// A device of either side.
struct Row {
    id: String,
    name: String,
    organization: Option<u32>,
    entra: Option<String>,
}

impl DeviceRow for Row {
    fn organization(&self) -> Option<u32> {
        self.organization
    }

    fn macs(&self) -> impl Iterator<Item = MacAddr> {
        std::iter::empty()
    }

    fn ips(&self) -> impl Iterator<Item = IpAddr> {
        std::iter::empty()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn field(&self, number: u8) -> Option<&str> {
        self.entra.as_deref().filter(|_| number == ENTRA)
    }
}

/// A row of the host's file.
#[derive(Deserialize)]
struct HostDevice {
    organization: String,
    id: String,
    name: String,
    #[serde(default)]
    entra_device_id: Option<String>,
}

/// A line of `correlate --json`: a device of the RMM.
#[derive(Debug, Serialize)]
struct Line {
    rmm_id: String,
    rmm_name: String,
    host_id: Option<String>,
    host_name: Option<String>,
    /// `same` by the Entra device id; `perhaps` by the name alone; `unclear` if several share one; `none`; `unmapped` if
    /// its site belongs to no organisation.
    verdict: &'static str,
}

/// How many digits the groups of an id have.
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

/// An Entra device id, which is written with braces and in capitals here and there. Fields hold all sorts of things, and
/// "n/a" on both sides tells of no device; nor do zeros.
fn folded(id: Option<&str>) -> Option<String> {
    let id = id?.trim().trim_matches(['{', '}']).to_lowercase();
    let is_hex = |group: &str| group.chars().all(|digit| digit.is_ascii_hexdigit());
    let is_id = id.split('-').all(is_hex) && id.split('-').map(str::len).eq(GROUPS);
    let is_zero = id.chars().all(|digit| matches!(digit, '0' | '-'));
    (is_id && !is_zero).then_some(id)
}

/// Runs `correlate`.
pub(crate) async fn run(arguments: &cli::Correlate) -> Result<Exit, Failure> {
    let connection = Connection::read(&arguments.reach.store)?;
    let source = Access::prepare(&arguments.reach)?.source().await?;
    connection.must_be_of(source.instance())?;
    let mut numbers: BTreeMap<EntityRef, u32> = BTreeMap::new();
    let mut sites: BTreeMap<EntityRef, u32> = BTreeMap::new();
    for association in connection.state.associations() {
        if let Some(destination) = association
            .destination()
            .filter(|_| !association.is_leaving())
        {
            let next = u32::try_from(numbers.len())?;
            let number = *numbers.entry(destination.clone()).or_insert(next);
            sites.insert(association.source.clone(), number);
        }
    }
    let theirs = of_host(&arguments.devices, |organization| {
        numbers
            .get(&host::entity(&connection.host, organization))
            .copied()
    })?;
    let devices = source
        .client()
        .account()
        .devices()
        .list(&ListDevices::default());
    let ours: Vec<Row> = devices
        .collect_all()
        .await?
        .into_iter()
        .map(|device| {
            let site = device.site_uid.as_ref().map(|uid| source.site(uid));
            // The field is compared and never shown: it may hold anything.
            let field = arguments
                .entra_udf
                .and_then(|number| device.udf.get(number));
            Row {
                id: device.uid.as_str().to_owned(),
                name: device.hostname.clone().unwrap_or_default(),
                organization: site.and_then(|site| sites.get(&site).copied()),
                entra: folded(field),
            }
        })
        .collect();
    let by_entra = Rule::all_of(&[Evidence::Field(ENTRA)])?;
    let policy = MatchPolicy::default()
        .rules([by_entra, Rule::NAME])
        .hold(Rule::NAME);
    let matching = Matcher::new(&policy).run(&ours, &theirs)?;
    let lines: Vec<_> = ours
        .iter()
        .zip(&matching.left)
        .map(|(row, verdict)| {
            let (told, partner) = match verdict {
                Verdict::Matched { partner, .. } => ("same", Some(*partner)),
                Verdict::Suggested { partner, .. } => ("perhaps", Some(*partner)),
                Verdict::Ambiguous { .. } => ("unclear", None),
                _ if row.organization.is_none() => ("unmapped", None),
                _ => ("none", None),
            };
            let partner = partner.and_then(|partner| theirs.get(partner as usize));
            Line {
                rmm_id: row.id.clone(),
                rmm_name: row.name.clone(),
                host_id: partner.map(|partner| partner.id.clone()),
                host_name: partner.map(|partner| partner.name.clone()),
                verdict: told,
            }
        })
        .collect();
    if arguments.json {
        json(&lines)?;
    } else {
        let rows = lines.into_iter().map(|line| {
            let text = Option::unwrap_or_default;
            [
                line.rmm_name,
                line.rmm_id,
                text(line.host_name),
                text(line.host_id),
                line.verdict.to_owned(),
            ]
        });
        table(["RMM device", "Uid", "Host's device", "Id", "Same"], rows)?;
    }
    Ok(Exit::Clean)
}

fn of_host(path: &Path, number: impl Fn(&str) -> Option<u32>) -> Result<Vec<Row>, Failure> {
    let unusable =
        |error: csv::Error| Failure::usage(format!("{} cannot be used: {error}", path.display()));
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(unusable)?;
    let row = |row: Result<HostDevice, csv::Error>| {
        let row = row.map_err(unusable)?;
        Ok(Row {
            organization: number(&row.organization),
            id: row.id,
            name: row.name,
            entra: folded(row.entra_device_id.as_deref()),
        })
    };
    reader.deserialize().map(row).collect()
}
