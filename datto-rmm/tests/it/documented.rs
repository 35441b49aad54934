//! Every field of the vendor's description is read: whole records in the documented types, from which one field after the
//! other is taken.

use std::fmt::Debug;

use client_core::decode_json;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

mod contexts;
mod records;

/// Without these a record is none.
const NEEDED: &[&str] = &["uid", "id", "alertUid", "patchId"];
/// Objects with keys of their own choice: a null in them is an entry without a value, or is kept as it came.
const FREE: &[&str] = &["udf", "operationWriteStatus", "samples", "alertContext"];
/// Fields whose names say it in other words.
const RENAMED: &[(&str, &str)] = &[
    ("type", "kind"),
    ("bilingEmail", "billing_email"),
    ("dattoNetworkingNetworkIds", "network_ids"),
];
/// Fields that are never printed.
const HIDDEN: &[&str] = &[
    "password",
    "value",
    "diagnostics",
    "stdData",
    "valueString",
    "valueDate",
    "defaultVal",
];

/// The steps that lead to every key in `value`, those in inner objects and lists included.
fn paths(value: &Value) -> Vec<Vec<String>> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Array(items) => (0..)
            .zip(items)
            .map(|(at, item): (usize, _)| (at.to_string(), item))
            .collect(),
        _ => return Vec::new(),
    };
    let mut all = Vec::new();
    for (key, inner) in inner {
        if value.is_object() {
            all.push(vec![key.clone()]);
        }
        let deeper = paths(inner).into_iter();
        all.extend(deeper.map(|path| [vec![key.clone()], path].concat()));
    }
    all
}

/// The object that the last step of `path` is a key of.
fn parent<'v>(whole: &'v mut Value, path: &[String]) -> &'v mut Map<String, Value> {
    let place = path[..path.len() - 1]
        .iter()
        .fold(whole, |value, key| match value {
            Value::Array(items) => &mut items[key.parse::<usize>().unwrap()],
            other => &mut other[key.as_str()],
        });
    place.as_object_mut().unwrap()
}

/// Taking a key away changes what `read` makes of the whole, and a null in its place is the same as its absence.
fn every_key_counts<T: PartialEq + Debug>(whole: &Value, read: impl Fn(&Value) -> Option<T>) {
    let full = read(whole);
    assert!(full.is_some(), "{whole}");
    for path in paths(whole) {
        let key = path[path.len() - 1].as_str();
        let (mut less, mut null) = (whole.clone(), whole.clone());
        parent(&mut less, &path).remove(key);
        parent(&mut null, &path)[key] = Value::Null;
        let less = read(&less);
        assert_ne!(less, full, "{path:?} is not read");
        if less.is_none() {
            assert!(NEEDED.contains(&key), "{path:?} is not needed");
        }
        if !path.iter().any(|step| FREE.contains(&step.as_str())) {
            assert_eq!(read(&null), less, "null as {path:?}");
        }
    }
}

/// A record of the documented names and types: all of it is read, and into the fields of these names.
fn whole<T: DeserializeOwned + PartialEq + Debug>(json: &str) {
    let whole: Value = serde_json::from_str(json).unwrap();
    let read = |value: &Value| decode_json::<T>(value.to_string().as_bytes()).ok();
    every_key_counts(&whole, read);
    let printed = format!("{:?}", read(&whole).unwrap());
    for odd in ["Unreadable", "UnknownText", "UnknownClass", "Misfit"] {
        assert!(!printed.contains(odd), "{odd}: {printed}");
    }
    for path in paths(&whole) {
        let key = path[path.len() - 1].as_str();
        let mut copy = whole.clone();
        let needle = match &parent(&mut copy, &path)[key] {
            Value::String(text) if text.contains(' ') => format!("{text:?}"),
            Value::Number(number) if number.is_i64() => format!("({number})"),
            _ => continue,
        };
        if path.iter().any(|step| FREE.contains(&step.as_str())) {
            continue;
        }
        let Some(at) = printed.find(&needle) else {
            assert!(HIDDEN.contains(&key), "{path:?} is nowhere in {printed}");
            continue;
        };
        let before = printed[..at].rsplit_once(": ").unwrap().0;
        let field = before.rsplit([' ', '{', ',']).next().unwrap();
        assert_eq!(field, field_name(key), "{path:?}");
    }
}

/// What a key is called here: `snmpName` is `snmp_name`.
fn field_name(key: &str) -> String {
    if let Some((_, name)) = RENAMED.iter().find(|(other, _)| *other == key) {
        return (*name).to_owned();
    }
    let mut name = String::new();
    for letter in key.chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
