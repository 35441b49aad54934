//! The one error type of the clients.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What went wrong, to match on. See [`Error::kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The vendor does not know what was asked for, or hides it from this key.
    NotFound,
    /// It exists already, or its state does not allow this.
    Conflict,
    /// The key is good, but may not do this.
    Denied,
    /// The key, secret or token was refused. Nothing more is sent until new credentials are given.
    Credentials,
    /// The API or feature is not enabled for this key.
    Scope,
    /// The vendor blocked us for a while; see [`Error::retry_after`].
    Blocked,
    /// Too many requests, or no place in the budget before the deadline; see [`Error::retry_after`].
    RateLimited,
    /// No answer in time, or the operation's deadline passed.
    Timeout,
    /// No connection could be made: nothing was sent.
    Connect,
    /// The connection broke after the request was sent.
    Interrupted,
    /// The answer is JSON, but not of the documented shape; see [`Error::decode_path`].
    Decode,
    /// The answer is no usable answer: HTML, cut short, too large, too deep, a redirect.
    Malformed,
    /// The caller's input was refused, by us before sending or by the vendor.
    InvalidInput,
    /// The vendor's server failed.
    Server,
    /// Any other refusal by the vendor; see [`Error::vendor_code`].
    Vendor,
    /// A listing that cannot be trusted: a repeated page or cursor, or too many pages.
    Paging,
    /// The client cannot work as configured.
    Config,
}

/// Whether the vendor processed what was sent. See [`Error::delivery`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a caller that resumes writes must handle each case"
)]
pub enum Delivery {
    /// Surely nothing reached the vendor.
    NotSent,
    /// The vendor answered that it did not do it.
    Refused,
    /// It was sent, and whether it was done is unknown: look before sending again.
    Unknown,
}

/// Why a call or a listing failed.
///
/// `Display` is one lower-case line without the source; [`source`](StdError::source) has the rest. Secrets appear in
/// neither.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    operation: Cow<'static, str>,
    message: Cow<'static, str>,
    status: Option<u16>,
    vendor_code: Option<String>,
    vendor_message: Option<String>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    attempts: u32,
    body_excerpt: Option<String>,
    decode_path: Option<String>,
    delivery: Delivery,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// A new error; nothing was sent until [`with_delivery`](Self::with_delivery) says otherwise.
    ///
    /// `message` is lower-case, without a full stop and without secrets.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: Cow::Borrowed(""),
            message: message.into(),
            status: None,
            vendor_code: None,
            vendor_message: None,
            request_id: None,
            retry_after: None,
            attempts: 0,
            body_excerpt: None,
            decode_path: None,
            delivery: Delivery::NotSent,
            source: None,
        }))
    }

    /// The caller's input cannot be sent.
    pub fn invalid_input(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidInput, message)
    }

    /// The client cannot work as configured.
    pub fn config(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// Replaces the kind.
    #[must_use]
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Names the operation.
    #[must_use]
    pub fn with_operation(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.0.operation = name.into();
        self
    }

    /// Adds the HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds the vendor's own code.
    #[must_use]
    pub fn with_vendor_code(mut self, code: impl Into<String>) -> Self {
        self.0.vendor_code = Some(code.into());
        self
    }

    /// Adds the vendor's own words; control characters become spaces, long texts are cut.
    #[must_use]
    pub fn with_vendor_message(mut self, message: impl AsRef<str>) -> Self {
        self.0.vendor_message = Some(one_line(message.as_ref(), 300));
        self
    }

    /// Adds the vendor's id of the request.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.0.request_id = Some(id.into());
        self
    }

    /// Adds how long to wait before asking again.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Sets how many attempts were made.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Adds the start of the body, already redacted.
    #[must_use]
    pub fn with_body_excerpt(mut self, excerpt: impl Into<String>) -> Self {
        self.0.body_excerpt = Some(excerpt.into());
        self
    }

    /// Adds the path of the field that did not decode.
    #[must_use]
    pub fn with_decode_path(mut self, path: impl Into<String>) -> Self {
        self.0.decode_path = Some(path.into());
        self
    }

    /// Sets whether the vendor processed it.
    #[must_use]
    pub fn with_delivery(mut self, delivery: Delivery) -> Self {
        self.0.delivery = delivery;
        self
    }

    /// Adds the cause. It must not print secrets; errors of `reqwest` go through `without_url` first.
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// The error of a log-in as that of the operation that needed it: which was not sent.
    pub(crate) fn at_log_in(mut self) -> Self {
        self.0.message = if self.0.message.is_empty() {
            Cow::Borrowed("at the log-in")
        } else {
            Cow::Owned(format!("at the log-in: {}", self.0.message))
        };
        self.with_delivery(Delivery::NotSent)
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The name of the operation, such as `sites.list`; empty if no operation was under way.
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// Our own words about it, without operation and status.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The vendor's own code, as text.
    pub fn vendor_code(&self) -> Option<&str> {
        self.0.vendor_code.as_deref()
    }

    /// The vendor's own words, on one line and redacted.
    pub fn vendor_message(&self) -> Option<&str> {
        self.0.vendor_message.as_deref()
    }

    /// The vendor's id of the request, for its support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long to wait before asking again, where the vendor or the budget told.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How many attempts were made; 0 if none was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The start of the body, redacted.
    pub fn body_excerpt(&self) -> Option<&str> {
        self.0.body_excerpt.as_deref()
    }

    /// The path of the field that did not decode, such as `devices[3].mac`.
    pub fn decode_path(&self) -> Option<&str> {
        self.0.decode_path.as_deref()
    }

    /// Whether the vendor processed what was sent, over all attempts. Never `Unknown` for operations that only read.
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// True if the request was sent and its outcome is unknown: look before sending a write again.
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.delivery == Delivery::Unknown
    }

    /// True if asking again later may work without any change on our side.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::Blocked
                | ErrorKind::RateLimited
                | ErrorKind::Timeout
                | ErrorKind::Connect
                | ErrorKind::Interrupted
                | ErrorKind::Malformed
                | ErrorKind::Server
        )
    }
}

