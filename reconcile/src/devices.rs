//! The devices of mapped organisations: who is who, what people said, and what is left to create.
//!
//! Organisations come first: [`Devices`] takes the associations of a [`State`], puts the devices of each mapped pair of
//! organisations beside each other, and lets the cascade of [`matching`](crate::matching) give every device of both
//! sides one [`Verdict`]. Several source organisations may share one destination; their devices are then matched
//! together. What people decided is honoured: confirmed pairs stay, ignored devices take no part, and pairs that are
//! different ones are never matched. When the match of an organisation changes, the confirmed pairs of its devices
//! no longer hold, and its devices are open again.
//!
//! [`Devices::creation`] tells what may be created, and holds back whatever might exist already: suggested and
//! ambiguous devices, those in organisations that were read in part, those whose address somebody else has, and those by
//! which nothing could be recognised later.
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use reconcile::devices::{DevicePolicy, Devices};
//! use reconcile::identity::{EntityRef, Instance, Kind, Vendor};
//! use reconcile::inventory::{Coverage, Device, Observation, Rows, Scope, Segment};
//! use reconcile::state::{Body, Decision, DeviceDecision, State, Target};
//!
//! let now = "2026-11-21T08:00:00Z".parse().unwrap();
//! let networking = Instance::new(Vendor::new("datto-networking"), "example");
//! let host = Instance::new(Vendor::new("our-records"), "example");
//! let device = |instance: &Instance, id: &str, name: &str, mac: &str| -> Device {
//!     Device {
//!         entity: instance.entity(Kind::DEVICE, id),
//!         name: name.to_owned(),
//!         macs: mac.parse().into_iter().collect(),
//!         ips: Vec::new(),
//!         serial: None,
//!         fields: BTreeMap::new(),
//!     }
//! };
//! let read = |instance: &Instance, of: &EntityRef, devices: Vec<Device>| Observation {
//!     scope: Scope { instance: instance.clone(), root: instance.root(), rights: None },
//!     taken_at: now,
//!     segments: vec![Segment { of: of.clone(), coverage: Coverage::Complete, rows: Rows::Devices(devices) }],
//! };
//! let (network, customer) = (networking.entity(Kind::NETWORK, "7"), host.entity(Kind::COMPANY, "acme"));
//! let source = read(&networking, &network, vec![
//!     device(&networking, "1", "ap-hall", "00:1b:21:00:00:01"),
//!     device(&networking, "2", "ap-new", "00:1b:21:00:00:02"),
//! ]);
//! let destination = read(&host, &customer, vec![device(&host, "41", "Hall", "001b.2100.0001")]);
//!
//! let mut state = State::new();
//! state.absorb(&state.entry(Body::Bound { source: networking.clone(), destination: host }, "setup", now))?;
//! let decision = Decision::Associate { source: network, target: Target::Existing(customer) };
//! state.absorb(&state.entry(Body::Decided(decision.into()), "alex", now))?;
//!
//! let policy = DevicePolicy::default();
//! let devices = Devices::new(&state, &source, &destination, &policy)?;
//! let rows = devices.source();
//! assert_eq!(rows[0].partner.map(|record| record.name.as_str()), Some("Hall"));
//! let creation = devices.creation();
//! assert_eq!(creation.ready[0].device.name, "ap-new");
//! assert!(creation.held.is_empty());
//!
//! // A person would rather not have it, and that is remembered.
//! let ignore = DeviceDecision::Ignore { source: networking.entity(Kind::DEVICE, "2") };
//! let decision = devices.check(&ignore)?;
//! state.absorb(&state.entry(Body::Decided(decision), "alex", now))?;
//! let devices = Devices::new(&state, &source, &destination, &policy)?;
//! assert!(devices.creation().ready.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeMap;

use crate::identity::{EntityRef, Kind};
use crate::inventory::{Device, Observation};
use crate::matching::{
    DroppedPair, Explainer, MatchError, MatchPolicy, Matcher, Matching, Side, SideCounts, Verdict,
};
use crate::state::{AssociationStatus, State};

mod check;
mod creation;
mod gather;

#[cfg(test)]
mod tests;

pub use check::DeviceError;
pub use creation::{Creation, Held, Hold};

use gather::{Gathered, Row};

/// What the host wants of devices, as data.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by hosts, with the default for the rest"
)]
pub struct DevicePolicy {
    /// How devices are matched.
    pub matching: MatchPolicy,
    /// Kinds of devices that take no part, with the reason; they are listed as excluded.
    pub unsupported: BTreeMap<Kind, String>,
}

