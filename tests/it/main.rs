//! Cross-crate tests: the clients and `reconcile` against the simulators.

mod apply;
mod bad_input;
mod docs;
mod drift;
// Kills by signal.
#[cfg(unix)]
mod kill;
mod networks;
mod purity;
mod readme;
mod shared_budget;
mod world;
