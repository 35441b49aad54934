use client_core::ErrorKind;
use datto_networking::networks::NetworkId;
use datto_networking::reconcile::{NETWORK_ID, Observe, instance, network_ref, node_ref};
use reconcile::identity::Kind;
use reconcile::inventory::{
    Coverage, Device, Index, Observation, Reading, Role, Rows, SharedId, Sort,
};
use wiremock::matchers::{path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{client, json, received, refusal, scripted};

mod kinds;

const NETWORKS: &str =
    r#"{"networks":[{"id":9,"name":"North Depot"},{"id":7,"name":"Harbour Clinic"}]}"#;
const CLINIC: &str = r#"{"nodes":{
    "610022":{"mac":"AC:86:74:1F:00:A8","name":"Lobby AP","description":"","ip":"10.31.0.6",
        "lan_info":{"lan_ip":"192.168.4.9","wan_ip":"198.51.100.4"},"role":"gateway","spare":false,"down":false,
        "last_checkin":"2025-02-11T08:14:55Z","hardware":"A62","firmware_version":"7.0.19-3fa9","latitude":52.09},
    "610024":{"mac":"ac86741f00c8","name":"New AP","ip":"","role":"orphan","spare":false,"down":false,
        "last_checkin":"0000-00-00T00:00:00Z","hardware":"","firmware_version":""}}}"#;
const DEPOT: &str = r#"{"nodes":[]}"#;

