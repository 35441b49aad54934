//! Usage, credentials, policy and exit codes.

use std::fs;

use serde_json::json;

use super::page;
use super::support::{Bench, Run, files};

fn refused(run: &Run, code: i32, parts: &[&str]) {
    assert_eq!(run.code, code, "{run:?}");
    for part in parts {
        assert!(run.stderr.contains(part), "{part:?} is not in {run:?}");
    }
}

#[test]
fn every_command_has_help_and_the_exit_codes_are_documented() {
    let bench = Bench::demo();
    let run = bench.finish(bench.bare(&["--help"]));
    assert_eq!(run.code, 0);
    for code in [
        "0  done",
        "3  events wait",
        "4  steps",
        "5  a vendor",
        "6  another process",
    ] {
        assert!(run.stdout.contains(code), "{code}");
    }
    let commands = [
        "preflight",
        "adopt",
        "sites",
        "companies",
        "suggest",
        "associate",
        "dissociate",
        "ignore",
        "export",
        "import",
        "plan",
        "apply",
        "events",
        "resolve",
        "undo",
        "decisions",
        "sync",
        "watch",
        "notify",
        "reset",
    ];
    for command in commands {
        assert!(run.stdout.contains(&format!("\n  {command} ")), "{command}");
        let help = bench.finish(bench.bare(&[command, "--help"]));
        assert_eq!(help.code, 0, "{command}");
        assert!(help.stdout.contains("--store"), "{command}");
    }
}

#[test]
fn usage_errors_end_with_2() {
    let bench = Bench::demo();
    for arguments in [
        &["sell"][..],
        &["associate", "Harbour Clinic"],
        &[
            "associate",
            "Harbour Clinic",
            "--company",
            "a",
            "--new",
            "b",
        ],
        &["resolve", "abcd", "destroy"],
        &["apply", "--digest", "no-digest"],
    ] {
        let run = bench.finish(bench.bare(arguments));
        assert_eq!(run.code, 2, "{run:?}");
    }
}

#[test]
fn what_is_not_there_ends_with_2_and_changes_nothing() {
    let bench = Bench::demo();
    let name = "No Such Site";
    let run = bench.run(&["associate", name, "--new", name]);
    refused(&run, 2, &["site", name]);
    assert!(!bench.simulator.requests().is_empty(), "it was looked for");
    assert_eq!(bench.simulator.writes(), 0);
    let run = bench.run(&["resolve", "No such event", "ignore", "--yes"]);
    refused(&run, 2, &["No such event"]);
    assert_eq!(bench.simulator.writes(), 0);

    let row = page::section("### Exit codes")
        .lines()
        .find(|line| line.starts_with("| 2 |"))
        .map(str::to_owned);
    let row = row.expect("a row");
    for part in ["name something that is not there", "nothing was changed"] {
        assert!(row.contains(part), "{row}");
    }
}

#[test]
fn missing_credentials_are_named_and_nothing_is_asked() {
    let bench = Bench::demo();
    let mut command = bench.command(&["sites"]);
    command
        .env_remove("DATTO_RMM_SECRET")
        .env("GRAVITYZONE_KEY", " ");
    refused(
        &bench.finish(command),
        2,
        &["DATTO_RMM_SECRET, GRAVITYZONE_KEY"],
    );
    assert_eq!(bench.simulator.requests().len(), 0);
}

#[cfg(unix)]
#[test]
fn a_credentials_file_must_belong_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let bench = Bench::demo();
    let file = bench.path("credentials");
    let lines: Vec<_> = bench
        .credentials()
        .iter()
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    fs::write(&file, format!("# both vendors\n\n{}\n", lines.join("\n"))).expect("written");
    let run = || {
        let mut command = bench.bare(&["sites", "--policy", "policy.json"]);
        command.arg("--credentials").arg(&file);
        bench.finish(command)
    };
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("set");
    let path = file.display().to_string();
    refused(&run(), 2, &[&path, "640", "chmod 600"]);
    assert_eq!(bench.simulator.requests().len(), 0);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("set");
    let run = run();
    assert_eq!(run.code, 0, "{run:?}");
}

