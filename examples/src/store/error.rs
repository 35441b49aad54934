//! What can be wrong with a store.

use std::ffi::c_int;
use std::io;
use std::path::{Path, PathBuf};

use reconcile::state::EntryId;
use rusqlite::{ErrorCode, ffi};

/// Why a store cannot be opened, read or written. Every one names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The system refuses to read or write.
    #[error("{path} cannot be used")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system or `SQLite` says.
        source: io::Error,
    },
    /// Another process holds the store open for writing. Reading is possible.
    #[error("{path} is in use by another process")]
    InUse {
        /// The store.
        path: PathBuf,
    },
    /// Another program held a transaction open for longer than the store waits, as a database shell can. Nothing
    /// was written; try again.
    #[error("{path} is held by another program; nothing was written")]
    Busy {
        /// The store.
        path: PathBuf,
    },
    /// The file or its folder may not be written. Reading is possible.
    #[error("{path} may not be written")]
    ReadOnly {
        /// The store.
        path: PathBuf,
    },
    /// There is no room left. Nothing was written and nothing is lost; try again when there is.
    #[error("there is no room to write {path}; nothing was lost")]
    Full {
        /// The store.
        path: PathBuf,
    },
    /// The store, or an entry in it, was written by a newer version of this program.
    #[error("{path} has format {found}, this program knows up to {known}: use a newer version")]
    Newer {
        /// The store.
        path: PathBuf,
        /// The entry, if it is an entry's format that is newer.
        entry: Option<EntryId>,
        /// The format found.
        found: u32,
        /// The newest format known here.
        known: u32,
    },
    /// What is stored is not what was written.
    #[error("{path} is damaged{}: {why}", at(*entry))]
    Damaged {
        /// The store.
        path: PathBuf,
        /// The entry, unless the file itself is damaged.
        entry: Option<EntryId>,
        /// What is wrong.
        why: String,
    },
    /// The file is something else.
    #[error("{path} is no store of this program")]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// The entry does not follow the last one stored, or is stored already. Nothing was written.
    #[error("{entry} does not follow the last one in {path}; nothing was written")]
    DoesNotFollow {
        /// The store.
        path: PathBuf,
        /// The entry.
        entry: EntryId,
    },
    /// A quick job on this device has not ended. Nothing was written.
    #[error("a job on device {device} is under way, as {path} has it; nothing was written")]
    UnderWay {
        /// The store.
        path: PathBuf,
        /// The device's uid.
        device: String,
    },
    /// The state to be compacted is not the fold of what is stored. Nothing was written.
    #[error("the state is not what {path} holds; nothing was written")]
    OtherState {
        /// The store.
        path: PathBuf,
    },
    /// An earlier write failed, so what is on the disk is unknown until the store is opened again.
    #[error("an earlier write to {path} failed: open it again")]
    Broken {
        /// The store.
        path: PathBuf,
    },
}

fn is(error: &rusqlite::Error, extended_code: c_int) -> bool {
    error
        .sqlite_error()
        .is_some_and(|error| error.extended_code == extended_code)
}

fn at(entry: Option<EntryId>) -> String {
    entry
        .map(|entry| format!(" at {entry}"))
        .unwrap_or_default()
}

impl StoreError {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { path }
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            _ => Self::Io { path, source },
        }
    }

    pub(crate) fn sqlite(path: &Path, error: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly { path },
            Some(ErrorCode::DiskFull) => Self::Full { path },
            // The index of the write-ahead log, which a reader needs too, could not be made large enough.
            _ if is(&error, ffi::SQLITE_IOERR_SHMSIZE) => Self::Full { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged {
                path,
                entry: None,
                why: error.to_string(),
            },
            Some(ErrorCode::NotADatabase) => Self::NotAStore { path },
            _ => Self::Io {
                path,
                source: io::Error::other(error),
            },
        }
    }
}
