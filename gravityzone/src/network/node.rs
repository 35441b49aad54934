//! Places in the company tree.

use std::fmt;

use crate::companies::CompanyId;

client_core::id!(
    /// Identifies a company folder.
    FolderId
);

/// A company or a folder: what can stand above others in the tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the tree has no other nodes")]
pub enum NodeId {
    /// A company.
    Company(CompanyId),
    /// A folder.
    Folder(FolderId),
}

impl NodeId {
    /// The id, as calls send it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Company(id) => id.as_str(),
            Self::Folder(id) => id.as_str(),
        }
    }

    /// The company's id, if it is one.
    pub fn company(&self) -> Option<&CompanyId> {
        match self {
            Self::Company(id) => Some(id),
            Self::Folder(_) => None,
        }
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<CompanyId> for NodeId {
    fn from(id: CompanyId) -> Self {
        Self::Company(id)
    }
}

impl From<&CompanyId> for NodeId {
    fn from(id: &CompanyId) -> Self {
        Self::Company(id.clone())
    }
}

impl From<FolderId> for NodeId {
    fn from(id: FolderId) -> Self {
        Self::Folder(id)
    }
}
