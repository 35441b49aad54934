//! Reading what the vendor writes in more than one way.
//!
//! Booleans come as `true`, `1` or `"1"`, absent texts as `""` or `"N/A"`, times without a zone, and empty objects as
//! empty lists.

use std::collections::BTreeMap;
use std::fmt;

use client_core::{DecodeError, decode_json};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::de::{DeserializeOwned, Deserializer, Error, Unexpected};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A boolean in any form; `null` and `""` are none.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    if is_absent(&value) {
        return Ok(None);
    }
    as_flag(&value)
        .map(Some)
        .ok_or_else(|| D::Error::invalid_type(kind_of(&value), &"a boolean, 0 or 1"))
}

/// A boolean that is false when absent.
pub(crate) fn flag_or_false<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    flag(deserializer).map(Option::unwrap_or_default)
}

/// A text; `null`, `""` and `"N/A"` are none.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok((!text.trim().is_empty() && text != "N/A").then_some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        other => Err(D::Error::invalid_type(kind_of(&other), &"a text")),
    }
}

/// An id; `null` and `""` are none.
pub(crate) fn id<'de, D: Deserializer<'de>, T: From<String>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    text(deserializer).map(|text| text.map(T::from))
}

/// A whole number or an enum made of one; `null` and `""` are none.
pub(crate) fn number<'de, D: Deserializer<'de>, T: From<i64>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    if is_absent(&value) {
        return Ok(None);
    }
    as_number(&value)
        .map(|number| Some(T::from(number)))
        .ok_or_else(|| D::Error::invalid_type(kind_of(&value), &"a whole number"))
}

/// A list of whole numbers; `null` is empty.
pub(crate) fn numbers<'de, D: Deserializer<'de>, T: From<i64>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let values = Option::<Vec<Value>>::deserialize(deserializer)?.unwrap_or_default();
    values
        .iter()
        .map(|value| {
            as_number(value)
                .map(T::from)
                .ok_or_else(|| D::Error::invalid_type(kind_of(value), &"a whole number"))
        })
        .collect()
}

/// A list of texts; `null` is empty.
pub(crate) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::<Vec<String>>::deserialize(deserializer)?.unwrap_or_default())
}

/// A time. One without a zone is UTC, the year 1 means never, and a form that nobody knows is none: no time is worth
/// losing the record for.
pub(crate) fn time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(match &value {
        Value::String(text) => parse_time(text.trim()),
        Value::Number(number) => number
            .as_i64()
            .and_then(|seconds| Timestamp::from_second(seconds).ok()),
        _ => None,
    })
}

pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    let time = text.parse::<Timestamp>().ok().or_else(|| {
        let civil: DateTime = text
            .parse()
            .ok()
            .or_else(|| text.parse::<Date>().ok().map(DateTime::from))?;
        civil
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|zoned| zoned.timestamp())
    })?;
    // 0001-01-01 stands for "never"; nothing of this product is from the last century.
    (time > Timestamp::UNIX_EPOCH).then_some(time)
}

/// An object; `null`, `""` and `[]` are none.
pub(crate) fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    if is_absent(&value) || value.as_array().is_some_and(Vec::is_empty) {
        return Ok(None);
    }
    serde_json::from_value(value)
        .map(Some)
        .map_err(|error| hide(&error))
}

/// A map; `null`, `""` and `[]` are empty.
pub(crate) fn map<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    object(deserializer).map(Option::unwrap_or_default)
}

/// A map of booleans in any form; members of another type are left out.
pub(crate) fn flags<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, bool>, D::Error> {
    let values: BTreeMap<String, Value> = map(deserializer)?;
    Ok(values
        .into_iter()
        .filter_map(|(name, value)| Some((name, as_flag(&value)?)))
        .collect())
}

pub(crate) fn as_flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => match number.as_i64()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
        Value::String(text) => match text.trim() {
            "0" | "false" => Some(false),
            "1" | "true" => Some(true),
            _ => None,
        },
        _ => None,
    }
}

pub(crate) fn as_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// One thing, or a list of them.
pub(crate) fn one_or_many<T: DeserializeOwned>(value: Value) -> Result<Vec<T>, DecodeError> {
    let values = match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values,
        one => vec![one],
    };
    // Through text once more, for an error that names the field and hides its value.
    values
        .iter()
        .map(|value| decode_json(value.to_string().as_bytes()))
        .collect()
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// The type of a value without the value, which may be a secret.
fn kind_of(value: &Value) -> Unexpected<'static> {
    Unexpected::Other(match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    })
}

