//! Reading the whole tenant into an observation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::pin::Pin;

use ::reconcile::identity::{EntityRef, Fingerprint};
use ::reconcile::inventory::{
    Coverage, Observation, Organization, Package, Role, Rows, Segment, Subscription,
};
use ::reconcile::plan::Policy;
use client_core::{Decoded, Error, ErrorKind, Gathered};

use super::Destination;
use super::labels::{module_labels, subscription};
use crate::companies::{Company, CompanyId};
use crate::network::{CompanyTree, Listing, Node, NodeId, TreeOptions, in_order};
use crate::packages::{InstallationLinks, LinkQuery, ListPackages, PackageRow, PackageType};

/// What to read.
#[derive(Debug, Clone)]
pub struct ObserveOptions {
    packages: PackagesOf,
    subscriptions: bool,
    at_once: usize,
}

/// The companies whose packages are read; each costs a call for its list, one for its links, and one for each package.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum PackagesOf {
    /// None.
    #[default]
    Nobody,
    /// Every company that is seen.
    All,
    /// These, as far as they are seen.
    These(BTreeSet<EntityRef>),
}

impl Default for ObserveOptions {
    fn default() -> Self {
        Self {
            packages: PackagesOf::Nobody,
            subscriptions: true,
            at_once: 4,
        }
    }
}

impl ObserveOptions {
    /// What a plan under this policy needs to know: packages, wherever a site may be linked to already, and licences,
    /// if any module depends on them.
    pub fn of(policy: &Policy) -> Self {
        let licences_tell = !policy.module_rules.needs.is_empty();
        Self::default()
            .packages(PackagesOf::All)
            .subscriptions(licences_tell)
    }

    /// Sets whose packages are read; nobody's by default.
    #[must_use]
    pub fn packages(mut self, of: PackagesOf) -> Self {
        self.packages = of;
        self
    }

    /// Sets whether licences are read, one call for each company; they are by default.
    #[must_use]
    pub fn subscriptions(mut self, read: bool) -> Self {
        self.subscriptions = read;
        self
    }

    /// Sets how many companies are read at the same time; 4 by default.
    #[must_use]
    pub fn at_once(mut self, companies: usize) -> Self {
        self.at_once = companies.max(1);
        self
    }
}

/// What is read at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Companies and folders.
    Tree,
    /// Licences.
    Subscriptions,
    /// Packages.
    Packages,
}

/// How far a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObserveProgress {
    /// What is read.
    pub stage: Stage,
    /// How many are read.
    pub done: usize,
    /// How many are known; the tree's number grows while it is read.
    pub of: usize,
}

impl fmt::Display for ObserveProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.stage {
            Stage::Tree => "companies and folders",
            Stage::Subscriptions => "licences",
            Stage::Packages => "packages of companies",
        };
        write!(f, "{what}: {} of {}", self.done, self.of)
    }
}

type Reading<'r, T> = Pin<Box<dyn Future<Output = T> + Send + 'r>>;

impl Destination {
    /// Reads the tenant. Whatever cannot be read makes its part partial, with the reason, and fails nothing else.
    ///
    /// The parts: the root company alone, as the member of the tenant; the children of each partner and folder; and the
    /// packages of the companies asked for.
    pub async fn observe(
        &self,
        options: &ObserveOptions,
        mut progress: impl FnMut(ObserveProgress) + Send,
    ) -> Observation {
        let taken_at = self.client.core().clock().timestamp();
        let rights = self.read_rights().await;
        let tree_options = TreeOptions::default().at_once(options.at_once);
        let tree = self.client.network().tree_with(&tree_options, |tree| {
            progress(ObserveProgress {
                stage: Stage::Tree,
                done: tree.read,
                of: tree.known,
            });
        });
        let tree = match tree.await {
            Ok(tree) if self.is_root(&tree.root.id) => tree,
            Ok(tree) => {
                let reason = format!("the key belongs to another company now: {}", tree.root.id);
                return self.observation(
                    taken_at,
                    vec![self.root_segment(Coverage::Partial(reason), None)],
                );
            }
            Err(error) => {
                let reason = format!("the root company could not be read: {error}");
                return self.observation(
                    taken_at,
                    vec![self.root_segment(Coverage::Partial(reason), None)],
                );
            }
        };
        let companies = managed_companies(&tree);
        let subscriptions = self.subscriptions(options, &companies, &mut progress).await;
        let coverage = match rights {
            // Without knowing what the key may use, nobody can say that what is missing is gone.
            Err(error) if error.is_transient() => {
                Coverage::Partial(format!("the key's rights could not be read: {error}"))
            }
            _ => Coverage::Complete,
        };
        let mut root = self.organization(&tree.root, None, None);
        root.subscription = subscriptions.get(&tree.root.id).cloned();
        let mut segments = vec![self.root_segment(coverage, Some(root))];
        let parents = tree.parents();
        let read = |listing| self.children(listing, &parents, &subscriptions);
        segments.extend(tree.listings.iter().map(read));
        segments.extend(self.packages(options, &companies, &mut progress).await);
        self.observation(taken_at, segments)
    }

