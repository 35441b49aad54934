//! The account's request budget: rolling windows for reads, for writes, and for each kind of write.
//!
//! The vendor counts per account, so every other integration of the customer draws on the same windows. What is assumed
//! here at first is replaced by what the account reports; see [`Client::calibrate`](crate::Client::calibrate).

use std::sync::Arc;
use std::time::Duration;

use client_core::{Clock, Limits};

use crate::system::RateStatus;

mod calibrator;

pub use calibrator::CalibrationPolicy;
pub(crate) use calibrator::Calibrator;

pub(crate) const READ: &str = "read";
pub(crate) const WRITE: &str = "write";

const WINDOW: Duration = Duration::from_mins(1);
const TOTAL: u32 = 600;
const EACH: u32 = 100;
/// Where the vendor starts to slow answers down, unless the account says otherwise.
const SLOW_DOWN: f64 = 0.9;
/// The part of a limit that is used: below the slow-down, and some room for others.
const FRACTION: f64 = 0.85;
/// More kinds of writes than this are not learned.
const MOST_KINDS: usize = 100;

/// Kinds of writes with their usual limits: a hint, as the account tells its own.
pub(crate) const KINDS: &[(&str, u32)] = &[
    ("site-create", EACH),
    ("site-update", EACH),
    ("site-variable-create", EACH),
    ("site-variable-update", EACH),
    ("site-variable-delete", EACH),
    ("site-proxy-create", EACH),
    ("site-proxy-delete", EACH),
    ("account-variable-create", EACH),
    ("account-variable-update", EACH),
    ("account-variable-delete", EACH),
    ("device-move", EACH),
    ("device-job-create", EACH),
    ("device-udf-set", TOTAL),
    ("device-warranty-create", EACH),
    ("alert-resolve", EACH),
    ("user-reset-keys", EACH),
];

/// What a [`calibration`](crate::Client::calibrate) found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Calibration {
    /// What the account reported.
    pub reported: RateStatus,
    /// True for an older account, which has one limit for reads and writes together.
    pub single_bucket: bool,
}

/// The limits that are assumed until the account tells its own.
pub(crate) fn assumed(clock: Arc<dyn Clock>) -> Limits {
    let both = Limits::builder()
        .bucket(READ, TOTAL, WINDOW)
        .bucket(WRITE, TOTAL, WINDOW);
    let all = KINDS.iter().fold(both, |limits, (kind, limit)| {
        limits.bucket(*kind, *limit, WINDOW)
    });
    all.fallback(WRITE)
        .fraction(FRACTION)
        .slow_down(SLOW_DOWN)
        .clock(clock)
        .build()
}

/// Takes over what the account reports. A limit that is missing or zero is unknown, never "nothing allowed".
pub(crate) fn apply(reported: RateStatus, limits: &Limits) -> Calibration {
    let window = positive(reported.sliding_time_window_size_seconds).map_or(WINDOW, |seconds| {
        Duration::from_secs(seconds.into()).min(Duration::from_hours(1))
    });
    let ratio = reported
        .account_cut_off_ratio
        .filter(|ratio| *ratio > 0.0 && *ratio <= 1.0)
        .unwrap_or(SLOW_DOWN);
    let learn = |bucket: &str, limit: Option<i64>, used: Option<i64>| {
        if let Some(limit) = positive(limit) {
            // The account told of one limit for everything before.
            limits.split(bucket);
            limits.set(bucket, limit, window);
            limits.set_slow_down(bucket, ratio);
            limits.observe(
                bucket,
                used.and_then(|used| u32::try_from(used).ok()).unwrap_or(0),
                limit,
            );
        }
    };
    learn(READ, reported.account_rate_limit, reported.account_count);
    // Reads were reported and writes were not: the account counts everything together.
    let single_bucket = positive(reported.account_rate_limit).is_some()
        && positive(reported.account_write_rate_limit).is_none();
    if single_bucket {
        limits.merge(WRITE, READ);
        for (kind, _) in KINDS {
            limits.merge(kind, READ);
        }
    } else {
        if positive(reported.account_write_rate_limit).is_some() {
            for (kind, _) in KINDS {
                limits.split(kind);
            }
        }
        learn(
            WRITE,
            reported.account_write_rate_limit,
            reported.account_write_count,
        );
        let kinds = reported.operation_write_status.iter();
        // No kind has the name of what all reads or all writes have in common.
        let kinds = kinds.filter(|(kind, _)| *kind != READ && *kind != WRITE);
        for (kind, status) in kinds.take(MOST_KINDS) {
            learn(kind, status.limit, status.count);
        }
    }
    Calibration {
        reported,
        single_bucket,
    }
}

