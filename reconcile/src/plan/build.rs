//! How a plan is built: every association that waits for something ends in steps or is held back with a reason.

mod check;
mod draft;
mod leaving;
mod limits;
mod names;
mod package;
mod place;
mod variable;
mod view;
mod wanted;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

use self::draft::Draft;
use self::view::View;
use super::{Held, PLAN_SCHEMA, Plan, Policy};
use crate::identity::Instance;
use crate::inventory::Index;
use crate::state::{AssociationStatus, State};

/// What a plan is made from.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by hosts; a plan depends on nothing else"
)]
pub struct PlanInput<'a> {
    /// What the source looks like.
    pub source: &'a Index<'a>,
    /// What the destination looks like.
    pub destination: &'a Index<'a>,
    /// What was decided and done so far.
    pub state: &'a State,
    /// What the host wants.
    pub policy: &'a Policy,
    /// The present time, by the host's clock.
    pub now: Timestamp,
}

impl<'a> PlanInput<'a> {
    /// Everything that a plan is made from.
    pub fn new(
        source: &'a Index<'a>,
        destination: &'a Index<'a>,
        state: &'a State,
        policy: &'a Policy,
        now: Timestamp,
    ) -> Self {
        Self {
            source,
            destination,
            state,
            policy,
            now,
        }
    }
}

/// Why no plan can be made at all. Whatever concerns one association only is held back inside the plan instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The state is not about any tenants yet.
    #[error("the state is bound to no tenants yet: bind it before planning")]
    NotBound,
    /// The source was read at another tenant than the state is about.
    #[error(
        "the source was read at {read}, but the state is bound to {bound}: use the credentials of that tenant"
    )]
    WrongSource {
        /// The tenant that the state is about.
        bound: Instance,
        /// The tenant that was read.
        read: Instance,
    },
    /// The destination was read at another tenant than the state is about.
    #[error(
        "the destination was read at {read}, but the state is bound to {bound}: use the credentials of that tenant"
    )]
    WrongDestination {
        /// The tenant that the state is about.
        bound: Instance,
        /// The tenant that was read.
        read: Instance,
    },
    /// An earlier plan is still being applied, so what is in place is not settled.
    #[error("an earlier plan is still being applied: resume it first")]
    Unfinished,
}

