//! Decisions and their log: associate, dissociate, ignore, undo, decisions.

use super::support::{Bench, row};

fn state_of(bench: &Bench, site: &str) -> String {
    let document = bench.json(&["sites"], 0);
    let state = &row(&document["sites"], "site_name", site)["state"];
    state.as_str().expect("text").to_owned()
}

#[test]
fn a_site_is_associated_by_name_or_id_and_nothing_is_sent() {
    let bench = Bench::demo();
    let run = bench.ok(&["associate", "Harbour Clinic", "--company", "Harbour Clinic"]);
    assert!(
        run.stdout.contains("\"Harbour Clinic\"") && run.stdout.contains("(decision 2, by alex)"),
        "{run:?}"
    );
    let site = bench.simulator.site_uid("Vantage Legal").expect("a site");
    let company = bench
        .simulator
        .company_id("Vantage Legal Services")
        .expect("a company");
    let document = bench.json(
        &["associate", &site, "--company", &company, "--by", "Sam"],
        0,
    );
    assert_eq!(
        (&document["decision"], &document["by"]),
        (&3.into(), &"Sam".into())
    );
    assert_eq!(state_of(&bench, "Vantage Legal"), "wanted");
    assert_eq!(bench.simulator.writes(), 0);
}

#[test]
fn f030_f031_a_site_is_set_as_new_unless_its_name_is_taken() {
    let bench = Bench::demo();
    bench.ok(&[
        "associate",
        "Café Zénith",
        "--new",
        "Café Zénith",
        "--parent",
        "Lighthouse North",
    ]);
    let run = bench.run(&["associate", "Stone & Fields LLP", "--new", "Harbour Clinic"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("is in use by company"), "{run:?}");
    let run = bench.run(&[
        "associate",
        "Ridgeway Motors",
        "--new",
        "R",
        "--parent",
        "Harbour Clinic",
    ]);
    assert_eq!(run.code, 1, "no partner: {run:?}");
}

#[test]
fn f029_a_company_that_is_mapped_is_refused_and_a_site_can_be_changed() {
    let bench = Bench::demo();
    bench.ok(&[
        "associate",
        "Harbour Clinic",
        "--company",
        "Quarry Hill Dental",
    ]);
    let run = bench.run(&[
        "associate",
        "Vantage Legal",
        "--company",
        "Quarry Hill Dental",
    ]);
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains("is used by site \"Harbour Clinic\""),
        "{run:?}"
    );
    bench.ok(&[
        "associate",
        "Harbour Clinic",
        "--company",
        "Harbour Clinic",
        "--change",
    ]);
    bench.ok(&[
        "associate",
        "Vantage Legal",
        "--company",
        "Quarry Hill Dental",
    ]);
    let run = bench.run(&[
        "associate",
        "Café Zénith",
        "--company",
        "Bluebird Bakery",
        "--change",
    ]);
    assert_eq!(run.code, 2, "there is nothing to change: {run:?}");
}

#[test]
fn ambiguous_and_unknown_names_are_refused_with_the_candidates() {
    let bench = Bench::demo();
    let ids = bench
        .simulator
        .with_world_mut(|world| [world.add_site("Twin"), world.add_site("Twin")]);
    let run = bench.run(&["ignore", "Twin"]);
    assert_eq!(run.code, 2);
    assert!(ids.iter().all(|id| run.stderr.contains(id)), "{run:?}");
    bench.ok(&["ignore", &ids[0]]);
    for unknown in ["harbour clinic", "Harbour"] {
        let run = bench.run(&["ignore", unknown]);
        assert_eq!(run.code, 2, "names are exact: {run:?}");
    }
}

#[test]
fn u11_a_dry_run_checks_and_writes_nothing() {
    let bench = Bench::demo();
    let run = bench.ok(&["ignore", "Café Zénith", "--dry-run"]);
    assert!(
        run.stdout.contains("dry run: nothing was decided"),
        "{run:?}"
    );
    let document = bench.json(
        &[
            "associate",
            "Café Zénith",
            "--new",
            "Café Zénith",
            "--dry-run",
        ],
        0,
    );
    assert!(document["decision"].is_null());
    assert!(!bench.store().exists());
    let run = bench.run(&[
        "associate",
        "Café Zénith",
        "--company",
        "Retail",
        "--dry-run",
    ]);
    assert_eq!(run.code, 2, "a folder is no company: {run:?}");
}

