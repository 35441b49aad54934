//! Finding what two sides share, by sorting.
//!
//! Rows are numbers local to one organisation. Nothing here ever pairs up the holders of a key, so a junk key costs
//! no more than its holders.

/// Values that both sides hold, as numbers, with their holders; by number, then by row, without repeats.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) left: Vec<(u32, u32)>,
    pub(super) right: Vec<(u32, u32)>,
}

impl Keys {
    /// Numbers the values that occur on both sides and forgets the others.
    pub(super) fn shared<K: Ord>(mut left: Vec<(K, u32)>, mut right: Vec<(K, u32)>) -> Keys {
        let mut keys = Keys::default();
        if left.is_empty() || right.is_empty() {
            return keys;
        }
        for side in [&mut left, &mut right] {
            side.sort_unstable();
            side.dedup();
        }
        let (mut left, mut right) = (&left[..], &right[..]);
        let mut number = 0;
        while let (Some((a, _)), Some((b, _))) = (left.first(), right.first()) {
            // A run is counted only once: where both sides have it, or where it is passed over.
            let order = a.cmp(b);
            let own = if order.is_le() {
                left.iter().take_while(|(key, _)| key == a).count()
            } else {
                0
            };
            let other = if order.is_ge() {
                right.iter().take_while(|(key, _)| key == b).count()
            } else {
                0
            };
            if order.is_eq() {
                keys.left
                    .extend(left[..own].iter().map(|(_, row)| (number, *row)));
                keys.right
                    .extend(right[..other].iter().map(|(_, row)| (number, *row)));
                number += 1;
            }
            left = &left[own..];
            right = &right[other..];
        }
        keys
    }

    /// The keys made of one key of each kind that a row holds together.
    pub(super) fn and(self, other: Keys) -> Keys {
        Keys::shared(
            combined(self.left, other.left),
            combined(self.right, other.right),
        )
    }

    /// Calls `each` with the rows of both sides that hold one key, key by key.
    pub(super) fn each(&self, mut each: impl FnMut(Rows<'_>, Rows<'_>)) {
        let row: fn(&(u32, u32)) -> u32 = |held| held.1;
        let (mut left, mut right) = (&self.left[..], &self.right[..]);
        while let (Some((key, _)), Some(_)) = (left.first(), right.first()) {
            let own = left.iter().take_while(|(other, _)| other == key).count();
            let other = right.iter().take_while(|(other, _)| other == key).count();
            each(left[..own].iter().map(row), right[..other].iter().map(row));
            (left, right) = (&left[own..], &right[other..]);
        }
    }

    /// Who shares a key with whom.
    pub(super) fn hits(&self, left_rows: usize, right_rows: usize) -> Hits {
        let mut hits = Hits::new(left_rows, right_rows);
        self.each(|left, right| hits.key(left, right));
        hits
    }
}

/// Rows that hold one key.
type Rows<'k> = std::iter::Map<std::slice::Iter<'k, (u32, u32)>, fn(&(u32, u32)) -> u32>;

/// For each row, every pair of one key of `a` and one of `b`.
fn combined(mut a: Vec<(u32, u32)>, mut b: Vec<(u32, u32)>) -> Vec<(u64, u32)> {
    a.sort_unstable_by_key(|(key, row)| (*row, *key));
    b.sort_unstable_by_key(|(key, row)| (*row, *key));
    let mut pairs = Vec::with_capacity(a.len().min(b.len()));
    let mut rest = &b[..];
    for (first, row) in a {
        rest = &rest[rest.partition_point(|(_, other)| *other < row)..];
        let same = rest.iter().take_while(|(_, other)| *other == row);
        pairs.extend(same.map(|(second, _)| (u64::from(first) << 32 | u64::from(*second), row)));
    }
    pairs
}

/// The row shares no key with the other side.
const APART: u32 = u32::MAX;
/// The row shares keys, none of them usable.
const UNUSABLE: u32 = u32::MAX - 1;
/// The usable keys of the row name more than one partner.
const SEVERAL: u32 = u32::MAX - 2;

/// More rows than this cannot be told from the marks above.
pub(super) const MOST_ROWS: u32 = SEVERAL;

/// Whom the keys of each row name on the other side.
#[derive(Debug)]
pub(super) struct Hits {
    left: Vec<u32>,
    right: Vec<u32>,
}

