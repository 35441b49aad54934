//! The companion's subcommands as people run them: the built program against simulators, its output and exit codes.

mod access;
mod adopting;
mod applying;
mod deciding;
mod events;
mod exchanging;
mod killing;
mod notifying;
mod preflighting;
mod prompting;
mod reading;
mod refusing;
mod resetting;
mod schemas;
mod sharing;
mod support;
mod syncing;
mod watching;
