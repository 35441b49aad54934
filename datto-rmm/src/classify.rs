//! What the vendor's answers mean.
//!
//! The vendor's error body names neither cause nor code, and its gateway answers in HTML, so status, content type and
//! body decide together.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use client_core::{Dialect, Disposition, ErrorKind, Failure, Reply, Request, Throttle, TokenCache};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::activity_logs;
use crate::budget::Calibrator;
use crate::system::REQUEST_RATE;

/// How long to stay away once the vendor blocked our address: the documentation asks for at least five minutes.
const BLOCK: Duration = Duration::from_mins(5);

/// How the API answers; log-ins are in [`crate::auth`].
pub(crate) struct RmmDialect {
    pub(crate) tokens: TokenCache,
    pub(crate) calibrator: Arc<Calibrator>,
}

#[async_trait]
impl Dialect for RmmDialect {
    async fn before(&self, request: &Request) {
        // The figures themselves are asked for in the open.
        if request.operation().name() != REQUEST_RATE.name() {
            self.calibrator.open().await;
        }
    }

    fn tokens(&self) -> Option<&TokenCache> {
        Some(&self.tokens)
    }

    fn classify(&self, reply: &Reply<'_>) -> Disposition {
        classify(reply)
    }
}

fn classify(reply: &Reply<'_>) -> Disposition {
    if reply.is_success() {
        return match error_inside(reply) {
            Some(error) => {
                let failure = Failure::new(ErrorKind::Server).vendor_message(error);
                Disposition::Failed(failure.message("an error inside of a successful answer"))
            }
            None => Disposition::by_status(reply),
        };
    }
    let failure = Failure::by_status(reply);
    let failure = match reply.status {
        403 if is_json(reply) => failure.message("this key may not do that"),
        403 => blocked(failure).message("the vendor's gateway blocked this address; nothing is sent for some minutes"),
        404 if object(reply).is_none() || is_unknown_path(reply) => failure
            .with_kind(ErrorKind::Config)
            .message("the vendor does not know this path: a wrong address, or an older build on this platform"),
        404 if is_newer(reply) => failure
            .message("no such record, or an older build on this platform that does not have this call yet"),
        400 if is_audit(reply) => failure
            .message("the device is of another class than this audit, or the request is wrong otherwise"),
        // A concurrent write to the same record, says the documentation; a name in use, says experience.
        409 if !reply.request.operation().repeat_class().needs_certainty() => failure.transient(true),
        _ => failure,
    };
    Disposition::Failed(words(reply, failure))
}

/// The vendor refuses our address: all callers stay away, and the call may be repeated after that.
pub(crate) fn blocked(failure: Failure) -> Failure {
    failure
        .with_kind(ErrorKind::Blocked)
        .transient(true)
        .unprocessed()
        .throttle(Throttle::Block(BLOCK))
}

/// A permission error is JSON that says so; the gateway's block page is not.
fn is_json(reply: &Reply<'_>) -> bool {
    let is_typed = || {
        let kind = reply
            .headers
            .get("content-type")
            .and_then(|kind| kind.to_str().ok());
        kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("json")) && !reply.is_html()
    };
    object(reply).is_some() || is_typed()
}

/// A missing record is answered with a JSON object; a web page or a remark about static resources means the path.
fn is_unknown_path(reply: &Reply<'_>) -> bool {
    reply.is_html()
        || String::from_utf8_lossy(reply.body)
            .to_ascii_lowercase()
            .contains("static resource")
}

/// The activity log fails with status 200 if its database does.
fn error_inside(reply: &Reply<'_>) -> Option<String> {
    #[derive(Deserialize)]
    struct Inside {
        error: Option<Value>,
    }
    if reply.request.operation().name() != activity_logs::LIST.name() {
        return None;
    }
    match reply.json::<Inside>()?.error? {
        Value::Null => None,
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// Calls that came with the vendor's newest builds, which answer an unknown path as they answer an unknown record.
fn is_newer(reply: &Reply<'_>) -> bool {
    let path = reply.request.operation().path();
    path.starts_with("/v3/") || path.ends_with("/patches")
}

fn is_audit(reply: &Reply<'_>) -> bool {
    reply.request.operation().path().starts_with("/v2/audit/")
}

fn object(reply: &Reply<'_>) -> Option<Map<String, Value>> {
    reply.json()
}

/// Adds the vendor's own words, in whichever of its shapes they came.
pub(crate) fn words(reply: &Reply<'_>, failure: Failure) -> Failure {
    let Some(body) = object(reply) else {
        return failure;
    };
    let first = body.get("errors").and_then(|errors| errors.get(0));
    let text = |value: Option<&Value>| match value? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let described = text(body.get("error_description"));
    let code = text(first.and_then(|first| first.get("code")))
        .or_else(|| described.as_ref().and_then(|_| text(body.get("error"))));
    let message = text(body.get("message"))
        .or(described)
        .or_else(|| text(first.and_then(|first| first.get("message"))))
        .or_else(|| text(first))
        .or_else(|| text(body.get("error")));
    let failure = match code {
        Some(code) => failure.vendor_code(code),
        None => failure,
    };
    match message {
        Some(message) => failure.vendor_message(message),
        None => failure,
    }
}
