//! F057 to F063: rights.

use serde_json::Value;
use simulator::SecurityLevel;

use super::support::{Bench, lines};

fn result<'r>(report: &'r Value, check: &str) -> &'r Value {
    let checks = report["checks"].as_array().expect("a list");
    let line = checks.iter().find(|line| line["check"] == check);
    line.unwrap_or_else(|| panic!("no check {check}: {report:#}"))
}

#[test]
fn f057_f058_a_low_level_is_enough_for_devices_and_what_users_did_needs_an_administrator() {
    let bench = Bench::new();
    let user = bench.simulator.rmm_user().expect("a user");
    let set = |level| bench.simulator.set_user_level(&user, level).expect("set");
    set(SecurityLevel::ReadOnly);
    let report = bench.json(&["preflight", "--devices-only"], 0);
    assert_eq!(report["ready"], true);
    let report = bench.json(&["preflight"], 1);
    assert_eq!(report["ready"], false);
    assert_eq!(result(&report, "activity of devices")["result"], "ok");
    let users = result(&report, "activity of users");
    assert_eq!(users["result"], "failed");
    let detail = users["detail"].as_str().expect("text");
    assert!(detail.contains("it is for Administrators only"), "{detail}");
    set(SecurityLevel::Administrator);
    assert_eq!(bench.json(&["preflight"], 0)["ready"], true);
}

#[test]
fn f059_a_level_is_repaired_in_place_and_nothing_is_lost_meanwhile() {
    let bench = Bench::new();
    bench.map();
    let user = bench.simulator.rmm_user().expect("a user");
    let note = |by: &str| {
        let spec = simulator::ActivitySpec::user(by, "user", "login");
        bench.simulator.add_activity(&spec).expect("added")
    };
    let follow = ["follow", "--once", "--to", "activity.jsonl"];
    let first = note(&user);
    bench.ok(&follow);
    let mapped = bench.json(&["map"], 0);
    bench
        .simulator
        .set_user_level(&user, SecurityLevel::ReadOnly)
        .expect("set");
    let meanwhile = note(&user);
    let run = bench.run(&follow);
    assert_eq!(run.code, 1, "{run:?}");
    for part in [
        "remove the old security level",
        "add Administrator",
        "--devices-only",
    ] {
        assert!(run.stderr.contains(part), "{run:?}");
    }
    bench
        .simulator
        .set_user_level(&user, SecurityLevel::Administrator)
        .expect("set");
    bench.ok(&follow);
    assert_eq!(
        super::support::ids(&bench.lines("activity.jsonl")),
        [first, meanwhile]
    );
    assert_eq!(bench.json(&["map"], 0), mapped);
}

#[test]
fn f057_following_devices_only_needs_no_administrator_and_tells_nothing_of_users() {
    let bench = Bench::new();
    bench.map();
    let user = bench.simulator.rmm_user().expect("a user");
    bench
        .simulator
        .set_user_level(&user, SecurityLevel::ReadOnly)
        .expect("set");
    let device = bench.managed()[0].devices[0].uid.clone();
    for spec in [
        simulator::ActivitySpec::user(&user, "user", "login"),
        simulator::ActivitySpec::device(device, "remote", "jrto"),
    ] {
        bench.simulator.add_activity(&spec).expect("added");
    }
    let run = bench.ok(&["follow", "--once", "--json", "--devices-only"]);
    let lines = lines(&run.stdout);
    assert_eq!(lines.len(), 1, "{run:?}");
    assert_eq!(lines[0]["entity"], "DEVICE");
}

#[test]
fn f060_f061_f063_what_no_api_tells_is_a_checklist() {
    let bench = Bench::new();
    let text = |report: &Value| report["checklist"].to_string();
    let all = text(&bench.json(&["preflight"], 0));
    for part in [
        "API access is on",
        "a user made for this integration",
        "component level is Super (5)",
        "security level Administrator",
        "Administrator its default level",
        "carries the MSP's initials",
        "a file with mode 600",
        "nothing is connected anew",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
    let devices = text(&bench.json(&["preflight", "--devices-only"], 0));
    assert!(
        devices.contains("least privilege") && !devices.contains("Super (5)"),
        "{devices}"
    );
}

#[test]
fn f062_the_name_of_the_user_should_carry_the_initials() {
    let bench = Bench::new();
    let user = bench.simulator.rmm_user().expect("a user");
    let check = |user: &str, initials: &str| {
        let report = bench.json(&["preflight", "--user", user, "--initials", initials], 0);
        result(&report, "user's name")["result"].clone()
    };
    assert_eq!(check(&user, &user[..3].to_uppercase()), "ok");
    assert_eq!(check(&user, "XYZQ"), "warning");
    assert_eq!(check("nobody", "no"), "warning");
}
