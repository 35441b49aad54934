//! The tenant: its groups and users, what they did, and what devices were told to do.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{NetworkDeviceKind, Secret};
use crate::world::MacAddress;

/// Numbers of roles. The vendor publishes none, so these are the simulator's own, among those that
/// the documentation's samples show.
pub mod role {
    /// Sees and changes everything; the first one is the owner.
    pub const ACCOUNT_ADMIN: i64 = 1;
    /// Manages users, and what was granted.
    pub const GROUP_MANAGER: i64 = 2;
    /// Has only what was granted.
    pub const NETWORK_USER: i64 = 7;
    /// Of a network or group: may change it.
    pub const NETWORK_EDITOR: i64 = 3;
    /// Of a network or group: may look only.
    pub const NETWORK_VIEWER: i64 = 4;
    /// Of a network or group: may look and change vouchers.
    pub const VOUCHER_EDITOR: i64 = 5;

    /// Whether an account can have a user of that role.
    pub(crate) fn is_of_account(role: i64) -> bool {
        [ACCOUNT_ADMIN, GROUP_MANAGER, NETWORK_USER].contains(&role)
    }

    /// Whether a user can have that role in a network or group.
    pub(crate) fn is_of_resource(role: i64) -> bool {
        [NETWORK_EDITOR, NETWORK_VIEWER, VOUCHER_EDITOR].contains(&role)
    }
}

/// The tenant of Datto Networking.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct NetworkingAccount {
    pub id: i64,
    pub name: String,
    /// The user who owns it, in whose name account keys act.
    pub owner: i64,
    pub service_agreement: bool,
    pub groups: Vec<NetworkGroup>,
    pub users: Vec<NetworkUser>,
    pub audit: Vec<AuditEvent>,
    /// What devices and networks were told to do, in order.
    pub actions: Vec<NetworkAction>,
    /// Devices that are in networks of somebody else.
    pub foreign_macs: BTreeSet<MacAddress>,
}

impl NetworkingAccount {
    /// The group with that id.
    pub fn group(&self, id: i64) -> Option<&NetworkGroup> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// The user with that id.
    pub fn user(&self, id: i64) -> Option<&NetworkUser> {
        self.users.iter().find(|user| user.id == id)
    }
}

/// A group of networks.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct NetworkGroup {
    pub id: i64,
    pub name: String,
    /// The user who made it.
    pub creator: i64,
}

/// A user of the account.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct NetworkUser {
    pub id: i64,
    pub email: String,
    pub name: String,
    pub notes: String,
    /// One of the account's roles of [`role`].
    pub role: i64,
    pub verified: bool,
    pub enabled: bool,
    pub created_ms: i64,
    pub service_agreement: bool,
    /// Roles by network.
    pub networks: BTreeMap<i64, i64>,
    /// Roles by group.
    pub groups: BTreeMap<i64, i64>,
    pub password: Secret,
    /// Failed log-ins since the last good one.
    pub failed_logins: u32,
    /// Tokens given out to set the password.
    pub password_tokens: u32,
}

/// An entry of the account's audit log.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct AuditEvent {
    pub id: String,
    pub at_ms: i64,
    pub user: i64,
    pub email: String,
    /// Id and name of the network, where it is about one.
    pub network: Option<(i64, String)>,
    pub action: String,
    pub target_type: String,
    pub target_id: String,
    pub fields: Vec<AuditField>,
}

/// A value that was changed; secrets are starred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuditField {
    /// Dotted.
    pub field: String,
    pub old: String,
    pub new: String,
}

/// Something that a device or a network was told to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NetworkAction {
    /// The last segment of its path, such as `reboot`, `reset` or `scan`.
    pub what: String,
    pub network: i64,
    /// The device, unless the network as a whole was meant.
    pub device: Option<(NetworkDeviceKind, i64)>,
    /// The port or outlet, if one was meant.
    pub port: Option<String>,
    pub at_ms: i64,
}
