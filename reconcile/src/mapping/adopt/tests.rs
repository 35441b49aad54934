//! Adoption: links, names that agree or do not, and variables that lead nowhere.

use super::{Adoption, Standing, UnreadableReason};
use crate::identity::{EntityRef, Fingerprint, NameLevel};
use crate::inventory::{Coverage, Index, VariableValue};
use crate::mapping::world::{VARIABLE, World, company, site};
use crate::mapping::{Cardinality, Evidence, Ground, Mapping, MappingPolicy, Named};
use crate::state::{Decision, Target};

fn policy() -> MappingPolicy {
    MappingPolicy {
        variable: Some(VARIABLE.into()),
        ..MappingPolicy::default()
    }
}

fn with<T>(world: &World, policy: &MappingPolicy, look: impl FnOnce(&Mapping<'_>) -> T) -> T {
    let (source, destination) = (Index::new(&world.source), Index::new(&world.destination));
    look(&Mapping::new(&world.state, &source, &destination, policy).unwrap())
}

fn adoption(world: &World, policy: &MappingPolicy) -> Vec<Adoption> {
    let (source, destination) = (Index::new(&world.source), Index::new(&world.destination));
    Mapping::new(&world.state, &source, &destination, policy)
        .unwrap()
        .adoption()
}

fn named(entity: &EntityRef, name: &str) -> Named {
    Named::new(entity.clone(), Some(name.to_owned()))
}

fn contested_by(site: &EntityRef, name: &str) -> Standing {
    Standing::Contested {
        sources: vec![named(site, name)],
        destinations: Vec::new(),
    }
}

fn unreadable(world: &World) -> Vec<(String, UnreadableReason)> {
    with(world, &policy(), |mapping| {
        let rows = mapping.unreadable().into_iter();
        rows.map(|row| (row.site.entity.id.clone(), row.reason))
            .collect()
    })
}

#[test]
fn an_estate_run_by_hand_is_adopted_from_its_links() {
    let mut world = World::new();
    let (site, found) = (
        world.site("s1", "Whatever"),
        world.company("c1", "Quite another name"),
    );
    world.deploy(&site, &found);
    let masked = world.site("s2", "Masked");
    world.list_variable(&masked, VariableValue::Masked);
    let adoptions = adoption(&world, &policy());
    assert_eq!(adoptions.len(), 1);
    assert_eq!(
        (&adoptions[0].source, &adoptions[0].destination),
        (&site, &found)
    );
    let target = Target::Existing(found.clone());
    assert_eq!(
        adoptions[0].decision(),
        Some(Decision::Associate {
            source: site.clone(),
            target
        })
    );

    world.associate(&site, &found);
    assert!(adoption(&world, &policy()).is_empty(), "adopted");
}

#[test]
fn a_link_that_several_sites_hold_is_for_a_person() {
    let mut world = World::new();
    let (a, b, target) = (
        world.site("s1", "A"),
        world.site("s2", "B"),
        world.company("c1", "C"),
    );
    world.deploy(&a, &target);
    world.list_variable(&b, VariableValue::Is(World::link_of(&target)));
    let adoptions = adoption(&world, &policy());
    assert_eq!(adoptions[0].standing, contested_by(&b, "B"));
    assert_eq!(adoptions[1].standing, contested_by(&a, "A"));
    assert_eq!(adoptions[0].decision(), None);
    let many = MappingPolicy {
        cardinality: Cardinality::ManyToOne,
        ..policy()
    };
    let adoptions = adoption(&world, &many);
    assert!(
        adoptions
            .iter()
            .all(|adoption| adoption.standing == Standing::Open)
    );

    let association = world.associate(&a, &target);
    let adoptions = adoption(&world, &policy());
    assert_eq!(adoptions.len(), 1);
    assert_eq!(adoptions[0].standing, Standing::Mapped(association));
    world.decide(Decision::KeepSeparate {
        source: b.clone(),
        destination: target.clone(),
    });
    let adoptions = adoption(&world, &policy());
    assert_eq!(adoptions[0].standing, Standing::KeptSeparate);
    world.decide(Decision::Ignore { source: site("s2") });
    let adoptions = adoption(&world, &policy());
    assert_eq!(adoptions[0].standing, Standing::Ignored);
}

/// So many sites with a company each, of which the first `linked` are linked by hand, the last `wrong` of these wrongly:
/// of every three, one leads to the company of a site that is not linked, and two share the link of another such company.
fn estate(sites: usize, linked: usize, wrong: usize) -> World {
    let mut world = World::new();
    let id = |number: usize| format!("{number:03}");
    for number in 0..sites {
        let name = format!("Customer {}", id(number));
        world.site(&format!("s{}", id(number)), &name);
        let company = world.company(&format!("c{}", id(number)), &name);
        world.list_package(&company, &format!("package of {}", id(number)));
    }
    let right = linked - wrong;
    let mut other = linked;
    for number in 0..linked {
        let leads_to = if number < right {
            number
        } else if (number - right) % 3 == 2 {
            other - 1
        } else {
            other += 1;
            other - 1
        };
        let link = World::link_of(&company(&format!("c{}", id(leads_to))));
        world.list_variable(&site(&format!("s{}", id(number))), VariableValue::Is(link));
    }
    world
}

#[test]
fn u04_u08_of_300_sites_with_260_linked_by_hand_248_are_proposed_and_12_left_to_a_person() {
    let world = estate(300, 260, 12);
    let adoptions = adoption(&world, &policy());
    assert_eq!(adoptions.len(), 260);
    let decisions: Vec<_> = adoptions.iter().filter_map(Adoption::decision).collect();
    assert_eq!(decisions.len(), 248);
    for (number, adoption) in adoptions.iter().enumerate() {
        assert_eq!(
            adoption.standing == Standing::Open,
            number < 248,
            "{}: {}",
            adoption.source_name,
            adoption.standing
        );
    }
    let elsewhere = adoptions.iter().filter(|adoption| {
        matches!(&adoption.standing, Standing::Elsewhere(named) if named.name() == Some(&adoption.source_name))
    });
    assert_eq!(elsewhere.count(), 4);
    let checked = with(&world, &policy(), |mapping| mapping.check_batch(&decisions));
    assert_eq!(checked.map(|checked| checked.len()), Ok(248));
    // U08: what is mapped is proposed no more, and neither is anything beside it.
    let mut world = world;
    for decision in decisions {
        world.decide(decision);
    }
    let left = adoption(&world, &policy());
    assert_eq!(left.len(), 12);
    assert!(left.iter().all(|adoption| adoption.decision().is_none()));
}

#[test]
fn u04_a_link_that_leads_elsewhere_than_its_name_is_for_a_person() {
    let mut world = World::new();
    let acme = world.site("s1", "Acme Ltd.");
    let (own, wrong) = (
        world.company("c1", "ACME"),
        world.company("c2", "Contoso Inc"),
    );
    world.deploy(&acme, &wrong);
    let standing = |world: &World| adoption(world, &policy()).remove(0).standing;
    assert_eq!(standing(&world), Standing::Elsewhere(named(&own, "ACME")));
    assert_eq!(
        standing(&world).to_string(),
        "the link leads elsewhere than to the company of its name, company \"ACME\" (c1)"
    );
    // Nobody has its name, but somebody has the name of what it leads to.
    world.vanish(&own);
    assert_eq!(standing(&world), Standing::Open);
    let contoso = world.site("s2", "contoso");
    assert_eq!(
        standing(&world),
        Standing::NameOfAnother(named(&contoso, "contoso"))
    );
}

#[test]
fn u04_a_copied_link_does_not_spoil_the_right_one() {
    let mut world = World::new();
    let (right, copy) = (world.site("s1", "Acme Ltd."), world.site("s2", "Fabrikam"));
    let acme = world.company("c1", "Acme");
    world.deploy(&right, &acme);
    world.list_variable(&copy, VariableValue::Is(World::link_of(&acme)));
    let adoptions = adoption(&world, &policy());
    assert_eq!(adoptions[0].standing, Standing::Open);
    let link = Evidence::InstallationLink {
        package: World::package_of(&acme),
        name: "site-s1".into(),
    };
    assert_eq!(
        adoptions[0].evidence,
        [
            Ground::Pair(link.clone()),
            Ground::Pair(Evidence::Name(NameLevel::Normalized)),
            Ground::AlsoLinked(vec![named(&copy, "Fabrikam")]),
        ]
    );
    assert_eq!(adoptions[1].standing, contested_by(&right, "Acme Ltd."));
    assert_eq!(adoptions[1].evidence, [Ground::Pair(link)]);
    // Two of the name: nothing tells which one is right.
    world.edit(&copy, |row| row.name = "ACME".into());
    let adoptions = adoption(&world, &policy());
    assert!(
        adoptions
            .iter()
            .all(|adoption| adoption.decision().is_none())
    );
}

#[test]
fn u10_a_variable_that_leads_nowhere_is_listed_with_its_reason() {
    let mut world = World::new();
    let foreign = || VariableValue::Is(Fingerprint::of("https://example.com/other"));
    for (id, value) in [
        ("s1", Some(VariableValue::Masked)),
        ("s2", Some(foreign())),
        ("s3", None),
        ("s4", Some(foreign())),
        ("s5", Some(foreign())),
    ] {
        let site = world.site(id, id);
        if let Some(value) = value {
            world.list_variable(&site, value);
        }
    }
    world.decide(Decision::Ignore { source: site("s4") });
    let linked = world.company("c5", "s5");
    world.associate(&site("s5"), &linked);
    assert_eq!(
        unreadable(&world),
        [
            ("s1".to_owned(), UnreadableReason::Masked),
            ("s2".to_owned(), UnreadableReason::UnknownLink),
        ]
    );
    // U02: what was not read is said, not guessed.
    let segment = world.listing(&site("s2"));
    segment.coverage = Coverage::Partial("page 2 failed".into());
    world.edit_variable(&site("s2"), Vec::clear);
    assert_eq!(
        unreadable(&world)[1].1,
        UnreadableReason::NotRead("page 2 failed".into())
    );
    world.edit_variable(&site("s1"), |held| held[0].value = foreign());
    world.list_package(&linked, "package");
    world.edit_package(&linked, |packages| packages[0].link = None);
    assert!(matches!(
        &unreadable(&world)[0].1,
        UnreadableReason::ReadInPart(why) if why.contains("\"package\"")
    ));
    world.destination.segments[0].coverage = Coverage::Partial("access denied".into());
    assert_eq!(
        unreadable(&world)[0].1,
        UnreadableReason::ReadInPart("access denied".into())
    );
    let without = MappingPolicy::default();
    assert!(with(&world, &without, |mapping| mapping
        .unreadable()
        .is_empty()));
}
