//! The story that is told without arguments, the help, and wrong arguments.

use super::support::Bench;

#[test]
fn the_story_is_told_without_an_account_and_every_promise_is_kept() {
    let bench = Bench::fresh();
    let run = bench.finish(bench.bare(&["story", "--report", "report.html"]));
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stdout.contains("promises of the story were kept"),
        "{run:?}"
    );
    assert!(!run.stdout.contains('✗'), "{run:?}");
    assert!(run.stdout.contains("report.html"));
    let page = bench.read("report.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    for part in [
        "ambiguous",
        "belongs to more than one device",
        "which a person should confirm",
        "to be created",
        "ignored",
        "DNA router",
    ] {
        assert!(page.contains(part), "{part:?} is not in the page");
    }
    // Nothing else is left where it was told.
    assert_eq!(
        bench.files(),
        ["configurations.csv", "organizations.csv", "report.html"]
    );
}

#[test]
fn every_command_has_help_and_the_exit_codes_are_documented() {
    let bench = Bench::fresh();
    let run = bench.finish(bench.bare(&["--help"]));
    assert_eq!(run.code, 0);
    for code in [
        "0  done",
        "4  networks or devices wait",
        "5  a vendor refused",
        "6  another process",
    ] {
        assert!(run.stdout.contains(code), "{code}");
    }
    for command in [
        "sync",
        "organizations",
        "devices",
        "explain",
        "search",
        "decide",
        "review",
        "undo",
        "decisions",
        "status",
        "story",
    ] {
        assert!(run.stdout.contains(&format!("\n  {command} ")), "{command}");
        let help = bench.finish(bench.bare(&[command, "--help"]));
        assert_eq!(help.code, 0, "{command}");
    }
}

#[test]
fn usage_errors_end_with_2() {
    let bench = Bench::fresh();
    for arguments in [
        &["sell"][..],
        &["sync"],
        &[
            "decide",
            "--organizations",
            "organizations.csv",
            "--configurations",
            "configurations.csv",
        ],
        &[
            "decide",
            "accept",
            "--organizations",
            "organizations.csv",
            "--configurations",
            "configurations.csv",
        ],
        &[
            "sync",
            "--accept",
            "hearsay",
            "--organizations",
            "a",
            "--configurations",
            "b",
        ],
    ] {
        let run = bench.finish(bench.bare(arguments));
        assert_eq!(run.code, 2, "{run:?}");
    }
    assert_eq!(bench.simulator.requests().len(), 0);
}
