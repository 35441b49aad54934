//! Every kind of device: what is read of it, and what is told of it where it cannot be read.

use std::collections::BTreeSet;

use datto_networking::devices::DeviceKind;
use datto_networking::networks::NetworkId;
use datto_networking::reconcile::{
    KindReport, Observe, Report, instance, power_strip_ref, router_ref, switch_ref,
};
use datto_networking::routers::{RouterId, RouterListing};
use reconcile::inventory::{Coverage, Device};
use wiremock::{MockServer, ResponseTemplate};

use super::{CLINIC, DEPOT, NETWORKS, devices, vendor};
use crate::support::{builder, client, json, received, refusal, target};

const SWITCHES: &str = r#"{"switches":[{"id":18,"poe":{"available_power_w":22,"total_power_w":740},"summary_info":{
    "active_ports":9,"cloud_status":"up","description":"","firmware_version":"v01.04.02","gateway_ip":"10.8.0.1",
    "ip":"10.8.0.14","last_checkin":"2025-02-11T08:14:55Z","mac":"88:DC:96:00:10:2F","model":"OMS24","name":"Rack 1",
    "total_ports":28,"uptime_seconds":80211,"connection_keeper_status":"connected"}}]}"#;
const STRIPS: &str = r#"{"powerstrips":[{"powerstrip_id":18,"mac":"ac:86:74:20:11:00","name":"Rack strip","model":"MP60",
    "ip":"","mesh_ip":"10.255.3.9","role":"repeater","cloud_status":"up","firmware_version":"6.4.9-77ad",
    "last_checkin":"2025-01-05T10:00:01.26Z","uptime_seconds":1020,"surge_protection_active":true,"enabled_ports":6,
    "port_count":6}]}"#;
const ROUTERS: &str = r#"{"routers":[{"id":5,"name":"Branch","mac":"ac:86:74:30:00:01","model":"D200","serial_no":"R1",
    "lte_status":"connected"},{"id":6,"name":"Old","mac":"ac:86:74:30:00:02","model":"DNA-2"}]}"#;

async fn everything(more: &[(&str, ResponseTemplate)]) -> MockServer {
    let mut answers = more.to_vec();
    answers.extend([
        ("/network/list", json(200, NETWORKS)),
        ("/node/network/7/list", json(200, CLINIC)),
        ("/node/network/9/list", json(200, DEPOT)),
        ("/switch/network/7/list", json(200, SWITCHES)),
        ("/powerstrip/network/7/list", json(200, STRIPS)),
    ]);
    vendor(&answers).await
}

fn observe() -> Observe {
    Observe::new(instance("example-msp"))
}

fn listing() -> RouterListing {
    RouterListing::new("/known/{network}/routers").unwrap()
}

fn became(report: &Report, kind: &DeviceKind) -> KindReport {
    report.kinds[kind].clone()
}

fn field<'d>(device: &'d Device, name: &str) -> Option<&'d str> {
    device.fields.get(name).map(String::as_str)
}

/// F074, F101, F104, F105: switches and power strips may have one id, and are two devices all the same.
#[tokio::test]
async fn f074_all_documented_kinds_are_read() {
    let server = everything(&[]).await;
    let report = observe().report(&client(&server)).await.unwrap();
    let (coverage, rows) = devices(&report.observation, 7);
    assert_eq!((coverage, rows.len()), (&Coverage::Complete, 4));
    let instance = instance("example-msp");
    let find = |entity| rows.iter().find(|row| row.entity == entity).unwrap();
    let switch = find(switch_ref(&instance, 18.into()));
    assert_eq!(
        (switch.name.as_str(), switch.serial.as_ref()),
        ("Rack 1", None)
    );
    assert_eq!(switch.macs[0].to_bare(), "88dc9600102f");
    assert_eq!(
        switch.ips,
        ["10.8.0.14".parse::<std::net::IpAddr>().unwrap()]
    );
    for (name, value) in [
        ("kind", "switch"),
        ("status", "up"),
        ("model", "OMS24"),
        ("firmware", "v01.04.02"),
        ("last_checkin", "2025-02-11T08:14:55Z"),
        ("uptime_seconds", "80211"),
        ("active_ports", "9"),
        ("total_ports", "28"),
        ("available_power_w", "22"),
        ("total_power_w", "740"),
        ("gateway_ip", "10.8.0.1"),
    ] {
        assert_eq!(field(switch, name), Some(value), "{name}");
    }
    let strip = find(power_strip_ref(&instance, 18.into()));
    assert_eq!((strip.name.as_str(), strip.ips.len()), ("Rack strip", 1));
    for (name, value) in [
        ("kind", Some("managed power")),
        ("surge_protection", Some("true")),
        ("enabled_ports", Some("6")),
        ("role", Some("repeater")),
        ("connection_type", None),
        ("description", None),
    ] {
        assert_eq!(field(strip, name), value, "{name}");
    }
    assert_eq!(
        became(&report, &DeviceKind::AccessPoint),
        KindReport::Read(2)
    );
    assert_eq!(became(&report, &DeviceKind::Switch), KindReport::Read(1));
    assert_eq!(
        became(&report, &DeviceKind::ManagedPower),
        KindReport::Read(1)
    );
    assert_eq!(became(&report, &DeviceKind::Router), KindReport::NoEndpoint);
    assert_eq!(
        became(&report, &DeviceKind::DnaRouter),
        KindReport::Unsupported(0)
    );
}

