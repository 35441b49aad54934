use client_core::{Call, Delivery, ErrorKind, Method, Operation, Repeat};
use datto_networking::{Family, OPERATIONS};

use crate::support::{DELETE, GET, PUT, builder, client, json, raw, received, scripted};

const REBOOT: Operation =
    Operation::get("nodes.reboot", "/node/{node}/reboot").repeat(Repeat::Action);

/// F076: nothing is written unless the host asks for it.
#[tokio::test]
async fn a_client_only_reads_by_default() {
    let server = scripted([json(200, "{}")]).await;
    let client = client(&server);
    for call in [
        raw(&PUT, "/node/1"),
        raw(&DELETE, "/node/1"),
        raw(
            &Operation::raw("raw.post", Method::Post, Repeat::Read),
            "/network",
        ),
        // Declared as a read, but the path starts something.
        raw(&GET, "/node/1/reboot"),
        raw(&GET, "/account/credential/1/embed"),
    ] {
        let error = client.send(Family::Networks, call).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Denied, Delivery::NotSent),
            "{error}"
        );
    }
    let error = client
        .send(Family::Networks, Call::unit(&REBOOT, ["1"]))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
    let error = client
        .send_raw(Family::Accounts, raw(&PUT, "/user/1/disable"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert_eq!(received(&server).await.len(), 0);
}

/// F076: whatever is known to write or to start something is refused before anything is sent; every read goes out.
#[tokio::test]
async fn a_reading_client_refuses_every_write_and_action() {
    let server = scripted([json(200, "{}")]).await;
    let client = builder(&server).build().unwrap();
    let mut reads = 0;
    for operation in OPERATIONS {
        let sent = client
            .send_raw(
                Family::of(operation.path()),
                raw(operation, &filled(operation.path())),
            )
            .await;
        if operation.repeat_class() == Repeat::Read {
            sent.unwrap();
            reads += 1;
        } else {
            let error = sent.unwrap_err();
            assert_eq!(
                (error.kind(), error.delivery()),
                (ErrorKind::Denied, Delivery::NotSent),
                "{}",
                operation.name()
            );
        }
    }
    assert_eq!(received(&server).await.len(), reads);
}

/// A lost answer leaves it open whether something was started, so that nothing is started twice.
#[tokio::test]
async fn no_known_action_is_repeated() {
    for operation in OPERATIONS {
        if operation.repeat_class() != Repeat::Action {
            continue;
        }
        let server = scripted([json(503, "")]).await;
        let client = builder(&server).allow_writes().build().unwrap();
        let call = raw(operation, &filled(operation.path()));
        let family = Family::of(operation.path());
        let error = client.send(family, call).await.unwrap_err();
        assert_eq!(
            (error.delivery(), received(&server).await.len()),
            (Delivery::Unknown, 1),
            "{}",
            operation.name()
        );
    }
}

/// The path with a number for each of its variables.
fn filled(path: &str) -> String {
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default();
    let rest = parts.map(|part| part.split_once('}').unwrap().1);
    rest.fold(first.to_owned(), |path, part| format!("{path}7{part}"))
}

#[tokio::test]
async fn writes_can_be_allowed() {
    let server = scripted([json(200, "{}")]).await;
    let client = builder(&server).allow_writes().build().unwrap();
    client
        .send(Family::Networks, raw(&PUT, "/node/1"))
        .await
        .unwrap();
    client
        .send(Family::Networks, Call::unit(&REBOOT, ["1"]))
        .await
        .unwrap();
    let error = client
        .send(Family::Networks, raw(&GET, "/node/1/reboot"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::InvalidInput, Delivery::NotSent)
    );
    assert_eq!(received(&server).await.len(), 2);
}

/// A reboot must not happen twice because its answer got lost.
#[tokio::test]
async fn actions_are_not_repeated() {
    let server = scripted([json(503, "")]).await;
    let client = builder(&server).allow_writes().build().unwrap();
    let error = client
        .send(Family::Networks, Call::unit(&REBOOT, ["1"]))
        .await
        .unwrap_err();
    assert_eq!(
        (error.delivery(), received(&server).await.len()),
        (Delivery::Unknown, 1)
    );
}
