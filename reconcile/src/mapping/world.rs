//! Small worlds for tests: a bound state beside what was read of both sides.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::execution::Output;
use crate::identity::{EntityRef, Fingerprint, Instance, Kind, Vendor};
use crate::inventory::{
    Coverage, Observation, Organization, Package, Role, Rows, Scope, Segment, SharedId, Variable,
    VariableValue,
};
use crate::plan::{HostStep, Input, Link, PLAN_SCHEMA, Plan, PlannedStep, Step, StepId};
use crate::state::{
    Association, AssociationId, Body, Decided, Decision, EntryId, LinkedPackage, LinkedVariable,
    State, StepResult, Target,
};

pub(crate) const VARIABLE: &str = "GravityZonePackageLink";

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) now: Timestamp,
    pub(crate) source: Observation,
    pub(crate) destination: Observation,
}

pub(crate) fn rmm() -> Instance {
    Instance::new(Vendor::new("datto-rmm"), "merlot/abc123")
}

pub(crate) fn gravityzone() -> Instance {
    Instance::new(Vendor::new("gravityzone"), "cloud/0001")
}

pub(crate) fn site(id: &str) -> EntityRef {
    rmm().entity(Kind::SITE, id)
}

pub(crate) fn company(id: &str) -> EntityRef {
    gravityzone().entity(Kind::COMPANY, id)
}

fn observation(instance: &Instance, now: Timestamp) -> Observation {
    Observation {
        scope: Scope {
            instance: instance.clone(),
            root: instance.root(),
            rights: Some(Fingerprint::of("all rights")),
        },
        taken_at: now,
        segments: vec![Segment {
            of: instance.root(),
            coverage: Coverage::Complete,
            rows: Rows::Organizations(Vec::new()),
        }],
    }
}

impl World {
    /// A bound state and two empty sides; the destination has the partner `p1`.
    pub(crate) fn new() -> Self {
        let now = "2026-11-21T08:00:00Z".parse().unwrap();
        let mut world = Self {
            state: State::new(),
            now,
            source: observation(&rmm(), now),
            destination: observation(&gravityzone(), now),
        };
        world.log(Body::Bound {
            source: rmm(),
            destination: gravityzone(),
        });
        world.partner("p1", "Partner One");
        world
    }

    pub(crate) fn log(&mut self, body: Body) -> EntryId {
        let entry = self.state.entry(body, "alex", self.now);
        assert!(self.state.absorb(&entry).unwrap());
        entry.id
    }

    pub(crate) fn decide(&mut self, decision: impl Into<Decided>) -> EntryId {
        self.log(Body::Decided(decision.into()))
    }

    pub(crate) fn associate(&mut self, site: &EntityRef, company: &EntityRef) -> AssociationId {
        let target = Target::Existing(company.clone());
        self.decide(Decision::Associate {
            source: site.clone(),
            target,
        })
        .into()
    }

    /// The rows of the segment that lists organisations.
    pub(crate) fn rows(observation: &mut Observation) -> &mut Vec<Organization> {
        match &mut observation.segments[0].rows {
            Rows::Organizations(rows) => rows,
            _ => unreachable!("the first segment lists organisations"),
        }
    }

    pub(crate) fn site(&mut self, id: &str, name: &str) -> EntityRef {
        self.site_as(id, name, Role::Managed)
    }

    pub(crate) fn site_as(&mut self, id: &str, name: &str, role: Role) -> EntityRef {
        Self::rows(&mut self.source).push(Organization::new(site(id), name, role));
        site(id)
    }

    pub(crate) fn partner(&mut self, id: &str, name: &str) -> EntityRef {
        Self::rows(&mut self.destination).push(Organization::new(company(id), name, Role::Partner));
        company(id)
    }

    /// A customer under `p1`.
    pub(crate) fn company(&mut self, id: &str, name: &str) -> EntityRef {
        let mut row = Organization::new(company(id), name, Role::Customer);
        row.parent = Some(company("p1"));
        row.partner = Some(company("p1"));
        Self::rows(&mut self.destination).push(row);
        company(id)
    }

    pub(crate) fn company_as(&mut self, id: &str, name: &str, role: Role) -> EntityRef {
        Self::rows(&mut self.destination).push(Organization::new(company(id), name, role));
        company(id)
    }

    pub(crate) fn edit(&mut self, entity: &EntityRef, change: impl FnOnce(&mut Organization)) {
        let rows = Self::rows(&mut self.source)
            .iter_mut()
            .chain(Self::rows(&mut self.destination));
        change(rows.into_iter().find(|row| row.entity == *entity).unwrap());
    }

    pub(crate) fn shared_id(&mut self, entity: &EntityRef, value: &str) {
        let id = SharedId {
            scheme: "autotask-company".into(),
            value: value.into(),
        };
        self.edit(entity, |row| {
            row.shared_ids.insert(id);
        });
    }

    /// Takes an organisation out of its listing.
    pub(crate) fn vanish(&mut self, entity: &EntityRef) -> Organization {
        for observation in [&mut self.source, &mut self.destination] {
            let rows = Self::rows(observation);
            if let Some(at) = rows.iter().position(|row| row.entity == *entity) {
                return rows.remove(at);
            }
        }
        panic!("{entity} is not listed");
    }

    pub(crate) fn package_of(company: &EntityRef) -> EntityRef {
        gravityzone().entity(Kind::PACKAGE, format!("pkg-{}", company.id))
    }

