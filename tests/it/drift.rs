//! U02, U03, N02, N04: what cannot be seen is not deleted.

use reconcile::drift::{Action, EventKind};
use reconcile::inventory::Coverage;
use simulator::{Fault, FaultAction};

use crate::world::{Host, mirrored, two_sites};

const DELETED: [EventKind; 2] = [EventKind::DestinationDeleted, EventKind::SourceDeleted];
const ABSENT: [EventKind; 2] = [
    EventKind::DestinationNotVisible,
    EventKind::SourceNotVisible,
];

async fn linked(sites: usize) -> Host {
    let mut host = Host::of(mirrored(sites)).await;
    host.pass().await;
    host.bridge.later(60);
    host.inspect().await;
    assert_eq!(host.listed(), []);
    host
}

#[tokio::test]
async fn one_sites_listing_cut_short_holds_only_that_site() {
    let mut host = Host::of(mirrored(6)).await;
    host.bridge
        .bind(&mut host.state, &mut host.log)
        .await
        .expect("binds");
    let fault = Fault::on(
        "rmm GET /api/v2/site/{siteUid}/variables",
        FaultAction::Status(403),
    );
    host.simulator.inject(fault.nth(2));
    let observed = host.bridge.gather().await;
    let partial = observed
        .0
        .segments
        .iter()
        .filter(|segment| segment.coverage != Coverage::Complete)
        .count();
    assert_eq!(partial, 1, "one segment is partial");
    host.bridge
        .decide_all(&mut host.state, &mut host.log, &observed)
        .await
        .expect("decides");
    let plan = host.plan(&observed);
    assert_eq!(plan.held.len(), 1, "{}", plan.review());
    host.apply(plan).await;
    assert_eq!(host.established(), 5, "the rest of the plan goes on");
}

#[tokio::test]
async fn a_partial_site_list_raises_and_clears_nothing() {
    let mut host = linked(6).await;
    // Deleted while the list of sites cannot be read to its end.
    let site = host
        .simulator
        .sites()
        .iter()
        .find(|site| site.name == "Customer 03")
        .expect("there")
        .uid
        .clone();
    host.simulator.delete_site(&site).expect("there");
    host.simulator
        .update_settings(|settings| settings.rmm.page_size = 3);
    host.simulator.inject(
        Fault::on("rmm GET /api/v2/account/sites", FaultAction::Status(403))
            .page(1)
            .always(),
    );
    for _ in 0..3 {
        host.bridge.later(60);
        host.inspect().await;
        assert_eq!(
            host.listed(),
            [],
            "nothing is concluded from a partial list"
        );
    }
    // Read whole, it is noticed; read in part again, that is not cleared.
    host.simulator.clear_faults();
    host.bridge.later(60);
    host.inspect().await;
    host.bridge.later(60);
    host.inspect().await;
    assert_eq!(host.listed(), [EventKind::SourceDeleted]);
    host.simulator.inject(
        Fault::on("rmm GET /api/v2/account/sites", FaultAction::Status(403))
            .page(1)
            .always(),
    );
    host.bridge.later(60);
    host.inspect().await;
    assert_eq!(host.listed(), [EventKind::SourceDeleted]);
    host.simulator.reset_counts();
    let observed = host.bridge.gather().await;
    assert!(host.plan(&observed).is_empty());
    assert_eq!(host.simulator.writes(), 0);
}

#[tokio::test]
async fn a_parents_listing_that_fails_raises_and_deletes_nothing() {
    let mut host = linked(6).await;
    let company = host.simulator.company_id("Customer 02").expect("there");
    host.simulator.delete_company(&company).expect("there");
    host.simulator.inject(
        Fault::on(
            "gravityzone network.getCompaniesList",
            FaultAction::Status(403),
        )
        .always(),
    );
    for _ in 0..3 {
        host.bridge.later(60);
        host.inspect().await;
        assert!(
            host.listed()
                .iter()
                .all(|kind| !DELETED.contains(kind) && !ABSENT.contains(kind))
        );
    }
    assert_eq!(host.established(), 6);
}

#[tokio::test]
async fn a_third_of_the_companies_gone_at_once_is_one_hold() {
    let mut host = linked(9).await;
    for number in 1..=3 {
        let company = host
            .simulator
            .company_id(&format!("Customer {number:02}"))
            .expect("there");
        host.simulator.delete_company(&company).expect("there");
    }
    for _ in 0..3 {
        host.bridge.later(60);
        let assessment = host.inspect().await;
        assert_eq!(assessment.holds.len(), 1);
        assert_eq!(
            host.listed(),
            [EventKind::VisibilityChanged],
            "one hold, no deleted events"
        );
    }
    // Accepted as it is, the looks begin.
    host.answer(EventKind::VisibilityChanged, Action::Accept)
        .await;
    host.bridge.later(60);
    host.inspect().await;
    assert_eq!(host.listed(), [EventKind::DestinationNotVisible; 3]);
    host.bridge.later(60);
    host.inspect().await;
    assert_eq!(host.listed(), [EventKind::DestinationDeleted; 3]);
}

