//! Which kinds of devices are read, and that nothing is written.

use simulator::Vendor;

use super::support::{Bench, ROUTERS, row};

#[test]
fn f074_access_points_switches_managed_power_and_d200_routers_are_synced() {
    let bench = Bench::mapped();
    for (name, kind) in [
        ("ap-hall", "access point"),
        ("sw-1", "switch"),
        ("strip-1", "managed power"),
        ("gate", "router"),
    ] {
        assert_eq!(bench.device(name)["kind"], kind);
    }
    // Nobody publishes where routers are listed; without the place that is told, not passed over.
    let report = bench.json(&["organizations"], 0);
    let router = row(&report["kinds"], "kind", "router");
    assert!(
        router["became"]
            .as_str()
            .expect("text")
            .contains("--routers"),
        "{router:#}"
    );
    bench.refuses(
        &["organizations", "--routers", "/no/network"],
        2,
        &["--routers", "{network}"],
    );
}

#[test]
fn f075_a_dna_router_is_reported_as_unsupported_and_never_created() {
    let bench = Bench::mapped();
    bench.simulator.with_world_mut(|world| {
        let id = world
            .network_named("Bluebird Bakery")
            .expect("a network")
            .id;
        let router = world
            .add_router(id, "dna-gate", super::support::mac(9), "10.0.1.1")
            .expect("a network");
        let network = world.network_mut(id).expect("a network");
        "DNA".clone_into(&mut network.router_mut(router).expect("a router").model);
    });
    let report = bench.json(&["sync", "--routers", ROUTERS, "--creations", "new.csv"], 4);
    let met = row(&report["unsupported"], "name", "dna-gate");
    assert_eq!(
        (&met["kind"], &met["network"]),
        (&"DNA router".into(), &"Bluebird Bakery".into())
    );
    assert!(!bench.read("new.csv").contains("dna-gate"));
    let run = bench.run(&["sync", "--routers", ROUTERS]);
    assert!(
        run.stderr.contains("dna-gate") && run.stderr.contains("cannot be synced"),
        "{run:?}"
    );
}

#[test]
fn f076_nothing_but_reads_is_sent_to_datto_networking() {
    let bench = Bench::fresh();
    bench.run(&[
        "sync",
        "--accept",
        "name",
        "--routers",
        ROUTERS,
        "--creations",
        "new.csv",
        "--report",
        "report.html",
    ]);
    bench.ok(&["decide", "accept", "ap-yard"]);
    bench.ok(&["decide", "create", "ap-oven"]);
    bench.ok(&["undo", "5"]);
    bench.ok(&["devices"]);
    let requests = bench.simulator.requests();
    assert!(requests.len() > 30, "{}", requests.len());
    for request in requests {
        assert_eq!(request.info.vendor, Vendor::Networking);
        assert!(!request.info.is_write, "{request:?}");
        assert!(
            request.info.operation.starts_with("networking GET "),
            "{request:?}"
        );
    }
    assert_eq!(bench.simulator.writes(), 0);
}
