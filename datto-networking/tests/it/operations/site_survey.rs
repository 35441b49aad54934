use super::Ran;

pub(super) async fn all(ran: &Ran) {
    ran.done(
        "GET /v1/sitesurvey/network/12345/scan",
        "",
        async |client| client.network(12_345.into()).site_survey().scan().await,
    )
    .await;
    let heard = r#"{"ssid":"Next Door","channel":[6],"seen_by_node":[{"mac":"ac:86:74:1f:00:a8","signal":-71}]}"#;
    for (body, count) in [
        (format!(r#"{{"access_points":[{heard}]}}"#), 1),
        (r#"{"access_points":[]}"#.to_owned(), 0),
        (r#"{"access_points":{}}"#.to_owned(), 0),
        ("{}".to_owned(), 0),
    ] {
        let heard = ran
            .sends(
                "GET /v1/sitesurvey/network/12345",
                "",
                &body,
                async |client| {
                    client
                        .network(12_345.into())
                        .site_survey()
                        .list()
                        .collect_all()
                        .await
                },
            )
            .await;
        assert_eq!(heard.as_slice().len(), count);
        for heard in heard {
            assert_eq!(heard.seen_by_node.unwrap()[0].signal, Some(-71));
        }
    }
}
