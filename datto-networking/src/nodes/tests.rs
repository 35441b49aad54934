use client_core::Decoded;
use serde_json::{Value, json};

use super::{ConnectionStatus, Node, NodeId, NodeRole, get, list};
use crate::lifecycle::Term;
use crate::networks::NetworkId;

const LIST: &str = r#"{"nodes":{
    "610022":{"mac":"ac:86:74:1f:00:a8","name":"Lobby AP","description":"","ip":"10.31.0.6",
        "lan_info":{"lan_ip":"192.168.4.9","wan_ip":"198.51.100.4"},"role":"gateway","spare":false,"down":false,
        "last_checkin":"2025-02-11T08:14:55Z","uptime":"3d 4h 5m","hardware":"A62",
        "firmware_version":"7.0.19-3fa9","firmware_version_full":70000019,"latitude":52.09,"longitude":5.12,
        "channels":{"2_4GHz":6,"5GHz":"44"},"ht_modes":{"2_4GHz":"HT20","5GHz":"?"},
        "mesh_version":"batman-adv","memfree":81022,"load":"0.12","flags":"0x0000",
        "lifecycle":{"end_of_sale":"2024-06-30T00:00:00Z","end_of_life":null},
        "subscription":{"is_active":true,"start_date":"2024-11-01T00:00:00Z","end_date":null,"term":"yearly",
            "term_length":12,"is_evergreen":true}},
    "610023":{"mac":"ac:86:74:1f:00:b0","name":"Hall AP","role":"repeater","down":true,
        "neighbors":[{"nid":610022,"rssi":{"5GHz":-61}}],"gateway_path":[610022],
        "selected_gateway":{"name":"Lobby AP","ip":"10.31.0.6","mac":"ac:86:74:1f:00:a8","hops":1,"latency":1.5},
        "channels":[],"lifecycle":null,"subscription":null,"shiny_new_field":{"a":1}},
    "610024":{"mac":"ac:86:74:1f:00:c8","name":"New AP","description":"","ip":"","role":"orphan","spare":false,
        "down":false,"last_checkin":"0000-00-00T00:00:00Z","uptime":"","hardware":"","firmware_version":"",
        "flags":"","channels":{},"memfree":0,"load":0}}}"#;

fn nodes(body: &str) -> Vec<Decoded<Node>> {
    list(NetworkId::new(204_511))
        .decode(body.as_bytes())
        .unwrap()
        .into_inner()
}

#[test]
fn the_map_becomes_a_list_with_ids() {
    let nodes = nodes(LIST);
    let ids: Vec<_> = nodes
        .iter()
        .filter_map(Decoded::as_item)
        .map(|node| (node.id.get(), node.network_id))
        .collect();
    let network = Some(NetworkId::new(204_511));
    assert_eq!(
        ids,
        [(610_022, network), (610_023, network), (610_024, network)]
    );
    assert_eq!(
        list(NetworkId::new(204_511)).target(),
        "/node/network/204511/list"
    );
}

#[test]
fn a_gateway_is_read_whole() {
    let nodes = nodes(LIST);
    let node = nodes[0].as_item().unwrap();
    assert_eq!(node.mac.as_deref(), Some("ac:86:74:1f:00:a8"));
    assert_eq!(node.description, None);
    assert_eq!(node.role, Some(NodeRole::Gateway));
    let lan = node.lan_info.as_ref().unwrap();
    assert_eq!(
        (lan.lan_ip.as_deref(), lan.wan_ip.as_deref()),
        (Some("192.168.4.9"), Some("198.51.100.4"))
    );
    assert_eq!(
        node.last_checkin.unwrap().to_string(),
        "2025-02-11T08:14:55Z"
    );
    let channels: Vec<_> = node
        .channels
        .iter()
        .flatten()
        .map(|(band, channel)| (band.as_str(), *channel))
        .collect();
    assert_eq!(channels, [("2_4GHz", 6), ("5GHz", 44)]);
    assert_eq!(node.load, Some(0.12));
    let lifecycle = node.lifecycle.as_ref().unwrap();
    assert_eq!(
        (lifecycle.end_of_sale.is_some(), lifecycle.end_of_life),
        (true, None)
    );
    let subscription = node.subscription.as_ref().unwrap();
    assert_eq!(
        (subscription.term.clone(), subscription.term_length),
        (Some(Term::Yearly), Some(12))
    );
    assert!(node.was_seen() && node.extra.is_empty(), "{:?}", node.extra);
}

#[test]
fn a_repeater_knows_its_way() {
    let nodes = nodes(LIST);
    let node = nodes[1].as_item().unwrap();
    assert_eq!(
        node.gateway_path.as_deref(),
        Some(&[NodeId::new(610_022)][..])
    );
    let neighbors = node.neighbors.as_ref().unwrap();
    assert_eq!(
        (
            neighbors[0].nid,
            neighbors[0].rssi.as_ref().unwrap()["5GHz"]
        ),
        (Some(NodeId::new(610_022)), -61)
    );
    assert_eq!(node.selected_gateway.as_ref().unwrap().latency, Some(1.5));
    assert_eq!(node.channels.as_ref().unwrap().len(), 0);
    assert_eq!(
        (node.lifecycle.as_ref(), node.subscription.as_ref()),
        (None, None)
    );
    assert_eq!(node.extra.get("shiny_new_field"), Some(&json!({"a": 1})));
}

