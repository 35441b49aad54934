//! Checks of decisions against each other.

use std::collections::BTreeMap;

use crate::drift::Action;
use crate::identity::{EntityRef, OrganizationName};
use crate::mapping::{BatchError, Cardinality, DecisionError, Mapping};
use crate::state::{Decided, Decision, Target};

/// What a decision must have for itself inside a batch, and how to name it.
type Claims = BTreeMap<String, String>;

impl Mapping<'_> {
    /// Checks several decisions that are to be logged together, also against each other: two sites of one name, a
    /// company picked twice, one thing decided twice.
    ///
    /// # Errors
    ///
    /// [`BatchError`] with everything that is wrong. None of the decisions may be logged then.
    pub fn check_batch(&self, decisions: &[Decision]) -> Result<Vec<Decided>, BatchError> {
        let mut errors = Vec::new();
        let mut claimed: BTreeMap<String, usize> = BTreeMap::new();
        for (number, decision) in (1..).zip(decisions) {
            errors.extend(
                self.errors(decision)
                    .into_iter()
                    .map(|error| (number, error)),
            );
            for (claim, over) in self.claims(decision) {
                match claimed.get(&claim) {
                    Some(with) => errors.push((number, DecisionError::Clash { over, with: *with })),
                    None => {
                        claimed.insert(claim, number);
                    }
                }
            }
        }
        if errors.is_empty() {
            Ok(decisions
                .iter()
                .map(|decision| self.decided(decision))
                .collect())
        } else {
            Err(BatchError { errors })
        }
    }

    /// What no other decision of a batch may also claim, by a key that nothing else has.
    fn claims(&self, decision: &Decision) -> Claims {
        let mut claims = Claims::new();
        let site = |claims: &mut Claims, source: &EntityRef| {
            claims.insert(
                format!("organisation {source}"),
                self.named_source(source).to_string(),
            );
        };
        match decision {
            Decision::Associate { source, target } => {
                site(&mut claims, source);
                self.claim_target(&mut claims, target);
            }
            Decision::Dissociate { association } => {
                claims.insert(association.to_string(), association.to_string());
            }
            Decision::Change {
                association,
                target,
            } => {
                claims.insert(association.to_string(), association.to_string());
                self.claim_target(&mut claims, target);
            }
            Decision::Ignore { source } => site(&mut claims, source),
            Decision::KeepSeparate {
                source,
                destination,
            } => {
                let pair = format!(
                    "{} and {}",
                    self.named_source(source),
                    self.named_destination(destination)
                );
                claims.insert(format!("pair {source} {destination}"), pair);
            }
            // Refused one by one.
            Decision::Device(_) => {}
            Decision::Answer { event, action } => {
                claims.insert(format!("event {event}"), event.to_string());
                match (action, event.key.entities.as_slice()) {
                    (Action::Create { name } | Action::Recreate { name: Some(name) }, _) => {
                        claim_name(&mut claims, name);
                    }
                    (Action::Recreate { name: None }, entities) => {
                        let mut associations = self.state.associations();
                        let concerned =
                            associations.find(|association| association.concerned_by(entities));
                        if let Some(name) =
                            concerned.and_then(|association| association.destination_name.as_ref())
                        {
                            claim_name(&mut claims, name);
                        }
                    }
                    (Action::Associate, [source, destination]) => {
                        site(&mut claims, source);
                        self.claim_target(&mut claims, &Target::Existing(destination.clone()));
                    }
                    _ => {}
                }
            }
            Decision::Undo { decision } => {
                claims.insert(
                    format!("undo {decision}"),
                    format!("the decision in {decision}"),
                );
            }
        }
        claims
    }

    fn claim_target(&self, claims: &mut Claims, target: &Target) {
        match target {
            Target::Existing(company) if self.policy.cardinality == Cardinality::OneToOne => {
                claims.insert(
                    format!("organisation {company}"),
                    self.named_destination(company).to_string(),
                );
            }
            Target::Existing(_) => {}
            Target::New { name, .. } => claim_name(claims, name),
        }
    }
}

fn claim_name(claims: &mut Claims, name: &str) {
    if let Some(folded) = OrganizationName::new(name) {
        claims.insert(
            format!("name {}", folded.folded()),
            format!("a new company of the name {name:?}"),
        );
    }
}
