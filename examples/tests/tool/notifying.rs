//! Events told to a webhook.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use examples::notify::{Change, Notice, is_signed};
use serde_json::{Value, json};

use super::page;
use super::support::Bench;

pub(crate) const SECRET: &str = "a-shared-secret-for-tests";

/// Answers requests with this status, one connection at a time, and passes on what was asked.
pub(crate) fn receiver(status: u16) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    let address = format!("http://{}/hook", listener.local_addr().expect("bound"));
    let (sender, asked) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
            let mut request = String::new();
            let mut bytes = [0; 4096];
            // The body is JSON in one object: its end is the end of the request.
            while !request.trim_end().ends_with('}') {
                match stream.read(&mut bytes) {
                    Ok(0) | Err(_) => break,
                    Ok(read) => request.push_str(&String::from_utf8_lossy(&bytes[..read])),
                }
            }
            let answer =
                format!("HTTP/1.1 {status} Said\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes());
            if sender.send(request).is_err() {
                return;
            }
        }
    });
    (address, asked)
}

fn with_an_event() -> Bench {
    let bench = Bench::demo();
    bench.ok(&["associate", "Harbour Clinic", "--company", "Harbour Clinic"]);
    bench.ok(&["apply", "--yes"]);
    let company = bench.simulator.company_id("Harbour Clinic").expect("there");
    bench
        .simulator
        .rename_company(&company, "Harbour Hospital")
        .expect("there");
    assert_eq!(bench.run(&["sync"]).code, 3);
    bench
}

#[test]
fn an_event_reaches_the_webhook_once_and_the_secret_is_not_shown() {
    let bench = with_an_event();
    let (address, asked) = receiver(204);
    let notify = || {
        let mut command = bench.bare(&["notify", "--store", bench.store().to_str().expect("text")]);
        command
            .env("COMPANION_WEBHOOK_URL", &address)
            .env("COMPANION_WEBHOOK_SECRET", SECRET);
        bench.finish(command)
    };
    let run = notify();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("1 delivered, 0 wait"), "{run:?}");
    let request = asked
        .recv_timeout(Duration::from_secs(5))
        .expect("delivered");
    assert!(request.contains("Destination renamed"), "{request}");
    assert!(
        request.to_lowercase().contains("idempotency-key:"),
        "{request}"
    );
    assert!(
        !request.contains(SECRET) && !run.stdout.contains(SECRET) && !run.stderr.contains(SECRET)
    );
    let run = notify();
    assert!(run.stdout.contains("0 delivered, 0 wait"), "{run:?}");
    assert!(asked.try_recv().is_err(), "nothing was sent twice");
}

#[test]
fn answers_and_a_reset_reach_the_webhook_as_well() {
    let bench = with_an_event();
    let name = "Bluebird Bakery";
    bench.ok(&["associate", name, "--company", name]);
    bench.ok(&["apply", "--yes"]);
    bench.ok(&["resolve", "Destination renamed", "accept", "--yes"]);
    let company = bench.simulator.company_id(name).expect("there");
    bench
        .simulator
        .rename_company(&company, "Bluebird")
        .expect("there");
    bench.ok(&["apply", "--yes"]);
    assert_eq!(bench.run(&["sync"]).code, 3);
    bench.ok(&["reset", "--yes"]);
    let (address, asked) = receiver(204);
    let mut command = bench.bare(&["notify", "--store", bench.store().to_str().expect("text")]);
    command
        .env("COMPANION_WEBHOOK_URL", &address)
        .env("COMPANION_WEBHOOK_SECRET", SECRET);
    let run = bench.finish(command);
    assert!(run.stdout.contains("5 delivered, 0 wait"), "{run:?}");
    let changes: Vec<_> = (0..5)
        .map(|_| {
            let request = asked
                .recv_timeout(Duration::from_secs(5))
                .expect("delivered");
            let (_, body) = request.split_once("\r\n\r\n").expect("a body");
            let notice: serde_json::Value = serde_json::from_str(body).expect("a notice");
            notice["change"].as_str().expect("text").to_owned()
        })
        .collect();
    assert_eq!(
        changes,
        ["raised", "resolving", "resolved", "raised", "cleared"]
    );
}

#[test]
fn a_webhook_that_is_down_keeps_the_event_waiting() {
    let bench = with_an_event();
    let (address, _asked) = receiver(503);
    let mut command = bench.bare(&["notify", "--store", bench.store().to_str().expect("text")]);
    command
        .env("COMPANION_WEBHOOK_URL", &address)
        .env("COMPANION_WEBHOOK_SECRET", SECRET);
    let run = bench.finish(command);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.stdout.contains("0 delivered, 1 wait") && run.stdout.contains("tried again after"),
        "{run:?}"
    );
}

