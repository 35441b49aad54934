//! A power strip as the vendor tells it.
#![expect(missing_docs, reason = "most field names say it all")]

use std::collections::BTreeMap;

use client_core::Timestamp;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Map;

use super::{Outlet, OutletId, PowerStripId};
use crate::lenient::{Fields, lenient, nested, record, take_id};
use crate::lifecycle::{Lifecycle, Subscription};
use crate::networks::NetworkId;
use crate::switches::CloudStatus;

client_core::open_enum!(
    /// How a power strip reaches the network; only the second one is documented.
    PowerStripRole { Gateway = "gateway", Repeater = "repeater" }
);
client_core::open_enum!(
    /// A day of a schedule.
    Weekday {
        Monday = "mon",
        Tuesday = "tue",
        Wednesday = "wed",
        Thursday = "thu",
        Friday = "fri",
        Saturday = "sat",
        Sunday = "sun",
    }
);
client_core::open_enum!(
    /// What a schedule does with outlets.
    OutletAction { Enable = "port_enable", Disable = "port_disable", Reset = "port_reset" }
);
client_core::id!(
    /// Identifies a schedule of outlets.
    number ScheduleId
);
lenient!(number PowerStripId, ScheduleId);
lenient!(text PowerStripRole, Weekday, OutletAction);

record! {
    /// A power strip.
    pub struct PowerStrip [
        /// Its id.
        id: PowerStripId,
        /// The network.
        network_id: Option<NetworkId>
    ] {
        /// Lower case with colons so far.
        mac: String,
        name: String,
        /// Told for a single power strip only.
        description: String,
        model: String,
        ip: String,
        /// The address on the mesh's side.
        mesh_ip: String,
        role: PowerStripRole,
        cloud_status: CloudStatus,
        need_pairing: bool,
        /// Such as `6.4.9-77ad…`: a number and a hash. No semantic version.
        firmware_version: String,
        created: Timestamp,
        /// Told for a single power strip only.
        last_modified: Timestamp,
        /// None if it never did.
        last_checkin: Timestamp,
        uptime_seconds: i64,
        surge_protection_active: bool,
        /// 0 while it is down.
        voltage_v: f64,
        /// 0 while it is down.
        frequency_hz: f64,
        /// Outlets in use.
        active_ports: i64,
        /// Told by the listing only.
        enabled_ports: i64,
        /// Told by the listing only.
        port_count: i64,
        enable_pairing: bool,
        enable_power_switch: bool,
        enable_connection_check: bool,
        enable_connection_check_during_maintenance: bool,
        enable_mesh: bool,
        connection_check_max_retries: i64,
        /// Seconds, as it seems.
        connection_check_time_between_retries: i64,
        /// Told for a single power strip only.
        ports: Vec<Outlet>,
        /// Told for a single power strip only.
        schedule: Vec<Schedule>,
        /// Told for a single power strip only.
        connection_checks: Vec<ConnectionCheck>,
        /// Not documented; read in case it comes.
        serial_no: String,
        /// Not documented; read in case it comes.
        connection_type: String,
        lifecycle: Lifecycle,
        subscription: Subscription,
    }
}

record! {
    /// What happens to outlets every week, at the network's time.
    pub struct Schedule {
        powerstrip_port_schedule_id: ScheduleId,
        port_ids: Vec<OutletId>,
        days_of_week: Vec<Weekday>,
        hour: i64,
        minute: i64,
        action: OutletAction,
    }
}

record! {
    /// Hosts by which an outlet's connection is checked.
    pub struct ConnectionCheck {
        /// Blanks are part of the name.
        connection_check_name: String,
        hostname_1: String,
        hostname_2: String,
        hostname_3: String,
        hostname_4: String,
    }
}

record! {
    /// What the outlets used at one time.
    pub struct PowerUsageSample {
        time: Timestamp,
        /// By the outlet's number.
        ports: BTreeMap<String, OutletUsage>,
        memory_available: i64,
        role: PowerStripRole,
    }
}

record! {
    /// What one outlet used.
    pub struct OutletUsage {
        active_power_w: f64,
        voltage_v: f64,
        current_a: f64,
    }
}
nested!(
    Schedule: "powerstrip_port_schedule_id",
    ConnectionCheck: "connection_check_name",
    PowerUsageSample: "time",
    OutletUsage
);

impl PowerStrip {
    /// How many outlets are enabled: as the listing tells, else counted.
    pub fn enabled_outlets(&self) -> Option<i64> {
        self.enabled_ports.or_else(|| {
            let outlets = self.ports.as_ref()?;
            let enabled = outlets.iter().filter(|outlet| outlet.enable == Some(true));
            i64::try_from(enabled.count()).ok()
        })
    }

    /// How many outlets there are: as the listing tells, else counted.
    pub fn outlet_count(&self) -> Option<i64> {
        self.port_count
            .or_else(|| i64::try_from(self.ports.as_ref()?.len()).ok())
    }
}

/// An object with an id and at least one field of a power strip.
impl<'de> Deserialize<'de> for PowerStrip {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let id = take_id(&mut fields, &["id", "powerstrip_id"])
            .ok_or_else(|| D::Error::custom("a power strip without an id"))?;
        let network = take_id(&mut fields, &["network_id"]);
        let (strip, seen) = Self::from_fields(id, network, Fields::new(fields));
        if seen == 0 {
            return Err(D::Error::custom("no known field of a power strip"));
        }
        Ok(strip)
    }
}
