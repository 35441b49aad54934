//! How each entry changes the state.

mod answer;
mod settle;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::association::{Association, AssociationId, AssociationStatus};
use super::decision::{Decided, Decision, DecisionRecord, Target};
use super::devices::DeviceDecisions;
use super::entry::{Body, Entry, EntryId};
use super::{Absence, Attempt, Binding, ExecutionRecord, STATE_SCHEMA, State};
use crate::drift::{Action, Event, EventId, EventKey, EventStatus};
use crate::identity::EntityRef;
use crate::plan::StepId;

/// Why an entry does not fit the state. The state is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AbsorbError {
    /// Entries are missing in between.
    #[error("{found} does not follow entry {expected_after}: the log has a gap")]
    Gap {
        /// The serial of the state.
        expected_after: u64,
        /// The entry that came.
        found: EntryId,
    },
    /// The state is about other tenants and was not reset.
    #[error(
        "the state is bound to {source_tenant} and {destination_tenant}; only a reset rebinds it"
    )]
    Bound {
        /// The bound source.
        source_tenant: String,
        /// The bound destination.
        destination_tenant: String,
    },
    /// A reset while a plan is being applied.
    #[error("a plan is still being applied: finish or abandon it before a reset")]
    Unfinished,
    /// The entry refers to something that the state does not know.
    #[error("{entry} refers to {what}, which the state does not know")]
    Unknown {
        /// The entry.
        entry: EntryId,
        /// What it refers to.
        what: String,
    },
    /// The snapshot is of a schema that this program does not know.
    #[error("the snapshot has schema {0}, this program knows up to {STATE_SCHEMA}")]
    Schema(u32),
}

impl State {
    /// Takes in the next entry of the log. Answers whether it was new.
    ///
    /// An entry that was absorbed before changes nothing, so a log can be read again from any point.
    ///
    /// ```
    /// use reconcile::identity::{Instance, Vendor};
    /// use reconcile::state::{Body, State};
    ///
    /// let mut state = State::new();
    /// let bound = Body::Bound {
    ///     source: Instance::new(Vendor::new("datto-rmm"), "merlot/abc123"),
    ///     destination: Instance::new(Vendor::new("gravityzone"), "cloud/0001"),
    /// };
    /// let entry = state.entry(bound, "setup", jiff::Timestamp::UNIX_EPOCH);
    /// assert!(state.absorb(&entry)?);
    /// assert!(!state.absorb(&entry)?, "known already");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An [`AbsorbError`] if the entry leaves a gap, binds to other tenants, resets during an execution, or refers to
    /// something unknown. The state is then unchanged.
    pub fn absorb(&mut self, entry: &Entry) -> Result<bool, AbsorbError> {
        if let Body::Snapshot(snapshot) = &entry.body {
            return self.absorb_snapshot(entry, snapshot);
        }
        if entry.id.0 <= self.serial {
            return Ok(false);
        }
        if entry.id.0 != self.serial + 1 {
            return Err(AbsorbError::Gap {
                expected_after: self.serial,
                found: entry.id,
            });
        }
        self.apply(entry)?;
        self.serial = entry.id.0;
        Ok(true)
    }

    /// Folds a whole log.
    ///
    /// # Errors
    ///
    /// The [`AbsorbError`] of the first entry that does not fit.
    pub fn replay<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Result<Self, AbsorbError> {
        let mut state = Self::new();
        for entry in entries {
            state.absorb(entry)?;
        }
        Ok(state)
    }

    /// An entry that stands for everything before it, so that a long log can begin with it.
    ///
    /// It keeps every decision. Reading the log from it gives the same state as reading all of it.
    pub fn snapshot(&self, by: impl Into<String>, at: Timestamp) -> Entry {
        self.entry(Body::Snapshot(Box::new(self.clone())), by, at)
    }

    fn absorb_snapshot(&mut self, entry: &Entry, snapshot: &Self) -> Result<bool, AbsorbError> {
        if snapshot.schema > STATE_SCHEMA {
            return Err(AbsorbError::Schema(snapshot.schema));
        }
        if entry.id.0 <= self.serial {
            return Ok(false);
        }
        // A snapshot may only stand for what went before it, never hide a part of the log that is missing.
        if self.serial != 0 && self.serial != snapshot.serial {
            return Err(AbsorbError::Gap {
                expected_after: self.serial,
                found: entry.id,
            });
        }
        *self = snapshot.clone();
        self.schema = STATE_SCHEMA;
        self.serial = entry.id.0;
        Ok(true)
    }

