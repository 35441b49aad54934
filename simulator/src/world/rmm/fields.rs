//! User-defined fields: what the account's settings say about them.

use serde::{Deserialize, Serialize};

/// The type that a user-defined field is configured with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(clippy::exhaustive_enums, reason = "the wire has these four")]
pub enum UdfKind {
    #[default]
    String,
    Boolean,
    Number,
    /// `yyyy-MM-dd`
    Date,
}

/// Type and label of a user-defined field.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct UdfDefinition {
    pub kind: UdfKind,
    pub label: Option<String>,
}

impl UdfDefinition {
    /// A field of that type with a label.
    pub fn new(kind: UdfKind, label: impl Into<String>) -> Self {
        Self {
            kind,
            label: Some(label.into()),
        }
    }
}
