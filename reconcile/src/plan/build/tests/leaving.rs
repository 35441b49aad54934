//! Associations that are dropped, and how deletions are bounded.

use super::world::{VARIABLE, World, company, new_company, partner, rmm, site};
use crate::drift::{Action, EventKind};
use crate::identity::{EntityRef, Kind};
use crate::inventory::{Organization, Role, Sort, VariableValue};
use crate::plan::{HeldReason, OnDissociate};
use crate::state::{AssociationId, AssociationStatus, Body};

/// A site whose company was made through us.
fn linked() -> (World, AssociationId, EntityRef) {
    let mut world = World::new().with_site("s-1", "Acme");
    let association = world.associate("s-1", new_company("Acme"));
    world.plan_and_apply();
    let company = world
        .association(association)
        .destination()
        .expect("made")
        .clone();
    (world, association, company)
}

/// The same, after the site is gone and deleting the company was chosen.
fn orphaned() -> (World, AssociationId, EntityRef) {
    let (mut world, association, company) = linked();
    world.remove(&site("s-1"));
    world.confirm_absent(&site("s-1"));
    world.raise_and_answer(
        EventKind::SourceDeleted,
        &[site("s-1"), company.clone()],
        Action::Delete,
    );
    assert_eq!(
        world.association(association).status,
        AssociationStatus::LeavingWithCompany
    );
    (world, association, company)
}

#[test]
fn f037_f038_dropping_an_association_removes_our_variable_keeps_the_rest_and_says_so() {
    let (mut world, association, company) = linked();
    world.dissociate(association);
    assert_eq!(
        world.steps(),
        [
            "delete variable GravityZonePackageLink of site s-1".to_owned(),
            format!("record s-1 as no longer linked to {}", company.id),
        ]
    );
    assert_eq!(
        world.notices(),
        [
            "package \"site-s-1\" of company \"Acme\" (c-made-1) stays and is used again if the site is associated again",
            "company \"Acme\" (c-made-1) stays",
        ]
    );
    world.plan_and_apply();
    assert!(world.state.association(association).is_none());
    assert!(world.variables(&site("s-1")).is_empty());
    assert!(world.plan().is_empty(), "U13: a second run plans nothing");

    world.associate_existing("s-1", &company.id);
    assert_eq!(
        world.steps()[0],
        "set variable GravityZonePackageLink of site s-1 to the link of package p-made-2",
        "the kept package is used again"
    );
}

#[test]
fn f038_by_policy_the_package_goes_too_if_it_was_created_through_us() {
    let (mut world, association, company) = linked();
    world.policy.on_dissociate = OnDissociate::DeletePackage;
    world.dissociate(association);
    let plan = world.plan();
    let steps: Vec<_> = plan
        .steps
        .iter()
        .map(|step| step.step.to_string())
        .collect();
    assert_eq!(
        steps[1],
        format!("delete package \"site-s-1\" of company {}", company.id)
    );
    assert_eq!(
        plan.steps[1].after,
        [plan.steps[0].id],
        "first nobody is sent to it any more"
    );
    world.plan_and_apply();
    assert!(world.packages(&company).is_empty());

    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme")
        .with_package("c-1", "p-1", "site-s-1", "link one");
    world.policy.on_dissociate = OnDissociate::DeletePackage;
    let association = world.associate_existing("s-1", "c-1");
    world.plan_and_apply();
    world.dissociate(association);
    assert_eq!(world.steps().len(), 2);
    assert_eq!(
        world.notices()[0],
        "package \"site-s-1\" of company \"Acme\" (c-1) was not created through us and stays"
    );
}

#[test]
fn f038_a_package_that_was_renamed_or_cannot_be_seen_is_not_deleted() {
    let (mut world, association, company) = linked();
    world.policy.on_dissociate = OnDissociate::DeletePackage;
    world.dissociate(association);
    let mut renamed = world.clone();
    renamed.packages(&company)[0].name = "edited".into();
    assert_eq!(renamed.steps().len(), 2);
    assert_eq!(
        renamed.notices()[0],
        "package \"site-s-1\" of company \"Acme\" (c-made-1) is named \"edited\" now and stays"
    );
    let mut gone = world.clone();
    gone.packages(&company).clear();
    assert_eq!(
        gone.notices()[0],
        "package \"site-s-1\" of company \"Acme\" (c-made-1) is gone already"
    );
    world.partial(&company, Sort::Packages);
    assert_eq!(world.held().0, HeldReason::NotRead);
}

