//! A sync from its start to its end, again, and interrupted.

use simulator::{Fault, FaultAction};

use super::support::{Bench, ROUTERS, row};

/// An answer that is JSON, and nothing that was asked for.
fn wrong_json() -> FaultAction {
    FaultAction::Answer {
        status: 200,
        content_type: "application/json".to_owned(),
        body: r#"{"networks": 5, "switches": 5}"#.to_owned(),
    }
}

#[test]
fn f084_f085_a_sync_is_started_by_hand_and_goes_from_syncing_to_ok() {
    let bench = Bench::fresh();
    bench.refuses(&["status"], 2, &["there is no store"]);
    let run = bench.run(&["sync", "--accept", "name"]);
    assert_eq!(run.code, 4, "{run:?}");
    let status = bench.json(&["status"], 0);
    assert_eq!(status["state"], "ok");
    assert!(
        status["what"]
            .as_str()
            .expect("text")
            .contains("2 organisations"),
        "{status}"
    );
}

#[test]
fn f085_a_sync_says_syncing_while_it_runs_and_one_that_was_killed_did_not_come_to_its_end() {
    let bench = Bench::fresh();
    let (tell, told) = std::sync::mpsc::channel();
    bench.simulator.on_request(move |_, _| {
        let _ = tell.send(());
    });
    bench
        .simulator
        .inject(Fault::any(None, FaultAction::DelayMs(60_000)));
    let mut child = bench.command(&["sync"]).spawn().expect("it runs");
    told.recv().expect("it asks, after it has opened the store");
    let run = bench.run(&["status"]);
    assert!(
        run.code == 0 && run.stdout.starts_with("Syncing"),
        "{run:?}"
    );
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let run = bench.run(&["status"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.stdout.contains("Failed") && run.stdout.contains("before it came to its end"),
        "{run:?}"
    );
}

#[test]
fn f085_a_sync_that_fails_says_so_and_why() {
    let bench = Bench::fresh();
    bench
        .simulator
        .inject(Fault::on("networking GET /network/list", wrong_json()).always());
    let run = bench.run(&["sync"]);
    assert_eq!(run.code, 1, "{run:?}");
    let status = bench.json(&["status"], 1);
    assert_eq!(status["state"], "failed");
}

#[test]
fn f086_what_matches_is_matched_and_whatever_is_left_waits_for_a_person() {
    let bench = Bench::fresh();
    let report = bench.json(&["sync", "--accept", "name", "--routers", ROUTERS], 4);
    let clinic = row(&report["organizations"], "name", "Harbour Clinic");
    assert_eq!(clinic["counts"]["matched"], 4, "{clinic:#}");
    assert_eq!(clinic["counts"]["suggested"], 1);
    assert_eq!(clinic["counts"]["new"], 1);
    // Nothing is decided without a person unless it was asked for.
    let bench = Bench::fresh();
    let report = bench.json(&["sync"], 4);
    assert_eq!(report["organizations"].as_array().map(Vec::len), Some(0));
    assert_eq!(report["networks"][0]["state"], "suggested");
}

#[test]
fn f091_f092_devices_come_after_organisations_and_are_looked_for_inside_theirs_only() {
    let bench = Bench::fresh();
    bench.refuses(&["explain", "ap-hall"], 2, &["organisations come first"]);
    bench.refuses(
        &["decide", "create", "ap-hall"],
        2,
        &["organisation is not mapped"],
    );
    // The clinic's record stands in the bakery: it is not matched across, and nothing is created beside it.
    bench.write(
        "configurations.csv",
        "id,organization_id,name,mac_address,ip_address\nx,2,Hall,ac:86:74:7f:00:01,10.0.0.11\n",
    );
    bench.run(&["sync", "--accept", "name"]);
    let hall = bench.device("ap-hall");
    assert_eq!(hall["state"], "held", "{hall:#}");
    assert!(
        hall["why"]
            .as_str()
            .expect("text")
            .contains("Bluebird Bakery"),
        "{hall:#}"
    );
}

#[test]
fn f096_a_second_run_with_nothing_changed_changes_nothing_and_writes_the_same() {
    let bench = Bench::fresh();
    let sync = [
        "sync",
        "--accept",
        "name",
        "--creations",
        "new.csv",
        "--changes",
        "changes.json",
        "--new-organizations",
        "organisations.csv",
    ];
    let files = ["new.csv", "changes.json", "organisations.csv"];
    let run = bench.run(&sync);
    assert_eq!(run.code, 4, "{run:?}");
    let before = files.map(|name| bench.read(name));
    let decisions = bench.json(&["decisions"], 0);
    let again = bench.run(&sync);
    assert_eq!(again.code, 4, "{again:?}");
    assert_eq!(again.stdout, run.stdout);
    assert_eq!(files.map(|name| bench.read(name)), before);
    assert_eq!(bench.json(&["decisions"], 0), decisions);
    assert_eq!(decisions.as_array().map(Vec::len), Some(2));
    // Something new is found the next time.
    bench.simulator.with_world_mut(|world| {
        let network = world
            .network_named("Bluebird Bakery")
            .expect("a network")
            .id;
        world
            .add_node(network, "ap-shop", super::support::mac(9), "10.0.1.12")
            .expect("a network");
    });
    bench.run(&sync);
    assert!(bench.read("new.csv").contains("ap-shop"));
}

#[test]
fn f146_organisations_tell_how_many_of_their_devices_are_unmatched_and_counts_add_up() {
    let bench = Bench::mapped();
    let report = bench.json(&["organizations", "--routers", ROUTERS], 0);
    for (name, unmatched) in [("Harbour Clinic", 2), ("Bluebird Bakery", 1)] {
        let organization = row(&report["organizations"], "name", name);
        assert_eq!(organization["unmatched"], unmatched, "{organization:#}");
        let counts = organization["counts"].as_object().expect("counts");
        let number = |value: &serde_json::Value| value.as_u64().expect("a number");
        let parts: u64 = counts
            .iter()
            .filter(|(name, _)| *name != "devices")
            .map(|(_, count)| number(count))
            .sum();
        assert_eq!(parts, number(&counts["devices"]), "{counts:?}");
    }
    // Matching of devices starts from there.
    let waiting = bench.json(
        &["devices", "--organization", "Harbour Clinic", "--waiting"],
        0,
    );
    assert_eq!(
        waiting[0]["devices"].as_array().map(Vec::len),
        Some(1),
        "{waiting:#}"
    );
    let table = bench.ok(&["organizations"]);
    assert!(table.stdout.contains("Unmatched"), "{table:?}");
}

#[test]
fn a_dry_run_remembers_nothing_and_writes_no_file() {
    let bench = Bench::fresh();
    let before = bench.files();
    let run = bench.run(&[
        "sync",
        "--accept",
        "name",
        "--dry-run",
        "--creations",
        "new.csv",
        "--report",
        "report.html",
    ]);
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.stdout.contains("Harbour Clinic"), "{run:?}");
    assert_eq!(bench.files(), before);
}

#[test]
fn a_network_that_was_read_in_part_is_told_and_nothing_is_created_in_it() {
    let bench = Bench::mapped();
    bench.simulator.inject(
        Fault::on(
            "networking GET /switch/network/{network}/list",
            wrong_json(),
        )
        .always(),
    );
    let run = bench.run(&["sync", "--creations", "new.csv"]);
    assert!(run.stderr.contains("was read in part"), "{run:?}");
    assert_eq!(bench.read("new.csv").lines().count(), 1, "headings only");
}
