//! What a job came to on a device.

use std::fmt;

use super::{ComponentStatus, DeploymentStatus, JobResults};

/// What a job came to on a device, as far as its results tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JobOutcome {
    /// The device has not run it yet; it may be offline.
    Pending,
    /// The device runs it.
    Running,
    /// All of it succeeded.
    Success,
    /// It succeeded, with warnings.
    Warning,
    /// A part of it failed.
    Failure,
    /// The device did not run it in time.
    Expired,
    /// It was withdrawn.
    Retired,
    /// The results do not tell, or in words that this version does not know. Never a success.
    Unknown,
}

impl JobOutcome {
    /// True if nothing more will come of it. Not for [`Unknown`](Self::Unknown).
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Success | Self::Warning | Self::Failure | Self::Expired | Self::Retired
        )
    }
}

impl fmt::Display for JobOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Failure => "failure",
            Self::Expired => "expired",
            Self::Retired => "retired",
            Self::Unknown => "unknown",
        })
    }
}

impl JobResults {
    /// What the job came to on the device: its status there, held against what its components came to. A success of
    /// which a component failed is a failure.
    pub fn outcome(&self) -> JobOutcome {
        let Some(status) = &self.job_deployment_status else {
            return JobOutcome::Unknown;
        };
        match status {
            DeploymentStatus::Pending => JobOutcome::Pending,
            DeploymentStatus::Running => JobOutcome::Running,
            DeploymentStatus::Expired => JobOutcome::Expired,
            DeploymentStatus::Retired => JobOutcome::Retired,
            DeploymentStatus::Failure => JobOutcome::Failure,
            DeploymentStatus::Success => self.of_components(JobOutcome::Success),
            DeploymentStatus::Warning => self.of_components(JobOutcome::Warning),
            DeploymentStatus::Unknown(_) => JobOutcome::Unknown,
        }
    }

    /// `told`, unless a component says less.
    fn of_components(&self, told: JobOutcome) -> JobOutcome {
        let results = &self.component_results;
        let is = |status: &ComponentStatus| {
            results
                .iter()
                .any(|result| result.component_status.as_ref() == Some(status))
        };
        if is(&ComponentStatus::Failure) {
            return JobOutcome::Failure;
        }
        let untold =
            |status: Option<&ComponentStatus>| status.is_none_or(ComponentStatus::is_unknown);
        if results
            .iter()
            .any(|result| untold(result.component_status.as_ref()))
        {
            return JobOutcome::Unknown;
        }
        let warned = results
            .iter()
            .any(|result| result.number_of_warnings.unwrap_or(0) > 0);
        if warned { JobOutcome::Warning } else { told }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::JobOutcome;
    use crate::jobs::JobResults;

    fn outcome(status: impl Into<Value>, components: &Value) -> JobOutcome {
        let results: JobResults = serde_json::from_value(
            json!({"jobDeploymentStatus": status.into(), "componentResults": components}),
        )
        .unwrap();
        results.outcome()
    }

    #[test]
    fn every_status_of_the_device() {
        let fine = json!([{"componentStatus": "Success", "numberOfWarnings": 0}]);
        for (status, wanted, is_final) in [
            ("Pending", JobOutcome::Pending, false),
            ("Running", JobOutcome::Running, false),
            ("Success", JobOutcome::Success, true),
            ("Warning", JobOutcome::Warning, true),
            ("Failure", JobOutcome::Failure, true),
            ("Expired", JobOutcome::Expired, true),
            ("Retired", JobOutcome::Retired, true),
            ("completed", JobOutcome::Unknown, false),
            ("success", JobOutcome::Unknown, false),
        ] {
            let found = outcome(status, &fine);
            assert_eq!((found, found.is_final()), (wanted, is_final), "{status}");
        }
        assert_eq!(outcome(Value::Null, &fine), JobOutcome::Unknown);
    }

    #[test]
    fn a_success_must_be_one_of_every_component() {
        for (components, wanted) in [
            (json!([]), JobOutcome::Success),
            (json!(null), JobOutcome::Success),
            (
                json!([{"componentStatus": "Success"}, {"componentStatus": "Failure"}]),
                JobOutcome::Failure,
            ),
            (
                json!([{"componentStatus": "Success", "numberOfWarnings": 2}]),
                JobOutcome::Warning,
            ),
            (
                json!([{"componentStatus": "Exploded"}]),
                JobOutcome::Unknown,
            ),
            (json!([{"componentStatus": null}]), JobOutcome::Unknown),
            (
                json!([{"componentStatus": "Exploded"}, {"componentStatus": "Failure"}]),
                JobOutcome::Failure,
            ),
        ] {
            assert_eq!(outcome("Success", &components), wanted, "{components}");
        }
        let failed = json!([{"componentStatus": "Failure"}]);
        assert_eq!(outcome("Warning", &failed), JobOutcome::Failure);
        assert_eq!(
            outcome("Running", &failed),
            JobOutcome::Running,
            "others may still run"
        );
    }
}
