use datto_networking::accounts::KeyKind;

use super::Ran;

pub(super) async fn all(ran: &Ran) {
    login(ran).await;
    account(ran).await;
    audit_log(ran).await;
    embed(ran).await;
}

async fn login(ran: &Ran) {
    let body = r#"{"key":"canary-key","secret":"canary-secret-key","expire":1767225600,"type":"master","type_value":"9",
        "read_only":1,"last_network_name":"Harbour Clinic","last_network_id":204511}"#;
    let login = ran
        .sends(
            "POST /v2/account/login",
            r#"{"username":"ada@example.com","password":"canary-password"}"#,
            body,
            async |client| {
                client
                    .accounts()
                    .login("ada@example.com", &"canary-password".into())
                    .await
            },
        )
        .await;
    assert_eq!(
        login.expires_at().unwrap().to_string(),
        "2026-01-01T00:00:00Z"
    );
    assert_eq!(
        (login.kind, login.read_only),
        (Some(KeyKind::Master), Some(true))
    );
    assert_eq!(login.last_network_id.unwrap().get(), 204_511);
    assert_eq!(
        (login.key.unwrap().expose(), login.secret.unwrap().expose()),
        ("canary-key", "canary-secret-key")
    );
}

async fn account(ran: &Ran) {
    let agreed = ran
        .sends(
            "GET /v2/account/service_agreement",
            "",
            r#"{"valid":false}"#,
            async |client| client.accounts().service_agreement().await,
        )
        .await;
    assert!(!agreed);
    ran.done("PUT /v2/account/service_agreement", "", async |client| {
        client.accounts().accept_service_agreement().await
    })
    .await;
    ran.done(
        "PUT /v2/account/9",
        r#"{"name":"Example MSP"}"#,
        async |client| client.account(9.into()).update("Example MSP").await,
    )
    .await;
    ran.done("PUT /v2/account/9/user/88/owner", "{}", async |client| {
        client.account(9.into()).update_owner(88.into()).await
    })
    .await;
}

async fn audit_log(ran: &Ran) {
    let body = r#"{"log_events":[{"event_id":"e1","date":"2025-02-11T08:14:55Z","user_action":"create","target_id":"1",
        "fields":[{"field":"ssids.1.general.wpa_password","old_value":null,"new_value":"canary-passphrase"}]}]}"#;
    for (body, count) in [(body, 1), (r#"{"log_events":[]}"#, 0)] {
        let events = ran
            .sends("GET /v2/account/9/auditlogs", "", body, async |client| {
                client.account(9.into()).audit_log().collect_all().await
            })
            .await;
        assert_eq!(events.as_slice().len(), count);
    }
}

async fn embed(ran: &Ran) {
    let credentials = ran
        .sends(
            "GET /v2/account/credential/204511/embed",
            "",
            r#"{"key":"canary-key","secret":"canary-secret-key"}"#,
            async |client| client.network(204_511.into()).embed().create().await,
        )
        .await;
    assert_eq!(
        (
            credentials.key.unwrap().expose(),
            credentials.secret.unwrap().expose()
        ),
        ("canary-key", "canary-secret-key")
    );
    let line = "DELETE /v2/account/credential/204511/embed";
    let deleted = r#"{"code":14001,"message":"Deleted.","context":"x","values":{}}"#;
    ran.sends(line, "", deleted, async |client| {
        client.network(204_511.into()).embed().delete().await
    })
    .await;
}
