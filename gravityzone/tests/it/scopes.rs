//! What a key may use, told or found out.

use gravityzone::general::Access;
use gravityzone::{ErrorKind, Service};
use serde_json::json;

use crate::console::{Answer, Console, root};

const SCOPE: &str = "API Key is not allowed to access the selected API: x";

/// F011: the four APIs are named when they are missing.
#[tokio::test]
async fn f011_the_console_tells() {
    let details = json!({"enabledApis": ["companies", "licensing", "network"], "createdAt": "2019-04-11T12:00:54"});
    let console = Console::with(&[("getApiKeyDetails", details)]).await;
    let scopes = console.client().general().scopes().await.unwrap();
    assert_eq!(scopes.missing(Service::NEEDED), [Service::Packages]);
    assert!(scopes.details.is_some());
    assert_eq!(console.asked().len(), 1);
}

/// A key made without the API General may not ask: each API is tried.
#[tokio::test]
async fn without_general_each_api_is_tried() {
    let console = Console::start(|asked| match asked.method.as_str() {
        "getApiKeyDetails" => Answer::Status(403, -32000, SCOPE),
        "getCompanyDetails" => Answer::Result(root()),
        "getCompaniesList" => Answer::Error(-32001, SCOPE),
        // Refused for its parameters, hence allowed.
        "getPackagesList" => Answer::Error(-32602, "The ID of a managed company is expected."),
        _ => Answer::Raw(wiremock::ResponseTemplate::new(500)),
    })
    .await;
    let scopes = console.client().general().scopes().await.unwrap();
    assert!(scopes.details.is_none());
    assert!(matches!(scopes.access(Service::Companies), Access::Enabled));
    assert!(matches!(scopes.access(Service::Packages), Access::Enabled));
    assert_eq!(scopes.missing(Service::NEEDED), [Service::Network]);
    assert_eq!(scopes.unknown(Service::NEEDED), [Service::Licensing]);
    assert!(matches!(
        scopes.access(Service::General),
        Access::NotEnabled
    ));
    assert!(matches!(
        scopes.access(Service::Policies),
        Access::Unknown(None)
    ));
    let probes: Vec<_> = console
        .asked()
        .iter()
        .map(|asked| asked.method.clone())
        .collect();
    assert_eq!(
        probes[..4],
        [
            "getApiKeyDetails",
            "getCompanyDetails",
            "getCompaniesList",
            "getPackagesList"
        ]
    );
}

#[tokio::test]
async fn a_dead_key_is_an_error() {
    let console = Console::start(|_| Answer::Status(401, -32000, "Invalid API key")).await;
    assert_eq!(
        console
            .client()
            .general()
            .scopes()
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::Credentials
    );
    assert_eq!(console.asked().len(), 1);
    // The newer code does not say whether it is the key or the API: if all refuse, it is the key.
    let console = Console::start(|_| Answer::Error(-32001, "Authorization failed.")).await;
    assert_eq!(
        console
            .client()
            .general()
            .scopes()
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::Credentials
    );
}

#[tokio::test]
async fn what_says_nothing_about_the_key_is_an_error() {
    let console = Console::start(|_| Answer::Raw(wiremock::ResponseTemplate::new(503))).await;
    assert_eq!(
        console
            .client()
            .general()
            .scopes()
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::Server
    );
}
