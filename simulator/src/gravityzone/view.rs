//! What a key can see of the tree.

use super::Call;
use super::envelope::Failure;
use crate::world::{Company, CompanyKind, Package};

impl Call<'_> {
    /// Whether a company or folder lies in the part of the tree that the key is good for. With a
    /// narrowed key that is the target's subtree and the way from the key's own company to it.
    fn reaches(&self, id: &str) -> bool {
        let (world, key) = (&self.state.world, self.key());
        let is_target = |target: &String| world.is_under(id, target) || world.is_under(target, id);
        world.is_under(id, &key.company)
            && (id == key.company || key.target.as_ref().is_none_or(is_target))
    }

    /// Whether a company shows to the key, and already does.
    pub(super) fn sees(&self, company: &Company) -> bool {
        company.visible_from_ms <= self.now_ms() && self.reaches(&company.id)
    }

    pub(super) fn sees_folder(&self, id: &str) -> bool {
        self.state.world.folders.contains_key(id) && self.reaches(id)
    }

    /// Whether the key may look inside a company: at its endpoints and packages.
    pub(super) fn manages(&self, company: &Company) -> bool {
        let is_own = company.id == self.key().company;
        is_own || (self.reaches(&company.id) && company.can_be_managed_by_above)
    }

    /// The error for an id that leads nowhere or out of sight.
    pub(super) fn missing(&self, parameter: &str) -> Failure {
        let code = self.state.settings.gravityzone.missing_code;
        Failure::new(code, format!("Invalid value for '{parameter}' parameter."))
    }

    /// The id given under `parameter`, or that of the key's company.
    pub(super) fn id_or_own(&self, parameter: &str) -> Result<String, Failure> {
        Ok(self
            .members()
            .text(parameter)?
            .unwrap_or_else(|| self.key().company.clone()))
    }

    /// A company that shows to the key.
    pub(super) fn company(&self, id: &str, parameter: &str) -> Result<&Company, Failure> {
        let company = self
            .state
            .world
            .companies
            .get(id)
            .filter(|company| self.sees(company));
        company.ok_or_else(|| self.missing(parameter))
    }

    /// A company that the key may act on, even before it shows.
    pub(super) fn actionable(&self, id: &str, parameter: &str) -> Result<&Company, Failure> {
        let company = self
            .state
            .world
            .companies
            .get(id)
            .filter(|company| self.reaches(&company.id));
        company.ok_or_else(|| self.missing(parameter))
    }

    /// A company below the key's own, for what cannot be done to oneself.
    pub(super) fn managed(&self, parameter: &str) -> Result<&Company, Failure> {
        let id = self.members().required(parameter)?;
        if id == self.key().company {
            return Err(Failure::invalid(parameter));
        }
        self.actionable(&id, parameter)
    }

    /// The id of a partner or folder whose companies are asked for. Customers have none below them,
    /// and say so with an error.
    pub(super) fn holder(&self, parameter: &str) -> Result<String, Failure> {
        let id = self.id_or_own(parameter)?;
        if self.sees_folder(&id) {
            return Ok(id);
        }
        match self.company(&id, parameter)?.kind {
            CompanyKind::Partner => Ok(id),
            CompanyKind::Customer => Err(Failure::invalid(parameter)),
        }
    }

    /// A package of a company that the key manages, once it shows.
    pub(super) fn package(&self, id: &str) -> Result<(&Company, &Package), Failure> {
        let found = self.state.world.package(id);
        found
            .filter(|(company, package)| {
                self.manages(company) && package.visible_from_ms <= self.now_ms()
            })
            .ok_or_else(|| self.missing("packageId"))
    }
}
