//! The companion as a tool that people run: each subcommand is one thing that an operator does.
//!
//! Data goes to standard output, as tables or with `--json` as one JSON document; whatever is told beside it goes to
//! standard error. The shapes of the JSON documents are the `Serialize` structs beside each command; `schema` prints
//! their JSON Schemas, and `docs/companion-json.md` lists their fields.

mod access;
mod adopt;
mod apply;
mod cli;
mod decide;
mod deploy;
mod drive;
mod events;
mod exchange;
mod help;
mod history;
mod listing;
mod lookup;
mod notify;
mod policy;
mod preflight;
mod reset;
mod schema;
mod session;
mod store;
mod suggest;
mod sync;
mod watch;

use std::process::ExitCode;

use clap::Parser as _;
use examples::{console as present, exit, interrupt};

use cli::{Cli, Command};
use exit::{Exit, Failure};

/// Runs the subcommand that the arguments name.
pub(crate) async fn main() -> ExitCode {
    // Prints help and usage errors itself, and leaves with 0 or 2.
    let cli = Cli::parse();
    match run(cli.command).await {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.print();
            failure.exit.into()
        }
    }
}

async fn run(command: Command) -> Result<Exit, Failure> {
    interrupt::listen()?;
    match command {
        Command::Preflight(arguments) => preflight::run(&arguments).await,
        Command::Adopt(arguments) => adopt::run(&arguments).await,
        Command::Sites(arguments) => listing::sites(&arguments).await,
        Command::Companies(arguments) => listing::companies(&arguments).await,
        Command::Suggest(arguments) => suggest::run(&arguments).await,
        Command::Associate(arguments) => decide::associate(&arguments).await,
        Command::Dissociate(arguments) => decide::dissociate(&arguments).await,
        Command::Ignore(arguments) => decide::ignore(&arguments).await,
        Command::KeepSeparate(arguments) => decide::keep_separate(&arguments).await,
        Command::Export(arguments) => exchange::export(&arguments).await,
        Command::Import(arguments) => exchange::import(&arguments).await,
        Command::Plan(arguments) => apply::plan(&arguments).await,
        Command::Apply(arguments) => apply::run(&arguments).await,
        Command::Events(arguments) => events::list(&arguments),
        Command::Resolve(arguments) => events::resolve(&arguments).await,
        Command::Undo(arguments) => history::undo(&arguments).await,
        Command::Decisions(arguments) => history::decisions(&arguments),
        Command::Sync(arguments) => sync::run(&arguments).await,
        Command::Watch(arguments) => watch::run(&arguments).await,
        Command::Notify(arguments) => notify::run(&arguments).await,
        Command::Deploy(arguments) => deploy::run(&arguments).await,
        Command::Reset(arguments) => reset::run(&arguments).await,
        Command::Schema(arguments) => schema::run(&arguments),
    }
}
