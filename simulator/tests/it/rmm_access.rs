//! Datto RMM: users, their levels and sites, and replacing keys.

use std::time::Instant;

use msp_simulator::{SecurityLevel, Settings, World, WorldSpec};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Rmm, demo, start, token};

#[tokio::test]
async fn users_are_listed_with_their_odd_spelling() {
    let simulator = demo();
    simulator.add_rmm_user("sam", SecurityLevel::ReadOnly);
    let rmm = Rmm::new(&simulator).await;
    let page = rmm.get("/api/v2/account/users").await.json();
    let rows = page["users"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    let first = rows[0].as_object().unwrap();
    assert_eq!(
        (&first["username"], &first["firstName"]),
        (&json!("robin.keeper"), &json!("Robin"))
    );
    assert!(
        first["created"].is_i64() && first["lastAccess"].is_i64(),
        "it has just logged in"
    );
    assert_eq!(
        (&first["telephone"], &first["disabled"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(rows[1]["lastAccess"], Value::Null, "never logged in");
    assert_eq!(simulator.rmm_user().unwrap(), "robin.keeper");
}

/// U18: refused for lack of rights, in JSON that names the path.
#[tokio::test]
async fn a_reader_writes_nothing_and_does_not_see_users() {
    let simulator = demo();
    let (key, secret) = simulator.add_rmm_user("reader", SecurityLevel::ReadOnly);
    let rmm = Rmm::with(&simulator, &key, &secret).await;
    let site = simulator.site_uid("Harbour Clinic").unwrap();
    let device = simulator.sites()[1].devices[0].uid.clone();
    for path in [
        "/api/v2/account",
        "/api/v2/account/sites",
        "/api/v2/account/components",
    ] {
        assert_eq!(rmm.get(path).await.status, 200, "{path}");
    }
    let users = rmm.get("/api/v2/account/users").await;
    assert_eq!(
        (users.status, &users.json()["path"]),
        (403, &json!("/v2/account/users"))
    );
    for (method, path, body) in [
        (Method::PUT, "/site".to_owned(), r#"{"name":"New"}"#),
        (
            Method::PUT,
            format!("/site/{site}/variable"),
            r#"{"name":"V","value":"x"}"#,
        ),
        (
            Method::PUT,
            "/account/variable".to_owned(),
            r#"{"name":"V","value":"x"}"#,
        ),
        (
            Method::POST,
            format!("/device/{device}/udf"),
            r#"{"udf1":"x"}"#,
        ),
        (Method::PUT, format!("/device/{device}/site/{site}"), ""),
        (Method::DELETE, format!("/site/{site}/settings/proxy"), ""),
    ] {
        let reply = rmm.send(method, &format!("/api/v2{path}"), body).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]),
            (403, &json!("Forbidden")),
            "{path}"
        );
    }
    assert_eq!(rmm.post("/api/v2/alert/nothing/mute", "").await.status, 200);
    simulator
        .set_user_level("reader", SecurityLevel::Administrator)
        .unwrap();
    assert_eq!(rmm.get("/api/v2/account/users").await.status, 200);
    assert!(
        simulator
            .set_user_level("nobody", SecurityLevel::ReadOnly)
            .is_err()
    );
}

/// F116: what is out of sight is left out of lists, and refused by name.
#[tokio::test]
async fn a_restricted_user_sees_shorter_lists() {
    let simulator = demo();
    let (key, secret) = simulator.add_rmm_user("east", SecurityLevel::Administrator);
    let clinic = simulator.site_uid("Harbour Clinic").unwrap();
    let bakery = simulator.site_uid("Bluebird Bakery").unwrap();
    simulator
        .restrict_user("east", Some(std::slice::from_ref(&clinic)))
        .unwrap();
    let rmm = Rmm::with(&simulator, &key, &secret).await;
    let total = async |path: &str| rmm.get(path).await.json()["pageDetails"]["totalCount"].clone();
    assert_eq!(total("/api/v2/account/sites").await, 1);
    let devices = simulator.with_world(|world| world.site(&clinic).unwrap().devices.len());
    assert_eq!(total("/api/v2/account/devices").await, devices);
    assert_eq!(total("/api/v3/account/devices").await, devices);
    assert_eq!(total("/api/v2/account/dnet-site-mappings").await, 1);
    let account = rmm.get("/api/v2/account").await.json();
    assert_eq!(account["devicesStatus"]["numberOfDevices"], devices);
    let device = simulator.with_world(|world| world.site(&bakery).unwrap().devices[0].clone());
    let alert = simulator.add_alert(&device.uid, "Low", None).unwrap();
    for path in [
        format!("site/{bakery}"),
        format!("site/{bakery}/devices"),
        format!("site/{bakery}/variables"),
        format!("site/{bakery}/settings"),
        format!("site/{bakery}/alerts/open"),
        format!("device/{}", device.uid),
        format!("device/id/{}", device.id),
        format!("alert/{alert}"),
        format!("audit/device/{}", device.uid),
    ] {
        assert_eq!(
            rmm.get(&format!("/api/v2/{path}")).await.status,
            403,
            "{path}"
        );
    }
    let body = r#"{"name":"V","value":"x"}"#;
    assert_eq!(
        rmm.put(&format!("/api/v2/site/{bakery}/variable"), body)
            .await
            .status,
        403
    );
    let made = rmm.put("/api/v2/site", r#"{"name":"New"}"#).await;
    assert_eq!(made.status, 200, "whoever makes a site sees it");
    assert_eq!(total("/api/v2/account/sites").await, 2);
    simulator.restrict_user("east", None).unwrap();
    assert_eq!(rmm.get(&format!("/api/v2/site/{bakery}")).await.status, 200);
    assert!(
        simulator
            .restrict_user("east", Some(&["nowhere".to_owned()]))
            .is_err()
    );
}

#[tokio::test]
async fn a_component_level_hides_components() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let all = rmm.get("/api/v2/account/components").await.json()["components"].clone();
    let wipe = all
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["name"] == "Wipe free space")
        .unwrap();
    simulator.with_world_mut(|world| world.user_mut("robin.keeper").unwrap().component_level = 4);
    let fewer = rmm.get("/api/v2/account/components").await.json()["components"].clone();
    assert_eq!(
        fewer.as_array().unwrap().len() + 1,
        all.as_array().unwrap().len()
    );
    let device = simulator.sites()[1].devices[0].uid.clone();
    let body = json!({"jobName": "x", "jobComponent": {"componentUid": wipe["uid"]}});
    let path = format!("/api/v2/device/{device}/quickjob");
    assert_eq!(rmm.put(&path, &body.to_string()).await.status, 403);
}

#[tokio::test]
async fn new_keys_end_the_old_ones_and_their_tokens_at_once() {
    let simulator = demo();
    let (key, secret) = simulator.add_rmm_key();
    let other = Rmm::with(&simulator, &key, &secret).await;
    let (old_key, old_secret) = (simulator.rmm_key(), simulator.rmm_secret());
    let (one, two) = (Rmm::new(&simulator).await, Rmm::new(&simulator).await);
    let reply = one.post("/api/v2/user/resetApiKeys", "").await;
    assert_eq!(reply.status, 200);
    let keys = reply.json();
    assert_eq!(keys["userName"], "robin.keeper");
    for rmm in [&one, &two] {
        assert_eq!(rmm.get("/api/v2/account").await.status, 401);
    }
    assert_eq!(token(&simulator, &old_key, &old_secret).await.status, 400);
    assert_eq!(simulator.rmm_key(), keys["apiAccessKey"]);
    assert_eq!(simulator.rmm_secret(), keys["apiSecretKey"]);
    let rmm = Rmm::new(&simulator).await;
    assert_eq!(rmm.get("/api/v2/account").await.status, 200);
    assert_eq!(
        other.get("/api/v2/account").await.status,
        200,
        "those of others live on"
    );
    let rate = rmm.get("/api/v2/system/request_rate").await.json();
    assert_eq!(rate["operationWriteStatus"]["user-reset-keys"]["count"], 1);
}

#[tokio::test]
async fn an_estate_of_20_000_devices_is_served_with_a_steady_latency() {
    let mut settings = Settings::unlimited();
    settings.latency = std::time::Duration::from_millis(80);
    let spec = WorldSpec::new(1).sites(200).devices_per_site(100);
    let simulator = start(World::generate(&spec), settings);
    let rmm = Rmm::new(&simulator).await;
    let asked = Instant::now();
    let page = rmm.get("/api/v2/account/devices?page=79").await.json();
    assert!(
        asked.elapsed().as_millis() >= 80,
        "an answer is never early"
    );
    assert_eq!(page["devices"].as_array().unwrap().len(), 250);
    assert_eq!(page["pageDetails"]["totalCount"], 20_008);
}
