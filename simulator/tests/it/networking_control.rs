//! Datto Networking: what the handle and the control port do to networks, and a host's records of them.

use msp_simulator::records::{Expected, RecordsSpec};
use msp_simulator::{NetworkDeviceKind, NetworkingKeyKind, Settings, World, WorldSpec};
use serde_json::{Value, json};

use crate::support::{Networking, Reply, Rmm, client, demo, start};

#[tokio::test]
async fn devices_are_renamed_moved_taken_down_and_deleted() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let (clinic, bakery) = (
        simulator.network_id("Harbour Clinic").unwrap(),
        simulator.network_id("Bluebird Bakery").unwrap(),
    );
    for (kind, list, name_at, down_at) in [
        (
            NetworkDeviceKind::AccessPoint,
            "node",
            "/name",
            ("/down", json!(true)),
        ),
        (
            NetworkDeviceKind::Switch,
            "switch",
            "/summary_info/name",
            ("/summary_info/cloud_status", json!("down")),
        ),
        (
            NetworkDeviceKind::PowerStrip,
            "powerstrip",
            "/name",
            ("/cloud_status", json!("down")),
        ),
    ] {
        let id = simulator
            .add_network_device(kind, clinic, "Spare part", "10.9.9.9")
            .unwrap();
        let detail = async || api.get(&format!("/{list}/{id}")).await;
        assert_eq!(
            detail().await.pointer(name_at),
            Some(&json!("Spare part")),
            "{kind}"
        );
        simulator
            .rename_network_device(kind, id, "Renamed")
            .unwrap();
        assert_eq!(detail().await.pointer(name_at), Some(&json!("Renamed")));
        simulator
            .set_network_device_ip(kind, id, "10.9.9.10")
            .unwrap();
        assert!(detail().await.to_string().contains("10.9.9.10"), "{kind}");
        simulator.set_network_device_down(kind, id, true).unwrap();
        assert_eq!(
            detail().await.pointer(down_at.0),
            Some(&down_at.1),
            "{kind}"
        );
        simulator.set_network_device_down(kind, id, false).unwrap();
        assert_ne!(
            detail().await.pointer(down_at.0),
            Some(&down_at.1),
            "{kind}"
        );
        simulator.move_network_device(kind, id, bakery).unwrap();
        let there = simulator.with_world(|world| world.network_of(kind, id).unwrap().id);
        assert_eq!(there, bakery);
        simulator.delete_network_device(kind, id).unwrap();
        let gone = simulator.rename_network_device(kind, id, "x").unwrap_err();
        assert_eq!(
            gone.to_string(),
            format!("no {kind} `{id}` in the simulated world")
        );
    }
}

#[tokio::test]
async fn networks_and_their_mapping_to_sites_change() {
    let simulator = demo();
    let api = Networking::new(&simulator);
    let rmm = Rmm::new(&simulator).await;
    let mapped = async |site: &str| {
        let body = rmm.get("/api/v2/account/dnet-site-mappings").await.json();
        let rows = body["dnetSiteMappings"].as_array().unwrap().clone();
        let row = rows.into_iter().find(|row| row["uid"] == site).unwrap();
        row["dattoNetworkingNetworkIds"].clone()
    };
    let site = simulator.site_uid("Bluebird Bakery").unwrap();
    let network = simulator.network_id("Bluebird Bakery").unwrap();
    assert_eq!(mapped(&site).await, json!([network]));
    let new = simulator.add_network("Bluebird Bakery Annex");
    simulator.set_network_mapping(&site, new, true).unwrap();
    assert_eq!(mapped(&site).await, json!([network, new]));
    simulator.set_network_mapping(&site, new, false).unwrap();
    assert_eq!(mapped(&site).await, json!([network]));
    simulator.rename_network(new, "Annex").unwrap();
    let settings = api.get(&format!("/network/{new}/settings")).await;
    assert_eq!(settings["network"]["general"]["network_name"], "Annex");
    simulator.delete_network(network).unwrap();
    assert!(!mapped(&site).await.is_array());
    assert!(simulator.set_network_mapping(&site, network, true).is_err());
}

