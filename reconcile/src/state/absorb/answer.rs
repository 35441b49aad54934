//! What an answer to an event changes.

use super::AbsorbError;
use crate::drift::{Action, EventId, EventKind, EventStatus};
use crate::state::State;
use crate::state::association::{Association, AssociationStatus};
use crate::state::decision::Target;
use crate::state::entry::Entry;

impl State {
    pub(super) fn answer(
        &mut self,
        entry: &Entry,
        id: &EventId,
        action: &Action,
    ) -> Result<(), AbsorbError> {
        let unknown = |what: String| AbsorbError::Unknown {
            entry: entry.id,
            what,
        };
        let known = self
            .events
            .get(&id.key)
            .is_some_and(|event| event.id == *id);
        if !known {
            return Err(unknown(id.to_string()));
        }
        if !id.key.kind.actions().contains(&action.kind()) {
            return Err(unknown(format!(
                "the action {:?} for {}",
                action.kind(),
                id.key.kind
            )));
        }
        if let Action::Recreate { name } = action
            && !self.associations.values().any(|association| {
                association.concerned_by(&id.key.entities)
                    && association.recreation(name.as_deref()).is_some()
            })
        {
            return Err(unknown(format!(
                "a name or a partner under which to recreate for {}",
                id.key
            )));
        }
        let status = self.act_on(entry, id, action);
        if let Some(event) = self.events.get_mut(&id.key) {
            event.status = status;
            event.answer = Some(action.clone());
        }
        Ok(())
    }

    /// Changes what the answer changes, and says where that leaves the event.
    fn act_on(&mut self, entry: &Entry, id: &EventId, action: &Action) -> EventStatus {
        let entities = id.key.entities.as_slice();
        match (id.key.kind, action) {
            (EventKind::DestinationCreation, Action::Create { name }) => {
                self.each_concerned(entities, |association| {
                    if let Target::New { name: wanted, .. } = &mut association.target {
                        name.clone_into(wanted);
                        association.changed_at = entry.at;
                    }
                });
                EventStatus::Resolving
            }
            (EventKind::DestinationCreation, _) => {
                let concerned = |association: &Association| {
                    entities.first() == Some(&association.source)
                        && association.destination().is_none()
                };
                self.associations
                    .retain(|_, association| !concerned(association));
                EventStatus::Resolved
            }
            // Moves nothing, and the event stays listed: so the system that is described does it.
            (EventKind::DestinationMoved, Action::Move) => EventStatus::Open,
            (EventKind::DestinationDeleted, Action::Recreate { name }) => {
                self.each_concerned(entities, |association| {
                    recreate(association, name.as_deref(), entry);
                });
                EventStatus::Resolving
            }
            (EventKind::AssociationMissing, Action::Associate) => {
                if let [source, destination] = entities {
                    self.associate(
                        entry,
                        &source.clone(),
                        Target::Existing(destination.clone()),
                    );
                }
                EventStatus::Resolving
            }
            (EventKind::AssociationMissing, _) => {
                if let [source, destination] = entities {
                    self.parted.insert((source.clone(), destination.clone()));
                }
                EventStatus::Ignored
            }
            (EventKind::SourceDeleted, Action::Delete) => {
                self.leave(entry, entities, AssociationStatus::LeavingWithCompany)
            }
            (EventKind::SourceDeleted, Action::Keep) => {
                self.leave(entry, entities, AssociationStatus::LeavingRecordOnly)
            }
            (EventKind::SiteOnDemand, Action::Delete) => {
                self.leave(entry, entities, AssociationStatus::Leaving)
            }
            (_, Action::Restore) => {
                self.each_concerned(entities, |association| {
                    if association.is_leaving() {
                        return;
                    }
                    association.status = AssociationStatus::Wanted;
                    association.restore = true;
                    association.changed_at = entry.at;
                    if id.key.kind == EventKind::PackageMissing {
                        association.package = None;
                    }
                });
                EventStatus::Resolving
            }
            (EventKind::VisibilityChanged, Action::Accept) => {
                if let Some(root) = entities.first() {
                    self.scopes.remove(&root.instance);
                }
                EventStatus::Resolved
            }
            (_, Action::Accept) => {
                self.each_concerned(entities, |association| {
                    if !association.is_leaving() {
                        association.status = AssociationStatus::Wanted;
                        association.changed_at = entry.at;
                    }
                });
                EventStatus::Resolving
            }
            (_, _) => EventStatus::Ignored,
        }
    }

    fn leave(
        &mut self,
        entry: &Entry,
        entities: &[crate::identity::EntityRef],
        status: AssociationStatus,
    ) -> EventStatus {
        self.each_concerned(entities, |association| {
            association.status = status;
            association.changed_at = entry.at;
        });
        EventStatus::Resolving
    }

    /// The associations that an event is about: those of its source and, if it names one, its destination.
    fn each_concerned(
        &mut self,
        entities: &[crate::identity::EntityRef],
        mut change: impl FnMut(&mut Association),
    ) {
        for association in self.associations.values_mut() {
            let concerned = association.concerned_by(entities);
            if concerned {
                change(association);
            }
        }
    }
}

impl Association {
    /// The company to be made again, if name and partner of the old one are known.
    fn recreation(&self, name: Option<&str>) -> Option<Target> {
        let parent = self.partner.clone()?;
        let name = name.or(self.destination_name.as_deref())?.to_owned();
        Some(Target::New { name, parent })
    }

    /// Whether an event about these entities is about this association.
    pub fn concerned_by(&self, entities: &[crate::identity::EntityRef]) -> bool {
        !entities.is_empty()
            && entities.iter().all(|entity| {
                *entity == self.source
                    || self.destination() == Some(entity)
                    || self
                        .package
                        .as_ref()
                        .is_some_and(|package| package.package == *entity)
            })
    }
}

/// Points the association at a company to be made again, where the old one stood.
fn recreate(association: &mut Association, name: Option<&str>, entry: &Entry) {
    if let Some(target) = association.recreation(name) {
        association.target = target;
        association.package = None;
        association.company_made_by_us = false;
        association.status = AssociationStatus::Wanted;
        association.changed_at = entry.at;
    }
}
