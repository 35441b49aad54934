//! Companies and folders as organisations.

use ::reconcile::identity::EntityRef;
use ::reconcile::inventory::{Organization, Role};

use super::Destination;
use crate::companies::{Company, CompanyType, NamedCompany};

impl Destination {
    /// A company, with what stands above it as far as it is known.
    pub(super) fn organization(
        &self,
        company: &Company,
        parent: Option<EntityRef>,
        partner: Option<EntityRef>,
    ) -> Organization {
        let is_root = self.is_root(&company.id);
        Organization {
            // Nothing above the key's own company is part of this tenant.
            parent: parent.filter(|_| !is_root),
            partner: partner.filter(|_| !is_root),
            suspended: company.is_suspended,
            managed_by_us: if is_root {
                Some(true)
            } else {
                company.can_be_managed_by_above
            },
            ..Organization::new(
                self.company(&company.id),
                company.name.as_str(),
                role(company),
            )
        }
    }

    /// A company that was read alone: what it tells of its parent is all that is known.
    pub(super) fn lone_organization(&self, company: &Company) -> Organization {
        let parent = company
            .parent_company_id
            .as_ref()
            .map(|id| self.company(id));
        self.organization(company, parent.clone(), parent)
    }

    pub(super) fn named_organization(&self, named: &NamedCompany) -> Organization {
        let parent = named.parent.as_ref().map(|id| self.node(id));
        let partner = named.partner.as_ref().map(|id| self.company(id));
        self.organization(&named.company, parent, partner)
    }
}

/// Whatever is no customer may have companies below it.
pub(super) fn role(company: &Company) -> Role {
    match company.company_type {
        CompanyType::Customer => Role::Customer,
        _ => Role::Partner,
    }
}
