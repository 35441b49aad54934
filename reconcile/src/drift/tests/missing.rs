//! Associations that are missing.

use super::{Vendors, cleared, key, raised, run, settled, status};
use crate::drift::{Action, EventId, EventKind, EventStatus, listed_rows};
use crate::execution::Output;
use crate::inventory::{Coverage, Role, VariableValue};
use crate::mapping::world::{World, company, site};
use crate::plan::{CreateCompany, DestinationStep, HostStep, Step, Unlink};
use crate::state::{Body, Decision, StepResult, Target};

/// A pair that only the vendors know of.
fn unknown_pair(world: &mut World) -> (crate::identity::EntityRef, crate::identity::EntityRef) {
    let (site, company) = (world.site("x1", "By hand"), world.company("y1", "By hand"));
    world.deploy(&site, &company);
    world.later();
    (site, company)
}

#[test]
fn f055_a_pair_that_no_association_records_is_listed_with_its_names() {
    let mut world = settled();
    let (site, _) = unknown_pair(&mut world);
    let vendors = Vendors::default();
    run(&mut world, &vendors);
    let names = |world: &World| {
        let rows = listed_rows(&world.state);
        let [row] = rows.as_slice() else {
            panic!("{rows:?}")
        };
        [row.source_name, row.destination_name].map(|name| name.map(str::to_owned))
    };
    assert_eq!(
        names(&world),
        [Some("By hand".into()), Some("By hand".into())]
    );
    // As it is called now, and told once.
    world.edit(&site, |row| row.name = "Renamed".into());
    world.later();
    let bodies = run(&mut world, &vendors);
    assert!(matches!(&bodies[..], [Body::Named { names }] if names.len() == 1));
    assert_eq!(names(&world)[0].as_deref(), Some("Renamed"));
}

#[test]
fn f047_f048_a_link_at_the_vendors_without_an_association() {
    let mut world = settled();
    let (site, company) = unknown_pair(&mut world);
    let vendors = Vendors::default();
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::AssociationMissing]
    );
    let event = key(EventKind::AssociationMissing, &[&site, &company]);
    let id = EventId {
        key: event.clone(),
        occurrence: 1,
    };
    world.decide(Decision::Answer {
        event: id,
        action: Action::Associate,
    });
    world.later();
    run(&mut world, &vendors);
    assert_eq!(
        status(&world, &event),
        Some(EventStatus::Resolving),
        "until it is linked"
    );
    let association = world.state.associations_of(&site).next().unwrap().id;
    world.link(association);
    world.later();
    run(&mut world, &vendors);
    assert_eq!(status(&world, &event), Some(EventStatus::Resolved));
}

#[test]
fn f048_f052_ignored_it_makes_no_link_and_stays_listed_as_ignored() {
    let mut world = settled();
    let (site, company) = unknown_pair(&mut world);
    let vendors = Vendors::default();
    run(&mut world, &vendors);
    let event = key(EventKind::AssociationMissing, &[&site, &company]);
    let id = EventId {
        key: event.clone(),
        occurrence: 1,
    };
    let ignore = world.decide(Decision::Answer {
        event: id,
        action: Action::Ignore,
    });
    world.later();
    assert!(run(&mut world, &vendors).is_empty());
    assert_eq!(status(&world, &event), Some(EventStatus::Ignored));
    world.decide(Decision::Undo { decision: ignore });
    assert!(run(&mut world, &vendors).is_empty());
    assert_eq!(status(&world, &event), Some(EventStatus::Open));
}

#[test]
fn the_evidence_gone_clears_it_unless_not_all_was_read() {
    let mut world = settled();
    let (site, _) = unknown_pair(&mut world);
    let vendors = Vendors::default();
    run(&mut world, &vendors);
    world.edit_variable(&site, Vec::clear);
    world.listing(&site).coverage = Coverage::Partial("page 2".into());
    assert!(run(&mut world, &vendors).is_empty());
    world.listing(&site).coverage = Coverage::Complete;
    world.edit_variable(&site, |rows| {
        let (id, name) = ("7".into(), crate::mapping::world::VARIABLE.into());
        rows.push(crate::inventory::Variable {
            id,
            name,
            value: VariableValue::Masked,
        });
    });
    assert!(
        run(&mut world, &vendors).is_empty(),
        "masked: it may well hold the link"
    );
    world.edit_variable(&site, Vec::clear);
    assert_eq!(
        cleared(&run(&mut world, &vendors)),
        [EventKind::AssociationMissing]
    );
}

