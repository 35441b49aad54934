//! Users as the vendor tells them.
#![expect(missing_docs, reason = "most field names say it all")]

use client_core::Timestamp;
use serde::de::{Deserialize, Deserializer};
use serde_json::Map;

use crate::lenient::{Fields, lenient, nested, record};
use crate::networks::{NetworkGroupId, NetworkId, RoleId};
use crate::secret::Secret;

client_core::id!(
    /// Identifies a user.
    number UserId
);
client_core::id!(
    /// Identifies an account.
    number AccountId
);
lenient!(number UserId, AccountId);

record! {
    /// A user. [`Users::list`](super::Users::list) and [`UserScope::get`](super::UserScope::get) tell different parts.
    pub struct User [
        /// Called `user_id` on the wire.
        id: UserId
    ] {
        email: String,
        name: String,
        notes: String,
        /// The role in the account.
        role_id: RoleId,
        account_id: AccountId,
        enabled: bool,
        /// Whether the e-mail address was confirmed.
        verified: bool,
        /// Listing only.
        created: Timestamp,
        /// The best role in any network; listing only.
        highest_network_role_id: RoleId,
        /// What the user may do in which networks; not in the listing.
        permissions: Permissions,
    }
}

record! {
    /// What a user may do in which networks.
    pub struct Permissions {
        /// The networks that the user reaches in any way.
        all_networks: Vec<NetworkRole>,
        /// Those with a role of their own.
        assigned_networks: Vec<NetworkRole>,
        /// The groups with a role.
        assigned_networkgroups: Vec<GroupRole>,
    }
}

record! {
    /// A role in a network.
    pub struct NetworkRole {
        network_id: NetworkId,
        role_id: RoleId,
    }
}

record! {
    /// A role in a group of networks.
    pub struct GroupRole {
        networkgroup_id: NetworkGroupId,
        role_id: RoleId,
    }
}

record! {
    /// A user that was just created.
    pub struct CreatedUser [
        /// Called `user_id` on the wire.
        id: UserId
    ] {
        account_id: AccountId,
        /// With which the user sets a password.
        token: Secret,
        email: String,
        name: String,
        role_id: RoleId,
    }
}

record! {
    /// With what a user sets a password.
    pub struct PasswordToken {
        user_id: UserId,
        token: Secret,
    }
}

record! {
    /// A user's own account.
    pub struct UserAccount {
        account_id: AccountId,
        /// The role in the account.
        role_id: RoleId,
    }
}
nested!(
    Permissions,
    NetworkRole: "network_id",
    GroupRole: "networkgroup_id",
    PasswordToken,
    UserAccount
);

/// Reads a record with an id of its own.
macro_rules! with_user_id {
    ($($name:ident),+) => {
        $(impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut fields = Fields::new(Map::deserialize(deserializer)?);
                let (own, id) = (fields.take("user_id"), fields.take("id"));
                let id = own
                    .or(id)
                    .ok_or_else(|| serde::de::Error::custom("a user without an id"))?;
                let ids = fields.seen();
                let (user, seen) = Self::from_fields(id, fields);
                if seen == ids {
                    return Err(serde::de::Error::custom("no known field of a user"));
                }
                Ok(user)
            }
        })+
    };
}

with_user_id!(User, CreatedUser);
