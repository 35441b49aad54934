//! The passes of `watch`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Stdio};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use simulator::{Fault, FaultAction, Vendor};

use super::schemas;
use super::support::Bench;

/// A running `watch --json`.
struct Watch {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Watch {
    fn start(bench: &Bench, arguments: &[&str]) -> Self {
        let mut child = bench.spawn(&[&["watch", "--json"], arguments].concat());
        let stdout = child.stdout.take().expect("piped");
        Self {
            child,
            lines: BufReader::new(stdout).lines(),
        }
    }

    /// The next line, which fits the schema.
    fn pass(&mut self) -> Value {
        let line = self.lines.next().expect("a line").expect("text");
        let line = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        schemas::assert_fits("watch", &line);
        line
    }

    /// Waits for the end: the exit code and what was said beside the lines.
    fn end(mut self, bench: &Bench) -> super::support::Run {
        assert!(self.lines.next().is_none(), "no further line");
        self.child.stdout = None;
        bench.judge(&self.child.wait_with_output().expect("it ends"))
    }

    #[cfg(unix)]
    fn interrupt(&self) {
        let pid = self.child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-INT", &pid])
            .status();
        assert!(sent.is_ok_and(|status| status.success()));
    }
}

fn time(line: &Value, field: &str) -> Timestamp {
    line[field]
        .as_str()
        .expect("a time")
        .parse()
        .expect("a time")
}

#[test]
fn passes_repeat_until_so_many_and_print_a_line_each() {
    let bench = Bench::demo();
    bench.ok(&["associate", "Café Zénith", "--new", "Café Zénith"]);
    let mut watch = Watch::start(&bench, &["--yes", "--every", "10ms", "--passes", "3"]);
    let first = watch.pass();
    assert_eq!(first["pass"], 1);
    assert_eq!(first["exit"], 0);
    assert_eq!(
        first["sync"]["applied"]["steps"].as_array().map(Vec::len),
        Some(4)
    );
    for number in [2, 3] {
        let line = watch.pass();
        assert_eq!(line["pass"], number);
        assert_eq!(line["sync"]["plan"]["steps"], 0, "U13");
        assert_eq!(line["next_at"].is_null(), number == 3);
    }
    assert_eq!(watch.end(&bench).code, 0);
    let mut command = bench.command(&["watch", "--passes", "1"]);
    command.stdin(Stdio::null());
    let run = bench.finish(command);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
    assert!(run.stdout.contains("pass 1: 0 events raised"), "{run:?}");
}

#[test]
fn the_last_pass_says_how_it_ends() {
    let bench = Bench::demo();
    bench.ok(&["associate", "Harbour Clinic", "--company", "Harbour Clinic"]);
    bench.ok(&["apply", "--yes"]);
    let company = bench.simulator.company_id("Harbour Clinic").expect("there");
    bench
        .simulator
        .rename_company(&company, "Harbour Hospital")
        .expect("there");
    let run = bench.run(&["watch", "--passes", "2", "--every", "1ms"]);
    assert_eq!(run.code, 3, "{run:?}");
    let first = run.stdout.lines().next().expect("a line");
    assert!(
        first.contains("1 events raised, 0 cleared, 1 wait"),
        "{run:?}"
    );
}

#[cfg(unix)]
#[test]
fn between_passes_the_store_is_free_and_ctrl_c_ends_with_0() {
    let bench = Bench::demo();
    let mut watch = Watch::start(&bench, &["--every", "1h"]);
    let line = watch.pass();
    let wait = time(&line, "next_at").duration_since(time(&line, "began_at"));
    let (least, most) = (SignedDuration::from_mins(54), SignedDuration::from_mins(68));
    assert!(
        wait >= least && wait <= most,
        "jittered by a tenth: {wait:?}"
    );
    bench.ok(&["ignore", "Café Zénith"]);
    bench.ok(&["decisions"]);
    bench.ok(&["events"]);
    watch.interrupt();
    let run = watch.end(&bench);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stderr.contains("stopped by Ctrl-C between two passes"),
        "{run:?}"
    );
}

