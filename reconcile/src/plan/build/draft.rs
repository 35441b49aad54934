//! The steps of one association while they are drafted, and the reasons that hold it back.

use crate::identity::EntityRef;
use crate::plan::{Held, HeldReason, Notice, PlannedStep, Step, StepId};
use crate::state::{Association, AssociationId};

/// The steps of one association, numbered from 1.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) association: AssociationId,
    /// The organisations concerned, source first, in case the draft is held after all.
    pub(super) entities: Vec<EntityRef>,
    pub(super) steps: Vec<PlannedStep>,
    pub(super) notices: Vec<Notice>,
}

impl Draft {
    pub(super) fn new(association: &Association) -> Self {
        Self {
            association: association.id,
            entities: entities(association),
            steps: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// Adds a step that waits for `after`.
    pub(super) fn step(&mut self, step: Step, after: Vec<StepId>, because: String) -> StepId {
        let id = nth(self.steps.len());
        self.steps.push(PlannedStep {
            id,
            association: self.association,
            step,
            after,
            because,
        });
        id
    }

    /// Adds a step that waits for all the others.
    pub(super) fn last(&mut self, step: Step, because: String) {
        let after = self.steps.iter().map(|step| step.id).collect();
        self.step(step, after, because);
    }

    pub(super) fn notice(&mut self, text: String) {
        self.notices.push(Notice {
            association: self.association,
            text,
        });
    }
}

/// The number of the step that follows `before` others.
pub(super) fn nth(before: usize) -> StepId {
    StepId(u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1))
}

/// Everything that holds one association back.
#[derive(Debug)]
pub(super) struct Holds {
    association: AssociationId,
    entities: Vec<EntityRef>,
    held: Vec<Held>,
}

impl Holds {
    pub(super) fn new(association: &Association) -> Self {
        Self {
            association: association.id,
            entities: entities(association),
            held: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, reason: HeldReason, detail: String) {
        let (association, entities) = (Some(self.association), self.entities.clone());
        self.held.push(Held {
            association,
            entities,
            reason,
            detail,
        });
    }

    /// The draft if nothing holds it back, so that an association is never planned by half.
    pub(super) fn or(self, draft: Draft) -> Result<Draft, Vec<Held>> {
        if self.held.is_empty() {
            Ok(draft)
        } else {
            Err(self.held)
        }
    }

    /// The reasons, for where no draft can be made.
    ///
    /// Whoever has nothing to draft has given a reason; should that ever fail, the association is still not lost.
    pub(super) fn into_reasons(mut self) -> Vec<Held> {
        if self.held.is_empty() {
            self.add(
                HeldReason::NotRead,
                format!(
                    "{} could not be planned from what was read",
                    self.association
                ),
            );
        }
        self.held
    }
}

fn entities(association: &Association) -> Vec<EntityRef> {
    [Some(&association.source), association.destination()]
        .into_iter()
        .flatten()
        .cloned()
        .collect()
}
