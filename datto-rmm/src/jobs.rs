//! Jobs: running a component on a device, and what came of it.
//!
//! The vendor lists no jobs: their uids come from [`DeviceScope::quick_job`](crate::devices::DeviceScope::quick_job) and
//! from the [activity log](crate::activity_logs).

use client_core::{Call, Error, Items, Operation};

use crate::Client;
use crate::devices::DeviceUid;
use crate::paging::{Page, page};

mod outcome;
mod quick;
mod record;

pub use outcome::JobOutcome;
pub use quick::QuickJob;
pub use record::{
    ComponentStatus, CreatedJob, DeploymentStatus, Job, JobComponent, JobComponentResult,
    JobComponentVariable, JobResults, JobStatus, JobStdData,
};

pub(crate) const GET: Operation = Operation::get("jobs.get", "/v2/job/{jobUid}").charges(&["read"]);
pub(crate) const COMPONENTS: Operation =
    Operation::get("jobs.components", "/v2/job/{jobUid}/components").charges(&["read"]);
pub(crate) const RESULTS: Operation =
    Operation::get("jobs.results", "/v2/job/{jobUid}/results/{deviceUid}").charges(&["read"]);
pub(crate) const STDOUT: Operation =
    Operation::get("jobs.stdout", "/v2/job/{jobUid}/results/{deviceUid}/stdout").charges(&["read"]);
pub(crate) const STDERR: Operation =
    Operation::get("jobs.stderr", "/v2/job/{jobUid}/results/{deviceUid}/stderr").charges(&["read"]);
pub(crate) use quick::CREATE;

client_core::id!(
    /// Identifies a job.
    JobUid
);

page!(JobComponentsPage, "jobComponents", JobComponent);

/// One job; made by [`Client::job`].
#[derive(Debug, Clone, Copy)]
pub struct JobScope<'c> {
    pub(crate) client: &'c Client,
    pub(crate) uid: &'c JobUid,
}

impl JobScope<'_> {
    /// Reads the job. That it is completed says nothing about success: see [`results`](Self::results).
    ///
    /// # Errors
    ///
    /// `NotFound`; `Denied` if the key's user may not see it; `Credentials`, `Blocked`, `RateLimited`, and the kinds of
    /// transport and server failures.
    ///
    /// ```no_run
    /// use datto_rmm::jobs::JobStatus;
    ///
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::jobs::JobUid) -> Result<(), datto_rmm::Error> {
    /// let is_over = client.job(&uid).get().await?.status == Some(JobStatus::Completed);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get(self) -> Result<Job, Error> {
        self.client.send(Call::new(&GET, [self.uid.as_str()])).await
    }

    /// Lists the job's components, asking for each page as the stream reaches it.
    ///
    /// # Errors
    ///
    /// Yields the error of the first page that fails, then ends. `NotFound` for an unknown job.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, uid: datto_rmm::jobs::JobUid) -> Result<(), datto_rmm::Error> {
    /// for component in client.job(&uid).components().collect_all().await? {
    ///     println!("{:?}", component.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn components(self) -> Items<JobComponent> {
        self.client.listing(components(self.uid))
    }

    /// Reads what came of the job on one device. There is no call for all devices of a job.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get); `NotFound` for an unknown device too.
    ///
    /// ```no_run
    /// use datto_rmm::jobs::JobOutcome;
    ///
    /// # async fn run(
    /// #     client: datto_rmm::Client, uid: datto_rmm::jobs::JobUid, device: datto_rmm::devices::DeviceUid,
    /// # ) -> Result<(), datto_rmm::Error> {
    /// match client.job(&uid).results(&device).await?.outcome() {
    ///     JobOutcome::Success => println!("done"),
    ///     other => println!("{other}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn results(self, device: &DeviceUid) -> Result<JobResults, Error> {
        let path = [self.uid.as_str(), device.as_str()];
        self.client.send(Call::new(&RESULTS, path)).await
    }

    /// Reads what the job's components printed on one device, for those whose results say that there is something
    /// ([`JobComponentResult::has_std_out`]).
    ///
    /// # Errors
    ///
    /// As [`results`](Self::results).
    ///
    /// ```no_run
    /// # async fn run(
    /// #     client: datto_rmm::Client, uid: datto_rmm::jobs::JobUid, device: datto_rmm::devices::DeviceUid,
    /// # ) -> Result<(), datto_rmm::Error> {
    /// for printed in client.job(&uid).stdout(&device).await? {
    ///     println!("{}", printed.std_data.as_ref().map_or("", |text| text.as_str()));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn stdout(self, device: &DeviceUid) -> Result<Vec<JobStdData>, Error> {
        self.printed(&STDOUT, device).await
    }

    /// Reads the errors that the job's components printed on one device, for those whose results say that there are some
    /// ([`JobComponentResult::has_std_err`]).
    ///
    /// # Errors
    ///
    /// As [`results`](Self::results).
    ///
    /// ```no_run
    /// # async fn run(
    /// #     client: datto_rmm::Client, uid: datto_rmm::jobs::JobUid, device: datto_rmm::devices::DeviceUid,
    /// # ) -> Result<(), datto_rmm::Error> {
    /// println!("{} components complained", client.job(&uid).stderr(&device).await?.len());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn stderr(self, device: &DeviceUid) -> Result<Vec<JobStdData>, Error> {
        self.printed(&STDERR, device).await
    }

    async fn printed(
        self,
        operation: &Operation,
        device: &DeviceUid,
    ) -> Result<Vec<JobStdData>, Error> {
        let path = [self.uid.as_str(), device.as_str()];
        let call = Call::<Option<Vec<JobStdData>>>::new(operation, path);
        self.client.send(call.map(Option::unwrap_or_default)).await
    }
}

fn components(uid: &JobUid) -> Call<Page<JobComponent>> {
    Call::<JobComponentsPage>::new(&COMPONENTS, [uid.as_str()]).map(Page::from)
}
