//! Nodes: access points.

mod input;
mod model;

use client_core::{Call, Error, Items, Operation, Repeat, Rows};
use serde_json::{Map, Value};

use crate::answer;
use crate::channels::AllowedChannels;
use crate::client::Client;
use crate::code::Code;
use crate::listing::{self, Absent};
use crate::networks::{NetworkId, NetworkScope};

pub use input::*;
pub use model::*;

pub(crate) const ALLOWED_CHANNELS: Operation =
    Operation::get("nodes.allowed_channels", "/node/{node}/allowed_channels");
pub(crate) const CREATE: Operation = Operation::post("nodes.create", "/node/network/{network}");
pub(crate) const DELETE: Operation = Operation::delete("nodes.delete", "/node/{node}");
pub(crate) const ENABLE_PAIRING: Operation =
    Operation::get("nodes.enable_pairing", "/node/{node}/enable_pairing").repeat(Repeat::Action);
pub(crate) const EXPEDITE_UPGRADE: Operation =
    Operation::get("nodes.expedite_upgrade", "/node/{node}/expedite_upgrade")
        .repeat(Repeat::Action);
pub(crate) const GET: Operation = Operation::get("nodes.get", "/node/{node}");
pub(crate) const LIST: Operation = Operation::get("nodes.list", "/node/network/{network}/list");
pub(crate) const MAC_EXISTS: Operation = Operation::get("nodes.mac_exists", "/node/does_mac_exist");
pub(crate) const REBOOT: Operation =
    Operation::get("nodes.reboot", "/node/{node}/reboot").repeat(Repeat::Action);
pub(crate) const RESET_ENCRYPT_KEY: Operation =
    Operation::get("nodes.reset_encrypt_key", "/node/{node}/reset_encrypt_key")
        .repeat(Repeat::Action);
pub(crate) const UPDATE: Operation =
    Operation::put("nodes.update", "/node/{node}").repeat(Repeat::Idempotent);

/// [`ALLOWED_CHANNELS`] as the headings of the documentation spell it; its sample has the other spelling.
const ALLOWED_CHANNELS_BY_DASH: Operation =
    Operation::get("nodes.allowed_channels", "/node/{node}/allowed-channels");

client_core::id!(
    /// Identifies an access point.
    number NodeId
);

/// The endpoints of all access points; made by [`Client::nodes`].
#[derive(Debug, Clone, Copy)]
pub struct Nodes<'c>(pub(crate) &'c Client);

/// The access points of one network; made by [`NetworkScope::nodes`].
#[derive(Debug, Clone, Copy)]
pub struct NetworkNodes<'c> {
    client: &'c Client,
    network: NetworkId,
}

/// The endpoints of one access point; made by [`Client::node`].
#[derive(Debug, Clone, Copy)]
pub struct NodeScope<'c> {
    client: &'c Client,
    id: NodeId,
}

impl<'c> NetworkScope<'c> {
    /// The network's access points.
    pub fn nodes(self) -> NetworkNodes<'c> {
        NetworkNodes {
            client: self.client,
            network: self.id,
        }
    }
}

impl Nodes<'_> {
    /// Whether the vendor knows an access point with this MAC address, anywhere: to check an address before it is added.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// println!("{}", client.nodes().mac_exists("ac:86:74:1f:00:a8").await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`InvalidInput`](client_core::ErrorKind::InvalidInput) for a text that is no MAC address to the vendor.
    pub async fn mac_exists(self, mac: &str) -> Result<bool, Error> {
        self.0.call(mac_exists(mac)).await
    }
}

impl NetworkNodes<'_> {
    /// Lists the network's access points. One answer holds them all.
    ///
    /// Each has its id and the network's; some fields, such as the serial number, are told by [`NodeScope::get`] only.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let nodes = client.network(204_511.into()).nodes().list().collect_all().await?;
    /// let down = nodes.as_slice().iter().filter(|node| node.down == Some(true)).count();
    /// println!("{down} of {} are down", nodes.as_slice().len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Networks::list`](crate::networks::Networks::list); [`NotFound`](client_core::ErrorKind::NotFound) if the key sees no such
    /// network.
    pub fn list(self) -> Items<Node> {
        self.client.rows(list(self.network))
    }

    /// Adds an access point, or moves it here from another network of the account; see
    /// [`NewNode::confirm_transfer`].
    ///
    /// ```no_run
    /// use datto_networking::nodes::NewNode;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let new = NewNode::new("ac:86:74:1f:00:a8", "Lobby AP").position(52.09, 5.12);
    /// let id = client.network(204_511.into()).nodes().create(&new).await?;
    /// println!("access point {id}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`Conflict`](client_core::ErrorKind::Conflict) if a network has the address already.
    pub async fn create(self, node: &NewNode) -> Result<NodeId, Error> {
        self.client.call(create(self.network, node)).await
    }
}

