use client_core::Decoded;
use serde_json::json;

use super::{
    AclChange, CloudStatus, Ipv4AceChange, MacAceChange, NewSnmpTrap, PoeStatus, PoeUpdate, PortId,
    PortStatus, PortType, PortUpdate, Switch, SwitchSettings, SwitchUpdate, acls, change, get,
    list, settings, snmp_traps, update_snmp_traps,
};

fn switches(body: &str) -> Vec<Decoded<Switch>> {
    let call = list(204_511.into());
    call.decode(body.as_bytes()).unwrap().into_inner()
}

const UP: &str = r#"{"id":18,"poe":{"available_power_w":22,"total_power_w":"740"},"summary_info":{"active_ports":1,
    "cloud_status":"up","description":"","firmware_version":"v0.00.04","gateway_ip":"10.0.0.1","ip":"10.0.1.131",
    "last_checkin":"2016-07-06T23:15:37Z","mac":"88:DC:96:1E:04:49","model":"OMS24","name":"Rack 1","total_ports":28,
    "uptime_seconds":16109,"connection_keeper_status":"disconnected","lifecycle":null,
    "subscription":{"is_active":true,"term":"monthly","term_length":1,"is_evergreen":true}}}"#;
/// One that never checked in: zeros and empty texts.
const NEVER: &str = r#"{"id":63,"poe":{"available_power_w":0,"total_power_w":0},"summary_info":{"active_ports":0,
    "cloud_status":"unknown","description":"","firmware_version":"","gateway_ip":"","ip":"","last_checkin":"",
    "mac":"AC:86:74:00:00:99","model":"OMS8","name":"Store","total_ports":0,"uptime_seconds":0,
    "connection_keeper_status":"disconnected"}}"#;

#[test]
fn a_list_and_a_map_give_the_same_switches() {
    for body in [
        format!(r#"{{"switches":[{UP},{NEVER}]}}"#),
        format!(r#"{{"switches":{{"18":{UP},"63":{NEVER}}}}}"#),
    ] {
        let switches = switches(&body);
        let up = switches[0].as_item().unwrap();
        assert_eq!((up.id.get(), up.network_id), (18, Some(204_511.into())));
        assert_eq!(up.poe.as_ref().unwrap().total_power_w, Some(740.0));
        let info = up.summary_info.as_ref().unwrap();
        assert_eq!(
            (info.model.as_deref(), info.total_ports),
            (Some("OMS24"), Some(28))
        );
        assert_eq!(
            (info.cloud_status.as_ref(), info.lifecycle.as_ref()),
            (Some(&CloudStatus::Up), None)
        );
        assert_eq!(info.subscription.as_ref().unwrap().term_length, Some(1));
        let never = switches[1]
            .as_item()
            .unwrap()
            .summary_info
            .as_ref()
            .unwrap();
        assert_eq!(never.cloud_status, Some(CloudStatus::NeverSeen));
        assert_eq!(
            (
                never.last_checkin,
                never.ip.as_ref(),
                never.firmware_version.as_ref()
            ),
            (None, None, None)
        );
        assert!(up.extra.is_empty() && never.extra.is_empty());
    }
    for body in [r#"{"switches":[]}"#, r#"{"switches":{}}"#, "{}", "[]"] {
        assert!(switches(body).is_empty(), "{body}");
    }
    let bad = switches(r#"{"switches":[{"summary_info":{"name":"no id"}},{"id":5},7]}"#);
    assert!(bad.iter().all(|row| matches!(row, Decoded::Bad(_))) && bad.len() == 3);
}

const PORTS: &str = r#"[
    {"id":"1","type":"poe","enable":true,"enable_isolation":false,"enable_flow_control":false,"enable_voice_vlan":false,
     "uplink":false,"status":"up","description":"AP","vlan_id":1,"tagged_vlans":"1-4,12","untagged_vlans":"1",
     "link_speed_mode":0,"link_speed_neg":1,"voice_cos_mode":0,"acl_mac":"","acl_ipv4":"guests",
     "qos":{"trust":false,"cos_value":0},
     "rate_limit":{"enable_tx":false,"enable_rx":true,"tx_limit_kbps":0,"rx_limit_kbps":512},
     "mirror":{"enable_ingress_state":false,"enable_session_state":false,"tx_port_ids":["2"],"rx_port_ids":[]},
     "poe":{"enable":true,"priority":"low","power_limit_type":"manual","power_limit_user_w":30,"power_draw_w":4.5,
        "status":"delivering power"},
     "statistics":{"rx_bytes":{"all":2085515712000,"ucast":1,"nucast":2,"discard":3,"mcast":4,"bcast":5},
        "tx_bytes":{"all":547190941,"ucast":0,"nucast":0,"discard":0,"mcast":0,"bcast":0}},
     "connected_device_mac_list":["00:00:5E:00:01:04"]},
    {"id":"trunk1","type":"trunk","enable":false,"status":"down","aggregation":{"port_ids":["9","10"]},
     "connected_device_mac_list":[]}]"#;

const DETAIL: &str = r#"{"switch_id":777,"id":777,"summary_info":{"name":"Rack 1","management_vlan":1,
    "last_checkin_host":"cloud-switch.example","expedite_upgrade":false,"monitor_mode":false,
    "network_first_add":"2023-02-11T08:14:55Z","warranty_first_checkin":"2023-02-11T08:14:55Z"},
    "poe":{"total_power_w":150,"available_power_w":150},"ports":PORTS,
    "firmware":{"active_partition":2,"flags":[],"version_partition_1":"IMG-0.00.04","version_partition_2":"IMG-0.00.03"},
    "igmp":{"enable":true,"version":"v2","vlans":[{"id":1,"enable":false}]},
    "voice_vlan":{"enable":false,"mode":-1,"vlan":1,"enable_priority":false,"priority":6,"aging_time":1440,
        "ouis":[{"address":"00:E0:BB","description":"3COM"}]},
    "qos":{"enable":true,"scheduling_method":"strict","trust_mode":"8021p","cos":[{"id":0,"queue":1}],
        "dscp":[{"id":63,"queue":8}]},
    "lldp":{"enable":true,"transmission_interval":30,"holdtime_multiplier":4,"reinitialization_delay":2,"transmit_delay":2},
    "jumbo_frame":{"mtu":1522},
    "stp":{"force_version":"rstp","enable":true,"root_bridge":{"root_address":"88:DC:96:1E:04:49","device_name":"Rack 1",
        "port":"9","priority":32768,"cost":0,"forward_delay_s":15,"maximum_age_s":20,"hello_time_s":2}},
    "snmp":{"enable":true,"community":"canary-community"},"acl":{"enable":true}}"#;