    fn observation(&self, taken_at: client_core::Timestamp, segments: Vec<Segment>) -> Observation {
        Observation {
            scope: self.scope(),
            taken_at,
            segments,
        }
    }

    fn root_segment(&self, coverage: Coverage, root: Option<Organization>) -> Segment {
        Segment {
            of: self.instance.root(),
            coverage,
            rows: Rows::Organizations(root.into_iter().collect()),
        }
    }

    /// A list of children as a segment.
    fn children(
        &self,
        listing: &Listing,
        parents: &BTreeMap<&NodeId, &NodeId>,
        subscriptions: &BTreeMap<CompanyId, Subscription>,
    ) -> Segment {
        let mut failures: Vec<String> = listing.failure.iter().map(ToString::to_string).collect();
        let parent = self.node(&listing.parent);
        let partner = partner_of(&listing.parent, parents).map(|id| self.company(id));
        let rows = listing.nodes.iter().map(|node| {
            if let Some(error) = &node.failure {
                failures.push(format!("company {} could not be read: {error}", node.id));
            }
            let mut row = self.row(node, parents, parent.clone(), partner.clone());
            row.subscription = node
                .id
                .company()
                .and_then(|id| subscriptions.get(id))
                .cloned();
            row
        });
        let rows = Rows::Organizations(rows.collect());
        let coverage = match failures.len() {
            0 => Coverage::Complete,
            1 => Coverage::Partial(failures.swap_remove(0)),
            more => Coverage::Partial(format!(
                "{} (and {} more)",
                failures.swap_remove(0),
                more - 1
            )),
        };
        Segment {
            of: parent,
            coverage,
            rows,
        }
    }

    fn row(
        &self,
        node: &Node,
        parents: &BTreeMap<&NodeId, &NodeId>,
        parent: EntityRef,
        partner: Option<EntityRef>,
    ) -> Organization {
        if let Some(company) = &node.company {
            return self.organization(company, Some(parent), partner);
        }
        let role = match &node.id {
            NodeId::Folder(_) => Role::Folder,
            // Unread, but it has children, which only a partner has.
            NodeId::Company(_) if parents.values().any(|parent| **parent == node.id) => {
                Role::Partner
            }
            NodeId::Company(_) => Role::Customer,
        };
        Organization {
            parent: Some(parent),
            partner,
            ..Organization::new(self.node(&node.id), node.name.as_str(), role)
        }
    }

    /// The licences that could be read. A key that may not ask is not made to ask again.
    async fn subscriptions(
        &self,
        options: &ObserveOptions,
        companies: &[ManagedCompany<'_>],
        progress: &mut (impl FnMut(ObserveProgress) + Send),
    ) -> BTreeMap<CompanyId, Subscription> {
        let mut found = BTreeMap::new();
        if !options.subscriptions {
            return found;
        }
        match self.client.licensing().own().await {
            Ok(license) => {
                found.insert(self.root.clone(), subscription(&license));
            }
            Err(error) if matches!(error.kind(), ErrorKind::Scope | ErrorKind::Credentials) => {
                return found;
            }
            Err(_) => {}
        }
        let others: Vec<&CompanyId> = companies
            .iter()
            .map(|company| company.id)
            .filter(|id| !self.is_root(id))
            .collect();
        let of = others.len();
        let reads = others
            .iter()
            .map(|id| -> Reading<'_, Option<Subscription>> {
                Box::pin(async move {
                    self.client
                        .licensing()
                        .of(id)
                        .await
                        .ok()
                        .map(|license| subscription(&license))
                })
            });
        let mut done = 0;
        let read = in_order(options.at_once, reads, |_| {
            done += 1;
            progress(ObserveProgress {
                stage: Stage::Subscriptions,
                done,
                of,
            });
        })
        .await;
        let known = others
            .into_iter()
            .cloned()
            .zip(read)
            .filter_map(|(id, read)| Some((id, read?)));
        found.extend(known);
        found
    }