impl<'c> NodeScope<'c> {
    pub(crate) fn new(client: &'c Client, id: NodeId) -> Self {
        Self { client, id }
    }

    /// The access point's id.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// Everything about the access point.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let node = client.node(610_022.into()).get().await?;
    /// println!("{:?} {:?}", node.name, node.serial_no);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`NotFound`](client_core::ErrorKind::NotFound) if the key sees no such access point.
    pub async fn get(self) -> Result<Node, Error> {
        self.client.call(get(self.id)).await
    }

    /// As [`get`](Self::get), with `None` for an access point that the vendor says it does not have. A "not found"
    /// without the vendor's code, as a wrong address gives it, stays an error.
    ///
    /// # Errors
    ///
    /// Any other kind.
    pub async fn find(self) -> Result<Option<Node>, Error> {
        answer::found(self.get().await)
    }

    /// Changes the fields that are set in `update`.
    ///
    /// ```no_run
    /// use datto_networking::nodes::NodeUpdate;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let update = NodeUpdate::default().name("Lobby AP").description("Behind the desk");
    /// client.node(610_022.into()).update(&update).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`InvalidInput`](client_core::ErrorKind::InvalidInput) with nothing sent for an update without a field, or a position
    /// that is none.
    pub async fn update(self, update: &NodeUpdate) -> Result<(), Error> {
        self.client.call(change(self.id, update)).await
    }

    /// Takes the access point out of its network.
    ///
    /// # Errors
    ///
    /// Any kind; not [`NotFound`](client_core::ErrorKind::NotFound) if an earlier attempt of this call may have taken it
    /// out.
    pub async fn delete(self) -> Result<(), Error> {
        answer::deleted(self.act(&DELETE).await)
    }

    /// The channels by band that `country` (two letters) allows this access point, in no order; by default the country of
    /// the access point.
    ///
    /// The documentation spells the path in two ways. A vendor that does not know the one is asked by the other.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn allowed_channels(self, country: Option<&str>) -> Result<AllowedChannels, Error> {
        let id = self.id.to_string();
        let asked = AllowedChannels::call(&ALLOWED_CHANNELS, &id, country);
        match self.client.call(asked).await {
            Err(error) if is_unknown_path(&error) => {
                let call = AllowedChannels::call(&ALLOWED_CHANNELS_BY_DASH, &id, country);
                self.client.call(call).await
            }
            answer => answer,
        }
    }

    /// Restarts the access point.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn reboot(self) -> Result<(), Error> {
        self.act(&REBOOT).await
    }

    /// Resets the key that the access point encrypts with, for one that has to be paired again.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn reset_encrypt_key(self) -> Result<(), Error> {
        self.act(&RESET_ENCRYPT_KEY).await
    }

    /// Lets the access point be paired with its network, for one whose firmware was written anew.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn enable_pairing(self) -> Result<(), Error> {
        self.act(&ENABLE_PAIRING).await
    }

    /// Has the firmware upgraded as soon as possible, outside the maintenance window.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn expedite_upgrade(self) -> Result<(), Error> {
        self.act(&EXPEDITE_UPGRADE).await
    }

    async fn act(self, operation: &Operation) -> Result<(), Error> {
        let call = Call::unit(operation, [&self.id.to_string()]);
        self.client.call(call).await
    }
}

/// True if the path is what the vendor does not know.
fn is_unknown_path(error: &Error) -> bool {
    match Code::of(error) {
        Some(code) => code == Code::UnknownRequest,
        None => error.status() == Some(404),
    }
}

fn mac_exists(mac: &str) -> Call<bool> {
    Call::decoded_by(&MAC_EXISTS, [], |raw| {
        answer::field(&raw.body, &["node_exists"])
    })
    .query_pair("mac", mac)
}

pub(crate) fn list(network: NetworkId) -> Call<Rows<Node>> {
    let given = Map::from_iter([("network_id".to_owned(), Value::from(network.get()))]);
    Call::decoded_by(&LIST, [&network.to_string()], move |raw| {
        listing::rows(&raw.body, "nodes", Absent::Empty, &given)
    })
}

fn create(network: NetworkId, node: &NewNode) -> Call<NodeId> {
    Call::decoded_by(&CREATE, [&network.to_string()], |raw| {
        answer::field(&raw.body, &["node_id"])
    })
    .json(node)
    .refuse_if(!node.is_placed(), "a position that is none")
}

/// The answer has no id, so that of the question is put in.
fn get(id: NodeId) -> Call<Node> {
    Call::decoded_by(&GET, [&id.to_string()], move |raw| {
        answer::record_with(&raw.body, [("id", id.get().into())], "an access point")
    })
}

fn change(id: NodeId, update: &NodeUpdate) -> Call<()> {
    Call::unit(&UPDATE, [&id.to_string()])
        .json(update)
        .refuse_if(update.is_empty(), "nothing to change")
        .refuse_if(!update.is_placed(), "a position that is none")
}

#[cfg(test)]
mod tests;
