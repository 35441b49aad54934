//! Datto Networking: log-ins, the account and its log, credentials to embed.

use std::time::Duration;

use msp_simulator::{NetworkingKeyKind, networking_role as role};
use reqwest::Method;
use serde_json::{Value, json};

use crate::networking_users::{owner, user};
use crate::support::{Networking, demo};

#[tokio::test]
async fn log_ins_give_a_pair_for_a_day_and_run_out() {
    let simulator = demo();
    let pair = simulator
        .add_networking_key(NetworkingKeyKind::Application)
        .unwrap();
    let app = Networking::with(&simulator, pair);
    let login = |name: &str, password: &str| json!({"username": name, "password": password});
    let good = login("robin@lighthouse.example", "example-password");
    let made = app.post("/account/login", good.clone()).await;
    assert_eq!(
        (
            &made["type"],
            &made["read_only"],
            &made["last_network_name"]
        ),
        (&json!("master"), &json!(0), &json!("Harbour Clinic"))
    );
    assert_eq!(made["expire"], simulator.now_ms() / 1000 + 86_400);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let robin = Networking::with(&simulator, (text("key"), text("secret")));
    robin.get("/user/list").await;
    simulator.advance(Duration::from_hours(24));
    assert_eq!(
        robin.bad(Method::GET, "/user/list", Value::Null).await,
        (403, 13_007)
    );
    for (body, code) in [
        (login("", "x"), 14_000),
        (json!({"username": "robin@lighthouse.example"}), 20_030),
        (login("nobody@lighthouse.example", "x"), 20_004),
    ] {
        assert_eq!(
            app.bad(Method::POST, "/account/login", body).await,
            (403, code)
        );
    }
    for _ in 0..5 {
        let wrong = login("robin@lighthouse.example", "wrong");
        assert_eq!(
            app.bad(Method::POST, "/account/login", wrong).await,
            (403, 20_003)
        );
    }
    assert_eq!(
        app.bad(Method::POST, "/account/login", good.clone()).await,
        (403, 20_041)
    );
    let reset = format!("/user/{}/password_set", owner(&simulator));
    Networking::new(&simulator).post(&reset, Value::Null).await;
    app.post("/account/login", good.clone()).await;
    // Nothing else is open to an application, and a log-in to nobody else.
    assert_eq!(
        app.bad(Method::GET, "/network/list", Value::Null).await,
        (403, 1018)
    );
    let api = Networking::new(&simulator);
    assert_eq!(
        api.bad(Method::POST, "/account/login", good).await,
        (403, 13_008)
    );
}

#[tokio::test]
async fn who_only_views_logs_in_read_only() {
    let simulator = demo();
    let pair = simulator
        .add_networking_key(NetworkingKeyKind::Application)
        .unwrap();
    let app = Networking::with(&simulator, pair);
    let (id, _) = user(&simulator, role::NETWORK_USER);
    let network = simulator.network_id("Harbour Clinic").unwrap();
    let change = |verified, enabled| {
        simulator.with_world_mut(|world| {
            let user = world.networking.users.last_mut().unwrap();
            (user.verified, user.enabled) = (verified, enabled);
            user.networks.insert(network, role::NETWORK_VIEWER);
        });
    };
    let body = json!({"username": "sam@lighthouse.example", "password": "example-password"});
    change(false, true);
    assert_eq!(
        app.bad(Method::POST, "/account/login", body.clone()).await,
        (403, 20_002)
    );
    change(true, false);
    assert_eq!(
        app.bad(Method::POST, "/account/login", body.clone()).await,
        (403, 20_034)
    );
    change(true, true);
    let made = app.post("/account/login", body).await;
    assert_eq!(
        (&made["read_only"], &made["type_value"]),
        (&json!(1), &json!(id.to_string()))
    );
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let sam = Networking::with(&simulator, (text("key"), text("secret")));
    let node = simulator.with_world(|world| world.networks[0].nodes[0].id);
    let target = format!("/node/{node}/reboot");
    assert_eq!(
        sam.bad(Method::GET, &target, Value::Null).await,
        (403, 13_006)
    );
}

#[tokio::test]
async fn the_account_has_a_name_an_owner_and_a_log() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let (account, robin) =
        simulator.with_world(|world| (world.networking.id, world.networking.owner));
    let path = format!("/account/{account}");
    assert_eq!(
        api.put(&path, json!({"name": "Lighthouse"})).await,
        json!({})
    );
    assert_eq!(
        api.bad(Method::PUT, &path, json!({"name": " "})).await,
        (403, 50_003)
    );
    assert_eq!(
        api.bad(Method::PUT, "/account/1", json!({"name": "x"}))
            .await,
        (404, 50_000)
    );
    let network = simulator.network_id("Harbour Clinic").unwrap();
    let settings = json!({"ssids": {"1": {"general": {"wpa_password": "EXAMPLE-PASSWORD"}}}});
    api.put(&format!("/network/{network}/settings"), settings)
        .await;
    let log = api.get(&format!("{path}/auditlogs")).await;
    let events = log["log_events"].as_array().unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(
        (
            &events[0]["user_action"],
            &events[0]["target_type"],
            &events[0]["user_id"]
        ),
        (&json!("update"), &json!("account"), &json!(robin))
    );
    assert_eq!(
        events[0]["fields"],
        json!([{"field": "name", "old_value": "Lighthouse MSP", "new_value": "Lighthouse"}])
    );
    assert_eq!(
        (
            &events[1]["target_id"],
            &events[1]["network_name"],
            &events[1]["fields"][0]["new_value"]
        ),
        (
            &json!(network.to_string()),
            &json!("Harbour Clinic"),
            &json!("********")
        )
    );
    assert!(!log.to_string().contains("EXAMPLE-PASSWORD"));
    assert_eq!(
        api.get("/account/service_agreement").await,
        json!({"valid": true})
    );
    let (id, sam) = user(&simulator, role::ACCOUNT_ADMIN);
    let target = format!("{path}/user/{id}/owner");
    assert_eq!(
        sam.bad(Method::PUT, &target, json!({})).await,
        (403, 20_040)
    );
    simulator.with_world_mut(|world| world.networking.users[1].verified = false);
    assert_eq!(
        api.bad(Method::PUT, &target, json!({})).await,
        (403, 20_047)
    );
    simulator.with_world_mut(|world| world.networking.users[1].verified = true);
    assert_eq!(api.put(&target, json!({})).await, json!({}));
    assert_eq!(owner(&simulator), id);
}

#[tokio::test]
async fn embedding_makes_credentials_by_a_get() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let network = simulator.network_id("Harbour Clinic").unwrap();
    let path = format!("/account/credential/{network}/embed");
    assert_eq!(
        api.bad(Method::DELETE, &path, Value::Null).await,
        (403, 14_002)
    );
    simulator.reset_counts();
    let made = api.get(&path).await;
    assert_eq!(simulator.writes(), 1);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let embedded = Networking::with(&simulator, (text("key"), text("secret")));
    assert_eq!(
        embedded.get("/network/list").await["networks"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let target = format!("/network/{network}");
    assert_eq!(
        embedded.bad(Method::DELETE, &target, Value::Null).await,
        (403, 13_006)
    );
    let deleted = api.delete(&path).await;
    assert_eq!(deleted["code"], 14_001);
    assert_eq!(
        embedded
            .bad(Method::GET, "/network/list", Value::Null)
            .await,
        (403, 13_011)
    );
}
