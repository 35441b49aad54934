//! The file through which processes share a budget.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::ledger::Ledger;

/// First words of the file; the rest of the line is the checksum of what follows.
const HEADING: &str = "request budget 1 ";
/// A budget is never this large, not even with every bucket full.
const LARGEST: u64 = 4 << 20;
/// How long a lock is tried for. It is held for less than a millisecond, unless its holder was stopped.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where a request budget is shared by the processes of one machine.
///
/// One account, one file: everybody who draws on the same limit names the same file, and nobody else does. It holds
/// names of buckets, limits, counts and times; no credentials. It is made when it is first needed, and may be deleted
/// while nobody runs.
///
/// ```
/// use std::time::Duration;
///
/// use client_core::{BudgetFile, Limits};
///
/// let file = BudgetFile::of_account("/var/lib/bridge", "datto-rmm merlot", "account 4711");
/// let limits = Limits::builder()
///     .bucket("read", 600, Duration::from_secs(60))
///     .shared_with(file)
///     .build();
/// # let _ = limits;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetFile {
    path: PathBuf,
    lease: Duration,
}

/// What came of looking at the file.
pub(super) enum Opened {
    /// As somebody left it, or new.
    Whole(Ledger),
    /// Unreadable, and to be started anew.
    Lost(&'static str),
}

/// The file, locked until dropped.
pub(super) struct Locked {
    file: File,
    path: PathBuf,
}

impl BudgetFile {
    /// The file at `path`; its folder is made if it is missing.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            lease: Duration::from_mins(3),
        }
    }

    /// A file in `folder` for one account on one platform. Its name is a digest of both, so that any text will do: an
    /// account's id, but no key, as two keys of one account share its limits.
    pub fn of_account(folder: impl AsRef<Path>, platform: &str, account: &str) -> Self {
        let both = format!("{}\0{account}", platform.len()) + platform;
        let name = format!("budget-{:016x}", checksum(both.as_bytes()));
        Self::new(folder.as_ref().join(name))
    }

    /// Sets for how long a place is kept for a request under way whose process is not heard of; 3 minutes by default.
    /// It should be longer than an attempt may take. A process that is killed leaves its places behind for this long,
    /// and then for one window more.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease.clamp(Duration::from_millis(1), Duration::from_hours(24));
        self
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn lease_time(&self) -> Duration {
        self.lease
    }

    /// Opens and locks the file.
    pub(super) fn lock(&self, patience: Option<Duration>) -> io::Result<Locked> {
        let file = match self.open() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if let Some(folder) = self.path.parent() {
                    std::fs::create_dir_all(folder)?;
                }
                self.open()
            }
            opened => opened,
        }?;
        let started = Instant::now();
        let mut pause = Duration::from_micros(50);
        loop {
            match file.try_lock() {
                Ok(()) => {
                    return Ok(Locked {
                        file,
                        path: self.path.clone(),
                    });
                }
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {
                    // Not `lock`: a holder that was stopped would hold this thread, and with it the end of the process.
                    if started.elapsed() >= patience.unwrap_or(PATIENCE) {
                        return Err(io::Error::new(
                            io::ErrorKind::TimedOut,
                            "another process keeps it locked",
                        ));
                    }
                    std::thread::sleep(pause.mul_f64(0.5 + fastrand::f64()));
                    pause = (pause * 2).min(Duration::from_millis(5));
                }
            }
        }
    }

    fn open(&self) -> io::Result<File> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&self.path)
    }
}

impl<P: Into<PathBuf>> From<P> for BudgetFile {
    fn from(path: P) -> Self {
        Self::new(path)
    }
}

impl Locked {
    /// Reads the ledger. `known` tells that there was one before, so that an empty file is a loss too.
    pub(super) fn read(&mut self, known: bool) -> io::Result<Opened> {
        let size = self.file.metadata()?.len();
        if size > LARGEST {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "it is too large for a request budget, and is left alone",
            ));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut bytes)?;
        if bytes.is_empty() {
            return Ok(if known {
                Opened::Lost("it was emptied or deleted")
            } else {
                Opened::Whole(Ledger::default())
            });
        }
        match decode(&bytes) {
            Some(ledger) => Ok(Opened::Whole(ledger)),
            None if bytes.starts_with(HEADING.as_bytes()) => Ok(Opened::Lost("it is damaged")),
            None => {
                // Whatever it is, it is somebody's.
                let mut aside = self.path.clone().into_os_string();
                aside.push(".foreign");
                std::fs::write(aside, &bytes)?;
                Ok(Opened::Lost(
                    "it was no request budget; its content was set aside",
                ))
            }
        }
    }

    /// Replaces the content. Killed in the middle, it leaves a file whose checksum is wrong.
    pub(super) fn write(&mut self, ledger: &Ledger) -> io::Result<()> {
        let bytes = encode(ledger)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&bytes)?;
        self.file.set_len(bytes.len() as u64)
    }
}

fn encode(ledger: &Ledger) -> io::Result<Vec<u8>> {
    let body = serde_json::to_vec(ledger)?;
    let mut bytes = format!("{HEADING}{:016x}\n", checksum(&body)).into_bytes();
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

fn decode(bytes: &[u8]) -> Option<Ledger> {
    let rest = bytes.strip_prefix(HEADING.as_bytes())?;
    let (sum, body) = rest.split_at_checked(16)?;
    let body = body.strip_prefix(b"\n")?;
    let sum = u64::from_str_radix(std::str::from_utf8(sum).ok()?, 16).ok()?;
    (sum == checksum(body))
        .then(|| serde_json::from_slice(body).ok())
        .flatten()
}

/// FNV-1a: the same in every version of every program, which the standard library's hashes are not.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::{BudgetFile, HEADING, decode, encode};
    use crate::limits::ledger::Ledger;

    #[test]
    fn every_account_has_a_file_of_its_own() {
        let file = |platform: &str, account: &str| {
            BudgetFile::of_account("somewhere", platform, account)
                .path()
                .to_owned()
        };
        assert_eq!(file("merlot", "1"), file("merlot", "1"));
        assert_ne!(file("merlot", "1"), file("merlot", "2"));
        assert_ne!(file("merlot", "1"), file("pinotage", "1"));
        assert_ne!(file("a", "bc"), file("ab", "c"));
        let name = file("../..", "/etc/passwd");
        assert_eq!(name.parent(), Some(std::path::Path::new("somewhere")));
    }

    #[test]
    fn a_torn_file_is_recognised() {
        let whole = encode(&Ledger::after_loss(7, None)).unwrap();
        assert!(whole.starts_with(HEADING.as_bytes()));
        assert_eq!(decode(&whole), Some(Ledger::after_loss(7, None)));
        for length in 0..whole.len() {
            assert_eq!(decode(&whole[..length]), None, "cut to {length}");
        }
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert_eq!(decode(&damaged), None, "flipped at {at}");
        }
    }
}
