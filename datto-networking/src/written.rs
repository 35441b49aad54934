//! Records that are written back: nothing that was read is lost on the way.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::secret::Secret;

/// A type that a field of a written record can have. Not `Serialize`, so that no secret is serialised by accident.
pub(crate) trait Write {
    fn write(&self) -> Value;
}

macro_rules! plain {
    ($($type:ty),+) => {
        $(impl Write for $type {
            fn write(&self) -> Value {
                Value::from(self.clone())
            }
        })+
    };
}

plain!(bool, i64, String, Value);

impl Write for Secret {
    fn write(&self) -> Value {
        self.expose().into()
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(&self) -> Value {
        self.iter().map(Write::write).collect()
    }
}

impl<T: Write> Write for BTreeMap<String, T> {
    fn write(&self) -> Value {
        let fields = self.iter();
        fields
            .map(|(name, value)| (name.clone(), value.write()))
            .collect()
    }
}

/// Declares a [`record!`](crate::lenient::record) that can be made and written: what has no value is left out, what
/// this version does not know is written as it was read.
macro_rules! written {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $($(#[$field_meta:meta])* $field:ident $(as $wire:literal)?: $type:ty,)+
        }
    ) => {
        $crate::lenient::record! {
            $(#[$meta])*
            #[derive(Default)]
            pub struct $name {
                $($(#[$field_meta])* $field $(as $wire)?: $type,)+
            }
        }
        $crate::lenient::nested!($name);

        impl $crate::written::Write for $name {
            fn write(&self) -> ::serde_json::Value {
                let mut fields = self.extra.to_map();
                $(if let Some(value) = &self.$field {
                    let name = $crate::lenient::wire_name!($field $($wire)?);
                    fields.insert(name.to_owned(), $crate::written::Write::write(value));
                })+
                ::serde_json::Value::Object(fields)
            }
        }
    };
}

/// Makes open enums types that a field of a written record can have.
macro_rules! written_text {
    ($($name:ty),+) => {
        $(impl $crate::written::Write for $name {
            fn write(&self) -> ::serde_json::Value {
                self.as_str().into()
            }
        })+
    };
}

pub(crate) use {written, written_text};

/// What `new` has that `old` has not, or has otherwise: objects field by field, all else as a whole.
pub(crate) fn difference(old: &Value, new: &Value) -> Option<Value> {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let fields: Map<_, _> = new
                .iter()
                .filter_map(|(name, value)| {
                    let before = old.get(name).unwrap_or(&Value::Null);
                    Some((name.clone(), difference(before, value)?))
                })
                .collect();
            (!fields.is_empty()).then_some(Value::Object(fields))
        }
        _ => (old != new).then(|| new.clone()),
    }
}

/// The paths at which `read` is not what `sent` says, such as `network.general.location`.
pub(crate) fn unlike(sent: &Value, read: &Value) -> Vec<String> {
    match sent {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| {
                let below = unlike(value, read.get(name).unwrap_or(&Value::Null));
                below.into_iter().map(move |path| match path.as_str() {
                    "" => name.clone(),
                    _ => format!("{name}.{path}"),
                })
            })
            .collect(),
        _ if sent == read => Vec::new(),
        _ => vec![String::new()],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{difference, unlike};

    #[test]
    fn only_differences_are_told() {
        let old = json!({"a": {"b": 1, "c": [1, 2], "d": "x"}, "e": null});
        for (new, wanted) in [
            (old.clone(), None),
            (json!({"a": {"b": 1}}), None),
            (
                json!({"a": {"b": 2, "c": [1, 2]}}),
                Some(json!({"a": {"b": 2}})),
            ),
            (
                json!({"a": {"c": [2, 1]}}),
                Some(json!({"a": {"c": [2, 1]}})),
            ),
            (json!({"e": {"f": 1}}), Some(json!({"e": {"f": 1}}))),
            (
                json!({"n": 1, "a": {"d": ""}}),
                Some(json!({"n": 1, "a": {"d": ""}})),
            ),
        ] {
            assert_eq!(difference(&old, &new), wanted, "{new}");
        }
    }

    #[test]
    fn what_was_not_taken_is_named() {
        let sent = json!({"a": {"b": 1, "c": {"d": [1]}}, "e": "x"});
        for (read, wanted) in [
            (sent.clone(), &[][..]),
            (
                json!({"a": {"b": 2, "c": {"d": [1]}, "z": 1}, "e": "x"}),
                &["a.b"],
            ),
            (json!({"a": {"b": 1}}), &["a.c.d", "e"]),
            (Value::Null, &["a.b", "a.c.d", "e"]),
        ] {
            assert_eq!(unlike(&sent, &read), wanted, "{read}");
        }
    }
}
