//! `Retry-After` and other headers that an answer may carry.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// Nobody means more than a day.
const LONGEST: Duration = Duration::from_hours(24);

/// How long the `Retry-After` header asks to wait: seconds, an HTTP date, or the first of several numbers (`60, 60`).
///
/// A date counts from the answer's own `Date`, so that our clock may be wrong; without one from `now`, our wall clock. A
/// date in the past is no wait, and a day is the longest.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if let Ok(date) = httpdate::parse_http_date(text) {
        let sent = headers.get(DATE).and_then(|sent| sent.to_str().ok());
        let sent = sent.and_then(|sent| httpdate::parse_http_date(sent.trim()).ok());
        date.duration_since(sent.unwrap_or_else(|| SystemTime::from(now)))
            .unwrap_or(Duration::ZERO)
    } else {
        let first = text.split([',', ';', ' ']).next()?;
        let seconds: f64 = first
            .parse()
            .ok()
            .filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0)?;
        Duration::from_secs_f64(seconds.min(LONGEST.as_secs_f64()))
    };
    Some(wait.min(LONGEST))
}

/// The vendor's id of the request, from the headers that commonly carry it.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    [
        "x-request-id",
        "x-amzn-requestid",
        "x-amz-cf-id",
        "x-correlation-id",
        "cf-ray",
    ]
    .iter()
    .find_map(|name| headers.get(*name)?.to_str().ok())
    .map(|id| crate::error::one_line(id, 100))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};

    use super::retry_after;

    #[test]
    fn every_known_form() {
        let now: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
        let seconds = |n| Some(Duration::from_secs(n));
        for (text, wanted) in [
            ("60", seconds(60)),
            ("60, 60", seconds(60)),
            (" 0 ", seconds(0)),
            ("1.5", Some(Duration::from_millis(1500))),
            ("Sat, 21 Nov 2026 10:01:00 GMT", seconds(60)),
            ("Sat, 21 Nov 2026 09:00:00 GMT", seconds(0)),
            ("99999999999999999999", seconds(86_400)),
            ("-5", None),
            ("soon", None),
            ("", None),
            ("NaN", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]);
            assert_eq!(retry_after(&headers, now), wanted, "{text:?}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn a_date_counts_from_the_vendors_clock() {
        let ours: Timestamp = "2026-11-21T02:00:00Z".parse().unwrap();
        let value = HeaderValue::from_static;
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, value("Sat, 21 Nov 2026 10:01:00 GMT"));
        let hours = Duration::from_mins(8 * 60 + 1);
        assert_eq!(retry_after(&headers, ours), Some(hours));
        headers.insert(DATE, value("Sat, 21 Nov 2026 10:00:00 GMT"));
        assert_eq!(retry_after(&headers, ours), Some(Duration::from_mins(1)));
        headers.insert(DATE, value("soon"));
        assert_eq!(retry_after(&headers, ours), Some(hours));
    }
}
