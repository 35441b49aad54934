//! Components, and the jobs that run them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::world::{Unknown, World};

/// The component of every built world that installs the GravityZone agent of the site's package.
pub const AGENT_COMPONENT: &str = "Install GravityZone agent";

/// How a job ends on a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum JobOutcome {
    #[default]
    Success,
    /// It ran, with warnings.
    Warning,
    Failure,
    /// It never ran.
    Expired,
    /// It was taken back before it ran.
    Retired,
}

/// How a component's run goes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct JobScript {
    pub outcome: JobOutcome,
    /// Empty: the run has no standard output.
    pub stdout: String,
    /// Empty: the run has no error output.
    pub stderr: String,
}

impl JobScript {
    /// A run with that end and no output.
    pub fn new(outcome: JobOutcome) -> Self {
        Self {
            outcome,
            ..Self::default()
        }
    }

    /// The same with this on standard output.
    #[must_use]
    pub fn stdout(mut self, text: &str) -> Self {
        self.stdout = text.into();
        self
    }

    /// The same with this on error output.
    #[must_use]
    pub fn stderr(mut self, text: &str) -> Self {
        self.stderr = text.into();
        self
    }
}

/// A component of the library.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Component {
    pub id: i64,
    pub uid: String,
    pub name: String,
    pub description: String,
    pub category: String,
    pub credentials_required: Option<bool>,
    /// 1 to 5; users of a lower component level do not see it.
    pub level: u8,
    pub variables: Vec<ComponentVariable>,
    /// How its runs go where nothing else is said.
    pub script: JobScript,
}

/// A variable of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ComponentVariable {
    pub name: String,
    /// Text, whatever the type.
    pub default: Option<String>,
    /// `string`, `boolean`, `number` or free text.
    pub kind: String,
    /// Whether it is an input.
    pub input: bool,
    pub description: Option<String>,
}

impl ComponentVariable {
    /// An input of that type with a default.
    pub fn input(name: &str, kind: &str, default: &str) -> Self {
        Self {
            name: name.into(),
            default: Some(default.into()),
            kind: kind.into(),
            input: true,
            description: None,
        }
    }
}

/// A variable that a job was given.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct JobVariable {
    pub name: String,
    pub value: String,
}

impl JobVariable {
    pub(crate) fn new(name: String, value: String) -> Self {
        Self { name, value }
    }
}

impl fmt::Debug for JobVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobVariable")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// How a job ended, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct JobEnd {
    pub script: JobScript,
    pub at_ms: i64,
}

/// A quick job: one component on one device.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Job {
    pub id: i64,
    pub uid: String,
    pub name: String,
    pub created_ms: i64,
    /// The name of the user who made it.
    pub user: Option<String>,
    /// The component's uid.
    pub component: String,
    pub component_name: String,
    pub variables: Vec<JobVariable>,
    /// The device's uid.
    pub device: String,
    /// When it starts; none while the device cannot be reached.
    pub runs_at_ms: Option<i64>,
    /// When it is done, once it is known when it starts.
    pub done_at_ms: Option<i64>,
    /// When it is given up if it could not start.
    pub expires_at_ms: i64,
    /// Set when it is over.
    pub end: Option<JobEnd>,
}

impl World {
    /// Adds a component for users of any level and gives its uid.
    pub fn add_component(
        &mut self,
        name: &str,
        variables: Vec<ComponentVariable>,
        script: JobScript,
    ) -> String {
        let (id, uid) = (self.rmm_ids.number(), self.rmm_ids.guid());
        self.account.components.push(Component {
            id,
            uid: uid.clone(),
            name: name.to_owned(),
            description: format!("{name}, as a script"),
            category: "scripts".into(),
            credentials_required: None,
            level: 1,
            variables,
            script,
        });
        uid
    }

    /// The component of that name.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn component_named(&self, name: &str) -> Result<&Component, Unknown> {
        let mut components = self.account.components.iter();
        components
            .find(|component| component.name == name)
            .ok_or_else(|| Unknown::new("component", name))
    }

    /// The component with that uid, to change it.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn component_mut(&mut self, uid: &str) -> Result<&mut Component, Unknown> {
        let mut components = self.account.components.iter_mut();
        components
            .find(|component| component.uid == uid)
            .ok_or_else(|| Unknown::new("component", uid))
    }

    /// The job with that uid.
    pub fn job(&self, uid: &str) -> Option<&Job> {
        self.account.jobs.iter().rev().find(|job| job.uid == uid)
    }
}
