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
pub struct Nonces(Arc<Mutex<Sequence>>);

struct Sequence {
    prefix: String,
    counter_digits: usize,
    counter: u64,
}

impl Nonces {
    /// A new sequence with nonces of 32 characters, the longest that any known client sends.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Sequence::new(LONGEST))))
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
        Ok(Self(Arc::new(Mutex::new(Sequence::new(length)))))
    }

    /// The next one; never one that this sequence or a clone of it gave before.
    pub fn next(&self) -> String {
        self.lock().next()
    }

    /// How many characters a nonce has now.
    pub fn length(&self) -> usize {
        let sequence = self.lock();
        sequence.prefix.len() + sequence.counter_digits
    }

    /// Draws another prefix: somebody else seems to use ours, for instance a copy of this virtual machine.
    pub(crate) fn renew(&self) {
        let length = self.length();
        *self.lock() = Sequence::new(length);
    }

    /// Makes nonces of at most `max` characters from now on. False if that is too short to keep them apart.
    pub(crate) fn shorten(&self, max: usize) -> bool {
        if max < SHORTEST {
            return false;
        }
        // Another call may have shortened them already; then a fresh one is all that was needed.
        if self.length() > max {
            *self.lock() = Sequence::new(max);
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, Sequence> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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

    fn next(&mut self) -> String {
        let mut nonce = self.prefix.clone();
        let mut rest = self.counter;
        for _ in 0..self.counter_digits {
            // The digits of the counter come backwards, which is as unique.
            nonce.push(char::from(DIGITS[usize::try_from(rest % 36).unwrap_or(0)]));
            rest /= 36;
        }
        if rest > 0 {
            *self = Self::new(self.prefix.len() + self.counter_digits);
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

    use super::{Nonces, Sequence};

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
        assert_eq!(clone.length(), 20);
        assert!(!nonces.shorten(7));
        let before = clone.next();
        nonces.renew();
        assert_ne!(before[..12], clone.next()[..12]);
    }
}
