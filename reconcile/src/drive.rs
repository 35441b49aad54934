//! Drives an execution with a host's two sides and log, so that no host writes this loop by hand.

use jiff::Timestamp;

use crate::drift::{Assessment, DriftInput, assess, nominate};
use crate::execution::{
    Command, Destination, Execution, Finding, Host, LogOnly, Outcome, Probe, Report, Run, Source,
};
use crate::identity::Instance;
use crate::inventory::{Index, Observation};
use crate::log::{Log, LogError};
use crate::mapping::TenantError;
use crate::plan::Policy;
use crate::state::{AbsorbError, Body, State};

/// The sides that an execution works on.
#[derive(Clone, Copy)]
pub struct Sides<'s> {
    source: &'s dyn Source,
    destination: &'s dyn Destination,
    host: &'s dyn Host,
}

impl<'s> Sides<'s> {
    /// Where organisations come from and where they are brought to, for a host that keeps no records beside the log.
    pub fn new(source: &'s dyn Source, destination: &'s dyn Destination) -> Self {
        Self {
            source,
            destination,
            host: &LogOnly,
        }
    }

    /// Keeps the host's own records as well.
    #[must_use]
    pub fn with_host(self, host: &'s dyn Host) -> Self {
        Self { host, ..self }
    }
}

impl std::fmt::Debug for Sides<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sides")
    }
}

/// What was read of both sides.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "built by hosts")]
pub struct Observed<'o> {
    /// The source.
    pub source: &'o Observation,
    /// The destination.
    pub destination: &'o Observation,
}

/// Where driving an execution has come to.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a drive ends or pauses")]
pub enum Pause {
    /// Nothing can be done before this time. The host waits, or goes home, and calls again.
    Until(Timestamp),
    /// It is over.
    Finished(Report),
}

