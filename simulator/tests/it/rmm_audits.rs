//! Datto RMM: audits, each for its own class of device.

use msp_simulator::{DeviceClass, Interface, MacAddress, Settings, Simulator, Software, World};
use serde_json::{Value, json};

use crate::support::{Rmm, start};

const MAC: MacAddress = MacAddress([0xac, 0x86, 0x74, 0x1f, 0, 0xa8]);

/// A site with one device of that class.
fn one(class: DeviceClass) -> (Simulator, String) {
    let mut world = World::new(5);
    let site = world.add_site("Harbour Clinic");
    let card = Interface::new("vmnic0", MAC, "10.0.0.5");
    let uid = world.add_device(&site, "BOX-1", vec![card]).unwrap();
    let device = world.device_mut(&uid).unwrap();
    device.class = class;
    device.serial = Some("7XK2Q1Z".into());
    (start(world, Settings::unlimited()), uid)
}

#[tokio::test]
async fn each_audit_refuses_devices_of_other_classes() {
    use DeviceClass::{Computer, EsxiHost, NetworkDevice, Printer};
    for (class, own) in [
        (Computer, "device"),
        (EsxiHost, "esxihost"),
        (Printer, "printer"),
        (NetworkDevice, "none"),
    ] {
        let (simulator, uid) = one(class);
        let rmm = Rmm::new(&simulator).await;
        for kind in ["device", "esxihost", "printer"] {
            let expected = if kind == own { 200 } else { 400 };
            let reply = rmm.get(&format!("/api/v2/audit/{kind}/{uid}")).await;
            assert_eq!(reply.status, expected, "{kind} of a {class:?}");
            assert_eq!(
                rmm.get(&format!("/api/v2/audit/{kind}/nobody"))
                    .await
                    .status,
                404
            );
        }
        let expected = if own == "device" { 200 } else { 400 };
        for path in [
            format!("/api/v2/audit/device/{uid}/software"),
            "/api/v2/audit/device/macAddress/AC86741F00A8".to_owned(),
        ] {
            assert_eq!(
                rmm.get(&path).await.status,
                expected,
                "{path} of a {class:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_audit_of_a_computer_tells_its_parts() {
    let (simulator, uid) = one(DeviceClass::Computer);
    let rmm = Rmm::new(&simulator).await;
    let audit = rmm.get(&format!("/api/v2/audit/device/{uid}")).await.json();
    assert_eq!(audit["bios"]["serialNumber"], "7XK2Q1Z");
    assert!(audit["bios"]["releaseDate"].is_i64() && audit["bios"].get("smBiosVersion").is_some());
    assert_eq!(audit["systemInfo"]["manufacturer"], "Acme");
    assert_eq!(
        audit["nics"][0],
        json!({"instance": "vmnic0", "ipv4": "10.0.0.5", "ipv6": null, "macAddress": "AC:86:74:1F:00:A8", "type": "Ethernet"})
    );
    assert!(
        audit["logicalDisks"][0]["freespace"].is_i64(),
        "in small letters"
    );
    assert_eq!(
        (&audit["mobileInfo"], &audit["snmpInfo"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(audit["physicalMemory"][0]["speed"], "4800");
    for part in [
        "baseBoard",
        "displays",
        "processors",
        "videoBoards",
        "attachedDevices",
        "portalUrl",
        "webRemoteUrl",
    ] {
        assert!(audit.get(part).is_some(), "{part}");
    }
    let by_mac = rmm
        .get("/api/v2/audit/device/macAddress/ac86741f00a8")
        .await
        .json();
    assert_eq!(by_mac, json!([audit]));
    for (mac, status) in [("001122334455", 404), ("ac:86:74:1f:00:a8", 400)] {
        let path = format!("/api/v2/audit/device/macAddress/{mac}");
        assert_eq!(rmm.get(&path).await.status, status, "{mac}");
    }
}

#[tokio::test]
async fn software_comes_in_pages() {
    let (simulator, uid) = one(DeviceClass::Computer);
    simulator.with_world_mut(|world| {
        world.device_mut(&uid).unwrap().software = (0..5)
            .map(|number| Software::new(&format!("Tool {number}"), "1.0"))
            .collect();
    });
    let rmm = Rmm::new(&simulator).await;
    let path = format!("/api/v2/audit/device/{uid}/software");
    let page = rmm.get(&format!("{path}?max=2&page=2")).await.json();
    assert_eq!(
        page["software"],
        json!([{"name": "Tool 4", "version": "1.0"}])
    );
    assert_eq!(
        (
            &page["pageDetails"]["totalCount"],
            &page["pageDetails"]["nextPageUrl"]
        ),
        (&json!(5), &Value::Null)
    );
}

#[tokio::test]
async fn hosts_and_printers_have_audits_of_their_own() {
    let (simulator, uid) = one(DeviceClass::EsxiHost);
    let rmm = Rmm::new(&simulator).await;
    let audit = rmm
        .get(&format!("/api/v2/audit/esxihost/{uid}"))
        .await
        .json();
    assert_eq!(
        (
            &audit["systemInfo"]["name"],
            &audit["systemInfo"]["serviceTag"]
        ),
        (&json!("BOX-1"), &json!("7XK2Q1Z"))
    );
    assert!(
        audit["guests"][0]["datastores"].is_string(),
        "one text, no list"
    );
    assert!(audit["processors"][0]["frequency"].is_f64());
    assert_eq!(audit["nics"][0]["speed"], "10000");
    assert!(
        audit["datastores"][0]["freeSpace"].is_i64(),
        "with a capital"
    );
    assert_eq!(
        audit["datastores"][0]["dataExtents"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    let (simulator, uid) = one(DeviceClass::Printer);
    let rmm = Rmm::new(&simulator).await;
    let audit = rmm
        .get(&format!("/api/v2/audit/printer/{uid}"))
        .await
        .json();
    assert_eq!(
        audit["printerMarkerSupplies"][0],
        json!({"description": "Black Toner", "maxCapacity": "12500", "suppliesLevel": "8750"})
    );
    assert_eq!(audit["printer"]["printedPageCount"], 41_207);
    assert_eq!(audit["snmpInfo"]["snmpSerial"], "7XK2Q1Z");
    assert_eq!(audit["nics"][0]["instance"], "vmnic0");
}
