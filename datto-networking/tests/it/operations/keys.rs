use super::Ran;

pub(super) async fn all(ran: &Ran) {
    let pair = r#"{"user_key_id":5,"key":"canary-key","secret":"canary-secret-key","created":"2025-02-11T08:14:55Z"}"#;
    let own = ran
        .sends("POST /v2/user/key", "", pair, async |client| {
            client.keys().create().await
        })
        .await;
    let other = ran
        .sends("POST /v2/user/88/key", "", pair, async |client| {
            client.user(88.into()).keys().create().await
        })
        .await;
    assert_eq!(own, other);
    assert_eq!(
        (
            own.id.get(),
            own.key.unwrap().expose(),
            own.secret.unwrap().expose()
        ),
        (5, "canary-key", "canary-secret-key")
    );
    let body = r#"{"keys":[{"user_key_id":5,"secret":"canary-secret-key","created":"2025-02-11T08:14:55Z"}]}"#;
    for (body, ids) in [(body, &[5][..]), (r#"{"keys":[]}"#, &[])] {
        let keys = ran
            .sends("GET /v2/user/88/key/list", "", body, async |client| {
                client.user(88.into()).keys().list().collect_all().await
            })
            .await;
        let found: Vec<_> = keys.as_slice().iter().map(|key| key.id.get()).collect();
        assert_eq!(found, ids);
    }
    ran.done("DELETE /v2/user/88/key/5", "", async |client| {
        client.user(88.into()).keys().delete(5.into()).await
    })
    .await;
    ran.done("DELETE /v2/user/key/5", "", async |client| {
        client.keys().delete(5.into()).await
    })
    .await;
}
