//! Associations that are wanted: create the company, create the package, set the variable, record the link.
//!
//! Each only if it is not in place; the link always, and last.

use super::draft::{Draft, Holds};
use super::package::{self, Choice};
use super::place::{self, Place};
use super::variable::{self, Wanted};
use super::view::{View, named};
use crate::drift::EventKind;
use crate::inventory::Organization;
use crate::plan::{
    CreateCompany, CreatePackage, DestinationStep, Held, HostStep, Input, Link, SetVariable,
    SourceStep, Step,
};
use crate::state::{Association, LinkedPackage, LinkedVariable, Target};

/// The steps that establish an association, or everything that holds it back.
pub(super) fn draft<'a>(view: &View<'a>, association: &'a Association) -> Result<Draft, Vec<Held>> {
    let mut holds = Holds::new(association);
    let site = place::managed_site(view, association, &mut holds);
    let seen =
        site.and_then(|_| variable::read(view, association, &view.policy.variable, &mut holds));
    let place = match &association.target {
        Target::Existing(company) => place::existing(view, association, company, seen, &mut holds),
        Target::New { name, parent } => place::new(view, association, name, parent, &mut holds),
    };
    let package = match place {
        Some(Place::Listed {
            package: Choice::Listed(package),
            ..
        }) => Some(package),
        _ => None,
    };
    // Without a place it is not known which value would be right, so none can be called wrong.
    let value = match (place, seen) {
        (Some(_), Some(seen)) => variable::decide(view, association, seen, package, &mut holds),
        _ => None,
    };
    match (site, place, value) {
        (Some(site), Some(place), Some(value)) => {
            holds.or(steps(view, association, site, place, value))
        }
        _ => Err(holds.into_reasons()),
    }
}

fn steps(
    view: &View<'_>,
    association: &Association,
    site: &Organization,
    place: Place<'_>,
    value: Wanted,
) -> Draft {
    let mut draft = Draft::new(association);
    let label = view.site(association);
    let (target, subscription) = match place {
        Place::Listed { company, .. } => (
            named(&company.entity, Some(&company.name)),
            company.subscription.as_ref(),
        ),
        Place::New {
            name, subscription, ..
        } => (format!("the new company {name:?}"), Some(subscription)),
    };

    let company = match place {
        Place::Listed { company, .. } => Input::Known(company.entity.clone()),
        Place::New {
            name,
            parent,
            subscription,
        } => {
            let because = if place::is_recreation(association) {
                format!(
                    "the company of {label} is confirmed deleted, and making it again was chosen"
                )
            } else {
                format!("{label} is to become a new company")
            };
            let (name, parent, subscription) =
                (name.to_owned(), parent.clone(), subscription.clone());
            draft.notice(format!(
                "the new company {name:?} costs money; it subscribes to: {subscription}"
            ));
            if place::is_recreation(association) {
                draft.notice(format!(
                    "agents already installed at {label} stay with the deleted company"
                ));
            }
            let step = CreateCompany {
                name,
                parent,
                subscription,
            };
            Input::MadeBy(draft.step(
                Step::Destination(DestinationStep::CreateCompany(step)),
                Vec::new(),
                because,
            ))
        }
    };
    let after_company = made_by(&company);

    let (package, package_name, linked_package) = match place {
        Place::Listed {
            package: Choice::Listed(package),
            ..
        } => {
            package::compare_modules(view, package, &target, subscription, &mut draft);
            let linked = linked(view, association, package);
            (
                Input::Known(package.entity.clone()),
                package.name.clone(),
                Some(linked),
            )
        }
        Place::Listed {
            package: Choice::Create,
            ..
        }
        | Place::New { .. } => {
            let name = view.policy.package_name(&association.source);
            let because = match &association.package {
                Some(old) => format!(
                    "{target} has no package {name:?}, and package {:?} is gone",
                    old.name
                ),
                None => format!("{target} has no package {name:?}"),
            };
            let step = CreatePackage {
                company: company.clone(),
                name: name.clone(),
                modules: package::modules_to_install(view, &target, subscription, &mut draft),
                remove_competitors: view.policy.remove_competitors,
            };
            if !step.remove_competitors {
                let text = "keeps competing products: removing them by hand is at your own risk";
                draft.notice(format!("the package for {target} {text}"));
            }
            let step = Step::Destination(DestinationStep::CreatePackage(step));
            (
                Input::MadeBy(draft.step(step, after_company.clone(), because)),
                name,
                None,
            )
        }
    };

    let name = &view.policy.variable;
    let set = match value {
        Wanted::InPlace(_) => None,
        Wanted::Set => Some((None, format!("{label} has no variable {name}"))),
        Wanted::Replace(old) => {
            let because =
                format!("variable {name} of {label} still holds the value that was right before");
            Some((Some(old), because))
        }
        Wanted::Restore(old) => {
            let found = view.points_to(old);
            let because = format!(
                "variable {name} of {label} holds {found}, and putting ours back was chosen"
            );
            Some((Some(old), because))
        }
    };
    let mut linked_variable = None;
    if let Some((replaces, because)) = set {
        if replaces.is_some() {
            draft.notice(format!(
                "agents that were installed through the old link of {label} stay where they are"
            ));
        }
        if view.account_has_variable(name) == Ok(true) {
            let text = "which that of the site hides";
            draft.notice(format!(
                "the account has a variable {name} of its own, {text} for {label}"
            ));
        }
        let after = [after_company, made_by(&package)].concat();
        let (site, name) = (association.source.clone(), name.clone());
        let step = SetVariable {
            site,
            name,
            company: company.clone(),
            package,
            package_name,
            replaces,
        };
        draft.step(Step::Source(SourceStep::SetVariable(step)), after, because);
    } else if let Wanted::InPlace(value) = value {
        linked_variable = Some(LinkedVariable {
            name: name.clone(),
            value,
        });
    }
    if let Some(old) = association
        .variable
        .as_ref()
        .filter(|old| old.name != *name)
    {
        draft.notice(format!(
            "variable {} of {label} stays beside {name}",
            old.name
        ));
    }
    warn_of_company(place, &target, &mut draft);

    let because = if draft.steps.is_empty() {
        format!("everything is in place between {label} and {target}")
    } else {
        format!("{label} then belongs to {target}")
    };
    let link = link(
        view,
        association,
        site,
        place,
        company,
        (linked_package, linked_variable),
    );
    draft.last(Step::Host(HostStep::Link(link)), because);
    draft
}

