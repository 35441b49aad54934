//! The tries so far, and what the RMM tells of those that have not ended.

use std::collections::BTreeMap;

use datto_rmm::activity_logs::{ActivityOrder, ListActivityLogs};
use datto_rmm::devices::DeviceUid;
use datto_rmm::jobs::{JobOutcome, JobResults, JobStdData, JobUid};
use datto_rmm::{Client, Error, ErrorKind};
use examples::excerpt::excerpt;
use jiff::{SignedDuration, Timestamp};

use super::scope::Place;
use crate::tool::exit::Failure;
use crate::tool::store::{Deployment, DeploymentEnd, DeploymentResult, Ledger};

/// How far the clocks here and at the vendor may differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(1);
/// After so long a job that the vendor does not know is none that it does not know yet.
const KNOWN_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// The tries of one account, oldest first, in the store and in memory.
#[derive(Debug)]
pub(super) struct Book {
    tries: Vec<Deployment>,
    /// Why it is not known what came of a try, by its mark.
    notes: BTreeMap<String, String>,
}

impl Book {
    pub(super) fn of(tries: Vec<Deployment>) -> Self {
        Self {
            tries,
            notes: BTreeMap::new(),
        }
    }

    /// The last try on a device.
    pub(super) fn latest(&self, device: &str) -> Option<&Deployment> {
        self.tries.iter().rfind(|known| known.device == device)
    }

    /// Why it is not known what came of a try.
    pub(super) fn note(&self, mark: &str) -> Option<&str> {
        self.notes.get(mark).map(String::as_str)
    }

    /// Remembers a try whose job is to be sent next.
    pub(super) fn begin(&mut self, ledger: &mut Ledger, next: Deployment) -> Result<(), Failure> {
        if let Some(store) = ledger.store() {
            store.begin_deployment(&next)?;
        }
        self.tries.push(next);
        Ok(())
    }

    pub(super) fn started(
        &mut self,
        ledger: &mut Ledger,
        mark: &str,
        job: &str,
    ) -> Result<(), Failure> {
        if let Some(store) = ledger.store() {
            store.deployment_started(mark, job)?;
        }
        self.change(mark, |found| found.job = Some(job.to_owned()));
        Ok(())
    }

    pub(super) fn ended(
        &mut self,
        ledger: &mut Ledger,
        mark: &str,
        end: DeploymentEnd,
        reason: Option<String>,
    ) -> Result<(), Failure> {
        let at = Timestamp::now();
        let result = DeploymentResult { end, reason, at };
        if let Some(store) = ledger.store() {
            store.deployment_ended(mark, &result)?;
        }
        self.notes.remove(mark);
        self.change(mark, |found| found.result = Some(result));
        Ok(())
    }

    fn change(&mut self, mark: &str, change: impl FnOnce(&mut Deployment)) {
        if let Some(found) = self.tries.iter_mut().find(|known| known.mark == mark) {
            change(found);
        }
    }

    fn open(&self) -> Vec<Deployment> {
        let open = self.tries.iter().filter(|known| known.result.is_none());
        open.cloned().collect()
    }

    /// Ends the tries of which nothing is known where an agent has appeared meanwhile.
    pub(super) fn close_where_agents_are(
        &mut self,
        ledger: &mut Ledger,
        places: &[Place],
    ) -> Result<(), Failure> {
        for open in self.open() {
            let is_seen = |place: &Place| place.with_agent.contains(&open.device);
            if open.job.is_none() && places.iter().any(is_seen) {
                self.ended(ledger, &open.mark, DeploymentEnd::AgentSeen, None)?;
            }
        }
        Ok(())
    }

    /// Asks the RMM for all that have not ended. What it does not tell stays open, with a note.
    ///
    /// A try of which nobody knows whether its job was sent is looked for in the activity log, by its name; not to be
    /// found there proves something only once `visible` has passed.
    pub(super) async fn settle(
        &mut self,
        ledger: &mut Ledger,
        client: &Client,
        visible: SignedDuration,
    ) -> Result<(), Failure> {
        self.find_jobs(ledger, client, visible).await?;
        for open in self.open() {
            let Some(job) = &open.job else { continue };
            let (job, device) = (
                JobUid::from(job.as_str()),
                DeviceUid::from(open.device.as_str()),
            );
            match client.job(&job).results(&device).await {
                Ok(results) => {
                    self.end_by(ledger, client, &open, &results).await?;
                }
                Err(error) if error.kind() == ErrorKind::Credentials => return Err(error.into()),
                Err(error) if error.kind() == ErrorKind::NotFound && is_old(&open) => {
                    let reason = Some("the vendor knows its job no more".to_owned());
                    self.ended(ledger, &open.mark, DeploymentEnd::Gone, reason)?;
                }
                Err(error) => {
                    self.notes.insert(open.mark, error.to_string());
                }
            }
        }
        Ok(())
    }

