//! Secrets: `SecretString` and `Option<SecretString>`. Only read, never written.

use secrecy::SecretString;
use serde::de::{Deserialize, Deserializer, Error};

/// What [`deserialize`] can make; `null` is `None`.
pub trait FromSecret: Sized {
    #[doc(hidden)]
    fn from_secret(text: Option<SecretString>) -> Result<Self, &'static str>;
}

impl FromSecret for SecretString {
    fn from_secret(text: Option<SecretString>) -> Result<Self, &'static str> {
        text.ok_or("null where a secret was expected")
    }
}

impl FromSecret for Option<SecretString> {
    fn from_secret(text: Option<SecretString>) -> Result<Self, &'static str> {
        Ok(text)
    }
}

/// Reads a text as a secret.
///
/// # Errors
///
/// Anything that is no text; the error does not quote it.
pub fn deserialize<'de, D: Deserializer<'de>, T: FromSecret>(
    deserializer: D,
) -> Result<T, D::Error> {
    let text = Option::<String>::deserialize(deserializer)
        .map_err(|_| D::Error::custom("a secret that is no text"))?;
    T::from_secret(text.map(SecretString::from)).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use secrecy::{ExposeSecret, SecretString};
    use serde::Deserialize;
    use serde_json::from_str;

    #[derive(Debug, Deserialize)]
    struct Record {
        #[serde(with = "crate::serde::secret")]
        token: SecretString,
        #[serde(default, with = "crate::serde::secret")]
        other: Option<SecretString>,
    }

    #[test]
    fn secrets_are_read_and_never_shown() {
        let record: Record = from_str(r#"{"token":"canary","other":null}"#).unwrap();
        assert_eq!(record.token.expose_secret(), "canary");
        assert!(record.other.is_none() && !format!("{record:?}").contains("canary"));
        for text in [
            r#"{"token":31337}"#,
            r#"{"token":null}"#,
            r#"{"token":"a","other":31337}"#,
        ] {
            assert!(
                !from_str::<Record>(text)
                    .unwrap_err()
                    .to_string()
                    .contains("31337")
            );
        }
    }
}
