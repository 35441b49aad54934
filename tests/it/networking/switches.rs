//! Switches, their ports, power and access lists.

use datto_networking::networks::NetworkId;
use datto_networking::switches::{
    AclChange, Ipv4AceChange, MacAceChange, NewSnmpTrap, NewSwitch, PoePriority, PoeStatus,
    PoeUpdate, PortId, PortUpdate, SwitchId, SwitchSettingsUpdate, SwitchUpdate,
};
use datto_networking::{Client, Code, ErrorKind};
use simulator::Switch;

use super::{Estate, assert_refused, rows};

pub(super) async fn are_told_everything(estate: &Estate) {
    let (network, switch) = estate.simulator.with_world(|world| {
        let network = world.network_named("Bluebird Bakery").expect("is there");
        (network.id, network.switches[0].id)
    });
    let (network, switch) = (NetworkId::new(network), SwitchId::new(switch));
    ports_are_changed(estate, network, switch).await;
    access_lists_are_kept(estate, network, switch).await;
    act(estate, switch).await;
    settings_are_kept(&estate.client, network, switch).await;
    come_and_go(estate, network).await;
}

/// The switch as the world has it.
fn known(estate: &Estate, network: NetworkId, switch: SwitchId) -> Switch {
    estate.simulator.with_world(|world| {
        let network = world.network(network.get()).expect("is there");
        network.switch(switch.get()).expect("is there").clone()
    })
}

async fn ports_are_changed(estate: &Estate, network: NetworkId, switch: SwitchId) {
    let client = &estate.client;
    let listed = rows(
        client
            .network(network)
            .switches()
            .list()
            .collect_all()
            .await,
    );
    assert_eq!(
        listed.iter().map(|switch| switch.id).collect::<Vec<_>>(),
        [switch]
    );
    let summary = listed[0].summary_info.clone().expect("has one");
    // Trunks are ports, and are not counted.
    assert_eq!(
        (summary.total_ports, summary.active_ports),
        (Some(12), {
            let known = known(estate, network, switch);
            let up = known
                .ports
                .iter()
                .filter(|port| port.up && port.kind != "trunk");
            i64::try_from(up.count()).ok()
        })
    );
    let ports = client.switch(switch).ports().list().await.expect("lists");
    assert_eq!(ports.len(), 20);

    let powered = known(estate, network, switch);
    let mut powered = powered.ports.iter();
    let powered = powered.find(|port| port.poe.as_ref().is_some_and(|poe| poe.draw_w > 0.0));
    let powered = powered.expect("an access point is plugged in").id.clone();
    let before = client.switch(switch).get().await.expect("tells");
    let draw = before.power_draw_w().expect("is told");
    assert!(draw > 0.0);

    let poe = PoeUpdate::default()
        .enable(false)
        .limit_w(15.5)
        .priority(PoePriority::Critical);
    let update = SwitchUpdate::default()
        .name("Oven room")
        .description("Above the door")
        .active_partition(2)
        .port(
            PortUpdate::new(PortId::from(powered.as_str()))
                .poe(poe)
                .vlan_id(12)
                .tagged_vlans("3,1,2,12"),
        )
        .port(
            PortUpdate::new(PortId::from("F1"))
                .enable(false)
                .untagged_vlans("7"),
        );
    client
        .switch(switch)
        .update(&update)
        .await
        .expect("updates");
    let read = client.switch(switch).get().await.expect("tells");
    let summary = read.summary_info.clone().expect("has one");
    assert_eq!(
        (summary.name.as_deref(), summary.description.as_deref()),
        (Some("Oven room"), Some("Above the door"))
    );
    assert_eq!(
        read.firmware
            .clone()
            .and_then(|firmware| firmware.active_partition),
        Some(2)
    );
    assert!(read.power_draw_w().expect("is told") < draw);
    let port = |id: &str| {
        let ports = read.ports.clone().expect("has them");
        let mut ports = ports.into_iter();
        let port = ports.find(|port| port.id.as_ref().is_some_and(|own| own.as_str() == id));
        port.expect("is there")
    };
    let changed = port(&powered);
    // The vendor draws ranges together.
    assert_eq!(
        (changed.vlan_id, changed.tagged_vlans.as_deref()),
        (Some(12), Some("1-3,12"))
    );
    let poe = changed.poe.expect("gives power");
    assert_eq!(
        (poe.status, poe.priority, poe.power_limit_user_w),
        (
            Some(PoeStatus::Disabled),
            Some(PoePriority::Critical),
            Some(15.5)
        )
    );
    let fibre = port("F1");
    assert_eq!(
        (fibre.enable, fibre.untagged_vlans.as_deref()),
        (Some(false), Some("7"))
    );
    let trunk = port("trunk1");
    assert!(trunk.aggregation.is_some() && trunk.poe.is_none() && trunk.rate_limit.is_none());

    // All of it or nothing.
    let wrong = SwitchUpdate::default()
        .name("Half")
        .port(PortUpdate::new(PortId::from("99")).enable(false));
    let refused = client.switch(switch).update(&wrong).await;
    assert_refused(refused, ErrorKind::NotFound, Code::SettingIdNotFound);
    assert_eq!(known(estate, network, switch).name, "Oven room");
}

