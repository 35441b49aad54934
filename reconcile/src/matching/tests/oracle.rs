//! A slow, direct matcher: compares every device with every other, as the definition reads.

use std::collections::BTreeSet;

use super::super::{Conflict, Evidence, MatchPolicy, Rule};
use super::Device;
use crate::identity::{MacPolicy, Placeholders, device_ip};

/// What the oracle says of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Answer {
    Out,
    Confirmed(u32),
    Matched(Rule, u32),
    Suggested(Rule, u32),
    Ambiguous(Rule),
    Vetoed(Rule, u32, Conflict),
    Nothing,
}

/// A policy, spelled out.
#[derive(Debug, Clone)]
pub(super) struct Choices {
    pub(super) rules: Vec<Rule>,
    pub(super) held: Vec<Rule>,
    pub(super) vetoes: Vec<Conflict>,
    pub(super) ties: Vec<Evidence>,
    pub(super) common: Option<u32>,
}

impl Choices {
    pub(super) fn policy(&self) -> MatchPolicy {
        let mut policy = MatchPolicy::default()
            .rules(self.rules.clone())
            .break_ties_by(self.ties.clone());
        for rule in &self.held {
            policy = policy.hold(*rule);
        }
        for conflict in &self.vetoes {
            policy = policy.veto(*conflict);
        }
        self.common
            .into_iter()
            .fold(policy, MatchPolicy::common_mac_from)
    }
}

type Values = BTreeSet<String>;
type Key = Vec<String>;

pub(super) struct Oracle<'a> {
    pub(super) choices: &'a Choices,
    pub(super) sides: [&'a [Device]; 2],
    pub(super) rejected: &'a [(u32, u32)],
}

