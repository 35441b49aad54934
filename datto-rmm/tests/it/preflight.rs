//! Preflight: what is known, what failed, and what nobody can tell.

use client_core::ErrorKind;
use datto_rmm::Check;
use serde_json::json as value;
use wiremock::Mock;
use wiremock::ResponseTemplate;
use wiremock::matchers::{method, path};

use crate::support::{SITE, Wire, assert_no_secret, html, json, line, page, refused};

const LOG: &str = "/api/v2/activity-logs?size=1";
const STATUS: &str = r#"{"version":"2.0.0 Build 235","status":"OK","started":1767225600000}"#;

async fn status(wire: &Wire) {
    wire.answer(line("GET", "/api/v2/system/status"), 1, json(200, STATUS))
        .await;
}

async fn rest(wire: &Wire, account: &str, sites: &serde_json::Value, rate: &str) {
    wire.answer(
        line("GET", LOG),
        1,
        json(
            200,
            r#"{"pageDetails":{"count":0},"activities":[],"error":null}"#,
        ),
    )
    .await;
    all_but_log(wire, account, sites, rate).await;
}

async fn all_but_log(wire: &Wire, account: &str, sites: &serde_json::Value, rate: &str) {
    wire.answer(line("GET", "/api/v2/account"), 1, json(200, account))
        .await;
    let listed = page("sites", sites, None, None);
    wire.answer(
        line("GET", "/api/v2/account/sites?max=250&page=0"),
        1,
        listed,
    )
    .await;
    wire.answer(
        line("GET", "/api/v2/system/request_rate"),
        1,
        json(200, rate),
    )
    .await;
}

