//! Networks, their settings, files and groups.

use datto_networking::files::{FileRole, NewFile};
use datto_networking::networks::{NetworkId, NewNetwork, RoleId};
use datto_networking::settings::{
    FirmwareRelease, General, Network, NetworkSettings, Ssid, SsidGeneral, WifiAuth,
};
use datto_networking::users::UserId;
use datto_networking::{Code, ErrorKind};
use serde_json::Value;
use simulator::networking_role as role;

use super::{Estate, assert_refused, rows, with_key};

pub(super) async fn are_made_changed_and_deleted(estate: &Estate) {
    are_found(estate).await;
    settings_are_told_as_differences(estate).await;
    files_come_and_go(estate).await;
    groups_hold_networks(estate).await;
    embedded_dashboards_see_one_network(estate).await;
}

fn harbour(estate: &Estate) -> NetworkId {
    let id = estate.simulator.network_id("Harbour Clinic");
    NetworkId::new(id.expect("is there"))
}

/// What the world's settings of a network say at a pointer.
fn setting(estate: &Estate, network: NetworkId, pointer: &str) -> Value {
    estate.simulator.with_world(|world| {
        let network = world.network(network.get()).expect("is there");
        network
            .settings
            .0
            .pointer(pointer)
            .cloned()
            .unwrap_or_default()
    })
}

async fn are_found(estate: &Estate) {
    let Estate {
        simulator, client, ..
    } = estate;
    let before = simulator.now_ms() / 1000;
    let told = client.time().get().await.expect("tells").as_second();
    assert!((before..=simulator.now_ms() / 1000).contains(&told));

    let listed = rows(client.networks().list().collect_all().await);
    let listed: Vec<_> = listed
        .into_iter()
        .map(|network| {
            (
                network.id.get(),
                network.name.expect("has one"),
                network.node_count,
            )
        })
        .collect();
    let known = simulator.with_world(|world| {
        let networks = world.networks.iter();
        networks
            .map(|network| {
                let nodes = i64::try_from(network.nodes.len()).ok();
                (network.id, network.name.clone(), nodes)
            })
            .collect::<Vec<_>>()
    });
    assert_eq!(listed, known);

    let found = rows(client.networks().search("%clinic%").collect_all().await);
    let names: Vec<_> = found
        .iter()
        .map(|network| network.name.as_deref())
        .collect();
    assert_eq!(
        names,
        [Some("Harbour Clinic"), Some("Harbour Clinic Guest")]
    );
    let found = client
        .networks()
        .find("Harbour Clinic")
        .await
        .expect("finds");
    assert_eq!(found.map(|network| network.id), Some(harbour(estate)));
    let found = client.networks().find("Harbour").await.expect("finds");
    assert_eq!(found, None, "part of a name is no name");

    let own = client.network(harbour(estate)).allowed_channels(None).await;
    let abroad = client
        .network(harbour(estate))
        .allowed_channels(Some("US"))
        .await;
    let count = |channels: Result<datto_networking::channels::AllowedChannels, _>| {
        let channels = channels.expect("tells").channels.expect("has them");
        channels["2_4GHz"].len()
    };
    assert_eq!((count(own), count(abroad)), (13, 11));
}

