//! The activity log.

use client_core::ErrorKind;
use datto_rmm::activity_logs::{ActivityEntity, ActivityLog, ActivityOrder, ListActivityLogs};
use datto_rmm::jobs::JobUid;
use datto_rmm::{Client, Error, WireTime};

use super::Case;
use crate::support::{Wire, html, json, line, refused};

const FIRST: &str = "/api/v2/activity-logs?size=250&order=asc&from=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z\
    &entities=device,user&categories=job&actions=deployment&siteIds=3&userIds=7&searchQuery=NB";
const ENTRY: &str = r#"{"id":"e-1","entity":"DEVICE","category":"job","action":"deployment","date":1767225600.714,
    "site":{"id":3,"name":"Acme"},"deviceId":17,"hostname":"NB-1","user":{"id":7,"userName":"ada","firstName":"Ada","lastName":"L"},
    "details":"{\"job.uid\":\"j-1\",\"job.status\":\"completed\",\"custom.key\":1}","hasStdOut":true,"hasStdErr":false,"new":1}"#;
const NULLS: &str = r#"{"id":null,"entity":null,"category":null,"action":null,"date":null,"site":null,"deviceId":null,
    "hostname":null,"user":null,"details":null,"hasStdOut":null,"hasStdErr":null}"#;

fn page(rows: &str, next: Option<&str>) -> String {
    let next = next.map_or_else(|| "null".to_owned(), |link| format!("{link:?}"));
    format!(
        r#"{{"pageDetails":{{"count":null,"prevPageUrl":null,"nextPageUrl":{next}}},"activities":[{rows}],"error":null}}"#
    )
}

/// The second page is asked for by the cursor, with the filters of the first, which the link lost.
pub(super) async fn listed(case: &Case) {
    let link = format!(
        "{}/api/v2/activity-logs?size=250&searchAfter=1767225600714&searchAfter=e-1&page=next",
        case.wire.server.uri()
    );
    case.wire
        .answer(line("GET", FIRST), 1, json(200, page(ENTRY, Some(&link))))
        .await;
    let second = format!("{FIRST}&searchAfter=1767225600714&searchAfter=e-1&page=next");
    let odd = r#"{"id":"e-2","entity":"ROBOT","date":"soon","details":"no json"}"#;
    let last = format!(
        "{}/api/v2/activity-logs?searchAfter=9,z",
        case.wire.server.uri()
    );
    case.wire
        .answer(
            line("GET", second),
            1,
            json(200, page(&format!("{NULLS},{odd},{NULLS}"), Some(&last))),
        )
        .await;
    let third = format!("{FIRST}&searchAfter=9,z&page=next");
    case.wire
        .answer(line("GET", third), 1, json(200, page("", Some(&link))))
        .await;
    let filter = ListActivityLogs::default()
        .order(ActivityOrder::Ascending)
        .from("2026-01-01T00:00:00.9Z".parse().unwrap())
        .until("2026-01-01T23:59:59.1Z".parse().unwrap())
        .entities([ActivityEntity::Device, ActivityEntity::User])
        .categories(["job"])
        .actions(["deployment"])
        .site_ids([3])
        .user_ids([7])
        .search("NB");
    let log = case.client.activity_logs().list(&filter);
    let log = log.collect_all().await.unwrap().into_inner();
    assert_eq!(log.len(), 4, "entries without an id count each time");
    is_whole(&log[0]);
    assert_eq!(
        log[2].entity.as_ref().map(ActivityEntity::as_str),
        Some("ROBOT")
    );
    assert_eq!(
        log[2].date,
        Some(WireTime::Unreadable("\"soon\"".to_owned()))
    );
    assert!(log[2].parsed_details().is_err());
    assert_eq!(log[3].parsed_details(), Ok(None));
}

fn is_whole(entry: &ActivityLog) {
    assert_eq!(entry.entity, Some(ActivityEntity::Device));
    let at = entry.date.as_ref().and_then(WireTime::timestamp).unwrap();
    assert_eq!(at.to_string(), "2026-01-01T00:00:00.714Z");
    assert_eq!(entry.site.as_ref().unwrap().id, Some(3));
    let user = entry.user.as_ref().unwrap();
    assert_eq!(
        (
            user.id,
            user.user_name.as_deref(),
            user.first_name.as_deref()
        ),
        (Some(7), Some("ada"), Some("Ada"))
    );
    assert_eq!(
        (entry.device_id, entry.has_std_out, entry.has_std_err),
        (Some(17), Some(true), Some(false))
    );
    let details = entry.parsed_details().unwrap().unwrap();
    assert_eq!(details.job_uid.as_ref().map(JobUid::as_str), Some("j-1"));
    assert_eq!(details.job_status.as_deref(), Some("completed"));
    assert_eq!(details.rest["custom.key"], 1);
}

