//! Adding things by hand.

mod gravityzone;
mod library;
mod networking;
mod rmm;

use std::collections::BTreeMap;

use super::{
    Account, CompanyKind, Contact, LINK_VARIABLE, MacAddress, PackageSpec, SiteKind, Source,
    Subscription, Unknown, World,
};

/// 21 November 2026, 08:00 UTC: the creation time of what a built world holds until it is started.
pub(super) const BUILT_MS: i64 = 1_795_248_000_000;
const DAY_MS: i64 = 86_400_000;

impl World {
    /// An account with no sites but "Deleted Devices" and with one administrator, the vendor's own
    /// device filters, a few components and patches; a root
    /// partner with no companies below, and the top of a foreign tree. The seed decides every id.
    pub fn new(seed: u64) -> Self {
        let mut ids = Source::new(seed);
        let created = BUILT_MS - 400 * DAY_MS;
        let (root, foreign_root) = (ids.object_id(created), ids.object_id(created));
        let account = Account {
            id: ids.number(),
            uid: ids.alphanumeric(8),
            name: "Lighthouse MSP".into(),
            platform: "merlot".into(),
            currency: Some("eur".into()),
            billing_email: "billing@lighthouse.example".into(),
            device_limit: 5_000,
            time_zone: "Europe/Amsterdam".into(),
            variables: Vec::new(),
            users: Vec::new(),
            components: Vec::new(),
            filters: Vec::new(),
            udfs: BTreeMap::new(),
            patches: Vec::new(),
            alerts: Vec::new(),
            jobs: Vec::new(),
            activity: Vec::new(),
        };
        let mut world = Self {
            account,
            sites: Vec::new(),
            companies: BTreeMap::new(),
            folders: BTreeMap::new(),
            root: root.clone(),
            foreign_root: foreign_root.clone(),
            networks: Vec::new(),
            networking: networking::account(),
            ids,
            rmm_ids: Source::new(!seed),
            networking_ids: Source::new(seed.rotate_left(32) ^ 0x0d20_0a62),
            now_ms: BUILT_MS,
        };
        world.stock_library();
        let uid = format!("{}deleted", world.account.uid);
        world.push_site(uid, "Deleted Devices", SiteKind::DeletedDevices);
        let contact = Contact {
            full_name: "Robin Keeper".into(),
            email: "robin@lighthouse.example".into(),
            phone: "+31 20 555 0100".into(),
        };
        let addons = [
            "exchange",
            "encryption",
            "patchManagement",
            "eventCorrelator",
        ];
        for (id, name) in [
            (root, "Lighthouse MSP"),
            (foreign_root, "Somebody Else's MSP"),
        ] {
            let subscription = Subscription::monthly("aLaCarte").with_addons(addons);
            let mut company = world.new_company(id, name, CompanyKind::Partner, None, subscription);
            company.contact = Some(contact.clone());
            company.created_ms = created;
            world.companies.insert(company.id.clone(), company);
        }
        world
    }

    /// Adds an association as a tool that kept no record would leave it: a package of the company,
    /// named by the site's uid, and the site's variable with the package's Windows link. Gives the
    /// package's id.
    ///
    /// # Errors
    ///
    /// When there is no such site or company.
    pub fn add_association(&mut self, site: &str, company: &str) -> Result<String, Unknown> {
        self.site_mut(site)?;
        let package = self.add_package(company, &format!("rmm-{site}"), PackageSpec::default())?;
        let link = self
            .windows_link(&package)
            .ok_or_else(|| Unknown::new("package", &package))?;
        self.set_variable(site, LINK_VARIABLE, &link, false)?;
        Ok(package)
    }

    /// A hardware address that nothing else has, in all likelihood.
    pub fn new_mac(&mut self) -> MacAddress {
        self.ids.mac()
    }
}
