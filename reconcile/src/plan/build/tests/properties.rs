//! What holds of every plan, over random small estates.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::world::{VARIABLE, World, company, new_company, partner, rmm, site};
use crate::drift::{Action, EventKind};
use crate::identity::{EntityRef, Fingerprint};
use crate::inventory::{Index, Organization, Reading, Role, Rows, Sort, VariableValue};
use crate::plan::{DestinationStep, HostStep, OnDissociate, Plan, SourceStep, Step};
use crate::state::{AssociationId, AssociationStatus, Body, Decision, Target};

const SITES: usize = 5;
const COMPANIES: usize = 4;

/// One thing that happens to an estate.
#[derive(Debug, Clone)]
enum Deed {
    Associate(usize, usize),
    Create(usize, usize),
    Dissociate(usize),
    Change(usize, usize),
    Event(usize, usize),
    Apply(usize),
    Variable(usize, usize),
    Package(usize, usize),
    Role(usize, usize),
    Partial(usize),
    RemoveSite(usize),
    RemoveCompany(usize),
    /// A site is gone, and deleting its company is chosen.
    Orphan(usize),
    Policy(usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    let n = 0..8_usize;
    prop_oneof![
        4 => (n.clone(), n.clone()).prop_map(|(a, b)| Deed::Associate(a, b)),
        4 => (n.clone(), n.clone()).prop_map(|(a, b)| Deed::Create(a, b)),
        2 => n.clone().prop_map(Deed::Dissociate),
        1 => (n.clone(), n.clone()).prop_map(|(a, b)| Deed::Change(a, b)),
        4 => (n.clone(), n.clone()).prop_map(|(a, b)| Deed::Event(a, b)),
        3 => n.clone().prop_map(Deed::Apply),
        2 => (n.clone(), n.clone()).prop_map(|(a, b)| Deed::Variable(a, b)),
        2 => (n.clone(), n.clone()).prop_map(|(a, b)| Deed::Package(a, b)),
        1 => (n.clone(), n.clone()).prop_map(|(a, b)| Deed::Role(a, b)),
        1 => n.clone().prop_map(Deed::Partial),
        1 => n.clone().prop_map(Deed::RemoveSite),
        1 => n.clone().prop_map(Deed::RemoveCompany),
        2 => n.clone().prop_map(Deed::Orphan),
        2 => n.prop_map(Deed::Policy),
    ]
}

fn site_id(n: usize) -> String {
    format!("s-{}", n % SITES)
}

fn company_id(n: usize) -> String {
    format!("c-{}", n % COMPANIES)
}

fn estate() -> World {
    let names = ["Acme", "Bolt", "Cobalt", "acme", "Dune"];
    let mut world = World::new();
    for (n, name) in names.into_iter().enumerate().take(SITES) {
        world = world.with_site(&site_id(n), name);
    }
    for n in 0..COMPANIES {
        world = world.with_company(&company_id(n), &format!("Company {n}"));
    }
    world
}

impl Deed {
    fn happen(&self, world: &mut World) {
        let associations: Vec<_> = world.state.associations().cloned().collect();
        let pick = |n: usize| associations.get(n % associations.len().max(1));
        match *self {
            Self::Associate(of, with) => {
                world.associate_existing(&site_id(of), &company_id(with));
            }
            Self::Create(of, name) => {
                let names = [
                    "Acme",
                    "Bolt",
                    "Cobalt",
                    "Company 1",
                    "<b>",
                    "ACME",
                    "Dune",
                    "",
                ];
                world.associate(&site_id(of), new_company(names[name]));
            }
            Self::Dissociate(n) => {
                if let Some(association) = pick(n) {
                    world.dissociate(association.id);
                }
            }
            Self::Change(n, with) => {
                if let Some(association) = pick(n) {
                    let target = Target::Existing(company(&company_id(with)));
                    world.decide(Decision::Change {
                        association: association.id,
                        target,
                    });
                }
            }
            Self::Event(n, which) => {
                let Some(association) = pick(n) else { return };
                let mut entities = vec![association.source.clone()];
                entities.extend(association.destination().cloned());
                let (kind, action) = match which {
                    0 => (EventKind::SourceDeleted, Action::Delete),
                    1 => (EventKind::SourceDeleted, Action::Keep),
                    // There must be a partner and a name to recreate it under.
                    2 if association.partner.is_none()
                        || association.destination_name.is_none() =>
                    {
                        return;
                    }
                    2 => (
                        EventKind::DestinationDeleted,
                        Action::Recreate { name: None },
                    ),
                    3 => (EventKind::VariableChanged, Action::Restore),
                    4 => (EventKind::PackageMissing, Action::Restore),
                    5 => (EventKind::SourceRenamed, Action::Accept),
                    6 => {
                        world.raise(
                            EventKind::VisibilityChanged,
                            vec![association.source.instance.root()],
                        );
                        return;
                    }
                    _ => {
                        world.raise(
                            EventKind::DestinationCreation,
                            vec![association.source.clone()],
                        );
                        return;
                    }
                };
                world.raise_and_answer(kind, &entities, action);
            }
            Self::Apply(steps) => {
                let plan = world.plan();
                let steps = if steps % 2 == 0 {
                    plan.steps.len()
                } else {
                    steps.min(plan.steps.len())
                };
                // An edit beside the plan may have taken away what a later step builds on.
                world.apply(&plan, steps);
            }
            Self::Variable(of, what) => {
                let of = if of == 7 {
                    rmm().root()
                } else {
                    site(&site_id(of))
                };
                if Index::new(&world.source).reading(&of, Sort::Variables) == Reading::Missing {
                    return;
                }
                match what {
                    0 => world.variables(&of).clear(),
                    1 => world.set_variable(&of, VARIABLE, VariableValue::Masked),
                    n => {
                        let value = VariableValue::Is(Fingerprint::of(format!("link {n}")));
                        world.set_variable(&of, VARIABLE, value);
                    }
                }
            }
            Self::Package(of, what) => {
                let id = company_id(of);
                if Index::new(&world.destination).reading(&company(&id), Sort::Packages)
                    == Reading::Missing
                {
                    return;
                }
                match what {
                    0 => world.packages(&company(&id)).clear(),
                    1 => world
                        .packages(&company(&id))
                        .iter_mut()
                        .for_each(|package| package.name.push('x')),
                    2 => world
                        .packages(&company(&id))
                        .iter_mut()
                        .for_each(|package| package.link = None),
                    n => {
                        let named = format!("site-s-{}", n % SITES);
                        let name = if n % 2 == 0 {
                            named.as_str()
                        } else {
                            "by hand"
                        };
                        *world = world.clone().with_package(
                            &id,
                            &format!("p-{of}-{n}"),
                            name,
                            &format!("link {n}"),
                        );
                    }
                }
            }
            Self::Role(of, role) => {
                let role = [Role::OnDemand, Role::Pseudo, Role::Managed][role % 3];
                if Index::new(&world.source)
                    .organization(&site(&site_id(of)))
                    .is_some()
                {
                    world.site_row(&site_id(of)).role = role;
                }
            }
            Self::Partial(which) => match which {
                0 => world.partial(&rmm().root(), Sort::Organizations),
                1 => world.partial(&rmm().root(), Sort::Variables),
                2 => world.partial(&partner(), Sort::Organizations),
                n => {
                    for (observation, of) in [
                        (&mut world.source, site(&site_id(n))),
                        (&mut world.destination, company(&company_id(n))),
                    ] {
                        for segment in observation
                            .segments
                            .iter_mut()
                            .filter(|segment| segment.of == of)
                        {
                            segment.coverage =
                                crate::inventory::Coverage::Partial("a row was unreadable".into());
                        }
                    }
                }
            },
            Self::RemoveSite(n) => world.remove(&site(&site_id(n))),
            Self::RemoveCompany(n) => world.remove(&company(&company_id(n))),
            Self::Orphan(n) => {
                let Some(association) = pick(n) else { return };
                let mut entities = vec![association.source.clone()];
                entities.extend(association.destination().cloned());
                world.remove(&association.source);
                world.raise_and_answer(EventKind::SourceDeleted, &entities, Action::Delete);
            }
            Self::Policy(which) => match which {
                0 => world.policy.subscription = None,
                1 => world.policy.many_sites_to_one_company = true,
                2 => world.policy.deletions.percent = 100,
                3 => world.policy.on_dissociate = OnDissociate::DeletePackage,
                4 => {
                    let row = Organization::new(company("0001"), "Root", Role::Partner);
                    if Index::new(&world.destination)
                        .organization(&row.entity)
                        .is_none()
                    {
                        let Rows::Organizations(rows) = &mut world.destination.segments[0].rows
                        else {
                            return;
                        };
                        rows.push(row);
                    }
                }
                5 => world.destination.scope.rights = Some(Fingerprint::of("fewer rights")),
                6 => {
                    let scope = world.destination.scope.clone();
                    world.absorb(Body::Seen {
                        scope,
                        entities: vec![],
                    });
                }
                _ => world.confirm_absent(&site("s-0")),
            },
        }
    }
}

fn worlds() -> impl Strategy<Value = World> {
    (
        0..=SITES,
        any::<bool>(),
        any::<bool>(),
        proptest::collection::vec(deed(), 0..16),
    )
        .prop_map(|(linked, generous, thorough, deeds)| {
            let mut world = estate();
            if generous {
                world.policy.deletions.percent = 100;
            }
            if thorough {
                world.policy.on_dissociate = OnDissociate::DeletePackage;
            }
            for n in 0..linked.min(COMPANIES) {
                if n % 2 == 0 {
                    world.associate_existing(&site_id(n), &company_id(n));
                } else {
                    world.associate(&site_id(n), new_company(&format!("New {n}")));
                }
            }
            world.plan_and_apply();
            for deed in &deeds {
                deed.happen(&mut world);
            }
            world
        })
}

/// The listings that a deletion rests on must have been read whole.
fn deletion_rests_on_whole_listings(world: &World, step: &Step) -> bool {
    let (source, destination) = (Index::new(&world.source), Index::new(&world.destination));
    match step {
        Step::Source(SourceStep::DeleteVariable(step)) => {
            source.reading(&step.site, Sort::Variables) == Reading::Complete
                && source.reading(&rmm().root(), Sort::Variables) == Reading::Complete
        }
        Step::Destination(DestinationStep::DeletePackage(step)) => {
            destination.reading(&step.company, Sort::Packages) == Reading::Complete
        }
        Step::Destination(DestinationStep::DeleteCompany(_)) => {
            source.organizations_reading() == Reading::Complete
                && destination.organizations_reading() == Reading::Complete
        }
        Step::Source(SourceStep::SetVariable(_))
        | Step::Destination(
            DestinationStep::CreateCompany(_) | DestinationStep::CreatePackage(_),
        )
        | Step::Host(HostStep::Link(_) | HostStep::Unlink(_)) => true,
    }
}

/// Only what is recorded as ours, only with consent.
fn deletion_is_allowed(world: &World, association: AssociationId, step: &Step) -> bool {
    let association = world.association(association);
    let made = |entity: &EntityRef| world.state.made().iter().any(|made| made.entity == *entity);
    match step {
        Step::Source(SourceStep::DeleteVariable(step)) => {
            association.status == AssociationStatus::Leaving
                && association
                    .variable
                    .as_ref()
                    .is_some_and(|variable| variable.value == step.value)
        }
        Step::Destination(DestinationStep::DeletePackage(step)) => {
            association.status == AssociationStatus::Leaving && made(&step.package)
        }
        Step::Destination(DestinationStep::DeleteCompany(_)) => {
            association.status == AssociationStatus::LeavingWithCompany
        }
        _ => true,
    }
}

fn planned(plan: &Plan) -> BTreeSet<AssociationId> {
    plan.steps.iter().map(|step| step.association).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_waiting_association_ends_in_steps_or_is_held(world in worlds()) {
        let plan = world.plan();
        let planned = planned(&plan);
        let held: BTreeSet<_> = plan.held.iter().filter_map(|held| held.association).collect();
        for association in world.state.associations() {
            let waits = association.status != AssociationStatus::Established;
            let answered = (planned.contains(&association.id), held.contains(&association.id));
            prop_assert!(matches!((waits, answered), (true, (true, false) | (false, true)) | (false, (false, false))));
        }
        prop_assert!(plan.held.iter().all(|held| !held.detail.is_empty() && !held.entities.is_empty()));
    }

    #[test]
    fn rows_in_another_order_give_the_same_plan(
        world in worlds(),
        (by, flip) in (0..7_usize, any::<bool>()),
    ) {
        let mut shuffled = world.clone();
        for observation in [&mut shuffled.source, &mut shuffled.destination] {
            turn(&mut observation.segments, by, flip);
            for segment in &mut observation.segments {
                match &mut segment.rows {
                    Rows::Organizations(rows) => turn(rows, by, flip),
                    Rows::Packages(rows) => turn(rows, by, flip),
                    Rows::Variables(rows) => turn(rows, by, flip),
                    Rows::Devices(rows) => turn(rows, by, flip),
                }
            }
        }
        prop_assert_eq!(shuffled.plan(), world.plan());
    }

    #[test]
    fn n01_the_digest_does_not_depend_on_times(world in worlds(), minutes in 0..10_000_i64) {
        let plan = world.plan();
        prop_assert_eq!(world.plan(), plan.clone());
        // Past every window, later readings of the same facts differ in nothing but time.
        let (mut early, mut late) = (world.clone(), world);
        early.later(10_000);
        late.later(10_000 + minutes);
        prop_assert_eq!(early.plan().digest(), late.plan().digest());
        let mut only_now = early.clone();
        only_now.now += SignedDuration::from_mins(minutes);
        prop_assert_eq!(only_now.plan().digest(), early.plan().digest());
    }

    #[test]
    fn u03_deletions_rest_on_whole_listings_and_consent(world in worlds()) {
        let plan = world.plan();
        for step in plan.steps.iter().filter(|step| step.step.is_deletion()) {
            prop_assert!(deletion_rests_on_whole_listings(&world, &step.step), "{}", step.step);
            prop_assert!(deletion_is_allowed(&world, step.association, &step.step), "{}", step.step);
        }
        let deleting: BTreeSet<_> =
            plan.steps.iter().filter(|step| step.step.is_deletion()).map(|step| step.association).collect();
        prop_assert!(!world.policy.deletions.exceeded(deleting.len(), world.state.associations().count()));
    }

    #[test]
    fn a_listing_that_becomes_partial_takes_deletions_away_only(world in worlds()) {
        let whole = world.plan();
        let mut partial = world.clone();
        for observation in [&mut partial.source, &mut partial.destination] {
            for segment in &mut observation.segments {
                segment.coverage = crate::inventory::Coverage::Partial("cut".into());
            }
        }
        let plan = partial.plan();
        prop_assert!(plan.steps.iter().all(|step| !step.step.is_deletion()));
        prop_assert!(plan.steps.iter().all(|step| !matches!(step.step, Step::Destination(_) | Step::Source(_))));
        prop_assert!(planned(&plan).is_subset(&planned(&whole)));
    }

    #[test]
    fn u13_applied_plans_lead_to_rest(world in worlds()) {
        let mut world = world;
        // Whatever one round frees, such as a company whose association is dropped, the next one may use.
        for _ in 0..=world.state.associations().count() {
            let plan = world.plan_and_apply();
            for association in planned(&plan) {
                let settled = world.state.association(association);
                prop_assert!(settled.is_none_or(|settled| settled.status == AssociationStatus::Established));
            }
        }
        prop_assert!(world.plan().is_empty());
    }
}

fn turn<T>(rows: &mut [T], by: usize, flip: bool) {
    if !rows.is_empty() {
        let by = by % rows.len();
        rows.rotate_left(by);
    }
    if flip {
        rows.reverse();
    }
}
