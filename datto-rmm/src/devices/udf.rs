//! User-defined fields.

use std::collections::BTreeMap;
use std::fmt;

use client_core::{Call, ExposeSecret, SecretString};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::DeviceUid;
use super::scope::SET_UDF;

/// The last of the fields that a device has.
const LAST: u16 = 300;

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
        deserializer.deserialize_option(Fields)
    }
}

/// Reads the fields without keeping the hundreds that are null: they are most of a page of devices.
struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Udfs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of user-defined fields")
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Udfs, E> {
        Ok(Udfs::default())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Udfs, E> {
        Ok(Udfs::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Udfs, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Udfs, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some(Number(number)) = map.next_key()? {
            let text = match map.next_value::<Option<Value>>()? {
                None => continue,
                Some(Value::String(text)) if text.is_empty() => continue,
                Some(Value::String(text)) => text,
                Some(other) => other.to_string(),
            };
            if let Some(number) = number {
                fields.insert(number, SecretString::from(text));
            }
        }
        Ok(Udfs(fields))
    }
}

/// The number in a key such as `udf7`; `None` for another key.
struct Number(Option<u16>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Key;
        impl Visitor<'_> for Key {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Number, E> {
                Ok(Number(
                    key.strip_prefix("udf")
                        .and_then(|number| number.parse().ok()),
                ))
            }
        }
        deserializer.deserialize_str(Key)
    }
}

/// User-defined fields to be set, as text. Fields that it does not name stay as they are.
///
/// The vendor reads text into the type that the account gives a field; what does not fit is kept as text, and version 3 of
/// the API then reports a mismatch.
#[derive(Clone, Default)]
pub struct UdfUpdate(BTreeMap<u16, SecretString>);

impl UdfUpdate {
    /// An update that names no field yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field, 1 to 300. Empty text clears it.
    #[must_use]
    pub fn set(mut self, number: u16, value: impl Into<SecretString>) -> Self {
        self.0.insert(number, value.into());
        self
    }

    /// Takes a field's value away.
    #[must_use]
    pub fn clear(self, number: u16) -> Self {
        self.set(number, "")
    }

    pub(super) fn call(&self, device: &DeviceUid) -> Call<()> {
        let body: BTreeMap<_, _> = self
            .0
            .iter()
            .map(|(number, value)| (format!("udf{number}"), value.expose_secret()))
            .collect();
        let call = Call::unit(&SET_UDF, [device.as_str()]).json(&body);
        numbered(call, self.0.keys().copied())
    }
}

impl fmt::Debug for UdfUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UdfUpdate({:?})", self.0.keys())
    }
}

/// Refuses a call that sets no field, or one that there is not.
pub(super) fn numbered(call: Call<()>, numbers: impl IntoIterator<Item = u16>) -> Call<()> {
    let mut is_empty = true;
    for number in numbers {
        is_empty = false;
        if !(1..=LAST).contains(&number) {
            let message =
                format!("there is no user-defined field {number}; they are numbered 1 to {LAST}");
            return call.refuse_if(true, &message);
        }
    }
    call.refuse_if(is_empty, "the update names no user-defined field")
}

#[cfg(test)]
mod tests {
    use client_core::ErrorKind;
    use serde_json::json;

    use super::{UdfUpdate, Udfs};
    use crate::devices::DeviceUid;

    #[test]
    fn an_update_names_what_it_changes_only() {
        let update = UdfUpdate::new().set(300, "CANARY").set(2, "x").clear(1);
        let call = update.call(&DeviceUid::new("a/b"));
        call.check().unwrap();
        assert_eq!(call.target(), "/v2/device/a%2Fb/udf");
        assert_eq!(
            call.request().json().unwrap(),
            json!({"udf1": "", "udf2": "x", "udf300": "CANARY"})
        );
        assert_eq!(format!("{update:?}"), "UdfUpdate([1, 2, 300])");
        assert!(!format!("{call:?}").contains("CANARY"));
    }

    #[test]
    fn fields_that_there_are_not_are_refused_by_number() {
        let uid = DeviceUid::new("d");
        for (update, named) in [
            (UdfUpdate::new(), "no user-defined field"),
            (UdfUpdate::new().set(0, "x"), "field 0;"),
            (
                UdfUpdate::new().set(1, "x").set(301, "CANARY"),
                "field 301;",
            ),
        ] {
            let error = update.call(&uid).check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            let text = error.to_string();
            assert!(text.contains(named) && !text.contains("CANARY"), "{text}");
        }
    }

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
