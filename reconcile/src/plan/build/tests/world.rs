//! A small estate at both vendors, with a state, that plans can be made and applied upon.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::drift::{Action, EventId, EventKey, EventKind};
use crate::execution::{Outcome, Output};
use crate::identity::{EntityRef, Fingerprint, Instance, Kind, Vendor};
use crate::inventory::{
    Coverage, Index, Observation, Organization, Package, Role, Rows, Scope, Segment, Sort,
    Subscription, Variable, VariableValue,
};
use crate::plan::{
    DestinationStep, HeldReason, HostStep, Input, ModuleRules, Plan, PlanError, PlanInput, Policy,
    SourceStep, Step, StepId, plan,
};
use crate::state::{Association, AssociationId, Body, Decision, State, StepResult, Target};

pub(super) const VARIABLE: &str = "GravityZonePackageLink";

#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) now: Timestamp,
    pub(super) source: Observation,
    pub(super) destination: Observation,
    pub(super) state: State,
    pub(super) policy: Policy,
    next_id: u32,
}

pub(super) fn rmm() -> Instance {
    Instance::new(Vendor::new("datto-rmm"), "merlot/abc123")
}

pub(super) fn console() -> Instance {
    Instance::new(Vendor::new("gravityzone"), "cloud/0001")
}

pub(super) fn site(id: &str) -> EntityRef {
    rmm().entity(Kind::SITE, id)
}

pub(super) fn company(id: &str) -> EntityRef {
    console().entity(Kind::COMPANY, id)
}

pub(super) fn package(id: &str) -> EntityRef {
    console().entity(Kind::PACKAGE, id)
}

/// The top of the console.
pub(super) fn partner() -> EntityRef {
    company("0001")
}

pub(super) fn words(words: &str) -> BTreeSet<String> {
    words.split_whitespace().map(str::to_owned).collect()
}

pub(super) fn subscription(add_ons: &str) -> Subscription {
    Subscription {
        kind: "monthly".into(),
        product: Some("endpoint-security".into()),
        protection_model: Some("aLaCarte".into()),
        reserved_seats: None,
        add_ons: words(add_ons),
    }
}

pub(super) fn new_company(name: &str) -> Target {
    Target::New {
        name: name.into(),
        parent: partner(),
    }
}

pub(super) fn policy() -> Policy {
    let mut policy = Policy::new(partner(), VARIABLE);
    policy.subscription = Some(subscription(""));
    policy.modules = words("firewall edr");
    policy.module_rules = ModuleRules {
        always: words("antimalware"),
        needs: BTreeMap::from([
            ("edr".into(), words("edr-add-on")),
            ("exchange".into(), words("mail-add-on")),
        ]),
    };
    policy.names.max_chars = 64;
    policy.names.forbid_markup = true;
    policy
}

impl World {
    pub(super) fn new() -> Self {
        let now: Timestamp = "2026-11-21T08:00:00Z".parse().expect("a time");
        let observation = |instance: Instance, root: EntityRef, segments| Observation {
            scope: Scope {
                instance,
                root,
                rights: None,
            },
            taken_at: now,
            segments,
        };
        let complete = |of, rows| Segment {
            of,
            coverage: Coverage::Complete,
            rows,
        };
        let account = rmm().root();
        let mut world = Self {
            now,
            source: observation(
                rmm(),
                account.clone(),
                vec![
                    complete(account.clone(), Rows::Organizations(vec![])),
                    complete(account, Rows::Variables(vec![])),
                ],
            ),
            destination: observation(
                console(),
                partner(),
                vec![complete(partner(), Rows::Organizations(vec![]))],
            ),
            state: State::new(),
            policy: policy(),
            next_id: 0,
        };
        world.absorb(Body::Bound {
            source: rmm(),
            destination: console(),
        });
        world
    }

    // The estate.

    pub(super) fn with_site(mut self, id: &str, name: &str) -> Self {
        self.add_site(Organization::new(site(id), name, Role::Managed));
        self
    }

