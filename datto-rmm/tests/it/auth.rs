//! The log-in, and what becomes of a token.

use std::io::Write;
use std::sync::{Arc, Mutex};

use client_core::{Delivery, ErrorKind};
use datto_rmm::account::AccountScope;
use datto_rmm::devices::{DeviceUid, UdfUpdate, UdfUpdateV3};
use datto_rmm::sites::SiteUid;
use datto_rmm::users::ReplaceMyKeys;
use datto_rmm::variables::{NewVariable, VariableValue};
use futures_util::future::join_all;
use serde_json::json as value;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::support::{SITE, Wire, assert_no_secret, html, json, line, refused, token};

async fn login(wire: &Wire, answer: ResponseTemplate, times: u64) {
    let login = Mock::given(method("POST")).and(path("/auth/oauth/token"));
    login
        .respond_with(answer)
        .expect(times)
        .mount(&wire.server)
        .await;
}

/// N16, F083: a refused log-in latches; nothing is sent until there are other credentials.
#[tokio::test]
async fn refused_credentials_latch() {
    for answer in [
        json(
            400,
            r#"{"error":"invalid_grant","error_description":"Bad credentials for CANARY-KEY"}"#,
        ),
        ResponseTemplate::new(401).set_body_raw("Unauthorized", "text/plain"),
        ResponseTemplate::new(400).set_body_raw("Invalid grant", "text/plain"),
        ResponseTemplate::new(401),
    ] {
        let wire = Wire::bare().await;
        login(&wire, answer, 1).await;
        wire.answer(line("GET", "/api/v2/account"), 0, json(200, "{}"))
            .await;
        let client = wire.client();
        for _ in 0..3 {
            let error = client.account().get().await.unwrap_err();
            assert_eq!(
                (error.kind(), error.delivery()),
                (ErrorKind::Credentials, Delivery::NotSent)
            );
            assert_no_secret(&format!("{error} {error:?} {client:?}"));
        }
        assert_eq!(client.latched().unwrap().kind(), ErrorKind::Credentials);
        assert!(client.clone().latched().is_some(), "clones share it");
    }
}

#[tokio::test]
async fn other_credentials_take_the_latch_away() {
    let wire = Wire::bare().await;
    let once = Mock::given(method("POST"))
        .and(path("/auth/oauth/token"))
        .respond_with(ResponseTemplate::new(401));
    once.up_to_n_times(1).mount(&wire.server).await;
    login(&wire, token("CANARY-TOKEN"), 1).await;
    wire.answer(line("GET", "/api/v2/account"), 1, json(200, "{}"))
        .await;
    let client = wire.client();
    client.account().get().await.unwrap_err();
    client.set_credentials("EXAMPLE-OTHER", "EXAMPLE-OTHER-SECRET");
    assert!(client.latched().is_none());
    client.account().get().await.unwrap();
    let requests = wire.server.received_requests().await.unwrap();
    assert!(String::from_utf8_lossy(&requests[1].body).contains("username=EXAMPLE-OTHER&"));
}

