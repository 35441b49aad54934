//! The vendor's records as those of the `reconcile` crate.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ::reconcile::identity::{Fingerprint, MacAddr, device_ip, read_ip};
use ::reconcile::inventory::{self, Organization, Role, SharedId};

use super::{AUTOTASK_COMPANY, Source};
use crate::devices::{Device, DeviceInterfaces, NetworkInterface};
use crate::sites::Site;
use crate::variables::{Variable, VariableValue};

impl Source {
    /// The site as an organisation.
    ///
    /// # Errors
    ///
    /// What is missing: without name or type, a site would seem renamed or of another type.
    pub(super) fn organization(&self, site: &Site) -> Result<Organization, &'static str> {
        let role = match (site.is_pseudo(), site.on_demand) {
            (true, _) => Role::Pseudo,
            (false, Some(true)) => Role::OnDemand,
            (false, Some(false)) => Role::Managed,
            (false, None) => return Err("it does not tell its type"),
        };
        let name = match (&site.name, role) {
            (Some(name), _) => name.as_str(),
            (None, Role::Pseudo) => site.uid.as_str(),
            (None, _) => return Err("it has no name"),
        };
        let mut organization = Organization::new(self.site(&site.uid), name, role);
        organization.parent = Some(self.root());
        let autotask = site
            .autotask_company_id
            .as_deref()
            .map(str::trim)
            .filter(|id| !id.is_empty());
        organization
            .shared_ids
            .extend(autotask.map(|id| shared_id(AUTOTASK_COMPANY, id)));
        Ok(organization)
    }

    /// The device by its short record, its full one, or both.
    pub(super) fn device_row(
        &self,
        short: Option<&DeviceInterfaces>,
        full: Option<&Device>,
    ) -> Option<inventory::Device> {
        let uid = full
            .map(|full| &full.uid)
            .or(short.map(|short| &short.uid))?;
        let nics = short.map(|short| short.nics.as_slice()).unwrap_or_default();
        let name = full
            .and_then(|full| full.hostname.as_ref())
            .or(short.and_then(|short| short.hostname.as_ref()));
        let own = [
            full.and_then(|full| full.int_ip_address.as_ref()),
            short.and_then(|short| short.int_ip_address.as_ref()),
        ];
        Some(inventory::Device {
            entity: self.device(uid),
            name: name.cloned().unwrap_or_default(),
            macs: macs(nics),
            ips: ips(nics, own.into_iter().flatten()),
            // Only the audit of each device tells it.
            serial: None,
            fields: fields(short, full),
        })
    }
}

pub(super) fn shared_id(scheme: &str, value: impl Into<String>) -> SharedId {
    SharedId {
        scheme: scheme.to_owned(),
        value: value.into(),
    }
}

/// The variable; its value leaves as a fingerprint only.
pub(super) fn variable(variable: &Variable) -> inventory::Variable {
    let value = if variable.is_masked() {
        inventory::VariableValue::Masked
    } else {
        inventory::VariableValue::Is(Fingerprint::of(
            variable.value.as_ref().map_or("", VariableValue::expose),
        ))
    };
    inventory::Variable {
        id: variable.id.to_string(),
        // Those that are asked for have one.
        name: variable.name.clone().unwrap_or_default(),
        value,
    }
}

fn macs(nics: &[NetworkInterface]) -> Vec<MacAddr> {
    let macs: BTreeSet<MacAddr> = nics
        .iter()
        .filter_map(|nic| nic.mac_address.as_ref()?.parse().ok())
        .collect();
    macs.into_iter().collect()
}

fn ips<'n>(nics: &'n [NetworkInterface], own: impl Iterator<Item = &'n String>) -> Vec<IpAddr> {
    let of_nics = nics.iter().flat_map(|nic| [&nic.ipv4, &nic.ipv6]).flatten();
    // Described as one address in one string; several would stand behind each other.
    let texts = of_nics
        .chain(own)
        .flat_map(|text| text.split([',', ';', ' ']));
    let ips: BTreeSet<IpAddr> = texts
        .filter_map(|text| device_ip(read_ip(text).ok()?).ok())
        .collect();
    ips.into_iter().collect()
}

