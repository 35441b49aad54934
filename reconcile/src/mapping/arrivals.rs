//! Destination organisations that were to be created and can be seen now.

use std::collections::BTreeSet;

use super::{Ground, Mapping, Named};
use crate::identity::{EntityRef, OrganizationName};
use crate::inventory::Organization;
use crate::mapping::Evidence;
use crate::state::{Association, Decided, Decision, Target};

/// An association whose destination was to be created, and what came of it.
///
/// For hosts that create by themselves, from a list that they are given: nobody tells the state what was made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Arrival<'a> {
    /// The association.
    pub association: &'a Association,
    /// The name under which the destination was to be created.
    pub name: &'a str,
    /// What can be seen now and may be it, ordered by identity: what carries an id of the source organisation, or else what
    /// has the name. None was there when the creation was decided.
    pub seen: Vec<Named>,
}

impl Arrival<'_> {
    /// The decision that lets the association point to what was created, if exactly one thing may be it.
    pub fn decision(&self) -> Option<Decided> {
        let [one] = self.seen.as_slice() else {
            return None;
        };
        let decision = Decision::Change {
            association: self.association.id,
            target: Target::Existing(one.entity().clone()),
        };
        let name = OrganizationName::new(self.name);
        let agreed = one.name().and_then(OrganizationName::new);
        let level = name
            .zip(agreed)
            .and_then(|(ours, theirs)| ours.agreement(&theirs));
        let ground = level.map(|level| Ground::Pair(Evidence::Name(level)));
        Some(Decided::from(decision).on(ground.into_iter().collect()))
    }
}

impl<'a> Mapping<'a> {
    /// The associations whose destination is still to be created, with what can be seen of it, in the order in which they
    /// were decided.
    ///
    /// ```
    /// use reconcile::identity::{Instance, Kind, Vendor};
    /// use reconcile::inventory::{Coverage, Index, Observation, Organization, Role, Rows, Scope, Segment};
    /// use reconcile::mapping::{Mapping, MappingPolicy};
    /// use reconcile::state::{Body, Decision, State, Target};
    ///
    /// let networking = Instance::new(Vendor::new("datto-networking"), "example");
    /// let records = Instance::new(Vendor::new("our-records"), "example");
    /// let now = "2026-11-21T08:00:00Z".parse().unwrap();
    /// let read = |instance: &Instance, rows| Observation {
    ///     scope: Scope { instance: instance.clone(), root: instance.root(), rights: None },
    ///     taken_at: now,
    ///     segments: vec![Segment {
    ///         of: instance.root(),
    ///         coverage: Coverage::Complete,
    ///         rows: Rows::Organizations(rows),
    ///     }],
    /// };
    /// let network = networking.entity(Kind::NETWORK, "7");
    /// let networks = read(&networking, vec![Organization::new(network.clone(), "Acme", Role::Managed)]);
    /// let mut state = State::new();
    /// let bound = Body::Bound { source: networking, destination: records.clone() };
    /// state.absorb(&state.entry(bound, "setup", now))?;
    /// let target = Target::New { name: "Acme".to_owned(), parent: records.root() };
    /// let decision = Decision::Associate { source: network, target };
    /// state.absorb(&state.entry(Body::Decided(decision.into()), "alex", now))?;
    ///
    /// // Later the host has made it.
    /// let made = Organization::new(records.entity(Kind::COMPANY, "41"), "Acme", Role::Customer);
    /// let records = read(&records, vec![made]);
    /// let (source, destination) = (Index::new(&networks), Index::new(&records));
    /// let policy = MappingPolicy::default();
    /// let mapping = Mapping::new(&state, &source, &destination, &policy)?;
    /// let decided = mapping.arrivals()[0].decision().expect("there is one of the name");
    /// state.absorb(&state.entry(Body::Decided(decided), "alex", now))?;
    /// assert_eq!(state.associations().next().unwrap().destination().unwrap().id, "41");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn arrivals(&self) -> Vec<Arrival<'a>> {
        let waiting = self
            .state
            .associations()
            .filter(|known| !known.is_leaving());
        waiting
            .filter_map(|association| match &association.target {
                Target::Existing(_) => None,
                Target::New { name, .. } => Some(Arrival {
                    association,
                    name,
                    seen: self.seen_of(&association.source, name),
                }),
            })
            .collect()
    }

    fn seen_of(&self, source: &EntityRef, name: &str) -> Vec<Named> {
        let wanted = OrganizationName::new(name);
        let listed = self.source.organization(source);
        let ids = listed.map(|listed| &listed.shared_ids);
        let none = BTreeSet::new();
        let ids = ids.unwrap_or(&none);
        let open = || {
            self.open_destinations()
                .filter(|company| !self.is_separate(source, &company.entity))
        };
        let mut seen: Vec<_> = open()
            .filter(|company| !company.shared_ids.is_disjoint(ids))
            .collect();
        if seen.is_empty()
            && let Some(wanted) = wanted
        {
            let same = |company: &&Organization| {
                OrganizationName::new(&company.name)
                    .is_some_and(|name| name.folded() == wanted.folded())
            };
            seen.extend(open().filter(same));
        }
        seen.into_iter()
            .map(|company| Named::new(company.entity.clone(), Some(company.name.clone())))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::inventory::Index;
    use crate::mapping::world::{World, company, gravityzone};
    use crate::mapping::{Cardinality, Mapping, MappingPolicy};
    use crate::state::{Decision, Target};

    fn seen(world: &World) -> (Vec<String>, bool) {
        let (source, destination) = (Index::new(&world.source), Index::new(&world.destination));
        let policy = MappingPolicy {
            cardinality: Cardinality::ManyToOne,
            ..MappingPolicy::default()
        };
        let mapping = Mapping::new(&world.state, &source, &destination, &policy).unwrap();
        let arrivals = mapping.arrivals();
        let [arrival] = arrivals.as_slice() else {
            panic!("{arrivals:?}")
        };
        let ids = arrival.seen.iter().map(|named| named.entity().id.clone());
        (ids.collect(), arrival.decision().is_some())
    }

    #[test]
    fn f087_what_was_created_is_taken_by_its_id_or_name_and_never_out_of_several() {
        let mut world = World::new();
        let s1 = world.site("s1", "Acme");
        world.shared_id(&s1, "29");
        world.decide(Decision::Associate {
            source: s1,
            target: Target::New {
                name: "Acme".to_owned(),
                parent: gravityzone().root(),
            },
        });
        assert_eq!(seen(&world), (vec![], false));
        world.company("c1", "Acme Ltd");
        assert_eq!(seen(&world), (vec![], false), "alike is not it");
        world.company("c2", "ACME");
        assert_eq!(seen(&world), (vec!["c2".to_owned()], true));
        world.company("c3", "Acme");
        assert_eq!(
            seen(&world),
            (vec!["c2".to_owned(), "c3".to_owned()], false)
        );
        world.shared_id(&company("c1"), "29");
        assert_eq!(
            seen(&world),
            (vec!["c1".to_owned()], true),
            "an id goes before a name"
        );
    }
}
