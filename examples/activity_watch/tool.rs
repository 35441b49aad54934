//! The follower as a tool that people run: connect, map, follow.
//!
//! Data goes to standard output or to a file, whatever is told beside it to standard error.

pub(crate) mod cli;
pub(crate) mod connect;
pub(crate) mod correlate;
pub(crate) mod directory;
pub(crate) mod feed;
pub(crate) mod follow;
pub(crate) mod host;
pub(crate) mod line;
pub(crate) mod map;
pub(crate) mod preflight;
pub(crate) mod session;

use std::io;
use std::process::ExitCode;

use clap::Parser as _;
use examples::exit::{Exit, Failure};
use examples::interrupt;

use cli::{Cli, Command};

/// Runs the subcommand that the arguments name.
pub(crate) async fn main() -> ExitCode {
    // Prints help and usage errors itself, and leaves with 0 or 2.
    let cli = Cli::parse();
    match run(cli.command).await {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if !is_reader_gone(&failure) {
                failure.print();
            }
            failure.exit.into()
        }
    }
}

/// Whether nobody reads standard output any more, as `head` does not once it has enough.
fn is_reader_gone(failure: &Failure) -> bool {
    let first = failure.causes().next();
    first.is_some_and(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

async fn run(command: Command) -> Result<Exit, Failure> {
    interrupt::listen()?;
    match command {
        Command::Preflight(arguments) => preflight::run(&arguments).await,
        Command::Connect(arguments) => connect::run(&arguments).await,
        Command::Map(arguments) => map::list(&arguments).await,
        Command::Suggest(arguments) => map::suggest(&arguments).await,
        Command::Assign(arguments) => map::assign(&arguments).await,
        Command::Unassign(arguments) => map::unassign(&arguments).await,
        Command::Ignore(arguments) => map::ignore(&arguments).await,
        Command::Follow(arguments) => follow::run(&arguments).await,
        Command::Correlate(arguments) => correlate::run(&arguments).await,
    }
}
