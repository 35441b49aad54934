//! Datto Networking: managed power, and routers by a guess.

use msp_simulator::{MacAddress, Settings, Simulator, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Networking, start};

/// A network with a wired strip and one on the mesh: the handle and the ids.
fn strips() -> (Simulator, i64, [i64; 2]) {
    let mut world = World::new(1);
    let network = world.add_network("Harbour Clinic");
    let mac = |last| MacAddress([0xac, 0x86, 0x74, 0x20, 0x11, last]);
    let wired = world.add_power_strip(network, "Rack strip", mac(0), Some("10.8.0.60"));
    let meshed = world.add_power_strip(network, "Attic strip", mac(1), None);
    let ids = [wired.unwrap(), meshed.unwrap()];
    (start(world, Settings::unlimited()), network, ids)
}

#[tokio::test]
async fn lists_and_details_tell_different_things() {
    let (simulator, network, [wired, meshed]) = strips();
    let api = Networking::new(&simulator);
    let list = api
        .get(&format!("/powerstrip/network/{network}/list"))
        .await;
    let row = &list["powerstrips"][0];
    for (name, value) in [
        ("powerstrip_id", json!(wired)),
        ("mac", json!("ac:86:74:20:11:00")),
        ("model", json!("MP60")),
        ("ip", json!("10.8.0.60")),
        ("role", json!("gateway")),
        ("cloud_status", json!("up")),
        ("surge_protection_active", json!(true)),
        ("voltage_v", json!(231.0)),
        ("active_ports", json!(3)),
        ("enabled_ports", json!(6)),
        ("port_count", json!(6)),
        ("lifecycle", Value::Null),
    ] {
        assert_eq!(row[name], value, "{name}");
    }
    assert_eq!(
        (row.get("description"), row.get("network_id")),
        (None, None)
    );
    let mesh = &list["powerstrips"][1];
    assert_eq!(
        (&mesh["ip"], &mesh["mesh_ip"], &mesh["role"]),
        (&json!(""), &json!("10.255.3.10"), &json!("repeater"))
    );
    // Two or three digits of a second.
    for (row, id) in [(row, wired), (mesh, meshed)] {
        let time = row["last_checkin"].as_str().unwrap();
        let digits = time
            .strip_suffix('Z')
            .unwrap()
            .split_once('.')
            .unwrap()
            .1
            .len();
        assert_eq!(digits, if id % 2 == 0 { 2 } else { 3 }, "{time}");
    }
    let detail = api.get(&format!("/powerstrip/{wired}")).await;
    assert_eq!(
        (
            &detail["network_id"],
            &detail["description"],
            detail.get("port_count")
        ),
        (&json!(network), &json!(""), None)
    );
    assert_eq!(
        (
            &detail["ports"][0]["label"],
            &detail["ports"][0]["active_power_w"]
        ),
        (&json!("Outlet 1"), &json!(57.75))
    );
    assert_eq!(
        (&detail["schedule"], &detail["connection_checks"]),
        (&json!([]), &json!([]))
    );
}

#[tokio::test]
async fn a_strip_is_added_changed_and_deleted() {
    let (simulator, network, _) = strips();
    let api = Networking::new(&simulator);
    let body =
        json!({"mac": "ac:86:74:20:12:00", "name": "New", "description": "", "model": "P60"});
    let made = api
        .post(&format!("/powerstrip/network/{network}"), body)
        .await;
    let path = format!("/powerstrip/{}", made["powerstrip_id"]);
    let fresh = api.get(&path).await;
    assert_eq!(
        (
            &fresh["last_checkin"],
            &fresh["ip"],
            &fresh["firmware_version"],
            &fresh["need_pairing"],
            &fresh["model"]
        ),
        (
            &json!(""),
            &Value::Null,
            &json!(""),
            &json!(true),
            &json!("P60")
        )
    );
    let change = json!({
        "name": "Cabinet", "enable_connection_check": true, "connection_check_max_retries": 3,
        "connection_checks": [{"connection_check_name": " edge ", "hostname_1": "192.0.2.1"}],
        "ports": [{"port_id": 2, "label": "Modem", "enable": false, "connection_check_name": " edge "}],
        "schedule": [{"port_ids": [1, 2], "days_of_week": ["mon", "sun"], "hour": 3, "minute": 30, "action": "port_reset"}],
    });
    assert_eq!(api.put(&path, change).await, Value::Null);
    let after = api.get(&path).await;
    assert_eq!(
        (
            &after["name"],
            &after["enable_connection_check"],
            &after["connection_check_max_retries"]
        ),
        (&json!("Cabinet"), &json!(true), &json!(3))
    );
    assert_eq!(
        after["connection_checks"],
        json!([{"connection_check_name": " edge ", "hostname_1": "192.0.2.1", "hostname_2": null, "hostname_3": null, "hostname_4": null}])
    );
    assert_eq!(after["ports"][1]["connection_check_name"], " edge ");
    assert_eq!(after["schedule"][0]["powerstrip_port_schedule_id"], 1);
    api.put(
        &path,
        json!({"ports": [{"port_id": 2, "connection_check_name": null}]}),
    )
    .await;
    assert_eq!(
        api.get(&path).await["ports"][1]["connection_check_name"],
        Value::Null
    );
    let schedule = |hour: i64, day: &str, action: &str| json!({"schedule": [{"port_ids": [1], "days_of_week": [day], "hour": hour, "minute": 0, "action": action}]});
    for (body, code) in [
        (json!({"ports": [{"port_id": 7}]}), 12_012),
        (
            json!({"ports": [{"port_id": 1, "connection_check_name": "edge"}]}),
            1017,
        ),
        (schedule(24, "mon", "port_reset"), 12_004),
        (schedule(1, "monday", "port_reset"), 12_010),
        (schedule(1, "mon", "explode"), 12_002),
        (json!({"name": ""}), 1005),
    ] {
        assert_eq!(
            api.bad(Method::PUT, &path, body.clone()).await,
            (403, code),
            "{body}"
        );
    }
    assert_eq!(api.delete(&path).await, Value::Null);
    assert_eq!(api.bad(Method::GET, &path, Value::Null).await, (404, 1017));
}

