//! What an answer means.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use crate::error::{Error, ErrorKind, one_line};
use crate::operation::Operation;
use crate::request::{Expect, Request};

/// A whole answer, as a dialect sees it to classify it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Reply<'r> {
    /// The request it answers.
    pub request: &'r Request,
    /// The HTTP status.
    pub status: u16,
    /// All headers; they may hold secrets.
    pub headers: &'r HeaderMap,
    /// The body, decompressed.
    pub body: &'r [u8],
    /// What [`Outgoing::set_tag`](crate::Outgoing::set_tag) kept of this attempt, such as a JSON-RPC id.
    pub tag: Option<&'r str>,
    /// Our wall clock when the answer came.
    pub received_at: Timestamp,
}

/// What a dialect makes of an answer.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_enums, reason = "an answer is taken or it is not")]
pub enum Disposition {
    /// Success: the call's decoder reads it.
    Accepted,
    /// A refusal or a failure.
    Failed(Failure),
}

/// A refusal or failure, and what it means for repeating. Made by [`Failure::new`] or [`Failure::by_status`].
#[derive(Debug, Clone)]
#[must_use]
pub struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) vendor_code: Option<String>,
    pub(crate) vendor_message: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) transient: bool,
    pub(crate) processed: Processed,
    pub(crate) credentials_refused: bool,
    pub(crate) latch: bool,
    pub(crate) throttle: Option<Throttle>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Processed {
    No,
    Perhaps,
}

/// How the budget takes a refusal, for all callers at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Throttle {
    /// Pauses the buckets of this request: for the vendor's `Retry-After`, or a whole window without one.
    Window,
    /// Pauses the buckets of this request this long.
    For(Duration),
    /// Blocks everything this long: the vendor refuses our address.
    Block(Duration),
}

impl Failure {
    /// A failure that asking again does not cure, and that the vendor surely did not process.
    ///
    /// The kinds `RateLimited`, `Blocked`, `Server`, `Timeout` and `Malformed` start with what they usually mean; the
    /// setters correct it.
    pub fn new(kind: ErrorKind) -> Self {
        let transient = matches!(
            kind,
            ErrorKind::RateLimited
                | ErrorKind::Blocked
                | ErrorKind::Server
                | ErrorKind::Timeout
                | ErrorKind::Malformed
                | ErrorKind::Interrupted
        );
        let unsure = matches!(
            kind,
            ErrorKind::Server
                | ErrorKind::Timeout
                | ErrorKind::Malformed
                | ErrorKind::Interrupted
                | ErrorKind::Decode
        );
        Self {
            kind,
            message: String::new(),
            vendor_code: None,
            vendor_message: None,
            request_id: None,
            retry_after: None,
            transient,
            processed: if unsure {
                Processed::Perhaps
            } else {
                Processed::No
            },
            credentials_refused: false,
            latch: false,
            throttle: (kind == ErrorKind::RateLimited).then_some(Throttle::Window),
        }
    }

    /// What the HTTP status says, for dialects that found nothing better in the body.
    pub fn by_status(reply: &Reply<'_>) -> Self {
        let kind = match reply.status {
            200..=399 => ErrorKind::Malformed,
            400 | 406 | 411 | 413..=416 | 422 => ErrorKind::InvalidInput,
            401 => ErrorKind::Credentials,
            403 => ErrorKind::Denied,
            404 | 410 => ErrorKind::NotFound,
            408 | 504 => ErrorKind::Timeout,
            409 | 412 => ErrorKind::Conflict,
            429 => ErrorKind::RateLimited,
            500..=599 => ErrorKind::Server,
            _ => ErrorKind::Vendor,
        };
        let mut failure =
            Self::new(kind).retry_after(crate::hint::retry_after(reply.headers, reply.received_at));
        match reply.status {
            300..=399 => {
                "a redirect, which is not followed; check the address"
                    .clone_into(&mut failure.message);
                failure.transient = false;
                // "See Other" is what a server answers that has done it and shows the result elsewhere.
                if reply.status != 303 {
                    failure.processed = Processed::No;
                }
            }
            401 => failure.credentials_refused = true,
            501 | 505 => {
                failure.transient = false;
                failure.processed = Processed::No;
            }
            408 => failure.processed = Processed::No,
            _ => {}
        }
        failure.request_id = crate::hint::request_id(reply.headers);
        failure
    }

