//! What the observation tells of a world, and of what it could not read.

use std::collections::BTreeSet;

use datto_networking::client_core::RetryPolicy;
use datto_networking::devices::DeviceKind;
use datto_networking::reconcile::{KindReport, Observe, Report, instance};
use datto_networking::routers::RouterListing;
use reconcile::inventory::{Coverage, Device, Observation, Rows};
use simulator::{
    Fault, FaultAction, NetworkDevice, NetworkDeviceKind, Simulator, World, WorldSpec,
};

use super::builder;
use crate::world::start;

/// A world with several of each kind in its networks, never-seen and down ones among them.
pub(super) fn estate(seed: u64, sites: usize) -> World {
    let mut spec = WorldSpec::new(seed).sites(sites).devices_per_site(3);
    spec.network_percent = 80;
    spec.unmapped_networks = 3;
    spec.access_points_per_network = 4;
    spec.switches_per_network = 2;
    spec.power_strips_per_network = 2;
    spec.router_percent = 50;
    World::generate(&spec)
}

pub(super) fn observe() -> Observe {
    Observe::new(instance("lighthouse"))
}

/// The guess that the simulator serves once it is told to.
pub(super) fn router_listing() -> RouterListing {
    RouterListing::new("/router/network/{network}/list").expect("names its network")
}

/// Reads with a client that does not repeat what fails.
async fn report(simulator: &Simulator, observe: &Observe) -> Report {
    let client = builder(simulator).settings(|core| core.retry(RetryPolicy::never()));
    let client = client.build().expect("builds");
    observe.report(&client).await.expect("reads")
}

/// All devices with the networks that list them.
fn devices(observation: &Observation) -> Vec<(i64, &Device)> {
    let mut devices = Vec::new();
    for segment in &observation.segments {
        if let Rows::Devices(rows) = &segment.rows {
            let network = segment.of.id.parse().expect("is a number");
            devices.extend(rows.iter().map(|device| (network, device)));
        }
    }
    devices
}

/// The kind of entity that a device of the world is.
pub(super) fn kind_of(kind: NetworkDeviceKind) -> &'static str {
    match kind {
        NetworkDeviceKind::AccessPoint => "node",
        NetworkDeviceKind::Switch => "switch",
        NetworkDeviceKind::PowerStrip => "power-strip",
        NetworkDeviceKind::Router => "router",
        other => panic!("{other}"),
    }
}

fn count(world: &[NetworkDevice], kind: NetworkDeviceKind) -> usize {
    world.iter().filter(|device| device.kind == kind).count()
}

#[track_caller]
fn assert_each_once(world: &[NetworkDevice], observation: &Observation) {
    let told = devices(observation);
    let entities: BTreeSet<_> = told.iter().map(|(_, device)| &device.entity).collect();
    assert_eq!((told.len(), entities.len()), (world.len(), world.len()));
    for known in world {
        let id = known.id.to_string();
        let found = told.iter().find(|(_, device)| {
            device.entity.kind.as_str() == kind_of(known.kind) && device.entity.id == id
        });
        let (network, device) = found.expect("is observed");
        assert_eq!((*network, &device.name), (known.network, &known.name));
        let macs: Vec<_> = device.macs.iter().map(ToString::to_string).collect();
        assert_eq!(macs, [known.mac.to_string()]);
        let ips: Vec<_> = device.ips.iter().map(ToString::to_string).collect();
        if known.kind == NetworkDeviceKind::PowerStrip && known.last_checkin_ms.is_some() {
            // The address on the mesh comes beside the other one, and after it.
            assert_eq!(ips[..known.ips.len()], known.ips[..]);
        } else {
            assert_eq!(ips, known.ips);
        }
    }
}

#[tokio::test]
async fn f074_every_device_is_observed_once() {
    for seed in [1, 2, 3] {
        let simulator = start(estate(seed, 8)).await;
        let report = report(&simulator, &observe()).await;
        let mut world = simulator.network_devices();
        let routers = count(&world, NetworkDeviceKind::Router);
        assert!(routers > 0);
        world.retain(|device| device.kind != NetworkDeviceKind::Router);
        assert!(world.iter().any(|device| device.last_checkin_ms.is_none()));
        assert_each_once(&world, &report.observation);
        let complete = report.observation.segments.iter();
        assert!(
            complete
                .clone()
                .all(|segment| segment.coverage == Coverage::Complete)
        );
        assert_eq!(
            complete.count(),
            simulator.with_world(|world| world.networks.len()) + 1
        );
        // F075: what cannot be read is said, not left out.
        let kinds: Vec<_> = report.kinds.into_iter().collect();
        assert_eq!(
            kinds,
            [
                (
                    DeviceKind::AccessPoint,
                    KindReport::Read(count(&world, NetworkDeviceKind::AccessPoint))
                ),
                (
                    DeviceKind::Switch,
                    KindReport::Read(count(&world, NetworkDeviceKind::Switch))
                ),
                (
                    DeviceKind::ManagedPower,
                    KindReport::Read(count(&world, NetworkDeviceKind::PowerStrip))
                ),
                (DeviceKind::Router, KindReport::NoEndpoint),
                (DeviceKind::DnaRouter, KindReport::Unsupported(0)),
            ]
        );
        assert_eq!(simulator.writes(), 0);
    }
}

