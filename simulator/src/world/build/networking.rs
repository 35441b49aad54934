//! Adding networks and their devices.

mod account;
mod wireless;

use std::collections::BTreeMap;

use self::account::CUSTOMERS;
pub(super) use self::account::account;
use super::{BUILT_MS, DAY_MS};
use crate::world::{
    DeviceLifecycle, DeviceSubscription, MacAddress, Network, NetworkSettings, Node, Outlet,
    PortPoe, PowerSettings, PowerStrip, Router, Secret, SiteSurvey, SnmpTrap, Switch, SwitchAcls,
    SwitchPort, Unknown, World,
};

impl World {
    /// Adds a network without devices to the first group and gives its id. Its owner is who it is
    /// named after.
    pub fn add_network(&mut self, name: &str) -> i64 {
        let id = 200_000 + self.ids.number();
        self.networks.push(Network {
            id,
            name: name.to_owned(),
            owner: name.to_owned(),
            group: self
                .networking
                .groups
                .first()
                .map_or(CUSTOMERS, |group| group.id),
            latitude: 51.923_400_878_906_25,
            longitude: 4.471_100_330_352_783,
            nodes: Vec::new(),
            switches: Vec::new(),
            power_strips: Vec::new(),
            routers: Vec::new(),
            clients: Vec::new(),
            vouchers: Vec::new(),
            survey: SiteSurvey::default(),
            settings: NetworkSettings::new(name),
            disable_switch_upgrade: false,
            switch_firmware: BTreeMap::new(),
            power_settings: PowerSettings::default(),
        });
        id
    }

    /// Says that a network belongs to a site.
    ///
    /// # Errors
    ///
    /// When there is no such site or network.
    pub fn map_network(&mut self, site: &str, network: i64) -> Result<(), Unknown> {
        let site = self.site_mut(site)?;
        let owner = site.name.clone();
        if !site.network_ids.contains(&network) {
            site.network_ids.push(network);
        }
        match self.network_mut(network) {
            Ok(network) => {
                network.owner = owner;
                Ok(())
            }
            Err(unknown) => {
                for site in &mut self.sites {
                    site.network_ids.retain(|mapped| *mapped != network);
                }
                Err(unknown)
            }
        }
    }

    /// Adds an access point that is up, a gateway, and gives its id.
    ///
    /// # Errors
    ///
    /// When there is no such network.
    pub fn add_node(
        &mut self,
        network: i64,
        name: &str,
        mac: MacAddress,
        lan_ip: &str,
    ) -> Result<i64, Unknown> {
        let id = 600_000 + self.ids.number();
        let serial = format!("A9{:09}", self.ids.random().u32(..1_000_000));
        let now = self.now_ms;
        let network = self.network_mut(network)?;
        network.nodes.push(Node {
            id,
            name: name.to_owned(),
            mac,
            description: String::new(),
            ip: format!("10.31.0.{}", network.nodes.len() + 2),
            gateway: Some((lan_ip.to_owned(), "198.51.100.4".into())),
            spare: false,
            down: false,
            last_checkin_ms: Some(now - 120_000),
            uptime_seconds: 273_900,
            model: "A62".into(),
            serial,
            firmware: "7.0.19-3fa9c1".into(),
            clients: 12,
            latitude: Some(network.latitude),
            longitude: Some(network.longitude),
            first_added_ms: now - 90 * DAY_MS,
            expedite_upgrade: false,
            channel_overrides: BTreeMap::new(),
            ht_mode_overrides: BTreeMap::new(),
            lifecycle: None,
            subscription: None,
        });
        Ok(id)
    }

    /// Adds a switch that is up, with eight ports that give power, two that do not, two for fibre
    /// and eight trunks, and gives its id. It has a subscription.
    ///
    /// # Errors
    ///
    /// When there is no such network.
    pub fn add_switch(
        &mut self,
        network: i64,
        name: &str,
        mac: MacAddress,
        ip: &str,
    ) -> Result<i64, Unknown> {
        let id = 40_000 + self.networking_ids.number();
        let now = self.now_ms;
        self.network_mut(network)?.switches.push(Switch {
            id,
            name: name.to_owned(),
            mac,
            description: String::new(),
            model: "OMS8".into(),
            ip: ip.to_owned(),
            gateway_ip: gateway_of(ip),
            firmware: "v01.04.02".into(),
            active_partition: 1,
            down: false,
            pairing: false,
            last_checkin_ms: Some(now - 60_000),
            uptime_seconds: 80_211,
            first_added_ms: now - 120 * DAY_MS,
            expedite_upgrade: false,
            power_w: 150,
            ports: ports(),
            acls: SwitchAcls::default(),
            traps: vec![SnmpTrap {
                host: "192.0.2.40".into(),
                community_name: Secret("example-community".into()),
                notify_type: "informs".into(),
                version: "v2c".into(),
                retry: 3,
                timeout: 15,
                udp: 162,
            }],
            snmp_community: Secret("example-community".into()),
            lifecycle: Some(DeviceLifecycle {
                end_of_sale_ms: Some(BUILT_MS - 300 * DAY_MS),
                end_of_life_ms: None,
            }),
            subscription: Some(DeviceSubscription {
                active: true,
                start_ms: BUILT_MS - 300 * DAY_MS,
                end_ms: None,
                term: "monthly".into(),
                term_months: 12,
                evergreen: true,
            }),
        });
        Ok(id)
    }

