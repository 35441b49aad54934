use super::Ran;

pub(super) async fn all(ran: &Ran) {
    let time = ran
        .sends(
            "GET /v1/time",
            "",
            r#"{"time":"2025-02-11T08:14:55Z"}"#,
            async |client| client.time().get().await,
        )
        .await;
    assert_eq!(time.as_second(), 1_739_261_695);
}
