//! Managed power: strips with outlets.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{DeviceLifecycle, DeviceSubscription};
use crate::world::MacAddress;

/// A power strip.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct PowerStrip {
    pub id: i64,
    pub name: String,
    pub mac: MacAddress,
    pub description: String,
    pub model: String,
    /// None for one that is on the mesh only.
    pub ip: Option<String>,
    pub mesh_ip: String,
    pub down: bool,
    pub need_pairing: bool,
    pub firmware: String,
    pub created_ms: i64,
    pub modified_ms: i64,
    /// None for one that never checked in.
    pub last_checkin_ms: Option<i64>,
    pub uptime_seconds: i64,
    pub surge_protection: bool,
    /// `enable_pairing`, `enable_power_switch`, `enable_connection_check`,
    /// `enable_connection_check_during_maintenance` and `enable_mesh`.
    pub switches: BTreeMap<String, bool>,
    pub check_max_retries: i64,
    pub check_seconds_between: i64,
    pub outlets: Vec<Outlet>,
    pub schedule: Vec<OutletSchedule>,
    pub checks: Vec<ConnectionCheck>,
    pub lifecycle: Option<DeviceLifecycle>,
    pub subscription: Option<DeviceSubscription>,
}

/// An outlet.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Outlet {
    /// Counts from 1.
    pub id: i64,
    pub label: String,
    pub enable: bool,
    /// The name of a [`ConnectionCheck`].
    pub check: Option<String>,
    pub current_a: f64,
}

/// When outlets are switched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutletSchedule {
    pub id: i64,
    pub outlets: Vec<i64>,
    /// `mon` to `sun`
    pub days: Vec<String>,
    pub hour: i64,
    pub minute: i64,
    /// `port_enable`, `port_disable` or `port_reset`
    pub action: String,
}

/// Hosts whose silence resets an outlet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConnectionCheck {
    /// Blanks at its ends count.
    pub name: String,
    pub hosts: [Option<String>; 4],
}

/// What holds for all strips of a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PowerSettings {
    pub enable_power_switch: bool,
    pub enable_mesh: bool,
    pub enable_upgrade: bool,
    pub firmware_tag: String,
}

impl Default for PowerSettings {
    fn default() -> Self {
        Self {
            enable_power_switch: true,
            enable_mesh: true,
            enable_upgrade: true,
            firmware_tag: "stable".into(),
        }
    }
}
