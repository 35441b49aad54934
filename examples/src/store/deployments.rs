//! Quick jobs that install the agent: which was tried on which device, and what came of it.
//!
//! A try is written before its job is sent, so that a run which dies in between leaves the question behind instead of a
//! second job. The table lets no device have two tries under way.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, Row, params};

use super::{Store, StoreError, reader, schema};

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "whoever shows it must be total")]
pub enum DeploymentEnd {
    /// The job succeeded, with or without warnings.
    Success,
    /// The job failed.
    Failure,
    /// The device did not run the job in time.
    Expired,
    /// Somebody withdrew the job.
    Retired,
    /// The vendor took no job.
    Refused,
    /// The job never came to be.
    NotStarted,
    /// The vendor knows the job no more.
    Gone,
    /// The agent was seen on the device before anything was heard of the job.
    AgentSeen,
    /// A person said that it is not to be waited for.
    GivenUp,
}

impl DeploymentEnd {
    const ALL: [Self; 9] = [
        Self::Success,
        Self::Failure,
        Self::Expired,
        Self::Retired,
        Self::Refused,
        Self::NotStarted,
        Self::Gone,
        Self::AgentSeen,
        Self::GivenUp,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Expired => "expired",
            Self::Retired => "retired",
            Self::Refused => "refused",
            Self::NotStarted => "not_started",
            Self::Gone => "gone",
            Self::AgentSeen => "agent_seen",
            Self::GivenUp => "given_up",
        }
    }
}

/// The end of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by hosts")]
pub struct DeploymentResult {
    /// How it ended.
    pub end: DeploymentEnd,
    /// Why, where that is told. Never a secret: the file is not encrypted.
    pub reason: Option<String>,
    /// When that was learnt.
    pub at: Timestamp,
}

/// A try to install the agent on a device.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by hosts")]
pub struct Deployment {
    /// Unique among all tries; part of the job's name, by which it can be found.
    pub mark: String,
    /// The account, as its instance prints itself.
    pub tenant: String,
    /// The site's uid.
    pub site: String,
    /// The device's uid.
    pub device: String,
    /// The device's name at that time.
    pub device_name: String,
    /// The component's uid.
    pub component: String,
    /// Who asked for it.
    pub tried_by: String,
    /// When, shortly before the job was sent.
    pub tried_at: Timestamp,
    /// The job's uid, once it is known that there is one.
    pub job: Option<String>,
    /// What came of it, once that is known.
    pub result: Option<DeploymentResult>,
}

impl Deployment {
    /// The name of its job, which no other job has.
    pub fn job_name(&self) -> String {
        format!("GravityZone agent {}", self.mark)
    }
}

impl Store {
    /// The tries, oldest first. Needs no lock.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the store cannot be read, or a row cannot be understood.
    pub fn deployments(path: &Path) -> Result<Vec<Deployment>, StoreError> {
        reader::read(path, |connection, version| {
            if version < schema::DEPLOYMENTS {
                return Ok(Vec::new());
            }
            all(connection, path)
        })
    }

    /// Remembers a try that has neither job nor end, which is to be done before its job is sent.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnderWay`] if an earlier try on the device has not ended; another [`StoreError`] if it cannot be
    /// written. No job may be sent then.
    pub fn begin_deployment(&mut self, deployment: &Deployment) -> Result<(), StoreError> {
        self.write(|transaction, path| {
            transaction
                .execute(
                    "INSERT INTO deployments
                     (mark, tenant, site, device, device_name, component, tried_by, tried_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    params![
                        deployment.mark,
                        deployment.tenant,
                        deployment.site,
                        deployment.device,
                        deployment.device_name,
                        deployment.component,
                        deployment.tried_by,
                        deployment.tried_at.to_string(),
                    ],
                )
                .map(|_| ())
                .map_err(|error| match error.sqlite_error_code() {
                    Some(ErrorCode::ConstraintViolation) => StoreError::UnderWay {
                        path: path.to_owned(),
                        device: deployment.device.clone(),
                    },
                    _ => StoreError::sqlite(path, error),
                })
        })
    }

    /// Remembers the job of a try.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if it cannot be written.
    pub fn deployment_started(&mut self, mark: &str, job: &str) -> Result<(), StoreError> {
        self.write(|transaction, path| {
            transaction
                .execute(
                    "UPDATE deployments SET job = ?2 WHERE mark = ?1",
                    params![mark, job],
                )
                .map(|_| ())
                .map_err(|error| StoreError::sqlite(path, error))
        })
    }

    /// Remembers how a try ended. The first end that is told stays.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if it cannot be written.
    pub fn deployment_ended(
        &mut self,
        mark: &str,
        result: &DeploymentResult,
    ) -> Result<(), StoreError> {
        self.write(|transaction, path| {
            transaction
                .execute(
                    "UPDATE deployments SET outcome = ?2, reason = ?3, ended_at = ?4
                     WHERE mark = ?1 AND ended_at IS NULL",
                    params![
                        mark,
                        result.end.as_str(),
                        result.reason,
                        result.at.to_string()
                    ],
                )
                .map(|_| ())
                .map_err(|error| StoreError::sqlite(path, error))
        })
    }
}

fn all(connection: &Connection, path: &Path) -> Result<Vec<Deployment>, StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    let mut select = connection
        .prepare(
            "SELECT mark, tenant, site, device, device_name, component, tried_by, tried_at, job, outcome, reason, ended_at
             FROM deployments ORDER BY mark",
        )
        .map_err(sqlite)?;
    let mut rows = select.query([]).map_err(sqlite)?;
    let mut deployments = Vec::new();
    while let Some(row) = rows.next().map_err(sqlite)? {
        deployments.push(deployment(row, path)?);
    }
    // Times as text leave out zeros at their end, so they are not in order as text.
    deployments.sort_by_key(|deployment| deployment.tried_at);
    Ok(deployments)
}

fn deployment(row: &Row<'_>, path: &Path) -> Result<Deployment, StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    let text = |column: usize| row.get::<_, String>(column).map_err(sqlite);
    let maybe = |column: usize| row.get::<_, Option<String>>(column).map_err(sqlite);
    let mark = text(0)?;
    let damaged = |what: &str| StoreError::Damaged {
        path: path.to_owned(),
        entry: None,
        why: format!("{what} of deployment {mark} cannot be understood"),
    };
    let time = |text: String| text.parse().map_err(|_| damaged("a time"));
    let result = match (maybe(9)?, maybe(11)?) {
        (Some(end), Some(at)) => Some(DeploymentResult {
            end: DeploymentEnd::ALL
                .into_iter()
                .find(|known| known.as_str() == end)
                .ok_or_else(|| damaged("the end"))?,
            reason: maybe(10)?,
            at: time(at)?,
        }),
        _ => None,
    };
    Ok(Deployment {
        tenant: text(1)?,
        site: text(2)?,
        device: text(3)?,
        device_name: text(4)?,
        component: text(5)?,
        tried_by: text(6)?,
        tried_at: time(text(7)?)?,
        job: maybe(8)?,
        result,
        mark,
    })
}
