//! A server, a client for it, and a signature computed without the code under test.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use client_core::{Call, ManualClock, Method, Operation, Repeat};
use datto_networking::{Client, ClientBuilder};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub(crate) const KEY: &str = "canary-public-5f1d2a9c";
pub(crate) const SECRET: &str = "canary-secret-90ab77e3";
/// Where a manual clock starts: 2026-01-01T00:00:00Z.
pub(crate) const START: i64 = 1_767_225_600;

pub(crate) const GET: Operation = Operation::raw("raw.get", Method::Get, Repeat::Read);
pub(crate) const PUT: Operation = Operation::raw("raw.put", Method::Put, Repeat::OnlyIfUnprocessed);
pub(crate) const DELETE: Operation =
    Operation::raw("raw.delete", Method::Delete, Repeat::OnlyIfUnprocessed);

pub(crate) fn raw(operation: &Operation, target: &str) -> Call<Value> {
    Call::raw(operation, target)
}

/// Settings for a client of `server` whose waits take no time.
pub(crate) fn builder(server: &MockServer) -> ClientBuilder {
    Client::builder(KEY, SECRET)
        .base_url(server.uri())
        .clock(Arc::new(ManualClock::jumping()))
        .settings(client_core::ClientBuilder::no_proxy)
}

pub(crate) fn client(server: &MockServer) -> Client {
    builder(server).build().unwrap()
}

/// The parts of an `Authorization` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) timestamp: i64,
    pub(crate) nonce: String,
}

pub(crate) fn header<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request
        .headers
        .get(name)
        .map(|value| value.to_str().unwrap())
}

/// Path and query as they were sent.
pub(crate) fn target(request: &Request) -> String {
    request.url[url::Position::BeforePath..].to_owned()
}

/// Checks the signature of a request over `target`, and takes its authorization apart.
pub(crate) fn verify_over(request: &Request, names: (&str, &str), target: &str) -> Signed {
    let authorization = header(request, names.0).expect("an authorization");
    let signature = header(request, names.1).expect("a signature");
    let message = [authorization.as_bytes(), target.as_bytes(), &request.body].concat();
    assert_eq!(
        signature,
        hmac_by_hand(SECRET.as_bytes(), &message),
        "{target}"
    );
    let rest = authorization
        .strip_prefix(&format!("key={KEY},timestamp="))
        .expect("key and timestamp");
    let (timestamp, nonce) = rest.split_once(",nonce=").expect("a nonce");
    assert!(
        nonce.bytes().all(|byte| byte.is_ascii_alphanumeric()) && nonce.len() <= 32,
        "{nonce}"
    );
    Signed {
        timestamp: timestamp.parse().unwrap(),
        nonce: nonce.to_owned(),
    }
}

pub(crate) fn verify(request: &Request) -> Signed {
    verify_over(request, ("authorization", "signature"), &target(request))
}

/// HMAC-SHA256 as RFC 2104 writes it, in lower-case hex.
fn hmac_by_hand(key: &[u8], message: &[u8]) -> String {
    let mut block = [0_u8; 64];
    if key.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::digest([&pad(0x36)[..], message].concat());
    let outer = Sha256::digest([&pad(0x5c)[..], &inner].concat());
    outer
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// Answers one after the other, the last one for ever.
pub(crate) struct Script(Mutex<VecDeque<ResponseTemplate>>);

impl Respond for Script {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let mut answers = self.0.lock().unwrap();
        if answers.len() > 1 {
            answers.pop_front().unwrap()
        } else {
            answers[0].clone()
        }
    }
}

/// A server that gives these answers to any request.
pub(crate) async fn scripted(answers: impl IntoIterator<Item = ResponseTemplate>) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(Script(Mutex::new(answers.into_iter().collect())))
        .mount(&server)
        .await;
    server
}

/// A server whose answers depend on the request.
pub(crate) async fn server(respond: impl Respond + 'static) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(respond)
        .mount(&server)
        .await;
    server
}

pub(crate) fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, "application/json")
}

/// A refusal with one code.
pub(crate) fn refusal(status: u16, code: u32) -> ResponseTemplate {
    json(
        status,
        &format!(r#"{{"errors":[{{"code":{code},"message":"No.","context":"op","values":[]}}]}}"#),
    )
}

pub(crate) const NO_NETWORKS: &str = r#"{"networks":[]}"#;

pub(crate) async fn received(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap()
}
