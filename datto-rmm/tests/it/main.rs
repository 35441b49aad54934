//! The client against a mock server that speaks in the vendor's own JSON.

mod auth;
mod listings;
mod operations;
mod preflight;
#[cfg(feature = "reconcile")]
mod reconcile;
mod refusals;
mod support;
mod variables;
