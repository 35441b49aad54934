//! Where a wanted association begins and leads: the site, and the company that exists or is to be created.

use super::draft::Holds;
use super::names;
use super::package::{self, Choice};
use super::variable::Seen;
use super::view::{View, named, unread};
use crate::drift::{EventKind, EventStatus};
use crate::identity::EntityRef;
use crate::inventory::{Organization, Reading, Role, Sort, Subscription};
use crate::plan::HeldReason;
use crate::state::Association;

/// Where the association leads, checked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    Listed {
        company: &'a Organization,
        package: Choice<'a>,
    },
    New {
        name: &'a str,
        parent: &'a EntityRef,
        subscription: &'a Subscription,
    },
}

pub(super) fn managed_site<'a>(
    view: &View<'a>,
    association: &Association,
    holds: &mut Holds,
) -> Option<&'a Organization> {
    if let Some(rival) = view.rival_for_site(association) {
        let (site, target) = (view.site(association), view.target(rival));
        let until = if rival.is_leaving() {
            ", which is being dropped: plan again afterwards"
        } else {
            ""
        };
        holds.add(
            HeldReason::AlreadyMapped,
            format!("{site} belongs to {target} by {}{until}", rival.id),
        );
    }
    let Some(site) = view.source.organization(&association.source) else {
        not_listed(view.sites, &view.site(association), holds);
        return None;
    };
    let what = match site.role {
        Role::Managed => return Some(site),
        Role::OnDemand => "is served on demand only",
        Role::Pseudo => "is not a real site",
        Role::Partner | Role::Customer | Role::Folder => "is no site",
    };
    holds.add(
        HeldReason::NotManaged,
        format!("{} {what}", view.site(association)),
    );
    None
}

fn not_listed(reading: Reading<'_>, what: &str, holds: &mut Holds) {
    match unread(reading) {
        None => holds.add(HeldReason::NotVisible, format!("{what} is not listed")),
        Some(why) => holds.add(
            HeldReason::NotRead,
            format!("{what} is not listed, and the listing {why}"),
        ),
    }
}

pub(super) fn existing<'a>(
    view: &View<'a>,
    association: &Association,
    company: &EntityRef,
    seen: Option<Seen>,
    holds: &mut Holds,
) -> Option<Place<'a>> {
    let label = view.company(company, association);
    if let Some(rival) = view
        .rival_for_company(association, company)
        .filter(|_| !view.policy.many_sites_to_one_company)
    {
        let (site, other) = (view.site(association), view.site(rival));
        let until = if rival.is_leaving() {
            ", which is being dropped: plan again afterwards"
        } else {
            ""
        };
        let detail = format!(
            "{site} cannot use {label}: {other} uses it by {}{until}",
            rival.id
        );
        holds.add(HeldReason::AlreadyMapped, detail);
    }
    let Some(listed) = view.destination.organization(company) else {
        if view.may_not_show(view.destination, company, None) {
            holds.add(
                HeldReason::Pending,
                format!("{label} was created a moment ago: read it again"),
            );
        } else {
            not_listed(view.companies, &label, holds);
        }
        return None;
    };
    if !names::is_company(listed) {
        holds.add(
            HeldReason::NotVisible,
            format!("{label} is listed, but not as a company"),
        );
        return None;
    }
    let package = package::choose(view, association, company, seen, holds)?;
    if let (Choice::Create, Some(shifted)) = (package, &view.destination_shifted) {
        let detail = format!("no package is created for {label}: {shifted}");
        holds.add(HeldReason::VisibilityChanged, detail);
    }
    Some(Place::Listed {
        company: listed,
        package,
    })
}

pub(super) fn new<'a>(
    view: &View<'a>,
    association: &Association,
    name: &'a str,
    parent: &'a EntityRef,
    holds: &mut Holds,
) -> Option<Place<'a>> {
    let site = view.site(association);
    if let Some(shifted) = &view.destination_shifted {
        holds.add(
            HeldReason::VisibilityChanged,
            format!("{site} becomes no company: {shifted}"),
        );
    } else if let (true, Some(shifted)) = (is_recreation(association), &view.source_shifted) {
        holds.add(
            HeldReason::VisibilityChanged,
            format!("the company of {site} is not made again: {shifted}"),
        );
    }
    for event in view.events_about(association, EventKind::DestinationCreation) {
        if event.status == EventStatus::Open {
            let detail = format!(
                "{} for {site} waits for an answer: {}",
                event.id.key.kind, event.detail
            );
            holds.add(HeldReason::EventOpen, detail);
        }
    }
    names::check(view, association, name, holds);
    check_parent(view, &site, parent, holds);
    let Some(subscription) = &view.policy.subscription else {
        let detail = format!(
            "{site} cannot become the new company {name:?}: the policy names no subscription"
        );
        holds.add(HeldReason::NoSubscription, detail);
        return None;
    };
    Some(Place::New {
        name,
        parent,
        subscription,
    })
}

/// A company stood there before and was deleted.
pub(super) fn is_recreation(association: &Association) -> bool {
    association.destination().is_none() && association.destination_name.is_some()
}

/// The top of the tree need not be listed itself; that its members were is enough.
fn check_parent(view: &View<'_>, site: &str, parent: &EntityRef, holds: &mut Holds) {
    let listed = view.destination.organization(parent);
    match listed.map(|parent| parent.role) {
        Some(Role::Partner) => {}
        Some(_) => {
            let parent = named(parent, listed.map(|parent| parent.name.as_str()));
            let detail =
                format!("{site} cannot become a company under {parent}, which is no partner");
            holds.add(HeldReason::NotVisible, detail);
        }
        None => {
            let scope = &view.destination.observation().scope;
            let members = view.destination.reading(parent, Sort::Organizations);
            if *parent != scope.root
                && *parent != scope.instance.root()
                && members == Reading::Missing
            {
                let what = format!(
                    "the partner of the new company for {site}, {},",
                    named(parent, None)
                );
                not_listed(view.companies, &what, holds);
            }
        }
    }
}
