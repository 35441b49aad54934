//! How a sync goes: Syncing, then OK or Failed (F085); after refused credentials, stopped until they are given again (F083).

use std::fmt;
use std::path::Path;

use examples::console::{json, line};
use examples::exit::{Exit, Failure};
use examples::store::{Store, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::cli::Stored;
use super::desk::must_exist;

/// Under which name the store keeps it.
const SETTING: &str = "network-sync";

/// How a sync goes, or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Status {
    pub(crate) state: Phase,
    /// Since when.
    pub(crate) at: Timestamp,
    /// What came of it, for a person.
    pub(crate) what: String,
}

/// Where a sync is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    /// No sync was started yet.
    Never,
    /// It is under way.
    Syncing,
    /// It came to its end.
    Ok,
    /// It did not.
    Failed,
    /// The credentials were refused: nothing is asked until they are given again.
    Stopped,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Never => "Never synced",
            Self::Syncing => "Syncing",
            Self::Ok => "OK",
            Self::Failed => "Failed",
            Self::Stopped => "Stopped, credentials need to be entered again",
        })
    }
}

impl Status {
    fn now(state: Phase, what: impl Into<String>) -> Self {
        Self {
            state,
            at: Timestamp::now(),
            what: what.into(),
        }
    }

    /// It begins.
    pub(crate) fn syncing() -> Self {
        Self::now(Phase::Syncing, "")
    }

    /// It came to its end.
    pub(crate) fn ok(what: impl Into<String>) -> Self {
        Self::now(Phase::Ok, what)
    }

    /// Nothing was asked.
    pub(crate) fn refused(failure: &Failure) -> Self {
        Self::now(Phase::Stopped, failure.in_one_line())
    }

    /// It failed.
    pub(crate) fn of_failure(failure: &Failure) -> Self {
        let state = if failure.exit == Exit::Credentials {
            Phase::Stopped
        } else {
            Phase::Failed
        };
        Self::now(state, failure.in_one_line())
    }
}

/// Keeps it.
pub(crate) fn put(store: &mut Store, status: &Status) -> Result<(), Failure> {
    Ok(store.put_setting(SETTING, &serde_json::to_string(status)?)?)
}

/// What a store keeps of it.
pub(crate) fn read(store: &Path) -> Result<Status, Failure> {
    Ok(match Store::setting(store, SETTING)? {
        Some(text) => serde_json::from_str(&text)?,
        None => Status::now(Phase::Never, ""),
    })
}

/// Shows it. One that was killed did not come to its end.
pub(crate) fn show(arguments: &Stored) -> Result<Exit, Failure> {
    let path = must_exist(&arguments.at.store)?;
    let mut status = read(&path)?;
    if status.state == Phase::Syncing {
        match Store::open(&path) {
            Err(StoreError::InUse { .. }) => {}
            Err(error) => return Err(error.into()),
            // Whoever began it would hold the store.
            Ok(_) => {
                status.state = Phase::Failed;
                "it was ended before it came to its end".clone_into(&mut status.what);
            }
        }
    }
    if arguments.format.json {
        json(&status)?;
    } else {
        let what = if status.what.is_empty() {
            String::new()
        } else {
            format!(": {}", status.what)
        };
        line(format!("{} since {}{what}", status.state, status.at))?;
    }
    Ok(match status.state {
        Phase::Never | Phase::Syncing | Phase::Ok => Exit::Clean,
        Phase::Failed => Exit::Failed,
        Phase::Stopped => Exit::Credentials,
    })
}
