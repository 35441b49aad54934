//! Proxy settings of a site.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use std::fmt;

use client_core::serde::number_or_text;
use client_core::{Call, ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

client_core::open_enum!(
    /// A kind of proxy.
    ProxyType { Http = "http", Socks4 = "socks4", Socks5 = "socks5" }
);

/// The proxy that newly installed agents of a site use.
///
/// What was read is no safe body of a write: whether the vendor gives the password back, masks it or leaves it out is not
/// documented. Say it anew, by [`credentials`](Self::credentials), whenever a proxy that was read is written.
#[derive(Clone, Default, Deserialize, Serialize)]
#[non_exhaustive]
pub struct ProxySettings {
    #[serde(default)]
    pub host: Option<String>,
    /// Never printed. Left out of a write if it is absent, and written as it stands otherwise, even if it is a mask.
    #[serde(
        default,
        deserialize_with = "read",
        serialize_with = "write",
        skip_serializing_if = "Option::is_none"
    )]
    pub password: Option<SecretString>,
    /// 1 to 65535 if it is to be written.
    #[serde(default, with = "number_or_text")]
    pub port: Option<i64>,
    #[serde(default, rename = "type")]
    pub kind: Option<ProxyType>,
    /// Left out of a write if it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

impl ProxySettings {
    /// A proxy that asks for no password.
    #[must_use]
    pub fn new(kind: ProxyType, host: impl Into<String>, port: u16) -> Self {
        Self {
            host: Some(host.into()),
            port: Some(port.into()),
            kind: Some(kind),
            ..Self::default()
        }
    }

    /// Sets user name and password.
    #[must_use]
    pub fn credentials(mut self, username: impl Into<String>, password: SecretString) -> Self {
        self.username = Some(username.into());
        self.password = Some(password);
        self
    }

    /// Refuses a call that would write half a proxy.
    pub(super) fn checked<T>(&self, call: Call<T>) -> Call<T> {
        let has_host = self
            .host
            .as_deref()
            .is_some_and(|host| !host.trim().is_empty());
        let has_port = self
            .port
            .is_some_and(|port| (1..=i64::from(u16::MAX)).contains(&port));
        call.refuse_if(!has_host, "a proxy needs a host")
            .refuse_if(!has_port, "a proxy needs a port from 1 to 65535")
            .refuse_if(self.kind.is_none(), "a proxy needs a type")
    }
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(SecretString::from))
}

#[expect(clippy::ref_option, reason = "the form that serde asks for")]
fn write<S: Serializer>(password: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    password
        .as_ref()
        .map(ExposeSecret::expose_secret)
        .serialize(serializer)
}

impl PartialEq for ProxySettings {
    fn eq(&self, other: &Self) -> bool {
        let password = |proxy: &Self| {
            proxy
                .password
                .as_ref()
                .map(|password| password.expose_secret().to_owned())
        };
        (&self.host, self.port, &self.kind, &self.username)
            == (&other.host, other.port, &other.kind, &other.username)
            && password(self) == password(other)
    }
}

impl fmt::Debug for ProxySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxySettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("kind", &self.kind)
            .field("username", &self.username)
            .field("has_password", &self.password.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::ProxySettings;

    /// The vendor's type is wider than ports are, and one odd port must not spoil its site.
    #[test]
    fn any_whole_number_is_read_as_a_port() {
        for (wire, port) in [
            ("-1", Some(-1)),
            ("0", Some(0)),
            ("2147483647", Some(2_147_483_647)),
            (r#""8080""#, Some(8080)),
            ("null", None),
        ] {
            let proxy: ProxySettings =
                serde_json::from_str(&format!("{{\"port\":{wire}}}")).unwrap();
            assert_eq!(proxy.port, port, "{wire}");
        }
    }

    #[test]
    fn the_password_is_never_printed() {
        let proxy: ProxySettings = serde_json::from_str(
            r#"{"host":"p","password":"CANARY","port":"8080","type":"quic","username":null}"#,
        )
        .unwrap();
        assert_eq!(
            (proxy.port, proxy.kind.as_ref().unwrap().as_str()),
            (Some(8080), "quic")
        );
        assert!(!format!("{proxy:?}").contains("CANARY"));
        assert_eq!(proxy, proxy.clone());
        assert_ne!(
            proxy,
            ProxySettings {
                password: None,
                ..proxy.clone()
            }
        );
    }
}
