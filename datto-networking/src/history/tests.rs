use client_core::Decoded;
use serde_json::json;

use super::{CheckinStatus, NodeHistory, Period, client, clients, network, node, nodes};
use crate::clients::ClientId;

#[test]
fn targets_have_their_period() {
    let id = 12_345.into();
    assert_eq!(
        network(id, Period::TwoHours).target(),
        "/history/network/12345?period=2hours"
    );
    assert_eq!(
        clients(id, Period::Week).target(),
        "/history/network/12345/clients?period=week"
    );
    assert_eq!(
        nodes(id, Period::Month).target(),
        "/history/network/12345/nodes?period=month"
    );
    assert_eq!(
        node(id, 295.into(), Period::Day).target(),
        "/history/network/12345/node/295?period=day"
    );
    // The signs of an id are encoded once, and signed as they are sent.
    assert_eq!(
        client(id, &ClientId::new("_4G6-f2=/"), Period::Day).target(),
        "/history/network/12345/client/_4G6-f2%3D%2F?period=day"
    );
}

/// The documentation's sample: the users of the second row stand among the protocols.
#[test]
fn a_network_in_samples() {
    let body = r#"{"clients":{"ssid1":5,"ssid2":0},"rows":[
        ["2013-11-24T13:50:00Z",{"ssid1":{"traffic":{"udp":{"bup":278,"bdown":193,"rup":278,"rdown":193},
            "tcp":{"bup":9000000000,"bdown":193,"rup":278,"rdown":193}},"users":1},
            "ssid2":{"traffic":{"netbios":{"bup":1872,"bdown":0,"rup":1872,"rdown":0}},"users":1}}],
        ["2013-11-24T13:55:00Z",{"ssid1":{"traffic":{"udp":{"bup":278,"bdown":193,"rup":278,"rdown":193},"users":2}}}],
        ["2013-11-24T14:00:00Z",[]]]}"#;
    let call = network(12_554.into(), Period::TwoHours);
    let history = call.decode(body.as_bytes()).unwrap();
    assert_eq!(history.clients.as_ref().unwrap()["ssid1"], 5);
    let rows = history.rows.unwrap();
    assert_eq!(rows[0].time.unwrap().to_string(), "2013-11-24T13:50:00Z");
    let ssid = &rows[0].ssids["ssid1"];
    assert_eq!(
        ssid.traffic.as_ref().unwrap()["tcp"].bup,
        Some(9_000_000_000)
    );
    assert_eq!(
        (ssid.users, rows[0].ssids["ssid2"].users),
        (Some(1), Some(1))
    );
    let among = &rows[1].ssids["ssid1"];
    assert_eq!(
        (among.users, among.traffic.as_ref().unwrap().len()),
        (Some(2), 1)
    );
    assert!(among.extra.is_empty() && rows[2].ssids.is_empty());
    // What is of no known shape is kept.
    let body = r#"{"rows":[{"time":"soon","ssid1":{"users":1},"total":7}],"clients":[]}"#;
    let history = call.decode(body.as_bytes()).unwrap();
    let row = &history.rows.unwrap()[0];
    assert_eq!((row.time, row.ssids["ssid1"].users), (None, Some(1)));
    assert_eq!(
        (row.extra.get("time"), row.extra.get("total")),
        (Some(&json!("soon")), Some(&json!(7)))
    );
    let history = call
        .decode(br#"{"rows":[["2013-11-24T13:50:00Z"]]}"#)
        .unwrap();
    assert!(history.rows.is_none() && history.extra.get("rows").is_some());
}

