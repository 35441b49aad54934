//! The RMM's side: sites and their variables, and associations that leave traces on both sides.

use crate::simulator::Simulator;
use crate::world::{LINK_VARIABLE, Site, SiteKind, Unknown, Variable};

impl Simulator {
    /// All sites as they are now.
    pub fn sites(&self) -> Vec<Site> {
        self.with_world(|world| world.sites.clone())
    }

    /// The uid of the site of that name, in any case.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn site_uid(&self, name: &str) -> Result<String, Unknown> {
        self.with_world(|world| world.site_named(name).map(|site| site.uid.clone()))
            .ok_or_else(|| Unknown::new("site", name))
    }

    /// A site's own variables with their true values, masked or not.
    ///
    /// # Errors
    ///
    /// When there is no such site.
    pub fn variables_of(&self, site: &str) -> Result<Vec<Variable>, Unknown> {
        self.with_world(|world| world.site(site).map(|site| site.variables.clone()))
            .ok_or_else(|| Unknown::new("site", site))
    }

    /// Deletes a site with all it holds.
    ///
    /// # Errors
    ///
    /// When there is no such site.
    pub fn delete_site(&self, site: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            world.site_mut(site)?;
            world.sites.retain(|known| known.uid != site);
            Ok(())
        })
    }

    /// Gives a site another name.
    ///
    /// # Errors
    ///
    /// When there is no such site.
    pub fn rename_site(&self, site: &str, name: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            world
                .site_mut(site)
                .map(|site| name.clone_into(&mut site.name))
        })
    }

    /// Turns a site into an OnDemand one, or back into a Managed one.
    ///
    /// # Errors
    ///
    /// When there is no such site.
    pub fn set_on_demand(&self, site: &str, on_demand: bool) -> Result<(), Unknown> {
        let kind = if on_demand {
            SiteKind::OnDemand
        } else {
            SiteKind::Managed
        };
        self.with_world_mut(|world| world.site_mut(site).map(|site| site.kind = kind))
    }

    /// Sets an unmasked site variable, new or not.
    ///
    /// # Errors
    ///
    /// When there is no such site.
    pub fn set_variable(&self, site: &str, name: &str, value: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| world.set_variable(site, name, value, false))
            .map(drop)
    }

    /// Masks a site variable, or lifts the mask, as deleting and making it again would.
    ///
    /// # Errors
    ///
    /// When there is no such site or variable.
    pub fn set_masked(&self, site: &str, name: &str, masked: bool) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            let variables = &mut world.site_mut(site)?.variables;
            let variable = variables.iter_mut().find(|variable| variable.name == name);
            variable
                .ok_or_else(|| Unknown::new("variable", name))
                .map(|variable| variable.masked = masked)
        })
    }

    /// Removes a site variable.
    ///
    /// # Errors
    ///
    /// When there is no such site or variable.
    pub fn remove_variable(&self, site: &str, name: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            let variables = &mut world.site_mut(site)?.variables;
            let place = variables.iter().position(|variable| variable.name == name);
            variables.remove(place.ok_or_else(|| Unknown::new("variable", name))?);
            Ok(())
        })
    }

    /// Sets an unmasked account variable, new or not.
    pub fn set_account_variable(&self, name: &str, value: &str) {
        self.with_world_mut(|world| world.set_account_variable(name, value, false));
    }

    /// Leaves the traces of an association that no local state knows: a package of the company and
    /// the site's variable with its link. Gives the package's id.
    ///
    /// # Errors
    ///
    /// When there is no such site or company.
    pub fn add_association_evidence(&self, site: &str, company: &str) -> Result<String, Unknown> {
        self.with_world_mut(|world| world.add_association(site, company))
    }

    /// Wipes the traces of an association that local state knows: the site's link variable and the
    /// package that it points to, as far as they exist.
    ///
    /// # Errors
    ///
    /// When there is no such site.
    pub fn remove_association_evidence(&self, site: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            let variables = &mut world.site_mut(site)?.variables;
            let place = variables
                .iter()
                .position(|variable| variable.name == LINK_VARIABLE);
            let Some(link) = place.map(|place| variables.remove(place).value) else {
                return Ok(());
            };
            let packages = world
                .companies
                .values()
                .flat_map(|company| &company.packages);
            let ids: Vec<_> = packages.map(|package| package.id.clone()).collect();
            let linked = ids
                .into_iter()
                .find(|id| world.windows_link(id).as_ref() == Some(&link));
            for company in world.companies.values_mut() {
                company
                    .packages
                    .retain(|package| Some(&package.id) != linked.as_ref());
            }
            Ok(())
        })
    }
}
