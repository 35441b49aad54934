use client_core::ErrorKind;
use serde_json::json;

use super::{CreatedUser, NewUser, User, UserUpdate, change, create, get, list, password};

const PERMISSIONS: [&str; 2] = [
    r#"{"all_networks":[{"network_id":1,"role_id":3},{"network_id":2,"role_id":4}],
        "assigned_networks":[{"network_id":1,"role_id":3}],"assigned_networkgroups":[{"networkgroup_id":31,"role_id":4}]}"#,
    r#"{"all_networks":{"2":{"role_id":"4"},"1":{"role_id":"3"}},
        "assigned_networks":{"1":{"role_id":3}},"assigned_networkgroups":{"31":{"role_id":4}}}"#,
];

fn read(body: &str) -> User {
    get(88.into()).decode(body.as_bytes()).unwrap()
}

#[test]
fn every_field_is_read() {
    for permissions in PERMISSIONS {
        let user = read(&format!(
            r#"{{"email":"ada@example.com","name":"Ada","notes":"n","role_id":"7","account_id":9,"enabled":1,"verified":false,
            "permissions":{permissions},"later":1}}"#
        ));
        assert_eq!(
            (user.id.get(), user.email.as_deref()),
            (88, Some("ada@example.com"))
        );
        assert_eq!(
            (user.name.as_deref(), user.notes.as_deref()),
            (Some("Ada"), Some("n"))
        );
        assert_eq!(
            (user.role_id.unwrap().get(), user.account_id.unwrap().get()),
            (7, 9)
        );
        assert_eq!((user.enabled, user.verified), (Some(true), Some(false)));
        assert_eq!(user.extra.get("later"), Some(&json!(1)));
        let permissions = user.permissions.unwrap();
        let roles = |roles: Option<Vec<super::NetworkRole>>| -> Vec<(i64, i64)> {
            let roles = roles.unwrap().into_iter();
            roles
                .map(|role| (role.network_id.unwrap().get(), role.role_id.unwrap().get()))
                .collect()
        };
        assert_eq!(roles(permissions.all_networks), [(1, 3), (2, 4)]);
        assert_eq!(roles(permissions.assigned_networks), [(1, 3)]);
        let group = &permissions.assigned_networkgroups.unwrap()[0];
        assert_eq!(
            (
                group.networkgroup_id.unwrap().get(),
                group.role_id.unwrap().get()
            ),
            (31, 4)
        );
    }
}

#[test]
fn a_listing_comes_as_a_list_or_a_map() {
    let fields = r#""email":"ada@example.com","created":"2025-02-11T08:14:55Z","highest_network_role_id":4,"notes":"""#;
    for body in [
        format!(r#"{{"users":[{{"user_id":88,{fields}}}]}}"#),
        format!(r#"{{"users":{{"88":{{{fields}}}}}}}"#),
    ] {
        let users = list()
            .decode(body.as_bytes())
            .unwrap()
            .into_strict()
            .unwrap();
        assert_eq!((users[0].id.get(), users[0].notes.as_ref()), (88, None));
        assert_eq!(users[0].created.unwrap().as_second(), 1_739_261_695);
        assert_eq!(users[0].highest_network_role_id.unwrap().get(), 4);
    }
    assert!(list().decode(br#"{"users":{}}"#).unwrap().is_empty());
    for body in [
        "{}",
        r#"{"users":null}"#,
        r#"{"code":1009,"message":"Success."}"#,
    ] {
        assert!(list().decode(body.as_bytes()).is_err(), "{body}");
    }
    let rows =
        list().decode(br#"{"users":[{"email":"a"},{"user_id":1},{"user_id":2,"email":"b"}]}"#);
    let read = rows
        .unwrap()
        .into_iter()
        .filter(|row| row.as_item().is_some());
    assert_eq!(
        read.count(),
        1,
        "without an id, and with nothing else, there is no user"
    );
}

#[test]
fn another_answer_is_no_user() {
    for body in [r#"{"code":1009,"message":"Success."}"#, "{}", "[]"] {
        assert!(get(88.into()).decode(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn tokens_are_not_printed() {
    let created: CreatedUser =
        serde_json::from_value(json!({"user_id": "88", "token": "canary", "email": "a"})).unwrap();
    assert_eq!(
        (created.id.get(), created.token.as_ref().unwrap().expose()),
        (88, "canary")
    );
    assert!(!format!("{created:?}").contains("canary"));
}

#[test]
fn unusable_users_and_passwords_are_refused() {
    for (email, name) in [("", "Ada"), ("ada@example.com", " ")] {
        let error = create(&NewUser::new(email, name, 1.into()))
            .check()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    for update in [UserUpdate::default(), UserUpdate::default().name(" ")] {
        assert!(change(1.into(), &update).check().is_err(), "{update:?}");
    }
    assert!(
        change(1.into(), &UserUpdate::default().notes(""))
            .check()
            .is_ok()
    );
    for (length, fine) in [(7, false), (8, true), (50, true), (51, false)] {
        let call = password(1.into(), &"old".into(), &"é".repeat(length).into());
        assert_eq!(call.check().is_ok(), fine, "{length}");
    }
}
