//! Properties over small inventories full of collisions.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::super::{
    Basis, Conflict, Evidence, Explainer, Fate, MatchPolicy, Matcher, Matching, Rule, Side,
    Unmatched, Verdict,
};
use super::Device;
use super::oracle::{Answer, Choices, Oracle};

const MACS: [&str; 6] = [
    "00:1b:21:00:00:01",
    "00:1b:21:00:00:02",
    "00:1b:21:00:00:03",
    "02:42:00:00:00:04",
    "00:00:00:1b:21:00:00:01",
    "00:00:5e:00:01:01",
];
const IPS: [&str; 5] = [
    "10.0.0.1",
    "::ffff:10.0.0.1",
    "10.0.0.2",
    "fd00::1",
    "169.254.0.1",
];
const NAMES: [&str; 6] = ["", "alpha", " ALPHA", "beta", "gamma", "localhost"];
const SERIALS: [&str; 4] = ["SERIAL-1", "serial-1", "SERIAL-2", "None"];

fn devices() -> impl Strategy<Value = Vec<Device>> {
    let device = (
        prop_oneof![6 => Just(Some(1)), 2 => Just(Some(77)), 1 => Just(None)],
        vec(select(&MACS[..]), 0..4),
        vec(select(&IPS[..]), 0..3),
        select(&NAMES[..]),
        option::of(select(&SERIALS[..])),
        option::of(select(&["T1", "t1 ", "T2", " "][..])),
        prop_oneof![9 => Just(None), 1 => Just(Some("ignored".to_owned()))],
    )
        .prop_map(
            |(organization, macs, ips, name, serial, tag, excluded)| Device {
                organization,
                macs: macs.iter().map(|mac| mac.parse().unwrap()).collect(),
                ips: ips.iter().map(|ip| ip.parse().unwrap()).collect(),
                name: name.to_owned(),
                serial: serial.map(str::to_owned),
                tag: tag.map(str::to_owned),
                excluded,
            },
        );
    vec(device, 0..8)
}

fn choices() -> impl Strategy<Value = Choices> {
    let rules = [
        "mac+ip",
        "mac",
        "name",
        "serial",
        "mac+serial",
        "ip+name",
        "field0",
        "mac+ip+name",
    ];
    let rules: Vec<Rule> = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    let reference = vec![Rule::MAC_AND_IP, Rule::MAC, Rule::NAME];
    let chosen = prop_oneof![
        Just(reference),
        subsequence(rules.clone(), 0..5).prop_shuffle(),
    ];
    let kinds = vec![
        Evidence::Name,
        Evidence::Serial,
        Evidence::Ip,
        Evidence::Mac,
        Evidence::Field(0),
    ];
    (
        chosen,
        subsequence(rules, 0..2),
        subsequence(vec![Conflict::Mac, Conflict::Serial], 0..=2),
        prop_oneof![Just(Vec::new()), subsequence(kinds, 0..3).prop_shuffle()],
        option::of(2..4_u32),
    )
        .prop_map(|(rules, held, vetoes, ties, common)| Choices {
            rules,
            held,
            vetoes,
            ties,
            common,
        })
}

/// Pairs of rows that are there, each row at most once.
fn pairs_of(left: usize, right: usize, wanted: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for (l, r) in wanted {
        let fits = (*l as usize) < left && (*r as usize) < right;
        if fits && pairs.iter().all(|(a, b)| a != l && b != r) {
            pairs.push((*l, *r));
        }
    }
    pairs
}

fn answer(verdict: Verdict) -> Answer {
    match verdict {
        Verdict::Excluded { .. } => Answer::Out,
        Verdict::Matched {
            basis: Basis::Confirmed,
            partner,
            ..
        } => Answer::Confirmed(partner),
        Verdict::Matched {
            basis: Basis::Rule(rule),
            partner,
            ..
        } => Answer::Matched(rule, partner),
        Verdict::Suggested { rule, partner, .. } => Answer::Suggested(rule, partner),
        Verdict::Ambiguous { rule } => Answer::Ambiguous(rule),
        Verdict::Unmatched {
            cause:
                Unmatched::Vetoed {
                    rule,
                    candidate,
                    conflict,
                },
        } => Answer::Vetoed(rule, candidate, conflict),
        Verdict::Unmatched {
            cause: Unmatched::NothingShared,
        } => Answer::Nothing,
    }
}

