//! The budget of requests, slots and deadlines, seen from the outside.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use client_core::{
    AttemptReport, Call, Client, Delivery, Dialect, Disposition, ErrorKind, Failure, Limits,
    ManualClock, Observer, Plain, Reply, Throttle,
};
use futures_util::future::join_all;
use futures_util::poll;
use serde_json::json;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

use crate::support::{Act, CREATE, READ, RawServer, Thing, builder, jumping, with_dialect};

const MINUTE: Duration = Duration::from_mins(1);

fn limits(clock: &Arc<ManualClock>, read: u32) -> Limits {
    Limits::builder()
        .clock(clock.clone())
        .fraction(1.0)
        .bucket("read", read, MINUTE)
        .bucket("write", 100, MINUTE)
        .fallback("write")
        .build()
}

async fn fine() -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({"name": "a"}));
    Mock::given(method("GET"))
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

fn read() -> Call<Thing> {
    Call::new(&READ, [])
}

/// Notes when requests arrive.
#[derive(Clone, Default)]
struct Arrivals(Arc<Mutex<Vec<Instant>>>);

impl Respond for Arrivals {
    fn respond(&self, _: &wiremock::Request) -> ResponseTemplate {
        self.0.lock().unwrap().push(Instant::now());
        ResponseTemplate::new(200).set_body_json(json!({"name": "a"}))
    }
}

/// Promise 8, in real time with a window scaled down.
#[tokio::test]
async fn clones_share_one_budget_and_never_exceed_it() {
    const WINDOW: Duration = Duration::from_millis(150);
    let arrivals = Arrivals::default();
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(arrivals.clone())
        .mount(&server)
        .await;
    let budget = Limits::builder()
        .fraction(1.0)
        .bucket("read", 10, WINDOW)
        .build();
    let client = Client::builder(server.uri(), Plain)
        .no_proxy()
        .limits(budget)
        .build()
        .unwrap();
    let results = join_all((0..35).map(|_| {
        let client = client.clone();
        async move { client.send(read()).await }
    }))
    .await;
    assert!(results.iter().all(Result::is_ok));
    let mut arrivals = arrivals.0.lock().unwrap().clone();
    arrivals.sort_unstable();
    assert_eq!(arrivals.len(), 35);
    for eleven in arrivals.windows(11) {
        assert!(
            eleven[10].duration_since(eleven[0]) >= WINDOW,
            "11 requests within one window"
        );
    }
}

