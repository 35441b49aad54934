use std::net::TcpListener;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use reconcile::drift::{Action, ActionKind, EventId, EventKey, EventKind};
use reconcile::identity::{EntityRef, Instance, Kind, Vendor};
use reconcile::state::{Body, Decision, State, Target};
use secrecy::SecretString;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::{
    Change, DeliveryError, EventSink, Hold, MemoryOutbox, Notice, Notices, Outbox, OutboxError,
    Webhook, is_signed, pump,
};

const SECRET: &str = "canary-of-a-shared-secret";
const PATH: &str = "/hook/canary-of-a-token";

fn start() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

fn after(minutes: i64) -> Timestamp {
    start() + SignedDuration::from_mins(minutes)
}

fn rmm() -> Instance {
    Instance::new(Vendor::new("datto-rmm"), "merlot/abc123")
}

fn gravityzone() -> Instance {
    Instance::new(Vendor::new("gravityzone"), "cloud/0001")
}

fn site(id: &str) -> EntityRef {
    rmm().entity(Kind::SITE, id)
}

fn company(id: &str) -> EntityRef {
    gravityzone().entity(Kind::COMPANY, id)
}

fn moved(id: &str) -> EventKey {
    EventKey {
        kind: EventKind::DestinationMoved,
        entities: vec![site(id), company("5f3")],
    }
}

/// Follows a log that is bound.
struct Story {
    notices: Notices,
    log: Vec<reconcile::state::Entry>,
}

impl Story {
    fn new() -> Self {
        let mut story = Self {
            notices: Notices::new(State::new()),
            log: Vec::new(),
        };
        let bound = Body::Bound {
            source: rmm(),
            destination: gravityzone(),
        };
        assert!(story.tell(bound).is_empty());
        story
    }

    fn tell(&mut self, body: Body) -> Vec<Notice> {
        let entry = self.notices.state().entry(body, "drift", start());
        self.log.push(entry.clone());
        self.notices.absorb(&entry).unwrap()
    }

    fn raise(&mut self, key: &EventKey, detail: &str) -> Vec<Notice> {
        self.tell(Body::Raised {
            key: key.clone(),
            detail: detail.to_owned(),
        })
    }

    fn clear(&mut self, key: &EventKey) -> Vec<Notice> {
        self.tell(Body::Cleared { key: key.clone() })
    }

    fn answer(&mut self, key: &EventKey, action: Action) -> Vec<Notice> {
        let event = EventId {
            key: key.clone(),
            occurrence: 1,
        };
        self.tell(Body::Decided(Decision::Answer { event, action }.into()))
    }
}

/// That many notices of different events.
fn made(count: usize) -> Vec<Notice> {
    let mut story = Story::new();
    let notices = (1..=count).flat_map(|number| story.raise(&moved(&number.to_string()), "moved"));
    notices.collect()
}

fn filled(count: usize) -> (MemoryOutbox, Vec<String>) {
    let mut outbox = MemoryOutbox::default();
    let notices = made(count);
    let ids = notices.iter().map(|notice| notice.id.clone()).collect();
    for notice in notices {
        assert!(outbox.push(notice));
    }
    (outbox, ids)
}

#[test]
fn a_notice_says_what_the_documentation_shows() {
    let mut story = Story::new();
    let notices = story.raise(&moved("17"), "now under Partner Two");
    let shown = json!({
        "id": "e8e2189ac10c940ccae4ccaf79854a30",
        "event": "811338ebdb8e951f07f430fa4cb71a79",
        "change": "raised",
        "kind": "destination_moved",
        "title": "Destination moved",
        "occurrence": 1,
        "sources": [
            {"tenant": "datto-rmm/merlot/abc123", "kind": "site", "id": "17", "name": null}
        ],
        "destination":
            {"tenant": "gravityzone/cloud/0001", "kind": "company", "id": "5f3", "name": null},
        "detail": "now under Partner Two",
        "raised_at": "2026-11-21T08:00:00Z",
        "changed_at": "2026-11-21T08:00:00Z",
        "entry": 2,
        "actions": ["move", "ignore"],
    });
    assert_eq!(serde_json::to_value(&notices).unwrap(), json!([shown]));
}

