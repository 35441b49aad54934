use super::Ran;

pub(super) async fn all(ran: &Ran) {
    let body = r#"{"networkgroups":[{"networkgroup_id":31,"name":"North region","role_id":3}]}"#;
    for (body, ids) in [(body, &[31][..]), (r#"{"networkgroups":[]}"#, &[])] {
        let groups = ran
            .sends("GET /v2/networkgroup/list", "", body, async |client| {
                client.groups().list().collect_all().await
            })
            .await;
        let found: Vec<_> = groups
            .as_slice()
            .iter()
            .map(|group| group.id.get())
            .collect();
        assert_eq!(found, ids);
    }
    let body = r#"{"networkgroup_id":31,"creator_user_id":5,"name":"North region","account_id":9,
        "networks":[{"network_id":204511,"name":"Harbour Clinic"}]}"#;
    let group = ran
        .sends("GET /v2/networkgroup/31", "", body, async |client| {
            client.group(31.into()).get().await
        })
        .await;
    assert_eq!(
        group.networks.unwrap()[0].network_id.unwrap().get(),
        204_511
    );
    writes(ran).await;
}

async fn writes(ran: &Ran) {
    let id = ran
        .sends(
            "POST /v2/networkgroup",
            r#"{"name":"North \"1\""}"#,
            r#"{"networkgroup_id":31}"#,
            async |client| client.groups().create("North \"1\"").await,
        )
        .await;
    assert_eq!(id.get(), 31);
    ran.done(
        "PUT /v2/networkgroup/31",
        r#"{"name":"North"}"#,
        async |client| client.group(31.into()).update("North").await,
    )
    .await;
    ran.done("DELETE /v2/networkgroup/31", "", async |client| {
        client.group(31.into()).delete().await
    })
    .await;
    ran.done(
        "PUT /v2/networkgroup/31/network/204511",
        "",
        async |client| client.group(31.into()).networks().add(204_511.into()).await,
    )
    .await;
    ran.done(
        "PUT /v2/networkgroup/31/user/88",
        r#"{"role_id":4}"#,
        async |client| {
            client
                .group(31.into())
                .users()
                .update(88.into(), 4.into())
                .await
        },
    )
    .await;
    ran.done("DELETE /v2/networkgroup/31/user/88", "", async |client| {
        client.group(31.into()).users().delete(88.into()).await
    })
    .await;
}
