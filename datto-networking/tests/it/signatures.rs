use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use client_core::{Clock, Delivery, ErrorKind, ManualClock, Method, Operation, Repeat};
use datto_networking::signing::Nonces;
use datto_networking::{Client, Family, Host};
use jiff::Timestamp;
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

/// A clock that stands still.
#[derive(Debug)]
struct At(i64);

#[async_trait::async_trait]
impl Clock for At {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap()
    }

    async fn sleep_until(&self, _: Instant) {}
}

/// The known signatures, by what a whole client sends: each right one, and none of the usual mistakes.
#[tokio::test]
async fn the_client_sends_the_known_signatures() {
    const KEY: &str = "4d6f636b4b6579314d6f636b4b6579314d6f636b4b6579314d6f636b4b657931";
    const SECRET: &str = "9f1c2e3a5b7d8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70819";
    const LOBBY: &str = r#"{"description":"Lobby AP","latitude":45.5227,"longitude":-122.6786}"#;
    const CAFE: &str = r#"{"description":"Café – hall 2"}"#;
    const ACL: &str = r#"{"mac_acl":[{"name":"foo"}]}"#;
    let (at, number) = (1_735_689_600, |number: u32| format!("n0nce{number:04}"));
    for (pair, at, nonce, operation, to, body, wanted, wrong) in [
        (
            ("api-key", "super-secret"),
            1_700_000_000,
            "abc123".to_owned(),
            &GET,
            "/network/list",
            "",
            "7614c0ac3d21a2da982fadf34fd49be4090456fbde0e8e3d89946e3a71fc9cab",
            "",
        ),
        (
            (KEY, SECRET),
            at,
            number(1),
            &GET,
            "/network/list",
            "",
            "c6eb6a104af38d85d33fd825e4c97278814adea5c75c69ad1c89d461c8880049",
            "",
        ),
        (
            (KEY, SECRET),
            at,
            number(2),
            &GET,
            "/history/network/12345/clients?period=week",
            "",
            "6fcff1fbc7cc885687a7af67ee73acf55e02ec73d26ddf4088438e9fb1426bdd",
            "aa60c3913646f6d0d50ed509125dd4a1beb7380a3a0f7ace17322e359834bb25",
        ),
        (
            (KEY, SECRET),
            at,
            number(3),
            &PUT,
            "/node/548430",
            LOBBY,
            "3c1bc968e46f3c14c9723bc64f2cfec473b1faae4e1a07d9207282ad69bd7d12",
            "5d0f079b60b4cc24d1e0f440c03321d1a02b3ab93a74cf8b5ba47327fa8bbc5a",
        ),
        (
            (KEY, SECRET),
            at,
            number(4),
            &PUT,
            "/node/548430",
            CAFE,
            "6cd31076fcb0182630199ee2952b75dade8afb6c1082694a7d76353656c49c1e",
            "954426bec69b683180c132570b9f520f3631d7f56b1b26d2e83ec6d8390dbaa0",
        ),
        (
            (KEY, SECRET),
            at,
            number(5),
            &DELETE,
            "/switch/777",
            "",
            "86f2a592733e2073cd3fdaacf7f6371d9fbcb72cf3ff0a6d52f8c16f9db4df11",
            "",
        ),
        (
            (KEY, SECRET),
            at,
            number(6),
            &GET,
            "/voucher/network/12345?code=Room%201",
            "",
            "aa7ed9278ba91eef5b900a96a77f53f2df0d19fd74e8297d1daad2c950856d7e",
            "",
        ),
        (
            (KEY, SECRET),
            at,
            number(7),
            &GET,
            "/node/does_mac_exist?mac=ac:86:74:aa:bb:cc",
            "",
            "ef61224bb4552ec31927e2dc7f6e3e9e752a16a09cc592470e930cb0c0c2e80f",
            "f1c8ceed81a9a05f5dc635723a9bf3fe4e62f06d94ad10188e8bd5b85e2d6b45",
        ),
        (
            (KEY, SECRET),
            at,
            number(9),
            &PUT,
            "/account/service_agreement",
            "",
            "da053d2350244e418a835d1c9ecd502dbf8f6276fd332ae24cc0feda6d37d341",
            "",
        ),
        (
            (KEY, SECRET),
            at,
            number(10),
            &DELETE,
            "/switch/123/acl",
            ACL,
            "6d7f37eae3273774b82efe11fbb048320da9ceb5332c906c769bae59f5b55f91",
            "",
        ),
    ] {
        let server = scripted([answer(200, "{}")]).await;
        let authorization = format!("key={},timestamp={at},nonce={nonce}", pair.0);
        let client = Client::builder(pair.0, pair.1)
            .base_url(server.uri())
            .settings(client_core::ClientBuilder::no_proxy)
            .clock(Arc::new(At(at)))
            .nonces(Nonces::from_source(move || nonce.clone()))
            .allow_writes()
            .build()
            .unwrap();
        let mut call = raw(operation, to);
        if !body.is_empty() {
            // As text, so that the order of the fields stays.
            let body: Box<serde_json::value::RawValue> = serde_json::from_str(body).unwrap();
            call = call.json(&body);
        }
        client.send(Family::Networks, call).await.unwrap();
        let request = &received(&server).await[0];
        assert_eq!(
            header(request, "authorization"),
            Some(authorization.as_str())
        );
        assert_eq!(
            (target(request).as_str(), request.body.as_slice()),
            (to, body.as_bytes())
        );
        assert_eq!(header(request, "signature"), Some(wanted), "{to}");
        assert_ne!(header(request, "signature"), Some(wrong), "{to}");
    }
}

/// Nothing is sent with a nonce that could be read as another header.
#[tokio::test]
async fn a_source_of_unusable_nonces_is_refused() {
    for nonce in ["", "a,timestamp=1", "a=b", "a b", "é", "a\n"] {
        let server = scripted([answer(200, NO_NETWORKS)]).await;
        let nonces = Nonces::from_source(move || nonce.to_owned());
        let client = builder(&server).nonces(nonces).build().unwrap();
        let error = client.networks().list().collect_all().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Config, Delivery::NotSent),
            "{nonce:?}: {error}"
        );
        assert_eq!(received(&server).await.len(), 0);
    }
}

/// A call is serialised once: whatever happens to the value afterwards, and however often it is sent, the signed bytes
/// are the sent bytes.
#[tokio::test]
async fn the_body_is_fixed_when_the_call_is_built() {
    const WRITE: Operation = Operation::raw("raw.put", Method::Put, Repeat::Idempotent);
    let server = scripted([answer(503, ""), answer(200, "{}"), answer(200, "{}")]).await;
    let client = builder(&server).allow_writes().build().unwrap();
    let mut value = json!({"name": "before"});
    let call = raw(&WRITE, "/node/1").json(&value);
    value["name"] = json!("after");
    client.send(Family::Networks, call.clone()).await.unwrap();
    client.send(Family::Networks, call).await.unwrap();
    let requests = received(&server).await;
    let nonces: HashSet<_> = requests
        .iter()
        .map(|request| verify(request).nonce)
        .collect();
    assert_eq!((requests.len(), nonces.len()), (3, 3));
    for request in &requests {
        assert_eq!(request.body, br#"{"name":"before"}"#);
        assert_eq!(header(request, "content-encoding"), None);
    }
    // A body that was changed on the way does not fit its signature any more.
    let mut forged = requests[0].clone();
    forged.body = value.to_string().into_bytes();
    assert!(std::panic::catch_unwind(|| verify(&forged)).is_err());
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
