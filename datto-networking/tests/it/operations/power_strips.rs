use datto_networking::history::Period;
use datto_networking::power_strips::{
    ConnectionCheck, NewPowerStrip, NewSchedule, OutletAction, OutletUpdate,
    PowerStripSettingsUpdate, PowerStripUpdate, Weekday,
};

use super::Ran;

pub(super) async fn all(ran: &Ran) {
    list(ran).await;
    get(ran).await;
    create(ran).await;
    update(ran).await;
    usage(ran).await;
    actions(ran).await;
    outlets(ran).await;
    settings(ran).await;
}

async fn list(ran: &Ran) {
    let strip = r#"{"powerstrip_id":1,"name":"Desk","last_checkin":"2018-04-30T19:29:11.232Z","enabled_ports":6}"#;
    for (body, count) in [
        (format!(r#"{{"powerstrips":[{strip}]}}"#), 1),
        (format!(r#"{{"powerstrips":{{"1":{strip}}}}}"#), 1),
        (r#"{"powerstrips":[]}"#.to_owned(), 0),
        ("{}".to_owned(), 0),
    ] {
        let strips = ran
            .sends(
                "GET /v3/powerstrip/network/12345/list",
                "",
                &body,
                async |client| {
                    client
                        .network(12_345.into())
                        .power_strips()
                        .list()
                        .collect_all()
                        .await
                },
            )
            .await;
        assert_eq!(strips.as_slice().len(), count, "{body}");
        for strip in strips {
            assert_eq!(
                (strip.id.get(), strip.network_id, strip.enabled_ports),
                (1, Some(12_345.into()), Some(6))
            );
        }
    }
}

async fn get(ran: &Ran) {
    let body = r#"{"powerstrip_id":77,"network_id":123,"description":"behind","ports":[{"port_id":1,"enable":true}]}"#;
    let strip = ran
        .sends("GET /v3/powerstrip/77", "", body, async |client| {
            client.power_strip(77.into()).get().await
        })
        .await;
    assert_eq!(
        (strip.network_id, strip.description.as_deref()),
        (Some(123.into()), Some("behind"))
    );
    assert_eq!(strip.enabled_outlets(), Some(1));
}

async fn create(ran: &Ran) {
    let new = NewPowerStrip::new("ac:86:74:00:00:01", "garage", "model")
        .description("some description")
        .confirm_transfer();
    let id = ran
        .sends(
            "POST /v3/powerstrip/network/12345",
            r#"{"mac":"ac:86:74:00:00:01","name":"garage","description":"some description","model":"model","confirm_transfer":true}"#,
            r#"{"powerstrip_id":"123456"}"#,
            async |client| client.network(12_345.into()).power_strips().create(&new).await,
        )
        .await;
    assert_eq!(id.get(), 123_456);
}

async fn update(ran: &Ran) {
    let at_six = NewSchedule::new(
        OutletAction::Disable,
        [3.into(), 4.into()],
        [Weekday::Friday],
        (18, 0),
    );
    let update = PowerStripUpdate::default()
        .name("Desk")
        .description("")
        .enable_pairing(false)
        .enable_power_switch(false)
        .enable_connection_check(false)
        .enable_connection_check_during_maintenance(false)
        .connection_check_retries(0, 60)
        .enable_mesh(false)
        .outlet(
            OutletUpdate::new(1.into())
                .label("Device A")
                .enable(true)
                .connection_check(Some("  test")),
        )
        .outlet(OutletUpdate::new(2.into()).connection_check(None))
        .schedule([at_six])
        .connection_checks([ConnectionCheck::new(
            "  test",
            ["nist.example", "b", "c", "d", "e"],
        )]);
    let body = r#"{"name":"Desk","description":"","enable_pairing":false,"enable_power_switch":false,"enable_connection_check":false,"enable_connection_check_during_maintenance":false,"connection_check_max_retries":0,"connection_check_time_between_retries":60,"enable_mesh":false,"ports":[{"port_id":1,"label":"Device A","enable":true,"connection_check_name":"  test"},{"port_id":2,"connection_check_name":null}],"schedule":[{"port_ids":[3,4],"days_of_week":["fri"],"hour":18,"minute":0,"action":"port_disable"}],"connection_checks":[{"connection_check_name":"  test","hostname_1":"nist.example","hostname_2":"b","hostname_3":"c","hostname_4":"d"}]}"#;
    ran.done("PUT /v3/powerstrip/12345", body, async |client| {
        client.power_strip(12_345.into()).update(&update).await
    })
    .await;
}

async fn usage(ran: &Ran) {
    let sample = r#"{"time":"2018-04-29T23:00:00Z","ports":{"1":{"active_power_w":8,"voltage_v":118,"current_a":0.1}},"memory_available":0,"role":""}"#;
    for (body, count) in [
        (format!(r#"{{"usage":[{sample}]}}"#), 1),
        (r#"{"usage":[]}"#.to_owned(), 0),
        (r#"{"usage":{}}"#.to_owned(), 0),
    ] {
        let samples = ran
            .sends(
                "GET /v3/powerstrip/77/usage?period=2hours",
                "",
                &body,
                async |client| client.power_strip(77.into()).usage(Period::TwoHours).await,
            )
            .await;
        assert_eq!(samples.len(), count);
    }
}

async fn actions(ran: &Ran) {
    ran.done("DELETE /v3/powerstrip/77", "", async |client| {
        client.power_strip(77.into()).delete().await
    })
    .await;
    ran.done("GET /v3/powerstrip/77/checkin", "", async |client| {
        client.power_strip(77.into()).check_in().await
    })
    .await;
    ran.done("GET /v3/powerstrip/77/reboot", "", async |client| {
        client.power_strip(77.into()).reboot().await
    })
    .await;
    ran.done("GET /v3/powerstrip/77/enable_pairing", "", async |client| {
        client.power_strip(77.into()).enable_pairing().await
    })
    .await;
    ran.done(
        "GET /v3/powerstrip/network/5/expedite_upgrade",
        "",
        async |client| {
            client
                .network(5.into())
                .power_strips()
                .expedite_upgrade()
                .await
        },
    )
    .await;
}

async fn outlets(ran: &Ran) {
    ran.done("GET /v3/powerstrip/77/port/3/reset", "", async |client| {
        client
            .power_strip(77.into())
            .outlets()
            .reset(3.into())
            .await
    })
    .await;
    for (body, count) in [
        (r#"{"ports":[{"port_id":1},{"port_id":2}]}"#, 2),
        (r#"{"ports":{"1":{"label":"a"}}}"#, 1),
        (r#"{"ports":[]}"#, 0),
    ] {
        let outlets = ran
            .sends("GET /v3/powerstrip/77", "", body, async |client| {
                client.power_strip(77.into()).outlets().list().await
            })
            .await;
        assert_eq!(outlets.len(), count);
    }
}

async fn settings(ran: &Ran) {
    let body = r#"{"enable_power_switch":false,"enable_mesh":false,"enable_upgrade":true,"firmware_tag":"stable"}"#;
    let settings = ran
        .sends(
            "GET /v3/powerstrip/network/5/settings",
            "",
            body,
            async |client| client.network(5.into()).power_strips().settings().await,
        )
        .await;
    assert_eq!(
        (settings.enable_upgrade, settings.firmware_tag.as_deref()),
        (Some(true), Some("stable"))
    );
    let update = PowerStripSettingsUpdate::default()
        .enable_power_switch(false)
        .enable_mesh(false)
        .enable_upgrade(true)
        .firmware_tag("stable");
    ran.done(
        "PUT /v3/powerstrip/network/5/settings",
        body,
        async |client| {
            client
                .network(5.into())
                .power_strips()
                .update_settings(&update)
                .await
        },
    )
    .await;
    for (body, count) in [
        (
            r#"{"firmware_versions":[{"tag_id":"7","tag":"stable","build":"6.4.9"}]}"#,
            1,
        ),
        (r#"{"firmware_versions":{"7":{"tag":"stable"}}}"#, 1),
        (r#"{"firmware_versions":[]}"#, 0),
    ] {
        let versions = ran
            .sends(
                "GET /v3/powerstrip/network/5/firmware_versions",
                "",
                body,
                async |client| {
                    client
                        .network(5.into())
                        .power_strips()
                        .firmware_versions()
                        .await
                },
            )
            .await;
        assert_eq!(versions.len(), count);
        assert!(
            versions
                .iter()
                .all(|version| version.tag_id.as_deref() == Some("7"))
        );
    }
}
