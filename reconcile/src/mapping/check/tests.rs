use crate::drift::{Action, EventId, EventKey, EventKind};
use crate::identity::{EntityRef, Instance, Kind, Vendor};
use crate::inventory::{Coverage, Index, Role};
use crate::mapping::world::{World, company, gravityzone, site};
use crate::mapping::{BatchError, Cardinality, DecisionError, Mapping, MappingPolicy};
use crate::plan::NameRules;
use crate::state::{AssociationId, AssociationStatus, Body, Decision, EntryId, Target};

fn policy() -> MappingPolicy {
    MappingPolicy {
        names: NameRules {
            max_chars: 64,
            forbid_markup: true,
        },
        ..MappingPolicy::default()
    }
}

fn check_as(
    world: &World,
    policy: &MappingPolicy,
    decision: &Decision,
) -> Result<Decision, DecisionError> {
    let (source, destination) = (Index::new(&world.source), Index::new(&world.destination));
    Mapping::new(&world.state, &source, &destination, policy)
        .unwrap()
        .check(decision)
        .map(|decided| decided.decision)
}

fn check(world: &World, decision: &Decision) -> Result<Decision, DecisionError> {
    check_as(world, &policy(), decision)
}

fn check_batch(world: &World, decisions: &[Decision]) -> Result<Vec<Decision>, BatchError> {
    let (source, destination) = (Index::new(&world.source), Index::new(&world.destination));
    Mapping::new(&world.state, &source, &destination, &policy())
        .unwrap()
        .check_batch(decisions)
        .map(|checked| {
            checked
                .into_iter()
                .map(|decided| decided.decision)
                .collect()
        })
}

fn refusal(world: &World, decision: &Decision) -> String {
    check(world, decision).expect_err("refused").to_string()
}

fn associate(source: &EntityRef, company: &EntityRef) -> Decision {
    Decision::Associate {
        source: source.clone(),
        target: Target::Existing(company.clone()),
    }
}

fn create(source: &EntityRef, name: &str) -> Decision {
    create_under(source, name, &company("p1"))
}

fn create_under(source: &EntityRef, name: &str, parent: &EntityRef) -> Decision {
    let target = Target::New {
        name: name.into(),
        parent: parent.clone(),
    };
    Decision::Associate {
        source: source.clone(),
        target,
    }
}

fn answer(event: &EventId, action: Action) -> Decision {
    Decision::Answer {
        event: event.clone(),
        action,
    }
}

fn raise(world: &mut World, kind: EventKind, entities: &[&EntityRef]) -> EventId {
    let key = EventKey {
        kind,
        entities: entities.iter().copied().cloned().collect(),
    };
    world.log(Body::Raised {
        key: key.clone(),
        detail: "seen".into(),
    });
    world.state.event(&key).unwrap().id.clone()
}

#[test]
fn a_sound_decision_is_given_back_as_it_was() {
    let mut world = World::new();
    let (site, company) = (world.site("s1", "Acme"), world.company("c1", "Fabrikam"));
    for decision in [
        associate(&site, &company),
        create(&site, "Acme"),
        Decision::Ignore {
            source: site.clone(),
        },
    ] {
        assert_eq!(check(&world, &decision).as_ref(), Ok(&decision));
    }
}

#[test]
fn f027_sites_that_are_unknown_or_not_managed_are_refused() {
    let mut world = World::new();
    let target = world.company("c1", "Acme");
    let on_demand = world.site_as("s1", "Visitors", Role::OnDemand);
    let pseudo = world.site_as("s2", "Deleted Devices", Role::Pseudo);
    assert_eq!(
        refusal(&world, &associate(&on_demand, &target)),
        "site \"Visitors\" (s1) cannot be mapped: it is served on demand only"
    );
    assert!(refusal(&world, &associate(&pseudo, &target)).contains("not a real organisation"));
    assert!(refusal(&world, &associate(&site("s9"), &target)).contains("not listed"));
    world.source.segments[0].coverage = Coverage::Partial("page 3 timed out".into());
    assert!(refusal(&world, &associate(&site("s9"), &target)).contains("page 3 timed out"));
}

