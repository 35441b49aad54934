//! When no plan can be made at all, and for how long one holds.

use jiff::SignedDuration;

use super::world::{World, console, new_company, rmm};
use crate::identity::Instance;
use crate::plan::{ConfirmError, PlanError};
use crate::state::{Body, State};

#[test]
fn an_unbound_state_gives_no_plan() {
    let mut world = World::new();
    world.state = State::new();
    assert_eq!(world.try_plan(), Err(PlanError::NotBound));
}

#[test]
fn n17_readings_of_another_tenant_give_no_plan_and_both_are_named() {
    let other = Instance::new(rmm().vendor, "merlot/xyz789");
    let mut world = World::new();
    world.source.scope.instance = other.clone();
    let error = world.try_plan().unwrap_err();
    assert_eq!(
        error,
        PlanError::WrongSource {
            bound: rmm(),
            read: other
        }
    );
    assert_eq!(
        error.to_string(),
        "the source was read at datto-rmm/merlot/xyz789, but the state is bound to datto-rmm/merlot/abc123: \
         use the credentials of that tenant"
    );

    let other = Instance::new(console().vendor, "cloud/0002");
    let mut world = World::new();
    world.destination.scope.instance = other.clone();
    assert_eq!(
        world.try_plan(),
        Err(PlanError::WrongDestination {
            bound: console(),
            read: other
        })
    );
}

#[test]
fn n01_an_unfinished_execution_is_resumed_before_anything_is_planned() {
    let mut world = World::new().with_site("s-1", "Acme");
    world.associate("s-1", new_company("Acme"));
    let plan = world.plan();
    let digest = plan.digest();
    world.absorb(Body::Confirmed {
        plan: Box::new(plan),
        digest,
    });
    assert_eq!(world.try_plan(), Err(PlanError::Unfinished));
    world.absorb(Body::Abandoned);
    assert!(world.try_plan().is_ok());
}

#[test]
fn n01_a_plan_is_as_old_as_the_older_of_its_readings() {
    let mut world = World::new();
    let read = world.now;
    world.later(50);
    world.destination.taken_at = read;
    let plan = world.plan();
    assert_eq!(plan.made_at, world.now);
    assert_eq!(plan.expires_at, read + SignedDuration::from_hours(1));
    let late = world.now + SignedDuration::from_mins(11);
    let refused = plan.clone().confirm(plan.digest(), &world.state, late);
    assert_eq!(refused, Err(ConfirmError::Expired(plan.expires_at)));
    assert!(
        plan.clone()
            .confirm(plan.digest(), &world.state, world.now)
            .is_ok()
    );
}

#[test]
fn f033_a_confirmation_binds_to_what_was_seen() {
    let mut world = World::new()
        .with_site("s-1", "Acme")
        .with_site("s-2", "Bolt");
    world.associate("s-1", new_company("Acme"));
    let seen = world.plan();
    world.associate("s-2", new_company("Bolt"));
    let now = world.plan();
    let refused = now.clone().confirm(seen.digest(), &world.state, world.now);
    assert_eq!(
        refused,
        Err(ConfirmError::Digest {
            confirmed: seen.digest(),
            actual: now.digest()
        })
    );
    let refused = seen.clone().confirm(seen.digest(), &world.state, world.now);
    assert_eq!(
        refused,
        Err(ConfirmError::Stale {
            planned: seen.state_serial,
            current: world.state.serial()
        })
    );
}
