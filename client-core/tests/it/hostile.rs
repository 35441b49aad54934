//! Answers that are no answers: each is a bounded error.

use std::sync::Arc;
use std::time::{Duration, Instant};

use client_core::{
    Call, Delivery, Dialect, Disposition, ErrorKind, Failure, Limits, ManualClock, Redactor, Reply,
    RetryPolicy, Throttle,
};
use serde_json::{Value, json};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{
    Act, Bearer, CREATE, Desk, READ, RawServer, Thing, builder, http, jumping, with_dialect,
};

async fn answer(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(template.clone())
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .respond_with(template)
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn redirects_are_refused() {
    let elsewhere = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200))
        .expect(0)
        .mount(&elsewhere)
        .await;
    let server =
        answer(ResponseTemplate::new(302).insert_header("location", elsewhere.uri())).await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let error = client
        .send(Call::<Thing>::new(&READ, []))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.attempts()),
        (ErrorKind::Malformed, Some(302), 1)
    );
    let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Refused);
}

/// 20 MB of zeroes, compressed to 20 kB.
const BOMB: &[u8] = include_bytes!("bomb.gz");

#[tokio::test]
async fn a_gzip_bomb_is_capped_after_decompression() {
    assert!(BOMB.len() < 30_000);
    let template = ResponseTemplate::new(200)
        .insert_header("content-encoding", "gzip")
        .set_body_bytes(BOMB);
    let server = answer(template).await;
    let client = builder(&server.uri(), &jumping())
        .max_body(1 << 20)
        .build()
        .unwrap();
    let error = client
        .send(Call::<Value>::new(&READ, []))
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Malformed, 1));
    assert!(
        error.message().contains("larger than 1048576 bytes"),
        "{error}"
    );
    // The same answer is fine where the call allows it.
    let zeroes = client
        .send(Call::bytes(&READ, []).max_body(20_000_000))
        .await
        .unwrap();
    assert_eq!(zeroes.len(), 20_000_000);
}

#[tokio::test]
async fn a_large_body_is_refused_by_its_announced_length() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n".to_vec();
    let server = RawServer::start(vec![Act::Stall(head)]).await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let started = Instant::now();
    let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Malformed, Delivery::Unknown)
    );
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn html_with_status_200_is_malformed() {
    let page = "<!doctype html><title>Sign in</title>";
    let server = answer(ResponseTemplate::new(200).set_body_raw(page, "text/html")).await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let error = client
        .send(Call::<Thing>::new(&READ, []))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Malformed, 4),
        "a read is asked again"
    );
    assert_eq!(error.body_excerpt(), Some(page));
    // A write without an answer to decode is not taken for done.
    let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.attempts()),
        (ErrorKind::Malformed, Delivery::Unknown, 1)
    );
    assert_eq!(
        client.send(Call::bytes(&READ, [])).await.unwrap(),
        page.as_bytes()
    );
}

#[tokio::test]
async fn a_truncated_body_is_no_answer() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"name\":".to_vec();
    let server = RawServer::start(vec![
        Act::Say(cut.clone()),
        Act::Say(http("200 OK", "", br#"{"name":"a"}"#)),
    ])
    .await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    client.send(Call::<Thing>::new(&READ, [])).await.unwrap();

    let server = RawServer::start(vec![Act::Say(cut)]).await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.status()),
        (ErrorKind::Malformed, Delivery::Unknown, Some(200))
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_refusal_counts_even_if_its_body_is_cut_short_but_does_not_say_what_is_missing() {
    for status in ["404 Not Found", "410 Gone"] {
        let cut = format!("HTTP/1.1 {status}\r\ncontent-length: 100\r\n\r\n{{\"name\":");
        let server = RawServer::start(vec![Act::Say(cut.into_bytes())]).await;
        let client = builder(&server.uri(), &jumping()).build().unwrap();
        let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Malformed, Delivery::Refused)
        );
        assert!(error.to_string().contains("cut short"), "{error}");
    }
}

