//! Texts that stand for nothing, and texts that come as numbers.

/// Texts that come as text or number, as `String` or `Option<String>`: `7` is read as `"7"`.
pub mod text_or_number {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::{Serialize, Serializer};
    use serde_json::Value;

    /// What [`deserialize`] can make.
    pub trait FromText: Sized {
        #[doc(hidden)]
        fn from_text(text: Option<String>) -> Result<Self, &'static str>;
    }

    impl FromText for String {
        fn from_text(text: Option<String>) -> Result<Self, &'static str> {
            text.ok_or("null where a text was expected")
        }
    }

    impl FromText for Option<String> {
        fn from_text(text: Option<String>) -> Result<Self, &'static str> {
            Ok(text)
        }
    }

    /// Reads text, or a number as text.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn deserialize<'de, D: Deserializer<'de>, T: FromText>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let text = match Value::deserialize(deserializer)? {
            Value::Null => None,
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            _ => return Err(D::Error::custom("neither text nor number")),
        };
        T::from_text(text).map_err(D::Error::custom)
    }

    /// Writes text.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn serialize<S: Serializer, T: Serialize>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }
}

/// `Option<T>` where empty text means nothing.
pub mod empty_as_none {
    use serde::de::{DeserializeOwned, Deserializer};
    use serde::{Serialize, Serializer};

    /// Reads `null` and empty text as `None`.
    ///
    /// # Errors
    ///
    /// Anything else that is no `T`.
    pub fn deserialize<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
    where
        D: Deserializer<'de>,
        T: DeserializeOwned,
    {
        super::unless(deserializer, str::is_empty)
    }

    /// Writes the value, or `null`.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn serialize<S: Serializer, T: Serialize>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }
}

/// `Option<T>` where empty text and `N/A` mean nothing.
pub mod na_as_none {
    pub use super::empty_as_none::serialize;
    use serde::de::{DeserializeOwned, Deserializer};

    /// Reads `null`, empty text and `N/A` as `None`.
    ///
    /// # Errors
    ///
    /// Anything else that is no `T`.
    pub fn deserialize<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
    where
        D: Deserializer<'de>,
        T: DeserializeOwned,
    {
        super::unless(deserializer, |text| {
            text.is_empty() || text.eq_ignore_ascii_case("n/a")
        })
    }
}

fn unless<'de, D, T>(deserializer: D, nothing: fn(&str) -> bool) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    use serde::Deserialize;
    use serde::de::Error;

    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Null => Ok(None),
        serde_json::Value::String(text) if nothing(text.trim()) => Ok(None),
        value => serde_json::from_value(value)
            .map(Some)
            .map_err(D::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::from_str;

    #[derive(Debug, Deserialize)]
    struct Record {
        #[serde(default, with = "crate::serde::empty_as_none")]
        name: Option<String>,
        #[serde(default, with = "crate::serde::na_as_none")]
        country: Option<String>,
        #[serde(default, with = "crate::serde::text_or_number")]
        version: Option<String>,
    }

    #[test]
    fn nothing_in_many_words() {
        let record: Record = from_str(r#"{"name":"","country":"N/A","version":7}"#).unwrap();
        assert_eq!(
            (record.name, record.country, record.version.as_deref()),
            (None, None, Some("7"))
        );
        let record: Record = from_str(r#"{"name":"N/A","country":null,"version":"7.1"}"#).unwrap();
        assert_eq!(
            (record.name.as_deref(), record.country),
            (Some("N/A"), None)
        );
        assert_eq!(record.version.as_deref(), Some("7.1"));
        for text in [r#"{"name":1}"#, r#"{"version":[]}"#] {
            assert!(from_str::<Record>(text).is_err(), "{text}");
        }
    }
}
