//! What an administrator sees, and what a manager does.

use super::support::{Bench, ROUTERS};

#[test]
fn f080_an_administrator_sees_everything() {
    let bench = Bench::mapped();
    let report = bench.json(&["organizations"], 0);
    assert_eq!(report["organizations"].as_array().map(Vec::len), Some(2));
    assert_eq!(report["as_manager_of"].as_array().map(Vec::len), Some(0));
}

#[test]
fn f081_n22_a_manager_sees_matched_and_unmatched_data_of_the_organisations_given_and_of_no_other() {
    let bench = Bench::mapped();
    bench.simulator.with_world_mut(|world| {
        world.add_network("Secret Prospect");
        let id = world
            .network_named("Bluebird Bakery")
            .expect("a network")
            .id;
        world
            .add_node(id, "ap-shared", super::support::mac(1), "10.0.1.12")
            .expect("a network");
    });
    let manager = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["--as-manager-of", "Bluebird Bakery", "--routers", ROUTERS]);
        bench.run(&all)
    };
    let hidden = [
        "Harbour Clinic",
        "ap-hall",
        "gate",
        "Hall",
        "Secret Prospect",
    ];
    bench.run(&["sync"]);
    for arguments in [
        &["organizations"][..],
        &["organizations", "--json"],
        &["devices"],
        &["devices", "--json"],
        &["explain", "ap-shared"],
        &["explain", "ap-shared", "--json"],
        &[
            "sync",
            "--report",
            "report.html",
            "--creations",
            "new.csv",
            "--changes",
            "changes.csv",
        ],
    ] {
        let run = manager(arguments);
        assert!([0, 4].contains(&run.code), "{run:?}");
        assert!(
            run.stdout.contains("ap-shared") || run.stdout.contains("Bluebird Bakery"),
            "{run:?}"
        );
        for name in hidden {
            assert!(
                !run.stdout.contains(name) && !run.stderr.contains(name),
                "{name} is in {run:?}"
            );
        }
    }
    for file in ["report.html", "new.csv", "changes.csv"] {
        let text = bench.read(file);
        for name in hidden {
            assert!(!text.contains(name), "{name} is in {file}");
        }
    }
    // That somebody else has the address holds the device back all the same.
    let held = manager(&["devices"]);
    assert!(
        held.stdout.contains("an organisation that you do not see"),
        "{held:?}"
    );
    for refused in [
        &["explain", "ap-hall"][..],
        &["decide", "ignore", "ap-hall"],
        &["decide", "map", "Bluebird Bakery", "1"],
        &["decide", "ignore", "Secret Prospect"],
        &["search", "1", "Hall"],
        &["undo", "2"],
    ] {
        let run = manager(refused);
        assert_eq!(run.code, 2, "{run:?}");
    }
    bench.refuses(
        &["sync", "--as-manager-of", "Nobody"],
        2,
        &["no organisation", "Nobody"],
    );
    assert_eq!(bench.json(&["status"], 1)["state"], "failed");
}

#[test]
fn n22_the_same_result_is_filtered_and_several_organisations_may_be_given() {
    let bench = Bench::mapped();
    let all = bench.json(&["devices"], 0);
    let some = bench.json(&["devices", "--as-manager-of", "2,Harbour Clinic"], 0);
    assert_eq!(some, all);
}