    pub(crate) fn link_of(company: &EntityRef) -> Fingerprint {
        Fingerprint::of(format!("https://gravityzone.example/{}", company.id))
    }

    /// Lists the package of a company, and the variable of a site that holds its link.
    pub(crate) fn deploy(&mut self, site: &EntityRef, company: &EntityRef) {
        self.list_package(company, &format!("site-{}", site.id));
        self.list_variable(site, VariableValue::Is(Self::link_of(company)));
    }

    pub(crate) fn list_package(&mut self, company: &EntityRef, name: &str) {
        self.destination.segments.push(Segment {
            of: company.clone(),
            coverage: Coverage::Complete,
            rows: Rows::Packages(vec![Package {
                entity: Self::package_of(company),
                name: name.to_owned(),
                company: company.clone(),
                modules: Some(BTreeSet::from(["antimalware".into()])),
                link: Some(Self::link_of(company)),
            }]),
        });
    }

    pub(crate) fn list_variable(&mut self, site: &EntityRef, value: VariableValue) {
        self.source.segments.push(Segment {
            of: site.clone(),
            coverage: Coverage::Complete,
            rows: Rows::Variables(vec![Variable {
                id: "7".into(),
                name: VARIABLE.into(),
                value,
            }]),
        });
    }

    /// The listing of `of`, which is not the one of organisations.
    pub(crate) fn listing<'w>(&'w mut self, of: &EntityRef) -> &'w mut Segment {
        let segments = self
            .source
            .segments
            .iter_mut()
            .skip(1)
            .chain(self.destination.segments.iter_mut().skip(1));
        segments
            .into_iter()
            .find(|segment| segment.of == *of)
            .unwrap()
    }

    pub(crate) fn edit_package(
        &mut self,
        company: &EntityRef,
        change: impl FnOnce(&mut Vec<Package>),
    ) {
        match &mut self.listing(company).rows {
            Rows::Packages(rows) => change(rows),
            _ => unreachable!("companies list packages"),
        }
    }

    pub(crate) fn edit_variable(
        &mut self,
        site: &EntityRef,
        change: impl FnOnce(&mut Vec<Variable>),
    ) {
        match &mut self.listing(site).rows {
            Rows::Variables(rows) => change(rows),
            _ => unreachable!("sites list variables"),
        }
    }

    /// An hour later, everything is read again as it is listed.
    pub(crate) fn later(&mut self) {
        self.after(SignedDuration::from_hours(1));
    }

    pub(crate) fn after(&mut self, time: SignedDuration) {
        self.now += time;
        self.source.taken_at = self.now;
        self.destination.taken_at = self.now;
    }

    /// A site and a company of one name, associated and recorded as established, an hour ago.
    pub(crate) fn established(&mut self, id: &str) -> (EntityRef, EntityRef, AssociationId) {
        let (site, company) = (
            self.site(id, &format!("Org {id}")),
            self.company(id, &format!("Org {id}")),
        );
        self.deploy(&site, &company);
        let association = self.associate(&site, &company);
        self.link(association);
        self.later();
        (site, company, association)
    }

    /// Records an association as established, through a plan of one step.
    pub(crate) fn link(&mut self, id: AssociationId) {
        let association = self.state.association(id).unwrap().clone();
        self.link_as(&association, association.destination().unwrap());
    }

    pub(crate) fn link_as(&mut self, association: &Association, company: &EntityRef) {
        let name = |observation: &mut Observation, entity: &EntityRef| {
            let rows = Self::rows(observation);
            rows.iter()
                .find(|row| row.entity == *entity)
                .map(|row| row.name.clone())
                .unwrap_or_default()
        };
        let link = Link {
            source: association.source.clone(),
            source_name: name(&mut self.source, &association.source),
            destination: Input::Known(company.clone()),
            destination_name: name(&mut self.destination, company),
            partner: Some(crate::mapping::world::company("p1")),
            package: Some(LinkedPackage {
                package: Self::package_of(company),
                name: format!("site-{}", association.source.id),
                modules: Some(BTreeSet::from(["antimalware".into()])),
            }),
            variable: Some(LinkedVariable {
                name: VARIABLE.into(),
                value: Self::link_of(company),
            }),
        };
        self.run(association.id, Step::Host(HostStep::Link(link)));
    }

    /// Confirms a plan of one step and finds it done.
    pub(crate) fn run(&mut self, association: AssociationId, step: Step) {
        self.run_to(
            association,
            step,
            StepResult::Found {
                output: Output::Nothing,
                note: String::new(),
            },
        );
    }

    /// Confirms a plan of one step and settles it so.
    pub(crate) fn run_to(&mut self, association: AssociationId, step: Step, result: StepResult) {
        let step = PlannedStep {
            id: StepId(1),
            association,
            step,
            after: Vec::new(),
            because: String::new(),
        };
        let plan = Plan {
            schema: PLAN_SCHEMA,
            state_serial: self.state.serial(),
            source: rmm(),
            destination: gravityzone(),
            steps: vec![step],
            held: Vec::new(),
            notices: Vec::new(),
            made_at: self.now,
            expires_at: self.now,
        };
        let digest = plan.digest();
        self.log(Body::Confirmed {
            plan: Box::new(plan),
            digest,
        });
        self.log(Body::Settled {
            step: StepId(1),
            result,
        });
        self.log(Body::Finished);
    }
}