/// F075: DNA routers are told, and are in no segment.
#[tokio::test]
async fn f075_routers_are_read_where_the_host_says_and_dna_routers_are_only_told() {
    let mut world = estate(4, 6);
    let mut networks = world.networks.iter_mut();
    let router = networks.find_map(|network| network.routers.first_mut());
    let router = router.expect("there is one");
    "DNA".clone_into(&mut router.model);
    let dna = router.id;
    let simulator = start(world).await;
    simulator.update_settings(|settings| settings.networking.routers = true);
    let with_routers = observe().routers(router_listing());
    let told = report(&simulator, &with_routers).await;
    let mut world = simulator.network_devices();
    world.retain(|device| (device.kind, device.id) != (NetworkDeviceKind::Router, dna));
    assert_each_once(&world, &told.observation);
    let routers = count(&world, NetworkDeviceKind::Router);
    assert_eq!(told.kinds[&DeviceKind::Router], KindReport::Read(routers));
    assert_eq!(
        told.kinds[&DeviceKind::DnaRouter],
        KindReport::Unsupported(1)
    );
    let unsupported: Vec<_> = told
        .unsupported
        .iter()
        .map(|met| met.device.id.clone())
        .collect();
    assert_eq!(unsupported, [dna.to_string()]);

    // A place that nobody knows: the rest is read all the same.
    simulator.update_settings(|settings| settings.networking.routers = false);
    let told = report(&simulator, &with_routers).await;
    world.retain(|device| device.kind != NetworkDeviceKind::Router);
    assert_each_once(&world, &told.observation);
    let KindReport::Incomplete { read: 0, reason } = &told.kinds[&DeviceKind::Router] else {
        panic!("{:?}", told.kinds)
    };
    assert!(reason.starts_with("network "), "{reason}");
    let mut segments = told.observation.segments.iter().skip(1);
    assert!(segments.all(|segment| matches!(segment.coverage, Coverage::Partial(_))));
}

#[tokio::test]
async fn a_listing_that_fails_makes_its_network_partial_and_no_other() {
    let listings = [
        (
            "/node/network/{network}/list",
            NetworkDeviceKind::AccessPoint,
            DeviceKind::AccessPoint,
        ),
        (
            "/switch/network/{network}/list",
            NetworkDeviceKind::Switch,
            DeviceKind::Switch,
        ),
        (
            "/powerstrip/network/{network}/list",
            NetworkDeviceKind::PowerStrip,
            DeviceKind::ManagedPower,
        ),
    ];
    let faults = [
        FaultAction::networking_error(403, 30_002),
        FaultAction::networking_error(404, 12_000),
        FaultAction::HtmlOk,
        FaultAction::TruncatedJson,
    ];
    for (path, missing, kind) in listings {
        for fault in &faults {
            let simulator = start(estate(5, 4)).await;
            simulator.inject(Fault::on(format!("networking GET {path}"), fault.clone()).nth(2));
            let told = report(&simulator, &observe()).await;
            let partial: Vec<_> = told
                .observation
                .segments
                .iter()
                .filter(|segment| segment.coverage != Coverage::Complete)
                .collect();
            let [segment] = partial.as_slice() else {
                panic!("{path} {fault:?}: {} partial segments", partial.len())
            };
            let network: i64 = segment.of.id.parse().expect("is a number");
            let mut world = simulator.network_devices();
            world.retain(|device| {
                device.kind != NetworkDeviceKind::Router
                    && (device.kind, device.network) != (missing, network)
            });
            assert_each_once(&world, &told.observation);
            let KindReport::Incomplete { read, reason } = &told.kinds[&kind] else {
                panic!("{:?}", told.kinds)
            };
            assert_eq!(*read, count(&world, missing));
            assert!(
                reason.starts_with(&format!("network {network}: ")),
                "{reason}"
            );
        }
    }
}

#[tokio::test]
async fn details_are_asked_for_where_a_listing_lacks_them() {
    let simulator = start(estate(6, 3)).await;
    let world = simulator.network_devices();
    let with_details = observe().details(true);
    let asked = |path: &str| simulator.count(&format!("networking GET {path}"));
    let paths = [
        "/node/{node}",
        "/switch/{switch}",
        "/powerstrip/{powerstrip}",
    ];

    let plain = report(&simulator, &observe()).await;
    assert_eq!(paths.map(asked), [0, 0, 0]);
    let all = devices(&plain.observation);
    assert!(all.iter().all(|(_, device)| device.serial.is_none()));

    let told = report(&simulator, &with_details).await;
    let kinds = [
        NetworkDeviceKind::AccessPoint,
        NetworkDeviceKind::Switch,
        NetworkDeviceKind::PowerStrip,
    ];
    assert_eq!(paths.map(asked), kinds.map(|kind| count(&world, kind)));
    for (_, device) in devices(&told.observation) {
        let known = world
            .iter()
            .find(|known| {
                kind_of(known.kind) == device.entity.kind.as_str()
                    && known.id.to_string() == device.entity.id
            })
            .expect("is there");
        // Only access points have one that is documented.
        let documented = known.serial.clone();
        assert_eq!(device.serial, documented, "{:?}", device.entity);
    }

    simulator.reset_counts();
    simulator.update_settings(|settings| {
        settings.networking.rich_node_lists = true;
        settings.networking.serial_everywhere = true;
    });
    let told = report(&simulator, &with_details).await;
    assert_eq!(asked("/node/{node}"), 0, "the listing tells it");
    assert!(
        devices(&told.observation)
            .iter()
            .all(|(_, device)| device.serial.is_some())
    );

    // Details that do not come make a network partial; its devices are there.
    simulator.inject(Fault::on(
        "networking GET /switch/{switch}",
        FaultAction::networking_error(403, 30_002),
    ));
    let told = report(&simulator, &with_details).await;
    let segments = told.observation.segments.iter();
    let partial = segments.filter(|segment| segment.coverage != Coverage::Complete);
    assert_eq!(partial.count(), 1);
    let mut world = world;
    world.retain(|device| device.kind != NetworkDeviceKind::Router);
    assert_each_once(&world, &told.observation);
}
