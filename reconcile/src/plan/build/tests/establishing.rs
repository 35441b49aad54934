//! Associations that are wanted: sites, companies and the record.

use super::world::{World, company, new_company, partner, rmm, site, subscription};
use crate::drift::{Action, EventKind};
use crate::inventory::{Index, Organization, Role, Sort};
use crate::plan::{HeldReason, HostStep, Plan, Step, StepId};
use crate::state::{AssociationStatus, Decision, Target};

fn link_of(plan: &Plan) -> &crate::plan::Link {
    match &plan.steps.last().expect("steps").step {
        Step::Host(HostStep::Link(link)) => link,
        other => panic!("{other}"),
    }
}

#[test]
fn f014_f030_f035_f036_a_new_company_gets_package_variable_and_record_in_this_order() {
    let mut world = World::new().with_site("s-1", "Acme");
    let association = world.associate("s-1", new_company("Acme"));
    assert_eq!(
        world.steps(),
        [
            "create company \"Acme\" under 0001 (monthly, endpoint-security, aLaCarte, shared seats, no add-ons)",
            "create package \"site-s-1\" for what step 1 makes with antimalware firewall (removes competitors)",
            "set variable GravityZonePackageLink of site s-1 to the link of what step 2 makes",
            "record s-1 as linked to what step 1 makes",
        ]
    );
    let plan = world.plan();
    let after: Vec<Vec<u32>> = plan
        .steps
        .iter()
        .map(|step| step.after.iter().map(|id| id.0).collect())
        .collect();
    assert_eq!(after, [vec![], vec![1], vec![1, 2], vec![1, 2, 3]]);
    let link = link_of(&plan);
    assert_eq!(
        (link.source_name.as_str(), link.destination_name.as_str()),
        ("Acme", "Acme")
    );
    assert_eq!(link.partner, Some(partner()));

    world.plan_and_apply();
    let established = world.association(association);
    assert_eq!(established.status, AssociationStatus::Established);
    assert_eq!(
        established.package.as_ref().expect("linked").name,
        "site-s-1"
    );
    assert!(established.variable.is_some());
}

#[test]
fn u13_a_second_run_plans_nothing() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_site("s-2", "Bolt")
        .with_company("c-2", "Bolt");
    world.associate("s-1", new_company("Acme"));
    world.associate_existing("s-2", "c-2");
    assert_eq!(world.plan_and_apply().steps.len(), 7);
    let again = world.plan();
    assert_eq!(
        (again.steps, again.held, again.notices),
        (vec![], vec![], vec![])
    );
}

#[test]
fn f032_f033_f034_a_batch_is_one_plan_and_its_associations_do_not_wait_for_each_other() {
    let mut world = World::new().with_company("c-2", "Bolt");
    for (id, name) in [("s-1", "Acme"), ("s-2", "Bolt"), ("s-3", "Cobalt")] {
        world = world.with_site(id, name);
    }
    world.associate("s-3", new_company("Cobalt"));
    world.associate_existing("s-2", "c-2");
    world.associate("s-1", new_company("Acme"));
    let plan = world.plan();
    let ids: Vec<u32> = plan.steps.iter().map(|step| step.id.0).collect();
    assert_eq!(ids, (1..=11).collect::<Vec<_>>());
    let associations: Vec<u64> = plan.steps.iter().map(|step| step.association.0).collect();
    assert_eq!(associations, [2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4]);
    let second = plan.step(StepId(9)).expect("a step");
    assert_eq!(second.after, [StepId(8)]);
    assert!(
        second.step.to_string().contains("for what step 8 makes"),
        "{}",
        second.step
    );
}

#[test]
fn a_company_is_never_created_without_a_subscription() {
    let mut world = World::new().with_site("s-1", "Acme");
    world.policy.subscription = None;
    world.associate("s-1", new_company("Acme"));
    let expected = "site \"Acme\" (s-1) cannot become the new company \"Acme\": the policy names no subscription";
    assert_eq!(
        world.held(),
        (HeldReason::NoSubscription, expected.to_owned())
    );
}

#[test]
fn what_a_new_company_costs_is_said_in_full() {
    let mut world = World::new().with_site("s-1", "Acme");
    let mut costly = subscription("edr-add-on mail-add-on");
    costly.reserved_seats = Some(25);
    world.policy.subscription = Some(costly);
    world.associate("s-1", new_company("Acme"));
    assert_eq!(
        world.notices()[0],
        "the new company \"Acme\" costs money; it subscribes to: monthly, endpoint-security, aLaCarte, 25 seats, \
         add-ons edr-add-on mail-add-on"
    );
}

#[test]
fn f027_only_managed_sites_are_linked() {
    for (role, what) in [
        (Role::OnDemand, "is served on demand only"),
        (Role::Pseudo, "is not a real site"),
    ] {
        let mut world = World::new()
            .with_site("s-1", "Acme")
            .with_company("c-1", "Acme");
        world.site_row("s-1").role = role;
        world.associate_existing("s-1", "c-1");
        assert_eq!(
            world.held(),
            (
                HeldReason::NotManaged,
                format!("site \"Acme\" (s-1) {what}")
            )
        );
    }
}

