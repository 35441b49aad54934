//! Tokens and signatures: fresh ones for every attempt, and no hammering.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use client_core::{
    Call, Delivery, Dialect, Disposition, Error, ErrorKind, Failure, Outgoing, Redactor, Reply,
    Request, SecretString,
};
use futures_util::future::join_all;
use serde_json::json;
use wiremock::matchers::{header, method};
use wiremock::{Match, Mock, MockServer, Respond, ResponseTemplate};

use crate::support::{ACT, Bearer, CREATE, Desk, READ, Thing, builder, jumping, with_dialect};

struct AnyBearerBut(&'static str);

impl Match for AnyBearerBut {
    fn matches(&self, request: &wiremock::Request) -> bool {
        request
            .headers
            .get("authorization")
            .is_some_and(|value| value != self.0)
    }
}

async fn server_that_refuses(token: &'static str) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(header("authorization", token))
        .respond_with(ResponseTemplate::new(401))
        .mount(&server)
        .await;
    Mock::given(AnyBearerBut(token))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"name": "a"})))
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn fifty_refused_calls_cause_one_log_in() {
    let server = server_that_refuses("Bearer token-1").await;
    let desk = Arc::new(Desk::default());
    let redactor = Redactor::new();
    let client = with_dialect(&server.uri(), &jumping(), Bearer::new(&desk, &redactor))
        .build()
        .unwrap();
    let results = join_all((0..50).map(|_| client.send(Call::<Thing>::new(&READ, [])))).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(desk.asked(), 2, "the first token, and one more for all");
}

#[tokio::test]
async fn even_an_action_is_repeated_once_after_a_refused_token() {
    let server = server_that_refuses("Bearer token-1").await;
    let desk = Arc::new(Desk::default());
    let client = with_dialect(
        &server.uri(),
        &jumping(),
        Bearer::new(&desk, &Redactor::new()),
    )
    .build()
    .unwrap();
    client.send(Call::unit(&ACT, [])).await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_second_refusal_is_final() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(401))
        .mount(&server)
        .await;
    let desk = Arc::new(Desk::default());
    let client = with_dialect(
        &server.uri(),
        &jumping(),
        Bearer::new(&desk, &Redactor::new()),
    )
    .build()
    .unwrap();
    let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Credentials, 1),
        "the repetition does not count"
    );
    assert_eq!(error.delivery(), Delivery::Refused);
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
    for _ in 0..20 {
        client.send(Call::unit(&CREATE, [])).await.unwrap_err();
    }
    assert!(
        desk.asked() <= 4,
        "{} log-ins for a token that nobody takes",
        desk.asked()
    );
}

/// N16: a refused log-in stops the client and nothing more is sent.
#[tokio::test]
async fn a_refused_log_in_latches() {
    let server = MockServer::start().await;
    let desk = Arc::new(Desk::default());
    desk.refuse.store(true, Ordering::SeqCst);
    let bearer = Bearer::new(&desk, &Redactor::new());
    let tokens = bearer.0.clone();
    let client = with_dialect(&server.uri(), &jumping(), bearer)
        .build()
        .unwrap();
    for _ in 0..10 {
        let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Credentials, Delivery::NotSent)
        );
    }
    assert_eq!(desk.asked(), 1);
    let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "things.create: credentials refused: at the log-in: the log-in was refused"
    );
    assert!(client.latched().is_some());
    assert!(server.received_requests().await.unwrap().is_empty());

    desk.refuse.store(false, Ordering::SeqCst);
    tokens.set_credential(desk.clone());
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    client.send(Call::unit(&CREATE, [])).await.unwrap();
}

#[tokio::test]
async fn some_calls_need_no_credentials() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let desk = Arc::new(Desk::default());
    let client = with_dialect(
        &server.uri(),
        &jumping(),
        Bearer::new(&desk, &Redactor::new()),
    )
    .build()
    .unwrap();
    client
        .send(Call::unit(&READ, []).without_credentials())
        .await
        .unwrap();
    assert_eq!(desk.asked(), 0);
    assert!(
        !server.received_requests().await.unwrap()[0]
            .headers
            .contains_key("authorization")
    );
}

/// Signs target and body, wraps bodies in an envelope, and takes back a wrong clock.
#[derive(Default)]
struct Signer {
    nonce: AtomicU32,
    recovered: AtomicU32,
    signed: Arc<Mutex<Vec<String>>>,
}

#[async_trait::async_trait]
impl Dialect for Signer {
    fn prepare(&self, request: &Request, out: &mut Outgoing) -> Result<(), Error> {
        if let Some(params) = request.json() {
            out.set_body(
                json!({"id": "r-1", "params": params})
                    .to_string()
                    .into_bytes(),
            );
        }
        out.set_tag("r-1");
        out.set_header("x-version", "1")
    }

    fn sign(&self, token: Option<&SecretString>, out: &mut Outgoing) -> Result<(), Error> {
        assert!(token.is_none());
        let nonce = self.nonce.fetch_add(1, Ordering::SeqCst);
        let message = format!(
            "{nonce}|{}|{}",
            out.target(),
            String::from_utf8_lossy(out.body())
        );
        self.signed.lock().unwrap().push(message);
        out.set_secret_header("x-nonce", &nonce.to_string())
    }

