//! Checks of decisions about devices before they are logged.

use std::collections::BTreeMap;

use super::Devices;
use crate::identity::EntityRef;
use crate::mapping::Ground;
use crate::matching::{Conflict, Flags, Side, Unmatched, Verdict};
use crate::state::{Decided, Decision, DeviceDecision};

/// Why a decision about a device cannot be taken as things are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// The device is not listed.
    #[error("{device} is not listed at the {}", match side { Side::Left => "source", Side::Right => "destination" })]
    Unknown {
        /// The device.
        device: Box<EntityRef>,
        /// Where it was looked for.
        side: Side,
    },
    /// The device takes no part.
    #[error("{device} takes no part: {why}")]
    LeftOut {
        /// The device.
        device: Box<EntityRef>,
        /// Why.
        why: String,
    },
    /// The two are not in one mapped pair of organisations: organisations come first.
    #[error("{source_device} and {destination} are not in organisations that belong together")]
    Apart {
        /// The source device.
        source_device: Box<EntityRef>,
        /// The device of the destination.
        destination: Box<EntityRef>,
    },
    /// A person has matched the device of the destination with another one.
    #[error("{destination} is confirmed as {holder}")]
    Taken {
        /// The device of the destination.
        destination: Box<EntityRef>,
        /// Whose counterpart it is.
        holder: Box<EntityRef>,
    },
    /// The device has a counterpart, so none is to be created.
    #[error("{device} is {partner} already")]
    Matched {
        /// The device.
        device: Box<EntityRef>,
        /// Its counterpart.
        partner: Box<EntityRef>,
    },
    /// Nothing may be created for the device now.
    #[error("nothing can be created for {device}: {why}")]
    NotCreatable {
        /// The device.
        device: Box<EntityRef>,
        /// Why.
        why: String,
    },
}