#[test]
fn a_notice_has_the_names_that_were_recorded() {
    let mut state = Story::new().notices.state().clone();
    let decision = Decision::Associate {
        source: site("17"),
        target: Target::Existing(company("5f3")),
    };
    let entry = state.entry(Body::Decided(decision.into()), "alex", start());
    state.absorb(&entry).unwrap();
    // As if it were linked.
    let mut stored = serde_json::to_value(&state).unwrap();
    let association = &mut stored["associations"][0][1];
    assert_eq!(association["source_name"], Value::Null);
    association["source_name"] = json!("Northwind");
    association["destination_name"] = json!("Northwind Ltd");
    let mut notices = Notices::new(serde_json::from_value(stored).unwrap());
    let raised = Body::Raised {
        key: moved("17"),
        detail: String::new(),
    };
    let entry = notices.state().entry(raised, "drift", start());
    let notice = notices.absorb(&entry).unwrap().remove(0);
    assert_eq!(notice.sources[0].name.as_deref(), Some("Northwind"));
    let destination = notice.destination.unwrap();
    assert_eq!(destination.name.as_deref(), Some("Northwind Ltd"));
}

#[test]
fn a_notice_of_a_pair_that_was_never_linked_has_its_names() {
    let mut story = Story::new();
    let told = story.tell(Body::Named {
        names: [(site("17"), "Northwind".to_owned())].into(),
    });
    assert!(told.is_empty());
    let notice = story.raise(&moved("17"), "moved").remove(0);
    assert_eq!(notice.sources[0].name.as_deref(), Some("Northwind"));
}

#[test]
fn each_change_of_an_event_is_told_once() {
    let mut story = Story::new();
    let key = moved("17");
    let changes = |notices: &[Notice]| -> Vec<_> {
        let change = |notice: &Notice| (notice.change, notice.occurrence, notice.actions.len());
        notices.iter().map(change).collect()
    };
    let first = story.raise(&key, "one");
    assert_eq!(changes(&first), [(Change::Raised, 1, 2)]);
    assert!(story.raise(&key, "one").is_empty(), "nothing is new");
    let second = story.raise(&key, "two");
    assert_eq!(changes(&second), [(Change::Updated, 1, 2)]);
    let back = story.raise(&key, "one");
    assert_eq!(changes(&back), [(Change::Updated, 1, 2)]);
    let ignored = story.answer(&key, Action::Ignore);
    assert_eq!(changes(&ignored), [(Change::Ignored, 1, 0)]);
    assert!(story.raise(&key, "three").is_empty(), "it is ignored");
    let undo = Decision::Undo {
        decision: ignored[0].entry,
    };
    let reopened = story.tell(Body::Decided(undo.into()));
    assert_eq!(changes(&reopened), [(Change::Reopened, 1, 2)]);
    let cleared = story.clear(&key);
    assert_eq!(changes(&cleared), [(Change::Cleared, 1, 0)]);
    assert!(story.clear(&key).is_empty());
    let again = story.raise(&key, "one");
    assert_eq!(changes(&again), [(Change::Raised, 2, 2)]);

    // One ticket for each occurrence, one id for each notice.
    let of_first = [&first, &second, &back, &ignored, &reopened, &cleared];
    let events: Vec<_> = of_first.iter().map(|made| &made[0].event).collect();
    assert!(events.iter().all(|event| **event == first[0].event));
    assert_ne!(again[0].event, first[0].event);
    let mut ids: Vec<_> = of_first.iter().map(|made| &made[0].id).collect();
    ids.push(&again[0].id);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 7);
}

#[test]
fn the_same_log_gives_the_same_notices_and_a_snapshot_gives_none() {
    let mut story = Story::new();
    let mut told = story.raise(&moved("1"), "moved");
    told.extend(story.raise(&moved("2"), "moved"));
    told.extend(story.clear(&moved("1")));

    let mut second = Notices::new(State::new());
    let mut retold = Vec::new();
    for entry in &story.log {
        retold.extend(second.absorb(entry).unwrap());
        assert!(second.absorb(entry).unwrap().is_empty(), "known already");
    }
    assert_eq!(retold, told);

    let snapshot = story.notices.state().snapshot("drift", start());
    let mut third = Notices::new(State::new());
    assert!(third.absorb(&snapshot).unwrap().is_empty());
    assert!(second.absorb(&snapshot).unwrap().is_empty());
    let key = moved("2");
    let entry = second
        .state()
        .entry(Body::Cleared { key }, "drift", start());
    let cleared = second.absorb(&entry).unwrap();
    assert_eq!(third.absorb(&entry).unwrap(), cleared);
    assert_eq!(cleared[0].event, told[1].event);
}

