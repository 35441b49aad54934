//! Executions against two vendors in memory, killed and hindered wherever that is possible.

mod deleting;
mod vendors;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use jiff::{SignedDuration, Timestamp};

use super::{Command, Execution, Pace, RefusalKind, Report, Visibility};
use crate::drift::{EventKey, EventKind, EventStatus};
use crate::identity::{EntityRef, Kind};
use crate::inventory::Subscription;
use crate::plan::{
    CreateCompany, CreatePackage, DestinationStep, HostStep, Input, Link, PLAN_SCHEMA, Plan,
    PlannedStep, SetVariable, SourceStep, Step, StepId,
};
use crate::state::{
    AssociationId, AssociationStatus, Body, Decision, Entry, State, StepResult, Target,
};
use vendors::{Answer, Vendors};

const BY: &str = "operator";

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH
        .saturating_add(SignedDuration::from_secs(seconds))
        .expect("in range")
}

/// Awaits a future that never waits for anything outside.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return output;
        }
    }
}

fn pace() -> Pace {
    Pace {
        visibility: Visibility {
            companies: SignedDuration::from_secs(60),
            packages: SignedDuration::from_secs(30),
            variables: SignedDuration::from_secs(10),
        },
        // More than the worst weather of these tests can lose at one step.
        sends: 20,
        ..Pace::default()
    }
}

fn subscription() -> Subscription {
    Subscription {
        kind: "monthly".into(),
        product: None,
        protection_model: None,
        reserved_seats: None,
        add_ons: [].into(),
    }
}

fn site(name: &str) -> EntityRef {
    vendors::source().entity(Kind::SITE, name)
}

/// The four steps of a site that gets a new company.
fn steps(first: u32, association: u64, name: &str) -> Vec<PlannedStep> {
    let id = |offset: u32| StepId(first + offset);
    let planned = |offset: u32, step: Step, after: Vec<StepId>| PlannedStep {
        id: id(offset),
        association: AssociationId(association),
        step,
        after,
        because: "it was decided".into(),
    };
    let package_name = format!("site-{name}");
    vec![
        planned(
            0,
            Step::Destination(DestinationStep::CreateCompany(CreateCompany {
                name: name.into(),
                parent: vendors::destination().root(),
                subscription: subscription(),
            })),
            vec![],
        ),
        planned(
            1,
            Step::Destination(DestinationStep::CreatePackage(CreatePackage {
                company: Input::MadeBy(id(0)),
                name: package_name.clone(),
                modules: ["antimalware".to_owned()].into(),
                remove_competitors: true,
            })),
            vec![id(0)],
        ),
        planned(
            2,
            Step::Source(SourceStep::SetVariable(SetVariable {
                site: site(name),
                name: "Link".into(),
                company: Input::MadeBy(id(0)),
                package: Input::MadeBy(id(1)),
                package_name,
                replaces: None,
            })),
            vec![id(0), id(1)],
        ),
        planned(
            3,
            Step::Host(HostStep::Link(Link {
                source: site(name),
                source_name: name.into(),
                destination: Input::MadeBy(id(0)),
                destination_name: name.into(),
                partner: None,
                package: None,
                variable: None,
            })),
            vec![id(0), id(1), id(2)],
        ),
    ]
}

/// A state in which the sites are to get companies, and its log.
fn decided(names: &[&str]) -> (State, Vec<Entry>) {
    let mut state = State::new();
    let mut log = Vec::new();
    let mut bodies = vec![Body::Bound {
        source: vendors::source(),
        destination: vendors::destination(),
    }];
    bodies.extend(names.iter().map(|name| {
        let target = Target::New {
            name: (*name).into(),
            parent: vendors::destination().root(),
        };
        let source = site(name);
        Body::Decided(Decision::Associate { source, target }.into())
    }));
    for body in bodies {
        let entry = state.entry(body, BY, at(0));
        state.absorb(&entry).expect("fits");
        log.push(entry);
    }
    (state, log)
}

