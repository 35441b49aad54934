//! What a step needs next, from what was attempted and seen so far: a pure function for each kind of step.

#![expect(
    clippy::result_large_err,
    reason = "the error is the answer, once per look at a vendor"
)]

mod destination;
mod source;

use jiff::{SignedDuration, Timestamp};

use super::pace::Pace;
use super::side::{
    DestinationAction, Finding, HostAction, Outcome, Output, Probe, Refusal, RefusalKind,
    SourceAction,
};
use crate::identity::EntityRef;
use crate::plan::{DestinationStep, HostStep, Input, SourceStep, Step};
use crate::state::{Attempt, Facts};

/// What a step needs next.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Need {
    /// A look.
    Look(Probe),
    /// Its intent stored and the action run.
    Send(Facts, Action),
    /// Nothing: its effect is in place.
    Found(Output, String),
    /// Nothing: it cannot be done.
    Stop(Refusal),
    /// Time; everything seen so far is then looked at anew.
    Wait(Timestamp),
}

/// An action at any side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    Source(SourceAction),
    Destination(DestinationAction),
    Host(HostAction),
}

/// Everything that is known of a step.
pub(super) struct Case<'c> {
    pub(super) attempts: &'c [Attempt],
    /// What was seen since the last wait.
    pub(super) seen: &'c [(Probe, Finding)],
    /// How often in a row a look failed.
    pub(super) failed_looks: u32,
    /// When the first of the looks in `seen` was asked for: what happened after it may be in none of them.
    pub(super) as_of: Timestamp,
    /// When this run first looked for the step.
    pub(super) first_look: Timestamp,
    /// When what an input stands for was made, if a step of this execution made it.
    pub(super) made_at: Option<Timestamp>,
    pub(super) resolve: &'c dyn Fn(&Input) -> Option<EntityRef>,
    pub(super) pace: &'c Pace,
    pub(super) now: Timestamp,
}

/// What the step needs next.
pub(super) fn judge(step: &Step, case: &Case<'_>) -> Need {
    match step {
        Step::Source(SourceStep::SetVariable(step)) => source::set_variable(step, case),
        Step::Source(SourceStep::DeleteVariable(step)) => source::delete_variable(step, case),
        Step::Destination(DestinationStep::CreateCompany(step)) => {
            destination::create_company(step, case)
        }
        Step::Destination(DestinationStep::DeleteCompany(step)) => {
            destination::delete_company(step, case)
        }
        Step::Destination(DestinationStep::CreatePackage(step)) => {
            destination::create_package(step, case)
        }
        Step::Destination(DestinationStep::DeletePackage(step)) => {
            destination::delete_package(step, case)
        }
        Step::Host(HostStep::Link(step)) => match case.resolve(&step.destination) {
            Ok(destination) => {
                let source = step.source.clone();
                case.send(
                    Facts::None,
                    Action::Host(HostAction::Link {
                        source,
                        destination,
                    }),
                )
            }
            Err(need) => need,
        },
        Step::Host(HostStep::Unlink(step)) => {
            let (source, destination) = (step.source.clone(), step.destination.clone());
            case.send(
                Facts::None,
                Action::Host(HostAction::Unlink {
                    source,
                    destination,
                }),
            )
        }
    }
}

