//! F014, F016, F018, F022, F124, F125, N22: bringing the agent onto devices, and proving that it is there.

use std::time::Duration;

use serde_json::Value;
use simulator::{AGENT_COMPONENT, DeviceClass, Fault, FaultAction, JobOutcome, JobScript, World};

use super::support::{Bench, row};

/// The operation that starts a quick job.
const JOBS: &str = "PUT /api/v2/device/{deviceUid}/quickjob";

fn jobs(bench: &Bench) -> usize {
    bench.simulator.jobs().len()
}

/// A site with three computers, a server without Windows and a printer, associated with a new company.
fn prepared() -> Bench {
    let mut world = World::new(22);
    let site = world.add_site("Harbour Clinic");
    for name in ["PC-1", "PC-2", "PC-3", "LINUX-1", "PRN-1"] {
        let mac = world.new_mac();
        let card = simulator::Interface::new("Ethernet", mac, "10.0.0.10");
        let uid = world.add_device(&site, name, vec![card]).expect("a site");
        let device = world.device_mut(&uid).expect("a device");
        match name {
            "LINUX-1" => device.operating_system = Some("Ubuntu 24.04".into()),
            "PRN-1" => {
                device.class = DeviceClass::Printer;
                device.operating_system = None;
            }
            _ => {}
        }
    }
    let bench = Bench::new(world);
    bench.ok(&["associate", "Harbour Clinic", "--new", "Harbour Clinic"]);
    bench.ok(&["apply", "--yes"]);
    // Kits and jobs take their time, on the vendors' clock.
    bench.simulator.advance(Duration::from_mins(5));
    bench
}

const DEPLOY: [&str; 4] = ["deploy", "--component", AGENT_COMPONENT, "--yes"];

fn deploy(bench: &Bench, more: &[&str], code: i32) -> Value {
    bench.json(&[&DEPLOY[..], more].concat(), code)
}

fn check(bench: &Bench, code: i32) -> Value {
    bench.json(&["deploy", "--check"], code)
}

/// The only site's count.
fn count<'v>(document: &'v Value, name: &str) -> &'v Value {
    &row(&document["sites"], "site_name", "Harbour Clinic")[name]
}

fn state<'v>(document: &'v Value, device: &str) -> &'v Value {
    &row(&document["devices"], "device_name", device)["state"]
}

fn endpoints(bench: &Bench) -> usize {
    let company = bench.simulator.company_id("Harbour Clinic").expect("made");
    bench.simulator.with_world(|world| {
        let company = world.companies.get(&company).expect("it is there");
        company.endpoints.len()
    })
}

#[test]
fn f014_f016_f018_u01_every_windows_computer_gets_one_job_and_a_second_run_sends_nothing() {
    let bench = prepared();
    let document = deploy(&bench, &[], 0);
    assert_eq!(document["started"], 3);
    assert_eq!(document["component"]["name"], AGENT_COMPONENT);
    assert_eq!(
        (count(&document, "devices"), count(&document, "unsuitable")),
        (&3.into(), &2.into()),
        "a server with another system and a printer are left alone"
    );
    for device in ["PC-1", "PC-2", "PC-3"] {
        assert_eq!(state(&document, device), "started");
    }
    let names: Vec<_> = bench
        .simulator
        .jobs()
        .into_iter()
        .map(|job| job.name)
        .collect();
    assert!(
        names
            .iter()
            .all(|name| name.starts_with("GravityZone agent "))
    );
    assert_eq!(
        row(&document["devices"], "device_name", "PC-1")["job_name"]
            .as_str()
            .map(|name| names.iter().filter(|known| *known == name).count()),
        Some(1)
    );

    bench.simulator.reset_counts();
    let again = deploy(&bench, &[], 0);
    assert_eq!(
        (&again["started"], &again["digest"]),
        (&0.into(), &Value::Null)
    );
    assert_eq!(bench.simulator.writes(), 0, "the jobs wait or run");
    assert_eq!(state(&again, "PC-1"), "pending");

    bench.simulator.advance(Duration::from_mins(1));
    let done = check(&bench, 0);
    assert_eq!(count(&done, "with_agent"), 3);
    assert_eq!(done["devices"], Value::Array(Vec::new()));
    assert_eq!(endpoints(&bench), 3);
    assert_eq!(deploy(&bench, &["--again"], 0)["started"], 0);
    assert_eq!(jobs(&bench), 3);
}

