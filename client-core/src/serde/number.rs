//! Numbers that come as numbers or as text: `7`, `"7"`, `7.0`.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

/// What [`deserialize`] can make: integers, floats, and options of them, where `null` and empty text are `None`.
pub trait FromNumber: Sized {
    #[doc(hidden)]
    fn from_wire(wire: Wire<'_>) -> Result<Self, &'static str>;
}

#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Wire<'w> {
    Int(i128),
    Float(f64),
    Text(&'w str),
    Null,
}

const WRONG: &str = "a text that is no number of this kind";
const RANGE: &str = "a number out of range";

macro_rules! integers {
    ($($kind:ty),*) => {$(
        impl FromNumber for $kind {
            fn from_wire(wire: Wire<'_>) -> Result<Self, &'static str> {
                match wire {
                    Wire::Int(number) => Self::try_from(number).map_err(|_| RANGE),
                    Wire::Float(number) => {
                        let whole = super::whole(number).ok_or("a number that is not whole")?;
                        Self::try_from(whole).map_err(|_| RANGE)
                    }
                    Wire::Text(text) => match text.trim().parse() {
                        Ok(number) => Ok(number),
                        Err(_) => match text.trim().parse() {
                            Ok(number) => Self::from_wire(Wire::Float(number)),
                            Err(_) => Err(WRONG),
                        },
                    },
                    Wire::Null => Err("null where a number was expected"),
                }
            }
        }
    )*};
}

integers!(i16, i32, i64, u8, u16, u32, u64);

impl FromNumber for f64 {
    fn from_wire(wire: Wire<'_>) -> Result<Self, &'static str> {
        match wire {
            #[expect(clippy::cast_precision_loss, reason = "as any JSON reader does")]
            Wire::Int(number) => Ok(number as Self),
            Wire::Float(number) => Ok(number),
            Wire::Text(text) => text
                .trim()
                .parse()
                .ok()
                .filter(|number: &Self| number.is_finite())
                .ok_or(WRONG),
            Wire::Null => Err("null where a number was expected"),
        }
    }
}

impl<T: FromNumber> FromNumber for Option<T> {
    fn from_wire(wire: Wire<'_>) -> Result<Self, &'static str> {
        match wire {
            Wire::Null => Ok(None),
            Wire::Text(text) if text.trim().is_empty() => Ok(None),
            wire => T::from_wire(wire).map(Some),
        }
    }
}

struct Any;

#[derive(Debug)]
enum Owned {
    Int(i128),
    Float(f64),
    Text(String),
    Null,
}

impl<'de> Visitor<'de> for Any {
    type Value = Owned;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or text of one")
    }

    fn visit_i64<E>(self, number: i64) -> Result<Owned, E> {
        Ok(Owned::Int(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Owned, E> {
        Ok(Owned::Int(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Owned, E> {
        Ok(Owned::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Owned, E> {
        Ok(Owned::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Owned, E> {
        Ok(Owned::Null)
    }

    fn visit_none<E>(self) -> Result<Owned, E> {
        Ok(Owned::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Owned, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Reads a number in either form.
///
/// # Errors
///
/// Anything that is no number of the wanted type.
pub fn deserialize<'de, D: Deserializer<'de>, T: FromNumber>(
    deserializer: D,
) -> Result<T, D::Error> {
    let owned = deserializer.deserialize_any(Any)?;
    let wire = match &owned {
        Owned::Int(number) => Wire::Int(*number),
        Owned::Float(number) => Wire::Float(*number),
        Owned::Text(text) => Wire::Text(text),
        Owned::Null => Wire::Null,
    };
    T::from_wire(wire).map_err(D::Error::custom)
}

/// Writes the number as a number.
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

    #[derive(Debug, PartialEq, Deserialize)]
    struct Record {
        #[serde(with = "crate::serde::number_or_text")]
        count: i64,
        #[serde(default, with = "crate::serde::number_or_text")]
        ratio: Option<f64>,
        #[serde(default, with = "crate::serde::number_or_text")]
        port: Option<u16>,
    }

    #[test]
    fn both_forms() {
        for (text, count, ratio, port) in [
            (r#"{"count":1}"#, 1, None, None),
            (
                r#"{"count":"1","ratio":"0.5","port":"80"}"#,
                1,
                Some(0.5),
                Some(80),
            ),
            (r#"{"count":1.0,"ratio":2,"port":null}"#, 1, Some(2.0), None),
            (r#"{"count":"-7.0","ratio":"","port":""}"#, -7, None, None),
        ] {
            assert_eq!(
                from_str::<Record>(text).unwrap(),
                Record { count, ratio, port },
                "{text}"
            );
        }
        for text in [
            "{}",
            r#"{"count":null}"#,
            r#"{"count":""}"#,
            r#"{"count":1.5}"#,
            r#"{"count":true}"#,
            r#"{"count":1,"port":99999}"#,
            r#"{"count":1,"ratio":"NaN"}"#,
            r#"{"count":"hunter2"}"#,
        ] {
            let error = from_str::<Record>(text).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