fn plan(state: &State, steps: Vec<PlannedStep>) -> Plan {
    Plan {
        schema: PLAN_SCHEMA,
        state_serial: state.serial(),
        source: vendors::source(),
        destination: vendors::destination(),
        steps,
        held: vec![],
        notices: vec![],
        made_at: at(0),
        expires_at: at(3600),
    }
}

/// A plan for these sites, confirmed.
fn begin(names: &[&str]) -> (Execution, Vec<Entry>) {
    let (state, log) = decided(names);
    let all = names
        .iter()
        .zip(0u32..)
        .flat_map(|(name, index)| steps(1 + index * 4, u64::from(index) + 2, name));
    let plan = plan(&state, all.collect());
    let digest = plan.digest();
    let confirmed = plan
        .confirm(digest, &state, at(1))
        .expect("nothing is in the way");
    (Execution::begin(state, confirmed, BY, pace()), log)
}

/// Where a run is killed: at which command, and whether its effect still happened.
#[derive(Clone, Copy, Debug)]
struct Kill {
    command: usize,
    after_effect: bool,
}

/// Runs until the end or the kill. `None` says that it was killed.
fn run(
    execution: &mut Execution,
    vendors: &Vendors,
    log: &mut Vec<Entry>,
    kill: Option<Kill>,
) -> Option<Report> {
    for command in 0..10_000 {
        let killed = kill.filter(|kill| kill.command == command);
        if killed.is_some_and(|kill| !kill.after_effect) {
            return None;
        }
        match execution.next(vendors.now()) {
            Command::Store(entry) => {
                log.push(entry);
                if killed.is_some() {
                    return None;
                }
                execution.stored().expect("one writer");
            }
            Command::Probe(probe) => {
                let finding = vendors.look(&probe);
                execution.found(finding, vendors.now());
            }
            Command::Run(run) => {
                let outcome = vendors.run(&run);
                if killed.is_some() {
                    return None;
                }
                execution.ran(outcome);
            }
            Command::WaitUntil(time) => {
                assert!(time > vendors.now(), "waiting for the past would spin");
                vendors.sleep_until(time);
            }
            Command::Finished(report) => return Some(report),
        }
    }
    panic!("the execution does not end");
}

fn established(state: &State) -> usize {
    state
        .associations()
        .filter(|association| association.status == AssociationStatus::Established)
        .count()
}

#[test]
fn f034_to_f036_a_plan_is_applied_and_recorded() {
    let (mut execution, mut log) = begin(&["a", "b"]);
    let vendors = Vendors::new();
    let report = run(&mut execution, &vendors, &mut log, None).expect("not killed");
    assert!(report.is_success(), "{report}");
    assert_eq!(vendors.counts(), (2, 2, 2));
    let state = execution.into_state();
    assert_eq!(established(&state), 2);
    assert!(state.execution().is_none());
    assert_eq!(state.made().len(), 6);
    assert_eq!(State::replay(&log).expect("sound"), state);
}

#[test]
fn u01_u14_killed_at_every_command_there_is_exactly_one_of_each() {
    // With and without a vendor that hides for a while what was just made.
    for hidden in [0, 20] {
        let mut commands = 0;
        loop {
            let mut killed_once = false;
            for after_effect in [false, true] {
                let (mut execution, mut log) = begin(&["a"]);
                let vendors = Vendors::new();
                vendors.hide_new_for(hidden);
                let kill = Kill {
                    command: commands,
                    after_effect,
                };
                if run(&mut execution, &vendors, &mut log, Some(kill)).is_none() {
                    killed_once = true;
                    let state = State::replay(&log).expect("sound");
                    // Killed before the confirmation was stored, the plan was never begun.
                    if let Some(mut resumed) = Execution::resume(state, BY, pace()) {
                        let report =
                            run(&mut resumed, &vendors, &mut log, None).expect("not killed");
                        assert!(report.is_success(), "{kill:?}: {report}");
                        assert_eq!(vendors.counts(), (1, 1, 1), "{kill:?}");
                        assert_eq!(established(resumed.state()), 1, "{kill:?}");
                        assert_eq!(State::replay(&log).expect("sound"), *resumed.state());
                    } else {
                        // Or it was over when the process died.
                        let over = established(&State::replay(&log).expect("sound"));
                        assert_eq!(vendors.counts(), (over, over, over), "{kill:?}");
                    }
                }
            }
            if !killed_once {
                break;
            }
            commands += 1;
        }
        assert!(commands > 20, "only {commands} boundaries were tried");
    }
}

