//! The tables, and how a database of an older format gets them.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::store::{StoreError, schema};

/// Marks a database as one of these, in the field that `SQLite` has for it.
const APPLICATION: i64 = 0x4D53_5041;

/// The newest format.
pub(super) const FORMAT: u32 = 2;

/// Each brings a database from the format of its index to the next. What was released is never edited.
const MIGRATIONS: [&str; FORMAT as usize] = [
    "
-- One row once following has begun.
CREATE TABLE resume (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    log TEXT NOT NULL,
    began_from INTEGER NOT NULL,
    newest INTEGER,
    file TEXT,
    length INTEGER,
    tail TEXT
) STRICT;

-- Entries that the next reading may meet again; without a date an entry is kept for good.
CREATE TABLE delivered (
    id TEXT PRIMARY KEY,
    date INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX delivered_by_date ON delivered (date);
",
    "
-- How far each part of the log was followed. A part without a row, or without a moment in it, goes by the row of
-- 'resume', whose 'newest' is of all parts, from before they were told apart.
CREATE TABLE parts (
    part TEXT PRIMARY KEY,
    began_from INTEGER,
    newest INTEGER,
    forgotten_before INTEGER
) STRICT, WITHOUT ROWID;

-- Of which part an entry is. What was delivered before is of any, and is kept: it is no more than one window of it.
ALTER TABLE delivered ADD COLUMN part TEXT;

-- Whose a site's number is, also when the site is no longer listed.
CREATE TABLE sites (
    number INTEGER PRIMARY KEY,
    uid TEXT NOT NULL
) STRICT;
",
];

/// Refuses what is not ours, makes the tables in a blank file, and brings those of an older format to this one.
pub(super) fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id").map_err(sqlite)?;
    let format = number("PRAGMA user_version").map_err(sqlite)?;
    let tables = number("SELECT count(*) FROM sqlite_schema").map_err(sqlite)?;
    let is_blank = (application, format, tables) == (0, 0, 0);
    let none = || StoreError::NotAStore {
        path: path.to_owned(),
    };
    if !is_blank && application != APPLICATION {
        return Err(none());
    }
    let format = u32::try_from(format).map_err(|_| none())?;
    if format > FORMAT {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            entry: None,
            found: format,
            known: FORMAT,
        });
    }
    schema::write_durably(connection, path)?;
    for (version, migration) in (1..=FORMAT).zip(MIGRATIONS) {
        if version <= format {
            continue;
        }
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(sqlite)?;
        transaction.execute_batch(migration).map_err(sqlite)?;
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
