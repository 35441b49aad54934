//! Applying, applying again, and applying with the wrong credentials.

use msp_tests::bridge::{Access, Bridge};
use reconcile::drift::{Action, EventKind};
use reconcile::execution::RefusalKind;
use reconcile::plan::{ConfirmError, HeldReason};
use reconcile::state::{Decision, State, Target};
use simulator::{Fault, FaultAction, Settings, Simulator, World};

use crate::world::{
    Host, MemoryLog, assert_exactly_one_of_each, established, mirrored, start, two_sites,
};

#[tokio::test]
async fn u13_a_second_apply_plans_nothing_and_sends_no_write() {
    let mut host = Host::of(two_sites()).await;
    host.pass().await;
    assert_exactly_one_of_each(&host.simulator, "first pass");
    host.simulator.reset_counts();
    let serial = host.state.serial();
    host.pass().await;
    assert_eq!(host.simulator.writes(), 0);
    assert_eq!(host.state.serial(), serial, "nothing was logged either");
    let plan = host.planned().await;
    assert!(plan.is_empty() && plan.held.is_empty(), "{}", plan.review());
}

#[tokio::test]
async fn u11_a_dry_run_sends_no_write_and_runs_all_the_rest() {
    let mut host = Host::of(two_sites()).await;
    let observed = host.decided().await;
    let plan = host.plan(&observed);
    assert_eq!(plan.steps.len(), 4 + 3, "{}", plan.review());
    host.inspect().await;
    assert_eq!(host.simulator.writes(), 0);
    assert!(host.simulator.reads() > 0);
}

#[tokio::test]
async fn u08_an_estate_that_was_linked_by_hand_is_adopted_without_a_write_to_what_is_right() {
    let mut world = World::new(3);
    let site = world.add_site("Cedar Law");
    let root = world.root.clone();
    let company = world
        .add_customer(&root, "Cedar Law")
        .expect("the root is there");
    world
        .add_association(&site, &company)
        .expect("both are there");
    let mut host = Host::of(world).await;
    host.bridge
        .bind(&mut host.state, &mut host.log)
        .await
        .expect("binds");
    host.inspect().await;
    host.answer(EventKind::AssociationMissing, Action::Associate)
        .await;
    let plan = host.planned().await;
    let report = host.apply(plan).await;
    assert!(report.is_success(), "{report}");
    assert_eq!(established(&host.state), 1);
    assert_eq!(
        host.simulator.count("gravityzone companies.createCompany"),
        0
    );
}

#[tokio::test]
async fn one_failed_association_among_many_stops_only_its_dependents() {
    let mut host = Host::of(mirrored(6)).await;
    host.simulator.inject(
        Fault::on(
            "gravityzone packages.createPackage",
            FaultAction::Status(403),
        )
        .nth(3),
    );
    let report = host
        .bridge
        .pass(&mut host.state, &mut host.log)
        .await
        .expect("passes");
    assert_eq!(host.established(), 5, "{report}");
    let reasons: Vec<_> = report
        .not_done()
        .filter_map(reconcile::execution::StepReport::reason)
        .collect();
    assert_eq!(
        reasons.len(),
        3,
        "the package, its variable and its link: {report}"
    );
    // The next pass makes up for it.
    host.pass().await;
    assert_exactly_one_of_each(&host.simulator, "second pass");
}

#[tokio::test]
async fn lost_answers_of_every_write_lead_to_exactly_one_of_each() {
    for operation in [
        "gravityzone companies.createCompany",
        "gravityzone packages.createPackage",
        "rmm PUT /api/v2/site/{siteUid}/variable",
    ] {
        for action in [
            FaultAction::CloseAfter,
            FaultAction::CloseBefore,
            FaultAction::CutBody,
            FaultAction::HtmlOk,
        ] {
            let mut host = Host::of(two_sites()).await;
            host.simulator.inject(Fault::on(operation, action.clone()));
            let report = host
                .bridge
                .pass(&mut host.state, &mut host.log)
                .await
                .expect("passes");
            assert!(report.is_success(), "{operation} {action:?}: {report}");
            assert_exactly_one_of_each(&host.simulator, &format!("{operation} {action:?}"));
        }
    }
}

