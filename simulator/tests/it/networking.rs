//! Datto Networking: signatures, networks, access points.

use std::time::Duration;

use msp_simulator::{EmptyMaps, MacAddress, Settings, Simulator, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Reply, client, demo, networking, sign, signed, start};

const KEY: &str = "4d6f636b4b6579314d6f636b4b6579314d6f636b4b6579314d6f636b4b657931";
const SECRET: &str = "9f1c2e3a5b7d8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70819";

fn code(reply: &Reply) -> i64 {
    reply.json()["errors"][0]["code"]
        .as_i64()
        .unwrap_or_else(|| panic!("{}", reply.text))
}

/// A request with the vectors' key and time.
async fn vector(
    simulator: &Simulator,
    nonce: &str,
    method: Method,
    target: &str,
    body: &str,
    signature: &str,
) -> Reply {
    let authorization = format!("key={KEY},timestamp=1735689600,nonce={nonce}");
    signed(simulator, method, target, &authorization, signature, body).await
}

fn at_the_vectors_time() -> Simulator {
    let simulator = demo();
    simulator.set_networking_key(KEY, SECRET);
    simulator.set_clock_ms(1_735_689_600_000 + 14 * 60_000);
    simulator
}

#[tokio::test]
async fn published_signatures_are_taken_byte_for_byte() {
    let simulator = at_the_vectors_time();
    let listed = "c6eb6a104af38d85d33fd825e4c97278814adea5c75c69ad1c89d461c8880049";
    assert_eq!(
        vector(
            &simulator,
            "n0nce0001",
            Method::GET,
            "/network/list",
            "",
            listed
        )
        .await
        .status,
        200
    );
    // The rest is signed well and leads to what this world does not have.
    let body = r#"{"description":"Café – hall 2"}"#;
    let acl = r#"{"mac_acl":[{"name":"foo"}]}"#;
    let vectors = [
        (
            "n0nce0002",
            Method::GET,
            "/history/network/12345/clients?period=week",
            "",
            "6fcff1fbc7cc885687a7af67ee73acf55e02ec73d26ddf4088438e9fb1426bdd",
            12_000,
        ),
        (
            "n0nce0004",
            Method::PUT,
            "/node/548430",
            body,
            "6cd31076fcb0182630199ee2952b75dade8afb6c1082694a7d76353656c49c1e",
            1017,
        ),
        (
            "n0nce0005",
            Method::DELETE,
            "/switch/777",
            "",
            "86f2a592733e2073cd3fdaacf7f6371d9fbcb72cf3ff0a6d52f8c16f9db4df11",
            1017,
        ),
        (
            "n0nce0006",
            Method::GET,
            "/voucher/network/12345?code=Room%201",
            "",
            "aa7ed9278ba91eef5b900a96a77f53f2df0d19fd74e8297d1daad2c950856d7e",
            12_000,
        ),
        (
            "n0nce0007",
            Method::POST,
            "/node/does_mac_exist?mac=ac:86:74:aa:bb:cc",
            "",
            "ef61224bb4552ec31927e2dc7f6e3e9e752a16a09cc592470e930cb0c0c2e80f",
            1002,
        ),
        (
            "n0nce0010",
            Method::DELETE,
            "/switch/123/acl",
            acl,
            "6d7f37eae3273774b82efe11fbb048320da9ceb5332c906c769bae59f5b55f91",
            1017,
        ),
    ];
    for (nonce, method, target, body, signature, expected) in vectors {
        assert_eq!(
            code(&vector(&simulator, nonce, method, target, body, signature).await),
            expected,
            "{target}"
        );
    }
    let agreed = "da053d2350244e418a835d1c9ecd502dbf8f6276fd332ae24cc0feda6d37d341";
    let target = "/account/service_agreement";
    let agreed = vector(&simulator, "n0nce0009", Method::PUT, target, "", agreed).await;
    assert_eq!(
        (agreed.json()["code"].as_i64(), &agreed.json()["details"]),
        (Some(1009), &json!(""))
    );
}

