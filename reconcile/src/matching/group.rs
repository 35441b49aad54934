//! One organisation's devices of both sides: which rule connects whom.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::Side;
use super::join::{Hits, Keys};
use super::policy::Conflict;
use super::rule::{Evidence, Rule};
use super::table::{Table, World};
use super::verdict::CommonMac;
use crate::identity::MacAddr;

/// Which rows still count, by local row.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) left: Vec<bool>,
    pub(super) right: Vec<bool>,
}

impl Pool {
    pub(super) fn side(&self, side: Side) -> &[bool] {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }
}

/// The rows of one organisation. A local row is a place in `left` or `right`.
pub(super) struct Group<'w> {
    world: &'w World<'w>,
    pub(super) left: &'w [u32],
    pub(super) right: &'w [u32],
    // MAC address and local row in one number each, sorted: the address in the high bits.
    left_macs: Vec<u128>,
    right_macs: Vec<u128>,
    /// Addresses that are no keys here because too many rows hold them, sorted.
    pub(super) common: Vec<CommonMac>,
}

fn pack(mac: MacAddr, row: u32) -> u128 {
    mac.number() << 32 | u128::from(row)
}

fn mac_of(packed: u128) -> u128 {
    packed >> 32
}

fn row_of(packed: u128) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the row is in the low 32 bits"
    )]
    let row = packed as u32;
    row
}

fn packed_macs(table: &Table<'_>, rows: &[u32]) -> Vec<u128> {
    let mut packed = Vec::with_capacity(rows.len() + rows.len() / 2);
    for (local, row) in (0..).zip(rows) {
        packed.extend(table.macs(*row).iter().map(|mac| pack(*mac, local)));
    }
    packed.sort_unstable();
    packed
}

/// How many at the front of a packed list have this address.
fn run(packed: &[u128], mac: u128) -> usize {
    packed
        .iter()
        .take_while(|entry| mac_of(**entry) == mac)
        .count()
}

/// Moves the holders of an address, as far as they are in the pool, from the front of `packed` to `holders`.
fn take_run(packed: &mut &[u128], mac: u128, open: &[bool], holders: &mut Vec<u32>) {
    let (same, rest) = packed.split_at(run(packed, mac));
    holders.clear();
    holders.extend(
        same.iter()
            .copied()
            .map(row_of)
            .filter(|row| open[*row as usize]),
    );
    *packed = rest;
}

impl<'w> Group<'w> {
    pub(super) fn new(world: &'w World<'w>, group: u32) -> Self {
        let (left, right) = (world.left.rows(group), world.right.rows(group));
        let mut this = Group {
            world,
            left,
            right,
            left_macs: packed_macs(&world.left, left),
            right_macs: packed_macs(&world.right, right),
            common: Vec::new(),
        };
        if let Some(limit) = world.policy.common_from() {
            this.drop_common(world.organizations[group as usize], limit);
        }
        this
    }

    /// Takes out addresses that `limit` rows of one side hold.
    fn drop_common(&mut self, organization: u32, limit: u32) {
        let limit = limit as usize;
        let (mut left, mut right) = (&self.left_macs[..], &self.right_macs[..]);
        while let Some(mac) = left
            .first()
            .into_iter()
            .chain(right.first())
            .copied()
            .map(mac_of)
            .min()
        {
            let (own, other) = (run(left, mac), run(right, mac));
            (left, right) = (&left[own..], &right[other..]);
            if own.max(other) >= limit {
                let count = |rows| u32::try_from(rows).unwrap_or(u32::MAX);
                let mac = MacAddr::from_number(mac);
                self.common.push(CommonMac {
                    organization,
                    mac,
                    left: count(own),
                    right: count(other),
                });
            }
        }
        for side in [&mut self.left_macs, &mut self.right_macs] {
            let common = &self.common;
            side.retain(|packed| !is_common(common, MacAddr::from_number(mac_of(*packed))));
        }
    }

    pub(super) fn table(&self, side: Side) -> &'w Table<'w> {
        self.world.table(side)
    }