#[test]
fn a_reset_closes_what_was_open_and_ids_never_come_again() {
    let mut story = Story::new();
    let before = story.raise(&moved("17"), "moved");
    let wiped = story.tell(Body::Reset);
    assert_eq!(wiped.len(), 1);
    assert_eq!(
        (
            wiped[0].change,
            &wiped[0].event,
            wiped[0].sources[0].id.as_str()
        ),
        (Change::Cleared, &before[0].event, "17")
    );
    story.tell(Body::Bound {
        source: rmm(),
        destination: gravityzone(),
    });
    let after = story.raise(&moved("17"), "moved");
    assert_eq!((after[0].change, after[0].occurrence), (Change::Raised, 1));
    assert_ne!(after[0].id, before[0].id);
}

/// Answers with these one after the other, then with 200.
async fn receiver(answers: impl IntoIterator<Item = ResponseTemplate>) -> MockServer {
    let server = MockServer::start().await;
    for answer in answers {
        Mock::given(method("POST"))
            .and(path(PATH))
            .respond_with(answer)
            .up_to_n_times(1)
            .mount(&server)
            .await;
    }
    Mock::given(method("POST"))
        .and(path(PATH))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    server
}

fn webhook(server: &MockServer) -> Webhook {
    Webhook::new(&format!("{}{PATH}", server.uri()), &SECRET.into()).unwrap()
}

async fn received(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap()
}

fn key(request: &Request) -> &str {
    request.headers["Idempotency-Key"].to_str().unwrap()
}

#[tokio::test]
async fn delivered_once_in_order_signed_and_with_its_id() {
    let server = receiver([]).await;
    let (mut outbox, ids) = filled(3);
    let sink = webhook(&server);
    let report = pump(&mut outbox, &sink, start()).await.unwrap();
    assert_eq!((&report.delivered, report.left), (&ids, 0));
    assert!(report.hold.is_none() && report.error.is_none());
    let again = pump(&mut outbox, &sink, after(1)).await.unwrap();
    assert!(again.delivered.is_empty());

    let requests = received(&server).await;
    assert_eq!(requests.iter().map(key).collect::<Vec<_>>(), ids);
    for request in &requests {
        let signature = request.headers["Webhook-Signature"].to_str().unwrap();
        assert!(is_signed(&SECRET.into(), &request.body, signature));
        assert!(!is_signed(
            &"another-secret-there".into(),
            &request.body,
            signature
        ));
        assert_eq!(request.headers["Content-Type"], "application/json");
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["id"], key(request));
        assert_eq!(body["actions"], json!(["move", "ignore"]));
    }
}

#[tokio::test]
async fn after_a_lost_answer_the_receiver_sees_the_same_id_again() {
    let server = receiver([ResponseTemplate::new(200).set_delay(Duration::from_secs(30))]).await;
    let (mut outbox, ids) = filled(2);
    let sink = webhook(&server).timeout(Duration::from_millis(300));
    let report = pump(&mut outbox, &sink, start()).await.unwrap();
    assert!(
        matches!(report.error, Some(DeliveryError::NoAnswer { .. })),
        "{report:?}"
    );
    assert_eq!((report.delivered.len(), report.left), (0, 2));

    let sink = webhook(&server);
    let report = pump(&mut outbox, &sink, after(1)).await.unwrap();
    assert_eq!(report.delivered, ids);
    let requests = received(&server).await;
    let keys: Vec<_> = requests.iter().map(key).collect();
    assert_eq!(keys, [&ids[0], &ids[0], &ids[1]]);
    assert_eq!(requests[0].body, requests[1].body);
}

/// Cannot mark anything until it is told to.
struct Stuck(MemoryOutbox, bool);

impl Outbox for Stuck {
    fn undelivered(&mut self) -> Result<Vec<Notice>, OutboxError> {
        self.0.undelivered()
    }

    fn mark_delivered(&mut self, notice: &Notice, now: Timestamp) -> Result<(), OutboxError> {
        if self.1 {
            return Err(OutboxError::new("disk full"));
        }
        self.0.mark_delivered(notice, now)
    }

