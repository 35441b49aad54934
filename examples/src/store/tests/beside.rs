//! Settings, the outbox and compaction.

use std::path::Path;

use reconcile::drift::{Action, EventId};
use reconcile::state::{Body, Decision, State};
use rusqlite::Connection;

use super::super::row::Columns;
use super::super::{Store, StoreError, schema};
use super::{NOW, bound, closed_with, ignored, meddle, place, raised, renamed, seen, tell};
use crate::notify::Change;

#[test]
fn a_setting_is_kept_until_it_is_put_again() {
    let (_folder, path) = place();
    let (mut store, _) = Store::open(&path).expect("a new store");
    let policy = || Store::setting(&path, "policy").expect("readable");
    assert_eq!(policy(), None);
    store.put_setting("policy", "{\"a\":1}").expect("stored");
    store.put_setting("other", "x").expect("stored");
    assert_eq!(policy().as_deref(), Some("{\"a\":1}"));
    store.put_setting("policy", "{}").expect("stored");
    drop(store);
    assert_eq!(policy().as_deref(), Some("{}"));
}

fn waiting(path: &Path) -> Vec<(String, u64)> {
    Store::undelivered(path)
        .expect("readable")
        .into_iter()
        .map(|notice| (notice.id, notice.entry.0))
        .collect()
}

#[test]
fn a_notice_is_there_with_its_entry_and_until_it_was_delivered() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    tell(&mut store, &mut state, bound());
    tell(&mut store, &mut state, raised("1"));
    // Says nothing new.
    tell(&mut store, &mut state, raised("1"));
    tell(&mut store, &mut state, seen("1"));
    let cleared = Body::Cleared { key: renamed("1") };
    tell(&mut store, &mut state, cleared);

    let due = Store::undelivered(&path).expect("readable");
    let changes: Vec<_> = due.iter().map(|due| (due.change, due.entry.0)).collect();
    assert_eq!(changes, [(Change::Raised, 2), (Change::Cleared, 5)]);
    assert_eq!(due[0].event, due[1].event, "one ticket");

    // Killed after sending and before marking: the same again, under the same id.
    drop(store);
    let (mut store, _) = Store::open(&path).expect("the same store");
    assert_eq!(Store::undelivered(&path).expect("readable"), due);

    assert!(store.delivered(&due[0].id, NOW).expect("marked"));
    assert!(!store.delivered(&due[0].id, NOW).expect("no news"));
    assert!(!store.delivered("of another store", NOW).expect("no news"));
    assert_eq!(waiting(&path), [(due[1].id.clone(), 5)]);
}

#[test]
fn every_change_of_an_event_is_noted_and_a_reset_closes_what_is_open() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    tell(&mut store, &mut state, bound());
    for id in ["1", "2", "3"] {
        tell(&mut store, &mut state, raised(id));
    }
    let answer = |id: &str, action| {
        let key = renamed(id);
        let event = EventId { key, occurrence: 1 };
        Body::Decided(Decision::Answer { event, action }.into())
    };
    tell(&mut store, &mut state, answer("1", Action::Ignore));
    let accepted = tell(&mut store, &mut state, answer("2", Action::Accept));
    // The writer is another process by now.
    drop(store);
    let (mut store, mut state) = Store::open(&path).expect("the same store");
    tell(&mut store, &mut state, Body::Reset);
    let due = Store::undelivered(&path).expect("readable");
    let changes: Vec<_> = due
        .iter()
        .map(|due| (due.entry.0, due.change, due.sources[0].id.as_str()))
        .collect();
    assert_eq!(
        changes,
        [
            (2, Change::Raised, "1"),
            (3, Change::Raised, "2"),
            (4, Change::Raised, "3"),
            (5, Change::Ignored, "1"),
            (accepted.id.0, Change::Resolving, "2"),
            // One entry, several notices: of each event that was still listed.
            (7, Change::Cleared, "2"),
            (7, Change::Cleared, "3"),
        ]
    );
    let mut ids: Vec<_> = due.iter().map(|due| &due.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), due.len());
    // Each is marked by itself.
    store.delivered(&due[5].id, NOW).expect("marked");
    let left = waiting(&path);
    assert_eq!(left.len(), 6);
    assert_eq!(left[5], (due[6].id.clone(), 7));
}

#[test]
fn what_waited_in_an_outbox_of_entries_is_told_anew() {
    let (_folder, path) = place();
    {
        let mut second = Connection::open(&path).expect("a database");
        schema::migrate(&mut second, &path, 0, 2).expect("made");
        let mut state = State::new();
        for body in [bound(), raised("1"), raised("2")] {
            let entry = state.entry(body, "test", NOW);
            Columns::of(&entry, &path)
                .and_then(|columns| columns.insert(&second, &path))
                .expect("stored");
            assert_eq!(state.absorb(&entry), Ok(true));
        }
        second
            .execute_batch(
                "INSERT INTO outbox (entry, key, body, delivered_at) VALUES
                     (2, '2-x', '{}', '1970-01-01T00:00:00Z'), (3, '3-x', '{}', NULL)",
            )
            .expect("as it was written");
    }
    assert_eq!(waiting(&path), [], "a reader cannot migrate");
    let (_store, _) = Store::open(&path).expect("migrated");
    let due = Store::undelivered(&path).expect("readable");
    let changes: Vec<_> = due.iter().map(|due| (due.change, due.entry.0)).collect();
    assert_eq!(changes, [(Change::Raised, 3)], "the other was delivered");
}

