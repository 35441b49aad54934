//! Where an account lives: platforms and the address that a user copies.

use std::fmt;
use std::str::FromStr;

use client_core::{Error, Url};
use url::Host;

client_core::open_enum!(
    /// A platform of the vendor. An account lives on exactly one; on another one its key is simply unknown.
    ///
    /// Which region a platform serves is not published reliably, so nothing here is derived from regions.
    Platform {
        Pinotage = "pinotage",
        Merlot = "merlot",
        Concord = "concord",
        Vidal = "vidal",
        Zinfandel = "zinfandel",
        Syrah = "syrah",
    }
);

const API_DOMAIN: &str = ".centrastage.net";
const PORTAL_DOMAIN: &str = ".rmm.datto.com";

/// The origin of an account's API: scheme, host and port, nothing else.
///
/// Made from what a user has at hand: the API URL of the user page (with or without scheme, trailing slash, `/api` or
/// `/api/v2`), the address of the web portal, a platform's name, or any other origin.
///
/// ```
/// use datto_rmm::{ApiUrl, Platform};
///
/// for text in [
///     "merlot",
///     "https://merlot-api.centrastage.net",
///     " merlot-api.centrastage.net/api/v2/ ",
///     "https://merlot.centrastage.net/csm/home",
///     "merlotrmm.centrastage.net",
///     "https://Merlot.rmm.datto.com/devices?page=1#top",
/// ] {
///     let url: ApiUrl = text.parse()?;
///     assert_eq!(url.as_str(), "https://merlot-api.centrastage.net");
///     assert_eq!(url.platform(), Some(&Platform::Merlot));
/// }
/// assert_eq!("http://127.0.0.1:8080".parse::<ApiUrl>()?.platform(), None);
/// assert!("http://merlot-api.centrastage.net".parse::<ApiUrl>().is_err());
/// # Ok::<(), datto_rmm::ApiUrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ApiUrl {
    origin: Url,
    platform: Option<Platform>,
}

/// Why a text is no [`ApiUrl`].
///
/// The text itself is not repeated: people paste secrets into the wrong field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiUrlError {
    /// There is nothing but space.
    Empty,
    /// One word that is no platform that this version knows.
    UnknownPlatform,
    /// A scheme other than `https` and `http`; carries it.
    UnknownScheme(String),
    /// `http://` to a host that is not this machine; see [`ApiUrl::parse_insecure`].
    PlainHttp,
    /// The text holds a user name or a password.
    Credentials,
    /// An address of the vendor's that belongs to no platform.
    NoPlatform,
    /// It cannot be read as an address.
    NotAnAddress,
}

impl ApiUrl {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// An [`ApiUrlError`] that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, ApiUrlError> {
        let url = Self::parse_insecure(text)?;
        if url.is_plain_http() {
            Err(ApiUrlError::PlainHttp)
        } else {
            Ok(url)
        }
    }

    /// Reads an address, and lets `http://` go to any host: everything, the secret key included, is then readable on
    /// the way.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), but never [`PlainHttp`](ApiUrlError::PlainHttp).
    pub fn parse_insecure(text: &str) -> Result<Self, ApiUrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ApiUrlError::Empty);
        }
        if text.chars().all(|c| c.is_ascii_alphanumeric()) {
            let platform = Platform::from(text.to_ascii_lowercase().as_str());
            return if platform.is_unknown() {
                Err(ApiUrlError::UnknownPlatform)
            } else {
                platform.try_into()
            };
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("https", text));
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "https" && scheme != "http" {
            let is_scheme = scheme.len() < 20
                && scheme
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
            return Err(if is_scheme {
                ApiUrlError::UnknownScheme(scheme)
            } else {
                ApiUrlError::NotAnAddress
            });
        }
        let url =
            Url::parse(&format!("{scheme}://{rest}")).map_err(|_| ApiUrlError::NotAnAddress)?;
        Self::from_url(url)
    }

    fn from_url(mut url: Url) -> Result<Self, ApiUrlError> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ApiUrlError::Credentials);
        }
        let host = url.host_str().ok_or(ApiUrlError::NotAnAddress)?;
        let (api_host, platform) = api_host(host)?;
        if let Some(api_host) = api_host {
            url.set_host(Some(&api_host))
                .map_err(|_| ApiUrlError::NotAnAddress)?;
        }
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self {
            origin: url,
            platform,
        })
    }

    /// The origin without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.origin.as_str().trim_end_matches('/')
    }

    /// The platform, if the host is one of the vendor's.
    pub fn platform(&self) -> Option<&Platform> {
        self.platform.as_ref()
    }

    /// A short name: the platform's, or host and port.
    pub fn label(&self) -> &str {
        match &self.platform {
            Some(platform) => platform.as_str(),
            None => self
                .as_str()
                .split_once("://")
                .map_or(self.as_str(), |(_, authority)| authority),
        }
    }

    /// The origin as a URL.
    pub fn as_url(&self) -> &Url {
        &self.origin
    }

    /// True for `http://` to a host other than this machine.
    pub fn is_plain_http(&self) -> bool {
        self.origin.scheme() == "http" && !is_loopback(&self.origin)
    }
}

