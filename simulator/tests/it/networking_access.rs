//! Datto Networking: what keys of each kind may do.

use msp_simulator::{Fault, FaultAction, NetworkingKeyKind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Networking, demo};

#[tokio::test]
async fn a_read_only_key_may_look_and_no_get_of_it_acts() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    simulator.set_networking_read_only(true);
    let (network, node, switch, strip) = simulator.with_world(|world| {
        let network = &world.networks[0];
        (
            network.id,
            network.nodes[0].id,
            network.switches[0].id,
            network.power_strips[0].id,
        )
    });
    for target in [
        "/time".to_owned(),
        "/network/list".to_owned(),
        format!("/node/network/{network}/list"),
        format!("/switch/{switch}"),
        format!("/powerstrip/{strip}"),
    ] {
        api.get(&target).await;
    }
    for target in [
        format!("/node/{node}/reboot"),
        format!("/node/{node}/reset_encrypt_key"),
        format!("/node/{node}/enable_pairing"),
        format!("/node/{node}/expedite_upgrade"),
        format!("/switch/{switch}/reboot"),
        format!("/switch/{switch}/port/1/reset"),
        format!("/switch/{switch}/enable_pairing"),
        format!("/switch/{switch}/expedite_upgrade"),
        format!("/powerstrip/{strip}/checkin"),
        format!("/powerstrip/{strip}/reboot"),
        format!("/powerstrip/{strip}/enable_pairing"),
        format!("/powerstrip/{strip}/port/1/reset"),
        format!("/powerstrip/network/{network}/expedite_upgrade"),
        format!("/sitesurvey/network/{network}/scan"),
        format!("/account/credential/{network}/embed"),
    ] {
        assert_eq!(
            api.bad(Method::GET, &target, Value::Null).await,
            (403, 13_006),
            "{target}"
        );
    }
    let target = format!("/network/{network}");
    assert_eq!(
        api.bad(Method::DELETE, &target, Value::Null).await,
        (403, 13_006)
    );
    assert_eq!(simulator.network_actions(), []);
    assert_eq!((simulator.reads(), simulator.writes()), (5, 16));
}

#[tokio::test]
async fn a_networks_key_reaches_one_network() {
    let simulator = demo();
    let (mine, other) = (
        simulator.network_id("Harbour Clinic").unwrap(),
        simulator.network_id("Bluebird Bakery").unwrap(),
    );
    simulator
        .set_networking_key_kind(NetworkingKeyKind::Network(mine))
        .unwrap();
    let api = Networking::new(&simulator);
    let list = api.get("/network/list").await;
    assert_eq!(
        (
            &list["networks"][0]["id"],
            list["networks"].as_array().unwrap().len()
        ),
        (&json!(mine), 1)
    );
    let target = format!("/node/network/{other}/list");
    assert_eq!(
        api.bad(Method::GET, &target, Value::Null).await,
        (403, 13_009)
    );
    let node = simulator.with_world(|world| world.network(other).unwrap().nodes[0].id);
    assert_eq!(
        api.bad(Method::GET, &format!("/node/{node}"), Value::Null)
            .await,
        (403, 13_009)
    );
    for (method, target) in [
        (Method::POST, "/network"),
        (Method::GET, "/user/list"),
        (Method::GET, "/networkgroup/list"),
        (Method::GET, "/account/service_agreement"),
    ] {
        assert_eq!(
            api.bad(method, target, json!({})).await,
            (403, 1001),
            "{target}"
        );
    }
    let mac = simulator.with_world(|world| world.network(other).unwrap().nodes[0].mac);
    let body = json!({"mac": mac.to_string(), "name": "x", "confirm_transfer": true});
    let target = format!("/node/network/{mine}");
    assert_eq!(api.bad(Method::POST, &target, body).await, (403, 1001));
    assert_eq!(
        api.put(&format!("/network/{mine}/settings"), json!({}))
            .await["code"],
        1009
    );
    simulator.restore_keys();
    assert_eq!(
        api.get("/network/list").await["networks"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    assert!(
        simulator
            .set_networking_key_kind(NetworkingKeyKind::Network(1))
            .is_err()
    );
}

#[tokio::test]
async fn refused_keys_tell_why() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    simulator.expire_networking_key();
    assert_eq!(
        api.bad(Method::GET, "/time", Value::Null).await,
        (403, 13_007)
    );
    simulator.restore_keys();
    simulator.revoke_networking_key();
    assert_eq!(
        api.bad(Method::GET, "/time", Value::Null).await,
        (403, 13_005)
    );
    simulator.update_settings(|settings| settings.networking.refusal_status = 401);
    assert_eq!(
        api.bad(Method::GET, "/time", Value::Null).await,
        (401, 13_005)
    );
    simulator.restore_keys();
    // Any other code of the table can be injected in the vendor's words.
    simulator.inject(Fault::on(
        "GET /network/list",
        FaultAction::networking_error(403, 13_016),
    ));
    let reply = api.send(Method::GET, "/network/list", "").await;
    assert_eq!(
        (reply.status, reply.json()),
        (
            403,
            json!({"errors": [{"code": 13_016, "message": "The key has expired.", "context": "", "values": {}}]})
        )
    );
    simulator.inject(Fault::on(
        "GET /network/list",
        FaultAction::networking_error(500, 1016),
    ));
    assert_eq!(
        api.bad(Method::GET, "/network/list", Value::Null).await,
        (500, 1016)
    );
    assert_eq!(
        api.bad(Method::PATCH, "/network/list", Value::Null).await,
        (404, 1002)
    );
}
