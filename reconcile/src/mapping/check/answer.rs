//! Checks of answers to events, and of decisions that take others back.

use super::Errors;
use crate::drift::{Action, Event, EventId, EventKind, EventStatus};
use crate::mapping::{DecisionError, Mapping};
use crate::state::{AssociationId, AssociationStatus, Decision, EntryId, Target};

impl Mapping<'_> {
    /// Whether the event waits for an answer and offers this one.
    pub(super) fn check_event(
        &self,
        id: &EventId,
        action: &Action,
    ) -> Result<&Event, DecisionError> {
        let event = self
            .state
            .event(&id.key)
            .ok_or_else(|| DecisionError::EventUnknown(id.clone()))?;
        if event.id.occurrence < id.occurrence {
            return Err(DecisionError::EventUnknown(id.clone()));
        }
        if event.id != *id {
            return Err(DecisionError::OtherOccurrence {
                event: id.clone(),
                latest: event.id.occurrence,
            });
        }
        if event.status != EventStatus::Open {
            return Err(DecisionError::EventNotOpen {
                event: id.clone(),
                status: event.status,
            });
        }
        let allowed = id.key.kind.actions();
        if !allowed.contains(&action.kind()) {
            return Err(DecisionError::ActionNotAllowed {
                event: id.clone(),
                action: action.kind(),
                allowed,
            });
        }
        Ok(event)
    }

    /// Whether what the answer needs is there.
    pub(super) fn check_answer(&self, event: &Event, action: &Action) -> Errors {
        let id = &event.id;
        let cannot = |why| {
            vec![DecisionError::CannotAct {
                event: id.clone(),
                why,
            }]
        };
        let concerned = || {
            self.state
                .associations()
                .find(|association| association.concerned_by(&id.key.entities))
        };
        let is_bound = match action {
            Action::Recreate { .. } | Action::Delete | Action::Keep | Action::Restore => true,
            Action::Accept => id.key.kind != EventKind::VisibilityChanged,
            Action::Create { .. } | Action::Associate | Action::Move | Action::Ignore => false,
        };
        if is_bound {
            match concerned() {
                None => return cannot("the association is gone"),
                Some(association) if association.is_leaving() => {
                    return cannot("the association is being dropped already");
                }
                Some(_) => {}
            }
        }
        match action {
            Action::Create { name } => {
                let awaiting =
                    concerned().filter(|association| association.destination().is_none());
                match awaiting {
                    None => cannot("no association waits for this company any more"),
                    Some(association) => self.check_name(name, Some(association.id)),
                }
            }
            Action::Recreate { name } => {
                let Some(association) = concerned() else {
                    return cannot("the association is gone");
                };
                let Some(parent) = &association.partner else {
                    return cannot(
                        "the partner above the company was never read: change the association instead",
                    );
                };
                let Some(name) = name.as_ref().or(association.destination_name.as_ref()) else {
                    return cannot("the company's name was never read: give one");
                };
                let mut errors = self.check_name(name, Some(association.id));
                errors.extend(self.check_parent(parent).err());
                errors
            }
            Action::Associate => match id.key.entities.as_slice() {
                [source, destination] => {
                    let mut errors = self.check_open_site(source);
                    errors.extend(self.check_target(
                        source,
                        &Target::Existing(destination.clone()),
                        None,
                    ));
                    errors
                }
                _ => cannot("it does not name a pair"),
            },
            Action::Delete
            | Action::Restore
            | Action::Keep
            | Action::Accept
            | Action::Move
            | Action::Ignore => Vec::new(),
        }
    }

    pub(super) fn check_undo(&self, id: EntryId) -> Result<(), DecisionError> {
        let records = self.state.decisions();
        let record = records
            .iter()
            .find(|record| record.id == id)
            .ok_or(DecisionError::DecisionUnknown(id))?;
        if let Some(by) = record.undone_by {
            return Err(DecisionError::AlreadyUndone { decision: id, by });
        }
        let why = match &record.decision {
            Decision::Ignore { source } if self.state.ignored().contains(source) => return Ok(()),
            Decision::KeepSeparate {
                source,
                destination,
            } if self.is_separate(source, destination) => {
                return Ok(());
            }
            Decision::Ignore { .. } | Decision::KeepSeparate { .. } => "it no longer holds",
            Decision::Associate { .. } => match self.state.association(AssociationId::from(id)) {
                Some(association) if !association.is_leaving() => return Ok(()),
                Some(_) => "the association is being dropped already",
                None => "the association is gone already",
            },
            Decision::Dissociate { association } => match self.state.association(*association) {
                Some(association) if association.status == AssociationStatus::Leaving => {
                    return Ok(());
                }
                Some(_) => "the association is not being dropped any more",
                None => "the association is gone: associate anew instead",
            },
            // What was said before then counts again.
            Decision::Device(_) => return Ok(()),
            Decision::Answer {
                event,
                action: Action::Ignore,
            } => {
                let current = self.state.event(&event.key);
                if current
                    .is_some_and(|known| known.id == *event && known.status == EventStatus::Ignored)
                {
                    return Ok(());
                }
                "the event is no longer ignored"
            }
            Decision::Answer { .. } => {
                "only ignoring an event can be taken back: decide anew instead"
            }
            Decision::Change { .. } => "change the association again instead",
            Decision::Undo { .. } => "decide anew instead",
        };
        Err(DecisionError::NotUndoable { decision: id, why })
    }
}
