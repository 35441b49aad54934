//! Datto Networking: access points.

use msp_simulator::{MacAddress, Simulator};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Networking, demo};

/// The first network's id and those of its access points.
fn first(simulator: &Simulator) -> (i64, Vec<i64>) {
    simulator.with_world(|world| {
        let network = &world.networks[0];
        (
            network.id,
            network.nodes.iter().map(|node| node.id).collect(),
        )
    })
}

#[tokio::test]
async fn adding_checks_the_address_in_all_networks() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let (network, _) = first(&simulator);
    let other = simulator.network_id("Bluebird Bakery").unwrap();
    let path = format!("/node/network/{network}");
    let body = json!({"mac": "ac:86:74:00:00:01", "name": "Lobby AP", "latitude": 45.5});
    let id = api.post(&path, body.clone()).await["node_id"]
        .as_i64()
        .unwrap();
    let node = api.get(&format!("/node/{id}")).await;
    assert_eq!(
        (
            &node["last_checkin"],
            &node["role"],
            &node["latitude"],
            &node["hardware"]
        ),
        (
            &json!("0000-00-00T00:00:00Z"),
            &json!("orphan"),
            &json!(45.5),
            &json!("")
        )
    );
    assert_eq!(
        api.bad(Method::POST, &path, body.clone()).await,
        (403, 17_000)
    );
    let elsewhere = format!("/node/network/{other}");
    assert_eq!(api.bad(Method::POST, &elsewhere, body).await, (403, 17_001));
    // The flag is a text here.
    let moving = json!({"mac": "AC:86:74:00:00:01", "name": "Moved", "confirm_transfer": "true"});
    assert_eq!(api.post(&elsewhere, moving).await, json!({"node_id": id}));
    let list = api.get(&format!("/node/network/{other}/list")).await;
    assert_eq!(list["nodes"][id.to_string()]["name"], "Moved");
    simulator.with_world_mut(|world| {
        world
            .networking
            .foreign_macs
            .insert(MacAddress([2, 0, 0, 0, 0, 9]))
    });
    let wrong = [
        (json!({"mac": "02:00:00:00:00:09", "name": "x"}), 17_002),
        (json!({"mac": "020000000009", "name": "x"}), 1008),
        (json!({"mac": "02:00:00:00:00:0g", "name": "x"}), 1008),
        (json!({"name": "x"}), 1006),
        (json!({"mac": "02:00:00:00:00:01"}), 1006),
        (json!({"mac": "02:00:00:00:00:01", "name": " "}), 1005),
        // Numbers as texts are refused.
        (
            json!({"mac": "02:00:00:00:00:01", "name": "x", "latitude": "45.5"}),
            1006,
        ),
    ];
    for (body, code) in wrong {
        assert_eq!(
            api.bad(Method::POST, &path, body.clone()).await,
            (403, code),
            "{body}"
        );
    }
    let exists = api.get("/node/does_mac_exist?mac=ac:86:74:00:00:01").await;
    assert_eq!(exists, json!({"node_exists": true}));
    let other = api.get("/node/does_mac_exist?mac=ac:86:74:00:00:02").await;
    assert_eq!(other, json!({"node_exists": false}));
    let target = "/node/does_mac_exist?mac=ac";
    assert_eq!(api.bad(Method::GET, target, Value::Null).await, (403, 1008));
}