#[tokio::test]
async fn a_plan_gone_stale_is_refused() {
    let mut host = Host::of(two_sites()).await;
    let observed = host.decided().await;
    let old = host.plan(&observed);
    host.inspect().await;
    let site = host
        .state
        .associations()
        .next()
        .expect("decided")
        .source
        .clone();
    host.decide(Decision::Ignore { source: site }).await;
    let refused = old
        .clone()
        .confirm(old.digest(), &host.state, host.bridge.now());
    assert!(
        matches!(refused, Err(ConfirmError::Stale { .. })),
        "{refused:?}"
    );
    host.bridge.later(120);
    let fresh = host.plan(&observed);
    let later = host.bridge.now() + jiff::SignedDuration::from_hours(2);
    assert!(matches!(
        fresh.clone().confirm(fresh.digest(), &host.state, later),
        Err(ConfirmError::Expired(_))
    ));
    assert!(matches!(
        fresh.confirm(old.digest(), &host.state, host.bridge.now()),
        Err(ConfirmError::Digest { .. })
    ));
    assert_eq!(host.simulator.writes(), 0);
}

#[tokio::test]
async fn without_a_subscription_policy_no_company_is_created() {
    let mut host = Host::of(two_sites()).await;
    host.bridge.policy.subscription = None;
    let observed = host.decided().await;
    let plan = host.plan(&observed);
    let held: Vec<_> = plan.held.iter().map(|held| held.reason).collect();
    assert_eq!(held, [HeldReason::NoSubscription]);
    let report = host.apply(plan).await;
    assert!(
        report.is_success(),
        "the other association goes on: {report}"
    );
    assert_eq!(
        host.simulator.count("gravityzone companies.createCompany"),
        0
    );
}

#[tokio::test]
async fn n17_credentials_of_another_tenant_are_refused_and_two_tenants_on_one_platform_do_not_collide()
 {
    let mut host = Host::of(two_sites()).await;
    host.pass().await;
    host.simulator.reset_counts();

    // The same platform, another account: even equal site ids are other sites.
    host.simulator
        .with_world_mut(|world| world.account.uid = "another1".into());
    let other = Bridge::connect(&Access::to(&host.simulator))
        .await
        .expect("connects");
    assert_eq!(
        other.source.instance().vendor,
        host.bridge.source.instance().vendor
    );
    assert_ne!(other.source.instance(), host.bridge.source.instance());
    let observed = other.gather().await;
    let refused = other
        .plan(&host.state, &observed)
        .expect_err("another tenant");
    assert!(
        refused.to_string().contains("another1"),
        "names the tenant: {refused}"
    );
    other
        .inspect(&mut host.state, &mut host.log, &observed)
        .await
        .expect_err("another tenant");
    assert_eq!(host.simulator.writes(), 0);
}

#[tokio::test]
async fn n17_a_plan_confirmed_for_one_tenant_is_not_applied_with_anothers_key() {
    let mut host = Host::of(two_sites()).await;
    let observed = host.decided().await;
    let plan = host.plan(&observed);
    // The key file was swapped between planning and applying.
    let other = start(mirrored(2)).await;
    let bridge = Bridge::connect(&Access::to(&other))
        .await
        .expect("connects");
    let report = bridge
        .apply(&mut host.state, &mut host.log, plan)
        .await
        .expect("answers");
    assert_eq!(
        report.halted.as_ref().map(|refusal| refusal.kind),
        Some(RefusalKind::WrongTenant),
        "{report}"
    );
    assert_eq!(other.writes(), 0);
    // With the right key it goes on.
    let report = host
        .bridge
        .resume(&mut host.state, &mut host.log)
        .await
        .expect("answers")
        .expect("unfinished");
    assert!(report.is_success(), "{report}");
    assert_exactly_one_of_each(&host.simulator, "resumed");
}

#[tokio::test]
async fn p6_no_secret_reaches_the_log() {
    let mut host = Host::of(two_sites()).await;
    host.pass().await;
    let lines: String = host
        .log
        .0
        .iter()
        .map(|entry| reconcile::log::frame(entry).expect("serialises"))
        .collect();
    assert!(lines.len() > 1000);
    for secret in [
        host.simulator.rmm_secret(),
        host.simulator.rmm_key(),
        host.simulator.gravityzone_key(),
        "setupdownloader".to_owned(),
    ] {
        assert!(!lines.contains(&secret), "found {secret}");
    }
}

