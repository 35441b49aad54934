//! Records of jobs.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::serde::{null_as_default, number_or_text};
use serde::Deserialize;

use super::JobUid;
use crate::ScriptOutput;
use crate::components::ComponentUid;
use crate::devices::DeviceUid;
use crate::paging::Row;
use crate::time::{WireTime, lenient};
use crate::variables::{VariableValue, optional_value};

client_core::open_enum!(
    /// Whether a job is under way. Completed is not success: see [`JobResults::outcome`].
    JobStatus {
        Active = "active",
        Completed = "completed",
    }
);

client_core::open_enum!(
    /// Where a job stands on one device.
    DeploymentStatus {
        Expired = "Expired",
        Pending = "Pending",
        Running = "Running",
        Success = "Success",
        Warning = "Warning",
        Retired = "Retired",
        Failure = "Failure",
    }
);

client_core::open_enum!(
    /// What came of one component.
    ComponentStatus {
        Success = "Success",
        Failure = "Failure",
    }
);

/// A job.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Job {
    #[serde(default)]
    pub uid: Option<JobUid>,
    #[serde(default, with = "number_or_text")]
    pub id: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    pub date_created: Option<WireTime>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub status: Option<JobStatus>,
}

/// A job that was just started.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreatedJob {
    #[serde(default)]
    pub job: Option<Job>,
    /// A list, although a quick job has one.
    #[serde(default, with = "null_as_default")]
    pub job_components: Vec<JobComponent>,
}

impl CreatedJob {
    /// The job's uid, which [`Client::job`](crate::Client::job) takes.
    pub fn uid(&self) -> Option<&JobUid> {
        self.job.as_ref()?.uid.as_ref()
    }
}

/// A component of a job.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct JobComponent {
    #[serde(default)]
    pub uid: Option<ComponentUid>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default, with = "null_as_default")]
    pub variables: Vec<JobComponentVariable>,
}

/// A variable that a job gave to its component.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct JobComponentVariable {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "optional_value")]
    pub value: Option<VariableValue>,
}

/// What came of a job on one device.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JobResults {
    #[serde(default)]
    pub job_uid: Option<JobUid>,
    #[serde(default)]
    pub device_uid: Option<DeviceUid>,
    /// Absent before it ran.
    #[serde(default, deserialize_with = "lenient")]
    pub ran_on: Option<WireTime>,
    #[serde(default)]
    pub job_deployment_status: Option<DeploymentStatus>,
    #[serde(default, with = "null_as_default")]
    pub component_results: Vec<JobComponentResult>,
}

/// What came of one component on one device.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JobComponentResult {
    #[serde(default)]
    pub component_uid: Option<ComponentUid>,
    #[serde(default)]
    pub component_name: Option<String>,
    #[serde(default)]
    pub component_status: Option<ComponentStatus>,
    #[serde(default, with = "number_or_text")]
    pub number_of_warnings: Option<i64>,
    #[serde(default)]
    pub has_std_out: Option<bool>,
    #[serde(default)]
    pub has_std_err: Option<bool>,
}

/// What one component printed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JobStdData {
    #[serde(default)]
    pub component_uid: Option<ComponentUid>,
    #[serde(default)]
    pub component_name: Option<String>,
    /// The whole text.
    #[serde(default)]
    pub std_data: Option<ScriptOutput>,
}

impl Row for JobComponent {
    const ID: &'static str = "uid";
    const ID_IS_KEY: bool = false;

    fn key(&self) -> Option<String> {
        // A job can run one component twice.
        None
    }
}
