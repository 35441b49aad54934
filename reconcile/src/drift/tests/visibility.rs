//! What a key may see changes: one hold, not many events.

use super::{Vendors, cleared, key, look, nominations, policy, raised, run, settled, status};
use crate::drift::{Action, EventId, EventKind, EventStatus, HoldReason, Side};
use crate::identity::Fingerprint;
use crate::inventory::Coverage;
use crate::mapping::world::{World, company, gravityzone, rmm, site};
use crate::state::{Body, Decision};

fn accept(world: &mut World, side: &crate::identity::Instance) {
    let event = key(EventKind::VisibilityChanged, &[&side.root()]);
    let occurrence = world.state.event(&event).unwrap().id.occurrence;
    let event = EventId {
        key: event,
        occurrence,
    };
    world.decide(Decision::Answer {
        event,
        action: Action::Accept,
    });
}

#[test]
fn n04_u03_a_third_that_vanishes_at_once_is_one_hold() {
    let mut world = settled();
    world.later();
    let rows: Vec<_> = ["3", "4", "5"].map(|id| world.vanish(&company(id))).into();
    let vendors = Vendors::default();
    let asked = nominations(&world);
    assert!(asked.probes.is_empty());
    assert_eq!(
        asked.holds[0].reason,
        HoldReason::Vanished { gone: 3, of: 10 }
    );
    assert_eq!(asked.holds[0].side, Side::Destination);
    let bodies = run(&mut world, &vendors);
    assert_eq!(raised(&bodies), [EventKind::VisibilityChanged]);
    assert_eq!(bodies.len(), 1);
    world.later();
    assert!(run(&mut world, &vendors).is_empty(), "and it stays one");

    // All back: the hold is over by itself.
    World::rows(&mut world.destination).extend(rows);
    world.later();
    assert_eq!(
        cleared(&run(&mut world, &vendors)),
        [EventKind::VisibilityChanged]
    );
}

#[test]
fn a_hold_of_one_side_leaves_the_other_alone() {
    let mut world = settled();
    world.later();
    for id in ["3", "4", "5"] {
        world.vanish(&company(id));
    }
    world.vanish(&site("7"));
    let bodies = run(&mut world, &Vendors::default());
    assert_eq!(
        raised(&bodies),
        [EventKind::VisibilityChanged, EventKind::SourceNotVisible]
    );
}

#[test]
fn n02_f116_a_narrowed_scope_is_one_hold_and_no_deletion_ever() {
    let mut world = settled();
    world.later();
    world.destination.scope.rights = Some(Fingerprint::of("fewer rights"));
    world.vanish(&company("3"));
    let vendors = Vendors::default();
    assert_eq!(nominations(&world).holds[0].reason, HoldReason::Scope);
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::VisibilityChanged]
    );

    accept(&mut world, &gravityzone());
    world.later();
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::DestinationNotVisible]
    );
    let digest = world.destination.scope.digest();
    assert_eq!(world.state.accepted_scope(&gravityzone()), Some(digest));
    for _ in 0..3 {
        world.later();
        assert!(
            run(&mut world, &vendors).is_empty(),
            "last seen under other rights, so never taken for deleted"
        );
    }
}

#[test]
fn under_a_hold_a_deletion_is_neither_raised_nor_cleared() {
    let mut world = settled();
    world.later();
    let row = world.vanish(&company("3"));
    let vendors = Vendors::default();
    run(&mut world, &vendors);
    world.later();
    run(&mut world, &vendors);
    let deleted = key(EventKind::DestinationDeleted, &[&site("3"), &company("3")]);
    assert_eq!(status(&world, &deleted), Some(EventStatus::Open));
    world.vanish(&company("4"));
    world.destination.scope.rights = None;
    World::rows(&mut world.destination).push(row);
    world.later();
    let bodies = run(&mut world, &vendors);
    assert_eq!(
        (raised(&bodies), cleared(&bodies)),
        (vec![EventKind::VisibilityChanged], vec![])
    );
    assert_eq!(status(&world, &deleted), Some(EventStatus::Open));
}