/// A gateway's block is one, whether its page came whole or not, and so is a refused token.
#[tokio::test]
async fn the_dialect_judges_a_refusal_that_is_cut_short() {
    struct Gateway;
    impl Dialect for Gateway {
        fn classify(&self, reply: &Reply<'_>) -> Disposition {
            let failure = Failure::by_status(reply);
            Disposition::Failed(match reply.status {
                403 => failure
                    .with_kind(ErrorKind::Blocked)
                    .throttle(Throttle::Block(Duration::from_mins(5))),
                _ => failure,
            })
        }
    }
    let cut = |status: &str| {
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: 100\r\n\r\n<html>");
        Act::Say(head.into_bytes())
    };
    let server = RawServer::start(vec![cut("403 Forbidden")]).await;
    let client = with_dialect(&server.uri(), &jumping(), Gateway)
        .build()
        .unwrap();
    let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Blocked);
    assert!(client.limits().blocked_for() > Some(Duration::from_mins(4)));

    let done = Act::Say(http("200 OK", "", br#"{"name":"a"}"#));
    let server = RawServer::start(vec![cut("401 Unauthorized"), done]).await;
    let desk = Arc::new(Desk::default());
    let dialect = Bearer::new(&desk, &Redactor::new());
    let client = with_dialect(&server.uri(), &jumping(), dialect)
        .build()
        .unwrap();
    client.send(Call::<Thing>::new(&READ, [])).await.unwrap();
    assert_eq!(desk.asked(), 2, "the token was renewed");
}

/// A server that answers "see the result there" has done it.
#[tokio::test]
async fn a_redirect_after_a_write_leaves_its_outcome_open() {
    for (status, delivery) in [(302, Delivery::Refused), (303, Delivery::Unknown)] {
        let server = answer(ResponseTemplate::new(status)).await;
        let client = builder(&server.uri(), &jumping()).build().unwrap();
        let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
        assert_eq!((error.delivery(), error.attempts()), (delivery, 1));
    }
}

/// What cannot be taken back is not sent when its answer can hardly come in time.
#[tokio::test]
async fn a_creation_is_not_sent_at_the_last_moment() {
    let server = answer(ResponseTemplate::new(200).set_body_json(json!({"name": "a"}))).await;
    let clock = Arc::new(ManualClock::new());
    let limits = Limits::builder()
        .fraction(1.0)
        .bucket("write", 1, Duration::from_mins(1))
        .bucket("read", 1, Duration::from_mins(1))
        .clock(Arc::clone(&clock) as _)
        .build();
    let client = builder(&server.uri(), &clock)
        .limits(limits)
        .build()
        .unwrap();
    client.send(Call::unit(&CREATE, [])).await.unwrap();
    client.send(Call::<Thing>::new(&READ, [])).await.unwrap();
    // Both get their place half a second before the deadline.
    let deadline = Duration::from_millis(60_500);
    let write = client.send(Call::unit(&CREATE, []).deadline(deadline));
    let read = client.send(Call::<Thing>::new(&READ, []).deadline(deadline));
    let (write, read, ()) = tokio::join!(write, read, async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        clock.advance(Duration::from_mins(1));
    });
    let error = write.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Timeout, Delivery::NotSent)
    );
    read.unwrap();
}

#[tokio::test]
async fn a_body_that_stops_coming_times_out() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec();
    let server = RawServer::start(vec![Act::Stall(head)]).await;
    let client = builder(&server.uri(), &jumping())
        .read_timeout(Duration::from_millis(50))
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let error = client
        .send(Call::<Thing>::new(&READ, []))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Timeout, Some(200))
    );
}

#[tokio::test]
async fn a_server_that_never_answers_times_out() {
    let server = RawServer::start(vec![Act::Stall(Vec::new())]).await;
    let client = builder(&server.uri(), &jumping())
        .attempt_timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.attempts()),
        (ErrorKind::Timeout, Delivery::Unknown, 1)
    );
}

#[tokio::test]
async fn the_deadline_ends_an_exchange() {
    let server = RawServer::start(vec![Act::Stall(Vec::new())]).await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let started = Instant::now();
    let call = Call::<Thing>::new(&READ, []).deadline(Duration::from_millis(80));
    let error = client.send(call).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn deep_json_is_malformed() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let server = answer(ResponseTemplate::new(200).set_body_raw(deep, "application/json")).await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let error = client
        .send(Call::<Value>::new(&READ, []))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
}

#[tokio::test]
async fn a_wrong_type_is_named_and_not_asked_again() {
    let server = answer(ResponseTemplate::new(200).set_body_json(json!({"name": 7}))).await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let error = client
        .send(Call::<Thing>::new(&READ, []))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.decode_path(), error.attempts()),
        (ErrorKind::Decode, Some("name"), 1)
    );
    let error = client
        .send(Call::<Thing>::new(&CREATE, []))
        .await
        .unwrap_err();
    assert_eq!(
        error.delivery(),
        Delivery::Unknown,
        "it may well have been done"
    );
}

#[tokio::test]
async fn an_empty_answer_is_fine_only_where_nothing_is_expected() {
    let server = answer(ResponseTemplate::new(204)).await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    client.send(Call::unit(&CREATE, [])).await.unwrap();
    let error = client
        .send(Call::<Thing>::new(&CREATE, []))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Malformed, Delivery::Unknown)
    );
    let raw = client
        .send_raw(Call::<Thing>::new(&READ, []))
        .await
        .unwrap();
    assert_eq!((raw.status, raw.body.len()), (204, 0));
}

#[tokio::test]
async fn endless_headers_are_an_error() {
    let mut head = b"HTTP/1.1 200 OK\r\n".to_vec();
    for at in 0..10_000 {
        head.extend_from_slice(format!("x-{at}: {}\r\n", "y".repeat(100)).as_bytes());
    }
    let server = RawServer::start(vec![Act::Say(head)]).await;
    let client = builder(&server.uri(), &jumping()).build().unwrap();
    let error = client.send(Call::unit(&CREATE, [])).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
}
