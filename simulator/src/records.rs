//! Records that a host, such as a PSA or a documentation system, keeps of the same world: organisations
//! and configurations, with the errors of people, and the truth about them.
//!
//! Nothing here goes over a wire. A program that matches networks with organisations, and devices with
//! configurations, takes its sample from here and finds out from [`Truth`] whether it was right.
//!
//! ```
//! use msp_simulator::records::{Expected, RecordsSpec};
//! use msp_simulator::{World, WorldSpec};
//!
//! let world = World::generate(&WorldSpec::new(7).sites(20));
//! let records = world.host_records(&RecordsSpec::new(7));
//! assert!(!records.organisations.is_empty());
//! for device in &records.truth.devices {
//!     // What the rules of address and name lead to, and what it really is.
//!     if let Expected::Match { configuration, .. } = &device.expected {
//!         let is_right = device.configuration.as_ref() == Some(configuration);
//!         # let _ = is_right;
//!     }
//! }
//! ```

mod build;
mod expected;
mod noise;

use std::collections::BTreeMap;

use serde::Serialize;

use self::build::Builder;
pub use self::expected::{Evidence, Expected};
use crate::world::{NetworkDeviceKind, World};

/// How wrong the records are. Shares are in percent, of networks' owners or of devices.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordsSpec {
    /// Decides which are wrong.
    pub seed: u64,
    /// Organisations under another spelling: capitals, a legal form, `and` for `&`, no accents.
    pub respelled_percent: u8,
    /// Organisations that the host does not have.
    pub absent_organisation_percent: u8,
    /// Organisations with a neighbour of nearly the same name, which is somebody else.
    pub twin_percent: u8,
    /// Organisations that only the host has.
    pub host_only_organisations: usize,
    /// Devices that the host has no record of.
    pub absent_percent: u8,
    /// Devices that got another address since.
    pub changed_ip_percent: u8,
    /// Devices without a hardware address in their record.
    pub missing_mac_percent: u8,
    /// Devices under another name.
    pub renamed_percent: u8,
    /// Devices with a second, stale record.
    pub duplicate_percent: u8,
    /// Devices that took the place, the name and the address of another one, whose record is still
    /// there.
    pub replaced_percent: u8,
    /// Records of each organisation without a device: computers and old gear, DNA routers among
    /// them.
    pub host_only_per_organisation: usize,
}

impl Default for RecordsSpec {
    fn default() -> Self {
        Self {
            seed: 1,
            respelled_percent: 30,
            absent_organisation_percent: 10,
            twin_percent: 10,
            host_only_organisations: 2,
            absent_percent: 10,
            changed_ip_percent: 15,
            missing_mac_percent: 15,
            renamed_percent: 10,
            duplicate_percent: 8,
            replaced_percent: 5,
            host_only_per_organisation: 2,
        }
    }
}

impl RecordsSpec {
    /// The default errors with this seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            ..Self::default()
        }
    }

    /// No errors at all: every device has one record, which tells all of it.
    pub fn exact() -> Self {
        Self {
            seed: 1,
            respelled_percent: 0,
            absent_organisation_percent: 0,
            twin_percent: 0,
            host_only_organisations: 0,
            absent_percent: 0,
            changed_ip_percent: 0,
            missing_mac_percent: 0,
            renamed_percent: 0,
            duplicate_percent: 0,
            replaced_percent: 0,
            host_only_per_organisation: 0,
        }
    }
}

/// What the host keeps, and the truth about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HostRecords {
    /// Customers, in no order of meaning.
    pub organisations: Vec<OrganisationRecord>,
    /// Devices of customers, likewise.
    pub configurations: Vec<ConfigurationRecord>,
    /// What is what; a program under test must not look.
    pub truth: Truth,
}

/// A customer as the host knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OrganisationRecord {
    /// The host's id, such as `org-3`.
    pub id: String,
    /// As people typed it.
    pub name: String,
}

/// A device as the host knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConfigurationRecord {
    /// The host's id, such as `cfg-17`.
    pub id: String,
    /// Id of an organisation.
    pub organisation: String,
    /// As people typed it.
    pub name: String,
    /// In any of the usual spellings.
    pub mac: Option<String>,
    /// The last address that was noted.
    pub ip: Option<String>,
    /// As printed on the device, where that is known.
    pub serial: Option<String>,
    /// `Access Point`, `Switch`, `Managed Power`, `Router` or `Workstation`.
    pub kind: String,
}

/// What is what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Truth {
    /// The organisation of each network by the network's id; none for one that the host does not have.
    pub networks: BTreeMap<i64, Option<String>>,
    /// Every device of every network.
    pub devices: Vec<DeviceTruth>,
}

