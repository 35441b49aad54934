//! What one person may see: everything, or what belongs to some destination organisations.

use std::collections::BTreeSet;

use crate::identity::EntityRef;
use crate::state::State;

/// What one person may see.
///
/// Whoever sees some destination organisations only also sees the source organisations that are mapped to them, and
/// nothing that is unmapped: whose it is is not known yet.
///
/// ```
/// use reconcile::identity::{Instance, Kind, Vendor};
/// use reconcile::state::{Body, Decision, State, Target};
/// use reconcile::view::View;
///
/// let networking = Instance::new(Vendor::new("datto-networking"), "example");
/// let records = Instance::new(Vendor::new("our-records"), "example");
/// let (network, other) = (networking.entity(Kind::NETWORK, "7"), networking.entity(Kind::NETWORK, "8"));
/// let customer = records.entity(Kind::COMPANY, "acme");
/// let now = "2026-11-21T08:00:00Z".parse().unwrap();
/// let mut state = State::new();
/// let bound = Body::Bound { source: networking, destination: records };
/// state.absorb(&state.entry(bound, "setup", now))?;
/// let decision = Decision::Associate { source: network.clone(), target: Target::Existing(customer.clone()) };
/// state.absorb(&state.entry(Body::Decided(decision.into()), "alex", now))?;
///
/// let view = View::of(&state, [customer.clone()]);
/// assert!(view.sees(&customer) && view.sees(&network) && !view.sees(&other));
/// assert!(View::Everything.sees(&other));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "everything or a part")]
pub enum View {
    /// That of an administrator.
    Everything,
    /// That of a person to whom these organisations of either side were given.
    Only(BTreeSet<EntityRef>),
}

impl View {
    /// The view of a person to whom these destination organisations were given.
    pub fn of(state: &State, destinations: impl IntoIterator<Item = EntityRef>) -> Self {
        let mut seen: BTreeSet<EntityRef> = destinations.into_iter().collect();
        let mapped = state.associations().filter(|association| {
            let destination = association.destination();
            !association.is_leaving() && destination.is_some_and(|known| seen.contains(known))
        });
        let sources: Vec<_> = mapped.map(|known| known.source.clone()).collect();
        seen.extend(sources);
        Self::Only(seen)
    }

    /// Whether an organisation of either side, and so what is in it, may be seen.
    pub fn sees(&self, organization: &EntityRef) -> bool {
        match self {
            View::Everything => true,
            View::Only(seen) => seen.contains(organization),
        }
    }
}