/// F076: a client that may write sends the same as one that only reads, and none of it writes or starts anything.
#[tokio::test]
async fn f076_a_sync_only_reads() {
    let details = [
        ("/known/7/routers", json(200, ROUTERS)),
        ("/known/9/routers", json(200, r#"{"routers":[]}"#)),
        ("/node/610022", json(200, r#"{"serial_no":"A9000000017"}"#)),
        ("/node/610024", json(200, r#"{"name":"New AP"}"#)),
        (
            "/switch/18",
            json(
                200,
                r#"{"id":18,"ports":[{"id":"1","poe":{"power_draw_w":4.5}}]}"#,
            ),
        ),
        (
            "/powerstrip/18",
            json(200, r#"{"description":"behind the rack"}"#),
        ),
    ];
    let server = everything(&details).await;
    for may_write in [false, true] {
        let before = received(&server).await.len();
        let mut settings = builder(&server);
        if may_write {
            settings = settings.allow_writes();
        }
        let client = settings.build().unwrap();
        let observe = observe().details(true).routers(listing());
        let observation = observe.run(&client).await.unwrap();
        let (coverage, rows) = devices(&observation, 7);
        assert_eq!((coverage, rows.len()), (&Coverage::Complete, 5));
        let shown: BTreeSet<_> = rows
            .iter()
            .flat_map(|row| {
                [
                    field(row, "power_draw_w"),
                    field(row, "description"),
                    row.serial.as_deref(),
                ]
            })
            .flatten()
            .collect();
        assert_eq!(
            shown,
            BTreeSet::from(["4.5", "A9000000017", "R1", "behind the rack"])
        );
        let requests = received(&server).await.split_off(before);
        assert!(
            requests
                .iter()
                .all(|request| request.method.as_str() == "GET")
        );
        let targets: BTreeSet<_> = requests.iter().map(target).collect();
        assert_eq!(targets.len(), requests.len(), "nothing is asked twice");
        let wanted = [
            "/known/7/routers",
            "/known/9/routers",
            "/network/list",
            "/node/610022",
            "/node/610024",
            "/node/network/7/list",
            "/node/network/9/list",
            "/powerstrip/18",
            "/powerstrip/network/7/list",
            "/powerstrip/network/9/list",
            "/switch/18",
            "/switch/network/7/list",
            "/switch/network/9/list",
        ];
        assert_eq!(targets, wanted.map(str::to_owned).into());
    }
}

/// U03: one kind that cannot be read makes the network partial, and hides no other.
#[tokio::test]
async fn a_kind_that_is_refused_is_told() {
    let refused = [
        ("/switch/network/7/list", refusal(403, 30_001)),
        ("/powerstrip/network/9/list", json(200, r#"{"status":200}"#)),
    ];
    let server = everything(&refused).await;
    let report = observe().report(&client(&server)).await.unwrap();
    let (Coverage::Partial(reason), rows) = devices(&report.observation, 7) else {
        panic!("partial")
    };
    assert!(reason.starts_with("switches.list: denied"), "{reason}");
    assert_eq!(rows.len(), 3);
    assert!(matches!(
        devices(&report.observation, 9).0,
        Coverage::Partial(_)
    ));
    let KindReport::Incomplete { read: 0, reason } = became(&report, &DeviceKind::Switch) else {
        panic!("{:?}", report.kinds)
    };
    assert!(
        reason.starts_with("network 7: switches.list: denied"),
        "{reason}"
    );
    assert!(matches!(
        became(&report, &DeviceKind::ManagedPower),
        KindReport::Incomplete { read: 1, .. }
    ));
    assert_eq!(
        became(&report, &DeviceKind::AccessPoint),
        KindReport::Read(2)
    );
}

/// F075, F106: a router of another API is told, and is no device.
#[tokio::test]
async fn f075_routers_that_are_not_supported_are_told() {
    let routers = [
        ("/known/7/routers", json(200, ROUTERS)),
        ("/known/9/routers", json(200, "[]")),
    ];
    let server = everything(&routers).await;
    let observe = observe().routers(listing()).kinds([DeviceKind::Router]);
    let report = observe.report(&client(&server)).await.unwrap();
    let (coverage, rows) = devices(&report.observation, 7);
    assert_eq!((coverage, rows.len()), (&Coverage::Complete, 1));
    let instance = instance("example-msp");
    assert_eq!(rows[0].entity, router_ref(&instance, &RouterId::new("5")));
    assert_eq!(
        (rows[0].serial.as_deref(), field(&rows[0], "lte_status")),
        (Some("R1"), Some("connected"))
    );
    let dna = &report.unsupported[0];
    assert_eq!(
        (report.unsupported.len(), dna.network),
        (1, NetworkId::new(7))
    );
    assert_eq!(
        (
            dna.device.kind.clone(),
            dna.device.name.as_deref(),
            dna.device.mac.as_deref()
        ),
        (
            DeviceKind::DnaRouter,
            Some("Old"),
            Some("ac:86:74:30:00:02")
        )
    );
    assert_eq!(
        became(&report, &DeviceKind::DnaRouter),
        KindReport::Unsupported(1)
    );
    assert_eq!(became(&report, &DeviceKind::Router), KindReport::Read(1));
    assert_eq!(became(&report, &DeviceKind::Switch), KindReport::NotAsked);
    assert_eq!(received(&server).await.len(), 3);
}

/// A place that the vendor does not know tells nothing about routers.
#[tokio::test]
async fn a_wrong_place_for_routers_is_partial() {
    let routers = [
        ("/known/7/routers", refusal(403, 1002)),
        ("/known/9/routers", json(404, "")),
    ];
    let server = everything(&routers).await;
    let observe = observe().routers(listing());
    let report = observe.report(&client(&server)).await.unwrap();
    let (coverage, rows) = devices(&report.observation, 7);
    assert!(
        matches!(coverage, Coverage::Partial(reason) if reason.contains("code 1002")),
        "{coverage:?}"
    );
    assert_eq!(rows.len(), 4);
    assert!(matches!(
        devices(&report.observation, 9).0,
        Coverage::Partial(_)
    ));
    assert!(matches!(
        became(&report, &DeviceKind::Router),
        KindReport::Incomplete { read: 0, .. }
    ));
}

/// A path that starts something is no listing, whoever writes it.
#[tokio::test]
async fn a_router_listing_cannot_start_anything() {
    let server = everything(&[]).await;
    let listing = RouterListing::new("/sitesurvey/network/{network}/scan").unwrap();
    for client in [
        client(&server),
        builder(&server).allow_writes().build().unwrap(),
    ] {
        client
            .network(7.into())
            .routers(&listing)
            .collect_all()
            .await
            .unwrap_err();
    }
    assert!(received(&server).await.is_empty());
}

#[tokio::test]
async fn kinds_that_are_not_wanted_are_not_asked_for() {
    let server = everything(&[]).await;
    let observe = observe()
        .kinds([DeviceKind::ManagedPower])
        .only([NetworkId::new(7)]);
    let report = observe.report(&client(&server)).await.unwrap();
    assert_eq!(devices(&report.observation, 7).1.len(), 1);
    assert_eq!(
        became(&report, &DeviceKind::AccessPoint),
        KindReport::NotAsked
    );
    let targets: Vec<_> = received(&server).await.iter().map(target).collect();
    assert_eq!(targets, ["/network/list", "/powerstrip/network/7/list"]);
}
