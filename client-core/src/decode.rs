//! JSON decoding that names the failing field and never quotes the body.

use serde::de::DeserializeOwned;

use crate::decoded::strict;

/// Why an answer did not decode.
///
/// Texts of the answer are cut out of the message: a value of the wrong type may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DecodeError {
    message: String,
    path: Option<String>,
    malformed: bool,
}

impl DecodeError {
    /// The answer has not the documented shape. `message` must not quote the answer.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            path: None,
            malformed: false,
        }
    }

    /// The answer is no answer at all (not JSON, cut short); a read is asked again.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            path: None,
            malformed: true,
        }
    }

    /// Names the field that failed.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The field that failed, such as `devices[3].mac`.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// True if the answer is no JSON of any shape.
    pub fn is_malformed(&self) -> bool {
        self.malformed
    }
}

/// Decodes `bytes`. The path of a failing field is looked for in a second pass, so the good path pays nothing.
///
/// # Errors
///
/// [`DecodeError::is_malformed`] tells broken JSON from JSON of another shape.
pub fn decode_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    // At first as if every list were in order: most are, and their items are then decoded once.
    if let Ok(value) = strict::during(|| serde_json::from_slice(bytes)) {
        return Ok(value);
    }
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok(value),
        Err(error) => Err(explain::<T>(bytes, &error)),
    }
}

fn explain<T: DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> DecodeError {
    if !error.is_data() {
        let what = if bytes.iter().all(u8::is_ascii_whitespace) {
            "an empty body where JSON was expected".to_owned()
        } else {
            without_quotes(&error.to_string())
        };
        return DecodeError::malformed(what);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(error) => {
            let path = error.path().to_string();
            let failure = DecodeError::new(without_quotes(&error.into_inner().to_string()));
            if path == "." {
                failure
            } else {
                failure.at(path)
            }
        }
        // A value that decodes only when it is looked at twice has a decoder with a state.
        Ok(_) => DecodeError::new(without_quotes(&error.to_string())),
    }
}

/// serde quotes the offending value; what stands between quotes may be a secret, field names in backticks are not.
pub(crate) fn without_quotes(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('"') {
        out.push_str(before);
        out.push_str("\"…\"");
        // The value is printed by `Debug`, so a quote inside it is escaped.
        let bytes = after.as_bytes();
        let mut at = 0;
        while at < bytes.len() && bytes[at] != b'"' {
            at += if bytes[at] == b'\\' { 2 } else { 1 };
        }
        rest = after.get(at + 1..).unwrap_or("");
    }
    out.push_str(rest);
    if let Some((before, after)) = out.split_once("unknown variant `") {
        let tail = after.split_once('`').map_or("", |(_, tail)| tail);
        out = format!("{before}unknown variant{tail}");
    }
    crate::error::one_line(&out, 300)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::{decode_json, without_quotes};

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only decoded")]
    struct Device {
        mac: u32,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only decoded")]
    struct Page {
        devices: Vec<Device>,
    }

    #[test]
    fn the_failing_field_is_named_and_its_value_is_not() {
        let error = decode_json::<Page>(br#"{"devices":[{"mac":1},{"mac":"hunter2 \" hunter3"}]}"#)
            .expect_err("wrong type");
        assert_eq!(error.path(), Some("devices[1].mac"));
        assert!(
            error
                .to_string()
                .starts_with("invalid type: string \"…\", expected u32"),
            "{error}"
        );
        assert!(!error.is_malformed());
    }

    #[test]
    fn broken_json_is_malformed() {
        for body in [&b""[..], b"<html>", br#"{"devices":[{"#] {
            assert!(
                decode_json::<Page>(body)
                    .expect_err("broken")
                    .is_malformed()
            );
        }
        let deep = "[".repeat(100_000);
        assert!(
            decode_json::<serde_json::Value>(deep.as_bytes())
                .expect_err("deep")
                .is_malformed()
        );
    }

    #[test]
    fn quotes_are_emptied() {
        assert_eq!(without_quotes(r#"a "b" c "d\" e" f"#), r#"a "…" c "…" f"#);
        assert_eq!(without_quotes(r#"open "never closed"#), r#"open "…""#);
        assert_eq!(
            without_quotes("unknown variant `hunter2`, expected `a`"),
            "unknown variant, expected `a`"
        );
    }
}