/// The devices of both sides and what became of each.
#[derive(Debug)]
pub struct Devices<'a> {
    state: &'a State,
    policy: &'a DevicePolicy,
    left: Gathered<'a>,
    right: Gathered<'a>,
    /// Destination organisations with the source organisations that belong to them, by number.
    groups: Vec<(&'a EntityRef, Vec<&'a EntityRef>)>,
    matching: Matching,
}

/// A device and what became of it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct DeviceLine<'d> {
    /// The device.
    pub device: &'d Device,
    /// The organisation that lists it.
    pub organization: &'d EntityRef,
    /// What became of it. Row numbers are places in [`Devices::source`] and [`Devices::destination`].
    pub verdict: Verdict,
    /// The device that it is matched with or suggested for.
    pub partner: Option<&'d Device>,
    /// Why it took no part, if there is more to say than its verdict does.
    pub excluded: Option<&'d str>,
}

/// A mapped organisation and how far its devices are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrganizationLine<'d> {
    /// The destination organisation.
    pub destination: &'d EntityRef,
    /// The source organisations that belong to it.
    pub sources: Vec<&'d EntityRef>,
    /// The devices of the source organisations.
    pub source: SideCounts,
    /// The devices of the destination organisation.
    pub devices: SideCounts,
    /// Listings of either side that were not read whole, with the reason.
    pub partial: Vec<(&'d EntityRef, &'d str)>,
}

impl OrganizationLine<'_> {
    /// How many devices of the source wait for a person or for creation.
    pub const fn open(&self) -> usize {
        self.source.unmatched + self.source.ambiguous + self.source.suggested
    }
}

/// A pair that a person confirmed and that cannot be seen now. It still holds: the devices are neither matched anew nor
/// created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unseen<'d> {
    /// The source device.
    pub source: &'d EntityRef,
    /// The device of the destination.
    pub destination: &'d EntityRef,
    /// Which of the two is not listed; the left side if neither is.
    pub missing: Side,
}

impl<'a> Devices<'a> {
    /// Matches the devices of the mapped organisations.
    ///
    /// An organisation is mapped if an association says so that is not being dropped and whose destination exists. The
    /// organisation of a device is the one whose segment lists it. A device that is listed in two places, or twice with
    /// different content, changed while it was read, and takes no part.
    ///
    /// # Errors
    ///
    /// Inventories too large for 32-bit row numbers.
    pub fn new(
        state: &'a State,
        source: &'a Observation,
        destination: &'a Observation,
        policy: &'a DevicePolicy,
    ) -> Result<Self, MatchError> {
        let (groups, numbers) = groups(state);
        let decided = state.devices();
        let mut left = Gathered::of(source, &numbers, policy);
        let mut right = Gathered::of(destination, &numbers, policy);
        let mut confirmed = Vec::new();
        for (ours, theirs) in decided.matched() {
            match (left.find(ours), right.find(theirs)) {
                (Some(a), Some(b)) => confirmed.push((a, b)),
                (Some(a), None) => left.leave_out(a, UNSEEN),
                (None, Some(b)) => right.leave_out(b, UNSEEN),
                (None, None) => {}
            }
        }
        for ours in decided.ignored() {
            if let Some(row) = left.find(ours) {
                left.leave_out(row, "a person said that it is not to be matched");
            }
        }
        let rejected: Vec<_> = decided
            .kept_separate()
            .iter()
            .filter_map(|(ours, theirs)| Some((left.find(ours)?, right.find(theirs)?)))
            .collect();
        let matching = Matcher::new(&policy.matching)
            .confirmed(&confirmed)
            .rejected(&rejected)
            .run(&left.rows, &right.rows)?;
        Ok(Self {
            state,
            policy,
            left,
            right,
            groups,
            matching,
        })
    }

