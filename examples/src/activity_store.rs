//! How far an activity log was followed: a resume point, and what was delivered since, committed together.
//!
//! A follower reads from [`Resume::from`] on, again and again, drops what [`ActivityStore::fresh`] knows, writes the
//! rest out, and commits it with [`ActivityStore::delivered`], together with the length that the file then has. What a
//! crash left behind that length was never committed, and is cut off by [`OutputFile::open`].
//!
//! The log is read oldest first, and the resume point follows what was told, by dates of the vendor alone, so that no
//! clock of ours can leave a gap. Entries that come late, under a date that was passed, are found as long as they are not
//! later than the window that the follower reads over again. A window that is made larger reaches back no further than
//! to what is still remembered, so that nothing is told twice.
//!
//! A log has parts, such as what was done to devices and what users did, which need not all be followed. Each has a
//! resume point of its own: a part that is followed later is read from where the store began.

mod output;
mod schema;
mod sites;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, TransactionBehavior, params};

use crate::store::file::{self, WriterLock};
use crate::store::{StoreError, WAIT};

pub use output::{Mark, OutputError, OutputFile};

/// An entry as this store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a key and its date")]
pub struct Delivered {
    /// Tells it from all others of the log.
    pub id: String,
    /// Its date, if that could be read.
    pub date: Option<Timestamp>,
    /// The part of the log that it is in.
    pub part: &'static str,
}

/// From where on a part of a log is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resume {
    /// The first moment that was ever asked for.
    pub began_from: Timestamp,
    /// A moment at which whatever was listed was delivered, as far as it is not newer; none before the first.
    pub newest: Option<Timestamp>,
    /// Before this moment entries were delivered that are no longer remembered.
    pub forgotten_before: Option<Timestamp>,
}

impl Resume {
    /// From when on the log has to be read so that entries that come at most so late are not missed, and none comes again.
    pub fn from(&self, late: SignedDuration) -> Timestamp {
        let again = self
            .newest
            .map(|newest| newest.checked_sub(late).unwrap_or(Timestamp::MIN));
        let from = again.map_or(self.began_from, |again| again.max(self.began_from));
        self.forgotten_before
            .map_or(from, |forgotten| from.max(forgotten))
    }
}

/// The store of one follower. There is one at a time, in all processes.
#[derive(Debug)]
pub struct ActivityStore {
    // Fields are dropped in this order: the database is closed before the next follower may come.
    connection: Connection,
    _lock: WriterLock,
    path: PathBuf,
}

