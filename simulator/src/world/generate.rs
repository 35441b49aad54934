//! A world of any size from a seed.

mod networks;

use super::{DeviceClass, Interface, MacAddress, PsaCompany, Subscription, World, names};

/// How large a generated world is. Shares are in percent of the sites.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorldSpec {
    /// Decides everything that is not said below.
    pub seed: u64,
    /// Managed sites.
    pub sites: usize,
    /// OnDemand sites besides.
    pub on_demand_sites: usize,
    /// Devices of each site.
    pub devices_per_site: usize,
    /// Partners below the root, among which companies are spread.
    pub sub_partners: usize,
    /// Folders below the root, likewise.
    pub folders: usize,
    /// Sites with a company of exactly their name.
    pub exact_percent: usize,
    /// Sites with a company whose name differs in case or legal form.
    pub similar_percent: usize,
    /// Sites whose name is taken by a company outside the tree.
    pub foreign_percent: usize,
    /// Sites with networks, of which every third has two.
    pub network_percent: usize,
    /// Devices of a site that its company knows as endpoints.
    pub protected_percent: usize,
    /// Devices with an alert, of which every third is resolved.
    pub alert_percent: u8,
    /// Networks that no site is mapped to.
    pub unmapped_networks: usize,
    /// Access points of each network, or one less; the third has never checked in.
    pub access_points_per_network: usize,
    /// Switches of each network; every third, from the second on, has never checked in.
    pub switches_per_network: usize,
    /// Power strips of each network.
    pub power_strips_per_network: usize,
    /// Clients of each network.
    pub clients_per_network: usize,
    /// Networks with a router.
    pub router_percent: usize,
}

impl Default for WorldSpec {
    fn default() -> Self {
        Self {
            seed: 1,
            sites: 10,
            on_demand_sites: 2,
            devices_per_site: 10,
            sub_partners: 1,
            folders: 1,
            exact_percent: 40,
            similar_percent: 20,
            foreign_percent: 10,
            network_percent: 50,
            protected_percent: 80,
            alert_percent: 10,
            unmapped_networks: 2,
            access_points_per_network: 3,
            switches_per_network: 1,
            power_strips_per_network: 1,
            clients_per_network: 3,
            router_percent: 30,
        }
    }
}

impl WorldSpec {
    /// The default sizes with this seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            ..Self::default()
        }
    }

    /// The same with this many Managed sites.
    #[must_use]
    pub fn sites(mut self, sites: usize) -> Self {
        self.sites = sites;
        self
    }

    /// The same with this many devices in each site.
    #[must_use]
    pub fn devices_per_site(mut self, devices: usize) -> Self {
        self.devices_per_site = devices;
        self
    }
}

impl World {
    /// A world of the given sizes; the same specification gives the same world.
    pub fn generate(spec: &WorldSpec) -> Self {
        let mut world = Self::new(spec.seed);
        let root = world.root.clone();
        let mut parents = vec![root.clone()];
        for number in 0..spec.sub_partners {
            parents.extend(world.add_partner(&root, &format!("Lighthouse Partner {}", number + 1)));
        }
        for number in 0..spec.folders {
            parents.extend(world.add_folder(&root, &format!("Region {}", number + 1)));
        }
        for number in 0..spec.sites {
            let name = names::organisation(number);
            let site = world.add_site(&name);
            world.describe(&site, number);
            world.fill(&site, number, spec.devices_per_site);
            let parent = parents[world.ids.random().usize(..parents.len())].clone();
            let draw = world.ids.random().usize(..100);
            let (exact, similar) = (
                spec.exact_percent,
                spec.exact_percent + spec.similar_percent,
            );
            if draw < exact {
                world.mirror(&site, &parent, &name, spec.protected_percent);
            } else if draw < similar {
                let form = names::LEGAL[world.ids.random().usize(..names::LEGAL.len())];
                world.mirror(
                    &site,
                    &parent,
                    &format!("{} {form}", name.to_uppercase()),
                    spec.protected_percent,
                );
            } else if draw < similar + spec.foreign_percent {
                world.add_foreign_company(&name);
            }
            if world.ids.random().usize(..100) < spec.network_percent {
                for part in 0..if number % 3 == 0 { 2 } else { 1 } {
                    world.add_site_network(&site, &name, part, spec);
                }
            }
        }
        for number in 0..spec.on_demand_sites {
            let site = world.add_on_demand_site(&format!("Walk-in Support {}", number + 1));
            world.fill(&site, spec.sites + number, spec.devices_per_site.min(3));
        }
        if let Some(deleted) = world.sites.first().map(|site| site.uid.clone()) {
            world.fill(
                &deleted,
                spec.sites + spec.on_demand_sites,
                spec.devices_per_site.min(2),
            );
        }
        world.alert_devices(spec.alert_percent);
        world.add_unmapped_networks(spec);
        world
    }

    /// Gives some sites a description, notes and a PSA company.
    fn describe(&mut self, site: &str, number: usize) {
        let id = 29_000 + i64::try_from(number).unwrap_or_default();
        let Ok(site) = self.site_mut(site) else {
            return;
        };
        if number.is_multiple_of(2) {
            site.description = Some(format!("Customer since {}", 2010 + number % 15));
            site.psa_company = Some(PsaCompany {
                id,
                name: site.name.clone(),
            });
        }
        if number.is_multiple_of(5) {
            site.notes = Some("Key under the mat, ask for Sam".into());
        }
        site.splashtop_auto_install = Some(number.is_multiple_of(2));
    }

