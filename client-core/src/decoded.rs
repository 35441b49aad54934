//! Lists in which one bad item does not spoil the others, nor disappear.

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_json::value::RawValue;

use crate::decode::{DecodeError, decode_json};
use crate::redact::Redactor;

/// An item of a listing, or what could be told of one that did not decode. A bad item is there all the same: it counts
/// as present.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "an item decodes or it does not")]
pub enum Decoded<T> {
    /// The value.
    Item(T),
    /// An item that is there but could not be read.
    Bad(BadItem),
}

/// An item that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadItem {
    /// Its id, if there is one at its top level (`uid`, `id` or the like).
    pub id: Option<String>,
    /// The field that the id stands in.
    pub id_field: Option<String>,
    /// The field that failed, inside the item; empty if the item itself is wrong.
    pub path: String,
    /// What was wrong with it, without its value.
    pub message: String,
    /// The start of its text, redacted.
    pub excerpt: String,
}

/// A list on the wire: decoded strictly at once, and item by item only if that fails. `null` is an empty list.
///
/// Works where the surrounding type is decoded from JSON text directly; not inside `flatten` or `untagged`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T>(Vec<Decoded<T>>);

/// Keys that hold an item's id, best first, where nobody says which.
const ID_KEYS: &[&str] = &["uid", "id", "guid", "_id", "mac", "name"];
const EXCERPT: usize = 300;

impl<T> Decoded<T> {
    /// The value, or the error that a strict reader makes of a bad item.
    ///
    /// # Errors
    ///
    /// Names the item's id and the path in it.
    pub fn into_result(self) -> Result<T, DecodeError> {
        match self {
            Self::Item(item) => Ok(item),
            Self::Bad(bad) => Err(bad.into_error()),
        }
    }

    /// The value, if there is one.
    pub fn as_item(&self) -> Option<&T> {
        match self {
            Self::Item(item) => Some(item),
            Self::Bad(_) => None,
        }
    }

    /// The same with another value.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Decoded<U> {
        match self {
            Self::Item(item) => Decoded::Item(map(item)),
            Self::Bad(bad) => Decoded::Bad(bad),
        }
    }
}

impl BadItem {
    pub(crate) fn into_error(self) -> DecodeError {
        let id = self
            .id
            .map_or_else(|| "without id".to_owned(), |id| format!("{id:?}"));
        DecodeError::new(format!("item {id}: {}", self.message)).at(self.path)
    }

    pub(crate) fn scrub(&mut self, redactor: &Redactor) {
        self.excerpt = redactor.scrub(&self.excerpt);
        self.message = redactor.scrub(&self.message);
        self.id = self.id.take().map(|id| redactor.scrub(&id));
    }
}

impl<T> Rows<T> {
    /// Items and bad items in the vendor's order.
    pub fn into_inner(self) -> Vec<Decoded<T>> {
        self.0
    }

    /// The items; the first bad one is an error.
    ///
    /// # Errors
    ///
    /// As [`Decoded::into_result`].
    pub fn into_strict(self) -> Result<Vec<T>, DecodeError> {
        self.0.into_iter().map(Decoded::into_result).collect()
    }

    /// How many there are, bad ones included.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> From<Vec<T>> for Rows<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items.into_iter().map(Decoded::Item).collect())
    }
}

impl<T> IntoIterator for Rows<T> {
    type Item = Decoded<T>;
    type IntoIter = std::vec::IntoIter<Decoded<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize_by(deserializer, None)
    }
}

impl<T: DeserializeOwned> Rows<T> {
    /// Reads a list whose items have their id in the field `id`; a bad item without it is named by what else is there.
    ///
    /// # Errors
    ///
    /// Anything but a list or `null`.
    pub fn deserialize_by<'de, D: Deserializer<'de>>(
        deserializer: D,
        id: Option<&str>,
    ) -> Result<Self, D::Error> {
        if strict::is_on() {
            let items = Option::<Vec<T>>::deserialize(deserializer)?;
            return Ok(items.unwrap_or_default().into());
        }
        let text = Box::<RawValue>::deserialize(deserializer)?;
        if let Ok(items) = serde_json::from_str::<Option<Vec<T>>>(text.get()) {
            return Ok(items.unwrap_or_default().into());
        }
        let raw: Vec<&RawValue> = serde_json::from_str(text.get())
            .map_err(|_| <D::Error as serde::de::Error>::custom("invalid type, expected a list"))?;
        Ok(Self(
            raw.into_iter().map(|item| one(item.get(), id)).collect(),
        ))
    }
}

/// Whether lists of this thread are decoded without keeping their text, which costs half as much again. The caller comes
/// back without it if anything fails.
pub(crate) mod strict {
    use std::cell::Cell;

    thread_local! {
        static ON: Cell<bool> = const { Cell::new(false) };
    }

    pub(super) fn is_on() -> bool {
        ON.get()
    }

    /// Runs `decode` with it, whatever becomes of it.
    pub(crate) fn during<R>(decode: impl FnOnce() -> R) -> R {
        struct Restore(bool);
        impl Drop for Restore {
            fn drop(&mut self) {
                ON.set(self.0);
            }
        }
        let _restore = Restore(ON.replace(true));
        decode()
    }
}

