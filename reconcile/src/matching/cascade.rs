//! Running the rules, one organisation after the other.

use super::group::{Group, Pool};
use super::join::Hits;
use super::policy::{Conflict, MatchPolicy};
use super::rule::{Evidence, Rule};
use super::table::World;
use super::verdict::{Basis, Dropped, DroppedPair, Flags, Matching, Unmatched, Verdict};
use super::{DeviceRow, Side};
use crate::identity::MacAddr;

/// Why two inventories cannot be matched: the input contradicts itself or is too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MatchError {
    /// A side has about four thousand million rows or addresses.
    #[error("an inventory has too many rows or addresses")]
    TooLarge,
    /// A confirmed pair names a row that is not there.
    #[error("a confirmed pair names row {row} of the {side:?} side, which has no such row")]
    NoSuchRow {
        /// The side.
        side: Side,
        /// The row.
        row: u32,
    },
    /// Two confirmed pairs name the same row with different partners.
    #[error("row {row} of the {side:?} side is confirmed with two partners")]
    ConfirmedTwice {
        /// The side.
        side: Side,
        /// The row.
        row: u32,
    },
}

/// Matches two inventories under a policy and what persons have decided.
///
/// ```
/// # use reconcile::identity::MacAddr;
/// # use std::net::IpAddr;
/// use reconcile::matching::{Basis, DeviceRow, Flags, MatchPolicy, Matcher, Verdict};
///
/// # struct Row(&'static str);
/// # impl DeviceRow for Row {
/// #     fn organization(&self) -> Option<u32> { Some(1) }
/// #     fn macs(&self) -> impl Iterator<Item = MacAddr> { std::iter::empty() }
/// #     fn ips(&self) -> impl Iterator<Item = IpAddr> { std::iter::empty() }
/// #     fn name(&self) -> &str { self.0 }
/// # }
/// // `Row` has a name and nothing else.
/// let (left, right) = ([Row("old-name"), Row("b")], [Row("new-name"), Row("b")]);
/// let policy = MatchPolicy::default();
/// let matching = Matcher::new(&policy).confirmed(&[(0, 0)]).run(&left, &right)?;
/// // What a person has confirmed stays, and says that nothing supports it any more.
/// let Verdict::Matched { basis: Basis::Confirmed, partner: 0, flags } = matching.left[0] else { panic!() };
/// assert!(flags.contains(Flags::EVIDENCE_GONE));
/// assert_eq!(matching.left[1].partner(), Some(1));
/// # Ok::<(), reconcile::matching::MatchError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Matcher<'a> {
    policy: &'a MatchPolicy,
    confirmed: &'a [(u32, u32)],
    rejected: &'a [(u32, u32)],
}

impl<'a> Matcher<'a> {
    /// A matcher with nothing confirmed or rejected.
    pub const fn new(policy: &'a MatchPolicy) -> Self {
        Matcher {
            policy,
            confirmed: &[],
            rejected: &[],
        }
    }

    /// Pairs of rows, left and right, that a person has confirmed, in any order. They are matched before any rule, so
    /// evidence never undoes them; [`Matching::dropped`] lists those that can no longer be honoured.
    #[must_use]
    pub const fn confirmed(mut self, pairs: &'a [(u32, u32)]) -> Self {
        self.confirmed = pairs;
        self
    }

    /// Pairs of rows that a person has said are different devices, in any order. A rule that finds such a pair leaves
    /// both unmatched. A pair that is also confirmed is matched.
    #[must_use]
    pub const fn rejected(mut self, pairs: &'a [(u32, u32)]) -> Self {
        self.rejected = pairs;
        self
    }

    /// Gives every row of both sides its verdict.
    ///
    /// # Errors
    ///
    /// Confirmed pairs that contradict each other or name rows that are not there, and inventories too large for
    /// 32-bit row numbers.
    pub fn run<L: DeviceRow, R: DeviceRow>(
        &self,
        left: &[L],
        right: &[R],
    ) -> Result<Matching, MatchError> {
        let world = World::gather(self.policy, left, right)?;
        let mut rejected = self.rejected.to_vec();
        rejected.sort_unstable();
        let mut run = Run {
            rejected,
            answer: Matching {
                left: world.left.verdicts.clone(),
                right: world.right.verdicts.clone(),
                common_macs: Vec::new(),
                ignored: world.ignored.clone(),
                dropped: Vec::new(),
            },
            world: &world,
        };
        run.confirm(self.confirmed)?;
        for group in (0..).take(world.organizations.len()) {
            run.group(group);
        }
        run.answer.common_macs.sort_unstable();
        run.answer.dropped.sort_unstable();
        Ok(run.answer)
    }
}

