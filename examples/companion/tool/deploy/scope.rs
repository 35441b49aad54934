//! Where agents belong: the associated sites, whether their variable can be relied on, and which of their devices have no
//! agent.

use std::collections::{BTreeMap, BTreeSet};

use datto_rmm::reconcile::{ObserveOptions, Progress};
use examples::present::progress;
use reconcile::devices::{DeviceLine, DevicePolicy, Devices};
use reconcile::identity::{EntityRef, Fingerprint};
use reconcile::inventory::{Device, Index, Observation, Role, Rows, VariableValue};
use reconcile::matching::Verdict;
use reconcile::state::{Association, AssociationStatus};

use crate::tool::exit::Failure;
use crate::tool::lookup;
use crate::tool::session::{Estate, Session};

/// An associated site.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) site: EntityRef,
    pub(super) site_name: Option<String>,
    pub(super) company: EntityRef,
    pub(super) company_name: Option<String>,
    /// Stands for the link that its variable holds.
    pub(super) link: Option<Fingerprint>,
    /// Why nothing is sent to its devices, if so.
    pub(super) held: Option<String>,
    /// Devices that the agent is not made for, or that are not known to be computers.
    pub(super) unsuitable: usize,
    pub(super) with_agent: BTreeSet<String>,
    /// The others, ordered by name.
    pub(super) without: Vec<Lacking>,
}

/// A device without an agent.
#[derive(Debug)]
pub(super) struct Lacking {
    pub(super) uid: String,
    pub(super) name: String,
    pub(super) online: bool,
    /// Why it cannot be said whether an agent is there, if so.
    pub(super) unclear: Option<String>,
}

impl Session {
    /// The established associations, or those of the sites that are named.
    pub(super) async fn places(
        &self,
        estate: &Estate,
        named: &[String],
    ) -> Result<Vec<Place>, Failure> {
        let named: BTreeSet<EntityRef> = named
            .iter()
            .map(|text| lookup::site(estate, text))
            .collect::<Result<_, _>>()?;
        let established: Vec<(&Association, &EntityRef)> = self
            .state
            .associations()
            .filter(|association| association.status == AssociationStatus::Established)
            .filter_map(|association| Some((association, association.destination()?)))
            .collect();
        let is_established =
            |site: &EntityRef| established.iter().any(|(of, _)| of.source == *site);
        if let Some(site) = named.iter().find(|site| !is_established(site)) {
            return Err(Failure::usage(format!(
                "site {} has no association that is carried out",
                site.id
            ))
            .with_advice("`companion associate` and `companion apply` make one"));
        }
        let is_wanted = |site: &EntityRef| named.is_empty() || named.contains(site);
        let companies: BTreeSet<&EntityRef> = established
            .iter()
            .filter(|(of, _)| is_wanted(&of.source))
            .map(|(_, company)| *company)
            .collect();
        // All sites of a company are read, so that an endpoint goes to the device that it fits best.
        let of_companies: Vec<_> = established
            .iter()
            .filter(|(_, company)| companies.contains(company))
            .copied()
            .collect();
        let (sites, organizations) = (Index::new(&estate.sites), Index::new(&estate.companies));
        let mut places: Vec<Place> = of_companies
            .iter()
            .map(|(association, company)| place(association, company, &sites, &organizations))
            .collect();
        self.read_devices(&mut places, &companies).await?;
        places.retain(|place| is_wanted(&place.site));
        places.sort_by(|a, b| (&a.site_name, &a.site).cmp(&(&b.site_name, &b.site)));
        Ok(places)
    }

    /// Reads the devices of both sides and holds them against each other.
    async fn read_devices(
        &self,
        places: &mut [Place],
        companies: &BTreeSet<&EntityRef>,
    ) -> Result<(), Failure> {
        if places.is_empty() {
            return Ok(());
        }
        let source = &self.vendors.source;
        let uids = places
            .iter()
            .filter_map(|place| source.site_uid(&place.site));
        let options = ObserveOptions::default().devices().only(uids);
        let bar = progress("reading devices", places.len() as u64);
        let mut devices = source
            .observe(&options, |read| {
                if let Progress::Site { done, .. } = read {
                    bar.set_position(done as u64);
                }
            })
            .await;
        bar.finish_and_clear();
        let destination = &self.vendors.destination;
        let mut endpoints = destination
            .observe_endpoints(companies.iter().copied())
            .await;
        self.clients.remember(false)?;
        if let Some(error) = self.clients.latched() {
            return Err(error.into());
        }
        let unsuitable = retain(&mut devices, is_suitable);
        retain(&mut endpoints, has_agent);
        let policy = DevicePolicy::default();
        let matched = Devices::new(&self.state, &devices, &endpoints, &policy)?;
        let mut partial = BTreeMap::new();
        for line in matched.organizations() {
            partial.extend(line.partial);
        }
        for place in places.iter_mut() {
            place.unsuitable = unsuitable.get(&place.site).copied().unwrap_or_default();
            let why = partial.get(&place.site).map(|why| ("devices", why));
            let why = why.or_else(|| partial.get(&place.company).map(|why| ("endpoints", why)));
            if let (None, Some((what, why))) = (&place.held, why) {
                place.held = Some(format!("its {what} were read in part: {why}"));
            }
        }
        for line in matched.source() {
            let place = places
                .iter_mut()
                .find(|place| place.site == *line.organization);
            if let Some(place) = place {
                place.add(&line);
            }
        }
        for place in places {
            place
                .without
                .sort_by(|a, b| (&a.name, &a.uid).cmp(&(&b.name, &b.uid)));
        }
        Ok(())
    }
}

