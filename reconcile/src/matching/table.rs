//! Both inventories as columns of numbers, gathered in one pass over the host's rows.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use hashbrown::HashMap;

use super::cascade::MatchError;
use super::join::MOST_ROWS;
use super::policy::MatchPolicy;
use super::rule::Evidence;
use super::verdict::{Exclusion, Ignored, IgnoredKind, Verdict};
use super::{DeviceRow, Side};
use crate::identity::{MacAddr, device_ip, ip_number};

/// The host's rows, whatever their type. Texts are read where they lie, and only where a rule needs them.
pub(super) trait Source {
    fn macs(&self, row: u32) -> Vec<MacAddr>;
    fn ips(&self, row: u32) -> Vec<IpAddr>;
    fn text(&self, row: u32, kind: Evidence) -> Option<&str>;
    fn excluded(&self, row: u32) -> Option<&str>;
}

struct Rows<'a, T>(&'a [T]);

impl<T: DeviceRow> Source for Rows<'_, T> {
    fn macs(&self, row: u32) -> Vec<MacAddr> {
        self.0[row as usize].macs().collect()
    }

    fn ips(&self, row: u32) -> Vec<IpAddr> {
        self.0[row as usize].ips().collect()
    }

    fn text(&self, row: u32, kind: Evidence) -> Option<&str> {
        let row = &self.0[row as usize];
        match kind {
            Evidence::Name => Some(row.name()),
            Evidence::Serial => row.serial(),
            Evidence::Field(number) => row.field(number),
            Evidence::Mac | Evidence::Ip => None,
        }
    }

    fn excluded(&self, row: u32) -> Option<&str> {
        self.0[row as usize].excluded()
    }
}

/// The row takes no part.
const OUT: u32 = u32::MAX;

/// Numbers that belong to rows, some to each.
#[derive(Debug)]
struct Lists<V> {
    ends: Vec<u32>,
    values: Vec<V>,
}

impl<V: Ord + Copy> Lists<V> {
    fn with_capacity(rows: usize) -> Self {
        Lists {
            ends: Vec::with_capacity(rows),
            values: Vec::with_capacity(rows),
        }
    }

    fn start(&self) -> usize {
        self.ends.last().map_or(0, |end| *end as usize)
    }

    /// Ends the list of a row: sorts it and drops repeats.
    fn end(&mut self) -> Result<(), MatchError> {
        let start = self.start();
        self.values[start..].sort_unstable();
        let mut kept = start;
        for place in start..self.values.len() {
            if place == start || self.values[place] != self.values[kept - 1] {
                self.values[kept] = self.values[place];
                kept += 1;
            }
        }
        self.values.truncate(kept);
        self.ends
            .push(u32::try_from(kept).map_err(|_| MatchError::TooLarge)?);
        Ok(())
    }

    fn of(&self, row: u32) -> &[V] {
        let row = row as usize;
        let start = if row == 0 {
            0
        } else {
            self.ends[row - 1] as usize
        };
        &self.values[start..self.ends[row] as usize]
    }
}

/// One side.
pub(super) struct Table<'a> {
    pub(super) source: Box<dyn Source + 'a>,
    /// What each row is before any rule: excluded, or unmatched.
    pub(super) verdicts: Vec<Verdict>,
    /// The group of each row, or [`OUT`].
    groups: Vec<u32>,
    macs: Lists<MacAddr>,
    ips: Lists<u128>,
    // Rows by group: those of group g stand before `group_ends[g]`.
    group_ends: Vec<u32>,
    by_group: Vec<u32>,
}

impl Table<'_> {
    /// How many rows there are, those that take no part included.
    pub(super) fn len(&self) -> usize {
        self.groups.len()
    }

    /// The usable MAC addresses of a row, sorted.
    pub(super) fn macs(&self, row: u32) -> &[MacAddr] {
        self.macs.of(row)
    }

    /// The usable IP addresses of a row as numbers, sorted.
    pub(super) fn ips(&self, row: u32) -> &[u128] {
        self.ips.of(row)
    }

    /// The group of a row; `None` if it takes no part.
    pub(super) fn group(&self, row: u32) -> Option<u32> {
        self.groups
            .get(row as usize)
            .copied()
            .filter(|group| *group != OUT)
    }

    /// The rows of a group, in order.
    pub(super) fn rows(&self, group: u32) -> &[u32] {
        let group = group as usize;
        let start = if group == 0 {
            0
        } else {
            self.group_ends[group - 1] as usize
        };
        &self.by_group[start..self.group_ends[group] as usize]
    }

    /// The form of a row's text that is compared, if it is a key.
    pub(super) fn text_key(
        &self,
        policy: &MatchPolicy,
        row: u32,
        kind: Evidence,
    ) -> Option<Cow<'_, str>> {
        policy.text_key(kind, self.source.text(row, kind)?).ok()
    }

    /// Sorts the rows by group, by counting.
    fn sort(&mut self, groups: usize) {
        let mut ends = vec![0_u32; groups];
        for group in self.groups.iter().filter(|group| **group != OUT) {
            ends[*group as usize] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            (*end, total) = (total, total + *end);
        }
        self.by_group = vec![0; total as usize];
        for (row, group) in (0_u32..).zip(&self.groups) {
            if *group != OUT {
                let next = &mut ends[*group as usize];
                self.by_group[*next as usize] = row;
                *next += 1;
            }
        }
        self.group_ends = ends;
    }
}