async fn access_lists_are_kept(estate: &Estate, network: NetworkId, switch: SwitchId) {
    let acls = estate.client.switch(switch).acls();
    let new = AclChange::default()
        .mac_acl("tills")
        .mac_ace(
            MacAceChange::new("tills")
                .sequence(10)
                .action("permit")
                .source_mac("3C:EC:EF:00:00:0A")
                .destination_mac("any")
                .vlan_id(12),
        )
        .ipv4_acl("no-lan")
        .ipv4_ace(
            Ipv4AceChange::new("no-lan")
                .sequence(5)
                .action("deny")
                .protocol("any")
                .source_ip("192.*")
                .destination_ip("10.*"),
        );
    acls.create(&new).await.expect("creates");
    assert_refused(
        acls.create(&new).await,
        ErrorKind::Conflict,
        Code::NameTaken,
    );
    let read = acls.get().await.expect("tells");
    let entry = read.mac_ace.expect("has them").remove(0);
    assert_eq!(
        (entry.acl_name.as_deref(), entry.sequence, entry.vlan_id),
        (Some("tills"), Some(10), Some(12))
    );
    let own = read.ipv4_ace.expect("has them").remove(0);
    assert_eq!(own.source_ip.as_deref(), Some("192.*"));

    let id = entry.id.expect("has one");
    let change = AclChange::default().mac_ace(MacAceChange::existing(id).action("deny"));
    acls.update(&change).await.expect("updates");
    let entry = acls
        .get()
        .await
        .expect("tells")
        .mac_ace
        .expect("has them")
        .remove(0);
    assert_eq!(
        (entry.action.as_deref(), entry.sequence),
        (Some("deny"), Some(10))
    );

    // A list that a port uses stays.
    let assign = |list: &str| {
        let port = PortUpdate::new(PortId::from("1")).field("acl_mac", list);
        SwitchUpdate::default().port(port)
    };
    let switch_scope = estate.client.switch(switch);
    switch_scope
        .update(&assign("tills"))
        .await
        .expect("assigns");
    let assigned = acls.get().await.expect("tells").mac_acl.expect("has them");
    assert_eq!(assigned[0].assigned, Some(true));
    let gone = AclChange::default().mac_acl("tills");
    let used = acls.delete(&gone).await;
    assert_refused(used, ErrorKind::Vendor, Code::DeletionFailed);
    switch_scope.update(&assign("")).await.expect("takes away");
    // A DELETE with a body, which is signed.
    let entry = AclChange::default().mac_ace(MacAceChange::existing(id));
    acls.delete(&entry).await.expect("deletes");
    acls.delete(&gone).await.expect("deletes");
    let left = known(estate, network, switch).acls;
    assert_eq!((left.mac, left.ipv4), (vec![], vec!["no-lan".to_owned()]));
    assert!(left.mac_entries.is_empty() && left.ipv4_entries.len() == 1);
}

