//! The simulators over real HTTP, with literal JSON on the client's side.

#[cfg(all(unix, feature = "cli"))]
mod binary;
mod control;
mod faults;
mod gravityzone_companies;
mod gravityzone_packages;
mod gravityzone_wire;
mod networking;
mod port;
mod rmm_limits;
mod rmm_sites;
mod rmm_wire;
mod support;
