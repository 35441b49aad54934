//! Reading everything there is.

use std::collections::{BTreeMap, BTreeSet};

use ::reconcile::identity::Instance;
use ::reconcile::inventory::{Coverage, Observation, Rows, Scope, Segment};
use client_core::{Error, Gathered, Items};
use futures_util::stream::{self, StreamExt as _};

use super::report::{Gaps, KindReport, Report, Unsupported};
use super::{device, network_ref, organization};
use crate::client::Client;
use crate::devices::{DeviceKind, NetworkDevice};
use crate::networks::NetworkId;
use crate::nodes::Node;
use crate::power_strips::PowerStrip;
use crate::routers::RouterListing;
use crate::switches::Switch;

/// How many networks, or devices of one network, are read at the same time; the client's own caps come on top.
const CONCURRENCY: usize = 4;

/// What to read for an observation. Nothing is ever written or started by it, whatever the client may do.
///
/// ```no_run
/// use datto_networking::reconcile::{Observe, instance};
///
/// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
/// let report = Observe::new(instance("example-msp")).details(true).report(&client).await?;
/// for (kind, became) in &report.kinds {
///     println!("{kind}: {became:?}");
/// }
/// println!("{} segments", report.observation.segments.len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Observe {
    instance: Instance,
    details: bool,
    only: Option<BTreeSet<NetworkId>>,
    kinds: BTreeSet<DeviceKind>,
    routers: Option<RouterListing>,
}

impl Observe {
    /// Reads all networks and their access points, switches and managed power.
    pub fn new(instance: Instance) -> Self {
        Self {
            instance,
            details: false,
            only: None,
            kinds: DeviceKind::KNOWN.iter().cloned().collect(),
            routers: None,
        }
    }

    /// Whether to read each device whose listing leaves something out: the serial number of access points, the power that
    /// the ports of a switch draw, the description of managed power. One more request each. False by default.
    pub fn details(mut self, details: bool) -> Self {
        self.details = details;
        self
    }

    /// Reads the devices of these networks only. All networks are listed even so.
    pub fn only(mut self, networks: impl IntoIterator<Item = NetworkId>) -> Self {
        self.only = Some(networks.into_iter().collect());
        self
    }

    /// Reads devices of these kinds only. Compare such observations with each other only: devices of other kinds are
    /// missing from them.
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = DeviceKind>) -> Self {
        self.kinds = kinds.into_iter().collect();
        self
    }

    /// Reads routers too, from a place that the host knows; no public source tells one. A place that the vendor does not
    /// know makes the devices of every network partial.
    pub fn routers(mut self, listing: RouterListing) -> Self {
        self.routers = Some(listing);
        self
    }

    /// Reads. One segment lists the networks, and one for each network lists its devices.
    ///
    /// What could not be read makes its segment partial, with the reason: a network whose devices were refused, a record
    /// without an id, details that did not come. The rows that were read are there all the same.
    ///
    /// # Errors
    ///
    /// Any kind, if the networks cannot be listed at all.
    pub async fn run(&self, client: &Client) -> Result<Observation, Error> {
        self.report(client).await.map(|report| report.observation)
    }

    /// As [`run`](Self::run), and tells what became of each kind of device, those included that cannot be read.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub async fn report(&self, client: &Client) -> Result<Report, Error> {
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
            coverage: coverage(&gaps),
            rows: Rows::Organizations(rows),
        }];
        let wanted = |id: &NetworkId| self.only.as_ref().is_none_or(|only| only.contains(id));
        let reading = stream::iter(ids.into_iter().filter(wanted))
            .map(|id| async move { (id, self.network(client, id).await) });
        let read: Vec<_> = reading.buffered(CONCURRENCY).collect().await;
        let mut tally = Tally::default();
        for (id, kinds) in read {
            segments.push(self.segment(id, kinds, &mut tally));
        }
        let scope = Scope {
            instance: self.instance.clone(),
            root: self.instance.root(),
            rights: None,
        };
        Ok(Report {
            observation: Observation {
                scope,
                taken_at,
                segments,
            },
            kinds: DeviceKind::KNOWN
                .iter()
                .map(|kind| (kind.clone(), self.became(kind, &tally)))
                .collect(),
            unsupported: tally.unsupported,
        })
    }

    /// The devices of one network by the kind that was asked for, and what could not be read of it.
    async fn network(&self, client: &Client, id: NetworkId) -> Vec<Listed> {
        let network = client.network(id);
        let mut listed = Vec::new();
        for kind in &self.kinds {
            listed.push(match kind {
                DeviceKind::AccessPoint => self.list(client, kind, network.nodes().list()).await,
                DeviceKind::Switch => self.list(client, kind, network.switches().list()).await,
                DeviceKind::ManagedPower => {
                    self.list(client, kind, network.power_strips().list()).await
                }
                DeviceKind::Router => match &self.routers {
                    Some(listing) => self.list(client, kind, network.routers(listing)).await,
                    None => continue,
                },
                DeviceKind::DnaRouter | DeviceKind::Unknown(_) => continue,
            });
        }
        listed
    }

    async fn list<T: Detailed>(
        &self,
        client: &Client,
        kind: &DeviceKind,
        items: Items<T>,
    ) -> Listed {
        let mut gaps = Gaps::default();
        let mut rows = gaps.sort(items.decoded().gather().await);
        if self.details {
            let reading = stream::iter(rows).map(|row| with_details(client, row));
            let read: Vec<_> = reading.buffered(CONCURRENCY).collect().await;
            rows = Vec::with_capacity(read.len());
            for (row, gap) in read {
                rows.push(row);
                gaps.extend(gap);
            }
        }
        Listed {
            kind: kind.clone(),
            devices: rows.iter().map(Detailed::view).collect(),
            gaps,
        }
    }

    fn segment(&self, network: NetworkId, listed: Vec<Listed>, tally: &mut Tally) -> Segment {
        let mut gaps = Gaps::default();
        let mut rows = Vec::new();
        for kind in listed {
            let read = tally.read.entry(kind.kind).or_default();
            if let (None, Some(reason)) = (&read.1, kind.gaps.first()) {
                read.1 = Some(format!("network {network}: {reason}"));
            }
            for view in kind.devices {
                match device(&self.instance, &view) {
                    Some(device) => {
                        read.0 += 1;
                        rows.push(device);
                    }
                    None => tally.unsupported.push(Unsupported {
                        network,
                        device: view,
                    }),
                }
            }
            gaps.extend(kind.gaps);
        }
        rows.sort_by(|one, other| one.entity.cmp(&other.entity));
        Segment {
            of: network_ref(&self.instance, network),
            coverage: coverage(&gaps),
            rows: Rows::Devices(rows),
        }
    }

    fn became(&self, kind: &DeviceKind, tally: &Tally) -> KindReport {
        let unsupported = tally.unsupported.iter();
        match kind {
            DeviceKind::DnaRouter => {
                KindReport::Unsupported(unsupported.filter(|met| met.device.kind == *kind).count())
            }
            _ if !self.kinds.contains(kind) => KindReport::NotAsked,
            DeviceKind::Router if self.routers.is_none() => KindReport::NoEndpoint,
            _ => match tally.read.get(kind) {
                None => KindReport::Read(0),
                Some((read, None)) => KindReport::Read(*read),
                Some((read, Some(reason))) => KindReport::Incomplete {
                    read: *read,
                    reason: reason.clone(),
                },
            },
        }
    }
}

