//! A lint over plans: what must hold of every plan, whoever made, stored or edited it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::draft::nth;
use crate::identity::{EntityRef, Instance};
use crate::plan::{DestinationStep, HostStep, Input, Plan, PlannedStep, SourceStep, Step, StepId};
use crate::state::AssociationId;

impl Plan {
    /// What is wrong with the plan in itself, one sentence each; empty for every plan that [`crate::plan::plan`] makes.
    ///
    /// A host that stores plans, or lets people edit them, can ask before it shows one. Only the plan is looked at:
    /// whether it still fits the state is for [`Plan::confirm`] to say.
    pub fn check(&self) -> Vec<String> {
        let mut faults = Faults::default();
        let mut associations: BTreeMap<AssociationId, Vec<&PlannedStep>> = BTreeMap::new();
        for (index, step) in self.steps.iter().enumerate() {
            if step.id != nth(index) {
                faults.add(step, format_args!("stands where {} belongs", nth(index)));
            }
            self.check_inputs(step, &mut faults);
            self.check_tenants(step, &mut faults);
            associations.entry(step.association).or_default().push(step);
        }
        for steps in associations.values() {
            check_association(steps, &mut faults);
        }
        for held in &self.held {
            if let Some(association) = held
                .association
                .filter(|association| associations.contains_key(association))
            {
                faults
                    .0
                    .push(format!("{association} is planned and held back at once"));
            }
        }
        self.check_collisions(&mut faults);
        faults.0
    }

    fn at(&self, id: StepId) -> Option<&PlannedStep> {
        let index = usize::try_from(id.0).ok()?.checked_sub(1)?;
        self.steps.get(index)
    }

    fn check_inputs(&self, step: &PlannedStep, faults: &mut Faults) {
        for after in &step.after {
            match self.at(*after) {
                Some(before) if *after < step.id && before.association == step.association => {}
                _ => faults.add(
                    step,
                    format_args!("waits for {after}, which is no earlier step of its association"),
                ),
            }
        }
        let is_company =
            |step: &Step| matches!(step, Step::Destination(DestinationStep::CreateCompany(_)));
        let is_package =
            |step: &Step| matches!(step, Step::Destination(DestinationStep::CreatePackage(_)));
        let mut needs = |input: &Input, what: &str, fits: fn(&Step) -> bool| {
            let Input::MadeBy(maker) = input else { return };
            if !step.after.contains(maker) {
                faults.add(
                    step,
                    format_args!("needs what {maker} makes and does not wait for it"),
                );
            }
            if !self.at(*maker).is_some_and(|maker| fits(&maker.step)) {
                faults.add(
                    step,
                    format_args!("needs {what} of {maker}, which makes none"),
                );
            }
        };
        match &step.step {
            Step::Source(SourceStep::SetVariable(set)) => {
                needs(&set.company, "the company", is_company);
                needs(&set.package, "the package", is_package);
            }
            Step::Destination(DestinationStep::CreatePackage(create)) => {
                needs(&create.company, "the company", is_company);
            }
            Step::Host(HostStep::Link(link)) => needs(&link.destination, "the company", is_company),
            Step::Source(SourceStep::DeleteVariable(_))
            | Step::Destination(
                DestinationStep::CreateCompany(_)
                | DestinationStep::DeleteCompany(_)
                | DestinationStep::DeletePackage(_),
            )
            | Step::Host(HostStep::Unlink(_)) => {}
        }
    }

