//! Audits: hardware and software of computers, printers and hosts of virtual machines. Network devices have none.

use serde_json::{Value, json};

use super::{Call, Row};
use crate::server::Answer;
use crate::world::{Device, DeviceClass};

const GIB: i64 = 1 << 30;
/// 8 September 2025.
const BIOS_MS: i64 = 1_757_289_600_000;

impl Call<'_> {
    /// The device that the path names, if it is of this class; 400 for another.
    fn device_of(&self, class: DeviceClass) -> Result<Row<'_>, Answer> {
        let row = self.device()?;
        if row.1.class == class {
            Ok(row)
        } else {
            Err(self.error(400))
        }
    }

    fn wire_audit(&self, device: &Device) -> Value {
        let is_server = device.category == "Server";
        let (memory, cores) = if is_server { (64, 16) } else { (16, 8) };
        json!({
            "portalUrl": self.device_portal(device),
            "webRemoteUrl": self.web_remote(device),
            "systemInfo": {
                "manufacturer": device.manufacturer,
                "model": device.model,
                "totalPhysicalMemory": memory * GIB,
                "username": device.last_user,
                "dotNetVersion": "4.8.09221",
                "totalCpuCores": cores,
            },
            "nics": self.wire_interfaces(device),
            "bios": {
                "instance": "BIOS",
                "releaseDate": BIOS_MS,
                "serialNumber": device.serial,
                "smBiosVersion": "1.22.0",
            },
            "baseBoard": {"manufacturer": device.manufacturer, "product": "0X4B2M"},
            "displays": [{"instance": "Generic PnP Monitor", "screenHeight": 1080, "screenWidth": 1920}],
            "logicalDisks": [
                {"description": "Local Fixed Disk", "diskIdentifier": "C:", "freespace": 120 * GIB, "size": 238 * GIB},
            ],
            "mobileInfo": [],
            "processors": [{"name": "Acme Octo 8 @ 2.40GHz"}],
            "videoBoards": [{"displayAdapter": "Acme Display"}],
            "attachedDevices": [{
                "deviceName": "Microsoft Print to PDF",
                "deviceType": "printer",
                "driverFile": null,
                "driverFileLastModified": null,
                "driverManufacturer": "Microsoft",
                "driverName": "Microsoft Print To PDF",
                "driverVersion": "10.0.26100.1",
                "portName": "PORTPROMPT:",
            }],
            "snmpInfo": null,
            "physicalMemory": [{
                "module": "DIMM 1",
                "size": memory * GIB,
                "type": "DDR5",
                "speed": "4800",
                "serialNumber": "00000000",
                "partNumber": "ACME-D5",
                "bank": "BANK 0",
            }],
        })
    }
}

/// `GET /api/v2/audit/device/{deviceUid}`
pub(super) fn device(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let (_, device) = call.device_of(DeviceClass::Computer)?;
    Ok(Answer::json(200, &call.wire_audit(device)))
}

/// `GET /api/v2/audit/device/macAddress/{macAddress}`: a bare list; 400 if another class is in it.
pub(super) fn list_by_mac(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let rows = call.devices_by_mac()?;
    if rows
        .iter()
        .any(|(_, device)| device.class != DeviceClass::Computer)
    {
        return Err(call.error(400));
    }
    let audits: Vec<_> = rows
        .into_iter()
        .map(|(_, device)| call.wire_audit(device))
        .collect();
    Ok(Answer::json(200, &audits))
}

/// `GET /api/v2/audit/device/{deviceUid}/software`
pub(super) fn software(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let (_, device) = call.device_of(DeviceClass::Computer)?;
    call.page(
        "software",
        &device.software,
        |program| json!({"name": program.name, "version": program.version}),
    )
}

/// `GET /api/v2/audit/esxihost/{deviceUid}`
pub(super) fn esxi_host(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let (_, device) = call.device_of(DeviceClass::EsxiHost)?;
    let nics: Vec<_> = device
        .interfaces
        .iter()
        .map(|card| {
            json!({
                "name": card.name,
                "ipv4": card.ipv4,
                "ipv6": card.ipv6,
                "macAddress": card.mac.map(|mac| call.spelled(mac)),
                "speed": "10000",
                "type": card.kind,
            })
        })
        .collect();
    Ok(Answer::json(
        200,
        &json!({
            "portalUrl": call.device_portal(device),
            "systemInfo": {
                "manufacturer": device.manufacturer,
                "model": device.model,
                "name": device.hostname,
                "numberOfSnapshots": 1,
                "serviceTag": device.serial,
            },
            "guests": [
                {"guestName": "DC01", "processorSpeedTotal": 4800, "memorySizeTotal": 8 * GIB,
                 "numberOfSnapshots": 1, "datastores": "datastore1"},
                {"guestName": "FILES", "processorSpeedTotal": 9600, "memorySizeTotal": 16 * GIB,
                 "numberOfSnapshots": 0, "datastores": "datastore1, datastore2"},
            ],
            "processors": [{"frequency": 2_394.375, "name": "Acme Hexadeca 16", "numberOfCores": 16}],
            "nics": nics,
            "physicalMemory": [{
                "module": "DIMM A1",
                "size": 64 * GIB,
                "type": "DDR4",
                "speed": "3200",
                "serialNumber": null,
                "partNumber": null,
                "bank": null,
            }],
            "datastores": [{
                "datastoreName": "datastore1",
                "subscriptionPercent": 140,
                "freeSpace": 700 * GIB,
                "size": 1_862 * GIB,
                "fileSystem": "VMFS-6",
                "status": "green",
                "dataExtents": [
                    {"name": "naa.600", "size": 1_862 * GIB, "mediaType": "SSD", "status": "ok"},
                ],
            }],
        }),
    ))
}

/// `GET /api/v2/audit/printer/{deviceUid}`
pub(super) fn printer(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let (_, device) = call.device_of(DeviceClass::Printer)?;
    Ok(Answer::json(
        200,
        &json!({
            "portalUrl": call.device_portal(device),
            "snmpInfo": {
                "snmpName": device.hostname,
                "snmpContact": null,
                "snmpDescription": "Acme LaserPress 40",
                "snmpLocation": "First floor",
                "snmpUptime": "17 days, 4:12:09",
                "nicManufacturer": "Acme",
                "objectId": "1.3.6.1.4.1.99999.1",
                "snmpSerial": device.serial,
            },
            "printerMarkerSupplies": [
                {"description": "Black Toner", "maxCapacity": "12500", "suppliesLevel": "8750"},
                {"description": "Waste", "maxCapacity": "-2", "suppliesLevel": "-3"},
            ],
            "printer": {"printedPageCount": 41_207},
            "systemInfo": {"manufacturer": device.manufacturer, "model": device.model},
            "nics": call.wire_interfaces(device),
        }),
    ))
}
