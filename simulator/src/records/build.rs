//! Writing records down, as people do.

use super::noise::Draw;
use super::{ConfigurationRecord, OrganisationRecord, RecordsSpec};
use crate::world::{NetworkDevice, NetworkDeviceKind};

/// The host's name for a kind of device.
fn type_name(kind: NetworkDeviceKind) -> &'static str {
    match kind {
        NetworkDeviceKind::AccessPoint => "Access Point",
        NetworkDeviceKind::Switch => "Switch",
        NetworkDeviceKind::PowerStrip => "Managed Power",
        NetworkDeviceKind::Router => "Router",
    }
}

/// What was written so far.
pub(super) struct Builder<'a> {
    draw: Draw,
    spec: &'a RecordsSpec,
    pub(super) organisations: Vec<OrganisationRecord>,
    pub(super) configurations: Vec<ConfigurationRecord>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(spec: &'a RecordsSpec) -> Self {
        Self {
            draw: Draw::new(spec.seed),
            spec,
            organisations: Vec::new(),
            configurations: Vec::new(),
        }
    }

    pub(super) fn add_organisation(&mut self, name: String) -> String {
        let id = format!("org-{}", self.organisations.len() + 1);
        self.organisations.push(OrganisationRecord {
            id: id.clone(),
            name,
        });
        id
    }

    /// The organisation of a customer, if the host has it, perhaps with a twin and with records of
    /// its own.
    pub(super) fn add_owner(&mut self, owner: &str) -> Option<String> {
        let spec = self.spec;
        // All draws are made for every customer, so that one share does not move another.
        let (is_absent, is_respelled, has_twin) = (
            self.draw.hits(spec.absent_organisation_percent),
            self.draw.hits(spec.respelled_percent),
            self.draw.hits(spec.twin_percent),
        );
        let respelled = self.draw.respell(owner);
        if has_twin {
            let twin = self.add_organisation(format!("{owner} Holdings"));
            self.add_host_only(&twin);
        }
        if is_absent {
            return None;
        }
        let name = if is_respelled {
            respelled
        } else {
            owner.to_owned()
        };
        let id = self.add_organisation(name);
        self.add_host_only(&id);
        Some(id)
    }

    /// Records without a device.
    fn add_host_only(&mut self, organisation: &str) {
        for number in 0..self.spec.host_only_per_organisation {
            let (name, kind) = match number % 3 {
                0 => ("DNA router", "Router"),
                1 => ("Old reception PC", "Workstation"),
                _ => ("AP 1 (spare)", "Access Point"),
            };
            let (mac, ip) = (self.draw.mac(), format!("192.168.200.{}", number % 200 + 5));
            self.push(organisation, name, Some(mac), Some(ip), None, kind);
        }
    }

    fn push(
        &mut self,
        organisation: &str,
        name: &str,
        mac: Option<String>,
        ip: Option<String>,
        serial: Option<String>,
        kind: &str,
    ) -> String {
        let id = format!("cfg-{}", self.configurations.len() + 1);
        self.configurations.push(ConfigurationRecord {
            id: id.clone(),
            organisation: organisation.to_owned(),
            name: name.to_owned(),
            mac,
            ip,
            serial,
            kind: kind.to_owned(),
        });
        id
    }

    /// The records of a device: the true one, and a stale one, where there are any.
    pub(super) fn add_device(
        &mut self,
        organisation: &str,
        device: &NetworkDevice,
    ) -> (Option<String>, Option<String>) {
        let spec = self.spec;
        let (is_absent, has_new_ip, has_no_mac, is_renamed, is_double, is_replaced) = (
            self.draw.hits(spec.absent_percent),
            self.draw.hits(spec.changed_ip_percent),
            self.draw.hits(spec.missing_mac_percent),
            self.draw.hits(spec.renamed_percent),
            self.draw.hits(spec.duplicate_percent),
            self.draw.hits(spec.replaced_percent),
        );
        let (mac, old_mac) = (self.draw.spell(device.mac), self.draw.mac());
        let (kind, ip) = (type_name(device.kind), device.ips.last().cloned());
        if is_replaced {
            self.push(organisation, &device.name, Some(old_mac), ip, None, kind);
            return (None, None);
        }
        if is_absent {
            return (None, None);
        }
        let name = if is_renamed {
            format!("{} - {}", device.name.to_uppercase(), device.model)
        } else {
            device.name.clone()
        };
        let ip = if has_new_ip {
            Some("192.168.77.7".to_owned())
        } else {
            ip
        };
        let noted = (!has_no_mac).then_some(mac.clone());
        let id = self.push(organisation, &name, noted, ip, device.serial.clone(), kind);
        let duplicate = is_double.then(|| {
            let name = format!("{} (old)", device.name);
            self.push(organisation, &name, Some(mac), None, None, kind)
        });
        (Some(id), duplicate)
    }
}
