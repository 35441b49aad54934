//! Every operation of `datto_rmm` against the simulator, in the flows that hosts make of them.
//!
//! What a call gives back is held against what the simulator's world holds, which shares no type with the client.

mod account;
mod devices;
mod sites;
mod work;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use datto_rmm::client_core::{AttemptReport, Observer, Operation};
use datto_rmm::devices::DeviceUid;
use datto_rmm::sites::SiteUid;
use datto_rmm::{Client, OPERATIONS};
use simulator::{Device, DeviceClass, DevicePatch, InstallStatus, Interface, Simulator, World};

use crate::world::start;

/// The names of the operations that succeeded.
#[derive(Debug, Default)]
struct Seen(Mutex<BTreeSet<&'static str>>);

impl Observer for Seen {
    fn attempt(&self, report: &AttemptReport) {
        if report.error.is_none() {
            let mut seen = self.0.lock().expect("no flow panicked");
            seen.insert(report.operation.name());
        }
    }
}

/// One simulated account, and a client of it.
struct Stage {
    simulator: Simulator,
    client: Client,
}

impl Stage {
    async fn set(world: World, seen: &Arc<Seen>) -> Self {
        let simulator = start(world).await;
        let client = Client::builder(
            simulator.rmm_url().parse().expect("an address"),
            simulator.rmm_key(),
            simulator.rmm_secret(),
        )
        .observer(Arc::clone(seen) as Arc<dyn Observer>)
        .build()
        .expect("builds");
        Self { simulator, client }
    }

    fn site(&self, name: &str) -> SiteUid {
        SiteUid::from(self.simulator.site_uid(name).expect("there"))
    }

    fn device(&self, name: &str) -> DeviceUid {
        DeviceUid::from(self.simulator.device_uid(name).expect("there"))
    }

    /// A device as the world holds it.
    fn held(&self, uid: &DeviceUid) -> Device {
        self.simulator.with_world(|world| {
            let mut devices = world.sites.iter().flat_map(|site| &site.devices);
            let found = devices.find(|device| device.uid == uid.as_str());
            found.cloned().expect("there")
        })
    }
}

/// Two sites: one with a device of each class and patches on its computers, one with a single computer.
fn small() -> World {
    let mut world = World::new(65);
    let (alder, birch) = (
        world.add_site("Alder Dental"),
        world.add_site("Birch Motors"),
    );
    for (site, name, class) in [
        (&alder, "PC-1", DeviceClass::Computer),
        (&alder, "PC-2", DeviceClass::Computer),
        (&alder, "PRN-1", DeviceClass::Printer),
        (&alder, "ESX-1", DeviceClass::EsxiHost),
        (&alder, "SW-1", DeviceClass::NetworkDevice),
        (&birch, "PC-9", DeviceClass::Computer),
    ] {
        let mac = world.new_mac();
        let card = Interface::new("Ethernet", mac, "10.0.0.7");
        let uid = world.add_device(site, name, vec![card]).expect("there");
        let patches = world.account.patches.iter().zip([
            InstallStatus::Installed,
            InstallStatus::ApprovedPending,
            InstallStatus::NotApproved,
        ]);
        let patches: Vec<_> = patches
            .map(|(patch, status)| DevicePatch::new(patch.id.clone(), status))
            .collect();
        let device = world.device_mut(&uid).expect("there");
        device.class = class;
        if class == DeviceClass::Computer {
            device.patches = patches;
        }
    }
    world
}

#[tokio::test]
async fn every_operation_runs_and_tells_what_the_account_holds() {
    let seen = Arc::new(Seen::default());
    account::account_and_system(&seen).await;
    account::users_components_and_filters(&seen).await;
    account::keys_are_replaced_and_the_client_goes_on(&seen).await;
    sites::from_creation_to_on_demand(&seen).await;
    sites::variables_of_both_scopes(&seen).await;
    sites::networks(&seen).await;
    devices::the_same_device_by_every_way(&seen).await;
    devices::user_defined_fields_of_both_versions(&seen).await;
    devices::moved_with_its_warranty(&seen).await;
    devices::audits_of_all_classes(&seen).await;
    devices::patches_of_device_and_site(&seen).await;
    work::alerts_until_they_are_resolved(&seen).await;
    work::a_job_its_results_and_its_trace(&seen).await;
    let seen = seen.0.lock().expect("no flow panicked");
    let all: BTreeSet<_> = OPERATIONS.iter().map(Operation::name).collect();
    assert_eq!(*seen, all);
}
