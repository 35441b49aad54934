//! One attempt: credentials, a place in the budget, the exchange, and what the answer means.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use tokio::sync::OwnedSemaphorePermit;

use super::{Run, Setback};
use crate::body::{self, BodyError};
use crate::client::Raw;
use crate::disposition::{Disposition, Failure, Reply};
use crate::encode;
use crate::error::{Delivery, Error, ErrorKind};
use crate::limits::Permit;
use crate::outgoing::Outgoing;
use crate::request::Body;
use crate::retry::Failed;
use crate::token::Lease;

/// Everything that an attempt needs before it is signed.
pub(super) struct Ready {
    permit: Permit,
    _slot: Option<OwnedSemaphorePermit>,
    lease: Option<Lease>,
}

/// An accepted answer.
pub(super) struct Sent {
    pub(super) raw: Raw,
    pub(super) request_id: Option<String>,
}

pub(super) enum Ended {
    Answered(Sent),
    Failed {
        status: Option<u16>,
        setback: Box<Setback>,
    },
}

/// An answer with all its headers.
struct Whole {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
    received_at: Timestamp,
    /// The body of a refusal did not come whole, so there is none: the status and the headers count all the same.
    is_cut: bool,
}

/// Time that an answer is given at least, where its loss would leave the outcome unknown.
const LEAST: Duration = Duration::from_secs(1);

impl Ready {
    pub(super) fn lease(&self) -> Option<&Lease> {
        self.lease.as_ref()
    }
}

