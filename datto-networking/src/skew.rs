//! The difference between the vendor's clock and ours.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// How long a measurement is trusted not to be the reason of a refused timestamp.
const FRESH: Duration = Duration::from_secs(30);

/// What was measured; shared by all hosts of a client.
#[derive(Debug, Clone, Default)]
pub(crate) struct Skew(Arc<Mutex<Measured>>);

#[derive(Debug, Clone, Copy, Default)]
struct Measured {
    offset: SignedDuration,
    at: Option<Instant>,
    generation: u64,
}

/// What should follow a refused timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another call has measured since this one was signed: sign again.
    Sign,
    /// Measure, then sign again.
    Measure,
    /// It was measured just before this one was signed, so measuring does not help.
    Stop,
}

impl Skew {
    /// The vendor's time at our time `now`, and which measurement it rests on.
    pub(crate) fn apply(&self, now: Timestamp) -> (Timestamp, u64) {
        let measured = *self.lock();
        (
            now.saturating_add(measured.offset).unwrap_or(now),
            measured.generation,
        )
    }

    /// The vendor's time less ours.
    pub(crate) fn offset(&self) -> SignedDuration {
        self.lock().offset
    }

    /// What should follow the refusal of a timestamp that rests on measurement `generation`.
    pub(crate) fn refused(&self, generation: Option<u64>, now: Instant) -> Next {
        let measured = *self.lock();
        if generation.is_some_and(|generation| generation != measured.generation) {
            return Next::Sign;
        }
        match measured.at {
            Some(at) if now.saturating_duration_since(at) < FRESH => Next::Stop,
            _ => Next::Measure,
        }
    }

    /// Takes a measurement: the vendor's clock said `vendor` when ours said `ours`.
    pub(crate) fn set(&self, vendor: Timestamp, ours: Timestamp, now: Instant) {
        let mut measured = self.lock();
        *measured = Measured {
            offset: vendor.duration_since(ours),
            at: Some(now),
            generation: measured.generation.wrapping_add(1),
        };
    }

    fn lock(&self) -> MutexGuard<'_, Measured> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use jiff::{SignedDuration, Timestamp};

    use super::{Next, Skew};

    #[test]
    fn a_measurement_moves_later_timestamps() {
        let skew = Skew::default();
        let ours: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(skew.apply(ours), (ours, 0));
        skew.clone().set(
            "2026-01-01T01:00:00Z".parse().unwrap(),
            ours,
            Instant::now(),
        );
        assert_eq!(skew.offset(), SignedDuration::from_hours(1));
        let later = ours + Duration::from_secs(5);
        assert_eq!(
            skew.apply(later),
            ("2026-01-01T01:00:05Z".parse().unwrap(), 1)
        );
        skew.set(ours - Duration::from_secs(9), ours, Instant::now());
        assert_eq!(skew.offset(), SignedDuration::from_secs(-9));
        assert_eq!(skew.apply(Timestamp::MIN).0, Timestamp::MIN);
    }

    #[test]
    fn one_measurement_serves_all_calls_and_is_not_repeated_at_once() {
        let skew = Skew::default();
        let (now, time) = (Instant::now(), Timestamp::UNIX_EPOCH);
        assert_eq!(skew.refused(Some(0), now), Next::Measure);
        skew.set(time, time, now);
        assert_eq!(skew.refused(Some(0), now), Next::Sign);
        assert_eq!(
            skew.refused(Some(1), now + Duration::from_secs(1)),
            Next::Stop
        );
        assert_eq!(skew.refused(None, now), Next::Stop);
        assert_eq!(
            skew.refused(Some(1), now + Duration::from_secs(31)),
            Next::Measure
        );
    }
}
