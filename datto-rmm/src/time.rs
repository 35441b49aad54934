//! Times, which the wire writes as milliseconds, seconds or text, whatever the documentation says.

use client_core::serde::epoch;
use client_core::{Date, Timestamp};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A time, or what stood in its place. "Never" (null, 0, the year 1) is `None` around it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a time can be read or it cannot")]
pub enum WireTime {
    /// A time.
    At(Timestamp),
    /// Something that is no time in any known form: its JSON, of which at most 100 characters are kept. It does not spoil
    /// its record.
    Unreadable(String),
}

impl WireTime {
    /// The time, if it could be read.
    pub fn timestamp(&self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(*at),
            Self::Unreadable(_) => None,
        }
    }
}

const LONGEST: usize = 100;

/// For `#[serde(default, deserialize_with = "lenient")]`.
pub(crate) fn lenient<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<WireTime>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(match epoch::deserialize::<_, Option<Timestamp>>(&value) {
        Ok(at) => at.map(WireTime::At),
        Err(_) => Some(WireTime::Unreadable(
            value.to_string().chars().take(LONGEST).collect(),
        )),
    })
}

/// Whether a day can be written as `yyyy-MM-dd`.
pub(crate) fn is_writable(date: Date) -> bool {
    date.year() >= 1
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::WireTime;

    #[derive(Deserialize)]
    struct Record {
        #[serde(default, deserialize_with = "super::lenient")]
        at: Option<WireTime>,
    }

    #[test]
    fn every_form_and_none() {
        for (wire, at) in [
            ("1767225600000", "2026-01-01T00:00:00Z"),
            ("1767225600.5", "2026-01-01T00:00:00.5Z"),
            ("\"1767225600000\"", "2026-01-01T00:00:00Z"),
            ("\"2026-01-01T00:00:00Z\"", "2026-01-01T00:00:00Z"),
            ("\"2026-01-01\"", "2026-01-01T00:00:00Z"),
        ] {
            let record: Record = serde_json::from_str(&format!("{{\"at\":{wire}}}")).unwrap();
            assert_eq!(
                record.at.unwrap().timestamp().unwrap().to_string(),
                at,
                "{wire}"
            );
        }
        for wire in ["null", "0", "-62135596800000", "\"\""] {
            let record: Record = serde_json::from_str(&format!("{{\"at\":{wire}}}")).unwrap();
            assert_eq!(record.at, None, "{wire}");
        }
        assert_eq!(serde_json::from_str::<Record>("{}").unwrap().at, None);
    }

    #[test]
    fn what_is_no_time_is_kept() {
        for (wire, kept) in [
            ("\"soon\"", "\"soon\""),
            ("true", "true"),
            ("{\"a\":1}", "{\"a\":1}"),
            ("1e300", "1e300"),
        ] {
            let record: Record = serde_json::from_str(&format!("{{\"at\":{wire}}}")).unwrap();
            let Some(WireTime::Unreadable(text)) = record.at else {
                panic!("{wire}")
            };
            assert!(text.starts_with(&kept[..2]), "{text}");
        }
    }
}
