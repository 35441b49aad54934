//! Refusals: permission or block, limits, conflicts, web pages.

use std::time::Duration;

use client_core::{Delivery, ErrorKind};
use datto_rmm::sites::{NewSite, SiteUid, SiteUpdate};
use datto_rmm::variables::{NewVariable, VariableId, VariableUpdate, VariableValue};
use futures_util::future::join_all;
use serde_json::json as value;
use wiremock::ResponseTemplate;

use crate::support::{SITE, Wire, assert_no_secret, html, json, line, refused};

/// U18, trap 12: JSON means permission, and is final.
#[tokio::test]
async fn a_403_in_json_is_about_rights() {
    for answer in [
        refused(403, "Forbidden", "/v2/site/x"),
        json(403, r#"{"errors":[{"message":"No access","code":"E1"}]}"#),
        json(403, r#"{"message":"No access"}"#),
        json(403, ""),
    ] {
        let wire = Wire::start().await;
        wire.answer(line("GET", format!("/api/v2/site/{SITE}")), 1, answer)
            .await;
        let error = wire
            .client()
            .sites()
            .get(&SiteUid::new(SITE))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Denied, Delivery::Refused),
            "{error}"
        );
        assert_eq!(wire.clock.slept(), Duration::ZERO);
    }
}

/// U18, N07: a page of the gateway means a block, which all callers wait out once.
#[tokio::test]
async fn a_403_in_html_is_a_block_for_everybody() {
    for answer in [
        html(403),
        ResponseTemplate::new(403).set_body_raw("Request blocked.", "text/plain"),
        ResponseTemplate::new(403),
    ] {
        let wire = Wire::start().await;
        wire.answer_once(line("GET", "/api/v2/account"), answer)
            .await;
        wire.answer(line("GET", "/api/v2/account"), 6, json(200, "{}"))
            .await;
        let client = wire.client();
        client.account().get().await.unwrap();
        let slept = wire.clock.slept();
        assert!(
            slept >= Duration::from_mins(5) && slept < Duration::from_mins(6),
            "{slept:?}"
        );
        assert!(
            join_all((0..5).map(|_| client.account().get()))
                .await
                .iter()
                .all(Result::is_ok)
        );
        assert!(wire.clock.slept() < Duration::from_mins(6), "once for all");
    }
}

#[tokio::test]
async fn a_block_longer_than_the_deadline_is_an_error() {
    let wire = Wire::start().await;
    wire.answer(line("GET", "/api/v2/account"), 1, html(403))
        .await;
    wire.answer(line("PUT", "/api/v2/site"), 0, json(200, "{}"))
        .await;
    let client = wire
        .builder()
        .deadline(Duration::from_mins(1))
        .build()
        .unwrap();
    let error = client.account().get().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.retry_after()),
        (ErrorKind::Blocked, Some(Duration::from_mins(5)))
    );
    let error = client
        .sites()
        .create(&NewSite::managed("Acme"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Blocked, Delivery::NotSent)
    );
}

#[tokio::test]
async fn a_429_waits_as_long_as_it_says() {
    for (answer, seconds) in [
        (
            refused(429, "Too Many Requests", "/v2/account").insert_header("retry-after", "7"),
            7,
        ),
        (refused(429, "Too Many Requests", "/v2/account"), 60),
        (html(429), 60),
    ] {
        let wire = Wire::start().await;
        wire.answer_once(line("GET", "/api/v2/account"), answer)
            .await;
        wire.answer(line("GET", "/api/v2/account"), 1, json(200, "{}"))
            .await;
        wire.client().account().get().await.unwrap();
        let slept = wire.clock.slept().as_secs();
        assert!((seconds..seconds + 5).contains(&slept), "{slept}");
    }
}

#[tokio::test]
async fn a_429_is_safe_to_repeat_even_for_a_creation() {
    let wire = Wire::start().await;
    wire.answer_once(
        line("PUT", "/api/v2/site"),
        refused(429, "Too Many Requests", "/v2/site"),
    )
    .await;
    let site = value!({"uid": SITE, "name": "Acme"}).to_string();
    wire.answer(line("PUT", "/api/v2/site"), 1, json(200, site))
        .await;
    wire.client()
        .sites()
        .create(&NewSite::managed("Acme"))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_budget_is_never_exceeded() {
    let wire = Wire::start().await;
    wire.answer(
        line("GET", "/api/v2/system/request_rate"),
        1,
        json(200, r#"{"accountRateLimit":20,"accountWriteRateLimit":20}"#),
    )
    .await;
    wire.answer(line("GET", "/api/v2/account"), 40, json(200, "{}"))
        .await;
    let client = wire.client();
    client.calibrate().await.unwrap();
    for _ in 0..40 {
        client.account().get().await.unwrap();
    }
    // 17 of 20 in a minute, with the log-in and the calibration among the first.
    assert!(
        wire.clock.elapsed() >= Duration::from_mins(2),
        "{:?}",
        wire.clock.elapsed()
    );
}

/// A conflict is repeated where repeating does no harm, and a refusal where it might.
#[tokio::test]
async fn a_409_is_repeated_for_idempotent_writes_only() {
    let wire = Wire::start().await;
    let target = format!("/api/v2/site/{SITE}/variable/9");
    wire.answer_once(line("POST", &target), refused(409, "Conflict", "/v2/site"))
        .await;
    wire.answer(line("POST", &target), 1, ResponseTemplate::new(200))
        .await;
    wire.answer(
        line("PUT", format!("/api/v2/site/{SITE}/variable")),
        1,
        refused(409, "Conflict", "/v2/site"),
    )
    .await;
    let (client, uid) = (wire.client(), SiteUid::new(SITE));
    let variables = client.site(&uid).variables();
    variables
        .update(
            VariableId::new(9),
            &VariableUpdate::new("n", VariableValue::new("v")),
        )
        .await
        .unwrap();
    let error = variables
        .create(&NewVariable::new("n", VariableValue::new("CANARY")))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.attempts()),
        (ErrorKind::Conflict, Delivery::Refused, 1)
    );
    assert_no_secret(&format!("{error} {error:?}"));
}

