//! The envelope, and answers that are none.

use gravityzone::ErrorKind;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::console::{Answer, Console, KEY, root};

#[tokio::test]
async fn a_request_has_all_four_members_and_the_key_as_user() {
    let console = Console::with(&[("getCompanyDetails", root())]).await;
    let client = console.own_http_builder().build().unwrap();
    client.companies().own().await.unwrap();
    client.companies().own().await.unwrap();

    let requests = console.requests().await;
    let request = &requests[0];
    assert_eq!(request.method.as_str(), "POST");
    assert_eq!(request.url.path(), "/api/v1.0/jsonrpc/companies");
    assert_eq!(request.headers["content-type"], "application/json");
    // base64 of "fake-api-key-0123456789+/abcdef:": the colon and no password.
    assert_eq!(
        request.headers["authorization"],
        "Basic ZmFrZS1hcGkta2V5LTAxMjM0NTY3ODkrL2FiY2RlZjo="
    );
    let text = String::from_utf8(request.body.clone()).unwrap();
    assert_eq!(
        text,
        r#"{"id":"1","jsonrpc":"2.0","method":"getCompanyDetails","params":{}}"#
    );
    let asked = console.asked();
    assert_ne!(asked[0].id, asked[1].id, "each request has its own id");
    assert!(asked[0].id.is_string());
}

async fn own_error(template: fn(&serde_json::Value) -> ResponseTemplate) -> gravityzone::Error {
    let console = Console::start(move |asked| Answer::Raw(template(&asked.id))).await;
    console.client().companies().own().await.unwrap_err()
}

#[tokio::test]
async fn a_foreign_or_missing_id_is_an_error() {
    for template in [
        (|_: &_| {
            ResponseTemplate::new(200)
                .set_body_json(json!({"id": "999", "jsonrpc": "2.0", "result": root()}))
        }) as fn(&serde_json::Value) -> ResponseTemplate,
        |_| ResponseTemplate::new(200).set_body_json(json!({"jsonrpc": "2.0", "result": root()})),
        |_| {
            ResponseTemplate::new(200)
                .set_body_json(json!({"id": null, "jsonrpc": "2.0", "result": root()}))
        },
        |_| {
            let error = json!({"code": -32002, "message": "Resource not found"});
            ResponseTemplate::new(200)
                .set_body_json(json!({"id": "999", "jsonrpc": "2.0", "error": error}))
        },
        // A batch.
        |id| {
            ResponseTemplate::new(200)
                .set_body_json(json!([{"id": id, "jsonrpc": "2.0", "result": root()}]))
        },
    ] {
        let error = own_error(template).await;
        assert_eq!(error.kind(), ErrorKind::Malformed, "{error}");
    }
}

#[tokio::test]
async fn an_id_may_come_back_as_a_number() {
    let console = Console::start(|asked| {
        let id: i64 = asked.id.as_str().unwrap().parse().unwrap();
        Answer::Raw(
            ResponseTemplate::new(200)
                .set_body_json(json!({"id": id, "jsonrpc": "2.0", "result": root()})),
        )
    })
    .await;
    assert_eq!(
        console.client().companies().own().await.unwrap().name,
        "Example Partner"
    );
}

#[tokio::test]
async fn html_and_rubbish_with_status_200_are_malformed() {
    let error =
        own_error(|_| ResponseTemplate::new(200).set_body_raw("<html>Sign in</html>", "text/html"))
            .await;
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("web page"), "{error}");
    assert!(error.attempts() > 1, "a read is asked again");
    let error = own_error(|_| {
        ResponseTemplate::new(200).set_body_raw("{\"id\":\"1\",", "application/json")
    })
    .await;
    assert_eq!(error.kind(), ErrorKind::Malformed);
    let error = own_error(|_| ResponseTemplate::new(200)).await;
    assert_eq!(error.kind(), ErrorKind::Malformed);
}

#[tokio::test]
async fn a_result_of_another_shape_names_its_field() {
    let console = Console::with(&[(
        "getCompanyDetails",
        json!({"id": "a", "name": ["canary"], "type": 0}),
    )])
    .await;
    let error = console.client().companies().own().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.decode_path()),
        (ErrorKind::Decode, Some("result.name"))
    );
    assert!(!error.to_string().contains("canary"), "{error}");
}

/// An error wins over a result, and a void method takes any absence of one.
#[tokio::test]
async fn error_null_is_success_and_error_wins_over_result() {
    let console = Console::start(|asked| {
        let body = json!({"id": asked.id, "jsonrpc": "2.0", "error": null, "result": root()});
        Answer::Raw(ResponseTemplate::new(200).set_body_json(body))
    })
    .await;
    assert!(console.client().companies().own().await.is_ok());

    let error = own_error(|id| {
        let error = json!({"code": -32002, "message": "Resource not found", "data": {}});
        ResponseTemplate::new(200)
            .set_body_json(json!({"id": id, "jsonrpc": "2.0", "error": error, "result": root()}))
    })
    .await;
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

/// The key is in no text that anybody sees, even if the vendor repeats it.
#[tokio::test]
async fn the_key_is_in_no_error() {
    let console = Console::start(|_| {
        let body = json!({
            "id": null,
            "jsonrpc": "2.0",
            "error": {"code": -32000, "message": "Server error", "data": {"details": format!("Invalid API key {KEY}")}},
        });
        Answer::Raw(ResponseTemplate::new(401).set_body_json(body))
    })
    .await;
    let client = console.client();
    let error = client.companies().own().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    let texts = [
        format!("{error}"),
        format!("{error:?}"),
        format!("{client:?}"),
        format!("{:?}", client.core().latched()),
    ];
    for text in texts {
        assert!(!text.contains(KEY), "{text}");
        assert!(!text.contains("ZmFrZS1hcGkta2V5"), "{text}");
    }
    assert!(error.vendor_message().unwrap().contains("***"));
}
