//! What the machine refuses: a store that may not be written, a full disk, an end in the middle.

use super::support::Bench;

fn prepared() -> Bench {
    let bench = Bench::demo();
    bench.ok(&["associate", "Café Zénith", "--new", "Café Zénith"]);
    bench.simulator.reset_counts();
    bench
}

#[test]
fn a_store_that_may_not_be_written_can_be_read_and_nothing_is_sent() {
    let bench = prepared();
    let set = |writable: bool| {
        let mut permissions = std::fs::metadata(bench.store())
            .expect("there")
            .permissions();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            permissions.set_mode(if writable { 0o600 } else { 0o400 });
        }
        #[cfg(not(unix))]
        permissions.set_readonly(!writable);
        std::fs::set_permissions(bench.store(), permissions).expect("set");
    };
    set(false);
    for command in [
        &["sync", "--yes"][..],
        &["apply", "--yes"],
        &["ignore", "Harbour Clinic"],
    ] {
        let run = bench.run(command);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(
            run.stderr.contains("companion.store may not be written"),
            "{run:?}"
        );
    }
    assert_eq!(
        bench.simulator.requests().len(),
        0,
        "the vendors are not even asked"
    );
    bench.ok(&["decisions"]);
    bench.ok(&["plan"]);
    set(true);
    bench.ok(&["apply", "--yes"]);
}

/// No file may grow beyond what the store has: what a full disk does to it.
#[cfg(unix)]
#[test]
fn u14_without_room_nothing_is_sent_and_nothing_is_lost() {
    let bench = prepared();
    let before = bench.json(&["decisions"], 0);
    let command = bench.command(&["apply", "--yes"]);
    let mut limited = std::process::Command::new("/bin/sh");
    // Without the trap the limit would kill instead of being told.
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh"])
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(bench.path(""))
        .stdin(std::process::Stdio::null());
    let run = bench.finish(limited);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("companion.store"), "{run:?}");
    assert_eq!(bench.simulator.writes(), 0);
    assert_eq!(bench.json(&["decisions"], 0), before);
    bench.ok(&["apply", "--yes"]);
    bench.simulator.company_id("Café Zénith").expect("made");
}

#[cfg(unix)]
#[test]
fn ctrl_c_while_the_vendors_are_read_ends_with_1_and_writes_nothing() {
    use simulator::{Fault, FaultAction};

    for signal in ["-INT", "-TERM"] {
        for arguments in [
            &["sites"][..],
            &["apply", "--yes"],
            &["ignore", "Harbour Clinic"],
        ] {
            let bench = prepared();
            let (tell, told) = std::sync::mpsc::channel();
            bench.simulator.on_request(move |_, _| {
                let _ = tell.send(());
            });
            bench
                .simulator
                .inject(Fault::any(None, FaultAction::DelayMs(60_000)).always());
            let child = bench.spawn(arguments);
            told.recv().expect("it asks");
            let sent = std::process::Command::new("kill")
                .args([signal, &child.id().to_string()])
                .status();
            assert!(sent.is_ok_and(|status| status.success()));
            let run = bench.judge(&child.wait_with_output().expect("it ends"));
            assert_eq!(run.code, 1, "{run:?}");
            assert!(run.stderr.contains("stopped by Ctrl-C"), "{run:?}");
            assert_eq!(bench.simulator.writes(), 0);
            let document = bench.json(&["decisions"], 0);
            assert_eq!(document["decisions"].as_array().map(Vec::len), Some(1));
        }
    }
}