#[test]
fn f022_an_agent_that_is_there_is_left_alone() {
    let bench = prepared();
    let company = bench.simulator.company_id("Harbour Clinic").expect("made");
    bench.simulator.with_world_mut(|world| {
        let site = world
            .sites
            .iter()
            .find(|site| site.name == "Harbour Clinic");
        let device = site.and_then(|site| site.devices.iter().find(|it| it.hostname == "PC-2"));
        let mac = device
            .and_then(|device| device.interfaces[0].mac)
            .expect("it has one");
        // By its address, whatever it is called there; and one that was only discovered.
        world
            .add_endpoint(&company, "RECEPTION", "", &[mac])
            .expect("a company");
        world
            .add_endpoint(&company, "PC-3", "", &[])
            .expect("a company");
        let company = world.company_mut(&company).expect("a company");
        let seen = company.endpoints.last_mut().expect("it was added");
        (seen.managed, seen.protected) = (false, false);
    });
    let document = deploy(&bench, &[], 0);
    assert_eq!(
        (&document["started"], count(&document, "with_agent")),
        (&2.into(), &1.into())
    );
    assert_eq!(
        state(&document, "PC-3"),
        "started",
        "discovered is not protected"
    );
}

#[test]
fn u11_a_dry_run_lists_and_sends_nothing() {
    let bench = prepared();
    bench.simulator.reset_counts();
    let before = std::fs::read(bench.store()).expect("readable");
    let document = deploy(&bench, &["--dry-run"], 0);
    assert_eq!(document["started"], 0);
    assert!(document["digest"].is_string());
    assert_eq!(state(&document, "PC-1"), "open");
    assert_eq!(bench.simulator.writes(), 0);
    assert_eq!(std::fs::read(bench.store()).expect("readable"), before);
}

#[test]
fn it_asks_and_takes_the_digest_of_what_was_reviewed() {
    let bench = prepared();
    let run = bench.run(&DEPLOY[..3]);
    assert_eq!(run.code, 2, "nobody can be asked: {run:?}");
    assert!(run.stderr.contains("--digest"), "{run:?}");
    let reviewed = deploy(&bench, &["--dry-run", "--limit", "1"], 0);
    let digest = reviewed["digest"].as_str().expect("text").to_owned();
    let command = [
        "deploy",
        "--component",
        AGENT_COMPONENT,
        "--digest",
        &digest,
    ];
    let run = bench.run(&command);
    assert_eq!(run.code, 1, "three devices are not the one: {run:?}");
    assert!(run.stderr.contains("review it again"), "{run:?}");
    assert_eq!(jobs(&bench), 0);
    let command = [&command[..], &["--limit", "1"]].concat();
    let document = bench.json(&command, 0);
    assert_eq!(document["started"], 1);
    assert_eq!(state(&document, "PC-1"), "started");
    assert_eq!(jobs(&bench), 1);
}

