//! The bridge that the README shows, word for word, so that it is compiled and run.

#![allow(clippy::wildcard_imports, reason = "the README is short of lines")]

// The README shows from here on.
use datto_rmm::reconcile::{ObserveOptions as Sites, Source};
use gravityzone::reconcile::{Destination, ObserveOptions as Companies};
use reconcile::{Pause, Sides, bind, drive, record};
use reconcile::{execution::*, inventory::*, log::Log, mapping::*, plan::*, state::*};

/// Links every Managed site to the company of the very same name. Killed at any point, the next run goes on from the log.
pub async fn bridge(
    (source, destination, policy): (&Source, &Destination, &Policy),
    mut state: State,
    log: &mut dyn Log,
) -> Result<Report, Box<dyn std::error::Error>> {
    let (by, now, pace) = ("bridge", jiff::Timestamp::now, Pace::default());
    let (ours, theirs) = (source.instance(), destination.instance());
    bind(&mut state, log, ours, theirs, by, now()).await?;
    let mut execution = if let Some(left) = Execution::resume(state.clone(), by, pace) {
        left
    } else {
        let sites = source.observe(&Sites::of(policy), |_| ()).await;
        let companies = destination.observe(&Companies::of(policy), |_| ()).await;
        let (sites, companies) = (Index::new(&sites), Index::new(&companies));
        // Decide: by machine, only what has exactly the same name, and nothing from a listing that is not whole.
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
        Execution::begin(state, confirmed, by, pace)
    };
    loop {
        match drive(&mut execution, Sides::new(source, destination), log, &now).await? {
            Pause::Until(time) => tokio::time::sleep(time.duration_since(now()).try_into()?).await,
            Pause::Finished(report) => return Ok(report),
        }
    }
}