impl Run<'_> {
    /// Waits for credentials, a slot and a place in the budget, within the deadline.
    pub(super) async fn ready(&self) -> Result<Ready, Setback> {
        let charges = self.request.operation.charge_names();
        loop {
            let lease = self.lease().await?;
            if self.request.credentials {
                let before = self.core.dialect.before(self.request);
                let late = |_| {
                    let message =
                        "what comes before the first request took longer than the deadline";
                    Setback::last(Error::new(ErrorKind::Timeout, message))
                };
                tokio::time::timeout(self.remaining(), before)
                    .await
                    .map_err(late)?;
            }
            let slot = match &self.core.slots {
                Some(slots) => Some(
                    self.within(std::sync::Arc::clone(slots).acquire_owned())
                        .await?,
                ),
                None => None,
            };
            let place = self
                .core
                .shared
                .limits
                .acquire(charges, Some(self.deadline))
                .await;
            let permit = place.map_err(|no_place| {
                let error = if no_place.blocked {
                    Error::new(
                        ErrorKind::Blocked,
                        "still blocked by the vendor at the deadline",
                    )
                } else {
                    Error::new(
                        ErrorKind::RateLimited,
                        "no place in the request budget before the deadline",
                    )
                };
                Setback::last(error.with_retry_after(no_place.wait))
            })?;
            let tokens = self.core.dialect.tokens();
            let current = tokens
                .zip(lease.as_ref())
                .is_none_or(|(tokens, lease)| tokens.is_current(lease));
            if current {
                return Ok(Ready {
                    permit,
                    _slot: slot,
                    lease,
                });
            }
        }
    }

    async fn lease(&self) -> Result<Option<Lease>, Setback> {
        let Some(tokens) = self
            .core
            .dialect
            .tokens()
            .filter(|_| self.request.credentials)
        else {
            return Ok(None);
        };
        // A log-in has its own deadline and retries, so its error is final here.
        let fetched = tokio::time::timeout(self.remaining(), tokens.lease());
        match fetched.await {
            Ok(Ok(lease)) => Ok(Some(lease)),
            Ok(Err(error)) => Err(Setback::last(error.at_log_in())),
            Err(_) => Err(Setback::last(Error::new(
                ErrorKind::Timeout,
                "the log-in took longer than the deadline",
            ))),
        }
    }

    async fn within<T, E>(&self, wait: impl Future<Output = Result<T, E>>) -> Result<T, Setback> {
        match tokio::time::timeout(self.remaining(), wait).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(_)) | Err(_) => Err(Setback::last(Error::new(
                ErrorKind::Timeout,
                "no free slot before the deadline",
            ))),
        }
    }

    /// Sends. From here on the request may reach the vendor.
    pub(super) async fn attempt(&mut self, mut ready: Ready, out: Outgoing) -> Ended {
        let tag = out.tag;
        let time = self.core.settings.attempt_timeout.min(self.remaining());
        // What cannot be repeated is not sent at the last moment, when its answer would hardly come in time.
        let least = if self.request.operation.repeat_class().needs_certainty() {
            (self.deadline.saturating_duration_since(self.started) / 10).min(LEAST)
        } else {
            Duration::ZERO
        };
        if self.remaining() <= least {
            let error = Error::new(ErrorKind::Timeout, "the deadline passed before it was sent");
            return Ended::failed(None, Setback::last(error));
        }
        ready.permit.mark_sent();
        let mut status = None;
        let exchange = exchange(self, out.http, &mut status);
        let whole = match tokio::time::timeout(time, exchange).await {
            Ok(Ok(whole)) => whole,
            Ok(Err(setback)) => {
                if setback.failed == Failed::NotSent {
                    ready.permit.mark_unsent();
                }
                return Ended::failed(status, setback);
            }
            Err(_) => {
                let error = Error::new(
                    ErrorKind::Timeout,
                    format!("no whole answer within {time:?}"),
                );
                return Ended::failed(status, lost(error, status));
            }
        };
        // The place is held until the answer is judged: a refusal pauses the bucket before anybody else gets in.
        self.judge(whole, tag.as_deref(), ready.lease.as_ref())
            .await
    }

    /// The request of this attempt, wrapped and signed.
    pub(super) fn outgoing(&self, lease: Option<&Lease>) -> Result<Outgoing, Error> {
        let request = self.request;
        let mut url = self.core.base.clone();
        url.set_path(&format!(
            "{}{}",
            self.core.base.path().trim_end_matches('/'),
            request.path
        ));
        url.set_query(
            (!request.query.is_empty())
                .then(|| encode::query(&request.query))
                .as_deref(),
        );
        if url.origin() != self.core.base.origin() {
            return Err(Error::invalid_input("the path leads to another host"));
        }
        let mut http = reqwest::Request::new(request.operation.method().to_http(), url);
        if !request.takes_any_answer() {
            http.headers_mut()
                .insert(ACCEPT, HeaderValue::from_static("application/json"));
        }
        let content_type = match &request.body {
            Body::None => None,
            Body::Json(bytes) => {
                *http.body_mut() = Some(bytes.clone().into());
                Some("application/json")
            }
            Body::Form(pairs) => {
                let pairs = pairs
                    .iter()
                    .map(|(key, value)| (*key, value.expose_secret()));
                *http.body_mut() = Some(encode::form(pairs).into());
                Some("application/x-www-form-urlencoded")
            }
        };
        if let Some(content_type) = content_type {
            http.headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        for (name, value) in &request.headers {
            let unfit = || Error::invalid_input(format!("the header {name} cannot be sent"));
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?;
            http.headers_mut()
                .insert(name, HeaderValue::from_str(value).map_err(|_| unfit())?);
        }
        let mut out = Outgoing { http, tag: None };
        self.core.dialect.prepare(request, &mut out)?;
        if request.credentials {
            self.core
                .dialect
                .sign(lease.map(|lease| &lease.secret), &mut out)?;
        }
        Ok(out)
    }

    async fn judge(&mut self, whole: Whole, tag: Option<&str>, lease: Option<&Lease>) -> Ended {
        let core = self.core;
        let reply = Reply {
            request: self.request,
            status: whole.status,
            headers: &whole.headers,
            body: &whole.body,
            tag,
            received_at: whole.received_at,
        };
        let mut failure = match core.dialect.classify(&reply) {
            Disposition::Accepted if whole.is_cut => Failure::by_status(&reply),
            Disposition::Accepted => {
                if let Some((tokens, lease)) = core.dialect.tokens().zip(lease) {
                    tokens.accepted(lease);
                }
                return Ended::Answered(self.sent(whole));
            }
            Disposition::Failed(failure) => failure,
        };
        if whole.is_cut && matches!(whole.status, 404 | 410) {
            // Whether this is a missing thing or a wrong address, only the body could tell.
            failure = failure
                .with_kind(ErrorKind::Malformed)
                .message("the answer was cut short, and does not say what is missing")
                .transient(false)
                .unprocessed();
        }
        let mut again = false;
        if failure.credentials_refused && self.request.credentials {
            again = match core.dialect.tokens().zip(lease) {
                Some((tokens, lease)) => tokens.refused(lease),
                None => core.dialect.recover(&reply).await,
            };
            again &= !std::mem::replace(&mut self.renewed, true);
            // Not answered, however it was worded: the vendor refused before it looked.
            failure = failure.unprocessed();
        } else if let Some((tokens, lease)) = core.dialect.tokens().zip(lease)
            && !failure.transient
        {
            tokens.accepted(lease);
        }
        if failure.request_id.is_none() {
            failure.request_id = crate::hint::request_id(&whole.headers);
        }
        Ended::failed(
            Some(whole.status),
            self.setback(failure, whole.status, &whole.body, again),
        )
    }

    fn sent(&self, whole: Whole) -> Sent {
        let redactor = &self.core.shared.redactor;
        let request_id = crate::hint::request_id(&whole.headers);
        let shown = whole
            .headers
            .iter()
            .filter(|(name, _)| redactor.shows_header(name.as_str()));
        let headers = shown
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Sent {
            raw: Raw {
                status: whole.status,
                headers,
                body: whole.body,
            },
            request_id,
        }
    }
}

