//! One world in neutral types, which the three wires show each in its own way.

mod build;
mod dates;
mod demo;
mod generate;
mod gravityzone;
mod ids;
mod names;
mod networking;
mod rmm;
mod tree;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

pub use self::generate::WorldSpec;
pub use self::gravityzone::{
    Company, CompanyKind, Contact, Endpoint, Folder, Group, Package, PackageSpec, Subscription,
};
pub use self::ids::MacAddress;
pub(crate) use self::ids::Source;
pub use self::networking::{
    AclEntry, AuditEvent, AuditField, ConnectionCheck, DeviceLifecycle, DeviceSubscription,
    Network, NetworkAction, NetworkDevice, NetworkDeviceKind, NetworkGroup, NetworkSettings,
    NetworkUser, NetworkingAccount, Node, Outlet, OutletSchedule, PortPoe, PowerSettings,
    PowerStrip, Router, Secret, SiteSurvey, SnmpTrap, SurveyedAccessPoint, Switch, SwitchAcls,
    SwitchPort, Voucher, WirelessClient, role,
};
pub use self::rmm::{
    AGENT_COMPONENT, Account, Activity, ActivityDay, ActivityEntity, ActivitySite, ActivitySpec,
    ActivityUser, Alert, Component, ComponentVariable, Device, DeviceClass, DevicePatch, Filter,
    FilterRule, FilterScope, InstallStatus, Interface, Job, JobEnd, JobOutcome, JobScript,
    JobVariable, MailRecipient, Patch, Proxy, PsaCompany, Resolution, SecurityLevel, Site,
    SiteKind, Software, UdfDefinition, UdfKind, User, Variable,
};

/// The site variable that deployment reads.
pub const LINK_VARIABLE: &str = "GravityZonePackageLink";

/// Everything that exists at the three vendors.
///
/// Made by [`World::demo`], [`World::generate`] or by hand from [`World::new`] with the `add_…`
/// functions. The fields are open for inspection and for changes that no function offers.
///
/// Built worlds are of 21 November 2026, 08:00 UTC. When one is started, all its dates move so that
/// it is one of now, those that were set by hand too. With
/// [`Settings::clock_ms`](crate::Settings::clock_ms) they stay, and everything is the same each time.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct World {
    /// The RMM's tenant.
    pub account: Account,
    /// All sites, the "Deleted Devices" pseudo-site among them.
    pub sites: Vec<Site>,
    /// Every company of the GravityZone platform by id, also those outside our tree.
    pub companies: BTreeMap<String, Company>,
    /// Folders of companies by id.
    pub folders: BTreeMap<String, Folder>,
    /// The partner company that the key belongs to.
    pub root: String,
    /// The partner at the top of a tree that is not ours.
    pub foreign_root: String,
    /// Networks of Datto Networking.
    pub networks: Vec<Network>,
    /// The tenant of Datto Networking.
    pub networking: NetworkingAccount,
    #[serde(skip)]
    pub(crate) ids: Source,
    /// A source of its own for what only the RMM has, so that more of it moves no other id.
    #[serde(skip)]
    pub(crate) rmm_ids: Source,
    /// Another for what only Datto Networking has.
    #[serde(skip)]
    pub(crate) networking_ids: Source,
    /// The creation time of what is added next.
    #[serde(skip)]
    pub(crate) now_ms: i64,
}

/// Something that was named and does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unknown {
    /// What was looked for, such as `site` or `company`.
    pub what: &'static str,
    /// The id or name that led nowhere.
    pub id: String,
}

impl Unknown {
    pub(crate) fn new(what: &'static str, id: impl Into<String>) -> Self {
        Self {
            what,
            id: id.into(),
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no {} `{}` in the simulated world", self.what, self.id)
    }
}

impl std::error::Error for Unknown {}

impl World {
    /// The site with that uid.
    pub fn site(&self, uid: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.uid == uid)
    }

    /// The first site of that name, in any case.
    pub fn site_named(&self, name: &str) -> Option<&Site> {
        self.sites.iter().find(|site| same_name(&site.name, name))
    }

    /// The site with that uid, to change it.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn site_mut(&mut self, uid: &str) -> Result<&mut Site, Unknown> {
        self.sites
            .iter_mut()
            .find(|site| site.uid == uid)
            .ok_or_else(|| Unknown::new("site", uid))
    }

    /// The device with that uid, and its site.
    pub fn device(&self, uid: &str) -> Option<(&Site, &Device)> {
        self.sites.iter().find_map(|site| {
            let device = site.devices.iter().find(|device| device.uid == uid)?;
            Some((site, device))
        })
    }

    /// The device with that uid, to change it.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn device_mut(&mut self, uid: &str) -> Result<&mut Device, Unknown> {
        self.sites
            .iter_mut()
            .flat_map(|site| &mut site.devices)
            .find(|device| device.uid == uid)
            .ok_or_else(|| Unknown::new("device", uid))
    }

    /// Puts a device into another site. In "Deleted Devices" it is deleted and offline; out of there it
    /// is no longer deleted, and offline until it is turned on.
    ///
    /// # Errors
    ///
    /// When either does not exist.
    pub fn move_device(&mut self, uid: &str, site: &str) -> Result<(), Unknown> {
        self.site_mut(site)?;
        let unknown = || Unknown::new("device", uid);
        let from = self.device(uid).ok_or_else(unknown)?.0.uid.clone();
        let devices = &mut self.site_mut(&from)?.devices;
        let place = devices.iter().position(|device| device.uid == uid);
        let mut device = devices.remove(place.ok_or_else(unknown)?);
        let to = self.site_mut(site)?;
        device.deleted = to.kind == SiteKind::DeletedDevices;
        device.online &= !device.deleted;
        to.devices.push(device);
        Ok(())
    }

    /// Deletes a device as the portal does: it moves to "Deleted Devices".
    ///
    /// # Errors
    ///
    /// When there is no such device, or no such site.
    pub fn delete_device(&mut self, uid: &str) -> Result<(), Unknown> {
        let mut sites = self.sites.iter();
        let bin = sites.find(|site| site.kind == SiteKind::DeletedDevices);
        let bin = bin.ok_or_else(|| Unknown::new("site", "Deleted Devices"))?;
        let bin = bin.uid.clone();
        self.move_device(uid, &bin)
    }

    /// The company of that name, in any case, in our tree or outside; ours first.
    pub fn company_named(&self, name: &str) -> Option<&Company> {
        let mut namesakes: Vec<_> = self
            .companies
            .values()
            .filter(|company| same_name(&company.name, name))
            .collect();
        namesakes.sort_by_key(|company| !self.in_tree(&company.id));
        namesakes.first().copied()
    }

    /// The company with that id, to change it.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn company_mut(&mut self, id: &str) -> Result<&mut Company, Unknown> {
        self.companies
            .get_mut(id)
            .ok_or_else(|| Unknown::new("company", id))
    }

    /// The package with that id and its company.
    pub fn package(&self, id: &str) -> Option<(&Company, &Package)> {
        self.companies.values().find_map(|company| {
            company
                .packages
                .iter()
                .find(|package| package.id == id)
                .map(|package| (company, package))
        })
    }

    /// The package with that id, to change it.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn package_mut(&mut self, id: &str) -> Result<&mut Package, Unknown> {
        self.companies
            .values_mut()
            .flat_map(|company| &mut company.packages)
            .find(|package| package.id == id)
            .ok_or_else(|| Unknown::new("package", id))
    }
}

/// Whether the platform takes two company names for one.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}
