//! Datto Networking: clients, history, site survey, vouchers.

use std::time::Duration;

use msp_simulator::{MacAddress, Settings, Simulator, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Networking, start};

const MAC: MacAddress = MacAddress([0x3c, 0xec, 0xef, 0, 0, 0x0a]);

/// A network with a gateway and one client: the handle, the network, the node and the client's id.
fn one_client() -> (Simulator, i64, i64, String) {
    let mut world = World::new(1);
    let network = world.add_network("Harbour Clinic");
    let node = world.add_node(
        network,
        "Lobby AP",
        MacAddress([0xac, 0x86, 0x74, 0, 0, 1]),
        "192.168.4.9",
    );
    let node = node.unwrap();
    let cid = world.add_network_client(network, "phone-1", MAC).unwrap();
    world.add_neighbours(network, 2).unwrap();
    (start(world, Settings::unlimited()), network, node, cid)
}

#[tokio::test]
async fn clients_are_blocked_and_named() {
    let (simulator, network, _, cid) = one_client();
    let api = Networking::new(&simulator);
    let path = format!("/client/network/{network}/block");
    assert_eq!(api.get(&path).await, json!({"clients": {}}));
    assert_eq!(cid.len(), 44);
    assert_eq!(
        api.put(&path, json!({"block": 1, "client_ids": [cid]}))
            .await,
        Value::Null
    );
    let blocked = api.get(&path).await;
    let client = &blocked["clients"]["3C:EC:EF:00:00:0A"];
    assert_eq!(
        (
            &client["cid"],
            &client["blocked"],
            &client["last_name"],
            &client["last_node"]
        ),
        (
            &json!(cid),
            &json!(true),
            &json!("Lobby AP"),
            &json!("ac:86:74:00:00:01")
        )
    );
    api.put(&path, json!({"block": 0, "client_ids": [cid]}))
        .await;
    assert_eq!(api.get(&path).await, json!({"clients": {}}));
    for (body, status, code) in [
        (json!({"client_ids": [cid]}), 403, 1006),
        (json!({"block": 1, "client_ids": []}), 403, 11_000),
        (json!({"block": 1, "client_ids": ["0"]}), 403, 11_001),
        (
            json!({"block": 1, "client_ids": [cid, "nobody"]}),
            404,
            1017,
        ),
    ] {
        assert_eq!(api.bad(Method::PUT, &path, body).await, (status, code));
    }
    assert_eq!(api.get(&path).await, json!({"clients": {}}));
    let edit = format!("/client/network/{network}/edit");
    assert_eq!(
        api.put(
            &edit,
            json!({"clients": [{"id": cid, "name": "Reception"}]})
        )
        .await,
        Value::Null
    );
    let body = json!({"clients": [{"id": cid, "name": ""}]});
    assert_eq!(api.bad(Method::PUT, &edit, body).await, (403, 11_002));
    let history = api
        .get(&format!("/history/network/{network}/clients"))
        .await;
    assert_eq!(
        history["clients"][0]["3c:ec:ef:00:00:0a"]["name_override"],
        "Reception"
    );
}

#[tokio::test]
async fn history_comes_in_lists_or_maps() {
    let (simulator, network, node, cid) = one_client();
    let api = Networking::new(&simulator);
    simulator.set_clock_ms(1_735_689_600_000);
    let body = api
        .get(&format!("/history/network/{network}?period=2hours"))
        .await;
    assert_eq!(body["clients"], json!({"ssid1": 1, "all": 1}));
    let rows = body["rows"].as_array().unwrap();
    assert_eq!(
        (rows.len(), &rows[23][0], &rows[22][0]),
        (
            24,
            &json!("2025-01-01T00:00:00Z"),
            &json!("2024-12-31T23:55:00Z")
        )
    );
    let ssid = &rows[0][1]["ssid1"];
    assert!(ssid["users"].is_i64() && ssid["traffic"]["tcp"]["bdown"].is_i64());
    simulator.update_settings(|settings| settings.networking.users_inside_traffic = true);
    let body = api
        .get(&format!("/history/network/{network}?period=2hours"))
        .await;
    let ssid = &body["rows"][0][1]["ssid1"];
    assert!(ssid["traffic"]["users"].is_i64() && ssid.get("users").is_none());

    let target = format!("/history/network/{network}/nodes");
    let listed = api.get(&target).await["nodes"].clone();
    let one = listed[0][node.to_string()].clone();
    assert_eq!(
        (
            one.get("metrics"),
            one["checkins"].as_array().unwrap().len()
        ),
        (None, 288)
    );
    assert_eq!(one["checkins"][0]["status"], "gateway");
    simulator.update_settings(|settings| settings.networking.history_as_maps = true);
    assert_eq!(api.get(&target).await["nodes"][node.to_string()], one);
    let clients = api
        .get(&format!("/history/network/{network}/clients"))
        .await;
    assert_eq!(clients["clients"]["3c:ec:ef:00:00:0a"]["link"], "wireless");

    // The id's equals sign is encoded or not, as long as the same is signed.
    for spelled in [cid.clone(), cid.replace('=', "%3D")] {
        let body = api
            .get(&format!(
                "/history/network/{network}/client/{spelled}?period=week"
            ))
            .await;
        assert_eq!(
            (&body["cid"], body["traffic"].as_array().unwrap().len()),
            (&json!(cid), 288)
        );
        assert!(body["traffic"][0]["ssid1"]["rup"].is_i64());
    }
    let body = api
        .get(&format!(
            "/history/network/{network}/node/{node}?period=month"
        ))
        .await;
    // The id is a text here.
    assert_eq!(
        (&body["nid"], body["traffic"].as_array().unwrap().len()),
        (&json!(node.to_string()), 288)
    );
    for (target, expected) in [
        (
            format!("/history/network/{network}?period=year"),
            (403, 1006),
        ),
        (
            format!("/history/network/{network}/client/nobody"),
            (404, 1017),
        ),
        (format!("/history/network/{network}/node/1"), (404, 1007)),
        ("/history/network/1/clients".to_owned(), (404, 12_000)),
    ] {
        assert_eq!(
            api.bad(Method::GET, &target, Value::Null).await,
            expected,
            "{target}"
        );
    }
}