impl Oracle<'_> {
    fn device(&self, side: usize, row: usize) -> &Device {
        &self.sides[side][row]
    }

    fn takes_part(device: &Device) -> bool {
        device.organization.is_some() && device.excluded.is_none()
    }

    fn values(&self, side: usize, row: usize, kind: Evidence) -> Values {
        let device = self.device(side, row);
        let lists = Placeholders::default();
        let fold = |text: &str| text.trim().to_lowercase();
        match kind {
            Evidence::Mac => {
                let usable = |mac: &&_| MacPolicy::default().usable(**mac).is_ok();
                device
                    .macs
                    .iter()
                    .filter(usable)
                    .map(ToString::to_string)
                    .filter(|mac| !self.common(row_org(device), mac))
                    .collect()
            }
            Evidence::Ip => device
                .ips
                .iter()
                .filter_map(|ip| device_ip(*ip).ok())
                .map(|ip| ip.to_string())
                .collect(),
            Evidence::Name => Some(&device.name)
                .filter(|name| lists.name(name).is_ok())
                .map(|name| fold(name))
                .into_iter()
                .collect(),
            Evidence::Serial => device
                .serial
                .iter()
                .filter(|serial| lists.serial(serial).is_ok())
                .map(|serial| fold(serial))
                .collect(),
            Evidence::Field(_) => device
                .tag
                .iter()
                .map(|tag| fold(tag))
                .filter(|tag| !tag.is_empty())
                .collect(),
        }
    }

    fn common(&self, organization: Option<u32>, mac: &str) -> bool {
        let Some(limit) = self.choices.common else {
            return false;
        };
        self.sides.iter().any(|side| {
            let holds = |device: &&Device| {
                Self::takes_part(device)
                    && device.organization == organization
                    && device.macs.iter().any(|held| held.to_string() == mac)
            };
            side.iter().filter(holds).count() >= limit as usize
        })
    }

    fn keys(&self, side: usize, row: usize, kinds: &[Evidence]) -> BTreeSet<Key> {
        let mut keys = BTreeSet::from([Vec::new()]);
        for kind in kinds {
            let values = self.values(side, row, *kind);
            keys = keys
                .iter()
                .flat_map(|key| {
                    values
                        .iter()
                        .map(move |value| [&key[..], std::slice::from_ref(value)].concat())
                })
                .collect();
        }
        keys
    }

    /// Who names whom under these kinds, among the rows of the pool: for each row of each side `None` if it shares
    /// nothing, else the partners that its usable keys name.
    fn names(
        &self,
        pool: &[Vec<usize>; 2],
        kinds: &[Evidence],
    ) -> [Vec<Option<BTreeSet<usize>>>; 2] {
        let mut named = [
            vec![None; self.sides[0].len()],
            vec![None; self.sides[1].len()],
        ];
        let organization = |side: usize, row: usize| self.device(side, row).organization;
        let holders = |side: usize, org: Option<u32>, key: &Key| -> Vec<usize> {
            let holds = |row: &usize| {
                organization(side, *row) == org && self.keys(side, *row, kinds).contains(key)
            };
            pool[side].iter().copied().filter(holds).collect()
        };
        for side in [0, 1] {
            for row in &pool[side] {
                let org = organization(side, *row);
                for key in self.keys(side, *row, kinds) {
                    let (own, other) = (holders(side, org, &key), holders(1 - side, org, &key));
                    if other.is_empty() {
                        continue;
                    }
                    let partners: &mut BTreeSet<usize> = named[side][*row].get_or_insert_default();
                    if own.len() == 1 && other.len() == 1 {
                        partners.insert(other[0]);
                    }
                }
            }
        }
        named
    }

    fn conflict(&self, left: usize, right: usize, kind: Evidence) -> bool {
        let (ours, theirs) = (self.values(0, left, kind), self.values(1, right, kind));
        !ours.is_empty() && !theirs.is_empty() && ours.is_disjoint(&theirs)
    }

    fn accept(&self, answers: &mut [Vec<Answer>; 2], rule: Rule, left: usize, right: usize) {
        let (l, r) = (u32::try_from(left).unwrap(), u32::try_from(right).unwrap());
        let stronger = |kind: Evidence| {
            let place = |test: &dyn Fn(&Rule) -> bool| self.choices.rules.iter().position(test);
            place(&|other| other.asks(kind))
                .is_none_or(|first| first < place(&|other| *other == rule).unwrap())
        };
        let vetoed = |conflict, kind| {
            self.choices.vetoes.contains(&conflict)
                && stronger(kind)
                && self.conflict(left, right, kind)
        };
        let veto = if self.rejected.contains(&(l, r)) {
            Some(Conflict::Rejected)
        } else if vetoed(Conflict::Mac, Evidence::Mac) {
            Some(Conflict::Mac)
        } else if vetoed(Conflict::Serial, Evidence::Serial) {
            Some(Conflict::Serial)
        } else {
            None
        };
        let answer = |partner| match veto {
            Some(conflict) => Answer::Vetoed(rule, partner, conflict),
            None if self.choices.held.contains(&rule) => Answer::Suggested(rule, partner),
            None => Answer::Matched(rule, partner),
        };
        answers[0][left] = answer(r);
        answers[1][right] = answer(l);
    }

    pub(super) fn run(&self, confirmed: &[(u32, u32)]) -> [Vec<Answer>; 2] {
        let start = |side: &&[Device]| -> Vec<Answer> {
            let answer = |device| {
                if Self::takes_part(device) {
                    Answer::Nothing
                } else {
                    Answer::Out
                }
            };
            side.iter().map(answer).collect()
        };
        let mut answers = self.sides.each_ref().map(start);
        for (left, right) in confirmed {
            let (a, b) = (
                self.device(0, *left as usize),
                self.device(1, *right as usize),
            );
            if Self::takes_part(a) && Self::takes_part(b) && a.organization == b.organization {
                answers[0][*left as usize] = Answer::Confirmed(*right);
                answers[1][*right as usize] = Answer::Confirmed(*left);
            }
        }
        for rule in &self.choices.rules {
            let kinds: Vec<Evidence> = rule.kinds().collect();
            self.round(&mut answers, *rule, &kinds, Answer::Nothing);
            for tie in self.choices.ties.iter().filter(|tie| !rule.asks(**tie)) {
                let kinds = [&kinds[..], &[*tie]].concat();
                self.round(&mut answers, *rule, &kinds, Answer::Ambiguous(*rule));
            }
        }
        answers
    }

    /// One rule over the rows whose answer so far is `open`.
    fn round(&self, answers: &mut [Vec<Answer>; 2], rule: Rule, kinds: &[Evidence], open: Answer) {
        let pool = answers.each_ref().map(|side| {
            side.iter()
                .enumerate()
                .filter(|(_, answer)| **answer == open)
                .map(|(row, _)| row)
                .collect::<Vec<_>>()
        });
        let named = self.names(&pool, kinds);
        for side in [0, 1] {
            for row in &pool[side] {
                if named[side][*row].is_some() {
                    answers[side][*row] = Answer::Ambiguous(rule);
                }
            }
        }
        for left in &pool[0] {
            let Some(partners) = &named[0][*left] else {
                continue;
            };
            if let (1, Some(right)) = (partners.len(), partners.first())
                && named[1][*right]
                    .as_ref()
                    .is_some_and(|back| back.len() == 1 && back.contains(left))
            {
                self.accept(answers, rule, *left, *right);
            }
        }
    }
}

fn row_org(device: &Device) -> Option<u32> {
    device.organization
}
