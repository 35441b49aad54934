//! Nodes: access points.

mod model;

use client_core::{Call, DecodeError, Error, ErrorKind, Operation, Rows};
use serde_json::{Map, Value};

use crate::client::Client;
use crate::host::Family;
use crate::listing::{self, Absent};
use crate::networks::NetworkId;

pub use model::*;

const LIST: Operation = Operation::get("nodes.list", "/node/network/{network}/list");
const GET: Operation = Operation::get("nodes.get", "/node/{node}");

client_core::id!(
    /// Identifies an access point.
    number NodeId
);

/// The endpoints of one access point; made by [`Client::node`].
#[derive(Debug, Clone, Copy)]
pub struct NodeScope<'c> {
    client: &'c Client,
    id: NodeId,
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
    /// Any kind; [`NotFound`](ErrorKind::NotFound) if the key sees no such access point.
    pub async fn get(self) -> Result<Node, Error> {
        self.client.send(Family::Networks, get(self.id)).await
    }

    /// As [`get`](Self::get), with `None` for an access point that the vendor says it does not have. A "not found"
    /// without the vendor's code, as a wrong address gives it, stays an error.
    ///
    /// # Errors
    ///
    /// Any other kind.
    pub async fn find(self) -> Result<Option<Node>, Error> {
        match self.get().await {
            Ok(node) => Ok(Some(node)),
            Err(error) if error.kind() == ErrorKind::NotFound && error.vendor_code().is_some() => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

pub(crate) fn list(network: NetworkId) -> Call<Rows<Node>> {
    let given = Map::from_iter([("network_id".to_owned(), Value::from(network.get()))]);
    Call::decoded_by(&LIST, [&network.to_string()], move |raw| {
        listing::rows(&raw.body, "nodes", Absent::Empty, &given)
    })
}

/// The answer has no id, so that of the question is put in.
fn get(id: NodeId) -> Call<Node> {
    Call::decoded_by(
        &GET,
        [&id.to_string()],
        move |raw| match client_core::decode_json(&raw.body)? {
            Value::Object(mut fields) => {
                fields.insert("id".to_owned(), id.get().into());
                serde_json::from_value(Value::Object(fields))
                    .map_err(|_| DecodeError::new("no known field of an access point"))
            }
            _ => Err(DecodeError::new("no access point in the answer")),
        },
    )
}

#[cfg(test)]
mod tests;
