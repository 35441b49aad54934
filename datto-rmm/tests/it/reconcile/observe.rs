//! Observations: whole where they can be, and honest where not.

use std::sync::{Arc, Mutex};

use datto_rmm::reconcile::{ObserveOptions, Progress, Source};
use datto_rmm::sites::SiteUid;
use reconcile::execution::{Finding, Source as _, SourceProbe};
use reconcile::identity::{EntityRef, Fingerprint, Kind};
use reconcile::inventory::{Coverage, Observation, Role, Rows, Variable, VariableValue};
use serde_json::{Value, json as value};

use super::{ACME, BROKEN, LATER, connected, sites, variables};
use crate::support::{Wire, assert_no_secret, html, json, line, page, refused};

fn ordinary() -> Value {
    value!([
        {"uid": "deleted-1", "name": "Deleted Devices", "onDemand": false},
        {"uid": ACME, "name": "Acme", "onDemand": false, "autotaskCompanyId": "29683"},
        {"uid": LATER, "name": "Later", "onDemand": true, "autotaskCompanyId": null},
    ])
}

fn segment<'o>(
    observation: &'o Observation,
    of: &EntityRef,
    sort: &str,
) -> (&'o Coverage, &'o Rows) {
    let fits = |rows: &Rows| format!("{:?}", rows.sort()) == sort;
    let found = observation
        .segments
        .iter()
        .find(|segment| segment.of == *of && fits(&segment.rows))
        .unwrap();
    (&found.coverage, &found.rows)
}

/// F027, N09, N15: sites with their part and shared ids, and fingerprints of the variables asked for.
#[tokio::test]
async fn a_whole_account() {
    let wire = Wire::start().await;
    let source = connected(&wire).await;
    sites(&wire, ordinary()).await;
    let mappings = value!([{"uid": ACME, "dattoNetworkingNetworkIds": [900, 901]}, {"uid": LATER, "dattoNetworkingNetworkIds": null}]);
    let target = "/api/v2/account/dnet-site-mappings?max=250&page=0";
    wire.answer(
        line("GET", target),
        1,
        page("dnetSiteMappings", &mappings, None, None),
    )
    .await;
    variables(
        &wire,
        "account",
        value!([{"id": 1, "name": "Other", "value": "CANARY"}]),
    )
    .await;
    let of_acme = value!([
        {"id": 8, "name": "Other", "value": "CANARY"}, {"id": 9, "name": "Link", "value": "CANARY-LINK", "masked": false},
    ]);
    variables(&wire, &format!("site/{ACME}"), of_acme).await;
    variables(
        &wire,
        &format!("site/{LATER}"),
        value!([{"id": 7, "name": "Link", "value": "****", "masked": true}]),
    )
    .await;

    // Run as a host does, on another task.
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (for_task, notes) = (source.clone(), Arc::clone(&seen));
    let options = ObserveOptions::default().variable("Link").networks();
    let task = tokio::spawn(async move {
        for_task
            .observe(&options, |progress: Progress| {
                notes.lock().unwrap().push(progress);
            })
            .await
    });
    let observation = task.await.unwrap();

    assert_eq!(observation.scope.instance, *source.instance());
    assert_eq!(
        (observation.scope.root.clone(), observation.scope.rights),
        (source.root(), None)
    );
    assert!(
        observation
            .segments
            .iter()
            .all(|segment| segment.coverage == Coverage::Complete)
    );
    assert_eq!(observation.segments.len(), 4);
    let (_, Rows::Organizations(rows)) = segment(&observation, &source.root(), "Organizations")
    else {
        panic!()
    };
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.name.as_str(), row.role))
        .collect();
    assert_eq!(
        told,
        [
            ("Deleted Devices", Role::Pseudo),
            ("Acme", Role::Managed),
            ("Later", Role::OnDemand)
        ]
    );
    let ids: Vec<_> = rows[1]
        .shared_ids
        .iter()
        .map(|id| format!("{}={}", id.scheme, id.value))
        .collect();
    assert_eq!(
        ids,
        [
            "autotask-company=29683",
            "datto-network=900",
            "datto-network=901"
        ]
    );
    assert!(rows[2].shared_ids.is_empty());
    let acme = source.site(&SiteUid::new(ACME));
    let (_, Rows::Variables(rows)) = segment(&observation, &acme, "Variables") else {
        panic!()
    };
    let link = VariableValue::Is(Fingerprint::of("CANARY-LINK"));
    assert_eq!(
        *rows,
        [Variable {
            id: "9".into(),
            name: "Link".into(),
            value: link
        }]
    );
    let (_, Rows::Variables(rows)) = segment(
        &observation,
        &source.site(&SiteUid::new(LATER)),
        "Variables",
    ) else {
        panic!()
    };
    assert_eq!(rows[0].value, VariableValue::Masked);
    let (_, Rows::Variables(rows)) = segment(&observation, &source.root(), "Variables") else {
        panic!()
    };
    assert!(rows.is_empty());
    assert_no_secret(&format!(
        "{observation:?} {}",
        serde_json::to_string(&observation).unwrap()
    ));
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[0].to_string(), "3 sites listed");
    assert!(seen[2].to_string().ends_with("read, 2 of 2"), "{}", seen[2]);
}

