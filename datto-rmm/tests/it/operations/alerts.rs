//! Alerts.

use client_core::Items;
use datto_rmm::WireTime;
use datto_rmm::alerts::{
    Alert, AlertPriority, AlertUid, ContextDetail, DiskUnit, ListAlerts, ResponseActionType,
};
use datto_rmm::devices::DeviceUid;
use wiremock::{Mock, ResponseTemplate};

use super::Case;
use crate::support::{Exactly, SITE, assert_no_secret, json, line};

const OPEN: &str = r#"{"alertUid":"a-1","priority":"Critical","diagnostics":"CANARY-OUTPUT\nline 2","resolved":false,
    "resolvedBy":null,"resolvedOn":null,"muted":false,"ticketNumber":null,"timestamp":1767225600000,
    "alertMonitorInfo":{"sendsEmails":true,"createsTicket":false},
    "alertContext":{"@class":"perf_disk_usage_ctx","diskName":"C:","totalVolume":1.0485760E8,"freeSpace":2048.5,
    "unitOfMeasure":"FREE","diskNameDesignation":"ANY_VOLUME"},
    "alertSourceInfo":{"deviceUid":"d-1","deviceName":"NB-1","siteUid":"00000000-0000-4000-8000-000000000001","siteName":"Acme"},
    "responseActions":[{"actionTime":1767225601000,"actionType":"EMAIL_SENT","description":"Email sent",
    "actionReference":"m-1","actionReferenceInt":"12"}],"autoresolveMins":60,"addedLater":{}}"#;
const NULLS: &str = r#"{"alertUid":"a-2","priority":null,"diagnostics":null,"resolved":null,"resolvedBy":null,"resolvedOn":null,
    "muted":null,"ticketNumber":null,"timestamp":null,"alertMonitorInfo":null,"alertContext":null,"alertSourceInfo":null,
    "responseActions":null,"autoresolveMins":null}"#;
const RESOLVED: &str = r#"{"alertUid":"a-3","priority":"Unknown","resolved":true,"resolvedBy":"ada","resolvedOn":1767225600123,
    "alertContext":{"@class":"brand_new_ctx","reading":[1,2]},"alertSourceInfo":{"deviceUid":null,"siteUid":null},
    "responseActions":[{"actionType":"PIGEON_SENT"}]}"#;

/// Without a total, as the vendor answers for open alerts.
fn page(rows: &str, count: usize) -> ResponseTemplate {
    json(
        200,
        format!(
            r#"{{"pageDetails":{{"count":{count},"prevPageUrl":null,"nextPageUrl":null}},"alerts":[{rows}]}}"#
        ),
    )
}

async fn all(items: Items<Alert>) -> Vec<Alert> {
    items.collect_all().await.unwrap().into_inner()
}

pub(super) async fn listed(case: &Case) {
    let device = DeviceUid::new("d-1");
    let site = format!("site/{SITE}");
    for scope in ["account", site.as_str(), "device/d-1"] {
        let open = format!("/api/v2/{scope}/alerts/open?muted=false&max=250&page=0");
        let rows = page(&format!("{OPEN},{NULLS}"), 2);
        case.wire.answer(line("GET", open), 1, rows).await;
        let resolved = format!("/api/v2/{scope}/alerts/resolved?muted=true&max=250&page=0");
        case.wire
            .answer(line("GET", resolved), 1, page(RESOLVED, 1))
            .await;
    }
    let all_with = |muted| ListAlerts::default().muted(muted);
    let (muted, unmuted) = (all_with(true), all_with(false));
    let (site, device) = (case.client.site(&case.site), case.client.device(&device));
    let open = all(case.client.alerts().open(&unmuted)).await;
    assert_eq!(open, all(site.alerts().open(&unmuted)).await);
    assert_eq!(open, all(device.alerts().open(&unmuted)).await);
    let resolved = all(case.client.alerts().resolved(&muted)).await;
    assert_eq!(resolved, all(site.alerts().resolved(&muted)).await);
    assert_eq!(resolved, all(device.alerts().resolved(&muted)).await);
    is_open(&open[0]);
    assert_eq!(
        (&open[1].alert_context, open[1].response_actions.len()),
        (&None, 0)
    );
    is_resolved(&resolved[0]);
}

fn is_open(alert: &Alert) {
    assert_no_secret(&format!("{alert:?}"));
    assert_eq!(alert.priority, Some(AlertPriority::Critical));
    let printed = alert.diagnostics.as_ref().unwrap();
    assert_eq!(printed.as_str(), "CANARY-OUTPUT\nline 2");
    let monitor = alert.alert_monitor_info.as_ref().unwrap();
    assert_eq!(
        (monitor.sends_emails, monitor.creates_ticket),
        (Some(true), Some(false))
    );
    let context = alert.alert_context.as_ref().unwrap();
    let ContextDetail::DiskUsage(disk) = context.detail() else {
        panic!("{context:?}")
    };
    assert_eq!(
        (disk.disk_name.as_deref(), disk.free_space),
        (Some("C:"), Some(2048.5))
    );
    assert_eq!(disk.unit_of_measure, Some(DiskUnit::Free));
    let source = alert.alert_source_info.as_ref().unwrap();
    assert_eq!(source.device_uid, Some(DeviceUid::new("d-1")));
    assert_eq!(source.site_name.as_deref(), Some("Acme"));
    let action = &alert.response_actions[0];
    assert_eq!(action.action_type, Some(ResponseActionType::EmailSent));
    let at = action
        .action_time
        .as_ref()
        .and_then(WireTime::timestamp)
        .unwrap();
    assert_eq!(at.to_string(), "2026-01-01T00:00:01Z");
    assert_eq!(
        (
            action.action_reference_int.as_deref(),
            alert.autoresolve_mins
        ),
        (Some("12"), Some(60))
    );
}

fn is_resolved(alert: &Alert) {
    assert_eq!(alert.priority, Some(AlertPriority::Unclassified));
    let at = alert
        .resolved_on
        .as_ref()
        .and_then(WireTime::timestamp)
        .unwrap();
    assert_eq!(at.to_string(), "2026-01-01T00:00:00.123Z");
    let context = alert.alert_context.as_ref().unwrap();
    assert_eq!(context.class(), Some("brand_new_ctx"));
    assert_eq!(context.detail(), &ContextDetail::UnknownClass);
    assert_eq!(context.raw()["reading"][1], 2);
    let action = alert.response_actions[0].action_type.as_ref().unwrap();
    assert_eq!(action.as_str(), "PIGEON_SENT");
}

pub(super) async fn one(case: &Case) {
    let uid = AlertUid::new("a/1");
    case.wire
        .answer(line("GET", "/api/v2/alert/a%2F1"), 1, json(200, OPEN))
        .await;
    is_open(&case.client.alert(&uid).get().await.unwrap());
    for (verb, status) in [("resolve", 200), ("mute", 204), ("unmute", 200)] {
        Mock::given(line("POST", format!("/api/v2/alert/a%2F1/{verb}")))
            .and(Exactly(""))
            .respond_with(ResponseTemplate::new(status))
            .expect(1)
            .mount(&case.wire.server)
            .await;
    }
    case.client.alert(&uid).resolve().await.unwrap();
    mute(case, &uid).await;
}

#[expect(deprecated, reason = "the endpoints are still there")]
async fn mute(case: &Case, uid: &AlertUid) {
    case.client.alert(uid).mute().await.unwrap();
    case.client.alert(uid).unmute().await.unwrap();
}
