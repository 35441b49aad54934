//! Device overlap as votes: which destination organisation holds the devices of a source organisation.

use std::collections::{BTreeMap, BTreeSet};

use crate::identity::{EntityRef, MacAddr, MacPolicy};
use crate::inventory::{Device, Observation, Rows};

/// How many devices of a source organisation are in a destination organisation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    clippy::exhaustive_structs,
    reason = "hosts may count by evidence of their own"
)]
pub struct Vote {
    /// The source organisation.
    pub source: EntityRef,
    /// The destination organisation.
    pub destination: EntityRef,
    /// How many devices of the one are in the other, each counted once.
    pub count: u32,
    /// How many devices of the source organisation are anywhere at the destination.
    pub of: u32,
}

/// Counts the votes of devices that both sides know by MAC address.
///
/// Each device has one vote, however many interfaces it has. An address that is no key by `macs`, or that one side
/// holds in several organisations, is not counted; a device whose addresses point to several organisations votes for
/// none, but counts as one that voted. Votes are counted, not judged: see
/// [`VoteRules`](super::VoteRules). The organisation of a device is the one whose segment lists it, and a segment
/// that was read in part still votes with what it has.
///
/// ```
/// use std::collections::BTreeMap;
/// use reconcile::identity::{Instance, Kind, MacPolicy, Vendor};
/// use reconcile::inventory::{Coverage, Device, Observation, Rows, Scope, Segment};
/// use reconcile::mapping::device_votes;
///
/// let read = |instance: &Instance, of: &str, macs: &[&str]| -> Result<Observation, Box<dyn std::error::Error>> {
///     let device = |(at, mac): (usize, &&str)| -> Result<Device, Box<dyn std::error::Error>> {
///         Ok(Device {
///             entity: instance.entity(Kind::DEVICE, at.to_string()),
///             name: String::new(),
///             macs: vec![mac.parse()?],
///             ips: Vec::new(),
///             serial: None,
///             fields: BTreeMap::new(),
///         })
///     };
///     Ok(Observation {
///         scope: Scope { instance: instance.clone(), root: instance.root(), rights: None },
///         taken_at: "2026-11-21T08:00:00Z".parse().unwrap(),
///         segments: vec![Segment {
///             of: instance.entity(Kind::SITE, of),
///             coverage: Coverage::Complete,
///             rows: Rows::Devices(macs.iter().enumerate().map(device).collect::<Result<_, _>>()?),
///         }],
///     })
/// };
/// let rmm = Instance::new(Vendor::new("datto-rmm"), "merlot/abc123");
/// let networking = Instance::new(Vendor::new("datto-networking"), "main");
/// let ours = read(&rmm, "s1", &["00:1b:21:00:00:01", "00:1b:21:00:00:02", "00:1b:21:00:00:03"])?;
/// let theirs = read(&networking, "n1", &["00:1b:21:00:00:02", "00:1b:21:00:00:01"])?;
/// let votes = device_votes(&ours, &theirs, &MacPolicy::default());
/// assert_eq!((votes[0].count, votes[0].of), (2, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn device_votes(
    source: &Observation,
    destination: &Observation,
    macs: &MacPolicy,
) -> Vec<Vote> {
    let ours = holders(source, macs);
    let theirs = holders(destination, macs);
    // By source organisation and device: the destination organisations and devices that its addresses point to.
    let mut ballots: BTreeMap<(&EntityRef, &EntityRef), BTreeSet<(&EntityRef, &EntityRef)>> =
        BTreeMap::new();
    for (mac, holder) in ours {
        if let (Some(ours), Some(Some(theirs))) = (holder, theirs.get(&mac)) {
            ballots.entry(ours).or_default().insert(*theirs);
        }
    }
    let mut voters: BTreeMap<&EntityRef, u32> = BTreeMap::new();
    let mut pairs: BTreeMap<(&EntityRef, &EntityRef), Devices<'_>> = BTreeMap::new();
    for ((organization, device), ballot) in &ballots {
        *voters.entry(organization).or_default() += 1;
        let Some((elected, _)) = ballot.first() else {
            continue;
        };
        if ballot.iter().all(|(other, _)| other == elected) {
            let (ours, theirs) = pairs.entry((organization, elected)).or_default();
            ours.insert(device);
            theirs.extend(ballot.iter().map(|(_, device)| device));
        }
    }
    let count = |devices: usize| u32::try_from(devices).unwrap_or(u32::MAX);
    pairs
        .into_iter()
        .map(|((source, destination), (ours, theirs))| Vote {
            source: source.clone(),
            destination: destination.clone(),
            // Two devices here that are one device there are one piece of evidence.
            count: count(ours.len().min(theirs.len())),
            of: voters.get(source).copied().unwrap_or_default(),
        })
        .collect()
}

