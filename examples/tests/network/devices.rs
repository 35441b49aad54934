//! Devices and the configurations that they are.

use super::support::{Bench, ROUTERS};

#[test]
fn f098_f099_f100_mac_and_ip_then_mac_then_the_name_which_waits_for_a_person() {
    let bench = Bench::mapped();
    for (name, state, rule, configuration) in [
        ("ap-hall", "matched", "mac+ip", "c1"),
        ("ap-desk", "matched", "mac", "c2"),
        ("ap-yard", "suggested", "name", "c3"),
    ] {
        let device = bench.device(name);
        assert_eq!(device["state"], state, "{device:#}");
        assert_eq!(device["rule"], rule);
        assert_eq!(device["configuration"]["id"], configuration);
    }
    let gate = bench.device("gate");
    assert_eq!(
        (&gate["state"], &gate["rule"]),
        (&"new".into(), &serde_json::Value::Null)
    );
}

#[test]
fn f079_names_suggest_by_equality_only() {
    let bench = Bench::fresh();
    bench.write(
        "configurations.csv",
        "id,organization_id,name,mac_address,ip_address\nc1,1,ap-yardd,,\nc2,1,the ap-desk,,\nc3,1, AP-Hall ,,\n",
    );
    bench.run(&["sync", "--accept", "name"]);
    assert_eq!(bench.device("ap-yard")["state"], "new");
    assert_eq!(bench.device("ap-desk")["state"], "new");
    assert_eq!(bench.device("ap-hall")["state"], "suggested");
}

#[test]
fn f093_a_suggestion_is_accepted_or_a_configuration_is_searched_or_created() {
    let bench = Bench::mapped();
    let found = bench.json(&["search", "Harbour Clinic", "yard"], 0);
    assert_eq!(found[0]["id"], "c3", "{found:#}");
    assert!(bench.ok(&["search", "1", "STRIP"]).stdout.contains("c5"));
    bench.ok(&["decide", "accept", "ap-yard"]);
    let device = bench.device("ap-yard");
    assert_eq!(device["state"], "matched", "{device:#}");
    assert!(
        device["why"]
            .as_str()
            .expect("text")
            .contains("a person said so"),
        "{device:#}"
    );
    bench.ok(&["decide", "create", "ap-oven"]);
    bench.ok(&["decide", "match", "ap-desk", "c5"]);
    assert_eq!(bench.device("ap-desk")["configuration"]["id"], "c5");
    assert_eq!(
        bench.device("strip-1")["state"],
        "held",
        "its record is somebody else's now"
    );
}

#[test]
fn f094_f095_only_the_remainder_is_created_in_bulk_or_one_by_one_and_matches_once_it_was_imported()
{
    let bench = Bench::mapped();
    let sync = ["sync", "--routers", ROUTERS, "--creations", "new.csv"];
    bench.run(&sync);
    let bulk = bench.read("new.csv");
    // Not what matches, nor what is only suggested.
    let names: Vec<_> = bulk
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(1).expect("a cell").to_owned())
        .collect();
    assert_eq!(names.len(), 2, "{bulk}");
    assert!(
        bulk.contains("gate") && bulk.contains("ap-oven") && !bulk.contains("ap-yard"),
        "{bulk}"
    );
    let mut one = sync.to_vec();
    one.push("--one-by-one");
    bench.run(&one);
    assert_eq!(bench.read("new.csv").lines().count(), 1, "nobody chose any");
    bench.ok(&["decide", "create", "ap-oven"]);
    bench.run(&one);
    let chosen = bench.read("new.csv");
    assert!(
        chosen.contains("ap-oven") && !chosen.contains("gate"),
        "{chosen}"
    );
    bench.refuses(&["decide", "create", "ap-hall"], 2, &["already"]);
    bench.refuses(&["decide", "create", "ap-yard"], 2, &["suggested"]);
    // The host imports, under ids of its own.
    let mut file = super::support::CONFIGURATIONS.to_owned();
    file.push_str("c9,2,ap-oven,ac:86:74:7f:00:07,10.0.1.11\n");
    bench.write("configurations.csv", &file);
    bench.run(&one);
    assert_eq!(bench.device("ap-oven")["state"], "matched");
    assert_eq!(bench.read("new.csv").lines().count(), 1);
}

