//! The company tree, walked from the key's own company downwards.
//!
//! Each list holds the direct children of one parent, so the tree takes one or two calls for every partner and folder.
//! A list that fails is kept with its error beside those that did not: what hangs below it is unknown, not gone.

use std::collections::{BTreeMap, HashMap};
use std::pin::Pin;

use client_core::{Error, ErrorKind, Gathered, Items};

use super::{ListCompanies, Network, NodeId, in_order};
use crate::Client;
use crate::companies::{Company, CompanyId, CompanyType};
use crate::rpc::RpcCode;

/// How to walk the tree.
#[derive(Debug, Clone)]
pub struct TreeOptions {
    details: bool,
    at_once: usize,
    max_nodes: usize,
}

impl Default for TreeOptions {
    fn default() -> Self {
        Self {
            details: true,
            at_once: 4,
            max_nodes: 100_000,
        }
    }
}

impl TreeOptions {
    /// Reads names only. Customers are then known by the error that they give when asked for children, which any
    /// company might give that vanished in the meantime.
    #[must_use]
    pub fn without_details(mut self) -> Self {
        self.details = false;
        self
    }

    /// Sets how many companies are read at the same time; 4 by default.
    #[must_use]
    pub fn at_once(mut self, companies: usize) -> Self {
        self.at_once = companies.max(1);
        self
    }

    /// Caps the nodes; 100,000 by default. Lists that would bring more fail.
    #[must_use]
    pub fn max_nodes(mut self, nodes: usize) -> Self {
        self.max_nodes = nodes;
        self
    }
}

/// How far a walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TreeProgress {
    /// Companies and folders that were read.
    pub read: usize,
    /// Companies and folders that are known by now.
    pub known: usize,
}

/// The company tree as it was read.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CompanyTree {
    /// The key's own company, which is in no list.
    pub root: Company,
    /// The lists, one for each partner and folder; the root's first.
    pub listings: Vec<Listing>,
}

/// What stands directly below a company or folder.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Listing {
    /// Whose children these are.
    pub parent: NodeId,
    /// The children that were read.
    pub nodes: Vec<Node>,
    /// Why it may be short; `None` if it is whole.
    pub failure: Option<Error>,
}

/// A company or folder in a list.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// Its name.
    pub name: String,
    /// The company's details, if they were asked for and read.
    pub company: Option<Company>,
    /// Why the details could not be read.
    pub failure: Option<Error>,
}

impl CompanyTree {
    /// Every company and folder below the root.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.listings.iter().flat_map(|listing| &listing.nodes)
    }

    /// Whether every list was read whole. Details that could not be read do not count.
    pub fn is_complete(&self) -> bool {
        self.listings
            .iter()
            .all(|listing| listing.failure.is_none())
    }

    /// The error of the first list that was not read whole.
    pub fn first_failure(&self) -> Option<&Error> {
        self.listings
            .iter()
            .find_map(|listing| listing.failure.as_ref())
    }

    /// What stands directly above a node.
    pub fn parent_of(&self, id: &NodeId) -> Option<&NodeId> {
        let listing = self
            .listings
            .iter()
            .find(|listing| listing.nodes.iter().any(|node| node.id == *id))?;
        Some(&listing.parent)
    }

    /// The nearest company above a node; folders do not count.
    pub fn partner_of(&self, id: &NodeId) -> Option<&CompanyId> {
        let mut parent = self.parent_of(id)?;
        // A tree has no circles, and this one was checked for them when it was read.
        for _ in 0..=self.listings.len() {
            match parent {
                NodeId::Company(id) => return Some(id),
                NodeId::Folder(_) => parent = self.parent_of(parent)?,
            }
        }
        None
    }

    /// The parents of all nodes, for many look-ups.
    pub fn parents(&self) -> BTreeMap<&NodeId, &NodeId> {
        let rows = |listing| {
            let Listing { parent, nodes, .. }: &Listing = listing;
            nodes.iter().map(move |node| (&node.id, parent))
        };
        self.listings.iter().flat_map(rows).collect()
    }
}

impl Network<'_> {
    /// Reads the whole tree below the key's own company.
    ///
    /// # Errors
    ///
    /// That of the own company; everything below is told list by list.
    pub async fn tree(self, options: &TreeOptions) -> Result<CompanyTree, Error> {
        self.tree_with(options, |_| {}).await
    }

    /// The same, telling how far it is.
    ///
    /// # Errors
    ///
    /// As [`tree`](Self::tree).
    pub async fn tree_with(
        self,
        options: &TreeOptions,
        mut progress: impl FnMut(TreeProgress) + Send,
    ) -> Result<CompanyTree, Error> {
        let root = self.0.companies().own().await?;
        let mut walk = Walk::new(&root);
        // A customer has nothing below it, and its key may not ask.
        let mut level: Vec<NodeId> = match root.company_type {
            CompanyType::Customer => Vec::new(),
            _ => vec![NodeId::Company(root.id.clone())],
        };
        let mut read = 0;
        while !level.is_empty() {
            let known = walk.places.len();
            let visits = level.iter().map(|id| -> Visiting<'_> {
                Box::pin(visit(self.0, id, *id == walk.root, options.details))
            });
            let visits: Vec<Visit> = in_order(options.at_once, visits, |_| {
                read += 1;
                progress(TreeProgress { read, known });
            })
            .await;
            let parents = std::mem::take(&mut level);
            for (parent, visit) in parents.into_iter().zip(visits) {
                level.extend(walk.take(&parent, visit, options.max_nodes));
            }
        }
        Ok(walk.finish(root))
    }
}