#[tokio::test]
async fn a_name_taken_outside_the_tree_becomes_an_event_and_another_name_resolves_it() {
    let mut host = Host::of(two_sites()).await;
    host.simulator.take_company_name("Alder Dental");
    let report = host
        .bridge
        .pass(&mut host.state, &mut host.log)
        .await
        .expect("passes");
    assert!(!report.is_success());
    assert_eq!(host.established(), 1, "the other goes on");
    assert_eq!(host.listed(), [EventKind::DestinationCreation]);
    let name = "Alder Dental (MSP)".to_owned();
    host.answer(EventKind::DestinationCreation, Action::Create { name })
        .await;
    host.pass().await;
    assert_eq!(host.established(), 2);
    assert!(host.listed().is_empty());
}

#[tokio::test]
async fn f089_two_sites_of_one_name_are_not_both_created() {
    let mut world = World::new(5);
    world.add_site("Twin");
    world.add_site("Twin");
    let mut host = Host::of(world).await;
    host.bridge
        .bind(&mut host.state, &mut host.log)
        .await
        .expect("binds");
    let observed = host.bridge.gather().await;
    let refused = host
        .bridge
        .decide_all(&mut host.state, &mut host.log, &observed)
        .await;
    let refused = refused.expect_err("a batch of two equal names").to_string();
    assert!(refused.contains("Twin"), "{refused}");
    // Decided all the same, one after the other, the plan holds them.
    let parent = host.bridge.policy.default_parent.clone();
    for site in host
        .simulator
        .sites()
        .iter()
        .filter(|site| site.name == "Twin")
    {
        let source = host
            .bridge
            .source
            .instance()
            .entity(reconcile::identity::Kind::SITE, site.uid.clone());
        let target = Target::New {
            name: "Twin".into(),
            parent: parent.clone(),
        };
        host.decide(Decision::Associate { source, target }).await;
    }
    let plan = host.plan(&observed);
    assert!(plan.is_empty());
    assert_eq!(
        plan.held.iter().map(|held| held.reason).collect::<Vec<_>>(),
        [HeldReason::NameInUse; 2]
    );
}

#[tokio::test]
async fn f026_sites_are_the_source_so_a_company_without_a_site_makes_none() {
    let mut world = two_sites();
    let root = world.root.clone();
    world
        .add_customer(&root, "No Site Inc")
        .expect("the root is there");
    let mut host = Host::of(world).await;
    let sites = host.simulator.sites().len();
    host.pass().await;
    assert_eq!(host.simulator.sites().len(), sites);
    let mut written: Vec<_> = host
        .simulator
        .requests()
        .into_iter()
        .filter(|request| request.info.is_write)
        .map(|request| request.info.operation)
        .collect();
    written.sort();
    written.dedup();
    assert_eq!(
        written,
        [
            "gravityzone companies.createCompany",
            "gravityzone packages.createPackage",
            "rmm PUT /api/v2/site/{siteUid}/variable",
        ]
    );
    let company = host.simulator.company_id("No Site Inc").expect("there");
    assert!(
        host.simulator
            .packages_of(&company)
            .expect("there")
            .is_empty()
    );
}

#[tokio::test]
async fn u15_a_bridge_that_keeps_the_published_limits_is_never_throttled() {
    const SPEED: u32 = 20;
    let mut settings = Settings::default();
    settings.gravityzone.limits = settings.gravityzone.limits.faster(SPEED);
    let simulator = Simulator::start(mirrored(12), settings)
        .await
        .expect("loopback is there");
    let access = Access::to(&simulator);
    let rmm = access.rmm().expect("builds");
    let gravityzone = access.gravityzone_at_speed(SPEED).expect("builds");
    let bridge = Bridge::over(rmm, gravityzone).await.expect("connects");
    let (mut state, mut log) = (State::new(), MemoryLog::default());
    let report = bridge.pass(&mut state, &mut log).await.expect("passes");
    assert!(report.is_success(), "{report}");
    assert_eq!(established(&state), 12);
    let requests = simulator.requests();
    let throttled = requests
        .iter()
        .filter(|request| request.status == Some(429));
    assert_eq!(throttled.count(), 0, "of {}", requests.len());
}
