//! Where requests go, and in which headers the signature travels.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use client_core::Error;
use client_core::reqwest::header::HeaderName;

use crate::signing::Rules;

/// Endpoints that the vendor shows on one host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Family {
    /// Networks and all that is in them, except power strips; the time.
    Networks,
    /// Users, their roles, accounts and network groups.
    Accounts,
    /// Managed power.
    PowerStrips,
}

/// The host of a [`Family`]: its address, the API version, the names of the headers and what is signed.
///
/// The vendor's page about the newer keys does not tell their host in public, so all of it can be set.
///
/// ```
/// use datto_networking::Host;
///
/// let host = Host::new("https://api-v2.cloudtrax.com").api_version(Some(2));
/// assert_eq!(host.base_url(), "https://api-v2.cloudtrax.com");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    base_url: String,
    api_version: Option<u32>,
    authorization: String,
    signature: String,
    version: String,
    rules: Rules,
}

/// Header names that were checked, as the HTTP library wants them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeaderNames {
    pub(crate) authorization: &'static str,
    pub(crate) signature: &'static str,
    pub(crate) version: &'static str,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Networks, Self::Accounts, Self::PowerStrips];

    /// The family of an endpoint, by its path: that of a call, or the template of an
    /// [`Operation`](client_core::Operation).
    ///
    /// ```
    /// use datto_networking::{Family, OPERATIONS};
    ///
    /// assert_eq!(Family::of("/user/5"), Family::Accounts);
    /// assert_eq!(Family::of("/network/{network}/user/{user}"), Family::Accounts);
    /// assert!(OPERATIONS.iter().any(|operation| Family::of(operation.path()) == Family::Networks));
    /// ```
    pub fn of(path: &str) -> Self {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        let mut segments = path.trim_start_matches('/').split('/');
        match [(); 3].map(|()| segments.next().unwrap_or_default()) {
            ["powerstrip", ..] => Self::PowerStrips,
            // Groups, and the roles of users, came with the newer users.
            ["user" | "account" | "networkgroup", ..]
            | ["network", "networkgroup", _]
            | ["network", _, "user"] => Self::Accounts,
            _ => Self::Networks,
        }
    }

    pub(crate) fn index(self) -> usize {
        match self {
            Self::Networks => 0,
            Self::Accounts => 1,
            Self::PowerStrips => 2,
        }
    }
}

impl Host {
    /// A host with the documented header names and API version 1.
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            api_version: Some(1),
            authorization: "authorization".to_owned(),
            signature: "signature".to_owned(),
            version: "openmesh-api-version".to_owned(),
            rules: Rules::default(),
        }
    }

    /// The host that the vendor's documentation shows for `family`: `api.cloudtrax.com`, `api-v2.cloudtrax.com` for
    /// accounts, `api-v3.cloudtrax.com` for power strips.
    pub fn documented(family: Family) -> Self {
        Self::new(match family {
            Family::Networks => "https://api.cloudtrax.com",
            Family::Accounts => "https://api-v2.cloudtrax.com",
            Family::PowerStrips => "https://api-v3.cloudtrax.com",
        })
    }

    /// Sets the version to send; `None` sends no version header, which the vendor reads as 0.
    #[must_use]
    pub fn api_version(mut self, version: Option<u32>) -> Self {
        self.api_version = version;
        self
    }

    /// Names the header with key, time and nonce; `Authorization` by default.
    #[must_use]
    pub fn authorization_header(mut self, name: impl Into<String>) -> Self {
        self.authorization = name.into();
        self
    }

    /// Names the header with the signature; `Signature` by default.
    #[must_use]
    pub fn signature_header(mut self, name: impl Into<String>) -> Self {
        self.signature = name.into();
        self
    }

    /// Names the header with the API version; `OpenMesh-API-Version` by default.
    #[must_use]
    pub fn version_header(mut self, name: impl Into<String>) -> Self {
        self.version = name.into();
        self
    }

    /// Whether a path that the address has is signed too; false by default.
    #[must_use]
    pub fn sign_base_path(mut self, sign: bool) -> Self {
        self.rules.base_path = sign;
        self
    }

    /// Whether the query is signed; true by default, and for emergencies only.
    #[must_use]
    pub fn sign_query(mut self, sign: bool) -> Self {
        self.rules.query = sign;
        self
    }

    /// Whether the body of a `DELETE` is signed; true by default, the vendor does not tell.
    #[must_use]
    pub fn sign_delete_body(mut self, sign: bool) -> Self {
        self.rules.delete_body = sign;
        self
    }

    /// The address.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn set_base_url(&mut self, base_url: &str) {
        base_url.clone_into(&mut self.base_url);
    }

    pub(crate) fn rules(&self) -> Rules {
        self.rules
    }

    pub(crate) fn rules_mut(&mut self) -> &mut Rules {
        &mut self.rules
    }

    pub(crate) fn version(&self) -> Option<u32> {
        self.api_version
    }

    /// The header names, checked.
    pub(crate) fn header_names(&self) -> Result<HeaderNames, Error> {
        let names = HeaderNames {
            authorization: header_name(&self.authorization)?,
            signature: header_name(&self.signature)?,
            version: header_name(&self.version)?,
        };
        if names.authorization == names.signature
            || names.authorization == names.version
            || names.signature == names.version
        {
            return Err(Error::config(
                "two of the headers of a host have the same name",
            ));
        }
        Ok(names)
    }
}

