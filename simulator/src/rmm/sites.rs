//! Sites and the networks they are mapped to.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::site_settings::ProxyRequest;
use super::{Call, Object};
use crate::server::Answer;
use crate::world::{ActivitySpec, Site, SiteKind};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireSite<'a> {
    id: i64,
    uid: &'a str,
    account_uid: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    notes: Option<&'a str>,
    on_demand: bool,
    splashtop_auto_install: Option<bool>,
    proxy_settings: Option<Value>,
    devices_status: DevicesStatus,
    autotask_company_name: Option<&'a str>,
    /// A number as text.
    autotask_company_id: Option<String>,
    portal_url: String,
}

#[derive(Serialize)]
struct DevicesStatus {
    #[serde(rename = "numberOfDevices")]
    all: usize,
    #[serde(rename = "numberOfOnlineDevices")]
    online: usize,
    #[serde(rename = "numberOfOfflineDevices")]
    offline: usize,
}

impl Call<'_> {
    fn wire_site<'a>(&'a self, site: &'a Site) -> WireSite<'a> {
        let devices = site.devices.iter();
        let online = devices.filter(|device| device.online && !device.deleted);
        let online = online.count();
        WireSite {
            id: site.id,
            uid: &site.uid,
            account_uid: &self.state.world.account.uid,
            name: &site.name,
            description: site.description.as_deref(),
            notes: site.notes.as_deref(),
            on_demand: site.kind == SiteKind::OnDemand,
            splashtop_auto_install: site.splashtop_auto_install,
            proxy_settings: site.proxy.as_ref().map(|proxy| self.wire_proxy(proxy)),
            devices_status: DevicesStatus {
                all: site.devices.len(),
                online,
                offline: site.devices.len() - online,
            },
            autotask_company_name: site
                .psa_company
                .as_ref()
                .map(|company| company.name.as_str()),
            autotask_company_id: site
                .psa_company
                .as_ref()
                .map(|company| company.id.to_string()),
            portal_url: self.portal(&format!("profile/summary/{}", site.id)),
        }
    }
}

/// `GET /api/v2/account/sites`; `siteName` is a part of the name in any case.
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let part = call
        .request
        .parameter("siteName")
        .unwrap_or_default()
        .to_lowercase();
    let rows: Vec<_> = call
        .sites()
        .filter(|site| site.name.to_lowercase().contains(&part))
        .collect();
    call.page("sites", &rows, |site| call.wire_site(site))
}

/// `GET /api/v2/site/{siteUid}`
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Answer> {
    Ok(Answer::json(200, &call.wire_site(call.site()?)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SiteRequest {
    name: Option<String>,
    description: Option<String>,
    notes: Option<String>,
    on_demand: Option<bool>,
    splashtop_auto_install: Option<bool>,
    /// On creation only.
    proxy_settings: Option<Object<ProxyRequest>>,
}

/// The body, which must name the site in 1 to 255 characters.
fn site_request(call: &Call<'_>) -> Result<(String, SiteRequest), Answer> {
    let mut body: SiteRequest = call.body()?;
    let name = body.name.take().unwrap_or_default();
    if name.trim().is_empty() || name.chars().count() > 255 {
        return Err(call.error(400));
    }
    Ok((name, body))
}

/// Replaces all five fields: what the body leaves out is cleared.
fn replace(site: &mut Site, name: String, body: SiteRequest) {
    site.name = name;
    site.description = body.description;
    site.notes = body.notes;
    site.kind = if body.on_demand == Some(true) {
        SiteKind::OnDemand
    } else {
        SiteKind::Managed
    };
    site.splashtop_auto_install = body.splashtop_auto_install;
}

/// `PUT /api/v2/site`
pub(super) fn create(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let (name, mut body) = site_request(call)?;
    let proxy = match body.proxy_settings.take() {
        Some(Object(proxy)) => Some(proxy.proxy().ok_or_else(|| call.error(400))?),
        None => None,
    };
    let uid = call.state.world.add_site(&name);
    // Whoever makes a site sees it.
    let users = &mut call.state.world.account.users;
    if let Some(scope) = users
        .iter_mut()
        .find(|user| user.key == Some(call.key))
        .and_then(|user| user.sites.as_mut())
    {
        scope.insert(uid.clone());
    }
    call.path = vec![uid];
    let site = call.site_mut()?;
    replace(site, name, body);
    site.proxy = proxy;
    log(call, "create");
    get(call)
}

/// `POST /api/v2/site/{siteUid}`
pub(super) fn update(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let (name, body) = site_request(call)?;
    if !super::is_ordinary(call.site()?) {
        return Err(call.error(403));
    }
    replace(call.site_mut()?, name, body);
    log(call, "update");
    get(call)
}

fn log(call: &mut Call<'_>, action: &str) {
    let spec = ActivitySpec::user("", "site", action).site(call.part(0));
    call.log(spec);
}

/// `GET /api/v2/account/dnet-site-mappings`: sites, with a list of network ids where there is one.
/// Without networks the list is null, empty or absent, by turns.
pub(super) fn list_networks(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let sites = call.sites().filter(|site| super::is_ordinary(site));
    let mut unmapped = 0;
    let rows: Vec<_> = sites
        .map(|site| {
            unmapped += usize::from(site.network_ids.is_empty());
            (site, unmapped)
        })
        .collect();
    call.page("dnetSiteMappings", &rows, |(site, turn)| {
        let mut row = json!({
            "id": site.id,
            "uid": site.uid,
            "accountUid": call.state.world.account.uid,
            "name": site.name,
            "description": site.description,
            "portalUrl": call.portal(&format!("profile/summary/{}", site.id)),
        });
        match (site.network_ids.is_empty(), turn % 3) {
            (false, _) | (true, 0) => row["dattoNetworkingNetworkIds"] = json!(site.network_ids),
            (true, 1) => row["dattoNetworkingNetworkIds"] = Value::Null,
            (true, _) => {}
        }
        row
    })
}