#[test]
fn u08_f088_a_mapped_or_ignored_site_is_not_mapped_again() {
    let mut world = World::new();
    let (s1, s2) = (world.site("s1", "Acme"), world.site("s2", "Fabrikam"));
    let (c1, c2) = (world.company("c1", "Acme"), world.company("c2", "Fabrikam"));
    let id = world.associate(&s1, &c1);
    world.decide(Decision::Ignore { source: s2.clone() });
    let expected = "site \"Acme\" (s1) is mapped to company \"Acme\" (c1) already (association 2): \
                    change that association instead";
    assert_eq!(id, AssociationId(2));
    assert_eq!(refusal(&world, &associate(&s1, &c2)), expected);
    assert!(refusal(&world, &Decision::Ignore { source: s1 }).contains("mapped to"));
    assert!(matches!(
        check(&world, &associate(&s2, &c2)),
        Err(DecisionError::SiteIgnored { .. })
    ));
    assert!(matches!(
        check(&world, &Decision::Ignore { source: s2 }),
        Err(DecisionError::AlreadySo(_))
    ));
}

#[test]
fn f029_a_mapped_company_is_refused_and_its_site_named() {
    let mut world = World::new();
    let (s1, s2, c1) = (
        world.site("s1", "Acme"),
        world.site("s2", "Other"),
        world.company("c1", "Acme"),
    );
    world.associate(&s1, &c1);
    let decision = associate(&s2, &c1);
    assert_eq!(
        refusal(&world, &decision),
        "company \"Acme\" (c1) is used by site \"Acme\" (s1) already (association 2)"
    );
    let many = MappingPolicy {
        cardinality: Cardinality::ManyToOne,
        ..policy()
    };
    assert!(check_as(&world, &many, &decision).is_ok());
}

#[test]
fn a_company_must_be_visible_and_no_folder() {
    let mut world = World::new();
    let site = world.site("s1", "Acme");
    let folder = world.company_as("f1", "North", Role::Folder);
    assert!(refusal(&world, &associate(&site, &folder)).contains("it is a folder"));
    assert!(refusal(&world, &associate(&site, &company("c9"))).contains("not visible"));
}

#[test]
fn n17_f068_entities_of_another_tenant_are_refused() {
    let mut world = World::new();
    let (site, target) = (world.site("s1", "Acme"), world.company("c1", "Acme"));
    let other = Instance::new(Vendor::new("gravityzone"), "cloud/0002").entity(Kind::COMPANY, "c1");
    let foreign = Instance::new(Vendor::new("datto-rmm"), "merlot/xyz").entity(Kind::SITE, "s1");
    for decision in [
        associate(&site, &other),
        associate(&foreign, &target),
        create_under(&site, "New", &other),
    ] {
        assert!(
            matches!(
                check(&world, &decision),
                Err(DecisionError::OtherTenant { .. })
            ),
            "{decision:?}"
        );
    }
    // A company is no site, even of the right tenants.
    assert!(matches!(
        check(&world, &associate(&target, &target)),
        Err(DecisionError::OtherTenant { .. })
    ));
}

#[test]
fn f031_f089_set_as_new_is_refused_where_the_company_exists() {
    let mut world = World::new();
    let site = world.site("s1", "Acme");
    world.company("c1", "ACME");
    assert_eq!(
        refusal(&world, &create(&site, "acme")),
        "the name \"acme\" is in use by company \"ACME\" (c1): map to that, or choose another name"
    );
    assert!(
        check(&world, &create(&site, "Acme Ltd")).is_ok(),
        "another name, for the vendor as well"
    );
    // A folder is no company.
    world.company_as("f1", "North", Role::Folder);
    assert!(check(&world, &create(&site, "North")).is_ok());
}

#[test]
fn names_must_follow_the_rules_of_the_destination() {
    let mut world = World::new();
    let site = world.site("s1", "Acme");
    for (name, part) in [("", "empty"), (" Acme", "space"), ("<b>Acme</b>", "HTML")] {
        assert!(
            refusal(&world, &create(&site, name)).contains(part),
            "{name:?}"
        );
    }
    assert!(refusal(&world, &create(&site, &"x".repeat(65))).contains("at most 64"));
    assert!(
        check(&world, &create(&site, &"é".repeat(64))).is_ok(),
        "characters, not bytes"
    );
}

