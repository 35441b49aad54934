use client_core::ErrorKind;
use datto_networking::switches::{
    AclChange, CloudStatus, Ipv4AceChange, MacAceChange, NewSnmpTrap, NewSwitch, PoeUpdate, PortId,
    PortUpdate, SwitchSettingsUpdate, SwitchUpdate,
};

use super::Ran;
use crate::support::{builder, received, refusal, scripted};

pub(super) async fn all(ran: &Ran) {
    list(ran).await;
    get(ran).await;
    create(ran).await;
    update(ran).await;
    actions(ran).await;
    ports(ran).await;
    settings(ran).await;
    snmp_traps(ran).await;
    acls(ran).await;
}

async fn list(ran: &Ran) {
    let switch = r#"{"id":18,"poe":{"available_power_w":0,"total_power_w":0},"summary_info":{"name":"Rack 1","cloud_status":"up"}}"#;
    for (body, count) in [
        (format!(r#"{{"switches":[{switch}]}}"#), 1),
        (format!(r#"{{"switches":{{"18":{switch}}}}}"#), 1),
        (r#"{"switches":[]}"#.to_owned(), 0),
        (r#"{"switches":{}}"#.to_owned(), 0),
        ("{}".to_owned(), 0),
    ] {
        let switches = ran
            .sends(
                "GET /v1/switch/network/12345/list",
                "",
                &body,
                async |client| {
                    client
                        .network(12_345.into())
                        .switches()
                        .list()
                        .collect_all()
                        .await
                },
            )
            .await;
        assert_eq!(switches.as_slice().len(), count, "{body}");
        for switch in switches {
            assert_eq!(
                (switch.id.get(), switch.network_id),
                (18, Some(12_345.into()))
            );
            let info = switch.summary_info.unwrap();
            assert_eq!(
                (info.name.as_deref(), info.cloud_status),
                (Some("Rack 1"), Some(CloudStatus::Up))
            );
        }
    }
}

async fn get(ran: &Ran) {
    let body = r#"{"switch_id":777,"summary_info":{"name":"Rack 1"},"ports":[{"id":"F1","type":"sfp"}],
        "snmp":{"enable":true,"community":"canary"}}"#;
    let switch = ran
        .sends("GET /v1/switch/777", "", body, async |client| {
            client.switch(777.into()).get().await
        })
        .await;
    assert_eq!(
        (switch.id.get(), switch.ports.unwrap()[0].id.clone()),
        (777, Some("F1".into()))
    );
}

async fn create(ran: &Ran) {
    let new =
        NewSwitch::new("ac:86:74:00:00:01", "garage", "model").description("some description");
    let body = r#"{"mac":"ac:86:74:00:00:01","name":"garage","description":"some description","model":"model""#;
    for (new, rest) in [
        (new.clone(), "}"),
        (new.confirm_transfer(), r#","confirm_transfer":true}"#),
    ] {
        let id = ran
            .sends(
                "POST /v1/switch/network/12345",
                &format!("{body}{rest}"),
                r#"{"switch_id":123456}"#,
                async |client| client.network(12_345.into()).switches().create(&new).await,
            )
            .await;
        assert_eq!(id.get(), 123_456);
    }
}

async fn update(ran: &Ran) {
    let poe = PoeUpdate::default()
        .enable(true)
        .limit_w(30.0)
        .priority("low".into());
    let port = PortUpdate::new("9")
        .enable(true)
        .poe(poe)
        .tagged_vlans("1,2,4,3,9,8,8,10,10,4000-4094,12,991-994")
        .untagged_vlans("1")
        .vlan_id(1);
    let update = SwitchUpdate::default()
        .active_partition(1)
        .port(port)
        .description("")
        .name("switch john");
    let body = r#"{"firmware":{"active_partition":1},"ports":[{"id":"9","enable":true,"poe":{"enable":true,"power_limit_type":"manual","power_limit_user_w":30.0,"priority":"low"},"tagged_vlans":"1,2,4,3,9,8,8,10,10,4000-4094,12,991-994","untagged_vlans":"1","vlan_id":1}],"summary_info":{"description":"","name":"switch john"}}"#;
    ran.done("PUT /v1/switch/12345", body, async |client| {
        client.switch(12_345.into()).update(&update).await
    })
    .await;
}

async fn actions(ran: &Ran) {
    ran.done("DELETE /v1/switch/777", "", async |client| {
        client.switch(777.into()).delete().await
    })
    .await;
    ran.done("GET /v1/switch/777/reboot", "", async |client| {
        client.switch(777.into()).reboot().await
    })
    .await;
    ran.done("GET /v1/switch/777/enable_pairing", "", async |client| {
        client.switch(777.into()).enable_pairing().await
    })
    .await;
    ran.done("GET /v1/switch/777/expedite_upgrade", "", async |client| {
        client.switch(777.into()).expedite_upgrade().await
    })
    .await;
}

async fn ports(ran: &Ran) {
    for (port, segment) in [("F1", "F1"), ("a/b", "a%2Fb")] {
        let line = format!("GET /v1/switch/777/port/{segment}/reset");
        ran.done(&line, "", async |client| {
            client
                .switch(777.into())
                .ports()
                .reset(&PortId::new(port))
                .await
        })
        .await;
    }
    for (body, count) in [
        (r#"{"ports":[{"id":"1"},{"id":"2"}]}"#, 2),
        (r#"{"ports":{"1":{"status":"up"}}}"#, 1),
        (r#"{"ports":[]}"#, 0),
    ] {
        let ports = ran
            .sends("GET /v1/switch/777", "", body, async |client| {
                client.switch(777.into()).ports().list().await
            })
            .await;
        assert_eq!(ports.len(), count);
    }
}

async fn settings(ran: &Ran) {
    let body =
        r#"{"disable_upgrade":false,"firmware":[{"OMS24":{"build":"IMG-0.00.03","tag":"v3"}}]}"#;
    let settings = ran
        .sends(
            "GET /v1/switch/network/123456/settings",
            "",
            body,
            async |client| client.network(123_456.into()).switches().settings().await,
        )
        .await;
    assert_eq!(
        settings.firmware.unwrap()["OMS24"].tag.as_deref(),
        Some("v3")
    );
    let update = SwitchSettingsUpdate::default()
        .disable_upgrade(false)
        .firmware("OMS8", "v4")
        .firmware("OMS24", "v3");
    let body = r#"{"disable_upgrade":false,"firmware":{"OMS24":{"tag":"v3"},"OMS8":{"tag":"v4"}}}"#;
    ran.done(
        "PUT /v1/switch/network/123456/settings",
        body,
        async |client| {
            client
                .network(123_456.into())
                .switches()
                .update_settings(&update)
                .await
        },
    )
    .await;
    for (body, count) in [
        (
            r#"{"allowed_firmware":{"OMS24":[{"tag":"phase1","build":"IMG-0.00.02"}]}}"#,
            1,
        ),
        (r#"{"allowed_firmware":[]}"#, 0),
    ] {
        let allowed = ran
            .sends(
                "GET /v1/switch/network/123456/allowed_firmware",
                "",
                body,
                async |client| {
                    client
                        .network(123_456.into())
                        .switches()
                        .allowed_firmware()
                        .await
                },
            )
            .await;
        assert_eq!(allowed.len(), count);
    }
}

async fn snmp_traps(ran: &Ran) {
    let body = r#"{"traps":[{"host":"localhost","community_name":"canary","notify_type":"informs","retry":1,"timeout":10,"udp":16,"version":"v2c"}]}"#;
    for (body, count) in [(body, 1), (r#"{"traps":[]}"#, 0)] {
        let traps = ran
            .sends("GET /v1/switch/123/snmp_traps", "", body, async |client| {
                client.switch(123.into()).snmp_traps().await
            })
            .await;
        assert_eq!(traps.len(), count);
    }
    let trap = NewSnmpTrap::new("localhost", "foobar");
    let body = r#"{"traps":[{"host":"localhost","community_name":"foobar"}]}"#;
    ran.done("PUT /v1/switch/123/snmp_traps", body, async |client| {
        client
            .switch(123.into())
            .update_snmp_traps(std::slice::from_ref(&trap))
            .await
    })
    .await;
    ran.done(
        "PUT /v1/switch/123/snmp_traps",
        r#"{"traps":[]}"#,
        async |client| client.switch(123.into()).update_snmp_traps(&[]).await,
    )
    .await;
}

async fn acls(ran: &Ran) {
    let body =
        r#"{"mac_acl":[{"name":"foo","assigned":true}],"ipv4_ace":{"655":{"acl_name":"bar"}}}"#;
    for (body, count) in [(body, 1), ("{}", 0), ("[]", 0)] {
        let acls = ran
            .sends("GET /v1/switch/123/acl", "", body, async |client| {
                client.switch(123.into()).acls().get().await
            })
            .await;
        assert_eq!(acls.mac_acl.unwrap_or_default().len(), count);
        assert_eq!(acls.ipv4_ace.unwrap_or_default().len(), count);
    }
    let entry = MacAceChange::new("bar")
        .action("permit")
        .source_mac("00:00:00:00:00:00")
        .destination_mac("11:11:11:11:11:11");
    let new = AclChange::default().mac_acl("bar").mac_ace(entry);
    let body = r#"{"mac_acl":[{"name":"bar"}],"mac_ace":[{"acl_name":"bar","action":"permit","source_mac":"00:00:00:00:00:00","destination_mac":"11:11:11:11:11:11"}]}"#;
    ran.done("POST /v1/switch/123/acl", body, async |client| {
        client.switch(123.into()).acls().create(&new).await
    })
    .await;
    let entry = Ipv4AceChange::existing(9876.into())
        .acl_name("foo")
        .action("permit")
        .protocol("icmp");
    let change = AclChange::default().ipv4_acl("foo").ipv4_ace(entry);
    let body = r#"{"ipv4_acl":[{"name":"foo"}],"ipv4_ace":[{"id":9876,"acl_name":"foo","action":"permit","protocol":"icmp"}]}"#;
    ran.done("PUT /v1/switch/123/acl", body, async |client| {
        client.switch(123.into()).acls().update(&change).await
    })
    .await;
    // The body of a DELETE is sent, and signed.
    let what = AclChange::default().mac_acl("foo");
    ran.done(
        "DELETE /v1/switch/123/acl",
        r#"{"mac_acl":[{"name":"foo"}]}"#,
        async |client| client.switch(123.into()).acls().delete(&what).await,
    )
    .await;
}

/// A `DELETE` without a body might delete every list.
#[tokio::test]
async fn nothing_is_sent_for_nothing() {
    let server = scripted([crate::support::json(200, "{}")]).await;
    let client = builder(&server).allow_writes().build().unwrap();
    let switch = client.switch(5.into());
    let nothing = AclChange::default();
    for error in [
        switch.acls().create(&nothing).await.unwrap_err(),
        switch.acls().update(&nothing).await.unwrap_err(),
        switch.acls().delete(&nothing).await.unwrap_err(),
        switch.update(&SwitchUpdate::default()).await.unwrap_err(),
        switch.ports().reset(&PortId::new("")).await.unwrap_err(),
        switch.ports().reset(&PortId::new("..")).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    assert!(received(&server).await.is_empty());
}

/// A refusal may quote what it refuses.
#[tokio::test]
async fn a_community_is_in_no_error() {
    let quoting = r#"{"errors":[{"code":12001,"message":"bad community canary-community","context":"","values":{}}]}"#;
    let server = scripted([crate::support::json(403, quoting)]).await;
    let client = builder(&server).allow_writes().build().unwrap();
    let trap = NewSnmpTrap::new("localhost", "canary-community");
    let error = client
        .switch(5.into())
        .update_snmp_traps(&[trap])
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(
        !format!("{error} {error:?}").contains("canary"),
        "{error:?}"
    );
}

/// A deletion that may have been done before is done.
#[tokio::test]
async fn a_lost_answer_to_a_deletion() {
    let server = scripted([crate::support::json(503, ""), refusal(404, 1017)]).await;
    let client = builder(&server).allow_writes().build().unwrap();
    client.switch(5.into()).delete().await.unwrap();
    let server = scripted([refusal(404, 1017)]).await;
    let client = builder(&server).allow_writes().build().unwrap();
    let error = client.switch(5.into()).delete().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