/// F003, N12: everything that can be checked is, and rights are called unknown.
#[tokio::test]
async fn f003_n12_all_is_well() {
    let wire = Wire::start().await;
    status(&wire).await;
    let sites =
        value!([{"uid": "deleted-1", "name": "Deleted Devices"}, {"uid": SITE, "name": "Acme"}]);
    rest(
        &wire,
        r#"{"uid":"abc123","name":"Example MSP"}"#,
        &sites,
        r#"{"accountCount":12,"accountRateLimit":600,"accountWriteRateLimit":600,"accountWriteCount":3}"#,
    )
    .await;
    let preflight = wire.client().preflight().await;
    assert!(preflight.is_ready());
    assert_eq!(preflight.sites_visible.passed(), Some(&true));
    assert!(preflight.activity_log.passed().is_some());
    assert!(matches!(preflight.rights, Check::Unknown(_)));
    let text = preflight.to_string();
    for part in [
        "Build 235",
        "Example MSP, uid abc123 on 127.0.0.1:",
        "12 of 600 reads and 3 of 600 writes",
        "ok       activity log: readable",
        "unknown  rights",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_no_secret(&format!("{text} {preflight:?}"));
}

/// U19: a key that logs in and sees nothing is not passed over, whatever the reason.
#[tokio::test]
async fn u19_a_key_that_sees_nothing() {
    let wire = Wire::start().await;
    status(&wire).await;
    let sites = value!([{"uid": "deleted-1", "name": "Deleted Devices"}]);
    rest(
        &wire,
        r#"{"uid":"abc123"}"#,
        &sites,
        r#"{"accountCount":1,"accountRateLimit":600}"#,
    )
    .await;
    let preflight = wire.client().preflight().await;
    assert_eq!(preflight.sites_visible.passed(), Some(&false));
    assert!(!preflight.is_ready());
    assert!(preflight.budget.passed().unwrap().single_bucket);
    let text = preflight.to_string();
    assert!(
        text.contains("failed   sites: none visible: a key of another platform")
            && text.contains("writes counted among them"),
        "{text}"
    );
}

/// U19: the account's own counts show that the key sees less than there is.
#[tokio::test]
async fn u19_a_key_that_sees_less_than_there_is() {
    let wire = Wire::start().await;
    status(&wire).await;
    let account = r#"{"uid":"abc123","devicesStatus":{"numberOfDevices":12}}"#;
    rest(&wire, account, &value!([]), "{}").await;
    let preflight = wire.client().preflight().await;
    assert!(!preflight.is_ready());
    let text = preflight.to_string();
    assert!(
        text.contains("failed   sites: none visible, although the account has 12 devices"),
        "{text}"
    );
}

/// F057, F058, U23: a key of least privilege is ready, and is told what the activity log needs beyond.
#[tokio::test]
async fn f058_the_activity_log_needs_an_administrator() {
    let wire = Wire::start().await;
    status(&wire).await;
    wire.answer(
        line("GET", LOG),
        1,
        refused(403, "Forbidden", "/v2/activity-logs"),
    )
    .await;
    let sites = value!([{"uid": SITE, "name": "Acme"}]);
    all_but_log(&wire, r#"{"uid":"abc123"}"#, &sites, "{}").await;
    let preflight = wire.client().preflight().await;
    assert!(preflight.is_ready(), "the log is not asked for");
    assert_eq!(
        preflight.activity_log.error().unwrap().kind(),
        ErrorKind::Denied
    );
    let text = preflight.to_string();
    assert!(
        text.contains("failed   activity log") && text.contains("security level Administrator"),
        "{text}"
    );
}

/// A log that cannot be asked is not taken for one that may not be read.
#[tokio::test]
async fn u23_a_log_that_fails_is_no_lack_of_rights() {
    let wire = Wire::start().await;
    status(&wire).await;
    let body = r#"{"pageDetails":{"count":0},"activities":[],"error":"shard unavailable"}"#;
    wire.answer(line("GET", LOG), 4, json(200, body)).await;
    all_but_log(&wire, r#"{"uid":"abc123"}"#, &value!([]), "{}").await;
    let text = wire.client().preflight().await.to_string();
    assert!(
        text.contains("failed   activity log") && text.contains("shard unavailable"),
        "{text}"
    );
    assert!(!text.contains("Administrator"), "{text}");
}

/// U19: what is no API of this vendor gets neither a key nor the benefit of the doubt.
#[tokio::test]
async fn u19_a_wrong_address_stops_at_once() {
    for answer in [
        html(404),
        html(200),
        refused(404, "Not Found", "/v2/system/status"),
    ] {
        let wire = Wire::start().await;
        Mock::given(method("GET"))
            .and(path("/api/v2/system/status"))
            .respond_with(answer)
            .mount(&wire.server)
            .await;
        let preflight = wire.client().preflight().await;
        assert!(!preflight.is_ready());
        assert!(preflight.reachable.error().is_some());
        assert!(
            matches!(preflight.log_in, Check::Unknown(_))
                && matches!(preflight.account, Check::Unknown(_))
                && matches!(preflight.activity_log, Check::Unknown(_))
        );
        assert_eq!(wire.logins().await, 0, "the key is not sent to a stranger");
    }
}

/// F003: an API that is switched off looks like a wrong key, so all reasons are named.
#[tokio::test]
async fn f003_a_refused_key() {
    let wire = Wire::bare().await;
    status(&wire).await;
    let login = Mock::given(method("POST"))
        .and(path("/auth/oauth/token"))
        .respond_with(ResponseTemplate::new(401));
    login.expect(1).mount(&wire.server).await;
    let preflight = wire.client().preflight().await;
    assert_eq!(
        preflight.log_in.error().unwrap().kind(),
        ErrorKind::Credentials
    );
    assert!(matches!(preflight.account, Check::Unknown(_)));
    let text = preflight.to_string();
    assert!(
        text.contains("another platform") && text.contains("switched off"),
        "{text}"
    );
}

#[tokio::test]
async fn an_account_without_a_uid_is_not_ready() {
    let wire = Wire::start().await;
    status(&wire).await;
    rest(
        &wire,
        r#"{"uid":null,"name":"Example MSP"}"#,
        &value!([]),
        "{}",
    )
    .await;
    let preflight = wire.client().preflight().await;
    assert!(!preflight.is_ready());
    assert_eq!(preflight.account.error().unwrap().kind(), ErrorKind::Decode);
    assert!(preflight.to_string().contains("untold of untold reads"));
}
