//! Nonces: texts that no request of the last half hour had.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use client_core::Error;
use sha2::{Digest as _, Sha256};

/// Lower case only: a server that compares without case must not see a repetition where there is none.
const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const SHORTEST: usize = 8;
const LONGEST: usize = 32;

/// Makes nonces, 32 lower-case letters and digits by default. Clones share one sequence.
///
/// A nonce is a prefix drawn at random for this sequence, which keeps processes apart, and a counter, which keeps the
/// calls of this process apart whatever their number. Nothing about it is secret.
#[derive(Clone)]
pub struct Nonces(Arc<Source>);

enum Source {
    Drawn(Mutex<Sequence>),
    Given(Box<dyn Fn() -> String + Send + Sync>),
}

struct Sequence {
    prefix: String,
    counter_digits: usize,
    counter: u64,
}

impl Nonces {
    /// A new sequence with nonces of 32 characters, the longest that any known client sends.
    #[must_use]
    pub fn new() -> Self {
        Self::drawn(LONGEST)
    }

    fn drawn(length: usize) -> Self {
        let sequence = Mutex::new(Sequence::new(length));
        Self(Arc::new(Source::Drawn(sequence)))
    }

    /// A new sequence with nonces of `length` characters: the vendor has an unpublished maximum.
    ///
    /// # Errors
    ///
    /// [`Config`](client_core::ErrorKind::Config) unless `length` is between 8 and 32.
    pub fn with_length(length: usize) -> Result<Self, Error> {
        if !(SHORTEST..=LONGEST).contains(&length) {
            return Err(Error::config("a nonce has 8 to 32 characters"));
        }
        Ok(Self::drawn(length))
    }

    /// Takes nonces from `next`, for tests and for hosts that keep many processes apart by themselves. They are ASCII
    /// letters and digits, at least one and at most 32, and none comes twice within half an hour.
    ///
    /// ```
    /// use datto_networking::signing::Nonces;
    ///
    /// let nonces = Nonces::from_source(|| "n0nce0001".to_owned());
    /// assert_eq!(nonces.next(), "n0nce0001");
    /// ```
    #[must_use]
    pub fn from_source(next: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(Source::Given(Box::new(next))))
    }

    /// The next one; never one that this sequence or a clone of it gave before.
    pub fn next(&self) -> String {
        match self.sequence() {
            Ok(mut sequence) => sequence.next(),
            Err(next) => next(),
        }
    }

    /// How many characters a nonce has now; `None` if they come from a [source](Self::from_source).
    pub fn length(&self) -> Option<usize> {
        let sequence = self.sequence().ok()?;
        Some(sequence.length())
    }

    /// Draws another prefix: somebody else seems to use ours, for instance a copy of this virtual machine.
    pub(crate) fn renew(&self) {
        if let Ok(mut sequence) = self.sequence() {
            *sequence = Sequence::new(sequence.length());
        }
    }

    /// Makes nonces of at most `max` characters from now on. False if that is too short to keep them apart, and for those
    /// of a source.
    pub(crate) fn shorten(&self, max: usize) -> bool {
        let Ok(mut sequence) = self.sequence() else {
            return false;
        };
        if max < SHORTEST {
            return false;
        }
        // Another call may have shortened them already; then a fresh one is all that was needed.
        if sequence.length() > max {
            *sequence = Sequence::new(max);
        }
        true
    }

    fn sequence(&self) -> Result<MutexGuard<'_, Sequence>, &(dyn Fn() -> String + Send + Sync)> {
        match &*self.0 {
            Source::Drawn(sequence) => Ok(sequence.lock().unwrap_or_else(PoisonError::into_inner)),
            Source::Given(next) => Err(next),
        }
    }
}

/// True for what can stand in the header.
pub(crate) fn is_nonce(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl Default for Nonces {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nonces")
            .field("length", &self.length())
            .finish_non_exhaustive()
    }
}

impl Sequence {
    fn new(length: usize) -> Self {
        // 12 of 32 digits count further than a u64 needs, 3 of 8 to 46,655 before the next prefix is drawn.
        let counter_digits = length * 3 / 8;
        Self {
            prefix: random_digits(length - counter_digits),
            counter_digits,
            counter: 0,
        }
    }

