//! Datto RMM: alerts.

use std::time::Duration;

use msp_simulator::{Interface, Settings, Simulator, World};
use serde_json::{Value, json};

use crate::support::{Rmm, demo, start};

/// A site with one device, and no alert.
fn quiet() -> (Simulator, String, String) {
    let mut world = World::new(5);
    let site = world.add_site("Harbour Clinic");
    let device = world
        .add_device(&site, "PC-1", Vec::<Interface>::new())
        .unwrap();
    (start(world, Settings::unlimited()), site, device)
}

fn uids(page: &Value) -> Vec<&str> {
    page["alerts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| alert["alertUid"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_alert_is_open_until_it_is_resolved() {
    let (simulator, site, device) = quiet();
    let rmm = Rmm::new(&simulator).await;
    let context =
        json!({"@class": "snmp_probe_ctx", "OID": "1.3", "oid": "1.3.6", "ipAddress": null});
    let uid = simulator
        .add_alert(&device, "Critical", Some(context.clone()))
        .unwrap();
    let alert = rmm.get(&format!("/api/v2/alert/{uid}")).await.json();
    let raised = simulator.alerts()[0].raised_ms;
    assert_eq!(
        alert,
        json!({
            "alertUid": uid,
            "priority": "Critical",
            "diagnostics": null,
            "resolved": false,
            "resolvedBy": null,
            "resolvedOn": null,
            "muted": false,
            "ticketNumber": null,
            "timestamp": raised,
            "alertMonitorInfo": {"sendsEmails": true, "createsTicket": false},
            "alertContext": context,
            "alertSourceInfo": {"deviceUid": device, "deviceName": "PC-1", "siteUid": site, "siteName": "Harbour Clinic"},
            "responseActions": null,
            "autoresolveMins": null,
        })
    );
    let scopes = [
        "account".to_owned(),
        format!("site/{site}"),
        format!("device/{device}"),
    ];
    for scope in &scopes {
        let open = rmm
            .get(&format!("/api/v2/{scope}/alerts/open"))
            .await
            .json();
        assert_eq!(uids(&open), [uid.as_str()], "{scope}");
        assert_eq!(
            open["pageDetails"].get("totalCount"),
            None,
            "missing for open alerts"
        );
        let resolved = rmm
            .get(&format!("/api/v2/{scope}/alerts/resolved"))
            .await
            .json();
        assert_eq!(
            (
                uids(&resolved).len(),
                &resolved["pageDetails"]["totalCount"]
            ),
            (0, &json!(0))
        );
    }
    let path = format!("/api/v2/alert/{uid}/resolve");
    simulator.advance(Duration::from_secs(5));
    let done = rmm.post(&path, "").await;
    assert_eq!((done.status, done.text.as_str()), (200, ""));
    let first = rmm.get(&format!("/api/v2/alert/{uid}")).await.json();
    assert_eq!(
        (&first["resolved"], &first["resolvedBy"]),
        (&json!(true), &json!("robin.keeper"))
    );
    assert!(first["resolvedOn"].as_i64().unwrap() >= raised + 5_000);
    simulator.advance(Duration::from_secs(5));
    assert_eq!(
        rmm.post(&path, "").await.status,
        200,
        "a second time changes nothing"
    );
    assert_eq!(rmm.get(&format!("/api/v2/alert/{uid}")).await.json(), first);
    for scope in &scopes {
        let open = rmm
            .get(&format!("/api/v2/{scope}/alerts/open"))
            .await
            .json();
        let resolved = rmm
            .get(&format!("/api/v2/{scope}/alerts/resolved"))
            .await
            .json();
        assert_eq!(
            (uids(&open).len(), uids(&resolved)),
            (0, vec![uid.as_str()]),
            "{scope}"
        );
    }
}

#[tokio::test]
async fn muting_does_nothing_and_the_filter_looks_at_the_flag() {
    let (simulator, _, device) = quiet();
    let rmm = Rmm::new(&simulator).await;
    let uid = simulator.add_alert(&device, "Low", None).unwrap();
    for verb in ["mute", "unmute"] {
        let reply = rmm.post(&format!("/api/v2/alert/{uid}/{verb}"), "").await;
        assert_eq!((reply.status, reply.text.as_str()), (200, ""));
        let alert = rmm.get(&format!("/api/v2/alert/{uid}")).await.json();
        assert_eq!(
            (&alert["muted"], &alert["alertContext"]),
            (&json!(false), &Value::Null)
        );
    }
    simulator.with_world_mut(|world| world.alert_mut(&uid).unwrap().muted = true);
    let listed = async |query: &str| {
        let page = rmm
            .get(&format!("/api/v2/account/alerts/open{query}"))
            .await
            .json();
        uids(&page).len()
    };
    assert_eq!(
        (
            listed("").await,
            listed("?muted=true").await,
            listed("?muted=false").await
        ),
        (1, 1, 0)
    );
    assert_eq!(
        rmm.get("/api/v2/account/alerts/open?muted=maybe")
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn what_is_unknown_is_not_found() {
    let (simulator, _, device) = quiet();
    let rmm = Rmm::new(&simulator).await;
    for path in [
        "/api/v2/alert/nothing",
        "/api/v2/site/nowhere/alerts/open",
        "/api/v2/site/nowhere/alerts/resolved",
        "/api/v2/device/nobody/alerts/open",
        "/api/v2/device/nobody/alerts/resolved",
    ] {
        assert_eq!(rmm.get(path).await.status, 404, "{path}");
    }
    assert_eq!(
        rmm.post("/api/v2/alert/nothing/resolve", "").await.status,
        404
    );
    simulator.update_settings(|settings| settings.rmm.unknown_alert_status = 403);
    assert_eq!(rmm.get("/api/v2/alert/nothing").await.status, 403);
    let uid = simulator.add_alert(&device, "High", None).unwrap();
    simulator.resolve_alert(&uid, "Sam").unwrap();
    let alert = rmm.get(&format!("/api/v2/alert/{uid}")).await.json();
    assert_eq!(alert["resolvedBy"], "Sam");
    assert!(simulator.resolve_alert("nothing", "Sam").is_err());
    assert!(simulator.add_alert("nobody", "High", None).is_err());
}

#[tokio::test]
async fn the_newest_come_first_and_follow_their_device() {
    let (simulator, site, device) = quiet();
    let rmm = Rmm::new(&simulator).await;
    let old = simulator.add_alert(&device, "Low", None).unwrap();
    simulator.advance(Duration::from_secs(1));
    let new = simulator.add_alert(&device, "Low", None).unwrap();
    let path = "/api/v2/account/alerts/open";
    let first = rmm.get(&format!("{path}?max=1")).await.json();
    assert_eq!(uids(&first), [new.as_str()]);
    let second = rmm.get(&format!("{path}?max=1&page=1")).await.json();
    assert_eq!(
        (uids(&second), &second["pageDetails"]["nextPageUrl"]),
        (vec![old.as_str()], &Value::Null)
    );
    let other = simulator.with_world_mut(|world| world.add_site("Bakery"));
    simulator.move_device(&device, &other).unwrap();
    let left = rmm
        .get(&format!("/api/v2/site/{site}/alerts/open"))
        .await
        .json();
    assert!(uids(&left).is_empty());
    assert_eq!(
        rmm.get(&format!("/api/v2/alert/{new}")).await.json()["alertSourceInfo"]["siteName"],
        "Bakery"
    );
}

#[tokio::test]
async fn a_built_world_has_alerts_of_many_classes() {
    let simulator = demo();
    let rmm = Rmm::new(&simulator).await;
    let open = rmm.get("/api/v2/account/alerts/open").await.json();
    let resolved = rmm.get("/api/v2/account/alerts/resolved").await.json();
    assert!(uids(&open).len() > 2 && !uids(&resolved).is_empty());
    let classes: std::collections::BTreeSet<_> = simulator
        .alerts()
        .iter()
        .map(|alert| {
            alert
                .context
                .as_ref()
                .map(|context| context["@class"].to_string())
        })
        .collect();
    assert!(classes.len() > 3, "{classes:?}");
}