/// Fields by the vendor's own names. Personal and secret ones (users, user-defined fields, remote links) are left out.
fn fields(short: Option<&DeviceInterfaces>, full: Option<&Device>) -> BTreeMap<String, String> {
    let kind = full
        .and_then(|full| full.device_type.as_ref())
        .or(short.and_then(|short| short.device_type.as_ref()));
    let mut fields = BTreeMap::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            fields.insert(name.to_owned(), value);
        }
    };
    add("category", kind.and_then(|kind| kind.category.clone()));
    add("type", kind.and_then(|kind| kind.kind.clone()));
    if let Some(device) = full {
        let time = |time: &Option<crate::WireTime>| Some(time.as_ref()?.timestamp()?.to_string());
        let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string());
        add(
            "deviceClass",
            device.device_class.as_ref().map(ToString::to_string),
        );
        add("operatingSystem", device.operating_system.clone());
        add("domain", device.domain.clone());
        add("description", device.description.clone());
        add("online", flag(device.online));
        add("suspended", flag(device.suspended));
        add("deleted", flag(device.deleted));
        add("lastSeen", time(&device.last_seen));
        add("lastReboot", time(&device.last_reboot));
        add("creationDate", time(&device.creation_date));
        add("cagVersion", device.cag_version.clone());
        add("warrantyDate", device.warranty_date.clone());
        add("softwareStatus", device.software_status.clone());
        add("portalUrl", device.portal_url.clone());
    }
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{fields, ips, macs};
    use crate::devices::{Device, DeviceInterfaces};

    fn short() -> DeviceInterfaces {
        serde_json::from_value(json!({
            "uid": "d", "hostname": "NB-1", "intIpAddress": "10.0.0.5", "extIpAddress": "198.51.100.7",
            "deviceType": {"category": "Laptop", "type": "Notebook"},
            "nics": [
                {"ipv4": "10.0.0.5", "ipv6": "fe80::1", "macAddress": "00-11-22-AA-BB-CC"},
                {"ipv4": "127.0.0.1", "ipv6": "2001:db8::5", "macAddress": "0011.22aa.bbcc"},
                {"ipv4": "10.0.1.5, 10.0.2.5", "ipv6": "", "macAddress": "n/a"},
                {"ipv4": null, "macAddress": null},
            ],
        }))
        .unwrap()
    }

    #[test]
    fn addresses_in_any_spelling_and_never_that_of_the_internet_line() {
        let short = short();
        let macs: Vec<_> = macs(&short.nics).iter().map(ToString::to_string).collect();
        assert_eq!(macs, ["00:11:22:aa:bb:cc"]);
        let ips: Vec<_> = ips(&short.nics, short.int_ip_address.iter())
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(ips, ["10.0.0.5", "10.0.1.5", "10.0.2.5", "2001:db8::5"]);
    }

    #[test]
    fn fields_hold_nothing_personal_or_secret() {
        let full: Device = serde_json::from_value(json!({
            "uid": "d", "lastLoggedInUser": "CANARY", "udf": {"udf1": "CANARY"}, "webRemoteUrl": "https://x/CANARY",
            "operatingSystem": "Windows", "online": true, "lastSeen": 1_767_225_600_000_i64, "lastReboot": "odd",
            "description": "", "deviceClass": "toaster",
        }))
        .unwrap();
        let fields = fields(Some(&short()), Some(&full));
        assert!(!format!("{fields:?}").contains("CANARY"));
        let read: Vec<_> = fields
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            read,
            [
                ("category", "Laptop"),
                ("deviceClass", "toaster"),
                ("lastSeen", "2026-01-01T00:00:00Z"),
                ("online", "true"),
                ("operatingSystem", "Windows"),
                ("type", "Notebook"),
            ]
        );
    }
}
