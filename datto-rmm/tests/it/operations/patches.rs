//! Patches.

use client_core::ErrorKind;
use datto_rmm::devices::{DeviceUid, ListDevices};
use datto_rmm::patches::{InstallStatus, ListPatches, PatchSeverity, PatchType};
use datto_rmm::sites::SiteUid;
use datto_rmm::{Client, Error, WireTime};

use super::Case;
use crate::support::{SITE, Wire, html, json, line, refused};

pub(super) async fn of_devices(case: &Case) {
    let body = r#"{"pageDetails":{"count":2,"totalCount":2,"prevPageUrl":null,"nextPageUrl":null},"patches":[
        {"patchId":"p-1","category":["Security Updates"],"type":"SOFTWARE","title":"2026-01 Cumulative","description":"Fixes",
        "releaseDate":"2026-01-01","severity":"CRITICAL","maxSize":1048576,"rebootRequired":true,"requireUserInput":false,
        "kbArticleId":"5034441","installStatus":"APPROVED_PENDING","manualOverride":true,"addedLater":0},
        {"patchId":"p-2","category":null,"type":"FIRMWARE","severity":"DIRE","releaseDate":"1/13/2026","installStatus":"SOMEHOW",
        "kbArticleId":5034442}]}"#;
    let target = "/api/v2/device/d-1/patches?installStatus=APPROVED_PENDING&max=250&page=0";
    case.wire
        .answer(line("GET", target), 1, json(200, body))
        .await;
    let filter = ListPatches::default().install_status(InstallStatus::ApprovedPending);
    let uid = DeviceUid::new("d-1");
    let patches = case.client.device(&uid).patches(&filter).collect_all();
    let patches = patches.await.unwrap().into_inner();
    let patch = &patches[0];
    assert_eq!(patch.category, ["Security Updates"]);
    assert_eq!(
        (patch.kind.as_ref(), patch.severity.as_ref()),
        (Some(&PatchType::Software), Some(&PatchSeverity::Critical))
    );
    let released = patch.release_date.as_ref().and_then(WireTime::timestamp);
    assert_eq!(released.unwrap().to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(
        (patch.max_size, patch.kb_article_id.as_deref()),
        (Some(1_048_576), Some("5034441"))
    );
    assert_eq!(
        (patch.reboot_required, patch.manual_override),
        (Some(true), Some(true))
    );
    let odd = &patches[1];
    assert_eq!(odd.kb_article_id.as_deref(), Some("5034442"));
    assert_eq!(odd.kind.as_ref().map(PatchType::as_str), Some("FIRMWARE"));
    assert_eq!(
        odd.severity.as_ref().map(PatchSeverity::as_str),
        Some("DIRE")
    );
    assert_eq!(
        odd.release_date,
        Some(WireTime::Unreadable("\"1/13/2026\"".to_owned()))
    );
}

pub(super) async fn of_sites(case: &Case) {
    let body = r#"{"pageDetails":{"count":3,"totalCount":3,"nextPageUrl":null},"patches":[
        {"patchId":"p-1","installStatus":"INSTALLED","totalDevices":7},{"patchId":"p-1","installStatus":"NOT_APPROVED","totalDevices":2},
        {"patchId":"p-2","category":null,"type":null,"title":null,"description":null,"releaseDate":null,"severity":null,"maxSize":null,
        "rebootRequired":null,"requireUserInput":null,"kbArticleId":null,"installStatus":null,"totalDevices":null}]}"#;
    let target = format!("/api/v2/site/{SITE}/patches?installStatus=NOT_APPROVED&max=250&page=0");
    case.wire
        .answer(line("GET", target), 1, json(200, body))
        .await;
    let filter = ListPatches::default().install_status(InstallStatus::NotApproved);
    let patches = case.client.site(&case.site).patches(&filter);
    let patches = patches.collect_all().await.unwrap().into_inner();
    let totals: Vec<_> = patches.iter().map(|patch| patch.total_devices).collect();
    assert_eq!(totals, [Some(7), Some(2), None], "once for each status");
}

/// A platform with an older build does not have these calls, and no answer of it may read as "no patches" or "no devices".
#[tokio::test]
async fn an_older_build_says_so() {
    let patches = format!("/v2/site/{SITE}/patches");
    for (path, query) in [
        (patches.as_str(), "?max=250&page=0"),
        ("/v3/account/devices", "?max=250&page=0"),
        ("/v3/device/d-1", ""),
    ] {
        let stranger = json(
            404,
            format!(
                r#"{{"status":404,"error":"Not Found","message":"No static resource {path}.","path":"{path}"}}"#
            ),
        );
        for (answer, kind, words) in [
            (
                refused(404, "Not Found", path),
                ErrorKind::NotFound,
                "no such record, or an older build",
            ),
            (stranger, ErrorKind::Config, "an older build"),
            (html(404), ErrorKind::Config, "an older build"),
        ] {
            let wire = Wire::start().await;
            wire.answer(line("GET", format!("/api{path}{query}")), 1, answer)
                .await;
            let error = failure(&wire.client(), path).await;
            assert_eq!((error.kind(), error.attempts()), (kind, 1), "{path}");
            assert!(error.to_string().contains(words), "{path}: {error}");
        }
    }
}

async fn failure(client: &Client, path: &str) -> Error {
    match path {
        "/v3/account/devices" => {
            let devices = client.account().devices().v3();
            let listed = devices.list(&ListDevices::default()).collect_all().await;
            listed.unwrap_err()
        }
        "/v3/device/d-1" => {
            let uid = DeviceUid::new("d-1");
            client.device(&uid).v3().get().await.unwrap_err()
        }
        _ => {
            let uid = SiteUid::new(SITE);
            let patches = client.site(&uid).patches(&ListPatches::default());
            patches.collect_all().await.unwrap_err()
        }
    }
}
