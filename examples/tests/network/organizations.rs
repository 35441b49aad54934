//! Networks and the organisations that they belong to.

use simulator::World;

use super::support::{Bench, row};

#[test]
fn f097_f078_a_network_is_suggested_by_name_in_any_spelling_and_by_parts_of_it() {
    let bench = Bench::fresh();
    bench.write(
        "organizations.csv",
        "id,name\n1,\"HARBOUR CLINIC, Ltd.\"\n2,Bluebird\n3,Unrelated\n",
    );
    let clinic = bench.open_network("Harbour Clinic");
    assert_eq!(
        (&clinic["state"], &clinic["candidates"][0]["id"]),
        (&"suggested".into(), &"1".into())
    );
    let why = clinic["candidates"][0]["why"].as_str().expect("text");
    assert!(why.contains("same name"), "{why}");
    // What is not clear is not suggested as clear.
    let bakery = bench.open_network("Bluebird Bakery");
    assert!(
        ["suggested", "unmatched"].contains(&bakery["state"].as_str().expect("text")),
        "{bakery:#}"
    );
    assert_ne!(bakery["candidates"][0]["id"], "3");
}

#[test]
fn f078_devices_that_both_sides_know_speak_for_a_network_whose_name_says_nothing() {
    let bench = Bench::fresh();
    bench.simulator.with_world_mut(|world| {
        let id = world.network_named("Harbour Clinic").expect("a network").id;
        world.rename_network(id, "net-17").expect("a network");
    });
    let network = bench.open_network("net-17");
    assert_eq!(
        network["candidates"][0]["name"], "Harbour Clinic",
        "{network:#}"
    );
    assert!(
        network["candidates"][0]["why"]
            .as_str()
            .expect("text")
            .contains("devices"),
        "{network:#}"
    );
}

#[test]
fn f078_an_id_that_the_host_kept_of_a_network_goes_before_its_name() {
    let bench = Bench::fresh();
    let id = bench
        .simulator
        .with_world(|world| world.network_named("Harbour Clinic").expect("a network").id);
    bench.write(
        "organizations.csv",
        &format!("id,name,network_ids\n1,Harbour Clinic,\n2,Somebody Else,{id};77\n"),
    );
    let network = bench.open_network("Harbour Clinic");
    assert_eq!(network["candidates"][0]["id"], "2", "{network:#}");
    assert_eq!(network["candidates"][1]["id"], "1", "{network:#}");
}

#[test]
fn n09_f078_the_psa_company_that_the_rmm_knows_goes_before_any_name() {
    let mut world = World::demo();
    let ids: Vec<_> = world.networks.iter().map(|network| network.id).collect();
    for id in ids {
        world
            .rename_network(id, &format!("net-{id}"))
            .expect("a network");
    }
    let bench = Bench::new(world);
    bench.write(
        "organizations.csv",
        "id,name,psa_company_id\n7,Anything,29684000\n",
    );
    bench.write(
        "configurations.csv",
        "id,organization_id,name,mac_address,ip_address\n",
    );
    let mut command = bench.command(&["sync", "--accept", "shared-id", "--json"]);
    bench.with_rmm(&mut command);
    let run = bench.finish(command);
    let report: serde_json::Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let networks = report["organizations"][0]["networks"]
        .as_array()
        .expect("a list");
    // The first site of the demo world has two networks.
    assert_eq!(networks.len(), 2, "{report:#}");
    assert!(
        networks[0]["why"]
            .as_str()
            .expect("text")
            .contains("autotask-company"),
        "{networks:?}"
    );
    // Without the RMM nobody knows.
    let report = bench.json(&["organizations"], 0);
    assert_eq!(report["organizations"].as_array().map(Vec::len), Some(1));
    let fresh = bench.json(&["organizations", "--store", "another.store"], 0);
    assert!(
        fresh["networks"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|row| row["state"] == "unmatched")
    );
}

#[test]
fn two_organisations_of_one_name_are_a_tie_that_names_both_and_is_never_taken() {
    let bench = Bench::fresh();
    bench.write(
        "organizations.csv",
        "id,name\n1,Harbour Clinic\n2,HARBOUR CLINIC\n3,Harbour Clinic\n",
    );
    bench.write(
        "configurations.csv",
        "id,organization_id,name,mac_address,ip_address\n",
    );
    let run = bench.run(&["sync", "--accept", "name,alike-name"]);
    assert!(run.stderr.contains("1, 2, 3 have the same name"), "{run:?}");
    let network = bench.open_network("Harbour Clinic");
    assert_eq!(network["state"], "tied", "{network:#}");
    bench.refuses(
        &["decide", "accept", "Harbour Clinic"],
        2,
        &["say which", "(1)", "(3)"],
    );
    bench.refuses(
        &["decide", "map", "Harbour Clinic", "Harbour Clinic"],
        2,
        &["1", "3", "give the id"],
    );
    bench.ok(&["decide", "map", "Harbour Clinic", "3"]);
}

