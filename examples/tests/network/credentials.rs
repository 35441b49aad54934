//! Keys: where they come from, and that refused ones stop everything until they are given again.

use super::support::{Bench, Run};

fn with_secret(bench: &Bench, arguments: &[&str], secret: &str) -> Run {
    let mut command = bench.command(arguments);
    command.env("DATTO_NETWORKING_SECRET", secret);
    bench.finish(command)
}

#[test]
fn f082_a_public_and_a_secret_key_are_needed_and_what_is_missing_is_named() {
    let bench = Bench::fresh();
    let mut command = bench.command(&["sync"]);
    command.env_remove("DATTO_NETWORKING_SECRET");
    let run = bench.finish(command);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(
        run.stderr.contains("missing: DATTO_NETWORKING_SECRET"),
        "{run:?}"
    );
    assert_eq!(bench.simulator.requests().len(), 0);
    let mut command = bench.command(&["sync", "--rmm"]);
    command.env("DATTO_RMM_KEY", "EXAMPLE-KEY");
    let run = bench.finish(command);
    assert!(
        run.code == 2 && run.stderr.contains("DATTO_RMM_URL, DATTO_RMM_SECRET"),
        "{run:?}"
    );
}

#[test]
fn f083_n16_refused_credentials_stop_syncing_until_they_are_entered_again() {
    let bench = Bench::fresh();
    let wrong = "EXAMPLE-WRONG-SECRET";
    let run = with_secret(&bench, &["sync"], wrong);
    assert_eq!(run.code, 5, "{run:?}");
    assert!(!run.stderr.contains(wrong), "{run:?}");
    assert_eq!(bench.simulator.requests().len(), 1);
    let status = bench.json(&["status"], 5);
    assert_eq!(status["state"], "stopped");
    // Nothing more is asked, whatever is run, and it stays so.
    for arguments in [
        &["sync"][..],
        &["devices"],
        &["decide", "ignore", "Harbour Clinic"],
        &["sync"],
    ] {
        let run = with_secret(&bench, arguments, wrong);
        assert_eq!(run.code, 5, "{run:?}");
        assert!(
            run.stderr.contains("refused these credentials before"),
            "{run:?}"
        );
        assert!(run.stderr.contains("--enter-again"), "{run:?}");
    }
    assert_eq!(bench.simulator.requests().len(), 1);
    assert!(
        bench
            .run(&["status"])
            .stdout
            .contains("need to be entered again")
    );
    // Entered again without a change, they are asked once more and refused again.
    let run = with_secret(&bench, &["sync", "--enter-again"], wrong);
    assert_eq!(run.code, 5, "{run:?}");
    assert_eq!(bench.simulator.requests().len(), 2);
    // Other credentials are tried.
    let run = bench.run(&["sync", "--accept", "name"]);
    assert_eq!(run.code, 4, "{run:?}");
    assert_eq!(bench.json(&["status"], 0)["state"], "ok");
}

#[cfg(unix)]
#[test]
fn f082_keys_come_from_a_file_of_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let bench = Bench::fresh();
    let text = format!(
        "DATTO_NETWORKING_KEY={}\nDATTO_NETWORKING_SECRET={}\n",
        bench.simulator.networking_key(),
        bench.simulator.networking_secret()
    );
    bench.write("keys", &text);
    let run = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(bench.path("keys"), permissions).expect("set");
        let mut command = bench.command(&["sync", "--credentials", "keys"]);
        command
            .env_remove("DATTO_NETWORKING_KEY")
            .env_remove("DATTO_NETWORKING_SECRET");
        bench.finish(command)
    };
    let refused = run(0o644);
    assert!(
        refused.code == 2 && refused.stderr.contains("chmod 600"),
        "{refused:?}"
    );
    assert_eq!(run(0o600).code, 4);
}

#[test]
fn the_store_is_of_one_account_and_of_one_writer() {
    let bench = Bench::mapped();
    bench.refuses(
        &["sync", "--account", "another"],
        2,
        &["account", "another", "--store"],
    );
    let (_store, _) =
        examples::store::Store::open(&bench.path("network_sync.store")).expect("it is free");
    bench.refuses(&["sync"], 6, &["network_sync.store"]);
    bench.ok(&["organizations"]);
}