/// Turns decisions into steps, and holds back with a reason whatever cannot be done safely.
///
/// Planning acts on decisions only: an established association is left alone however it differs, for
/// [`crate::drift`] tells of that. Of one association either all steps are planned or none. Nothing is deleted, and
/// nothing is created at the destination, on the ground of a listing that is not whole.
///
/// The plan may be confirmed until [`Policy::expires_after`] has passed since the older of the two readings began.
///
/// ```
/// use std::collections::BTreeSet;
///
/// use reconcile::identity::{Instance, Kind, Vendor};
/// use reconcile::inventory::{
///     Coverage, Index, Observation, Organization, Role, Rows, Scope, Segment, Subscription,
/// };
/// use reconcile::plan::{PlanInput, Policy, plan};
/// use reconcile::state::{Body, Decision, State, Target};
///
/// let now = jiff::Timestamp::UNIX_EPOCH; // by the host's clock
/// let rmm = Instance::new(Vendor::new("datto-rmm"), "merlot/abc123");
/// let console = Instance::new(Vendor::new("gravityzone"), "cloud/0001");
/// let (site, partner) = (rmm.entity(Kind::SITE, "s-1"), console.entity(Kind::COMPANY, "0001"));
///
/// // Gather: one managed site without variables, and a console without companies.
/// let read = |root: &_, segments| Observation {
///     scope: Scope { instance: Instance::clone(root), root: root.root(), rights: None },
///     taken_at: now,
///     segments,
/// };
/// let listing = |of: &_, rows| Segment { of: Clone::clone(of), coverage: Coverage::Complete, rows };
/// let sites = vec![Organization::new(site.clone(), "Acme", Role::Managed)];
/// let source = read(
///     &rmm,
///     vec![listing(&rmm.root(), Rows::Organizations(sites)), listing(&site, Rows::Variables(vec![]))],
/// );
/// let destination = read(&console, vec![listing(&partner, Rows::Organizations(vec![]))]);
///
/// // Decide: the site is to become a new company.
/// let mut state = State::new();
/// let target = Target::New { name: "Acme".into(), parent: partner.clone() };
/// for body in [
///     Body::Bound { source: rmm, destination: console },
///     Body::Decided(Decision::Associate { source: site, target }.into()),
/// ] {
///     let entry = state.entry(body, "someone@example.com", now);
///     state.absorb(&entry)?;
/// }
///
/// // Plan: company, package, variable, record.
/// let mut policy = Policy::new(partner, "GravityZonePackageLink");
/// policy.modules = BTreeSet::from(["firewall".into()]);
/// let (source, destination) = (Index::new(&source), Index::new(&destination));
/// let input = PlanInput { source: &source, destination: &destination, state: &state, policy: &policy, now };
/// let held = plan(&input)?;
/// assert!(held.is_empty(), "a company costs money, so nothing is created without a subscription");
/// assert_eq!(held.held[0].reason.to_string(), "no subscription policy");
///
/// let monthly = Subscription {
///     kind: "monthly".into(),
///     product: None,
///     protection_model: None,
///     reserved_seats: None,
///     add_ons: BTreeSet::new(),
/// };
/// let policy = Policy { subscription: Some(monthly), ..policy.clone() };
/// let plan = plan(&PlanInput { policy: &policy, ..input })?;
/// assert_eq!(plan.steps.len(), 4);
/// let first = plan.steps[0].step.to_string();
/// assert_eq!(first, "create company \"Acme\" under 0001 (monthly, shared seats, no add-ons)");
/// println!("{}", plan.review());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// A [`PlanError`] if the state is not bound, an observation is of another tenant than the state is bound to, or an
/// execution is unfinished.
pub fn plan(input: &PlanInput<'_>) -> Result<Plan, PlanError> {
    let binding = input.state.binding().ok_or(PlanError::NotBound)?;
    let (source, destination) = (
        &input.source.observation().scope,
        &input.destination.observation().scope,
    );
    if source.instance != binding.source {
        return Err(PlanError::WrongSource {
            bound: binding.source.clone(),
            read: source.instance.clone(),
        });
    }
    if destination.instance != binding.destination {
        let (bound, read) = (binding.destination.clone(), destination.instance.clone());
        return Err(PlanError::WrongDestination { bound, read });
    }
    if input.state.execution().is_some() {
        return Err(PlanError::Unfinished);
    }

    let view = View::new(input);
    let drafts = input
        .state
        .associations()
        .filter_map(|association| match association.status {
            AssociationStatus::Established => None,
            AssociationStatus::Wanted => Some(wanted::draft(&view, association)),
            AssociationStatus::Leaving => Some(leaving::draft(&view, association)),
            AssociationStatus::LeavingWithCompany => {
                Some(leaving::draft_with_company(&view, association))
            }
            AssociationStatus::LeavingRecordOnly => {
                Some(Ok(leaving::draft_record_only(&view, association)))
            }
        });
    let (drafts, mut held) = separate(drafts);
    let drafts = limits::hold_mass_deletion(&view, drafts, &mut held);
    let (steps, notices) = limits::number(drafts);
    held.sort();

    let oldest = input
        .source
        .observation()
        .taken_at
        .min(input.destination.observation().taken_at)
        .min(input.now);
    Ok(Plan {
        schema: PLAN_SCHEMA,
        state_serial: input.state.serial(),
        source: binding.source.clone(),
        destination: binding.destination.clone(),
        steps,
        held,
        notices,
        made_at: input.now,
        expires_at: oldest
            .checked_add(input.policy.expires_after)
            .unwrap_or(Timestamp::MAX),
    })
}

fn separate(drafts: impl Iterator<Item = Result<Draft, Vec<Held>>>) -> (Vec<Draft>, Vec<Held>) {
    let (mut ready, mut held) = (Vec::new(), Vec::new());
    for draft in drafts {
        match draft {
            Ok(draft) => ready.push(draft),
            Err(reasons) => held.extend(reasons),
        }
    }
    (ready, held)
}
