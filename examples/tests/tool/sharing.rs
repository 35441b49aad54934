//! Several administrators on one tenant, and several tenants.

use super::support::{Bench, Run};

fn refused(run: &Run, code: i32, parts: &[&str]) {
    assert_eq!(run.code, code, "{run:?}");
    for part in parts {
        assert!(run.stderr.contains(part), "{part:?} is not in {run:?}");
    }
}

#[test]
fn f001_f002_administrators_with_keys_of_their_own_share_the_store_of_one_tenant() {
    let bench = Bench::demo();
    bench.ok(&[
        "associate",
        "Harbour Clinic",
        "--company",
        "Harbour Clinic",
        "--by",
        "alex",
    ]);
    let (key, secret) = bench.simulator.add_rmm_key();
    let apis = ["companies", "licensing", "network", "packages", "general"];
    let other = bench.simulator.add_gravityzone_key(apis);
    let mut command = bench.command(&["ignore", "Café Zénith", "--by", "kim"]);
    command
        .env("DATTO_RMM_KEY", &key)
        .env("DATTO_RMM_SECRET", &secret)
        .env("GRAVITYZONE_KEY", &other);
    let run = bench.finish(command);
    assert_eq!(run.code, 0, "{run:?}");
    let document = bench.json(&["decisions"], 0);
    let who: Vec<_> = document["decisions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|line| line["by"].as_str().expect("text"))
        .collect();
    assert_eq!(who, ["alex", "kim"]);
    for text in [&key, &secret, &other] {
        assert!(!run.stdout.contains(text.as_str()) && !run.stderr.contains(text.as_str()));
    }
}

#[test]
fn f001_f002_n17_a_key_of_another_tenant_is_refused_and_both_tenants_are_named() {
    let (bench, other) = (Bench::demo(), Bench::new(simulator::World::new(7)));
    bench.ok(&["ignore", "Café Zénith"]);
    let before = std::fs::read(bench.store()).expect("readable");
    let mut command = bench.command(&["sync", "--yes"]);
    let [url, key, secret, ..] = other.credentials();
    command.envs([url, key, secret]);
    let run = bench.finish(command);
    let uid = |bench: &Bench| {
        bench
            .simulator
            .with_world(|world| world.account.uid.clone())
    };
    refused(&run, 1, &[&uid(&bench), &uid(&other), "--store"]);
    assert_eq!(std::fs::read(bench.store()).expect("readable"), before);
    assert_eq!(bench.simulator.writes() + other.simulator.writes(), 0);
    // The other company's key is another tenant as well.
    let company = bench
        .simulator
        .company_id("Lighthouse North")
        .expect("there");
    bench
        .simulator
        .rehome_gravityzone_key(&company)
        .expect("there");
    refused(&bench.run(&["sites"]), 1, &[&company, "--store"]);
}

#[test]
fn f012_the_persons_sign_in_and_the_integrations_credentials_are_not_mixed() {
    let bench = Bench::demo();
    let file = bench.path("credentials");
    let lines: Vec<_> = bench
        .credentials()
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    Bench::write_private(&file, &lines.join("\n"));
    let run = |set: &[(&str, String)]| {
        let mut command = bench.bare(&["sites", "--policy", "policy.json"]);
        command
            .arg("--credentials")
            .arg(&file)
            .envs(set.iter().cloned());
        bench.finish(command)
    };
    // One half of a person's pair beside the integration's other half.
    let (key, secret) = bench.simulator.add_rmm_key();
    let mixed = run(&[("DATTO_RMM_KEY", key.clone())]);
    refused(&mixed, 2, &["DATTO_RMM_KEY", "DATTO_RMM_URL", "one place"]);
    assert_eq!(bench.simulator.requests().len(), 0);
    assert!(!mixed.stderr.contains(&key));
    // A whole set of one vendor goes before the file's; the other vendor's is taken from the file.
    let [url, ..] = bench.credentials();
    let whole = run(&[url, ("DATTO_RMM_KEY", key), ("DATTO_RMM_SECRET", secret)]);
    assert_eq!(whole.code, 0, "{whole:?}");
    assert_eq!(run(&[]).code, 0, "the file alone");
}

#[test]
fn f013_an_edit_of_the_credentials_counts_when_it_is_saved_and_for_what_starts_then() {
    let bench = Bench::demo();
    let file = bench.path("credentials");
    let write = |key: &str| {
        let mut lines = bench.credentials();
        lines[4].1 = key.to_owned();
        let lines = lines.map(|(name, value)| format!("{name}={value}"));
        Bench::write_private(&file, &lines.join("\n"));
    };
    let run = |arguments: &[&str]| {
        let mut command = bench.bare(arguments);
        command
            .arg("--credentials")
            .arg(&file)
            .arg("--policy")
            .arg(bench.path("policy.json"));
        bench.finish(command)
    };
    write(&bench.simulator.gravityzone_key());
    assert_eq!(run(&["sites"]).code, 0);
    // A refused edit is remembered as such, and saving the right one again needs nothing else.
    write("EXAMPLE-KEY-that-is-not-known");
    assert_eq!(run(&["sites"]).code, 5);
    write(&bench.simulator.gravityzone_key());
    assert_eq!(run(&["sites"]).code, 0);
    // Nothing of it was kept by the tool.
    for entry in std::fs::read_dir(bench.path("")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        let text = String::from_utf8_lossy(&bytes);
        let has = text.contains("EXAMPLE-KEY") || text.contains(&bench.simulator.rmm_secret());
        assert!(!has || path == file, "{}", path.display());
    }
}

#[test]
fn f007_three_values_sign_in_at_the_rmm_and_each_is_named_where_it_is_missing() {
    let bench = Bench::demo();
    for name in ["DATTO_RMM_URL", "DATTO_RMM_KEY", "DATTO_RMM_SECRET"] {
        let mut command = bench.command(&["sites"]);
        command.env_remove(name);
        refused(&bench.finish(command), 2, &[&format!("missing: {name}")]);
    }
    assert_eq!(bench.simulator.requests().len(), 0);
}

#[test]
fn f118_a_key_that_was_not_copied_whole_is_refused_before_it_is_sent() {
    let bench = Bench::demo();
    for (name, value, part) in [
        ("GRAVITYZONE_KEY", "EXAMPLE KEY-0001", "character 8"),
        ("GRAVITYZONE_KEY", "EXAMPLE", "7 characters"),
        (
            "DATTO_RMM_SECRET",
            "EXAMPLE-KEY\nEXAMPLE-KEY",
            "character 12",
        ),
        ("DATTO_RMM_KEY", &"EXAMPLE-".repeat(100), "800 characters"),
    ] {
        let mut command = bench.command(&["sites"]);
        command.env(name, value);
        let run = bench.finish(command);
        refused(&run, 2, &[name, part]);
        assert!(!run.stderr.contains("EXAMPLE"), "{run:?}");
    }
    assert_eq!(bench.simulator.requests().len(), 0);
    let mut command = bench.command(&["sites"]);
    command.env(
        "GRAVITYZONE_KEY",
        format!("  {}\r\n", bench.simulator.gravityzone_key()),
    );
    assert_eq!(
        bench.finish(command).code,
        0,
        "what is around it does not matter"
    );
}

#[test]
fn f068_a_second_store_for_the_same_tenants_is_refused_where_it_can_be_known() {
    let bench = Bench::demo();
    bench.ok(&["ignore", "Café Zénith"]);
    let second = |arguments: &[&str]| {
        let mut command = bench.bare(arguments);
        command
            .arg("--store")
            .arg(bench.path("second.store"))
            .arg("--policy")
            .arg(bench.path("policy.json"))
            .envs(bench.credentials());
        bench.finish(command)
    };
    for command in [&["sync", "--yes"][..], &["ignore", "Café Zénith"]] {
        refused(&second(command), 2, &["companion.store", "already"]);
    }
    refused(&second(&["preflight"]), 1, &[]);
    assert_eq!(bench.simulator.writes(), 0);
    // What holds nothing of these tenants is in nobody's way.
    bench.ok(&["reset", "--yes"]);
    let run = second(&["ignore", "Café Zénith"]);
    assert_eq!(run.code, 0, "{run:?}");
}

#[test]
fn f069_each_pair_of_tenants_has_a_store_of_its_own_side_by_side() {
    let (bench, other) = (Bench::demo(), Bench::new(simulator::World::new(7)));
    bench.ok(&["ignore", "Café Zénith"]);
    other
        .simulator
        .with_world_mut(|world| world.add_site("Elsewhere"));
    let mut command = bench.bare(&["ignore", "Elsewhere"]);
    command
        .arg("--store")
        .arg(bench.path("other.store"))
        .envs(other.credentials());
    let run = bench.finish(command);
    assert_eq!(run.code, 0, "{run:?}");
    bench.ok(&["sync"]);
}