#[test]
fn u14_killed_twice_in_a_row_at_every_pair_of_commands() {
    for first in 0..40 {
        for second in 0..12 {
            let (mut execution, mut log) = begin(&["a"]);
            let vendors = Vendors::new();
            let kill = |command| {
                Some(Kill {
                    command,
                    after_effect: true,
                })
            };
            if run(&mut execution, &vendors, &mut log, kill(first)).is_some() {
                continue;
            }
            for last in [kill(second), None] {
                let state = State::replay(&log).expect("sound");
                if let Some(mut resumed) = Execution::resume(state, BY, pace()) {
                    run(&mut resumed, &vendors, &mut log, last);
                }
            }
            assert_eq!(vendors.counts(), (1, 1, 1), "{first}, {second}");
            assert_eq!(
                established(&State::replay(&log).expect("sound")),
                1,
                "{first}, {second}"
            );
        }
    }
}

#[test]
fn u01_a_slow_look_proves_nothing_of_the_time_after_it_was_asked_for() {
    // What was made shows after 50 s, and an answer comes only when the window of 60 s is over.
    for answer in [None, Some(Answer::LostAfter)] {
        for action in 0..3 {
            let (mut execution, mut log) = begin(&["a"]);
            let vendors = Vendors::new();
            vendors.hide_new_for(50);
            vendors.answer_looks_after(70);
            if let Some(answer) = answer {
                vendors.answer_action(action, answer);
            }
            let report = run(&mut execution, &vendors, &mut log, None).expect("not killed");
            assert!(
                report.is_success(),
                "{answer:?} to action {action}: {report}"
            );
            assert_eq!(vendors.counts(), (1, 1, 1), "{answer:?} to action {action}");
            assert_eq!(vendors.writes(), 3, "nothing was sent twice");
        }
    }
}

#[test]
fn a_lost_answer_is_looked_for_before_anything_is_sent_again() {
    for (answer, sent) in [(Answer::LostAfter, 1), (Answer::LostBefore, 2)] {
        for action in 0..3 {
            let (mut execution, mut log) = begin(&["a"]);
            let vendors = Vendors::new();
            vendors.answer_action(action, answer);
            let report = run(&mut execution, &vendors, &mut log, None).expect("not killed");
            assert!(report.is_success(), "{report}");
            assert_eq!(vendors.counts(), (1, 1, 1));
            assert_eq!(vendors.writes(), 2 + sent, "{answer:?} at {action}");
        }
    }
}

#[test]
fn the_vendors_name_check_is_the_second_net_when_a_lost_creation_shows_late() {
    // Longer than the window that the pace allows for: the second sending meets the first. What shows within another
    // window is taken for ours; what shows later still is left to a person.
    for (hidden, found) in [(70, true), (500, false)] {
        let (mut execution, mut log) = begin(&["a"]);
        let vendors = Vendors::new();
        vendors.hide_new_for(hidden);
        vendors.answer_action(0, Answer::LostAfter);
        let report = run(&mut execution, &vendors, &mut log, None).expect("not killed");
        assert_eq!(vendors.counts().0, 1, "never a second company");
        match (&report.steps[0].end, found) {
            (Some(StepResult::Found { .. }), true) => {}
            (Some(StepResult::Stopped(refusal)), false) => {
                assert_eq!(refusal.kind, RefusalKind::NameTaken);
            }
            (other, _) => panic!("{other:?}"),
        }
    }
}

