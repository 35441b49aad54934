//! An entry as it is told: a line of JSON, or a row of a table.

use datto_rmm::WireTime;
use datto_rmm::activity_logs::{ActivityEntity, ActivityLog};
use datto_rmm::client_core::{BadItem, Decoded};
use datto_rmm::reconcile::Source;
use examples::activity_store::Delivered;
use examples::console::clean;
use jiff::Timestamp;
use reconcile::identity::Fingerprint;
use serde::Serialize;
use serde_json::Value;

use super::directory::{Directory, OrganizationRef, Standing};
use super::feed::part_of;

/// One line of the output. Whatever the vendor did not tell is `null`.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    /// Tells the entry from all others: of lines with the same id, all but one can be dropped.
    id: String,
    date: Option<Timestamp>,
    entity: Option<String>,
    category: Option<String>,
    action: Option<String>,
    site: Option<Site>,
    organization: Option<OrganizationRef>,
    mapping: Standing,
    pending_until: Option<Timestamp>,
    device: Option<Device>,
    user: Option<User>,
    /// As the vendor has them, by dotted key.
    details: Option<Value>,
    has_stdout: Option<bool>,
    has_stderr: Option<bool>,
    /// Why the entry could not be read; all that is known of it is then its id.
    unreadable: Option<String>,
}

#[derive(Debug, Serialize)]
struct Site {
    id: Option<i64>,
    uid: Option<String>,
    name: Option<String>,
}

#[derive(Debug, Serialize)]
struct Device {
    id: Option<i64>,
    hostname: Option<String>,
}

#[derive(Debug, Serialize)]
struct User {
    id: Option<i64>,
    name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
}

/// What tells an entry from all others, and its date.
pub(crate) fn key(row: &Decoded<ActivityLog>) -> Delivered {
    // Without an id, equal entries are one entry.
    let (id, date, entity) = match row {
        Decoded::Item(entry) => (
            entry.id.as_ref().map(|id| id.as_str().to_owned()),
            entry.date.as_ref().and_then(WireTime::timestamp),
            entry.entity.as_ref(),
        ),
        Decoded::Bad(bad) => (bad.id.clone(), None, None),
    };
    Delivered {
        id: id.unwrap_or_else(|| format!("content:{}", Fingerprint::of(format!("{row:?}")))),
        date,
        part: part_of(entity),
    }
}

/// The number of the site that an entry is about.
pub(crate) fn site_number(row: &Decoded<ActivityLog>) -> Option<i64> {
    row.as_item()?.site.as_ref()?.id
}

impl Line {
    pub(crate) fn of(
        key: &Delivered,
        row: &Decoded<ActivityLog>,
        directory: &Directory,
        source: &Source,
    ) -> Self {
        match row {
            Decoded::Item(entry) => Self::of_entry(key, entry, directory, source),
            Decoded::Bad(bad) => Self::of_bad(key, bad),
        }
    }

    fn of_entry(
        key: &Delivered,
        entry: &ActivityLog,
        directory: &Directory,
        source: &Source,
    ) -> Self {
        let place = match &entry.site {
            Some(site) => directory.place(source, site.id),
            None => Directory::nowhere(),
        };
        let has_device = entry.device_id.is_some() || entry.hostname.is_some();
        Self {
            id: key.id.clone(),
            date: key.date,
            entity: entry
                .entity
                .as_ref()
                .map(ActivityEntity::as_str)
                .map(str::to_owned),
            category: entry.category.clone(),
            action: entry.action.clone(),
            site: entry.site.as_ref().map(|site| Site {
                id: site.id,
                uid: site
                    .id
                    .and_then(|number| directory.uid(number))
                    .map(|uid| uid.as_str().to_owned()),
                name: site.name.clone(),
            }),
            organization: place.organization,
            mapping: place.standing,
            pending_until: place.pending_until,
            device: has_device.then(|| Device {
                id: entry.device_id,
                hostname: entry.hostname.clone(),
            }),
            user: entry.user.as_ref().map(|user| User {
                id: user.id,
                name: user.user_name.clone(),
                first_name: user.first_name.clone(),
                last_name: user.last_name.clone(),
            }),
            // What is no JSON is told as the text that it is.
            details: entry.details.as_ref().map(|text| {
                serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
            }),
            has_stdout: entry.has_std_out,
            has_stderr: entry.has_std_err,
            unreadable: None,
        }
    }

    fn of_bad(key: &Delivered, bad: &BadItem) -> Self {
        Self {
            id: key.id.clone(),
            date: None,
            entity: None,
            category: None,
            action: None,
            site: None,
            organization: None,
            mapping: Standing::NoSite,
            pending_until: None,
            device: None,
            user: None,
            details: None,
            has_stdout: None,
            has_stderr: None,
            unreadable: Some(format!("{}: {}", bad.path, bad.message)),
        }
    }

    pub(crate) fn json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string(self)? + "\n")
    }

    /// A row of the live table.
    pub(crate) fn row(&self) -> String {
        let text = |text: Option<&String>| clean(text.map_or("", String::as_str));
        let date = self
            .date
            .map_or_else(String::new, |date| date.strftime("%F %T").to_string());
        let organization = match &self.organization {
            Some(known) => {
                let name = clean(known.name.as_deref().unwrap_or(&known.id));
                match self.mapping {
                    Standing::Pending => format!("{name} (pending)"),
                    _ => name,
                }
            }
            None => self.mapping.as_str().to_owned(),
        };
        let site = text(self.site.as_ref().and_then(|site| site.name.as_ref()));
        let user = text(self.user.as_ref().and_then(|user| user.name.as_ref()));
        let device = text(
            self.device
                .as_ref()
                .and_then(|device| device.hostname.as_ref()),
        );
        let what = match &self.unreadable {
            Some(why) => format!("unreadable: {}", clean(why)),
            None => format!(
                "{} {}",
                text(self.category.as_ref()),
                text(self.action.as_ref())
            ),
        };
        columns([&date, &organization, &site, &user, &device, &what])
    }

    /// The heads of the live table.
    pub(crate) fn heads() -> String {
        columns([
            "Date (UTC)",
            "Organisation",
            "Site",
            "User",
            "Device",
            "Did",
        ])
    }
}

fn columns(cells: [&str; 6]) -> String {
    let [date, organization, site, user, device, what] = cells;
    format!("{date:<19}  {organization:<24}  {site:<24}  {user:<18}  {device:<16}  {what}\n")
}
