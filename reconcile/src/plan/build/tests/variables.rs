//! The site variable: compare and set, taken over where it is right, never overwritten where it is not ours.

use super::world::{VARIABLE, World, company, package, site};
use crate::drift::{Action, EventKind};
use crate::identity::{EntityRef, Fingerprint};
use crate::inventory::{Sort, VariableValue};
use crate::plan::{HeldReason, HostStep, Step};
use crate::state::{AssociationId, AssociationStatus, LinkedVariable};

fn linked_world() -> (World, AssociationId) {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme");
    let association = world.associate_existing("s-1", "c-1");
    world.plan_and_apply();
    (world, association)
}

fn both() -> [EntityRef; 2] {
    [site("s-1"), company("c-1")]
}

#[test]
fn n11_a_value_that_is_not_ours_is_held_and_shown_with_the_company_it_points_to() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme")
        .with_company("c-2", "Bolt")
        .with_package("c-2", "p-2", "by hand", "link two")
        .with_variable("s-1", "link two");
    world.associate_existing("s-1", "c-1");
    let expected = "variable GravityZonePackageLink of site \"Acme\" (s-1) holds the link of package \"by hand\" of \
                    company \"Bolt\" (c-2), which we did not write";
    assert_eq!(
        world.held(),
        (HeldReason::ForeignValue, expected.to_owned())
    );

    world = world.with_variable("s-1", "anything");
    let expected = format!(
        "variable GravityZonePackageLink of site \"Acme\" (s-1) holds a value (#{}) that is no installation link that \
         was read, which we did not write",
        Fingerprint::of("anything").short()
    );
    assert_eq!(world.held(), (HeldReason::ForeignValue, expected));
}

#[test]
fn n11_nothing_can_be_said_of_a_masked_value() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme");
    world.set_variable(&site("s-1"), VARIABLE, VariableValue::Masked);
    world.associate_existing("s-1", "c-1");
    let expected = "variable GravityZonePackageLink of site \"Acme\" (s-1) is masked, so whether its value is ours \
                    cannot be told";
    assert_eq!(world.held(), (HeldReason::MaskedValue, expected.to_owned()));
}

#[test]
fn u02_a_partial_variable_listing_proves_no_absence() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme");
    world.associate_existing("s-1", "c-1");
    world.partial(&site("s-1"), Sort::Variables);
    let expected =
        "the listing of the variables of site \"Acme\" (s-1) was read in part: page 2 of 3 failed";
    assert_eq!(world.held(), (HeldReason::NotRead, expected.to_owned()));
    world
        .source
        .segments
        .retain(|segment| segment.of != site("s-1"));
    let expected = "the listing of the variables of site \"Acme\" (s-1) was not read";
    assert_eq!(world.held(), (HeldReason::NotRead, expected.to_owned()));
}

#[test]
fn two_variables_of_one_name_are_left_to_a_person() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme")
        .with_variable("s-1", "x");
    let mut twin = world.variables(&site("s-1"))[0].clone();
    twin.id = "twin".into();
    world.variables(&site("s-1")).push(twin);
    world.associate_existing("s-1", "c-1");
    let expected = "site \"Acme\" (s-1) has more than one variable named GravityZonePackageLink";
    assert_eq!(
        world.held(),
        (HeldReason::ForeignValue, expected.to_owned())
    );
}

#[test]
fn f048_an_estate_set_up_by_hand_is_taken_over_without_a_write() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme")
        .with_package("c-1", "p-1", "made by hand", "link one")
        .with_variable("s-1", "link one");
    world.raise_and_answer(EventKind::AssociationMissing, &both(), Action::Associate);
    let plan = world.plan();
    assert_eq!(plan.steps.len(), 1, "{}", plan.review());
    let Step::Host(HostStep::Link(link)) = &plan.steps[0].step else {
        panic!("{}", plan.steps[0].step)
    };
    let linked = link.package.as_ref().expect("taken over");
    assert_eq!(
        (&linked.package, linked.name.as_str()),
        (&package("p-1"), "made by hand")
    );
    assert_eq!(
        link.variable,
        Some(LinkedVariable {
            name: VARIABLE.into(),
            value: Fingerprint::of("link one")
        })
    );
    world.plan_and_apply();
    assert!(world.plan().is_empty());

    let mut refused = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme");
    refused.raise_and_answer(EventKind::AssociationMissing, &both(), Action::Ignore);
    assert!(refused.plan().is_empty(), "no link is made");
}

#[test]
fn drift_is_not_repaired_until_a_person_asks_for_it() {
    let (mut world, _) = linked_world();
    world.variables(&site("s-1")).clear();
    world.packages(&company("c-1")).clear();
    let plan = world.plan();
    assert_eq!((plan.steps, plan.held), (vec![], vec![]));
}

#[test]
fn n11_a_missing_variable_is_put_back_when_asked() {
    let (mut world, association) = linked_world();
    let before = world.association(association).variable.clone();
    world.variables(&site("s-1")).clear();
    world.raise_and_answer(EventKind::VariableMissing, &both(), Action::Restore);
    assert_eq!(
        world.steps(),
        [
            "set variable GravityZonePackageLink of site s-1 to the link of package p-made-1",
            "record s-1 as linked to company c-1",
        ]
    );
    world.plan_and_apply();
    assert_eq!(world.association(association).variable, before);
    assert!(!world.association(association).restore);
}

