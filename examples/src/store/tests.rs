//! What a store keeps, whom it lets in, and what it refuses.

mod beside;
mod deployments;
mod refused;

use std::error::Error as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use reconcile::drift::{EventKey, EventKind};
use reconcile::identity::{EntityRef, Instance, Kind, Vendor};
use reconcile::inventory::Scope;
use reconcile::log::Log as _;
use reconcile::record;
use reconcile::state::{Body, Decision, Entry, State};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{Store, StoreError};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn source() -> Instance {
    Instance::new(Vendor::new("source"), "s")
}

fn site(id: &str) -> EntityRef {
    source().entity(Kind::SITE, id)
}

fn bound() -> Body {
    Body::Bound {
        source: source(),
        destination: Instance::new(Vendor::new("destination"), "d"),
    }
}

fn ignored(id: &str) -> Body {
    Body::Decided(Decision::Ignore { source: site(id) }.into())
}

fn seen(id: &str) -> Body {
    Body::Seen {
        scope: Scope {
            instance: source(),
            root: source().root(),
            rights: None,
        },
        entities: vec![site(id)],
    }
}

fn renamed(id: &str) -> EventKey {
    EventKey {
        kind: EventKind::SourceRenamed,
        entities: vec![site(id)],
    }
}

fn raised(id: &str) -> Body {
    Body::Raised {
        key: renamed(id),
        detail: "it has another name".to_owned(),
    }
}

/// A folder that is gone after the test, and the path of a store in it.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.db");
    (folder, path)
}

fn tell(store: &mut Store, state: &mut State, body: Body) -> Entry {
    let entry = state.entry(body, "test", NOW);
    store.store(&entry).expect("stored");
    assert_eq!(state.absorb(&entry), Ok(true));
    entry
}

/// A closed store with these entries.
fn closed_with(path: &Path, bodies: impl IntoIterator<Item = Body>) -> State {
    let (mut store, mut state) = Store::open(path).expect("a new store");
    for body in bodies {
        tell(&mut store, &mut state, body);
    }
    state
}

/// Changes a database behind the store's back.
fn meddle(path: &Path, sql: &str) {
    Connection::open(path)
        .and_then(|connection| connection.execute_batch(sql))
        .expect("it can be meddled with");
}

#[tokio::test]
async fn opened_again_it_folds_to_the_same_state() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    assert_eq!(state, State::new());
    assert_eq!(store.path(), path);
    for body in [bound(), ignored("1"), raised("2")] {
        record(&mut state, &mut store, body, "test", NOW)
            .await
            .expect("stored");
    }
    drop(store);
    let (_store, again) = Store::open(&path).expect("the same store");
    assert_eq!(again, state);
    assert_eq!(again.serial(), 3);
}

#[test]
fn a_stored_entry_is_synced_before_append_returns() {
    let (_folder, path) = place();
    let (store, _) = Store::open(&path).expect("a new store");
    let pragma = |name: &str| -> String {
        let sql = format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}");
        store
            .connection
            .query_row(&sql, [], |row| row.get(0))
            .expect("a value")
    };
    assert_eq!(pragma("journal_mode"), "wal");
    assert_eq!(pragma("synchronous"), "2", "FULL");
}

#[tokio::test]
async fn an_entry_that_does_not_follow_is_refused_and_the_log_goes_on() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    let first = tell(&mut store, &mut state, bound());
    let mut gap = state.entry(ignored("1"), "test", NOW);
    gap.id.0 += 1;
    for wrong in [&first, &gap] {
        let error = store.append(wrong).await.expect_err("refused");
        let why = error.source().and_then(|why| why.downcast_ref());
        assert!(
            matches!(why, Some(StoreError::DoesNotFollow { entry, .. }) if *entry == wrong.id),
            "{why:?}"
        );
    }
    tell(&mut store, &mut state, ignored("1"));
    assert_eq!(Store::read(&path).expect("readable"), state);
}

