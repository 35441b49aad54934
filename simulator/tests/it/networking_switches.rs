//! Datto Networking: switches.

use msp_simulator::{MacAddress, Settings, Simulator, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Networking, start};

/// A network with one switch that is up: the handle and the ids.
fn one_switch() -> (Simulator, i64, i64) {
    let mut world = World::new(1);
    let network = world.add_network("Harbour Clinic");
    let mac = MacAddress([0x88, 0xdc, 0x96, 0, 0x10, 0x2f]);
    let switch = world.add_switch(network, "Core", mac, "10.8.0.14").unwrap();
    (start(world, Settings::unlimited()), network, switch)
}

#[tokio::test]
async fn lists_and_details_nest_what_they_tell() {
    let (simulator, network, switch) = one_switch();
    let api = Networking::new(&simulator);
    let list = api.get(&format!("/switch/network/{network}/list")).await;
    let row = &list["switches"][0];
    assert_eq!(
        (&row["id"], &row["poe"]),
        (
            &json!(switch),
            &json!({"available_power_w": 128.25, "total_power_w": 150})
        )
    );
    let info = &row["summary_info"];
    for (name, value) in [
        ("mac", json!("88:DC:96:00:10:2F")),
        ("model", json!("OMS8")),
        ("ip", json!("10.8.0.14")),
        ("gateway_ip", json!("10.8.0.1")),
        ("firmware_version", json!("v01.04.02")),
        ("cloud_status", json!("up")),
        ("active_ports", json!(3)),
        // Trunks do not count.
        ("total_ports", json!(12)),
        ("uptime_seconds", json!(80_211)),
    ] {
        assert_eq!(info[name], value, "{name}");
    }
    assert_eq!(info["lifecycle"]["end_of_life"], Value::Null);
    assert_eq!(
        (
            &info["subscription"]["term"],
            &info["subscription"]["end_date"]
        ),
        (&json!("monthly"), &Value::Null)
    );
    assert_eq!(info.get("management_vlan"), None);
    let detail = api.get(&format!("/switch/{switch}")).await;
    assert_eq!(
        (
            &detail["id"],
            &detail["switch_id"],
            detail.get("network_id")
        ),
        (&json!(switch), &json!(switch), None)
    );
    let ids: Vec<_> = detail["ports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|port| port["id"].as_str().unwrap())
        .collect();
    assert_eq!((ids.len(), &ids[..3]), (20, &["1", "10", "2"][..]));
    let port = &detail["ports"][0];
    assert_eq!(
        (&port["type"], &port["status"], &port["poe"]["status"]),
        (&json!("poe"), &json!("up"), &json!("delivering power"))
    );
    assert_eq!(port["statistics"]["rx_bytes"]["all"], 6_442_450_944_i64);
    let trunk = &detail["ports"][19];
    assert_eq!(
        (
            &trunk["type"],
            &trunk["aggregation"],
            trunk.get("rate_limit"),
            trunk.get("poe")
        ),
        (&json!("trunk"), &json!({"port_ids": []}), None, None)
    );
    assert_eq!(detail["qos"]["dscp"].as_array().unwrap().len(), 64);
    assert_eq!(detail["snmp"]["community"], "example-community");
    assert_eq!(detail["summary_info"].get("serial_no"), None);
    simulator.update_settings(|settings| settings.networking.serial_everywhere = true);
    let detail = api.get(&format!("/switch/{switch}")).await;
    assert_eq!(detail["summary_info"]["serial_no"], "SW88DC9600102F");
}

#[tokio::test]
async fn a_new_switch_has_empty_texts_until_it_is_seen() {
    let (simulator, network, _) = one_switch();
    let api = Networking::new(&simulator);
    let other = simulator.add_network("Bluebird Bakery");
    let body =
        json!({"mac": "88:DC:96:00:00:01", "name": "Attic", "description": "", "model": "OMS24"});
    let made = api
        .post(&format!("/switch/network/{network}"), body.clone())
        .await;
    let id = made["switch_id"].as_i64().unwrap();
    let detail = api.get(&format!("/switch/{id}")).await;
    let info = &detail["summary_info"];
    assert_eq!(
        (
            &info["last_checkin"],
            &info["ip"],
            &info["cloud_status"],
            &info["uptime_seconds"],
            &info["model"]
        ),
        (
            &json!(""),
            &json!(""),
            &json!("unknown"),
            &json!(0),
            &json!("OMS24")
        )
    );
    let elsewhere = format!("/switch/network/{other}");
    assert_eq!(
        api.bad(Method::POST, &elsewhere, body.clone()).await,
        (403, 17_001)
    );
    let mut moving = body;
    moving["confirm_transfer"] = json!(true);
    assert_eq!(api.post(&elsewhere, moving).await, json!({"switch_id": id}));
    assert_eq!(api.delete(&format!("/switch/{id}")).await, Value::Null);
    let target = format!("/switch/{id}");
    assert_eq!(
        api.bad(Method::GET, &target, Value::Null).await,
        (404, 1017)
    );
}

#[tokio::test]
async fn ports_are_changed_by_their_ids_and_vlans_are_drawn_together() {
    let (simulator, _, switch) = one_switch();
    let api = Networking::new(&simulator);
    let path = format!("/switch/{switch}");
    let body = json!({
        "summary_info": {"name": "Core 2"},
        "firmware": {"active_partition": 2},
        "ports": [
            {"id": "1", "description": "Printer", "tagged_vlans": "4,3,2,12", "poe": {"enable": false}},
            {"id": "trunk1", "aggregation": {"port_ids": ["9", "10"]}},
        ],
    });
    assert_eq!(api.put(&path, body).await, Value::Null);
    let after = api.get(&path).await;
    assert_eq!(after["summary_info"]["name"], "Core 2");
    assert_eq!(
        (
            &after["firmware"]["active_partition"],
            &after["firmware"]["version_partition_1"]
        ),
        (&json!(2), &json!("IMG-01.04.01"))
    );
    let port = &after["ports"][0];
    assert_eq!(
        (
            &port["tagged_vlans"],
            &port["description"],
            &port["poe"]["status"],
            &port["vlan_id"]
        ),
        (
            &json!("2-4,12"),
            &json!("Printer"),
            &json!("disabled"),
            &json!(1)
        )
    );
    for (port, code) in [
        (json!({"id": "99"}), 12_012),
        (json!({"description": "x"}), 12_011),
        (json!({"id": "1", "vlan_id": 5000}), 12_004),
        (json!({"id": "1", "tagged_vlans": "9-1"}), 12_004),
        (json!({"id": "1", "acl_mac": "none"}), 1017),
        (json!({"id": "1", "poe": {"priority": "urgent"}}), 12_002),
    ] {
        let body = json!({"summary_info": {"name": "Half"}, "ports": [port]});
        assert_eq!(api.bad(Method::PUT, &path, body).await, (403, code));
    }
    assert_eq!(api.get(&path).await, after);
}

#[tokio::test]
async fn switches_are_told_what_to_do_by_gets() {
    let (simulator, network, switch) = one_switch();
    let api = Networking::new(&simulator);
    simulator.reset_counts();
    for action in [
        "reboot",
        "port/F1/reset",
        "enable_pairing",
        "expedite_upgrade",
    ] {
        assert_eq!(
            api.get(&format!("/switch/{switch}/{action}")).await,
            Value::Null
        );
    }
    assert_eq!((simulator.writes(), simulator.reads()), (4, 0));
    assert_eq!(
        simulator.count("networking GET /switch/{switch}/port/{port}/reset"),
        1
    );
    let actions = simulator.network_actions();
    assert_eq!(
        (actions[1].port.as_deref(), actions[1].network),
        (Some("F1"), network)
    );
    let info = api.get(&format!("/switch/{switch}")).await["summary_info"].clone();
    assert_eq!(
        (
            &info["cloud_status"],
            &info["uptime_seconds"],
            &info["expedite_upgrade"]
        ),
        (&json!("pairing"), &json!(0), &json!(true))
    );
    let target = format!("/switch/{switch}/port/77/reset");
    assert_eq!(
        api.bad(Method::GET, &target, Value::Null).await,
        (404, 1017)
    );
}

#[tokio::test]
async fn settings_are_read_as_a_list_and_written_as_a_map() {
    let (simulator, network, _) = one_switch();
    let api = Networking::new(&simulator);
    let path = format!("/switch/network/{network}/settings");
    let stable = json!({
        "disable_upgrade": false,
        "firmware": [{"OMS8": {"build": "v01.04.02", "tag": "stable"}}],
    });
    assert_eq!(api.get(&path).await, stable);
    let body = json!({"disable_upgrade": true, "firmware": {"OMS8": {"tag": "testing"}}});
    assert_eq!(api.put(&path, body).await, Value::Null);
    let testing = json!({
        "disable_upgrade": true,
        "firmware": [{"OMS8": {"build": "v01.05.00", "tag": "testing"}}],
    });
    assert_eq!(api.get(&path).await, testing);
    let body = json!({"firmware": {"OMS8": {"tag": "nightly"}}});
    assert_eq!(api.bad(Method::PUT, &path, body).await, (403, 12_008));
    let body = json!({"firmware": {"OMS99": {"tag": "stable"}}});
    assert_eq!(api.bad(Method::PUT, &path, body).await, (403, 1017));
    let allowed = api
        .get(&format!("/switch/network/{network}/allowed_firmware"))
        .await;
    let tags =
        json!([{"tag": "stable", "build": "v01.04.02"}, {"tag": "testing", "build": "v01.05.00"}]);
    assert_eq!(allowed, json!({"allowed_firmware": {"OMS8": tags}}));
}

#[tokio::test]
async fn traps_are_replaced_as_a_whole() {
    let (simulator, _, switch) = one_switch();
    let api = Networking::new(&simulator);
    let path = format!("/switch/{switch}/snmp_traps");
    let before = json!({"traps": [{
        "host": "192.0.2.40", "community_name": "example-community", "notify_type": "informs",
        "version": "v2c", "retry": 3, "timeout": 15, "udp": 162,
    }]});
    assert_eq!(api.get(&path).await, before);
    let body = json!({"traps": [{"host": "192.0.2.41", "community_name": "EXAMPLE", "udp": 1162}]});
    assert_eq!(api.put(&path, body).await, Value::Null);
    let after = api.get(&path).await;
    assert_eq!(
        (
            &after["traps"][0]["host"],
            &after["traps"][0]["udp"],
            after["traps"].as_array().unwrap().len()
        ),
        (&json!("192.0.2.41"), &json!(1162), 1)
    );
    let body = json!({"traps": [{"host": "192.0.2.41"}]});
    assert_eq!(api.bad(Method::PUT, &path, body).await, (403, 1006));
    let nine = vec![json!({"host": "192.0.2.1", "community_name": "EXAMPLE"}); 9];
    assert_eq!(
        api.bad(Method::PUT, &path, json!({"traps": nine})).await,
        (403, 12_018)
    );
}

#[tokio::test]
async fn access_lists_are_deleted_with_a_body() {
    let (simulator, _, switch) = one_switch();
    let api = Networking::new(&simulator);
    let path = format!("/switch/{switch}/acl");
    let nothing = json!({"mac_acl": [], "ipv4_acl": [], "mac_ace": [], "ipv4_ace": []});
    assert_eq!(api.get(&path).await, nothing);
    let entry = json!({
        "acl_name": "guests", "sequence": 1, "action": "permit", "protocol": "any",
        "source_ip": "10.0.0.*", "destination_ip": "*", "type_of_service": -1,
    });
    let body = json!({"ipv4_acl": [{"name": "guests"}], "mac_acl": [{"name": "foo"}], "ipv4_ace": [entry]});
    assert_eq!(api.post(&path, body.clone()).await, Value::Null);
    assert_eq!(api.bad(Method::POST, &path, body).await, (403, 12_022));
    let got = api.get(&path).await;
    assert_eq!(
        got["ipv4_acl"],
        json!([{"name": "guests", "assigned": false}])
    );
    assert_eq!(
        (&got["ipv4_ace"][0]["id"], &got["ipv4_ace"][0]["source_ip"]),
        (&json!(1), &json!("10.0.0.*"))
    );
    assert_eq!(
        api.get(&format!("/switch/{switch}")).await["acl"],
        json!({"enable": true})
    );
    let body = json!({"ipv4_ace": [{"id": 1, "action": "deny"}]});
    api.put(&path, body).await;
    assert_eq!(api.get(&path).await["ipv4_ace"][0]["action"], "deny");
    let body = json!({"ipv4_ace": [{"id": 9}]});
    assert_eq!(api.bad(Method::PUT, &path, body).await, (403, 12_012));
    // A list that a port uses stays.
    api.put(
        &format!("/switch/{switch}"),
        json!({"ports": [{"id": "1", "acl_mac": "foo"}]}),
    )
    .await;
    let foo = json!({"mac_acl": [{"name": "foo"}]});
    assert_eq!(
        api.bad(Method::DELETE, &path, foo.clone()).await,
        (403, 12_029)
    );
    api.put(
        &format!("/switch/{switch}"),
        json!({"ports": [{"id": "1", "acl_mac": ""}]}),
    )
    .await;
    assert_eq!(api.good(Method::DELETE, &path, &foo).await, Value::Null);
    let guests = json!({"ipv4_acl": [{"name": "guests"}]});
    assert_eq!(api.good(Method::DELETE, &path, &guests).await, Value::Null);
    assert_eq!(api.get(&path).await, nothing);
    assert_eq!(api.bad(Method::DELETE, &path, guests).await, (404, 1017));
}
