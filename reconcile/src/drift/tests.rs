mod absence;
mod linked;
mod listing;
mod missing;
mod visibility;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Assessment, DriftInput, EventKey, EventKind, EventStatus, Nominations, assess, nominate,
};
use crate::execution::{DestinationProbe, Finding, Probe, SourceProbe};
use crate::identity::EntityRef;
use crate::inventory::{Index, Organization};
use crate::mapping::world::{VARIABLE, World, company, gravityzone, rmm};
use crate::plan::Policy;
use crate::state::Body;

/// What the vendors answer to looks by id.
#[derive(Debug, Clone, Default)]
struct Vendors {
    found: BTreeMap<EntityRef, Organization>,
    /// Looks at these fail.
    failing: BTreeSet<EntityRef>,
    broken_control: Option<Finding>,
}

impl Vendors {
    fn answer(&self, probe: &Probe) -> Finding {
        let organization = |entity: &EntityRef| {
            if self.failing.contains(entity) {
                Finding::Unknown("timed out".into())
            } else {
                Finding::Organization(self.found.get(entity).cloned().map(Box::new))
            }
        };
        match (probe, &self.broken_control) {
            (
                Probe::Source(SourceProbe::Control) | Probe::Destination(DestinationProbe::Control),
                Some(finding),
            ) => finding.clone(),
            (Probe::Source(SourceProbe::Control), None) => Finding::Control(rmm()),
            (Probe::Destination(DestinationProbe::Control), None) => {
                Finding::Control(gravityzone())
            }
            (
                Probe::Source(SourceProbe::Site(entity))
                | Probe::Destination(DestinationProbe::Company(entity)),
                _,
            ) => organization(entity),
            (other, _) => panic!("not a probe of drift: {other:?}"),
        }
    }
}

fn policy() -> Policy {
    Policy::new(company("p1"), VARIABLE)
}

fn input<'a>(
    world: &'a World,
    indexes: &'a (Index<'a>, Index<'a>),
    policy: &'a Policy,
) -> DriftInput<'a> {
    DriftInput {
        state: &world.state,
        source: &indexes.0,
        destination: &indexes.1,
        policy,
        now: world.now,
    }
}

fn nominations(world: &World) -> Nominations {
    let indexes = (Index::new(&world.source), Index::new(&world.destination));
    nominate(&input(world, &indexes, &policy())).unwrap()
}

fn look_with(world: &World, vendors: &Vendors, policy: &Policy) -> Assessment {
    let indexes = (Index::new(&world.source), Index::new(&world.destination));
    let input = input(world, &indexes, policy);
    let probes = nominate(&input).unwrap().probes;
    let findings: Vec<_> = probes
        .into_iter()
        .map(|probe| (probe.clone(), vendors.answer(&probe)))
        .collect();
    let assessment = assess(&input, &findings).unwrap();
    // The order of findings never shows.
    let turned: Vec<_> = findings.into_iter().rev().collect();
    assert_eq!(assessment, assess(&input, &turned).unwrap());
    assessment
}

fn look(world: &World, vendors: &Vendors) -> Assessment {
    look_with(world, vendors, &policy())
}

/// One run: look, log, and look once more, which must give nothing (U13).
fn run_with(world: &mut World, vendors: &Vendors, policy: &Policy) -> Vec<Body> {
    let bodies = look_with(world, vendors, policy).bodies;
    for body in &bodies {
        world.log(body.clone());
    }
    assert_eq!(
        look_with(world, vendors, policy).bodies,
        [],
        "a second run over unchanged facts"
    );
    bodies
}

fn run(world: &mut World, vendors: &Vendors) -> Vec<Body> {
    run_with(world, vendors, &policy())
}

fn raised(bodies: &[Body]) -> Vec<EventKind> {
    let kind = |body: &Body| match body {
        Body::Raised { key, .. } => Some(key.kind),
        _ => None,
    };
    bodies.iter().filter_map(kind).collect()
}

fn cleared(bodies: &[Body]) -> Vec<EventKind> {
    let kind = |body: &Body| match body {
        Body::Cleared { key } => Some(key.kind),
        _ => None,
    };
    bodies.iter().filter_map(kind).collect()
}

fn key(kind: EventKind, entities: &[&EntityRef]) -> EventKey {
    EventKey {
        kind,
        entities: entities.iter().copied().cloned().collect(),
    }
}

fn status(world: &World, key: &EventKey) -> Option<EventStatus> {
    world.state.event(key).map(|event| event.status)
}

/// Ten established pairs that were looked at once, with nothing to tell.
fn settled() -> World {
    let mut world = World::new();
    for n in 0..10 {
        world.established(&n.to_string());
    }
    let bodies = run(&mut world, &Vendors::default());
    assert!(
        bodies.iter().all(|body| matches!(body, Body::Seen { .. })),
        "{bodies:?}"
    );
    assert_eq!(bodies.len(), 2, "the baseline of both sides");
    world
}
