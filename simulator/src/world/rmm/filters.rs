//! Device filters.

use serde::Serialize;

use super::Device;
use crate::world::{Unknown, World};

/// Who made a filter and where it works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum FilterScope {
    /// Built in.
    Default,
    /// Made by a user, for the whole account.
    Custom,
    /// Made for the site with that uid.
    Site(String),
}

/// Which devices a filter lets through. Text is compared in any case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum FilterRule {
    All,
    Online(bool),
    /// The device's category is this.
    Category(String),
    /// The hostname contains this.
    Hostname(String),
    /// The operating system contains this.
    OperatingSystem(String),
}

impl FilterRule {
    /// Whether the device passes.
    pub(crate) fn takes(&self, device: &Device) -> bool {
        let has = |text: &str, part: &str| text.to_lowercase().contains(&part.to_lowercase());
        match self {
            Self::All => true,
            Self::Online(online) => device.online == *online,
            Self::Category(category) => device.category.eq_ignore_ascii_case(category),
            Self::Hostname(part) => has(&device.hostname, part),
            Self::OperatingSystem(part) => {
                has(device.operating_system.as_deref().unwrap_or_default(), part)
            }
        }
    }
}

/// A device filter.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Filter {
    pub id: i64,
    pub name: String,
    pub description: Option<String>,
    pub scope: FilterScope,
    pub rule: FilterRule,
    pub created_ms: i64,
    pub updated_ms: i64,
}

impl World {
    /// Adds a device filter and gives its id.
    ///
    /// # Errors
    ///
    /// When its site does not exist.
    pub fn add_filter(
        &mut self,
        name: &str,
        scope: FilterScope,
        rule: FilterRule,
    ) -> Result<i64, Unknown> {
        if let FilterScope::Site(site) = &scope {
            self.site_mut(site)?;
        }
        let id = self.rmm_ids.number();
        self.account.filters.push(Filter {
            id,
            name: name.to_owned(),
            description: None,
            scope,
            rule,
            created_ms: self.now_ms,
            updated_ms: self.now_ms,
        });
        Ok(id)
    }
}
