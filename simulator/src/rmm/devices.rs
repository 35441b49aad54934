//! Devices, whole and in the short form with their network cards.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::{Call, Row, filters};
use crate::calendar;
use crate::server::Answer;
use crate::settings::MacStyle;
use crate::world::{ActivitySpec, Device, DeviceClass, InstallStatus, Interface, MacAddress};

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
    #[serde(skip_serializing_if = "Option::is_none")]
    udf: Option<Udf<'a>>,
    /// In version 3 only.
    #[serde(skip_serializing_if = "Option::is_none")]
    udfs: Option<Vec<Value>>,
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

impl Call<'_> {
    /// A device in the version of the request's path.
    fn wire_device<'a>(&self, (site, device): Row<'a>) -> WireDevice<'a> {
        let is_computer = device.class == DeviceClass::Computer;
        let is_typed = self.request.path.starts_with("/api/v3/");
        let settings = &self.state.settings.rmm;
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
            last_seen: device.seen_ms(self.state.clock.now_ms()),
            last_reboot: device.last_reboot_ms.unwrap_or(NEVER_MS),
            last_audit_date: device.last_audit_ms,
            creation_date: device.created_ms,
            udf: (settings.send_udf && !is_typed)
                .then_some(Udf { device, keys: settings.udf_keys }),
            udfs: is_typed.then(|| self.typed_fields(device)),
            snmp_enabled: !is_computer,
            device_class: class(device.class),
            portal_url: self.device_portal(device),
            warranty_date: device.warranty_date.as_deref(),
            antivirus: is_computer
                .then(|| json!({"antivirusProduct": "Windows Defender Antivirus", "antivirusStatus": "RunningAndUpToDate"})),
            patch_management: is_computer.then(|| patch_management(device)),
            software_status: None,
            web_remote_url: self.web_remote(device),
            network_probe: false,
            onboarded_via_network_monitor: false,
        }
    }

    pub(super) fn device_portal(&self, device: &Device) -> String {
        self.portal(&format!("search?qs=uid%3A{}", device.uid))
    }

    pub(super) fn web_remote(&self, device: &Device) -> String {
        self.portal(&format!("rto/{}", device.uid))
    }

    pub(super) fn wire_interfaces(&self, device: &Device) -> Vec<Value> {
        let cards = device.interfaces.iter();
        cards.map(|card| self.wire_interface(card)).collect()
    }

    fn wire_interface(&self, card: &Interface) -> Value {
        json!({
            "instance": card.name,
            "ipv4": card.ipv4,
            "ipv6": card.ipv6,
            "macAddress": card.mac.map(|mac| self.spelled(mac)),
            "type": card.kind,
        })
    }
}

fn patch_management(device: &Device) -> Value {
    let count = |status| {
        let patches = device.patches.iter();
        patches.filter(|patch| patch.status == status).count()
    };
    let pending = count(InstallStatus::ApprovedPending);
    let status = match (device.patches.is_empty(), pending) {
        (true, _) => "NoData",
        (_, 0) => "FullyPatched",
        _ => "ApprovedPending",
    };
    json!({
        "patchStatus": status,
        "patchesApprovedPending": pending,
        "patchesNotApproved": count(InstallStatus::NotApproved),
        "patchesInstalled": count(InstallStatus::Installed),
    })
}

impl Call<'_> {
    pub(super) fn spelled(&self, mac: MacAddress) -> String {
        match self.state.settings.rmm.mac_style {
            MacStyle::Colons => mac.spelled(":").to_uppercase(),
            MacStyle::Dashes => mac.spelled("-"),
            MacStyle::Bare => mac.spelled("").to_uppercase(),
        }
    }
}

/// `GET /api/v2/account/devices` and `/api/v3/…`: a filter that is named by id wins over all others,
/// which are parts of the value in any case.
pub(super) fn list_account(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let rows: Vec<Row<'_>> = if let Some(filter) = filters::named(call, None)? {
        call.devices()
            .filter(|(_, device)| filter.rule.takes(device))
            .collect()
    } else {
        let part = |name: &str| {
            call.request
                .parameter(name)
                .unwrap_or_default()
                .to_lowercase()
        };
        let (host, kind) = (part("hostname"), part("deviceType"));
        let (system, site_name) = (part("operatingSystem"), part("siteName"));
        let has = |text: &str, part: &str| part.is_empty() || text.to_lowercase().contains(part);
        call.devices()
            .filter(|(site, device)| {
                let running = device.operating_system.as_deref().unwrap_or_default();
                has(&site.name, &site_name)
                    && has(&device.hostname, &host)
                    && has(&device.category, &kind)
                    && has(running, &system)
            })
            .collect()
    };
    call.page("devices", &rows, |row| call.wire_device(*row))
}

/// `GET /api/v2/site/{siteUid}/devices` and `/api/v3/…`
pub(super) fn list_site(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let site = call.site()?;
    let filter = filters::named(call, Some(site))?;
    let rows: Vec<Row<'_>> = site
        .devices
        .iter()
        .filter(|device| filter.is_none_or(|filter| filter.rule.takes(device)))
        .map(|device| (site, device))
        .collect();
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
            "nics": call.wire_interfaces(device),
        })
    })
}

/// `GET /api/v2/device/{deviceUid}` and `/api/v3/…`
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Answer> {
    Ok(Answer::json(200, &call.wire_device(call.device()?)))
}

/// `GET /api/v2/device/id/{deviceId}` and `/api/v3/…`
pub(super) fn get_by_id(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let id = call.number()?;
    let sites = call.state.world.sites.iter();
    let row = sites
        .flat_map(|site| site.devices.iter().map(move |device| (site, device)))
        .find(|(_, device)| device.id == id)
        .ok_or_else(|| call.error(404))?;
    if !call.sees(row.0) {
        return Err(call.error(403));
    }
    Ok(Answer::json(200, &call.wire_device(row)))
}

/// `GET /api/v2/device/macAddress/{macAddress}` and `/api/v3/…`: a bare list.
pub(super) fn list_by_mac(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let rows: Vec<_> = call
        .devices_by_mac()?
        .into_iter()
        .map(|row| call.wire_device(row))
        .collect();
    Ok(Answer::json(200, &rows))
}

/// `PUT /api/v2/device/{deviceUid}/site/{siteUid}`: into any site but the pseudo-site.
pub(super) fn move_to_site(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let (from, device) = call.device()?;
    let to = call.site_with(call.part(1))?;
    if !super::is_ordinary(to) || !super::is_ordinary(from) {
        return Err(call.error(403));
    }
    let (uid, from, to) = (device.uid.clone(), from.name.clone(), to.uid.clone());
    let missing = call.error(404);
    call.state
        .world
        .move_device(&uid, &to)
        .map_err(|_| missing)?;
    call.log(ActivitySpec::device(uid, "device", "move.device").detail("site.from", from));
    Ok(Answer::empty(200))
}

/// `POST /api/v2/device/{deviceUid}/warranty`: a date, or null in so many words to clear it.
pub(super) fn set_warranty(call: &mut Call<'_>) -> Result<Answer, Answer> {
    let body: Value = call.body()?;
    call.device()?;
    let date = match body.get("warrantyDate") {
        Some(Value::Null) => None,
        Some(Value::String(date)) if calendar::is_date(date) => Some(date.clone()),
        _ => return Err(call.error(400)),
    };
    call.device_mut()?.warranty_date = date;
    let spec = ActivitySpec::device(call.part(0), "device", "warranty");
    call.log(spec);
    Ok(Answer::empty(200))
}