    pub(super) fn add_site(&mut self, row: Organization) {
        let of = row.entity.clone();
        let Rows::Organizations(rows) = &mut self.source.segments[0].rows else {
            unreachable!()
        };
        rows.push(row);
        let rows = Rows::Variables(vec![]);
        self.source.segments.push(Segment {
            of,
            coverage: Coverage::Complete,
            rows,
        });
    }

    pub(super) fn with_company(mut self, id: &str, name: &str) -> Self {
        let mut row = Organization::new(company(id), name, Role::Customer);
        row.subscription = Some(subscription("edr-add-on"));
        row.parent = Some(partner());
        row.partner = Some(partner());
        self.add_company(row);
        self
    }

    pub(super) fn add_company(&mut self, row: Organization) {
        let of = row.entity.clone();
        let Rows::Organizations(rows) = &mut self.destination.segments[0].rows else {
            unreachable!()
        };
        rows.push(row);
        let rows = Rows::Packages(vec![]);
        self.destination.segments.push(Segment {
            of,
            coverage: Coverage::Complete,
            rows,
        });
    }

    pub(super) fn with_package(mut self, of: &str, id: &str, name: &str, link: &str) -> Self {
        let (entity, company) = (package(id), company(of));
        let modules = Some(words("antimalware edr firewall"));
        let row = Package {
            entity,
            name: name.into(),
            company: company.clone(),
            modules,
            link: Some(Fingerprint::of(link)),
        };
        self.packages(&company).push(row);
        self
    }

    pub(super) fn with_variable(mut self, of: &str, value: &str) -> Self {
        self.set_variable(
            &site(of),
            VARIABLE,
            VariableValue::Is(Fingerprint::of(value)),
        );
        self
    }

    pub(super) fn with_account_variable(mut self) -> Self {
        self.set_variable(
            &rmm().root(),
            VARIABLE,
            VariableValue::Is(Fingerprint::of("account")),
        );
        self
    }

    pub(super) fn set_variable(&mut self, of: &EntityRef, name: &str, value: VariableValue) {
        self.next_id += 1;
        let id = format!("v-{}", self.next_id);
        let rows = self.variables(of);
        rows.retain(|row| row.name != name);
        rows.push(Variable {
            id,
            name: name.into(),
            value,
        });
    }

    pub(super) fn variables(&mut self, of: &EntityRef) -> &mut Vec<Variable> {
        match &mut segment(&mut self.source, of, Sort::Variables).rows {
            Rows::Variables(rows) => rows,
            _ => unreachable!(),
        }
    }

    pub(super) fn packages(&mut self, of: &EntityRef) -> &mut Vec<Package> {
        match &mut segment(&mut self.destination, of, Sort::Packages).rows {
            Rows::Packages(rows) => rows,
            _ => unreachable!(),
        }
    }

    pub(super) fn site_row(&mut self, id: &str) -> &mut Organization {
        row(&mut self.source, &site(id))
    }

    pub(super) fn company_row(&mut self, id: &str) -> &mut Organization {
        row(&mut self.destination, &company(id))
    }

    /// Takes an organisation out of the listings, as if it had been deleted.
    pub(super) fn remove(&mut self, entity: &EntityRef) {
        for observation in [&mut self.source, &mut self.destination] {
            observation.segments.retain(|segment| segment.of != *entity);
            if let Rows::Organizations(rows) = &mut observation.segments[0].rows {
                rows.retain(|row| row.entity != *entity);
            }
        }
    }

    pub(super) fn partial(&mut self, of: &EntityRef, sort: Sort) {
        let observation = if of.instance == rmm() {
            &mut self.source
        } else {
            &mut self.destination
        };
        segment(observation, of, sort).coverage = Coverage::Partial("page 2 of 3 failed".into());
    }

    pub(super) fn later(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
        self.source.taken_at = self.now;
        self.destination.taken_at = self.now;
    }