    fn hold(&mut self) -> Result<Option<Hold>, OutboxError> {
        self.0.hold()
    }

    fn set_hold(&mut self, hold: Option<&Hold>) -> Result<(), OutboxError> {
        self.0.set_hold(hold)
    }
}

#[tokio::test]
async fn what_was_sent_and_not_marked_is_sent_again() {
    let server = receiver([]).await;
    let (outbox, ids) = filled(2);
    let mut outbox = Stuck(outbox, true);
    let sink = webhook(&server);
    assert!(pump(&mut outbox, &sink, start()).await.is_err());
    outbox.1 = false;
    let report = pump(&mut outbox, &sink, start()).await.unwrap();
    assert_eq!(report.delivered, ids);
    let requests = received(&server).await;
    let keys: Vec<_> = requests.iter().map(key).collect();
    assert_eq!(keys, [&ids[0], &ids[0], &ids[1]]);
}

#[tokio::test]
async fn a_webhook_that_is_down_for_an_hour_loses_nothing_and_is_not_hammered() {
    let server = MockServer::start().await;
    let down = Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(503))
        .mount_as_scoped(&server)
        .await;
    let (mut outbox, mut ids) = (MemoryOutbox::default(), Vec::new());
    let mut coming = made(61).into_iter();
    // A host that asks every minute, and an event every minute.
    for minute in 0..60 {
        let notice = coming.next().unwrap();
        ids.push(notice.id.clone());
        outbox.push(notice);
        // Each in a new process, as it were: what is known of the wait is in the outbox.
        let stored = serde_json::to_string(&outbox.hold().unwrap()).unwrap();
        let hold: Option<Hold> = serde_json::from_str(&stored).unwrap();
        outbox.set_hold(hold.as_ref()).unwrap();
        let report = pump(&mut outbox, &webhook(&server), after(minute))
            .await
            .unwrap();
        assert!(report.delivered.is_empty());
        let hold = report.hold.unwrap();
        assert_eq!((hold.since, report.left), (start(), ids.len()));
        assert!(hold.next_attempt_at > after(minute));
    }
    let attempts = down.received_requests().await;
    let keys: Vec<_> = attempts.iter().map(key).collect();
    assert!(keys.iter().all(|key| *key == ids[0]), "nothing overtakes");
    // At 0, 1, 2, 4, 8, 16, 26, 36, 46 and 56 minutes.
    assert_eq!(keys.len(), 10);
    drop(down);

    let up = Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(204))
        .mount_as_scoped(&server)
        .await;
    assert!(
        pump(&mut outbox, &webhook(&server), after(65))
            .await
            .unwrap()
            .delivered
            .is_empty()
    );
    let report = pump(&mut outbox, &webhook(&server), after(66))
        .await
        .unwrap();
    assert_eq!((&report.delivered, report.left), (&ids, 0));
    assert!(report.hold.is_none() && outbox.hold().unwrap().is_none());
    let keys: Vec<_> = up.received_requests().await;
    assert_eq!(keys.iter().map(key).collect::<Vec<_>>(), ids);

    // The next one does not wait for what is over.
    let last = coming.next().unwrap();
    outbox.push(last.clone());
    let report = pump(&mut outbox, &webhook(&server), after(66))
        .await
        .unwrap();
    assert_eq!(report.delivered, [last.id]);
}

#[tokio::test]
async fn a_failure_half_way_keeps_the_order() {
    let fails = [ResponseTemplate::new(200), ResponseTemplate::new(500)];
    let server = receiver(fails).await;
    let (mut outbox, ids) = filled(3);
    let report = pump(&mut outbox, &webhook(&server), start()).await.unwrap();
    assert_eq!((&report.delivered[..], report.left), (&ids[..1], 2));
    assert!(matches!(
        report.error,
        Some(DeliveryError::Refused { status: 500, .. })
    ));
    let report = pump(&mut outbox, &webhook(&server), after(1))
        .await
        .unwrap();
    assert_eq!(report.delivered, ids[1..]);
}

#[tokio::test]
async fn a_receiver_that_asks_for_time_gets_it_within_reason() {
    let busy = |seconds: &str| ResponseTemplate::new(429).insert_header("Retry-After", seconds);
    let server = receiver([busy("1500"), busy("99999999"), busy("soon")]).await;
    let (mut outbox, _) = filled(1);
    let sink = webhook(&server);
    for (now, next) in [(0, 25), (25, 85), (85, 87)] {
        let report = pump(&mut outbox, &sink, after(now)).await.unwrap();
        assert_eq!(report.hold.unwrap().next_attempt_at, after(next));
    }
}

