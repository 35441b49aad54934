//! Notices of events, to be sent at least once.
//!
//! A notice is written in the transaction that appends its entry, so that no crash can come between the two. It is
//! marked only after it was sent, so a crash there sends it again: the receiver drops it by its id.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use reconcile::state::{EntryId, State};
use rusqlite::{Connection, params};

use super::row::{self, Table, entry_id, number};
use super::{Store, StoreError, reader, schema};
use crate::notify::{Notice, Notices};

impl Store {
    /// The notices that were not marked delivered, oldest first. Needs no lock.
    ///
    /// There is one for every change of an event since the store has an outbox; one entry may make several.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store cannot be read.
    pub fn undelivered(path: &Path) -> Result<Vec<Notice>, StoreError> {
        reader::read(path, |connection, version| {
            if version < schema::NOTICES {
                return Ok(Vec::new());
            }
            waiting(connection, path)
        })
    }

    /// Marks a notice, by its id, as delivered, which is to be done once the receiver has taken it and not before.
    /// Answers whether that is news.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if it cannot be written; the notice is then still to be sent.
    pub fn delivered(&mut self, notice: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|transaction, path| {
            transaction
                .execute(
                    "UPDATE outbox SET delivered_at = ?2 WHERE notice = ?1 AND delivered_at IS NULL",
                    params![notice, now.to_string()],
                )
                .map(|marked| marked > 0)
                .map_err(|error| StoreError::sqlite(path, error))
        })
    }
}

fn waiting(connection: &Connection, path: &Path) -> Result<Vec<Notice>, StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    let mut select = connection
        .prepare("SELECT entry, body FROM outbox WHERE delivered_at IS NULL ORDER BY id")
        .map_err(sqlite)?;
    let mut rows = select.query([]).map_err(sqlite)?;
    let mut notices = Vec::new();
    while let Some(row) = rows.next().map_err(sqlite)? {
        let entry = entry_id(row.get(0).map_err(sqlite)?);
        let body: String = row.get(1).map_err(sqlite)?;
        let notice = serde_json::from_str(&body).map_err(|error| StoreError::Damaged {
            path: path.to_owned(),
            entry: Some(entry),
            why: format!("its notice cannot be understood: {error}"),
        })?;
        notices.push(notice);
    }
    Ok(notices)
}

/// Writes the notices of an entry.
pub(super) fn notify(
    transaction: &Connection,
    path: &Path,
    notices: &[Notice],
) -> Result<(), StoreError> {
    for notice in notices {
        let body = serde_json::to_string(notice).map_err(|error| StoreError::Io {
            path: path.to_owned(),
            source: io::Error::new(io::ErrorKind::InvalidData, error),
        })?;
        transaction
            .prepare_cached("INSERT INTO outbox (entry, notice, body) VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute(params![number(notice.entry), notice.id, body]))
            .map_err(|error| StoreError::sqlite(path, error))?;
    }
    Ok(())
}

/// Makes notices of what an outbox of entries holds that was not delivered, and drops that outbox. What was compacted
/// since cannot be told any more.
pub(super) fn tell_anew(transaction: &Connection, path: &Path) -> Result<(), StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    let waiting: BTreeSet<EntryId> = transaction
        .prepare("SELECT entry FROM outbox_of_entries WHERE delivered_at IS NULL")
        .and_then(|mut select| {
            let entries = select.query_map([], |row| row.get(0).map(entry_id))?;
            entries.collect()
        })
        .map_err(sqlite)?;
    if !waiting.is_empty() {
        let mut notices = Notices::new(State::new());
        for entry in row::read(transaction, path, Table::Log)? {
            let told = notices.absorb(&entry).map_err(|why| StoreError::Damaged {
                path: path.to_owned(),
                entry: Some(entry.id),
                why: why.to_string(),
            })?;
            if waiting.contains(&entry.id) {
                notify(transaction, path, &told)?;
            }
        }
    }
    transaction
        .execute_batch("DROP TABLE outbox_of_entries")
        .map_err(sqlite)
}

/// Forgets what was delivered of the entries before a snapshot. Their numbers never come again, so nothing is sent
/// twice for it.
pub(super) fn forget_delivered(transaction: &Connection, before: EntryId) -> rusqlite::Result<()> {
    transaction
        .execute(
            "DELETE FROM outbox WHERE delivered_at IS NOT NULL AND entry < ?1",
            [number(before)],
        )
        .map(|_| ())
}
