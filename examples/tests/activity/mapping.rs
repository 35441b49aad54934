//! F070 to F072: the mapping.

use serde_json::{Value, json};

use super::support::Bench;

fn organization<'d>(document: &'d Value, id: &str) -> &'d Value {
    let rows = document["organizations"].as_array().expect("a list");
    rows.iter().find(|row| row["id"] == id).expect("there")
}

#[test]
fn f071_organisations_stand_left_and_several_sites_may_belong_to_one() {
    let bench = Bench::new();
    bench.connect();
    let sites = bench.sites();
    let suggestions = bench.json(&["suggest"], 0);
    let suggestions = suggestions.as_array().expect("a list");
    let equal: Vec<_> = suggestions
        .iter()
        .filter(|line| line["accepted"] == true)
        .collect();
    assert_eq!(equal.len(), 3, "{suggestions:#?}");
    assert_eq!(equal[0]["candidates"][0]["evidence"], json!(["same name"]));
    // Nothing is taken without being told to.
    assert_eq!(
        bench.json(&["map"], 0)["unmapped"]
            .as_array()
            .expect("a list")
            .len(),
        6
    );
    bench.ok(&["assign", "c0", &sites[0], &sites[1], &sites[2]]);
    // Once more changes nothing.
    bench.ok(&["assign", "c0", &sites[0]]);
    let document = bench.json(&["map"], 0);
    let row = organization(&document, "c0");
    assert_eq!(row["sites"].as_array().expect("a list").len(), 3);
    assert_eq!(organization(&document, "c1")["sites"], json!([]));
    let run = bench.ok(&["map"]);
    let heads: Vec<_> = ["Organisation", "RMM site", "Mapping"]
        .map(|head| run.stdout.find(head).expect("a column"))
        .into();
    assert!(heads.is_sorted(), "{run:?}");
    for (arguments, why) in [
        (
            ["assign", "c7", sites[0].as_str()],
            "there is no organisation \"c7\"",
        ),
        (["assign", "c0", "nowhere"], "there is no site \"nowhere\""),
    ] {
        let run = bench.run(&arguments);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains(why), "{run:?}");
    }
}

#[test]
fn f070_unmapped_sites_are_a_list_of_their_own() {
    let bench = Bench::new();
    bench.map();
    let sites = bench.sites();
    let names = |document: &Value, list: &str| -> Vec<String> {
        let rows = document[list].as_array().expect("a list").iter();
        let mut names: Vec<_> = rows
            .map(|row| row["name"].as_str().expect("a name").to_owned())
            .collect();
        names.sort();
        names
    };
    let mut rest = sites[3..].to_vec();
    rest.sort();
    let document = bench.json(&["map", "--unmapped"], 0);
    assert_eq!(names(&document, "unmapped"), rest);
    // Of the organisations, those without a site.
    assert_eq!(names(&document, "organizations"), ["Example MSP"]);
    bench.ok(&["ignore", &sites[3]]);
    let document = bench.json(&["map"], 0);
    assert_eq!(names(&document, "ignored"), [sites[3].clone()]);
    assert!(!names(&document, "unmapped").contains(&sites[3]));
    // OnDemand sites and deleted devices take no part, and are told with the reason.
    assert_eq!(names(&document, "left_out").len(), 3);
}

#[test]
fn f070_what_is_ignored_can_be_taken_back_and_a_repetition_changes_nothing() {
    let bench = Bench::new();
    bench.map();
    let site = bench.sites()[3].clone();
    let uid = bench.simulator.site_uid(&site).expect("a site");
    let lists = |bench: &Bench| {
        let document = bench.json(&["map"], 0);
        let count = |list: &str| document[list].as_array().expect("a list").len();
        (count("unmapped"), count("ignored"))
    };
    bench.ok(&["ignore", &site, &uid]);
    bench.ok(&["ignore", &site]);
    assert_eq!(lists(&bench), (2, 1));
    bench.ok(&["unassign", &uid, &site]);
    assert_eq!(lists(&bench), (3, 0));
    let run = bench.run(&["unassign", &site]);
    assert_eq!(run.code, 2, "{run:?}");
    bench.ok(&["ignore", &site]);
    bench.ok(&["assign", "c0", &site, &uid]);
    assert_eq!(lists(&bench), (2, 0));
    let document = bench.json(&["map"], 0);
    let row = organization(&document, "c0");
    assert_eq!(row["sites"].as_array().expect("a list").len(), 2);
    // What belongs to an organisation is taken from there first.
    let run = bench.run(&["ignore", &site]);
    assert_eq!(run.code, 1, "{run:?}");
}

#[test]
fn f071_sites_of_an_organisation_that_left_the_hosts_file_are_still_told() {
    let bench = Bench::new();
    bench.map();
    let site = bench.sites()[0].clone();
    let text = bench.text("organizations.csv");
    let rest: Vec<_> = text
        .lines()
        .filter(|line| !line.starts_with("c0,"))
        .collect();
    bench.write("organizations.csv", &(rest.join("\n") + "\n"));
    let document = bench.json(&["map"], 0);
    let row = organization(&document, "c0");
    assert_eq!(row["missing"], "it is not in the host's file");
    assert_eq!(
        (&row["name"], &row["sites"][0]["name"]),
        (&json!(site), &json!(site))
    );
    assert_eq!(organization(&document, "c1")["missing"], Value::Null);
    bench.ok(&["ignore", &bench.sites()[3]]);
    let run = bench.ok(&["map"]);
    assert!(
        run.stdout
            .contains("(missing: it is not in the host's file)"),
        "{run:?}"
    );
    assert!(
        run.stdout.contains("Sites ignored: 1, left out: 3"),
        "{run:?}"
    );
    // It can be mapped elsewhere, and is not shown any more then.
    bench.ok(&["assign", "c1", &site]);
    let document = bench.json(&["map"], 0);
    let rows = document["organizations"].as_array().expect("a list");
    assert!(
        rows.iter().all(|row| row["missing"].is_null()),
        "{document:#}"
    );
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error_to_tell_of() {
    use std::process::Stdio;

    let bench = Bench::new();
    bench.map();
    let mut command = bench.command(&["map", "--json"]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    command.stdout(writer).stderr(Stdio::piped());
    drop(reader);
    let run = bench.finish(command);
    assert_eq!(run.stderr, "", "{run:?}");
}

#[test]
fn f072_a_new_mapping_is_pending_for_its_window_and_what_is_absent_then_is_not_missing() {
    let bench = Bench::new();
    bench.map();
    let standing = |document: &Value| organization(document, "c0")["sites"][0].clone();
    let pending = standing(&bench.json(&["map"], 0));
    assert_eq!(pending["mapping"], "pending");
    assert!(pending["pending_until"].is_string(), "{pending}");
    let over = standing(&bench.json(&["map", "--visibility", "0s"], 0));
    assert_eq!(
        (&over["mapping"], &over["pending_until"]),
        (&json!("mapped"), &Value::Null)
    );

    let site = bench.simulator.site_uid(&bench.sites()[0]).expect("a site");
    bench.simulator.delete_site(&site).expect("deleted");
    let pending = standing(&bench.json(&["map"], 0));
    assert_eq!(
        (&pending["mapping"], &pending["missing"]),
        (&json!("pending"), &Value::Null)
    );
    let over = standing(&bench.json(&["map", "--visibility", "0s"], 0));
    assert_eq!(over["missing"], "it is not listed");
}
