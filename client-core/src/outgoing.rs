//! One attempt, as it will be sent: what a dialect signs.

use std::fmt;

use reqwest::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::error::Error;

/// The HTTP request of one attempt. What [`target`](Self::target) and [`body`](Self::body) give is sent byte for byte.
pub struct Outgoing {
    pub(crate) http: reqwest::Request,
    pub(crate) tag: Option<String>,
}

impl Outgoing {
    /// The URL.
    pub fn url(&self) -> &Url {
        self.http.url()
    }

    /// The method, in capitals.
    pub fn method(&self) -> &str {
        self.http.method().as_str()
    }

    /// Path and query exactly as they stand in the request line.
    pub fn target(&self) -> String {
        let url = self.http.url();
        url.query().map_or_else(
            || url.path().to_owned(),
            |query| format!("{}?{query}", url.path()),
        )
    }

    /// The body exactly as it is sent; empty if there is none.
    pub fn body(&self) -> &[u8] {
        self.http
            .body()
            .and_then(reqwest::Body::as_bytes)
            .unwrap_or(&[])
    }

    /// Replaces the body, for an envelope around it. Belongs into [`Dialect::prepare`](crate::Dialect::prepare).
    pub fn set_body(&mut self, body: Vec<u8>) {
        *self.http.body_mut() = Some(body.into());
    }

    /// Sets a header.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if it cannot stand in a header.
    pub fn set_header(&mut self, name: &'static str, value: &str) -> Result<(), Error> {
        self.insert(name, value, false)
    }

    /// Sets a header that no log may show.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if it cannot stand in a header; the error does not hold it.
    pub fn set_secret_header(&mut self, name: &'static str, value: &str) -> Result<(), Error> {
        self.insert(name, value, true)
    }

    /// Sets `Authorization: Bearer` with this token.
    ///
    /// # Errors
    ///
    /// As [`set_secret_header`](Self::set_secret_header).
    pub fn set_bearer(&mut self, token: &SecretString) -> Result<(), Error> {
        self.set_secret_header(
            "authorization",
            &format!("Bearer {}", token.expose_secret()),
        )
    }

    /// Sets `Authorization: Basic`.
    ///
    /// # Errors
    ///
    /// As [`set_secret_header`](Self::set_secret_header).
    pub fn set_basic(
        &mut self,
        user: &SecretString,
        password: Option<&SecretString>,
    ) -> Result<(), Error> {
        let pair = format!(
            "{}:{}",
            user.expose_secret(),
            password.map_or("", |password| password.expose_secret())
        );
        self.set_secret_header(
            "authorization",
            &format!("Basic {}", base64(pair.as_bytes())),
        )
    }

    /// Keeps a text of this attempt for the classifier, such as the id of a JSON-RPC request.
    pub fn set_tag(&mut self, tag: impl Into<String>) {
        self.tag = Some(tag.into());
    }

    fn insert(&mut self, name: &'static str, value: &str, secret: bool) -> Result<(), Error> {
        let unfit =
            || Error::invalid_input(format!("the header {name} has a value that cannot be sent"));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| unfit())?;
        value.set_sensitive(secret);
        self.http.headers_mut().insert(name, value);
        Ok(())
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("method", &self.method())
            .field("path", &self.url().path())
            .field("body_len", &self.body().len())
            .finish_non_exhaustive()
    }
}

/// Base64 with padding, in the alphabet of RFC 4648: for headers, and for files inside JSON.
pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .fold(0_u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let index = (word >> (18 - 6 * at)) & 63;
            out.push(if at <= chunk.len() {
                char::from(ALPHABET[index as usize])
            } else {
                '='
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::{Outgoing, base64};
    use crate::ErrorKind;

    fn outgoing() -> Outgoing {
        let url = "https://example.test/api/x?mac=ac:86".parse().unwrap();
        Outgoing {
            http: reqwest::Request::new(reqwest::Method::GET, url),
            tag: None,
        }
    }

    #[test]
    fn base64_of_every_length() {
        for (text, wanted) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("\u{fb}ÿ", "w7vDvw=="),
        ] {
            assert_eq!(base64(text.as_bytes()), wanted);
        }
    }

    #[test]
    fn credentials_are_never_printed() {
        let mut out = outgoing();
        out.set_basic(&SecretString::from("canary"), None).unwrap();
        let value = out.http.headers()["authorization"].clone();
        assert_eq!(value, "Basic Y2FuYXJ5Og==");
        assert!(value.is_sensitive());
        out.set_bearer(&SecretString::from("canary")).unwrap();
        let error = out.set_bearer(&SecretString::from("canary\n")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        for text in [
            format!("{out:?}"),
            format!("{:?}", out.http),
            format!("{error:?} {error}"),
        ] {
            assert!(!text.contains("canary"), "{text}");
        }
        assert_eq!(out.target(), "/api/x?mac=ac:86");
    }
}