    fn apply(&mut self, entry: &Entry) -> Result<(), AbsorbError> {
        match &entry.body {
            Body::Bound {
                source,
                destination,
            } => {
                if let Some(binding) = &self.binding
                    && (binding.source != *source || binding.destination != *destination)
                {
                    return Err(AbsorbError::Bound {
                        source_tenant: binding.source.to_string(),
                        destination_tenant: binding.destination.to_string(),
                    });
                }
                self.binding = Some(Binding {
                    source: source.clone(),
                    destination: destination.clone(),
                });
            }
            Body::Reset => {
                if self.execution.is_some() {
                    return Err(AbsorbError::Unfinished);
                }
                *self = Self {
                    serial: self.serial,
                    ..Self::new()
                };
            }
            Body::Decided(decided) => self.decide(entry, decided)?,
            Body::Named { names } => self.names.extend(names.clone()),
            Body::Seen { scope, entities } => {
                let digest = scope.digest();
                self.scopes.entry(scope.instance.clone()).or_insert(digest);
                for entity in entities {
                    self.absent_since.remove(entity);
                    self.seen.insert(entity.clone(), digest);
                }
            }
            Body::Looked {
                entity,
                present: true,
            } => {
                self.absent_since.remove(entity);
            }
            Body::Looked {
                entity,
                present: false,
            } => {
                self.absent_since
                    .entry(entity.clone())
                    .and_modify(|absence| absence.latest = entry.at)
                    .or_insert(Absence {
                        first: entry.at,
                        latest: entry.at,
                    });
            }
            Body::Raised { key, detail } => self.raise(key, detail, entry.at),
            Body::Cleared { key } => self.clear(key),
            Body::Confirmed { plan, digest } => {
                if self.execution.is_some() {
                    return Err(AbsorbError::Unfinished);
                }
                self.execution = Some(ExecutionRecord {
                    id: entry.id,
                    by: entry.by.clone(),
                    plan: (**plan).clone(),
                    digest: *digest,
                    progress: BTreeMap::new(),
                });
            }
            Body::Intent {
                step,
                attempt,
                facts,
            } => {
                let progress = self.progress(entry.id, *step)?;
                progress.attempts.push(Attempt {
                    number: *attempt,
                    at: entry.at,
                    facts: facts.clone(),
                    answer: None,
                    answered_at: None,
                });
            }
            Body::Settled { step, result } => self.settle(entry, *step, result)?,
            Body::Finished | Body::Abandoned => {
                self.execution = None;
            }
            // Handled before: it replaces the state instead of changing it.
            Body::Snapshot(_) => {}
        }
        Ok(())
    }

    fn progress(
        &mut self,
        entry: EntryId,
        step: StepId,
    ) -> Result<&mut super::Progress, AbsorbError> {
        let unknown = || AbsorbError::Unknown {
            entry,
            what: step.to_string(),
        };
        let execution = self.execution.as_mut().ok_or_else(unknown)?;
        if execution.plan.step(step).is_none() {
            return Err(unknown());
        }
        Ok(execution.progress.entry(step).or_default())
    }

    fn decide(&mut self, entry: &Entry, decided: &Decided) -> Result<(), AbsorbError> {
        match &decided.decision {
            Decision::Associate { source, target } => self.associate(entry, source, target.clone()),
            Decision::Dissociate { association } => {
                let association = self.known_association(entry.id, *association)?;
                association.status = AssociationStatus::Leaving;
                association.changed_at = entry.at;
            }
            Decision::Change {
                association,
                target,
            } => {
                let association = self.known_association(entry.id, *association)?;
                association.target = target.clone();
                association.package = None;
                association.partner = None;
                association.destination_name = None;
                association.company_made_by_us = false;
                association.status = AssociationStatus::Wanted;
                association.changed_at = entry.at;
            }
            Decision::Ignore { source } => {
                self.ignored.insert(source.clone());
            }
            Decision::KeepSeparate {
                source,
                destination,
            } => {
                self.separate.insert((source.clone(), destination.clone()));
            }
            Decision::Device(decision) => self.devices.take(decision),
            Decision::Answer { event, action } => self.answer(entry, event, action)?,
            Decision::Undo { decision } => self.undo(entry, *decision)?,
        }
        self.names.extend(decided.names.clone());
        self.decisions.push(DecisionRecord {
            id: entry.id,
            at: entry.at,
            by: entry.by.clone(),
            decision: decided.decision.clone(),
            names: decided.names.clone(),
            evidence: decided.evidence.clone(),
            undone_by: None,
        });
        Ok(())
    }

