//! Credentials: from the environment or from a file that only its owner can read, never from the command line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use datto_rmm::{ApiUrl, SecretString};
use gravityzone::AccessUrl;
use reconcile::identity::Fingerprint;

use super::exit::Failure;

/// What can be given, each in the environment or in the file.
const NAMES: [&str; 5] = [
    "DATTO_RMM_URL",
    "DATTO_RMM_KEY",
    "DATTO_RMM_SECRET",
    "GRAVITYZONE_URL",
    "GRAVITYZONE_KEY",
];

/// Where the vendors are and how to log in. `Debug` shows no secret.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) rmm_url: ApiUrl,
    pub(crate) rmm_key: SecretString,
    pub(crate) rmm_secret: SecretString,
    pub(crate) gravityzone_url: AccessUrl,
    pub(crate) gravityzone_key: SecretString,
    /// Stands for the RMM's address, key and secret.
    pub(crate) rmm: Fingerprint,
    /// Stands for GravityZone's address and key.
    pub(crate) gravityzone: Fingerprint,
}

impl Access {
    /// Collects the credentials; what the environment says goes before what the file says.
    ///
    /// # Errors
    ///
    /// Usage errors: something is missing, cannot be understood, or can be read by others. None of them shows a value.
    pub(crate) fn collect(file: Option<&Path>) -> Result<Self, Failure> {
        let mut values = file.map(read).transpose()?.unwrap_or_default();
        for name in NAMES {
            match std::env::var(name) {
                Ok(value) if !value.trim().is_empty() => {
                    values.insert(name, value.trim().to_owned());
                }
                Ok(_) | Err(std::env::VarError::NotPresent) => {}
                Err(std::env::VarError::NotUnicode(_)) => {
                    return Err(Failure::usage(format!("{name} is not valid text")));
                }
            }
        }
        let missing: Vec<_> = NAMES
            .into_iter()
            .filter(|name| !values.contains_key(name))
            .collect();
        if !missing.is_empty() {
            return Err(
                Failure::usage(format!("credentials are missing: {}", missing.join(", ")))
                    .with_advice(
                        "set them in the environment, or in a file given with --credentials",
                    ),
            );
        }
        let mut take = |name: &str| values.remove(name).unwrap_or_default();
        let [
            rmm_url,
            rmm_key,
            rmm_secret,
            gravityzone_url,
            gravityzone_key,
        ] = NAMES.map(&mut take);
        let unusable =
            |name: &str, why: String| Failure::usage(format!("{name} cannot be used: {why}"));
        let rmm_address: ApiUrl = rmm_url
            .parse()
            .map_err(|error: datto_rmm::ApiUrlError| unusable(NAMES[0], error.to_string()))?;
        let gravityzone_address: AccessUrl = gravityzone_url
            .parse()
            .map_err(|error: gravityzone::AccessUrlError| unusable(NAMES[3], error.to_string()))?;
        Ok(Self {
            rmm: stand_in(&[rmm_address.as_str(), &rmm_key, &rmm_secret]),
            gravityzone: stand_in(&[gravityzone_address.as_str(), &gravityzone_key]),
            rmm_url: rmm_address,
            rmm_key: rmm_key.into(),
            rmm_secret: rmm_secret.into(),
            gravityzone_url: gravityzone_address,
            gravityzone_key: gravityzone_key.into(),
        })
    }
}

fn stand_in(parts: &[&str]) -> Fingerprint {
    Fingerprint::of(parts.join("\n"))
}

/// Reads a file of `KEY=VALUE` lines. Empty lines and those that begin with `#` say nothing.
fn read(path: &Path) -> Result<BTreeMap<&'static str, String>, Failure> {
    refuse_if_open_to_others(path)?;
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, error))?;
    let mut values = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong =
            |why: String| Failure::usage(format!("{}, line {}: {why}", path.display(), index + 1));
        let (name, value) = line
            .split_once('=')
            .ok_or_else(|| wrong("this is no KEY=VALUE line".to_owned()))?;
        let name = name.trim();
        let known = NAMES.into_iter().find(|known| *known == name);
        // A name that is none may be a secret in the wrong place, so it is not shown.
        let known =
            known.ok_or_else(|| wrong(format!("the key is none of {}", NAMES.join(", "))))?;
        let value = value.trim().trim_matches('"').to_owned();
        if value.is_empty() {
            return Err(wrong(format!("{known} has no value")));
        }
        if values.insert(known, value).is_some() {
            return Err(wrong(format!("{known} is given twice")));
        }
    }
    Ok(values)
}

fn unreadable(path: &Path, error: std::io::Error) -> Failure {
    Failure::usage(Unreadable(path.display().to_string(), error))
}

#[derive(Debug, thiserror::Error)]
#[error("{0} cannot be read")]
struct Unreadable(String, #[source] std::io::Error);

#[cfg(unix)]
fn refuse_if_open_to_others(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::metadata(path)
        .map_err(|error| unreadable(path, error))?
        .permissions()
        .mode()
        & 0o777;
    if mode.trailing_zeros() >= 6 {
        return Ok(());
    }
    let path = path.display();
    Err(Failure::usage(format!(
        "{path} has mode {mode:03o}: others can get at the secrets in it"
    ))
    .with_advice(format!("make it yours alone: chmod 600 {path}")))
}

/// Elsewhere a file has no mode: who may read it is up to the folder that it is in.
#[cfg(not(unix))]
fn refuse_if_open_to_others(_path: &Path) -> Result<(), Failure> {
    Ok(())
}
