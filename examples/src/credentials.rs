//! Credentials: from the environment, from a file that only its owner can read, or asked for on the terminal; never
//! from the command line. They are kept in memory only: an edit counts when it is saved, for whatever starts after it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use reconcile::identity::Fingerprint;
use url::{Host, Url};

use crate::exit::Failure;

/// Of Datto RMM: the address, the key and its secret.
pub const RMM: &[&str] = NAMES.split_at(3).0;
/// Of GravityZone: the address and the key.
pub const GRAVITYZONE: &[&str] = NAMES.split_at(3).1.split_at(2).0;
/// Of Datto Networking: the public and the secret key.
pub const NETWORKING: &[&str] = NAMES.split_at(5).1;

/// What a file can give.
const NAMES: &[&str] = &[
    "DATTO_RMM_URL",
    "DATTO_RMM_KEY",
    "DATTO_RMM_SECRET",
    "GRAVITYZONE_URL",
    "GRAVITYZONE_KEY",
    "DATTO_NETWORKING_KEY",
    "DATTO_NETWORKING_SECRET",
];

/// Far below and above what the vendors give out.
const SHORTEST: usize = 8;
const LONGEST: usize = 512;

/// Collects the credentials of these vendors: each one's from the environment if they are there, else from the file.
/// What neither has is asked for on the terminal if `ask` says so, or if there is nothing at all and a person sits
/// there. Every name of the vendors has a value in what is given.
///
/// # Errors
///
/// Usage errors: something is missing, cannot be understood, or can be read by others. None of them shows a value.
pub fn collect(
    vendors: &[&[&'static str]],
    file: Option<&Path>,
    ask: bool,
) -> Result<BTreeMap<&'static str, String>, Failure> {
    let names: Vec<&'static str> = vendors.iter().copied().flatten().copied().collect();
    let mut values = of_environment(&names)?;
    let in_file = file.map(read).transpose()?.unwrap_or_default();
    for vendor in vendors {
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
    let missing: Vec<_> = names
        .iter()
        .copied()
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
    Ok(values)
}

/// Whether an address is on this machine.
pub fn is_local(address: &str) -> bool {
    let address = Url::parse(address).ok();
    address.is_some_and(|address| match address.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    })
}

/// A value that stands for all of these.
pub fn stand_in(parts: &[&str]) -> Fingerprint {
    Fingerprint::of(parts.join("\n"))
}

fn of_environment(names: &[&'static str]) -> Result<BTreeMap<&'static str, String>, Failure> {
    let mut values = BTreeMap::new();
    for &name in names {
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

/// Reads a file of `KEY=VALUE` lines. Empty lines and those that begin with `#` say nothing.
fn read(path: &Path) -> Result<BTreeMap<&'static str, String>, Failure> {
    refuse_if_open_to_others(path)?;
    let text = fs::read_to_string(path).map_err(|error| unreadable(path, error))?;
    // Some editors put a mark before a text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
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
        let known = NAMES.iter().copied().find(|known| *known == name);
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
