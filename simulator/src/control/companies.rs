//! GravityZone's side: companies in and out of the tree, and their packages.

use crate::simulator::Simulator;
use crate::world::{Company, Package, Subscription, Unknown};

impl Simulator {
    /// All companies of the platform as they are now, those outside the tree among them.
    pub fn companies(&self) -> Vec<Company> {
        self.with_world(|world| world.companies.values().cloned().collect())
    }

    /// Companies at or below the root, as they are now.
    pub fn companies_in_tree(&self) -> Vec<Company> {
        self.with_world(|world| {
            world
                .companies
                .values()
                .filter(|company| world.in_tree(&company.id))
                .cloned()
                .collect()
        })
    }

    /// The id of the company of that name, in any case; one of our tree before one outside.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn company_id(&self, name: &str) -> Result<String, Unknown> {
        self.with_world(|world| world.company_named(name).map(|company| company.id.clone()))
            .ok_or_else(|| Unknown::new("company", name))
    }

    /// The id of the root company.
    pub fn root_company(&self) -> String {
        self.with_world(|world| world.root.clone())
    }

    /// A company's packages.
    ///
    /// # Errors
    ///
    /// When there is no such company.
    pub fn packages_of(&self, company: &str) -> Result<Vec<Package>, Unknown> {
        self.with_world(|world| {
            world
                .companies
                .get(company)
                .map(|company| company.packages.clone())
        })
        .ok_or_else(|| Unknown::new("company", company))
    }

    /// The Windows installation link of a package.
    ///
    /// # Errors
    ///
    /// When there is no such package.
    pub fn windows_link(&self, package: &str) -> Result<String, Unknown> {
        self.with_world(|world| world.windows_link(package))
            .ok_or_else(|| Unknown::new("package", package))
    }

    /// Deletes a company with all it holds. What lay below it goes out of the tree.
    ///
    /// # Errors
    ///
    /// When there is no such company.
    pub fn delete_company(&self, company: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| world.companies.remove(company).map(drop))
            .ok_or_else(|| Unknown::new("company", company))
    }

    /// Moves a company or folder under another partner or folder.
    ///
    /// # Errors
    ///
    /// When either does not exist or the new place cannot hold companies.
    pub fn move_company(&self, company: &str, parent: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| world.put_under(company, parent))
    }

    /// Moves a company or folder under somebody else's partner, where the key cannot see it.
    ///
    /// # Errors
    ///
    /// When there is no such company or folder.
    pub fn move_company_out(&self, company: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            let parent = world.foreign_root.clone();
            world.put_under(company, &parent)
        })
    }

    /// Gives a company another name, whether or not it is taken.
    ///
    /// # Errors
    ///
    /// When there is no such company.
    pub fn rename_company(&self, company: &str, name: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            world
                .company_mut(company)
                .map(|company| name.clone_into(&mut company.name))
        })
    }

    /// Has somebody else make a company of that name; gives its id.
    pub fn take_company_name(&self, name: &str) -> String {
        self.with_world_mut(|world| world.add_foreign_company(name))
    }

    /// Suspends a company, or activates it again.
    ///
    /// # Errors
    ///
    /// When there is no such company.
    pub fn set_suspended(&self, company: &str, suspended: bool) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            world
                .company_mut(company)
                .map(|company| company.suspended = suspended)
        })
    }

    /// Takes the management of a company's security away from the partner above, or gives it back.
    ///
    /// # Errors
    ///
    /// When there is no such company.
    pub fn set_managed_by_above(&self, company: &str, managed: bool) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            world
                .company_mut(company)
                .map(|company| company.can_be_managed_by_above = managed)
        })
    }

    /// Gives a company another subscription. Packages stay as they are.
    ///
    /// # Errors
    ///
    /// When there is no such company.
    pub fn set_subscription(
        &self,
        company: &str,
        subscription: Subscription,
    ) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            world
                .company_mut(company)
                .map(|company| company.subscription = subscription)
        })
    }

    /// Gives a package another name. Its links stay.
    ///
    /// # Errors
    ///
    /// When there is no such package.
    pub fn rename_package(&self, package: &str, name: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            world
                .package_mut(package)
                .map(|package| name.clone_into(&mut package.name))
        })
    }

    /// Switches a module of a package on or off, by the vendor's key.
    ///
    /// # Errors
    ///
    /// When there is no such package.
    pub fn set_module(&self, package: &str, module: &str, on: bool) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            let modules = &mut world.package_mut(package)?.modules;
            if on {
                modules.insert(module.to_owned());
            } else {
                modules.remove(module);
            }
            Ok(())
        })
    }

    /// Deletes a package.
    ///
    /// # Errors
    ///
    /// When there is no such package.
    pub fn delete_package(&self, package: &str) -> Result<(), Unknown> {
        self.with_world_mut(|world| {
            world.package_mut(package)?;
            for company in world.companies.values_mut() {
                company.packages.retain(|known| known.id != package);
            }
            Ok(())
        })
    }
}
