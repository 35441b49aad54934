//! What Datto Networking knows: networks and their access points.
#![expect(missing_docs, reason = "most field names say it all")]

use serde::Serialize;

use super::MacAddress;

/// A network.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Network {
    pub id: i64,
    pub name: String,
    /// The group's id and name.
    pub group: (i64, String),
    pub latitude: f64,
    pub longitude: f64,
    pub nodes: Vec<Node>,
}

/// An access point.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Node {
    pub id: i64,
    pub name: String,
    pub mac: MacAddress,
    pub description: String,
    /// The address on the mesh's side.
    pub ip: String,
    /// LAN and WAN address; only gateways have them.
    pub gateway: Option<(String, String)>,
    pub spare: bool,
    pub down: bool,
    /// None for one that never checked in; the wire then leaves most texts empty.
    pub last_checkin_ms: Option<i64>,
    pub uptime_seconds: i64,
    pub model: String,
    pub serial: String,
    pub firmware: String,
    pub clients: i64,
}
