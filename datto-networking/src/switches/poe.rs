//! Power over Ethernet: what a switch has, and what a port gives.
#![expect(missing_docs, reason = "most field names say it all")]

use serde::Serialize;

use crate::lenient::{lenient, nested, record};

client_core::open_enum!(
    /// Which ports keep their power when there is not enough.
    PoePriority { Low = "low", Medium = "medium", High = "high", Critical = "critical" }
);
client_core::open_enum!(
    /// Who limits the power of a port.
    PoeLimit { Auto = "auto", Manual = "manual" }
);
client_core::open_enum!(
    /// What a port's power is doing.
    PoeStatus {
        Disabled = "disabled",
        Searching = "searching",
        DeliveringPower = "delivering power",
        TestMode = "test mode",
        Fault = "fault",
        OtherFault = "other fault",
        RequestingPower = "requesting power",
    }
);
lenient!(text PoePriority, PoeLimit, PoeStatus);

record! {
    /// The power that a switch has for its ports, in watts.
    #[derive(Default)]
    pub struct SwitchPower {
        /// Whether this is what is left or what is used is not clear: the documentation's samples contradict each other.
        available_power_w: f64,
        total_power_w: f64,
    }
}

record! {
    /// The power of a port, in watts.
    pub struct PortPoe {
        enable: bool,
        priority: PoePriority,
        power_limit_type: PoeLimit,
        /// The limit, if it is set by hand.
        power_limit_user_w: f64,
        power_draw_w: f64,
        status: PoeStatus,
    }
}
nested!(SwitchPower, PortPoe);

/// What to change of a port's power; what is not set stays as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct PoeUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    enable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    power_limit_type: Option<PoeLimit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    power_limit_user_w: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<PoePriority>,
}

impl PoeUpdate {
    /// Whether the port gives power.
    #[must_use]
    pub fn enable(mut self, enable: bool) -> Self {
        self.enable = Some(enable);
        self
    }

    /// Leaves the limit to the switch.
    #[must_use]
    pub fn limit_auto(mut self) -> Self {
        (self.power_limit_type, self.power_limit_user_w) = (Some(PoeLimit::Auto), None);
        self
    }

    /// Limits the power to so many watts.
    #[must_use]
    pub fn limit_w(mut self, watts: f64) -> Self {
        (self.power_limit_type, self.power_limit_user_w) = (Some(PoeLimit::Manual), Some(watts));
        self
    }

    /// Sets which ports keep their power when there is not enough.
    #[must_use]
    pub fn priority(mut self, priority: PoePriority) -> Self {
        self.priority = Some(priority);
        self
    }

    pub(super) fn is_possible(&self) -> bool {
        self.power_limit_user_w
            .is_none_or(|watts| watts.is_finite() && watts >= 0.0)
    }
}
