//! Reading fields whose wire form is not to be relied upon.
//!
//! The public facts about this API are samples edited by hand and what other clients expect, so no field is required
//! and each is read in every form that was seen. A value of none of these forms is not lost and spoils nothing: it
//! stays in the record's [`Extra`], beside the fields that this version does not know.

use std::collections::BTreeMap;
use std::fmt;

use client_core::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// What a record has beyond its known fields, and values that do not fit theirs, by name.
///
/// `Debug` prints the names only: nobody knows what may be in the values.
#[derive(Clone, PartialEq, Default)]
pub struct Extra(Map<String, Value>);

/// A type that a field can have.
pub(crate) trait Lenient: Sized {
    /// `Ok(None)` if the vendor's way to say "nothing" was read, the value itself if it does not fit.
    fn read(value: Value) -> Result<Option<Self>, Value>;

    /// Reads an element of a list that came as a map. Numbered ones are the list of a language that does not tell the two
    /// apart; a record may take the key for its id.
    fn read_entry(key: &str, value: Value) -> Result<Option<Self>, Value> {
        if key.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::read(value)
        } else {
            Err(value)
        }
    }
}

/// A record that is read from its fields alone.
pub(crate) trait Record: Sized {
    /// The record, and how many of its fields were there.
    fn from_fields(fields: Fields) -> (Self, usize);
}

impl Extra {
    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// All of it, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// True if there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn set(&mut self, name: String, value: Value) {
        self.0.insert(name, value);
    }

    pub(crate) fn to_map(&self) -> Map<String, Value> {
        self.0.clone()
    }
}

/// For what is sent beside the fields that this version knows.
impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The fields of one record while they are read.
pub(crate) struct Fields {
    rest: Map<String, Value>,
    seen: usize,
}

impl Fields {
    pub(crate) fn new(fields: Map<String, Value>) -> Self {
        Self {
            rest: fields,
            seen: 0,
        }
    }

    /// Takes a field out. One that does not fit stays among the rest.
    pub(crate) fn take<T: Lenient>(&mut self, name: &str) -> Option<T> {
        let value = self.rest.remove(name)?;
        self.seen += 1;
        if value.is_null() {
            return None;
        }
        match T::read(value) {
            Ok(read) => read,
            Err(unfit) => {
                self.rest.insert(name.to_owned(), unfit);
                None
            }
        }
    }

    /// How many of the fields that were asked for are there, in whatever form.
    pub(crate) fn seen(&self) -> usize {
        self.seen
    }

    pub(crate) fn extra(self) -> Extra {
        Extra(self.rest)
    }
}

impl Lenient for String {
    fn read(value: Value) -> Result<Option<Self>, Value> {
        match value {
            Value::String(text) => Ok(Some(text).filter(|text| !text.trim().is_empty())),
            Value::Number(number) => Ok(Some(number.to_string())),
            other => Err(other),
        }
    }
}

/// Numbers, also as text.
macro_rules! numbers {
    ($($number:ty, $whole:expr;)+) => {
        $(impl Lenient for $number {
            fn read(value: Value) -> Result<Option<Self>, Value> {
                let read = match &value {
                    Value::String(text) if text.trim().is_empty() => return Ok(None),
                    Value::String(text) => text.trim().parse().ok(),
                    Value::Number(number) => $whole(number),
                    _ => None,
                };
                read.map(Some).ok_or(value)
            }
        })+
    };
}

numbers! {
    i64, |number: &serde_json::Number| number.as_i64().or_else(|| whole(number.as_f64()?));
    Finite, |number: &serde_json::Number| number.as_f64().and_then(Finite::new);
}

/// A float that is a number.
struct Finite(f64);

impl Finite {
    fn new(number: f64) -> Option<Self> {
        number.is_finite().then_some(Self(number))
    }
}

impl std::str::FromStr for Finite {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.parse().ok().and_then(Self::new).ok_or(())
    }
}

impl Lenient for f64 {
    fn read(value: Value) -> Result<Option<Self>, Value> {
        Finite::read(value).map(|read| read.map(|finite| finite.0))
    }
}

/// `6.0` is 6 in a language that does not tell the two apart.
fn whole(number: f64) -> Option<i64> {
    if number.fract() != 0.0 || number.abs() > 9_007_199_254_740_992.0 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
    Some(number as i64)
}

