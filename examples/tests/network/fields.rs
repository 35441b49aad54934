//! Which fields are stored, and which are only shown.

use serde_json::{Value, json};

use super::support::{Bench, ROUTERS};

fn live<'d>(device: &'d Value, label: &str) -> &'d str {
    let shown = device["live"].as_array().expect("a list").iter();
    let mut found = shown.filter(|shown| shown["label"] == label);
    let one = found
        .next()
        .unwrap_or_else(|| panic!("no {label} in {device:#}"));
    one["value"].as_str().expect("text")
}

#[test]
fn f077_f102_live_fields_are_as_they_are_now_and_are_stored_nowhere() {
    let bench = Bench::mapped();
    let before = live(&bench.device("ap-hall"), "Uptime (s)").to_owned();
    bench.simulator.with_world_mut(|world| {
        for node in world
            .networks
            .iter_mut()
            .flat_map(|network| &mut network.nodes)
        {
            node.uptime_seconds += 60;
            "By the door".clone_into(&mut node.description);
        }
    });
    let hall = bench.device("ap-hall");
    assert_ne!(live(&hall, "Uptime (s)"), before);
    assert_eq!(live(&hall, "Description"), "By the door");
    for name in ["ap-hall", "sw-1", "strip-1"] {
        let device = bench.device(name);
        for label in ["Firmware", "Last check-in", "Uptime (s)"] {
            assert!(!live(&device, label).is_empty(), "{name} {label}");
        }
    }
    bench.run(&["sync", "--changes", "changes.csv", "--creations", "new.csv"]);
    for file in ["changes.csv", "new.csv"] {
        let text = bench.read(file);
        assert!(
            !text.contains("By the door") && !text.contains("Firmware"),
            "{text}"
        );
    }
}

#[test]
fn f101_name_mac_ip_status_model_and_serial_are_mapped_and_what_differs_is_written() {
    let bench = Bench::mapped();
    let run = bench.run(&["sync", "--changes", "changes.json"]);
    assert_eq!(run.code, 4, "{run:?}");
    let changes: Value = serde_json::from_str(&bench.read("changes.json")).expect("JSON");
    let of = |id: &str| -> Vec<&str> {
        let rows = changes
            .as_array()
            .expect("a list")
            .iter()
            .filter(|row| row["id"] == id);
        rows.map(|row| row["column"].as_str().expect("text"))
            .collect()
    };
    // The address is the same in another spelling, so it is no difference; one of two IP addresses is not either.
    assert_eq!(of("c1"), ["model", "name", "serial_number", "status"]);
    assert_eq!(
        of("c2"),
        ["ip_address", "model", "name", "serial_number", "status"]
    );
    // Suggested is not matched.
    assert!(of("c3").is_empty());
    bench.run(&["sync", "--creations", "new.json"]);
    let created: Value = serde_json::from_str(&bench.read("new.json")).expect("JSON");
    let oven = &created[0];
    assert_eq!(oven["name"], "ap-oven", "{created:#}");
    for column in [
        "mac_address",
        "ip_address",
        "status",
        "model",
        "serial_number",
    ] {
        assert_ne!(oven[column], "", "{column}");
    }
}

#[test]
fn f101_the_serial_number_is_no_key() {
    let bench = Bench::fresh();
    let serial = bench
        .simulator
        .with_world(|world| world.networks[0].nodes[0].serial.clone());
    bench.write(
        "configurations.csv",
        &format!(
            "id,organization_id,name,mac_address,ip_address,serial_number\nc1,1,Hall,,,{serial}\n"
        ),
    );
    bench.run(&["sync", "--accept", "name"]);
    assert_eq!(bench.device("ap-hall")["state"], "new");
}

#[test]
fn f103_f104_f105_f106_each_kind_shows_what_only_it_has() {
    let bench = Bench::mapped();
    let hall = bench.device("ap-hall");
    assert_eq!(live(&hall, "Clients"), "12");
    for label in ["Latitude", "Longitude"] {
        let degrees: f64 = live(&hall, label).parse().expect("degrees");
        assert!(degrees > 1.0, "{label}");
    }
    let switch = bench.device("sw-1");
    for label in [
        "Active ports",
        "Ports",
        "Available power (W)",
        "Total power (W)",
        "Gateway",
    ] {
        assert!(!live(&switch, label).is_empty(), "{label}");
    }
    let strip = bench.device("strip-1");
    for label in ["Surge protection", "Enabled ports", "Role"] {
        assert!(!live(&strip, label).is_empty(), "{label}");
    }
    assert_eq!(live(&bench.device("gate"), "LTE status"), "standby");
    // None of them is another kind's.
    assert!(
        strip["live"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|shown| shown["label"] != "Clients")
    );
}

#[test]
fn f105_the_connection_type_of_managed_power_is_shown_once_it_is_told() {
    // No public source tells it; the field map shows it from the day on which it comes.
    let bench = Bench::mapped();
    let map = json!([{"source": "connection_type", "target": "Connection", "place": "shown", "default": "not told"}]);
    bench.write("fields.json", &map.to_string());
    let rows = bench.json(&["devices", "--fields", "fields.json"], 0);
    let devices = rows[0]["devices"].as_array().expect("a list").iter();
    let strip = devices
        .clone()
        .find(|device| device["name"] == "strip-1")
        .expect("a strip");
    assert_eq!(live(strip, "Connection"), "not told");
}

#[test]
fn another_field_map_is_used_and_a_wrong_one_is_refused_by_name() {
    let bench = Bench::mapped();
    bench.write(
        "fields.json",
        r#"[{"source": "name", "target": "Title"}, {"source": "mac", "target": "Primary MAC", "kind": "mac"}]"#,
    );
    bench.run(&[
        "sync",
        "--fields",
        "fields.json",
        "--creations",
        "new.csv",
        "--routers",
        ROUTERS,
    ]);
    assert!(
        bench
            .read("new.csv")
            .starts_with("organization_id,source,kind,Primary MAC,Title\n"),
        "{}",
        bench.read("new.csv")
    );
    for (map, part) in [
        ("[{\"source\": \"name\"}]", "target"),
        (
            r#"[{"source": "name", "target": "a"}, {"source": "mac", "target": "a"}]"#,
            "fills \\\"a\\\" again",
        ),
        ("{", "fields.json"),
    ] {
        bench.write("fields.json", map);
        let run = bench.run(&["devices", "--fields", "fields.json"]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(
            run.stderr.contains(&part.replace('\\', "")),
            "{part} is not in {run:?}"
        );
    }
    bench.refuses(
        &["devices", "--fields", "missing.json"],
        2,
        &["missing.json"],
    );
}
