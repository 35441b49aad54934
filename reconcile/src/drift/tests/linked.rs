//! What was linked and differs now.

use std::collections::{BTreeMap, BTreeSet};

use super::{Vendors, cleared, key, look, policy, raised, run, run_with, settled, status};
use crate::drift::{Action, EventId, EventKind, EventStatus};
use crate::identity::Fingerprint;
use crate::inventory::{Coverage, Subscription, VariableValue};
use crate::mapping::world::{World, company, site};
use crate::plan::{ModuleRules, Policy};
use crate::state::{Body, Decision};

fn detail(world: &World, kind: EventKind, id: &str) -> String {
    world
        .state
        .event(&key(kind, &[&site(id), &company(id)]))
        .unwrap()
        .detail
        .clone()
}

#[test]
fn f042_f043_f044_a_move_under_another_partner() {
    let mut world = settled();
    world.partner("p2", "Partner Two");
    world.company_as("f1", "Folder", crate::inventory::Role::Folder);
    world.later();
    let vendors = Vendors::default();
    // Into a folder of the same partner: the nearest partner is the same.
    world.edit(&company("3"), |row| row.parent = Some(company("f1")));
    assert!(run(&mut world, &vendors).is_empty());
    world.edit(&company("3"), |row| row.partner = None);
    assert!(
        run(&mut world, &vendors).is_empty(),
        "not read is not moved"
    );
    world.edit(&company("3"), |row| row.partner = Some(company("p2")));
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::DestinationMoved]
    );
    assert_eq!(
        detail(&world, EventKind::DestinationMoved, "3"),
        "company \"Org 3\" stood under \"Partner One\" (p1) and stands under \"Partner Two\" (p2) now"
    );
    let event = key(EventKind::DestinationMoved, &[&site("3"), &company("3")]);
    let id = EventId {
        key: event.clone(),
        occurrence: 1,
    };
    world.decide(Decision::Answer {
        event: id.clone(),
        action: Action::Move,
    });
    world.later();
    assert!(run(&mut world, &vendors).is_empty());
    let rows = crate::drift::listed_rows(&world.state);
    assert_eq!(
        (rows.len(), rows[0].answer),
        (1, Some(&Action::Move)),
        "answered, and still listed"
    );
    world.decide(Decision::Answer {
        event: id,
        action: Action::Ignore,
    });
    world.later();
    assert!(run(&mut world, &vendors).is_empty());
    assert_eq!(status(&world, &event), Some(EventStatus::Ignored));
    world.edit(&company("3"), |row| row.partner = Some(company("p1")));
    assert_eq!(
        cleared(&run(&mut world, &vendors)),
        [EventKind::DestinationMoved]
    );
}

#[test]
fn news_of_an_open_event_is_told_once() {
    let mut world = settled();
    world.later();
    let vendors = Vendors::default();
    for partner in ["p2", "p3"] {
        world.edit(&company("3"), |row| row.partner = Some(company(partner)));
        assert_eq!(
            raised(&run(&mut world, &vendors)),
            [EventKind::DestinationMoved]
        );
        assert!(detail(&world, EventKind::DestinationMoved, "3").contains(partner));
    }
    let event = key(EventKind::DestinationMoved, &[&site("3"), &company("3")]);
    assert_eq!(
        world.state.event(&event).unwrap().id.occurrence,
        1,
        "the same occurrence"
    );
}

#[test]
fn flags_of_a_company_are_true_false_or_untold() {
    let mut world = settled();
    world.later();
    let vendors = Vendors::default();
    world.edit(&company("3"), |row| {
        row.suspended = Some(true);
        row.managed_by_us = Some(false);
    });
    let both = [EventKind::NoLongerManaged, EventKind::CompanySuspended];
    assert_eq!(raised(&run(&mut world, &vendors)), both);
    world.edit(&company("3"), |row| {
        row.suspended = None;
        row.managed_by_us = None;
    });
    assert!(
        run(&mut world, &vendors).is_empty(),
        "untold clears nothing"
    );
    world.edit(&company("3"), |row| {
        row.suspended = Some(false);
        row.managed_by_us = Some(true);
    });
    assert_eq!(cleared(&run(&mut world, &vendors)), both);
}

