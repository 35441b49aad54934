//! Managed power: strips, outlets, schedules and checks.

use datto_networking::history::Period;
use datto_networking::networks::NetworkId;
use datto_networking::power_strips::{
    ConnectionCheck, NewPowerStrip, NewSchedule, OutletAction, OutletId, OutletUpdate,
    PowerStripId, PowerStripSettingsUpdate, PowerStripUpdate, Weekday,
};
use datto_networking::{Code, ErrorKind};
use simulator::PowerStrip;

use super::{Estate, assert_refused, rows};

pub(super) async fn is_switched(estate: &Estate) {
    let (network, strip) = estate.simulator.with_world(|world| {
        let network = world.network_named("Bluebird Bakery").expect("is there");
        (network.id, network.power_strips[0].id)
    });
    let (network, strip) = (NetworkId::new(network), PowerStripId::new(strip));
    outlets_are_changed(estate, network, strip).await;
    act(estate, network, strip).await;
    settings_are_kept(estate, network).await;
    comes_and_goes(estate, network).await;
}

fn known(estate: &Estate, network: NetworkId, strip: PowerStripId) -> PowerStrip {
    estate.simulator.with_world(|world| {
        let network = world.network(network.get()).expect("is there");
        network.power_strip(strip.get()).expect("is there").clone()
    })
}

async fn outlets_are_changed(estate: &Estate, network: NetworkId, strip: PowerStripId) {
    let client = &estate.client;
    let listed = rows(
        client
            .network(network)
            .power_strips()
            .list()
            .collect_all()
            .await,
    );
    assert_eq!(
        listed.iter().map(|strip| strip.id).collect::<Vec<_>>(),
        [strip]
    );
    let before = known(estate, network, strip);
    let outlets = i64::try_from(before.outlets.len()).ok();
    assert_eq!(
        (listed[0].outlet_count(), listed[0].enabled_outlets()),
        (outlets, outlets)
    );
    // Two or three digits of a second.
    assert!(listed[0].last_checkin.is_some());
    assert_eq!(listed[0].description, None, "only details tell it");

    let (first, second) = (OutletId::new(1), OutletId::new(2));
    let days = [Weekday::Monday, Weekday::Sunday];
    let update = PowerStripUpdate::default()
        .name("Oven rack")
        .description("Behind the mixer")
        .enable_connection_check(true)
        .connection_check_retries(3, 90)
        .connection_checks([
            ConnectionCheck::new(" till ", ["192.0.2.1", "192.0.2.2"]),
            ConnectionCheck::new("till", ["192.0.2.3"]),
        ])
        .outlet(
            OutletUpdate::new(first)
                .label("Oven")
                .connection_check(Some(" till ")),
        )
        .outlet(OutletUpdate::new(second).enable(false))
        .schedule([NewSchedule::new(
            OutletAction::Reset,
            [first, second],
            days.clone(),
            (4, 30),
        )]);
    client
        .power_strip(strip)
        .update(&update)
        .await
        .expect("updates");
    let read = client.power_strip(strip).get().await.expect("tells");
    assert_eq!(
        (
            read.name.as_deref(),
            read.description.as_deref(),
            read.network_id
        ),
        (Some("Oven rack"), Some("Behind the mixer"), Some(network))
    );
    assert_eq!(
        (
            read.connection_check_max_retries,
            read.connection_check_time_between_retries
        ),
        (Some(3), Some(90))
    );
    let schedule = read.schedule.clone().expect("has them");
    assert_eq!(schedule.len(), 1);
    assert_eq!(
        (
            schedule[0].hour,
            schedule[0].minute,
            schedule[0].days_of_week.as_deref()
        ),
        (Some(4), Some(30), Some(days.as_slice()))
    );
    assert!(schedule[0].powerstrip_port_schedule_id.is_some());
    let outlets = client
        .power_strip(strip)
        .outlets()
        .list()
        .await
        .expect("lists");
    assert_eq!(Some(&outlets), read.ports.as_ref());
    // Blanks at the ends of a check's name count.
    assert_eq!(
        (
            outlets[0].label.as_deref(),
            outlets[0].connection_check_name.as_deref()
        ),
        (Some("Oven"), Some(" till "))
    );
    assert_eq!(outlets[1].enable, Some(false));
    assert_eq!(
        read.enabled_outlets(),
        Some(read.outlet_count().expect("is told") - 1)
    );
    let after = known(estate, network, strip);
    assert_eq!(after.checks.len(), 2);
    assert_eq!(after.checks[0].hosts[1].as_deref(), Some("192.0.2.2"));

    let off = PowerStripUpdate::default()
        .outlet(OutletUpdate::new(first).connection_check(None))
        .connection_checks([])
        .schedule([]);
    client
        .power_strip(strip)
        .update(&off)
        .await
        .expect("updates");
    let after = known(estate, network, strip);
    assert!(after.checks.is_empty() && after.schedule.is_empty());
    assert_eq!(
        (
            after.outlets[0].check.as_deref(),
            after.outlets[0].label.as_str()
        ),
        (None, "Oven")
    );

    let usage = client
        .power_strip(strip)
        .usage(Period::TwoHours)
        .await
        .expect("tells");
    assert_eq!(usage.len(), 24);
    let ports = usage[23].ports.clone().expect("has them");
    assert_eq!(ports.len(), after.outlets.len());
    assert_eq!(ports["2"].active_power_w, Some(0.0), "it is switched off");
    assert!(ports["1"].active_power_w.is_some());
}

