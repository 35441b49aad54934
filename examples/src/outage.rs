//! What repeats a pass waits for: the next one, and the end of an outage.

use std::io;
use std::time::Duration;

use datto_rmm::ErrorKind;

use crate::activity_store::OutputError;
use crate::exit::Failure;
use crate::interrupt::Guard;
use crate::store::StoreError;

/// The longest wait after failed passes, unless two passes are further apart anyway.
const LONGEST: Duration = Duration::from_hours(1);

/// Waits; true if a person ended it.
pub async fn interrupted_within(wait: Duration) -> bool {
    let mut guard = Guard::new();
    tokio::select! {
        () = tokio::time::sleep(wait) => false,
        () = guard.pressed() => true,
    }
}

/// The wait after a pass: as asked, doubled for each failure in a row up to an hour, and a tenth more or less so that
/// many of us do not ask in step. `random` is from 0 to 1.
pub fn pause(every: Duration, failures: u32, random: f64) -> Duration {
    let longest = LONGEST.max(every);
    let wait = every.saturating_mul(2_u32.saturating_pow(failures));
    wait.min(longest).mul_f64(0.9 + 0.2 * random)
}

/// Whether a later pass may succeed although nobody did anything: a vendor is down or slows us, another process has the
/// store, or the disk is full.
pub fn is_passing(failure: &Failure) -> bool {
    let mut causes = failure.causes();
    causes.any(|cause| {
        if let Some(error) = cause.downcast_ref::<datto_rmm::Error>() {
            let lasts = [ErrorKind::Credentials, ErrorKind::Scope, ErrorKind::Config];
            return !lasts.contains(&error.kind());
        }
        if let Some(OutputError::Io(_, error)) = cause.downcast_ref() {
            let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
            return full.contains(&error.kind());
        }
        matches!(
            cause.downcast_ref(),
            Some(StoreError::InUse { .. } | StoreError::Busy { .. } | StoreError::Full { .. })
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_passes_and_one_that_cannot_be_written_does_not() {
        for (kind, passes) in [
            (io::ErrorKind::StorageFull, true),
            (io::ErrorKind::QuotaExceeded, true),
            (io::ErrorKind::PermissionDenied, false),
            (io::ErrorKind::ReadOnlyFilesystem, false),
        ] {
            let failure = Failure::from(OutputError::Io("activity.jsonl".into(), kind.into()));
            assert_eq!(is_passing(&failure), passes, "{kind}");
        }
    }
}
