//! Working out one explanation.

use std::borrow::Cow;

use super::{
    Candidate, Elsewhere, Explainer, Explanation, Fate, Holders, IgnoredValue, SHOWN, SharedKey,
    TieBreak,
};
use crate::identity::{MacAddr, device_ip};
use crate::matching::Side;
use crate::matching::group::{Group, Pool};
use crate::matching::policy::{Conflict, MatchPolicy};
use crate::matching::rule::{Evidence, Rule};
use crate::matching::verdict::{Basis, Unmatched, Verdict};

/// When a row left the pool: confirmed rows never were in it.
fn stage(policy: &MatchPolicy, verdict: Verdict) -> usize {
    match verdict {
        Verdict::Matched {
            basis: Basis::Confirmed,
            ..
        }
        | Verdict::Excluded { .. } => 0,
        _ => verdict
            .rule()
            .and_then(|rule| policy.rule_order().iter().position(|other| *other == rule))
            .map_or(usize::MAX, |place| place + 1),
    }
}

/// One question: why did this row get its verdict?
pub(super) struct Asking<'e> {
    pub(super) explainer: &'e Explainer<'e>,
    pub(super) group: Group<'e>,
    pub(super) side: Side,
    pub(super) row: u32,
    pub(super) verdict: Verdict,
}

