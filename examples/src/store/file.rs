//! The files of a store: the database, and beside it the file whose lock makes its writer the only one.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;

/// Held for as long as a store is open for writing. The system lets go of it however the process ends.
///
/// It is a file of its own because a lock on the database itself would get into `SQLite`'s way: on Windows it would keep
/// readers out, and on Unix closing any handle of a file drops what `SQLite` has locked in it.
#[derive(Debug)]
pub(crate) struct WriterLock {
    _file: File,
}

impl WriterLock {
    pub(crate) fn take(path: &Path) -> Result<Self, StoreError> {
        let beside = lock_path(path).map_err(|error| StoreError::io(path, error))?;
        let file = private()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&beside)
            .map_err(|error| StoreError::io(&beside, error))?;
        match file.try_lock() {
            // The file stays when the lock goes: if it were removed, two writers could hold one each.
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse {
                path: path.to_owned(),
            }),
            Err(TryLockError::Error(error)) => Err(StoreError::io(&beside, error)),
        }
    }
}

/// One name for one database, whatever links lead to it.
fn lock_path(path: &Path) -> io::Result<PathBuf> {
    let real = match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
            let folder = path.parent().unwrap_or(path);
            fs::canonicalize(folder)?.join(name)
        }
        other => other?,
    };
    let mut name = OsString::from(real);
    name.push(".lock");
    Ok(name.into())
}

/// Makes the database's file if there is none, for its owner only; `SQLite` gives the files beside it the same rights.
///
/// An existing file is not opened: closing it again would drop the locks of a reader in this process.
pub(crate) fn create(path: &Path) -> Result<(), StoreError> {
    let io = |error| StoreError::io(path, error);
    match private().write(true).create_new(true).open(path) {
        Ok(file) => {
            file.sync_all().map_err(io)?;
            sync_folder(path).map_err(io)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if fs::metadata(path).map_err(io)?.permissions().readonly() {
                return Err(StoreError::ReadOnly {
                    path: path.to_owned(),
                });
            }
            Ok(())
        }
        Err(error) => Err(io(error)),
    }
}

#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;

    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// A file has the rights of its folder.
#[cfg(not(unix))]
fn private() -> OpenOptions {
    OpenOptions::new()
}

/// A new file is only there after a power cut if its folder was written as well.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path.parent().unwrap_or(path))?.sync_all()
}

/// Windows writes the entry of a new file with the file.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}