#[test]
fn f124_f125_n22_a_failure_is_told_with_its_reason_and_not_repeated_at_once() {
    let bench = prepared();
    let failing = bench.simulator.device_uid("PC-2").expect("there");
    let company = bench.simulator.company_id("Harbour Clinic").expect("made");
    let packages = bench.simulator.packages_of(&company).expect("a company");
    let link = bench
        .simulator
        .windows_link(&packages[0].id)
        .expect("a link");
    let script = JobScript::new(JobOutcome::Failure)
        .stdout("Loading.\r\nThe disk is full.\r\n")
        .stderr(&format!("cannot write {link}\r\n"));
    bench
        .simulator
        .script_jobs(None, Some(&failing), script)
        .expect("there");
    deploy(&bench, &[], 0);
    bench.simulator.advance(Duration::from_mins(1));
    // That neither output nor store holds the link is what `Bench::judge` and the next lines see to.
    let document = check(&bench, 4);
    let failed = row(&document["devices"], "device_name", "PC-2");
    assert_eq!(failed["state"], "failed");
    let reason = failed["reason"].as_str().expect("text");
    assert!(
        reason.contains("The disk is full.") && reason.contains("cannot write [removed]"),
        "{reason}"
    );
    let stored = std::fs::read(bench.store()).expect("readable");
    let token = link.as_bytes();
    assert!(!stored.windows(token.len()).any(|part| part == token));
    assert_eq!(
        (count(&document, "with_agent"), count(&document, "failed")),
        (&2.into(), &1.into())
    );

    assert_eq!(deploy(&bench, &[], 4)["started"], 0, "not within a day");
    bench.simulator.clear_job_scripts();
    assert_eq!(deploy(&bench, &["--again"], 0)["started"], 1);
    bench.simulator.advance(Duration::from_mins(1));
    assert_eq!(count(&check(&bench, 0), "with_agent"), 3);
    assert_eq!(jobs(&bench), 4);
}

#[test]
fn a_job_that_succeeds_without_an_endpoint_is_no_success() {
    let bench = prepared();
    // Another component: it does not install anything.
    let command = [
        "deploy",
        "--component",
        "Wipe free space",
        "--yes",
        "--limit",
        "1",
    ];
    bench.json(&command, 0);
    bench.simulator.advance(Duration::from_mins(1));
    let document = check(&bench, 0);
    assert_eq!(state(&document, "PC-1"), "awaited");
    assert_eq!(count(&document, "with_agent"), 0);
}

#[test]
fn offline_devices_are_skipped_unless_asked_for_and_their_jobs_expire() {
    let bench = prepared();
    let away = bench.simulator.device_uid("PC-3").expect("there");
    bench.simulator.set_online(&away, false).expect("there");
    let document = deploy(&bench, &[], 0);
    assert_eq!(document["started"], 2);
    assert_eq!(state(&document, "PC-3"), "offline");
    let document = deploy(&bench, &["--offline-too"], 0);
    assert_eq!(document["started"], 1);
    bench.simulator.advance(Duration::from_hours(25));
    let document = check(&bench, 4);
    assert_eq!(state(&document, "PC-3"), "expired");
    assert_eq!(count(&document, "expired"), 1);
    let document = deploy(&bench, &["--offline-too", "--window", "0s"], 0);
    assert_eq!(document["started"], 1, "after the window it is tried again");
    bench.simulator.set_online(&away, true).expect("there");
    bench.simulator.advance(Duration::from_mins(1));
    assert_eq!(count(&check(&bench, 0), "with_agent"), 3);
}

#[test]
fn u02_a_listing_that_is_not_whole_holds_the_site() {
    for operation in [
        "GET /api/v2/site/{siteUid}/devices",
        "GET /api/v2/site/{siteUid}/devices/network-interface",
        "network.getEndpointsList",
    ] {
        let bench = prepared();
        bench
            .simulator
            .inject(Fault::on(operation, FaultAction::Status(403)).always());
        let document = deploy(&bench, &[], 4);
        assert_eq!(document["started"], 0, "{operation}");
        let held = count(&document, "held").as_str().expect("text");
        assert!(held.contains("in part"), "{operation}: {held}");
        assert_eq!(jobs(&bench), 0);
        bench.simulator.clear_faults();
        assert_eq!(deploy(&bench, &[], 0)["started"], 3);
    }
}