    /// Adds a power strip with six outlets that is up, and gives its id. One without an address is
    /// on the mesh only.
    ///
    /// # Errors
    ///
    /// When there is no such network.
    pub fn add_power_strip(
        &mut self,
        network: i64,
        name: &str,
        mac: MacAddress,
        ip: Option<&str>,
    ) -> Result<i64, Unknown> {
        let id = 70 + self.networking_ids.number();
        let now = self.now_ms;
        let network = self.network_mut(network)?;
        network.power_strips.push(PowerStrip {
            id,
            name: name.to_owned(),
            mac,
            description: String::new(),
            model: "MP60".into(),
            ip: ip.map(str::to_owned),
            mesh_ip: format!("10.255.3.{}", network.power_strips.len() + 9),
            down: false,
            need_pairing: false,
            firmware: "6.4.9-77ad01".into(),
            created_ms: now - 60 * DAY_MS,
            modified_ms: now - 30 * DAY_MS,
            last_checkin_ms: Some(now - 90_000),
            uptime_seconds: 1_020,
            surge_protection: true,
            switches: [
                ("enable_pairing", false),
                ("enable_power_switch", true),
                ("enable_connection_check", false),
                ("enable_connection_check_during_maintenance", false),
                ("enable_mesh", true),
            ]
            .map(|(name, on)| (name.to_owned(), on))
            .into(),
            check_max_retries: 0,
            check_seconds_between: 60,
            outlets: (1..=6)
                .map(|id| Outlet {
                    id,
                    label: format!("Outlet {id}"),
                    enable: true,
                    check: None,
                    current_a: if id <= 3 { 0.25 } else { 0.0 },
                })
                .collect(),
            schedule: Vec::new(),
            checks: Vec::new(),
            lifecycle: None,
            subscription: None,
        });
        Ok(id)
    }

    /// Adds a D200 router with an LTE modem and gives its id.
    ///
    /// # Errors
    ///
    /// When there is no such network.
    pub fn add_router(
        &mut self,
        network: i64,
        name: &str,
        mac: MacAddress,
        ip: &str,
    ) -> Result<i64, Unknown> {
        let id = 90_000 + self.networking_ids.number();
        let serial = format!("D2{:09}", self.networking_ids.random().u32(..1_000_000));
        let now = self.now_ms;
        self.network_mut(network)?.routers.push(Router {
            id,
            name: name.to_owned(),
            mac,
            description: String::new(),
            ip: ip.to_owned(),
            model: "D200".into(),
            serial,
            firmware: "2.11.0".into(),
            down: false,
            last_checkin_ms: Some(now - 30_000),
            uptime_seconds: 604_800,
            lte_status: Some("standby".into()),
        });
        Ok(id)
    }
}

/// The first address of the network around an address.
fn gateway_of(ip: &str) -> String {
    ip.rsplit_once('.')
        .map_or_else(String::new, |(network, _)| format!("{network}.1"))
}

fn ports() -> Vec<SwitchPort> {
    let port = |id: String, kind: &str| SwitchPort {
        up: kind == "poe" && id.as_str() < "4",
        uplink: id == "9",
        id,
        kind: kind.to_owned(),
        enable: true,
        description: String::new(),
        vlan_id: 1,
        tagged_vlans: String::new(),
        untagged_vlans: "1".into(),
        enable_isolation: false,
        enable_flow_control: false,
        enable_voice_vlan: false,
        acl_mac: String::new(),
        acl_ipv4: String::new(),
        poe: None,
        members: Vec::new(),
        connected: Vec::new(),
        rx_bytes: 0,
        tx_bytes: 0,
    };
    let mut ports: Vec<_> = (1..=8)
        .map(|number| port(number.to_string(), "poe"))
        .chain((9..=10).map(|number| port(number.to_string(), "eth")))
        .chain((1..=2).map(|number| port(format!("F{number}"), "sfp")))
        .chain((1..=8).map(|number| port(format!("trunk{number}"), "trunk")))
        .collect();
    for port in &mut ports {
        if port.kind == "poe" {
            port.poe = Some(PortPoe {
                enable: true,
                priority: "low".into(),
                limit_type: "auto".into(),
                limit_w: 30.0,
                draw_w: if port.up { 7.25 } else { 0.0 },
            });
        }
        if port.up {
            // Beyond 32 bits.
            (port.rx_bytes, port.tx_bytes) = (6_442_450_944, 9_126_805_504);
        }
    }
    ports.sort_by(|one, other| one.id.cmp(&other.id));
    ports
}
