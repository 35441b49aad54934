//! What the explainer says.

use super::super::{
    Conflict, Evidence, Explainer, Explanation, Fate, MatchError, MatchPolicy, Matcher, Rule, Side,
    TieBreak, Verdict,
};
use super::{Device, device};

const A: &str = "00:1b:21:00:00:0a";
const B: &str = "00:1b:21:00:00:0b";

fn explain(
    policy: &MatchPolicy,
    left: &[Device],
    right: &[Device],
    side: Side,
    row: u32,
) -> Explanation {
    let matching = Matcher::new(policy)
        .rejected(&[(9, 9)])
        .run(left, right)
        .unwrap();
    Explainer::new(&matching, left, right, policy)
        .unwrap()
        .explain(side, row)
        .unwrap()
}

#[test]
fn n03_a_match_tells_its_keys_and_rejected_candidates() {
    let policy = MatchPolicy::default();
    let left = [
        device(&format!("{A} {B}"), "10.0.0.1", "x"),
        device(A, "10.0.0.9", "y"),
    ];
    let right = [
        device(&format!("{A} {B}"), "10.0.0.2", "x"),
        device("", "", "x"),
    ];
    let told = explain(&policy, &left, &right, Side::Left, 0);
    assert_eq!(told.verdict.partner(), Some(0));
    let keys: Vec<_> = told
        .evidence
        .iter()
        .map(|key| (key.key.as_str(), key.is_usable()))
        .collect();
    assert_eq!(keys, [(A, false), (B, true)]);
    assert_eq!(told.rivals.rows, [1]);
    let [candidate] = &told.candidates[..] else {
        panic!("{told:?}")
    };
    assert_eq!((candidate.row, candidate.fate), (0, Fate::Partner));
    assert_eq!(candidate.agrees, [Evidence::Mac, Evidence::Name]);

    let other = explain(&policy, &left, &right, Side::Left, 1);
    assert_eq!(other.verdict, Verdict::Ambiguous { rule: Rule::MAC });
    assert_eq!(other.candidates[0].fate, Fate::KeyShared);
    assert_eq!(other.absent, [Evidence::Serial]);
    assert_eq!(
        other.to_string(),
        format!(
            "left row 1: ambiguous at mac\n  mac {A}: held by 0, 1 here and 0 there\n  \
             candidate 0: no key belongs to the two alone\n  rivals on its own side: 0\n  \
             it has no serial that could decide"
        )
    );
}

#[test]
fn n03_an_ambiguous_device_tells_what_would_break_the_tie() {
    let left = [
        device(A, "10.0.0.1", "one").serial("AAAA-1111"),
        device(A, "10.0.0.2", "two"),
    ];
    let right = [
        device(A, "10.0.0.3", "one").serial("AAAA-2222"),
        device(A, "10.0.0.4", "two").serial("AAAA-1111"),
    ];
    let policy = MatchPolicy::default();
    let told = explain(&policy, &left, &right, Side::Left, 0);
    let tie = |by, partner| TieBreak { by, partner };
    assert_eq!(
        told.would_break,
        [tie(Evidence::Serial, 1), tie(Evidence::Name, 0)]
    );
    assert_eq!(
        told.candidates
            .iter()
            .map(|found| found.row)
            .collect::<Vec<_>>(),
        [0, 1]
    );
    assert_eq!(told.candidates[0].conflicts, [Conflict::Serial]);
    let told = explain(&policy, &left, &right, Side::Right, 0);
    assert_eq!(told.would_break, [tie(Evidence::Name, 0)]);
    // What it promises is what the policy does.
    let policy = MatchPolicy::default().break_ties_by([Evidence::Serial]);
    assert_eq!(
        Matcher::new(&policy).run(&left, &right).unwrap().left[0].partner(),
        Some(1)
    );
}

#[test]
fn n03_several_partners_are_told_apart_from_shared_keys() {
    let left = [device(&format!("{A} {B}"), "", "")];
    let right = [device(A, "", ""), device(B, "", "")];
    let told = explain(&MatchPolicy::default(), &left, &right, Side::Left, 0);
    assert!(
        told.candidates
            .iter()
            .all(|candidate| candidate.fate == Fate::SeveralPartners),
        "{told:?}"
    );
}

