//! What may be created, and what is held back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{DeviceLine, Devices};
use crate::identity::{EntityRef, MacAddr, device_name};
use crate::inventory::Device;
use crate::matching::{Conflict, Side, Unmatched, Verdict};

/// The unmatched devices of the source in mapped organisations, and whether a counterpart may be created for each.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Creation<'d> {
    /// Those that have no counterpart, in the order of [`Devices::source`].
    pub ready: Vec<DeviceLine<'d>>,
    /// Those that may have one, with the reason.
    pub held: Vec<Held<'d>>,
}

/// A device for which nothing is created now.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Held<'d> {
    /// The device.
    pub line: DeviceLine<'d>,
    /// Why.
    pub hold: Hold<'d>,
}

/// Why nothing is created for a device.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Hold<'d> {
    /// A person should accept or refuse what is suggested.
    Suggested(&'d Device),
    /// Several devices may be the same one: a person has to choose.
    Ambiguous,
    /// A candidate was found and something speaks against it.
    Vetoed {
        /// The candidate.
        candidate: &'d Device,
        /// What speaks against it.
        conflict: Conflict,
    },
    /// A listing of the two organisations was read in part: the counterpart may be in the rest.
    ReadInPart {
        /// The organisation.
        organization: &'d EntityRef,
        /// Why it was read in part.
        reason: &'d str,
    },
    /// A device of the destination has one of its addresses: in another organisation, or as somebody else's counterpart.
    AddressHeld {
        /// That device.
        device: &'d Device,
        /// The organisation that lists it.
        organization: &'d EntityRef,
        /// The address.
        mac: MacAddr,
    },
    /// Another device that could be created has the same address or name, so the two may be one.
    SameAs(&'d Device),
    /// It has neither an address nor a name, so that nothing would tell the next time that it exists already.
    Unrecognizable,
}

impl Hold<'_> {
    /// Whether a person's decision to create overrides it.
    pub(super) const fn yields(&self) -> bool {
        matches!(
            self,
            Hold::Vetoed { .. } | Hold::AddressHeld { .. } | Hold::SameAs(_)
        )
    }
}

impl fmt::Display for Hold<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hold::Suggested(device) => {
                write!(f, "it is suggested to be {:?}", device.name)
            }
            Hold::Ambiguous => f.write_str("several devices may be the same one"),
            Hold::Vetoed {
                candidate,
                conflict,
            } => {
                write!(f, "it looks like {:?}, but {conflict}", candidate.name)
            }
            Hold::ReadInPart {
                organization,
                reason,
            } => write!(
                f,
                "{} {} was read in part: {reason}",
                organization.kind, organization.id
            ),
            Hold::AddressHeld {
                device,
                organization,
                mac,
            } => write!(
                f,
                "{:?} in {} {} has the address {mac}",
                device.name, organization.kind, organization.id
            ),
            Hold::SameAs(device) => {
                write!(f, "{:?} has the same address or name", device.name)
            }
            Hold::Unrecognizable => {
                f.write_str("it has neither an address nor a name to recognise it by")
            }
        }
    }
}

/// Who holds an address or a name, by organisation number.
type Shared<'d, K> = BTreeMap<(u32, K), Vec<&'d Device>>;

