//! How far an activity log was followed: a resume point, and what was delivered since, committed together.
//!
//! A follower reads from [`Resume::from`] on, again and again, drops what [`ActivityStore::fresh`] knows, writes the
//! rest out, and commits it with [`ActivityStore::delivered`], together with the length that the file then has. What a
//! crash left behind that length was never committed, and is cut off by [`OutputFile::open`].
//!
//! The log is read oldest first, and the resume point follows what was told, by dates of the vendor alone, so that no
//! clock of ours can leave a gap. Entries that come late, under a date that was passed, are found as long as they are not
//! later than the window that the follower reads over again.

mod output;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, TransactionBehavior, params};

use crate::store::file::{self, WriterLock};
use crate::store::{StoreError, WAIT, schema};

pub use output::{Mark, OutputError, OutputFile};

/// Marks a database as one of these, in the field that `SQLite` has for it.
const APPLICATION: i64 = 0x4D53_5041;
const FORMAT: u32 = 1;

const TABLES: &str = "
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
";

/// An entry as this store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a key and its date")]
pub struct Delivered {
    /// Tells it from all others of the log.
    pub id: String,
    /// Its date, if that could be read.
    pub date: Option<Timestamp>,
}

/// From where on a log is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resume {
    /// The first moment that was ever asked for.
    pub began_from: Timestamp,
    /// A moment at which whatever was listed was delivered, as far as it is not newer; none before the first.
    pub newest: Option<Timestamp>,
}

impl Resume {
    /// From when on the log has to be read so that entries that come at most so late are not missed.
    pub fn from(&self, late: SignedDuration) -> Timestamp {
        let again = self
            .newest
            .map(|newest| newest.checked_sub(late).unwrap_or(Timestamp::MIN));
        again.map_or(self.began_from, |again| again.max(self.began_from))
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
    pub fn open(path: &Path, log: &str, from: Timestamp) -> Result<(Self, Resume), StoreError> {
        let sqlite = |error| StoreError::sqlite(path, error);
        let absolute = std::path::absolute(path).map_err(|error| StoreError::io(path, error))?;
        let lock = WriterLock::take(&absolute)?;
        file::create(&absolute)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&absolute, flags).map_err(sqlite)?;
        connection.busy_timeout(WAIT).map_err(sqlite)?;
        prepare(&mut connection, path)?;
        connection
            .execute(
                "INSERT INTO resume (one, log, began_from) VALUES (1, ?1, ?2) ON CONFLICT (one) DO NOTHING",
                params![log, from.as_microsecond()],
            )
            .map_err(sqlite)?;
        let row = connection.query_row("SELECT log, began_from, newest FROM resume", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        });
        let (of, began_from, newest): (String, i64, Option<i64>) = row.map_err(sqlite)?;
        if of != log {
            return Err(StoreError::Damaged {
                path: path.to_owned(),
                entry: None,
                why: format!("it tells of {of} and not of {log}"),
            });
        }
        let resume = Resume {
            began_from: instant(path, began_from)?,
            newest: newest.map(|newest| instant(path, newest)).transpose()?,
        };
        let store = Self {
            connection,
            _lock: lock,
            path: path.to_owned(),
        };
        Ok((store, resume))
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
                "INSERT INTO delivered (id, date) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING",
            )?;
            for entry in entries {
                insert.execute(params![entry.id, entry.date.map(Timestamp::as_microsecond)])?;
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

    /// Moves the resume point, never backwards, and forgets what no reading from [`Resume::from`] on can meet again.
    ///
    /// `newest` is no later than when the reading began that brought everything up to there.
    ///
    /// # Errors
    ///
    /// A [`StoreError`]; the resume point stays where it was then.
    pub fn advance(
        &mut self,
        resume: &mut Resume,
        newest: Timestamp,
        late: SignedDuration,
    ) -> Result<(), StoreError> {
        let moved = Resume {
            newest: Some(resume.newest.map_or(newest, |known| known.max(newest))),
            ..*resume
        };
        if moved == *resume {
            return Ok(());
        }
        // The vendor is asked from a whole second on.
        let from = moved.from(late).as_second().saturating_mul(1_000_000);
        self.write(|transaction| {
            transaction.execute(
                "UPDATE resume SET newest = ?1",
                [moved.newest.map(Timestamp::as_microsecond)],
            )?;
            transaction.execute("DELETE FROM delivered WHERE date < ?1", [from])?;
            Ok(())
        })?;
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

/// Refuses what is not ours, and makes the tables in a blank file.
fn prepare(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id").map_err(sqlite)?;
    let format = number("PRAGMA user_version").map_err(sqlite)?;
    let tables = number("SELECT count(*) FROM sqlite_schema").map_err(sqlite)?;
    let is_blank = (application, format, tables) == (0, 0, 0);
    if !is_blank && application != APPLICATION {
        return Err(StoreError::NotAStore {
            path: path.to_owned(),
        });
    }
    if format > i64::from(FORMAT) {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            entry: None,
            found: u32::try_from(format).unwrap_or(u32::MAX),
            known: FORMAT,
        });
    }
    schema::write_durably(connection, path)?;
    if !is_blank {
        return Ok(());
    }
    let make = |transaction: &rusqlite::Transaction<'_>| {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", FORMAT)
    };
    connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .and_then(|transaction| {
            make(&transaction)?;
            transaction.commit()
        })
        .map_err(sqlite)
}
