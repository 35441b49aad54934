//! What users may do in a network.

use client_core::{Call, Error, Operation, Repeat};

use super::{NetworkId, NetworkScope, RoleId};
use crate::answer;
use crate::client::Client;
use crate::users::{RoleBody, UserId};

pub(crate) const UPDATE_USER: Operation =
    Operation::put("network_users.update", "/network/{network}/user/{user}")
        .repeat(Repeat::Idempotent);
pub(crate) const DELETE_USER: Operation =
    Operation::delete("network_users.delete", "/network/{network}/user/{user}");

/// The users of one network; made by [`NetworkScope::users`].
#[derive(Debug, Clone, Copy)]
pub struct NetworkUsers<'c> {
    client: &'c Client,
    network: NetworkId,
}

impl<'c> NetworkScope<'c> {
    /// What users may do in the network. [`User::permissions`](crate::users::User::permissions) lists it, and
    /// [`UserScope::network_role`](crate::users::UserScope::network_role) tells one's own.
    pub fn users(self) -> NetworkUsers<'c> {
        NetworkUsers {
            client: self.client,
            network: self.id,
        }
    }
}

impl NetworkUsers<'_> {
    /// Gives a user a role in the network, whatever it was before.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.network(204_511.into()).users().update(88.into(), 4.into()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Denied`](client_core::ErrorKind::Denied) if the key may not give this role.
    pub async fn update(self, user: UserId, role: RoleId) -> Result<(), Error> {
        let call = Call::unit(&UPDATE_USER, [&self.network.to_string(), &user.to_string()]);
        self.client
            .call(call.json(&RoleBody { role_id: role }))
            .await
    }

    /// Takes the user's role in the network away.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.network(204_511.into()).users().delete(88.into()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Conflict`](client_core::ErrorKind::Conflict) if there is no role to take away.
    pub async fn delete(self, user: UserId) -> Result<(), Error> {
        let call = Call::unit(&DELETE_USER, [&self.network.to_string(), &user.to_string()]);
        answer::deleted(self.client.call(call).await)
    }
}
