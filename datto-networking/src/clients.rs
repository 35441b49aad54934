//! Clients: the devices of people that connect to access points.
//!
//! The vendor lists blocked clients here. Those that are or were connected are listed by
//! [`NetworkHistory::clients`](crate::history::NetworkHistory::clients).
#![expect(missing_docs, reason = "most field names say it all")]

use std::collections::BTreeMap;

use client_core::{Call, Error, Items, Operation, Repeat, Rows, Timestamp};
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Map;

use crate::client::Client;
use crate::lenient::{Fields, lenient, nested, record, take_id};
use crate::listing::{self, Absent};
use crate::networks::{NetworkId, NetworkScope};

pub(crate) const BLOCK: Operation =
    Operation::put("clients.block", "/client/network/{network}/block").repeat(Repeat::Idempotent);
pub(crate) const BLOCKED: Operation =
    Operation::get("clients.blocked", "/client/network/{network}/block");
pub(crate) const RENAME: Operation =
    Operation::put("clients.rename", "/client/network/{network}/edit").repeat(Repeat::Idempotent);

client_core::id!(
    /// Identifies a client within the vendor's account: digits once, 44 characters of URL-safe Base64 today.
    ClientId
);
client_core::open_enum!(
    /// How a client is connected.
    ClientLink { Wireless = "wireless", Wired = "wired", Untold = "unknown" }
);
lenient!(text ClientId, ClientLink);

record! {
    /// The device of a person.
    pub struct NetworkClient [
        /// Its MAC address, in either case.
        mac: Option<String>
    ] {
        cid: ClientId,
        name: String,
        /// The name that somebody gave it here.
        name_override: String,
        /// Signal strength in dBm by antenna.
        signal: BTreeMap<String, i64>,
        mcs: Mcs,
        bitrate: Bitrate,
        /// MHz.
        channel_width: i64,
        /// Such as `2.4GHz` or `5`.
        band: String,
        /// None if it never was.
        last_seen: Timestamp,
        /// The name of the last access point.
        last_name: String,
        /// The MAC address of the last access point.
        last_node: String,
        link: ClientLink,
        wifi_mode: String,
        blocked: bool,
        os: String,
        os_version: String,
        /// By network name, `ssid1` and so on.
        traffic: BTreeMap<String, ClientTraffic>,
    }
}

record! {
    /// Coding schemes.
    pub struct Mcs {
        tx: i64,
    }
}

record! {
    /// Rates in Mbit/s, as it seems.
    pub struct Bitrate {
        rx: f64,
        tx: f64,
    }
}

record! {
    /// Bytes up and down.
    pub struct ClientTraffic {
        bup: i64,
        bdown: i64,
    }
}
nested!(Mcs, Bitrate, ClientTraffic);

/// An object with at least one field of a client; its address is the key under which it stood.
impl<'de> Deserialize<'de> for NetworkClient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let mac = take_id(&mut fields, &["mac", "id"]);
        let (client, seen) = Self::from_fields(mac, Fields::new(fields));
        if seen == 0 {
            return Err(D::Error::custom("no known field of a client"));
        }
        Ok(client)
    }
}

/// The clients of one network; made by [`NetworkScope::clients`].
#[derive(Debug, Clone, Copy)]
pub struct NetworkClients<'c> {
    client: &'c Client,
    network: NetworkId,
}

impl<'c> NetworkScope<'c> {
    /// The network's clients.
    pub fn clients(self) -> NetworkClients<'c> {
        NetworkClients {
            client: self.client,
            network: self.id,
        }
    }
}

impl NetworkClients<'_> {
    /// Lists the clients that are blocked. One answer holds them all.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// for blocked in client.network(204_511.into()).clients().blocked().collect_all().await? {
    ///     println!("{:?} {:?}", blocked.mac, blocked.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Networks::list`](crate::networks::Networks::list).
    pub fn blocked(self) -> Items<NetworkClient> {
        self.client.rows(blocked(self.network))
    }

    /// Blocks clients.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let ids = ["Zk3xO3syPho0szL5dqDeoRDBtdv9_cofjMygMbpmstQ=".into()];
    /// client.network(204_511.into()).clients().block(&ids).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; [`InvalidInput`](client_core::ErrorKind::InvalidInput) with nothing sent for no clients.
    pub async fn block(self, clients: &[ClientId]) -> Result<(), Error> {
        self.client.call(block(self.network, clients, true)).await
    }

    /// Lets blocked clients in again. The documentation shows blocking only, by the number 1; this sends 0.
    ///
    /// # Errors
    ///
    /// As [`block`](Self::block).
    pub async fn unblock(self, clients: &[ClientId]) -> Result<(), Error> {
        self.client.call(block(self.network, clients, false)).await
    }

    /// Gives clients names of ours; each pair is a client and its name.
    ///
    /// # Errors
    ///
    /// As [`block`](Self::block).
    pub async fn rename(self, names: &[(ClientId, &str)]) -> Result<(), Error> {
        self.client.call(rename(self.network, names)).await
    }
}

fn blocked(network: NetworkId) -> Call<Rows<NetworkClient>> {
    Call::decoded_by(&BLOCKED, [&network.to_string()], |raw| {
        listing::rows(&raw.body, "clients", Absent::Empty, &Map::new())
    })
}

