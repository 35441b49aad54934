//! Networks and their devices at Datto Networking, beside the organisations and configurations of a host.
//!
//! Without arguments, and without an account: it starts simulators, takes a host's records of which the truth is known,
//! and tells the way from discovery to a second run that has nothing to do. It writes a report for a browser, and ends with
//! an error if anything is not as the story says.
//!
//! With arguments it is a tool for a real account and a host's files: see `--help` and `docs/network-sync.md`. Datto
//! Networking is only ever read. What is to be created or changed at the host is written into files that the host imports.

mod access;
mod cli;
mod decide;
mod desk;
mod fields;
mod lookup;
mod output;
mod records;
mod report;
mod review;
mod sample;
mod show;
mod status;
mod story;
mod sync;
mod wish;

use std::process::ExitCode;

use clap::Parser as _;
use examples::exit::{Exit, Failure};
use examples::interrupt;

use cli::{Cli, Command};

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::args_os().len() <= 1 {
        return story::main(None).await;
    }
    // Prints help and usage errors itself, and leaves with 0 or 2.
    let cli = Cli::parse();
    if let Command::Story(arguments) = &cli.command {
        return story::main(arguments.report.as_deref()).await;
    }
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
        Command::Sync(arguments) => sync::run(&arguments).await,
        Command::Organizations(arguments) => show::organizations(&arguments).await,
        Command::Devices(arguments) => show::devices(&arguments).await,
        Command::Explain(arguments) => show::explain(&arguments).await,
        Command::Search(arguments) => show::search(&arguments).await,
        Command::Decide(arguments) => decide::run(&arguments).await,
        Command::Review(arguments) => review::run(&arguments).await,
        Command::Undo(arguments) => decide::undo(&arguments).await,
        Command::Decisions(arguments) => decide::list(&arguments),
        Command::Status(arguments) => status::show(&arguments),
        // Told before.
        Command::Story(_) => Ok(Exit::Clean),
    }
}
