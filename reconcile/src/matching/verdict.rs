//! What matching answers.

use std::fmt;

use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};

use super::Side;
use super::policy::Conflict;
use super::rule::Rule;
use crate::identity::{MacAddr, MacClass, UnusableIp};

/// What became of one device. Partners and candidates are row numbers of the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
#[non_exhaustive]
pub enum Verdict {
    /// The same device as `partner`.
    Matched {
        /// What the match rests on.
        basis: Basis,
        /// The row of the other side.
        partner: u32,
        /// What a reader should know of the match.
        flags: Flags,
    },
    /// Perhaps the same device as `partner`; the policy holds the rule's hits until a person accepts them.
    Suggested {
        /// The rule that was met.
        rule: Rule,
        /// The row of the other side.
        partner: u32,
        /// What a reader should know of the match.
        flags: Flags,
    },
    /// Shares a key with the other side at `rule`, but not with one device alone.
    Ambiguous {
        /// The rule at which the device left the pool.
        rule: Rule,
    },
    /// No device of the other side is this one.
    Unmatched {
        /// Why.
        cause: Unmatched,
    },
    /// Took no part.
    Excluded {
        /// Why.
        cause: Exclusion,
    },
}

/// What a match rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Basis {
    /// A person's word. Evidence does not undo it.
    Confirmed,
    /// A rule of the cascade.
    Rule(Rule),
}

/// Why a device is unmatched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unmatched {
    /// No rule found a shared key.
    NothingShared,
    /// A rule found a partner, and something spoke against it.
    Vetoed {
        /// The rule.
        rule: Rule,
        /// The row of the other side.
        candidate: u32,
        /// What spoke against it.
        conflict: Conflict,
    },
}

/// Why a device took no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Exclusion {
    /// The host said so, see [`DeviceRow::excluded`](super::DeviceRow::excluded).
    ByHost,
    /// Its organisation is not mapped to one of the other side.
    OrganizationNotMapped,
}

impl Verdict {
    pub(super) const UNMATCHED: Verdict = Verdict::Unmatched {
        cause: Unmatched::NothingShared,
    };

    /// The row of the other side that this one is matched with or suggested for.
    pub const fn partner(&self) -> Option<u32> {
        match self {
            Verdict::Matched { partner, .. } | Verdict::Suggested { partner, .. } => Some(*partner),
            _ => None,
        }
    }

    /// The rule at which the device left the pool. None for a confirmed match, an excluded device and one that shared
    /// nothing.
    pub const fn rule(&self) -> Option<Rule> {
        match self {
            Verdict::Matched {
                basis: Basis::Rule(rule),
                ..
            }
            | Verdict::Suggested { rule, .. }
            | Verdict::Ambiguous { rule }
            | Verdict::Unmatched {
                cause: Unmatched::Vetoed { rule, .. },
            } => Some(*rule),
            _ => None,
        }
    }

    /// What a reader should know of a match or suggestion; empty for other verdicts.
    pub const fn flags(&self) -> Flags {
        match self {
            Verdict::Matched { flags, .. } | Verdict::Suggested { flags, .. } => *flags,
            _ => Flags::NONE,
        }
    }
}

/// Remarks on a match.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(u8);

impl Flags {
    /// No remark.
    pub const NONE: Flags = Flags(0);
    /// Every MAC address that the two share is locally administered.
    pub const LOCAL_MAC: Flags = Flags(1);
    /// The rule alone was ambiguous; further evidence decided.
    pub const TIE_BROKEN: Flags = Flags(1 << 1);
    /// Both have usable MAC addresses, and none in common. Told of every match by a rule without MAC addresses, and
    /// of confirmed ones.
    pub const MAC_CONFLICT: Flags = Flags(1 << 2);
    /// Both have usable serial numbers, and they differ. Told as [`Flags::MAC_CONFLICT`] is; of a match by MAC
    /// address, [`Explainer`](super::Explainer) tells it.
    pub const SERIAL_CONFLICT: Flags = Flags(1 << 3);
    /// The match is confirmed, but no rule would find anything that the two share now.
    pub const EVIDENCE_GONE: Flags = Flags(1 << 4);

    const NAMES: [(Flags, &'static str); 5] = [
        (Flags::LOCAL_MAC, "local_mac"),
        (Flags::TIE_BROKEN, "tie_broken"),
        (Flags::MAC_CONFLICT, "mac_conflict"),
        (Flags::SERIAL_CONFLICT, "serial_conflict"),
        (Flags::EVIDENCE_GONE, "evidence_gone"),
    ];

    /// Whether all of `flags` are set.
    pub const fn contains(self, flags: Flags) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// Whether there is no remark.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub(super) const fn with(self, flags: Flags, set: bool) -> Flags {
        if set { Flags(self.0 | flags.0) } else { self }
    }

    /// The names of the flags that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Flags::NAMES
            .into_iter()
            .filter(move |(flag, _)| self.contains(*flag))
            .map(|(_, name)| name)
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl Serialize for Flags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut names = serializer.serialize_seq(None)?;
        for name in self.names() {
            names.serialize_element(name)?;
        }
        names.end()
    }
}

