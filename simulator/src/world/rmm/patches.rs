//! Patches and installed software.

use serde::{Deserialize, Serialize};

/// What a patch is about; devices point to it by id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Patch {
    pub id: String,
    pub title: String,
    pub description: String,
    pub categories: Vec<String>,
    /// `SOFTWARE` or `DRIVER`.
    pub kind: String,
    /// Such as `CRITICAL` or `UNSPECIFIED`.
    pub severity: String,
    /// As the wire shows it.
    pub release_date: String,
    pub max_size: i64,
    pub reboot_required: bool,
    pub kb_article: Option<String>,
}

/// How far a patch has come on a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(clippy::exhaustive_enums, reason = "the wire has these three")]
pub enum InstallStatus {
    Installed,
    ApprovedPending,
    NotApproved,
}

/// A patch on a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DevicePatch {
    /// The id of a patch of the account.
    pub patch: String,
    pub status: InstallStatus,
    pub manual_override: bool,
}

impl DevicePatch {
    /// A patch in that status, as the policy has it.
    pub fn new(patch: impl Into<String>, status: InstallStatus) -> Self {
        Self {
            patch: patch.into(),
            status,
            manual_override: false,
        }
    }
}

/// An installed program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Software {
    pub name: String,
    pub version: String,
}

impl Software {
    /// A program of that version.
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
        }
    }
}
