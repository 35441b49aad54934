//! The activity log: what is in it, adding to it, and days of it from a seed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::{Unknown, World};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "the wire has these two")]
pub enum ActivityEntity {
    Device,
    User,
}

/// The site of an entry, as it was named then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ActivitySite {
    pub id: i64,
    pub uid: String,
    pub name: String,
}

/// The user of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ActivityUser {
    pub id: i64,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
}

/// An entry of the activity log.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Activity {
    pub id: String,
    pub entity: ActivityEntity,
    pub category: String,
    pub action: String,
    pub date_ms: i64,
    /// It is not listed before; later than its date for entries that come late.
    pub visible_from_ms: i64,
    pub site: Option<ActivitySite>,
    pub device_id: Option<i64>,
    pub hostname: Option<String>,
    pub user: Option<ActivityUser>,
    /// By dotted key; the wire has them as JSON text.
    pub details: BTreeMap<String, Value>,
    pub has_stdout: bool,
    pub has_stderr: bool,
}

/// An entry to add. What is left out is empty, and the date is now.
///
/// ```
/// use msp_simulator::{ActivitySpec, World};
///
/// let mut world = World::demo();
/// let device = world.sites[1].devices[0].uid.clone();
/// let spec = ActivitySpec::device(device, "remote", "jrto").detail("remote_session.type", "RDP");
/// assert!(world.add_activity(&spec).is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct ActivitySpec {
    pub entity: ActivityEntity,
    pub category: String,
    pub action: String,
    /// By uid; its site goes with it.
    pub device: Option<String>,
    /// By uid; wins over the device's.
    pub site: Option<String>,
    /// By name.
    pub user: Option<String>,
    pub date_ms: Option<i64>,
    /// When the log lists it first; none: at its date.
    pub visible_from_ms: Option<i64>,
    /// Further details by dotted key.
    #[serde(default)]
    pub details: BTreeMap<String, Value>,
    #[serde(default)]
    pub has_stdout: bool,
    #[serde(default)]
    pub has_stderr: bool,
}

impl ActivitySpec {
    fn new(entity: ActivityEntity, category: &str, action: &str) -> Self {
        Self {
            entity,
            category: category.to_owned(),
            action: action.to_owned(),
            device: None,
            site: None,
            user: None,
            date_ms: None,
            visible_from_ms: None,
            details: BTreeMap::new(),
            has_stdout: false,
            has_stderr: false,
        }
    }

    /// About a device, by uid.
    pub fn device(uid: impl Into<String>, category: &str, action: &str) -> Self {
        let mut spec = Self::new(ActivityEntity::Device, category, action);
        spec.device = Some(uid.into());
        spec
    }

    /// About a user, by name.
    pub fn user(username: impl Into<String>, category: &str, action: &str) -> Self {
        Self::new(ActivityEntity::User, category, action).by(username)
    }

    /// The same, done by this user.
    #[must_use]
    pub fn by(mut self, username: impl Into<String>) -> Self {
        self.user = Some(username.into());
        self
    }

    /// The same, in this site, by uid.
    #[must_use]
    pub fn site(mut self, uid: impl Into<String>) -> Self {
        self.site = Some(uid.into());
        self
    }

    /// The same, dated so in epoch milliseconds.
    #[must_use]
    pub fn at_ms(mut self, date_ms: i64) -> Self {
        self.date_ms = Some(date_ms);
        self
    }

    /// The same, listed from then on only.
    #[must_use]
    pub fn visible_from_ms(mut self, visible_from_ms: i64) -> Self {
        self.visible_from_ms = Some(visible_from_ms);
        self
    }

