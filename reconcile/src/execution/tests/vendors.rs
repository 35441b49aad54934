//! Two vendors in memory, with a clock, faults and a delay before new things show.

use std::sync::Mutex;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::super::{
    Contents, Destination, DestinationAction, DestinationProbe, Finding, Kit, Outcome, Output,
    Probe, ReadyStep, Refusal, RefusalKind, Run, Source, SourceAction, SourceProbe,
};
use super::{at, block_on};
use crate::identity::{EntityRef, Fingerprint, Instance, Kind, SecretText, Vendor};
use crate::inventory::{Organization, Package, Role, Variable, VariableValue};
use crate::log::{Log, LogError};
use crate::state::Entry;

pub(super) fn source() -> Instance {
    Instance::new(Vendor::new("source"), "s")
}

pub(super) fn destination() -> Instance {
    Instance::new(Vendor::new("destination"), "d")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    LostBefore,
    LostAfter,
    NotSent,
}

#[derive(Debug, Default)]
struct Inner {
    now: i64,
    hidden: i64,
    kits: i64,
    /// How long after a look its answer comes.
    slow: i64,
    /// Name and time of creation; the index is the id.
    companies: Vec<(String, i64)>,
    /// Company, name and time of creation; the index is the id.
    packages: Vec<(String, String, i64)>,
    /// Site, name and value; `None` is masked.
    variables: Vec<(String, String, Option<String>)>,
    taken: Option<String>,
    answers: Vec<(usize, Answer)>,
    actions: usize,
    log: Vec<String>,
    other_tenant: bool,
    fail_names: bool,
    no_sites: bool,
    endpoints: usize,
    deleted: Vec<usize>,
}

#[derive(Debug, Default)]
pub(super) struct Vendors(Mutex<Inner>);

impl Vendors {
    pub(super) fn new() -> Self {
        let vendors = Self::default();
        vendors.with(|inner| inner.now = 2);
        vendors
    }

    fn with<T>(&self, f: impl FnOnce(&mut Inner) -> T) -> T {
        f(&mut self.0.lock().expect("no test panics while holding it"))
    }

    pub(super) fn now(&self) -> Timestamp {
        at(self.with(|inner| inner.now))
    }

    pub(super) fn sleep_until(&self, time: Timestamp) {
        self.with(|inner| inner.now = time.as_second() + i64::from(time.subsec_nanosecond() > 0));
    }

    pub(super) fn hide_new_for(&self, seconds: i64) {
        self.with(|inner| inner.hidden = seconds);
    }

    pub(super) fn answer_looks_after(&self, seconds: i64) {
        self.with(|inner| inner.slow = seconds);
    }

    pub(super) fn build_kits_for(&self, seconds: i64) {
        self.with(|inner| inner.kits = seconds);
    }

    /// The action of this number, from 0, is answered like this.
    pub(super) fn answer_action(&self, number: usize, answer: Answer) {
        self.with(|inner| inner.answers.push((number, answer)));
    }

    pub(super) fn take_name_elsewhere(&self, name: &str) {
        self.with(|inner| inner.taken = Some(name.to_owned()));
    }

    pub(super) fn add_company(&self, name: &str) {
        self.with(|inner| inner.companies.push((name.to_owned(), -1000)));
    }

    pub(super) fn put_variable(&self, site: &str, name: &str, value: Option<&str>) {
        self.with(|inner| {
            inner
                .variables
                .push((site.to_owned(), name.to_owned(), value.map(str::to_owned)));
        });
    }

    pub(super) fn pretend_to_be_another_destination(&self) {
        self.with(|inner| inner.other_tenant = true);
    }

    pub(super) fn fail_looks_for_names(&self) {
        self.with(|inner| inner.fail_names = true);
    }

    pub(super) fn delete_sites(&self) {
        self.with(|inner| inner.no_sites = true);
    }

    pub(super) fn fill_companies(&self, endpoints: usize) {
        self.with(|inner| inner.endpoints = endpoints);
    }

    /// The companies that were deleted.
    pub(super) fn deleted(&self) -> Vec<usize> {
        self.with(|inner| inner.deleted.clone())
    }