#[test]
fn f040_a_name_in_use_elsewhere_raises_destination_creation_and_the_others_go_on() {
    let (mut execution, mut log) = begin(&["a", "b"]);
    let vendors = Vendors::new();
    vendors.take_name_elsewhere("a");
    let report = run(&mut execution, &vendors, &mut log, None).expect("not killed");
    assert!(!report.is_success());
    assert_eq!(vendors.counts(), (1, 1, 1));
    let ends: Vec<_> = report
        .steps
        .iter()
        .map(|step| step.output().is_some())
        .collect();
    assert_eq!(ends, [false, false, false, false, true, true, true, true]);
    let skipped = report.steps[1..4]
        .iter()
        .all(|step| matches!(step.end, Some(StepResult::Skipped { .. })));
    assert!(skipped, "{report}");
    let key = EventKey {
        kind: EventKind::DestinationCreation,
        entities: vec![site("a")],
    };
    let event = execution.state().event(&key).expect("raised");
    assert_eq!((event.status, event.id.occurrence), (EventStatus::Open, 1));
    assert_eq!(established(execution.state()), 1);
}

#[test]
fn f031_a_visible_company_of_that_name_is_never_doubled() {
    let (mut execution, mut log) = begin(&["a"]);
    let vendors = Vendors::new();
    vendors.add_company("A");
    let report = run(&mut execution, &vendors, &mut log, None).expect("not killed");
    let Some(StepResult::Stopped(refusal)) = &report.steps[0].end else {
        panic!("{report}")
    };
    assert_eq!(refusal.kind, RefusalKind::NameInUse);
    assert_eq!(vendors.writes(), 0);
}

#[test]
fn f018_n11_a_value_that_we_did_not_write_is_left_alone() {
    for (value, kind) in [
        (Some("theirs"), RefusalKind::Foreign),
        (None, RefusalKind::Masked),
    ] {
        let (mut execution, mut log) = begin(&["a"]);
        let vendors = Vendors::new();
        vendors.put_variable("a", "Link", value);
        let report = run(&mut execution, &vendors, &mut log, None).expect("not killed");
        let Some(StepResult::Stopped(refusal)) = &report.steps[2].end else {
            panic!("{report}")
        };
        assert_eq!(refusal.kind, kind);
        assert_eq!(
            established(execution.state()),
            0,
            "nothing half done counts as an association"
        );
    }
}

#[test]
fn u29_credentials_of_another_tenant_change_nothing() {
    let (mut execution, mut log) = begin(&["a"]);
    let vendors = Vendors::new();
    vendors.pretend_to_be_another_destination();
    let report = run(&mut execution, &vendors, &mut log, None).expect("not killed");
    assert_eq!(
        report.halted.map(|refusal| refusal.kind),
        Some(RefusalKind::WrongTenant)
    );
    assert_eq!(vendors.writes(), 0);
    assert!(
        execution.state().execution().is_some(),
        "it can be resumed with the right ones"
    );
}

#[test]
fn a_look_that_keeps_failing_stops_the_step_and_never_sends_blindly() {
    let (mut execution, mut log) = begin(&["a"]);
    let vendors = Vendors::new();
    vendors.fail_looks_for_names();
    let report = run(&mut execution, &vendors, &mut log, None).expect("not killed");
    assert!(
        matches!(&report.steps[0].end, Some(StepResult::Stopped(refusal)) if refusal.kind == RefusalKind::Other)
    );
    assert_eq!(vendors.writes(), 0);
}

#[test]
fn what_could_not_be_sent_is_sent_again_after_a_pause() {
    let (mut execution, mut log) = begin(&["a"]);
    let vendors = Vendors::new();
    vendors.answer_action(0, Answer::NotSent);
    let report = run(&mut execution, &vendors, &mut log, None).expect("not killed");
    assert!(report.is_success(), "{report}");
    assert_eq!(vendors.counts(), (1, 1, 1));
}