/// Why an execution cannot be driven on. Nothing is lost: it resumes from the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DriveError {
    /// An entry could not be stored, so nothing was sent upon it.
    #[error("an entry could not be stored")]
    Log(#[from] LogError),
    /// An entry does not fit the state: another writer used the log.
    #[error("an entry does not fit the state")]
    State(#[from] AbsorbError),
    /// What was observed belongs to other tenants than the state.
    #[error("the observations do not fit the state")]
    Tenant(#[from] TenantError),
}

/// Applies a plan until it is finished or must wait.
///
/// `now` is the host's clock. The function needs no runtime of its own: it awaits the sides and the log only, one at
/// a time. Dropped at any point, it leaves an execution that resumes from the log.
///
/// A host's own system can be a side as well. Here everything is in place at both, so that the plan only records it:
///
/// ```
/// use async_trait::async_trait;
/// use reconcile::execution::*;
/// use reconcile::{Pause, Sides, drive};
/// # use reconcile::identity::{Fingerprint, Instance, Kind, Vendor};
/// # use reconcile::inventory::*;
/// # use reconcile::log::{Log, LogError};
/// # use reconcile::plan::{PlanInput, Policy, plan};
/// # use reconcile::state::*;
///
/// struct Quiet;
///
/// #[async_trait]
/// impl Source for Quiet {
///     async fn probe(&self, _: &SourceProbe) -> Finding {
///         Finding::Unknown("not asked in this example".into())
///     }
///     async fn run(&self, _: &ReadyStep<SourceAction>) -> Outcome {
///         Outcome::NotSent("not asked in this example".into())
///     }
/// }
/// # #[async_trait]
/// # impl Destination for Quiet {
/// #     async fn probe(&self, _: &DestinationProbe) -> Finding {
/// #         Finding::Unknown("not asked in this example".into())
/// #     }
/// #     async fn run(&self, _: &ReadyStep<DestinationAction>) -> Outcome {
/// #         Outcome::NotSent("not asked in this example".into())
/// #     }
/// # }
/// # struct Lines(Vec<String>);
/// # #[async_trait]
/// # impl Log for Lines {
/// #     async fn append(&mut self, entry: &Entry) -> Result<(), LogError> {
/// #         self.0.push(reconcile::log::frame(entry)?);
/// #         Ok(())
/// #     }
/// # }
/// # fn wait<F: Future>(future: F) -> F::Output {
/// #     let mut future = std::pin::pin!(future);
/// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// #     loop {
/// #         if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
/// #             return output;
/// #         }
/// #     }
/// # }
/// # let (rmm, gravityzone) =
/// #     (Instance::new(Vendor::new("datto-rmm"), "a"), Instance::new(Vendor::new("gravityzone"), "b"));
/// # let (site, company) = (rmm.entity(Kind::SITE, "s"), gravityzone.entity(Kind::COMPANY, "c"));
/// # let (root, now) = (gravityzone.entity(Kind::COMPANY, "b"), jiff::Timestamp::UNIX_EPOCH);
/// # let policy = Policy::new(root.clone(), "Link");
/// # let whole = |of, rows| Segment { of, coverage: Coverage::Complete, rows };
/// # let read = |instance: &Instance, segments| Observation {
/// #     scope: Scope { instance: instance.clone(), root: instance.root(), rights: None },
/// #     taken_at: now,
/// #     segments,
/// # };
/// # let link = Fingerprint::of("link");
/// # let sites = read(&rmm, vec![
/// #     whole(rmm.root(), Rows::Organizations(vec![Organization::new(site.clone(), "Northwind", Role::Managed)])),
/// #     whole(rmm.root(), Rows::Variables(vec![])),
/// #     whole(site.clone(), Rows::Variables(vec![Variable {
/// #         id: "1".into(), name: "Link".into(), value: VariableValue::Is(link),
/// #     }])),
/// # ]);
/// # let package = Package {
/// #     entity: gravityzone.entity(Kind::PACKAGE, "p"),
/// #     name: policy.package_name(&site),
/// #     company: company.clone(),
/// #     modules: Some([].into()),
/// #     link: Some(link),
/// # };
/// # let companies = read(&gravityzone, vec![
/// #     whole(root, Rows::Organizations(vec![Organization::new(company.clone(), "Northwind", Role::Customer)])),
/// #     whole(company.clone(), Rows::Packages(vec![package])),
/// # ]);
/// # let mut state = State::new();
/// # let target = Target::Existing(company);
/// # for body in [
/// #     Body::Bound { source: rmm, destination: gravityzone },
/// #     Body::Decided(Decision::Associate { source: site, target }.into()),
/// # ] {
/// #     state.absorb(&state.entry(body, "alex", now)).unwrap();
/// # }
/// # let (sites, companies) = (Index::new(&sites), Index::new(&companies));
/// # let plan = plan(&PlanInput::new(&sites, &companies, &state, &policy, now)).unwrap();
/// # let mut log = Lines(Vec::new());
///
/// assert_eq!(plan.steps.len(), 1, "{}", plan.review());
/// let digest = plan.digest(); // what a person agreed to
/// let confirmed = plan.confirm(digest, &state, now)?;
/// let mut execution = Execution::begin(state, confirmed, "alex", Pace::default());
///
/// # let paused =
/// # wait(async {
/// drive(&mut execution, Sides::new(&Quiet, &Quiet), &mut log, &|| now).await
/// # });
/// # let Pause::Finished(report) = paused? else { panic!("nothing to wait for") };
/// # assert!(report.is_success());
/// # let established = execution.state().associations().next().unwrap();
/// # assert_eq!(established.status, AssociationStatus::Established);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// A [`DriveError`] if the log refuses an entry; what was not stored was not sent.
pub async fn drive(
    execution: &mut Execution,
    sides: Sides<'_>,
    log: &mut dyn Log,
    now: &(dyn Fn() -> Timestamp + Sync),
) -> Result<Pause, DriveError> {
    loop {
        match execution.next(now()) {
            Command::Store(entry) => {
                log.append(&entry).await?;
                execution.stored()?;
            }
            Command::Probe(probe) => {
                let finding = look(sides, &probe).await;
                execution.found(finding, now());
            }
            Command::Run(run) => {
                let outcome = run_on(sides, &run).await;
                execution.ran(outcome);
            }
            Command::WaitUntil(time) => return Ok(Pause::Until(time)),
            Command::Finished(report) => return Ok(Pause::Finished(report)),
        }
    }
}

/// Compares what was observed with what is linked, and logs the events that follow.
///
/// Whatever is missing from whole listings is looked for by id first, at both sides; `by` names who or what asked for
/// it. Nothing at the vendors is changed.
///
/// # Errors
///
/// A [`DriveError`] if the observations belong to other tenants, or the log refuses an entry. What was logged before
/// stays; the next inspection goes on from it.
pub async fn inspect(
    state: &mut State,
    observed: Observed<'_>,
    policy: &Policy,
    sides: Sides<'_>,
    log: &mut dyn Log,
    by: &str,
    now: &(dyn Fn() -> Timestamp + Sync),
) -> Result<Assessment, DriveError> {
    let (source, destination) = (
        Index::new(observed.source),
        Index::new(observed.destination),
    );
    let input = |state, now| DriftInput {
        state,
        source: &source,
        destination: &destination,
        policy,
        now,
    };
    let mut findings = Vec::new();
    for probe in nominate(&input(state, now()))?.probes {
        let finding = look(sides, &probe).await;
        findings.push((probe, finding));
    }
    let assessment = assess(&input(state, now()), &findings)?;
    for body in &assessment.bodies {
        record(state, log, body.clone(), by, now()).await?;
    }
    Ok(assessment)
}

/// Binds a new state to the two tenants; a bound one is only checked.
///
/// # Errors
///
/// A [`DriveError`] if the state is bound to other tenants, which only a reset changes, or the log refuses the entry.
pub async fn bind(
    state: &mut State,
    log: &mut dyn Log,
    source: &Instance,
    destination: &Instance,
    by: &str,
    now: Timestamp,
) -> Result<(), DriveError> {
    if state.is_bound_to(source, destination) {
        return Ok(());
    }
    let bound = Body::Bound {
        source: source.clone(),
        destination: destination.clone(),
    };
    record(state, log, bound, by, now).await
}

/// Stores what happened and takes it into the state.
///
/// `by` names who or what made it happen.
///
/// # Errors
///
/// A [`DriveError`] if the log refuses the entry, or it does not fit the state; the state is then unchanged.
pub async fn record(
    state: &mut State,
    log: &mut dyn Log,
    body: Body,
    by: &str,
    now: Timestamp,
) -> Result<(), DriveError> {
    let entry = state.entry(body, by, now);
    // Tried on a copy first: what does not fit must not be stored.
    let mut next = state.clone();
    next.absorb(&entry)?;
    log.append(&entry).await?;
    *state = next;
    Ok(())
}

async fn look(sides: Sides<'_>, probe: &Probe) -> Finding {
    match probe {
        Probe::Source(probe) => sides.source.probe(probe).await,
        Probe::Destination(probe) => sides.destination.probe(probe).await,
    }
}

async fn run_on(sides: Sides<'_>, run: &Run) -> Outcome {
    match run {
        Run::Source(step) => sides.source.run(step).await,
        Run::Destination(step) => sides.destination.run(step).await,
        Run::Host(step) => sides.host.run(step).await,
    }
}

#[cfg(test)]
mod tests {
    use super::{Observed, Sides, drive, inspect, record};
    use crate::execution::Execution;
    use crate::log::Log;
    use crate::plan::Policy;
    use crate::state::{Body, State};

    fn is_send<T: Send>(_: &T) {}

    /// Hosts spawn these on runtimes with several threads.
    #[expect(dead_code, reason = "compiling is the test")]
    fn every_future_can_be_sent_to_another_thread(
        state: &mut State,
        execution: &mut Execution,
        sides: Sides<'_>,
        log: &mut dyn Log,
        observed: Observed<'_>,
        policy: &Policy,
    ) {
        let now = || jiff::Timestamp::UNIX_EPOCH;
        is_send(&drive(execution, sides, log, &now));
        is_send(&inspect(state, observed, policy, sides, log, "job", &now));
        is_send(&record(state, log, Body::Reset, "job", now()));
    }
}
