use client_core::Decoded;
use serde_json::json;

use super::{
    ConnectionCheck, NewSchedule, OutletAction, OutletUpdate, PowerStrip, PowerStripUpdate,
    Weekday, change, get, list, settings, usage,
};
use crate::history::Period;
use crate::switches::CloudStatus;

fn strips(body: &str) -> Vec<Decoded<PowerStrip>> {
    let call = list(204_511.into());
    call.decode(body.as_bytes()).unwrap().into_inner()
}

const UP: &str = r#"{"powerstrip_id":1,"mac":"ac:86:74:00:00:00","name":"Desk","model":"P60","ip":"",
    "created":"2018-03-23T17:12:16Z","firmware_version":"6.4.6-c3b6","enabled_ports":6,"port_count":6,
    "last_checkin":"2018-04-30T19:29:11.232Z","need_pairing":false,"cloud_status":"up","role":"repeater",
    "mesh_ip":"1.1.1.1","surge_protection_active":true,"voltage_v":116,"frequency_hz":60,"uptime_seconds":1024671,
    "active_ports":3,"lifecycle":{"end_of_sale":null,"end_of_life":null},"subscription":null}"#;
/// One that never checked in: zeros and empty texts.
const NEVER: &str = r#"{"powerstrip_id":2,"mac":"ac:86:74:00:00:01","name":"Store","model":"MP60","ip":null,
    "created":"2018-04-23T23:08:41Z","firmware_version":"","enabled_ports":6,"port_count":6,"last_checkin":"",
    "need_pairing":false,"cloud_status":"down","role":"repeater","mesh_ip":"","surge_protection_active":false,
    "voltage_v":0,"frequency_hz":0,"uptime_seconds":0,"active_ports":0}"#;

