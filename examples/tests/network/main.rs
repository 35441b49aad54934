//! The example `network_sync` as people run it: the built program against simulators, with its files, output and exit codes.

mod credentials;
mod devices;
mod fields;
mod files;
mod kinds;
mod organizations;
mod pages;
#[path = "../running/program.rs"]
mod program;
mod roles;
mod story;
mod support;
mod syncing;
