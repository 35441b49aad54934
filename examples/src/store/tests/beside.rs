//! Settings, the outbox and compaction.

use std::path::Path;

use reconcile::state::{Body, Decision, Entry, State};

use super::super::{NotificationId, Store, StoreError};
use super::{NOW, bound, closed_with, ignored, meddle, place, raised, renamed, seen, tell};

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

fn waiting(path: &Path) -> Vec<(NotificationId, u64)> {
    Store::undelivered(path)
        .expect("readable")
        .into_iter()
        .map(|notification| (notification.id, notification.entry.0))
        .collect()
}

#[test]
fn a_notification_is_there_with_its_entry_and_until_it_was_delivered() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    tell(&mut store, &mut state, bound());
    let first = tell(&mut store, &mut state, raised("1"));
    tell(&mut store, &mut state, seen("1"));
    let cleared = Body::Cleared { key: renamed("1") };
    tell(&mut store, &mut state, cleared);

    let due = Store::undelivered(&path).expect("readable");
    assert_eq!(
        due.iter().map(|due| due.entry.0).collect::<Vec<_>>(),
        [2, 4]
    );
    let body: Entry = serde_json::from_str(&due[0].body).expect("an entry");
    assert_eq!(body, first);

    // Killed after sending and before marking: the same again, under the same key.
    drop(store);
    let (mut store, _) = Store::open(&path).expect("the same store");
    assert_eq!(Store::undelivered(&path).expect("readable"), due);

    assert!(store.delivered(due[0].id, NOW).expect("marked"));
    assert!(!store.delivered(due[0].id, NOW).expect("no news"));
    assert!(!store.delivered(NotificationId(77), NOW).expect("no news"));
    assert_eq!(waiting(&path), [(due[1].id, 4)]);
}

#[test]
fn keys_differ_within_a_store_and_between_stores() {
    let (_folder, path) = place();
    closed_with(&path, [bound(), raised("1"), raised("2")]);
    let (_other_folder, other) = place();
    closed_with(&other, [bound(), raised("2")]);
    let mut keys: Vec<_> = [path, other]
        .iter()
        .flat_map(|path| Store::undelivered(path).expect("readable"))
        .map(|due| due.key)
        .collect();
    assert_eq!(keys.len(), 3);
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3);
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

    let undone = Body::Decided(Decision::Undo {
        decision: kept[4].id,
    });
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
    store.delivered(due[0].0, NOW).expect("marked");
    store.compact(&mut state, "keeper", NOW).expect("compacted");
    assert_eq!(waiting(&path), due[1..]);
    let rows: i64 = store
        .connection
        .query_row("SELECT count(*) FROM outbox", [], |row| row.get(0))
        .expect("a number");
    assert_eq!(rows, 1);
    tell(&mut store, &mut state, raised("3"));
    let later = waiting(&path);
    assert!(later[1].0 > due[1].0, "numbers are not used again");
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
