//! Datto RMM: user-defined fields, as text (version 2) and typed (version 3).

use msp_simulator::{Interface, LongUdfs, Settings, Simulator, UdfDefinition, UdfKind, World};
use serde_json::{Value, json};

use crate::support::{Rmm, start};

/// Field 2 is a flag, 3 a number, 4 a date.
fn typed() -> (Simulator, String) {
    let mut world = World::new(5);
    let site = world.add_site("Harbour Clinic");
    let device = world
        .add_device(&site, "PC-1", Vec::<Interface>::new())
        .unwrap();
    for (number, kind, label) in [
        (2, UdfKind::Boolean, "Encrypted"),
        (3, UdfKind::Number, "Seats"),
        (4, UdfKind::Date, "Leased until"),
    ] {
        let definition = UdfDefinition::new(kind, label);
        world.account.udfs.insert(number, definition);
    }
    (start(world, Settings::unlimited()), device)
}

#[tokio::test]
async fn version_2_changes_what_is_named_and_clears_with_nothing() {
    let (simulator, device) = typed();
    let rmm = Rmm::new(&simulator).await;
    let path = format!("/api/v2/device/{device}/udf");
    let fields = async || rmm.get(&format!("/api/v2/device/{device}")).await.json()["udf"].clone();
    let set = rmm
        .post(&path, r#"{"udf1":"one","udf7":"seven","udf300":"last"}"#)
        .await;
    assert_eq!((set.status, set.text.as_str()), (200, ""));
    rmm.post(&path, r#"{"udf1":"","udf7":null,"udf8":"eight"}"#)
        .await;
    let now = fields().await;
    assert_eq!(
        (&now["udf1"], &now["udf7"], &now["udf8"], &now["udf300"]),
        (&Value::Null, &Value::Null, &json!("eight"), &json!("last"))
    );
    assert_eq!(now.as_object().unwrap().len(), 300);
    for body in [
        r#"{"udf301":"x"}"#,
        r#"{"udf0":"x"}"#,
        r#"{"field1":"x"}"#,
        r#"{"udf1":5}"#,
        "[]",
        "\u{fffd}",
    ] {
        assert_eq!(rmm.post(&path, body).await.status, 400, "{body}");
    }
    assert_eq!(
        rmm.post("/api/v2/device/nobody/udf", "{}").await.status,
        404
    );
    let shown = format!("{:?}", simulator.with_world(|world| world.sites.clone()));
    assert!(
        !shown.contains("eight"),
        "U28: values stay out of debug text"
    );

    // An older build has 30 of them; the newest document knows the member no more.
    simulator.update_settings(|settings| settings.rmm.udf_keys = 30);
    assert_eq!(fields().await.as_object().unwrap().len(), 30);
    assert_eq!(rmm.post(&path, r#"{"udf31":"x"}"#).await.status, 400);
    simulator.update_settings(|settings| settings.rmm.send_udf = false);
    let device = rmm.get(&format!("/api/v2/device/{device}")).await.json();
    assert_eq!(device.get("udf"), None);
}

#[tokio::test]
async fn version_3_shows_types_and_what_does_not_fit_them() {
    let (simulator, device) = typed();
    let rmm = Rmm::new(&simulator).await;
    let body = r#"{"udf1":"text","udf2":"TRUE","udf3":"12.5","udf4":"2027-01-31","udf5":""}"#;
    rmm.post(&format!("/api/v2/device/{device}/udf"), body)
        .await;
    let path = format!("/api/v3/device/{device}");
    let whole = rmm.get(&path).await.json();
    assert_eq!(whole.get("udf"), None);
    assert_eq!(
        whole["udfs"],
        json!([
            {"ordinal": 1, "type": "STRING", "label": null, "valueString": "text", "valueBoolean": null, "valueNumber": null, "valueDate": null},
            {"ordinal": 2, "type": "BOOLEAN", "label": "Encrypted", "valueString": null, "valueBoolean": true, "valueNumber": null, "valueDate": null},
            {"ordinal": 3, "type": "NUMBER", "label": "Seats", "valueString": null, "valueBoolean": null, "valueNumber": 12.5, "valueDate": null},
            {"ordinal": 4, "type": "DATE", "label": "Leased until", "valueString": null, "valueBoolean": null, "valueNumber": null, "valueDate": "2027-01-31"},
        ])
    );
    rmm.post(
        &format!("/api/v2/device/{device}/udf"),
        r#"{"udf4":"soon"}"#,
    )
    .await;
    let item = rmm.get(&path).await.json()["udfs"][3].clone();
    assert_eq!(
        (
            &item["type"],
            &item["valueString"],
            &item["valueDate"],
            &item["typeMisMatch"]
        ),
        (&json!("DATE"), &json!("soon"), &Value::Null, &json!(true))
    );
    simulator.update_settings(|settings| settings.rmm.list_empty_udfs = true);
    let all = rmm.get("/api/v3/account/devices").await.json();
    assert_eq!(all["devices"][0]["udfs"].as_array().unwrap().len(), 300);
}

#[tokio::test]
async fn version_3_takes_the_configured_type_only_and_all_or_nothing() {
    let (simulator, device) = typed();
    let rmm = Rmm::new(&simulator).await;
    let path = format!("/api/v3/device/{device}/udf");
    let stored = || simulator.with_world(|world| world.device(&device).unwrap().1.udfs.clone());
    let body = json!({"udfs": [
        {"ordinal": 1, "valueString": "text"},
        {"ordinal": 2, "valueBoolean": false},
        {"ordinal": 3, "valueNumber": 7},
        {"ordinal": 4, "valueDate": "2027-01-31"},
    ]});
    let set = rmm.post(&path, &body.to_string()).await;
    assert_eq!((set.status, set.text.as_str()), (200, ""));
    let full = stored();
    assert_eq!((full[&2].as_str(), full[&3].as_str()), ("false", "7"));
    for refused in [
        json!({"udfs": [{"ordinal": 1, "valueString": "new"}, {"ordinal": 2, "valueString": "true"}]}),
        json!({"udfs": [{"ordinal": 3, "valueBoolean": true}]}),
        json!({"udfs": [{"ordinal": 4, "valueDate": "31.01.2027"}]}),
        json!({"udfs": [{"ordinal": 3, "valueNumber": 1, "valueString": "1"}]}),
        json!({"udfs": [{"ordinal": 0, "valueString": "x"}]}),
        json!({"udfs": [{"ordinal": 301, "valueString": "x"}]}),
        json!({"udfs": [{"valueString": "x"}]}),
        json!({}),
    ] {
        let status = rmm.post(&path, &refused.to_string()).await.status;
        assert_eq!((status, stored() == full), (400, true), "{refused}");
    }
    let clear = json!({"udfs": [{"ordinal": 2, "valueBoolean": null}, {"ordinal": 3}]});
    assert_eq!(rmm.post(&path, &clear.to_string()).await.status, 200);
    assert_eq!(stored().into_keys().collect::<Vec<_>>(), [1, 4]);
    let other = rmm
        .post("/api/v3/device/nobody/udf", r#"{"udfs":[]}"#)
        .await;
    assert_eq!(other.status, 404);
    let rate = rmm.get("/api/v2/system/request_rate").await.json();
    assert_eq!(rate["operationWriteStatus"]["device-udf-set"]["count"], 11);
}

#[tokio::test]
async fn a_field_has_one_spelling_and_a_value_255_characters() {
    let (simulator, device) = typed();
    let rmm = Rmm::new(&simulator).await;
    let path = format!("/api/v2/device/{device}/udf");
    let stored = || simulator.with_world(|world| world.device(&device).unwrap().1.udfs.clone());
    let before = stored();
    for key in ["udf+2", "udf002", "udf02", "UDF2", "udf 2", "udf0", "udf"] {
        let body = json!({key: "x"}).to_string();
        assert_eq!(rmm.post(&path, &body).await.status, 400, "{key}");
    }
    let long = "\u{e9}".repeat(256);
    let set = async || {
        rmm.post(&path, &json!({"udf1": long}).to_string())
            .await
            .status
    };
    assert_eq!(set().await, 400);
    let v3 = json!({"udfs": [{"ordinal": 1, "valueString": long}]}).to_string();
    let typed = format!("/api/v3/device/{device}/udf");
    assert_eq!(rmm.post(&typed, &v3).await.status, 400);
    assert_eq!(stored(), before);
    let fits = json!({"udf1": "\u{e9}".repeat(255)}).to_string();
    assert_eq!(rmm.post(&path, &fits).await.status, 200);
    for (becomes, characters) in [(LongUdfs::Truncate, 255), (LongUdfs::Keep, 256)] {
        simulator.update_settings(|settings| settings.rmm.long_udfs = becomes);
        assert_eq!(set().await, 200);
        assert_eq!(stored()[&1].chars().count(), characters);
    }
}
