//! Faults: what goes wrong, for which requests, and how often.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use crate::record::Vendor;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultAction {
    /// This status, without carrying the request out: below 500 an error as the vendor words it,
    /// else a gateway's page.
    Status(u16),
    /// 429 as the vendor gives it, without carrying the request out, with this `Retry-After`.
    RateLimited(Option<String>),
    /// Exactly this, without carrying the request out.
    Answer {
        /// HTTP status.
        status: u16,
        /// `Content-Type`.
        content_type: String,
        /// The whole body.
        body: String,
    },
    /// Status 200 with a login page, without carrying the request out.
    HtmlOk,
    /// The connection is closed before the request is carried out.
    CloseBefore,
    /// The request is carried out, then the connection is closed: a lost answer.
    CloseAfter,
    /// Carried out; the connection is closed in the middle of the body.
    CutBody,
    /// Carried out; the answer is whole by its length but its JSON stops in the middle.
    TruncatedJson,
    /// Carried out after a wait of so many milliseconds.
    DelayMs(u64),
    /// Carried out at once, answered after a wait of so many milliseconds.
    DelayAnswerMs(u64),
    /// Carried out; the listing lacks its last rows, and everything else in it says otherwise.
    MissingRows(usize),
}

impl FaultAction {
    /// A wait before the request is carried out.
    pub fn delay(by: Duration) -> Self {
        Self::DelayMs(u64::try_from(by.as_millis()).unwrap_or(u64::MAX))
    }

    /// Its name in records.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Status(status) => format!("status {status}"),
            Self::RateLimited(_) => "rate-limited".into(),
            Self::Answer { status, .. } => format!("answer {status}"),
            Self::HtmlOk => "html-ok".into(),
            Self::CloseBefore => "close-before".into(),
            Self::CloseAfter => "close-after".into(),
            Self::CutBody => "cut-body".into(),
            Self::TruncatedJson => "truncated-json".into(),
            Self::DelayMs(_) => "delay".into(),
            Self::DelayAnswerMs(_) => "delay-answer".into(),
            Self::MissingRows(_) => "missing-rows".into(),
        }
    }
}

/// A rule: the first rule that hits a request decides what goes wrong with it.
///
/// ```
/// use msp_simulator::{Fault, FaultAction};
///
/// // The second attempt to create a company is carried out, and its answer is lost.
/// let fault = Fault::on("gravityzone companies.createCompany", FaultAction::CloseAfter).nth(2);
/// # let _ = fault;
/// ```
#[derive(Debug, Clone)]
pub struct Fault {
    vendor: Option<Vendor>,
    operation: Option<String>,
    writes_only: bool,
    page: Option<u64>,
    /// Matching requests let through first.
    skip: u32,
    /// Matching requests hit after those; none means all.
    times: Option<u32>,
    seen: u32,
    /// Whether it decided what went wrong with some request.
    has_struck: bool,
    action: FaultAction,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.operation, self.vendor) {
            (Some(operation), _) => f.write_str(operation)?,
            (None, Some(vendor)) => write!(f, "{vendor}")?,
            (None, None) => f.write_str("any")?,
        }
        if let Some(page) = self.page {
            write!(f, ", page {page}")?;
        }
        if self.writes_only {
            f.write_str(", writes only")?;
        }
        let action = self.action.name();
        write!(f, ": {action}; matched {} requests", self.seen)
    }
}

impl Fault {
    /// Hits the next request of an operation, named as in
    /// [`RequestInfo::operation`](crate::RequestInfo::operation) with or without the vendor.
    pub fn on(operation: impl Into<String>, action: FaultAction) -> Self {
        Self {
            vendor: None,
            operation: Some(operation.into()),
            writes_only: false,
            page: None,
            skip: 0,
            times: Some(1),
            seen: 0,
            has_struck: false,
            action,
        }
    }

    /// Hits the next request to a vendor, or to any.
    pub fn any(vendor: impl Into<Option<Vendor>>, action: FaultAction) -> Self {
        let mut fault = Self::on("", action).of(vendor);
        fault.operation = None;
        fault
    }

    /// Only requests to that vendor, or to any.
    #[must_use]
    pub fn of(mut self, vendor: impl Into<Option<Vendor>>) -> Self {
        self.vendor = vendor.into();
        self
    }

    /// Only requests that ask for a change.
    #[must_use]
    pub fn writes_only(mut self) -> Self {
        self.writes_only = true;
        self
    }

    /// Only requests for this page, counted as the vendor counts: the RMM from 0, GravityZone from 1.
    #[must_use]
    pub fn page(mut self, page: u64) -> Self {
        self.page = Some(page);
        self
    }

