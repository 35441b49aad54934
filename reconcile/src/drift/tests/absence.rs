//! Absence, which is not deletion until all of it is shown.

use jiff::SignedDuration;

use super::{
    Vendors, cleared, key, look, nominations, policy, raised, run, run_with, settled, status,
};
use crate::drift::{Action, EventId, EventKind, EventStatus};
use crate::execution::{DestinationProbe, Finding, Probe, SourceProbe};
use crate::identity::{Instance, Vendor};
use crate::inventory::{Coverage, Role};
use crate::mapping::world::{World, company, site};
use crate::state::{Body, Decision, Target};

#[test]
fn f045_f049_deleted_takes_listing_probe_control_and_a_second_look() {
    for (gone, other, not_visible, deleted) in [
        (
            company("3"),
            site("3"),
            EventKind::DestinationNotVisible,
            EventKind::DestinationDeleted,
        ),
        (
            site("3"),
            company("3"),
            EventKind::SourceNotVisible,
            EventKind::SourceDeleted,
        ),
    ] {
        let mut world = settled();
        world.later();
        world.vanish(&gone);
        let vendors = Vendors::default();
        let first = run(&mut world, &vendors);
        assert_eq!(raised(&first), [not_visible]);
        assert!(first.contains(&Body::Looked {
            entity: gone.clone(),
            present: false
        }));

        world.after(SignedDuration::from_mins(14));
        assert!(
            run(&mut world, &vendors).is_empty(),
            "the grace period has not passed"
        );

        world.after(SignedDuration::from_mins(1));
        let second = run(&mut world, &vendors);
        assert_eq!(
            (raised(&second), cleared(&second)),
            (vec![deleted], vec![not_visible])
        );
        // F055: what a list shows of it.
        let rows = crate::drift::listed_rows(&world.state);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].kind, deleted);
        assert_eq!(
            (rows[0].sources[0], rows[0].destination),
            (&site("3"), Some(&company("3")))
        );
        assert_eq!(
            (rows[0].source_name, rows[0].destination_name),
            (Some("Org 3"), Some("Org 3"))
        );
        assert_eq!(rows[0].generated, world.now);
        assert_eq!(rows[0].actions, deleted.actions());
        assert!(
            !rows
                .iter()
                .any(|row| row.event.id.key.entities == [other.clone()])
        );
    }
}

#[test]
fn nothing_is_nominated_that_is_listed() {
    let mut world = settled();
    world.later();
    assert!(nominations(&world).probes.is_empty());
    world.vanish(&company("3"));
    assert_eq!(
        nominations(&world).probes,
        [
            Probe::Destination(DestinationProbe::Control),
            Probe::Destination(DestinationProbe::Company(company("3"))),
        ]
    );
    world.vanish(&site("4"));
    assert_eq!(
        nominations(&world).probes[0],
        Probe::Source(SourceProbe::Control)
    );
    assert_eq!(nominations(&world).probes.len(), 4);
}

#[test]
fn f042_a_company_out_of_the_tree_is_not_visible_and_only_later_deleted() {
    let mut world = settled();
    world.later();
    let moved = world.vanish(&company("3"));
    let mut vendors = Vendors::default();
    // Still readable by its id: hidden, never deleted.
    vendors.found.insert(company("3"), moved);
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::DestinationNotVisible]
    );
    world.later();
    assert!(run(&mut world, &vendors).is_empty());
    // Then gone by its id too: counted from the first look that found nothing.
    vendors.found.clear();
    world.later();
    let bodies = run(&mut world, &vendors);
    assert!(bodies.contains(&Body::Looked {
        entity: company("3"),
        present: false
    }));
    world.later();
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::DestinationDeleted]
    );
}

#[test]
fn f042_what_a_look_by_id_tells_of_the_partner_counts() {
    let mut world = settled();
    world.later();
    let mut moved = world.vanish(&company("3"));
    moved.partner = Some(company("p2"));
    let mut vendors = Vendors::default();
    vendors.found.insert(company("3"), moved);
    let bodies = run(&mut world, &vendors);
    assert_eq!(
        raised(&bodies),
        [
            EventKind::DestinationMoved,
            EventKind::DestinationNotVisible
        ]
    );
}

#[test]
fn without_a_sound_control_call_nothing_is_concluded() {
    let other = Instance::new(Vendor::new("gravityzone"), "cloud/0002");
    for finding in [
        Finding::Unknown("401".into()),
        Finding::Control(other),
        Finding::Organization(None),
    ] {
        let mut world = settled();
        world.later();
        world.vanish(&company("3"));
        let vendors = Vendors {
            broken_control: Some(finding),
            ..Vendors::default()
        };
        for _ in 0..3 {
            assert!(run(&mut world, &vendors).is_empty());
            world.later();
        }
        let undecided = look(&world, &vendors).undecided;
        assert!(
            undecided
                .iter()
                .any(|undecided| undecided.why.contains("control call"))
        );
    }
}