#[test]
fn a_site_that_is_not_listed_is_not_taken_for_anything() {
    let mut world = World::new().with_company("c-1", "Acme");
    world.associate_existing("s-1", "c-1");
    assert_eq!(
        world.held(),
        (HeldReason::NotVisible, "site s-1 is not listed".to_owned())
    );
    world.partial(&rmm().root(), Sort::Organizations);
    let expected = "site s-1 is not listed, and the listing was read in part: page 2 of 3 failed";
    assert_eq!(world.held(), (HeldReason::NotRead, expected.to_owned()));
}

#[test]
fn a_company_that_is_not_listed_gets_nothing() {
    let mut world = World::new().with_site("s-1", "Acme");
    world.associate_existing("s-1", "c-1");
    assert_eq!(
        world.held(),
        (
            HeldReason::NotVisible,
            "company c-1 is not listed".to_owned()
        )
    );
    world.partial(&partner(), Sort::Organizations);
    assert_eq!(world.held().0, HeldReason::NotRead);

    let mut world = World::new().with_site("s-1", "Acme");
    world.add_company(Organization::new(company("c-1"), "Group", Role::Folder));
    world.associate_existing("s-1", "c-1");
    let expected = "company \"Group\" (c-1) is listed, but not as a company";
    assert_eq!(world.held(), (HeldReason::NotVisible, expected.to_owned()));
}

#[test]
fn f029_u08_a_company_serves_one_site_unless_the_policy_allows_more() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_site("s-2", "Bolt")
        .with_company("c-1", "Acme");
    let first = world.associate_existing("s-1", "c-1");
    let second = world.associate_existing("s-2", "c-1");
    let plan = world.plan();
    assert!(plan.steps.iter().all(|step| step.association == first) && plan.steps.len() == 3);
    assert_eq!(
        (plan.held[0].association, plan.held[0].reason),
        (Some(second), HeldReason::AlreadyMapped)
    );
    let expected = "site \"Bolt\" (s-2) cannot use company \"Acme\" (c-1): site \"Acme\" (s-1) uses it by association 2";
    assert_eq!(plan.held[0].detail, expected);

    world.plan_and_apply();
    assert_eq!(
        world.held(),
        (HeldReason::AlreadyMapped, expected.to_owned())
    );

    world.dissociate(first);
    let plan = world.plan();
    assert_eq!(plan.held.len(), 1);
    assert_eq!(
        plan.held[0].detail,
        format!("{expected}, which is being dropped: plan again afterwards")
    );

    world.policy.many_sites_to_one_company = true;
    let (plan, steps) = (world.plan(), world.plan().steps.len());
    assert_eq!((plan.held.len(), steps), (0, 5), "{}", plan.review());
}

#[test]
fn u08_what_is_in_use_comes_before_an_older_decision() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_site("s-2", "Bolt");
    world = world
        .with_company("c-1", "Acme")
        .with_company("c-2", "Bolt");
    let changed = world.associate_existing("s-1", "c-1");
    let user = world.associate_existing("s-2", "c-2");
    world.plan_and_apply();
    world.decide(Decision::Change {
        association: changed,
        target: Target::Existing(company("c-2")),
    });
    assert_eq!(world.held().0, HeldReason::AlreadyMapped);
    assert_eq!(world.plan().held[0].association, Some(changed));
    // The user of the company is being restored: it still comes first.
    world.raise_and_answer(
        EventKind::VariableMissing,
        &[site("s-2"), company("c-2")],
        Action::Restore,
    );
    let plan = world.plan();
    assert_eq!(plan.held.len(), 1);
    assert_eq!(plan.held[0].association, Some(changed));
    assert!(plan.steps.iter().all(|step| step.association == user));
}

#[test]
fn u08_a_site_cannot_be_linked_twice() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme")
        .with_company("c-2", "Bolt");
    world.policy.many_sites_to_one_company = true;
    world.associate_existing("s-1", "c-1");
    let second = world.associate_existing("s-1", "c-2");
    let plan = world.plan();
    assert_eq!((plan.steps.len(), plan.held.len()), (3, 1));
    assert_eq!(
        (plan.held[0].association, plan.held[0].reason),
        (Some(second), HeldReason::AlreadyMapped)
    );
    assert_eq!(
        plan.held[0].detail,
        "site \"Acme\" (s-1) belongs to company \"Acme\" (c-1) by association 2"
    );
}

#[test]
fn u01_what_was_made_before_is_not_made_again() {
    for done in 1..4 {
        let mut world = World::new().with_site("s-1", "Acme");
        let association = world.associate("s-1", new_company("Acme"));
        let plan = world.plan();
        world.apply(&plan, done);
        assert_eq!(world.steps().len(), 4 - done, "{done} of 4 steps were done");
        world.plan_and_apply();
        assert_eq!(
            world.association(association).status,
            AssociationStatus::Established
        );
        let companies = Index::new(&world.destination).organizations().count();
        let packages = world
            .packages(
                &world
                    .association(association)
                    .destination()
                    .expect("made")
                    .clone(),
            )
            .len();
        assert_eq!(
            (companies, packages, world.variables(&site("s-1")).len()),
            (1, 1, 1)
        );
    }
}

