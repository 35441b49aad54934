//! Blocking: which names are worth a comparison, so that likeness stays near-linear.

use std::collections::{BTreeMap, BTreeSet};

use crate::identity::OrganizationName;

/// A bucket with more names than this holds a common word or beginning, which tells nothing.
const COMMON: usize = 50;

/// Words of a name that are looked at.
const WORDS: usize = 8;

/// Shorter normalised names are too alike by chance.
const SHORTEST: usize = 4;

/// Names by what a slip of typing, another order or a missing word leaves in place: words, beginnings and ends.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    buckets: BTreeMap<String, Vec<u32>>,
}

impl Blocks {
    pub(super) fn new<'n>(names: impl Iterator<Item = (u32, &'n OrganizationName)>) -> Self {
        let mut buckets: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (row, name) in names {
            for key in keys(name) {
                let bucket = buckets.entry(key).or_default();
                // One more than is common shows that it is.
                if bucket.len() <= COMMON {
                    bucket.push(row);
                }
            }
        }
        buckets.retain(|_, bucket| bucket.len() <= COMMON);
        Self { buckets }
    }

    /// The rows whose names are worth a comparison with this one.
    pub(super) fn near(&self, name: &OrganizationName) -> BTreeSet<u32> {
        keys(name)
            .iter()
            .filter_map(|key| self.buckets.get(key))
            .flatten()
            .copied()
            .collect()
    }
}

fn keys(name: &OrganizationName) -> BTreeSet<String> {
    let normalized = name.normalized();
    let letters: Vec<char> = normalized.chars().filter(|c| *c != ' ').collect();
    if letters.len() < SHORTEST {
        return BTreeSet::new();
    }
    let words = normalized
        .split(' ')
        .take(WORDS)
        .filter(|word| word.chars().count() >= 3);
    let mut keys: BTreeSet<String> = words.map(|word| format!("w{word}")).collect();
    for length in [3, 5] {
        if letters.len() >= length {
            keys.insert(
                std::iter::once('^')
                    .chain(letters[..length].iter().copied())
                    .collect(),
            );
            keys.insert(
                std::iter::once('$')
                    .chain(letters[letters.len() - length..].iter().copied())
                    .collect(),
            );
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::{Blocks, COMMON};
    use crate::identity::OrganizationName;

    fn blocks(names: &[OrganizationName]) -> Blocks {
        Blocks::new(
            names
                .iter()
                .enumerate()
                .map(|(row, name)| (u32::try_from(row).unwrap(), name)),
        )
    }

    fn name(text: &str) -> OrganizationName {
        OrganizationName::new(text).unwrap()
    }

    #[test]
    fn a_slip_anywhere_keeps_a_common_bucket() {
        let known = [name("Northwind Traders"), name("Fabrikam")];
        let blocks = blocks(&known);
        for text in [
            "Nortwhind Traders",
            "Xorthwind Traders",
            "Northwind Tradexs",
            "Traders Northwind",
        ] {
            assert!(blocks.near(&name(text)).contains(&0), "{text}");
        }
        assert!(blocks.near(&name("Contoso")).is_empty());
        assert!(
            blocks.near(&name("abc")).is_empty(),
            "too short to be alike but by chance"
        );
    }

    #[test]
    fn a_common_word_is_no_reason_to_compare() {
        let known: Vec<_> = (0..=COMMON)
            .map(|n| name(&format!("{n:03} Dental {n:03}")))
            .collect();
        let near = blocks(&known).near(&name("Quux Dental Frob"));
        assert!(near.is_empty());
    }

    #[test]
    fn a_thousand_a_side_are_not_compared_all_with_all() {
        let known: Vec<_> = (0..1_000)
            .map(|n| name(&format!("Dental Practice {n:04}")))
            .collect();
        let blocks = blocks(&known);
        let ours = (0..1_000).map(|n| name(&format!("Practice Dental {n:04}")));
        let comparisons: usize = ours.map(|ours| blocks.near(&ours).len()).sum();
        assert!((1_000..=100_000).contains(&comparisons), "{comparisons}");
    }
}