/// N02, U02: each failure makes its own segment partial, and no other.
#[tokio::test]
async fn one_failing_site_fails_only_itself() {
    let wire = Wire::start().await;
    let source = connected(&wire).await;
    let mut rows = ordinary();
    rows.as_array_mut()
        .unwrap()
        .push(value!({"uid": BROKEN, "name": "Broken", "onDemand": false}));
    sites(&wire, rows).await;
    variables(&wire, "account", value!([])).await;
    variables(
        &wire,
        &format!("site/{ACME}"),
        value!([{"id": 1, "name": "Link", "value": "x"}, {"id": 2, "name": 5}]),
    )
    .await;
    variables(&wire, &format!("site/{LATER}"), value!([])).await;
    let denied = refused(403, "Forbidden", "/v2/site");
    wire.answer(
        line(
            "GET",
            format!("/api/v2/site/{BROKEN}/variables?max=250&page=0"),
        ),
        1,
        denied,
    )
    .await;
    let mut told = Vec::new();
    let options = ObserveOptions::default().variable("Link").concurrency(1);
    let observation = source
        .observe(&options, |progress| told.push(progress.to_string()))
        .await;
    let coverage = |of: &EntityRef, sort| segment(&observation, of, sort).0.clone();
    let site = |uid: &str| source.site(&SiteUid::new(uid));
    assert_eq!(
        coverage(&source.root(), "Organizations"),
        Coverage::Complete
    );
    assert_eq!(coverage(&site(LATER), "Variables"), Coverage::Complete);
    // The row that cannot be read is named by its id; the good one beside it is kept.
    let (Coverage::Partial(why), Rows::Variables(rows)) =
        segment(&observation, &site(ACME), "Variables")
    else {
        panic!()
    };
    assert!(why.contains("\"2\"") && rows.len() == 1, "{why}");
    let Coverage::Partial(why) = coverage(&site(BROKEN), "Variables") else {
        panic!()
    };
    assert!(why.contains("denied"), "{why}");
    assert_eq!(
        told.iter()
            .filter(|line| line.contains("not whole"))
            .count(),
        2,
        "{told:?}"
    );
}

#[tokio::test]
async fn sites_that_cannot_be_read_make_the_list_partial() {
    let wire = Wire::start().await;
    let source = connected(&wire).await;
    sites(
        &wire,
        value!([
            {"uid": ACME, "name": "Acme", "onDemand": false},
            {"uid": LATER, "name": null, "onDemand": false},
            {"uid": BROKEN, "name": "Typeless", "onDemand": null},
            {"uid": null, "name": "No uid"},
        ]),
    )
    .await;
    let observation = source.observe(&ObserveOptions::default(), |_| ()).await;
    let (Coverage::Partial(why), Rows::Organizations(rows)) =
        segment(&observation, &source.root(), "Organizations")
    else {
        panic!()
    };
    assert_eq!(rows.len(), 1);
    for part in [LATER, BROKEN, "No uid"] {
        assert!(why.contains(part), "{why}");
    }
    assert_eq!(observation.segments.len(), 1, "nothing else was asked for");
}

#[tokio::test]
async fn a_listing_that_stops_keeps_what_it_has() {
    let wire = Wire::start().await;
    let source = connected(&wire).await;
    let link = format!("{}/api/v2/account/sites?max=250&page=1", wire.server.uri());
    let first = page("sites", &ordinary(), Some(5), Some(&link));
    wire.answer(
        line("GET", "/api/v2/account/sites?max=250&page=0"),
        1,
        first,
    )
    .await;
    wire.answer(
        line("GET", "/api/v2/account/sites?max=250&page=1"),
        4,
        html(502),
    )
    .await;
    let observation = source.observe(&ObserveOptions::default(), |_| ()).await;
    let (coverage, Rows::Organizations(rows)) =
        segment(&observation, &source.root(), "Organizations")
    else {
        panic!()
    };
    assert!(
        matches!(coverage, Coverage::Partial(why) if why.contains("502")),
        "{coverage:?}"
    );
    assert_eq!(rows.len(), 3);
}

#[tokio::test]
async fn missing_networks_are_told_and_harm_nothing_else() {
    let wire = Wire::start().await;
    let source = connected(&wire).await;
    sites(&wire, ordinary()).await;
    let denied = refused(403, "Forbidden", "/v2/account/dnet-site-mappings");
    wire.answer(
        line("GET", "/api/v2/account/dnet-site-mappings?max=250&page=0"),
        1,
        denied,
    )
    .await;
    let mut told = Vec::new();
    let observation = source
        .observe(&ObserveOptions::default().networks(), |progress| {
            told.push(progress);
        })
        .await;
    assert_eq!(observation.segments[0].coverage, Coverage::Complete);
    assert!(
        matches!(&told[1], Progress::NetworksUnread(why) if why.contains("denied")),
        "{told:?}"
    );
}

