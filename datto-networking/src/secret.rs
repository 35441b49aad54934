//! Texts and values that nobody may see by accident.

use std::fmt;

use client_core::ExposeSecret as _;
use secrecy::SecretString;
use serde_json::Value;

use crate::lenient::Lenient;

/// A key, a password, a passphrase or a voucher's code. `Debug` does not show it.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a text into custody.
    pub fn new(text: impl Into<SecretString>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// For [`Client::builder`](crate::Client::builder).
impl From<Secret> for SecretString {
    fn from(secret: Secret) -> Self {
        secret.0
    }
}

impl Lenient for Secret {
    fn read(value: Value) -> Result<Option<Self>, Value> {
        String::read(value).map(|text| text.map(Self::from))
    }
}

/// A value of any type that may be or hold a secret. `Debug` does not show it.
#[derive(Clone, PartialEq)]
pub struct SecretValue(Value);

impl SecretValue {
    /// The value itself.
    pub fn expose(&self) -> &Value {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl Lenient for SecretValue {
    fn read(value: Value) -> Result<Option<Self>, Value> {
        Ok(Some(Self(value)))
    }
}

#[cfg(test)]
mod tests {
    use client_core::{ExposeSecret as _, SecretString};
    use serde_json::json;

    use super::{Secret, SecretValue};
    use crate::lenient::Lenient as _;

    #[test]
    fn secrets_are_compared_and_never_shown() {
        let secret = Secret::read(json!("canary")).unwrap().unwrap();
        assert_eq!(secret, Secret::new("canary"));
        assert_ne!(secret, Secret::new("other"));
        assert_eq!(SecretString::from(secret.clone()).expose_secret(), "canary");
        let number = Secret::read(json!(31_337)).unwrap().unwrap();
        assert_eq!(number.expose(), "31337");
        assert_eq!(Secret::read(json!("")), Ok(None));
        let value = SecretValue::read(json!({"a": "canary"})).unwrap().unwrap();
        assert_eq!(value.expose(), &json!({"a": "canary"}));
        assert_eq!(format!("{secret:?} {value:?}"), "[secret] [secret]");
    }
}