    fn length(&self) -> usize {
        self.prefix.len() + self.counter_digits
    }

    fn next(&mut self) -> String {
        let mut nonce = self.prefix.clone();
        let mut rest = self.counter;
        for _ in 0..self.counter_digits {
            // The digits of the counter come backwards, which is as unique.
            nonce.push(char::from(DIGITS[usize::try_from(rest % 36).unwrap_or(0)]));
            rest /= 36;
        }
        if rest > 0 {
            *self = Self::new(self.length());
            return self.next();
        }
        self.counter += 1;
        nonce
    }
}

/// Digits that differ between processes, threads and calls: the standard library seeds its hash maps from the system's
/// random source, and time and process id stand beside that.
fn random_digits(count: usize) -> String {
    let mut pool = Sha256::new();
    for _ in 0..4 {
        pool.update(RandomState::new().build_hasher().finish().to_le_bytes());
    }
    pool.update(std::process::id().to_le_bytes());
    if let Ok(time) = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        pool.update(time.as_nanos().to_le_bytes());
    }
    pool.finalize()
        .iter()
        .take(count)
        .map(|byte| char::from(DIGITS[usize::from(byte % 36)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::{Nonces, Sequence, is_nonce};

    #[test]
    fn no_nonce_is_given_twice_across_clones_and_threads() {
        let nonces = Nonces::new();
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let nonces = nonces.clone();
                std::thread::spawn(move || (0..2000).map(|_| nonces.next()).collect::<Vec<_>>())
            })
            .collect();
        let all: Vec<_> = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect();
        let distinct: HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), 16_000);
        assert!(all.iter().all(|nonce| {
            nonce.len() == 32
                && nonce
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        }));
    }

    #[test]
    fn sequences_of_their_own_do_not_meet() {
        let prefixes: HashSet<_> = (0..200).map(|_| Nonces::new().next()).collect();
        assert_eq!(prefixes.len(), 200);
    }

    /// A short nonce has a short counter; when it is used up the prefix changes and nothing repeats.
    #[test]
    fn a_used_up_counter_draws_another_prefix() {
        let mut sequence = Sequence::new(8);
        let first_prefix = sequence.prefix.clone();
        sequence.counter = 36 * 36 * 36 - 1;
        let last = sequence.next();
        assert_eq!((last.len(), last.starts_with(&first_prefix)), (8, true));
        let next = sequence.next();
        assert_eq!((next.len(), sequence.counter), (8, 1));
        assert_ne!(sequence.prefix, first_prefix);
        assert_ne!(last, next);
    }

    #[test]
    fn a_source_is_asked_each_time_and_left_alone() {
        let given = AtomicU32::new(0);
        let nonces =
            Nonces::from_source(move || format!("n{}", given.fetch_add(1, Ordering::Relaxed)));
        assert_eq!(
            (nonces.next(), nonces.clone().next()),
            ("n0".to_owned(), "n1".to_owned())
        );
        nonces.renew();
        assert!(!nonces.shorten(16));
        assert_eq!((nonces.next(), nonces.length()), ("n2".to_owned(), None));
        for (text, fine) in [
            ("n0nce", true),
            ("", false),
            ("a,b", false),
            ("a=b", false),
            ("é", false),
        ] {
            assert_eq!(is_nonce(text), fine, "{text}");
        }
        assert!(is_nonce(&"a".repeat(32)) && !is_nonce(&"a".repeat(33)));
    }

    #[test]
    fn lengths_have_bounds() {
        assert!(Nonces::with_length(7).is_err() && Nonces::with_length(33).is_err());
        for length in 8..=32 {
            assert_eq!(Nonces::with_length(length).unwrap().next().len(), length);
        }
    }

    #[test]
    fn shortening_reaches_clones_and_keeps_a_floor() {
        let nonces = Nonces::new();
        let clone = nonces.clone();
        assert!(nonces.shorten(20));
        assert_eq!(clone.next().len(), 20);
        assert!(nonces.shorten(25));
        assert_eq!(clone.length(), Some(20));
        assert!(!nonces.shorten(7));
        let before = clone.next();
        nonces.renew();
        assert_ne!(before[..12], clone.next()[..12]);
    }
}
