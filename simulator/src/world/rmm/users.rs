//! Portal users and what they may see and do.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::world::{Unknown, World};

/// What a user's security level allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SecurityLevel {
    /// Everything.
    Administrator,
    /// Reading, without the account's users and without what users did; a write is refused with 403.
    ReadOnly,
}

/// A user of the portal.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct User {
    pub id: i64,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub telephone: Option<String>,
    pub status: String,
    pub created_ms: i64,
    /// Absent for users that never logged in.
    pub last_access_ms: Option<i64>,
    pub disabled: bool,
    pub level: SecurityLevel,
    /// Components up to this level are in sight; 1 to 5, of which 5 is "Super".
    pub component_level: u8,
    /// The only sites in sight, by uid; none shows all.
    pub sites: Option<BTreeSet<String>>,
    /// The position of the user's key pair.
    #[serde(skip)]
    pub(crate) key: Option<usize>,
}

impl World {
    /// Adds a user who sees all sites and components, and gives the id. The user has no key pair.
    pub fn add_user(&mut self, username: &str, level: SecurityLevel) -> i64 {
        let id = self.rmm_ids.number();
        let now = self.now_ms;
        self.account.users.push(User {
            id,
            username: username.to_owned(),
            first_name: "Sam".into(),
            last_name: format!("Keeper {id}"),
            email: format!("{username}@lighthouse.example"),
            telephone: None,
            status: "Active".into(),
            created_ms: now,
            last_access_ms: None,
            disabled: false,
            level,
            component_level: 5,
            sites: None,
            key: None,
        });
        id
    }

    /// The user of that name.
    pub fn user(&self, username: &str) -> Option<&User> {
        let users = &self.account.users;
        users.iter().find(|user| user.username == username)
    }

    /// The user of that name, to change it.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn user_mut(&mut self, username: &str) -> Result<&mut User, Unknown> {
        let users = &mut self.account.users;
        users
            .iter_mut()
            .find(|user| user.username == username)
            .ok_or_else(|| Unknown::new("user", username))
    }

    /// The user whose key pair has that position.
    pub(crate) fn user_of_key(&self, key: usize) -> Option<&User> {
        self.account.users.iter().find(|user| user.key == Some(key))
    }
}