#[derive(Serialize)]
struct Block<'i> {
    block: u8,
    client_ids: &'i [ClientId],
}

fn block(network: NetworkId, clients: &[ClientId], block: bool) -> Call<()> {
    Call::unit(&BLOCK, [&network.to_string()])
        .json(&Block {
            block: u8::from(block),
            client_ids: clients,
        })
        .refuse_if(clients.is_empty(), "no clients")
}

#[derive(Serialize)]
struct Edit<'i> {
    clients: Vec<Named<'i>>,
}

#[derive(Serialize)]
struct Named<'i> {
    id: &'i ClientId,
    name: &'i str,
}

fn rename(network: NetworkId, names: &[(ClientId, &str)]) -> Call<()> {
    let clients = names.iter().map(|(id, name)| Named { id, name }).collect();
    Call::unit(&RENAME, [&network.to_string()])
        .json(&Edit { clients })
        .refuse_if(names.is_empty(), "no clients")
}

#[cfg(test)]
mod tests {
    use client_core::Decoded;
    use serde_json::json;

    use super::{ClientLink, NetworkClient, block, blocked, rename};

    fn read(body: &str) -> Vec<Decoded<NetworkClient>> {
        let call = blocked(204_511.into());
        call.decode(body.as_bytes()).unwrap().into_inner()
    }

    const FULL: &str = r#""00:00:5e:00:53:01":{"name":"phone","name_override":"Ada's","cid":"Zk3x-_s=",
        "signal":{"antenna1":-64,"antenna2":"-74"},"mcs":{"tx":6},"bitrate":{"rx":52,"tx":58.5},"channel_width":"40",
        "band":"2.4GHz","last_seen":"2015-10-04T23:18:58Z","last_name":"Lobby AP","last_node":"ac:86:74:00:00:04",
        "link":"wireless","wifi_mode":"ac","blocked":1,"os":"IOS","os_version":"",
        "traffic":{"ssid2":{"bup":60000000000,"bdown":54},"ssid1":{"bup":24,"bdown":18}}}"#;
    /// As the vendor tells a client that was blocked before it came.
    const BLANK: &str = r#""AB:CD:EF:14:3B:04":{"name":"","name_override":"","cid":"31792","signal":{},"mcs":{"tx":0},
        "bitrate":{"rx":0,"tx":0},"channel_width":0,"band":"","last_seen":"","last_name":"","last_node":"","link":"",
        "wifi_mode":"","blocked":true,"os":"","os_version":"","traffic":[]}"#;

    #[test]
    fn a_map_by_address_and_a_list_of_maps_are_the_same() {
        for body in [
            format!(r#"{{"clients":{{{FULL},{BLANK}}}}}"#),
            format!(r#"{{"clients":[{{{FULL}}},{{{BLANK}}}]}}"#),
        ] {
            let clients = read(&body);
            let full = clients[0].as_item().unwrap();
            assert_eq!(full.mac.as_deref(), Some("00:00:5e:00:53:01"));
            assert_eq!(full.cid.as_ref().unwrap().as_str(), "Zk3x-_s=");
            assert_eq!(full.signal.as_ref().unwrap()["antenna2"], -74);
            assert_eq!((full.channel_width, full.blocked), (Some(40), Some(true)));
            assert_eq!(full.link, Some(ClientLink::Wireless));
            assert_eq!(full.bitrate.as_ref().unwrap().tx, Some(58.5));
            assert_eq!(full.mcs.as_ref().unwrap().tx, Some(6));
            assert_eq!(
                full.traffic.as_ref().unwrap()["ssid2"].bup,
                Some(60_000_000_000)
            );
            assert!(full.last_seen.is_some() && full.extra.is_empty());
            let blank = clients[1].as_item().unwrap();
            assert_eq!(blank.mac.as_deref(), Some("AB:CD:EF:14:3B:04"));
            assert_eq!(
                (blank.last_seen, blank.link.as_ref(), blank.name.as_ref()),
                (None, None, None)
            );
            assert!(blank.traffic.as_ref().unwrap().is_empty() && blank.extra.is_empty());
        }
    }

    #[test]
    fn nobody_is_blocked() {
        for body in [
            r#"{"clients":{}}"#,
            r#"{"clients":[]}"#,
            r#"{"clients":null}"#,
            "{}",
            "[]",
        ] {
            assert!(read(body).is_empty(), "{body}");
        }
        let odd = read(r#"{"clients":{"00:00:5e:00:53:01":{"colour":"red"}}}"#);
        assert!(matches!(odd[0], Decoded::Bad(_)));
    }

    #[test]
    fn bodies_are_those_of_the_documentation() {
        let network = 204_511.into();
        let body = |call: client_core::Call<()>| call.request().json();
        assert_eq!(
            body(block(network, &["a=".into()], true)),
            Some(json!({"block": 1, "client_ids": ["a="]}))
        );
        assert_eq!(
            body(block(network, &["a=".into()], false)),
            Some(json!({"block": 0, "client_ids": ["a="]}))
        );
        assert_eq!(
            body(rename(network, &[("a=".into(), "Ada's")])),
            Some(json!({"clients": [{"id": "a=", "name": "Ada's"}]}))
        );
        assert!(
            block(network, &[], true).check().is_err() && rename(network, &[]).check().is_err()
        );
    }
}
