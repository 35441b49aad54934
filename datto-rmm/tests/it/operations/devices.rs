//! Devices.

use client_core::Date;
use datto_rmm::WireTime;
use datto_rmm::devices::{
    AntivirusStatus, DeviceClass, DeviceId, DeviceUid, ListDevices, ListSiteDevices, PatchStatus,
    UdfUpdate,
};
use datto_rmm::filters::FilterId;
use datto_rmm::sites::SiteUid;
use wiremock::{Mock, ResponseTemplate};

use super::Case;
use crate::support::{Exactly, SITE, assert_no_secret, json, line};

const DEVICE: &str = r#"{"id":17,"uid":"d-1","siteId":3,"siteUid":"00000000-0000-4000-8000-000000000001","siteName":"Acme",
    "deviceType":{"category":"Laptop","type":"Notebook"},"hostname":"NB-1","intIpAddress":"10.0.0.5",
    "operatingSystem":"Microsoft Windows 11 Pro","lastLoggedInUser":"ACME\\ada","domain":"acme.example","cagVersion":"4.4.2450.2450",
    "displayVersion":"2450","extIpAddress":"198.51.100.7","description":"Front desk","a64Bit":null,"rebootRequired":false,
    "online":true,"suspended":false,"deleted":false,"lastSeen":1767225600000,"lastReboot":-62135596800000,
    "lastAuditDate":"2026-01-01T00:00:00Z","creationDate":1767225600,"udf":{"udf1":"CANARY-UDF","udf2":null},"snmpEnabled":false,
    "deviceClass":"device","portalUrl":"https://merlot.centrastage.net/csm/device/17","warrantyDate":"2027-06-30",
    "antivirus":{"antivirusProduct":"Example AV","antivirusStatus":"RunningAndUpToDate"},
    "patchManagement":{"patchStatus":"FullyPatched","patchesApprovedPending":0,"patchesNotApproved":2,"patchesInstalled":40},
    "softwareStatus":null,"webRemoteUrl":"https://merlot.centrastage.net/csm/remote/17","networkProbe":false,
    "onboardedViaNetworkMonitor":false,"anotherField":{}}"#;

pub(super) fn devices_page(rows: &str, count: usize) -> ResponseTemplate {
    json(
        200,
        format!(
            r#"{{"pageDetails":{{"count":{count},"totalCount":{count},"nextPageUrl":""}},"devices":[{rows}]}}"#
        ),
    )
}

pub(super) async fn account_devices(case: &Case) {
    let target = "/api/v2/account/devices?hostname=NB&deviceType=Laptop&operatingSystem=Windows%2011&siteName=Acme&max=250&page=0";
    let odd = r#"{"uid":"d-2","deviceClass":"toaster","antivirus":null,"patchManagement":{"patchStatus":"Sleeping"},"udf":null}"#;
    case.wire
        .answer(
            line("GET", target),
            1,
            devices_page(&format!("{DEVICE},{odd}"), 2),
        )
        .await;
    let filter = ListDevices::default()
        .hostname("NB")
        .device_type("Laptop")
        .operating_system("Windows 11")
        .site_name("Acme");
    let devices = case
        .client
        .account()
        .devices()
        .list(&filter)
        .collect_all()
        .await
        .unwrap()
        .into_inner();
    assert_no_secret(&format!("{devices:?}"));
    let device = &devices[0];
    assert_eq!(
        (device.id, device.uid.as_str(), device.site_id),
        (Some(DeviceId::new(17)), "d-1", Some(3))
    );
    assert_eq!(device.site_uid, Some(SiteUid::new(SITE)));
    assert_eq!(
        device.device_type.as_ref().unwrap().kind.as_deref(),
        Some("Notebook")
    );
    assert_eq!(
        (device.hostname.as_deref(), device.a64_bit),
        (Some("NB-1"), None)
    );
    assert_eq!(
        device
            .last_seen
            .as_ref()
            .and_then(WireTime::timestamp)
            .unwrap()
            .as_second(),
        1_767_225_600
    );
    assert_eq!(device.last_reboot, None, "year 1 means never");
    assert_eq!(device.last_audit_date, device.creation_date);
    assert_eq!(
        (device.udf.get(1), device.udf.len()),
        (Some("CANARY-UDF"), 1)
    );
    assert_eq!(device.device_class, Some(DeviceClass::Device));
    assert_eq!(
        device.antivirus.as_ref().unwrap().antivirus_status,
        Some(AntivirusStatus::RunningAndUpToDate)
    );
    assert_eq!(
        device.patch_management.as_ref().unwrap().patch_status,
        Some(PatchStatus::FullyPatched)
    );
    assert_eq!(
        (
            device.warranty_date.as_deref(),
            device.onboarded_via_network_monitor
        ),
        (Some("2027-06-30"), Some(false))
    );
    assert_eq!(
        devices[1].device_class.as_ref().unwrap().as_str(),
        "toaster"
    );

    let by_filter = line("GET", "/api/v2/account/devices?filterId=7&max=250&page=0");
    case.wire.answer(by_filter, 1, devices_page("", 0)).await;
    let none = case
        .client
        .account()
        .devices()
        .list(&ListDevices::default().filter(FilterId::new(7)));
    assert!(none.collect_all().await.unwrap().as_slice().is_empty());
}