/// Flags, also as 0 and 1 and as text.
impl Lenient for bool {
    fn read(value: Value) -> Result<Option<Self>, Value> {
        let text = match &value {
            Value::Bool(flag) => return Ok(Some(*flag)),
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_ascii_lowercase(),
            _ => return Err(value),
        };
        match text.as_str() {
            "" => Ok(None),
            "true" | "1" => Ok(Some(true)),
            "false" | "0" => Ok(Some(false)),
            _ => Err(value),
        }
    }
}

/// Times in UTC, with or without a fraction and a zone; empty text and the date of zeros are "never".
impl Lenient for Timestamp {
    fn read(value: Value) -> Result<Option<Self>, Value> {
        let Value::String(text) = &value else {
            return Err(value);
        };
        let text = text.trim();
        if text.is_empty() || text.starts_with("0000-00-00") {
            return Ok(None);
        }
        let time = text.parse().or_else(|_| {
            let civil: jiff::civil::DateTime = text.parse()?;
            civil
                .to_zoned(jiff::tz::TimeZone::UTC)
                .map(|zoned| zoned.timestamp())
        });
        time.map(Some).map_err(|_| value)
    }
}

/// Lists, also as a map of their elements; an empty map is an empty list.
impl<T: Lenient> Lenient for Vec<T> {
    fn read(value: Value) -> Result<Option<Self>, Value> {
        let items: Result<Vec<Option<T>>, Value> = match &value {
            Value::Array(items) => items
                .iter()
                .filter(|item| !item.is_null())
                .map(|item| T::read(item.clone()))
                .collect(),
            Value::Object(fields) => {
                let mut entries: Vec<_> = fields.iter().collect();
                // By number where they are numbered: 2 before 10.
                entries.sort_by_key(|(key, _)| key.parse::<u64>().unwrap_or(u64::MAX));
                entries
                    .into_iter()
                    .map(|(key, item)| T::read_entry(key, item.clone()))
                    .collect()
            }
            _ => return Err(value),
        };
        items
            .map(|items| Some(items.into_iter().flatten().collect()))
            .map_err(|_| value)
    }
}

/// Maps, also as a list of maps; an empty list is an empty map.
impl<T: Lenient> Lenient for BTreeMap<String, T> {
    fn read(value: Value) -> Result<Option<Self>, Value> {
        let read = |fields: &Map<String, Value>| -> Result<Vec<(String, T)>, Value> {
            let mut entries = Vec::new();
            for (key, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                entries.extend(T::read(value.clone())?.map(|value| (key.clone(), value)));
            }
            Ok(entries)
        };
        let entries: Result<Vec<_>, Value> = match &value {
            Value::Object(fields) => read(fields),
            Value::Array(items) => items
                .iter()
                .map(|item| item.as_object().ok_or(Value::Null).and_then(read))
                .collect::<Result<Vec<_>, _>>()
                .map(|parts| parts.into_iter().flatten().collect()),
            _ => return Err(value),
        };
        entries
            .map(|entries| Some(entries.into_iter().collect()))
            .map_err(|_| value)
    }
}

/// What nobody has seen the type of.
impl Lenient for Value {
    fn read(value: Value) -> Result<Option<Self>, Value> {
        Ok(Some(value))
    }
}

/// Makes ids and open enums types that a field can have.
macro_rules! lenient {
    (number $($id:ty),+) => {
        $(impl $crate::lenient::Lenient for $id {
            fn read(value: ::serde_json::Value) -> Result<Option<Self>, ::serde_json::Value> {
                <i64 as $crate::lenient::Lenient>::read(value).map(|number| number.map(Self::from))
            }
        })+
    };
    (text $($name:ty),+) => {
        $(impl $crate::lenient::Lenient for $name {
            fn read(value: ::serde_json::Value) -> Result<Option<Self>, ::serde_json::Value> {
                let text = <String as $crate::lenient::Lenient>::read(value)?;
                Ok(text.map(|text| Self::from(text.as_str())))
            }
        })+
    };
}

/// Takes the ids under `names` out of a record, and gives the first one that can be read.
pub(crate) fn take_id<T: Lenient>(fields: &mut Map<String, Value>, names: &[&str]) -> Option<T> {
    let ids: Vec<_> = names
        .iter()
        .filter_map(|name| fields.remove(*name))
        .collect();
    ids.into_iter().find_map(|id| T::read(id).ok().flatten())
}

/// The name of a field on the wire: its own, unless another one is given.
macro_rules! wire_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $wire:literal) => {
        $wire
    };
}

