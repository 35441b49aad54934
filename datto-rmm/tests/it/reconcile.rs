//! The account as a source: what is observed, what probes answer, and a plan carried out.

mod observe;
mod probes;
mod steps;

use datto_rmm::reconcile::Source;
use datto_rmm::sites::SiteUid;
use reconcile::identity::{Instance, Kind, Vendor};
use serde_json::Value;
use wiremock::Mock;

use crate::support::{Wire, json, line, page};

const ACME: &str = "00000000-0000-4000-8000-000000000001";
const LATER: &str = "00000000-0000-4000-8000-000000000002";
const BROKEN: &str = "00000000-0000-4000-8000-000000000003";

async fn connected(wire: &Wire) -> Source {
    let account = Mock::given(line("GET", "/api/v2/account"));
    account
        .respond_with(json(200, r#"{"uid":"abc123","name":"Example MSP"}"#))
        .mount(&wire.server)
        .await;
    Source::connect(wire.client()).await.unwrap()
}

async fn sites(wire: &Wire, rows: Value) {
    let total = rows.as_array().map(|rows| rows.len() as u64);
    let answer = page("sites", &rows, total, None);
    wire.answer(
        line("GET", "/api/v2/account/sites?max=250&page=0"),
        1,
        answer,
    )
    .await;
}

async fn variables(wire: &Wire, scope: &str, rows: Value) {
    let answer = page("variables", &rows, None, None);
    wire.answer(
        line("GET", format!("/api/v2/{scope}/variables?max=250&page=0")),
        1,
        answer,
    )
    .await;
}

/// F002: the tenant is the platform (here the host) and the account uid.
#[tokio::test]
async fn the_tenant_is_address_and_account() {
    let wire = Wire::start().await;
    let source = connected(&wire).await;
    let host = wire.server.uri().replace("http://", "");
    assert_eq!(
        source.instance().to_string(),
        format!("datto-rmm/{host}/abc123")
    );
    let site = source.site(&SiteUid::new(ACME));
    assert_eq!(source.site_uid(&site), Some(SiteUid::new(ACME)));
    let other = Instance::new(Vendor::new("datto-rmm"), "merlot/abc123").entity(Kind::SITE, ACME);
    assert_eq!(
        (source.site_uid(&other), source.site_uid(&source.root())),
        (None, None)
    );
}

#[tokio::test]
async fn an_account_without_a_uid_is_no_tenant() {
    let wire = Wire::start().await;
    wire.answer(
        line("GET", "/api/v2/account"),
        1,
        json(200, r#"{"uid":" "}"#),
    )
    .await;
    assert!(Source::connect(wire.client()).await.is_err());
}
