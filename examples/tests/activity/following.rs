//! F072 and F073: what is told, once and whole, whatever goes wrong meanwhile.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::{ActivitySpec, Fault, FaultAction};

use super::killing::ago;
#[cfg(unix)]
use super::support::Background;
use super::support::{Bench, ids, lines};

pub(crate) const FILE: &str = "activity.jsonl";
/// The operation, as the simulator calls it.
const LOG: &str = "GET /api/v2/activity-logs";
pub(crate) const ONCE: [&str; 4] = ["follow", "--once", "--to", FILE];

impl Bench {
    /// A remote session on a device of a site, by its number.
    pub(crate) fn session(&self, site: usize) -> String {
        let device = self.managed()[site].devices[0].uid.clone();
        self.add(
            &ActivitySpec::device(device, "remote", "jrto").detail("remote_session.type", "RTO"),
        )
    }

    pub(crate) fn add(&self, spec: &ActivitySpec) -> String {
        self.simulator.add_activity(spec).expect("added")
    }

    pub(crate) fn told(&self) -> Vec<String> {
        ids(&self.lines(FILE))
    }
}

#[test]
fn f073_who_did_what_is_told_with_the_organisation() {
    let bench = Bench::new();
    bench.map();
    let names = bench.sites();
    bench.ok(&["ignore", &names[4]]);
    let user = bench.simulator.rmm_user().expect("a user");
    for site in [0, 3, 4] {
        bench.session(site);
    }
    bench.add(&ActivitySpec::user(&user, "user", "login"));
    let run = bench.ok(&["follow", "--once", "--json", "--visibility", "0s"]);
    let mut told: Vec<(Value, Value)> = lines(&run.stdout)
        .iter()
        .map(|line| {
            (
                line["mapping"].clone(),
                line["organization"]["name"].clone(),
            )
        })
        .collect();
    told.sort_by_key(|(mapping, _)| mapping.to_string());
    let expected = [
        (json!("ignored"), Value::Null),
        (json!("mapped"), json!(names[0])),
        (json!("no_site"), Value::Null),
        (json!("unmapped"), Value::Null),
    ];
    assert_eq!(told, expected);
    let of_device = lines(&run.stdout)
        .into_iter()
        .find(|line| line["mapping"] == "mapped");
    let line = of_device.expect("a line");
    assert_eq!(line["details"]["remote_session.type"], "RTO");
    assert_eq!(line["site"]["name"], json!(names[0]));
    assert!(
        line["site"]["uid"].is_string() && line["device"]["hostname"].is_string(),
        "{line}"
    );
}

#[test]
fn f072_entries_of_a_new_mapping_are_told_as_pending() {
    let bench = Bench::new();
    bench.map();
    let name = &bench.sites()[0];
    bench.session(0);
    bench.ok(&ONCE);
    let line = &bench.lines(FILE)[0];
    assert_eq!(
        (&line["mapping"], &line["organization"]["name"]),
        (&json!("pending"), &json!(name))
    );
    assert!(line["pending_until"].is_string(), "{line}");
}

#[test]
fn f073_an_entry_that_comes_late_is_told_once_and_one_that_is_too_late_is_not() {
    let bench = Bench::new();
    bench.map();
    let start = ago(48);
    let minutes = |count: i64| start + count * 60_000;
    bench.simulator.set_clock_ms(minutes(300));
    let device = bench.managed()[0].devices[0].uid.clone();
    let spec = |date, visible| {
        let spec = ActivitySpec::device(device.clone(), "device", "note").at_ms(minutes(date));
        bench.add(&spec.visible_from_ms(minutes(visible)))
    };
    let newest = spec(299, 299);
    let late = spec(185, 304);
    let too_late = spec(170, 304);
    let follow = ["follow", "--once", "--to", FILE, "--since", "96h"];
    bench.ok(&follow);
    assert_eq!(bench.told(), std::slice::from_ref(&newest));
    bench.simulator.advance(Duration::from_mins(5));
    bench.ok(&follow);
    bench.ok(&follow);
    assert_eq!(bench.told(), [newest.clone(), late.clone()]);
    // With a longer window it is found, if nothing newer moved the resume point; and nothing comes twice.
    bench.ok(&[follow.as_slice(), &["--late", "3h"]].concat());
    assert_eq!(bench.told(), [newest, late, too_late]);
}

