//! Clients, vouchers and neighbours.

use crate::world::build::DAY_MS;
use crate::world::{MacAddress, SurveyedAccessPoint, Unknown, Voucher, WirelessClient, World};

const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl World {
    /// Adds a client that is at the network's first access point and gives its id.
    ///
    /// # Errors
    ///
    /// When there is no such network.
    pub fn add_network_client(
        &mut self,
        network: i64,
        name: &str,
        mac: MacAddress,
    ) -> Result<String, Unknown> {
        let mut cid = String::with_capacity(44);
        for _ in 0..43 {
            let place = self.networking_ids.random().usize(..URL_SAFE.len());
            cid.push(char::from(URL_SAFE[place]));
        }
        cid.push('=');
        let (up, down) = (
            self.networking_ids.random().i64(1_000..9_000_000),
            self.networking_ids.random().i64(1_000..90_000_000),
        );
        let now = self.now_ms;
        let network = self.network_mut(network)?;
        network.clients.push(WirelessClient {
            cid: cid.clone(),
            mac,
            name: name.to_owned(),
            name_override: None,
            blocked: false,
            last_node: network.nodes.first().map(|node| node.id),
            last_seen_ms: Some(now - 180_000),
            band: "5".into(),
            os: "Windows".into(),
            os_version: "11".into(),
            bytes_up: up,
            bytes_down: down,
        });
        Ok(cid)
    }

    /// Adds a voucher for a day, unused, which is kept for 30 days.
    ///
    /// # Errors
    ///
    /// When there is no such network.
    pub fn add_voucher(&mut self, network: i64, code: &str) -> Result<(), Unknown> {
        let now = self.now_ms;
        self.network_mut(network)?.vouchers.push(Voucher {
            code: code.to_owned(),
            hours: 24,
            max_users: 2,
            up_limit: 1.5,
            down_limit: 5.0,
            comment: "Reception".into(),
            purge_days: 30,
            created_ms: now - DAY_MS,
            started_ms: None,
            deleted_ms: None,
            users: Vec::new(),
        });
        Ok(())
    }

    /// What a scan of the network's surroundings will find: this many access points of others.
    ///
    /// # Errors
    ///
    /// When there is no such network.
    pub fn add_neighbours(&mut self, network: i64, count: usize) -> Result<(), Unknown> {
        let heard: Vec<_> = (0..count)
            .map(|number| SurveyedAccessPoint {
                ssid: format!("Neighbour {}", number + 1),
                bssid: self.networking_ids.mac(),
                channel: [1, 6, 11][number % 3],
                channel_width: 20,
                encryption: "wpa2".into(),
                vendor: "Acme".into(),
                signal: -60 - self.networking_ids.random().i64(0..30),
            })
            .collect();
        self.network_mut(network)?.survey.heard.extend(heard);
        Ok(())
    }
}
