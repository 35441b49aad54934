//! The Access URL: where Control Center says that its API is.

use std::error::Error as StdError;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::{Host, Url};

/// The address of one console's API, `https://host[:port]/api`.
///
/// Control Center shows it under *My Account → Control Center API*. People paste it with a path behind it, without its
/// scheme or in quotes; parsing puts that right. What is merely suspicious is told by [`warnings`](Self::warnings).
///
/// ```
/// use gravityzone::AccessUrl;
///
/// let url: AccessUrl = " cloud.gravityzone.bitdefender.com/api/v1.0/jsonrpc/network ".parse()?;
/// assert_eq!(url.as_str(), "https://cloud.gravityzone.bitdefender.com/api");
/// assert_eq!(url.authority(), "cloud.gravityzone.bitdefender.com");
/// assert!(url.warnings().is_empty());
/// # Ok::<_, gravityzone::AccessUrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessUrl {
    url: String,
    authority: String,
}

/// Why a text is no Access URL.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessUrlError {
    /// There is nothing but spaces and quotes.
    Empty,
    /// It is no URL; says what the URL parser says.
    NotAUrl(String),
    /// The scheme is neither `https` nor, to this machine, `http`.
    Scheme(String),
    /// It names a user or a password; the API key is given separately.
    Credentials,
    /// The path neither is empty nor ends in `/api`.
    Path(String),
}

/// What is suspicious about an Access URL that could be right all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessUrlWarning {
    /// `gravityzone.bitdefender.com` is the page that sends people to their console; it has no API.
    LoginPage,
    /// This host serves downloads of a regional cloud; its API has a longer name.
    DownloadHost,
    /// The host looks like the vendor's cloud but is not below `gravityzone.bitdefender.com`.
    UnknownCloud,
}

const CLOUD: &str = "gravityzone.bitdefender.com";
const DOWNLOAD_HOSTS: [&str; 3] = ["cloudrbx", "cloudham", "cloudher"];

impl AccessUrl {
    /// The address as calls use it, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Host, and the port unless it is the usual one: what tells one console from another.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The console as people open it in a browser.
    pub fn console(&self) -> String {
        self.url.trim_end_matches("api").to_owned()
    }

    /// What is suspicious about it; empty for the addresses that the vendor documents.
    pub fn warnings(&self) -> Vec<AccessUrlWarning> {
        let host = self.authority.split(':').next().unwrap_or_default();
        let below = host
            .strip_suffix(CLOUD)
            .and_then(|rest| rest.strip_suffix('.'));
        let warning = match below {
            _ if host == CLOUD => AccessUrlWarning::LoginPage,
            Some(name) if DOWNLOAD_HOSTS.contains(&name) => AccessUrlWarning::DownloadHost,
            None if host.contains("bitdefender") || host.starts_with("cloud") => {
                AccessUrlWarning::UnknownCloud
            }
            _ => return Vec::new(),
        };
        vec![warning]
    }
}

impl FromStr for AccessUrl {
    type Err = AccessUrlError;

    fn from_str(text: &str) -> Result<Self, AccessUrlError> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || "\"'`<>“”‘’".contains(c));
        if text.is_empty() {
            return Err(AccessUrlError::Empty);
        }
        let full = if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let url = Url::parse(&full).map_err(|error| AccessUrlError::NotAUrl(error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AccessUrlError::Credentials);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            other => return Err(AccessUrlError::Scheme(other.to_owned())),
        }
        let host = url
            .host_str()
            .ok_or_else(|| AccessUrlError::NotAUrl("no host".to_owned()))?;
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let path = api_path(url.path())?;
        Ok(Self {
            url: format!("{}://{authority}{path}", url.scheme()),
            authority,
        })
    }
}

/// The path up to and with `/api`; what people paste behind it is cut.
fn api_path(path: &str) -> Result<String, AccessUrlError> {
    let mut segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .take_while(|segment| !segment.starts_with("v1.") && *segment != "jsonrpc")
        .collect();
    let is_api =
        |segment: Option<&&str>| segment.is_none_or(|segment| segment.eq_ignore_ascii_case("api"));
    if !is_api(segments.last()) {
        return Err(AccessUrlError::Path(path.to_owned()));
    }
    while !segments.is_empty() && is_api(segments.last()) {
        segments.pop();
    }
    segments.push("api");
    Ok(format!("/{}", segments.join("/")))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).to_canonical().is_loopback(),
        None => false,
    }
}

impl TryFrom<&str> for AccessUrl {
    type Error = AccessUrlError;

    fn try_from(text: &str) -> Result<Self, AccessUrlError> {
        text.parse()
    }
}

impl AsRef<str> for AccessUrl {
    fn as_ref(&self) -> &str {
        &self.url
    }
}

impl fmt::Display for AccessUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl fmt::Debug for AccessUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessUrl({})", self.url)
    }
}