#[tokio::test]
async fn signatures_over_anything_else_are_refused() {
    let simulator = at_the_vectors_time();
    let wrong = [
        (
            "n0nce0002",
            Method::GET,
            "/history/network/12345/clients?period=week",
            "",
            "aa60c3913646f6d0d50ed509125dd4a1beb7380a3a0f7ace17322e359834bb25",
        ),
        (
            "n0nce0003",
            Method::PUT,
            "/node/548430",
            r#"{"description":"Lobby AP","latitude":45.5227,"longitude":-122.6786}"#,
            "5d0f079b60b4cc24d1e0f440c03321d1a02b3ab93a74cf8b5ba47327fa8bbc5a",
        ),
        (
            "n0nce0007",
            Method::GET,
            "/node/does_mac_exist?mac=ac:86:74:aa:bb:cc",
            "",
            "f1c8ceed81a9a05f5dc635723a9bf3fe4e62f06d94ad10188e8bd5b85e2d6b45",
        ),
    ];
    for (nonce, method, target, body, signature) in wrong {
        let reply = vector(&simulator, nonce, method, target, body, signature).await;
        assert_eq!((reply.status, code(&reply)), (403, 13_000), "{target}");
    }
}

#[tokio::test]
async fn each_reason_has_its_code() {
    let simulator = demo();
    let (key, secret) = (simulator.networking_key(), simulator.networking_secret());
    let now = simulator.now_ms() / 1000;
    let send = async |authorization: &str, signature: &str| {
        code(
            &signed(
                &simulator,
                Method::GET,
                "/network/list",
                authorization,
                signature,
                "",
            )
            .await,
        )
    };
    let good = async |authorization: &str| {
        send(
            authorization,
            &sign(&secret, authorization, "/network/list", ""),
        )
        .await
    };
    assert_eq!(good(&format!("key={key},timestamp={now}")).await, 13_001);
    assert_eq!(good(&format!("key={key},nonce=abc")).await, 13_001);
    assert_eq!(
        good(&format!("key=other,timestamp={now},nonce=a1")).await,
        13_011
    );
    assert_eq!(
        good(&format!("key={key},timestamp={},nonce=a2", now - 901)).await,
        13_002
    );
    assert_eq!(
        good(&format!("key={key},timestamp={},nonce=a3", now + 1000)).await,
        13_002
    );
    assert_eq!(
        send(&format!("key={key},timestamp={now},nonce=a4"), "").await,
        13_015
    );
    assert_eq!(
        send(&format!("key={key},timestamp={now},nonce=a5"), "00").await,
        13_000
    );
    assert_eq!(
        good(&format!(
            "key={key},timestamp={now},nonce={}",
            "a".repeat(33)
        ))
        .await,
        13_012
    );
    simulator.revoke_networking_key();
    assert_eq!(
        good(&format!("key={key},timestamp={now},nonce=a6")).await,
        13_005
    );
}

#[tokio::test]
async fn a_nonce_is_good_once_in_half_an_hour() {
    let simulator = demo();
    assert_eq!(
        networking(&simulator, "/network/list", "once").await.status,
        200
    );
    let again = networking(&simulator, "/time", "once").await;
    assert_eq!((again.status, code(&again)), (403, 13_003));
    simulator.advance(Duration::from_mins(30));
    assert_eq!(networking(&simulator, "/time", "once").await.status, 200);
}

#[tokio::test]
async fn the_time_and_the_date_header_are_the_vendors() {
    let simulator = demo();
    simulator.set_clock_ms(1_735_689_600_000);
    let time = networking(&simulator, "/time", "t1").await;
    assert_eq!(time.json(), json!({"time": "2025-01-01T00:00:00Z"}));
    assert_eq!(time.header("date"), Some("Wed, 01 Jan 2025 00:00:00 GMT"));
    let bare = async || {
        Reply::read(
            client()
                .get(format!("{}/time", simulator.networking_url()))
                .send()
                .await
                .unwrap(),
        )
        .await
    };
    assert_eq!(bare().await.status, 403);
    simulator.update_settings(|settings| settings.networking.sign_time = false);
    assert_eq!(bare().await.status, 200);
}