#[test]
fn a_kit_that_is_being_built_is_waited_for_while_others_go_on() {
    let (mut execution, mut log) = begin(&["a", "b"]);
    let vendors = Vendors::new();
    vendors.build_kits_for(45);
    let report = run(&mut execution, &vendors, &mut log, None).expect("not killed");
    assert!(report.is_success(), "{report}");
    let order = vendors.log();
    let position = |what: &str| order.iter().position(|done| done == what).expect("done");
    assert!(position("company b") < position("variable a"), "{order:?}");
}

#[test]
fn the_same_question_is_asked_until_it_is_answered() {
    let (mut execution, _) = begin(&["a"]);
    let first = execution.next(at(1));
    assert!(matches!(first, Command::Store(_)));
    assert_eq!(execution.next(at(2)), first);
}

#[test]
fn drive_applies_a_plan_and_returns_at_waits() {
    use crate::drive::{Pause, Sides, drive};

    let (mut execution, mut log) = begin(&["a"]);
    let vendors = Vendors::new();
    vendors.build_kits_for(15);
    let sides = Sides::new(&vendors, &vendors);
    let now = || vendors.now();
    let mut pauses = 0;
    let report = loop {
        match block_on(drive(&mut execution, sides, &mut log, &now))
            .expect("the log takes everything")
        {
            Pause::Until(time) => {
                pauses += 1;
                vendors.sleep_until(time);
            }
            Pause::Finished(report) => break report,
        }
    };
    assert!(
        report.is_success() && pauses > 0,
        "{pauses} pauses, {report}"
    );
}

#[test]
fn p6_the_log_holds_no_link() {
    let (mut execution, mut log) = begin(&["a"]);
    let vendors = Vendors::new();
    run(&mut execution, &vendors, &mut log, None);
    let lines: String = log
        .iter()
        .map(|entry| crate::log::frame(entry).expect("serialises"))
        .collect();
    assert!(!lines.contains("setupdownloader"), "{lines}");
    assert!(!format!("{execution:?}").contains("setupdownloader"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]

    /// Whatever is lost, refused the way, hidden or killed: never two of anything, and in the end one of each.
    #[test]
    fn u01_u14_any_weather_leads_to_exactly_one_of_each(
        // Shorter than every window of the pace: these vendors do not refuse a second package of one name.
        hidden in 0_i64..30,
        kits in 0_i64..40,
        faults in proptest::collection::vec(0_u8..6, 8),
        kills in proptest::collection::vec((0_usize..30, proptest::bool::ANY), 0..4),
    ) {
        let (mut execution, mut log) = begin(&["a", "b"]);
        let vendors = Vendors::new();
        vendors.hide_new_for(hidden);
        vendors.build_kits_for(kits);
        for (action, fault) in faults.iter().enumerate() {
            match fault {
                0 => vendors.answer_action(action, Answer::LostBefore),
                1 => vendors.answer_action(action, Answer::LostAfter),
                2 => vendors.answer_action(action, Answer::NotSent),
                _ => {}
            }
        }
        let mut deaths = kills.into_iter();
        let report = loop {
            let kill = deaths.next().map(|(command, after_effect)| Kill { command, after_effect });
            if let Some(report) = run(&mut execution, &vendors, &mut log, kill) {
                break report;
            }
            let state = State::replay(&log).expect("sound");
            if let Some(resumed) = Execution::resume(state, BY, pace()) {
                execution = resumed;
            } else {
                // Killed before it began, or after it ended.
                let state = State::replay(&log).expect("sound");
                let over = established(&state);
                proptest::prop_assert!(over == 0 || over == 2);
                proptest::prop_assert_eq!(vendors.counts(), (over, over, over));
                return Ok(());
            }
        };
        proptest::prop_assert!(report.is_success(), "{}", report);
        proptest::prop_assert_eq!(vendors.counts(), (2, 2, 2));
        proptest::prop_assert_eq!(established(execution.state()), 2);
    }
}
