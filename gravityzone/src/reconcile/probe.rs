//! Looks: each answers what it was asked, or says that it does not know.

use ::reconcile::execution::{Contents, DestinationProbe, Finding, Kit};
use ::reconcile::identity::{EntityRef, SecretText};
use ::reconcile::inventory::Package;
use client_core::{Error, ErrorKind};

use super::labels::module_labels;
use super::{Destination, instance};
use crate::companies::{CompanyId, CompanyType};
use crate::network::{ItemSort, ListInventory, NodeId};
use crate::rpc::RpcCode;

/// Why something is not known.
struct Unsure(String);

impl From<Error> for Unsure {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

impl From<String> for Unsure {
    fn from(why: String) -> Self {
        Self(why)
    }
}

impl From<&str> for Unsure {
    fn from(why: &str) -> Self {
        Self(why.to_owned())
    }
}

impl Destination {
    pub(super) async fn look(&self, probe: &DestinationProbe) -> Finding {
        let finding = match probe {
            DestinationProbe::Control => self.control().await,
            DestinationProbe::Company(company) => self.company_by_id(company).await,
            DestinationProbe::Contents(company) => self.contents(company).await,
            DestinationProbe::CompaniesNamed(name) => self.companies_named(name).await,
            DestinationProbe::PackagesNamed { company, name } => {
                self.packages_named(company, name).await
            }
            DestinationProbe::Kit {
                company,
                package,
                name,
            } => self.kit(company, package, name).await,
        };
        finding.unwrap_or_else(|Unsure(why)| Finding::Unknown(why))
    }

    async fn control(&self) -> Result<Finding, Unsure> {
        let own = self.client.companies().own().await?;
        Ok(Finding::Control(instance(&self.client, &own)))
    }

    async fn company_by_id(&self, entity: &EntityRef) -> Result<Finding, Unsure> {
        let id = self.company_id(entity)?;
        let company = self.client.company(&id).find().await?;
        if let Some(other) = company.as_ref().filter(|company| company.id != id) {
            return Err(format!("asked for company {id}, got {}", other.id).into());
        }
        Ok(Finding::Organization(
            company.map(|company| Box::new(self.lone_organization(&company))),
        ))
    }

    async fn companies_named(&self, name: &str) -> Result<Finding, Unsure> {
        let named = self.client.companies().named(name).await?;
        let lost = named
            .iter()
            .find(|named| named.partner.is_none() && !self.is_root(&named.company.id));
        if let Some(lost) = lost {
            return Err(
                format!("where company {} stands could not be read", lost.company.id).into(),
            );
        }
        Ok(Finding::Organizations(
            named
                .iter()
                .map(|named| self.named_organization(named))
                .collect(),
        ))
    }

    async fn contents(&self, entity: &EntityRef) -> Result<Finding, Unsure> {
        let id = self.company_id(entity)?;
        let company = self.client.company(&id).get().await?;
        if company.can_be_managed_by_above == Some(false) {
            return Err(
                "the company may not be managed by its partner, so what it holds is hidden".into(),
            );
        }
        let children = self.children_of(&id, company.company_type).await?;
        let all = ListInventory::below(id.as_str())
            .sorts(ItemSort::ENDPOINTS)
            .recursive();
        let items = self.client.network().inventory(&all).collect_all().await?;
        let mut endpoints = 0;
        for item in items
            .into_iter()
            .filter(crate::network::InventoryItem::is_endpoint)
        {
            // A partner's list holds its customers' machines too, so one without a company proves nothing.
            let owner = item
                .company_id
                .as_ref()
                .ok_or("the inventory has a machine without a company")?;
            endpoints += usize::from(*owner == id);
        }
        Ok(Finding::Contents(Contents {
            children,
            endpoints,
        }))
    }

    async fn children_of(
        &self,
        id: &CompanyId,
        company_type: CompanyType,
    ) -> Result<usize, Unsure> {
        let says_none = |error: &Error| {
            let refused = error.kind() == ErrorKind::InvalidInput
                && RpcCode::of(error) == Some(RpcCode::InvalidParams);
            refused && company_type == CompanyType::Customer
        };
        let companies = match self.client.company(id).children().collect_all().await {
            Ok(companies) => companies.as_slice().len(),
            // A customer, which cannot have any.
            Err(error) if says_none(&error) => return Ok(0),
            Err(error) => return Err(error.into()),
        };
        let folders = match self
            .client
            .network()
            .folders(Some(&NodeId::from(id)))
            .collect_all()
            .await
        {
            Ok(folders) => folders.as_slice().len(),
            Err(error) if says_none(&error) => 0,
            Err(error) => return Err(error.into()),
        };
        Ok(companies + folders)
    }

    async fn packages_named(&self, entity: &EntityRef, name: &str) -> Result<Finding, Unsure> {
        let company = self.company_id(entity)?;
        let rows = self.package_rows(&company).collect_all().await?;
        let mut packages = Vec::new();
        for row in rows {
            let row = row.into_result().map_err(|error| error.to_string())?;
            if row.name != name {
                continue;
            }
            let details = self.client.package(&row.id).get().await?;
            packages.push(Package {
                entity: self.package(&row.id),
                name: row.name,
                company: entity.clone(),
                modules: Some(module_labels(&details)),
                link: None,
            });
        }
        Ok(Finding::Packages(packages))
    }

    async fn kit(
        &self,
        company: &EntityRef,
        package: &EntityRef,
        name: &str,
    ) -> Result<Finding, Unsure> {
        let company = self.company_id(company)?;
        self.package_id(package)?;
        let links = self.links(&company, Some(name)).await?;
        let mut ours = links
            .iter()
            .filter(|links| links.package_name.as_deref() == Some(name));
        let Some(first) = ours.next() else {
            return Ok(Finding::Kit(Kit::Building));
        };
        if ours.any(|other| other.install_link_windows != first.install_link_windows) {
            return Err(format!("the company has several links of a package {name:?}").into());
        }
        Ok(Finding::Kit(match first.ready_windows_link() {
            Some(link) => Kit::Ready(SecretText::new(link.expose())),
            None => Kit::Building,
        }))
    }
}
