//! N09, F078, F097: networks find their organisations by the ids that the RMM itself keeps, before any name.

use datto_networking::reconcile::{Observe, instance};
use datto_rmm::reconcile::ObserveOptions;
use msp_tests::bridge::{Access, Bridge};
use reconcile::bind;
use reconcile::inventory::{Coverage, Index, Rows};
use reconcile::mapping::{Cardinality, EvidenceKind, Mapping, MappingPolicy, Suggestion};
use reconcile::state::State;
use simulator::World;

use crate::world::{MemoryLog, start};

#[tokio::test]
async fn n09_networks_are_suggested_by_the_rmms_own_ids_first() {
    let mut world = World::demo();
    // A name that says nothing.
    world
        .networks
        .iter_mut()
        .for_each(|network| network.name = format!("net-{}", network.id));
    let simulator = start(world).await;
    let bridge = Bridge::connect(&Access::to(&simulator))
        .await
        .expect("connects");
    let networking = datto_networking::Client::builder(
        simulator.networking_key(),
        simulator.networking_secret(),
    )
    .base_url(simulator.networking_url())
    .requests_per_second(1000)
    .build()
    .expect("builds");
    let networks = Observe::new(instance("lighthouse"))
        .run(&networking)
        .await
        .expect("reads");
    assert!(
        networks
            .segments
            .iter()
            .all(|segment| segment.coverage == Coverage::Complete)
    );
    let devices = networks
        .segments
        .iter()
        .filter(|segment| matches!(segment.rows, Rows::Devices(_)))
        .count();
    let sites = bridge
        .source
        .observe(&ObserveOptions::default().networks(), |_| ())
        .await;

    let (mut state, mut log) = (State::new(), MemoryLog::default());
    let (from, to) = (&networks.scope.instance, bridge.source.instance());
    bind(&mut state, &mut log, from, to, "test", bridge.now())
        .await
        .expect("binds");
    let (source, destination) = (Index::new(&networks), Index::new(&sites));
    // A site may have several networks.
    let policy = MappingPolicy {
        cardinality: Cardinality::ManyToOne,
        ..MappingPolicy::default()
    };
    let mapping = Mapping::new(&state, &source, &destination, &policy).expect("the right tenants");
    let suggestions = mapping.suggestions(&[]);
    assert_eq!(
        suggestions.len(),
        devices,
        "each network has a suggestion and a list of devices"
    );
    assert!(devices >= 4, "{devices}");
    for suggestion in suggestions {
        let Suggestion::One(proposal) = suggestion else {
            panic!("{suggestion:?}")
        };
        assert_eq!(
            proposal.candidate.strength(),
            EvidenceKind::SharedId,
            "{proposal:?}"
        );
    }
}
