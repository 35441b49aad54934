//! Names of new companies.

use super::world::{World, company, console, new_company, partner, site};
use crate::drift::{Action, EventKind};
use crate::identity::Kind;
use crate::inventory::{Organization, Role, Sort};
use crate::plan::HeldReason;
use crate::state::{Body, Target};

#[test]
fn f031_a_site_that_exists_as_a_company_is_not_made_anew() {
    for name in ["Acme", "ACME", "acme"] {
        let mut world = World::new()
            .with_site("s-1", "Acme")
            .with_company("c-1", name);
        world.associate("s-1", new_company("Acme"));
        let expected = format!(
            "site \"Acme\" (s-1) cannot become the new company \"Acme\": company {name:?} (c-1) has the name; \
             associate it instead"
        );
        assert_eq!(world.held(), (HeldReason::NameInUse, expected));
    }
}

#[test]
fn f031_a_folder_of_the_name_is_no_company() {
    let mut world = World::new().with_site("s-1", "Acme");
    world.add_company(Organization::new(
        console().entity(Kind::FOLDER, "f-1"),
        "Acme",
        Role::Folder,
    ));
    world.associate("s-1", new_company("Acme"));
    assert_eq!(world.steps().len(), 4);
}

#[test]
fn f032_two_sites_of_one_name_in_a_batch_are_left_to_a_person() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_site("s-2", "Acme")
        .with_site("s-3", "Bolt");
    let (first, second) = (
        world.associate("s-1", new_company("Acme")),
        world.associate("s-2", new_company("ACME")),
    );
    let third = world.associate("s-3", new_company("Bolt"));
    let plan = world.plan();
    assert!(
        plan.steps.iter().all(|step| step.association == third),
        "the rest of the batch goes on"
    );
    let held: Vec<_> = plan
        .held
        .iter()
        .map(|held| (held.association, held.reason))
        .collect();
    assert_eq!(
        held,
        [
            (Some(first), HeldReason::NameInUse),
            (Some(second), HeldReason::NameInUse)
        ]
    );
    assert_eq!(
        plan.held[1].detail,
        "site \"Acme\" (s-2) cannot become the new company \"ACME\": the same name is wanted for site \"Acme\" (s-1)"
    );
}

#[test]
fn a_crowd_that_wants_one_name_is_not_listed_one_by_one() {
    let mut world = World::new();
    for n in 0..9 {
        world = world.with_site(&format!("s-{n}"), "Acme");
        world.associate(&format!("s-{n}"), new_company("Acme"));
    }
    let plan = world.plan();
    assert_eq!((plan.steps.len(), plan.held.len()), (0, 9));
    assert!(
        plan.held[0].detail.ends_with(" and more"),
        "{}",
        plan.held[0].detail
    );
}

#[test]
fn names_outside_the_rules_are_held_with_what_is_wrong() {
    let long = "x".repeat(65);
    for (name, wrong) in [
        (
            long.as_str(),
            format!("the name {long:?} has 65 characters, at most 64 are allowed"),
        ),
        (
            "<b>Acme</b>",
            "the name \"<b>Acme</b>\" looks like HTML, which is not allowed".to_owned(),
        ),
        (" ", "the name is empty".to_owned()),
        (
            "Acme ",
            "the name \"Acme \" begins or ends with a space".to_owned(),
        ),
        (
            "Ac\nme",
            "the name \"Ac\\nme\" contains a control character".to_owned(),
        ),
    ] {
        let mut world = World::new().with_site("s-1", "Acme");
        world.associate("s-1", new_company(name));
        let expected = format!("site \"Acme\" (s-1) cannot become a company: {wrong}");
        assert_eq!(world.held(), (HeldReason::InvalidName, expected));
    }
    let mut world = World::new().with_site("s-1", "Acme");
    world.associate("s-1", new_company(&"é".repeat(64)));
    assert_eq!(world.steps().len(), 4, "characters count, not bytes");
}

#[test]
fn u02_a_partial_company_listing_tells_nothing_of_names() {
    let mut world = World::new().with_site("s-1", "Acme");
    world.associate("s-1", new_company("Acme"));
    world.partial(&partner(), Sort::Organizations);
    let expected = "whether a company is named \"Acme\" already is not known for site \"Acme\" (s-1): the listing was \
                    read in part: page 2 of 3 failed";
    assert_eq!(world.held(), (HeldReason::NotRead, expected.to_owned()));
}

#[test]
fn every_reason_is_named_at_once() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "<i>");
    world.policy.subscription = None;
    world.site_row("s-1").role = Role::OnDemand;
    world.associate("s-1", new_company("<i>"));
    let reasons: Vec<_> = world.plan().held.iter().map(|held| held.reason).collect();
    assert_eq!(
        reasons,
        [
            HeldReason::NotManaged,
            HeldReason::InvalidName,
            HeldReason::NameInUse,
            HeldReason::NoSubscription
        ]
    );
}

#[test]
fn a_partner_that_is_none_or_not_listed_gets_no_company() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Bolt");
    world.associate(
        "s-1",
        Target::New {
            name: "Acme".into(),
            parent: company("c-1"),
        },
    );
    let expected = "site \"Acme\" (s-1) cannot become a company under company \"Bolt\" (c-1), which is no partner";
    assert_eq!(world.held(), (HeldReason::NotVisible, expected.to_owned()));

    let mut world = World::new().with_site("s-1", "Acme");
    world.associate(
        "s-1",
        Target::New {
            name: "Acme".into(),
            parent: company("gone"),
        },
    );
    let expected =
        "the partner of the new company for site \"Acme\" (s-1), company gone, is not listed";
    assert_eq!(world.held(), (HeldReason::NotVisible, expected.to_owned()));
}

