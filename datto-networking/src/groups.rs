//! Groups of networks.

use client_core::{Call, Error, Items, Operation, Repeat, Rows};
use serde::Serialize;
use serde::de::{Deserialize, Deserializer};
use serde_json::Map;

use crate::answer;
use crate::client::Client;
use crate::lenient::{Fields, nested, record};
use crate::listing::{self, Absent};
use crate::networks::{NetworkGroupId, NetworkId, NewNetwork, RoleId};
use crate::users::{AccountId, RoleBody, UserId};

pub(crate) const LIST: Operation = Operation::get("network_groups.list", "/networkgroup/list");
pub(crate) const GET: Operation = Operation::get("network_groups.get", "/networkgroup/{group}");
pub(crate) const CREATE: Operation = Operation::post("network_groups.create", "/networkgroup");
pub(crate) const UPDATE: Operation =
    Operation::put("network_groups.update", "/networkgroup/{group}").repeat(Repeat::Idempotent);
pub(crate) const DELETE: Operation =
    Operation::delete("network_groups.delete", "/networkgroup/{group}");
// A heading of the documentation says POST, its table and its sample PUT.
pub(crate) const ADD_NETWORK: Operation = Operation::put(
    "network_groups.add_network",
    "/networkgroup/{group}/network/{network}",
)
.repeat(Repeat::Idempotent);
pub(crate) const UPDATE_USER: Operation = Operation::put(
    "network_group_users.update",
    "/networkgroup/{group}/user/{user}",
)
.repeat(Repeat::Idempotent);
pub(crate) const DELETE_USER: Operation = Operation::delete(
    "network_group_users.delete",
    "/networkgroup/{group}/user/{user}",
);

record! {
    /// A group of networks. [`Groups::list`] tells name and role, [`GroupScope::get`] all but the role.
    pub struct NetworkGroup [
        /// Called `networkgroup_id` on the wire.
        id: NetworkGroupId
    ] {
        /// What people call it.
        name: String,
        /// What the key may do in it.
        role_id: RoleId,
        /// Who made it.
        creator_user_id: UserId,
        /// The account that it belongs to.
        account_id: AccountId,
        /// The networks in it.
        networks: Vec<GroupNetwork>,
    }
}

record! {
    /// A network of a group.
    pub struct GroupNetwork {
        /// Its id.
        network_id: NetworkId,
        /// What people call it.
        name: String,
    }
}
nested!(GroupNetwork: "network_id");

impl<'de> Deserialize<'de> for NetworkGroup {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::new(Map::deserialize(deserializer)?);
        let (own, id) = (fields.take("networkgroup_id"), fields.take("id"));
        let id = own
            .or(id)
            .ok_or_else(|| serde::de::Error::custom("a group without an id"))?;
        Ok(Self::from_fields(id, fields).0)
    }
}

#[derive(Serialize)]
struct NameBody<'n> {
    name: &'n str,
}

/// The endpoints of all groups; made by [`Client::groups`].
#[derive(Debug, Clone, Copy)]
pub struct Groups<'c>(pub(crate) &'c Client);

/// The endpoints of one group; made by [`Client::group`].
#[derive(Debug, Clone, Copy)]
pub struct GroupScope<'c> {
    client: &'c Client,
    id: NetworkGroupId,
}

/// The networks of one group; made by [`GroupScope::networks`].
#[derive(Debug, Clone, Copy)]
pub struct GroupNetworks<'c>(GroupScope<'c>);

/// The users of one group; made by [`GroupScope::users`].
#[derive(Debug, Clone, Copy)]
pub struct GroupUsers<'c>(GroupScope<'c>);

impl Client {
    /// The groups of networks.
    pub fn groups(&self) -> Groups<'_> {
        Groups(self)
    }

    /// One group of networks.
    pub fn group(&self, id: NetworkGroupId) -> GroupScope<'_> {
        GroupScope { client: self, id }
    }
}