/// The truth about a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DeviceTruth {
    /// Kind and id of the device.
    pub kind: NetworkDeviceKind,
    /// Counted within its kind.
    pub id: i64,
    /// The id of its network.
    pub network: i64,
    /// Id of its record; none if the host has none. Of a device with two records it is the one that is
    /// kept up to date.
    pub configuration: Option<String>,
    /// Id of its second record, which is stale.
    pub duplicate: Option<String>,
    /// What the rules lead to, right or wrong.
    pub expected: Expected,
}

impl World {
    /// The records of a host about this world's networks; the same specification and world give the
    /// same records.
    pub fn host_records(&self, spec: &RecordsSpec) -> HostRecords {
        let mut records = Builder::new(spec);
        let mut owners: BTreeMap<&str, Option<String>> = BTreeMap::new();
        for network in &self.networks {
            if !owners.contains_key(network.owner.as_str()) {
                let organisation = records.add_owner(&network.owner);
                owners.insert(&network.owner, organisation);
            }
        }
        for number in 0..spec.host_only_organisations {
            records.add_organisation(format!("Paper Customer {}", number + 1));
        }
        let mut truth = Truth {
            networks: BTreeMap::new(),
            devices: Vec::new(),
        };
        let mut devices = Vec::new();
        for network in &self.networks {
            let organisation = owners.get(network.owner.as_str()).cloned().flatten();
            for device in network.devices() {
                let (configuration, duplicate) = organisation
                    .as_deref()
                    .map_or((None, None), |organisation| {
                        records.add_device(organisation, &device)
                    });
                truth.devices.push(DeviceTruth {
                    kind: device.kind,
                    id: device.id,
                    network: network.id,
                    configuration,
                    duplicate,
                    expected: Expected::None,
                });
                devices.push((organisation.clone(), device));
            }
            truth.networks.insert(network.id, organisation);
        }
        let expected = expected::decide(&devices, &records.configurations);
        for (truth, expected) in truth.devices.iter_mut().zip(expected) {
            truth.expected = expected;
        }
        HostRecords {
            organisations: records.organisations,
            configurations: records.configurations,
            truth,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Evidence, Expected, RecordsSpec};
    use crate::world::{World, WorldSpec};

    fn world() -> World {
        World::generate(&WorldSpec::new(11).sites(60))
    }

    #[test]
    fn the_same_seed_gives_the_same_records() {
        let world = world();
        assert_eq!(
            world.host_records(&RecordsSpec::new(3)),
            world.host_records(&RecordsSpec::new(3))
        );
        assert_ne!(
            world.host_records(&RecordsSpec::new(3)),
            world.host_records(&RecordsSpec::new(4))
        );
    }

    #[test]
    fn without_errors_what_checked_in_is_found_by_both_addresses() {
        let world = world();
        let records = world.host_records(&RecordsSpec::exact());
        let seen: BTreeSet<_> = world
            .network_devices()
            .into_iter()
            .filter(|device| device.last_checkin_ms.is_some())
            .map(|device| (device.kind, device.id))
            .collect();
        for device in &records.truth.devices {
            let by = if seen.contains(&(device.kind, device.id)) {
                Evidence::MacAndIp
            } else {
                Evidence::Mac
            };
            let configuration = device.configuration.clone().unwrap();
            assert_eq!(device.expected, Expected::Match { configuration, by });
        }
        let names: BTreeSet<_> = records.organisations.iter().map(|one| &one.name).collect();
        assert_eq!(names.len(), records.organisations.len());
    }

    #[test]
    fn errors_lead_to_right_wrong_and_open_answers() {
        let records = world().host_records(&RecordsSpec::new(5));
        let count = |wanted: fn(&super::DeviceTruth) -> bool| {
            records
                .truth
                .devices
                .iter()
                .filter(|device| wanted(device))
                .count()
        };
        let by = |device: &super::DeviceTruth, wanted| matches!(&device.expected, Expected::Match { by, .. } if *by == wanted);
        assert!(count(|device| device.configuration.is_none()) > 0, "absent");
        assert!(count(|device| matches!(device.expected, Expected::Ambiguous { .. })) > 0);
        assert!(count(|device| matches!(device.expected, Expected::None)) > 0);
        for evidence in [Evidence::MacAndIp, Evidence::Mac, Evidence::Name] {
            let found = records
                .truth
                .devices
                .iter()
                .any(|device| by(device, evidence));
            assert!(found, "{evidence:?}");
        }
        // A unit that took another's place looks like it, and is not.
        let wrong = count(|device| match &device.expected {
            Expected::Match { configuration, .. } => {
                device.configuration.as_ref() != Some(configuration)
            }
            _ => false,
        });
        assert!(wrong > 0);
        let right = count(|device| match &device.expected {
            Expected::Match { configuration, .. } => {
                device.configuration.as_ref() == Some(configuration)
            }
            _ => false,
        });
        assert!(right > wrong * 5, "{right} right, {wrong} wrong");
        assert!(records.truth.networks.values().any(Option::is_none));
    }
}
