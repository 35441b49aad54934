use client_core::{Call, Delivery, ErrorKind};
use datto_networking::{Code, Family};
use wiremock::ResponseTemplate;

use crate::support::{
    GET, NO_NETWORKS, PUT, builder, client, json, raw, received, refusal, scripted,
};

#[tokio::test]
async fn the_code_decides_before_the_status() {
    for (status, code, kind) in [
        (403, 1017, ErrorKind::NotFound),
        (200, 1017, ErrorKind::NotFound),
        (500, 1017, ErrorKind::NotFound),
        (400, 12_047, ErrorKind::Denied),
        (403, 12_001, ErrorKind::InvalidInput),
        (403, 17_001, ErrorKind::Conflict),
        (200, 13_006, ErrorKind::Denied),
        (401, 30_001, ErrorKind::Denied),
        (403, 13_004, ErrorKind::Config),
        (404, 17_004, ErrorKind::Vendor),
        (200, 99_999, ErrorKind::Vendor),
        (404, 99_999, ErrorKind::NotFound),
        (403, 20_046, ErrorKind::Denied),
    ] {
        let server = scripted([refusal(status, code)]).await;
        let error = client(&server)
            .networks()
            .list()
            .collect_all()
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (kind, Some(status)),
            "{status} {code}: {error}"
        );
        assert_eq!(Code::of(&error).map(Code::number), Some(code));
        assert_eq!(error.vendor_message(), Some("No. [op]"));
        assert_eq!(
            (received(&server).await.len(), error.delivery()),
            (1, Delivery::Refused),
            "{code}"
        );
    }
}

#[tokio::test]
async fn all_elements_are_told() {
    let body = r#"{"errors":[{"code":"12001","message":"Too short","context":"name","values":{"min":"1"}},
        {"code":12003,"message":"Unknown","context":"timezone","values":{}}]}"#;
    let server = scripted([json(403, body)]).await;
    let error = client(&server)
        .networks()
        .list()
        .collect_all()
        .await
        .unwrap_err();
    assert_eq!(Code::of(&error), Some(Code::TextLength));
    assert_eq!(
        error.to_string(),
        "networks.list: invalid input (status 403, code 12001): Too short [name, min=1]; Unknown [timezone]"
    );
}

#[tokio::test]
async fn a_status_without_a_code_decides_alone() {
    for (status, body, kind) in [
        (403, "", ErrorKind::Denied),
        (404, "{}", ErrorKind::NotFound),
        (404, "<html>not here</html>", ErrorKind::Malformed),
        (400, r#"{"errors":[]}"#, ErrorKind::InvalidInput),
        (418, "tea", ErrorKind::Vendor),
    ] {
        let server = scripted([json(status, body)]).await;
        let client = client(&server);
        let error = client
            .network(1.into())
            .nodes()
            .collect_all()
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.vendor_code()),
            (kind, None),
            "{status} {body}: {error}"
        );
    }
}

#[tokio::test]
async fn success_has_many_shapes() {
    for body in [
        r#"{"code":1009,"message":"Success.","context":"update_node","values":{},"details":""}"#,
        r#"{"code":14001,"message":"Deleted.","context":"x","values":{}}"#,
        r#"{"code":"1009","message":"Success."}"#,
        r#"{"errors":[]}"#,
        r#"{"status":200}"#,
        "{}",
        "",
        "OK",
    ] {
        let server = scripted([ResponseTemplate::new(200).set_body_string(body)]).await;
        let client = builder(&server).allow_writes().build().unwrap();
        client
            .send(Family::Networks, Call::unit(&WRITE, []))
            .await
            .unwrap_or_else(|error| panic!("{body}: {error}"));
    }
}

const WRITE: client_core::Operation = client_core::Operation::put("nodes.update", "/node/1");

#[tokio::test]
async fn a_refusal_in_a_success_is_an_error_for_calls_without_an_answer_too() {
    for body in [
        r#"{"errors":[{"code":12001,"message":"Too short"}]}"#,
        r#"{"code":14002,"message":"Not deleted.","context":"x","values":{}}"#,
        r#"{"errors":["broken"]}"#,
    ] {
        let server = scripted([json(200, body)]).await;
        let client = builder(&server).allow_writes().build().unwrap();
        client
            .send(Family::Networks, Call::unit(&WRITE, []))
            .await
            .unwrap_err();
        client
            .send_raw(Family::Networks, raw(&PUT, "/node/1"))
            .await
            .unwrap_err();
    }
}

#[tokio::test]
async fn transient_failures_of_reads_are_repeated() {
    for first in [
        refusal(200, 1000),
        refusal(403, 1016),
        refusal(500, 1019),
        json(503, ""),
        json(200, "<html>"),
    ] {
        let server = scripted([first, json(200, NO_NETWORKS)]).await;
        client(&server)
            .networks()
            .list()
            .collect_all()
            .await
            .unwrap();
        assert_eq!(received(&server).await.len(), 2);
    }
}

#[tokio::test]
async fn transient_failures_of_writes_are_not_repeated_and_leave_doubt() {
    for first in [refusal(500, 1016), json(503, "")] {
        let server = scripted([first, json(200, "{}")]).await;
        let client = builder(&server).allow_writes().build().unwrap();
        let error = client
            .send(Family::Networks, raw(&PUT, "/node/1"))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Server, Delivery::Unknown)
        );
        assert_eq!(received(&server).await.len(), 1);
    }
}

#[tokio::test]
async fn throttling_is_waited_for() {
    let clock = std::sync::Arc::new(client_core::ManualClock::jumping());
    let server = scripted([
        json(429, "").insert_header("retry-after", "30"),
        json(200, NO_NETWORKS),
    ])
    .await;
    builder(&server)
        .clock(clock.clone())
        .build()
        .unwrap()
        .networks()
        .list()
        .collect_all()
        .await
        .unwrap();
    assert!(clock.slept() >= std::time::Duration::from_secs(30));
}

/// F083: once the credentials are refused, nothing more is sent until a person did something about it.
#[tokio::test]
async fn refused_credentials_stop_the_client() {
    for answer in [
        refusal(403, 13_000),
        refusal(401, 13_007),
        refusal(200, 13_011),
        refusal(403, 13_016),
        json(401, ""),
    ] {
        let server = scripted([answer, json(200, NO_NETWORKS)]).await;
        let client = client(&server);
        let error = client.networks().list().collect_all().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        let again = client.clone().node(1.into()).get().await.unwrap_err();
        assert_eq!(
            (again.kind(), again.delivery()),
            (ErrorKind::Credentials, Delivery::NotSent)
        );
        assert_eq!(received(&server).await.len(), 1);
        assert!(client.latched(Family::Networks).is_some());
        client.unlatch();
        client.networks().list().collect_all().await.unwrap();
    }
}

#[tokio::test]
async fn a_raw_call_follows_the_same_rules() {
    let server = scripted([json(200, r#"{"a":1}"#), refusal(200, 1002)]).await;
    let client = client(&server);
    let raw_answer = client
        .send_raw(Family::Networks, raw(&GET, "/something/new?a=b"))
        .await
        .unwrap();
    assert_eq!(
        (raw_answer.status, raw_answer.body.as_slice()),
        (200, &br#"{"a":1}"#[..])
    );
    let error = client
        .send(Family::Networks, raw(&GET, "/router/network/1/list"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), Code::of(&error)),
        (ErrorKind::Vendor, Some(Code::UnknownRequest))
    );
}