    /// Companies, packages and variables.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        self.with(|inner| {
            (
                inner.companies.len(),
                inner.packages.len(),
                inner.variables.len(),
            )
        })
    }

    /// How many actions reached a vendor or were meant to.
    pub(super) fn writes(&self) -> usize {
        self.with(|inner| inner.actions)
    }

    pub(super) fn log(&self) -> Vec<String> {
        self.with(|inner| inner.log.clone())
    }

    pub(super) fn look(&self, probe: &Probe) -> Finding {
        let finding = match probe {
            Probe::Source(probe) => block_on(Source::probe(self, probe)),
            Probe::Destination(probe) => block_on(Destination::probe(self, probe)),
        };
        self.with(|inner| inner.now += inner.slow);
        finding
    }

    pub(super) fn run(&self, run: &Run) -> Outcome {
        match run {
            Run::Source(step) => block_on(Source::run(self, step)),
            Run::Destination(step) => block_on(Destination::run(self, step)),
            Run::Host(_) => Outcome::Done(Output::Nothing),
        }
    }

    fn act(&self, effect: impl FnOnce(&mut Inner) -> Outcome) -> Outcome {
        self.with(|inner| {
            let number = inner.actions;
            inner.actions += 1;
            let answer = inner
                .answers
                .iter()
                .find(|(at, _)| *at == number)
                .map(|(_, answer)| *answer);
            match answer {
                None => effect(inner),
                Some(Answer::NotSent) => Outcome::NotSent("no connection".into()),
                Some(Answer::LostBefore) => Outcome::Unknown("the connection broke".into()),
                Some(Answer::LostAfter) => {
                    effect(inner);
                    Outcome::Unknown("the connection broke".into())
                }
            }
        })
    }
}

fn link(package: usize) -> SecretText {
    SecretText::new(format!(
        "https://example.invalid/setupdownloader_[{package}].exe"
    ))
}

fn index(entity: &EntityRef) -> usize {
    entity.id.parse().expect("ids are indices")
}

impl Inner {
    fn shows(&self, made: i64) -> bool {
        self.now >= made + self.hidden
    }

    fn company(&self, index: usize) -> Option<Organization> {
        let (name, made) = self.companies.get(index)?;
        let shows = self.shows(*made) && !self.deleted.contains(&index);
        shows.then(|| {
            let entity = destination().entity(Kind::COMPANY, index.to_string());
            let mut company = Organization::new(entity, name.clone(), Role::Customer);
            company.parent = Some(destination().root());
            company.partner = Some(destination().root());
            company
        })
    }
}

#[async_trait]
impl Source for Vendors {
    async fn probe(&self, probe: &SourceProbe) -> Finding {
        self.with(|inner| match probe {
            SourceProbe::Control => Finding::Control(source()),
            SourceProbe::Site(_) if inner.no_sites => Finding::Organization(None),
            SourceProbe::Site(site) => {
                let site = Organization::new(site.clone(), site.id.clone(), Role::Managed);
                Finding::Organization(Some(Box::new(site)))
            }
            SourceProbe::Variable { of, name } => {
                let found = inner
                    .variables
                    .iter()
                    .enumerate()
                    .find(|(_, (site, known, _))| *site == of.id && known == name);
                Finding::Variable(found.map(|(id, (_, name, value))| Variable {
                    id: id.to_string(),
                    name: name.clone(),
                    value: value.as_ref().map_or(VariableValue::Masked, |value| {
                        VariableValue::Is(Fingerprint::of(value))
                    }),
                }))
            }
        })
    }

    async fn run(&self, step: &ReadyStep<SourceAction>) -> Outcome {
        self.act(|inner| match step.action() {
            SourceAction::CreateVariable { site, name, value } => {
                if inner
                    .variables
                    .iter()
                    .any(|(of, known, _)| *of == site.id && known == name)
                {
                    return Outcome::Refused(Refusal::new(
                        RefusalKind::Other,
                        "duplicate variable",
                    ));
                }
                inner.variables.push((
                    site.id.clone(),
                    name.clone(),
                    Some(value.expose().to_owned()),
                ));
                inner.log.push(format!("variable {}", site.id));
                Outcome::Done(Output::Variable(value.fingerprint()))
            }
            SourceAction::UpdateVariable { id, value, .. } => {
                inner.variables[id.parse::<usize>().expect("an index")].2 =
                    Some(value.expose().to_owned());
                Outcome::Done(Output::Variable(value.fingerprint()))
            }
            SourceAction::DeleteVariable { id, .. } => {
                inner.variables.remove(id.parse().expect("an index"));
                Outcome::Done(Output::Nothing)
            }
        })
    }
}

