//! The cascade, rule by rule.

use super::super::{
    Basis, Conflict, Dropped, DroppedPair, Evidence, Exclusion, Flags, MatchError, MatchPolicy,
    Matcher, Matching, Rule, Side, Unmatched, Verdict,
};
use super::{Device, device};

const A: &str = "00:1b:21:00:00:0a";
const B: &str = "00:1b:21:00:00:0b";
const C: &str = "00:1b:21:00:00:0c";

fn run(policy: &MatchPolicy, left: &[Device], right: &[Device]) -> Matching {
    Matcher::new(policy).run(left, right).unwrap()
}

/// Rule and partner of each row on the left.
fn found(matching: &Matching) -> Vec<(Option<Rule>, Option<u32>)> {
    matching
        .left
        .iter()
        .map(|verdict| (verdict.rule(), verdict.partner()))
        .collect()
}

fn ambiguous(rule: Rule) -> Verdict {
    Verdict::Ambiguous { rule }
}

#[test]
fn f098_mac_and_ip_first() {
    // A and B are on both devices of each side (a bond); only with its IP address is each MAC unique.
    let both = format!("{A} {B}");
    let left = [
        device(&both, "10.0.0.1", "x"),
        device(&both, "10.0.0.2", "y"),
    ];
    let right = [
        device(&both, "10.0.0.2", "x"),
        device(&both, "10.0.0.1", "y"),
    ];
    let matching = run(&MatchPolicy::default(), &left, &right);
    let rule = Some(Rule::MAC_AND_IP);
    assert_eq!(found(&matching), [(rule, Some(1)), (rule, Some(0))]);
    assert_eq!(matching.right[1].partner(), Some(0));
}

#[test]
fn f099_mac_where_the_ip_has_changed() {
    let left = [device(A, "10.0.0.1", "x"), device("", "10.0.0.7", "y")];
    let right = [device("", "10.0.0.1", "x"), device(A, "10.0.0.9", "z")];
    let matching = run(&MatchPolicy::default(), &left, &right);
    // The MAC wins over the name, and an IP address alone says nothing.
    assert_eq!(found(&matching), [(Some(Rule::MAC), Some(1)), (None, None)]);
    assert_eq!(matching.right[0], Verdict::UNMATCHED);
}

#[test]
fn f100_name_where_no_mac_agrees() {
    let left = [device(A, "10.0.0.1", " Front-Desk ")];
    let right = [
        device(B, "10.0.0.1", "front-desk"),
        device("", "", "front-desk-2"),
    ];
    let matching = run(&MatchPolicy::default(), &left, &right);
    assert_eq!(found(&matching), [(Some(Rule::NAME), Some(0))]);
    assert!(matching.left[0].flags().contains(Flags::MAC_CONFLICT));
}

#[test]
fn f100_a_name_matches_exactly_or_not_at_all() {
    for (ours, theirs) in [
        ("ap*", "ap1"),
        ("ap[1]", "ap1"),
        ("ap-1", "ap1"),
        ("büro", "buro"),
        ("", ""),
        (" ", ""),
    ] {
        let matching = run(
            &MatchPolicy::default(),
            &[device("", "", ours)],
            &[device("", "", theirs)],
        );
        assert_eq!(
            matching.left[0],
            Verdict::UNMATCHED,
            "{ours:?} and {theirs:?}"
        );
    }
}

#[test]
fn f092_devices_match_inside_their_organization_only() {
    let left = [device(A, "10.0.0.1", "x"), device(A, "10.0.0.1", "x").at(2)];
    let right = [
        device(A, "10.0.0.1", "x").at(2),
        device(A, "10.0.0.1", "x").at(3),
    ];
    let matching = run(&MatchPolicy::default(), &left, &right);
    assert_eq!(
        found(&matching),
        [(None, None), (Some(Rule::MAC_AND_IP), Some(0))]
    );
    assert_eq!(matching.right[1], Verdict::UNMATCHED);
}

#[test]
fn f091_unmapped_and_ignored_devices_take_no_part() {
    let unmapped = Device {
        organization: None,
        ..device(A, "10.0.0.1", "x")
    };
    let ignored = Device {
        excluded: Some("router kind is not supported".into()),
        ..device(B, "10.0.0.2", "y")
    };
    let left = [
        unmapped.clone(),
        ignored.clone(),
        Device {
            organization: None,
            ..ignored
        },
    ];
    let right = [unmapped, device(B, "10.0.0.2", "y")];
    let matching = run(&MatchPolicy::default(), &left, &right);
    let excluded = |cause| Verdict::Excluded { cause };
    assert_eq!(
        matching.left,
        [
            excluded(Exclusion::OrganizationNotMapped),
            excluded(Exclusion::ByHost),
            excluded(Exclusion::ByHost)
        ]
    );
    assert_eq!(
        matching.right,
        [
            excluded(Exclusion::OrganizationNotMapped),
            Verdict::UNMATCHED
        ]
    );
    assert_eq!(matching.counts().left.excluded, 3);
}

