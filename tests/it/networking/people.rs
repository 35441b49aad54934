//! The account, its users, their keys and roles.

use datto_networking::networks::{NetworkId, RoleId};
use datto_networking::users::{AccountId, NewUser, UserId, UserUpdate};
use datto_networking::{Code, ErrorKind, Secret};
use simulator::{NetworkingKeyKind, networking_role as role};

use super::{Estate, assert_refused, noting, rows, with_key};

pub(super) async fn come_and_go(estate: &Estate) {
    let user = users_are_kept(estate).await;
    keys_are_made(estate, user).await;
    owners_look_after_themselves(estate).await;
    people_log_in(estate).await;
    estate.client.user(user).delete().await.expect("deletes");
    assert_eq!(estate.client.user(user).find().await.expect("looks"), None);
    the_account_is_handed_over(estate).await;
}

fn owner(estate: &Estate) -> UserId {
    UserId::new(estate.simulator.with_world(|world| world.networking.owner))
}

async fn users_are_kept(estate: &Estate) -> UserId {
    let Estate {
        simulator, client, ..
    } = estate;
    let admin = RoleId::new(role::ACCOUNT_ADMIN);
    let new = NewUser::new("sam@lighthouse.example", "Sam", admin).notes("Mondays");
    let made = client.users().create(&new).await.expect("creates");
    assert!(made.token.is_some());
    let id = made.id;
    let again = client.users().create(&new).await;
    assert_refused(again, ErrorKind::Conflict, Code::EmailTaken);
    let listed = rows(client.users().list().collect_all().await);
    let mut told: Vec<_> = listed.iter().map(|user| user.id.get()).collect();
    let mut known: Vec<_> =
        simulator.with_world(|world| world.networking.users.iter().map(|user| user.id).collect());
    told.sort_unstable();
    known.sort_unstable();
    assert_eq!(told, known);

    let update = UserUpdate::default().name("Sam Keeper").notes("Tuesdays");
    client.user(id).update(&update).await.expect("updates");
    let read = client.user(id).get().await.expect("tells");
    assert_eq!(
        (
            read.name.as_deref(),
            read.notes.as_deref(),
            read.role_id,
            read.verified
        ),
        (
            Some("Sam Keeper"),
            Some("Tuesdays"),
            Some(admin),
            Some(false)
        )
    );
    let all = read
        .permissions
        .expect("has them")
        .all_networks
        .expect("has them");
    assert_eq!(
        all.len(),
        simulator.with_world(|world| world.networks.len())
    );
    let found = client
        .users()
        .find("sam@lighthouse.example")
        .await
        .expect("finds");
    assert_eq!(found.map(|user| user.id), Some(id));
    let token = client.user(id).password_token().await.expect("gives");
    assert_eq!(token.user_id, Some(id));
    assert!(token.token.is_some());
    id
}

async fn keys_are_made(estate: &Estate, user: UserId) {
    let Estate {
        simulator, client, ..
    } = estate;
    let keys = client.user(user).keys();
    let made = keys.create().await.expect("creates");
    let listed = rows(keys.list().collect_all().await);
    assert_eq!(listed.len(), 1);
    // The key itself is told once.
    assert_eq!(
        (listed[0].id, &listed[0].secret, &listed[0].key),
        (made.id, &made.secret, &None)
    );
    let (key, secret) = (made.key.expect("has one"), made.secret.expect("has one"));
    let theirs = with_key(simulator, key.expose(), secret.expose())
        .build()
        .expect("builds");
    assert!(!rows(theirs.networks().list().collect_all().await).is_empty());

    // Disabled users lose their keys, and get none back.
    client.user(user).disable().await.expect("disables");
    let refused = theirs.networks().list().collect_all().await;
    assert_refused(refused, ErrorKind::Credentials, Code::KeyUnknown);
    let while_disabled = keys.create().await;
    assert_refused(while_disabled, ErrorKind::Denied, Code::UserDisabled);
    client.user(user).enable().await.expect("enables");
    assert!(rows(keys.list().collect_all().await).is_empty());
    let mut made = Vec::new();
    for _ in 0..10 {
        made.push(keys.create().await.expect("creates").id);
    }
    assert_refused(keys.create().await, ErrorKind::Conflict, Code::TooManyKeys);
    for id in made {
        keys.delete(id).await.expect("deletes");
    }

    let own = client.keys().create().await.expect("creates");
    let of_owner = client.user(owner(estate)).keys();
    let listed = rows(of_owner.list().collect_all().await);
    assert!(listed.iter().any(|key| key.id == own.id));
    client.keys().delete(own.id).await.expect("deletes");
    assert!(rows(of_owner.list().collect_all().await).is_empty());
}