/// Networks without switches and power strips, unless the answers have some.
async fn vendor(answers: &[(&str, ResponseTemplate)]) -> MockServer {
    let server = MockServer::start().await;
    for (at, answer) in answers {
        Mock::given(path(*at))
            .respond_with(answer.clone())
            .mount(&server)
            .await;
    }
    for (list, none) in [
        ("^/switch/network/[0-9]+/list$", r#"{"switches":[]}"#),
        ("^/powerstrip/network/[0-9]+/list$", r#"{"powerstrips":[]}"#),
    ] {
        Mock::given(path_regex(list))
            .respond_with(json(200, none))
            .mount(&server)
            .await;
    }
    server
}

fn devices(observation: &Observation, network: i64) -> (&Coverage, &[Device]) {
    let of = network_ref(&observation.scope.instance, NetworkId::new(network));
    let segment = observation
        .segments
        .iter()
        .find(|segment| segment.of == of)
        .unwrap();
    let Rows::Devices(rows) = &segment.rows else {
        panic!("devices of {of}")
    };
    (&segment.coverage, rows)
}

#[tokio::test]
async fn everything_read_is_complete() {
    let server = vendor(&[
        ("/network/list", json(200, NETWORKS)),
        ("/node/network/7/list", json(200, CLINIC)),
        ("/node/network/9/list", json(200, DEPOT)),
    ])
    .await;
    let instance = instance("example-msp");
    let observation = Observe::new(instance.clone())
        .run(&client(&server))
        .await
        .unwrap();
    assert_eq!(
        (&observation.scope.instance, &observation.scope.root),
        (&instance, &instance.root())
    );
    assert_eq!(observation.taken_at.to_string(), "2026-01-01T00:00:00Z");
    let index = Index::new(&observation);
    assert_eq!(index.organizations_reading(), Reading::Complete);
    let clinic = network_ref(&instance, NetworkId::new(7));
    assert_eq!(
        (clinic.kind.clone(), clinic.id.as_str()),
        (Kind::NETWORK, "7")
    );
    assert_eq!(index.reading(&clinic, Sort::Devices), Reading::Complete);
    let organization = index.organization(&clinic).unwrap();
    assert_eq!(
        (organization.name.as_str(), organization.role),
        ("Harbour Clinic", Role::Managed)
    );
    let own = SharedId {
        scheme: NETWORK_ID.into(),
        value: "7".into(),
    };
    assert!(organization.shared_ids.contains(&own));

    let (coverage, rows) = devices(&observation, 7);
    assert_eq!((coverage, rows.len()), (&Coverage::Complete, 2));
    let lobby = &rows[0];
    assert_eq!(lobby.entity, node_ref(&instance, 610_022.into()));
    assert_eq!(
        (lobby.name.as_str(), lobby.macs[0].to_bare().as_str()),
        ("Lobby AP", "ac86741f00a8")
    );
    // Never the address under which it reaches the internet.
    let ips: Vec<_> = lobby.ips.iter().map(ToString::to_string).collect();
    assert_eq!(ips, ["10.31.0.6", "192.168.4.9"]);
    let field = |device: &Device, name: &str| device.fields.get(name).cloned();
    assert_eq!(
        (
            field(lobby, "status").as_deref(),
            field(lobby, "model").as_deref()
        ),
        (Some("up"), Some("A62"))
    );
    assert_eq!(
        (
            field(lobby, "latitude").as_deref(),
            field(lobby, "description")
        ),
        (Some("52.09"), None)
    );
    let new = &rows[1];
    assert_eq!(
        (new.macs[0].to_bare().as_str(), new.ips.len()),
        ("ac86741f00c8", 0)
    );
    assert_eq!(field(new, "status").as_deref(), Some("never seen"));
    assert_eq!(devices(&observation, 9), (&Coverage::Complete, &[][..]));
}

/// U03: what could not be read is not taken for absent, and does not hide the rest.
#[tokio::test]
async fn a_refused_network_is_partial_with_the_reason() {
    let server = vendor(&[
        ("/network/list", json(200, NETWORKS)),
        ("/node/network/7/list", json(200, CLINIC)),
        ("/node/network/9/list", refusal(403, 12_047)),
    ])
    .await;
    let observation = Observe::new(instance("example-msp"))
        .run(&client(&server))
        .await
        .unwrap();
    assert_eq!(devices(&observation, 7).0, &Coverage::Complete);
    let (Coverage::Partial(reason), rows) = devices(&observation, 9) else {
        panic!("partial")
    };
    assert!(
        rows.is_empty() && reason.contains("denied (status 403, code 12047)"),
        "{reason}"
    );
}

#[tokio::test]
async fn an_answer_about_something_else_is_partial() {
    let server = vendor(&[
        ("/network/list", json(200, NETWORKS)),
        ("/node/network/7/list", json(200, r#"{"status":200}"#)),
        ("/node/network/9/list", json(200, "{}")),
    ])
    .await;
    let observation = Observe::new(instance("example-msp"))
        .run(&client(&server))
        .await
        .unwrap();
    assert!(matches!(devices(&observation, 7).0, Coverage::Partial(_)));
    assert_eq!(devices(&observation, 9).0, &Coverage::Complete);
}

/// U16: a row that cannot be read makes its segment partial.
#[tokio::test]
async fn rows_that_cannot_be_read_are_told() {
    let networks = r#"{"networks":[{"name":"no id"},{"id":7},{"id":9,"name":"North Depot"}]}"#;
    let nodes = r#"{"nodes":{"1":{"name":"a"},"2":null,"3":[],"4":7,"5":"x","6":{"name":"b"}}}"#;
    let server = vendor(&[
        ("/network/list", json(200, networks)),
        ("/node/network/7/list", json(200, nodes)),
        ("/node/network/9/list", json(200, DEPOT)),
    ])
    .await;
    let observation = Observe::new(instance("example-msp"))
        .run(&client(&server))
        .await
        .unwrap();
    let Coverage::Partial(reason) = &observation.segments[0].coverage else {
        panic!("partial")
    };
    assert!(
        reason.contains("a network without an id")
            && reason.contains("network 7 has no readable name"),
        "{reason}"
    );
    let (Coverage::Partial(reason), rows) = devices(&observation, 7) else {
        panic!("partial")
    };
    let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert!(
        reason.contains("item \"2\"") && reason.ends_with("and 1 more"),
        "{reason}"
    );
    assert_eq!(devices(&observation, 9).0, &Coverage::Complete);
}

#[tokio::test]
async fn no_networks_at_all_is_an_error_but_an_empty_listing_is_not() {
    let server = scripted([refusal(403, 13_011)]).await;
    let error = Observe::new(instance("example-msp"))
        .run(&client(&server))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    let server = scripted([json(200, r#"{"networks":[]}"#)]).await;
    let observation = Observe::new(instance("example-msp"))
        .run(&client(&server))
        .await
        .unwrap();
    assert_eq!(observation.segments.len(), 1);
    assert_eq!(observation.segments[0].coverage, Coverage::Complete);
}

#[tokio::test]
async fn details_fill_in_what_the_listing_lacks() {
    let server = vendor(&[
        ("/network/list", json(200, NETWORKS)),
        ("/node/network/7/list", json(200, CLINIC)),
        (
            "/node/610022",
            json(
                200,
                r#"{"name":"Lobby AP","serial_no":"A9000000017","uptime_seconds":273900}"#,
            ),
        ),
        ("/node/610024", refusal(404, 1017)),
    ])
    .await;
    let observe = Observe::new(instance("example-msp"))
        .details(true)
        .only([NetworkId::new(7)]);
    let observation = observe.run(&client(&server)).await.unwrap();
    let (Coverage::Partial(reason), rows) = devices(&observation, 7) else {
        panic!("partial")
    };
    assert!(
        reason.starts_with("details of access point 610024: nodes.get: not found"),
        "{reason}"
    );
    assert_eq!(rows[0].serial.as_deref(), Some("A9000000017"));
    assert_eq!(rows[0].fields["uptime_seconds"], "273900");
    assert_eq!(rows[1].serial, None);
    // The other network is listed, and its access points were not asked for.
    let Rows::Organizations(organizations) = &observation.segments[0].rows else {
        panic!("organisations")
    };
    assert_eq!(
        (
            organizations.len(),
            observation.segments.len(),
            received(&server).await.len()
        ),
        (2, 2, 6)
    );
}
