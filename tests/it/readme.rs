//! The README's bridge is the code that is compiled and run here.

use examples::file_log::FileLog;
use msp_tests::bridge::{Access, Bridge};
use msp_tests::readme_bridge::bridge;

use crate::world::{established, start, two_sites};

const README: &str = include_str!("../../README.md");
const CODE: &str = include_str!("../src/readme_bridge.rs");

#[test]
fn the_readme_shows_the_bridge_that_is_tested_in_at_most_40_lines() {
    let shown = README
        .split("```rust\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("a Rust block");
    let (_, code) = CODE
        .split_once("// The README shows from here on.\n")
        .expect("the mark");
    assert_eq!(shown, code);
    assert!(
        shown.lines().count() <= 40,
        "{} lines",
        shown.lines().count()
    );
}

#[tokio::test]
async fn the_readmes_bridge_runs_and_runs_again() {
    let simulator = start(two_sites()).await;
    let access = Access::to(&simulator);
    let folder = tempfile::tempdir().expect("a folder");
    for run in 0..2 {
        simulator.reset_counts();
        let (mut log, state) = FileLog::open(&folder.path().join("log")).expect("a log");
        let Bridge {
            source,
            destination,
            policy,
            ..
        } = Bridge::connect(&access).await.expect("connects");
        let state = bridge((&source, &destination), &policy, state, &mut log)
            .await
            .expect("runs");
        // Alder Dental has no company yet, and the README's bridge creates none.
        assert_eq!(established(&state), 1);
        if run > 0 {
            assert_eq!(simulator.writes(), 0);
        }
    }
}