    fn classify(&self, reply: &Reply<'_>) -> Disposition {
        assert_eq!(reply.tag, Some("r-1"));
        match reply
            .json::<serde_json::Value>()
            .and_then(|body| body["code"].as_i64())
        {
            Some(13002) => {
                let failure = Failure::new(ErrorKind::Credentials)
                    .vendor_code(13002)
                    .credentials_refused(true);
                Disposition::Failed(failure)
            }
            Some(13011) => Disposition::Failed(
                Failure::new(ErrorKind::Credentials)
                    .vendor_code(13011)
                    .latch(),
            ),
            _ => Disposition::by_status(reply),
        }
    }

    async fn recover(&self, _reply: &Reply<'_>) -> bool {
        self.recovered.fetch_add(1, Ordering::SeqCst);
        true
    }
}

struct Script(Mutex<Vec<ResponseTemplate>>);

impl Respond for Script {
    fn respond(&self, _: &wiremock::Request) -> ResponseTemplate {
        self.0.lock().unwrap().remove(0)
    }
}

async fn script(answers: Vec<ResponseTemplate>) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any())
        .respond_with(Script(Mutex::new(answers)))
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn what_is_signed_is_what_is_sent_and_every_attempt_is_signed_anew() {
    let server = script(vec![
        ResponseTemplate::new(429).insert_header("retry-after", "1"),
        ResponseTemplate::new(200),
    ])
    .await;
    let signer = Arc::new(Signer::default());
    let client = with_dialect(
        &format!("{}/api/", server.uri()),
        &jumping(),
        Arc::clone(&signer),
    )
    .build()
    .unwrap();
    let call = Call::unit(&CREATE, [])
        .query_pair("mac", "ac:86:74")
        .query_pair("code", "Room 1'é")
        .json(&json!({"b": 1}));
    client.send(call).await.unwrap();
    let sent: Vec<String> = server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|request| {
            let nonce = request.headers["x-nonce"].to_str().unwrap();
            let target = format!("{}?{}", request.url.path(), request.url.query().unwrap());
            format!(
                "{nonce}|{target}|{}",
                String::from_utf8_lossy(&request.body)
            )
        })
        .collect();
    assert_eq!(*signer.signed.lock().unwrap(), sent);
    assert_eq!(
        sent[1],
        r#"1|/api/thing?mac=ac:86:74&code=Room%201%27%C3%A9|{"id":"r-1","params":{"b":1}}"#
    );
}

#[tokio::test]
async fn a_refused_signature_is_repaired_once() {
    let refusal = || ResponseTemplate::new(403).set_body_json(json!({"code": 13002}));
    let server = script(vec![
        refusal(),
        ResponseTemplate::new(200),
        refusal(),
        refusal(),
    ])
    .await;
    let signer = Arc::new(Signer::default());
    let client = with_dialect(&server.uri(), &jumping(), Arc::clone(&signer))
        .build()
        .unwrap();
    client.send(Call::unit(&CREATE, [])).await.unwrap();
    assert_eq!(signer.recovered.load(Ordering::SeqCst), 1);
    let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.vendor_code()),
        (ErrorKind::Credentials, Some("13002"))
    );
    assert_eq!(error.delivery(), Delivery::Refused);
}

/// N16, for keys without a log-in.
#[tokio::test]
async fn a_dead_key_latches_the_client() {
    let dead = ResponseTemplate::new(403).set_body_json(json!({"code": 13011}));
    let server = script(vec![dead, ResponseTemplate::new(200)]).await;
    let client = with_dialect(&server.uri(), &jumping(), Arc::new(Signer::default()))
        .build()
        .unwrap();
    let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Refused);
    let again = client
        .clone()
        .send(Call::unit(&READ, []))
        .await
        .unwrap_err();
    assert_eq!(
        (again.kind(), again.delivery()),
        (ErrorKind::Credentials, Delivery::NotSent)
    );
    assert_eq!(again.operation(), "things.get");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
    client.unlatch();
    client.send(Call::unit(&READ, [])).await.unwrap();
}

#[tokio::test]
async fn a_derived_client_logs_in_without_waiting_for_the_call_that_needs_it() {
    use client_core::{Credential, Limits, Token, TokenCache};

    struct LogIn(client_core::Client);

    #[async_trait::async_trait]
    impl Credential for LogIn {
        async fn fetch(&self) -> Result<Token, Error> {
            const TOKEN: client_core::Operation =
                client_core::Operation::post("token.get", "/auth/token").charges(&["read"]);
            #[derive(serde::Deserialize)]
            struct Answer {
                #[serde(with = "client_core::serde::secret")]
                access_token: SecretString,
            }
            let call = Call::<Answer>::new(&TOKEN, [])
                .form(vec![("password", SecretString::from("s&cret"))]);
            self.0
                .send(call)
                .await
                .map(|answer| Token::new(answer.access_token))
        }
    }

    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::path("/auth/token"))
        .and(wiremock::matchers::body_string("password=s%26cret"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"access_token": "token-9"})))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(header("authorization", "Bearer token-9"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"name": "a"})))
        .mount(&server)
        .await;
    let clock = jumping();
    // One slot and one place at a time: the log-in must get both.
    let limits = Limits::builder()
        .clock(clock.clone())
        .bucket("read", 1, std::time::Duration::from_secs(1))
        .build();
    let auth = builder(&server.uri(), &clock)
        .limits(limits)
        .max_in_flight(1)
        .build()
        .unwrap();
    let tokens = TokenCache::new(Arc::new(LogIn(auth.clone())), auth.redactor().clone());
    let client = auth.derive("/api", Bearer(tokens)).unwrap();
    let results = join_all((0..3).map(|_| client.send(Call::<Thing>::new(&READ, [])))).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert!(auth.derive("api", client_core::Plain).is_err());
}
