//! Brings two systems into line without guessing: facts go in, a plan comes out.
//!
//! The crate is pure. It has no clock, no random source, no runtime, no socket and no file: the host reads the
//! vendors, passes `now`, and keeps the log. Same input, same output, whatever the order of the input.
//!
//! The way through:
//!
//! 1. **Gather.** A vendor crate turns listings into an [`inventory::Observation`], each part complete or partial.
//! 2. **Decide.** [`mapping`] suggests and checks what belongs together, [`devices`] and [`matching`] do so for devices,
//!    [`fields`] says what goes into which field, [`drift`] raises events for whatever differs, [`plan`] turns
//!    decisions into steps.
//! 3. **Confirm.** [`plan::Plan::confirm`] binds a person's consent to the digest of what they saw.
//! 4. **Apply.** [`execution::Execution`] says what to look at, store and run next; [`drive()`] does so with a host's
//!    two sides and log.
//!
//! Whatever happened is in one log, and [`state::State`] is its fold, so that an apply that was killed at any point
//! goes on where it stopped.

pub mod devices;
pub mod drift;
pub mod execution;
pub mod fields;
pub mod identity;
pub mod inventory;
pub mod log;
pub mod mapping;
pub mod matching;
pub mod plan;
pub mod state;
pub mod view;

mod drive;

pub use drive::{DriveError, Observed, Pause, Sides, bind, drive, inspect, record};