#[test]
fn f038_a_package_that_serves_another_association_stays() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_site("s-2", "Bolt");
    world.policy.many_sites_to_one_company = true;
    world.policy.on_dissociate = OnDissociate::DeletePackage;
    let first = world.associate("s-1", new_company("Acme"));
    world.plan_and_apply();
    let linked = world.association(first).clone();
    let company = linked.destination().expect("made").clone();
    // By hand, the other site was sent to the same package.
    let value = linked.variable.expect("set").value;
    world.set_variable(&site("s-2"), VARIABLE, VariableValue::Is(value));
    world.associate_existing("s-2", &company.id);
    world.plan_and_apply();
    world.dissociate(first);
    assert_eq!(world.steps().len(), 2);
    assert_eq!(
        world.notices()[0],
        "package \"site-s-1\" of company \"Acme\" (c-made-1) serves another association too and stays"
    );
}

#[test]
fn u03_what_is_listed_is_not_absent_whatever_was_looked_at_before() {
    let (mut world, association, _) = linked();
    world.confirm_absent(&site("s-1"));
    world.dissociate(association);
    assert_eq!(
        world.steps().len(),
        2,
        "the variable is there and ours, so it is deleted"
    );
}

#[test]
fn nothing_was_made_so_only_the_record_goes() {
    let mut world = World::new().with_site("s-1", "Acme");
    let association = world.associate("s-1", new_company("Acme"));
    world.dissociate(association);
    assert_eq!(world.steps(), ["record s-1 as no longer wanted"]);
}

#[test]
fn n11_a_variable_that_is_not_ours_any_more_is_not_deleted() {
    let (mut world, association, _) = linked();
    world.dissociate(association);
    let mut foreign = world.clone().with_variable("s-1", "someone's");
    let (reason, detail) = foreign.held();
    assert_eq!(reason, HeldReason::ForeignValue);
    assert!(
        detail.ends_with("which we did not write, so it is not deleted"),
        "{detail}"
    );
    foreign.set_variable(&site("s-1"), VARIABLE, VariableValue::Masked);
    assert_eq!(foreign.held().0, HeldReason::MaskedValue);
    foreign.variables(&site("s-1")).clear();
    assert_eq!(foreign.steps().len(), 1, "what is gone needs no step");
    assert_eq!(
        foreign.notices()[0],
        "site \"Acme\" (s-1) has no variable GravityZonePackageLink any more"
    );
}

#[test]
fn an_account_variable_that_would_show_holds_the_deletion() {
    let (world, association, _) = linked();
    let mut world = world.with_account_variable();
    world.dissociate(association);
    let expected = "variable GravityZonePackageLink of site \"Acme\" (s-1) is not deleted: the account's variable of \
                    that name would show instead";
    assert_eq!(
        world.held(),
        (HeldReason::ShinesThrough, expected.to_owned())
    );

    let (mut world, association, _) = linked();
    world.partial(&rmm().root(), Sort::Variables);
    world.dissociate(association);
    let (reason, detail) = world.held();
    assert_eq!(reason, HeldReason::NotRead);
    assert!(
        detail.ends_with(
            "the listing of the account's variables was read in part: page 2 of 3 failed"
        ),
        "{detail}"
    );
}

#[test]
fn u03_nothing_is_deleted_on_a_partial_listing() {
    let (mut world, association, _) = linked();
    world.dissociate(association);
    world.partial(&site("s-1"), Sort::Variables);
    assert_eq!(world.held().0, HeldReason::NotRead);

    let (mut world, association, _) = linked();
    world.dissociate(association);
    world.remove(&site("s-1"));
    assert_eq!(world.held().0, HeldReason::NotVisible);
    world.partial(&rmm().root(), Sort::Organizations);
    assert_eq!(world.held().0, HeldReason::NotRead);
    world.confirm_absent(&site("s-1"));
    assert_eq!(
        world.steps().len(),
        1,
        "a site that is confirmed absent has no variable to delete"
    );
}