async fn settings_are_told_as_differences(estate: &Estate) {
    let network = estate.client.network(harbour(estate));
    let before = network.settings().get().await.expect("tells");
    let edited = network.settings().edit(|settings| {
        let own = settings.network.get_or_insert_default();
        let general = own.general.get_or_insert_default();
        general.location = Some("Ward 3".into());
        // What only a table of the documentation calls so is taken and forgotten.
        general.notification_email_address = Some("ward@clinic.example".into());
        own.firmware_upgrade
            .get_or_insert_default()
            .firmware_release = Some(FirmwareRelease::Testing);
        let ssids = settings.ssids.get_or_insert_default();
        let ssid = ssids.get_mut("1").expect("is there");
        ssid.general.get_or_insert_default().wpa_password = Some("EXAMPLE-PASSWORD".into());
    });
    let edited = edited.await.expect("edits");
    assert_eq!(
        edited.ignored,
        ["network.general.notification_email_address"]
    );
    let read = network.settings().get().await.expect("tells");
    assert_eq!(edited.settings, read);
    assert_ne!(before, read);
    for (pointer, value) in [
        ("/network/general/location", "Ward 3"),
        ("/network/firmware_upgrade/firmware_release", "testing"),
        ("/ssids/1/general/wpa_password", "EXAMPLE-PASSWORD"),
        // Nobody touched it.
        ("/network/general/timezone", "Europe/Amsterdam"),
    ] {
        assert_eq!(setting(estate, network.id(), pointer), value, "{pointer}");
    }

    // A part alone, and a new SSID.
    let mut part = NetworkSettings::default();
    let mut general = General::default();
    general.display_name = Some("Clinic on the quay".into());
    let mut own = Network::default();
    own.general = Some(general);
    part.network = Some(own);
    let mut guests = SsidGeneral::default();
    guests.ssid_name = Some("Guests".into());
    guests.wifi_auth_type = Some(WifiAuth::Open);
    let mut ssid = Ssid::default();
    ssid.general = Some(guests);
    part.ssids = Some([("0".to_owned(), ssid)].into());
    network.settings().update(&part).await.expect("updates");
    let read = network.settings().get().await.expect("tells");
    let ssids = read.ssids.expect("has them");
    let made = ssids["2"].general.clone().expect("has them");
    assert_eq!(
        (made.ssid_name.as_deref(), made.wifi_auth_type),
        (Some("Guests"), Some(WifiAuth::Open))
    );
    assert_eq!(
        setting(estate, network.id(), "/network/general/display_name"),
        "Clinic on the quay"
    );

    let mut wrong = NetworkSettings::default();
    let mut general = General::default();
    general.network_name = Some("Bluebird Bakery".into());
    let mut own = Network::default();
    own.general = Some(general);
    wrong.network = Some(own);
    let taken = network.settings().update(&wrong).await;
    assert_refused(taken, ErrorKind::Conflict, Code::NameTaken);
}

async fn files_come_and_go(estate: &Estate) {
    let files = estate.client.network(harbour(estate)).files();
    let image = NewFile::new(1, "quay.png", FileRole::Image, *b"EXAMPLE-IMAGE");
    let made = files.create(&image).await.expect("creates");
    let id = made.file_id.expect("has one");
    assert!(made.url.expect("has one").ends_with("/quay.png"));
    let place = format!("/ssids/1/captive_portal/cloudtrax_splashpage/files/{id}/name");
    assert_eq!(setting(estate, harbour(estate), &place), "quay.png");
    files.delete(&id).await.expect("deletes");
    assert_eq!(setting(estate, harbour(estate), &place), Value::Null);
    let nowhere = NewFile::new(4, "quay.png", FileRole::Image, *b"EXAMPLE-IMAGE");
    let missing = files.create(&nowhere).await;
    assert_refused(missing, ErrorKind::NotFound, Code::SsidMissing);
}

