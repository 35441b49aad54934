//! Networks and access points as facts for the crate `reconcile`: networks are organisations, access
//! points are their devices. Nothing is written, so there are no steps.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use client_core::{Decoded, Error, Gathered};
use futures_util::stream::{self, StreamExt as _};

use ::reconcile::identity::{EntityRef, Instance, Kind, MacAddr, Vendor, read_ip};
use ::reconcile::inventory::{
    Coverage, Device, Observation, Organization, Role, Rows, Scope, Segment, SharedId,
};

use crate::client::Client;
use crate::networks::{NetworkId, NetworkSummary};
use crate::nodes::{ConnectionStatus, Node, NodeId};

/// The name under which entities of this vendor go.
pub const VENDOR: &str = "datto-networking";

/// The scheme of [`SharedId`] that carries a network's id, for sites of other products that are mapped to networks.
pub const NETWORK_ID: &str = "datto-network";

/// The kind of entity that an access point is. Switches and power strips count their ids on their own, so it is not
/// simply a device.
pub const NODE: &str = "node";

/// How many networks, or access points of one network, are read at the same time; the client's own caps come on top.
const CONCURRENCY: usize = 4;

/// Names an account of this vendor. The API tells most keys no id of their account, so the host chooses a name and
/// keeps to it: another name is another tenant.
///
/// ```
/// let instance = datto_networking::reconcile::instance("example-msp");
/// assert_eq!(instance.to_string(), "datto-networking/example-msp");
/// ```
pub fn instance(account: impl Into<String>) -> Instance {
    Instance::new(Vendor::new(VENDOR), account)
}

/// A reference to a network.
pub fn network_ref(instance: &Instance, id: NetworkId) -> EntityRef {
    instance.entity(Kind::NETWORK, id.to_string())
}

/// A reference to an access point.
pub fn node_ref(instance: &Instance, id: NodeId) -> EntityRef {
    instance.entity(Kind::new(NODE), id.to_string())
}

/// A network as an organisation. It carries its own id under the scheme [`NETWORK_ID`], for whoever else knows it.
pub fn organization(instance: &Instance, network: &NetworkSummary) -> Organization {
    let name = network.name.clone().unwrap_or_default();
    let own = SharedId {
        scheme: NETWORK_ID.to_owned(),
        value: network.id.to_string(),
    };
    Organization {
        shared_ids: BTreeSet::from([own]),
        ..Organization::new(network_ref(instance, network.id), name, Role::Managed)
    }
}

/// An access point as a device.
///
/// The address under which a gateway reaches the internet is no address of the device. `fields` has, as far as they
/// are told, `mac` (as it was spelled), `status`, `role`, `model`, `firmware`, `last_checkin`, `uptime_seconds`,
/// `clients`, `description`, `latitude` and `longitude`.
pub fn device(instance: &Instance, node: &Node) -> Device {
    let lan = node
        .lan_info
        .as_ref()
        .and_then(|info| info.lan_ip.as_deref());
    let mut ips: Vec<IpAddr> = Vec::new();
    for ip in [node.ip.as_deref(), lan]
        .into_iter()
        .flatten()
        .filter_map(|text| read_ip(text).ok())
    {
        if !ips.contains(&ip) {
            ips.push(ip);
        }
    }
    Device {
        entity: node_ref(instance, node.id),
        name: node.name.clone().unwrap_or_default(),
        macs: node
            .mac
            .iter()
            .filter_map(|mac| mac.parse::<MacAddr>().ok())
            .collect(),
        ips,
        serial: node.serial_no.clone(),
        fields: fields(node),
    }
}

fn fields(node: &Node) -> BTreeMap<String, String> {
    let number = |number: Option<f64>| number.map(|number| number.to_string());
    [
        ("mac", node.mac.clone()),
        ("status", status(node).map(str::to_owned)),
        (
            "role",
            node.role.as_ref().map(|role| role.as_str().to_owned()),
        ),
        ("model", node.hardware.clone()),
        ("firmware", node.firmware_version.clone()),
        (
            "last_checkin",
            node.last_checkin.map(|time| time.to_string()),
        ),
        (
            "uptime_seconds",
            node.uptime_seconds.map(|seconds| seconds.to_string()),
        ),
        (
            "clients",
            node.active_clients.map(|clients| clients.to_string()),
        ),
        ("description", node.description.clone()),
        ("latitude", number(node.latitude)),
        ("longitude", number(node.longitude)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}

/// One word for several flags; one that was never seen may be told as not down.
fn status(node: &Node) -> Option<&'static str> {
    let disconnected = node.connection_keeper_status == Some(ConnectionStatus::Disconnected);
    Some(match node.down {
        _ if !node.was_seen() => "never seen",
        Some(true) => "down",
        Some(false) if disconnected => "disconnected",
        Some(false) if node.spare == Some(true) => "spare",
        Some(false) => "up",
        None => return None,
    })
}

/// What to read for an observation.
///
/// ```no_run
/// use datto_networking::reconcile::{Observe, instance};
///
/// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
/// let observation = Observe::new(instance("example-msp")).details(true).run(&client).await?;
/// println!("{} segments", observation.segments.len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Observe {
    instance: Instance,
    details: bool,
    only: Option<BTreeSet<NetworkId>>,
}

