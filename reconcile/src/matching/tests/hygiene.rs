//! Addresses, serial numbers and names that must not be keys, and what is said of them.

use super::super::{
    CommonMac, Conflict, Evidence, Flags, Ignored, IgnoredKind, MatchPolicy, Matcher, Rule, Side,
    Verdict,
};
use super::{Device, device};
use crate::identity::{MacAddr, MacClass, MacPolicy, Placeholders, UnusableIp};

const A: &str = "00:1b:21:00:00:0a";
const B: &str = "00:1b:21:00:00:0b";
const DOCK: &str = "00:e0:4c:00:00:01";

#[test]
fn u20_junk_addresses_are_no_keys_and_are_counted() {
    let junk = "00:00:00:00:00:00 00:00:5e:00:01:0a 00:50:56:c0:00:08";
    let left = [device(junk, "10.0.0.1 127.0.0.1", "a")];
    let right = [device(junk, "10.0.0.1 fe80::1", "b")];
    let matching = Matcher::new(&MatchPolicy::default())
        .run(&left, &right)
        .unwrap();
    assert_eq!(matching.left, [Verdict::UNMATCHED]);
    let ignored = |side, kind| Ignored {
        side,
        kind,
        values: 1,
    };
    let mac = |class| IgnoredKind::Mac(class);
    assert_eq!(
        matching.ignored,
        [
            ignored(Side::Left, mac(MacClass::Null)),
            ignored(Side::Left, mac(MacClass::Vrrp)),
            ignored(Side::Left, mac(MacClass::Adapter)),
            ignored(Side::Left, IgnoredKind::Ip(UnusableIp::Loopback)),
            ignored(Side::Right, mac(MacClass::Null)),
            ignored(Side::Right, mac(MacClass::Vrrp)),
            ignored(Side::Right, mac(MacClass::Adapter)),
            ignored(Side::Right, IgnoredKind::Ip(UnusableIp::LinkLocal)),
        ]
    );
}

#[test]
fn u20_the_host_denies_further_addresses() {
    let rows = [device(DOCK, "", "")];
    let dock: MacAddr = DOCK.parse().unwrap();
    let policy = MatchPolicy::default().macs(MacPolicy::default().deny(dock, "dock"));
    assert_eq!(
        Matcher::new(&policy).run(&rows, &rows).unwrap().left,
        [Verdict::UNMATCHED]
    );
    assert_eq!(
        Matcher::new(&MatchPolicy::default())
            .run(&rows, &rows)
            .unwrap()
            .left[0]
            .partner(),
        Some(0)
    );
}

#[test]
fn u20_a_shared_dock_does_not_hide_the_own_address() {
    let left = [
        device(&format!("{DOCK} {A}"), "10.0.0.1", ""),
        device(&format!("{DOCK} {B}"), "10.0.0.2", ""),
    ];
    let right = [
        device(&format!("{B} {DOCK}"), "10.0.0.8", ""),
        device(&format!("{A} {DOCK}"), "10.0.0.9", ""),
    ];
    let matching = Matcher::new(&MatchPolicy::default())
        .run(&left, &right)
        .unwrap();
    assert_eq!(matching.pairs().collect::<Vec<_>>(), [(0, 1), (1, 0)]);
    assert_eq!(matching.left[0].rule(), Some(Rule::MAC));
}

#[test]
fn u20_pass_through_repeats_one_address_in_one_device() {
    let left = [device(&format!("{A} {A}"), "10.0.0.1 ::ffff:10.0.0.1", "")];
    let right = [device(A, "10.0.0.1", "")];
    let matching = Matcher::new(&MatchPolicy::default())
        .run(&left, &right)
        .unwrap();
    assert_eq!(matching.left[0].rule(), Some(Rule::MAC_AND_IP));
}

#[test]
fn u20_clones_are_told_apart_by_address_and_else_stay_ambiguous() {
    let left = [
        device(A, "10.0.0.1", "one"),
        device(A, "10.0.0.2", "two"),
        device(B, "10.0.0.3", ""),
    ];
    let right = [
        device(A, "10.0.0.2", "two"),
        device(A, "10.0.0.1", "one"),
        device(B, "10.0.0.4", ""),
        device(B, "10.0.0.5", ""),
    ];
    let matching = Matcher::new(&MatchPolicy::default())
        .run(&left, &right)
        .unwrap();
    assert_eq!(matching.pairs().collect::<Vec<_>>(), [(0, 1), (1, 0)]);
    assert_eq!(matching.left[2], Verdict::Ambiguous { rule: Rule::MAC });
    assert_eq!(matching.right[3], Verdict::Ambiguous { rule: Rule::MAC });
}

#[test]
fn u20_an_address_that_many_devices_hold_is_no_key_under_the_policy() {
    let left = [
        device(&format!("{DOCK} {A}"), "10.0.0.1", "x"),
        device(DOCK, "10.0.0.2", "y"),
        device(DOCK, "10.0.0.3", ""),
    ];
    let right = [
        device(&format!("{DOCK} {A}"), "", ""),
        device(DOCK, "10.0.0.2", "y"),
    ];
    let policy = MatchPolicy::default().common_mac_from(3);
    let matching = Matcher::new(&policy).run(&left, &right).unwrap();
    let found: Vec<_> = matching
        .left
        .iter()
        .map(|verdict| (verdict.rule(), verdict.partner()))
        .collect();
    // Not even with an IP address: the second device is found by its name.
    assert_eq!(
        found,
        [
            (Some(Rule::MAC), Some(0)),
            (Some(Rule::NAME), Some(1)),
            (None, None)
        ]
    );
    let mac = DOCK.parse().unwrap();
    assert_eq!(
        matching.common_macs,
        [CommonMac {
            organization: 1,
            mac,
            left: 3,
            right: 2
        }]
    );
    // Nor does it count as agreement or conflict of addresses.
    assert_eq!(matching.left[1].flags(), Flags::NONE);
    let four = Matcher::new(&MatchPolicy::default().common_mac_from(4))
        .run(&left, &right)
        .unwrap();
    assert_eq!(four.left[1].rule(), Some(Rule::MAC_AND_IP));
    assert!(four.common_macs.is_empty());
}

