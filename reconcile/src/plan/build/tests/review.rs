//! What a person reads before confirming, word by word.

use jiff::SignedDuration;

use super::world::{World, new_company};
use crate::plan::{Notice, Plan};
use crate::state::AssociationId;

#[test]
fn f033_a_review_shows_everything_that_a_confirmation_agrees_to() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_company("c-1", "Acme");
    let dropped = world.associate_existing("s-1", "c-1");
    world.plan_and_apply();
    world.policy.deletions.percent = 50;
    world.dissociate(dropped);
    world = world.with_site("s-2", "Bolt").with_site("s-3", "Acme");
    world.associate("s-2", new_company("Bolt"));
    world.associate("s-3", new_company("Acme"));
    let plan = world.plan();
    let expected = format!(
        r#"Plan from datto-rmm/merlot/abc123 to gravityzone/cloud/0001
State serial 10, plan schema 1
Digest {}
Made at 2026-11-21T08:10:00Z, may be confirmed until 2026-11-21T09:10:00Z

Association 2: drop s-1 with c-1
  1. delete variable GravityZonePackageLink of site s-1
     because site "Acme" (s-1) is no longer wanted with company "Acme" (c-1), and the value is ours
  2. record s-1 as no longer linked to c-1
     because site "Acme" (s-1) is no longer wanted with company "Acme" (c-1)
     after 1
  ! package "site-s-1" of company "Acme" (c-1) stays and is used again if the site is associated again
  ! company "Acme" (c-1) stays

Association 9: establish "Bolt" (s-2) with "Bolt" (new)
  3. create company "Bolt" under 0001 (monthly, endpoint-security, aLaCarte, shared seats, no add-ons)
     because site "Bolt" (s-2) is to become a new company
  4. create package "site-s-2" for what step 3 makes with antimalware firewall (removes competitors)
     because the new company "Bolt" has no package "site-s-2"
     after 3
  5. set variable GravityZonePackageLink of site s-2 to the link of what step 4 makes
     because site "Bolt" (s-2) has no variable GravityZonePackageLink
     after 3, 4
  6. record s-2 as linked to what step 3 makes
     because site "Bolt" (s-2) then belongs to the new company "Bolt"
     after 3, 4, 5
  ! the new company "Bolt" costs money; it subscribes to: monthly, endpoint-security, aLaCarte, shared seats, no add-ons
  ! the subscription of the new company "Bolt" drops these modules: edr
  ! the package for the new company "Bolt" installs: antimalware firewall

This deletes:
  step 1: delete variable GravityZonePackageLink of site s-1

Held back:
  association 10: name in use
     site "Acme" (s-3) cannot become the new company "Acme": company "Acme" (c-1) has the name; associate it instead

Steps: 6; companies created: 1; packages created: 1; variables set: 1; associations established: 1; variables deleted: 1; associations dropped: 1
Held back: 1
"#,
        plan.digest()
    );
    assert_eq!(plan.review().to_string(), expected);
}

#[test]
fn a_review_of_nothing_says_so() {
    let plan = World::new().plan();
    let expected = format!(
        "Plan from datto-rmm/merlot/abc123 to gravityzone/cloud/0001\n\
         State serial 1, plan schema 1\n\
         Digest {}\n\
         Made at 2026-11-21T08:00:00Z, may be confirmed until 2026-11-21T09:00:00Z\n\
         \n\
         Nothing to do\n\
         Held back: 0\n",
        plan.digest()
    );
    assert_eq!(plan.review().to_string(), expected);
}

#[test]
fn n01_the_digest_stands_for_everything_that_a_review_shows_but_the_times() {
    let mut world = World::new().with_site("s-1", "Acme").with_site("s-2", " ");
    world.associate("s-1", new_company("Acme"));
    world.associate("s-2", new_company(" "));
    let plan = world.plan();
    let changes: [fn(&mut Plan); 8] = [
        |plan| plan.state_serial += 1,
        |plan| plan.source.tenant.push('x'),
        |plan| plan.destination.tenant.push('x'),
        |plan| plan.steps.truncate(3),
        |plan| plan.steps[3].after.clear(),
        |plan| plan.steps[0].because.push('x'),
        |plan| plan.held[0].detail.push('x'),
        |plan| plan.notices[0].text.push('x'),
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut other = plan.clone();
        change(&mut other);
        assert_ne!(other.digest(), plan.digest(), "change {number}");
    }
    let mut later = plan.clone();
    later.made_at = world.now + SignedDuration::from_hours(3);
    later.expires_at = world.now + SignedDuration::from_hours(4);
    assert_eq!(later.digest(), plan.digest());
}

#[test]
fn names_from_a_vendor_cannot_overwrite_what_a_person_reads() {
    let mut world = World::new().with_site("s-1", "Acme\u{1b}[2K\r\nStep 1 is fine\u{202e}");
    world.associate("s-1", new_company("Acme"));
    world.policy.modules.insert("evil\u{1b}[1A".into());
    let mut plan = world.plan();
    plan.notices.push(Notice {
        association: AssociationId(99),
        text: "two\nlines".into(),
    });
    let review = plan.review().to_string();
    assert!(
        review.chars().all(|c| c == '\n' || !c.is_control()),
        "{review:?}"
    );
    assert!(!review.contains('\u{202e}'));
    assert!(review.contains(r"two\u{a}lines"), "{review}");
    assert!(review.contains("\nAssociation 99\n  ! two"), "{review}");
    assert!(
        !review
            .lines()
            .any(|line| line.starts_with("Step 1 is fine"))
    );
}
