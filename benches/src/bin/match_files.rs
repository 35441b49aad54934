//! Matches two inventories from files and compares the answer with the truth.
//!
//! `cargo run --release -p msp-benches --bin match_files -- FOLDER [RUNS]`: the folder holds `a.jsonl`, `b.jsonl` and
//! `truth.jsonl`. Prints one JSON document with the seconds of each run, from parsed lines in memory to verdicts.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use msp_benches::read_inventories;
use reconcile::matching::MatchPolicy;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("match_files: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether the answer agrees with the truth.
fn run() -> Result<bool, Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().map(PathBuf::from).ok_or("give a folder")?;
    let runs = match arguments.next() {
        Some(runs) => runs.to_string_lossy().parse()?,
        None => 5_u32,
    };
    let inventories = read_inventories(&folder)?;
    let policy = MatchPolicy::default();
    let mut seconds = Vec::new();
    let mut matching = inventories.matched(&policy)?;
    for _ in 0..runs {
        let start = Instant::now();
        matching = inventories.matched(&policy)?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    let score = inventories.score(&matching);
    println!(
        "{}",
        serde_json::json!({
            "left": inventories.left.len(),
            "right": inventories.right.len(),
            "match_s": seconds,
            "pairs": score.pairs,
            "expected": score.expected,
            "wrong": score.wrong,
            "missed": score.missed,
            "other_rule": score.other_rule,
        })
    );
    Ok((score.wrong, score.missed) == (0, 0))
}