#[test]
fn what_was_parted_ignored_or_left_out_raises_nothing() {
    let vendors = Vendors::default();
    let mut parted = settled();
    let id = parted.state.associations_of(&site("3")).next().unwrap().id;
    parted.decide(Decision::Dissociate { association: id });
    let unlink = Unlink {
        source: site("3"),
        destination: Some(company("3")),
    };
    parted.run(id, Step::Host(HostStep::Unlink(unlink)));
    parted.later();
    assert!(
        raised(&run(&mut parted, &vendors)).is_empty(),
        "its variable is still there"
    );

    let mut world = settled();
    let (site, company) = unknown_pair(&mut world);
    let mut ignored = world.clone();
    ignored.decide(Decision::Ignore {
        source: site.clone(),
    });
    assert!(raised(&run(&mut ignored, &vendors)).is_empty());
    let mut separate = world.clone();
    separate.decide(Decision::KeepSeparate {
        source: site.clone(),
        destination: company,
    });
    assert!(raised(&run(&mut separate, &vendors)).is_empty());
    world.edit(&site, |row| row.role = Role::OnDemand);
    assert!(raised(&run(&mut world, &vendors)).is_empty());
}

#[test]
fn a_copied_link_is_told_with_who_uses_the_company() {
    let mut world = settled();
    let copy = world.site("x1", "Copy");
    world.list_variable(&copy, VariableValue::Is(World::link_of(&company("3"))));
    world.later();
    assert_eq!(
        raised(&run(&mut world, &Vendors::default())),
        [EventKind::AssociationMissing]
    );
    let event = key(EventKind::AssociationMissing, &[&copy, &company("3")]);
    assert!(
        world
            .state
            .event(&event)
            .unwrap()
            .detail
            .contains("mapped to another site, 3")
    );
}

#[test]
fn a_company_that_was_made_and_that_nothing_links_is_told() {
    let mut world = settled();
    let new = world.site("x1", "Newcomer");
    let target = Target::New {
        name: "Newcomer".into(),
        parent: company("p1"),
    };
    let decision = world.decide(Decision::Associate {
        source: new.clone(),
        target,
    });
    let create = CreateCompany {
        name: "Newcomer".into(),
        parent: company("p1"),
        subscription: crate::inventory::Subscription {
            kind: "monthly".into(),
            product: None,
            protection_model: None,
            reserved_seats: None,
            add_ons: std::collections::BTreeSet::new(),
        },
    };
    let made = world.company("y1", "Newcomer");
    let step = Step::Destination(DestinationStep::CreateCompany(create));
    let result = StepResult::Answered {
        attempt: 1,
        outcome: crate::execution::Outcome::Done(Output::Company(made.clone())),
    };
    world.run_to(decision.into(), step, result);
    // The association was moved elsewhere before the link was recorded.
    let other = world.company("y2", "Elsewhere");
    world.decide(Decision::Change {
        association: decision.into(),
        target: Target::Existing(other),
    });
    world.later();
    let vendors = Vendors::default();
    assert!(
        raised(&run(&mut world, &vendors)).is_empty(),
        "the site has an association"
    );
    world.decide(Decision::Undo { decision });
    world.later();
    let event = key(EventKind::AssociationMissing, &[&new, &made]);
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::AssociationMissing]
    );
    assert_eq!(status(&world, &event), Some(EventStatus::Open));
    assert!(
        !world
            .state
            .events()
            .any(|event| matches!(event.id.key.kind, EventKind::DestinationCreation))
    );
    let bodies = run(&mut world, &vendors);
    assert_eq!(bodies, Vec::<Body>::new());
}