#[async_trait]
impl Destination for Vendors {
    async fn probe(&self, probe: &DestinationProbe) -> Finding {
        self.with(|inner| match probe {
            DestinationProbe::Control if inner.other_tenant => {
                Finding::Control(Instance::new(Vendor::new("destination"), "other"))
            }
            DestinationProbe::Control => Finding::Control(destination()),
            DestinationProbe::Company(company) => {
                Finding::Organization(inner.company(index(company)).map(Box::new))
            }
            DestinationProbe::Contents(_) => Finding::Contents(Contents {
                children: 0,
                endpoints: inner.endpoints,
            }),
            DestinationProbe::CompaniesNamed(_) if inner.fail_names => {
                Finding::Unknown("out of order".into())
            }
            DestinationProbe::CompaniesNamed(name) => Finding::Organizations(
                (0..inner.companies.len())
                    .filter_map(|index| inner.company(index))
                    .filter(|company| company.name.eq_ignore_ascii_case(name))
                    .collect(),
            ),
            DestinationProbe::PackagesNamed { company, name } => {
                let packages = inner.packages.iter().enumerate();
                let fits = packages.filter(|(_, (of, known, made))| {
                    *of == company.id && known == name && inner.shows(*made)
                });
                let package = |(id, (_, name, _)): (usize, &(String, String, i64))| Package {
                    entity: destination().entity(Kind::PACKAGE, id.to_string()),
                    name: name.clone(),
                    company: company.clone(),
                    modules: Some(["antimalware".to_owned()].into()),
                    link: Some(link(id).fingerprint()),
                };
                Finding::Packages(fits.map(package).collect())
            }
            DestinationProbe::Kit { package, .. } => {
                let made = inner.packages[index(package)].2;
                let ready = inner.shows(made) && inner.now >= made + inner.kits;
                Finding::Kit(if ready {
                    Kit::Ready(link(index(package)))
                } else {
                    Kit::Building
                })
            }
        })
    }

    async fn run(&self, step: &ReadyStep<DestinationAction>) -> Outcome {
        self.act(|inner| match step.action() {
            DestinationAction::CreateCompany { name, .. } => {
                let taken = inner.taken.as_ref() == Some(name);
                if taken
                    || inner
                        .companies
                        .iter()
                        .any(|(known, _)| known.eq_ignore_ascii_case(name))
                {
                    return Outcome::Refused(Refusal::new(
                        RefusalKind::NameTaken,
                        "the name is in use",
                    ));
                }
                inner.companies.push((name.clone(), inner.now));
                inner.log.push(format!("company {name}"));
                let id = (inner.companies.len() - 1).to_string();
                Outcome::Done(Output::Company(destination().entity(Kind::COMPANY, id)))
            }
            DestinationAction::CreatePackage {
                company,
                name,
                modules,
                ..
            } => {
                inner
                    .packages
                    .push((company.id.clone(), name.clone(), inner.now));
                inner.log.push(format!("package {name}"));
                let package =
                    destination().entity(Kind::PACKAGE, (inner.packages.len() - 1).to_string());
                Outcome::Done(Output::Package {
                    package,
                    modules: Some(modules.clone()),
                })
            }
            DestinationAction::DeleteCompany { company } => {
                inner.deleted.push(index(company));
                Outcome::Done(Output::Nothing)
            }
            DestinationAction::DeletePackage { .. } => Outcome::Done(Output::Nothing),
        })
    }
}

#[async_trait]
impl Log for Vec<Entry> {
    async fn append(&mut self, entry: &Entry) -> Result<(), LogError> {
        self.push(entry.clone());
        Ok(())
    }
}

/// What shows late shows at the second that its window ends.
#[test]
fn hidden_things_show_after_their_window() {
    let vendors = Vendors::new();
    vendors.hide_new_for(20);
    vendors.with(|inner| inner.companies.push(("a".into(), inner.now)));
    assert!(vendors.with(|inner| inner.company(0)).is_none());
    vendors.sleep_until(
        at(2)
            .saturating_add(SignedDuration::from_secs(20))
            .expect("in range"),
    );
    assert!(vendors.with(|inner| inner.company(0)).is_some());
}
