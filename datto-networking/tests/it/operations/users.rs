use datto_networking::users::{NewUser, UserUpdate};

use super::Ran;

pub(super) async fn all(ran: &Ran) {
    reads(ran).await;
    writes(ran).await;
    own(ran).await;
}

async fn reads(ran: &Ran) {
    let body = r#"{"users":[{"user_id":88,"email":"Ada@example.com","name":"Ada","notes":"","verified":1,"enabled":true,
        "role_id":7,"created":"2025-02-11T08:14:55Z","highest_network_role_id":4}]}"#;
    for (body, emails) in [(body, &["Ada@example.com"][..]), (r#"{"users":[]}"#, &[])] {
        let users = ran
            .sends("GET /v2/user/list", "", body, async |client| {
                client.users().list().collect_all().await
            })
            .await;
        let found: Vec<_> = users
            .as_slice()
            .iter()
            .filter_map(|user| user.email.as_deref())
            .collect();
        assert_eq!(found, emails);
    }
    let found = ran
        .sends("GET /v2/user/list", "", body, async |client| {
            client.users().find("ada@example.com").await
        })
        .await;
    assert_eq!(found.map(|user| user.id.get()), Some(88));
    let body = r#"{"email":"ada@example.com","permissions":{"all_networks":[{"network_id":204511,"role_id":4}],
        "assigned_networks":[],"assigned_networkgroups":{}}}"#;
    let user = ran
        .sends("GET /v2/user/88", "", body, async |client| {
            client.user(88.into()).get().await
        })
        .await;
    assert_eq!(user.id.get(), 88);
    let permissions = user.permissions.unwrap();
    assert_eq!(
        permissions.all_networks.unwrap()[0].role_id.unwrap().get(),
        4
    );
    assert!(permissions.assigned_networks.unwrap().is_empty());
    assert!(permissions.assigned_networkgroups.unwrap().is_empty());
}

async fn writes(ran: &Ran) {
    let user = NewUser::new("ada@example.com", "Ada", 7.into()).notes("reads only");
    let created = ran
        .sends(
            "POST /v2/user",
            r#"{"email":"ada@example.com","name":"Ada","role_id":7,"notes":"reads only"}"#,
            r#"{"user_id":88,"account_id":9,"token":"canary-token","email":"ada@example.com","name":"Ada","role_id":7}"#,
            async |client| client.users().create(&user).await,
        )
        .await;
    assert_eq!(
        (created.id.get(), created.account_id.unwrap().get()),
        (88, 9)
    );
    assert_eq!(created.token.unwrap().expose(), "canary-token");
    let update = UserUpdate::default().notes("");
    ran.done("PUT /v2/user/88", r#"{"notes":""}"#, async |client| {
        client.user(88.into()).update(&update).await
    })
    .await;
    ran.done("DELETE /v2/user/88", "", async |client| {
        client.user(88.into()).delete().await
    })
    .await;
    ran.done("PUT /v2/user/88/disable", "", async |client| {
        client.user(88.into()).disable().await
    })
    .await;
    ran.done("PUT /v2/user/88/enable", "", async |client| {
        client.user(88.into()).enable().await
    })
    .await;
    ran.done(
        "PUT /v2/user/88/password",
        r#"{"password_current":"canary-old","password_new":"canary-new"}"#,
        async |client| {
            let (old, new) = ("canary-old".into(), "canary-new".into());
            client.user(88.into()).update_password(&old, &new).await
        },
    )
    .await;
    let token = ran
        .sends(
            "POST /v2/user/88/password_set",
            "",
            r#"{"user_id":88,"token":"canary-token"}"#,
            async |client| client.user(88.into()).password_token().await,
        )
        .await;
    assert_eq!(token.token.unwrap().expose(), "canary-token");
}

async fn own(ran: &Ran) {
    let role = ran
        .sends(
            "GET /v2/user/88/network/204511",
            "",
            r#"{"role_id":"4"}"#,
            async |client| client.user(88.into()).network_role(204_511.into()).await,
        )
        .await;
    assert_eq!(role.get(), 4);
    let account = ran
        .sends(
            "GET /v2/user/88/account",
            "",
            r#"{"account_id":9,"role_id":1}"#,
            async |client| client.user(88.into()).account().await,
        )
        .await;
    assert_eq!(
        (
            account.account_id.unwrap().get(),
            account.role_id.unwrap().get()
        ),
        (9, 1)
    );
    for (body, valid) in [(r#"{"valid":true}"#, true), (r#"{"valid":0}"#, false)] {
        let agreed = ran
            .sends(
                "GET /v2/user/88/service_agreement",
                "",
                body,
                async |client| client.user(88.into()).service_agreement().await,
            )
            .await;
        assert_eq!(agreed, valid);
    }
    ran.done("PUT /v2/user/88/service_agreement", "", async |client| {
        client.user(88.into()).accept_service_agreement().await
    })
    .await;
}