#[tokio::test]
async fn a_repeaters_outage_has_no_status() {
    let (simulator, network, node, _) = one_client();
    let api = Networking::new(&simulator);
    let now = simulator.now_ms();
    simulator.with_world_mut(|world| {
        let node = &mut world.networks[0].nodes[0];
        (node.gateway, node.down, node.last_checkin_ms) = (None, true, Some(now - 3_600_000));
    });
    let body = api
        .get(&format!("/history/network/{network}/nodes?period=2hours"))
        .await;
    let one = &body["nodes"][0][node.to_string()];
    assert_eq!(one["metrics"].as_array().unwrap().len(), 24);
    let checkins = one["checkins"].as_array().unwrap();
    assert_eq!(
        (&checkins[0]["status"], checkins[23].get("status")),
        (&json!("repeater"), None)
    );
}

#[tokio::test]
async fn a_survey_has_its_results_after_five_minutes() {
    let (simulator, network, _, _) = one_client();
    let api = Networking::new(&simulator);
    let (scan, results) = (
        format!("/sitesurvey/network/{network}/scan"),
        format!("/sitesurvey/network/{network}"),
    );
    assert_eq!(api.get(&results).await, json!({"access_points": []}));
    simulator.reset_counts();
    assert_eq!(api.get(&scan).await, json!({"status": 200}));
    assert_eq!(
        (
            simulator.writes(),
            simulator.network_actions()[0].what.as_str()
        ),
        (1, "scan")
    );
    assert_eq!(api.get(&results).await, json!({"access_points": []}));
    simulator.advance(Duration::from_mins(5));
    let found = api.get(&results).await;
    let first = &found["access_points"][0];
    assert_eq!(
        (
            &first["ssid"],
            &first["mode"],
            &first["channel"],
            &first["seen_by_node"][0]["name"]
        ),
        (
            &json!("Neighbour 1"),
            &json!("11b/g"),
            &json!([1]),
            &json!("Lobby AP")
        )
    );
    assert!(first["seen_by_node"][0]["signal"].as_i64().unwrap() < 0);
}

fn voucher(code: &str) -> Value {
    json!({
        "code": code, "duration": 24, "max_users": 2, "up_limit": 1.5, "down_limit": 5,
        "comment": "Room 1", "purge_days": 30,
    })
}

