//! Four greedy processes over one budget file for two minutes: `cargo run --release -p msp-tests --bin shared_budget`.
//! Another length, in seconds, can be given.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use msp_tests::shared_budget::{LIMIT, PROCESSES, WINDOW, measure, process};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<ExitCode, Failure> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some("process") {
        let file = arguments.next().ok_or("the file's path is missing")?;
        let length = arguments.next().ok_or("the length is missing")?.parse()?;
        let answered = process(Path::new(&file), Duration::from_millis(length)).await?;
        println!("{answered}");
        return Ok(ExitCode::SUCCESS);
    }
    let seconds = first.map_or(Ok(120), |text| text.parse())?;
    let figures = measure(&std::env::current_exe()?, Duration::from_secs(seconds)).await?;
    println!("{PROCESSES} processes, {seconds} s, {LIMIT} reads in any {WINDOW:?}");
    println!("answered by process: {:?}", figures.answered);
    println!("refused: {}", figures.refused);
    println!(
        "most in any window: {} of {}",
        figures.peak, figures.ceiling
    );
    let (used, median) = (figures.utilisation(), figures.median_utilisation());
    println!(
        "used of the ceiling: {:.1} % (median window {:.1} %)",
        used * 100.0,
        median * 100.0
    );
    let holds = figures.refused == 0 && figures.peak <= figures.ceiling && used >= 0.95;
    Ok(if holds {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
