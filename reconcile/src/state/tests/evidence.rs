//! N14: the log says on what a decision was made, and a log from before it did is read as it is.

use super::{Told, at, company, site, source};
use crate::drift::{EventKind, listed_rows};
use crate::identity::NameLevel;
use crate::log::{frame, unframe};
use crate::mapping::{Evidence, Ground};
use crate::state::{Body, Decided, Decision, Entry, EntryId, STATE_SCHEMA, State, Target};

fn ignore() -> Decision {
    Decision::Ignore { source: site("1") }
}

fn grounds() -> Vec<Ground> {
    vec![
        Ground::Pair(Evidence::Name(NameLevel::Exact)),
        Ground::Event("seen".into()),
    ]
}

#[test]
fn n14_a_decision_keeps_its_evidence_also_when_it_is_taken_back() {
    let mut told = Told::new();
    let first = told.tell(Body::Decided(Decided::from(ignore()).on(grounds())));
    told.decide(Decision::Undo { decision: first });
    let [record, undo] = told.state.decisions() else {
        panic!("two decisions")
    };
    assert_eq!(record.evidence, Some(grounds()));
    assert_eq!(record.undone_by, Some(undo.id));
    assert_eq!(undo.evidence, Some(Vec::new()), "by hand");
    let text: String = told
        .log
        .iter()
        .map(|entry| frame(entry).expect("serialises"))
        .collect();
    assert_eq!(unframe(text.as_bytes()).expect("sound").state, told.state);
    // A snapshot loses nothing of it.
    let snapshot = told.state.snapshot("compaction", at(9));
    let json = serde_json::to_string(&snapshot).expect("serialises");
    let read: Entry = serde_json::from_str(&json).expect("reads back");
    let after = State::replay([&read]).expect("fits");
    assert_eq!(after.decisions(), told.state.decisions());
}

#[test]
fn n14_a_log_from_before_evidence_was_kept_is_read_and_written_as_it_was() {
    let stored = r#"{"id":2,"at":"1970-01-01T00:00:01Z","by":"operator","body":{"decided":{"ignore":{"source":{"instance":{"vendor":"source","tenant":"s"},"kind":"site","id":"1"}}}}}"#;
    let old: Entry = serde_json::from_str(stored).expect("the first form");
    let Body::Decided(decided) = &old.body else {
        panic!("{old:?}")
    };
    assert_eq!((&decided.decision, &decided.evidence), (&ignore(), &None));
    assert_eq!(serde_json::to_string(&old).expect("serialises"), stored);

    let mut told = Told::new();
    told.state.absorb(&old).expect("it fits");
    assert_eq!(told.state.decisions()[0].evidence, None, "nobody knows");
    // A snapshot of that time has none of the new fields and the first schema.
    let snapshot = told.state.snapshot("compaction", at(2));
    let mut json = serde_json::to_value(&snapshot).expect("serialises");
    let state = &mut json["body"]["snapshot"];
    assert_eq!(state["schema"], STATE_SCHEMA);
    assert!(state.get("names").is_none());
    assert!(state["decisions"][0].get("evidence").is_none());
    state["schema"] = 1.into();
    let read: Entry = serde_json::from_value(json).expect("the first form");
    told.state.absorb(&snapshot).expect("it fits");
    assert_eq!(
        State::replay([&read]),
        Ok(told.state),
        "brought to this schema"
    );
}

#[test]
fn f055_an_event_of_an_association_that_was_never_established_shows_the_names() {
    let mut told = Told::new();
    let target = Target::New {
        name: "Company".into(),
        parent: company("9"),
    };
    let mut decided = Decided::from(Decision::Associate {
        source: site("1"),
        target,
    });
    decided.names.insert(site("1"), "Site".into());
    told.tell(Body::Decided(decided));
    told.raise(EventKind::DestinationCreation, vec![site("1")]);
    // No association knows of this pair.
    let names = [
        (site("2"), "Second".to_owned()),
        (company("2"), "Its company".to_owned()),
    ];
    told.tell(Body::Named {
        names: names.into(),
    });
    told.raise(EventKind::AssociationMissing, vec![site("2"), company("2")]);
    let rows = listed_rows(&told.state);
    let shown: Vec<_> = rows
        .iter()
        .map(|row| (row.source_name, row.destination_name))
        .collect();
    assert_eq!(
        shown,
        [(Some("Site"), None), (Some("Second"), Some("Its company"))]
    );
    assert_eq!(told.state.name_of(&source().root()), None);
}

#[test]
fn what_an_association_records_goes_before_what_was_told() {
    let (mut told, association) = Told::established();
    told.tell(Body::Named {
        names: [(site("1"), "Other".to_owned())].into(),
    });
    assert_eq!(told.state.name_of(&site("1")), Some("Site"));
    assert_eq!(EntryId(association.0), told.state.decisions()[0].id);
}
