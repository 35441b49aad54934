//! Users, and the keys of one's own.

use client_core::ExposeSecret;
use datto_rmm::WireTime;
use datto_rmm::users::ReplaceMyKeys;
use wiremock::Mock;

use super::Case;
use crate::support::{Exactly, assert_no_secret, json, line};

pub(super) async fn list(case: &Case) {
    let body = r#"{"pageDetails":{"count":2,"totalCount":2,"prevPageUrl":null,"nextPageUrl":null},"users":[
        {"lastName":"Example","firstName":"Ada","username":"ada","email":"ada@example.com","telephone":"0800","status":"Active",
        "created":1767225600000,"lastAccess":1767225600000,"disabled":false,"new":[]},{"lastName":null,"firstName":null,
        "username":"bob","email":null,"telephone":null,"status":null,"created":null,"lastAccess":null,"disabled":null}]}"#;
    let target = "/api/v2/account/users?max=250&page=0";
    case.wire
        .answer(line("GET", target), 1, json(200, body))
        .await;
    let users = case.client.users().list().collect_all().await.unwrap();
    let [ada, bob] = users.as_slice() else {
        panic!("two users")
    };
    assert_eq!(
        (ada.first_name.as_deref(), ada.last_name.as_deref()),
        (Some("Ada"), Some("Example"))
    );
    assert_eq!(
        (ada.username.as_deref(), ada.email.as_deref()),
        (Some("ada"), Some("ada@example.com"))
    );
    assert_eq!(
        (ada.telephone.as_deref(), ada.status.as_deref()),
        (Some("0800"), Some("Active"))
    );
    let created = ada.created.as_ref().and_then(WireTime::timestamp);
    assert_eq!(created.unwrap().as_second(), 1_767_225_600);
    assert_eq!(
        (&ada.last_access, ada.disabled),
        (&ada.created, Some(false))
    );
    assert_eq!(
        (&bob.last_access, &bob.email, bob.disabled),
        (&None, &None, None)
    );
}

pub(super) async fn reset_api_keys(case: &Case) {
    let body = r#"{"apiAccessKey":"CANARY-NEW-KEY","apiSecretKey":"CANARY-NEW-SECRET","userName":"ada","new":1}"#;
    Mock::given(line("POST", "/api/v2/user/resetApiKeys"))
        .and(Exactly(""))
        .respond_with(json(200, body))
        .expect(1)
        .mount(&case.wire.server)
        .await;
    let consent = ReplaceMyKeys::and_lock_out_everything_that_uses_them();
    let keys = case.client.user().reset_api_keys(consent).await.unwrap();
    assert_no_secret(&format!("{keys:?}"));
    assert_eq!(keys.user_name.as_deref(), Some("ada"));
    let (key, secret) = keys.pair().unwrap();
    assert_eq!(
        (key.expose_secret(), secret.expose_secret()),
        ("CANARY-NEW-KEY", "CANARY-NEW-SECRET")
    );
}
