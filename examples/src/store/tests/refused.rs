//! What cannot be used is named, and left as it is.

use std::error::Error as _;
use std::fs::{self, Permissions};
use std::path::Path;
use std::time::Duration;

use reconcile::identity::Fingerprint;
use reconcile::log::Log as _;
use reconcile::state::{EntryId, STATE_SCHEMA, State};
use rusqlite::Connection;

use super::super::row::Columns;
use super::super::{Store, StoreError, schema};
use super::{NOW, bound, closed_with, ignored, meddle, place, raised, tell};

#[test]
fn a_damaged_entry_is_named_even_if_it_is_the_last() {
    for id in [1, 2] {
        let (_folder, path) = place();
        closed_with(&path, [bound(), ignored("1")]);
        meddle(
            &path,
            &format!(
                "DROP TRIGGER log_unchanged;
                 UPDATE log SET json = replace(json, '\"source\"', '\"sauce\"') WHERE id = {id}"
            ),
        );
        let before = fs::read(&path).expect("a file");
        for result in [
            Store::open(&path).map(|_| ()),
            Store::read(&path).map(|_| ()),
            Store::entries(&path).map(|_| ()),
        ] {
            let error = result.expect_err("damaged");
            assert!(
                matches!(&error, StoreError::Damaged { entry: Some(entry), .. } if entry.0 == id),
                "{error:?}"
            );
            let said = error.to_string();
            assert!(
                said.contains("store.db") && said.contains(&format!("entry {id}:")),
                "{said}"
            );
        }
        assert_eq!(fs::read(&path).expect("a file"), before);
    }
}

#[test]
fn entries_that_do_not_follow_are_damage() {
    let renumbered = "DROP TRIGGER log_unchanged; UPDATE log SET id = 4 WHERE id = 3";
    let removed = "DROP TRIGGER log_kept; DELETE FROM log WHERE id = 2";
    for (sql, id) in [(renumbered, 4), (removed, 3)] {
        let (_folder, path) = place();
        closed_with(&path, [bound(), ignored("1"), ignored("2")]);
        meddle(&path, sql);
        let error = Store::open(&path).expect_err("damaged");
        assert!(
            matches!(&error, StoreError::Damaged { entry: Some(entry), .. } if entry.0 == id),
            "{error:?}"
        );
    }
}

#[test]
fn a_newer_entry_is_told_from_a_damaged_one() {
    let (_folder, path) = place();
    closed_with(&path, [bound(), ignored("1")]);
    let json = "{\"of\":\"the future\"}";
    let mut checksum = Fingerprint::of(format!("99 {json}")).to_string();
    checksum.truncate(16);
    meddle(
        &path,
        &format!("INSERT INTO log VALUES (3, 99, '{checksum}', '{json}')"),
    );
    for result in [
        Store::open(&path).map(|_| ()),
        Store::read(&path).map(|_| ()),
    ] {
        assert!(matches!(
            result,
            Err(StoreError::Newer {
                entry: Some(EntryId(3)),
                found: 99,
                known: STATE_SCHEMA,
                ..
            })
        ));
    }
}

#[test]
fn a_newer_database_is_left_as_it_is() {
    let (_folder, path) = place();
    closed_with(&path, [bound()]);
    meddle(&path, "PRAGMA user_version = 99");
    let before = fs::read(&path).expect("a file");
    for result in [
        Store::open(&path).map(|_| ()),
        Store::read(&path).map(|_| ()),
    ] {
        assert!(matches!(
            result,
            Err(StoreError::Newer {
                entry: None,
                found: 99,
                known: schema::KNOWN,
                ..
            })
        ));
    }
    assert_eq!(fs::read(&path).expect("a file"), before);
}

#[test]
fn what_is_no_store_is_left_as_it_is() {
    let (_folder, path) = place();
    let database = {
        meddle(
            &path,
            "CREATE TABLE log (id INTEGER PRIMARY KEY); PRAGMA user_version = 1",
        );
        fs::read(&path).expect("a file")
    };
    for content in [b"notes".to_vec(), vec![b'x'; 10_000], database] {
        fs::write(&path, &content).expect("written");
        for result in [
            Store::open(&path).map(|_| ()),
            Store::read(&path).map(|_| ()),
        ] {
            let error = result.expect_err("refused");
            assert!(
                matches!(&error, StoreError::NotAStore { path: named } if *named == path),
                "{} bytes: {error:?}",
                content.len()
            );
        }
        assert_eq!(fs::read(&path).expect("a file"), content);
    }
}

#[test]
fn a_blank_file_is_an_empty_store() {
    let (_folder, path) = place();
    fs::write(&path, "").expect("written");
    assert_eq!(Store::read(&path).expect("readable"), State::new());
    assert_eq!(Store::setting(&path, "policy").expect("readable"), None);
    let state = closed_with(&path, [bound()]);
    assert_eq!(Store::read(&path).expect("readable"), state);
}

