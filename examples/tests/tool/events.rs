//! Events and their answers.

use super::support::{Bench, row};

/// A company whose name is taken where we cannot see it.
fn refused_creation() -> Bench {
    let bench = Bench::demo();
    bench.ok(&["associate", "Ridgeway Motors", "--new", "Ridgeway Motors"]);
    let run = bench.run(&["apply", "--yes"]);
    assert_eq!(run.code, 4, "{run:?}");
    bench
}

#[test]
fn f055_events_are_listed_with_a_stable_id_and_their_actions() {
    let bench = refused_creation();
    let document = bench.json(&["events"], 3);
    let event = row(&document["events"], "kind", "Destination creation");
    let id = event["event"].as_str().expect("text");
    assert_eq!(id.len(), 8);
    assert_eq!(
        event["site_ids"][0],
        bench.simulator.site_uid("Ridgeway Motors").expect("a site")
    );
    assert_eq!(
        event["site_name"], "Ridgeway Motors",
        "though it was never linked"
    );
    let actions: Vec<_> = event["actions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|offer| &offer["action"])
        .collect();
    assert_eq!(actions, ["create", "ignore"]);
    assert_eq!(
        bench.json(&["events"], 3),
        document,
        "the same in every run"
    );
    let run = bench.run(&["events"]);
    assert_eq!(run.code, 3);
    assert!(
        run.stdout.contains(id)
            && run.stdout.contains("create, ignore")
            && run.stdout.contains("Ridgeway Motors"),
        "{run:?}"
    );
}

#[test]
fn f041_create_makes_the_company_under_the_name_given() {
    let bench = refused_creation();
    let run = bench.run(&["resolve", "Destination creation", "create"]);
    assert_eq!(run.code, 2, "a name is needed: {run:?}");
    let run = bench.run(&["resolve", "Destination creation", "ignore", "--name", "x"]);
    assert_eq!(run.code, 2, "ignore takes none: {run:?}");
    let run = bench.run(&["resolve", "Destination creation", "move", "--yes"]);
    assert_eq!(run.code, 1, "not offered: {run:?}");
    let name = "Ridgeway Motors (Lighthouse)";
    let run = bench.run(&["resolve", "Destination creation", "create", "--name", name]);
    assert_eq!(run.code, 2, "F056: nobody can be asked: {run:?}");
    assert!(run.stderr.contains("--yes"), "{run:?}");
    let dry = bench.ok(&[
        "resolve",
        "Destination creation",
        "create",
        "--name",
        name,
        "--dry-run",
    ]);
    assert!(dry.stdout.contains("nothing was decided"), "{dry:?}");

    let run = bench.ok(&[
        "resolve",
        "Destination creation",
        "create",
        "--name",
        name,
        "--yes",
    ]);
    assert!(
        run.stdout.contains("`companion apply` carries it out"),
        "{run:?}"
    );
    let decisions = bench.json(&["decisions"], 0)["decisions"].clone();
    let evidence = decisions[1]["evidence"][0]["what"].clone();
    assert!(
        evidence
            .as_str()
            .is_some_and(|what| what.starts_with("seen: ")),
        "N14: {decisions:#}"
    );
    bench.ok(&["apply", "--yes"]);
    bench.simulator.company_id(name).expect("made");
    let run = bench.ok(&["events"]);
    assert_eq!(run.stdout, "No events\n");
}

#[test]
fn f052_ignored_events_are_hidden_and_listed_on_request() {
    let bench = Bench::demo();
    bench.ok(&["associate", "Harbour Clinic", "--company", "Harbour Clinic"]);
    bench.ok(&["apply", "--yes"]);
    bench.ok(&["sync"]);
    let site = bench.simulator.site_uid("Harbour Clinic").expect("a site");
    bench
        .simulator
        .rename_site(&site, "Harbour Hospital")
        .expect("renamed");
    assert_eq!(bench.run(&["sync"]).code, 3);
    let id = bench.json(&["events"], 3)["events"][0]["event"]
        .as_str()
        .expect("text")
        .to_owned();
    let document = bench.json(&["resolve", &id[..4], "ignore", "--yes"], 0);
    bench.ok(&["events"]);
    let run = bench.ok(&["events", "--ignored"]);
    assert!(run.stdout.contains(&id), "{run:?}");
    bench.ok(&["undo", &document["decision"].to_string()]);
    assert_eq!(bench.run(&["events"]).code, 3, "the answer was taken back");
    let run = bench.run(&["resolve", "ffff0000", "ignore", "--yes"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("companion events"), "{run:?}");
}

#[test]
fn an_ambiguous_event_is_refused_with_the_candidates() {
    let bench = Bench::demo();
    let names = ["Harbour Clinic", "Bluebird Bakery"];
    for name in names {
        bench.ok(&["associate", name, "--company", name]);
    }
    bench.ok(&["apply", "--yes"]);
    bench.ok(&["sync"]);
    for name in names {
        let site = bench.simulator.site_uid(name).expect("a site");
        bench
            .simulator
            .rename_site(&site, &format!("{name} 2"))
            .expect("renamed");
    }
    let document = bench.json(&["sync"], 3);
    let run = bench.run(&["resolve", "Source renamed", "accept", "--yes"]);
    assert_eq!(run.code, 2);
    for event in document["events"].as_array().expect("a list") {
        assert!(
            run.stderr.contains(event["event"].as_str().expect("text")),
            "{run:?}"
        );
    }
}
