//! Datto Networking: networks, their settings and files, groups, channels.

use msp_simulator::{Settings, Simulator, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Networking, demo, start};

fn clinic(simulator: &Simulator) -> i64 {
    simulator.network_id("Harbour Clinic").unwrap()
}

#[tokio::test]
async fn networks_are_listed_and_searched_as_in_sql() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let list = api.get("/network/list").await;
    let names: Vec<_> = list["networks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|network| network["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "Harbour Clinic",
            "Harbour Clinic Guest",
            "Bluebird Bakery",
            "Vantage Legal"
        ]
    );
    let found = api.get("/network/search?by_name=%25clinic%25").await;
    assert_eq!(
        found["networks"][0],
        json!({"name": "Harbour Clinic", "id": clinic(&simulator)})
    );
    assert_eq!(found["networks"].as_array().unwrap().len(), 2);
    let none = api.get("/network/search?by_name=clinic").await;
    assert_eq!(none, json!({"networks": []}));
    let empty = Networking::new(&start(World::new(1), Settings::unlimited()));
    assert_eq!(empty.get("/network/list").await, json!({"networks": []}));
}

#[tokio::test]
async fn a_network_is_made_renamed_and_deleted() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let body = json!({
        "name": "Quarry Hill Dental", "password": "EXAMPLE-PASSWORD",
        "timezone": "Europe/London", "country_code": "GB", "location": "Leeds",
    });
    let id = api.post("/network", body.clone()).await["id"]
        .as_i64()
        .unwrap();
    assert_eq!(api.bad(Method::POST, "/network", body).await, (403, 12_022));
    let settings = api.get(&format!("/network/{id}/settings")).await;
    assert_eq!(settings["network"]["general"]["timezone"], "Europe/London");
    assert_eq!(settings["network"]["radio"]["country_code"], "GB");
    assert_eq!(simulator.network_id("quarry hill dental"), Ok(id));
    let group = simulator.with_world_mut(|world| world.add_network_group("North"));
    let second = json!({
        "name": "Second", "password": "EXAMPLE-PASSWORD", "timezone": "UTC", "country": "NL",
    });
    let path = format!("/network/networkgroup/{group}");
    let second = api.post(&path, second).await["id"].as_i64().unwrap();
    let of_group = simulator.with_world(|world| world.network(second).unwrap().group);
    assert_eq!(of_group, group);
    let deleted = api.delete(&format!("/network/{id}")).await;
    assert_eq!(
        (&deleted["code"], &deleted["context"]),
        (&json!(1009), &json!("delete_network"))
    );
    let target = format!("/network/{id}/settings");
    assert_eq!(
        api.bad(Method::GET, &target, Value::Null).await,
        (404, 12_000)
    );
}

#[tokio::test]
async fn everything_wrong_with_a_network_is_told_at_once() {
    let api = Networking::new(&demo());
    let body =
        json!({"name": "", "password": "short", "timezone": "Amsterdam", "country_code": "XX"});
    let reply = api.send(Method::POST, "/network", &body.to_string()).await;
    assert_eq!(reply.status, 403);
    let errors = reply.json()["errors"].clone();
    let of = |place: usize| {
        (
            errors[place]["code"].as_i64().unwrap(),
            errors[place]["context"].clone(),
        )
    };
    assert_eq!(of(0), (12_001, json!("name")));
    assert_eq!(errors[0]["values"], json!({"min": "1", "max": "100"}));
    assert_eq!(of(1), (12_001, json!("password")));
    assert_eq!(of(2), (12_003, json!("timezone")));
    assert_eq!(of(3), (12_005, json!("country_code")));
    assert_eq!(
        api.bad(Method::POST, "/network", json!({})).await,
        (403, 1006)
    );
    let broken = api.send(Method::POST, "/network", "{").await;
    assert_eq!(
        (broken.status, &broken.json()["errors"][0]["code"]),
        (403, &json!(1006))
    );
}

