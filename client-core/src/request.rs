//! A request as plain data: nothing is sent, nothing is signed.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use crate::encode;
use crate::operation::Operation;

/// What a [`Call`](crate::Call) will send, before a dialect wraps and signs it. Comparable, and safe to print.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Request {
    pub(crate) operation: Operation,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
    pub(crate) expect: Expect,
    pub(crate) credentials: bool,
}

/// The body of a [`Request`].
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Body {
    /// No body.
    #[default]
    None,
    /// JSON, serialised once; these bytes are signed and sent.
    Json(Vec<u8>),
    /// A form whose values are secret; encoded only when it is sent.
    Form(Vec<(&'static str, SecretString)>),
}

/// What kind of answer the decoder wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    Json,
    Nothing,
    Bytes,
}

impl Request {
    /// The operation it was built from.
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// The path, encoded, relative to the client's base.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query pairs, not yet encoded.
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// Headers that the call asks for, beside those of the dialect.
    pub fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The body's JSON, for tests and dialects; `None` if the body is no JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        match &self.body {
            Body::Json(bytes) => serde_json::from_slice(bytes).ok(),
            _ => None,
        }
    }

    /// True if the answer of this call may be anything, not only JSON.
    pub fn takes_any_answer(&self) -> bool {
        self.expect == Expect::Bytes
    }

    /// False if the call is sent without credentials.
    pub fn needs_credentials(&self) -> bool {
        self.credentials
    }

    /// Path and query as they will stand in the request line, after the base path.
    pub fn target(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        format!("{}?{}", self.path, encode::query(&self.query))
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation.name())
            .field("method", &self.operation.method().as_str())
            .field("path", &self.path)
            .field(
                "query_keys",
                &self.query.iter().map(|(key, _)| key).collect::<Vec<_>>(),
            )
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl Body {
    /// Length of what will be sent, in bytes; a form counts as 0 until it is encoded.
    pub fn len(&self) -> usize {
        match self {
            Self::Json(bytes) => bytes.len(),
            Self::None | Self::Form(_) => 0,
        }
    }

    /// True if there is nothing to send.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::None => true,
            Self::Json(bytes) => bytes.is_empty(),
            Self::Form(pairs) => pairs.is_empty(),
        }
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::Json(one), Self::Json(two)) => one == two,
            (Self::Form(one), Self::Form(two)) => {
                one.len() == two.len()
                    && one
                        .iter()
                        .zip(two)
                        .all(|(a, b)| a.0 == b.0 && a.1.expose_secret() == b.1.expose_secret())
            }
            _ => false,
        }
    }
}

/// Bodies can hold anything, so only their size is printed.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Json(bytes) => write!(f, "Json({} bytes)", bytes.len()),
            Self::Form(pairs) => write!(f, "Form({} fields)", pairs.len()),
        }
    }
}