/// Both sides, and the organisations that they have in common.
pub(super) struct World<'a> {
    pub(super) policy: &'a MatchPolicy,
    pub(super) left: Table<'a>,
    pub(super) right: Table<'a>,
    /// The host's number of each group.
    pub(super) organizations: Vec<u32>,
    pub(super) ignored: Vec<Ignored>,
}

impl<'a> World<'a> {
    pub(super) fn gather<L: DeviceRow, R: DeviceRow>(
        policy: &'a MatchPolicy,
        left: &'a [L],
        right: &'a [R],
    ) -> Result<Self, MatchError> {
        let mut gathering = Gathering {
            policy,
            numbers: HashMap::new(),
            ignored: BTreeMap::new(),
        };
        let mut left = gathering.table(Side::Left, left)?;
        let mut right = gathering.table(Side::Right, right)?;
        let mut organizations = vec![0; gathering.numbers.len()];
        for (organization, group) in gathering.numbers {
            organizations[group as usize] = organization;
        }
        left.sort(organizations.len());
        right.sort(organizations.len());
        let ignored = gathering
            .ignored
            .into_iter()
            .map(|((side, kind), values)| Ignored { side, kind, values })
            .collect();
        Ok(World {
            policy,
            left,
            right,
            organizations,
            ignored,
        })
    }

    pub(super) fn table(&self, side: Side) -> &Table<'a> {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }
}

struct Gathering<'p> {
    policy: &'p MatchPolicy,
    // From the host's number to ours. Its order shows nowhere.
    numbers: HashMap<u32, u32>,
    ignored: BTreeMap<(Side, IgnoredKind), u64>,
}

impl Gathering<'_> {
    fn table<'a, T: DeviceRow>(
        &mut self,
        side: Side,
        rows: &'a [T],
    ) -> Result<Table<'a>, MatchError> {
        if u32::try_from(rows.len()).is_ok_and(|count| count < MOST_ROWS) {
            let mut table = Table {
                source: Box::new(Rows(rows)),
                verdicts: Vec::with_capacity(rows.len()),
                groups: Vec::with_capacity(rows.len()),
                macs: Lists::with_capacity(rows.len()),
                ips: Lists::with_capacity(rows.len()),
                group_ends: Vec::new(),
                by_group: Vec::new(),
            };
            rows.iter()
                .try_for_each(|row| self.row(side, row, &mut table))?;
            Ok(table)
        } else {
            Err(MatchError::TooLarge)
        }
    }

    fn row<T: DeviceRow>(
        &mut self,
        side: Side,
        row: &T,
        table: &mut Table<'_>,
    ) -> Result<(), MatchError> {
        let cause = match row.organization() {
            _ if row.excluded().is_some() => Err(Exclusion::ByHost),
            Some(organization) => Ok(organization),
            None => Err(Exclusion::OrganizationNotMapped),
        };
        match cause {
            Ok(organization) => {
                let next = self.numbers.len();
                // Fewer organisations than rows, and those fit.
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "at most twice as many as rows of one side"
                )]
                let group = *self.numbers.entry(organization).or_insert(next as u32);
                table.groups.push(group);
                table.verdicts.push(Verdict::UNMATCHED);
                for mac in row.macs() {
                    match self.policy.mac_policy().usable(mac) {
                        Ok(()) => table.macs.values.push(mac),
                        Err(unusable) => self.ignore(side, IgnoredKind::Mac(unusable.class)),
                    }
                }
                if self.policy.needs_ips() {
                    for ip in row.ips() {
                        match device_ip(ip) {
                            Ok(ip) => table.ips.values.push(ip_number(ip)),
                            Err(unusable) => self.ignore(side, IgnoredKind::Ip(unusable)),
                        }
                    }
                }
            }
            Err(cause) => {
                table.groups.push(OUT);
                table.verdicts.push(Verdict::Excluded { cause });
            }
        }
        table.macs.end()?;
        table.ips.end()
    }

    fn ignore(&mut self, side: Side, kind: IgnoredKind) {
        *self.ignored.entry((side, kind)).or_insert(0) += 1;
    }
}