#[tokio::test]
async fn only_the_given_fields_change() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let (_, nodes) = first(&simulator);
    let path = format!("/node/{}", nodes[0]);
    let before = api.get(&path).await;
    let done = api
        .put(
            &path,
            json!({"description": "Over the desk", "longitude": -122.6786}),
        )
        .await;
    assert_eq!(
        (&done["code"], &done["context"]),
        (&json!(1009), &json!("update_node"))
    );
    let after = api.get(&path).await;
    assert_eq!(
        (
            &after["description"],
            &after["longitude"],
            &after["name"],
            &after["latitude"]
        ),
        (
            &json!("Over the desk"),
            &json!(-122.6786),
            &before["name"],
            &before["latitude"]
        )
    );
    assert_eq!(
        api.bad(Method::PUT, &path, json!({"name": ""})).await,
        (403, 1005)
    );
    assert_eq!(
        api.bad(Method::PUT, &path, json!({"latitude": "1"})).await,
        (403, 1006)
    );
    let deleted = api.delete(&path).await;
    assert_eq!(deleted["context"], "update_node");
    assert_eq!(api.bad(Method::GET, &path, Value::Null).await, (404, 1017));
    assert_eq!(
        api.bad(Method::GET, "/node/lobby", Value::Null).await,
        (403, 1003)
    );
}

#[tokio::test]
async fn gets_that_act_act_and_are_writes_in_the_record() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let (network, nodes) = first(&simulator);
    let actions = [
        "reboot",
        "reset_encrypt_key",
        "enable_pairing",
        "expedite_upgrade",
    ];
    simulator.reset_counts();
    for action in actions {
        let done = api.get(&format!("/node/{}/{action}", nodes[0])).await;
        assert_eq!(done["code"], 1009);
        assert_eq!(
            simulator.count(&format!("networking GET /node/{{node}}/{action}")),
            1
        );
    }
    assert_eq!((simulator.writes(), simulator.reads()), (4, 0));
    let seen = simulator.network_actions();
    let what: Vec<_> = seen.iter().map(|action| action.what.as_str()).collect();
    assert_eq!(what, actions);
    assert!(seen.iter().all(|action| action.network == network));
    let node = api.get(&format!("/node/{}", nodes[0])).await;
    assert_eq!(
        (
            &node["uptime_seconds"],
            &node["expedite_upgrade"],
            &node["uptime"]
        ),
        (&json!(0), &json!(true), &json!("0d 0h 0m"))
    );
    let unseen = simulator.with_world_mut(|world| {
        let node = &mut world.networks[0].nodes[1];
        node.down = true;
        node.id
    });
    for (action, code) in actions.into_iter().zip([17_004, 17_005, 17_006, 17_007]) {
        let target = format!("/node/{unseen}/{action}");
        assert_eq!(
            api.bad(Method::GET, &target, Value::Null).await,
            (400, code)
        );
    }
    assert_eq!(simulator.network_actions().len(), 4);
}

#[tokio::test]
async fn repeaters_tell_their_way_and_details_more_than_lists() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let (network, nodes) = first(&simulator);
    let mac = simulator.with_world_mut(|world| {
        let node = &mut world.networks[0].nodes[1];
        node.gateway = None;
        world.networks[0].nodes[0].mac
    });
    let list = api.get(&format!("/node/network/{network}/list")).await;
    let repeater = &list["nodes"][nodes[1].to_string()];
    assert_eq!(
        (
            &repeater["role"],
            &repeater["gateway_path"],
            repeater.get("lan_info")
        ),
        (&json!("repeater"), &json!([nodes[0]]), None)
    );
    assert_eq!(repeater["neighbors"][0]["nid"], nodes[0]);
    assert_eq!(repeater["selected_gateway"]["mac"], mac.to_string());
    let gateway = &list["nodes"][nodes[0].to_string()];
    assert_eq!(
        (gateway.get("gateway_path"), gateway.get("serial_no")),
        (None, None)
    );
    let detail = api.get(&format!("/node/{}", nodes[0])).await;
    assert_eq!(
        (
            &detail["connection_keeper_status"],
            &detail["country_code"],
            &detail["antenna_type"]
        ),
        (&json!("connected"), &json!("NL"), &Value::Null)
    );
    simulator.update_settings(|settings| settings.networking.rich_node_lists = true);
    let list = api.get(&format!("/node/network/{network}/list")).await;
    let rich = &list["nodes"][nodes[0].to_string()];
    assert_eq!(
        (&rich["serial_no"], &rich["active_clients"]),
        (&detail["serial_no"], &json!(12))
    );
}
