//! User-defined fields.

use std::collections::BTreeMap;
use std::fmt;

use client_core::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The user-defined fields of a device that have a value, by number (1 to 300).
///
/// They often hold recovery keys and tokens, so values are never printed.
#[derive(Clone, Default)]
pub struct Udfs(BTreeMap<u16, SecretString>);

impl Udfs {
    /// The value of a field.
    pub fn get(&self, number: u16) -> Option<&str> {
        self.0.get(&number).map(ExposeSecret::expose_secret)
    }

    /// Fields and values, by number.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &str)> {
        self.0
            .iter()
            .map(|(number, value)| (*number, value.expose_secret()))
    }

    /// How many fields have a value.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if no field has one.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq for Udfs {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Udfs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Udfs({:?})", self.0.keys())
    }
}

impl<'de> Deserialize<'de> for Udfs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = Option::<BTreeMap<String, Value>>::deserialize(deserializer)?.unwrap_or_default();
        let fields = map.into_iter().filter_map(|(key, value)| {
            let number = key.strip_prefix("udf")?.parse().ok()?;
            let text = match value {
                Value::Null => return None,
                Value::String(text) if text.is_empty() => return None,
                Value::String(text) => text,
                other => other.to_string(),
            };
            Some((number, SecretString::from(text)))
        });
        Ok(Self(fields.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::Udfs;

    /// U16: any number of fields; U28: values stay out of logs.
    #[test]
    fn any_number_of_fields_and_no_printed_value() {
        let udfs: Udfs = serde_json::from_str(
            r#"{"udf1":"CANARY","udf2":null,"udf3":"","udf30":7,"udf300":true,"udf301":"new","other":"x"}"#,
        )
        .unwrap();
        let read: Vec<_> = udfs.iter().collect();
        assert_eq!(
            read,
            [(1, "CANARY"), (30, "7"), (300, "true"), (301, "new")]
        );
        assert_eq!(
            (udfs.get(1), udfs.get(2), udfs.len()),
            (Some("CANARY"), None, 4)
        );
        assert_eq!(format!("{udfs:?}"), "Udfs([1, 30, 300, 301])");
        assert!(serde_json::from_str::<Udfs>("null").unwrap().is_empty());
    }
}
