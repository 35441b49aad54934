//! Devices, whole and in the short form with their network cards.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::Call;
use crate::server::Answer;
use crate::settings::MacStyle;
use crate::world::{Device, DeviceClass, Interface, MacAddress, Site};

/// The year 1 in epoch milliseconds: what the wire shows for "never".
const NEVER_MS: i64 = -62_135_596_800_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireDevice<'a> {
    id: i64,
    uid: &'a str,
    site_id: i64,
    site_uid: &'a str,
    site_name: &'a str,
    device_type: DevicesType<'a>,
    hostname: &'a str,
    int_ip_address: Option<&'a str>,
    operating_system: Option<&'a str>,
    last_logged_in_user: Option<&'a str>,
    domain: Option<&'a str>,
    cag_version: &'static str,
    display_version: &'static str,
    ext_ip_address: Option<&'a str>,
    description: Option<&'a str>,
    a64_bit: Option<bool>,
    reboot_required: Option<bool>,
    online: bool,
    suspended: bool,
    deleted: bool,
    last_seen: Option<i64>,
    last_reboot: i64,
    last_audit_date: Option<i64>,
    creation_date: i64,
    udf: Udf<'a>,
    snmp_enabled: bool,
    device_class: &'static str,
    portal_url: String,
    warranty_date: Option<&'a str>,
    antivirus: Option<Value>,
    patch_management: Option<Value>,
    software_status: Option<&'a str>,
    web_remote_url: String,
    network_probe: bool,
    onboarded_via_network_monitor: bool,
}

#[derive(Serialize)]
struct DevicesType<'a> {
    category: &'a str,
    r#type: &'a str,
}

/// All keys that the account has, those without a value as null.
struct Udf<'a> {
    device: &'a Device,
    keys: u16,
}

impl Serialize for Udf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(usize::from(self.keys)))?;
        for number in 1..=self.keys {
            map.serialize_entry(&format_args!("udf{number}"), &self.device.udfs.get(&number))?;
        }
        map.end()
    }
}

fn class(class: DeviceClass) -> &'static str {
    match class {
        DeviceClass::Computer => "device",
        DeviceClass::Printer => "printer",
        DeviceClass::EsxiHost => "esxihost",
        DeviceClass::NetworkDevice => "rmmnetworkdevice",
    }
}

type Row<'a> = (&'a Site, &'a Device);

impl Call<'_> {
    fn wire_device<'a>(&self, (site, device): Row<'a>) -> WireDevice<'a> {
        let is_computer = device.class == DeviceClass::Computer;
        WireDevice {
            id: device.id,
            uid: &device.uid,
            site_id: site.id,
            site_uid: &site.uid,
            site_name: &site.name,
            device_type: DevicesType { category: &device.category, r#type: &device.category },
            hostname: &device.hostname,
            int_ip_address: device.internal_ip.as_deref(),
            operating_system: device.operating_system.as_deref(),
            last_logged_in_user: device.last_user.as_deref(),
            domain: device.domain.as_deref(),
            cag_version: "4.4.2450.2450",
            display_version: "2450",
            ext_ip_address: device.external_ip.as_deref(),
            description: device.description.as_deref(),
            a64_bit: None,
            reboot_required: is_computer.then_some(false),
            online: device.online,
            suspended: false,
            deleted: device.deleted,
            last_seen: device.last_seen_ms,
            last_reboot: device.last_reboot_ms.unwrap_or(NEVER_MS),
            last_audit_date: device.last_audit_ms,
            creation_date: device.created_ms,
            udf: Udf { device, keys: self.state.settings.rmm.udf_keys },
            snmp_enabled: !is_computer,
            device_class: class(device.class),
            portal_url: self.portal(&format!("search?qs=uid%3A{}", device.uid)),
            warranty_date: device.warranty_date.as_deref(),
            antivirus: is_computer
                .then(|| json!({"antivirusProduct": "Windows Defender Antivirus", "antivirusStatus": "RunningAndUpToDate"})),
            patch_management: is_computer.then(|| {
                json!({"patchStatus": "FullyPatched", "patchesApprovedPending": 0, "patchesNotApproved": 2, "patchesInstalled": 40})
            }),
            software_status: None,
            web_remote_url: self.portal(&format!("rto/{}", device.uid)),
            network_probe: false,
            onboarded_via_network_monitor: false,
        }
    }

    fn wire_interface(&self, card: &Interface) -> Value {
        json!({
            "instance": card.name,
            "ipv4": card.ipv4,
            "ipv6": card.ipv6,
            "macAddress": card.mac.map(|mac| spelled(mac, self.state.settings.rmm.mac_style)),
            "type": card.kind,
        })
    }
}

