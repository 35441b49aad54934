//! Audits.

use client_core::ErrorKind;
use datto_rmm::WireTime;
use datto_rmm::audits::{DeviceAudit, EsxiHostAudit, PrinterAudit};
use datto_rmm::devices::DeviceUid;

use super::Case;
use crate::support::{Wire, json, line, refused};

const DEVICE: &str = r#"{"portalUrl":"https://merlot.centrastage.net/csm/device/17","webRemoteUrl":"https://merlot.centrastage.net/r/17",
    "systemInfo":{"manufacturer":"LENOVO","model":"20XW","totalPhysicalMemory":17179869184,"username":"ACME\\ada",
    "dotNetVersion":"4.8","totalCpuCores":8},
    "nics":[{"instance":"Ethernet","ipv4":"10.0.0.5","ipv6":null,"macAddress":"001122AABBCC","type":"6"}],
    "bios":{"instance":"BIOS","releaseDate":1767225600000,"serialNumber":"PF0EXAMPLE","smBiosVersion":"N32"},
    "baseBoard":{"manufacturer":"LENOVO","product":"20XW"},"displays":[{"instance":"Panel","screenHeight":1080,"screenWidth":1920}],
    "logicalDisks":[{"description":"Local disk","diskIdentifier":"C:","freespace":100,"size":1000}],
    "mobileInfo":[{"iccid":"8949","imei":"35","number":"+49","operator":"Example"}],"processors":[{"name":"CPU"}],
    "videoBoards":[{"displayAdapter":"GPU"}],"attachedDevices":[{"deviceName":"Dock","deviceType":"USB","driverFile":"x.sys",
    "driverFileLastModified":"2026-01-01T00:00:00Z","driverManufacturer":"M","driverName":"N","driverVersion":"1","portName":"P"}],
    "snmpInfo":{"snmpName":"sw1","snmpContact":"ada","snmpDescription":"Switch","snmpLocation":"Rack","snmpUptime":"4 days",
    "nicManufacturer":"HP","objectId":"1.3.6","snmpSerial":"SN1"},"physicalMemory":[{"module":"DIMM 0","size":8192,"type":"DDR4","speed":"3200","serialNumber":"1","partNumber":"2",
    "bank":"BANK 0"}],"addedLater":1}"#;
const DEVICE_FIELDS: &[&str] = &[
    "portalUrl",
    "webRemoteUrl",
    "systemInfo",
    "nics",
    "bios",
    "baseBoard",
    "displays",
    "logicalDisks",
    "mobileInfo",
    "processors",
    "videoBoards",
    "attachedDevices",
    "snmpInfo",
    "physicalMemory",
];

fn nulls(fields: &[&str]) -> String {
    let pairs: Vec<_> = fields
        .iter()
        .map(|field| format!("{field:?}:null"))
        .collect();
    format!("{{{}}}", pairs.join(","))
}

pub(super) async fn of_devices(case: &Case) {
    let uid = DeviceUid::new("d-1");
    let target = "/api/v2/audit/device/d-1";
    case.wire
        .answer(line("GET", target), 1, json(200, DEVICE))
        .await;
    let audit = case.client.device(&uid).audit().get().await.unwrap();
    is_whole(&audit);

    let by_mac = "/api/v2/audit/device/macAddress/001122AABBCC";
    let both = format!("[{DEVICE},{}]", nulls(DEVICE_FIELDS));
    case.wire
        .answer(line("GET", by_mac), 1, json(200, both))
        .await;
    let found = case.client.audits().by_mac("00-11-22-aa-bb-cc").await;
    let found = found.unwrap();
    assert_eq!(found[0], audit);
    assert_eq!(found[1], DeviceAudit::default());

    let software = format!("{target}/software?max=250&page=0");
    let body = r#"{"pageDetails":{"count":3,"totalCount":3,"nextPageUrl":null},"software":[{"name":"7-Zip","version":"23.01"},
        {"name":"7-Zip","version":"23.01"},{"name":null,"version":null}]}"#;
    case.wire
        .answer(line("GET", software), 1, json(200, body))
        .await;
    let programs = case.client.device(&uid).audit().software();
    let programs = programs.collect_all().await.unwrap().into_inner();
    assert_eq!(programs.len(), 3, "one program twice is two rows");
    assert_eq!(programs[0].version.as_deref(), Some("23.01"));
}

