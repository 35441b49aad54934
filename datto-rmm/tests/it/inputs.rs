//! Input that cannot be meant: refused by name, and never sent.

use client_core::{Date, Error, ErrorKind};
use datto_rmm::devices::{DeviceId, DeviceUid, ListDevices, UdfUpdate, UdfUpdateV3};
use datto_rmm::filters::FilterId;
use datto_rmm::sites::{ProxySettings, ProxyType, SiteUid};

use crate::support::{SITE, Wire, assert_no_secret};

fn refused(error: Option<Error>, named: &str) {
    let error = error.expect("it cannot be sent");
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    let text = format!("{error} {error:?}");
    assert!(text.contains(named), "{named}: {text}");
    assert_no_secret(&text);
}

#[tokio::test]
async fn what_cannot_be_meant_is_not_sent() {
    let wire = Wire::start().await;
    let client = wire.client();
    let (uid, site) = (DeviceUid::new("d-1"), SiteUid::new(SITE));
    let (device, devices) = (client.device(&uid), client.devices());
    for mac in ["0011AABBCCD", "00:11:AA:BB:CC:GG", "../account", ""] {
        let named = format!("{mac:?}");
        refused(devices.by_mac(mac).await.err(), &named);
        refused(devices.v3().by_mac(mac).await.err(), &named);
    }
    refused(devices.by_id(DeviceId::new(-4)).await.err(), "-4");
    refused(devices.v3().by_id(DeviceId::new(0)).await.err(), "0");
    for odd in ["", ".", ".."] {
        let (odd_device, odd_site) = (DeviceUid::new(odd), SiteUid::new(odd));
        let scope = client.device(&odd_device);
        refused(scope.get().await.err(), "path segment");
        refused(scope.v3().get().await.err(), "path segment");
        refused(device.move_to(&odd_site).await.err(), "path segment");
        let settings = client.site(&odd_site).settings();
        refused(settings.delete_proxy().await.err(), "path segment");
        let filters = client.site(&odd_site).filters().collect_all().await;
        refused(filters.err(), "path segment");
    }
    let update = UdfUpdate::new().set(301, "CANARY");
    refused(device.set_udf(&update).await.err(), "301");
    let update = UdfUpdateV3::new().text(0, "CANARY");
    refused(device.v3().set_udf(&update).await.err(), "field 0");
    let year_0 = device.set_warranty(Some(Date::constant(0, 1, 1))).await;
    refused(year_0.err(), "year");
    let proxy = ProxySettings::new(ProxyType::Http, "", 8080)
        .credentials("user", "CANARY".to_owned().into());
    let settings = client.site(&site).settings();
    refused(settings.set_proxy(&proxy).await.err(), "host");
    let both = ListDevices::default()
        .filter(FilterId::new(1))
        .site_name("x");
    let listed = client.account().devices().v3().list(&both);
    refused(listed.collect_all().await.err(), "filter id");
    assert!(wire.lines().await.is_empty());
    assert_eq!(wire.logins().await, 0);
}
