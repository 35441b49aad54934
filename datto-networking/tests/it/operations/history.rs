use datto_networking::history::Period;

use super::Ran;

pub(super) async fn all(ran: &Ran) {
    network(ran).await;
    clients(ran).await;
    client(ran).await;
    nodes(ran).await;
    node(ran).await;
}

async fn network(ran: &Ran) {
    let row = r#"["2013-11-24T13:50:00Z",{"ssid1":{"traffic":{"udp":{"bup":278}},"users":1}}]"#;
    for (body, count) in [
        (format!(r#"{{"clients":{{"ssid1":5}},"rows":[{row}]}}"#), 1),
        (r#"{"clients":{},"rows":[]}"#.to_owned(), 0),
        ("{}".to_owned(), 0),
        ("[]".to_owned(), 0),
    ] {
        let history = ran
            .sends(
                "GET /v1/history/network/12554?period=2hours",
                "",
                &body,
                async |client| {
                    client
                        .network(12_554.into())
                        .history()
                        .get(Period::TwoHours)
                        .await
                },
            )
            .await;
        assert_eq!(history.rows.unwrap_or_default().len(), count);
    }
}

async fn clients(ran: &Ran) {
    let client = r#""1c:99:4c:7b:ae:fe":{"cid":"31792","channel_width":"40","blocked":0}"#;
    for (body, count) in [
        (format!(r#"{{"clients":[{{{client}}}]}}"#), 1),
        (format!(r#"{{"clients":{{{client}}}}}"#), 1),
        ("{}".to_owned(), 0),
    ] {
        let clients = ran
            .sends(
                "GET /v1/history/network/12345/clients?period=week",
                "",
                &body,
                async |client| {
                    let history = client.network(12_345.into()).history();
                    history.clients(Period::Week).collect_all().await
                },
            )
            .await;
        assert_eq!(clients.as_slice().len(), count);
        for client in clients {
            assert_eq!(
                (client.channel_width, client.blocked),
                (Some(40), Some(false))
            );
        }
    }
}

async fn client(ran: &Ran) {
    let body = r#"{"cid":"Zk3x-_s=","traffic":[{"time":"2014-02-10T09:14:25Z","ssid1":{"rup":40,"rdown":50}}]}"#;
    for (body, count) in [
        (body, 1),
        (r#"{"cid":"Zk3x-_s=","traffic":[]}"#, 0),
        ("{}", 0),
    ] {
        let history = ran
            .sends(
                "GET /v1/history/network/12345/client/Zk3x-_s%3D?period=day",
                "",
                body,
                async |client| {
                    let history = client.network(12_345.into()).history();
                    history.client(&"Zk3x-_s=".into(), Period::Day).await
                },
            )
            .await;
        assert_eq!(history.traffic.unwrap_or_default().len(), count);
    }
}

async fn nodes(ran: &Ran) {
    let node =
        r#""31792":{"traffic":{"ssid1":{"bup":40}},"checkins":[{"time":"2014-07-28T12:20:00Z"}]}"#;
    for (body, count) in [
        (format!(r#"{{"nodes":[{{{node}}}]}}"#), 1),
        (format!(r#"{{"nodes":{{{node}}}}}"#), 1),
        (r#"{"nodes":[]}"#.to_owned(), 0),
        ("{}".to_owned(), 0),
    ] {
        let nodes = ran
            .sends(
                "GET /v1/history/network/12345/nodes?period=month",
                "",
                &body,
                async |client| {
                    let history = client.network(12_345.into()).history();
                    history.nodes(Period::Month).collect_all().await
                },
            )
            .await;
        assert_eq!(nodes.as_slice().len(), count);
        for node in nodes {
            assert_eq!(
                (node.id.get(), node.checkins.unwrap()[0].is_outage()),
                (31_792, true)
            );
        }
    }
}

async fn node(ran: &Ran) {
    let body = r#"{"nid":"295","traffic":[{"time":"2014-02-10T09:14:25Z","ssid1":{"rup":40,"rdown":50}}]}"#;
    for (body, count) in [(body, 1), ("[]", 0)] {
        let history = ran
            .sends(
                "GET /v1/history/network/12345/node/295?period=week",
                "",
                body,
                async |client| {
                    let history = client.network(12_345.into()).history();
                    history.node(295.into(), Period::Week).await
                },
            )
            .await;
        assert_eq!(history.traffic.unwrap_or_default().len(), count);
    }
}
