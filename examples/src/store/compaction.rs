//! Compaction: a snapshot takes the place of the entries before it.

use std::path::Path;

use jiff::Timestamp;
use reconcile::state::{Body, Entry, EntryId, State};
use rusqlite::Connection;

use super::row::{self, Columns, Table, number};
use super::{Store, StoreError, outbox, reader, schema};
use crate::notify::Notices;

impl Store {
    /// Appends a snapshot of the state, takes it into the state, and takes the entries before it out of the log.
    ///
    /// What people decided and what was done at the vendors goes to the archive. What was merely seen, which is most
    /// of a log, is dropped, and so are delivered notices. All of it happens, or nothing. The room in the file
    /// is used again; the file does not shrink.
    ///
    /// # Errors
    ///
    /// [`StoreError::OtherState`] if the state is not the fold of what is stored, or another [`StoreError`] if the
    /// store cannot be written. Store and state are then as before.
    pub fn compact(
        &mut self,
        state: &mut State,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let snapshot = state.snapshot(by, now);
        let columns = Columns::of(&snapshot, &self.path)?;
        let other_state = || StoreError::OtherState {
            path: self.path.clone(),
        };
        let mut next = state.clone();
        next.absorb(&snapshot).map_err(|_| other_state())?;
        self.write(|transaction, path| {
            let entries = row::read(transaction, path, Table::Log)?;
            // What is dropped cannot be had back, so the snapshot is trusted only if it says the same.
            if row::fold(&entries, path)? != *state {
                return Err(StoreError::OtherState {
                    path: path.to_owned(),
                });
            }
            columns.insert(transaction, path)?;
            take_out(transaction, &entries, snapshot.id)
                .map_err(|error| StoreError::sqlite(path, error))
        })?;
        self.notices = Notices::new(next.clone());
        *state = next;
        Ok(())
    }

    /// What compactions took out of the log and kept, oldest first: whatever people decided and whatever was done at
    /// the vendors. Needs no lock.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store cannot be read.
    pub fn archived(path: &Path) -> Result<Vec<Entry>, StoreError> {
        reader::read(path, |connection, version| {
            if version < schema::BESIDE {
                return Ok(Vec::new());
            }
            row::read(connection, path, Table::Archive)
        })
    }
}

fn take_out(
    transaction: &Connection,
    entries: &[Entry],
    snapshot: EntryId,
) -> rusqlite::Result<()> {
    let mut archive = transaction
        .prepare("INSERT INTO archive SELECT id, schema, checksum, json FROM log WHERE id = ?1")?;
    for entry in entries.iter().filter(|entry| is_kept(&entry.body)) {
        archive.execute([number(entry.id)])?;
    }
    transaction.execute(
        "INSERT INTO compactions (snapshot) VALUES (?1)",
        [number(snapshot)],
    )?;
    transaction.execute("DELETE FROM log WHERE id < ?1", [number(snapshot)])?;
    outbox::forget_delivered(transaction, snapshot)
}

/// Whether an entry goes to the archive.
fn is_kept(body: &Body) -> bool {
    match body {
        Body::Bound { .. }
        | Body::Reset
        | Body::Decided(_)
        | Body::Confirmed { .. }
        | Body::Intent { .. }
        | Body::Settled { .. }
        | Body::Finished
        | Body::Abandoned => true,
        Body::Seen { .. }
        | Body::Looked { .. }
        | Body::Named { .. }
        | Body::Raised { .. }
        | Body::Cleared { .. }
        | Body::Snapshot(_) => false,
    }
}
