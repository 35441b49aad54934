//! What `preflight` finds out, and what it asks a person to check.

use serde_json::{Value, json};
use simulator::{Fault, FaultAction};

use super::support::{Bench, VARIABLE, row};

fn check<'d>(document: &'d Value, name: &str) -> &'d Value {
    row(&document["checks"], "check", name)
}

/// The items of the checklist, which have to name all of these.
fn assert_asks(document: &Value, parts: &[&str]) {
    let items = document["checklist"].as_array().expect("a list").iter();
    let items: Vec<_> = items.map(|item| item.as_str().expect("text")).collect();
    let asks = items
        .iter()
        .any(|item| parts.iter().all(|part| item.contains(part)));
    assert!(asks, "no item names {parts:?}: {items:#?}");
}

#[test]
fn f003_f007_a_refused_log_in_names_what_it_can_mean() {
    let bench = Bench::demo();
    bench.simulator.revoke_rmm_key();
    let document = bench.json(&["preflight"], 5);
    assert_eq!(document["ready"], false);
    assert_eq!(
        check(&document, "API")["result"],
        "ok",
        "the address is right"
    );
    let log_in = check(&document, "log-in");
    assert_eq!(log_in["result"], "failed");
    let detail = log_in["detail"].as_str().expect("text");
    for part in ["key", "platform", "API access is off", "Access Control"] {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    assert_eq!(check(&document, "account")["result"], "unknown");
    assert_asks(&document, &["API access is on", "Global Settings"]);
}

#[test]
fn f002_the_account_and_its_platform_are_named() {
    let bench = Bench::demo();
    let document = bench.json(&["preflight"], 0);
    let uid = bench
        .simulator
        .with_world(|world| world.account.uid.clone());
    let account = check(&document, "account")["detail"]
        .as_str()
        .expect("text");
    assert!(account.contains(&uid), "{account}");
    // A stand-in is on no platform that is known.
    assert_eq!(check(&document, "platform")["result"], "unknown");
    assert_asks(&document, &["each have a key of their own"]);
}

#[test]
fn f004_f005_f006_f060_f061_f062_what_to_check_at_the_rmm() {
    let document = Bench::demo().json(&["preflight"], 0);
    assert_asks(
        &document,
        &["Datto RMM", "generated on that user's page", "shown once"],
    );
    assert_asks(&document, &["a user made for this integration", "initials"]);
    assert_asks(
        &document,
        &[
            "security level",
            "default level",
            "Administrator",
            "Super (5)",
        ],
    );
}

#[test]
fn f057_f058_u23_the_least_privilege_and_what_the_activity_log_would_add() {
    let document = Bench::demo().json(&["preflight"], 0);
    assert_asks(
        &document,
        &[
            "least privilege",
            "site variables",
            "activity log",
            "Administrator",
        ],
    );
    assert_eq!(check(&document, "rights")["result"], "unknown");
}

/// N12: a key that may not read the log is no worse for anything but one case.
#[test]
fn f058_n12_whether_the_activity_log_can_be_read_is_told_and_never_in_the_way() {
    let bench = Bench::demo();
    let log = |part: &str, result: &str| {
        let document = bench.json(&["preflight"], 0);
        let log = check(&document, "activity log");
        assert_eq!(log["result"], result);
        let detail = log["detail"].as_str().expect("text");
        assert!(detail.contains(part), "{detail}");
    };
    log("readable: the key's user is an Administrator", "ok");
    let refuse = |status| {
        bench.simulator.clear_faults();
        let fault = Fault::on("GET /api/v2/activity-logs", FaultAction::Status(status));
        bench.simulator.inject(fault.always());
    };
    refuse(403);
    log("not readable: the key's user is no Administrator", "ok");
    refuse(400);
    log("", "unknown");
}

#[test]
fn f009_f010_f107_to_f116_what_to_check_at_gravityzone() {
    let document = Bench::demo().json(&["preflight"], 0);
    assert_asks(
        &document,
        &["access URL", "account's page", "administrator rights"],
    );
    assert_asks(
        &document,
        &[
            "dedicated account",
            "own company",
            "role Partner",
            "not offered",
        ],
    );
    assert_asks(&document, &["companies, users, the company and networks"]);
    assert_asks(
        &document,
        &["the root", "chosen companies with Network ticked"],
    );
    assert_asks(&document, &["what is no target is not seen"]);
    assert_asks(&document, &["mailbox", "90 days", "five wrong attempts"]);
    assert_asks(&document, &["copied whole"]);
}

#[test]
fn f016_f017_f018_f022_what_to_check_of_packages() {
    let document = Bench::demo().json(&["preflight"], 0);
    assert_asks(
        &document,
        &["nobody renames the packages", "modules may be edited"],
    );
    assert_asks(&document, &["later installations only"]);
    assert_asks(
        &document,
        &[
            "a component on the devices",
            "a small one that fetches the rest",
        ],
    );
}

#[test]
fn f011_f117_each_scope_is_checked_and_more_than_that_is_told() {
    let bench = Bench::demo();
    bench.simulator.add_gravityzone_api("accounts");
    let document = bench.json(&["preflight"], 0);
    for api in ["companies", "licensing", "packages", "network"] {
        assert_eq!(check(&document, &format!("API {api}"))["result"], "ok");
    }
    let least = check(&document, "least privilege");
    assert_eq!(least["result"], "warning");
    assert!(
        least["detail"]
            .as_str()
            .expect("text")
            .ends_with("accounts")
    );
    for api in ["companies", "licensing", "packages", "network"] {
        let bench = Bench::demo();
        bench.simulator.remove_gravityzone_api(api);
        let document = bench.json(&["preflight"], 1);
        assert_eq!(
            check(&document, &format!("API {api}"))["result"],
            "failed",
            "{api}"
        );
    }
}

#[test]
fn f111_the_age_of_the_key_tells_of_an_expired_password() {
    let bench = Bench::demo();
    let document = bench.json(&["preflight"], 0);
    let age = check(&document, "age");
    let detail = age["detail"].as_str().expect("text");
    assert!(detail.starts_with("made at "), "{detail}");
    let made: jiff::Timestamp = detail["made at ".len()..]
        .split(": ")
        .next()
        .and_then(|time| time.parse().ok())
        .expect("a time");
    let is_old =
        jiff::Timestamp::now().duration_since(made) > jiff::SignedDuration::from_hours(90 * 24);
    assert_eq!(age["result"], if is_old { "warning" } else { "ok" });
    assert_eq!(detail.contains("password has expired"), is_old);
}

#[test]
fn f112_the_role_is_told_where_the_console_tells_it() {
    let document = Bench::demo().json(&["preflight"], 0);
    assert_eq!(check(&document, "role")["result"], "unknown");
    assert_eq!(
        document["ready"], true,
        "what cannot be known is no obstacle"
    );
}

#[test]
fn n12_a_partners_key_and_a_customers_are_told_apart() {
    let bench = Bench::demo();
    let company = check(&bench.json(&["preflight"], 0), "company").clone();
    assert_eq!(company["result"], "ok");
    assert!(
        company["detail"]
            .as_str()
            .expect("text")
            .starts_with("a partner's key")
    );
    let customer = bench.simulator.company_id("Harbour Clinic").expect("there");
    bench
        .simulator
        .rehome_gravityzone_key(&customer)
        .expect("there");
    let run = bench.run(&["preflight", "--json"]);
    let document: Value = serde_json::from_str(&run.stdout).expect("one document");
    let company = check(&document, "company");
    assert_eq!(company["result"], "warning", "{document:#}");
    assert!(
        company["detail"]
            .as_str()
            .expect("text")
            .starts_with("a customer's key")
    );
}

#[test]
fn n12_an_account_variable_that_would_shine_through_is_told() {
    let bench = Bench::demo();
    assert_eq!(
        check(&bench.json(&["preflight"], 0), "account variable")["result"],
        "ok"
    );
    bench
        .simulator
        .set_account_variable(VARIABLE, "EXAMPLE-LINK");
    let run = bench.ok(&["preflight"]);
    assert!(run.stdout.contains("shows again"), "{run:?}");
    assert!(!run.stdout.contains("EXAMPLE-LINK"), "{run:?}");
    // The name is the policy's.
    bench.change_policy(|policy| policy["variable"] = json!("OtherLink"));
    assert_eq!(
        check(&bench.json(&["preflight"], 0), "account variable")["result"],
        "ok"
    );
}

#[test]
fn f015_f019_f020_f021_the_default_modules_are_held_against_the_subscription() {
    let bench = Bench::demo();
    let modules = |modules: Value| {
        bench.change_policy(|policy| {
            policy["modules"] = modules;
            policy["subscription"]["add_ons"] = json!(["edr"]);
        });
        check(&bench.json(&["preflight"], 0), "modules").clone()
    };
    let choosable = json!([
        "advanced-anti-exploit",
        "advanced-threat-control",
        "device-control",
        "firewall",
        "content-control",
        "network-attack-defense",
        "power-user"
    ]);
    assert_eq!(modules(choosable)["result"], "ok", "F020");
    assert_eq!(
        modules(json!(["antimalware"]))["result"],
        "ok",
        "F019: always in it"
    );
    assert_eq!(
        modules(json!(["edr-sensor"]))["result"],
        "ok",
        "F021: subscribed to"
    );
    for add_on in [
        "patch-management",
        "exchange-protection",
        "full-disk-encryption",
    ] {
        let found = modules(json!([add_on]));
        assert_eq!(found["result"], "warning", "F021: {add_on}");
        assert!(found["detail"].as_str().expect("text").contains(add_on));
    }
    assert_asks(
        &bench.json(&["preflight"], 0),
        &["billed for", "add-on modules"],
    );
    bench.change_policy(|policy| policy["subscription"] = Value::Null);
    let none = bench.json(&["preflight"], 0);
    assert_eq!(check(&none, "subscription")["result"], "warning");
}

#[test]
fn n17_the_store_is_held_against_the_tenants() {
    let bench = Bench::demo();
    let tenants = |code| check(&bench.json(&["preflight"], code), "tenants").clone();
    assert_eq!(tenants(0)["result"], "ok", "none yet");
    assert!(!bench.store().exists());
    bench.ok(&["ignore", "Café Zénith"]);
    assert_eq!(tenants(0)["result"], "ok");
    let partner = bench
        .simulator
        .company_id("Lighthouse North")
        .expect("there");
    bench
        .simulator
        .rehome_gravityzone_key(&partner)
        .expect("there");
    let other = tenants(1);
    assert_eq!(other["result"], "failed");
    assert!(
        other["detail"].as_str().expect("text").contains(&partner),
        "{other}"
    );
}

#[test]
fn f008_a_first_run_says_what_is_still_to_be_given() {
    let bench = Bench::demo();
    let run = bench.finish(bench.bare(&["preflight"]));
    assert_eq!(run.code, 2, "{run:?}");
    for (name, _) in bench.credentials() {
        assert!(run.stderr.contains(name), "{name}: {run:?}");
    }
    bench.set_policy(&json!({}));
    let document = bench.json(&["preflight"], 0);
    assert_eq!(check(&document, "subscription")["result"], "warning");
    let modules = check(&document, "modules");
    assert_eq!(modules["result"], "warning");
    assert!(
        modules["detail"]
            .as_str()
            .expect("text")
            .contains("antimalware alone")
    );
    assert_eq!(
        check(&document, "tenants")["result"],
        "ok",
        "no earlier store"
    );
    let run = bench.run(&["events"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(
        run.stderr
            .contains("`companion adopt --accept`, `associate` and `sync` make one")
    );
}
