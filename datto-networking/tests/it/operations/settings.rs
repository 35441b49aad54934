use datto_networking::settings::{General, Network, NetworkSettings, Ssid, SsidGeneral, WifiAuth};

use super::Ran;

pub(super) async fn all(ran: &Ran) {
    get(ran).await;
    update(ran).await;
}

async fn get(ran: &Ran) {
    let body = r#"{"network":{"general":{"network_name":"Harbour Clinic"}},
        "ssids":{"1":{"general":{"wifi_auth_type":"wpa-2only-psk","wpa_password":"canary-passphrase"}}}}"#;
    let settings = ran
        .sends(
            "GET /v1/network/204511/settings",
            "",
            body,
            async |client| client.network(204_511.into()).settings().get().await,
        )
        .await;
    let ssids = settings.ssids.unwrap();
    assert_eq!(
        ssids["1"].personal_key().unwrap().expose(),
        "canary-passphrase"
    );
    for body in [
        r#"{"network":{},"ssids":{}}"#,
        r#"{"network":[],"ssids":[]}"#,
    ] {
        let settings = ran
            .sends(
                "GET /v1/network/204511/settings",
                "",
                body,
                async |client| client.network(204_511.into()).settings().get().await,
            )
            .await;
        assert!(settings.ssids.unwrap().is_empty(), "{body}");
    }
}

async fn update(ran: &Ran) {
    let mut general = General::default();
    general.location = Some("Café – hall 2".to_owned());
    general.enable_alerts = Some(false);
    let mut network = Network::default();
    network.general = Some(general);
    let mut name = SsidGeneral::default();
    name.wifi_name = Some("Guests".to_owned());
    name.wifi_auth_type = Some(WifiAuth::Wpa2OnlyPsk);
    name.wpa_password = Some("canary-passphrase".into());
    let mut ssid = Ssid::default();
    ssid.general = Some(name);
    let mut settings = NetworkSettings::default();
    settings.network = Some(network);
    settings.ssids = Some([("0".to_owned(), ssid)].into());
    let body = r#"{"network":{"general":{"enable_alerts":false,"location":"Café – hall 2"}},"ssids":{"0":{"general":{"wifi_auth_type":"wpa-2only-psk","wifi_name":"Guests","wpa_password":"canary-passphrase"}}}}"#;
    ran.done("PUT /v1/network/204511/settings", body, async |client| {
        client
            .network(204_511.into())
            .settings()
            .update(&settings)
            .await
    })
    .await;
}
