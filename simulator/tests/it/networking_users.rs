//! Datto Networking: users, their rights and keys.

use msp_simulator::{NetworkingKeyKind, Simulator, networking_role as role};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Networking, demo};

/// A user with few rights, and a client with the user's key.
pub(crate) fn user(simulator: &Simulator, role: i64) -> (i64, Networking) {
    let id = simulator
        .with_world_mut(|world| world.add_networking_user("sam@lighthouse.example", "Sam", role));
    let pair = simulator
        .add_networking_key(NetworkingKeyKind::User(id))
        .unwrap();
    (id, Networking::with(simulator, pair))
}

pub(crate) fn owner(simulator: &Simulator) -> i64 {
    simulator.with_world(|world| world.networking.owner)
}

#[tokio::test]
async fn users_come_and_go() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let body = json!({"email": "kim@lighthouse.example", "name": "Kim", "role_id": 7, "notes": "Night shift"});
    let made = api.post("/user", body.clone()).await;
    let id = made["user_id"].as_i64().unwrap();
    assert_eq!(
        (
            &made["email"],
            &made["role_id"],
            made["token"].as_str().unwrap().len()
        ),
        (&json!("kim@lighthouse.example"), &json!(7), 32)
    );
    let path = format!("/user/{id}");
    assert_eq!(
        api.get(&path).await,
        json!({
            "email": "kim@lighthouse.example", "name": "Kim", "notes": "Night shift", "role_id": 7,
            "account_id": made["account_id"], "enabled": true, "verified": false,
            "permissions": {"all_networks": [], "assigned_networks": [], "assigned_networkgroups": []},
        })
    );
    assert_eq!(api.put(&path, json!({"name": "Kim B."})).await, json!({}));
    let list = api.get("/user/list").await;
    assert_eq!(
        (
            &list["users"][1]["name"],
            &list["users"][1]["user_id"],
            list["users"][1].get("highest_network_role_id")
        ),
        (&json!("Kim B."), &json!(id), None)
    );
    for (body, code) in [
        (body, 20_000),
        (json!({"name": "x", "role_id": 7}), 20_037),
        (
            json!({"email": "nonsense", "name": "x", "role_id": 7}),
            20_010,
        ),
        (json!({"email": "a@b.example", "role_id": 7}), 20_036),
        (json!({"email": "a@b.example", "name": "x"}), 20_014),
        (
            json!({"email": "a@b.example", "name": "x", "role_id": 4}),
            30_000,
        ),
    ] {
        assert_eq!(api.bad(Method::POST, "/user", body).await, (403, code));
    }
    let network = simulator.network_id("Harbour Clinic").unwrap();
    let grant = format!("/network/{network}/user/{id}");
    api.put(&grant, json!({"role_id": 4})).await;
    assert_eq!(
        api.bad(Method::DELETE, &path, Value::Null).await,
        (403, 20_025)
    );
    api.delete(&grant).await;
    assert_eq!(api.delete(&path).await, json!({}));
    assert_eq!(
        api.bad(Method::GET, &path, Value::Null).await,
        (404, 20_004)
    );
    let own = format!("/user/{}", owner(&simulator));
    assert_eq!(
        api.bad(Method::DELETE, &own, Value::Null).await,
        (403, 20_035)
    );
}

