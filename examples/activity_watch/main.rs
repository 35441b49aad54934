//! Follows the activity log of a Datto RMM account and tells to which of the host's organisations each entry belongs.
//!
//! Without arguments it needs no account: it starts a simulator, connects and maps, follows a simulated day in seconds,
//! and ends with an error if an entry was missed or told twice.
//!
//! With arguments it is a tool that works on a real account: see `--help` and the module `tool`.

mod story;
mod tool;

use std::process::ExitCode;

use examples::expect::Expectations;

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::args_os().len() > 1 {
        return tool::main().await;
    }
    let mut expectations = Expectations::default();
    match story::tell(&mut expectations).await {
        Ok(()) => expectations.verdict(),
        Err(failure) => {
            eprintln!("\nthe story ended early:");
            failure.print();
            ExitCode::FAILURE
        }
    }
}
