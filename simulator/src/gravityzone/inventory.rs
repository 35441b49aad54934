//! The inventory: companies, folders, groups and endpoints in one listing.

use serde_json::{Value, json};

use super::Call;
use super::companies::fits;
use super::endpoints;
use super::envelope::Failure;
use super::params::{Members, as_flag};
use crate::world::{Company, Endpoint, Folder, Group};

pub(super) const PARAMETERS: &[&str] = &["parentId", "filters", "options", "page", "perPage"];

/// A row of the inventory.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    Company(&'a Company),
    Folder(&'a Folder),
    Group(&'a Company, &'a Group),
    Endpoint(&'a Company, &'a Endpoint),
}

impl Item<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Company(company) => &company.name,
            Self::Folder(folder) => &folder.name,
            Self::Group(_, group) => &group.name,
            Self::Endpoint(_, endpoint) => &endpoint.name,
        }
    }

    /// The flag of the type filter that lets the row through.
    fn flag(&self) -> &'static str {
        match self {
            Self::Company(_) => "companies",
            Self::Folder(_) => "companyFolders",
            Self::Group(..) => "groups",
            Self::Endpoint(_, endpoint) if endpoint.machine == 2 => "virtualMachines",
            Self::Endpoint(_, endpoint) if endpoint.machine == 3 => "ec2Instances",
            Self::Endpoint(..) => "computers",
        }
    }
}

/// The filters of a request. Sections hold together; flags of one section by any of them.
pub(super) struct Filters {
    is_recursive: bool,
    kinds: Vec<String>,
    protection: Vec<String>,
    name: Option<String>,
    macs: Option<Vec<String>>,
}

impl Filters {
    pub(super) fn read(call: &Call<'_>) -> Result<Self, Failure> {
        let filters = call
            .members()
            .object("filters")?
            .cloned()
            .unwrap_or_default();
        let section = |name: &str| {
            Members(&filters)
                .object(name)
                .map(|found| found.cloned().unwrap_or_default())
        };
        let (depth, details, security) =
            (section("depth")?, section("details")?, section("security")?);
        let set_flags = |members: &serde_json::Map<String, Value>| -> Vec<String> {
            members
                .iter()
                .filter(|(_, value)| as_flag(value) == Some(true))
                .map(|(name, _)| name.clone())
                .collect()
        };
        let macs = Members(&details).get("macs").map(|macs| {
            let list = macs.as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(Value::as_str).map(bare).collect()
        });
        Ok(Self {
            is_recursive: Members(&depth)
                .flag("allItemsRecursively")?
                .unwrap_or(false),
            kinds: set_flags(&section("type")?),
            protection: set_flags(
                &Members(&security)
                    .object("management")?
                    .cloned()
                    .unwrap_or_default(),
            ),
            name: Members(&details)
                .text("name")?
                .filter(|name| !name.is_empty()),
            macs,
        })
    }

    fn lets(&self, item: &Item<'_>) -> bool {
        let has_kind = self.kinds.is_empty() || self.kinds.iter().any(|kind| kind == item.flag());
        let endpoint = match item {
            Item::Endpoint(_, endpoint) => Some(endpoint),
            _ => None,
        };
        let is_protected = endpoint.is_some_and(|endpoint| endpoint.protected);
        let has_protection = self.protection.is_empty()
            || (is_protected && self.protection.iter().any(|flag| flag == "managedWithBest"));
        let has_name = self
            .name
            .as_ref()
            .is_none_or(|filter| fits(item.name(), filter));
        let has_mac = self.macs.as_ref().is_none_or(|macs| {
            endpoint.is_some_and(|endpoint| {
                endpoint
                    .macs
                    .iter()
                    .any(|mac| macs.contains(&mac.spelled("")))
            })
        });
        has_kind && has_protection && has_name && has_mac
    }
}

/// A hardware address without separators, in lower case.
fn bare(mac: &str) -> String {
    mac.chars()
        .filter(char::is_ascii_hexdigit)
        .collect::<String>()
        .to_lowercase()
}

