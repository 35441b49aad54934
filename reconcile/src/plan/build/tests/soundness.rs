//! What holds of a plan as a value: it is pure, can be stored, and shows when it was tampered with.

use super::world::{World, company, new_company, site};
use crate::inventory::Index;
use crate::plan::{DestinationStep, Input, OnDissociate, Plan, PlanInput, Step, StepId, plan};

#[test]
fn u11_planning_changes_nothing_and_repeats_itself() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_site("s-2", "Bolt")
        .with_company("c-2", "Bolt");
    world.policy.on_dissociate = OnDissociate::DeletePackage;
    world.associate("s-1", new_company("Acme"));
    world.associate_existing("s-2", "c-2");
    let before = world.clone();
    let first = world.plan();
    assert_eq!(world.state, before.state);
    assert_eq!(
        (world.source.clone(), world.destination.clone()),
        (before.source, before.destination)
    );
    assert_eq!(world.plan().digest(), first.digest());
}

#[test]
fn n01_a_plan_survives_storage() {
    let mut world = World::new().with_site("s-1", "Acme");
    world.associate("s-1", new_company("Acme"));
    let plan = world.plan();
    let stored = serde_json::to_string(&plan).expect("stored");
    let loaded: Plan = serde_json::from_str(&stored).expect("loaded");
    assert_eq!((loaded.digest(), &loaded), (plan.digest(), &plan));
}

#[test]
fn n01_a_plan_that_was_tampered_with_does_not_pass_the_check() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Bolt");
    world.associate("s-1", new_company("Acme"));
    let sound = world.plan();

    let mut reordered = sound.clone();
    reordered.steps.swap(0, 1);
    assert!(
        reordered
            .check()
            .contains(&"step 2 stands where step 1 belongs".to_owned())
    );

    let mut unlinked = sound.clone();
    unlinked.steps.pop();
    assert!(
        unlinked
            .check()
            .iter()
            .any(|fault| fault == "step 3 ends association 2 without recording it")
    );

    let mut hasty = sound.clone();
    hasty.steps[1].after.clear();
    assert_eq!(
        hasty.check(),
        ["step 2 needs what step 1 makes and does not wait for it"]
    );

    let mut misled = sound.clone();
    if let Step::Source(crate::plan::SourceStep::SetVariable(set)) = &mut misled.steps[2].step {
        set.package = Input::MadeBy(StepId(1));
    }
    assert_eq!(
        misled.check(),
        ["step 3 needs the package of step 1, which makes none"]
    );

    let mut foreign = sound.clone();
    if let Step::Destination(DestinationStep::CreateCompany(create)) = &mut foreign.steps[0].step {
        create.parent = site("s-1");
    }
    assert_eq!(
        foreign.check(),
        ["step 1 names datto-rmm/merlot/abc123 site s-1, which belongs to another tenant"]
    );

    let mut smuggled = sound.clone();
    let delete = crate::plan::DeleteCompany {
        site: site("s-1"),
        company: company("c-1"),
        name: "Bolt".into(),
        made_by_us: true,
    };
    smuggled.steps[0].step = Step::Destination(DestinationStep::DeleteCompany(delete));
    assert!(smuggled.check().contains(
        &"step 1 deletes something for association 2, which is to be established".to_owned()
    ));
}

#[test]
fn input_order_never_changes_the_plan() {
    let mut world = World::new()
        .with_company("c-1", "Acme")
        .with_company("c-2", "acme");
    for (id, name) in [("s-1", "Acme"), ("s-2", "Acme"), ("s-3", "Bolt")] {
        world = world.with_site(id, name);
        world.associate(id, new_company(name));
    }
    world = world
        .with_variable("s-3", "x")
        .with_package("c-1", "p-1", "a", "x")
        .with_package("c-2", "p-2", "b", "x");
    let plan_of = |world: &World| {
        let (source, destination) = (Index::new(&world.source), Index::new(&world.destination));
        let (state, policy, now) = (&world.state, &world.policy, world.now);
        plan(&PlanInput {
            source: &source,
            destination: &destination,
            state,
            policy,
            now,
        })
        .expect("planned")
    };
    let mut reversed = world.clone();
    for observation in [&mut reversed.source, &mut reversed.destination] {
        observation.segments.reverse();
        for segment in &mut observation.segments {
            match &mut segment.rows {
                crate::inventory::Rows::Organizations(rows) => rows.reverse(),
                crate::inventory::Rows::Packages(rows) => rows.reverse(),
                crate::inventory::Rows::Variables(rows) => rows.reverse(),
                crate::inventory::Rows::Devices(rows) => rows.reverse(),
            }
        }
    }
    assert_eq!(plan_of(&reversed), plan_of(&world));
    let pointed = plan_of(&world)
        .held
        .into_iter()
        .map(|held| held.detail)
        .find(|detail| detail.contains("(s-3)"));
    assert!(
        pointed
            .expect("held")
            .contains("package \"a\" of company \"Acme\" (c-1)")
    );
}