async fn owners_look_after_themselves(estate: &Estate) {
    let Estate {
        simulator, client, ..
    } = estate;
    let own = client.user(owner(estate));
    let network = NetworkId::new(simulator.network_id("Vantage Legal").expect("is there"));
    let role = own.network_role(network).await.expect("tells");
    assert_eq!(role, RoleId::new(role::NETWORK_EDITOR));
    let account = own.account().await.expect("tells");
    assert_eq!(account.role_id, Some(RoleId::new(role::ACCOUNT_ADMIN)));
    simulator.with_world_mut(|world| {
        let account = &mut world.networking;
        account.service_agreement = false;
        account.users[0].service_agreement = false;
    });
    assert!(!own.service_agreement().await.expect("tells"));
    own.accept_service_agreement().await.expect("accepts");
    assert!(own.service_agreement().await.expect("tells"));
    assert!(!client.accounts().service_agreement().await.expect("tells"));
    client
        .accounts()
        .accept_service_agreement()
        .await
        .expect("accepts");
    assert!(client.accounts().service_agreement().await.expect("tells"));

    let (old, new) = (
        Secret::new("example-password"),
        Secret::new("EXAMPLE-PASSWORD-2"),
    );
    own.update_password(&old, &new).await.expect("changes");
    let again = own.update_password(&old, &new).await;
    assert_refused(again, ErrorKind::InvalidInput, Code::WrongPassword);
}

async fn people_log_in(estate: &Estate) {
    let Estate { simulator, ran, .. } = estate;
    let password = Secret::new("EXAMPLE-PASSWORD-2");
    let account = estate
        .client
        .accounts()
        .login("robin@lighthouse.example", &password)
        .await;
    assert_refused(account, ErrorKind::Denied, Code::AccountKeyNotAllowed);

    let (key, secret) = simulator
        .add_networking_key(NetworkingKeyKind::Application)
        .expect("needs nothing");
    let application = noting(with_key(simulator, &key, &secret), ran);
    let application = application.allow_writes().build().expect("builds");
    let login = application
        .accounts()
        .login("robin@lighthouse.example", &password)
        .await;
    let login = login.expect("logs in");
    assert_eq!(login.read_only, Some(false));
    let expires = login.expires_at().expect("is told").as_millisecond();
    assert!(expires > simulator.now_ms());
    let (key, secret) = (login.key.expect("has one"), login.secret.expect("has one"));
    let robin = with_key(simulator, key.expose(), secret.expose())
        .build()
        .expect("builds");
    assert!(!rows(robin.networks().list().collect_all().await).is_empty());

    // Not the key's fault: nothing is latched.
    let wrong = Secret::new("EXAMPLE-WRONG");
    for _ in 0..5 {
        let refused = application
            .accounts()
            .login("robin@lighthouse.example", &wrong)
            .await;
        assert_refused(refused, ErrorKind::InvalidInput, Code::WrongPassword);
    }
    let locked = application
        .accounts()
        .login("robin@lighthouse.example", &password)
        .await;
    assert_refused(locked, ErrorKind::Vendor, Code::LoginAttemptsUsedUp);
    let elsewhere = application.networks().list().collect_all().await;
    assert_refused(elsewhere, ErrorKind::Denied, Code::NoApiPrivilege);
}

async fn the_account_is_handed_over(estate: &Estate) {
    let Estate {
        simulator, client, ..
    } = estate;
    let id = simulator.with_world(|world| world.networking.id);
    let account = client.account(AccountId::new(id));
    account
        .update("Lighthouse and Sons")
        .await
        .expect("updates");
    assert_eq!(
        simulator.with_world(|world| world.networking.name.clone()),
        "Lighthouse and Sons"
    );
    let log = rows(account.audit_log().collect_all().await);
    assert_eq!(
        log.len(),
        simulator.with_world(|world| world.networking.audit.len())
    );
    let renamed = log
        .iter()
        .rfind(|event| event.target_type.as_deref() == Some("account"));
    let renamed = renamed.expect("is noted");
    assert_eq!(
        (
            renamed.user_action.as_deref(),
            renamed.user_id,
            renamed.target_id.as_deref()
        ),
        (
            Some("update"),
            Some(owner(estate)),
            Some(id.to_string().as_str())
        )
    );
    let change = &renamed.fields.as_ref().expect("has them")[0];
    assert_eq!(
        (
            change.field.as_deref(),
            change
                .new_value
                .as_ref()
                .and_then(|value| value.expose().as_str())
        ),
        (Some("name"), Some("Lighthouse and Sons"))
    );

    let heir = simulator.with_world_mut(|world| {
        world.add_networking_user("kim@lighthouse.example", "Kim", role::GROUP_MANAGER)
    });
    account
        .update_owner(UserId::new(heir))
        .await
        .expect("hands over");
    assert_eq!(owner(estate), UserId::new(heir));
    let nobody = client
        .account(AccountId::new(id + 1))
        .update("Others")
        .await;
    assert_refused(nobody, ErrorKind::NotFound, Code::AccountNotFound);
}
