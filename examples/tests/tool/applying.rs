//! Plan and apply: review, consent, refusals, interruption.

use serde_json::Value;
use simulator::{Fault, FaultAction};

use super::support::Bench;

fn prepared() -> Bench {
    let bench = Bench::demo();
    bench.ok(&["associate", "Harbour Clinic", "--company", "Harbour Clinic"]);
    bench.ok(&["associate", "Café Zénith", "--new", "Café Zénith"]);
    bench
}

fn digest(bench: &Bench) -> String {
    let document = bench.json(&["plan"], 0);
    document["digest"].as_str().expect("text").to_owned()
}

#[test]
fn f033_plan_reviews_and_saves_nothing() {
    let bench = prepared();
    let before = std::fs::read(bench.store()).expect("readable");
    let run = bench.ok(&["plan"]);
    assert!(
        run.stdout.contains("create company \"Café Zénith\"") && run.stdout.contains("Digest "),
        "{run:?}"
    );
    let document = bench.json(&["plan"], 0);
    assert!(
        run.stdout
            .contains(document["digest"].as_str().expect("text")),
        "the same plan"
    );
    assert_eq!(document["plan"]["steps"].as_array().map(Vec::len), Some(7));
    assert_eq!(std::fs::read(bench.store()).expect("readable"), before);
    assert_eq!(bench.simulator.writes(), 0);
}

#[test]
fn without_a_subscription_the_company_is_held_and_the_rest_is_applied() {
    let bench = prepared();
    bench.change_policy(|policy| policy["subscription"] = Value::Null);
    let run = bench.run(&["plan"]);
    assert_eq!(run.code, 4);
    assert!(run.stdout.contains("no subscription policy"), "{run:?}");
    let run = bench.run(&["apply", "--yes"]);
    assert_eq!(run.code, 4, "{run:?}");
    assert!(bench.variable_of("Harbour Clinic").is_some());
    assert!(bench.simulator.company_id("Café Zénith").is_err());
}

#[test]
fn apply_needs_a_yes_and_the_digest_of_what_was_reviewed() {
    let bench = prepared();
    let run = bench.run(&["apply"]);
    assert_eq!(run.code, 2, "nobody can be asked: {run:?}");
    assert!(
        run.stdout.contains("Digest ") && run.stderr.contains("--digest"),
        "{run:?}"
    );

    let reviewed = digest(&bench);
    bench.ok(&["ignore", "Ridgeway Motors"]);
    let run = bench.run(&["apply", "--digest", &reviewed]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("review the plan again"), "{run:?}");
    assert_eq!(bench.simulator.writes(), 0);

    let reviewed = digest(&bench);
    let run = bench.ok(&["apply", "--digest", &reviewed]);
    assert!(run.stdout.contains("7 of 7 steps are done"), "{run:?}");
    let link = bench.variable_of("Café Zénith").expect("set");
    let company = bench.simulator.company_id("Café Zénith").expect("made");
    let packages = bench.simulator.packages_of(&company).expect("a company");
    assert_eq!(
        bench
            .simulator
            .windows_link(&packages[0].id)
            .expect("a link"),
        link,
        "F035, F036"
    );
}

#[test]
fn u11_a_dry_run_of_apply_reviews_and_sends_nothing() {
    let bench = prepared();
    let run = bench.ok(&["apply", "--yes", "--dry-run"]);
    assert!(
        run.stdout.contains("Steps: 7") && run.stdout.contains("nothing was applied"),
        "{run:?}"
    );
    assert_eq!(bench.simulator.writes(), 0);
}

#[test]
fn u13_a_second_apply_does_nothing() {
    let bench = prepared();
    let document = bench.json(&["apply", "--yes"], 0);
    let steps = document["applied"]["steps"].as_array().expect("a list");
    assert!(steps.len() == 7 && steps.iter().all(|step| step["done"] == true));
    bench.simulator.reset_counts();
    let document = bench.json(&["apply", "--yes"], 0);
    assert!(document["applied"].is_null());
    assert_eq!(bench.simulator.writes(), 0);
}