#[cfg(unix)]
#[test]
fn u14_ctrl_c_while_a_pass_reads_ends_at_once_and_loses_nothing() {
    let bench = Bench::demo();
    bench.ok(&["associate", "Café Zénith", "--new", "Café Zénith"]);
    let (tell, told) = std::sync::mpsc::channel();
    bench.simulator.on_request(move |_, _| {
        let _ = tell.send(());
    });
    bench
        .simulator
        .inject(Fault::any(None, FaultAction::DelayMs(60_000)).always());
    let watch = Watch::start(&bench, &["--yes"]);
    told.recv().expect("it asks");
    watch.interrupt();
    let run = watch.end(&bench);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("stopped by Ctrl-C"), "{run:?}");
    assert_eq!(bench.simulator.writes(), 0);
    bench.simulator.clear_faults();
    bench.simulator.clear_hooks();
    bench.ok(&["sync", "--yes"]);
}

#[cfg(unix)]
#[test]
fn u14_ctrl_c_while_a_pass_applies_stops_after_the_step_and_the_next_pass_goes_on() {
    let bench = Bench::demo();
    bench.ok(&["associate", "Café Zénith", "--new", "Café Zénith"]);
    let (tell, told) = std::sync::mpsc::channel();
    bench.simulator.on_request(move |request, phase| {
        if phase == simulator::Phase::Before
            && request.operation.ends_with("companies.createCompany")
        {
            let _ = tell.send(());
        }
    });
    bench.simulator.inject(Fault::on(
        "companies.createCompany",
        FaultAction::DelayMs(1000),
    ));
    let mut watch = Watch::start(&bench, &["--yes"]);
    told.recv().expect("it creates");
    watch.interrupt();
    let line = watch.pass();
    assert_eq!(line["exit"], 1);
    assert!(
        line["error"]
            .as_str()
            .is_some_and(|error| error.contains("stopped by Ctrl-C"))
    );
    let run = watch.end(&bench);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(
        bench.simulator.count("gravityzone companies.createCompany"),
        1
    );
    assert_eq!(
        bench.simulator.count("gravityzone packages.createPackage"),
        0
    );
    let mut watch = Watch::start(&bench, &["--passes", "1"]);
    let resumed = watch.pass()["sync"]["resumed"]["steps"].clone();
    assert_eq!(
        resumed.as_array().map(Vec::len),
        Some(4),
        "confirmed before, so without a yes"
    );
    assert_eq!(watch.end(&bench).code, 0);
    assert_eq!(
        bench.simulator.count("gravityzone companies.createCompany"),
        1
    );
}

#[test]
fn n16_a_refused_log_in_ends_it_and_it_stays_ended() {
    let bench = Bench::demo();
    let mut watch = Watch::start(&bench, &["--every", "500ms"]);
    assert_eq!(watch.pass()["exit"], 0);
    bench.simulator.revoke_gravityzone_key();
    let last = loop {
        let line = watch.pass();
        if line["exit"] != 0 {
            break line;
        }
    };
    assert_eq!(last["exit"], 5);
    assert!(last["next_at"].is_null());
    assert_eq!(watch.end(&bench).code, 5);
    bench.simulator.reset_counts();
    let run = bench.run(&["watch", "--every", "1ms"]);
    assert_eq!(run.code, 5, "{run:?}");
    assert!(run.stderr.contains("--log-in-again"), "{run:?}");
    assert_eq!(
        bench.simulator.requests().len(),
        0,
        "nothing hammers a lock-out"
    );
}