impl fmt::Display for AccessUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the access URL is empty"),
            Self::NotAUrl(why) => write!(f, "the access URL is no URL: {why}"),
            Self::Scheme(scheme) => write!(
                f,
                "the access URL has to start with https://, not {scheme}://"
            ),
            Self::Credentials => {
                f.write_str("the access URL holds a user or password; give the API key separately")
            }
            Self::Path(path) => write!(f, "the access URL has to end in /api, not {path}"),
        }
    }
}

impl StdError for AccessUrlError {}

impl fmt::Display for AccessUrlWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LoginPage => {
                "this host only sends people to their console; take the access URL from My Account"
            }
            Self::DownloadHost => "this host serves downloads; take the access URL from My Account",
            Self::UnknownCloud => {
                "this host is none of the vendor's cloud consoles; check its spelling"
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{AccessUrl, AccessUrlError, AccessUrlWarning};

    /// F010: the access URL is data, and is pasted in many shapes.
    #[test]
    fn f010_what_people_paste_becomes_one_form() {
        let cloud = "https://cloud.gravityzone.bitdefender.com/api";
        for (text, wanted) in [
            (cloud, cloud),
            ("https://cloud.gravityzone.bitdefender.com/api/", cloud),
            ("https://cloud.gravityzone.bitdefender.com", cloud),
            ("cloud.gravityzone.bitdefender.com", cloud),
            ("HTTPS://Cloud.GravityZone.Bitdefender.com/API", cloud),
            (
                "  \"https://cloud.gravityzone.bitdefender.com/api\" ",
                cloud,
            ),
            (
                "https://cloud.gravityzone.bitdefender.com/api/v1.0/jsonrpc",
                cloud,
            ),
            (
                "https://cloud.gravityzone.bitdefender.com/api/v1.1/jsonrpc/network",
                cloud,
            ),
            (
                "https://cloud.gravityzone.bitdefender.com/jsonrpc/network",
                cloud,
            ),
            ("https://cloud.gravityzone.bitdefender.com/api/api", cloud),
            (
                "https://cloud.gravityzone.bitdefender.com//api//?x=1#y",
                cloud,
            ),
            ("https://cloud.gravityzone.bitdefender.com/#/login", cloud),
            ("https://cloud.gravityzone.bitdefender.com:443/api", cloud),
            ("10.1.2.3:8443", "https://10.1.2.3:8443/api"),
            (
                "https://proxy.example/gz/api",
                "https://proxy.example/gz/api",
            ),
            ("http://127.0.0.1:4000", "http://127.0.0.1:4000/api"),
            ("http://[::1]:4000/api", "http://[::1]:4000/api"),
        ] {
            let url: AccessUrl = text
                .parse()
                .unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(url.as_str(), wanted, "{text}");
            assert_eq!(url.as_str().parse(), Ok(url), "the form is stable");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, wanted) in [
            ("", AccessUrlError::Empty),
            (" '' ", AccessUrlError::Empty),
            (
                "http://cloud.gravityzone.bitdefender.com/api",
                AccessUrlError::Scheme("http".into()),
            ),
            ("ftp://10.0.0.1/api", AccessUrlError::Scheme("ftp".into())),
            (
                "https://user:fake-key@10.0.0.1/api",
                AccessUrlError::Credentials,
            ),
            (
                "https://10.0.0.1/console",
                AccessUrlError::Path("/console".into()),
            ),
        ] {
            let error = text.parse::<AccessUrl>().unwrap_err();
            assert_eq!(error, wanted, "{text}");
            assert!(!error.to_string().contains("fake-key"));
        }
        assert!(matches!(
            "https://".parse::<AccessUrl>(),
            Err(AccessUrlError::NotAUrl(_))
        ));
        assert!(matches!(
            "https://a b/api".parse::<AccessUrl>(),
            Err(AccessUrlError::NotAUrl(_))
        ));
    }

    #[test]
    fn suspicious_hosts_are_told_and_accepted() {
        for (text, wanted) in [
            (
                "https://gravityzone.bitdefender.com/api",
                vec![AccessUrlWarning::LoginPage],
            ),
            (
                "https://cloudrbx.gravityzone.bitdefender.com/api",
                vec![AccessUrlWarning::DownloadHost],
            ),
            (
                "https://cloud.bitdefender.com/api",
                vec![AccessUrlWarning::UnknownCloud],
            ),
            (
                "https://cloud.gravityzone-bitdefender.example",
                vec![AccessUrlWarning::UnknownCloud],
            ),
            ("https://cloudgz.gravityzone.bitdefender.com/api", vec![]),
            (
                "https://cloudrbx.ovh.gravityzone.bitdefender.com/api",
                vec![],
            ),
            ("https://10.0.0.1/api", vec![]),
            ("https://console.example/api", vec![]),
        ] {
            assert_eq!(
                text.parse::<AccessUrl>().unwrap().warnings(),
                wanted,
                "{text}"
            );
        }
    }
}
