//! The embedded store: one append-only file of framed entries, durable before anything is sent, one writer at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use reconcile::log::{Log, LogError, ReadLogError, frame, unframe};
use reconcile::state::{Entry, State};

/// A log in a file, locked against other writers for as long as it is open.
#[derive(Debug)]
pub struct FileLog {
    file: File,
    path: PathBuf,
    /// Set by a write that failed half way: what is in the file is then unknown until it is opened again.
    broken: bool,
}

/// Why a log cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file cannot be read or written.
    #[error("{path} cannot be opened")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process writes it.
    #[error("{0} is in use by another process")]
    InUse(PathBuf),
    /// Its content cannot be used.
    #[error("{path} cannot be read")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong and in which line.
        source: ReadLogError,
    },
}

impl FileLog {
    /// Opens a log, or makes an empty one, and folds it.
    ///
    /// A last line that was cut off by a crash is removed: nothing was sent upon it.
    ///
    /// # Errors
    ///
    /// An [`OpenError`] if the file cannot be used, is in use, or holds a damaged or newer line. The file is then
    /// unchanged.
    pub fn open(path: &Path) -> Result<(Self, State), OpenError> {
        let io = |source| OpenError::Io {
            path: path.to_owned(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let mut content = Vec::new();
        file.read_to_end(&mut content).map_err(io)?;
        let read = unframe(&content).map_err(|source| OpenError::Content {
            path: path.to_owned(),
            source,
        })?;
        if read.sound_bytes < content.len() {
            file.set_len(read.sound_bytes as u64).map_err(io)?;
        }
        file.seek(SeekFrom::End(0)).map_err(io)?;
        file.sync_all().map_err(io)?;
        sync_folder(path).map_err(io)?;
        Ok((
            Self {
                file,
                path: path.to_owned(),
                broken: false,
            },
            read.state,
        ))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other(
                "an earlier write failed; open the log again",
            ));
        }
        self.broken = true;
        self.file.write_all(line.as_bytes())?;
        self.file.sync_data()?;
        self.broken = false;
        Ok(())
    }
}

#[async_trait]
impl Log for FileLog {
    async fn append(&mut self, entry: &Entry) -> Result<(), LogError> {
        let line = frame(entry)?;
        self.write(&line).map_err(LogError::new)
    }
}

/// A new file is only there after a power cut if its folder was written as well.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// Windows writes the entry of a new file with the file.
#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use reconcile::identity::{Instance, Vendor};
    use reconcile::record;
    use reconcile::state::Body;

    use super::{FileLog, OpenError};

    fn bound() -> Body {
        let instance = |vendor: &'static str| Instance::new(Vendor::new(vendor), "tenant");
        Body::Bound {
            source: instance("a"),
            destination: instance("b"),
        }
    }

    async fn log_with_one_entry(path: &std::path::Path) {
        let (mut log, mut state) = FileLog::open(path).expect("a new file");
        let now = "2026-01-01T00:00:00Z".parse().expect("a time");
        record(&mut state, &mut log, bound(), "test", now)
            .await
            .expect("stored");
    }

    #[tokio::test]
    async fn u14_a_line_cut_off_by_a_crash_is_removed_and_the_log_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        log_with_one_entry(&path).await;
        let whole = fs::read(&path).expect("readable");
        fs::OpenOptions::new()
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(&whole[..whole.len() / 2]))
            .expect("appended");
        let (_, state) = FileLog::open(&path).expect("a cut tail is no damage");
        assert_eq!(state.serial(), 1);
        assert_eq!(fs::read(&path).expect("readable"), whole);
    }

    #[tokio::test]
    async fn a_second_writer_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        let _first = FileLog::open(&path).expect("a new file");
        assert!(matches!(FileLog::open(&path), Err(OpenError::InUse(_))));
    }

    #[tokio::test]
    async fn a_damaged_log_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        log_with_one_entry(&path).await;
        let damaged = fs::read_to_string(&path)
            .expect("readable")
            .replace("tenant", "renter")
            .repeat(2);
        fs::write(&path, &damaged).expect("written");
        assert!(matches!(
            FileLog::open(&path),
            Err(OpenError::Content { .. })
        ));
        assert_eq!(fs::read_to_string(&path).expect("readable"), damaged);
    }
}