#[test]
fn a_new_company_needs_a_partner_above_it() {
    let mut world = World::new();
    let (site, customer) = (world.site("s1", "Acme"), world.company("c1", "Fabrikam"));
    assert!(refusal(&world, &create_under(&site, "Acme", &customer)).contains("no partner"));
    assert!(refusal(&world, &create_under(&site, "Acme", &company("p9"))).contains("not visible"));
    assert!(check(&world, &create_under(&site, "Acme", &gravityzone().root())).is_ok());
    // The company of the key's own is listed nowhere, but what hangs below it is.
    world.destination.segments[0].of = company("own");
    assert!(check(&world, &create_under(&site, "Acme", &company("own"))).is_ok());
}

#[test]
fn a_pair_kept_separate_stays_so_until_taken_back() {
    let mut world = World::new();
    let (site, target) = (world.site("s1", "Acme"), world.company("c1", "Acme"));
    let separate = Decision::KeepSeparate {
        source: site.clone(),
        destination: target.clone(),
    };
    let id = world.decide(check(&world, &separate).unwrap());
    assert!(matches!(
        check(&world, &associate(&site, &target)),
        Err(DecisionError::KeptSeparate { .. })
    ));
    assert!(matches!(
        check(&world, &separate),
        Err(DecisionError::AlreadySo(_))
    ));
    world.decide(check(&world, &Decision::Undo { decision: id }).unwrap());
    world.associate(&site, &target);
    assert!(matches!(
        check(&world, &separate),
        Err(DecisionError::Together { .. })
    ));
}

#[test]
fn f032_a_batch_reports_everything_at_once() {
    let mut world = World::new();
    let (s1, s2, s3) = (
        world.site("s1", "Acme"),
        world.site("s2", "ACME"),
        world.site("s3", "Other"),
    );
    let c1 = world.company("c1", "Fabrikam");
    let error = check_batch(
        &world,
        &[
            create(&s1, "Acme"),
            create(&s2, "ACME"),
            associate(&s3, &c1),
            associate(&s3, &company("c9")),
            Decision::Dissociate {
                association: AssociationId(77),
            },
        ],
    )
    .unwrap_err();
    assert_eq!(
        error
            .errors
            .iter()
            .map(|(number, _)| *number)
            .collect::<Vec<_>>(),
        [2, 4, 4, 5]
    );
    assert_eq!(
        error.errors[0].1.to_string(),
        "a new company of the name \"ACME\" is also decided by number 1 of this batch"
    );
    assert!(matches!(
        error.errors[1].1,
        DecisionError::CompanyUnknown { .. }
    ));
    assert!(matches!(
        error.errors[2].1,
        DecisionError::Clash { with: 3, .. }
    ));
    assert!(
        error
            .to_string()
            .contains("number 5: association 77 is not known")
    );

    let twice = [associate(&s1, &c1), associate(&s2, &c1)];
    assert!(matches!(
        check_batch(&world, &twice).unwrap_err().errors[..],
        [(2, DecisionError::Clash { .. })]
    ));
    let good = [associate(&s1, &c1), create(&s2, "ACME")];
    assert_eq!(check_batch(&world, &good).unwrap(), good);
    assert!(check_batch(&world, &[]).unwrap().is_empty());
}

#[test]
fn f032_a_name_prepared_earlier_is_taken_too() {
    let mut world = World::new();
    let (s1, s2) = (world.site("s1", "Acme"), world.site("s2", "Other"));
    world.decide(create(&s1, "Acme"));
    assert_eq!(
        refusal(&world, &create(&s2, "acme")),
        "a company of the name \"acme\" is already to be created for site \"Acme\" (s1) (association 2)"
    );
}

#[test]
fn f090_an_association_can_be_changed_but_not_to_nothing_new() {
    let mut world = World::new();
    let (s1, c1, c2) = (
        world.site("s1", "A"),
        world.company("c1", "A"),
        world.company("c2", "B"),
    );
    let id = world.associate(&s1, &c1);
    let change = |to: &EntityRef| Decision::Change {
        association: id,
        target: Target::Existing(to.clone()),
    };
    assert!(check(&world, &change(&c2)).is_ok());
    assert!(matches!(
        check(&world, &change(&c1)),
        Err(DecisionError::Unchanged { .. })
    ));
    assert!(matches!(
        check(&world, &change(&company("c9"))),
        Err(DecisionError::CompanyUnknown { .. })
    ));
    let unknown = Decision::Change {
        association: AssociationId(99),
        target: Target::Existing(c2.clone()),
    };
    assert!(matches!(
        check(&world, &unknown),
        Err(DecisionError::AssociationUnknown(AssociationId(99)))
    ));
    let drop = Decision::Dissociate { association: id };
    world.decide(check(&world, &drop).unwrap());
    assert!(matches!(
        check(&world, &drop),
        Err(DecisionError::Leaving { .. })
    ));
    assert!(matches!(
        check(&world, &change(&c2)),
        Err(DecisionError::Leaving { .. })
    ));
}

