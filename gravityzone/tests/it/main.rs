//! What the client sends and understands, over real HTTP.

mod console;
mod envelope;
mod listings;
mod lookups;
mod operations;
mod packages;
#[cfg(feature = "reconcile")]
mod reconcile;
mod refusals;
mod retries;
mod scopes;
mod tree;
