use serde_json::json;

use super::{Details, DeviceKind, DeviceStatus, NetworkDevice};
use crate::nodes::Node;
use crate::power_strips::PowerStrip;
use crate::routers::Router;
use crate::switches::Switch;

fn node(fields: serde_json::Value) -> NetworkDevice {
    NetworkDevice::from(&serde_json::from_value::<Node>(fields).unwrap())
}

fn switch(fields: serde_json::Value) -> NetworkDevice {
    NetworkDevice::from(&serde_json::from_value::<Switch>(fields).unwrap())
}

fn strip(fields: serde_json::Value) -> NetworkDevice {
    NetworkDevice::from(&serde_json::from_value::<PowerStrip>(fields).unwrap())
}

fn router(fields: serde_json::Value) -> NetworkDevice {
    NetworkDevice::from(&serde_json::from_value::<Router>(fields).unwrap())
}

fn shown(device: &NetworkDevice) -> String {
    let fields = device.fields().into_iter();
    let fields: Vec<_> = fields
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    fields.join("; ")
}

#[test]
fn f101_f102_f103_an_access_point() {
    let device = node(json!({
        "id": 610_022, "network_id": 204_511, "mac": "AC:86:74:1F:00:A8", "name": "Lobby AP", "description": "desk",
        "ip": "10.31.0.6", "lan_info": {"lan_ip": "192.168.4.9", "wan_ip": "198.51.100.4"}, "role": "gateway",
        "down": false, "spare": false, "last_checkin": "2025-02-11T08:14:55Z", "uptime": "3d 4h 5m", "hardware": "A62",
        "serial_no": "A9000000017", "firmware_version": "7.0.19-3fa9", "active_clients": 12, "latitude": 52.09,
        "longitude": 5.12,
    }));
    assert_eq!(device.kind, DeviceKind::AccessPoint);
    assert_eq!(
        (device.id.as_str(), device.network_id),
        ("610022", Some(204_511.into()))
    );
    assert_eq!(
        (device.name.as_deref(), device.serial.as_deref()),
        (Some("Lobby AP"), Some("A9000000017"))
    );
    // Never the address under which it reaches the internet.
    assert_eq!(
        (device.ips.as_slice(), device.ip()),
        (
            &["10.31.0.6".to_owned(), "192.168.4.9".to_owned()][..],
            Some("10.31.0.6")
        )
    );
    assert_eq!(
        shown(&device),
        "clients=12; description=desk; firmware=7.0.19-3fa9; kind=access point; last_checkin=2025-02-11T08:14:55Z; \
         latitude=52.09; longitude=5.12; mac=AC:86:74:1F:00:A8; model=A62; role=gateway; status=up; uptime_seconds=273900"
    );
}

#[test]
fn f104_a_switch() {
    let info = json!({
        "mac": "88:DC:96:00:10:2F", "model": "OMS24", "name": "Rack 1", "description": "", "ip": "10.8.0.14",
        "gateway_ip": "10.8.0.1", "firmware_version": "v01.04.02", "last_checkin": "2025-02-11T08:14:55Z",
        "cloud_status": "up", "connection_keeper_status": "connected", "active_ports": 9, "total_ports": 28,
        "uptime_seconds": 80_211,
    });
    let device = switch(json!({
        "id": 777, "summary_info": info, "poe": {"available_power_w": 22, "total_power_w": 740},
        "ports": [{"id": "1", "poe": {"power_draw_w": 4.5}}, {"id": "2", "poe": {"power_draw_w": 3}}, {"id": "9"}],
    }));
    // No public source tells a serial number of switches.
    assert_eq!(
        (device.kind.clone(), device.serial.as_ref()),
        (DeviceKind::Switch, None)
    );
    assert_eq!(
        shown(&device),
        "active_ports=9; available_power_w=22; firmware=v01.04.02; gateway_ip=10.8.0.1; kind=switch; \
         last_checkin=2025-02-11T08:14:55Z; mac=88:DC:96:00:10:2F; model=OMS24; power_draw_w=7.5; status=up; \
         total_ports=28; total_power_w=740; uptime_seconds=80211"
    );
    for (place, value) in [
        (
            "top",
            json!({"id": 1, "summary_info": {"name": "a"}, "serial_no": "S1"}),
        ),
        (
            "summary",
            json!({"id": 1, "summary_info": {"serial_no": "S1"}}),
        ),
    ] {
        assert_eq!(switch(value).serial.as_deref(), Some("S1"), "{place}");
    }
}

