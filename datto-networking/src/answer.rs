//! Answers that are one record, or one field.

use client_core::{DecodeError, Error, ErrorKind};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::lenient::{Fields, Lenient, Record};

/// Reads an answer that is one record. One with none of its fields is about something else.
pub(crate) fn record<T: Record>(body: &[u8], what: &str) -> Result<T, DecodeError> {
    record_of(object(body, what)?, what)
}

/// As [`record`], of fields that were taken out of the answer.
pub(crate) fn record_of<T: Record>(
    fields: Map<String, Value>,
    what: &str,
) -> Result<T, DecodeError> {
    let (record, seen) = T::from_fields(Fields::new(fields));
    if seen == 0 {
        return Err(DecodeError::new(format!("no known field of {what}")));
    }
    Ok(record)
}

/// As [`record`]; an answer without anything is a record without anything.
pub(crate) fn record_or_empty<T: Record>(body: &[u8], what: &str) -> Result<T, DecodeError> {
    match client_core::decode_json(body)? {
        Value::Object(fields) if fields.is_empty() => Ok(T::from_fields(Fields::new(fields)).0),
        Value::Array(items) if items.is_empty() => Ok(T::from_fields(Fields::new(Map::new())).0),
        _ => record(body, what),
    }
}

/// Reads an answer that is one record without the id by which it was asked for: `given` is put in.
pub(crate) fn record_with<T: DeserializeOwned>(
    body: &[u8],
    given: impl IntoIterator<Item = (&'static str, Value)>,
    what: &str,
) -> Result<T, DecodeError> {
    let mut fields = object(body, what)?;
    for (name, value) in given {
        fields.insert(name.to_owned(), value);
    }
    serde_json::from_value(Value::Object(fields))
        .map_err(|_| DecodeError::new(format!("no known field of {what}")))
}

/// Reads one field of an answer, under the first of `names` that it has.
pub(crate) fn field<T: Lenient>(body: &[u8], names: &[&str]) -> Result<T, DecodeError> {
    let name = names.first().copied().unwrap_or_default();
    let missing = || DecodeError::new(format!("no `{name}` in the answer")).at(name);
    let Value::Object(mut fields) = client_core::decode_json(body)? else {
        return Err(missing());
    };
    names
        .iter()
        .filter_map(|name| fields.remove(*name))
        .find_map(|value| T::read(value).ok().flatten())
        .ok_or_else(missing)
}

/// As [`field`], of a map: null, and an answer without anything, is an empty one.
pub(crate) fn map<T: Lenient + Default>(body: &[u8], name: &str) -> Result<T, DecodeError> {
    let is_empty = match client_core::decode_json(body)? {
        Value::Object(fields) => fields.get(name).map_or(fields.is_empty(), Value::is_null),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    if is_empty {
        return Ok(T::default());
    }
    field(body, &[name])
}

fn object(body: &[u8], what: &str) -> Result<Map<String, Value>, DecodeError> {
    match client_core::decode_json(body)? {
        Value::Object(fields) => Ok(fields),
        _ => Err(not(what)),
    }
}

/// The error for an answer of another shape.
pub(crate) fn not(what: &str) -> DecodeError {
    DecodeError::new(format!("the answer is not {what}"))
}

/// `None` for what the vendor says it does not have. A "not found" without the vendor's code, as a wrong address gives
/// it, stays an error.
pub(crate) fn found<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound && error.vendor_code().is_some() => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// A deletion of what is not there is done, if an earlier attempt of the same call may have done it.
pub(crate) fn deleted(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound && error.is_outcome_unknown() => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::{field, map, record, record_or_empty, record_with};
    use crate::lifecycle::Lifecycle;
    use crate::nodes::Node;

    #[test]
    fn an_answer_is_the_record_or_an_error() {
        let lifecycle: Lifecycle = record(br#"{"end_of_sale":null,"x":1}"#, "a lifecycle").unwrap();
        assert_eq!(lifecycle.end_of_sale, None);
        for (body, message) in [
            (
                &br#"{"code":1009,"message":"Success."}"#[..],
                "no known field of a lifecycle",
            ),
            (b"{}", "no known field of a lifecycle"),
            (b"[]", "the answer is not a lifecycle"),
        ] {
            let error = record::<Lifecycle>(body, "a lifecycle").unwrap_err();
            assert_eq!(error.to_string(), message);
        }
        assert!(
            record::<Lifecycle>(b"", "a lifecycle")
                .unwrap_err()
                .is_malformed()
        );
    }

    #[test]
    fn an_answer_may_be_empty() {
        let read = |body: &str| record_or_empty::<Lifecycle>(body.as_bytes(), "a lifecycle");
        for body in ["{}", "[]"] {
            assert_eq!(read(body).unwrap().end_of_sale, None, "{body}");
        }
        assert!(
            read(r#"{"end_of_life":"2027-01-01T00:00:00Z"}"#)
                .unwrap()
                .end_of_life
                .is_some()
        );
        for body in [r#"{"status":200}"#, "[1]", "null"] {
            assert!(read(body).is_err(), "{body}");
        }
    }

    #[test]
    fn the_id_of_the_question_is_put_in() {
        let node: Node = record_with(br#"{"name":"a"}"#, [("id", json!(5))], "a node").unwrap();
        assert_eq!(node.id.get(), 5);
        assert!(record_with::<Node>(b"{}", [("id", json!(5))], "a node").is_err());
    }

    #[test]
    fn a_field_has_more_than_one_name() {
        let read = |body: &str| field::<i64>(body.as_bytes(), &["id", "network_id"]);
        for body in [
            r#"{"id":5}"#,
            r#"{"id":null,"network_id":"5"}"#,
            r#"{"network_id":5,"name":"a"}"#,
        ] {
            assert_eq!(read(body), Ok(5), "{body}");
        }
        for body in ["{}", r#"{"id":"x"}"#, "[5]", "5"] {
            let error = read(body).unwrap_err();
            assert_eq!(
                (error.path(), error.is_malformed()),
                (Some("id"), false),
                "{body}"
            );
        }
    }

    #[test]
    fn a_map_may_be_empty_in_any_way() {
        let read = |body: &str| map::<BTreeMap<String, i64>>(body.as_bytes(), "tags");
        for body in [
            "{}",
            "[]",
            r#"{"tags":{}}"#,
            r#"{"tags":[]}"#,
            r#"{"tags":null}"#,
        ] {
            assert_eq!(read(body), Ok(BTreeMap::new()), "{body}");
        }
        assert_eq!(read(r#"{"tags":{"a":"5"}}"#).unwrap()["a"], 5);
        for body in [r#"{"status":200}"#, "[1]", "null", r#"{"tags":5}"#] {
            assert!(read(body).is_err(), "{body}");
        }
    }
}