#[tokio::test]
async fn a_clock_that_was_wrong_does_not_stop_delivery() {
    let server = receiver([]).await;
    let (mut outbox, ids) = filled(1);
    let hold = Hold {
        attempts: 3,
        since: after(1_000_000),
        next_attempt_at: after(1_000_002),
        why: "it was down".to_owned(),
    };
    outbox.set_hold(Some(&hold)).unwrap();
    let report = pump(&mut outbox, &webhook(&server), start()).await.unwrap();
    assert_eq!(report.delivered, ids);
}

#[tokio::test]
async fn a_redirect_is_refused() {
    let other = MockServer::start().await;
    let to = format!("{}/elsewhere", other.uri());
    for status in [301, 302, 307, 308] {
        let redirect = ResponseTemplate::new(status).insert_header("Location", to.as_str());
        let server = receiver([redirect]).await;
        let (mut outbox, _) = filled(1);
        let report = pump(&mut outbox, &webhook(&server), start()).await.unwrap();
        assert!(matches!(
            report.error,
            Some(DeliveryError::Redirected { status: answered, .. }) if answered == status
        ));
        assert_eq!(report.left, 1);
    }
    assert!(received(&other).await.is_empty());
}

/// Nobody listens there.
fn closed_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn neither_the_secret_nor_the_address_is_in_any_text() {
    let server = receiver([ResponseTemplate::new(401).set_body_string(SECRET)]).await;
    let slow = receiver([ResponseTemplate::new(200).set_delay(Duration::from_secs(30))]).await;
    let closed = format!("http://127.0.0.1:{}{PATH}", closed_port());
    let sinks = [
        webhook(&server),
        webhook(&slow).timeout(Duration::from_millis(300)),
        Webhook::new(&closed, &SECRET.into()).unwrap(),
    ];
    let mut texts = Vec::new();
    for sink in sinks {
        let (mut outbox, _) = filled(1);
        let report = pump(&mut outbox, &sink, start()).await.unwrap();
        assert!(report.error.is_some(), "{report:?}");
        texts.push(format!("{sink:?} {report:?} {outbox:?}"));
        let mut error: Option<&dyn std::error::Error> =
            report.error.as_ref().map(|error| error as _);
        while let Some(cause) = error {
            texts.push(cause.to_string());
            error = cause.source();
        }
    }
    let secret = SecretString::from(SECRET);
    for address in [
        format!("http://psa.example{PATH}"),
        format!("https://{SECRET}@psa.example{PATH}"),
        format!("canary:{PATH}"),
    ] {
        let error = Webhook::new(&address, &secret).unwrap_err();
        texts.push(format!("{error} {error:?}"));
    }
    let error = Webhook::new("http://127.0.0.1", &"canary".into()).unwrap_err();
    texts.push(format!("{error} {error:?}"));
    for request in received(&server).await {
        texts.push(format!("{:?}", request.headers));
        texts.push(String::from_utf8(request.body).unwrap());
    }
    assert!(texts.len() > 10);
    for text in texts {
        assert!(!text.contains("canary"), "{text}");
    }
}

/// A host's own sink, to show that the trait is enough.
struct Refusing;

#[async_trait]
impl EventSink for Refusing {
    async fn deliver(&self, notice: &Notice) -> Result<(), DeliveryError> {
        assert_eq!(notice.actions, [ActionKind::Move, ActionKind::Ignore]);
        Err(DeliveryError::Unreachable {
            receiver: "the PSA".to_owned(),
            source: "it is closed on Sundays".into(),
        })
    }
}

#[tokio::test]
async fn a_sink_of_the_hosts_own_is_treated_alike() {
    let (mut outbox, _) = filled(2);
    let report = pump(&mut outbox, &Refusing, start()).await.unwrap();
    let hold = report.hold.unwrap();
    assert_eq!(
        (hold.attempts, hold.why.as_str()),
        (1, "the PSA cannot be reached")
    );
    let early = pump(&mut outbox, &Refusing, start()).await.unwrap();
    assert!(early.error.is_none() && early.hold == Some(hold));
}