#[test]
fn f040_f041_a_name_taken_out_of_sight_waits_for_another_name() {
    let mut world = World::new().with_site("s-1", "Acme");
    world.associate("s-1", new_company("Acme"));
    world.raise(EventKind::DestinationCreation, vec![site("s-1")]);
    let expected = "Destination creation for site \"Acme\" (s-1) waits for an answer: as seen";
    assert_eq!(world.held(), (HeldReason::EventOpen, expected.to_owned()));

    let mut ignoring = world.clone();
    ignoring.answer(
        EventKind::DestinationCreation,
        vec![site("s-1")],
        Action::Ignore,
    );
    assert!(ignoring.steps().is_empty(), "nothing is made");
    assert!(
        ignoring
            .state
            .associations_of(&site("s-1"))
            .next()
            .is_none(),
        "the site stays mappable"
    );

    world.answer(
        EventKind::DestinationCreation,
        vec![site("s-1")],
        Action::Create {
            name: "Acme North".into(),
        },
    );
    assert_eq!(
        world.steps()[0],
        "create company \"Acme North\" under 0001 (monthly, endpoint-security, aLaCarte, shared seats, no add-ons)"
    );
}

#[test]
fn f046_a_deleted_company_is_made_again_with_all_that_belongs_to_it() {
    let mut world = World::new().with_site("s-1", "Acme");
    let association = world.associate("s-1", new_company("Acme"));
    world.plan_and_apply();
    let old = world
        .association(association)
        .destination()
        .expect("made")
        .clone();
    world.remove(&old);
    world.confirm_absent(&old);
    let entities = [site("s-1"), old.clone()];
    world.raise(EventKind::DestinationDeleted, entities.to_vec());

    let mut ignoring = world.clone();
    ignoring.answer(
        EventKind::DestinationDeleted,
        entities.to_vec(),
        Action::Ignore,
    );
    assert!(ignoring.plan().is_empty());
    assert_eq!(
        ignoring.association(association).destination(),
        Some(&old),
        "the dangling association stays"
    );

    let mut renamed = world.clone();
    let name = Some("Acme Two".to_owned());
    renamed.answer(
        EventKind::DestinationDeleted,
        entities.to_vec(),
        Action::Recreate { name },
    );
    assert!(renamed.steps()[0].starts_with("create company \"Acme Two\" under 0001 (monthly"));

    world.answer(
        EventKind::DestinationDeleted,
        entities.to_vec(),
        Action::Recreate { name: None },
    );
    let steps = world.steps();
    assert!(
        steps[0].starts_with("create company \"Acme\" under 0001 (monthly, endpoint-security"),
        "{steps:?}"
    );
    assert!(
        steps[1].starts_with("create package \"site-s-1\" for what step 1 makes"),
        "{steps:?}"
    );
    assert_eq!(
        steps[2],
        "set variable GravityZonePackageLink of site s-1 to the link of what step 2 makes"
    );
    assert_eq!(steps.len(), 4);
    let notices = world.notices();
    let warned = "agents already installed at site \"Acme\" (s-1) stay with the deleted company";
    assert!(notices.iter().any(|notice| notice == warned), "{notices:?}");
    world.plan_and_apply();
    assert_ne!(world.association(association).destination(), Some(&old));
    assert!(world.plan().is_empty(), "U13: a second run plans nothing");
}

#[test]
fn f046_nothing_is_made_while_what_can_be_seen_is_in_question() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_site("s-2", "Bolt");
    let first = world.associate("s-1", new_company("Acme"));
    world.plan_and_apply();
    let old = world
        .association(first)
        .destination()
        .expect("made")
        .clone();
    world.remove(&old);
    world.raise_and_answer(
        EventKind::DestinationDeleted,
        &[site("s-1"), old],
        Action::Recreate { name: None },
    );
    let second = world.associate("s-2", new_company("Bolt"));

    let mut at_source = world.clone();
    at_source.raise(
        EventKind::VisibilityChanged,
        vec![at_source.source.scope.instance.root()],
    );
    let plan = at_source.plan();
    assert_eq!(plan.held.len(), 1);
    assert_eq!(
        (plan.held[0].association, plan.held[0].reason),
        (Some(first), HeldReason::VisibilityChanged)
    );
    assert_eq!(plan.steps.len(), 4, "the plain creation goes on");

    let mut at_destination = world.clone();
    let scope = at_destination.destination.scope.clone();
    at_destination.absorb(Body::Seen {
        scope,
        entities: vec![],
    });
    assert_eq!(at_destination.plan().steps.len(), 8);
    at_destination.destination.scope.rights = Some(crate::identity::Fingerprint::of("fewer"));
    let plan = at_destination.plan();
    let held: Vec<_> = plan
        .held
        .iter()
        .map(|held| (held.association, held.reason))
        .collect();
    assert_eq!(
        held,
        [
            (Some(first), HeldReason::VisibilityChanged),
            (Some(second), HeldReason::VisibilityChanged)
        ]
    );
    assert!(plan.is_empty());
}