/// A device that was never seen has a date of zeros and empty texts.
#[test]
fn a_device_that_was_never_seen() {
    let nodes = nodes(LIST);
    let node = nodes[2].as_item().unwrap();
    assert!(!node.was_seen());
    assert_eq!(
        (
            node.ip.as_ref(),
            node.hardware.as_ref(),
            node.firmware_version.as_ref()
        ),
        (None, None, None)
    );
    assert_eq!(
        (node.role.clone(), node.down, node.memfree),
        (Some(NodeRole::Orphan), Some(false), Some(0))
    );
}

/// An empty map has many forms.
#[test]
fn an_empty_network() {
    for body in [
        r#"{"nodes":{}}"#,
        r#"{"nodes":[]}"#,
        r#"{"nodes":null}"#,
        "{}",
        "[]",
    ] {
        assert!(nodes(body).is_empty(), "{body}");
    }
}

#[test]
fn nodes_in_lists_are_read_too() {
    for body in [
        r#"{"nodes":[{"610022":{"name":"Lobby AP"}}]}"#,
        r#"{"nodes":[{"id":610022,"name":"Lobby AP"}]}"#,
        r#"{"nodes":[{"node_id":"610022","name":"Lobby AP"}]}"#,
    ] {
        let nodes = nodes(body);
        assert_eq!(
            nodes[0].as_item().map(|node| node.id.get()),
            Some(610_022),
            "{body}"
        );
    }
}

#[test]
fn a_node_that_cannot_be_read_is_there_all_the_same() {
    let nodes = nodes(
        r#"{"nodes":{"1":{"name":"a"},"2":null,"x":{"name":"c"},"4":{"mac":["odd"],"name":"d"}}}"#,
    );
    let bad: Vec<_> = nodes
        .iter()
        .filter_map(|node| match node {
            Decoded::Bad(bad) => bad.id.as_deref(),
            Decoded::Item(_) => None,
        })
        .collect();
    assert_eq!(bad, ["2", "x"]);
    // A field of another shape spoils nothing and is not lost.
    let odd = nodes[2].as_item().unwrap();
    assert_eq!(
        (odd.id.get(), odd.mac.as_ref(), odd.extra.get("mac")),
        (4, None, Some(&json!(["odd"])))
    );
}

/// The fields that only a single access point tells, of the sample of March 2025.
#[test]
fn details_have_the_id_of_the_question() {
    let body = r#"{"mac":"ac:86:74:1f:00:a8","name":"Lobby AP","connection_keeper_status":"connected",
        "uptime_seconds":273900,"hardware_revision":"","serial_no":"A9000000017",
        "firmware_version_id":"3fa9","firmware_version_release":"beta 2",
        "firmware_version_semantic":{"major":7,"minor":0,"patch":19,"build":"3fa9"},"firmware_flags":[],
        "upgrade_status":"none","expedite_upgrade":false,"active_clients":12,"channel_overrides":{"5GHz":44},
        "ht_mode_overrides":{},"ht_mode_overrides_autorf":[],"channel_utilization":{"5GHz":[]},
        "custom_sh_approved":true,"custom_sh_errors":[],"custom_sh_names":["a"],"alerts":{"enabled":true},
        "anonymous_ip":false,"antenna_type":null,"autotx_tx_powers":null,"config_seqno":41,"current_seqno":41,
        "current_seqno_used_since":"2025-02-11T08:14:55Z","country_code":"NL","allow_dfs":true,"enable_dfs":false,
        "supports_dfs":true,"supported_country":true,"has_scanning_support":true,"is_triband":false,
        "outdoor":false,"underpowered":false,"disable_led":false,"enable_dhcp":true,
        "lldp_negotiation_delay":false,"locate_mode":0,"enable_troubleshooting_until":null,
        "network_first_add":"2023-02-11T08:14:55Z","warranty_first_checkin":"2023-02-11T08:14:55Z"}"#;
    let call = get(NodeId::new(610_022));
    assert_eq!(call.target(), "/node/610022");
    let node = call.decode(body.as_bytes()).unwrap();
    assert_eq!((node.id.get(), node.network_id), (610_022, None));
    assert_eq!(node.serial_no.as_deref(), Some("A9000000017"));
    assert_eq!(
        node.connection_keeper_status,
        Some(ConnectionStatus::Connected)
    );
    assert_eq!(
        (node.uptime_seconds, node.active_clients),
        (Some(273_900), Some(12))
    );
    assert_eq!(
        node.firmware_version_semantic.as_ref().unwrap().minor,
        Some(0)
    );
    assert_eq!(node.alerts.as_ref().unwrap().enabled, Some(true));
    assert_eq!(
        node.channel_utilization.as_ref().unwrap()["5GHz"],
        Vec::<Value>::new()
    );
    assert_eq!(
        (node.antenna_type.clone(), node.locate_mode),
        (None, Some(false))
    );
    assert!(node.extra.is_empty(), "{:?}", node.extra);
}

#[test]
fn an_answer_about_something_else_is_no_access_point() {
    for body in [
        "{}",
        "[]",
        r#"{"status":200}"#,
        r#"{"code":1009,"message":"Success."}"#,
    ] {
        assert!(
            get(NodeId::new(1)).decode(body.as_bytes()).is_err(),
            "{body}"
        );
    }
}
