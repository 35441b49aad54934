//! What refusals mean: status first, then text, then code.

use client_core::Delivery;
use gravityzone::companies::{CompanyId, LicenseSubscription, NewCompany};
use gravityzone::{ErrorKind, RpcCode, is_license_refusal};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::console::{ACME, Answer, Console, ROOT};

const SCOPE: &str = "API Key is not allowed to access the selected API: companies";

struct Row(u16, i64, &'static str, ErrorKind);

/// Asks for a company by id.
async fn of_company(status: u16, code: i64, details: &'static str) -> gravityzone::Error {
    let console = Console::start(move |_| Answer::Status(status, code, details)).await;
    console
        .client()
        .company(&CompanyId::new(ACME))
        .get()
        .await
        .unwrap_err()
}

#[tokio::test]
async fn the_table_of_refusals() {
    use ErrorKind::{Conflict, Credentials, Denied, InvalidInput, NotFound, Scope, Server, Vendor};
    for Row(status, code, details, kind) in [
        Row(
            401,
            -32000,
            "Invalid API key or key from another console",
            Credentials,
        ),
        Row(403, -32000, SCOPE, Scope),
        Row(403, -32000, "You may not do this.", Denied),
        // The same refusal comes in other clothes from other services.
        Row(200, -32001, SCOPE, Scope),
        Row(200, -32000, SCOPE, Scope),
        Row(401, -32000, SCOPE, Scope),
        Row(200, -32001, "Authorization failed.", Denied),
        Row(
            200,
            -32000,
            "The license of the company does not include this.",
            Denied,
        ),
        Row(200, -32001, "Your licence has expired.", Denied),
        Row(200, -32002, "Nothing here.", NotFound),
        Row(200, -32602, "The company does not exist.", NotFound),
        Row(
            200,
            -32602,
            "Invalid value for 'parentId' parameter.",
            InvalidInput,
        ),
        Row(
            200,
            -32602,
            "A company with this name already exists.",
            Conflict,
        ),
        Row(200, -32000, "The name must be unique.", Conflict),
        Row(200, -32601, "The selected API is not available.", Vendor),
        Row(200, -32603, "Oops.", Server),
        Row(200, -32000, "Something of its own.", Vendor),
        Row(200, 4_050_003, "endpointIds is empty", InvalidInput),
        Row(200, 77, "A code of tomorrow.", Vendor),
        Row(500, -32602, "Whatever a broken server says.", Server),
        Row(
            400,
            -32602,
            "Invalid value for 'companyId' parameter.",
            InvalidInput,
        ),
        Row(404, -32002, "No such company.", NotFound),
    ] {
        let error = of_company(status, code, details).await;
        assert_eq!(error.kind(), kind, "{status} {code} {details}");
        assert_eq!(error.vendor_message(), Some(details), "{status} {code}");
        assert_eq!(error.status(), Some(status));
        assert_eq!(RpcCode::of(&error).map(RpcCode::get), Some(code));
    }
}

#[tokio::test]
async fn a_licence_is_told_from_a_right() {
    assert!(is_license_refusal(
        &of_company(200, -32000, "License restriction.").await
    ));
    assert!(!is_license_refusal(
        &of_company(200, -32001, "Authorization failed.").await
    ));
}

/// -32001 on a call about the key itself can only mean the key; on another one, the object.
#[tokio::test]
async fn an_authorization_error_on_a_self_call_is_about_the_key() {
    let console = Console::start(|_| Answer::Error(-32001, "Authorization failed.")).await;
    let client = console.client();
    assert_eq!(
        client.companies().own().await.unwrap_err().kind(),
        ErrorKind::Credentials
    );
    assert_eq!(
        client.general().api_key_details().await.unwrap_err().kind(),
        ErrorKind::Credentials
    );
    assert_eq!(
        client
            .company(&CompanyId::new(ACME))
            .get()
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::Denied
    );
    assert!(
        client.core().latched().is_none(),
        "the code alone does not condemn the key"
    );
}

/// A key that is surely dead is not tried again and again.
#[tokio::test]
async fn a_dead_key_sends_nothing_more() {
    let console = Console::start(|_| Answer::Status(401, -32000, "Invalid API key")).await;
    let client = console.client();
    for _ in 0..3 {
        assert_eq!(
            client.companies().own().await.unwrap_err().kind(),
            ErrorKind::Credentials
        );
    }
    assert_eq!(console.asked().len(), 1);
    client.core().unlatch();
    client.companies().own().await.unwrap_err();
    assert_eq!(console.asked().len(), 2);
}

/// Scope is about one API: the key goes on working for others.
#[tokio::test]
async fn a_missing_scope_is_no_dead_key() {
    let console = Console::start(|asked| match asked.path.as_str() {
        "/v1.0/jsonrpc/companies" => Answer::Status(401, -32000, SCOPE),
        _ => Answer::Result(json!({"subscriptionType": 1})),
    })
    .await;
    let client = console.client();
    assert_eq!(
        client.companies().own().await.unwrap_err().kind(),
        ErrorKind::Scope
    );
    client.licensing().own().await.unwrap();
}

async fn raw(template: ResponseTemplate) -> gravityzone::Error {
    let console = Console::start(move |_| Answer::Raw(template.clone())).await;
    console
        .client()
        .company(&CompanyId::new(ACME))
        .get()
        .await
        .unwrap_err()
}

#[tokio::test]
async fn answers_without_json() {
    let page =
        |status| ResponseTemplate::new(status).set_body_raw("<html>nginx</html>", "text/html");
    let unauthorized = raw(page(401)).await;
    assert_eq!(unauthorized.kind(), ErrorKind::Credentials);
    assert_eq!(raw(page(403)).await.kind(), ErrorKind::Denied);
    // A wrong path must never look like a company that is gone.
    let wrong_path = raw(page(404)).await;
    assert_eq!(wrong_path.kind(), ErrorKind::Config);
    assert!(wrong_path.message().contains("access URL"));
    assert_eq!(raw(page(405)).await.kind(), ErrorKind::Config);
    assert_eq!(raw(page(502)).await.kind(), ErrorKind::Server);
    let redirect =
        ResponseTemplate::new(302).insert_header("location", "https://elsewhere.invalid/");
    assert_eq!(raw(redirect).await.kind(), ErrorKind::Malformed);
}

#[tokio::test]
async fn odd_error_objects_are_read() {
    for (error, words) in [
        (
            json!({"code": "-32602", "message": "Invalid params"}),
            "Invalid params",
        ),
        (
            json!({"code": -32602, "message": "Invalid params", "data": []}),
            "Invalid params",
        ),
        (
            json!({"code": -32602, "message": "Invalid params", "data": "bad id"}),
            "bad id",
        ),
        (
            json!({"code": -32602, "message": "x", "data": {"details": ["bad", "id"]}}),
            "[\"bad\",\"id\"]",
        ),
    ] {
        let console = Console::start(move |asked| {
            let body = json!({"id": asked.id, "jsonrpc": "2.0", "error": error});
            Answer::Raw(ResponseTemplate::new(200).set_body_json(body))
        })
        .await;
        let error = console
            .client()
            .company(&CompanyId::new(ACME))
            .get()
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.vendor_message()),
            (ErrorKind::InvalidInput, Some(words))
        );
    }
}

/// An error about the key may come without the id, and is understood all the same.
#[tokio::test]
async fn an_error_without_an_id_is_read() {
    let body = json!({"id": null, "jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}});
    let error = raw(ResponseTemplate::new(200).set_body_json(body)).await;
    assert_eq!(error.kind(), ErrorKind::Vendor);
}

/// F040: a refused creation made nothing; "Server error" without a word of detail may have.
#[tokio::test]
async fn f040_refused_creations_say_whether_they_were_done() {
    for (code, details, kind, delivery) in [
        (
            -32602,
            "A company with this name already exists.",
            ErrorKind::Conflict,
            Delivery::Refused,
        ),
        (-32000, "", ErrorKind::Vendor, Delivery::Unknown),
        (-32603, "", ErrorKind::Server, Delivery::Unknown),
    ] {
        let console = Console::start(move |_| Answer::Error(code, details)).await;
        let new = NewCompany::customer("Acme", LicenseSubscription::trial()).parent(ROOT.into());
        let error = console.client().companies().create(&new).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (kind, delivery), "{code}");
        assert_eq!(console.asked().len(), 1);
    }
}