#[test]
fn u04_an_ambiguous_device_never_falls_through() {
    // Two clones share A. The names are unique on both sides, and still nobody guesses.
    let left = [device(A, "10.0.0.1", "one"), device(A, "10.0.0.2", "two")];
    let right = [device(A, "10.0.0.3", "one"), device(A, "10.0.0.4", "two")];
    let matching = run(&MatchPolicy::default(), &left, &right);
    assert_eq!(matching.left, [ambiguous(Rule::MAC); 2]);
    assert_eq!(matching.right, [ambiguous(Rule::MAC); 2]);
}

#[test]
fn u04_a_device_that_names_two_partners_is_ambiguous_with_them() {
    let left = [device(&format!("{A} {B}"), "", "x")];
    let right = [device(A, "", "x"), device(B, "", "y")];
    let matching = run(&MatchPolicy::default(), &left, &right);
    assert_eq!(matching.left, [ambiguous(Rule::MAC)]);
    assert_eq!(matching.right, [ambiguous(Rule::MAC); 2]);
}

#[test]
fn u04_only_devices_still_in_the_pool_count() {
    // The first pair leaves at MAC+IP and takes its MAC along, so the clone goes on to the name rule.
    let left = [device(A, "10.0.0.1", "x"), device(A, "10.0.0.2", "clone")];
    let right = [device(A, "10.0.0.1", "x"), device("", "", "clone")];
    let matching = run(&MatchPolicy::default(), &left, &right);
    assert_eq!(
        found(&matching),
        [
            (Some(Rule::MAC_AND_IP), Some(0)),
            (Some(Rule::NAME), Some(1))
        ]
    );
}

#[test]
fn u05_rules_can_be_chosen_and_ordered() {
    let left = [
        device(A, "10.0.0.1", "x").serial("SER-111111").tag("T-1"),
        device(B, "", "y").serial("SER-222222"),
    ];
    let right = [
        device(A, "10.0.0.1", "y").serial("SER-222222"),
        device(B, "", "x").serial("ser-111111").tag("t-1 "),
    ];
    let by = |rules: &[Rule]| {
        found(&run(
            &MatchPolicy::default().rules(rules.to_vec()),
            &left,
            &right,
        ))
    };
    assert_eq!(
        by(&[Rule::MAC]),
        [(Some(Rule::MAC), Some(0)), (Some(Rule::MAC), Some(1))]
    );
    assert_eq!(
        by(&[Rule::NAME, Rule::MAC]),
        [(Some(Rule::NAME), Some(1)), (Some(Rule::NAME), Some(0))]
    );
    assert_eq!(
        by(&[Rule::SERIAL]),
        [(Some(Rule::SERIAL), Some(1)), (Some(Rule::SERIAL), Some(0))]
    );
    let tag = Rule::all_of(&[Evidence::Field(0)]).unwrap();
    assert_eq!(by(&[tag, Rule::MAC]), [(Some(tag), Some(1)), (None, None)]);
    let both = Rule::all_of(&[Evidence::Serial, Evidence::Name]).unwrap();
    assert_eq!(by(&[both]), [(Some(both), Some(1)), (Some(both), Some(0))]);
    assert_eq!(
        by(&[Rule::all_of(&[Evidence::Mac, Evidence::Serial]).unwrap()]),
        [(None, None); 2]
    );
    assert_eq!(by(&[]), [(None, None); 2]);
}

#[test]
fn n03_held_rules_only_suggest_and_state_conflicts() {
    let left = [
        device(A, "", "same").serial("AAAA-1111"),
        device(B, "", "agreed").serial("To be filled by O.E.M."),
        device(C, "", ""),
    ];
    let right = [
        device("", "", "Same").serial("BBBB-2222"),
        device("", "", "Agreed").serial("CCCC-3333"),
        device(C, "", ""),
    ];
    let matching = run(&MatchPolicy::it_glue(), &left, &right);
    let Verdict::Suggested {
        rule: Rule::NAME,
        partner: 0,
        flags,
    } = matching.left[0]
    else {
        panic!("{matching:?}")
    };
    // The right device has no MAC, so only the serial numbers conflict.
    assert!(flags.contains(Flags::SERIAL_CONFLICT) && !flags.contains(Flags::MAC_CONFLICT));
    assert_eq!(matching.left[1].flags(), Flags::NONE);
    assert!(matches!(
        matching.left[2],
        Verdict::Matched {
            basis: Basis::Rule(Rule::MAC),
            ..
        }
    ));
    assert_eq!(matching.pairs().collect::<Vec<_>>(), [(2, 2)]);
    assert_eq!(matching.counts().right.suggested, 2);
}

