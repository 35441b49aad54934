//! Routers, of which the vendor publishes nothing: neither an endpoint nor a field.
//!
//! The product syncs D200 routers by the same key, so the data is there. A host that knows the path can have it read:
//! [`RouterListing`] names the path, and a [`Router`] has the fields that other kinds of devices have, where they come
//! under the same names, and everything else in its [`Extra`](crate::Extra). None of it is documented by anybody.
#![expect(missing_docs, reason = "most field names say it all")]

use client_core::{Call, Error, Items, Method, OnePage, Operation, Repeat, Rows, Timestamp};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value};

use crate::host::Family;
use crate::lenient::{Fields, lenient, record, take_id};
use crate::listing::{self, Absent};
use crate::networks::{NetworkId, NetworkScope};
use crate::switches::CloudStatus;

const LIST: Operation = Operation::raw("routers.list", Method::Get, Repeat::Read);

client_core::id!(
    /// Identifies a router; its MAC address if it has no other id.
    RouterId
);
lenient!(text RouterId);

record! {
    /// A router. No field of it is documented.
    pub struct Router [
        /// Its id.
        id: RouterId,
        /// The network.
        network_id: Option<NetworkId>
    ] {
        name: String,
        description: String,
        mac: String,
        ip: String,
        model: String,
        /// What the model is called for access points.
        hardware: String,
        serial_no: String,
        firmware_version: String,
        cloud_status: CloudStatus,
        last_checkin: Timestamp,
        uptime_seconds: i64,
        lte_status: String,
    }
}

/// An object with an id or a MAC address.
impl<'de> Deserialize<'de> for Router {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let id = take_id(&mut fields, &["id", "router_id"]);
        let network = take_id(&mut fields, &["network_id"]);
        let mac = || fields.get("mac").and_then(Value::as_str);
        let id = id
            .or_else(|| mac().filter(|mac| !mac.is_empty()).map(RouterId::from))
            .ok_or_else(|| D::Error::custom("a router without an id"))?;
        Ok(Self::from_fields(id, network, Fields::new(fields)).0)
    }
}

/// Where a network's routers are listed, by what the host knows.
///
/// ```
/// use datto_networking::routers::RouterListing;
///
/// let listing = RouterListing::new("/known/to/the/host/{network}")?.field("routers");
/// assert!(RouterListing::new("/without/the/network").is_err());
/// # let _ = listing;
/// # Ok::<_, client_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouterListing {
    before: String,
    after: String,
    field: String,
    family: Family,
}

impl RouterListing {
    /// A path with `{network}` where the network's id belongs; a query may follow. Everything else is encoded already.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput) for a path that does not begin with a slash or has no
    /// network in it.
    pub fn new(path: &str) -> Result<Self, Error> {
        match path.split_once("{network}") {
            Some((before, after)) if before.starts_with('/') => Ok(Self {
                before: before.to_owned(),
                after: after.to_owned(),
                field: "routers".to_owned(),
                family: Family::of(path),
            }),
            _ => Err(Error::invalid_input(
                "the path of a router listing begins with a slash and names its {network}",
            )),
        }
    }

    /// Names the field of the answer that has the listing; `routers` by default.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>) -> Self {
        self.field = name.into();
        self
    }

    /// Sets the family whose host is asked; by default the one that the path begins like.
    #[must_use]
    pub fn family(mut self, family: Family) -> Self {
        self.family = family;
        self
    }

    fn call(&self, network: NetworkId) -> Call<Rows<Router>> {
        let given = Map::from_iter([("network_id".to_owned(), Value::from(network.get()))]);
        let field = self.field.clone();
        let target = format!("{}{network}{}", self.before, self.after);
        let call = Call::<Value>::raw(&LIST, &target);
        call.and_then(move |answer| {
            let answer = match answer {
                Value::Array(items) => {
                    Value::Object(Map::from_iter([(field.clone(), items.into())]))
                }
                other => other,
            };
            listing::rows(answer.to_string().as_bytes(), &field, Absent::Error, &given)
        })
    }
}

impl NetworkScope<'_> {
    /// Lists the network's routers by an endpoint that the host knows; no public source does.
    ///
    /// ```no_run
    /// use datto_networking::routers::RouterListing;
    ///
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// let listing = RouterListing::new("/known/to/the/host/{network}")?;
    /// for router in client.network(204_511.into()).routers(&listing).collect_all().await? {
    ///     println!("{:?} {:?}", router.name, router.lte_status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Networks::list`](crate::networks::Networks::list); a path that the vendor does not know gives
    /// [`Vendor`](client_core::ErrorKind::Vendor) with [`Code::UnknownRequest`](crate::Code::UnknownRequest), or
    /// [`NotFound`](client_core::ErrorKind::NotFound).
    pub fn routers(self, listing: &RouterListing) -> Items<Router> {
        let pager = OnePage::new(listing.call(self.id));
        self.client.core(listing.family).items(pager)
    }
}

#[cfg(test)]
mod tests {
    use client_core::{Decoded, ErrorKind};
    use serde_json::json;

    use super::{Router, RouterListing};
    use crate::host::Family;

    fn read(field: &str, body: &str) -> Vec<Decoded<Router>> {
        let listing = RouterListing::new("/of/{network}/all?with=lte")
            .unwrap()
            .field(field);
        let call = listing.call(204_511.into());
        assert_eq!(call.target(), "/of/204511/all?with=lte");
        call.decode(body.as_bytes()).unwrap().into_inner()
    }

    #[test]
    fn what_is_there_is_read_and_the_rest_is_kept() {
        let fields = r#""name":"Branch","mac":"ac:86:74:30:00:01","model":"D200","lte_status":"connected","carrier":"x""#;
        for body in [
            format!(r#"{{"routers":[{{"id":5,{fields}}}]}}"#),
            format!(r#"{{"routers":[{{"router_id":"5",{fields}}}]}}"#),
            format!(r#"{{"routers":{{"5":{{{fields}}}}}}}"#),
            format!(r#"[{{"id":5,{fields}}}]"#),
        ] {
            let routers = read("routers", &body);
            let router = routers[0].as_item().unwrap();
            assert_eq!(
                (router.id.as_str(), router.network_id),
                ("5", Some(204_511.into())),
                "{body}"
            );
            assert_eq!(router.lte_status.as_deref(), Some("connected"));
            assert_eq!(
                (router.serial_no.as_ref(), router.extra.get("carrier")),
                (None, Some(&json!("x")))
            );
        }
        let body = format!(r#"{{"list":[{{{fields}}},{{"name":"nobody"}}]}}"#);
        let routers = read("list", &body);
        assert_eq!(
            routers[0].as_item().unwrap().id.as_str(),
            "ac:86:74:30:00:01"
        );
        assert!(
            matches!(&routers[1], Decoded::Bad(bad) if bad.message == "a router without an id")
        );
    }

    #[test]
    fn a_listing_needs_a_path_with_the_network() {
        for path in ["", "/routers", "of/{network}", "{network}"] {
            let error = RouterListing::new(path).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{path}");
        }
        let listing = RouterListing::new("/powerstrip/{network}").unwrap();
        assert_eq!(listing.family, Family::PowerStrips);
        assert_eq!(listing.family(Family::Accounts).family, Family::Accounts);
        let out = RouterListing::new("/../{network}").unwrap();
        assert!(out.call(1.into()).check().is_err());
    }
}
