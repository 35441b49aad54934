//! Listings: one answer holds all of it, as a list or as a map by id.

use client_core::{DecodeError, Delivery, Error, ErrorKind, Items, Rows};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// What an answer without the expected field means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    /// It is not the answer that was asked for.
    Error,
    /// An answer without any field is an empty listing; with other fields it is an error all the same.
    Empty,
}

/// Reads the records under `field`. Each gets the fields of `given` that it has not itself, and in a map the key as
/// `id`. A record that cannot be read stays in the rows.
pub(crate) fn rows<T: DeserializeOwned>(
    body: &[u8],
    field: &str,
    absent: Absent,
    given: &Map<String, Value>,
) -> Result<Rows<T>, DecodeError> {
    let listing = match client_core::decode_json(body)? {
        Value::Object(fields) if fields.is_empty() && absent == Absent::Empty => {
            return Ok(Rows::default());
        }
        Value::Array(items) if items.is_empty() && absent == Absent::Empty => {
            return Ok(Rows::default());
        }
        Value::Object(mut fields) => fields.remove(field),
        _ => None,
    };
    let listing =
        listing.ok_or_else(|| DecodeError::new(format!("no `{field}` in the answer")).at(field))?;
    let mut items: Vec<Value> = match listing {
        // What is missing must not be taken for deleted: null is not known to be an empty list, only an empty map.
        Value::Null if absent == Absent::Empty => Vec::new(),
        Value::Array(items) => items.into_iter().map(unfold).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(id, record)| keyed(id, record))
            .collect(),
        _ => return Err(DecodeError::new("neither a list nor a map").at(field)),
    };
    for item in &mut items {
        if let Value::Object(fields) = item {
            for (name, value) in given {
                fields.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    let list = serde_json::to_vec(&items)
        .map_err(|_| DecodeError::new("a listing that cannot be read").at(field))?;
    client_core::decode_json(&list)
}

/// The only record that is `wanted`. `None` is certain: a record that cannot be read is an error.
pub(crate) async fn only<T: Send + 'static>(
    items: Items<T>,
    wanted: impl Fn(&T) -> bool,
    what: impl FnOnce() -> String,
) -> Result<Option<T>, Error> {
    let all = items.collect_all().await?.into_inner();
    let mut found = all.into_iter().filter(wanted);
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => {
            let error = Error::new(ErrorKind::Conflict, format!("there are two {}", what()));
            Err(error.with_delivery(Delivery::Refused))
        }
        (found, _) => Ok(found),
    }
}

/// A list of one-key maps stands for a map.
fn unfold(item: Value) -> Value {
    match item {
        Value::Object(fields) if fields.len() == 1 && fields.values().all(Value::is_object) => {
            fields
                .into_iter()
                .next()
                .map_or(Value::Null, |(id, record)| keyed(id, record))
        }
        other => other,
    }
}

/// A record with the key under which it stood. One that is no record keeps its id, and cannot be read later on.
fn keyed(id: String, record: Value) -> Value {
    let mut fields = match record {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    fields.insert("id".to_owned(), Value::String(id));
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use client_core::Decoded;
    use serde::Deserialize;
    use serde_json::{Map, json};

    use super::{Absent, rows};

    #[derive(Debug, PartialEq, Deserialize)]
    struct Row {
        id: String,
        name: String,
        of: u32,
    }

    fn read(body: &str, absent: Absent) -> Result<Vec<Decoded<Row>>, Option<String>> {
        let given = Map::from_iter([("of".to_owned(), json!(9))]);
        let rows = rows::<Row>(body.as_bytes(), "rows", absent, &given);
        rows.map(client_core::Rows::into_inner)
            .map_err(|error| error.path().map(str::to_owned))
    }

    fn row(id: &str, name: &str, of: u32) -> Decoded<Row> {
        Decoded::Item(Row {
            id: id.to_owned(),
            name: name.to_owned(),
            of,
        })
    }

    #[test]
    fn lists_and_maps_give_the_same_records() {
        let wanted = || vec![row("1", "a", 9), row("2", "b", 7)];
        for body in [
            r#"{"rows":{"1":{"name":"a"},"2":{"name":"b","of":7}}}"#,
            r#"{"rows":[{"1":{"name":"a"}},{"2":{"name":"b","of":7}}]}"#,
            r#"{"rows":[{"id":"1","name":"a"},{"id":"2","name":"b","of":7}]}"#,
        ] {
            assert_eq!(read(body, Absent::Error), Ok(wanted()), "{body}");
        }
    }

    #[test]
    fn every_form_of_emptiness() {
        for body in [r#"{"rows":{}}"#, r#"{"rows":[]}"#] {
            assert_eq!(read(body, Absent::Error), Ok(vec![]), "{body}");
            assert_eq!(read(body, Absent::Empty), Ok(vec![]), "{body}");
        }
        for body in [r#"{"rows":null}"#, "{}", "[]"] {
            assert_eq!(read(body, Absent::Empty), Ok(vec![]), "{body}");
            assert_eq!(
                read(body, Absent::Error),
                Err(Some("rows".to_owned())),
                "{body}"
            );
        }
    }

    /// U03: an answer about something else is not an empty listing.
    #[test]
    fn another_answer_is_not_an_empty_listing() {
        for body in [
            r#"{"code":1009,"message":"Success."}"#,
            r#"{"status":200}"#,
            r#"{"rows":"none"}"#,
            "7",
        ] {
            assert_eq!(
                read(body, Absent::Empty),
                Err(Some("rows".to_owned())),
                "{body}"
            );
        }
    }

    #[test]
    fn a_record_that_cannot_be_read_keeps_its_id() {
        let rows = read(
            r#"{"rows":{"1":{"name":"a"},"2":null,"3":{"name":[]}}}"#,
            Absent::Error,
        )
        .unwrap();
        let bad: Vec<_> = rows
            .iter()
            .filter_map(|row| match row {
                Decoded::Bad(bad) => bad.id.as_deref(),
                Decoded::Item(_) => None,
            })
            .collect();
        assert_eq!((rows.len(), bad), (3, vec!["2", "3"]));
    }
}