impl<'c> Case<'c> {
    /// What a look saw, or the need for it. A look that failed is a reason to wait or to give up.
    fn look(&self, probe: Probe) -> Result<&'c Finding, Need> {
        match self.seen.iter().find(|(seen, _)| *seen == probe) {
            None => Err(Need::Look(probe)),
            Some((_, Finding::Unknown(why))) => Err(self.look_again(why)),
            Some((_, finding)) => Ok(finding),
        }
    }

    fn look_again(&self, why: &str) -> Need {
        if self.failed_looks >= self.pace.retries && !self.is_unsettled() {
            let times = self.failed_looks;
            return Need::Stop(Refusal::new(
                RefusalKind::Other,
                format!("looked {times} times in vain: {why}"),
            ));
        }
        self.wait(self.now, self.pace.retry)
    }

    /// A finding of another sort than the probe asks for is a fault of the side, and tells nothing.
    fn mismatch(&self) -> Need {
        self.look_again("the answer does not fit the question")
    }

    fn wait(&self, since: Timestamp, pause: SignedDuration) -> Need {
        Need::Wait(
            since
                .checked_add(pause)
                .unwrap_or(Timestamp::MAX)
                .max(self.now),
        )
    }

    fn resolve(&self, input: &Input) -> Result<EntityRef, Need> {
        (self.resolve)(input).ok_or_else(|| {
            Need::Stop(Refusal::new(
                RefusalKind::Gone,
                format!("{input} is not known, so this step has no object"),
            ))
        })
    }

    /// Whether an attempt may have taken effect unseen.
    fn is_unsettled(&self) -> bool {
        self.attempts.iter().any(Attempt::is_unsettled)
    }

    /// How often the step was really sent.
    fn sends(&self) -> u32 {
        let sent = self
            .attempts
            .iter()
            .filter(|attempt| !matches!(attempt.answer, Some(Outcome::NotSent(_))));
        u32::try_from(sent.count()).unwrap_or(u32::MAX)
    }

    /// How often in a row, up to now, it was not sent; with the latest reason and time.
    fn not_sent(&self) -> Option<(u32, &'c str, Timestamp)> {
        let mut latest = None;
        let mut times = 0;
        for attempt in self.attempts.iter().rev() {
            let Some(Outcome::NotSent(why)) = &attempt.answer else {
                break;
            };
            times += 1;
            latest.get_or_insert((why.as_str(), attempt.at));
        }
        latest.map(|(why, at)| (times, why, at))
    }

    /// Sends something that creates, after the looks found nothing of it.
    ///
    /// After an attempt that may have taken effect, not finding it proves nothing until the visibility window has
    /// passed; then it is sent again.
    fn creation(&self, visibility: SignedDuration, facts: Facts, action: Action) -> Need {
        let window =
            |attempt: &Attempt| attempt.at.checked_add(visibility).unwrap_or(Timestamp::MAX);
        if let Some(last) = self.attempts.last()
            && let Some(Outcome::Refused(refusal)) = &last.answer
        {
            // What it was refused for may be what an earlier attempt made, and that may yet show.
            return if self.is_unsettled() && self.as_of < window(last) {
                Need::Wait(window(last))
            } else {
                Need::Stop(refusal.clone())
            };
        }
        if let Some(unsettled) = self
            .attempts
            .iter()
            .rev()
            .find(|attempt| attempt.is_unsettled())
            && self.as_of < window(unsettled)
        {
            return Need::Wait(window(unsettled));
        }
        self.send(facts, action)
    }

    /// Sends the action, unless that was refused before or done too often.
    fn send(&self, facts: Facts, action: Action) -> Need {
        if let Some(Outcome::Refused(refusal)) =
            self.attempts.last().and_then(|last| last.answer.as_ref())
        {
            return Need::Stop(refusal.clone());
        }
        if let Some((times, why, at)) = self.not_sent() {
            if times > self.pace.retries {
                let detail = format!("could not be sent {times} times: {why}");
                return Need::Stop(Refusal::new(RefusalKind::Other, detail));
            }
            let again = at.checked_add(self.pace.retry).unwrap_or(Timestamp::MAX);
            if self.now < again {
                return Need::Wait(again);
            }
        }
        if self.sends() >= self.pace.sends {
            let detail = format!("sent {} times, and its effect was never seen", self.sends());
            return Need::Stop(Refusal::new(RefusalKind::NeverSeen, detail));
        }
        Need::Send(facts, action)
    }
}

/// Lets the rules below read top down: a look that is missing or failed ends the rule with what is needed.
macro_rules! need {
    ($look:expr) => {
        match $look {
            Ok(found) => found,
            Err(need) => return need,
        }
    };
}
use need;
