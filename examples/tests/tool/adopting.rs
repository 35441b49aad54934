//! Adoption: an estate that was linked by hand is read, and nothing is written.

use serde_json::Value;
use simulator::World;

use super::support::{Bench, VARIABLE, row};

fn name(number: usize) -> String {
    format!("Customer {number:02}")
}

/// 30 sites with a company each, of which the first 26 are linked by hand: 23 rightly.
fn estate() -> Bench {
    estate_of(30, 26, 3)
}

/// So many sites with a company each, of which the first `linked` are linked by hand, the last `wrong` of these wrongly:
/// of every three, one leads to the company of a site that is not linked, and two share the link of another such company.
fn estate_of(sites: usize, linked: usize, wrong: usize) -> Bench {
    let mut world = World::new(30);
    let root = world.root.clone();
    let pairs: Vec<_> = (0..sites)
        .map(|number| {
            let site = world.add_site(&name(number));
            let company = world.add_customer(&root, &name(number)).expect("a company");
            (site, company)
        })
        .collect();
    let right = linked - wrong;
    for (site, company) in &pairs[..right] {
        world.add_association(site, company).expect("linked");
    }
    let mut copies = Vec::new();
    let mut company = linked;
    for site in right..linked {
        if (site - right) % 3 == 2 {
            copies.push(site);
        } else {
            world
                .add_association(&pairs[site].0, &pairs[company].1)
                .expect("linked");
            company += 1;
        }
    }
    let bench = Bench::new(world);
    for site in copies {
        let link = bench.variable_of(&name(site - 1)).expect("linked");
        bench
            .simulator
            .set_variable(&pairs[site].0, VARIABLE, &link)
            .expect("set");
    }
    bench
}

fn names(list: &Value) -> Vec<&str> {
    let list = list.as_array().expect("a list").iter();
    let mut names: Vec<_> = list.filter_map(|row| row["site_name"].as_str()).collect();
    names.sort_unstable();
    names
}

#[test]
fn an_estate_linked_by_hand_is_proposed_and_its_conflicts_are_listed_with_reasons() {
    let bench = estate();
    let document = bench.json(&["adopt"], 0);
    let right: Vec<_> = (0..23).map(name).collect();
    assert_eq!(names(&document["proposals"]), right);
    for proposal in document["proposals"].as_array().expect("a list") {
        assert_eq!(proposal["site_name"], proposal["company_name"]);
        let evidence = proposal["evidence"].to_string();
        assert!(evidence.contains("installation link"), "{evidence}");
    }
    let wrong: Vec<_> = (23..26).map(name).collect();
    assert_eq!(names(&document["conflicts"]), wrong);
    let reason = |number: usize| {
        row(&document["conflicts"], "site_name", &name(number))["reason"].to_string()
    };
    assert!(reason(23).contains("company of its name"), "{}", reason(23));
    assert!(
        reason(24).contains("Customer 25") && reason(25).contains("Customer 24"),
        "each names the other"
    );
    assert_eq!(document["accepted"], false);

    let run = bench.ok(&["adopt"]);
    assert!(
        run.stdout
            .contains("23 proposed, 3 left to a person; nothing was decided"),
        "{run:?}"
    );
    assert_eq!(bench.simulator.writes(), 0);
    assert!(!bench.store().exists(), "nothing was written here either");
}

#[test]
fn of_300_sites_with_260_linked_by_hand_all_248_right_ones_are_proposed_and_the_12_wrong_ones_listed()
 {
    let bench = estate_of(300, 260, 12);
    let document = bench.json(&["adopt", "--accept"], 0);
    let mut right: Vec<_> = (0..248).map(name).collect();
    right.sort_unstable();
    assert_eq!(names(&document["proposals"]), right);
    let mut wrong: Vec<_> = (248..260).map(name).collect();
    wrong.sort_unstable();
    assert_eq!(names(&document["conflicts"]), wrong);
    for conflict in document["conflicts"].as_array().expect("a list") {
        assert!(
            conflict["reason"]
                .as_str()
                .is_some_and(|reason| reason.len() > 10)
        );
    }
    let run = bench.ok(&["plan"]);
    assert!(
        run.stdout
            .contains("Steps: 248; associations established: 248; nothing is deleted"),
        "{run:?}"
    );
    assert_eq!(bench.simulator.writes(), 0);
}

#[test]
fn what_is_adopted_needs_no_change_at_the_vendors() {
    let bench = estate();
    bench.ok(&["adopt", "--accept", "--dry-run"]);
    assert!(!bench.store().exists());
    let document = bench.json(&["adopt", "--accept"], 0);
    assert_eq!(document["accepted"], true);
    let decisions = bench.json(&["decisions"], 0);
    let decisions = decisions["decisions"].as_array().expect("a list");
    assert_eq!(decisions.len(), 23);
    for decision in decisions {
        let evidence = decision["evidence"].as_array().expect("a list");
        let stored = &evidence[0]["stored"]["pair"];
        assert!(
            stored["installation_link"]["package"].is_object(),
            "N14: {decision:#}"
        );
        assert_eq!(evidence[1]["what"], "same name");
    }
    let run = bench.ok(&["plan"]);
    assert!(
        run.stdout
            .contains("Steps: 23; associations established: 23; nothing is deleted"),
        "{run:?}"
    );
    bench.ok(&["apply", "--yes"]);
    let run = bench.ok(&["plan"]);
    assert!(run.stdout.contains("Nothing to do"), "{run:?}");
    let run = bench.ok(&["adopt"]);
    assert!(
        run.stdout.contains("0 proposed, 3 left to a person"),
        "{run:?}"
    );
    assert_eq!(
        bench.simulator.writes(),
        0,
        "nothing was written at the vendors"
    );
}

#[test]
fn masked_and_foreign_values_are_listed_and_a_copied_link_does_not_spoil_the_right_one() {
    let mut world = World::new(3);
    let root = world.root.clone();
    let sites: Vec<_> = (0..4).map(|number| world.add_site(&name(number))).collect();
    for (number, site) in sites.iter().enumerate() {
        let company = world.add_customer(&root, &name(number)).expect("a company");
        if number < 2 {
            world.add_association(site, &company).expect("linked");
        }
    }
    let bench = Bench::new(world);
    let simulator = &bench.simulator;
    let link = bench.variable_of(&name(0)).expect("linked");
    simulator
        .set_masked(&sites[1], VARIABLE, true)
        .expect("masked");
    simulator
        .set_variable(&sites[2], VARIABLE, "https://example.com/other")
        .expect("set");
    simulator
        .set_variable(&sites[3], VARIABLE, &link)
        .expect("set");
    let document = bench.json(&["adopt"], 0);
    assert_eq!(names(&document["proposals"]), ["Customer 00"]);
    let evidence = document["proposals"][0]["evidence"].to_string();
    assert!(
        evidence.contains("Customer 03"),
        "the copy is told: {evidence}"
    );
    let reason = |number: usize| {
        row(&document["conflicts"], "site_name", &name(number))["reason"].to_string()
    };
    assert!(reason(1).contains("masked"));
    assert!(reason(2).contains("no installation link"));
    assert!(reason(3).contains("Customer 00"));
    assert!(
        !bench.ok(&["adopt"]).stdout.contains("example.com"),
        "no value is shown"
    );
}
