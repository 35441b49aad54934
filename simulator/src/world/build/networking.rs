//! Adding networks and access points.

use crate::world::{MacAddress, Network, Node, Unknown, World};

impl World {
    /// Adds a network without access points and gives its id.
    pub fn add_network(&mut self, name: &str) -> i64 {
        let id = 200_000 + self.ids.number();
        self.networks.push(Network {
            id,
            name: name.to_owned(),
            group: (31, "Customers".into()),
            latitude: 51.923_400_878_906_25,
            longitude: 4.471_100_330_352_783,
            nodes: Vec::new(),
        });
        id
    }

    /// Says that a network belongs to a site.
    ///
    /// # Errors
    ///
    /// When there is no such site or network.
    pub fn map_network(&mut self, site: &str, network: i64) -> Result<(), Unknown> {
        if !self.networks.iter().any(|known| known.id == network) {
            return Err(Unknown::new("network", network.to_string()));
        }
        let ids = &mut self.site_mut(site)?.network_ids;
        if !ids.contains(&network) {
            ids.push(network);
        }
        Ok(())
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
        let network = self
            .networks
            .iter_mut()
            .find(|known| known.id == network)
            .ok_or_else(|| Unknown::new("network", network.to_string()))?;
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
        });
        Ok(id)
    }
}