    /// Hits the `nth` matching request from now on, counted from 1, and no other.
    #[must_use]
    pub fn nth(mut self, nth: u32) -> Self {
        (self.skip, self.times) = (nth.saturating_sub(1), Some(1));
        self
    }

    /// Hits the first `times` matching requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Hits every matching request, until the faults are cleared.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    fn matches(&self, request: &Asked<'_>) -> bool {
        let named = |operation: &String| {
            let full = request.operation;
            full == operation
                || full
                    .split_once(' ')
                    .is_some_and(|(_, bare)| bare == operation)
        };
        self.vendor.is_none_or(|vendor| vendor == request.vendor)
            && self.operation.as_ref().is_none_or(named)
            && (!self.writes_only || request.is_write)
            && self.page.is_none_or(|page| request.page == Some(page))
    }

    /// Counts a request; tells whether this rule hits it.
    fn hits(&mut self, request: &Asked<'_>) -> bool {
        if !self.matches(request) {
            return false;
        }
        self.seen = self.seen.saturating_add(1);
        self.seen > self.skip
            && self
                .times
                .is_none_or(|times| self.seen - self.skip <= times)
    }
}

/// What a rule looks at.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) vendor: Vendor,
    pub(crate) operation: &'a str,
    pub(crate) is_write: bool,
    pub(crate) page: Option<u64>,
}

/// Faults drawn from a seed: the same seed and the same order of requests give the same faults.
#[derive(Debug, Clone)]
struct Drawn {
    random: fastrand::Rng,
    per_mille: u32,
    actions: Vec<FaultAction>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    rules: Vec<Fault>,
    drawn: Option<Drawn>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.rules.push(fault);
    }

    pub(crate) fn draw_from(&mut self, seed: u64, per_mille: u32, actions: Vec<FaultAction>) {
        self.drawn = Some(Drawn {
            random: fastrand::Rng::with_seed(seed),
            per_mille,
            actions,
        });
    }

    /// The rules that have struck no request so far.
    pub(crate) fn unfired(&self) -> Vec<Fault> {
        let rules = self.rules.iter().filter(|rule| !rule.has_struck);
        rules.cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The fault for a request, if any. Every rule counts the request, so that "the third" means the
    /// third that was made, whatever happened to the others.
    pub(crate) fn strike(&mut self, request: &Asked<'_>) -> Option<FaultAction> {
        let mut struck = None;
        for rule in &mut self.rules {
            if rule.hits(request) && struck.is_none() {
                rule.has_struck = true;
                struck = Some(rule.action.clone());
            }
        }
        if let Some(drawn) = self
            .drawn
            .as_mut()
            .filter(|drawn| !drawn.actions.is_empty())
        {
            let (draw, which) = (
                drawn.random.u32(..1000),
                drawn.random.usize(..drawn.actions.len()),
            );
            if draw < drawn.per_mille && struck.is_none() {
                struck = Some(drawn.actions[which].clone());
            }
        }
        struck
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Fault, FaultAction, Faults};
    use crate::record::Vendor;

    fn strikes(faults: &mut Faults, operation: &str, page: Option<u64>) -> bool {
        faults
            .strike(&Asked {
                vendor: Vendor::Rmm,
                operation,
                is_write: false,
                page,
            })
            .is_some()
    }

    #[test]
    fn nth_counts_matching_requests_only() {
        let mut faults = Faults::default();
        faults.add(Fault::on("GET /a", FaultAction::HtmlOk).nth(2));
        assert!(!strikes(&mut faults, "rmm GET /a", None));
        assert!(!strikes(&mut faults, "rmm GET /b", None));
        assert!(strikes(&mut faults, "rmm GET /a", None));
        assert!(!strikes(&mut faults, "rmm GET /a", None));
    }

    #[test]
    fn a_page_can_be_named() {
        let mut faults = Faults::default();
        faults.add(
            Fault::any(Vendor::Rmm, FaultAction::HtmlOk)
                .page(1)
                .always(),
        );
        assert!(!strikes(&mut faults, "rmm GET /a", Some(0)));
        assert!(strikes(&mut faults, "rmm GET /a", Some(1)));
    }

    #[test]
    fn a_seed_gives_the_same_faults_again() {
        let run = |seed| {
            let mut faults = Faults::default();
            faults.draw_from(seed, 300, vec![FaultAction::HtmlOk]);
            (0..100)
                .map(|_| strikes(&mut faults, "rmm GET /a", None))
                .collect::<Vec<_>>()
        };
        assert_eq!(run(5), run(5));
        assert_ne!(run(5), run(6));
    }
}
