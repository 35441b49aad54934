//! Access points: added, moved, changed, told to act, deleted.

use datto_networking::devices::{DeviceStatus, NetworkDevice};
use datto_networking::networks::NetworkId;
use datto_networking::nodes::{NewNode, Node, NodeId, NodeUpdate};
use datto_networking::{Code, ErrorKind};
use simulator::NetworkDeviceKind;

use super::{Estate, assert_refused, rows};

/// A hardware address that no device has.
const NEW_MAC: &str = "ac:86:74:77:00:01";

pub(super) async fn are_moved_told_and_deleted(estate: &Estate) {
    lists_and_details_tell_of_the_same(estate).await;
    let node = come_and_change(estate).await;
    are_told_to_act(estate).await;
    estate.client.node(node).delete().await.expect("deletes");
    assert_eq!(estate.client.node(node).find().await.expect("looks"), None);
    assert_refused(
        estate.client.node(node).get().await,
        ErrorKind::NotFound,
        Code::NoElement,
    );
}

fn network(estate: &Estate, name: &str) -> NetworkId {
    NetworkId::new(estate.simulator.network_id(name).expect("is there"))
}

async fn lists_and_details_tell_of_the_same(estate: &Estate) {
    let client = &estate.client;
    let mut never_seen = 0;
    let known: Vec<_> = estate
        .simulator
        .network_devices()
        .into_iter()
        .filter(|device| device.kind == NetworkDeviceKind::AccessPoint)
        .collect();
    for device in &known {
        let listed = rows(
            client
                .network(NetworkId::new(device.network))
                .nodes()
                .list()
                .collect_all()
                .await,
        );
        let mut listed = listed.into_iter();
        let listed = listed.find(|node| node.id.get() == device.id);
        let listed = listed.expect("is listed");
        let detail = client
            .node(NodeId::new(device.id))
            .get()
            .await
            .expect("tells");
        for node in [&listed, &detail] {
            assert_eq!(node.mac, Some(device.mac.to_string()));
            assert_eq!(node.name.as_ref(), Some(&device.name));
            assert_eq!(node.was_seen(), device.last_checkin_ms.is_some());
            assert_eq!(NetworkDevice::from(node).ips, device.ips);
        }
        // Zeros and empty texts are no values.
        if device.last_checkin_ms.is_none() {
            never_seen += 1;
            let blank = |node: &Node| {
                (
                    node.last_checkin,
                    node.ip.clone(),
                    node.hardware.clone(),
                    node.firmware_version.clone(),
                )
            };
            assert_eq!(blank(&listed), (None, None, None, None));
            let status = NetworkDevice::from(&listed).status;
            assert_eq!(status, Some(DeviceStatus::NeverSeen));
        } else {
            assert_eq!(detail.hardware.as_ref(), Some(&device.model));
        }
        assert_eq!(listed.serial_no, None, "only details tell it");
        assert_eq!(detail.serial_no, device.serial);
    }
    assert!(known.len() > 4 && never_seen > 0);
}

async fn come_and_change(estate: &Estate) -> NodeId {
    let Estate {
        simulator, client, ..
    } = estate;
    let (home, away) = (
        network(estate, "Harbour Clinic"),
        network(estate, "Vantage Legal"),
    );
    let new = NewNode::new(NEW_MAC, "Stairs AP")
        .description("Second floor")
        .position(51.92, 4.47);
    assert!(!client.nodes().mac_exists(NEW_MAC).await.expect("tells"));
    let id = client
        .network(home)
        .nodes()
        .create(&new)
        .await
        .expect("creates");
    assert!(client.nodes().mac_exists(NEW_MAC).await.expect("tells"));
    let again = client.network(home).nodes().create(&new).await;
    assert_refused(again, ErrorKind::Conflict, Code::MacInThisNetwork);

    // The confirmation is a text for access points, and a flag elsewhere.
    let unconfirmed = client.network(away).nodes().create(&new).await;
    assert_refused(unconfirmed, ErrorKind::Conflict, Code::MacInOwnOtherNetwork);
    let moved = client
        .network(away)
        .nodes()
        .create(&new.clone().confirm_transfer())
        .await;
    assert_eq!(moved.expect("moves"), id);
    let back = client
        .network(home)
        .nodes()
        .create(&new.confirm_transfer_as_flag())
        .await;
    assert_eq!(back.expect("moves"), id);

    let update = NodeUpdate::default()
        .name("Stairs")
        .description("")
        .position(52.0, -4.5)
        .spare(true)
        .channel_overrides([("2_4GHz".to_owned(), 11)].into())
        .ht_mode_overrides([("5GHz".to_owned(), "HT40+".to_owned())].into());
    client.node(id).update(&update).await.expect("updates");
    let read = client.node(id).get().await.expect("tells");
    assert_eq!(
        (
            read.name.as_deref(),
            read.latitude,
            read.longitude,
            read.spare
        ),
        (Some("Stairs"), Some(52.0), Some(-4.5), Some(true))
    );
    assert_eq!(read.channel_overrides.expect("is told")["2_4GHz"], 11);
    assert_eq!(read.ht_mode_overrides.expect("is told")["5GHz"], "HT40+");
    let abroad = NodeUpdate::default().channel_overrides([("5GHz".to_owned(), 165)].into());
    let forbidden = client.node(id).update(&abroad).await;
    assert_refused(forbidden, ErrorKind::InvalidInput, Code::InvalidChannel);
    simulator.with_world(|world| {
        let network = world.network(home.get()).expect("is there");
        let node = network.node(id.get()).expect("is there");
        assert_eq!(
            (node.name.as_str(), node.description.as_str()),
            ("Stairs", "")
        );
    });
    let channels = client.node(id).allowed_channels(None).await.expect("tells");
    assert_eq!(channels.channels.expect("has them").len(), 2);
    id
}

async fn are_told_to_act(estate: &Estate) {
    let client = &estate.client;
    let home = network(estate, "Harbour Clinic");
    let (up, unseen) = estate.simulator.with_world(|world| {
        let nodes = &world.network(home.get()).expect("is there").nodes;
        let of = |seen: bool| {
            let mut nodes = nodes.iter();
            nodes.find(|node| node.last_checkin_ms.is_some() == seen && !node.down)
        };
        (
            of(true).expect("one is up").id,
            of(false).expect("one is new").id,
        )
    });
    let node = client.node(NodeId::new(up));
    node.reset_encrypt_key().await.expect("resets");
    assert_eq!(estate.last_action(), "reset_encrypt_key -");
    node.enable_pairing().await.expect("enables");
    assert_eq!(estate.last_action(), "enable_pairing -");
    node.expedite_upgrade().await.expect("expedites");
    assert_eq!(estate.last_action(), "expedite_upgrade -");
    assert_eq!(
        node.get().await.expect("tells").expedite_upgrade,
        Some(true)
    );
    node.reboot().await.expect("reboots");
    assert_eq!(estate.last_action(), "reboot -");
    assert_eq!(node.get().await.expect("tells").uptime_seconds, Some(0));

    // What was never there cannot be reached, and is not asked twice.
    let asked = estate.simulator.count("networking GET /node/{node}/reboot");
    let unreachable = client.node(NodeId::new(unseen)).reboot().await;
    assert_refused(unreachable, ErrorKind::Vendor, Code::RebootFailed);
    assert_eq!(
        estate.simulator.count("networking GET /node/{node}/reboot"),
        asked + 1
    );
}
