//! Wireless clients, history, site surveys and vouchers.

use std::time::Duration;

use datto_networking::clients::ClientId;
use datto_networking::history::Period;
use datto_networking::networks::{NetworkId, NetworkScope};
use datto_networking::nodes::NodeId;
use datto_networking::vouchers::{NewVoucher, Voucher, VoucherStatus};
use datto_networking::{Code, ErrorKind};
use simulator::Network;

use super::{Estate, assert_refused, rows};

pub(super) async fn clients_and_vouchers_are_kept(estate: &Estate) {
    let id = estate
        .simulator
        .network_id("Vantage Legal")
        .expect("is there");
    let network = estate.client.network(NetworkId::new(id));
    clients_are_blocked_and_named(estate, network).await;
    history_is_told(estate, network).await;
    surveys_are_made(estate, network).await;
    vouchers_live_and_die(estate, network).await;
}

fn known(estate: &Estate, network: NetworkScope<'_>) -> Network {
    let id = network.id().get();
    estate
        .simulator
        .with_world(|world| world.network(id).expect("is there").clone())
}

async fn clients_are_blocked_and_named(estate: &Estate, network: NetworkScope<'_>) {
    let clients = network.clients();
    assert!(rows(clients.blocked().collect_all().await).is_empty());
    let ids: Vec<_> = known(estate, network)
        .clients
        .iter()
        .map(|client| ClientId::from(client.cid.as_str()))
        .collect();
    clients.block(&ids[..2]).await.expect("blocks");
    let blocked = rows(clients.blocked().collect_all().await);
    let mut told: Vec<_> = blocked
        .iter()
        .filter_map(|client| client.cid.clone())
        .collect();
    let mut expected = ids[..2].to_vec();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
    assert!(
        blocked
            .iter()
            .all(|client| client.blocked == Some(true) && client.mac.is_some())
    );
    clients.unblock(&ids[..1]).await.expect("unblocks");
    let blocked = rows(clients.blocked().collect_all().await);
    assert_eq!(blocked.len(), 1);
    clients
        .rename(&[(ids[2].clone(), "Printer room")])
        .await
        .expect("renames");
    let named = &known(estate, network).clients[2].name_override;
    assert_eq!(named.as_deref(), Some("Printer room"));
    let nobody = clients.block(&[ClientId::from("nobody")]).await;
    assert_refused(nobody, ErrorKind::NotFound, Code::NoElement);
}

async fn history_is_told(estate: &Estate, network: NetworkScope<'_>) {
    let history = network.history();
    for (period, samples) in [
        (Period::TwoHours, 24),
        (Period::Day, 288),
        (Period::Week, 288),
        (Period::Month, 288),
    ] {
        let traffic = history.get(period).await.expect("tells");
        let told = traffic.rows.expect("has them");
        assert_eq!(told.len(), samples, "{period}");
        assert!(told.windows(2).all(|pair| pair[0].time < pair[1].time));
        let ssid = &told[0].ssids["ssid1"];
        assert!(
            ssid.users.is_some()
                && ssid
                    .traffic
                    .as_ref()
                    .is_some_and(|all| all.contains_key("tcp"))
        );
    }
    let world = known(estate, network);
    let clients = rows(history.clients(Period::Week).collect_all().await);
    let mut told: Vec<_> = clients
        .iter()
        .filter_map(|client| client.mac.clone())
        .collect();
    let mut macs: Vec<_> = world
        .clients
        .iter()
        .map(|client| client.mac.to_string())
        .collect();
    told.sort();
    macs.sort();
    assert_eq!(told, macs);
    // The id has characters that a path must encode, and the signature must agree.
    let cid = ClientId::from(world.clients[0].cid.as_str());
    let one = history.client(&cid, Period::TwoHours).await.expect("tells");
    assert_eq!(one.cid, Some(cid));
    assert_eq!(one.traffic.map(|samples| samples.len()), Some(24));

    let nodes = rows(history.nodes(Period::Day).collect_all().await);
    let mut told: Vec<_> = nodes.iter().map(|node| node.id.get()).collect();
    let mut ids: Vec<_> = world.nodes.iter().map(|node| node.id).collect();
    told.sort_unstable();
    ids.sort_unstable();
    assert_eq!(told, ids);
    for node in nodes {
        let same = world.node(node.id.get()).expect("is there");
        assert_eq!(
            node.metrics.is_none(),
            same.gateway.is_some(),
            "gateways have no speed"
        );
        let checkins = node.checkins.expect("has them");
        let missed = checkins
            .iter()
            .filter(|checkin| checkin.is_outage())
            .count();
        assert_eq!(missed == checkins.len(), same.last_checkin_ms.is_none());
    }
    let id = NodeId::new(world.nodes[0].id);
    let one = history.node(id, Period::Month).await.expect("tells");
    assert_eq!(one.traffic.map(|samples| samples.len()), Some(288));
}