#[test]
fn n03_a_stronger_key_vetoes_a_weaker_match() {
    let left = [
        device(A, "", "same"),
        device(B, "", "other").serial("AAAA-1111"),
        device("", "", "fine"),
    ];
    let right = [
        device(C, "", "same"),
        device(B, "", "other").serial("BBBB-2222"),
        device(A, "", "unrelated"),
        device("", "", "fine"),
    ];
    let policy = MatchPolicy::default()
        .rules([Rule::SERIAL, Rule::NAME])
        .veto(Conflict::Mac)
        .veto(Conflict::Serial);
    let matching = run(&policy, &left, &right);
    let vetoed = |candidate, conflict| Verdict::Unmatched {
        cause: Unmatched::Vetoed {
            rule: Rule::NAME,
            candidate,
            conflict,
        },
    };
    assert_eq!(matching.left[0], vetoed(0, Conflict::Mac));
    assert_eq!(matching.right[0], vetoed(0, Conflict::Mac));
    assert_eq!(matching.left[1], vetoed(1, Conflict::Serial));
    assert_eq!(matching.left[2].partner(), Some(3));
    // Without the policy both match.
    let without = run(
        &MatchPolicy::default().rules([Rule::SERIAL, Rule::NAME]),
        &left,
        &right,
    );
    assert_eq!(without.counts().left.matched, 3);
}

#[test]
fn n03_a_weaker_key_vetoes_nothing() {
    let left = [device(A, "", "same")];
    let right = [device(B, "", "same")];
    let policy = MatchPolicy::default()
        .rules([Rule::NAME, Rule::MAC])
        .veto(Conflict::Mac);
    assert_eq!(run(&policy, &left, &right).left[0].partner(), Some(0));
    let policy = MatchPolicy::default()
        .rules([Rule::MAC, Rule::NAME])
        .veto(Conflict::Mac);
    assert_eq!(run(&policy, &left, &right).left[0].partner(), None);
}

#[test]
fn n03_named_evidence_breaks_ties() {
    let left = [
        device(A, "", "one"),
        device(A, "", "two"),
        device(A, "", "three"),
    ];
    let right = [
        device(A, "", "two"),
        device(A, "", "one"),
        device(A, "", "four"),
        device("", "", "three"),
    ];
    let policy = MatchPolicy::default().break_ties_by([Evidence::Serial, Evidence::Name]);
    let matching = run(&policy, &left, &right);
    assert_eq!(matching.left[0].partner(), Some(1));
    assert_eq!(matching.left[1].partner(), Some(0));
    assert!(matching.left[0].flags().contains(Flags::TIE_BROKEN));
    assert_eq!(matching.left[0].rule(), Some(Rule::MAC));
    // The third stays ambiguous: it does not fall through to the device that shares its name alone.
    assert_eq!(matching.left[2], ambiguous(Rule::MAC));
    assert_eq!(matching.right[2], ambiguous(Rule::MAC));
    assert_eq!(matching.right[3], Verdict::UNMATCHED);
}

#[test]
fn n03_a_broken_tie_is_not_broken_again() {
    // The serial number gives the one device on the right away; its name would give it away once more.
    let left = [
        device(A, "", "one").serial("AAAA-1111"),
        device(A, "", "two"),
    ];
    let right = [device(A, "", "two").serial("AAAA-1111")];
    let policy = MatchPolicy::default().break_ties_by([Evidence::Serial, Evidence::Name]);
    let matching = run(&policy, &left, &right);
    assert_eq!(matching.right[0].partner(), Some(0));
    assert_eq!(matching.left[0].partner(), Some(0));
    assert_eq!(matching.left[1], ambiguous(Rule::MAC));
}

