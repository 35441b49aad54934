//! Reset: forgets everything, and says what stays behind.

use super::support::Bench;

#[test]
fn f024_f025_reset_lists_what_stays_and_forgets_everything() {
    let bench = Bench::demo();
    bench.ok(&["associate", "Café Zénith", "--new", "Café Zénith"]);
    bench.ok(&["apply", "--yes"]);
    bench.simulator.reset_counts();
    let run = bench.run(&["reset"]);
    assert_eq!(run.code, 2, "nobody can be asked: {run:?}");
    let company = bench.simulator.company_id("Café Zénith").expect("made");
    assert!(
        run.stdout.contains(&company) && run.stderr.contains("--yes"),
        "{run:?}"
    );
    let document = bench.json(&["reset", "--dry-run"], 0);
    assert_eq!(document["forgotten"], false);
    assert_eq!(document["made"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        bench.json(&["decisions"], 0)["decisions"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );

    let document = bench.json(&["reset", "--yes"], 0);
    assert_eq!(document["forgotten"], true);
    assert_eq!(document["associations"][0]["company_id"], company.as_str());
    let document = bench.json(&["decisions"], 0);
    assert_eq!(document["decisions"].as_array().map(Vec::len), Some(0));
    assert_eq!(
        bench.simulator.requests().len(),
        0,
        "reset asks nothing of the vendors"
    );
    let run = bench.ok(&["adopt"]);
    assert!(
        run.stdout.contains("1 proposed"),
        "the estate can be read anew: {run:?}"
    );
}