#[test]
fn u03_nothing_is_deleted_while_what_can_be_seen_is_in_question() {
    let (mut world, association, company) = linked();
    world.dissociate(association);
    world.raise(EventKind::VisibilityChanged, vec![rmm().root()]);
    let (reason, detail) = world.held();
    assert_eq!(reason, HeldReason::VisibilityChanged);
    assert_eq!(
        detail,
        "variable GravityZonePackageLink of site \"Acme\" (s-1) is not deleted: what the credentials may see at \
         datto-rmm/merlot/abc123 has changed and was not accepted yet"
    );
    world.answer(
        EventKind::VisibilityChanged,
        vec![rmm().root()],
        Action::Accept,
    );
    assert_eq!(world.steps().len(), 2);

    for side in [rmm().root(), company.instance.root()] {
        let (mut world, _, _) = orphaned();
        world.raise(EventKind::VisibilityChanged, vec![side]);
        assert_eq!(world.held().0, HeldReason::VisibilityChanged);
    }
}

#[test]
fn f050_n04_deleting_the_company_with_its_association_has_its_own_consent() {
    let (mut world, association, company) = orphaned();
    assert_eq!(
        world.steps(),
        [
            "delete company \"Acme\" (c-made-1, created through us)".to_owned(),
            format!("record s-1 as no longer linked to {}", company.id),
        ]
    );
    assert_eq!(
        world.notices(),
        [
            "company \"Acme\" (c-made-1) was created through us; it is deleted for good, and only if it is empty"
        ]
    );
    world.plan_and_apply();
    assert!(world.state.association(association).is_none());
    assert!(world.plan().is_empty());
}

#[test]
fn f051_keeping_the_company_drops_the_record_only() {
    let (mut world, association, company) = linked();
    world.remove(&site("s-1"));
    world.raise_and_answer(
        EventKind::SourceDeleted,
        &[site("s-1"), company.clone()],
        Action::Keep,
    );
    assert_eq!(
        world.steps(),
        [format!("record s-1 as no longer linked to {}", company.id)]
    );
    assert_eq!(
        world.notices(),
        ["company \"Acme\" (c-made-1) and its package stay"]
    );
    world.plan_and_apply();
    assert!(world.state.association(association).is_none());

    let (mut world, association, company) = linked();
    world.remove(&site("s-1"));
    world.raise_and_answer(
        EventKind::SourceDeleted,
        &[site("s-1"), company],
        Action::Ignore,
    );
    assert!(world.plan().is_empty());
    assert_eq!(
        world.association(association).status,
        AssociationStatus::Established,
        "ignored, it stays"
    );
}

#[test]
fn n04_a_company_that_must_not_go_is_not_deleted() {
    fn held(change: impl FnOnce(&mut World, &EntityRef)) -> (HeldReason, String) {
        let (mut world, _, company) = orphaned();
        change(&mut world, &company);
        world.held()
    }
    let not_deletable = |why: &str| {
        (
            HeldReason::NotDeletable,
            format!("company \"Acme\" (c-made-1) is not deleted: {why}"),
        )
    };
    let not_customer = held(|world, company| world.company_row(&company.id).role = Role::Partner);
    assert_eq!(not_customer, not_deletable("it is not a customer"));
    let top = held(|world, company| world.destination.scope.root = company.clone());
    assert_eq!(
        top,
        not_deletable("it is the top of the tree or the partner of new companies")
    );
    let parent = held(|world, company| {
        let mut child = Organization::new(
            company.instance.entity(Kind::FOLDER, "f-1"),
            "Below",
            Role::Folder,
        );
        child.parent = Some(company.clone());
        world.add_company(child);
    });
    assert_eq!(
        parent,
        not_deletable("other companies or folders are below it")
    );
    let back =
        held(|world, _| world.add_site(Organization::new(site("s-1"), "Acme", Role::Managed)));
    assert_eq!(back, not_deletable("site \"Acme\" (s-1) is listed again"));
    let unread = held(|world, _| world.partial(&partner(), Sort::Organizations));
    assert_eq!(unread.0, HeldReason::NotRead);
    let unread = held(|world, _| world.partial(&rmm().root(), Sort::Organizations));
    assert_eq!(unread.0, HeldReason::NotRead);
    let gone = held(World::remove);
    assert_eq!(gone.0, HeldReason::NotVisible);

    let (mut world, association, company) = orphaned();
    world = world.with_site("s-2", "Bolt");
    world.associate_existing("s-2", &company.id);
    let plan = world.plan();
    assert!(plan.is_empty(), "{}", plan.review());
    let of_company: Vec<_> = plan
        .held
        .iter()
        .map(|held| (held.association, held.reason))
        .collect();
    assert_eq!(of_company[0], (Some(association), HeldReason::NotDeletable));
    assert_eq!(of_company[1].1, HeldReason::AlreadyMapped);
}

