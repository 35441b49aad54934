//! Inputs in any order, of the wrong tenant, or of a state that knows nothing.

use proptest::prelude::*;

use super::{Vendors, input, look, policy, run, settled};
use crate::drift::{ActionKind, EventKind, Side, TenantError, assess, effect, nominate};
use crate::identity::{Fingerprint, Instance, Vendor};
use crate::inventory::{Coverage, Index, Role, VariableValue};
use crate::mapping::world::{World, company, rmm, site};
use crate::state::{Decision, State};

#[test]
fn n17_facts_of_another_tenant_are_refused() {
    let mut world = settled();
    let other = Instance::new(Vendor::new("datto-rmm"), "merlot/xyz789");
    world.source.scope.instance = other.clone();
    let indexes = (Index::new(&world.source), Index::new(&world.destination));
    let policy = policy();
    let error = TenantError::Other {
        side: Side::Source,
        read: other,
        bound: rmm(),
    };
    assert_eq!(
        nominate(&input(&world, &indexes, &policy)),
        Err(error.clone())
    );
    assert_eq!(assess(&input(&world, &indexes, &policy), &[]), Err(error));
    let unbound = World {
        state: State::new(),
        ..world.clone()
    };
    assert_eq!(
        nominate(&input(&unbound, &indexes, &policy)),
        Err(TenantError::NotBound)
    );
}

#[test]
fn associations_in_every_state_are_looked_at_without_a_word() {
    let mut world = settled();
    let ids: Vec<_> = world
        .state
        .associations()
        .map(|association| association.id)
        .collect();
    world.decide(Decision::Dissociate {
        association: ids[0],
    });
    let parent = company("p1");
    world.decide(Decision::Change {
        association: ids[1],
        target: crate::state::Target::New {
            name: "New".into(),
            parent,
        },
    });
    world.later();
    assert!(run(&mut world, &Vendors::default()).is_empty());
    world.vanish(&company("0"));
    world.vanish(&company("1"));
    assert!(
        run(&mut world, &Vendors::default()).is_empty(),
        "neither is anything to lose any more"
    );
}

#[test]
fn f053_every_action_of_every_kind_says_what_it_does() {
    let all = [
        ActionKind::Create,
        ActionKind::Recreate,
        ActionKind::Move,
        ActionKind::Associate,
        ActionKind::Delete,
        ActionKind::Keep,
        ActionKind::Restore,
        ActionKind::Accept,
        ActionKind::Ignore,
    ];
    for kind in [
        EventKind::DestinationCreation,
        EventKind::DestinationMoved,
        EventKind::DestinationDeleted,
        EventKind::AssociationMissing,
        EventKind::SourceDeleted,
        EventKind::VisibilityChanged,
        EventKind::SiteOnDemand,
    ] {
        for action in all {
            assert_eq!(
                effect(kind, action).is_some(),
                kind.actions().contains(&action),
                "{kind} {action:?}"
            );
        }
    }
    // F052: the two meanings of ignore.
    assert!(
        effect(EventKind::DestinationCreation, ActionKind::Ignore)
            .unwrap()
            .contains("makes nothing")
    );
    assert!(
        effect(EventKind::DestinationMoved, ActionKind::Ignore)
            .unwrap()
            .contains("keeps the association")
    );
    // F043, F050, F051.
    assert!(
        effect(EventKind::DestinationMoved, ActionKind::Move)
            .unwrap()
            .contains("moves nothing")
    );
    assert!(
        effect(EventKind::SourceDeleted, ActionKind::Delete)
            .unwrap()
            .contains("company for good")
    );
    assert!(
        effect(EventKind::SourceDeleted, ActionKind::Keep)
            .unwrap()
            .contains("company stays")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever happens to ten pairs: the order of rows and segments never shows, a second run tells nothing, and no
    /// deletion is told at a first look.
    #[test]
    fn u13_order_never_shows_and_a_second_run_tells_nothing(
        changes in proptest::collection::vec((0u8..12, 0u8..10), 0..8),
        turn in 0usize..20,
    ) {
        let mut world = settled();
        world.later();
        for (change, id) in changes {
            let id = id.to_string();
            let (site, company) = (site(&id), company(&id));
            let site_listed = World::rows(&mut world.source).iter().any(|row| row.entity == site);
            let company_listed = World::rows(&mut world.destination).iter().any(|row| row.entity == company);
            match change {
                0 if site_listed => { world.vanish(&site); }
                1 if company_listed => { world.vanish(&company); }
                2 if company_listed => world.edit(&company, |row| row.partner = None),
                3 if company_listed => world.edit(&company, |row| row.suspended = Some(true)),
                4 if site_listed => world.edit(&site, |row| row.role = Role::OnDemand),
                5 if site_listed => world.edit(&site, |row| row.name.push('x')),
                6 => world.edit_package(&company, Vec::clear),
                7 => world.edit_variable(&site, Vec::clear),
                8 => world.edit_variable(&site, |rows| {
                    for row in rows {
                        row.value = VariableValue::Masked;
                    }
                }),
                9 => world.destination.scope.rights = Some(Fingerprint::of("other")),
                10 => world.source.segments[0].coverage = Coverage::Partial("page 2".into()),
                _ => world.listing(&site).coverage = Coverage::Partial("page 1".into()),
            }
        }
        let vendors = Vendors::default();
        let first = look(&world, &vendors);
        let mut turned = world.clone();
        for observation in [&mut turned.source, &mut turned.destination] {
            let rows = World::rows(observation);
            let by = turn.min(rows.len());
            rows.rotate_left(by);
            rows.reverse();
            observation.segments.reverse();
            let by = turn.min(observation.segments.len());
            observation.segments.rotate_left(by);
        }
        prop_assert_eq!(&first, &look(&turned, &vendors));
        let deleted = |kind| matches!(kind, EventKind::SourceDeleted | EventKind::DestinationDeleted);
        prop_assert!(!first.raised().any(|key| deleted(key.kind)));
        run(&mut world, &vendors);
    }
}