#[tokio::test]
async fn devices_come_from_both_lists() {
    let wire = Wire::start().await;
    let source = connected(&wire).await;
    sites(&wire, ordinary()).await;
    let short = value!([
        {"uid": "d-1", "hostname": "NB-1", "nics": [{"macAddress": "00:11:22:aa:bb:cc", "ipv4": "10.0.0.5"}]},
        {"uid": "d-2", "hostname": "NB-2", "nics": null},
    ]);
    let full = value!([
        {"uid": "d-1", "hostname": "NB-1", "operatingSystem": "Windows", "extIpAddress": "198.51.100.7"},
        {"uid": "d-3", "hostname": "PRN-3", "intIpAddress": "10.0.0.9", "deviceClass": "printer"},
    ]);
    let base = format!("/api/v2/site/{ACME}/devices");
    let interfaces = line("GET", format!("{base}/network-interface?max=250&page=0"));
    wire.answer(interfaces, 1, page("devices", &short, Some(2), None))
        .await;
    wire.answer(
        line("GET", format!("{base}?max=250&page=0")),
        1,
        page("devices", &full, Some(2), None),
    )
    .await;
    let options = ObserveOptions::default()
        .devices()
        .only([SiteUid::new(ACME)]);
    let observation = source.observe(&options, |_| ()).await;
    assert_eq!(observation.segments.len(), 2);
    let acme = source.site(&SiteUid::new(ACME));
    let (Coverage::Complete, Rows::Devices(rows)) = segment(&observation, &acme, "Devices") else {
        panic!()
    };
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.name.as_str(), row.macs.len(), row.ips.len()))
        .collect();
    assert_eq!(told, [("NB-1", 1, 1), ("NB-2", 0, 0), ("PRN-3", 0, 1)]);
    assert_eq!(rows[0].fields["operatingSystem"], "Windows");
    assert_eq!(rows[0].entity.kind, Kind::DEVICE);
}

/// U02: a listing that adds up in itself can lack what the key's user may not see; the site's own count tells.
#[tokio::test]
async fn devices_that_the_site_counts_and_does_not_list_make_it_partial() {
    for (counted, listed, is_whole) in [(2, 2, true), (1, 2, true), (3, 2, false), (1, 0, false)] {
        let wire = Wire::start().await;
        let source = connected(&wire).await;
        let site = value!([{"uid": ACME, "name": "Acme", "onDemand": false,
            "devicesStatus": {"numberOfDevices": counted, "numberOfOnlineDevices": 0}}]);
        sites(&wire, site).await;
        // One that was deleted is not counted, wherever it is listed.
        let mut rows = vec![value!({"uid": "d-0", "hostname": "OLD", "deleted": true})];
        rows.extend((1..=listed).map(|n| value!({"uid": format!("d-{n}"), "hostname": "PC"})));
        let rows = Value::Array(rows);
        let base = format!("/api/v2/site/{ACME}/devices");
        for target in [format!("{base}/network-interface"), base] {
            let target = line("GET", format!("{target}?max=250&page=0"));
            wire.answer(target, 1, page("devices", &rows, None, None))
                .await;
        }
        let options = ObserveOptions::default().devices();
        let observation = source.observe(&options, |_| ()).await;
        let acme = source.site(&SiteUid::new(ACME));
        match segment(&observation, &acme, "Devices").0 {
            Coverage::Complete => assert!(is_whole, "{listed} of {counted}"),
            Coverage::Partial(why) => {
                assert!(!is_whole, "{listed} of {counted}");
                assert!(why.contains(&format!("counts {counted} devices")), "{why}");
            }
        }
    }
}

/// F001: credentials of another account are noticed, and nothing of it is read.
#[tokio::test]
async fn credentials_of_another_account_are_noticed() {
    let wire = Wire::start().await;
    wire.answer_once(
        line("GET", "/api/v2/account"),
        json(200, r#"{"uid":"abc123"}"#),
    )
    .await;
    wire.answer(
        line("GET", "/api/v2/account"),
        2,
        json(200, r#"{"uid":"xyz789"}"#),
    )
    .await;
    let source = Source::connect(wire.client()).await.unwrap();
    let observation = source
        .observe(&ObserveOptions::default().variable("Link"), |_| ())
        .await;
    assert_eq!(observation.segments.len(), 1);
    assert!(
        matches!(&observation.segments[0].coverage, Coverage::Partial(why) if why.contains("xyz789"))
    );
    let Finding::Control(found) = source.probe(&SourceProbe::Control).await else {
        panic!()
    };
    assert_ne!(found, *source.instance());
}
