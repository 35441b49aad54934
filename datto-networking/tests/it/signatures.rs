use std::collections::HashSet;
use std::sync::Arc;

use client_core::{ErrorKind, ManualClock};
use datto_networking::{Family, Host};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::support::{
    DELETE, GET, NO_NETWORKS, PUT, START, Signed, builder, client, header, json as answer, raw,
    received, scripted, target, verify, verify_over,
};

#[tokio::test]
async fn every_request_is_signed_over_exactly_what_is_sent() {
    let server = scripted([answer(200, NO_NETWORKS)]).await;
    let client = builder(&server).allow_writes().build().unwrap();
    client.networks().list().collect_all().await.unwrap();
    for call in [
        raw(&GET, "/voucher/network/12345?code=Room%201"),
        raw(&GET, "/node/does_mac_exist?mac=ac:86:74:aa:bb:cc"),
        raw(&GET, "/network/search?by_name=%25Caf%C3%A9%25"),
        raw(&GET, "/history/network/1/client/Zk3x%3D?period=week"),
        raw(&PUT, "/node/548430")
            .json(&json!({"description": "Café – hall 2", "latitude": 45.5227})),
        raw(&PUT, "/account/service_agreement"),
        raw(&DELETE, "/switch/777"),
        raw(&DELETE, "/switch/123/acl").json(&json!({"mac_acl": [{"name": "foo"}]})),
    ] {
        client.send(Family::Networks, call).await.unwrap();
    }
    let requests = received(&server).await;
    let targets: Vec<_> = requests.iter().map(target).collect();
    assert_eq!(
        targets,
        [
            "/network/list",
            "/voucher/network/12345?code=Room%201",
            "/node/does_mac_exist?mac=ac:86:74:aa:bb:cc",
            "/network/search?by_name=%25Caf%C3%A9%25",
            "/history/network/1/client/Zk3x%3D?period=week",
            "/node/548430",
            "/account/service_agreement",
            "/switch/777",
            "/switch/123/acl",
        ]
    );
    for request in &requests {
        let signed = verify(request);
        assert_eq!(signed.nonce.len(), 32);
        assert!(
            (START..START + 10).contains(&signed.timestamp),
            "{signed:?}"
        );
        assert_eq!(header(request, "openmesh-api-version"), Some("1"));
        assert_eq!(header(request, "content-type"), Some("application/json"));
        assert_eq!(header(request, "accept"), Some("application/json"));
    }
    // The length is told where there is nothing to send too.
    assert_eq!(header(&requests[6], "content-length"), Some("0"));
    assert_eq!(
        requests[5].body,
        r#"{"description":"Café – hall 2","latitude":45.5227}"#.as_bytes()
    );
    assert_eq!(requests[8].body, br#"{"mac_acl":[{"name":"foo"}]}"#);
}

#[tokio::test]
async fn a_retried_attempt_has_a_signature_of_its_own() {
    let server = scripted([
        answer(503, ""),
        answer(500, "oops"),
        answer(200, NO_NETWORKS),
    ])
    .await;
    client(&server)
        .networks()
        .list()
        .collect_all()
        .await
        .unwrap();
    let signed: Vec<Signed> = received(&server).await.iter().map(verify).collect();
    let nonces: HashSet<_> = signed.iter().map(|signed| &signed.nonce).collect();
    assert_eq!((signed.len(), nonces.len()), (3, 3));
}

/// Clones in many tasks share one sequence of nonces.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_nonce_repeats_over_concurrent_clones() {
    let server = scripted([answer(200, NO_NETWORKS)]).await;
    let client = builder(&server)
        .requests_per_second(10_000)
        .max_in_flight(16)
        .build()
        .unwrap();
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                for _ in 0..12 {
                    client.networks().list().collect_all().await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let requests = received(&server).await;
    let nonces: HashSet<_> = requests
        .iter()
        .map(|request| verify(request).nonce)
        .collect();
    assert_eq!((requests.len(), nonces.len()), (192, 192));
}

/// A gateway may put the API below a path of its own, which is not signed unless that is asked for.
#[tokio::test]
async fn the_base_path_is_signed_only_if_asked_for() {
    let server = scripted([answer(200, NO_NETWORKS)]).await;
    for sign in [false, true] {
        let client = builder(&server)
            .base_url(format!("{}/gate/", server.uri()))
            .sign_base_path(sign)
            .build()
            .unwrap();
        client.networks().list().collect_all().await.unwrap();
    }
    let requests = received(&server).await;
    assert_eq!(
        requests.iter().map(target).collect::<Vec<_>>(),
        ["/gate/network/list", "/gate/network/list"]
    );
    verify_over(
        &requests[0],
        ("authorization", "signature"),
        "/network/list",
    );
    verify_over(
        &requests[1],
        ("authorization", "signature"),
        "/gate/network/list",
    );
}

#[tokio::test]
async fn emergency_switches_leave_query_and_delete_body_unsigned() {
    let server = scripted([answer(200, "{}")]).await;
    let client = builder(&server)
        .allow_writes()
        .sign_query(false)
        .sign_delete_body(false)
        .build()
        .unwrap();
    client
        .send(Family::Networks, raw(&GET, "/network/search?by_name=a"))
        .await
        .unwrap();
    client
        .send(
            Family::Networks,
            raw(&DELETE, "/switch/1/acl").json(&json!({"a": 1})),
        )
        .await
        .unwrap();
    let mut requests = received(&server).await;
    verify_over(
        &requests[0],
        ("authorization", "signature"),
        "/network/search",
    );
    assert_eq!(std::mem::take(&mut requests[1].body), br#"{"a":1}"#);
    verify(&requests[1]);
}

#[tokio::test]
async fn header_names_and_version_can_be_set() {
    let server = scripted([answer(200, NO_NETWORKS)]).await;
    let host = Host::new(server.uri())
        .authorization_header("X-Datto-Authorization")
        .signature_header("X-Datto-Signature")
        .version_header("X-Datto-API-Version")
        .api_version(Some(2));
    let client = builder(&server)
        .host(Family::Networks, host)
        .extra_header("x-gateway", "pass")
        .build()
        .unwrap();
    client.networks().list().collect_all().await.unwrap();
    let client = builder(&server)
        .host(Family::Networks, Host::new(server.uri()).api_version(None))
        .build()
        .unwrap();
    client.networks().list().collect_all().await.unwrap();
    let requests = received(&server).await;
    verify_over(
        &requests[0],
        ("x-datto-authorization", "x-datto-signature"),
        "/network/list",
    );
    assert_eq!(header(&requests[0], "x-datto-api-version"), Some("2"));
    assert_eq!(header(&requests[0], "x-gateway"), Some("pass"));
    assert_eq!(
        (
            header(&requests[0], "authorization"),
            header(&requests[0], "openmesh-api-version")
        ),
        (None, None)
    );
    verify(&requests[1]);
    assert_eq!(header(&requests[1], "openmesh-api-version"), None);
}

/// A signature must not go to another host.
#[tokio::test]
async fn redirects_are_refused() {
    let other = scripted([answer(200, NO_NETWORKS)]).await;
    let to = format!("{}/network/list", other.uri());
    for status in [301, 302, 307, 308] {
        let server =
            scripted([ResponseTemplate::new(status).insert_header("location", to.as_str())]).await;
        let error = client(&server)
            .networks()
            .list()
            .collect_all()
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::Malformed, Some(status)),
            "{error}"
        );
        assert_eq!(received(&server).await.len(), 1);
    }
    assert_eq!(received(&other).await.len(), 0);
}

#[tokio::test]
async fn the_default_budget_is_two_requests_in_any_second() {
    let server = scripted([answer(200, NO_NETWORKS)]).await;
    let clock = Arc::new(ManualClock::jumping());
    let client = builder(&server).clock(clock.clone()).build().unwrap();
    for _ in 0..5 {
        client.networks().list().collect_all().await.unwrap();
    }
    assert!(
        clock.slept() >= std::time::Duration::from_secs(2),
        "{:?}",
        clock.slept()
    );
    assert_eq!(client.limits().usage()[0].ceiling, 2);
}

#[tokio::test]
async fn the_default_budget_is_two_requests_under_way() {
    let slow = answer(200, NO_NETWORKS).set_delay(std::time::Duration::from_millis(100));
    let server = scripted([slow]).await;
    let client = builder(&server).requests_per_second(1000).build().unwrap();
    let began = std::time::Instant::now();
    let lists = (0..6).map(|_| client.networks().list().collect_all());
    for result in futures_util::future::join_all(lists).await {
        result.unwrap();
    }
    assert!(
        began.elapsed() >= std::time::Duration::from_millis(290),
        "{:?}",
        began.elapsed()
    );
}