    fn check_tenants(&self, step: &PlannedStep, faults: &mut Faults) {
        fn known(input: &Input) -> Option<&EntityRef> {
            match input {
                Input::Known(entity) => Some(entity),
                Input::MadeBy(_) => None,
            }
        }
        let (at_source, at_destination): (Option<&EntityRef>, [Option<&EntityRef>; 2]) = match &step
            .step
        {
            Step::Source(SourceStep::SetVariable(set)) => {
                (Some(&set.site), [known(&set.company), known(&set.package)])
            }
            Step::Source(SourceStep::DeleteVariable(delete)) => (Some(&delete.site), [None, None]),
            Step::Destination(DestinationStep::CreateCompany(create)) => {
                (None, [Some(&create.parent), None])
            }
            Step::Destination(DestinationStep::DeleteCompany(delete)) => {
                (None, [Some(&delete.company), None])
            }
            Step::Destination(DestinationStep::CreatePackage(create)) => {
                (None, [known(&create.company), None])
            }
            Step::Destination(DestinationStep::DeletePackage(delete)) => {
                (None, [Some(&delete.company), Some(&delete.package)])
            }
            Step::Host(HostStep::Link(link)) => (
                Some(&link.source),
                [known(&link.destination), link.partner.as_ref()],
            ),
            Step::Host(HostStep::Unlink(unlink)) => {
                (Some(&unlink.source), [unlink.destination.as_ref(), None])
            }
        };
        let foreign = |entity: &&EntityRef, instance: &Instance| entity.instance != *instance;
        let foreign_source = at_source.filter(|entity| foreign(entity, &self.source));
        let foreign_destination = at_destination
            .into_iter()
            .flatten()
            .filter(|it| foreign(it, &self.destination));
        for entity in foreign_source.into_iter().chain(foreign_destination) {
            faults.add(
                step,
                format_args!("names {entity}, which belongs to another tenant"),
            );
        }
    }

    /// No two steps may make or unmake the same thing, nor one what the other still uses.
    fn check_collisions(&self, faults: &mut Faults) {
        let mut touched = BTreeSet::new();
        let mut used = BTreeMap::new();
        for step in &self.steps {
            let effect = match &step.step {
                Step::Source(SourceStep::SetVariable(set)) => {
                    Some(("variable", Some(&set.site), set.name.clone()))
                }
                Step::Source(SourceStep::DeleteVariable(delete)) => {
                    Some(("variable", Some(&delete.site), delete.name.clone()))
                }
                Step::Destination(DestinationStep::CreateCompany(create)) => {
                    Some(("company", None, super::names::fold(&create.name)))
                }
                Step::Destination(DestinationStep::DeleteCompany(delete)) => {
                    Some(("deleted company", Some(&delete.company), String::new()))
                }
                Step::Destination(DestinationStep::DeletePackage(delete)) => {
                    Some(("package", Some(&delete.package), String::new()))
                }
                Step::Destination(DestinationStep::CreatePackage(create)) => {
                    match &create.company {
                        Input::Known(company) => {
                            used.entry(company).or_insert(step.id);
                            Some(("package", Some(company), create.name.clone()))
                        }
                        Input::MadeBy(_) => None,
                    }
                }
                Step::Host(HostStep::Link(link)) => {
                    if let Input::Known(company) = &link.destination {
                        used.entry(company).or_insert(step.id);
                    }
                    None
                }
                Step::Host(HostStep::Unlink(_)) => None,
            };
            if let Some(effect) = effect
                && !touched.insert(effect)
            {
                faults.add(step, "repeats the effect of an earlier step");
            }
        }
        for step in &self.steps {
            if let Step::Destination(DestinationStep::DeleteCompany(delete)) = &step.step
                && let Some(user) = used.get(&delete.company)
            {
                faults.add(step, format_args!("deletes a company that {user} uses"));
            }
        }
    }
}

#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, step: &PlannedStep, what: impl fmt::Display) {
        self.0.push(format!("{} {what}", step.id));
    }
}

/// One record, at the end, after everything else; deletions only where the association is dropped.
fn check_association(steps: &[&PlannedStep], faults: &mut Faults) {
    let Some((last, others)) = steps.split_last() else {
        return;
    };
    if !matches!(last.step, Step::Host(_)) {
        faults.add(
            last,
            format_args!("ends {} without recording it", last.association),
        );
    }
    for step in others {
        if matches!(step.step, Step::Host(_)) {
            faults.add(
                step,
                format_args!("records {} before its end", step.association),
            );
        }
        if !last.after.contains(&step.id) {
            faults.add(last, format_args!("does not wait for {}", step.id));
        }
        let leaves = matches!(last.step, Step::Host(HostStep::Unlink(_)));
        if step.step.is_deletion() != leaves {
            let (does, should) = if leaves {
                ("makes", "dropped")
            } else {
                ("deletes", "established")
            };
            faults.add(
                step,
                format_args!(
                    "{does} something for {}, which is to be {should}",
                    step.association
                ),
            );
        }
    }
}
