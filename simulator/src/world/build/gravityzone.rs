//! Adding companies, folders, endpoints and packages.

use std::collections::BTreeMap;

use crate::world::{
    Company, CompanyKind, Endpoint, Folder, Group, MacAddress, Package, PackageSpec, Subscription,
    Unknown, World,
};

impl World {
    pub(crate) fn new_company(
        &mut self,
        id: String,
        name: &str,
        kind: CompanyKind,
        parent: Option<String>,
        subscription: Subscription,
    ) -> Company {
        Company {
            group_id: self.ids.object_id(self.now_ms),
            id,
            name: name.to_owned(),
            kind,
            parent,
            address: String::new(),
            phone: String::new(),
            country: None,
            state: None,
            industry: 0,
            can_be_managed_by_above: true,
            suspended: false,
            skip_2fa_days: 0,
            contact: None,
            custom_fields: BTreeMap::new(),
            created_ms: self.now_ms,
            visible_from_ms: 0,
            subscription,
            groups: Vec::new(),
            endpoints: Vec::new(),
            packages: Vec::new(),
        }
    }

    fn add_company(
        &mut self,
        parent: &str,
        name: &str,
        kind: CompanyKind,
    ) -> Result<String, Unknown> {
        if !self.can_hold_companies(parent) {
            return Err(Unknown::new("partner or folder", parent));
        }
        let id = self.ids.object_id(self.now_ms);
        let subscription = Subscription::monthly("aLaCarte");
        let company = self.new_company(
            id.clone(),
            name,
            kind,
            Some(parent.to_owned()),
            subscription,
        );
        self.companies.insert(id.clone(), company);
        Ok(id)
    }

    /// Adds a customer company with a monthly subscription and gives its id.
    ///
    /// # Errors
    ///
    /// When the parent is no partner and no folder.
    pub fn add_customer(&mut self, parent: &str, name: &str) -> Result<String, Unknown> {
        self.add_company(parent, name, CompanyKind::Customer)
    }

    /// Adds a partner company and gives its id.
    ///
    /// # Errors
    ///
    /// When the parent is no partner and no folder.
    pub fn add_partner(&mut self, parent: &str, name: &str) -> Result<String, Unknown> {
        self.add_company(parent, name, CompanyKind::Partner)
    }

    /// Adds a customer outside our tree, so that its name is taken where we cannot see it.
    pub fn add_foreign_company(&mut self, name: &str) -> String {
        let id = self.ids.object_id(self.now_ms);
        let parent = Some(self.foreign_root.clone());
        let company = self.new_company(
            id.clone(),
            name,
            CompanyKind::Customer,
            parent,
            Subscription::monthly("aLaCarte"),
        );
        self.companies.insert(id.clone(), company);
        id
    }

    /// Adds a folder of companies and gives its id.
    ///
    /// # Errors
    ///
    /// When the parent is no partner and no folder.
    pub fn add_folder(&mut self, parent: &str, name: &str) -> Result<String, Unknown> {
        if !self.can_hold_companies(parent) {
            return Err(Unknown::new("partner or folder", parent));
        }
        let id = self.ids.object_id(self.now_ms);
        self.folders.insert(
            id.clone(),
            Folder {
                id: id.clone(),
                name: name.to_owned(),
                parent: parent.to_owned(),
            },
        );
        Ok(id)
    }

    /// Adds a group of endpoints to a company and gives its id.
    ///
    /// # Errors
    ///
    /// When there is no such company.
    pub fn add_group(&mut self, company: &str, name: &str) -> Result<String, Unknown> {
        let id = self.ids.object_id(self.now_ms);
        self.company_mut(company)?.groups.push(Group {
            id: id.clone(),
            name: name.to_owned(),
        });
        Ok(id)
    }

    /// Adds a managed, protected Windows endpoint in the company's own container and gives its id.
    ///
    /// # Errors
    ///
    /// When there is no such company.
    pub fn add_endpoint(
        &mut self,
        company: &str,
        name: &str,
        ip: &str,
        macs: &[MacAddress],
    ) -> Result<String, Unknown> {
        let id = self.ids.object_id(self.now_ms);
        let now = self.now_ms;
        self.company_mut(company)?.endpoints.push(Endpoint {
            id: id.clone(),
            name: name.to_owned(),
            label: String::new(),
            fqdn: name.to_lowercase(),
            group: None,
            managed: true,
            protected: true,
            machine: 1,
            operating_system: "Windows 11 Pro".into(),
            ip: ip.to_owned(),
            macs: macs.to_vec(),
            last_seen_ms: now - 120_000,
        });
        Ok(id)
    }

    /// Adds a package whose kit is built and gives its id. Modules are taken as given, whatever the
    /// company's subscription allows.
    ///
    /// # Errors
    ///
    /// When there is no such company.
    pub fn add_package(
        &mut self,
        company: &str,
        name: &str,
        spec: PackageSpec,
    ) -> Result<String, Unknown> {
        let id = self.ids.object_id(self.now_ms);
        let now = self.now_ms;
        self.company_mut(company)?.packages.push(Package {
            id: id.clone(),
            name: name.to_owned(),
            description: String::new(),
            language: "en_US".into(),
            modules: spec.modules,
            relay: false,
            exchange: spec.exchange,
            scan_before_install: false,
            remove_competitors: spec.remove_competitors,
            installation_path: None,
            group_id: None,
            scan_mode: None,
            deployment: None,
            product: 0,
            created_ms: now,
            visible_from_ms: 0,
            built_at_ms: 0,
        });
        Ok(id)
    }
}