#[test]
fn f090_confirmed_matches_stay_and_tell_when_their_evidence_is_gone() {
    let left = [device(A, "10.0.0.1", "x"), device(B, "", "y")];
    let right = [device(A, "10.0.0.1", "x"), device("", "", "moved on")];
    let policy = MatchPolicy::default();
    let matching = Matcher::new(&policy)
        .confirmed(&[(0, 1), (0, 1)])
        .run(&left, &right)
        .unwrap();
    let Verdict::Matched {
        basis: Basis::Confirmed,
        partner: 1,
        flags,
    } = matching.left[0]
    else {
        panic!()
    };
    assert!(flags.contains(Flags::EVIDENCE_GONE));
    assert_eq!(matching.evidence_gone().collect::<Vec<_>>(), [(0, 1)]);
    // The better candidate finds nobody, because the pair is a person's decision.
    assert_eq!(matching.right[0], Verdict::UNMATCHED);

    let matching = Matcher::new(&policy)
        .confirmed(&[(0, 0)])
        .run(&left, &right)
        .unwrap();
    assert_eq!(matching.left[0].flags(), Flags::NONE);
    assert_eq!(matching.evidence_gone().count(), 0);
}

#[test]
fn f090_confirmed_pairs_that_cannot_be_honoured_are_listed() {
    let left = [
        device(A, "", "x"),
        device(B, "", "y"),
        Device {
            excluded: Some("ignored".into()),
            ..device(C, "", "z")
        },
    ];
    let right = [
        device(A, "", "x").at(2),
        device(B, "", "y"),
        device(C, "", "z"),
    ];
    let policy = MatchPolicy::default();
    let matching = Matcher::new(&policy)
        .confirmed(&[(2, 2), (0, 0)])
        .run(&left, &right)
        .unwrap();
    assert_eq!(
        matching.dropped,
        [
            DroppedPair {
                left: 0,
                right: 0,
                why: Dropped::OtherOrganization
            },
            DroppedPair {
                left: 2,
                right: 2,
                why: Dropped::Excluded
            }
        ]
    );
    assert_eq!(
        found(&matching),
        [(None, None), (Some(Rule::MAC), Some(1)), (None, None)]
    );
}

#[test]
fn contradictory_confirmed_pairs_are_refused() {
    let rows = [device(A, "", "x"), device(B, "", "y")];
    let policy = MatchPolicy::default();
    let confirm = |pairs: &[(u32, u32)]| {
        Matcher::new(&policy)
            .confirmed(pairs)
            .run(&rows, &rows)
            .unwrap_err()
    };
    assert_eq!(
        confirm(&[(0, 0), (0, 1)]),
        MatchError::ConfirmedTwice {
            side: Side::Left,
            row: 0
        }
    );
    assert_eq!(
        confirm(&[(0, 1), (1, 1)]),
        MatchError::ConfirmedTwice {
            side: Side::Right,
            row: 1
        }
    );
    assert_eq!(
        confirm(&[(0, 2)]),
        MatchError::NoSuchRow {
            side: Side::Right,
            row: 2
        }
    );
    assert_eq!(
        confirm(&[(7, 0)]).to_string(),
        "a confirmed pair names row 7 of the Left side, which has no such row"
    );
}

#[test]
fn n14_a_rejected_pair_is_kept_apart() {
    let left = [device(A, "10.0.0.1", "x"), device(B, "", "y")];
    let policy = MatchPolicy::default();
    let matching = Matcher::new(&policy)
        .rejected(&[(1, 0), (0, 0)])
        .run(&left, &left)
        .unwrap();
    let cause = Unmatched::Vetoed {
        rule: Rule::MAC_AND_IP,
        candidate: 0,
        conflict: Conflict::Rejected,
    };
    assert_eq!(matching.left[0], Verdict::Unmatched { cause });
    assert_eq!(matching.left[1].partner(), Some(1));
}

#[test]
fn nothing_gives_nothing() {
    let policy = MatchPolicy::default();
    let none: [Device; 0] = [];
    let matching = run(&policy, &none, &none);
    assert_eq!(
        (
            matching.counts().left.total(),
            matching.counts().right.total()
        ),
        (0, 0)
    );
    let one_sided = run(&policy, &[device(A, "", "x")], &none);
    assert_eq!(one_sided.left, [Verdict::UNMATCHED]);
}

#[test]
fn f096_matching_again_gives_the_same() {
    let left = [
        device(A, "10.0.0.1", "x"),
        device(B, "", "y"),
        device("", "", "z"),
    ];
    let right = [
        device("", "", "Z"),
        device(B, "", ""),
        device(A, "10.0.0.1", ""),
    ];
    let policy = MatchPolicy::it_glue();
    let first = run(&policy, &left, &right);
    assert_eq!(first, run(&policy, &left, &right));
    let accepted: Vec<(u32, u32)> = (0..)
        .zip(&first.left)
        .filter_map(|(row, verdict)| Some((row, verdict.partner()?)))
        .collect();
    let second = Matcher::new(&policy)
        .confirmed(&accepted)
        .run(&left, &right)
        .unwrap();
    assert_eq!(second.counts().left.matched, 3);
    assert_eq!(second.evidence_gone().count(), 0);
}