fn positive(number: Option<i64>) -> Option<u32> {
    number
        .and_then(|number| u32::try_from(number).ok())
        .filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use client_core::{Clock, Limits, ManualClock};

    use super::{KINDS, apply, assumed};
    use crate::system::RateStatus;

    fn limits() -> Limits {
        assumed(Arc::new(ManualClock::new()))
    }

    fn status(json: &str) -> RateStatus {
        serde_json::from_str(json).unwrap()
    }

    fn figures(limits: &Limits, bucket: &str) -> (u32, u32, u32) {
        let usage = limits
            .usage()
            .into_iter()
            .find(|usage| usage.bucket == bucket)
            .unwrap();
        (usage.used, usage.limit, usage.ceiling)
    }

    #[test]
    fn assumed_limits_stay_below_the_slow_down() {
        let limits = limits();
        assert_eq!(figures(&limits, "read"), (0, 600, 510));
        assert_eq!(figures(&limits, "write"), (0, 600, 510));
        assert_eq!(figures(&limits, "site-variable-create"), (0, 100, 85));
        assert_eq!(figures(&limits, "device-udf-set"), (0, 600, 510));
        assert_eq!(limits.usage().len(), KINDS.len() + 2);
    }

    /// U15, N07: limits and counts are taken from the account, kinds that nobody knew too.
    #[test]
    fn the_accounts_figures_are_taken_over() {
        let limits = limits();
        let found = apply(
            status(
                r#"{"slidingTimeWindowSizeSeconds":30,"accountUid":"abc","accountCount":200,"accountRateLimit":1000,
                "accountCutOffRatio":0.9,"accountWriteRateLimit":500,"accountWriteCount":7,
                "operationWriteStatus":{"site-create":{"limit":50,"count":3},"new-thing":{"limit":10,"count":1},
                "site-update":{"limit":0,"count":0},"device-move":null}}"#,
            ),
            &limits,
        );
        assert!(!found.single_bucket);
        assert_eq!(figures(&limits, "read"), (200, 1000, 850));
        assert_eq!(figures(&limits, "write"), (7, 500, 425));
        assert_eq!(figures(&limits, "site-create"), (3, 50, 42));
        assert_eq!(figures(&limits, "new-thing"), (1, 10, 8));
        assert_eq!(
            figures(&limits, "site-update"),
            (0, 100, 85),
            "a zero limit is no limit"
        );
        assert_eq!(
            limits.usage()[0].window,
            Duration::from_mins(1),
            "kinds that were not reported keep their window"
        );
    }

    /// U15: accounts with one bucket, with the write fields zero or missing.
    #[test]
    fn older_accounts_have_one_bucket() {
        for body in [
            r#"{"accountCount":20,"accountRateLimit":600}"#,
            r#"{"accountCount":20,"accountRateLimit":600,"accountWriteRateLimit":0,"accountWriteCount":0,
                "operationWriteStatus":null}"#,
        ] {
            let limits = limits();
            assert!(apply(status(body), &limits).single_bucket);
            let usage = limits.usage();
            assert_eq!(usage.len(), 1, "{usage:?}");
            assert_eq!(figures(&limits, "read"), (20, 600, 510));
        }
    }

    const FULL: &str = r#"{"accountCount":20,"accountRateLimit":600,"accountWriteRateLimit":500,"accountWriteCount":30,
        "operationWriteStatus":{"site-create":{"limit":50,"count":3},"user-reset-keys":{"limit":70,"count":0}}}"#;

    /// U15: an account that becomes a newer one, or whose write fields were missing once.
    #[test]
    fn write_limits_that_appear_undo_the_single_bucket() {
        let clock = Arc::new(ManualClock::new());
        let limits = assumed(Arc::clone(&clock) as Arc<dyn Clock>);
        let single = status(r#"{"accountCount":20,"accountRateLimit":600}"#);
        for _ in 0..3 {
            assert!(apply(single.clone(), &limits).single_bucket);
            assert_eq!(limits.usage().len(), 1);
            assert!(!apply(status(FULL), &limits).single_bucket);
            assert_eq!(limits.usage().len(), KINDS.len() + 2);
            assert_eq!(figures(&limits, "read"), (20, 600, 510));
            assert_eq!(figures(&limits, "write"), (30, 500, 425));
            let limit = |kind| figures(&limits, kind).1;
            assert_eq!((limit("site-create"), limit("user-reset-keys")), (50, 70));
            assert_eq!(limit("site-update"), 100, "one that was not reported");
            clock.advance(super::WINDOW);
        }
    }

    /// A report without the total of writes, after one that had none at all.
    #[test]
    fn the_limit_of_a_kind_is_never_that_of_all_requests() {
        let limits = limits();
        apply(
            status(r#"{"accountCount":20,"accountRateLimit":600}"#),
            &limits,
        );
        let kinds = r#"{"operationWriteStatus":{"site-create":{"limit":50,"count":3}}}"#;
        assert!(!apply(status(kinds), &limits).single_bucket);
        assert_eq!(figures(&limits, "read"), (20, 600, 510));
        assert_eq!(figures(&limits, "site-create").1, 50);
    }

    #[test]
    fn a_kind_named_like_a_total_is_ignored() {
        let limits = limits();
        let odd = r#"{"accountRateLimit":600,"accountWriteRateLimit":500,"operationWriteStatus":{
            "read":{"limit":7,"count":7},"write":{"limit":8,"count":8}}}"#;
        apply(status(odd), &limits);
        assert_eq!(figures(&limits, "read"), (0, 600, 510));
        assert_eq!(figures(&limits, "write"), (0, 500, 425));
    }

    #[test]
    fn an_empty_report_changes_nothing() {
        let limits = limits();
        let before = limits.usage();
        assert!(!apply(status("{}"), &limits).single_bucket);
        assert!(
            !apply(
                status(r#"{"accountRateLimit":0,"accountWriteRateLimit":-5}"#),
                &limits
            )
            .single_bucket
        );
        assert_eq!(limits.usage(), before);
    }

    #[test]
    fn an_early_slow_down_lowers_the_ceiling() {
        let limits = limits();
        apply(
            status(
                r#"{"accountRateLimit":600,"accountWriteRateLimit":600,"accountCutOffRatio":0.5}"#,
            ),
            &limits,
        );
        assert_eq!(figures(&limits, "read"), (0, 600, 299));
        // Neither does a host that wants it all.
        limits.set_fraction(1.0);
        assert_eq!(figures(&limits, "read"), (0, 600, 299));
        assert_eq!(figures(&limits, "site-create"), (0, 100, 89));
    }
}
