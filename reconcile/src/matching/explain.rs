//! Why a device got its verdict, worked out when somebody asks.

use std::fmt;

use serde::Serialize;

use super::cascade::MatchError;
use super::group::Group;
use super::policy::{Conflict, MatchPolicy};
use super::rule::{Evidence, Rule};
use super::table::World;
use super::verdict::{Matching, Verdict};
use super::{DeviceRow, Side};
use crate::identity::MacAddr;

mod asking;
mod show;

use asking::Asking;

/// Lists in an explanation show this many members; what they leave out is counted.
const SHOWN: usize = 16;

/// Answers "why?" for single devices of a [`Matching`].
///
/// Making one reads both inventories once; each answer then costs about as much as its organisation has devices.
///
/// ```
/// # use reconcile::identity::MacAddr;
/// # use std::net::IpAddr;
/// use reconcile::matching::{DeviceRow, Evidence, Explainer, Fate, MatchPolicy, Matcher, Side};
///
/// # struct Row(&'static str, &'static str);
/// # impl DeviceRow for Row {
/// #     fn organization(&self) -> Option<u32> { Some(1) }
/// #     fn macs(&self) -> impl Iterator<Item = MacAddr> { self.0.parse().into_iter() }
/// #     fn ips(&self) -> impl Iterator<Item = IpAddr> { std::iter::empty() }
/// #     fn name(&self) -> &str { self.1 }
/// # }
/// // `Row` has a MAC address and a name. One dock is on two desks.
/// let left = [Row("00:1b:21:00:00:01", "desk-1")];
/// let right = [Row("00:1b:21:00:00:01", "desk-1"), Row("00:1b:21:00:00:01", "desk-2")];
/// let policy = MatchPolicy::default();
/// let matching = Matcher::new(&policy).run(&left, &right)?;
/// let explainer = Explainer::new(&matching, &left, &right, &policy)?;
///
/// let why = explainer.explain(Side::Left, 0).unwrap();
/// assert_eq!(why.candidates.len(), 2);
/// assert_eq!(why.candidates[1].fate, Fate::KeyShared);
/// assert_eq!(why.would_break[0].by, Evidence::Name);
/// assert_eq!(why.would_break[0].partner, 0);
/// println!("{why}");
/// # Ok::<(), reconcile::matching::MatchError>(())
/// ```
pub struct Explainer<'a> {
    world: World<'a>,
    matching: &'a Matching,
}

impl fmt::Debug for Explainer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explainer")
            .field("counts", &self.matching.counts())
            .finish_non_exhaustive()
    }
}

/// Evidence, competitors and ways out for one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The side of the device.
    pub side: Side,
    /// Its row.
    pub row: u32,
    /// What it got.
    pub verdict: Verdict,
    /// The host's words, if it was the host that excluded the device.
    pub excluded: Option<String>,
    /// The keys that it shares with the other side: those of the deciding rule, or, where no rule decided, of the
    /// strongest rule under which devices that were already taken hold them.
    pub evidence: Vec<SharedKey>,
    /// Devices of the other side that hold those keys, the partner first, then by row.
    pub candidates: Vec<Candidate>,
    /// How many candidates are left out.
    pub more_candidates: usize,
    /// Devices of its own side that hold those keys too.
    pub rivals: Holders,
    /// Its values that were no keys, and why.
    pub ignored: Vec<IgnoredValue>,
    /// Further evidence that would decide, for an ambiguous device.
    pub would_break: Vec<TieBreak>,
    /// Kinds of evidence that might decide, but of which the device has none, for an ambiguous device.
    pub absent: Vec<Evidence>,
    /// Devices of other organisations with one of its MAC addresses, for an unmatched device.
    pub elsewhere: Vec<Elsewhere>,
}

/// A key that both sides hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SharedKey {
    /// The rule that builds such keys.
    pub rule: Rule,
    /// The values, in the form in which they are compared, joined by `+`.
    pub key: String,
    /// Who holds it on the device's side, the device included.
    pub own: Holders,
    /// Who holds it on the other side.
    pub other: Holders,
}

impl SharedKey {
    /// Whether exactly one device of each side holds the key.
    pub const fn is_usable(&self) -> bool {
        self.own.total == 1 && self.other.total == 1
    }
}

