//! Log-ins and audit events as the vendor tells them.
#![expect(missing_docs, reason = "most field names say it all")]

use client_core::Timestamp;
use serde::de::{Deserialize, Deserializer};
use serde_json::Map;

use crate::lenient::{Fields, lenient, nested, record};
use crate::networks::NetworkId;
use crate::secret::{Secret, SecretValue};
use crate::users::{AccountId, UserId};

client_core::id!(
    /// Identifies an event of the audit log.
    AuditEventId
);
client_core::open_enum!(
    /// What a key reaches.
    KeyKind { Master = "master", Network = "network" }
);
lenient!(text AuditEventId, KeyKind);

record! {
    /// The keys that a log-in gives.
    pub struct Login {
        /// The public key.
        key: Secret,
        secret: Secret,
        /// Unix seconds; see [`expires_at`](Self::expires_at).
        expire: i64,
        kind as "type": KeyKind,
        type_value: String,
        read_only: bool,
        last_network_name: String,
        last_network_id: NetworkId,
    }
}

record! {
    /// Credentials that show the dashboard of one network on another page.
    pub struct EmbedCredentials {
        /// The public key.
        key: Secret,
        secret: Secret,
    }
}

record! {
    /// Somebody did something.
    pub struct AuditEvent [
        /// Called `event_id` on the wire.
        id: AuditEventId
    ] {
        date: Timestamp,
        /// From where it was done.
        remote_address: String,
        account_id: AccountId,
        user_id: UserId,
        user_email: String,
        /// Whether the vendor's support did it.
        support: bool,
        network_id: NetworkId,
        network_name: String,
        /// Such as `create`.
        user_action: String,
        target_type: String,
        target_id: String,
        /// What changed.
        fields: Vec<AuditChange>,
    }
}

record! {
    /// A field that changed.
    pub struct AuditChange {
        /// A path with dots.
        field: String,
        /// A passphrase, for instance.
        old_value: SecretValue,
        /// As [`old_value`](Self::old_value).
        new_value: SecretValue,
    }
}
nested!(Login, EmbedCredentials, AuditChange: "field");

impl Login {
    /// When the keys stop working; `None` if that is not told.
    pub fn expires_at(&self) -> Option<Timestamp> {
        let seconds = self.expire.filter(|seconds| *seconds > 0)?;
        Timestamp::from_second(seconds).ok()
    }
}

impl<'de> Deserialize<'de> for AuditEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::new(Map::deserialize(deserializer)?);
        let (own, id) = (fields.take("event_id"), fields.take("id"));
        let id = own
            .or(id)
            .ok_or_else(|| serde::de::Error::custom("an event without an id"))?;
        Ok(Self::from_fields(id, fields).0)
    }
}