#[tokio::test]
async fn settings_merge_deeply_and_ignore_names_that_they_do_not_know() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let id = clinic(&simulator);
    let path = format!("/network/{id}/settings");
    let before = api.get(&path).await;
    assert_eq!(before["network"]["maintenance"]["start"], "02:00:00");
    assert_eq!(before["network"]["radio"]["tx_power"], 26);
    assert_eq!(
        before["network"]["radio"]["channel"],
        json!({"2_4GHz": 5, "5GHz": 44})
    );
    assert_eq!(
        before["ssids"]["1"]["captive_portal"]["client_force_timeout"],
        1440
    );
    // A misspelt name succeeds and changes nothing.
    let misspelt = json!({"network": {"general": {"nework_name": "Lost"}}, "sids": {}});
    assert_eq!(api.put(&path, misspelt).await["code"], 1009);
    assert_eq!(api.get(&path).await, before);
    let change = json!({
        "network": {"general": {"network_name": "Harbour Clinic East"}, "radio": {"channel": {"5GHz": 36}}},
        "ssids": {"1": {"general": {"wifi_name": "Clinic"}}, "0": {"general": {"ssid_name": "Guests", "wifi_auth_type": "open"}}},
    });
    assert_eq!(api.put(&path, change).await["code"], 1009);
    let after = api.get(&path).await;
    assert_eq!(
        after["network"]["radio"]["channel"],
        json!({"2_4GHz": 5, "5GHz": 36})
    );
    assert_eq!(after["ssids"]["1"]["general"]["wifi_name"], "Clinic");
    assert_eq!(
        after["ssids"]["1"]["general"]["wpa_password"],
        "example-wpa-password"
    );
    assert_eq!(
        (
            &after["ssids"]["2"]["general"]["ssid_num"],
            &after["ssids"]["2"]["general"]["wifi_auth_type"]
        ),
        (&json!(2), &json!("open"))
    );
    assert_eq!(simulator.network_id("Harbour Clinic East"), Ok(id));
}

#[tokio::test]
async fn settings_that_cannot_be_change_nothing() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let path = format!("/network/{}/settings", clinic(&simulator));
    let before = api.get(&path).await;
    let general = |value: Value| json!({"ssids": {"1": {"general": value}}});
    let cases = [
        (general(json!({"wifi_auth_type": "wep"})), 12_016),
        (general(json!({"wpa_password": "short"})), 12_001),
        (json!({"ssids": {"3": {}}}), 12_020),
        (json!({"ssids": {"9": {}}}), 12_027),
        (
            json!({"ssids": {"1": {"captive_portal": {"splashpage": "x"}}}}),
            12_015,
        ),
        (
            json!({"ssids": {"1": {"captive_portal": {"login_method": "x"}}}}),
            12_014,
        ),
        (
            json!({"network": {"radio": {"channel": {"5GHz": 37}}}}),
            12_007,
        ),
        (
            json!({"network": {"radio": {"ht_mode": {"5GHz": "HT99"}}}}),
            12_006,
        ),
        (
            json!({"network": {"radio": {"country_code": "ZZ"}}}),
            12_005,
        ),
        (json!({"network": {"radio": {"tx_power": 99}}}), 12_004),
        (
            json!({"network": {"general": {"timezone": "Moon"}}}),
            12_003,
        ),
        (
            json!({"network": {"general": {"network_name": "Bluebird Bakery"}}}),
            12_022,
        ),
        (
            json!({"network": {"firmware_upgrade": {"firmware_release": "x"}}}),
            12_008,
        ),
        (
            json!({"network": {"maintenance": {"days": ["sunday"]}}}),
            12_010,
        ),
        (
            json!({"ssids": {"1": {"advanced": {"vlan_tag": 7}}, "0": {"advanced": {"vlan_tag": 7}}}}),
            12_017,
        ),
    ];
    for (body, code) in cases {
        assert_eq!(
            api.bad(Method::PUT, &path, body.clone()).await,
            (403, code),
            "{body}"
        );
    }
    assert_eq!(api.get(&path).await, before);
    for _ in 0..3 {
        api.put(&path, json!({"ssids": {"0": {}}})).await;
    }
    assert_eq!(
        api.bad(Method::PUT, &path, json!({"ssids": {"0": {}}}))
            .await,
        (403, 12_009)
    );
}