/// Some rows of one side.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Holders {
    /// How many there are.
    pub total: usize,
    /// The first of them, at most 16.
    pub rows: Vec<u32>,
}

impl Holders {
    fn of(rows: impl IntoIterator<Item = u32>) -> Self {
        let mut holders = Holders::default();
        for row in rows {
            if holders.total < SHOWN {
                holders.rows.push(row);
            }
            holders.total += 1;
        }
        holders
    }
}

/// A device of the other side that shares a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Candidate {
    /// Its row.
    pub row: u32,
    /// What it got.
    pub verdict: Verdict,
    /// What became of it as a candidate.
    pub fate: Fate,
    /// The kinds of evidence that agree with it, also those that no rule asked for.
    pub agrees: Vec<Evidence>,
    /// What speaks against it.
    pub conflicts: Vec<Conflict>,
}

/// Why a candidate is the partner, or is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fate {
    /// It is the partner.
    Partner,
    /// It was no longer in the pool: confirmed, or taken at a stronger rule.
    Taken,
    /// More than one device of a side holds every key that the two share.
    KeyShared,
    /// A key belongs to the two alone, but one of them has such a key with a further device too.
    SeveralPartners,
    /// It would have been the partner.
    Vetoed(Conflict),
}

/// A value that is no key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IgnoredValue {
    /// What the value is.
    pub kind: Evidence,
    /// The value, verbatim.
    pub value: String,
    /// Why it is no key.
    pub reason: String,
}

/// Evidence that would decide between ambiguous devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct TieBreak {
    /// The evidence; see [`MatchPolicy::break_ties_by`].
    pub by: Evidence,
    /// Whom it would make the partner.
    pub partner: u32,
}

/// A device of another organisation that has one of the MAC addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Elsewhere {
    /// Its row on the other side.
    pub row: u32,
    /// The host's number of its organisation.
    pub organization: u32,
    /// The address.
    pub mac: MacAddr,
}

impl<'a> Explainer<'a> {
    /// Prepares to explain `matching`, which must be of these inventories under this policy.
    ///
    /// # Errors
    ///
    /// Inventories too large for 32-bit row numbers, or of other lengths than the matching.
    pub fn new<L: DeviceRow, R: DeviceRow>(
        matching: &'a Matching,
        left: &'a [L],
        right: &'a [R],
        policy: &'a MatchPolicy,
    ) -> Result<Self, MatchError> {
        let world = World::gather(policy, left, right)?;
        for side in [Side::Left, Side::Right] {
            let (rows, verdicts) = (world.table(side).len(), matching.side(side).len());
            if rows != verdicts {
                let row = u32::try_from(rows.min(verdicts)).unwrap_or(u32::MAX);
                return Err(MatchError::NoSuchRow { side, row });
            }
        }
        Ok(Explainer { world, matching })
    }

    /// Explains the verdict of one row; `None` if there is no such row.
    pub fn explain(&self, side: Side, row: u32) -> Option<Explanation> {
        let verdict = *self.matching.side(side).get(row as usize)?;
        let mut told = Explanation {
            side,
            row,
            verdict,
            excluded: None,
            evidence: Vec::new(),
            candidates: Vec::new(),
            more_candidates: 0,
            rivals: Holders::default(),
            ignored: Vec::new(),
            would_break: Vec::new(),
            absent: Vec::new(),
            elsewhere: Vec::new(),
        };
        let Some(number) = self.world.table(side).group(row) else {
            told.excluded = self
                .world
                .table(side)
                .source
                .excluded(row)
                .map(str::to_owned);
            return Some(told);
        };
        let asking = Asking {
            explainer: self,
            group: Group::new(&self.world, number),
            side,
            row,
            verdict,
        };
        told.ignored = asking.ignored();
        asking.compare(&mut told);
        if let Verdict::Ambiguous { rule } = verdict {
            asking.ways_out(rule, &mut told);
        }
        if verdict == Verdict::UNMATCHED && told.candidates.is_empty() {
            told.elsewhere = asking.elsewhere(number);
        }
        Some(told)
    }
}
