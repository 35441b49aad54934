//! No secret in any error, log line or debug text (N23).

use std::fmt::Write as _;
use std::io::Write;
use std::sync::{Arc, Mutex};

use client_core::{
    Call, Credential, Error, Redactor, RetryPolicy, SecretString, Token, TokenCache,
};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Act, Bearer, CREATE, READ, RawServer, Thing, jumping, with_dialect};

const CANARY: &str = "canary-4fd1";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

struct Desk;

#[async_trait::async_trait]
impl Credential for Desk {
    async fn fetch(&self) -> Result<Token, Error> {
        Ok(Token::new(SecretString::from(CANARY)))
    }
}

/// The error with all that it prints, its sources included.
fn all_of(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let _ = write!(text, "\n{cause}\n{cause:?}");
        source = cause.source();
    }
    text
}

fn call() -> Call<Thing> {
    Call::new(&CREATE, [])
        .query_pair("search", CANARY)
        .query_pair("page", 3)
        .json(&json!({"password": CANARY}))
        .header("x-extra", CANARY)
}

#[tokio::test]
async fn secrets_stay_out_of_errors_and_logs() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .finish();
    // With only one subscriber, an event that another test's thread meets first is switched off for all threads.
    let second = tracing::Dispatch::new(tracing_subscriber::registry());
    let guard = tracing::subscriber::set_default(subscriber);

    let mut printed = String::new();
    let answers = [
        // The vendor echoes what it was given, in every place there is.
        ResponseTemplate::new(400)
            .set_body_json(
                json!({"message": format!("no such {CANARY}"), "password": "other-canary-4fd1"}),
            )
            .insert_header("x-request-id", "r-17"),
        ResponseTemplate::new(500).set_body_string(format!("Authorization: Bearer {CANARY}")),
        ResponseTemplate::new(401).set_body_string(CANARY),
        ResponseTemplate::new(429)
            .insert_header("retry-after", "1")
            .set_body_string(CANARY),
        ResponseTemplate::new(302)
            .insert_header("location", format!("https://x.test/?token={CANARY}")),
        ResponseTemplate::new(200).set_body_json(json!({"name": [CANARY]})),
        ResponseTemplate::new(200).set_body_string(format!("{{\"name\": \"{CANARY}")),
        ResponseTemplate::new(200).set_body_raw(format!("<html>{CANARY}"), "text/html"),
    ];
    let redactor = Redactor::new();
    for answer in answers {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        let dialect = Bearer(TokenCache::new(Arc::new(Desk), redactor.clone()));
        let client = with_dialect(&server.uri(), &jumping(), dialect)
            .redactor(redactor.clone())
            .retry(RetryPolicy::new().max_attempts(2))
            .build()
            .unwrap();
        let error = client.send(call()).await.unwrap_err();
        printed.push_str(&all_of(&error));
        let raw = client.send_raw(call()).await;
        let _ = write!(printed, "{client:?} {:?} {raw:?}", call());
    }
    // Transport errors carry the URL if nobody takes it out.
    for act in [Act::Hang, Act::Say(b"nonsense\r\n\r\n".to_vec())] {
        let server = RawServer::start(vec![act]).await;
        let dialect = Bearer(TokenCache::new(Arc::new(Desk), redactor.clone()));
        let client = with_dialect(&server.uri(), &jumping(), dialect)
            .redactor(redactor.clone())
            .build()
            .unwrap();
        printed.push_str(&all_of(&client.send(call()).await.unwrap_err()));
        let address = server.uri();
        drop(server);
        tokio::task::yield_now().await;
        let dialect = Bearer(TokenCache::new(Arc::new(Desk), redactor.clone()));
        let client = with_dialect(&address, &jumping(), dialect)
            .redactor(redactor.clone())
            .build()
            .unwrap();
        printed.push_str(&all_of(&client.send(call()).await.unwrap_err()));
    }
    drop((guard, second));

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("things.create") && log.contains("page=3"),
        "the log does log: {log}"
    );
    assert!(log.contains("search=***"), "{log}");
    assert!(
        printed.contains("r-17") && printed.contains("no such ***"),
        "{printed}"
    );
    assert!(!printed.contains("canary"), "{printed}");
    assert!(!log.contains("canary"), "{log}");
}

/// A bad value is not quoted by the decoder either, even if nobody knew that it was a secret.
#[tokio::test]
async fn unknown_secrets_of_the_wrong_type_are_not_quoted() {
    let server = MockServer::start().await;
    let body = json!({"name": 1, "installLinkWindows": "https://x.test/canary"});
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(&server)
        .await;
    let client = with_dialect(&server.uri(), &jumping(), client_core::Plain)
        .build()
        .unwrap();
    let error = client.send(Call::<u32>::new(&READ, [])).await.unwrap_err();
    assert!(!all_of(&error).contains("canary"), "{error:?}");
    assert!(
        error
            .body_excerpt()
            .unwrap()
            .contains(r#""installLinkWindows":"***""#)
    );
}

#[tokio::test]
async fn headers_that_may_not_be_shown_are_left_out() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200)
        .insert_header("set-cookie", CANARY)
        .insert_header("x-page", "2");
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let redactor = Redactor::new();
    redactor.show_headers(&["x-page"]);
    let client = with_dialect(&server.uri(), &jumping(), client_core::Plain)
        .redactor(redactor)
        .build()
        .unwrap();
    let raw = client.send_raw(Call::unit(&READ, [])).await.unwrap();
    assert!(raw.headers.contains_key("x-page") && !raw.headers.contains_key("set-cookie"));
}
