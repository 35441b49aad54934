//! Alerts of account, site and device.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde_json::{Value, json};

use super::paging::Style;
use super::{Call, Row};
use crate::server::Answer;
use crate::world::{ActivitySpec, Alert};

fn wire(alert: &Alert, (site, device): Row<'_>) -> Value {
    let mut source = json!({"deviceUid": device.uid, "siteUid": site.uid});
    if alert.names_source {
        source["deviceName"] = json!(device.hostname);
        source["siteName"] = json!(site.name);
    }
    json!({
        "alertUid": alert.uid,
        "priority": alert.priority,
        "diagnostics": alert.diagnostics,
        "resolved": alert.resolution.is_some(),
        "resolvedBy": alert.resolution.as_ref().map(|resolution| &resolution.by),
        "resolvedOn": alert.resolution.as_ref().map(|resolution| resolution.on_ms),
        "muted": alert.muted,
        "ticketNumber": alert.ticket_number,
        "timestamp": alert.raised_ms,
        "alertMonitorInfo": {"sendsEmails": alert.sends_emails, "createsTicket": alert.creates_ticket},
        "alertContext": alert.context,
        "alertSourceInfo": source,
        "responseActions": alert.response_actions,
        "autoresolveMins": alert.autoresolve_minutes,
    })
}

/// The alerts of these devices that are resolved, or that are not, the newest first.
fn page<'a>(
    call: &'a Call<'_>,
    devices: impl Iterator<Item = Row<'a>>,
    resolved: bool,
) -> Result<Answer, Answer> {
    let muted = call.query("muted", |text| text.parse::<bool>().ok())?;
    let devices: HashMap<&str, Row<'a>> = devices.map(|row| (row.1.uid.as_str(), row)).collect();
    let mut rows: Vec<_> = call
        .state
        .world
        .account
        .alerts
        .iter()
        .filter(|alert| alert.resolution.is_some() == resolved)
        .filter(|alert| muted.is_none_or(|muted| alert.muted == muted))
        .filter_map(|alert| Some((alert, *devices.get(alert.device.as_str())?)))
        .collect();
    rows.sort_by_key(|(alert, _)| Reverse(alert.raised_ms));
    let style = if resolved || call.state.settings.rmm.count_open_alerts {
        Style::Usual
    } else {
        Style::Uncounted
    };
    call.page_in(style, "alerts", &rows, |(alert, row)| wire(alert, *row))
}

/// `GET /api/v2/account/alerts/open`
pub(super) fn list_account_open(call: &mut Call<'_>) -> Result<Answer, Answer> {
    page(call, call.devices(), false)
}

/// `GET /api/v2/account/alerts/resolved`
pub(super) fn list_account_resolved(call: &mut Call<'_>) -> Result<Answer, Answer> {
    page(call, call.devices(), true)
}

fn page_of_site(call: &Call<'_>, resolved: bool) -> Result<Answer, Answer> {
    let site = call.site()?;
    let devices = site.devices.iter().map(|device| (site, device));
    page(call, devices, resolved)
}

/// `GET /api/v2/site/{siteUid}/alerts/open`
pub(super) fn list_site_open(call: &mut Call<'_>) -> Result<Answer, Answer> {
    page_of_site(call, false)
}

/// `GET /api/v2/site/{siteUid}/alerts/resolved`
pub(super) fn list_site_resolved(call: &mut Call<'_>) -> Result<Answer, Answer> {
    page_of_site(call, true)
}

/// `GET /api/v2/device/{deviceUid}/alerts/open`
pub(super) fn list_device_open(call: &mut Call<'_>) -> Result<Answer, Answer> {
    page(call, std::iter::once(call.device()?), false)
}

/// `GET /api/v2/device/{deviceUid}/alerts/resolved`
pub(super) fn list_device_resolved(call: &mut Call<'_>) -> Result<Answer, Answer> {
    page(call, std::iter::once(call.device()?), true)
}

/// The alert that the path names, with its device.
fn named<'a>(call: &'a Call<'_>) -> Result<(&'a Alert, Row<'a>), Answer> {
    let missing = || call.error(call.state.settings.rmm.unknown_alert_status);
    let world = &call.state.world;
    let mut alerts = world.account.alerts.iter();
    let alert = alerts
        .find(|alert| alert.uid == call.part(0))
        .ok_or_else(missing)?;
    let row = world.device(&alert.device).ok_or_else(missing)?;
    if !call.sees(row.0) {
        return Err(call.error(403));
    }
    Ok((alert, row))
}

/// `GET /api/v2/alert/{alertUid}`
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let (alert, row) = named(call)?;
    Ok(Answer::json(200, &wire(alert, row)))
}

/// `POST /api/v2/alert/{alertUid}/resolve`: one that is resolved stays as it is.
pub(super) fn resolve(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let (alert, (_, device)) = named(call)?;
    let (uid, device) = (alert.uid.clone(), device.uid.clone());
    let is_open = alert.resolution.is_none();
    let by = call.username();
    call.state.world.now_ms = call.state.clock.now_ms();
    let missing = call.error(404);
    call.state
        .world
        .resolve_alert(&uid, &by)
        .map_err(|_| missing)?;
    if is_open {
        call.log(ActivitySpec::device(device, "alert", "resolve").detail("alert.uid", uid));
    }
    Ok(Answer::empty(200))
}

/// `POST /api/v2/alert/{alertUid}/mute` and `…/unmute`, which do nothing any more.
#[expect(clippy::unnecessary_wraps, reason = "handlers share one signature")]
pub(super) fn mute(_: &mut Call<'_>) -> Result<Answer, Answer> {
    Ok(Answer::empty(200))
}
