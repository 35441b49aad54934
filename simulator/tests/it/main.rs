//! The simulators over real HTTP, with literal JSON on the client's side.

#[cfg(all(unix, feature = "cli"))]
mod binary;
mod control;
mod faults;
mod gravityzone_companies;
mod gravityzone_packages;
mod gravityzone_wire;
mod networking;
mod networking_access;
mod networking_accounts;
mod networking_control;
mod networking_networks;
mod networking_nodes;
mod networking_power;
mod networking_shapes;
mod networking_switches;
mod networking_users;
mod networking_wireless;
mod port;
mod rmm_access;
mod rmm_activity;
mod rmm_alerts;
mod rmm_audits;
mod rmm_devices;
mod rmm_fields;
mod rmm_jobs;
mod rmm_limits;
mod rmm_settings;
mod rmm_sites;
mod rmm_wire;
mod support;