#[tokio::test]
async fn vouchers_are_made_listed_and_looked_up() {
    let (simulator, network, _, _) = one_client();
    let api = Networking::new(&simulator);
    let path = format!("/voucher/network/{network}");
    let body = json!({"desired_vouchers": [voucher("Room 1"), voucher("")]});
    let made = api.post(&path, body.clone()).await;
    assert_eq!(made["vouchers"][0], json!({"voucher_code": "Room 1"}));
    assert_eq!(
        made["vouchers"][1]["voucher_code"].as_str().unwrap().len(),
        8
    );
    assert_eq!(api.bad(Method::POST, &path, body).await, (403, 12_022));
    let one = api.get(&format!("{path}?code=Room%201")).await;
    for (name, value) in [
        ("code", json!("Room 1")),
        ("status", json!("unused")),
        ("remaining", json!(24)),
        ("type", json!(2)),
        ("users", json!([])),
        ("cancelled", json!(false)),
        ("up_limit", json!(1.5)),
    ] {
        assert_eq!(one[name], value, "{name}");
    }
    let list = api.get(&format!("{path}/list")).await;
    assert_eq!(list["vouchers"].as_array().unwrap().len(), 2);
    assert_eq!(api.bad(Method::GET, &path, Value::Null).await, (403, 1006));
    let target = format!("{path}?code=none");
    assert_eq!(
        api.bad(Method::GET, &target, Value::Null).await,
        (404, 1017)
    );
    let with = |name: &str, value: Value| {
        let mut voucher = voucher("X");
        voucher[name] = value;
        json!({"desired_vouchers": [voucher]})
    };
    for (body, code) in [
        (json!({"desired_vouchers": []}), 12_019),
        (with("duration", json!(0)), 12_004),
        (with("duration", Value::Null), 1006),
        (with("max_users", json!(10)), 12_004),
        (with("up_limit", json!(0.05)), 12_004),
        (with("purge_days", json!(1000)), 12_004),
        (with("comment", json!("x".repeat(65))), 12_001),
        (with("code", json!("x".repeat(17))), 12_001),
        (with("code", json!("Zoë")), 12_002),
    ] {
        assert_eq!(
            api.bad(Method::POST, &path, body.clone()).await,
            (403, code),
            "{body}"
        );
    }
}

#[tokio::test]
async fn vouchers_are_updated_without_a_body_in_return() {
    let (simulator, network, _, _) = one_client();
    let other = simulator.add_network("Bluebird Bakery");
    simulator.with_world_mut(|world| {
        world.add_voucher(network, "MINE").unwrap();
        world.add_voucher(other, "THEIRS").unwrap();
    });
    let api = Networking::new(&simulator);
    let path = format!("/voucher/network/{network}");
    let mut change = voucher("MINE");
    change["max_users"] = json!(5);
    change.as_object_mut().unwrap().remove("comment");
    let update = format!("{path}/update");
    assert_eq!(
        api.put(&update, json!({"vouchers": [change]})).await,
        Value::Null
    );
    let one = api.get(&format!("{path}?code=MINE")).await;
    // Without a comment there is none.
    assert_eq!(
        (&one["max_users"], &one["comment"]),
        (&json!(5), &json!(""))
    );
    let both = json!({"vouchers": [voucher("MINE"), voucher("THEIRS")]});
    assert_eq!(api.bad(Method::PUT, &update, both).await, (403, 12_047));
    let none = json!({"vouchers": [voucher("NOBODYS")]});
    assert_eq!(api.bad(Method::PUT, &update, none).await, (400, 1017));
    let mut wrong = voucher("MINE");
    wrong["max_users"] = json!(99);
    assert_eq!(
        api.bad(Method::PUT, &update, json!({"vouchers": [wrong]}))
            .await,
        (400, 12_004)
    );
    assert_eq!(api.get(&format!("{path}?code=MINE")).await, one);
}

#[tokio::test]
async fn vouchers_are_deleted_restored_renewed_reset_and_purged() {
    let (simulator, network, _, _) = one_client();
    let now = simulator.now_ms();
    simulator.with_world_mut(|world| {
        world.add_voucher(network, "GUEST").unwrap();
        let voucher = &mut world.networks[0].vouchers[0];
        (voucher.started_ms, voucher.users) = (Some(now - 7_200_000), vec![MAC]);
    });
    let api = Networking::new(&simulator);
    let path = format!("/voucher/network/{network}");
    let act = async |action: &str| {
        let affected = api
            .put(&format!("{path}/{action}"), json!({"vouchers": ["GUEST"]}))
            .await;
        let one = affected["vouchers"][0].clone();
        (
            one["status"].clone(),
            one["remaining"].clone(),
            one["users"].as_array().unwrap().len(),
        )
    };
    assert_eq!(act("delete").await, (json!("deleted"), json!(21), 1));
    assert_eq!(act("restore").await, (json!("active"), json!(21), 1));
    let (status, remaining, users) = act("renew").await;
    assert!(remaining == 23 || remaining == 24, "{remaining}");
    assert_eq!((status, users), (json!("active"), 1));
    assert_eq!(act("reset").await, (json!("unused"), json!(24), 0));
    let body = json!({"vouchers": ["GUEST"]});
    let target = format!("{path}/shred");
    assert_eq!(api.bad(Method::PUT, &target, body).await, (404, 1002));
    act("delete").await;
    simulator.advance(Duration::from_hours(24 * 29));
    assert_eq!(
        api.get(&format!("{path}/list")).await["vouchers"][0]["status"],
        "deleted"
    );
    simulator.advance(Duration::from_hours(24));
    assert_eq!(
        api.get(&format!("{path}/list")).await,
        json!({"vouchers": []})
    );
}
