//! Devices by version 3.

use client_core::Date;
use datto_rmm::devices::{
    DeviceId, DeviceUid, ListDevices, ListSiteDevices, UdfText, UdfType, UdfUpdateV3,
};
use datto_rmm::filters::FilterId;
use wiremock::{Mock, ResponseTemplate};

use super::Case;
use super::devices::devices_page;
use crate::support::{Exactly, SITE, assert_no_secret, json, line};

const DEVICE: &str = r#"{"id":17,"uid":"d-1","siteId":3,"siteUid":"00000000-0000-4000-8000-000000000001","siteName":"Acme",
    "deviceType":{"category":"Laptop","type":"Notebook"},"hostname":"NB-1","online":true,"lastSeen":1767225600000,
    "antivirus":null,"patchManagement":null,"warrantyDate":null,"udfs":[
    {"ordinal":1,"type":"STRING","valueBoolean":null,"valueString":"CANARY-UDF","valueDate":null,"valueNumber":null,
    "label":"Recovery key","typeMisMatch":null},
    {"ordinal":2,"type":"BOOLEAN","valueBoolean":true,"label":null},{"ordinal":3,"type":"NUMBER","valueNumber":4.5},
    {"ordinal":4,"type":"DATE","valueDate":"2027-06-30"},
    {"ordinal":300,"type":"NUMBER","valueString":"CANARY-many","typeMisMatch":true},
    {"ordinal":5,"type":"COLOUR","valueColour":"blue"},{"ordinal":null,"type":null}],"addedLater":{}}"#;

pub(super) async fn account_devices(case: &Case) {
    let target = "/api/v3/account/devices?hostname=NB&deviceType=Laptop&operatingSystem=Windows%2011&siteName=Acme&max=250&page=0";
    let rows = format!(r#"{DEVICE},{{"uid":"d-2","udfs":null}}"#);
    case.wire
        .answer(line("GET", target), 1, devices_page(&rows, 2))
        .await;
    let filter = ListDevices::default()
        .hostname("NB")
        .device_type("Laptop")
        .operating_system("Windows 11")
        .site_name("Acme");
    let devices = case.client.account().devices().v3().list(&filter);
    let devices = devices.collect_all().await.unwrap().into_inner();
    assert_no_secret(&format!("{devices:?}"));
    assert_eq!(
        (devices[0].id, devices[0].hostname.as_deref()),
        (Some(DeviceId::new(17)), Some("NB-1"))
    );
    let udfs = &devices[0].udfs;
    let kinds: Vec<_> = udfs.iter().filter_map(|udf| udf.kind.clone()).collect();
    assert_eq!(
        kinds[..5],
        [
            UdfType::Text,
            UdfType::Boolean,
            UdfType::Number,
            UdfType::Date,
            UdfType::Number
        ]
    );
    assert_eq!(kinds[5].as_str(), "COLOUR");
    let text = |at: usize| udfs[at].value_string.as_ref().map(UdfText::expose);
    assert_eq!(
        (text(0), text(1), text(4)),
        (Some("CANARY-UDF"), None, Some("CANARY-many"))
    );
    assert_eq!(
        (udfs[0].ordinal, udfs[0].label.as_deref()),
        (Some(1), Some("Recovery key"))
    );
    assert_eq!(
        (udfs[1].value_boolean, udfs[2].number()),
        (Some(true), Some(4.5))
    );
    assert_eq!(
        udfs[3].value_date.as_ref().map(UdfText::expose),
        Some("2027-06-30")
    );
    assert_eq!(
        (udfs[4].ordinal, udfs[4].type_mismatch),
        (Some(300), Some(true))
    );
    assert_eq!((udfs[6].ordinal, &udfs[6].kind), (None, &None));
    assert!(devices[1].udfs.is_empty());
}

pub(super) async fn site_devices(case: &Case) {
    let target = format!("/api/v3/site/{SITE}/devices?filterId=7&max=250&page=0");
    case.wire
        .answer(line("GET", target), 1, devices_page(DEVICE, 1))
        .await;
    let filter = ListSiteDevices::default().filter(FilterId::new(7));
    let devices = case.client.site(&case.site).devices().v3().list(&filter);
    let devices = devices.collect_all().await.unwrap();
    assert_eq!(devices.as_slice()[0].udfs.len(), 7);
}

pub(super) async fn device_get(case: &Case) {
    let target = "/api/v3/device/a%2F..%2Fb";
    case.wire
        .answer(line("GET", target), 1, json(200, DEVICE))
        .await;
    let uid = DeviceUid::new("a/../b");
    let device = case.client.device(&uid).v3().get().await.unwrap();
    assert_eq!(device.uid.as_str(), "d-1");
}

pub(super) async fn devices_by_id(case: &Case) {
    case.wire
        .answer(line("GET", "/api/v3/device/id/17"), 1, json(200, DEVICE))
        .await;
    let device = case.client.devices().v3().by_id(DeviceId::new(17)).await;
    assert_eq!(device.unwrap().uid.as_str(), "d-1");
}

pub(super) async fn devices_by_mac(case: &Case) {
    let target = "/api/v3/device/macAddress/0011AABBCCDD";
    case.wire
        .answer(line("GET", target), 1, json(200, format!("[{DEVICE}]")))
        .await;
    let devices = case.client.devices().v3().by_mac("00-11-aa-bb-cc-dd").await;
    assert_eq!(devices.unwrap()[0].uid.as_str(), "d-1");
}

pub(super) async fn device_set_udf(case: &Case) {
    let body = concat!(
        r#"{"udfs":[{"ordinal":1,"valueBoolean":null,"valueString":"CANARY","valueDate":null,"valueNumber":null},"#,
        r#"{"ordinal":2,"valueBoolean":true,"valueString":null,"valueDate":null,"valueNumber":null},"#,
        r#"{"ordinal":3,"valueBoolean":null,"valueString":null,"valueDate":null,"valueNumber":4},"#,
        r#"{"ordinal":4,"valueBoolean":null,"valueString":null,"valueDate":"2027-06-30","valueNumber":null},"#,
        r#"{"ordinal":300,"valueBoolean":null,"valueString":null,"valueDate":null,"valueNumber":null}]}"#,
    );
    Mock::given(line("POST", "/api/v3/device/d-1/udf"))
        .and(Exactly(body))
        .respond_with(ResponseTemplate::new(200))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    let update = UdfUpdateV3::new()
        .text(1, "CANARY")
        .boolean(2, true)
        .number(3, 4.0)
        .date(4, Date::constant(2027, 6, 30))
        .clear(300);
    let uid = DeviceUid::new("d-1");
    case.client
        .device(&uid)
        .v3()
        .set_udf(&update)
        .await
        .unwrap();
}