#[test]
fn f105_managed_power() {
    let device = strip(json!({
        "powerstrip_id": 77, "mac": "ac:86:74:20:11:00", "name": "Rack strip", "model": "MP60", "ip": "",
        "mesh_ip": "10.255.3.9", "role": "repeater", "cloud_status": "up", "firmware_version": "6.4.9-77ad",
        "last_checkin": "2025-01-05T10:00:01.26Z", "uptime_seconds": 1020, "surge_protection_active": true,
        "enabled_ports": 6, "port_count": 6,
    }));
    assert_eq!(
        (device.ip(), device.serial.as_ref()),
        (Some("10.255.3.9"), None)
    );
    assert_eq!(
        shown(&device),
        "enabled_ports=6; firmware=6.4.9-77ad; kind=managed power; last_checkin=2025-01-05T10:00:01.26Z; \
         mac=ac:86:74:20:11:00; model=MP60; port_count=6; role=repeater; status=up; surge_protection=true; \
         uptime_seconds=1020"
    );
    // The listing counts, a single power strip shows.
    let counted = strip(
        json!({"id": 77, "ports": [{"port_id": 1, "enable": true}, {"port_id": 2, "enable": false}]}),
    );
    let Details::ManagedPower(details) = counted.details else {
        panic!("{counted:?}")
    };
    assert_eq!(
        (details.enabled_ports, details.port_count),
        (Some(1), Some(2))
    );
    // Not documented, shown if it comes.
    let typed = strip(json!({"id": 77, "connection_type": "Ethernet"}));
    assert_eq!(typed.fields()["connection_type"], "Ethernet");
}

#[test]
fn f106_f075_routers_and_those_that_are_not_supported() {
    let d200 = router(
        json!({"id": 5, "model": "D200", "name": "Branch", "lte_status": "connected", "cloud_status": "up",
        "firmware_version": "1"}),
    );
    assert_eq!(
        (d200.kind.clone(), d200.kind.is_supported()),
        (DeviceKind::Router, true)
    );
    assert_eq!(
        shown(&d200),
        "firmware=1; kind=router; lte_status=connected; model=D200; status=up"
    );
    let dna = router(json!({"id": 6, "hardware": "dna-1000"}));
    assert_eq!(
        (dna.kind.clone(), dna.kind.is_supported()),
        (DeviceKind::DnaRouter, false)
    );
    assert!(
        DeviceKind::KNOWN
            .iter()
            .filter(|kind| kind.is_supported())
            .count()
            == 4
    );
}

/// Every kind says in its own way that it never checked in.
#[test]
fn one_word_for_how_a_device_is() {
    let node = |down: bool, spare: bool, keeper: &str| {
        node(json!({"id": 1, "hardware": "A62", "down": down, "spare": spare, "connection_keeper_status": keeper})).status
    };
    assert_eq!(node(false, false, "connected"), Some(DeviceStatus::Up));
    assert_eq!(node(false, true, "connected"), Some(DeviceStatus::Spare));
    assert_eq!(
        node(false, true, "disconnected"),
        Some(DeviceStatus::Disconnected)
    );
    assert_eq!(node(true, false, "connected"), Some(DeviceStatus::Down));
    let switch = |status: &str, checkin: &str, keeper: &str| {
        switch(
            json!({"id": 1, "summary_info": {"cloud_status": status, "last_checkin": checkin,
            "connection_keeper_status": keeper}}),
        )
        .status
    };
    let when = "2025-02-11T08:14:55Z";
    assert_eq!(switch("up", when, "connected"), Some(DeviceStatus::Up));
    assert_eq!(
        switch("up", when, "disconnected"),
        Some(DeviceStatus::Disconnected)
    );
    assert_eq!(
        switch("down", when, "disconnected"),
        Some(DeviceStatus::Down)
    );
    assert_eq!(
        switch("pairing", "", "disconnected"),
        Some(DeviceStatus::Pairing)
    );
    assert_eq!(
        switch("unknown", "", "disconnected"),
        Some(DeviceStatus::NeverSeen)
    );
    assert_eq!(
        switch("asleep", when, "").map(|status| status.to_string()),
        Some("asleep".to_owned())
    );
    assert_eq!(switch("", when, ""), None);
    let strip = strip(
        json!({"id": 1, "cloud_status": "down", "last_checkin": "", "firmware_version": "", "ip": null}),
    );
    assert_eq!(
        (strip.status, strip.ips),
        (Some(DeviceStatus::NeverSeen), vec![])
    );
}
