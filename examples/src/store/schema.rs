//! The tables, and how a database of an older version gets them.

use std::io;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, TransactionBehavior};

use super::{StoreError, outbox};

/// Marks a database as a store of this program, in the field that `SQLite` has for it.
const APPLICATION: i64 = 0x4D53_5053;

/// Each brings a database from the version of its index to the next. What was released is never edited: a change of
/// the tables is another one at the end.
const MIGRATIONS: [&str; KNOWN as usize] = [
    include_str!("1_log.sql"),
    include_str!("2_beside.sql"),
    include_str!("3_notices.sql"),
    include_str!("4_deployments.sql"),
];

/// The newest version.
pub(super) const KNOWN: u32 = 4;

/// The version from which on there is anything beside the log.
pub(super) const BESIDE: u32 = 2;

/// The version from which on the outbox holds notices.
pub(super) const NOTICES: u32 = 3;

/// The version from which on there are deployments.
pub(super) const DEPLOYMENTS: u32 = 4;

/// The version of a database: 0 if it is still blank.
///
/// # Errors
///
/// [`StoreError::NotAStore`] or [`StoreError::Newer`]; nothing was written.
pub(super) fn version(connection: &Connection, path: &Path) -> Result<u32, StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id").map_err(sqlite)?;
    let version = number("PRAGMA user_version").map_err(sqlite)?;
    let tables = number("SELECT count(*) FROM sqlite_schema").map_err(sqlite)?;
    if (application, version, tables) == (0, 0, 0) {
        return Ok(0);
    }
    if application != APPLICATION {
        return Err(StoreError::NotAStore {
            path: path.to_owned(),
        });
    }
    match u32::try_from(version) {
        Ok(known @ 1..=KNOWN) => Ok(known),
        Ok(found @ 1..) => Err(StoreError::Newer {
            path: path.to_owned(),
            entry: None,
            found,
            known: KNOWN,
        }),
        _ => Err(StoreError::NotAStore {
            path: path.to_owned(),
        }),
    }
}

/// Makes a connection one for writing: refuses what is not ours, sets how it writes, and migrates.
pub(super) fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    // What is refused must stay as it is, but closing a database would tidy up its write-ahead log.
    let no_tidying = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    connection.set_db_config(no_tidying, true).map_err(sqlite)?;
    let version = version(connection, path)?;
    connection
        .set_db_config(no_tidying, false)
        .map_err(sqlite)?;
    write_durably(connection, path)?;
    migrate(connection, path, version, KNOWN)
}

/// An effect at a vendor follows an append, so the append must outlive a power cut.
///
/// With a write-ahead log, readers and the writer do not wait for each other, but with `SQLite`'s usual setting for it
/// (`NORMAL`) the last commits may be lost with the power. `FULL` syncs the log at every commit.
pub(crate) fn write_durably(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(sqlite)?;
    if mode != "wal" {
        return Err(StoreError::Io {
            path: path.to_owned(),
            source: io::Error::new(
                io::ErrorKind::Unsupported,
                "this file system cannot hold a write-ahead log",
            ),
        });
    }
    for (name, value) in [
        ("synchronous", "FULL"),
        // On macOS a plain sync leaves data in the drive's cache; elsewhere these two do nothing.
        ("fullfsync", "ON"),
        ("checkpoint_fullfsync", "ON"),
    ] {
        connection
            .pragma_update(None, name, value)
            .map_err(sqlite)?;
    }
    Ok(())
}

/// Takes a database from one version to another, each step whole or not at all.
pub(super) fn migrate(
    connection: &mut Connection,
    path: &Path,
    from: u32,
    to: u32,
) -> Result<(), StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    for (version, migration) in (1..=to).zip(MIGRATIONS) {
        if version <= from {
            continue;
        }
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(sqlite)?;
        transaction.execute_batch(migration).map_err(sqlite)?;
        if version == NOTICES {
            outbox::tell_anew(&transaction, path)?;
        }
        transaction
            .pragma_update(None, "application_id", APPLICATION)
            .map_err(sqlite)?;
        transaction
            .pragma_update(None, "user_version", version)
            .map_err(sqlite)?;
        transaction.commit().map_err(sqlite)?;
    }
    Ok(())
}
