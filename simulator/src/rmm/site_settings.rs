//! A site's settings and its proxy.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Call;
use crate::server::Answer;
use crate::world::{ActivitySpec, Proxy, SiteKind};

/// A proxy as bodies carry it; nothing in it is required.
#[derive(Deserialize)]
pub(super) struct ProxyRequest {
    host: Option<String>,
    port: Option<i64>,
    r#type: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

impl ProxyRequest {
    /// The proxy, if its type and port can be.
    pub(super) fn proxy(self) -> Option<Proxy> {
        let kind = self.r#type.as_deref();
        let is_known = kind.is_none_or(|kind| ["http", "socks4", "socks5"].contains(&kind));
        let is_port = self.port.is_none_or(|port| (1..=65_535).contains(&port));
        (is_known && is_port).then_some(Proxy {
            host: self.host,
            port: self.port,
            kind: self.r#type,
            username: self.username,
            password: self.password,
        })
    }
}

impl Call<'_> {
    pub(super) fn wire_proxy(&self, proxy: &Proxy) -> Value {
        let settings = &self.state.settings.rmm;
        let password = proxy.password.as_ref().map(|password| {
            if settings.show_proxy_password {
                password
            } else {
                &settings.masked_placeholder
            }
        });
        json!({
            "host": proxy.host,
            "port": proxy.port,
            "type": proxy.kind,
            "username": proxy.username,
            "password": password,
        })
    }
}

/// `GET /api/v2/site/{siteUid}/settings`
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let site = call.site()?;
    let recipients: Vec<_> = site
        .mail_recipients
        .iter()
        .map(|recipient| {
            json!({
                "name": recipient.name,
                "email": recipient.email,
                "type": recipient.kind,
                "receivesNewDevices": recipient.new_devices,
                "receivesAlerts": recipient.alerts,
                "receivesReports": recipient.reports,
            })
        })
        .collect();
    Ok(Answer::json(
        200,
        &json!({
            "generalSettings": {
                "name": site.name,
                "uid": site.uid,
                "description": site.description,
                "onDemand": site.kind == SiteKind::OnDemand,
            },
            "proxySettings": site.proxy.as_ref().map(|proxy| call.wire_proxy(proxy)),
            "mailRecipients": recipients,
        }),
    ))
}

/// `POST /api/v2/site/{siteUid}/settings/proxy`: replaces the whole proxy.
pub(super) fn set_proxy(call: &mut Call<'_>) -> Result<Answer, Answer> {
    call.site()?;
    let body: ProxyRequest = call.body()?;
    let proxy = body.proxy().ok_or_else(|| call.error(400))?;
    call.site_mut()?.proxy = Some(proxy);
    log(call, "proxy.update");
    get(call)
}

/// `DELETE /api/v2/site/{siteUid}/settings/proxy`: 204 where there was none.
pub(super) fn delete_proxy(call: &mut Call<'_>) -> Result<Answer, Answer> {
    if call.site_mut()?.proxy.take().is_none() {
        return Ok(Answer::empty(204));
    }
    log(call, "proxy.delete");
    Ok(Answer::empty(200))
}

fn log(call: &mut Call<'_>, action: &str) {
    let spec = ActivitySpec::user("", "site", action).site(call.part(0));
    call.log(spec);
}
