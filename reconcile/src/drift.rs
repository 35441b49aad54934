//! Drift: what differs from what was linked, as events for a person.
//!
//! Two pure steps. [`nominate`] looks at what was read and asks for looks by id at whatever is missing; the host runs
//! those probes. [`assess()`] takes the findings and gives the entries to be logged: events that are raised and
//! cleared, and what was seen. Nothing here repairs anything.
//!
//! Every condition is true, false or unknown. Only true raises an event, only false clears one. A listing that was
//! read in part makes whatever needs the whole of it unknown. An absence becomes a deletion only if
//!
//! 1. every listing was read whole and the entity is in none,
//! 2. a probe by its id finds nothing, and a control call succeeded at the right tenant in the same run,
//! 3. the same was found at an earlier look, at least [`Policy::grace`] ago, and
//! 4. the entity was not last seen under other rights than those of this reading.
//!
//! Until then it is *not visible*, which is an event that nothing acts upon. If more entities than
//! [`Policy::vanishing`] allows vanish at once, or the scope of the reading is not the accepted one, that is a single
//! hold, [`EventKind::VisibilityChanged`], and nothing is concluded from absences at that side.

mod assess;
mod condition;
mod event;
mod looks;
mod missing;
mod rows;
mod view;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::execution::{DestinationProbe, Probe, SourceProbe};
use crate::identity::{EntityRef, Instance};
use crate::inventory::Index;
use crate::plan::Policy;
use crate::state::{Body, State};

pub use crate::mapping::{Side, TenantError};
pub use assess::assess;
pub use event::{Action, ActionKind, Event, EventId, EventKey, EventKind, EventStatus};
pub use rows::{EventRow, Subject, effect, ignored_rows, listed_rows};

use view::View;

/// What is looked at.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "built by hosts")]
pub struct DriftInput<'a> {
    /// What is known so far.
    pub state: &'a State,
    /// What was read of the source.
    pub source: &'a Index<'a>,
    /// What was read of the destination.
    pub destination: &'a Index<'a>,
    /// What the host wants: names, modules, limits and times.
    pub policy: &'a Policy,
    /// The time.
    pub now: Timestamp,
}

/// What must be looked at by id before anything can be said of absences.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Nominations {
    /// The probes to run, in order: at each side a control call, then one look per missing entity.
    pub probes: Vec<Probe>,
    /// The sides of which nothing is asked, because what can be seen there has changed.
    pub holds: Vec<Hold>,
}

/// Nothing is concluded from absences at one side.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hold {
    /// The side.
    pub side: Side,
    /// The tenant.
    pub instance: Instance,
    /// Why.
    pub reason: HoldReason,
}

/// Why nothing is concluded from absences at one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HoldReason {
    /// It was read under another scope than the accepted one.
    Scope,
    /// More linked entities vanished at once than the policy allows.
    Vanished {
        /// How many vanished.
        gone: usize,
        /// How many are linked.
        of: usize,
    },
}

impl std::fmt::Display for Hold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.reason {
            HoldReason::Scope => {
                write!(
                    f,
                    "the {} {} was read under other rights than accepted",
                    self.side, self.instance
                )
            }
            HoldReason::Vanished { gone, of } => {
                let Self { side, instance, .. } = self;
                write!(
                    f,
                    "{gone} of {of} linked organisations vanished at once from the {side} {instance}"
                )
            }
        }
    }
}

/// What a look at both sides comes to.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Assessment {
    /// The entries to log, in order. Over unchanged facts, a second run has none.
    pub bodies: Vec<Body>,
    /// The sides at which nothing is concluded from absences.
    pub holds: Vec<Hold>,
    /// What could be said neither way, and why; ordered by event.
    pub undecided: Vec<Undecided>,
}

impl Assessment {
    /// The events that are raised, new ones and those of which there is news.
    pub fn raised(&self) -> impl Iterator<Item = &EventKey> {
        self.bodies.iter().filter_map(|body| match body {
            Body::Raised { key, .. } => Some(key),
            _ => None,
        })
    }

    /// The events that are cleared.
    pub fn cleared(&self) -> impl Iterator<Item = &EventKey> {
        self.bodies.iter().filter_map(|body| match body {
            Body::Cleared { key } => Some(key),
            _ => None,
        })
    }
}

/// A condition that could be called neither true nor false.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Undecided {
    /// The event that it would raise or clear.
    pub key: EventKey,
    /// What stood in the way.
    pub why: String,
}

/// Asks for looks at what is missing, without drawing any conclusion.
///
/// ```
/// use reconcile::drift::{DriftInput, assess, nominate};
/// use reconcile::identity::{Instance, Vendor};
/// use reconcile::inventory::{Coverage, Index, Observation, Rows, Scope, Segment};
/// use reconcile::plan::Policy;
/// use reconcile::state::{Body, State};
///
/// let rmm = Instance::new(Vendor::new("datto-rmm"), "merlot/abc123");
/// let gravityzone = Instance::new(Vendor::new("gravityzone"), "cloud/0001");
/// let now = "2026-11-21T08:00:00Z".parse().unwrap();
/// let empty = |instance: &Instance| Observation {
///     scope: Scope { instance: instance.clone(), root: instance.root(), rights: None },
///     taken_at: now,
///     segments: vec![Segment {
///         of: instance.root(),
///         coverage: Coverage::Complete,
///         rows: Rows::Organizations(Vec::new()),
///     }],
/// };
/// let (sites, companies) = (empty(&rmm), empty(&gravityzone));
/// let policy = Policy::new(gravityzone.root(), "GravityZonePackageLink");
///
/// let mut state = State::new();
/// state.absorb(&state.entry(Body::Bound { source: rmm, destination: gravityzone }, "setup", now))?;
///
/// let (source, destination) = (Index::new(&sites), Index::new(&companies));
/// let input = DriftInput { state: &state, source: &source, destination: &destination, policy: &policy, now };
/// let nominations = nominate(&input)?;
/// assert!(nominations.probes.is_empty(), "nothing is linked, so nothing can be missing");
/// let findings = Vec::new(); // the host runs each probe and pairs it with its finding
/// assert!(assess(&input, &findings)?.bodies.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`TenantError`] if the state is bound to no tenants, or to others than were read.
pub fn nominate(input: &DriftInput<'_>) -> Result<Nominations, TenantError> {
    let mut nominations = Nominations::default();
    for side in [Side::Source, Side::Destination] {
        let view = View::new(input, side)?;
        if let Some(hold) = view.hold() {
            nominations.holds.push(hold);
        } else if !view.missing.is_empty() {
            nominations.probes.push(control(side));
            nominations
                .probes
                .extend(view.missing.iter().map(|entity| look(side, entity)));
        }
    }
    Ok(nominations)
}

fn control(side: Side) -> Probe {
    match side {
        Side::Source => Probe::Source(SourceProbe::Control),
        Side::Destination => Probe::Destination(DestinationProbe::Control),
    }
}

fn look(side: Side, entity: &EntityRef) -> Probe {
    match side {
        Side::Source => Probe::Source(SourceProbe::Site(entity.clone())),
        Side::Destination => Probe::Destination(DestinationProbe::Company(entity.clone())),
    }
}
