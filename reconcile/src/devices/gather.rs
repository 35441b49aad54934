//! The devices of one side as rows for matching.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use super::DevicePolicy;
use crate::identity::{EntityRef, MacAddr};
use crate::inventory::{Coverage, Device, Observation, Rows};
use crate::matching::DeviceRow;

/// A device where it was listed.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) device: &'a Device,
    pub(super) of: &'a EntityRef,
    /// The number of its mapped organisation.
    pub(super) group: Option<u32>,
    /// Why it takes no part.
    pub(super) left_out: Option<Cow<'a, str>>,
}

impl DeviceRow for Row<'_> {
    fn organization(&self) -> Option<u32> {
        self.group
    }

    fn macs(&self) -> impl Iterator<Item = MacAddr> {
        self.device.macs.iter().copied()
    }

    fn ips(&self) -> impl Iterator<Item = IpAddr> {
        self.device.ips.iter().copied()
    }

    fn name(&self) -> &str {
        &self.device.name
    }

    fn serial(&self) -> Option<&str> {
        self.device.serial.as_deref()
    }

    fn excluded(&self) -> Option<&str> {
        self.left_out.as_deref()
    }
}

/// One side.
#[derive(Debug)]
pub(super) struct Gathered<'a> {
    /// Ordered by organisation and identity.
    pub(super) rows: Vec<Row<'a>>,
    /// The row of each device; a device that was listed more than once is here by its first row.
    places: BTreeMap<&'a EntityRef, u32>,
    /// How each organisation was read: `None` if whole.
    read: BTreeMap<&'a EntityRef, Option<&'a str>>,
}

impl<'a> Gathered<'a> {
    pub(super) fn of(
        observation: &'a Observation,
        numbers: &BTreeMap<&EntityRef, u32>,
        policy: &'a DevicePolicy,
    ) -> Self {
        let mut rows = Vec::new();
        let mut read: BTreeMap<&EntityRef, Option<&str>> = BTreeMap::new();
        for segment in &observation.segments {
            let Rows::Devices(devices) = &segment.rows else {
                continue;
            };
            let reason = match &segment.coverage {
                Coverage::Complete => None,
                Coverage::Partial(reason) => Some(reason.as_str()),
            };
            let known = read.entry(&segment.of).or_insert(reason);
            // The lesser reason of several, so that the order of segments does not show.
            *known = match (*known, reason) {
                (Some(first), Some(second)) => Some(first.min(second)),
                (first, second) => first.or(second),
            };
            rows.extend(devices.iter().map(|device| {
                Row {
                    device,
                    of: &segment.of,
                    group: numbers.get(&segment.of).copied(),
                    left_out: policy
                        .unsupported
                        .get(&device.entity.kind)
                        .map(|reason| Cow::Borrowed(reason.as_str())),
                }
            }));
        }
        // Equal rows stand side by side, whatever the order of the input.
        rows.sort_by_cached_key(|row| (row.of, &row.device.entity, format!("{:?}", row.device)));
        rows.dedup_by(|a, b| a.of == b.of && a.device == b.device);
        let mut gathered = Self {
            rows,
            places: BTreeMap::new(),
            read,
        };
        gathered.mark_repeats();
        gathered
    }

    /// Leaves out every row of a device that has several.
    fn mark_repeats(&mut self) {
        let mut repeats = Vec::new();
        for (number, row) in (0..).zip(&self.rows) {
            let first = *self.places.entry(&row.device.entity).or_insert(number);
            if first != number {
                repeats.extend([first, number]);
            }
        }
        for row in repeats {
            self.leave_out(
                row,
                "it was listed more than once with different content, so it changed meanwhile",
            );
        }
    }

    /// The row of a device; `None` if it is not listed.
    pub(super) fn find(&self, device: &EntityRef) -> Option<u32> {
        self.places.get(device).copied()
    }

    /// Lets a row take no part. The first reason given stays.
    pub(super) fn leave_out(&mut self, row: u32, why: &'static str) {
        if let Some(row) = self.rows.get_mut(row as usize) {
            row.left_out.get_or_insert(Cow::Borrowed(why));
        }
    }

    /// Why the devices of an organisation were not read whole; `None` if they were.
    pub(super) fn partial(&self, of: &EntityRef) -> Option<&'a str> {
        match self.read.get(of) {
            Some(reason) => *reason,
            None => Some("its devices were not read"),
        }
    }
}
