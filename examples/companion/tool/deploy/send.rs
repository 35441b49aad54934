//! Starting the jobs, one after the other.

use std::collections::BTreeSet;

use datto_rmm::components::ComponentUid;
use datto_rmm::devices::DeviceUid;
use datto_rmm::jobs::{CreatedJob, QuickJob};
use datto_rmm::{Error, ErrorKind};
use examples::present::progress;
use jiff::Timestamp;
use reconcile::identity::Fingerprint;

use super::book::Book;
use crate::tool::exit::{Exit, Failure};
use crate::tool::interrupt::Guard;
use crate::tool::session::Session;
use crate::tool::store::{Deployment, DeploymentEnd};

/// A job to be started.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) component: String,
    pub(super) site: String,
    pub(super) device: String,
    pub(super) device_name: String,
    /// Stands for the link that would be installed from.
    pub(super) link: Option<Fingerprint>,
}

/// What sending came to.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// The uids of the devices whose jobs were started.
    pub(super) started: BTreeSet<String>,
    /// Why the rest was not sent, if so.
    pub(super) halted: Option<String>,
}

impl Session {
    /// Starts the jobs. Ctrl-C stops after the current one, a second one at once; either way nothing is lost.
    pub(super) async fn start_jobs(
        &mut self,
        book: &mut Book,
        tenant: &str,
        jobs: Vec<Job>,
    ) -> Result<Sent, Failure> {
        // What the account grants, of which others may have used a part; without it, the published limits hold.
        if let Err(error) = self.clients.rmm.calibrate().await {
            eprintln!("warning: the account's limits could not be read: {error}");
        }
        let bar = progress("starting jobs", jobs.len() as u64);
        let mut guard = Guard::new();
        let (mut sent, of) = (Sent::default(), jobs.len());
        for job in jobs {
            if guard.presses() > 0 {
                return Err(stopped(&sent, of));
            }
            let next = self.remember_try(book, tenant, &job)?;
            let Some(answer) = self.send_job(&next, &mut guard).await else {
                return Err(stopped(&sent, of));
            };
            let halted = self.note_answer(book, &next, answer)?;
            if halted.is_none() && book.latest(&next.device).is_some_and(|it| it.job.is_some()) {
                sent.started.insert(next.device);
            }
            bar.inc(1);
            if halted.is_some() {
                sent.halted = halted;
                break;
            }
        }
        bar.finish_and_clear();
        self.clients.remember(false)?;
        match self.clients.latched() {
            Some(error) => Err(error.into()),
            None => Ok(sent),
        }
    }

    /// Remembers what is to be sent, after giving up a try that a person said is not to be waited for.
    fn remember_try(
        &mut self,
        book: &mut Book,
        tenant: &str,
        job: &Job,
    ) -> Result<Deployment, Failure> {
        let given_up = book
            .latest(&job.device)
            .filter(|latest| latest.result.is_none() && latest.job.is_none())
            .map(|latest| latest.mark.clone());
        if let Some(mark) = given_up {
            let by = Some(format!("given up by {}", self.by));
            book.ended(&mut self.log, &mark, DeploymentEnd::GivenUp, by)?;
        }
        let tried_at = Timestamp::now();
        let unique = format!(
            "{tenant}\n{}\n{tried_at}\n{}",
            job.device,
            std::process::id()
        );
        let next = Deployment {
            mark: Fingerprint::of(unique).to_string()[..16].to_owned(),
            tenant: tenant.to_owned(),
            site: job.site.clone(),
            device: job.device.clone(),
            device_name: job.device_name.clone(),
            component: job.component.clone(),
            tried_by: self.by.clone(),
            tried_at,
            job: None,
            result: None,
        };
        book.begin(&mut self.log, next.clone())?;
        Ok(next)
    }

    /// Sends a job; `None` if a person would not wait for the answer.
    async fn send_job(
        &self,
        next: &Deployment,
        guard: &mut Guard,
    ) -> Option<Result<CreatedJob, Error>> {
        let device = DeviceUid::from(next.device.as_str());
        let job = QuickJob::new(next.job_name(), ComponentUid::from(next.component.as_str()));
        let mut sending = std::pin::pin!(self.clients.rmm.device(&device).quick_job(&job));
        loop {
            tokio::select! {
                answer = &mut sending => break Some(answer),
                () = guard.pressed() => {
                    if guard.presses() > 1 {
                        break None;
                    }
                    eprintln!("stopping after the current job; press Ctrl-C again to stop at once");
                }
            }
        }
    }

    /// Remembers the answer. Gives the reason if no further job should be sent.
    fn note_answer(
        &mut self,
        book: &mut Book,
        next: &Deployment,
        answer: Result<CreatedJob, Error>,
    ) -> Result<Option<String>, Failure> {
        let (ledger, mark) = (&mut self.log, &next.mark);
        let error = match answer {
            Ok(created) => {
                // Without a uid it is as good as no answer: the next run looks for the job by its name.
                if let Some(uid) = created.uid() {
                    book.started(ledger, mark, uid.as_str())?;
                }
                return Ok(None);
            }
            Err(error) => error,
        };
        let halts = error.is_transient() || error.kind() == ErrorKind::Credentials;
        let told = error.to_string();
        if !error.is_outcome_unknown() {
            let end = if halts {
                DeploymentEnd::NotStarted
            } else {
                DeploymentEnd::Refused
            };
            book.ended(ledger, mark, end, Some(told.clone()))?;
        }
        let halts = halts || error.is_outcome_unknown();
        Ok(halts.then(|| format!("{}: {told}", next.device_name)))
    }
}

fn stopped(sent: &Sent, of: usize) -> Failure {
    let started = sent.started.len();
    Failure::new(
        Exit::Failed,
        format!("stopped by Ctrl-C: {started} of {of} jobs were started"),
    )
    .with_advice("nothing is lost: `companion deploy` goes on where this stopped, `deploy --check` tells what came of them")
}