impl Devices<'_> {
    /// What may be created for the devices that have no counterpart.
    ///
    /// A person's decision to create a single device overrides what only hints at a duplicate, and never a suggestion, an
    /// ambiguity or a listing that was read in part. Devices that are matched, ignored or in no mapped organisation
    /// are not listed.
    pub fn creation(&self) -> Creation<'_> {
        let candidates: Vec<(u32, DeviceLine<'_>)> = (0..)
            .zip(self.source())
            .filter(|(_, line)| {
                matches!(
                    line.verdict,
                    Verdict::Suggested { .. }
                        | Verdict::Ambiguous { .. }
                        | Verdict::Unmatched { .. }
                )
            })
            .collect();
        let twins = self.twins(&candidates);
        let elsewhere = self.by_mac();
        let mut creation = Creation {
            ready: Vec::new(),
            held: Vec::new(),
        };
        let to_create = self.state.devices().to_create();
        for (row, line) in candidates {
            let hold = self.hold(row, &line, &twins, &elsewhere);
            let decided = to_create.contains(&line.device.entity);
            match hold {
                Some(hold) if !(decided && hold.yields()) => {
                    creation.held.push(Held { line, hold });
                }
                _ => creation.ready.push(line),
            }
        }
        creation
    }

    /// Why nothing is created for one unmatched device.
    fn hold<'d>(
        &'d self,
        row: u32,
        line: &DeviceLine<'d>,
        twins: &BTreeMap<u32, &'d Device>,
        elsewhere: &BTreeMap<MacAddr, BTreeSet<u32>>,
    ) -> Option<Hold<'d>> {
        match line.verdict {
            Verdict::Suggested { .. } => return line.partner.map(Hold::Suggested),
            Verdict::Ambiguous { .. } => return Some(Hold::Ambiguous),
            _ => {}
        }
        if let Some((organization, reason)) = self.read_in_part(row) {
            return Some(Hold::ReadInPart {
                organization,
                reason,
            });
        }
        let has_mac = self.usable_macs(line.device).next().is_some();
        if !has_mac && device_name(&line.device.name).is_none() {
            return Some(Hold::Unrecognizable);
        }
        if let Verdict::Unmatched {
            cause:
                Unmatched::Vetoed {
                    candidate,
                    conflict,
                    ..
                },
        } = line.verdict
            && let Some(candidate) = self.right.rows.get(candidate as usize)
        {
            return Some(Hold::Vetoed {
                candidate: candidate.device,
                conflict,
            });
        }
        let held = self.usable_macs(line.device).find_map(|mac| {
            let holder = *elsewhere.get(&mac)?.first()?;
            let holder = self.right.rows.get(holder as usize)?;
            Some(Hold::AddressHeld {
                device: holder.device,
                organization: holder.of,
                mac,
            })
        });
        held.or_else(|| twins.get(&row).map(|twin| Hold::SameAs(twin)))
    }

    /// The first listing of a row's two organisations that was read in part.
    fn read_in_part(&self, row: u32) -> Option<(&EntityRef, &str)> {
        let row = self.left.rows.get(row as usize)?;
        let (destination, sources) = self.groups.get(row.group? as usize)?;
        let theirs = std::iter::once((&self.right, *destination));
        // A device of another source organisation of the same destination may be this one's twin.
        let ours = sources.iter().map(|source| (&self.left, *source));
        theirs
            .chain(ours)
            .find_map(|(side, of)| Some((of, side.partial(of)?)))
    }

    fn usable_macs<'d>(&'d self, device: &'d Device) -> impl Iterator<Item = MacAddr> + 'd {
        let policy = self.policy.matching.mac_policy();
        let macs = device.macs.iter().copied();
        macs.filter(move |mac| policy.usable(*mac).is_ok())
    }

    /// The rows of the destination that hold each address. An unmatched device shares none with its own organisation, but
    /// for those that are already somebody else's.
    fn by_mac(&self) -> BTreeMap<MacAddr, BTreeSet<u32>> {
        let mut holders: BTreeMap<MacAddr, BTreeSet<u32>> = BTreeMap::new();
        for (number, row) in (0..).zip(&self.right.rows) {
            for mac in self.usable_macs(row.device) {
                holders.entry(mac).or_default().insert(number);
            }
        }
        holders
    }

    /// Unmatched devices that share an address or a name with another one of their organisation.
    fn twins<'d>(&'d self, candidates: &[(u32, DeviceLine<'d>)]) -> BTreeMap<u32, &'d Device> {
        let mut macs: Shared<'d, MacAddr> = BTreeMap::new();
        let mut names: Shared<'d, String> = BTreeMap::new();
        let group = |row: u32| self.left.rows.get(row as usize).and_then(|row| row.group);
        for (row, line) in candidates {
            let Some(group) = group(*row) else { continue };
            for mac in self.usable_macs(line.device) {
                macs.entry((group, mac)).or_default().push(line.device);
            }
            if let Some(name) = device_name(&line.device.name) {
                let key = (group, name.into_owned());
                names.entry(key).or_default().push(line.device);
            }
        }
        let other = |holders: Option<&Vec<&'d Device>>, own: &Device| {
            let mut holders = holders?.iter().copied();
            holders.find(|holder| holder.entity != own.entity)
        };
        candidates
            .iter()
            .filter_map(|(row, line)| {
                let group = group(*row)?;
                let by_mac = self
                    .usable_macs(line.device)
                    .find_map(|mac| other(macs.get(&(group, mac)), line.device));
                let by_name = || {
                    let name = device_name(&line.device.name)?.into_owned();
                    other(names.get(&(group, name)), line.device)
                };
                Some((*row, by_mac.or_else(by_name)?))
            })
            .collect()
    }

    /// Why nothing is created for a device of the source, whatever a person says; `None` if it may be.
    pub(super) fn obstacle(&self, row: u32) -> Option<Hold<'_>> {
        let line = self.line(Side::Left, row as usize, self.left.rows.get(row as usize)?);
        let hold = self.hold(row, &line, &BTreeMap::new(), &BTreeMap::new());
        hold.filter(|hold| !hold.yields())
    }
}
