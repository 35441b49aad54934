//! The bridge that the README shows, word for word, so that it is compiled and run.

#![allow(clippy::wildcard_imports, reason = "the README is short of lines")]

// The README shows from here on.
use datto_rmm::reconcile::{ObserveOptions as Sites, Source};
use gravityzone::reconcile::{Destination, ObserveOptions as Companies};
use reconcile::{Pause, Sides, bind, drive, record};
use reconcile::{execution::*, inventory::*, log::Log, mapping::*, plan::*, state::*};

/// Links every Managed site to the company of the very same name; run again, it does what is left.
pub async fn bridge(
    (source, destination): (&Source, &Destination),
    policy: &Policy,
    mut state: State,
    log: &mut dyn Log,
) -> Result<State, Box<dyn std::error::Error>> {
    let (by, now) = ("bridge", jiff::Timestamp::now);
    let (ours, theirs) = (source.instance(), destination.instance());
    bind(&mut state, log, ours, theirs, by, now()).await?;
    // Gather: every listing is whole, or says that it is not.
    let sites = source.observe(&Sites::of(policy), |_| ()).await;
    let companies = destination.observe(&Companies::of(policy), |_| ()).await;
    let (sites, companies) = (Index::new(&sites), Index::new(&companies));
    // Decide: here by machine, and only what has exactly the same name.
    let rules = MappingPolicy::of(policy).accepting(EvidenceKind::ExactName);
    let mapping = Mapping::new(&state, &sites, &companies, &rules)?;
    for decision in mapping.automatic(&mapping.suggestions(&[])) {
        record(&mut state, log, Body::Decided(decision), by, now()).await?;
    }
    // Plan and confirm: the digest is what a person agrees to after reading the review.
    let plan = plan(&PlanInput::new(&sites, &companies, &state, policy, now()))?;
    println!("{}", plan.review());
    let digest = plan.digest();
    let confirmed = plan.confirm(digest, &state, now())?;
    // Apply: killed at any point, `Execution::resume` goes on from the log.
    let mut execution = Execution::begin(state, confirmed, by, Pace::default());
    let both = Sides::new(source, destination);
    while let Pause::Until(time) = drive(&mut execution, both, log, &now).await? {
        tokio::time::sleep(time.duration_since(now()).try_into()?).await;
    }
    Ok(execution.into_state())
}
