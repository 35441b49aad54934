//! Adding sites, devices and variables.

use std::collections::BTreeMap;

use super::DAY_MS;
use crate::world::{
    Device, DeviceClass, Interface, Site, SiteKind, Software, Unknown, Variable, World,
};

impl World {
    pub(super) fn push_site(&mut self, uid: String, name: &str, kind: SiteKind) -> String {
        self.sites.push(Site {
            id: self.ids.number(),
            uid: uid.clone(),
            name: name.to_owned(),
            kind,
            description: None,
            notes: None,
            splashtop_auto_install: None,
            proxy: None,
            psa_company: None,
            network_ids: Vec::new(),
            devices: Vec::new(),
            variables: Vec::new(),
            mail_recipients: Vec::new(),
        });
        uid
    }

    /// Adds a Managed site and gives its uid.
    pub fn add_site(&mut self, name: &str) -> String {
        let uid = self.ids.guid();
        self.push_site(uid, name, SiteKind::Managed)
    }

    /// Adds an OnDemand site and gives its uid.
    pub fn add_on_demand_site(&mut self, name: &str) -> String {
        let uid = self.ids.guid();
        self.push_site(uid, name, SiteKind::OnDemand)
    }

    /// Adds a Windows desktop with these interfaces and gives its uid. The first interface tells the
    /// internal address. In a Managed site it is online; in an OnDemand one it waits for somebody who
    /// asks for support, and in "Deleted Devices" it is gone.
    ///
    /// # Errors
    ///
    /// When there is no such site.
    pub fn add_device(
        &mut self,
        site: &str,
        hostname: &str,
        interfaces: Vec<Interface>,
    ) -> Result<String, Unknown> {
        let (id, uid) = (self.ids.number(), self.ids.guid());
        let serial = self.ids.alphanumeric(7).to_uppercase();
        let now = self.now_ms;
        let site = self.site_mut(site)?;
        site.devices.push(Device {
            id,
            uid: uid.clone(),
            hostname: hostname.to_owned(),
            class: DeviceClass::Computer,
            category: "Desktop".into(),
            operating_system: Some("Microsoft Windows 11 Pro 10.0.26100".into()),
            description: Some(hostname.to_owned()),
            domain: None,
            last_user: None,
            internal_ip: interfaces.first().and_then(|card| card.ipv4.clone()),
            external_ip: Some("198.51.100.20".into()),
            online: site.kind == SiteKind::Managed,
            deleted: site.kind == SiteKind::DeletedDevices,
            created_ms: now - 200 * DAY_MS,
            last_seen_ms: Some(now),
            last_reboot_ms: Some(now - DAY_MS),
            last_audit_ms: Some(now - DAY_MS / 2),
            warranty_date: None,
            manufacturer: "Acme".into(),
            model: "Desk 7".into(),
            serial: Some(serial),
            interfaces,
            udfs: BTreeMap::new(),
            software: standard_software(),
            patches: Vec::new(),
        });
        Ok(uid)
    }

    /// Adds a variable to a site, or changes the one of that name, and gives its id.
    ///
    /// # Errors
    ///
    /// When there is no such site.
    pub fn set_variable(
        &mut self,
        site: &str,
        name: &str,
        value: &str,
        masked: bool,
    ) -> Result<i64, Unknown> {
        let id = self.ids.number();
        Ok(set(
            &mut self.site_mut(site)?.variables,
            id,
            name,
            value,
            masked,
        ))
    }

    /// Adds an account variable, or changes the one of that name, and gives its id.
    pub fn set_account_variable(&mut self, name: &str, value: &str, masked: bool) -> i64 {
        let id = self.ids.number();
        set(&mut self.account.variables, id, name, value, masked)
    }
}

/// What every computer has.
fn standard_software() -> Vec<Software> {
    [
        ("7-Zip 24.09 (x64)", "24.09"),
        ("Microsoft Edge", "142.0.3595.94"),
        ("Mozilla Firefox (x64 en-GB)", "145.0.1"),
    ]
    .map(|(name, version)| Software::new(name, version))
    .into()
}

fn set(variables: &mut Vec<Variable>, id: i64, name: &str, value: &str, masked: bool) -> i64 {
    if let Some(known) = variables.iter_mut().find(|known| known.name == name) {
        value.clone_into(&mut known.value);
        known.masked = masked;
        return known.id;
    }
    variables.push(Variable {
        id,
        name: name.to_owned(),
        value: value.to_owned(),
        masked,
    });
    id
}