impl Place {
    fn add(&mut self, line: &DeviceLine<'_>) {
        let device = line.device;
        let unclear = match line.verdict {
            Verdict::Matched { .. } => {
                self.with_agent.insert(device.entity.id.clone());
                return;
            }
            Verdict::Unmatched { .. } => None,
            Verdict::Excluded { .. } => {
                Some(line.excluded.unwrap_or("it takes no part").to_owned())
            }
            _ => Some("several endpoints or devices may be the same machine".to_owned()),
        };
        self.without.push(Lacking {
            uid: device.entity.id.clone(),
            name: device.name.clone(),
            online: is(device, "online"),
            unclear,
        });
    }
}

fn place(
    association: &Association,
    company: &EntityRef,
    sites: &Index<'_>,
    companies: &Index<'_>,
) -> Place {
    let name = |index: &Index<'_>, of: &EntityRef| {
        let found = index.organization(of);
        found.map(|organization| organization.name.clone())
    };
    Place {
        site: association.source.clone(),
        site_name: name(sites, &association.source).or_else(|| association.source_name.clone()),
        company: company.clone(),
        company_name: name(companies, company).or_else(|| association.destination_name.clone()),
        link: association.variable.as_ref().map(|variable| variable.value),
        held: obstacle(association, company, sites, companies),
        unsuitable: 0,
        with_agent: BTreeSet::new(),
        without: Vec::new(),
    }
}

/// Why a job on the site's devices would not install what it should, if so.
fn obstacle(
    association: &Association,
    company: &EntityRef,
    sites: &Index<'_>,
    companies: &Index<'_>,
) -> Option<String> {
    let site = &association.source;
    match sites.organization(site).map(|site| site.role) {
        None => return Some("the site is not listed".to_owned()),
        Some(Role::Managed) => {}
        Some(_) => return Some("the site is not Managed: agents there run no jobs".to_owned()),
    }
    let Some(listed) = companies.organization(company) else {
        return Some("the company is not listed".to_owned());
    };
    if listed.suspended == Some(true) {
        return Some("the company is suspended".to_owned());
    }
    let Some(linked) = &association.variable else {
        return Some("the site has no variable of ours".to_owned());
    };
    let name = &linked.name;
    let mut held = sites
        .variables(site)
        .iter()
        .filter(|variable| variable.name == *name)
        .map(|variable| variable.value)
        .peekable();
    if held.peek().is_none() {
        return Some(format!(
            "the site's variable {name} is not there, or was not read"
        ));
    }
    for value in held {
        match value {
            VariableValue::Is(value) if value == linked.value => {}
            VariableValue::Is(_) => {
                return Some(format!("the site's variable {name} was changed"));
            }
            VariableValue::Masked => {
                return Some(format!(
                    "the site's variable {name} is masked: nobody can verify it"
                ));
            }
        }
    }
    let package = association.package.as_ref().and_then(|linked| {
        let packages = companies.packages(company);
        packages
            .iter()
            .find(|package| package.entity == linked.package)
    });
    match package.map(|package| package.link) {
        None => Some("the package is not there, or was not read".to_owned()),
        Some(None) => Some("the link of the package could not be read".to_owned()),
        Some(Some(link)) if link == linked.value => None,
        Some(Some(_)) => Some(format!(
            "the site's variable {name} does not lead to the package"
        )),
    }
}

/// Keeps the devices that are asked for, and counts the others by who lists them.
fn retain(observation: &mut Observation, keep: fn(&Device) -> bool) -> BTreeMap<EntityRef, usize> {
    let mut left_out = BTreeMap::new();
    for segment in &mut observation.segments {
        if let Rows::Devices(devices) = &mut segment.rows {
            let before = devices.len();
            devices.retain(keep);
            *left_out.entry(segment.of.clone()).or_default() += before - devices.len();
        }
    }
    left_out
}

fn is(device: &Device, field: &str) -> bool {
    device
        .fields
        .get(field)
        .is_some_and(|value| value == "true")
}

/// Whether the agent may be for it: a computer with the RMM's agent, with Windows as far as it tells.
fn is_suitable(device: &Device) -> bool {
    let class = device.fields.get("deviceClass").map(String::as_str);
    let system = device.fields.get("operatingSystem");
    class == Some(datto_rmm::devices::DeviceClass::Device.as_str())
        && !is(device, "deleted")
        && system.is_none_or(|system| system.to_ascii_lowercase().contains("windows"))
}

/// Whether it is more than a machine that was only discovered.
fn has_agent(endpoint: &Device) -> bool {
    is(endpoint, "managedWithBest") || is(endpoint, "isManaged")
}
