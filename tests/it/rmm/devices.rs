//! Devices: by every way to them, and what is known and set of each.

use std::sync::Arc;

use datto_rmm::client_core::{Complete, Date};
use datto_rmm::devices::{
    DeviceClass, DeviceId, DeviceUid, ListDevices, ListSiteDevices, UdfItem, UdfText, UdfType,
    UdfUpdate, UdfUpdateV3,
};
use datto_rmm::patches::{InstallStatus, ListPatches};
use datto_rmm::{ErrorKind, WireTime};
use jiff::Timestamp;
use simulator::{UdfDefinition, UdfKind};

use super::{Seen, Stage, small};

fn sorted<T>(rows: &Complete<Vec<T>>, uid: impl Fn(&T) -> &DeviceUid) -> Vec<String> {
    let mut uids: Vec<_> = rows
        .as_slice()
        .iter()
        .map(|row| uid(row).to_string())
        .collect();
    uids.sort();
    uids
}

pub(super) async fn the_same_device_by_every_way(seen: &Arc<Seen>) {
    let stage = Stage::set(small(), seen).await;
    let (client, site) = (&stage.client, stage.site("Alder Dental"));
    let uid = stage.device("PC-1");
    let held = stage.held(&uid);
    let mac = held.interfaces[0].mac.expect("it has one").to_string();

    let device = client.device(&uid).get().await.expect("reads");
    assert_eq!(device.hostname.as_deref(), Some("PC-1"));
    assert_eq!(device.id, Some(DeviceId::new(held.id)));
    assert_eq!(device.device_class, Some(DeviceClass::Device));
    assert_eq!(device.site_uid.as_ref(), Some(&site));
    assert_eq!((device.online, device.deleted), (Some(true), Some(false)));
    let seen_at = device.last_seen.as_ref().and_then(WireTime::timestamp);
    assert_eq!(seen_at.map(Timestamp::as_millisecond), held.last_seen_ms);
    let id = DeviceId::new(held.id);
    assert_eq!(client.devices().by_id(id).await.expect("reads"), device);
    for spelling in [
        mac.clone(),
        mac.replace(':', "-"),
        mac.replace(':', "").to_uppercase(),
    ] {
        let found = client.devices().by_mac(&spelling).await.expect("reads");
        assert_eq!(found, std::slice::from_ref(&device), "{spelling}");
    }

    let of_site = client.site(&site);
    let all = of_site
        .devices()
        .list(&ListSiteDevices::default())
        .collect_all()
        .await;
    let all = sorted(&all.expect("reads"), |device| &device.uid);
    assert_eq!(all.len(), 5);
    let cards = of_site
        .devices()
        .network_interfaces()
        .collect_all()
        .await
        .expect("reads");
    let card = cards
        .as_slice()
        .iter()
        .find(|row| row.uid == uid)
        .expect("there");
    let told = card.nics[0].mac_address.as_deref().map(str::to_lowercase);
    assert_eq!(told, Some(mac.clone()));
    assert_eq!(sorted(&cards, |row| &row.uid), all);
    let list = ListDevices::default().hostname("pc-").site_name("alder");
    let some = client
        .account()
        .devices()
        .list(&list)
        .collect_all()
        .await
        .expect("reads");
    assert_eq!(sorted(&some, |device| &device.uid).len(), 2);

    // Version 3 tells the same of all of them.
    let new = client.device(&uid).v3().get().await.expect("reads");
    assert_eq!(
        (&new.uid, &new.hostname, &new.site_uid),
        (&uid, &device.hostname, &device.site_uid)
    );
    assert_eq!(client.devices().v3().by_id(id).await.expect("reads"), new);
    assert_eq!(
        client.devices().v3().by_mac(&mac).await.expect("reads"),
        [new]
    );
    let list = ListSiteDevices::default();
    let new = of_site
        .devices()
        .v3()
        .list(&list)
        .collect_all()
        .await
        .expect("reads");
    assert_eq!(sorted(&new, |device| &device.uid), all);
    let list = ListDevices::default();
    let new = client
        .account()
        .devices()
        .v3()
        .list(&list)
        .collect_all()
        .await
        .expect("reads");
    assert_eq!(sorted(&new, |device| &device.uid).len(), 6);

    let unknown = DeviceUid::from("00000000-0000-4000-8000-000000000000");
    let error = client.device(&unknown).get().await.expect_err("unknown");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

fn item(items: &[UdfItem], ordinal: i64) -> &UdfItem {
    let found = items.iter().find(|item| item.ordinal == Some(ordinal));
    found.expect("it has a value")
}

pub(super) async fn user_defined_fields_of_both_versions(seen: &Arc<Seen>) {
    let mut world = small();
    for (number, kind, label) in [
        (2, UdfKind::Boolean, "Encrypted"),
        (3, UdfKind::Number, "Slots"),
        (4, UdfKind::Date, "Leased until"),
    ] {
        world
            .account
            .udfs
            .insert(number, UdfDefinition::new(kind, label));
    }
    let stage = Stage::set(world, seen).await;
    let uid = stage.device("PC-1");
    let device = stage.client.device(&uid);
    let day: Date = "2027-06-30".parse().expect("a day");
    let update = UdfUpdateV3::new()
        .text(1, "gold")
        .boolean(2, true)
        .number(3, 2.5)
        .date(4, day)
        .text(300, "last");
    device.v3().set_udf(&update).await.expect("sets");
    let held = stage.held(&uid).udfs;
    let held: Vec<_> = held
        .iter()
        .map(|(number, text)| (*number, text.as_str()))
        .collect();
    assert_eq!(
        held,
        [
            (1, "gold"),
            (2, "true"),
            (3, "2.5"),
            (4, "2027-06-30"),
            (300, "last")
        ]
    );
    let read = device.get().await.expect("reads").udf;
    assert_eq!(
        read.iter().collect::<Vec<_>>(),
        held,
        "version 2 has it all as text"
    );

    let items = device.v3().get().await.expect("reads").udfs;
    assert_eq!(
        item(&items, 1).value_string.as_ref().map(UdfText::expose),
        Some("gold")
    );
    assert_eq!(item(&items, 2).value_boolean, Some(true));
    assert_eq!(item(&items, 2).label.as_deref(), Some("Encrypted"));
    assert_eq!(item(&items, 3).number(), Some(2.5));
    assert_eq!(
        item(&items, 4).value_date.as_ref().map(UdfText::expose),
        Some("2027-06-30")
    );
    assert!(items.iter().all(|item| item.type_mismatch != Some(true)));

    // Version 2 takes any text for any field; version 3 then says that it does not fit.
    let update = UdfUpdate::new().set(3, "a dozen").clear(1);
    device.set_udf(&update).await.expect("sets");
    let items = device.v3().get().await.expect("reads").udfs;
    let odd = item(&items, 3);
    assert_eq!(
        (&odd.kind, odd.type_mismatch),
        (&Some(UdfType::Number), Some(true))
    );
    assert_eq!(
        (odd.number(), odd.value_string.as_ref().map(UdfText::expose)),
        (None, Some("a dozen"))
    );
    assert_eq!(device.get().await.expect("reads").udf.get(1), None);

    // One value of another type refuses all of them.
    let before = stage.held(&uid).udfs;
    let update = UdfUpdateV3::new().text(1, "tin").text(2, "perhaps");
    let error = device.v3().set_udf(&update).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(stage.held(&uid).udfs, before);
    device
        .v3()
        .set_udf(&UdfUpdateV3::new().clear(3))
        .await
        .expect("clears");
    assert!(!stage.held(&uid).udfs.contains_key(&3));
}

pub(super) async fn moved_with_its_warranty(seen: &Arc<Seen>) {
    let stage = Stage::set(small(), seen).await;
    let (uid, birch) = (stage.device("PC-1"), stage.site("Birch Motors"));
    let device = stage.client.device(&uid);
    let day: Date = "2028-02-29".parse().expect("a day");
    device.set_warranty(Some(day)).await.expect("sets");
    device.move_to(&birch).await.expect("moves");
    let read = device.get().await.expect("reads");
    assert_eq!(read.site_uid, Some(birch.clone()));
    assert_eq!(read.site_name.as_deref(), Some("Birch Motors"));
    assert_eq!(read.warranty_date.as_deref(), Some("2028-02-29"));
    let of_birch = stage
        .simulator
        .sites()
        .into_iter()
        .find(|site| site.uid == birch.as_str());
    assert_eq!(of_birch.map(|site| site.devices.len()), Some(2));
    device.set_warranty(None).await.expect("clears");
    assert_eq!(stage.held(&uid).warranty_date, None);
}

pub(super) async fn audits_of_all_classes(seen: &Arc<Seen>) {
    let stage = Stage::set(small(), seen).await;
    let client = &stage.client;
    let uid = stage.device("PC-1");
    let held = stage.held(&uid);
    let audit = client.device(&uid).audit().get().await.expect("reads");
    let serial = audit
        .bios
        .as_ref()
        .and_then(|bios| bios.serial_number.clone());
    assert_eq!(serial, held.serial, "the only place where it is told");
    let system = audit.system_info.as_ref().expect("told");
    assert_eq!(system.model.as_deref(), Some(held.model.as_str()));
    assert_eq!(audit.nics.len(), held.interfaces.len());
    assert!(!audit.physical_memory.is_empty() && !audit.logical_disks.is_empty());
    let mac = held.interfaces[0].mac.expect("it has one").to_string();
    assert_eq!(client.audits().by_mac(&mac).await.expect("reads"), [audit]);
    let software = client
        .device(&uid)
        .audit()
        .software()
        .collect_all()
        .await
        .expect("reads");
    let told: Vec<_> = software
        .into_inner()
        .into_iter()
        .filter_map(|row| row.name)
        .collect();
    let names: Vec<_> = held
        .software
        .into_iter()
        .map(|program| program.name)
        .collect();
    assert_eq!(told, names);

    let printer = stage.device("PRN-1");
    let audit = client.audits().printer(&printer).await.expect("reads");
    let snmp = audit.snmp_info.expect("told");
    assert_eq!(snmp.snmp_name.as_deref(), Some("PRN-1"));
    let pages = audit.printer.and_then(|printer| printer.printed_page_count);
    assert!(pages.is_some_and(|pages| pages > 0));
    assert!(
        audit
            .printer_marker_supplies
            .iter()
            .all(|supply| supply.supplies_level.is_some())
    );
    let host = stage.device("ESX-1");
    let audit = client.audits().esxi_host(&host).await.expect("reads");
    let system = audit.system_info.expect("told");
    assert_eq!(system.service_tag, stage.held(&host).serial);
    assert!(audit.guests.len() > 1 && audit.processors[0].frequency.is_some());

    // Each class has its own audit, and network devices have none.
    for wrong in ["PRN-1", "ESX-1", "SW-1"] {
        let wrong = stage.device(wrong);
        let error = client
            .device(&wrong)
            .audit()
            .get()
            .await
            .expect_err("another class");
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
}

pub(super) async fn patches_of_device_and_site(seen: &Arc<Seen>) {
    let stage = Stage::set(small(), seen).await;
    let (client, uid) = (&stage.client, stage.device("PC-1"));
    let all = client
        .device(&uid)
        .patches(&ListPatches::default())
        .collect_all()
        .await;
    let all = all.expect("reads").into_inner();
    let mut told: Vec<_> = all.iter().map(|patch| patch.patch_id.to_string()).collect();
    let mut held: Vec<_> = stage
        .held(&uid)
        .patches
        .into_iter()
        .map(|row| row.patch)
        .collect();
    told.sort();
    held.sort();
    assert_eq!(told, held);
    let pending = ListPatches::default().install_status(InstallStatus::ApprovedPending);
    let waiting = client
        .device(&uid)
        .patches(&pending)
        .collect_all()
        .await
        .expect("reads");
    let [waiting] = waiting.as_slice() else {
        panic!("{waiting:?}")
    };
    assert_eq!(waiting.install_status, Some(InstallStatus::ApprovedPending));
    let site = stage.site("Alder Dental");
    let of_site = client
        .site(&site)
        .patches(&pending)
        .collect_all()
        .await
        .expect("reads");
    let [of_site] = of_site.as_slice() else {
        panic!("{of_site:?}")
    };
    assert_eq!(
        (&of_site.patch_id, of_site.total_devices),
        (&waiting.patch_id, Some(2))
    );
    let counts = client
        .device(&uid)
        .get()
        .await
        .expect("reads")
        .patch_management;
    assert_eq!(
        counts.and_then(|counts| counts.patches_approved_pending),
        Some(1)
    );
}
