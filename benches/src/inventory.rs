//! Two inventories with their truth, in the form that files have: texts, not yet parsed.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::net::IpAddr;
use std::path::Path;

use reconcile::identity::{MacAddr, read_ip};
use reconcile::matching::{DeviceRow, MatchError, MatchPolicy, Matcher, Matching, Rule};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A device as an inventory lists it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a row of the files, whose columns are agreed"
)]
pub struct Device {
    /// Unique on its side.
    pub id: String,
    /// The mapped organisation, of the same name on both sides.
    pub org: String,
    /// The host name.
    pub name: String,
    /// MAC addresses in any spelling, junk included.
    pub macs: Vec<String>,
    /// IP addresses, junk included.
    pub ips: Vec<String>,
    /// The serial number, or a placeholder for one.
    pub serial: String,
    /// The model.
    pub model: String,
    /// The state of the device.
    pub status: String,
}

/// What the cascade must answer about a device or a pair of devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::exhaustive_enums,
    reason = "a column of the files, whose values are agreed"
)]
pub enum Expected {
    /// Found by MAC and IP address together.
    MacIp,
    /// Found by MAC address.
    Mac,
    /// Found by name.
    Name,
    /// One pair, but nothing that is seen of it can tell.
    Ambiguous,
    /// Only on the left side.
    AOnly,
    /// Only on the right side.
    BOnly,
}

/// What is true of a device, whatever can be seen of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a row of the files, whose columns are agreed"
)]
pub struct Truth {
    /// Its id on the left side.
    pub a: Option<String>,
    /// Its id on the right side.
    pub b: Option<String>,
    /// What must be answered.
    pub expect: Expected,
}

/// Both sides and the truth about them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inventories {
    /// The left side.
    pub left: Vec<Device>,
    /// The right side.
    pub right: Vec<Device>,
    /// The truth, in no order.
    pub truth: Vec<Truth>,
}

/// How an answer compares with the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Score {
    /// Pairs that were answered.
    pub pairs: usize,
    /// Pairs that must be answered.
    pub expected: usize,
    /// Pairs answered of devices that are different ones.
    pub wrong: usize,
    /// Pairs that must be answered, and were not.
    pub missed: usize,
    /// Pairs that are right, by another rule than they must be.
    pub other_rule: usize,
}

/// A device with the number of its organisation, which is all that a host must add.
struct Row<'d> {
    organization: u32,
    device: &'d Device,
}

impl DeviceRow for Row<'_> {
    fn organization(&self) -> Option<u32> {
        Some(self.organization)
    }

    fn macs(&self) -> impl Iterator<Item = MacAddr> {
        self.device.macs.iter().filter_map(|mac| mac.parse().ok())
    }

    fn ips(&self) -> impl Iterator<Item = IpAddr> {
        self.device.ips.iter().filter_map(|ip| read_ip(ip).ok())
    }

    fn name(&self) -> &str {
        &self.device.name
    }

    fn serial(&self) -> Option<&str> {
        Some(&self.device.serial)
    }
}

fn rows<'d>(devices: &'d [Device], numbers: &mut HashMap<&'d str, u32>) -> Vec<Row<'d>> {
    let mut row = |device: &'d Device| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        let organization = *numbers.entry(&device.org).or_insert(next);
        Row {
            organization,
            device,
        }
    };
    devices.iter().map(&mut row).collect()
}

impl Inventories {
    /// Matches the two sides from their texts: addresses are parsed, organisations numbered, and rows given verdicts.
    ///
    /// # Errors
    ///
    /// Those of [`Matcher::run`].
    pub fn matched(&self, policy: &MatchPolicy) -> Result<Matching, MatchError> {
        let mut numbers = HashMap::new();
        let left = rows(&self.left, &mut numbers);
        let right = rows(&self.right, &mut numbers);
        Matcher::new(policy).run(&left, &right)
    }

    /// Compares an answer with the truth.
    #[must_use]
    pub fn score(&self, matching: &Matching) -> Score {
        let mut real = HashMap::new();
        let mut expected = HashMap::new();
        for row in &self.truth {
            let (Some(a), Some(b)) = (row.a.as_deref(), row.b.as_deref()) else {
                continue;
            };
            real.insert(a, b);
            let rule = match row.expect {
                Expected::MacIp => Rule::MAC_AND_IP,
                Expected::Mac => Rule::MAC,
                Expected::Name => Rule::NAME,
                Expected::Ambiguous | Expected::AOnly | Expected::BOnly => continue,
            };
            expected.insert(a, (b, rule));
        }
        let mut score = Score {
            pairs: 0,
            expected: expected.len(),
            wrong: 0,
            missed: 0,
            other_rule: 0,
        };
        for (device, verdict) in self.left.iter().zip(&matching.left) {
            let id = device.id.as_str();
            let partner = verdict
                .partner()
                .and_then(|row| self.right.get(row as usize));
            let partner = partner.map(|partner| partner.id.as_str());
            if let Some(partner) = partner {
                score.pairs += 1;
                score.wrong += usize::from(real.get(id) != Some(&partner));
            }
            if let Some((b, rule)) = expected.get(id) {
                let right = partner == Some(*b);
                score.missed += usize::from(!right);
                score.other_rule += usize::from(right && verdict.rule() != Some(*rule));
            }
        }
        score
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> io::Result<Vec<T>> {
    let mut rows = Vec::new();
    for (number, line) in (1_u64..).zip(BufReader::new(File::open(path)?).lines()) {
        let row = serde_json::from_str(&line?)
            .map_err(|error| io::Error::other(format!("{}:{number}: {error}", path.display())))?;
        rows.push(row);
    }
    Ok(rows)
}

/// Reads both sides and the truth from `a.jsonl`, `b.jsonl` and `truth.jsonl` in a folder.
///
/// # Errors
///
/// A file that cannot be read, or a line that is not what it should be, named by its number.
pub fn read_inventories(folder: &Path) -> io::Result<Inventories> {
    Ok(Inventories {
        left: read(&folder.join("a.jsonl"))?,
        right: read(&folder.join("b.jsonl"))?,
        truth: read(&folder.join("truth.jsonl"))?,
    })
}
