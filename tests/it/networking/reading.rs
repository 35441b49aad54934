//! F076: a client that was not allowed to write reads everything and changes nothing.

use std::sync::Arc;

use datto_networking::client_core::{Operation, Repeat};
use datto_networking::reconcile::{Observe, instance};
use datto_networking::{Client, Error, ErrorKind, OPERATIONS};
use simulator::World;

use super::shapes::Everything;
use super::{Ran, builder, noting};
use crate::world::start;

#[tokio::test]
async fn f076_reading_everything_changes_nothing() {
    let simulator = start(World::demo()).await;
    let ran = Arc::new(Ran::default());
    let client = noting(builder(&simulator), &ran).build().expect("builds");
    let account = |world: &World| format!("{:?} {:?}", world.networking, world.networks);
    let before = simulator.with_world(account);
    Everything::read(&client, &simulator).await;
    client.time().get().await.expect("tells");
    let report = Observe::new(instance("lighthouse"))
        .details(true)
        .report(&client)
        .await;
    report.expect("reads");
    let reads = OPERATIONS
        .iter()
        .filter(|operation| operation.repeat_class() == Repeat::Read);
    let missing = ran.missing(reads.map(Operation::name));
    assert!(missing.is_empty(), "never read: {missing:?}");
    assert_eq!(simulator.writes(), 0);
    assert!(simulator.network_actions().is_empty());
    assert_eq!(simulator.with_world(account), before);
}

#[tokio::test]
async fn f076_what_acts_is_refused_before_it_is_sent() {
    let simulator = start(World::demo()).await;
    let client: Client = builder(&simulator).build().expect("builds");
    let (network, node, switch, strip) = simulator.with_world(|world| {
        let network = world.network_named("Bluebird Bakery").expect("is there");
        (
            network.id,
            network.nodes[0].id,
            network.switches[0].id,
            network.power_strips[0].id,
        )
    });
    let (network, node) = (client.network(network.into()), client.node(node.into()));
    let (switch, strip) = (
        client.switch(switch.into()),
        client.power_strip(strip.into()),
    );
    let refused: [Result<(), Error>; 20] = [
        node.reboot().await,
        node.reset_encrypt_key().await,
        node.enable_pairing().await,
        node.expedite_upgrade().await,
        node.delete().await,
        switch.reboot().await,
        switch.enable_pairing().await,
        switch.expedite_upgrade().await,
        switch.ports().reset(&"1".into()).await,
        switch.delete().await,
        strip.check_in().await,
        strip.reboot().await,
        strip.enable_pairing().await,
        strip.outlets().reset(1.into()).await,
        strip.delete().await,
        network.power_strips().expedite_upgrade().await,
        network.site_survey().scan().await,
        network.embed().create().await.map(drop),
        network.delete().await,
        client.keys().create().await.map(drop),
    ];
    for (position, result) in refused.into_iter().enumerate() {
        let error = result.expect_err("is refused");
        assert_eq!(error.kind(), ErrorKind::Denied, "{position}: {error}");
    }
    assert!(simulator.requests().is_empty());
}