#[test]
fn f053_f056_an_answer_must_fit_an_open_event() {
    let mut world = World::new();
    let (s1, c1, _) = world.established("1");
    let event = raise(&mut world, EventKind::DestinationMoved, &[&s1, &c1]);
    assert!(check(&world, &answer(&event, Action::Move)).is_ok());
    assert_eq!(
        refusal(&world, &answer(&event, Action::Delete)),
        format!("{event} does not offer Delete, it offers [Move, Ignore]")
    );
    let other = EventId {
        occurrence: 2,
        ..event.clone()
    };
    assert!(matches!(
        check(&world, &answer(&other, Action::Ignore)),
        Err(DecisionError::EventUnknown(_))
    ));
    let unknown = EventId {
        key: EventKey {
            kind: EventKind::SourceDeleted,
            ..event.key.clone()
        },
        occurrence: 1,
    };
    assert!(matches!(
        check(&world, &answer(&unknown, Action::Keep)),
        Err(DecisionError::EventUnknown(_))
    ));

    // F043: moved is answered with move, does nothing and stays open.
    world.decide(answer(&event, Action::Move));
    assert!(check(&world, &answer(&event, Action::Ignore)).is_ok());
    let ignored = world.decide(answer(&event, Action::Ignore));
    assert!(refusal(&world, &answer(&event, Action::Ignore)).contains("it is ignored"));
    world.decide(check(&world, &Decision::Undo { decision: ignored }).unwrap());

    world.log(Body::Cleared {
        key: event.key.clone(),
    });
    assert!(refusal(&world, &answer(&event, Action::Ignore)).contains("it is cleared"));
    let again = raise(&mut world, EventKind::DestinationMoved, &[&s1, &c1]);
    assert!(matches!(
        check(&world, &answer(&event, Action::Ignore)),
        Err(DecisionError::OtherOccurrence { latest: 2, .. })
    ));
    assert!(check(&world, &answer(&again, Action::Ignore)).is_ok());
}

#[test]
fn f041_creating_under_another_name_follows_the_rules_for_names() {
    let mut world = World::new();
    let s1 = world.site("s1", "Acme");
    world.company("c1", "Fabrikam");
    world.decide(create(&s1, "Acme"));
    let event = raise(&mut world, EventKind::DestinationCreation, &[&s1]);
    let name = |name: &str| answer(&event, Action::Create { name: name.into() });
    assert!(check(&world, &name("Acme North")).is_ok());
    assert!(
        check(&world, &name("Acme")).is_ok(),
        "the same again: the other company may be gone"
    );
    assert!(matches!(
        check(&world, &name("fabrikam")),
        Err(DecisionError::NameInUse { .. })
    ));
    assert!(matches!(
        check(&world, &name("")),
        Err(DecisionError::InvalidName(_))
    ));
    world.decide(answer(&event, Action::Ignore));
    let event = raise(&mut world, EventKind::DestinationCreation, &[&s1]);
    let late = answer(
        &event,
        Action::Create {
            name: "Acme".into(),
        },
    );
    assert!(refusal(&world, &late).contains("no association waits"));
}

#[test]
fn f046_recreating_needs_a_name_and_the_recorded_partner() {
    let mut world = World::new();
    let (s1, c1, _) = world.established("1");
    world.vanish(&c1);
    let event = raise(&mut world, EventKind::DestinationDeleted, &[&s1, &c1]);
    let recreate = |name: Option<&str>| {
        answer(
            &event,
            Action::Recreate {
                name: name.map(str::to_owned),
            },
        )
    };
    assert!(check(&world, &recreate(None)).is_ok());
    assert!(check(&world, &recreate(Some("Renamed"))).is_ok());
    world.company("c2", "org 1");
    assert!(matches!(
        check(&world, &recreate(None)),
        Err(DecisionError::NameInUse { .. })
    ));
    assert!(check(&world, &recreate(Some("Renamed"))).is_ok());

    // Never linked, so neither partner nor name were ever recorded.
    let (s9, c9) = (world.site("s9", "Nine"), world.company("c9", "Nine"));
    world.associate(&s9, &c9);
    world.vanish(&c9);
    let event = raise(&mut world, EventKind::DestinationDeleted, &[&s9, &c9]);
    assert!(refusal(&world, &answer(&event, Action::Recreate { name: None })).contains("partner"));
}

