//! Which credentials were refused.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use reconcile::identity::Fingerprint;

/// Credentials that a vendor refused, remembered between runs: a log-in that is repeated every few minutes locks the
/// account. Only fingerprints are kept, in a file beside the store.
#[derive(Debug, Clone)]
pub struct Refused(PathBuf);

impl Refused {
    /// Those of the tool whose store this is.
    pub fn beside(store: &Path) -> Self {
        let mut name = store.file_name().unwrap_or_default().to_owned();
        name.push(".refused");
        Self(store.with_file_name(name))
    }

    /// Whether these were refused.
    pub fn contains(&self, credentials: Fingerprint) -> io::Result<bool> {
        let wanted = credentials.to_string();
        Ok(self.lines()?.contains(&wanted))
    }

    /// Remembers that these were refused.
    pub fn add(&self, credentials: Fingerprint) -> io::Result<()> {
        let mut lines = self.lines()?;
        lines.push(credentials.to_string());
        self.write(&lines)
    }

    /// Forgets that these were refused.
    pub fn remove(&self, credentials: Fingerprint) -> io::Result<()> {
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