impl Observe {
    /// Reads all networks and their access points.
    pub fn new(instance: Instance) -> Self {
        Self {
            instance,
            details: false,
            only: None,
        }
    }

    /// Whether to read each access point whose serial number the listing does not tell on its own: one more request
    /// each. False by default.
    pub fn details(mut self, details: bool) -> Self {
        self.details = details;
        self
    }

    /// Reads the access points of these networks only. All networks are listed even so.
    pub fn only(mut self, networks: impl IntoIterator<Item = NetworkId>) -> Self {
        self.only = Some(networks.into_iter().collect());
        self
    }

    /// Reads. One segment lists the networks, and one for each network lists its access points.
    ///
    /// What could not be read makes its segment partial, with the reason: a network whose access points were refused,
    /// a record without an id, details that did not come. The rows that were read are there all the same.
    ///
    /// # Errors
    ///
    /// Any kind, if the networks cannot be listed at all.
    pub async fn run(&self, client: &Client) -> Result<Observation, Error> {
        let taken_at = client.core(crate::Family::Networks).clock().timestamp();
        let mut gaps = Gaps::default();
        let networks = match client.networks().list().decoded().gather().await {
            Gathered::Part(read, error) if read.is_empty() => return Err(error),
            gathered => gaps.sort(gathered),
        };
        for network in networks.iter().filter(|network| network.name.is_none()) {
            gaps.note(format!("network {} has no readable name", network.id));
        }
        let mut ids: Vec<_> = networks.iter().map(|network| network.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = networks
            .iter()
            .map(|network| organization(&self.instance, network))
            .collect();
        let mut segments = vec![Segment {
            of: self.instance.root(),
            coverage: gaps.coverage(),
            rows: Rows::Organizations(rows),
        }];
        let wanted = |id: &NetworkId| self.only.as_ref().is_none_or(|only| only.contains(id));
        let reading =
            stream::iter(ids.into_iter().filter(wanted)).map(|id| self.network(client, id));
        segments.extend(reading.buffered(CONCURRENCY).collect::<Vec<_>>().await);
        let scope = Scope {
            instance: self.instance.clone(),
            root: self.instance.root(),
            rights: None,
        };
        Ok(Observation {
            scope,
            taken_at,
            segments,
        })
    }

    async fn network(&self, client: &Client, id: NetworkId) -> Segment {
        let mut gaps = Gaps::default();
        let mut nodes = gaps.sort(client.network(id).nodes().decoded().gather().await);
        if self.details {
            let reading = stream::iter(nodes).map(|node| with_details(client, node));
            let read: Vec<_> = reading.buffered(CONCURRENCY).collect().await;
            nodes = read
                .into_iter()
                .map(|(node, gap)| {
                    gaps.0.extend(gap);
                    node
                })
                .collect();
        }
        nodes.sort_by_key(|node| node.id);
        let rows = nodes
            .iter()
            .map(|node| device(&self.instance, node))
            .collect();
        Segment {
            of: network_ref(&self.instance, id),
            coverage: gaps.coverage(),
            rows: Rows::Devices(rows),
        }
    }
}

/// The access point with what only its own endpoint tells, and why not.
async fn with_details(client: &Client, mut node: Node) -> (Node, Option<String>) {
    if node.serial_no.is_some() {
        return (node, None);
    }
    match client.node(node.id).get().await {
        Ok(details) => {
            node.serial_no = details.serial_no;
            node.connection_keeper_status = node
                .connection_keeper_status
                .or(details.connection_keeper_status);
            node.uptime_seconds = node.uptime_seconds.or(details.uptime_seconds);
            node.active_clients = node.active_clients.or(details.active_clients);
            (node, None)
        }
        Err(error) => {
            let gap = format!("details of access point {}: {error}", node.id);
            (node, Some(gap))
        }
    }
}

/// What could not be read.
#[derive(Default)]
struct Gaps(Vec<String>);

/// Reasons that a coverage spells out; the rest is counted.
const SPELLED: usize = 3;

impl Gaps {
    fn note(&mut self, gap: String) {
        self.0.push(gap);
    }

    /// The rows that could be read; notes the others.
    fn sort<T>(&mut self, gathered: Gathered<Decoded<T>>) -> Vec<T> {
        let rows = match gathered {
            Gathered::Whole(rows) => rows.into_inner(),
            Gathered::Part(rows, error) => {
                self.note(error.to_string());
                rows
            }
        };
        let read = |row| match row {
            Decoded::Item(item) => Some(item),
            Decoded::Bad(bad) => {
                self.note(bad.to_string());
                None
            }
        };
        rows.into_iter().filter_map(read).collect()
    }

    fn coverage(self) -> Coverage {
        if self.0.is_empty() {
            return Coverage::Complete;
        }
        let mut reason = self.0[..self.0.len().min(SPELLED)].join("; ");
        if self.0.len() > SPELLED {
            reason = format!("{reason}; and {} more", self.0.len() - SPELLED);
        }
        Coverage::Partial(reason)
    }
}
