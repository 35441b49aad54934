//! Settings of a site.

use client_core::{ExposeSecret, SecretString};
use datto_rmm::sites::{ProxySettings, ProxyType, SiteUid};
use wiremock::{Mock, ResponseTemplate};

use super::Case;
use crate::support::{Exactly, SITE, Wire, assert_no_secret, json, line};

const SETTINGS: &str = r#"{"generalSettings":{"name":"Acme","uid":"00000000-0000-4000-8000-000000000001","description":"Main",
    "onDemand":false},"proxySettings":{"host":"proxy.example.com","password":"CANARY-PROXY","port":1080,"type":"socks4",
    "username":"user"},"mailRecipients":[{"name":"Ada","email":"ada@example.com","type":"main","receives":7,
    "receivesNewDevices":true,"receivesAlerts":false,"receivesReports":true,"new":1},{"name":null,"email":null,"type":null,
    "receivesNewDevices":null,"receivesAlerts":null,"receivesReports":null}],"addedLater":true}"#;

pub(super) async fn get(case: &Case) {
    let target = format!("/api/v2/site/{SITE}/settings");
    case.wire
        .answer(line("GET", target), 1, json(200, SETTINGS))
        .await;
    let settings = case.client.site(&case.site).settings().get().await.unwrap();
    assert_no_secret(&format!("{settings:?}"));
    let general = settings.general_settings.unwrap();
    assert_eq!(general.uid.as_ref(), Some(&case.site));
    assert_eq!(
        (general.name.as_deref(), general.description.as_deref()),
        (Some("Acme"), Some("Main"))
    );
    assert_eq!(general.on_demand, Some(false));
    let proxy = settings.proxy_settings.unwrap();
    assert_eq!(
        (proxy.port, proxy.kind),
        (Some(1080), Some(ProxyType::Socks4))
    );
    let password = proxy.password.as_ref().map(ExposeSecret::expose_secret);
    assert_eq!(password, Some("CANARY-PROXY"));
    let recipient = &settings.mail_recipients[0];
    assert_eq!(
        (recipient.name.as_deref(), recipient.email.as_deref()),
        (Some("Ada"), Some("ada@example.com"))
    );
    assert_eq!(
        (recipient.kind.as_deref(), recipient.receives),
        (Some("main"), Some(7))
    );
    assert_eq!(
        (
            recipient.receives_new_devices,
            recipient.receives_alerts,
            recipient.receives_reports
        ),
        (Some(true), Some(false), Some(true))
    );
    assert_eq!(settings.mail_recipients[1].email, None);
}

pub(super) async fn set_proxy(case: &Case) {
    let body = r#"{"host":"proxy.example.com","password":"CANARY-PROXY","port":1080,"type":"socks4","username":"user"}"#;
    Mock::given(line("POST", format!("/api/v2/site/{SITE}/settings/proxy")))
        .and(Exactly(body))
        .respond_with(json(200, SETTINGS))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    let proxy = ProxySettings::new(ProxyType::Socks4, "proxy.example.com", 1080)
        .credentials("user", SecretString::from("CANARY-PROXY"));
    let settings = case.client.site(&case.site).settings();
    let settings = settings.set_proxy(&proxy).await.unwrap();
    assert_eq!(settings.proxy_settings, Some(proxy));
}

/// Whatever the vendor makes of a null, none is sent for what a read left out.
#[tokio::test]
async fn what_was_not_read_of_a_proxy_is_not_written() {
    let wire = Wire::start().await;
    let read = r#"{"proxySettings":{"host":"proxy.example.com","port":1080,"type":"http","username":null}}"#;
    wire.answer(
        line("GET", format!("/api/v2/site/{SITE}/settings")),
        1,
        json(200, read),
    )
    .await;
    Mock::given(line("POST", format!("/api/v2/site/{SITE}/settings/proxy")))
        .and(Exactly(
            r#"{"host":"other.example.com","port":1080,"type":"http"}"#,
        ))
        .respond_with(json(200, read))
        .expect(1)
        .mount(&wire.server)
        .await;
    let (client, site) = (wire.client(), SiteUid::new(SITE));
    let settings = client.site(&site).settings();
    let mut proxy = settings.get().await.unwrap().proxy_settings.unwrap();
    proxy.host = Some("other.example.com".to_owned());
    settings.set_proxy(&proxy).await.unwrap();
}

/// 204 where there was none, and whatever success where there was one.
pub(super) async fn delete_proxy(case: &Case) {
    let target = format!("/api/v2/site/{SITE}/settings/proxy");
    for status in [200, 204] {
        Mock::given(line("DELETE", &target))
            .and(Exactly(""))
            .respond_with(ResponseTemplate::new(status))
            .up_to_n_times(1)
            .expect(1)
            .mount(&case.wire.server)
            .await;
    }
    let settings = case.client.site(&case.site).settings();
    settings.delete_proxy().await.unwrap();
    settings.delete_proxy().await.unwrap();
}
