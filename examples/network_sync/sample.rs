//! A sample world: an MSP's networks and sites in simulators, and a host's records of them, with errors that people make
//! and the truth beside them.

use std::collections::BTreeMap;

use examples::exit::Failure;
use examples::sheet::{self, Form, Row};
use jiff::Timestamp;
use simulator::records::{Expected, RecordsSpec, Truth};
use simulator::{MacAddress, NetworkDeviceKind, Unknown, World, WorldSpec};

use super::records::{self, Records};

/// Which networks and errors there are.
const SEED: u64 = 7;

const ORGANIZATIONS: [&str; 4] = ["id", "name", "psa_company_id", "network_ids"];
const CONFIGURATIONS: [&str; 9] = [
    "id",
    "organization_id",
    "name",
    "mac_address",
    "ip_address",
    "serial_number",
    "status",
    "model",
    "type",
];

/// A network that nobody wants matched.
pub(crate) const LAB: &str = "Lab bench";
/// A customer whose name two organisations have.
pub(crate) const TWINS: &str = "Twin Peaks Hotel";
/// A customer that the host does not have.
pub(crate) const NEWCOMER: &str = "Quayside Brewing";
/// A device that another organisation's records claim.
pub(crate) const CLAIMED: &str = "ap-quayside-2";

/// The host: what it keeps, and how it takes in what it is given.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    organizations: Vec<Vec<String>>,
    configurations: Vec<Vec<String>>,
}

/// Everything that a story needs.
pub(crate) struct Sample {
    pub(crate) world: World,
    pub(crate) host: Host,
    /// What is what among the networks that are the RMM's.
    pub(crate) truth: Truth,
}

/// A device as the tool writes it.
pub(crate) fn label(kind: NetworkDeviceKind, id: i64) -> String {
    let kind = match kind {
        NetworkDeviceKind::AccessPoint => "node",
        NetworkDeviceKind::Switch => "switch",
        NetworkDeviceKind::PowerStrip => "power-strip",
        _ => "router",
    };
    format!("{kind}/{id}")
}

impl Sample {
    /// Makes it; the same each time.
    pub(crate) fn new() -> Result<Self, Unknown> {
        let mut spec = WorldSpec::new(SEED).sites(10);
        spec.network_percent = 80;
        spec.unmapped_networks = 3;
        spec.router_percent = 60;
        let mut world = World::generate(&spec);
        let mut errors = RecordsSpec::new(SEED);
        errors.duplicate_percent = 25;
        errors.changed_ip_percent = 30;
        errors.replaced_percent = 10;
        let kept = world.host_records(&errors);
        let psa = psa_companies(&world, &kept.truth);
        let mut host = Host {
            organizations: kept
                .organisations
                .iter()
                .map(|kept| {
                    let psa = psa.get(kept.id.as_str()).map(ToString::to_string);
                    vec![
                        kept.id.clone(),
                        kept.name.clone(),
                        psa.unwrap_or_default(),
                        String::new(),
                    ]
                })
                .collect(),
            configurations: kept
                .configurations
                .iter()
                .map(|kept| {
                    let told = |text: &Option<String>| text.clone().unwrap_or_default();
                    vec![
                        kept.id.clone(),
                        kept.organisation.clone(),
                        kept.name.clone(),
                        told(&kept.mac),
                        told(&kept.ip),
                        told(&kept.serial),
                        String::new(),
                        String::new(),
                        kept.kind.clone(),
                    ]
                })
                .collect(),
        };
        add_cases(&mut world, &mut host)?;
        Ok(Self {
            world,
            host,
            truth: kept.truth,
        })
    }

    /// The devices that the rules find one counterpart for.
    pub(crate) fn expected(
        &self,
    ) -> impl Iterator<Item = (String, &simulator::records::DeviceTruth)> {
        self.truth
            .devices
            .iter()
            .map(|device| (label(device.kind, device.id), device))
    }

    /// The configurations that may be a device, where the rules find several.
    pub(crate) fn ambiguous(expected: &Expected) -> Option<&[String]> {
        match expected {
            Expected::Ambiguous { configurations, .. } => Some(configurations),
            _ => None,
        }
    }
}

/// The PSA companies of the host's organisations: those of the sites that their networks are mapped to.
fn psa_companies<'t>(world: &World, truth: &'t Truth) -> BTreeMap<&'t str, i64> {
    let mut psa = BTreeMap::new();
    for (network, organisation) in &truth.networks {
        let mut sites = world.sites.iter();
        let site = sites.find(|site| site.network_ids.contains(network));
        let company = site.and_then(|site| site.psa_company.as_ref());
        if let (Some(organisation), Some(company)) = (organisation, company) {
            psa.insert(organisation.as_str(), company.id);
        }
    }
    psa
}

