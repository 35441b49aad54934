//! Datto Networking: the shapes that answers may take.

use msp_simulator::{EmptyMaps, Settings, SuccessShape, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Networking, demo, start};

#[tokio::test]
async fn empty_maps_are_written_in_four_ways() {
    let mut world = World::new(1);
    let network = world.add_network("Nothing yet");
    let simulator = start(world, Settings::unlimited());
    let api = Networking::new(&simulator);
    let targets = [
        (format!("/node/network/{network}/list"), "nodes"),
        (format!("/client/network/{network}/block"), "clients"),
        (format!("/history/network/{network}/clients"), "clients"),
        (format!("/history/network/{network}/nodes"), "nodes"),
        (
            format!("/switch/network/{network}/allowed_firmware"),
            "allowed_firmware",
        ),
    ];
    for (shape, expected) in [
        (EmptyMaps::Object, Some(json!({}))),
        (EmptyMaps::List, Some(json!([]))),
        (EmptyMaps::Null, Some(Value::Null)),
        (EmptyMaps::Absent, None),
    ] {
        simulator.update_settings(|settings| settings.networking.empty_maps = shape);
        for (target, name) in &targets {
            assert_eq!(
                api.get(target).await.get(name),
                expected.as_ref(),
                "{target}"
            );
        }
    }
    // Lists stay lists.
    let list = api.get(&format!("/switch/network/{network}/list")).await;
    assert_eq!(list, json!({"switches": []}));
    let list = api
        .get(&format!("/powerstrip/network/{network}/list"))
        .await;
    assert_eq!(list, json!({"powerstrips": []}));
}

#[tokio::test]
async fn success_is_told_in_all_its_shapes() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let network = simulator.network_id("Harbour Clinic").unwrap();
    let settings = format!("/network/{network}/settings");
    let element = json!({
        "code": 1009, "message": "Success.", "context": "update_network_settings", "values": {},
    });
    let mut detailed = element.clone();
    detailed["details"] = json!("");
    for (shape, expected) in [
        (SuccessShape::AsDocumented, element.to_string()),
        (SuccessShape::Element, element.to_string()),
        (SuccessShape::ElementWithDetails, detailed.to_string()),
        (SuccessShape::EmptyObject, "{}".to_owned()),
        (SuccessShape::EmptyBody, String::new()),
        (SuccessShape::Status, r#"{"status":200}"#.to_owned()),
        (SuccessShape::Text, "OK".to_owned()),
    ] {
        simulator.update_settings(|settings| settings.networking.success = shape);
        let reply = api.send(Method::PUT, &settings, "{}").await;
        assert_eq!(reply.status, 200);
        let same = reply.text == expected
            || reply.text.starts_with('{')
                && reply.json() == serde_json::from_str::<Value>(&expected).unwrap();
        assert!(same, "{shape:?}: {}", reply.text);
        if shape == SuccessShape::Text {
            assert_eq!(reply.header("content-type"), Some("text/plain"));
        }
        if shape == SuccessShape::EmptyBody {
            assert_eq!(reply.header("content-type"), None);
        }
    }
}

#[tokio::test]
async fn types_are_as_loose_as_the_settings_say() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let (network, switch) =
        simulator.with_world(|world| (world.networks[0].id, world.networks[0].switches[0].id));
    simulator.update_settings(|settings| settings.networking.ids_as_text = true);
    let list = api.get("/network/list").await;
    let first = &list["networks"][0];
    assert!(first["node_count"].is_i64());
    assert_eq!(first["id"], network.to_string());
    let target = format!("/switch/network/{network}/list");
    assert_eq!(
        api.get(&target).await["switches"][0]["id"],
        switch.to_string()
    );
    simulator.update_settings(|settings| settings.networking.numbers_as_text = true);
    let list = api.get(&target).await;
    assert_eq!(list["switches"][0]["summary_info"]["total_ports"], "12");
    simulator.update_settings(|settings| settings.networking.flags_as_numbers = true);
    let list = api.get(&target).await;
    assert_eq!(
        list["switches"][0]["summary_info"]["subscription"]["is_active"],
        1
    );
}
