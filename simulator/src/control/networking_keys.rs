//! Key pairs of Datto Networking: more of them, fewer rights, none at all.

use crate::keys::{NetworkingKey, NetworkingKeyKind};
use crate::simulator::Simulator;
use crate::world::Unknown;

impl Simulator {
    /// Another key pair of Datto Networking: key and secret.
    ///
    /// # Errors
    ///
    /// When the network or user that the kind names does not exist.
    pub fn add_networking_key(&self, kind: NetworkingKeyKind) -> Result<(String, String), Unknown> {
        self.check_kind(kind)?;
        let mut state = self.lock();
        let now = state.clock.now_ms();
        Ok(state.keys.add_networking(kind, now))
    }

    fn check_kind(&self, kind: NetworkingKeyKind) -> Result<(), Unknown> {
        self.with_world(|world| match kind {
            NetworkingKeyKind::Network(id) | NetworkingKeyKind::Embed(id) => world
                .network(id)
                .map(drop)
                .ok_or_else(|| Unknown::new("network", id.to_string())),
            NetworkingKeyKind::User(id) => world
                .networking
                .user(id)
                .map(drop)
                .ok_or_else(|| Unknown::new("user", id.to_string())),
            _ => Ok(()),
        })
    }

    fn change_networking_key(&self, change: impl FnOnce(&mut NetworkingKey)) {
        change(&mut self.lock().keys.networking[0]);
    }

    /// Narrows or widens what the first key pair of Datto Networking reaches, from the next request
    /// on.
    ///
    /// # Errors
    ///
    /// When the network or user that the kind names does not exist.
    pub fn set_networking_key_kind(&self, kind: NetworkingKeyKind) -> Result<(), Unknown> {
        self.check_kind(kind)?;
        self.change_networking_key(|pair| pair.kind = kind);
        Ok(())
    }

    /// Makes the first key pair of Datto Networking one that may only look, or lifts that. GETs that
    /// act are refused too.
    pub fn set_networking_read_only(&self, read_only: bool) {
        self.change_networking_key(|pair| pair.read_only = read_only);
    }

    /// Ends the first key pair of Datto Networking as by its age, which has a code of its own.
    pub fn expire_networking_key(&self) {
        let now = self.now_ms();
        self.change_networking_key(|pair| pair.expires_ms = Some(now));
    }

    /// Ends the first key pair of Datto Networking.
    pub fn revoke_networking_key(&self) {
        self.change_networking_key(|pair| pair.revoked = true);
    }

    /// Replaces the first key pair of Datto Networking, for published test vectors.
    pub fn set_networking_key(&self, key: &str, secret: &str) {
        self.change_networking_key(|pair| {
            key.clone_into(&mut pair.key);
            secret.clone_into(&mut pair.secret);
        });
    }
}
