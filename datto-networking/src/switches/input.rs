//! What is told to the vendor about a switch.

use serde::{Serialize, Serializer};

use super::PortUpdate;
use crate::secret::Secret;

/// A switch to add.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewSwitch {
    mac: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    model: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm_transfer: Option<bool>,
}

impl NewSwitch {
    /// A switch with this MAC address, name and model, such as `OMS24`.
    #[must_use]
    pub fn new(mac: impl Into<String>, name: impl Into<String>, model: impl Into<String>) -> Self {
        Self {
            mac: mac.into(),
            name: name.into(),
            description: None,
            model: model.into(),
            confirm_transfer: None,
        }
    }

    /// Describes it.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Moves it here if it is in another network of the account; needs an account key. Without it that is a conflict.
    #[must_use]
    pub fn confirm_transfer(mut self) -> Self {
        self.confirm_transfer = Some(true);
        self
    }
}

/// What to change of a switch; what is not set stays as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct SwitchUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    firmware: Option<Firmware>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ports: Vec<PortUpdate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary_info: Option<Summary>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Firmware {
    active_partition: i64,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize)]
struct Summary {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl SwitchUpdate {
    /// Names it.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.summary_info.get_or_insert_default().name = Some(name.into());
        self
    }

    /// Describes it; empty text takes the description away.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.summary_info.get_or_insert_default().description = Some(description.into());
        self
    }

    /// Starts the firmware of this partition, 1 or 2.
    #[must_use]
    pub fn active_partition(mut self, partition: i64) -> Self {
        self.firmware = Some(Firmware {
            active_partition: partition,
        });
        self
    }

    /// Changes a port; can be said for several.
    #[must_use]
    pub fn port(mut self, port: PortUpdate) -> Self {
        self.ports.push(port);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn is_possible(&self) -> bool {
        self.ports.iter().all(PortUpdate::is_possible)
    }
}

/// A receiver of SNMP traps to set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewSnmpTrap {
    host: String,
    #[serde(serialize_with = "exposed")]
    community_name: Secret,
    #[serde(skip_serializing_if = "Option::is_none")]
    notify_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    udp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
}

impl NewSnmpTrap {
    /// A receiver at `host`, with its community.
    #[must_use]
    pub fn new(host: impl Into<String>, community: impl Into<Secret>) -> Self {
        Self {
            host: host.into(),
            community_name: community.into(),
            notify_type: None,
            retry: None,
            timeout: None,
            udp: None,
            version: None,
        }
    }

    pub(super) fn community(&self) -> &Secret {
        &self.community_name
    }

    /// Sets the kind of message, such as `informs`.
    #[must_use]
    pub fn notify_type(mut self, kind: impl Into<String>) -> Self {
        self.notify_type = Some(kind.into());
        self
    }

    /// Sets the version of SNMP, such as `v2c`.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Sets how often a message is repeated.
    #[must_use]
    pub fn retry(mut self, times: i64) -> Self {
        self.retry = Some(times);
        self
    }

    /// Sets how long an answer is waited for; the unit is not documented.
    #[must_use]
    pub fn timeout(mut self, timeout: i64) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the UDP port.
    #[must_use]
    pub fn udp(mut self, port: i64) -> Self {
        self.udp = Some(port);
        self
    }
}

/// For the body that is about to be sent.
fn exposed<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}
