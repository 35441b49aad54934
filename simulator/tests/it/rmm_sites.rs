//! Datto RMM: sites, their networks, variables.

use msp_simulator::{LINK_VARIABLE, Settings, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Rmm, demo, start};

fn row<'a>(page: &'a Value, array: &str, name: &str) -> &'a Value {
    page[array]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["name"] == name)
        .unwrap()
}

#[tokio::test]
async fn sites_of_all_three_kinds_are_listed() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let page = rmm.get("/api/v2/account/sites").await.json();
    let clinic = row(&page, "sites", "Harbour Clinic");
    assert_eq!(clinic["autotaskCompanyId"], "29684000", "a number as text");
    assert_eq!(clinic["proxySettings"], Value::Null);
    assert_eq!(clinic["notes"], Value::Null);
    assert_eq!(clinic["onDemand"], false);
    assert_eq!(
        clinic["accountUid"],
        rmm.get("/api/v2/account").await.json()["uid"]
    );
    assert!(
        clinic["portalUrl"]
            .as_str()
            .unwrap()
            .starts_with("https://merlot.centrastage.net/csm/")
    );
    assert_eq!(row(&page, "sites", "Walk-in Support")["onDemand"], true);
    assert_eq!(
        row(&page, "sites", "Ridgeway Motors")["autotaskCompanyId"],
        Value::Null
    );
    let deleted = row(&page, "sites", "Deleted Devices");
    assert!(!deleted["uid"].as_str().unwrap().contains('-'), "no GUID");
    let path = format!("/api/v2/site/{}/devices", deleted["uid"].as_str().unwrap());
    assert_eq!(rmm.get(&path).await.json()["devices"][0]["deleted"], true);
}

#[tokio::test]
async fn put_creates_a_site_and_post_replaces_all_of_it() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let body = r#"{"name":"Copper Kettle","description":"Tea room","notes":"Ring twice","splashtopAutoInstall":true,
        "proxySettings":{"host":"proxy.example","port":8080,"type":"http","password":"hidden-word"}}"#;
    let made = rmm.send(Method::PUT, "/api/v2/site", body).await;
    assert_eq!(made.status, 200);
    let made = made.json();
    assert_eq!(
        (&made["description"], &made["onDemand"]),
        (&json!("Tea room"), &json!(false))
    );
    assert!(!made.to_string().contains("hidden-word"));
    let path = format!("/api/v2/site/{}", made["uid"].as_str().unwrap());

    let changed = rmm
        .send(Method::POST, &path, r#"{"name":"Copper Kettle Ltd"}"#)
        .await
        .json();
    assert_eq!(changed["name"], "Copper Kettle Ltd");
    for cleared in ["description", "notes", "splashtopAutoInstall"] {
        assert_eq!(changed[cleared], Value::Null, "{cleared}");
    }
    assert_eq!(
        changed["proxySettings"]["host"], "proxy.example",
        "the proxy is not part of the update"
    );
    assert_eq!(rmm.get(&path).await.json(), changed);

    for (method, path, body) in [
        (Method::PUT, "/api/v2/site", "{}"),
        (Method::PUT, "/api/v2/site", "not json"),
        (Method::POST, &path, r#"{"description":"nameless"}"#),
    ] {
        assert_eq!(rmm.send(method, path, body).await.status, 400);
    }
    assert_eq!(
        rmm.send(Method::POST, "/api/v2/site/nowhere", r#"{"name":"x"}"#)
            .await
            .status,
        404
    );
    let long = json!({"name": "x".repeat(256)}).to_string();
    assert_eq!(
        rmm.send(Method::PUT, "/api/v2/site", &long).await.status,
        400
    );
}

#[tokio::test]
async fn the_pseudo_site_cannot_be_updated() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let uid = simulator.site_uid("Deleted Devices").unwrap();
    let reply = rmm
        .send(
            Method::POST,
            &format!("/api/v2/site/{uid}"),
            r#"{"name":"x"}"#,
        )
        .await;
    assert_eq!(
        (reply.status, reply.json()["error"].as_str()),
        (403, Some("Forbidden"))
    );
}

#[tokio::test]
async fn a_variable_is_made_without_an_answer_and_only_once() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let site = simulator.site_uid("Harbour Clinic").unwrap();
    let (one, all) = (
        format!("/api/v2/site/{site}/variable"),
        format!("/api/v2/site/{site}/variables"),
    );
    let body = r#"{"name":"GravityZonePackageLink","value":"https://a.invalid/setupdownloader_[QQ==].exe"}"#;
    let made = rmm.send(Method::PUT, &one, body).await;
    assert_eq!((made.status, made.text.as_str()), (200, ""));
    assert_eq!(rmm.send(Method::PUT, &one, body).await.status, 400);
    simulator.update_settings(|settings| settings.rmm.duplicate_variable_status = 409);
    assert_eq!(rmm.send(Method::PUT, &one, body).await.status, 409);

    let variable = rmm.get(&all).await.json()["variables"][0].clone();
    assert_eq!(variable["name"], LINK_VARIABLE);
    assert_eq!(
        variable["value"],
        "https://a.invalid/setupdownloader_[QQ==].exe"
    );
    assert_eq!(variable["masked"], false);
    let own = format!("{one}/{}", variable["id"]);
    let changed = rmm
        .send(
            Method::POST,
            &own,
            r#"{"name":"GravityZonePackageLink","value":"new"}"#,
        )
        .await;
    assert_eq!((changed.status, changed.text.as_str()), (200, ""));
    assert_eq!(rmm.get(&all).await.json()["variables"][0]["value"], "new");
    assert_eq!(rmm.send(Method::DELETE, &own, "").await.status, 200);
    assert_eq!(rmm.send(Method::DELETE, &own, "").await.status, 404);
    assert_eq!(rmm.get(&all).await.json()["variables"], json!([]));
    assert_eq!(
        rmm.send(Method::DELETE, &format!("{one}/x"), "")
            .await
            .status,
        400
    );
    assert_eq!(
        simulator.count("rmm PUT /api/v2/site/{siteUid}/variable"),
        3
    );
}