impl Devices<'_> {
    /// Checks a decision against what is known now, and gives it ready to be logged, with what the cascade says of it.
    ///
    /// A match by hand may go against every rule; it must stay inside one mapped pair of organisations and may not take a
    /// device that is confirmed for another. It replaces what was said of the source device before.
    ///
    /// # Errors
    ///
    /// A [`DeviceError`] that names the device and what stands against the decision.
    pub fn check(&self, decision: &DeviceDecision) -> Result<Decided, DeviceError> {
        match decision {
            DeviceDecision::Match {
                source,
                destination,
            } => self.check_match(source, destination)?,
            DeviceDecision::Create { source } => self.check_creation(source)?,
            DeviceDecision::Ignore { source } => {
                self.listed(Side::Left, source)?;
            }
            DeviceDecision::KeepSeparate {
                source,
                destination,
            } => {
                self.listed(Side::Left, source)?;
                self.listed(Side::Right, destination)?;
            }
        }
        let decided = Decided::from(Decision::Device(decision.clone()));
        let (names, grounds) = self.known_of(decision);
        Ok(decided.named(names).on(grounds))
    }

    /// What the devices of a decision are called, and what speaks for and against them.
    fn known_of(&self, decision: &DeviceDecision) -> (BTreeMap<EntityRef, String>, Vec<Ground>) {
        let (source, destination) = match decision {
            DeviceDecision::Match {
                source,
                destination,
            }
            | DeviceDecision::KeepSeparate {
                source,
                destination,
            } => (source, Some(destination)),
            DeviceDecision::Create { source } | DeviceDecision::Ignore { source } => (source, None),
        };
        let place = |side, device: &EntityRef| {
            let row = self.row(side, device)?;
            Some((row, self.side(side).rows.get(row as usize)?))
        };
        let ours = place(Side::Left, source);
        let theirs = destination.and_then(|destination| place(Side::Right, destination));
        let names = [ours, theirs].into_iter().flatten().map(|(_, row)| {
            let device = row.device;
            (device.entity.clone(), device.name.clone())
        });
        let ground = ours
            .zip(theirs)
            .and_then(|((left, _), (right, _))| self.ground(left, right));
        (names.collect(), ground.into_iter().collect())
    }

    /// What the cascade says of a pair of rows, if it says anything.
    fn ground(&self, left: u32, right: u32) -> Option<Ground> {
        let verdict = self.matching.left.get(left as usize)?;
        let rule = verdict.rule()?;
        let mut conflicts = Vec::new();
        let ambiguous = match verdict {
            Verdict::Ambiguous { .. } => {
                // Both must have left the pool at this rule, or it says nothing of the two.
                let other = self.matching.right.get(right as usize)?;
                if !matches!(other, Verdict::Ambiguous { rule: other } if *other == rule) {
                    return None;
                }
                true
            }
            Verdict::Unmatched {
                cause:
                    Unmatched::Vetoed {
                        candidate,
                        conflict,
                        ..
                    },
            } if *candidate == right => {
                conflicts.push(*conflict);
                false
            }
            _ if verdict.partner() == Some(right) => {
                let flags = verdict.flags();
                let told = [
                    (Flags::MAC_CONFLICT, Conflict::Mac),
                    (Flags::SERIAL_CONFLICT, Conflict::Serial),
                ];
                let told = told.into_iter().filter(|(flag, _)| flags.contains(*flag));
                conflicts.extend(told.map(|(_, conflict)| conflict));
                false
            }
            _ => return None,
        };
        Some(Ground::Devices {
            rule,
            ambiguous,
            conflicts,
        })
    }

    fn listed(&self, side: Side, device: &EntityRef) -> Result<u32, DeviceError> {
        self.row(side, device).ok_or_else(|| DeviceError::Unknown {
            device: Box::new(device.clone()),
            side,
        })
    }

    fn check_match(&self, source: &EntityRef, destination: &EntityRef) -> Result<(), DeviceError> {
        let ours = self.listed(Side::Left, source)?;
        let theirs = self.listed(Side::Right, destination)?;
        let (ours, theirs) = (
            &self.left.rows[ours as usize],
            &self.right.rows[theirs as usize],
        );
        let decided = self.state.devices();
        // What a person said of the source device is replaced; any other reason stays.
        let is_free = decided.ignored().contains(source) || decided.matched().contains_key(source);
        let left_out = match (&ours.left_out, &theirs.left_out) {
            (Some(why), _) if !is_free => Some((source, why)),
            (_, Some(why)) if !decided.matched().values().any(|held| held == destination) => {
                Some((destination, why))
            }
            _ => None,
        };
        if let Some((device, why)) = left_out {
            return Err(DeviceError::LeftOut {
                device: Box::new(device.clone()),
                why: why.clone().into_owned(),
            });
        }
        if ours.group.is_none() || ours.group != theirs.group {
            return Err(DeviceError::Apart {
                source_device: Box::new(source.clone()),
                destination: Box::new(destination.clone()),
            });
        }
        let holder = decided
            .matched()
            .iter()
            .find(|(holder, held)| *held == destination && *holder != source);
        match holder {
            None => Ok(()),
            Some((holder, _)) => Err(DeviceError::Taken {
                destination: Box::new(destination.clone()),
                holder: Box::new(holder.clone()),
            }),
        }
    }

    fn check_creation(&self, source: &EntityRef) -> Result<(), DeviceError> {
        let row = self.listed(Side::Left, source)?;
        let line = self.line(Side::Left, row as usize, &self.left.rows[row as usize]);
        let device = || Box::new(source.clone());
        if let (Verdict::Matched { .. }, Some(partner)) = (line.verdict, line.partner) {
            return Err(DeviceError::Matched {
                device: device(),
                partner: Box::new(partner.entity.clone()),
            });
        }
        let is_ignored = self.state.devices().ignored().contains(source);
        if let (Verdict::Excluded { .. }, false) = (line.verdict, is_ignored) {
            let why = line.excluded.unwrap_or("its organisation is not mapped");
            return Err(DeviceError::LeftOut {
                device: device(),
                why: why.to_owned(),
            });
        }
        match self.obstacle(row) {
            None => Ok(()),
            Some(hold) => Err(DeviceError::NotCreatable {
                device: device(),
                why: hold.to_string(),
            }),
        }
    }
}
