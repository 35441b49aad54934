//! The follower of the activity log as people run it: the built program against a simulator, its output and exit codes.

mod connecting;
mod correlating;
mod following;
mod killing;
mod mapping;
mod preflighting;
#[path = "../running/private.rs"]
mod private;
#[path = "../running/program.rs"]
mod program;
mod resuming;
mod support;
