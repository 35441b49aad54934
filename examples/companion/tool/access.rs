//! Credentials: from the environment, from a file that only its owner can read, or asked for on the terminal; never
//! from the command line. They are kept in memory only: an edit counts when it is saved, for whatever starts after it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use datto_rmm::{ApiUrl, SecretString};
use gravityzone::AccessUrl;
use reconcile::identity::Fingerprint;
use url::{Host, Url};

use super::exit::Failure;

/// What can be given.
const NAMES: [&str; 5] = [
    "DATTO_RMM_URL",
    "DATTO_RMM_KEY",
    "DATTO_RMM_SECRET",
    "GRAVITYZONE_URL",
    "GRAVITYZONE_KEY",
];

/// The same by vendor.
const VENDORS: [&[&str]; 2] = [NAMES.split_at(3).0, NAMES.split_at(3).1];

/// Far below and above what the vendors give out.
const SHORTEST: usize = 8;
const LONGEST: usize = 512;

/// Where the vendors are and how to log in. `Debug` shows no secret.
#[derive(Debug, Clone)]
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
    /// Collects the credentials: each vendor's from the environment if they are there, else from the file. What neither
    /// has is asked for on the terminal if `ask` says so, or if there is nothing at all and a person sits there.
    ///
    /// # Errors
    ///
    /// Usage errors: something is missing, cannot be understood, or can be read by others. None of them shows a value.
    pub(crate) fn collect(file: Option<&Path>, ask: bool) -> Result<Self, Failure> {
        let mut values = of_environment()?;
        let in_file = file.map(read).transpose()?.unwrap_or_default();
        for vendor in VENDORS {
            let (here, there) = (any(vendor, &values), any(vendor, &in_file));
            let missing = vendor.iter().any(|name| !values.contains_key(name));
            if let (Some(here), Some(there), true) = (here, there, missing) {
                // Halves of two people's keys would be refused at best, and go to the wrong platform at worst.
                return Err(Failure::usage(format!(
                    "{here} is in the environment and {there} in the file: a vendor's values must come from one place"
                )));
            }
            if here.is_none() {
                let of_vendor = in_file.iter().filter(|(name, _)| vendor.contains(name));
                values.extend(of_vendor.map(|(name, value)| (*name, value.clone())));
            }
        }
        let missing: Vec<_> = NAMES
            .into_iter()
            .filter(|name| !values.contains_key(name))
            .collect();
        let is_terminal = io::stdin().is_terminal();
        if !missing.is_empty() && is_terminal && (ask || values.is_empty()) {
            for name in &missing {
                values.insert(name, asked(name)?);
            }
        } else if !missing.is_empty() {
            let missing = missing.join(", ");
            let why = if ask {
                format!(
                    "credentials are missing and standard input is no terminal to ask on: {missing}"
                )
            } else {
                format!("credentials are missing: {missing}")
            };
            return Err(Failure::usage(why).with_advice(
                "set them in the environment, or in a file given with --credentials, or pass --ask on a terminal",
            ));
        }
        for (name, value) in &values {
            check(name, value)
                .map_err(|why| Failure::usage(format!("{name} cannot be used: {why}")))?;
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

    /// Whether both addresses are on this machine.
    pub(crate) fn is_local(&self) -> bool {
        let is_local = |address: &str| {
            let address = Url::parse(address).ok();
            address.is_some_and(|address| match address.host() {
                Some(Host::Ipv4(ip)) => ip.is_loopback(),
                Some(Host::Ipv6(ip)) => ip.is_loopback(),
                Some(Host::Domain(name)) => name == "localhost",
                None => false,
            })
        };
        is_local(self.rmm_url.as_str()) && is_local(self.gravityzone_url.as_str())
    }
}

fn of_environment() -> Result<BTreeMap<&'static str, String>, Failure> {
    let mut values = BTreeMap::new();
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
    Ok(values)
}

/// The first of these names that has a value.
fn any<'n>(names: &[&'n str], values: &BTreeMap<&'static str, String>) -> Option<&'n str> {
    names.iter().copied().find(|name| values.contains_key(name))
}

/// Asks on the terminal; keys and secrets are not shown while they are typed or pasted.
fn asked(name: &str) -> Result<String, Failure> {
    let answer = if name.ends_with("_URL") {
        eprint!("{name}: ");
        io::stderr().flush()?;
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        line
    } else {
        rpassword::prompt_password(format!("{name} (not shown): "))?
    };
    match answer.trim() {
        "" => Err(Failure::usage(format!("no {name} was given"))),
        answer => Ok(answer.to_owned()),
    }
}

/// Finds what was copied in part or with something else (F118). The vendors promise no length, so only what no key can
/// be is refused.
fn check(name: &str, value: &str) -> Result<(), String> {
    if name.ends_with("_URL") {
        return Ok(());
    }
    let length = value.chars().count();
    if let Some(at) = value
        .chars()
        .position(|c| c.is_whitespace() || c.is_control())
    {
        let at = at + 1;
        return Err(format!(
            "character {at} is a space, a line break or the like, as no key has"
        ));
    }
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Err(format!(
            "it has {length} characters, and keys have {SHORTEST} to {LONGEST}: was it copied whole, and nothing else?"
        ));
    }
    Ok(())
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
