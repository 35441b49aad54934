//! The world that stories are told in.

use super::{PsaCompany, Subscription, Unknown, World, WorldSpec};

impl World {
    /// An MSP with eight Managed sites, two OnDemand ones and "Deleted Devices"; in GravityZone a
    /// root partner with the sub-partner "Lighthouse North" and the folder "Retail".
    ///
    /// | Site | Company |
    /// |---|---|
    /// | Harbour Clinic | the same name, under the root |
    /// | Bluebird Bakery | the same name, in the folder |
    /// | Orchard Primary School | the same name, under the sub-partner |
    /// | Northgate Logistics Ltd | Northgate Logistics |
    /// | Stone & Fields LLP | STONE AND FIELDS |
    /// | Vantage Legal | Vantage Legal Services (alike only) |
    /// | Café Zénith | none |
    /// | Ridgeway Motors | none of ours: the name is taken outside the tree |
    ///
    /// Quarry Hill Dental is a company without a site. Harbour Clinic has two networks, Bluebird
    /// Bakery and Vantage Legal one each, all of them mapped, with access points, a switch and managed
    /// power. Nothing is associated yet.
    pub fn demo() -> Self {
        let mut world = Self::new(2026);
        // Everything is added under parents and sites that were added a line before.
        let filled = world.fill_demo();
        debug_assert!(filled.is_ok(), "{filled:?}");
        world
    }

    fn fill_demo(&mut self) -> Result<(), Unknown> {
        let (root, spec) = (self.root.clone(), WorldSpec::default());
        let north = self.add_partner(&root, "Lighthouse North")?;
        let retail = self.add_folder(&root, "Retail")?;
        let estate = [
            ("Harbour Clinic", Some((&root, "Harbour Clinic")), 2),
            ("Bluebird Bakery", Some((&retail, "Bluebird Bakery")), 1),
            (
                "Orchard Primary School",
                Some((&north, "Orchard Primary School")),
                0,
            ),
            (
                "Northgate Logistics Ltd",
                Some((&root, "Northgate Logistics")),
                0,
            ),
            ("Stone & Fields LLP", Some((&root, "STONE AND FIELDS")), 0),
            ("Vantage Legal", Some((&root, "Vantage Legal Services")), 1),
            ("Café Zénith", None, 0),
            ("Ridgeway Motors", None, 0),
        ];
        for (number, (name, company, networks)) in estate.into_iter().enumerate() {
            let site = self.add_site(name);
            self.fill(&site, number + 1, 4 + number % 3);
            if let Some((parent, company)) = company {
                self.mirror(&site, parent, company, 75);
            }
            for part in 0..networks {
                self.add_site_network(&site, name, part, &spec);
            }
            if number < 4 {
                let id = 29_684_000 + i64::try_from(number).unwrap_or_default();
                let site = self.site_mut(&site)?;
                site.psa_company = Some(PsaCompany {
                    id,
                    name: name.to_owned(),
                });
                site.description = Some("Full managed service".into());
            }
        }
        for name in ["Walk-in Support", "Home Workers"] {
            let site = self.add_on_demand_site(name);
            self.fill(&site, 40, 2);
        }
        let deleted = self.sites[0].uid.clone();
        self.fill(&deleted, 41, 2);
        self.add_customer(&root, "Quarry Hill Dental")?;
        self.add_foreign_company("Ridgeway Motors");
        for (name, addons) in [
            ("Harbour Clinic", vec!["exchange", "eventCorrelator"]),
            ("Bluebird Bakery", vec![]),
        ] {
            if let Some(id) = self.company_named(name).map(|company| company.id.clone()) {
                self.company_mut(&id)?.subscription =
                    Subscription::monthly("aLaCarte").with_addons(addons);
            }
        }
        self.alert_devices(20);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::World;
    use crate::world::SiteKind;

    #[test]
    fn the_story_holds_what_it_promises() {
        let world = World::demo();
        let count = |kind| world.sites.iter().filter(|site| site.kind == kind).count();
        assert_eq!(
            (
                count(SiteKind::Managed),
                count(SiteKind::OnDemand),
                count(SiteKind::DeletedDevices)
            ),
            (8, 2, 1)
        );
        let motors = world.company_named("Ridgeway Motors").unwrap();
        assert!(!world.in_tree(&motors.id));
        let bakery = world.company_named("Bluebird Bakery").unwrap();
        assert!(
            world.in_tree(&bakery.id)
                && world.folders.contains_key(bakery.parent.as_ref().unwrap())
        );
        assert_eq!(world.parent_company(&bakery.id).unwrap().id, world.root);
        assert!(world.company_named("Café Zénith").is_none());
    }
}
