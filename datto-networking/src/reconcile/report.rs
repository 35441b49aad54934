//! What became of each kind of device while everything was read.

use std::collections::BTreeMap;

use ::reconcile::inventory::Observation;
use client_core::{Decoded, Gathered};

use crate::devices::{DeviceKind, NetworkDevice};
use crate::networks::NetworkId;

/// An observation, and what became of each kind of device.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// What was read.
    pub observation: Observation,
    /// Every kind that there is, whether it was read or not.
    pub kinds: BTreeMap<DeviceKind, KindReport>,
    /// Devices of kinds that are not supported. They are in no segment.
    pub unsupported: Vec<Unsupported>,
}

/// What became of one kind of device.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KindReport {
    /// All of them were read; so many.
    Read(usize),
    /// Some of them could not be read. Their networks' segments are partial.
    Incomplete {
        /// Those that were read.
        read: usize,
        /// Why others were not; the first reason.
        reason: String,
    },
    /// They were not asked for.
    NotAsked,
    /// No public source tells where they are listed, and the host named no place; see
    /// [`Observe::routers`](super::Observe::routers).
    NoEndpoint,
    /// They cannot be read; so many were met among others.
    Unsupported(usize),
}

/// A device of a kind that is not supported.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Unsupported {
    /// The network that it is in.
    pub network: NetworkId,
    /// The device.
    pub device: NetworkDevice,
}

/// What could not be read.
#[derive(Default)]
pub(super) struct Gaps(Vec<String>);

/// Reasons that a coverage spells out; the rest is counted.
const SPELLED: usize = 3;

impl Gaps {
    pub(super) fn note(&mut self, gap: String) {
        self.0.push(gap);
    }

    pub(super) fn extend(&mut self, gaps: impl IntoIterator<Item = String>) {
        self.0.extend(gaps);
    }

    pub(super) fn first(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    /// The rows that could be read; notes the others.
    pub(super) fn sort<T>(&mut self, gathered: Gathered<Decoded<T>>) -> Vec<T> {
        let rows = match gathered {
            Gathered::Whole(rows) => rows.into_inner(),
            Gathered::Part(rows, error) => {
                self.note(error.to_string());
                rows
            }
        };
        let read = |row| match row {
            Decoded::Item(item) => Some(item),
            Decoded::Bad(bad) => {
                self.note(bad.to_string());
                None
            }
        };
        rows.into_iter().filter_map(read).collect()
    }

    /// All of it in one line; `None` if there is nothing.
    pub(super) fn reason(&self) -> Option<String> {
        let spelled = self.0.get(..self.0.len().min(SPELLED))?.join("; ");
        match self.0.len() {
            0 => None,
            1..=SPELLED => Some(spelled),
            all => Some(format!("{spelled}; and {} more", all - SPELLED)),
        }
    }
}

impl IntoIterator for Gaps {
    type Item = String;
    type IntoIter = std::vec::IntoIter<String>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