type Visiting<'v> = Pin<Box<dyn Future<Output = Visit> + Send + 'v>>;

/// What reading one node gave.
struct Visit {
    details: Option<Result<Company, Error>>,
    /// `None` for a node that has no children.
    listing: Option<Children>,
}

struct Children {
    rows: Vec<(NodeId, String)>,
    failure: Option<Error>,
}

async fn visit(client: &Client, id: &NodeId, is_root: bool, with_details: bool) -> Visit {
    let details = match id {
        NodeId::Company(company) if with_details && !is_root => {
            Some(client.company(company).get().await)
        }
        _ => None,
    };
    let told_type = details
        .as_ref()
        .and_then(|details| details.as_ref().ok())
        .map(|company| company.company_type);
    if told_type == Some(CompanyType::Customer) {
        return Visit {
            details,
            listing: None,
        };
    }
    let mut rows = Vec::new();
    let companies = read(
        client
            .network()
            .companies(&ListCompanies::below(id.clone())),
        &mut rows,
        |row| (NodeId::Company(row.id), row.name),
    );
    let failure = match companies.await {
        Err(error)
            if says_no_children(&error)
                && !is_root
                && told_type.is_none()
                && id.company().is_some() =>
        {
            return Visit {
                details,
                listing: None,
            };
        }
        Err(error) => Some(error),
        Ok(()) => {
            let folders = read(client.network().folders(Some(id)), &mut rows, |row| {
                (NodeId::Folder(row.id), row.name)
            });
            match folders.await {
                // Whether folders hold folders is not documented; one that says no has none.
                Err(error) if says_no_children(&error) && id.company().is_none() => None,
                other => other.err(),
            }
        }
    };
    Visit {
        details,
        listing: Some(Children { rows, failure }),
    }
}

fn says_no_children(error: &Error) -> bool {
    error.kind() == ErrorKind::InvalidInput && RpcCode::of(error) == Some(RpcCode::InvalidParams)
}

/// Reads a list; good rows are kept even if others are bad.
async fn read<T: Send + 'static>(
    items: Items<T>,
    rows: &mut Vec<(NodeId, String)>,
    row: impl Fn(T) -> (NodeId, String),
) -> Result<(), Error> {
    let mut bad = None;
    let mut keep = |decoded: client_core::Decoded<T>| match decoded {
        client_core::Decoded::Item(item) => rows.push(row(item)),
        client_core::Decoded::Bad(item) => {
            bad.get_or_insert_with(|| Error::new(ErrorKind::Decode, item.to_string()));
        }
    };
    match items.decoded().gather().await {
        Gathered::Whole(all) => all.into_iter().for_each(&mut keep),
        Gathered::Part(some, error) => {
            some.into_iter().for_each(&mut keep);
            return Err(error);
        }
    }
    bad.map_or(Ok(()), Err)
}

/// The tree so far. Where a node was listed twice the later place counts: a list of a company may also show what lies in
/// its folders, and the folder's own list comes later.
struct Walk {
    root: NodeId,
    listings: Vec<Listing>,
    /// Where each parent's listing is.
    index: HashMap<NodeId, usize>,
    /// The parent of each node.
    places: HashMap<NodeId, NodeId>,
    details: HashMap<NodeId, Result<Company, Error>>,
}

impl Walk {
    fn new(root: &Company) -> Self {
        Self {
            root: NodeId::Company(root.id.clone()),
            listings: Vec::new(),
            index: HashMap::new(),
            places: HashMap::new(),
            details: HashMap::new(),
        }
    }

    /// Takes what was read of `parent`, and gives what is to be read next.
    fn take(&mut self, parent: &NodeId, visit: Visit, max_nodes: usize) -> Vec<NodeId> {
        if let Some(details) = visit.details {
            self.details.insert(parent.clone(), details);
        }
        let Some(Children { rows, failure }) = visit.listing else {
            return Vec::new();
        };
        let at = self.listings.len();
        self.index.insert(parent.clone(), at);
        self.listings.push(Listing {
            parent: parent.clone(),
            nodes: Vec::new(),
            failure,
        });
        let mut fresh = Vec::new();
        for (id, name) in rows {
            if id == self.root || id == *parent || self.stands_above(&id, parent) {
                self.fail(at, "the tree has a circle");
                continue;
            }
            match self.places.get(&id).cloned() {
                Some(old) if old == *parent => continue,
                Some(old) => self.remove(&id, &old),
                None if self.places.len() >= max_nodes => {
                    self.fail(at, "the tree has more companies and folders than allowed");
                    continue;
                }
                None => fresh.push(id.clone()),
            }
            self.places.insert(id.clone(), parent.clone());
            self.listings[at].nodes.push(Node {
                id,
                name,
                company: None,
                failure: None,
            });
        }
        fresh
    }

