//! Networks and what stands in them.

use crate::simulator::Simulator;
use crate::world::{NetworkAction, NetworkDevice, NetworkDeviceKind, Unknown};

impl Simulator {
    /// The id of the first network of that name, in any case.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn network_id(&self, name: &str) -> Result<i64, Unknown> {
        self.with_world(|world| world.network_named(name).map(|network| network.id))
            .ok_or_else(|| Unknown::new("network", name))
    }

    /// All devices of all networks.
    pub fn network_devices(&self) -> Vec<NetworkDevice> {
        self.with_world(crate::world::World::network_devices)
    }

    /// What devices and networks were told to do, in order.
    pub fn network_actions(&self) -> Vec<NetworkAction> {
        self.with_world(|world| world.networking.actions.clone())
    }

    /// Adds a network, which no site is mapped to, and gives its id.
    pub fn add_network(&self, name: &str) -> i64 {
        self.with_world_mut(|world| world.add_network(name))
    }

    /// Gives a network another name.
    ///
    /// # Errors
    ///
    /// When there is no such network.
    pub fn rename_network(&self, network: i64, name: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| world.rename_network(network, name))
    }

    /// Deletes a network with all that stands in it.
    ///
    /// # Errors
    ///
    /// When there is no such network.
    pub fn delete_network(&self, network: i64) -> Result<(), Unknown> {
        self.with_world_mut(|world| world.delete_network(network))
    }

    /// Maps a site of the RMM to a network, or takes the mapping away.
    ///
    /// # Errors
    ///
    /// When there is no such site or network.
    pub fn set_network_mapping(&self, site: &str, network: i64, on: bool) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            if on {
                return world.map_network(site, network);
            }
            let ids = &mut world.site_mut(site)?.network_ids;
            ids.retain(|mapped| *mapped != network);
            Ok(())
        })
    }

    /// Adds a device that is up and has a new hardware address, and gives its id.
    ///
    /// # Errors
    ///
    /// When there is no such network.
    pub fn add_network_device(
        &self,
        kind: NetworkDeviceKind,
        network: i64,
        name: &str,
        ip: &str,
    ) -> Result<i64, Unknown> {
        self.with_world_mut(|world| {
            let mac = world.new_mac();
            match kind {
                NetworkDeviceKind::AccessPoint => world.add_node(network, name, mac, ip),
                NetworkDeviceKind::Switch => world.add_switch(network, name, mac, ip),
                NetworkDeviceKind::PowerStrip => {
                    world.add_power_strip(network, name, mac, Some(ip))
                }
                NetworkDeviceKind::Router => world.add_router(network, name, mac, ip),
            }
        })
    }

    /// Gives a device another name.
    ///
    /// # Errors
    ///
    /// When there is no such device.
    pub fn rename_network_device(
        &self,
        kind: NetworkDeviceKind,
        id: i64,
        name: &str,
    ) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            world.network_of_mut(kind, id)?.rename(kind, id, name);
            Ok(())
        })
    }

    /// Puts a device into another network, where it keeps its id.
    ///
    /// # Errors
    ///
    /// When either does not exist.
    pub fn move_network_device(
        &self,
        kind: NetworkDeviceKind,
        id: i64,
        network: i64,
    ) -> Result<(), Unknown> {
        self.with_world_mut(|world| world.move_network_device(kind, id, network))
    }

    /// Deletes a device.
    ///
    /// # Errors
    ///
    /// When there is no such device.
    pub fn delete_network_device(&self, kind: NetworkDeviceKind, id: i64) -> Result<(), Unknown> {
        self.with_world_mut(|world| world.delete_network_device(kind, id))
    }

    /// Takes a device offline, or lets it check in again.
    ///
    /// # Errors
    ///
    /// When there is no such device.
    pub fn set_network_device_down(
        &self,
        kind: NetworkDeviceKind,
        id: i64,
        down: bool,
    ) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            let now = world.now_ms;
            world
                .network_of_mut(kind, id)?
                .set_down(kind, id, down, now);
            Ok(())
        })
    }

    /// Gives a device another address: the LAN's of a gateway, the mesh's of a repeater.
    ///
    /// # Errors
    ///
    /// When there is no such device.
    pub fn set_network_device_ip(
        &self,
        kind: NetworkDeviceKind,
        id: i64,
        ip: &str,
    ) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            world.network_of_mut(kind, id)?.set_ip(kind, id, ip);
            Ok(())
        })
    }
}