async fn act(estate: &Estate, switch: SwitchId) {
    let scope = estate.client.switch(switch);
    scope
        .ports()
        .reset(&PortId::from("F1"))
        .await
        .expect("resets");
    assert_eq!(estate.last_action(), "reset F1");
    scope.expedite_upgrade().await.expect("expedites");
    assert_eq!(estate.last_action(), "expedite_upgrade -");
    scope.reboot().await.expect("reboots");
    assert_eq!(estate.last_action(), "reboot -");
    scope.enable_pairing().await.expect("enables");
    assert_eq!(estate.last_action(), "enable_pairing -");
    let nowhere = scope.ports().reset(&PortId::from("F9")).await;
    assert_refused(nowhere, ErrorKind::NotFound, Code::NoElement);
}

async fn settings_are_kept(client: &Client, network: NetworkId, switch: SwitchId) {
    let switches = client.network(network).switches();
    let allowed = switches.allowed_firmware().await.expect("tells");
    let (model, firmware) = allowed.first_key_value().expect("has one");
    assert_eq!(firmware.len(), 2);
    // A list is read, a map is written.
    let update = SwitchSettingsUpdate::default()
        .disable_upgrade(true)
        .firmware(model, "testing");
    switches.update_settings(&update).await.expect("updates");
    let read = switches.settings().await.expect("tells");
    let tag = read
        .firmware
        .expect("has them")
        .remove(model)
        .expect("is told")
        .tag;
    assert_eq!(
        (read.disable_upgrade, tag.as_deref()),
        (Some(true), Some("testing"))
    );
    let wrong = SwitchSettingsUpdate::default().firmware(model, "yesterday");
    let refused = switches.update_settings(&wrong).await;
    assert_refused(refused, ErrorKind::InvalidInput, Code::UnknownFirmware);

    let scope = client.switch(switch);
    let traps = [NewSnmpTrap::new("192.0.2.99", "EXAMPLE-COMMUNITY")
        .retry(2)
        .udp(1162)];
    scope.update_snmp_traps(&traps).await.expect("updates");
    let read = scope.snmp_traps().await.expect("tells");
    let told: Vec<_> = read
        .iter()
        .map(|trap| (trap.host.as_deref(), trap.retry, trap.udp))
        .collect();
    assert_eq!(told, [(Some("192.0.2.99"), Some(2), Some(1162))]);
}

async fn come_and_go(estate: &Estate, network: NetworkId) {
    let client = &estate.client;
    let mac = "88:DC:96:77:00:02";
    let new = NewSwitch::new(mac, "Cellar", "OMS24").description("On the shelf");
    let id = client
        .network(network)
        .switches()
        .create(&new)
        .await
        .expect("creates");
    let other = NetworkId::new(
        estate
            .simulator
            .network_id("Vantage Legal")
            .expect("is there"),
    );
    let unconfirmed = client.network(other).switches().create(&new).await;
    assert_refused(unconfirmed, ErrorKind::Conflict, Code::MacInOwnOtherNetwork);
    let moved = client
        .network(other)
        .switches()
        .create(&new.confirm_transfer())
        .await;
    assert_eq!(moved.expect("moves"), id);
    // It never checked in, so zeros and empty texts are no values.
    let summary = client
        .switch(id)
        .get()
        .await
        .expect("tells")
        .summary_info
        .expect("has one");
    assert_eq!(
        (
            summary.mac.as_deref(),
            summary.model.as_deref(),
            summary.last_checkin,
            summary.ip
        ),
        (Some(mac), Some("OMS24"), None, None)
    );
    client.switch(id).delete().await.expect("deletes");
    assert_eq!(client.switch(id).find().await.expect("looks"), None);
}
