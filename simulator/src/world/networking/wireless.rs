//! What is on the air: clients, vouchers, neighbours.

use serde::Serialize;

use crate::world::MacAddress;

/// A client of a network.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct WirelessClient {
    /// 44 characters of URL-safe base64, or digits for old ones.
    pub cid: String,
    pub mac: MacAddress,
    pub name: String,
    pub name_override: Option<String>,
    pub blocked: bool,
    /// The access point that it was last seen at, by id.
    pub last_node: Option<i64>,
    pub last_seen_ms: Option<i64>,
    /// `2.4GHz`, `5` or `5.8`; empty for a wired one.
    pub band: String,
    pub os: String,
    pub os_version: String,
    pub bytes_up: i64,
    pub bytes_down: i64,
}

/// A voucher for guests.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Voucher {
    pub code: String,
    pub hours: i64,
    /// 0 means any number.
    pub max_users: i64,
    /// In Mbit/s.
    pub up_limit: f64,
    pub down_limit: f64,
    pub comment: String,
    pub purge_days: i64,
    pub created_ms: i64,
    /// The first use, from which the hours count.
    pub started_ms: Option<i64>,
    pub deleted_ms: Option<i64>,
    pub users: Vec<MacAddress>,
}

impl Voucher {
    /// When its hours are over, once it is in use.
    pub fn expires_ms(&self) -> Option<i64> {
        self.started_ms
            .map(|started| started.saturating_add(self.hours.saturating_mul(3_600_000)))
    }

    /// `unused`, `active`, `expired` or `deleted`
    pub fn status(&self, now_ms: i64) -> &'static str {
        match (self.deleted_ms, self.expires_ms()) {
            (Some(_), _) => "deleted",
            (None, None) => "unused",
            (None, Some(end)) if end <= now_ms => "expired",
            (None, Some(_)) => "active",
        }
    }

    /// Whole hours that are left.
    pub fn remaining(&self, now_ms: i64) -> i64 {
        self.expires_ms().map_or(self.hours, |end| {
            end.saturating_sub(now_ms).div_euclid(3_600_000).max(0)
        })
    }

    /// Whether it was deleted or expired longer ago than it is kept.
    pub fn is_purged(&self, now_ms: i64) -> bool {
        let kept = self.purge_days.saturating_mul(86_400_000);
        let end = self
            .deleted_ms
            .or(self.expires_ms().filter(|end| *end <= now_ms));
        end.is_some_and(|end| end.saturating_add(kept) <= now_ms)
    }
}

/// What access points hear of others.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct SiteSurvey {
    /// What a scan finds.
    pub heard: Vec<SurveyedAccessPoint>,
    /// When the scan was asked for that has not ended yet.
    pub asked_ms: Option<i64>,
    /// When the last scan ended.
    pub ended_ms: Option<i64>,
}

/// An access point of somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SurveyedAccessPoint {
    pub ssid: String,
    pub bssid: MacAddress,
    pub channel: i64,
    pub channel_width: i64,
    pub encryption: String,
    pub vendor: String,
    /// In dBm.
    pub signal: i64,
}