#[test]
fn f040_a_refused_step_ends_with_4_and_the_others_go_on() {
    let bench = prepared();
    bench.ok(&["associate", "Ridgeway Motors", "--new", "Ridgeway Motors"]);
    let document = bench.json(&["apply", "--yes"], 4);
    let steps = document["applied"]["steps"]
        .as_array()
        .expect("a list")
        .iter();
    let refused: Vec<_> = steps.filter(|step| step["done"] == false).collect();
    assert!(
        refused[0]["what"].to_string().contains("Ridgeway Motors"),
        "{refused:?}"
    );
    assert!(refused.iter().all(|step| step["reason"].is_string()));
    assert!(bench.variable_of("Café Zénith").is_some());
    let run = bench.run(&["events"]);
    assert_eq!(run.code, 3);
    assert!(run.stdout.contains("Destination creation"), "{run:?}");
}

/// Each company, package and variable that was asked for, exactly once.
fn exactly_one_of_each(bench: &Bench) {
    for name in ["Harbour Clinic", "Café Zénith"] {
        let companies = bench.simulator.companies_in_tree();
        let named: Vec<_> = companies
            .iter()
            .filter(|company| company.name == name)
            .collect();
        assert_eq!(named.len(), 1, "{name}");
        let packages = bench
            .simulator
            .packages_of(&named[0].id)
            .expect("a company");
        assert_eq!(packages.len(), 1, "{name}");
        assert!(bench.variable_of(name).is_some(), "{name}");
    }
    assert_eq!(
        bench.simulator.count("gravityzone companies.createCompany"),
        1
    );
    assert_eq!(
        bench.simulator.count("gravityzone packages.createPackage"),
        2
    );
}

#[cfg(unix)]
#[test]
fn u14_ctrl_c_stops_after_the_current_step_and_the_next_apply_goes_on() {
    use std::process::Command;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    let bench = prepared();
    let child = Arc::new(AtomicU32::new(0));
    let pid = Arc::clone(&child);
    bench.simulator.on_request(move |request, phase| {
        if phase == simulator::Phase::Before
            && request.operation.ends_with("packages.createPackage")
        {
            let pid = pid.swap(0, Ordering::SeqCst);
            if pid != 0 {
                let sent = Command::new("kill")
                    .args(["-INT", &pid.to_string()])
                    .status();
                assert!(sent.is_ok_and(|status| status.success()));
                // The signal has to be there before the answer.
                std::thread::sleep(std::time::Duration::from_millis(200));
            }
        }
    });
    let running = bench.spawn(&["apply", "--yes"]);
    child.store(running.id(), Ordering::SeqCst);
    let run = bench.judge(&running.wait_with_output().expect("it ends"));
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.stderr.contains("stopping after the current step"),
        "{run:?}"
    );
    assert!(run.stderr.contains("`companion apply` goes on"), "{run:?}");
    assert_eq!(
        bench.simulator.count("gravityzone packages.createPackage"),
        1,
        "the step was finished, no other begun"
    );

    for command in ["plan", "reset"] {
        let run = bench.run(&if command == "reset" {
            vec![command, "--yes"]
        } else {
            vec![command]
        });
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.stderr.contains("unfinished"), "{run:?}");
    }
    let run = bench.ok(&["apply", "--yes"]);
    assert!(run.stderr.contains("finishing the plan"), "{run:?}");
    exactly_one_of_each(&bench);
}

#[test]
fn u14_an_apply_that_was_killed_goes_on_without_repeating_itself() {
    let bench = prepared();
    // The company is made, but the answer never comes: the process is killed while it waits.
    let (tell, told) = std::sync::mpsc::channel();
    bench.simulator.on_request(move |request, phase| {
        if phase == simulator::Phase::After
            && request.operation.ends_with("companies.createCompany")
        {
            let _ = tell.send(());
        }
    });
    bench.simulator.inject(Fault::on(
        "companies.createCompany",
        FaultAction::CloseAfter,
    ));
    let mut running = bench.spawn(&["sync", "--yes"]);
    told.recv().expect("it is asked for the company");
    running.kill().expect("killed");
    running.wait().expect("over");
    bench.simulator.clear_faults();
    bench.ok(&["sync", "--yes"]);
    exactly_one_of_each(&bench);
}
