//! Compare and set, and finding by name.

use client_core::{Delivery, ErrorKind};
use datto_rmm::sites::SiteUid;
use datto_rmm::variables::{Swap, VariableId, VariableValue};
use serde_json::{Value, json as value};
use wiremock::{Mock, ResponseTemplate};

use crate::support::{Exactly, SITE, Wire, assert_no_secret, json, line, page, refused};

async fn site_with(rows: &Value) -> Wire {
    let wire = Wire::start().await;
    let target = format!("/api/v2/site/{SITE}/variables?max=250&page=0");
    let total = rows.as_array().map(|rows| rows.len() as u64);
    Mock::given(line("GET", target))
        .respond_with(page("variables", rows, total, None))
        .mount(&wire.server)
        .await;
    wire
}

async fn set(wire: &Wire, expected: Option<&str>, new: &str) -> Result<Swap, client_core::Error> {
    let (client, site) = (wire.client(), SiteUid::new(SITE));
    let expected = expected.map(VariableValue::new);
    client
        .site(&site)
        .variables()
        .compare_and_set("Link", expected.as_ref(), &VariableValue::new(new))
        .await
}

async fn expect_write(wire: &Wire, method: &'static str, target: &str, body: &'static str) {
    Mock::given(line(method, format!("/api/v2/site/{SITE}/{target}")))
        .and(Exactly(body))
        .respond_with(ResponseTemplate::new(200))
        .expect(1)
        .mount(&wire.server)
        .await;
}

#[tokio::test]
async fn an_absent_variable_is_created_unmasked() {
    let wire = site_with(&value!([{"id": 1, "name": "link", "value": "other name"}])).await;
    expect_write(
        &wire,
        "PUT",
        "variable",
        r#"{"name":"Link","value":"new","masked":false}"#,
    )
    .await;
    assert_eq!(set(&wire, None, "new").await.unwrap(), Swap::Created);
}

#[tokio::test]
async fn an_expected_value_is_replaced() {
    let wire =
        site_with(&value!([{"id": 9, "name": "Link", "value": "old", "masked": false}])).await;
    expect_write(
        &wire,
        "POST",
        "variable/9",
        r#"{"name":"Link","value":"new"}"#,
    )
    .await;
    assert_eq!(
        set(&wire, Some("old"), "new").await.unwrap(),
        Swap::Updated(VariableId::new(9))
    );
}

#[tokio::test]
async fn what_is_in_place_is_left_alone() {
    let wire =
        site_with(&value!([{"id": 9, "name": "Link", "value": "new", "masked": null}])).await;
    assert_eq!(
        set(&wire, Some("old"), "new").await.unwrap(),
        Swap::Unchanged(VariableId::new(9))
    );
    assert_eq!(
        set(&wire, None, "new").await.unwrap(),
        Swap::Unchanged(VariableId::new(9))
    );
    assert!(
        wire.lines()
            .await
            .iter()
            .all(|line| line.starts_with("GET "))
    );
}

/// F018, N11: a value of somebody else, a masked one, and one that is gone are never touched.
#[tokio::test]
async fn anything_else_is_refused_without_a_write() {
    for (rows, expected) in [
        (
            value!([{"id": 9, "name": "Link", "value": "CANARY-FOREIGN"}]),
            Some("old"),
        ),
        (
            value!([{"id": 9, "name": "Link", "value": "CANARY-FOREIGN"}]),
            None,
        ),
        (
            value!([{"id": 9, "name": "Link", "value": "********", "masked": true}]),
            Some("********"),
        ),
        (
            value!([{"id": 9, "name": "Link", "value": "new", "masked": true}]),
            None,
        ),
        (value!([]), Some("old")),
        (
            value!([{"id": 8, "name": "Link", "value": "old"}, {"id": 9, "name": "Link", "value": "old"}]),
            Some("old"),
        ),
    ] {
        let wire = site_with(&rows).await;
        let error = set(&wire, expected, "new").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "{rows}");
        assert_ne!(error.delivery(), Delivery::Unknown);
        assert_no_secret(&format!("{error} {error:?}"));
        assert!(
            wire.lines()
                .await
                .iter()
                .all(|line| line.starts_with("GET "))
        );
    }
}

#[tokio::test]
async fn absence_needs_a_whole_listing() {
    // A row that cannot be read might be the one.
    let wire = site_with(&value!([{"id": 1, "name": {}, "value": "CANARY"}])).await;
    let error = set(&wire, None, "new").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_no_secret(&format!("{error} {error:?}"));
    // Found beside such a row it is found all the same: names are unique.
    let wire =
        site_with(&value!([{"id": 1, "name": {}}, {"id": 9, "name": "Link", "value": "new"}]))
            .await;
    assert_eq!(
        set(&wire, None, "new").await.unwrap(),
        Swap::Unchanged(VariableId::new(9))
    );
    // A second page that fails.
    let wire = Wire::start().await;
    let link = Some(format!(
        "{}/api/v2/site/{SITE}/variables?max=250&page=1",
        wire.server.uri()
    ));
    let first = page(
        "variables",
        &value!([{"id": 1, "name": "A", "value": "x"}]),
        Some(2),
        link.as_deref(),
    );
    wire.answer(
        line(
            "GET",
            format!("/api/v2/site/{SITE}/variables?max=250&page=0"),
        ),
        1,
        first,
    )
    .await;
    let second = line(
        "GET",
        format!("/api/v2/site/{SITE}/variables?max=250&page=1"),
    );
    wire.answer(second, 1, refused(403, "Forbidden", "/v2/site"))
        .await;
    assert_eq!(
        set(&wire, None, "new").await.unwrap_err().kind(),
        ErrorKind::Denied
    );
}

/// Neither the one that is looked for, nor in the way of the others.
#[tokio::test]
async fn a_row_without_a_name_is_never_the_one() {
    let rows = value!([{"id": 1, "name": null, "value": "CANARY"}, {"id": 2, "value": "CANARY", "masked": false}]);
    let wire = site_with(&rows).await;
    expect_write(
        &wire,
        "PUT",
        "variable",
        r#"{"name":"Link","value":"new","masked":false}"#,
    )
    .await;
    assert_eq!(set(&wire, None, "new").await.unwrap(), Swap::Created);
    let (client, site) = (wire.client(), SiteUid::new(SITE));
    let variables = client.site(&site).variables();
    assert_eq!(variables.find("").await.unwrap(), None);
    let listed = variables.list().collect_all().await.unwrap();
    assert!(listed.as_slice().iter().all(|row| row.name.is_none()));
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_may_find_nothing() {
    let (wire, site) = (Wire::start().await, SiteUid::new(SITE));
    let target = format!("/api/v2/site/{SITE}/variable/9");
    wire.answer_once(line("DELETE", &target), json(502, ""))
        .await;
    let not_found = refused(404, "Not Found", "/v2/site");
    wire.answer(line("DELETE", &target), 2, not_found).await;
    let client = wire.client();
    let variables = client.site(&site).variables();
    variables.delete(VariableId::new(9)).await.unwrap();
    let error = variables.delete(VariableId::new(9)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::NotFound, Delivery::Refused)
    );
}