#[test]
fn what_is_not_set_is_named() {
    let bench = Bench::demo();
    let (address, secret) = ("COMPANION_WEBHOOK_URL", "COMPANION_WEBHOOK_SECRET");
    for (set, missing) in [
        (None, &[address, secret][..]),
        (Some((address, "https://psa.example/hook")), &[secret]),
        (Some((secret, SECRET)), &[address]),
    ] {
        let mut command = bench.bare(&["notify", "--store", "nowhere"]);
        command.envs(set);
        let run = bench.finish(command);
        assert_eq!(run.code, 2, "{run:?}");
        for name in [address, secret] {
            let is_named = run.stderr.contains(name);
            assert_eq!(is_named, missing.contains(&name), "{name}: {run:?}");
        }
    }
}

#[test]
fn the_help_names_what_the_environment_has_to_have() {
    let bench = Bench::demo();
    for command in ["watch", "notify"] {
        for help in ["--help", "-h"] {
            let run = bench.finish(bench.bare(&[command, help]));
            for part in [
                "COMPANION_WEBHOOK_URL",
                "COMPANION_WEBHOOK_SECRET",
                "at least 16",
            ] {
                assert!(run.stdout.contains(part), "{command} {help}: {run:?}");
            }
        }
    }
    let run = bench.finish(bench.bare(&["deploy", "--help"]));
    assert!(run.stdout.contains("cannot be taken back"), "{run:?}");
}

/// The names of an object's fields, and of those inside it.
fn shape(of: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    match of {
        Value::Object(fields) => {
            for (name, value) in fields {
                names.insert(name.clone());
                let inside = shape(value).into_iter();
                names.extend(inside.map(|inside| format!("{name}.{inside}")));
            }
        }
        Value::Array(items) => names.extend(items.iter().flat_map(shape)),
        _ => {}
    }
    names
}

#[test]
fn what_is_posted_is_what_the_documentation_says() {
    let page = page::section("### A webhook");
    let example: Value = serde_json::from_str(&page::block(&page, "json")).expect("JSON");
    let documented: Notice = serde_json::from_value(example.clone()).expect("a notice");
    let same = serde_json::to_value(&documented).expect("JSON");
    assert_eq!(same, example, "nothing that a notice does not have");

    let bench = with_an_event();
    let (address, asked) = receiver(204);
    let mut command = bench.bare(&["notify", "--store", bench.store().to_str().expect("text")]);
    command
        .env("COMPANION_WEBHOOK_URL", &address)
        .env("COMPANION_WEBHOOK_SECRET", SECRET);
    assert_eq!(bench.finish(command).code, 0);
    let request = asked
        .recv_timeout(Duration::from_secs(5))
        .expect("delivered");
    let (head, body) = request.split_once("\r\n\r\n").expect("a body");
    let notice: Value = serde_json::from_str(body).expect("a notice");
    assert_eq!(shape(&notice), shape(&example));
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.unwrap_or_else(|| panic!("no {name}: {head}")).1
    };
    let documented = page::block(&page, "text");
    for line in documented.lines().skip(1) {
        let (name, value) = line.split_once(": ").expect("a header");
        match name {
            "Content-Type" => assert_eq!(header(name), value),
            "Idempotency-Key" => {
                assert_eq!(value, example["id"]);
                assert_eq!(header(name), notice["id"]);
            }
            "Webhook-Signature" => {
                assert_eq!(value, "sha256=HEX");
                assert!(is_signed(&SECRET.into(), body.as_bytes(), header(name)));
            }
            other => panic!("{other} is not looked at"),
        }
    }

    let fields = page::rows(&page).into_iter();
    let fields = fields.flat_map(|row| page::quoted(&row[0]));
    let known = example.as_object().expect("an object").keys().cloned();
    assert_eq!(fields.collect::<BTreeSet<_>>(), known.collect());
    let refused = serde_json::from_value::<Change>(json!("nothing-of-the-kind"));
    let known = refused.expect_err("there is none").to_string();
    let (_, known) = known.split_once("expected").expect("what there is");
    let row = page::rows(&page)
        .into_iter()
        .find(|row| row[0].contains("`change`"));
    let said = page::quoted(&row.expect("a row")[1]);
    assert_eq!(said, page::quoted(known));
}

#[test]
fn the_signature_of_the_documentation_is_one() {
    let page = page::section("### A webhook");
    let words = page::quoted(&page);
    let header = words.iter().find(|word| {
        let digits = word.strip_prefix("sha256=");
        digits.is_some_and(|digits| digits.len() == 64)
    });
    let secret = "an-example-secret";
    assert!(words.iter().any(|word| word == secret));
    assert!(is_signed(&secret.into(), b"{}", header.expect("one")));
}
