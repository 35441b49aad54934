//! Mappings as CSV.

use std::collections::BTreeSet;
use std::fs;

use examples::mapping_csv::Column;

use super::page;
use super::support::{Bench, row};

/// The words for the column `decision`, and what stands beside each: a company's id, a new name, or nothing.
const DECISIONS: [(&str, &str); 5] = [
    ("associate", "company_id"),
    ("new", "new_name"),
    ("ignore", ""),
    ("dissociate", ""),
    ("keep", ""),
];

#[test]
fn what_is_edited_in_an_export_is_planned_and_nothing_else() {
    let bench = Bench::demo();
    let file = bench.path("mappings.csv");
    let path = file.to_str().expect("text");
    bench.ok(&["export", "--to", path]);
    let run = bench.run(&["export", "--to", path]);
    assert_eq!(run.code, 2, "edits are not overwritten: {run:?}");
    let document = bench.json(&["import", path], 0);
    assert_eq!(
        document["decisions"].as_array().map(Vec::len),
        Some(0),
        "nothing was edited"
    );

    let exported = fs::read_to_string(&file).expect("readable");
    assert_eq!(exported, bench.ok(&["export"]).stdout);
    let clinic = bench.simulator.site_uid("Harbour Clinic").expect("a site");
    let company = bench
        .simulator
        .company_id("Harbour Clinic")
        .expect("a company");
    let line = format!("{clinic},Harbour Clinic,unmapped,,,,");
    assert!(exported.contains(&line), "{exported}");
    let edited = exported.replace(
        &line,
        &format!("{clinic},Harbour Clinic,unmapped,,{company},,"),
    );
    fs::write(&file, edited).expect("written");
    let run = bench.ok(&["import", path, "--dry-run"]);
    assert!(run.stdout.contains("1 decisions; dry run"), "{run:?}");
    let dry = bench.json(&["import", path, "--dry-run"], 0);
    assert_eq!(dry["decisions"][0]["evidence"][0], "same name");
    let run = bench.ok(&["import", path]);
    assert!(run.stdout.contains("(decision 2)"), "{run:?}");
    let decisions = bench.json(&["decisions"], 0);
    let evidence = &decisions["decisions"][0]["evidence"];
    assert_eq!(evidence[0]["what"], "same name", "N14");
    let sites = bench.json(&["sites"], 0);
    let state = |name: &str| row(&sites["sites"], "site_name", name)["state"].clone();
    assert_eq!(
        (state("Harbour Clinic"), state("Café Zénith")),
        ("wanted".into(), "unmapped".into())
    );
    let run = bench.ok(&["plan"]);
    assert!(run.stdout.contains("Steps: 3;"), "{run:?}");
    assert_eq!(bench.simulator.writes(), 0);
}

#[test]
fn a_file_with_an_error_is_refused_whole_naming_row_column_and_value() {
    let bench = Bench::demo();
    let file = bench.path("mappings.csv");
    let path = file.to_str().expect("text");
    bench.ok(&["export", "--to", path]);
    let exported = fs::read_to_string(&file).expect("readable");
    let clinic = bench.simulator.site_uid("Harbour Clinic").expect("a site");
    let cafe = bench.simulator.site_uid("Café Zénith").expect("a site");
    let edited = exported
        .replace(
            &format!("{clinic},Harbour Clinic,unmapped,,"),
            &format!("{clinic},Harbour Clinic,unmapped,ignore,"),
        )
        .replace(
            &format!("{cafe},Café Zénith,unmapped,,,,"),
            &format!("{cafe},Café Zénith,unmapped,,no-such-id,,"),
        );
    fs::write(&file, edited).expect("written");
    let run = bench.run(&["import", path]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("company_id \"no-such-id\""), "{run:?}");
    assert!(run.stderr.contains("nothing was imported"), "{run:?}");
    let sites = bench.json(&["sites"], 0);
    assert_eq!(
        row(&sites["sites"], "site_name", "Harbour Clinic")["state"],
        "unmapped"
    );
    let run = bench.run(&["import", "not-there.csv"]);
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn every_documented_decision_is_taken_and_help_and_page_know_the_same() {
    let page = page::section("## Mappings in a spreadsheet");
    let words = || DECISIONS.map(|(word, _)| word.to_owned());
    let named: BTreeSet<_> = page::rows(&page)
        .iter()
        .flat_map(|row| page::quoted(&row[0]))
        .collect();
    let columns = Column::ALL.map(|column| column.name().to_owned());
    assert_eq!(named, columns.into_iter().chain(words()).collect());

    let bench = Bench::demo();
    let help = bench.finish(bench.bare(&["import", "--help"])).stdout;
    for word in words() {
        let is_told = help.lines().any(|line| {
            let mut parts = line.split_whitespace();
            parts.next() == Some(&word) && parts.next().is_some()
        });
        assert!(is_told, "{word}: {help}");
    }
    assert!(help.contains("drops no association"), "{help}");

    let name = "Harbour Clinic";
    let site = bench.simulator.site_uid(name).expect("a site");
    let company = bench.simulator.company_id(name).expect("a company");
    let file = bench.path("mappings.csv");
    let path = file.to_str().expect("text");
    let header = Column::ALL.map(Column::name).join(",");
    for (word, beside) in DECISIONS {
        let id = if beside == "company_id" { &company } else { "" };
        let new = if beside == "new_name" {
            "Harbour Two"
        } else {
            ""
        };
        if word == "dissociate" {
            bench.ok(&["associate", name, "--company", name]);
        }
        fs::write(
            &file,
            format!("{header}\n{site},{name},,{word},{id},,{new}\n"),
        )
        .expect("written");
        let document = bench.json(&["import", path, "--dry-run"], 0);
        let decided = document["decisions"].as_array().map(Vec::len);
        assert_eq!(decided, Some(usize::from(word != "keep")), "{word}");
    }
    // The site is mapped now: a row that says nothing of its company any more is refused.
    fs::write(&file, format!("{header}\n{site},{name},,,,,\n")).expect("written");
    let run = bench.run(&["import", path]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("dissociate"), "{run:?}");
}
