//! Deletions look at everything again before they are sent.

use super::vendors::{self, Answer, Vendors};
use super::{BY, Execution, decided, pace, plan, run, site};
use crate::execution::{RefusalKind, Report};
use crate::identity::{Fingerprint, Kind};
use crate::plan::{
    DeleteCompany, DeleteVariable, DestinationStep, PlannedStep, SourceStep, Step, StepId,
};
use crate::state::{AssociationId, StepResult};

fn delete_company(name: &str) -> Step {
    Step::Destination(DestinationStep::DeleteCompany(DeleteCompany {
        company: vendors::destination().entity(Kind::COMPANY, "0"),
        site: site("a"),
        name: name.into(),
        made_by_us: false,
    }))
}

fn delete_variable(value: &str) -> Step {
    Step::Source(SourceStep::DeleteVariable(DeleteVariable {
        site: site("a"),
        name: "Link".into(),
        value: Fingerprint::of(value),
    }))
}

fn apply(vendors: &Vendors, step: Step) -> Report {
    let (state, mut log) = decided(&["a"]);
    let planned = PlannedStep {
        id: StepId(1),
        association: AssociationId(2),
        step,
        after: vec![],
        because: "it was decided".into(),
    };
    let plan = plan(&state, vec![planned]);
    let digest = plan.digest();
    let confirmed = plan
        .confirm(digest, &state, super::at(1))
        .expect("nothing is in the way");
    let mut execution = Execution::begin(state, confirmed, BY, pace());
    run(&mut execution, vendors, &mut log, None).expect("not killed")
}

fn stopped(report: &Report) -> Option<RefusalKind> {
    match &report.steps[0].end {
        Some(StepResult::Stopped(refusal)) => Some(refusal.kind),
        _ => None,
    }
}

#[test]
fn f050_a_company_goes_only_if_its_site_is_gone_and_it_is_empty_and_the_same() {
    for (site_there, endpoints, name, expected) in [
        (true, 0, "a", Some(RefusalKind::Foreign)),
        (false, 3, "a", Some(RefusalKind::NotEmpty)),
        (false, 0, "renamed", Some(RefusalKind::Foreign)),
        (false, 0, "a", None),
    ] {
        let vendors = Vendors::new();
        vendors.add_company("a");
        vendors.fill_companies(endpoints);
        if !site_there {
            vendors.delete_sites();
        }
        let report = apply(&vendors, delete_company(name));
        assert_eq!(stopped(&report), expected, "{report}");
        assert_eq!(vendors.deleted().is_empty(), expected.is_some());
        assert_eq!(report.is_success(), expected.is_none());
    }
}

#[test]
fn a_deletion_whose_answer_was_lost_is_found_done_and_not_sent_twice() {
    let vendors = Vendors::new();
    vendors.add_company("a");
    vendors.delete_sites();
    vendors.answer_action(0, Answer::LostAfter);
    let report = apply(&vendors, delete_company("a"));
    assert!(
        matches!(&report.steps[0].end, Some(StepResult::Found { .. })),
        "{report}"
    );
    assert_eq!(vendors.deleted(), [0]);
}

#[test]
fn f038_only_the_value_that_we_wrote_is_deleted_and_only_if_none_of_the_account_shows_then() {
    for (value, account, expected) in [
        (Some("ours"), false, None),
        (Some("theirs"), false, Some(RefusalKind::Foreign)),
        (None, false, Some(RefusalKind::Masked)),
        (Some("ours"), true, Some(RefusalKind::Foreign)),
    ] {
        let vendors = Vendors::new();
        vendors.put_variable("a", "Link", value);
        if account {
            vendors.put_variable(&vendors::source().tenant, "Link", Some("shines through"));
        }
        let report = apply(&vendors, delete_variable("ours"));
        assert_eq!(stopped(&report), expected, "{report}");
        assert_eq!(vendors.writes(), usize::from(expected.is_none()));
    }
    let gone = Vendors::new();
    assert!(
        apply(&gone, delete_variable("ours")).is_success(),
        "gone already is done"
    );
    assert_eq!(gone.writes(), 0);
}