/// The verdict with its partner's row renamed.
fn renamed(verdict: Verdict, rows: &[u32]) -> Verdict {
    let new = |row: u32| rows[row as usize];
    match verdict {
        Verdict::Matched {
            basis,
            partner,
            flags,
        } => Verdict::Matched {
            basis,
            partner: new(partner),
            flags,
        },
        Verdict::Suggested {
            rule,
            partner,
            flags,
        } => Verdict::Suggested {
            rule,
            partner: new(partner),
            flags,
        },
        Verdict::Unmatched {
            cause:
                Unmatched::Vetoed {
                    rule,
                    candidate,
                    conflict,
                },
        } => Verdict::Unmatched {
            cause: Unmatched::Vetoed {
                rule,
                candidate: new(candidate),
                conflict,
            },
        },
        other => other,
    }
}

/// The new row of each old row, by sorting the rows by random numbers.
fn permutation(rows: usize, numbers: &[u32]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..rows).collect();
    order.sort_by_key(|row| numbers.get(*row).copied().unwrap_or(0));
    let mut new = vec![0; rows];
    for (place, row) in (0..).zip(order) {
        new[row] = place;
    }
    new
}

fn shuffled<T: Clone>(rows: &[T], new: &[u32]) -> Vec<T> {
    let mut order: Vec<(u32, T)> = new.iter().copied().zip(rows.iter().cloned()).collect();
    order.sort_by_key(|(place, _)| *place);
    order.into_iter().map(|(_, row)| row).collect()
}

fn swapped(pairs: &[(u32, u32)]) -> Vec<(u32, u32)> {
    pairs.iter().map(|(l, r)| (*r, *l)).collect()
}

