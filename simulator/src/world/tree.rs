//! The company tree: who is above, below and in reach.

use super::{Company, CompanyKind, Folder, Unknown, World};

impl World {
    /// Whether the company or folder lies under the key's partner company, or is that company.
    pub fn in_tree(&self, id: &str) -> bool {
        self.is_under(id, &self.root)
    }

    /// Whether `id` is `top` or lies anywhere below it.
    pub(crate) fn is_under(&self, id: &str, top: &str) -> bool {
        let mut place = Some(id);
        // The tree has no cycles (moves are checked); the bound holds even if someone edits one in.
        for _ in 0..=self.companies.len() + self.folders.len() {
            match place {
                Some(here) if here == top => return true,
                Some(here) => place = self.above(here),
                None => return false,
            }
        }
        false
    }

    /// The company or folder directly above a company or folder.
    pub(crate) fn above(&self, id: &str) -> Option<&str> {
        match self.companies.get(id) {
            Some(company) => company.parent.as_deref(),
            None => self.folders.get(id).map(|folder| folder.parent.as_str()),
        }
    }

    /// The nearest company above; folders do not count.
    pub fn parent_company(&self, id: &str) -> Option<&Company> {
        let mut place = self.above(id)?;
        for _ in 0..=self.folders.len() {
            if let Some(company) = self.companies.get(place) {
                return Some(company);
            }
            place = self.above(place)?;
        }
        None
    }

    /// Companies directly below a company or folder.
    pub fn child_companies<'a>(&'a self, parent: &'a str) -> impl Iterator<Item = &'a Company> {
        self.companies
            .values()
            .filter(move |company| company.parent.as_deref() == Some(parent))
    }

    /// Folders directly below a company or folder.
    pub fn child_folders<'a>(&'a self, parent: &'a str) -> impl Iterator<Item = &'a Folder> {
        self.folders
            .values()
            .filter(move |folder| folder.parent == parent)
    }

    /// Whether companies can lie directly below: a partner or a folder.
    pub(crate) fn can_hold_companies(&self, id: &str) -> bool {
        match self.companies.get(id) {
            Some(company) => company.kind == CompanyKind::Partner,
            None => self.folders.contains_key(id),
        }
    }

    /// Puts a company or folder under another partner or folder.
    pub(crate) fn put_under(&mut self, id: &str, parent: &str) -> Result<(), Unknown> {
        if !self.can_hold_companies(parent) || self.is_under(parent, id) {
            return Err(Unknown::new("partner or folder", parent));
        }
        if let Some(company) = self.companies.get_mut(id) {
            company.parent = Some(parent.to_owned());
        } else if let Some(folder) = self.folders.get_mut(id) {
            parent.clone_into(&mut folder.parent);
        } else {
            return Err(Unknown::new("company or folder", id));
        }
        Ok(())
    }
}