#[test]
fn u01_what_was_just_made_and_does_not_show_yet_is_pending() {
    let fresh = |done| {
        let mut world = World::new().with_site("s-1", "Acme");
        world.associate("s-1", new_company("Acme"));
        let before = world.clone();
        let plan = world.plan();
        world.apply(&plan, done);
        // Read a minute after it was made, and the vendors do not show it yet.
        let (source, destination) = (before.source, before.destination);
        (world, source, destination)
    };
    let (mut world, _, destination) = fresh(1);
    world.destination = destination;
    let detail = "company \"Acme\" (c-made-1) was created a moment ago: read it again";
    assert_eq!(world.held(), (HeldReason::Pending, detail.to_owned()));
    world.later(30);
    assert_eq!(
        world.held().0,
        HeldReason::NotVisible,
        "the window has passed"
    );

    let (mut world, _, _) = fresh(2);
    let made = company("c-made-1");
    world.packages(&made).clear();
    world.destination.taken_at = world.now - jiff::SignedDuration::from_mins(9);
    let detail = "package \"site-s-1\" of company \"Acme\" (c-made-1) was created a moment ago: read it again";
    assert_eq!(world.held(), (HeldReason::Pending, detail.to_owned()));
    world.later(30);
    assert_eq!(
        world.steps().len(),
        3,
        "a package that is gone is made again"
    );

    let (mut world, source, _) = fresh(3);
    world.source = source;
    let detail = "variable GravityZonePackageLink of site \"Acme\" (s-1) was set a moment ago: read it again";
    assert_eq!(world.held(), (HeldReason::Pending, detail.to_owned()));
}

#[test]
fn a_company_that_is_suspended_or_out_of_hand_is_pointed_out() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme");
    world.company_row("c-1").suspended = Some(true);
    world.company_row("c-1").managed_by_us = Some(false);
    world.associate_existing("s-1", "c-1");
    let notices = world.notices();
    assert_eq!(notices[1], "company \"Acme\" (c-1) is suspended");
    assert_eq!(
        notices[2],
        "company \"Acme\" (c-1) may no longer be managed by us, so steps there may be refused"
    );
}

#[test]
fn accepted_differences_are_recorded_and_unanswered_ones_are_not_accepted_in_passing() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme");
    let association = world.associate_existing("s-1", "c-1");
    world.plan_and_apply();
    world.site_row("s-1").name = "Acme North".into();
    world.company_row("c-1").name = "Acme South".into();
    world.company_row("c-1").partner = Some(company("0002"));
    let both = [site("s-1"), company("c-1")];
    world.raise(EventKind::DestinationRenamed, both.to_vec());
    world.raise_and_answer(EventKind::DestinationMoved, &both, Action::Move);
    assert!(world.plan().is_empty(), "F043: the move moves nothing");
    world.raise_and_answer(EventKind::SourceRenamed, &both, Action::Accept);
    let plan = world.plan_and_apply();
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(
        plan.steps[0].because,
        "everything is in place between site \"Acme North\" (s-1) and company \"Acme South\" (c-1)"
    );
    let recorded = world.association(association);
    assert_eq!(recorded.source_name.as_deref(), Some("Acme North"));
    assert_eq!(
        recorded.destination_name.as_deref(),
        Some("Acme"),
        "its event is still open"
    );
    assert_eq!(recorded.partner, Some(partner()), "its event stays listed");

    world.answer(EventKind::DestinationRenamed, both.to_vec(), Action::Accept);
    world.plan_and_apply();
    assert_eq!(
        world.association(association).destination_name.as_deref(),
        Some("Acme South")
    );
}

#[test]
fn a_changed_association_moves_to_the_other_company() {
    let mut world = World::new().with_site("s-1", "Acme");
    world = world
        .with_company("c-1", "Acme")
        .with_company("c-2", "Acme Ltd");
    let association = world.associate_existing("s-1", "c-1");
    world.plan_and_apply();
    world.decide(Decision::Change {
        association,
        target: Target::Existing(company("c-2")),
    });
    assert_eq!(
        world.steps(),
        [
            "create package \"site-s-1\" for company c-2 with antimalware edr firewall (removes competitors)",
            "set variable GravityZonePackageLink of site s-1 to the link of what step 1 makes",
            "record s-1 as linked to company c-2",
        ]
    );
    let stays = "agents that were installed through the old link of site \"Acme\" (s-1) stay where they are";
    assert!(world.notices().iter().any(|notice| notice == stays));
    world.plan_and_apply();
    assert!(world.plan().is_empty());
    assert_eq!(
        world.packages(&company("c-1")).len(),
        1,
        "the old package stays"
    );
}
