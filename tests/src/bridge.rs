//! A bridge with every choice made: each Managed site gets the company of its name, or a new one.

#![expect(
    missing_docs,
    clippy::exhaustive_structs,
    reason = "only tests use them"
)]

use std::collections::BTreeSet;
use std::error::Error;

use datto_rmm::reconcile::{ObserveOptions as SiteOptions, Source};
use gravityzone::limits::{BUDGETS, published};
use gravityzone::reconcile::{Destination, ObserveOptions as CompanyOptions};
use jiff::{SignedDuration, Timestamp};
use reconcile::drift::Assessment;
use reconcile::execution::{Execution, Pace, Report, Visibility};
use reconcile::inventory::{Index, Observation, Subscription};
use reconcile::log::Log;
use reconcile::mapping::{Mapping, MappingPolicy, SiteState};
use reconcile::plan::{Plan, PlanInput, Policy};
use reconcile::state::{Body, Decision, State, Target};
use reconcile::{Observed, Pause, Sides, bind, drive, inspect, record};

/// The site variable that carries the installation link.
pub const VARIABLE: &str = "GravityZonePackageLink";
/// Who decides in the tests.
pub const BY: &str = "test";

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Where the vendors are, and how to log in.
#[derive(Debug, Clone)]
pub struct Access {
    pub rmm_url: String,
    pub rmm_key: String,
    pub rmm_secret: String,
    pub gravityzone_url: String,
    pub gravityzone_key: String,
}

/// Both vendors, connected.
pub struct Bridge {
    pub source: Source,
    pub destination: Destination,
    pub policy: Policy,
    pub pace: Pace,
    /// What is added to the real time, for grace periods and windows.
    pub ahead: SignedDuration,
}

impl Access {
    /// The access to a simulator, or to whatever stands in for it.
    pub fn to(simulator: &simulator::Simulator) -> Self {
        Self {
            rmm_url: simulator.rmm_url(),
            rmm_key: simulator.rmm_key(),
            rmm_secret: simulator.rmm_secret(),
            gravityzone_url: simulator.gravityzone_url(),
            gravityzone_key: simulator.gravityzone_key(),
        }
    }

    pub fn rmm(&self) -> Result<datto_rmm::Client> {
        Ok(datto_rmm::Client::builder(
            self.rmm_url.parse()?,
            self.rmm_key.clone(),
            self.rmm_secret.clone(),
        )
        .build()?)
    }

    /// The simulator of most tests has no limits, so that they are about what they are about.
    pub fn gravityzone(&self) -> Result<gravityzone::Client> {
        self.gravityzone_at_speed(1000)
    }

    /// With the vendor's published limits, whose windows pass this many times as fast.
    pub fn gravityzone_at_speed(&self, speed: u32) -> Result<gravityzone::Client> {
        let limits = BUDGETS.iter().fold(published(), |limits, budget| {
            limits.bucket(budget.name, budget.limit, budget.window / speed)
        });
        let address = self.gravityzone_url.parse()?;
        let builder = gravityzone::Client::builder(address, self.gravityzone_key.clone());
        Ok(builder.limits(limits.build()).build()?)
    }
}

/// What a new company subscribes to in the tests.
pub fn subscription() -> Subscription {
    Subscription {
        kind: "monthly".to_owned(),
        product: Some("endpoint-security".to_owned()),
        protection_model: Some("aLaCarte".to_owned()),
        reserved_seats: None,
        add_ons: BTreeSet::new(),
    }
}

impl Bridge {
    pub async fn connect(access: &Access) -> Result<Self> {
        Self::over(access.rmm()?, access.gravityzone()?).await
    }

    pub async fn over(rmm: datto_rmm::Client, gravityzone: gravityzone::Client) -> Result<Self> {
        let source = Source::connect(rmm).await?;
        let destination = Destination::connect(gravityzone).await?;
        let mut policy = Policy::new(destination.root(), VARIABLE);
        policy.subscription = Some(subscription());
        policy.modules = ["firewall".to_owned(), "content-control".to_owned()].into();
        policy.module_rules = gravityzone::reconcile::module_rules();
        policy.names = gravityzone::reconcile::name_rules();
        let window = SignedDuration::from_millis(150);
        let pace = Pace {
            visibility: Visibility {
                companies: window,
                packages: window,
                variables: window,
            },
            kit: SignedDuration::from_millis(20),
            retry: SignedDuration::from_millis(20),
            ..Pace::default()
        };
        Ok(Self {
            source,
            destination,
            policy,
            pace,
            ahead: SignedDuration::ZERO,
        })
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::now()
            .saturating_add(self.ahead)
            .unwrap_or(Timestamp::MAX)
    }

    /// Time passes, as far as the bridge can tell.
    pub fn later(&mut self, minutes: i64) {
        self.ahead += SignedDuration::from_mins(minutes);
    }

