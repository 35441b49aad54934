//! Instants as numbers or text, in every form that the vendors are known to use.
//!
//! - A number above 9,999,999,999 (either sign) is milliseconds since 1970, any other seconds; fractions count to the
//!   microsecond.
//! - Text is RFC 3339, then `yyyy-MM-dd` (midnight UTC), then `yyyy-MM-ddTHH:mm:ss` without zone (UTC), then a number.
//! - `null`, empty text, 0, −62135596800000 and year 1 mean "never": `None`.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Unit};
use serde::de::{Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

const SECONDS_END: f64 = 9_999_999_999.0;
const NEVER_SECONDS: i64 = -62_135_596_800;

/// What [`deserialize`] can make: `Timestamp`, and `Option<Timestamp>`, where "never" is `None`.
pub trait FromEpoch: Sized {
    #[doc(hidden)]
    fn from_epoch(at: Option<Timestamp>) -> Result<Self, &'static str>;
}

impl FromEpoch for Timestamp {
    fn from_epoch(at: Option<Timestamp>) -> Result<Self, &'static str> {
        at.ok_or("nothing where a time was expected")
    }
}

impl FromEpoch for Option<Timestamp> {
    fn from_epoch(at: Option<Timestamp>) -> Result<Self, &'static str> {
        Ok(at)
    }
}

const WRONG: &str = "a text that is no time";
const RANGE: &str = "a time out of range";

fn number(value: f64) -> Result<Option<Timestamp>, &'static str> {
    if !value.is_finite() {
        return Err(RANGE);
    }
    let seconds = if value.abs() > SECONDS_END {
        value / 1000.0
    } else {
        value
    };
    let span = SignedDuration::try_from_secs_f64(seconds).map_err(|_| RANGE)?;
    let at = Timestamp::from_duration(span).map_err(|_| RANGE)?;
    // A float of today's seconds is exact to a fraction of a microsecond, so the digits below it are noise.
    known(at.round(Unit::Microsecond).unwrap_or(at))
}

fn integer(value: i64) -> Result<Option<Timestamp>, &'static str> {
    let millis = value.unsigned_abs() > 9_999_999_999;
    let at = if millis {
        Timestamp::from_millisecond(value)
    } else {
        Timestamp::from_second(value)
    };
    known(at.map_err(|_| RANGE)?)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the last step of functions that can fail"
)]
fn known(at: Timestamp) -> Result<Option<Timestamp>, &'static str> {
    let never = at.as_second() == 0 && at.subsec_nanosecond() == 0
        || at.as_second() <= NEVER_SECONDS + 86_400;
    Ok((!never).then_some(at))
}

fn text(text: &str) -> Result<Option<Timestamp>, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return known(at);
    }
    if let Ok(value) = text.parse::<i64>() {
        return integer(value);
    }
    if let Ok(value) = text.parse::<f64>() {
        return number(value);
    }
    let civil = if text.len() == 10 {
        text.parse::<Date>().map(Date::to_datetime_midnight)
    } else {
        text.parse()
    };
    let civil: DateTime = civil.map_err(|_| WRONG)?;
    known(TimeZone::UTC.to_timestamp(civil).map_err(|_| RANGE)?)
}

trait Midnight {
    fn to_datetime_midnight(self) -> DateTime;
}

impl Midnight for Date {
    fn to_datetime_midnight(self) -> DateTime {
        self.at(0, 0, 0, 0)
    }
}

/// Reads a time from text, for formats that are no JSON: the same rules.
///
/// # Errors
///
/// A text that is no time.
pub fn parse(wire: &str) -> Result<Option<Timestamp>, crate::DecodeError> {
    text(wire).map_err(crate::DecodeError::new)
}

struct Epoch;

impl<'de> Visitor<'de> for Epoch {
    type Value = Option<Timestamp>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time as number or text")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        integer(value).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        i64::try_from(value)
            .map_err(|_| RANGE)
            .and_then(integer)
            .map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        number(value).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        text(value).map_err(E::custom)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Reads a time in any form.
///
/// # Errors
///
/// Anything that is no time.
pub fn deserialize<'de, D: Deserializer<'de>, T: FromEpoch>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer
        .deserialize_any(Epoch)
        .and_then(|at| T::from_epoch(at).map_err(D::Error::custom))
}

/// Writes RFC 3339, or `null`.
///
/// # Errors
///
/// Those of the serializer.
pub fn serialize<S: Serializer, T: Serialize>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde::Deserialize;
    use serde_json::from_str;

    #[derive(Debug, Deserialize)]
    struct Record {
        #[serde(default, with = "crate::serde::epoch")]
        at: Option<Timestamp>,
    }

    #[derive(Debug, Deserialize)]
    struct Sure {
        #[serde(with = "crate::serde::epoch")]
        at: Timestamp,
    }

    #[test]
    fn every_form() {
        for (wire, at) in [
            ("1767225600", Some("2026-01-01T00:00:00Z")),
            ("1767225600000", Some("2026-01-01T00:00:00Z")),
            ("1767225600123", Some("2026-01-01T00:00:00.123Z")),
            ("1767225600.5", Some("2026-01-01T00:00:00.5Z")),
            ("1.767225600e12", Some("2026-01-01T00:00:00Z")),
            ("1689072497.714", Some("2023-07-11T10:48:17.714Z")),
            ("-1.5", Some("1969-12-31T23:59:58.5Z")),
            ("-62135596800000.0", None),
            ("\"1767225600000\"", Some("2026-01-01T00:00:00Z")),
            ("\"2026-01-01T00:00:00Z\"", Some("2026-01-01T00:00:00Z")),
            (
                "\"2026-01-01T02:00:00+02:00\"",
                Some("2026-01-01T00:00:00Z"),
            ),
            ("\"2026-01-01\"", Some("2026-01-01T00:00:00Z")),
            ("\"2019-04-11T12:00:54\"", Some("2019-04-11T12:00:54Z")),
            ("9999999999", Some("2286-11-20T17:46:39Z")),
            ("null", None),
            ("\"\"", None),
            ("0", None),
            ("-62135596800000", None),
            ("\"0001-01-01T00:00:00\"", None),
            ("\"0001-01-01T00:00:00Z\"", None),
        ] {
            let record: Record =
                from_str(&format!("{{\"at\":{wire}}}")).unwrap_or_else(|e| panic!("{wire}: {e}"));
            assert_eq!(record.at.map(|at| at.to_string()).as_deref(), at, "{wire}");
        }
        assert!(from_str::<Record>("{}").unwrap().at.is_none());
    }

    #[test]
    fn anything_else_is_an_error() {
        for wire in [
            "\"soon\"",
            "true",
            "[]",
            "1e300",
            "9223372036854775807",
            "18446744073709551615",
            "\"2026-13-01\"",
        ] {
            assert!(
                from_str::<Record>(&format!("{{\"at\":{wire}}}")).is_err(),
                "{wire}"
            );
        }
        assert!(from_str::<Sure>("{\"at\":0}").is_err());
        assert_eq!(from_str::<Sure>("{\"at\":1}").unwrap().at.as_second(), 1);
    }
}
