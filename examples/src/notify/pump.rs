//! Delivery: in order, at least once, and patient with a receiver that is down.

use jiff::{SignedDuration, Timestamp};

use super::{DeliveryError, EventSink, Hold, Outbox, OutboxError};

/// How long to wait after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by hosts")]
pub struct Backoff {
    /// After the first failure; it doubles with each further one.
    pub first: SignedDuration,
    /// At most, however many failed.
    pub longest: SignedDuration,
    /// At most, however long the receiver asks to be left alone.
    pub longest_asked: SignedDuration,
}

impl Default for Backoff {
    /// From half a minute to ten minutes, or up to an hour if the receiver asks for it.
    fn default() -> Self {
        Self {
            first: SignedDuration::from_secs(30),
            longest: SignedDuration::from_mins(10),
            longest_asked: SignedDuration::from_hours(1),
        }
    }
}

impl Backoff {
    /// The wait after so many failed attempts, of which the last may have brought a wish of the receiver.
    ///
    /// ```
    /// use examples::notify::Backoff;
    /// use jiff::SignedDuration;
    ///
    /// let backoff = Backoff::default();
    /// let waits = [1, 2, 3, 4, 5, 6, 60].map(|attempts| backoff.wait(attempts, None).as_secs());
    /// assert_eq!(waits, [30, 60, 120, 240, 480, 600, 600]);
    /// assert_eq!(backoff.wait(1, Some(SignedDuration::from_mins(2))).as_secs(), 120);
    /// assert_eq!(backoff.wait(1, Some(SignedDuration::from_hours(9))).as_secs(), 3600);
    /// ```
    pub fn wait(&self, attempts: u32, asked: Option<SignedDuration>) -> SignedDuration {
        let factor = 2_i32.saturating_pow(attempts.saturating_sub(1));
        let wait = self
            .first
            .checked_mul(factor)
            .map_or(self.longest, |wait| wait.min(self.longest));
        let asked = asked.map_or(SignedDuration::ZERO, |asked| asked.min(self.longest_asked));
        wait.max(asked)
    }

    /// Whether it is time. A time further ahead than any wait comes from a clock that was wrong.
    fn is_due(&self, hold: &Hold, now: Timestamp) -> bool {
        let left = hold.next_attempt_at.duration_since(now);
        left <= SignedDuration::ZERO || left > self.longest.max(self.longest_asked)
    }
}

/// What came of one round of deliveries.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct PumpReport {
    /// The ids of the notices that were delivered, in order.
    pub delivered: Vec<String>,
    /// How many wait.
    pub left: usize,
    /// Why they wait and until when; `None` if none does.
    pub hold: Option<Hold>,
    /// Why this round ended early; `None` if it did not, or if it was not time to try.
    pub error: Option<DeliveryError>,
}

/// Delivers what the outbox holds, in order, with the usual [`Backoff`].
///
/// It ends at the first notice that cannot be delivered, for what comes later must not overtake it, and does nothing
/// until the time that is then kept in the outbox. A notice that the receiver refuses for good blocks those behind it,
/// which the report shows: a person corrects the receiver, or marks that notice in the outbox.
///
/// If it is dropped half way, what was being sent counts as not delivered and is sent again.
///
/// # Errors
///
/// [`OutboxError`] if the outbox cannot be used. What was sent last may be sent again then.
pub async fn pump(
    outbox: &mut dyn Outbox,
    sink: &dyn EventSink,
    now: Timestamp,
) -> Result<PumpReport, OutboxError> {
    pump_with(outbox, sink, now, &Backoff::default()).await
}

/// As [`pump`], with waits of the host's choice.
///
/// # Errors
///
/// [`OutboxError`] as for [`pump`].
pub async fn pump_with(
    outbox: &mut dyn Outbox,
    sink: &dyn EventSink,
    now: Timestamp,
    backoff: &Backoff,
) -> Result<PumpReport, OutboxError> {
    let notices = outbox.undelivered()?;
    let mut hold = outbox.hold()?;
    let mut report = PumpReport {
        left: notices.len(),
        ..PumpReport::default()
    };
    if !notices.is_empty() && hold.as_ref().is_some_and(|hold| !backoff.is_due(hold, now)) {
        report.hold = hold;
        return Ok(report);
    }
    for notice in notices {
        if let Err(error) = sink.deliver(&notice).await {
            let attempts = hold
                .as_ref()
                .map_or(1, |hold| hold.attempts.saturating_add(1));
            let wait = backoff.wait(attempts, error.retry_after());
            let failed = Hold {
                attempts,
                since: hold.map_or(now, |hold| hold.since),
                next_attempt_at: now.checked_add(wait).unwrap_or(Timestamp::MAX),
                why: error.to_string(),
            };
            outbox.set_hold(Some(&failed))?;
            report.hold = Some(failed);
            report.error = Some(error);
            return Ok(report);
        }
        outbox.mark_delivered(&notice, now)?;
        report.delivered.push(notice.id);
        report.left -= 1;
        if hold.take().is_some() {
            outbox.set_hold(None)?;
        }
    }
    // A person may have marked what it was about.
    if hold.is_some() {
        outbox.set_hold(None)?;
    }
    Ok(report)
}