#[test]
fn everything_about_a_switch() {
    let body = DETAIL.replace("PORTS", PORTS);
    let switch = get(777.into()).decode(body.as_bytes()).unwrap();
    assert_eq!((switch.id.get(), switch.network_id), (777, None));
    assert!(switch.extra.is_empty(), "{:?}", switch.extra);
    let ports = switch.ports.as_ref().unwrap();
    let first = &ports[0];
    assert_eq!(
        (first.id.as_ref().map(PortId::as_str), first.kind.clone()),
        (Some("1"), Some(PortType::Poe))
    );
    assert_eq!(
        (first.status.clone(), first.tagged_vlans.as_deref()),
        (Some(PortStatus::Up), Some("1-4,12"))
    );
    assert_eq!(
        (first.acl_mac.as_ref(), first.acl_ipv4.as_deref()),
        (None, Some("guests"))
    );
    let poe = first.poe.as_ref().unwrap();
    assert_eq!(
        (poe.status.clone(), poe.power_draw_w),
        (Some(PoeStatus::DeliveringPower), Some(4.5))
    );
    let received = first
        .statistics
        .as_ref()
        .unwrap()
        .rx_bytes
        .as_ref()
        .unwrap();
    assert_eq!(received.all, Some(2_085_515_712_000));
    assert_eq!(first.rate_limit.as_ref().unwrap().rx_limit_kbps, Some(512));
    assert_eq!(
        first.mirror.as_ref().unwrap().tx_port_ids,
        Some(vec!["2".into()])
    );
    assert_eq!(
        ports[1].aggregation.as_ref().unwrap().port_ids,
        Some(vec!["9".into(), "10".into()])
    );
    assert!(ports.iter().all(|port| port.extra.is_empty()));
    assert_eq!(switch.voice_vlan.as_ref().unwrap().mode, Some(-1));
    assert_eq!(
        switch
            .stp
            .as_ref()
            .unwrap()
            .root_bridge
            .as_ref()
            .unwrap()
            .hello_time_s,
        Some(2)
    );
    assert_eq!(
        switch.qos.as_ref().unwrap().dscp.as_ref().unwrap()[0].queue,
        Some(8)
    );
    let community = switch.snmp.as_ref().unwrap().community.as_ref().unwrap();
    assert_eq!(community.expose(), "canary-community");
    assert!(!format!("{switch:?}").contains("canary"));
}