#[test]
fn f073_an_entry_that_cannot_be_read_is_told_as_such_and_holds_nothing_up() {
    let bench = Bench::new();
    bench.map();
    let readable = json!({"id": "good", "date": ago(1) / 1000, "details": "no json"});
    let not_asked_for = json!({"id": "old", "date": 1.5e9});
    let page = json!({
        "pageDetails": {"count": 4, "prevPageUrl": null, "nextPageUrl": null},
        "activities": [{"id": "bad", "site": "none"}, readable, {"action": ["of", "nobody"]}, not_asked_for],
        "error": null,
    });
    for _ in 0..2 {
        let answer = FaultAction::Answer {
            status: 200,
            content_type: "application/json".to_owned(),
            body: page.to_string(),
        };
        bench.simulator.inject(Fault::on(LOG, answer));
        bench.ok(&ONCE);
    }
    let lines = bench.lines(FILE);
    assert_eq!(lines.len(), 3, "{lines:#?}");
    assert_eq!(lines[0]["id"], "bad");
    let why = lines[0]["unreadable"].as_str().expect("a reason");
    assert!(why.starts_with("site"), "{why}");
    assert_eq!(
        (&lines[1]["details"], &lines[1]["unreadable"]),
        (&json!("no json"), &Value::Null)
    );
    let id = lines[2]["id"].as_str().expect("an id");
    assert!(id.starts_with("content:"), "{id}");
}

#[test]
fn f073_an_outage_leaves_no_gap() {
    let bench = Bench::new();
    bench.map();
    let first = bench.session(0);
    bench.ok(&ONCE);
    let second = bench.session(1);
    bench
        .simulator
        .inject(Fault::any(None, FaultAction::TruncatedJson).always());
    let run = bench.run(&ONCE);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(bench.told(), std::slice::from_ref(&first));
    // While it follows it waits and tries again.
    let child = bench.spawn(&["follow", "--to", FILE, "--every", "10ms"]);
    let asked = bench.simulator.requests().len();
    bench.until("it tried several times", |bench| {
        bench.simulator.requests().len() > asked + 3
    });
    bench.simulator.clear_faults();
    bench.until("it tells what came meanwhile", |bench| {
        bench.told().len() == 2
    });
    child.kill();
    assert_eq!(bench.told(), [first, second]);
}

#[test]
fn f063_a_refused_log_in_is_remembered_until_there_are_new_credentials() {
    let bench = Bench::new();
    bench.map();
    bench.simulator.revoke_rmm_key();
    let run = bench.run(&ONCE);
    assert_eq!(run.code, 5, "{run:?}");
    bench.simulator.reset_counts();
    let run = bench.run(&ONCE);
    assert_eq!(run.code, 5, "{run:?}");
    assert_eq!(bench.simulator.requests().len(), 0);
    bench.session(0);
    let (key, secret) = bench.simulator.add_rmm_key();
    let mut command = bench.command(&ONCE);
    command
        .env("DATTO_RMM_KEY", key)
        .env("DATTO_RMM_SECRET", secret);
    assert_eq!(bench.finish(command).code, 0);
    assert_eq!(bench.told().len(), 1);
    bench.simulator.restore_keys();
    bench.ok(&[ONCE.as_slice(), &["--log-in-again"]].concat());
    bench.ok(&ONCE);
}