#[test]
fn reading_makes_no_store() {
    let (folder, path) = place();
    let error = Store::read(&path).expect_err("there is none");
    assert!(matches!(error, StoreError::Io { .. }), "{error:?}");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

fn set_writable(path: &Path, writable: bool) {
    let mut permissions: Permissions = fs::metadata(path).expect("known").permissions();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = permissions.mode();
        permissions.set_mode(if writable {
            mode | 0o200
        } else {
            mode & !0o222
        });
    }
    #[cfg(not(unix))]
    permissions.set_readonly(!writable);
    fs::set_permissions(path, permissions).expect("set");
}

#[test]
fn a_file_that_may_not_be_written_is_still_read() {
    let (_folder, path) = place();
    let state = closed_with(&path, [bound(), ignored("1")]);
    set_writable(&path, false);
    assert!(matches!(
        Store::open(&path),
        Err(StoreError::ReadOnly { path: named }) if named == path
    ));
    assert_eq!(Store::read(&path).expect("readable"), state);
    set_writable(&path, true);
    Store::open(&path).expect("writable again");
}

#[cfg(unix)]
#[test]
fn a_store_in_a_folder_that_may_not_be_written_is_still_read() {
    let (folder, path) = place();
    let state = closed_with(&path, [bound(), ignored("1")]);
    fs::remove_file(folder.path().join("store.db.lock")).expect("there");
    set_writable(folder.path(), false);
    // To the superuser no folder is closed.
    if fs::write(folder.path().join("probe"), "").is_err() {
        let error = Store::open(&path).expect_err("refused");
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
        assert_eq!(Store::read(&path).expect("readable"), state);
    }
    set_writable(folder.path(), true);
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_stores_no_half() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    tell(&mut store, &mut state, bound());
    let pages: i64 = store
        .connection
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .expect("a number");
    let allow = |store: &Store, pages: i64| {
        store
            .connection
            .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
            .expect("set");
    };
    allow(&store, pages);
    let large = state.entry(ignored(&"x".repeat(100_000)), "test", NOW);
    for _ in 0..2 {
        let error = store.append(&large).await.expect_err("there is no room");
        let why = error.source().and_then(|why| why.downcast_ref());
        assert!(
            matches!(why, Some(StoreError::Full { path: named }) if *named == path),
            "{why:?}"
        );
        assert_eq!(Store::read(&path).expect("readable"), state);
    }
    let error = store.compact(&mut state, &"y".repeat(100_000), NOW);
    assert!(matches!(error, Err(StoreError::Full { .. })));
    assert_eq!(Store::read(&path).expect("readable"), state);
    allow(&store, 1_000_000);
    store.append(&large).await.expect("there is room again");
    assert_eq!(state.absorb(&large), Ok(true));
    assert_eq!(Store::read(&path).expect("readable"), state);
}

#[test]
fn another_programs_transaction_is_not_waited_for_without_end() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    store
        .connection
        .busy_timeout(Duration::from_millis(1))
        .expect("set");
    let outside = Connection::open(&path).expect("a database");
    outside.execute_batch("BEGIN IMMEDIATE").expect("begun");
    let entry = state.entry(bound(), "test", NOW);
    assert!(matches!(store.store(&entry), Err(StoreError::Busy { .. })));
    outside.execute_batch("ROLLBACK").expect("ended");
    tell(&mut store, &mut state, bound());
}

#[test]
fn after_a_write_that_went_wrong_it_must_be_opened_again() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    tell(&mut store, &mut state, bound());
    meddle(&path, "ALTER TABLE outbox RENAME TO elsewhere");
    let entry = state.entry(raised("1"), "test", NOW);
    assert!(matches!(store.store(&entry), Err(StoreError::Io { .. })));
    meddle(&path, "ALTER TABLE elsewhere RENAME TO outbox");
    assert!(matches!(
        store.store(&entry),
        Err(StoreError::Broken { .. })
    ));
    drop(store);
    let (mut store, mut again) = Store::open(&path).expect("the same store");
    assert_eq!(again, state);
    tell(&mut store, &mut again, raised("1"));
}

#[test]
fn a_database_of_the_first_version_is_migrated() {
    let (_folder, path) = place();
    let mut state = State::new();
    {
        let mut first = Connection::open(&path).expect("a database");
        schema::migrate(&mut first, &path, 0, 1).expect("made");
        for body in [bound(), raised("1")] {
            let entry = state.entry(body, "test", NOW);
            Columns::of(&entry, &path)
                .and_then(|columns| columns.insert(&first, &path))
                .expect("stored");
            assert_eq!(state.absorb(&entry), Ok(true));
        }
        assert_eq!(schema::version(&first, &path).expect("known"), 1);
    }
    // A reader makes do with what is there.
    assert_eq!(Store::read(&path).expect("readable"), state);
    assert_eq!(Store::setting(&path, "policy").expect("readable"), None);
    assert_eq!(Store::undelivered(&path).expect("readable"), []);
    assert_eq!(Store::archived(&path).expect("readable"), []);

    let (mut store, again) = Store::open(&path).expect("migrated");
    assert_eq!(again, state);
    let version = schema::version(&store.connection, &path).expect("known");
    assert_eq!(version, schema::KNOWN);
    store.put_setting("policy", "{}").expect("stored");
    store.compact(&mut state, "test", NOW).expect("compacted");
    drop(store);
    let (_store, again) = Store::open(&path).expect("nothing to migrate");
    assert_eq!(again, state);
}