/// The API's host for a host of the vendor's, where it is another one, and the platform.
fn api_host(host: &str) -> Result<(Option<String>, Option<Platform>), ApiUrlError> {
    let label = match (
        host.strip_suffix(PORTAL_DOMAIN),
        host.strip_suffix(API_DOMAIN),
    ) {
        (Some(label), _) => label,
        (None, Some(label)) => match label.strip_suffix("-api") {
            Some(platform) => return Ok((None, Some(Platform::from(platform)))),
            None => label.strip_suffix("rmm").unwrap_or(label),
        },
        (None, None) if host == &API_DOMAIN[1..] || host == &PORTAL_DOMAIN[1..] => {
            return Err(ApiUrlError::NoPlatform);
        }
        (None, None) => return Ok((None, None)),
    };
    if label.is_empty() || label == "www" || label.contains('.') {
        return Err(ApiUrlError::NoPlatform);
    }
    Ok((
        Some(format!("{label}-api{API_DOMAIN}")),
        Some(Platform::from(label)),
    ))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => std::net::IpAddr::V6(ip).to_canonical().is_loopback(),
        None => false,
    }
}

impl TryFrom<Platform> for ApiUrl {
    type Error = ApiUrlError;

    /// The address of a platform. One that this version does not know is taken for a new one.
    fn try_from(platform: Platform) -> Result<Self, ApiUrlError> {
        Self::parse(&format!("https://{platform}-api{API_DOMAIN}"))
    }
}

impl FromStr for ApiUrl {
    type Err = ApiUrlError;

    fn from_str(text: &str) -> Result<Self, ApiUrlError> {
        Self::parse(text)
    }
}

impl fmt::Display for ApiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ApiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiUrl({})", self.as_str())
    }
}

impl fmt::Display for ApiUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the API address is empty"),
            Self::UnknownPlatform => {
                f.write_str("no known platform has this name (")?;
                for (at, platform) in Platform::KNOWN.iter().enumerate() {
                    write!(f, "{}{platform}", if at > 0 { ", " } else { "" })?;
                }
                f.write_str("); for another host give the whole address")
            }
            Self::UnknownScheme(scheme) => write!(
                f,
                "the API address starts with {scheme}://, not with https://"
            ),
            Self::PlainHttp => f.write_str("http:// is allowed to this machine only; use https://"),
            Self::Credentials => {
                f.write_str("the API address must not hold a user name or a password")
            }
            Self::NoPlatform => f.write_str("this address of the vendor's belongs to no platform"),
            Self::NotAnAddress => f.write_str("the API address cannot be read"),
        }
    }
}

impl std::error::Error for ApiUrlError {}