#[test]
fn f067_f073_an_edited_mapping_counts_at_the_next_reading_without_a_restart() {
    let bench = Bench::new();
    bench.connect();
    let child = bench.spawn(&["follow", "--to", FILE, "--every", "10ms"]);
    bench.session(0);
    bench.until("the first is told", |bench| {
        bench.path(FILE).exists() && bench.text(FILE).lines().count() == 1
    });
    let name = bench.managed()[0].name.clone();
    bench.ok(&["assign", "c1", &name]);
    // Whoever follows holds nothing that an edit needs, but there is one follower only.
    for second in [
        ["follow", "--once", "--json"].as_slice(),
        &["follow", "--json"],
    ] {
        let second = bench.run(second);
        assert_eq!(second.code, 6, "{second:?}");
    }
    bench.session(0);
    bench.until("the second is told", |bench| {
        bench.text(FILE).lines().count() == 2
    });
    child.kill();
    let lines = bench.lines(FILE);
    let mapping: Vec<_> = lines.iter().map(|line| &line["mapping"]).collect();
    assert_eq!(mapping, ["unmapped", "pending"]);
}

#[test]
fn what_cannot_be_gone_on_with_is_refused() {
    let bench = Bench::new();
    let run = bench.run(&["follow", "--once", "--json"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("holds no connection"), "{run:?}");
    bench.map();
    let run = bench.run(&["follow", "--once"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("pass --json"), "{run:?}");
    let (first, second) = (bench.session(0), bench.session(1));
    bench.ok(&ONCE);
    let text = bench.text(FILE);
    // Somebody emptied or replaced the file.
    for other in ["", "{\"id\":\"another\"}\n"] {
        bench.write(FILE, other);
        let run = bench.run(&ONCE);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains("is not as it was left"), "{run:?}");
        assert_eq!(bench.text(FILE), other);
    }
    // A torn tail is ours, and a new file goes on without repeating.
    bench.write(FILE, &format!("{text}{{\"id\":\"to"));
    let third = bench.session(2);
    bench.ok(&ONCE);
    let mut told = bench.told();
    told[..2].sort();
    let mut expected = [first, second];
    expected.sort();
    assert_eq!(told[..2], expected);
    assert_eq!(told[2..], [third]);
    let fourth = bench.session(3);
    bench.ok(&["follow", "--once", "--to", "second.jsonl"]);
    assert_eq!(ids(&bench.lines("second.jsonl")), [fourth]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_cleanly() {
    let bench = Bench::new();
    bench.map();
    bench.session(0);
    let child = bench.spawn(&["follow", "--to", FILE]);
    bench.until("the first is told", |bench| {
        bench.path(FILE).exists() && bench.text(FILE).lines().count() == 1
    });
    let pid = child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &pid])
        .status();
    assert!(sent.expect("kill runs").success());
    let run = child.wait();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stderr.contains("the next run goes on from here"),
        "{run:?}"
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_twice_ends_it_while_nobody_reads_what_it_prints() {
    use std::process::Stdio;
    use std::time::Instant;

    let bench = Bench::new();
    bench.map();
    let day = simulator::ActivityDay::new(73)
        .entries(600)
        .starts_ms(ago(24 * 3));
    bench.simulator.simulate_activity(&day);
    let (_reader, writer) = std::io::pipe().expect("a pipe");
    let mut command = bench.command(&["follow", "--json", "--since", "5d"]);
    command.stdout(writer).stderr(Stdio::null());
    bench.simulator.reset_counts();
    let mut child = Background::start(command);
    bench.until("it asks for the log", |bench| {
        !bench.simulator.requests().is_empty()
    });
    // More than a pipe holds.
    std::thread::sleep(Duration::from_secs(1));
    let pid = child.id().to_string();
    let began = Instant::now();
    while !child.has_ended() {
        assert!(began.elapsed() < Duration::from_secs(10), "it goes on");
        let sent = std::process::Command::new("kill")
            .args(["-INT", &pid])
            .status();
        assert!(sent.expect("kill runs").success());
        std::thread::sleep(Duration::from_millis(300));
    }
    assert_eq!(child.wait().code, 1);
}