impl ErrorKind {
    /// The kind in lower-case words, as errors print it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::Denied => "denied",
            Self::Credentials => "credentials refused",
            Self::Scope => "not enabled for this key",
            Self::Blocked => "blocked",
            Self::RateLimited => "rate limited",
            Self::Timeout => "timed out",
            Self::Connect => "cannot connect",
            Self::Interrupted => "connection lost",
            Self::Decode => "unexpected answer",
            Self::Malformed => "malformed answer",
            Self::InvalidInput => "invalid input",
            Self::Server => "server error",
            Self::Vendor => "refused by the vendor",
            Self::Paging => "listing cannot be trusted",
            Self::Config => "configuration error",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if !inner.operation.is_empty() {
            write!(f, "{}: ", inner.operation)?;
        }
        f.write_str(inner.kind.as_str())?;
        match (inner.status, &inner.vendor_code) {
            (Some(status), Some(code)) => write!(f, " (status {status}, code {code})")?,
            (Some(status), None) => write!(f, " (status {status})")?,
            (None, Some(code)) => write!(f, " (code {code})")?,
            (None, None) => {}
        }
        if !inner.message.is_empty() {
            write!(f, ": {}", inner.message)?;
        }
        if let Some(path) = &inner.decode_path {
            write!(f, " at {path}")?;
        }
        if let Some(message) = &inner.vendor_message {
            write!(f, ": {message}")?;
        }
        if let Some(wait) = inner.retry_after {
            let seconds = wait.as_millis().div_ceil(1000);
            write!(f, " (not before {seconds} s from now)")?;
        }
        if inner.attempts > 1 {
            write!(f, " (after {} attempts)", inner.attempts)?;
        }
        if inner.delivery == Delivery::Unknown {
            f.write_str(" (outcome unknown)")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut out = f.debug_struct("Error");
        out.field("kind", &inner.kind)
            .field("operation", &inner.operation);
        out.field("message", &inner.message)
            .field("delivery", &inner.delivery)
            .field("attempts", &inner.attempts);
        let mut optional = |name: &str, value: Option<&dyn fmt::Debug>| {
            if let Some(value) = value {
                out.field(name, value);
            }
        };
        optional("status", inner.status.as_ref().map(|value| value as _));
        optional(
            "vendor_code",
            inner.vendor_code.as_ref().map(|value| value as _),
        );
        optional(
            "vendor_message",
            inner.vendor_message.as_ref().map(|value| value as _),
        );
        optional(
            "request_id",
            inner.request_id.as_ref().map(|value| value as _),
        );
        optional(
            "retry_after",
            inner.retry_after.as_ref().map(|value| value as _),
        );
        optional(
            "decode_path",
            inner.decode_path.as_ref().map(|value| value as _),
        );
        optional(
            "body_excerpt",
            inner.body_excerpt.as_ref().map(|value| value as _),
        );
        optional("source", inner.source.as_ref().map(|value| value as _));
        out.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl Delivery {
    /// The outcome of two attempts at one operation: doubt wins, then a refusal.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        self.max(later)
    }
}

/// `text` on one line, at most `limit` characters.
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for (at, word) in text
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|w| !w.is_empty())
        .enumerate()
    {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
    if let Some((end, _)) = out.char_indices().nth(limit) {
        out.truncate(end);
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::{Delivery, Error, ErrorKind};

    #[test]
    fn display_is_one_line_without_the_source() {
        let error = Error::new(ErrorKind::Conflict, "")
            .with_operation("companies.create")
            .with_status(200)
            .with_vendor_code("-32602")
            .with_vendor_message("The name\r\n is in use")
            .with_source(std::io::Error::other("the cause"));
        assert_eq!(
            error.to_string(),
            "companies.create: conflict (status 200, code -32602): The name is in use"
        );
        assert_eq!(error.source().unwrap().to_string(), "the cause");
        assert_eq!(error.delivery(), Delivery::NotSent);
    }

    #[test]
    fn display_tells_attempts_and_doubt() {
        let error = Error::new(ErrorKind::Timeout, "no answer within 30s")
            .with_operation("sites.create")
            .with_attempts(2)
            .with_delivery(Delivery::Unknown);
        assert_eq!(
            error.to_string(),
            "sites.create: timed out: no answer within 30s (after 2 attempts) (outcome unknown)"
        );
        assert!(error.is_outcome_unknown() && error.is_transient());
    }

    #[test]
    fn doubt_is_sticky() {
        assert_eq!(Delivery::Unknown.and(Delivery::NotSent), Delivery::Unknown);
        assert_eq!(Delivery::NotSent.and(Delivery::Refused), Delivery::Refused);
        assert_eq!(Delivery::NotSent.and(Delivery::NotSent), Delivery::NotSent);
    }

    #[test]
    fn long_vendor_texts_are_cut() {
        let error = Error::new(ErrorKind::Vendor, "").with_vendor_message("ü".repeat(1000));
        assert_eq!(error.vendor_message().unwrap().chars().count(), 301);
    }
}