#[tokio::test]
async fn the_control_port_does_the_same() {
    let mut settings = Settings::unlimited();
    settings.ports.control = Some(0);
    let simulator = start(World::demo(), settings);
    let url = simulator.control_url().unwrap();
    let command = async |commands: Value| {
        let request = client()
            .post(format!("{url}/commands"))
            .header("content-type", "application/json")
            .body(commands.to_string());
        let reply = Reply::read(request.send().await.unwrap()).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()["result"].clone()
    };
    let (clinic, site) = (
        simulator.network_id("Harbour Clinic").unwrap(),
        simulator.site_uid("Café Zénith").unwrap(),
    );
    let made = command(json!([
        {"op": "add-network", "name": "Cafe Zenith"},
        {"op": "add-network-device", "kind": "switch", "network": clinic, "name": "New", "ip": "10.8.0.99"},
        {"op": "add-networking-key", "kind": {"network": clinic}},
    ]))
    .await;
    let (network, switch) = (
        made[0]["network"].as_i64().unwrap(),
        made[1]["id"].as_i64().unwrap(),
    );
    let text = |name: &str| made[2][name].as_str().unwrap().to_owned();
    let narrow = Networking::with(&simulator, (text("key"), text("secret")));
    assert_eq!(
        narrow.get("/network/list").await["networks"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    command(json!([
        {"op": "rename-network", "network": network, "name": "Café"},
        {"op": "set-network-mapping", "site": site, "network": network, "on": true},
        {"op": "rename-network-device", "kind": "switch", "id": switch, "name": "Newer"},
        {"op": "set-network-device-ip", "kind": "switch", "id": switch, "ip": "10.8.0.98"},
        {"op": "set-network-device-down", "kind": "switch", "id": switch, "on": true},
        {"op": "move-network-device", "kind": "switch", "id": switch, "network": network},
        {"op": "set-networking-key-kind", "kind": {"network": network}},
    ]))
    .await;
    let api = Networking::new(&simulator);
    assert_eq!(
        api.get("/network/list").await["networks"][0]["name"],
        "Café"
    );
    let info = api.get(&format!("/switch/{switch}")).await["summary_info"].clone();
    assert_eq!(
        (&info["name"], &info["ip"], &info["cloud_status"]),
        (&json!("Newer"), &json!("10.8.0.98"), &json!("down"))
    );
    command(json!([
        {"op": "set-networking-key-kind", "kind": "account"},
        {"op": "delete-network-device", "kind": "switch", "id": switch},
        {"op": "delete-network", "network": network},
        {"op": "set-networking-read-only", "on": true},
    ]))
    .await;
    let target = format!("/network/{clinic}");
    assert_eq!(
        api.bad(reqwest::Method::DELETE, &target, Value::Null).await,
        (403, 13_006)
    );
    command(json!({"op": "expire-networking-key"})).await;
    assert_eq!(
        api.bad(reqwest::Method::GET, "/time", Value::Null).await,
        (403, 13_007)
    );
    let records = Reply::read(client().get(format!("{url}/records")).send().await.unwrap())
        .await
        .json();
    assert!(!records["truth"]["devices"].as_array().unwrap().is_empty());
    assert!(
        simulator
            .add_networking_key(NetworkingKeyKind::User(1))
            .is_err()
    );
}

#[test]
fn a_generated_world_has_the_sizes_that_were_asked_for() {
    let mut spec = WorldSpec::new(9).sites(30);
    spec.access_points_per_network = 8;
    spec.switches_per_network = 2;
    spec.power_strips_per_network = 3;
    spec.clients_per_network = 5;
    spec.unmapped_networks = 4;
    spec.router_percent = 100;
    let world = World::generate(&spec);
    let is_mapped = |id: &i64| world.sites.iter().any(|site| site.network_ids.contains(id));
    let unmapped: Vec<_> = world
        .networks
        .iter()
        .filter(|network| !is_mapped(&network.id))
        .collect();
    assert_eq!(unmapped.len(), 4);
    assert_eq!(
        (unmapped[0].name.as_str(), unmapped[0].owner.as_str()),
        ("HARBOUR CLINIC - Annex", "Harbour Clinic")
    );
    assert!(world.sites.iter().any(|site| site.network_ids.len() == 2));
    for network in &world.networks {
        assert_eq!(
            (
                network.switches.len(),
                network.power_strips.len(),
                network.routers.len(),
                network.clients.len()
            ),
            (2, 3, 1, 5)
        );
        assert!(network.switches[1].last_checkin_ms.is_none());
        if is_mapped(&network.id) {
            assert!((7..=8).contains(&network.nodes.len()));
        }
    }
    // The sites' computers are on the air.
    let known: std::collections::BTreeSet<_> = world
        .sites
        .iter()
        .flat_map(|site| &site.devices)
        .flat_map(|device| &device.interfaces)
        .filter_map(|card| card.mac)
        .collect();
    assert!(
        world
            .networks
            .iter()
            .flat_map(|network| &network.clients)
            .any(|client| known.contains(&client.mac))
    );
}

/// F098, F099 and F100 on records with errors (N19): the truth covers every device, and says where the
/// rules go wrong.
#[test]
fn records_name_organisations_and_configurations_that_exist() {
    let world = World::generate(&WorldSpec::new(2).sites(40));
    let records = world.host_records(&RecordsSpec::new(2));
    let organisation = |id: &String| records.organisations.iter().any(|one| one.id == *id);
    let configuration = |id: &String| records.configurations.iter().any(|one| one.id == *id);
    assert!(
        records
            .configurations
            .iter()
            .all(|one| organisation(&one.organisation))
    );
    assert_eq!(records.truth.networks.len(), world.networks.len());
    assert!(records.truth.networks.values().flatten().all(organisation));
    assert_eq!(records.truth.devices.len(), world.network_devices().len());
    for device in &records.truth.devices {
        assert!(
            device
                .configuration
                .iter()
                .chain(&device.duplicate)
                .all(configuration)
        );
        match &device.expected {
            Expected::Match {
                configuration: id, ..
            } => assert!(configuration(id)),
            Expected::Ambiguous { configurations, .. } => {
                assert!(configurations.iter().all(configuration));
            }
            _ => {}
        }
    }
    let text = serde_json::to_value(&records).unwrap();
    assert!(
        text["truth"]["devices"][0]["expected"].is_object()
            || text["truth"]["devices"][0]["expected"] == "none"
    );
}
