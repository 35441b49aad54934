//! The ports of a switch, trunks included.
#![expect(missing_docs, reason = "most field names say it all")]

use client_core::{Call, Error, Operation, Repeat};
use serde::Serialize;
use serde_json::Value;

use super::{PoeUpdate, PortPoe, SwitchId, SwitchScope};
use crate::lenient::{Extra, lenient, nested, record};

pub(crate) const RESET_PORT: Operation =
    Operation::get("switches.reset_port", "/switch/{switch}/port/{port}/reset")
        .repeat(Repeat::Action);

client_core::id!(
    /// Identifies a port of a switch: text, such as `1`, `F1` or `trunk1`.
    PortId
);
client_core::open_enum!(
    /// What kind of port it is.
    PortType { Poe = "poe", Ethernet = "eth", Sfp = "sfp", Trunk = "trunk" }
);
client_core::open_enum!(
    /// Whether a port is connected.
    PortStatus { Up = "up", Down = "down" }
);
lenient!(text PortId, PortType, PortStatus);

record! {
    /// A port of a switch, or a trunk of several.
    pub struct SwitchPort {
        id: PortId,
        kind as "type": PortType,
        enable: bool,
        enable_isolation: bool,
        enable_flow_control: bool,
        enable_voice_vlan: bool,
        /// Whether it leads to the gateway.
        uplink: bool,
        status: PortStatus,
        description: String,
        vlan_id: i64,
        /// Ranges, such as `1-4,12`.
        tagged_vlans: String,
        /// Ranges, such as `1-4,12`.
        untagged_vlans: String,
        /// What the numbers mean is not published.
        link_speed_mode: i64,
        /// What the numbers mean is not published.
        link_speed_neg: i64,
        voice_cos_mode: i64,
        /// The access list that it has.
        acl_mac: String,
        /// The access list that it has.
        acl_ipv4: String,
        qos: PortQos,
        /// Not on trunks.
        rate_limit: RateLimit,
        /// Not on trunks.
        mirror: Mirror,
        /// Trunks only.
        aggregation: Aggregation,
        /// Ports that give power only.
        poe: PortPoe,
        statistics: PortStatistics,
        /// Upper case with colons so far.
        connected_device_mac_list: Vec<String>,
    }
}

record! {
    /// What goes first through a port.
    pub struct PortQos {
        trust: bool,
        cos_value: i64,
    }
}

record! {
    /// How much may go through a port.
    pub struct RateLimit {
        enable_tx: bool,
        enable_rx: bool,
        tx_limit_kbps: i64,
        rx_limit_kbps: i64,
    }
}

record! {
    /// Whose traffic a port repeats.
    pub struct Mirror {
        enable_ingress_state: bool,
        enable_session_state: bool,
        tx_port_ids: Vec<PortId>,
        rx_port_ids: Vec<PortId>,
    }
}

record! {
    /// What a trunk consists of.
    pub struct Aggregation {
        port_ids: Vec<PortId>,
    }
}

record! {
    /// What went through a port.
    pub struct PortStatistics {
        rx_bytes: PortBytes,
        tx_bytes: PortBytes,
    }
}

record! {
    /// Counters of one direction, as the vendor names them.
    pub struct PortBytes {
        all: i64,
        ucast: i64,
        nucast: i64,
        discard: i64,
        mcast: i64,
        bcast: i64,
    }
}
nested!(
    SwitchPort: "id",
    PortQos,
    RateLimit,
    Mirror,
    Aggregation,
    PortStatistics,
    PortBytes
);

/// What to change of a port; what is not set stays as it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PortUpdate {
    id: PortId,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    poe: Option<PoeUpdate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tagged_vlans: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    untagged_vlans: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vlan_id: Option<i64>,
    #[serde(flatten)]
    others: Extra,
}

impl PortUpdate {
    /// A change of this port.
    #[must_use]
    pub fn new(id: impl Into<PortId>) -> Self {
        Self {
            id: id.into(),
            enable: None,
            poe: None,
            tagged_vlans: None,
            untagged_vlans: None,
            vlan_id: None,
            others: Extra::default(),
        }
    }

    /// Whether it is used.
    #[must_use]
    pub fn enable(mut self, enable: bool) -> Self {
        self.enable = Some(enable);
        self
    }

    /// Changes its power.
    #[must_use]
    pub fn poe(mut self, poe: PoeUpdate) -> Self {
        self.poe = Some(poe);
        self
    }

    /// Sets its own VLAN.
    #[must_use]
    pub fn vlan_id(mut self, vlan: i64) -> Self {
        self.vlan_id = Some(vlan);
        self
    }

    /// Sets the VLANs that keep their tag, such as `1-4,12`. The vendor puts them in order and makes ranges of them.
    #[must_use]
    pub fn tagged_vlans(mut self, vlans: impl Into<String>) -> Self {
        self.tagged_vlans = Some(vlans.into());
        self
    }

    /// Sets the VLANs that lose their tag, as [`tagged_vlans`](Self::tagged_vlans).
    #[must_use]
    pub fn untagged_vlans(mut self, vlans: impl Into<String>) -> Self {
        self.untagged_vlans = Some(vlans.into());
        self
    }

    /// Sets another field of [`SwitchPort`]. The documentation shows no more than the above being written, so read it
    /// back.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.others.set(name.into(), value.into());
        self
    }

    pub(super) fn is_possible(&self) -> bool {
        self.poe.as_ref().is_none_or(PoeUpdate::is_possible)
    }
}

/// The ports of one switch; made by [`SwitchScope::ports`].
#[derive(Debug, Clone, Copy)]
pub struct SwitchPorts<'c>(pub(super) SwitchScope<'c>);

impl SwitchPorts<'_> {
    /// Lists the ports, trunks included; reads the whole switch. They are changed by
    /// [`SwitchScope::update`].
    ///
    /// ```no_run
    /// use datto_networking::switches::PortStatus;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let ports = client.switch(777.into()).ports().list().await?;
    /// let up = ports.iter().filter(|port| port.status == Some(PortStatus::Up)).count();
    /// println!("{up} of {} are up", ports.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Decode`](client_core::ErrorKind::Decode) if the switch tells no ports that can be read.
    pub async fn list(self) -> Result<Vec<SwitchPort>, Error> {
        let call = super::get(self.0.id).and_then(|switch| {
            switch
                .ports
                .ok_or_else(|| client_core::DecodeError::new("no ports in the answer").at("ports"))
        });
        self.0.client.call(call).await
    }

    /// Takes a port down and up again, with the power that it gives.
    ///
    /// # Errors
    ///
    /// Any kind; [`InvalidInput`](client_core::ErrorKind::InvalidInput) with nothing sent for an id without text.
    pub async fn reset(self, port: &PortId) -> Result<(), Error> {
        self.0.client.call(reset(self.0.id, port)).await
    }
}

fn reset(switch: SwitchId, port: &PortId) -> Call<()> {
    Call::unit(&RESET_PORT, [&switch.to_string(), port.as_str()])
}