async fn groups_hold_networks(estate: &Estate) {
    let Estate {
        simulator, client, ..
    } = estate;
    let group = client.groups().create("Coast").await.expect("creates");
    client
        .group(group)
        .update("Coast and islands")
        .await
        .expect("updates");
    let listed = rows(client.groups().list().collect_all().await);
    assert!(listed.iter().any(|known| known.id == group));
    let found = client
        .groups()
        .find("Coast and islands")
        .await
        .expect("finds");
    assert_eq!(found.map(|found| found.id), Some(group));

    let new = |name: &str| {
        NewNetwork::new(name, "example-password", "Europe/London", "GB")
            .email("noc@lighthouse.example")
            .location("Pier 4")
    };
    let pier = client
        .networks()
        .create(&new("Pier Gallery"))
        .await
        .expect("creates");
    assert_eq!(setting(estate, pier, "/network/general/location"), "Pier 4");
    assert_eq!(setting(estate, pier, "/network/radio/country_code"), "GB");
    let again = client.networks().create(&new("pier gallery")).await;
    assert_refused(again, ErrorKind::Conflict, Code::NameTaken);
    let inside = client.group(group).networks();
    let dunes = inside.create(&new("Dune Cabins")).await.expect("creates");
    inside.add(pier).await.expect("adds");
    let told = client.group(group).get().await.expect("tells");
    let held: Vec<_> = told
        .networks
        .expect("has them")
        .into_iter()
        .filter_map(|network| network.network_id)
        .collect();
    assert_eq!(held, [pier, dunes]);
    let occupied = client.group(group).delete().await;
    assert_refused(occupied, ErrorKind::Conflict, Code::GroupNotEmpty);

    let user = simulator.with_world_mut(|world| {
        world.add_networking_user("lee@lighthouse.example", "Lee", role::NETWORK_USER)
    });
    let granted = |estate: &Estate| {
        estate.simulator.with_world(|world| {
            let user = world.networking.user(user).expect("is there");
            (
                user.networks.get(&pier.get()).copied(),
                user.groups.get(&group.get()).copied(),
            )
        })
    };
    let (viewer, editor) = (
        RoleId::new(role::NETWORK_VIEWER),
        RoleId::new(role::NETWORK_EDITOR),
    );
    let id = UserId::new(user);
    client
        .network(pier)
        .users()
        .update(id, viewer)
        .await
        .expect("grants");
    client
        .group(group)
        .users()
        .update(id, editor)
        .await
        .expect("grants");
    assert_eq!(
        granted(estate),
        (Some(role::NETWORK_VIEWER), Some(role::NETWORK_EDITOR))
    );
    client
        .network(pier)
        .users()
        .delete(id)
        .await
        .expect("revokes");
    client
        .group(group)
        .users()
        .delete(id)
        .await
        .expect("revokes");
    assert_eq!(granted(estate), (None, None));
    let nothing = client.network(pier).users().delete(id).await;
    assert_refused(nothing, ErrorKind::Conflict, Code::NoNetworkPermission);

    for network in [pier, dunes] {
        client.network(network).delete().await.expect("deletes");
        assert!(simulator.with_world(|world| world.network(network.get()).is_none()));
    }
    client.group(group).delete().await.expect("deletes");
    assert_eq!(client.group(group).find().await.expect("looks"), None);
    let gone = client.network(pier).settings().get().await;
    assert_refused(gone, ErrorKind::NotFound, Code::NetworkMissing);
}

async fn embedded_dashboards_see_one_network(estate: &Estate) {
    let Estate {
        simulator, client, ..
    } = estate;
    let embed = client.network(harbour(estate)).embed();
    let pair = embed.create().await.expect("creates");
    assert_eq!(estate.last_action(), "embed -");
    let (key, secret) = (pair.key.expect("has one"), pair.secret.expect("has one"));
    let dashboard = with_key(simulator, key.expose(), secret.expose());
    let dashboard = dashboard.allow_writes().build().expect("builds");
    let seen = rows(dashboard.networks().list().collect_all().await);
    assert_eq!(
        seen.iter().map(|network| network.id).collect::<Vec<_>>(),
        [harbour(estate)]
    );
    let scan = dashboard
        .network(harbour(estate))
        .site_survey()
        .scan()
        .await;
    assert_refused(scan, ErrorKind::Denied, Code::KeyReadOnly);
    embed.delete().await.expect("deletes");
    let gone = dashboard.networks().list().collect_all().await;
    assert_refused(gone, ErrorKind::Credentials, Code::KeyUnknown);
    assert_refused(
        embed.delete().await,
        ErrorKind::Vendor,
        Code::KeyPairNotDeleted,
    );
}