/// A header name with the lifetime that the HTTP layer asks for. Each distinct name is kept once for the life of the
/// process; there are as many as a host configures.
pub(crate) fn header_name(name: &str) -> Result<&'static str, Error> {
    static KEPT: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

    let checked = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Error::config(format!("{name:?} cannot be the name of a header")))?;
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(checked.as_str()) {
        return Ok(known);
    }
    let new: &'static str = Box::leak(checked.as_str().into());
    kept.insert(new);
    Ok(new)
}

#[cfg(test)]
mod tests {
    use client_core::ErrorKind;

    use super::{Family, Host, header_name};

    #[test]
    fn documented_hosts() {
        let urls = Family::ALL.map(|family| Host::documented(family).base_url().to_owned());
        assert_eq!(
            urls,
            [
                "https://api.cloudtrax.com",
                "https://api-v2.cloudtrax.com",
                "https://api-v3.cloudtrax.com"
            ]
        );
        for (at, family) in Family::ALL.into_iter().enumerate() {
            assert_eq!(family.index(), at);
        }
    }

    #[test]
    fn a_path_tells_its_family() {
        for (path, family) in [
            ("/time", Family::Networks),
            ("/network", Family::Networks),
            ("/network/user", Family::Networks),
            ("/network/5/settings", Family::Networks),
            ("/network/search?by_name=/x/user", Family::Networks),
            ("/network/5/user/6", Family::Accounts),
            ("/network/networkgroup/5", Family::Accounts),
            ("/networkgroup", Family::Accounts),
            ("/networkgroup/5/network/6", Family::Accounts),
            ("/user", Family::Accounts),
            ("/user?a=b", Family::Accounts),
            ("/user/5/network/6", Family::Accounts),
            ("/account/login", Family::Accounts),
            ("/voucher/network/5/list", Family::Networks),
            ("/powerstrip/network/5/list", Family::PowerStrips),
            ("", Family::Networks),
        ] {
            assert_eq!(Family::of(path), family, "{path}");
        }
    }

    #[test]
    fn header_names_are_checked_and_kept_once() {
        let host = Host::new("https://h").signature_header("X-Datto-Signature");
        let names = host.header_names().unwrap();
        assert_eq!(
            (names.signature, names.version),
            ("x-datto-signature", "openmesh-api-version")
        );
        assert!(std::ptr::eq(
            header_name("X-Once").unwrap(),
            header_name("x-once").unwrap()
        ));
        for host in [
            Host::new("https://h").signature_header("bad name"),
            Host::new("https://h").version_header(""),
            Host::new("https://h").signature_header("AUTHORIZATION"),
        ] {
            assert_eq!(
                host.header_names().unwrap_err().kind(),
                ErrorKind::Config,
                "{host:?}"
            );
        }
    }
}