    async fn end_by(
        &mut self,
        ledger: &mut Ledger,
        client: &Client,
        open: &Deployment,
        results: &JobResults,
    ) -> Result<(), Failure> {
        let outcome = results.outcome();
        let end = match outcome {
            JobOutcome::Success | JobOutcome::Warning => DeploymentEnd::Success,
            JobOutcome::Failure => DeploymentEnd::Failure,
            JobOutcome::Expired => DeploymentEnd::Expired,
            JobOutcome::Retired => DeploymentEnd::Retired,
            _ => {
                self.notes.insert(open.mark.clone(), outcome.to_string());
                return Ok(());
            }
        };
        let reason = match end {
            DeploymentEnd::Failure => printed(client, open, results).await,
            _ => None,
        };
        self.ended(ledger, &open.mark, end, reason)
    }

    /// Looks for the jobs that may have been started.
    async fn find_jobs(
        &mut self,
        ledger: &mut Ledger,
        client: &Client,
        visible: SignedDuration,
    ) -> Result<(), Failure> {
        let mut lost = self.open();
        lost.retain(|open| open.job.is_none());
        let Some(first) = lost.iter().map(|open| open.tried_at).min() else {
            return Ok(());
        };
        let filter = ListActivityLogs::default()
            .order(ActivityOrder::Ascending)
            .from(first.saturating_sub(CLOCKS_DIFFER).unwrap_or(first))
            .categories(["job"]);
        let entries = match client.activity_logs().list(&filter).collect_all().await {
            Ok(entries) => entries.into_inner(),
            Err(error) if error.kind() == ErrorKind::Credentials => return Err(error.into()),
            Err(error) => {
                for open in lost {
                    let note = unread(&open, &error);
                    self.notes.insert(open.mark, note);
                }
                return Ok(());
            }
        };
        let jobs: BTreeMap<String, JobUid> = entries
            .iter()
            .filter_map(|entry| {
                let details = entry.parsed_details().ok()??;
                Some((details.job_name?, details.job_uid?))
            })
            .collect();
        for open in lost {
            if let Some(job) = jobs.get(&open.job_name()) {
                self.started(ledger, &open.mark, job.as_str())?;
            } else if Timestamp::now().duration_since(open.tried_at) >= visible {
                let reason = Some("the activity log shows no such job".to_owned());
                self.ended(ledger, &open.mark, DeploymentEnd::NotStarted, reason)?;
            } else {
                let note = "the activity log does not show its job yet".to_owned();
                self.notes.insert(open.mark, note);
            }
        }
        Ok(())
    }
}

fn is_old(open: &Deployment) -> bool {
    Timestamp::now().duration_since(open.tried_at) > KNOWN_AFTER
}

fn unread(open: &Deployment, error: &Error) -> String {
    let name = open.job_name();
    if error.kind() == ErrorKind::Denied {
        format!(
            "only an Administrator's key may read the activity log: look in the portal for the job {name:?}; if there is \
             none, pass --again"
        )
    } else {
        format!("the activity log, which would tell of job {name:?}, cannot be read: {error}")
    }
}

/// What the component said last.
async fn printed(client: &Client, open: &Deployment, results: &JobResults) -> Option<String> {
    let job = JobUid::from(open.job.as_deref()?);
    let device = DeviceUid::from(open.device.as_str());
    let has = |is: fn(&datto_rmm::jobs::JobComponentResult) -> Option<bool>| {
        results
            .component_results
            .iter()
            .any(|of| is(of) == Some(true))
    };
    let mut told = Vec::new();
    if has(|of| of.has_std_err) {
        told.push(("stderr", client.job(&job).stderr(&device).await));
    }
    if has(|of| of.has_std_out) {
        told.push(("stdout", client.job(&job).stdout(&device).await));
    }
    let told: Vec<_> = told
        .into_iter()
        .filter_map(|(stream, read)| match read {
            Ok(rows) => Some(format!("{stream}: {}", last_of(&rows)?)),
            Err(error) => Some(format!("{stream} could not be read: {error}")),
        })
        .collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn last_of(rows: &[JobStdData]) -> Option<String> {
    let texts = rows.iter().filter_map(|row| row.std_data.as_ref());
    texts.filter_map(|text| excerpt(text.as_str())).next_back()
}