    fn stands_above(&self, id: &NodeId, below: &NodeId) -> bool {
        let mut at = below;
        while let Some(parent) = self.places.get(at) {
            if parent == id {
                return true;
            }
            at = parent;
        }
        false
    }

    fn remove(&mut self, id: &NodeId, parent: &NodeId) {
        if let Some(at) = self.index.get(parent) {
            self.listings[*at].nodes.retain(|node| node.id != *id);
        }
    }

    fn fail(&mut self, at: usize, message: &'static str) {
        self.listings[at]
            .failure
            .get_or_insert_with(|| Error::new(ErrorKind::Paging, message));
    }

    fn finish(mut self, root: Company) -> CompanyTree {
        for node in self
            .listings
            .iter_mut()
            .flat_map(|listing| &mut listing.nodes)
        {
            match self.details.remove(&node.id) {
                Some(Ok(company)) => node.company = Some(company),
                Some(Err(error)) => node.failure = Some(error),
                None => {}
            }
        }
        CompanyTree {
            root,
            listings: self.listings,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Children, CompanyTree, NodeId, Visit, Walk};
    use crate::companies::{Company, CompanyId};
    use crate::network::FolderId;

    fn root() -> Company {
        serde_json::from_value(json!({"id": "root", "name": "Root", "type": 0})).unwrap()
    }

    fn company(id: &str) -> NodeId {
        NodeId::Company(CompanyId::new(id))
    }

    fn folder(id: &str) -> NodeId {
        NodeId::Folder(FolderId::new(id))
    }

    /// Walks a tree given as the children of each node, in the order of the walk.
    fn walk(lists: &[(NodeId, Vec<NodeId>)], max_nodes: usize) -> CompanyTree {
        let mut walk = Walk::new(&root());
        let mut level = vec![company("root")];
        while !level.is_empty() {
            let mut next = Vec::new();
            for id in level {
                let rows = lists
                    .iter()
                    .find(|(parent, _)| *parent == id)
                    .map(|(_, rows)| rows.clone());
                let rows = rows.map(|rows| {
                    rows.into_iter()
                        .map(|id| (id.clone(), id.to_string()))
                        .collect()
                });
                let visit = Visit {
                    details: None,
                    listing: rows.map(|rows| Children {
                        rows,
                        failure: None,
                    }),
                };
                next.extend(walk.take(&id, visit, max_nodes));
            }
            level = next;
        }
        walk.finish(root())
    }

    #[test]
    fn folders_do_not_count_as_partners() {
        let tree = walk(
            &[
                (company("root"), vec![company("partner"), folder("f")]),
                (folder("f"), vec![folder("g")]),
                (folder("g"), vec![company("leaf")]),
                (company("partner"), vec![]),
            ],
            100,
        );
        assert!(tree.is_complete());
        assert_eq!(tree.parent_of(&company("leaf")), Some(&folder("g")));
        assert_eq!(
            tree.partner_of(&company("leaf")).map(CompanyId::as_str),
            Some("root")
        );
        assert_eq!(tree.nodes().count(), 4);
    }

    #[test]
    fn a_company_listed_through_its_folder_stands_in_the_folder() {
        let tree = walk(
            &[
                (company("root"), vec![company("leaf"), folder("f")]),
                (folder("f"), vec![company("leaf")]),
            ],
            100,
        );
        assert_eq!(tree.parent_of(&company("leaf")), Some(&folder("f")));
        assert_eq!(tree.nodes().count(), 2);
        assert!(tree.is_complete());
    }

    #[test]
    fn circles_end_and_are_told() {
        let tree = walk(
            &[
                (company("root"), vec![company("a")]),
                (company("a"), vec![company("b")]),
                (
                    company("b"),
                    vec![company("a"), company("root"), company("b"), company("c")],
                ),
            ],
            100,
        );
        assert_eq!(tree.nodes().count(), 3);
        assert!(tree.first_failure().unwrap().to_string().contains("circle"));
        assert_eq!(
            tree.partner_of(&company("c")).map(CompanyId::as_str),
            Some("b")
        );
    }

    #[test]
    fn too_many_nodes_are_told() {
        let tree = walk(
            &[(
                company("root"),
                vec![company("a"), company("b"), company("c")],
            )],
            2,
        );
        assert_eq!(tree.nodes().count(), 2);
        assert!(
            tree.first_failure()
                .unwrap()
                .to_string()
                .contains("more companies")
        );
    }

    #[test]
    fn a_row_that_comes_twice_counts_once() {
        let tree = walk(&[(company("root"), vec![company("a"), company("a")])], 100);
        assert_eq!(tree.nodes().count(), 1);
        assert!(tree.is_complete());
    }
}
