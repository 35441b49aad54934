//! The commands that only read: preflight, sites, companies, suggest.

use super::support::{Bench, VARIABLE, files, row};

#[test]
fn n12_preflight_lists_the_checks_and_what_only_a_person_can_check() {
    let bench = Bench::demo();
    let document = bench.json(&["preflight"], 0);
    assert_eq!(document["ready"], true);
    for api in ["companies", "licensing", "network", "packages"] {
        let check = row(&document["checks"], "check", &format!("API {api}"));
        assert_eq!(check["result"], "ok", "F011 {api}");
    }
    assert_eq!(
        row(&document["checks"], "check", "rights")["result"],
        "unknown"
    );
    assert_eq!(
        row(&document["checks"], "check", "account variable")["result"],
        "ok"
    );
    let checklist = document["checklist"].as_array().expect("a list");
    assert!(checklist.len() >= 5);
    let run = bench.ok(&["preflight"]);
    assert!(
        run.stdout.contains("log-in") && run.stdout.contains("[ ] "),
        "{run:?}"
    );
    assert!(run.stdout.ends_with("Ready.\n"));
    assert_eq!(bench.simulator.writes(), 0);
}

#[test]
fn n12_preflight_names_what_is_wrong() {
    let bench = Bench::demo();
    bench.simulator.remove_gravityzone_api("packages");
    bench.simulator.set_account_variable(VARIABLE, "anything");
    bench.change_policy(|policy| policy["modules"] = serde_json::json!(["patch-management"]));
    let document = bench.json(&["preflight"], 1);
    assert_eq!(document["ready"], false);
    let result = |check: &str| row(&document["checks"], "check", check)["result"].clone();
    assert_eq!(result("API packages"), "failed");
    assert_eq!(result("account variable"), "warning");
    assert_eq!(result("modules"), "warning");
    bench.simulator.revoke_rmm_key();
    let run = bench.run(&["preflight"]);
    assert_eq!(run.code, 5, "{run:?}");
    assert!(run.stdout.contains("FAILED") && run.stdout.ends_with("Not ready.\n"));
}