#[test]
fn u20_common_means_common_in_one_organization_and_is_reported_without_a_counterpart() {
    let left = [
        device(DOCK, "", "").at(1),
        device(DOCK, "", "").at(2),
        device(B, "", "").at(3),
        device(B, "", "").at(3),
    ];
    let right = [device(DOCK, "", "").at(1), device(DOCK, "", "").at(2)];
    let policy = MatchPolicy::default().common_mac_from(0);
    let matching = Matcher::new(&policy).run(&left, &right).unwrap();
    assert_eq!(matching.pairs().count(), 2);
    let mac = B.parse().unwrap();
    assert_eq!(
        matching.common_macs,
        [CommonMac {
            organization: 3,
            mac,
            left: 2,
            right: 0
        }]
    );
}

#[test]
fn n10_local_addresses_match_and_are_flagged() {
    let local = "02:42:ac:11:00:02";
    let left = [
        device(local, "", ""),
        device(&format!("{A} 06:00:00:00:00:01"), "", ""),
    ];
    let matching = Matcher::new(&MatchPolicy::default())
        .run(&left, &left)
        .unwrap();
    assert!(matching.left[0].flags().contains(Flags::LOCAL_MAC));
    assert!(matching.left[1].flags().is_empty());
}

#[test]
fn u21_placeholder_serials_do_not_match() {
    let left = [
        device("", "", "").serial("To Be Filled By O.E.M."),
        device("", "", "").serial("00000000"),
    ];
    let policy = MatchPolicy::default().rules([Rule::SERIAL]);
    assert_eq!(
        Matcher::new(&policy).run(&left, &left).unwrap().left,
        [Verdict::UNMATCHED; 2]
    );
    // Nor do they conflict.
    let right = [device("", "", "same").serial("5CG0001AAA")];
    let left = [device("", "", "same").serial("Default string")];
    let policy = MatchPolicy::default().veto(Conflict::Serial);
    assert_eq!(
        Matcher::new(&policy).run(&left, &right).unwrap().left[0].partner(),
        Some(0)
    );
}

#[test]
fn n10_placeholder_names_do_not_match_by_default() {
    let rows = [device("", "", "localhost"), device("", "", "10.0.0.7")];
    assert_eq!(
        Matcher::new(&MatchPolicy::default())
            .run(&rows, &rows)
            .unwrap()
            .left,
        [Verdict::UNMATCHED; 2]
    );
    let policy = MatchPolicy::default().placeholders(Placeholders::none());
    assert_eq!(
        Matcher::new(&policy)
            .run(&rows, &rows)
            .unwrap()
            .pairs()
            .count(),
        2
    );
}

#[test]
fn n10_domains_are_cut_only_when_asked() {
    let (left, right) = (
        [device("", "", "srv.corp.example")],
        [device("", "", "SRV")],
    );
    assert_eq!(
        Matcher::new(&MatchPolicy::default())
            .run(&left, &right)
            .unwrap()
            .pairs()
            .count(),
        0
    );
    let policy = MatchPolicy::default().cut_domains(true);
    assert_eq!(
        Matcher::new(&policy)
            .run(&left, &right)
            .unwrap()
            .pairs()
            .count(),
        1
    );
    // What is left after the cut is checked too.
    let rows = [device("", "", "localhost.corp.example")];
    assert_eq!(
        Matcher::new(&policy)
            .run(&rows, &rows)
            .unwrap()
            .pairs()
            .count(),
        0
    );
}

#[test]
fn u20_one_junk_key_on_every_device_leaves_every_device_ambiguous() {
    const ROWS: usize = 20_000;
    let junk: Vec<Device> = (0..ROWS)
        .map(|_| device(DOCK, "10.0.0.1", "same").serial("SAME-SERIAL"))
        .collect();
    let several: Vec<Device> = (0..ROWS)
        .map(|row| device("", "", &format!("aaa-{row:06}")))
        .collect();
    let kinds = [Evidence::Serial, Evidence::Name];
    for rules in [
        vec![Rule::MAC_AND_IP],
        vec![Rule::MAC],
        vec![Rule::NAME],
        vec![Rule::all_of(&[Evidence::Mac, Evidence::Ip, Evidence::Name]).unwrap()],
    ] {
        let policy = MatchPolicy::default()
            .rules(rules.clone())
            .break_ties_by(kinds);
        let matching = Matcher::new(&policy).run(&junk, &junk).unwrap();
        assert_eq!(
            matching.left,
            vec![Verdict::Ambiguous { rule: rules[0] }; ROWS]
        );
    }
    // Many names on one side, each before the one name that all devices of the other side have.
    let matching = Matcher::new(&MatchPolicy::default())
        .run(&several, &junk)
        .unwrap();
    assert_eq!(matching.counts().left.unmatched, ROWS);
}