/// The devices of both sides that speak for a pair.
type Devices<'o> = (BTreeSet<&'o EntityRef>, BTreeSet<&'o EntityRef>);

/// The organisation and device that hold an address; `None` if several organisations do.
type Holders<'o> = BTreeMap<MacAddr, Option<(&'o EntityRef, &'o EntityRef)>>;

fn holders<'o>(observation: &'o Observation, macs: &MacPolicy) -> Holders<'o> {
    let mut holders: Holders<'o> = BTreeMap::new();
    let mut note = |of: &'o EntityRef, device: &'o Device| {
        for mac in &device.macs {
            if macs.usable(*mac).is_err() {
                continue;
            }
            let holder = holders.entry(*mac).or_insert(Some((of, &device.entity)));
            *holder = match *holder {
                // The least of several devices, so that the order of rows does not show.
                Some((known, first)) if known == of => Some((known, first.min(&device.entity))),
                _ => None,
            };
        }
    };
    for segment in &observation.segments {
        if let Rows::Devices(devices) = &segment.rows {
            for device in devices {
                note(&segment.of, device);
            }
        }
    }
    holders
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Vote, device_votes};
    use crate::identity::{EntityRef, Instance, Kind, MacAddr, MacPolicy, Vendor};
    use crate::inventory::{Coverage, Device, Observation, Rows, Scope, Segment};

    fn instance(vendor: &'static str) -> Instance {
        Instance::new(Vendor::new(vendor), "t1")
    }

    fn device(instance: &Instance, id: &str, macs: &[u8]) -> Device {
        Device {
            entity: instance.entity(Kind::DEVICE, id),
            name: String::new(),
            macs: macs
                .iter()
                .map(|last| MacAddr::from_octets([0, 0x1b, 0x21, 0, 0, *last]))
                .collect(),
            ips: Vec::new(),
            serial: None,
            fields: BTreeMap::new(),
        }
    }

    fn observation(
        instance: &Instance,
        organizations: Vec<(&EntityRef, Vec<Device>)>,
    ) -> Observation {
        let segment = |(of, rows): (&EntityRef, Vec<Device>)| Segment {
            of: of.clone(),
            coverage: Coverage::Complete,
            rows: Rows::Devices(rows),
        };
        Observation {
            scope: Scope {
                instance: instance.clone(),
                root: instance.root(),
                rights: None,
            },
            taken_at: jiff::Timestamp::UNIX_EPOCH,
            segments: organizations.into_iter().map(segment).collect(),
        }
    }

    #[test]
    fn n09_a_device_votes_once_and_shared_addresses_do_not_count() {
        let (rmm, net) = (instance("datto-rmm"), instance("datto-networking"));
        let (s1, s2) = (rmm.entity(Kind::SITE, "s1"), rmm.entity(Kind::SITE, "s2"));
        let (n1, n2) = (
            net.entity(Kind::NETWORK, "n1"),
            net.entity(Kind::NETWORK, "n2"),
        );
        let ours = observation(
            &rmm,
            vec![
                // Three interfaces, one vote; 9 is a dock that went round; 5 and 6 point to two networks.
                (
                    &s1,
                    vec![
                        device(&rmm, "a", &[1, 2, 3, 9]),
                        device(&rmm, "b", &[4]),
                        device(&rmm, "c", &[5, 6]),
                    ],
                ),
                (&s2, vec![device(&rmm, "d", &[9])]),
            ],
        );
        let theirs = observation(
            &net,
            vec![
                (
                    &n1,
                    vec![
                        device(&net, "x", &[1, 2, 3]),
                        device(&net, "y", &[4]),
                        device(&net, "z", &[5]),
                    ],
                ),
                (&n2, vec![device(&net, "w", &[6, 9])]),
            ],
        );
        let votes = device_votes(&ours, &theirs, &MacPolicy::default());
        assert_eq!(
            votes,
            [Vote {
                source: s1,
                destination: n1,
                count: 2,
                of: 3
            }]
        );
    }

    #[test]
    fn n09_one_device_there_is_one_vote_however_many_claim_it() {
        let (rmm, net) = (instance("datto-rmm"), instance("datto-networking"));
        let (site, network) = (
            rmm.entity(Kind::SITE, "s1"),
            net.entity(Kind::NETWORK, "n1"),
        );
        let ours = observation(
            &rmm,
            vec![(
                &site,
                vec![device(&rmm, "a", &[1]), device(&rmm, "b", &[2])],
            )],
        );
        let theirs = observation(&net, vec![(&network, vec![device(&net, "x", &[1, 2])])]);
        let votes = device_votes(&ours, &theirs, &MacPolicy::default());
        assert_eq!(votes[0].count, 1);
    }
}
