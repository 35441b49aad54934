//! The client against a mock server that speaks in the vendor's own JSON.

mod auth;
mod budget;
mod documented;
mod endpoints;
mod inputs;
mod keys;
mod listings;
mod operations;
mod preflight;
mod raw;
#[cfg(feature = "reconcile")]
mod reconcile;
mod refusals;
mod support;
mod variables;
