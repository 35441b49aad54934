//! Lists and maps in each other's clothes.

/// `Vec<T>` that comes as a list, or as one bare item; `null` is empty.
pub mod one_or_many {
    pub use super::null_as_default::serialize;
    use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
    use serde_json::Value;

    /// Reads one or many.
    ///
    /// # Errors
    ///
    /// An item that is no `T`.
    pub fn deserialize<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
    where
        D: Deserializer<'de>,
        T: DeserializeOwned,
    {
        let many = match Value::deserialize(deserializer)? {
            Value::Null => return Ok(Vec::new()),
            many @ Value::Array(_) => many,
            one => Value::Array(vec![one]),
        };
        serde_json::from_value(many).map_err(D::Error::custom)
    }
}

/// `Vec<T>` that comes as a list, or as a map whose keys do not matter; `null` is empty.
pub mod list_or_map {
    pub use super::null_as_default::serialize;
    use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
    use serde_json::Value;

    /// Reads a list, or the values of a map in the order of its keys.
    ///
    /// # Errors
    ///
    /// An item that is no `T`.
    pub fn deserialize<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
    where
        D: Deserializer<'de>,
        T: DeserializeOwned,
    {
        let list = match Value::deserialize(deserializer)? {
            Value::Null => return Ok(Vec::new()),
            Value::Object(map) => Value::Array(map.into_iter().map(|(_, value)| value).collect()),
            list => list,
        };
        serde_json::from_value(list).map_err(D::Error::custom)
    }
}

/// A map that comes as a map, or as a list: an empty one is `[]` where the vendor's language does not tell the two
/// apart, and consecutive keys from 0 make a list. `null` is empty.
pub mod map_or_list {
    pub use super::null_as_default::serialize;
    use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
    use serde_json::{Map, Value};

    /// Reads a map; items of a list have their position as key.
    ///
    /// # Errors
    ///
    /// Keys or values of another type.
    pub fn deserialize<'de, D, M>(deserializer: D) -> Result<M, D::Error>
    where
        D: Deserializer<'de>,
        M: DeserializeOwned,
    {
        let map = match Value::deserialize(deserializer)? {
            Value::Null => Value::Object(Map::new()),
            Value::Array(items) => {
                let numbered = items
                    .into_iter()
                    .enumerate()
                    .map(|(at, item)| (at.to_string(), item));
                Value::Object(numbered.collect())
            }
            map => map,
        };
        serde_json::from_value(map).map_err(D::Error::custom)
    }
}

/// `null` as the default of a type: an empty list, `false`, 0.
pub mod null_as_default {
    use serde::de::{Deserialize, Deserializer};
    use serde::{Serialize, Serializer};

    /// Reads `null` as the default.
    ///
    /// # Errors
    ///
    /// Anything else that is no `T`.
    pub fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
    where
        D: Deserializer<'de>,
        T: Deserialize<'de> + Default,
    {
        Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
    }

    /// Writes the value.
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::from_str;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Record {
        #[serde(with = "crate::serde::one_or_many")]
        one: Vec<u8>,
        #[serde(with = "crate::serde::list_or_map")]
        list: Vec<u8>,
        #[serde(with = "crate::serde::map_or_list")]
        map: BTreeMap<String, u8>,
        #[serde(with = "crate::serde::null_as_default")]
        null: Vec<u8>,
    }

    #[test]
    fn both_clothes() {
        for (text, one, list) in [
            (r#"{"one":1,"list":{"b":2,"c":3}}"#, vec![1], vec![2, 3]),
            (r#"{"one":[1,2],"list":[3]}"#, vec![1, 2], vec![3]),
            (
                r#"{"one":null,"list":null,"map":null,"null":null}"#,
                vec![],
                vec![],
            ),
            (r#"{"map":[]}"#, vec![], vec![]),
            ("{}", vec![], vec![]),
        ] {
            assert_eq!(
                from_str::<Record>(text).unwrap(),
                Record {
                    one,
                    list,
                    ..Record::default()
                },
                "{text}"
            );
        }
        let record: Record = from_str(r#"{"map":[5,6],"null":[1]}"#).unwrap();
        assert_eq!(
            record.map,
            BTreeMap::from([("0".into(), 5), ("1".into(), 6)])
        );
        for text in [
            r#"{"one":"x"}"#,
            r#"{"list":1}"#,
            r#"{"map":"x"}"#,
            r#"{"null":{}}"#,
        ] {
            assert!(from_str::<Record>(text).is_err(), "{text}");
        }
    }
}