#[test]
fn the_log_cannot_be_changed_even_from_outside() {
    let (_folder, path) = place();
    let state = closed_with(&path, [bound(), ignored("1")]);
    let outside = Connection::open(&path).expect("a database");
    for sql in [
        "UPDATE log SET json = '{}'",
        "DELETE FROM log",
        "DELETE FROM log WHERE id = 2",
        "INSERT OR REPLACE INTO log SELECT id, schema, checksum, '{}' FROM log WHERE id = 2",
        "INSERT INTO compactions (snapshot) VALUES (2)",
    ] {
        let error = outside.execute(sql, []).expect_err(sql);
        assert_eq!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::ConstraintViolation),
            "{sql}: {error}"
        );
    }
    drop(outside);
    assert_eq!(Store::read(&path).expect("readable"), state);
}

#[test]
fn a_second_writer_is_refused_and_the_first_goes_on() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    assert!(matches!(
        Store::open(&path),
        Err(StoreError::InUse { path: named }) if named == path
    ));
    tell(&mut store, &mut state, bound());
    drop(store);
    let (_store, again) = Store::open(&path).expect("the lock is gone with its holder");
    assert_eq!(again, state);
}

#[cfg(unix)]
#[test]
fn a_second_writer_is_refused_under_another_name_too() {
    let (folder, path) = place();
    let _first = Store::open(&path).expect("a new store");
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).expect("linked");
    assert!(matches!(Store::open(&link), Err(StoreError::InUse { .. })));
}

#[test]
fn readers_see_what_is_stored_while_it_is_being_written() {
    let (_folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    assert_eq!(Store::read(&path).expect("readable"), state);
    let mut told = Vec::new();
    for body in [bound(), seen("1"), ignored("1")] {
        told.push(tell(&mut store, &mut state, body));
        assert_eq!(Store::read(&path).expect("readable"), state);
        assert_eq!(Store::entries(&path).expect("readable"), told);
    }
    let transaction = store.connection.transaction().expect("a transaction");
    transaction
        .execute("INSERT INTO settings VALUES ('half', 'done')", [])
        .expect("written but not committed");
    assert_eq!(Store::read(&path).expect("no waiting"), state);
    assert_eq!(Store::setting(&path, "half").expect("readable"), None);
}

#[test]
fn names_that_mean_something_to_sqlite_are_files() {
    let (folder, _) = place();
    for name in [":memory:", "a?b#c%41.db"] {
        let path = folder.path().join(name);
        let state = closed_with(&path, [bound()]);
        assert!(fs::exists(&path).expect("known"), "{name}");
        assert_eq!(Store::read(&path).expect("readable"), state);
    }
}

#[cfg(unix)]
#[test]
fn its_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let (folder, path) = place();
    let (mut store, mut state) = Store::open(&path).expect("a new store");
    tell(&mut store, &mut state, bound());
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .expect("a folder")
        .map(|file| {
            let file = file.expect("a file");
            let mode = file.metadata().expect("known").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", file.path().display());
            file.file_name()
        })
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["store.db", "store.db-shm", "store.db-wal", "store.db.lock"]
    );
}

/// A process that holds a store open, until it is killed.
struct Holder(Child);

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const HELD: &str = "TEST_STORE_TO_HOLD";

/// What the other process does: it writes an entry and keeps the store open.
fn hold(path: &Path) {
    let (mut store, mut state) = Store::open(path).expect("a new store");
    tell(&mut store, &mut state, bound());
    println!("\nheld");
    std::thread::sleep(Duration::from_mins(1));
}

#[test]
fn u14_a_killed_writer_leaves_its_entries_and_no_lock() {
    // This test runs itself a second time, as the process that is killed.
    if let Some(path) = std::env::var_os(HELD) {
        return hold(Path::new(&path));
    }
    let (_folder, path) = place();
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "store::tests::u14_a_killed_writer_leaves_its_entries_and_no_lock",
            "--exact",
            "--nocapture",
        ])
        .env(HELD, &path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut holder = Holder(child);
    let output = holder.0.stdout.take().expect("piped");
    assert!(
        BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .any(|line| line == "held")
    );
    assert!(matches!(Store::open(&path), Err(StoreError::InUse { .. })));
    assert_eq!(Store::read(&path).expect("readable").serial(), 1);
    drop(holder);
    let (mut store, mut state) = Store::open(&path).expect("nobody holds it");
    assert_eq!(state.serial(), 1);
    tell(&mut store, &mut state, ignored("1"));
}
