//! The site variable: compare and set, compare and delete. A value that we did not write is never touched.

use super::draft::Holds;
use super::view::{View, unread};
use crate::identity::Fingerprint;
use crate::inventory::{Package, Sort, VariableValue};
use crate::plan::HeldReason;
use crate::state::Association;

/// What the site has under the variable's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    Absent,
    Is(Fingerprint),
}

/// What is to become of the variable of a wanted association.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// It has the right value.
    InPlace(Fingerprint),
    /// It has none.
    Set,
    /// It has the value that was right before.
    Replace(Fingerprint),
    /// It has a value that we did not write, and a person asked to put ours back.
    Restore(Fingerprint),
}

/// Reads the variable of a listed site, or holds back where nothing certain can be said of it.
pub(super) fn read(
    view: &View<'_>,
    association: &Association,
    name: &str,
    holds: &mut Holds,
) -> Option<Seen> {
    let site = view.site(association);
    if let Some(why) = unread(view.source.reading(&association.source, Sort::Variables)) {
        holds.add(
            HeldReason::NotRead,
            format!("the listing of the variables of {site} {why}"),
        );
        return None;
    }
    let mut rows = view
        .source
        .variables(&association.source)
        .iter()
        .filter(|variable| variable.name == name);
    let Some(first) = rows.next() else {
        return Some(Seen::Absent);
    };
    if rows.next().is_some() {
        holds.add(
            HeldReason::ForeignValue,
            format!("{site} has more than one variable named {name}"),
        );
        return None;
    }
    match first.value {
        VariableValue::Is(value) => Some(Seen::Is(value)),
        VariableValue::Masked => {
            let detail = format!(
                "variable {name} of {site} is masked, so whether its value is ours cannot be told"
            );
            holds.add(HeldReason::MaskedValue, detail);
            None
        }
    }
}

/// Decides what to do with the variable, given the package whose link it must hold; `None` if that is yet to be made.
pub(super) fn decide(
    view: &View<'_>,
    association: &Association,
    seen: Seen,
    package: Option<&Package>,
    holds: &mut Holds,
) -> Option<Wanted> {
    let name = &view.policy.variable;
    let ours = association
        .variable
        .as_ref()
        .filter(|variable| variable.name == *name)
        .map(|variable| variable.value);
    // What was just set need not show yet, neither as a variable nor as its value.
    let late = view.may_not_show(view.source, &association.source, Some(name));
    let value = match seen {
        Seen::Absent if ours.is_some() && late => {
            let detail = format!(
                "variable {name} of {} was set a moment ago: read it again",
                view.site(association)
            );
            holds.add(HeldReason::Pending, detail);
            return None;
        }
        Seen::Absent => return Some(Wanted::Set),
        Seen::Is(value) => value,
    };
    if package.is_some_and(|package| holds_link_of(package, value, association, ours)) {
        return Some(Wanted::InPlace(value));
    }
    if ours == Some(value) {
        return Some(Wanted::Replace(value));
    }
    if association.restore {
        return Some(Wanted::Restore(value));
    }
    let site = view.site(association);
    if ours.is_some() && late {
        let detail = format!(
            "variable {name} of {site} was set a moment ago and still shows another value: read it again"
        );
        holds.add(HeldReason::Pending, detail);
        return None;
    }
    let unlinked = match package {
        Some(package) if package.link.is_none() => {
            format!("; the link of package {:?} was not read", package.name)
        }
        _ => String::new(),
    };
    let found = view.points_to(value);
    let detail =
        format!("variable {name} of {site} holds {found}, which we did not write{unlinked}");
    holds.add(HeldReason::ForeignValue, detail);
    None
}

/// Whether the value is the link of this package; where the link was not read, our own record of it counts.
fn holds_link_of(
    package: &Package,
    value: Fingerprint,
    association: &Association,
    ours: Option<Fingerprint>,
) -> bool {
    match package.link {
        Some(link) => link == value,
        None => {
            ours == Some(value)
                && association
                    .package
                    .as_ref()
                    .is_some_and(|linked| linked.package == package.entity)
        }
    }
}
