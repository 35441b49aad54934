use super::world::{VARIABLE, World, company, gravityzone};
use super::{
    Cardinality, LeftOutReason, Mapping, MappingPolicy, Side, SiteState, StrandedReason,
    TenantError,
};
use crate::drift::{Action, EventId, EventKey, EventKind};
use crate::identity::{Instance, Vendor};
use crate::inventory::{Coverage, Index, Role};
use crate::state::{Body, Decision, State};

fn with<T>(world: &World, policy: &MappingPolicy, look: impl FnOnce(&Mapping<'_>) -> T) -> T {
    let (source, destination) = (Index::new(&world.source), Index::new(&world.destination));
    look(&Mapping::new(&world.state, &source, &destination, policy).unwrap())
}

fn policy() -> MappingPolicy {
    MappingPolicy {
        variable: Some(VARIABLE.into()),
        ..MappingPolicy::default()
    }
}

#[test]
fn f027_only_managed_sites_are_listed_and_the_rest_says_why() {
    let mut world = World::new();
    let managed = world.site("s1", "Managed");
    // Names are names: only the role counts.
    let named_so = world.site("s2", "OnDemand");
    world.site_as("s3", "Visitors", Role::OnDemand);
    world.site_as("deleted", "Deleted Devices", Role::Pseudo);
    with(&world, &policy(), |mapping| {
        let listed: Vec<_> = mapping
            .sites()
            .into_iter()
            .map(|row| row.site.entity.clone())
            .collect();
        assert_eq!(listed, [managed, named_so]);
        let left: Vec<_> = mapping
            .left_out()
            .into_iter()
            .map(|row| (row.site.entity.id.clone(), row.reason))
            .collect();
        assert_eq!(
            left,
            [
                ("deleted".into(), LeftOutReason::Pseudo),
                ("s3".into(), LeftOutReason::OnDemand)
            ]
        );
    });
}

#[test]
fn f028_f070_f088_rows_show_unmapped_ignored_and_associated_sites() {
    let mut world = World::new();
    let (open, ignored, mapped) = (
        world.site("s1", "A"),
        world.site("s2", "B"),
        world.site("s3", "C"),
    );
    let target = world.company("c3", "C");
    world.decide(Decision::Ignore {
        source: ignored.clone(),
    });
    let association = world.associate(&mapped, &target);
    with(&world, &policy(), |mapping| {
        let rows = mapping.sites();
        assert_eq!(
            (&rows[0].site.entity, rows[0].state),
            (&open, SiteState::Unmapped)
        );
        assert_eq!(
            (&rows[1].site.entity, rows[1].state),
            (&ignored, SiteState::Ignored)
        );
        let SiteState::Associated(found) = rows[2].state else {
            panic!("mapped")
        };
        assert_eq!(found.id, association);
    });
}

#[test]
fn f028_an_association_whose_site_left_the_list_is_still_listed() {
    let mut world = World::new();
    let (first, second) = (world.site("s1", "A"), world.site("s2", "B"));
    let (c1, c2) = (world.company("c1", "A"), world.company("c2", "B"));
    world.associate(&first, &c1);
    world.associate(&second, &c2);
    world.edit(&first, |row| row.role = Role::OnDemand);
    world.vanish(&second);
    with(&world, &policy(), |mapping| {
        let stranded: Vec<_> = mapping
            .stranded()
            .into_iter()
            .map(|row| row.reason)
            .collect();
        assert_eq!(
            stranded,
            [
                StrandedReason::LeftOut(LeftOutReason::OnDemand),
                StrandedReason::NotListed
            ]
        );
        assert!(mapping.sites().is_empty());
    });
    world.source.segments[0].coverage = Coverage::Partial("page 2 failed".into());
    with(&world, &policy(), |mapping| {
        assert_eq!(
            mapping.stranded()[1].reason,
            StrandedReason::NotRead("page 2 failed")
        );
    });
}

#[test]
fn f029_a_mapped_company_cannot_be_picked() {
    let mut world = World::new();
    let (site, used, free) = (
        world.site("s1", "A"),
        world.company("c1", "A"),
        world.company("c2", "B"),
    );
    world.company_as("f1", "Folder", Role::Folder);
    world.associate(&site, &used);
    let ids = |policy: &MappingPolicy| {
        with(&world, policy, |mapping| {
            mapping
                .destinations()
                .into_iter()
                .map(|row| (row.company.entity.clone(), row.serves.len()))
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(ids(&policy()), [(free.clone(), 0), (company("p1"), 0)]);
    // F122: several of one customer.
    let many = MappingPolicy {
        cardinality: Cardinality::ManyToOne,
        ..policy()
    };
    assert_eq!(ids(&many), [(used, 1), (free, 0), (company("p1"), 0)]);
}

#[test]
fn f054_events_mark_the_row_of_their_association_only() {
    let mut world = World::new();
    let (a, b) = (world.site("s1", "A"), world.site("s2", "B"));
    let shared = world.company("c1", "A");
    world.associate(&a, &shared);
    world.associate(&b, &shared);
    let moved = EventKey {
        kind: EventKind::DestinationMoved,
        entities: vec![a.clone(), shared.clone()],
    };
    let both = EventKey {
        kind: EventKind::SharedDestination,
        entities: vec![a, b, shared],
    };
    for key in [&moved, &both] {
        world.log(Body::Raised {
            key: key.clone(),
            detail: String::new(),
        });
    }
    let marks = |world: &World| {
        with(world, &policy(), |mapping| {
            let kinds = |row: &super::SiteRow<'_>| {
                row.marks
                    .iter()
                    .map(|event| event.id.key.kind)
                    .collect::<Vec<_>>()
            };
            mapping.sites().iter().map(kinds).collect::<Vec<_>>()
        })
    };
    let kinds = [EventKind::DestinationMoved, EventKind::SharedDestination];
    assert_eq!(
        marks(&world),
        [kinds.to_vec(), vec![EventKind::SharedDestination]]
    );
    // F052: an ignored event marks nothing.
    let event = EventId {
        key: moved,
        occurrence: 1,
    };
    world.decide(Decision::Answer {
        event,
        action: Action::Ignore,
    });
    assert_eq!(marks(&world)[0], [EventKind::SharedDestination]);
}

#[test]
fn n17_facts_of_another_tenant_are_refused() {
    let mut world = World::new();
    let fresh = State::new();
    let (source, destination) = (Index::new(&world.source), Index::new(&world.destination));
    let policy = policy();
    assert_eq!(
        Mapping::new(&fresh, &source, &destination, &policy).err(),
        Some(TenantError::NotBound)
    );
    let other = Instance::new(Vendor::new("gravityzone"), "cloud/0002");
    world.destination.scope.instance = other.clone();
    let (source, destination) = (Index::new(&world.source), Index::new(&world.destination));
    assert_eq!(
        Mapping::new(&world.state, &source, &destination, &policy).err(),
        Some(TenantError::Other {
            side: Side::Destination,
            read: other,
            bound: gravityzone()
        })
    );
}
