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
