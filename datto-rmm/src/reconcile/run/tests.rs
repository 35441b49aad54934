use std::sync::Arc;

use ::reconcile::execution::{Outcome, Output, RefusalKind, SourceAction};
use ::reconcile::identity::{EntityRef, Fingerprint, Instance, Kind, SecretText, Vendor};
use client_core::ManualClock;
use serde_json::{Value, json};
use wiremock::matchers::{body_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::Source;
use crate::{CalibrationPolicy, Client};

const SITE: &str = "00000000-0000-4000-8000-000000000001";

struct Case {
    server: MockServer,
    source: Source,
}

/// An account whose site has these variables.
async fn case(variables: Value) -> Case {
    let server = MockServer::start().await;
    let answer = |body: Value| ResponseTemplate::new(200).set_body_json(body);
    let login = Mock::given(method("POST")).and(path("/auth/oauth/token"));
    login
        .respond_with(answer(
            json!({"access_token": "CANARY", "expires_in": 360_000}),
        ))
        .mount(&server)
        .await;
    let account = Mock::given(method("GET")).and(path("/api/v2/account"));
    account
        .respond_with(answer(json!({"uid": "abc123"})))
        .mount(&server)
        .await;
    let count = variables.as_array().map(Vec::len);
    let page =
        json!({"pageDetails": {"count": count, "totalCount": count}, "variables": variables});
    let list = Mock::given(method("GET")).and(path(format!("/api/v2/site/{SITE}/variables")));
    list.respond_with(answer(page)).mount(&server).await;
    let address = server.uri().parse().unwrap();
    let clock = Arc::new(ManualClock::jumping());
    let client = Client::builder(address, "EXAMPLE-KEY", "EXAMPLE-SECRET")
        .no_proxy()
        .clock(clock)
        .calibration(CalibrationPolicy::off())
        .build()
        .unwrap();
    Case {
        source: Source::connect(client).await.unwrap(),
        server,
    }
}

impl Case {
    async fn write(&self, verb: &str, target: &str, answer: ResponseTemplate, times: u64) {
        let mock = Mock::given(method(verb)).and(path(format!("/api/v2/site/{SITE}/{target}")));
        mock.respond_with(answer)
            .expect(times)
            .mount(&self.server)
            .await;
    }

    fn site(&self) -> EntityRef {
        self.source.instance().entity(Kind::SITE, SITE)
    }

    async fn create(&self, value: &str) -> Outcome {
        let action = SourceAction::CreateVariable {
            site: self.site(),
            name: "Link".into(),
            value: SecretText::new(value),
        };
        self.source.act(&action).await
    }

    async fn update(&self, id: &str, replaces: &str) -> Outcome {
        let action = SourceAction::UpdateVariable {
            site: self.site(),
            id: id.into(),
            name: "Link".into(),
            value: SecretText::new("new"),
            replaces: Fingerprint::of(replaces),
        };
        self.source.act(&action).await
    }

    async fn delete(&self, id: &str, value: &str) -> Outcome {
        let action = SourceAction::DeleteVariable {
            site: self.site(),
            id: id.into(),
            name: "Link".into(),
            value: Fingerprint::of(value),
        };
        self.source.act(&action).await
    }

    async fn writes(&self) -> usize {
        let requests = self.server.received_requests().await.unwrap();
        let writes = requests
            .iter()
            .filter(|request| request.method.as_str() != "GET");
        writes
            .filter(|request| request.url.path().starts_with("/api/"))
            .count()
    }
}

fn ok() -> ResponseTemplate {
    ResponseTemplate::new(200)
}

fn refusal(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"status": status, "error": "Refused"}))
}

fn kind(outcome: &Outcome) -> Option<RefusalKind> {
    match outcome {
        Outcome::Refused(refusal) => Some(refusal.kind),
        _ => None,
    }
}

fn set(value: &str) -> Outcome {
    Outcome::Done(Output::Variable(Fingerprint::of(value)))
}

#[tokio::test]
async fn a_variable_is_created_unmasked_and_nothing_else_is_sent() {
    let case = case(json!([])).await;
    Mock::given(method("PUT"))
        .and(path(format!("/api/v2/site/{SITE}/variable")))
        .and(body_json(
            json!({"name": "Link", "value": "new", "masked": false}),
        ))
        .respond_with(ok())
        .expect(1)
        .mount(&case.server)
        .await;
    assert_eq!(case.create("new").await, set("new"));
    let requests = case.server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 3, "log-in, account, creation");
}

#[tokio::test]
async fn a_refused_creation_is_explained_by_a_look() {
    for status in [400, 409] {
        for (variables, wanted) in [
            (
                json!([{"id": 9, "name": "Link", "value": "new"}]),
                set("new"),
            ),
            (
                json!([{"id": 9, "name": "Link", "value": "CANARY"}]),
                Outcome::Pending,
            ),
            (
                json!([{"id": 9, "name": "Link", "value": "****", "masked": true}]),
                Outcome::Pending,
            ),
            (json!([]), Outcome::Pending),
        ] {
            let case = case(variables.clone()).await;
            case.write("PUT", "variable", refusal(status), 1).await;
            let outcome = case.create("new").await;
            assert!(!format!("{outcome:?}").contains("CANARY"));
            if wanted == Outcome::Pending {
                let kinds = match variables.get(0) {
                    None => [RefusalKind::Invalid, RefusalKind::Other],
                    Some(found) if found["masked"] == json!(true) => [RefusalKind::Masked; 2],
                    Some(_) => [RefusalKind::Foreign; 2],
                };
                assert_eq!(
                    kind(&outcome),
                    Some(kinds[usize::from(status == 409)]),
                    "{outcome:?}"
                );
            } else {
                assert_eq!(outcome, wanted);
            }
        }
    }
}

