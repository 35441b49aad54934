//! How alike two organisation names are. For suggestions only: likeness never decides.

use rapidfuzz::distance::{jaro_winkler, osa};
use serde::{Deserialize, Serialize};

use super::OrganizationName;

/// In what way two names are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
#[non_exhaustive]
pub enum Likeness {
    /// The normalised names are equal.
    Equal,
    /// A few characters were added, left out, replaced or swapped.
    Typing {
        /// How many such edits lead from one name to the other.
        edits: u16,
    },
    /// Much of the spelling agrees, from the start of the name above all.
    Spelling,
    /// The same words, or nearly, in another order.
    WordOrder,
    /// Some words are the same.
    SharedWords {
        /// How many.
        shared: u16,
    },
}

/// How alike two names are, and in what way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Similarity {
    /// From 0 (nothing in common) to 1000 (equal).
    pub per_mille: u16,
    /// What the score rests on.
    pub likeness: Likeness,
}

/// Longer names are compared by their first characters only, which bounds the cost of a hostile one.
const COMPARED: usize = 256;

/// Up to this many edits count as slips of typing.
const SLIPS: usize = 2;

impl OrganizationName {
    /// Compares two normalised names by spelling, by words in any order and by shared words, and
    /// gives the best score. The order of the two does not matter.
    ///
    /// ```
    /// use reconcile::identity::{Likeness, OrganizationName};
    ///
    /// let name = |text| OrganizationName::new(text).unwrap();
    /// let typo = name("Nothwind Traders GmbH").similarity(&name("Northwind Traders"));
    /// assert_eq!(typo.likeness, Likeness::Typing { edits: 1 });
    /// assert!(typo.per_mille > 950);
    /// let turned = name("Harbor Blue Dental").similarity(&name("Blue Harbor Dental"));
    /// assert_eq!(turned.likeness, Likeness::WordOrder);
    /// ```
    pub fn similarity(&self, other: &Self) -> Similarity {
        let (a, b) = (self.normalized(), other.normalized());
        if a == b {
            return Similarity {
                per_mille: 1000,
                likeness: Likeness::Equal,
            };
        }
        let (spelling, edits) = alike(a, b);
        let spelled = match u16::try_from(edits) {
            Ok(edits) if usize::from(edits) <= SLIPS => Likeness::Typing { edits },
            _ => Likeness::Spelling,
        };
        let mut best = Similarity {
            per_mille: spelling,
            likeness: spelled,
        };
        let (a, b) = (sorted_words(a), sorted_words(b));
        if a.len() > 1 || b.len() > 1 {
            // A little less than the same score in the same order, and less again where words
            // are missing.
            let (in_order, _) = alike(&a.join(" "), &b.join(" "));
            let (shared, agreement) = shared_words(&a, &b);
            for (per_mille, likeness) in [
                (in_order.saturating_sub(20), Likeness::WordOrder),
                (
                    agreement.saturating_sub(40),
                    Likeness::SharedWords { shared },
                ),
            ] {
                if per_mille > best.per_mille {
                    best = Similarity {
                        per_mille,
                        likeness,
                    };
                }
            }
        }
        // Only equal names are wholly alike.
        best.per_mille = best.per_mille.min(999);
        best
    }
}

/// The likeness of two texts from 0 to 1000, and the number of edits between them.
///
/// Everything that knows the similarity library stands here.
fn alike(a: &str, b: &str) -> (u16, usize) {
    // One order for both, so that the answer cannot depend on which side asked.
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    let (a, b): (Vec<char>, Vec<char>) = (
        a.chars().take(COMPARED).collect(),
        b.chars().take(COMPARED).collect(),
    );
    let winkler = jaro_winkler::normalized_similarity(a.iter().copied(), b.iter().copied());
    let edits = osa::distance(a.iter().copied(), b.iter().copied());
    let longest = a.len().max(b.len()).max(1);
    let by_edits = (longest - edits.min(longest)) * 1000 / longest;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..=1000; a cast of NaN gives 0"
    )]
    let by_winkler = (winkler * 1000.0).round().clamp(0.0, 1000.0) as u16;
    (by_winkler.max(u16::try_from(by_edits).unwrap_or(0)), edits)
}

fn sorted_words(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split(' ').take(COMPARED).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// How many words two sorted lists share, and that as a share of all their words, out of 1000.
fn shared_words(a: &[&str], b: &[&str]) -> (u16, u16) {
    let shared = a
        .iter()
        .filter(|word| b.binary_search(word).is_ok())
        .count();
    let share = 2 * shared * 1000 / (a.len() + b.len()).max(1);
    (
        u16::try_from(shared).unwrap_or(u16::MAX),
        u16::try_from(share).unwrap_or(1000),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::OrganizationName;
    use super::{Likeness, Similarity};

    fn compare(a: &str, b: &str) -> Similarity {
        OrganizationName::new(a)
            .unwrap()
            .similarity(&OrganizationName::new(b).unwrap())
    }

    #[test]
    fn u06_the_way_two_names_are_alike_is_told() {
        assert_eq!(compare("Acme Ltd", "ACME Inc").likeness, Likeness::Equal);
        assert_eq!(
            compare("Acme Dental", "Amce Dental").likeness,
            Likeness::Typing { edits: 1 }
        );
        assert_eq!(
            compare("Acme Dental", "Dental Acme").likeness,
            Likeness::WordOrder
        );
        assert_eq!(
            compare("Acme Dental", "Acme Dental Clinics of the North").likeness,
            Likeness::Spelling
        );
        let shared = compare(
            "Stadtwerke Rhein Neckar",
            "Energie Neckar Rhein Stadtwerke Verbund",
        );
        assert!(
            matches!(shared.likeness, Likeness::SharedWords { shared: 3 }),
            "{shared:?}"
        );
    }

    #[test]
    fn u06_near_names_score_above_far_ones() {
        let near = compare("Northwind Traders", "Nothwind Traders").per_mille;
        let far = compare("Northwind Traders", "Contoso Motors").per_mille;
        assert!(near > 950, "{near}");
        assert!(far < 650, "{far}");
        assert!(compare("Müller Bau", "Mueller Bau").per_mille > 900);
    }

    #[test]
    fn a_hostile_name_is_bounded() {
        let long = "x".repeat(1_000_000);
        assert!(compare(&long, "short").per_mille < 500);
    }

    proptest! {
        #[test]
        fn likeness_is_symmetric_and_bounded(a in "[a-e ]{1,14}|\\PC{1,6}", b in "[a-e ]{1,14}|\\PC{1,6}") {
            let (Some(a), Some(b)) = (OrganizationName::new(&a), OrganizationName::new(&b)) else {
                return Ok(());
            };
            let similarity = a.similarity(&b);
            prop_assert_eq!(similarity, b.similarity(&a));
            prop_assert_eq!(similarity.per_mille == 1000, a.normalized() == b.normalized());
        }
    }
}