fn is_whole(audit: &DeviceAudit) {
    let system = audit.system_info.as_ref().unwrap();
    assert_eq!(
        (system.total_physical_memory, system.total_cpu_cores),
        (Some(17_179_869_184), Some(8))
    );
    assert_eq!(
        (
            system.username.as_deref(),
            system.dot_net_version.as_deref()
        ),
        (Some("ACME\\ada"), Some("4.8"))
    );
    assert_eq!(audit.nics[0].mac_address.as_deref(), Some("001122AABBCC"));
    let bios = audit.bios.as_ref().unwrap();
    assert_eq!(
        (
            bios.serial_number.as_deref(),
            bios.sm_bios_version.as_deref()
        ),
        (Some("PF0EXAMPLE"), Some("N32"))
    );
    let dock = &audit.attached_devices[0];
    assert_eq!(dock.device_name.as_deref(), Some("Dock"));
    for time in [&bios.release_date, &dock.driver_file_last_modified] {
        let at = time.as_ref().and_then(WireTime::timestamp).unwrap();
        assert_eq!(at.to_string(), "2026-01-01T00:00:00Z");
    }
    assert_eq!(
        audit.base_board.as_ref().unwrap().product.as_deref(),
        Some("20XW")
    );
    assert_eq!(audit.displays[0].screen_width, Some(1920));
    assert_eq!(audit.logical_disks[0].freespace, Some(100));
    assert_eq!(audit.mobile_info[0].operator.as_deref(), Some("Example"));
    assert_eq!(audit.processors[0].name.as_deref(), Some("CPU"));
    assert_eq!(
        audit.video_boards[0].display_adapter.as_deref(),
        Some("GPU")
    );
    assert_eq!(audit.physical_memory[0].speed.as_deref(), Some("3200"));
    let snmp = audit.snmp_info.as_ref().unwrap();
    assert_eq!(
        (snmp.snmp_uptime.as_deref(), snmp.snmp_serial.as_deref()),
        (Some("4 days"), Some("SN1"))
    );
}

pub(super) async fn of_esxi_hosts(case: &Case) {
    let body = r#"{"portalUrl":"https://merlot.centrastage.net/csm/device/18","systemInfo":{"manufacturer":"Dell","model":"R740",
        "name":"esx1","numberOfSnapshots":2,"serviceTag":"TAG"},"guests":[{"guestName":"srv1","processorSpeedTotal":4000,
        "memorySizeTotal":8589934592,"numberOfSnapshots":null,"datastores":"ds1, ds2"}],
        "processors":[{"frequency":2.4E9,"name":"Xeon","numberOfCores":16}],
        "nics":[{"name":"vmnic0","ipv4":"10.0.0.2","ipv6":null,"macAddress":"00:11:22:aa:bb:cc","speed":"1000","type":"e1000"}],
        "physicalMemory":[{"module":"A1","size":"16384","type":null,"speed":2666}],
        "datastores":[{"datastoreName":"ds1","subscriptionPercent":80,"freeSpace":5,"size":10,"fileSystem":"VMFS","status":"OK",
        "dataExtents":[{"name":"naa.1","size":10,"mediaType":"SSD","status":"OK"}]},{"dataExtents":null}]}"#;
    let target = "/api/v2/audit/esxihost/d-2";
    case.wire
        .answer_once(line("GET", target), json(200, body))
        .await;
    let empty = nulls(&[
        "portalUrl",
        "systemInfo",
        "guests",
        "processors",
        "nics",
        "physicalMemory",
        "datastores",
    ]);
    case.wire
        .answer(line("GET", target), 1, json(200, empty))
        .await;
    let uid = DeviceUid::new("d-2");
    let host = case.client.audits().esxi_host(&uid).await.unwrap();
    let system = host.system_info.as_ref().unwrap();
    assert_eq!(
        (system.service_tag.as_deref(), system.number_of_snapshots),
        (Some("TAG"), Some(2))
    );
    assert_eq!(host.guests[0].datastores.as_deref(), Some("ds1, ds2"));
    assert_eq!(host.guests[0].memory_size_total, Some(8_589_934_592));
    assert_eq!(host.processors[0].frequency, Some(2.4e9));
    assert_eq!(host.nics[0].speed.as_deref(), Some("1000"));
    let memory = &host.physical_memory[0];
    assert_eq!(
        (memory.size, memory.speed.as_deref()),
        (Some(16384), Some("2666"))
    );
    let store = &host.datastores[0];
    assert_eq!(
        (store.free_space, store.subscription_percent),
        (Some(5), Some(80))
    );
    assert_eq!(store.data_extents[0].media_type.as_deref(), Some("SSD"));
    assert!(host.datastores[1].data_extents.is_empty());
    assert_eq!(
        case.client.audits().esxi_host(&uid).await.unwrap(),
        EsxiHostAudit::default()
    );
}

