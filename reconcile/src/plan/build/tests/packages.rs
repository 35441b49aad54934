//! The package of an association and its modules.

use super::world::{World, company, package, site, subscription, words};
use crate::drift::{Action, EventKind};
use crate::inventory::Sort;
use crate::plan::{DestinationStep, HeldReason, HostStep, Plan, Step};
use crate::state::LinkedPackage;

fn link_of(plan: &Plan) -> &crate::plan::Link {
    match &plan.steps.last().expect("steps").step {
        Step::Host(HostStep::Link(link)) => link,
        other => panic!("{other}"),
    }
}

fn modules_of(plan: &Plan) -> Vec<&str> {
    let modules = plan.steps.iter().find_map(|step| match &step.step {
        Step::Destination(DestinationStep::CreatePackage(package)) => Some(&package.modules),
        _ => None,
    });
    modules
        .expect("a package is created")
        .iter()
        .map(String::as_str)
        .collect()
}

#[test]
fn f015_f019_f020_f021_effective_modules_are_those_that_the_subscription_allows() {
    // Antimalware always; free modules as asked; Exchange and EDR only with their add-ons.
    for (add_ons, allowed, dropped) in [
        ("", "antimalware firewall", Some("edr exchange")),
        ("edr-add-on", "antimalware edr firewall", Some("exchange")),
        (
            "edr-add-on mail-add-on",
            "antimalware edr exchange firewall",
            None,
        ),
    ] {
        let mut world = World::new()
            .with_site("s-1", "Acme")
            .with_company("c-1", "Acme");
        world.policy.modules = words("firewall edr exchange");
        world.company_row("c-1").subscription = Some(subscription(add_ons));
        world.associate_existing("s-1", "c-1");
        assert_eq!(modules_of(&world.plan()).join(" "), allowed);
        let mut expected = vec![];
        if let Some(dropped) = dropped {
            expected.push(format!(
                "the subscription of company \"Acme\" (c-1) drops these modules: {dropped}"
            ));
        }
        expected.push(format!(
            "the package for company \"Acme\" (c-1) installs: {allowed}"
        ));
        assert_eq!(world.notices(), expected);
    }
}

#[test]
fn f021_an_unread_subscription_drops_nothing_and_says_that_it_might() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme");
    world.company_row("c-1").subscription = None;
    world.associate_existing("s-1", "c-1");
    assert_eq!(
        modules_of(&world.plan()),
        ["antimalware", "edr", "firewall"]
    );
    assert_eq!(
        world.notices(),
        [
            "the subscription of company \"Acme\" (c-1) was not read: which modules it drops is only known after reading \
          back"
        ]
    );
}

#[test]
fn f023_competitors_are_removed_unless_the_policy_keeps_them_and_the_risk_is_said() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme");
    world.associate_existing("s-1", "c-1");
    assert!(world.steps()[0].ends_with("(removes competitors)"));
    world.policy.remove_competitors = false;
    assert!(world.steps()[0].ends_with("(keeps competitors)"));
    let risk = "the package for company \"Acme\" (c-1) keeps competing products: removing them by hand is at your own risk";
    assert!(world.notices().iter().any(|notice| notice == risk));
}

#[test]
fn f017_a_kept_package_is_used_again_and_its_edited_modules_are_shown() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme")
        .with_package("c-1", "p-1", "site-s-1", "link one");
    world.packages(&company("c-1"))[0].modules = Some(words("antimalware firewall encryption"));
    world.associate_existing("s-1", "c-1");
    assert_eq!(
        world.steps(),
        [
            "set variable GravityZonePackageLink of site s-1 to the link of package p-1",
            "record s-1 as linked to company c-1",
        ]
    );
    assert_eq!(
        world.notices(),
        [
            "package \"site-s-1\" of company \"Acme\" (c-1) is used as it is: against the modules wanted it lacks edr and \
          also has encryption"
        ]
    );
    let linked = LinkedPackage {
        package: package("p-1"),
        name: "site-s-1".into(),
        modules: Some(words("antimalware firewall encryption")),
    };
    assert_eq!(link_of(&world.plan()).package, Some(linked));
}

#[test]
fn u04_two_packages_of_the_derived_name_are_left_to_a_person() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme")
        .with_package("c-1", "p-1", "site-s-1", "link one")
        .with_package("c-1", "p-2", "site-s-1", "link two");
    world.associate_existing("s-1", "c-1");
    let expected = "company \"Acme\" (c-1) has more than one package named \"site-s-1\"";
    assert_eq!(world.held(), (HeldReason::NameInUse, expected.to_owned()));
}

#[test]
fn u02_a_partial_package_listing_makes_no_second_package() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme");
    world.associate_existing("s-1", "c-1");
    world.partial(&company("c-1"), Sort::Packages);
    let expected = "the listing of the packages of company \"Acme\" (c-1) was read in part: page 2 of 3 failed";
    assert_eq!(world.held(), (HeldReason::NotRead, expected.to_owned()));
}

#[test]
fn packages_of_other_companies_in_a_listing_are_not_used() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme")
        .with_package("c-1", "p-1", "site-s-1", "link one");
    world.packages(&company("c-1"))[0].company = company("c-9");
    world.associate_existing("s-1", "c-1");
    assert_eq!(world.steps().len(), 3, "an own package is created");
}

#[test]
fn n11_no_package_is_created_while_what_can_be_seen_is_in_question() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme");
    world.associate_existing("s-1", "c-1");
    world.raise(
        EventKind::VisibilityChanged,
        vec![world.destination.scope.instance.root()],
    );
    assert_eq!(world.held().0, HeldReason::VisibilityChanged);
    let mut world = world.with_package("c-1", "p-1", "site-s-1", "link one");
    assert_eq!(world.steps().len(), 2, "what needs no creation goes on");
    world.plan_and_apply();
    assert!(world.plan().is_empty());
}

#[test]
fn f017_changed_modules_are_recorded_once_they_are_accepted() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme");
    let association = world.associate_existing("s-1", "c-1");
    world.plan_and_apply();
    let modules = |world: &World| {
        world
            .association(association)
            .package
            .clone()
            .expect("linked")
            .modules
    };
    let before = modules(&world);
    world.packages(&company("c-1"))[0].modules = Some(words("antimalware"));
    world.raise(EventKind::PackageChanged, vec![site("s-1"), company("c-1")]);
    world.raise_and_answer(EventKind::SourceRenamed, &[site("s-1")], Action::Accept);
    world.plan_and_apply();
    assert_eq!(modules(&world), before);
    world.answer(
        EventKind::PackageChanged,
        vec![site("s-1"), company("c-1")],
        Action::Accept,
    );
    world.plan_and_apply();
    assert_eq!(modules(&world), Some(words("antimalware")));
}