#[test]
fn n14_decisions_tell_who_what_and_when_and_can_be_taken_back() {
    let bench = Bench::demo();
    bench.ok(&["ignore", "Café Zénith", "--by", "Sam"]);
    bench.ok(&["associate", "Harbour Clinic", "--company", "Harbour Clinic"]);
    let document = bench.json(&["decisions"], 0);
    let first = &document["decisions"][0];
    assert_eq!(
        (&first["decision"], &first["by"]),
        (&2.into(), &"Sam".into())
    );
    let undone = bench.run(&["undo", "2", "--dry-run"]);
    assert_eq!(undone.code, 0, "{undone:?}");
    assert_eq!(state_of(&bench, "Café Zénith"), "ignored");
    let run = bench.ok(&["undo", "2"]);
    assert!(run.stdout.contains("taken back: site"), "{run:?}");
    assert_eq!(state_of(&bench, "Café Zénith"), "unmapped");
    let document = bench.json(&["decisions"], 0);
    assert_eq!(document["decisions"][0]["undone_by"], 4);
    let run = bench.ok(&["decisions"]);
    assert!(
        run.stdout.contains("taken back in 4") && run.stdout.contains("Sam"),
        "{run:?}"
    );

    let run = bench.run(&["undo", "2"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("already"), "{run:?}");
    let run = bench.run(&["undo", "99"]);
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn u26_what_was_made_through_us_is_listed() {
    let bench = Bench::demo();
    bench.ok(&["associate", "Café Zénith", "--new", "Café Zénith"]);
    bench.ok(&["apply", "--yes", "--by", "Sam"]);
    let document = bench.json(&["decisions"], 0);
    let company = bench.simulator.company_id("Café Zénith").expect("made");
    assert_eq!(row(&document["made"], "id", &company)["by"], "Sam");
    let kinds: Vec<_> = document["made"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|made| &made["kind"])
        .collect();
    assert_eq!(kinds, ["company", "package", "site"]);
}

#[test]
fn f037_an_association_is_dropped_and_the_company_stays() {
    let bench = Bench::demo();
    bench.ok(&["associate", "Harbour Clinic", "--company", "Harbour Clinic"]);
    bench.ok(&["apply", "--yes"]);
    assert!(bench.variable_of("Harbour Clinic").is_some());
    bench.ok(&["dissociate", "Harbour Clinic"]);
    let run = bench.ok(&["apply", "--yes"]);
    assert!(run.stdout.contains("This deletes:"), "{run:?}");
    assert!(bench.variable_of("Harbour Clinic").is_none());
    bench
        .simulator
        .company_id("Harbour Clinic")
        .expect("it stays");
    let run = bench.run(&["dissociate", "Harbour Clinic"]);
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn n14_decisions_tell_on_which_evidence_they_were_made() {
    let bench = Bench::demo();
    bench.ok(&["associate", "Harbour Clinic", "--company", "Harbour Clinic"]);
    bench.ok(&[
        "associate",
        "Café Zénith",
        "--company",
        "Quarry Hill Dental",
    ]);
    bench.ok(&["undo", "2"]);
    let document = bench.json(&["decisions"], 0);
    let decisions = document["decisions"].as_array().expect("a list");
    let evidence = &decisions[0]["evidence"][0];
    assert_eq!(evidence["what"], "same name");
    assert_eq!(evidence["stored"]["pair"]["name"], "exact");
    assert_eq!(decisions[0]["undone_by"], 4);
    assert_eq!(decisions[1]["evidence"].as_array().map(Vec::len), Some(0));
    assert!(
        decisions[0]["what"]
            .as_str()
            .is_some_and(|what| what.contains("site \"Harbour Clinic\" (")),
        "{document:#}"
    );
    let run = bench.ok(&["decisions"]);
    assert!(
        run.stdout.contains("same name") && run.stdout.contains("by hand"),
        "{run:?}"
    );
}

#[test]
fn n14_u04_a_choice_among_several_says_what_was_as_good() {
    let bench = Bench::demo();
    let root = bench
        .simulator
        .company_id("Lighthouse North")
        .expect("a partner");
    let twin = bench
        .simulator
        .with_world_mut(|world| world.add_customer(&root, "Harbour Clinic").expect("a twin"));
    bench.ok(&["associate", "Harbour Clinic", "--company", &twin]);
    let document = bench.json(&["decisions"], 0);
    let evidence = document["decisions"][0]["evidence"].to_string();
    assert!(
        evidence.contains("same name") && evidence.contains("as much or more spoke for company"),
        "{evidence}"
    );
}

#[test]
fn u10_a_pair_that_is_kept_separate_is_suggested_no_more_until_that_is_taken_back() {
    let bench = Bench::demo();
    let suggested = || {
        let document = bench.json(&["suggest"], 0);
        let suggestions = document["suggestions"].as_array().expect("a list").clone();
        suggestions
            .iter()
            .any(|suggestion| suggestion["site_name"] == "Harbour Clinic")
    };
    assert!(suggested());
    let separate = [
        "keep-separate",
        "Harbour Clinic",
        "--company",
        "Harbour Clinic",
    ];
    let run = bench.ok(&[&separate[..], &["--dry-run"]].concat());
    assert!(
        run.stdout.contains("dry run: nothing was decided"),
        "{run:?}"
    );
    assert!(!bench.store().exists());
    let run = bench.ok(&separate);
    assert!(
        run.stdout
            .contains("are different ones (decision 2, by alex)"),
        "{run:?}"
    );
    assert!(!suggested());
    let run = bench.run(&separate);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("kept separate already"), "{run:?}");
    let associate = ["associate", "Harbour Clinic", "--company", "Harbour Clinic"];
    let run = bench.run(&associate);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("take that back first"), "{run:?}");
    let run = bench.run(&["keep-separate", "Harbour Clinic", "--company", "Nobody"]);
    assert_eq!(run.code, 2, "{run:?}");
    let run = bench.run(&["keep-separate", "Harbour Clinic"]);
    assert_eq!(run.code, 2, "a company is needed: {run:?}");

    let document = bench.json(&["decisions"], 0);
    let decision = &document["decisions"][0];
    assert!(decision["stored"]["keep_separate"].is_object());
    assert_eq!(decision["evidence"][0]["what"], "same name");
    bench.ok(&["undo", "2"]);
    assert!(suggested());
    bench.ok(&associate);
    let run = bench.run(&separate);
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains("drop that association first"),
        "{run:?}"
    );
    assert_eq!(bench.simulator.writes(), 0);
}