#[test]
fn renames_on_either_side_are_told() {
    let mut world = settled();
    world.later();
    let vendors = Vendors::default();
    world.edit(&site("3"), |row| row.name = "Org 3 Ltd".into());
    world.edit(&company("4"), |row| row.name = "org 4".into());
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::SourceRenamed, EventKind::DestinationRenamed]
    );
    assert_eq!(
        detail(&world, EventKind::SourceRenamed, "3"),
        "\"Org 3\" is called \"Org 3 Ltd\" now"
    );

    // Accepted: the link records the new name, and nothing is left to tell.
    let event = key(EventKind::SourceRenamed, &[&site("3"), &company("3")]);
    let id = EventId {
        key: event.clone(),
        occurrence: 1,
    };
    world.decide(Decision::Answer {
        event: id,
        action: Action::Accept,
    });
    world.later();
    assert!(run(&mut world, &vendors).is_empty());
    let association = world.state.associations_of(&site("3")).next().unwrap().id;
    world.link(association);
    world.later();
    assert!(run(&mut world, &vendors).is_empty());
    assert_eq!(status(&world, &event), Some(EventStatus::Resolved));
}

#[test]
fn n11_f017_f018_packages_missing_renamed_and_changed() {
    let mut world = settled();
    world.later();
    let vendors = Vendors::default();
    world.edit_package(&company("3"), |rows| rows[0].name = "My package".into());
    world.edit_package(&company("4"), |rows| {
        rows[0].modules = Some(BTreeSet::from(["antimalware".into(), "firewall".into()]));
    });
    world.edit_package(&company("5"), Vec::clear);
    let bodies = run(&mut world, &vendors);
    let kinds = [
        EventKind::PackageMissing,
        EventKind::PackageRenamed,
        EventKind::PackageChanged,
    ];
    assert_eq!(raised(&bodies), kinds);
    assert!(detail(&world, EventKind::PackageRenamed, "3").contains("\"My package\""));
    assert_eq!(
        detail(&world, EventKind::PackageChanged, "4"),
        "package \"site-4\": firewall added"
    );

    // Modules that were not read say nothing; a renamed package that is then deleted is missing, not renamed.
    world.edit_package(&company("4"), |rows| rows[0].modules = None);
    world.edit_package(&company("3"), Vec::clear);
    world.later();
    let bodies = run(&mut world, &vendors);
    assert_eq!(raised(&bodies), [EventKind::PackageMissing]);
    assert_eq!(cleared(&bodies), [EventKind::PackageRenamed]);
}

#[test]
fn n11_u02_a_package_or_variable_missing_from_a_partial_listing_is_not_missing() {
    let mut world = settled();
    world.later();
    let vendors = Vendors::default();
    for (entity, of_site) in [(company("3"), false), (site("4"), true)] {
        if of_site {
            world.edit_variable(&entity, Vec::clear);
        } else {
            world.edit_package(&entity, Vec::clear);
        }
        world.listing(&entity).coverage = Coverage::Partial("page 2".into());
        assert!(run(&mut world, &vendors).is_empty());
        assert!(
            look(&world, &vendors)
                .undecided
                .iter()
                .any(|undecided| undecided.why == "page 2")
        );
    }
    world
        .source
        .segments
        .retain(|segment| segment.of != site("4"));
    assert!(run(&mut world, &vendors).is_empty(), "not read at all");
    world.listing(&company("3")).coverage = Coverage::Complete;
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::PackageMissing]
    );
    world.listing(&company("3")).coverage = Coverage::Partial("page 2".into());
    assert!(run(&mut world, &vendors).is_empty(), "nor is it cleared");
}

#[test]
fn n11_f036_variables_missing_changed_and_unverifiable() {
    let mut world = settled();
    world.later();
    let vendors = Vendors::default();
    world.edit_variable(&site("3"), Vec::clear);
    world.edit_variable(&site("4"), |rows| rows[0].value = VariableValue::Masked);
    world.edit_variable(&site("5"), |rows| {
        rows[0].value = VariableValue::Is(World::link_of(&company("6")));
    });
    world.edit_variable(&site("7"), |rows| {
        rows[0].value = VariableValue::Is(Fingerprint::of("by hand"));
    });
    let bodies = run(&mut world, &vendors);
    assert_eq!(
        raised(&bodies),
        [
            EventKind::VariableMissing,
            EventKind::VariableChanged,
            EventKind::VariableChanged,
            EventKind::VariableUnverifiable
        ]
    );
    assert!(
        detail(&world, EventKind::VariableChanged, "5").contains(
            "it now holds the link of package \"site-6\" of another company, \"Org 6\" (6)"
        )
    );
    assert!(
        detail(&world, EventKind::VariableChanged, "7")
            .contains("no installation link that is known")
    );

    // Masked says nothing of its value, and so clears no change.
    world.edit_variable(&site("5"), |rows| rows[0].value = VariableValue::Masked);
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::VariableUnverifiable]
    );
    world.edit_variable(&site("5"), |rows| {
        rows[0].value = VariableValue::Is(World::link_of(&company("5")));
    });
    let bodies = run(&mut world, &vendors);
    assert_eq!(
        cleared(&bodies),
        [EventKind::VariableChanged, EventKind::VariableUnverifiable]
    );
}

