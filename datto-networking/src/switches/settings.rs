//! What a network sets for all its switches, and the firmware that they may have.

use std::collections::BTreeMap;

use client_core::{Call, Operation, Repeat};
use serde::Serialize;

use crate::answer;
use crate::lenient::{nested, record};
use crate::networks::NetworkId;

pub(crate) const ALLOWED_FIRMWARE: Operation = Operation::get(
    "switches.allowed_firmware",
    "/switch/network/{network}/allowed_firmware",
);
pub(crate) const SETTINGS: Operation =
    Operation::get("switches.settings", "/switch/network/{network}/settings");
pub(crate) const UPDATE_SETTINGS: Operation = Operation::put(
    "switches.update_settings",
    "/switch/network/{network}/settings",
)
.repeat(Repeat::Idempotent);

/// The firmware that switches may have, by model.
pub type AllowedFirmware = BTreeMap<String, Vec<SwitchFirmwareVersion>>;

record! {
    /// What a network sets for all its switches.
    pub struct SwitchSettings {
        /// Whether switches are left with the firmware that they have.
        disable_upgrade: bool,
        /// The firmware by model.
        firmware: BTreeMap<String, SwitchFirmwareVersion>,
    }
}

record! {
    /// A version of the firmware of a model.
    pub struct SwitchFirmwareVersion {
        /// What it is called in settings, such as `v3`.
        tag: String,
        /// Such as `IMG-01.04.02`.
        build: String,
    }
}
nested!(SwitchSettings, SwitchFirmwareVersion: "tag");

/// What to change of a network's settings for its switches.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct SwitchSettingsUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    disable_upgrade: Option<bool>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    firmware: BTreeMap<String, Tag>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Tag {
    tag: String,
}

impl SwitchSettingsUpdate {
    /// Whether switches are left with the firmware that they have.
    #[must_use]
    pub fn disable_upgrade(mut self, disable: bool) -> Self {
        self.disable_upgrade = Some(disable);
        self
    }

    /// Sets the firmware of a model; can be said for several. The tags are those of
    /// [`allowed_firmware`](super::NetworkSwitches::allowed_firmware).
    #[must_use]
    pub fn firmware(mut self, model: impl Into<String>, tag: impl Into<String>) -> Self {
        self.firmware.insert(model.into(), Tag { tag: tag.into() });
        self
    }
}

pub(super) fn get(network: NetworkId) -> Call<SwitchSettings> {
    Call::decoded_by(&SETTINGS, [&network.to_string()], |raw| {
        answer::record(&raw.body, "the settings of switches")
    })
}

pub(super) fn change(network: NetworkId, update: &SwitchSettingsUpdate) -> Call<()> {
    Call::unit(&UPDATE_SETTINGS, [&network.to_string()])
        .json(update)
        .refuse_if(
            *update == SwitchSettingsUpdate::default(),
            "nothing to change",
        )
}

pub(super) fn allowed_firmware(network: NetworkId) -> Call<AllowedFirmware> {
    Call::decoded_by(&ALLOWED_FIRMWARE, [&network.to_string()], |raw| {
        answer::map(&raw.body, "allowed_firmware")
    })
}