#[test]
fn f087_a_suggestion_is_accepted_another_is_picked_one_is_created_or_it_is_ignored() {
    let bench = Bench::fresh();
    bench.simulator.with_world_mut(|world| {
        world.add_network("Quayside Brewing");
        world.add_network("Lab bench");
    });
    let run = bench.ok(&["decide", "accept", "Harbour Clinic"]);
    assert!(run.stdout.contains("decision 2, by alex"), "{run:?}");
    bench.ok(&["decide", "map", "Bluebird Bakery", "2"]);
    bench.ok(&["decide", "new", "Quayside Brewing"]);
    bench.ok(&["decide", "ignore", "network:Lab bench", "--by", "sam"]);
    bench.run(&["sync", "--new-organizations", "organisations.csv"]);
    let written = bench.read("organisations.csv");
    assert!(
        written.starts_with("name,network_ids\nQuayside Brewing,"),
        "{written}"
    );
    let said = bench.ok(&["decisions"]).stdout;
    for part in [
        "Harbour Clinic",
        "same name",
        "new organisation",
        "sam",
        "not to be matched",
    ] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    bench.refuses(
        &["decide", "accept", "Lab bench"],
        2,
        &["nothing is suggested"],
    );
    bench.refuses(
        &["decide", "map", "Harbour Clinic"],
        2,
        &["say which organisation"],
    );
    bench.refuses(
        &["decide", "map", "Harbour Clinic", "9"],
        2,
        &["no organisation", "\"9\""],
    );
    bench.refuses(
        &["decide", "map", "Nowhere", "1"],
        2,
        &["no network", "\"Nowhere\""],
    );
}

#[test]
fn f087_what_was_created_at_the_host_is_found_by_its_network_or_its_name() {
    for file in [
        "id,name,network_ids\n1,Harbour Clinic,\n8,Renamed Meanwhile,ID\n",
        "id,name\n1,Harbour Clinic\n8,bluebird bakery\n",
    ] {
        let bench = Bench::fresh();
        bench.write("organizations.csv", "id,name\n1,Harbour Clinic\n");
        let id = bench.simulator.with_world(|world| {
            world
                .network_named("Bluebird Bakery")
                .expect("a network")
                .id
        });
        bench.ok(&["decide", "new", "Bluebird Bakery"]);
        assert_eq!(bench.open_network("Bluebird Bakery")["state"], "new");
        bench.write("organizations.csv", &file.replace("ID", &id.to_string()));
        let report = bench.json(&["sync"], 4);
        let organization = row(&report["organizations"], "id", "8");
        assert_eq!(organization["networks"][0]["name"], "Bluebird Bakery");
    }
}

#[test]
fn f088_an_ignored_network_no_longer_counts_in_later_syncs_until_that_is_taken_back() {
    let bench = Bench::fresh();
    bench.ok(&["decide", "ignore", "Bluebird Bakery"]);
    for _ in 0..2 {
        let report = bench.json(&["sync", "--accept", "name"], 4);
        assert_eq!(
            row(&report["networks"], "name", "Bluebird Bakery")["state"],
            "ignored"
        );
    }
    bench.ok(&["undo", "2"]);
    assert_eq!(bench.open_network("Bluebird Bakery")["state"], "suggested");
    bench.refuses(&["undo", "2"], 2, &["taken back"]);
}

#[test]
fn f089_nothing_is_created_beside_what_it_could_be_a_duplicate_of() {
    let bench = Bench::fresh();
    bench.refuses(
        &["decide", "new", "Harbour Clinic"],
        2,
        &["duplicate", "\"Harbour Clinic\" (1)", "same name"],
    );
    bench.refuses(
        &["decide", "new", "Bluebird Bakery", "HARBOUR-CLINIC LTD"],
        2,
        &["duplicate"],
    );
    bench.refuses(
        &["decide", "new", "Bluebird Bakery", "Bluebird Bakerry"],
        2,
        &["duplicate", "alike"],
    );
    // A person may know better of what is only alike, and says so.
    bench.ok(&["decide", "separate", "network:Bluebird Bakery", "2"]);
    bench.ok(&["decide", "new", "Bluebird Bakery", "Bluebird Bakerry"]);
    // An equal name stays refused.
    bench.ok(&["decide", "separate", "network:Harbour Clinic", "1"]);
    bench.refuses(&["decide", "new", "Harbour Clinic"], 2, &["in use"]);
}

#[test]
fn f090_a_wrong_match_is_changed_later_and_its_devices_are_looked_at_anew() {
    let bench = Bench::fresh();
    bench.ok(&["decide", "map", "Harbour Clinic", "2"]);
    assert_eq!(bench.device("ap-hall")["state"], "held");
    bench.ok(&["decide", "map", "Harbour Clinic", "1"]);
    assert_eq!(bench.device("ap-hall")["state"], "matched");
    bench.refuses(&["decide", "map", "Harbour Clinic", "1"], 2, &["already"]);
    // A confirmed pair does not outlive the match of its organisation.
    bench.ok(&["decide", "match", "ap-yard", "c3"]);
    bench.ok(&["decide", "map", "Harbour Clinic", "2"]);
    let run = bench.run(&["sync"]);
    assert!(run.stderr.contains("no longer holds"), "{run:?}");
}