#[test]
fn f094_what_is_ambiguous_is_named_with_its_candidates_and_not_created() {
    let bench = Bench::fresh();
    let mut file = super::support::CONFIGURATIONS.to_owned();
    file.push_str("c8,1,Hall (old),ac:86:74:7f:00:02,10.8.8.8\n");
    bench.write("configurations.csv", &file);
    let run = bench.run(&["sync", "--accept", "name", "--creations", "new.csv"]);
    assert!(
        run.stdout.contains("c2") && run.stdout.contains("c8"),
        "{run:?}"
    );
    let device = bench.device("ap-desk");
    assert_eq!(device["state"], "ambiguous", "{device:#}");
    let ids: Vec<_> = device["candidates"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(ids, ["c2", "c8"]);
    assert!(!bench.read("new.csv").contains("ap-desk"));
    let why = bench.ok(&["explain", "ac:86:74:7f:00:02"]);
    assert!(why.stdout.contains("more than one device"), "{why:?}");
    let told = bench.json(&["explain", "ap-desk"], 0);
    assert_eq!(
        told["explanation"]["candidates"].as_array().map(Vec::len),
        Some(2),
        "{told:#}"
    );
    bench.ok(&["decide", "match", "ap-desk", "c8"]);
    assert_eq!(bench.device("ap-desk")["configuration"]["id"], "c8");
}

#[test]
fn devices_are_ignored_kept_separate_and_taken_back() {
    let bench = Bench::mapped();
    bench.ok(&["decide", "separate", "ap-yard", "c3"]);
    let device = bench.device("ap-yard");
    assert_eq!(device["state"], "held", "{device:#}");
    bench.ok(&["decide", "create", "ap-yard"]);
    assert_eq!(bench.device("ap-yard")["state"], "new");
    bench.ok(&["decide", "ignore", "ap-yard"]);
    assert_eq!(bench.device("ap-yard")["state"], "ignored");
    bench.run(&["sync"]);
    assert_eq!(bench.device("ap-yard")["state"], "ignored");
    for decision in ["6", "5", "4"] {
        bench.ok(&["undo", decision]);
    }
    assert_eq!(bench.device("ap-yard")["state"], "suggested");
    bench.refuses(
        &["decide", "match", "ap-yard", "c99"],
        2,
        &["no configuration", "c99"],
    );
    bench.refuses(
        &["decide", "match", "ap-oven", "c3"],
        2,
        &["organisations that belong together"],
    );
    bench.refuses(
        &["decide", "accept", "ap-hall"],
        2,
        &["nothing is suggested"],
    );
}

#[test]
fn decisions_come_from_a_file_all_of_them_or_none() {
    let bench = Bench::fresh();
    bench.write(
        "decisions.csv",
        "action,subject,object\nmap,Harbour Clinic,1\nignore,network:Bluebird Bakery,\naccept,ap-yard,\n",
    );
    let taken = bench.json(&["decide", "--from", "decisions.csv"], 0);
    assert_eq!(taken.as_array().map(Vec::len), Some(3), "{taken:#}");
    assert_eq!(bench.device("ap-yard")["state"], "matched");
    // Given to a sync again and again, what holds is passed over.
    for _ in 0..2 {
        let run = bench.run(&["sync", "--decisions", "decisions.csv"]);
        assert_eq!(run.code, 0, "{run:?}");
    }
    let before = bench.json(&["decisions"], 0);
    assert_eq!(before.as_array().map(Vec::len), Some(3));
    bench.write(
        "decisions.json",
        r#"[{"action":"ignore","subject":"ap-hall","object":null},{"action":"match","subject":"ap-desk","object":"c77"}]"#,
    );
    bench.refuses(
        &["decide", "--from", "decisions.json"],
        2,
        &["decisions.json", "row 2", "subject", "ap-desk", "c77"],
    );
    assert_eq!(
        bench.json(&["decisions"], 0),
        before,
        "nothing of it was taken"
    );
}

#[test]
fn what_waits_is_asked_for_one_question_after_the_other() {
    let bench = Bench::fresh();
    let lines = "maybe\nmap Nowhere\naccept\nignore\naccept\n";
    let run = bench.answer(&["review"], lines);
    assert_eq!(run.code, 0, "{run:?}");
    for part in [
        "\"maybe\" is no answer",
        "no organisation",
        "Harbour Clinic",
        "ap-yard",
        "nothing else waits",
    ] {
        assert!(run.stderr.contains(part), "{part:?} is not in {run:?}");
    }
    assert_eq!(bench.device("ap-yard")["state"], "matched");
    let run = bench.answer(&["review", "--dry-run"], "");
    assert!(
        run.code == 0 && run.stderr.contains("nothing else waits"),
        "{run:?}"
    );
}
