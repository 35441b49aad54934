//! Datto RMM: settings of a site, its proxy, variables of the account, and every write's rate key.

use msp_simulator::{MailRecipient, Settings, Simulator, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Rmm, demo, start};

fn clinic() -> (Simulator, String) {
    let mut world = World::new(5);
    let site = world.add_site("Harbour Clinic");
    let recipient = MailRecipient::new("Robin", "robin@lighthouse.example");
    world
        .site_mut(&site)
        .unwrap()
        .mail_recipients
        .push(recipient);
    (start(world, Settings::unlimited()), site)
}

#[tokio::test]
async fn a_proxy_is_set_replaced_and_removed() {
    let (simulator, site) = clinic();
    let rmm = Rmm::new(&simulator).await;
    let settings = format!("/api/v2/site/{site}/settings");
    let proxy = format!("{settings}/proxy");
    assert_eq!(
        rmm.get(&settings).await.json(),
        json!({
            "generalSettings": {"name": "Harbour Clinic", "uid": site, "description": null, "onDemand": false},
            "proxySettings": null,
            "mailRecipients": [{
                "name": "Robin", "email": "robin@lighthouse.example", "type": "account",
                "receivesNewDevices": false, "receivesAlerts": true, "receivesReports": false,
            }],
        })
    );
    let body = r#"{"host":"proxy.example","port":3128,"type":"socks5","username":"u","password":"hush-hush"}"#;
    let set = rmm.post(&proxy, body).await;
    assert_eq!(set.status, 200);
    assert!(!set.text.contains("hush-hush"));
    let shown = json!({"host": "proxy.example", "port": 3128, "type": "socks5", "username": "u", "password": "********"});
    assert_eq!(set.json()["proxySettings"], shown);
    assert_eq!(
        rmm.get(&format!("/api/v2/site/{site}")).await.json()["proxySettings"],
        shown
    );
    simulator.update_settings(|settings| settings.rmm.show_proxy_password = true);
    assert_eq!(
        rmm.get(&settings).await.json()["proxySettings"]["password"],
        "hush-hush"
    );

    let replaced = rmm
        .post(&proxy, r#"{"host":"other","port":80,"type":"http"}"#)
        .await;
    assert_eq!(
        replaced.json()["proxySettings"]["username"],
        Value::Null,
        "the whole proxy"
    );
    for wrong in [
        r#"{"type":"HTTP"}"#,
        r#"{"port":0}"#,
        r#"{"port":65536}"#,
        r#"{"port":"80"}"#,
        "",
    ] {
        assert_eq!(rmm.post(&proxy, wrong).await.status, 400, "{wrong}");
    }
    let removed = rmm.send(Method::DELETE, &proxy, "").await;
    assert_eq!((removed.status, removed.text.as_str()), (200, ""));
    assert_eq!(
        rmm.send(Method::DELETE, &proxy, "").await.status,
        204,
        "there was none"
    );
    for (method, path) in [
        (Method::GET, "/api/v2/site/nowhere/settings"),
        (Method::POST, "/api/v2/site/nowhere/settings/proxy"),
        (Method::DELETE, "/api/v2/site/nowhere/settings/proxy"),
    ] {
        assert_eq!(rmm.send(method, path, "{}").await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_site_is_made_with_its_proxy_or_not_at_all() {
    let (simulator, _) = clinic();
    let rmm = Rmm::new(&simulator).await;
    let wrong = r#"{"name":"New","proxySettings":{"type":"ftp"}}"#;
    assert_eq!(rmm.put("/api/v2/site", wrong).await.status, 400);
    assert!(simulator.site_uid("New").is_err());
    let right = r#"{"name":"New","proxySettings":{"type":"http","host":"p","port":80}}"#;
    assert_eq!(
        rmm.put("/api/v2/site", right).await.json()["proxySettings"]["host"],
        "p"
    );
}

#[tokio::test]
async fn an_account_variable_is_made_changed_and_removed() {
    let (simulator, _) = clinic();
    let rmm = Rmm::new(&simulator).await;
    let one = "/api/v2/account/variable";
    let made = rmm.put(one, r#"{"name":"V","value":"x"}"#).await;
    assert_eq!((made.status, made.text.as_str()), (200, ""));
    let listed = rmm.get("/api/v2/account/variables").await.json()["variables"][0].clone();
    let own = format!("{one}/{}", listed["id"]);
    assert_eq!(rmm.post(&own, r#"{"value":"y"}"#).await.status, 200);
    let listed = rmm.get("/api/v2/account/variables").await.json()["variables"][0].clone();
    assert_eq!(
        (&listed["name"], &listed["value"]),
        (&json!("V"), &json!("y"))
    );
    assert_eq!(rmm.post(&own, r#"{"name":""}"#).await.status, 400);
    assert_eq!(rmm.send(Method::DELETE, &own, "").await.status, 200);
    assert_eq!(rmm.send(Method::DELETE, &own, "").await.status, 404);
    assert_eq!(rmm.post(&own, r#"{"value":"y"}"#).await.status, 404);
}

#[tokio::test]
async fn every_write_counts_under_its_own_key() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let writes = [
        (Method::PUT, "account/variable", "account-variable-create"),
        (
            Method::POST,
            "account/variable/1",
            "account-variable-update",
        ),
        (
            Method::DELETE,
            "account/variable/1",
            "account-variable-delete",
        ),
        (Method::PUT, "site", "site-create"),
        (Method::POST, "site/x", "site-update"),
        (Method::POST, "site/x/settings/proxy", "site-proxy-create"),
        (Method::DELETE, "site/x/settings/proxy", "site-proxy-delete"),
        (Method::PUT, "site/x/variable", "site-variable-create"),
        (Method::POST, "site/x/variable/1", "site-variable-update"),
        (Method::DELETE, "site/x/variable/1", "site-variable-delete"),
        (Method::PUT, "device/x/quickjob", "device-job-create"),
        (Method::PUT, "device/x/site/y", "device-move"),
        (Method::POST, "device/x/udf", "device-udf-set"),
        (Method::POST, "device/x/warranty", "device-warranty-create"),
        (Method::POST, "alert/x/resolve", "alert-resolve"),
    ];
    for (method, path, key) in writes {
        let status = rmm
            .send(method, &format!("/api/v2/{path}"), "")
            .await
            .status;
        assert!(status == 400 || status == 404, "{path}: {status}");
        let rate = rmm.get("/api/v2/system/request_rate").await.json();
        assert_eq!(rate["operationWriteStatus"][key]["count"], 1, "{path}");
    }
    let rate = rmm.get("/api/v2/system/request_rate").await.json();
    assert_eq!(
        rate["accountWriteCount"], 16,
        "errors count too, and the log-in"
    );
}