impl Groups<'_> {
    /// Lists the groups that the key can see. One answer holds them all.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let groups = client.groups().list().collect_all().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Yields an error of any kind, then ends. A group without an id is an error of kind
    /// [`Decode`](client_core::ErrorKind::Decode); see [`Items::decoded`] to keep it beside the others.
    pub fn list(self) -> Items<NetworkGroup> {
        self.0.rows(list())
    }

    /// Looks for a group by its exact name, over all that the key can see.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let north = client.groups().find("North region").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list); [`Conflict`](client_core::ErrorKind::Conflict) if two have the name.
    pub async fn find(self, name: &str) -> Result<Option<NetworkGroup>, Error> {
        let wanted = |group: &NetworkGroup| group.name.as_deref() == Some(name);
        listing::only(self.list(), wanted, || {
            format!("groups of the name {name:?}")
        })
        .await
    }

    /// Creates a group without networks.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let id = client.groups().create("North region").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput), with nothing sent for a blank name;
    /// [`Conflict`](client_core::ErrorKind::Conflict) for a name that is taken; any other kind. After an error whose
    /// outcome is unknown, look before creating again.
    pub async fn create(self, name: &str) -> Result<NetworkGroupId, Error> {
        let call = Call::decoded_by(&CREATE, [], |raw| {
            answer::field(&raw.body, &["networkgroup_id", "id"])
        });
        self.0.call(named(call, name)).await
    }
}

impl<'c> GroupScope<'c> {
    /// The group's id.
    pub fn id(self) -> NetworkGroupId {
        self.id
    }

    /// The networks in the group.
    pub fn networks(self) -> GroupNetworks<'c> {
        GroupNetworks(self)
    }

    /// What users may do in all networks of the group.
    pub fn users(self) -> GroupUsers<'c> {
        GroupUsers(self)
    }

    /// The group with its networks.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let group = client.group(31.into()).get().await?;
    /// println!("{} networks", group.networks.unwrap_or_default().len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`NotFound`](client_core::ErrorKind::NotFound) if the key sees no such group.
    pub async fn get(self) -> Result<NetworkGroup, Error> {
        self.client.call(get(self.id)).await
    }

    /// As [`get`](Self::get), with `None` for a group that the vendor says it does not have.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let group = client.group(31.into()).find().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any other kind.
    pub async fn find(self) -> Result<Option<NetworkGroup>, Error> {
        answer::found(self.get().await)
    }

    /// Renames the group.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.group(31.into()).update("North").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Groups::create`].
    pub async fn update(self, name: &str) -> Result<(), Error> {
        let call = Call::unit(&UPDATE, [&self.id.to_string()]);
        self.client.call(named(call, name)).await
    }

    /// Deletes the group, which has to be empty.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.group(31.into()).delete().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Conflict`](client_core::ErrorKind::Conflict) while it has networks; any other kind, but not
    /// [`NotFound`](client_core::ErrorKind::NotFound) if an earlier attempt of this call may have deleted it.
    pub async fn delete(self) -> Result<(), Error> {
        let call = Call::unit(&DELETE, [&self.id.to_string()]);
        answer::deleted(self.client.call(call).await)
    }
}

impl GroupNetworks<'_> {
    /// Creates a network in the group; needs an account key.
    ///
    /// ```no_run
    /// use datto_networking::networks::NewNetwork;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let network = NewNetwork::new("Harbour Clinic", "the password", "Europe/Berlin", "DE");
    /// let id = client.group(31.into()).networks().create(&network).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Networks::create`](crate::networks::Networks::create).
    pub async fn create(self, network: &NewNetwork) -> Result<NetworkId, Error> {
        network.send(self.0.client, Some(self.0.id)).await
    }

    /// Moves a network into the group, out of the one that it is in.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.group(31.into()).networks().add(204_511.into()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Conflict`](client_core::ErrorKind::Conflict) while users have roles of their own in the network; any other kind.
    pub async fn add(self, network: NetworkId) -> Result<(), Error> {
        let call = Call::unit(&ADD_NETWORK, [&self.0.id.to_string(), &network.to_string()]);
        self.0.client.call(call).await
    }
}