#[tokio::test]
async fn other_answers_to_a_log_in() {
    for (answer, kind, logins) in [
        // U19: a base that ends in /api is cut, so this is another server.
        (
            refused(404, "Not Found", "/oauth/token"),
            ErrorKind::Config,
            1,
        ),
        (html(404), ErrorKind::Config, 1),
        (html(200), ErrorKind::Malformed, 1),
        (
            json(200, r#"{"token_type":"bearer"}"#),
            ErrorKind::Decode,
            1,
        ),
        (json(200, r#"{"access_token":""}"#), ErrorKind::Decode, 1),
        (
            refused(500, "Internal Server Error", "/oauth/token"),
            ErrorKind::Server,
            4,
        ),
    ] {
        let wire = Wire::bare().await;
        login(&wire, answer, logins).await;
        let client = wire.client();
        let error = client.account().get().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(client.latched().is_none(), "{error}");
        assert_eq!(
            error.delivery(),
            Delivery::NotSent,
            "the call itself was not sent"
        );
    }
}

#[tokio::test]
async fn a_blocked_log_in_blocks_everything() {
    let wire = Wire::bare().await;
    login(&wire, html(403), 2).await;
    let client = wire.client();
    let error = client.account().get().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Blocked, "{error}");
    // A second wait of five minutes does not fit into the ten of the deadline.
    assert_eq!(wire.clock.slept().as_secs(), 300);
}

/// Trap 13, U17: many tasks, one log-in.
#[tokio::test]
async fn many_tasks_share_one_log_in() {
    let wire = Wire::bare().await;
    login(&wire, token("CANARY-TOKEN"), 1).await;
    wire.answer(line("GET", "/api/v2/account"), 20, json(200, "{}"))
        .await;
    let client = wire.client();
    let calls = (0..20).map(|_| {
        let client = client.clone();
        async move { client.account().get().await }
    });
    assert!(join_all(calls).await.iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let wire = Wire::bare().await;
    let first = Mock::given(method("POST"))
        .and(path("/auth/oauth/token"))
        .respond_with(token("CANARY-OLD"));
    first.up_to_n_times(1).expect(1).mount(&wire.server).await;
    login(&wire, token("CANARY-NEW"), 1).await;
    let account = || Mock::given(method("GET")).and(path("/api/v2/account"));
    let old = account().and(header("authorization", "Bearer CANARY-OLD"));
    old.respond_with(refused(401, "Unauthorized", "/v2/account"))
        .mount(&wire.server)
        .await;
    let new = account().and(header("authorization", "Bearer CANARY-NEW"));
    new.respond_with(json(200, value!({"uid": "abc123"}).to_string()))
        .mount(&wire.server)
        .await;
    let client = wire.client();
    let calls = (0..10).map(|_| client.account());
    let answers = join_all(calls.map(AccountScope::get)).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(wire.logins().await, 2);
}

#[tokio::test]
async fn a_token_that_is_never_good_ends_in_an_error() {
    let wire = Wire::start().await;
    let answer = refused(401, "Unauthorized", "/v2/account");
    wire.answer(line("GET", "/api/v2/account"), 2, answer).await;
    let error = wire.client().account().get().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Credentials, Some(401))
    );
    assert_eq!(wire.logins().await, 2);
    assert_no_secret(&format!("{error:?}"));
}

#[tokio::test]
async fn a_token_is_renewed_before_its_end() {
    let wire = Wire::start().await;
    wire.answer(line("GET", "/api/v2/account"), 3, json(200, "{}"))
        .await;
    let client = wire.client();
    client.account().get().await.unwrap();
    wire.clock.advance(std::time::Duration::from_hours(80));
    client.account().get().await.unwrap();
    assert_eq!(wire.logins().await, 1);
    wire.clock.advance(std::time::Duration::from_hours(11));
    client.account().get().await.unwrap();
    assert_eq!(
        wire.logins().await,
        2,
        "a tenth of its 100 hours before the end"
    );
}

/// Keeps log lines.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Lines {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

/// N23, U28: keys, secrets, token, variable values and user-defined fields, in every line that is logged and in the errors.
#[tokio::test]
async fn nothing_secret_is_logged() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(lines.clone())
        .finish();
    // With a single subscriber, callsites that another test's thread meets first would be off for good.
    let second = tracing_subscriber::registry().set_default();
    let guard = subscriber.set_default();
    let wire = Wire::start().await;
    let echo = r#"{"errors":[{"message":"CANARY-KEY said CANARY-TOKEN"}],"value":"CANARY-VALUE"}"#;
    let target = format!("/api/v2/site/{SITE}/variable");
    wire.answer(line("PUT", target), 1, json(400, echo)).await;
    let (client, site) = (wire.client(), SiteUid::new(SITE));
    let variable = NewVariable::new("Link", VariableValue::new("CANARY-VALUE"));
    let error = client
        .site(&site)
        .variables()
        .create(&variable)
        .await
        .unwrap_err();
    let echo =
        r#"{"message":"no","udf1":"CANARY-UDF","udfs":[{"ordinal":1,"valueString":"CANARY-UDF"}]}"#;
    for version in ["v2", "v3"] {
        let target = format!("/api/{version}/device/d-1/udf");
        wire.answer(line("POST", target), 1, json(400, echo)).await;
    }
    let uid = DeviceUid::new("d-1");
    let device = client.device(&uid);
    let update = UdfUpdate::new().set(1, "CANARY-UDF");
    let by_text = device.set_udf(&update).await.unwrap_err();
    let update = UdfUpdateV3::new().text(1, "CANARY-UDF");
    let by_type = device.v3().set_udf(&update).await.unwrap_err();
    let made = r#"{"apiAccessKey":"CANARY-MADE","apiSecretKey":"CANARY-MADE-SECRET"}"#;
    wire.answer(
        line("POST", "/api/v2/user/resetApiKeys"),
        1,
        json(200, made),
    )
    .await;
    let consent = ReplaceMyKeys::and_lock_out_everything_that_uses_them();
    client.user().reset_api_keys(consent).await.unwrap();
    drop((guard, second));
    for error in [error, by_text, by_type] {
        assert_no_secret(&format!("{error} {error:?}"));
    }
    let logged = String::from_utf8_lossy(&lines.0.lock().unwrap()).into_owned();
    assert!(
        [
            "site_variables.create",
            "auth.token",
            "devices.set_udf",
            "devices_v3.set_udf",
            "user.reset_api_keys"
        ]
        .iter()
        .all(|name| logged.contains(name)),
        "{logged}"
    );
    // Other crates log too, on levels that a host turns on at its own risk.
    logged
        .lines()
        .filter(|line| !line.contains("hyper") && !line.contains("wiremock"))
        .for_each(assert_no_secret);
}
