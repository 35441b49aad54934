//! What the rules of address and name lead to.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::ConfigurationRecord;
use crate::world::NetworkDevice;

/// What a device and a record agree in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Evidence {
    /// Hardware address and one of the IP addresses.
    MacAndIp,
    /// The hardware address.
    Mac,
    /// The name, letter by letter.
    Name,
}

/// What the rules lead to: within the organisation, hardware and IP address together, then the hardware
/// address, then the name, each only among what the rule before left over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Expected {
    /// One record, and no other device claims it by the same evidence.
    Match {
        /// The record's id.
        configuration: String,
        /// By which rule.
        by: Evidence,
    },
    /// Several records, or one that other devices claim too.
    Ambiguous {
        /// Their ids, sorted.
        configurations: Vec<String>,
        /// By which rule.
        by: Evidence,
    },
    /// No record.
    None,
}

fn agree(evidence: Evidence, device: &NetworkDevice, record: &ConfigurationRecord) -> bool {
    let has_mac = || {
        let digits = record.mac.iter().flat_map(|mac| mac.chars());
        let digits: String = digits.filter(char::is_ascii_hexdigit).collect();
        digits.to_lowercase() == device.mac.spelled("")
    };
    match evidence {
        Evidence::MacAndIp => {
            has_mac() && record.ip.as_ref().is_some_and(|ip| device.ips.contains(ip))
        }
        Evidence::Mac => has_mac(),
        Evidence::Name => record.name == device.name,
    }
}

/// The answer for each device, which comes with its organisation.
pub(super) fn decide(
    devices: &[(Option<String>, NetworkDevice)],
    records: &[ConfigurationRecord],
) -> Vec<Expected> {
    let mut of_organisation: BTreeMap<&str, Vec<&ConfigurationRecord>> = BTreeMap::new();
    for record in records {
        let place = of_organisation.entry(&record.organisation);
        place.or_default().push(record);
    }
    let mut answers = vec![Expected::None; devices.len()];
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    for by in [Evidence::MacAndIp, Evidence::Mac, Evidence::Name] {
        let mut claims: Vec<(usize, Vec<&str>)> = Vec::new();
        let mut claimants: BTreeMap<&str, usize> = BTreeMap::new();
        for (place, (organisation, device)) in devices.iter().enumerate() {
            if answers[place] != Expected::None {
                continue;
            }
            let records = organisation
                .as_deref()
                .and_then(|organisation| of_organisation.get(organisation));
            let claimed: Vec<&str> = records
                .into_iter()
                .flatten()
                .filter(|record| !taken.contains(record.id.as_str()) && agree(by, device, record))
                .map(|record| record.id.as_str())
                .collect();
            for record in &claimed {
                *claimants.entry(record).or_default() += 1;
            }
            if !claimed.is_empty() {
                claims.push((place, claimed));
            }
        }
        for (place, mut claimed) in claims {
            taken.extend(&claimed);
            answers[place] = match claimed.as_slice() {
                [only] if claimants.get(only) == Some(&1) => Expected::Match {
                    configuration: (*only).to_owned(),
                    by,
                },
                _ => {
                    claimed.sort_unstable();
                    Expected::Ambiguous {
                        configurations: claimed.into_iter().map(str::to_owned).collect(),
                        by,
                    }
                }
            };
        }
    }
    answers
}
