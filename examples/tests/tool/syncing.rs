//! Unattended passes.

use super::support::Bench;

#[test]
fn sync_applies_what_is_decided_only_with_yes() {
    let bench = Bench::demo();
    bench.ok(&["associate", "Café Zénith", "--new", "Café Zénith"]);
    let run = bench.ok(&["sync"]);
    assert!(run.stdout.contains("4 steps wait"), "{run:?}");
    assert_eq!(bench.simulator.writes(), 0);
    let document = bench.json(&["sync", "--yes"], 0);
    assert_eq!(
        document["applied"]["steps"].as_array().map(Vec::len),
        Some(4)
    );
    bench.simulator.company_id("Café Zénith").expect("made");
    bench.simulator.reset_counts();
    let document = bench.json(&["sync", "--yes"], 0);
    assert!(document["applied"].is_null());
    assert_eq!(document["plan"]["steps"], 0);
    assert_eq!(bench.simulator.writes(), 0);
}

#[test]
fn u11_a_dry_run_of_sync_writes_nothing_anywhere() {
    let bench = Bench::demo();
    bench.ok(&["associate", "Harbour Clinic", "--company", "Harbour Clinic"]);
    bench.ok(&["apply", "--yes"]);
    bench.simulator.reset_counts();
    let company = bench
        .simulator
        .company_id("Harbour Clinic")
        .expect("a company");
    bench
        .simulator
        .rename_company(&company, "Harbour Hospital")
        .expect("renamed");
    let before = std::fs::read(bench.store()).expect("readable");
    let run = bench.run(&["sync", "--yes", "--dry-run"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stdout.contains("Destination renamed"), "{run:?}");
    assert_eq!(std::fs::read(bench.store()).expect("readable"), before);
    assert_eq!(bench.simulator.writes(), 0);
}

#[test]
fn f045_f049_deletions_become_events_after_a_second_look_and_are_never_acted_on_unasked() {
    let bench = Bench::demo();
    for name in ["Harbour Clinic", "Bluebird Bakery"] {
        bench.ok(&["associate", name, "--company", name]);
    }
    bench.ok(&["apply", "--yes"]);
    bench.ok(&["sync"]);
    let site = bench.simulator.site_uid("Harbour Clinic").expect("a site");
    bench.simulator.delete_site(&site).expect("deleted");
    bench.simulator.reset_counts();
    let document = bench.json(&["sync", "--yes"], 3);
    assert_eq!(document["events"][0]["kind"], "Source not visible");
    let document = bench.json(&["sync", "--yes"], 3);
    assert_eq!(document["events"][0]["kind"], "Source deleted");
    assert_eq!(bench.simulator.writes(), 0);
    bench.ok(&["resolve", "Source deleted", "keep", "--yes"]);
    bench.ok(&["sync", "--yes"]);
    bench
        .simulator
        .company_id("Harbour Clinic")
        .expect("F051: it stays");
    bench.ok(&["events"]);
}