impl Hits {
    pub(super) fn new(left_rows: usize, right_rows: usize) -> Hits {
        Hits {
            left: vec![APART; left_rows],
            right: vec![APART; right_rows],
        }
    }

    /// Takes note of one key and all its holders. It names nobody if a side has none.
    pub(super) fn key(
        &mut self,
        left: impl Iterator<Item = u32> + Clone,
        right: impl Iterator<Item = u32> + Clone,
    ) {
        match (only(left.clone()), only(right.clone())) {
            (Some(left), Some(right)) => {
                name(&mut self.left[left as usize], right);
                name(&mut self.right[right as usize], left);
            }
            _ if left.clone().next().is_none() || right.clone().next().is_none() => {}
            _ => {
                left.for_each(|row| touch(&mut self.left[row as usize]));
                right.for_each(|row| touch(&mut self.right[row as usize]));
            }
        }
    }

    /// Whether a row on the left shares any key.
    pub(super) fn left_touched(&self, row: u32) -> bool {
        self.left[row as usize] != APART
    }

    /// Whether a row on the right shares any key.
    pub(super) fn right_touched(&self, row: u32) -> bool {
        self.right[row as usize] != APART
    }

    /// The partner of a row on the left, if the usable keys of both name only each other.
    pub(super) fn partner(&self, left: u32) -> Option<u32> {
        let right = self.left[left as usize];
        let back = *self.right.get(right as usize)?;
        (back == left).then_some(right)
    }

    /// The partner of a row on the right, in the same sense.
    pub(super) fn partner_of_right(&self, right: u32) -> Option<u32> {
        let left = self.right[right as usize];
        let back = *self.left.get(left as usize)?;
        (back == right).then_some(left)
    }
}

fn only(mut rows: impl Iterator<Item = u32>) -> Option<u32> {
    let first = rows.next()?;
    rows.next().is_none().then_some(first)
}

fn name(slot: &mut u32, partner: u32) {
    if *slot != partner {
        *slot = if *slot <= SEVERAL { SEVERAL } else { partner };
    }
}

fn touch(slot: &mut u32) {
    if *slot == APART {
        *slot = UNUSABLE;
    }
}

#[cfg(test)]
mod tests {
    use super::Keys;

    #[test]
    fn only_shared_values_become_keys() {
        let keys = Keys::shared(
            vec![("b", 1), ("a", 0), ("b", 0), ("b", 1)],
            vec![("b", 5), ("c", 6)],
        );
        assert_eq!(keys.left, [(0, 0), (0, 1)]);
        assert_eq!(keys.right, [(0, 5)]);
        assert!(Keys::shared(vec![("a", 0)], Vec::new()).left.is_empty());
    }

    #[test]
    fn a_combined_key_is_held_together() {
        let first = Keys::shared(vec![(1, 0), (1, 1), (2, 1)], vec![(1, 0), (2, 0), (2, 1)]);
        let second = Keys::shared(vec![('x', 0), ('y', 1)], vec![('x', 0), ('y', 1)]);
        let both = first.and(second);
        // 1x on both sides by row 0; 2y by row 1; 1y only on the left, 2x only on the right.
        assert_eq!(both.left, [(0, 0), (1, 1)]);
        assert_eq!(both.right, [(0, 0), (1, 1)]);
    }

    #[test]
    fn partners_name_only_each_other() {
        // Left 0 and right 0 share one key alone; left 1 has unique keys with right 1 and right 2.
        let keys = Keys::shared(
            vec![("a", 0), ("b", 1), ("c", 1), ("d", 2), ("d", 3), ("e", 3)],
            vec![("a", 0), ("b", 1), ("c", 2), ("d", 3), ("e", 3)],
        );
        let hits = keys.hits(5, 5);
        assert_eq!(hits.partner(0), Some(0));
        assert_eq!(hits.partner(1), None);
        // The key that 2 and 3 share is not usable, so the own key of 3 decides.
        assert_eq!(hits.partner(2), None);
        assert_eq!(hits.partner(3), Some(3));
        assert_eq!(hits.partner_of_right(3), Some(3));
        assert!(hits.left_touched(2) && !hits.left_touched(4));
        assert!(hits.right_touched(2) && !hits.right_touched(4));
    }
}
