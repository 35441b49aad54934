use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ::reconcile::execution::{DestinationAction, Outcome, Output, RefusalKind};
use ::reconcile::identity::{EntityRef, Instance, Kind};
use ::reconcile::inventory::Subscription;
use client_core::{Delivery, Error, ErrorKind, ManualClock};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::super::Destination;
use super::{Act, failed};
use crate::Client;

const ROOT: &str = "0123456789abcdef00000000";
const ACME: &str = "0123456789abcdef00000001";
const PACKAGE: &str = "5a37b660b1a43d99117b23c6";

fn error(kind: ErrorKind, delivery: Delivery, words: &str) -> Error {
    Error::new(kind, "")
        .with_delivery(delivery)
        .with_vendor_message(words)
}

#[test]
fn refusals_are_sorted() {
    use Delivery::{NotSent, Refused};
    use ErrorKind::{Config, Conflict, Credentials, Denied, InvalidInput, NotFound, Scope, Vendor};
    for (kind, delivery, act, words, wanted) in [
        (
            Conflict,
            Refused,
            Act::Create,
            "The name already exists.",
            RefusalKind::NameTaken,
        ),
        (
            Conflict,
            Refused,
            Act::Create,
            "The license key is already in use.",
            RefusalKind::Other,
        ),
        (Scope, Refused, Act::Create, "", RefusalKind::Denied),
        (Denied, Refused, Act::Create, "", RefusalKind::Denied),
        (Credentials, NotSent, Act::Create, "", RefusalKind::Denied),
        (InvalidInput, NotSent, Act::Create, "", RefusalKind::Invalid),
        (
            InvalidInput,
            Refused,
            Act::Create,
            "Invalid value for 'parentId' parameter.",
            RefusalKind::Invalid,
        ),
        (
            InvalidInput,
            Refused,
            Act::Delete,
            "One or more items are not available for the specified action.",
            RefusalKind::NotEmpty,
        ),
        (NotFound, Refused, Act::Create, "", RefusalKind::Gone),
        (Vendor, Refused, Act::Create, "", RefusalKind::Other),
        (Config, Refused, Act::Create, "", RefusalKind::Other),
    ] {
        match failed(&error(kind, delivery, words), act) {
            Outcome::Refused(refusal) => assert_eq!(refusal.kind, wanted, "{kind:?} {words}"),
            other => panic!("{kind:?} {words}: {other:?}"),
        }
    }
}

#[test]
fn doubt_stays_doubt_and_what_was_not_sent_may_be_sent() {
    use Delivery::{NotSent, Refused, Unknown};
    let outcome = |kind, delivery, act| failed(&error(kind, delivery, ""), act);
    assert!(matches!(
        outcome(ErrorKind::Timeout, Unknown, Act::Create),
        Outcome::Unknown(_)
    ));
    assert!(matches!(
        outcome(ErrorKind::Conflict, Unknown, Act::Create),
        Outcome::Unknown(_)
    ));
    assert!(matches!(
        outcome(ErrorKind::Connect, NotSent, Act::Create),
        Outcome::NotSent(_)
    ));
    assert!(matches!(
        outcome(ErrorKind::RateLimited, Refused, Act::Create),
        Outcome::NotSent(_)
    ));
    assert!(matches!(
        outcome(ErrorKind::NotFound, Refused, Act::Delete),
        Outcome::Unknown(_)
    ));
}

/// What a method answers, given its parameters.
type Answer = fn(&str, &Value) -> Result<Value, (i64, &'static str)>;

/// A destination before a console that answers so; requests to connect are answered well.
async fn destination(answer: Answer) -> (MockServer, Destination) {
    let server = MockServer::start().await;
    let respond = move |request: &Request| {
        let envelope: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let method = envelope["method"].as_str().unwrap_or_default();
        let answer = match method {
            "getCompanyDetails" => Ok(json!({"id": ROOT, "name": "Example Partner", "type": 0})),
            "getApiKeyDetails" => Ok(json!({"enabledApis": ["companies"]})),
            other => answer(other, &envelope["params"]),
        };
        match answer {
            Ok(Value::String(text)) if text == "lost" => {
                ResponseTemplate::new(200).set_delay(Duration::from_secs(20))
            }
            Ok(Value::String(text)) if text == "throttled" => ResponseTemplate::new(429),
            Ok(result) => ResponseTemplate::new(200)
                .set_body_json(json!({"id": envelope["id"], "jsonrpc": "2.0", "result": result})),
            Err((code, details)) => {
                let error = json!({"code": code, "message": "Text of the code", "data": {"details": details}});
                ResponseTemplate::new(200)
                    .set_body_json(json!({"id": envelope["id"], "jsonrpc": "2.0", "error": error}))
            }
        }
    };
    Mock::given(wiremock::matchers::any())
        .respond_with(respond)
        .mount(&server)
        .await;
    let client = Client::builder(server.uri().parse().unwrap(), "fake-key-of-a-test")
        .clock(Arc::new(ManualClock::jumping()))
        .configure(|core| core.no_proxy().attempt_timeout(Duration::from_millis(150)))
        .build()
        .unwrap();
    let destination = Destination::connect(client).await.unwrap();
    (server, destination)
}

/// The parameters of every call of a method.
async fn sent(server: &MockServer, method: &str) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap_or_default();
    let envelopes = requests
        .iter()
        .filter_map(|request| serde_json::from_slice::<Value>(&request.body).ok());
    envelopes
        .filter(|envelope| envelope["method"] == method)
        .map(|envelope| envelope["params"].clone())
        .collect()
}