#[tokio::test]
async fn files_are_listed_with_their_ssid_until_they_are_deleted() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let network = clinic(&simulator);
    let path = format!("/network/{network}/file");
    let body = json!({"ssid_id": 1, "name": "logo.png", "role": "image", "file": "aGVsbG8="});
    let made = api.post(&path, body).await;
    let file = made["file_id"].as_i64().unwrap();
    assert!(made["url"].as_str().unwrap().ends_with("/logo.png"));
    let files = async || {
        let settings = api.get(&format!("/network/{network}/settings")).await;
        settings["ssids"]["1"]["captive_portal"]["cloudtrax_splashpage"]["files"].clone()
    };
    let mut expected = json!({});
    expected[file.to_string()] = json!({"name": "logo.png", "role": "image"});
    assert_eq!(files().await, expected);
    let wrong = [
        (
            json!({"ssid_id": 1, "name": "a", "role": "movie", "file": "aA=="}),
            12_024,
        ),
        (json!({"ssid_id": 1, "name": "a", "role": "page"}), 12_030),
        (
            json!({"ssid_id": 1, "name": "a", "role": "page", "file": "*"}),
            12_026,
        ),
        (
            json!({"ssid_id": 4, "name": "a", "role": "page", "file": "aA=="}),
            12_020,
        ),
    ];
    for (body, code) in wrong {
        assert_eq!(api.bad(Method::POST, &path, body).await, (403, code));
    }
    let target = format!("{path}/{file}");
    assert_eq!(api.delete(&target).await["file_id"], file);
    assert_eq!(files().await, json!({}));
    assert_eq!(
        api.bad(Method::DELETE, &target, Value::Null).await,
        (404, 12_030)
    );
    let nonsense = format!("{path}/logo");
    assert_eq!(
        api.bad(Method::DELETE, &nonsense, Value::Null).await,
        (403, 12_028)
    );
}

#[tokio::test]
async fn countries_decide_the_channels() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let network = clinic(&simulator);
    let numbers = |body: &Value, band: &str| {
        let mut numbers: Vec<_> = body["channels"][band]
            .as_array()
            .unwrap()
            .iter()
            .map(|channel| channel["channel"].as_i64().unwrap())
            .collect();
        numbers.sort_unstable();
        numbers
    };
    let own = api
        .get(&format!("/network/{network}/allowed_channels"))
        .await;
    assert_eq!(numbers(&own, "2_4GHz"), (1..=13).collect::<Vec<_>>());
    assert_eq!(numbers(&own, "5GHz"), [36, 40, 44, 48]);
    let american = api
        .get(&format!("/network/{network}/allowed_channels?country=US"))
        .await;
    assert_eq!(numbers(&american, "2_4GHz"), (1..=11).collect::<Vec<_>>());
    let node = simulator.with_world(|world| world.networks[0].nodes[0].id);
    assert_eq!(
        api.get(&format!("/node/{node}/allowed_channels")).await,
        own
    );
    let target = format!("/node/{node}/allowed_channels?country=XX");
    assert_eq!(
        api.bad(Method::GET, &target, Value::Null).await,
        (403, 12_005)
    );
}

#[tokio::test]
async fn groups_hold_networks_and_go_only_when_empty() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let network = clinic(&simulator);
    let made = api
        .post("/networkgroup", json!({"name": "North region"}))
        .await;
    let group = made["networkgroup_id"].as_i64().unwrap();
    assert_eq!(
        api.bad(
            Method::POST,
            "/networkgroup",
            json!({"name": "north REGION"})
        )
        .await,
        (403, 40_005)
    );
    assert_eq!(
        api.bad(Method::POST, "/networkgroup", json!({})).await,
        (403, 40_008)
    );
    let path = format!("/networkgroup/{group}");
    assert_eq!(
        api.put(&path, json!({"name": "South region"})).await,
        json!({})
    );
    let moved = api
        .put(&format!("{path}/network/{network}"), Value::Null)
        .await;
    assert_eq!(moved, json!({}));
    let got = api.get(&path).await;
    assert_eq!(
        (&got["name"], &got["networks"], &got["networkgroup_id"]),
        (
            &json!("South region"),
            &json!([{"network_id": network, "name": "Harbour Clinic"}]),
            &json!(group)
        )
    );
    assert!(got["creator_user_id"].is_i64() && got["account_id"].is_i64());
    let list = api.get("/networkgroup/list").await;
    let mine = json!({"networkgroup_id": group, "name": "South region", "role_id": 3});
    assert!(list["networkgroups"].as_array().unwrap().contains(&mine));
    assert_eq!(
        api.bad(Method::DELETE, &path, Value::Null).await,
        (403, 40_004)
    );
    api.put(&format!("/networkgroup/31/network/{network}"), Value::Null)
        .await;
    assert_eq!(api.delete(&path).await, json!({}));
    assert_eq!(
        api.bad(Method::GET, &path, Value::Null).await,
        (404, 40_003)
    );
    let target = format!("{path}/network/{network}");
    assert_eq!(
        api.bad(Method::PUT, &target, Value::Null).await,
        (404, 40_000)
    );
    let target = "/networkgroup/31/network/1";
    assert_eq!(
        api.bad(Method::PUT, target, Value::Null).await,
        (404, 40_002)
    );
    let two = Networking::new(&simulator)
        .version("2")
        .get("/network/list")
        .await;
    assert_eq!(two["networks"][0]["networkgroup_name"], "Customers");
}