#[test]
fn n03_an_unmatched_device_tells_who_was_taken_and_who_is_elsewhere() {
    let left = [
        device(A, "10.0.0.1", "x"),
        device(A, "10.0.0.2", "y"),
        device(B, "", "z"),
    ];
    let right = [device(A, "10.0.0.1", "x"), device(B, "", "").at(2)];
    let policy = MatchPolicy::default();
    let told = explain(&policy, &left, &right, Side::Left, 1);
    assert_eq!(told.verdict, Verdict::UNMATCHED);
    assert_eq!(told.candidates[0].fate, Fate::Taken);
    assert_eq!(told.candidates[0].verdict.partner(), Some(0));
    assert!(told.elsewhere.is_empty());
    let told = explain(&policy, &left, &right, Side::Left, 2);
    assert!(told.candidates.is_empty() && told.evidence.is_empty());
    assert_eq!(
        (told.elsewhere[0].row, told.elsewhere[0].organization),
        (1, 2)
    );
    assert!(
        told.to_string().contains("is on row 1 of organisation 2"),
        "{told}"
    );
}

#[test]
fn n03_vetoes_exclusions_and_ignored_values_are_told() {
    let policy = MatchPolicy::default()
        .veto(Conflict::Mac)
        .common_mac_from(2);
    let shared = "00:e0:4c:00:00:01";
    let excluded = Device {
        excluded: Some("ignored by a technician".into()),
        ..device(A, "", "")
    };
    let left = [
        device(
            &format!("{A} ff:ff:ff:ff:ff:ff {shared}"),
            "127.0.0.1",
            "same",
        )
        .serial("None"),
        device(shared, "", "localhost"),
        excluded,
        Device {
            organization: None,
            ..device(A, "", "")
        },
    ];
    let right = [device(B, "", "same")];
    let told = explain(&policy, &left, &right, Side::Left, 0);
    assert_eq!(told.candidates[0].fate, Fate::Vetoed(Conflict::Mac));
    let kinds: Vec<_> = told
        .ignored
        .iter()
        .map(|ignored| (ignored.kind, ignored.value.as_str()))
        .collect();
    assert_eq!(
        kinds,
        [
            (Evidence::Mac, "ff:ff:ff:ff:ff:ff"),
            (Evidence::Mac, shared),
            (Evidence::Ip, "127.0.0.1"),
            (Evidence::Serial, "None")
        ]
    );
    assert!(
        told.to_string()
            .contains("name found 0, but their MAC addresses have none in common"),
        "{told}"
    );
    assert_eq!(
        explain(&policy, &left, &right, Side::Left, 1).ignored.len(),
        2
    );
    let told = explain(&policy, &left, &right, Side::Left, 2);
    assert_eq!(
        told.to_string(),
        "left row 2: excluded: ignored by a technician"
    );
    let told = explain(&policy, &left, &right, Side::Left, 3);
    assert_eq!(
        told.to_string(),
        "left row 3: excluded, its organisation is not mapped"
    );
}

#[test]
fn long_lists_are_cut_and_counted() {
    let rows: Vec<Device> = (0..40).map(|_| device(A, "", "")).collect();
    let told = explain(&MatchPolicy::default(), &rows, &rows, Side::Left, 0);
    assert_eq!((told.candidates.len(), told.more_candidates), (16, 24));
    assert_eq!((told.rivals.rows.len(), told.rivals.total), (16, 39));
    assert_eq!(
        (told.evidence[0].own.total, told.evidence[0].other.total),
        (40, 40)
    );
}

#[test]
fn an_explainer_wants_the_inventories_of_its_matching() {
    let policy = MatchPolicy::default();
    let rows = [device(A, "", ""), device(B, "", "")];
    let matching = Matcher::new(&policy).run(&rows, &rows).unwrap();
    let error = Explainer::new(&matching, &rows, &rows[..1], &policy).unwrap_err();
    assert_eq!(
        error,
        MatchError::NoSuchRow {
            side: Side::Right,
            row: 1
        }
    );
    let explainer = Explainer::new(&matching, &rows, &rows, &policy).unwrap();
    assert_eq!(explainer.explain(Side::Left, 2), None);
}