#[test]
fn n11_a_changed_variable_is_put_back_when_asked_and_only_from_the_value_seen() {
    let (mut world, _) = linked_world();
    world = world
        .with_company("c-2", "Bolt")
        .with_package("c-2", "p-2", "other", "link two");
    world = world.with_variable("s-1", "link two");
    world.raise_and_answer(EventKind::SourceRenamed, &[site("s-1")], Action::Accept);
    assert_eq!(
        world.held().0,
        HeldReason::ForeignValue,
        "accepting a name does not overwrite a value"
    );
    world.raise_and_answer(EventKind::VariableChanged, &both(), Action::Restore);
    let plan = world.plan();
    let Step::Source(crate::plan::SourceStep::SetVariable(set)) = &plan.steps[0].step else {
        panic!()
    };
    assert_eq!(set.replaces, Some(Fingerprint::of("link two")));
    assert_eq!(
        plan.steps[0].because,
        "variable GravityZonePackageLink of site \"Acme\" (s-1) holds the link of package \"other\" of company \
         \"Bolt\" (c-2), and putting ours back was chosen"
    );
    world.plan_and_apply();
    assert!(world.plan().is_empty());
}

#[test]
fn n11_a_missing_package_is_made_anew_and_the_variable_follows() {
    let (mut world, association) = linked_world();
    world.packages(&company("c-1")).clear();
    world.raise_and_answer(EventKind::PackageMissing, &both(), Action::Restore);
    assert_eq!(
        world.steps(),
        [
            "create package \"site-s-1\" for company c-1 with antimalware edr firewall (removes competitors)",
            "set variable GravityZonePackageLink of site s-1 to the link of what step 1 makes",
            "record s-1 as linked to company c-1",
        ]
    );
    world.plan_and_apply();
    let variable = world
        .association(association)
        .variable
        .clone()
        .expect("set")
        .value;
    assert_eq!(world.packages(&company("c-1"))[0].link, Some(variable));
}

#[test]
fn n11_restoring_puts_our_own_package_back_even_if_the_site_was_sent_to_another() {
    let (mut world, association) = linked_world();
    world.packages(&company("c-1")).clear();
    world = world
        .with_package("c-1", "p-2", "by hand", "link two")
        .with_variable("s-1", "link two");
    let mut accepting = world.clone();
    accepting.raise_and_answer(EventKind::SourceRenamed, &[site("s-1")], Action::Accept);
    accepting.plan_and_apply();
    let taken_over = accepting
        .association(association)
        .package
        .clone()
        .expect("linked");
    assert_eq!(taken_over.name, "by hand");

    world.raise_and_answer(EventKind::PackageMissing, &both(), Action::Restore);
    let steps = world.steps();
    assert_eq!(steps.len(), 3, "{steps:?}");
    assert!(
        steps[0].starts_with("create package \"site-s-1\" for company c-1"),
        "{steps:?}"
    );
}

#[test]
fn f018_a_renamed_package_no_longer_counts_unless_the_site_still_holds_its_link() {
    let (mut world, _) = linked_world();
    world.packages(&company("c-1"))[0].name = "renamed".into();
    world.raise_and_answer(EventKind::SourceRenamed, &[site("s-1")], Action::Accept);
    assert_eq!(
        world.steps().len(),
        1,
        "the link is the same, so deployment works"
    );
    world.packages(&company("c-1"))[0].link = Some(Fingerprint::of("another link"));
    let steps = world.steps();
    assert!(
        steps[0].starts_with("create package \"site-s-1\" for company c-1"),
        "{steps:?}"
    );
}

#[test]
fn a_link_that_was_not_read_is_compared_by_our_own_record() {
    let (mut world, _) = linked_world();
    world.packages(&company("c-1"))[0].link = None;
    world.raise_and_answer(EventKind::SourceRenamed, &[site("s-1")], Action::Accept);
    assert_eq!(world.steps(), ["record s-1 as linked to company c-1"]);
    world = world.with_variable("s-1", "anything");
    let (reason, detail) = world.held();
    assert_eq!(reason, HeldReason::ForeignValue);
    assert!(
        detail.ends_with("which we did not write; the link of package \"site-s-1\" was not read"),
        "{detail}"
    );
}

#[test]
fn a_value_that_lags_behind_our_own_write_is_pending() {
    let (mut world, _) = linked_world();
    world = world.with_variable("s-1", "older value");
    world.raise_and_answer(EventKind::SourceRenamed, &[site("s-1")], Action::Accept);
    assert_eq!(world.held().0, HeldReason::ForeignValue);
    world.source.taken_at = world.now - jiff::SignedDuration::from_mins(6);
    assert_eq!(world.held().0, HeldReason::Pending);
}

#[test]
fn an_account_variable_that_gets_hidden_is_pointed_out() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme")
        .with_account_variable();
    world.associate_existing("s-1", "c-1");
    assert_eq!(world.steps().len(), 3);
    let hides = "the account has a variable GravityZonePackageLink of its own, which that of the site hides for site \
                 \"Acme\" (s-1)";
    assert!(
        world.notices().iter().any(|notice| notice == hides),
        "{:?}",
        world.notices()
    );
}

#[test]
fn a_variable_of_an_older_name_is_not_forgotten() {
    let (mut world, association) = linked_world();
    world.policy.variable = "NewName".into();
    world.raise_and_answer(EventKind::SourceRenamed, &[site("s-1")], Action::Accept);
    assert_eq!(
        world.steps()[0],
        "set variable NewName of site s-1 to the link of package p-made-1"
    );
    let stays = "variable GravityZonePackageLink of site \"Acme\" (s-1) stays beside NewName";
    assert!(world.notices().iter().any(|notice| notice == stays));
    world.plan_and_apply();
    assert_eq!(
        world.association(association).status,
        AssociationStatus::Established
    );
    assert_eq!(
        world
            .association(association)
            .variable
            .as_ref()
            .expect("set")
            .name,
        "NewName"
    );
}