fn monthly() -> Subscription {
    Subscription {
        kind: "monthly".into(),
        product: Some("endpoint-security".into()),
        protection_model: Some("mspSecure".into()),
        reserved_seats: None,
        add_ons: BTreeSet::from(["edr".into()]),
    }
}

fn create(parent: EntityRef, subscription: Subscription) -> DestinationAction {
    DestinationAction::CreateCompany {
        name: "Acme".into(),
        parent,
        subscription,
    }
}

fn refusal(outcome: Outcome) -> RefusalKind {
    match outcome {
        Outcome::Refused(refusal) => refusal.kind,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_company_is_created_with_its_subscription() {
    let (server, destination) = destination(|_, _| Ok(json!(ACME))).await;
    let outcome = destination
        .act(&create(destination.root(), monthly()))
        .await;
    let company = destination.instance().entity(Kind::COMPANY, ACME);
    assert_eq!(outcome, Outcome::Done(Output::Company(company)));
    assert_eq!(
        sent(&server, "createCompany").await,
        [json!({
            "type": 1,
            "name": "Acme",
            "parentId": ROOT,
            "canBeManagedByAbove": true,
            "licenseSubscription": {
                "type": 3,
                "assignedProductType": 0,
                "assignedProtectionModel": "mspSecure",
                "manageEventCorrelator": true,
            },
        })]
    );
}

/// Terms without a meaning, and entities of other tenants, are refused before anything is sent.
#[tokio::test]
async fn what_makes_no_sense_is_not_sent() {
    let (server, destination) = destination(|_, _| Ok(json!(ACME))).await;
    let unknown = Subscription {
        kind: "yearly".into(),
        ..monthly()
    };
    let foreign = Instance::new(super::super::vendor(), "elsewhere/1").entity(Kind::COMPANY, ROOT);
    let folder = destination.instance().entity(Kind::FOLDER, "f");
    let package = |modules: &[&str]| DestinationAction::CreatePackage {
        company: destination.instance().entity(Kind::COMPANY, ACME),
        name: "site-1".into(),
        modules: modules.iter().map(|module| (*module).to_owned()).collect(),
        remove_competitors: true,
    };
    for action in [
        create(destination.root(), unknown),
        create(foreign.clone(), monthly()),
        create(folder, monthly()),
        package(&["warp-drive"]),
        DestinationAction::DeleteCompany { company: foreign },
        DestinationAction::DeleteCompany {
            company: destination.root(),
        },
        DestinationAction::DeletePackage {
            package: destination.root(),
        },
    ] {
        assert_eq!(
            refusal(destination.act(&action).await),
            RefusalKind::Invalid,
            "{action:?}"
        );
    }
    for method in [
        "createCompany",
        "createPackage",
        "deleteCompany",
        "deletePackage",
    ] {
        assert!(sent(&server, method).await.is_empty(), "{method}");
    }
}

/// F040: a name that is in use where nobody of us can see it.
#[tokio::test]
async fn f040_a_taken_name_is_told_from_other_refusals() {
    for (answer, wanted) in [
        (
            (|_, _| Err((-32602, "The company name is already in use."))) as Answer,
            RefusalKind::NameTaken,
        ),
        (
            |_, _| Err((-32602, "Company name must be unique")),
            RefusalKind::NameTaken,
        ),
        (
            |_, _| Err((-32602, "Invalid value for 'parentId' parameter.")),
            RefusalKind::Invalid,
        ),
        (
            |_, _| {
                Err((
                    -32000,
                    "API Key is not allowed to access the selected API: companies",
                ))
            },
            RefusalKind::Denied,
        ),
        (
            |_, _| Err((-32000, "The license does not allow more companies.")),
            RefusalKind::Denied,
        ),
    ] {
        let (_server, destination) = destination(answer).await;
        assert_eq!(
            refusal(
                destination
                    .act(&create(destination.root(), monthly()))
                    .await
            ),
            wanted
        );
    }
}

/// U01: a lost answer is an unknown outcome, and nothing is sent again.
#[tokio::test]
async fn u01_a_lost_answer_is_an_unknown_outcome() {
    let (server, destination) = destination(|_, _| Ok(json!("lost"))).await;
    let outcome = destination
        .act(&create(destination.root(), monthly()))
        .await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert_eq!(sent(&server, "createCompany").await.len(), 1);
}

#[tokio::test]
async fn a_throttled_creation_was_not_sent() {
    let (_server, destination) = destination(|_, _| Ok(json!("throttled"))).await;
    let outcome = destination
        .act(&create(destination.root(), monthly()))
        .await;
    assert!(matches!(outcome, Outcome::NotSent(_)), "{outcome:?}");
}

/// What the licence lacks may be dropped without a word, so the modules are read back.
#[tokio::test]
async fn a_package_is_created_and_read_back() {
    let (server, destination) = destination(|method, _| match method {
        "createPackage" => Ok(json!([{"records": [PACKAGE], "success": true}])),
        _ => Ok(json!({
            "packageName": "site-1", "modules": {"antimalware": 1, "firewall": 1, "edrSensor": 0}, "roles": {"exchange": 1}
        })),
    })
    .await;
    let company = destination.instance().entity(Kind::COMPANY, ACME);
    let modules = [
        "antimalware",
        "firewall",
        "edr-sensor",
        "exchange-protection",
    ];
    let action = DestinationAction::CreatePackage {
        company,
        name: "site-1".into(),
        modules: modules.iter().map(|module| (*module).to_owned()).collect(),
        remove_competitors: false,
    };
    let outcome = destination.act(&action).await;
    let read: BTreeSet<String> = ["antimalware", "exchange-protection", "firewall"]
        .iter()
        .map(|module| (*module).to_owned())
        .collect();
    let package = destination.instance().entity(Kind::PACKAGE, PACKAGE);
    assert_eq!(
        outcome,
        Outcome::Done(Output::Package {
            package,
            modules: Some(read)
        })
    );
    assert_eq!(
        sent(&server, "createPackage").await,
        [json!({
            "packageName": "site-1",
            "companyId": ACME,
            "modules": {"firewall": 1, "edrSensor": 1},
            "settings": {"scanBeforeInstall": 0, "removeCompetitors": 0},
            "roles": {"relay": 0, "exchange": 1},
        })]
    );
}

/// The package is made even if it cannot be read back.
#[tokio::test]
async fn a_package_that_cannot_be_read_back_was_made() {
    let (_server, destination) = destination(|method, _| match method {
        "createPackage" => Ok(json!([{"records": [PACKAGE], "success": true}])),
        _ => Err((-32002, "Not yet.")),
    })
    .await;
    let action = DestinationAction::CreatePackage {
        company: destination.root(),
        name: "site-1".into(),
        modules: BTreeSet::new(),
        remove_competitors: true,
    };
    assert!(matches!(
        destination.act(&action).await,
        Outcome::Done(Output::Package { modules: None, .. })
    ));
}

#[tokio::test]
async fn deletions() {
    let (server, destination) = destination(|method, _| match method {
        "deleteCompany" => Ok(Value::Null),
        _ => Err((
            -32602,
            "One or more items are not available for the specified action.",
        )),
    })
    .await;
    let company = destination.instance().entity(Kind::COMPANY, ACME);
    let package = destination.instance().entity(Kind::PACKAGE, PACKAGE);
    assert_eq!(
        destination
            .act(&DestinationAction::DeleteCompany { company })
            .await,
        Outcome::Done(Output::Nothing)
    );
    let outcome = destination
        .act(&DestinationAction::DeletePackage { package })
        .await;
    assert_eq!(refusal(outcome), RefusalKind::NotEmpty);
    assert_eq!(
        sent(&server, "deleteCompany").await,
        [json!({"companyId": ACME})]
    );
    assert_eq!(
        sent(&server, "deletePackage").await,
        [json!({"packageId": PACKAGE})]
    );
}
