use client_core::{ErrorKind, Method, Operation, Repeat};
use datto_networking::{Code, Family};
use jiff::{SignedDuration, Timestamp};
use wiremock::{Request, Respond, ResponseTemplate};

use crate::support::{
    NO_NETWORKS, START, builder, client, header, json, raw, received, refusal, server, target,
    verify,
};

/// How the vendor answers `/time`.
#[derive(Clone, Copy, PartialEq)]
enum Time {
    Always,
    Unsigned,
    Never,
}

/// A vendor whose clock is not ours.
struct Vendor {
    ahead: i64,
    time: Time,
    refusal: u16,
}

impl Vendor {
    fn date(&self) -> String {
        let now = Timestamp::from_second(START + self.ahead).unwrap();
        now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }
}

impl Respond for Vendor {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let signed = header(request, "authorization").is_some();
        let answer = if request.url.path() == "/time"
            && (self.time == Time::Always || (self.time == Time::Unsigned && !signed))
        {
            let now = Timestamp::from_second(START + self.ahead).unwrap();
            json(200, &format!(r#"{{"time":"{now}"}}"#))
        } else if !signed {
            refusal(self.refusal, 13_001)
        } else if (verify(request).timestamp - START - self.ahead).abs() > 900 {
            refusal(self.refusal, 13_002)
        } else {
            json(200, NO_NETWORKS)
        };
        answer.insert_header("date", self.date().as_str())
    }
}

async fn targets(server: &wiremock::MockServer) -> Vec<String> {
    let signed = |request: &Request| {
        if header(request, "signature").is_some() {
            ""
        } else {
            " unsigned"
        }
    };
    received(server)
        .await
        .iter()
        .map(|request| format!("{}{}", target(request), signed(request)))
        .collect()
}

#[tokio::test]
async fn a_refused_timestamp_is_corrected_from_a_signed_time() {
    for (ahead, status) in [(3600, 403), (-7200, 401), (86_400, 200)] {
        let server = server(Vendor {
            ahead,
            time: Time::Always,
            refusal: status,
        })
        .await;
        let client = client(&server);
        client.networks().list().collect_all().await.unwrap();
        assert_eq!(
            targets(&server).await,
            ["/network/list", "/time", "/network/list"]
        );
        let off = client.clock_offset() - SignedDuration::from_secs(ahead);
        assert!(off.abs() <= SignedDuration::from_secs(3), "{off:?}");
        // Later calls are right at once.
        client.networks().list().collect_all().await.unwrap();
        assert_eq!(received(&server).await.len(), 4);
    }
}

/// A refused timestamp was not processed, so that a write and an action are sent again too: once.
#[tokio::test]
async fn writes_and_actions_are_repeated_once() {
    for repeat in [Repeat::OnlyIfUnprocessed, Repeat::Action] {
        let operation = Operation::raw("raw.put", Method::Put, repeat);
        let server = server(Vendor {
            ahead: 3600,
            time: Time::Always,
            refusal: 403,
        })
        .await;
        let client = builder(&server).allow_writes().build().unwrap();
        let call = raw(&operation, "/node/1").json(&serde_json::json!({"name": "a"}));
        client.send(Family::Networks, call).await.unwrap();
        assert_eq!(targets(&server).await, ["/node/1", "/time", "/node/1"]);
        let requests = received(&server).await;
        assert_eq!(requests[0].body, requests[2].body);
        assert_ne!(verify(&requests[0]).nonce, verify(&requests[2]).nonce);
    }
}

#[tokio::test]
async fn then_from_an_unsigned_time() {
    let server = server(Vendor {
        ahead: 3600,
        time: Time::Unsigned,
        refusal: 403,
    })
    .await;
    client(&server)
        .networks()
        .list()
        .collect_all()
        .await
        .unwrap();
    assert_eq!(
        targets(&server).await,
        ["/network/list", "/time", "/time unsigned", "/network/list"]
    );
}

#[tokio::test]
async fn then_from_the_date_of_any_answer() {
    let server = server(Vendor {
        ahead: -3600,
        time: Time::Never,
        refusal: 403,
    })
    .await;
    let client = client(&server);
    client.networks().list().collect_all().await.unwrap();
    assert_eq!(
        targets(&server).await,
        ["/network/list", "/time", "/time unsigned", "/network/list"]
    );
    assert!(
        (client.clock_offset() + SignedDuration::from_hours(1)).abs()
            <= SignedDuration::from_secs(3)
    );
}

/// The date of the refusal itself is enough where `/time` does not answer at all.
#[tokio::test]
async fn then_from_the_date_of_the_refusal() {
    struct NoTime(Vendor);
    impl Respond for NoTime {
        fn respond(&self, request: &Request) -> ResponseTemplate {
            if request.url.path() == "/time" {
                return json(404, "").insert_header("date", "unreadable");
            }
            self.0.respond(request)
        }
    }
    let server = server(NoTime(Vendor {
        ahead: 7200,
        time: Time::Never,
        refusal: 403,
    }))
    .await;
    let client = client(&server);
    client.networks().list().collect_all().await.unwrap();
    assert!(
        (client.clock_offset() - SignedDuration::from_hours(2)).abs()
            <= SignedDuration::from_secs(3)
    );
}

#[tokio::test]
async fn a_timestamp_that_is_refused_again_is_an_error() {
    struct Stubborn;
    impl Respond for Stubborn {
        fn respond(&self, request: &Request) -> ResponseTemplate {
            if request.url.path() == "/time" {
                return json(200, r#"{"time":"2026-01-01T00:00:00Z"}"#);
            }
            refusal(403, 13_002)
        }
    }
    let server = server(Stubborn).await;
    let error = client(&server)
        .networks()
        .list()
        .collect_all()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), Code::of(&error)),
        (ErrorKind::Config, Some(Code::TimestampOutsideWindow))
    );
    assert_eq!(
        targets(&server).await,
        ["/network/list", "/time", "/network/list"]
    );
}

/// A wrong clock is corrected once for all calls that failed of it together.
#[tokio::test]
async fn calls_that_fail_together_all_go_on() {
    let server = server(Vendor {
        ahead: 3600,
        time: Time::Always,
        refusal: 403,
    })
    .await;
    // Without waits: a jumping clock would jump over the difference.
    let client = builder(&server).requests_per_second(1000).build().unwrap();
    let lists = (0..4).map(|_| client.networks().list().collect_all());
    for result in futures_util::future::join_all(lists).await {
        result.unwrap();
    }
    let times = targets(&server)
        .await
        .iter()
        .filter(|target| *target == "/time")
        .count();
    assert!((1..=2).contains(&times), "{times}");
}

#[tokio::test]
async fn the_vendors_time_can_be_asked_for() {
    let server = server(Vendor {
        ahead: 60,
        time: Time::Always,
        refusal: 403,
    })
    .await;
    let time = client(&server).time().get().await.unwrap();
    assert_eq!(time.as_second(), START + 60);
    verify(&received(&server).await[0]);
}