#[tokio::test]
async fn masked_values_read_back_as_a_placeholder_and_stay_masked() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let site = simulator.site_uid("Harbour Clinic").unwrap();
    let (one, all) = (
        format!("/api/v2/site/{site}/variable"),
        format!("/api/v2/site/{site}/variables"),
    );
    rmm.send(
        Method::PUT,
        &one,
        r#"{"name":"Secret","value":"hush-hush","masked":true}"#,
    )
    .await;
    let page = rmm.get(&all).await;
    assert!(!page.text.contains("hush-hush"));
    let variable = page.json()["variables"][0].clone();
    assert_eq!(
        (&variable["value"], &variable["masked"]),
        (&json!("********"), &json!(true))
    );
    let body = r#"{"name":"Secret","value":"********","masked":false}"#;
    rmm.send(Method::POST, &format!("{one}/{}", variable["id"]), body)
        .await;
    let stored = &simulator.variables_of(&site).unwrap()[0];
    assert_eq!(
        (stored.value.as_str(), stored.masked),
        ("********", true),
        "writing the placeholder back loses the value"
    );
    assert!(!format!("{stored:?}").contains("****"));
}

#[tokio::test]
async fn a_page_of_variables_has_no_order_to_rely_on() {
    let mut world = World::new(3);
    let site = world.add_site("Harbour Clinic");
    for number in 0..40 {
        world
            .set_variable(&site, &format!("V{number:02}"), "x", false)
            .unwrap();
    }
    let simulator = start(world, Settings::unlimited());
    let rmm = Rmm::new(&simulator).await;
    let mut names = Vec::new();
    for page in 0..4 {
        let page = rmm
            .get(&format!("/api/v2/site/{site}/variables?max=10&page={page}"))
            .await
            .json();
        names.extend(
            page["variables"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["name"].as_str().unwrap().to_owned()),
        );
    }
    assert!(!names.is_sorted());
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 40);
}

#[tokio::test]
async fn account_variables_are_apart_from_those_of_sites() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    simulator.set_account_variable("GravityZonePackageLink", "global");
    let page = rmm.get("/api/v2/account/variables").await.json();
    let id = &row(&page, "variables", "GravityZonePackageLink")["id"];
    let site = simulator.site_uid("Harbour Clinic").unwrap();
    assert_eq!(
        rmm.get(&format!("/api/v2/site/{site}/variables"))
            .await
            .json()["variables"],
        json!([])
    );
    let body = r#"{"name":"GravityZonePackageLink","value":"x"}"#;
    assert_eq!(
        rmm.send(Method::PUT, "/api/v2/account/variable", body)
            .await
            .status,
        400
    );
    assert_eq!(
        rmm.send(Method::PUT, &format!("/api/v2/site/{site}/variable"), body)
            .await
            .status,
        200
    );
    assert_eq!(
        rmm.send(
            Method::DELETE,
            &format!("/api/v2/account/variable/{id}"),
            ""
        )
        .await
        .status,
        200
    );
}

#[tokio::test]
async fn sites_without_networks_say_so_in_three_ways() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let page = rmm.get("/api/v2/account/dnet-site-mappings").await.json();
    assert_eq!(
        row(&page, "dnetSiteMappings", "Harbour Clinic")["dattoNetworkingNetworkIds"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let rows = page["dnetSiteMappings"].as_array().unwrap();
    assert_eq!(rows.len(), 10, "all but the pseudo-site");
    let without = |wanted: fn(Option<&Value>) -> bool| {
        rows.iter()
            .any(|row| wanted(row.get("dattoNetworkingNetworkIds")))
    };
    assert!(without(|ids| ids.is_none()));
    assert!(without(|ids| ids == Some(&Value::Null)));
    assert!(without(|ids| ids == Some(&json!([]))));
}