/// N01: what may have happened is called unknown, what surely did not is not.
#[tokio::test]
async fn failures_by_what_is_known_of_them() {
    for (answer, wanted) in [
        (refusal(500), "unknown"),
        (
            ResponseTemplate::new(502).set_body_string("<html>"),
            "unknown",
        ),
        (
            ResponseTemplate::new(200).set_body_raw("<html>", "text/html"),
            "unknown",
        ),
        (refusal(403), "denied"),
        (refusal(404), "gone"),
    ] {
        let case = case(json!([])).await;
        case.write("PUT", "variable", answer, 1).await;
        let outcome = case.create("new").await;
        let found = match (&outcome, kind(&outcome)) {
            (Outcome::Unknown(_), _) => "unknown",
            (_, Some(RefusalKind::Denied)) => "denied",
            (_, Some(RefusalKind::Gone)) => "gone",
            _ => "other",
        };
        assert_eq!(found, wanted, "{outcome:?}");
    }
    let case = case(json!([])).await;
    case.write(
        "PUT",
        "variable",
        refusal(429).insert_header("retry-after", "3600"),
        1,
    )
    .await;
    assert!(
        matches!(case.create("new").await, Outcome::NotSent(_)),
        "surely not processed"
    );
}

#[tokio::test]
async fn an_update_compares_first() {
    let old = json!([{"id": 9, "name": "Link", "value": "old"}]);
    let case = case(old).await;
    case.write("POST", "variable/9", ok(), 1).await;
    assert_eq!(case.update("9", "old").await, set("new"));
    assert_eq!(
        kind(&case.update("9", "other").await),
        Some(RefusalKind::Foreign)
    );
    assert_eq!(
        kind(&case.update("8", "old").await),
        Some(RefusalKind::Foreign),
        "another variable of that name"
    );
    assert_eq!(case.writes().await, 1);
}

#[tokio::test]
async fn an_update_of_what_is_in_place_gone_or_masked_sends_nothing() {
    let placed = case(json!([{"id": 9, "name": "Link", "value": "new"}])).await;
    assert_eq!(placed.update("9", "old").await, set("new"));
    let gone = case(json!([{"id": 9, "name": "link", "value": "old"}])).await;
    assert_eq!(
        kind(&gone.update("9", "old").await),
        Some(RefusalKind::Gone)
    );
    let masked = case(json!([{"id": 9, "name": "Link", "value": "old", "masked": true}])).await;
    assert_eq!(
        kind(&masked.update("9", "old").await),
        Some(RefusalKind::Masked)
    );
    assert_eq!(
        kind(&masked.delete("9", "old").await),
        Some(RefusalKind::Masked)
    );
    assert_eq!(
        placed.writes().await + gone.writes().await + masked.writes().await,
        0
    );
}

#[tokio::test]
async fn a_deletion_compares_first() {
    let case = case(json!([{"id": 9, "name": "Link", "value": "ours"}])).await;
    case.write("DELETE", "variable/9", ok(), 1).await;
    assert_eq!(
        kind(&case.delete("9", "other").await),
        Some(RefusalKind::Foreign)
    );
    assert_eq!(
        case.delete("9", "ours").await,
        Outcome::Done(Output::Nothing)
    );
}

#[tokio::test]
async fn what_is_gone_needs_no_deletion() {
    let case = case(json!([])).await;
    assert_eq!(
        case.delete("9", "ours").await,
        Outcome::Done(Output::Nothing)
    );
    assert_eq!(case.writes().await, 0);
}

#[tokio::test]
async fn a_listing_that_cannot_be_trusted_stops_the_write() {
    let case = case(json!([{"id": 8, "name": {}}])).await;
    assert!(matches!(case.update("9", "old").await, Outcome::NotSent(_)));
    assert!(matches!(case.delete("9", "old").await, Outcome::NotSent(_)));
    assert_eq!(case.writes().await, 0);
}

/// F001, F069: a step of another tenant is never run here.
#[tokio::test]
async fn steps_of_other_tenants_are_refused() {
    let case = case(json!([])).await;
    let other = Instance::new(Vendor::new("datto-rmm"), "merlot/xyz789");
    for site in [
        other.entity(Kind::SITE, SITE),
        case.source.instance().entity(Kind::COMPANY, SITE),
    ] {
        let action = SourceAction::CreateVariable {
            site,
            name: "Link".into(),
            value: SecretText::new("new"),
        };
        assert_eq!(
            kind(&case.source.act(&action).await),
            Some(RefusalKind::WrongTenant)
        );
    }
    assert_eq!(case.writes().await, 0);
}