#[test]
fn a_look_that_fails_is_no_absence() {
    let mut world = settled();
    world.later();
    world.vanish(&company("3"));
    let vendors = Vendors {
        failing: [company("3")].into(),
        ..Vendors::default()
    };
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::DestinationNotVisible]
    );
    world.later();
    assert!(run(&mut world, &vendors).is_empty());
    assert_eq!(world.state.absence(&company("3")), None);
}

#[test]
fn a_probe_that_was_not_run_is_no_absence() {
    let mut world = settled();
    world.later();
    world.vanish(&company("3"));
    let indexes = (
        crate::inventory::Index::new(&world.source),
        crate::inventory::Index::new(&world.destination),
    );
    let policy = policy();
    let bodies = crate::drift::assess(&super::input(&world, &indexes, &policy), &[])
        .unwrap()
        .bodies;
    assert!(bodies.is_empty(), "{bodies:?}");
}

#[test]
fn u02_u03_a_partial_listing_neither_raises_nor_clears_a_deletion() {
    let mut world = settled();
    world.later();
    let row = world.vanish(&company("3"));
    let vendors = Vendors::default();
    run(&mut world, &vendors);
    world.later();
    world.destination.segments[0].coverage = Coverage::Partial("page 4 failed".into());
    assert!(nominations(&world).probes.is_empty());
    assert!(run(&mut world, &vendors).is_empty(), "not raised");

    world.destination.segments[0].coverage = Coverage::Complete;
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::DestinationDeleted]
    );
    let deleted = key(EventKind::DestinationDeleted, &[&site("3"), &company("3")]);

    // Listed again, but by a reading that is not whole: not cleared either.
    World::rows(&mut world.destination).push(row);
    world.destination.segments[0].coverage = Coverage::Partial("page 4 failed".into());
    world.later();
    assert!(cleared(&run(&mut world, &vendors)).is_empty());
    assert_eq!(status(&world, &deleted), Some(EventStatus::Open));

    world.destination.segments[0].coverage = Coverage::Complete;
    assert_eq!(
        cleared(&run(&mut world, &vendors)),
        [EventKind::DestinationDeleted]
    );
}

#[test]
fn an_absence_ends_the_count_once_the_entity_is_seen() {
    let mut world = settled();
    world.later();
    let row = world.vanish(&company("3"));
    let vendors = Vendors::default();
    run(&mut world, &vendors);
    World::rows(&mut world.destination).push(row);
    world.later();
    assert_eq!(
        cleared(&run(&mut world, &vendors)),
        [EventKind::DestinationNotVisible]
    );
    assert_eq!(world.state.absence(&company("3")), None, "seen again");
    world.vanish(&company("3"));
    world.later();
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::DestinationNotVisible],
        "the first look again"
    );
}

#[test]
fn cleared_and_back_is_the_next_occurrence() {
    let mut world = settled();
    let vendors = Vendors::default();
    let event = key(
        EventKind::DestinationNotVisible,
        &[&site("3"), &company("3")],
    );
    for occurrence in 1..=3 {
        world.later();
        let row = world.vanish(&company("3"));
        run(&mut world, &vendors);
        assert_eq!(world.state.event(&event).unwrap().id.occurrence, occurrence);
        assert_eq!(status(&world, &event), Some(EventStatus::Open));
        World::rows(&mut world.destination).push(row);
        world.later();
        run(&mut world, &vendors);
        assert_eq!(status(&world, &event), Some(EventStatus::Cleared));
    }
}

#[test]
fn f046_f052_ignoring_hides_until_it_clears_and_comes_back() {
    let mut world = settled();
    world.later();
    let row = world.vanish(&company("3"));
    let vendors = Vendors::default();
    run(&mut world, &vendors);
    world.later();
    run(&mut world, &vendors);
    let event = key(EventKind::DestinationDeleted, &[&site("3"), &company("3")]);
    let id = EventId {
        key: event.clone(),
        occurrence: 1,
    };
    world.decide(Decision::Answer {
        event: id,
        action: Action::Ignore,
    });
    assert!(crate::drift::listed_rows(&world.state).is_empty());
    assert_eq!(crate::drift::ignored_rows(&world.state).len(), 1);
    assert_eq!(
        world.state.associations().count(),
        10,
        "the dangling association stays"
    );
    world.later();
    assert!(run(&mut world, &vendors).is_empty(), "still ignored");
    World::rows(&mut world.destination).push(row);
    world.later();
    assert_eq!(
        cleared(&run(&mut world, &vendors)),
        [EventKind::DestinationDeleted]
    );
}

