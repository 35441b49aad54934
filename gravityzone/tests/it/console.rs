//! A console that answers as a test tells it, and remembers what it was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use client_core::{AttemptReport, ManualClock, Observer, Operation, reqwest};
use gravityzone::{Client, ClientBuilder};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// A key that is obviously fake.
pub(crate) const KEY: &str = "fake-api-key-0123456789+/abcdef";

pub(crate) const ROOT: &str = "0123456789abcdef00000000";
pub(crate) const ACME: &str = "0123456789abcdef00000001";
pub(crate) const BETA: &str = "0123456789abcdef00000002";
pub(crate) const PARTNER: &str = "0123456789abcdef00000003";
pub(crate) const FOLDER: &str = "0123456789abcdef0000000f";
pub(crate) const PACKAGE: &str = "5a37b660b1a43d99117b23c6";

/// What was asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// Behind `/api`.
    pub(crate) path: String,
    pub(crate) id: Value,
    pub(crate) method: String,
    pub(crate) params: Value,
}

/// What to answer.
pub(crate) enum Answer {
    Result(Value),
    /// Code and details.
    Error(i64, &'static str),
    /// HTTP status, code and details.
    Status(u16, i64, &'static str),
    Raw(ResponseTemplate),
}

pub(crate) struct Console {
    server: MockServer,
    asked: Arc<Mutex<Vec<Asked>>>,
    pub(crate) seen: Arc<Seen>,
    pub(crate) clock: Arc<ManualClock>,
}

/// One HTTP client for all tests, as making one takes long with some kinds of TLS. It keeps no connections, because each
/// test has its own runtime.
fn http() -> reqwest::Client {
    static HTTP: OnceLock<reqwest::Client> = OnceLock::new();
    let make = || {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        builder
            .no_proxy()
            .pool_max_idle_per_host(0)
            .build()
            .unwrap()
    };
    HTTP.get_or_init(make).clone()
}

/// The operations that ran.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Vec<Operation>>);

impl Observer for Seen {
    fn attempt(&self, report: &AttemptReport) {
        self.0.lock().unwrap().push(report.operation);
    }
}

impl Seen {
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().iter().map(Operation::name).collect()
    }
}

impl Answer {
    fn template(self, id: &Value) -> ResponseTemplate {
        match self {
            Self::Result(result) => {
                ResponseTemplate::new(200).set_body_json(json!({"id": id, "jsonrpc": "2.0", "result": result}))
            }
            Self::Error(code, details) => Self::Status(200, code, details).template(id),
            Self::Status(status, code, details) => ResponseTemplate::new(status).set_body_json(json!({
                "id": id,
                "jsonrpc": "2.0",
                "error": {"code": code, "message": "Text of the code", "data": {"details": details}},
            })),
            Self::Raw(template) => template,
        }
    }
}

impl Console {
    /// Answers every request with `answer`.
    pub(crate) async fn start(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let server = MockServer::start().await;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        Mock::given(wiremock::matchers::any())
            .respond_with(move |request: &Request| {
                let envelope: Value = serde_json::from_slice(&request.body).unwrap_or_default();
                let asked = Asked {
                    path: request.url.path().trim_start_matches("/api").to_owned(),
                    id: envelope["id"].clone(),
                    method: envelope["method"].as_str().unwrap_or_default().to_owned(),
                    params: envelope["params"].clone(),
                };
                log.lock().unwrap().push(asked.clone());
                answer(&asked).template(&asked.id)
            })
            .mount(&server)
            .await;
        Self {
            server,
            asked,
            seen: Arc::default(),
            clock: Arc::new(ManualClock::jumping()),
        }
    }

    /// Answers each method with one result.
    pub(crate) async fn with(results: &[(&'static str, Value)]) -> Self {
        let results: BTreeMap<_, _> = results.iter().cloned().collect();
        Self::start(move |asked| match results.get(asked.method.as_str()) {
            Some(result) => Answer::Result(result.clone()),
            None => Answer::Error(-32601, "The method is not expected here."),
        })
        .await
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        self.own_http_builder().with_http(http())
    }

    /// A builder that makes its own HTTP client.
    pub(crate) fn own_http_builder(&self) -> ClientBuilder {
        let url = self.server.uri().parse().unwrap();
        Client::builder(url, KEY)
            .clock(self.clock.clone())
            .observer(self.seen.clone())
            .configure(client_core::ClientBuilder::no_proxy)
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// A client that soon gives up waiting for an answer.
    pub(crate) fn hasty_client(&self) -> Client {
        let time = Duration::from_millis(150);
        self.builder()
            .configure(|core| core.attempt_timeout(time).retry_budget(50))
            .build()
            .unwrap()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often a method was asked for.
    pub(crate) fn count(&self, method: &str) -> usize {
        self.asked()
            .iter()
            .filter(|asked| asked.method == method)
            .count()
    }

    pub(crate) async fn requests(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap_or_default()
    }

    #[cfg(feature = "reconcile")]
    pub(crate) fn authority(&self) -> String {
        self.server.address().to_string()
    }
}

/// A company as consoles report it.
pub(crate) fn company(id: &str, name: &str, kind: i64, parent: &str) -> Value {
    json!({
        "id": id,
        "name": name,
        "type": kind,
        "address": "",
        "phone": "",
        "country": "N/A",
        "state": "N/A",
        "canBeManagedByAbove": true,
        "isSuspended": false,
        "createdAt": "2019-04-11T12:00:54",
        "enforce2FA": true,
        "skip2FAPeriod": 0,
        "customFields": [],
        "parentCompanyId": parent,
    })
}

pub(crate) fn root() -> Value {
    let mut root = company(ROOT, "Example Partner", 0, "");
    root["contactPerson"] =
        json!({"fullName": "A. Person", "email": "a@example.com", "phoneNumber": ""});
    root
}
