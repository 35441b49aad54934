use super::Ran;

pub(super) async fn all(ran: &Ran) {
    let client = r#""00:00:5e:00:53:01":{"cid":"31792","name":"phone","blocked":true}"#;
    for (body, count) in [
        (format!(r#"{{"clients":{{{client}}}}}"#), 1),
        (format!(r#"{{"clients":[{{{client}}}]}}"#), 1),
        (r#"{"clients":{}}"#.to_owned(), 0),
        (r#"{"clients":[]}"#.to_owned(), 0),
        ("[]".to_owned(), 0),
    ] {
        let blocked = ran
            .sends(
                "GET /v1/client/network/12345/block",
                "",
                &body,
                async |client| {
                    client
                        .network(12_345.into())
                        .clients()
                        .blocked()
                        .collect_all()
                        .await
                },
            )
            .await;
        assert_eq!(blocked.as_slice().len(), count, "{body}");
        for client in blocked {
            assert_eq!(client.mac.as_deref(), Some("00:00:5e:00:53:01"));
        }
    }
    let ids = ["_4G6of2N-YJR3RveJ=".into(), "31792".into()];
    for (number, block) in [(1, true), (0, false)] {
        let body = format!(r#"{{"block":{number},"client_ids":["_4G6of2N-YJR3RveJ=","31792"]}}"#);
        ran.done(
            "PUT /v1/client/network/12345/block",
            &body,
            async |client| {
                let clients = client.network(12_345.into()).clients();
                if block {
                    clients.block(&ids).await
                } else {
                    clients.unblock(&ids).await
                }
            },
        )
        .await;
    }
    let body = r#"{"clients":[{"id":"_4G6of2N-YJR3RveJ=","name":"new-name"}]}"#;
    ran.done("PUT /v1/client/network/12345/edit", body, async |client| {
        let names = [("_4G6of2N-YJR3RveJ=".into(), "new-name")];
        client.network(12_345.into()).clients().rename(&names).await
    })
    .await;
}