#[tokio::test]
async fn strips_are_told_what_to_do_by_gets() {
    let (simulator, network, [strip, _]) = strips();
    let api = Networking::new(&simulator);
    simulator.reset_counts();
    for action in ["checkin", "reboot", "enable_pairing", "port/2/reset"] {
        assert_eq!(
            api.get(&format!("/powerstrip/{strip}/{action}")).await,
            Value::Null
        );
    }
    api.get(&format!("/powerstrip/network/{network}/expedite_upgrade"))
        .await;
    assert_eq!((simulator.writes(), simulator.reads()), (5, 0));
    let what: Vec<_> = simulator
        .network_actions()
        .into_iter()
        .map(|action| (action.what, action.port, action.device.is_some()))
        .collect();
    assert_eq!(what[3], ("reset".to_owned(), Some("2".to_owned()), true));
    assert_eq!(what[4], ("expedite_upgrade".to_owned(), None, false));
    let detail = api.get(&format!("/powerstrip/{strip}")).await;
    assert_eq!(
        (&detail["uptime_seconds"], &detail["enable_pairing"]),
        (&json!(0), &json!(true))
    );
    let target = format!("/powerstrip/{strip}/port/9/reset");
    assert_eq!(
        api.bad(Method::GET, &target, Value::Null).await,
        (404, 1017)
    );
    simulator.with_world_mut(|world| world.networks[0].power_strips[0].down = true);
    let target = format!("/powerstrip/{strip}/reboot");
    assert_eq!(
        api.bad(Method::GET, &target, Value::Null).await,
        (400, 17_004)
    );
}

#[tokio::test]
async fn usage_has_samples_by_period() {
    let (simulator, _, [strip, meshed]) = strips();
    let api = Networking::new(&simulator);
    for (period, count, step) in [
        ("2hours", 24, 300),
        ("day", 288, 300),
        ("week", 288, 2100),
        ("month", 288, 9300),
    ] {
        let body = api
            .get(&format!("/powerstrip/{strip}/usage?period={period}"))
            .await;
        let samples = body["usage"].as_array().unwrap();
        assert_eq!(samples.len(), count, "{period}");
        let second = |place: usize| {
            let time = samples[place]["time"].as_str().unwrap();
            let part = |range: std::ops::Range<usize>| time[range].parse::<i64>().unwrap();
            part(8..10) * 86_400 + part(11..13) * 3_600 + part(14..16) * 60
        };
        let between = second(count - 1) - second(count - 2);
        // A month may end in between.
        assert!(between == step || between < 0, "{period}: {between}");
    }
    let body = api.get(&format!("/powerstrip/{meshed}/usage")).await;
    let sample = &body["usage"][0];
    assert_eq!(
        (&sample["role"], &sample["ports"]["6"]["current_a"]),
        (&json!(""), &json!(0.0))
    );
    assert!(sample["ports"]["1"]["active_power_w"].as_f64().unwrap() > 40.0);
    let target = format!("/powerstrip/{strip}/usage?period=year");
    assert_eq!(
        api.bad(Method::GET, &target, Value::Null).await,
        (403, 1006)
    );
}

#[tokio::test]
async fn settings_and_firmware_are_the_networks() {
    let (simulator, network, _) = strips();
    let api = Networking::new(&simulator);
    let path = format!("/powerstrip/network/{network}/settings");
    assert_eq!(
        api.get(&path).await,
        json!({"enable_power_switch": true, "enable_mesh": true, "enable_upgrade": true, "firmware_tag": "stable"})
    );
    api.put(
        &path,
        json!({"enable_mesh": false, "firmware_tag": "testing"}),
    )
    .await;
    assert_eq!(
        api.get(&path).await,
        json!({"enable_power_switch": true, "enable_mesh": false, "enable_upgrade": true, "firmware_tag": "testing"})
    );
    assert_eq!(
        api.bad(Method::PUT, &path, json!({"firmware_tag": "x"}))
            .await,
        (403, 12_008)
    );
    let versions = api
        .get(&format!("/powerstrip/network/{network}/firmware_versions"))
        .await;
    assert_eq!(
        versions["firmware_versions"][0],
        json!({"tag_id": "11", "tag": "stable", "build": "6.4.9-77ad01"})
    );
}

#[tokio::test]
async fn routers_are_there_only_where_the_settings_say_so() {
    let (simulator, network, _) = strips();
    let mac = MacAddress([0xac, 0x86, 0x74, 0, 0, 9]);
    let router =
        simulator.with_world_mut(|world| world.add_router(network, "Router", mac, "10.8.0.1"));
    let router = router.unwrap();
    let api = Networking::new(&simulator);
    let path = format!("/router/network/{network}/list");
    assert_eq!(api.bad(Method::GET, &path, Value::Null).await, (404, 1002));
    simulator.update_settings(|settings| settings.networking.routers = true);
    let row = api.get(&path).await["routers"][0].clone();
    assert_eq!(
        (&row["id"], &row["model"], &row["mac"], &row["lte_status"]),
        (
            &json!(router),
            &json!("D200"),
            &json!("ac:86:74:00:00:09"),
            &json!("standby")
        )
    );
    assert_eq!(api.get(&format!("/router/{router}")).await, row);
}