impl ActivityStore {
    /// Opens the store of a log, or makes one that begins at `from`. What there is goes on where it was, whatever `from`
    /// says.
    ///
    /// `log` names what is followed, such as the tenant; a store is of one log for good.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] if it is followed already, [`StoreError::NotAStore`] for another file or log,
    /// [`StoreError::Newer`], and what the system says.
    pub fn open(path: &Path, log: &str, from: Timestamp) -> Result<Self, StoreError> {
        let sqlite = |error| StoreError::sqlite(path, error);
        let absolute = std::path::absolute(path).map_err(|error| StoreError::io(path, error))?;
        let lock = WriterLock::take(&absolute)?;
        file::create(&absolute)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&absolute, flags).map_err(sqlite)?;
        connection.busy_timeout(WAIT).map_err(sqlite)?;
        schema::prepare(&mut connection, path)?;
        connection
            .execute(
                "INSERT INTO resume (one, log, began_from) VALUES (1, ?1, ?2) ON CONFLICT (one) DO NOTHING",
                params![log, from.as_microsecond()],
            )
            .map_err(sqlite)?;
        let of: String = connection
            .query_row("SELECT log FROM resume", [], |row| row.get(0))
            .map_err(sqlite)?;
        if of != log {
            return Err(StoreError::Damaged {
                path: path.to_owned(),
                entry: None,
                why: format!("it tells of {of} and not of {log}"),
            });
        }
        Ok(Self {
            connection,
            _lock: lock,
            path: path.to_owned(),
        })
    }

    /// From where on a part is followed. One that never was begins where the store does.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store cannot be read.
    pub fn resume(&self, part: &str) -> Result<Resume, StoreError> {
        let row = self.connection.query_row(
            "SELECT coalesce(parts.began_from, resume.began_from), coalesce(parts.newest, resume.newest),
                    parts.forgotten_before
             FROM resume LEFT JOIN parts ON parts.part = ?1",
            [part],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        );
        let (began_from, newest, forgotten): (i64, Option<i64>, Option<i64>) =
            row.map_err(|error| StoreError::sqlite(&self.path, error))?;
        let instant = |moment| instant(&self.path, moment);
        Ok(Resume {
            began_from: instant(began_from)?,
            newest: newest.map(instant).transpose()?,
            forgotten_before: forgotten.map(instant).transpose()?,
        })
    }

    /// Lets a part begin at another moment. Nothing of it was delivered yet.
    ///
    /// # Errors
    ///
    /// A [`StoreError`]; it begins where it did then.
    pub fn begin(
        &mut self,
        part: &str,
        resume: &mut Resume,
        from: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO parts (part, began_from) VALUES (?1, ?2)
                 ON CONFLICT (part) DO UPDATE SET began_from = excluded.began_from",
                params![part, from.as_microsecond()],
            )?;
            Ok(())
        })?;
        resume.began_from = from;
        Ok(())
    }

    /// Those that were not delivered yet, each once, in their order.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store cannot be read.
    pub fn fresh<T>(
        &self,
        entries: impl IntoIterator<Item = (Delivered, T)>,
    ) -> Result<Vec<(Delivered, T)>, StoreError> {
        let sqlite = |error| StoreError::sqlite(&self.path, error);
        let mut known = self
            .connection
            .prepare_cached("SELECT 1 FROM delivered WHERE id = ?1")
            .map_err(sqlite)?;
        let mut met = std::collections::BTreeSet::new();
        let mut fresh = Vec::new();
        for (entry, with) in entries {
            if !known.exists([&entry.id]).map_err(sqlite)? && met.insert(entry.id.clone()) {
                fresh.push((entry, with));
            }
        }
        Ok(fresh)
    }

    /// Remembers what was written out, and how far the file is then, if it went to one. Durable when this returns.
    ///
    /// # Errors
    ///
    /// A [`StoreError`]; nothing of it is remembered then.
    pub fn delivered<'e>(
        &mut self,
        entries: impl IntoIterator<Item = &'e Delivered>,
        mark: Option<&Mark>,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO delivered (id, date, part) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING",
            )?;
            for entry in entries {
                let date = entry.date.map(Timestamp::as_microsecond);
                insert.execute(params![entry.id, date, entry.part])?;
            }
            if let Some(mark) = mark {
                transaction.execute(
                    "UPDATE resume SET file = ?1, length = ?2, tail = ?3",
                    params![mark.file, mark.length.cast_signed(), mark.tail],
                )?;
            }
            Ok(())
        })
    }

    /// Moves the resume point of a part, never backwards, and forgets what no reading from [`Resume::from`] on can meet again.
    ///
    /// `newest` is no later than when the reading began that brought everything up to there.
    ///
    /// # Errors
    ///
    /// A [`StoreError`]; the resume point stays where it was then.
    pub fn advance(
        &mut self,
        part: &str,
        resume: &mut Resume,
        newest: Timestamp,
        late: SignedDuration,
    ) -> Result<(), StoreError> {
        let mut moved = Resume {
            newest: Some(resume.newest.map_or(newest, |known| known.max(newest))),
            ..*resume
        };
        if moved == *resume {
            return Ok(());
        }
        // The vendor is asked from a whole second on.
        let from = moved.from(late).as_second().saturating_mul(1_000_000);
        let mut forgotten = None;
        self.write(|transaction| {
            // A larger window must not reach what is forgotten here: it would be told again.
            forgotten = transaction.query_row(
                "SELECT max(date) + 1 FROM delivered WHERE part = ?1 AND date < ?2",
                params![part, from],
                |row| row.get::<_, Option<i64>>(0),
            )?;
            transaction.execute(
                "INSERT INTO parts (part, newest, forgotten_before) VALUES (?1, ?2, ?3)
                 ON CONFLICT (part) DO UPDATE SET newest = excluded.newest,
                     forgotten_before = coalesce(excluded.forgotten_before, forgotten_before)",
                params![part, moved.newest.map(Timestamp::as_microsecond), forgotten],
            )?;
            transaction.execute(
                "DELETE FROM delivered WHERE part = ?1 AND date < ?2",
                params![part, from],
            )?;
            Ok(())
        })?;
        if let Some(forgotten) = forgotten {
            moved.forgotten_before = Some(instant(&self.path, forgotten)?);
        }
        *resume = moved;
        Ok(())
    }

    /// How far the file was that was written last; none if none was.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store cannot be read.
    pub fn mark(&self) -> Result<Option<Mark>, StoreError> {
        let columns = "SELECT file, length, tail FROM resume WHERE file IS NOT NULL";
        self.connection
            .query_row(columns, [], |row| {
                Ok(Mark {
                    file: row.get(0)?,
                    length: row.get::<_, i64>(1)?.cast_unsigned(),
                    tail: row.get(2)?,
                })
            })
            .optional()
            .map_err(|error| StoreError::sqlite(&self.path, error))
    }

    /// How many entries are remembered at present.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store cannot be read.
    pub fn remembered(&self) -> Result<u64, StoreError> {
        self.connection
            .query_row("SELECT count(*) FROM delivered", [], |row| {
                row.get::<_, i64>(0).map(i64::cast_unsigned)
            })
            .map_err(|error| StoreError::sqlite(&self.path, error))
    }

    fn write(
        &mut self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let done = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|transaction| {
                work(&transaction)?;
                transaction.commit()
            });
        done.map_err(|error| StoreError::sqlite(&self.path, error))
    }
}

fn instant(path: &Path, microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds).map_err(|error| StoreError::Damaged {
        path: path.to_owned(),
        entry: None,
        why: error.to_string(),
    })
}