/// A MAC address that is no key in one organisation, because too many of its devices hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct CommonMac {
    /// The host's number of the organisation pair.
    pub organization: u32,
    /// The address.
    pub mac: MacAddr,
    /// How many devices hold it on the left.
    pub left: u32,
    /// How many devices hold it on the right.
    pub right: u32,
}

/// Addresses that were not used as keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Ignored {
    /// Whose devices hold them.
    pub side: Side,
    /// What they are.
    pub kind: IgnoredKind,
    /// How many there were, repeats within a device included.
    pub values: u64,
}

/// What an ignored address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum IgnoredKind {
    /// A MAC address of this class.
    Mac(MacClass),
    /// An IP address of this sort. Counted only where the policy looks at IP addresses.
    Ip(UnusableIp),
}

/// A confirmed pair that could not be honoured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct DroppedPair {
    /// The row on the left.
    pub left: u32,
    /// The row on the right.
    pub right: u32,
    /// What stands against it.
    pub why: Dropped,
}

/// Why a confirmed pair was not honoured. Both devices were then matched as if nobody had confirmed them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Dropped {
    /// One of the two takes no part any more, or its organisation is not mapped.
    Excluded,
    /// The two are not in one pair of organisations any more.
    OtherOrganization,
}

/// The answer: one verdict for each row of both sides, in row order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Matching {
    /// By row of the left side.
    pub left: Vec<Verdict>,
    /// By row of the right side.
    pub right: Vec<Verdict>,
    /// Addresses that too many devices hold, by organisation and address.
    pub common_macs: Vec<CommonMac>,
    /// How many addresses were no keys, by side and sort.
    pub ignored: Vec<Ignored>,
    /// Confirmed pairs that were not honoured, by row on the left.
    pub dropped: Vec<DroppedPair>,
}

impl Matching {
    /// The verdicts of one side.
    pub fn side(&self, side: Side) -> &[Verdict] {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// How many devices got which verdict.
    pub fn counts(&self) -> Counts {
        Counts {
            left: SideCounts::of(&self.left),
            right: SideCounts::of(&self.right),
        }
    }

    /// The matched pairs as rows on the left and right, in the order of the left side. Suggestions are not among them.
    pub fn pairs(&self) -> impl Iterator<Item = (u32, u32)> {
        (0..)
            .zip(&self.left)
            .filter_map(|(row, verdict)| match verdict {
                Verdict::Matched { partner, .. } => Some((row, *partner)),
                _ => None,
            })
    }

    /// Confirmed pairs whose evidence is gone, as rows on the left and right.
    pub fn evidence_gone(&self) -> impl Iterator<Item = (u32, u32)> {
        self.pairs()
            .zip(
                self.left
                    .iter()
                    .filter(|verdict| matches!(verdict, Verdict::Matched { .. })),
            )
            .filter_map(|(pair, verdict)| {
                verdict
                    .flags()
                    .contains(Flags::EVIDENCE_GONE)
                    .then_some(pair)
            })
    }
}

/// How many devices of each side got which verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// The left side.
    pub left: SideCounts,
    /// The right side.
    pub right: SideCounts,
}

/// How many devices got which verdict; every device counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[non_exhaustive]
pub struct SideCounts {
    /// Matched, confirmed ones included.
    pub matched: usize,
    /// Suggested.
    pub suggested: usize,
    /// Ambiguous.
    pub ambiguous: usize,
    /// Unmatched, vetoed ones included.
    pub unmatched: usize,
    /// Excluded.
    pub excluded: usize,
}

impl SideCounts {
    fn of(verdicts: &[Verdict]) -> Self {
        let mut counts = SideCounts::default();
        for verdict in verdicts {
            counts.add(verdict);
        }
        counts
    }

    pub(crate) fn add(&mut self, verdict: &Verdict) {
        *match verdict {
            Verdict::Matched { .. } => &mut self.matched,
            Verdict::Suggested { .. } => &mut self.suggested,
            Verdict::Ambiguous { .. } => &mut self.ambiguous,
            Verdict::Unmatched { .. } => &mut self.unmatched,
            Verdict::Excluded { .. } => &mut self.excluded,
        } += 1;
    }

    /// All devices of the side.
    pub const fn total(&self) -> usize {
        self.matched + self.suggested + self.ambiguous + self.unmatched + self.excluded
    }
}

#[cfg(test)]
mod tests {
    use super::{Basis, Flags, Rule, Verdict};

    #[test]
    fn a_verdict_is_small() {
        assert!(size_of::<Verdict>() <= 12, "{}", size_of::<Verdict>());
    }

    #[test]
    fn a_verdict_is_written_in_words() {
        let flags = Flags::NONE
            .with(Flags::LOCAL_MAC, true)
            .with(Flags::TIE_BROKEN, false);
        let verdict = Verdict::Matched {
            basis: Basis::Rule(Rule::MAC),
            partner: 7,
            flags,
        };
        let json = serde_json::to_string(&verdict).unwrap();
        assert_eq!(
            json,
            r#"{"verdict":"matched","basis":{"rule":"mac"},"partner":7,"flags":["local_mac"]}"#
        );
        assert_eq!(format!("{flags:?}"), r#"{"local_mac"}"#);
    }
}