    /// The rows of one side, by local row.
    pub(super) fn rows(&self, side: Side) -> &'w [u32] {
        match side {
            Side::Left => self.left,
            Side::Right => self.right,
        }
    }

    /// Whom a rule connects, among the rows of the pool.
    pub(super) fn hits(&self, rule: Rule, pool: &Pool) -> Hits {
        if rule == Rule::MAC {
            let mut hits = Hits::new(self.left.len(), self.right.len());
            self.each_mac(pool, |left, right| {
                hits.key(left.iter().copied(), right.iter().copied());
            });
            hits
        } else if rule == Rule::MAC_AND_IP {
            self.mac_and_ip_hits(pool)
        } else {
            self.combined_hits(rule, pool)
        }
    }

    /// Any rule, by combining the keys of its kinds.
    pub(super) fn combined_hits(&self, rule: Rule, pool: &Pool) -> Hits {
        let keys = rule
            .kinds()
            .map(|kind| self.keys(kind, pool))
            .reduce(Keys::and)
            .unwrap_or_default();
        keys.hits(self.left.len(), self.right.len())
    }

    /// Calls `each` with the holders, in the pool, of every MAC address that both sides hold there.
    fn each_mac(&self, pool: &Pool, mut each: impl FnMut(&[u32], &[u32])) {
        let (mut left, mut right) = (&self.left_macs[..], &self.right_macs[..]);
        let (mut own, mut other) = (Vec::new(), Vec::new());
        while let (Some(a), Some(b)) = (left.first(), right.first()) {
            let (a, b) = (mac_of(*a), mac_of(*b));
            match a.cmp(&b) {
                Ordering::Less => left = &left[1..],
                Ordering::Greater => right = &right[1..],
                Ordering::Equal => {
                    take_run(&mut left, a, &pool.left, &mut own);
                    take_run(&mut right, a, &pool.right, &mut other);
                    if !own.is_empty() && !other.is_empty() {
                        each(&own, &other);
                    }
                }
            }
        }
    }

    /// MAC and IP address together. An address that one device of each side holds needs only the IP addresses of the
    /// two; the product of addresses is built only for the others.
    fn mac_and_ip_hits(&self, pool: &Pool) -> Hits {
        let mut hits = Hits::new(self.left.len(), self.right.len());
        let (left_table, right_table) = (&self.world.left, &self.world.right);
        self.each_mac(pool, |left, right| {
            if let ([l], [r]) = (left, right) {
                let (a, b) = (self.left[*l as usize], self.right[*r as usize]);
                if intersect(left_table.ips(a), right_table.ips(b)) {
                    hits.key([*l].into_iter(), [*r].into_iter());
                }
                return;
            }
            let by_ip = |table: &Table<'_>, rows: &[u32], holders: &[u32]| {
                let ips = |local: u32| {
                    table
                        .ips(rows[local as usize])
                        .iter()
                        .map(move |ip| (*ip, local))
                };
                holders
                    .iter()
                    .flat_map(|local| ips(*local))
                    .collect::<Vec<_>>()
            };
            let keys = Keys::shared(
                by_ip(left_table, self.left, left),
                by_ip(right_table, self.right, right),
            );
            keys.each(|left, right| hits.key(left, right));
        });
        hits
    }

    /// The values of one kind that both sides hold in the pool.
    fn keys(&self, kind: Evidence, pool: &Pool) -> Keys {
        match kind {
            Evidence::Mac => {
                let mut keys = Keys::default();
                let mut number = 0;
                self.each_mac(pool, |left, right| {
                    keys.left.extend(left.iter().map(|row| (number, *row)));
                    keys.right.extend(right.iter().map(|row| (number, *row)));
                    number += 1;
                });
                keys
            }
            Evidence::Ip => {
                let ips = |side| {
                    let table = self.table(side);
                    self.open(side, pool)
                        .flat_map(|(local, row)| table.ips(row).iter().map(move |ip| (*ip, local)))
                        .collect()
                };
                Keys::shared(ips(Side::Left), ips(Side::Right))
            }
            Evidence::Serial | Evidence::Name | Evidence::Field(_) => {
                let texts = |side| -> Vec<(Cow<'w, str>, u32)> {
                    let table = self.table(side);
                    self.open(side, pool)
                        .filter_map(|(local, row)| {
                            table
                                .text_key(self.world.policy, row, kind)
                                .map(|text| (text, local))
                        })
                        .collect()
                };
                Keys::shared(texts(Side::Left), texts(Side::Right))
            }
        }
    }

    /// Local and global rows that are in the pool.
    fn open<'s>(&'s self, side: Side, pool: &'s Pool) -> impl Iterator<Item = (u32, u32)> + 's {
        let rows = (0..).zip(self.rows(side));
        rows.zip(pool.side(side))
            .filter(|(_, open)| **open)
            .map(|((local, row), _)| (local, *row))
    }

    /// The MAC addresses that two rows share as keys; the rows are global and may be of one side.
    pub(super) fn shared_macs(
        &self,
        a: (Side, u32),
        b: (Side, u32),
    ) -> impl Iterator<Item = MacAddr> {
        let theirs = self.table(b.0).macs(b.1);
        self.usable_macs(a)
            .filter(|mac| theirs.binary_search(mac).is_ok())
    }

    /// The MAC addresses of a row that are keys here.
    pub(super) fn usable_macs(&self, row: (Side, u32)) -> impl Iterator<Item = MacAddr> {
        self.table(row.0)
            .macs(row.1)
            .iter()
            .copied()
            .filter(|mac| !is_common(&self.common, *mac))
    }

    /// Whether two rows share a value of one kind; the rows are global and may be of one side.
    pub(super) fn agree(&self, a: (Side, u32), b: (Side, u32), kind: Evidence) -> bool {
        match kind {
            Evidence::Mac => self.shared_macs(a, b).next().is_some(),
            Evidence::Ip => intersect(self.table(a.0).ips(a.1), self.table(b.0).ips(b.1)),
            Evidence::Serial | Evidence::Name | Evidence::Field(_) => {
                let text = |(side, row): (Side, u32)| {
                    self.table(side).text_key(self.world.policy, row, kind)
                };
                text(a).is_some_and(|ours| text(b).is_some_and(|theirs| ours == theirs))
            }
        }
    }

    /// Whether a row has any value of this kind.
    pub(super) fn has(&self, row: (Side, u32), kind: Evidence) -> bool {
        match kind {
            Evidence::Mac => self.usable_macs(row).next().is_some(),
            Evidence::Ip => !self.table(row.0).ips(row.1).is_empty(),
            Evidence::Serial | Evidence::Name | Evidence::Field(_) => self
                .table(row.0)
                .text_key(self.world.policy, row.1, kind)
                .is_some(),
        }
    }

    /// Whether a conflict of evidence stands between two rows of different sides.
    pub(super) fn conflict(&self, left: u32, right: u32, conflict: Conflict) -> bool {
        let kind = match conflict {
            Conflict::Mac => Evidence::Mac,
            Conflict::Serial => Evidence::Serial,
            Conflict::Rejected => return false,
        };
        let (left, right) = ((Side::Left, left), (Side::Right, right));
        self.has(left, kind) && self.has(right, kind) && !self.agree(left, right, kind)
    }
}

fn is_common(common: &[CommonMac], mac: MacAddr) -> bool {
    !common.is_empty() && common.binary_search_by(|entry| entry.mac.cmp(&mac)).is_ok()
}

/// Whether two sorted lists have a member in common.
fn intersect(mut a: &[u128], mut b: &[u128]) -> bool {
    while let (Some(x), Some(y)) = (a.first(), b.first()) {
        match x.cmp(y) {
            Ordering::Less => a = &a[1..],
            Ordering::Greater => b = &b[1..],
            Ordering::Equal => return true,
        }
    }
    false
}