#[test]
fn f046_while_it_is_recreated_the_event_is_neither_cleared_nor_raised() {
    let mut world = settled();
    world.later();
    world.vanish(&company("3"));
    let vendors = Vendors::default();
    run(&mut world, &vendors);
    world.later();
    run(&mut world, &vendors);
    let event = key(EventKind::DestinationDeleted, &[&site("3"), &company("3")]);
    let id = EventId {
        key: event.clone(),
        occurrence: 1,
    };
    world.decide(Decision::Answer {
        event: id,
        action: Action::Recreate { name: None },
    });
    world.later();
    run(&mut world, &vendors);
    assert_eq!(status(&world, &event), Some(EventStatus::Resolving));

    let again = world.company("33", "Org 3");
    world.deploy(&site("3"), &again);
    world.edit_variable(&site("3"), |rows| {
        rows[0].value = crate::inventory::VariableValue::Is(World::link_of(&again));
    });
    let association = world
        .state
        .associations_of(&site("3"))
        .next()
        .unwrap()
        .clone();
    world.link_as(&association, &again);
    assert_eq!(status(&world, &event), Some(EventStatus::Resolved));
    world.later();
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [],
        "all is well with the new company"
    );
}

#[test]
fn f050_a_site_that_is_back_takes_the_question_back() {
    let mut world = settled();
    world.later();
    let row = world.vanish(&site("3"));
    let vendors = Vendors::default();
    run(&mut world, &vendors);
    world.later();
    run(&mut world, &vendors);
    let event = key(EventKind::SourceDeleted, &[&site("3"), &company("3")]);
    let id = EventId {
        key: event.clone(),
        occurrence: 1,
    };
    world.decide(Decision::Answer {
        event: id,
        action: Action::Delete,
    });
    world.later();
    assert!(run(&mut world, &vendors).is_empty());
    assert_eq!(status(&world, &event), Some(EventStatus::Resolving));
    // Before anything was deleted, the site is there again.
    World::rows(&mut world.source).push(row);
    world.later();
    assert_eq!(
        cleared(&run(&mut world, &vendors)),
        [EventKind::SourceDeleted]
    );
}

#[test]
fn a_site_that_became_on_demand_is_never_source_deleted() {
    let mut world = settled();
    world.later();
    world.edit(&site("3"), |row| row.role = Role::OnDemand);
    let vendors = Vendors::default();
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::SiteOnDemand]
    );
    world.later();
    assert!(run(&mut world, &vendors).is_empty());
    world.edit(&site("3"), |row| row.role = Role::Managed);
    assert_eq!(
        cleared(&run(&mut world, &vendors)),
        [EventKind::SiteOnDemand]
    );
}

#[test]
fn n15_f072_what_was_just_made_may_not_show_yet() {
    let mut world = settled();
    let (s1, c1) = (world.site("x1", "New"), world.company("y1", "New"));
    world.deploy(&s1, &c1);
    world.associate(&s1, &c1);
    world.vanish(&c1);
    world
        .destination
        .segments
        .retain(|segment| segment.of != c1);
    let vendors = Vendors::default();
    assert!(nominations(&world).probes.is_empty());
    world.after(SignedDuration::from_mins(4));
    assert!(
        raised(&run(&mut world, &vendors)).is_empty(),
        "inside the window"
    );
    world.after(SignedDuration::from_mins(1));
    assert_eq!(
        raised(&run(&mut world, &vendors)),
        [EventKind::DestinationNotVisible]
    );
}

#[test]
fn a_reading_older_than_the_association_says_nothing_of_it() {
    let mut world = settled();
    world.later();
    world.edit(&company("3"), |row| row.partner = Some(company("p2")));
    let old = world.destination.taken_at;
    world.later();
    world.destination.taken_at = old;
    let id = world.state.associations_of(&site("3")).next().unwrap().id;
    world.decide(Decision::Dissociate { association: id });
    world.decide(Decision::Undo {
        decision: crate::state::EntryId(world.state.serial()),
    });
    world.vanish(&company("3"));
    assert!(nominations(&world).probes.is_empty());
    assert!(raised(&run(&mut world, &Vendors::default())).is_empty());
}

#[test]
fn many_sites_of_one_company_lose_it_together() {
    let mut world = settled();
    let policy = crate::plan::Policy {
        many_sites_to_one_company: true,
        ..policy()
    };
    let extra = world.site("x1", "Second site");
    let id = world.associate(&extra, &company("3"));
    world.list_variable(
        &extra,
        crate::inventory::VariableValue::Is(World::link_of(&company("3"))),
    );
    world.link(id);
    world.later();
    world.vanish(&company("3"));
    let vendors = Vendors::default();
    let bodies = run_with(&mut world, &vendors, &policy);
    assert_eq!(raised(&bodies), [EventKind::DestinationNotVisible; 2]);
    let looks = bodies
        .iter()
        .filter(|body| matches!(body, Body::Looked { .. }))
        .count();
    assert_eq!(looks, 1, "one company, one look");
}

#[test]
fn an_event_of_an_association_that_is_gone_is_cleared() {
    let mut world = settled();
    world.later();
    world.vanish(&company("3"));
    let vendors = Vendors::default();
    run(&mut world, &vendors);
    let id = world.state.associations_of(&site("3")).next().unwrap().id;
    let other = world.company("y1", "Other");
    world.decide(Decision::Change {
        association: id,
        target: Target::Existing(other),
    });
    world.later();
    assert_eq!(
        cleared(&run(&mut world, &vendors)),
        [EventKind::DestinationNotVisible]
    );
}