#[test]
fn f018_nothing_is_started_where_the_variable_is_not_in_place() {
    let bench = prepared();
    let site = bench.simulator.site_uid("Harbour Clinic").expect("there");
    let good = bench.variable_of("Harbour Clinic").expect("set");
    let held = |part: &str| {
        let document = deploy(&bench, &[], 4);
        let held = count(&document, "held").as_str().expect("text").to_owned();
        assert!(held.contains(part), "{part}: {held}");
    };
    let simulator = &bench.simulator;
    simulator
        .set_variable(&site, super::support::VARIABLE, "https://example.com/x")
        .expect("set");
    held("was changed");
    simulator
        .set_variable(&site, super::support::VARIABLE, &good)
        .expect("set");
    simulator
        .set_masked(&site, super::support::VARIABLE, true)
        .expect("set");
    held("masked");
    simulator
        .set_masked(&site, super::support::VARIABLE, false)
        .expect("set");
    simulator
        .remove_variable(&site, super::support::VARIABLE)
        .expect("there");
    held("not there");
    simulator
        .set_variable(&site, super::support::VARIABLE, &good)
        .expect("set");
    simulator.set_on_demand(&site, true).expect("set");
    held("not Managed");
    assert_eq!(jobs(&bench), 0);
    simulator.set_on_demand(&site, false).expect("set");
    assert_eq!(
        deploy(&bench, &["--site", "Harbour Clinic"], 0)["started"],
        3
    );
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let bench = prepared();
    bench
        .simulator
        .with_world_mut(|world| world.add_site("Ridgeway Motors"));
    for (arguments, part) in [
        (
            &["deploy", "--component", "No such", "--yes"][..],
            "No such",
        ),
        (&["deploy", "--yes"], "--component"),
        (&["deploy", "--check", "--again"], "--again"),
        (
            &[DEPLOY[0], DEPLOY[1], DEPLOY[2], "--site", "Nowhere"],
            "Nowhere",
        ),
        (
            &[DEPLOY[0], DEPLOY[1], DEPLOY[2], "--site", "Ridgeway Motors"],
            "no association",
        ),
        (
            &[DEPLOY[0], DEPLOY[1], DEPLOY[2], "--window=-1h"],
            "backwards",
        ),
    ] {
        let run = bench.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert!(run.stderr.contains(part), "{arguments:?}: {run:?}");
    }
    assert_eq!(jobs(&bench), 0);
}

#[test]
fn a_vendor_that_refuses_a_job_is_told_and_one_that_is_down_stops_the_run() {
    let bench = prepared();
    bench
        .simulator
        .inject(Fault::on(JOBS, FaultAction::Status(403)).times(1));
    let document = deploy(&bench, &[], 4);
    assert_eq!(document["started"], 2);
    assert_eq!(state(&document, "PC-1"), "failed");

    let bench = prepared();
    bench
        .simulator
        .inject(Fault::on(JOBS, FaultAction::Status(500)).always());
    let document = deploy(&bench, &[], 4);
    assert!(document["halted"].is_string(), "{document:#}");
    assert_eq!(
        bench.simulator.count(&format!("rmm {JOBS}")),
        1,
        "whether it runs is unknown"
    );
    assert_eq!(state(&document, "PC-1"), "unknown");
    bench.simulator.clear_faults();
    // The log shows no such job, so nothing was started.
    assert_eq!(deploy(&bench, &[], 0)["started"], 3);
    assert_eq!(jobs(&bench), 3);
}

/// Loses the answer to a job that was made.
fn lose_an_answer(bench: &Bench) {
    bench
        .simulator
        .inject(Fault::on(JOBS, FaultAction::CloseAfter));
    let document = deploy(bench, &[], 4);
    assert_eq!(state(&document, "PC-1"), "unknown");
    bench.simulator.clear_faults();
    assert_eq!(jobs(bench), 1);
}

