//! Destination organisations, found by ids, names and parts of names.

use std::collections::{BTreeMap, BTreeSet};

use crate::identity::{EntityRef, NameLevel, OrganizationName};
use crate::inventory::{Organization, SharedId};
use crate::mapping::fuzzy::Blocks;

/// A shorter part of a name says nothing.
const SHORTEST_PART: usize = 3;

/// What separates the parts of a name.
const SEPARATORS: &[&str] = &[" - ", " – ", " — ", " | ", " / ", " \\ ", ": ", " (", ", "];

/// Destination organisations by what their names can be found by.
#[derive(Debug)]
pub(in crate::mapping) struct Companies<'a> {
    pub(in crate::mapping) rows: Vec<&'a Organization>,
    pub(super) names: Vec<Option<OrganizationName>>,
    pub(super) by_entity: BTreeMap<&'a EntityRef, u32>,
    pub(super) by_id: BTreeMap<&'a SharedId, Vec<u32>>,
    pub(super) by_name: BTreeMap<NameLevel, BTreeMap<String, Vec<u32>>>,
    pub(super) by_part: BTreeMap<String, Vec<u32>>,
    pub(super) blocks: Blocks,
}

/// From strict to lenient: a name that is equal at one is equal at all that follow.
pub(super) const LEVELS: [NameLevel; 3] =
    [NameLevel::Exact, NameLevel::Folded, NameLevel::Normalized];

impl<'a> Companies<'a> {
    pub(in crate::mapping) fn new(rows: Vec<&'a Organization>) -> Self {
        let names: Vec<_> = rows
            .iter()
            .map(|company| OrganizationName::new(&company.name))
            .collect();
        let mut companies = Self {
            rows,
            names,
            by_entity: BTreeMap::new(),
            by_id: BTreeMap::new(),
            by_name: BTreeMap::new(),
            by_part: BTreeMap::new(),
            blocks: Blocks::default(),
        };
        for (row, (company, name)) in (0u32..).zip(companies.rows.iter().zip(&companies.names)) {
            companies.by_entity.insert(&company.entity, row);
            for id in &company.shared_ids {
                companies.by_id.entry(id).or_default().push(row);
            }
            let Some(name) = name else { continue };
            for level in LEVELS {
                let at = companies.by_name.entry(level).or_default();
                at.entry(name.at(level).to_owned()).or_default().push(row);
            }
            for part in parts(&company.name) {
                companies.by_part.entry(part).or_default().push(row);
            }
        }
        let rows = (0u32..)
            .zip(&companies.names)
            .filter_map(|(row, name)| Some((row, name.as_ref()?)));
        companies.blocks = Blocks::new(rows);
        companies
    }

    pub(super) fn named(&self, level: NameLevel, name: &str) -> &[u32] {
        self.by_name
            .get(&level)
            .and_then(|at| at.get(name))
            .map_or(&[], Vec::as_slice)
    }
}

/// The normalised parts of a name that could be a whole name by themselves: what stands before each separator, and
/// after the last.
pub(super) fn parts(name: &str) -> BTreeSet<String> {
    let mut cuts: Vec<(usize, usize)> = SEPARATORS
        .iter()
        .flat_map(|separator| {
            name.match_indices(separator)
                .map(|(at, found)| (at, at + found.len()))
        })
        .collect();
    cuts.sort_unstable();
    let before = cuts.iter().map(|(start, _)| &name[..*start]);
    let after = cuts
        .last()
        .map(|(_, end)| name[*end..].trim_end_matches(')'));
    before
        .take(4)
        .chain(after)
        .filter_map(OrganizationName::new)
        .map(|part| part.normalized().to_owned())
        .filter(|part| part.chars().count() >= SHORTEST_PART)
        .collect()
}