#[test]
fn n11_what_is_being_restored_is_not_raised_again() {
    let mut world = settled();
    world.later();
    let vendors = Vendors::default();
    world.edit_variable(&site("3"), Vec::clear);
    run(&mut world, &vendors);
    let event = key(EventKind::VariableMissing, &[&site("3"), &company("3")]);
    let id = EventId {
        key: event.clone(),
        occurrence: 1,
    };
    world.decide(Decision::Answer {
        event: id,
        action: Action::Restore,
    });
    world.later();
    assert!(run(&mut world, &vendors).is_empty());
    assert_eq!(status(&world, &event), Some(EventStatus::Resolving));
}

#[test]
fn f021_a_subscription_that_lacks_a_default_module_is_told() {
    let policy = Policy {
        modules: BTreeSet::from(["edr".into(), "firewall".into()]),
        module_rules: ModuleRules {
            always: BTreeSet::new(),
            needs: BTreeMap::from([("edr".into(), BTreeSet::from(["edr-add-on".into()]))]),
        },
        ..policy()
    };
    let mut world = settled();
    world.later();
    let subscription = |add_ons: &[&str]| Subscription {
        kind: "monthly".into(),
        product: None,
        protection_model: None,
        reserved_seats: None,
        add_ons: add_ons.iter().map(|add_on| (*add_on).to_owned()).collect(),
    };
    world.edit(&company("3"), |row| {
        row.subscription = Some(subscription(&[]));
    });
    world.edit(&company("4"), |row| {
        row.subscription = Some(subscription(&["edr-add-on"]));
    });
    let vendors = Vendors::default();
    assert_eq!(
        raised(&run_with(&mut world, &vendors, &policy)),
        [EventKind::SubscriptionLacksModule]
    );
    let detail = detail(&world, EventKind::SubscriptionLacksModule, "3");
    assert_eq!(
        detail,
        "the subscription of company \"Org 3\" does not cover edr"
    );
    world.edit(&company("3"), |row| {
        row.subscription = Some(subscription(&["edr-add-on"]));
    });
    assert_eq!(
        cleared(&run_with(&mut world, &vendors, &policy)),
        [EventKind::SubscriptionLacksModule]
    );
}

#[test]
fn two_sites_on_one_company_are_told_under_one_to_one_only() {
    let mut world = settled();
    let extra = world.site("x1", "Second site");
    let id = world.associate(&extra, &company("3"));
    let vendors = Vendors::default();
    let many = Policy {
        many_sites_to_one_company: true,
        ..policy()
    };
    assert!(raised(&run_with(&mut world, &vendors, &many)).is_empty());
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::SharedDestination]
    );
    let event = key(
        EventKind::SharedDestination,
        &[&site("3"), &extra, &company("3")],
    );
    assert_eq!(status(&world, &event), Some(EventStatus::Open));
    world.decide(Decision::Dissociate { association: id });
    assert_eq!(
        cleared(&run(&mut world, &vendors)),
        [EventKind::SharedDestination]
    );
}

#[test]
fn f040_destination_creation_stays_until_answered_or_until_nothing_waits() {
    let mut world = settled();
    let site = world.site("x1", "Taken");
    let target = crate::state::Target::New {
        name: "Taken".into(),
        parent: company("p1"),
    };
    let decision = world.decide(Decision::Associate {
        source: site.clone(),
        target,
    });
    let event = key(EventKind::DestinationCreation, &[&site]);
    world.log(Body::Raised {
        key: event.clone(),
        detail: "in use elsewhere".into(),
    });
    let vendors = Vendors::default();
    world.later();
    let bodies = run(&mut world, &vendors);
    assert!(matches!(&bodies[..], [Body::Named { .. }]), "{bodies:?}");
    assert_eq!(status(&world, &event), Some(EventStatus::Open));
    world.decide(Decision::Undo { decision });
    assert_eq!(
        cleared(&run(&mut world, &vendors)),
        [EventKind::DestinationCreation]
    );
}