#[tokio::test]
async fn the_version_decides_how_a_network_is_written() {
    let simulator = demo();
    let list = async |version: Option<&str>, nonce: &str| {
        let authorization = format!(
            "key={},timestamp={},nonce={nonce}",
            simulator.networking_key(),
            simulator.now_ms() / 1000
        );
        let signature = sign(
            &simulator.networking_secret(),
            &authorization,
            "/network/list",
            "",
        );
        let mut request = client().get(format!("{}/network/list", simulator.networking_url()));
        request = request
            .header("authorization", authorization)
            .header("signature", signature);
        if let Some(version) = version {
            request = request.header("OpenMesh-API-Version", version);
        }
        Reply::read(request.send().await.unwrap()).await
    };
    let one = list(Some("1"), "v1").await.json()["networks"][0].clone();
    let two = list(Some("2"), "v2").await.json()["networks"][0].clone();
    assert_eq!(
        (one["name"].as_str(), one.get("network_id")),
        (Some("Harbour Clinic"), None)
    );
    assert_eq!((two.get("id"), &two["network_id"]), (None, &one["id"]));
    assert_eq!(two["networkgroup_name"], "Customers");
    assert_eq!(code(&list(Some("9"), "v9").await), 13_004);
    assert_eq!(list(None, "v0").await.status, 200);
    simulator.update_settings(|settings| settings.networking.allow_no_version = false);
    assert_eq!(code(&list(None, "vn").await), 13_004);
}

#[tokio::test]
async fn nodes_are_a_map_and_details_have_no_id() {
    let mut world = World::new(1);
    let network = world.add_network("Harbour Clinic");
    let empty = world.add_network("Nothing yet");
    let mac = MacAddress([0xac, 0x86, 0x74, 0x1f, 0, 0xa8]);
    let node = world
        .add_node(network, "Lobby AP", mac, "192.168.4.9")
        .unwrap();
    let fresh = world
        .add_node(
            network,
            "In the box",
            MacAddress([0xac, 0x86, 0x74, 0, 0, 1]),
            "",
        )
        .unwrap();
    let unseen = world.networks[0].nodes.last_mut().unwrap();
    (unseen.last_checkin_ms, unseen.gateway) = (None, None);
    let simulator = start(world, Settings::unlimited());
    let list = networking(&simulator, &format!("/node/network/{network}/list"), "n1")
        .await
        .json();
    let nodes = list["nodes"].as_object().unwrap();
    let lobby = &nodes[&node.to_string()];
    assert_eq!(
        (&lobby["mac"], &lobby["hardware"]),
        (&json!("ac:86:74:1f:00:a8"), &json!("A62"))
    );
    assert_eq!(
        lobby["lan_info"],
        json!({"lan_ip": "192.168.4.9", "wan_ip": "198.51.100.4"})
    );
    assert_eq!(
        (lobby.get("id"), lobby.get("serial_no"), &lobby["uptime"]),
        (None, None, &json!("3d 4h 5m"))
    );
    let never = &nodes[&fresh.to_string()];
    assert_eq!(
        (&never["last_checkin"], &never["ip"], &never["down"]),
        (&json!("0000-00-00T00:00:00Z"), &json!(""), &json!(false))
    );
    assert_eq!(
        (&never["role"], never.get("lan_info")),
        (&json!("orphan"), None)
    );

    let detail = networking(&simulator, &format!("/node/{node}"), "n2")
        .await
        .json();
    assert!(detail["serial_no"].as_str().unwrap().starts_with("A9"));
    assert_eq!(
        (
            detail.get("id"),
            detail.get("network_id"),
            &detail["lifecycle"]
        ),
        (None, None, &Value::Null)
    );
    assert_eq!(networking(&simulator, "/node/1", "n3").await.status, 404);
    assert_eq!(
        code(&networking(&simulator, "/node/network/1/list", "n4").await),
        12_000
    );

    let path = format!("/node/network/{empty}/list");
    assert_eq!(
        networking(&simulator, &path, "n5").await.json(),
        json!({"nodes": {}})
    );
    simulator.update_settings(|settings| settings.networking.empty_maps = EmptyMaps::List);
    assert_eq!(
        networking(&simulator, &path, "n6").await.json(),
        json!({"nodes": []})
    );
}
