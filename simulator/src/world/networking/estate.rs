//! Finding, renaming, moving and deleting what stands in networks.

use super::{Network, NetworkDevice, NetworkDeviceKind, Node, PowerStrip, Router, Switch};
use crate::world::{Unknown, World, same_name};

impl World {
    /// The network with that id.
    pub fn network(&self, id: i64) -> Option<&Network> {
        self.networks.iter().find(|network| network.id == id)
    }

    /// The first network of that name, in any case.
    pub fn network_named(&self, name: &str) -> Option<&Network> {
        self.networks
            .iter()
            .find(|network| same_name(&network.name, name))
    }

    /// The network with that id, to change it.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn network_mut(&mut self, id: i64) -> Result<&mut Network, Unknown> {
        self.networks
            .iter_mut()
            .find(|network| network.id == id)
            .ok_or_else(|| Unknown::new("network", id.to_string()))
    }

    /// All devices of all networks.
    pub fn network_devices(&self) -> Vec<NetworkDevice> {
        self.networks.iter().flat_map(Network::devices).collect()
    }

    /// The network that a device stands in.
    pub fn network_of(&self, kind: NetworkDeviceKind, id: i64) -> Option<&Network> {
        self.networks
            .iter()
            .find(|network| network.position(kind, id).is_some())
    }

    /// The same, to change it or what stands in it.
    ///
    /// # Errors
    ///
    /// When there is no such device.
    pub fn network_of_mut(
        &mut self,
        kind: NetworkDeviceKind,
        id: i64,
    ) -> Result<&mut Network, Unknown> {
        self.networks
            .iter_mut()
            .find(|network| network.position(kind, id).is_some())
            .ok_or_else(|| unknown(kind, id))
    }

    /// Gives a network another name, in its settings too.
    ///
    /// # Errors
    ///
    /// When there is no such network.
    pub fn rename_network(&mut self, id: i64, name: &str) -> Result<(), Unknown> {
        let network = self.network_mut(id)?;
        name.clone_into(&mut network.name);
        network.settings.rename(name);
        Ok(())
    }

    /// Deletes a network with all that stands in it; its site is mapped to it no more.
    ///
    /// # Errors
    ///
    /// When there is no such network.
    pub fn delete_network(&mut self, id: i64) -> Result<(), Unknown> {
        self.network_mut(id)?;
        self.networks.retain(|network| network.id != id);
        for site in &mut self.sites {
            site.network_ids.retain(|mapped| *mapped != id);
        }
        for user in &mut self.networking.users {
            user.networks.remove(&id);
        }
        Ok(())
    }

    /// Puts a device into another network, where it keeps its id.
    ///
    /// # Errors
    ///
    /// When either does not exist.
    pub fn move_network_device(
        &mut self,
        kind: NetworkDeviceKind,
        id: i64,
        network: i64,
    ) -> Result<(), Unknown> {
        self.network_mut(network)?;
        let taken = self
            .network_of_mut(kind, id)?
            .take(kind, id)
            .ok_or_else(|| unknown(kind, id))?;
        self.network_mut(network)?.put(taken);
        Ok(())
    }

    /// Deletes a device.
    ///
    /// # Errors
    ///
    /// When there is no such device.
    pub fn delete_network_device(
        &mut self,
        kind: NetworkDeviceKind,
        id: i64,
    ) -> Result<(), Unknown> {
        let taken = self.network_of_mut(kind, id)?.take(kind, id);
        taken.map(drop).ok_or_else(|| unknown(kind, id))
    }
}

fn unknown(kind: NetworkDeviceKind, id: i64) -> Unknown {
    Unknown::new(kind.noun(), id.to_string())
}

/// A device on its way from one network to another.
enum Taken {
    Node(Node),
    Switch(Switch),
    PowerStrip(PowerStrip),
    Router(Router),
}

impl Network {
    /// The access point with that id.
    pub fn node(&self, id: i64) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// The switch with that id.
    pub fn switch(&self, id: i64) -> Option<&Switch> {
        self.switches.iter().find(|switch| switch.id == id)
    }

    /// The power strip with that id.
    pub fn power_strip(&self, id: i64) -> Option<&PowerStrip> {
        self.power_strips.iter().find(|strip| strip.id == id)
    }

    /// The access point with that id, to change it.
    pub fn node_mut(&mut self, id: i64) -> Option<&mut Node> {
        self.nodes.iter_mut().find(|node| node.id == id)
    }

    /// The switch with that id, to change it.
    pub fn switch_mut(&mut self, id: i64) -> Option<&mut Switch> {
        self.switches.iter_mut().find(|switch| switch.id == id)
    }

