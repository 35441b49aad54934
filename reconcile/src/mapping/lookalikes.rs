//! What a new destination organisation could be a duplicate of.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::candidate::Candidate;
use super::suggest::Companies;
use super::{Mapping, left_out, suggest};
use crate::identity::EntityRef;
use crate::inventory::{Organization, Role};

impl Mapping<'_> {
    /// Destination organisations that one of this name, created for a source organisation, could be a duplicate of,
    /// strongest evidence first: those that share an id with the source organisation or have the name in any spelling,
    /// or else those whose names look alike. Those that a person keeps separate from it are not among them.
    ///
    /// An equal name alone is refused by [`check`](Self::check); this is what to show before that is asked.
    pub fn lookalikes(&self, source: &EntityRef, name: &str) -> Vec<Candidate> {
        let mut wanted = Organization::new(source.clone(), name, Role::Managed);
        if let Some(listed) = self.source.organization(source) {
            wanted.shared_ids.clone_from(&listed.shared_ids);
        }
        let all = self.destination.organizations();
        let companies = Companies::new(
            all.filter(|company| left_out(company.role).is_none())
                .collect(),
        );
        let mut found = self.by_ids_and_names(&wanted, &companies);
        if found.evidence.is_empty() {
            found = self.by_likeness(&wanted, &companies, &BTreeSet::new());
        }
        let mut candidates: Vec<_> = found
            .evidence
            .into_iter()
            .filter_map(|(row, evidence)| {
                let company = companies.rows.get(row as usize)?;
                Some(Candidate {
                    destination: company.entity.clone(),
                    name: company.name.clone(),
                    parted: self.is_parted(source, &company.entity),
                    evidence: suggest::sorted(evidence),
                })
            })
            .collect();
        candidates.sort_by_cached_key(|candidate| {
            let rank = (candidate.strength(), Reverse(candidate.likeness()));
            (rank, candidate.destination.clone())
        });
        candidates
    }
}

#[cfg(test)]
mod tests {
    use crate::identity::EntityRef;
    use crate::inventory::Index;
    use crate::mapping::world::World;
    use crate::mapping::{EvidenceKind, Mapping, MappingPolicy};
    use crate::state::Decision;

    fn alike(world: &World, source: &EntityRef, name: &str) -> Vec<(String, EvidenceKind)> {
        let (source_index, destination) =
            (Index::new(&world.source), Index::new(&world.destination));
        let policy = MappingPolicy::default();
        let mapping = Mapping::new(&world.state, &source_index, &destination, &policy).unwrap();
        let found = mapping.lookalikes(source, name);
        found
            .iter()
            .map(|candidate| (candidate.destination.id.clone(), candidate.strength()))
            .collect()
    }

    #[test]
    fn f089_a_new_organisation_is_held_against_ids_names_and_likeness() {
        let mut world = World::new();
        let s1 = world.site("s1", "Unlike Anything");
        let c1 = world.company("c1", "Northwind Traders Ltd");
        world.company("c2", "Somebody Else");
        let found = |kind| vec![("c1".to_owned(), kind)];
        assert_eq!(
            alike(&world, &s1, "NORTHWIND TRADERS"),
            found(EvidenceKind::NormalizedName)
        );
        assert_eq!(
            alike(&world, &s1, "Northwind Tradres"),
            found(EvidenceKind::FuzzyName)
        );
        assert_eq!(
            alike(&world, &s1, "Northwind Traders Ltd - Depot"),
            found(EvidenceKind::PatternName)
        );
        assert!(alike(&world, &s1, "Quayside Brewing").is_empty());
        world.decide(Decision::KeepSeparate {
            source: s1.clone(),
            destination: c1.clone(),
        });
        assert!(alike(&world, &s1, "Northwind Tradres").is_empty());
        let s2 = world.site("s2", "Unlike Anything Too");
        world.shared_id(&s2, "29");
        world.shared_id(&c1, "29");
        assert_eq!(
            alike(&world, &s2, "Quayside Brewing"),
            found(EvidenceKind::SharedId)
        );
    }
}
