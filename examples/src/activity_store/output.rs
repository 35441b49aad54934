//! A file of lines that has each line once, however its writer ended.

use std::fs::{self, File, Metadata, OpenOptions};
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
    /// Its absolute path, without links.
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
        let name = real(&absolute)
            .map_err(failed)?
            .to_string_lossy()
            .into_owned();
        let mark = mark.filter(|mark| mark.is_of(&name));
        // One that has lines and is gone is not made anew: nobody would notice that they are missing.
        let has_lines = mark.is_some_and(|mark| mark.length > 0);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(!has_lines);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            // What people did is nobody else's business.
            options.mode(0o600);
        }
        let mut file = options.open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound if has_lines => changed("it is gone"),
            _ => failed(error),
        })?;
        let found = file.metadata().map_err(failed)?.len();
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
    /// [`OutputError::Changed`] if the file was removed, replaced or emptied meanwhile; nothing was added then.
    pub fn add(&mut self, text: &str) -> Result<(), OutputError> {
        self.must_be_there()?;
        let mut add = || {
            self.file.seek(SeekFrom::Start(self.length))?;
            self.file.write_all(text.as_bytes())?;
            self.file.sync_all()
        };
        add().map_err(|error| OutputError::Io(self.path.clone(), error))?;
        self.length += text.len() as u64;
        Ok(())
    }

    /// What is written to a file that has no name any more is lost, and behind a cut there would be a hole.
    fn must_be_there(&self) -> Result<(), OutputError> {
        let failed = |error| OutputError::Io(self.path.clone(), error);
        let changed = |why| Err(OutputError::Changed(self.path.clone(), why));
        let named = match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return changed("it is gone"),
            named => named.map_err(failed)?,
        };
        if !is_same(&named, &self.file.metadata().map_err(failed)?) {
            return changed("it is another file");
        }
        if named.len() < self.length {
            return changed("it is shorter");
        }
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

impl Mark {
    /// Whether it tells of the file with this path without links.
    fn is_of(&self, name: &str) -> bool {
        self.file == name
            || real(Path::new(&self.file)).is_ok_and(|known| known.to_string_lossy() == name)
    }
}

/// One name for one file, whatever links lead to it, also before it is made.
fn real(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
            Ok(fs::canonicalize(path.parent().unwrap_or(path))?.join(name))
        }
        found => found,
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Elsewhere files have no number to tell them by: what a replaced one ends with is looked at when it is next opened.
#[cfg(not(unix))]
fn is_same(_one: &Metadata, _other: &Metadata) -> bool {
    true
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
