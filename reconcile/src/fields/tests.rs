use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use super::{FieldMap, FieldMapError, FieldRule, Kind, List, Values, When, values};
use crate::identity::{Instance, Kind as EntityKind, Vendor};
use crate::inventory::Device;

fn record(pairs: &[(&str, &str)]) -> Values {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

#[test]
fn f101_f102_mapped_fields_are_stored_and_the_others_shown_only() {
    let device = Device {
        entity: Instance::new(Vendor::new("vendor"), "tenant").entity(EntityKind::DEVICE, "1"),
        name: "ap-hall".to_owned(),
        macs: vec!["00:1b:21:00:00:01".parse().unwrap()],
        ips: vec!["10.0.0.5".parse().unwrap()],
        serial: None,
        fields: record(&[("firmware", "7.1"), ("status", "up"), ("secret", "x")]),
    };
    let map = FieldMap::new(vec![
        FieldRule::into("name", "Name"),
        FieldRule::into("mac", "MAC"),
        FieldRule::into("ip", "IP"),
        FieldRule::into("serial", "Serial"),
        FieldRule::into("status", "Status"),
        FieldRule::shown("firmware", "Firmware"),
        FieldRule::shown("uptime", "Uptime"),
    ])
    .unwrap();
    let seen = values(&device);
    let stored = map.record(None, &seen);
    let expected = record(&[
        ("Name", "ap-hall"),
        ("MAC", &device.macs[0].to_string()),
        ("IP", "10.0.0.5"),
        ("Status", "up"),
    ]);
    // F139: what no rule names goes nowhere; a serial number that was not seen is not made up.
    assert_eq!(stored, expected);
    assert_eq!(map.overlay(None, &seen), [("Firmware", "7.1")]);
    assert!(
        map.changes(None, &seen, &stored).is_empty(),
        "U13: nothing the second time"
    );
}

#[test]
fn f077_a_field_that_is_shown_only_never_changes_a_record() {
    let map = FieldMap::new(vec![FieldRule::shown("firmware", "Firmware")]).unwrap();
    let (seen, held) = (
        record(&[("firmware", "7.1")]),
        record(&[("Firmware", "6.0")]),
    );
    assert!(map.changes(None, &seen, &held).is_empty());
    assert!(map.record(None, &seen).is_empty());
}

#[test]
fn u25_existing_records_are_updated_field_by_field() {
    let map = FieldMap::new(vec![
        FieldRule::into("a", "A"),
        FieldRule::into("b", "B").written(When::IfEmpty),
        FieldRule::into("c", "C").written(When::AtCreation),
        FieldRule::into("d", "D").clearing(),
        FieldRule::into("e", "E"),
        FieldRule::into("f", "F").or("default"),
    ])
    .unwrap();
    let seen = record(&[("a", "1"), ("b", "1"), ("c", "1"), ("d", ""), ("e", " ")]);
    let full = record(&[
        ("A", "0"),
        ("B", "0"),
        ("C", "0"),
        ("D", "0"),
        ("E", "0"),
        ("F", "0"),
    ]);
    let changes = |held: &Values| -> Vec<(String, String)> {
        let changes = map.changes(None, &seen, held).into_iter();
        changes.map(|change| (change.target, change.to)).collect()
    };
    let pairs =
        |pairs: &[(&str, &str)]| -> Vec<(String, String)> { record(pairs).into_iter().collect() };
    assert_eq!(changes(&full), pairs(&[("A", "1"), ("D", "")]));
    assert_eq!(changes(&Values::new()), pairs(&[("A", "1"), ("B", "1")]));
    let made = map.record(None, &seen);
    assert_eq!(
        made,
        record(&[("A", "1"), ("B", "1"), ("C", "1"), ("F", "default")])
    );
}

#[test]
fn another_spelling_is_no_change() {
    for (kind, one, other, agree) in [
        (Kind::Mac, "00:1B:21:00:00:01", "001b.2100.0001", true),
        (Kind::Mac, "00:1B:21:00:00:01", "00:1B:21:00:00:02", false),
        (Kind::Mac, "none", "-", false),
        (Kind::Ip, "::ffff:10.0.0.1", "10.0.0.1", true),
        (Kind::Ip, "10.0.0.1", "10.0.0.2", false),
        (Kind::Name, "SRV-01", "srv-01 ", true),
        (Kind::Text, "SRV-01", "srv-01", false),
        (Kind::Text, " x ", "x", true),
        (Kind::Number, "7", "7.00", true),
        (Kind::Number, "-0", "0", true),
        (Kind::Number, "7", "8", false),
        (Kind::Number, "nan", "NaN", false),
        (Kind::Flag, "Yes", "1", true),
        (Kind::Flag, "no", "1", false),
        (Kind::Flag, "perhaps", "yes", false),
    ] {
        let map = FieldMap::new(vec![FieldRule::into("x", "X").compared_as(kind)]).unwrap();
        let changes = map.changes(None, &record(&[("x", one)]), &record(&[("X", other)]));
        assert_eq!(changes.is_empty(), agree, "{kind:?} {one:?} {other:?}");
    }
}

#[test]
fn f142_a_type_of_asset_has_rules_of_its_own() {
    let map = FieldMap::new(vec![
        FieldRule::into("name", "Name"),
        FieldRule::into("ports", "Ports"),
    ])
    .unwrap()
    .with_type(
        "Switch",
        vec![
            FieldRule::into("active_ports", "Ports"),
            FieldRule::shown("gateway", "Gateway"),
        ],
    )
    .unwrap();
    let seen = record(&[
        ("name", "sw"),
        ("ports", "24"),
        ("active_ports", "7"),
        ("gateway", "g"),
    ]);
    assert_eq!(
        map.record(None, &seen),
        record(&[("Name", "sw"), ("Ports", "24")])
    );
    let switch = map.record(Some("Switch"), &seen);
    assert_eq!(switch, record(&[("Name", "sw"), ("Ports", "7")]));
    assert_eq!(map.overlay(Some("Switch"), &seen), [("Gateway", "g")]);
    assert_eq!(map.record(Some("Printer"), &seen), map.record(None, &seen));
}

#[test]
fn f140_a_field_that_the_type_does_not_have_is_found_before_it_hides_a_record() {
    let map = FieldMap::new(vec![
        FieldRule::into("name", "Name"),
        FieldRule::shown("firmware", "Anything"),
    ])
    .unwrap();
    let types = |fields: &[&str]| {
        let fields: BTreeSet<_> = fields.iter().map(|field| (*field).to_owned()).collect();
        BTreeMap::from([("Switch".to_owned(), fields)])
    };
    assert_eq!(map.check(&types(&["Name", "Other"])), Ok(()));
    let missing = map.check(&types(&["Other"])).unwrap_err();
    assert_eq!(
        missing.to_string(),
        r#"the type "Switch" has no field "Name""#
    );
    let routed = map.with_type("Router", Vec::new()).unwrap();
    let unknown = routed.check(&types(&["Name"]));
    assert_eq!(unknown, Err(FieldMapError::NoSuchType("Router".to_owned())));
}

#[test]
fn a_map_that_contradicts_itself_is_refused_with_the_place() {
    let twice = vec![FieldRule::into("a", "X"), FieldRule::into("b", "X")];
    let error = FieldMap::new(twice.clone()).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"rule 2 of the common list fills "X" again"#
    );
    // Stored and shown under one name are two things.
    let both = vec![FieldRule::into("a", "X"), FieldRule::shown("a", "X")];
    assert!(FieldMap::new(both).is_ok());
    let error = FieldMap::default().with_type("T", twice).unwrap_err();
    assert!(matches!(
        error,
        FieldMapError::FilledTwice {
            list: List::Type(_),
            number: 2,
            ..
        }
    ));
    let error = FieldMap::new(vec![FieldRule::into(" ", "X")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "rule 1 of the common list names no source"
    );
    let typed = FieldMap::default().with_type("T", Vec::new()).unwrap();
    let error = typed.with_type("T", Vec::new()).unwrap_err();
    assert_eq!(error, FieldMapError::TypeTwice("T".to_owned()));
}

#[test]
fn a_map_is_read_from_a_file_and_checked_there() {
    let flat: FieldMap = serde_json::from_value(json!([
        {"source": "mac", "target": "MAC", "kind": "mac"},
        {"source": "firmware", "target": "Firmware", "place": "shown"}
    ]))
    .unwrap();
    assert_eq!(flat.rules(None).count(), 2);
    let written = serde_json::to_value(&flat).unwrap();
    assert_eq!(
        written[0],
        json!({"source": "mac", "target": "MAC", "kind": "mac"})
    );
    let layered = json!({"rules": [], "types": {"T": [{"source": "a", "target": "A"}]}});
    let layered: FieldMap = serde_json::from_value(layered).unwrap();
    assert_eq!(layered.rules(Some("T")).count(), 1);
    let again: FieldMap = serde_json::from_value(serde_json::to_value(&layered).unwrap()).unwrap();
    assert_eq!(again, layered);
    let twice = json!([{"source": "a", "target": "X"}, {"source": "b", "target": "X"}]);
    let error = serde_json::from_value::<FieldMap>(twice).unwrap_err();
    assert!(error.to_string().contains("fills \"X\" again"), "{error}");
}

proptest! {
    #[test]
    fn u13_once_changed_nothing_is_left_to_change(
        seen in proptest::collection::btree_map("[a-d]", "[ a-c0-2]{0,3}", 0..4),
        held in proptest::collection::btree_map("[A-D]", "[ a-c0-2]{0,3}", 0..4),
        kinds in proptest::collection::vec(0..6_usize, 4),
        clears in any::<bool>(),
    ) {
        let kind = |at: usize| {
            [Kind::Text, Kind::Name, Kind::Mac, Kind::Ip, Kind::Number, Kind::Flag][kinds[at]]
        };
        let rule = |at: usize, source: &str| {
            let rule = FieldRule::into(source, source.to_uppercase()).compared_as(kind(at));
            if clears { rule.clearing() } else { rule }
        };
        let rules = ["a", "b", "c", "d"].into_iter().enumerate();
        let map = FieldMap::new(rules.map(|(at, source)| rule(at, source)).collect()).unwrap();
        let mut record = held;
        for change in map.changes(None, &seen, &record) {
            prop_assert_eq!(change.from.as_ref(), record.get(&change.target));
            record.insert(change.target, change.to);
        }
        prop_assert!(map.changes(None, &seen, &record).is_empty());
    }
}

#[test]
fn a_wrong_file_says_which_rule_is_wrong() {
    let said = |text: &str| {
        serde_json::from_str::<FieldMap>(text)
            .unwrap_err()
            .to_string()
    };
    assert!(said(r#"[{"source": "name"}]"#).contains("missing field `target`"));
    assert!(said(r#"{"rules": [{"source": 5}]}"#).contains("invalid type: integer `5`"));
    assert!(said(r#"{"lists": []}"#).contains("unknown field `lists`"));
    assert!(said("7").contains("a list of rules, or an object with rules and types"));
}
