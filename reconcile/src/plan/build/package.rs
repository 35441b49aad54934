//! The package of an association: which one to use, and the modules of one to be made.

use std::collections::BTreeSet;

use super::draft::{Draft, Holds};
use super::variable::Seen;
use super::view::{View, unread};
use crate::identity::EntityRef;
use crate::inventory::{Package, Sort, Subscription};
use crate::plan::HeldReason;
use crate::state::Association;

/// The package that an association with an existing company uses.
#[derive(Debug, Clone, Copy)]
pub(super) enum Choice<'a> {
    /// It is there.
    Listed(&'a Package),
    /// It is to be made.
    Create,
}

/// Chooses the package, or holds back where the listing does not tell.
///
/// The linked one comes first, then the one whose link the site already holds, then the one of the derived name: an
/// estate that was set up by hand is taken over as it is.
pub(super) fn choose<'a>(
    view: &View<'a>,
    association: &Association,
    company: &EntityRef,
    seen: Option<Seen>,
    holds: &mut Holds,
) -> Option<Choice<'a>> {
    let of = view.company(company, association);
    if let Some(why) = unread(view.destination.reading(company, Sort::Packages)) {
        holds.add(
            HeldReason::NotRead,
            format!("the listing of the packages of {of} {why}"),
        );
        return None;
    }
    // Some listings of one company also carry packages of others.
    let listed = || {
        view.destination
            .packages(company)
            .iter()
            .copied()
            .filter(|package| package.company == *company)
    };
    if let Some(linked) = &association.package
        && let Some(package) =
            listed().find(|package| package.entity == linked.package && package.name == linked.name)
    {
        return Some(Choice::Listed(package));
    }
    if let Some(Seen::Is(value)) = seen
        && !association.restore
        && let Some(package) = listed().find(|package| package.link == Some(value))
    {
        return Some(Choice::Listed(package));
    }
    let name = view.policy.package_name(&association.source);
    let mut candidates = listed().filter(|package| package.name == name);
    match (candidates.next(), candidates.next()) {
        (Some(package), None) => Some(Choice::Listed(package)),
        (Some(_), Some(_)) => {
            holds.add(
                HeldReason::NameInUse,
                format!("{of} has more than one package named {name:?}"),
            );
            None
        }
        (None, _) => {
            let linked = association.package.as_ref().map(|linked| &linked.package);
            if linked.is_some_and(|linked| view.may_not_show(view.destination, linked, None)) {
                let detail =
                    format!("package {name:?} of {of} was created a moment ago: read it again");
                holds.add(HeldReason::Pending, detail);
                return None;
            }
            Some(Choice::Create)
        }
    }
}

/// The modules for a package to be made; what the subscription drops is said.
pub(super) fn modules_to_install(
    view: &View<'_>,
    company: &str,
    subscription: Option<&Subscription>,
    draft: &mut Draft,
) -> BTreeSet<String> {
    let policy = view.policy;
    let Some(subscription) = subscription else {
        draft.notice(format!(
            "the subscription of {company} was not read: which modules it drops is only known after reading back"
        ));
        return policy
            .modules
            .union(&policy.module_rules.always)
            .cloned()
            .collect();
    };
    let (modules, dropped) = policy.module_rules.split(&policy.modules, subscription);
    if !dropped.is_empty() {
        draft.notice(format!(
            "the subscription of {company} drops these modules: {}",
            words(&dropped)
        ));
    }
    draft.notice(format!(
        "the package for {company} installs: {}",
        words(&modules)
    ));
    modules
}

/// Says how a package that is used as it is differs from one that would be made now. It is not overwritten.
pub(super) fn compare_modules(
    view: &View<'_>,
    package: &Package,
    company: &str,
    subscription: Option<&Subscription>,
    draft: &mut Draft,
) {
    let policy = view.policy;
    let Some(modules) = &package.modules else {
        draft.notice(format!(
            "the modules of package {:?} of {company} were not read",
            package.name
        ));
        return;
    };
    let wanted = match subscription {
        Some(subscription) => policy.module_rules.split(&policy.modules, subscription).0,
        None => policy
            .modules
            .union(&policy.module_rules.always)
            .cloned()
            .collect(),
    };
    let lacking: BTreeSet<_> = wanted.difference(modules).cloned().collect();
    let beyond: BTreeSet<_> = modules.difference(&wanted).cloned().collect();
    let parts: Vec<_> = [("lacks", lacking), ("also has", beyond)]
        .into_iter()
        .filter(|(_, modules)| !modules.is_empty())
        .map(|(how, modules)| format!("{how} {}", words(&modules)))
        .collect();
    if !parts.is_empty() {
        let (name, parts) = (&package.name, parts.join(" and "));
        draft.notice(format!(
            "package {name:?} of {company} is used as it is: against the modules wanted it {parts}"
        ));
    }
}

fn words(modules: &BTreeSet<String>) -> String {
    let modules: Vec<_> = modules.iter().map(String::as_str).collect();
    if modules.is_empty() {
        "nothing".to_owned()
    } else {
        modules.join(" ")
    }
}
