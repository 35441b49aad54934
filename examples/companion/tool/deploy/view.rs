//! How far sites and devices are: by what was read, and by the last try on each device.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::book::Book;
use super::scope::{Lacking, Place};
use super::send::Job;
use crate::tool::cli::Deploy;
use crate::tool::exit::Failure;
use crate::tool::present::table;
use crate::tool::store::{Deployment, DeploymentEnd};

/// After a job that succeeded, the endpoint should have appeared within this time.
const APPEARS: SignedDuration = SignedDuration::from_hours(1);

/// A site and how far it is.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SiteLine {
    site_id: String,
    site_name: Option<String>,
    company_id: String,
    company_name: Option<String>,
    /// Computers that the agent is for.
    devices: usize,
    /// Those that are endpoints of the company in GravityZone.
    with_agent: usize,
    /// Those without, whose job waits or runs, or has succeeded so lately that the endpoint may still appear.
    pending: usize,
    /// Those without, whose job failed, or succeeded without an endpoint.
    failed: usize,
    /// Those without, that did not run their job in time.
    expired: usize,
    /// Those without, of which a person has to find out whether a job was started or which endpoint they are.
    unknown: usize,
    /// Those without, on which nothing was tried lately.
    open: usize,
    /// Devices of the site that the agent is not for.
    unsuitable: usize,
    /// Why no job is started here, if so.
    held: Option<String>,
}

/// A device without an agent.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DeviceRow {
    site_id: String,
    site_name: Option<String>,
    /// The device's uid at the RMM.
    device_id: String,
    /// The device's name.
    device_name: String,
    /// Whether it is online.
    online: bool,
    /// How far it is.
    state: Standing,
    /// The name of the last job that was tried.
    job_name: Option<String>,
    /// Its uid at the RMM, if it was started.
    job_id: Option<String>,
    /// When it was tried.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    tried_at: Option<Timestamp>,
    /// Why it is as it is, where there is more to say.
    reason: Option<String>,
}

/// How far a device without an agent is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Standing {
    /// A job is to be started.
    Open,
    /// It is offline, so no job is started.
    Offline,
    /// It is beyond `--limit`.
    Later,
    /// This run started its job.
    Started,
    /// Its job waits or runs.
    Pending,
    /// Its job succeeded, and the endpoint may still appear.
    Awaited,
    /// Its job failed, or succeeded without an endpoint.
    Failed,
    /// It did not run its job in time.
    Expired,
    /// Its job may have been started.
    Unknown,
    /// It cannot be told from others.
    Unclear,
}

impl Standing {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Offline => "offline",
            Self::Later => "later",
            Self::Started => "started",
            Self::Pending => "pending",
            Self::Awaited => "awaited",
            Self::Failed => "FAILED",
            Self::Expired => "EXPIRED",
            Self::Unknown => "UNKNOWN",
            Self::Unclear => "UNCLEAR",
        }
    }

    fn needs_a_person(self) -> bool {
        matches!(
            self,
            Self::Failed | Self::Expired | Self::Unknown | Self::Unclear
        )
    }
}

/// How far the devices without an agent are.
pub(super) struct View {
    pub(super) rows: Vec<DeviceRow>,
}

impl View {
    pub(super) fn of(places: &[Place], book: &Book, arguments: &Deploy) -> Self {
        let mut rows = Vec::new();
        for place in places {
            for device in &place.without {
                let latest = book.latest(&device.uid);
                let (state, reason) = standing(device, latest, book, arguments);
                rows.push(DeviceRow {
                    site_id: place.site.id.clone(),
                    site_name: place.site_name.clone(),
                    device_id: device.uid.clone(),
                    device_name: device.name.clone(),
                    online: device.online,
                    state,
                    job_name: latest.map(Deployment::job_name),
                    job_id: latest.and_then(|latest| latest.job.clone()),
                    tried_at: latest.map(|latest| latest.tried_at),
                    reason,
                });
            }
        }
        Self { rows }
    }

    /// The jobs to start. What is not to be started now is marked so.
    pub(super) fn choose(
        &mut self,
        places: &[Place],
        arguments: &Deploy,
        component: &str,
    ) -> Vec<Job> {
        let limit = arguments.limit.map_or(usize::MAX, |limit| {
            usize::try_from(limit).unwrap_or(usize::MAX)
        });
        let mut jobs = Vec::new();
        for row in &mut self.rows {
            let place = places.iter().find(|place| place.site.id == row.site_id);
            let Some(place) = place.filter(|place| place.held.is_none()) else {
                continue;
            };
            if row.state != Standing::Open {
                continue;
            }
            if jobs.len() >= limit {
                row.state = Standing::Later;
                continue;
            }
            jobs.push(Job {
                component: component.to_owned(),
                site: row.site_id.clone(),
                device: row.device_id.clone(),
                device_name: row.device_name.clone(),
                link: place.link,
            });
        }
        jobs
    }