impl GroupUsers<'_> {
    /// Gives a user a role in all networks of the group, whatever it was before.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.group(31.into()).users().update(88.into(), 4.into()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Denied`](client_core::ErrorKind::Denied) if the key may not give this role.
    pub async fn update(self, user: UserId, role: RoleId) -> Result<(), Error> {
        let call = Call::unit(&UPDATE_USER, [&self.0.id.to_string(), &user.to_string()]);
        self.0
            .client
            .call(call.json(&RoleBody { role_id: role }))
            .await
    }

    /// Takes the user's role in the group away.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.group(31.into()).users().delete(88.into()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Conflict`](client_core::ErrorKind::Conflict) if there is no role to take away.
    pub async fn delete(self, user: UserId) -> Result<(), Error> {
        let call = Call::unit(&DELETE_USER, [&self.0.id.to_string(), &user.to_string()]);
        answer::deleted(self.0.client.call(call).await)
    }
}

fn list() -> Call<Rows<NetworkGroup>> {
    Call::decoded_by(&LIST, [], |raw| {
        listing::rows(&raw.body, "networkgroups", Absent::Error, &Map::new())
    })
}

fn get(id: NetworkGroupId) -> Call<NetworkGroup> {
    Call::decoded_by(&GET, [&id.to_string()], |raw| {
        client_core::decode_json(&raw.body)
    })
}

fn named<T>(call: Call<T>, name: &str) -> Call<T> {
    call.json(&NameBody { name })
        .refuse_if(name.trim().is_empty(), "a group needs a name")
}

#[cfg(test)]
mod tests {
    use client_core::ErrorKind;
    use serde_json::json;

    use super::{NetworkGroup, UPDATE, get, list, named};

    fn networks(group: &NetworkGroup) -> Vec<(i64, &str)> {
        let networks = group.networks.iter().flatten();
        networks
            .map(|network| {
                (
                    network.network_id.unwrap().get(),
                    network.name.as_deref().unwrap(),
                )
            })
            .collect()
    }

    #[test]
    fn a_group_is_read_in_every_form() {
        let get = get(31.into());
        for body in [
            r#"{"networkgroup_id":31,"creator_user_id":5,"name":"North region","account_id":9,
                "networks":[{"network_id":1,"name":"a"},{"network_id":2,"name":"b"}],"new":1}"#,
            r#"{"id":"31","creator_user_id":"5","name":"North region","account_id":"9",
                "networks":{"2":{"name":"b"},"1":{"name":"a"}},"new":1}"#,
        ] {
            let group = get.decode(body.as_bytes()).unwrap();
            assert_eq!(
                (group.id.get(), group.name.as_deref()),
                (31, Some("North region"))
            );
            assert_eq!(group.creator_user_id.map(super::UserId::get), Some(5));
            assert_eq!(group.account_id.map(super::AccountId::get), Some(9));
            assert_eq!(networks(&group), [(1, "a"), (2, "b")]);
            assert_eq!(group.extra.get("new"), Some(&json!(1)));
        }
        for networks in ["[]", "{}", "null"] {
            let body = format!(r#"{{"networkgroup_id":31,"networks":{networks}}}"#);
            let group = get.decode(body.as_bytes()).unwrap();
            assert!(group.networks.unwrap_or_default().is_empty());
        }
        assert!(get.decode(br#"{"name":"a"}"#).is_err());
    }

    #[test]
    fn a_listing_comes_as_a_list_or_a_map() {
        for body in [
            r#"{"networkgroups":[{"networkgroup_id":31,"name":"North region","role_id":3}]}"#,
            r#"{"networkgroups":{"31":{"name":"North region","role_id":"3"}}}"#,
        ] {
            let groups = list()
                .decode(body.as_bytes())
                .unwrap()
                .into_strict()
                .unwrap();
            assert_eq!(
                (groups[0].id.get(), groups[0].role_id.unwrap().get()),
                (31, 3)
            );
        }
        assert!(list().decode(b"{}").is_err());
    }

    #[test]
    fn a_group_needs_a_name() {
        let call = named(client_core::Call::unit(&UPDATE, ["1"]), " ");
        assert_eq!(call.check().unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}
