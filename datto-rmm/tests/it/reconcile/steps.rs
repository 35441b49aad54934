//! Steps of a plan, carried out by an execution.

use std::sync::{Arc, Mutex};

use client_core::Clock;
use datto_rmm::reconcile::Source;
use datto_rmm::sites::SiteUid;
use reconcile::execution::{
    Destination, DestinationAction, DestinationProbe, Execution, Finding, Kit, Outcome, ReadyStep,
};
use reconcile::identity::{Fingerprint, Instance, Kind, SecretText, Vendor};
use reconcile::log::{Log, LogError};
use reconcile::plan::{
    DeleteVariable, Input, PLAN_SCHEMA, Plan, PlannedStep, SetVariable, SourceStep, Step, StepId,
};
use reconcile::state::{AssociationId, Body, Decision, Entry, State, Target};
use reconcile::{Pause, Sides, drive};
use serde_json::{Value, json as value};
use wiremock::matchers::{method, path};
use wiremock::{Mock, Request, ResponseTemplate};

use super::{ACME, connected};
use crate::support::{Wire, assert_no_secret, line, page};

/// A destination that only hands out an installation link.
struct Links(Instance);

#[async_trait::async_trait]
impl Destination for Links {
    async fn probe(&self, probe: &DestinationProbe) -> Finding {
        match probe {
            DestinationProbe::Control => Finding::Control(self.0.clone()),
            DestinationProbe::Kit { .. } => {
                Finding::Kit(Kit::Ready(SecretText::new("CANARY-LINK")))
            }
            other => Finding::Unknown(format!("{other:?}")),
        }
    }

    async fn run(&self, step: &ReadyStep<DestinationAction>) -> Outcome {
        Outcome::NotSent(format!("{step:?}"))
    }
}

#[derive(Default)]
struct Memory(Vec<Entry>);

#[async_trait::async_trait]
impl Log for Memory {
    async fn append(&mut self, entry: &Entry) -> Result<(), LogError> {
        self.0.push(entry.clone());
        Ok(())
    }
}

/// A site whose variables are what was written to them.
async fn site_with_memory(wire: &Wire, uid: &'static str) {
    let kept: Arc<Mutex<Option<String>>> = Arc::default();
    let (read, write, drop) = (Arc::clone(&kept), Arc::clone(&kept), kept);
    let list = Mock::given(method("GET")).and(path(format!("/api/v2/site/{uid}/variables")));
    list.respond_with(move |_: &Request| {
        let rows = read
            .lock()
            .unwrap()
            .iter()
            .map(|value| value!({"id": 9, "name": "Link", "value": value}))
            .collect();
        page("variables", &Value::Array(rows), None, None)
    })
    .mount(&wire.server)
    .await;
    let create = Mock::given(method("PUT")).and(path(format!("/api/v2/site/{uid}/variable")));
    create
        .respond_with(move |request: &Request| {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            *write.lock().unwrap() = body["value"].as_str().map(str::to_owned);
            // The answer is lost.
            ResponseTemplate::new(502)
        })
        .expect(1)
        .mount(&wire.server)
        .await;
    let delete = Mock::given(method("DELETE")).and(path(format!("/api/v2/site/{uid}/variable/9")));
    delete
        .respond_with(move |_: &Request| {
            *drop.lock().unwrap() = None;
            ResponseTemplate::new(200)
        })
        .expect(1)
        .mount(&wire.server)
        .await;
}

/// Applies one step to the end, waiting without taking time.
async fn apply(
    wire: &Wire,
    source: &Source,
    links: &Links,
    state: State,
    step: SourceStep,
) -> State {
    let planned = PlannedStep {
        id: StepId(1),
        association: AssociationId(2),
        step: Step::Source(step),
        after: Vec::new(),
        because: "for the test".into(),
    };
    let now = wire.clock.timestamp();
    let plan: Plan = serde_json::from_value(value!({
        "schema": PLAN_SCHEMA, "state_serial": state.serial(), "source": source.instance(), "destination": links.0,
        "steps": [planned], "held": [], "notices": [], "made_at": now, "expires_at": now + std::time::Duration::from_mins(5),
    }))
    .unwrap();
    let digest = plan.digest();
    let confirmed = plan.confirm(digest, &state, now).unwrap();
    let mut execution = Execution::begin(state, confirmed, "operator", Source::pace());
    let mut log = Memory::default();
    let clock = Arc::clone(&wire.clock);
    for _ in 0..20 {
        let sides = Sides::new(source, links);
        match drive(&mut execution, sides, &mut log, &|| clock.timestamp())
            .await
            .unwrap()
        {
            Pause::Until(time) => {
                let wait = time.duration_since(clock.timestamp());
                clock.advance(std::time::Duration::try_from(wait).unwrap_or_default());
            }
            Pause::Finished(_) => {
                assert_no_secret(&format!("{:?}", log.0));
                return execution.into_state();
            }
        }
    }
    panic!("the execution does not end");
}

/// F036, U14: a variable set and deleted through `reconcile`, with the answer to the creation lost.
#[tokio::test]
async fn a_plan_is_carried_out_once() {
    let wire = Wire::start().await;
    let source = connected(&wire).await;
    site_with_memory(&wire, ACME).await;
    variables_of_account(&wire).await;
    let links = Links(Instance::new(Vendor::new("gravityzone"), "cloud/0001"));
    let (site, company) = (
        source.site(&SiteUid::new(ACME)),
        links.0.entity(Kind::COMPANY, "c1"),
    );
    let mut state = State::new();
    for body in [
        Body::Bound {
            source: source.instance().clone(),
            destination: links.0.clone(),
        },
        Body::Decided(
            Decision::Associate {
                source: site.clone(),
                target: Target::Existing(company.clone()),
            }
            .into(),
        ),
    ] {
        let entry = state.entry(body, "operator", wire.clock.timestamp());
        state.absorb(&entry).unwrap();
    }
    let set = SourceStep::SetVariable(SetVariable {
        site: site.clone(),
        name: "Link".into(),
        company: Input::Known(company),
        package: Input::Known(links.0.entity(Kind::PACKAGE, "p1")),
        package_name: "p".into(),
        replaces: None,
    });
    let state = apply(&wire, &source, &links, state, set).await;
    let variable = state
        .associations()
        .next()
        .unwrap()
        .variable
        .clone()
        .unwrap();
    assert_eq!(variable.value, Fingerprint::of("CANARY-LINK"));
    let delete = SourceStep::DeleteVariable(DeleteVariable {
        site,
        name: "Link".into(),
        value: variable.value,
    });
    let state = apply(&wire, &source, &links, state, delete).await;
    assert!(state.associations().next().unwrap().variable.is_none());
    let mut writes = wire.lines().await;
    writes.retain(|line| !line.starts_with("GET "));
    assert_eq!(writes.len(), 2, "one creation, one deletion: {writes:?}");
}

async fn variables_of_account(wire: &Wire) {
    let list = Mock::given(line("GET", "/api/v2/account/variables?max=250&page=0"));
    list.respond_with(page("variables", &value!([]), None, None))
        .mount(&wire.server)
        .await;
}
