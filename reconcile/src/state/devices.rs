//! What people said about devices, folded.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::decision::{Decision, DecisionRecord, DeviceDecision};
use super::pairs;
use crate::identity::EntityRef;

/// What people said about devices, as far as it counts now: of several words about one device, the latest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceDecisions {
    #[serde(with = "pairs")]
    matched: BTreeMap<EntityRef, EntityRef>,
    to_create: BTreeSet<EntityRef>,
    ignored: BTreeSet<EntityRef>,
    separate: BTreeSet<(EntityRef, EntityRef)>,
}

impl DeviceDecisions {
    /// Folds the decisions that were not taken back.
    pub(super) fn of(decisions: &[DecisionRecord]) -> Self {
        let mut folded = Self::default();
        for record in decisions {
            if let (Decision::Device(decision), None) = (&record.decision, record.undone_by) {
                folded.take(decision);
            }
        }
        folded
    }

    pub(super) fn take(&mut self, decision: &DeviceDecision) {
        match decision {
            DeviceDecision::Match {
                source,
                destination,
            } => {
                self.forget(source);
                // One to one: whoever had it loses it.
                self.matched.retain(|_, matched| matched != destination);
                self.separate.remove(&(source.clone(), destination.clone()));
                self.matched.insert(source.clone(), destination.clone());
            }
            DeviceDecision::Create { source } => {
                self.forget(source);
                self.to_create.insert(source.clone());
            }
            DeviceDecision::Ignore { source } => {
                self.forget(source);
                self.ignored.insert(source.clone());
            }
            DeviceDecision::KeepSeparate {
                source,
                destination,
            } => {
                if self.matched.get(source) == Some(destination) {
                    self.matched.remove(source);
                }
                self.separate.insert((source.clone(), destination.clone()));
            }
        }
    }

    fn forget(&mut self, source: &EntityRef) {
        self.matched.remove(source);
        self.to_create.remove(source);
        self.ignored.remove(source);
    }

    /// Source devices with the devices that a person matched them with.
    pub fn matched(&self) -> &BTreeMap<EntityRef, EntityRef> {
        &self.matched
    }

    /// Source devices for which a counterpart is to be created.
    pub fn to_create(&self) -> &BTreeSet<EntityRef> {
        &self.to_create
    }

    /// Source devices that are not to be matched.
    pub fn ignored(&self) -> &BTreeSet<EntityRef> {
        &self.ignored
    }

    /// Pairs of devices that are different ones.
    pub fn kept_separate(&self) -> &BTreeSet<(EntityRef, EntityRef)> {
        &self.separate
    }
}
