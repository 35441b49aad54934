//! Reading an account: one segment for its sites, and those asked for of each site.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use ::reconcile::inventory::{
    Coverage, Device, Observation, Organization, Role, Rows, Scope, Segment, Variable,
};
use ::reconcile::plan::Policy;
use client_core::{Decoded, Gathered, Items};
use futures_util::{StreamExt, stream};

use super::convert::{self, shared_id};
use super::{DATTO_NETWORK, Source, tenant};
use crate::devices::{ListSiteDevices, gaps};
use crate::paging::Row;
use crate::sites::{ListSites, SiteUid};

/// What [`Source::observe`] reads beside the sites themselves; by default nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObserveOptions {
    variables: BTreeSet<String>,
    networks: bool,
    devices: bool,
    only: Option<BTreeSet<SiteUid>>,
    concurrency: usize,
}

impl Default for ObserveOptions {
    fn default() -> Self {
        Self {
            variables: BTreeSet::new(),
            networks: false,
            devices: false,
            only: None,
            concurrency: 4,
        }
    }
}

impl ObserveOptions {
    /// What a plan under this policy needs to know, and the networks, which tell sites apart for suggestions.
    pub fn of(policy: &Policy) -> Self {
        Self::default().variable(&policy.variable).networks()
    }

    /// Looks for the variable of this name on every site and on the account. Of all other variables nothing is kept.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>) -> Self {
        self.variables.insert(name.into());
        self
    }

    /// Reads which Datto Networking networks the sites are mapped to, as shared ids.
    #[must_use]
    pub fn networks(mut self) -> Self {
        self.networks = true;
        self
    }

    /// Reads the devices of every site, with the addresses of their network cards. They are partial where the site counts
    /// more devices than it lists, since the key's user may not see all of them.
    #[must_use]
    pub fn devices(mut self) -> Self {
        self.devices = true;
        self
    }

    /// Reads variables and devices of these sites only. The sites themselves are all listed.
    #[must_use]
    pub fn only(mut self, sites: impl IntoIterator<Item = SiteUid>) -> Self {
        self.only = Some(sites.into_iter().collect());
        self
    }

    /// Sets how many sites are read at the same time; 4 by default.
    #[must_use]
    pub fn concurrency(mut self, sites: usize) -> Self {
        self.concurrency = sites.max(1);
        self
    }
}

/// How far an observation has come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// The sites were listed.
    Sites {
        /// How many there are.
        listed: usize,
        /// Why the list is not whole, if it is not.
        partial: Option<String>,
    },
    /// What was asked for of one site was read.
    Site {
        /// The site.
        site: SiteUid,
        /// Sites that were read so far.
        done: usize,
        /// Sites to read.
        of: usize,
        /// Why something of it was not read, if so.
        partial: Option<String>,
    },
    /// The mapping to networks could not be read whole, so shared ids are missing; carries the reason. Nothing else
    /// depends on it.
    NetworksUnread(String),
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let partial = match self {
            Self::Sites { listed, partial } => {
                write!(f, "{listed} sites listed")?;
                partial
            }
            Self::Site {
                site,
                done,
                of,
                partial,
            } => {
                write!(f, "site {site} read, {done} of {of}")?;
                partial
            }
            Self::NetworksUnread(why) => return write!(f, "networks not read: {why}"),
        };
        partial
            .as_ref()
            .map_or(Ok(()), |why| write!(f, "; not whole: {why}"))
    }
}

/// Rows, and why they are not all.
struct Part<T> {
    rows: Vec<T>,
    missing: Vec<String>,
}

/// Reasons that a segment names; more are counted.
const NAMED: usize = 5;

impl<T> Part<T> {
    /// Why it is not whole.
    fn reason(&self) -> Option<String> {
        if self.missing.is_empty() {
            return None;
        }
        let named = self.missing[..self.missing.len().min(NAMED)].join("; ");
        Some(match self.missing.len().saturating_sub(NAMED) {
            0 => named,
            more => format!("{named}; and {more} more"),
        })
    }