pub(super) async fn site_devices(case: &Case) {
    let target = format!("/api/v2/site/{SITE}/devices?filterId=7&max=250&page=0");
    case.wire
        .answer(line("GET", target), 1, devices_page(DEVICE, 1))
        .await;
    let filter = ListSiteDevices::default().filter(FilterId::new(7));
    let devices = case
        .client
        .site(&case.site)
        .devices()
        .list(&filter)
        .collect_all()
        .await
        .unwrap();
    assert_eq!(devices.as_slice()[0].hostname.as_deref(), Some("NB-1"));
}

pub(super) async fn site_interfaces(case: &Case) {
    let rows = r#"{"id":17,"uid":"d-1","siteId":3,"siteUid":"s-1","siteName":"Acme","deviceType":{"category":"Laptop","type":null},
        "hostname":"NB-1","intIpAddress":"10.0.0.5","extIpAddress":"198.51.100.7","nics":[
        {"instance":"Ethernet","ipv4":"10.0.0.5","ipv6":"fe80::1","macAddress":"00:11:22:AA:BB:CC","type":"6"},
        {"instance":null,"ipv4":null,"ipv6":null,"macAddress":null,"type":null}]},{"uid":"d-2","nics":null}"#;
    let target = format!("/api/v2/site/{SITE}/devices/network-interface?max=250&page=0");
    case.wire
        .answer(line("GET", target), 1, devices_page(rows, 2))
        .await;
    let devices = case
        .client
        .site(&case.site)
        .devices()
        .network_interfaces()
        .collect_all()
        .await
        .unwrap();
    assert_eq!(
        devices.as_slice()[0].nics[0].mac_address.as_deref(),
        Some("00:11:22:AA:BB:CC")
    );
    assert!(devices.as_slice()[1].nics.is_empty());
}

pub(super) async fn device_get(case: &Case) {
    // An id is text: whatever it holds, it stays one segment.
    let uid = DeviceUid::new("a/../b%2f?c#d e");
    let target = "/api/v2/device/a%2F..%2Fb%252f%3Fc%23d%20e";
    case.wire
        .answer(line("GET", target), 1, json(200, DEVICE))
        .await;
    let device = case.client.device(&uid).get().await.unwrap();
    assert_eq!(
        (device.uid.as_str(), device.udf.get(1)),
        ("d-1", Some("CANARY-UDF"))
    );
    assert_no_secret(&format!("{device:?}"));
}

pub(super) async fn devices_by_id(case: &Case) {
    case.wire
        .answer(
            line("GET", "/api/v2/device/id/17"),
            1,
            json(200, r#"{"uid":"d-1","id":null}"#),
        )
        .await;
    let device = case.client.devices().by_id(DeviceId::new(17)).await;
    assert_eq!(device.unwrap().id, None);
}

pub(super) async fn devices_by_mac(case: &Case) {
    let rows = format!(r#"[{DEVICE},{{"uid":"d-2","deviceClass":"toaster"}}]"#);
    let target = "/api/v2/device/macAddress/0011AABBCCDD";
    case.wire
        .answer(line("GET", target), 2, json(200, rows))
        .await;
    for mac in ["00:11:aa:bb:cc:dd", "0011.AABB.CCDD"] {
        let devices = case.client.devices().by_mac(mac).await.unwrap();
        assert_eq!(devices.len(), 2, "several devices can have it");
        assert_eq!(
            devices[1].device_class.as_ref().unwrap().as_str(),
            "toaster"
        );
    }
}

pub(super) async fn device_move(case: &Case) {
    let target = "/api/v2/device/d-1/site/..%2Fs%252f";
    Mock::given(line("PUT", target))
        .and(Exactly(""))
        .respond_with(ResponseTemplate::new(200))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    let (device, site) = (DeviceUid::new("d-1"), SiteUid::new("../s%2f"));
    case.client.device(&device).move_to(&site).await.unwrap();
}

pub(super) async fn device_set_udf(case: &Case) {
    Mock::given(line("POST", "/api/v2/device/d-1/udf"))
        .and(Exactly(
            r#"{"udf1":"Schlüssel","udf2":"","udf300":"CANARY"}"#,
        ))
        .respond_with(ResponseTemplate::new(200))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    let update = UdfUpdate::new()
        .set(1, "Schlüssel")
        .clear(2)
        .set(300, "CANARY");
    let device = DeviceUid::new("d-1");
    case.client.device(&device).set_udf(&update).await.unwrap();
}

pub(super) async fn device_set_warranty(case: &Case) {
    for body in [
        r#"{"warrantyDate":"2027-06-30"}"#,
        r#"{"warrantyDate":null}"#,
    ] {
        Mock::given(line("POST", "/api/v2/device/d-1/warranty"))
            .and(Exactly(body))
            .respond_with(ResponseTemplate::new(204))
            .expect(1)
            .mount(&case.wire.server)
            .await;
    }
    let uid = DeviceUid::new("d-1");
    let device = case.client.device(&uid);
    device
        .set_warranty(Some(Date::constant(2027, 6, 30)))
        .await
        .unwrap();
    device.set_warranty(None).await.unwrap();
}