    // The state.

    pub(super) fn absorb(&mut self, body: Body) -> u64 {
        let entry = self.state.entry(body, "someone@example.com", self.now);
        assert_eq!(self.state.absorb(&entry), Ok(true));
        entry.id.0
    }

    pub(super) fn decide(&mut self, decision: Decision) -> AssociationId {
        AssociationId(self.absorb(Body::Decided(decision.into())))
    }

    pub(super) fn associate(&mut self, of: &str, target: Target) -> AssociationId {
        self.decide(Decision::Associate {
            source: site(of),
            target,
        })
    }

    pub(super) fn associate_existing(&mut self, of: &str, with: &str) -> AssociationId {
        self.associate(of, Target::Existing(company(with)))
    }

    pub(super) fn dissociate(&mut self, association: AssociationId) {
        self.decide(Decision::Dissociate { association });
    }

    pub(super) fn raise(&mut self, kind: EventKind, entities: Vec<EntityRef>) {
        self.absorb(Body::Raised {
            key: EventKey { kind, entities },
            detail: "as seen".into(),
        });
    }

    pub(super) fn answer(&mut self, kind: EventKind, entities: Vec<EntityRef>, action: Action) {
        let key = EventKey { kind, entities };
        let event = EventId {
            occurrence: self.state.event(&key).expect("raised").id.occurrence,
            key,
        };
        self.decide(Decision::Answer { event, action });
    }

    pub(super) fn raise_and_answer(
        &mut self,
        kind: EventKind,
        entities: &[EntityRef],
        action: Action,
    ) {
        self.raise(kind, entities.to_vec());
        self.answer(kind, entities.to_vec(), action);
    }

    /// Two looks, the grace period apart, that both find nothing.
    pub(super) fn confirm_absent(&mut self, entity: &EntityRef) {
        for _ in 0..2 {
            self.absorb(Body::Looked {
                entity: entity.clone(),
                present: false,
            });
            self.later(20);
        }
    }

    pub(super) fn association(&self, id: AssociationId) -> &Association {
        self.state.association(id).expect("known")
    }

    // Planning and applying.

    pub(super) fn try_plan(&self) -> Result<Plan, PlanError> {
        let (source, destination) = (Index::new(&self.source), Index::new(&self.destination));
        plan(&PlanInput {
            source: &source,
            destination: &destination,
            state: &self.state,
            policy: &self.policy,
            now: self.now,
        })
    }

    pub(super) fn plan(&self) -> Plan {
        let plan = self.try_plan().expect("planned");
        assert_eq!(plan.check(), [""; 0], "{}", plan.review());
        plan
    }

    /// The only reason that holds the only association back.
    pub(super) fn held(&self) -> (HeldReason, String) {
        let plan = self.plan();
        assert_eq!(
            (plan.steps.len(), plan.held.len()),
            (0, 1),
            "{}",
            plan.review()
        );
        (plan.held[0].reason, plan.held[0].detail.clone())
    }

    /// The steps as text.
    pub(super) fn steps(&self) -> Vec<String> {
        let plan = self.plan();
        assert_eq!(plan.held, [], "{}", plan.review());
        plan.steps
            .iter()
            .map(|step| step.step.to_string())
            .collect()
    }

    pub(super) fn notices(&self) -> Vec<String> {
        self.plan()
            .notices
            .into_iter()
            .map(|notice| notice.text)
            .collect()
    }

    /// Plans and does everything as the vendors would; the readings are renewed ten minutes later.
    pub(super) fn plan_and_apply(&mut self) -> Plan {
        let plan = self.plan();
        self.apply(&plan, plan.steps.len());
        plan
    }

