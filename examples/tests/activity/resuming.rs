//! F073: where a run goes on, and what it goes on with.

use serde_json::{Value, json};
use simulator::ActivitySpec;

use super::following::{FILE, ONCE};
use super::killing::ago;
use super::support::Bench;

impl Bench {
    /// What a user did, so many hours ago.
    fn login(&self, hours: u64) -> String {
        let user = self.simulator.rmm_user().expect("a user");
        self.add(&ActivitySpec::user(&user, "user", "login").at_ms(ago(hours)))
    }

    /// What was done to a device, so many hours ago.
    fn note(&self, hours: u64) -> String {
        let device = self.managed()[0].devices[0].uid.clone();
        self.add(&ActivitySpec::device(device, "device", "note").at_ms(ago(hours)))
    }
}

#[test]
fn f073_a_later_run_with_a_larger_window_repeats_nothing() {
    let bench = Bench::new();
    bench.map();
    let first = [bench.note(9), bench.note(8), bench.note(5)];
    bench.ok(&[ONCE.as_slice(), &["--late", "10m"]].concat());
    let last = bench.note(4);
    for late in ["10m", "6h", "3d"] {
        bench.ok(&[ONCE.as_slice(), &["--late", late]].concat());
    }
    assert_eq!(bench.told(), [first.as_slice(), &[last]].concat());
}

#[test]
fn f073_what_users_did_while_only_devices_were_followed_is_told_once_both_are() {
    let bench = Bench::new();
    bench.map();
    let devices = [ONCE.as_slice(), &["--devices-only"]].concat();
    let (early, user) = (bench.note(20), bench.login(18));
    let late = bench.note(1);
    bench.ok(&devices);
    assert_eq!(bench.told(), [early.clone(), late.clone()]);
    bench.ok(&ONCE);
    bench.ok(&devices);
    let (next, second) = (bench.note(0), bench.login(0));
    bench.ok(&ONCE);
    let mut told = bench.told();
    told[3..].sort();
    let mut expected = [next, second];
    expected.sort();
    assert_eq!(told[..3], [early, late, user]);
    assert_eq!(told[3..], expected);
}

#[test]
fn f073_where_to_begin_counts_until_something_was_told() {
    let bench = Bench::new();
    bench.map();
    let old = bench.note(24 * 6);
    bench.ok(&ONCE);
    assert!(bench.told().is_empty());
    // A span that is shorter does not leave out what a first run would have told.
    for since in ["7d", "1h"] {
        let run = bench.ok(&[ONCE.as_slice(), &["--since", since]].concat());
        assert!(!run.stderr.contains("--since"), "{run:?}");
        assert_eq!(bench.told(), std::slice::from_ref(&old));
    }
    let run = bench.ok(&[ONCE.as_slice(), &["--since", "2026-01-01"]].concat());
    assert!(
        run.stderr
            .contains("--since counts only until something was told"),
        "{run:?}"
    );
    assert_eq!(bench.told(), [old]);
    for wrong in ["yesterday", "-7d", "7 moons"] {
        let run = bench.run(&["follow", "--once", "--json", "--since", wrong]);
        assert_eq!(run.code, 2, "{wrong}: {run:?}");
    }
}

#[test]
fn f073_entries_of_a_site_that_is_gone_keep_their_organisation_whenever_the_program_was_started() {
    let bench = Bench::new();
    bench.map();
    let names = bench.sites();
    let uid = |site: usize| bench.simulator.site_uid(&names[site]).expect("a site");
    let (mapped, unmapped) = (uid(0), uid(4));
    // One was told of before; of the other only who mapped it knows the number.
    bench.session(4);
    bench.ok(&ONCE);
    bench.session(4);
    bench.session(0);
    for gone in [&mapped, &unmapped] {
        bench.simulator.delete_site(gone).expect("deleted");
    }
    bench.ok(&ONCE);
    let mut told: Vec<_> = bench.lines(FILE)[1..]
        .iter()
        .map(|line| {
            let [site, place, name] = [
                &line["site"]["uid"],
                &line["mapping"],
                &line["organization"]["name"],
            ];
            (site.clone(), place.clone(), name.clone())
        })
        .collect();
    told.sort_by_key(|(_, mapping, _)| mapping.to_string());
    let expected = [
        (json!(mapped), json!("pending"), json!(names[0])),
        (json!(unmapped), json!("unmapped"), Value::Null),
    ];
    assert_eq!(told, expected);
}

#[test]
fn f073_a_file_that_is_taken_away_while_it_is_followed_ends_it() {
    let bench = Bench::new();
    bench.map();
    bench.session(0);
    bench.ok(&ONCE);
    let text = bench.text(FILE);
    let child = bench.spawn(&["follow", "--to", FILE, "--every", "10ms"]);
    bench.simulator.reset_counts();
    bench.until("it reads", |bench| bench.simulator.requests().len() > 3);
    // As a rotation does that copies and cuts.
    bench.write(FILE, "");
    let second = bench.session(1);
    let run = child.wait();
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("is not as it was left"), "{run:?}");
    assert_eq!(bench.text(FILE), "");
    std::fs::remove_file(bench.path(FILE)).expect("removed");
    let run = bench.run(&ONCE);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("it is gone"), "{run:?}");
    assert!(!bench.path(FILE).exists());
    bench.write(FILE, &text);
    bench.ok(&ONCE);
    assert_eq!(bench.told()[1..], [second]);
}