impl Asking<'_> {
    fn policy(&self) -> &MatchPolicy {
        self.explainer.world.policy
    }

    fn verdict_of(&self, side: Side, row: u32) -> Verdict {
        self.explainer.matching.side(side)[row as usize]
    }

    fn ours(&self) -> (Side, u32) {
        (self.side, self.row)
    }

    fn theirs(&self, row: u32) -> (Side, u32) {
        (self.side.other(), row)
    }

    /// Rows of one side that agree with ours on all that the rule asks, and left the pool no earlier than `since`.
    fn agreeing(&self, side: Side, rule: Rule, since: usize) -> Vec<u32> {
        let agrees = |row: u32| {
            rule.kinds()
                .all(|kind| self.group.agree(self.ours(), (side, row), kind))
        };
        let rows = self.group.rows(side).iter().copied();
        rows.filter(|row| stage(self.policy(), self.verdict_of(side, *row)) >= since)
            .filter(|row| (side, *row) != self.ours() && agrees(*row))
            .collect()
    }

    /// Fills in evidence, candidates and rivals.
    pub(super) fn compare(&self, told: &mut Explanation) {
        let (rule, since) = match self.verdict.rule() {
            Some(rule) => (rule, stage(self.policy(), self.verdict)),
            None => match self.strongest_contact() {
                Some(rule) => (rule, 0),
                None => return,
            },
        };
        // Devices that were taken earlier explain why a weaker rule, or none, decided.
        let mut candidates = self.agreeing(self.side.other(), rule, 0);
        let partner = self.verdict.partner();
        if let Some(partner) = partner.filter(|partner| !candidates.contains(partner)) {
            candidates.push(partner);
        }
        let in_pool =
            |side: Side, row: &u32| stage(self.policy(), self.verdict_of(side, *row)) >= since;
        let rivals: Vec<u32> = self.agreeing(self.side, rule, since);
        let open: Vec<u32> = candidates
            .iter()
            .copied()
            .filter(|row| in_pool(self.side.other(), row))
            .collect();
        told.evidence = self.shared_keys(rule, &open, &rivals);
        candidates.sort_unstable_by_key(|row| (Some(*row) != partner, *row));
        told.more_candidates = candidates.len().saturating_sub(SHOWN);
        candidates.truncate(SHOWN);
        told.candidates = candidates
            .into_iter()
            .map(|row| self.candidate(row, in_pool(self.side.other(), &row), &told.evidence))
            .collect();
        told.rivals = Holders::of(rivals);
    }

    /// The strongest rule under which any device of the other side shares a key, in the pool or not.
    fn strongest_contact(&self) -> Option<Rule> {
        let rules = self.policy().rule_order().iter();
        rules
            .copied()
            .find(|rule| !self.agreeing(self.side.other(), *rule, 0).is_empty())
    }

    fn candidate(&self, row: u32, in_pool: bool, evidence: &[SharedKey]) -> Candidate {
        let theirs = self.theirs(row);
        let (left, right) = match self.side {
            Side::Left => (self.row, row),
            Side::Right => (row, self.row),
        };
        let mut conflicts: Vec<Conflict> = [Conflict::Mac, Conflict::Serial]
            .into_iter()
            .filter(|conflict| self.group.conflict(left, right, *conflict))
            .collect();
        let vetoed = match self.verdict {
            Verdict::Unmatched {
                cause:
                    Unmatched::Vetoed {
                        candidate,
                        conflict,
                        ..
                    },
            } if candidate == row => Some(conflict),
            _ => None,
        };
        if vetoed == Some(Conflict::Rejected) {
            conflicts.push(Conflict::Rejected);
        }
        let alone = |key: &SharedKey| key.is_usable() && key.other.rows.contains(&row);
        let fate = if self.verdict.partner() == Some(row) {
            Fate::Partner
        } else if let Some(conflict) = vetoed {
            Fate::Vetoed(conflict)
        } else if !in_pool || self.verdict.rule().is_none() {
            Fate::Taken
        } else if evidence.iter().any(alone) {
            Fate::SeveralPartners
        } else {
            Fate::KeyShared
        };
        let kinds = self.policy().kinds().into_iter();
        let agrees = kinds
            .filter(|kind| self.group.agree(self.ours(), theirs, *kind))
            .collect();
        Candidate {
            row,
            verdict: self.verdict_of(theirs.0, row),
            fate,
            agrees,
            conflicts,
        }
    }

    /// The values of a row of one kind, as text in the form in which they are compared.
    fn values(&self, row: (Side, u32), kind: Evidence) -> Vec<String> {
        match kind {
            Evidence::Mac => self
                .group
                .usable_macs(row)
                .map(|mac| mac.to_string())
                .collect(),
            Evidence::Ip => {
                let raw = self.group.table(row.0).source.ips(row.1);
                let mut ips: Vec<_> = raw
                    .into_iter()
                    .filter_map(|ip| device_ip(ip).ok())
                    .collect();
                ips.sort_unstable();
                ips.dedup();
                ips.iter().map(ToString::to_string).collect()
            }
            Evidence::Serial | Evidence::Name | Evidence::Field(_) => {
                let text = self.group.table(row.0).text_key(self.policy(), row.1, kind);
                text.map(Cow::into_owned).into_iter().collect()
            }
        }
    }

    /// The keys of a row under a rule.
    fn keys(&self, row: (Side, u32), rule: Rule) -> Vec<String> {
        rule.kinds()
            .map(|kind| self.values(row, kind))
            .reduce(|keys, values| {
                keys.iter()
                    .flat_map(|key| values.iter().map(move |value| format!("{key}+{value}")))
                    .collect()
            })
            .unwrap_or_default()
    }

    /// The keys of our row that candidates hold, with all who hold them.
    fn shared_keys(&self, rule: Rule, candidates: &[u32], rivals: &[u32]) -> Vec<SharedKey> {
        let mut keys: Vec<SharedKey> = self
            .keys(self.ours(), rule)
            .into_iter()
            .map(|key| SharedKey {
                rule,
                key,
                own: Holders::of([self.row]),
                other: Holders::default(),
            })
            .collect();
        keys.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        keys.dedup_by(|a, b| a.key == b.key);
        for (side, rows) in [(self.side, rivals), (self.side.other(), candidates)] {
            for row in rows {
                for held in self.keys((side, *row), rule) {
                    if let Ok(place) = keys.binary_search_by(|key| key.key.cmp(&held)) {
                        let key = &mut keys[place];
                        let holders = if side == self.side {
                            &mut key.own
                        } else {
                            &mut key.other
                        };
                        if holders.total < SHOWN {
                            holders.rows.push(*row);
                        }
                        holders.total += 1;
                    }
                }
            }
        }
        keys.retain(|key| key.other.total > 0);
        for key in &mut keys {
            key.own.rows.sort_unstable();
        }
        keys
    }

    /// What would decide between the devices that a rule found ambiguous.
    pub(super) fn ways_out(&self, rule: Rule, told: &mut Explanation) {
        let tied = |side: Side| -> Vec<bool> {
            let rows = self.group.rows(side).iter();
            rows.map(|row| self.verdict_of(side, *row) == Verdict::Ambiguous { rule })
                .collect()
        };
        let pool = Pool {
            left: tied(Side::Left),
            right: tied(Side::Right),
        };
        let Some(local) = self
            .group
            .rows(self.side)
            .iter()
            .position(|row| *row == self.row)
        else {
            return;
        };
        let Ok(local) = u32::try_from(local) else {
            return;
        };
        for by in self
            .policy()
            .kinds()
            .into_iter()
            .filter(|kind| !rule.asks(*kind))
        {
            if !self.group.has(self.ours(), by) {
                told.absent.push(by);
                continue;
            }
            let hits = self.group.combined_hits(rule.and(by), &pool);
            let partner = match self.side {
                Side::Left => hits.partner(local),
                Side::Right => hits.partner_of_right(local),
            };
            let rows = self.group.rows(self.side.other());
            if let Some(partner) = partner.and_then(|partner| rows.get(partner as usize)) {
                told.would_break.push(TieBreak {
                    by,
                    partner: *partner,
                });
            }
        }
    }

    /// Values of our row that are no keys.
    pub(super) fn ignored(&self) -> Vec<IgnoredValue> {
        let mut ignored = Vec::new();
        let mut tell = |kind, value: String, reason: &str| {
            ignored.push(IgnoredValue {
                kind,
                value,
                reason: reason.to_owned(),
            });
        };
        let source = &self.group.table(self.side).source;
        for mac in source.macs(self.row) {
            if let Err(unusable) = self.policy().mac_policy().usable(mac) {
                tell(Evidence::Mac, mac.to_string(), unusable.reason);
            } else if let Some(common) = self.group.common.iter().find(|common| common.mac == mac) {
                let reason = format!(
                    "too many devices of the organisation have it: {} on the left, {} on the right",
                    common.left, common.right
                );
                tell(Evidence::Mac, mac.to_string(), &reason);
            }
        }
        for ip in source.ips(self.row) {
            if let Err(unusable) = device_ip(ip) {
                tell(Evidence::Ip, ip.to_string(), &unusable.to_string());
            }
        }
        for kind in self.policy().kinds() {
            if let Some(text) = source
                .text(self.row, kind)
                .filter(|text| !text.trim().is_empty())
                && let Err(placeholder) = self.policy().text_key(kind, text)
            {
                tell(kind, text.to_owned(), placeholder.reason());
            }
        }
        ignored
    }

    /// Devices of other organisations that have one of our MAC addresses.
    pub(super) fn elsewhere(&self, number: u32) -> Vec<Elsewhere> {
        let ours: Vec<MacAddr> = self.group.usable_macs(self.ours()).collect();
        let world = &self.explainer.world;
        let table = world.table(self.side.other());
        let rows = (0..).take(if ours.is_empty() { 0 } else { table.len() });
        rows.filter_map(|row: u32| {
            let group = table.group(row).filter(|group| *group != number)?;
            let mac = *table.macs(row).iter().find(|mac| ours.contains(mac))?;
            Some(Elsewhere {
                row,
                organization: world.organizations[group as usize],
                mac,
            })
        })
        .take(SHOWN)
        .collect()
    }
}
