//! Ids that a third system knows two organisations by.

use std::collections::{BTreeMap, BTreeSet};

use crate::inventory::{Observation, Organization, Rows, SharedId};

/// Gives organisations the ids under which a third system knows them: where an organisation of `to` and one of `via`
/// carry the same id, the other ids of the latter count for the former too.
///
/// So a network that only carries its own id gets the PSA company of the RMM site that it is mapped to. Where several
/// organisations of the third system carry an id, all of theirs count, and a suggestion that rests on them is then a tie.
/// Answers how many organisations got any.
///
/// ```
/// use reconcile::identity::{Instance, Kind, Vendor};
/// use reconcile::inventory::{Coverage, Observation, Organization, Role, Rows, Scope, Segment, SharedId};
/// use reconcile::mapping::lend_ids;
///
/// let id = |scheme: &str, value: &str| SharedId { scheme: scheme.to_owned(), value: value.to_owned() };
/// let read = |vendor: &'static str, kind, ids: &[SharedId]| {
///     let instance = Instance::new(Vendor::new(vendor), "example");
///     let mut row = Organization::new(instance.entity(kind, "1"), "Acme", Role::Managed);
///     row.shared_ids.extend(ids.iter().cloned());
///     Observation {
///         scope: Scope { root: instance.root(), rights: None, instance: instance.clone() },
///         taken_at: jiff::Timestamp::UNIX_EPOCH,
///         segments: vec![Segment {
///             of: instance.root(),
///             coverage: Coverage::Complete,
///             rows: Rows::Organizations(vec![row]),
///         }],
///     }
/// };
/// let mut networks = read("datto-networking", Kind::NETWORK, &[id("datto-network", "7")]);
/// let sites = read("datto-rmm", Kind::SITE, &[id("datto-network", "7"), id("autotask-company", "29")]);
/// assert_eq!(lend_ids(&mut networks, &sites), 1);
/// let Rows::Organizations(rows) = &networks.segments[0].rows else { unreachable!() };
/// assert!(rows[0].shared_ids.contains(&id("autotask-company", "29")));
/// ```
pub fn lend_ids(to: &mut Observation, via: &Observation) -> usize {
    let mut holders: BTreeMap<&SharedId, Vec<&Organization>> = BTreeMap::new();
    for segment in &via.segments {
        if let Rows::Organizations(rows) = &segment.rows {
            for row in rows {
                for id in &row.shared_ids {
                    holders.entry(id).or_default().push(row);
                }
            }
        }
    }
    let mut lent = 0;
    for segment in &mut to.segments {
        let Rows::Organizations(rows) = &mut segment.rows else {
            continue;
        };
        for row in rows {
            let further: BTreeSet<SharedId> = row
                .shared_ids
                .iter()
                .filter_map(|id| holders.get(id))
                .flatten()
                .flat_map(|holder| &holder.shared_ids)
                .filter(|id| !row.shared_ids.contains(id))
                .cloned()
                .collect();
            lent += usize::from(!further.is_empty());
            row.shared_ids.extend(further);
        }
    }
    lent
}
