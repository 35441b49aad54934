//! The log: one checksummed line an entry, so that a line cut off by a crash is told from a line that was altered.
//!
//! A line is the first 16 hexadecimal digits of the SHA-256 of the rest, a space, and the entry as JSON. The crate
//! writes no file: [`frame`] and [`unframe`] turn entries into text and back, a host's [`Log`] keeps it.

use async_trait::async_trait;

use crate::identity::Fingerprint;
use crate::state::{AbsorbError, Entry, STATE_SCHEMA, State};

/// Where entries are kept.
#[async_trait]
pub trait Log: Send {
    /// Stores an entry. It must be durable when this returns: an effect at a vendor follows.
    ///
    /// # Errors
    ///
    /// Whatever kept the entry from being stored; nothing is then sent.
    async fn append(&mut self, entry: &Entry) -> Result<(), LogError>;
}

/// A log that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the log could not be written")]
pub struct LogError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl LogError {
    /// Wraps what the host's store says.
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

/// Why a log cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadLogError {
    /// A line before the last is damaged; carries its number, from 1.
    #[error("line {line} of the log is damaged: {why}")]
    Damaged {
        /// The line's number, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A line is whole but holds no entry that this program understands.
    #[error("line {line} of the log cannot be understood: {why}")]
    Unreadable {
        /// The line's number, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// The log was written by a newer version.
    #[error(
        "line {line} of the log has format {found}, this program knows up to {STATE_SCHEMA}: use a newer version"
    )]
    Newer {
        /// The line's number, from 1.
        line: usize,
        /// The format that it has.
        found: u32,
    },
    /// The entries do not follow from each other.
    #[error("line {line} of the log does not follow: {why}")]
    Contradiction {
        /// The line's number, from 1.
        line: usize,
        /// What does not fit.
        why: AbsorbError,
    },
}

/// A log that was read.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReadLog {
    /// The fold of all entries.
    pub state: State,
    /// The entries, in order.
    pub entries: Vec<Entry>,
    /// How many bytes from the start are sound. Whatever follows is a line that was being written when the program
    /// died: nothing was sent upon it. The host cuts the log there before it appends.
    pub sound_bytes: usize,
}

/// An entry as one line of the log, with its line end.
///
/// # Errors
///
/// [`LogError`] if the entry cannot be serialised.
pub fn frame(entry: &Entry) -> Result<String, LogError> {
    let json = serde_json::to_string(entry).map_err(LogError::new)?;
    let rest = format!("{STATE_SCHEMA} {json}");
    Ok(format!("{} {rest}\n", checksum(&rest)))
}

/// Reads a log from its first line, and folds it.
///
/// ```
/// use reconcile::identity::{Instance, Vendor};
/// use reconcile::log::{frame, unframe};
/// use reconcile::state::{Body, State};
///
/// let bound = Body::Bound {
///     source: Instance::new(Vendor::new("datto-rmm"), "merlot/abc123"),
///     destination: Instance::new(Vendor::new("gravityzone"), "cloud/0001"),
/// };
/// let entry = State::new().entry(bound, "setup", jiff::Timestamp::UNIX_EPOCH);
/// let line = frame(&entry)?;
/// let torn = format!("{line}{}", &line[..20]);
///
/// let read = unframe(torn.as_bytes())?;
/// assert_eq!(read.entries, [entry]);
/// assert_eq!(read.sound_bytes, line.len(), "the torn line was never acted upon");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// A [`ReadLogError`] naming the line: damaged anywhere but at the end, written by a newer version, or not following
/// from the lines before it.
pub fn unframe(log: &[u8]) -> Result<ReadLog, ReadLogError> {
    let mut state = State::new();
    let mut entries = Vec::new();
    let mut sound_bytes = 0;
    for (index, bytes) in log.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let line = index + 1;
        let Some(bytes_without_end) = bytes.strip_suffix(b"\n") else {
            // The line end is written with the line, so without it the line was never stored.
            break;
        };
        let is_last = sound_bytes + bytes.len() == log.len();
        let entry = match parse(bytes_without_end, line) {
            Ok(entry) => entry,
            // Storage may keep the end of a torn write but not its middle; only the last line can be one.
            Err(ReadLogError::Damaged { .. }) if is_last => break,
            Err(error) => return Err(error),
        };
        state
            .absorb(&entry)
            .map_err(|why| ReadLogError::Contradiction { line, why })?;
        entries.push(entry);
        sound_bytes += bytes.len();
    }
    Ok(ReadLog {
        state,
        entries,
        sound_bytes,
    })
}