#[test]
fn f048_linking_again_is_checked_like_any_association() {
    let mut world = World::new();
    let (s1, s2, c1) = (
        world.site("s1", "A"),
        world.site("s2", "B"),
        world.company("c1", "A"),
    );
    let event = raise(&mut world, EventKind::AssociationMissing, &[&s1, &c1]);
    assert!(check(&world, &answer(&event, Action::Associate)).is_ok());
    world.associate(&s2, &c1);
    assert!(matches!(
        check(&world, &answer(&event, Action::Associate)),
        Err(DecisionError::CompanyMapped { .. })
    ));
    assert!(check(&world, &answer(&event, Action::Ignore)).is_ok());
}

#[test]
fn f050_an_answer_about_an_association_that_is_gone_is_refused() {
    let mut world = World::new();
    let (s1, c1) = (world.site("s1", "A"), world.company("c1", "A"));
    let event = raise(&mut world, EventKind::SourceDeleted, &[&s1, &c1]);
    for action in [Action::Delete, Action::Keep] {
        assert!(refusal(&world, &answer(&event, action)).contains("the association is gone"));
    }
    assert!(check(&world, &answer(&event, Action::Ignore)).is_ok());
    let root = gravityzone().root();
    let hold = raise(&mut world, EventKind::VisibilityChanged, &[&root]);
    assert!(check(&world, &answer(&hold, Action::Accept)).is_ok());
}

#[test]
fn f050_an_association_whose_site_is_back_can_be_taken_back_from_deletion() {
    let mut world = World::new();
    let (s1, c1, id) = world.established("1");
    let event = raise(&mut world, EventKind::SourceDeleted, &[&s1, &c1]);
    world.decide(check(&world, &answer(&event, Action::Delete)).unwrap());
    let drop = Decision::Dissociate { association: id };
    let dropped = world.decide(check(&world, &drop).unwrap());
    assert_eq!(
        world.state.association(id).unwrap().status,
        AssociationStatus::Leaving
    );
    world.decide(check(&world, &Decision::Undo { decision: dropped }).unwrap());
    assert_eq!(
        world.state.association(id).unwrap().status,
        AssociationStatus::Wanted
    );
}

#[test]
fn n14_only_what_still_holds_can_be_taken_back() {
    let mut world = World::new();
    let (s1, s2, c1) = (
        world.site("s1", "A"),
        world.site("s2", "B"),
        world.company("c1", "A"),
    );
    let ignored = world.decide(Decision::Ignore { source: s2 });
    let undo = |decision: EntryId| Decision::Undo { decision };
    assert!(matches!(
        check(&world, &undo(EntryId(99))),
        Err(DecisionError::DecisionUnknown(EntryId(99)))
    ));
    let bound = undo(EntryId(1));
    assert!(
        matches!(
            check(&world, &bound),
            Err(DecisionError::DecisionUnknown(_))
        ),
        "an entry, but no decision"
    );
    let taken_back = world.decide(check(&world, &undo(ignored)).unwrap());
    assert_eq!(
        check(&world, &undo(ignored)),
        Err(DecisionError::AlreadyUndone {
            decision: ignored,
            by: taken_back
        })
    );
    assert!(matches!(
        check(&world, &undo(taken_back)),
        Err(DecisionError::NotUndoable { .. })
    ));

    let associated = world.decide(associate(&s1, &c1));
    assert!(check(&world, &undo(associated)).is_ok());
    let dropped = world.decide(Decision::Dissociate {
        association: associated.into(),
    });
    assert!(matches!(
        check(&world, &undo(associated)),
        Err(DecisionError::NotUndoable { .. })
    ));
    world.decide(check(&world, &undo(dropped)).unwrap());
    let changed = world.decide(Decision::Change {
        association: associated.into(),
        target: Target::New {
            name: "A2".into(),
            parent: company("p1"),
        },
    });
    assert!(refusal(&world, &undo(changed)).contains("change the association again"));
}
