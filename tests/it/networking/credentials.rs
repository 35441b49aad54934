//! Clocks, keys and roles: what is cured, what stops everything, and what is only refused.

use std::time::Duration;

use datto_networking::networks::NewNetwork;
use datto_networking::nodes::NodeUpdate;
use datto_networking::signing::Nonces;
use datto_networking::vouchers::NewVoucher;
use datto_networking::{Client, Code, Error, ErrorKind, Family};
use simulator::{NetworkingKeyKind, Simulator, World, networking_role as role};

use super::{assert_refused, builder, rows, with_key, writer};
use crate::world::start;

const LIST: &str = "networking GET /network/list";

async fn listed(client: &Client) -> Result<usize, Error> {
    let networks = client.networks().list().collect_all().await?;
    Ok(networks.into_inner().len())
}

/// A simulator of the demo, and ids of Harbour Clinic and its first access point.
async fn demo() -> (Simulator, i64, i64) {
    let simulator = start(World::demo()).await;
    let (network, node) = simulator.with_world(|world| {
        let network = world.network_named("Harbour Clinic").expect("is there");
        (network.id, network.nodes[0].id)
    });
    (simulator, network, node)
}

#[tokio::test]
async fn clocks_that_are_off_are_learnt_once() {
    for signed in [true, false] {
        let (simulator, _, node) = demo().await;
        simulator.update_settings(|settings| settings.networking.sign_time = signed);
        let client = writer(&simulator);
        assert_eq!(listed(&client).await.expect("lists"), 4);
        assert!(client.clock_offset().is_zero());
        // A quarter of an hour is allowed, either way.
        simulator.advance(Duration::from_mins(14));
        listed(&client).await.expect("lists");
        assert!(client.clock_offset().is_zero());

        simulator.advance(Duration::from_hours(5));
        simulator.reset_counts();
        listed(&client).await.expect("lists");
        assert_eq!(simulator.count(LIST), 2, "refused and repeated");
        let off = client.clock_offset();
        assert!((5 * 3600..=6 * 3600).contains(&off.as_secs()), "{off}");
        // A write that was refused for its time was not done, and is done once.
        let before = simulator.writes();
        let update = NodeUpdate::default().name("Later");
        client
            .node(node.into())
            .update(&update)
            .await
            .expect("updates");
        assert_eq!(simulator.writes(), before + 1, "it is known already");
        assert_eq!(simulator.count(LIST), 2);
    }
}

#[tokio::test]
async fn nonces_are_shortened_and_never_repeated() {
    let (simulator, ..) = demo().await;
    simulator.update_settings(|settings| settings.networking.max_nonce = 12);
    let client = writer(&simulator);
    listed(&client).await.expect("lists");
    listed(&client).await.expect("lists");
    assert_eq!(simulator.count(LIST), 3, "the length is learnt once");

    let stuck = Nonces::from_source(|| "once".to_owned());
    let client = builder(&simulator).nonces(stuck).build().expect("builds");
    listed(&client).await.expect("lists");
    let error = listed(&client).await.expect_err("was used");
    assert_eq!(
        (error.kind(), Code::of(&error)),
        (ErrorKind::Config, Some(Code::NonceReused))
    );
    assert!(client.latched(Family::Networks).is_none());
}

/// F083: refused credentials stop everything until a person gives others.
#[tokio::test]
async fn f083_refused_keys_latch() {
    type Spoil = fn(&Simulator);
    let ways: [(Spoil, Code); 4] = [
        (Simulator::revoke_networking_key, Code::KeyNotAuthorized),
        (Simulator::expire_networking_key, Code::KeyExpired),
        (
            |simulator| simulator.set_networking_key("EXAMPLE-OTHER", "EXAMPLE-OTHER"),
            Code::KeyUnknown,
        ),
        (
            |simulator| simulator.set_networking_key(&simulator.networking_key(), "EXAMPLE-OTHER"),
            Code::WrongSignature,
        ),
    ];
    for (spoil, code) in ways {
        for status in [401, 403, 400] {
            let (simulator, network, _) = demo().await;
            simulator.update_settings(|settings| settings.networking.refusal_status = status);
            let client = writer(&simulator);
            listed(&client).await.expect("lists");
            spoil(&simulator);
            simulator.reset_counts();
            for _ in 0..3 {
                assert_refused(listed(&client).await, ErrorKind::Credentials, code);
                let other = client.network(network.into()).settings().get().await;
                assert_refused(other, ErrorKind::Credentials, code);
            }
            assert_eq!(simulator.requests().len(), 1, "{code}: asked once");
            let latched = client.latched(Family::Networks).expect("is latched");
            assert_eq!(Code::of(&latched), Some(code));
            // A person looked after it.
            let (key, secret) = simulator
                .add_networking_key(NetworkingKeyKind::Account)
                .expect("needs nothing");
            let other = with_key(&simulator, &key, &secret).build().expect("builds");
            assert_eq!(listed(&other).await.expect("lists"), 4);
            client.unlatch();
            assert_refused(listed(&client).await, ErrorKind::Credentials, code);
            assert_eq!(simulator.requests().len(), 3, "{code}: asked once more");
        }
    }
}

