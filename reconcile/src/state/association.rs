//! Associations: which source organisation belongs to which destination organisation.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::decision::Target;
use super::entry::EntryId;
use crate::identity::{EntityRef, Fingerprint};

/// Numbers an association: the number of the entry that decided it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[expect(clippy::exhaustive_structs, reason = "a number")]
pub struct AssociationId(pub u64);

impl From<EntryId> for AssociationId {
    fn from(id: EntryId) -> Self {
        Self(id.0)
    }
}

impl fmt::Display for AssociationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "association {}", self.0)
    }
}

/// The package of an association.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the stored form")]
pub struct LinkedPackage {
    /// The package.
    pub package: EntityRef,
    /// Its name, which other things refer to.
    pub name: String,
    /// The modules that it had when it was linked; `None` if they could not be read.
    pub modules: Option<BTreeSet<String>>,
}

/// The site variable of an association.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the stored form")]
pub struct LinkedVariable {
    /// Its name.
    pub name: String,
    /// Stands for the value that we wrote or found to be right.
    pub value: Fingerprint,
}

/// How far an association is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "planners must be total")]
pub enum AssociationStatus {
    /// Decided; something is still to be made or checked.
    Wanted,
    /// Everything was made and recorded.
    Established,
    /// To be dropped: its variable goes, its company stays.
    Leaving,
    /// To be dropped together with its company.
    LeavingWithCompany,
    /// To be dropped from the records only; the vendors are left as they are.
    LeavingRecordOnly,
}

/// A source organisation and the destination organisation that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Association {
    /// Its number.
    pub id: AssociationId,
    /// The source organisation.
    pub source: EntityRef,
    /// The source organisation's name when it was last taken as right, where it was known.
    pub source_name: Option<String>,
    /// The destination organisation.
    pub target: Target,
    /// The destination organisation's name when it was last taken as right, where it was known.
    pub destination_name: Option<String>,
    /// The partner under which the destination stood when it was last taken as right.
    pub partner: Option<EntityRef>,
    /// Its package, once there is one.
    pub package: Option<LinkedPackage>,
    /// Its site variable, once it is set.
    pub variable: Option<LinkedVariable>,
    /// How far it is.
    pub status: AssociationStatus,
    /// A person asked to put back what was missing or changed, so a value that we did not write may be replaced.
    pub restore: bool,
    /// Whether the company was created through us.
    pub company_made_by_us: bool,
    /// When it was last changed: what was just made counts as pending for a while.
    pub changed_at: Timestamp,
}

impl Association {
    /// The destination, once it exists.
    pub fn destination(&self) -> Option<&EntityRef> {
        match &self.target {
            Target::Existing(entity) => Some(entity),
            Target::New { .. } => None,
        }
    }

    /// The recorded name of one of the two organisations.
    pub(crate) fn name_of(&self, entity: &EntityRef) -> Option<&str> {
        if self.source == *entity {
            self.source_name.as_deref()
        } else if self.destination() == Some(entity) {
            self.destination_name.as_deref()
        } else {
            None
        }
    }

    /// Whether it is to be dropped.
    pub fn is_leaving(&self) -> bool {
        match self.status {
            AssociationStatus::Wanted | AssociationStatus::Established => false,
            AssociationStatus::Leaving
            | AssociationStatus::LeavingWithCompany
            | AssociationStatus::LeavingRecordOnly => true,
        }
    }
}
