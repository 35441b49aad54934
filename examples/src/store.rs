//! The embedded store: an `SQLite` database with an append-only log, one writer, and readers beside it.
//!
//! The log is the truth: a [`State`] is its fold. Beside it are settings of the host, an outbox of notices, and the quick
//! jobs that install agents.
//! There are no secrets in it. [`Store`] holds it open for writing; what only reads is a function of a path, and works
//! while this or another process writes.

mod compaction;
mod deployments;
mod error;
pub(crate) mod file;
mod outbox;
mod reader;
mod row;
pub(crate) mod schema;
mod settings;
#[cfg(test)]
mod tests;

use std::path::{self, Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use reconcile::log::{Log, LogError};
use reconcile::state::{Entry, State};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub use deployments::{Deployment, DeploymentEnd, DeploymentResult};
pub use error::StoreError;

use crate::notify::Notices;
use file::WriterLock;
use row::{Columns, Table};

/// How long another program's transaction is waited for. Our own never wait for each other.
pub(crate) const WAIT: Duration = Duration::from_secs(5);

/// A store that is open for writing. There is one at a time, in all processes.
#[derive(Debug)]
pub struct Store {
    // Fields are dropped in this order: the database is closed before the next writer may come.
    connection: Connection,
    _lock: WriterLock,
    path: PathBuf,
    /// Has absorbed what is stored, and makes notices of what is appended.
    notices: Notices,
    /// Set by a write that failed in a way that leaves open what is on the disk.
    broken: bool,
}

impl Store {
    /// Opens a store for writing, or makes an empty one, brings it to the newest format, and folds it.
    ///
    /// Beside the database there is a file with `.lock` after its name. It stays there; only its lock means something.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] if it is open for writing already, [`StoreError::ReadOnly`] and [`StoreError::Full`] as
    /// the system says, [`StoreError::NotAStore`], [`StoreError::Newer`] and [`StoreError::Damaged`] for what is in
    /// the file, which is then left as it is.
    pub fn open(path: &Path) -> Result<(Self, State), StoreError> {
        let io = |error| StoreError::io(path, error);
        let sqlite = |error| StoreError::sqlite(path, error);
        // Absolute, so that no name has a meaning of its own to SQLite, as ":memory:" has.
        let file = path::absolute(path).map_err(io)?;
        let lock = WriterLock::take(&file)?;
        file::create(&file)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&file, flags).map_err(sqlite)?;
        connection.busy_timeout(WAIT).map_err(sqlite)?;
        schema::prepare(&mut connection, path)?;
        let state = row::fold(&row::read(&connection, path, Table::Log)?, path)?;
        let store = Self {
            connection,
            _lock: lock,
            path: path.to_owned(),
            notices: Notices::new(state.clone()),
            broken: false,
        };
        Ok((store, state))
    }

    /// The fold of what is stored. Needs no lock.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if there is no store, or what is in it is damaged or newer.
    pub fn read(path: &Path) -> Result<State, StoreError> {
        row::fold(&Self::entries(path)?, path)
    }

    /// The entries of the log, oldest first; after a compaction they begin with its snapshot, and
    /// [`archived`](Self::archived) has what was before. Needs no lock.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if there is no store, or an entry is damaged or newer.
    pub fn entries(path: &Path) -> Result<Vec<Entry>, StoreError> {
        reader::read(path, |connection, version| {
            // A program that died before its first write leaves a blank file.
            if version == 0 {
                return Ok(Vec::new());
            }
            row::read(connection, path, Table::Log)
        })
    }

    /// The database, as it was named when it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Stores an entry, and its notices with it. All are durable when this returns.
    fn store(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let columns = Columns::of(entry, &self.path)?;
        let told = self
            .notices
            .absorb(entry)
            .map_err(|_| StoreError::DoesNotFollow {
                path: self.path.clone(),
                entry: entry.id,
            })?;
        let stored = self.write(|transaction, path| {
            columns.insert(transaction, path)?;
            outbox::notify(transaction, path, &told)
        });
        if stored.is_err() {
            // What was absorbed is not stored.
            self.read_anew();
        }
        stored
    }

    /// Goes by what is on the disk again.
    fn read_anew(&mut self) {
        let read = row::read(&self.connection, &self.path, Table::Log)
            .and_then(|entries| row::fold(&entries, &self.path));
        match read {
            Ok(state) => self.notices = Notices::new(state),
            Err(_) => self.broken = true,
        }
    }

    /// Does all of it or nothing.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &Path) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.broken {
            return Err(StoreError::Broken {
                path: self.path.clone(),
            });
        }
        let path = &self.path;
        let sqlite = |error| StoreError::sqlite(path, error);
        let result = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(sqlite)
            .and_then(|transaction| {
                let answer = work(&transaction, path)?;
                transaction.commit().map_err(sqlite)?;
                Ok(answer)
            });
        // After a failed sync a system may take for written what is not, so only reading anew tells. A refusal, a full
        // disk or another's transaction leaves the database as it was.
        self.broken = matches!(
            result,
            Err(StoreError::Io { .. } | StoreError::Damaged { .. })
        );
        result
    }
}

#[async_trait]
impl Log for Store {
    /// Blocks its thread for the few milliseconds of a sync, rather than hand them to a thread that not every runtime
    /// has: nothing of the run could go on before the entry is durable anyway.
    async fn append(&mut self, entry: &Entry) -> Result<(), LogError> {
        self.store(entry).map_err(LogError::new)
    }
}
