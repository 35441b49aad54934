//! Notifications of events, to be sent at least once.
//!
//! A notification is written in the transaction that appends its entry, so that no crash can come between the two. It
//! is marked only after it was sent, so a crash there sends it again: the receiver drops it by its key.

use std::path::Path;

use jiff::Timestamp;
use reconcile::state::{Body, Entry, EntryId};
use rusqlite::{Connection, params};

use super::row::{Columns, entry_id, number};
use super::{Store, StoreError, reader, schema};

/// Numbers a notification in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a number")]
pub struct NotificationId(pub i64);

/// What the world outside is to be told: that an event was raised or cleared.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// Its number.
    pub id: NotificationId,
    /// The entry that it tells of.
    pub entry: EntryId,
    /// The same however often it is sent, and different for every notification of every store: send it along, so that
    /// the receiver can drop repetitions.
    pub key: String,
    /// The entry as JSON.
    pub body: String,
}

impl Store {
    /// The notifications that were not marked delivered, oldest first. Needs no lock.
    ///
    /// There is one for every event raised or cleared since the store has an outbox.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store cannot be read.
    pub fn undelivered(path: &Path) -> Result<Vec<Notification>, StoreError> {
        reader::read(path, |connection, version| {
            if version < schema::BESIDE {
                return Ok(Vec::new());
            }
            waiting(connection).map_err(|error| StoreError::sqlite(path, error))
        })
    }

    /// Marks a notification as delivered, which is to be done once the receiver has taken it and not before. Answers
    /// whether that is news.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if it cannot be written; the notification is then still to be sent.
    pub fn delivered(&mut self, id: NotificationId, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|transaction, path| {
            transaction
                .execute(
                    "UPDATE outbox SET delivered_at = ?2 WHERE id = ?1 AND delivered_at IS NULL",
                    params![id.0, now.to_string()],
                )
                .map(|marked| marked > 0)
                .map_err(|error| StoreError::sqlite(path, error))
        })
    }
}

fn waiting(connection: &Connection) -> rusqlite::Result<Vec<Notification>> {
    connection
        .prepare("SELECT id, entry, key, body FROM outbox WHERE delivered_at IS NULL ORDER BY id")?
        .query_map([], |row| {
            Ok(Notification {
                id: NotificationId(row.get(0)?),
                entry: entry_id(row.get(1)?),
                key: row.get(2)?,
                body: row.get(3)?,
            })
        })?
        .collect()
}

/// Writes the notification of an entry, if it is one that the world is told of.
pub(super) fn notify(
    transaction: &Connection,
    path: &Path,
    entry: &Entry,
    columns: &Columns,
) -> Result<(), StoreError> {
    if !matches!(entry.body, Body::Raised { .. } | Body::Cleared { .. }) {
        return Ok(());
    }
    // The number tells entries of one store apart, the checksum those of several.
    let key = format!("{}-{}", entry.id.0, columns.checksum);
    transaction
        .prepare_cached("INSERT INTO outbox (entry, key, body) VALUES (?1, ?2, ?3)")
        .and_then(|mut insert| insert.execute(params![number(entry.id), key, columns.json]))
        .map(|_| ())
        .map_err(|error| StoreError::sqlite(path, error))
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