    fn associate(&mut self, entry: &Entry, source: &EntityRef, target: Target) {
        self.ignored.remove(source);
        if let Target::Existing(destination) = &target {
            self.parted.remove(&(source.clone(), destination.clone()));
        }
        let id = AssociationId::from(entry.id);
        let association = Association {
            id,
            source: source.clone(),
            source_name: None,
            target,
            destination_name: None,
            partner: None,
            package: None,
            variable: None,
            status: AssociationStatus::Wanted,
            restore: false,
            company_made_by_us: false,
            changed_at: entry.at,
        };
        self.associations.insert(id, association);
    }

    fn known_association(
        &mut self,
        entry: EntryId,
        association: AssociationId,
    ) -> Result<&mut Association, AbsorbError> {
        self.associations
            .get_mut(&association)
            .ok_or_else(|| AbsorbError::Unknown {
                entry,
                what: association.to_string(),
            })
    }

    /// Takes a decision back, as far as nothing was done upon it.
    fn undo(&mut self, entry: &Entry, decision: EntryId) -> Result<(), AbsorbError> {
        let unknown = || AbsorbError::Unknown {
            entry: entry.id,
            what: format!("a decision in {decision}"),
        };
        let index = self
            .decisions
            .iter()
            .position(|record| record.id == decision)
            .ok_or_else(unknown)?;
        match self.decisions[index].decision.clone() {
            Decision::Ignore { source } => {
                self.ignored.remove(&source);
            }
            Decision::KeepSeparate {
                source,
                destination,
            } => {
                self.separate.remove(&(source, destination));
            }
            Decision::Associate { .. } => {
                let id = AssociationId::from(decision);
                if self
                    .associations
                    .get(&id)
                    .is_some_and(Association::is_untouched)
                {
                    self.associations.remove(&id);
                } else if let Some(association) = self.associations.get_mut(&id) {
                    association.status = AssociationStatus::Leaving;
                    association.changed_at = entry.at;
                }
            }
            Decision::Dissociate { association } => {
                if let Some(association) = self.associations.get_mut(&association) {
                    // Planning finds out what is still in place.
                    association.status = AssociationStatus::Wanted;
                    association.changed_at = entry.at;
                }
            }
            Decision::Answer {
                event,
                action: Action::Ignore,
            } => {
                if let Some(event) = self.events.get_mut(&event.key)
                    && event.status == EventStatus::Ignored
                {
                    event.status = EventStatus::Open;
                    event.answer = None;
                }
                if let [source, destination] = event.key.entities.as_slice() {
                    self.parted.remove(&(source.clone(), destination.clone()));
                }
            }
            // What was said before counts again, so everything is folded anew below.
            Decision::Device(_) => {}
            Decision::Change { .. } | Decision::Answer { .. } | Decision::Undo { .. } => {
                return Err(AbsorbError::Unknown {
                    entry: entry.id,
                    what: format!("a way to take back {decision}: decide anew instead"),
                });
            }
        }
        self.decisions[index].undone_by = Some(entry.id);
        if let Decision::Device(_) = self.decisions[index].decision {
            self.devices = DeviceDecisions::of(&self.decisions);
        }
        Ok(())
    }

    fn raise(&mut self, key: &EventKey, detail: &str, at: Timestamp) {
        match self.events.get_mut(key) {
            Some(event) if matches!(event.status, EventStatus::Resolved | EventStatus::Cleared) => {
                event.id.occurrence += 1;
                event.status = EventStatus::Open;
                event.raised_at = at;
                event.answer = None;
                detail.clone_into(&mut event.detail);
            }
            Some(event) => detail.clone_into(&mut event.detail),
            None => {
                let event = Event {
                    id: EventId {
                        key: key.clone(),
                        occurrence: 1,
                    },
                    status: EventStatus::Open,
                    raised_at: at,
                    detail: detail.to_owned(),
                    answer: None,
                };
                self.events.insert(key.clone(), event);
            }
        }
    }

    fn clear(&mut self, key: &EventKey) {
        let applying = self.execution.is_some();
        if let Some(event) = self.events.get_mut(key) {
            match event.status {
                EventStatus::Open | EventStatus::Ignored => event.status = EventStatus::Cleared,
                EventStatus::Resolving if !applying => event.status = EventStatus::Cleared,
                EventStatus::Resolving | EventStatus::Resolved | EventStatus::Cleared => {}
            }
        }
    }
}

impl Association {
    /// Whether nothing was made for it yet.
    fn is_untouched(&self) -> bool {
        self.status == AssociationStatus::Wanted
            && self.package.is_none()
            && self.variable.is_none()
            && !self.company_made_by_us
    }
}