struct Run<'w> {
    world: &'w World<'w>,
    rejected: Vec<(u32, u32)>,
    answer: Matching,
}

impl Run<'_> {
    /// Matches confirmed pairs. Their flags are set later, when their organisation is looked at.
    fn confirm(&mut self, pairs: &[(u32, u32)]) -> Result<(), MatchError> {
        let mut pairs = pairs.to_vec();
        pairs.sort_unstable();
        pairs.dedup();
        for (left, right) in &pairs {
            for (side, row) in [(Side::Left, *left), (Side::Right, *right)] {
                if row as usize >= self.world.table(side).len() {
                    return Err(MatchError::NoSuchRow { side, row });
                }
            }
        }
        let twice = |rows: &[u32]| {
            rows.windows(2)
                .find(|pair| pair[0] == pair[1])
                .map(|pair| pair[0])
        };
        let (lefts, mut rights): (Vec<u32>, Vec<u32>) = pairs.iter().copied().unzip();
        rights.sort_unstable();
        for (side, rows) in [(Side::Left, lefts), (Side::Right, rights)] {
            if let Some(row) = twice(&rows) {
                return Err(MatchError::ConfirmedTwice { side, row });
            }
        }
        for (left, right) in pairs {
            let why = match (self.world.left.group(left), self.world.right.group(right)) {
                (Some(a), Some(b)) if a == b => {
                    let matched = |partner| Verdict::Matched {
                        basis: Basis::Confirmed,
                        partner,
                        flags: Flags::NONE,
                    };
                    self.answer.left[left as usize] = matched(right);
                    self.answer.right[right as usize] = matched(left);
                    continue;
                }
                (Some(_), Some(_)) => Dropped::OtherOrganization,
                _ => Dropped::Excluded,
            };
            self.answer.dropped.push(DroppedPair { left, right, why });
        }
        Ok(())
    }

    fn group(&mut self, number: u32) {
        let world = self.world;
        if world.left.rows(number).is_empty() || world.right.rows(number).is_empty() {
            // Nobody to match with; but a common address is one whether or not the other side has devices.
            if world.policy.common_from().is_some() {
                self.answer
                    .common_macs
                    .append(&mut Group::new(world, number).common);
            }
            return;
        }
        let mut group = Group::new(world, number);
        for left in group.left {
            if let Verdict::Matched {
                basis: Basis::Confirmed,
                partner,
                ..
            } = self.answer.left[*left as usize]
            {
                self.match_confirmed(&group, *left, partner);
            }
        }
        let open = |rows: &[u32], verdicts: &[Verdict]| -> Vec<bool> {
            rows.iter()
                .map(|row| verdicts[*row as usize] == Verdict::UNMATCHED)
                .collect()
        };
        let mut pool = Pool {
            left: open(group.left, &self.answer.left),
            right: open(group.right, &self.answer.right),
        };
        for rule in world.policy.rule_order() {
            if !pool.left.contains(&true) || !pool.right.contains(&true) {
                break;
            }
            let hits = group.hits(*rule, &pool);
            let tied = self.settle(&group, *rule, &hits, &mut pool);
            self.break_ties(&group, *rule, tied);
        }
        self.answer.common_macs.append(&mut group.common);
    }

    fn match_confirmed(&mut self, group: &Group<'_>, left: u32, right: u32) {
        let (a, b) = ((Side::Left, left), (Side::Right, right));
        let rules = self.world.policy.rule_order();
        let supported = rules
            .iter()
            .any(|rule| rule.kinds().all(|kind| group.agree(a, b, kind)));
        let flags = Flags::NONE
            .with(
                Flags::MAC_CONFLICT,
                group.conflict(left, right, Conflict::Mac),
            )
            .with(
                Flags::SERIAL_CONFLICT,
                group.conflict(left, right, Conflict::Serial),
            )
            .with(Flags::EVIDENCE_GONE, !supported);
        let matched = |partner| Verdict::Matched {
            basis: Basis::Confirmed,
            partner,
            flags,
        };
        self.answer.left[left as usize] = matched(right);
        self.answer.right[right as usize] = matched(left);
    }

    /// Takes every row that shares a key out of the pool, and gives back those that were not paired.
    fn settle(&mut self, group: &Group<'_>, rule: Rule, hits: &Hits, pool: &mut Pool) -> Pool {
        let mut tied = Pool {
            left: vec![false; pool.left.len()],
            right: vec![false; pool.right.len()],
        };
        for (local, row) in (0..).zip(group.left) {
            if !hits.left_touched(local) {
                continue;
            }
            pool.left[local as usize] = false;
            if let Some(partner) = hits.partner(local) {
                self.accept(group, rule, *row, group.right[partner as usize], false);
            } else {
                tied.left[local as usize] = true;
                self.answer.left[*row as usize] = Verdict::Ambiguous { rule };
            }
        }
        for (local, row) in (0..).zip(group.right) {
            if !hits.right_touched(local) {
                continue;
            }
            pool.right[local as usize] = false;
            if hits.partner_of_right(local).is_none() {
                tied.right[local as usize] = true;
                self.answer.right[*row as usize] = Verdict::Ambiguous { rule };
            }
        }
        tied
    }

    /// Looks for pairs among ambiguous rows with further evidence. Whoever finds none stays ambiguous.
    fn break_ties(&mut self, group: &Group<'_>, rule: Rule, mut tied: Pool) {
        for kind in self.world.policy.tie_breakers() {
            if rule.asks(*kind) || !tied.left.contains(&true) || !tied.right.contains(&true) {
                continue;
            }
            let hits = group.hits(rule.and(*kind), &tied);
            for (local, row) in (0..).zip(group.left) {
                if let Some(partner) = hits.partner(local) {
                    tied.left[local as usize] = false;
                    tied.right[partner as usize] = false;
                    self.accept(group, rule, *row, group.right[partner as usize], true);
                }
            }
        }
    }

    /// Matches or suggests a pair that `rule` found, unless something speaks against it.
    fn accept(&mut self, group: &Group<'_>, rule: Rule, left: u32, right: u32, tie_broken: bool) {
        let policy = self.world.policy;
        let rejected = self.rejected.binary_search(&(left, right)).is_ok();
        let conflicts = |conflict| match conflict {
            Conflict::Rejected => rejected,
            Conflict::Mac | Conflict::Serial => group.conflict(left, right, conflict),
        };
        let veto = [Conflict::Rejected, Conflict::Mac, Conflict::Serial]
            .into_iter()
            .find(|conflict| policy.vetoes(*conflict, rule) && conflicts(*conflict));
        if let Some(conflict) = veto {
            let vetoed = |candidate| Verdict::Unmatched {
                cause: Unmatched::Vetoed {
                    rule,
                    candidate,
                    conflict,
                },
            };
            self.answer.left[left as usize] = vetoed(right);
            self.answer.right[right as usize] = vetoed(left);
            return;
        }
        let flags = if rule.asks(Evidence::Mac) {
            let mut shared = group.shared_macs((Side::Left, left), (Side::Right, right));
            Flags::NONE.with(
                Flags::LOCAL_MAC,
                shared.all(MacAddr::is_locally_administered),
            )
        } else {
            Flags::NONE
                .with(Flags::MAC_CONFLICT, conflicts(Conflict::Mac))
                .with(Flags::SERIAL_CONFLICT, conflicts(Conflict::Serial))
        };
        let flags = flags.with(Flags::TIE_BROKEN, tie_broken);
        let found = |partner| {
            if policy.holds(rule) {
                Verdict::Suggested {
                    rule,
                    partner,
                    flags,
                }
            } else {
                Verdict::Matched {
                    basis: Basis::Rule(rule),
                    partner,
                    flags,
                }
            }
        };
        self.answer.left[left as usize] = found(right);
        self.answer.right[right as usize] = found(left);
    }
}