    fn coverage(&self) -> Coverage {
        self.reason().map_or(Coverage::Complete, Coverage::Partial)
    }
}

/// Reads a listing as far as it goes. Rows that cannot be read are named as missing.
async fn read<T: Row>(items: Items<T>) -> Part<T> {
    let (rows, error) = match items.decoded().gather().await {
        Gathered::Whole(rows) => (rows.into_inner(), None),
        Gathered::Part(rows, error) => (rows, Some(error)),
    };
    let mut part = Part {
        rows: Vec::with_capacity(rows.len()),
        missing: Vec::new(),
    };
    part.missing.extend(error.map(|error| error.to_string()));
    for row in rows {
        match row {
            Decoded::Item(row) => part.rows.push(row),
            Decoded::Bad(bad) => part.missing.push(bad.to_string()),
        }
    }
    part
}

impl Source {
    /// Reads the account: its sites, and what `options` asks for of each. Never fails as a whole: whatever could not be
    /// read makes its segment partial, with the reason.
    ///
    /// Variables of sites and of the account leave as fingerprints only.
    pub async fn observe(
        &self,
        options: &ObserveOptions,
        mut on_progress: impl FnMut(Progress),
    ) -> Observation {
        let scope = Scope {
            instance: self.instance().clone(),
            root: self.root(),
            rights: None,
        };
        let taken_at = self.client().core().clock().timestamp();
        let mut segments = Vec::new();
        if let Err(why) = self.check_tenant().await {
            let coverage = Coverage::Partial(why.clone());
            segments.push(Segment {
                of: self.root(),
                coverage,
                rows: Rows::Organizations(Vec::new()),
            });
            on_progress(Progress::Sites {
                listed: 0,
                partial: Some(why),
            });
            return Observation {
                scope,
                taken_at,
                segments,
            };
        }
        let (mut sites, counts) = self.sites().await;
        on_progress(Progress::Sites {
            listed: sites.rows.len(),
            partial: sites.reason(),
        });
        if options.networks
            && let Some(why) = self.add_networks(&mut sites.rows).await
        {
            on_progress(Progress::NetworksUnread(why));
        }
        let jobs: Vec<SiteUid> = sites
            .rows
            .iter()
            .filter(|site| site.role != Role::Pseudo)
            .map(|site| SiteUid::from(site.entity.id.as_str()))
            .filter(|uid| options.only.as_ref().is_none_or(|only| only.contains(uid)))
            .filter(|_| options.devices || !options.variables.is_empty())
            .collect();
        let coverage = sites.coverage();
        segments.push(Segment {
            of: self.root(),
            coverage,
            rows: Rows::Organizations(sites.rows),
        });
        if !options.variables.is_empty() {
            let part = keep(
                read(self.client().account().variables().list()).await,
                &options.variables,
            );
            let coverage = part.coverage();
            segments.push(Segment {
                of: self.root(),
                coverage,
                rows: Rows::Variables(part.rows),
            });
        }
        let of = jobs.len();
        let reads = stream::iter(jobs).map(|site| {
            let counted = counts.get(&site).copied();
            self.site_segments(site, counted, options)
        });
        let mut reads = std::pin::pin!(reads.buffer_unordered(options.concurrency));
        let mut done = 0;
        while let Some((site, read)) = reads.next().await {
            done += 1;
            let partial = read.iter().find_map(|segment| match &segment.coverage {
                Coverage::Complete => None,
                Coverage::Partial(why) => Some(why.clone()),
            });
            on_progress(Progress::Site {
                site,
                done,
                of,
                partial,
            });
            segments.extend(read);
        }
        // Sites are read in no particular order.
        segments.sort_by(|a, b| (&a.of, a.rows.sort()).cmp(&(&b.of, b.rows.sort())));
        Observation {
            scope,
            taken_at,
            segments,
        }
    }