#[test]
fn a_vendor_that_is_down_is_told_and_tried_again_later_and_later() {
    let bench = Bench::demo();
    bench
        .simulator
        .inject(Fault::any(Vendor::GravityZone, FaultAction::Status(400)).always());
    let mut watch = Watch::start(&bench, &["--every", "100ms"]);
    for waits in [2, 4] {
        let line = watch.pass();
        assert_eq!(line["exit"], 1, "{line}");
        assert!(
            line["error"].is_string() && line["sync"].is_null(),
            "{line}"
        );
        let wait = time(&line, "next_at").duration_since(time(&line, "began_at"));
        assert!(wait >= SignedDuration::from_millis(90 * waits), "{wait:?}");
    }
    bench.simulator.clear_faults();
    let back = loop {
        let line = watch.pass();
        if line["error"].is_null() {
            break line;
        }
    };
    assert_eq!(back["exit"], 0, "{back}");
    watch.child.kill().expect("running");
    watch.child.wait().expect("over");
}

#[test]
fn a_store_in_use_is_waited_for() {
    let bench = Bench::demo();
    bench.ok(&["ignore", "Café Zénith"]);
    let held = bench.hold();
    let mut watch = Watch::start(&bench, &["--every", "50ms"]);
    let line = watch.pass();
    assert_eq!(line["exit"], 6, "{line}");
    drop(held);
    while watch.pass()["exit"] != 0 {}
    watch.child.kill().expect("running");
    watch.child.wait().expect("over");
}

#[test]
fn what_does_not_pass_by_itself_ends_it() {
    let bench = Bench::demo();
    let other = Bench::new(simulator::World::new(7));
    other.ok(&[
        "ignore",
        &other.simulator.with_world_mut(|world| {
            world.add_site("Elsewhere");
            "Elsewhere".to_owned()
        }),
    ]);
    std::fs::copy(other.store(), bench.store()).expect("copied");
    let run = bench.run(&["watch", "--every", "1ms"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
}

#[test]
fn passes_at_the_vendors_are_a_minute_apart_at_least() {
    let bench = Bench::demo();
    for (every, part) in [
        ("59s", "less than a minute"),
        ("25h", "more than a day"),
        ("-1m", "backwards"),
        ("soon", "--every"),
    ] {
        let mut command = bench.command(&["watch"]);
        command
            .arg(format!("--every={every}"))
            .env("DATTO_RMM_URL", "https://merlot-api.centrastage.net")
            .env(
                "GRAVITYZONE_URL",
                "https://cloud.gravityzone.bitdefender.com/api",
            );
        let run = bench.finish(command);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains(part), "{run:?}");
    }
    assert_eq!(bench.simulator.requests().len(), 0);
}

#[test]
fn notices_are_delivered_after_each_pass() {
    let bench = Bench::demo();
    bench.ok(&["associate", "Harbour Clinic", "--company", "Harbour Clinic"]);
    bench.ok(&["apply", "--yes"]);
    let company = bench.simulator.company_id("Harbour Clinic").expect("there");
    bench
        .simulator
        .rename_company(&company, "Harbour Hospital")
        .expect("there");
    let (address, asked) = super::notifying::receiver(204);
    let watch = |passes: &str| {
        let mut command = bench.command(&["watch", "--json", "--every", "1ms", "--passes", passes]);
        command
            .env("COMPANION_WEBHOOK_URL", &address)
            .env("COMPANION_WEBHOOK_SECRET", super::notifying::SECRET);
        bench.finish(command)
    };
    let run = watch("2");
    assert_eq!(run.code, 3, "{run:?}");
    let lines: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("one document"))
        .collect();
    assert_eq!(
        lines[0]["notify"]["delivered"].as_array().map(Vec::len),
        Some(1),
        "{run:?}"
    );
    assert_eq!(
        lines[1]["notify"]["delivered"].as_array().map(Vec::len),
        Some(0),
        "{run:?}"
    );
    let request = asked
        .recv_timeout(Duration::from_secs(5))
        .expect("delivered");
    assert!(request.contains("Destination renamed"), "{request}");

    let mut command = bench.command(&["watch", "--passes", "1"]);
    command.env("COMPANION_WEBHOOK_URL", &address);
    let run = bench.finish(command);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("COMPANION_WEBHOOK_SECRET"), "{run:?}");
}
