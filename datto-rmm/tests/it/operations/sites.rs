//! Sites.

use datto_rmm::sites::{ListSites, NewSite, SiteUid, SiteUpdate};
use wiremock::Mock;
use wiremock::matchers::header;

use super::Case;
use crate::support::{Exactly, SITE, assert_no_secret, json, line};

const SITE_JSON: &str = r#"{"id":3,"uid":"00000000-0000-4000-8000-000000000001","accountUid":"abc123","name":"Acme","description":"Main",
    "notes":null,"onDemand":false,"splashtopAutoInstall":null,"proxySettings":{"host":"proxy.example.com","password":"CANARY-PROXY",
    "port":8080,"type":"socks5","username":"user"},"devicesStatus":{"numberOfDevices":3,"numberOfOnlineDevices":2,
    "numberOfOfflineDevices":1},"autotaskCompanyName":"Acme Ltd","autotaskCompanyId":"29683",
    "portalUrl":"https://merlot.centrastage.net/csm/site/3","newField":true}"#;

pub(super) async fn sites_list(case: &Case) {
    let nulls = r#"{"id":null,"uid":"deleted-1","accountUid":null,"name":"Deleted Devices","description":null,"notes":null,
        "onDemand":null,"splashtopAutoInstall":null,"proxySettings":null,"devicesStatus":null,"autotaskCompanyName":null,
        "autotaskCompanyId":null,"portalUrl":null}"#;
    let body = format!(
        r#"{{"pageDetails":{{"count":2,"totalCount":2,"nextPageUrl":null}},"sites":[{SITE_JSON},{nulls}]}}"#
    );
    case.wire
        .answer(
            line("GET", "/api/v2/account/sites?siteName=A%26B&max=250&page=0"),
            1,
            json(200, body),
        )
        .await;
    let filter = ListSites::default().site_name("A&B");
    let sites = case
        .client
        .sites()
        .list(&filter)
        .collect_all()
        .await
        .unwrap()
        .into_inner();
    assert_no_secret(&format!("{sites:?}"));
    assert_eq!((sites[0].is_pseudo(), sites[1].is_pseudo()), (false, true));
    assert_eq!(sites[0].autotask_company_id.as_deref(), Some("29683"));
    assert_eq!(
        sites[0]
            .devices_status
            .as_ref()
            .unwrap()
            .number_of_online_devices,
        Some(2)
    );
}

pub(super) async fn sites_get(case: &Case) {
    // An id is text: whatever it holds, it stays one segment.
    let uid = SiteUid::new("a/../b%2f?c#d e");
    let target = "/api/v2/site/a%2F..%2Fb%252f%3Fc%23d%20e";
    case.wire
        .answer(line("GET", target), 2, json(200, SITE_JSON))
        .await;
    let site = case.client.sites().get(&uid).await.unwrap();
    assert_eq!(site, case.client.site(&uid).get().await.unwrap());
    assert_eq!(
        (site.name.as_deref(), site.notes, site.on_demand),
        (Some("Acme"), None, Some(false))
    );
}

pub(super) async fn sites_create(case: &Case) {
    let body = r#"{"name":"Müller & Söhne","description":"New","onDemand":false}"#;
    Mock::given(line("PUT", "/api/v2/site"))
        .and(Exactly(body))
        .and(header("content-type", "application/json"))
        .respond_with(json(200, SITE_JSON))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    let site = case
        .client
        .sites()
        .create(&NewSite::managed("Müller & Söhne").description("New"))
        .await
        .unwrap();
    assert_eq!(site.uid.as_str(), SITE);
}

pub(super) async fn sites_update(case: &Case) {
    let body = r#"{"name":"Acme","description":"Main","notes":"Moved","onDemand":false,"splashtopAutoInstall":null}"#;
    Mock::given(line("POST", format!("/api/v2/site/{SITE}")))
        .and(Exactly(body))
        .respond_with(json(200, SITE_JSON))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    let site = serde_json::from_str(SITE_JSON).unwrap();
    case.client
        .sites()
        .update(&SiteUpdate::of(&site).notes("Moved"))
        .await
        .unwrap();
}
