use client_core::{Delivery, ErrorKind};
use serde_json::{Value, json};

use crate::support::{builder, json as answer, received, scripted, target, verify};

const BEFORE: &str = r#"{"network":{"general":{"network_name":"Clinic","location":"Harbour 7","brand_new":{"a":1}},"later":[1]},
    "ssids":[{"general":{"ssid_num":1,"wifi_name":"Guests","wpa_password":"canary-passphrase"}}]}"#;

async fn lines(server: &wiremock::MockServer) -> Vec<String> {
    received(server)
        .await
        .iter()
        .map(|request| {
            verify(request);
            format!("{} {}", request.method, target(request))
        })
        .collect()
}

/// The vendor says "done" to names that it does not know, so what was written is read back.
#[tokio::test]
async fn an_edit_writes_differences_only_and_reads_them_back() {
    let after = BEFORE.replace("Harbour 7", "Harbour 8");
    let server = scripted([answer(200, BEFORE), answer(200, "{}"), answer(200, &after)]).await;
    let client = builder(&server).allow_writes().build().unwrap();
    let settings = client.network(5.into()).settings();
    let edited = settings
        .edit(|settings| {
            let network = settings.network.as_mut().unwrap();
            network.general.as_mut().unwrap().location = Some("Harbour 8".to_owned());
            let ssid = settings.ssids.as_mut().unwrap().get_mut("1").unwrap();
            ssid.general.as_mut().unwrap().enable = Some(false);
        })
        .await
        .unwrap();
    assert_eq!(edited.ignored, ["ssids.1.general.enable"]);
    let general = edited.settings.network.unwrap().general.unwrap();
    assert_eq!(general.location.as_deref(), Some("Harbour 8"));
    assert_eq!(general.extra.get("brand_new"), Some(&json!({"a": 1})));
    assert_eq!(
        lines(&server).await,
        [
            "GET /network/5/settings",
            "PUT /network/5/settings",
            "GET /network/5/settings"
        ]
    );
    assert_eq!(
        String::from_utf8_lossy(&received(&server).await[1].body),
        r#"{"network":{"general":{"location":"Harbour 8"}},"ssids":{"1":{"general":{"enable":false}}}}"#
    );
}

#[tokio::test]
async fn an_edit_without_a_difference_writes_nothing() {
    let server = scripted([answer(200, BEFORE)]).await;
    let client = builder(&server).build().unwrap();
    let settings = client.network(5.into()).settings();
    let edited = settings
        .edit(|settings| {
            // What is taken away is not told to the vendor.
            settings.ssids = None;
        })
        .await
        .unwrap();
    assert!(edited.ignored.is_empty() && edited.settings.ssids.is_some());
    assert_eq!(lines(&server).await, ["GET /network/5/settings"]);
}

/// A new SSID is written under 0 and read under a number of its own.
#[tokio::test]
async fn a_new_ssid_is_not_missed_under_its_old_number() {
    let after = r#"{"network":{},"ssids":{"2":{"general":{"wifi_name":"Guests"}}}}"#;
    let server = scripted([
        answer(200, r#"{"network":{},"ssids":{}}"#),
        answer(200, ""),
        answer(200, after),
    ])
    .await;
    let client = builder(&server).allow_writes().build().unwrap();
    let settings = client.network(5.into()).settings();
    let edited = settings
        .edit(|settings| {
            let ssids = settings.ssids.get_or_insert_default();
            let general = ssids
                .entry("0".to_owned())
                .or_default()
                .general
                .get_or_insert_default();
            general.wifi_name = Some("Guests".to_owned());
        })
        .await
        .unwrap();
    assert!(edited.ignored.is_empty(), "{edited:?}");
    let sent: Value = serde_json::from_slice(&received(&server).await[1].body).unwrap();
    assert_eq!(
        sent,
        json!({"ssids": {"0": {"general": {"wifi_name": "Guests"}}}})
    );
}

/// Writing back all that was read loses nothing, known or not.
#[tokio::test]
async fn what_was_read_is_written_whole() {
    let server = scripted([answer(200, BEFORE), answer(200, "{}")]).await;
    let client = builder(&server).allow_writes().build().unwrap();
    let settings = client.network(5.into()).settings();
    let read = settings.get().await.unwrap();
    settings.update(&read).await.unwrap();
    let sent: Value = serde_json::from_slice(&received(&server).await[1].body).unwrap();
    let mut wanted: Value = serde_json::from_str(BEFORE).unwrap();
    wanted["ssids"] = json!({"1": wanted["ssids"][0]});
    assert_eq!(sent, wanted);
}

/// A refused edit is told with nothing read again; a client that only reads writes nothing.
#[tokio::test]
async fn a_refused_edit_is_an_error_without_the_secret() {
    let quoting = r#"{"errors":[{"code":12001,"message":"Too short: canary","context":"wpa_password",
        "values":{"min":"8","value":"canary"}}]}"#;
    for (allowed, kind, delivery, sent) in [
        (true, ErrorKind::InvalidInput, Delivery::Refused, 2),
        (false, ErrorKind::Denied, Delivery::NotSent, 1),
    ] {
        let server = scripted([answer(200, BEFORE), answer(403, quoting)]).await;
        let mut builder = builder(&server);
        if allowed {
            builder = builder.allow_writes();
        }
        let client = builder.build().unwrap();
        let settings = client.network(5.into()).settings();
        let error = settings
            .edit(|settings| {
                let ssid = settings.ssids.as_mut().unwrap().get_mut("1").unwrap();
                ssid.general.as_mut().unwrap().wpa_password = Some("canary".into());
            })
            .await
            .unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (kind, delivery));
        let shown = format!(
            "{error} {error:?} {:?} {:?}",
            error.vendor_message(),
            error.body_excerpt()
        );
        assert!(!shown.contains("canary"), "{shown}");
        assert_eq!(received(&server).await.len(), sent);
    }
}