    /// The kind so far.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Changes the kind, and nothing else.
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// Our own words: lower-case, without a full stop and without secrets.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// The vendor's code.
    pub fn vendor_code(mut self, code: impl std::fmt::Display) -> Self {
        self.vendor_code = Some(code.to_string());
        self
    }

    /// The vendor's words; scrubbed of secrets before anybody sees them.
    pub fn vendor_message(mut self, message: impl Into<String>) -> Self {
        self.vendor_message = Some(message.into());
        self
    }

    /// The vendor's id of the request.
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// How long the vendor asks to wait.
    pub fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    /// Whether asking again may help.
    pub fn transient(mut self, transient: bool) -> Self {
        self.transient = transient;
        self
    }

    /// The vendor surely did not process it: repeating is safe for every class.
    pub fn unprocessed(mut self) -> Self {
        self.processed = Processed::No;
        self
    }

    /// The vendor may have processed it: a write has an unknown outcome.
    pub fn maybe_processed(mut self) -> Self {
        self.processed = Processed::Perhaps;
        self
    }

    /// The token or signature was refused, and a fresh one may help: the call is repeated once, outside the retry count,
    /// if [`Dialect::recover`](crate::Dialect::recover) agrees. Clear it for a refusal that is not about the credentials.
    pub fn credentials_refused(mut self, refused: bool) -> Self {
        self.credentials_refused = refused;
        self
    }

    /// The key itself is refused: the client sends nothing more with it, see
    /// [`Client::latched`](crate::Client::latched).
    pub fn latch(mut self) -> Self {
        self.latch = true;
        self
    }

    /// Tells the budget, for all callers.
    pub fn throttle(mut self, throttle: Throttle) -> Self {
        self.throttle = Some(throttle);
        self
    }

    pub(crate) fn into_error(self, operation: &Operation) -> Error {
        let mut error = Error::new(self.kind, self.message).with_operation(operation.name());
        if let Some(code) = self.vendor_code {
            error = error.with_vendor_code(one_line(&code, 100));
        }
        if let Some(message) = self.vendor_message {
            error = error.with_vendor_message(message);
        }
        if let Some(id) = self.request_id {
            error = error.with_request_id(id);
        }
        if let Some(wait) = self.retry_after {
            error = error.with_retry_after(wait);
        }
        error
    }
}

impl Disposition {
    /// What status and content type say: 2xx is success, unless HTML stands where JSON was expected.
    pub fn by_status(reply: &Reply<'_>) -> Self {
        if !(200..=299).contains(&reply.status) {
            return Self::Failed(Failure::by_status(reply));
        }
        if reply.request.expect != Expect::Bytes && reply.is_html() {
            return Self::Failed(
                Failure::by_status(reply).message("a web page where JSON was expected"),
            );
        }
        Self::Accepted
    }
}

impl Reply<'_> {
    /// True for a 2xx status.
    pub fn is_success(&self) -> bool {
        (200..=299).contains(&self.status)
    }

    /// True if the body is a web page, by its type or its first character.
    pub fn is_html(&self) -> bool {
        let html = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.to_ascii_lowercase().contains("text/html"));
        let start = self.body.iter().find(|byte| !byte.is_ascii_whitespace());
        start.is_some_and(|byte| *byte == b'<')
            || (html && start.is_some_and(|byte| !b"{[".contains(byte)))
    }

    /// The body as JSON, if it is.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.body).ok()
    }
}
