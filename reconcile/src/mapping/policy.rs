//! What the host wants of mapping, as data.

use std::collections::BTreeSet;

use super::EvidenceKind;
use crate::plan::{NameRules, Policy};

/// What the host wants of mapping. The default is that of GravityZone's companion app for Datto RMM: one to one, nothing accepted
/// without a person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by hosts, with the default for the rest"
)]
pub struct MappingPolicy {
    /// How many source organisations one destination may serve.
    pub cardinality: Cardinality,
    /// The kinds of evidence that a host accepts without asking; see [`Mapping::automatic`](super::Mapping::automatic).
    pub accept: BTreeSet<EvidenceKind>,
    /// What names the destination accepts.
    pub names: NameRules,
    /// The variable of a source organisation that may hold an installation link; `None` looks for none.
    pub variable: Option<String>,
    /// From which likeness on names are suggested, from 0 to 1000.
    pub fuzzy_from: u16,
    /// When shared devices speak for a pair.
    pub votes: VoteRules,
}

impl Default for MappingPolicy {
    fn default() -> Self {
        Self {
            cardinality: Cardinality::OneToOne,
            accept: BTreeSet::new(),
            names: NameRules::default(),
            variable: None,
            fuzzy_from: 880,
            votes: VoteRules {
                at_least: 2,
                percent: 50,
            },
        }
    }
}

impl MappingPolicy {
    /// The default with what a planning policy already says, so that the two cannot contradict each other.
    pub fn of(policy: &Policy) -> Self {
        Self {
            cardinality: if policy.many_sites_to_one_company {
                Cardinality::ManyToOne
            } else {
                Cardinality::OneToOne
            },
            names: policy.names,
            variable: Some(policy.variable.clone()),
            ..Self::default()
        }
    }

    /// Accepts a kind of evidence without asking; see [`Mapping::automatic`](super::Mapping::automatic).
    #[must_use]
    pub fn accepting(mut self, kind: EvidenceKind) -> Self {
        self.accept.insert(kind);
        self
    }
}

/// How many source organisations one destination may serve. A source organisation always has one destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "one or many")]
pub enum Cardinality {
    /// One.
    OneToOne,
    /// Any number.
    ManyToOne,
}

/// When shared devices speak for a pair: never on the word of one device, nor without a clear majority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by hosts")]
pub struct VoteRules {
    /// The fewest devices that must agree; less than 2 counts as 2.
    pub at_least: u32,
    /// More than this share of the devices that voted must agree, in percent; less than 50 counts as 50.
    pub percent: u32,
}

impl VoteRules {
    /// Whether `count` of `of` votes carry.
    ///
    /// ```
    /// use reconcile::mapping::VoteRules;
    ///
    /// let rules = VoteRules { at_least: 2, percent: 50 };
    /// assert!(rules.carry(2, 3));
    /// assert!(!rules.carry(2, 4), "a half is no majority");
    /// assert!(!rules.carry(1, 1), "one device decides nothing");
    /// ```
    pub fn carry(&self, count: u32, of: u32) -> bool {
        count >= self.at_least.max(2)
            && u64::from(count) * 100 > u64::from(of) * u64::from(self.percent.max(50))
    }
}