    /// Fills a site with devices: mostly computers with two cards, here and there a switch or printer.
    pub(super) fn fill(&mut self, site: &str, number: usize, devices: usize) {
        for index in 0..devices {
            let ip = format!("10.{}.{}.{}", number % 250, index / 200, 10 + index % 200);
            let (wired, wireless) = (self.ids.mac(), self.ids.mac());
            let mut cards =
                vec![Interface::new("Ethernet", wired, ip).ipv6(format!("fe80::{:x}", index + 1))];
            let kind = self.ids.random().u8(..20);
            if kind >= 4 {
                let mut card = Interface::new(
                    "Wi-Fi",
                    wireless,
                    format!("10.{}.99.{}", number % 250, 10 + index % 200),
                );
                card.kind = Some("Wireless".into());
                cards.push(card);
            }
            let hostname = match kind {
                0 => format!("SW-{number:03}-{index:03}"),
                1 => format!("PRN-{number:03}-{index:03}"),
                2 | 3 => format!("SRV-{number:03}-{index:03}"),
                _ => format!("PC-{number:03}-{index:03}"),
            };
            if self.add_device(site, &hostname, cards).is_err() {
                return;
            }
            let online = self.ids.random().u8(..10) > 0;
            let Ok(site) = self.site_mut(site) else {
                return;
            };
            // It was added last.
            let Some(device) = site.devices.last_mut() else {
                return;
            };
            device.online &= online;
            if !device.online {
                let hours = 3 + i64::try_from(index % 50).unwrap_or_default();
                device.last_seen_ms = device.last_seen_ms.map(|seen| seen - hours * 3_600_000);
            }
            match kind {
                0 | 1 => {
                    let (class, category) = match kind {
                        0 => (DeviceClass::NetworkDevice, "Network Device"),
                        _ => (DeviceClass::Printer, "Printer"),
                    };
                    device.class = class;
                    category.clone_into(&mut device.category);
                    device.operating_system = None;
                    device.last_reboot_ms = None;
                    device.software.clear();
                }
                2 | 3 => {
                    "Server".clone_into(&mut device.category);
                    device.operating_system =
                        Some("Microsoft Windows Server 2022 Standard 10.0.20348".into());
                    device.last_reboot_ms = None;
                }
                _ => device.last_user = Some(format!("CORP\\user{index}")),
            }
        }
        self.patch_devices(site);
    }

    /// Adds a company for a site, with some of the site's computers as endpoints.
    pub(super) fn mirror(
        &mut self,
        site: &str,
        parent: &str,
        name: &str,
        percent: usize,
    ) -> Option<String> {
        let company = self.add_customer(parent, name).ok()?;
        let computers: Vec<(String, String, Vec<MacAddress>)> = self
            .site(site)?
            .devices
            .iter()
            .filter(|device| device.class == DeviceClass::Computer)
            .map(|device| {
                let macs = device
                    .interfaces
                    .iter()
                    .filter_map(|card| card.mac)
                    .collect();
                (
                    device.hostname.clone(),
                    device.internal_ip.clone().unwrap_or_default(),
                    macs,
                )
            })
            .collect();
        for (hostname, ip, macs) in computers {
            if self.ids.random().usize(..100) < percent {
                self.add_endpoint(&company, &hostname, &ip, &macs).ok()?;
            }
        }
        let subscription = match self.ids.random().u8(..3) {
            0 => Subscription::monthly("aLaCarte"),
            1 => Subscription::monthly("aLaCarte")
                .with_addons(["patchManagement", "eventCorrelator"]),
            _ => Subscription::monthly("mspSecurePlus").with_addons(["exchange", "encryption"]),
        };
        self.company_mut(&company).ok()?.subscription = subscription;
        Some(company)
    }
}

#[cfg(test)]
mod tests {
    use super::{World, WorldSpec};
    use crate::world::SiteKind;

    #[test]
    fn a_seed_decides_the_world() {
        let text = |seed| serde_json::to_string(&World::generate(&WorldSpec::new(seed))).unwrap();
        assert_eq!(text(7), text(7));
        assert_ne!(text(7), text(8));
    }

    #[test]
    fn what_nobody_manages_is_offline_unpatched_and_raises_no_alerts() {
        for world in [World::generate(&WorldSpec::new(6).sites(30)), World::demo()] {
            let others = || {
                world
                    .sites
                    .iter()
                    .filter(|site| site.kind != SiteKind::Managed)
            };
            let devices: Vec<_> = others().flat_map(|site| &site.devices).collect();
            assert!(devices.len() >= 6 && others().count() == 3);
            for device in devices {
                assert!(!device.online && device.patches.is_empty(), "{device:?}");
                let mut alerts = world.account.alerts.iter();
                assert!(alerts.all(|alert| alert.device != device.uid), "{device:?}");
            }
            assert!(!world.account.alerts.is_empty());
        }
    }

    #[test]
    fn an_estate_of_20_000_devices_is_a_matter_of_course() {
        let world = World::generate(&WorldSpec::new(4).sites(200).devices_per_site(100));
        let devices = world.sites.iter().flat_map(|site| &site.devices);
        assert_eq!(devices.count(), 200 * 100 + 2 * 3 + 2);
        let alerts = world.account.alerts.len();
        assert!((1_500..2_500).contains(&alerts), "{alerts}");
    }

    #[test]
    fn sizes_are_kept() {
        let world = World::generate(&WorldSpec::new(3).sites(25).devices_per_site(4));
        assert_eq!(world.sites.len(), 25 + 2 + 1);
        assert_eq!(
            world
                .sites
                .iter()
                .filter(|site| site.devices.len() == 4)
                .count(),
            25
        );
    }
}
