//! Datto RMM: finding devices, device filters, moving, warranty, patches.

use std::time::Duration;

use msp_simulator::{
    DeviceClass, DevicePatch, FilterRule, FilterScope, InstallStatus, Interface, MacAddress,
    Settings, Simulator, World,
};
use serde_json::{Value, json};

use crate::support::{Rmm, demo, start};

const MAC: MacAddress = MacAddress([0xac, 0x86, 0x74, 0x1f, 0, 0xa8]);

/// Two sites; the laptop of the first and the dock of the second share a hardware address.
fn shared_mac() -> (Simulator, String, String) {
    let mut world = World::new(7);
    let (one, two) = (world.add_site("Harbour Clinic"), world.add_site("Bakery"));
    let card = |ip: &str| vec![Interface::new("Ethernet", MAC, ip)];
    let laptop = world
        .add_device(&one, "LAPTOP-1", card("10.0.0.1"))
        .unwrap();
    world.add_device(&two, "DOCK-2", card("10.0.1.1")).unwrap();
    (start(world, Settings::unlimited()), one, laptop)
}

fn names(page: &Value) -> Vec<&str> {
    page["devices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|device| device["hostname"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_device_is_found_by_uid_by_number_and_by_mac() {
    let (simulator, _, laptop) = shared_mac();
    let rmm = Rmm::new(&simulator).await;
    for version in ["v2", "v3"] {
        let device = rmm
            .get(&format!("/api/{version}/device/{laptop}"))
            .await
            .json();
        assert_eq!(device["hostname"], "LAPTOP-1");
        let by_id = format!("/api/{version}/device/id/{}", device["id"]);
        assert_eq!(rmm.get(&by_id).await.json(), device);
        // A MAC gives a list, of all devices that have it (U20), in either case.
        for mac in ["AC86741F00A8", "ac86741f00a8"] {
            let path = format!("/api/{version}/device/macAddress/{mac}");
            let found = rmm.get(&path).await.json();
            assert_eq!(found.as_array().unwrap().len(), 2, "{path}");
            assert_eq!(found[0], device);
        }
        for (path, status) in [
            ("device/nobody", 404),
            ("device/id/1", 404),
            ("device/id/x", 400),
            ("device/macAddress/001122334455", 404),
            ("device/macAddress/ac-86-74-1f-00-a8", 400),
            ("device/macAddress/ac86741f00a", 400),
        ] {
            let reply = rmm.get(&format!("/api/{version}/{path}")).await;
            assert_eq!(reply.status, status, "{path}");
            assert_eq!(reply.json()["path"], format!("/{version}/{path}"));
        }
    }
    simulator.update_settings(|settings| settings.rmm.malformed_mac_status = 404);
    let reply = rmm.get("/api/v2/device/macAddress/ac:86:74:1f:00:a8").await;
    assert_eq!(reply.status, 404);
}

#[tokio::test]
async fn a_filter_by_id_overrides_all_others() {
    let (simulator, site, _) = shared_mac();
    let (docks, own) = simulator.with_world_mut(|world| {
        let rule = || FilterRule::Hostname("dock".into());
        (
            world
                .add_filter("Docks", FilterScope::Custom, rule())
                .unwrap(),
            world
                .add_filter("All here", FilterScope::Site(site.clone()), FilterRule::All)
                .unwrap(),
        )
    });
    let rmm = Rmm::new(&simulator).await;
    for version in ["v2", "v3"] {
        let account = format!("/api/{version}/account/devices");
        let page = rmm
            .get(&format!(
                "{account}?filterId={docks}&hostname=laptop&siteName=harbour"
            ))
            .await
            .json();
        assert_eq!(names(&page), ["DOCK-2"], "the text filters are ignored");
        let page = rmm.get(&format!("{account}?hostname=APTO")).await.json();
        assert_eq!(
            names(&page),
            ["LAPTOP-1"],
            "a part of the name, in any case"
        );
        let of_site = format!("/api/{version}/site/{site}/devices");
        let page = rmm.get(&format!("{of_site}?filterId={own}")).await.json();
        assert_eq!(names(&page), ["LAPTOP-1"]);
        let page = rmm.get(&format!("{of_site}?filterId={docks}")).await.json();
        assert_eq!(names(&page), [""; 0]);
        for (path, status) in [
            (format!("{account}?filterId=5"), 404),
            (format!("{account}?filterId=x"), 400),
            (format!("{account}?filterId={own}"), 404),
            (format!("/api/{version}/site/nowhere/devices"), 404),
        ] {
            assert_eq!(rmm.get(&path).await.status, status, "{path}");
        }
    }
}

#[tokio::test]
async fn filters_are_listed_by_scope_under_their_odd_names() {
    let (simulator, site, _) = shared_mac();
    simulator.with_world_mut(|world| {
        let scope = FilterScope::Site(site.clone());
        world.add_filter("Ours", scope, FilterRule::All).unwrap();
        world
            .add_filter("Mine", FilterScope::Custom, FilterRule::Online(false))
            .unwrap();
    });
    let rmm = Rmm::new(&simulator).await;
    let all = async |path: &str| {
        rmm.get(path).await.json()["filters"]
            .as_array()
            .unwrap()
            .clone()
    };
    let defaults = all("/api/v2/filter/default-filters").await;
    assert!(defaults.len() > 2 && defaults.iter().all(|row| row["type"] == "rmm_default"));
    assert!(defaults[0]["dateCreate"].is_i64() && defaults[0]["lastUpdated"].is_i64());
    assert_eq!(defaults[0].get("dateCreated"), None);
    let custom = all("/api/v2/filter/custom-filters").await;
    assert_eq!((custom.len(), &custom[0]["type"]), (1, &json!("custom")));
    let own = all(&format!("/api/v2/site/{site}/filters")).await;
    assert_eq!((own.len(), &own[0]["type"]), (1, &json!("site")));
    assert_eq!(rmm.get("/api/v2/site/nowhere/filters").await.status, 404);
}

#[tokio::test]
async fn a_device_moves_between_sites() {
    let (simulator, one, laptop) = shared_mac();
    let rmm = Rmm::new(&simulator).await;
    let two = simulator.site_uid("Bakery").unwrap();
    let path = format!("/api/v2/device/{laptop}/site/{two}");
    for _ in 0..2 {
        let moved = rmm.put(&path, "").await;
        assert_eq!((moved.status, moved.text.as_str()), (200, ""));
    }
    let device = rmm.get(&format!("/api/v2/device/{laptop}")).await.json();
    assert_eq!(device["siteName"], "Bakery");
    let left = rmm.get(&format!("/api/v2/site/{one}/devices")).await.json();
    assert_eq!(left["devices"], json!([]));
    let deleted = simulator.site_uid("Deleted Devices").unwrap();
    for (device, site, status) in [
        (&laptop, "nowhere", 404),
        (&"nobody".to_owned(), one.as_str(), 404),
        (&laptop, deleted.as_str(), 403),
    ] {
        let path = format!("/api/v2/device/{device}/site/{site}");
        assert_eq!(rmm.put(&path, "").await.status, status, "{path}");
    }
    // Verbs: PUT creates and moves; a POST leads nowhere.
    assert_eq!(rmm.post(&path, "").await.status, 405);
}

#[tokio::test]
async fn a_warranty_is_a_date_or_null_in_so_many_words() {
    let (simulator, _, laptop) = shared_mac();
    let rmm = Rmm::new(&simulator).await;
    let path = format!("/api/v2/device/{laptop}/warranty");
    let date =
        async || rmm.get(&format!("/api/v2/device/{laptop}")).await.json()["warrantyDate"].clone();
    let set = rmm.post(&path, r#"{"warrantyDate":"2028-02-29"}"#).await;
    assert_eq!((set.status, set.text.as_str()), (200, ""));
    assert_eq!(date().await, "2028-02-29");
    for body in [
        "{}",
        r#"{"warrantyDate":"29.02.2028"}"#,
        r#"{"warrantyDate":"2027-02-29"}"#,
        r#"{"warrantyDate":1}"#,
        "",
    ] {
        assert_eq!(rmm.post(&path, body).await.status, 400, "{body}");
    }
    assert_eq!(
        date().await,
        "2028-02-29",
        "what was refused changed nothing"
    );
    assert_eq!(
        rmm.post(&path, r#"{"warrantyDate":null}"#).await.status,
        200
    );
    assert_eq!(date().await, Value::Null);
    let other = "/api/v2/device/nobody/warranty";
    assert_eq!(
        rmm.post(other, r#"{"warrantyDate":null}"#).await.status,
        404
    );
}

#[tokio::test]
async fn patches_of_a_device_and_of_a_site() {
    let (simulator, site, laptop) = shared_mac();
    let ids = simulator.with_world_mut(|world| {
        let ids: Vec<_> = world
            .account
            .patches
            .iter()
            .map(|patch| patch.id.clone())
            .collect();
        let other = world.add_device(&site, "LAPTOP-9", Vec::new()).unwrap();
        for (device, status) in [
            (&laptop, InstallStatus::Installed),
            (&other, InstallStatus::NotApproved),
        ] {
            let patches = &mut world.device_mut(device).unwrap().patches;
            patches.push(DevicePatch::new(&ids[0], status));
            patches.push(DevicePatch::new(&ids[1], InstallStatus::ApprovedPending));
        }
        ids
    });
    let rmm = Rmm::new(&simulator).await;
    let of_device = format!("/api/v2/device/{laptop}/patches");
    let page = rmm.get(&of_device).await.json();
    assert_eq!(page["pageDetails"]["totalCount"], 2);
    let patch = &page["patches"][0];
    assert_eq!(
        *patch,
        json!({
            "patchId": ids[0],
            "category": ["Security Updates"],
            "type": "SOFTWARE",
            "title": "2026-11 Cumulative Update for Windows 11",
            "description": "Resolves issues: 2026-11 Cumulative Update for Windows 11",
            "releaseDate": "2026-11-10",
            "severity": "CRITICAL",
            "maxSize": 734_003_200,
            "rebootRequired": true,
            "requireUserInput": false,
            "kbArticleId": "5070001",
            "installStatus": "INSTALLED",
            "manualOverride": false,
        })
    );
    let pending = rmm
        .get(&format!("{of_device}?installStatus=APPROVED_PENDING"))
        .await
        .json();
    assert_eq!(pending["patches"].as_array().unwrap().len(), 1);
    assert_eq!(pending["patches"][0]["patchId"], ids[1].as_str());

    // One patch once for each status, with the devices that have it so.
    let of_site = format!("/api/v2/site/{site}/patches");
    let page = rmm.get(&of_site).await.json();
    let rows = page["patches"].as_array().unwrap();
    let of_first: Vec<_> = rows
        .iter()
        .filter(|row| row["patchId"] == ids[0].as_str())
        .collect();
    assert_eq!((rows.len(), of_first.len()), (3, 2));
    assert!(of_first.iter().all(|row| row["totalDevices"] == 1));
    assert_eq!(of_first[0].get("manualOverride"), None);
    let pending = rmm
        .get(&format!("{of_site}?installStatus=APPROVED_PENDING"))
        .await
        .json();
    assert_eq!(pending["patches"][0]["totalDevices"], 2);
    for path in [&of_device, &of_site] {
        assert_eq!(
            rmm.get(&format!("{path}?installStatus=x")).await.status,
            400
        );
        assert_eq!(
            rmm.get(&format!("{path}?max=251")).await.status,
            400,
            "refused, not cut"
        );
        assert_eq!(rmm.get(&format!("{path}?max=250")).await.status, 200);
    }
    let device = rmm.get(&format!("/api/v2/device/{laptop}")).await.json();
    assert_eq!(
        device["patchManagement"],
        json!({"patchStatus": "ApprovedPending", "patchesApprovedPending": 1, "patchesNotApproved": 0, "patchesInstalled": 1})
    );
}

#[tokio::test]
async fn an_older_build_has_no_patches_and_no_version_3() {
    let simulator = demo();
    let site = simulator.site_uid("Harbour Clinic").unwrap();
    simulator.update_settings(|settings| settings.rmm.build = 201);
    let rmm = Rmm::new(&simulator).await;
    let path = format!("/site/{site}/patches");
    let reply = rmm.get(&format!("/api/v2{path}")).await;
    let body = reply.json();
    assert_eq!((reply.status, &body["error"]), (404, &json!("Not Found")));
    assert_eq!(body["path"], format!("/v2{path}"));
    assert_eq!(body["message"], format!("No static resource v2{path}."));
    assert_eq!(rmm.get("/api/v3/account/devices").await.status, 404);
    assert_eq!(rmm.get("/api/v2/account/devices").await.status, 200);
    let status = rmm.get("/api/v2/system/status").await.json();
    assert_eq!(status["version"], "2.0.0 Build 201");
}

#[tokio::test]
async fn the_shape_of_a_device_follows_its_class() {
    let (simulator, _, laptop) = shared_mac();
    simulator.with_world_mut(|world| {
        world.device_mut(&laptop).unwrap().class = DeviceClass::EsxiHost;
    });
    let rmm = Rmm::new(&simulator).await;
    let device = rmm.get(&format!("/api/v2/device/{laptop}")).await.json();
    assert_eq!(device["deviceClass"], "esxihost");
    for absent in ["antivirus", "patchManagement", "rebootRequired"] {
        assert_eq!(device[absent], Value::Null, "{absent}");
    }
}

#[tokio::test]
async fn devices_that_are_online_were_seen_within_the_last_minute() {
    let (simulator, _, laptop) = shared_mac();
    let rmm = Rmm::new(&simulator).await;
    let age = async || {
        let device = rmm.get(&format!("/api/v2/device/{laptop}")).await.json();
        simulator.now_ms() - device["lastSeen"].as_i64().unwrap()
    };
    let minute = Duration::from_mins(1);
    assert!(
        (0..60_000).contains(&age().await),
        "the world was built long ago"
    );
    simulator.advance(minute * 90);
    assert!((0..60_000).contains(&age().await));
    simulator.set_online(&laptop, false).unwrap();
    simulator.advance(minute * 90);
    assert!((5_400_000..5_460_000).contains(&age().await));
}

#[tokio::test]
async fn a_clock_in_the_settings_leaves_the_dates_of_the_world_alone() {
    let world = World::demo();
    let built = world.sites[1].devices[0].clone();
    let settings = || {
        let mut settings = Settings::unlimited();
        settings.clock_ms = Some(1_809_172_800_000);
        settings
    };
    let text = || {
        let simulator = start(World::demo(), settings());
        assert!((0..60_000).contains(&(simulator.now_ms() - 1_809_172_800_000)));
        simulator.with_world(|world| serde_json::to_string(world).unwrap())
    };
    assert_eq!(text(), text());
    assert!(text().contains(&format!("\"created_ms\":{}", built.created_ms)));
    let moved = start(world, Settings::unlimited());
    let moved = moved.sites()[1].devices[0].clone();
    let real = |device: &msp_simulator::Device| device.created_ms - device.last_audit_ms.unwrap();
    assert_ne!(moved.created_ms, built.created_ms);
    assert_eq!(real(&moved), real(&built), "all move by the same time");
}

#[tokio::test]
async fn a_deleted_device_is_offline_and_comes_back_as_one_that_is_not_deleted() {
    let (simulator, site, laptop) = shared_mac();
    let rmm = Rmm::new(&simulator).await;
    let bin = simulator.sites()[0].uid.clone();
    simulator.delete_device(&laptop).unwrap();
    let state = async || {
        let device = rmm.get(&format!("/api/v2/device/{laptop}")).await.json();
        let of = ["siteUid", "deleted", "online"];
        of.map(|field| device[field].clone())
    };
    assert_eq!(
        state().await,
        [json!(bin), json!(true), json!(false)],
        "it is in the pseudo-site"
    );
    simulator.move_device(&laptop, &site).unwrap();
    assert_eq!(state().await, [json!(site), json!(false), json!(false)]);
    simulator.set_online(&laptop, true).unwrap();
    assert_eq!(state().await, [json!(site), json!(false), json!(true)]);
    simulator.with_world_mut(|world| world.sites.remove(0));
    assert!(
        simulator.delete_device(&laptop).is_err(),
        "it has nowhere to go"
    );
    assert!(simulator.delete_device("nobody").is_err());
}
