//! Flags that come as `true`, `1`, `"1"` or `"true"`.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

/// What [`deserialize`] can make: `bool`, and `Option<bool>`, where `null` and empty text are `None`.
pub trait FromFlag: Sized {
    #[doc(hidden)]
    fn from_flag(flag: Option<bool>) -> Result<Self, &'static str>;
}

impl FromFlag for bool {
    fn from_flag(flag: Option<bool>) -> Result<Self, &'static str> {
        flag.ok_or("nothing where a flag was expected")
    }
}

impl FromFlag for Option<bool> {
    fn from_flag(flag: Option<bool>) -> Result<Self, &'static str> {
        Ok(flag)
    }
}

struct Flag;

impl<'de> Visitor<'de> for Flag {
    type Value = Option<bool>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false, 0 or 1")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Option<bool>, E> {
        Ok(Some(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Option<bool>, E> {
        match number {
            0 => Ok(Some(false)),
            1 => Ok(Some(true)),
            _ => Err(E::custom("a number that is no flag")),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Option<bool>, E> {
        self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<bool>, E> {
        let text = text.trim();
        match text {
            "" => Ok(None),
            "0" => Ok(Some(false)),
            "1" => Ok(Some(true)),
            _ if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            _ if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            _ => Err(E::custom("a text that is no flag")),
        }
    }

    fn visit_unit<E>(self) -> Result<Option<bool>, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Option<bool>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<bool>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Reads a flag in any form.
///
/// # Errors
///
/// Anything that is no flag.
pub fn deserialize<'de, D: Deserializer<'de>, T: FromFlag>(deserializer: D) -> Result<T, D::Error> {
    deserializer
        .deserialize_any(Flag)
        .and_then(|flag| T::from_flag(flag).map_err(D::Error::custom))
}

/// Writes `true` or `false`.
///
/// # Errors
///
/// Those of the serializer.
pub fn serialize<S: Serializer, T: Serialize>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::from_str;

    #[derive(Debug, Deserialize)]
    struct Record {
        #[serde(default, with = "crate::serde::flag")]
        on: Option<bool>,
        #[serde(default, with = "crate::serde::flag")]
        sure: bool,
    }

    #[test]
    fn every_form() {
        for (text, on) in [
            ("{}", None),
            (r#"{"on":null}"#, None),
            (r#"{"on":""}"#, None),
            (r#"{"on":1}"#, Some(true)),
            (r#"{"on":"0"}"#, Some(false)),
            (r#"{"on":"True"}"#, Some(true)),
            (r#"{"on":false}"#, Some(false)),
        ] {
            let record: Record = from_str(text).unwrap();
            assert_eq!((record.on, record.sure), (on, false), "{text}");
        }
        for text in [
            r#"{"on":2}"#,
            r#"{"on":"maybe"}"#,
            r#"{"on":[]}"#,
            r#"{"sure":null}"#,
        ] {
            assert!(from_str::<Record>(text).is_err(), "{text}");
        }
    }
}
