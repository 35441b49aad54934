//! The stage: simulators, clients, store, policy and clock, and what a host does with them.

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use datto_rmm::reconcile::{ObserveOptions as SiteOptions, Progress as SiteProgress};
use examples::present::progress;
use examples::store::Store;
use gravityzone::limits::{BUDGETS, published};
use gravityzone::reconcile::ObserveOptions as CompanyOptions;
use jiff::{SignedDuration, Timestamp};
use reconcile::drift::{Action, Assessment, EventKey, EventKind};
use reconcile::execution::{Execution, Pace, Report};
use reconcile::identity::{EntityRef, Instance};
use reconcile::inventory::{Index, Observation, Scope, Subscription};
use reconcile::mapping::{Mapping, MappingPolicy};
use reconcile::plan::{Plan, PlanInput, Policy};
use reconcile::state::{Body, Decision, State};
use reconcile::{Observed, Pause, Sides, bind, drive, inspect, record};
use simulator::{Settings, Simulator, World};
use tempfile::TempDir;

/// Who decides in this story.
pub(crate) const OPERATOR: &str = "Alex at Lighthouse IT";
/// The site variable that the deployment component reads.
pub(crate) const VARIABLE: &str = "GravityZonePackageLink";

/// How much faster than the vendor's the simulator's rate windows pass.
const SPEED: u32 = 60;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Everything the story needs.
pub(crate) struct Stage {
    pub(crate) simulator: Simulator,
    pub(crate) rmm: datto_rmm::Client,
    pub(crate) gravityzone: gravityzone::Client,
    pub(crate) source: datto_rmm::reconcile::Source,
    pub(crate) destination: gravityzone::reconcile::Destination,
    pub(crate) state: State,
    pub(crate) policy: Policy,
    pub(crate) mapping: MappingPolicy,
    pub(crate) sites: Observation,
    pub(crate) companies: Observation,
    log: Store,
    pace: Pace,
    clock: StoryClock,
    /// Removed when the story is over.
    _folder: TempDir,
}

/// The real time, and a jump ahead when the story says that time passes.
#[derive(Debug, Clone, Default)]
struct StoryClock(Arc<AtomicI64>);

impl StoryClock {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.0.load(Ordering::Relaxed));
        Timestamp::now()
            .saturating_add(ahead)
            .unwrap_or(Timestamp::MAX)
    }
}

/// What the MSP pays for when a company is created.
pub(crate) fn subscription() -> Subscription {
    Subscription {
        kind: "monthly".to_owned(),
        product: Some("endpoint-security".to_owned()),
        protection_model: Some("aLaCarte".to_owned()),
        reserved_seats: None,
        add_ons: BTreeSet::from(["edr".to_owned()]),
    }
}

impl Stage {
    /// Starts the simulators, logs in, and opens a fresh store bound to the two tenants.
    pub(crate) async fn set() -> Result<Self> {
        let mut settings = Settings::default();
        settings.gravityzone.kit_build = Duration::from_millis(400);
        // A minute of the vendors' rate windows passes in a second, so that the story takes seconds.
        settings.gravityzone.limits = settings.gravityzone.limits.faster(SPEED);
        let simulator = Simulator::start(World::demo(), settings).await?;
        let rmm = datto_rmm::Client::builder(
            simulator.rmm_url().parse()?,
            simulator.rmm_key(),
            simulator.rmm_secret(),
        )
        .build()?;
        let limits = BUDGETS.iter().fold(published(), |limits, budget| {
            limits.bucket(budget.name, budget.limit, budget.window / SPEED)
        });
        let gravityzone = gravityzone::Client::builder(
            simulator.gravityzone_url().parse()?,
            simulator.gravityzone_key(),
        )
        .limits(limits.build())
        .build()?;
        let source = datto_rmm::reconcile::Source::connect(rmm.clone()).await?;
        let destination = gravityzone::reconcile::Destination::connect(gravityzone.clone()).await?;

        let folder = tempfile::tempdir()?;
        let (mut log, mut state) = Store::open(&folder.path().join("companion.sqlite"))?;
        let clock = StoryClock::default();
        bind(
            &mut state,
            &mut log,
            source.instance(),
            destination.instance(),
            OPERATOR,
            clock.now(),
        )
        .await?;

        let mut policy = Policy::new(destination.root(), VARIABLE);
        policy.modules = [
            "firewall",
            "content-control",
            "network-attack-defense",
            "edr-sensor",
            "patch-management",
        ]
        .map(str::to_owned)
        .into();
        policy.module_rules = gravityzone::reconcile::module_rules();
        policy.names = gravityzone::reconcile::name_rules();
        let pace = Pace {
            kit: SignedDuration::from_millis(200),
            ..Pace::default()
        };
        let mapping = MappingPolicy::of(&policy);
        let nothing = |instance: &Instance| Observation {
            scope: Scope {
                instance: instance.clone(),
                root: instance.root(),
                rights: None,
            },
            taken_at: clock.now(),
            segments: Vec::new(),
        };
        Ok(Self {
            sites: nothing(source.instance()),
            companies: nothing(destination.instance()),
            simulator,
            rmm,
            gravityzone,
            source,
            destination,
            state,
            policy,
            mapping,
            log,
            pace,
            clock,
            _folder: folder,
        })
    }

