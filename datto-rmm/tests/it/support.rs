//! A mock server with a log-in, and a client whose waits take no time.

use std::sync::Arc;

use client_core::{ManualClock, RetryPolicy};
use datto_rmm::{CalibrationPolicy, Client, ClientBuilder};
use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Match, Mock, MockServer, Request, ResponseTemplate};

pub(crate) const KEY: &str = "CANARY-KEY";
pub(crate) const SECRET: &str = "CANARY-SECRET";
pub(crate) const SITE: &str = "00000000-0000-4000-8000-000000000001";

pub(crate) struct Wire {
    pub(crate) server: MockServer,
    pub(crate) clock: Arc<ManualClock>,
}

/// Method, path and query, exactly as they stand in the request line.
pub(crate) struct Line(&'static str, String);

impl Match for Line {
    fn matches(&self, request: &Request) -> bool {
        let query = request
            .url
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        request.method.as_str() == self.0 && format!("{}{query}", request.url.path()) == self.1
    }
}

pub(crate) fn line(method: &'static str, target: impl Into<String>) -> Line {
    Line(method, target.into())
}

/// The body, byte for byte.
pub(crate) struct Exactly(pub(crate) &'static str);

impl Match for Exactly {
    fn matches(&self, request: &Request) -> bool {
        request.body == self.0.as_bytes()
    }
}

pub(crate) fn json(status: u16, body: impl Into<String>) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.into(), "application/json")
}

pub(crate) fn html(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(
        "<!DOCTYPE html><html><body>Request blocked</body></html>",
        "text/html",
    )
}

/// The vendor's error body.
pub(crate) fn refused(status: u16, error: &str, path: &str) -> ResponseTemplate {
    let text = format!(
        r#"{{"timestamp":1767225600000,"status":{status},"error":"{error}","path":"{path}"}}"#
    );
    json(status, text)
}

pub(crate) fn token(token: &str) -> ResponseTemplate {
    json(
        200,
        format!(
            r#"{{"access_token":"{token}","token_type":"bearer","refresh_token":"CANARY-REFRESH","expires_in":360000,"scope":"read write","jti":"5f1c"}}"#
        ),
    )
}

impl Wire {
    /// A server without a log-in.
    pub(crate) async fn bare() -> Self {
        Self {
            server: MockServer::start().await,
            clock: Arc::new(ManualClock::jumping()),
        }
    }

    /// A server whose log-in gives `CANARY-TOKEN`.
    pub(crate) async fn start() -> Self {
        let wire = Self::bare().await;
        let login = Mock::given(method("POST")).and(path("/auth/oauth/token"));
        login
            .respond_with(token("CANARY-TOKEN"))
            .mount(&wire.server)
            .await;
        wire
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        let address = self.server.uri().parse().unwrap();
        Client::builder(address, KEY, SECRET)
            .no_proxy()
            .clock(Arc::clone(&self.clock) as _)
            .retry(RetryPolicy::new())
            // Tests of other things read the request lines.
            .calibration(CalibrationPolicy::off())
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// Answers one request line, and expects it this often.
    pub(crate) async fn answer(&self, line: Line, times: u64, answer: ResponseTemplate) {
        Mock::given(line)
            .respond_with(answer)
            .expect(times)
            .mount(&self.server)
            .await;
    }

    /// Answers the first request of this line only; later mounts answer the others.
    pub(crate) async fn answer_once(&self, line: Line, answer: ResponseTemplate) {
        Mock::given(line)
            .respond_with(answer)
            .up_to_n_times(1)
            .expect(1)
            .mount(&self.server)
            .await;
    }

    /// Request lines in order, log-ins left out.
    pub(crate) async fn lines(&self) -> Vec<String> {
        let requests = self.server.received_requests().await.unwrap();
        let lines = requests
            .iter()
            .filter(|request| request.url.path() != "/auth/oauth/token")
            .map(|request| {
                let query = request
                    .url
                    .query()
                    .map(|query| format!("?{query}"))
                    .unwrap_or_default();
                format!("{} {}{query}", request.method, request.url.path())
            });
        lines.collect()
    }

    pub(crate) async fn logins(&self) -> usize {
        let requests = self.server.received_requests().await.unwrap();
        requests
            .iter()
            .filter(|request| request.url.path() == "/auth/oauth/token")
            .count()
    }
}

/// A page of a listing; `next` is the number of the page that the link names.
pub(crate) fn page(
    key: &str,
    rows: &Value,
    total: Option<u64>,
    next: Option<&str>,
) -> ResponseTemplate {
    let count = rows.as_array().map_or(0, Vec::len);
    let mut body = serde_json::json!({
        "pageDetails": {"count": count, "totalCount": total, "prevPageUrl": null, "nextPageUrl": next},
    });
    body[key] = rows.clone();
    json(200, body.to_string())
}

/// Nothing secret is in a text that people see.
pub(crate) fn assert_no_secret(text: &str) {
    assert!(!text.contains("CANARY"), "{text}");
}
