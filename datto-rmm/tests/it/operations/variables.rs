//! Variables of the account and of sites.

use datto_rmm::variables::{NewVariable, VariableId, VariableUpdate, VariableValue};
use wiremock::matchers::headers;
use wiremock::{Mock, ResponseTemplate};

use super::Case;
use crate::support::{Exactly, SITE, json, line};

pub(super) async fn account_variables(case: &Case) {
    let body = r#"{"pageDetails":{"count":2,"totalCount":2,"prevPageUrl":null,"nextPageUrl":null},"variables":[
        {"id":2,"name":"Tier","value":"gold","masked":false},{"id":1,"name":"Key","value":"********","masked":true}]}"#;
    case.wire
        .answer(
            line("GET", "/api/v2/account/variables?max=250&page=0"),
            2,
            json(200, body),
        )
        .await;
    let variables = case.client.account().variables();
    let all = variables.list().collect_all().await.unwrap();
    assert_eq!(
        all.as_slice()[0].value.as_ref().map(VariableValue::expose),
        Some("gold")
    );
    assert_eq!(
        (
            all.as_slice()[1].value.clone(),
            all.as_slice()[1].is_masked()
        ),
        (None, true)
    );
    assert_eq!(
        variables.find("Key").await.unwrap().unwrap().id,
        VariableId::new(1)
    );
}

pub(super) async fn site_variables(case: &Case) {
    let body = r#"{"pageDetails":{"count":1,"totalCount":1},"variables":[{"id":9,"name":"Tier","value":null,"masked":null}]}"#;
    let target = format!("/api/v2/site/{SITE}/variables?max=250&page=0");
    case.wire
        .answer(line("GET", target), 3, json(200, body))
        .await;
    let variables = case.client.site(&case.site).variables();
    assert_eq!(
        variables.list().collect_all().await.unwrap().as_slice()[0].value,
        None
    );
    assert_eq!(
        variables.find("Tier").await.unwrap().unwrap().id,
        VariableId::new(9)
    );
    assert_eq!(
        variables.find("tier").await.unwrap(),
        None,
        "names are compared exactly"
    );
}

pub(super) async fn site_variable_writes(case: &Case) {
    let empty = || ResponseTemplate::new(200);
    Mock::given(line("PUT", format!("/api/v2/site/{SITE}/variable")))
        .and(Exactly(r#"{"name":"Tier","value":"gold","masked":false}"#))
        .and(headers("accept", vec!["application/json"]))
        .respond_with(empty())
        .expect(1)
        .mount(&case.wire.server)
        .await;
    Mock::given(line("POST", format!("/api/v2/site/{SITE}/variable/9")))
        .and(Exactly(r#"{"name":"Tier","value":"silver"}"#))
        .respond_with(ResponseTemplate::new(204))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    Mock::given(line("DELETE", format!("/api/v2/site/{SITE}/variable/9")))
        .and(Exactly(""))
        .respond_with(empty())
        .expect(1)
        .mount(&case.wire.server)
        .await;
    let variables = case.client.site(&case.site).variables();
    variables
        .create(&NewVariable::new("Tier", VariableValue::new("gold")))
        .await
        .unwrap();
    let update = VariableUpdate::new("Tier", VariableValue::new("silver"));
    variables.update(VariableId::new(9), &update).await.unwrap();
    variables.delete(VariableId::new(9)).await.unwrap();
}

pub(super) async fn account_variable_writes(case: &Case) {
    Mock::given(line("PUT", "/api/v2/account/variable"))
        .and(Exactly(r#"{"name":"Tier","value":"CANARY","masked":true}"#))
        .respond_with(ResponseTemplate::new(200))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    Mock::given(line("POST", "/api/v2/account/variable/9"))
        .and(Exactly(r#"{"name":"Tier","value":"silver"}"#))
        .respond_with(ResponseTemplate::new(200))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    Mock::given(line("DELETE", "/api/v2/account/variable/9"))
        .and(Exactly(""))
        .respond_with(ResponseTemplate::new(204))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    let variables = case.client.account().variables();
    let new = NewVariable::new("Tier", VariableValue::new("CANARY")).masked();
    variables.create(&new).await.unwrap();
    let update = VariableUpdate::new("Tier", VariableValue::new("silver"));
    variables.update(VariableId::new(9), &update).await.unwrap();
    variables.delete(VariableId::new(9)).await.unwrap();
}