async fn refusal(client: &Client) -> Error {
    let log = client.activity_logs().list(&ListActivityLogs::default());
    log.collect_all().await.unwrap_err()
}

const LOG: &str = "/api/v2/activity-logs?size=250";

/// The log's database fails inside of a successful answer, and a rest of a page is no page.
#[tokio::test]
async fn an_error_with_status_200_is_an_error() {
    let wire = Wire::start().await;
    let body = format!(
        r#"{{"pageDetails":{{"count":1,"nextPageUrl":null}},"activities":[{ENTRY}],"error":"shard unavailable"}}"#
    );
    wire.answer(line("GET", LOG), 4, json(200, body)).await;
    let error = refusal(&wire.client()).await;
    assert_eq!(
        (error.kind(), error.status(), error.vendor_message()),
        (ErrorKind::Server, Some(200), Some("shard unavailable"))
    );
    assert_eq!(error.attempts(), 4, "a read is asked again");

    let wire = Wire::start().await;
    let broken = r#"{"pageDetails":null,"activities":null,"error":"shard unavailable"}"#;
    wire.answer_once(line("GET", LOG), json(200, broken)).await;
    wire.answer(line("GET", LOG), 1, json(200, page(ENTRY, None)))
        .await;
    let client = wire.client();
    let log = client.activity_logs().list(&ListActivityLogs::default());
    assert_eq!(log.collect_all().await.unwrap().as_slice().len(), 1);
}

#[tokio::test]
async fn refusals_tell_parameters_from_rights() {
    for (answer, kind) in [
        (
            refused(400, "Bad Request", "/v2/activity-logs"),
            ErrorKind::InvalidInput,
        ),
        (
            refused(403, "Forbidden", "/v2/activity-logs"),
            ErrorKind::Denied,
        ),
    ] {
        let wire = Wire::start().await;
        wire.answer(line("GET", LOG), 1, answer).await;
        let error = refusal(&wire.client()).await;
        assert_eq!(
            (error.kind(), error.operation()),
            (kind, "activity_logs.list")
        );
    }
    let wire = Wire::start().await;
    let filter = ListActivityLogs::default().categories(["a,b"]);
    let client = wire.client();
    let error = client.activity_logs().list(&filter).collect_all().await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidInput);
    assert!(wire.lines().await.is_empty());
}

/// Trap 1: a first page that fails is an error, not an empty log.
#[tokio::test]
async fn trap_1_a_failing_first_page_is_an_error() {
    for (answer, attempts, kind) in [
        (html(200), 4, ErrorKind::Malformed),
        (json(200, r#"{"activities":["#), 4, ErrorKind::Malformed),
        (
            json(200, r#"{"pageDetails":{},"activity":[]}"#),
            1,
            ErrorKind::Decode,
        ),
    ] {
        let wire = Wire::start().await;
        wire.answer(line("GET", LOG), attempts, answer).await;
        assert_eq!(refusal(&wire.client()).await.kind(), kind);
    }
}

/// Trap 4: the token would go to another host.
#[tokio::test]
async fn trap_4_a_link_to_another_host_is_an_error() {
    let (wire, other) = (Wire::start().await, Wire::start().await);
    let link = format!(
        "{}/api/v2/activity-logs?searchAfter=1,a&page=next",
        other.server.uri()
    );
    wire.answer(line("GET", LOG), 1, json(200, page(ENTRY, Some(&link))))
        .await;
    assert_eq!(refusal(&wire.client()).await.kind(), ErrorKind::Paging);
    assert!(other.server.received_requests().await.unwrap().is_empty());
}

/// A cursor that was followed is not followed again: the log would never end.
#[tokio::test]
async fn a_cursor_seen_twice_is_an_error() {
    let wire = Wire::start().await;
    let link = format!(
        "{}/api/v2/activity-logs?searchAfter=1,a&page=next",
        wire.server.uri()
    );
    wire.answer(line("GET", LOG), 1, json(200, page(ENTRY, Some(&link))))
        .await;
    let second = format!("{LOG}&searchAfter=1,a&page=next");
    let entry = r#"{"id":"e-2"}"#;
    wire.answer(line("GET", second), 1, json(200, page(entry, Some(&link))))
        .await;
    let error = refusal(&wire.client()).await;
    assert_eq!(error.kind(), ErrorKind::Paging);
    assert!(error.to_string().contains("read already"), "{error}");
}