    /// Does the first steps of a plan; the person gives up after them.
    pub(super) fn apply(&mut self, plan: &Plan, steps: usize) {
        let digest = plan.digest();
        plan.clone()
            .confirm(digest, &self.state, self.now)
            .expect("confirmed");
        self.absorb(Body::Confirmed {
            plan: Box::new(plan.clone()),
            digest,
        });
        let mut made = BTreeMap::new();
        for step in &plan.steps[..steps] {
            let output = self.perform(&step.step, &mut made, step.id);
            let result = StepResult::Answered {
                attempt: 1,
                outcome: Outcome::Done(output),
            };
            self.absorb(Body::Settled {
                step: step.id,
                result,
            });
        }
        self.absorb(if steps == plan.steps.len() {
            Body::Finished
        } else {
            Body::Abandoned
        });
        self.later(10);
    }

    fn perform(
        &mut self,
        step: &Step,
        made: &mut BTreeMap<StepId, EntityRef>,
        id: StepId,
    ) -> Output {
        let resolve = |input: &Input, made: &BTreeMap<StepId, EntityRef>| match input {
            Input::Known(entity) => entity.clone(),
            Input::MadeBy(step) => made[step].clone(),
        };
        self.next_id += 1;
        match step {
            Step::Destination(DestinationStep::CreateCompany(step)) => {
                let entity = company(&format!("c-made-{}", self.next_id));
                let mut row = Organization::new(entity.clone(), &*step.name, Role::Customer);
                row.parent = Some(step.parent.clone());
                row.partner = Some(step.parent.clone());
                row.subscription = Some(step.subscription.clone());
                self.add_company(row);
                made.insert(id, entity.clone());
                Output::Company(entity)
            }
            Step::Destination(DestinationStep::CreatePackage(step)) => {
                let entity = package(&format!("p-made-{}", self.next_id));
                let of = resolve(&step.company, made);
                let modules = Some(step.modules.clone());
                self.packages(&of).push(Package {
                    entity: entity.clone(),
                    name: step.name.clone(),
                    company: of.clone(),
                    modules: modules.clone(),
                    link: Some(Fingerprint::of(format!("link of {}", entity.id))),
                });
                made.insert(id, entity.clone());
                Output::Package {
                    package: entity,
                    modules,
                }
            }
            Step::Source(SourceStep::SetVariable(step)) => {
                let (of, wanted) = (resolve(&step.company, made), resolve(&step.package, made));
                let package = self
                    .packages(&of)
                    .iter()
                    .find(|package| package.entity == wanted)
                    .expect("listed");
                let value = package
                    .link
                    .unwrap_or(Fingerprint::of(format!("link of {}", wanted.id)));
                self.set_variable(&step.site, &step.name, VariableValue::Is(value));
                Output::Variable(value)
            }
            Step::Source(SourceStep::DeleteVariable(step)) => {
                let rows = self.variables(&step.site);
                let before = rows.len();
                rows.retain(|row| {
                    row.name != step.name || row.value != VariableValue::Is(step.value)
                });
                assert_eq!(rows.len() + 1, before, "deletes exactly what it names");
                Output::Nothing
            }
            Step::Destination(DestinationStep::DeletePackage(step)) => {
                self.packages(&step.company)
                    .retain(|row| row.entity != step.package);
                Output::Nothing
            }
            Step::Destination(DestinationStep::DeleteCompany(step)) => {
                self.remove(&step.company);
                Output::Nothing
            }
            Step::Host(HostStep::Link(_) | HostStep::Unlink(_)) => Output::Nothing,
        }
    }
}

fn segment<'o>(observation: &'o mut Observation, of: &EntityRef, sort: Sort) -> &'o mut Segment {
    let found = observation
        .segments
        .iter_mut()
        .find(|segment| segment.of == *of && segment.rows.sort() == sort);
    found.expect("listed")
}

fn row<'o>(observation: &'o mut Observation, entity: &EntityRef) -> &'o mut Organization {
    let Rows::Organizations(rows) = &mut observation.segments[0].rows else {
        unreachable!()
    };
    rows.iter_mut()
        .find(|row| row.entity == *entity)
        .expect("listed")
}