#[test]
fn f027_sites_lists_the_managed_ones_and_why_others_are_left_out() {
    let bench = Bench::demo();
    let before = files(bench.path("").as_path());
    let document = bench.json(&["sites"], 0);
    assert_eq!(document["sites"].as_array().map(Vec::len), Some(8));
    assert_eq!(document["left_out"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        row(&document["sites"], "site_name", "Harbour Clinic")["state"],
        "unmapped"
    );
    let run = bench.ok(&["sites"]);
    assert!(run.stdout.contains("Café Zénith") && run.stdout.contains("Walk-in Support"));
    assert!(
        run.stdout.ends_with("8 sites, 8 of them not mapped\n"),
        "{run:?}"
    );
    assert_eq!(
        files(bench.path("").as_path()),
        before,
        "reading leaves no store behind"
    );
    assert_eq!(bench.simulator.writes(), 0);
}

#[test]
fn f028_f054_sites_and_companies_show_mappings_and_the_event_mark() {
    let bench = Bench::demo();
    bench.ok(&["associate", "Harbour Clinic", "--company", "Harbour Clinic"]);
    bench.ok(&["ignore", "Café Zénith"]);
    bench.ok(&["apply", "--yes"]);
    bench.ok(&["sync"]);
    let site = bench.simulator.site_uid("Harbour Clinic").expect("a site");
    bench
        .simulator
        .rename_site(&site, "Harbour Hospital")
        .expect("renamed");
    let run = bench.run(&["sync"]);
    assert_eq!(run.code, 3, "{run:?}");

    let sites = bench.json(&["sites"], 0);
    let clinic = row(&sites["sites"], "site_id", &site);
    assert_eq!(clinic["state"], "established");
    assert_eq!(clinic["company_name"], "Harbour Clinic");
    assert_eq!(clinic["events"][0]["kind"], "Source renamed");
    assert_eq!(
        row(&sites["sites"], "site_name", "Café Zénith")["state"],
        "ignored"
    );
    let companies = bench.json(&["companies"], 0);
    let company = row(&companies["companies"], "company_name", "Harbour Clinic");
    assert_eq!(company["sites"][0]["site_id"], site.as_str());
    assert_eq!(company["free"], false, "F029");
    assert_eq!(company["events"], clinic["events"]);
    for command in ["sites", "companies"] {
        let run = bench.ok(&[command]);
        assert!(run.stdout.contains("! Source renamed ("), "{run:?}");
    }
}

#[test]
fn companies_tells_roles_and_which_are_free() {
    let bench = Bench::demo();
    let document = bench.json(&["companies"], 0);
    let of = |name: &str| row(&document["companies"], "company_name", name).clone();
    assert_eq!(of("Lighthouse North")["role"], "partner");
    assert_eq!(of("Retail")["role"], "folder");
    assert_eq!(of("Bluebird Bakery")["role"], "customer");
    assert_eq!(
        of("Bluebird Bakery")["parent_id"],
        of("Retail")["company_id"]
    );
    assert_eq!(of("Bluebird Bakery")["free"], true);
    assert_eq!(of("Retail")["free"], false);
    let run = bench.ok(&["companies"]);
    assert!(run.stdout.contains("Quarry Hill Dental"), "{run:?}");
}

#[test]
fn suggest_shows_the_evidence_and_decides_nothing() {
    let bench = Bench::demo();
    let document = bench.json(&["suggest"], 0);
    let clinic = row(&document["suggestions"], "site_name", "Harbour Clinic");
    assert_eq!(clinic["verdict"], "one");
    assert_eq!(clinic["candidates"][0]["evidence"][0], "same name");
    let run = bench.ok(&["suggest"]);
    assert!(run.stdout.contains("Northgate Logistics Ltd") && run.stdout.contains("legal form"));
    assert_eq!(
        row(
            &bench.json(&["sites"], 0)["sites"],
            "site_name",
            "Harbour Clinic"
        )["state"],
        "unmapped"
    );
    assert_eq!(bench.simulator.writes(), 0);
}

#[test]
fn u02_what_was_read_in_part_is_said() {
    let bench = Bench::demo();
    bench.simulator.remove_gravityzone_api("packages");
    let run = bench.ok(&["sites"]);
    assert!(run.stderr.contains("warning: the packages of"), "{run:?}");
    let document = bench.json(&["sites"], 0);
    assert!(!document["partial"].as_array().expect("a list").is_empty());
}

#[test]
fn u10_only_what_is_unmapped_is_shown_and_what_was_ignored_stays_so() {
    let bench = Bench::demo();
    let open = || {
        let document = bench.json(&["sites", "--unmapped"], 0);
        let sites = document["sites"].as_array().expect("a list").clone();
        assert!(sites.iter().all(|site| site["state"] == "unmapped"));
        let names = sites
            .iter()
            .map(|site| site["site_name"].as_str().expect("text").to_owned());
        names.collect::<Vec<_>>()
    };
    let all = open();
    bench.ok(&["ignore", "Café Zénith"]);
    bench.ok(&["associate", "Harbour Clinic", "--company", "Harbour Clinic"]);
    let taken = ["Café Zénith", "Harbour Clinic"];
    let mut left = all.clone();
    left.retain(|name| !taken.contains(&name.as_str()));
    assert_eq!(open(), left);
    assert_eq!(left.len() + 2, all.len());
    bench.ok(&["sync"]);
    assert_eq!(open(), left, "a later run remembers it");
    let suggested = bench.json(&["suggest"], 0);
    for site in suggested["suggestions"].as_array().expect("a list") {
        assert!(!taken.contains(&site["site_name"].as_str().expect("text")));
    }
}
