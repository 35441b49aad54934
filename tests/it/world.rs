//! Small worlds, and what must hold of them in the end.

use msp_tests::bridge::{Access, BY, Bridge, VARIABLE};
use reconcile::drift::{Action, EventKind};
use reconcile::execution::Report;
use reconcile::inventory::Observation;
use reconcile::plan::Plan;
use reconcile::record;
use reconcile::state::{AssociationStatus, Body, Decision, Entry, State};
use simulator::{Settings, Simulator, World};

/// Two Managed sites, one of which has a company, beside an OnDemand site.
pub(crate) fn two_sites() -> World {
    let mut world = World::new(7);
    world.add_site("Alder Dental");
    world.add_site("Birch Motors");
    world.add_on_demand_site("Walk-ins");
    let root = world.root.clone();
    world
        .add_customer(&root, "Birch Motors")
        .expect("the root is there");
    world
}

/// So many Managed sites, all of which have a company of their name.
pub(crate) fn mirrored(sites: usize) -> World {
    let mut world = World::new(11);
    let root = world.root.clone();
    for number in 1..=sites {
        let name = format!("Customer {number:02}");
        world.add_site(&name);
        world.add_customer(&root, &name).expect("the root is there");
    }
    world
}

pub(crate) async fn start(world: World) -> Simulator {
    Simulator::start(world, Settings::unlimited())
        .await
        .expect("loopback is there")
}

/// A bridge, its state and its log in memory.
pub(crate) struct Host {
    pub(crate) simulator: Simulator,
    pub(crate) bridge: Bridge,
    pub(crate) state: State,
    pub(crate) log: MemoryLog,
}

/// Entries in memory.
#[derive(Debug, Default)]
pub(crate) struct MemoryLog(pub(crate) Vec<Entry>);

#[async_trait::async_trait]
impl reconcile::log::Log for MemoryLog {
    async fn append(&mut self, entry: &Entry) -> Result<(), reconcile::log::LogError> {
        self.0.push(entry.clone());
        Ok(())
    }
}

impl Host {
    pub(crate) async fn of(world: World) -> Self {
        let simulator = start(world).await;
        let bridge = Bridge::connect(&Access::to(&simulator))
            .await
            .expect("connects");
        Self {
            simulator,
            bridge,
            state: State::new(),
            log: MemoryLog::default(),
        }
    }

    /// Binds, reads both vendors and decides for every site. Answers what was read.
    pub(crate) async fn decided(&mut self) -> (Observation, Observation) {
        self.bridge
            .bind(&mut self.state, &mut self.log)
            .await
            .expect("binds");
        let observed = self.bridge.gather().await;
        self.bridge
            .decide_all(&mut self.state, &mut self.log, &observed)
            .await
            .expect("decides");
        observed
    }

    /// Reads both vendors and plans.
    pub(crate) async fn planned(&self) -> Plan {
        let observed = self.bridge.gather().await;
        self.plan(&observed)
    }

    /// Plans from what was read.
    pub(crate) fn plan(&self, observed: &(Observation, Observation)) -> Plan {
        self.bridge.plan(&self.state, observed).expect("plans")
    }

    /// Applies a plan.
    pub(crate) async fn apply(&mut self, plan: Plan) -> Report {
        self.bridge
            .apply(&mut self.state, &mut self.log, plan)
            .await
            .expect("applies")
    }

    /// Logs a decision as it is.
    pub(crate) async fn decide(&mut self, decision: Decision) {
        let body = Body::Decided(decision.into());
        record(&mut self.state, &mut self.log, body, BY, self.bridge.now())
            .await
            .expect("fits");
    }

    /// Answers the listed event of a kind.
    pub(crate) async fn answer(&mut self, kind: EventKind, action: Action) {
        let event = self
            .state
            .events()
            .find(|event| event.id.key.kind == kind && event.is_listed())
            .unwrap_or_else(|| panic!("no {kind}"))
            .id
            .clone();
        self.decide(Decision::Answer { event, action }).await;
    }

    /// One unattended pass that must succeed.
    pub(crate) async fn pass(&mut self) {
        let report = self
            .bridge
            .pass(&mut self.state, &mut self.log)
            .await
            .expect("passes");
        assert!(report.is_success(), "{report}");
    }

    /// Reads both vendors and assesses drift.
    pub(crate) async fn inspect(&mut self) -> reconcile::drift::Assessment {
        let observed = self.bridge.gather().await;
        self.bridge
            .inspect(&mut self.state, &mut self.log, &observed)
            .await
            .expect("inspects")
    }

    /// The kinds of all listed events, in order.
    pub(crate) fn listed(&self) -> Vec<EventKind> {
        self.state
            .events()
            .filter(|event| event.is_listed())
            .map(|event| event.id.key.kind)
            .collect()
    }

    pub(crate) fn established(&self) -> usize {
        established(&self.state)
    }
}

pub(crate) fn established(state: &State) -> usize {
    state
        .associations()
        .filter(|link| link.status == AssociationStatus::Established)
        .count()
}

/// Every Managed site has exactly one company of its name, with one package, whose link is the site's one variable.
pub(crate) fn assert_exactly_one_of_each(simulator: &Simulator, context: &str) {
    let companies = simulator.companies_in_tree();
    let mut managed = 0;
    for site in simulator
        .sites()
        .iter()
        .filter(|site| site.kind == simulator::SiteKind::Managed)
    {
        managed += 1;
        let named: Vec<_> = companies
            .iter()
            .filter(|company| company.name == site.name)
            .collect();
        assert_eq!(named.len(), 1, "companies {:?}, {context}", site.name);
        let packages = simulator
            .packages_of(&named[0].id)
            .expect("the company is there");
        assert_eq!(packages.len(), 1, "packages of {:?}, {context}", site.name);
        let link = simulator
            .windows_link(&packages[0].id)
            .expect("the package is there");
        let variables = simulator
            .variables_of(&site.uid)
            .expect("the site is there");
        let links: Vec<_> = variables
            .iter()
            .filter(|variable| variable.name == VARIABLE)
            .collect();
        assert_eq!(links.len(), 1, "variables of {:?}, {context}", site.name);
        assert_eq!(
            links[0].value, link,
            "the link of {:?}, {context}",
            site.name
        );
        assert!(!links[0].masked, "{context}");
    }
    assert!(managed > 0);
}