    /// The same with one more of the details.
    #[must_use]
    pub fn detail(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    /// The same, with or without output to fetch.
    #[must_use]
    pub fn output(mut self, has_stdout: bool, has_stderr: bool) -> Self {
        (self.has_stdout, self.has_stderr) = (has_stdout, has_stderr);
        self
    }
}

/// A day of activity from a seed: remote sessions, jobs, notes, moves, log-ins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ActivityDay {
    /// Decides everything that is not said below.
    pub seed: u64,
    /// How many entries.
    pub entries: usize,
    /// The first moment of the day in epoch milliseconds; none: a day before now.
    pub starts_ms: Option<i64>,
    /// Entries that the log lists only 1 to 90 minutes after their date.
    pub late_percent: u8,
}

impl Default for ActivityDay {
    fn default() -> Self {
        Self {
            seed: 1,
            entries: 200,
            starts_ms: None,
            late_percent: 5,
        }
    }
}

impl ActivityDay {
    /// The default sizes with this seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            ..Self::default()
        }
    }

    /// The same with this many entries.
    #[must_use]
    pub fn entries(mut self, entries: usize) -> Self {
        self.entries = entries;
        self
    }

    /// The same, starting then.
    #[must_use]
    pub fn starts_ms(mut self, starts_ms: i64) -> Self {
        self.starts_ms = Some(starts_ms);
        self
    }

    /// The same with this share of late entries.
    #[must_use]
    pub fn late_percent(mut self, percent: u8) -> Self {
        self.late_percent = percent;
        self
    }
}

/// What happens in a day: entity, category, action.
const HAPPENINGS: [(ActivityEntity, &str, &str); 8] = [
    (ActivityEntity::Device, "remote", "jrto"),
    (ActivityEntity::Device, "remote", "chat"),
    (ActivityEntity::Device, "job", "deployment"),
    (ActivityEntity::Device, "device", "note"),
    (ActivityEntity::Device, "device", "move.device"),
    (ActivityEntity::User, "user", "login"),
    (ActivityEntity::User, "user", "login.failed"),
    (ActivityEntity::User, "site", "update"),
];

impl World {
    /// Adds an entry to the activity log and gives its id.
    ///
    /// # Errors
    ///
    /// When its device, site or user does not exist.
    pub fn add_activity(&mut self, spec: &ActivitySpec) -> Result<String, Unknown> {
        let id = self.rmm_ids.guid();
        let activity = self.activity_of(spec, id.clone())?;
        self.account.activity.push(activity);
        Ok(id)
    }

    fn activity_of(&self, spec: &ActivitySpec, id: String) -> Result<Activity, Unknown> {
        let row = match &spec.device {
            Some(uid) => Some(
                self.device(uid)
                    .ok_or_else(|| Unknown::new("device", uid))?,
            ),
            None => None,
        };
        let site = match &spec.site {
            Some(uid) => Some(self.site(uid).ok_or_else(|| Unknown::new("site", uid))?),
            None => row.map(|(site, _)| site),
        };
        let user = match &spec.user {
            Some(name) => Some(self.user(name).ok_or_else(|| Unknown::new("user", name))?),
            None => None,
        };
        let date_ms = spec.date_ms.unwrap_or(self.now_ms);
        let entity = match spec.entity {
            ActivityEntity::Device => "DEVICE",
            ActivityEntity::User => "USER",
        };
        let mut details = BTreeMap::from([
            ("uid".to_owned(), json!(id)),
            ("entity".to_owned(), json!(entity)),
            ("event.category".to_owned(), json!(spec.category)),
            ("event.action".to_owned(), json!(spec.action)),
        ]);
        let mut tell = |key: &str, value: Value| details.insert(key.to_owned(), value);
        if let Some((_, device)) = row {
            tell("device.uid", json!(device.uid));
            tell("device.hostname", json!(device.hostname));
        }
        if let Some(site) = site {
            tell("site.name", json!(site.name));
        }
        if let Some(user) = user {
            tell("user.id", json!(user.id));
            tell("user.username", json!(user.username));
            tell("user.firstname", json!(user.first_name));
            tell("user.lastname", json!(user.last_name));
            tell("user.email", json!(user.email));
        }
        details.extend(spec.details.clone());
        Ok(Activity {
            id,
            entity: spec.entity,
            category: spec.category.clone(),
            action: spec.action.clone(),
            date_ms,
            visible_from_ms: spec.visible_from_ms.unwrap_or(date_ms),
            site: site.map(|site| ActivitySite {
                id: site.id,
                uid: site.uid.clone(),
                name: site.name.clone(),
            }),
            device_id: row.map(|(_, device)| device.id),
            hostname: row.map(|(_, device)| device.hostname.clone()),
            user: user.map(|user| ActivityUser {
                id: user.id,
                username: user.username.clone(),
                first_name: user.first_name.clone(),
                last_name: user.last_name.clone(),
            }),
            details,
            has_stdout: spec.has_stdout,
            has_stderr: spec.has_stderr,
        })
    }

