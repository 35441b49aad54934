//! What concerns the plan as a whole: how much it may delete, and the numbers of its steps.

use super::draft::{Draft, nth};
use super::view::View;
use crate::plan::{
    CreatePackage, DestinationStep, Held, HeldReason, Input, Notice, PlannedStep, SetVariable,
    SourceStep, Step, StepId,
};
use crate::plan::{HostStep, Link};

/// Holds every deletion back if they are more than the policy allows in one plan. Counts associations that lose
/// something at a vendor, of all that there are.
pub(super) fn hold_mass_deletion(
    view: &View<'_>,
    drafts: Vec<Draft>,
    held: &mut Vec<Held>,
) -> Vec<Draft> {
    let limits = view.policy.deletions;
    let deletes = |draft: &Draft| draft.steps.iter().any(|step| step.step.is_deletion());
    let gone = drafts.iter().filter(|draft| deletes(draft)).count();
    let all = view.state.associations().count();
    if !limits.exceeded(gone, all) {
        return drafts;
    }
    let (too_many, rest): (Vec<_>, Vec<_>) = drafts.into_iter().partition(deletes);
    held.extend(too_many.into_iter().map(|draft| {
        let deletions = draft.steps.iter().filter(|step| step.step.is_deletion());
        let deletions: Vec<_> = deletions.map(|step| step.step.to_string()).collect();
        let site = view.state.association(draft.association).map(|association| view.site(association));
        Held {
            association: Some(draft.association),
            entities: draft.entities,
            reason: HeldReason::TooManyDeletions,
            detail: format!(
                "{} wanted for {}; deletions for {gone} of {all} associations are more than the {} or {} percent \
                 allowed at once",
                deletions.join(" and "),
                site.as_deref().unwrap_or("an association"),
                limits.count,
                limits.percent
            ),
        }
    }));
    rest
}

/// Puts the drafts one behind the other, in the order of their associations, and numbers the steps through.
pub(super) fn number(mut drafts: Vec<Draft>) -> (Vec<PlannedStep>, Vec<Notice>) {
    drafts.sort_by_key(|draft| draft.association);
    let mut steps: Vec<PlannedStep> =
        Vec::with_capacity(drafts.iter().map(|draft| draft.steps.len()).sum());
    let mut notices = Vec::new();
    for draft in drafts {
        let before = nth(steps.len()).0 - 1;
        for mut step in draft.steps {
            shift(&mut step, before);
            steps.push(step);
        }
        notices.extend(draft.notices);
    }
    (steps, notices)
}

fn shift(step: &mut PlannedStep, by: u32) {
    let shift_id = |id: &mut StepId| id.0 = id.0.saturating_add(by);
    let shift_input = |input: &mut Input| {
        if let Input::MadeBy(id) = input {
            shift_id(id);
        }
    };
    shift_id(&mut step.id);
    step.after.iter_mut().for_each(shift_id);
    match &mut step.step {
        Step::Source(SourceStep::SetVariable(SetVariable {
            company, package, ..
        })) => {
            shift_input(company);
            shift_input(package);
        }
        Step::Destination(DestinationStep::CreatePackage(CreatePackage { company, .. })) => {
            shift_input(company);
        }
        Step::Host(HostStep::Link(Link { destination, .. })) => shift_input(destination),
        Step::Source(SourceStep::DeleteVariable(_))
        | Step::Destination(
            DestinationStep::CreateCompany(_)
            | DestinationStep::DeleteCompany(_)
            | DestinationStep::DeletePackage(_),
        )
        | Step::Host(HostStep::Unlink(_)) => {}
    }
}