#[test]
fn a_list_and_a_map_give_the_same_power_strips() {
    for body in [
        format!(r#"{{"powerstrips":[{UP},{NEVER}]}}"#),
        format!(r#"{{"powerstrips":{{"1":{UP},"2":{NEVER}}}}}"#),
    ] {
        let strips = strips(&body);
        let up = strips[0].as_item().unwrap();
        assert_eq!((up.id.get(), up.network_id), (1, Some(204_511.into())));
        // A fraction of two or three digits.
        assert_eq!(
            up.last_checkin.unwrap().to_string(),
            "2018-04-30T19:29:11.232Z"
        );
        assert_eq!(
            (up.voltage_v, up.surge_protection_active),
            (Some(116.0), Some(true))
        );
        assert_eq!(
            (up.enabled_outlets(), up.outlet_count(), up.ip.as_ref()),
            (Some(6), Some(6), None)
        );
        assert!(up.lifecycle.is_some() && up.subscription.is_none());
        let never = strips[1].as_item().unwrap();
        assert_eq!(
            (never.last_checkin, never.firmware_version.as_ref()),
            (None, None)
        );
        assert_eq!(
            (never.cloud_status.clone(), never.mesh_ip.as_ref()),
            (Some(CloudStatus::Down), None)
        );
        assert!(up.extra.is_empty() && never.extra.is_empty());
    }
    for body in [r#"{"powerstrips":[]}"#, r#"{"powerstrips":{}}"#, "{}", "[]"] {
        assert!(strips(body).is_empty(), "{body}");
    }
    let bad = strips(r#"{"powerstrips":[{"name":"no id"},{"powerstrip_id":5}]}"#);
    assert!(bad.iter().all(|row| matches!(row, Decoded::Bad(_))));
}

#[test]
fn everything_about_a_power_strip() {
    let body = r#"{"powerstrip_id":77,"network_id":123,"description":"","enable_pairing":false,"enable_power_switch":false,
        "enable_connection_check":true,"enable_connection_check_during_maintenance":false,"connection_check_max_retries":0,
        "connection_check_time_between_retries":60,"enable_mesh":1,"last_modified":"2018-04-30T20:29:17Z","ports":OUTLETS,
        "schedule":[{"powerstrip_port_schedule_id":67523,"port_ids":[3,"4"],"days_of_week":["fri"],"hour":18,"minute":0,
        "action":"port_disable"}],"connection_checks":[{"connection_check_name":"  test","hostname_1":"nist.example",
        "hostname_2":null,"hostname_3":null,"hostname_4":null}]}"#;
    let outlet = r#""label":"Device A","enable":true,"connection_check_name":null,"current_a":0.1,"apparent_power_va":16.4,
        "active_power_w":8.5,"reactive_power_var":1.7,"power_factor":0.51"#;
    for outlets in [
        format!(r#"[{{"port_id":1,{outlet}}},{{"port_id":2,"label":"2","enable":false}}]"#),
        format!(r#"{{"2":{{"label":"2","enable":false}},"1":{{{outlet}}}}}"#),
    ] {
        let body = body.replace("OUTLETS", &outlets);
        let strip = get(77.into()).decode(body.as_bytes()).unwrap();
        assert_eq!((strip.id.get(), strip.network_id), (77, Some(123.into())));
        let outlets = strip.ports.as_ref().unwrap();
        assert_eq!(
            (outlets[0].port_id, outlets[0].active_power_w),
            (Some(1.into()), Some(8.5))
        );
        assert_eq!(
            (strip.enabled_outlets(), strip.outlet_count()),
            (Some(1), Some(2))
        );
        let schedule = &strip.schedule.as_ref().unwrap()[0];
        assert_eq!(schedule.port_ids, Some(vec![3.into(), 4.into()]));
        assert_eq!(
            (schedule.days_of_week.clone(), schedule.action.clone()),
            (Some(vec![Weekday::Friday]), Some(OutletAction::Disable))
        );
        let check = &strip.connection_checks.as_ref().unwrap()[0];
        assert_eq!(
            (
                check.connection_check_name.as_deref(),
                check.hostname_2.as_ref()
            ),
            (Some("  test"), None)
        );
        assert!(strip.extra.is_empty(), "{:?}", strip.extra);
    }
    for body in [
        "{}",
        "[]",
        r#"{"status":200}"#,
        r#"{"code":1009,"message":"Success."}"#,
    ] {
        assert!(get(77.into()).decode(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn what_outlets_used() {
    let call = usage(77.into(), Period::Week);
    assert_eq!(call.target(), "/powerstrip/77/usage?period=week");
    let body = r#"{"usage":[{"time":"2018-04-29T23:00:00Z","ports":{"1":{"active_power_w":8,"voltage_v":118,"current_a":0.1}},
        "memory_available":0,"role":""},{"time":"2018-04-29T23:05:00Z","ports":[]}]}"#;
    let samples = call.decode(body.as_bytes()).unwrap();
    assert_eq!(samples[0].ports.as_ref().unwrap()["1"].current_a, Some(0.1));
    assert_eq!(
        (
            samples[0].role.as_ref(),
            samples[1].ports.as_ref().unwrap().len()
        ),
        (None, 0)
    );
    for body in [r#"{"usage":[]}"#, r#"{"usage":{}}"#] {
        assert!(call.decode(body.as_bytes()).unwrap().is_empty(), "{body}");
    }
    assert_eq!(
        call.decode(br#"{"usage":"none"}"#).unwrap_err().path(),
        Some("usage")
    );
}

#[test]
fn only_what_is_set_is_sent() {
    let checks = [ConnectionCheck::new("  test", ["nist.example"])];
    let at_six = NewSchedule::new(
        OutletAction::Disable,
        [3.into(), 4.into()],
        [Weekday::Friday],
        (18, 0),
    );
    let update = PowerStripUpdate::default()
        .description("")
        .outlet(
            OutletUpdate::new(1.into())
                .label("Device A")
                .enable(true)
                .connection_check(Some("  test")),
        )
        .outlet(OutletUpdate::new(2.into()).connection_check(None))
        .schedule([at_six])
        .connection_checks(checks)
        .connection_check_retries(0, 60);
    let call = change(77.into(), &update);
    assert_eq!(
        call.request().json(),
        Some(
            json!({"description": "", "connection_check_max_retries": 0, "connection_check_time_between_retries": 60,
            "ports": [{"port_id": 1, "label": "Device A", "enable": true, "connection_check_name": "  test"},
                {"port_id": 2, "connection_check_name": null}],
            "schedule": [{"port_ids": [3, 4], "days_of_week": ["fri"], "hour": 18, "minute": 0, "action": "port_disable"}],
            "connection_checks": [{"connection_check_name": "  test", "hostname_1": "nist.example", "hostname_2": null,
                "hostname_3": null, "hostname_4": null}]})
        )
    );
    call.check().unwrap();
    assert!(
        change(77.into(), &PowerStripUpdate::default())
            .check()
            .is_err()
    );
    let emptied = PowerStripUpdate::default().schedule([]);
    let call = change(77.into(), &emptied);
    assert_eq!(
        (call.check().is_ok(), call.request().json()),
        (true, Some(json!({"schedule": []})))
    );
}

#[test]
fn settings_and_firmware_of_a_network() {
    let read = settings::get(204_511.into());
    let body = r#"{"enable_power_switch":false,"enable_mesh":true,"enable_upgrade":1,"firmware_tag":"stable"}"#;
    let settings = read.decode(body.as_bytes()).unwrap();
    assert_eq!(
        (settings.enable_upgrade, settings.firmware_tag.as_deref()),
        (Some(true), Some("stable"))
    );
    assert!(read.decode(b"{}").is_err());
    let firmware = settings::firmware_versions(204_511.into());
    let body = r#"{"firmware_versions":[{"tag_id":"7","tag":"stable","build":"6.4.9-77ad"},{"tag_id":8}]}"#;
    let versions = firmware.decode(body.as_bytes()).unwrap();
    assert_eq!(
        (versions[0].tag.as_deref(), versions[1].tag_id.as_deref()),
        (Some("stable"), Some("8"))
    );
}
