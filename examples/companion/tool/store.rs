//! The store of the tool: which one it is, and how it is read without writing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use reconcile::identity::Instance;
use reconcile::log::{Log, LogError};
use reconcile::state::{Entry, State};

use super::exit::Failure;

pub(crate) use examples::refused::Refused;
pub(crate) use examples::store::{Deployment, DeploymentEnd, DeploymentResult, Store};

/// Reads a store without writing it, also while another process does. One that does not exist is empty.
pub(crate) fn read(path: &Path) -> Result<State, Failure> {
    if exists(path)? {
        Ok(Store::read(path)?)
    } else {
        Ok(State::new())
    }
}

/// The quick jobs that a store remembers of an account, oldest first.
pub(crate) fn deployments(path: &Path, tenant: &str) -> Result<Vec<Deployment>, Failure> {
    let mut deployments = if exists(path)? {
        Store::deployments(path)?
    } else {
        Vec::new()
    };
    deployments.retain(|deployment| deployment.tenant == tenant);
    Ok(deployments)
}

fn exists(path: &Path) -> Result<bool, Unreachable> {
    path.try_exists()
        .map_err(|source| Unreachable(path.to_owned(), source))
}

#[derive(Debug, thiserror::Error)]
#[error("{0} cannot be looked at")]
struct Unreachable(PathBuf, #[source] io::Error);

/// Where entries go.
#[derive(Debug)]
pub(crate) enum Ledger {
    /// Into the store.
    Kept(Store),
    /// Nowhere: for reading and dry runs.
    Discarded,
}

impl Ledger {
    /// The store, if there is one to be written.
    pub(crate) fn store(&mut self) -> Option<&mut Store> {
        match self {
            Self::Kept(store) => Some(store),
            Self::Discarded => None,
        }
    }
}

#[async_trait]
impl Log for Ledger {
    async fn append(&mut self, entry: &Entry) -> Result<(), LogError> {
        match self {
            Self::Kept(store) => store.append(entry).await,
            Self::Discarded => Ok(()),
        }
    }
}

/// Refuses to begin a second store for the same two tenants where the first can be known: beside it, under a name that
/// ends alike. Two stores would each create what the other has (F068).
pub(crate) fn refuse_second(
    path: &Path,
    source: &Instance,
    destination: &Instance,
) -> Result<(), Failure> {
    let own = std::path::absolute(path)?;
    let Some(folder) = own.parent() else {
        return Ok(());
    };
    for entry in fs::read_dir(folder)? {
        let other = entry?.path();
        if other.file_name() == own.file_name() || other.extension() != own.extension() {
            continue;
        }
        // What is no store, or damaged, is no reason not to begin one.
        let is_second =
            Store::read(&other).is_ok_and(|state| state.is_bound_to(source, destination));
        if is_second {
            let other = other.display();
            return Err(Failure::usage(format!(
                "{other} is the store of {source} and {destination} already"
            ))
            .with_advice(format!(
                "two stores would each make what the other has: pass --store {other}"
            )));
        }
    }
    Ok(())
}

/// Refuses a store that is not there: a mistyped path must not look like an empty one.
pub(crate) fn must_exist(path: &Path) -> Result<(), Failure> {
    if exists(path)? {
        return Ok(());
    }
    let path = path.display();
    Err(Failure::usage(format!("there is no store at {path}"))
        .with_advice("`companion adopt --accept`, `associate` and `sync` make one"))
}