fn made_by(input: &Input) -> Vec<crate::plan::StepId> {
    match input {
        Input::Known(_) => Vec::new(),
        Input::MadeBy(step) => vec![*step],
    }
}

fn warn_of_company(place: Place<'_>, target: &str, draft: &mut Draft) {
    let Place::Listed { company, .. } = place else {
        return;
    };
    if company.suspended == Some(true) {
        draft.notice(format!("{target} is suspended"));
    }
    if company.managed_by_us == Some(false) {
        draft.notice(format!(
            "{target} may no longer be managed by us, so steps there may be refused"
        ));
    }
}

/// What is recorded. A difference that an event shows and nobody has accepted is not accepted in passing.
fn link(
    view: &View<'_>,
    association: &Association,
    site: &Organization,
    place: Place<'_>,
    destination: Input,
    (package, variable): (Option<LinkedPackage>, Option<LinkedVariable>),
) -> Link {
    let keep = |recorded: &Option<String>, kind| {
        recorded
            .clone()
            .filter(|_| view.is_unanswered(association, kind))
    };
    let (destination_name, partner) = match place {
        Place::Listed { company, .. } => {
            let moved = view.is_unanswered(association, EventKind::DestinationMoved);
            let name = keep(&association.destination_name, EventKind::DestinationRenamed);
            (
                name.unwrap_or_else(|| company.name.clone()),
                association
                    .partner
                    .clone()
                    .filter(|_| moved)
                    .or_else(|| company.partner.clone()),
            )
        }
        Place::New { name, parent, .. } => (name.to_owned(), Some(parent.clone())),
    };
    let source_name = keep(&association.source_name, EventKind::SourceRenamed);
    Link {
        source: association.source.clone(),
        source_name: source_name.unwrap_or_else(|| site.name.clone()),
        destination,
        destination_name,
        partner,
        package,
        variable,
    }
}

fn linked(
    view: &View<'_>,
    association: &Association,
    package: &crate::inventory::Package,
) -> LinkedPackage {
    let before = association
        .package
        .as_ref()
        .filter(|linked| linked.package == package.entity);
    let unanswered = view.is_unanswered(association, EventKind::PackageChanged);
    let modules = match before {
        Some(before) if unanswered || package.modules.is_none() => before.modules.clone(),
        _ => package.modules.clone(),
    };
    LinkedPackage {
        package: package.entity.clone(),
        name: package.name.clone(),
        modules,
    }
}