#[tokio::test]
async fn keys_that_reach_less_are_refused_without_latching() {
    let (simulator, network, node) = demo().await;
    let other = simulator.network_id("Vantage Legal").expect("is there");
    let client = writer(&simulator);
    let rename = || NodeUpdate::default().name("Changed");

    simulator.set_networking_read_only(true);
    let write = client.node(node.into()).update(&rename()).await;
    assert_refused(write, ErrorKind::Denied, Code::KeyReadOnly);
    let act = client.node(node.into()).reboot().await;
    assert_refused(act, ErrorKind::Denied, Code::KeyReadOnly);
    assert_eq!(listed(&client).await.expect("lists"), 4);
    simulator.set_networking_read_only(false);

    let narrow = |kind| simulator.set_networking_key_kind(kind).expect("is there");
    narrow(NetworkingKeyKind::Network(network));
    assert_eq!(listed(&client).await.expect("lists"), 1);
    client
        .node(node.into())
        .update(&rename())
        .await
        .expect("updates");
    let elsewhere = client.network(other.into()).settings().get().await;
    assert_refused(elsewhere, ErrorKind::Denied, Code::NetworkOfOtherKey);
    let new = NewNetwork::new("Annex", "example-password", "Europe/Amsterdam", "NL");
    let create = client.networks().create(&new).await;
    assert_refused(create, ErrorKind::Denied, Code::NotAnAccountKey);

    narrow(NetworkingKeyKind::Embed(network));
    assert_eq!(listed(&client).await.expect("lists"), 1);
    let write = client.node(node.into()).update(&rename()).await;
    assert_refused(write, ErrorKind::Denied, Code::KeyReadOnly);

    narrow(NetworkingKeyKind::Application);
    assert_refused(
        listed(&client).await,
        ErrorKind::Denied,
        Code::NoApiPrivilege,
    );
    assert!(
        Family::ALL
            .iter()
            .all(|family| client.latched(*family).is_none())
    );
    narrow(NetworkingKeyKind::Account);
    assert_eq!(listed(&client).await.expect("lists"), 4);
    assert!(simulator.network_actions().is_empty());
}

#[tokio::test]
async fn roles_say_who_may_do_what() {
    let (simulator, network, node) = demo().await;
    let other = simulator.network_id("Vantage Legal").expect("is there");
    let user = |account: i64, in_network: Option<i64>| {
        let id = simulator.with_world_mut(|world| {
            let email = format!("user-{account}-{in_network:?}@lighthouse.example");
            let id = world.add_networking_user(&email, "Somebody", account);
            let mut users = world.networking.users.iter_mut();
            let user = users.find(|user| user.id == id).expect("is there");
            user.networks.extend(in_network.map(|role| (network, role)));
            id
        });
        let pair = simulator.add_networking_key(NetworkingKeyKind::User(id));
        let (key, secret) = pair.expect("is there");
        let client = with_key(&simulator, &key, &secret).allow_writes().build();
        (id, client.expect("builds"))
    };
    let rename = || NodeUpdate::default().description("By somebody");
    let voucher = |code: &str| [NewVoucher::new(1, 1, 1.0, 1.0, 1).code(code)];
    let mut made = 0;
    for (granted, may_rename, may_sell) in [
        (role::NETWORK_EDITOR, true, true),
        (role::NETWORK_VIEWER, false, false),
        (role::VOUCHER_EDITOR, false, true),
    ] {
        let (id, client) = user(role::NETWORK_USER, Some(granted));
        assert_eq!(
            listed(&client).await.expect("lists"),
            1,
            "only what was granted"
        );
        let own = client.user(id.into()).network_role(network.into()).await;
        assert_eq!(own.expect("tells").get(), granted);
        let renamed = client.node(node.into()).update(&rename()).await;
        if may_rename {
            renamed.expect("updates");
        } else {
            assert_refused(renamed, ErrorKind::Denied, Code::ResourceNotPermitted);
        }
        made += 1;
        let vouchers = client.network(network.into()).vouchers();
        let sold = vouchers.create(&voucher(&format!("CODE{made}"))).await;
        if may_sell {
            assert_eq!(sold.expect("creates").len(), 1);
        } else {
            assert_refused(sold, ErrorKind::Denied, Code::ResourceNotPermitted);
        }
        let elsewhere = client.network(other.into()).settings().get().await;
        assert_refused(elsewhere, ErrorKind::Denied, Code::NetworkNotPermitted);
        let users = client.users().list().collect_all().await;
        assert_refused(users, ErrorKind::Denied, Code::RequestNotPermitted);
        assert!(
            Family::ALL
                .iter()
                .all(|family| client.latched(*family).is_none())
        );
    }

    let (_, manager) = user(role::GROUP_MANAGER, None);
    assert!(rows(manager.users().list().collect_all().await).len() > 4);
    let group = manager.groups().create("Ours").await;
    assert_refused(group, ErrorKind::Denied, Code::RequestNotPermitted);

    // Disabled users have no keys any more: that is the end of the key.
    let (id, client) = user(role::NETWORK_USER, Some(role::NETWORK_VIEWER));
    writer(&simulator)
        .user(id.into())
        .disable()
        .await
        .expect("disables");
    assert_refused(
        listed(&client).await,
        ErrorKind::Credentials,
        Code::KeyUnknown,
    );
    assert!(client.latched(Family::Networks).is_some());
}