#[test]
fn u01_a_job_whose_answer_was_lost_is_found_by_its_name() {
    let bench = prepared();
    lose_an_answer(&bench);
    let document = deploy(&bench, &[], 0);
    assert_eq!(document["started"], 2);
    assert_eq!(state(&document, "PC-1"), "pending");
    assert_eq!(jobs(&bench), 3);
}

#[test]
fn f058_without_the_activity_log_a_person_settles_what_is_unknown() {
    let bench = prepared();
    lose_an_answer(&bench);
    bench
        .simulator
        .inject(Fault::on("GET /api/v2/activity-logs", FaultAction::Status(403)).always());
    let document = deploy(&bench, &[], 4);
    let unknown = row(&document["devices"], "device_name", "PC-1");
    assert_eq!(unknown["state"], "unknown");
    let reason = unknown["reason"].as_str().expect("text");
    assert!(
        reason.contains("Administrator") && reason.contains("--again"),
        "{reason}"
    );
    let name = unknown["job_name"].as_str().expect("text");
    assert!(reason.contains(name), "{reason}");
    assert_eq!(jobs(&bench), 3, "the others were started");
    // The agent appears, which settles it as well.
    bench.simulator.advance(Duration::from_mins(1));
    assert_eq!(count(&check(&bench, 0), "with_agent"), 3);
    assert_eq!(deploy(&bench, &["--again"], 0)["started"], 0);
}

#[cfg(unix)]
#[test]
fn u01_a_run_that_is_killed_between_sending_and_recording_never_starts_a_second_job() {
    let bench = prepared();
    let (tell, told) = std::sync::mpsc::channel();
    bench.simulator.on_request(move |request, phase| {
        if phase == simulator::Phase::After && request.operation.ends_with(JOBS) {
            let _ = tell.send(());
            std::thread::sleep(Duration::from_millis(200));
        }
    });
    let mut running = bench.spawn(&DEPLOY);
    told.recv().expect("a job was made");
    running.kill().expect("killed");
    running.wait().expect("over");
    bench.simulator.clear_hooks();
    assert_eq!(jobs(&bench), 1);
    let document = deploy(&bench, &[], 0);
    assert_eq!(document["started"], 2);
    assert_eq!(jobs(&bench), 3);
    let mut devices: Vec<_> = bench
        .simulator
        .jobs()
        .into_iter()
        .map(|job| job.device)
        .collect();
    devices.sort();
    devices.dedup();
    assert_eq!(devices.len(), 3, "one for each");
    bench.simulator.advance(Duration::from_mins(1));
    assert_eq!(count(&check(&bench, 0), "with_agent"), 3);
}

#[cfg(unix)]
#[test]
fn u14_ctrl_c_stops_after_the_current_job_and_the_next_run_goes_on() {
    use std::process::Command;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    let bench = prepared();
    let child = Arc::new(AtomicU32::new(0));
    let pid = Arc::clone(&child);
    bench.simulator.on_request(move |request, phase| {
        if phase == simulator::Phase::Before && request.operation.ends_with(JOBS) {
            let pid = pid.swap(0, Ordering::SeqCst);
            if pid != 0 {
                let sent = Command::new("kill")
                    .args(["-INT", &pid.to_string()])
                    .status();
                assert!(sent.is_ok_and(|status| status.success()));
                // The signal has to be there before the answer.
                std::thread::sleep(Duration::from_millis(200));
            }
        }
    });
    let running = bench.spawn(&DEPLOY);
    child.store(running.id(), Ordering::SeqCst);
    let run = bench.judge(&running.wait_with_output().expect("it ends"));
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.stderr.contains("stopping after the current job")
            && run.stderr.contains("1 of 3 jobs were started"),
        "{run:?}"
    );
    assert_eq!(jobs(&bench), 1);
    assert_eq!(deploy(&bench, &[], 0)["started"], 2);
    assert_eq!(jobs(&bench), 3);
}
