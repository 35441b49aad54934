//! Associations that are to be dropped: undo what is ours, keep what is not, then drop the record.

use super::draft::{Draft, Holds};
use super::variable::{self, Seen};
use super::view::{View, named, unread};
use crate::identity::EntityRef;
use crate::inventory::{Role, Sort};
use crate::plan::{
    DeleteCompany, DeletePackage, DeleteVariable, DestinationStep, Held, HeldReason, HostStep,
    OnDissociate, SourceStep, Step, Unlink,
};
use crate::state::{Association, LinkedPackage, LinkedVariable};

/// Drops an association: its variable goes if it is ours, its company stays.
pub(super) fn draft(view: &View<'_>, association: &Association) -> Result<Draft, Vec<Held>> {
    let mut holds = Holds::new(association);
    let mut draft = Draft::new(association);
    let site = view.site(association);

    if let Some(variable) = &association.variable {
        if view.is_confirmed_absent(view.source, &association.source) {
            draft.notice(format!(
                "{site} is confirmed deleted, so its variable {} is gone with it",
                variable.name
            ));
        } else {
            delete_variable(view, association, variable, &mut draft, &mut holds);
        }
    }
    if let (Some(package), Some(company)) = (&association.package, association.destination()) {
        drop_package(view, association, company, package, &mut draft, &mut holds);
    }
    if let Some(company) = association.destination() {
        draft.notice(format!("{} stays", view.company(company, association)));
    }
    unlink(
        association,
        &mut draft,
        format!(
            "{site} is no longer wanted with {}",
            view.target(association)
        ),
    );
    holds.or(draft)
}

/// Drops an association together with its company, of which the site is gone.
pub(super) fn draft_with_company(
    view: &View<'_>,
    association: &Association,
) -> Result<Draft, Vec<Held>> {
    let mut holds = Holds::new(association);
    let mut draft = Draft::new(association);
    let site = view.site(association);
    if let Some(company) = association.destination() {
        let label = view.company(company, association);
        if let Some(shifted) = view
            .destination_shifted
            .as_ref()
            .or(view.source_shifted.as_ref())
        {
            holds.add(
                HeldReason::VisibilityChanged,
                format!("{label} is not deleted: {shifted}"),
            );
        }
        // The deletion rests on the site being gone: that must still be true.
        if view.source.organization(&association.source).is_some() {
            holds.add(
                HeldReason::NotDeletable,
                format!("{label} is not deleted: {site} is listed again"),
            );
        } else if let Some(why) = unread(view.sites) {
            let detail = format!(
                "{label} is not deleted: whether {site} is back is not known, the listing {why}"
            );
            holds.add(HeldReason::NotRead, detail);
        }
        if view.is_confirmed_absent(view.destination, company) {
            draft.notice(format!("{label} is confirmed deleted already"));
        } else {
            delete_company(view, association, company, &mut draft, &mut holds);
        }
    }
    unlink(
        association,
        &mut draft,
        format!("{site} is confirmed deleted"),
    );
    holds.or(draft)
}

/// Drops an association from the records only.
pub(super) fn draft_record_only(view: &View<'_>, association: &Association) -> Draft {
    let mut draft = Draft::new(association);
    let site = view.site(association);
    if let Some(company) = association.destination() {
        let what = if association.package.is_some() {
            " and its package stay"
        } else {
            " stays"
        };
        draft.notice(format!("{}{what}", view.company(company, association)));
    }
    unlink(
        association,
        &mut draft,
        format!("{site} is confirmed deleted, and keeping the company was chosen"),
    );
    draft
}

fn unlink(association: &Association, draft: &mut Draft, because: String) {
    let (source, destination) = (
        association.source.clone(),
        association.destination().cloned(),
    );
    draft.last(
        Step::Host(HostStep::Unlink(Unlink {
            source,
            destination,
        })),
        because,
    );
}

fn delete_variable(
    view: &View<'_>,
    association: &Association,
    variable: &LinkedVariable,
    draft: &mut Draft,
    holds: &mut Holds,
) {
    let (site, name) = (view.site(association), &variable.name);
    if view.source.organization(&association.source).is_none() {
        match unread(view.sites) {
            None => holds.add(
                HeldReason::NotVisible,
                format!("{site} is not listed, so variable {name} cannot be seen"),
            ),
            Some(why) => {
                let detail = format!(
                    "{site} is not listed, so variable {name} cannot be seen; the listing {why}"
                );
                holds.add(HeldReason::NotRead, detail);
            }
        }
        return;
    }
    let Some(seen) = variable::read(view, association, name, holds) else {
        return;
    };
    let value = match seen {
        // What was just set need not show yet: dropping the record now would leave it behind.
        Seen::Absent if view.may_not_show(view.source, &association.source, Some(name)) => {
            holds.add(
                HeldReason::Pending,
                format!("variable {name} of {site} was set a moment ago: read it again"),
            );
            return;
        }
        Seen::Absent => {
            draft.notice(format!("{site} has no variable {name} any more"));
            return;
        }
        Seen::Is(value) => value,
    };
    if value != variable.value {
        let found = view.points_to(value);
        let detail = format!(
            "variable {name} of {site} holds {found}, which we did not write, so it is not deleted"
        );
        holds.add(HeldReason::ForeignValue, detail);
        return;
    }
    if let Some(shifted) = &view.source_shifted {
        holds.add(
            HeldReason::VisibilityChanged,
            format!("variable {name} of {site} is not deleted: {shifted}"),
        );
    }
    match view.account_has_variable(name) {
        Ok(false) => {}
        Ok(true) => holds.add(
            HeldReason::ShinesThrough,
            format!("variable {name} of {site} is not deleted: the account's variable of that name would show instead"),
        ),
        Err(why) => {
            let detail = format!("variable {name} of {site} is not deleted: an account variable could show, and {why}");
            holds.add(HeldReason::NotRead, detail);
        }
    }
    let because = format!(
        "{site} is no longer wanted with {}, and the value is ours",
        view.target(association)
    );
    let step = DeleteVariable {
        site: association.source.clone(),
        name: name.clone(),
        value,
    };
    draft.step(
        Step::Source(SourceStep::DeleteVariable(step)),
        Vec::new(),
        because,
    );
}