async fn surveys_are_made(estate: &Estate, network: NetworkScope<'_>) {
    let survey = network.site_survey();
    assert!(
        rows(survey.list().collect_all().await).is_empty(),
        "nobody listened yet"
    );
    survey.scan().await.expect("starts");
    assert_eq!(estate.last_action(), "scan -");
    assert!(
        rows(survey.list().collect_all().await).is_empty(),
        "it takes its time"
    );
    estate.simulator.advance(Duration::from_mins(5));
    let heard = rows(survey.list().collect_all().await);
    let world = known(estate, network);
    let told: Vec<_> = heard
        .iter()
        .map(|other| other.bssid.clone().expect("has one"))
        .collect();
    let known: Vec<_> = world
        .survey
        .heard
        .iter()
        .map(|other| other.bssid.to_string())
        .collect();
    assert_eq!(told, known);
    assert!(!told.is_empty());
    let sightings = heard[0].seen_by_node.clone().expect("has them");
    let up = world
        .nodes
        .iter()
        .filter(|node| !node.down && node.last_checkin_ms.is_some());
    assert_eq!(sightings.len(), up.count());
}

async fn vouchers_live_and_die(estate: &Estate, network: NetworkScope<'_>) {
    let vouchers = network.vouchers();
    let new = NewVoucher::new(24, 3, 1.5, 20.0, 30).comment("Room 1, for the week");
    let made = vouchers
        .create(&[new.clone().code("Room 1"), new])
        .await
        .expect("creates");
    let codes: Vec<_> = made
        .iter()
        .map(|voucher| voucher.any_code().expect("has one").expose().to_owned())
        .collect();
    assert_eq!(codes[0], "Room 1");
    assert_eq!(codes[1].len(), 8, "one was made up");
    let listed = rows(vouchers.list().collect_all().await);
    assert_eq!(listed.len(), known(estate, network).vouchers.len());

    // A blank in the code is encoded as it is signed.
    let read = vouchers.get("Room 1").await.expect("tells");
    assert_eq!(
        (
            read.up_limit,
            read.down_limit,
            read.max_users,
            read.purge_days
        ),
        (Some(1.5), Some(20.0), Some(3), Some(30))
    );
    assert_eq!(read.status, Some(VoucherStatus::Unused));
    assert_eq!(vouchers.find("Room 2").await.expect("looks"), None);
    assert_refused(
        vouchers.get("Room 2").await,
        ErrorKind::NotFound,
        Code::NoElement,
    );

    // The comment is told again, or it would be emptied.
    let longer = NewVoucher::like(&read, 48).expect("is whole");
    vouchers.update(&[longer]).await.expect("updates");
    let read = vouchers.get("Room 1").await.expect("tells");
    assert_eq!(
        (read.duration, read.comment.as_deref()),
        (Some(48), Some("Room 1, for the week"))
    );

    let status = |affected: Result<Vec<Voucher>, _>| {
        let affected: Vec<Voucher> = affected.expect("acts");
        affected
            .into_iter()
            .map(|voucher| voucher.status.expect("has one"))
            .collect::<Vec<_>>()
    };
    let code = ["Room 1"];
    assert_eq!(
        status(vouchers.delete(&code).await),
        [VoucherStatus::Deleted]
    );
    assert_eq!(
        status(vouchers.restore(&code).await),
        [VoucherStatus::Unused]
    );
    assert_eq!(
        status(vouchers.delete(&code).await),
        [VoucherStatus::Deleted]
    );
    assert_eq!(status(vouchers.renew(&code).await), [VoucherStatus::Unused]);
    assert_eq!(status(vouchers.reset(&code).await), [VoucherStatus::Unused]);

    let other = estate
        .simulator
        .network_id("Bluebird Bakery")
        .expect("is there");
    let other = estate.client.network(NetworkId::new(other)).vouchers();
    let theirs = other.delete(&code).await;
    assert_refused(theirs, ErrorKind::Denied, Code::NetworkNotPermitted);
    assert_eq!(
        vouchers.get("Room 1").await.expect("tells").status,
        Some(VoucherStatus::Unused)
    );
}