#[test]
fn ids_differ_within_a_store_and_between_stores() {
    let (_folder, path) = place();
    closed_with(&path, [bound(), raised("1"), raised("2")]);
    let (_other_folder, other) = place();
    closed_with(&other, [bound(), raised("2")]);
    let mut ids: Vec<_> = [path, other]
        .iter()
        .flat_map(|path| waiting(path))
        .map(|(id, _)| id)
        .collect();
    assert_eq!(ids.len(), 3);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[test]
fn a_damaged_notice_is_named() {
    let (_folder, path) = place();
    closed_with(&path, [bound(), raised("1")]);
    meddle(&path, "UPDATE outbox SET body = '{}'");
    assert!(matches!(
        Store::undelivered(&path),
        Err(StoreError::Damaged { entry: Some(entry), .. }) if entry.0 == 2
    ));
}

#[test]
fn an_entry_that_is_not_stored_leaves_no_notification() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    tell(&mut store, &mut state, bound());
    let mut gap = state.entry(raised("1"), "test", NOW);
    gap.id.0 += 1;
    store.store(&gap).expect_err("it does not follow");
    assert_eq!(waiting(&path), []);
    // What was refused is forgotten: the same event is news once it is stored.
    meddle(&path, "ALTER TABLE outbox RENAME TO elsewhere");
    let entry = state.entry(raised("1"), "test", NOW);
    store.store(&entry).expect_err("there is no outbox");
    meddle(&path, "ALTER TABLE elsewhere RENAME TO outbox");
    drop(store);
    let (mut store, _) = Store::open(&path).expect("the same store");
    store.store(&entry).expect("stored");
    assert_eq!(waiting(&path).len(), 1);
}

#[test]
fn compaction_keeps_the_state_and_every_decision() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    let mut kept = Vec::new();
    let bodies = [
        (bound(), true),
        (ignored("0"), true),
        // The state forgets what was decided before a reset; the archive does not.
        (Body::Reset, true),
        (bound(), true),
        (seen("1"), false),
        (raised("1"), false),
        (ignored("1"), true),
    ];
    for (body, is_kept) in bodies {
        let entry = tell(&mut store, &mut state, body);
        if is_kept {
            kept.push(entry);
        }
    }
    let decisions = state.decisions().to_vec();
    store.compact(&mut state, "keeper", NOW).expect("compacted");
    assert_eq!(state.decisions(), decisions);
    assert_eq!(Store::archived(&path).expect("readable"), kept);
    let entries = Store::entries(&path).expect("readable");
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].id.0, entries[0].by.as_str()), (8, "keeper"));

    let undo = Decision::Undo {
        decision: kept[4].id,
    };
    let undone = Body::Decided(undo.into());
    kept.push(tell(&mut store, &mut state, undone));
    assert_eq!(Store::read(&path).expect("readable"), state);
    store
        .compact(&mut state, "keeper", NOW)
        .expect("compacted again");
    assert_eq!(Store::archived(&path).expect("readable"), kept);
    tell(&mut store, &mut state, ignored("2"));
    drop(store);
    let (_store, again) = Store::open(&path).expect("the same store");
    assert_eq!(again, state);
    assert_eq!(again.serial(), 11);
}

#[test]
fn an_empty_store_can_be_compacted() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    store.compact(&mut state, "keeper", NOW).expect("compacted");
    tell(&mut store, &mut state, bound());
    assert_eq!(Store::read(&path).expect("readable"), state);
}

#[test]
fn only_the_state_that_is_stored_can_stand_for_it() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    tell(&mut store, &mut state, bound());
    let mut behind = state.clone();
    tell(&mut store, &mut state, ignored("1"));
    let mut other = behind.clone();
    let never_stored = other.entry(ignored("2"), "test", NOW);
    assert_eq!(other.absorb(&never_stored), Ok(true));
    for wrong in [&mut behind, &mut other, &mut State::new()] {
        let before = wrong.clone();
        assert!(matches!(
            store.compact(wrong, "keeper", NOW),
            Err(StoreError::OtherState { .. })
        ));
        assert_eq!(*wrong, before);
    }
    assert_eq!(Store::entries(&path).expect("readable").len(), 2);
    assert_eq!(Store::read(&path).expect("readable"), state);
}

#[test]
fn compaction_forgets_what_was_delivered_and_only_that() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    for body in [bound(), raised("1"), raised("2")] {
        tell(&mut store, &mut state, body);
    }
    let due = waiting(&path);
    store.delivered(&due[0].0, NOW).expect("marked");
    store.compact(&mut state, "keeper", NOW).expect("compacted");
    assert_eq!(waiting(&path), due[1..]);
    let rows: i64 = store
        .connection
        .query_row("SELECT count(*) FROM outbox", [], |row| row.get(0))
        .expect("a number");
    assert_eq!(rows, 1);
    tell(&mut store, &mut state, raised("3"));
    // What waits outlives the entry that it tells of, and what follows comes after it.
    let entries: Vec<_> = waiting(&path).into_iter().map(|(_, entry)| entry).collect();
    assert_eq!(entries, [3, 5]);
}

#[test]
fn a_damaged_entry_of_the_archive_is_named() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    tell(&mut store, &mut state, bound());
    store.compact(&mut state, "keeper", NOW).expect("compacted");
    meddle(
        &path,
        "DROP TRIGGER archive_unchanged; UPDATE archive SET schema = schema + 1",
    );
    assert!(matches!(
        Store::archived(&path),
        Err(StoreError::Damaged { entry: Some(entry), .. }) if entry.0 == 1
    ));
    assert_eq!(Store::read(&path).expect("the log is sound"), state);
}
