//! The credentials that the servers take. All of them are fakes.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A key pair of the RMM.
#[derive(Clone)]
pub(crate) struct KeyPair {
    pub(crate) key: String,
    pub(crate) secret: String,
    pub(crate) revoked: bool,
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair")
            .field("revoked", &self.revoked)
            .finish_non_exhaustive()
    }
}

/// A key of GravityZone and what it may see.
#[derive(Clone)]
pub(crate) struct GravityZoneKey {
    pub(crate) key: String,
    /// Names of the enabled APIs as `getApiKeyDetails` spells them.
    pub(crate) apis: BTreeSet<String>,
    /// The company that the key belongs to.
    pub(crate) company: String,
    /// Of the company's tree, only what lies here, and the way there.
    pub(crate) target: Option<String>,
    pub(crate) created_ms: i64,
    pub(crate) revoked: bool,
}

impl fmt::Debug for GravityZoneKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GravityZoneKey")
            .field("apis", &self.apis)
            .field("company", &self.company)
            .field("target", &self.target)
            .field("revoked", &self.revoked)
            .finish_non_exhaustive()
    }
}

/// What a key pair of Datto Networking reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NetworkingKeyKind {
    /// Everything, in the owner's name; the vendor calls it a master key too.
    Account,
    /// The network of that id.
    Network(i64),
    /// Log-ins, and nothing else.
    Application,
    /// The network of that id, to look at.
    Embed(i64),
    /// What the user of that id may.
    User(i64),
}

/// A key pair of Datto Networking.
#[derive(Clone)]
pub(crate) struct NetworkingKey {
    /// The id under which a user's key can be deleted.
    pub(crate) id: i64,
    pub(crate) key: String,
    pub(crate) secret: String,
    pub(crate) kind: NetworkingKeyKind,
    pub(crate) read_only: bool,
    pub(crate) revoked: bool,
    pub(crate) created_ms: i64,
    pub(crate) expires_ms: Option<i64>,
}

impl fmt::Debug for NetworkingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetworkingKey")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("read_only", &self.read_only)
            .field("revoked", &self.revoked)
            .finish_non_exhaustive()
    }
}

/// The four APIs that an integration needs, and General.
pub(crate) const DEFAULT_APIS: [&str; 5] =
    ["companies", "general", "licensing", "network", "packages"];

#[derive(Debug, Clone)]
pub(crate) struct Keys {
    pub(crate) rmm: Vec<KeyPair>,
    pub(crate) gravityzone: Vec<GravityZoneKey>,
    pub(crate) networking: Vec<NetworkingKey>,
}

impl Keys {
    pub(crate) fn new(root: &str, now_ms: i64) -> Self {
        let mut keys = Self {
            rmm: Vec::new(),
            gravityzone: Vec::new(),
            networking: Vec::new(),
        };
        keys.add_rmm();
        keys.add_gravityzone(root, DEFAULT_APIS.map(str::to_owned).into(), now_ms);
        keys.add_networking(NetworkingKeyKind::Account, now_ms);
        keys
    }

    /// Another key pair of Datto Networking; the newest is the last.
    pub(crate) fn add_networking(
        &mut self,
        kind: NetworkingKeyKind,
        now_ms: i64,
    ) -> (String, String) {
        // Pairs are deleted too, so that their count names no new one.
        let id = self
            .networking
            .iter()
            .map(|pair| pair.id)
            .max()
            .unwrap_or(0)
            + 1;
        let pair = (
            format!("simulated-networking-key-{id}"),
            format!("simulated-networking-secret-{id}"),
        );
        self.networking.push(NetworkingKey {
            id,
            key: pair.0.clone(),
            secret: pair.1.clone(),
            kind,
            read_only: false,
            revoked: false,
            created_ms: now_ms,
            expires_ms: None,
        });
        pair
    }

    pub(crate) fn add_rmm(&mut self) -> (String, String) {
        let number = self.rmm.len() + 1;
        let pair = (
            format!("SIMULATEDRMMKEY{number}"),
            format!("simulated-rmm-secret-{number}+/="),
        );
        self.rmm.push(KeyPair {
            key: pair.0.clone(),
            secret: pair.1.clone(),
            revoked: false,
        });
        pair
    }

    pub(crate) fn add_gravityzone(
        &mut self,
        company: &str,
        apis: BTreeSet<String>,
        now_ms: i64,
    ) -> String {
        let key = format!("simulated-gravityzone-key-{}", self.gravityzone.len() + 1);
        self.gravityzone.push(GravityZoneKey {
            key: key.clone(),
            apis,
            company: company.to_owned(),
            target: None,
            created_ms: now_ms,
            revoked: false,
        });
        key
    }
}

#[cfg(test)]
mod tests {
    use super::Keys;

    #[test]
    fn debug_text_has_no_credentials() {
        let mut keys = Keys::new("0123456789abcdef01234567", 0);
        let (_, second) = keys.add_rmm();
        let text = format!("{keys:?}");
        assert!(text.contains("revoked: false"));
        for secret in [
            &keys.rmm[0].secret,
            &second,
            &keys.gravityzone[0].key,
            &keys.networking[0].secret,
        ] {
            assert!(!text.contains(secret.as_str()), "{text}");
        }
    }
}
