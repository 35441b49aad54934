use datto_networking::vouchers::{NewVoucher, Voucher, VoucherStatus};

use super::{DONE, Ran};

pub(super) async fn all(ran: &Ran) {
    list(ran).await;
    get(ran).await;
    create(ran).await;
    update(ran).await;
    actions(ran).await;
}

async fn list(ran: &Ran) {
    let body = r#"{"vouchers":[{"code":"canary-1","duration":24,"status":"active"}]}"#;
    for (body, statuses) in [
        (body, &[Some(VoucherStatus::Active)][..]),
        (r#"{"vouchers":[]}"#, &[]),
    ] {
        let vouchers = ran
            .sends(
                "GET /v1/voucher/network/204511/list",
                "",
                body,
                async |client| {
                    client
                        .network(204_511.into())
                        .vouchers()
                        .list()
                        .collect_all()
                        .await
                },
            )
            .await;
        let found: Vec<_> = vouchers.into_iter().map(|voucher| voucher.status).collect();
        assert_eq!(found, statuses);
    }
}

async fn get(ran: &Ran) {
    let voucher = ran
        .sends(
            "GET /v1/voucher/network/204511?code=Room%201%26%2B",
            "",
            r#"{"code":"canary-1","duration":24,"comment":"room 1"}"#,
            async |client| {
                client
                    .network(204_511.into())
                    .vouchers()
                    .get("Room 1&+")
                    .await
            },
        )
        .await;
    assert_eq!(voucher.comment.as_deref(), Some("room 1"));
}

fn codes(vouchers: &[Voucher]) -> Vec<&str> {
    vouchers
        .iter()
        .map(|voucher| voucher.any_code().unwrap().expose())
        .collect()
}

async fn create(ran: &Ran) {
    let vouchers = [
        NewVoucher::new(168, 0, 0.056, 5.0, 30),
        NewVoucher::new(1, 9, 1.5, 100.0, 999)
            .code("canary-1")
            .comment("room 7"),
    ];
    let body = r#"{"desired_vouchers":[{"duration":168,"max_users":0,"up_limit":0.056,"down_limit":5.0,"purge_days":30},{"code":"canary-1","duration":1,"max_users":9,"up_limit":1.5,"down_limit":100.0,"comment":"room 7","purge_days":999}]}"#;
    let line = "POST /v1/voucher/network/204511";
    let answer = r#"{"vouchers":[{"voucher_code":"canary-0"},{"voucher_code":"canary-1"}]}"#;
    let made = ran
        .sends(line, body, answer, async |client| {
            client
                .network(204_511.into())
                .vouchers()
                .create(&vouchers)
                .await
        })
        .await;
    assert_eq!(codes(&made), ["canary-0", "canary-1"]);
    let made = ran
        .exchange(line, body, &DONE, async |client| {
            let vouchers_of = client.network(204_511.into()).vouchers();
            vouchers_of.create(&vouchers).await
        })
        .await;
    assert!(made.iter().all(Vec::is_empty), "{made:?}");
}

async fn update(ran: &Ran) {
    let vouchers = [NewVoucher::new(24, 1, 1.0, 2.0, 30)
        .code("canary-1")
        .comment("")];
    ran.done(
        "PUT /v1/voucher/network/204511/update",
        r#"{"vouchers":[{"code":"canary-1","duration":24,"max_users":1,"up_limit":1.0,"down_limit":2.0,"comment":"","purge_days":30}]}"#,
        async |client| client.network(204_511.into()).vouchers().update(&vouchers).await,
    )
    .await;
}

async fn actions(ran: &Ran) {
    for action in ["restore", "renew", "reset", "delete"] {
        let line = format!("PUT /v1/voucher/network/204511/{action}");
        for (answer, affected) in [
            (
                r#"{"vouchers":[{"code":"canary-1"},{"code":"canary-2"}]}"#,
                &["canary-1", "canary-2"][..],
            ),
            (r#"{"vouchers":{"canary-1":{"duration":1}}}"#, &["canary-1"]),
            (r#"["canary-1"]"#, &["canary-1"]),
            ("{}", &[]),
            ("", &[]),
        ] {
            let body = r#"{"vouchers":["canary-1","canary-2"]}"#;
            let vouchers = ran
                .sends(&line, body, answer, async |client| {
                    let vouchers = client.network(204_511.into());
                    let (vouchers, codes) = (vouchers.vouchers(), &["canary-1", "canary-2"]);
                    match action {
                        "restore" => vouchers.restore(codes).await,
                        "renew" => vouchers.renew(codes).await,
                        "reset" => vouchers.reset(codes).await,
                        _ => vouchers.delete(codes).await,
                    }
                })
                .await;
            assert_eq!(codes(&vouchers), affected, "{action} {answer}");
        }
    }
}
