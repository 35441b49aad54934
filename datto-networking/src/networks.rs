//! Networks: what the vendor sells to one customer at one place.

use client_core::{Call, Items, OnePage, Operation, Rows};
use serde::de::{Deserialize, Deserializer};
use serde_json::Map;

use crate::client::Client;
use crate::host::Family;
use crate::lenient::{Fields, lenient, record};
use crate::listing::{self, Absent};
use crate::nodes::{self, Node};

const LIST: Operation = Operation::get("networks.list", "/network/list");

client_core::id!(
    /// Identifies a network.
    number NetworkId
);
client_core::id!(
    /// Identifies a group of networks.
    number NetworkGroupId
);
client_core::id!(
    /// Identifies a role. The vendor does not publish what the numbers mean.
    number RoleId
);
lenient!(number NetworkId, NetworkGroupId, RoleId);

record! {
    /// A network as [`Networks::list`] tells it.
    pub struct NetworkSummary [
        /// Called `network_id` by newer versions of the API.
        id: NetworkId
    ] {
        /// What people call it; the key by which organisations are matched.
        name: String,
        /// The group it belongs to; newer versions only.
        networkgroup_id: NetworkGroupId,
        /// The group's name; newer versions only.
        networkgroup_name: String,
        /// What the key may do in it; newer versions only.
        role_id: RoleId,
        /// Degrees.
        latitude: f64,
        /// Degrees.
        longitude: f64,
        /// Repeaters that are down.
        down_repeater: i64,
        /// Gateways that are down.
        down_gateway: i64,
        /// Access points kept in reserve.
        spare_nodes: i64,
        /// All access points.
        node_count: i64,
        /// Access points that were just added; seen by one client only.
        new_nodes: i64,
        /// Whether the rules of the FCC apply; seen by one client only.
        is_fcc: bool,
        /// Seen by one client only.
        latest_firmware_version: String,
    }
}

impl<'de> Deserialize<'de> for NetworkSummary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields::new(Map::deserialize(deserializer)?);
        let (id, network_id) = (fields.take("id"), fields.take("network_id"));
        let id = id
            .or(network_id)
            .ok_or_else(|| serde::de::Error::custom("a network without an id"))?;
        Ok(Self::from_fields(id, fields).0)
    }
}

/// The endpoints of all networks; made by [`Client::networks`].
#[derive(Debug, Clone, Copy)]
pub struct Networks<'c>(pub(crate) &'c Client);

/// The endpoints of one network; made by [`Client::network`].
#[derive(Debug, Clone, Copy)]
pub struct NetworkScope<'c> {
    client: &'c Client,
    id: NetworkId,
}

impl Networks<'_> {
    /// Lists the networks that the key can see. One answer holds them all.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// for network in client.networks().list().collect_all().await? {
    ///     println!("{}: {}", network.id, network.name.unwrap_or_default());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Yields an error of any kind, then ends. A network without an id is an error of kind
    /// [`Decode`](client_core::ErrorKind::Decode); see [`Items::decoded`] to keep it beside the others.
    pub fn list(self) -> Items<NetworkSummary> {
        self.0.items(Family::Networks, OnePage::new(list()))
    }
}

impl<'c> NetworkScope<'c> {
    pub(crate) fn new(client: &'c Client, id: NetworkId) -> Self {
        Self { client, id }
    }

    /// The network's id.
    pub fn id(self) -> NetworkId {
        self.id
    }

    /// Lists the network's access points. One answer holds them all.
    ///
    /// Each has its id and the network's; some fields, such as the serial number, are told by
    /// [`NodeScope::get`](nodes::NodeScope::get) only.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let nodes = client.network(204_511.into()).nodes().collect_all().await?;
    /// let down = nodes.as_slice().iter().filter(|node| node.down == Some(true)).count();
    /// println!("{down} of {} are down", nodes.as_slice().len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Networks::list`]; [`NotFound`](client_core::ErrorKind::NotFound) if the key sees no such network.
    pub fn nodes(self) -> Items<Node> {
        self.client
            .items(Family::Networks, OnePage::new(nodes::list(self.id)))
    }
}

fn list() -> Call<Rows<NetworkSummary>> {
    Call::decoded_by(&LIST, [], |raw| {
        listing::rows(&raw.body, "networks", Absent::Error, &Map::new())
    })
}

#[cfg(test)]
mod tests {
    use client_core::Decoded;
    use serde_json::json;

    use super::{NetworkId, NetworkSummary, list};

    fn read(body: &str) -> Vec<Decoded<NetworkSummary>> {
        list().decode(body.as_bytes()).unwrap().into_inner()
    }

    #[test]
    fn the_documented_fields_are_read() {
        let networks = read(
            r#"{"networks":[{"id":204511,"name":"Harbour Clinic","latitude":51.92,"longitude":"4.47",
            "down_repeater":0,"down_gateway":1,"spare_nodes":0,"node_count":14,"new_nodes":0,"is_fcc":0,
            "latest_firmware_version":"6.5.17","brand_new":[1]}]}"#,
        );
        let network = networks[0].as_item().unwrap();
        assert_eq!(network.id, NetworkId::new(204_511));
        assert_eq!(network.name.as_deref(), Some("Harbour Clinic"));
        assert_eq!(
            (network.latitude, network.longitude),
            (Some(51.92), Some(4.47))
        );
        assert_eq!(
            (network.down_gateway, network.node_count, network.is_fcc),
            (Some(1), Some(14), Some(false))
        );
        assert_eq!(network.networkgroup_id, None);
        assert_eq!(network.extra.get("brand_new"), Some(&json!([1])));
        assert_eq!(list().target(), "/network/list");
    }

    #[test]
    fn newer_versions_name_the_id_differently() {
        let networks = read(
            r#"{"networks":[{"network_id":"204511","name":"Harbour Clinic","networkgroup_id":31,
            "networkgroup_name":"North region","role_id":"Network Editor"},{"id":7,"network_id":7,"role_id":"3"}]}"#,
        );
        let network = networks[0].as_item().unwrap();
        assert_eq!(
            (
                network.id.get(),
                network.networkgroup_id.map(super::NetworkGroupId::get)
            ),
            (204_511, Some(31))
        );
        // The documentation shows a text here, once; it is kept.
        assert_eq!(
            (network.role_id, network.extra.get("role_id")),
            (None, Some(&json!("Network Editor")))
        );
        let other = networks[1].as_item().unwrap();
        assert_eq!(
            (other.id.get(), other.role_id.map(super::RoleId::get)),
            (7, Some(3))
        );
        assert!(other.extra.is_empty());
    }

    /// U16: a network that cannot be read is there all the same.
    #[test]
    fn a_network_without_an_id_is_not_lost() {
        let networks = read(r#"{"networks":[{"name":"Harbour Clinic"},{"id":7}]}"#);
        assert_eq!(networks.len(), 2);
        let Decoded::Bad(bad) = &networks[0] else {
            panic!("{networks:?}")
        };
        assert_eq!(
            (bad.id.as_deref(), bad.message.as_str()),
            (Some("Harbour Clinic"), "a network without an id")
        );
    }

    #[test]
    fn an_answer_without_networks_is_no_empty_listing() {
        assert!(read(r#"{"networks":[]}"#).is_empty());
        for body in [
            "{}",
            r#"{"networks":null}"#,
            r#"{"code":1009,"message":"Success."}"#,
        ] {
            assert_eq!(
                list().decode(body.as_bytes()).unwrap_err().path(),
                Some("networks"),
                "{body}"
            );
        }
    }
}
