//! What the documentation says of the policy file.

use std::collections::BTreeSet;

use gravityzone::limits::BUDGETS;
use gravityzone::reconcile::{ADD_ON_MODULES, CHOOSABLE_MODULES};
use reconcile::identity::{Instance, Vendor};
use reconcile::plan::Policy;
use serde_json::{Value, json};

use super::page::{self, quoted};
use super::support::{Bench, VARIABLE, row};

const SECTION: &str = "## The policy file";
/// No key and no value has this name.
const NOTHING: &str = "nothing-of-the-kind";

fn example() -> Value {
    let section = page::section(SECTION);
    serde_json::from_str(&page::block(&section, "json")).expect("JSON")
}

/// The rows of the table: key, value, default and meaning.
fn rows() -> Vec<[String; 4]> {
    let rows = page::rows(&page::section(SECTION)).into_iter();
    rows.map(|cells| {
        let [key, value, default, meaning] = cells.try_into().expect("four cells");
        [quoted(&key).concat(), value, default, meaning]
    })
    .collect()
}

fn cells(key: &str) -> [String; 4] {
    let mut rows = rows().into_iter().filter(|row| row[0] == key);
    rows.next().unwrap_or_else(|| panic!("no row has {key}"))
}

fn values(key: &str) -> BTreeSet<String> {
    quoted(&cells(key)[1]).into_iter().collect()
}

fn default(key: &str) -> String {
    quoted(&cells(key)[2]).concat()
}

/// The keys of the table directly below one, or at the top.
fn keys_below(key: &str) -> BTreeSet<String> {
    let keys = rows().into_iter().filter_map(|row| {
        let (above, name) = row[0].rsplit_once('.').unwrap_or(("", &row[0]));
        (above == key).then(|| name.to_owned())
    });
    keys.collect()
}

/// What the program says that there is, where it was given what there is not.
fn there_are(bench: &Bench, policy: &Value) -> String {
    bench.set_policy(policy);
    let run = bench.run(&["sites"]);
    assert_eq!(run.code, 2, "{run:?}");
    let said = ["expected", "there are"]
        .into_iter()
        .find_map(|word| Some(run.stderr.rsplit_once(word)?.1.to_owned()));
    said.unwrap_or_else(|| panic!("{run:?}"))
}

/// The labels that an error lists behind its colon.
fn labels(bench: &Bench, policy: &Value) -> BTreeSet<String> {
    let said = there_are(bench, policy);
    let words = said.split_whitespace();
    let words = words.map(|word| word.trim_end_matches(',').to_owned());
    words.collect()
}

#[test]
fn the_documented_policy_is_taken_as_it_stands() {
    let bench = Bench::demo();
    bench.set_policy(&example());
    let document = bench.json(&["preflight"], 0);
    for check in ["subscription", "modules"] {
        let checks = document["checks"].as_array().expect("a list").iter();
        let of_policy: Vec<_> = checks.filter(|line| line["of"] == "policy").collect();
        let line = row(&json!(of_policy), "check", check).clone();
        assert_eq!(line["result"], "ok", "{line}");
    }
}

#[test]
fn the_table_has_every_key_of_the_policy_and_no_other_and_the_example_shows_each() {
    let bench = Bench::demo();
    let example = example();
    for key in ["", "subscription", "deletions", "vanishing", "minutes"] {
        let mut policy = json!({});
        let inside = if key.is_empty() {
            policy[NOTHING] = json!(1);
            &example
        } else {
            policy[key] = json!({NOTHING: 1});
            &example[key]
        };
        let known = quoted(&there_are(&bench, &policy));
        assert_eq!(known.into_iter().collect::<BTreeSet<_>>(), keys_below(key));
        let shown = inside.as_object().expect("an object").keys().cloned();
        assert_eq!(shown.collect::<BTreeSet<_>>(), keys_below(key));
    }
}

#[test]
fn the_table_has_every_value_that_the_policy_takes() {
    let bench = Bench::demo();
    let subscription = |key: &str, value: Value| {
        let mut terms = json!({"kind": "monthly"});
        terms[key] = value;
        json!({"subscription": terms})
    };
    let mut kinds = labels(&bench, &subscription("kind", NOTHING.into()));
    // It takes a key, which is a secret.
    assert!(kinds.remove("license-key"));
    assert_eq!(values("subscription.kind"), kinds);
    let products = labels(&bench, &subscription("product", NOTHING.into()));
    assert_eq!(values("subscription.product"), products);
    let add_ons = labels(&bench, &subscription("add_ons", json!([NOTHING])));
    assert_eq!(values("subscription.add_ons"), add_ons);
    for model in values("subscription.protection_model") {
        bench.set_policy(&subscription("protection_model", model.as_str().into()));
        bench.ok(&["sites"]);
    }
    let modules = CHOOSABLE_MODULES.into_iter().chain(ADD_ON_MODULES);
    assert_eq!(values("modules"), modules.map(str::to_owned).collect());
    let [.., budgets] = cells("requests");
    for budget in BUDGETS {
        let said = format!(
            "`{}` ({} in {} s)",
            budget.name,
            budget.limit,
            budget.window.as_secs()
        );
        assert!(budgets.contains(&said), "{said}");
    }
    assert_eq!(quoted(&budgets).len(), BUDGETS.len());
}

#[test]
fn the_table_has_the_defaults_of_the_policy() {
    let root = Instance::new(Vendor::new("gravityzone"), "cloud/0001").root();
    let policy = Policy::new(root, VARIABLE);
    assert_eq!(default("variable"), VARIABLE);
    assert_eq!(default("package_prefix"), policy.package_prefix);
    let flag = policy.remove_competitors.to_string();
    assert_eq!(default("remove_competitors"), flag);
    let flag = policy.many_sites_to_one_company.to_string();
    assert_eq!(default("many_sites_to_one_company"), flag);
    for (key, limits) in [
        ("deletions", policy.deletions),
        ("vanishing", policy.vanishing),
    ] {
        for (part, number) in [
            ("count", limits.count),
            ("percent", limits.percent),
            ("at_least", limits.at_least),
        ] {
            assert_eq!(default(&format!("{key}.{part}")), number.to_string());
        }
    }
    for (key, time) in [
        ("minutes.grace", policy.grace),
        ("minutes.visibility", policy.visibility),
        ("minutes.expiry", policy.expires_after),
    ] {
        assert_eq!(default(key), time.as_mins().to_string());
    }
}