async fn act(estate: &Estate, network: NetworkId, strip: PowerStripId) {
    let scope = estate.client.power_strip(strip);
    scope
        .outlets()
        .reset(OutletId::new(3))
        .await
        .expect("resets");
    assert_eq!(estate.last_action(), "reset 3");
    scope.check_in().await.expect("checks in");
    assert_eq!(estate.last_action(), "checkin -");
    scope.reboot().await.expect("reboots");
    assert_eq!(estate.last_action(), "reboot -");
    scope.enable_pairing().await.expect("enables");
    assert_eq!(estate.last_action(), "enable_pairing -");
    let strips = estate.client.network(network).power_strips();
    strips.expedite_upgrade().await.expect("expedites");
    assert_eq!(estate.last_action(), "expedite_upgrade -");
    let nowhere = scope.outlets().reset(OutletId::new(99)).await;
    assert_refused(nowhere, ErrorKind::NotFound, Code::NoElement);
}

async fn settings_are_kept(estate: &Estate, network: NetworkId) {
    let strips = estate.client.network(network).power_strips();
    let versions = strips.firmware_versions().await.expect("tells");
    assert_eq!(versions.len(), 2);
    let tag = versions[1].tag.clone().expect("has one");
    let update = PowerStripSettingsUpdate::default()
        .enable_mesh(false)
        .firmware_tag(tag.clone());
    strips.update_settings(&update).await.expect("updates");
    let read = strips.settings().await.expect("tells");
    assert_eq!(
        (
            read.enable_mesh,
            read.firmware_tag.as_ref(),
            read.enable_upgrade
        ),
        (Some(false), Some(&tag), Some(true))
    );
}

async fn comes_and_goes(estate: &Estate, network: NetworkId) {
    let client = &estate.client;
    let mac = "ac:86:74:77:00:03";
    let new = NewPowerStrip::new(mac, "Spare strip", "MP60").description("In its box");
    let id = client
        .network(network)
        .power_strips()
        .create(&new)
        .await
        .expect("creates");
    let other = NetworkId::new(
        estate
            .simulator
            .network_id("Vantage Legal")
            .expect("is there"),
    );
    let moved = client
        .network(other)
        .power_strips()
        .create(&new.confirm_transfer())
        .await;
    assert_eq!(moved.expect("moves"), id);
    let read = client.power_strip(id).get().await.expect("tells");
    // It never checked in, so zeros and empty texts are no values.
    assert_eq!(
        (
            read.mac.as_deref(),
            read.network_id,
            read.last_checkin,
            read.firmware_version
        ),
        (Some(mac), Some(other), None, None)
    );
    client.power_strip(id).delete().await.expect("deletes");
    assert_eq!(client.power_strip(id).find().await.expect("looks"), None);
}
