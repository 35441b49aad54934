//! What an answer means: the HTTP status first, then the text, then the code.

use client_core::{Disposition, ErrorKind, Failure, Reply, Throttle};
use serde::Deserialize;
use serde_json::Value;

use super::code::{LICENSE, RpcCode};

/// The parts of an envelope that tell success from failure.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    error: Option<Value>,
}

/// A JSON-RPC error as far as it could be read.
struct Refusal {
    code: Option<i64>,
    words: String,
    /// Whether the vendor said more than the code's own name.
    is_detailed: bool,
    /// `words` in lower case, with the code's own name.
    text: String,
}

pub(super) fn classify(reply: &Reply<'_>) -> Disposition {
    let head = head(reply.body);
    let refusal = head
        .as_ref()
        .and_then(|head| head.error.as_ref())
        .map(Refusal::read);
    let failure = match (reply.status, refusal) {
        (200..=299, refusal) => match in_success(reply, head.as_ref(), refusal) {
            Some(failure) => failure,
            None => return Disposition::Accepted,
        },
        (300..=399 | 429 | 500..=599, refusal) => with_words(Failure::by_status(reply), refusal),
        (401, Some(refusal)) if !refusal.is_scope() => refusal
            .onto(Failure::new(ErrorKind::Credentials).message(KEY))
            .latch(),
        (401, None) => Failure::by_status(reply)
            .credentials_refused(false)
            .message(KEY),
        (403, Some(refusal)) if !refusal.is_scope() && !refusal.is_license() => {
            refusal.onto(Failure::new(ErrorKind::Denied))
        }
        (404 | 405, None) => Failure::new(ErrorKind::Config)
            .message("there is no such API at this address; check the access URL"),
        (_, Some(refusal)) => refusal.classified(reply),
        (_, None) => Failure::by_status(reply),
    };
    Disposition::Failed(failure)
}

const KEY: &str =
    "the console does not know this key; a key works only on the console that issued it";

fn in_success(reply: &Reply<'_>, head: Option<&Head>, refusal: Option<Refusal>) -> Option<Failure> {
    let Some(head) = head else {
        let what = if reply.is_html() {
            "a web page where JSON was expected"
        } else {
            "no JSON-RPC answer"
        };
        return Some(Failure::new(ErrorKind::Malformed).message(what));
    };
    let id = match &head.id {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id.clone()),
        Some(other) => Some(other.to_string()),
    };
    match (id, refusal) {
        (Some(id), refusal) if reply.tag.is_some_and(|sent| sent != id) => {
            let foreign =
                Failure::new(ErrorKind::Malformed).message("the answer belongs to another request");
            Some(with_words(foreign, refusal))
        }
        // An error about the envelope or the key may come without an id.
        (_, Some(refusal)) => Some(refusal.classified(reply)),
        (None, None) => Some(Failure::new(ErrorKind::Malformed).message("the answer has no id")),
        (Some(_), None) => None,
    }
}

fn head(body: &[u8]) -> Option<Head> {
    let start = body.iter().find(|byte| !byte.is_ascii_whitespace())?;
    let head: Head = if *start == b'{' {
        serde_json::from_slice(body).ok()?
    } else {
        return None;
    };
    let has_error = head.error.as_ref().is_some_and(|error| !error.is_null());
    Some(Head {
        error: head.error.filter(|_| has_error),
        ..head
    })
}

fn with_words(failure: Failure, refusal: Option<Refusal>) -> Failure {
    match refusal {
        Some(refusal) => refusal.onto(failure),
        None => failure,
    }
}