    pub(super) fn mark_started(&mut self, started: &BTreeSet<String>) {
        for row in &mut self.rows {
            if started.contains(&row.device_id) {
                row.state = Standing::Started;
            }
        }
    }

    pub(super) fn needs_a_person(&self, places: &[Place]) -> bool {
        places.iter().any(|place| place.held.is_some())
            || self.rows.iter().any(|row| row.state.needs_a_person())
    }

    /// F124, F125: how many devices are protected, and what is with the others.
    pub(super) fn sites(&self, places: &[Place]) -> Vec<SiteLine> {
        let of = |place: &Place| {
            let count = |states: &[Standing]| {
                let rows = self.rows.iter();
                rows.filter(|row| row.site_id == place.site.id && states.contains(&row.state))
                    .count()
            };
            SiteLine {
                site_id: place.site.id.clone(),
                site_name: place.site_name.clone(),
                company_id: place.company.id.clone(),
                company_name: place.company_name.clone(),
                devices: place.with_agent.len() + place.without.len(),
                with_agent: place.with_agent.len(),
                pending: count(&[Standing::Started, Standing::Pending, Standing::Awaited]),
                failed: count(&[Standing::Failed]),
                expired: count(&[Standing::Expired]),
                unknown: count(&[Standing::Unknown, Standing::Unclear]),
                open: count(&[Standing::Open, Standing::Offline, Standing::Later]),
                unsuitable: place.unsuitable,
                held: place.held.clone(),
            }
        };
        places.iter().map(of).collect()
    }

    pub(super) fn show(&self, places: &[Place]) -> Result<(), Failure> {
        let rows = self.rows.iter().map(|row| {
            [
                row.site_name.clone().unwrap_or_else(|| row.site_id.clone()),
                row.device_name.clone(),
                row.state.as_str().to_owned(),
                row.tried_at.map(|at| at.to_string()).unwrap_or_default(),
                row.job_name.clone().unwrap_or_default(),
                row.reason.clone().unwrap_or_default(),
            ]
        });
        table(
            ["Site", "Without agent", "State", "Tried", "Job", "Reason"],
            rows,
        )?;
        let rows = self.sites(places).into_iter().map(|site| {
            [
                site.site_name.unwrap_or(site.site_id),
                site.company_name.unwrap_or(site.company_id),
                site.devices.to_string(),
                site.with_agent.to_string(),
                site.open.to_string(),
                site.pending.to_string(),
                site.failed.to_string(),
                site.expired.to_string(),
                site.unknown.to_string(),
                site.held.unwrap_or_default(),
            ]
        });
        table(
            [
                "Site",
                "Company",
                "Devices",
                "With agent",
                "Open",
                "Pending",
                "Failed",
                "Expired",
                "Unknown",
                "Held",
            ],
            rows,
        )
    }
}

/// How far a device is by its last try, and why.
fn standing(
    device: &Lacking,
    latest: Option<&Deployment>,
    book: &Book,
    arguments: &Deploy,
) -> (Standing, Option<String>) {
    let open = || {
        if device.online || arguments.offline_too {
            (Standing::Open, None)
        } else {
            (Standing::Offline, None)
        }
    };
    if let Some(why) = &device.unclear {
        return (Standing::Unclear, Some(why.clone()));
    }
    let Some(latest) = latest else { return open() };
    let note = book.note(&latest.mark).map(str::to_owned);
    let Some(result) = &latest.result else {
        return match latest.job {
            Some(_) => (Standing::Pending, note),
            None if arguments.again => open(),
            None => (Standing::Unknown, note),
        };
    };
    let now = Timestamp::now();
    let is_left_alone = now.duration_since(latest.tried_at) < arguments.window && !arguments.again;
    // A check tells how things are, however long ago they became so.
    if !arguments.check && !is_left_alone {
        return open();
    }
    let reason = result.reason.clone();
    match result.end {
        DeploymentEnd::NotStarted | DeploymentEnd::GivenUp => open(),
        DeploymentEnd::Expired => (Standing::Expired, reason),
        DeploymentEnd::Success if now.duration_since(result.at) < APPEARS => {
            (Standing::Awaited, reason)
        }
        DeploymentEnd::Success => {
            let unseen = "its job succeeded, and no endpoint of the company has appeared";
            (Standing::Failed, Some(unseen.to_owned()))
        }
        DeploymentEnd::AgentSeen => {
            let gone = "its agent was seen, and is not seen any more";
            (Standing::Failed, Some(gone.to_owned()))
        }
        DeploymentEnd::Retired => {
            let withdrawn = reason.unwrap_or_else(|| "its job was withdrawn".to_owned());
            (Standing::Failed, Some(withdrawn))
        }
        DeploymentEnd::Failure | DeploymentEnd::Refused | DeploymentEnd::Gone => {
            (Standing::Failed, reason)
        }
    }
}