fn hide<E: Error>(error: &serde_json::Error) -> E {
    // serde quotes the value it stumbled over, so only the kind of stumbling is kept.
    E::custom(if error.is_data() {
        "an object of another shape"
    } else {
        "an unreadable object"
    })
}

/// Parameters of a call, of which absent ones are not sent.
#[derive(Debug, Default)]
pub(crate) struct Params(Map<String, Value>);

impl Params {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Sends `value` under `name`.
    pub(crate) fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Sends `value` under `name`, if there is one.
    pub(crate) fn maybe<T: Into<Value>>(self, name: &str, value: Option<T>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// Sends an id.
    pub(crate) fn id(self, name: &str, id: &impl fmt::Display) -> Self {
        self.set(name, id.to_string())
    }

    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.0
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Params {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use serde::Deserialize;
    use serde_json::{Value, json};

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Odd {
        #[serde(deserialize_with = "super::flag")]
        flag: Option<bool>,
        #[serde(deserialize_with = "super::text")]
        text: Option<String>,
        #[serde(deserialize_with = "super::number")]
        number: Option<i64>,
        #[serde(deserialize_with = "super::time")]
        time: Option<Timestamp>,
        #[serde(deserialize_with = "super::map")]
        map: BTreeMap<String, Value>,
        #[serde(deserialize_with = "super::flags")]
        flags: BTreeMap<String, bool>,
    }

    fn odd(value: Value) -> Result<Odd, serde_json::Error> {
        serde_json::from_value(value)
    }

    #[test]
    fn flags_in_every_form() {
        for (wire, flag) in [
            (json!(true), Some(true)),
            (json!(0), Some(false)),
            (json!("1"), Some(true)),
            (json!("false"), Some(false)),
            (json!(null), None),
            (json!(""), None),
        ] {
            assert_eq!(odd(json!({"flag": wire})).unwrap().flag, flag, "{wire}");
        }
        let error = odd(json!({"flag": "canary"})).unwrap_err();
        assert!(!error.to_string().contains("canary"), "{error}");
    }

    #[test]
    fn absent_texts_and_numbers() {
        for (wire, text) in [
            (json!("N/A"), None),
            (json!(" "), None),
            (json!("RO"), Some("RO")),
            (json!(7), Some("7")),
        ] {
            assert_eq!(odd(json!({"text": wire})).unwrap().text.as_deref(), text);
        }
        for (wire, number) in [
            (json!(null), None),
            (json!(""), None),
            (json!("12"), Some(12)),
            (json!(-3), Some(-3)),
        ] {
            assert_eq!(odd(json!({"number": wire})).unwrap().number, number);
        }
        assert!(odd(json!({"number": [1]})).is_err());
    }

    #[test]
    fn times_without_a_zone_are_utc() {
        for (wire, time) in [
            ("2019-04-11T12:00:54", Some("2019-04-11T12:00:54Z")),
            ("2024-02-03T04:05:06+00:00", Some("2024-02-03T04:05:06Z")),
            ("2024-02-03T04:05:06.000Z", Some("2024-02-03T04:05:06Z")),
            ("2024-02-03", Some("2024-02-03T00:00:00Z")),
            ("0001-01-01T00:00:00", None),
            ("N/A", None),
            ("", None),
            ("soon", None),
        ] {
            let wanted: Option<Timestamp> = time.map(|time| time.parse().unwrap());
            assert_eq!(odd(json!({"time": wire})).unwrap().time, wanted, "{wire}");
        }
        assert!(odd(json!({"time": 1_554_984_054})).unwrap().time.is_some());
    }

    #[test]
    fn empty_maps_may_be_lists() {
        assert_eq!(
            odd(json!({"map": [], "flags": []})).unwrap(),
            Odd::default()
        );
        let read = odd(json!({"map": {"a": 1}, "flags": {"a": 1, "b": "0", "c": {}}})).unwrap();
        assert_eq!(read.map["a"], json!(1));
        assert_eq!(
            read.flags,
            BTreeMap::from([("a".into(), true), ("b".into(), false)])
        );
        assert!(odd(json!({"map": [1]})).is_err());
    }
}