impl From<ApiUrlError> for Error {
    fn from(error: ApiUrlError) -> Self {
        Self::config(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiUrl, ApiUrlError, Platform};

    #[test]
    fn every_platform_by_every_name() {
        for platform in Platform::KNOWN {
            let wanted = format!("https://{platform}-api.centrastage.net");
            for text in [
                platform.to_string(),
                platform.as_str().to_uppercase(),
                wanted.clone(),
                format!("{wanted}/"),
                format!("{wanted}/api"),
                format!("{wanted}/api/"),
                format!("{wanted}/api/v2"),
                format!("{wanted}/api/v3/"),
                format!("{wanted}:443"),
                format!(" {platform}-api.centrastage.net\r\n"),
                format!(
                    "HTTPS://{}-API.CentraStage.net",
                    platform.as_str().to_uppercase()
                ),
                format!("{platform}.centrastage.net"),
                format!("https://{platform}rmm.centrastage.net/csm/home"),
                format!("https://{platform}.rmm.datto.com/alert/1?x=1#y"),
            ] {
                let url: ApiUrl = text.parse().unwrap();
                assert_eq!(
                    (url.as_str(), url.platform()),
                    (wanted.as_str(), Some(platform)),
                    "{text}"
                );
                assert_eq!(url.label(), platform.as_str());
            }
            assert_eq!(ApiUrl::try_from(platform.clone()).unwrap().as_str(), wanted);
        }
    }

    #[test]
    fn other_origins_are_taken_as_they_are() {
        for (text, wanted, label) in [
            (
                "https://rmm.example.com/api/v2?x=1",
                "https://rmm.example.com",
                "rmm.example.com",
            ),
            (
                "rmm.example.com:8443",
                "https://rmm.example.com:8443",
                "rmm.example.com:8443",
            ),
            (
                "http://127.0.0.1:5000/",
                "http://127.0.0.1:5000",
                "127.0.0.1:5000",
            ),
            ("http://[::1]:5000", "http://[::1]:5000", "[::1]:5000"),
            ("http://localhost", "http://localhost", "localhost"),
        ] {
            let url: ApiUrl = text.parse().unwrap();
            assert_eq!(
                (url.as_str(), url.label(), url.platform()),
                (wanted, label, None),
                "{text}"
            );
        }
    }

    #[test]
    fn a_platform_of_tomorrow_works() {
        let url: ApiUrl = "https://barolo.rmm.datto.com".parse().unwrap();
        assert_eq!(url.as_str(), "https://barolo-api.centrastage.net");
        assert_eq!(url.platform().unwrap().as_str(), "barolo");
        assert_eq!(ApiUrl::try_from(Platform::from("barolo")), Ok(url));
        assert!(ApiUrl::try_from(Platform::from("a b/")).is_err());
    }

    #[test]
    fn errors_name_what_is_wrong_and_repeat_no_secret() {
        for (text, wanted) in [
            ("", ApiUrlError::Empty),
            (" \n", ApiUrlError::Empty),
            ("CANARYCANARY", ApiUrlError::UnknownPlatform),
            (
                "ftp://merlot-api.centrastage.net",
                ApiUrlError::UnknownScheme("ftp".into()),
            ),
            ("http://merlot-api.centrastage.net", ApiUrlError::PlainHttp),
            ("http://10.0.0.1", ApiUrlError::PlainHttp),
            ("http://localhost.example.com", ApiUrlError::PlainHttp),
            (
                "https://user:CANARY@rmm.example.com",
                ApiUrlError::Credentials,
            ),
            ("https://CANARY@rmm.example.com", ApiUrlError::Credentials),
            ("https://www.centrastage.net", ApiUrlError::NoPlatform),
            ("https://rmm.datto.com/help", ApiUrlError::NoPlatform),
            ("https://", ApiUrlError::NotAnAddress),
            ("not an address", ApiUrlError::NotAnAddress),
            ("CANARY CANARY://x", ApiUrlError::NotAnAddress),
        ] {
            let error = text.parse::<ApiUrl>().unwrap_err();
            assert_eq!(error, wanted, "{text}");
            assert!(
                !format!("{error} {error:?}")
                    .to_lowercase()
                    .contains("canary"),
                "{error}"
            );
        }
        let url = ApiUrl::parse_insecure("http://10.0.0.1").unwrap();
        assert!(url.is_plain_http());
        assert!(
            "http://merlot.example.com"
                .parse::<ApiUrl>()
                .unwrap_err()
                .to_string()
                .contains("https://")
        );
    }
}
