use datto_networking::files::{FileRole, NewFile};
use datto_networking::networks::NewNetwork;

use super::Ran;

pub(super) async fn all(ran: &Ran) {
    list(ran).await;
    search(ran).await;
    create(ran).await;
    delete(ran).await;
    allowed_channels(ran).await;
    users(ran).await;
    files(ran).await;
}

async fn list(ran: &Ran) {
    let body = r#"{"networks":[{"id":204511,"name":"Harbour Clinic","node_count":14}]}"#;
    for (body, names) in [(body, &["Harbour Clinic"][..]), (r#"{"networks":[]}"#, &[])] {
        let networks = ran
            .sends("GET /v1/network/list", "", body, async |client| {
                client.networks().list().collect_all().await
            })
            .await;
        let found: Vec<_> = networks
            .as_slice()
            .iter()
            .filter_map(|network| network.name.as_deref())
            .collect();
        assert_eq!(found, names);
    }
    let body =
        r#"{"networks":[{"id":1,"name":"harbour clinic"},{"id":2,"name":"Harbour Clinic"}]}"#;
    let found = ran
        .sends("GET /v1/network/list", "", body, async |client| {
            client.networks().find("Harbour Clinic").await
        })
        .await;
    assert_eq!(found.map(|network| network.id.get()), Some(2));
}

async fn search(ran: &Ran) {
    for (body, ids) in [
        (
            r#"{"networks":[{"name":"Harbour Clinic","id":204511}]}"#,
            &[204_511][..],
        ),
        (
            r#"{"networks":{"204511":{"name":"Harbour Clinic"}}}"#,
            &[204_511],
        ),
        (r#"{"networks":[]}"#, &[]),
    ] {
        let line = "GET /v1/network/search?by_name=%25Caf%C3%A9%20&%25";
        let line = line.replace('&', "%26");
        let networks = ran
            .sends(&line, "", body, async |client| {
                client.networks().search("%Café &%").collect_all().await
            })
            .await;
        let found: Vec<_> = networks
            .as_slice()
            .iter()
            .map(|network| network.id.get())
            .collect();
        assert_eq!(found, ids);
    }
}

async fn create(ran: &Ran) {
    let network = NewNetwork::new("Café", "canary-password", "Europe/Berlin", "DE");
    let id = ran
        .sends(
            "POST /v1/network",
            r#"{"name":"Café","password":"canary-password","timezone":"Europe/Berlin","country_code":"DE"}"#,
            r#"{"id":204511}"#,
            async |client| client.networks().create(&network).await,
        )
        .await;
    assert_eq!(id.get(), 204_511);
    let network = network.email("it@example.com").location("Harbour 7");
    let id = ran
        .sends(
            "POST /v2/network/networkgroup/31",
            r#"{"name":"Café","password":"canary-password","timezone":"Europe/Berlin","country_code":"DE","email":"it@example.com","location":"Harbour 7"}"#,
            r#"{"network_id":"204512"}"#,
            async |client| client.group(31.into()).networks().create(&network).await,
        )
        .await;
    assert_eq!(id.get(), 204_512);
}

async fn delete(ran: &Ran) {
    ran.done("DELETE /v1/network/204511", "", async |client| {
        client.network(204_511.into()).delete().await
    })
    .await;
}

async fn allowed_channels(ran: &Ran) {
    let body = r#"{"channels":{"2_4GHz":[{"channel":6,"ht_modes":["HT20","HT40+"]}],"5GHz":[]}}"#;
    let channels = ran
        .sends(
            "GET /v1/network/204511/allowed_channels?country=DE",
            "",
            body,
            async |client| {
                client
                    .network(204_511.into())
                    .allowed_channels(Some("DE"))
                    .await
            },
        )
        .await;
    let bands = channels.channels.unwrap();
    assert_eq!(bands["2_4GHz"][0].channel, Some(6));
    assert_eq!(bands["2_4GHz"][0].ht_modes.as_ref().unwrap().len(), 2);
    assert!(bands["5GHz"].is_empty());
    for body in [
        r#"{"channels":[]}"#,
        r#"{"channels":{}}"#,
        r#"{"channels":null}"#,
    ] {
        let channels = ran
            .sends(
                "GET /v1/network/204511/allowed_channels",
                "",
                body,
                async |client| client.network(204_511.into()).allowed_channels(None).await,
            )
            .await;
        assert!(channels.channels.unwrap_or_default().is_empty());
    }
}

async fn users(ran: &Ran) {
    ran.done(
        "PUT /v2/network/204511/user/88",
        r#"{"role_id":4}"#,
        async |client| {
            client
                .network(204_511.into())
                .users()
                .update(88.into(), 4.into())
                .await
        },
    )
    .await;
    ran.done("DELETE /v2/network/204511/user/88", "", async |client| {
        client
            .network(204_511.into())
            .users()
            .delete(88.into())
            .await
    })
    .await;
}

async fn files(ran: &Ran) {
    let file = NewFile::new(1, "logo.png", FileRole::Image, b"foob".as_slice());
    let created = ran
        .sends(
            "POST /v1/network/204511/file",
            r#"{"ssid_id":1,"name":"logo.png","role":"image","file":"Zm9vYg=="}"#,
            r#"{"file_id":17,"url":"https://files.example.com/17"}"#,
            async |client| client.network(204_511.into()).files().create(&file).await,
        )
        .await;
    let id = created.file_id.unwrap();
    assert_eq!(
        (id.as_str(), created.url.as_deref()),
        ("17", Some("https://files.example.com/17"))
    );
    ran.done("DELETE /v1/network/204511/file/17", "", async |client| {
        client.network(204_511.into()).files().delete(&id).await
    })
    .await;
}
