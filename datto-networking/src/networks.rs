//! Networks: what the vendor sells to one customer at one place.

mod new;
mod users;

use client_core::{Call, Error, Items, Operation, Rows};
use serde::de::{Deserialize, Deserializer};
use serde_json::Map;

use crate::answer;
use crate::channels::AllowedChannels;
use crate::client::Client;
use crate::lenient::{Fields, lenient, record};
use crate::listing::{self, Absent};

pub use new::NewNetwork;
pub use users::NetworkUsers;
pub(crate) use users::{DELETE_USER, UPDATE_USER};

pub(crate) const LIST: Operation = Operation::get("networks.list", "/network/list");
pub(crate) const SEARCH: Operation = Operation::get("networks.search", "/network/search");
pub(crate) const CREATE: Operation = Operation::post("networks.create", "/network");
pub(crate) const CREATE_IN_GROUP: Operation =
    Operation::post("networks.create_in_group", "/network/networkgroup/{group}");
pub(crate) const DELETE: Operation = Operation::delete("networks.delete", "/network/{network}");
pub(crate) const ALLOWED_CHANNELS: Operation = Operation::get(
    "networks.allowed_channels",
    "/network/{network}/allowed_channels",
);

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
    /// A network as [`Networks::list`] tells it. [`Networks::search`] tells id and name only.
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
    pub(crate) client: &'c Client,
    pub(crate) id: NetworkId,
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
        self.0.rows(list())
    }

    /// Lists the networks whose name fits `pattern`, in which `%` stands for any text.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let clinics = client.networks().search("%Clinic%").collect_all().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list); [`InvalidInput`](client_core::ErrorKind::InvalidInput) for a blank pattern, with nothing
    /// sent.
    pub fn search(self, pattern: &str) -> Items<NetworkSummary> {
        self.0.rows(search(pattern))
    }

    /// Looks for a network by its exact name, over all that the key can see.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let id = client.networks().find("Harbour Clinic").await?.map(|network| network.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list); [`Conflict`](client_core::ErrorKind::Conflict) if two have the name.
    pub async fn find(self, name: &str) -> Result<Option<NetworkSummary>, Error> {
        let wanted = |network: &NetworkSummary| network.name.as_deref() == Some(name);
        listing::only(self.list(), wanted, || {
            format!("networks of the name {name:?}")
        })
        .await
    }

    /// Creates a network; needs an account key. [`GroupNetworks::create`](crate::groups::GroupNetworks::create) does so
    /// within a group.
    ///
    /// ```no_run
    /// use datto_networking::networks::NewNetwork;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let network = NewNetwork::new("Harbour Clinic", "the password", "Europe/Berlin", "DE");
    /// let id = client.networks().create(&network).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput), with nothing sent for a blank name, time zone or country
    /// and for a short password; [`Conflict`](client_core::ErrorKind::Conflict) for a name that is taken; any other kind.
    /// After an error whose outcome is unknown, look before creating again.
    pub async fn create(self, network: &NewNetwork) -> Result<NetworkId, Error> {
        network.send(self.0, None).await
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

    /// Deletes the network.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.network(204_511.into()).delete().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; not [`NotFound`](client_core::ErrorKind::NotFound) if an earlier attempt of this call may have deleted
    /// it.
    pub async fn delete(self) -> Result<(), Error> {
        let call = Call::unit(&DELETE, [&self.id.to_string()]);
        answer::deleted(self.client.call(call).await)
    }

    /// The radio channels that may be used in `country`, two letters; in the network's own country if there is none.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let channels = client.network(204_511.into()).allowed_channels(Some("DE")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`InvalidInput`](client_core::ErrorKind::InvalidInput) for an unknown country.
    pub async fn allowed_channels(self, country: Option<&str>) -> Result<AllowedChannels, Error> {
        let call = AllowedChannels::call(&ALLOWED_CHANNELS, &self.id.to_string(), country);
        self.client.call(call).await
    }
}

fn search(pattern: &str) -> Call<Rows<NetworkSummary>> {
    Call::decoded_by(&SEARCH, [], |raw| {
        listing::rows(&raw.body, "networks", Absent::Error, &Map::new())
    })
    .query_pair("by_name", pattern)
    .refuse_if(pattern.trim().is_empty(), "a search needs a pattern")
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