impl Call<'_> {
    /// The rows below `parent`, which is a company, a folder, a container or a group.
    pub(super) fn items(&self, parent: &str, filters: &Filters) -> Result<Vec<Item<'_>>, Failure> {
        let world = &self.state.world;
        let mut rows = Vec::new();
        if self.sees_folder(parent)
            || world
                .companies
                .get(parent)
                .is_some_and(|company| self.sees(company))
        {
            self.below(parent, filters.is_recursive, &mut rows);
        } else {
            let mut companies = world
                .companies
                .values()
                .filter(|company| self.sees(company) && self.manages(company));
            let company = companies
                .find(|company| {
                    company.group_id == parent
                        || company.groups.iter().any(|group| group.id == parent)
                })
                .ok_or_else(|| self.missing("parentId"))?;
            let group = (company.group_id != parent).then_some(parent);
            Self::contents(company, group, filters.is_recursive, &mut rows);
        }
        rows.retain(|item| filters.lets(item));
        Ok(rows)
    }

    fn below<'w>(&'w self, parent: &str, is_recursive: bool, rows: &mut Vec<Item<'w>>) {
        let world = &self.state.world;
        if let Some(company) = world
            .companies
            .get(parent)
            .filter(|company| self.manages(company))
        {
            Self::contents(company, None, is_recursive, rows);
        }
        for company in world.companies.values() {
            if company.parent.as_deref() == Some(parent) && self.sees(company) {
                rows.push(Item::Company(company));
                if is_recursive {
                    self.below(&company.id, true, rows);
                }
            }
        }
        for folder in world.folders.values() {
            if folder.parent == parent && self.sees_folder(&folder.id) {
                rows.push(Item::Folder(folder));
                if is_recursive {
                    self.below(&folder.id, true, rows);
                }
            }
        }
    }

    /// Groups and endpoints of a company's container, or of one group.
    fn contents<'w>(
        company: &'w Company,
        group: Option<&str>,
        is_recursive: bool,
        rows: &mut Vec<Item<'w>>,
    ) {
        if group.is_none() {
            rows.extend(
                company
                    .groups
                    .iter()
                    .map(|group| Item::Group(company, group)),
            );
        }
        let holds = |endpoint: &&Endpoint| {
            endpoint.group.as_deref() == group || (is_recursive && group.is_none())
        };
        rows.extend(
            company
                .endpoints
                .iter()
                .filter(holds)
                .map(|endpoint| Item::Endpoint(company, endpoint)),
        );
    }

    fn wire_item(&self, item: &Item<'_>) -> Value {
        match item {
            Item::Company(company) => {
                let parent = company.parent.as_deref();
                json!({"id": company.id, "name": company.name, "type": 1, "parentId": parent, "companyId": company.id})
            }
            Item::Folder(folder) => {
                let owner = self
                    .state
                    .world
                    .parent_company(&folder.id)
                    .map(|company| company.id.as_str());
                json!({"id": folder.id, "name": folder.name, "type": 2, "parentId": folder.parent, "companyId": owner})
            }
            Item::Group(company, group) => json!({
                "id": group.id,
                "name": group.name,
                "type": 4,
                "parentId": company.group_id,
                "companyId": company.id,
            }),
            Item::Endpoint(company, endpoint) => {
                let kind = match endpoint.machine {
                    2 => 6,
                    3 => 7,
                    _ => 5,
                };
                let mut details = endpoints::wire(company, endpoint);
                if let Some(members) = details.as_object_mut() {
                    for repeated in ["id", "name", "companyId"] {
                        members.remove(repeated);
                    }
                    members.insert("isIsolated".into(), false.into());
                }
                json!({
                    "id": endpoint.id,
                    "name": endpoint.name,
                    "type": kind,
                    "parentId": endpoint.group.as_ref().unwrap_or(&company.group_id),
                    "companyId": company.id,
                    "details": details,
                })
            }
        }
    }
}

/// The largest page of the version.
pub(super) fn largest_page(call: &Call<'_>) -> i64 {
    if call.version == "v1.0" { 100 } else { 1000 }
}

/// `getNetworkInventoryItems`
pub(super) fn list(call: &mut Call<'_>) -> Result<Value, Failure> {
    let parent = call.id_or_own("parentId")?;
    let rows = call.items(&parent, &Filters::read(call)?)?;
    call.page(&rows, largest_page(call), |item| call.wire_item(item))
}
