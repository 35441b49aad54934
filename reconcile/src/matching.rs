//! Which device of one inventory is which device of the other.
//!
//! A cascade of rules looks for devices that share evidence, by default MAC and IP address together, then MAC
//! address, then name. Everything happens inside one mapped organisation, one to one, and by equality: likeness of
//! names never decides here.
//!
//! At each rule only devices that are still in the pool count. A key is usable when exactly one device of each side
//! in the pool holds it. A pair is accepted when the usable keys of both devices name only each other. A device that
//! shares any key with the other side leaves the pool there, matched or ambiguous: an ambiguous device never falls
//! through to a weaker rule, and no row order ever picks a winner. Every row of both sides gets exactly one
//! [`Verdict`].
//!
//! ```
//! use reconcile::identity::MacAddr;
//! use reconcile::matching::{DeviceRow, MatchPolicy, Matcher, Rule, Verdict};
//! use std::net::IpAddr;
//!
//! struct Row(u32, &'static str, &'static str, &'static str);
//!
//! impl DeviceRow for Row {
//!     fn organization(&self) -> Option<u32> {
//!         Some(self.0)
//!     }
//!     fn macs(&self) -> impl Iterator<Item = MacAddr> {
//!         self.1.parse().into_iter()
//!     }
//!     fn ips(&self) -> impl Iterator<Item = IpAddr> {
//!         self.2.parse().into_iter()
//!     }
//!     fn name(&self) -> &str {
//!         self.3
//!     }
//! }
//!
//! let ours = [Row(1, "00:1b:21:00:00:01", "10.0.0.5", "ap-hall"), Row(1, "", "", "SWITCH-2")];
//! let theirs = [Row(1, "", "10.0.0.9", "switch-2"), Row(1, "001b.2100.0001", "10.0.0.5", "AP")];
//!
//! let policy = MatchPolicy::default();
//! let matching = Matcher::new(&policy).run(&ours, &theirs)?;
//! assert_eq!(matching.left[0].partner(), Some(1));
//! assert_eq!(matching.left[0].rule(), Some(Rule::MAC_AND_IP));
//! assert_eq!(matching.left[1].rule(), Some(Rule::NAME));
//! assert_eq!(matching.counts().left.matched, 2);
//! # Ok::<(), reconcile::matching::MatchError>(())
//! ```
//!
//! The cost is that of sorting the keys, also when one junk address is on every device. A device's MAC and IP
//! addresses are multiplied only for addresses that several devices of a side hold.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::identity::MacAddr;

mod cascade;
mod explain;
mod group;
mod join;
mod policy;
mod rule;
mod table;
mod verdict;

#[cfg(test)]
mod tests;

pub use cascade::{MatchError, Matcher};
pub use explain::{
    Candidate, Elsewhere, Explainer, Explanation, Fate, Holders, IgnoredValue, SharedKey, TieBreak,
};
pub use policy::{Conflict, MatchPolicy};
pub use rule::{Evidence, Rule, RuleError};
pub use verdict::{
    Basis, CommonMac, Counts, Dropped, DroppedPair, Exclusion, Flags, Ignored, IgnoredKind,
    Matching, SideCounts, Unmatched, Verdict,
};

/// One of the two inventories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "matching has two sides")]
pub enum Side {
    /// The first one given.
    Left,
    /// The second one given.
    Right,
}

impl Side {
    /// The opposite side.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }
}

/// A device as matching sees it. A host implements this for its own type, so that nothing is copied.
///
/// A row is one device: two rows of one device on one side are ambiguous with each other.
pub trait DeviceRow {
    /// The number of the mapped pair of organisations that the device belongs to: the same number on both sides for
    /// the two of one pair, chosen by the host. `None` if the device's organisation is not mapped.
    fn organization(&self) -> Option<u32>;

    /// The addresses of the device's interfaces, in any order, repeated or not, junk included.
    fn macs(&self) -> impl Iterator<Item = MacAddr>;

    /// The addresses of the device's interfaces, junk included. Never the address under which a site reaches the
    /// internet: see [`WanAddr`](crate::identity::WanAddr).
    fn ips(&self) -> impl Iterator<Item = IpAddr>;

    /// The device's name; empty if it has none.
    fn name(&self) -> &str;

    /// The serial number, verbatim. Not a key unless a rule says so.
    fn serial(&self) -> Option<&str> {
        None
    }

    /// A field of the host's own, such as an asset tag, for rules with [`Evidence::Field`].
    fn field(&self, number: u8) -> Option<&str> {
        let _ = number;
        None
    }

    /// Why the device takes no part, if it does not: ignored by a person, or of a kind that cannot be matched.
    fn excluded(&self) -> Option<&str> {
        None
    }
}

impl<T: DeviceRow + ?Sized> DeviceRow for &T {
    fn organization(&self) -> Option<u32> {
        (**self).organization()
    }

    fn macs(&self) -> impl Iterator<Item = MacAddr> {
        (**self).macs()
    }

    fn ips(&self) -> impl Iterator<Item = IpAddr> {
        (**self).ips()
    }

    fn name(&self) -> &str {
        (**self).name()
    }

    fn serial(&self) -> Option<&str> {
        (**self).serial()
    }

    fn field(&self, number: u8) -> Option<&str> {
        (**self).field(number)
    }

    fn excluded(&self) -> Option<&str> {
        (**self).excluded()
    }
}
