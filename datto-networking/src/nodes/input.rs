//! What is told to the vendor about an access point.

use serde::Serialize;
use serde_json::Value;

use super::Bands;
use crate::lenient::Extra;

/// An access point to add.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewNode {
    mac: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(flatten)]
    position: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm_transfer: Option<Confirmation>,
}

/// Degrees. Numbers, because the vendor refuses text here.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
struct Position {
    latitude: f64,
    longitude: f64,
}

impl Position {
    fn is_one(self) -> bool {
        self.latitude.abs() <= 90.0 && self.longitude.abs() <= 180.0
    }
}

/// A yes, as text or not: the documentation's sample has text for access points, and a flag for other devices.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
enum Confirmation {
    Text(&'static str),
    Flag(bool),
}

impl NewNode {
    /// An access point with this MAC address, lower case with colons, and name.
    #[must_use]
    pub fn new(mac: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            mac: mac.into(),
            name: name.into(),
            description: None,
            position: None,
            confirm_transfer: None,
        }
    }

    /// Describes it.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Tells where it is, in degrees.
    #[must_use]
    pub fn position(mut self, latitude: f64, longitude: f64) -> Self {
        self.position = Some(Position {
            latitude,
            longitude,
        });
        self
    }

    /// Moves it here if it is in another network of the account; needs an account key. Without it that is a conflict.
    #[must_use]
    pub fn confirm_transfer(mut self) -> Self {
        self.confirm_transfer = Some(Confirmation::Text("true"));
        self
    }

    /// As [`confirm_transfer`](Self::confirm_transfer), sent as a flag instead of the text that the documentation shows,
    /// for a server that insists on one.
    #[must_use]
    pub fn confirm_transfer_as_flag(mut self) -> Self {
        self.confirm_transfer = Some(Confirmation::Flag(true));
        self
    }

    pub(super) fn is_placed(&self) -> bool {
        self.position.is_none_or(Position::is_one)
    }
}

/// What to change of an access point; fields that are not set stay as they are.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct NodeUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(flatten)]
    position: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spare: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_overrides: Option<Bands<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ht_mode_overrides: Option<Bands<String>>,
    #[serde(flatten)]
    others: Extra,
}

impl NodeUpdate {
    /// Names it.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Describes it; empty text takes the description away.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Tells where it is, in degrees.
    #[must_use]
    pub fn position(mut self, latitude: f64, longitude: f64) -> Self {
        self.position = Some(Position {
            latitude,
            longitude,
        });
        self
    }

    /// Whether it is kept in reserve.
    #[must_use]
    pub fn spare(mut self, spare: bool) -> Self {
        self.spare = Some(spare);
        self
    }

    /// Sets channels of its own by band.
    #[must_use]
    pub fn channel_overrides(mut self, channels: Bands<i64>) -> Self {
        self.channel_overrides = Some(channels);
        self
    }

    /// Sets channel widths of its own by band.
    #[must_use]
    pub fn ht_mode_overrides(mut self, modes: Bands<String>) -> Self {
        self.ht_mode_overrides = Some(modes);
        self
    }

    /// Sets another field of [`Node`](super::Node). The documentation does not tell which fields can be written, and of
    /// settings the vendor is known to say yes to a field that it ignores, so read it back.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.others.set(name.into(), value.into());
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn is_placed(&self) -> bool {
        self.position.is_none_or(Position::is_one)
    }
}