/// The devices of one kind in one network.
struct Listed {
    kind: DeviceKind,
    devices: Vec<NetworkDevice>,
    gaps: Gaps,
}

/// What was read of all networks.
#[derive(Default)]
struct Tally {
    /// How many, and the first reason why not more.
    read: BTreeMap<DeviceKind, (usize, Option<String>)>,
    unsupported: Vec<Unsupported>,
}

fn coverage(gaps: &Gaps) -> Coverage {
    gaps.reason().map_or(Coverage::Complete, Coverage::Partial)
}

/// A device whose listing leaves something out.
trait Detailed: Sized + Send + 'static {
    /// What the device is called in a reason.
    fn label(&self) -> String;

    /// True if its own endpoint tells something that is missing.
    fn lacks(&self) -> bool;

    /// Asks its own endpoint for what is missing.
    fn complete(&mut self, client: &Client) -> impl Future<Output = Result<(), Error>> + Send;

    fn view(&self) -> NetworkDevice;
}

impl Detailed for Node {
    fn label(&self) -> String {
        format!("access point {}", self.id)
    }

    fn lacks(&self) -> bool {
        self.serial_no.is_none()
    }

    async fn complete(&mut self, client: &Client) -> Result<(), Error> {
        let told = client.node(self.id).get().await?;
        self.serial_no = told.serial_no;
        let keeper = self.connection_keeper_status.take();
        self.connection_keeper_status = keeper.or(told.connection_keeper_status);
        self.uptime_seconds = self.uptime_seconds.or(told.uptime_seconds);
        self.active_clients = self.active_clients.or(told.active_clients);
        Ok(())
    }

    fn view(&self) -> NetworkDevice {
        self.into()
    }
}

impl Detailed for Switch {
    fn label(&self) -> String {
        format!("switch {}", self.id)
    }

    fn lacks(&self) -> bool {
        self.ports.is_none()
    }

    async fn complete(&mut self, client: &Client) -> Result<(), Error> {
        let told = client.switch(self.id).get().await?;
        let serial = told.serial_no().map(str::to_owned);
        self.ports = told.ports;
        if let Some(info) = &mut self.summary_info {
            info.serial_no = info.serial_no.take().or(serial);
        }
        Ok(())
    }

    fn view(&self) -> NetworkDevice {
        self.into()
    }
}

impl Detailed for PowerStrip {
    fn label(&self) -> String {
        format!("power strip {}", self.id)
    }

    fn lacks(&self) -> bool {
        self.description.is_none()
    }

    async fn complete(&mut self, client: &Client) -> Result<(), Error> {
        let told = client.power_strip(self.id).get().await?;
        self.description = told.description;
        self.ports = self.ports.take().or(told.ports);
        self.serial_no = self.serial_no.take().or(told.serial_no);
        self.connection_type = self.connection_type.take().or(told.connection_type);
        Ok(())
    }

    fn view(&self) -> NetworkDevice {
        self.into()
    }
}

/// Nobody knows what tells more of a router than its listing.
impl Detailed for crate::routers::Router {
    fn label(&self) -> String {
        format!("router {}", self.id)
    }

    fn lacks(&self) -> bool {
        false
    }

    async fn complete(&mut self, _: &Client) -> Result<(), Error> {
        Ok(())
    }

    fn view(&self) -> NetworkDevice {
        self.into()
    }
}

/// The device with what only its own endpoint tells, and why not.
async fn with_details<T: Detailed>(client: &Client, mut row: T) -> (T, Option<String>) {
    if !row.lacks() {
        return (row, None);
    }
    let asked = row.complete(client).await;
    let gap = asked
        .err()
        .map(|error| format!("details of {}: {error}", row.label()));
    (row, gap)
}