    /// Time passes, for us and for the vendors.
    pub(crate) fn later(&self, minutes: i64) {
        self.clock.0.fetch_add(minutes * 60, Ordering::Relaxed);
        self.simulator
            .advance(Duration::from_secs(minutes.unsigned_abs() * 60));
    }

    /// The time of the story.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Reads both vendors anew.
    pub(crate) async fn gather(&mut self) -> Result<()> {
        let bar = progress("reading sites", 0);
        let options = SiteOptions::of(&self.policy);
        self.sites = self
            .source
            .observe(&options, |read| {
                if let SiteProgress::Site { done, of, .. } = read {
                    bar.set_length(of as u64);
                    bar.set_position(done as u64);
                }
            })
            .await;
        bar.finish_and_clear();
        let bar = progress("reading companies", 0);
        self.companies = self
            .destination
            .observe(&CompanyOptions::of(&self.policy), |read| {
                bar.set_length(read.of as u64);
                bar.set_position(read.done as u64);
            })
            .await;
        bar.finish_and_clear();
        // Read now, by the clock of the story.
        (self.sites.taken_at, self.companies.taken_at) = (self.now(), self.now());
        Ok(())
    }

    /// Calls `f` with the mapping of what was read.
    pub(crate) fn with_mapping<T>(&self, f: impl FnOnce(&Mapping<'_>) -> T) -> Result<T> {
        let (source, destination) = (Index::new(&self.sites), Index::new(&self.companies));
        Ok(f(&Mapping::new(
            &self.state,
            &source,
            &destination,
            &self.mapping,
        )?))
    }

    /// Checks a decision and remembers it.
    pub(crate) async fn decide(&mut self, decision: Decision) -> Result<()> {
        let checked = self.with_mapping(|mapping| mapping.check(&decision))??;
        record(
            &mut self.state,
            &mut self.log,
            Body::Decided(checked),
            OPERATOR,
            self.clock.now(),
        )
        .await?;
        Ok(())
    }

    /// Answers the latest occurrence of an event.
    pub(crate) async fn answer(&mut self, key: &EventKey, action: Action) -> Result<()> {
        let event = self
            .state
            .event(key)
            .ok_or("there is no such event")?
            .id
            .clone();
        self.decide(Decision::Answer { event, action }).await
    }

    /// Plans from what was read last.
    pub(crate) fn plan(&self) -> Result<Plan> {
        let (source, destination) = (Index::new(&self.sites), Index::new(&self.companies));
        let input = PlanInput {
            source: &source,
            destination: &destination,
            state: &self.state,
            policy: &self.policy,
            now: self.now(),
        };
        Ok(reconcile::plan::plan(&input)?)
    }

    /// Reads anew, then compares with what is linked.
    pub(crate) async fn inspect(&mut self) -> Result<Assessment> {
        self.gather().await?;
        let sides = Sides::new(&self.source, &self.destination);
        let observed = Observed {
            source: &self.sites,
            destination: &self.companies,
        };
        let clock = self.clock.clone();
        let now = || clock.now();
        Ok(inspect(
            &mut self.state,
            observed,
            &self.policy,
            sides,
            &mut self.log,
            "watch",
            &now,
        )
        .await?)
    }

    /// Confirms a plan and applies it to its end.
    pub(crate) async fn apply(&mut self, plan: Plan) -> Result<Report> {
        let digest = plan.digest();
        let bar = progress("applying", plan.steps.len() as u64);
        let confirmed = plan.confirm(digest, &self.state, self.now())?;
        let mut execution = Execution::begin(self.state.clone(), confirmed, OPERATOR, self.pace);
        let clock = self.clock.clone();
        let now = || clock.now();
        let sides = Sides::new(&self.source, &self.destination);
        loop {
            let pause = drive(&mut execution, sides, &mut self.log, &now).await?;
            bar.set_position(execution.progress().0 as u64);
            match pause {
                Pause::Until(time) => {
                    let wait = time.duration_since(clock.now());
                    tokio::time::sleep(wait.try_into().unwrap_or_default()).await;
                }
                Pause::Finished(report) => {
                    bar.finish_and_clear();
                    self.state = execution.into_state();
                    return Ok(report);
                }
            }
        }
    }

    /// Plans, shows, confirms and applies what the last answer asks for.
    pub(crate) async fn carry_out(&mut self) -> Result<Report> {
        let plan = self.plan()?;
        print!("{}", plan.review());
        self.apply(plan).await
    }

    /// A site by name, as the story knows it.
    pub(crate) fn site(&self, name: &str) -> Result<EntityRef> {
        find(&self.sites, name)
    }

    /// A company by name, as the story knows it.
    pub(crate) fn company(&self, name: &str) -> Result<EntityRef> {
        find(&self.companies, name)
    }

    /// The current event of a kind, if there is one.
    pub(crate) fn event(&self, kind: EventKind) -> Result<EventKey> {
        let event = self
            .state
            .events()
            .find(|event| event.id.key.kind == kind && event.is_listed());
        Ok(event
            .ok_or_else(|| format!("no event {kind}"))?
            .id
            .key
            .clone())
    }
}

fn find(observation: &Observation, name: &str) -> Result<EntityRef> {
    let index = Index::new(observation);
    let found = index
        .organizations()
        .find(|organization| organization.name == name);
    Ok(found
        .ok_or_else(|| format!("nothing is called {name:?}"))?
        .entity
        .clone())
}
