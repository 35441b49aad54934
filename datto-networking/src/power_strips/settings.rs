//! What a network sets for all its power strips, and the firmware that they may have.

use client_core::{Call, Operation, Repeat};
use serde::Serialize;

use crate::answer;
use crate::lenient::{nested, record};
use crate::networks::NetworkId;

pub(crate) const FIRMWARE_VERSIONS: Operation = Operation::get(
    "power_strips.firmware_versions",
    "/powerstrip/network/{network}/firmware_versions",
);
pub(crate) const SETTINGS: Operation = Operation::get(
    "power_strips.settings",
    "/powerstrip/network/{network}/settings",
);
pub(crate) const UPDATE_SETTINGS: Operation = Operation::put(
    "power_strips.update_settings",
    "/powerstrip/network/{network}/settings",
)
.repeat(Repeat::Idempotent);

record! {
    /// What a network sets for all its power strips.
    pub struct PowerStripSettings {
        /// Whether their own switches work.
        enable_power_switch: bool,
        /// Whether they are part of the mesh.
        enable_mesh: bool,
        /// Whether their firmware is upgraded.
        enable_upgrade: bool,
        /// The firmware, such as `stable`.
        firmware_tag: String,
    }
}

record! {
    /// A version of the firmware of power strips.
    pub struct PowerStripFirmware {
        /// Identifies it.
        tag_id: String,
        /// What it is called in settings, such as `stable`.
        tag: String,
        /// Such as `6.4.9-77ad…`.
        build: String,
    }
}
nested!(PowerStripSettings, PowerStripFirmware: "tag_id");

/// What to change of a network's settings for its power strips.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct PowerStripSettingsUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_power_switch: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_mesh: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_upgrade: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    firmware_tag: Option<String>,
}

impl PowerStripSettingsUpdate {
    /// Whether their own switches work.
    #[must_use]
    pub fn enable_power_switch(mut self, enable: bool) -> Self {
        self.enable_power_switch = Some(enable);
        self
    }

    /// Whether they are part of the mesh.
    #[must_use]
    pub fn enable_mesh(mut self, enable: bool) -> Self {
        self.enable_mesh = Some(enable);
        self
    }

    /// Whether their firmware is upgraded.
    #[must_use]
    pub fn enable_upgrade(mut self, enable: bool) -> Self {
        self.enable_upgrade = Some(enable);
        self
    }

    /// Sets the firmware, by a tag of [`firmware_versions`](super::NetworkPowerStrips::firmware_versions).
    #[must_use]
    pub fn firmware_tag(mut self, tag: impl Into<String>) -> Self {
        self.firmware_tag = Some(tag.into());
        self
    }
}

pub(super) fn get(network: NetworkId) -> Call<PowerStripSettings> {
    Call::decoded_by(&SETTINGS, [&network.to_string()], |raw| {
        answer::record(&raw.body, "the settings of power strips")
    })
}

pub(super) fn change(network: NetworkId, update: &PowerStripSettingsUpdate) -> Call<()> {
    Call::unit(&UPDATE_SETTINGS, [&network.to_string()])
        .json(update)
        .refuse_if(
            *update == PowerStripSettingsUpdate::default(),
            "nothing to change",
        )
}

pub(super) fn firmware_versions(network: NetworkId) -> Call<Vec<PowerStripFirmware>> {
    Call::decoded_by(&FIRMWARE_VERSIONS, [&network.to_string()], |raw| {
        answer::field(&raw.body, &["firmware_versions"])
    })
}