    pub fn sides(&self) -> Sides<'_> {
        Sides::new(&self.source, &self.destination)
    }

    /// Binds a fresh state to the two tenants.
    pub async fn bind(&self, state: &mut State, log: &mut dyn Log) -> Result<()> {
        let (source, destination) = (self.source.instance(), self.destination.instance());
        Ok(bind(state, log, source, destination, BY, self.now()).await?)
    }

    pub async fn gather(&self) -> (Observation, Observation) {
        let mut sites = self
            .source
            .observe(&SiteOptions::of(&self.policy), |_| ())
            .await;
        let mut companies = self
            .destination
            .observe(&CompanyOptions::of(&self.policy), |_| ())
            .await;
        // Read now, by the bridge's clock.
        (sites.taken_at, companies.taken_at) = (self.now(), self.now());
        (sites, companies)
    }

    /// Decides for every unmapped site: the company of the same name, or a new one.
    pub async fn decide_all(
        &self,
        state: &mut State,
        log: &mut dyn Log,
        (sites, companies): &(Observation, Observation),
    ) -> Result<()> {
        let decisions = {
            let (source, destination) = (Index::new(sites), Index::new(companies));
            let policy = MappingPolicy::of(&self.policy);
            let mapping = Mapping::new(state, &source, &destination, &policy)?;
            let open = mapping
                .sites()
                .into_iter()
                .filter(|row| matches!(row.state, SiteState::Unmapped));
            let decisions: Vec<_> = open
                .map(|row| {
                    let same = destination
                        .organizations()
                        .find(|company| company.name == row.site.name);
                    let target = match same {
                        Some(company) => Target::Existing(company.entity.clone()),
                        None => Target::New {
                            name: row.site.name.clone(),
                            parent: self.policy.default_parent.clone(),
                        },
                    };
                    Decision::Associate {
                        source: row.site.entity.clone(),
                        target,
                    }
                })
                .collect();
            mapping.check_batch(&decisions)?
        };
        for decision in decisions {
            record(state, log, Body::Decided(decision), BY, self.now()).await?;
        }
        Ok(())
    }

    pub fn plan(
        &self,
        state: &State,
        (sites, companies): &(Observation, Observation),
    ) -> Result<Plan> {
        let (source, destination) = (Index::new(sites), Index::new(companies));
        let input = PlanInput {
            source: &source,
            destination: &destination,
            state,
            policy: &self.policy,
            now: self.now(),
        };
        Ok(reconcile::plan::plan(&input)?)
    }

    pub async fn inspect(
        &self,
        state: &mut State,
        log: &mut dyn Log,
        (sites, companies): &(Observation, Observation),
    ) -> Result<Assessment> {
        let observed = Observed {
            source: sites,
            destination: companies,
        };
        Ok(inspect(
            state,
            observed,
            &self.policy,
            self.sides(),
            log,
            BY,
            &|| self.now(),
        )
        .await?)
    }

    /// Confirms a plan and applies it.
    pub async fn apply(&self, state: &mut State, log: &mut dyn Log, plan: Plan) -> Result<Report> {
        let digest = plan.digest();
        let confirmed = plan.confirm(digest, state, self.now())?;
        self.finish(
            state,
            log,
            Execution::begin(state.clone(), confirmed, BY, self.pace),
        )
        .await
    }

    /// Goes on with an execution that was interrupted, if there is one.
    pub async fn resume(&self, state: &mut State, log: &mut dyn Log) -> Result<Option<Report>> {
        match Execution::resume(state.clone(), BY, self.pace) {
            Some(execution) => self.finish(state, log, execution).await.map(Some),
            None => Ok(None),
        }
    }

    async fn finish(
        &self,
        state: &mut State,
        log: &mut dyn Log,
        mut execution: Execution,
    ) -> Result<Report> {
        loop {
            match drive(&mut execution, self.sides(), log, &|| self.now()).await? {
                Pause::Until(time) => {
                    let wait = time.duration_since(self.now());
                    tokio::time::sleep(wait.try_into().unwrap_or_default()).await;
                }
                Pause::Finished(report) => {
                    *state = execution.into_state();
                    return Ok(report);
                }
            }
        }
    }

    /// One unattended pass: goes on where an earlier one stopped, then maps, plans and applies what is left.
    pub async fn pass(&self, state: &mut State, log: &mut dyn Log) -> Result<Report> {
        self.bind(state, log).await?;
        self.resume(state, log).await?;
        let observed = self.gather().await;
        self.decide_all(state, log, &observed).await?;
        let plan = self.plan(state, &observed)?;
        if plan.is_empty() {
            return Ok(Report::default());
        }
        self.apply(state, log, plan).await
    }
}
