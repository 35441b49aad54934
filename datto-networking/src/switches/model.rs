//! A switch as the vendor tells it.
#![expect(missing_docs, reason = "most field names say it all")]

use client_core::Timestamp;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value};

use super::{SwitchId, SwitchPort, SwitchPower};
use crate::lenient::{Fields, lenient, nested, record, take_id};
use crate::lifecycle::{Lifecycle, Subscription};
use crate::networks::NetworkId;
use crate::nodes::ConnectionStatus;
use crate::secret::Secret;

client_core::open_enum!(
    /// What the vendor's cloud knows of a device.
    CloudStatus {
        Up = "up",
        Down = "down",
        /// It never checked in.
        NeverSeen = "unknown",
        Pairing = "pairing",
    }
);
lenient!(number SwitchId);
lenient!(text CloudStatus);

record! {
    /// A switch.
    ///
    /// All but the first two fields are told for a single switch only.
    pub struct Switch [
        /// Its id.
        id: SwitchId,
        /// The network, if the switch was read by its network's listing.
        network_id: Option<NetworkId>
    ] {
        summary_info: SwitchSummary,
        poe: SwitchPower,
        /// Physical ports and trunks.
        ports: Vec<SwitchPort>,
        firmware: SwitchFirmware,
        igmp: Igmp,
        voice_vlan: VoiceVlan,
        qos: SwitchQos,
        lldp: Lldp,
        jumbo_frame: JumboFrame,
        stp: Stp,
        snmp: Snmp,
        acl: AclState,
    }
}

record! {
    /// What a switch is and how it is.
    #[derive(Default)]
    pub struct SwitchSummary {
        /// Upper case with colons so far.
        mac: String,
        model: String,
        name: String,
        description: String,
        ip: String,
        gateway_ip: String,
        /// Such as `v01.04.02`. No semantic version.
        firmware_version: String,
        /// None if it never did.
        last_checkin: Timestamp,
        last_checkin_host: String,
        cloud_status: CloudStatus,
        connection_keeper_status: ConnectionStatus,
        active_ports: i64,
        /// Without trunks.
        total_ports: i64,
        uptime_seconds: i64,
        management_vlan: i64,
        expedite_upgrade: bool,
        monitor_mode: bool,
        network_first_add: Timestamp,
        warranty_first_checkin: Timestamp,
        /// Not documented for switches; read in case it comes, by the name that it has for access points.
        serial_no: String,
        lifecycle: Lifecycle,
        subscription: Subscription,
    }
}

record! {
    /// The two places for firmware.
    pub struct SwitchFirmware {
        /// 1 or 2.
        active_partition: i64,
        version_partition_1: String,
        version_partition_2: String,
        /// The type of the elements is not known.
        flags: Vec<Value>,
    }
}

record! {
    /// Snooping of multicast groups.
    pub struct Igmp {
        enable: bool,
        version: String,
        vlans: Vec<IgmpVlan>,
    }
}

record! {
    /// Snooping in one VLAN.
    pub struct IgmpVlan {
        id: i64,
        enable: bool,
    }
}

record! {
    /// The VLAN for telephones.
    pub struct VoiceVlan {
        enable: bool,
        /// What the numbers mean is not published; −1 was seen.
        mode: i64,
        vlan: i64,
        enable_priority: bool,
        priority: i64,
        aging_time: i64,
        ouis: Vec<VoiceOui>,
    }
}

record! {
    /// A maker of telephones.
    pub struct VoiceOui {
        /// Three octets.
        address: String,
        description: String,
    }
}

record! {
    /// What goes first.
    pub struct SwitchQos {
        enable: bool,
        /// Such as `strict`.
        scheduling_method: String,
        /// Such as `8021p`.
        trust_mode: String,
        /// Classes 0 to 7.
        cos: Vec<QosQueue>,
        /// Code points 0 to 63.
        dscp: Vec<QosQueue>,
    }
}

record! {
    /// The queue of a class or code point.
    pub struct QosQueue {
        id: i64,
        /// 1 to 8.
        queue: i64,
    }
}

record! {
    /// Discovery of neighbours; times in seconds.
    pub struct Lldp {
        enable: bool,
        transmission_interval: i64,
        holdtime_multiplier: i64,
        reinitialization_delay: i64,
        transmit_delay: i64,
    }
}

record! {
    /// Large frames.
    pub struct JumboFrame {
        /// Bytes.
        mtu: i64,
    }
}

record! {
    /// The spanning tree.
    pub struct Stp {
        /// Such as `rstp`.
        force_version: String,
        enable: bool,
        root_bridge: RootBridge,
    }
}

record! {
    /// The root of the spanning tree.
    pub struct RootBridge {
        root_address: String,
        device_name: String,
        port: String,
        priority: i64,
        cost: i64,
        forward_delay_s: i64,
        maximum_age_s: i64,
        hello_time_s: i64,
    }
}

record! {
    /// SNMP of a switch.
    pub struct Snmp {
        enable: bool,
        community: Secret,
    }
}

record! {
    /// Whether access lists are used.
    pub struct AclState {
        enable: bool,
    }
}

record! {
    /// A receiver of SNMP traps.
    pub struct SnmpTrap {
        host: String,
        community_name: Secret,
        /// Such as `informs`.
        notify_type: String,
        /// Such as `v2c`.
        version: String,
        retry: i64,
        timeout: i64,
        udp: i64,
    }
}
nested!(
    SwitchSummary,
    SwitchFirmware,
    Igmp,
    IgmpVlan: "id",
    VoiceVlan,
    VoiceOui: "address",
    SwitchQos,
    QosQueue: "id",
    Lldp,
    JumboFrame,
    Stp,
    RootBridge,
    Snmp,
    AclState,
    SnmpTrap: "host"
);

impl Switch {
    /// The serial number. No public source tells that switches have one here; this is where one would be.
    pub fn serial_no(&self) -> Option<&str> {
        let told = self.summary_info.as_ref()?.serial_no.as_deref();
        told.or_else(|| self.extra.get("serial_no")?.as_str())
    }

    /// The power that the ports draw together, in watts; `None` if no port tells.
    pub fn power_draw_w(&self) -> Option<f64> {
        let draws = self
            .ports
            .iter()
            .flatten()
            .filter_map(|port| port.poe.as_ref()?.power_draw_w);
        draws.fold(None, |sum, draw| Some(sum.unwrap_or(0.0) + draw))
    }
}

/// An object with an id and at least one field of a switch.
impl<'de> Deserialize<'de> for Switch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let id = take_id(&mut fields, &["id", "switch_id"])
            .ok_or_else(|| D::Error::custom("a switch without an id"))?;
        let network = take_id(&mut fields, &["network_id"]);
        let (switch, seen) = Self::from_fields(id, network, Fields::new(fields));
        if seen == 0 {
            return Err(D::Error::custom("no known field of a switch"));
        }
        Ok(switch)
    }
}
