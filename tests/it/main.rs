//! Cross-crate tests: the clients and `reconcile` against the simulators.

mod apply;
mod bad_input;
mod docs;
mod drift;
// Kills by signal.
#[cfg(unix)]
mod kill;
mod networking;
mod networks;
mod purity;
mod readme;
mod rmm;
mod shared_budget;
mod world;
