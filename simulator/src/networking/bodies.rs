//! Reading bodies, and what is wrong with them.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{Call, Problem};
use crate::world::MacAddress;

impl Call<'_> {
    /// The body; 1006 with the reason for one that cannot be.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(&self.request.body).map_err(|error| {
            Problem::with(403, 1006, "body", &json!({"reason": error.to_string()}))
        })
    }

    /// A query parameter that must be there.
    pub(super) fn parameter(&self, name: &str) -> Result<String, Problem> {
        let value = self
            .request
            .parameter(name)
            .filter(|value| !value.is_empty());
        value.ok_or_else(|| missing(name))
    }
}

/// A parameter that is missing.
pub(super) fn missing(name: &str) -> Problem {
    Problem::new(403, 1006, name)
}

/// What is missing, or else what is wrong with the length of a text.
pub(super) fn check_length(
    problems: &mut Vec<Problem>,
    name: &str,
    text: Option<&str>,
    min: usize,
    max: usize,
) {
    match text.map(|text| text.chars().count()) {
        None => problems.push(missing(name)),
        Some(length) if !(min..=max).contains(&length) => {
            problems.push(limits(12_001, name, min, max));
        }
        Some(_) => {}
    }
}

/// A value outside its limits, which the error tells as texts.
pub(super) fn limits(
    code: i64,
    name: &str,
    min: impl std::fmt::Display,
    max: impl std::fmt::Display,
) -> Problem {
    let values = json!({"min": min.to_string(), "max": max.to_string()});
    Problem::with(403, code, name, &values)
}

/// A hardware address in any usual spelling; 1008 with the pattern for anything else.
pub(super) fn mac(text: &str) -> Result<MacAddress, Problem> {
    let wrong = || {
        let pattern = "^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$";
        Problem::with(403, 1008, "mac", &json!({"pattern": pattern}))
    };
    let mut bytes = [0; 6];
    let mut pairs = text.split(':');
    for byte in &mut bytes {
        let pair = pairs
            .next()
            .filter(|pair| pair.len() == 2)
            .ok_or_else(wrong)?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
    }
    pairs
        .next()
        .is_none()
        .then_some(MacAddress(bytes))
        .ok_or_else(wrong)
}

/// A flag as true or false, 0 or 1, or any of these as a text.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(flag)),
        Value::Number(number) if number.as_i64() == Some(0) => Ok(Some(false)),
        Value::Number(number) if number.as_i64() == Some(1) => Ok(Some(true)),
        Value::String(text) if text == "true" || text == "1" => Ok(Some(true)),
        Value::String(text) if text == "false" || text == "0" => Ok(Some(false)),
        other => Err(D::Error::custom(format!("{other} is no flag"))),
    }
}

/// A body that adds a device to a network.
#[derive(Deserialize)]
pub(super) struct NewDevice {
    mac: Option<String>,
    name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) model: Option<String>,
    pub(super) latitude: Option<f64>,
    pub(super) longitude: Option<f64>,
    #[serde(default, deserialize_with = "flag")]
    pub(super) confirm_transfer: Option<bool>,
}

impl NewDevice {
    /// The address and the name, which must both be there.
    pub(super) fn identity(&self) -> Result<(MacAddress, String), Problem> {
        let address = mac(self.mac.as_deref().ok_or_else(|| missing("mac"))?)?;
        let name = self.name.as_deref().ok_or_else(|| missing("name"))?.trim();
        if name.is_empty() {
            return Err(Problem::new(403, 1005, "name"));
        }
        Ok((address, name.to_owned()))
    }
}
