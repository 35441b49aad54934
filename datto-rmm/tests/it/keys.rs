//! Other key pairs at run time: given by the host, or made by the vendor.

use std::sync::atomic::{AtomicBool, Ordering};

use client_core::{Delivery, ErrorKind};
use datto_rmm::Client;
use datto_rmm::account::AccountScope;
use datto_rmm::users::ReplaceMyKeys;
use futures_util::future::join_all;
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockBuilder, Request, ResponseTemplate};

use crate::support::{KEY, Wire, assert_no_secret, json, line, refused, token};

const RESET: &str = "/api/v2/user/resetApiKeys";

fn login_of(key: &str) -> MockBuilder {
    Mock::given(method("POST"))
        .and(path("/auth/oauth/token"))
        .and(body_string_contains(format!("username={key}&")))
}

fn account_with(token: &str) -> MockBuilder {
    Mock::given(method("GET"))
        .and(path("/api/v2/account"))
        .and(header("authorization", format!("Bearer {token}").as_str()))
}

fn rotate(client: &Client) {
    client.set_credentials("CANARY-OTHER", "CANARY-OTHER-SECRET");
}

fn consent() -> ReplaceMyKeys {
    ReplaceMyKeys::and_lock_out_everything_that_uses_them()
}

/// N16, F013: the refusal of a pair that was replaced meanwhile latches nothing, and all who waited get the new token.
#[tokio::test]
async fn a_rotation_while_the_old_pair_logs_in() {
    let wire = Wire::bare().await;
    let client = wire.client();
    let other = client.clone();
    login_of(KEY)
        .respond_with(move |_: &Request| {
            rotate(&other);
            ResponseTemplate::new(401)
        })
        .expect(1)
        .mount(&wire.server)
        .await;
    login_of("CANARY-OTHER")
        .respond_with(token("CANARY-NEW"))
        .expect(1)
        .mount(&wire.server)
        .await;
    account_with("CANARY-NEW")
        .respond_with(json(200, "{}"))
        .expect(20)
        .mount(&wire.server)
        .await;
    let calls = (0..20).map(|_| client.account());
    let answers = join_all(calls.map(AccountScope::get)).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert!(client.latched().is_none());
}

/// Requests that are under way with a token of the old pair are repeated with one of the new.
#[tokio::test]
async fn a_rotation_while_requests_are_under_way() {
    let wire = Wire::bare().await;
    let client = wire.client();
    login_of(KEY)
        .respond_with(token("CANARY-OLD"))
        .expect(1)
        .mount(&wire.server)
        .await;
    login_of("CANARY-OTHER")
        .respond_with(token("CANARY-NEW"))
        .expect(1)
        .mount(&wire.server)
        .await;
    let (other, rotated) = (client.clone(), AtomicBool::new(false));
    account_with("CANARY-OLD")
        .respond_with(move |_: &Request| {
            if !rotated.swap(true, Ordering::SeqCst) {
                rotate(&other);
            }
            refused(401, "Unauthorized", "/v2/account")
        })
        .mount(&wire.server)
        .await;
    account_with("CANARY-NEW")
        .respond_with(json(200, "{}"))
        .expect(20)
        .mount(&wire.server)
        .await;
    let calls = (0..20).map(|_| client.account());
    let answers = join_all(calls.map(AccountScope::get)).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert!(client.latched().is_none());
}

/// Latched, rotated to a pair that is refused too, and rotated again: each pair is tried once.
#[tokio::test]
async fn each_pair_is_tried_once() {
    let wire = Wire::bare().await;
    for key in [KEY, "CANARY-OTHER"] {
        login_of(key)
            .respond_with(ResponseTemplate::new(401))
            .expect(1)
            .mount(&wire.server)
            .await;
    }
    login_of("CANARY-THIRD")
        .respond_with(token("CANARY-NEW"))
        .expect(1)
        .mount(&wire.server)
        .await;
    account_with("CANARY-NEW")
        .respond_with(json(200, "{}"))
        .mount(&wire.server)
        .await;
    let client = wire.client();
    for next in ["CANARY-OTHER", "CANARY-THIRD"] {
        for _ in 0..3 {
            let error = client.account().get().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials);
        }
        assert!(client.latched().is_some());
        client.set_credentials(next, "CANARY-NEXT-SECRET");
        assert!(client.latched().is_none());
    }
    client.account().get().await.unwrap();
}

/// The pair that the vendor made is the client's from then on; the old one is not tried again.
#[tokio::test]
async fn a_reset_rotates_the_client_and_its_clones() {
    let wire = Wire::bare().await;
    login_of(KEY)
        .respond_with(token("CANARY-OLD"))
        .expect(1)
        .mount(&wire.server)
        .await;
    login_of("CANARY-MADE")
        .and(body_string_contains("password=CANARY-MADE-SECRET"))
        .respond_with(token("CANARY-NEW"))
        .expect(1)
        .mount(&wire.server)
        .await;
    let made =
        r#"{"apiAccessKey":"CANARY-MADE","apiSecretKey":"CANARY-MADE-SECRET","userName":"ada"}"#;
    wire.answer(line("POST", RESET), 1, json(200, made)).await;
    account_with("CANARY-NEW")
        .respond_with(json(200, "{}"))
        .expect(2)
        .mount(&wire.server)
        .await;
    let client = wire.client();
    let clone = client.clone();
    client.user().reset_api_keys(consent()).await.unwrap();
    client.account().get().await.unwrap();
    clone.account().get().await.unwrap();
}

/// A pair that is not whole is handed over all the same, as nobody else has it.
#[tokio::test]
async fn half_a_pair_rotates_nothing() {
    for body in [
        "{}",
        r#"{"apiAccessKey":"CANARY-MADE","apiSecretKey":null}"#,
    ] {
        let wire = Wire::start().await;
        wire.answer(line("POST", RESET), 1, json(200, body)).await;
        wire.answer(line("GET", "/api/v2/account"), 1, json(200, "{}"))
            .await;
        let client = wire.client();
        let keys = client.user().reset_api_keys(consent()).await.unwrap();
        assert!(keys.pair().is_none());
        assert_eq!(keys.api_access_key.is_some(), body.contains("MADE"));
        client.account().get().await.unwrap();
        assert_eq!(wire.logins().await, 1, "the old token is still used");
    }
}

/// A reset that may have happened is never sent again, and a pair that cannot be read is in no error.
#[tokio::test]
async fn a_reset_is_sent_once() {
    let made = r#"{"apiAccessKey":["CANARY-MADE"],"apiSecretKey":"CANARY-MADE-SECRET"}"#;
    let cut = r#"{"apiAccessKey":"CANARY-MADE","apiSecret"#;
    for (answer, kind, delivery) in [
        (
            refused(500, "Internal Server Error", "/v2/user/resetApiKeys"),
            ErrorKind::Server,
            Delivery::Unknown,
        ),
        (json(200, made), ErrorKind::Decode, Delivery::Unknown),
        (json(200, cut), ErrorKind::Malformed, Delivery::Unknown),
    ] {
        let wire = Wire::start().await;
        wire.answer(line("POST", RESET), 1, answer).await;
        let error = wire
            .client()
            .user()
            .reset_api_keys(consent())
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (kind, delivery),
            "{error}"
        );
        assert_no_secret(&format!("{error} {error:?}"));
    }
}