    /// Adds a day of activity and gives the ids of its entries in the order of their dates. The same
    /// day over the same world gives the same entries. An entry of the future is listed when the
    /// vendors' clock gets there.
    pub fn simulate_activity(&mut self, day: &ActivityDay) -> Vec<String> {
        let mut random = fastrand::Rng::with_seed(day.seed);
        let starts = day.starts_ms.unwrap_or(self.now_ms - DAY_MS);
        let devices: Vec<String> = self
            .sites
            .iter()
            .flat_map(|site| &site.devices)
            .map(|device| device.uid.clone())
            .collect();
        let users: Vec<String> = self
            .account
            .users
            .iter()
            .map(|user| user.username.clone())
            .collect();
        let mut dates: Vec<i64> = (0..day.entries).map(|_| random.i64(0..DAY_MS)).collect();
        dates.sort_unstable();
        let mut ids = Vec::with_capacity(dates.len());
        for offset in dates {
            let date = starts + offset;
            let (entity, category, action) = HAPPENINGS[random.usize(..HAPPENINGS.len())];
            let mut spec = ActivitySpec::new(entity, category, action).at_ms(date);
            spec.user = random.choice(&users).cloned();
            match entity {
                ActivityEntity::Device => spec.device = random.choice(&devices).cloned(),
                ActivityEntity::User => {
                    spec = spec.detail(
                        "source.forwarded_ip",
                        format!("203.0.113.{}", random.u8(1..)),
                    );
                }
            }
            match action {
                "note" => spec = spec.detail("note", "Rang the customer"),
                "deployment" => {
                    let status = if random.u8(..10) == 0 {
                        "failure"
                    } else {
                        "success"
                    };
                    spec = spec
                        .detail("job.name", "Collect event logs")
                        .detail("job.status", status)
                        .detail("job.date_created", date - MINUTE_MS)
                        .output(true, status == "failure");
                }
                "jrto" => {
                    spec = spec
                        .detail("remote_session.type", "RTO")
                        .detail("remote_session.start_date", date);
                }
                _ => {}
            }
            if random.u8(..100) < day.late_percent {
                spec = spec.visible_from_ms(date + random.i64(1..=90) * MINUTE_MS);
            }
            // Devices and users were taken from this very world.
            ids.extend(self.add_activity(&spec));
        }
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::{ActivityDay, ActivitySpec};
    use crate::world::World;

    #[test]
    fn a_seed_decides_the_day() {
        let day = |seed| {
            let mut world = World::demo();
            world.simulate_activity(&ActivityDay::new(seed).entries(50));
            world.account.activity
        };
        assert_eq!(day(1), day(1));
        assert_ne!(day(1), day(2));
        let late = day(1)
            .into_iter()
            .filter(|entry| entry.visible_from_ms > entry.date_ms);
        assert!((1..50).contains(&late.count()));
    }

    #[test]
    fn an_entry_of_nobody_is_refused() {
        let mut world = World::demo();
        let spec = ActivitySpec::user("nobody", "user", "login");
        assert_eq!(
            world.add_activity(&spec).unwrap_err().to_string(),
            "no user `nobody` in the simulated world"
        );
        assert!(world.account.activity.is_empty());
    }
}
