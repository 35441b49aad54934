//! What the handles make of refusals.

use client_core::ErrorKind;

use crate::support::{builder, json as answer, refusal, scripted};

/// Secrets that are sent do not come back in errors, whichever call sent them.
#[tokio::test]
async fn refusals_that_quote_are_scrubbed() {
    let quoting = |secret: &str| {
        let body = format!(
            r#"{{"errors":[{{"code":20003,"message":"No {secret}","context":"x","values":{{"a":"{secret}"}}}}]}}"#
        );
        answer(403, &body)
    };
    let quoted = [
        "canary-old",
        "canary-new",
        "canary-1",
        "canary-2",
        "canary-3",
    ];
    let server = scripted(quoted.map(quoting)).await;
    let client = builder(&server).allow_writes().build().unwrap();
    let (old, new) = ("canary-old".into(), "canary-new".into());
    let user = client.user(1.into());
    let mut errors = vec![user.update_password(&old, &new).await.unwrap_err()];
    errors.push(user.update_password(&old, &new).await.unwrap_err());
    let vouchers = client.network(1.into()).vouchers();
    errors.push(vouchers.delete(&["canary-1"]).await.unwrap_err());
    errors.push(vouchers.get("canary-2").await.unwrap_err());
    errors.push(
        client
            .accounts()
            .login("ada", &"canary-3".into())
            .await
            .unwrap_err(),
    );
    for error in errors {
        let shown = format!(
            "{error} {error:?} {:?} {:?}",
            error.vendor_message(),
            error.body_excerpt()
        );
        assert!(!shown.contains("canary"), "{shown}");
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
}

/// A deletion whose answer got lost finds nothing the second time, and is done. One that finds nothing at first is not.
#[tokio::test]
async fn deletions_may_be_repeated() {
    for (first, fine) in [(answer(503, ""), true), (refusal(403, 12_000), false)] {
        let server = scripted([first, refusal(403, 12_000)]).await;
        let client = builder(&server).allow_writes().build().unwrap();
        let deleted = client.network(5.into()).delete().await;
        assert_eq!(deleted.is_ok(), fine, "{deleted:?}");
    }
}

/// `find` gives `None` only for what the vendor says it does not have.
#[tokio::test]
async fn what_is_not_there_is_none() {
    for (answer, none) in [
        (refusal(403, 1017), true),
        (refusal(404, 20_004), true),
        (answer(404, "{}"), false),
        (refusal(403, 30_001), false),
    ] {
        let server = scripted([answer]).await;
        let client = builder(&server).build().unwrap();
        let vouchers = client.network(1.into()).vouchers();
        let found = [
            vouchers.find("a").await.map(|found| found.is_none()),
            client
                .user(1.into())
                .find()
                .await
                .map(|found| found.is_none()),
            client
                .group(1.into())
                .find()
                .await
                .map(|found| found.is_none()),
        ];
        for found in found {
            assert_eq!(found.ok(), none.then_some(true));
        }
    }
}

#[tokio::test]
async fn a_name_that_two_have_is_a_conflict() {
    for (body, kind) in [
        (
            r#"{"networks":[{"id":1,"name":"a"},{"id":2,"name":"a"}]}"#,
            ErrorKind::Conflict,
        ),
        // The one that cannot be read might be the one.
        (
            r#"{"networks":[{"id":1,"name":"a"},{"name":"b"}]}"#,
            ErrorKind::Decode,
        ),
    ] {
        let server = scripted([answer(200, body)]).await;
        let client = builder(&server).build().unwrap();
        let error = client.networks().find("a").await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
    let server = scripted([answer(200, r#"{"networks":[{"id":1,"name":"a"}]}"#)]).await;
    let client = builder(&server).build().unwrap();
    assert_eq!(client.networks().find("A").await.unwrap(), None);
}
