use client_core::{Call, Delivery, ErrorKind, RetryPolicy};
use datto_networking::{Code, Family};
use wiremock::{Request, Respond, ResponseTemplate};

use crate::support::{
    GET, NO_NETWORKS, PUT, builder, client, json, raw, received, refusal, scripted, server,
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

/// Refuses with the status and the code of the path.
struct Refuse;

impl Respond for Refuse {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut path = request.url.path().split('/').skip(1);
        let mut number = || path.next().and_then(|text| text.parse::<u32>().ok());
        let status = number().and_then(|status| u16::try_from(status).ok());
        refusal(status.unwrap_or(404), number().unwrap_or_default())
    }
}

/// The whole published table: what each code makes of an answer, whatever the status says.
#[tokio::test]
async fn every_code_has_its_meaning() {
    let table = [
        (
            ErrorKind::Server,
            vec![1000..=1000, 1016..=1016, 1019..=1019],
        ),
        (
            ErrorKind::Denied,
            vec![
                1001..=1001,
                1018..=1018,
                12_047..=12_047,
                13_006..=13_006,
                13_008..=13_010,
                20_015..=20_016,
                20_020..=20_020,
                20_022..=20_023,
                20_026..=20_029,
                20_031..=20_031,
                20_034..=20_034,
                20_039..=20_040,
                20_042..=20_043,
                30_001..=30_002,
                40_006..=40_007,
                50_001..=50_001,
            ],
        ),
        (
            ErrorKind::NotFound,
            vec![
                1004..=1004,
                1007..=1007,
                1017..=1017,
                12_000..=12_000,
                12_012..=12_012,
                12_020..=12_020,
                16_002..=16_002,
                20_004..=20_004,
                40_000..=40_000,
                40_002..=40_003,
                50_000..=50_000,
            ],
        ),
        (
            ErrorKind::Conflict,
            vec![
                10_000..=10_002,
                12_017..=12_017,
                12_022..=12_022,
                16_000..=16_001,
                16_003..=16_003,
                17_000..=17_002,
                20_000..=20_000,
                20_002..=20_002,
                20_009..=20_009,
                20_019..=20_019,
                20_021..=20_021,
                20_024..=20_025,
                20_035..=20_035,
                20_038..=20_038,
                20_044..=20_045,
                20_047..=20_047,
                40_001..=40_001,
                40_004..=40_005,
                50_002..=50_002,
            ],
        ),
        (
            ErrorKind::InvalidInput,
            vec![
                1003..=1003,
                1005..=1006,
                1008..=1008,
                11_000..=11_002,
                12_001..=12_011,
                12_013..=12_016,
                12_018..=12_019,
                12_024..=12_025,
                12_027..=12_028,
                12_030..=12_030,
                14_000..=14_000,
                16_004..=16_004,
                19_007..=19_007,
                20_001..=20_001,
                20_003..=20_003,
                20_006..=20_008,
                20_010..=20_010,
                20_013..=20_014,
                20_017..=20_018,
                20_030..=20_030,
                20_032..=20_032,
                20_036..=20_037,
                30_000..=30_000,
                40_008..=40_008,
                50_003..=50_003,
            ],
        ),
        (
            ErrorKind::Credentials,
            vec![
                13_000..=13_000,
                13_005..=13_005,
                13_007..=13_007,
                13_011..=13_011,
                13_016..=13_016,
            ],
        ),
        (
            ErrorKind::Config,
            vec![13_001..=13_004, 13_012..=13_012, 13_015..=13_015],
        ),
        (
            ErrorKind::Vendor,
            vec![
                1002..=1002,
                12_021..=12_021,
                12_023..=12_023,
                12_026..=12_026,
                12_029..=12_029,
                14_002..=14_003,
                16_005..=16_007,
                17_003..=17_007,
                20_005..=20_005,
                20_011..=20_012,
                20_033..=20_033,
                20_041..=20_041,
            ],
        ),
    ];
    let server = server(Refuse).await;
    let mut met = std::collections::BTreeSet::from([1009, 14_001]);
    for (kind, code) in table
        .into_iter()
        .flat_map(|(kind, ranges)| ranges.into_iter().flatten().map(move |code| (kind, code)))
    {
        for status in [200, 403, 500] {
            // Refused credentials stop a client.
            let settings =
                |core: client_core::ClientBuilder| core.no_proxy().retry(RetryPolicy::never());
            let client = builder(&server).settings(settings).build().unwrap();
            let call = raw(&GET, &format!("/{status}/{code}"));
            let error = client.send(Family::Networks, call).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.status()),
                (kind, Some(status)),
                "{status} {code}"
            );
            assert_eq!(error.vendor_code(), Some(code.to_string().as_str()));
        }
        met.insert(code);
    }
    let known: std::collections::BTreeSet<_> =
        Code::KNOWN.iter().map(|code| code.number()).collect();
    assert_eq!(met, known, "a code without a meaning here");
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
            .list()
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
