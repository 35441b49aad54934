//! A file of lines that has each line once, however its writer ended.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use reconcile::identity::Fingerprint;

use crate::store::StoreError;
use crate::store::file::WriterLock;

/// How many bytes before its end show that a file is the one that was written.
const TAIL: u64 = 4096;

/// How far a file was written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mark {
    /// Its absolute path.
    pub file: String,
    /// Its length in bytes.
    pub length: u64,
    /// Stands for its last bytes up to that length.
    pub tail: String,
}

/// Why a file cannot be written, or not be gone on with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// The system refuses.
    #[error("{0} cannot be written")]
    Io(PathBuf, #[source] io::Error),
    /// Another process writes it, or that cannot be found out.
    #[error("{0} cannot be had for writing")]
    Lock(PathBuf, #[source] StoreError),
    /// It is shorter than it was, or holds something else: lines would be missing, or somebody else's be cut off.
    #[error("{0} is not as it was left: {1}")]
    Changed(PathBuf, &'static str),
}

/// A file that is open for lines to be added.
#[derive(Debug)]
pub struct OutputFile {
    file: File,
    path: PathBuf,
    name: String,
    length: u64,
    _lock: WriterLock,
}

impl OutputFile {
    /// Opens a file to go on with, or makes it. If `mark` tells of this file, whatever is behind the mark is cut off: it
    /// was not committed, and comes again. Any other file is gone on with at its end.
    ///
    /// Gives how many bytes were cut off too.
    ///
    /// # Errors
    ///
    /// [`OutputError::Changed`] if the file is not what the mark tells of, or if a new one ends inside of a line.
    pub fn open(path: &Path, mark: Option<&Mark>) -> Result<(Self, u64), OutputError> {
        let failed = |error| OutputError::Io(path.to_owned(), error);
        let changed = |why| OutputError::Changed(path.to_owned(), why);
        let absolute = std::path::absolute(path).map_err(failed)?;
        // A file of its own, as a lock on this one would keep readers out on Windows.
        let lock = WriterLock::take(&absolute)
            .map_err(|error| OutputError::Lock(path.to_owned(), error))?;
        let name = absolute.to_string_lossy().into_owned();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            // What people did is nobody else's business.
            options.mode(0o600);
        }
        let mut file = options.open(path).map_err(failed)?;
        let found = file.metadata().map_err(failed)?.len();
        let mark = mark.filter(|mark| mark.file == name);
        let length = match mark {
            None => found,
            Some(mark) if found < mark.length => return Err(changed("it is shorter")),
            Some(mark) => mark.length,
        };
        let tail = tail(&mut file, length).map_err(failed)?;
        match mark {
            Some(mark) if mark.tail != digest(&tail) => {
                return Err(changed("its last lines are others"));
            }
            None if tail.last().is_some_and(|last| *last != b'\n') => {
                return Err(changed("it ends inside of a line"));
            }
            _ => {}
        }
        if found > length {
            file.set_len(length).map_err(failed)?;
            file.sync_all().map_err(failed)?;
        }
        let output = Self {
            file,
            path: path.to_owned(),
            name,
            length,
            _lock: lock,
        };
        Ok((output, found - length))
    }

    /// Adds text and waits until the disk has it.
    ///
    /// # Errors
    ///
    /// [`OutputError::Io`]; what was added in part is overwritten by the next text, or cut off when it is next opened.
    pub fn add(&mut self, text: &str) -> Result<(), OutputError> {
        let mut add = || {
            self.file.seek(SeekFrom::Start(self.length))?;
            self.file.write_all(text.as_bytes())?;
            self.file.sync_all()
        };
        add().map_err(|error| OutputError::Io(self.path.clone(), error))?;
        self.length += text.len() as u64;
        Ok(())
    }

    /// How far it is now.
    ///
    /// # Errors
    ///
    /// [`OutputError::Io`] if its end cannot be read.
    pub fn mark(&mut self) -> Result<Mark, OutputError> {
        let tail = tail(&mut self.file, self.length)
            .map_err(|error| OutputError::Io(self.path.clone(), error))?;
        Ok(Mark {
            file: self.name.clone(),
            length: self.length,
            tail: digest(&tail),
        })
    }
}

fn tail(file: &mut File, length: u64) -> io::Result<Vec<u8>> {
    let from = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    Read::by_ref(file)
        .take(length - from)
        .read_to_end(&mut tail)?;
    Ok(tail)
}

fn digest(tail: &[u8]) -> String {
    Fingerprint::of(tail).to_string()
}