fn parse(bytes: &[u8], line: usize) -> Result<Entry, ReadLogError> {
    let damaged = |why: &str| ReadLogError::Damaged {
        line,
        why: why.to_owned(),
    };
    let text = std::str::from_utf8(bytes).map_err(|_| damaged("it is not UTF-8"))?;
    let (sum, rest) = text
        .split_once(' ')
        .ok_or_else(|| damaged("it has no checksum"))?;
    if sum != checksum(rest) {
        return Err(damaged("its checksum does not fit"));
    }
    let (schema, json) = rest
        .split_once(' ')
        .ok_or_else(|| damaged("it has no format"))?;
    let schema: u32 = schema
        .parse()
        .map_err(|_| damaged("its format is not a number"))?;
    if schema > STATE_SCHEMA {
        return Err(ReadLogError::Newer {
            line,
            found: schema,
        });
    }
    // The checksum fits, so this is what was written: an entry that cannot be read is no torn write.
    serde_json::from_str(json).map_err(|error| ReadLogError::Unreadable {
        line,
        why: error.to_string(),
    })
}

fn checksum(text: &str) -> String {
    let mut sum = Fingerprint::of(text).to_string();
    sum.truncate(16);
    sum
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{ReadLogError, checksum, frame, unframe};
    use crate::identity::{Instance, Vendor};
    use crate::state::{AbsorbError, Body, State};

    fn log(entries: usize) -> String {
        let mut state = State::new();
        let mut log = String::new();
        for number in 0..entries {
            let instance = |tenant: &str| Instance::new(Vendor::new("vendor"), tenant);
            let body = if number == 0 {
                Body::Bound {
                    source: instance("a"),
                    destination: instance("b"),
                }
            } else {
                Body::Looked {
                    entity: instance("a").root(),
                    present: false,
                }
            };
            let entry = state.entry(body, "test", Timestamp::UNIX_EPOCH);
            log.push_str(&frame(&entry).expect("entries serialise"));
            assert_eq!(state.absorb(&entry), Ok(true));
        }
        log
    }

    #[test]
    fn an_empty_log_is_a_new_state() {
        let read = unframe(b"").expect("nothing is wrong with it");
        assert_eq!((read.state, read.sound_bytes), (State::new(), 0));
    }

    #[test]
    fn a_log_cut_anywhere_keeps_every_whole_line() {
        let log = log(3);
        let ends: Vec<_> = log.match_indices('\n').map(|(at, _)| at + 1).collect();
        for cut in 0..=log.len() {
            let read = unframe(&log.as_bytes()[..cut]).expect("a cut is no damage");
            let whole = ends.iter().filter(|end| **end <= cut).count();
            assert_eq!(read.entries.len(), whole, "cut at {cut}");
            assert_eq!(
                read.sound_bytes,
                if whole == 0 { 0 } else { ends[whole - 1] }
            );
        }
    }

    #[test]
    fn an_altered_line_before_the_last_is_refused_with_its_number() {
        let log = log(3).replacen("\"a\"", "\"x\"", 1);
        assert!(matches!(
            unframe(log.as_bytes()),
            Err(ReadLogError::Damaged { line: 1, .. })
        ));
    }

    #[test]
    fn a_newer_log_is_refused_even_in_its_last_line() {
        let line = log(1);
        let json = line
            .trim_end()
            .splitn(3, ' ')
            .nth(2)
            .expect("three parts")
            .to_owned();
        let rest = format!("99 {json}");
        let newer = format!("{} {rest}\n", checksum(&rest));
        assert_eq!(
            unframe(newer.as_bytes()),
            Err(ReadLogError::Newer { line: 1, found: 99 })
        );
    }

    #[test]
    fn a_missing_line_is_refused() {
        let log = log(3);
        let without: Vec<_> = log
            .split_inclusive('\n')
            .enumerate()
            .filter(|(index, _)| *index != 1)
            .collect();
        let log: String = without.into_iter().map(|(_, line)| line).collect();
        let error = unframe(log.as_bytes()).expect_err("line 2 is missing");
        assert!(matches!(
            error,
            ReadLogError::Contradiction {
                line: 2,
                why: AbsorbError::Gap { .. }
            }
        ));
    }

    #[test]
    fn a_snapshot_stands_for_everything_before_it() {
        let log = log(3);
        let whole = unframe(log.as_bytes()).expect("sound");
        let snapshot = whole.state.snapshot("compaction", Timestamp::UNIX_EPOCH);
        let compacted = frame(&snapshot).expect("serialises");
        let read = unframe(compacted.as_bytes()).expect("sound");
        let mut expected = whole.state;
        assert_eq!(expected.absorb(&snapshot), Ok(true));
        assert_eq!(read.state, expected);
    }
}