fn spelled(mac: MacAddress, style: MacStyle) -> String {
    match style {
        MacStyle::Colons => mac.spelled(":").to_uppercase(),
        MacStyle::Dashes => mac.spelled("-"),
        MacStyle::Bare => mac.spelled("").to_uppercase(),
    }
}

/// No device filter exists, so that naming one leads nowhere.
fn refuse_filter(call: &Call<'_>) -> Result<(), Answer> {
    match call.request.parameter("filterId") {
        Some(id) if !id.is_empty() => {
            Err(call.error(if id.parse::<i64>().is_ok() { 404 } else { 400 }))
        }
        _ => Ok(()),
    }
}

/// `GET /api/v2/account/devices`; the text filters are parts of the value in any case.
pub(super) fn list_account(call: &mut Call<'_>) -> Result<Answer, Answer> {
    refuse_filter(call)?;
    let filter = |name: &str| {
        call.request
            .parameter(name)
            .unwrap_or_default()
            .to_lowercase()
    };
    let (host, kind) = (filter("hostname"), filter("deviceType"));
    let (system, site_name) = (filter("operatingSystem"), filter("siteName"));
    let has = |text: &str, part: &str| part.is_empty() || text.to_lowercase().contains(part);
    let rows: Vec<Row<'_>> = call
        .state
        .world
        .sites
        .iter()
        .filter(|site| has(&site.name, &site_name))
        .flat_map(|site| site.devices.iter().map(move |device| (site, device)))
        .filter(|(_, device)| {
            has(&device.hostname, &host)
                && has(&device.category, &kind)
                && has(
                    device.operating_system.as_deref().unwrap_or_default(),
                    &system,
                )
        })
        .collect();
    call.page("devices", &rows, |row| call.wire_device(*row))
}

/// `GET /api/v2/site/{siteUid}/devices`
pub(super) fn list_site(call: &mut Call<'_>) -> Result<Answer, Answer> {
    refuse_filter(call)?;
    let site = call.site()?;
    let rows: Vec<Row<'_>> = site.devices.iter().map(|device| (site, device)).collect();
    call.page("devices", &rows, |row| call.wire_device(*row))
}

/// `GET /api/v2/site/{siteUid}/devices/network-interface`
pub(super) fn list_interfaces(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let site = call.site()?;
    call.page("devices", &site.devices, |device| {
        json!({
            "id": device.id,
            "uid": device.uid,
            "siteId": site.id,
            "siteUid": site.uid,
            "siteName": site.name,
            "deviceType": {"category": device.category, "type": device.category},
            "hostname": device.hostname,
            "intIpAddress": device.internal_ip,
            "extIpAddress": device.external_ip,
            "nics": device.interfaces.iter().map(|card| call.wire_interface(card)).collect::<Vec<_>>(),
        })
    })
}

/// `GET /api/v2/device/{deviceUid}`
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let uid = call.path.first().map_or("", String::as_str);
    let sites = &call.state.world.sites;
    let row = sites.iter().find_map(|site| {
        site.devices
            .iter()
            .find(|device| device.uid == uid)
            .map(|device| (site, device))
    });
    Ok(Answer::json(
        200,
        &call.wire_device(row.ok_or_else(|| call.error(404))?),
    ))
}