/// What chance does not bring: a tie of organisations, a customer that is new, a lab, what cannot be synced, and a device
/// that another customer's records claim.
fn add_cases(world: &mut World, host: &mut Host) -> Result<(), Unknown> {
    let mac = |last: u8| MacAddress([0xac, 0x86, 0x74, 0x7f, 0x00, last]);
    let twins = world.add_network(TWINS);
    world.add_node(twins, "ap-lobby", mac(1), "10.40.0.5")?;
    let lab = world.add_network(LAB);
    world.add_node(lab, "bench-1", mac(2), "10.41.0.5")?;
    let newcomer = world.add_network(NEWCOMER);
    world.add_node(newcomer, "ap-quayside-1", mac(3), "10.42.0.5")?;
    world.add_node(newcomer, CLAIMED, mac(4), "10.42.0.6")?;
    let dna = world.add_router(newcomer, "DNA at the quay", mac(5), "10.42.0.1")?;
    if let Some(router) = world.network_mut(newcomer)?.router_mut(dna) {
        "DNA".clone_into(&mut router.model);
    }
    for id in ["org-twin-1", "org-twin-2"] {
        let row = [id, TWINS, "", ""].map(str::to_owned);
        host.organizations.push(row.into());
    }
    let claimed = mac(4).to_string();
    let rows = [
        [
            "cfg-twin-1",
            "org-twin-1",
            "Lobby AP",
            "AC-86-74-7F-00-01",
            "10.40.0.5",
            "",
            "",
            "",
            "Access Point",
        ],
        [
            "cfg-twin-2",
            "org-twin-2",
            "Spare AP",
            &claimed,
            "10.42.0.6",
            "",
            "",
            "",
            "Access Point",
        ],
    ];
    let rows = rows.map(|row| row.map(str::to_owned).into());
    host.configurations.extend(rows);
    Ok(())
}

impl Host {
    /// What the tool reads of it.
    pub(crate) fn records(&self) -> Result<Records, Failure> {
        let read = |columns: &[&str], rows: &[Vec<String>]| -> Result<Vec<Row>, Failure> {
            let text = sheet::write(columns, rows, Form::Csv);
            sheet::parse(&text, Form::Csv, columns)
                .map_err(|errors| sheet::refused("the host".as_ref(), &errors))
        };
        let organizations = read(&ORGANIZATIONS, &self.organizations)?;
        let configurations = read(&CONFIGURATIONS, &self.configurations)?;
        records::of_rows(&organizations, &configurations, Timestamp::now())
            .map_err(|(_, errors)| sheet::refused("the host".as_ref(), &errors))
    }

    /// Creates the organisations of a file, under ids of its own.
    pub(crate) fn import_organizations(&mut self, file: &str) -> Result<usize, Failure> {
        let rows = parsed(file)?;
        for row in &rows {
            let id = format!("org-{}", self.organizations.len() + 100);
            let cells = [&id, row.text("name"), "", row.text("network_ids")];
            self.organizations.push(cells.map(str::to_owned).into());
        }
        Ok(rows.len())
    }

    /// Creates the configurations of a file, under ids of its own.
    pub(crate) fn import_configurations(&mut self, file: &str) -> Result<usize, Failure> {
        let rows = parsed(file)?;
        for row in &rows {
            let id = format!("cfg-{}", self.configurations.len() + 1000);
            let cells = CONFIGURATIONS.map(|column| match column {
                "id" => id.clone(),
                "type" => row.text("kind").to_owned(),
                column => row.text(column).to_owned(),
            });
            self.configurations.push(cells.into());
        }
        Ok(rows.len())
    }

    /// Changes the fields that a file says.
    pub(crate) fn import_changes(&mut self, file: &str) -> Result<usize, Failure> {
        let rows = parsed(file)?;
        for row in &rows {
            let at = CONFIGURATIONS
                .iter()
                .position(|column| *column == row.text("column"));
            let kept = self
                .configurations
                .iter_mut()
                .find(|kept| kept[0] == row.text("id"));
            if let (Some(at), Some(kept)) = (at, kept) {
                row.text("to").clone_into(&mut kept[at]);
            }
        }
        Ok(rows.len())
    }
}

fn parsed(file: &str) -> Result<Vec<Row>, Failure> {
    sheet::parse(file, Form::Csv, &[])
        .map_err(|errors| sheet::refused("the import".as_ref(), &errors))
}
