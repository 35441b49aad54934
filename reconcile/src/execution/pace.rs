//! How an execution waits and repeats, as data.

use jiff::SignedDuration;

/// How an execution waits and repeats. A vendor crate knows sound figures for its vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by hosts, with `Default` for the rest"
)]
pub struct Pace {
    /// For how long something just made may stay invisible.
    pub visibility: Visibility,
    /// The pause before looking again at a kit that is still built.
    pub kit: SignedDuration,
    /// For how long a kit may be built before its step is given up. Counted from the first look of this run.
    pub kit_patience: SignedDuration,
    /// The pause before repeating a look that failed, or a call that was not sent.
    pub retry: SignedDuration,
    /// How often a look may fail, or a call not be sent, before its step is given up. A step that may have taken
    /// effect unseen is never given up.
    pub retries: u32,
    /// How often a step may be sent in all. Nothing is sent again before a look has shown that it is needed.
    pub sends: u32,
}

impl Default for Pace {
    /// Companies and packages invisible for at most five minutes, variables for one; kits looked at every ten seconds for half an hour; ten retries five
    /// seconds apart; a step sent at most five times.
    fn default() -> Self {
        Self {
            visibility: Visibility {
                companies: SignedDuration::from_mins(5),
                packages: SignedDuration::from_mins(5),
                variables: SignedDuration::from_mins(1),
            },
            kit: SignedDuration::from_secs(10),
            kit_patience: SignedDuration::from_mins(30),
            retry: SignedDuration::from_secs(5),
            retries: 10,
            sends: 5,
        }
    }
}

/// For how long something just made may stay invisible: until then, not finding it proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by hosts and vendor crates"
)]
pub struct Visibility {
    /// Companies.
    pub companies: SignedDuration,
    /// Packages.
    pub packages: SignedDuration,
    /// Variables.
    pub variables: SignedDuration,
}