    /// Whether the credentials still lead to this tenant.
    async fn check_tenant(&self) -> Result<(), String> {
        match tenant(self.client()).await {
            Ok(found) if found == *self.instance() => Ok(()),
            Ok(found) => Err(format!("the credentials belong to another tenant, {found}")),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The sites, and how many devices they count.
    async fn sites(&self) -> (Part<Organization>, BTreeMap<SiteUid, i64>) {
        let read = read(self.client().sites().list(&ListSites::default())).await;
        let mut sites = Part {
            rows: Vec::with_capacity(read.rows.len()),
            missing: read.missing,
        };
        for site in &read.rows {
            match self.organization(site) {
                Ok(organization) => sites.rows.push(organization),
                Err(why) => sites
                    .missing
                    .push(format!("site {} was left out: {why}", site.uid)),
            }
        }
        let counts = read.rows.iter();
        let counts = counts.filter_map(|site| Some((site.uid.clone(), gaps::counted(site)?)));
        (sites, counts.collect())
    }

    /// Adds the networks of the sites; says why they are not all.
    async fn add_networks(&self, sites: &mut [Organization]) -> Option<String> {
        let mappings = read(self.client().account().dnet_site_mappings()).await;
        let networks: BTreeMap<&str, &[i64]> = mappings
            .rows
            .iter()
            .map(|mapping| (mapping.uid.as_str(), mapping.network_ids.as_slice()))
            .collect();
        for site in sites {
            let ids = networks
                .get(site.entity.id.as_str())
                .copied()
                .unwrap_or_default();
            site.shared_ids.extend(
                ids.iter()
                    .map(|id| shared_id(DATTO_NETWORK, id.to_string())),
            );
        }
        mappings.reason()
    }

    async fn site_segments(
        &self,
        site: SiteUid,
        counted: Option<i64>,
        options: &ObserveOptions,
    ) -> (SiteUid, Vec<Segment>) {
        let mut segments = Vec::new();
        if !options.variables.is_empty() {
            let part = keep(
                read(self.client().site(&site).variables().list()).await,
                &options.variables,
            );
            let coverage = part.coverage();
            segments.push(Segment {
                of: self.site(&site),
                coverage,
                rows: Rows::Variables(part.rows),
            });
        }
        if options.devices {
            let part = self.devices(&site, counted).await;
            let coverage = part.coverage();
            segments.push(Segment {
                of: self.site(&site),
                coverage,
                rows: Rows::Devices(part.rows),
            });
        }
        (site, segments)
    }

    /// The devices of a site from its two lists: one has the network cards, the other everything else.
    async fn devices(&self, site: &SiteUid, counted: Option<i64>) -> Part<Device> {
        let devices = self.client().site(site).devices();
        let short = read(devices.network_interfaces()).await;
        let full = read(devices.list(&ListSiteDevices::default())).await;
        let mut by_uid: BTreeMap<&str, (Option<&_>, Option<&_>)> = BTreeMap::new();
        for device in &short.rows {
            by_uid.entry(device.uid.as_str()).or_default().0 = Some(device);
        }
        for device in &full.rows {
            by_uid.entry(device.uid.as_str()).or_default().1 = Some(device);
        }
        let mut listed = 0;
        for (_, full) in by_uid.values() {
            listed += i64::from(full.and_then(|full| full.deleted) != Some(true));
        }
        let gap = gaps::site_gap(site, counted, listed).map(|gap| gap.to_string());
        let rows = by_uid
            .into_values()
            .filter_map(|(short, full)| self.device_row(short, full));
        Part {
            rows: rows.collect(),
            missing: [short.missing, full.missing, gap.into_iter().collect()].concat(),
        }
    }
}

/// Keeps the variables asked for, and why not all were read.
fn keep(read: Part<crate::variables::Variable>, names: &BTreeSet<String>) -> Part<Variable> {
    let wanted = read.rows.iter().filter(|variable| {
        let name = variable.name.as_ref();
        name.is_some_and(|name| names.contains(name))
    });
    Part {
        rows: wanted.map(convert::variable).collect(),
        missing: read.missing,
    }
}