fn drop_package(
    view: &View<'_>,
    association: &Association,
    company: &EntityRef,
    linked: &LinkedPackage,
    draft: &mut Draft,
    holds: &mut Holds,
) {
    let of = view.company(company, association);
    let label = format!("package {:?} of {of}", linked.name);
    match view.policy.on_dissociate {
        OnDissociate::KeepPackage => {
            draft.notice(format!(
                "{label} stays and is used again if the site is associated again"
            ));
            return;
        }
        OnDissociate::DeletePackage => {}
    }
    if view.is_confirmed_absent(view.destination, company) {
        draft.notice(format!(
            "{of} is confirmed deleted, and its packages with it"
        ));
        return;
    }
    if !view.was_made(&linked.package) {
        draft.notice(format!("{label} was not created through us and stays"));
        return;
    }
    if view.users_of_package(&linked.package) > 1 {
        draft.notice(format!("{label} serves another association too and stays"));
        return;
    }
    if let Some(why) = unread(view.destination.reading(company, Sort::Packages)) {
        holds.add(
            HeldReason::NotRead,
            format!("{label} is not deleted: the listing of the packages {why}"),
        );
        return;
    }
    let listed = view
        .destination
        .packages(company)
        .iter()
        .find(|package| package.entity == linked.package);
    let Some(package) = listed else {
        if view.may_not_show(view.destination, &linked.package, None) {
            holds.add(
                HeldReason::Pending,
                format!("{label} was created a moment ago: read it again"),
            );
        } else {
            draft.notice(format!("{label} is gone already"));
        }
        return;
    };
    if package.name != linked.name || package.company != *company {
        draft.notice(format!("{label} is named {:?} now and stays", package.name));
        return;
    }
    if let Some(shifted) = &view.destination_shifted {
        holds.add(
            HeldReason::VisibilityChanged,
            format!("{label} is not deleted: {shifted}"),
        );
    }
    let step = DeletePackage {
        company: company.clone(),
        package: linked.package.clone(),
        name: linked.name.clone(),
    };
    let after = draft.steps.iter().map(|step| step.id).collect();
    let because = format!("by policy the package goes with the association; {of} stays");
    draft.step(
        Step::Destination(DestinationStep::DeletePackage(step)),
        after,
        because,
    );
}

fn delete_company(
    view: &View<'_>,
    association: &Association,
    company: &EntityRef,
    draft: &mut Draft,
    holds: &mut Holds,
) {
    let label = view.company(company, association);
    if let Some(why) = unread(view.companies) {
        let detail = format!("{label} is not deleted: the listing of companies {why}");
        holds.add(HeldReason::NotRead, detail);
    }
    let Some(listed) = view.destination.organization(company) else {
        if unread(view.companies).is_none() {
            holds.add(
                HeldReason::NotVisible,
                format!("{label} is not listed, so it is not deleted"),
            );
        }
        return;
    };
    let scope = &view.destination.observation().scope;
    let mut not_deletable = |why: &str| {
        let detail = format!(
            "{} is not deleted: {why}",
            named(company, Some(&listed.name))
        );
        holds.add(HeldReason::NotDeletable, detail);
    };
    if listed.role != Role::Customer {
        not_deletable("it is not a customer");
    }
    if *company == scope.root || *company == view.policy.default_parent {
        not_deletable("it is the top of the tree or the partner of new companies");
    }
    if view.has_children(company) {
        not_deletable("other companies or folders are below it");
    }
    if view.users_of_company(company) > 1 {
        not_deletable("another association uses it");
    }
    let made_by_us = association.company_made_by_us || view.was_made(company);
    let step = DeleteCompany {
        site: association.source.clone(),
        company: company.clone(),
        name: listed.name.clone(),
        made_by_us,
    };
    let because = format!(
        "{} is confirmed deleted, and deleting the company was chosen",
        view.site(association)
    );
    let made = if made_by_us { "was" } else { "was not" };
    draft.notice(format!(
        "{label} {made} created through us; it is deleted for good, and only if it is empty"
    ));
    draft.step(
        Step::Destination(DestinationStep::DeleteCompany(step)),
        Vec::new(),
        because,
    );
}
