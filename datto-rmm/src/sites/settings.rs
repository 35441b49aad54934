//! Settings of a site: its proxy, and who is written to.

#![expect(missing_docs, reason = "fields are named as the vendor names them")]

use client_core::serde::{null_as_default, number_or_text};
use client_core::{Call, Error, Operation, Repeat};
use serde::Deserialize;

use super::{ProxySettings, SiteScope, SiteUid};
use crate::Client;

pub(crate) const GET: Operation =
    Operation::get("site_settings.get", "/v2/site/{siteUid}/settings").charges(&["read"]);
pub(crate) const SET_PROXY: Operation = Operation::post(
    "site_settings.set_proxy",
    "/v2/site/{siteUid}/settings/proxy",
)
.repeat(Repeat::Idempotent)
.charges(&["write", "site-proxy-create"]);
pub(crate) const DELETE_PROXY: Operation = Operation::delete(
    "site_settings.delete_proxy",
    "/v2/site/{siteUid}/settings/proxy",
)
.charges(&["write", "site-proxy-delete"]);

/// The settings of a site.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SiteSettings {
    #[serde(default)]
    pub general_settings: Option<GeneralSettings>,
    /// Absent without a proxy.
    #[serde(default)]
    pub proxy_settings: Option<ProxySettings>,
    #[serde(default, with = "null_as_default")]
    pub mail_recipients: Vec<MailRecipient>,
}

/// What a site's record has too.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GeneralSettings {
    #[serde(default)]
    pub uid: Option<SiteUid>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    /// True for an `OnDemand` site, false for a Managed one.
    #[serde(default)]
    pub on_demand: Option<bool>,
}

/// One who gets mail about a site.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MailRecipient {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    /// Free text, without a list of values.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Documented as never sent.
    #[serde(default, with = "number_or_text")]
    pub receives: Option<i64>,
    #[serde(default)]
    pub receives_new_devices: Option<bool>,
    #[serde(default)]
    pub receives_alerts: Option<bool>,
    #[serde(default)]
    pub receives_reports: Option<bool>,
}

fn set_proxy(site: &SiteUid, proxy: &ProxySettings) -> Call<SiteSettings> {
    proxy.checked(Call::new(&SET_PROXY, [site.as_str()]).json(proxy))
}

fn delete_proxy(site: &SiteUid) -> Call<()> {
    Call::unit(&DELETE_PROXY, [site.as_str()])
}

/// A site's settings; made by [`SiteScope::settings`].
#[derive(Debug, Clone, Copy)]
pub struct Settings<'c> {
    client: &'c Client,
    site: &'c SiteUid,
}

impl<'c> SiteScope<'c> {
    /// The site's settings.
    #[must_use]
    pub fn settings(self) -> Settings<'c> {
        Settings {
            client: self.client,
            site: self.uid,
        }
    }
}

impl Settings<'_> {
    /// Reads the settings.
    ///
    /// # Errors
    ///
    /// `NotFound` for an unknown site; `Denied` if the key's user may not see it; `Credentials`, `Blocked`, `RateLimited`,
    /// and the kinds of transport and server failures.
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// let settings = client.site(&site).settings().get().await?;
    /// println!("{} recipients of mail", settings.mail_recipients.len());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get(self) -> Result<SiteSettings, Error> {
        self.client
            .send(Call::new(&GET, [self.site.as_str()]))
            .await
    }

    /// Sets the proxy, whatever it was. Only agents that are installed later use it.
    ///
    /// The vendor replaces the proxy as a whole, so give user name and password every time. An absent one is left out of
    /// what is sent; whether the vendor then forgets or keeps the one that it has is not documented. A password that was
    /// read may be a mask, which would be set as it is.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a proxy without host, type, or a port from 1 to 65535; `Conflict` while another write is under way; the kinds of
    /// [`get`](Self::get).
    ///
    /// ```no_run
    /// use datto_rmm::sites::{ProxySettings, ProxyType};
    ///
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// let proxy = ProxySettings::new(ProxyType::Http, "proxy.example.com", 8080);
    /// client.site(&site).settings().set_proxy(&proxy).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn set_proxy(self, proxy: &ProxySettings) -> Result<SiteSettings, Error> {
        self.client.send(set_proxy(self.site, proxy)).await
    }

    /// Takes the proxy away, if there is one.
    ///
    /// # Errors
    ///
    /// `Conflict` while another write is under way; the kinds of [`get`](Self::get).
    ///
    /// ```no_run
    /// # async fn run(client: datto_rmm::Client, site: datto_rmm::sites::SiteUid) -> Result<(), datto_rmm::Error> {
    /// client.site(&site).settings().delete_proxy().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn delete_proxy(self) -> Result<(), Error> {
        self.client.send(delete_proxy(self.site)).await
    }
}

#[cfg(test)]
mod tests {
    use client_core::ErrorKind;
    use serde_json::json;

    use super::{SiteSettings, delete_proxy, set_proxy};
    use crate::sites::{ProxySettings, ProxyType, SiteUid};

    fn settings(json: serde_json::Value) -> SiteSettings {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn every_field_may_be_null_or_absent() {
        let empty = settings(json!({}));
        assert_eq!(
            settings(
                json!({"generalSettings": null, "proxySettings": null, "mailRecipients": null})
            ),
            empty
        );
        let inner = settings(json!({
            "generalSettings": {"name": null, "uid": null, "description": null, "onDemand": null},
            "proxySettings": {"host": null, "password": null, "port": null, "type": null, "username": null},
            "mailRecipients": [{
                "name": null, "email": null, "type": null, "receives": null, "receivesNewDevices": null,
                "receivesAlerts": null, "receivesReports": null,
            }],
        }));
        assert_eq!(
            inner,
            settings(json!({"generalSettings": {}, "proxySettings": {}, "mailRecipients": [{}]}))
        );
    }

    #[test]
    fn half_a_proxy_is_refused() {
        let site = SiteUid::new("a/b");
        let whole = ProxySettings::new(ProxyType::Http, "proxy.example.com", 8080);
        let call = set_proxy(&site, &whole);
        assert!(call.check().is_ok());
        assert_eq!(call.target(), "/v2/site/a%2Fb/settings/proxy");
        assert_eq!(delete_proxy(&site).target(), call.target());
        for (half, named) in [
            (
                ProxySettings {
                    host: None,
                    ..whole.clone()
                },
                "host",
            ),
            (ProxySettings::new(ProxyType::Http, " ", 8080), "host"),
            (
                ProxySettings {
                    port: None,
                    ..whole.clone()
                },
                "port",
            ),
            (ProxySettings::new(ProxyType::Http, "p", 0), "port"),
            (
                ProxySettings {
                    port: Some(-1),
                    ..whole.clone()
                },
                "port",
            ),
            (
                ProxySettings {
                    port: Some(65_536),
                    ..whole.clone()
                },
                "port",
            ),
            (
                ProxySettings {
                    kind: None,
                    ..whole.clone()
                },
                "type",
            ),
        ] {
            let error = set_proxy(&site, &half).check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains(named), "{error}");
        }
    }
}