    /// The power strip with that id, to change it.
    pub fn power_strip_mut(&mut self, id: i64) -> Option<&mut PowerStrip> {
        self.power_strips.iter_mut().find(|strip| strip.id == id)
    }

    /// The router with that id, to change it.
    pub fn router_mut(&mut self, id: i64) -> Option<&mut Router> {
        self.routers.iter_mut().find(|router| router.id == id)
    }

    fn position(&self, kind: NetworkDeviceKind, id: i64) -> Option<usize> {
        match kind {
            NetworkDeviceKind::AccessPoint => self.nodes.iter().position(|node| node.id == id),
            NetworkDeviceKind::Switch => self.switches.iter().position(|switch| switch.id == id),
            NetworkDeviceKind::PowerStrip => {
                self.power_strips.iter().position(|strip| strip.id == id)
            }
            NetworkDeviceKind::Router => self.routers.iter().position(|router| router.id == id),
        }
    }

    fn take(&mut self, kind: NetworkDeviceKind, id: i64) -> Option<Taken> {
        let place = self.position(kind, id)?;
        Some(match kind {
            NetworkDeviceKind::AccessPoint => Taken::Node(self.nodes.remove(place)),
            NetworkDeviceKind::Switch => Taken::Switch(self.switches.remove(place)),
            NetworkDeviceKind::PowerStrip => Taken::PowerStrip(self.power_strips.remove(place)),
            NetworkDeviceKind::Router => Taken::Router(self.routers.remove(place)),
        })
    }

    fn put(&mut self, taken: Taken) {
        match taken {
            Taken::Node(node) => self.nodes.push(node),
            Taken::Switch(switch) => self.switches.push(switch),
            Taken::PowerStrip(strip) => self.power_strips.push(strip),
            Taken::Router(router) => self.routers.push(router),
        }
    }

    /// Gives a device another name; nothing happens when it is not here, as below.
    pub(crate) fn rename(&mut self, kind: NetworkDeviceKind, id: i64, name: &str) {
        let place = match kind {
            NetworkDeviceKind::AccessPoint => self.node_mut(id).map(|node| &mut node.name),
            NetworkDeviceKind::Switch => self.switch_mut(id).map(|switch| &mut switch.name),
            NetworkDeviceKind::PowerStrip => self.power_strip_mut(id).map(|strip| &mut strip.name),
            NetworkDeviceKind::Router => self.router_mut(id).map(|router| &mut router.name),
        };
        if let Some(place) = place {
            name.clone_into(place);
        }
    }

    /// Gives a device another address: the LAN's of a gateway, the mesh's of a repeater.
    pub(crate) fn set_ip(&mut self, kind: NetworkDeviceKind, id: i64, ip: &str) {
        let place = match kind {
            NetworkDeviceKind::AccessPoint => {
                self.node_mut(id).map(|node| match &mut node.gateway {
                    Some((lan, _)) => lan,
                    None => &mut node.ip,
                })
            }
            NetworkDeviceKind::Switch => self.switch_mut(id).map(|switch| &mut switch.ip),
            NetworkDeviceKind::PowerStrip => self
                .power_strip_mut(id)
                .map(|strip| strip.ip.get_or_insert_default()),
            NetworkDeviceKind::Router => self.router_mut(id).map(|router| &mut router.ip),
        };
        if let Some(place) = place {
            ip.clone_into(place);
        }
    }

    /// Takes a device offline, or lets it check in.
    pub(crate) fn set_down(&mut self, kind: NetworkDeviceKind, id: i64, down: bool, now_ms: i64) {
        let places = match kind {
            NetworkDeviceKind::AccessPoint => self.node_mut(id).map(|node| {
                (
                    &mut node.down,
                    &mut node.last_checkin_ms,
                    &mut node.uptime_seconds,
                )
            }),
            NetworkDeviceKind::Switch => self.switch_mut(id).map(|switch| {
                (
                    &mut switch.down,
                    &mut switch.last_checkin_ms,
                    &mut switch.uptime_seconds,
                )
            }),
            NetworkDeviceKind::PowerStrip => self.power_strip_mut(id).map(|strip| {
                (
                    &mut strip.down,
                    &mut strip.last_checkin_ms,
                    &mut strip.uptime_seconds,
                )
            }),
            NetworkDeviceKind::Router => self.router_mut(id).map(|router| {
                (
                    &mut router.down,
                    &mut router.last_checkin_ms,
                    &mut router.uptime_seconds,
                )
            }),
        };
        let Some((is_down, last_checkin, uptime)) = places else {
            return;
        };
        *is_down = down;
        if !down {
            (*last_checkin, *uptime) = (Some(now_ms), 60);
        }
    }
}