impl Refusal {
    fn read(error: &Value) -> Self {
        let plain = |value: &Value| match value {
            Value::Null => None,
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            other => Some(other.to_string()),
        };
        let code = error.get("code").and_then(crate::wire::as_number);
        let message = match error {
            Value::Object(_) => error.get("message").and_then(plain),
            other => plain(other),
        };
        let data = error.get("data");
        let details = data
            .and_then(|data| data.get("details"))
            .and_then(plain)
            .or_else(|| {
                // Some services put the text where the object should be.
                data.filter(|data| data.is_string()).and_then(plain)
            });
        let is_detailed = details.is_some();
        let text = format!(
            "{} {}",
            message.as_deref().unwrap_or_default(),
            details.as_deref().unwrap_or_default()
        );
        let words = details.or(message).unwrap_or_default();
        Self {
            code,
            words,
            is_detailed,
            text: text.to_lowercase(),
        }
    }

    fn onto(self, failure: Failure) -> Failure {
        let failure = if self.words.is_empty() {
            failure
        } else {
            failure.vendor_message(self.words)
        };
        match self.code {
            Some(code) => failure.vendor_code(code),
            None => failure,
        }
    }

    fn says(&self, any: &[&str]) -> bool {
        any.iter().any(|words| self.text.contains(words))
    }

    fn is_scope(&self) -> bool {
        self.says(&["not allowed to access the selected api"])
    }

    fn is_license(&self) -> bool {
        let code = self.code.map(RpcCode::from);
        matches!(
            code,
            Some(RpcCode::ServerError | RpcCode::AuthorizationError)
        ) && self.says(&["license", "licence"])
    }

    fn classified(self, reply: &Reply<'_>) -> Failure {
        let failure = self.failure(reply);
        self.onto(failure)
    }

    fn failure(&self, reply: &Reply<'_>) -> Failure {
        if self.is_scope() {
            return Failure::new(ErrorKind::Scope);
        }
        if self.says(&["invalid api key"]) {
            return Failure::new(ErrorKind::Credentials).message(KEY).latch();
        }
        if self.is_license() {
            return Failure::new(ErrorKind::Denied).message(LICENSE);
        }
        let code = self.code.map(RpcCode::from);
        match code {
            Some(RpcCode::TooManyRequests) => {
                let wait = client_core::retry_after(reply.headers, reply.received_at);
                return Failure::new(ErrorKind::RateLimited)
                    .throttle(Throttle::Window)
                    .retry_after(wait);
            }
            Some(RpcCode::AuthorizationError) => {
                let kind = if asks_about_itself(reply) {
                    ErrorKind::Credentials
                } else {
                    ErrorKind::Denied
                };
                return Failure::new(kind);
            }
            Some(RpcCode::ResourceNotFound) => return Failure::new(ErrorKind::NotFound),
            Some(RpcCode::InternalError) => return Failure::new(ErrorKind::Server),
            _ => {}
        }
        if self.says(&["not exist", "n't exist", "not found", "no longer exist"])
            && code != Some(RpcCode::MethodNotFound)
        {
            return Failure::new(ErrorKind::NotFound);
        }
        if self.says(&[
            "exist",
            "unique",
            "already",
            "in use",
            "duplicate",
            "is taken",
        ]) {
            return Failure::new(ErrorKind::Conflict);
        }
        match code {
            Some(RpcCode::InvalidParams) => Failure::new(ErrorKind::InvalidInput),
            // Move of endpoints: each number is a rule that was broken.
            Some(other) if (4_050_001..=4_050_099).contains(&other.get()) => {
                Failure::new(ErrorKind::InvalidInput)
            }
            // "Server error" and nothing else does not say that nothing was done.
            Some(RpcCode::ServerError) | None if !self.is_detailed => {
                Failure::new(ErrorKind::Vendor).maybe_processed()
            }
            _ => Failure::new(ErrorKind::Vendor),
        }
    }
}

/// Whether the call is about the key or its own company, so that a lack of rights can only mean the key.
fn asks_about_itself(reply: &Reply<'_>) -> bool {
    match reply.request.operation().rpc_method() {
        Some("getApiKeyDetails") => true,
        Some("getCompanyDetails") => reply
            .request
            .json()
            .is_none_or(|params| params.get("companyId").is_none_or(Value::is_null)),
        _ => false,
    }
}