#[test]
fn the_old_scope_back_ends_the_hold() {
    let mut world = settled();
    let rights = world.source.scope.rights;
    world.later();
    world.source.scope.rights = None;
    let vendors = Vendors::default();
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::VisibilityChanged]
    );
    world.source.scope.rights = rights;
    world.later();
    assert_eq!(
        cleared(&run(&mut world, &vendors)),
        [EventKind::VisibilityChanged]
    );
    assert_eq!(
        world.state.accepted_scope(&rmm()),
        Some(world.source.scope.digest())
    );
}

#[test]
fn after_acceptance_what_is_missing_is_looked_at_one_by_one() {
    let mut world = settled();
    world.later();
    for id in ["3", "4", "5"] {
        world.vanish(&company(id));
    }
    let vendors = Vendors::default();
    run(&mut world, &vendors);
    accept(&mut world, &gravityzone());

    // Neither a partial reading nor a failed control call uses the acceptance up.
    world.later();
    world.destination.segments[0].coverage = Coverage::Partial("page 2".into());
    assert!(run(&mut world, &vendors).is_empty());
    world.destination.segments[0].coverage = Coverage::Complete;
    let broken = crate::execution::Finding::Unknown("503".into());
    assert!(
        run(
            &mut world,
            &Vendors {
                broken_control: Some(broken),
                ..Vendors::default()
            }
        )
        .is_empty()
    );

    assert_eq!(nominations(&world).probes.len(), 4);
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::DestinationNotVisible; 3]
    );
    world.later();
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::DestinationDeleted; 3]
    );

    // What was told does not count again, and the next time it is a hold again.
    world.later();
    let known = ["6", "7"].map(|id| world.vanish(&company(id)));
    assert_eq!(
        nominations(&world).holds,
        [],
        "two of ten are within the limit"
    );
    world.vanish(&company("8"));
    assert_eq!(
        nominations(&world).holds[0].reason,
        HoldReason::Vanished { gone: 3, of: 10 }
    );
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::VisibilityChanged]
    );
    let event = key(EventKind::VisibilityChanged, &[&gravityzone().root()]);
    assert_eq!(world.state.event(&event).unwrap().id.occurrence, 2);
    World::rows(&mut world.destination).extend(known);
    world.later();
    let bodies = run(&mut world, &vendors);
    assert_eq!(cleared(&bodies), [EventKind::VisibilityChanged]);
    assert_eq!(raised(&bodies), [EventKind::DestinationNotVisible]);
}

#[test]
fn a_baseline_is_not_taken_from_a_partial_or_suspect_reading() {
    let mut world = World::new();
    for n in 0..10 {
        world.established(&n.to_string());
    }
    world.source.segments[0].coverage = Coverage::Partial("page 2".into());
    for id in ["3", "4", "5"] {
        world.vanish(&company(id));
    }
    let bodies = run(&mut world, &Vendors::default());
    assert_eq!(raised(&bodies), [EventKind::VisibilityChanged]);
    assert!(!bodies.iter().any(|body| matches!(body, Body::Seen { .. })));
}

#[test]
fn a_partial_reading_leaves_it_open_whether_too_much_vanished() {
    let mut world = settled();
    world.later();
    for id in ["3", "4", "5"] {
        world.vanish(&company(id));
    }
    run(&mut world, &Vendors::default());
    world.later();
    world.destination.segments[0].coverage = Coverage::Partial("page 2".into());
    assert!(
        run(&mut world, &Vendors::default()).is_empty(),
        "neither cleared nor raised again"
    );
    let assessment = look(&world, &Vendors::default());
    assert!(
        assessment
            .undecided
            .iter()
            .any(|undecided| undecided.key.kind == EventKind::VisibilityChanged)
    );
    assert!(policy().vanishing.exceeded(3, 10));
}
