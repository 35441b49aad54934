//! What is repeated, what is not, and what an error says about the outcome.

use std::sync::Arc;
use std::time::Duration;

use client_core::{Call, Delivery, ErrorKind, Limits, RetryPolicy};
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{ACT, Act, CREATE, READ, RawServer, Thing, builder, http, jumping};

async fn mock(server: &MockServer, verb: &str, answer: ResponseTemplate, times: u64) {
    Mock::given(method(verb))
        .respond_with(answer)
        .up_to_n_times(times)
        .expect(times)
        .mount(server)
        .await;
}

#[tokio::test]
async fn a_read_is_repeated_after_a_server_error() {
    let server = MockServer::start().await;
    mock(&server, "GET", ResponseTemplate::new(503), 2).await;
    mock(
        &server,
        "GET",
        ResponseTemplate::new(200).set_body_json(json!({"name": "a"})),
        1,
    )
    .await;
    let clock = jumping();
    let client = builder(&server.uri(), &clock).build().unwrap();
    let thing = client.send(Call::<Thing>::new(&READ, [])).await.unwrap();
    assert_eq!(thing, Thing { name: "a".into() });
    assert!(clock.slept() <= Duration::from_millis(1500));
}

#[tokio::test]
async fn attempts_are_capped_and_told() {
    let server = MockServer::start().await;
    mock(
        &server,
        "GET",
        ResponseTemplate::new(500).set_body_string("oops"),
        4,
    )
    .await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let error = client
        .send(Call::<Thing>::new(&READ, []))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts(), error.status()),
        (ErrorKind::Server, 4, Some(500))
    );
    assert_eq!(
        (error.operation(), error.body_excerpt()),
        ("things.get", Some("oops"))
    );
    assert_eq!(
        error.delivery(),
        Delivery::Refused,
        "a read leaves no doubt"
    );
}

#[tokio::test]
async fn a_write_is_not_repeated_after_a_server_error() {
    let server = MockServer::start().await;
    mock(&server, "POST", ResponseTemplate::new(502), 1).await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let error = client
        .send(Call::unit(&CREATE, []).json(&json!({})))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.attempts()),
        (ErrorKind::Server, Delivery::Unknown, 1)
    );
}

#[tokio::test]
async fn a_write_is_repeated_after_a_429() {
    let server = MockServer::start().await;
    mock(
        &server,
        "POST",
        ResponseTemplate::new(429).insert_header("retry-after", "7, 7"),
        1,
    )
    .await;
    mock(&server, "POST", ResponseTemplate::new(200), 1).await;
    let clock = jumping();
    let client = builder(&server.uri(), &clock).build().unwrap();
    client
        .send(Call::unit(&CREATE, []).json(&json!({})))
        .await
        .unwrap();
    assert_eq!(clock.slept(), Duration::from_secs(7));
}

#[tokio::test]
async fn a_retry_after_date_is_honoured() {
    let server = MockServer::start().await;
    // It counts from the vendor's clock, whatever ours says.
    let answer = ResponseTemplate::new(429)
        .insert_header("date", "Mon, 01 Jun 2026 09:00:00 GMT")
        .insert_header("retry-after", "Mon, 01 Jun 2026 09:00:30 GMT");
    mock(&server, "GET", answer, 1).await;
    mock(
        &server,
        "GET",
        ResponseTemplate::new(200).set_body_json(json!({"name": "a"})),
        1,
    )
    .await;
    let clock = jumping();
    let client = builder(&server.uri(), &clock).build().unwrap();
    client.send(Call::<Thing>::new(&READ, [])).await.unwrap();
    assert_eq!(clock.slept(), Duration::from_secs(30));
}

/// However long one answer asks to wait, somebody asks again after an hour.
#[tokio::test]
async fn a_long_hint_does_not_stop_everybody_for_a_day() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(429).insert_header("retry-after", "86400");
    mock(&server, "GET", answer, 1).await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({"name": "a"}));
    mock(&server, "GET", answer, 1).await;
    let clock = jumping();
    let limits = Limits::builder()
        .bucket("read", 100, Duration::from_mins(1))
        .clock(Arc::clone(&clock) as _)
        .build();
    let client = builder(&server.uri(), &clock)
        .limits(limits)
        .build()
        .unwrap();
    let call = || Call::<Thing>::new(&READ, []).deadline(Duration::from_hours(2));
    let error = client.send(call()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_hours(24)));
    assert!(error.to_string().contains("86400 s"), "{error}");
    client.send(call()).await.unwrap();
    assert_eq!(clock.slept(), Duration::from_hours(1));
}