#[test]
fn f050_a_company_that_is_confirmed_gone_too_needs_no_deletion() {
    let (mut world, _, company) = orphaned();
    world.remove(&company);
    world.confirm_absent(&company);
    assert_eq!(
        world.steps(),
        [format!("record s-1 as no longer linked to {}", company.id)]
    );
    assert_eq!(
        world.notices(),
        ["company \"Acme\" (c-made-1) is confirmed deleted already"]
    );
}

/// That many linked sites, of which the first so many are dropped.
fn many(all: usize, dropped: usize) -> World {
    let mut world = World::new();
    let mut associations = Vec::new();
    for n in 0..all {
        world = world
            .with_site(&format!("s-{n}"), &format!("Site {n}"))
            .with_company(&format!("c-{n}"), &format!("Company {n}"));
        associations.push(world.associate_existing(&format!("s-{n}"), &format!("c-{n}")));
    }
    world.plan_and_apply();
    for association in &associations[..dropped] {
        world.dissociate(*association);
    }
    world
}

#[test]
fn n04_u03_more_deletions_than_allowed_are_all_held() {
    assert_eq!(many(10, 2).steps().len(), 4, "two of ten are 20 percent");
    let world = many(10, 3);
    let plan = world.plan();
    assert!(plan.is_empty());
    assert!(
        plan.held
            .iter()
            .all(|held| held.reason == HeldReason::TooManyDeletions)
            && plan.held.len() == 3
    );
    assert_eq!(
        plan.held[0].detail,
        "delete variable GravityZonePackageLink of site s-0 wanted for site \"Site 0\" (s-0); deletions for 3 of 10 \
         associations are more than the 5 or 20 percent allowed at once"
    );

    let mut mixed = many(40, 6);
    mixed = mixed.with_site("s-new", "New");
    let new = mixed.associate("s-new", new_company("New"));
    let plan = mixed.plan();
    assert_eq!(plan.held.len(), 6, "six are more than five");
    assert!(
        plan.steps.iter().all(|step| step.association == new) && plan.steps.len() == 4,
        "the rest goes on"
    );

    mixed.associate("s-unknown", new_company("Unknown"));
    let order: Vec<_> = mixed
        .plan()
        .held
        .iter()
        .map(|held| held.association)
        .collect();
    assert!(
        order.is_sorted() && order.len() == 7,
        "by association, whatever the reason: {order:?}"
    );

    let mut allowed = many(40, 6);
    allowed.policy.deletions.count = 6;
    assert_eq!(allowed.steps().len(), 12);
}

#[test]
fn n04_records_that_delete_nothing_do_not_count_as_deletions() {
    let mut world = many(10, 0);
    for n in 0..10 {
        world.raise_and_answer(
            EventKind::SourceDeleted,
            &[site(&format!("s-{n}")), company(&format!("c-{n}"))],
            Action::Keep,
        );
    }
    assert_eq!(world.steps().len(), 10);
}

#[test]
fn f052_a_site_that_became_on_demand_is_dropped_like_any_other() {
    let (mut world, association, company) = linked();
    world.site_row("s-1").role = Role::OnDemand;
    world.raise_and_answer(
        EventKind::SiteOnDemand,
        &[site("s-1"), company],
        Action::Delete,
    );
    assert_eq!(world.steps().len(), 2);
    world.plan_and_apply();
    assert!(world.state.association(association).is_none());
}

#[test]
fn dropping_what_was_just_linked_waits_until_its_variable_shows() {
    let (mut world, association, _) = linked();
    world.dissociate(association);
    world.variables(&site("s-1")).clear();
    world.source.taken_at = world.now - jiff::SignedDuration::from_mins(8);
    assert_eq!(world.held().0, HeldReason::Pending);
    let scope = world.source.scope.clone();
    world.absorb(Body::Seen {
        scope,
        entities: vec![site("s-1")],
    });
    world.later(10);
    assert_eq!(world.steps().len(), 1);
}