    /// The devices of the source, ordered by organisation and identity.
    pub fn source(&self) -> Vec<DeviceLine<'_>> {
        self.lines(Side::Left)
    }

    /// The devices of the destination, ordered by organisation and identity.
    pub fn destination(&self) -> Vec<DeviceLine<'_>> {
        self.lines(Side::Right)
    }

    /// The answer of the cascade: verdicts by row, counts, and what it ignored.
    pub fn matching(&self) -> &Matching {
        &self.matching
    }

    /// Explains verdicts; its rows are places in [`source`](Self::source) and [`destination`](Self::destination).
    ///
    /// # Errors
    ///
    /// None that [`new`](Self::new) did not have.
    pub fn explainer(&self) -> Result<Explainer<'_>, MatchError> {
        Explainer::new(
            &self.matching,
            &self.left.rows,
            &self.right.rows,
            &self.policy.matching,
        )
    }

    /// The row of a device, if it is listed.
    pub fn row(&self, side: Side, device: &EntityRef) -> Option<u32> {
        self.side(side).find(device)
    }

    /// The mapped organisations with the counts of their devices, ordered by the destination organisation.
    pub fn organizations(&self) -> Vec<OrganizationLine<'_>> {
        let mut lines: Vec<_> = self
            .groups
            .iter()
            .map(|(destination, sources)| {
                let own = std::iter::once((&self.right, *destination));
                let theirs = sources.iter().map(|source| (&self.left, *source));
                OrganizationLine {
                    destination,
                    sources: sources.clone(),
                    source: SideCounts::default(),
                    devices: SideCounts::default(),
                    partial: own
                        .chain(theirs)
                        .filter_map(|(side, of)| Some((of, side.partial(of)?)))
                        .collect(),
                }
            })
            .collect();
        for (side, gathered) in [(Side::Left, &self.left), (Side::Right, &self.right)] {
            for (row, verdict) in gathered.rows.iter().zip(self.matching.side(side)) {
                let line = row.group.and_then(|group| lines.get_mut(group as usize));
                if let Some(line) = line {
                    match side {
                        Side::Left => line.source.add(verdict),
                        Side::Right => line.devices.add(verdict),
                    }
                }
            }
        }
        lines
    }

    /// Devices of a destination organisation whose name contains a text, whatever became of them; for a person who picks
    /// one by hand. Letter case does not count.
    pub fn search(&self, organization: &EntityRef, text: &str) -> Vec<DeviceLine<'_>> {
        let wanted = text.trim().to_lowercase();
        self.destination()
            .into_iter()
            .filter(|line| {
                line.organization == organization
                    && line.device.name.to_lowercase().contains(&wanted)
            })
            .collect()
    }

    /// Confirmed pairs that cannot be seen now, ordered by the source device.
    pub fn unseen(&self) -> Vec<Unseen<'_>> {
        let matched = self.state.devices().matched().iter();
        matched
            .filter_map(|(source, destination)| {
                let here = self.left.find(source).is_some();
                let there = self.right.find(destination).is_some();
                let missing = if here { Side::Right } else { Side::Left };
                (!here || !there).then_some(Unseen {
                    source,
                    destination,
                    missing,
                })
            })
            .collect()
    }

    /// Confirmed pairs that no longer hold, because the match of an organisation changed or a device takes no part any
    /// more. Their devices are open again.
    pub fn reopened(&self) -> &[DroppedPair] {
        &self.matching.dropped
    }

    fn side(&self, side: Side) -> &Gathered<'a> {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    fn lines(&self, side: Side) -> Vec<DeviceLine<'_>> {
        let rows = (0..).zip(&self.side(side).rows);
        rows.map(|(number, row)| self.line(side, number, row))
            .collect()
    }

    fn line<'d>(&'d self, side: Side, number: usize, row: &'d Row<'a>) -> DeviceLine<'d> {
        let verdict = self.matching.side(side)[number];
        let partner = verdict
            .partner()
            .and_then(|partner| self.side(side.other()).rows.get(partner as usize));
        DeviceLine {
            device: row.device,
            organization: row.of,
            verdict,
            partner: partner.map(|partner| partner.device),
            excluded: row.left_out.as_deref(),
        }
    }
}

const UNSEEN: &str = "it is confirmed as a device that is not listed now";

/// Mapped organisations by number, and the number of each organisation of either side.
type Groups<'a> = (
    Vec<(&'a EntityRef, Vec<&'a EntityRef>)>,
    BTreeMap<&'a EntityRef, u32>,
);

fn groups(state: &State) -> Groups<'_> {
    let mut members: BTreeMap<&EntityRef, Vec<&EntityRef>> = BTreeMap::new();
    for association in state.associations() {
        let holds = match association.status {
            AssociationStatus::Wanted | AssociationStatus::Established => true,
            AssociationStatus::Leaving
            | AssociationStatus::LeavingWithCompany
            | AssociationStatus::LeavingRecordOnly => false,
        };
        if let (true, Some(destination)) = (holds, association.destination()) {
            members
                .entry(destination)
                .or_default()
                .push(&association.source);
        }
    }
    let mut numbers = BTreeMap::new();
    let mut groups = Vec::with_capacity(members.len());
    for (number, (destination, mut sources)) in (0_u32..).zip(members) {
        sources.sort_unstable();
        numbers.insert(destination, number);
        numbers.extend(sources.iter().map(|source| (*source, number)));
        groups.push((destination, sources));
    }
    (groups, numbers)
}
