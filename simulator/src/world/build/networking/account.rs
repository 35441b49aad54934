//! The tenant of Datto Networking, its groups and users.

use std::collections::{BTreeMap, BTreeSet};

use crate::world::build::{BUILT_MS, DAY_MS};
use crate::world::{NetworkGroup, NetworkUser, NetworkingAccount, Secret, World, role};

/// The group that networks come into.
pub(super) const CUSTOMERS: i64 = 31;
const OWNER: i64 = 901;
/// What everybody's password is at the start.
const PASSWORD: &str = "example-password";

/// An account with an owner and one group.
pub(in crate::world::build) fn account() -> NetworkingAccount {
    NetworkingAccount {
        id: 5_021,
        name: "Lighthouse MSP".into(),
        owner: OWNER,
        service_agreement: true,
        groups: vec![NetworkGroup {
            id: CUSTOMERS,
            name: "Customers".into(),
            creator: OWNER,
        }],
        users: vec![NetworkUser {
            id: OWNER,
            email: "robin@lighthouse.example".into(),
            name: "Robin Keeper".into(),
            notes: String::new(),
            role: role::ACCOUNT_ADMIN,
            verified: true,
            enabled: true,
            created_ms: BUILT_MS - 400 * DAY_MS,
            service_agreement: true,
            networks: BTreeMap::new(),
            groups: BTreeMap::new(),
            password: Secret(PASSWORD.into()),
            failed_logins: 0,
            password_tokens: 0,
        }],
        audit: Vec::new(),
        actions: Vec::new(),
        foreign_macs: BTreeSet::new(),
    }
}

impl World {
    /// Adds a group of networks and gives its id.
    pub fn add_network_group(&mut self, name: &str) -> i64 {
        let id = 30 + self.networking_ids.number();
        let creator = self.networking.owner;
        self.networking.groups.push(NetworkGroup {
            id,
            name: name.to_owned(),
            creator,
        });
        id
    }

    /// Adds a user of Datto Networking with one of the account's roles, verified and enabled, with
    /// the password `example-password`, and gives the id. Further rights are to be granted.
    pub fn add_networking_user(&mut self, email: &str, name: &str, role: i64) -> i64 {
        let id = 900 + self.networking_ids.number();
        let now = self.now_ms;
        self.networking.users.push(NetworkUser {
            id,
            email: email.to_owned(),
            name: name.to_owned(),
            notes: String::new(),
            role,
            verified: true,
            enabled: true,
            created_ms: now,
            service_agreement: false,
            networks: BTreeMap::new(),
            groups: BTreeMap::new(),
            password: Secret(PASSWORD.into()),
            failed_logins: 0,
            password_tokens: 0,
        });
        id
    }
}
