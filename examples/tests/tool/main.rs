//! The companion's subcommands as people run them: the built program against simulators, its output and exit codes.

mod access;
mod adopting;
mod applying;
mod deciding;
mod deploying;
mod events;
mod exchanging;
mod killing;
mod notifying;
mod page;
mod policies;
mod preflighting;
#[path = "../running/private.rs"]
mod private;
#[path = "../running/program.rs"]
mod program;
mod prompting;
mod reading;
mod refusing;
mod resetting;
mod schemas;
mod sharing;
mod support;
mod syncing;
mod watching;
