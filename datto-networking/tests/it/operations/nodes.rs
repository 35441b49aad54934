use client_core::ErrorKind;
use datto_networking::nodes::{Bands, NewNode, NodeUpdate};

use super::Ran;
use crate::support::{builder, client, json, received, refusal, scripted, target};

pub(super) async fn all(ran: &Ran) {
    list(ran).await;
    get(ran).await;
    create(ran).await;
    update(ran).await;
    actions(ran).await;
    allowed_channels(ran).await;
    mac_exists(ran).await;
}

async fn list(ran: &Ran) {
    for (body, names) in [
        (
            r#"{"nodes":{"610022":{"name":"Lobby AP"}}}"#,
            &["Lobby AP"][..],
        ),
        (
            r#"{"nodes":[{"610022":{"name":"Lobby AP"}}]}"#,
            &["Lobby AP"],
        ),
        (r#"{"nodes":{}}"#, &[]),
        (r#"{"nodes":[]}"#, &[]),
    ] {
        let nodes = ran
            .sends(
                "GET /v1/node/network/204511/list",
                "",
                body,
                async |client| {
                    let nodes = client.network(204_511.into()).nodes();
                    nodes.list().collect_all().await
                },
            )
            .await;
        let found: Vec<_> = nodes
            .as_slice()
            .iter()
            .filter_map(|node| node.name.as_deref())
            .collect();
        assert_eq!(found, names);
    }
}

async fn get(ran: &Ran) {
    let body = r#"{"name":"Lobby AP","serial_no":"A9000000017"}"#;
    let node = ran
        .sends("GET /v1/node/610022", "", body, async |client| {
            client.node(610_022.into()).get().await
        })
        .await;
    assert_eq!(
        (node.id.get(), node.serial_no.as_deref()),
        (610_022, Some("A9000000017"))
    );
}

/// The documentation's sample, with numbers where the vendor refuses text today.
async fn create(ran: &Ran) {
    let new = NewNode::new("ac:86:74:aa:cc:ee", "new test node #1")
        .description("added for test")
        .position(49.001_122_33, -123.001_122_33);
    let place =
        r#""description":"added for test","latitude":49.00112233,"longitude":-123.00112233"#;
    let body = format!(r#"{{"mac":"ac:86:74:aa:cc:ee","name":"new test node #1",{place}"#);
    for (new, rest) in [
        (new.clone(), "}"),
        (
            new.clone().confirm_transfer(),
            r#","confirm_transfer":"true"}"#,
        ),
        (
            new.clone().confirm_transfer_as_flag(),
            r#","confirm_transfer":true}"#,
        ),
    ] {
        let id = ran
            .sends(
                "POST /v1/node/network/12345",
                &format!("{body}{rest}"),
                r#"{"node_id":548430}"#,
                async |client| client.network(12_345.into()).nodes().create(&new).await,
            )
            .await;
        assert_eq!(id.get(), 548_430);
    }
    let server = scripted([json(200, "{}")]).await;
    let client = builder(&server).allow_writes().build().unwrap();
    let nodes = client.network(1.into()).nodes();
    for place in [(f64::NAN, 0.0), (91.0, 0.0), (0.0, -181.0)] {
        let error = nodes
            .create(&new.clone().position(place.0, place.1))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    assert!(received(&server).await.is_empty());
    // It may be there: the answer does not say.
    let error = nodes.create(&new).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.is_outcome_unknown()),
        (ErrorKind::Decode, true)
    );
}

/// Bodies of several shapes, and a field that has no method.
async fn update(ran: &Ran) {
    for (update, body) in [
        (
            NodeUpdate::default()
                .description("Lobby AP")
                .position(45.5227, -122.6786),
            r#"{"description":"Lobby AP","latitude":45.5227,"longitude":-122.6786}"#,
        ),
        (
            NodeUpdate::default().description("Café – hall 2"),
            r#"{"description":"Café – hall 2"}"#,
        ),
        (
            NodeUpdate::default()
                .name("a")
                .spare(true)
                .channel_overrides(Bands::from([("5GHz".to_owned(), 44)]))
                .ht_mode_overrides(Bands::from([("5GHz".to_owned(), "HT40+".to_owned())]))
                .field("disable_led", true),
            r#"{"name":"a","spare":true,"channel_overrides":{"5GHz":44},"ht_mode_overrides":{"5GHz":"HT40+"},"disable_led":true}"#,
        ),
    ] {
        ran.done("PUT /v1/node/548430", body, async |client| {
            client.node(548_430.into()).update(&update).await
        })
        .await;
    }
    let server = scripted([json(200, "{}")]).await;
    let client = builder(&server).allow_writes().build().unwrap();
    let nothing = NodeUpdate::default();
    let nowhere = NodeUpdate::default().position(0.0, f64::INFINITY);
    for update in [nothing, nowhere] {
        let error = client.node(1.into()).update(&update).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    assert!(received(&server).await.is_empty());
}

async fn actions(ran: &Ran) {
    ran.done("DELETE /v1/node/5", "", async |client| {
        client.node(5.into()).delete().await
    })
    .await;
    ran.done("GET /v1/node/5/reboot", "", async |client| {
        client.node(5.into()).reboot().await
    })
    .await;
    ran.done("GET /v1/node/5/reset_encrypt_key", "", async |client| {
        client.node(5.into()).reset_encrypt_key().await
    })
    .await;
    ran.done("GET /v1/node/5/enable_pairing", "", async |client| {
        client.node(5.into()).enable_pairing().await
    })
    .await;
    ran.done("GET /v1/node/5/expedite_upgrade", "", async |client| {
        client.node(5.into()).expedite_upgrade().await
    })
    .await;
}

const CHANNELS: &str = r#"{"channels":{"2_4GHz":[{"channel":10,"ht_modes":["HT40-","HT20"]},{"channel":"9","ht_modes":[]}],
    "5GHz":[]}}"#;

async fn allowed_channels(ran: &Ran) {
    for (country, query) in [(None, ""), (Some("NL"), "?country=NL")] {
        let allowed = ran
            .sends(
                &format!("GET /v1/node/5/allowed_channels{query}"),
                "",
                CHANNELS,
                async |client| client.node(5.into()).allowed_channels(country).await,
            )
            .await;
        let channels = &allowed.channels.unwrap()["2_4GHz"];
        assert_eq!((channels[1].channel, channels.len()), (Some(9), 2));
    }
}

async fn mac_exists(ran: &Ran) {
    // The colons stay as they are.
    for (body, wanted) in [
        (r#"{"node_exists":false}"#, false),
        (r#"{"node_exists":1}"#, true),
    ] {
        let exists = ran
            .sends(
                "GET /v1/node/does_mac_exist?mac=ac:86:74:aa:bb:cc",
                "",
                body,
                async |client| client.nodes().mac_exists("ac:86:74:aa:bb:cc").await,
            )
            .await;
        assert_eq!(exists, wanted);
    }
}

/// The documentation spells the path of the allowed channels in two ways.
#[tokio::test]
async fn allowed_channels_by_the_other_spelling() {
    for refused in [refusal(403, 1002), refusal(404, 1002), json(404, "")] {
        let server = scripted([refused, json(200, CHANNELS)]).await;
        let allowed = client(&server)
            .node(5.into())
            .allowed_channels(Some("NL"))
            .await
            .unwrap();
        assert_eq!(allowed.channels.unwrap().len(), 2);
        let targets: Vec<_> = received(&server).await.iter().map(target).collect();
        assert_eq!(
            targets,
            [
                "/node/5/allowed_channels?country=NL",
                "/node/5/allowed-channels?country=NL"
            ]
        );
    }
    // An access point that is not there is no matter of spelling.
    for refused in [
        refusal(404, 1017),
        refusal(403, 12_005),
        refusal(403, 30_001),
    ] {
        let server = scripted([refused]).await;
        client(&server)
            .node(5.into())
            .allowed_channels(None)
            .await
            .unwrap_err();
        assert_eq!(received(&server).await.len(), 1);
    }
}

/// "Not there" needs the vendor's word.
#[tokio::test]
async fn an_access_point_is_found_or_not() {
    let server = scripted([refusal(404, 1017)]).await;
    assert_eq!(client(&server).node(5.into()).find().await.unwrap(), None);
    assert_eq!(client(&server).switch(5.into()).find().await.unwrap(), None);
    assert_eq!(
        client(&server).power_strip(5.into()).find().await.unwrap(),
        None
    );
    let server = scripted([json(404, "")]).await;
    client(&server).node(5.into()).find().await.unwrap_err();
    client(&server).switch(5.into()).find().await.unwrap_err();
    client(&server)
        .power_strip(5.into())
        .find()
        .await
        .unwrap_err();
}