#[cfg(unix)]
#[test]
fn a_wrong_line_of_a_credentials_file_is_named_without_its_content() {
    use std::os::unix::fs::PermissionsExt as _;

    let bench = Bench::demo();
    let file = bench.path("credentials");
    for (content, part) in [
        ("EXAMPLE-SECRET-1", "line 1"),
        ("\nEXAMPLE-SECRET-1=x", "line 2"),
        (
            "DATTO_RMM_KEY=EXAMPLE-SECRET-1\nDATTO_RMM_KEY=EXAMPLE-SECRET-1",
            "given twice",
        ),
        ("DATTO_RMM_KEY=", "has no value"),
    ] {
        fs::write(&file, content).expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("set");
        let mut command = bench.bare(&["sites"]);
        command.arg("--credentials").arg(&file);
        let run = bench.finish(command);
        refused(&run, 2, &[part, "credentials"]);
        assert!(!run.stderr.contains("EXAMPLE-SECRET-1"), "{run:?}");
    }
}

#[test]
fn a_policy_with_an_unknown_key_or_module_is_refused_by_name() {
    let bench = Bench::demo();
    for (policy, part) in [
        (json!({"moduls": ["firewall"]}), "moduls"),
        (json!({"minutes": {"hours": 1}}), "hours"),
        (json!({"modules": ["firewall", "firewal"]}), "firewal;"),
        (json!({"subscription": {"kind": "forever"}}), "forever"),
        (
            json!({"requests": {"gravityzone.everything": 1}}),
            "gravityzone.everything",
        ),
    ] {
        bench.set_policy(&policy);
        refused(&bench.run(&["sites"]), 2, &["policy.json", part]);
    }
    assert_eq!(bench.simulator.requests().len(), 0);
}

#[test]
fn f083_n16_refused_credentials_end_with_5_and_are_not_tried_again() {
    let bench = Bench::demo();
    bench.simulator.revoke_rmm_key();
    refused(&bench.run(&["sites"]), 5, &["error:"]);
    bench.simulator.reset_counts();
    refused(&bench.run(&["sites"]), 5, &["before", "--log-in-again"]);
    refused(&bench.run(&["sync", "--yes"]), 5, &["Datto RMM"]);
    assert_eq!(
        bench.simulator.requests().len(),
        0,
        "nothing hammers a lock-out"
    );

    // New credentials are another matter.
    let (key, secret) = bench.simulator.add_rmm_key();
    let mut command = bench.command(&["sites"]);
    command
        .env("DATTO_RMM_KEY", key)
        .env("DATTO_RMM_SECRET", secret);
    let run = bench.finish(command);
    assert_eq!(run.code, 0, "{run:?}");

    // So are old ones, when a person says so; once accepted, they are trusted again.
    bench.simulator.restore_keys();
    bench.ok(&["sites", "--log-in-again"]);
    bench.ok(&["sites"]);
}

#[test]
fn a_refused_gravityzone_key_ends_with_5() {
    let bench = Bench::demo();
    bench.simulator.revoke_gravityzone_key();
    refused(&bench.run(&["companies"]), 5, &["error:"]);
    bench.simulator.reset_counts();
    refused(&bench.run(&["companies"]), 5, &["GravityZone"]);
    assert_eq!(bench.simulator.requests().len(), 0);
}

#[test]
fn a_store_in_use_ends_with_6_and_can_be_read_meanwhile() {
    let bench = Bench::demo();
    bench.ok(&["ignore", "Café Zénith"]);
    let held = bench.hold();
    refused(&bench.run(&["sync"]), 6, &["in use"]);
    bench.ok(&["sites"]);
    bench.ok(&["decisions"]);
    drop(held);
    bench.ok(&["sync"]);
}

#[test]
fn a_store_of_another_tenant_is_refused() {
    let (one, other) = (Bench::demo(), Bench::new(simulator::World::new(7)));
    one.ok(&["ignore", "Café Zénith"]);
    let mut command = other.command(&["sites"]);
    command.arg("--store").arg(one.store());
    // Given twice, the option is refused: so the store is copied instead.
    assert_eq!(other.finish(command).code, 2);
    fs::copy(one.store(), other.store()).expect("copied");
    refused(&other.run(&["sites"]), 1, &["error:"]);
}

#[test]
fn a_store_that_is_not_there_is_no_empty_store() {
    let bench = Bench::demo();
    let before = files(bench.path("").as_path());
    for arguments in [
        &["events"][..],
        &["decisions"],
        &["undo", "1"],
        &["reset", "--yes"],
    ] {
        refused(&bench.run(arguments), 2, &["there is no store at"]);
    }
    assert_eq!(files(bench.path("").as_path()), before, "and none was made");
}