#[tokio::test]
async fn dropping_a_waiting_call_frees_its_place() {
    let server = fine().await;
    let clock = Arc::new(ManualClock::new());
    let budget = limits(&clock, 1);
    let client = builder(&server.uri(), &clock)
        .limits(budget.clone())
        .build()
        .unwrap();
    client.send(read()).await.unwrap();
    let mut dropped = Box::pin(client.send(read()));
    let mut waiting = Box::pin(client.send(read()));
    assert!(poll!(&mut dropped).is_pending() && poll!(&mut waiting).is_pending());
    drop(dropped);
    clock.advance(MINUTE);
    waiting.await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_call_dropped_under_way_stays_counted() {
    let server = RawServer::start(vec![Act::Stall(Vec::new())]).await;
    let clock = Arc::new(ManualClock::new());
    let budget = limits(&clock, 5);
    let client = builder(&server.uri(), &clock)
        .limits(budget.clone())
        .build()
        .unwrap();
    let under_way = client.send(read());
    let dropped = tokio::time::timeout(Duration::from_millis(100), under_way).await;
    assert!(dropped.is_err());
    assert_eq!(server.requests().len(), 1);
    let used = || {
        budget
            .usage()
            .into_iter()
            .find(|usage| usage.bucket == "read")
            .unwrap()
            .used
    };
    assert_eq!(used(), 1);
    clock.advance(MINUTE);
    assert_eq!(used(), 0);
}

#[tokio::test]
async fn a_429_pauses_all_callers_for_a_whole_window() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(429))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"name": "a"})))
        .mount(&server)
        .await;
    let clock = Arc::new(ManualClock::new());
    let client = builder(&server.uri(), &clock)
        .limits(limits(&clock, 100))
        .build()
        .unwrap();
    let mut refused = Box::pin(client.send(read()));
    while client.limits().usage()[0].paused_for.is_none() {
        assert!(poll!(&mut refused).is_pending());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(client.limits().usage()[0].paused_for, Some(MINUTE));
    let mut other = Box::pin(client.send(read()));
    for _ in 0..20 {
        assert!(poll!(&mut refused).is_pending() && poll!(&mut other).is_pending());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(
        server.received_requests().await.unwrap().len(),
        1,
        "nobody asks during the pause"
    );
    clock.advance(MINUTE);
    refused.await.unwrap();
    other.await.unwrap();
}

/// Takes every 403 for a block of the address.
struct Blocking;

impl Dialect for Blocking {
    fn classify(&self, reply: &Reply<'_>) -> Disposition {
        if reply.status == 403 {
            let failure = Failure::new(ErrorKind::Blocked).throttle(Throttle::Block(MINUTE * 5));
            return Disposition::Failed(failure);
        }
        Disposition::by_status(reply)
    }
}

/// N07: a block is waited out once for all.
#[tokio::test]
async fn a_block_is_waited_out_once_for_all() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(403))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"name": "a"})))
        .mount(&server)
        .await;
    let clock = jumping();
    let client = with_dialect(&server.uri(), &clock, Blocking)
        .limits(limits(&clock, 100))
        .build()
        .unwrap();
    let error = client.send(read().deadline(MINUTE)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.retry_after()),
        (ErrorKind::Blocked, Some(MINUTE * 5))
    );
    let error = client
        .send(Call::unit(&CREATE, []).deadline(MINUTE))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Blocked, Delivery::NotSent)
    );
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
    client.send(read().deadline(MINUTE * 10)).await.unwrap();
    assert_eq!(clock.elapsed(), MINUTE * 5);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_refused_at_once() {
    let server = fine().await;
    let clock = jumping();
    let client = builder(&server.uri(), &clock)
        .limits(limits(&clock, 1))
        .build()
        .unwrap();
    client.send(read()).await.unwrap();
    let error = client
        .send(read().deadline(Duration::from_secs(10)))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.attempts()),
        (ErrorKind::RateLimited, Delivery::NotSent, 0)
    );
    assert_eq!(error.retry_after(), Some(MINUTE));
    assert_eq!(clock.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_request_that_could_not_connect_costs_nothing() {
    let address = RawServer::start(vec![Act::Hang]).await.uri();
    tokio::task::yield_now().await;
    let clock = jumping();
    let budget = limits(&clock, 100);
    let client = builder(&address, &clock)
        .limits(budget.clone())
        .build()
        .unwrap();
    client.send(read()).await.unwrap_err();
    assert!(budget.usage().iter().all(|usage| usage.used == 0));
}

#[derive(Default)]
struct Peak {
    attempts: AtomicU32,
}

impl Observer for Peak {
    fn attempt(&self, report: &AttemptReport) {
        assert_eq!(
            (report.operation.name(), report.status, report.error),
            ("things.get", Some(200), None)
        );
        self.attempts.fetch_add(report.number, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn slots_bound_the_requests_under_way() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200)
        .set_body_json(json!({"name": "a"}))
        .set_delay(Duration::from_millis(30));
    Mock::given(method("GET"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let observer = Arc::new(Peak::default());
    let client = builder(&server.uri(), &jumping())
        .max_in_flight(2)
        .observer(observer.clone())
        .build()
        .unwrap();
    let started = Instant::now();
    let results = join_all((0..6).map(|_| client.send(read()))).await;
    assert!(results.iter().all(Result::is_ok));
    assert!(
        started.elapsed() >= Duration::from_millis(90),
        "six at two at a time"
    );
    assert_eq!(observer.attempts.load(Ordering::SeqCst), 6);
}