/// Lists of records as maps by what tells them apart.
#[test]
fn ports_by_id() {
    let body = r#"{"id":777,"ports":{"10":{"type":"eth"},"F1":{"type":"sfp"},"9":{"id":"9","type":"eth"}},
        "igmp":{"vlans":{"12":{"enable":true}}},"connected":[]}"#;
    let switch = get(777.into()).decode(body.as_bytes()).unwrap();
    let ids: Vec<_> = switch
        .ports
        .iter()
        .flatten()
        .filter_map(|port| port.id.clone())
        .collect();
    assert_eq!(ids, ["9".into(), "10".into(), PortId::new("F1")]);
    assert_eq!(switch.igmp.unwrap().vlans.unwrap()[0].id, Some(12));
    for body in [
        "{}",
        "[]",
        r#"{"status":200}"#,
        r#"{"code":1009,"message":"Success."}"#,
    ] {
        assert!(get(777.into()).decode(body.as_bytes()).is_err(), "{body}");
    }
}

/// A list of maps to read, one map to write.
#[test]
fn settings_of_a_network() {
    let read = |body: &str| -> SwitchSettings {
        settings::get(204_511.into())
            .decode(body.as_bytes())
            .unwrap()
    };
    for body in [
        r#"{"disable_upgrade":0,"firmware":[{"OMS24":{"build":"IMG-0.00.03","tag":"v3"}},{"OMS8":{"build":"IMG-0.00.02","tag":"phase1"}}]}"#,
        r#"{"disable_upgrade":false,"firmware":{"OMS24":{"build":"IMG-0.00.03","tag":"v3"},"OMS8":{"tag":"phase1"}}}"#,
    ] {
        let settings = read(body);
        assert_eq!(settings.disable_upgrade, Some(false), "{body}");
        let firmware = settings.firmware.unwrap();
        assert_eq!(
            (
                firmware["OMS24"].tag.as_deref(),
                firmware["OMS8"].tag.as_deref()
            ),
            (Some("v3"), Some("phase1"))
        );
    }
    assert!(
        read(r#"{"disable_upgrade":true,"firmware":[]}"#)
            .firmware
            .unwrap()
            .is_empty()
    );
    let allowed = settings::allowed_firmware(204_511.into());
    let body = r#"{"allowed_firmware":{"OMS24":[{"tag":"phase1","build":"IMG-0.00.02"},{"tag":"v3","build":"IMG-0.00.03"}],"OMS8":{}}}"#;
    let read = allowed.decode(body.as_bytes()).unwrap();
    assert_eq!(
        (read["OMS24"][1].tag.as_deref(), read["OMS8"].len()),
        (Some("v3"), 0)
    );
    assert!(
        allowed
            .decode(br#"{"allowed_firmware":[]}"#)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn only_what_is_set_is_sent() {
    let port = PortUpdate::new("9")
        .enable(true)
        .poe(
            PoeUpdate::default()
                .enable(true)
                .limit_w(30.0)
                .priority("low".into()),
        )
        .tagged_vlans("1,2,4000-4094")
        .untagged_vlans("1")
        .vlan_id(1)
        .field("enable_isolation", true);
    let update = SwitchUpdate::default()
        .active_partition(1)
        .port(port)
        .description("")
        .name("Rack 1");
    let call = change(777.into(), &update);
    assert_eq!(
        call.request().json(),
        Some(
            json!({"firmware": {"active_partition": 1}, "ports": [{"enable": true, "id": "9", "enable_isolation": true,
            "poe": {"enable": true, "power_limit_type": "manual", "power_limit_user_w": 30.0, "priority": "low"},
            "tagged_vlans": "1,2,4000-4094", "untagged_vlans": "1", "vlan_id": 1}],
            "summary_info": {"description": "", "name": "Rack 1"}})
        )
    );
    call.check().unwrap();
    // A field by its name may hold anything, so its value is not printed.
    let secret = PortUpdate::new("9").field("key", "canary");
    assert!(!format!("{secret:?}").contains("canary"));
    let negative = PortUpdate::new("9").poe(PoeUpdate::default().limit_w(-1.0));
    for update in [
        SwitchUpdate::default(),
        SwitchUpdate::default().port(negative),
    ] {
        assert!(change(777.into(), &update).check().is_err(), "{update:?}");
    }
    let auto = PortUpdate::new("9").poe(PoeUpdate::default().limit_w(3.0).limit_auto());
    assert_eq!(
        serde_json::to_value(&auto).unwrap(),
        json!({"id": "9", "poe": {"power_limit_type": "auto"}})
    );
}

#[test]
fn traps_have_a_secret() {
    let body = r#"{"traps":[{"host":"localhost","community_name":"canary","notify_type":"informs","retry":1,"timeout":10,
        "udp":16,"version":"v2c"}]}"#;
    let traps = snmp_traps(777.into()).decode(body.as_bytes()).unwrap();
    assert_eq!(
        (traps[0].udp, traps[0].version.as_deref()),
        (Some(16), Some("v2c"))
    );
    assert_eq!(traps[0].community_name.as_ref().unwrap().expose(), "canary");
    for body in [r#"{"traps":[]}"#, r#"{"traps":{}}"#] {
        assert!(
            snmp_traps(777.into())
                .decode(body.as_bytes())
                .unwrap()
                .is_empty(),
            "{body}"
        );
    }
    let trap = NewSnmpTrap::new("localhost", "canary")
        .notify_type("informs")
        .retry(1)
        .timeout(10)
        .udp(16)
        .version("v2c");
    let call = update_snmp_traps(777.into(), std::slice::from_ref(&trap));
    assert!(!format!("{traps:?} {trap:?} {call:?}").contains("canary"));
    assert_eq!(
        call.request().json(),
        Some(
            json!({"traps": [{"host": "localhost", "community_name": "canary", "notify_type": "informs", "retry": 1,
            "timeout": 10, "udp": 16, "version": "v2c"}]})
        )
    );
    assert_eq!(
        update_snmp_traps(777.into(), &[]).request().json(),
        Some(json!({"traps": []}))
    );
}

