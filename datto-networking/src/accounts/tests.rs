use client_core::ErrorKind;
use serde_json::json;

use super::{KeyKind, Login, audit_log, login, update};

fn log_in(body: &str) -> Login {
    login("ada", &"canary".into())
        .decode(body.as_bytes())
        .unwrap()
}

#[test]
fn a_log_in_is_read_and_not_printed() {
    let login = log_in(
        r#"{"key":"canary-k","secret":"canary-s","expire":"1767225600","type":"network","type_value":204511,"read_only":"1",
        "last_network_name":"","last_network_id":"204511","later":"canary"}"#,
    );
    assert_eq!(login.expires_at().unwrap().as_second(), 1_767_225_600);
    assert_eq!(
        (login.kind.clone(), login.type_value.as_deref()),
        (Some(KeyKind::Network), Some("204511"))
    );
    assert_eq!(
        (login.read_only, login.last_network_name.as_ref()),
        (Some(true), None)
    );
    assert_eq!(login.last_network_id.unwrap().get(), 204_511);
    assert!(!format!("{login:?}").contains("canary"));
    for body in [
        r#"{"key":"k","expire":0}"#,
        r#"{"key":"k","expire":""}"#,
        r#"{"key":"k","expire":-1}"#,
    ] {
        assert_eq!(log_in(body).expires_at(), None, "{body}");
    }
    let call = login_call("ada", "canary");
    assert!(
        call.decode(br#"{"code":1009,"message":"Success."}"#)
            .is_err()
    );
}

fn login_call(name: &str, password: &str) -> client_core::Call<Login> {
    login(name, &password.into())
}

#[test]
fn blank_names_are_refused() {
    for call in [login_call(" ", "x"), login_call("ada", "")] {
        assert_eq!(call.check().unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    assert_eq!(
        update(9.into(), " ").check().unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
}

#[test]
fn audit_events_are_read_in_every_form() {
    let fields = r#""date":"2025-02-11T08:14:55Z","remote_address":"198.51.100.4","account_id":9,"user_id":"88",
        "user_email":"ada@example.com","support":0,"network_id":204511,"network_name":"Harbour Clinic","user_action":"create",
        "target_type":"ssid","target_id":1"#;
    for body in [
        format!(
            r#"{{"log_events":[{{"event_id":"e1",{fields},
            "fields":[{{"field":"a.b","old_value":null,"new_value":"canary"}}]}}]}}"#
        ),
        format!(
            r#"{{"log_events":{{"e1":{{{fields},"fields":{{"a.b":{{"new_value":"canary"}}}}}}}}}}"#
        ),
    ] {
        let events = audit_log(9.into()).decode(body.as_bytes()).unwrap();
        let event = &events.into_strict().unwrap()[0];
        assert_eq!(
            (event.id.as_str(), event.user_id.unwrap().get()),
            ("e1", 88)
        );
        assert_eq!(event.date.unwrap().as_second(), 1_739_261_695);
        assert_eq!(
            (event.support, event.target_id.as_deref()),
            (Some(false), Some("1"))
        );
        assert_eq!(
            (event.user_action.as_deref(), event.target_type.as_deref()),
            (Some("create"), Some("ssid"))
        );
        assert_eq!(
            (event.remote_address.as_deref(), event.user_email.as_deref()),
            (Some("198.51.100.4"), Some("ada@example.com"))
        );
        assert_eq!(
            (
                event.account_id.unwrap().get(),
                event.network_id.unwrap().get()
            ),
            (9, 204_511)
        );
        assert_eq!(event.network_name.as_deref(), Some("Harbour Clinic"));
        let change = &event.fields.as_ref().unwrap()[0];
        assert_eq!(change.field.as_deref(), Some("a.b"));
        assert_eq!(
            change.new_value.as_ref().unwrap().expose(),
            &json!("canary")
        );
        assert!(change.old_value.is_none() && !format!("{event:?}").contains("canary"));
    }
    assert!(
        audit_log(9.into())
            .decode(br#"{"log_events":[]}"#)
            .unwrap()
            .is_empty()
    );
    let rows = audit_log(9.into()).decode(br#"{"log_events":[{"user_email":"a"}]}"#);
    assert!(rows.unwrap().into_strict().is_err());
}
