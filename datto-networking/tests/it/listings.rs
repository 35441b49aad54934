use client_core::{Decoded, ErrorKind, Gathered};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer};

use crate::support::{client, json, received, refusal, scripted, target};

#[tokio::test]
async fn networks_nodes_and_details() {
    let server = MockServer::start().await;
    for (at, body) in [
        (
            "/network/list",
            r#"{"networks":[{"id":204511,"name":"Harbour Clinic","node_count":2}]}"#,
        ),
        (
            "/node/network/204511/list",
            r#"{"nodes":{"610022":{"mac":"ac:86:74:1f:00:a8","name":"Lobby AP","down":false},
                "610023":{"mac":"ac:86:74:1f:00:b0","name":"Hall AP","down":1}}}"#,
        ),
        (
            "/node/610022",
            r#"{"mac":"ac:86:74:1f:00:a8","name":"Lobby AP","serial_no":"A9000000017"}"#,
        ),
    ] {
        Mock::given(path(at))
            .respond_with(json(200, body))
            .mount(&server)
            .await;
    }
    let client = client(&server);
    let networks = client
        .networks()
        .list()
        .collect_all()
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (networks.len(), networks[0].name.as_deref()),
        (1, Some("Harbour Clinic"))
    );
    let nodes = client
        .network(networks[0].id)
        .nodes()
        .list()
        .collect_all()
        .await
        .unwrap()
        .into_inner();
    let seen: Vec<_> = nodes
        .iter()
        .map(|node| (node.id.get(), node.down))
        .collect();
    assert_eq!(seen, [(610_022, Some(false)), (610_023, Some(true))]);
    let node = client.node(nodes[0].id).get().await.unwrap();
    assert_eq!(
        (node.id, node.serial_no.as_deref()),
        (nodes[0].id, Some("A9000000017"))
    );
    let targets: Vec<_> = received(&server).await.iter().map(target).collect();
    assert_eq!(
        targets,
        ["/network/list", "/node/network/204511/list", "/node/610022"]
    );
}

/// U16, N20: a record that cannot be read is told beside the others, and is an error for those who want all or none.
#[tokio::test]
async fn a_bad_record_neither_disappears_nor_spoils_the_others() {
    let body = r#"{"networks":[{"id":1,"name":"A"},{"name":"no id"},{"id":3,"name":"C"}]}"#;
    let server = scripted([json(200, body)]).await;
    let client = client(&server);
    let all = client
        .networks()
        .list()
        .decoded()
        .collect_all()
        .await
        .unwrap()
        .into_inner();
    assert_eq!(all.iter().filter_map(Decoded::as_item).count(), 2);
    assert!(matches!(&all[1], Decoded::Bad(bad) if bad.id.as_deref() == Some("no id")));
    let Gathered::Part(read, error) = client.networks().list().gather().await else {
        panic!("a bad record")
    };
    assert_eq!((read.len(), error.kind()), (1, ErrorKind::Decode));
}

#[tokio::test]
async fn an_answer_of_another_shape_is_no_listing() {
    for body in [
        r#"{"code":1009,"message":"Success."}"#,
        r#"{"networks":"none"}"#,
        "[1]",
        "{}",
    ] {
        let server = scripted([json(200, body)]).await;
        let error = client(&server)
            .networks()
            .list()
            .collect_all()
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.decode_path()),
            (ErrorKind::Decode, Some("networks")),
            "{body}"
        );
        assert_eq!(received(&server).await.len(), 1);
    }
}

#[tokio::test]
async fn a_cut_answer_is_asked_again() {
    let server = scripted([
        json(200, r#"{"networks":[{"id""#),
        json(200, r#"{"networks":[{"id":1}]}"#),
    ])
    .await;
    let networks = client(&server)
        .networks()
        .list()
        .collect_all()
        .await
        .unwrap();
    assert_eq!(networks.as_slice().len(), 1);
}

#[tokio::test]
async fn find_tells_absence_only_where_the_vendor_does() {
    let server = scripted([refusal(404, 1017)]).await;
    assert_eq!(client(&server).node(5.into()).find().await.unwrap(), None);
    assert_eq!(
        client(&server)
            .node(5.into())
            .get()
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::NotFound
    );
    let server = scripted([json(404, "")]).await;
    assert_eq!(
        client(&server)
            .node(5.into())
            .find()
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::NotFound
    );
    let server = scripted([json(200, r#"{"name":"Lobby AP"}"#)]).await;
    assert!(
        client(&server)
            .node(5.into())
            .find()
            .await
            .unwrap()
            .is_some()
    );
}
