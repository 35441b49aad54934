//! What a decision is made on: what speaks for it, what was as good, and what was seen.

#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Candidate, Evidence, Mapping, Named, Suggestion};
use crate::identity::EntityRef;
use crate::matching::{Conflict, Rule};
use crate::state::{Decision, Target};

/// One thing that a decision is made on or in spite of, as it was known then. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ground {
    /// This speaks for the pair.
    Pair(Evidence),
    /// As much spoke for others, or more: a person chose.
    AsGood {
        /// The others: destination organisations that could have been chosen, and source organisations with a claim to
        /// the one that was.
        others: Vec<Named>,
        /// How many further ones were not listed.
        more: usize,
    },
    /// The vendors tie these to it as well, but under other names.
    AlsoLinked(Vec<Named>),
    /// This was seen when the event was answered.
    Event(String),
    /// What the cascade said of a pair of devices.
    Devices {
        /// The rule by which they share a key.
        rule: Rule,
        /// Whether others share such keys too, so that the cascade could not choose.
        ambiguous: bool,
        /// What speaks against the pair.
        conflicts: Vec<Conflict>,
    },
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pair(evidence) => evidence.fmt(f),
            Self::AsGood { others, more } => {
                write!(f, "as much or more spoke for {}", Listed(others))?;
                match more {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            Self::AlsoLinked(others) => {
                write!(
                    f,
                    "tied to it as well, under another name: {}",
                    Listed(others)
                )
            }
            Self::Event(detail) => write!(f, "seen: {detail}"),
            Self::Devices {
                rule,
                ambiguous,
                conflicts,
            } => {
                write!(f, "shared by {rule}")?;
                if *ambiguous {
                    f.write_str(", and by others too")?;
                }
                for conflict in conflicts {
                    write!(f, "; against it: {conflict}")?;
                }
                Ok(())
            }
        }
    }
}

/// Several in one line.
pub(super) struct Listed<'n>(pub(super) &'n [Named]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, named) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{named}")?;
        }
        Ok(())
    }
}

impl Mapping<'_> {
    /// What speaks for a decision now, strongest first, and what is as good; empty if nothing does, so that it is made
    /// by hand.
    ///
    /// `suggestions` are those of [`suggestions`](Self::suggestions): they know of devices and of ties. Without them,
    /// ids, links and names of the pair itself are compared.
    ///
    /// ```
    /// use reconcile::identity::{Instance, Kind, Vendor};
    /// use reconcile::inventory::{Coverage, Index, Observation, Organization, Role, Rows, Scope, Segment};
    /// use reconcile::mapping::{Mapping, MappingPolicy};
    /// use reconcile::state::{Body, Decision, State, Target};
    ///
    /// let rmm = Instance::new(Vendor::new("datto-rmm"), "merlot/abc123");
    /// let gravityzone = Instance::new(Vendor::new("gravityzone"), "cloud/0001");
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
    /// let site = rmm.entity(Kind::SITE, "s1");
    /// let twins = ["c1", "c2"].map(|id| gravityzone.entity(Kind::COMPANY, id));
    /// let sites = read(&rmm, vec![Organization::new(site.clone(), "Northwind", Role::Managed)]);
    /// let companies = twins.clone().map(|twin| Organization::new(twin, "Northwind", Role::Customer));
    /// let companies = read(&gravityzone, companies.to_vec());
    /// let mut state = State::new();
    /// state.absorb(&state.entry(Body::Bound { source: rmm, destination: gravityzone }, "setup", now))?;
    ///
    /// let (source, destination) = (Index::new(&sites), Index::new(&companies));
    /// let policy = MappingPolicy::default();
    /// let mapping = Mapping::new(&state, &source, &destination, &policy)?;
    /// let target = Target::Existing(twins[0].clone());
    /// let decision = Decision::Associate { source: site, target };
    /// let grounds = mapping.grounds(&decision, &mapping.suggestions(&[]));
    /// let said: Vec<_> = grounds.iter().map(ToString::to_string).collect();
    /// assert_eq!(said, ["same name", r#"as much or more spoke for company "Northwind" (c2)"#]);
    ///
    /// let decided = mapping.check(&decision)?.on(grounds);
    /// state.absorb(&state.entry(Body::Decided(decided), "alex", now))?;
    /// assert_eq!(state.decisions()[0].evidence.as_ref().map(Vec::len), Some(2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn grounds(&self, decision: &Decision, suggestions: &[Suggestion]) -> Vec<Ground> {
        let mut grounds = Vec::new();
        if let Decision::Answer { event, .. } = decision
            && let Some(known) = self.state.event(&event.key)
            && !known.detail.is_empty()
        {
            grounds.push(Ground::Event(known.detail.clone()));
        }
        let Some((source, destination)) = self.pair_of(decision) else {
            return grounds;
        };
        let suggestion = suggestions
            .iter()
            .find(|suggestion| suggestion.source() == source);
        if let Some(destination) = destination {
            let is_it = |candidate: &&Candidate| candidate.destination == *destination;
            let suggested = suggestion.and_then(|known| {
                let mut all = known.best().iter().chain(known.weaker());
                all.find(is_it)
            });
            let evidence = match suggested {
                Some(candidate) => candidate.evidence.clone(),
                None => self.speaks_for(source, destination),
            };
            grounds.extend(evidence.into_iter().map(Ground::Pair));
        }
        // That two are different ones chooses nothing.
        if !matches!(decision, Decision::KeepSeparate { .. }) {
            grounds.extend(suggestion.and_then(|known| self.as_good(known, destination)));
        }
        grounds
    }

    /// The source organisation that a decision is about and, if it exists, its destination.
    fn pair_of<'d>(
        &'d self,
        decision: &'d Decision,
    ) -> Option<(&'d EntityRef, Option<&'d EntityRef>)> {
        let existing = |target: &'d Target| match target {
            Target::Existing(destination) => Some(destination),
            Target::New { .. } => None,
        };
        match decision {
            Decision::Associate { source, target } => Some((source, existing(target))),
            Decision::Change {
                association,
                target,
            } => {
                let source = &self.state.association(*association)?.source;
                Some((source, existing(target)))
            }
            Decision::KeepSeparate {
                source,
                destination,
            } => Some((source, Some(destination))),
            Decision::Answer { .. }
            | Decision::Device(_)
            | Decision::Dissociate { .. }
            | Decision::Ignore { .. }
            | Decision::Undo { .. } => None,
        }
    }

    /// What a suggestion has beside the destination that is chosen.
    fn as_good(&self, suggestion: &Suggestion, chosen: Option<&EntityRef>) -> Option<Ground> {
        let best = suggestion.best();
        let mut others: Vec<_> = best
            .iter()
            .filter(|candidate| Some(&candidate.destination) != chosen)
            .map(|candidate| {
                Named::new(candidate.destination.clone(), Some(candidate.name.clone()))
            })
            .collect();
        let mut more = 0;
        if let Suggestion::Tie(tie) = suggestion {
            more = tie.more;
            let is_best = |candidate: &Candidate| Some(&candidate.destination) == chosen;
            if best.iter().any(is_best) {
                others.extend(tie.rivals.iter().map(|rival| self.named_source(rival)));
            }
        }
        (!others.is_empty() || more > 0).then_some(Ground::AsGood { others, more })
    }
}