impl Ended {
    fn failed(status: Option<u16>, setback: Setback) -> Self {
        Self::Failed {
            status,
            setback: Box::new(setback),
        }
    }
}

/// Sends the request and reads its answer whole.
async fn exchange(
    run: &Run<'_>,
    http: reqwest::Request,
    status: &mut Option<u16>,
) -> Result<Whole, Setback> {
    let read_timeout = run.core.settings.read_timeout;
    // Connecting has a time-out of its own, inside the HTTP client.
    let head = tokio::time::timeout(
        read_timeout.saturating_add(run.core.settings.connect_timeout),
        run.core.http.execute(http),
    )
    .await;
    let response = match head {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(transport(error)),
        Err(_) => {
            let error = Error::new(ErrorKind::Timeout, "no answer within the read time-out");
            return Err(lost(error, None));
        }
    };
    *status = Some(response.status().as_u16());
    let code = response.status().as_u16();
    let headers = response.headers().clone();
    match body::read(response, run.max_body, read_timeout).await {
        Ok(body) => Ok(Whole {
            status: code,
            headers,
            body,
            received_at: run.core.shared.clock.timestamp(),
            is_cut: false,
        }),
        Err(_) if !(200..=299).contains(&code) => Ok(Whole {
            status: code,
            headers,
            body: Vec::new(),
            received_at: run.core.shared.clock.timestamp(),
            is_cut: true,
        }),
        Err(error) => Err(unread(run, error, code)),
    }
}

/// A successful answer whose body did not come whole.
fn unread(run: &Run<'_>, error: BodyError, status: u16) -> Setback {
    match error {
        BodyError::TooLarge => {
            let message = format!("the answer is larger than {} bytes", run.max_body);
            let error = Error::new(ErrorKind::Malformed, message).with_status(status);
            Setback {
                failed: Failed::Finally,
                ..lost(error, Some(status))
            }
        }
        BodyError::Slow => lost(
            Error::new(ErrorKind::Timeout, "the answer stopped coming"),
            Some(status),
        ),
        BodyError::Broken(error) => {
            let broken = Error::new(ErrorKind::Malformed, "the answer was cut short or damaged");
            lost(broken.with_source(error.without_url()), Some(status))
        }
    }
}

fn transport(error: reqwest::Error) -> Setback {
    let error = error.without_url();
    if error.is_builder() {
        return Setback::last(
            Error::new(ErrorKind::Config, "the request cannot be sent").with_source(error),
        );
    }
    if error.is_connect() {
        let error = Error::new(ErrorKind::Connect, "").with_source(error);
        return Setback {
            error,
            failed: Failed::NotSent,
            hint: None,
            again: false,
        };
    }
    let kind = if error.is_timeout() {
        ErrorKind::Timeout
    } else {
        ErrorKind::Interrupted
    };
    lost(Error::new(kind, "").with_source(error), None)
}

fn lost(error: Error, status: Option<u16>) -> Setback {
    let error = error.with_delivery(Delivery::Unknown);
    let error = match status {
        Some(status) => error.with_status(status),
        None => error,
    };
    Setback {
        error,
        failed: Failed::Lost,
        hint: None,
        again: false,
    }
}
