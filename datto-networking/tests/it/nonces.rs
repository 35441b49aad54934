use std::collections::HashSet;

use client_core::ErrorKind;
use datto_networking::Code;
use datto_networking::signing::Nonces;

use crate::support::{NO_NETWORKS, builder, client, json, received, refusal, scripted, verify};

async fn nonces(server: &wiremock::MockServer) -> Vec<String> {
    received(server)
        .await
        .iter()
        .map(|request| verify(request).nonce)
        .collect()
}

#[tokio::test]
async fn a_refused_nonce_is_replaced_at_most_twice() {
    for refusals in [1, 2] {
        let mut answers = vec![refusal(403, 13_003); refusals];
        answers.push(json(200, NO_NETWORKS));
        let server = scripted(answers).await;
        client(&server)
            .networks()
            .list()
            .collect_all()
            .await
            .unwrap();
        let nonces = nonces(&server).await;
        assert_eq!(nonces.len(), refusals + 1);
        // Another prefix, not only the next number: somebody else may have ours.
        let prefixes: HashSet<_> = nonces[..2].iter().map(|nonce| &nonce[..20]).collect();
        assert_eq!(
            (nonces.iter().collect::<HashSet<_>>().len(), prefixes.len()),
            (refusals + 1, 2)
        );
    }
}

#[tokio::test]
async fn a_nonce_that_is_refused_for_ever_is_an_error() {
    let server = scripted([refusal(403, 13_003)]).await;
    let client = client(&server);
    for _ in 0..3 {
        let before = received(&server).await.len();
        let error = client.networks().list().collect_all().await.unwrap_err();
        assert_eq!(
            (error.kind(), Code::of(&error)),
            (ErrorKind::Config, Some(Code::NonceReused))
        );
        let sent = received(&server).await.len() - before;
        assert!((2..=3).contains(&sent), "{sent}");
    }
    assert!(client.latched(datto_networking::Family::Networks).is_none());
    let nonces = nonces(&server).await;
    assert_eq!(nonces.iter().collect::<HashSet<_>>().len(), nonces.len());
}

#[tokio::test]
async fn a_write_is_signed_again_too() {
    let server = scripted([refusal(403, 13_003), refusal(403, 13_003), json(200, "{}")]).await;
    let client = builder(&server).allow_writes().build().unwrap();
    let call = crate::support::raw(&crate::support::PUT, "/node/1")
        .json(&serde_json::json!({"name": "a"}));
    client
        .send(datto_networking::Family::Networks, call)
        .await
        .unwrap();
    assert_eq!(nonces(&server).await.len(), 3);
}

#[tokio::test]
async fn a_nonce_that_is_too_long_is_shortened() {
    let too_long = r#"{"errors":[{"code":13012,"message":"Nonce too long","context":"nonce","values":{"max":"16"}}]}"#;
    let server = scripted([json(403, too_long), json(200, NO_NETWORKS)]).await;
    let client = client(&server);
    client.networks().list().collect_all().await.unwrap();
    client.networks().list().collect_all().await.unwrap();
    let lengths: Vec<_> = nonces(&server).await.iter().map(String::len).collect();
    assert_eq!(lengths, [32, 16, 16]);
}

#[tokio::test]
async fn a_maximum_that_is_too_small_or_not_told_is_an_error() {
    for values in [r#"{"max":"4"}"#, "{}"] {
        let body = format!(
            r#"{{"errors":[{{"code":"13012","message":"Nonce too long","values":{values}}}]}}"#
        );
        let server = scripted([json(403, &body)]).await;
        let error = client(&server)
            .networks()
            .list()
            .collect_all()
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), Code::of(&error)),
            (ErrorKind::Config, Some(Code::NonceTooLong))
        );
        assert_eq!(received(&server).await.len(), 1);
    }
}

#[tokio::test]
async fn the_length_can_be_set() {
    let server = scripted([json(200, NO_NETWORKS)]).await;
    let client = builder(&server)
        .nonces(Nonces::with_length(8).unwrap())
        .build()
        .unwrap();
    client.networks().list().collect_all().await.unwrap();
    assert_eq!(nonces(&server).await[0].len(), 8);
}
