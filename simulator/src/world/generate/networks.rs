//! Networks of a generated world: those of sites, and those that no site is mapped to.

use super::WorldSpec;
use crate::world::{DeviceClass, MacAddress, Network, Unknown, World, names};

/// A hardware address and a name.
type Named = (MacAddress, String);

impl World {
    /// Adds a network of the site: two or three access points unless the specification says
    /// otherwise, switches, managed power and a router. What the site's computers have on the air are
    /// its clients, and a switch that the RMM knows as a network device is the same switch here.
    pub(in crate::world) fn add_site_network(
        &mut self,
        site: &str,
        name: &str,
        part: usize,
        spec: &WorldSpec,
    ) {
        let network = self.add_network(&if part == 0 {
            name.to_owned()
        } else {
            format!("{name} Guest")
        });
        if self.map_network(site, network).is_err() {
            return;
        }
        let most = spec.access_points_per_network.max(1);
        let count = self
            .ids
            .random()
            .usize(most.saturating_sub(1).max(1)..=most);
        self.fill_network(network, part, count, spec);
        let (switch, clients) = self.in_the_rmm(site);
        let Ok(network) = self.network_mut(network) else {
            return;
        };
        if let Some((first, (mac, name))) = network
            .switches
            .first_mut()
            .zip(switch.filter(|_| part == 0))
        {
            (first.mac, first.name) = (mac, name);
        }
        for (client, (mac, name)) in network.clients.iter_mut().zip(clients) {
            (client.mac, client.name) = (mac, name);
        }
        connect(network);
    }

    /// Adds networks that no site is mapped to: by turns one with a customer's name in another
    /// spelling and one of a customer that the RMM does not have.
    pub(super) fn add_unmapped_networks(&mut self, spec: &WorldSpec) {
        for number in 0..spec.unmapped_networks {
            let is_known = number % 2 == 0 && number / 2 < spec.sites;
            let owner = if is_known {
                names::organisation(number / 2)
            } else {
                names::organisation(spec.sites + spec.on_demand_sites + number)
            };
            let name = if is_known {
                format!("{} - Annex", owner.to_uppercase())
            } else {
                owner.clone()
            };
            let network = self.add_network(&name);
            self.fill_network(network, 2, spec.access_points_per_network.clamp(1, 2), spec);
            if let Ok(network) = self.network_mut(network) {
                network.owner = owner;
                connect(network);
            }
        }
    }

    /// So many access points, and everything else that the specification asks for.
    fn fill_network(&mut self, network: i64, part: usize, count: usize, spec: &WorldSpec) {
        for index in 0..count {
            let (mac, lan) = (
                self.ids.mac(),
                format!("192.168.{}.{}", 4 + part, 9 + index),
            );
            let Ok(id) = self.add_node(network, &format!("AP {}", index + 1), mac, &lan) else {
                return;
            };
            let node = self
                .network_mut(network)
                .ok()
                .and_then(|network| network.node_mut(id));
            match (node, index) {
                (Some(node), 2) => {
                    node.gateway = None;
                    node.last_checkin_ms = None;
                }
                (Some(node), 3..) => {
                    node.gateway = None;
                    node.down = index % 7 == 6;
                }
                _ => {}
            }
        }
        // The network was found for its access points.
        let _ = self.fill_cabinet(network, part, spec);
    }

    fn fill_cabinet(&mut self, network: i64, part: usize, spec: &WorldSpec) -> Result<(), Unknown> {
        for index in 0..spec.switches_per_network {
            let (mac, ip) = (
                self.networking_ids.mac(),
                format!("10.8.{part}.{}", 14 + index),
            );
            let id = self.add_switch(network, &format!("Switch {}", index + 1), mac, &ip)?;
            if let Some(switch) = self
                .network_mut(network)?
                .switch_mut(id)
                .filter(|_| index % 3 == 1)
            {
                switch.last_checkin_ms = None;
            }
        }
        for index in 0..spec.power_strips_per_network {
            let mac = self.networking_ids.mac();
            let ip = (index % 2 == 0).then(|| format!("10.8.{part}.{}", 60 + index));
            self.add_power_strip(
                network,
                &format!("Rack strip {}", index + 1),
                mac,
                ip.as_deref(),
            )?;
        }
        if self.networking_ids.random().usize(..100) < spec.router_percent {
            let mac = self.networking_ids.mac();
            self.add_router(network, "Router", mac, &format!("10.8.{part}.1"))?;
        }
        for index in 0..spec.clients_per_network {
            let mac = self.networking_ids.mac();
            self.add_network_client(network, &format!("phone-{}", index + 1), mac)?;
        }
        self.add_voucher(network, &format!("WELCOME{network}"))?;
        self.add_neighbours(network, 2)
    }

    /// Of a site's devices: address and name of the first network device, and of computers on the air.
    fn in_the_rmm(&self, site: &str) -> (Option<Named>, Vec<Named>) {
        let devices = || self.site(site).into_iter().flat_map(|site| &site.devices);
        let switch = devices()
            .find(|device| device.class == DeviceClass::NetworkDevice)
            .and_then(|device| Some((device.interfaces.first()?.mac?, device.hostname.clone())));
        let clients = devices().filter_map(|device| {
            let card = device.interfaces.iter().find(|card| card.name == "Wi-Fi")?;
            Some((card.mac?, device.hostname.clone()))
        });
        (switch, clients.collect())
    }
}

/// Plugs the access points into the first switch.
fn connect(network: &mut Network) {
    let macs: Vec<_> = network.nodes.iter().map(|node| node.mac).collect();
    if let Some(switch) = network.switches.first_mut() {
        let ports = switch.ports.iter_mut().filter(|port| port.kind == "poe");
        for (port, mac) in ports.zip(macs) {
            port.connected = vec![mac];
        }
    }
}