/// N01: what may have been processed is never sent twice, and says so.
#[tokio::test]
async fn a_lost_answer_leaves_a_creation_unknown() {
    for answer in [
        refused(500, "Internal Server Error", "/v2/site"),
        html(502),
        html(504),
        html(200),
        json(200, r#"{"uid":"#),
        json(200, r#"{"name":"no uid"}"#),
    ] {
        let wire = Wire::start().await;
        wire.answer(line("PUT", "/api/v2/site"), 1, answer).await;
        let error = wire
            .client()
            .sites()
            .create(&NewSite::managed("Acme"))
            .await
            .unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
    }
}

#[tokio::test]
async fn reads_are_repeated_after_passing_failures() {
    for answer in [
        refused(500, "Internal Server Error", "/v2/account"),
        html(502),
        html(503),
        html(504),
        html(200),
    ] {
        let wire = Wire::start().await;
        wire.answer_once(line("GET", "/api/v2/account"), answer)
            .await;
        wire.answer(line("GET", "/api/v2/account"), 1, json(200, "{}"))
            .await;
        wire.client().account().get().await.unwrap();
    }
}

#[tokio::test]
async fn every_shape_of_the_vendors_words_is_read() {
    for (answer, kind, words) in [
        (
            refused(404, "Not Found", "/v2/site/x"),
            ErrorKind::NotFound,
            Some("Not Found"),
        ),
        (
            json(400, r#"{"errors":[{"message":"Bad name","code":42}]}"#),
            ErrorKind::InvalidInput,
            Some("Bad name"),
        ),
        (
            json(400, r#"{"errors":["Bad name"]}"#),
            ErrorKind::InvalidInput,
            Some("Bad name"),
        ),
        (
            json(422, r#"{"message":"Bad name"}"#),
            ErrorKind::InvalidInput,
            Some("Bad name"),
        ),
        (
            json(400, r#"{"error":{"odd":1}}"#),
            ErrorKind::InvalidInput,
            None,
        ),
        (json(400, r#"["odd"]"#), ErrorKind::InvalidInput, None),
        (
            ResponseTemplate::new(400).set_body_raw("Bad Request", "text/plain"),
            ErrorKind::InvalidInput,
            None,
        ),
        // A wrong address, an older build or a proxy's word: not a missing record.
        (ResponseTemplate::new(404), ErrorKind::Config, None),
        (
            ResponseTemplate::new(404).set_body_raw("default backend - 404", "text/plain"),
            ErrorKind::Config,
            None,
        ),
        (
            json(404, r#"{"message":"No static resource v2/site/x."}"#),
            ErrorKind::Config,
            Some("No static resource v2/site/x."),
        ),
        (html(404), ErrorKind::Config, None),
        (
            ResponseTemplate::new(302).insert_header("location", "https://login.example.com/"),
            ErrorKind::Malformed,
            None,
        ),
    ] {
        let wire = Wire::start().await;
        wire.answer(line("GET", format!("/api/v2/site/{SITE}")), 1, answer)
            .await;
        let error = wire
            .client()
            .sites()
            .get(&SiteUid::new(SITE))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.vendor_message()),
            (kind, words),
            "{error}"
        );
        assert_eq!(error.operation(), "sites.get");
    }
}

#[tokio::test]
async fn input_that_cannot_be_right_is_not_sent() {
    let wire = Wire::start().await;
    let client = wire.client();
    let site = serde_json::from_value(value!({"uid": SITE, "name": "Acme"})).unwrap();
    for error in [
        client.sites().get(&SiteUid::new("..")).await.unwrap_err(),
        client.sites().get(&SiteUid::new("")).await.unwrap_err(),
        client
            .sites()
            .create(&NewSite::managed(" "))
            .await
            .unwrap_err(),
        client
            .sites()
            .update(&SiteUpdate::of(&site))
            .await
            .unwrap_err(),
    ] {
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::InvalidInput, Delivery::NotSent),
            "{error}"
        );
    }
    assert_eq!(wire.lines().await, Vec::<String>::new());
    assert_eq!(wire.logins().await, 0);
}
