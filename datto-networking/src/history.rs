//! History: what went through networks, access points and clients, in samples.

mod model;

use std::fmt;

use client_core::{Call, Error, Items, Operation, Rows};
use serde_json::Map;

use crate::answer;
use crate::client::Client;
use crate::clients::{ClientId, NetworkClient};
use crate::listing::{self, Absent};
use crate::networks::{NetworkId, NetworkScope};
use crate::nodes::NodeId;

pub use model::*;

pub(crate) const CLIENT: Operation = Operation::get(
    "history.client",
    "/history/network/{network}/client/{client}",
);
pub(crate) const CLIENTS: Operation =
    Operation::get("history.clients", "/history/network/{network}/clients");
pub(crate) const NETWORK: Operation =
    Operation::get("history.network", "/history/network/{network}");
pub(crate) const NODE: Operation =
    Operation::get("history.node", "/history/network/{network}/node/{node}");
pub(crate) const NODES: Operation =
    Operation::get("history.nodes", "/history/network/{network}/nodes");

/// How far back a history goes, and how long its samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Period {
    /// 24 samples of 5 minutes.
    TwoHours,
    /// 288 samples of 5 minutes; the vendor's default.
    #[default]
    Day,
    /// 288 samples of 35 minutes.
    Week,
    /// 288 samples of 155 minutes.
    Month,
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TwoHours => "2hours",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        })
    }
}

/// The history of one network; made by [`NetworkScope::history`].
#[derive(Debug, Clone, Copy)]
pub struct NetworkHistory<'c> {
    client: &'c Client,
    network: NetworkId,
}

impl<'c> NetworkScope<'c> {
    /// The network's history.
    pub fn history(self) -> NetworkHistory<'c> {
        NetworkHistory {
            client: self.client,
            network: self.id,
        }
    }
}

impl NetworkHistory<'_> {
    /// What went through the network, by network name and protocol.
    ///
    /// ```no_run
    /// use datto_networking::history::Period;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let history = client.network(204_511.into()).history().get(Period::Day).await?;
    /// for row in history.rows.unwrap_or_default() {
    ///     println!("{:?}: {} network names", row.time, row.ssids.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn get(self, period: Period) -> Result<NetworkTraffic, Error> {
        self.client.call(network(self.network, period)).await
    }

    /// Lists the clients that were connected, with what went through them all in all.
    ///
    /// ```no_run
    /// use datto_networking::history::Period;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let history = client.network(204_511.into()).history();
    /// for client in history.clients(Period::Week).collect_all().await? {
    ///     println!("{:?} {:?}", client.mac, client.last_seen);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Networks::list`](crate::networks::Networks::list).
    pub fn clients(self, period: Period) -> Items<NetworkClient> {
        self.client.rows(clients(self.network, period))
    }

    /// What went through one client.
    ///
    /// # Errors
    ///
    /// Any kind; [`InvalidInput`](client_core::ErrorKind::InvalidInput) with nothing sent for an id without text.
    pub async fn client(self, id: &ClientId, period: Period) -> Result<ClientHistory, Error> {
        self.client.call(client(self.network, id, period)).await
    }

    /// Lists the access points, with what went through them all in all, their speed and when they checked in.
    ///
    /// ```no_run
    /// use datto_networking::history::Period;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let history = client.network(204_511.into()).history();
    /// for node in history.nodes(Period::TwoHours).collect_all().await? {
    ///     let missed = node.checkins.iter().flatten().filter(|checkin| checkin.is_outage()).count();
    ///     println!("{}: {missed} outages", node.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Networks::list`](crate::networks::Networks::list).
    pub fn nodes(self, period: Period) -> Items<NodeHistory> {
        self.client.rows(nodes(self.network, period))
    }

    /// What went through one access point.
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn node(self, id: NodeId, period: Period) -> Result<NodeTraffic, Error> {
        self.client.call(node(self.network, id, period)).await
    }
}

fn network(network: NetworkId, period: Period) -> Call<NetworkTraffic> {
    Call::decoded_by(&NETWORK, [&network.to_string()], |raw| {
        answer::record_or_empty(&raw.body, "the history of a network")
    })
    .query_pair("period", period)
}

fn clients(network: NetworkId, period: Period) -> Call<Rows<NetworkClient>> {
    Call::decoded_by(&CLIENTS, [&network.to_string()], |raw| {
        listing::rows(&raw.body, "clients", Absent::Empty, &Map::new())
    })
    .query_pair("period", period)
}

fn client(network: NetworkId, id: &ClientId, period: Period) -> Call<ClientHistory> {
    Call::decoded_by(&CLIENT, [&network.to_string(), id.as_str()], |raw| {
        answer::record_or_empty(&raw.body, "the history of a client")
    })
    .query_pair("period", period)
}

fn nodes(network: NetworkId, period: Period) -> Call<Rows<NodeHistory>> {
    Call::decoded_by(&NODES, [&network.to_string()], |raw| {
        listing::rows(&raw.body, "nodes", Absent::Empty, &Map::new())
    })
    .query_pair("period", period)
}

fn node(network: NetworkId, id: NodeId, period: Period) -> Call<NodeTraffic> {
    Call::decoded_by(&NODE, [&network.to_string(), &id.to_string()], |raw| {
        answer::record_or_empty(&raw.body, "the history of an access point")
    })
    .query_pair("period", period)
}

#[cfg(test)]
mod tests;
