//! The store of the tool: which one it is, how it is read without writing, and which credentials were refused.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use reconcile::identity::{Fingerprint, Instance};
use reconcile::log::{Log, LogError};
use reconcile::state::{Entry, State};

use super::exit::Failure;

pub(crate) use examples::store::{Store, StoreError};

/// Reads a store without writing it, also while another process does. One that does not exist is empty.
pub(crate) fn read(path: &Path) -> Result<State, Failure> {
    if exists(path)? {
        Ok(Store::read(path)?)
    } else {
        Ok(State::new())
    }
}

fn exists(path: &Path) -> Result<bool, Unreachable> {
    path.try_exists()
        .map_err(|source| Unreachable(path.to_owned(), source))
}

#[derive(Debug, thiserror::Error)]
#[error("{0} cannot be looked at")]
struct Unreachable(PathBuf, #[source] io::Error);

/// Takes entries and keeps none: for reading and dry runs.
#[derive(Debug)]
pub(crate) struct Discard;

#[async_trait]
impl Log for Discard {
    async fn append(&mut self, _entry: &Entry) -> Result<(), LogError> {
        Ok(())
    }
}

/// Credentials that a vendor refused, remembered between runs: a log-in that is repeated every few minutes locks the
/// account. Only fingerprints are kept, in a file beside the store.
#[derive(Debug, Clone)]
pub(crate) struct Refused(PathBuf);

impl Refused {
    pub(crate) fn beside(store: &Path) -> Self {
        let mut name = store.file_name().unwrap_or_default().to_owned();
        name.push(".refused");
        Self(store.with_file_name(name))
    }

    pub(crate) fn contains(&self, credentials: Fingerprint) -> io::Result<bool> {
        let wanted = credentials.to_string();
        Ok(self.lines()?.contains(&wanted))
    }

    pub(crate) fn add(&self, credentials: Fingerprint) -> io::Result<()> {
        let mut lines = self.lines()?;
        lines.push(credentials.to_string());
        self.write(&lines)
    }

    pub(crate) fn remove(&self, credentials: Fingerprint) -> io::Result<()> {
        let gone = credentials.to_string();
        let mut lines = self.lines()?;
        let before = lines.len();
        lines.retain(|line| *line != gone);
        if lines.len() == before {
            return Ok(());
        }
        self.write(&lines)
    }

    fn lines(&self) -> io::Result<Vec<String>> {
        match fs::read_to_string(&self.0) {
            Ok(text) => Ok(text.lines().map(str::to_owned).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn write(&self, lines: &[String]) -> io::Result<()> {
        if lines.is_empty() {
            return fs::remove_file(&self.0);
        }
        fs::write(&self.0, lines.join("\n") + "\n")
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
