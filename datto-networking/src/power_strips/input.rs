//! What is told to the vendor about a power strip.

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::{ConnectionCheck, OutletAction, OutletId, OutletUpdate, Weekday};
use crate::lenient::Extra;

/// A power strip to add.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewPowerStrip {
    mac: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    model: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm_transfer: Option<bool>,
}

impl NewPowerStrip {
    /// A power strip with this MAC address, name and model, such as `MP60`.
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

/// What to change of a power strip; what is not set stays as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct PowerStripUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_pairing: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_power_switch: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_connection_check: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_connection_check_during_maintenance: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_check_max_retries: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_check_time_between_retries: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_mesh: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ports: Vec<OutletUpdate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<Vec<NewSchedule>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_checks: Option<Vec<ConnectionCheck>>,
}

impl PowerStripUpdate {
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

    /// Whether it can be paired.
    #[must_use]
    pub fn enable_pairing(mut self, enable: bool) -> Self {
        self.enable_pairing = Some(enable);
        self
    }

    /// Whether its own switch works.
    #[must_use]
    pub fn enable_power_switch(mut self, enable: bool) -> Self {
        self.enable_power_switch = Some(enable);
        self
    }

    /// Whether connections are checked.
    #[must_use]
    pub fn enable_connection_check(mut self, enable: bool) -> Self {
        self.enable_connection_check = Some(enable);
        self
    }

    /// Whether connections are checked during the maintenance window too.
    #[must_use]
    pub fn enable_connection_check_during_maintenance(mut self, enable: bool) -> Self {
        self.enable_connection_check_during_maintenance = Some(enable);
        self
    }

    /// Sets how often a failed check is repeated, and the time between.
    #[must_use]
    pub fn connection_check_retries(mut self, retries: i64, time_between: i64) -> Self {
        self.connection_check_max_retries = Some(retries);
        self.connection_check_time_between_retries = Some(time_between);
        self
    }

    /// Whether it is part of the mesh.
    #[must_use]
    pub fn enable_mesh(mut self, enable: bool) -> Self {
        self.enable_mesh = Some(enable);
        self
    }

    /// Changes an outlet; can be said for several.
    #[must_use]
    pub fn outlet(mut self, outlet: OutletUpdate) -> Self {
        self.ports.push(outlet);
        self
    }

    /// Sets the whole schedule; none takes it away.
    #[must_use]
    pub fn schedule(mut self, schedule: impl IntoIterator<Item = NewSchedule>) -> Self {
        self.schedule = Some(schedule.into_iter().collect());
        self
    }

    /// Sets all connection checks; none takes them away.
    #[must_use]
    pub fn connection_checks(mut self, checks: impl IntoIterator<Item = ConnectionCheck>) -> Self {
        self.connection_checks = Some(checks.into_iter().collect());
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is to happen to outlets every week, at the network's time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewSchedule {
    port_ids: Vec<OutletId>,
    days_of_week: Vec<Weekday>,
    hour: i64,
    minute: i64,
    action: OutletAction,
}

impl NewSchedule {
    /// Does `action` with `outlets` on `days`, at this hour (0 to 23) and minute.
    #[must_use]
    pub fn new(
        action: OutletAction,
        outlets: impl IntoIterator<Item = OutletId>,
        days: impl IntoIterator<Item = Weekday>,
        (hour, minute): (i64, i64),
    ) -> Self {
        Self {
            port_ids: outlets.into_iter().collect(),
            days_of_week: days.into_iter().collect(),
            hour,
            minute,
            action,
        }
    }
}

/// All five fields, as the documentation shows it.
impl Serialize for ConnectionCheck {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("ConnectionCheck", 5)?;
        fields.serialize_field("connection_check_name", &self.connection_check_name)?;
        fields.serialize_field("hostname_1", &self.hostname_1)?;
        fields.serialize_field("hostname_2", &self.hostname_2)?;
        fields.serialize_field("hostname_3", &self.hostname_3)?;
        fields.serialize_field("hostname_4", &self.hostname_4)?;
        fields.end()
    }
}

impl ConnectionCheck {
    /// A check by up to four hosts; more are left out.
    pub fn new<'h>(name: impl Into<String>, hosts: impl IntoIterator<Item = &'h str>) -> Self {
        let mut hosts = hosts.into_iter().map(str::to_owned);
        Self {
            connection_check_name: Some(name.into()),
            hostname_1: hosts.next(),
            hostname_2: hosts.next(),
            hostname_3: hosts.next(),
            hostname_4: hosts.next(),
            extra: Extra::default(),
        }
    }
}
