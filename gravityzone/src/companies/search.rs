//! Companies by name.

use client_core::{DecodeError, Error, Rows};

use super::model::{Company, CompanyId};
use super::{Companies, SEARCH, check_id, checked};
use crate::network::{NodeId, TreeOptions};
use crate::rpc;
use crate::wire::Params;

/// The most rows that a search gives.
const MOST: usize = 25;

/// What a search by name gave.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CompanySearch {
    /// At most 25.
    pub companies: Vec<Company>,
}

impl CompanySearch {
    /// True if there may be more companies that fit: the console gives 25 at most and does not say so.
    pub fn may_be_cut(&self) -> bool {
        self.companies.len() >= MOST
    }
}

/// A company found by its name, with its place in the tree.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NamedCompany {
    /// The company.
    pub company: Company,
    /// What stands directly above it, as far as it was told; a folder only if the tree was walked.
    pub parent: Option<NodeId>,
    /// The nearest company above it.
    pub partner: Option<CompanyId>,
}

impl Companies<'_> {
    /// Companies whose name begins with `filter`, or contains what follows its leading `*`. At most 25, whatever there
    /// is: no proof of absence, see [`CompanySearch::may_be_cut`].
    ///
    /// # Errors
    ///
    /// Any kind.
    pub async fn search(self, filter: &str) -> Result<CompanySearch, Error> {
        let call = rpc::call::<Rows<Company>>(&SEARCH, &Params::new().set("nameFilter", filter));
        let call = call.and_then(|rows| -> Result<_, DecodeError> {
            Ok(CompanySearch {
                companies: rows.into_strict()?,
            })
        });
        self.0
            .send(checked(call, check_id("nameFilter", filter)))
            .await
    }

    /// Every visible company with this name but for its case, the key's own among them.
    ///
    /// Searches first; if the search may be cut, or does not tell where a company stands, the whole tree is walked.
    ///
    /// # Errors
    ///
    /// Any kind; among them that of a part of the tree that could not be read, as the name may hide there.
    pub async fn named(self, name: &str) -> Result<Vec<NamedCompany>, Error> {
        let found = self.search(&exact_filter(name)).await?;
        if found.may_be_cut() {
            return self.walk_for(name).await;
        }
        let own = self.own().await?;
        let mut matches: Vec<Company> = found
            .companies
            .into_iter()
            .filter(|company| company.is_named(name))
            .collect();
        let lacks_place =
            |company: &Company| company.parent_company_id.is_none() && company.id != own.id;
        if matches.iter().any(lacks_place) {
            return self.walk_for(name).await;
        }
        if own.is_named(name) && matches.iter().all(|company| company.id != own.id) {
            matches.push(own);
        }
        let place = |company: Company| {
            let partner = company.parent_company_id.clone();
            NamedCompany {
                parent: partner.clone().map(NodeId::Company),
                partner,
                company,
            }
        };
        Ok(matches.into_iter().map(place).collect())
    }

    async fn walk_for(self, name: &str) -> Result<Vec<NamedCompany>, Error> {
        let tree = self
            .0
            .network()
            .tree(&TreeOptions::default().without_details())
            .await?;
        if let Some(error) = tree.first_failure() {
            return Err(error.clone());
        }
        let mut named = Vec::new();
        if tree.root.is_named(name) {
            named.push(NamedCompany {
                company: tree.root.clone(),
                parent: None,
                partner: None,
            });
        }
        for node in tree
            .nodes()
            .filter(|node| super::same_name(&node.name, name))
        {
            let NodeId::Company(id) = &node.id else {
                continue;
            };
            let company = self.0.company(id).get().await?;
            if !company.is_named(name) {
                continue;
            }
            let parent = tree.parent_of(&node.id).cloned();
            named.push(NamedCompany {
                company,
                parent,
                partner: tree.partner_of(&node.id).cloned(),
            });
        }
        Ok(named)
    }
}

/// A filter for an exact name: the search takes a leading `*` for "contains", so one more is put before it.
fn exact_filter(name: &str) -> String {
    if name.starts_with('*') {
        format!("*{name}")
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::exact_filter;

    #[test]
    fn a_leading_star_is_searched_for() {
        assert_eq!(exact_filter("Acme *"), "Acme *");
        assert_eq!(exact_filter("*Star Ltd"), "**Star Ltd");
    }
}