/// Declares a record: every field an `Option`, read leniently under its own name, and the rest in `extra`.
///
/// Fields in brackets come from elsewhere, such as an id that is only the key of a map. `kind as "type"` is a field that
/// has another name on the wire.
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $name:ident $([$($(#[$given_meta:meta])* $given:ident: $given_type:ty),+])? {
            $($(#[$field_meta:meta])* $field:ident $(as $wire:literal)?: $type:ty,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($($(#[$given_meta])* pub $given: $given_type,)+)?
            $($(#[$field_meta])* pub $field: Option<$type>,)+
            /// Fields that this version does not know, and values that do not fit their field.
            pub extra: $crate::lenient::Extra,
        }

        impl $name {
            /// Reads the fields, and tells how many of them were there.
            pub(crate) fn from_fields(
                $($($given: $given_type,)+)?
                mut fields: $crate::lenient::Fields,
            ) -> (Self, usize) {
                $(let $field = fields.take($crate::lenient::wire_name!($field $($wire)?));)+
                let seen = fields.seen();
                (Self { $($($given,)+)? $($field,)+ extra: fields.extra() }, seen)
            }
        }
    };
}

/// Makes a record without given fields a type that a field of another record can have. In a list that came as a map,
/// the key becomes the field that is named after the record, if it has none.
macro_rules! nested {
    ($($name:ty $(: $key:literal)?),+) => {
        $(impl $crate::lenient::Record for $name {
            fn from_fields(fields: $crate::lenient::Fields) -> (Self, usize) {
                Self::from_fields(fields)
            }
        }

        impl $crate::lenient::Lenient for $name {
            $(fn read_entry(
                key: &str,
                mut value: ::serde_json::Value,
            ) -> Result<Option<Self>, ::serde_json::Value> {
                if let ::serde_json::Value::Object(fields) = &mut value {
                    fields.entry($key).or_insert_with(|| key.into());
                }
                Self::read(value)
            })?

            fn read(value: ::serde_json::Value) -> Result<Option<Self>, ::serde_json::Value> {
                match value {
                    ::serde_json::Value::Object(fields) => {
                        Ok(Some(Self::from_fields($crate::lenient::Fields::new(fields)).0))
                    }
                    ::serde_json::Value::Array(items) if items.is_empty() => Ok(None),
                    other => Err(other),
                }
            }
        })+
    };
}

/// Makes records without given fields rows of a listing: an object with at least one known field.
macro_rules! rows {
    ($($name:ident: $what:literal),+) => {
        $(impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let fields = ::serde_json::Map::deserialize(deserializer)?;
                let (record, seen) = Self::from_fields($crate::lenient::Fields::new(fields));
                if seen == 0 {
                    return Err(::serde::de::Error::custom(concat!("no known field of ", $what)));
                }
                Ok(record)
            }
        })+
    };
}

pub(crate) use {lenient, nested, record, rows, wire_name};

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use client_core::Timestamp;
    use serde_json::{Value, json};

    use super::{Extra, Fields, Lenient};

    fn read<T: Lenient>(value: Value) -> Result<Option<T>, Value> {
        T::read(value)
    }

    #[test]
    fn numbers_come_as_text_too() {
        for (value, wanted) in [
            (json!(6), Some(6)),
            (json!("6"), Some(6)),
            (json!(6.0), Some(6)),
            (json!(" "), None),
        ] {
            assert_eq!(read::<i64>(value.clone()), Ok(wanted), "{value}");
        }
        for value in [
            json!(6.5),
            json!("x"),
            json!(true),
            json!([]),
            json!(u64::MAX),
        ] {
            assert_eq!(read::<i64>(value.clone()), Err(value));
        }
        assert_eq!(read::<f64>(json!("52.09")), Ok(Some(52.09)));
        assert_eq!(read::<f64>(json!(5)), Ok(Some(5.0)));
        for value in [json!("NaN"), json!("inf"), json!({})] {
            assert_eq!(read::<f64>(value.clone()), Err(value));
        }
    }

    #[test]
    fn flags_come_as_numbers_and_text_too() {
        for (value, wanted) in [
            (json!(true), Some(true)),
            (json!(1), Some(true)),
            (json!("True"), Some(true)),
            (json!(0), Some(false)),
            (json!("false"), Some(false)),
            (json!(""), None),
        ] {
            assert_eq!(read::<bool>(value.clone()), Ok(wanted), "{value}");
        }
        assert_eq!(read::<bool>(json!(2)), Err(json!(2)));
    }

    #[test]
    fn never_is_no_time() {
        let time = |text: &str| {
            read::<Timestamp>(json!(text)).map(|time| time.map(|time| time.to_string()))
        };
        for (text, wanted) in [
            ("2025-02-11T08:14:55Z", Some("2025-02-11T08:14:55Z")),
            ("2025-01-05T10:00:01.26Z", Some("2025-01-05T10:00:01.26Z")),
            ("2025-01-05T10:00:01.263Z", Some("2025-01-05T10:00:01.263Z")),
            ("2025-01-05 10:00:01", Some("2025-01-05T10:00:01Z")),
            ("2025-01-05T12:00:01+02:00", Some("2025-01-05T10:00:01Z")),
            ("0000-00-00T00:00:00Z", None),
            ("", None),
        ] {
            assert_eq!(time(text), Ok(wanted.map(str::to_owned)), "{text}");
        }
        assert_eq!(time("yesterday"), Err(json!("yesterday")));
    }

    #[test]
    fn lists_and_maps_in_each_others_clothes() {
        type Bands = BTreeMap<String, i64>;
        let bands = Bands::from([("2_4GHz".to_owned(), 6), ("5GHz".to_owned(), 44)]);
        assert_eq!(
            read::<Bands>(json!({"2_4GHz": 6, "5GHz": "44"})),
            Ok(Some(bands.clone()))
        );
        assert_eq!(
            read::<Bands>(json!([{"2_4GHz": 6}, {"5GHz": 44}])),
            Ok(Some(bands))
        );
        assert_eq!(read::<Bands>(json!([])), Ok(Some(Bands::new())));
        assert_eq!(read::<Bands>(json!({"5GHz": null})), Ok(Some(Bands::new())));
        for value in [json!({"5GHz": []}), json!([6]), json!("6")] {
            assert_eq!(read::<Bands>(value.clone()), Err(value));
        }
        assert_eq!(read::<Vec<i64>>(json!([1, "2"])), Ok(Some(vec![1, 2])));
        assert_eq!(read::<Vec<i64>>(json!({})), Ok(Some(vec![])));
        assert_eq!(read::<Vec<i64>>(json!([1, []])), Err(json!([1, []])));
        assert_eq!(
            read::<Vec<i64>>(json!({"10": 3, "2": 2, "0": 1})),
            Ok(Some(vec![1, 2, 3]))
        );
        for value in [json!({"a": 1}), json!({"0": []}), json!("1")] {
            assert_eq!(read::<Vec<i64>>(value.clone()), Err(value));
        }
    }

    record! {
        /// For tests.
        #[expect(unreachable_pub, reason = "the macro makes public records")]
        pub struct Element {
            port_id: i64,
            kind as "type": String,
        }
    }
    nested!(Element: "port_id");

    #[test]
    fn a_list_of_records_comes_as_a_map_too() {
        let read = |value: Value| {
            read::<Vec<Element>>(value).map(|ports| {
                let ports = ports.unwrap_or_default().into_iter();
                ports
                    .map(|port| (port.port_id, port.kind))
                    .collect::<Vec<_>>()
            })
        };
        let kind = |kind: &str| Some(kind.to_owned());
        let wanted = vec![(Some(2), kind("poe")), (Some(10), kind("eth"))];
        for value in [
            json!([{"port_id": 2, "type": "poe"}, null, {"port_id": "10", "type": "eth"}]),
            json!({"10": {"type": "eth"}, "2": {"type": "poe"}}),
            json!({"a": {"port_id": 2, "type": "poe"}, "b": {"port_id": 10, "type": "eth"}}),
        ] {
            assert_eq!(read(value.clone()), Ok(wanted.clone()), "{value}");
        }
        assert_eq!(read(json!({"2": "poe"})), Err(json!({"2": "poe"})));
    }

    #[test]
    fn what_does_not_fit_is_kept_and_not_printed() {
        let Value::Object(map) =
            json!({"a": "x", "b": {"deep": "canary"}, "c": null, "d": "canary"})
        else {
            panic!("an object")
        };
        let mut fields = Fields::new(map);
        assert_eq!(fields.take::<String>("a"), Some("x".to_owned()));
        assert_eq!(fields.take::<String>("b"), None);
        assert_eq!(fields.take::<String>("c"), None);
        assert_eq!(fields.take::<String>("e"), None);
        assert_eq!(fields.seen(), 3);
        let extra: Extra = fields.extra();
        assert_eq!(extra.get("b"), Some(&json!({"deep": "canary"})));
        assert_eq!(format!("{extra:?}"), r#"{"b", "d"}"#);
    }
}