pub(super) async fn of_printers(case: &Case) {
    let body = r#"{"portalUrl":"https://merlot.centrastage.net/csm/device/19","snmpInfo":{"snmpName":"prn1","snmpContact":null,
        "snmpDescription":"Laser","snmpLocation":"2nd floor","snmpUptime":"123456","nicManufacturer":"HP","objectId":"1.3.6",
        "snmpSerial":"CN1"},"printerMarkerSupplies":[{"description":"Black","maxCapacity":"100","suppliesLevel":"40"},{"maxCapacity":100,"suppliesLevel":41}],
        "printer":{"printedPageCount":4711},"systemInfo":{"manufacturer":"HP","model":"M404"},
        "nics":[{"macAddress":"001122AABBCC"}]}"#;
    let target = "/api/v2/audit/printer/d-3";
    case.wire
        .answer_once(line("GET", target), json(200, body))
        .await;
    let empty = nulls(&[
        "portalUrl",
        "snmpInfo",
        "printerMarkerSupplies",
        "printer",
        "systemInfo",
        "nics",
    ]);
    case.wire
        .answer(line("GET", target), 1, json(200, empty))
        .await;
    let uid = DeviceUid::new("d-3");
    let printer = case.client.audits().printer(&uid).await.unwrap();
    let snmp = printer.snmp_info.as_ref().unwrap();
    assert_eq!(
        (snmp.snmp_uptime.as_deref(), snmp.snmp_serial.as_deref()),
        (Some("123456"), Some("CN1"))
    );
    let odd = &printer.printer_marker_supplies[1];
    assert_eq!(
        odd.supplies_level.as_deref(),
        Some("41"),
        "a number is text"
    );
    let supply = &printer.printer_marker_supplies[0];
    assert_eq!(
        (
            supply.max_capacity.as_deref(),
            supply.supplies_level.as_deref()
        ),
        (Some("100"), Some("40"))
    );
    assert_eq!(
        printer.printer.as_ref().unwrap().printed_page_count,
        Some(4711)
    );
    assert_eq!(
        case.client.audits().printer(&uid).await.unwrap(),
        PrinterAudit::default()
    );
}

/// A device of another class answers 400, and the error says what that means.
#[tokio::test]
async fn an_audit_of_another_class_is_refused() {
    let wire = Wire::start().await;
    let target = "/api/v2/audit/printer/d-1";
    wire.answer(
        line("GET", target),
        1,
        refused(400, "Bad Request", "/v2/audit/printer/d-1"),
    )
    .await;
    let client = wire.client();
    let uid = DeviceUid::new("d-1");
    let error = client.audits().printer(&uid).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("another class"), "{error}");
    let error = client.audits().by_mac("00:11:22").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::InvalidInput, 0)
    );
}