fn check_shape(matching: &Matching, left: &[Device], right: &[Device]) {
    assert_eq!(
        (matching.left.len(), matching.right.len()),
        (left.len(), right.len())
    );
    let counts = matching.counts();
    assert_eq!(
        (counts.left.total(), counts.right.total()),
        (left.len(), right.len())
    );
    assert_eq!(
        (counts.left.matched, counts.left.suggested),
        (counts.right.matched, counts.right.suggested)
    );
    for (side, other) in [
        (&matching.left, &matching.right),
        (&matching.right, &matching.left),
    ] {
        for (row, verdict) in (0..).zip(side) {
            if let Some(partner) = verdict.partner() {
                assert_eq!(
                    other[partner as usize],
                    renamed(*verdict, &vec![row; left.len().max(right.len())])
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn equals_the_direct_matcher(
        left in devices(),
        right in devices(),
        choices in choices(),
        wanted in vec((0..8_u32, 0..8_u32), 0..3),
        rejected in vec((0..8_u32, 0..8_u32), 0..6),
    ) {
        let policy = choices.policy();
        let confirmed = pairs_of(left.len(), right.len(), &wanted);
        let matching = Matcher::new(&policy).confirmed(&confirmed).rejected(&rejected).run(&left, &right).unwrap();
        let oracle = Oracle { choices: &choices, sides: [&left, &right], rejected: &rejected };
        let [ours, theirs] = oracle.run(&confirmed);
        prop_assert_eq!(matching.left.iter().copied().map(answer).collect::<Vec<_>>(), ours);
        prop_assert_eq!(matching.right.iter().copied().map(answer).collect::<Vec<_>>(), theirs);
        check_shape(&matching, &left, &right);
    }

    #[test]
    fn the_order_of_rows_and_sides_does_not_matter(
        left in devices(),
        right in devices(),
        choices in choices(),
        wanted in vec((0..8_u32, 0..8_u32), 0..3),
        numbers in vec(any::<u32>(), 16),
    ) {
        let policy = choices.policy();
        let confirmed = pairs_of(left.len(), right.len(), &wanted);
        let plain = Matcher::new(&policy).confirmed(&confirmed).rejected(&wanted).run(&left, &right).unwrap();

        let (lefts, rights) = (permutation(left.len(), &numbers), permutation(right.len(), &numbers[8..]));
        let rename = |pairs: &[(u32, u32)]| -> Vec<(u32, u32)> {
            let there = pairs.iter().filter(|(l, r)| (*l as usize) < left.len() && (*r as usize) < right.len());
            there.map(|(l, r)| (lefts[*l as usize], rights[*r as usize])).collect()
        };
        let (new_confirmed, new_rejected) = (rename(&confirmed), rename(&wanted));
        let (new_left, new_right) = (shuffled(&left, &lefts), shuffled(&right, &rights));
        let other = Matcher::new(&policy)
            .confirmed(&new_confirmed)
            .rejected(&new_rejected)
            .run(&new_left, &new_right)
            .unwrap();
        let expected: Vec<Verdict> = plain.left.iter().map(|verdict| renamed(*verdict, &rights)).collect();
        prop_assert_eq!(&other.left, &shuffled(&expected, &lefts));
        let expected: Vec<Verdict> = plain.right.iter().map(|verdict| renamed(*verdict, &lefts)).collect();
        prop_assert_eq!(&other.right, &shuffled(&expected, &rights));
        prop_assert_eq!(&other.common_macs, &plain.common_macs);
        prop_assert_eq!(&other.ignored, &plain.ignored);

        let (confirmed, rejected) = (swapped(&confirmed), swapped(&wanted));
        let turned = Matcher::new(&policy).confirmed(&confirmed).rejected(&rejected).run(&right, &left).unwrap();
        prop_assert_eq!(&turned.left, &plain.right);
        prop_assert_eq!(&turned.right, &plain.left);
    }

    #[test]
    fn explanations_agree_with_verdicts(left in devices(), right in devices(), choices in choices()) {
        let policy = choices.policy();
        let matching = Matcher::new(&policy).run(&left, &right).unwrap();
        let explainer = Explainer::new(&matching, &left, &right, &policy).unwrap();
        for side in [Side::Left, Side::Right] {
            for (row, verdict) in (0..).zip(matching.side(side)) {
                let told = explainer.explain(side, row).unwrap();
                prop_assert!(!told.to_string().is_empty());
                prop_assert_eq!(told.verdict, *verdict);
                let partner = told.candidates.iter().find(|found| found.fate == Fate::Partner).map(|found| found.row);
                prop_assert_eq!(partner, verdict.partner());
                match verdict {
                    Verdict::Ambiguous { .. } => {
                        prop_assert!(!told.evidence.is_empty());
                        // What would break the tie breaks it, if it is the first to be asked.
                        for tie in &told.would_break {
                            let broken = Choices { ties: vec![tie.by], vetoes: Vec::new(), ..choices.clone() };
                            if choices.ties.is_empty() && choices.vetoes.is_empty() {
                                let again = Matcher::new(&broken.policy()).run(&left, &right).unwrap();
                                prop_assert_eq!(again.side(side)[row as usize].partner(), Some(tie.partner));
                            }
                        }
                    }
                    Verdict::Unmatched { cause: Unmatched::Vetoed { conflict, .. } } => {
                        let vetoed = told.candidates.iter().any(|found| found.fate == Fate::Vetoed(*conflict));
                        prop_assert!(vetoed);
                    }
                    Verdict::Unmatched { .. } => {
                        prop_assert!(told.candidates.iter().all(|found| found.fate == Fate::Taken));
                    }
                    Verdict::Excluded { .. } => prop_assert!(told.evidence.is_empty() && told.candidates.is_empty()),
                    _ => prop_assert!(told.evidence.iter().any(super::super::SharedKey::is_usable)
                        || verdict.flags().contains(super::super::Flags::TIE_BROKEN)),
                }
            }
        }
    }

    #[test]
    fn u20_the_short_way_for_mac_and_ip_is_the_long_way(left in devices(), right in devices()) {
        // With a name on every device that is the same for all, the three kinds build the same keys as the two.
        let named = |rows: &[Device]| -> Vec<Device> {
            rows.iter().map(|row| Device { name: "same".into(), ..row.clone() }).collect()
        };
        let (left, right) = (named(&left), named(&right));
        let short = MatchPolicy::default().rules([Rule::MAC_AND_IP]);
        let long = MatchPolicy::default().rules(["mac+ip+name".parse::<Rule>().unwrap()]);
        let short = Matcher::new(&short).run(&left, &right).unwrap();
        let long = Matcher::new(&long).run(&left, &right).unwrap();
        let partners = |verdicts: &[Verdict]| -> Vec<(Option<u32>, bool)> {
            verdicts.iter().map(|verdict| (verdict.partner(), verdict.rule().is_some())).collect()
        };
        prop_assert_eq!(partners(&short.left), partners(&long.left));
        prop_assert_eq!(partners(&short.right), partners(&long.right));
    }
}
