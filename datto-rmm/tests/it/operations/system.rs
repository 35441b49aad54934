//! The API about itself.

use super::Case;
use crate::support::{Wire, json, line};

pub(super) async fn system(case: &Case) {
    let status = r#"{"version":"2.0.0 Build 235","status":"OK","started":1767225600000}"#;
    case.wire
        .answer(line("GET", "/api/v2/system/status"), 1, json(200, status))
        .await;
    let status = case.client.system().status().await.unwrap();
    assert_eq!(status.version.as_deref(), Some("2.0.0 Build 235"));
    assert_eq!(case.wire.logins().await, 0, "the one call without a token");
    let requests = case.wire.server.received_requests().await.unwrap();
    assert!(!requests[0].headers.contains_key("authorization"));

    case.wire
        .answer(
            line("GET", "/api/v2/system/pagination"),
            1,
            json(200, r#"{"max":250}"#),
        )
        .await;
    assert_eq!(
        case.client.system().pagination().await.unwrap().max,
        Some(250)
    );

    let rate = r#"{"slidingTimeWindowSizeSeconds":60,"accountUid":"abc123","accountCount":12,"accountRateLimit":600,
        "accountCutOffRatio":0.9,"accountWriteRateLimit":600,"accountWriteCount":3,
        "operationWriteStatus":{"site-create":{"limit":100,"count":1},"device-udf-set":{"limit":600,"count":0}}}"#;
    case.wire
        .answer(
            line("GET", "/api/v2/system/request_rate"),
            2,
            json(200, rate),
        )
        .await;
    let read = case.client.system().request_rate().await.unwrap();
    assert_eq!(
        (
            read.account_count,
            read.operation_write_status["site-create"].limit
        ),
        (Some(12), Some(100))
    );
    let found = case.client.calibrate().await.unwrap();
    assert!(!found.single_bucket);
    let usage = case.client.limits().usage();
    let used = |bucket: &str| {
        usage
            .iter()
            .find(|usage| usage.bucket == bucket)
            .map(|usage| usage.used)
    };
    assert_eq!(
        (used("read"), used("write"), used("site-create")),
        (Some(12), Some(3), Some(1))
    );
}

#[tokio::test]
async fn nulls_and_unknown_fields_spoil_nothing() {
    let wire = Wire::start().await;
    let target = |name: &str| line("GET", format!("/api/v2/system/{name}"));
    let answers = [
        (
            "status",
            r#"{"version":null,"status":null,"started":null,"addedLater":{}}"#,
        ),
        ("pagination", r#"{"max":null,"addedLater":1}"#),
        (
            "request_rate",
            r#"{"slidingTimeWindowSizeSeconds":null,"accountUid":null,"accountCount":null,"accountRateLimit":null,
            "accountCutOffRatio":null,"accountWriteRateLimit":null,"accountWriteCount":null,
            "operationWriteStatus":{"site-create":null,"added-later":{"limit":null,"count":null,"new":1}},"addedLater":[]}"#,
        ),
    ];
    for (name, body) in answers {
        wire.answer_once(target(name), json(200, body)).await;
        wire.answer_once(target(name), json(200, "{}")).await;
    }
    let client = wire.client();
    let system = client.system();
    let nothing = system.status().await.unwrap();
    assert_eq!(nothing, system.status().await.unwrap());
    assert_eq!((&nothing.version, &nothing.started), (&None, &None));
    let nothing = system.pagination().await.unwrap();
    assert_eq!(nothing, system.pagination().await.unwrap());
    assert_eq!(nothing.max, None);
    let mut nothing = system.request_rate().await.unwrap();
    let added = nothing
        .operation_write_status
        .remove("added-later")
        .unwrap();
    assert_eq!((added.limit, added.count), (None, None));
    assert_eq!(nothing, system.request_rate().await.unwrap());
}