    async fn packages(
        &self,
        options: &ObserveOptions,
        companies: &[ManagedCompany<'_>],
        progress: &mut (impl FnMut(ObserveProgress) + Send),
    ) -> Vec<Segment> {
        let is_wanted = |company: &&ManagedCompany<'_>| match &options.packages {
            PackagesOf::Nobody => false,
            PackagesOf::All => true,
            PackagesOf::These(these) => these.contains(&self.company(company.id)),
        };
        let wanted: Vec<_> = companies.iter().filter(is_wanted).collect();
        let of = wanted.len();
        let reads = wanted
            .into_iter()
            .map(|company| -> Reading<'_, Segment> { Box::pin(self.packages_of(company)) });
        let mut done = 0;
        in_order(options.at_once, reads, |_| {
            done += 1;
            progress(ObserveProgress {
                stage: Stage::Packages,
                done,
                of,
            });
        })
        .await
    }

    async fn packages_of(&self, company: &ManagedCompany<'_>) -> Segment {
        let entity = self.company(company.id);
        let listed = self.package_rows(company.id).gather().await;
        let mut failures = Vec::new();
        if company.is_hidden {
            failures.push(
                "the company may not be managed by its partner, so its packages may be hidden"
                    .to_owned(),
            );
        }
        if let Some(error) = listed.error() {
            failures.push(error.to_string());
        }
        let listed = match listed {
            Gathered::Whole(all) => all.into_inner(),
            Gathered::Part(some, _) => some,
        };
        let links = if listed.is_empty() {
            Ok(Vec::new())
        } else {
            self.links(company.id, None).await
        };
        if let Err(error) = &links {
            failures.push(format!("the links could not be read: {error}"));
        }
        let links = links.unwrap_or_default();
        let mut rows = Vec::new();
        for row in listed {
            let row = match row {
                Decoded::Item(row) => row,
                Decoded::Bad(bad) => {
                    failures.push(bad.to_string());
                    continue;
                }
            };
            match self.package_row(&entity, &row, &links).await {
                (package, None) => rows.push(package),
                (package, Some(error)) => {
                    rows.push(package);
                    failures.push(format!("package {:?} could not be read: {error}", row.name));
                }
            }
        }
        let coverage = match failures.into_iter().next() {
            None => Coverage::Complete,
            Some(reason) => Coverage::Partial(reason),
        };
        Segment {
            of: entity,
            coverage,
            rows: Rows::Packages(rows),
        }
    }

    async fn package_row(
        &self,
        company: &EntityRef,
        row: &PackageRow,
        links: &[InstallationLinks],
    ) -> (Package, Option<Error>) {
        let read = if row.package_type == Some(PackageType::SecurityServer) {
            // An appliance has no modules.
            Ok(None)
        } else {
            self.client
                .package(&row.id)
                .get()
                .await
                .map(|package| Some(module_labels(&package)))
        };
        let (modules, failure) = match read {
            Ok(modules) => (modules, None),
            Err(error) => (None, Some(error)),
        };
        let package = Package {
            entity: self.package(&row.id),
            name: row.name.clone(),
            company: company.clone(),
            modules,
            link: link_of(&row.name, links),
        };
        (package, failure)
    }

    /// The packages of a company. The root's may not be asked for by its id.
    pub(super) fn package_rows(
        &self,
        company: &CompanyId,
    ) -> client_core::DecodedItems<PackageRow> {
        let packages = self.client.packages();
        if self.is_root(company) {
            packages.own(&ListPackages::default())
        } else {
            packages.list(company)
        }
        .decoded()
    }

    /// The links of a company's packages. One that does not say whose it is could be anybody's, so it fails them all.
    pub(super) async fn links(
        &self,
        company: &CompanyId,
        package: Option<&str>,
    ) -> Result<Vec<InstallationLinks>, Error> {
        let query = if self.is_root(company) {
            LinkQuery::all()
        } else {
            LinkQuery::of(company.clone())
        };
        let query = match package {
            Some(name) => query.package(name),
            None => query,
        };
        let mut links = self.client.packages().links(&query).await?;
        if links.iter().any(|links| links.company_id.is_none()) {
            return Err(Error::new(
                ErrorKind::Decode,
                "an installation link that names no company",
            ));
        }
        links.retain(|links| links.company_id.as_ref() == Some(company));
        Ok(links)
    }
}

/// The fingerprint of a package's Windows link, if exactly one is there.
fn link_of(name: &str, links: &[InstallationLinks]) -> Option<Fingerprint> {
    let mut windows = links
        .iter()
        .filter(|links| links.package_name.as_deref() == Some(name))
        .filter_map(|links| links.install_link_windows.as_ref())
        .map(|link| Fingerprint::of(link.expose()));
    let first = windows.next()?;
    windows.all(|other| other == first).then_some(first)
}

/// A company whose licence and packages can be asked for.
struct ManagedCompany<'t> {
    id: &'t CompanyId,
    /// Its partner may not look into it.
    is_hidden: bool,
}

fn managed_companies(tree: &CompanyTree) -> Vec<ManagedCompany<'_>> {
    let is_hidden = |company: &Company| company.can_be_managed_by_above == Some(false);
    let root = ManagedCompany {
        id: &tree.root.id,
        is_hidden: false,
    };
    let others = tree.nodes().filter_map(|node| {
        Some(ManagedCompany {
            id: node.id.company()?,
            is_hidden: node.company.as_ref().is_some_and(is_hidden),
        })
    });
    std::iter::once(root).chain(others).collect()
}

/// The company at or above a node.
fn partner_of<'t>(
    node: &'t NodeId,
    parents: &BTreeMap<&'t NodeId, &'t NodeId>,
) -> Option<&'t CompanyId> {
    let mut at = node;
    // Circles were left out when the tree was read.
    for _ in 0..=parents.len() {
        match at {
            NodeId::Company(id) => return Some(id),
            NodeId::Folder(_) => at = parents.get(at)?,
        }
    }
    None
}