#[tokio::test]
async fn rights_are_granted_and_revoked_on_networks_and_groups() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let (id, sam) = user(&simulator, role::NETWORK_USER);
    let network = simulator.network_id("Harbour Clinic").unwrap();
    let settings = format!("/network/{network}/settings");
    assert_eq!(sam.get("/network/list").await, json!({"networks": []}));
    assert_eq!(
        sam.bad(Method::GET, &settings, Value::Null).await,
        (403, 12_047)
    );
    let grant = format!("/network/{network}/user/{id}");
    assert_eq!(
        api.put(&grant, json!({"role_id": role::NETWORK_VIEWER}))
            .await,
        json!({})
    );
    assert_eq!(
        sam.get("/network/list").await["networks"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    sam.get(&settings).await;
    assert_eq!(
        sam.bad(Method::PUT, &settings, json!({})).await,
        (403, 30_002)
    );
    assert_eq!(
        sam.get(&format!("/user/{id}/network/{network}")).await,
        json!({"role_id": 4})
    );
    assert_eq!(
        sam.bad(Method::GET, "/user/list", Value::Null).await,
        (403, 30_001)
    );
    assert_eq!(
        sam.bad(Method::POST, "/network", json!({})).await,
        (403, 30_001)
    );
    // Vouchers have a role of their own.
    api.put(&grant, json!({"role_id": role::VOUCHER_EDITOR}))
        .await;
    let voucher = json!({"desired_vouchers": [{
        "duration": 1, "max_users": 0, "up_limit": 1, "down_limit": 1, "purge_days": 1,
    }]});
    sam.post(&format!("/voucher/network/{network}"), voucher)
        .await;
    assert_eq!(
        sam.bad(Method::PUT, &settings, json!({})).await,
        (403, 30_002)
    );
    api.put(&grant, json!({"role_id": role::NETWORK_EDITOR}))
        .await;
    assert_eq!(sam.put(&settings, json!({})).await["code"], 1009);
    assert_eq!(api.delete(&grant).await, json!({}));
    assert_eq!(
        sam.bad(Method::GET, &settings, Value::Null).await,
        (403, 12_047)
    );
    assert_eq!(
        api.bad(Method::DELETE, &grant, Value::Null).await,
        (403, 20_021)
    );
    assert_eq!(api.bad(Method::PUT, &grant, json!({})).await, (403, 20_018));
    assert_eq!(
        api.bad(Method::PUT, &grant, json!({"role_id": 1})).await,
        (403, 30_000)
    );
    let group = format!("/networkgroup/31/user/{id}");
    assert_eq!(
        sam.bad(Method::GET, "/networkgroup/31", Value::Null).await,
        (403, 40_006)
    );
    assert_eq!(api.put(&group, json!({"role_id": 4})).await, json!({}));
    assert_eq!(
        sam.get("/network/list").await["networks"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    assert_eq!(sam.get("/networkgroup/31").await["name"], "Customers");
    let got = api.get(&format!("/user/{id}")).await["permissions"].clone();
    assert_eq!(
        (
            &got["assigned_networkgroups"],
            got["all_networks"].as_array().unwrap().len()
        ),
        (&json!([{"networkgroup_id": 31, "role_id": 4}]), 4)
    );
    assert_eq!(
        api.get("/user/list").await["users"][1]["highest_network_role_id"],
        4
    );
    assert_eq!(api.bad(Method::PUT, &group, json!({})).await, (403, 20_017));
    assert_eq!(api.delete(&group).await, json!({}));
    assert_eq!(
        api.bad(Method::DELETE, &group, Value::Null).await,
        (403, 20_019)
    );
}

#[tokio::test]
async fn keys_are_made_listed_without_their_keys_and_ended() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let (id, sam) = user(&simulator, role::NETWORK_USER);
    let made = sam.post("/user/key", Value::Null).await;
    let pair = |made: &Value| {
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        (text("key"), text("secret"))
    };
    let second = Networking::with(&simulator, pair(&made));
    second.get("/network/list").await;
    let list = api.get(&format!("/user/{id}/key/list")).await;
    let row = &list["keys"][1];
    assert_eq!(
        (&row["user_key_id"], &row["secret"], row.get("key")),
        (&made["user_key_id"], &made["secret"], None)
    );
    assert_eq!(
        sam.bad(Method::GET, &format!("/user/{id}/key/list"), Value::Null)
            .await,
        (403, 30_001)
    );
    let own = format!("/user/key/{}", made["user_key_id"]);
    assert_eq!(
        api.bad(Method::DELETE, &own, Value::Null).await,
        (403, 20_043)
    );
    assert_eq!(sam.delete(&own).await, json!({}));
    assert_eq!(
        second.bad(Method::GET, "/network/list", Value::Null).await,
        (403, 13_011)
    );
    let other = api.post(&format!("/user/{id}/key"), Value::Null).await;
    let target = format!("/user/{id}/key/{}", other["user_key_id"]);
    assert_eq!(api.delete(&target).await, json!({}));
    assert_eq!(
        api.bad(Method::DELETE, &target, Value::Null).await,
        (404, 20_013)
    );
    for _ in 1..10 {
        sam.post("/user/key", Value::Null).await;
    }
    assert_eq!(
        sam.bad(Method::POST, "/user/key", Value::Null).await,
        (403, 20_044)
    );
    let target = format!("/user/{}/key", owner(&simulator));
    assert_eq!(
        sam.bad(Method::POST, &target, Value::Null).await,
        (403, 20_029)
    );
    // Whoever is disabled loses the keys for good.
    assert_eq!(
        api.put(&format!("/user/{id}/disable"), Value::Null).await,
        json!({})
    );
    assert_eq!(
        sam.bad(Method::GET, "/network/list", Value::Null).await,
        (403, 13_011)
    );
    let target = format!("/user/{id}/key");
    assert_eq!(
        api.bad(Method::POST, &target, Value::Null).await,
        (403, 20_034)
    );
    assert_eq!(
        api.put(&format!("/user/{id}/enable"), Value::Null).await,
        json!({})
    );
    assert_eq!(
        sam.bad(Method::GET, "/network/list", Value::Null).await,
        (403, 13_011)
    );
    api.post(&target, Value::Null).await;
}

#[tokio::test]
async fn some_things_only_the_user_may() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let (id, sam) = user(&simulator, role::NETWORK_USER);
    let path = format!("/user/{id}/password");
    let change =
        |current: &str, new: &str| json!({"password_current": current, "password_new": new});
    for (body, code) in [
        (change("wrong", "EXAMPLE-PASSWORD"), 20_003),
        (change("example-password", "short"), 20_007),
        (json!({"password_current": "example-password"}), 20_030),
    ] {
        assert_eq!(sam.bad(Method::PUT, &path, body).await, (403, code));
    }
    let good = change("example-password", "EXAMPLE-PASSWORD");
    assert_eq!(
        api.bad(Method::PUT, &path, good.clone()).await,
        (403, 20_031)
    );
    assert_eq!(sam.put(&path, good).await, json!({}));
    let account = simulator.with_world(|world| world.networking.id);
    assert_eq!(
        sam.get(&format!("/user/{id}/account")).await,
        json!({"account_id": account, "role_id": 7})
    );
    let target = format!("/user/{id}/account");
    assert_eq!(
        api.bad(Method::GET, &target, Value::Null).await,
        (403, 20_029)
    );
    let agreement = format!("/user/{id}/service_agreement");
    assert_eq!(sam.get(&agreement).await, json!({"valid": false}));
    assert_eq!(sam.put(&agreement, Value::Null).await, json!({}));
    assert_eq!(sam.get(&agreement).await, json!({"valid": true}));
    let target = format!("/user/{id}/password_set");
    for _ in 0..10 {
        assert_eq!(api.post(&target, Value::Null).await["user_id"], id);
    }
    assert_eq!(
        api.bad(Method::POST, &target, Value::Null).await,
        (403, 20_033)
    );
}
