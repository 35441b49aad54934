//! What scripts and monitors print.

use std::fmt;

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// Text that a script or a monitor printed. It can hold anything, keys and passwords too, so only its length is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ScriptOutput(Box<str>);

impl ScriptOutput {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ScriptOutput {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for ScriptOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes]", self.0.len())
    }
}

impl<'de> Deserialize<'de> for ScriptOutput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text.into())),
            scalar @ (Value::Number(_) | Value::Bool(_)) => Ok(Self(scalar.to_string().into())),
            _ => Err(de::Error::custom("output that is no text")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ScriptOutput;

    #[test]
    fn output_is_never_printed() {
        let output: ScriptOutput = serde_json::from_str("\"CANARY\\n\"").unwrap();
        assert_eq!(output.as_str(), "CANARY\n");
        assert_eq!(format!("{output:?}"), "[7 bytes]");
        let number: ScriptOutput = serde_json::from_str("7").unwrap();
        assert_eq!(number.as_str(), "7");
        let error = serde_json::from_str::<ScriptOutput>(r#"{"a":"CANARY"}"#).unwrap_err();
        assert!(!error.to_string().contains("CANARY"));
    }
}