#[test]
fn rates_of_a_client_and_of_an_access_point() {
    let traffic = r#"[{"time":"2014-02-10T09:14:25Z","ssid1":{"rup":40,"rdown":50},"ssid2":{"rup":28278,"rdown":90538}},
        {"time":"2014-02-10T09:19:25Z","ssid1":{"rup":30,"rdown":10}}]"#;
    let as_map = r#"{"2014-02-10T09:14:25Z":{"ssid1":{"rup":40,"rdown":50},"ssid2":{"rup":28278,"rdown":90538}},
        "2014-02-10T09:19:25Z":{"ssid1":{"rup":30,"rdown":10}}}"#;
    for traffic in [traffic, as_map] {
        let body = format!(r#"{{"cid":"543","traffic":{traffic}}}"#);
        let history = client(1.into(), &"543".into(), Period::Day)
            .decode(body.as_bytes())
            .unwrap();
        assert_eq!(history.cid, Some("543".into()));
        let samples = history.traffic.unwrap();
        assert_eq!(
            (samples.len(), samples[0].ssids["ssid2"].rdown),
            (2, Some(90_538))
        );
        assert_eq!(samples[1].time.unwrap().to_string(), "2014-02-10T09:19:25Z");
        let body = format!(r#"{{"nid":"295","traffic":{traffic}}}"#);
        let history = node(1.into(), 295.into(), Period::Day)
            .decode(body.as_bytes())
            .unwrap();
        assert_eq!(history.nid.map(super::NodeId::get), Some(295));
        assert_eq!(history.traffic.unwrap()[1].ssids["ssid1"].rup, Some(30));
    }
}

/// The documentation has a list of one-key maps where clients read a map.
#[test]
fn access_points_as_list_and_as_map() {
    let node = r#""31792":{"traffic":{"ssid1":{"bup":40,"bdown":50,"users":1}},
        "metrics":[{"time":"2014-07-29T11:20:00Z","speed":11476}],
        "checkins":[{"time":"2014-07-28T12:20:00Z","status":"repeater"},{"time":"2014-07-28T12:25:00Z"},
        {"time":"2014-07-28T12:30:00Z","status":"asleep"}]}"#;
    let gateway = r#""31793":{"traffic":[],"checkins":[]}"#;
    for body in [
        format!(r#"{{"nodes":[{{{node}}},{{{gateway}}}]}}"#),
        format!(r#"{{"nodes":{{{node},{gateway}}}}}"#),
    ] {
        let read = nodes(1.into(), Period::Day)
            .decode(body.as_bytes())
            .unwrap()
            .into_inner();
        let read: Vec<&NodeHistory> = read.iter().filter_map(Decoded::as_item).collect();
        assert_eq!((read[0].id.get(), read[1].id.get()), (31_792, 31_793));
        assert_eq!(read[0].traffic.as_ref().unwrap()["ssid1"].users, Some(1));
        assert_eq!(read[0].metrics.as_ref().unwrap()[0].speed, Some(11_476));
        let checkins = read[0].checkins.as_ref().unwrap();
        let outages: Vec<_> = checkins.iter().map(super::Checkin::is_outage).collect();
        assert_eq!(outages, [false, true, false]);
        assert_eq!(checkins[0].status, Some(CheckinStatus::Repeater));
        assert_eq!(
            (
                read[1].metrics.as_ref(),
                read[1]
                    .traffic
                    .as_ref()
                    .map(std::collections::BTreeMap::len)
            ),
            (None, Some(0))
        );
    }
}

#[test]
fn nothing_happened() {
    for body in [r#"{"nodes":{}}"#, r#"{"nodes":[]}"#, "{}", "[]"] {
        let read = nodes(1.into(), Period::Day)
            .decode(body.as_bytes())
            .unwrap();
        assert!(read.into_inner().is_empty(), "{body}");
    }
    for body in ["{}", "[]", r#"{"clients":[],"rows":[]}"#] {
        let read = network(1.into(), Period::Day)
            .decode(body.as_bytes())
            .unwrap();
        assert!(read.rows.unwrap_or_default().is_empty(), "{body}");
    }
    for body in [
        r#"{"status":200}"#,
        r#"{"code":1009,"message":"Success."}"#,
        "7",
    ] {
        assert!(
            network(1.into(), Period::Day)
                .decode(body.as_bytes())
                .is_err(),
            "{body}"
        );
        assert!(
            nodes(1.into(), Period::Day)
                .decode(body.as_bytes())
                .is_err(),
            "{body}"
        );
    }
}
