//! Endpoints that the crate does not cover: the same pipeline, with the host's own types.

use client_core::{Call, ErrorKind, Method, Operation, Repeat};
use serde::Deserialize;
use serde_json::{Value, json as value};
use wiremock::matchers::header;
use wiremock::{Mock, ResponseTemplate};

use crate::support::{Exactly, Wire, html, json, line, refused};

const NOTES: Operation =
    Operation::get("device_notes.list", "/v4/device/{deviceUid}/notes").charges(&["read"]);
const WRITE: Operation =
    Operation::post("device_notes.create", "/v4/device/{deviceUid}/notes").charges(&["write"]);
const ANY: Operation = Operation::raw("any.read", Method::Get, Repeat::Read).charges(&["read"]);

#[derive(Debug, PartialEq, Deserialize)]
struct Note {
    text: String,
}

#[tokio::test]
async fn any_path_by_a_type_of_ones_own_or_raw() {
    let wire = Wire::start().await;
    Mock::given(line("GET", "/api/v4/device/a%2Fb/notes?max=2"))
        .and(header("authorization", "Bearer CANARY-TOKEN"))
        .respond_with(json(200, r#"[{"text":"Hello"}]"#))
        .expect(4)
        .mount(&wire.server)
        .await;
    let client = wire.client();
    let typed = Call::<Vec<Note>>::new(&NOTES, ["a/b"]).query_pair("max", 2);
    let text = "Hello".to_owned();
    assert_eq!(client.send(typed).await.unwrap(), [Note { text }]);
    let any = Call::<Value>::new(&NOTES, ["a/b"]).query_pair("max", 2);
    assert_eq!(client.send(any).await.unwrap(), value!([{"text": "Hello"}]));
    let bytes = Call::bytes(&NOTES, ["a/b"]).query_pair("max", 2);
    assert_eq!(client.send(bytes).await.unwrap(), br#"[{"text":"Hello"}]"#);
    let raw = Call::<Value>::raw(&ANY, "/v4/device/a%2Fb/notes?max=2");
    assert_eq!(client.send(raw).await.unwrap()[0]["text"], "Hello");

    Mock::given(line("POST", "/api/v4/device/d/notes"))
        .and(Exactly(r#"{"text":"Hi"}"#))
        .respond_with(ResponseTemplate::new(200))
        .expect(1)
        .mount(&wire.server)
        .await;
    let write = Call::unit(&WRITE, ["d"]).json(&value!({"text": "Hi"}));
    client.send(write).await.unwrap();
    let used = |bucket: &str| {
        let usage = client.limits().usage();
        let found = usage.into_iter().find(|usage| usage.bucket == bucket);
        found.unwrap().used
    };
    // The log-in counts as both.
    assert_eq!((used("read"), used("write")), (5, 2), "charged as others");
}

#[tokio::test]
async fn what_the_vendor_refuses_is_classified_as_ever() {
    const PATH: &str = "/v4/thing";
    for (answer, kind, times) in [
        (refused(403, "Forbidden", PATH), ErrorKind::Denied, 1),
        (refused(404, "Not Found", PATH), ErrorKind::NotFound, 1),
        (html(404), ErrorKind::Config, 1),
        (
            refused(401, "Unauthorized", PATH),
            ErrorKind::Credentials,
            2,
        ),
        (html(502), ErrorKind::Server, 4),
    ] {
        let wire = Wire::start().await;
        wire.answer(line("GET", "/api/v4/thing"), times, answer)
            .await;
        let call = Call::<Value>::raw(&ANY, PATH);
        let error = wire.client().send(call).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (kind, "any.read"));
    }
}

#[tokio::test]
async fn a_path_that_leads_elsewhere_is_not_sent() {
    let wire = Wire::start().await;
    let client = wire.client();
    for target in [
        "/v2/../../auth/oauth/token",
        "/v2/%2e%2e/x",
        "https://evil.example.com/",
        "//evil.example.com/../x",
        "v2/account",
        "/v2/a b",
    ] {
        let error = client
            .send(Call::<Value>::raw(&ANY, target))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{target}");
    }
    assert!(wire.lines().await.is_empty());
}