#[test]
fn access_lists_and_their_entries() {
    let body = r#"{"mac_acl":[{"name":"foo","assigned":true}],"mac_ace":[{"acl_name":"foo","id":654,"sequence":1,
        "action":"permit","source_mac":"00:00:00:00:00:00","destination_mac":"00:00:00:00:00:01","vlan_id":56,"priority":2,
        "ethertype":"EEDD","checksum":"abc124"}],"ipv4_acl":{"bar":{"assigned":0}},"ipv4_ace":{"655":{"acl_name":"bar",
        "sequence":1,"action":"permit","protocol":"any","type_of_service":-1,"source_ip":"192.*","destination_ip":"172.*",
        "checksum":"def456"}}}"#;
    let call = acls::get(777.into());
    let acls = call.decode(body.as_bytes()).unwrap();
    assert_eq!(acls.mac_acl.as_ref().unwrap()[0].assigned, Some(true));
    assert_eq!(
        acls.mac_ace.as_ref().unwrap()[0].ethertype.as_deref(),
        Some("EEDD")
    );
    assert_eq!(
        acls.ipv4_acl.as_ref().unwrap()[0].name.as_deref(),
        Some("bar")
    );
    let entry = &acls.ipv4_ace.as_ref().unwrap()[0];
    assert_eq!(
        (entry.id, entry.type_of_service),
        (Some(655.into()), Some(-1))
    );
    for body in ["{}", "[]", r#"{"mac_acl":[],"mac_ace":{}}"#] {
        assert!(
            call.decode(body.as_bytes()).unwrap().ipv4_acl.is_none(),
            "{body}"
        );
    }
    assert!(
        call.decode(br#"{"code":1009,"message":"Success."}"#)
            .is_err()
    );
}

#[test]
fn new_entries_have_no_id_and_known_ones_have_one() {
    let id = 777.into();
    let new = AclChange::default().mac_acl("bar").mac_ace(
        MacAceChange::new("bar")
            .action("permit")
            .source_mac("00:00:00:00:00:00")
            .destination_mac("11:11:11:11:11:11"),
    );
    let known = AclChange::default().ipv4_acl("foo").ipv4_ace(
        Ipv4AceChange::existing(9876.into())
            .acl_name("foo")
            .action("permit")
            .protocol("icmp"),
    );
    assert_eq!(
        acls::create(id, &new).request().json(),
        Some(
            json!({"mac_acl": [{"name": "bar"}], "mac_ace": [{"acl_name": "bar", "action": "permit",
            "source_mac": "00:00:00:00:00:00", "destination_mac": "11:11:11:11:11:11"}]})
        )
    );
    assert_eq!(
        acls::update(id, &known).request().json(),
        Some(
            json!({"ipv4_acl": [{"name": "foo"}], "ipv4_ace": [{"id": 9876, "acl_name": "foo", "action": "permit",
            "protocol": "icmp"}]})
        )
    );
    for (call, fine) in [
        (acls::create(id, &new), true),
        (acls::create(id, &known), false),
        (acls::update(id, &known), true),
        (acls::update(id, &new), false),
        (acls::delete(id, &known), true),
        (acls::delete(id, &AclChange::default().mac_acl("foo")), true),
        (acls::create(id, &AclChange::default()), false),
        (acls::update(id, &AclChange::default()), false),
        // It might delete all there is.
        (acls::delete(id, &AclChange::default()), false),
    ] {
        assert_eq!(call.check().is_ok(), fine, "{}", call.operation().name());
    }
}
