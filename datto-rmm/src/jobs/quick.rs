//! Quick jobs: one component on one device, now.

use client_core::{Call, Operation, Repeat};
use serde::Serialize;

use super::CreatedJob;
use crate::components::ComponentUid;
use crate::devices::DeviceUid;
use crate::variables::VariableValue;

// Runs code on the device, once for each call.
pub(crate) const CREATE: Operation =
    Operation::put("quick_jobs.create", "/v2/device/{deviceUid}/quickjob")
        .repeat(Repeat::Action)
        .charges(&["write", "device-job-create"]);

/// A component to run on a device at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickJob {
    name: String,
    component: ComponentUid,
    variables: Vec<(String, VariableValue)>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'j> {
    job_name: &'j str,
    job_component: BodyComponent<'j>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BodyComponent<'j> {
    component_uid: &'j ComponentUid,
    variables: Vec<BodyVariable<'j>>,
}

#[derive(Serialize)]
struct BodyVariable<'j> {
    name: &'j str,
    value: &'j str,
}

impl QuickJob {
    /// Runs `component` under this name, with the component's own values for its variables.
    #[must_use]
    pub fn new(name: impl Into<String>, component: ComponentUid) -> Self {
        Self {
            name: name.into(),
            component,
            variables: Vec::new(),
        }
    }

    /// Gives a variable of the component a value, always as text; the vendor converts it to the variable's type.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: VariableValue) -> Self {
        self.variables.push((name.into(), value));
        self
    }

    pub(crate) fn call(&self, device: &DeviceUid) -> Call<CreatedJob> {
        let variables = self.variables.iter().map(|(name, value)| BodyVariable {
            name,
            value: value.expose(),
        });
        let body = Body {
            job_name: &self.name,
            job_component: BodyComponent {
                component_uid: &self.component,
                variables: variables.collect(),
            },
        };
        let mut names: Vec<_> = self.variables.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        let is_blank = |text: &str| text.trim().is_empty();
        Call::new(&CREATE, [device.as_str()])
            .json(&body)
            .refuse_if(is_blank(&self.name), "a job needs a name")
            .refuse_if(is_blank(self.component.as_str()), "a job needs a component")
            .refuse_if(
                names.iter().any(|name| is_blank(name)),
                "a variable needs a name",
            )
            .refuse_if(
                names.windows(2).any(|pair| pair[0] == pair[1]),
                "a variable has two values",
            )
    }
}

#[cfg(test)]
mod tests {
    use client_core::ErrorKind;
    use serde_json::json;

    use super::QuickJob;
    use crate::components::ComponentUid;
    use crate::devices::DeviceUid;
    use crate::variables::VariableValue;

    fn job(name: &str) -> QuickJob {
        QuickJob::new(name, ComponentUid::new("c-1"))
    }

    #[test]
    fn values_are_sent_as_text_and_never_printed() {
        let job = job("Clean up").variable("Key", VariableValue::new("CANARY"));
        let call = job.call(&DeviceUid::new("d-1"));
        assert!(call.check().is_ok());
        assert_eq!(
            call.request().json(),
            Some(
                json!({"jobName": "Clean up", "jobComponent": {"componentUid": "c-1", "variables": [{"name": "Key", "value": "CANARY"}]}})
            )
        );
        assert!(!format!("{job:?} {call:?}").contains("CANARY"));
    }

    #[test]
    fn what_is_no_job_is_not_sent() {
        let value = || VariableValue::new("v");
        for (bad, what) in [
            (job(" "), "name"),
            (QuickJob::new("n", ComponentUid::new("")), "component"),
            (job("n").variable("", value()), "variable"),
            (
                job("n").variable("a", value()).variable("a", value()),
                "two values",
            ),
        ] {
            let error = bad.call(&DeviceUid::new("d")).check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains(what), "{error}");
        }
    }
}