#[tokio::test]
async fn a_narrowed_key_is_one_hold_and_deletes_nothing() {
    let mut host = linked(9).await;
    host.simulator.reset_counts();
    let root = host.simulator.root_company();
    let north = host
        .simulator
        .with_world_mut(|world| world.add_partner(&root, "North"))
        .expect("there");
    host.simulator
        .restrict_gravityzone_key(Some(&north))
        .expect("there");
    for _ in 0..3 {
        host.bridge.later(60);
        host.inspect().await;
        assert_eq!(host.listed(), [EventKind::VisibilityChanged]);
    }
    let observed = host.bridge.gather().await;
    assert!(host.plan(&observed).is_empty());
    host.simulator
        .restrict_gravityzone_key(None)
        .expect("there");
    host.bridge.later(60);
    host.inspect().await;
    assert_eq!(host.listed(), [], "the hold goes with its reason");
    assert_eq!(host.established(), 9);
    assert_eq!(host.simulator.writes(), 0);
}

#[tokio::test]
async fn scopes_that_a_key_loses_are_a_hold_as_well() {
    let mut host = linked(3).await;
    host.simulator.add_gravityzone_api("general");
    host.bridge.later(60);
    host.inspect().await;
    let before = host.listed();
    host.simulator.remove_gravityzone_api("licensing");
    host.bridge.later(60);
    host.inspect().await;
    let raised: Vec<_> = host
        .listed()
        .into_iter()
        .filter(|kind| !before.contains(kind))
        .collect();
    assert!(
        raised
            .iter()
            .all(|kind| *kind == EventKind::VisibilityChanged),
        "{raised:?}"
    );
    assert_eq!(host.established(), 3);
}

#[tokio::test]
async fn a_company_moved_out_of_the_tree_is_not_recreated_without_every_check() {
    let mut host = linked(6).await;
    let company = host.simulator.company_id("Customer 04").expect("there");
    host.simulator.move_company_out(&company).expect("there");
    host.simulator.reset_counts();
    host.bridge.later(60);
    host.inspect().await;
    assert_eq!(
        host.listed(),
        [EventKind::DestinationNotVisible],
        "one look is not enough"
    );
    let observed = host.bridge.gather().await;
    assert!(host.plan(&observed).is_empty(), "and nothing acts on it");
    // Soon after, the grace period has not passed.
    host.bridge.later(5);
    host.inspect().await;
    assert_eq!(host.listed(), [EventKind::DestinationNotVisible]);
    // A failed control call makes the next look worthless.
    host.simulator.inject(
        Fault::on(
            "gravityzone companies.getCompanyDetails",
            FaultAction::Status(503),
        )
        .always(),
    );
    host.bridge.later(60);
    host.inspect().await;
    assert!(!host.listed().contains(&EventKind::DestinationDeleted));
    host.simulator.clear_faults();
    host.bridge.later(60);
    host.inspect().await;
    assert_eq!(host.listed(), [EventKind::DestinationDeleted]);
    // To us it looks deleted. Recreating it runs into the vendor's name check, and becomes an event, not a double.
    host.answer(
        EventKind::DestinationDeleted,
        Action::Recreate { name: None },
    )
    .await;
    let plan = host.planned().await;
    let report = host.apply(plan).await;
    assert!(!report.is_success());
    assert!(
        host.listed().contains(&EventKind::DestinationCreation),
        "{:?}",
        host.listed()
    );
    let doubles = host
        .simulator
        .companies()
        .iter()
        .filter(|company| company.name == "Customer 04")
        .count();
    assert_eq!(doubles, 1);
}

#[tokio::test]
async fn f018_f039_n11_what_was_changed_by_hand_is_noticed_and_put_back_only_when_asked() {
    let mut host = linked(3).await;
    let site = host.simulator.site_uid("Customer 01").expect("there");
    host.simulator
        .set_variable(
            &site,
            "GravityZonePackageLink",
            "https://example.invalid/other",
        )
        .expect("there");
    host.bridge.later(60);
    host.inspect().await;
    assert_eq!(host.listed(), [EventKind::VariableChanged]);
    host.simulator.reset_counts();
    let observed = host.bridge.gather().await;
    assert!(
        host.plan(&observed).is_empty(),
        "drift never repairs itself"
    );
    host.answer(EventKind::VariableChanged, Action::Restore)
        .await;
    host.pass().await;
    crate::world::assert_exactly_one_of_each(&host.simulator, "restored");
    assert_eq!(host.simulator.writes(), 1);
    host.bridge.later(60);
    host.inspect().await;
    assert_eq!(host.listed(), []);
}

#[tokio::test]
async fn a_site_that_became_on_demand_is_not_a_deleted_site() {
    let mut host = Host::of(two_sites()).await;
    host.pass().await;
    let site = host.simulator.site_uid("Birch Motors").expect("there");
    host.simulator.set_on_demand(&site, true).expect("there");
    host.bridge.later(60);
    host.inspect().await;
    host.bridge.later(60);
    host.inspect().await;
    assert_eq!(host.listed(), [EventKind::SiteOnDemand]);
}