#[tokio::test]
async fn a_hint_beyond_the_deadline_is_not_waited_for() {
    let server = MockServer::start().await;
    mock(
        &server,
        "GET",
        ResponseTemplate::new(429).insert_header("retry-after", "600"),
        1,
    )
    .await;
    let clock = jumping();
    let client = builder(&server.uri(), &clock).build().unwrap();
    let call = Call::<Thing>::new(&READ, []).deadline(Duration::from_mins(1));
    let error = client.send(call).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.retry_after()),
        (ErrorKind::RateLimited, Some(Duration::from_mins(10)))
    );
    assert_eq!(
        (error.delivery(), clock.slept()),
        (Delivery::Refused, Duration::ZERO)
    );
}

/// U14: a lost answer of a write is an unknown outcome, and the write is not sent again.
#[tokio::test]
async fn a_write_whose_answer_is_lost_is_not_repeated() {
    let server = RawServer::start(vec![Act::Hang]).await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let error = client
        .send(Call::unit(&CREATE, []).json(&json!({"name": "a"})))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Interrupted, Delivery::Unknown)
    );
    assert!(
        error.is_outcome_unknown() && error.to_string().ends_with("(outcome unknown)"),
        "{error}"
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_acting_get_is_not_repeated_either() {
    let server = RawServer::start(vec![Act::Hang]).await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let error = client.send(Call::unit(&ACT, [])).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_read_whose_answer_is_lost_is_repeated() {
    let answer = Act::Say(http("200 OK", "", br#"{"name":"a"}"#));
    let server = RawServer::start(vec![Act::Hang, answer]).await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    client.send(Call::<Thing>::new(&READ, [])).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_write_that_could_not_connect_is_repeated_and_surely_not_sent() {
    // A port that was just free: nobody listens there.
    let address = RawServer::start(vec![Act::Hang]).await.uri();
    tokio::task::yield_now().await;
    let clock = jumping();
    let client = builder(&address, &clock).build().unwrap();
    let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.attempts()),
        (ErrorKind::Connect, Delivery::NotSent, 4)
    );
    assert!(!error.is_outcome_unknown());
}

#[tokio::test]
async fn bad_input_is_not_sent() {
    let server = MockServer::start().await;
    Mock::given(path("/"))
        .respond_with(ResponseTemplate::new(200))
        .expect(0)
        .mount(&server)
        .await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let error = client
        .send(Call::unit(&READ, []).header("bad name", "x"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::InvalidInput, Delivery::NotSent)
    );
    assert_eq!(error.attempts(), 0);
    let error = client
        .send(Call::unit(&READ, []).refuse_if(true, "too long"))
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "things.get: invalid input: too long");
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_broken_server_is_left_alone_once_the_budget_is_used_up() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(500))
        .mount(&server)
        .await;
    let client = builder(&server.uri(), &jumping())
        .retry_budget(5)
        .build()
        .unwrap();
    for _ in 0..10 {
        client
            .send(Call::<Thing>::new(&READ, []))
            .await
            .unwrap_err();
    }
    assert_eq!(
        server.received_requests().await.unwrap().len(),
        15,
        "10 first attempts and 5 retries"
    );
}

#[tokio::test]
async fn a_call_can_override_the_policy() {
    let server = MockServer::start().await;
    mock(&server, "GET", ResponseTemplate::new(503), 1).await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let call = Call::<Thing>::new(&READ, []).retry(RetryPolicy::never());
    assert_eq!(client.send(call).await.unwrap_err().attempts(), 1);
}

/// Doubt about an earlier attempt stays, whatever the last one says.
#[tokio::test]
async fn doubt_survives_a_later_refusal() {
    const PUT: client_core::Operation =
        client_core::Operation::put("things.put", "/thing").repeat(client_core::Repeat::Idempotent);
    let refusal = Act::Say(http("409 Conflict", "", b"{}"));
    let server = RawServer::start(vec![Act::Hang, refusal]).await;
    let client = builder(&server.uri(), &jumping())
        .limits(Limits::unlimited())
        .build()
        .unwrap();
    let error = client
        .send(Call::unit(&PUT, []).json(&json!({})))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.attempts()),
        (ErrorKind::Conflict, Delivery::Unknown, 2)
    );
}