fn one<T: DeserializeOwned>(text: &str, id: Option<&str>) -> Decoded<T> {
    let error = match decode_json(text.as_bytes()) {
        Ok(item) => return Decoded::Item(item),
        Err(error) => error,
    };
    let (id_field, id) = id_of(text, id).unzip();
    Decoded::Bad(BadItem {
        id,
        id_field,
        path: error.path().unwrap_or_default().to_owned(),
        message: error.to_string(),
        excerpt: Redactor::new().excerpt(text.as_bytes(), EXCERPT),
    })
}

/// The field that names the item, and what stands there.
fn id_of(text: &str, own: Option<&str>) -> Option<(String, String)> {
    let fields: std::collections::HashMap<String, &RawValue> = serde_json::from_str(text).ok()?;
    own.iter().chain(ID_KEYS).find_map(|key| {
        let value = fields.get(*key)?.get();
        let id = match value.as_bytes().first()? {
            b'"' => serde_json::from_str(value)
                .ok()
                .filter(|id: &String| !id.is_empty()),
            b'-' | b'0'..=b'9' => Some(value.to_owned()),
            _ => None,
        };
        Some(((*key).to_owned(), id?))
    })
}

impl fmt::Display for BadItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.id {
            Some(id) => write!(f, "item {id:?} cannot be read: {}", self.message)?,
            None => write!(f, "an item without id cannot be read: {}", self.message)?,
        }
        if self.path.is_empty() {
            Ok(())
        } else {
            write!(f, " at {}", self.path)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::{Decoded, Rows};
    use crate::decode::decode_json;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Site {
        uid: String,
        count: u32,
    }

    #[derive(Debug, Deserialize)]
    struct Page {
        #[serde(default)]
        sites: Rows<Site>,
    }

    fn page(text: &str) -> Vec<Decoded<Site>> {
        decode_json::<Page>(text.as_bytes())
            .unwrap()
            .sites
            .into_inner()
    }

    #[test]
    fn a_good_page_decodes_at_once() {
        let rows = page(r#"{"sites":[{"uid":"a","count":1},{"uid":"b","count":2}]}"#);
        assert_eq!(rows[1].as_item().unwrap().count, 2);
        assert!(page("{}").is_empty());
        assert!(page(r#"{"sites":null}"#).is_empty());
    }

    /// N20, U16: a malformed item is surfaced beside the good ones.
    #[test]
    fn a_bad_item_is_kept_beside_the_good_ones() {
        let rows = page(
            r#"{"sites":[{"uid":"a","count":1},{"uid":"b","count":"hunter2","password":"hunter3"},7]}"#,
        );
        assert_eq!(rows.len(), 3);
        assert_eq!(
            rows[0],
            Decoded::Item(Site {
                uid: "a".into(),
                count: 1
            })
        );
        let Decoded::Bad(bad) = &rows[1] else {
            panic!("{:?}", rows[1])
        };
        assert_eq!((bad.id.as_deref(), bad.path.as_str()), (Some("b"), "count"));
        assert!(!bad.to_string().contains("hunter"), "{bad}");
        assert!(!bad.excerpt.contains("hunter3"), "{bad:?}");
        let Decoded::Bad(bad) = &rows[2] else {
            panic!("{:?}", rows[2])
        };
        assert_eq!(bad.id, None);
        let error = Rows(rows).into_strict().unwrap_err();
        assert_eq!(error.path(), Some("count"));
        assert!(error.to_string().contains("item \"b\""), "{error}");
    }

    #[test]
    fn a_bad_item_is_named_by_the_field_that_the_caller_knows() {
        let text = r#"[{"uid":"other","alertUid":"a-1"},{"uid":"b","alertUid":null},{"alertUid":""},{"alertUid":[7]}]"#;
        let named = |id| {
            let mut deserializer = serde_json::Deserializer::from_str(text);
            let rows = Rows::<Site>::deserialize_by(&mut deserializer, id).unwrap();
            let named = rows.into_iter().map(|row| match row {
                Decoded::Bad(bad) => bad.id_field.zip(bad.id),
                Decoded::Item(item) => panic!("{item:?}"),
            });
            named.collect::<Vec<_>>()
        };
        let uid = |uid: &str| Some(("uid".to_owned(), uid.to_owned()));
        let alert = Some(("alertUid".to_owned(), "a-1".to_owned()));
        assert_eq!(named(Some("alertUid")), [alert, uid("b"), None, None]);
        assert_eq!(named(None), [uid("other"), uid("b"), None, None]);
    }

    #[test]
    fn something_else_than_a_list_is_an_error() {
        let error = decode_json::<Page>(br#"{"sites":{"a":1}}"#).unwrap_err();
        assert!(!error.is_malformed());
        assert!(
            decode_json::<Page>(br#"{"sites":[{"uid":"a""#)
                .unwrap_err()
                .is_malformed()
        );
    }
}
